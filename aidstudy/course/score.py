"""What a student has tried, right at which try, and a teacher's table of a class."""

from __future__ import annotations

import json
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from aidstudy.course.exercises.model import ASKED, exercises_known
from aidstudy.course.exercises.tries import PLACE, read_tries
from aidstudy.errors import StudyError
from aidstudy.files import read_whole
from aidstudy.tables.files import csv_text


@dataclass(frozen=True, slots=True)
class Tried:
    """How often an exercise was tried, and whether the last try was right."""

    tries: int = 0
    right: bool = False


def score_of(copy: Path) -> dict[str, Tried]:
    """The tries noted in a student's copy, by exercise."""
    return {
        name: Tried(int(row.get("tries", 0)), bool(row.get("right")))
        for path in sorted((copy / PLACE).glob("*.json"))
        for name, row in read_tries(path).items()
        if isinstance(row, dict)
    }


def score_lines(copy: Path) -> list[str]:
    """The score as the command says it, a line for each notebook."""
    if not copy.is_dir():
        raise StudyError(f"{copy}: no folder of notebooks; name the one that aidstudy lab made")
    known, score = exercises_known(), score_of(copy)
    if not score and not any(copy.rglob("*.ipynb")):
        raise StudyError(f"{copy}: no notebook in it; name the folder that aidstudy lab made")
    tried = {name: score.get(name, Tried()) for name in known}
    lines = []
    inside = sorted(known.values(), key=lambda one: one.notebook)
    for notebook, asked in groupby(inside, lambda one: one.notebook):
        names = [one.id for one in asked]
        told = ", ".join(_told(name, tried[name]) for name in names)
        right = sum(tried[name].right for name in names)
        lines.append(f"{notebook}: {right} of {len(names)} right ({told})")
    total = sum(one.right for one in tried.values())
    return [*lines, f"in all: {total} of {len(known)} right"]


def _told(name: str, tried: Tried) -> str:
    if tried.right:
        return f"{name} at try {tried.tries}"
    return f"{name} not yet, tried {tried.tries}" if tried.tries else f"{name} not tried"


# --- a class -------------------------------------------------------------------------------------


# A damaged file, one with a password, and one that is packed in a way which Python does not know.
_NO_ZIP = (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, OSError)


def gradebook(folder: Path) -> str:
    """A class as CSV: a row for each student, 1 or 0 for each exercise, empty for none handed in.

    Each folder in `folder` is a student, with notebooks anywhere below it, and so is each zip that
    a student saved in the browser; one that cannot be unpacked is named as unreadable. A right
    answer is one whose cell shows so; what a cell shows was made on the student's machine.
    """
    if not folder.is_dir():
        raise StudyError(f"{folder}: no such folder; name the one with what students handed in")
    with tempfile.TemporaryDirectory(prefix="aidstudy-class-") as place:
        students = {path.name: path for path in folder.iterdir() if path.is_dir()}
        broken = dict[str, str]()
        for path in folder.glob("*.zip"):
            name = path.name if path.stem in students else path.stem
            students[name] = Path(place, name)
            try:
                students[name] = _unpacked(path, students[name])
            except _NO_ZIP:
                shutil.rmtree(students[name], ignore_errors=True)
                broken[name] = path.name
        if not students:
            raise StudyError(
                f"{folder}: no folders of students; put each student's notebooks into one"
            )
        return _graded(dict(sorted(students.items())), broken)


def _unpacked(path: Path, into: Path) -> Path:
    """The folder that a zip holds; where it holds several things, the folder around them."""
    with zipfile.ZipFile(path) as saved:
        saved.extractall(into)
    held = list(into.iterdir())
    return held[0] if len(held) == 1 and held[0].is_dir() else into


def _graded(students: Mapping[str, Path], broken: Mapping[str, str]) -> str:
    names = list(exercises_known())
    columns = ("student", *names, "right", "of", "tries", "unreadable")
    rows = []
    for name, student in students.items():
        found, unreadable = _handed_in(student)
        row = {one: str(int(found[one])) if one in found else "" for one in names}
        kept, right = score_of(student), sum(found.get(one, False) for one in names)
        row |= {"student": name, "right": str(right), "of": str(len(names))}
        row["tries"] = str(sum(one.tries for one in kept.values())) if kept else ""
        unreadable += filter(None, [broken.get(name)])
        rows.append(row | {"unreadable": " ".join(unreadable)})
    return csv_text(columns, rows)


def _handed_in(student: Path) -> tuple[dict[str, bool], list[str]]:
    """Which exercises a student's notebooks answer rightly, and which files nobody can read."""
    found: dict[str, bool] = {}
    unreadable = []
    for path in sorted(student.rglob("*.ipynb")):
        if any(part.startswith(".") for part in path.relative_to(student).parts):
            continue
        try:
            for name, right in _answers(json.loads(read_whole(path))):
                found[name] = found.get(name, False) or right
        except (ValueError, KeyError, TypeError, AttributeError):
            unreadable.append(path.name)
    return found, unreadable


def _answers(notebook: Any) -> Iterator[tuple[str, bool]]:
    for cell in notebook["cells"]:
        asked = ASKED.findall("".join(cell["source"])) if cell["cell_type"] == "code" else []
        shown = "".join(
            "".join(output.get("data", {}).get("text/plain", output.get("text", "")))
            for output in (cell.get("outputs", ()) if asked else ())
        )
        for name in asked:
            told = shown.partition(f"Exercise {name}.")[2].partition("Exercise ")[0]
            yield name, "✓ Right." in told
