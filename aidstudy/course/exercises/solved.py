"""Notebooks with exercises as the files have them, with the solutions, and for nbgrader."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from aidstudy.course.exercises.answers import unit_of
from aidstudy.course.exercises.checking import Feedback, right_answer
from aidstudy.course.exercises.model import (
    ASKED,
    Exercise,
    exercises,
    exercises_in,
    exercises_known,
    own_file,
)
from aidstudy.course.exercises.sources import Sources, rendered, sources_of
from aidstudy.course.exercises.tasks import TASKS
from aidstudy.course.notebooks import execute_notebooks
from aidstudy.errors import NotebookError
from aidstudy.files import read_whole, write_whole
from aidstudy.intervals import plain
from aidstudy.quantity.scalar import Quantity, digits, written
from aidstudy.tables.load import StudyLike
from aidstudy.tables.study import load_study

EXERCISE, QUESTION, SOLUTION = "exercise", "question", "solution"
"""Tags of cells."""

STAMP = "draft-stamp"
"""Id of the cell that says that rows are undecided."""

_TAGS = [SOLUTION, "hide-cell"]


def exercise_of(cell: dict[str, Any]) -> Exercise | None:
    """The exercise that a notebook's cell asks, or ``None``."""
    if EXERCISE not in cell.get("metadata", {}).get("tags", ()):
        return None
    found = ASKED.search("".join(cell["source"]))
    return exercises_known()[found[1]] if found else None


def with_solutions(notebook: dict[str, Any], study: StudyLike = None) -> dict[str, Any]:
    """A notebook with the solution behind each exercise, in words and as code with its output.

    >>> cell = {"cell_type": "code", "metadata": {"tags": ["exercise"]}, "outputs": [],
    ...         "source": ['answer = None\\n', 'check_answer("03-1", answer)']}
    >>> [cell["cell_type"] for cell in with_solutions({"cells": [cell]})["cells"]]
    ['code', 'markdown', 'code']
    """
    sources, cells = sources_of(study), []
    for cell in notebook["cells"]:
        cells.append(cell)
        exercise = exercise_of(cell)
        if exercise is not None:
            cells += _solution(exercise, sources)
    return {**notebook, "cells": cells}


def with_questions(
    notebook: dict[str, Any], name: str, study: StudyLike = None, *, own: Path | None = None
) -> dict[str, Any]:
    """A notebook with the exercises of its file below its heading Exercises, if it asks any."""
    number = name.split("_")[0]
    asked = [one for one in exercises_known(own).values() if one.notebook == number]
    kept = [cell for cell in notebook["cells"] if not _is_asked(cell)]
    heads = [n for n, cell in enumerate(kept, 1) if "".join(cell["source"]).startswith(_HEADING)]
    if not heads or not asked:
        return notebook
    sources = sources_of(study)
    cells = [cell for exercise in asked for cell in _question(exercise, sources)]
    return {**notebook, "cells": [*kept[: heads[0]], *cells, *kept[heads[0] :]]}


def as_asked(
    notebook: dict[str, Any], name: str, study: StudyLike = None, *, stamp: str = ""
) -> dict[str, Any]:
    """A notebook with its exercises as the files have them now, below the stamp."""
    asked = with_questions(notebook, name, study)
    cells = [one for one in asked["cells"] if one.get("id") != STAMP]
    head = [plain_cell("markdown", STAMP, f"> **{stamp}**")] if stamp else []
    return {**asked, "cells": [*head, *cells]}


def own_notebooks(own: Path, study: StudyLike = None) -> dict[str, dict[str, Any]]:
    """Notebooks for a teacher's exercises that belong to none of the course, by file name."""
    taken = {one.notebook for one in exercises().values()}
    made, sources = dict[str, dict[str, Any]](), sources_of(study)
    for exercise in exercises_in(own).values():
        if exercise.kind not in TASKS:
            right_answer(exercise, sources)  # or the error of a file that no student can mend
        if exercise.notebook in taken:
            continue
        head = plain_cell("markdown", "head", f"# Exercises: {exercise.notebook}")
        new = {"metadata": {}, "nbformat": 4, "nbformat_minor": 5, "cells": [head, _IMPORT]}
        notebook = made.setdefault(f"{exercise.notebook}_exercises.ipynb", new)
        notebook["cells"] += _question(exercise, sources)
    return made


def plain_cell(
    kind: str, name: str, source: str, *tags: str, outputs: Sequence[Any] = ()
) -> dict[str, Any]:
    """A cell of a notebook."""
    metadata = {"tags": list(tags)} if tags else {}
    cell = {"cell_type": kind, "id": name, "metadata": metadata, "source": source}
    return cell if kind == "markdown" else {**cell, "execution_count": None, "outputs": [*outputs]}


_IMPORT = plain_cell("code", "import", "import aidstudy as aid\nfrom aidstudy import check_answer")
_HEADING = "## Exercises"


def _is_asked(cell: dict[str, Any]) -> bool:
    return not {EXERCISE, QUESTION}.isdisjoint(cell.get("metadata", {}).get("tags", ()))


def _question(exercise: Exercise, sources: Sources) -> list[dict[str, Any]]:
    name = exercise.id
    text = f"**Exercise {name}.** {exercise.asked(sources)}\n\n{exercise.how()}"
    code = f'answer = None\ncheck_answer("{name}", answer)'
    return [
        plain_cell("markdown", f"question-{name}", text, QUESTION),
        plain_cell("code", f"exercise-{name}", code, EXERCISE),
    ]


def _solution(exercise: Exercise, sources: Sources) -> list[dict[str, Any]]:
    why = rendered(exercise.why, sources)
    right = "" if exercise.kind in TASKS else f"{answer_text(exercise, sources)}. "
    words = (right + why).strip() or "The code shows one way."
    folded = f"<details>\n<summary>Solution {exercise.id}</summary>\n\n{words}\n\n</details>"
    code = f'{exercise.solution.rstrip()}\ncheck_answer("{exercise.id}", answer)'
    told = Feedback(exercise.id, exercise.asked(sources), "right")
    output: dict[str, Any] = {"output_type": "execute_result", "execution_count": None}
    shown = {"text/html": told._repr_html_(), "text/plain": repr(told)}
    output |= {"metadata": {}, "data": shown}
    head = f"solution-{exercise.id}"
    return [
        plain_cell("markdown", head, folded, *_TAGS),
        plain_cell("code", f"{head}-code", code, *_TAGS, outputs=[output]),
    ]


def answer_text(exercise: Exercise, sources: Sources) -> str:
    """The right answer in words; for instructors only."""
    right = right_answer(exercise, sources)
    if isinstance(right, frozenset):
        return ", ".join(f"`{one}`" for one in sorted(right))
    if not isinstance(right, Quantity):
        return right
    unit = "%" if exercise.kind == "share" else exercise.unit
    low, high = (end / exercise.scale for end in right.interval.closed())
    if exercise.outward:
        end, side = (low, 1) if exercise.end == "low" else (high, -1)
        step = unit_of(end, exercise.digits)
        return f"{plain(side * (side * end // step) * step)} {unit}, rounded outward"
    if right.exact is None or exercise.kind == "bounds":
        return repr(Quantity.between(Quantity.given(low, unit), Quantity.given(high, unit)))
    quantity = Quantity.given(right.exact / exercise.scale, unit, low=low, high=high)
    if not exercise.end:
        return written(quantity)
    shown = digits(quantity)
    most = {"low": ("least", shown.low), "high": ("most", shown.high)}[exercise.end]
    return f"at {most[0]} {most[1] or shown.value} {unit}"


def write_solved(into: Path, study: StudyLike = None) -> list[Path]:
    """Write every notebook with solutions, executed; a wrong one is an error."""
    opened = load_study(study)
    stored = opened.folder / "notebooks"
    if into.resolve() == stored.resolve():
        raise NotebookError(
            f"{into}: the notebooks without solutions stand there; name another folder"
        )

    def solved(notebook: dict[str, Any], name: str) -> dict[str, Any]:
        return with_solutions(as_asked(notebook, name, opened), opened)

    with tempfile.TemporaryDirectory(prefix="aidstudy-own-") as folder:
        for name, notebook in _teachers(opened).items():
            write_whole(Path(folder, name), json.dumps(notebook, ensure_ascii=False))
        paths = [*sorted(stored.glob("*.ipynb")), *sorted(Path(folder).glob("*.ipynb"))]
        written = execute_notebooks(paths, into, study=opened.folder, made=solved)
    faults = [fault for path in written for fault in wrong_solutions(path)]
    if faults:
        raise NotebookError("\n".join(faults))
    return written


def _teachers(study: StudyLike) -> dict[str, dict[str, Any]]:
    """The notebooks of the file that a teacher named, if one did."""
    own = own_file()
    return own_notebooks(own, study) if own else {}


def wrong_solutions(path: Path) -> list[str]:
    """The solutions of an executed notebook that are not the right answer."""
    faults = []
    for number, cell in enumerate(json.loads(read_whole(path))["cells"], 1):
        if cell["cell_type"] != "code" or SOLUTION not in cell["metadata"].get("tags", ()):
            continue
        shown = "".join("".join(o["data"]["text/plain"]) for o in cell["outputs"] if "data" in o)
        if "✓" not in shown:
            told, own = shown.splitlines()[-1] if shown else "nothing", own_file()
            name = (ASKED.search("".join(cell["source"])) or [""])[1]
            theirs = own is not None and name in exercises_in(own)
            file = own if theirs else f"aidstudy/course/exercises/{path.name[:2]}.toml"
            faults.append(
                f"{path.name}, cell {number}, exercise {name}: the solution is not accepted "
                f"({told}); mend it in {file}"
            )
    return faults


# --- assignments of nbgrader: answers to fill in, and cells that grade them -----------------------

_BEGIN, _END = "### BEGIN SOLUTION", "### END SOLUTION"


def write_assignments(into: Path, study: StudyLike = None) -> list[Path]:
    """Write the source of one assignment for each notebook with exercises."""
    paths, stored = [], sorted((load_study(study).folder / "notebooks").glob("*.ipynb"))
    notebooks = {path.name: json.loads(read_whole(path)) for path in stored} | _teachers(study)
    for name, handed in notebooks.items():
        notebook = with_questions(handed, name, study)
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
