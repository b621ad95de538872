"""The trail of a number: from a result down to the page, and from a figure up to what rests on it.

With the page's text a trail shows the line of the page with the characters marked; the text is read
when it is asked for and stored nowhere.
"""

from __future__ import annotations

import bisect
import csv
import datetime as dt
import html
import io
import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from aidstudy.analysis import ANALYSES, exact_table_of, sensitivity_table
from aidstudy.analysis.desk import DATE, Desk, Tables
from aidstudy.analysis.flows import denominators
from aidstudy.analysis.unitcosts import unit_costs
from aidstudy.analysis.what_if import what_if_scenarios
from aidstudy.analysis.widths import printed_widths
from aidstudy.codebook import RESULTS, did_you_mean
from aidstudy.errors import PageError, ResultError
from aidstudy.files import read_whole, sha256_of
from aidstudy.intervals import Interval
from aidstudy.quantity.scalar import Quantity
from aidstudy.result import Leaf, Result, Results, Term
from aidstudy.rounding import Shown, write_number
from aidstudy.tables.check import has_draft
from aidstudy.tables.load import StudyLike, figure_leaf
from aidstudy.tables.study import Study, load_study

MARKS = ("⟦", "⟧")
"""Around the characters of a figure in the line of the page."""


@dataclass(frozen=True, slots=True)
class Branch:
    """One node of a trail: lines of text, and what it rests on.

    Parameters
    ----------
    lines : tuple of str
        The first names the node.
    children : tuple of Branch
    """

    lines: tuple[str, ...]
    children: tuple[Branch, ...] = ()

    def tree(self) -> Iterator[str]:
        """The node and all below it, indented with lines that show what hangs on what."""
        yield from self.lines
        for number, child in enumerate(self.children, 1):
            last = number == len(self.children)
            head, rest = ("└─ ", "   ") if last else ("├─ ", "│  ")
            for place, line in enumerate(child.tree()):
                yield (rest if place else head) + line

    def html(self) -> str:
        """The node and all below it as nested lists, everything escaped."""
        own = [f"<b>{html.escape(self.lines[0])}</b>"]
        own += [_marked(html.escape(line)) for line in self.lines[1:]]
        inner = "".join(f"<li>{child.html()}</li>" for child in self.children)
        return "<br>".join(own) + (f"<ul>{inner}</ul>" if inner else "")


def _marked(escaped: str) -> str:
    return escaped.replace(MARKS[0], "<mark>").replace(MARKS[1], "</mark>")


@dataclass(frozen=True, slots=True)
class Trace:
    """A trail; a notebook shows it as nested lists, a terminal as a tree.

    Parameters
    ----------
    root : Branch
    """

    root: Branch

    def lines(self) -> list[str]:
        """The tree, line by line."""
        return list(self.root.tree())

    def __str__(self) -> str:
        return "\n".join(self.lines())

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return f'<div class="trace">{self.root.html()}</div>'


def trace(
    result: str | Quantity,
    study: StudyLike = None,
    *,
    page: str | os.PathLike[str] | None = None,
    choices: Mapping[str, str] | None = None,
) -> Trace:
    """What a number was computed from, down to the characters of the page.

    Parameters
    ----------
    result : str or Quantity
        The id of a result, or any quantity of your own.
    study : Study or path, optional
    page : path, optional
        The page's text. With it each figure shows its line with the characters marked.
    choices : mapping of str to str, optional
        Judgement calls, as for :func:`aidstudy.analysis.results`.

    Returns
    -------
    Trace

    Raises
    ------
    ResultError
        If there is no such result.
    PageError
        If `page` cannot be read, or is not the page of the study.

    Examples
    --------
    >>> for line in trace("complete.ganzi.share").lines()[3:6]:
    ...     print(line)
    formula: 100% × complete.ganzi.least ÷ complete.ganzi.of
    with numbers: 100% × 22个 ÷ 59个
    note: a census: every project ...
    """
    desk = Desk(study, choices)
    if isinstance(result, Quantity):
        trail = _Trail(desk, Results([]), _page_text(desk.study, page))
        return Trace(trail.of_quantity(result))
    found = desk.run(ANALYSES)
    return Trace(_Trail(desk, found, _page_text(desk.study, page)).of_result(result))


class _Trail:
    """Builds the branches of one study."""

    def __init__(self, desk: Desk, found: Results, page: str | None) -> None:
        self.desk = desk
        self.found = {result.result_id: result for result in found}
        self.page = page

    def of_result(self, result_id: str) -> Branch:
        if result_id not in self.found:
            raise ResultError(
                f"result {result_id!r}: no such result{did_you_mean(result_id, self.found)}; "
                f"data/clean/{RESULTS.name}.csv lists them"
            )
        result = self.found[result_id]
        lines = [
            f"{result_id} = {shown(result)}",
            f"{result.label} / {result.label_zh}",
            f"analysis {result.analysis}; {result.term.state.replace('_', ' ')}"
            + (f"; bounds by {result.term.bounds_by}" if result.term.bounds_by else ""),
            f"formula: {result.term.formula()}",
            f"with numbers: {result.term.formula(numbers=True)}",
            f"note: {result.note}",
        ]
        return Branch(tuple(lines), tuple(self.of_term(result.term)))

    def of_quantity(self, quantity: Quantity) -> Branch:
        lines = [
            repr(quantity),
            quantity.state.replace("_", " "),
            f"formula: {quantity.formula}",
            f"with numbers: {quantity.term.formula(numbers=True)}",
        ]
        return Branch(tuple(lines), tuple(self.of_term(quantity.term)))

    def of_term(self, term: Term) -> Iterator[Branch]:
        """What a formula names: results by their name, and leaves that no such result holds."""
        seen: set[object] = set()
        for node in _named(term):
            key: object = node.name if node.leaf is None else node.leaf.key
            if key not in seen:
                seen.add(key)
                yield self.of_result(node.name) if node.leaf is None else self.of_leaf(node.leaf)

    def of_leaf(self, leaf: Leaf) -> Branch:
        if leaf.source == "number":
            return Branch((f"{leaf.printed}: {leaf.id}",))
        if leaf.source in ("result", "given"):
            inner = (self.desk.rows[one] for one in leaf.behind if one in self.desk.rows)
            below = (self.of_leaf(figure_leaf(row)) for row in inner)
            return Branch((f"{leaf.id}: {leaf.printed}",), tuple(below))
        amount = f"{leaf.printed} = {_amount(leaf.value, leaf.interval, leaf.unit)}"
        if leaf.source == "fact":
            fact = self.desk.facts_by_id[leaf.id]
            told = f"{fact['measure']}, {fact['entity']}; {fact['source']}; grade {fact['grade']}"
            return Branch((f"{leaf.id}: {amount}", told))
        row = self.desk.rows[leaf.id]
        place = f"article {row['article']}, characters {row['start']} to {row['end']}"
        lines = [
            f"{leaf.id}: {amount}",
            f"{row['measure']}: {row['label_en']}; {row['bound']}; {place}",
        ]
        if row["note"]:
            lines.append(f"note: {row['note']}")
        if self.page is not None:
            lines += marked_lines(self.page, int(row["start"]), int(row["end"]))
        return Branch(tuple(lines))


def _named(term: Term) -> Iterator[Term]:
    if term.leaf is not None or term.op == "result":
        yield term
        return
    for arg in term.args:
        yield from _named(arg)


def shown(result: Result) -> str:
    """Value, unit and bounds of a result in one line.

    Parameters
    ----------
    result : Result

    Returns
    -------
    str
        Value and bounds as they are shown everywhere; a verdict or a state in words.
    """
    if result.text:
        return result.text
    row = exact_table_of(Results([result])).iloc[0]
    if result.unit == DATE and row["low"] is not None:
        value = row["value"] or "only bounds"
        return f"{value} [{row['low']}, {row['high']}]"
    if not result.term.known:
        return result.term.state.replace("_", " ")
    return _amount(row["value"], result.term.bounds(), result.unit)


def _amount(value: Fraction | None, bounds: Interval | None, unit: str) -> str:
    if unit == DATE and value is not None:
        return dt.date.fromordinal(int(value)).isoformat()
    digits = write_number(Shown(value, bounds or Interval.exactly(value or 0)))
    behind = unit if unit == "%" else f" {unit}" if unit else ""
    text = f"{digits.value}{behind}" if digits.value else f"only bounds{behind}"
    return f"{text} [{digits.low}, {digits.high}]" if digits.low else text


def marked_lines(page: str, start: int, end: int) -> list[str]:
    """The line of a page that holds a figure, with its characters marked.

    Parameters
    ----------
    page : str
        Text of the page.
    start, end : int
        Offsets in code points, half-open.

    Returns
    -------
    list of str
        One line, or several when the print breaks inside the figure.

    Examples
    --------
    >>> marked_lines("up to\\n40 people\\nand more", 6, 8)
    ['page: ⟦40⟧ people']
    """
    first = page.rfind("\n", 0, start) + 1
    after = page.find("\n", end)
    last = len(page) if after < 0 else after
    text = page[first:start] + MARKS[0] + page[start:end] + MARKS[1] + page[end:last]
    return [f"page: {line.strip()}" for line in text.split("\n")]


def _page_text(study: Study, page: str | os.PathLike[str] | None) -> str | None:
    if page is None:
        return None
    path = Path(page)
    content = read_whole(path)
    if sha256_of(content) != study.page["sha256"]:
        raise PageError(
            f"{path}: sha256 {sha256_of(content)} is not that of the study's page, so its offsets "
            "would mark other characters; give the text that the tables were made from"
        )
    return content.decode("utf-8")


# --- upwards ------------------------------------------------------------------------------------


def trace_figure(
    figure_id: str, study: StudyLike = None, *, page: str | os.PathLike[str] | None = None
) -> Trace:
    """Every result, plot and notebook that rests on a printed figure.

    Parameters
    ----------
    figure_id : str
    study : Study or path, optional
    page : path, optional
        The page's text, to show the line of the figure.

    Returns
    -------
    Trace
        A repeat of an earlier figure is traced as the earlier one too.

    Raises
    ------
    ResultError
        If there is no such figure.

    Examples
    --------
    >>> [line.strip() for line in trace_figure("ganzi-033").lines() if "average" in line]
    ['│  ├─ mentors.ganzi.average = 3.7 person']
    """
    desk = Desk(study)
    if figure_id not in desk.rows:
        raise ResultError(
            f"figure {figure_id!r}: no such figure{did_you_mean(figure_id, desk.rows)}; "
            "data/clean/figures.csv lists them"
        )
    found = desk.run(ANALYSES)
    row = desk.rows[figure_id]
    ids = {figure_id, row["same_as"] or figure_id}
    resting = [result for result in found if ids & set(result.sources("figure"))]
    names = {result.result_id for result in resting}
    return Trace(
        Branch(
            tuple(_figure_lines(desk, row, _page_text(desk.study, page))),
            (
                _list("results", (f"{r.result_id} = {shown(r)}" for r in resting)),
                _list("plots", plots_with(desk.study, ids, names)),
                _list("notebooks", notebooks_with(desk.study, ids, names)),
            ),
        )
    )


def _figure_lines(desk: Desk, row: Mapping[str, Any], page: str | None) -> Iterator[str]:
    figure_id = row["figure_id"]
    place = f"article {row['article']}, characters {row['start']} to {row['end']}"
    yield f"{figure_id}: {row['printed']} ({row['measure']}: {row['label_en']}); {place}"
    if row["same_as"] is not None:
        yield f"says {row['same_as']} again, which stands for both in every formula"
    if page is not None:
        yield from marked_lines(page, int(row["start"]), int(row["end"]))


def _list(name: str, entries: Iterable[str]) -> Branch:
    found = tuple(Branch((entry,)) for entry in entries)
    return Branch((f"{name}: {len(found)}",), found)


_WORD = r"(?<![\w.-]){}(?![\w-]|\.\w)"


def _mentions(text: str, ids: Iterable[str]) -> bool:
    return any(re.search(_WORD.format(re.escape(one)), text) for one in ids)


def plots_with(study: Study, figures: Iterable[str], results: Iterable[str] = ()) -> list[str]:
    """Plots whose drawn tables name one of some figures or results.

    Parameters
    ----------
    study : Study
    figures, results : iterable of str
        Ids.

    Returns
    -------
    list of str
        Names of the plots' folders.
    """
    ids = [*figures, *results]
    return [
        folder.name
        for folder in sorted((study.folder / "figures").glob("*"))
        if folder.is_dir()
        and any(_mentions(read_whole(f).decode("utf-8"), ids) for f in sorted(folder.glob("*.csv")))
    ]


def notebooks_with(study: Study, figures: Iterable[str], results: Iterable[str] = ()) -> list[str]:
    """Notebooks that name one of some figures or results, with the numbers of the cells.

    Parameters and returns as in :func:`plots_with`.
    """
    ids = [*figures, *results]
    found = []
    for path in sorted((study.folder / "notebooks").glob("*.ipynb")):
        cells = [
            str(number)
            for number, cell in enumerate(_cells(path), 1)
            if _mentions("\n".join(cell_texts(cell)), ids)
        ]
        if cells:
            found.append(
                f"{path.name}, {'cell' if len(cells) == 1 else 'cells'} {', '.join(cells)}"
            )
    return found


def _cells(path: Path) -> list[dict[str, Any]]:
    cells: list[dict[str, Any]] = json.loads(read_whole(path))["cells"]
    return cells


def cell_texts(cell: Mapping[str, Any]) -> Iterator[str]:
    """The texts of a notebook's cell: its source, then what its outputs show."""
    yield _joined(cell.get("source", ""))
    yield from output_texts(cell)


def output_texts(cell: Mapping[str, Any]) -> Iterator[str]:
    """What the outputs of a notebook's cell show as text, tags taken off."""
    for output in cell.get("outputs", ()):
        if "text" in output:
            yield _joined(output["text"])
        data = output.get("data", {})
        if "text/html" in data:
            yield html.unescape(re.sub(r"<[^>]*>", " ", _joined(data["text/html"])))
        elif "text/markdown" in data:
            yield _joined(data["text/markdown"])
        elif "text/plain" in data:
            yield _joined(data["text/plain"])


def _joined(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(text)


# --- numbers that rest on nothing ---------------------------------------------------------------

_SCALES = (1, 10**3, 10**4, 10**6, 10**8, 10**9)
"""Base units in one shown unit: plain, km, 万, million, 亿, billion."""

# Chinese units follow a number without a space, Latin letters and digits make it part of a name.
_SHOWN = re.compile(
    r"(?<![A-Za-z0-9_.,/-])[-−]?(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?![A-Za-z0-9_-])"
)
_NO_NUMBER = re.compile(
    r"\d{4}-\d{2}(?:-\d{2})?"  # days and months
    r"|[a-z_]+-[a-z]?\d+"  # ids
    r"|\d{1,2} (?:January|February|March|April|May|June|July|August|September|October|November"
    r"|December)(?: \d{4})?"
    r"|\d{4}/\d{4}|\b(?:19|20)\d\d\b|\d{4}年|\d{1,2}月(?:\d{1,2}日)?"
    r"|1=40|7\+20|1\+5|6\+1|1:500"
)


class KnownNumbers:
    """Every number of the tables and results, to find shown numbers that are none of them.

    Results count under the defaults and under each judgement call made otherwise; so do the
    numbers of rows of a table, and of rows with one code.

    Parameters
    ----------
    study : Study or path, optional
    stored : bool, default False
        Take the results as the tables of the study hold them instead of computing them anew.

    Examples
    --------
    >>> known = KnownNumbers()
    >>> known.unknown("They gave CNY 26.72 million, 0.845% of revenue, or 31.4159%.")
    ['31.4159']
    """

    def __init__(self, study: StudyLike = None, *, stored: bool = False) -> None:
        opened = load_study(study)
        numbers = set() if stored else {float(n) for n in _result_numbers(opened)}
        numbers.update(_draft_numbers(opened))
        counts: set[float] = set()
        for path in sorted((opened.folder / "data").rglob("*.csv")):
            rows = list(csv.reader(io.StringIO(read_whole(path).decode("utf-8"))))
            counts.add(float(len(rows) - 1))
            # A table with several rows for a thing counts things as well.
            counts.add(float(len({row[0] for row in rows[1:]})))
            for column in zip(*rows[1:], strict=True):
                counts.update(map(float, Counter(column).values()))
            for row in rows:
                for cell in row:
                    if re.fullmatch(r"-?\d+(?:\.\d+)?", cell):
                        numbers.add(float(cell))
        self._sorted = sorted(numbers | counts | {-n for n in numbers})

    def unknown(self, text: str) -> list[str]:
        """The numbers of a text that no known one rounds to, up, down or to the nearest.

        A whole number may have been rounded to its last digit that is not nought.
        """
        cleaned = _NO_NUMBER.sub(" ", text)
        return [
            found["digits"] for found in _SHOWN.finditer(cleaned) if not self._is(found["digits"])
        ]

    def _is(self, digits: str) -> bool:
        number = digits.replace(",", "")
        unit = 10.0 ** (_zeros(number) - len(number.partition(".")[2]))
        for scale in _SCALES:
            low, high = (float(number) - unit) * scale, (float(number) + unit) * scale
            place = bisect.bisect_right(self._sorted, low)
            if place < len(self._sorted) and self._sorted[place] < high:
                return True
        return False


def _draft_numbers(study: Study) -> Iterator[float]:
    """How far the stored draft of the page agrees with its coding, where there is one."""
    from aidstudy.pages.agreement import draft_agreement

    if has_draft(study):
        found = draft_agreement(study)
        for table in (found.columns, found.grades, found.confusion):
            yield from map(float, table.to_numpy().ravel())


def _zeros(number: str) -> int:
    """Noughts at the end of a whole number that may only show its size; two digits stay."""
    if "." in number:
        return 0
    return min(len(number) - len(number.rstrip("0")), max(0, len(number) - 2))


def _result_numbers(study: Study) -> Iterator[Fraction]:
    tables = Tables(study)
    default = Desk(tables=tables).run(ANALYSES)
    for row in sensitivity_table(tables, default).to_dict("records"):
        yield from (row[c] for c in ("value", "low", "high") if isinstance(row[c], Fraction))
    for result in default:
        bounds = result.term.bounds()
        for number in (result.term.value, *((bounds.low, bounds.high) if bounds else ())):
            if number is not None:
                yield number
        for leaf in result.term.leaves().values():
            yield leaf.value
    yield from _what_if_numbers(study)
    yield from _widths(study)


def _widths(study: Study) -> Iterator[Fraction]:
    """How far the print leaves numbers open, in per cent of them or in points, as captions say."""
    yield from printed_widths(study)["width"]
    for row in unit_costs(study).to_dict("records"):
        yield from (100 * (row["of_value_high"] - 1), 100 * (1 - row["of_value_low"]))
    for row in denominators(study).to_dict("records"):
        if row["value"] is not None:
            yield from (row["high"] - row["value"], row["value"] - row["low"])


def _what_if_numbers(study: Study) -> Iterator[Fraction]:
    """What follows when the rule, the year or a judgement is moved, as the notebooks store it."""
    for row in what_if_scenarios(study).to_dict("records"):
        for name in ("share", "revenue"):
            yield from (row[name + end] for end in ("", "_low", "_high") if row[name] is not None)


def unknown_in_notebook(path: Path, known: KnownNumbers) -> list[str]:
    """Shown numbers of a notebook that are no number of the tables or results, with their cells.

    Parameters
    ----------
    path : Path
    known : KnownNumbers

    Returns
    -------
    list of str
        ``"cell 4: 31.4"``. Prose and outputs are read; the code of a cell is not.
    """
    found = []
    for number, cell in enumerate(_cells(path), 1):
        shown_texts = output_texts(cell) if cell["cell_type"] == "code" else cell_texts(cell)
        for text in shown_texts:
            found += [f"cell {number}: {digits}" for digits in known.unknown(text)]
    return found


def unknown_in_plot(folder: Path, known: KnownNumbers) -> list[str]:
    """Drawn numbers of a plot that are no number of the tables or results.

    Parameters
    ----------
    folder : Path
        Of the plot; its CSV files hold what is drawn.
    known : KnownNumbers

    Returns
    -------
    list of str
        ``"funding.csv, row 3, aid: 31.4"``.
    """
    found = []
    for path in sorted(folder.glob("*.csv")):
        rows = list(csv.DictReader(io.StringIO(read_whole(path).decode("utf-8"))))
        for number, row in enumerate(rows, 2):
            found += [
                f"{path.name}, row {number}, {column}: {digits}"
                for column, cell in row.items()
                for digits in known.unknown(cell or "")
            ]
    return found


def unknown_in_text(text: str, known: KnownNumbers) -> list[str]:
    """Numbers with a unit of the tables, in a text such as a README, that rest on nothing.

    Parameters
    ----------
    text : str
        Markdown; code in fences is left out.
    known : KnownNumbers
    """
    prose = re.sub(r"```.*?```", " ", text, flags=re.DOTALL)
    units = r"(?=\s*(?:%|万元|亿元|CNY|million|billion|km\b|m²|m³))|(?<=CNY )"
    with_unit = re.compile(rf"(?:(?<=CNY )\d[\d,]*(?:\.\d+)?)|\d[\d,]*(?:\.\d+)?{units}")
    return [n for found in with_unit.finditer(prose) for n in known.unknown(found[0])]


# --- commands -----------------------------------------------------------------------------------


def trace_lines(
    study: StudyLike,
    *,
    result_id: str | None = None,
    figure_id: str | None = None,
    page: str | os.PathLike[str] | None = None,
) -> list[str]:
    """What ``aidstudy trace`` prints.

    Parameters
    ----------
    study : Study or path, optional
    result_id, figure_id : str, optional
        One of the two.
    page : path, optional

    Returns
    -------
    list of str

    Raises
    ------
    ResultError
        If both or neither is given, or there is no such id.
    """
    if (result_id is None) == (figure_id is None):
        raise ResultError("trace: name one result, or one figure with --figure")
    if result_id is not None:
        return trace(result_id, study, page=page).lines()
    assert figure_id is not None
    return trace_figure(figure_id, study, page=page).lines()


__all__ = [
    "MARKS",
    "Branch",
    "KnownNumbers",
    "Trace",
    "cell_texts",
    "marked_lines",
    "notebooks_with",
    "output_texts",
    "plots_with",
    "shown",
    "trace",
    "trace_figure",
    "trace_lines",
    "unknown_in_notebook",
    "unknown_in_plot",
    "unknown_in_text",
]
