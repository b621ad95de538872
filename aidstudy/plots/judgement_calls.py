"""Judgement calls: how many results each moves, and the share that it moves furthest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from aidstudy.analysis.judgement import judgement_calls
from aidstudy.plots.drawn import drawn_row, drawn_table, plain_row
from aidstudy.plots.kit import (
    Canvas,
    canvas,
    checked_table,
    in_order,
    joined,
    listed_rows,
    wrap,
)
from aidstudy.plots.plot import Plot
from aidstudy.plots.sheet import Sheet
from aidstudy.plots.style import body_size, note_size
from aidstudy.plots.texts import texts_of
from aidstudy.plots.words import (
    Lang,
    Words,
    bounds_text,
    digits_of,
    exact_text,
    is_missing,
    named,
)

STEM = "judgement_calls"
_NEEDS = ("switch", "moved", "results", "touched", "lost", "result_id", "value", "default_value")


def rows_judgement_calls(calls: pd.DataFrame, order: Sequence[str] | None = None) -> pd.DataFrame:
    """The rows that :func:`plot_judgement_calls` draws, calls by how many results they move.

    For each call how many results it moves, and the share that it moves furthest under both
    readings (``quantity`` is the id of the result).
    """
    source = "aidstudy.judgement_calls()"
    table = listed_rows(checked_table(STEM, calls, _NEEDS, source))
    table.sort(key=lambda row: -row["moved"])
    rows: list[dict[str, Any]] = []
    for row in in_order(STEM, table, order, "switch"):
        switch, what = row["switch"], texts_of(STEM).words(row["switch"])
        more = {name: row[name] for name in ("switch", "results", "touched", "lost", "shift")}
        rows.append(plain_row(f"moved-{switch}", "moved", what, row["moved"], unit="result",
                              state="derived", **more))  # fmt: skip
        if is_missing(row["result_id"]):
            rows.append(plain_row(f"none-{switch}", "share", what, None, unit="%",
                                  state="not_applicable", **more))  # fmt: skip
            continue
        result = Words.of(row, "label")
        for name, prefix in (("default", "default_"), ("other", "")):
            reading = texts_of(STEM).words(f"{switch}_{name}")
            parts = ("value", "low", "high", "state", "figures")
            label = (f"{what.en}: {reading.en}; {result.en}",
                     f"{what.zh}：{reading.zh}；{result.zh}")  # fmt: skip
            cells = {part: row[f"{prefix}{part}"] for part in parts}
            rows.append(drawn_row(f"{name}-{switch}", row["result_id"], label, cells, unit="%",
                                  result=result, reading=name, **more))  # fmt: skip
    return drawn_table(rows)


def plot_judgement_calls(
    calls: pd.DataFrame,
    *,
    ax: Axes | None = None,
    lang: Lang = "en",
    order: Sequence[str] | None = None,
) -> Axes:
    """Draw how many results each judgement call moves.

    `calls`: from :func:`aidstudy.judgement_calls`; some of its rows will do.
    """
    rows = rows_judgement_calls(calls, order)
    with canvas(STEM, ax, lang) as on:
        _draw_moved(on, listed_rows(rows))
        return on.ax


def _draw_moved(on: Canvas, rows: list[dict[str, Any]], *, readings: bool = True) -> None:
    moved = [row for row in rows if row["quantity"] == "moved"]
    below = []
    for row in moved if readings else []:
        default, other = (on.say(f"{row['switch']}_{name}") for name in ("default", "other"))
        below.append(f"{default} → {other}")
    on.rows([Words.of(row, "label").say(on.lang) for row in moved], below=below)
    on.ax.set_xlim(0, max(row["value"] for row in moved))
    for y, row in enumerate(moved):
        if row["value"] > row["lost"]:
            on.bar(
                0, float(row["value"]), y, colour=on.palette.mid, mark=row["mark"], label="moved"
            )
        if row["lost"]:
            mark = row["mark"] if row["lost"] == row["value"] else None
            on.bar(0, float(row["lost"]), y, colour=on.palette.dark, label="lost", mark=mark)
        on.put(exact_text(row["value"]), float(row["value"]), y, dx=4)
    if any(row["lost"] for row in moved):
        on.note(on.say("lost"))
    on.bare("left")
    on.ax.set_xlabel(on.say("moved"))


def plot_call_shares(
    calls: pd.DataFrame,
    *,
    ax: Axes | None = None,
    lang: Lang = "en",
    columns: bool = True,
    order: Sequence[str] | None = None,
) -> Axes:
    """Draw the share that each call moves furthest, under both readings.

    `calls`: from :func:`aidstudy.judgement_calls`; some of its rows will do.
    """
    rows = rows_judgement_calls(calls, order)
    with canvas(STEM, ax, lang, columns=columns) as on:
        _draw_shares(on, listed_rows(rows), names=True, room=150 if columns else 0)
        return on.ax


def _draw_shares(on: Canvas, rows: list[dict[str, Any]], *, names: bool, room: float) -> None:
    moved = [row for row in rows if row["quantity"] == "moved"]
    on.rows([Words.of(row, "label").say(on.lang) if names else "" for row in moved])
    on.ax.set_xlim(0, 100)
    cells = []
    for y, row in enumerate(moved):
        pair = {one.get("reading"): one for one in rows if one["switch"] == row["switch"]}
        if "default" not in pair:
            none = f"none-{row['switch']}"
            on.missing(y, none, on.say("no_share"), size=note_size())
            continue
        default, other = pair["default"], pair["other"]
        ends = [_middle(one) for one in (default, other)]
        on.ax.plot(ends, [y, y], color=on.palette.rule, linewidth=body_size() / 8, zorder=1)
        _reading(on, default, y, ends[0] < ends[1])
        _reading(on, other, y, ends[1] < ends[0])
        lines = wrap(default["result"].say(on.lang), room, size=note_size(), lang=on.lang)
        step = 1.1 * note_size()
        cells += [(y, line, ((len(lines) - 1) / 2 - place) * step)
                  for place, line in enumerate(lines)]  # fmt: skip
    if room:
        on.head((on.say("which"),), 1, coords="axes", ha="left", dx=3.2 * body_size())
        for y, line, dy in cells:
            on.quiet(line, 1, y, coords="edge", dx=3.2 * body_size(), dy=dy)
    on.note(on.say("key"))
    on.ax.set_xlabel(on.say("share"))


def _middle(row: Mapping[str, Any]) -> float:
    value = row["value"]
    return float((row["low"] + row["high"]) / 2 if is_missing(value) else value)


def _reading(on: Canvas, row: Mapping[str, Any], y: float, left: bool) -> None:
    """One reading: its bounds as a bar, its value as a mark, its number outside of both."""
    default, low, high = row["reading"] == "default", float(row["low"]), float(row["high"])
    colour = on.palette.dark if default else on.palette.accent
    tint = on.palette.tint if default else on.palette.accent_tint
    only = is_missing(row["value"])
    lane = y - 0.2 if default else y + 0.2
    on.bar(low, high, lane, high=0.2, colour=tint, edge=colour, zorder=1.5,
           mark=row["mark"] if only else None)  # fmt: skip
    if not only:
        on.dot(float(row["value"]), lane, colour=colour, size=0.6, gid=row["mark"],
               marker="o" if default else "D", label=row["reading"])  # fmt: skip
    digits = digits_of(row)
    text = digits.value or bounds_text(digits)
    left = left and low > 14
    look = {"ha": "right", "dx": -0.6 * body_size()} if left else {"dx": 0.6 * body_size()}
    on.put(text, low if left else high, lane, size=note_size(), **look)


def _facts(rows: pd.DataFrame, lang: Lang) -> dict[str, str]:
    found = listed_rows(rows)
    moved = [row for row in found if row["quantity"] == "moved"]
    shown = [row for row in moved if not is_missing(row["shift"])]
    furthest = max(shown, key=lambda row: row["shift"], default=None)
    shift = ""
    if furthest is not None:
        pair = [row["value"] for row in found
                if row["switch"] == furthest["switch"] and row["unit"] == "%"]  # fmt: skip
        exact = not any(is_missing(value) for value in pair)
        shift = exact_text(abs(pair[0] - pair[1]) if exact else furthest["shift"])
    told = [named(Words.of(row, "label").say(lang), exact_text(row["value"]), lang)
            for row in moved]  # fmt: skip
    return {
        "touched": str(moved[0]["touched"]),
        "results": str(moved[0]["results"]),
        "shift": shift or "0",
        "moves": str(sum(row["value"] for row in moved)),
        "shown": str(len(shown)),
        "furthest": Words.of(furthest, "label").say(lang) if furthest else "",
        "told": joined(told, lang),
    }


def _figure(page: Sheet, message: str, calls: pd.DataFrame) -> Figure:
    rows = listed_rows(rows_judgement_calls(calls))
    with canvas(STEM, page.axes(), page.lang) as on:
        _draw_moved(on, rows, readings=not page.slide)
    panels = [on.ax]
    if not page.slide:
        with canvas(STEM, page.axes(), page.lang, columns=not page.narrow) as beside:
            room = 0 if page.narrow else 0.26 * page.width
            _draw_shares(beside, rows, names=page.narrow, room=room)
        panels.append(beside.ax)
    widths = () if page.narrow or page.slide else (0.8, 1)
    return page.compose(*panels, pitch=2.5 if not page.slide else 1.6, headline=message,
                        beside=widths)  # fmt: skip


PLOT = Plot(
    STEM,
    ("results", "sensitivity"),
    lambda study: {"calls": judgement_calls(study).query("moved > 0")},
    rows_judgement_calls,
    _figure,
    _facts,
    omitted=lambda preset: frozenset({"%"} if preset.headline else ()),
)
