"""Columns of quantities: values at once, bounds and formulas when they are asked for.

A column keeps one formula for all its rows: a node that says how the whole column came about.
Values are floats, computed at once. Bounds are floats, each step rounded outward, so that they
are never too narrow. The exact formula of a cell is built when somebody asks for that cell, and
in rows in which one figure stands twice, as only it knows that both are one number.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from typing import Any
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from aidstudy.intervals import Interval
from aidstudy.quantity.scalar import NO_ROW, OPERATIONS, outward
from aidstudy.result import Leaf, Term

Floats = NDArray[np.float64]
Places = NDArray[np.intp]
Trail = tuple[Places, Places]
"""Figures of each row, one after the other: where each row begins, and the figures' numbers."""

Closed = tuple[NDArray[np.bool_], Floats, Floats]
"""Which rows have bounds by a formula of their own, and these bounds."""

Spared = dict[int, tuple[tuple[str, ...], tuple[str, ...]]]
"""By group the figures left out as parts of a whole, and those that stood twice."""

STATES = ("", "not_reported", "not_applicable", NO_ROW)
"""Why a row has no number, by code; 0 where it has one."""

KNOWN, NOT_REPORTED, NOT_APPLICABLE, GAP = range(4)

_EPS = float(np.finfo(float).eps)
_DOWN, _UP = -np.inf, np.inf
# A trail longer than this is not written out; bounds are then those of independent numbers,
# which are wider. A share of a sum and growth have closed formulas and need no trail.
_LONGEST_TRAIL = 5_000_000
# A row whose formula names more figures than this is not searched for its exact bounds.
_MOST_FIGURES = 1_000


class _Numbers:
    """One numbering of all figures of the process, and which figure is part of which."""

    def __init__(self) -> None:
        self._of: dict[tuple[str, str], int] = {}
        self._next = 0
        self._whole: dict[int, int] = {}
        self._names: dict[int, str] = {}
        self._plain: dict[int, int] = {}
        self._above: dict[int, int] = {}
        self._tables: dict[str, int] = {}

    def reserve(self, count: int, table: str = "") -> int:
        """The first of `count` new numbers in a row; a table keeps those that it has."""
        if table in self._tables:
            return self._tables[table]
        first, self._next = self._next, self._next + count
        if table:
            self._tables[table] = first
        return first

    def of(self, leaf: Leaf) -> int:
        """The number of a figure; one that is a part has another than one of the same id that is
        none, as two studies of one process may use the same ids."""
        plain = self._number(leaf.key)
        if not leaf.part_of:
            return plain
        number = self._number((*leaf.key, leaf.part_of))
        if number not in self._whole:
            whole = self._number((leaf.source, leaf.part_of))
            self._whole[number], self._plain[number] = whole, plain
            self._above.setdefault(plain, number)
        return number

    def plain(self, figures: Places) -> Places:
        """The numbers by id alone, by which wholes are named."""
        return np.array([self._plain.get(one, one) for one in figures.tolist()], dtype=np.intp)

    def further(self, wholes: Places) -> Places:
        """For each whole, -1 where there is none, the one that contains it."""
        parts = np.array([self._above.get(one, one) for one in wholes.tolist()], dtype=np.intp)
        return np.where(wholes >= 0, self.wholes(parts), -1)

    def _number(self, key: tuple[str, ...]) -> int:
        if key not in self._of:
            self._of[key] = self.reserve(1)
            self._names[self._of[key]] = key[1]
        return self._of[key]

    def of_pair(self, op: str, a: int, b: int) -> int:
        """The number of what two numbers make."""
        return self._number((op, f"{self.name(a)} {op} {self.name(b)}"))

    def name(self, number: int) -> str:
        return self._names.get(number, f"value {number}")

    def wholes(self, figures: Places) -> Places:
        """For each figure the one that contains it, -1 where none is known."""
        found = np.full(len(figures), -1, dtype=np.intp)
        if self._whole and len(figures):
            parts = np.array(sorted(self._whole), dtype=np.intp)
            if figures.max() < parts[0] or figures.min() > parts[-1]:
                return found
            at = np.minimum(np.searchsorted(parts, figures), len(parts) - 1)
            hit = parts[at] == figures
            found[hit] = [self._whole[int(part)] for part in figures[hit]]
        return found


NUMBERS = _Numbers()


class Node:
    """How a column came about: values now, bounds, formulas and figures on demand."""

    v: Floats
    """Values in base units, NaN where there is none."""
    miss: NDArray[np.uint8]
    """Code of :data:`STATES`."""

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
        low, high = self._bounds()
        gone = self.miss > 0
        if gone.any():
            low, high = np.where(gone, np.nan, low), np.where(gone, np.nan, high)
        return low, high

    def _bounds(self) -> tuple[Floats, Floats]:
        raise NotImplementedError

    def term(self, row: int) -> Term:
        """The exact formula of one row."""
        if self.miss[row]:
            state = STATES[self.miss[row]]
            return Term("missing", state=state)
        return self._term(row)

    def _term(self, row: int) -> Term:
        raise NotImplementedError

    @cached_property
    def trail(self) -> Trail:
        """The figures of each row, with repeats."""
        raise NotImplementedError

    def length(self) -> int:
        """How many figures the trail has, without writing it out."""
        return len(self.trail[1])

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


class _Decimals:
    """Floats as the decimals that they write: whole numbers over one power of ten."""

    def __init__(self, floats: Floats) -> None:
        self._floats, self._ten = floats, 1
        self._whole: NDArray[np.int64] | None = None
        for power in range(10):
            whole = np.rint(floats * 10.0**power)
            # Fifteen digits come back from a float as they went in.
            if not (np.abs(whole) < 1e15).all():
                return
            if (whole / 10.0**power == floats).all():
                self._whole, self._ten = whole.astype(np.int64), 10**power
                return

    def one(self, row: int, scale: Fraction) -> Fraction:
        if self._whole is None:
            return Fraction(repr(float(self._floats[row]))) * scale
        return Fraction(int(self._whole[row]) * scale.numerator, self._ten * scale.denominator)

    def total(self, rows: Places, scale: Fraction) -> Fraction:
        if self._whole is None:
            return sum((self.one(int(row), scale) for row in rows), Fraction(0))
        added = int(self._whole[rows].sum(dtype=object)) if len(rows) else 0
        return Fraction(added * scale.numerator, self._ten * scale.denominator)


class GivenTable:
    """What `Given` looks into: floats as they came, and the exact numbers they write."""

    def __init__(
        self,
        shown: Sequence[Floats],
        scale: Fraction,
        unit: str,
        names: Sequence[str] | None,
        token: str = "",
    ) -> None:
        self.shown, self.scale, self.unit, self.names = tuple(shown), scale, unit, names
        self.token = token or uuid4().hex
        value, low, high = (column * float(scale) for column in shown)
        self.value = value
        self.low = np.where(low == value, low, np.nextafter(low, _DOWN))
        self.high = np.where(high == value, high, np.nextafter(high, _UP))
        self.first = NUMBERS.reserve(len(value), self.token)

    def leaf(self, row: int) -> Leaf:
        """The exact number: floats are read as they are written, so that 0.1 is a tenth."""
        value, low, high = (column.one(row, self.scale) for column in self._exact)
        name = NUMBERS.name(self.first + row) if self.names is None else str(self.names[row])
        printed = repr(float(self.shown[0][row]))
        return Leaf("given", name, value, Interval(low, high), printed, self.unit)

    def totals(self, rows: Places) -> tuple[Fraction, ...]:
        """Exact sums of the values, the lower and the upper ends of some rows."""
        return tuple(column.total(rows, self.scale) for column in self._exact)

    @cached_property
    def _exact(self) -> tuple[_Decimals, ...]:
        return tuple(map(_Decimals, self.shown))

    def __reduce__(self) -> tuple[Any, ...]:
        return GivenTable, (self.shown, self.scale, self.unit, self.names, self.token)


class Held(Node):
    """Rows with a formula each: what scalars were put together, or read from a table."""

    def __init__(self, terms: Sequence[Term | None], miss: Sequence[int]) -> None:
        self.terms = tuple(terms)
        self.miss = np.array(miss, dtype=np.uint8)
        self.exact = tuple(None if term is None else term.value for term in self.terms)
        cells = (np.nan if v is None else float(v) for v in self.exact)
        self.v = np.fromiter(cells, float, len(self.exact))

    def shown(self, scale: Fraction) -> Floats:
        if scale == 1:
            return self.v
        cells = (np.nan if v is None else float(v / scale) for v in self.exact)
        return np.fromiter(cells, float, len(self.exact))

    def _bounds(self) -> tuple[Floats, Floats]:
        low, high = np.full(len(self), np.nan), np.full(len(self), np.nan)
        for row, term in enumerate(self.terms):
            if term is not None:
                low[row], high[row] = _ends(term)
        return low, high

    def _term(self, row: int) -> Term:
        term = self.terms[row]
        assert term is not None
        return term

    @cached_property
    def trail(self) -> Trail:
        rows = [[] if t is None else _leaves(t) for t in self.terms]
        starts = np.cumsum([0, *map(len, rows)])
        return starts, np.array([n for row in rows for n in row], dtype=np.intp)

    @cached_property
    def single(self) -> Places:
        return np.array([_one_leaf(term) for term in self.terms], dtype=np.intp)


def _leaves(term: Term) -> list[int]:
    return [NUMBERS.of(leaf) for leaf in term.leaves().values() if leaf.source != "number"]


def _one_leaf(term: Term | None) -> int:
    """The figure that a term is, times a constant at most."""
    if term is None:
        return -1
    if term.leaf is not None:
        return -1 if term.leaf.source == "number" else NUMBERS.of(term.leaf)
    if term.op in ("percent", "part"):
        return _one_leaf(term.args[0])
    if term.op == "*" or (term.op == "/" and not _leaves(term.args[1])):
        own = [arg for arg in term.args if _leaves(arg)]
        return _one_leaf(own[0]) if len(own) == 1 else -1
    return -1


_SUM = "sum"
"""Name of a term that a sum of figures made: such a sum takes a figure once, `+` does not."""


def _parts(term: Term | None) -> tuple[Term, ...] | None:
    """What a sum of figures adds; ``None`` where the term is no such sum."""
    if term is None:
        return None
    if term.op == "+" and term.name == _SUM:
        return term.args
    if term.leaf is not None and (term.counted or term.left_out or term.once):
        return (
            replace(term, counted=None, left_out=(), once=()),
        )  # a sum that rests on one figure
    return None


def _ends(term: Term) -> tuple[float, float]:
    """Exact bounds as floats, rounded outward."""
    bounds = term.bounds() or Interval(None, None)
    return (
        _DOWN if bounds.low is None else outward(bounds.low, _DOWN),
        _UP if bounds.high is None else outward(bounds.high, _UP),
    )


class Taken(Node):
    """Rows of another column in another order; -1 is a gap."""

    def __init__(self, node: Node, rows: Places) -> None:
        self.node, self.rows = node, rows
        gap = rows < 0
        self.v = node.v[rows] if len(node) else np.full(len(rows), np.nan)
        self.miss = node.miss[rows] if len(node) else np.full(len(rows), GAP, dtype=np.uint8)
        if gap.any():
            self.v, self.miss = np.where(gap, np.nan, self.v), np.where(gap, GAP, self.miss)

    def _bounds(self) -> tuple[Floats, Floats]:
        if not len(self.node):
            return self.v, self.v
        low, high = self.node.bounds
        return low[self.rows], high[self.rows]

    def _term(self, row: int) -> Term:
        return self.node.term(int(self.rows[row]))

    @cached_property
    def trail(self) -> Trail:
        starts, figures = self.node.trail
        rows = np.where(self.miss == KNOWN, self.rows, -1)
        return _spread(starts, figures, rows)

    def length(self) -> int:
        if self.node.length() > _LONGEST_TRAIL:
            return self.node.length()
        starts = self.node.trail[0]
        rows = self.rows[self.rows >= 0]
        return int((starts[rows + 1] - starts[rows]).sum())

    @cached_property
    def single(self) -> Places:
        if not len(self.node):
            return np.full(len(self), -1, dtype=np.intp)
        return np.where(self.rows >= 0, self.node.single[self.rows], -1)

    @property
    def key(self) -> Places:
        if not len(self.node):
            return self.single
        return np.where(self.rows >= 0, self.node.key[self.rows], -1)

    def rest_of(self, x: Node, rows: Places) -> Closed | None:
        inner = np.where(rows >= 0, self.rows[rows], -1)
        return self.node.rest_of(x, inner) if (inner >= 0).all() else None


def _spread(starts: Places, figures: Places, rows: Places) -> Trail:
    """The trail of chosen rows; nothing for a row -1."""
    kept = np.maximum(rows, 0)
    count = np.where(rows >= 0, starts[kept + 1] - starts[kept], 0) if len(starts) > 1 else rows * 0
    return np.concatenate([[0], np.cumsum(count)]), _slices(starts[kept], count, figures)[1]


def taken(node: Node, rows: Places) -> Node:
    """Chosen rows of a column; a choice of a choice is one choice."""
    if isinstance(node, Taken) and len(node):
        inner = np.where(rows >= 0, node.rows[rows], -1)
        return taken(node.node, inner)
    if isinstance(node, Given) and not (rows < 0).any():
        return Given(node.table, node.rows[rows])
    if isinstance(node, Held):
        some = [(None, GAP) if r < 0 else (node.terms[r], int(node.miss[r])) for r in rows]
        made = Held.__new__(Held)
        made.terms = tuple(term for term, _ in some)
        made.exact = tuple(None if r < 0 else node.exact[r] for r in rows)
        made.miss = np.array([code for _, code in some], dtype=np.uint8)
        made.v = np.where(rows < 0, np.nan, node.v[rows] if len(node) else np.nan)
        return made
    return Taken(node, rows)


class Joined(Node):
    """Columns one below the other."""

    def __init__(self, nodes: Sequence[Node]) -> None:
        self.nodes = tuple(nodes)
        self.v = np.concatenate([node.v for node in nodes])
        self.miss = np.concatenate([node.miss for node in nodes])
        self._starts = np.cumsum([0, *map(len, nodes)])

    def _bounds(self) -> tuple[Floats, Floats]:
        lows, highs = zip(*(node.bounds for node in self.nodes), strict=True)
        return np.concatenate(lows), np.concatenate(highs)

    def _term(self, row: int) -> Term:
        which = int(np.searchsorted(self._starts, row, side="right")) - 1
        return self.nodes[which].term(row - int(self._starts[which]))

    @cached_property
    def trail(self) -> Trail:
        parts = [node.trail for node in self.nodes]
        ends = np.cumsum([0, *(starts[-1] for starts, _ in parts)])
        begins = [starts[:-1] + end for (starts, _), end in zip(parts, ends, strict=False)]
        return (
            np.concatenate([*begins, ends[-1:]]),
            np.concatenate([figures for _, figures in parts]),
        )

    @cached_property
    def single(self) -> Places:
        return np.concatenate([node.single for node in self.nodes])

    @property
    def key(self) -> Places:
        return np.concatenate([node.key for node in self.nodes])


def joined(nodes: Sequence[Node]) -> Node:
    """Columns one below the other; rows with a formula each stay so."""
    some = [node for node in nodes if len(node)] or list(nodes[:1])
    if len(some) == 1:
        return some[0]
    if all(isinstance(node, Held) for node in some):
        made = Held.__new__(Held)
        made.terms = tuple(term for node in some for term in node.terms)  # type: ignore[attr-defined]
        made.exact = tuple(value for node in some for value in node.exact)  # type: ignore[attr-defined]
        made.miss = np.concatenate([node.miss for node in some])
        made.v = np.concatenate([node.v for node in some])
        return made
    if all(isinstance(n, Given) and n.table is some[0].table for n in some):  # type: ignore[attr-defined]
        return Given(some[0].table, np.concatenate([n.rows for n in some]))  # type: ignore[attr-defined]
    return Joined(some)


def gaps(count: int, state: int = GAP) -> Node:
    """A column without a number."""
    return Held([None] * count, [state] * count)


class Scaled(Node):
    """Every row times an exact number: one for all, or one each."""

    def __init__(self, node: Node, by: Fraction | Sequence[Fraction]) -> None:
        self.node, self.by = node, by
        self._floats: Any = float(by) if isinstance(by, Fraction) else np.array(by, dtype=float)
        self.v, self.miss = node.v * self._floats, node.miss

    def _bounds(self) -> tuple[Floats, Floats]:
        low, high = self.node.bounds
        with np.errstate(invalid="ignore"):
            a, b = low * self._floats, high * self._floats
        a, b = _nothing_times_open(a), _nothing_times_open(b)
        same = low == high
        low, high = np.minimum(a, b), np.maximum(a, b)
        # A number without width keeps none, although its float may be half a unit off.
        return (
            np.where(same, low, np.nextafter(low, _DOWN)),
            np.where(same, high, np.nextafter(high, _UP)),
        )

    def _term(self, row: int) -> Term:
        by = self.by if isinstance(self.by, Fraction) else self.by[row]
        inner = self.node.term(row)
        return inner / (1 / by) if by and by.numerator == 1 and by != 1 else inner * by

    @property
    def trail(self) -> Trail:  # type: ignore[override]
        return self.node.trail

    def length(self) -> int:
        return self.node.length()

    @cached_property
    def single(self) -> Places:
        if isinstance(self.by, Fraction) or len(set(self.by)) <= 1:
            return self.node.single
        # Different numbers share a figure out among rows: these rows are no repeats.
        return np.full(len(self), -1, dtype=np.intp)

    @property
    def key(self) -> Places:
        whole = isinstance(self.by, Fraction) or len(set(self.by)) <= 1
        return self.node.key if whole else self.single


def _nothing_times_open(ends: Floats) -> Floats:
    return np.where(np.isnan(ends), 0.0, ends)


class Combined(Node):
    """Two columns, row by row: + - * /."""

    def __init__(self, op: str, a: Node, b: Node) -> None:
        self.op, self.a, self.b = op, a, b
        with np.errstate(divide="ignore", invalid="ignore"):
            self.v = _VALUES[op](a.v, b.v)
        self.miss = np.where(a.miss > 0, a.miss, b.miss)
        if op == "/":
            nothing = (b.v == 0) & (self.miss == KNOWN)
            self.miss = np.where(nothing, NOT_APPLICABLE, self.miss).astype(np.uint8)
        self.v = np.where(self.miss > 0, np.nan, self.v)

    def _term(self, row: int) -> Term:
        return OPERATIONS[self.op](self.a.term(row), self.b.term(row))

    def length(self) -> int:
        return self.a.length() + self.b.length()

    @cached_property
    def trail(self) -> Trail:
        (p, x), (r, y) = self.a.trail, self.b.trail
        rows = [np.repeat(np.arange(len(self)), np.diff(starts)) for starts in (p, r)]
        order = np.argsort(np.concatenate(rows), kind="stable")
        return p + r, np.concatenate([x, y])[order]

    @cached_property
    def key(self) -> Places:  # type: ignore[override]
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
        closed = None
        if self.op == "/":  # the two shapes that are asked for most: growth, and a share of a sum
            a = self.a
            grows = isinstance(a, Combined) and a.op == "-"
            closed = _growth(a.a, a.b, self.b) if grows else _share(a, self.b)
        done = np.zeros(len(self), dtype=bool)
        if closed is not None:
            done, own_low, own_high = closed
            low, high = np.where(done, own_low, low), np.where(done, own_high, high)
        if not done.all() and self.length() <= _LONGEST_TRAIL:
            for row in _shared(self):
                if not done[row] and not self.miss[row]:
                    low[row], high[row] = _ends(self.term(int(row)))
        return low, high

    def rest_of(self, x: Node, rows: Places) -> Closed | None:
        pairs = ((self.a, self.b), (self.b, self.a)) if self.op == "+" else ()
        for own, rest in pairs:
            inside = (own.single[rows] >= 0) & (own.single[rows] == x.single)
            inside &= (own.v[rows] == x.v) & (rest.single[rows] >= 0)
            inside &= rest.single[rows] != x.single
            if inside.any():
                return inside, rest.bounds[0][rows], rest.bounds[1][rows]
        return None

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
        exact = (a == b) & (c == d)
        return (
            np.where(exact & (low == high), low, np.nextafter(low, _DOWN)),
            np.where(exact & (low == high), high, np.nextafter(high, _UP)),
        )


_VALUES = {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide}


def _product(a: Floats, b: Floats, c: Floats, d: Floats) -> tuple[Floats, Floats]:
    ends = [_nothing_times_open(x * y) for x in (a, b) for y in (c, d)]
    return np.minimum.reduce(ends), np.maximum.reduce(ends)


def _shared(node: Node) -> Places:
    """Rows in which one figure stands twice."""
    if isinstance(node, Combined):
        one, other = node.a.single, node.b.single
        if (((one >= 0) & (other >= 0)) | (node.miss > 0)).all():
            return np.flatnonzero((one == other) & (node.miss == KNOWN))
    starts, figures = node.trail
    if not len(figures):
        return np.empty(0, dtype=np.intp)
    rows = np.repeat(np.arange(len(node)), np.diff(starts))
    width = int(figures.max()) + 1
    keys = np.sort(rows * width + figures)
    found = np.unique(keys[1:][keys[1:] == keys[:-1]] // width)
    count = np.diff(starts)[found]
    return found[count <= _MOST_FIGURES]


def _growth(new: Node, old: Node, base: Node) -> Closed:
    """Bounds of (new - old) / old: the quotient less one."""
    same = (old.single >= 0) & (old.single == base.single) & (old.v == base.v)
    right = same & (new.single >= 0) & (new.single != old.single)
    (a, b), (c, d) = new.bounds, old.bounds
    right &= (a >= 0) & (c > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        least = np.nextafter(a / d, _DOWN) - 1
        most = np.nextafter(b / c, _UP) - 1
    return right, np.nextafter(least, _DOWN), np.nextafter(most, _UP)


def _share(part: Node, whole: Node) -> Closed | None:
    """Bounds of x / (x + rest), as x rises both and the rest only what is below the line."""
    split = whole.rest_of(part, np.arange(len(whole)))
    if split is None:
        return None
    inside, rest_low, rest_high = split
    low, high = part.bounds
    right = inside & (low >= 0) & (rest_low >= 0) & (low + rest_low > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        below = low / np.nextafter(low + rest_high, _UP)
        above = high / np.nextafter(high + rest_low, _DOWN)
    return (
        right,
        np.maximum(np.nextafter(np.nextafter(below, _DOWN), _DOWN), 0.0),
        np.nextafter(np.nextafter(above, _UP), _UP),
    )


class Summed(Node):
    """Sums of groups of rows: each figure once, and no part beside its whole.

    `order` are the rows of `node`, group after group from `starts` to `ends`, repeats and parts
    already left out; groups may overlap. `counted` has for each group the rows with a number,
    those that should have one, and those of which something is added. `spared` are the figures
    left out, `told` the same with what sums among the rows had spared already.
    """

    def __init__(
        self,
        node: Node,
        order: Places,
        starts: Places,
        ends: Places,
        counted: NDArray[np.intp],
        spared: Spared,
        told: Spared,
        miss: NDArray[np.uint8],
    ) -> None:
        self.node, self.order, self.starts, self.ends = node, order, starts, ends
        self.counted, self.spared, self.told, self.miss = counted, spared, told, miss
        self.v = np.where(miss > 0, np.nan, self._added(node.v))

    def _added(self, column: Floats) -> Floats:
        values = column[self.order]
        empty = self.starts >= self.ends
        if (self.starts[1:] >= self.ends[:-1]).all():
            sums = np.zeros(len(self.starts))
            if not empty.all():
                sums[~empty] = np.add.reduceat(values, self.starts[~empty])
            return sums
        running = np.concatenate([[0.0], np.cumsum(values)])
        return running[self.ends] - running[self.starts]

    def _bounds(self) -> tuple[Floats, Floats]:
        low, high = self.node.bounds
        low_sum, high_sum = self._added(low), self._added(high)
        count = np.maximum(self.ends - self.starts, 1)
        overlap = not (self.starts[1:] >= self.ends[:-1]).all()
        steps = len(self.order) if overlap else count
        with np.errstate(invalid="ignore"):
            off_low = self._added(np.abs(low)) * _EPS * steps
            off_high = self._added(np.abs(high)) * _EPS * steps
        # One row alone is that row, and whole numbers add up exactly.
        whole = self._added(((low != np.floor(low)) | (high != np.floor(high))) * 1.0) == 0
        exact = (count == 1) | (whole & (np.maximum(np.abs(low_sum), np.abs(high_sum)) < 2**53))
        low_sum = np.where(exact, low_sum, low_sum - off_low)
        high_sum = np.where(exact, high_sum, high_sum + off_high)
        figures = self.node.single[self.order]
        formulas = len(figures) > 0 and ((figures < 0).any() or not _all_different(figures))
        if formulas and self.length() <= _LONGEST_TRAIL:
            for row in _shared(self):
                if not self.miss[row]:
                    low_sum[row], high_sum[row] = _ends(self.term(int(row)))
        return low_sum, high_sum

    def rows_of(self, group: int) -> Places:
        """The rows that one group adds."""
        return self.order[self.starts[group] : self.ends[group]]

    def _term(self, row: int) -> Term:
        rows = self.rows_of(row)
        known, all_rows = (int(n) for n in self.counted[row, :2])
        made = Term.sum([self.node.term(int(r)) for r in rows])
        left_out, once = self.told.get(row, ((), ()))
        counted = (known, all_rows) if known < all_rows else None
        plain = len(rows) < 2 or (self.node.single[rows] < 0).any()
        name = made.name if plain else _SUM
        return replace(made, name=name, counted=counted, left_out=left_out, once=once)

    def totals(self, row: int) -> tuple[Fraction, ...] | None:
        if self.miss[row] or not isinstance(self.node, Given):
            return None
        return self.node.table.totals(self.node.rows[self.rows_of(row)])

    def length(self) -> int:
        if self.node.length() > _LONGEST_TRAIL:
            return self.node.length()
        starts = self.node.trail[0]
        size = np.concatenate([[0], np.cumsum((starts[1:] - starts[:-1])[self.order])])
        return int((size[self.ends] - size[self.starts]).sum())

    @cached_property
    def trail(self) -> Trail:
        begins = np.concatenate([[0], np.cumsum(self.ends - self.starts)])
        inner, figures = _spread(*self.node.trail, self._members()[1])
        return inner[begins], figures

    def rest_of(self, x: Node, rows: Places) -> Closed | None:
        if not len(self.node):
            return None
        at = self._find(rows, x.single)
        item, (low, high) = np.maximum(at, 0), self.node.bounds
        # The figure itself, and not a multiple of it.
        inside = (at >= 0) & (x.single >= 0) & (self.node.v[item] == x.v)
        spare = len(self.order) * _EPS
        own_low, own_high = (ends[rows] for ends in self.bounds)
        rest_low = own_low - low[item] - np.abs(own_low) * spare
        return inside, rest_low, own_high - high[item] + np.abs(own_high) * spare

    def _find(self, groups: Places, figures: Places) -> Places:
        """For each group and figure the row of `node` that adds it, -1 where none does."""
        if int((self.ends - self.starts).sum()) > _LONGEST_TRAIL:
            return np.full(len(groups), -1, dtype=np.intp)
        group_of, rows = self._members()
        singles = self.node.single[rows]
        width = int(max(singles.max(initial=-1), figures.max(initial=-1))) + 2
        keys = group_of * width + singles + 1
        order = np.argsort(keys, kind="stable")
        wanted = groups * width + figures + 1
        at = np.minimum(np.searchsorted(keys[order], wanted), len(keys) - 1)
        if not len(keys):
            return np.full(len(groups), -1, dtype=np.intp)
        return np.where(keys[order][at] == wanted, rows[order[at]], -1)

    def _members(self) -> tuple[Places, Places]:
        """The rows that the groups add, one group after the other, and whose they are."""
        return _slices(self.starts, self.ends - self.starts, self.order)


def _slices(starts: Places, count: Places, order: Places) -> tuple[Places, Places]:
    """So many entries of `order` from each start on, and the number of the slice of each."""
    begins = np.concatenate([[0], np.cumsum(count)])
    at = np.repeat(starts - begins[:-1], count) + np.arange(begins[-1])
    return np.repeat(np.arange(len(count)), count), order[at]


def summed(node: Node, groups: Places, count: int, *, skipna: bool = True) -> Summed:
    """The sum of each group of rows; a group -1 is nobody's.

    Nested sums are opened down to their rows, so that the same figure in two of them is one.
    """
    holes = np.bincount(groups[(groups >= 0) & (node.miss > 0)], minlength=count)
    asked = np.flatnonzero(groups >= 0)
    opened = _Opened(groups[asked], count)
    opened.add(node, asked, np.arange(len(asked)))
    node, rows, owner = opened.rows()
    group = opened.group[owner]
    # Sixteen bits are sorted by counting, many times as fast.
    small = group.astype(np.uint16) if count <= np.iinfo(np.uint16).max else group
    order = np.argsort(small, kind="stable")
    rows, owner, group = rows[order], owner[order], group[order]
    keep, spared = each_once(node.key[rows], node.v[rows], group)
    rows, owner, group = rows[keep], owner[keep], group[keep]
    starts = np.searchsorted(group, np.arange(count + 1))
    # Of a sum among the rows several rows are added, and it is one row all the same.
    some = opened.group[np.unique(owner)] if opened.has_sums else group
    counted = np.column_stack([opened.counted, np.bincount(some, minlength=count)])
    nothing = counted[:, 0] == 0
    if not skipna:
        nothing |= holes > 0
    miss = np.where(nothing, NOT_REPORTED, KNOWN).astype(np.uint8)
    told = _told([*opened.spared, *spared.items()]) if opened.spared else spared
    return Summed(node, rows, starts[:-1], starts[1:], counted, spared, told, miss)


def _told(each: Sequence[tuple[int, tuple[tuple[str, ...], tuple[str, ...]]]]) -> Spared:
    """What several sums spared, for each group."""
    found: Spared = {}
    for number, told in each:
        pairs = zip(found.get(number, ((), ())), told, strict=True)
        left_out, once = (tuple(dict.fromkeys(one + more)) for one, more in pairs)
        found[number] = (left_out, once)
    return found


class _Opened:
    """Rows to add, sums opened down to their rows, and how many rows have a number of how many."""

    def __init__(self, group: Places, count: int) -> None:
        self.group = group
        self.counted = np.zeros((count, 2), dtype=np.intp)
        self.has_sums = False
        self.spared: list[tuple[int, tuple[tuple[str, ...], tuple[str, ...]]]] = []
        self._pieces: list[tuple[Node, Places, Places]] = []

    def add(self, node: Node, rows: Places, owner: Places, by: Fraction = Fraction(1)) -> None:
        """Some rows of a column, each with its place among the rows asked for, times a number."""
        if isinstance(node, Taken):
            chosen = node.rows[rows]
            self.add(node.node, chosen[chosen >= 0], owner[chosen >= 0], by)
        elif isinstance(node, Joined):
            which = np.searchsorted(node._starts, rows, side="right") - 1
            for number, part in enumerate(node.nodes):
                here = which == number
                if here.any():
                    self.add(part, rows[here] - node._starts[number], owner[here], by)
        elif isinstance(node, Scaled) and isinstance(node.by, Fraction):
            self.add(node.node, rows, owner, by * node.by)
        elif isinstance(node, Summed):
            self._add_sums(node, rows, owner, by)
        elif isinstance(node, Held) and any(_parts(node.terms[row]) for row in rows):
            self._add_terms(node, rows, owner, by)
        else:
            known = node.miss[rows] == KNOWN
            self._count(owner, known, known | (node.miss[rows] == NOT_REPORTED))
            self._pieces.append((node.scaled(by), rows[known], owner[known]))

    def _add_sums(self, node: Summed, rows: Places, owner: Places, by: Fraction) -> None:
        known = node.miss[rows] == KNOWN
        self._count(owner, node.counted[rows, 0] * known, node.counted[rows, 1])
        rows, owner = rows[known], owner[known]
        self._spare(owner, (node.told.get(int(row)) for row in rows) if node.told else ())
        which, added = _slices(node.starts[rows], node.ends[rows] - node.starts[rows], node.order)
        self._pieces.append((node.node.scaled(by), added, owner[which]))
        self.has_sums = True

    def _add_terms(self, node: Held, rows: Places, owner: Places, by: Fraction) -> None:
        """Rows with a formula each, of which some are sums: cells that were objects, or stored."""
        terms = [node.terms[row] for row in rows]
        parts = [_parts(term) or (term,) for term in terms]
        size = [len(part) for part in parts]
        miss = node.miss[rows]
        counts = [
            (term and _parts(term) and term.counted) or (length * (code == KNOWN), length)
            if code in (KNOWN, NOT_REPORTED)
            else (0, 0)
            for term, length, code in zip(terms, size, miss.tolist(), strict=True)
        ]
        self._count(owner, *np.array(counts, dtype=float).T)
        self._spare(owner, ((t.left_out, t.once) if t and _parts(t) else None for t in terms))
        added = Held([one for part in parts for one in part], np.repeat(miss, size).tolist())
        known = np.flatnonzero(added.miss == KNOWN)
        self._pieces.append((added.scaled(by), known, np.repeat(owner, size)[known]))
        self.has_sums = True

    def _count(self, owner: Places, known: Any, wanted: Any) -> None:
        group, size = self.group[owner], len(self.counted)
        for column, numbers in enumerate((known, wanted)):
            self.counted[:, column] += np.bincount(group, numbers, size).astype(np.intp)

    def _spare(self, owner: Places, told: Iterable[Any]) -> None:
        some = zip(self.group[owner].tolist(), told, strict=False)
        self.spared += [(group, one) for group, one in some if one]

    def rows(self) -> tuple[Node, Places, Places]:
        """One column that holds all rows, which of them are meant, and whose they are."""
        some = [piece for piece in self._pieces if len(piece[1])]
        if not some:
            return gaps(0), np.empty(0, dtype=np.intp), np.empty(0, dtype=np.intp)
        if len(some) == 1:
            return some[0]
        starts = np.cumsum([0, *(len(node) for node, _, _ in some)])
        rows = [rows + start for (_, rows, _), start in zip(some, starts, strict=False)]
        return (
            joined([node for node, _, _ in some]),
            np.concatenate(rows),
            np.concatenate([owner for _, _, owner in some]),
        )


def each_once(figures: Places, values: Floats, group: Places) -> tuple[NDArray[np.bool_], Spared]:
    """Which rows a sum takes: a figure once a group, and no part whose whole is there.

    A repeat has the same value: 40% and 60% of one figure are no repeats. What is taken away
    is not what is there, so that a figure and its opposite add to nothing.
    """
    own = figures >= 0
    if not own.any():
        return np.ones(len(figures), dtype=bool), {}
    chain = [NUMBERS.wholes(figures)]
    if not (chain[0] >= 0).any() and _all_different(figures[own]):
        return np.ones(len(figures), dtype=bool), {}
    while (chain[-1] >= 0).any():
        chain.append(NUMBERS.further(chain[-1]))
    plain = NUMBERS.plain(figures)
    width = int(max(plain.max(), figures.max(), max(above.max() for above in chain))) + 2
    sides = 2 * group + (values < 0)
    keys = sides * width + figures + 1
    order = np.lexsort((values, keys))
    same = keys[order[1:]] == keys[order[:-1]]
    same &= np.isclose(values[order[1:]], values[order[:-1]], rtol=1e-12, atol=0, equal_nan=True)
    again = np.zeros(len(keys), dtype=bool)
    again[order[1:]] = same
    again &= own
    there = np.sort((sides * width + plain + 1)[own])
    part = np.zeros(len(keys), dtype=bool)
    for above in chain[:-1]:
        wanted = sides * width + above + 1
        at = np.minimum(np.searchsorted(there, wanted), len(there) - 1)
        part |= (above >= 0) & own & (there[at] == wanted)
    spared: dict[int, tuple[dict[str, None], dict[str, None]]] = {}
    for row in np.flatnonzero(again | part):
        parts, repeats = spared.setdefault(int(group[row]), ({}, {}))
        (parts if part[row] else repeats)[NUMBERS.name(int(figures[row]))] = None
    return ~(again | part), {g: (tuple(p), tuple(r)) for g, (p, r) in spared.items()}


def _all_different(figures: Places) -> bool:
    """Whether no figure stands twice; counted where their numbers lie close together."""
    least = figures.min()
    if figures.max() - least < 4 * len(figures):
        return int(np.bincount(figures - least).max()) == 1
    return len(np.unique(figures)) == len(figures)
