"""The notebooks as assignments of nbgrader: answers to fill in, and cells that grade them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from aidstudy.course.exercises.model import Exercise
from aidstudy.course.exercises.solved import exercise_of, plain_cell, with_questions
from aidstudy.files import read_whole, write_whole
from aidstudy.tables.load import StudyLike
from aidstudy.tables.study import load_study

_BEGIN, _END = "### BEGIN SOLUTION", "### END SOLUTION"


def write_assignments(into: Path, study: StudyLike = None) -> list[Path]:
    """Write the source of one assignment for each notebook with exercises."""
    paths = []
    for path in sorted((load_study(study).folder / "notebooks").glob("*.ipynb")):
        name, notebook = path.name, with_questions(json.loads(read_whole(path)), path.name, study)
        cells = [one for cell in notebook["cells"] for one in _cells(cell)]
        if len(cells) > len(notebook["cells"]):
            stem = name.removesuffix(".ipynb")
            paths.append(into / "source" / stem / name)
            text = json.dumps({**notebook, "cells": cells}, ensure_ascii=False, indent=1)
            write_whole(paths[-1], text + "\n")
    return paths


def _cells(cell: dict[str, Any]) -> Iterator[dict[str, Any]]:
    exercise = exercise_of(cell)
    if exercise is None:
        # Outputs of the study are made anew; an assignment is handed out without them.
        unrun: dict[str, Any] = {"outputs": [], "execution_count": None}
        yield {**cell, **(unrun if cell["cell_type"] == "code" else {})}
        return
    answer = f"answer = None\n{_BEGIN}\n{exercise.solution.strip()}\n{_END}"
    yield _code("answer", exercise, answer, solution=True)
    check = f'told = check_answer("{exercise.id}", answer)\nprint(told)\nassert told, told.hint'
    yield _code("check", exercise, check, grade=True, locked=True, points=1)


def _code(what: str, exercise: Exercise, source: str, **told: Any) -> dict[str, Any]:
    name = f"{what}-{exercise.id}"
    plain = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3}
    graded = {"nbgrader": {**plain, "grade_id": name, "cell_type": "code", **told}}
    return plain_cell("code", name, source) | {"metadata": graded}
