"""Sums of quantities: each figure once, and no part beside its whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from aidstudy.quantity.result import Term
from aidstudy.quantity.scalar import Missing, Quantity

_SUM = "sum"
"""Name of a term that a sum of figures made: such a sum takes a figure once, `+` does not."""
_SHARE = "share"
"""Name of a number that differs from row to row: it shares a figure out among the rows."""

Key = tuple[Any, ...]

_TIMES = ("*", "/", "percent", "part")


@dataclass(frozen=True, slots=True)
class Total:
    """The sum of some cells, of how many of them it adds something, and whether it left any out."""

    cell: Quantity | Missing
    rows: int = 0
    spares: bool = False


def total(cells: Sequence[Quantity | Missing], *, skipna: bool = True) -> Total:
    """The sum of cells of one kind; sums among them are opened down to their rows."""
    known = [cell for cell in cells if isinstance(cell, Quantity)]
    gaps = [cell for cell in cells if isinstance(cell, Missing)]
    unknown = sum(gap.rows for gap in gaps if gap.state == "not_reported")
    if not known or (gaps and not skipna):
        return Total(Missing("not_reported", unknown or 1))
    sums = [_opened(cell.term) or ((cell.term,), cell.term) for cell in known]
    owners = [row for row, (parts, _) in enumerate(sums) for _ in parts]
    parts = [part for parts, _ in sums for part in parts]
    keep, left_out, once = each_once(parts)
    added = [part for part, is_kept in zip(parts, keep, strict=True) if is_kept]
    counts = [told.counted or (len(parts), len(parts)) for parts, told in sums]
    rested, wanted = (sum(numbers) for numbers in zip(*counts, strict=True))
    wanted += unknown
    made = Term.sum(added)
    made = replace(
        made,
        name=_SUM if made.op == "+" and len(added) > 1 else made.name,
        counted=None if rested == wanted == len(added) else (rested, wanted),
        left_out=_distinct([*(told.left_out for _, told in sums), left_out]),
        once=_distinct([*(told.once for _, told in sums), once]),
    )
    rows = {row for row, is_kept in zip(owners, keep, strict=True) if is_kept}
    return Total(Quantity(made, known[0].unit), len(rows), not all(keep))


def _distinct(names: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for some in names for name in some))


def _opened(term: Term) -> tuple[tuple[Term, ...], Term] | None:
    """What a sum of figures adds, also where it is multiplied, and the sum itself."""
    if term.op == "+" and term.name == _SUM:
        return term.args, term
    if term.counted or term.left_out or term.once:  # a sum that rests on one row
        return (replace(term, counted=None, left_out=(), once=()),), term
    inner = [n for n, arg in enumerate(term.args) if _key(arg) != ()]
    if term.op not in _TIMES or len(inner) != 1 or (term.op == "/" and inner != [0]):
        return None
    place, args = inner[0], term.args
    found = _opened(args[place])
    if found is None:
        return None
    parts = (replace(term, args=(*args[:place], p, *args[place + 1 :])) for p in found[0])
    return tuple(parts), found[1]


def each_once(terms: Sequence[Term]) -> tuple[list[bool], tuple[str, ...], tuple[str, ...]]:
    """Which terms a sum takes, a figure once and no part whose whole is there, and who is spared.

    A figure times a constant is that figure; it is there twice only with one value, and a part
    of what is added is no part of what is taken away.
    """
    keys = [_key(term) for term in terms]
    values = [term.value for term in terms]
    figures = [
        term.leaves().get(key) if key else None for term, key in zip(terms, keys, strict=True)
    ]
    sides = [value is not None and value < 0 for value in values]
    there = {(one.key, side) for one, side in zip(figures, sides, strict=True) if one is not None}
    keep, left_out, once = list[bool](), list[str](), list[str]()
    seen: set[tuple[Key, Fraction | None]] = set()
    for term, key, value, figure, side in zip(terms, keys, values, figures, sides, strict=True):
        is_part = figure is not None and any(
            ((figure.source, whole), side) in there for whole in figure.part_of.split()
        )
        again = bool(key) and (key, value) in seen
        keep.append(not (is_part or again))
        if not keep[-1]:
            (left_out if is_part else once).append(
                term.formula() if figure is None else figure.name
            )
        elif key:
            seen.add((key, value))
    return keep, tuple(left_out), tuple(once)


def _key(term: Term) -> Key | None:
    """What makes two terms one number for a sum; empty for a constant, ``None``: nobody knows."""
    if term.leaf is not None:
        if term.leaf.source != "number":
            return term.leaf.key
        return None if term.name == _SHARE else ()
    if term.op not in ("+", "-", *_TIMES):
        return None
    keys = [_key(arg) for arg in term.args]
    if None in keys:
        return None
    own = [key for key in keys if key]
    if len(own) == 1 and term.op in _TIMES and (term.op != "/" or keys[0]):
        return own[0]
    return (term.op, *keys) if own else ()


def share_of_row(number: Fraction) -> Term:
    """A number by which one row is multiplied or divided and others are not."""
    return replace(Term.number(number), name=_SHARE)
