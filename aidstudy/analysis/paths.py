"""Straight lines: when a county would be on schedule, and what the years after must bring."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

from aidstudy.analysis.desk import DATE, Desk, Pair, day_term
from aidstudy.analysis.proportions import completed
from aidstudy.analysis.ratios import plan_years
from aidstudy.analysis.switches import LINE_START
from aidstudy.analysis.timeline import is_provincial
from aidstudy.result import Term
from aidstudy.tables.days import first_day, last_day


def line_start(desk: Desk) -> Term:
    """The day on which the straight line begins."""
    year = str(desk.study.year)
    if desk.chosen(LINE_START.name) == "conference":
        for event in desk.tables.records("events"):
            if is_provincial(event):
                return desk.event_day(event, end=False)
        return Term.missing()
    return day_term(first_day(year), f"first day of {year}")


def break_even_results(desk: Desk) -> None:
    """The day on which each county would be on schedule if work and money ran evenly."""
    start = line_start(desk)
    year = str(desk.study.year)
    year_end = day_term(last_day(year) + dt.timedelta(days=1), f"day after the last of {year}")
    for pair in desk.pairs:
        who = desk.names_of(pair)
        for name, share, end, en, zh in (
            (
                "money",
                _paid_share(desk, pair),
                _deadline(desk, pair),
                "money paid is on a straight line to its deadline",
                "到位资金恰在至期限的直线上",
            ),
            (
                "projects",
                completed(desk, pair).share,
                year_end,
                "completed projects are on a straight line over the year",
                "建成项目恰在全年直线上",
            ),
        ):
            desk.give(
                f"break_even.{pair.recipient}.{name}",
                start + share.part() * (end - start),
                label=f"{who.en}: day on which the {en}",
                label_zh=f"{who.zh}：{zh}之日",
                unit=DATE,
                note="works and payments are lumpy and the report has no date, so this is no "
                "verdict of delay",
            )


def _paid_share(desk: Desk, pair: Pair) -> Term:
    return desk.result(f"paid_of_committed.{pair.recipient}")


def _deadline(desk: Desk, pair: Pair) -> Term:
    """The day after the one by which all money is due, ``not_reported`` without a deadline."""
    due = desk.events_of(pair, kind="disbursement", realised="planned", donor=pair.donor)
    if len(due) != 1:
        return Term.missing()
    for figure_id in (due[0]["figures"] or "").split():
        if desk.rows[figure_id]["kind"] == "date":
            return desk.day(figure_id) + 1
    return desk.event_day(due[0], end=True) + 1


# --- the five-year path -------------------------------------------------------------------------


def growth(first: Fraction, plan: Fraction, years: Fraction) -> float:
    """Yearly growth in per cent that brings a first year to a plan's sum.

    Parameters
    ----------
    first, plan : Fraction
        Sum of the first year and of all years, in one unit.
    years : Fraction
        Number of years, at least two.

    Returns
    -------
    float
        Per cent; negative when less is needed than in the first year.

    Examples
    --------
    >>> round(growth(Fraction(1), Fraction(7), Fraction(3)), 9)   # 1 + 2 + 4
    100.0
    """
    from scipy.optimize import brentq

    wanted = float(plan / first)

    def missing(rate: float) -> float:
        return sum((1 + rate) ** year for year in range(int(years))) - wanted

    # Every plan with more than the first year's sum has its root above -1 and below this.
    return 100 * float(brentq(missing, -1, max(1.0, wanted), xtol=1e-14, rtol=1e-14))


def five_year_results(desk: Desk) -> None:
    """Year one against the plan: its share, the average that is left, and the growth needed."""
    year = str(desk.study.year)
    for pair in desk.pairs:
        years = plan_years(desk, pair)
        for measure, words, zh, unit in (
            ("commitment", "aid", "援助资金", "CNY"),
            ("budget", "total cost", "总投资", "CNY"),
            ("projects", "projects", "项目", "project"),
        ):
            plan = _only(desk.wholes(desk.find(measure, subject=pair.subject, period=None)))
            first = desk.wholes(desk.find(measure, subject=pair.subject, period=year))
            if not (plan.known and first and years.known) or (years.value or 0) < 2:
                continue
            _path(desk, pair, measure, (words, zh, unit), first[0], plan, years)


def _only(found: list[Term]) -> Term:
    return found[0] if len(found) == 1 else Term.missing()


def _growth(first: Term, plan: Term, years: Term) -> Term:
    least = (plan - first).bounds()
    if least is None or least.low is None or least.low < 0:
        return Term.missing("not_applicable")
    return Term.call("yearly growth", growth, first, plan, years)


def _path(
    desk: Desk,
    pair: Pair,
    measure: str,
    words: tuple[str, str, str],
    first: Term,
    plan: Term,
    years: Term,
) -> None:
    en, zh, unit = words
    who, start = desk.names_of(pair), f"five_year.{pair.recipient}.{measure}"
    note = "the first year is taken as one of the plan's, an assumption; plans are drafts"
    if measure == "budget":
        note += "; the whole cost of the year's projects, not the year's outlay"
    if plan.leaf is not None and (said := desk.rows[plan.leaf.id]["note"]):
        note += f"; of {plan.leaf.id}, taken as the plan: {said}"
    for name, term, label, label_zh, of in (
        (
            "share",
            (first / plan).percent(),
            "first year's share of the plan",
            "首年占规划比例",
            "%",
        ),
        (
            "per_year",
            plan / years,
            "the plan, spread evenly over its years",
            "规划各年平均",
            unit,
        ),
        (
            "average",
            (plan - first) / (years - 1),
            "average needed in each later year",
            "其后每年平均所需",
            unit,
        ),
        (
            "average_over_first",
            (plan - first) / (years - 1) / first,
            "average needed, as a multiple of the first year",
            "其后年均与首年之比",
            "times",
        ),
        (
            "growth",
            _growth(first, plan, years),
            "yearly growth that would reach the plan",
            "达到规划所需年增长",
            "%",
        ),
    ):
        desk.give(
            f"{start}.{name}",
            term,
            label=f"{who.en}, {en}: {label}",
            label_zh=f"{who.zh}，{zh}：{label_zh}",
            unit=of,
            note=note,
        )


__all__ = [
    "LINE_START",
    "break_even_results",
    "five_year_results",
    "growth",
    "line_start",
    "plan_years",
]
