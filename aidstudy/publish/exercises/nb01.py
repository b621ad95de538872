"""Exercises of notebook 01: from page to table."""

from __future__ import annotations

from aidstudy.publish.exercises.model import NOT_REPORTED, Exercise

EXERCISES = (
    Exercise(
        id="01-1",
        kind="amount",
        unit="CNY",
        question="`litang-020` is printed {litang-020:printed}: the whole cost of Leshan Road. "
        "What is its value?",
        right=lambda s: s.figure("litang-020"),
        mistakes={"wrong_county": lambda s: s.figure("litang-022")},
        hints={"wrong_county": "That is the cost of another project of the same report."},
        solution='answer = rows.loc["litang-020", "value"]',
        why="万元 is ten thousand yuan.",
    ),
    Exercise(
        id="01-2",
        digits=4,
        kind="bounds",
        unit="CNY",
        question="`xiangcheng-008` is printed {xiangcheng-008:printed}. What are the lowest and "
        "the highest value that this print allows?",
        right=lambda s: s.figure("xiangcheng-008"),
        solution='plan = read_quantity(rows.loc["xiangcheng-008", "printed"])\n'
        "answer = (plan.low, plan.high)",
        why="Half a unit of the last printed digit each way; that digit counts millions of yuan.",
    ),
    Exercise(
        id="01-3",
        kind="amount",
        unit="person",
        end="high",
        question="`litang-001` is printed {litang-001:printed}: officials on a visit. How many can "
        "they have been at most, by the rule for 余 (and more)?",
        right=lambda s: s.figure("litang-001"),
        also=lambda s: s.figure("litang-001").interval.high - 1,
        solution='answer = rows.loc["litang-001", "high"]',
        why="余 allows one more unit of the last digit that is not nought, here of the tens.",
    ),
    Exercise(
        id="01-4",
        kind="ids",
        question="`xinlong-005` counts the projects of the year. Which other figures say the same "
        "again (column `same_as`), so that they must not be counted beside it?",
        right=lambda s: set(s.figures.index[s.figures["same_as"] == "xinlong-005"]),
        mistakes={
            "counted_twice": lambda s: (
                "xinlong-005",
                *s.figures.index[s.figures["same_as"] == "xinlong-005"],
            ),
        },
        hints={"counted_twice": "The first of them is no repeat: it stands for all of them."},
        solution='answer = figures.loc[figures["same_as"] == "xinlong-005", "figure_id"]',
        why="A figure that repeats another stands for the first in every formula.",
    ),
    Exercise(
        id="01-5",
        kind="choice",
        options=("Longquanyi", "Yibin", "the county itself", NOT_REPORTED),
        question="`ganzi-015`, {ganzi-015:printed}, is investment completed in Garzê County. Whose "
        "money was it?",
        right=lambda s: NOT_REPORTED,
        solution='answer = rows.loc["ganzi-015", "donor"]\n'
        'answer = "not reported" if pd.isna(answer) else answer',
        why="The cell of the donor is empty, as the page does not print the source of the money.",
    ),
)

__all__ = ["EXERCISES"]
