"""Exercises of notebook 07: what five pairs can and cannot show."""

from __future__ import annotations

from fractions import Fraction

from aidstudy.publish.exercises.model import Exercise, Sources

_LEVEL = Fraction(5, 100)
_TESTS = {
    "rank correlation": "rank_correlation",
    "rank test of two groups": "two_groups",
    "signed-rank test": "signed_rank",
}

EXERCISES = (
    Exercise(
        id="07-1",
        kind="count",
        question="How many of the projects that Luzhou aids in Xiangcheng this year can be "
        "complete at most, if basically complete does not count?",
        right=lambda s: s.result("complete.xiangcheng.most"),
        mistakes={"whole_for_part": lambda s: s.number("complete.xiangcheng.of")},
        hints={
            "whole_for_part": "That is how many there are; two are named and not complete.",
            "zero_for_number": "One project is not named: it may be complete.",
        },
        solution='answer = complete.set_index("row").loc["xiangcheng", "most"]',
        why="The project that is not named may be complete; the named ones are not, as one of them "
        "is only basically complete.",
    ),
    Exercise(
        id="07-2",
        kind="share",
        question="What is the upper end of Wilson's interval for Litang, {complete.litang.least:} "
        "complete of {complete.litang.of:}?",
        right=lambda s: s.result("complete.litang.wilson.upper"),
        mistakes={
            "wrong_county": lambda s: s.result("complete.xinlong.wilson.upper"),
            "chance_for_print": lambda s: s.result("complete.litang.share"),
            "wrong_event": lambda s: [
                s.result(f"complete.litang.{method}.upper")
                for method in ("jeffreys", "clopper_pearson", "agresti_coull")
            ],
        },
        hints={
            "chance_for_print": "That is the share itself. The interval is about a process.",
            "wrong_event": "That is the end of another interval.",
        },
        solution='wilson = result_grid("complete.{row}.wilson.{column}").set_index("row")\n'
        'answer = wilson.loc["litang", "upper"]',
        why="It says which chances would fit such a count, not that the count is uncertain.",
    ),
    Exercise(
        id="07-3",
        kind="yes_no",
        question="Does Fisher's test fall below five per cent when the project that is basically "
        "complete is counted as complete?",
        right=lambda s: s.number("counted_vs_named.basically_complete.fisher.p") < _LEVEL,
        solution="from fractions import Fraction\n\n"
        'p = results.loc["counted_vs_named.basically_complete.fisher.p", "value"]\n'
        "answer = p < Fraction(5, 100)",
        why="As coded it does; one word about one village turns it.",
        hints={"other": "Look at the second row of the table of the three tests."},
    ),
    Exercise(
        id="07-4",
        kind="choice",
        options=tuple(_TESTS),
        question="Which of these tests could fall below five per cent with five pairs at all?",
        right=lambda s: _possible(s),
        solution='smallest = {name: results.loc[f"limits.{test}.smallest_p", "value"] for name, '
        "test in (\n"
        '    ("rank correlation", "rank_correlation"),\n'
        '    ("rank test of two groups", "two_groups"),\n'
        '    ("signed-rank test", "signed_rank"),\n'
        ")}\n"
        "answer = min(smallest, key=smallest.get)",
        why="Only with a perfect order; the others cannot whatever the data.",
        hints={"other": "Compare the smallest p that each can reach with five per cent."},
    ),
    Exercise(
        id="07-5",
        kind="share",
        question="What share of Dêgê's projects of the year was complete?",
        right=lambda s: s.result("complete.dege.share"),
        solution='answer = complete.set_index("row").loc["dege", "share_state"]',
        why="The report counts projects that were proposed, and says of none how far it had come.",
    ),
)


def _possible(s: Sources) -> str:
    (name,) = (
        name for name, test in _TESTS.items() if s.number(f"limits.{test}.smallest_p") < _LEVEL
    )
    return name


__all__ = ["EXERCISES"]
