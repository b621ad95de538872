"""The desk at which analyses work: figures and facts as terms, results as they are given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import pandas as pd

from aidstudy.analysis.switches import SWITCHES, checked_choices
from aidstudy.codebook import NUMERIC_KINDS, READINGS, did_you_mean
from aidstudy.errors import Fault, ResultError, TableError
from aidstudy.intervals import Interval
from aidstudy.result import Leaf, Term
from aidstudy.tables.cells import stored_cells
from aidstudy.tables.days import first_day, last_day
from aidstudy.tables.files import rows_of
from aidstudy.tables.load import (
    StudyLike,
    exact_rows,
    exact_table,
    fact_leaf,
    figure_term,
    warn_if_behind,
)
from aidstudy.tables.study import Study, load_study


@dataclass(frozen=True, slots=True)
class Pair:
    """A county and the government that is paired with it."""

    donor: str
    recipient: str

    @property
    def subject(self) -> str:
        """As the tables write it."""
        return f"{self.donor}>{self.recipient}"


Row = Mapping[str, Any]


class Tables:
    """The tables of one study, each loaded when it is first asked for."""

    def __init__(self, study: Study) -> None:
        self.study = study
        self._records: dict[str, list[dict[str, Any]]] = {}

    @cached_property
    def figures(self) -> pd.DataFrame:
        return exact_table("figures", self.study).set_index("figure_id", drop=False)

    @cached_property
    def projects(self) -> pd.DataFrame:
        return exact_table("projects", self.study).set_index("project_id", drop=False)

    @cached_property
    def events(self) -> pd.DataFrame:
        return exact_table("events", self.study).set_index("event_id", drop=False)

    @cached_property
    def facts(self) -> pd.DataFrame:
        return exact_table("context", self.study).set_index("fact_id", drop=False)

    @cached_property
    def readings(self) -> list[dict[str, str]]:
        """What single figures say under an option of a switch; none when the study has no table."""
        label = f"data/raw/{READINGS.name}.csv"
        if not (self.study.folder / label).exists():
            return []
        rows = rows_of(stored_cells(self.study, label, READINGS))
        ids = [row["figure_id"] for row in self.records("figures")]
        faults = []
        for number, told in rows.items():
            switch = SWITCHES.get(told["switch"])
            known = {"switch": SWITCHES, "option": switch.options if switch else {}}
            for column, names in {**known, "figure_id": ids}.items():
                if told[column] not in names:
                    remedy = did_you_mean(told[column], names).lstrip("; ") or "correct it"
                    where = f"{label}, row {number}"
                    faults.append(Fault(where, column, told[column], "not known", remedy))
        TableError.raise_if_any(faults, what=label)
        return list(rows.values())

    def records(self, name: str) -> list[dict[str, Any]]:
        """The rows of a table, an empty cell as ``None``."""
        if name not in self._records:
            self._records[name] = exact_rows(name, self.study)[1]
        return self._records[name]


class Desk:
    """Figures, facts and tables of one study under one set of judgement calls.

    >>> desk = Desk()
    >>> print(desk.figure("ganzi-020").bounds())
    [26715000, 26725000]
    """

    def __init__(
        self,
        study: StudyLike = None,
        choices: Mapping[str, str] | None = None,
        *,
        tables: Tables | None = None,
    ) -> None:
        if tables is None:
            opened = load_study(study)
            warn_if_behind(opened)
            tables = Tables(opened)
        self.tables = tables
        self.study: Study = self.tables.study
        self.choices = checked_choices({**self.study.choices, **(choices or {})})

    def chosen(self, name: str) -> str:
        """The option of a judgement call that holds here."""
        return self.choices.get(name, SWITCHES[name].default)

    @property
    def figures(self) -> pd.DataFrame:
        """The clean figures, indexed by id."""
        return self.tables.figures

    @property
    def projects(self) -> pd.DataFrame:
        """The projects, indexed by id."""
        return self.tables.projects

    @property
    def events(self) -> pd.DataFrame:
        """The events, indexed by id."""
        return self.tables.events

    @cached_property
    def pairs(self) -> tuple[Pair, ...]:
        """For each county the paired government that its article names first."""
        first: dict[str, Row] = {}
        rows = self.tables.records("pairs")
        for row in sorted(rows, key=lambda row: (row["start"] is None, row["start"] or 0)):
            if row["role"] == "paired_government":
                first.setdefault(row["recipient"], row)
        return tuple(Pair(row["donor"], row["recipient"]) for row in first.values())

    @cached_property
    def pairs_of(self) -> Mapping[str, list[Pair]]:
        """The pairs that a pair's name (``donor>recipient``) or a donor stands for."""
        found: dict[str, list[Pair]] = {}
        for pair in self.pairs:
            for name in (pair.subject, pair.donor):
                found.setdefault(name, []).append(pair)
        return found

    @cached_property
    def rows(self) -> dict[str, dict[str, Any]]:
        """The figures by id, an empty cell as ``None``."""
        return {str(row["figure_id"]): row for row in self.tables.records("figures")}

    @cached_property
    def facts_by_id(self) -> dict[str, dict[str, Any]]:
        """The outside facts by id, an empty cell as ``None``."""
        return {str(row["fact_id"]): row for row in self.tables.records("context")}

    @cached_property
    def _projects_by_recipient(self) -> dict[str, list[dict[str, Any]]]:
        return _grouped(self.tables.records("projects"), "recipient")

    @cached_property
    def _facts_by_measure(self) -> dict[tuple[str, object], list[dict[str, Any]]]:
        groups: dict[tuple[str, object], list[dict[str, Any]]] = {}
        for fact in self.tables.records("context"):
            for entity in (None, fact["entity"]):
                groups.setdefault((fact["measure"], entity), []).append(fact)
        return groups

    @cached_property
    def numbered_projects(self) -> frozenset[str]:
        """Ids of the projects that an article gives a list number."""
        return frozenset(
            str(row["subject"]) for row in self.rows.values() if row["kind"] == "list_number"
        )

    def projects_of(self, pair: Pair, *, other_donors: bool = False) -> list[dict[str, Any]]:
        """The named projects of a pair, or of its county whoever pays."""
        return [
            project
            for project in self._projects_by_recipient.get(pair.recipient, [])
            if other_donors or project["donor"] == pair.donor
        ]

    @cached_property
    def _by_measure(self) -> dict[tuple[str, str, object], list[Row]]:
        """Figures by measure, with subject and with article, as the judgement calls read them."""
        chosen = [
            reading
            for reading in self.tables.readings
            if self.chosen(reading["switch"]) == reading["option"]
        ]
        also = {reading["figure_id"]: reading["measure"] for reading in chosen}
        groups: dict[tuple[str, str, object], list[Row]] = {}
        for row in self.rows.values():
            if row["same_as"] is not None:
                continue
            other = also.get(str(row["figure_id"]))
            measures = [] if other == "" else [str(row["measure"]), *([other] if other else [])]
            for measure in measures:
                for column in ("", *_INDEXED):
                    key = (measure, column, row[column] if column else None)
                    groups.setdefault(key, []).append(row)
        return groups

    def count(self, rows: Iterable[Row], key: str, what: str) -> Term:
        """How many rows of a table there are, with their ids as the reason for the number."""
        ids = [str(row[key]) for row in rows]
        return Term.number(len(ids), f"{what}: {' '.join(ids) or 'none'}")

    def figure(self, figure_id: str) -> Term:
        """One printed figure as a term; a figure that repeats another stands for the first."""
        row = self.rows.get(figure_id)
        if row is None:
            raise ResultError(
                f"figure {figure_id!r}: no such figure{did_you_mean(figure_id, self.rows)}"
            )
        return self.figure(row["same_as"]) if row["same_as"] is not None else self.as_printed(row)

    def as_printed(self, row: Row) -> Term:
        """One row of the figures as a term, also when it repeats another."""
        if row["kind"] not in NUMERIC_KINDS:
            raise ResultError(
                f"figure {row['figure_id']}: a {row['kind']} is no number to compute with"
            )
        return figure_term(row, self.choices)

    def day(self, figure_id: str) -> Term:
        """A printed date as a term: its last day, counted from day 1 of year 1."""
        row = self.rows[figure_id]
        if row["kind"] != "date":
            raise ResultError(f"figure {figure_id}: a {row['kind']} is no date")
        last = Fraction(last_day(row["value"]).toordinal())
        first = Fraction(first_day(row["value"]).toordinal())
        # A deadline (10月底前) is met by any earlier day, but the date that it names is one day.
        interval = Interval(last if row["bound"] == "under" else first, last)
        return Term.of(Leaf("figure", figure_id, last, interval, row["printed"], DATE))

    def find(self, measure: str, **where: str | None) -> list[Term]:
        """Every figure of a measure, repeats left out, in reading order."""
        column = next((name for name in _INDEXED if where.get(name)), "")
        rows = self._by_measure.get((measure, column, where[column] if column else None), [])
        return [
            self.as_printed(row)
            for row in rows
            if all(row[column] == wanted for column, wanted in where.items())
        ]

    def one(self, measure: str, **where: str | None) -> Term:
        """The one figure of a measure, or a term that is not reported; of a whole and its parts
        the whole.
        """
        found = self.wholes(self.find(measure, **where))
        if len(found) > 1:
            ids = ", ".join(term.formula() for term in found)
            raise ResultError(f"{measure} where {where}: {ids} all fit; say which one is meant")
        return found[0] if found else Term.missing()

    def wholes(self, terms: Iterable[Term]) -> list[Term]:
        """The terms that may be added: each figure once, and none whose whole is among them.

        A whole may stand further up: a part of a part of it is left out too.

        >>> desk = Desk()   # 37 of the 59 projects are going on
        >>> kept = desk.wholes(desk.figure(one) for one in ("ganzi-017", "ganzi-014", "ganzi-014"))
        >>> [term.formula() for term in kept]
        ['ganzi-014']
        """
        found = {term.leaf.id if term.leaf else number: term for number, term in enumerate(terms)}
        return [term for name, term in found.items() if not self._wholes_of(name) & found.keys()]

    def total(self, terms: Iterable[Term]) -> Term:
        """The sum of :meth:`wholes`; not reported when there are none, or one of them is missing.

        Every sum of printed figures goes through here. ``Term.sum`` and ``+`` stay plain: a
        relation of the page says itself what it adds.
        """
        return Term.sum(self.wholes(terms))

    def _wholes_of(self, figure: object) -> set[str]:
        """Every figure that one is a part of, directly or further up."""
        above: set[str] = set()
        left = list(self._direct_wholes.get(str(figure), ()))
        while left:
            whole = left.pop()
            if whole not in above and whole != figure:
                above.add(whole)
                left += self._direct_wholes.get(whole, ())
        return above

    @cached_property
    def _direct_wholes(self) -> dict[str, set[str]]:
        """The wholes of each figure, a repeat standing for the figure that it repeats."""
        wholes: dict[str, set[str]] = {}
        for row in self.rows.values():
            if row["part_of"] is not None:
                wholes.setdefault(self._first(row["figure_id"]), set()).add(
                    self._first(row["part_of"])
                )
        return wholes

    def _first(self, figure_id: str) -> str:
        same = self.rows[figure_id]["same_as"]
        return figure_id if same is None else self._first(same)

    def fact(self, fact_id: str) -> Term:
        """One fact from outside the page as a term; not reported where a study has no such fact."""
        row = self.facts_by_id.get(fact_id)
        if row is None:
            return Term.missing()
        return Term.of(fact_leaf(row))

    def facts_where(self, measure: str, **where: str | None) -> list[Term]:
        """Every outside fact of a measure of which each column holds what is wanted."""
        return [
            self.fact(str(row["fact_id"]))
            for row in self._facts_by_measure.get((measure, where.get("entity")), [])
            if all(row[column] == wanted for column, wanted in where.items())
        ]

    def one_fact(self, measure: str, **where: str | None) -> Term:
        """The first fact that fits, or a term that is not reported."""
        return next(iter(self.facts_where(measure, **where)), Term.missing())


DATE = "date"
"""Unit of a result that is a day: exact within, counted from day 1 of year 1; ISO when written."""


_INDEXED = ("subject", "article")


def _grouped(rows: Iterable[dict[str, Any]], column: str) -> dict[str, list[dict[str, Any]]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(str(row[column]), []).append(row)
    return groups


NAMES = dict.fromkeys(
    ("recipient", "recipient_en", "recipient_zh", "donor", "donor_en", "donor_zh"), "text"
)
"""Columns of :func:`names`."""


def names(study: Study, recipient: str, donor: str) -> dict[str, str]:
    """The cells that name a county and its donor in both languages."""
    return {
        "recipient": recipient,
        "recipient_en": study.recipients[recipient].short_en,
        "recipient_zh": study.recipients[recipient].short_zh,
        "donor": donor,
        "donor_en": study.donors[donor].short_en,
        "donor_zh": study.donors[donor].short_zh,
    }
