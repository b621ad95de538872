"""The trail of a number: from a result down to the page, and from a figure up to what rests on it.

With the page's text a trail shows the line of the page with the characters marked; the text is read
when it is asked for and stored nowhere.
"""

from __future__ import annotations

import html
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

from aidstudy.analysis.desk import DATE, Desk
from aidstudy.analysis.served import exact_results
from aidstudy.codebook import RESULTS, did_you_mean
from aidstudy.errors import PageError, ResultError
from aidstudy.files import read_whole, sha256_of
from aidstudy.intervals import Interval
from aidstudy.quantity.result import Leaf
from aidstudy.quantity.scalar import Quantity
from aidstudy.rounding import OPEN, Digits, Shown, write_number
from aidstudy.tables.load import StudyLike, fact_source
from aidstudy.tables.study import Study, load_study

MARKS = ("⟦", "⟧")
"""Around the characters of a figure in the line of the page."""


@dataclass(frozen=True, slots=True)
class Trace:
    """A node of a trail: lines of text, of which the first names it, and what it rests on.

    A notebook shows it with all below it as nested lists, a terminal as a tree.
    """

    told: tuple[str, ...]
    children: tuple[Trace, ...] = ()

    def lines(self) -> list[str]:
        """The tree, line by line, indented with signs that show what hangs on what."""
        tree = list(self.told)
        for child in self.children:
            head, rest = ("└─ ", "   ") if child is self.children[-1] else ("├─ ", "│  ")
            first, *more = child.lines()
            tree += [head + first, *(rest + line for line in more)]
        return tree

    def __str__(self) -> str:
        return "\n".join(self.lines())

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return f'<div class="trace">{self._nested()}</div>'

    def _nested(self) -> str:
        name, *lines = (html.escape(line) for line in self.told)
        marked = [line.replace(MARKS[0], "<mark>").replace(MARKS[1], "</mark>") for line in lines]
        inner = "".join(f"<li>{child._nested()}</li>" for child in self.children)
        return "<br>".join([f"<b>{name}</b>", *marked]) + (f"<ul>{inner}</ul>" if inner else "")


def trace(
    result: str | Quantity, study: StudyLike = None, *, page: str | os.PathLike[str] | None = None
) -> Trace:
    """What a number was computed from, down to the characters of the page.

    Parameters
    ----------
    result : str or Quantity
        The id of a stored result, or any quantity of your own.
    study : Study or path, optional
    page : path, optional
        The page's text. With it each figure shows its line with the characters marked.

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
    >>> for line in trace("rule_amount.ganzi").lines()[3:5]:
    ...     print(line)
    formula: ganzi-020 − ganzi-019
    with numbers: 2672万元 − 1092万元
    """
    opened = load_study(study)
    trail = _Trail(opened, _page_text(opened, page))
    found = trail.of_quantity if isinstance(result, Quantity) else trail.of_result
    return found(result)  # type: ignore[arg-type]


class _Trail:
    """Builds the branches of one study from its stored tables."""

    def __init__(self, study: Study, page: str | None) -> None:
        self.desk = Desk(study)
        self.page = page

    @cached_property
    def found(self) -> dict[str, dict[str, Any]]:
        rows = exact_results(self.desk.study).to_dict("records")
        return {row["result_id"]: row for row in rows}

    def of_result(self, result_id: str) -> Trace:
        if result_id not in self.found:
            hint = "; for a figure say --figure" if result_id in self.desk.rows else ""
            raise ResultError(
                f"result {result_id!r}: no such result{did_you_mean(result_id, self.found)}; "
                f"data/clean/{RESULTS.name}.csv lists them{hint}"
            )
        row, known = self.found[result_id], {**self.desk.rows, **self.desk.facts_by_id}
        numbers = _WORDS.sub(
            lambda word: known[word[0]]["printed"] if word[0] in known else word[0], row["formula"]
        )
        lines = [
            f"{result_id} = {shown(row)}",
            f"{row['label']} / {row['label_zh']}",
            f"notebook {row['notebook']}; {row['state'].replace('_', ' ')}"
            + (f"; bounds by {row['bounds_by']}" if row["bounds_by"] else ""),
            f"formula: {row['formula']}",
            f"with numbers: {numbers}",
            f"note: {row['note']}",
        ]
        if row["state"] == "estimated":
            lines.append("a model or a test: the trail ends at the rows it was computed from")
        figures = map(self.of_figure, (row["figures"] or "").split())
        facts = map(self.of_fact, (row["facts"] or "").split())
        return Trace(tuple(lines), (*figures, *facts))

    def of_quantity(self, quantity: Quantity) -> Trace:
        lines = [
            repr(quantity),
            quantity.state.replace("_", " "),
            f"formula: {quantity.formula}",
            f"with numbers: {quantity.term.formula(numbers=True)}",
        ]
        leaves = quantity.term.leaves().values()
        return Trace(tuple(lines), tuple(self.of_leaf(leaf) for leaf in leaves))

    def of_leaf(self, leaf: Leaf) -> Trace:
        if leaf.source == "number":
            return Trace((f"{leaf.printed}: {leaf.name}",))
        if leaf.source in ("result", "given"):
            inner = (one for one in leaf.behind if one in self.desk.rows)
            return Trace((f"{leaf.name}: {leaf.printed}",), tuple(map(self.of_figure, inner)))
        return self.of_fact(leaf.id) if leaf.source == "fact" else self.of_figure(leaf.id)

    def of_fact(self, fact_id: str) -> Trace:
        row = self.desk.facts_by_id[fact_id]
        told = f"{row['measure']}, {row['entity']}; {fact_source(row)}; grade {row['grade']}"
        return Trace((f"{fact_id}: {row['printed']} = {_of_row(row)}", told))

    def of_figure(self, figure_id: str) -> Trace:
        return Trace(tuple(_figure_lines(self.desk.rows[figure_id], self.page)))


def _of_row(row: Mapping[str, Any]) -> str:
    """What a printed figure or a fact stands for."""
    if isinstance(row["value"], str):
        return str(row["value"])
    return _amount(row_digits(row), row["unit"] or "")


def row_digits(row: Mapping[str, Any]) -> Digits:
    """Value and bounds of a row of a table as they are shown; days and words as they stand."""
    value, low, high = (row[name] for name in ("value", "low", "high"))
    if low is None and high is None:
        return Digits(value if isinstance(value, str) else _unbounded(value))
    if isinstance(low or high, str):
        return Digits(value or "", low or OPEN, high or OPEN)
    return write_number(Shown(value, Interval(low, high)))


def _unbounded(value: Fraction | None) -> str:
    """A number whose print says nothing of its bounds: an estimate, or exact."""
    if value is None:
        return ""
    if value.denominator > 10**6:
        return f"{float(value):.4g}"
    return write_number(Shown(value, Interval.exactly(value))).value


_WORDS = re.compile(r"[A-Za-z0-9_]+(?:[.-][A-Za-z0-9_]+)*")


def shown(row: Mapping[str, Any]) -> str:
    """A stored result in one line: value, unit and bounds, or a verdict or state in words."""
    digits = row_digits(row)
    if not digits.value and not digits.low:
        return str(row["state"]).replace("_", " ")
    in_words = row["unit"] == DATE or isinstance(row["value"], str)
    told = _amount(digits, "" if in_words else row["unit"] or "")
    if row["ci_low"] is None:
        return told
    ends = (_unbounded(row[end]) for end in ("ci_low", "ci_high"))
    return f"{told}, {float(100 * row['level']):g}% interval {' to '.join(ends)}"


def _amount(digits: Digits, unit: str) -> str:
    text = f"{digits.value or 'only bounds'}{unit if unit in ('%', '') else f' {unit}'}"
    return f"{text} [{digits.low}, {digits.high}]" if digits.low else text


def marked_lines(page: str, start: int, end: int) -> list[str]:
    """The line of a page that holds a figure, marked; several when it breaks inside the figure.

    >>> marked_lines("up to\\n40 people\\nand more", 6, 8)
    ['page: ⟦40⟧ people']
    """
    first = page.rfind("\n", 0, start) + 1
    last = f"{page}\n".index("\n", end)
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
    >>> [line[-10:] for line in trace_figure("ganzi-033").lines() if "average =" in line]
    ['3.7 person']
    """
    desk = Desk(study)
    if figure_id not in desk.rows:
        raise ResultError(
            f"figure {figure_id!r}: no such figure{did_you_mean(figure_id, desk.rows)}; "
            "data/clean/figures.csv lists them"
        )
    row = desk.rows[figure_id]
    ids = {figure_id, row["same_as"] or figure_id}
    # A new study has none until it is rebuilt.
    stored = (desk.study.clean / f"{RESULTS.name}.csv").exists()
    found = exact_results(desk.study).to_dict("records") if stored else []
    resting = [result for result in found if ids & set((result["figures"] or "").split())]
    named = _mentioned([*ids, *(result["result_id"] for result in resting)])
    lists = (
        _list("results", (f"{r['result_id']} = {shown(r)}" for r in resting)),
        _list("plots", _plots_with(desk.study, named), desk.study.folder / "figures"),
        _list("notebooks", _notebooks_with(desk.study, named)),
    )
    return Trace(tuple(_figure_lines(row, _page_text(desk.study, page))), lists)


def _figure_lines(row: Mapping[str, Any], page: str | None) -> Iterator[str]:
    place = f"article {row['article']}, characters {row['start']} to {row['end']}"
    yield f"{row['figure_id']}: {row['printed']} = {_of_row(row)}"
    yield f"{row['measure']}: {row['label_en']}; {row['bound']}; {place}"
    if row["same_as"] is not None:
        yield f"says {row['same_as']} again, which stands for both in every formula"
    if row["note"]:
        yield f"note: {row['note']}"
    if page is not None:
        yield from marked_lines(page, int(row["start"]), int(row["end"]))


def _list(name: str, entries: Iterable[str], folder: Path | None = None) -> Trace:
    if folder is not None and not folder.is_dir():
        return Trace((f"{name}: not known here, as {folder} is not there; ask in the repository",))
    found = tuple(Trace((entry,)) for entry in entries)
    return Trace((f"{name}: {len(found)}",), found)


def _mentioned(ids: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.-])(?:{'|'.join(map(re.escape, ids))})(?![\w-]|\.\w)")


def _plots_with(study: Study, ids: re.Pattern[str]) -> Iterator[str]:
    """Plots whose drawn tables name one of some ids."""
    for folder in sorted((study.folder / "figures").glob("*")):
        if any(ids.search(read_whole(file).decode("utf-8")) for file in folder.glob("*.csv")):
            yield folder.name


def _notebooks_with(study: Study, ids: re.Pattern[str]) -> Iterator[str]:
    """Notebooks that name one of some ids, or show what rests on it, and in which cells."""
    for path in sorted((study.folder / "notebooks").glob("*.ipynb")):
        cells = enumerate(json.loads(read_whole(path))["cells"], 1)
        found = [str(number) for number, cell in cells if ids.search(json.dumps(cell))]
        if found:
            yield f"{path.name}, {'cell' if len(found) == 1 else 'cells'} {', '.join(found)}"
