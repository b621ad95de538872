"""Every table and plot of a study: which program makes it, from what, and where it stands."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from aidstudy.errors import AidstudyError
from aidstudy.files import read_whole, write_whole
from aidstudy.rebuild.codebook_page import grid
from aidstudy.tables.files import csv_text
from aidstudy.tables.study import Study

EXHIBITS = "docs/exhibits.csv"
PAGE = "docs/exhibits.md"

COLUMNS = ("exhibit", "kind", "program", "function", "inputs", "output")
"""``inputs`` are the tables that a plot is drawn from; a notebook names its own in its head."""

_PICTURE = re.compile(r"\bpicture\(\s*[\"'](\w+)[\"']")
_SHOWN = {"image/png": "plot", "text/html": "table"}


def exhibits(study: Study) -> list[dict[str, str]]:
    """Every drawn plot, every table for papers, and every table and plot of a notebook."""
    rows = [*_plots(study), *_paper_tables(study), *_in_notebooks(study)]
    return [{column: row.get(column, "") for column in COLUMNS} for row in rows]


def _plots(study: Study) -> Iterator[dict[str, str]]:
    from aidstudy.plots.registry import PLOTS

    for stem, plot in PLOTS.items():
        folder = f"figures/{stem}"
        if (study.folder / folder).is_dir():
            yield {
                "exhibit": f"plot {stem}",
                "kind": "plot",
                "program": _file_of(plot.rows.__module__),
                "function": plot.rows.__name__,
                "inputs": " ".join(_stored(study, name) for name in plot.reads),
                "output": f"{folder}/{stem}.en.pdf",
            }


def _stored(study: Study, table: str) -> str:
    """The file of a table, the clean one where there is one."""
    clean = f"data/clean/{table}.csv"
    return clean if (study.folder / clean).exists() else f"data/{table}.csv"


def _paper_tables(study: Study) -> Iterator[dict[str, str]]:
    from aidstudy.papers import write_table
    from aidstudy.papers.builders import BUILDERS

    for name, build in BUILDERS.items():
        try:
            write_table(name, "csv", "en", study)
        except AidstudyError:
            continue  # A study that has no such numbers has no such table.
        yield {
            "exhibit": f"table {name}",
            "kind": "table",
            "program": _file_of(build.__module__),
            "function": build.__name__,
            "output": f"aidstudy table {name}",
        }


def _file_of(module: str) -> str:
    return f"{module.replace('.', '/')}.py"


def _in_notebooks(study: Study) -> Iterator[dict[str, str]]:
    """Cells that show a table or a plot and ask for no answer."""
    for path in sorted((study.folder / "notebooks").glob("*.ipynb")):
        for number, cell in enumerate(json.loads(read_whole(path))["cells"], 1):
            data = {kind for output in cell.get("outputs", ()) for kind in output.get("data", {})}
            kind = next((name for mime, name in _SHOWN.items() if mime in data), "")
            if not kind or "exercise" in cell["metadata"].get("tags", ()):
                continue
            drawn = _PICTURE.search("".join(cell["source"]))
            yield {
                "exhibit": f"{path.stem}, cell {number}",
                "kind": kind,
                "program": f"notebooks/{path.name}",
                "output": f"figures/{drawn[1]}/{drawn[1]}.en.png" if drawn else f"cell {number}",
            }


# --- written -------------------------------------------------------------------------------------


def write_exhibits(study: Study, into: Path) -> None:
    """Write the list as a table and as a page below `into`."""
    rows = exhibits(study)
    write_whole(into / EXHIBITS, csv_text(COLUMNS, rows))
    write_whole(into / PAGE, exhibits_page(rows))


def exhibits_page(rows: list[dict[str, str]]) -> str:
    """The list as a page: program and output of each exhibit, as data editors ask for it."""
    told = []
    for row in rows:
        made_by = ", ".join(f"`{row[name]}`" for name in ("program", "function") if row[name])
        told.append((row["exhibit"], made_by, f"`{row['output']}`"))
    head = files("aidstudy.rebuild").joinpath("texts", "exhibits.md").read_text("utf-8")
    return f"{head}{grid(('exhibit', 'program', 'output'), told)}"
