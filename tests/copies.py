"""Copies of the study to break, and its tables to compare with; shared by several test modules."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner

from aidstudy.cli import commands
from aidstudy.codebook import OUTSIDE_TABLES, RAW_TABLES
from aidstudy.pages.new_study import new_study
from aidstudy.tables.check import check_study
from aidstudy.tables.clean import raw_cells
from aidstudy.tables.files import csv_text
from aidstudy.tables.study import Study, load_study

REPOSITORY = Path(__file__).resolve().parent.parent
TYPED = {**RAW_TABLES, **OUTSIDE_TABLES}
"""Every table that people type."""


@cache
def stored() -> Study:
    """The study in the repository, whatever the environment says."""
    return load_study(REPOSITORY)


@cache
def _typed() -> Mapping[str, pd.DataFrame]:
    return raw_cells(stored())


def typed() -> dict[str, pd.DataFrame]:
    """Fresh text cells of every table that people type."""
    return {name: cells.copy() for name, cells in _typed().items()}


@cache
def checked() -> Mapping[str, pd.DataFrame]:
    """The clean tables of the study in the repository; not to be changed."""
    return check_study(stored())


def copy_of_study(folder: Path) -> Path:
    """A folder with the study's tables, to be broken."""
    shutil.copytree(REPOSITORY / "data", folder / "data")
    return folder


def change_bytes(path: Path, change: Callable[[bytes], bytes]) -> None:
    content = path.read_bytes()
    changed = change(content)
    assert changed != content, f"nothing was changed in {path.name}"
    path.write_bytes(changed)


def change_cell(path: Path, key: str, column: str, old: str, new: str) -> None:
    """Change one cell of the row whose first cell is `key`; the old content must be there."""
    rows = csv_rows(path)
    names = list(rows[0])
    (row,) = [row for row in rows if row[names[0]] == key]
    assert row[column] == old
    row[column] = new
    path.write_bytes(csv_text(names, rows).encode())


def csv_rows(table: Path | str) -> list[dict[str, str]]:
    """The rows of a CSV file, or of its text."""
    text = table.read_text(encoding="utf-8") if isinstance(table, Path) else table
    return list(csv.DictReader(io.StringIO(text, newline="")))


def add_lines(path: Path, *lines: str) -> None:
    path.write_bytes(path.read_bytes() + "".join(f"{line}\n" for line in lines).encode())


def case_set(name: str) -> Any:
    """The cases of one file of ``tests/cases``, each with a note that says why."""
    return json.loads((REPOSITORY / "tests" / "cases" / f"{name}.json").read_text("utf-8"))


def each_case(name: str, part: str) -> pytest.MarkDecorator:
    """Runs a test for each case of a part of a file, with its keys but the note as arguments."""
    told = case_set(name)[part]
    keys = [key for key in told[0] if key != "note"]
    return pytest.mark.parametrize(keys, [[case[key] for key in keys] for case in told])


def ran(*arguments: object, folder: Path = REPOSITORY, **environment: str) -> str:
    """What Python prints in a process of its own, which must end well."""
    run = subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY)} | environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


def said(*words: object, study: object = None, status: int = 0) -> str:
    """What a command says, which must end with a status; an error of its own is raised."""
    chosen = ["--study", str(study)] if study else []
    told = CliRunner().invoke(commands, [*chosen, *map(str, words)], catch_exceptions=False)
    assert told.exit_code == status, told.output
    return told.output


def study_of(folder: Path, text: str, year: int = 2012, name: str = "own") -> Path:
    """The folder of a study of a text of one's own, beside the text."""
    (folder / "page.txt").write_bytes(text.encode())
    return new_study(folder / name, page=folder / "page.txt", year=year).folder


def figures_of(study: Path) -> list[dict[str, str]]:
    """The typed figures of a study."""
    return csv_rows(study / "data" / "raw" / "figures.csv")


def cases(text: str) -> list[tuple[str, ...]]:
    """One case a line, its parts between bars; a line that begins with one goes on from above."""
    lines = re.sub(r"\n\s*\|", "|", re.sub(r";\n\s*", "; ", text.strip())).splitlines()
    return [tuple(part.strip() for part in line.split("|")) for line in lines if line.strip()]
