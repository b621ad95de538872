"""Notebooks with the solutions filled in: for instructors, and folded on the site."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

import nbformat

from aidstudy.errors import NotebookError
from aidstudy.files import read_whole, write_whole
from aidstudy.publish.exercises import exercises
from aidstudy.publish.exercises.checking import Feedback, accepted, right_answer
from aidstudy.publish.exercises.model import Exercise, Sources, rendered, sources_of
from aidstudy.publish.notebooks import execute_notebooks, notebook_text
from aidstudy.publish.show import Amount
from aidstudy.tables.load import StudyLike
from aidstudy.tables.study import load_study

EXERCISE, SOLUTION = "exercise", "solution"
"""Tags of cells."""

_TAGS = [SOLUTION, "hide-cell"]
_ASKED = re.compile(r"check_answer\(\s*[\"'](\d\d-\d)[\"']")
_MILLION = 10**6


def exercise_of(cell: dict[str, Any]) -> Exercise | None:
    """The exercise that a notebook's cell asks, or ``None``."""
    if EXERCISE not in cell.get("metadata", {}).get("tags", ()):
        return None
    found = _ASKED.search("".join(cell["source"]))
    return exercises()[found[1]] if found else None


def with_solutions(notebook: dict[str, Any], study: StudyLike = None) -> dict[str, Any]:
    """A notebook with two cells more behind each exercise: the solution in words and as code.

    Parameters
    ----------
    notebook : dict
        As JSON holds it, executed or not; it is left alone.
    study : Study or path, optional

    Returns
    -------
    dict
        The new cells have the tags ``solution`` and ``hide-cell``. Their output is what the code
        shows when it runs, so that nothing need be executed for the site.

    Examples
    --------
    >>> cell = {"cell_type": "code", "metadata": {"tags": ["exercise"]}, "outputs": [],
    ...         "source": ['answer = None\\n', 'check_answer("02-1", answer)']}
    >>> solved = with_solutions({"cells": [cell]})
    >>> [cell["cell_type"] for cell in solved["cells"]]
    ['code', 'markdown', 'code']
    """
    sources, cells = sources_of(study), []
    for cell in notebook["cells"]:
        cells.append(cell)
        exercise = exercise_of(cell)
        if exercise is not None:
            cells += _solution(exercise, sources)
    return {**notebook, "cells": cells}


def without_solutions(notebook: dict[str, Any]) -> dict[str, Any]:
    """The same notebook without the cells of its solutions."""
    kept = [c for c in notebook["cells"] if SOLUTION not in c["metadata"].get("tags", ())]
    return {**notebook, "cells": kept}


def _solution(exercise: Exercise, sources: Sources) -> list[dict[str, Any]]:
    why = rendered(exercise.why, sources)
    words = f"{answer_text(exercise, sources)}. {why}".strip()
    folded = f"<details>\n<summary>Solution {exercise.id}</summary>\n\n{words}\n\n</details>"
    code = f'{exercise.solution}\ncheck_answer("{exercise.id}", answer)'
    told = accepted(exercise, sources)
    head = f"solution-{exercise.id}"
    return [
        {"cell_type": "markdown", "id": head, "metadata": {"tags": _TAGS}, "source": folded},
        {
            "cell_type": "code",
            "id": f"{head}-code",
            "metadata": {"tags": _TAGS},
            "source": code,
            "execution_count": None,
            "outputs": [_output(told)],
        },
    ]


def _output(told: Feedback) -> dict[str, Any]:
    return {
        "output_type": "execute_result",
        "execution_count": None,
        "metadata": {},
        "data": {"text/html": told._repr_html_(), "text/plain": repr(told)},
    }


def answer_text(exercise: Exercise, sources: Sources) -> str:
    """The right answer in words; for instructors only.

    Examples
    --------
    >>> answer_text(exercises()["02-1"], sources_of(None))
    'CNY 15.80 million [15.79, 15.81]'
    """
    right = right_answer(exercise, sources)
    if not isinstance(right, Amount):
        if isinstance(right, frozenset):
            return ", ".join(f"`{one}`" for one in sorted(right))
        return ("yes" if right else "no") if isinstance(right, bool) else str(right)
    unit = "%" if exercise.kind == "share" else exercise.unit
    size = max(abs(n) for n in (right.value, *_ends(right)) if n is not None)
    unit = "CNY million" if unit == "CNY" and size >= _MILLION else unit
    if exercise.end:
        bound = "at least" if exercise.end == "low" else "at most"
        return f"{bound} {_text(right, unit, exercise.end)}"
    if exercise.kind == "bounds":
        return _text(Amount(None, right.interval, "bounds_only"), unit)
    return _text(right, unit)


def _ends(amount: Amount) -> tuple[Fraction, Fraction]:
    return (Fraction(0), Fraction(0)) if amount.interval is None else amount.interval.closed()


def _text(amount: Amount, unit: str, end: Literal["", "low", "high"] = "") -> str:
    known = unit.startswith(("CNY", "%", "m"))
    shown = unit if known else ""
    text = amount.end_text(end, shown) if end else amount.text(shown)
    return text if known else f"{text} {unit}".strip()


def write_solved(
    into: Path,
    study: StudyLike = None,
    *,
    finished: Callable[[str], None] = lambda name: None,
) -> list[Path]:
    """Write a copy of every notebook with solutions, executed, into a folder.

    Parameters
    ----------
    into : Path
        Not the folder of the study's own notebooks, which stay without solutions.
    study : Study or path, optional
    finished : callable, optional
        Called with the name of each notebook when it is done.

    Returns
    -------
    list of Path

    Raises
    ------
    NotebookError
        If a notebook does not run, or a solution is not the right answer.
    """
    opened = load_study(study)
    stored = opened.folder / "notebooks"
    if into.resolve() == stored.resolve():
        raise NotebookError(
            f"{into}: the notebooks without solutions stand there; name another folder"
        )
    with tempfile.TemporaryDirectory(prefix="aidstudy-solved-") as folder:
        paths = []
        for path in sorted(stored.glob("*.ipynb")):
            solved = with_solutions(json.loads(read_whole(path)), opened)
            paths.append(Path(folder, path.name))
            write_whole(paths[-1], json.dumps(solved, ensure_ascii=False))
        written = execute_notebooks(paths, into, study=opened.folder, finished=finished)
    faults = [fault for path in written for fault in wrong_solutions(path)]
    if faults:
        raise NotebookError("\n".join(faults))
    return written


def wrong_solutions(path: Path) -> list[str]:
    """The solutions of an executed notebook that are not the right answer."""
    faults = []
    for number, cell in enumerate(json.loads(read_whole(path))["cells"], 1):
        if cell["cell_type"] != "code" or SOLUTION not in cell["metadata"].get("tags", ()):
            continue
        shown = "".join("".join(o["data"]["text/plain"]) for o in cell["outputs"] if "data" in o)
        if "✓" not in shown:
            told = shown.splitlines()[-1] if shown else "nothing"
            faults.append(
                f"{path.name}, cell {number}: the solution is not accepted ({told}); mend it in "
                f"aidstudy/publish/exercises/nb{path.name[:2]}.py"
            )
    return faults


def plain_notebook(path: Path) -> str:
    """An executed notebook with solutions as it would be stored without them.

    Parameters
    ----------
    path : Path

    Returns
    -------
    str
        In the normal form of :func:`aidstudy.publish.notebooks.notebook_text`.
    """
    notebook = nbformat.v4.reads(read_whole(path).decode("utf-8"))  # type: ignore[no-untyped-call]
    kept = without_solutions(notebook)
    return notebook_text(nbformat.from_dict(kept), path.name)  # type: ignore[no-untyped-call]


__all__ = [
    "EXERCISE",
    "SOLUTION",
    "answer_text",
    "exercise_of",
    "plain_notebook",
    "with_solutions",
    "without_solutions",
    "write_solved",
    "wrong_solutions",
]
