"""People: how many were sent, and which mix of quotas gives the number of people mentored."""

from __future__ import annotations

from aidstudy.analysis.desk import Desk, Pair
from aidstudy.analysis.switches import TEAM_OF_40
from aidstudy.result import Term


def people_results(desk: Desk) -> None:
    """Staff sent in and out, for each pair."""
    for pair in desk.pairs:
        who = desk.names_of(pair)
        for measure, en, zh in (
            ("seconded_in", "staff that donors sent to the county", "援派人员"),
            ("seconded_out", "staff sent to donors", "外派挂职人员"),
        ):
            desk.give(
                f"people.{pair.recipient}.{measure}",
                desk.total(desk.find(measure, article=pair.recipient)),
                label=f"{who.en}: {en}",
                label_zh=f"{who.zh}：{zh}",
                unit="person",
                note="for how long is not printed; staff that are not counted are missing",
            )


def mentor_results(desk: Desk) -> None:
    """Mentors, quotas and people mentored: what is possible, and the mix that is exact."""
    for pair in desk.pairs:
        quotas = sorted(
            desk.find("mentor_quota", subject=pair.subject),
            key=lambda term: term.value or 0,
        )
        mentors = desk.total(desk.find("seconded_in", subject=pair.subject))
        mentored = desk.one("mentored", subject=pair.subject)
        if len(quotas) == 2 and mentors.known and mentored.known:
            _mix(desk, pair, quotas[0], quotas[1], mentors, mentored)


def _mix(desk: Desk, pair: Pair, low: Term, high: Term, mentors: Term, mentored: Term) -> None:
    who, start = desk.names_of(pair), f"mentors.{pair.recipient}"
    by_high = (mentored - mentors * low) / (high - low)
    for name, term, en, zh, unit in (
        (
            "least",
            mentors * low,
            "people mentored if all had the lower quota",
            "全按低指标的帮带人数",
            "person",
        ),
        (
            "most",
            mentors * high,
            "people mentored if all had the higher quota",
            "全按高指标的帮带人数",
            "person",
        ),
        ("average", mentored / mentors, "people mentored per mentor", "人均帮带", "person"),
        (
            "with_higher_quota",
            by_high,
            "mentors with the higher quota, if each fills it exactly",
            "若恰满指标，按高指标者",
            "person",
        ),
        (
            "with_lower_quota",
            mentors - by_high,
            "mentors with the lower quota, if each fills it exactly",
            "若恰满指标，按低指标者",
            "person",
        ),
    ):
        desk.give(
            f"{start}.{name}",
            term,
            label=f"{who.en}: {en}",
            label_zh=f"{who.zh}：{zh}",
            unit=unit,
            note="the quotas go by rank and the ranks are not counted; that the mix is possible "
            "does not show that it was so",
        )
    possible = by_high.value is not None and by_high.value.denominator == 1
    inside = 0 <= (by_high.value or 0) <= (mentors.value or 0)
    desk.give(
        f"{start}.possible",
        by_high,
        label=f"{who.en}: can the number of people mentored come from the two quotas?",
        label_zh=f"{who.zh}：帮带人数能否由两种指标得出？",
        unit="",
        note="shows only that the numbers do not exclude each other",
        text="yes: in whole people, and in one way only" if possible and inside else "no",
    )


__all__ = ["TEAM_OF_40", "mentor_results", "people_results"]
