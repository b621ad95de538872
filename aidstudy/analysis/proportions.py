"""The completed share of projects: a census, where the page names or counts them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from aidstudy.analysis.desk import Desk, Pair
from aidstudy.codebook import STAGE_LEVELS
from aidstudy.quantity.result import Term
from aidstudy.tables.load import StudyLike
from aidstudy.tables.ordinary import COLUMNS, frame, shown

_FINALISATION = "3"


def _counts(desk: Desk, pair: Pair) -> tuple[Term, Term, Term, Term]:
    """The projects that are complete at least, at most, and basically, and all of them."""
    year = str(desk.study.year)
    every = {term.leaf.id for term in desk.find("projects", subject=pair.subject) if term.leaf}

    def counts(period: str | None) -> list[Term]:
        """Of the projects of a period, without what is some of them, water works say."""
        found = desk.wholes(desk.find("projects", subject=pair.subject, period=period))
        return [
            term for term in found if not (term.leaf and every & set(term.leaf.part_of.split()))
        ]

    counted, built = counts(year), desk.one("projects_completed", subject=pair.subject)
    if built.known and not counted:
        # How many are complete is said of a count without a year, or of the last years together.
        spans = (f"{desk.study.year - back}/{year}" for back in range(1, 5))
        counted = next((found for period in (None, *spans) if (found := counts(period))), [])
    # Four projects are agreed first and then a fifth: the larger count is the later one.
    whole = max(counted, key=lambda term: term.value or 0, default=Term.missing())
    if built.known and whole.known:
        return built, built, Term.number(0, "basically complete"), whole
    projects = _listed(desk, pair)
    if not projects:
        return (Term.missing(),) * 4
    done = [p for p in projects if STAGE_LEVELS[p["stage"]] == max(STAGE_LEVELS.values())]
    basic = [p for p in done if p["status"] == _FINALISATION]
    full = [p for p in done if p["status"] != _FINALISATION]
    if desk.chosen("basically_complete") == "yes":
        full, basic = done, []
    named, least, nearly = (
        desk.count(rows, "project_id", f"{what} projects of {pair.recipient}")
        for rows, what in ((projects, "named"), (full, "complete"), (basic, "basically complete"))
    )
    whole = whole if whole.known else named
    most = least + (whole - named) if whole.leaves() != named.leaves() else least
    return least, most, nearly, whole


def _listed(desk: Desk, pair: Pair) -> list[dict[str, Any]]:
    """The projects of a pair: those that the report numbers, else those of the year."""
    without_loans = desk.chosen("loan_project") == "left_out"
    numbered = {row["subject"] for row in desk.rows.values() if row["kind"] == "list_number"}
    listed = [
        p
        for p in desk.projects_of(pair, other_donors=True)
        if p["project_id"] in numbered and not (without_loans and _by_loan(desk, p))
    ]
    if listed or not desk.find("projects", subject=pair.subject, period=str(desk.study.year)):
        return listed
    return desk.projects_of(pair)


def _by_loan(desk: Desk, project: Mapping[str, Any]) -> bool:
    amount = project["donor_amount"]
    return amount is not None and desk.rows[amount]["measure"] == "loan_planned"


def completed_shares(study: StudyLike = None, **choices: str) -> pd.DataFrame:
    """The completed share of each pair, and the counts that it rests on.

    One row a pair: ``least`` and ``most`` complete projects, ``basically`` complete ones, the
    ``whole``, and ``share`` in per cent, only bounds where the page does not name every project.

    >>> completed_shares().set_index("recipient")["share"].quantity.state["xiangcheng"]
    'bounds_only'
    """
    desk, rows = Desk(study, choices), []
    for pair in desk.pairs:
        found = dict(zip(("least", "most", "basically", "whole"), _counts(desk, pair), strict=True))
        low, high = ((found[end] / found["whole"]).percent() for end in ("least", "most"))
        share = low if low.value == high.value else Term.between(low, high)
        counted = {name: shown(term, "project") for name, term in found.items()}
        rows.append(desk.names(pair) | counted | {"share": shown(share, "%")})
    return frame(rows, COLUMNS["completed_shares"])
