"""Exercises of the notebooks: asked, checked offline, never solved for the reader.

The exercises of notebook 02 stand in ``nb02.py``; a module of that name is found by itself.
"""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import Any

from aidstudy.codebook import did_you_mean
from aidstudy.errors import ExerciseError
from aidstudy.publish.exercises.checking import Feedback, check
from aidstudy.publish.exercises.model import NOT_REPORTED, Exercise, sources_of
from aidstudy.tables.load import StudyLike


@cache
def exercises() -> Mapping[str, Exercise]:
    """Every exercise by its id, in order.

    Raises
    ------
    ExerciseError
        If an exercise stands in the module of another notebook, or an id is used twice.
    """
    found: dict[str, Exercise] = {}
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    for name in names:
        if re.fullmatch(r"nb\d{2}", name):
            for exercise in import_module(f"{__name__}.{name}").EXERCISES:
                if exercise.notebook != name[2:] or exercise.id in found:
                    raise ExerciseError(
                        f"exercise {exercise.id} in {name}.py: an id begins with the number of its "
                        "module and is used once; rename it"
                    )
                found[exercise.id] = exercise
    return MappingProxyType(dict(sorted(found.items())))


def check_answer(exercise: str, answer: Any = None, *, study: StudyLike = None) -> Feedback:
    """Check an answer to an exercise of a notebook; the right answer is never shown.

    Parameters
    ----------
    exercise : str
        Id of the exercise, such as ``"02-3"``: number of the notebook, place in it.
    answer : object
        A number in base units (CNY, metres, per cent), exact or not; text with its unit, such as
        ``"3000万元"`` or ``"CNY 30 million"``; a cell of a table, a quantity, a term or a result; a
        day; a choice; a list of ids; ``"not reported"``. ``None`` asks the question.
    study : Study or path, optional

    Returns
    -------
    Feedback
        Question, verdict and a hint; true when the answer is right. A number is right when the
        print allows it, and when it is the value itself rounded to three digits or more.

    Raises
    ------
    ExerciseError
        If there is no such exercise.

    Examples
    --------
    >>> told = check_answer("02-1")
    >>> told.verdict
    'unanswered'
    >>> bool(check_answer("02-1", "a great deal"))
    False
    """
    known = exercises()
    if exercise not in known:
        raise ExerciseError(f"exercise {exercise!r}: not known{did_you_mean(exercise, known)}")
    return check(known[exercise], answer, sources_of(study))


__all__ = ["NOT_REPORTED", "Exercise", "Feedback", "check_answer", "exercises"]
