"""Which rows of two codings are about the same thing; the one answer that every comparison uses.

Figures are matched by their span, projects by id, pairs by county and printed donor, mechanisms
by county and device. Events of a county are matched by the share of figures that they have in
common, the best match first, then in reading order. An event without figures has only its county
and its last day, so two of them are the same when these are.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from fractions import Fraction

Row = dict[str, str]
Rows = list[Row]
Matched = list[tuple[Row | None, Row | None]]

_KEYS: Mapping[str, Callable[[Row], Hashable]] = {
    "figures": lambda row: (row["start"], row["end"]),
    "projects": lambda row: row["project_id"],
    "pairs": lambda row: (row["recipient"], row["donor_zh"]),
    "mechanisms": lambda row: (row["recipient"], row["mechanism"]),
}


def matched_rows(tables: Mapping[str, tuple[Rows, Rows]]) -> dict[str, Matched]:
    """The rows of two codings side by side by table, ``None`` for a row that one lacks."""
    found = {name: _by_key(*tables[name], key) for name, key in _KEYS.items()}
    return found | {"events": _by_what_they_tell(tables)}


def matched_figures(a: Rows, b: Rows) -> Matched:
    """Figures of two codings side by side, by their span."""
    return _by_key(a, b, _KEYS["figures"])


def _by_key(a: Rows, b: Rows, key: Callable[[Row], Hashable]) -> Matched:
    second: dict[Hashable, Rows] = {}
    for row in b:
        second.setdefault(key(row), []).append(row)
    alike = ((row, second.get(key(row))) for row in a)
    matched: Matched = [(row, rows.pop(0) if rows else None) for row, rows in alike]
    return matched + [(None, row) for rows in second.values() for row in rows]


def _by_what_they_tell(tables: Mapping[str, tuple[Rows, Rows]]) -> Matched:
    place = _KEYS["figures"]
    spans = [{row["figure_id"]: place(row) for row in rows} for rows in tables["figures"]]
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
