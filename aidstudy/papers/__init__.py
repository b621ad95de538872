"""Tables and numbers that go into a paper as they are.

One model of a table, thin writers for LaTeX, HTML, Typst, Markdown, Word and CSV, and LaTeX macros
with one name for each result, so that a manuscript types no number.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from aidstudy.codebook import did_you_mean
from aidstudy.errors import TableError
from aidstudy.extras import extra_module

# Tables and analyses are imported when a table is asked for: a list of names costs nothing.
if TYPE_CHECKING:
    from aidstudy.tables.load import StudyLike

TABLES: Final = (
    "pairs",
    "figures",
    "money",
    "ratios",
    "projects",
    "results",
    "agreement",
)
"""Names of the tables, in the order in which a paper shows them."""

FORMATS: Final = ("latex", "html", "typst", "markdown", "docx", "csv")
LANGUAGES: Final = ("en", "zh")
_NEEDS: Final = {"html": ("great_tables",), "docx": ("docx",)}


def write_table(
    name: str,
    format: str = "latex",
    lang: str = "en",
    study: StudyLike = None,
    *,
    analysis: str = "",
) -> bytes:
    """A table for a paper, as a file.

    Parameters
    ----------
    name : str
        One of :data:`TABLES`.
    format : str, default "latex"
        One of :data:`FORMATS`. LaTeX needs booktabs, HTML is drawn by Great Tables, ``csv`` holds
        the numbers with all their digits, low, high and state in columns of their own.
    lang : {"en", "zh"}
        English shows money in CNY million or bn, Chinese in 万元 or 亿元.
    study : Study or path, optional
    analysis : str, optional
        For the table ``results``: the letter of one analysis; all of them without it.

    Returns
    -------
    bytes
        The same in every run.

    Raises
    ------
    TableError
        If there is no such table, format or language.
    FileError
        If what HTML and Word need is not installed.

    Examples
    --------
    >>> print(write_table("ratios", "csv").decode().splitlines()[4][:30])
    Garzê County,Longquanyi,26.72,
    """
    from aidstudy.papers.builders import BUILDERS, results_table
    from aidstudy.papers.writers import WRITERS
    from aidstudy.tables.study import load_study

    _one_of("table", name, TABLES)
    _one_of("format", format, FORMATS)
    _one_of("language", lang, LANGUAGES)
    if analysis and name != "results":
        raise TableError(f"table {name}: it has no analyses to choose from; only 'results' has")
    opened = load_study(study)
    table = results_table(opened, analysis) if name == "results" else BUILDERS[name](opened)
    for module in _NEEDS.get(format, ()):
        extra_module(module, extra="papers", purpose=f"format {format}")
    return WRITERS[format](table, "zh" if lang == "zh" else "en")


def macros(study: StudyLike = None) -> str:
    """LaTeX macros for every result of a study.

    Parameters
    ----------
    study : Study or path, optional

    Returns
    -------
    str
        See :func:`aidstudy.papers.latex_macros.macros_file`.
    """
    from aidstudy.papers.latex_macros import macros_file
    from aidstudy.papers.recorded import recorded

    return macros_file(recorded(study).values())


def results_json(study: StudyLike = None) -> str:
    """The same results as JSON.

    Parameters
    ----------
    study : Study or path, optional

    Returns
    -------
    str
        See :func:`aidstudy.papers.latex_macros.results_file`.
    """
    from aidstudy.analysis import results
    from aidstudy.papers.latex_macros import results_file

    return results_file(results(study))


def _one_of(what: str, name: str, known: Iterable[str]) -> None:
    if name not in known:
        raise TableError(
            f"a table for a paper: no {what} {name!r}{did_you_mean(name, known)}", printed=name
        )


__all__ = ["FORMATS", "LANGUAGES", "TABLES", "macros", "results_json", "write_table"]
