"""Exact closed bounds and their arithmetic.

Bounds are worst-case bounds of what a print allows. They are not confidence intervals and not
standard deviations; all ends are rational numbers, so nothing is lost below the plots.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from operator import mul, truediv
from typing import Any, Generic, TypeVar

from aidstudy.errors import NumeralError

Number = int | Fraction

_PLAIN_DECIMAL = re.compile(r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?")


_Made = TypeVar("_Made")


def _operator(op: str, *, swapped: bool = False) -> Callable[[Arithmetic[_Made], Any], _Made]:
    return lambda self, other: self._binary(other, op, swapped)


class Arithmetic(Generic[_Made]):
    """The four operations, each by the method ``_binary(other, op, swapped)`` of its class."""

    __slots__ = ()

    def _binary(self, other: Any, op: str, swapped: bool) -> _Made:
        raise NotImplementedError

    __add__, __radd__ = _operator("+"), _operator("+", swapped=True)
    __sub__, __rsub__ = _operator("-"), _operator("-", swapped=True)
    __mul__, __rmul__ = _operator("*"), _operator("*", swapped=True)
    __truediv__, __rtruediv__ = _operator("/"), _operator("/", swapped=True)


@dataclass(frozen=True, slots=True)
class Interval(Arithmetic["Interval"]):
    """A closed interval with exact ends; an end that is ``None`` is open.

    Parameters
    ----------
    low, high : Fraction or int or None
        Ends in base units. ``None``: the print sets no bound on that side.

    Raises
    ------
    NumeralError
        If ``low > high``, or an end is neither exact nor ``None``.

    Notes
    -----
    ``+ - * /`` treat the two sides as independent. For a formula that uses one figure twice, use
    :class:`aidstudy.Quantity`, which gives a figure one value wherever it stands.

    Examples
    --------
    >>> total, added = Interval(26715000, 26725000), Interval(10915000, 10925000)
    >>> print(total - added)
    [15790000, 15810000]
    >>> print(Interval(300, None))
    [300, open]
    """

    low: Fraction | None
    high: Fraction | None

    def __post_init__(self) -> None:
        for name in ("low", "high"):
            end = getattr(self, name)
            if type(end) is Fraction or end is None:
                continue
            if isinstance(end, bool) or not isinstance(end, (int, Fraction)):
                raise NumeralError(
                    f"Interval: {name} is {end!r}, a {type(end).__name__}; "
                    "give an int, a Fraction or None, floats are not exact",
                    printed=str(end),
                )
            object.__setattr__(self, name, Fraction(end))
        if self.low is not None and self.high is not None and self.low > self.high:
            raise NumeralError(
                f"Interval: low {plain(self.low)} is above high {plain(self.high)}; exchange them "
                "if they were confused",
                printed=f"{plain(self.low)}..{plain(self.high)}",
            )

    @classmethod
    def exactly(cls, value: Number) -> Interval:
        """The interval that holds one value only."""
        return cls(value, value)  # type: ignore[arg-type]  # made a Fraction in __post_init__

    @property
    def width(self) -> Fraction | None:
        """Distance between the ends, ``None`` when one is open."""
        return None if self.low is None or self.high is None else self.high - self.low

    def closed(self) -> tuple[Fraction, Fraction]:
        """Both ends, or an error when one is open."""
        if self.low is None or self.high is None:
            raise NumeralError(
                f"{self}: an open end cannot enter a formula; state the missing end first",
                printed=str(self),
            )
        return self.low, self.high

    def __contains__(self, value: Number) -> bool:
        return (self.low is None or self.low <= value) and (self.high is None or value <= self.high)

    def meet(self, other: Interval) -> Interval | None:
        """What both allow, or ``None`` when they contradict each other.

        >>> print(Interval(1, 3).meet(Interval(2, 5)))
        [2, 3]
        >>> Interval(1, 2).meet(Interval(3, 4)) is None
        True
        """
        lows = [end for end in (self.low, other.low) if end is not None]
        highs = [end for end in (self.high, other.high) if end is not None]
        low, high = max(lows, default=None), min(highs, default=None)
        if low is not None and high is not None and low > high:
            return None
        return Interval(low, high)

    def join(self, other: Interval) -> Interval:
        """The smallest interval that holds both."""
        low = None if self.low is None or other.low is None else min(self.low, other.low)
        high = None if self.high is None or other.high is None else max(self.high, other.high)
        return Interval(low, high)

    def _binary(self, other: Interval | Number, op: str, swapped: bool) -> Interval:
        one = other if isinstance(other, Interval) else Interval.exactly(other)
        a, b = (one, self) if swapped else (self, one)
        if op == "+":
            return Interval(_plus(a.low, b.low), _plus(a.high, b.high))
        if op == "-":
            return a + -b
        low, high = b.closed()
        if op == "/":
            if low <= 0 <= high:
                raise NumeralError(
                    f"{b}: a divisor that may be zero; the ratio has no bounds", printed=str(other)
                )
            low, high = high, low
        least, most = a.closed()
        combine = mul if op == "*" else truediv
        if least >= 0 and min(low, high) >= 0:
            return Interval(combine(least, low), combine(most, high))
        ends = [combine(end, by) for end in (least, most) for by in (low, high)]
        return Interval(min(ends), max(ends))

    def __neg__(self) -> Interval:
        return Interval(
            None if self.high is None else -self.high, None if self.low is None else -self.low
        )

    def __str__(self) -> str:
        low = "open" if self.low is None else plain(self.low, rounding=ROUND_FLOOR)
        high = "open" if self.high is None else plain(self.high, rounding=ROUND_CEILING)
        return f"[{low}, {high}]"

    def _repr_html_(self) -> str:
        return f"<span title='what the print allows'>{self}</span>"


def _plus(a: Fraction | None, b: Fraction | None) -> Fraction | None:
    return None if a is None or b is None else a + b


def plain(value: Number, *, digits: int = 15, rounding: str = ROUND_HALF_EVEN) -> str:
    """An exact number as a plain decimal, without exponent.

    Of one that does not end so many significant `digits` are kept. Bounds are rounded outward:
    ``ROUND_FLOOR`` for a low end, ``ROUND_CEILING`` for a high one.

    >>> plain(Fraction(1, 2)), plain(Fraction(30000000)), plain(Fraction(2000, 3), digits=6)
    ('0.5', '30000000', '666.667')
    """
    above, below = Fraction(value).as_integer_ratio()
    bits = below.bit_length()
    if pow(10, bits, below) == 0:  # 2 and 5 alone divide what is below the line: it ends
        digits = max(digits, len(str(abs(above)))) + bits
    context = Context(prec=digits, rounding=rounding)
    text = format(context.divide(Decimal(above), Decimal(below)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


_OUTWARD = {"low": ROUND_FLOOR, "high": ROUND_CEILING}


def cell_text(column: str, value: object) -> str:
    """A cell as tables store it: plain decimals, bounds rounded outward, nothing for ``None``.

    >>> [cell_text(name, Fraction(2, 3)) for name in ("low", "default_high")]
    ['0.666666666666666', '0.666666666666667']
    """
    if isinstance(value, Fraction):
        way = _OUTWARD.get(column.rpartition("_")[2], ROUND_HALF_EVEN)
        return plain(value, rounding=way)
    return "" if value is None else str(value)


def rounding_interval(printed: str, *, scale: Number = 1) -> Interval:
    """Bounds of the value that a rounded figure may stand for.

    Half a unit of the last printed digit each way. Not for 约, 余, 近, counts or rules.

    Parameters
    ----------
    printed : str
        Numeral as printed; a string, as ``"1.30"`` and ``"1.3"`` promise different precision.
    scale : int or Fraction, default 1
        Base units in one printed unit: 100_000_000 (CNY) for 亿元.

    Returns
    -------
    Interval
        Closed, in base units.

    Raises
    ------
    NumeralError
        If `printed` is not a plain decimal numeral.

    Notes
    -----
    Codebook, columns ``low`` and ``high``, bound ``rounded``.

    Examples
    --------
    >>> print(rounding_interval("1.39", scale=100_000_000))   # 总投资 1.39 亿元
    [138500000, 139500000]
    """
    if not isinstance(printed, str) or not _PLAIN_DECIMAL.fullmatch(printed):
        raise NumeralError(
            f"rounding_interval: read {printed!r}: not a plain decimal numeral; give the digits as "
            "printed, such as '1.39', and the unit as scale",
            printed=str(printed),
        )
    digits = printed.replace(",", "")
    decimals = len(digits.partition(".")[2])
    half = Fraction(1, 2 * 10**decimals) * scale
    value = Fraction(digits) * scale
    return Interval(value - half, value + half)
