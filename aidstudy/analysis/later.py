"""What came later: reports of other sources beside the page, contradictions left standing."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import pandas as pd

from aidstudy.analysis.desk import Desk, Pair, cells, names
from aidstudy.analysis.ratios import commitment, plan_years
from aidstudy.codebook import CONTEXT_MEASURES, MONEY_MEASURES
from aidstudy.result import Term
from aidstudy.tables.load import StudyLike

SIZES = {"projects": "project", "storage_volume": "m3"}


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
    by_entity = _later_facts(desk)
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


def _later_facts(desk: Desk) -> dict[str, list[Mapping[str, Any]]]:
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


def later_results(desk: Desk) -> None:
    """Each later fact on a pair, project or donor, its pace, and what the page says beside it."""
    by_entity = _later_facts(desk)
    told = {fact["fact_id"] for facts in by_entity.values() for fact in facts}
    for fact in desk.facts_by_id.values():
        if fact["fact_id"] in told:
            _beside_page(desk, fact)
    for facts in by_entity.values():
        for first, second in pairwise(_sums(facts)):
            _difference(desk, first, second)


def _beside_page(desk: Desk, fact: Mapping[str, Any]) -> None:
    fact_id, term = fact["fact_id"], desk.fact(fact["fact_id"])
    what, money = _what(desk, fact), fact["measure"] in MONEY_MEASURES
    note = f"{fact['note'] or 'another source, another date'}; grade {fact['grade']}"
    _give(desk, f"later.{fact_id}", term, what, "reported later", "后来报道", fact["unit"], note)
    if not money:
        page = _page_figure(desk, fact)
        _give(
            desk,
            f"later.{fact_id}.of_page",
            (term / page).percent(),
            what,
            "reported later, as a ratio to the page's plan",
            "后来报道与原文规划之比",
            "%",
            note,
        )
        return
    per_year = term / _years(fact)
    _give(
        desk,
        f"later.{fact_id}.per_year",
        per_year,
        what,
        "reported later, per year",
        "后来报道，年均",
        "CNY",
        note,
    )
    pairs = desk.pairs_of.get(fact["entity"], [])
    if any(pair.donor == fact["entity"] for pair in pairs):
        plans = [t for p in pairs for t in desk.find("commitment", subject=p.subject, period=None)]
        _give(
            desk,
            f"later.{fact_id}.page_plan",
            (desk.total(plans) / term).percent(),
            what,
            "the plans that the page prints for its counties, as a ratio to it",
            "原文规划与后来报道之比",
            "%",
            note,
        )
    elif pairs:
        _give(
            desk,
            f"later.{fact_id}.of_first_year",
            per_year / desk.result(f"committed.{pairs[0].recipient}"),
            what,
            "later yearly pace, as a multiple of the page's year",
            "后来年均与原文当年之比",
            "times",
            note,
        )


def _give(
    desk: Desk,
    result_id: str,
    term: Term,
    what: tuple[str, str],
    en: str,
    zh: str,
    unit: str,
    note: str,
) -> None:
    desk.give(
        result_id, term, label=f"{what[0]}: {en}", label_zh=f"{what[1]}：{zh}", unit=unit, note=note
    )


def _what(desk: Desk, fact: Mapping[str, Any]) -> tuple[str, str]:
    (en, zh), (of_en, of_zh) = _who(desk, fact["entity"]), _measured(fact)
    return f"{en}, {of_en}", f"{zh}{of_zh}"


def _who(desk: Desk, entity: str) -> tuple[str, str]:
    """A pair, a donor, a project or a programme in both languages."""
    if entity in desk.pairs_of:
        who = desk.names_of(desk.pairs_of[entity][0])
        return (who.en, who.zh) if ">" in entity else (who.donor_en, who.donor_zh)
    if entity in desk.projects.index:
        row = desk.projects.loc[entity]
        return row["name_short_en"], row["name_short_zh"]
    return entity, desk.study.programmes.get(entity, entity)


def _measured(fact: Mapping[str, Any]) -> tuple[str, str]:
    """What a fact measures, and in which years."""
    en, zh = fact["measure"].replace("_", " "), CONTEXT_MEASURES[fact["measure"]].zh
    if not fact["period"]:
        return f"{en}, years not said", f"{zh}（年份未说明）"
    years = "–".join(dict.fromkeys(point[:4] for point in fact["period"].split("/")))
    return f"{en} {years}", f"{zh}（{years}年）"


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


def _difference(desk: Desk, first: Mapping[str, Any], second: Mapping[str, Any]) -> None:
    """Two later sums on one entity: shown both, neither chosen."""
    _give(
        desk,
        f"later.{first['fact_id']}.and.{second['fact_id']}",
        desk.fact(second["fact_id"]) - desk.fact(first["fact_id"]),
        _who(desk, first["entity"]),
        f"{_measured(second)[0]} less {_measured(first)[0]}, both reported later",
        f"{_measured(second)[1]}与{_measured(first)[1]}之差，均为后来报道",
        "CNY",
        "the two reports contradict each other in pace or sum; neither is chosen"
        if _conflict(first, second)
        else "the two reports are about different years or different things",
    )


def programme_results(desk: Desk) -> None:
    """Programmes whose total and number of counties are known: the sum per county and year."""
    for fact in desk.facts_by_id.values():
        counties = desk.one_fact("recipient_counties", entity=fact["entity"], period=fact["period"])
        if fact["measure"] not in MONEY_MEASURES or not (counties.known and fact["period"]):
            continue
        _give(
            desk,
            f"later.{fact['fact_id']}.per_county_year",
            desk.fact(fact["fact_id"]) / counties / _years(fact),
            _what(desk, fact),
            "per county and year",
            "每县每年",
            "CNY",
            "an average over counties that did not get equal parts; measures differ from the page",
        )


__all__ = ["later_reports", "later_results", "programme_results"]
