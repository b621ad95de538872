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
from functools import cached_property
from pathlib import Path
from typing import Any

from aidstudy.analysis.desk import Desk
from aidstudy.analysis.served import ID, results_by_id, told_result
from aidstudy.codebook import RESULTS, did_you_mean
from aidstudy.errors import PageError, ResultError
from aidstudy.files import read_whole, sha256_of
from aidstudy.quantity.result import Leaf
from aidstudy.quantity.scalar import Quantity
from aidstudy.tables.load import StudyLike, fact_source, leaf_of
from aidstudy.tables.study import Study

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


@dataclass(frozen=True, slots=True)
class Entry:
    """What there is to say of a result, a figure or a fact, for whoever lays it out.

    `said`: what it is, a figure as printed. `told`: the rest by its name, without what is empty.
    `behind`: ids of the figures and facts that a result rests on.
    """

    name: str
    said: str
    labels: tuple[str, ...]
    told: Mapping[str, str]
    behind: tuple[str, ...] = ()


class Entries:
    """Every result, figure and fact of a study by its id, with the lines of its page if given."""

    def __init__(self, study: StudyLike, page: str | os.PathLike[str] | None = None) -> None:
        self.desk = Desk(study)
        self.page = None if page is None else _page_text(self.desk.study, Path(page))

    @cached_property
    def results(self) -> dict[str, dict[str, Any]]:
        """The stored results; a new study has none until it is rebuilt."""
        stored = (self.desk.study.clean / f"{RESULTS.name}.csv").exists()
        return results_by_id(self.desk.study) if stored else {}

    def of(self, name: str) -> Entry:
        """The entry of an id."""
        if name in self.results:
            return self._result(self.results[name])
        row = self.desk.rows.get(name)
        return self._fact(self.desk.facts_by_id[name]) if row is None else self._figure(row)

    def resting(self, name: str) -> list[str]:
        """The results that rest on a figure or a fact, or on the figure that it says again."""
        ids = {name, self.desk.rows.get(name, {}).get("same_as")}
        return [one for one, row in self.results.items() if not ids.isdisjoint(_behind(row))]

    def _result(self, row: Mapping[str, Any]) -> Entry:
        known = {**self.desk.rows, **self.desk.facts_by_id}
        numbers = ID.sub(
            lambda word: known[word[0]]["printed"] if word[0] in known else word[0], row["formula"]
        )
        how = [row["state"].replace("_", " ")]
        how += [f"bounds by {row['bounds_by']}"] if row["bounds_by"] else []
        if row["state"] == "estimated":
            how.append("a model or a test: the trail ends at the rows it was computed from")
        told = {"how known": "; ".join(how), "notebook": row["notebook"]}
        told |= {"formula": row["formula"], "with numbers": numbers, "note": row["note"]}
        labels = (row["label"], row["label_zh"])
        return Entry(row["result_id"], told_result(row), labels, told, _behind(row))

    def _figure(self, row: Mapping[str, Any]) -> Entry:
        again = row["same_as"] and f"{row['same_as']}, which stands for both in every formula"
        told = {
            "measure": row["measure"],
            "where": f"article {row['article']}, characters {row['start']} to {row['end']}",
            "bound": row["bound"],
            "subject": row["subject"],
            "from": row["donor"],
            "period": row["period"],
            "says again": again,
            "part of": row["part_of"],
            "note": row["note"],
        }
        return Entry(row["figure_id"], _read(row), (row["label_en"],), _filled(told))

    def _fact(self, row: Mapping[str, Any]) -> Entry:
        told = {"of": row["entity"]} | {name: row[name] for name in ("measure", "period")}
        told |= {"source": fact_source(row)} | {name: row[name] for name in ("grade", "note")}
        return Entry(row["fact_id"], _read(row), (), _filled(told))

    def trail(self, name: str, *more: Trace) -> Trace:
        """An entry with all that it rests on, a line for each thing told of a result."""
        entry = self.of(name)
        told = [f"{key}: {text}" for key, text in entry.told.items()]
        lines = [f"{name}: {entry.said}", *([" / ".join(entry.labels)] if entry.labels else [])]
        lines += told if name in self.results else ["; ".join(told)]
        if self.page is not None and (row := self.desk.rows.get(name)):
            lines += marked_lines(self.page, row["start"], row["end"])
        return Trace(tuple(lines), (*map(self.trail, entry.behind), *more))

    def trail_of_leaf(self, leaf: Leaf) -> Trace:
        """Where a formula of one's own ends."""
        if leaf.source == "number":
            return Trace((f"{leaf.printed}: {leaf.name}",))
        if leaf.source in ("result", "given"):
            inner = (one for one in leaf.behind if one in self.desk.rows)
            return Trace((f"{leaf.name}: {leaf.printed}",), tuple(map(self.trail, inner)))
        return self.trail(leaf.id)


def _behind(row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(f"{row['figures'] or ''} {row['facts'] or ''}".split())


def _read(row: Mapping[str, Any]) -> str:
    """What is printed, and what it stands for: a number with its bounds, or a day or code."""
    value = row["value"] if isinstance(row["value"], str) else Quantity.of(leaf_of(row))
    return f"{row['printed']} = {value}"


def _filled(told: Mapping[str, Any]) -> dict[str, str]:
    return {key: str(text) for key, text in told.items() if text}


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
    >>> for line in trace("rule_amount.ganzi").lines()[4:6]:
    ...     print(line)
    formula: ganzi-020 − ganzi-019
    with numbers: 2672万元 − 1092万元
    """
    entries = Entries(study, page)
    if isinstance(result, Quantity):
        state, numbers = result.state.replace("_", " "), result.term.formula(numbers=True)
        lines = (repr(result), state, f"formula: {result.formula}", f"with numbers: {numbers}")
        return Trace(lines, tuple(map(entries.trail_of_leaf, result.term.leaves().values())))
    if not isinstance(result, str):
        raise ResultError(
            f"{result!r} is a {type(result).__name__}, which knows no figures; trace the id of a "
            "result, or a quantity such as load_results()['quantity'][0]"
        )
    if result not in entries.results:
        figure = result in entries.desk.rows
        hint = "; of a figure ask trace_figure, or aidstudy trace --figure" * figure
        raise ResultError(
            f"result {result!r}: no such result{did_you_mean(result, entries.results)}; "
            f"data/clean/{RESULTS.name}.csv lists them{hint}"
        )
    return entries.trail(result)


def marked_lines(page: str, start: int, end: int) -> list[str]:
    """The line of a page that holds a figure, marked; several when it breaks inside the figure.

    >>> marked_lines("up to\\n40 people\\nand more", 6, 8)
    ['page: ⟦40⟧ people']
    """
    first = page.rfind("\n", 0, start) + 1
    last = f"{page}\n".index("\n", end)
    text = page[first:start] + MARKS[0] + page[start:end] + MARKS[1] + page[end:last]
    return [f"page: {line.strip()}" for line in text.split("\n")]


def _page_text(study: Study, path: Path) -> str:
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
    >>> [line[-10:] for line in trace_figure("ganzi-033").lines() if "average:" in line]
    ['3.7 person']
    """
    entries = Entries(study, page)
    desk = entries.desk
    if figure_id not in desk.rows:
        raise ResultError(
            f"figure {figure_id!r}: no such figure{did_you_mean(figure_id, desk.rows)}; "
            "data/clean/figures.csv lists them"
        )
    resting = entries.resting(figure_id)
    ids = filter(None, (figure_id, desk.rows[figure_id]["same_as"], *resting))
    named = re.compile(rf"(?<![\w.-])(?:{'|'.join(map(re.escape, ids))})(?![\w-]|\.\w)")
    return entries.trail(
        figure_id,
        _list("results", (f"{one}: {told_result(entries.results[one])}" for one in resting)),
        _list("plots", _plots_with(desk.study, named), desk.study.folder / "figures"),
        _list("notebooks", _notebooks_with(desk.study, named)),
    )


def _list(name: str, entries: Iterable[str], folder: Path | None = None) -> Trace:
    if folder is not None and not folder.is_dir():
        return Trace((f"{name}: not known here, as {folder} is not there; ask in the repository",))
    found = tuple(Trace((entry,)) for entry in entries)
    return Trace((f"{name}: {len(found)}",), found)


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
