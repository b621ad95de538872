"""How a quantity is written, in a terminal, a table head and a cell: one function decides."""

from __future__ import annotations

from fractions import Fraction
from typing import Protocol

from aidstudy.intervals import Interval
from aidstudy.rounding import Digits, Shown, write_number


class Known(Protocol):
    """What is written of a quantity."""

    @property
    def exact(self) -> Fraction | None: ...
    @property
    def interval(self) -> Interval: ...
    @property
    def unit(self) -> str: ...
    @property
    def partial(self) -> tuple[int, int] | None: ...
    @property
    def left_out(self) -> tuple[str, ...]: ...
    @property
    def once(self) -> tuple[str, ...]: ...


def digits(quantity: Known) -> Digits:
    """Value, low and high as text in the shown unit; empty where there is nothing to say."""
    return write_number(Shown(quantity.exact, quantity.interval))


def written(quantity: Known, *, unit: bool = True) -> str:
    """A quantity in one line: value, bounds, unit, and what a sum rests on.

    >>> from aidstudy import Quantity
    >>> written(Quantity.given("26.72", "CNY million"), unit=False)
    '26.72 [26.715, 26.725]'
    """
    found, name = digits(quantity), quantity.unit if unit else ""
    value = found.value
    if name == "%" and value:
        value, name = f"{value}%", ""
    parts = [value] if value else []
    if quantity.partial:  # first, as a narrow table cuts what stands last
        parts.append("({} of {})".format(*quantity.partial))
    if found.low or found.high:
        parts.append(f"[{found.low}, {found.high}]")
    if name:
        parts.append(name)
    notes = []
    if quantity.left_out:
        notes.append(f"without its parts {', '.join(quantity.left_out)}")
    if quantity.once:
        notes.append(f"{', '.join(quantity.once)} once")
    if notes:
        parts.append(f"({'; '.join(notes)})")
    return " ".join(parts)
