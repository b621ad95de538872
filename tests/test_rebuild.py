"""The rebuild on a study of three files, and the comparer tried by mutation."""

from __future__ import annotations

import base64
import io
import json
import os
import re
import struct
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from aidstudy import cli, files
from aidstudy.course.notebooks import bare_png, execute_notebooks, notebook_text
from aidstudy.errors import FileError, NotebookError, StudyError, TableError
from aidstudy.rebuild import PARTS, rebuild
from aidstudy.rebuild.compare import compare_contents, output_names
from aidstudy.rebuild.rebuild import Job, Rebuild, Stage, Stages
from aidstudy.tables.study import Study, load_study

TOML = f"""title = "Made up"
title_zh = "编"
year = 2012
page = {{ sha256 = "{"0" * 64}" }}

[recipients.east]
zh = "东县"
en = "East County"
short_zh = "东"
short_en = "East"

[donors.west]
zh = "西市"
en = "West City"
short_zh = "西"
short_en = "West"
"""


def _study(place: Path) -> Study:
    """A study that stores nothing yet, in a folder with spaces and Chinese letters."""
    folder = place / "一个 study"
    for name, text in {
        "data/study.toml": TOML,
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
    content = io.BytesIO()
    Image.fromarray(pixels).save(content, "PNG")
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
        "manifest.json": json.dumps({"data": {"rows": 2}, "sha256": {"png": "ab"}}).encode(),
    }.items():
        files.write_whole(folder / name, content)


def _notebook(job: Job) -> None:
    job.step(1, 1, "01_sum.ipynb")
    files.write_whole(job.built.folder / "notebooks" / "01_sum.ipynb", json.dumps(executed()))


def executed() -> dict[str, Any]:
    data = {
        "text/plain": ["   sum\n", "0   70"],
        "text/html": ["<td>70</td>\n", "<td>4月17日</td>"],
        "image/png": base64.b64encode(picture()).decode(),
    }
    outputs = [
        {"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": data},
        {"output_type": "stream", "name": "stdout", "text": ["seventy\n"]},
    ]
    code = {"cell_type": "code", "execution_count": 1, "id": "01-02", "metadata": {}}
    cells = [
        {"cell_type": "markdown", "id": "01-01", "metadata": {}, "source": ["The sum: 70.\n"]},
        {**code, "source": ["total()"], "outputs": outputs},
    ]
    told = {"metadata": {"language_info": {"name": "python"}}, "nbformat": 4, "nbformat_minor": 5}
    return {"cells": cells, **told}


STAGES = (
    Stage("tables", _tables, "tables"),
    Stage("plots", _drawings, "plots"),
    Stage("notebooks", _notebook, "notebooks"),
)


def run(study: Study, **options: Any) -> Rebuild:
    return rebuild.reproduce(
        study, stages=options.pop("stages", STAGES), out=io.StringIO(), **options
    )


def snapshot(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "build" not in path.relative_to(folder).parts
    }


class Terminal(io.StringIO):
    """Says of itself that it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("out", [io.StringIO(), Terminal()])
def test_progress_is_lines_in_a_file_and_one_changing_line_a_stage_on_a_terminal(
    out: io.StringIO,
) -> None:
    stages = Stages(("tables", "notebooks"), out)
    with stages.stage("tables"):
        pass

    def fails() -> None:
        with stages.stage("notebooks"):
            stages.step(1, 13, "00_start_here.ipynb")
            raise ValueError("in the way")

    with pytest.raises(ValueError, match="in the way"):
        fails()
    told = re.sub(r"\d+\.\d s", "SECONDS", out.getvalue())
    assert list(stages.seconds) == ["tables"]
    if not out.isatty():
        assert told == (
            "[1/2] tables ...\n[1/2] tables: SECONDS\n[2/2] notebooks ...\n"
            "  1 of 13: 00_start_here.ipynb\n"
        )
        return
    # What stands there at the end of each line: each writing covers the one before.
    lines = [line.split("\r")[-1].rstrip() for line in told.split("\n")]
    assert lines == ["[1/2] tables: SECONDS", "[2/2] notebooks 1 of 13: 00_start_here.ipynb", ""]


@pytest.mark.parametrize(
    "words", [["reproduce"], ["instructors", "-o", "new"], ["site", "-o", "new"]]
)
def test_without_what_executes_notebooks_a_command_names_the_extra_at_once(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "nbclient", None)
    told = CliRunner().invoke(cli.commands, words).exception
    assert isinstance(told, FileError)
    assert f"aidstudy {words[0]}: the package nbclient is not installed" in str(told)
    assert "pip install 'PATH[notebooks]'" in str(told)
    assert not (tmp_path / "new").exists()


# --- a whole run -----------------------------------------------------------------------------


@pytest.fixture
def command(study: Study, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    whole = rebuild.reproduce
    monkeypatch.setattr(
        rebuild, "reproduce", lambda study, **options: whole(study, stages=STAGES, **options)
    )
    return lambda *words: CliRunner().invoke(
        cli.commands, ["--study", str(study.folder), "reproduce", *words]
    )


def test_only_update_stores_and_the_next_run_finds_everything_as_stored(
    study: Study, command: Callable[..., Any]
) -> None:
    before = snapshot(study.folder)
    first = command()
    assert first.exit_code == 1
    assert "data/clean/figures.csv is not stored yet" in first.output
    assert f"The build is kept in {study.folder / 'build'}" in first.output
    assert snapshot(study.folder) == before
    assert command("--update").exit_code == 0
    again = command()
    assert again.exit_code == 0
    assert "Everything is as stored (7 outputs" in again.output
    assert "1 table, 1 page of the codebook, 3 drawings, 1 file beside the drawings" in again.output
    assert all(f"/3] {stage.name}: " in again.output for stage in STAGES)
    assert "The build is kept in" not in again.output


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
    assert {stage.part for stage in rebuild.STAGES} == {*PARTS, ""}


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
        run(study, stages=(*STAGES, Stage("broken", fail)), update=True)
    assert snapshot(study.folder) == before
    assert "The build is kept in" in caught.value.__notes__[0]


def test_two_runs_do_not_share_a_folder(study: Study) -> None:
    seen: list[Path] = []
    inner: list[Rebuild] = []

    def note(job: Job) -> None:
        seen.append(job.built.folder)

    def another(job: Job) -> None:
        note(job)
        inner.append(run(study, stages=(Stage("note", note), *STAGES)))

    run(study, update=True)
    outer = run(study, stages=(Stage("another", another), *STAGES))
    assert len(set(seen)) == 2
    assert outer.ok
    assert inner[0].ok


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

    run(study, stages=(Stage("look", look),))
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


def replace(old: str, new: str) -> Callable[[bytes], bytes]:
    def change(content: bytes) -> bytes:
        assert content.count(old.encode()) == 1, "the mutation must hit one place"
        return content.replace(old.encode(), new.encode())

    return change


def in_cell(*path: Any, to: Any) -> Callable[[bytes], bytes]:
    """A change of one place in the cells of a notebook; to ``...`` it goes."""

    def changed(content: bytes) -> bytes:
        notebook = json.loads(content)
        *way, last = path
        place = notebook["cells"]
        for step in way:
            place = place[step]
        if to is ...:
            del place[last]
        else:
            place[last] = to
        return json.dumps(notebook).encode()

    return changed


SHOWN = (1, "outputs", 0, "data")
CSV, NOTEBOOK = "data/clean/figures.csv", "notebooks/01_sum.ipynb"
PNG, SVG = "figures/sum/sum.en.png", "figures/sum/sum.en.svg"
PDF, MANIFEST = "figures/sum/sum.en.pdf", "figures/sum/manifest.json"

MUTATIONS: dict[str, tuple[str, Callable[[bytes], bytes], str]] = {
    "a digit in a table": (
        CSV,
        replace("30", "31"),
        "row 2 (a-1), column value: stored '30', built '31'",
    ),
    "a row less": (CSV, replace("a-2,40\n", ""), "no longer built: 'a-2,40'"),
    "a row more": (CSV, replace("a-2,40\n", "a-2,40\na-3,50\n"), "not stored: 'a-3,50'"),
    "a column renamed": (
        CSV,
        replace("value", "amount"),
        "columns: stored ['id', 'value'], built ['id', 'amount']",
    ),
    "rows swapped": (CSV, lambda _: b"id,value\na-2,40\na-1,30\n", "row 2 (a-2), column id"),
    "quotes": (CSV, replace("30", '"30"'), "same content in other bytes"),
    "line ends": (CSV, lambda content: content.replace(b"\n", b"\r\n"), "same content in other"),
    "a missing cell": (CSV, replace("a-1,30", "a-1,"), "stored '30', built ''"),
    "a word of the codebook": (
        "data/README.md",
        replace("a name", "no name"),
        "line 3: stored 'id: a name\\n', built 'id: no name\\n'",
    ),
    "the last line end": ("data/README.md", replace("name\n", "name"), "line 3"),
    "a pixel": (PNG, lambda _: picture(254, (7, 11)), "1 of 600 pixels, the first at x 11, y 7"),
    "a size": (PNG, lambda _: bare_png(_png_of(31)), "picture size: stored 30 x 20, built 31 x 20"),
    "no picture": (PNG, lambda content: content[:40], "cannot be read as png"),
    "a label": (SVG, replace(">30<", ">31<"), "line 2"),
    "a byte of a PDF": (PDF, replace("40", "41"), "sha256"),
    "a key": (
        MANIFEST,
        replace('"rows": 2', '"rows": 3'),
        "data: stored '{\"rows\": 2}', built '{\"rows\": 3}'",
    ),
    "a key less": (MANIFEST, replace('"rows": 2', ""), "data: stored '{\"rows\": 2}', built '{}'"),
    "no JSON": (MANIFEST, lambda content: content[:-3], "cannot be read as json"),
    "a number in prose": (
        NOTEBOOK,
        in_cell(0, "source", to=["The sum: 71.\n"]),
        "cell 1, source: stored 'The sum: 70.",
    ),
    "a number in an output": (
        NOTEBOOK,
        in_cell(*SHOWN, "text/plain", 1, to="0   71"),
        "cell 2, text/plain, line 2: stored '0   70', built '0   71'",
    ),
    "a date in an output": (
        NOTEBOOK,
        in_cell(*SHOWN, "text/html", 1, to="<td>4月18日</td>"),
        "cell 2, text/html, line 2: stored '<td>4月17日</td>', built '<td>4月18日</td>'",
    ),
    "a pixel in an output": (
        NOTEBOOK,
        in_cell(*SHOWN, "image/png", to=base64.b64encode(picture(254, (7, 11))).decode()),
        "cell 2, image/png differs in 1 of 600",
    ),
    "a printed word": (
        NOTEBOOK,
        in_cell(1, "outputs", 1, "text", to=["seventy-one\n"]),
        "cell 2, output 2, printed text, line 1",
    ),
    "an output less": (
        NOTEBOOK,
        in_cell(1, "outputs", 1, to=...),
        "cell 2, outputs: stored 2, built 1",
    ),
    "a cell less": (NOTEBOOK, in_cell(0, to=...), "cells: stored 2, built 1"),
    "a picture less": (
        NOTEBOOK,
        in_cell(*SHOWN, "image/png", to=...),
        "cell 2, image/png: stored a picture, not built",
    ),
    "an id": (NOTEBOOK, in_cell(1, "id", to="01-03"), '"id": "01-02"'),
    "the kernel's language": (
        NOTEBOOK,
        replace('"name": "python"', '"name": "r"'),
        '"name": "r"',
    ),
}


def _png_of(width: int) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (width, 20)).save(content, "PNG")
    return content.getvalue()


# Where only content counts, as on another system.
SAME_IN_CONTENT = {"a byte of a PDF", "a label", "quotes", "line ends", "a pixel"} | {
    "a pixel in an output"
}


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_mutation_is_found_and_named(outputs: dict[str, bytes], mutation: str) -> None:
    name, change, told = MUTATIONS[mutation]
    old = outputs[name]
    assert any(told in one for one in compare_contents(name, old, change(old), exact=True))
    found = bool(compare_contents(name, old, change(old), exact=False))
    assert found is (mutation not in SAME_IN_CONTENT)


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
        f"display(Image(base64.b64decode({base64.b64encode(_tagged_png()).decode()!r})))",
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


def _tagged_png() -> bytes:
    plain = picture()
    tag = b"tEXtSoftware\x00somebody"
    chunk = struct.pack(">I", len(tag) - 4) + tag + struct.pack(">I", zlib.crc32(tag))
    return plain[:33] + chunk + plain[33:]


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


@pytest.mark.parametrize(
    ("shown", "fault"),
    [
        ("<Axes at 0x7f3a1c2b9d10>", "an address"),
        ("saved to /home/somebody/study/data", "a path of this machine"),
        ("saved to C:\\Users\\somebody", "a path of this machine"),
    ],
)
def test_outputs_that_hang_on_the_machine_are_refused(shown: str, fault: str) -> None:
    output = {"output_type": "display_data", "data": {"text/plain": shown}, "metadata": {}}
    cell = nbformat.v4.new_code_cell("1", execution_count=1, outputs=[output])
    with pytest.raises(NotebookError, match=f"cell 1: shows {fault}"):
        notebook_text(nbformat.v4.new_notebook(cells=[cell]), "01_x.ipynb")


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b'{"cells": []}'])
def test_no_notebook_is_said(tmp_path: Path, content: bytes) -> None:
    files.write_whole(tmp_path / "01_x.ipynb", content)
    with pytest.raises(NotebookError, match=r"01_x\.ipynb: not"):
        execute_notebooks([tmp_path / "01_x.ipynb"], tmp_path / "out", study=tmp_path)


def test_half_a_picture_is_refused() -> None:
    whole = picture()
    assert bare_png(whole)
    for cut in (b"", whole[:50], whole[:-4], whole[:40] + b"\x00" + whole[41:]):
        with pytest.raises(NotebookError, match="no whole PNG"):
            bare_png(cut)
