"""The rebuild on a study of three files, and the comparer tried by mutation."""

from __future__ import annotations

import base64
import io
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
from copies import each_case, said
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from aidstudy import files
from aidstudy.course.notebooks import bare_png, execute_notebooks, notebook_text
from aidstudy.errors import FileError, NotebookError, StudyError, TableError
from aidstudy.rebuild import PARTS, rebuild
from aidstudy.rebuild.compare import compare_contents, output_names
from aidstudy.rebuild.rebuild import Job, Rebuild
from aidstudy.tables.study import Study, load_study

SMALL = Path(__file__).parent / "cases" / "small_study"


def _study(place: Path) -> Study:
    """A study that stores nothing yet, in a folder with spaces and Chinese letters."""
    folder = place / "一个 study"
    for name, text in {
        "data/study.toml": (SMALL / "study.toml").read_text(encoding="utf-8"),
        "data/raw/figures.csv": "id,value\na-1,30\na-2,40\n",
        "notebooks/01_sum.ipynb": "stored by the notebook stage\n",
    }.items():
        files.write_whole(folder / name, text)
    return load_study(folder)


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return _study(tmp_path)


def picture(value: int = 200, where: tuple[int, int] | None = None) -> bytes:
    pixels = np.full((20, 30, 3), 255, dtype=np.uint8)
    if where:
        pixels[where] = value
    content, note = io.BytesIO(), PngInfo()
    note.add_text("Software", "somebody")
    Image.fromarray(pixels).save(content, "PNG", pnginfo=note)
    return content.getvalue()


def _tables(job: Job) -> None:
    lines = (job.built.raw / "figures.csv").read_text(encoding="utf-8")
    files.write_whole(job.built.clean / "figures.csv", lines)
    files.write_whole(job.built.folder / "data" / "README.md", "# Codebook\n\nid: a name\n")


def _drawings(job: Job) -> None:
    folder = job.built.folder / "figures" / "sum"
    for name, content in {
        "sum.en.png": picture(),
        "sum.en.pdf": b"%PDF-1.7 30 40",
        "sum.en.svg": b"<svg>\n<text>30</text>\n</svg>\n",
    }.items():
        files.write_whole(folder / name, content)


def _notebook(job: Job) -> None:
    job.step("01_sum.ipynb")
    notebook = (SMALL / "01_sum.json").read_text(encoding="utf-8")
    text = notebook.replace("PICTURE", base64.b64encode(picture()).decode())
    files.write_whole(job.built.folder / "notebooks" / "01_sum.ipynb", text)


STAGES = {"tables": _tables, "plots": _drawings, "notebooks": _notebook}


def run(study: Study, **options: Any) -> Rebuild:
    options = {"stages": STAGES, "full": True} | options
    return rebuild.reproduce(study, **options)


def snapshot(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "build" not in path.relative_to(folder).parts
    }


@pytest.mark.parametrize(
    "words", [["reproduce"], ["instructors", "-o", "new"], ["site", "-o", "new"]]
)
def test_without_what_executes_notebooks_a_command_names_the_extra_at_once(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "nbclient", None)
    wanted = rf"aidstudy {words[0]}: .* nbclient is not installed.*pip install 'PATH\[notebooks\]'"
    with pytest.raises(FileError, match=wanted):
        said(*words)
    assert not (tmp_path / "new").exists()


# --- a whole run -----------------------------------------------------------------------------


@pytest.fixture
def command(study: Study, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    whole = rebuild.reproduce
    monkeypatch.setattr(
        rebuild, "reproduce", lambda study, **options: whole(study, stages=STAGES, **options)
    )
    return lambda *words, status=0: said("reproduce", *words, study=study.folder, status=status)


def test_only_update_stores_and_the_next_run_finds_everything_as_stored(
    study: Study, command: Callable[..., Any]
) -> None:
    before = snapshot(study.folder)
    first = command(status=1)
    assert "data/clean/figures.csv is not stored yet" in first
    assert f"The build is kept in {study.folder / 'build'}" in first
    assert snapshot(study.folder) == before
    command("--update")
    again = command()
    assert "Everything is as stored (6 outputs" in again
    assert "outputs: 2 in data, 3 in figures, 1 in notebooks." in again
    assert all(f"/3] {stage}: " in again for stage in STAGES)
    assert "The build is kept in" not in again


def test_one_part_is_rebuilt_from_what_is_stored_of_the_others(study: Study) -> None:
    run(study, update=True)
    drawn, table = (study.folder / name for name in ("figures/sum/sum.en.pdf", "data/README.md"))
    drawn.write_bytes(b"another drawing")
    table.write_text("another page", encoding="utf-8")
    found = run(study, only="plots")
    assert list(found.seconds) == ["plots"]
    assert [one.name for one in found.differences] == ["figures/sum/sum.en.pdf"]
    assert all(name.startswith("figures/") for name in found.outputs)
    assert run(study, only="plots", update=True).ok
    assert table.read_text(encoding="utf-8") == "another page"
    assert [one.name for one in run(study, only="tables").differences] == ["data/README.md"]
    assert set(PARTS) < set(rebuild.STAGES)


def test_a_change_redoes_the_stages_that_it_reaches_and_says_which(study: Study) -> None:
    def again(**options: Any) -> Rebuild:
        return run(study, full=False, **options)

    assert again(update=True).same == ()
    # Of the notebook that is stored now no stage has read the cells yet.
    assert again().same == ("tables", "plots")
    found = again()
    assert found.same == tuple(STAGES)
    assert found.lines()[-2:] == [
        "Not run, as nothing that they read has changed: tables, plots, notebooks (--full runs "
        "all).",
        "Everything is as stored (6 outputs, byte for byte).",
    ]
    assert run(study).same == ()
    # An output changed by hand is made again, and what is made of the same tables is not.
    (study.folder / "figures" / "sum" / "sum.en.svg").write_text("<svg/>")
    found = again()
    assert (found.same, found.ok) == (("tables", "notebooks"), False)
    assert again(update=True).same == ("tables", "notebooks")
    # What people typed reaches all that comes after.
    raw = study.raw / "figures.csv"
    raw.write_text(raw.read_text().replace("40", "41"))
    found = again(update=True)
    assert (found.same, len(found.differences)) == ((), 1)
    (study.folder / "build" / "rebuilt.json").write_text("torn")
    assert again().same == ()
    # The cells of a notebook are read by what runs notebooks.
    path = study.folder / "notebooks" / "01_sum.ipynb"
    told = json.loads(path.read_text(encoding="utf-8"))
    told["cells"][0]["source"] = ["another"]
    path.write_text(json.dumps(told), encoding="utf-8")
    assert again().same == ("tables", "plots")


def test_update_replaces_and_removes_only_outputs(study: Study) -> None:
    run(study, update=True)
    typed = ("data/raw/typed.csv", "notes.md")
    hidden = ("data/clean/.figures.csv.12ab.part", "data/clean/.DS_Store")
    for name in ("figures/old/old.en.png", "data/clean/figures.csv", *typed, *hidden):
        files.write_whole(study.folder / name, "typed by a person\n")
    (study.folder / "notebooks" / ".ipynb_checkpoints").mkdir()
    (study.folder / "data" / "README.md").unlink()
    assert [one.lines()[0] for one in run(study).differences] == [
        "data/README.md is not stored yet",
        "data/clean/figures.csv differs",
        "figures/old/old.en.png is stored, but no longer built",
    ]
    run(study, update=True)
    assert {*typed, *hidden} <= set(snapshot(study.folder))
    assert not (study.folder / "figures" / "old").exists()


def test_failed_stage_touches_nothing_and_names_the_build(study: Study) -> None:
    def fail(job: Job) -> None:
        raise TableError("figures.csv, row 3: no such unit; mend it")

    run(study, update=True)
    before = snapshot(study.folder)
    with pytest.raises(TableError) as caught:
        run(study, stages={**STAGES, "broken": fail}, update=True)
    assert snapshot(study.folder) == before
    assert "The build is kept in" in caught.value.__notes__[0]


def test_keep_needs_a_new_folder(study: Study, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    assert run(study, keep=kept).kept == kept
    assert "data/clean/figures.csv" in output_names(kept)
    with pytest.raises(StudyError, match="not empty"):
        run(study, keep=kept)


def test_settings_of_the_process_come_back(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATPLOTLIBRC", "mine")
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    before = dict(os.environ)
    seen: dict[str, str] = {}

    def look(job: Job) -> None:
        seen.update(os.environ)

    run(study, stages={"look": look})
    assert dict(os.environ) == before
    assert "MATPLOTLIBRC" not in seen
    assert Path(seen["AIDSTUDY_STUDY"]).parent == study.folder / "build"


def test_unlocked_versions_are_compared_by_content(study: Study) -> None:
    run(study, update=True)
    files.write_whole(study.folder / "requirements.lock", "click==0.0.1 \\\n    --hash=sha256:0\n")
    files.write_whole(study.folder / "figures" / "sum" / "sum.en.pdf", b"%PDF-1.7 other bytes")
    outcome = run(study)
    assert outcome.ok
    assert "not the locked versions: click" in "\n".join(outcome.lines())


# --- the comparer, by mutation ---------------------------------------------------------------


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What the stages build, to be changed in one place."""
    study, kept = _study(tmp_path_factory.mktemp("study")), tmp_path_factory.mktemp("kept")
    run(study, keep=kept)
    return {name: (kept / name).read_bytes() for name in output_names(kept)}


def found_in(name: str, old: bytes, new: bytes, told: str, *, content: bool) -> None:
    """The difference is named; where only content counts, as on another system, if it is one."""
    assert any(told in one for one in compare_contents(name, old, new, exact=True))
    assert bool(compare_contents(name, old, new, exact=False)) is content


@each_case("rebuild", "replaced")
def test_a_changed_place_is_found_and_named(
    name: str, old: str, new: str, told: str, content: bool, outputs: dict[str, bytes]
) -> None:
    built = outputs[name]
    assert built.count(old.encode()) == 1, "the mutation must hit one place"
    changed = built.replace(old.encode(), new.encode())
    found_in(name, built, changed, told, content=content)


def test_a_changed_picture_is_found_and_named(outputs: dict[str, bytes]) -> None:
    name = "figures/sum/sum.en.png"
    wide = io.BytesIO()
    Image.new("RGB", (31, 20)).save(wide, "PNG")
    pixel = "1 of 600 pixels, the first at x 11, y 7"
    size = "picture size: stored 30 x 20, built 31 x 20"
    found_in(name, outputs[name], picture(254, (7, 11)), pixel, content=False)
    found_in(name, outputs[name], bare_png(wide.getvalue()), size, content=True)
    found_in(name, outputs[name], picture()[:40], "cannot be read as png", content=True)


def test_a_changed_notebook_is_found_and_named(outputs: dict[str, bytes]) -> None:
    name = "notebooks/01_sum.ipynb"
    other = base64.b64encode(picture(254, (7, 11))).decode()
    for change, told, content in (
        (lambda cells: cells.pop(0), "cells: stored 2, built 1", True),
        (lambda cells: cells[1]["outputs"].pop(), "cell 2, outputs: stored 2, built 1", True),
        (lambda cells: cells[1]["outputs"][0]["data"].pop("image/png"),
         "cell 2, image/png: stored a picture, not built", True),
        (lambda cells: cells[1]["outputs"][0]["data"].update({"image/png": other}),
         "cell 2, image/png differs in 1 of 600", False),
    ):  # fmt: skip
        notebook = json.loads(outputs[name])
        change(notebook["cells"])
        found_in(name, outputs[name], json.dumps(notebook).encode(), told, content=content)


# --- notebooks -------------------------------------------------------------------------------


def write_notebook(path: Path, *sources: str, **metadata: Any) -> Path:
    cells = [
        nbformat.v4.new_code_cell(source, id=f"random{number}", metadata=metadata)
        for number, source in enumerate(sources)
    ]
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"x": 1})
    files.write_whole(path, nbformat.writes(notebook))
    return path


def test_notebooks_run_in_a_clean_kernel_and_in_one_form(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One kernel for all that a good notebook may do, for a kernel costs a second."""
    monkeypatch.setenv("PYTHONSTARTUP", str(tmp_path / "none.py"))
    monkeypatch.setenv("PYTHONWARNINGS", "error")
    notebook = write_notebook(
        tmp_path / "一 本" / "07_one_question.ipynb",
        "import os\nos.environ['AIDSTUDY_STUDY'].endswith('study')",
        "",
        "for n in range(3):\n    print(n, flush=True)",
        "from IPython.display import Image, display\nimport base64\n"
        f"display(Image(base64.b64decode({base64.b64encode(picture()).decode()!r})))",
        "import socket\n"
        "with socket.socket() as one:\n"
        "    try:\n        one.connect(('192.0.2.1', 80))\n"
        "    except OSError as error:\n        print(error)",
        tags=["exercise"],
        collapsed=True,
    )
    names: list[str] = []
    written = execute_notebooks(
        [notebook], tmp_path / "out", study=tmp_path / "study", finished=names.append
    )
    assert names == ["07_one_question.ipynb"]
    text = written[0].read_text(encoding="utf-8")
    told = json.loads(text)
    assert text == json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    assert [cell["id"] for cell in told["cells"]] == [f"random{n}" for n in range(5)]
    assert [cell["execution_count"] for cell in told["cells"]] == [1, None, 2, 3, 4]
    assert told["cells"][0]["metadata"] == {"tags": ["exercise"]}
    assert told["cells"][0]["outputs"][0]["data"]["text/plain"] == ["True"]
    assert told["cells"][2]["outputs"] == [
        {"name": "stdout", "output_type": "stream", "text": ["0\n", "1\n", "2\n"]}
    ]
    stored = base64.b64decode(told["cells"][3]["outputs"][0]["data"]["image/png"])
    assert b"Software" not in stored
    assert "must not use the network" in told["cells"][4]["outputs"][0]["text"][0]
    assert set(told["metadata"]) == {"kernelspec", "language_info"}


def test_faults_name_notebook_and_cell(tmp_path: Path) -> None:
    raises = write_notebook(tmp_path / "01_a.ipynb", "1", "1 / 0", "2")
    warns = write_notebook(tmp_path / "02_b.ipynb", "import warnings\nwarnings.warn('old')")
    dies = write_notebook(tmp_path / "03_c.ipynb", "import os\nos._exit(3)")
    with pytest.raises(NotebookError) as caught:
        execute_notebooks([raises, dies], tmp_path / "out", study=tmp_path)
    told = str(caught.value)
    assert told.startswith("notebooks/01_a.ipynb, cell 2: ZeroDivisionError: division by zero")
    assert "notebooks/03_c.ipynb: its kernel ended" in told
    with pytest.raises(NotebookError, match=r"02_b\.ipynb, cell 1: writes to stderr.*old"):
        execute_notebooks([warns], tmp_path / "out", study=tmp_path)
    assert not list((tmp_path / "out").glob("*.ipynb"))


def test_outputs_that_hang_on_the_machine_are_refused() -> None:
    for shown, fault in (
        ("<Axes at 0x7f3a1c2b9d10>", "an address"),
        ("saved to /home/somebody/study/data", "a path of this machine"),
        ("saved to C:\\Users\\somebody", "a path of this machine"),
    ):
        output = {"output_type": "display_data", "data": {"text/plain": shown}, "metadata": {}}
        cell = nbformat.v4.new_code_cell("1", execution_count=1, outputs=[output])
        with pytest.raises(NotebookError, match=f"cell 1: shows {fault}"):
            notebook_text(nbformat.v4.new_notebook(cells=[cell]), "01_x.ipynb")


def test_what_is_no_notebook_and_half_a_picture_are_refused(tmp_path: Path) -> None:
    path, whole = tmp_path / "01_x.ipynb", picture()
    for content in (b"", b"{", b"\xff", b'{"cells": []}'):
        files.write_whole(path, content)
        with pytest.raises(NotebookError, match=r"01_x\.ipynb: not"):
            execute_notebooks([path], tmp_path / "out", study=tmp_path)
    assert b"Software" not in bare_png(whole)
    for cut in (b"", whole[:50], whole[:-4], whole[:40] + b"\x00" + whole[41:]):
        with pytest.raises(NotebookError, match="no whole PNG"):
            bare_png(cut)
