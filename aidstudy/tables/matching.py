"""Which rows of two codings are about the same thing, and where they part.

The one answer that every comparison uses, and the log of what settled it.

Figures are matched by their span, projects by id, pairs by county and printed donor, mechanisms
by county and device. Events of a county are matched by the share of figures that they have in
common, the best match first, then in reading order. An event without figures has only its county
and its last day, so two of them are the same when these are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from operator import itemgetter

from aidstudy.codebook import ADJUDICATION
from aidstudy.errors import Fault

Row = dict[str, str]
Rows = list[Row]
Matched = list[tuple[Row | None, Row | None]]

_KEYS: Mapping[str, Callable[[Row], Hashable]] = {
    "figures": itemgetter("start", "end"),
    "projects": itemgetter("project_id"),
    "pairs": itemgetter("recipient", "donor_zh"),
    "mechanisms": itemgetter("recipient", "mechanism"),
}


def matched_rows(tables: Mapping[str, tuple[Rows, Rows]]) -> dict[str, Matched]:
    """The rows of two codings side by side by table, ``None`` for a row that one lacks."""
    return {
        name: _by_what_they_tell(tables) if name == "events" else _by_key(a, b, _KEYS[name])
        for name, (a, b) in tables.items()
    }


def _by_key(a: Rows, b: Rows, key: Callable[[Row], Hashable]) -> Matched:
    second: dict[Hashable, Rows] = {}
    for row in b:
        second.setdefault(key(row), []).append(row)
    alike = ((row, second.get(key(row))) for row in a)
    matched: Matched = [(row, rows.pop(0) if rows else None) for row, rows in alike]
    return matched + [(None, row) for rows in second.values() for row in rows]


def _by_what_they_tell(tables: Mapping[str, tuple[Rows, Rows]]) -> Matched:
    place = _KEYS["figures"]
    spans = [
        {row["figure_id"]: place(row) for row in rows} for rows in tables.get("figures", ([], []))
    ]
    told = [
        [_told(event, of_figures) for event in events]
        for events, of_figures in zip(tables["events"], spans, strict=True)
    ]
    a, b = tables["events"]
    shared = [
        (-Fraction(len(mine & theirs), len(mine | theirs)), i, j)
        for i, mine in enumerate(told[0])
        for j, theirs in enumerate(told[1])
        if a[i]["recipient"] == b[j]["recipient"] and mine & theirs
    ]
    taken: dict[int, int] = {}
    for _, i, j in sorted(shared):
        if i not in taken and j not in taken.values():
            taken[i] = j
    matched: Matched = [(row, b[taken[i]] if i in taken else None) for i, row in enumerate(a)]
    return matched + [(None, row) for j, row in enumerate(b) if j not in taken.values()]


def _told(event: Row, spans: Mapping[str, Hashable]) -> set[Hashable]:
    """The spans of an event's figures, as their ids differ between codings; else its last day."""
    figures = event["figures"].split()
    return {spans.get(figure, figure) for figure in figures} or {event["end_date"]}


_NAME = re.compile("([a-z][a-z0-9_]*)((?:-[a-z0-9_]+)*)")


def renamed(rows: Iterable[Row], names: Mapping[str, str], columns: Iterable[str]) -> Rows:
    """Rows with other ids or short names in the columns that hold some; ids begin with a name.

    >>> renamed([{"donor": "a b", "subject": "a>c-p01"}], {"a": "d", "c": "e"}, ["subject"])
    [{'donor': 'a b', 'subject': 'd>e-p01'}]
    """

    def other(cell: str) -> str:
        return _NAME.sub(
            lambda name: names.get(name[0]) or names.get(name[1], name[1]) + name[2], cell
        )

    return [row | {name: other(row[name]) for name in columns if name in row} for row in rows]


def apart(
    table: str, name: str, rows: Mapping[str, Row | None], columns: Sequence[str]
) -> Iterator[Row]:
    """A line of the log for each column in which some rows part, or for the row that one lacks.

    `rows`: what each coding, and perhaps the final table, has of one thing.
    """
    line = {"table": table, "row": name}
    whole = {who: row for who, row in rows.items() if row is not None}
    if len(whole) < len(rows):
        there = {who: "present" if who in whole else "absent" for who in rows}
        yield line | {"column": "row"} | there
        return
    for column in columns:
        cells = {who: row[column] for who, row in whole.items()}
        if len(set(cells.values())) > 1:
            yield line | {"column": column} | cells


def log_faults(
    found: Iterable[Row], told: Mapping[int, Row], columns: Sequence[str], label: str
) -> Iterator[Fault]:
    """Where a log, rows by their place in the file, is not what :func:`apart` tells now."""

    def key(line: Row) -> tuple[str, ...]:
        return tuple(line[part] for part in ADJUDICATION.key)

    logged = {key(line): (row, line) for row, line in told.items()}
    for line in found:
        name = " ".join(key(line))
        row, old = logged.pop(key(line), (0, line))
        if not row:
            held = ", ".join(f"{column} {line[column]!r}" for column in columns)
            problem = f"differs, {held}, and has no line"
            yield Fault(label, "", name, problem, "add one with the rule that settled it")
        for column in columns:
            if old[column] != line[column]:
                where, problem = f"{label}, row {row} ({name})", f"the tables hold {line[column]!r}"
                yield Fault(where, column, old[column], problem, "correct the line and its rule")
    for cell, (row, _) in logged.items():
        problem = "nothing differs there"
        yield Fault(f"{label}, row {row}", "", " ".join(cell), problem, "delete the line")
