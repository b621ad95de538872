"""A figure of a print: its value, what the print allows, and how it is shown."""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction
from typing import NamedTuple

from aidstudy import codebook
from aidstudy.cards import card
from aidstudy.errors import QuantityError, UnitError
from aidstudy.intervals import Interval, cell_text, plain
from aidstudy.reading.text import NO_WIDTH, Span, without_radicals
from aidstudy.reading.words import REFUSED
from aidstudy.rounding import typeset

Value = Fraction | str | None

EXACT_MEASURES = frozenset({"rule_ratio"})
"""What is exact however it is printed, because it sets a rule."""


class Reading(NamedTuple):
    """One printed figure with its value and what the print allows.

    ``printed`` is the slice without white space, its digits and marks in their plain (NFKC) form,
    ``span`` its half-open code points in the raw text; ``kind``, ``bound``, ``numeral`` are codes
    of the codebook. ``value`` and ``interval`` are in base units; dates, periods, codes, list
    numbers and contacts are text and have no interval, and a date that needs a year nobody gave has
    no value. ``unit`` is the base unit, for counts the measure word as printed. ``days`` are the
    first and last ISO day of a date or period, ``None`` on an open side; ``counted`` is the noun
    after the measure word of a count, and ``shared`` the scale and unit that are printed elsewhere:
    behind the last number of a list (0.9、5.9个百分点), or over a table.

    Examples
    --------
    >>> from aidstudy import read_quantity
    >>> figure = read_quantity("约1亿元")
    >>> print(figure.printed, figure.kind, figure.value, figure.unit, figure.interval, figure.bound)
    约1亿元 money 100000000 CNY [50000000, 150000000] about
    """

    printed: str
    span: Span
    kind: str
    value: Value
    unit: str
    interval: Interval | None
    bound: str
    numeral: str
    days: tuple[str | None, str | None] | None = None
    counted: str = ""
    shared: str = ""

    @property
    def low(self) -> Fraction | str | None:
        """Lowest value, or first ISO day, that the print allows; ``None`` when it sets none."""
        if self.days is not None:
            return self.days[0]
        return None if self.interval is None else self.interval.low

    @property
    def high(self) -> Fraction | str | None:
        """Highest value, or last ISO day, that the print allows; ``None`` when it sets none."""
        if self.days is not None:
            return self.days[1]
        return None if self.interval is None else self.interval.high

    def _repr_html_(self) -> str:
        value, low, high = _shown_end(self.value), _shown_end(self.low), _shown_end(self.high)
        allowed = {
            (True, True): value if low == high == value else f"{low} to {high}",
            (True, False): f"{low} and more",
            (False, True): f"up to {high}",
        }.get((bool(low), bool(high)), "")
        return card(
            self.printed,
            [
                ("kind", self.kind),
                ("value", f"{value} {self.unit}".strip()),
                ("the print allows", allowed),
                ("because", f"{self.bound}: {codebook.BOUNDS[self.bound].meaning}"),
                ("counted", self.counted),
                ("characters", f"{self.span.start} to {self.span.end}"),
            ],
        )


def _shown_end(end: Value) -> str:
    return typeset(plain(end)) if isinstance(end, Fraction) else end or ""


def derived_cells(quantity: Reading, *, is_rule: bool) -> dict[str, str]:
    """The cells of a clean table that follow from the print alone."""
    value = quantity.value
    low, high = (value, value) if is_rule else (quantity.low, quantity.high)
    told = {"numeral": quantity.numeral, "kind": quantity.kind, "value": value}
    told |= {"unit": quantity.unit, "low": low, "high": high}
    told |= {"bound": "exact" if is_rule else quantity.bound}
    return {column: cell_text(column, one) for column, one in told.items()}


def plain_print(printed: str) -> str:
    """A slice as the codebook's column ``printed`` has it: no white space, NFKC."""
    for sign in NO_WIDTH:
        printed = printed.replace(sign, "")
    return unicodedata.normalize("NFKC", without_radicals("".join(printed.split())))


NOWHERE = Span(0, 0)
"""The place of a figure that is read; whoever found it knows the place."""


def numeral_of(printed: str) -> str:
    return "arabic" if re.search("[0-9]", printed) else "chinese"


def named(printed: str, kind: str) -> Reading:
    """A code, list number or contact: its value is its text."""
    return Reading(printed, NOWHERE, kind, printed, "", None, "exact", numeral_of(printed))


def exactly(printed: str, kind: str, value: Fraction, unit: str, *, counted: str) -> Reading:
    only, numeral = Interval.exactly(value), numeral_of(printed)
    return Reading(printed, NOWHERE, kind, value, unit, only, "exact", numeral, counted=counted)


def refused(why: str, printed: str, **told: object) -> QuantityError | UnitError:
    """The error for a print that is not read, in the sentences of `words.toml`."""
    error: type[QuantityError | UnitError] = QuantityError
    sentence = REFUSED["QuantityError"].get(why)
    if sentence is None:
        error, sentence = UnitError, REFUSED["UnitError"][why]
    shown = repr(printed if len(printed) <= 40 else printed[:39] + "…")
    return error(f"{shown}: {sentence.format(**told)}", printed=printed)


class Unread(NamedTuple):
    """Digits, or a Chinese numeral before a measure word, that were seen and left."""

    span: Span
    printed: str
    reason: str
