"""Straight lines: when a county would be on schedule."""

from __future__ import annotations

import datetime as dt

from aidstudy.analysis.desk import DATE, Desk, Pair, day_term
from aidstudy.analysis.proportions import completed
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


__all__ = [
    "LINE_START",
    "break_even_results",
    "line_start",
]
