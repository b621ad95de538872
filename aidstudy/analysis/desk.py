"""The desk at which analyses work: figures and facts as terms, results as they are given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import compress
from types import SimpleNamespace
from typing import Any

from aidstudy.analysis.switches import SWITCHES, checked_choices
from aidstudy.codebook import NUMERIC_KINDS, READINGS, did_you_mean, one_of
from aidstudy.errors import ResultError, TableError
from aidstudy.files import read_toml
from aidstudy.quantity.result import Term
from aidstudy.quantity.sums import each_once
from aidstudy.tables.cells import stored_cells
from aidstudy.tables.check import rule_faults
from aidstudy.tables.files import rows_of
from aidstudy.tables.load import StudyLike, exact_rows, figure_term, leaf_of, warn_if_behind
from aidstudy.tables.study import Study, load_study

DATE = "date"
"""Unit of a result that is a day: exact within, counted from day 1 of year 1; ISO when written."""

WORDS = read_toml(__file__, "words.toml")
"""What tables say beside numbers, in English and Chinese."""

Row = Mapping[str, Any]
Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Pair:
    """A county and the government that is paired with it."""

    donor: str
    recipient: str

    @property
    def subject(self) -> str:
        """As the tables write it."""
        return f"{self.donor}>{self.recipient}"


def _no_option(row: Row, column: str) -> list[str]:
    options = SWITCHES[row["switch"]].options if row["switch"] in SWITCHES else {}
    return [] if row[column] in options else [did_you_mean(row[column], options)]


class Desk:
    """Figures, facts and tables of one study under one set of judgement calls.

    >>> desk = Desk()
    >>> print(desk.figure("ganzi-020").bounds())
    [26715000, 26725000]
    """

    def __init__(self, study: StudyLike = None, choices: Mapping[str, str] | None = None) -> None:
        self.study: Study = load_study(study)
        warn_if_behind(self.study)
        self.choices = checked_choices({**self.study.choices, **(choices or {})})
        self._records: dict[str, Rows] = {}

    def chosen(self, name: str) -> str:
        """The option of a judgement call that holds here."""
        return self.choices.get(name, SWITCHES[name].default)

    def records(self, name: str) -> Rows:
        """The rows of a table, an empty cell as ``None``."""
        if name not in self._records:
            self._records[name] = exact_rows(name, self.study)[1]
        return self._records[name]

    @cached_property
    def readings(self) -> list[dict[str, str]]:
        """What single figures say under an option of a switch; none when the study has no table."""
        label = f"data/raw/{READINGS.name}.csv"
        if not (self.study.folder / label).exists():
            return []
        cells = stored_cells(self.study, label, READINGS)
        tests = SimpleNamespace(switches=SWITCHES, figures=self.rows, no_option=_no_option)
        TableError.raise_if_any(rule_faults(READINGS, cells, tests, name=label), what=label)
        return list(rows_of(cells).values())

    @cached_property
    def pairs(self) -> tuple[Pair, ...]:
        """For each county the paired government that its article names first."""
        first: dict[str, Row] = {}
        rows = self.records("pairs")
        for row in sorted(rows, key=lambda row: (row["start"] is None, row["start"] or 0)):
            if row["role"] == "paired_government":
                first.setdefault(row["recipient"], row)
        return tuple(Pair(row["donor"], row["recipient"]) for row in first.values())

    @cached_property
    def rows(self) -> dict[str, dict[str, Any]]:
        """The figures by id."""
        return {row["figure_id"]: row for row in self.records("figures")}

    @cached_property
    def projects(self) -> dict[str, dict[str, Any]]:
        """The projects by id."""
        return {row["project_id"]: row for row in self.records("projects")}

    @cached_property
    def facts_by_id(self) -> dict[str, dict[str, Any]]:
        """The outside facts by id."""
        return {row["fact_id"]: row for row in self.records("context")}

    def projects_of(self, pair: Pair, *, other_donors: bool = False) -> Rows:
        """The named projects of a pair, or of its county whoever pays."""
        return [
            project
            for project in self.projects.values()
            if project["recipient"] == pair.recipient
            and (other_donors or project["donor"] == pair.donor)
        ]

    def names(self, pair: Pair) -> dict[str, str]:
        """The cells that name a county and its donor in both languages."""
        county, donor = self.study.recipients[pair.recipient], self.study.donors[pair.donor]
        cells = {"recipient": pair.recipient, "donor": pair.donor}
        cells |= {"recipient_en": county.short_en, "recipient_zh": county.short_zh}
        return cells | {"donor_en": donor.short_en, "donor_zh": donor.short_zh}

    @cached_property
    def _by_measure(self) -> dict[str, list[Row]]:
        """Figures by measure, as the judgement calls read them, without repeats."""
        also = {
            told["figure_id"]: told["measure"]
            for told in self.readings
            if self.chosen(told["switch"]) == told["option"]
        }
        groups: dict[str, list[Row]] = {}
        for row in self.rows.values():
            other = also.get(row["figure_id"])
            # Read as an empty measure a figure is none of any.
            if row["same_as"] is None and other != "":
                for measure in (row["measure"], *([other] if other else [])):
                    groups.setdefault(measure, []).append(row)
        return groups

    def count(self, rows: Iterable[Row], key: str, what: str) -> Term:
        """How many rows of a table there are, with their ids as the reason for the number."""
        ids = [row[key] for row in rows]
        return Term.number(len(ids), f"{what}: {' '.join(ids) or 'none'}")

    def figure(self, figure_id: str) -> Term:
        """One printed figure, or fact, as a term; one that repeats another stands for the first."""
        if figure_id not in self.rows and figure_id in self.facts_by_id:
            return Term.of(leaf_of(self.facts_by_id[figure_id]))
        row = self.rows[one_of("figure", figure_id, self.rows, ResultError)]
        return self.figure(row["same_as"]) if row["same_as"] is not None else self.as_printed(row)

    def as_printed(self, row: Row) -> Term:
        """One row of the figures as a term, also when it repeats another."""
        if row["kind"] not in NUMERIC_KINDS:
            raise ResultError(
                f"figure {row['figure_id']}: a {row['kind']} is no number to compute with"
            )
        return figure_term(row, self.choices)

    def find(self, measure: str, **where: str | None) -> list[Term]:
        """Every figure of a measure, repeats left out, in reading order."""
        return [
            self.as_printed(row)
            for row in self._by_measure.get(measure, [])
            if all(row[column] == wanted for column, wanted in where.items())
        ]

    def one(self, measure: str, **where: str | None) -> Term:
        """The one figure of a measure, of a whole and its parts the whole, or not reported."""
        found = self.wholes(self.find(measure, **where))
        if len(found) > 1:
            ids = ", ".join(term.formula() for term in found)
            raise ResultError(
                f"{measure} where {where}: {ids} all fit; say which one is meant: give the others "
                "their own period, subject or measure, or the whole that they are part_of"
            )
        return found[0] if found else Term.missing()

    def wholes(self, terms: Iterable[Term]) -> list[Term]:
        """The terms that may be added: each figure once, and none whose whole is there.

        >>> desk = Desk()   # 37 of the 59 projects are going on
        >>> kept = desk.wholes(desk.figure(one) for one in ("ganzi-017", "ganzi-014", "ganzi-014"))
        >>> [term.formula() for term in kept]
        ['ganzi-014']
        """
        found = list(terms)
        return list(compress(found, each_once(found)[0]))

    def total(self, terms: Iterable[Term]) -> Term:
        """The sum of :meth:`wholes`; a relation of the page says itself what it adds."""
        return Term.sum(self.wholes(terms))
