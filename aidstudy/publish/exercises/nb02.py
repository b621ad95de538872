"""Exercises of notebook 02: funding ratios."""

from __future__ import annotations

from aidstudy.analysis.ratios import ratio
from aidstudy.publish.exercises.model import NOT_REPORTED, Exercise

EXERCISES = (
    Exercise(
        id="02-1",
        kind="amount",
        unit="CNY",
        question="Longquanyi gives {ganzi-020:printed} after it has added {ganzi-019:printed} over "
        "the rule. How much does the rule ask for?",
        right=lambda s: s.result("rule_amount.ganzi"),
        mistakes={
            "whole_for_part": lambda s: s.figure("ganzi-020"),
            "rule_for_given": lambda s: s.figure("ganzi-019"),
            "counted_twice": lambda s: s.number("ganzi-020") + s.number("ganzi-019"),
        },
        hints={
            "whole_for_part": "That is the whole sum; the addition is in it.",
            "rule_for_given": "That is what is added over the rule.",
            "counted_twice": "The addition is in the sum already, so it would count twice.",
        },
        solution='answer = ratios.loc["longquanyi", "rule_amount"]',
        why="The sum less the addition: {rule_amount.ganzi:CNY million}.",
    ),
    Exercise(
        id="02-2",
        digits=4,
        kind="share",
        question="Compute from the two sums: how much does Longquanyi add, as a share of what the "
        "rule asks for?",
        right=lambda s: s.result("sentence.ganzi.increase_from_sums"),
        mistakes={
            "print_for_computed": lambda s: s.number("ganzi-022"),
            "wrong_denominator": lambda s: ratio("ganzi-019", "ganzi-020", study=s.study),
        },
        hints={"wrong_denominator": "That is a share of the whole sum, not of what the rule asks."},
        solution='added, required = ratios.loc["longquanyi", ["added", "rule_amount"]]\n'
        "answer = 100 * added / required",
        why="It rounds to the printed {ganzi-022:printed}.",
    ),
    Exercise(
        id="02-3",
        digits=4,
        kind="amount",
        unit="CNY",
        end="low",
        question="Take the route total ÷ ratio. What is the lowest revenue that the prints of "
        "these two figures allow?",
        right=lambda s: s.result("revenue.ganzi.total_over_ratio"),
        solution='answer = routes.loc["total_over_ratio", "low"]',
        why="The lowest total over the highest share.",
    ),
    Exercise(
        id="02-4",
        kind="amount",
        unit="CNY",
        question="At the share that is printed for Longquanyi, what revenue would Luzhou have?",
        right=lambda s: s.result("revenue.xiangcheng.if_share_of.ganzi"),
        mistakes={
            "rule_for_given": lambda s: s.result("revenue.xiangcheng.if_rule"),
            "wrong_county": lambda s: s.result("revenue.dege.if_share_of.ganzi"),
            "share_for_amount": lambda s: s.figure("ganzi-021"),
        },
        hints={"rule_for_given": "That takes the rule. The question takes Longquanyi's share."},
        solution='answer = 100 * ratios.loc["luzhou", "aid"] / ratios.loc["longquanyi", "ratio"]',
        why="An if: {xiangcheng-013:printed} over {ganzi-021:printed}. Its share is not printed.",
    ),
    Exercise(
        id="02-5",
        kind="share",
        question="What share of its revenue does Luzhou give?",
        right=lambda s: s.result("share_of_revenue.xiangcheng"),
        mistakes={
            "if_for_fact": lambda s: s.result("rule"),
            "wrong_county": lambda s: s.result("share_of_revenue.ganzi"),
        },
        hints={
            "if_for_fact": "That is the rule. The report does not say that this donor keeps to it.",
        },
        solution='answer = ratios.loc["luzhou", "ratio_state"]',
        why=f"The state of the share is `{NOT_REPORTED}`: the report prints a sum and no share.",
    ),
)

__all__ = ["EXERCISES"]
