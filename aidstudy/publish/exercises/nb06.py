"""Exercises of notebook 06: who else pays."""

from __future__ import annotations

from collections.abc import Collection

from aidstudy.analysis.desk import Desk
from aidstudy.analysis.ratios import ratio
from aidstudy.publish.exercises.model import NOT_REPORTED, Exercise, Sources

EXERCISES = (
    Exercise(
        id="06-1",
        kind="share",
        question="What share of the cost of the King Gesar square, {litang-022:printed}, had "
        "Leshan paid with {litang-024:printed}?",
        right=lambda s: s.result("donor_share.litang-024"),
        mistakes={
            "wrong_denominator": lambda s: ratio("litang-024", "litang-002", study=s.study),
        },
        hints={"wrong_denominator": "That is its share of Leshan's money for the year."},
        solution='answer = results.loc["donor_share.litang-024", "value"]',
        why="The part over the whole cost.",
    ),
    Exercise(
        id="06-2",
        kind="amount",
        unit="CNY",
        question="How much of the cost of the King Gesar square remains for others to pay, if "
        "Leshan adds nothing?",
        right=lambda s: Desk(s.study).figure("litang-022") - Desk(s.study).figure("litang-024"),
        mistakes={
            "whole_for_part": lambda s: s.figure("litang-022"),
            "part_for_whole": lambda s: s.figure("litang-024"),
        },
        hints={
            "whole_for_part": "That is the whole cost.",
            "part_for_whole": "That is what Leshan had paid.",
        },
        solution='cost, paid = figures.loc[["litang-022", "litang-024"], "value"]\n'
        "answer = cost - paid",
        why="Who pays it is not printed.",
    ),
    Exercise(
        id="06-3",
        kind="choice",
        options=("the province", "the county", "a bank", "Leshan", NOT_REPORTED),
        question="Who pays that rest?",
        right=lambda s: NOT_REPORTED,
        solution='answer = "not reported"',
        why="The report prints the cost and Leshan's part, and names no other payer.",
    ),
    Exercise(
        id="06-4",
        kind="ids",
        question="Which sums of Litang's report are money that a donor promised or paid as aid? A "
        "cost and a loan are not.",
        right=lambda s: _measured(s, ("commitment", "commitment_increment", "disbursement")),
        mistakes={
            "budget_for_aid": lambda s: (
                *_measured(s, ("commitment", "commitment_increment", "disbursement")),
                *_measured(s, ("budget",)),
            ),
        },
        hints={"budget_for_aid": "A budget is a whole cost, whoever pays it."},
        solution='aid = litang["measure"].isin(["commitment", "commitment_increment", '
        '"disbursement"])\nanswer = litang.loc[aid, "figure_id"]',
        why="The sum of the year and the part of the square; whether the second is in the first is "
        "not printed.",
    ),
    Exercise(
        id="06-5",
        kind="amount",
        unit="CNY",
        question="Luzhou's plan for Xiangcheng has {xiangcheng-009:printed} of aid for "
        "{xiangcheng-006:printed}, of which the first year brings {xiangcheng-013:printed}. How "
        "much would each later year have to bring on average?",
        right=lambda s: s.result("five_year.xiangcheng.commitment.average"),
        mistakes={
            "counted_twice": lambda s: s.number("xiangcheng-009") / s.number("xiangcheng-006"),
            "wrong_denominator": lambda s: (
                (s.number("xiangcheng-009") - s.number("xiangcheng-013"))
                / s.number("xiangcheng-006")
            ),
            "budget_for_aid": lambda s: (
                (s.number("xiangcheng-008") - s.number("xiangcheng-013"))
                / (s.number("xiangcheng-006") - 1)
            ),
        },
        hints={
            "counted_twice": "The first year is still in it: take off its money and the year.",
            "wrong_denominator": "The first year is over: how many years are left?",
            "budget_for_aid": "That starts from the whole cost of the plan, whoever pays.",
        },
        solution='answer = results.loc["five_year.xiangcheng.commitment.average", "value"]',
        why="What is left of the plan over the years that are left.",
    ),
)


def _measured(s: Sources, measures: Collection[str]) -> set[str]:
    rows = s.figures["article"].eq("litang") & s.figures["measure"].isin(measures)
    return set(s.figures.index[rows])


__all__ = ["EXERCISES"]
