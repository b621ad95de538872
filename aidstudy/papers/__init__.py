"""Tables and numbers that go into a paper as they are.

One model of a table, thin writers for LaTeX, HTML, Typst, Markdown, Word and CSV, and LaTeX macros
with a name for each result, so that a manuscript types no number.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from aidstudy.bilingual import LANGS, Words
from aidstudy.codebook import checked_lang, one_of
from aidstudy.errors import ResultError, TableError
from aidstudy.files import read_toml

# Tables and analyses are imported when a table is asked for: a list of names costs nothing.
if TYPE_CHECKING:
    from aidstudy.tables.load import StudyLike

TABLES: Final = tuple(read_toml(__file__, "words.toml")["tables"])
"""Names of the tables, in the order in which a paper shows them."""

FORMATS: Final = ("latex", "html", "typst", "markdown", "docx", "csv")
CITED: Final = ("package", "page", "table", "figure", "result", "plot")
"""What :func:`aidstudy.papers.cite.cite` can cite."""
CITATION_FORMATS: Final = ("plain", "bibtex", "ris", "csl", "cff", "zenodo")


def write_table(
    name: str,
    format: str = "latex",
    lang: str = "en",
    study: StudyLike = None,
    *,
    analysis: str = "",
    ids: Iterable[str] = (),
) -> bytes:
    """A table for a paper, as a file.

    Parameters
    ----------
    name : str
        One of :data:`TABLES`.
    format : str, default "latex"
        One of :data:`FORMATS`. ``csv`` has all digits, low, high and state in columns.
    lang : {"en", "zh"}
        English shows money in CNY million or billion, Chinese in 万元 or 亿元.
    study : Study or path, optional
        A note says which judgement calls are made otherwise, see :meth:`Study.under`.
    analysis, ids : str and iterable of str, optional
        For the table ``results``: the letter of one analysis, or the results that it shows.

    Returns
    -------
    bytes
        The same in every run.

    Raises
    ------
    TableError
        If there is no such table, format or language.
    ResultError
        If the table ``results`` is asked for neither an analysis nor ids, or has no such ones.

    Examples
    --------
    >>> print(write_table("ratios", "csv").decode().splitlines()[4][:35])
    Aid,Garzê County,Longquanyi,26.72,2
    """
    from aidstudy.analysis.switches import choices_told
    from aidstudy.papers.builders import BUILDERS
    from aidstudy.papers.writers import write
    from aidstudy.tables.study import load_study

    one_of("table", name, TABLES, TableError)
    one_of("format", format, FORMATS, TableError)
    wanted = tuple(ids)
    if (analysis or wanted) and name != "results":
        raise TableError(f"table {name}: there is nothing to choose from; only 'results' has")
    opened = load_study(study)
    chosen = (analysis, wanted) if name == "results" else ()
    table = BUILDERS[name](opened, *chosen)
    otherwise = Words(*(choices_told(opened.choices, one) for one in LANGS))
    table = replace(table, notes=((otherwise,) if otherwise.en else ()) + table.notes)
    return write(table, format, checked_lang(lang, TableError))


def macros(names: Iterable[str] | None = None, study: StudyLike = None, lang: str = "en") -> str:
    """LaTeX macros for results of a study.

    Parameters
    ----------
    names : iterable of str, optional
        Ids of results, or patterns such as ``spent.*``; every result without it.
    study : Study or path, optional
    lang : {"en", "zh"}
        Chinese macros have names of their own, which end in ``Zh``.

    Returns
    -------
    str
        A file for the preamble.

    Raises
    ------
    ResultError
        If a name fits no result.

    Examples
    --------
    >>> print(macros(["rule_amount.ganzi"]).splitlines()[-7])
    \\newcommand{\\aidstudyBRuleAmountGanziFull}{CNY 15.80 (15.79\\mbox{--}15.81) million}
    """
    from aidstudy.papers.latex_macros import macros_file
    from aidstudy.papers.results import chosen_results

    return macros_file(chosen_results(study, names), checked_lang(lang, ResultError))


def results_json(names: Iterable[str] | None = None, study: StudyLike = None) -> str:
    """The same results as JSON, in both languages."""
    from aidstudy.papers.latex_macros import results_file
    from aidstudy.papers.results import chosen_results

    return results_file(chosen_results(study, names))
