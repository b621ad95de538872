"""Exercises of notebook 11: write a claim."""

from __future__ import annotations

from aidstudy.analysis import exact_sensitivity
from aidstudy.publish.exercises.model import Exercise, Sources

EXERCISES = (
    Exercise(
        id="11-1",
        kind="ids",
        question="On which figures does `denominator.ganzi.all` rest?",
        right=lambda s: set(s.results.loc["denominator.ganzi.all", "figures"].split()),
        solution='answer = table.loc["denominator.ganzi.all", "figures"]',
        why="A claim names all of them; the trail does.",
    ),
    Exercise(
        id="11-2",
        kind="amount",
        unit="CNY million",
        end="low",
        outward=True,
        question="A sentence gives the money promised to Xinlong and not yet transferred, in CNY "
        "million with one decimal. Which low bound must stand there?",
        right=lambda s: s.result("pipeline.unpaid.xinlong"),
        solution="import math\n\n"
        'low = table.loc["pipeline.unpaid.xinlong", "low"]\n'
        "answer = math.floor(low / 10**5) / 10",
        why="A low bound is rounded down, a high one up.",
    ),
    Exercise(
        id="11-3",
        kind="count",
        question="How many judgement calls, made otherwise, move `spent_of_committed.pooled` in "
        "value, bounds or state?",
        right=lambda s: len(_calls(s, "spent_of_committed.pooled")),
        mistakes={"whole_for_part": lambda s: exact_sensitivity(s.study)["switch"].nunique()},
        hints={
            "whole_for_part": "That counts the calls that move anything at all.",
            "other": "Look up this result in the table `moved`, as the notebook does for another "
            "one, and count the calls.",
        },
        solution='one = moved["result_id"] == "spent_of_committed.pooled"\n'
        'answer = moved.loc[one, "switch"].nunique()',
        why="A pooled share inherits the calls of every part.",
    ),
    Exercise(
        id="11-4",
        kind="choice",
        options=("printed", "derived", "hypothetical", "not reported"),
        question="With which state does `revenue.xinlong.if_rule` stand in the table, so that a "
        "sentence must say *would be, if*?",
        right=lambda s: s.results.loc["revenue.xinlong.if_rule", "state"].replace("_", " "),
        solution='answer = table.loc["revenue.xinlong.if_rule", "state"]',
        why="It supposes that the donor gives exactly the rule.",
        hints={"other": "Look it up in the column `state`."},
    ),
)


def _calls(s: Sources, result_id: str) -> set[str]:
    moved = exact_sensitivity(s.study)
    return set(moved.loc[moved["result_id"] == result_id, "switch"])


__all__ = ["EXERCISES"]
