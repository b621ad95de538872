"""Completed projects of each county: a census, so every project is a square."""

from __future__ import annotations

from itertools import groupby

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from aidstudy.analysis.proportions import completed_shares
from aidstudy.plots.drawn import checked_rows, drawn_row, drawn_table, plain_row
from aidstudy.plots.kit import Canvas, On, drawn_on
from aidstudy.plots.plot import Plot, Sheet
from aidstudy.plots.voice import Facts, Look, Order, Row, Rows, Table, Voice, texts_of
from aidstudy.plots.words import falling, is_missing, range_text
from aidstudy.rounding import exact_text

STEM = "completed_shares"
_STEP = 0.6
"""From line to line of the squares of a county."""


def rows_completed_shares(shares: Table, order: Order = None) -> Table:
    """The rows that :func:`plot_completed_shares` draws: shares in per cent, squares as counts."""
    rows = []
    for row in checked_rows(STEM, shares, key=lambda row: falling(row.whole), order=order):
        county, mark = row.words("recipient"), f"share-{row.recipient}"
        rows.append(drawn_row(mark, "share", county, row, unit="%", prefix="share"))
        if is_missing(row.share_low):
            continue
        counts = {"complete": row.least, "possible": row.most - row.least}
        counts["not_complete"] = row.whole - row.most
        told = {"unit": "project", "state": "derived", "figures": row.share_figures, "of": row}
        for kind, count in counts.items():
            label, mark = county.named(texts_of(STEM).words(kind)), f"{kind}-{row.recipient}"
            if count:
                rows.append(plain_row(mark, kind, label, count, **told))
    return drawn_table(rows)


def plot_completed_shares(
    shares: Table, *, ax: On = None, lang: str = "en", order: Order = None
) -> Axes:
    """Draw every project of a county as a square, filled where it is complete.

    `shares`: from :func:`aidstudy.analysis.proportions.completed_shares`; some of its rows
    will do.
    """
    return drawn_on(ax, lang, STEM, _draw, rows_completed_shares(shares, order))


def _draw(on: Canvas, rows: Rows, *, wide: bool = False, across: int = 30) -> None:
    """Squares of each county in lines of so many, in a `wide` place larger ones."""
    side, apart = (0.85, 1.6) if wide else (0.62, 2.0)
    counties, places, y = [], [], 0.0
    for _, run in groupby(rows, key=on.county):
        row, *own = run
        lines = -(-sum(int(one.value) for one in own) // across) or 1
        cells = (divmod(place, across) for place in range(lines * across))
        for one in own:
            at = [next(cells) for _ in range(int(one.value))]
            _squares(on, one, [x for _, x in at], [y + _STEP * line for line, _ in at], side)
        if not own:
            on.missing(y, row.mark, on.say("missing"))
        counties.append(row)
        places.append(y + 0.5 * _STEP * (lines - 1))
        y += _STEP * (lines - 1) + apart
    below = ["" if is_missing(row.low) else _counted(row, on, "short") for row in counties]
    on.rows([on.county(row) for row in counties], below=below, places=places)
    on.ax.set_ylim(y - apart + 0.7, -0.7)
    on.ax.set_xlim(-0.8, across - 0.2)
    on.ax.set_xticks([])
    on.bare()
    for row, label in zip(counties, on.ax.yaxis.get_ticklabels(minor=True), strict=False):
        if not is_missing(row.low):
            label.set_gid(row.mark)
    on.note(on.say("key_possible" if any(o.quantity == "possible" for o in rows) else "key"))


def _squares(on: Canvas, row: Row, xs: list[int], ys: list[float], side: float) -> None:
    fill = {"complete": on.palette.dark, "possible": on.palette.tint}.get(row.quantity, "white")
    look: Look = {"linestyle": "none", "clip_on": False, "gid": row.mark, "markerfacecolor": fill}
    look |= {"markeredgecolor": on.palette.dark, "markeredgewidth": on.em / 11}
    look |= {"marker": "s", "markersize": side * on.em, "label": row.quantity.replace("_", " ")}
    on.ax.plot(xs, ys, **look)


def _counted(row: Row, voice: Voice, key: str = "counted") -> str:
    """How many of how many."""
    done = range_text(row.of.least, row.of.most, voice.lang)
    return voice.say(key, done=done, whole=exact_text(row.of.whole))


def _facts(rows: Rows, voice: Voice) -> Facts:
    counties = [row for row in rows if row.quantity == "share"]
    known = [row for row in counties if not is_missing(row.low)]
    told, others = [_counted(row, voice) for row in known], known[1:]
    most, sizes = max((row.of.most for row in others), default=0), [r.of.whole for r in others]
    several = voice.count(len(others)) if len(others) > 1 else ""
    one = len(others) == 1
    return {
        "first": voice.counties(counties[:1]),
        "counted": told[0] if told else "",
        "others": several if most else "",
        "others_none": "" if most else several,
        "sizes": range_text(min(sizes), max(sizes), voice.lang) if several else "",
        "most": str(most) if voice.zh else voice.count(int(most)),
        "second": voice.counties(others) if one else "",
        "second_counted": told[1] if one else "",
        "bounded": voice.counties(row for row in known if row.missing),
        "missing": voice.counties(row for row in counties if is_missing(row.low)),
        "printed": voice.counties(row for row in known if row.of.get("least_state") == "printed"),
        "told": voice.joined(
            f"{voice.county(row)} {said}" for row, said in zip(known, told, strict=True)
        )
        or voice.say("missing"),
    }


def _figure(page: Sheet, message: str, shares: Table) -> Figure:
    narrow, rows = page.preset.narrow, rows_completed_shares(shares)
    ax = page.draw(_draw, rows, wide=not narrow, across=60 if page.preset.roomy else 30)
    return page.compose(ax, pitch=1.6 if narrow else 2.2, headline=message)


_READS = ("figures", "pairs", "projects")
PLOT = Plot(STEM, _READS, {"shares": completed_shares}, rows_completed_shares, _figure, _facts)
