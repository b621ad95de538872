"""Which management devices each county's report mentions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from aidstudy.analysis.devices import management_devices
from aidstudy.plots.drawn import drawn_table, passage, plain_row
from aidstudy.plots.kit import (
    Canvas,
    Cell,
    canvas,
    checked_table,
    in_order,
    joined,
    listed_rows,
    widest,
)
from aidstudy.plots.plot import Plot
from aidstudy.plots.sheet import Sheet
from aidstudy.plots.style import body_size
from aidstudy.plots.texts import texts_of
from aidstudy.plots.words import Lang, Words, count_word, named

STEM = "mechanisms"
_NEEDS = ("recipient", "mechanism", "value", "state", "start", "end")
_DOT = "·"


def rows_mechanisms(devices: pd.DataFrame, order: Sequence[str] | None = None) -> pd.DataFrame:
    """The rows that :func:`plot_mechanisms` draws: one a device and county.

    Devices from the most to the least mentioned, counties likewise, ties as in the table. Where a
    device is mentioned the row rests on words: ``offsets`` is their place.
    """
    source = "aidstudy.analysis.devices.management_devices()"
    found = listed_rows(checked_table(STEM, devices, _NEEDS, source))
    by_device, by_county = _counts(found, "mechanism"), _counts(found, "recipient")
    places = {key: list(counts) for key, counts in (("d", by_device), ("c", by_county))}
    found.sort(key=lambda row: (places["d"].index(row["mechanism"]),
                                places["c"].index(row["recipient"])))  # fmt: skip
    rows = []
    for row in in_order(STEM, found, order):
        county, device = Words.of(row, "recipient"), texts_of(STEM).words(row["mechanism"])
        rows.append(
            plain_row(
                f"{row['mechanism']}-{row['recipient']}",
                row["mechanism"],
                (named(county.en, device.en, "en"), named(county.zh, device.zh, "zh")),
                row["value"],
                unit="device",
                state=row["state"],
                offsets=passage(row["start"], row["end"]),
                recipient=row["recipient"],
                county=county,
                device=device,
            )
        )
    return drawn_table(rows)


def _counts(rows: list[dict[str, Any]], key: str) -> dict[str, int]:
    """How often each key is mentioned: most first, ties in their order."""
    counts = dict.fromkeys((row[key] for row in rows), 0)
    for row in rows:
        counts[row[key]] += row["state"] == "printed"
    return dict(sorted(counts.items(), key=lambda item: -item[1]))


def plot_mechanisms(
    devices: pd.DataFrame,
    *,
    ax: Axes | None = None,
    lang: Lang = "en",
    columns: bool = True,
    order: Sequence[str] | None = None,
) -> Axes:
    """Draw a matrix: a disc where a county's report mentions a device, a point where not.

    `devices`: from :func:`aidstudy.analysis.devices.management_devices`; some of its rows will
    do.
    """
    rows = rows_mechanisms(devices, order)
    with canvas(STEM, ax, lang, columns=columns) as on:
        _draw(on, listed_rows(rows), upright=not columns)
        return on.ax


def _draw(on: Canvas, rows: list[dict[str, Any]], *, upright: bool) -> None:
    devices, counties = _counts(rows, "quantity"), _counts(rows, "recipient")
    name = {row["quantity"]: row["device"].say(on.lang) for row in rows}
    who = {row["recipient"]: row["county"].say(on.lang) for row in rows}
    names = [name[device] for device in devices]
    foot = len(names) + 0.2
    if on.columns:
        on.rows([*names, on.say("count")], places=[*range(len(names)), foot])
        on.ax.axhline(foot - 0.6, color=on.palette.rule, linewidth=body_size() / 12)
        for x, count in enumerate(counties.values()):
            on.put(str(count), x, foot, ha="center")
        cells = [Cell(y, str(count)) for y, count in enumerate(devices.values())]
        on.column((on.say("count"),), cells, gap=0.6)
    else:
        on.rows(names)
    on.ax.set_xlim(-0.5, len(counties) - 0.5)
    on.ax.xaxis.tick_top()
    on.ax.set_xticks(range(len(counties)), [who[county] for county in counties],
                     rotation=90 if upright else 0)  # fmt: skip
    on.ax.spines["top"].set_visible(False)
    on.bare()
    for y in range(len(names) - 1):
        on.ax.axhline(y + 0.5, color=on.palette.band, linewidth=body_size() / 14, zorder=0.5)
    across, down = list(counties), list(devices)
    for row in rows:
        x, y = across.index(row["recipient"]), down.index(row["quantity"])
        if row["state"] == "printed":
            on.dot(x, y, size=0.85, gid=row["mark"], label="mentioned")
        else:
            on.put(_DOT, x, y, ha="center", colour=on.palette.grey, mark=row["mark"], latin=True)
    drawn = {(row["recipient"], row["quantity"]) for row in rows}
    for x, county in enumerate(across):
        for y, device in enumerate(down):
            if (county, device) not in drawn:
                on.quiet(on.say("open"), x, y, ha="center")
    on.note(on.say("key"))


def _facts(rows: pd.DataFrame, lang: Lang) -> dict[str, str]:
    found = listed_rows(rows)
    devices, counties = _counts(found, "quantity"), list(_counts(found, "recipient").items())
    who = {row["recipient"]: row["county"].say(lang) for row in found}
    (first, most), (last, least) = counties[0], counties[-1]
    everywhere = sum(count == len(counties) for count in devices.values())
    told = [f"{who[county]} {count}" for county, count in counties]
    common = [
        row["device"].say(lang)
        for row in found
        if devices[row["quantity"]] == len(counties) and row["recipient"] == first
    ]
    return {
        "first": who[first],
        "most": count_word(most, lang),
        "last": who[last],
        "least": count_word(least, lang),
        "devices": count_word(len(devices), lang),
        "counties": count_word(len(counties), lang),
        "everywhere": count_word(everywhere, lang),
        "there": str(sum(row["state"] == "printed" for row in found)),
        "cells": str(len(found)),
        "told": joined(told, lang),
        "common": joined((name[:1].lower() + name[1:] for name in common), lang),
    }


def _figure(page: Sheet, message: str, devices: pd.DataFrame) -> Figure:
    rows = listed_rows(rows_mechanisms(devices))
    names = {row["county"].say(page.lang) for row in rows}
    devices_room = widest(row["device"].say(page.lang) for row in rows)
    room = (page.width - devices_room - 6 * body_size()) / len(names)
    with canvas(STEM, page.axes(), page.lang, columns=not page.slide) as on:
        _draw(on, rows, upright=widest(names) + 4 > room)
    return page.compose(on.ax, pitch=1.5, headline=message)


PLOT = Plot(
    STEM,
    ("mechanisms",),
    lambda study: {"devices": management_devices(study)},
    rows_mechanisms,
    _figure,
    _facts,
)
