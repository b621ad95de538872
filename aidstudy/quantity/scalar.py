"""`Quantity`: one number with its unit, the bounds of its print, its state and its figures.

No NumPy here: a quantity is a formula over printed figures (a :class:`~.result.Term`) and the unit
in which it is shown. What is missing is a NaN that says why.
"""

from __future__ import annotations

import math
import numbers
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, partialmethod
from itertools import count
from typing import Any
from uuid import uuid4

from aidstudy.cards import card
from aidstudy.errors import NumeralError, QuantityError, UnitError
from aidstudy.intervals import Arithmetic, Interval, Number, rounding_interval
from aidstudy.quantity.result import OF_PROCESS, Leaf, Term, ends_of
from aidstudy.quantity.units import Unit, base_text, unit_of
from aidstudy.quantity.units import unit as parsed
from aidstudy.rounding import Digits, Shown, write_number

NO_ROW = "no_row"
"""State of a gap that pandas made (an outer merge, a shift): nobody looked at the page there."""


class Missing(float):
    """A number that is not there, and why: NaN for pandas, NumPy and Matplotlib.

    Attributes
    ----------
    state : str
        ``not_reported`` (the page does not say), ``not_applicable`` (the question does not
        arise) or ``no_row`` (pandas made the gap).
    rows : int
        How many rows a sum of nothing but gaps stands for.

    Examples
    --------
    >>> import math
    >>> gap = Missing("not_reported")
    >>> gap, math.isnan(gap), gap + 1
    (not reported, True, not reported)
    """

    state: str
    rows: int
    value = low = high = math.nan
    unit = formula = ""
    figures: tuple[str, ...] = ()

    def __new__(cls, state: str = "not_reported", rows: int = 1) -> Missing:
        made = super().__new__(cls, "nan")
        made.state, made.rows = state, rows
        return _MISSING.setdefault((state, rows), made)

    def __repr__(self) -> str:
        return self.state.replace("_", " ")

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return format(float(self), spec) if spec else repr(self)

    def __reduce__(self) -> tuple[Any, ...]:
        return Missing, (self.state, self.rows)

    def _itself(self, *_: object) -> Missing:
        return self

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _itself
    __truediv__ = __rtruediv__ = __neg__ = __abs__ = __pos__ = _itself


_MISSING: dict[tuple[str, int], Missing] = {}


def _comparison(name: str) -> Callable[[Any, Any], Any]:
    return lambda self, other: self._compared(other, getattr(operator, name))


class Ordered(Arithmetic[Any]):
    """Arithmetic and the six comparisons, these by the method ``_compared(other, compare)``."""

    __slots__ = ()

    __eq__, __ne__ = _comparison("eq"), _comparison("ne")
    __lt__, __le__ = _comparison("lt"), _comparison("le")
    __gt__, __ge__ = _comparison("gt"), _comparison("ge")


OPERATIONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}


class Quantity(Ordered):
    """A number with its unit, the bounds of its print, its state and the figures behind it.

    Parameters
    ----------
    term : Term
        The formula in base units (CNY, m, and a share as a part of one).
    unit : str, default ""
        In which it is shown: what ``value``, ``low``, ``high`` and ``float()`` are in.

    Raises
    ------
    UnitError
        If two quantities are added or compared that measure different things; with the ids of
        both.
    QuantityError
        If a plain number is added to a quantity that has a unit.

    Notes
    -----
    Bounds are the worst case of what the prints allow; a figure that a formula uses twice has
    one value in both places. ``+`` and Python's ``sum`` add what they are given; only sums of a
    column leave out a part beside its whole. ``==`` compares values, as sorting does; whether two
    quantities are the same figure is a question to ``figures``.

    Examples
    --------
    >>> from aidstudy import load_figures
    >>> q = load_figures().set_index("figure_id")["quantity"]
    >>> share = q["ganzi-019"] / (q["ganzi-020"] - q["ganzi-019"])
    >>> share
    69.11% [69.03, 69.19]
    >>> share.figures, share.formula
    (('ganzi-019', 'ganzi-020'), 'ganzi-019 ÷ (ganzi-020 − ganzi-019)')
    """

    __array_ufunc__ = None  # NumPy leaves `array * quantity` to the quantity

    def __init__(self, term: Term, unit: str = "") -> None:
        if not isinstance(term, Term):
            raise QuantityError(
                f"Quantity: read {term!r}: not a formula; make a number of your own with "
                f"Quantity.given({term!r}, {unit!r})",
                printed=str(term),
            )
        self.term = term
        """The formula, in base units."""
        self._unit = parsed(unit)

    @classmethod
    def of(cls, leaf: Leaf) -> Quantity:
        """One printed figure, fact or given number, in its own unit."""
        return cls.from_shown(Term.of(leaf), leaf.unit)

    @classmethod
    def from_shown(cls, term: Term, unit: str) -> Quantity:
        """A formula whose value is in a shown unit, such as a share in per cent."""
        shown = parsed(unit)
        if shown.is_share:
            return cls(term.args[0] if term.op == "percent" else _as(term.part(), term), unit)
        return cls(term if shown.scale == 1 else _as(term * shown.scale, term), unit)

    @classmethod
    def given(
        cls,
        number: str | Number | float,
        unit: str = "",
        *,
        low: Number | str | None = None,
        high: Number | str | None = None,
        name: str = "",
    ) -> Quantity:
        """A number that you bring along.

        Parameters
        ----------
        number : str, int, float or Fraction
            Text is a print: its last digit is rounded. A number is exact as it is written.
        unit : str, default ""
        low, high : number or text, optional
            Bounds of your own, both in the shown unit.
        name : str, optional
            What formulas call it. Two of one name are the same number; without a name each is
            one of its own.

        Examples
        --------
        >>> Quantity.given("26.72", "CNY million"), Quantity.given(59, "project")
        (26.72 [26.715, 26.725] CNY million, 59 project)
        """
        scale = parsed(unit).scale
        value = _given(number)
        if low is not None or high is not None:
            ends = (value if end is None else _given(end) for end in (low, high))
            interval = Interval(*(end * scale for end in ends))
        elif isinstance(number, str):
            interval = rounding_interval(number, scale=scale)
        else:
            interval = Interval.exactly(value * scale)
        label = name or unnamed(f"number {next(_NUMBER)}")
        leaf = Leaf("given", label, value * scale, interval, str(number), unit)
        return cls(Term.of(leaf), unit)

    @classmethod
    def between(cls, low: Quantity | Missing, high: Quantity | Missing) -> Quantity | Missing:
        """A number of which only the two ends are known; a gap where one of them is one.

        >>> Quantity.between(*(Quantity.given(number, "project") for number in (0, 1)))
        [0, 1] project
        """
        if isinstance(low, Missing) or isinstance(high, Missing):
            return low if isinstance(low, Missing) else high
        _same_kind(low, high, "<")
        return cls(Term.between(low.term, high.term), low.unit)

    @property
    def unit(self) -> str:
        """In which it is shown."""
        return self._unit.text

    @property
    def in_base_units(self) -> Fraction | None:
        """The exact value in base units; ``None`` when only bounds are known."""
        return self.term.value

    @property
    def exact(self) -> Fraction | None:
        """The exact value in the shown unit; ``None`` when only bounds are known."""
        base = self.in_base_units
        return None if base is None else base / self._unit.scale

    @cached_property
    def value(self) -> float:
        """The value in the shown unit; NaN when only bounds are known."""
        if self.term.function is not None:  # of which a formula keeps twelve digits
            found = self.term.function(*(arg.value for arg in self.term.args))
            return float(found / self._unit.scale)
        return math.nan if self.exact is None else float(self.exact)

    @cached_property
    def interval(self) -> Interval:
        """Exact bounds in the shown unit; an end may be open."""
        found, scale = self.term.bounded()[0], self._unit.scale
        if scale == 1:
            return found
        return Interval(*(None if end is None else end / scale for end in (found.low, found.high)))

    @property
    def low(self) -> float:
        """Lower bound in the shown unit; -inf when the print sets none."""
        return outward(self.interval.low, -math.inf)

    @property
    def high(self) -> float:
        """Upper bound in the shown unit; inf when the print sets none."""
        return outward(self.interval.high, math.inf)

    @property
    def state(self) -> str:
        """``printed``, ``derived``, ``hypothetical`` or ``bounds_only``."""
        return self.term.state

    @property
    def partial(self) -> tuple[int, int] | None:
        """(3, 5) when a sum in it rests on three of five rows, the others not reported."""
        told = (one.counted for one in self.term.tree() if one.counted)
        counts = [count for count in told if count[0] < count[1]]
        return min(counts, key=lambda count: Fraction(*count)) if counts else None

    @property
    def left_out(self) -> tuple[str, ...]:
        """Figures that a sum left out, as the wholes that contain them are in it."""
        return tuple(dict.fromkeys(name for one in self.term.tree() for name in one.left_out))

    @property
    def once(self) -> tuple[str, ...]:
        """Figures that stood in several rows of a sum (a joint sum, a repeat) and count once."""
        return tuple(dict.fromkeys(name for one in self.term.tree() for name in one.once))

    @property
    def figures(self) -> tuple[str, ...]:
        """Ids of the printed figures behind it, in the order of the formula."""
        found: dict[str, None] = {}
        for leaf in self.term.leaves().values():
            if leaf.source == "figure":
                found[leaf.id] = None
            found.update(dict.fromkeys(leaf.behind))
        return tuple(found)

    @property
    def facts(self) -> tuple[str, ...]:
        """Ids of the facts from outside the page behind it."""
        return tuple(leaf.id for leaf in self.term.leaves().values() if leaf.source == "fact")

    @property
    def formula(self) -> str:
        """The formula over ids."""
        return self.term.formula()

    def to(self, unit: str) -> Quantity:
        """The same quantity, shown in another unit of the same kind.

        ``CNY``, ``CNY thousand``, ``CNY million``, ``CNY billion``, ``万元``, ``亿元``; ``m``,
        ``km``, ``m2``, ``ha``, ``亩``; ``%`` and ``pp``; a counted thing by its name.
        """
        wanted = parsed(unit)
        if wanted.dims != self._unit.dims:
            raise UnitError(
                f"{self._named()}: {self.unit or 'a plain number'} cannot be shown in {unit!r}; "
                f"give a unit of the same kind, such as {', '.join(_units_like(self._unit))}"
            )
        return Quantity(self.term, unit)

    @property
    def base_unit(self) -> str:
        """The base unit of what it measures: ``CNY`` for ``CNY million``."""
        return base_text(self._unit.dims)

    def in_base(self) -> Quantity:
        """The same quantity, shown in its base unit; a share as a part of one."""
        return self.to(self.base_unit)

    def apply(self, function: Callable[[float], float]) -> Quantity | Missing:
        """A function that only rises or only falls, of the shown number; the result has no unit.

        Where it gives no number, as the logarithm of nothing, it is not applicable.
        """
        made = applied(function, self.term, self._unit.scale)
        try:
            made.value  # noqa: B018  # whether there is one
        except NumeralError:
            return Missing("not_applicable")
        return Quantity(made)

    # What NumPy calls for each cell of an array of objects.
    log, exp = partialmethod(apply, math.log), partialmethod(apply, math.exp)
    sqrt = partialmethod(apply, math.sqrt)

    # --- arithmetic -----------------------------------------------------------------------------

    def _binary(self, other: Any, op: str, swapped: bool) -> Any:
        other = _operand(other)
        if other is NotImplemented or isinstance(other, Missing):
            return other
        if not isinstance(other, Quantity):
            if op in "+-":
                if other == 0:
                    return -self if swapped and op == "-" else self
                _refuse_plain(self, other, op)
            if not swapped and op in "*/":
                if other == 1:
                    return self
                return _made(self.term._binary(other, op, False), self.unit)
            other = Quantity(Term.number(other))
        a, b = (other, self) if swapped else (self, other)
        if op in "+-":
            _same_kind(a, b, op)
        return _made(a.term._binary(b.term, op, False), unit_of(op, a.unit, b.unit))

    __rmul__ = Arithmetic.__mul__

    def __neg__(self) -> Quantity:
        return Quantity(self.term * -1, self.unit)

    def __pos__(self) -> Quantity:
        return self

    def __abs__(self) -> Quantity:
        return Quantity(absolute(self.term), self.unit)

    # --- comparison and numbers -----------------------------------------------------------------

    def _against(self, other: Any) -> Any:
        """Both values in base units; ``None`` where one has none."""
        if isinstance(other, float) and math.isinf(other):
            return (Fraction(0), Fraction(1)) if other > 0 else (Fraction(1), Fraction(0))
        other = _operand(other)
        if other is NotImplemented:
            return NotImplemented
        if isinstance(other, Missing):
            return None
        if isinstance(other, Quantity):
            _same_kind(self, other, "<")
            theirs = other.in_base_units
        elif float(other) == self.value:
            return Fraction(0), Fraction(0)  # a plain number is as exact as a float
        else:
            theirs = other * self._unit.scale
        mine = self.in_base_units
        return None if mine is None or theirs is None else (mine, theirs)

    def _compared(self, other: Any, compare: Callable[[Any, Any], Any]) -> Any:
        equal, unequal = compare is operator.eq, compare is operator.ne
        theirs = other if isinstance(other, Quantity) else None
        if (equal or unequal) and theirs is not None and theirs._unit.dims != self._unit.dims:
            return unequal
        both = self._against(other)
        if both is None and theirs is not None and self.exact is theirs.exact is None:
            same = self.in_base().interval == theirs.in_base().interval
            return same if equal else unequal and not same
        if both is None:
            return unequal
        return both if both is NotImplemented else compare(*both)

    def __hash__(self) -> int:
        return hash(self.in_base_units)

    def __bool__(self) -> bool:
        return self.in_base_units != 0

    def __float__(self) -> float:
        return self.value

    def __round__(self, digits: int = 0) -> float:
        return round(float(self), digits)

    def __conform__(self, protocol: object) -> float:
        """What sqlite3 stores."""
        return float(self)

    # --- text -----------------------------------------------------------------------------------

    def __repr__(self) -> str:
        return written(self)

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        """As a number where the format is one of numbers; ``.1%`` of a share is the share."""
        if not spec or spec[-1] not in "bcdeEfFgGn%":
            return format(repr(self), spec)
        if spec[-1] == "%":
            return format(float(self.in_base_units or math.nan), spec)
        return format(float(self), spec)

    def _repr_html_(self) -> str:
        lines = [  # a line without content is left out
            ("how known", self.state.replace("_", " ")),
            ("formula", self.formula),
            ("figures", " ".join(self.figures)),
            ("outside facts", " ".join(self.facts)),
            ("left out, as parts of a whole in the sum", " ".join(self.left_out)),
            ("counted once", " ".join(self.once)),
        ]
        return card(repr(self), lines)

    def __reduce__(self) -> tuple[Any, ...]:
        return Quantity, (self.term, self.unit)

    def _named(self) -> str:
        """What an error calls it: its figures, or its formula."""
        return " ".join((*self.figures, *self.facts)) or self.formula


numbers.Number.register(Quantity)


def digits(quantity: Quantity) -> Digits:
    """Value, low and high as text in the shown unit; empty where there is nothing to say."""
    return write_number(Shown(quantity.exact, quantity.interval))


def written(quantity: Quantity, *, unit: bool = True) -> str:
    """A quantity in one line: value, bounds, unit, and what a sum rests on.

    >>> written(Quantity.given("26.72", "CNY million"), unit=False)
    '26.72 [26.715, 26.725]'
    """
    found = digits(quantity)
    value, name = found.value, quantity.unit if unit else ""
    if name == "%" and value:
        value, name = f"{value}%", ""
    left_out, once = (", ".join(ids) for ids in (quantity.left_out, quantity.once))
    notes = [f"without its parts {left_out}"] * bool(left_out) + [f"{once} once"] * bool(once)
    parts = (
        value,
        # First, as a narrow table cuts what stands last.
        "({} of {})".format(*quantity.partial) if quantity.partial else "",
        f"[{found.low}, {found.high}]" if found.low or found.high else "",
        name,
        f"({'; '.join(notes)})" if notes else "",
    )
    return " ".join(filter(None, parts))


class PlainCell(Quantity):
    """A quantity among objects: a float for error bars, and printed by pandas with its bounds."""

    __slots__ = ()

    def _binary(self, other: Any, op: str, swapped: bool) -> Any:
        if type(other) is Quantity:
            return super()._binary(other, op, swapped)
        a, b = float(self), float(other) if isinstance(other, PlainCell) else other
        return OPERATIONS[op](b, a) if swapped else OPERATIONS[op](a, b)

    def __neg__(self) -> Any:
        return -float(self)

    def __abs__(self) -> Any:
        return abs(float(self))


_NUMBER, _PROCESS = count(1), uuid4().hex


def unnamed(label: str) -> str:
    """The id of a number without a name: what comes in a file may be another of the same count."""
    return f"{label}{OF_PROCESS}{_PROCESS}"


def _units_like(shown: Unit) -> list[str]:
    """Some units that measure the same."""
    if not shown.dims:
        return ["%"]
    base = base_text(shown.dims)
    return [base, f"{base} thousand", f"{base} million", f"{base} billion"] + (
        ["万元", "亿元"] if base == "CNY" else []
    )


def outward(exact: Fraction | None, towards: float) -> float:
    """An exact bound as a float that is not inside it: 29.995, as it is written, is 29.995."""
    if exact is None:
        return towards
    near = float(exact)
    above, below = near.as_integer_ratio()
    off = above * exact.denominator - exact.numerator * below
    inside = off > 0 if towards < 0 else off < 0
    return math.nextafter(near, towards) if inside and Fraction(repr(near)) != exact else near


def _given(number: object) -> Fraction:
    exact = Fraction(number.replace(",", "")) if isinstance(number, str) else exact_number(number)
    if not isinstance(exact, Fraction):
        raise QuantityError(
            f"Quantity.given: read {number!r}: not a number; give an int, a float, a Fraction or "
            "the digits as printed, such as '26.72'",
            printed=str(number),
        )
    return exact


@dataclass(frozen=True, slots=True)
class _OfShown:
    """A function of the number in the shown unit; a class, so that it can be pickled."""

    function: Callable[[float], float]
    scale: Fraction

    def __call__(self, base: Fraction) -> float:
        found = self.function(float(base / self.scale))
        if isinstance(found, (str, bytes)):
            raise QuantityError(
                f"apply: {self.function!r} gives the text {found!r}; give a function from numbers "
                "to numbers, or leave the quantities with .astype(float)"
            )
        if not math.isfinite(found):
            raise NumeralError(f"apply: {self.function!r} gives {found}, which is no number")
        return float(found)


def applied(function: Callable[[float], float], term: Term, scale: Fraction) -> Term:
    """A function that only rises or only falls, of a term in a shown unit."""
    name = getattr(function, "__name__", "f")
    if term.state == "bounds_only":
        ends = (Term.call(name, _OfShown(function, scale), end) for end in ends_of(term))
        return Term.between(*sorted(ends, key=lambda end: end.value or 0))
    return Term.call(name, _OfShown(function, scale), term)


def _refuse_plain(quantity: Quantity, number: Any, op: str) -> None:
    """An error where a plain number is added to what has a unit."""
    shown = quantity._unit
    if shown.dims or shown.is_share:
        how = f"give it one with Quantity.given({str(number)!r}, {shown.text!r})"
        if shown.is_share:
            how += "; for growth write (new - old) / old"
        raise QuantityError(
            f"{quantity._named()}: read {shown.text} {op} {number}: a plain number has no "
            f"unit; {how}, or leave with .astype(float)"
        )


def _as(term: Term, other: Term) -> Term:
    """The same number in other units is known as well as it was: a printed share stays printed."""
    return term.as_state(other.state)


def _made(term: Term, shown: str) -> Quantity | Missing:
    return Quantity(term, shown) if term.known else Missing(term.state)


def _operand(other: Any) -> Any:
    """The other side of an operation: a quantity, an exact number or the term of one, or a gap."""
    return other if isinstance(other, (Quantity, Missing, Term)) else exact_number(other)


def exact_number(number: Any) -> Any:
    """A plain number as it is written: 0.1 is a tenth; a NaN is a gap."""
    if hasattr(number, "item") and not hasattr(number, "__len__"):
        number = number.item()  # a NumPy scalar
    if isinstance(number, (int, Fraction)) and not isinstance(number, bool):
        return Fraction(number)
    if isinstance(number, float):
        if math.isnan(number):
            return Missing(NO_ROW)
        return NotImplemented if math.isinf(number) else Fraction(repr(number))
    gap = number is None or type(number).__name__ in ("NAType", "NaTType")
    return Missing(NO_ROW) if gap else NotImplemented


class _IncomparableError(UnitError, TypeError):
    """What Python and pandas expect of a comparison that means nothing."""


def _same_kind(a: Quantity, b: Quantity, sign: str) -> None:
    """An error where two quantities measure different things."""
    if a._unit.dims == b._unit.dims:
        return
    done = {"+": "add", "-": "subtract"}.get(sign, "compare")
    raise (UnitError if sign in "+-" else _IncomparableError)(
        f"{a._named()} and {b._named()}: read {a.unit or 'a plain number'} and "
        f"{b.unit or 'a plain number'}: units differ; {done} only what is measured alike"
    )


def _absolute(intervals: Sequence[Interval]) -> Interval:
    low, high = intervals[0].closed()
    return Interval(max(low, -high, Fraction(0)), max(abs(low), abs(high)))


def absolute(term: Term) -> Term:
    """The size of a term without its sign."""
    bounds = term.bounds()
    if bounds is not None and bounds.low is not None and bounds.low >= 0:
        return term
    if bounds is not None and bounds.high is not None and bounds.high <= 0:
        return term * -1
    return Term.call("abs", abs, term, enclosure=_absolute)
