"""The list of every table and plot: complete, true to the files, and made anew by the rebuild."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from aidstudy.papers import TABLES
from aidstudy.plots import PLOTS
from aidstudy.rebuild.exhibits import (
    COLUMNS,
)

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    with (REPOSITORY / "docs" / "exhibits.csv").open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def test_every_plot_and_every_table_for_papers_is_listed(rows: list[dict[str, str]]) -> None:
    names = [row["exhibit"] for row in rows]
    assert len(names) == len(set(names))
    assert {f"plot {stem}" for stem in PLOTS} <= set(names)
    assert {f"table {name}" for name in TABLES if name != "results"} <= set(names)
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
    # Cards of a trail, and what pandas and matplotlib show by themselves.
    assert set(listed.values()) <= {"table", "plot"}, listed


def test_programs_inputs_and_outputs_are_there(rows: list[dict[str, str]]) -> None:
    for row in rows:
        program = (REPOSITORY / row["program"]).read_text(encoding="utf-8")
        assert f"\ndef {row['function']}(" in program or not row["function"], row
        assert all((REPOSITORY / name).is_file() for name in row["inputs"].split()), row
        assert (REPOSITORY / row["output"]).is_file() or not row["output"].startswith("figures/")
    ratios = next(row for row in rows if row["exhibit"] == "plot funding_ratios")
    assert ratios["inputs"] == "data/clean/context.csv data/clean/figures.csv data/clean/pairs.csv"
