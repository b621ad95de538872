"""Sums of columns: each figure once, and no part beside its whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aidstudy.quantity.columns import (
    EPS,
    KNOWN,
    LONGEST_TRAIL,
    NOT_REPORTED,
    NUMBERS,
    Closed,
    Floats,
    Given,
    Held,
    Node,
    Places,
    Scaled,
    Taken,
    Trail,
    ends_as_floats,
    joined,
    shared_rows,
    slices,
    spread,
)
from aidstudy.quantity.result import Term

Spared = dict[int, tuple[tuple[str, ...], tuple[str, ...]]]
"""By group the figures left out as parts of a whole, and those that stood twice."""


_SUM = "sum"
"""Name of a term that a sum of figures made: such a sum takes a figure once, `+` does not."""


def _parts(term: Term | None) -> tuple[Term, ...] | None:
    """What a sum of figures adds; ``None`` where the term is no such sum."""
    if term is None:
        return None
    if term.op == "+" and term.name == _SUM:
        return term.args
    if term.leaf is not None and (term.counted or term.left_out or term.once):
        # A sum that rests on one figure.
        return (replace(term, counted=None, left_out=(), once=()),)
    return None


@dataclass(eq=False)
class Summed(Node):
    """Sums of groups of rows: each figure once, and no part beside its whole.

    `order` are the rows of `node`, group after group from `starts` to `ends`, repeats and parts
    already left out; groups may overlap. `counted` has for each group the rows with a number,
    those that should have one, and those of which something is added. `spared` are the figures
    left out, `told` the same with what sums among the rows had spared already.
    """

    node: Node
    order: Places
    starts: Places
    ends: Places
    counted: NDArray[np.intp]
    spared: Spared
    told: Spared
    miss: NDArray[np.uint8]

    def __post_init__(self) -> None:
        self.v = np.where(self.miss > 0, np.nan, self._added(self.node.v))

    def _added(self, column: Floats) -> Floats:
        values = column[self.order]
        empty = self.starts >= self.ends
        if (self.starts[1:] >= self.ends[:-1]).all():
            sums = np.zeros(len(self.starts))
            if not empty.all():
                sums[~empty] = np.add.reduceat(values, self.starts[~empty])
            return sums
        running = np.concatenate([[0.0], np.cumsum(values)])
        return np.asarray(running[self.ends] - running[self.starts])

    def _bounds(self) -> tuple[Floats, Floats]:
        low, high = self.node.bounds
        low_sum, high_sum = self._added(low), self._added(high)
        count = np.maximum(self.ends - self.starts, 1)
        overlap = not (self.starts[1:] >= self.ends[:-1]).all()
        steps = len(self.order) if overlap else count
        with np.errstate(invalid="ignore"):
            off_low = self._added(np.abs(low)) * EPS * steps
            off_high = self._added(np.abs(high)) * EPS * steps
        # One row alone is that row, and whole numbers add up exactly.
        whole = self._added(((low != np.floor(low)) | (high != np.floor(high))) * 1.0) == 0
        exact = (count == 1) | (whole & (np.maximum(np.abs(low_sum), np.abs(high_sum)) < 2**53))
        low_sum = np.where(exact, low_sum, low_sum - off_low)
        high_sum = np.where(exact, high_sum, high_sum + off_high)
        figures = self.node.single[self.order]
        formulas = len(figures) > 0 and ((figures < 0).any() or not _all_different(figures))
        if formulas:
            for row in shared_rows(self):
                if not self.miss[row]:
                    low_sum[row], high_sum[row] = ends_as_floats(self.term(int(row)))
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

    @cached_property
    def trail(self) -> Trail | None:
        begins = np.concatenate([[0], np.cumsum(self.ends - self.starts)])
        trail = spread(self.node.trail, self._members()[1])
        return trail and (trail[0][begins], trail[1])

    def rest_of(self, x: Node, rows: Places) -> Closed | None:
        if not len(self.node):
            return None
        at = self._find(rows, x.single)
        item, (low, high) = np.maximum(at, 0), self.node.bounds
        # The figure itself, and not a multiple of it.
        inside = (at >= 0) & (x.single >= 0) & (self.node.v[item] == x.v)
        spare = len(self.order) * EPS
        own_low, own_high = (ends[rows] for ends in self.bounds)
        rest_low = own_low - low[item] - np.abs(own_low) * spare
        return inside, rest_low, own_high - high[item] + np.abs(own_high) * spare

    def _find(self, groups: Places, figures: Places) -> Places:
        """For each group and figure the row of `node` that adds it, -1 where none does."""
        if int((self.ends - self.starts).sum()) > LONGEST_TRAIL:
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
        return slices(self.starts, self.ends - self.starts, self.order)


def summed(node: Node, groups: Places, count: int, *, skipna: bool = True) -> Summed:
    """The sum of each group of rows, none for -1; sums among them are opened down to their rows."""
    holes = np.bincount(groups[(groups >= 0) & (node.miss > 0)], minlength=count)
    asked = np.flatnonzero(groups >= 0)
    opened = list(_opened(node, asked, np.arange(len(asked))))
    counted = np.zeros((count, 3), dtype=np.intp)
    for piece in opened:
        for column, numbers in enumerate((piece.known, piece.wanted)):
            found = np.bincount(groups[asked[piece.asked]], numbers, count)
            counted[:, column] += found.astype(np.intp)
    some = [piece for piece in opened if len(piece.rows)] or opened[:1]
    places = np.cumsum([0, *(len(piece.node) for piece in some)])
    node = joined([piece.node for piece in some])
    rows = np.concatenate([one.rows + place for one, place in zip(some, places, strict=False)])
    owner = np.concatenate([piece.owner for piece in some])
    group = groups[asked[owner]]
    # Sixteen bits are sorted by counting, many times as fast.
    small = group.astype(np.uint16) if count <= np.iinfo(np.uint16).max else group
    order = np.argsort(small, kind="stable")
    rows, owner, group = rows[order], owner[order], group[order]
    keep, spared = each_once(node.key[rows], node.v[rows], group)
    rows, owner, group = rows[keep], owner[keep], group[keep]
    starts = np.searchsorted(group, np.arange(count + 1))
    # Of a sum among the rows several rows are added, and it is one row all the same.
    once = groups[asked[np.unique(owner)]] if any(piece.sums for piece in opened) else group
    counted[:, 2] = np.bincount(once, minlength=count)
    nothing = (counted[:, 0] == 0) | ((holes > 0) & (not skipna))
    miss = np.where(nothing, NOT_REPORTED, KNOWN).astype(np.uint8)
    before = [
        (int(groups[asked[place]]), one) for piece in opened for place, one in piece.told.items()
    ]
    told: Spared = {}
    for number, more in [*before, *spared.items()]:
        pairs = zip(told.get(number, ((), ())), more, strict=True)
        left_out, once = (tuple(dict.fromkeys(a + b)) for a, b in pairs)
        told[number] = (left_out, once)
    return Summed(node, rows, starts[:-1], starts[1:], counted, spared, told, miss)


@dataclass(frozen=True, slots=True)
class _Piece:
    """Rows of one column to add: whose each is, and what the rows asked for tell."""

    node: Node
    rows: Places
    owner: Places
    asked: Places
    known: Any
    """How many rows with a number each of `asked` rests on, and of how many (`wanted`)."""
    wanted: Any
    sums: bool = False
    told: Spared = field(default_factory=dict)
    """What those asked for have spared, if they are sums."""


def _opened(
    node: Node, rows: Places, owner: Places, by: Fraction = Fraction(1)
) -> Iterator[_Piece]:
    """Some rows of a column, each with its place among the rows asked for, times a number."""
    if isinstance(node, Taken):
        chosen = node.rows[rows]
        which = np.searchsorted(node.starts, chosen, side="right") - 1
        for number, part in enumerate(node.nodes):
            here = which == number
            yield from _opened(part, chosen[here] - node.starts[number], owner[here], by)
    elif isinstance(node, Scaled):
        yield from _opened(node.node, rows, owner, by * node.by)
    elif isinstance(node, Held) and any(_parts(node.terms[row]) for row in rows):
        yield from _opened(_as_sums(node, rows), np.arange(len(rows)), owner, by)
    elif isinstance(node, Summed):
        known, (has, wants) = node.miss[rows] == KNOWN, node.counted[rows, :2].T
        mine, whose = rows[known], owner[known]
        which, added = slices(node.starts[mine], node.ends[mine] - node.starts[mine], node.order)
        pairs = zip(mine.tolist(), whose.tolist(), strict=True)
        told = {place: node.told[row] for row, place in pairs if row in node.told}
        yield _Piece(
            node.node.scaled(by), added, whose[which], owner, has * known, wants, True, told
        )
    else:
        known = node.miss[rows] == KNOWN
        wanted = known | (node.miss[rows] == NOT_REPORTED)
        yield _Piece(node.scaled(by), rows[known], owner[known], owner, known, wanted)


def _as_sums(node: Held, rows: Places) -> Summed:
    """Rows with a formula each, of which some are sums: cells that were objects, or stored."""
    terms, miss = [node.terms[row] for row in rows], node.miss[rows]
    parts = [_parts(term) or (term,) for term in terms]
    counted, told = np.zeros((len(rows), 2), dtype=np.intp), Spared()
    for row, (term, part, code) in enumerate(zip(terms, parts, miss.tolist(), strict=True)):
        if code in (KNOWN, NOT_REPORTED):
            counted[row] = len(part) * (code == KNOWN), len(part)
        if term is not None and _parts(term):
            counted[row] = term.counted or counted[row]
            told[row] = (term.left_out, term.once)
    size = np.array([len(part) for part in parts])
    added = Held([one for part in parts for one in part], np.repeat(miss, size))
    ends = np.cumsum(size)
    return Summed(added, np.arange(ends[-1]), ends - size, ends, counted, {}, told, miss)


def each_once(figures: Places, values: Floats, group: Places) -> tuple[NDArray[np.bool_], Spared]:
    """Which rows a sum takes: a figure once a group, and no part whose whole is there."""
    own, parts = figures >= 0, NUMBERS.parts(figures)
    if not own.any() or not (len(parts) or not _all_different(figures[own])):
        return np.ones(len(figures), dtype=bool), {}
    sides = 2 * group + (values < 0)
    keys = sides * (int(figures.max()) + 2) + figures + 1
    order = np.lexsort((values, keys))
    same = keys[order[1:]] == keys[order[:-1]]
    same &= np.isclose(values[order[1:]], values[order[:-1]], rtol=1e-12, atol=0, equal_nan=True)
    again = np.zeros(len(keys), dtype=bool)
    again[order[1:]] = same
    again &= own
    part = np.zeros(len(keys), dtype=bool)
    if len(parts):
        there = set(zip(sides.tolist(), map(NUMBERS.plain, figures.tolist()), strict=True))
        for row in parts.tolist():
            wholes = NUMBERS.wholes(int(figures[row]))
            part[row] = any((int(sides[row]), whole) in there for whole in wholes)
    spared: dict[int, tuple[dict[str, None], dict[str, None]]] = {}
    for row in np.flatnonzero(again | part):
        left_out, repeats = spared.setdefault(int(group[row]), ({}, {}))
        (left_out if part[row] else repeats)[NUMBERS.name(int(figures[row]))] = None
    return ~(again | part), {g: (tuple(p), tuple(r)) for g, (p, r) in spared.items()}


def _all_different(figures: Places) -> bool:
    """Whether no figure stands twice; counted where their numbers lie close together."""
    least = figures.min()
    if figures.max() - least < 4 * len(figures):
        return int(np.bincount(figures - least).max()) == 1
    return len(np.unique(figures)) == len(figures)
