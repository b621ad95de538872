"""Exercises of the notebooks: asked, checked offline, never solved for the reader.

The exercises of notebook 03 stand in ``03.toml``.
"""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import Any

from aidstudy.codebook import one_of
from aidstudy.course.exercises.checking import Feedback, check
from aidstudy.course.exercises.model import exercises_known
from aidstudy.course.exercises.sources import sources_of
from aidstudy.course.exercises.tries import note_try
from aidstudy.errors import ExerciseError
from aidstudy.tables.load import StudyLike


def check_answer(
    exercise: str,
    answer: Any = None,
    *,
    study: StudyLike = None,
    exercises: str | PathLike[str] | None = None,
) -> Feedback:
    """Check an answer to an exercise of a notebook; the right answer is never shown.

    Parameters
    ----------
    exercise : str
        Id of the exercise, such as ``"03-3"``: number of the notebook, place in it.
    answer : object
        A number in the unit of the question, exact or not; text with its unit, such as
        ``"3000万元"`` or ``"CNY 30 million"``; a cell of a table, a quantity, a term or a result; a
        choice; a list of ids; ``"not reported"``; a function, a DataFrame, an Axes, a sentence.
        ``None`` asks the question.
    study : Study or path, optional
    exercises : path, optional
        A TOML file with exercises of a teacher; one with the id of an exercise of the course takes
        its place. Without it, the file that ``AIDSTUDY_EXERCISES`` names, if any.

    Returns
    -------
    Feedback
        Question, verdict and a hint; true when the answer is right. A number is right when the
        print allows it, and when it is the value to the digits that the question asks for.

    Raises
    ------
    ExerciseError
        If there is no such exercise.

    Examples
    --------
    >>> told = check_answer("03-1")
    >>> told.verdict
    'unanswered'
    >>> bool(check_answer("03-1", "a great deal"))
    False
    """
    known = exercises_known(None if exercises is None else Path(exercises))
    asked = known[one_of("exercise", exercise, known, ExerciseError)]
    told = check(asked, answer, sources_of(study))
    note_try(told, answer)
    return told
