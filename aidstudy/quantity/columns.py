"""Columns of quantities: values at once, bounds and formulas when they are asked for.

A column keeps one formula for all its rows: a node that says how the whole column came about.
Values are floats, computed at once. Bounds are floats, each step rounded outward, so that they
are never too narrow. The exact formula of a cell is built when somebody asks for that cell, and
in rows in which one figure stands twice, as only it knows that both are one number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from aidstudy.intervals import Interval
from aidstudy.quantity.result import Leaf, Term
from aidstudy.quantity.scalar import NO_ROW, OPERATIONS, absolute, applied, outward
from aidstudy.quantity.units import Unit, unit, unit_of

Floats = NDArray[np.float64]
Places = NDArray[np.intp]
Trail = tuple[Places, Places]
"""Figures of each row, one after the other: where each row begins, and the figures' numbers."""

Closed = tuple[NDArray[np.bool_], Floats, Floats]
"""Which rows have bounds by a formula of their own, and these bounds."""

STATES = ("", "not_reported", "not_applicable", NO_ROW)
"""Why a row has no number, by code; 0 where it has one."""

KNOWN, NOT_REPORTED, NOT_APPLICABLE, GAP = range(4)

EPS = float(np.finfo(float).eps)
_DOWN, _UP = -np.inf, np.inf
# A trail longer than this is not written out; bounds are then those of independent numbers,
# which are wider. A share of a sum and growth have closed formulas and need no trail.
LONGEST_TRAIL = 5_000_000
# A row whose formula names more figures than this is not searched for its exact bounds.
_MOST_FIGURES = 1_000


_CODES: dict[str, int] = {}


class Units:
    """In which unit each row of a column is shown; what stands at a gap means nothing.

    `one` is the text where the column says it once for all rows.
    """

    def __init__(self, codes: Places, one: str | None = None) -> None:
        self.codes, self.one = codes, one

    @classmethod
    def of(cls, texts: Iterable[str]) -> Units:
        """One text for each row."""
        return cls(np.array([_CODES.setdefault(text, len(_CODES)) for text in texts], np.intp))

    @classmethod
    def all(cls, text: str, count: int) -> Units:
        """One text for all rows."""
        return cls(np.broadcast_to(cls.of([text]).codes, count), text)

    def settled(self, miss: NDArray[np.uint8]) -> Units:
        """The same, told once if all rows with a number have one."""
        known = self.codes[miss == KNOWN]
        if self.one is not None or (known != known[:1]).any():
            return self
        return Units.all(list(_CODES)[known[0]] if len(known) else "", len(miss))

    def __getitem__(self, row: int) -> str:
        return list(_CODES)[int(self.codes[row])]

    def __iter__(self) -> Iterator[str]:
        texts = list(_CODES)
        return (texts[code] for code in self.codes.tolist())

    def taken(self, rows: Places) -> Units:
        """Those of chosen rows."""
        return Units(self.codes[rows]) if self.one is None else Units.all(self.one, len(rows))

    def told(self, tell: Callable[[Unit], Any]) -> NDArray[Any]:
        """What each row's unit says of itself."""
        return np.array([tell(unit(text)) for text in _CODES])[self.codes]

    @property
    def kinds(self) -> Places:
        """A number for what each row measures."""
        found = sorted({unit(text).dims for text in _CODES})
        return self.told(lambda one: found.index(one.dims))

    def combined(self, op: str, other: Units) -> Units:
        """The units of an operation, row by row."""
        if self.one is not None and other.one is not None:
            return Units.all(unit_of(op, self.one, other.one), len(self.codes))
        return Units.of(unit_of(op, a, b) for a, b in zip(self, other, strict=True))


class _Numbers:
    """One numbering of all figures of the process, and which figure is part of which."""

    def __init__(self) -> None:
        self._of: dict[tuple[str, ...], int] = {}
        self._next = 0
        self._names: dict[int, str] = {}
        self._parts: dict[int, tuple[int, ...]] = {}

    def reserve(self, count: int, *key: str) -> int:
        """The first of `count` numbers in a row, new for a new key."""
        if key not in self._of:
            self._of[key] = self._next
            self._next += count
        return self._of[key]

    def of(self, leaf: Leaf) -> int:
        """The number of a figure; one that is a part has another than one of the same id that is
        none, as two studies of one process may use the same ids."""
        plain = self._number(*leaf.key)
        if not leaf.part_of:
            return plain
        number = self._number(*leaf.key, leaf.part_of)
        if number not in self._parts:
            wholes = (self._number(leaf.source, one) for one in leaf.part_of.split())
            self._parts[number] = (plain, *wholes)
        return number

    def _number(self, *key: str) -> int:
        number = self.reserve(1, *key)
        self._names[number] = key[1]
        return number

    def of_pair(self, op: str, a: int, b: int) -> int:
        """The number of what two numbers make."""
        return self._number(op, f"{self.name(a)} {op} {self.name(b)}")

    def name(self, number: int) -> str:
        return self._names.get(number, f"value {number}")

    def parts(self, figures: Places) -> Places:
        """The places of figures that are part of another."""
        known = self._parts
        if not (known and len(figures)) or figures.max() < min(known) or figures.min() > max(known):
            return np.empty(0, dtype=np.intp)
        return np.flatnonzero(np.isin(figures, list(known)))

    def plain(self, number: int) -> int:
        """The number by id alone, by which wholes are named."""
        return self._parts.get(number, (number,))[0]

    def wholes(self, number: int) -> tuple[int, ...]:
        """The figures that contain one."""
        return self._parts.get(number, (number,))[1:]


NUMBERS = _Numbers()


class Node:
    """How a column came about: values now, bounds, formulas and figures on demand."""

    v: Floats
    """Values in base units, NaN where there is none."""
    miss: NDArray[np.uint8]
    """Code of :data:`STATES`."""
    node: Node
    """What rests on the same figures, row by row; of columns that are made of one other."""

    def __len__(self) -> int:
        return len(self.v)

    def __getstate__(self) -> dict[str, Any]:
        # Numbers of figures are those of this process; whoever unpickles finds them anew.
        kept = dict(vars(self))
        for name in ("trail", "single", "key"):
            kept.pop(name, None)
        return kept

    @cached_property
    def bounds(self) -> tuple[Floats, Floats]:
        """Lower and upper bounds in base units, rounded outward; NaN where nothing is known."""
        low, high = (np.where(self.miss > 0, np.nan, ends) for ends in self._bounds())
        return low, high

    def _bounds(self) -> tuple[Floats, Floats]:
        raise NotImplementedError

    def term(self, row: int) -> Term:
        """The exact formula of one row."""
        state = self.miss[row]
        return Term("missing", state=STATES[state]) if state else self._term(row)

    def _term(self, row: int) -> Term:
        raise NotImplementedError

    @cached_property
    def trail(self) -> Trail | None:
        """The figures of each row, with repeats; ``None``: too many to write out."""
        return self.node.trail

    @cached_property
    def single(self) -> Places:
        """The figure that a row is, times a constant at most; -1 where it is more than that."""
        return np.full(len(self), -1, dtype=np.intp)

    def totals(self, row: int) -> tuple[Fraction, ...] | None:
        """Exact value, low and high of a row where they need no formula."""
        return None

    def shown(self, scale: Fraction) -> Floats:
        """Values in a unit of so many base units."""
        return self.v if scale == 1 else as_written(self.v / float(scale))

    @property
    def key(self) -> Places:
        """What makes two rows the same number for a sum; -1 where nobody knows."""
        return self.single

    def rest_of(self, x: Node, rows: Places) -> Closed | None:
        """In which of some rows this is x and something else, and bounds of that something."""
        return None

    def scaled(self, by: Fraction) -> Node:
        """Every row times one exact number."""
        return self if by == 1 else Scaled(self, by)


def as_written(numbers: Floats) -> Floats:
    """Numbers of few digits without the noise of a division: 0.845 and no 0.8449999999999999."""
    size = np.nan_to_num(np.abs(numbers), posinf=0.0)
    step = 10.0 ** np.clip(11 - np.floor(np.log10(np.maximum(size, 1e-300))), -300, 300)
    with np.errstate(invalid="ignore"):
        near = np.round(numbers * step) / step
        return np.where(np.abs(near - numbers) <= 2 * np.spacing(size), near, numbers)


class Given(Node):
    """Numbers with bounds that came as arrays, each a figure of its own."""

    def __init__(self, table: GivenTable, rows: Places) -> None:
        self.table, self.rows = table, rows
        self.v = table.value[rows]
        self.miss = np.zeros(len(rows), dtype=np.uint8)

    def _bounds(self) -> tuple[Floats, Floats]:
        return self.table.low[self.rows], self.table.high[self.rows]

    def _term(self, row: int) -> Term:
        return Term.of(self.table.leaf(int(self.rows[row])))

    def shown(self, scale: Fraction) -> Floats:
        if scale == 1 or scale != self.table.scale:
            return super().shown(scale)
        return self.table.shown[0][self.rows]

    @cached_property
    def trail(self) -> Trail:
        return np.arange(len(self) + 1), self.single

    @cached_property
    def single(self) -> Places:
        return self.rows + self.table.first


def _whole(floats: Floats) -> tuple[NDArray[np.int64], int] | None:
    """Floats as the decimals that they write, whole numbers over a power of ten; if they are."""
    for power in range(10):
        whole = np.rint(floats * 10.0**power)
        # Fifteen digits come back from a float as they went in.
        if (np.abs(whole) < 1e15).all() and (whole / 10.0**power == floats).all():
            return whole.astype(np.int64), 10**power
    return None


@dataclass(eq=False)
class GivenTable:
    """What `Given` looks into: floats as they came, and the exact numbers they write."""

    shown: Sequence[Floats]
    scale: Fraction
    unit: str
    names: Sequence[str] | None
    token: str = field(default_factory=lambda: uuid4().hex)

    def __post_init__(self) -> None:
        self.value, low, high = (column * float(self.scale) for column in self.shown)
        self.low = np.where(low == self.value, low, np.nextafter(low, _DOWN))
        self.high = np.where(high == self.value, high, np.nextafter(high, _UP))
        self.first = NUMBERS.reserve(len(low), self.token)

    def leaf(self, row: int) -> Leaf:
        """The exact number: floats are read as they are written, so that 0.1 is a tenth."""
        value, low, high = (self._exact(number, row) for number in range(3))
        name = NUMBERS.name(self.first + row) if self.names is None else str(self.names[row])
        printed = repr(float(self.shown[0][row]))
        return Leaf("given", name, value, Interval(low, high), printed, self.unit)

    def _exact(self, number: int, row: int) -> Fraction:
        return Fraction(repr(float(self.shown[number][row]))) * self.scale

    def totals(self, rows: Places) -> tuple[Fraction, ...]:
        """Exact sums of the values, the lower and the upper ends of some rows."""
        return tuple(self._total(number, rows) for number in range(3))

    def _total(self, number: int, rows: Places) -> Fraction:
        whole = self._wholes[number]
        if whole is None:
            return sum((self._exact(number, row) for row in rows.tolist()), Fraction(0))
        return Fraction(int(whole[0][rows].sum(dtype=object)), whole[1]) * self.scale

    @cached_property
    def _wholes(self) -> list[Any]:
        return [_whole(column) for column in self.shown]

    def __reduce__(self) -> tuple[Any, ...]:
        return GivenTable, (self.shown, self.scale, self.unit, self.names, self.token)


class Held(Node):
    """Rows with a formula each: what scalars were put together, or read from a table."""

    def __init__(
        self, terms: Sequence[Term | None], miss: Sequence[int] | NDArray[np.uint8]
    ) -> None:
        self.terms, self.miss = tuple(terms), np.array(miss, dtype=np.uint8)

    @cached_property
    def v(self) -> Floats:  # type: ignore[override]
        return self.shown(Fraction(1))

    @cached_property
    def exact(self) -> list[Fraction | None]:
        return [None if term is None else term.value for term in self.terms]

    def shown(self, scale: Fraction) -> Floats:
        cells = (np.nan if v is None else float(v / scale) for v in self.exact)
        return np.fromiter(cells, float, len(self.exact))

    def _bounds(self) -> tuple[Floats, Floats]:
        gap = (np.nan, np.nan)
        ends = [gap if term is None else ends_as_floats(term) for term in self.terms]
        low, high = np.array(ends, dtype=float).reshape(-1, 2).T
        return low, high

    def _term(self, row: int) -> Term:
        return self.terms[row]  # type: ignore[return-value]  # known, as it is no gap

    @cached_property
    def trail(self) -> Trail:
        rows = [[] if t is None else _leaves(t) for t in self.terms]
        return np.cumsum([0, *map(len, rows)]), np.array([n for row in rows for n in row], np.intp)

    @cached_property
    def single(self) -> Places:
        return np.array([_one_leaf(term) for term in self.terms], dtype=np.intp)


class Numbers(Node):
    """Plain numbers, each exact; what is none is a gap."""

    def __init__(self, plain: Iterable[Any]) -> None:
        self.exact = [one if isinstance(one, (int, Fraction)) else None for one in plain]
        self.v = np.array([np.nan if one is None else float(one) for one in self.exact])
        self.miss = np.where(np.isnan(self.v), GAP, KNOWN).astype(np.uint8)

    def _bounds(self) -> tuple[Floats, Floats]:
        return self.v, self.v

    def _term(self, row: int) -> Term:
        return Term.number(self.exact[row] or 0)

    @cached_property
    def trail(self) -> Trail:
        return np.zeros(len(self) + 1, dtype=np.intp), np.empty(0, dtype=np.intp)


def _leaves(term: Term) -> list[int]:
    return [NUMBERS.of(leaf) for leaf in term.leaves().values() if leaf.source != "number"]


def _one_leaf(term: Term | None) -> int:
    """The figure that a term is, times a constant at most."""
    if term is None or (term.leaf is not None and term.leaf.source == "number"):
        return -1
    if term.leaf is not None:
        return NUMBERS.of(term.leaf)
    own = [arg for arg in term.args if _leaves(arg)]
    times = term.op in ("percent", "part", "*") or (term.op == "/" and not _leaves(term.args[1]))
    return _one_leaf(own[0]) if times and len(own) == 1 else -1


def ends_as_floats(term: Term) -> tuple[float, float]:
    """Exact bounds as floats, rounded outward."""
    bounds = term.bounds() or Interval(None, None)
    return outward(bounds.low, _DOWN), outward(bounds.high, _UP)


class Taken(Node):
    """Rows of columns that stand one below the other, in any order; -1 is a gap."""

    def __init__(self, nodes: Sequence[Node], rows: Places) -> None:
        self.nodes, self.rows = tuple(nodes), rows
        self.starts = np.cumsum([0, *map(len, nodes)])
        self.v, self.miss = self._chosen("v", np.nan), self._chosen("miss", GAP)

    def _chosen(self, name: str, gap: float) -> Any:
        return self._taken([getattr(node, name) for node in self.nodes], gap)

    def _taken(self, parts: Sequence[Any], gap: float) -> Any:
        whole = parts[0] if len(parts) == 1 else np.concatenate(parts)
        return np.where(self.rows < 0, gap, whole[self.rows]).astype(whole.dtype, copy=False)

    def _bounds(self) -> tuple[Floats, Floats]:
        lows, highs = zip(*(node.bounds for node in self.nodes), strict=True)
        return self._taken(lows, np.nan), self._taken(highs, np.nan)

    def _term(self, row: int) -> Term:
        which = int(np.searchsorted(self.starts, self.rows[row], side="right")) - 1
        return self.nodes[which].term(int(self.rows[row] - self.starts[which]))

    @cached_property
    def trail(self) -> Trail | None:
        parts = [node.trail for node in self.nodes if node.trail is not None]
        if len(parts) < len(self.nodes):
            return None
        size = np.concatenate([np.diff(starts) for starts, _ in parts])
        figures = np.concatenate([figures for _, figures in parts])
        whole = np.concatenate([[0], np.cumsum(size)]), figures
        return spread(whole, np.where(self.miss == KNOWN, self.rows, -1))

    @cached_property
    def single(self) -> Places:
        return np.asarray(self._chosen("single", -1))

    @property
    def key(self) -> Places:
        return np.asarray(self._chosen("key", -1))

    def rest_of(self, x: Node, rows: Places) -> Closed | None:
        inner = self.rows[rows]
        one = len(self.nodes) == 1 and (inner >= 0).all()
        return self.nodes[0].rest_of(x, inner) if one else None


def spread(trail: Trail | None, rows: Places) -> Trail | None:
    """The trail of chosen rows; nothing for a row -1."""
    if trail is None:
        return None
    starts, figures = trail
    kept = np.maximum(rows, 0)
    count = np.where(rows >= 0, starts[kept + 1] - starts[kept], 0) if len(starts) > 1 else rows * 0
    if count.sum() > LONGEST_TRAIL:
        return None
    return np.concatenate([[0], np.cumsum(count)]), slices(starts[kept], count, figures)[1]


def slices(starts: Places, count: Places, order: Places) -> tuple[Places, Places]:
    """So many entries of `order` from each start on, and the number of the slice of each."""
    begins = np.concatenate([[0], np.cumsum(count)])
    at = np.repeat(starts - begins[:-1], count) + np.arange(begins[-1])
    return np.repeat(np.arange(len(count)), count), order[at]


def taken(node: Node, rows: Places) -> Node:
    """Chosen rows of a column; a choice of a choice is one choice."""
    if not len(node):
        return gaps(len(rows))
    if isinstance(node, Taken):
        rows = np.where(rows >= 0, node.rows[rows], -1)
        return taken(node.nodes[0], rows) if len(node.nodes) == 1 else Taken(node.nodes, rows)
    if isinstance(node, Given) and not (rows < 0).any():
        return Given(node.table, node.rows[rows])
    if isinstance(node, Held):
        chosen = rows.tolist()
        return Held(
            [None if r < 0 else node.terms[r] for r in chosen],
            [GAP if r < 0 else int(node.miss[r]) for r in chosen],
        )
    return Taken([node], rows)


def joined(nodes: Sequence[Node]) -> Node:
    """Columns one below the other; rows with a formula each stay so."""
    some = [node for node in nodes if len(node)] or list(nodes[:1])
    if len(some) == 1:
        return some[0]
    held = [node for node in some if isinstance(node, Held)]
    if len(held) == len(some):
        return Held(
            [term for node in held for term in node.terms],
            np.concatenate([node.miss for node in held]),
        )
    if all(isinstance(n, Given) and n.table is some[0].table for n in some):  # type: ignore[attr-defined]
        return Given(some[0].table, np.concatenate([n.rows for n in some]))  # type: ignore[attr-defined]
    return Taken(some, np.arange(sum(map(len, some))))


def gaps(count: int, state: int = GAP) -> Node:
    """A column without a number."""
    return Held([None] * count, [state] * count)


class Scaled(Node):
    """Every row times one exact number."""

    def __init__(self, node: Node, by: Fraction) -> None:
        self.node, self.by = node, by
        self.v, self.miss = node.v * float(by), node.miss

    def _bounds(self) -> tuple[Floats, Floats]:
        low, high = self.node.bounds
        same, by = low == high, np.float64(self.by)
        low, high = _product(low, high, by, by)
        return _widened(low, high, same)

    def _term(self, row: int) -> Term:
        inner = self.node.term(row)
        return inner / (1 / self.by) if self.by.numerator == 1 and self.by != 1 else inner * self.by

    @cached_property
    def single(self) -> Places:
        return self.node.single

    @property
    def key(self) -> Places:
        return self.node.key


class Mapped(Node):
    """A function of every row: one that only rises or falls, or the size without the sign."""

    def __init__(self, node: Node, function: Callable[..., Any] | None, scale: Fraction) -> None:
        self.node, self.function, self.scale = node, function, scale
        self.miss = node.miss
        self.v = self._at(node.v)

    def _at(self, base: Floats) -> Floats:
        if self.function is None:
            return np.abs(base)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.array([self.function(x) for x in base / float(self.scale)], dtype=float)

    def _bounds(self) -> tuple[Floats, Floats]:
        low, high = self.node.bounds
        a, b = self._at(low), self._at(high)
        least, most = np.fmin(a, b), np.fmax(a, b)
        if self.function is None:
            return np.where((low < 0) & (high > 0), 0.0, least), most
        # Terms keep twelve digits of a function's floats; a number without width keeps none.
        spare = np.where(low == high, 0.0, 1e-11)
        return least - np.abs(least) * spare, most + np.abs(most) * spare

    def _term(self, row: int) -> Term:
        inner = self.node.term(row)
        if self.function is None:
            return absolute(inner)
        return applied(self.function, inner, self.scale)


class Combined(Node):
    """Two columns, row by row: + - * /."""

    def __init__(self, op: str, a: Node, b: Node) -> None:
        self.op, self.a, self.b = op, a, b
        with np.errstate(divide="ignore", invalid="ignore"):
            self.v = OPERATIONS[op](a.v, b.v)
        self.miss = np.where(a.miss > 0, a.miss, b.miss)
        if op == "/":
            nothing = (b.v == 0) & (self.miss == KNOWN)
            self.miss = np.where(nothing, NOT_APPLICABLE, self.miss).astype(np.uint8)
        self.v = np.where(self.miss > 0, np.nan, self.v)

    def _term(self, row: int) -> Term:
        return self.a.term(row)._binary(self.b.term(row), self.op, False)

    @cached_property
    def trail(self) -> Trail | None:
        if self.a.trail is None or self.b.trail is None:
            return None
        (p, x), (r, y) = self.a.trail, self.b.trail
        rows = [np.repeat(np.arange(len(self)), np.diff(starts)) for starts in (p, r)]
        order = np.argsort(np.concatenate(rows), kind="stable")
        return p + r, np.concatenate([x, y])[order]

    @cached_property
    def key(self) -> Places:
        """The same operation on the same two figures is the same number, in whichever row."""
        a, b = self.a.key, self.b.key
        made = np.full(len(self), -1, dtype=np.intp)
        own = (a >= 0) & (b >= 0)
        pairs, at = np.unique(np.column_stack([a[own], b[own]]), axis=0, return_inverse=True)
        numbers = [NUMBERS.of_pair(self.op, int(x), int(y)) for x, y in pairs]
        made[own] = np.array(numbers, dtype=np.intp)[at.reshape(-1)] if numbers else -1
        return made

    def _bounds(self) -> tuple[Floats, Floats]:
        low, high = self._apart()
        closed = _closed(self.a, self.b) if self.op == "/" else None
        done = np.zeros(len(self), dtype=bool)
        if closed is not None:
            done, own_low, own_high = closed
            low, high = np.where(done, own_low, low), np.where(done, own_high, high)
        if not done.all():
            for row in shared_rows(self):
                if not done[row] and not self.miss[row]:
                    low[row], high[row] = ends_as_floats(self.term(int(row)))
        return low, high

    def rest_of(self, x: Node, rows: Places) -> Closed | None:
        pairs = ((self.a, self.b), (self.b, self.a)) if self.op == "+" else ()
        found = (_beside(own, rest, x, rows) for own, rest in pairs)
        return next((one for one in found if one[0].any()), None)

    def _apart(self) -> tuple[Floats, Floats]:
        """Bounds as if no figure stood on both sides."""
        (a, b), (c, d) = self.a.bounds, self.b.bounds
        with np.errstate(divide="ignore", invalid="ignore"):
            if self.op == "+":
                low, high = a + c, b + d
            elif self.op == "-":
                low, high = a - d, b - c
            elif self.op == "*":
                low, high = _product(a, b, c, d)
            else:
                through_nothing = (c <= 0) & (d >= 0)
                low, high = _product(a, b, 1 / d, 1 / c)
                low = np.where(through_nothing, _DOWN, np.nextafter(low, _DOWN))
                high = np.where(through_nothing, _UP, np.nextafter(high, _UP))
        return _widened(low, high, (a == b) & (c == d) & (low == high))


def _widened(low: Floats, high: Floats, same: Any) -> tuple[Floats, Floats]:
    """Ends moved outward by one float; a number without width keeps none, though it may be off."""
    down, up = np.nextafter(low, _DOWN), np.nextafter(high, _UP)
    return np.where(same, low, down), np.where(same, high, up)


def _product(a: Floats, b: Floats, c: Any, d: Any) -> tuple[Floats, Floats]:
    with np.errstate(invalid="ignore"):
        ends = [x * y for x in (a, b) for y in (c, d)]
    ends = [np.where(np.isnan(end), 0.0, end) for end in ends]  # nothing times an open end
    return np.minimum.reduce(ends), np.maximum.reduce(ends)


def shared_rows(node: Node) -> Places:
    """Rows in which one figure stands twice."""
    if isinstance(node, Combined):
        one, other = node.a.single, node.b.single
        if (((one >= 0) & (other >= 0)) | (node.miss > 0)).all():
            return np.flatnonzero((one == other) & (node.miss == KNOWN))
    if node.trail is None or not len(node.trail[1]):
        return np.empty(0, dtype=np.intp)
    starts, figures = node.trail
    rows = np.repeat(np.arange(len(node)), np.diff(starts))
    width = int(figures.max()) + 1
    keys = np.sort(rows * width + figures)
    found = np.unique(keys[1:][keys[1:] == keys[:-1]] // width)
    count = np.diff(starts)[found]
    return np.asarray(found[count <= _MOST_FIGURES])


def _beside(own: Node, rest: Node, x: Node, rows: Places) -> Closed:
    """In which rows one side of a sum or difference is x, and bounds of the other."""
    inside = (own.single[rows] >= 0) & (own.single[rows] == x.single) & (own.v[rows] == x.v)
    inside &= (rest.single[rows] >= 0) & (rest.single[rows] != x.single)
    return inside, rest.bounds[0][rows], rest.bounds[1][rows]


def _closed(a: Node, b: Node) -> Closed | None:
    """Bounds of growth, (rest - x) / x, and of a share of a sum, x / (x + rest).

    Both are asked for most, and each rises or falls in x and in the rest.
    """
    growth = a if isinstance(a, Combined) and a.op == "-" else None
    rows = np.arange(len(a))
    split = _beside(growth.b, growth.a, b, rows) if growth is not None else b.rest_of(a, rows)
    if split is None:
        return None
    (inside, rest_low, rest_high), (low, high) = split, (a if growth is None else b).bounds
    right = inside & (low >= 0) & (rest_low >= 0) & (low + (rest_low if growth is None else 0) > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        if growth is not None:
            least = np.nextafter(rest_low / high, _DOWN) - 1
            most = np.nextafter(rest_high / low, _UP) - 1
        else:
            least = np.nextafter(low / np.nextafter(low + rest_high, _UP), _DOWN)
            most = np.nextafter(high / np.nextafter(high + rest_low, _DOWN), _UP)
    least = np.nextafter(least, _DOWN)
    return right, np.maximum(least, 0.0) if growth is None else least, np.nextafter(most, _UP)
