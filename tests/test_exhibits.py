"""The list of every table and plot: complete, true to the files, and made anew by the rebuild."""

from __future__ import annotations

import ast
import io
import json
import re
import shutil
from pathlib import Path

import pytest
from copies import stored

from aidstudy.errors import FileError
from aidstudy.files import sha256_of
from aidstudy.papers import TABLES, write_table
from aidstudy.plots import PLOTS
from aidstudy.rebuild import exhibits as module
from aidstudy.rebuild import rebuild
from aidstudy.rebuild.blocks import BEGIN, END, block_of, with_block
from aidstudy.rebuild.exhibits import (
    COLUMNS,
    _Names,
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
    assert {f"table {name}" for name in TABLES if name != "results"} <= set(names)
    assert all(tuple(row) == COLUMNS for row in rows)


def test_every_table_and_picture_of_a_notebook_is_listed(rows: list[dict[str, str]]) -> None:
    listed = {(row["notebook"], row["cell"]): row["kind"] for row in rows if row["notebook"]}
    seen = {}
    for path in sorted((REPOSITORY / "notebooks").glob("*.ipynb")):
        for number, cell in enumerate(json.loads(path.read_bytes())["cells"], 1):
            kinds = {kind for output in cell.get("outputs", ()) for kind in output.get("data", {})}
            source = "".join(cell["source"])
            if "picture(" in source and "image/png" in kinds:
                seen[f"notebooks/{path.name}", str(number)] = "plot"
            elif "show(" in source and "text/html" in kinds:
                seen[f"notebooks/{path.name}", str(number)] = "table"
    assert listed == seen


def test_program_and_line_are_those_of_the_function(rows: list[dict[str, str]]) -> None:
    for row in rows:
        if row["notebook"]:
            continue
        tree = ast.parse((REPOSITORY / row["program"]).read_text(encoding="utf-8"))
        lines = {n.name: n.lineno for n in tree.body if isinstance(n, ast.FunctionDef)}
        assert lines[row["function"]] == int(row["line"]), row["exhibit"]


def test_inputs_and_outputs_are_files_and_the_sha256_is_that_of_the_content(
    rows: list[dict[str, str]],
) -> None:
    for row in rows:
        for name in row["inputs"].split():
            assert (REPOSITORY / name).is_file(), name
        if row["output"].startswith("figures/"):
            drawn = REPOSITORY / row["output"]
            assert drawn.is_file()
            content = (drawn.parent / f"{drawn.parent.name}.csv").read_bytes()
            assert row["sha256"] == sha256_of(content), row["exhibit"]
    ratios = next(row for row in rows if row["exhibit"] == "table ratios")
    assert ratios["sha256"] == sha256_of(write_table("ratios", "csv", "en"))
    assert "data/clean/figures.csv" in ratios["inputs"]
    assert "data/clean/events.csv" not in ratios["inputs"]


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
    wanted = [f"plot {stem}" for stem in PLOTS] + [
        f"table {name}" for name in TABLES if name != "results"
    ]
    assert sorted(line.split(" | ")[0].removeprefix("| ") for line in lines) == sorted(wanted)
    for line in lines:
        program, function, number = re.findall(r"`([^`]+)`, `([^`]+)` \| (\d+) ", line)[0]
        text = (REPOSITORY / program).read_text(encoding="utf-8").splitlines()
        assert text[int(number) - 1].startswith(f"def {function}(")


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


def test_a_line_that_moved_is_found_and_stored_with_update(
    study: Study, rows: list[dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "exhibits", lambda _: rows)
    assert _rebuilt(study).ok
    moved = [{**row, "line": str(int(row["line"]) + 7)} if n == 0 else row
             for n, row in enumerate(rows)]  # fmt: skip
    monkeypatch.setattr(module, "exhibits", lambda _: moved)
    found = _rebuilt(study)
    assert [one.name for one in found.differences] == [
        "README.md",
        "docs/exhibits.csv",
        "docs/exhibits.md",
    ]
    told = "\n".join(found.lines())
    for number in (rows[0]["line"], moved[0]["line"]):
        assert number in told
    assert f"column line: stored {rows[0]['line']!r}, built {moved[0]['line']!r}" in told
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
        "a line more": own.replace(END, f"| mine | | | |\n{END}", 1),
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


def test_names_are_followed_to_the_functions_they_rest_on() -> None:
    names = _Names()
    names.behind(
        ast.parse(
            "from aidstudy import timeline, project_stages, load_figures\n"
            "events, stages = timeline(), project_stages()\n"
            "figures = load_figures()"
        )
    )
    assert set(names.behind(ast.parse("days = events[1:]\nshow(days)"))) == {"timeline"}
    assert set(names.behind(ast.parse("show(stages, figures)"))) == {
        "project_stages",
        "load_figures",
    }
    assert names.behind(ast.parse("show(1)")) == {}


@pytest.mark.slow
def test_the_stored_list_is_what_the_study_gives(rows: list[dict[str, str]]) -> None:
    assert exhibits(stored()) == rows
