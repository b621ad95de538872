"""The course: a score, a class, a teacher's exercises, the copies that JupyterLab opens."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import zipfile
from pathlib import Path

import pytest
from copies import REPOSITORY, change_bytes, copy_of_study, csv_rows, said, stored

from aidstudy import check_answer
from aidstudy.course import lab
from aidstudy.course.exercises.model import OWN, exercises, exercises_known
from aidstudy.course.exercises.solved import write_assignments, write_solved
from aidstudy.course.exercises.tries import PLACE, SCORE
from aidstudy.course.lab import copy_notebooks, lab_command, lab_variables
from aidstudy.course.score import Tried, gradebook, score_lines, score_of
from aidstudy.errors import ExerciseError, FileError, NotebookError, StudyError
from aidstudy.tables.study import load_study


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
    with zipfile.ZipFile(tmp_path / "Di.zip", "w", zipfile.ZIP_DEFLATED) as saved:
        saved.writestr("Di/03.ipynb", handed_in("03", {}))
    with zipfile.ZipFile(tmp_path / "Cy.zip", "w") as saved:
        saved.writestr("Cy/03.ipynb", handed_in("03", {"03-2": "✓ Right."}))
        saved.writestr("Cy/.aidstudy/score/03.json", '{"03-2": {"tries": 3, "right": true}}')
    rows = {row["student"]: row for row in csv_rows(gradebook(tmp_path))}
    assert [rows["李"][name] for name in ("03-1", "03-2", "03-3", "06-1")] == ["1", "0", "0", ""]
    assert (rows["李"]["right"], rows["李"]["of"]) == ("1", str(len(exercises())))
    assert (rows["Ana"]["right"], rows["Ana"]["unreadable"]) == ("0", "broken.ipynb")
    assert rows["Bo"]["03-1"] == ""
    assert (rows["Cy"]["03-2"], rows["Cy"]["right"], rows["Cy"]["tries"]) == ("1", "1", "3")
    assert said("course", "--class", tmp_path) == gradebook(tmp_path)
    with pytest.raises(StudyError, match="no folders of students"):
        gradebook(tmp_path / "Bo")
    (tmp_path / "Cy.zip").write_text("no zip", encoding="utf-8")
    damaged = bytearray((tmp_path / "Di.zip").read_bytes())
    damaged[60:90] = bytes(30)
    (tmp_path / "Ana.zip").write_bytes(damaged)
    rows = {row["student"]: row for row in csv_rows(gradebook(tmp_path))}
    assert (rows["Cy"]["right"], rows["Cy"]["unreadable"]) == ("0", "Cy.zip")
    assert (rows["Ana.zip"]["unreadable"], rows["Ana"]["unreadable"]) == ("Ana.zip", "broken.ipynb")


# --- a teacher's exercises -----------------------------------------------------------------------


def test_a_teachers_file_adds_and_replaces(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ExerciseError, match="there is none"):
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


def test_a_teachers_exercises_are_in_assignments_and_in_copies_with_solutions(
    own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(OWN, str(own))
    write_assignments(tmp_path, stored())
    made = tmp_path / "source" / "mine_exercises" / "mine_exercises.ipynb"
    assert "answer = 30 + 30.7" in made.read_text(encoding="utf-8")
    without = load_study(copy_of_study(tmp_path / "study"))
    (solved,) = write_solved(tmp_path / "solved", without)
    assert solved.name == made.name
    assert "60.70" in solved.read_text(encoding="utf-8")
    change_bytes(own, lambda content: content.replace(b"30 + 30.7", b"30 + 3.07"))
    wrong = rf"mine_exercises.*exercise mine-1: the solution.*mend it in {re.escape(str(own))}"
    with pytest.raises(NotebookError, match=wrong):
        write_solved(tmp_path / "solved", without)


# --- nbgrader ------------------------------------------------------------------------------------


def test_each_exercise_is_an_answer_and_a_point(tmp_path: Path) -> None:
    write_assignments(tmp_path, stored())
    marked = [
        cell["metadata"]["nbgrader"]
        for path in tmp_path.glob("source/*/*.ipynb")
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
        if "nbgrader" in cell["metadata"]
    ]
    ids = [one["grade_id"] for one in marked]
    assert sorted(ids) == sorted(f"{w}-{name}" for name in exercises() for w in ("answer", "check"))
    assert sum(one.get("points", 0) for one in marked) == len(exercises())


# === the copy of the notebooks that JupyterLab opens, and the command that starts it


NAMES = sorted(path.name for path in (REPOSITORY / "notebooks").glob("*.ipynb"))


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """A copy of the study with three notebooks."""
    folder = tmp_path / "study"
    shutil.copytree(REPOSITORY / "data", folder / "data")
    (folder / "notebooks").mkdir()
    for name in ("01_a.ipynb", "02_b.ipynb", "03_c.ipynb"):
        (folder / "notebooks" / name).write_text(f'{{"name": "{name}"}}\n', encoding="utf-8")
    return folder


def test_a_changed_copy_is_left_alone_and_another_follows_the_stored_one(
    study: Path, tmp_path: Path
) -> None:
    mine = tmp_path / "我的 notebooks"
    mine.mkdir()
    (mine / "03_c.ipynb").write_text("from somewhere else", encoding="utf-8")
    copy_notebooks(mine, study)
    (mine / "01_a.ipynb").write_text("my own work", encoding="utf-8")
    kept = ("01_a.ipynb", "03_c.ipynb")
    for _ in range(2):
        copied = copy_notebooks(mine, study)
        assert (copied.kept, copied.same) == (kept, ("02_b.ipynb",))
        told = "\n".join(copied.lines())
        assert "changed by you and left as they are: 01_a.ipynb, 03_c.ipynb" in told
    for name in ("01_a.ipynb", "02_b.ipynb"):
        (study / "notebooks" / name).write_text('{"name": "newer"}\n', encoding="utf-8")
    copied = copy_notebooks(mine, study)
    assert (copied.renewed, copied.kept) == (("02_b.ipynb",), kept)
    texts = [path.read_text(encoding="utf-8") for path in sorted(mine.glob("*.ipynb"))]
    assert texts == ["my own work", '{"name": "newer"}\n', "from somewhere else"]


def test_every_notebook_is_copied_and_one_that_was_only_run_counts_as_unchanged(
    tmp_path: Path,
) -> None:
    mine = tmp_path / "mine"
    before = {path.name: path.read_bytes() for path in (REPOSITORY / "notebooks").iterdir()}
    copied = copy_notebooks(mine, REPOSITORY)
    assert list(copied.new) == NAMES
    assert str(mine) in copied.lines()[0]
    for path in mine.glob("*.ipynb"):
        assert path.read_bytes() == before[path.name]
        notebook = json.loads(path.read_text(encoding="utf-8"))
        for cell in notebook["cells"]:
            cell["metadata"]["trusted"] = True
            if cell["cell_type"] == "code":
                cell["outputs"], cell["execution_count"] = [], 7
        path.write_text(json.dumps(notebook), encoding="utf-8")
    assert copy_notebooks(mine, REPOSITORY).kept == ()
    assert {p.name: p.read_bytes() for p in (REPOSITORY / "notebooks").iterdir()} == before
    clean = mine / "data" / "clean" / "figures.csv"
    assert clean.read_bytes() == (REPOSITORY / "data" / "clean" / "figures.csv").read_bytes()


def test_what_cannot_be_is_refused(study: Path, tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="the stored notebooks are here"):
        copy_notebooks(study / "notebooks", study)
    mine = tmp_path / "mine"
    copy_notebooks(mine, study)
    (mine / ".aidstudy" / "copied.json").write_text("[", encoding="utf-8")
    with pytest.raises(FileError, match=r"copied\.json: cannot be read as the list"):
        copy_notebooks(mine, study)
    (nothing := tmp_path / "nothing").mkdir()
    with pytest.raises(StudyError, match=r"nothing: no notebook in it; name the folder that"):
        score_lines(nothing)
    shutil.rmtree(study / "notebooks")
    with pytest.raises(StudyError, match="no notebooks here"):
        copy_notebooks(mine, study)


@pytest.mark.extra
def test_lab_is_started_with_this_python_on_this_study_and_asks_for_no_news(
    study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("jupyterlab", reason="JupyterLab is not installed")
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "/elsewhere")
    mine = tmp_path / "mine"
    copy_notebooks(mine, study)
    command, variables = lab_command(["--no-browser"]), lab_variables(mine, study)
    assert command[:3] == [sys.executable, "-m", "jupyterlab"]
    assert command[-1] == "--no-browser"
    assert variables["AIDSTUDY_STUDY"] == str(study)
    first, *rest = variables["JUPYTER_CONFIG_PATH"].split(os.pathsep)
    assert rest == ["/elsewhere"]
    page = json.loads(Path(first, "labconfig", "page_config.json").read_text(encoding="utf-8"))
    assert any(name.endswith(":announcements") for name in page["disabledExtensions"])


def test_lab_that_is_not_installed_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jupyterlab", None)
    with pytest.raises(FileError, match=r"pip install 'PATH\[notebooks,lab\]'"):
        lab_command()


def test_the_command_copies_says_where_and_hands_on_what_is_for_lab(
    study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[object] = []

    def start(folder: Path, study: object, arguments: tuple[str, ...], *, own: object) -> int:
        started.extend([folder.name, arguments, own])
        return 0

    monkeypatch.setattr(lab, "lab_command", lambda arguments=(): [])
    monkeypatch.setattr(lab, "start_lab", start)
    mine = str(tmp_path / "mine")
    told = said("lab", "-o", mine, "--", "--no-browser", "--port=9", study=study)
    assert started == ["mine", ("--no-browser", "--port=9"), None]
    assert f"Your notebooks are in {mine}" in told
