"""Exercises of notebook 10: what came later."""

from __future__ import annotations

from aidstudy.analysis.desk import Desk
from aidstudy.publish.exercises.model import NOT_REPORTED, Exercise

EXERCISES = (
    Exercise(
        id="10-1",
        kind="amount",
        unit="CNY",
        question="A later report gives Garzê County {later-ganzi-6y:printed} from the year of the "
        "page on, six years in all. How much is that a year?",
        right=lambda s: s.result("later.later-ganzi-6y.per_year"),
        mistakes={
            "whole_for_part": lambda s: s.fact("later-ganzi-6y"),
            "wrong_denominator": lambda s: s.number("later-ganzi-6y") / 5,
            "wrong_event": lambda s: s.result("later.later-ganzi-4y.per_year"),
        },
        hints={
            "whole_for_part": "That is the sum of all the years.",
            "wrong_denominator": "Count the years again: the first and the last both belong.",
            "wrong_event": "That is the pace of the other report.",
        },
        solution='answer = results.loc["later.later-ganzi-6y.per_year", "value"]',
        why="The sum over its years, both ends counted.",
    ),
    Exercise(
        id="10-2",
        kind="share",
        question="Luzhou was later reported to have paid {later-luzhou-paid:printed} to its two "
        "counties. What share of that is the aid of Xiangcheng's plan, {xiangcheng-009:printed}?",
        right=lambda s: s.result("later.later-luzhou-paid.page_plan"),
        mistakes={"wrong_denominator": lambda s: s.result("later.later-luzhou-planned.page_plan")},
        hints={"wrong_denominator": "That is its share of what was planned for both."},
        solution='answer = results.loc["later.later-luzhou-paid.page_plan", "value"]',
        why="A plan for one county over a payment to two: no share of one thing, and it must be "
        "said so.",
    ),
    Exercise(
        id="10-3",
        kind="choice",
        options=("the earlier report", "the later report", "the mean of both", NOT_REPORTED),
        question="Which sum did Dêgê really get: {later-dege-5y:printed} by one report, "
        "{later-dege-6y:printed} by another?",
        right=lambda s: NOT_REPORTED,
        solution='answer = "not reported"',
        why="A mean of two reports that contradict each other is a third number, reported by "
        "nobody.",
    ),
    Exercise(
        id="10-4",
        kind="amount",
        unit="m3",
        question="By how much is the later storage of Litang's reservoir larger than the page's "
        "plan?",
        right=lambda s: (
            Desk(s.study).fact("later-litang-reservoir") - Desk(s.study).figure("litang-010")
        ),
        mistakes={
            "whole_for_part": lambda s: s.fact("later-litang-reservoir"),
            "part_for_whole": lambda s: s.figure("litang-010"),
        },
        hints={
            "whole_for_part": "That is the whole storage of the later report.",
            "part_for_whole": "That is the storage that the page plans.",
        },
        solution="from aidstudy import load_figures\n\n"
        'planned = load_figures().set_index("figure_id").loc["litang-010", "value"]\n'
        'answer = facts.loc["later-litang-reservoir", "value"] - planned',
        why="{later-litang-reservoir:printed} less {litang-010:printed}.",
    ),
)

__all__ = ["EXERCISES"]
