"""Does the page agree with itself? Relations between printed numbers, and what the audit says.

Relations are data: ``data/raw/relations.csv`` states them, and ``part_of`` and ``same_as`` of the
figures state the rest. Three rounding procedures are tried, as the page does not say how it rounds.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import pandas as pd

from aidstudy.analysis.desk import DATE, Desk, Row
from aidstudy.codebook import NUMERIC_KINDS, RELATIONS, VERDICTS
from aidstudy.errors import TableError
from aidstudy.intervals import Interval
from aidstudy.quantity.result import Leaf, Term
from aidstudy.quantity.scalar import Missing
from aidstudy.rounding import OPEN
from aidstudy.tables.cells import stored_cells
from aidstudy.tables.check import rule_faults
from aidstudy.tables.days import first_day, last_day
from aidstudy.tables.files import rows_of
from aidstudy.tables.load import StudyLike
from aidstudy.tables.ordinary import COLUMNS, frame, of_study, shown

FACE_VALUE, UNDONE, CONTRADICTS = VERDICTS
AT_MOST = ("at_most", "open_list")
"""Kinds of relations of which the left side may be smaller than the right one."""

_SELECTOR = re.compile(
    r"(?P<table>figures|projects|events):(?P<where>[a-z_]+=[^,=]+(?:,[a-z_]+=[^,=]+)*)"
)
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_KEYS = {"figures": "figure_id", "projects": "project_id", "events": "event_id"}


Box = Callable[[Leaf], Interval]
Rounded = Callable[[Fraction], int]


def _cut_box(leaf: Leaf) -> Interval:
    unit = _last_digit(leaf)
    return Interval(leaf.value, leaf.value + unit) if unit else leaf.interval


ROUNDINGS: Mapping[str, tuple[Box, Rounded]] = {
    "half up": (lambda leaf: leaf.interval, lambda x: math.floor(x + Fraction(1, 2))),
    "half even": (lambda leaf: leaf.interval, round),
    "truncation": (_cut_box, math.floor),
}
"""The procedures tried: what a print stands for, and what is printed of a number.

Boxes are closed, so a value on the edge of one counts as allowed.
"""


def _last_digit(leaf: Leaf) -> Fraction | None:
    """Unit of the last printed digit of a rounded leaf, ``None`` when it is not rounded."""
    low, high = leaf.interval.low, leaf.interval.high
    if low is None or high is None or low == high or leaf.value - low != high - leaf.value:
        return None
    return high - low


@dataclass(frozen=True, slots=True)
class Relation:
    """Two sides that the page relates."""

    relation_id: str
    kind: str
    found: Term
    expected: Term
    note: str

    @property
    def at_most(self) -> bool:
        """Whether the left side may be smaller than the right one."""
        return self.kind in AT_MOST

    def under(self, box: Box, rounded: Rounded) -> str:
        """The verdict when the page rounded in one way."""
        found, expected = (_boxed(side, box) for side in (self.found, self.expected))
        if self._at_face_value(rounded):
            return FACE_VALUE
        if found.state == "bounds_only":
            meets = (found.bounds() or _EMPTY).meet(expected.bounds() or _EMPTY) is not None
            return UNDONE if meets else CONTRADICTS
        gap = (found - expected).bounds()
        low, high = (None, None) if gap is None else (gap.low, gap.high)
        below = low is None or low <= 0
        return UNDONE if below and (self.at_most or high is None or high >= 0) else CONTRADICTS

    def _at_face_value(self, rounded: Rounded) -> bool:
        expected = self.expected.value
        assert expected is not None
        if self.found.value is None:
            ends = [arg.at({}) for arg in self.found.args]  # at the figures as printed
            return min(ends) <= expected <= max(ends)
        found = self.found.value
        if self.at_most:
            return found <= expected
        unit = _last_digit(self.expected.leaf) if self.expected.leaf else None
        if unit is not None:
            return rounded(found / unit) * unit == expected
        allowed = self.expected.bounds()
        return found == expected or (allowed is not None and found in allowed)

    def verdicts(self) -> dict[str, str]:
        """The verdict under each procedure."""
        return {name: self.under(*way) for name, way in ROUNDINGS.items()}

    def verdict(self) -> str:
        """The verdict under rounding to the nearest; if only cut numbers agree, it is undone."""
        told = self.verdicts()
        if FACE_VALUE in (told["half up"], told["half even"]):
            return FACE_VALUE
        return CONTRADICTS if set(told.values()) == {CONTRADICTS} else UNDONE


_EMPTY = Interval(None, None)


def _boxed(term: Term, box: Box) -> Term:
    if term.leaf is not None:
        return replace(term, leaf=replace(term.leaf, interval=box(term.leaf)))
    return replace(term, args=tuple(_boxed(arg, box) for arg in term.args))


def relations(desk: Desk) -> list[Relation]:
    """Every relation that a study states, then those of ``part_of`` and ``same_as``."""
    return [*_stated(desk), *_parts(desk), *_repeats(desk)]


def _stated(desk: Desk) -> Iterator[Relation]:
    label = f"data/raw/{RELATIONS.name}.csv"
    if not (desk.study.folder / label).exists():
        return
    cells, tests = stored_cells(desk.study, label, RELATIONS), _Tests(desk)
    TableError.raise_if_any(rule_faults(RELATIONS, cells, tests, name=label), what=label)
    for told in rows_of(cells).values():
        kind = told["kind"]
        left, right = (tests.operands(told, side) for side in ("left", "right"))
        formula, _ = _FORMULAS.get(kind, (_sum, None))
        yield Relation(told["relation_id"], kind, formula(*left), _sum(*right), told["note"])


class _Tests:
    """The tests of relations by their names in ``rules.toml``."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.figures = desk, desk.rows

    def operands(self, row: Row, side: str) -> list[Term | None]:
        return [_operand(self.desk, word, row["kind"]) for word in row[side].split(" ")]

    def no_operand(self, row: Row, side: str) -> list[str]:
        pairs = zip(row[side].split(" "), self.operands(row, side), strict=True)
        return [word for word, term in pairs if term is None]

    def miscounted(self, row: Row, side: str) -> list[str]:
        given, (_, wanted) = len(row[side].split(" ")), _FORMULAS.get(row["kind"], (_sum, None))
        right = wanted in (None, given)
        return [] if right else [f"{given} operands, {row['kind']} takes {wanted}"]


def _operand(desk: Desk, word: str, kind: str) -> Term | None:
    if _NUMBER.fullmatch(word):
        return Term.number(Fraction(word), f"{word}, as the relation says")
    selected = _SELECTOR.fullmatch(word)
    if selected:
        return _selected(desk, selected["table"], selected["where"])
    row = desk.rows.get(word)
    if row is None:
        return None
    if kind == "years" and row["kind"] == "period":
        first, last = (int(point[:4]) for point in row["value"].split("/"))
        years = Fraction(last - first + 1)
        return Term.of(Leaf("figure", word, years, Interval.exactly(years), row["printed"], "year"))
    return desk.as_printed(row) if row["kind"] in NUMERIC_KINDS else None


def _selected(desk: Desk, table: str, where: str) -> Term | None:
    wanted = dict(part.split("=") for part in where.split(","))
    rows = desk.records(table)
    if rows and not wanted.keys() <= rows[0].keys():
        return None
    fitting = [row for row in rows if all(row[column] == cell for column, cell in wanted.items())]
    return desk.count(fitting, _KEYS[table], f"{table} with {where}")


def _sum(*terms: Any) -> Term:
    return Term.sum(terms)


_FORMULAS: Mapping[str, tuple[Callable[..., Term], int]] = {
    "added_share": (lambda more, whole: (more / (whole - more)).percent(), 2),
    "share_of_rule": (lambda rule, more, whole: rule * whole / (whole - more), 3),
    "raised_rule": (lambda rule, increase: rule * (1 + increase.part()), 2),
    "ratio": (lambda part, whole: (part / whole).percent(), 2),
    "product_range": (lambda n, least, most: Term.between(n * least, n * most), 3),
}
"""What is no sum: how the left side is computed, and of how many operands."""


def _numeric(row: Row | None) -> bool:
    return row is not None and row["kind"] in NUMERIC_KINDS


def _parts(desk: Desk) -> Iterator[Relation]:
    for row in desk.rows.values():
        whole = desk.rows.get(row["part_of"] or "")
        if whole is not None and _numeric(row) and _numeric(whole):
            note = f"printed as a share of {whole['figure_id']}"
            sides = (desk.as_printed(row), desk.figure(whole["figure_id"]))
            yield Relation(f"part-{row['figure_id']}", "at_most", *sides, note)


def _repeats(desk: Desk) -> Iterator[Relation]:
    for row in desk.rows.values():
        first = desk.rows.get(row["same_as"] or "")
        if first is None or first["kind"] != row["kind"]:
            continue
        again, before = _said(desk, row), _said(desk, first)
        if again is not None and before is not None:
            note = f"says {first['figure_id']} again"
            yield Relation(f"repeat-{row['figure_id']}", "repeat", again, before, note)


def _said(desk: Desk, row: Row) -> Term | None:
    if row["kind"] == "date":
        return day_of(row)
    return desk.as_printed(row) if _numeric(row) else None


def day_of(row: Row) -> Term:
    """A printed date as a term: its last day, counted from day 1 of year 1."""
    first, last = (Fraction(end(row["value"]).toordinal()) for end in (first_day, last_day))
    # A deadline (10月底前) is met by any earlier day, but the date that it names is one day.
    interval = Interval(last if row["bound"] == "under" else first, last)
    return Term.of(Leaf("figure", row["figure_id"], last, interval, row["printed"], DATE))


@of_study
def check_arithmetic(study: StudyLike = None) -> pd.DataFrame:
    """Every relation between printed numbers that the page implies, each with a verdict.

    One row a relation: ``relation``, ``kind``, ``formula``, ``inputs`` (figure ids); the
    quantities ``expected`` (what the right side prints) and ``found`` (what the left side
    gives), or for days ``expected_day`` and ``found_day`` within ``first_day`` and
    ``last_day``; ``verdict`` (a code of ``codebook.VERDICTS``), ``procedures`` (the verdict
    under each rounding tried), ``note``.

    >>> audit = check_arithmetic().set_index("relation")
    >>> audit.loc["ganzi-share-from-sums", "verdict"]
    'agrees only once the rounding is undone'
    >>> "contradicts" in set(audit["verdict"])
    False
    """
    rows = []
    for relation in relations(Desk(study)):
        leaves = {**relation.found.leaves(), **relation.expected.leaves()}
        sign = "≤" if relation.at_most else "∋" if relation.found.value is None else "="
        rows.append(
            {
                "relation": relation.relation_id,
                "kind": relation.kind,
                "formula": f"{relation.found.formula()} {sign} {relation.expected.formula()}",
                "inputs": " ".join(x.id for x in leaves.values() if x.source == "figure"),
                **_sides(relation),
                "verdict": relation.verdict(),
                "procedures": "; ".join(f"{name}: {v}" for name, v in relation.verdicts().items()),
                "note": relation.note,
            }
        )
    return frame(rows, COLUMNS["check_arithmetic"])


def _sides(relation: Relation) -> dict[str, Any]:
    """Both sides as quantities, or as days."""
    found, expected = relation.found, relation.expected
    unit = expected.leaf.unit if expected.leaf is not None else ""
    if unit != DATE:
        return {"expected": shown(expected, unit), "found": shown(found, unit)}
    bounds = found.bounds() or _EMPTY
    ends = (expected.value, found.value, bounds.low, bounds.high)
    nothing = dict.fromkeys(("expected", "found"), Missing("not_applicable"))
    days = (None if end is None else dt.date.fromordinal(int(end)) for end in ends)
    return nothing | dict(zip(_DAYS, days, strict=True))


_DAYS = ("expected_day", "found_day", "first_day", "last_day")


def arithmetic_lines(audit: pd.DataFrame) -> list[str]:
    """What an audit of the arithmetic found, line by line: what does not agree first."""
    lines = []
    for verdict in reversed(list(VERDICTS)):
        rows = audit[audit["verdict"] == verdict]
        lines.append(f"{verdict}: {len(rows)}")
        for row in rows.to_dict("records"):
            asked = "at most" if row["kind"] in AT_MOST else "expected"
            expected, found = (_told(row, side) for side in ("expected", "found"))
            lines.append(f"  {row['relation']}: {row['formula']}")
            lines.append(f"    found {found}, {asked} {expected}")
            if verdict != FACE_VALUE:
                lines.append(f"    {row['procedures']}")
    return lines


def _told(row: Mapping[str, Any], side: str) -> str:
    """One side of a relation with what the print allows, or a day."""
    days = [row[name] for name in (f"{side}_day", "first_day", "last_day")]
    if pd.isna(days[0]):
        return str(row[side])
    day, first, last = (OPEN if pd.isna(one) else f"{one:%Y-%m-%d}" for one in days)
    return day if side == "expected" or first == last else f"{day} [{first}, {last}]"
