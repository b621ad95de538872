"""The instructors' copy: solutions behind the exercises, and nothing stored with them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from copies import REPOSITORY, stored

from aidstudy.course.exercises.model import exercises
from aidstudy.course.exercises.solved import (
    SOLUTION,
    answer_text,
    with_solutions,
    write_solved,
    wrong_solutions,
)
from aidstudy.course.exercises.sources import sources_of
from aidstudy.errors import NotebookError


def notebook(name: str) -> dict[str, Any]:
    (path,) = (REPOSITORY / "notebooks").glob(f"{name}_*.ipynb")
    return json.loads(path.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def test_solutions_come_and_go_and_leave_the_notebook_alone() -> None:
    before = notebook("03")
    solved = with_solutions(before, stored())
    assert before == notebook("03")
    kept = [c for c in solved["cells"] if SOLUTION not in c["metadata"].get("tags", ())]
    assert kept == before["cells"]
    assert len({cell["id"] for cell in solved["cells"]}) == len(solved["cells"])


@pytest.mark.parametrize(
    ("exercise", "text"),
    [
        ("01-1", "21.30 [21.29, 21.31] CNY million"),
        ("01-2", "[301.755, 301.765] CNY million"),
        ("12-2", "at most 750 person"),
        ("01-4", "`xinlong-010`, `xinlong-021`, `xinlong-028`"),
        ("03-3", "at least 6308 CNY million"),
        ("06-1", "141"),
        ("06-2", "45.8%"),
        ("11-2", "15.3 CNY million, rounded outward"),
    ],
)
def test_the_answer_stands_in_words_in_the_solution(exercise: str, text: str) -> None:
    assert answer_text(exercises()[exercise], sources_of(stored())) == text


def test_the_folder_of_the_stored_notebooks_is_refused() -> None:
    with pytest.raises(NotebookError, match="name another folder"):
        write_solved(REPOSITORY / "notebooks", stored())


def test_a_solution_that_is_not_accepted_is_named(tmp_path: Path) -> None:
    solved = with_solutions(notebook("03"), stored())
    (first, *_) = [cell for cell in solved["cells"] if "check_answer" in str(cell["source"])
                   and "solution" in cell["metadata"].get("tags", ())]  # fmt: skip
    first["outputs"][0]["data"]["text/plain"] = "Exercise 03-1.\n✗ Not yet. Look again."
    path = tmp_path / "03_funding_ratios.ipynb"
    path.write_text(json.dumps(solved), encoding="utf-8")
    (fault,) = wrong_solutions(path)
    assert fault.startswith("03_funding_ratios.ipynb, cell ")
    assert "✗ Not yet. Look again." in fault
    assert "03.toml" in fault
