"""Which management arrangements each county's report mentions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise, product
from math import inf

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from aidstudy.analysis.devices import management_devices
from aidstudy.codebook import MECHANISMS
from aidstudy.plots.drawn import checked_rows, drawn_table, passage, plain_row
from aidstudy.plots.kit import Canvas, Cell, On, drawn_on, text_width, widest
from aidstudy.plots.plot import Plot, Sheet
from aidstudy.plots.style import body_size, note_size
from aidstudy.plots.voice import Facts, Look, Order, Rows, Table, Voice, texts_of

STEM = "mechanisms"
_MEANING = 38
"""Width of the column of meanings, in sizes of its text."""


def rows_mechanisms(devices: Table, order: Order = None) -> Table:
    """The rows that :func:`plot_mechanisms` draws: one a device and county.

    Devices from the most to the least mentioned, counties likewise, ties as in the table. Where a
    device is mentioned the row rests on words: ``offsets`` is their place.
    """
    found, rows = checked_rows(STEM, devices, order=order), []
    down, across = (list(_counts(found, key)) for key in ("mechanism", "recipient"))
    found.sort(key=lambda row: (down.index(row.mechanism), across.index(row.recipient)))
    words = texts_of(STEM).words
    for row in found:
        mark = f"{row.mechanism}-{row.recipient}"
        label = row.words("recipient").named(words(row.mechanism))
        more: Look = {"unit": "device", "state": row.state, "of": row}
        more |= {"offsets": passage(row.start, row.end), "said": words(f"said_{row.state}")}
        rows.append(plain_row(mark, row.mechanism, label, row.value, **more))
    return drawn_table(rows)


def _counts(rows: Rows, key: str) -> dict[str, int]:
    """How often each key is mentioned: most first, ties in their order."""
    counts: Counter[str] = Counter()
    for row in rows:
        counts[row[key]] += row.state == "printed"
    return dict(counts.most_common())


def plot_mechanisms(
    devices: Table, *, ax: On = None, lang: str = "en", columns: bool = True, order: Order = None
) -> Axes:
    """Draw a matrix: a disc where a county's report mentions a device, a point where not.

    `devices`: from :func:`aidstudy.analysis.devices.management_devices`; some of its rows will
    do.
    """
    rows, room = rows_mechanisms(devices, order), inf if columns else 0
    return drawn_on(ax, lang, STEM, _draw, rows, columns=columns, room=room)


def _draw(on: Canvas, rows: Rows, *, room: float, meanings: bool = False) -> None:
    """The matrix, with `room` points for the head of a column, and what each device means."""
    devices, counties = _told(rows, on)
    down, across, foot = list(devices), list(counties), len(devices) + 0.2
    names = [*map(on.say, down), *[on.say("count")] * on.columns]
    on.rows(names, places=[*range(len(down)), *[foot] * on.columns])
    size = _fitting(across, room)
    if on.columns:
        on.ax.axhline(foot - 0.6, color=on.palette.rule, linewidth=on.em / 12)
        for x, count in enumerate(counties.values()):
            on.put(str(count), x, foot, ha="center")
        cells = [Cell(y, str(count)) for y, count in enumerate(devices.values())]
        on.column((on.say("count"),), cells, gap=0.6, head=size or on.em)
    if meanings:
        told = on.texts.told["zh"]["meanings"]
        texts = [told[one] if on.zh else MECHANISMS[one].meaning for one in down]
        cells = [Cell(y, text, quiet=True) for y, text in enumerate(texts)]
        on.column((on.say("means"),), cells, left=True, size=on.small)
    on.ax.set_xlim(-0.5, len(across) - 0.5)
    on.bare()
    on.heads(across, steps=not size, size=size)
    for y in range(len(down) - 1):
        on.ax.axhline(y + 0.5, color=on.palette.band, linewidth=on.em / 14, zorder=0.5)
    cells_of = {(on.county(row), row.quantity): row for row in rows}
    for (x, county), (y, device) in product(enumerate(across), enumerate(down)):
        row = cells_of.get((county, device))
        if row is None:
            on.quiet(on.say("open"), x, y, ha="center")
        elif row.state == "printed":
            on.dot(x, y, size=0.85, gid=row.mark, label="mentioned")
        else:
            on.put(
                "•",
                x,
                y,
                ha="center",
                dy=0.08 * on.em,
                colour=on.palette.grey,
                mark=row.mark,
                latin=True,
            )
    on.note(on.say("key"))


def _fitting(heads: list[str], room: float) -> float | None:
    """The size at which names of columns stand beside each other, if one does."""
    for size in (body_size(), note_size()):
        wide = [text_width(head, size=size) for head in heads]
        if all(one + other + size < 2 * room for one, other in pairwise(wide)):
            return size
    return None


def _told(rows: Rows, voice: Voice) -> Iterable[dict[str, int]]:
    """How often each device and each county, by its name, is mentioned."""
    found = [row.of for row in rows]
    return (_counts(found, key) for key in ("mechanism", f"recipient_{voice.lang}"))


def _facts(rows: Rows, voice: Voice) -> Facts:
    devices, by_county = _told(rows, voice)
    counties = list(by_county.items())
    (first, most), (last, least) = counties[0], counties[-1]
    common = [voice.say(one) for one, count in devices.items() if count == len(counties)]
    counts = {"most": most, "least": least, "devices": len(devices), "counties": len(counties)}
    return voice.counts(**counts, everywhere=len(common)) | {
        "first": first,
        "last": last,
        "told": voice.joined(f"{county} {count}" for county, count in counties),
        "common": voice.joined(one[:1].lower() + one[1:] for one in common),
    }


def _figure(page: Sheet, message: str, devices: Table) -> Figure:
    names = [texts_of(STEM).label(kind, page.lang) for kind in devices["mechanism"]]
    wide = page.width - widest(names) - 3.5 * body_size()
    if page.preset.roomy:
        wide -= _MEANING * note_size()
    room = wide / len(set(devices["recipient"]))
    ax = page.draw(_draw, rows_mechanisms(devices), room=room, meanings=page.preset.roomy)
    return page.compose(ax, pitch=1.5, headline=message)


_TABLES = {"devices": management_devices}
PLOT = Plot(STEM, ("mechanisms",), _TABLES, rows_mechanisms, _figure, _facts)
