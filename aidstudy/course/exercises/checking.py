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
    Answer,
    Number,
    UnreadableError,
    allows,
    near,
    read_answer,
    unit_of,
)
from aidstudy.course.exercises.expressions import kind_of, measured, told_of, worked_out
from aidstudy.course.exercises.model import MISTAKES, NOT_REPORTED, OTHER, VERDICTS, Exercise
from aidstudy.course.exercises.sources import Sources
from aidstudy.course.exercises.tasks import TASKS, task_mistake
from aidstudy.errors import ExerciseError
from aidstudy.quantity.scalar import Quantity
from aidstudy.quantity.units import base_text, unit

Verdict = Literal["right", "wrong", "unreadable", "unanswered"]
Right = Quantity | str | frozenset[str]


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
        # What stands in backticks is code, and ids stay whole.
        code = re.sub(r"`([^`]*)`", r"<code>\1</code>", html.escape(self.question))
        question = _ID.sub(r'<span style="white-space:nowrap">\g<0></span>', code)
        return (
            f'<div style="border-left:4px solid {colour};padding:0.2em 0.8em">'
            f"<p><strong>Exercise {self.exercise}.</strong> {question}</p>"
            f"<p><strong>{head}</strong> {html.escape(self.hint)}</p></div>"
        )


_ID = re.compile(r"\b[a-z_]+-[a-z]?\d+\b")


def check(exercise: Exercise, answer: Any, sources: Sources) -> Feedback:
    """What to tell about an answer to an exercise."""
    question = exercise.asked(sources)
    if answer is None or answer is ... or (isinstance(answer, str) and not answer.strip()):
        told = f"Put it in place of None and run the cell. {exercise.how()}"
        return Feedback(exercise.id, question, "unanswered", hint=told)
    try:
        mistake = _mistake(exercise, answer, sources)
    except UnreadableError as error:
        return Feedback(exercise.id, question, "unreadable", hint=str(error))
    if not mistake:
        return Feedback(exercise.id, question, "right")
    known = OTHER.get(exercise.kind) if mistake == "other" else None
    hint = exercise.hints.get(mistake, known or MISTAKES[mistake])
    return Feedback(exercise.id, question, "wrong", mistake, hint)


def _mistake(exercise: Exercise, answer: Any, sources: Sources) -> str:
    """The likeliest mistake in an answer; nothing if it is right."""
    if exercise.kind in TASKS:
        return task_mistake(exercise, answer, sources)
    given, right = read_answer(exercise, answer), right_answer(exercise, sources)
    also = [_in_its_unit(exercise, exercise.also, sources)] if exercise.also else []
    if any(fits(exercise, given, one) for one in (right, *also)):
        return ""
    return next(_mistakes(exercise, given, right, sources), "other")


def right_answer(exercise: Exercise, sources: Sources) -> Right:
    """The right answer in the form in which it is compared."""
    return _in_its_unit(exercise, exercise.right, sources)


@lru_cache(maxsize=512)
def _in_its_unit(exercise: Exercise, text: str, sources: Sources) -> Right:
    """A right answer, or an error where it does not measure what the question asks for."""
    found = _computed(exercise, text, sources)
    if not isinstance(found, Quantity) or exercise.kind == "count":
        return found
    dims, asked = measured(text, sources), "" if exercise.kind == "share" else exercise.unit
    if asked not in ("", "%", "pp") and unit(asked).scale != exercise.scale:
        raise ExerciseError(
            f"exercise {exercise.id}: unit {asked!r}: answers are not taken in it; ask for "
            f"{base_text(unit(asked).dims)}"
        )
    if dims is None and exercise.scale != 1:
        raise ExerciseError(
            f"exercise {exercise.id}: {text!r} is a bare number, which is {exercise.base} and not "
            f"{asked}; write it with ids, as read('6070万元'), or times {exercise.scale}"
        )
    if dims is not None and dims != kind_of(asked):
        raise ExerciseError(
            f"exercise {exercise.id}: {text!r} is {told_of(dims)}, the question asks for "
            f"{asked or 'a share'}; mend right, kind or unit"
        )
    return found


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
    return Quantity(found) if found.known else NOT_REPORTED


# --- right -----------------------------------------------------------------------------------


def fits(exercise: Exercise, given: Answer, right: Right) -> bool:
    """Whether an answer is within what the print allows."""
    if not isinstance(right, Quantity):
        return type(given) is type(right) and given == right
    if not isinstance(given, tuple):
        return False
    if exercise.end or exercise.kind == "bounds":
        asked = zip(given, _ends(exercise, right), strict=True)
        return all(_is_end(exercise, one, end, side) for one, (end, side) in asked)
    return _allowed(exercise, given[0], right)


def _ends(exercise: Exercise, right: Quantity) -> list[tuple[Fraction, int]]:
    """The ends that are asked for, and to which side each may be rounded outward."""
    low, high = right.interval.closed()
    ends = {"low": (low, -1), "high": (high, 1)}
    return [ends[exercise.end]] if exercise.end else [*ends.values()]


def _allowed(exercise: Exercise, given: Number, right: Quantity) -> bool:
    return allows(right, given.value, 0 if exercise.kind == "count" else exercise.digits)


def _is_end(exercise: Exercise, given: Number, end: Fraction, side: int) -> bool:
    """Whether a number is an end of bounds to the digits asked for, rounded as usual or outward."""
    unit = unit_of(end, exercise.digits)
    beyond = (given.value - end) * side
    outward = unit and given.value % unit == 0 and -abs(end) * SLIP <= beyond < unit
    return bool(outward) or (not exercise.outward and near(given.value, end, exercise.digits))


# --- wrong -----------------------------------------------------------------------------------


def _mistakes(exercise: Exercise, given: Answer, right: Right, sources: Sources) -> Iterator[str]:
    """Kinds of mistake that explain an answer, the likeliest first."""
    if given == NOT_REPORTED:
        yield "reported"
    if given == frozenset():
        yield "empty"
    numbers = (given, right) if isinstance(given, tuple) and isinstance(right, Quantity) else None
    if numbers and exercise.kind != "bounds" and _too_coarse(exercise, *numbers):
        yield "too_few_digits"
    for kind, way in exercise.mistakes.items():
        several = way if isinstance(way, list) else [way]
        if any(_fits_mistake(exercise, given, one, sources) for one in several):
            yield kind
    if right == NOT_REPORTED:
        yield "other"
    if numbers:
        yield from _slips(exercise, *numbers)
    if isinstance(given, frozenset) and isinstance(right, frozenset) and given & right:
        yield "incomplete" if given < right else "too_many" if given > right else "some_wrong"


def _fits_mistake(exercise: Exercise, given: Answer, text: str, sources: Sources) -> bool:
    wrong = _computed(exercise, text, sources)
    if not isinstance(wrong, Quantity):
        return given == wrong
    if exercise.kind != "bounds":
        return isinstance(given, tuple) and _allowed(exercise, given[0], wrong)
    return isinstance(given, tuple) and all(
        any(_is_end(exercise, one, end, side) for side in (-1, 1))
        for one, (end, _) in zip(given, _ends(exercise, wrong), strict=True)
    )


def _too_coarse(exercise: Exercise, given: tuple[Number, ...], right: Quantity) -> bool:
    """Whether each number is the right one rounded to fewer digits than are asked for."""
    if exercise.kind == "count":
        return False
    ends = exercise.end or exercise.kind == "bounds"
    wanted = [end for end, _ in _ends(exercise, right)] if ends else [right.exact]
    return all(
        end is not None
        and unit_of(end, exercise.digits) < one.step <= abs(end) / 5
        and abs(one.value - end) <= one.step / 2
        for one, end in zip(given, wanted, strict=True)
    )


def _slips(exercise: Exercise, given: tuple[Number, ...], right: Quantity) -> Iterator[str]:
    """Mistakes that need not be declared, in numbers."""
    if all(one.value == 0 for one in given):
        yield "zero_for_number"
        return
    one_number = exercise.kind != "bounds"
    for power in range(-9, 10):
        tens = Fraction(10) ** power
        shifted = tuple(Number(one.value * tens, one.step * tens) for one in given)
        inside = one_number and _allowed(exercise, shifted[0], right)
        if power and (inside or fits(exercise, shifted, right)):
            yield _of_power(exercise, abs(power))
    yield from (_slips_of_one if one_number else _slips_of_bounds)(exercise, given, right)


def _of_power(exercise: Exercise, power: int) -> str:
    if exercise.base == "CNY" and power in (4, 8):
        return {4: "wan_lost", 8: "yi_lost"}[power]
    return "part_for_percent" if exercise.kind == "share" and power == 2 else "digits_lost"


def _slips_of_one(exercise: Exercise, given: tuple[Number, ...], right: Quantity) -> Iterator[str]:
    (number,) = given
    if exercise.kind == "share" and _allowed(exercise, Number(10**4 / number.value), right):
        yield "ratio_upside_down"
    low, high = right.interval.closed()
    if exercise.end:
        end, other, side = (low, high, -1) if exercise.end == "low" else (high, low, 1)
        if exercise.outward and abs(number.value - end) < unit_of(end, exercise.digits):
            yield "rounded_inward"
        if low < high and _is_end(exercise, number, other, -side):
            yield "other_end"
        if right.exact is not None and near(number.value, right.exact, exercise.digits):
            yield "value_for_bounds"
        if low < number.value < high:
            yield "too_narrow"
    elif any(abs(number.value - n) <= 2 * unit_of(n, exercise.digits) for n in (low, high)):
        yield "rounded_too_far"


def _slips_of_bounds(
    exercise: Exercise, given: tuple[Number, ...], right: Quantity
) -> Iterator[str]:
    low, high = (one.value for one in given)
    least, most = right.interval.closed()
    beyond = (most - least) / 2
    if low > high:
        yield "bounds_swapped"
    if low == high == right.exact:
        yield "value_for_bounds"
    if (low, high) == (least - beyond, most + beyond):
        yield "whole_unit"
    if _too_coarse(exercise, given, right):
        yield "too_few_digits"
    if least <= low < high <= most:
        yield "too_narrow"
    if low <= least and most <= high and high - low < 20 * beyond:
        yield "too_wide"
