"""Exercises of notebook 12: your own page. Their answers come from the invented page."""

from __future__ import annotations

from fractions import Fraction

from aidstudy.publish.example import example_page
from aidstudy.publish.exercises.model import Exercise
from aidstudy.publish.show import Amount
from aidstudy.reading.drafts import DraftFigure, draft_figures
from aidstudy.reading.quantities import Quantity, find_quantities

EXERCISES = (
    Exercise(
        id="12-1",
        kind="count",
        question="How many figures of the invented page are sums of money?",
        right=lambda s: sum(one.kind == "money" for one in _found(s.study.year)),
        mistakes={"whole_for_part": lambda s: len(_found(s.study.year))},
        hints={"whole_for_part": "That counts figures of every kind."},
        solution='answer = sum(one.kind == "money" for one in found.quantities)',
        why="A capacity or a width may look like one, and the unit tells.",
    ),
    Exercise(
        id="12-2",
        kind="bounds",
        unit="CNY",
        question="What does the print of the waterworks' cost, with its 约 (about), allow?",
        right=lambda s: _amount(_about(s.study.year)),
        solution='about = next(one for one in found.quantities if one.bound == "about")\n'
        "answer = (about.low, about.high)",
        why="Half a unit of the last digit that is not nought, each way.",
    ),
    Exercise(
        id="12-3",
        kind="amount",
        unit="person",
        end="high",
        question="How many teachers and doctors can have been trained at most, by the rule for 余 "
        "(and more)?",
        digits=4,
        right=lambda s: _amount(_drafted("trainees", s.study.year).quantity, "person"),
        also=lambda s: _drafted("trainees", s.study.year).quantity.interval.high - 1,
        mistakes={
            "value_for_bounds": lambda s: Fraction(
                str(_drafted("trainees", s.study.year).quantity.value)
            ),
        },
        hints={"value_for_bounds": "That is the number without 余, the fewest."},
        solution='trained = next(row for row in draft if row["measure"] == "trainees")\n'
        'answer = trained["high"]',
        why="One unit more of the last digit that is not nought.",
    ),
    Exercise(
        id="12-4",
        kind="choice",
        options=("commitment", "disbursement", "expenditure", "budget"),
        question="Which measure does the draft propose for the aid money of the first paragraph?",
        right=lambda s: next(
            one.measure for one in _draft(s.study.year) if one.quantity.kind == "money"
        ),
        solution='answer = next(row["measure"] for row in draft if row["kind"] == "money")',
        why="拨入 says that it was paid in, which is more than promised and less than spent.",
        hints={"other": "Look at the cue beside the sum: which step of money does it name?"},
    ),
)


def _found(year: int) -> tuple[Quantity, ...]:
    return tuple(find_quantities(example_page(), year=year).quantities)


def _draft(year: int) -> list[DraftFigure]:
    return draft_figures(example_page(), year=year)


def _drafted(measure: str, year: int) -> DraftFigure:
    return next(one for one in _draft(year) if one.measure == measure)


def _about(year: int) -> Quantity:
    return next(one for one in _found(year) if one.bound == "about")


def _amount(quantity: Quantity, unit: str = "") -> Amount:
    """A quantity as an amount; for a count with the thing counted instead of its measure word."""
    value = quantity.value
    assert isinstance(value, Fraction)
    return Amount(value, quantity.interval, "printed", unit or quantity.unit)


__all__ = ["EXERCISES"]
