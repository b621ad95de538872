"""Judgement calls: how many results each moves, and the share that it moves furthest."""

from __future__ import annotations

from math import ceil, floor

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from aidstudy.analysis.judgement import judgement_calls
from aidstudy.bilingual import Words, sign
from aidstudy.plots.drawn import checked_rows, drawn_row, drawn_table, plain_row
from aidstudy.plots.kit import Canvas, Cell, On, drawn_on, text_width
from aidstudy.plots.plot import Plot, Sheet
from aidstudy.plots.voice import Facts, Look, Order, Row, Rows, Table, Voice, texts_of
from aidstudy.plots.words import is_missing
from aidstudy.rounding import exact_text

STEM = "judgement_calls"
_READINGS = {"default": "default_", "other": ""}
"""How the cells of each reading start."""
_CELLS = ("value", "low", "high", "state", "figures")
_LANE = 0.2
"""How far the reading taken stands above the middle of a row, and the other below."""
_ROOM = 12
"""The per cents that a number takes at the left of its mark."""


def rows_judgement_calls(calls: Table, order: Order = None) -> Table:
    """The rows that :func:`plot_judgement_calls` draws, calls by how many results they move.

    For each call how many results it moves, and the share that it moves furthest under both
    readings (``quantity`` is the id of the result).
    """
    rows, words = [], texts_of(STEM).words
    for row in checked_rows(STEM, calls, key=lambda row: -row.moved, order=order, by="switch"):
        switch, what = row.switch, words(row.switch)
        told: Look = {"unit": "result", "state": "derived", "of": row}
        rows.append(plain_row(f"moved-{switch}", "moved", what, row.moved, **told))
        if row.lost:
            gone = what.named(words("gone"))
            rows.append(plain_row(f"lost-{switch}", "lost", gone, row.lost, **told))
        if is_missing(row.result_id):
            told |= {"unit": "%", "state": "not_applicable", "said": words("no_share")}
            rows.append(plain_row(f"none-{switch}", "share", what, None, **told))
            continue
        for name, start in _READINGS.items():
            named, result = what.named(words(f"{switch}_{name}")), row.words()
            label = Words.listed((named, result), "semicolon")
            cells = {cell: row[f"{start}{cell}"] for cell in _CELLS}
            told = {"unit": "%", "reading": name, "of": row}
            rows.append(drawn_row(f"{name}-{switch}", row.result_id, label, cells, **told))
    return drawn_table(rows)


def _moved(rows: Rows) -> Rows:
    return [row for row in rows if row.quantity == "moved"]


def plot_judgement_calls(
    calls: Table, *, ax: On = None, lang: str = "en", order: Order = None
) -> Axes:
    """Draw how many results each judgement call moves.

    `calls`: from :func:`aidstudy.judgement_calls`; some of its rows will do.
    """
    return drawn_on(ax, lang, STEM, _draw_moved, rows_judgement_calls(calls, order))


def _draw_moved(on: Canvas, rows: Rows, *, readings: bool = True) -> None:
    """Bars, and below the name of each call its `readings`."""
    moved = _moved(rows)
    says = ((on.say(f"{row.of.switch}_{name}") for name in _READINGS) for row in moved)
    below = [" → ".join(pair) for pair in says] if readings else []
    on.rows([on.of(row) for row in moved], below=below)
    on.ax.set_xlim(0, MaxNLocator(5).tick_values(0, max(row.value for row in moved))[-1])
    for y, row in enumerate(moved):
        whole, lost, text = float(row.value), row.of.lost, exact_text(row.value)
        on.bar(0, whole, y, colour=on.palette.mid, mark=row.mark, label="moved")
        on.put(text, whole, y, dx=on.gap)
        if lost:
            mark, dx = f"lost-{row.of.switch}", 1.6 * on.gap + text_width(text)
            look: Look = {"colour": "white", "edge": on.palette.mid, "high": 0.5}
            on.bar(0, float(lost), y, label="lost", mark=mark, **look)
            key = "lost_number" if lost < whole else "lost_all"
            on.quiet(on.say(key, number=exact_text(lost)), whole, y, dx=dx)
    on.note(on.say("grey") if readings else "")
    on.note(on.say("lost") if any(row.of.lost for row in moved) else "")
    on.note(on.say("several") if sum(row.value for row in moved) > moved[0].of.touched else "")
    on.across(on.say("moved"))


def plot_call_shares(
    calls: Table, *, ax: On = None, lang: str = "en", columns: bool = True, order: Order = None
) -> Axes:
    """Draw the share that each call moves furthest, under both readings.

    `calls`: from :func:`aidstudy.judgement_calls`; some of its rows will do.
    """
    rows = rows_judgement_calls(calls, order)
    return drawn_on(ax, lang, STEM, _draw_shares, rows, columns=columns, names=True)


def _draw_shares(on: Canvas, rows: Rows, *, names: bool) -> None:
    """Both readings, and which share it is: in a column, else below the names."""
    moved, short = _moved(rows), on.texts.told[on.lang]["shares"]
    ids = ["" if is_missing(row.of.result_id) else row.of.result_id for row in moved]
    which = [id_ and short.get(id_, on.of(row.of)) for id_, row in zip(ids, moved, strict=True)]
    on.rows([on.of(row) if names else "" for row in moved], below=[] if on.columns else which)
    on.ax.set_xlim(0, 100)
    for y, row in enumerate(moved):
        pair = [one for one in rows if one.of is row.of and one.get("reading") in _READINGS]
        if not pair:
            on.missing(y, f"none-{row.of.switch}", on.say("no_share"), size=on.small)
        elif not any(one.missing for one in pair):
            # From mark to mark; between ranges it would join middles that mean nothing.
            start, end = (float(one.value) for one in pair)
            look: Look = {"linewidth": on.em / 8, "zorder": 1}
            on.line([start, start, end], [y - _LANE, y + _LANE, y + _LANE], **look)
        for one, lane in zip(pair, (-_LANE, _LANE), strict=False):
            _reading(on, one, y + lane, back=one.high < pair[0].low)
    if on.columns:
        cells = [Cell(y, text, quiet=True) for y, text in enumerate(which)]
        on.column((on.say("which"),), cells, left=True, size=on.small, gap=3.2)
    on.note(on.say("key"))
    on.ax.set_xlabel(on.say("share"))


def _reading(on: Canvas, row: Row, y: float, *, back: bool) -> None:
    """One reading: its bounds as a bar, its value as a mark, its number away from the other."""
    low, high, ink, size = float(row.low), float(row.high), on.palette, 0.6
    looks = {"default": ("o", ink.dark, ink.tint), "other": ("D", ink.accent, ink.accent_tint)}
    marker, colour, tint = looks[row.reading]
    mark = row.mark if row.missing else None
    on.bar(low, high, y, high=0.2, colour=tint, edge=colour, zorder=1.5, mark=mark)
    if not row.missing:
        look: Look = {"marker": marker, "label": row.reading, "gid": row.mark}
        on.dot(float(row.value), y, colour=colour, size=size, **look)
    back = back and low > _ROOM
    there: Look = {"ha": "right", "dx": -size * on.em} if back else {"dx": size * on.em}
    on.put(_text(row, on), low if back else high, y, size=on.small, **there)


def _text(row: Row, voice: Voice) -> str:
    """A share in whole per cents; its bounds, rounded outward, if they leave no whole one."""
    if row.missing or row.high - row.low > 1:
        return sign("range", voice.lang).join((str(floor(row.low)), str(ceil(row.high))))
    return str(round(row.value))


def _facts(rows: Rows, voice: Voice) -> Facts:
    moved, told = _moved(rows), []
    for row in moved:
        lost = exact_text(row.of.lost) if row.of.lost else ""
        told.append(f"{voice.of(row)} {voice.aside(exact_text(row.value), lost)}")
    return {
        "touched": str(moved[0].of.touched),
        "results": str(moved[0].of.results),
        "most": exact_text(moved[0].value),
        "moves": str(sum(row.value for row in moved)),
        "shown": str(sum(not is_missing(row.of.shift) for row in moved)),
        "told": voice.joined(told),
    }


def _figure(page: Sheet, message: str, calls: Table) -> Figure:
    rows, slide = rows_judgement_calls(calls), page.preset.slide
    panels = [page.draw(_draw_moved, rows, readings=not slide)]
    if page.preset.roomy:
        panels.append(page.draw(_draw_shares, rows, names=False))
    beside = (0.8, 1) if page.preset.roomy else ()
    return page.compose(*panels, pitch=1.6 if slide else 2.75, headline=message, beside=beside)


_READS, _OMIT = ("results", "sensitivity"), frozenset({"%"})
_TABLES = {"calls": lambda study: judgement_calls(study).query("moved > 0")}
_OMITS: Look = {"slides_omit": _OMIT, "columns_omit": _OMIT}
PLOT = Plot(STEM, _READS, _TABLES, rows_judgement_calls, _figure, _facts, **_OMITS)
