"""What came later: reports of other sources beside the page, differences left standing."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import pandas as pd

from aidstudy.analysis.desk import Desk, Pair
from aidstudy.analysis.ratios import commitment
from aidstudy.codebook import MONEY_MEASURES
from aidstudy.quantity.result import Term
from aidstudy.tables.load import StudyLike, fact_source, leaf_of
from aidstudy.tables.ordinary import COLUMNS, frame, shown

Fact = Mapping[str, Any]


def later_reports(study: StudyLike = None) -> pd.DataFrame:
    """What the page says of each pair, and what later reports say of the same.

    Pairs of which a later report was found, in the order of the page; in each first the page's own
    rows (``side`` is ``page``), then the later ones in the order of ``data/context.csv``.
    ``period`` is missing where the print does not say which years are meant; ``years`` is their
    number where it is known, and ``per_year`` the sum over it. ``counties`` says for how many
    counties together a sum stands, ``differs_from`` names the report with which a sum does not fit
    together easily: both may be true, as of other years or of what was spent and what transferred.
    ``subject`` is the pair, or the project that a fact is about.

    >>> later = later_reports().dropna(subset="differs_from")
    >>> later["quantity"].quantity.facts.tolist()
    ['later-ganzi-4y', 'later-ganzi-6y', 'later-dege-5y', 'later-dege-6y']
    """
    desk = Desk(study)
    by_entity = later_facts(desk)
    differing = _differing(by_entity)
    rows: list[dict[str, Any]] = []
    for pair in desk.pairs:
        projects = [project["project_id"] for project in desk.projects_of(pair)]
        entities = [pair.subject, pair.donor, *projects]
        facts = [fact for entity in entities for fact in by_entity.get(entity, [])]
        if facts:
            rows += _page_rows(desk, pair, facts)
            rows += [_later_row(desk, pair, fact, differing) for fact in facts]
    return frame(rows, COLUMNS["later_reports"])


def _page_rows(desk: Desk, pair: Pair, facts: list[Fact]) -> list[dict[str, Any]]:
    """What the page prints on the same things: the year's sum and the plan, or the planned size."""
    year = str(desk.study.year)
    told: dict[str, Any] = {"measure": "commitment", "period": year}
    found = [_row(desk, pair, commitment(desk, pair), _years(year), told)]
    if any(fact["measure"] in MONEY_MEASURES for fact in facts):
        lengths = desk.find("plan_period", subject=pair.subject, kind="duration", unit="year")
        years, told = (*lengths, Term.missing())[0], told | {"period": None}
        plans = desk.find("commitment", subject=pair.subject, period=None)
        found += [_row(desk, pair, plan, years, told) for plan in plans]
    for fact in facts:
        if fact["measure"] not in MONEY_MEASURES:
            # What the page plans of the same thing, without a year.
            plans = desk.find(fact["measure"], subject=fact["entity"], period=None)
            told = {"subject": fact["entity"], "measure": fact["measure"], "unit": fact["unit"]}
            term = plans[0] if len(plans) == 1 else Term.missing()
            found.append(_row(desk, pair, term, Term.missing(), told))
    return found


_TOLD = ("measure", "period", "unit", "bound", "source_date", "grade")


def _later_row(desk: Desk, pair: Pair, fact: Fact, differing: Mapping[str, str]) -> dict[str, Any]:
    told = {column: fact[column] for column in _TOLD} | {
        "side": "later",
        "source": fact_source(fact),
        "subject": fact["entity"],
        "counties": counties_of(desk, fact["entity"]),
        "differs_from": differing.get(fact["fact_id"]),
    }
    return _row(desk, pair, Term.of(leaf_of(fact)), _years(fact["period"]), told)


def _row(desk: Desk, pair: Pair, term: Term, years: Term, told: Fact) -> dict[str, Any]:
    row: dict[str, Any] = {**desk.names(pair)}
    row |= {"side": "page", "subject": pair.subject, "unit": "CNY", "bound": "rounded"}
    row |= {"counties": 1, "years": None if years.value is None else int(years.value), **told}
    pace = term / years if row["measure"] in MONEY_MEASURES else Term.missing("not_applicable")
    return row | {"quantity": shown(term, row["unit"]), "per_year": shown(pace, "CNY/year")}


def later_facts(desk: Desk) -> dict[str, list[Fact]]:
    """Later facts on a pair, a project or a donor of the study, by what they are about."""
    by_entity: dict[str, list[Fact]] = {}
    known = {*desk.projects, *(pair.subject for pair in desk.pairs)}
    donors = {pair.donor for pair in desk.pairs}
    for fact in desk.facts_by_id.values():
        entity, money = fact["entity"], fact["measure"] in MONEY_MEASURES
        if entity in known or (entity in donors and money):
            by_entity.setdefault(entity, []).append(fact)
    return by_entity


def counties_of(desk: Desk, entity: str) -> int:
    """For how many counties together a sum of an entity stands, as an outside fact says."""
    measure = ("recipient_counties", entity)
    rows = desk.records("context")
    return next((int(r["value"]) for r in rows if (r["measure"], r["entity"]) == measure), 1)


def _differing(by_entity: Mapping[str, list[Fact]]) -> dict[str, str]:
    """Each sum that a note says to conflict with its neighbour, with the id of that one."""
    found: dict[str, str] = {}
    for facts in by_entity.values():
        sums = (fact for fact in facts if fact["measure"] in MONEY_MEASURES)
        for pair in pairwise(sums):
            if any("conflict" in (fact["note"] or "") for fact in pair):
                first, second = (str(fact["fact_id"]) for fact in pair)
                found |= {first: second, second: first}
    return found


def _years(period: str | None) -> Term:
    """The number of years of a period; not reported without one."""
    if not period:
        return Term.missing()
    points = period.split("/")
    years = int(points[-1][:4]) - int(points[0][:4]) + 1
    return Term.number(years, f"years of {period}")
