"""The list of every table and plot: complete, true to the files, and made anew by the rebuild."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path

import pytest
from copies import stored

from aidstudy.errors import FileError
from aidstudy.papers import TABLES
from aidstudy.plots import PLOTS
from aidstudy.rebuild import exhibits as module
from aidstudy.rebuild import rebuild
from aidstudy.rebuild.blocks import BEGIN, END, block_of, with_block
from aidstudy.rebuild.exhibits import (
    COLUMNS,
    exhibits,
    exhibits_page,
    read_exhibits,
    readme_block,
    write_exhibits,
)
from aidstudy.tables.study import Study, load_study

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    return read_exhibits(stored())


def test_every_plot_and_every_table_for_papers_is_listed(rows: list[dict[str, str]]) -> None:
    names = [row["exhibit"] for row in rows]
    assert len(names) == len(set(names))
    assert {f"plot {stem}" for stem in PLOTS} <= set(names)
    assert {f"table {name}" for name in TABLES} <= set(names)
    assert all(tuple(row) == COLUMNS for row in rows)


def test_every_table_and_picture_of_a_notebook_is_listed(rows: list[dict[str, str]]) -> None:
    listed = {row["exhibit"]: row["kind"] for row in rows if not row["function"]}
    for path in sorted((REPOSITORY / "notebooks").glob("*.ipynb")):
        for number, cell in enumerate(json.loads(path.read_bytes())["cells"], 1):
            kinds = {kind for output in cell.get("outputs", ()) for kind in output.get("data", {})}
            source, name = "".join(cell["source"]), f"{path.stem}, cell {number}"
            if "picture(" in source and "image/png" in kinds:
                assert listed.pop(name) == "plot"
            elif "show(" in source and "text/html" in kinds:
                assert listed.pop(name) == "table"
    # Cards of a trail and the what-if, which are tables without show().
    assert len(listed) < 10, listed


def test_programs_inputs_and_outputs_are_there(rows: list[dict[str, str]]) -> None:
    for row in rows:
        program = (REPOSITORY / row["program"]).read_text(encoding="utf-8")
        assert f"\ndef {row['function']}(" in program or not row["function"], row
        assert all((REPOSITORY / name).is_file() for name in row["inputs"].split()), row
        assert (REPOSITORY / row["output"]).is_file() or not row["output"].startswith("figures/")
    ratios = next(row for row in rows if row["exhibit"] == "plot funding_ratios")
    assert ratios["inputs"] == "data/clean/figures.csv data/clean/pairs.csv"


def test_the_page_is_made_from_the_list_and_the_readme_leads_there(
    rows: list[dict[str, str]],
) -> None:
    page = (REPOSITORY / "docs" / "exhibits.md").read_text(encoding="utf-8")
    assert page == exhibits_page(rows)
    assert page.count("\n| ") == len(rows) + 2
    assert "docs/exhibits.md" in (REPOSITORY / "README.md").read_text(encoding="utf-8")


# --- the table in README.md ----------------------------------------------------------------------


def test_the_readme_holds_each_plot_and_table_for_papers(rows: list[dict[str, str]]) -> None:
    readme = (REPOSITORY / "README.md").read_bytes()
    block = block_of(readme, name="README.md")
    assert block == readme_block(rows)
    lines = block.splitlines()[2:]
    wanted = [f"plot {stem}" for stem in PLOTS] + [f"table {name}" for name in TABLES]
    assert sorted(line.split(" | ")[0].removeprefix("| ") for line in lines) == sorted(wanted)


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """A study with the README and the lists of this one, and nothing else that is built."""
    for name in ("README.md", "data/study.toml", "docs/exhibits.csv", "docs/exhibits.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(REPOSITORY / name, tmp_path / name)
    return load_study(tmp_path)


def _rebuilt(study: Study, *, update: bool = False) -> rebuild.Rebuild:
    return rebuild.reproduce(
        study,
        update=update,
        stages=[stage for stage in rebuild.STAGES if stage.name == "exhibits"],
        out=io.StringIO(),
    )


def test_a_program_that_moved_is_found_and_stored_with_update(
    study: Study, rows: list[dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "exhibits", lambda _: rows)
    assert _rebuilt(study).ok
    moved = [{**row, "program": "elsewhere.py"} if n == 0 else row for n, row in enumerate(rows)]
    monkeypatch.setattr(module, "exhibits", lambda _: moved)
    found = _rebuilt(study)
    assert [one.name for one in found.differences] == [
        "README.md",
        "docs/exhibits.csv",
        "docs/exhibits.md",
    ]
    told = "\n".join(found.lines())
    assert f"column program: stored {rows[0]['program']!r}, built 'elsewhere.py'" in told
    assert "line 3: stored" in told
    assert "Store what was built with --update" in told
    before = (study.folder / "README.md").read_bytes()
    assert _rebuilt(study, update=True).ok
    after = (study.folder / "README.md").read_bytes()
    assert after == with_block(before, readme_block(moved), name="README.md")
    assert _rebuilt(study).differences == ()


def test_a_hand_edit_of_the_block_is_found_and_one_elsewhere_is_left_alone(
    study: Study, rows: list[dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "exhibits", lambda _: rows)
    readme = study.folder / "README.md"
    stored_readme = readme.read_text(encoding="utf-8")
    own = stored_readme.replace("# aidstudy\n", "# aidstudy, read by me\n", 1)
    readme.write_text(own, encoding="utf-8")
    assert _rebuilt(study).ok
    edits = {
        "a line": own.replace("| plot money_flow |", "| plot money |", 1),
        "a line more": own.replace(END, f"| mine | | |\n{END}", 1),
        "no lines": with_block(own.encode(), "", name="README.md").decode(),
        "a blank": own.replace(f"{BEGIN}\n", f"{BEGIN}\n\n", 1),
    }
    for name, edited in edits.items():
        assert edited != own, name
        readme.write_text(edited, encoding="utf-8")
        found = _rebuilt(study)
        assert [one.name for one in found.differences] == ["README.md"], name
        assert _rebuilt(study, update=True).ok
        assert readme.read_text(encoding="utf-8") == own, name


@pytest.mark.parametrize(
    "change",
    [(BEGIN, ""), (END, ""), (END, f"{END}\n{END}"), (BEGIN, "<!-- x -->")],
)
def test_marks_that_do_not_fit_are_one_error(change: tuple[str, str], study: Study) -> None:
    readme = study.folder / "README.md"
    text = readme.read_text(encoding="utf-8")
    readme.write_text(text.replace(change[0], change[1], 1), encoding="utf-8")
    with pytest.raises(FileError, match=r"README\.md: the marks of the written part do not fit"):
        _rebuilt(study)


def test_a_readme_without_marks_is_no_output_and_is_never_removed(
    study: Study, rows: list[dict[str, str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(module, "exhibits", lambda _: rows)
    readme = study.folder / "README.md"
    whole = readme.read_bytes()
    rebuild.reproduce(study, update=True, stages=[], out=io.StringIO())
    assert readme.read_bytes() == whole
    readme.write_bytes(b"# Of one's own\n")
    write_exhibits(study, tmp_path / "into", pages=study.folder)
    assert not (tmp_path / "into" / "README.md").exists()
    assert readme.read_bytes() == b"# Of one's own\n"


@pytest.mark.slow
def test_the_stored_list_is_what_the_study_gives(rows: list[dict[str, str]]) -> None:
    assert exhibits(stored()) == rows
