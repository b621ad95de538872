"""Every table and plot of a study: which program makes it, where, from what, and its sha256."""

from __future__ import annotations

import ast
import csv
import inspect
import io
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from aidstudy.codebook import CLEAN_TABLES
from aidstudy.errors import AidstudyError
from aidstudy.files import read_whole, sha256_of, write_whole
from aidstudy.rebuild.blocks import BLOCKS, block_of, with_block
from aidstudy.tables.files import csv_text
from aidstudy.tables.study import Study

EXHIBITS = "docs/exhibits.csv"
PAGE = "docs/exhibits.md"

COLUMNS = (
    "exhibit",
    "kind",
    "notebook",
    "cell",
    "function",
    "program",
    "line",
    "inputs",
    "output",
    "sha256",
)
"""``cell`` counts all cells of the notebook from 1. ``inputs`` are the files of ``data/`` that the
functions read. ``sha256`` is that of the content: of the drawn rows of a plot, and of the cells of
a table as text, since the bytes of a picture differ between systems."""

_SHOWN_BY = ("show", "picture", "own_picture")
_ROOT = Path(__file__).resolve().parent.parent.parent


def exhibits(study: Study) -> list[dict[str, str]]:
    """Every drawn plot, every table for papers, and every table and plot of a notebook.

    Parameters
    ----------
    study : Study
        With its drawings and executed notebooks.

    Returns
    -------
    list of dict of str to str
        By the columns of :data:`COLUMNS`.

    Raises
    ------
    FileError
        If a drawing or notebook cannot be read.
    """
    reads = _Reads(study)
    return [
        *_plots(study),
        *_paper_tables(study, reads),
        *(row for path in _notebooks(study) for row in _notebook(study, path, reads)),
    ]


def write_exhibits(study: Study, into: Path, *, pages: Path | None = None) -> None:
    """Write the list of exhibits as a table and as a page, below the folder `into`.

    Parameters
    ----------
    study : Study
    into : Path
    pages : Path, optional
        Folder whose ``README.md``, where it has the marks of :mod:`aidstudy.rebuild.blocks`,
        is written with the list between them.
    """
    rows = exhibits(study)
    write_whole(into / EXHIBITS, csv_text(COLUMNS, rows))
    write_whole(into / PAGE, exhibits_page(rows))
    for name in BLOCKS:
        path = (pages or into) / name
        page = read_whole(path) if path.is_file() else b""
        if block_of(page, name=str(path)) is not None:
            write_whole(into / name, with_block(page, readme_block(rows), name=str(path)))


def exhibits_page(rows: list[dict[str, str]]) -> str:
    """The list as a page: program, line and output of each exhibit, as data editors ask for it."""
    lines = [
        "# Every table and plot, and what makes it",
        "",
        "`python reproduce.py` makes all of them. A plot and a table for papers are also made",
        "alone, by `aidstudy plot` and `aidstudy table`. The inputs of each, and the sha256 of",
        "what it shows, stand in [`exhibits.csv`](exhibits.csv), from which this page is made.",
        "",
        *_lines(rows),
    ]
    return "\n".join(lines) + "\n"


def readme_block(rows: list[dict[str, str]]) -> str:
    """The table of ``README.md``: what commands make; notebooks' cells stand on the page only."""
    return "\n".join(_lines([row for row in rows if not row["notebook"]])) + "\n"


def _lines(rows: list[dict[str, str]]) -> list[str]:
    return [
        "| exhibit | program | line | output |",
        "| --- | --- | ---: | --- |",
        *(
            f"| {row['exhibit']} | `{row['program']}`, `{row['function']}` | {row['line']} "
            f"| `{row['output']}` |"
            for row in rows
        ),
    ]


# --- plots and tables that commands make ---------------------------------------------------------


def _plots(study: Study) -> Iterator[dict[str, str]]:
    from aidstudy.plots.registry import PLOTS

    for stem, plot in PLOTS.items():
        folder = f"figures/{stem}"
        if not (study.folder / folder).is_dir():
            continue
        yield {
            "exhibit": f"plot {stem}",
            "kind": "plot",
            "notebook": "",
            "cell": "",
            **_program(plot.draw),
            "inputs": " ".join(_stored(study, plot.reads)),
            "output": f"{folder}/{stem}.en.pdf",
            "sha256": sha256_of(read_whole(study.folder / folder / f"{stem}.csv")),
        }


def _stored(study: Study, tables: Iterable[str]) -> list[str]:
    """The files of some tables, clean where there is a clean one."""
    clean, outside = "data/clean/{}.csv", "data/{}.csv"
    return [
        (clean if (study.folder / clean.format(name)).exists() else outside).format(name)
        for name in tables
    ]


def _paper_tables(study: Study, reads: _Reads) -> Iterator[dict[str, str]]:
    from aidstudy.papers import write_table
    from aidstudy.papers.builders import BUILDERS

    for name, build in BUILDERS.items():
        try:
            content = write_table(name, "csv", "en", study)
        except AidstudyError:
            continue  # A study that has no such numbers has no such table.
        yield {
            "exhibit": f"table {name}",
            "kind": "table",
            "notebook": "",
            "cell": "",
            **_program(build),
            "inputs": " ".join(reads.of(build)),
            "output": f"aidstudy table {name}",
            "sha256": sha256_of(content),
        }


def _program(function: Callable[..., Any]) -> dict[str, str]:
    """Where a function stands in the package."""
    source = inspect.getsourcefile(function) or ""
    return {
        "function": function.__name__,
        "program": Path(source).resolve().relative_to(_ROOT).as_posix(),
        "line": str(inspect.getsourcelines(function)[1]),
    }


# --- notebooks -----------------------------------------------------------------------------------


def _notebooks(study: Study) -> list[Path]:
    return sorted((study.folder / "notebooks").glob("*.ipynb"))


def _notebook(study: Study, path: Path, reads: _Reads) -> Iterator[dict[str, str]]:
    """The tables and plots among the outputs of a notebook, each with the functions behind it."""
    names = _Names()
    for number, cell in enumerate(json.loads(read_whole(path))["cells"], 1):
        if cell["cell_type"] != "code":
            continue
        source = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
        tree = ast.parse(source)
        used = names.behind(tree)
        shown = [node for node in ast.walk(tree) if _called(node) in _SHOWN_BY]
        outputs = [output.get("data", {}) for output in cell["outputs"]]
        contents = [data for data in outputs if {"text/html", "image/png"} & set(data)]
        for call, data in zip(shown[-1:], contents, strict=False):
            stem = _stem(call) if "image/png" in data else ""
            kind = "plot" if "image/png" in data else "table"
            functions = ["picture"] if stem else sorted(n for n, made in used.items() if made)
            yield {
                "exhibit": f"{path.stem}, cell {number}",
                "kind": kind,
                "notebook": f"notebooks/{path.name}",
                "cell": str(number),
                "function": " ".join(functions),
                "program": f"notebooks/{path.name}",
                "line": str(call.lineno),  # type: ignore[attr-defined]
                "inputs": " ".join(_inputs(study, used, stem, reads)),
                "output": f"figures/{stem}/{stem}.en.png" if stem else f"cell {number}",
                "sha256": _content(study, stem, data),
            }


def _called(node: ast.AST) -> str:
    return node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""


def _stem(call: ast.AST) -> str:
    assert isinstance(call, ast.Call)
    first = call.args[0] if call.args else None
    return str(first.value) if isinstance(first, ast.Constant) else ""


def _inputs(study: Study, used: Mapping[str, object], stem: str, reads: _Reads) -> list[str]:
    if stem:
        from aidstudy.plots.registry import plot_named

        return _stored(study, plot_named(stem).reads)
    return sorted({name for made in used.values() for name in reads.of(made)})


def _content(study: Study, stem: str, data: Mapping[str, Any]) -> str:
    if stem:
        return sha256_of(read_whole(study.folder / "figures" / stem / f"{stem}.csv"))
    text = data.get("text/plain", "")
    return sha256_of((text if isinstance(text, str) else "".join(text)).encode())


class _Names:
    """What the names of a notebook rest on: functions of the package, cell after cell."""

    def __init__(self) -> None:
        self._imported: dict[str, Any] = {}
        self._rests_on: dict[str, dict[str, Any]] = {}

    def behind(self, tree: ast.Module) -> dict[str, Any]:
        """The functions that the names used in a cell rest on; remembers what it assigns."""
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("aidstudy"):
                for alias in node.names:
                    found = getattr(import_module(str(node.module)), alias.name, None)
                    self._imported[alias.asname or alias.name] = found
        everything: dict[str, Any] = {}
        for statement in tree.body:
            for part in _parts(statement):
                used: dict[str, Any] = {}
                targets = []
                for node in (one for whole in part for one in ast.walk(whole)):
                    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                        targets.append(node.id)
                    elif isinstance(node, ast.Name):
                        used |= self._of(node.id)
                for target in targets:
                    self._rests_on[target] = used
                everything = used
        return {name: made for name, made in everything.items() if name not in (*_SHOWN_BY, "say")}

    def _of(self, name: str) -> dict[str, Any]:
        if name in self._rests_on:
            return self._rests_on[name]
        made = self._imported.get(name)
        own = callable(made) and not isinstance(made, ModuleType)
        return {name: made} if own else {}


def _parts(statement: ast.stmt) -> list[tuple[ast.AST, ...]]:
    """A statement, or each target of ``a, b = f(), g()`` with its own value."""
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target, value = statement.targets[0], statement.value
        if (
            isinstance(target, ast.Tuple)
            and isinstance(value, ast.Tuple)
            and len(target.elts) == len(value.elts)
        ):
            return list(zip(target.elts, value.elts, strict=True))
    return [(statement,)]


class _Reads:
    """Which files of a study's data a function reads, found by calling it and looking on."""

    def __init__(self, study: Study) -> None:
        self._study = study
        self._known: dict[object, list[str]] = {}

    def of(self, function: object) -> list[str]:
        """Names of the files; all clean tables for a function that needs more than a study."""
        if not callable(function):
            return []
        if function not in self._known:
            self._known[function] = self._looked_at(function)
        return self._known[function]

    def _looked_at(self, function: Callable[..., Any]) -> list[str]:
        parameters = inspect.signature(function).parameters
        if "study" not in parameters:
            return []
        others = [
            p
            for p in parameters.values()
            if p.name != "study"
            and p.default is p.empty
            and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
        ]
        if others:
            return _stored(self._study, CLEAN_TABLES)
        with _Watch(self._study.folder / "data") as watch:
            try:
                function(study=self._study)
            except AidstudyError:
                return []
        return sorted(f"data/{name}" for name in watch.seen)


class _Watch:
    """Notes which files below a folder are opened; the hook of Python itself tells it."""

    _active: _Watch | None = None
    _hooked = False

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.seen: set[str] = set()

    def __enter__(self) -> _Watch:
        if not _Watch._hooked:
            sys.addaudithook(_Watch._heard)
            _Watch._hooked = True
        _Watch._active = self
        return self

    def __exit__(self, *_: object) -> None:
        _Watch._active = None

    @staticmethod
    def _heard(event: str, args: tuple[Any, ...]) -> None:
        watch = _Watch._active
        if watch is None or event != "open" or not isinstance(args[0], (str, Path)):
            return
        path = Path(args[0])
        if path.suffix == ".csv" and watch._folder in path.parents:
            watch.seen.add(path.relative_to(watch._folder).as_posix())


def read_exhibits(study: Study) -> list[dict[str, str]]:
    """The stored list of exhibits."""
    text = read_whole(study.folder / EXHIBITS).decode("utf-8")
    return list(csv.DictReader(io.StringIO(text)))


__all__ = [
    "COLUMNS",
    "EXHIBITS",
    "PAGE",
    "exhibits",
    "exhibits_page",
    "read_exhibits",
    "readme_block",
    "write_exhibits",
]
