"""Every table and plot of a study: which program makes it, from what, and where it stands."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib.resources import files
from typing import Any

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
        if (study.folder / "figures" / stem).is_dir():
            # The clean table where there is one.
            places = [(f"data/clean/{name}.csv", f"data/{name}.csv") for name in plot.reads]
            stored = (one if (study.folder / one).exists() else other for one, other in places)
            output = f"figures/{stem}/{stem}.en.pdf"
            yield {"inputs": " ".join(stored), "output": output} | _made("plot", stem, plot.rows)


def _paper_tables(study: Study) -> Iterator[dict[str, str]]:
    from aidstudy.papers import write_table
    from aidstudy.papers.builders import BUILDERS

    for name, build in BUILDERS.items():
        # A study that has no such numbers has no such table.
        with suppress(AidstudyError):
            write_table(name, "csv", "en", study)
            yield {"output": f"aidstudy table {name}"} | _made("table", name, build)


def _made(kind: str, name: str, function: Callable[..., Any]) -> dict[str, str]:
    program = f"{function.__module__.replace('.', '/')}.py"
    told = {"exhibit": f"{kind} {name}", "kind": kind, "program": program}
    return told | {"function": function.__name__}


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


def write_exhibits(study: Study) -> None:
    """Write the list as a table, and as a page, as data editors ask for it."""
    rows, told = exhibits(study), []
    write_whole(study.folder / EXHIBITS, csv_text(COLUMNS, rows))
    for row in rows:
        made_by = ", ".join(f"`{row[name]}`" for name in ("program", "function") if row[name])
        told.append((row["exhibit"], made_by, f"`{row['output']}`"))
    head = files("aidstudy.rebuild").joinpath("texts", "exhibits.md").read_text("utf-8")
    write_whole(study.folder / PAGE, head + grid(("exhibit", "program", "output"), told))
