"""No number of prose rests on nothing: each is a figure as printed, or is rendered from a value."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping
from typing import Any

from aidstudy.course.exercises.solved import QUESTION, STAMP
from aidstudy.errors import NotebookError
from aidstudy.files import read_whole
from aidstudy.tables.load import StudyLike
from aidstudy.tables.study import Study, load_study

_WORD = re.compile(r"[^\s`'\"(),;*|\[\]]*\d[^\s`'\"(),;*|\[\]]*")
_MINUTES = re.compile(r"(\d+) minutes\b")
_CODEBOOK = re.compile(r"v\d+")


def unbound_numbers(study: StudyLike = None) -> list[str]:
    """Numbers typed into prose that are no figure as the page prints it, with file and cell."""
    opened, unbound = load_study(study), list[str]()
    paths = sorted((opened.folder / "notebooks").glob("*.ipynb"))
    cells = {path.name: json.loads(read_whole(path))["cells"] for path in paths}
    bound = _bound_words(opened, cells)
    for name, found in cells.items():
        for number, cell in enumerate(found, 1):
            # A question is written by the rebuild from the files of exercises, as outputs are.
            told = cell.get("id") != STAMP and cell["cell_type"] == "markdown"
            if told and QUESTION not in cell["metadata"].get("tags", ()):
                words = words_with_digits("".join(cell["source"]))
                loose = (w for w in words if w not in bound and not _CODEBOOK.fullmatch(w))
                unbound += [f"notebooks/{name}, cell {number}: {word}" for word in loose]
    return unbound


def words_with_digits(text: str) -> list[str]:
    """Every word of a text that holds a digit, without the stop after it."""
    return [word.rstrip(".:。：") for word in _WORD.findall(text)]


def _bound_words(study: Study, cells: Mapping[str, list[dict[str, Any]]]) -> set[str]:
    """Ids, figures as printed, the title of the study, the names and the times of notebooks."""
    # A title may be "Report #1"; Markdown has a backslash before the sign.
    words = {str(study.year), *words_with_digits(study.title)}
    words |= {rf"\{word}" for word in words}
    for path in sorted((study.folder / "data").rglob("*.csv")):
        rows = list(csv.DictReader(io.StringIO(read_whole(path).decode("utf-8"))))
        for column in ("figure_id", "project_id", "event_id", "fact_id", "result_id", "printed"):
            words |= {row[column] for row in rows if column in row}
    for name, found in cells.items():
        words |= {name, name.removesuffix(".ipynb"), name[:2]}
        for cell in found:
            words |= set(_MINUTES.findall("".join(cell["source"])))
    return words


def check_prose(study: StudyLike = None) -> None:
    """Nothing, or an error that names every number of the prose that rests on nothing."""
    found = unbound_numbers(study)
    if found:
        lines = "\n".join(f"  {one}" for one in found)
        raise NotebookError(
            f"numbers in prose that rest on no figure, fact or result:\n{lines}\n"
            "render them with say(), or write them as the page prints them"
        )
