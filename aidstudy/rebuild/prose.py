"""No number of prose rests on nothing: each is a figure as printed, or is rendered from a value."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable

from aidstudy.course.exercises.solved import QUESTION, STAMP
from aidstudy.errors import NotebookError
from aidstudy.files import read_whole
from aidstudy.tables.load import StudyLike
from aidstudy.tables.study import Study, load_study

_WORD = re.compile(r"[^\s`'\"(),;*|\[\]]*\d[^\s`'\"(),;*|\[\]]*")
_CODEBOOK = re.compile(r"v\d+")
_NO_FIGURE = re.compile(
    r"\(1 − |\d+ minutes\b|\*\*Needs\.\*\* [\d, ]+|\| \d+ \| [\d, ]+ \|$"
    r"|`[^`]*[(=*/][^`]*`|\[\d\d (?=[^]]*\]\(\d\d_)",
    re.MULTILINE,
)
"""Numbers that are none of the page: what is left of a whole, the time, the number and the
needs of a notebook (in the list of the course too), and code."""


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
                words = words_with_digits(_NO_FIGURE.sub(" ", "".join(cell["source"])))
                loose = (w for w in words if w not in bound and not _CODEBOOK.fullmatch(w))
                unbound += [f"notebooks/{name}, cell {number}: {word}" for word in loose]
    return unbound


def words_with_digits(text: str) -> list[str]:
    """Every word of a text that holds a digit, without the stop after it."""
    return [word.rstrip(".:。：") for word in _WORD.findall(text)]


def _bound_words(study: Study, cells: Iterable[str]) -> set[str]:
    """Ids, figures as printed with their unit, the title of the study, the names of notebooks.

    Digits alone are no figure: a sentence could put any two of them side by side.
    """
    # A title may be "Report #1"; Markdown has a backslash before the sign.
    words = {str(study.year), *words_with_digits(study.title)}
    words |= {rf"\{word}" for word in words}
    for path in sorted((study.folder / "data").rglob("*.csv")):
        rows = list(csv.DictReader(io.StringIO(read_whole(path).decode("utf-8"))))
        for column in ("figure_id", "project_id", "event_id", "fact_id", "result_id", "printed"):
            words |= {row[column] for row in rows if not row.get(column, "0").isdigit()}
    for name in cells:
        words |= {name, name.removesuffix(".ipynb")}
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
