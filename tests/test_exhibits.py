"""The list of every table and plot: complete, true to the files, and made anew by the rebuild."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest
from copies import stored

from aidstudy.files import sha256_of
from aidstudy.plots import PLOTS
from aidstudy.publish.exhibits import (
    COLUMNS,
    _Names,
    exhibits,
    exhibits_page,
    read_exhibits,
)
from aidstudy.publish.papers import TABLES, write_table

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
