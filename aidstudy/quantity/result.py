"""What a result is: an exact value, its bounds, and the trail of figures behind it.

A :class:`Term` remembers the formula that made it. Its leaves are printed figures, outside facts
and plain numbers, so the trail is collected from what a formula used and is typed nowhere. Bounds
are worst-case bounds of what the prints allow; a figure that a formula uses twice has one value
in both places.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from itertools import count, product
from typing import Any, Literal, cast

from aidstudy import codebook
from aidstudy.errors import NumeralError, ResultError
from aidstudy.intervals import Arithmetic, Interval, Number, plain, rounding_interval

Source = Literal["figure", "fact", "number", "result", "given"]

OF_PROCESS = "\x1f"
"""Behind it the id of a number without a name says which process numbered it."""

# So long is a sum before the next begins in it: as deep as it is long, it would end the recursion
# from 400 figures on, and a running sum that is flat takes the square of its rows.
_LONGEST_SUM = 200
_MAX_BOXES = 200
_MAX_CORNERS = 16
_SIGNIFICANT = 12


@dataclass(frozen=True, slots=True)
class Leaf:
    """Where a formula ends: a figure of the page, an outside fact, or a plain number.

    Value and interval are in base units. The id of a number is the reason why it stands there.
    `part_of` are the figures that contain it, separated by blanks: a sum never takes it beside one
    of them. `behind` are the figures
    that a stored result, or a number that a user brings along, was computed from.
    """

    source: Source
    id: str
    value: Fraction
    interval: Interval
    printed: str
    unit: str
    part_of: str = ""
    behind: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        """What makes two leaves the same quantity."""
        return (self.source, self.id)

    @property
    def is_wide(self) -> bool:
        """Whether the print leaves its value open."""
        return self.interval.low != self.interval.high or self.interval.low is None

    @property
    def name(self) -> str:
        """The id as formulas write it, without what tells processes apart."""
        return self.id.partition(OF_PROCESS)[0]


Enclosure = Callable[[Sequence[Interval]], Interval]
"""Bounds of a function that is not monotone, from those of its arguments."""


@dataclass(frozen=True)
class Term(Arithmetic["Term"]):
    """A formula over printed figures, with its exact value and bounds.

    Built by arithmetic; see :meth:`Desk.figure <aidstudy.analysis.desk.Desk.figure>`. A term of
    state ``not_reported`` has no value, and neither has any formula that uses it.

    >>> total = Term.of(Leaf("figure", "x-001", Fraction(8), Interval(7, 9), "8", "CNY"))
    >>> added = Term.of(Leaf("figure", "x-002", Fraction(3), Interval(3, 3), "3", "CNY"))
    >>> share = added / total
    >>> print(share.formula(), share.bounds())
    x-002 ÷ x-001 [0.333333333333333, 0.428571428571429]
    >>> print((total - total).bounds())
    [0, 0]
    """

    op: str
    args: tuple[Term, ...] = ()
    leaf: Leaf | None = None
    name: str = ""
    function: Callable[..., Number | float] | None = None
    enclosure: Enclosure | None = field(default=None, compare=False)
    state: str = "derived"
    counted: tuple[int, int] | None = None
    left_out: tuple[str, ...] = ()
    once: tuple[str, ...] = ()

    @classmethod
    def of(cls, leaf: Leaf) -> Term:
        """The term that is one leaf."""
        return cls("leaf", leaf=leaf, state="printed" if leaf.source == "figure" else "derived")

    @classmethod
    def number(cls, value: Number, why: str = "", *, printed: str = "") -> Term:
        """A plain number, exact, with the reason why it stands in the formula."""
        value = Fraction(value)
        shown = printed or plain(value)
        return cls.of(Leaf("number", why or shown, value, Interval.exactly(value), shown, ""))

    @classmethod
    def missing(cls, state: str = "not_reported") -> Term:
        """The term without a value."""
        if state not in codebook.STATES:
            states = list(codebook.STATES)
            raise ResultError(f"state {state!r} is not in the codebook; use one of {states}")
        return cls("missing", state=state)

    @classmethod
    def between(cls, low: Term, high: Term) -> Term:
        """Only bounds: everything between two terms, and no single value."""
        if not (low.known and high.known):
            return cls.missing()
        return cls("between", (low, high), state="bounds_only")

    @classmethod
    def overlap(cls, *terms: Term) -> Term:
        """Only bounds: what all terms allow. Not applicable when they contradict each other."""
        if not all(term.known for term in terms):
            return cls.missing()
        term = cls("overlap", terms, state="bounds_only")
        return term if term._meet() is not None else cls.missing("not_applicable")

    def _meet(self) -> Interval | None:
        common = self.args[0].bounds()
        for arg in self.args[1:]:
            bounds = arg.bounds()
            common = None if common is None or bounds is None else common.meet(bounds)
        return common

    @classmethod
    def sum(cls, terms: Iterable[Term]) -> Term:
        """The sum of terms; not reported when there are none, or one of them is missing."""
        found = list(terms)
        return _node("+", *found) if found else cls.missing()

    @classmethod
    def call(
        cls,
        name: str,
        function: Callable[..., Number | float],
        *args: Term | Number,
        enclosure: Enclosure | None = None,
    ) -> Term:
        """A function of terms that is not arithmetic, of which a float keeps twelve digits.

        `enclosure` finds bounds from those of the arguments, which must not share a figure.
        Without it the function must be monotone in each argument: its corners are the bounds.
        """
        terms = tuple(_term(arg) for arg in args)
        if not all(term.known for term in terms):
            return cls.missing()
        return cls("call", terms, name=name, function=function, enclosure=enclosure)

    @property
    def known(self) -> bool:
        """Whether there is a value, or at least bounds."""
        return self.op != "missing"

    def _binary(self, other: Term | Number, op: str, swapped: bool) -> Term:
        a, b = (_term(other), self) if swapped else (self, _term(other))
        if op == a.op == "+" and len(a.args) < _LONGEST_SUM and not (a.counted or a.left_out):
            return _node(op, *a.args, b)
        return _node(op, a, b)

    def percent(self) -> Term:
        """The same in per cent: a hundred times as much."""
        return _node("percent", self)

    def part(self) -> Term:
        """A share in per cent as a part of one: a hundredth of it."""
        return _node("part", self)

    def read_as_rounded(self) -> Term:
        """A leaf that the codebook takes as exact, read as a rounded figure instead."""
        if self.leaf is None:
            raise ResultError(f"{self.formula()}: only a printed figure can be read as rounded")
        numeral = self.leaf.printed.rstrip("%")
        interval = rounding_interval(numeral, scale=self.leaf.value / Fraction(numeral))
        return replace(self, leaf=replace(self.leaf, interval=interval))

    def as_state(self, state: str) -> Term:
        """The same term with another state, such as ``hypothetical``."""
        return replace(self, state=state) if self.known else self

    def tree(self) -> Iterator[Term]:
        """The term and every term in its formula, in the order of the formula."""
        left = [self]
        while left:
            one = left.pop()
            yield one
            left.extend(reversed(one.args))

    def leaves(self) -> dict[tuple[str, str], Leaf]:
        """Every leaf of the formula, once, in the order of the formula."""
        return {one.leaf.key: one.leaf for one in self.tree() if one.leaf is not None}

    def wide_leaves(self) -> list[Leaf]:
        """The leaves whose prints leave their value open, one for each place in the formula."""
        return [leaf for one in self.tree() if (leaf := one.leaf) is not None and leaf.is_wide]

    def at(self, values: Mapping[tuple[str, str], Fraction]) -> Fraction:
        """The value when the leaves have these values; a leaf left out keeps its own.

        Also with an interval for each leaf: exact bounds where each stands once.
        """
        if self.leaf is not None:
            return values.get(self.leaf.key, self.leaf.value)
        if self.op in _NO_VALUE:
            raise ResultError(f"a term of state {self.state} has no value; look at its bounds")
        return self._computed([arg.at(values) for arg in self.args])

    def _computed(self, inner: Sequence[Any]) -> Fraction:
        if self.function is not None:
            return _exact(self.function(*inner))
        return _OPERATIONS[self.op](*inner)

    @cached_property
    def value(self) -> Fraction | None:
        """The value at the figures as printed, ``None`` when there is none."""
        if self.op in _NO_VALUE:
            return None
        if self.leaf is not None:
            return self.leaf.value
        return self._computed([arg.value for arg in self.args])

    def bounds(self) -> Interval | None:
        """What the prints allow, ``None`` when nothing is known."""
        return self.bounded()[0] if self.known else None

    def bounded(self) -> tuple[Interval, str]:
        """Bounds of a known term, and how they were found, in one search.

        ``print``: as the codebook says; ``exact inputs``: nothing is rounded; ``monotone``: each
        figure stands once, or the slope in it has one sign; ``corners``: every corner of the box;
        ``boxes``: the box halved until each part is monotone; ``overlap``; ``the same on both
        sides`` of a minus;
        ``interval arithmetic``, too wide rather than too narrow; ``open end``: the same, as a print
        sets no bound on one side; or what the function says of itself.
        """
        return self._found

    @cached_property
    def _found(self) -> tuple[Interval, str]:
        if self.op == "between":
            low, how_low = self.args[0].bounded()
            high, how_high = self.args[1].bounded()
            return low.join(high), how_low if how_low == how_high else f"{how_low}, {how_high}"
        if self.op == "overlap":
            return self._meet() or Interval(None, None), "overlap"
        if self.leaf is not None:
            return self.leaf.interval, "print"
        if self.enclosure is not None:
            inner = [arg.bounded()[0] for arg in self.args]
            return self.enclosure(inner), f"{self.name} of both ends"
        wide = self.wide_leaves()
        if not wide:
            return Interval.exactly(self.at({})), "exact inputs"
        try:
            return _search(self, wide)
        except (NumeralError, ZeroDivisionError):
            return _ANYTHING, "none: a divisor may be zero"

    def formula(self, *, numbers: bool = False) -> str:
        """The formula, with ids or, if `numbers`, with the numbers as printed."""
        return _written(self, numbers)[0]


def _term(value: Term | Number) -> Term:
    return value if isinstance(value, Term) else Term.number(value)


def _node(op: str, *args: Term | Number) -> Term:
    terms = tuple(_term(arg) for arg in args)
    for term in terms:
        if not term.known:
            return term
    if len(terms) == 1 and op == "+":
        return terms[0]
    if op == "/" and terms[1].value == 0:
        return Term.missing("not_applicable")
    if any(term.state == "bounds_only" for term in terms):
        return _between(op, terms)
    state = "hypothetical" if any(t.state == "hypothetical" for t in terms) else "derived"
    return Term(op, terms, state=state)


def _between(op: str, terms: tuple[Term, ...]) -> Term:
    """Arithmetic on terms that have only bounds: the operation at both ends of each."""
    choices = [ends_of(term) if term.state == "bounds_only" else (term,) for term in terms]
    ends = [_node(op, *combination) for combination in product(*choices)]
    ordered = sorted(ends, key=lambda term: term.at({}))
    return Term.between(ordered[0], ordered[-1])


def ends_of(term: Term) -> tuple[Term, Term]:
    """Both ends of a term that has only bounds, to compute with.

    The ends of an overlap are numbers of their own: which route sets one is nobody's formula, so
    that what is built on them may be too wide, never too narrow.
    """
    if term.op == "between":
        return term.args[0], term.args[1]
    behind = tuple(leaf.name for leaf in term.leaves().values() if leaf.source != "number")

    def given(side: str, end: Fraction) -> Term:
        name, exact = f"{side} end of {term.formula()}", Interval.exactly(end)
        return Term.of(Leaf("given", name, end, exact, plain(end), "", behind=behind))

    low, high = term.bounded()[0].closed()
    return given("low", low), given("high", high)


_NO_VALUE = ("missing", "between", "overlap")

_OPERATIONS: Mapping[str, Callable[..., Fraction]] = {
    "+": lambda *parts: sum(parts, Fraction(0)),
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "percent": lambda a: a * 100,
    "part": lambda a: a / 100,
}
_FACTORS = {"percent": Fraction(100), "part": Fraction(1, 100)}
"""Operations that only move a number between a share and its per cent."""


def _exact(value: Number | float) -> Fraction:
    if isinstance(value, float):
        return Fraction(f"{value:.{_SIGNIFICANT}g}")
    return Fraction(value)


Box = Mapping[tuple[str, str], Interval]
Slopes = dict[tuple[str, str], Interval]

_ZERO = Interval.exactly(0)
_ONE = Interval.exactly(1)


def _enclose(term: Term, box: Box) -> tuple[Interval, Slopes]:
    """An enclosure of a term over a box, and of its slope in each wide leaf."""
    if term.leaf is not None:
        interval = box.get(term.leaf.key, Interval.exactly(term.leaf.value))
        return interval, {term.leaf.key: _ONE} if term.leaf.key in box else {}
    if term.op == "/":
        above, below = (arg.leaf for arg in term.args)
        if above is not None and below is not None and above.key == below.key:
            return _ONE, {}  # a number by itself, as where a sum is said twice
    parts = [_enclose(arg, box) for arg in term.args]
    if term.op in _FACTORS:
        by = _FACTORS[term.op]
        return parts[0][0] * by, {key: slope * by for key, slope in parts[0][1].items()}
    if term.op == "+":
        sums = Slopes()
        for _, own in parts:
            for key, slope in own.items():
                sums[key] = sums[key] + slope if key in sums else slope
        return sum((interval for interval, _ in parts), _ZERO), sums
    (a, slopes_a), (b, slopes_b) = parts
    keys = dict.fromkeys([*slopes_a, *slopes_b])
    da = {key: slopes_a.get(key, _ZERO) for key in keys}
    db = {key: slopes_b.get(key, _ZERO) for key in keys}
    if term.op == "-":
        return a - b, {key: da[key] - db[key] for key in keys}
    if term.op == "*":
        return a * b, {key: da[key] * b + a * db[key] for key in keys}
    return a / b, {key: (da[key] * b - a * db[key]) / (b * b) for key in keys}


def _degrees(term: Term, key: tuple[str, str]) -> tuple[int, int]:
    """Degree of numerator and denominator in one leaf; at most (1, 1) means monotone in it."""
    if term.leaf is not None:
        return (int(term.leaf.key == key), 0)
    parts = [_degrees(arg, key) for arg in term.args]
    if term.op in _FACTORS:
        return parts[0]
    below = sum(d for _, d in parts)
    if term.op == "*":
        return sum(n for n, _ in parts), below
    if term.op == "/":
        (n1, d1), (n2, d2) = parts
        return n1 + d2, d1 + n2
    return max(n + below - d for n, d in parts), below


def _search(term: Term, leaves: Sequence[Leaf]) -> tuple[Interval, str]:
    """Bounds of a formula with these leaves that are wide, one for each place in it."""
    wide = {leaf.key: leaf.interval for leaf in leaves}
    if any(interval.width is None for interval in wide.values()):
        return _natural(term), "open end"
    if any(one.function is not None for one in term.tree()):
        if len(wide) > _MAX_CORNERS:
            return _natural(term), "interval arithmetic"
        return _at_corners(term, wide), "corners of a monotone function"
    if len(wide) == len(leaves):
        return cast(Interval, term.at(cast(Any, wide))), "monotone"
    times = Counter(leaf.key for leaf in leaves)
    twice = {key for key in wide if times[key] > 1}
    if len(wide) - len(twice) > 1:
        few = _gathered(term, twice)
        if len(few.wide_leaves()) < len(leaves):
            return few.bounded()
    ends = _monotone_ends(term, wide)
    if ends is not None:
        return ends, "monotone"
    if term.op == "-" and term.args[0] == term.args[1]:
        return _ZERO, "the same on both sides"
    if len(wide) <= _MAX_CORNERS and all(max(_degrees(term, key)) <= 1 for key in wide):
        return _at_corners(term, wide), "corners"
    return Interval(*(_extreme(term, wide, highest=side) for side in (False, True))), "boxes"


_ANYTHING = Interval(None, None)


def _gathered(term: Term, twice: Set[tuple[str, str]]) -> Term:
    """The formula in which each part without a figure that stands twice is one number."""
    if not _holds(term, twice):
        return _as_one(term)
    if term.op != "+":
        return replace(term, args=tuple(_gathered(arg, twice) for arg in term.args))
    parts, free = list[Term](), list[Term]()
    for arg in term.args:
        (parts if _holds(arg, twice) else free).append(arg)
    parts = [_gathered(arg, twice) for arg in parts]
    return replace(term, args=(*parts, _as_one(Term("+", tuple(free)))) if free else tuple(parts))


def _holds(term: Term, keys: Set[tuple[str, str]]) -> bool:
    return any(one.leaf is not None and one.leaf.key in keys for one in term.tree())


def _as_one(term: Term) -> Term:
    if term.leaf is not None:
        return term
    bounds = term.bounded()[0]
    low, _ = bounds.closed()
    return Term.of(Leaf("number", f"part {next(_PARTS)}", low, bounds, "", ""))


_PARTS = count()


def _natural(term: Term) -> Interval:
    """Bounds by interval arithmetic, for open ends; wider where a figure stands twice."""
    if term.leaf is not None:
        return term.leaf.interval
    parts = [_natural(arg) for arg in term.args]
    if term.enclosure is not None:
        return term.enclosure(parts)
    if term.function is not None:
        widths = [part.width for part in parts]
        if None in widths or sum(width != 0 for width in widths) > _MAX_CORNERS:
            return _ANYTHING
        corners = product(*(sorted(set(part.closed())) for part in parts))
        values = [_exact(term.function(*corner)) for corner in corners]
        return Interval(min(values), max(values))
    if term.op in _FACTORS:
        by = _FACTORS[term.op]
        ends = (parts[0].low, parts[0].high)
        return Interval(*(None if end is None else end * by for end in ends))
    if term.op == "+":
        return sum(parts, _ZERO)
    a, b = parts
    if term.op == "-":
        return a - b
    if a.low is None or b.low is None or a.low < 0 or b.low < 0:
        return _ANYTHING
    if term.op == "*":
        return Interval(
            a.low * b.low, None if a.high is None or b.high is None else a.high * b.high
        )
    return Interval(
        Fraction(0) if b.high in (None, 0) else a.low / b.high,
        None if a.high is None or b.low == 0 else a.high / b.low,
    )


def _monotone_ends(term: Term, box: Box) -> Interval | None:
    """Exact bounds when the slope in every leaf has one sign over the box."""
    try:
        slopes = _enclose(term, box)[1]
    except NumeralError:
        return None
    ends = {}
    for key, interval in box.items():
        low, high = slopes.get(key, _ZERO).closed()
        if low < 0 < high:
            return None
        ends[key] = interval.closed()[:: 1 if low >= 0 else -1]
    lowest, highest = ({key: pair[side] for key, pair in ends.items()} for side in (0, 1))
    return Interval(term.at(lowest), term.at(highest))


def _at_corners(term: Term, box: Box) -> Interval:
    corners = product(*(interval.closed() for interval in box.values()))
    values = [term.at(dict(zip(box, corner, strict=True))) for corner in corners]
    return Interval(min(values), max(values))


def _extreme(term: Term, box: Box, *, highest: bool) -> Fraction:
    """One bound of a formula that rises and falls in a figure.

    Figures in which the slope has one sign go to their end; along the others the box is halved,
    the most promising part first, until the best point found is as good as what the parts left
    allow. When the limit is reached first, the bound is too wide rather than too narrow.
    """
    sign = 1 if highest else -1
    best: Fraction | None = None
    parts: list[tuple[Fraction, int, Box]] = [(Fraction(0), 0, box)]
    for number in range(1, 2 * _MAX_BOXES, 2):
        limit, _, part = heapq.heappop(parts)
        if best is not None and -limit <= best:
            return sign * best
        part, open_keys = _towards(term, part, highest)
        middle = {key: sum(end.closed(), Fraction(0)) / 2 for key, end in part.items()}
        here = sign * term.at(middle)
        best = here if best is None else max(best, here)
        if open_keys:
            widest = max(open_keys, key=lambda k: (part[k].width or 0) / (box[k].width or 1))
            low, high = part[widest].closed()
            halves = (Interval(low, middle[widest]), Interval(middle[widest], high))
            for step, half in enumerate(halves):
                smaller = {**part, widest: half}
                ends = _enclose(term, smaller)[0].closed()
                heapq.heappush(parts, (-max(sign * end for end in ends), number + step, smaller))
        if not parts:
            return sign * best
    return sign * max(best or -parts[0][0], -parts[0][0])


def _towards(term: Term, box: Box, highest: bool) -> tuple[Box, list[tuple[str, str]]]:
    """The box with each figure of one-signed slope at its best end, and the figures left."""
    part = dict(box)
    while True:
        slopes, left = _enclose(term, part)[1], []
        wide = [key for key, interval in part.items() if interval.width != 0]
        for key in wide:
            low, high = slopes.get(key, _ZERO).closed()
            if low < 0 < high:
                left.append(key)
            else:
                part[key] = Interval.exactly(part[key].closed()[(low >= 0) == highest])
        if not left or len(left) == len(wide):
            return part, left


_SIGNS = {"+": "+", "-": "−", "*": "×", "/": "÷"}
_BINDS = {"+": 1, "-": 1, "*": 2, "/": 2}


def _written(term: Term, numbers: bool) -> tuple[str, int]:
    """A formula as text and how tightly it binds; 9 for what never needs brackets."""
    if term.leaf is not None:
        by_number = numbers or term.leaf.source == "number"
        return (term.leaf.printed if by_number else term.leaf.name), 9
    parts = [_written(arg, numbers) for arg in term.args]
    texts = [text for text, _ in parts]
    if term.op == "missing":
        return term.state.replace("_", " "), 9
    if term.op == "between":
        return " … ".join(texts), 0
    if term.op == "overlap":
        return " ∩ ".join(f"({text})" for text in texts), 0
    if term.op == "call":
        return f"{term.name}({', '.join(texts)})", 9
    if term.op == "percent":
        return f"100% × {texts[0] if parts[0][1] > 1 else f'({texts[0]})'}", 2
    if term.op == "part":
        return parts[0]
    binds = _BINDS[term.op]
    if term.op == "+":
        return " + ".join(texts), binds
    (left, left_binds), (right, right_binds) = parts
    if left_binds < binds:
        left = f"({left})"
    if right_binds < binds or (right_binds == binds and term.op in "-/"):
        right = f"({right})"
    return f"{left} {_SIGNS[term.op]} {right}", binds
