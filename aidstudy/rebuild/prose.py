"""No number of prose rests on nothing: each is a figure as printed, or is rendered from a value."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from aidstudy.errors import NotebookError
from aidstudy.files import read_whole
from aidstudy.intervals import Interval
from aidstudy.rounding import Shown, write_number
from aidstudy.tables.load import StudyLike
from aidstudy.tables.study import Study, load_study

MEASURED = ("how-fast*.md", "how-it-was-tested.md", "audit-text.md")
"""Pages in ``docs/`` whose numbers are measurements of programs and no figures of the study."""

_WORD = re.compile(r"[^\s`'\"(),;*|\[\]]*\d[^\s`'\"(),;*|\[\]]*")
_MINUTES = re.compile(r"(\d+) minutes\b")
_CODEBOOK = re.compile(r"v\d+")


def unbound_numbers(study: StudyLike = None) -> list[str]:
    """Numbers typed into prose that are no figure of the page, with file, cell and number.

    In the prose of a notebook a number stands as the page prints it or not at all; in README files
    and in ``docs/`` a number with a unit is printed, or is a result as it is shown everywhere.

    >>> unbound_numbers()
    []
    """
    opened = load_study(study)
    return [*_in_notebooks(opened), *_in_pages(opened)]


def _in_notebooks(study: Study) -> Iterator[str]:
    paths = sorted((study.folder / "notebooks").glob("*.ipynb"))
    cells = {path.name: json.loads(read_whole(path))["cells"] for path in paths}
    bound = _bound_words(study, cells)
    for name, found in cells.items():
        for number, cell in enumerate(found, 1):
            # A question is written by the rebuild from the files of exercises, as outputs are.
            if cell["cell_type"] == "markdown" and "question" not in cell["metadata"].get(
                "tags", ()
            ):
                yield from (
                    f"notebooks/{name}, cell {number}: {word}"
                    for word in words_with_digits("".join(cell["source"]))
                    if word not in bound and not _CODEBOOK.fullmatch(word)
                )


def words_with_digits(text: str) -> list[str]:
    """Every word of a text that holds a digit, without the stop after it.

    >>> words_with_digits("as `litang-p01`, or (69%).")
    ['litang-p01', '69%']
    """
    return [word.rstrip(".:。：") for word in _WORD.findall(text)]


def _bound_words(study: Study, cells: Mapping[str, list[dict[str, Any]]]) -> set[str]:
    """Ids, figures as printed, the names and the times of notebooks."""
    words = {str(study.year)}
    for path in sorted((study.folder / "data").rglob("*.csv")):
        rows = list(csv.DictReader(io.StringIO(read_whole(path).decode("utf-8"))))
        for column in ("figure_id", "project_id", "event_id", "fact_id", "result_id", "printed"):
            words |= {row[column] for row in rows if column in row}
    for name, found in cells.items():
        words |= {name, name.removesuffix(".ipynb"), name[:2]}
        for cell in found:
            words |= set(_MINUTES.findall("".join(cell["source"])))
    return words


def _in_pages(study: Study) -> Iterator[str]:
    measured = {path for name in MEASURED for path in (study.folder / "docs").glob(name)}
    pages = [*study.folder.glob("README*.md"), *(study.folder / "docs").glob("*.md")]
    texts = {path: read_whole(path).decode("utf-8") for path in pages if path not in measured}
    if not texts:
        return
    known = _shown_numbers(study)
    for path, text in sorted(texts.items()):
        name = path.relative_to(study.folder).as_posix()
        yield from (
            f"{name}: {number}"
            for number in numbers_with_units(text)
            if number.replace(",", "") not in known
        )


_UNITS = r"(?=\s*(?:%|万元|亿元|CNY|million|billion|km\b|m²|m³))"
_WITH_UNIT = re.compile(rf"(?<![\w.-])(?:(?<=CNY )\d[\d,]*(?:\.\d+)?|\d[\d,]*(?:\.\d+)?{_UNITS})")


def numbers_with_units(text: str) -> list[str]:
    """The numbers of a Markdown text that stand beside a unit of the tables; code in fences is not
    read.

    Examples
    --------
    >>> numbers_with_units("CNY 26.72 million in 5 lines, 0.845% of it")
    ['26.72', '0.845']
    """
    return _WITH_UNIT.findall(re.sub(r"```.*?```", " ", text, flags=re.DOTALL))


_SCALES = (1, 10**3, 10**4, 10**6, 10**8, 10**9)
"""Base units in one shown unit: plain, km, 万, million, 亿, billion."""


def _shown_numbers(study: Study) -> set[str]:
    """The digits of every number of the tables as they are shown, in each unit."""
    known: set[str] = set()
    for path in sorted((study.folder / "data" / "clean").glob("*.csv")):
        for row in csv.DictReader(io.StringIO(read_whole(path).decode("utf-8"))):
            known |= set(re.findall(r"\d+(?:\.\d+)?", row.get("printed") or ""))
            ends = [row.get(column) or "" for column in ("value", "low", "high")]
            value, low, high = (
                Fraction(end) if re.fullmatch(r"-?\d+(?:\.\d+)?", end) else None for end in ends
            )
            if value is None and low is None:
                continue
            interval = Interval.exactly(value) if low is None and value is not None else None
            bounds = interval or Interval(low, high)
            for scale in _SCALES:
                ends_in = (
                    None if end is None else end / scale for end in (bounds.low, bounds.high)
                )
                inner = None if value is None else value / scale
                digits = write_number(Shown(inner, Interval(*ends_in)))
                known |= {d for d in (digits.value, digits.low, digits.high) if d}
    return {one.replace(",", "") for one in known}


def check_prose(study: StudyLike = None) -> None:
    """Nothing, or an error that names every number of the prose that rests on nothing."""
    found = unbound_numbers(study)
    if found:
        lines = "\n".join(f"  {one}" for one in found)
        raise NotebookError(
            f"numbers in prose that rest on no figure, fact or result:\n{lines}\n"
            "render them with say(), or write them as the page prints them"
        )
