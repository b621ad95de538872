"""Exercises of notebook 04: what a printed number allows."""

from __future__ import annotations

from aidstudy.analysis.desk import Desk
from aidstudy.intervals import corner_bounds
from aidstudy.publish.exercises.model import Exercise, Sources

EXERCISES = (
    Exercise(
        id="04-1",
        kind="bounds",
        unit="m",
        question="`litang-019` is printed {litang-019:printed}: the width of Leshan Road. What are "
        "the lowest and the highest width that this print allows?",
        right=lambda s: s.figure("litang-019"),
        solution='answer = tuple(figures.loc["litang-019", ["low", "high"]])',
        why="Half a unit of the last printed digit each way; that digit counts metres.",
    ),
    Exercise(
        id="04-2",
        kind="amount",
        unit="CNY/m2",
        end="low",
        question="What is the lowest cost per square metre of Leshan Road that the prints of its "
        "cost, {litang-020:printed}, its length, {litang-018:printed}, and its width, "
        "{litang-019:printed}, allow?",
        right=lambda s: s.result("unit_cost.litang-p02.per_m2_road"),
        mistakes={
            "value_for_bounds": lambda s: s.number("unit_cost.litang-p02.per_m2_road"),
        },
        hints={
            "value_for_bounds": "That is the cost with every number as printed. The lowest cost "
            "has the lowest sum above the line and the largest sizes below it."
        },
        solution='cost, length, width = (desk.figure(f"litang-{n}") for n in ("020", "018", "019"))'
        "\nanswer = (cost / (length * width)).bounds().low",
        why="The lowest sum over the largest length and width.",
    ),
    Exercise(
        id="04-3",
        digits=4,
        kind="bounds",
        unit="CNY",
        question="Add up the whole costs of Litang's named projects, the one printed with 约 "
        "(about) among them. Between which two sums do the prints allow the total to lie?",
        right=lambda s: s.result("budgets.litang.with_about"),
        mistakes={"left_out": lambda s: s.result("budgets.litang.without_about").interval},
        hints={"left_out": "The one with 约 is left out."},
        solution='costs = ["litang-009", "litang-020", "litang-022", "litang-026", "litang-029"]\n'
        "answer = sum(desk.figure(one) for one in costs).bounds()",
        why="All lowest ends together, and all highest ends: the 约 decides nearly alone.",
    ),
    Exercise(
        id="04-4",
        kind="choice",
        options=("one value", "several values", "both alike"),
        question="The total stands above and below the line of total ÷ (total − addition). One "
        "reader lets it have one value in both places, another lets it have several values at "
        "once. Whose range is wider?",
        right=lambda s: _wider(s),
        solution="total_range, added_range = total.bounds(), added.bounds()\n"
        "apart = total_range / (total_range - added_range)\n"
        "together = (total / (total - added)).bounds()\n"
        'answer = "several values" if apart.width > together.width else "one value"',
        why="Whoever forgets that a number is one number allows what cannot be.",
        hints={"other": "Compute both ranges and compare how wide they are."},
    ),
    Exercise(
        id="04-5",
        kind="yes_no",
        question="The page prints that the addition is {ganzi-022:printed} of what the rule asks "
        "for. Do the two sums give this number at face value, without undoing any rounding?",
        right=lambda s: s.result("agrees.ganzi-increase") == "agrees at face value",
        solution='verdicts = audit.set_index("relation")["verdict"]\n'
        'answer = verdicts["ganzi-increase"] == "agrees at face value"',
        why="The computed number rounds to the printed one.",
        hints={"other": "Look for the relation `ganzi-increase` in the audit."},
    ),
)


def _wider(s: Sources) -> str:
    desk = Desk(s.study)
    total, added = (desk.figure(one).bounds() for one in ("ganzi-020", "ganzi-019"))
    if total is None or added is None:
        return "both alike"
    together = corner_bounds(lambda t, a: t / (t - a), {"t": total, "a": added}).closed()
    apart = (total / (total - added)).closed()
    widths = together[1] - together[0], apart[1] - apart[0]
    if widths[0] == widths[1]:
        return "both alike"
    return "one value" if widths[0] > widths[1] else "several values"


__all__ = ["EXERCISES"]
