"""The notebooks run, their stored outputs are what a run gives, and no number is typed in prose."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
import pytest
from copies import REPOSITORY, each_case

from aidstudy.course.exercises.model import exercises
from aidstudy.course.exercises.solved import (
    SOLUTION,
    answer_text,
    with_solutions,
    write_solved,
    wrong_solutions,
)
from aidstudy.course.exercises.sources import sources_of
from aidstudy.course.notebooks import notebook_text
from aidstudy.errors import NotebookError
from aidstudy.rebuild.compare import compare_contents

NAMES = sorted(path.stem for path in (REPOSITORY / "notebooks").glob("*.ipynb"))


@cache
def stored(name: str) -> dict[str, Any]:
    path = REPOSITORY / "notebooks" / f"{name}.ipynb"
    return json.loads(path.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def sources(notebook: dict[str, Any], kind: str) -> list[str]:
    return ["".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == kind]


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all notebooks, each executed in a clean kernel as the rebuild does.

    The solutions stand at the end of each, so that one run tells of the notebook and of them.
    An exception, a word on stderr or a path of this machine in an output is an error there.
    """
    into = tmp_path_factory.mktemp("notebooks")
    write_solved(into, REPOSITORY)
    return into


@pytest.mark.parametrize("name", NAMES)
def test_stored_outputs_are_what_a_run_gives(executed: Path, name: str) -> None:
    old = (REPOSITORY / "notebooks" / f"{name}.ipynb").read_bytes()
    ran = nbformat.read(executed / f"{name}.ipynb", as_version=4)
    ran.cells = [cell for cell in ran.cells if SOLUTION not in cell.metadata.get("tags", ())]
    new = notebook_text(ran, f"{name}.ipynb").encode()
    assert compare_contents(f"{name}.ipynb", old, new, exact=False) == ()


@pytest.mark.parametrize("name", NAMES[1:])
def test_the_solutions_that_run_are_those_that_the_site_folds(executed: Path, name: str) -> None:
    path = executed / f"{name}.ipynb"
    assert wrong_solutions(path) == []
    ran = json.loads(path.read_text(encoding="utf-8"))["cells"]
    folded = with_solutions(stored(name), REPOSITORY)["cells"]
    assert [shown(cell) for cell in ran] == [shown(cell) for cell in folded]
    tags = [cell["metadata"].get("tags", []) for cell in folded]
    assert tags.count([SOLUTION, "hide-cell"]) == 2 * tags.count(["exercise"]) > 0


def shown(cell: dict[str, Any]) -> tuple[str, list[Any]]:
    """Source and outputs of a cell but for its pictures, whether its lines are joined or not."""
    data = [output.get("data", {}) for output in cell.get("outputs", [])]
    joined = [{k: "".join(text) for k, text in one.items() if k != "image/png"} for one in data]
    return "".join(cell["source"]), joined


def test_the_path_of_the_first_notebook_has_every_other() -> None:
    start = "\n".join(sources(stored(NAMES[0]), "markdown"))
    told = re.findall(r"(?m)^\| \[(\d\d) [^]]+\]\((\d\d)_\w+\.ipynb\) \|", start)
    assert sorted(told) == [(name[:2], name[:2]) for name in NAMES[1:]]


# --- solutions -------------------------------------------------------------------------------


def test_solutions_leave_the_notebook_alone_and_one_not_accepted_is_named(tmp_path: Path) -> None:
    (name,) = (name for name in NAMES if name.startswith("03"))
    solved = with_solutions(stored(name), REPOSITORY)
    added = [c for c in solved["cells"] if SOLUTION in c["metadata"].get("tags", ())]
    assert [c for c in solved["cells"] if c not in added] == stored(name)["cells"]
    first = next(cell for cell in added if "check_answer" in str(cell["source"]))
    first["outputs"][0]["data"]["text/plain"] = "Exercise 03-1.\n✗ Not yet. Look again."
    path = tmp_path / f"{name}.ipynb"
    path.write_text(json.dumps(solved), encoding="utf-8")
    (fault,) = wrong_solutions(path)
    assert fault.startswith(f"{name}.ipynb, cell ")
    assert "✗ Not yet. Look again." in fault
    assert "03.toml" in fault
    with pytest.raises(NotebookError, match="name another folder"):
        write_solved(REPOSITORY / "notebooks", REPOSITORY)


@each_case("exercises", "written")
def test_the_answer_stands_in_words_in_the_solution(exercise: str, text: str) -> None:
    assert answer_text(exercises()[exercise], sources_of(REPOSITORY)) == text
