"""The completed share of projects: a census, and intervals about a process behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

import pandas as pd

from aidstudy.analysis.desk import NAMES, Desk, Pair, names
from aidstudy.codebook import STAGE_LEVELS
from aidstudy.result import Term
from aidstudy.tables.load import StudyLike
from aidstudy.tables.ordinary import frame, shown

METHODS = {
    "wilson": ("wilson", "Wilson"),
    "jeffreys": ("jeffreys", "Jeffreys"),
    "clopper_pearson": ("beta", "Clopper-Pearson"),
    "agresti_coull": ("agresti_coull", "Agresti-Coull"),
}
"""Intervals of a proportion: our name, that of statsmodels, and the one for labels."""

LEVEL = Fraction(95, 100)
_FINALISATION = "3"


@dataclass(frozen=True, slots=True)
class Completed:
    """Completed projects of a pair, and out of how many.

    Parameters
    ----------
    whole : Term
        Projects of the year that the page counts or numbers.
    least, most : Term
        Those that are complete; they differ when the page does not name every project.
    basic : Term
        Those that are basically complete.
    by_count : bool
        Whether the page prints the completed as a count, naming none.
    """

    whole: Term
    least: Term
    most: Term
    basic: Term
    by_count: bool

    @property
    def share(self) -> Term:
        """Per cent; only bounds when the completed are only bounded."""
        low, high = ((count / self.whole).percent() for count in (self.least, self.most))
        return low if low.value == high.value else Term.between(low, high)


def completed(desk: Desk, pair: Pair) -> Completed:
    """What the page says of the completed projects of a pair."""
    year = str(desk.study.year)
    counted = desk.wholes(desk.find("projects", subject=pair.subject, period=year))
    built = desk.one("projects_completed", subject=pair.subject)
    # Four projects are agreed first and then a fifth: the larger count is the later one.
    whole = max(counted, key=lambda term: term.value or 0, default=Term.missing())
    if built.known and whole.known:
        return Completed(whole, built, built, Term.number(0, "basically complete"), True)
    projects = _listed(desk, pair)
    done = [p for p in projects if STAGE_LEVELS[p["stage"]] == max(STAGE_LEVELS.values())]
    basic = [p for p in done if p["status"] == _FINALISATION]
    full = [p for p in done if p["status"] != _FINALISATION]
    if desk.chosen("basically_complete") == "yes":
        full, basic = done, []
    named = desk.count(projects, "project_id", f"named projects of {pair.recipient}")
    least = desk.count(full, "project_id", f"complete projects of {pair.recipient}")
    nearly = desk.count(basic, "project_id", f"basically complete projects of {pair.recipient}")
    if not projects:
        return Completed(*(Term.missing(),) * 4, False)
    whole = whole if whole.known else named
    most = least + (whole - named) if whole.leaves() != named.leaves() else least
    return Completed(whole, least, most, nearly, False)


def _listed(desk: Desk, pair: Pair) -> list[dict[str, Any]]:
    """The projects of a pair: those that the report numbers, else those of the year."""
    listed = [
        p
        for p in desk.projects_of(pair, other_donors=True)
        if p["project_id"] in desk.numbered_projects
    ]
    if desk.chosen("loan_project") == "left_out":
        listed = [p for p in listed if not _by_loan(desk, p)]
    if listed:
        return listed
    year = str(desk.study.year)
    if not desk.find("projects", subject=pair.subject, period=year):
        return []
    return desk.projects_of(pair)


def _by_loan(desk: Desk, project: Mapping[str, Any]) -> bool:
    amount = project["donor_amount"]
    return amount is not None and desk.rows[amount]["measure"] == "loan_planned"


def interval_end(method: str, *, upper: bool) -> Any:
    """A function of completed and all that gives one end of an interval, in per cent.

    Parameters
    ----------
    method : str
        A key of ``METHODS``.
    upper : bool

    Examples
    --------
    >>> round(interval_end("wilson", upper=False)(Fraction(22), Fraction(59)), 2)
    26.08
    """

    def end(count: Fraction, whole: Fraction) -> float:
        return _interval(METHODS[method][0], int(count), int(whole))[upper]

    return end


@cache
def _interval(method: str, count: int, whole: int) -> tuple[float, float]:
    from statsmodels.stats.proportion import proportion_confint

    ends = proportion_confint(count, whole, alpha=float(1 - LEVEL), method=method)
    # Agresti-Coull leaves [0, 1]; Wilson misses 0 and 1 by the last bit.
    low, high = (min(1.0, max(0.0, round(float(end), 12))) for end in ends)
    return 100 * low, 100 * high


def _interval_ends(found: Completed) -> Iterator[tuple[str, str, Term]]:
    """Both ends of every interval: method, ``lower`` or ``upper``, and the end."""
    for method, (_, name) in METHODS.items():
        for upper in (False, True):
            end = "upper" if upper else "lower"
            function = interval_end(method, upper=upper)
            ends = [
                Term.call(f"{name} {end} end", function, count, found.whole)
                for count in (found.least, found.most)
            ]
            same = found.least.value == found.most.value
            yield method, end, ends[0] if same else Term.between(*ends)


def completed_shares(study: StudyLike = None, **choices: str) -> pd.DataFrame:
    """The completed share of each pair, and four intervals about the process behind it.

    Parameters
    ----------
    study : Study or path, optional
    **choices : str
        Judgement calls, such as ``basically_complete="yes"``.

    Returns
    -------
    pandas.DataFrame
        One row a pair: ``least`` and ``most`` complete projects, ``basically`` complete ones and
        the ``whole``, ``share`` in per cent (only bounds where the page does not name every
        project), and for each method of ``METHODS`` the ends ``<method>_lower`` and
        ``<method>_upper`` in per cent; all of them quantities.

    Examples
    --------
    >>> completed_shares().set_index("recipient")["share"]["xiangcheng"]
    [0, 25] %
    """
    desk = Desk(study, choices)
    rows = []
    for pair in desk.pairs:
        found = completed(desk, pair)
        counts = (found.least, found.most, found.basic, found.whole)
        row: dict[str, object] = {
            **names(desk.study, pair.recipient, pair.donor),
            **{name: shown(one, "project") for name, one in zip(_COUNTS, counts, strict=True)},
            "share": shown(found.share, "%"),
        }
        for method, end, term in _interval_ends(found):
            row[f"{method}_{end}"] = shown(term, "%")
        rows.append(row)
    ends = [f"{method}_{end}" for method in METHODS for end in ("lower", "upper")]
    return frame(rows, NAMES | dict.fromkeys((*_COUNTS, "share", *ends), "quantity"))


_COUNTS = ("least", "most", "basically", "whole")
