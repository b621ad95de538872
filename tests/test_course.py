"""The course kit: a student's score, a class, a teacher's exercises, assignments of nbgrader."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from copies import REPOSITORY, csv_rows, stored

from aidstudy import check_answer
from aidstudy.cli import commands
from aidstudy.course.exercises.model import OWN, exercises, exercises_known
from aidstudy.course.exercises.solved import write_assignments
from aidstudy.course.exercises.tries import PLACE, SCORE
from aidstudy.course.lab import copy_notebooks
from aidstudy.course.score import Tried, gradebook, score_lines, score_of
from aidstudy.errors import ExerciseError, StudyError


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A student's copy in which tries are noted."""
    monkeypatch.setenv(SCORE, str(tmp_path / "copy" / PLACE))
    (tmp_path / "copy").mkdir()
    return tmp_path / "copy"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return Path(shutil.copy(REPOSITORY / "tests/cases/own_exercises.toml", tmp_path / "mine.toml"))


def test_tries_are_counted_until_the_answer_is_right(copy: Path) -> None:
    for answer in (None, 26.72, 26.72, "a great deal", 10.92, 21.26, 21.26, 3):
        check_answer("03-1", answer)
    check_answer("03-2", 1)
    assert score_of(copy) == {"03-1": Tried(3, True), "03-2": Tried(1, False)}
    lines = score_lines(copy)
    assert "03: 1 of 4 right (03-1 at try 3, 03-2 not yet, tried 1, 03-3 not tried" in lines[2]
    assert lines[-1] == f"in all: 1 of {len(exercises())} right"


def test_nothing_is_noted_without_a_folder_and_a_broken_score_begins_anew(
    copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (copy / PLACE).mkdir(parents=True)
    (copy / PLACE / "03.json").write_text("{half", encoding="utf-8")
    check_answer("03-1", 1)
    assert score_of(copy) == {"03-1": Tried(1, False)}
    monkeypatch.delenv(SCORE)
    check_answer("03-1", 1)
    assert score_of(copy) == {"03-1": Tried(1, False)}
    with pytest.raises(StudyError, match="no folder of notebooks"):
        score_lines(tmp_path / "nowhere")


# --- a class -------------------------------------------------------------------------------------


def handed_in(name: str, answers: dict[str, str]) -> str:
    """A notebook as a student saves it, with what the cells of some exercises show."""
    (path,) = (REPOSITORY / "notebooks").glob(f"{name}_*.ipynb")
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        asked = re.search(r'check_answer\("([\d-]+)"', "".join(cell["source"]))
        if asked and asked[1] in answers:
            told = f"Exercise {asked[1]}. A question?\n{answers[asked[1]]}"
            cell["outputs"] = [{"output_type": "execute_result", "data": {"text/plain": [told]}}]
    return json.dumps(notebook)


def test_a_gradebook_has_a_row_for_each_student(tmp_path: Path) -> None:
    for student, answers in {
        "李": {"03-1": "✓ Right.", "03-2": "✗ Not yet. ✓ is what I want"},
        "Ana": {},
    }.items():
        (tmp_path / student / "week 2").mkdir(parents=True)
        path = tmp_path / student / "week 2" / "my 02.ipynb"
        path.write_text(handed_in("03", answers), encoding="utf-8")
    (tmp_path / "Ana" / "broken.ipynb").write_text("{", encoding="utf-8")
    (tmp_path / "Bo").mkdir()
    with zipfile.ZipFile(tmp_path / "Cy.zip", "w") as saved:
        saved.writestr("Cy/03.ipynb", handed_in("03", {"03-2": "✓ Right."}))
        saved.writestr("Cy/.aidstudy/score/03.json", '{"03-2": {"tries": 3, "right": true}}')
    rows = {row["student"]: row for row in csv_rows(gradebook(tmp_path))}
    assert [rows["李"][name] for name in ("03-1", "03-2", "03-3", "06-1")] == ["1", "0", "0", ""]
    assert (rows["李"]["right"], rows["李"]["of"]) == ("1", str(len(exercises())))
    assert (rows["Ana"]["right"], rows["Ana"]["unreadable"]) == ("0", "broken.ipynb")
    assert rows["Bo"]["03-1"] == ""
    assert (rows["Cy"]["03-2"], rows["Cy"]["right"], rows["Cy"]["tries"]) == ("1", "1", "3")
    run = CliRunner().invoke(commands, ["course", "--class", str(tmp_path)])
    assert run.output == gradebook(tmp_path)
    with pytest.raises(StudyError, match="no folders of students"):
        gradebook(tmp_path / "Bo")
    (tmp_path / "Cy.zip").write_text("no zip", encoding="utf-8")
    with pytest.raises(StudyError, match=r"Cy\.zip: no zip that can be read"):
        gradebook(tmp_path)


# --- a teacher's exercises -----------------------------------------------------------------------


def test_a_teachers_file_adds_and_replaces(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ExerciseError, match="not known"):
        check_answer("mine-1", 60.7)
    monkeypatch.setenv(OWN, str(own))
    assert check_answer("mine-1", 60.7)
    assert check_answer("03-1", 59.13)
    assert list(exercises_known())[-1] == "mine-1"


def test_lab_asks_a_teachers_exercises_in_the_copies(own: Path, tmp_path: Path) -> None:
    copied = copy_notebooks(tmp_path / "copy", stored(), own=own)
    assert "mine_exercises.ipynb" in copied.new
    text = (tmp_path / "copy" / "mine_exercises.ipynb").read_text(encoding="utf-8")
    assert "How much do Litang (3000万) and Dêgê" in text
    (second,) = (tmp_path / "copy").glob("03_*.ipynb")
    asked = second.read_text(encoding="utf-8")
    assert "whole sum is what the rule asks for?" in asked
    assert "only half as much" not in asked
    assert "03-4" in asked
    again = copy_notebooks(tmp_path / "copy", stored(), own=own)
    assert (again.new, again.renewed, again.kept) == ((), (), ())


# --- nbgrader ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def assignments(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("course")
    write_assignments(folder, stored())
    return folder


def test_each_exercise_is_an_answer_and_a_point(assignments: Path) -> None:
    marked = [
        cell["metadata"]["nbgrader"]
        for path in assignments.glob("source/*/*.ipynb")
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
        if "nbgrader" in cell["metadata"]
    ]
    ids = [one["grade_id"] for one in marked]
    assert sorted(ids) == sorted(f"{w}-{name}" for name in exercises() for w in ("answer", "check"))
    assert sum(one.get("points", 0) for one in marked) == len(exercises())


@pytest.mark.extra
@pytest.mark.slow
def test_nbgrader_hands_out_and_grades(assignments: Path, tmp_path: Path) -> None:
    """Solutions are taken out, the solved notebook gets all points and the empty one none."""
    pytest.importorskip("nbgrader", reason="nbgrader is not installed; it is in no lock")
    name = "03_funding_ratios"
    source = assignments / "source" / name
    shutil.copytree(source, tmp_path / "source" / name)
    settings = {**os.environ, "AIDSTUDY_STUDY": str(stored().folder), "PYTHONPATH": str(REPOSITORY)}

    def nbgrader(*arguments: str) -> str:
        command = [sys.executable, "-m", "nbgrader", *arguments, f"--course={tmp_path}"]
        run = subprocess.run(
            command, cwd=tmp_path, env=settings, capture_output=True, text=True, check=False
        )
        assert run.returncode == 0, run.stderr[-2000:]
        return run.stdout

    nbgrader("generate_assignment", name)
    released = (tmp_path / "release" / name / f"{name}.ipynb").read_text(encoding="utf-8")
    assert "BEGIN SOLUTION" not in released
    assert "raise NotImplementedError" in released
    shutil.copytree(source, tmp_path / "submitted" / "solved" / name)
    shutil.copytree(tmp_path / "release" / name, tmp_path / "submitted" / "empty" / name)
    nbgrader("autograde", name)
    nbgrader("export", "--to=grades.csv")
    grades = csv_rows(tmp_path / "grades.csv")
    scores = {row["student_id"]: float(row["score"]) for row in grades}
    asked = [one for one in exercises() if one.startswith("03-")]
    assert scores == {"solved": len(asked), "empty": 0}
