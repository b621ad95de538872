"""Exercises of notebook 05: promised, paid, spent."""

from __future__ import annotations

from aidstudy.analysis.ratios import ratio
from aidstudy.publish.exercises.model import Exercise

EXERCISES = (
    Exercise(
        id="05-1",
        kind="share",
        question="How much of what Yibin committed to Xinlong had been transferred (到位) when the "
        "report was written?",
        right=lambda s: s.result("paid_of_committed.xinlong"),
        mistakes={
            "spending_for_payment": lambda s: s.result("spent_of_committed.xinlong"),
            "wrong_denominator": lambda s: [
                s.result("spent_of_paid.xinlong"),
                ratio("xinlong-009", "xinlong-022", study=s.study),
            ],
            "wrong_county": lambda s: s.result("paid_of_committed.dege"),
        },
        solution='xinlong = flow[flow["recipient"].eq("xinlong") & flow["realised"].eq("yes")]\n'
        'sums = xinlong.set_index("step")["value"]\n'
        'answer = 100 * sums["disbursement"] / sums["commitment"]',
        why="{xinlong-009:printed} of {xinlong-023:printed}.",
    ),
    Exercise(
        id="05-2",
        kind="share",
        question="How much of the money that Xinlong had received was spent, on all projects that "
        "print spending together?",
        right=lambda s: s.result("spent_of_paid.xinlong"),
        mistakes={
            "wrong_denominator": lambda s: s.result("spent_of_committed.xinlong"),
            "left_out": lambda s: ratio("xinlong-012", "xinlong-009", study=s.study),
        },
        hints={
            "wrong_denominator": "That is the share of what was promised.",
            "left_out": "Spending is printed in two places of the report.",
        },
        solution='answer = shares.loc["xinlong", "spent_of_paid"]',
        why="{xinlong-012:printed} and {xinlong-013:printed} of {xinlong-009:printed}; that the "
        "money spent is the money received is not printed.",
    ),
    Exercise(
        id="05-3",
        kind="amount",
        unit="CNY",
        question="How much of the money promised to Xinlong for the year was still to be "
        "transferred?",
        right=lambda s: s.result("pipeline.unpaid.xinlong"),
        mistakes={
            "part_for_whole": lambda s: s.result("paid.xinlong"),
            "whole_for_part": lambda s: s.result("committed.xinlong"),
            "wrong_denominator": lambda s: s.result("pipeline.unspent.xinlong"),
        },
        hints={
            "part_for_whole": "That is what had been transferred.",
            "whole_for_part": "That is everything promised, paid or not.",
            "wrong_denominator": "That is what was not yet spent. Money can be paid and unspent.",
        },
        solution='answer = results.loc["pipeline.unpaid.xinlong", "value"]',
        why="{xinlong-023:printed} less {xinlong-009:printed}.",
    ),
    Exercise(
        id="05-4",
        kind="share",
        question="How much of what Longquanyi promised to Garzê County had been transferred?",
        right=lambda s: s.result("paid_of_committed.ganzi"),
        mistakes={"spending_for_payment": lambda s: s.result("spent_of_committed.ganzi")},
        hints={
            "spending_for_payment": "That is what was spent, from whatever source. What was "
            "transferred is another matter."
        },
        solution='answer = shares.loc["ganzi", "paid_of_committed_state"]',
        why="The report prints a promise and completed investment, and no transfer.",
    ),
    Exercise(
        id="05-5",
        kind="share",
        question="Pool the pairs for which a sum spent is printed and a promise is printed or "
        "derived: how much of their promised money was spent?",
        right=lambda s: s.result("spent_of_committed.pooled"),
        mistakes={
            "missing_as_zero": lambda s: s.result("spent_ladder.3_missing_nothing"),
            "wrong_denominator": lambda s: s.result("spent_of_committed.mean"),
            "left_out": lambda s: s.result("spent_ladder.1_printed_only"),
        },
        hints={
            "left_out": "That leaves out Dêgê, whose promise is derived from the payment.",
            "wrong_denominator": "That is the mean of the pairs' shares. Pooling divides all money "
            "spent by all money promised.",
        },
        solution='answer = shares.loc["pooled", "spent_of_committed"]',
        why="Pairs that print no spending are left out above and below the line.",
    ),
)

__all__ = ["EXERCISES"]
