"""An answer against what the print allows, and which mistake explains a wrong one."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any, Literal

from aidstudy.course.exercises.answers import (
    SLIP,
    Amount,
    Answer,
    Number,
    UnreadableError,
    amount_of,
    half,
    is_nothing,
    read_answer,
    unit_of,
)
from aidstudy.course.exercises.expressions import worked_out
from aidstudy.course.exercises.model import MISTAKES, NOT_REPORTED, OTHER, VERDICTS, Exercise
from aidstudy.course.exercises.sources import Sources
from aidstudy.course.exercises.tasks import TASKS
from aidstudy.errors import ExerciseError

Verdict = Literal["right", "wrong", "unreadable", "unanswered"]


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a reader is told about an answer; `mistake` is a key of ``MISTAKES``."""

    exercise: str
    question: str
    verdict: Verdict
    mistake: str = ""
    hint: str = ""

    def __bool__(self) -> bool:
        return self.verdict == "right"

    def __repr__(self) -> str:
        told = f"{VERDICTS[self.verdict][0]} {self.hint}".rstrip()
        return f"Exercise {self.exercise}. {self.question}\n{told}"

    def _repr_html_(self) -> str:
        head, colour = VERDICTS[self.verdict]
        return (
            f'<div style="border-left:4px solid {colour};padding:0.2em 0.8em">'
            f"<p><strong>Exercise {self.exercise}.</strong> {_marked_up(self.question)}</p>"
            f"<p><strong>{head}</strong> {html.escape(self.hint)}</p></div>"
        )


def _marked_up(text: str) -> str:
    """A question as HTML: what stands in backticks is code, ids stay whole."""
    code = re.sub(r"`([^`]*)`", r"<code>\1</code>", html.escape(text))
    return _ID.sub(r'<span style="white-space:nowrap">\g<0></span>', code)


_ID = re.compile(r"\b[a-z_]+-[a-z]?\d+\b")


def check(exercise: Exercise, answer: Any, sources: Sources) -> Feedback:
    """What to tell about an answer to an exercise."""
    question = exercise.asked(sources)
    if is_nothing(answer):
        told = f"Put it in place of None and run the cell. {exercise.how()}"
        return Feedback(exercise.id, question, "unanswered", hint=told)
    try:
        if exercise.kind in TASKS:
            mistake = TASKS[exercise.kind](exercise, answer, sources)
            return _wrong(exercise, question, mistake) if mistake else accepted(exercise, sources)
        given = read_answer(exercise, answer)
    except UnreadableError as error:
        return Feedback(exercise.id, question, "unreadable", hint=str(error))
    right = right_answer(exercise, sources)
    if any(fits(exercise, given, one) for one in (right, *_also(exercise, sources))):
        return accepted(exercise, sources)
    mistake = next(_mistakes(exercise, given, right, sources), "other")
    return _wrong(exercise, question, mistake)


def _wrong(exercise: Exercise, question: str, mistake: str) -> Feedback:
    known = OTHER.get(exercise.kind, MISTAKES[mistake]) if mistake == "other" else MISTAKES[mistake]
    hint = exercise.hints.get(mistake, known)
    return Feedback(exercise.id, question, "wrong", mistake, hint)


def accepted(exercise: Exercise, sources: Sources) -> Feedback:
    """What is told about a right answer."""
    return Feedback(exercise.id, exercise.asked(sources), "right")


def _also(exercise: Exercise, sources: Sources) -> list[Right]:
    """Other answers that are as right."""
    return [_computed(exercise, exercise.also, sources)] if exercise.also else []


Right = Amount | str | frozenset[str]


def right_answer(exercise: Exercise, sources: Sources) -> Right:
    """The right answer in the form in which it is compared."""
    return _computed(exercise, exercise.right, sources)


@lru_cache(maxsize=512)
def _computed(exercise: Exercise, text: str, sources: Sources) -> Right:
    if exercise.kind == "choice":
        if text in exercise.options:
            return text
        raise ExerciseError(f"exercise {exercise.id}: {text!r} is not among its options; add it")
    found = worked_out(text, sources)
    if isinstance(found, frozenset) != (exercise.kind == "ids"):
        raise ExerciseError(
            f"exercise {exercise.id}: {text!r} answers no question of kind {exercise.kind}; mend it"
        )
    if isinstance(found, frozenset):
        return frozenset(one.lower() for one in found)
    amount = amount_of(found)
    return amount if amount is not None and amount.known else NOT_REPORTED


# --- right -----------------------------------------------------------------------------------


def fits(exercise: Exercise, given: Answer, right: Right) -> bool:
    """Whether an answer is within what the print allows."""
    if not isinstance(right, Amount):
        return type(given) is type(right) and given == right
    if isinstance(given, tuple):
        low, high = right.ends()
        return _is_end(exercise, given[0], low, -1) and _is_end(exercise, given[1], high, 1)
    if not isinstance(given, Number):
        return False
    if exercise.end:
        low, high = right.ends()
        return _is_end(exercise, given, *((low, -1) if exercise.end == "low" else (high, 1)))
    return _allowed(exercise, given, right)


def _allowed(exercise: Exercise, given: Number, right: Amount) -> bool:
    return right.allows(given.value, 0 if exercise.kind == "count" else exercise.digits)


def _is_end(exercise: Exercise, given: Number, end: Fraction, side: int) -> bool:
    """Whether a number is an end of bounds to the digits asked for, rounded as usual or outward."""
    slip = abs(end) * SLIP
    unit = unit_of(end, exercise.digits)
    beyond = (given.value - end) * side
    whole = given.value % unit == 0 if unit else False
    outward = whole and -slip <= beyond < unit
    if exercise.outward:
        return outward
    return abs(beyond) <= max(half(end, exercise.digits), slip) or outward


# --- wrong -----------------------------------------------------------------------------------


def _mistakes(exercise: Exercise, given: Answer, right: Right, sources: Sources) -> Iterator[str]:
    """Kinds of mistake that explain an answer, the likeliest first."""
    if given == NOT_REPORTED:
        yield "reported"
    if given == frozenset():
        yield "empty"
    if isinstance(given, Number) and isinstance(right, Amount) and _short(exercise, given, right):
        yield "too_few_digits"
    for kind, way in exercise.mistakes.items():
        several = way if isinstance(way, list) else [way]
        if any(_fits_mistake(exercise, given, one, sources) for one in several):
            yield kind
    if right == NOT_REPORTED:
        yield "other"
    if isinstance(given, Number) and isinstance(right, Amount):
        yield from _slips(exercise, given, right)
    if isinstance(given, tuple) and isinstance(right, Amount):
        yield from _slips_of_bounds(exercise, given, right)
    if isinstance(given, frozenset) and isinstance(right, frozenset):
        yield from _slips_of_ids(given, right)


def _fits_mistake(exercise: Exercise, given: Answer, text: str, sources: Sources) -> bool:
    wrong = _computed(exercise, text, sources)
    if not isinstance(wrong, Amount):
        return given == wrong
    if isinstance(given, tuple):
        return all(
            any(_is_end(exercise, one, end, side) for side in (-1, 1))
            for one, end in zip(given, wrong.ends(), strict=True)
        )
    return isinstance(given, Number) and _allowed(exercise, given, wrong)


def _is_zero(given: Answer) -> bool:
    numbers = given if isinstance(given, tuple) else (given,)
    return all(isinstance(one, Number) and one.value == 0 for one in numbers)


def _short(exercise: Exercise, given: Number, right: Amount) -> bool:
    """Whether it is the right number rounded to fewer digits than are asked for."""
    end = right.ends()[exercise.end == "high"] if exercise.end else right.value
    return end is not None and exercise.kind != "count" and _coarse(exercise, given, end)


def _coarse(exercise: Exercise, given: Number, end: Fraction) -> bool:
    coarse = unit_of(end, exercise.digits) < given.step <= abs(end) / 5
    return coarse and abs(given.value - end) <= given.step / 2


def _slips(exercise: Exercise, given: Number, right: Amount) -> Iterator[str]:
    if _is_zero(given):
        yield "zero_for_number"
        return
    for power in range(-9, 10):
        shifted = _times(given, Fraction(10) ** power)
        if power and (fits(exercise, shifted, right) or _allowed(exercise, shifted, right)):
            yield _of_power(exercise, abs(power))
    if exercise.kind == "share" and _allowed(exercise, Number(10**4 / given.value), right):
        yield "ratio_upside_down"
    low, high = right.ends()
    if exercise.end:
        end, other, side = (low, high, -1) if exercise.end == "low" else (high, low, 1)
        if exercise.outward and abs(given.value - end) < unit_of(end, exercise.digits):
            yield "rounded_inward"
        if low < high and _is_end(exercise, given, other, -side):
            yield "other_end"
        if right.value is not None and _allowed(exercise, given, Amount(right.value)):
            yield "value_for_bounds"
        if low < given.value < high:
            yield "too_narrow"
    elif any(_near(exercise, given, end) for end in (low, high)):
        yield "rounded_too_far"


def _times(given: Number, factor: Fraction) -> Number:
    return Number(given.value * factor, given.step * factor)


def _of_power(exercise: Exercise, power: int) -> str:
    if exercise.kind == "share" and power == 2:
        return "part_for_percent"
    if exercise.base == "CNY" and power in (4, 8):
        return {4: "wan_lost", 8: "yi_lost"}[power]
    return "digits_lost"


def _near(exercise: Exercise, given: Number, end: Fraction) -> bool:
    """Whether a number lies within two units of the last digit that must stand."""
    return abs(given.value - end) <= 2 * unit_of(end, exercise.digits)


def _slips_of_bounds(
    exercise: Exercise, given: tuple[Number, Number], right: Amount
) -> Iterator[str]:
    low, high = (one.value for one in given)
    ends = right.ends()
    if low > high:
        yield "bounds_swapped"
    if right.value is not None and low == high == right.value:
        yield "value_for_bounds"
    for power in range(-9, 10):
        shifted = tuple(_times(one, Fraction(10) ** power) for one in given)
        if power and fits(exercise, (shifted[0], shifted[1]), right):
            yield {4: "wan_lost", 8: "yi_lost", 2: "part_for_percent"}.get(
                abs(power), "digits_lost"
            )
    half = (ends[1] - ends[0]) / 2
    if low == ends[0] - half and high == ends[1] + half:
        yield "whole_unit"
    if all(_coarse(exercise, one, end) for one, end in zip(given, ends, strict=True)):
        yield "too_few_digits"
    if ends[0] <= low < high <= ends[1]:
        yield "too_narrow"
    if low <= ends[0] and ends[1] <= high and high - low < 10 * (ends[1] - ends[0]):
        yield "too_wide"


def _slips_of_ids(given: frozenset[str], right: frozenset[str]) -> Iterator[str]:
    if given < right:
        yield "incomplete"
    elif given > right:
        yield "too_many"
    elif given & right:
        yield "some_wrong"
