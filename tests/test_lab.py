"""The copy of the notebooks that JupyterLab opens, and the command that starts it."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from copies import REPOSITORY

from aidstudy.cli import commands
from aidstudy.course import lab
from aidstudy.course.lab import copy_notebooks, lab_command, lab_variables, start_lab
from aidstudy.errors import FileError, StudyError

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


def test_the_exit_status_of_lab_is_handed_on(
    study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = "import os, pathlib; pathlib.Path('told').write_text(os.environ['AIDSTUDY_STUDY'])"
    command = [sys.executable, "-c", f"{program}; raise SystemExit(3)"]
    monkeypatch.setattr(lab, "lab_command", lambda arguments=(): command)
    mine = tmp_path / "mine"
    mine.mkdir()
    assert start_lab(mine, study) == 3
    assert (mine / "told").read_text(encoding="utf-8") == str(study)


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
    run = CliRunner().invoke(
        commands, ["--study", str(study), "lab", "-o", mine, "--", "--no-browser", "--port=9"]
    )
    assert run.exit_code == 0, run.output
    assert started == ["mine", ("--no-browser", "--port=9"), None]
    assert f"Your notebooks are in {mine}" in run.output
