"""What a reader made, checked for what it says: a function, a table, a plot, a sentence."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.patches import Rectangle

from aidstudy.course.exercises.answers import UnreadableError, allows, half
from aidstudy.course.exercises.expressions import worked_out
from aidstudy.course.exercises.model import CLAIMS, NOT_REPORTED, UNITS, Exercise
from aidstudy.course.exercises.sources import Sources
from aidstudy.errors import ExerciseError
from aidstudy.quantity.result import Term
from aidstudy.quantity.scalar import Quantity
from aidstudy.reading.quantities import find_quantities

_NUMBER = re.compile(r"(?<![\w.])\d+(?:,\d{3})*(?:\.\d+)?(?!\w)")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_OWN_ID = re.compile(r"\b[a-z]+-[a-z]?\d+\b")
_YEAR = re.compile(r"(?:19|20)\d\d")


def function_mistake(exercise: Exercise, answer: Any, sources: Sources) -> str:
    """What is wrong with a function, tried on inputs that the reader does not see."""
    wanted = [exercise.right] if isinstance(exercise.right, str) else exercise.right
    for given in exercise.inputs:
        terms = [worked_out(text, sources) for text in given]
        names = dict(zip(exercise.arguments, terms, strict=True))
        right = [worked_out(text, sources, names) for text in wanted]
        try:
            found = answer(*(float(math.nan if t.value is None else t.value) for t in terms))
        except Exception:  # whatever a reader's function raises is told, not passed on
            return "function_error"
        several = list(found) if isinstance(found, (tuple, list)) else [found]
        if len(several) != len(right):
            return "function_case"
        for one, term in zip(several, right, strict=True):
            if not _same(one, term, exercise.digits):
                return "function_case" if term.known else "function_gap"
    return ""


def _same(given: Any, term: Term, digits: int) -> bool:
    """Whether a number is within the bounds of a term, or its value to so many digits."""
    if given is None or given is pd.NA or (isinstance(given, str) and given == NOT_REPORTED):
        return not term.known
    try:
        number = float(given)
    except (TypeError, ValueError):
        return False
    if math.isnan(number) or not term.known:
        return math.isnan(number) and not term.known
    return math.isfinite(number) and allows(Quantity(term), Fraction(number), digits)


# --- a table ---------------------------------------------------------------------------------


def frame_mistake(exercise: Exercise, answer: Any, sources: Sources) -> str:
    """What is wrong with a table: its columns, its rows, a gap, a number."""
    table = answer if exercise.key in answer.columns else answer.reset_index()
    wanted = {column for cells in exercise.rows.values() for column in cells}
    if not {exercise.key, *wanted} <= set(table.columns):
        return "columns"
    keys = [str(key).lower() for key in table[exercise.key]]
    if not set(exercise.rows) <= set(keys):
        return "rows_missing"
    if len(keys) > len(exercise.rows):
        return "rows_extra"
    by_key = dict(zip(keys, table.to_dict("records"), strict=True))
    for key, cells in exercise.rows.items():
        for column, text in cells.items():
            term = worked_out(text, sources)
            if not _same(by_key[key][column], term, exercise.digits):
                return "frame_value" if term.known else "frame_gap"
    return ""


# --- a plot ----------------------------------------------------------------------------------


def axes_mistake(exercise: Exercise, answer: Any, sources: Sources) -> str:
    """What is wrong with a plot: bars, points, lines from low to high, axis, labels."""
    digits = exercise.digits
    if exercise.bars and (mistake := _bars_mistake(exercise, answer, sources)):
        return mistake
    for name, shown in (("points", _points(answer)), ("spans", _spans(answer))):
        for pair in getattr(exercise, name):
            terms = [worked_out(text, sources) for text in pair]
            if not any(all(map(_same, one, terms, (digits, digits))) for one in shown):
                return name
    words = " ".join(_words(answer)).lower()
    return "" if all(word.lower() in words for word in exercise.says) else "labels"


def _bars_mistake(exercise: Exercise, axes: Axes, sources: Sources) -> str:
    """What is wrong with bars: their lengths, the axis along them, what each is called."""
    terms = [worked_out(text, sources) for text in exercise.bars]
    bars = [bar for bar in axes.patches if isinstance(bar, Rectangle)]
    upright = [(bar.get_height(), bar.get_x() + bar.get_width() / 2) for bar in bars]
    lying = [(bar.get_width(), bar.get_y() + bar.get_height() / 2) for bar in bars]
    for drawn, along, names in ((upright, axes.yaxis, axes.xaxis), (lying, axes.xaxis, axes.yaxis)):
        # An empty place may stand for a gap.
        called = [(one, _name_at(names, middle)) for one, middle in drawn if not math.isnan(one)]
        left = [length for length, _ in called]
        for term in (term for term in terms if term.known):
            hit = next((one for one in left if _same(one, term, exercise.digits)), None)
            if hit is None:
                break
            left.remove(hit)
        else:
            if not left:
                return _fault_beside(exercise, along, terms, called)
    return "bars"


def _fault_beside(
    exercise: Exercise, along: Axis, terms: list[Term], called: list[tuple[float, str]]
) -> str:
    """What is wrong with the axis and the names of bars whose lengths are right."""
    if exercise.from_zero and abs(min(along.get_view_interval())) > 1e-9:
        return "from_zero"
    if not all(word.lower() in along.get_label_text().lower() for word in exercise.says):
        return "labels"
    for term, name in zip(terms, exercise.names, strict=False):
        texts = [text for length, text in called if _same(length, term, exercise.digits)]
        if term.known and not _says([name], " ".join(texts)):
            return "bar_names"
    return ""


def _name_at(axis: Axis, middle: float) -> str:
    """The label of the tick that is nearest to the middle of a bar."""
    ticks = zip(axis.get_ticklocs(), axis.get_ticklabels(), strict=False)
    return min(ticks, key=lambda tick: abs(tick[0] - middle))[1].get_text()


def _points(axes: Axes) -> list[tuple[float, float]]:
    dots = [one.get_offsets() for one in axes.collections if isinstance(one, PathCollection)]
    return [tuple(pair) for some in (*_lines(axes), *dots) for pair in some]


def _spans(axes: Axes) -> list[tuple[float, float]]:
    """Both ends of every straight line, lying or upright."""
    bundles = [one for one in axes.collections if isinstance(one, LineCollection)]
    lines = [*_lines(axes), *(np.array(one) for some in bundles for one in some.get_segments())]
    return [(min(side), max(side)) for line in lines if len(line) for side in line.T]


def _lines(axes: Axes) -> list[Any]:
    return [np.asarray(line.get_xydata(), float) for line in axes.lines]


def _words(axes: Axes) -> Iterator[str]:
    yield from (axes.get_xlabel(), axes.get_ylabel(), axes.get_title())
    legend = axes.get_legend()
    texts = [*axes.get_xticklabels(), *axes.get_yticklabels(), *axes.texts]
    yield from (text.get_text() for text in (*texts, *(legend.get_texts() if legend else ())))


# --- a sentence ------------------------------------------------------------------------------


def claim_mistake(exercise: Exercise, answer: Any, sources: Sources) -> str:
    """What is wrong with a claim: its length, value, bounds, source, or what it says too much."""
    text = " ".join(answer.split())
    low_text = text.lower()
    # Two characters of Chinese are a word, roughly.
    words = len(text.split()) + len(_HAN.findall(text)) // 2
    if words < 6 or not text.endswith((".", "。")) or re.search(r"[.?!]\s+[A-Z]|[。？！].", text):
        return "claim_length"
    plain = _OWN_ID.sub("", text)
    for one in find_quantities(exercise.asked(sources)).quantities:
        plain = plain.replace(one.printed, " ")  # what the question prints may be said again
    found = _NUMBER.findall(plain)
    numbers = {Fraction(one.replace(",", "")): one for one in found if not _YEAR.fullmatch(one)}
    if not _says(exercise.source or CLAIMS["source"], low_text):
        return "claim_source"
    if exercise.open and not _says(exercise.open, low_text):
        return "claim_silent"
    if not all(_says([one], low_text) for one in exercise.needs):
        return "claim_needs"
    allowed: list[Fraction] = []
    if exercise.right:
        value, ends = _value_and_ends(exercise, sources)
        slip = half(value, exercise.digits)
        allowed = [one for one in numbers if abs(one - value) <= slip]
        # Of CNY million a sentence must say the million: CNY may stand before the number.
        size = exercise.unit.partition(" ")[2]
        names = [size] if size else UNITS.get(exercise.unit, [exercise.unit])
        if not allowed or not _says(map(re.escape, names), low_text):
            return "claim_value"
        if all(len(re.sub(r"^0+|\D", "", numbers[one])) < exercise.digits for one in allowed):
            return "too_few_digits"
        for end, side in zip(ends, (-1, 1), strict=True):
            named = [one for one in numbers if 0 <= (one - end) * side <= 2 * slip]
            if not named and ends[0] != ends[1]:
                return "claim_bounds"
            allowed += named
        if any(abs(one - value) <= 10 * slip for one in set(numbers) - set(allowed)):
            return "claim_bounds"
    for text in exercise.may:
        term = worked_out(text, sources)
        allowed += [one for one in numbers if _same(one, term, exercise.digits)]
    never = (*CLAIMS["never"], *exercise.never)
    too_much = any(re.search(rf"\b(?:{one})\b", low_text) for one in never)
    return "claim_more" if too_much or set(numbers) - set(allowed) else ""


def _says(patterns: Iterable[str], text: str) -> bool:
    return any(re.search(one, text, re.IGNORECASE) for one in patterns)


def _value_and_ends(exercise: Exercise, sources: Sources) -> tuple[Fraction, list[Fraction]]:
    term = worked_out(exercise.right, sources)
    bounds = term.bounds()
    if term.value is None or bounds is None:
        raise ExerciseError(
            f"exercise {exercise.id}: {exercise.right!r} has no value to claim; use open in its "
            "place"
        )
    return term.value / exercise.scale, [end / exercise.scale for end in bounds.closed()]


TASKS: Mapping[str, tuple[Any, str, Callable[[Exercise, Any, Sources], str]]] = {
    "function": (Callable, "the function itself, without brackets behind it", function_mistake),
    "frame": (pd.DataFrame, "a DataFrame", frame_mistake),
    "axes": (Axes, "the Axes that you drew on (ax)", axes_mistake),
    "claim": (str, "a sentence as text", claim_mistake),
}
"""For each kind of task its type, what to give, and the check."""


def task_mistake(exercise: Exercise, answer: Any, sources: Sources) -> str:
    """What is wrong with something made: a key of ``MISTAKES``, or nothing."""
    kind, wanted, mistake_of = TASKS[exercise.kind]
    if not isinstance(answer, kind):
        raise UnreadableError(f"Give {wanted}; this is a {type(answer).__name__}.")
    return mistake_of(exercise, answer, sources)
