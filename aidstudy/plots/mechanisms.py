"""Which management arrangements each county's report mentions."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from aidstudy.analysis.devices import management_devices
from aidstudy.plots.drawn import checked_rows, drawn_table, passage, plain_row
from aidstudy.plots.kit import Canvas, Cell, On, drawn_on, widest
from aidstudy.plots.plot import Plot
from aidstudy.plots.sheet import Sheet
from aidstudy.plots.style import body_size, note_size
from aidstudy.plots.texts import Facts, texts_of
from aidstudy.plots.voice import Look, Order, Row, Rows, Table, Voice

STEM = "mechanisms"


def rows_mechanisms(devices: Table, order: Order = None) -> Table:
    """The rows that :func:`plot_mechanisms` draws: one a device and county.

    Devices from the most to the least mentioned, counties likewise, ties as in the table. Where a
    device is mentioned the row rests on words: ``offsets`` is their place.
    """
    found, rows = checked_rows(STEM, devices), []
    down, across = (list(_counts(found, key)) for key in ("mechanism", "recipient"))

    def place(row: Row) -> tuple[int, int]:
        return down.index(row.mechanism), across.index(row.recipient)

    for row in checked_rows(STEM, devices, key=place, order=order):
        county, device = row.words("recipient"), texts_of(STEM).words(row.mechanism)
        more = {"recipient": row.recipient, "device": device, "unit": "device", "of": row}
        more["offsets"] = passage(row.start, row.end)
        mark, label = f"{row.mechanism}-{row.recipient}", county.named(device)
        rows.append(plain_row(mark, row.mechanism, label, row.value, state=row.state, **more))
    return drawn_table(rows)


def _counts(rows: Rows, key: str) -> dict[str, int]:
    """How often each key is mentioned: most first, ties in their order."""
    counts = dict.fromkeys((row[key] for row in rows), 0)
    for row in rows:
        counts[row[key]] += row.state == "printed"
    return dict(sorted(counts.items(), key=lambda item: -item[1]))


def plot_mechanisms(
    devices: Table, *, ax: On = None, lang: str = "en", columns: bool = True, order: Order = None
) -> Axes:
    """Draw a matrix: a disc where a county's report mentions a device, a point where not.

    `devices`: from :func:`aidstudy.analysis.devices.management_devices`; some of its rows will
    do.
    """
    rows = rows_mechanisms(devices, order)
    return drawn_on(ax, lang, STEM, _draw, rows, columns=columns, upright=not columns)


def _draw(
    on: Canvas, rows: Rows, *, upright: bool, broken: bool = False, size: float | None = None
) -> None:
    devices, counties = _counts(rows, "quantity"), _counts(rows, "recipient")
    name = {row.quantity: row.device.say(on.lang) for row in rows}
    who = {row.recipient: on.county(row) for row in rows}
    names, down, across = [name[device] for device in devices], list(devices), list(counties)
    places = [*range(len(names)), *[len(names) + 0.2] * on.columns]
    on.rows([*names, on.say("count")] if on.columns else names, places=places)
    if on.columns:
        foot = places[-1]
        on.ax.axhline(foot - 0.6, color=on.palette.rule, linewidth=on.em / 12)
        for x, count in enumerate(counties.values()):
            on.put(str(count), x, foot, ha="center")
        cells = [Cell(y, str(count)) for y, count in enumerate(devices.values())]
        on.column((on.say("count"),), cells, gap=0.6)
    on.ax.set_xlim(-0.5, len(counties) - 0.5)
    heads = [who[county] for county in counties]
    heads = [head.replace(" ", "\n") if broken else head for head in heads]
    on.heads(heads, upright=upright, size=size)
    on.bare()
    for y in range(len(names) - 1):
        on.ax.axhline(y + 0.5, color=on.palette.band, linewidth=on.em / 14, zorder=0.5)
    open_ = {(x, y) for x in range(len(across)) for y in range(len(down))}
    for row in rows:
        x, y = across.index(row.recipient), down.index(row.quantity)
        open_.remove((x, y))
        if row.state == "printed":
            on.dot(x, y, size=0.85, gid=row.mark, label="mentioned")
        else:
            on.put("•", x, y, ha="center", colour=on.palette.grey, mark=row.mark, latin=True)
    for x, y in sorted(open_):
        on.quiet(on.say("open"), x, y, ha="center")
    on.note(on.say("key"))


def _facts(rows: Rows, voice: Voice) -> Facts:
    devices, counties = _counts(rows, "quantity"), list(_counts(rows, "recipient").items())
    who = {row.recipient: voice.county(row) for row in rows}
    name = {row.quantity: row.device.say(voice.lang) for row in rows}
    (first, most), (last, least) = counties[0], counties[-1]
    common = [name[device] for device, count in devices.items() if count == len(counties)]
    counts = {"most": most, "least": least, "devices": len(devices), "counties": len(counties)}
    return voice.counts(**counts, everywhere=len(common)) | {
        "first": who[first],
        "last": who[last],
        "there": str(sum(row.state == "printed" for row in rows)),
        "cells": str(len(rows)),
        "told": voice.joined(f"{who[county]} {count}" for county, count in counties),
        "common": voice.joined(one[:1].lower() + one[1:] for one in common),
    }


def _figure(page: Sheet, message: str, devices: Table) -> Figure:
    counties = dict.fromkeys(devices[f"recipient_{page.lang}"])
    kinds = dict.fromkeys(devices["mechanism"])
    names = [texts_of(STEM).label(kind, page.lang) for kind in kinds]
    room = (page.width - widest(names) - 3.5 * body_size()) / len(counties)
    words = [word for county in counties for word in county.split()]
    fit = [size for size in (body_size(), note_size()) if widest(words, size=size) + 1 < room]
    wishes: Look = {"columns": not page.preset.slide, "upright": not fit}
    if fit:
        wishes |= {"size": fit[0], "broken": not page.preset.roomy}
    ax = page.draw(_draw, rows_mechanisms(devices), **wishes)
    return page.compose(ax, pitch=1.5, headline=message)


_TABLES = {"devices": management_devices}
PLOT = Plot(STEM, ("mechanisms",), _TABLES, rows_mechanisms, _figure, _facts)
