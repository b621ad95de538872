"""What came later: reports of other sources beside the page, contradictions left standing."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import pandas as pd

from aidstudy.analysis.desk import Desk, Pair, cells, names
from aidstudy.analysis.ratios import commitment, plan_years
from aidstudy.codebook import MONEY_MEASURES
from aidstudy.result import Term
from aidstudy.tables.load import StudyLike


def later_reports(study: StudyLike = None) -> pd.DataFrame:
    """What the page says of each pair, and what later reports say of the same.

    Parameters
    ----------
    study : Study or path, optional

    Returns
    -------
    pandas.DataFrame
        Pairs of which a later report was found, in the order of the page; in each first the
        page's own rows (``side`` is ``page``), then the later ones (``later``) in the order of
        ``data/context.csv``. ``value``, ``low`` and ``high`` are exact, in ``unit``. ``period`` is
        ``None`` where the print does not say which years are meant; ``years`` is their number
        where it is known, and ``per_year`` the sum over it. ``counties`` says for how many counties
        together a sum stands, ``contradicts`` names the report that an outside fact contradicts.
        ``subject`` is the pair, or the project that a fact is about.

    Examples
    --------
    >>> later = later_reports()
    >>> later.query("contradicts != ''")["figures"].tolist()
    ['later-ganzi-4y', 'later-ganzi-6y', 'later-dege-5y', 'later-dege-6y']
    """
    desk = Desk(study)
    by_entity = later_facts(desk)
    conflicts = _conflicts(by_entity)
    rows: list[dict[str, Any]] = []
    for pair in desk.pairs:
        projects = [project["project_id"] for project in desk.projects_of(pair)]
        entities = [pair.subject, pair.donor, *projects]
        facts = [fact for entity in entities for fact in by_entity.get(entity, [])]
        if facts:
            rows += _page_rows(desk, pair, facts)
            rows += [_later_row(desk, pair, fact, conflicts) for fact in facts]
    return pd.DataFrame(rows, dtype=object)


def _page_rows(desk: Desk, pair: Pair, facts: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What the page prints on the same things: the year's sum and the plan, or the planned size."""
    found: list[dict[str, Any]] = []
    if _sums(facts):
        year = str(desk.study.year)
        term = commitment(desk, pair)
        found.append(_row(desk, pair, "page", "commitment", year, term, _years({"period": year})))
        for plan in desk.find("commitment", subject=pair.subject, period=None):
            years = plan_years(desk, pair)
            found.append(_row(desk, pair, "page", "commitment", None, plan, years))
    for fact in facts:
        if fact["measure"] not in MONEY_MEASURES:
            term = _page_figure(desk, fact)
            row = _row(desk, pair, "page", fact["measure"], None, term, Term.missing())
            found.append(row | {"subject": fact["entity"], "unit": fact["unit"]})
    return found


def _later_row(
    desk: Desk, pair: Pair, fact: Mapping[str, Any], conflicts: Mapping[str, str]
) -> dict[str, Any]:
    term, years = desk.fact(fact["fact_id"]), _years(fact)
    counties = desk.one_fact("recipient_counties", entity=fact["entity"])
    row = _row(desk, pair, "later", fact["measure"], fact["period"], term, years)
    return row | {
        "subject": fact["entity"],
        "unit": fact["unit"],
        "bound": fact["bound"],
        "counties": 1 if counties.value is None else int(counties.value),
        "source": fact["source"],
        "source_date": fact["source_date"],
        "grade": fact["grade"],
        "contradicts": conflicts.get(fact["fact_id"], ""),
    }


def _row(
    desk: Desk,
    pair: Pair,
    side: str,
    measure: str,
    period: str | None,
    term: Term,
    years: Term,
) -> dict[str, Any]:
    pace = term / years if measure in MONEY_MEASURES else Term.missing("not_applicable")
    return (
        names(desk.study, pair.recipient, pair.donor)
        | {"side": side, "subject": pair.subject, "measure": measure, "period": period}
        | cells("", term)
        | {"unit": "CNY", "bound": "rounded"}
        | cells("per_year", pace)
        | {
            "years": None if years.value is None else int(years.value),
            "counties": 1,
            "source": None,
            "source_date": None,
            "grade": None,
            "contradicts": "",
        }
    )


def later_facts(desk: Desk) -> dict[str, list[Mapping[str, Any]]]:
    """Later facts on a pair, a project or a donor of the study, by what they are about."""
    projects = set(desk.projects.index)
    by_entity: dict[str, list[Mapping[str, Any]]] = {}
    for fact in desk.facts_by_id.values():
        entity, money = fact["entity"], fact["measure"] in MONEY_MEASURES
        of_pair = ">" in entity or money
        if entity in projects or (entity in desk.pairs_of and of_pair):
            by_entity.setdefault(entity, []).append(fact)
    return by_entity


def _sums(facts: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [fact for fact in facts if fact["measure"] in MONEY_MEASURES]


def _conflict(first: Mapping[str, Any], second: Mapping[str, Any]) -> bool:
    """Whether the table notes that two sums contradict each other in pace or sum."""
    return any("conflict" in (fact["note"] or "") for fact in (first, second))


def _conflicts(by_entity: Mapping[str, list[Mapping[str, Any]]]) -> dict[str, str]:
    """Each fact that contradicts its neighbour, with that one's id."""
    found: dict[str, str] = {}
    for facts in by_entity.values():
        for first, second in pairwise(_sums(facts)):
            if _conflict(first, second):
                found |= {
                    first["fact_id"]: second["fact_id"],
                    second["fact_id"]: first["fact_id"],
                }
    return found


def _years(fact: Mapping[str, Any]) -> Term:
    """The number of years that a fact is about; not reported when it has no period."""
    if not fact["period"]:
        return Term.missing()
    points = fact["period"].split("/")
    years = int(points[-1][:4]) - int(points[0][:4]) + 1
    return Term.number(years, f"years of {fact['period']}")


def _page_figure(desk: Desk, fact: Mapping[str, Any]) -> Term:
    """What the page plans of the same thing, without a year."""
    found = desk.find(fact["measure"], subject=fact["entity"], period=None)
    return found[0] if len(found) == 1 else Term.missing()


__all__ = ["later_reports"]
