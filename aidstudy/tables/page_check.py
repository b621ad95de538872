"""The tables against the text of the page, for anybody who holds it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from aidstudy.errors import PageError, TableError
from aidstudy.files import read_whole, sha256_of
from aidstudy.reading import words
from aidstudy.reading.figure import plain_print
from aidstudy.reading.quantities import find_quantities
from aidstudy.tables.check import check_study
from aidstudy.tables.load import exact_rows, tables_behind
from aidstudy.tables.study import Study

_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Audit:
    """What an audit of a page found, a line for each thing that is amiss.

    Slices and names that are not what the tables print are ``differing``; runs of digits on the
    page, full width included, that lie in no figure are ``uncovered``, with the reason of the
    reader where it left them; ``unread`` where that says that they are none, as 第3期 is an
    ordinal, and then nothing is amiss. Clean tables that are not what the raw ones give were
    audited as stored and are ``behind``.

    >>> Audit(True, "ad78", 2, (), 3, ("digits '7' at 41-42 lie in no figure",)).ok
    False
    """

    right_page: bool
    sha256: str
    figures: int
    differing: tuple[str, ...]
    digit_runs: int
    uncovered: tuple[str, ...]
    behind: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing at all is amiss."""
        return self.right_page and not (self.differing or self.uncovered or self.behind)

    def lines(self) -> list[str]:
        """The report, line by line."""
        same = self.figures - sum(line.startswith("figure ") for line in self.differing)
        inside = self.digit_runs - len(self.uncovered) - len(self.unread)
        page, left = "the page of the tables", len(self.unread)
        return [
            f"page: sha256 {self.sha256}, {page if self.right_page else f'NOT {page}'}",
            f"figures: {same} of {self.figures} slices equal to `printed`",
            f"digits: {inside} of {self.digit_runs} runs inside a figure"
            + f", {left} that the reader takes for none" * bool(left),
            *(f"  {line}" for line in (*self.differing, *self.uncovered, *self.behind)),
            *(f"  {line}" for line in self.unread),
            "nothing amiss" if self.ok else "the tables and this page do not agree",
        ]

    def __str__(self) -> str:
        return "\n".join(self.lines())


def audit_page(study: Study, page: str | os.PathLike[str]) -> Audit:
    """Check the tables of a study against the text of its page.

    Parameters
    ----------
    study : Study
    page : path
        The page as UTF-8 text, unchanged: offsets count its code points.

    Returns
    -------
    Audit

    Raises
    ------
    FileError
        If the file cannot be read.
    PageError
        If it is not UTF-8 text.

    Examples
    --------
    >>> import tempfile
    >>> from aidstudy.tables.study import load_study
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     page = Path(folder, "page.txt")
    ...     _ = page.write_text("another page", encoding="utf-8")
    ...     audit_page(load_study(), page).right_page
    False
    """
    content, text = _read(Path(page))
    figures = exact_rows("figures", study)[1]
    differing = [
        f"figure {row['figure_id']}: {row['start']}-{row['end']} holds {found!r}, "
        f"the table prints {row['printed']!r}"
        for row in figures
        if (found := plain_print(text[row["start"] : row["end"]])) != row["printed"]
    ]
    digest = sha256_of(content)
    runs = list(_DIGITS.finditer(text))
    outside = [
        run
        for run in runs
        if not any(row["start"] <= run.start() and run.end() <= row["end"] for row in figures)
    ]
    unread, uncovered = _by_reader(text, outside)
    differing += _names_amiss(study, text)
    told = (len(figures), tuple(differing), len(runs), uncovered, tuple(_behind(study)), unread)
    return Audit(digest == study.page["sha256"], digest, *told)


_NO_FIGURES = frozenset(words.NO_UNIT_IN_CODEBOOK.values()) | {
    *("an ordinal", "an article", "an idiom or a name", "part of a word", "a grade"),
    *("the number of a document", "the name of a five-year plan", "the name of a package"),
    *("a time of day", "a day of the week", "a day of the old calendar", "part of an address"),
    "markup of a saved page, not its text",
}
"""Reasons of the reader that say what digits are instead: of all others somebody must look."""


def _by_reader(text: str, runs: Iterable[re.Match[str]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Runs of digits that the reader takes for no figure, each with its reason, and the others."""
    none, others = list[str](), list[str]()
    left = iter(find_quantities(text).unread)
    one = next(left, None)
    for run in runs:
        while one is not None and one.span.end <= run.start():
            one = next(left, None)
        inside = one is not None and one.span.start < run.end()
        reason = one.reason if one is not None and inside else ""
        told = f"digits {run.group()!r} at {run.start()}-{run.end()} lie in no figure"
        told += f": {reason}" * bool(reason)
        (none if reason in _NO_FIGURES else others).append(told)
    return tuple(none), tuple(others)


def _read(path: Path) -> tuple[bytes, str]:
    content = read_whole(path)
    try:
        return content, content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise PageError(
            f"{path}: byte {error.start} is not UTF-8; give the page's text, not the PDF"
        ) from None


def _behind(study: Study) -> list[str]:
    if not study.raw.is_dir():
        return []
    try:
        stale = tables_behind(study, check_study(study))
    except TableError:
        return ["data/raw has faults, so that the stored tables were audited: aidstudy check"]
    return [f"{name} is not what data/raw gives now: reproduce --update makes it" for name in stale]


def _names_amiss(study: Study, text: str) -> Iterator[str]:
    for pair in exact_rows("pairs", study)[1]:
        found = plain_print(text[pair["start"] : pair["end"]])
        if plain_print(pair["donor_zh"]) != found:
            place = f"{pair['start']}-{pair['end']}"
            yield f"pair {pair['donor']}>{pair['recipient']}: {place} holds {found!r}"
    for name in ("projects", "mechanisms"):
        table, rows = exact_rows(name, study)
        for row in rows:
            if row["end"] is not None and not plain_print(text[row["start"] : row["end"]]):
                key = " ".join(row[column] for column in table.key)
                yield f"{name} {key}: {row['start']}-{row['end']} holds nothing"
