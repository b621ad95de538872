"""Completed projects of each county: a census, so every project is a square."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from aidstudy.analysis.proportions import completed_shares
from aidstudy.plots.drawn import drawn_row, drawn_table, plain_row
from aidstudy.plots.kit import Canvas, canvas, checked_table, in_order, joined, listed_rows
from aidstudy.plots.plot import Plot
from aidstudy.plots.sheet import Sheet
from aidstudy.plots.style import body_size
from aidstudy.plots.texts import texts_of
from aidstudy.plots.words import (
    Lang,
    Words,
    aside,
    digits_of,
    exact_text,
    falling,
    is_missing,
    listing,
    range_text,
)

STEM = "completed_shares"
_NEEDS = ("recipient", "least", "most", "whole", "share", "share_low", "share_high", "share_state")
_KINDS = ("complete", "possible", "not_complete")


def rows_completed_shares(shares: pd.DataFrame, order: Sequence[str] | None = None) -> pd.DataFrame:
    """The rows that :func:`plot_completed_shares` draws: shares in per cent, squares as counts."""
    source = "aidstudy.analysis.proportions.completed_shares()"
    table = listed_rows(checked_table(STEM, shares, _NEEDS, source))
    table.sort(key=lambda row: falling(row["whole"] if _known(row) else None))
    rows = []
    for row in in_order(STEM, table, order):
        county = Words.of(row, "recipient")
        names = {"recipient": row["recipient"], "county": county}
        counts = {"least": row["least"], "most": row["most"], "whole": row["whole"]}
        rows.append(drawn_row(f"share-{row['recipient']}", "share", county, row, unit="%",
                              prefix="share", printed=row.get("least_state"),
                              **names, **counts))  # fmt: skip
        if not _known(row):
            continue
        least, most, whole = row["least"], row["most"], row["whole"]
        for kind, count in zip(_KINDS, (least, most - least, whole - most), strict=True):
            if count:
                words = texts_of(STEM).words(kind)
                label = (f"{county.en}: {words.en}", f"{county.zh}：{words.zh}")
                rows.append(plain_row(f"{kind}-{row['recipient']}", kind, label, count,
                                      unit="project", state="derived",
                                      figures=row["share_figures"], **names))  # fmt: skip
    return drawn_table(rows)


def _known(row: Mapping[str, Any]) -> bool:
    """Whether the number of completed projects is known, or at least its bounds."""
    return not is_missing(row["share_low"])


def plot_completed_shares(
    shares: pd.DataFrame,
    *,
    ax: Axes | None = None,
    lang: Lang = "en",
    order: Sequence[str] | None = None,
) -> Axes:
    """Draw every project of a county as a square, filled where it is complete.

    `shares`: from :func:`aidstudy.analysis.proportions.completed_shares`; some of its rows
    will do.
    """
    rows = rows_completed_shares(shares, order)
    with canvas(STEM, ax, lang) as on:
        _draw(on, rows, across=30)
        return on.ax


def _draw(on: Canvas, rows: pd.DataFrame, *, across: int) -> None:
    counties = [row for row in listed_rows(rows) if row["quantity"] == "share"]
    squares = [row for row in listed_rows(rows) if row["quantity"] != "share"]
    places, y = [], 0.0
    for row in counties:
        lines = -(-int(row["whole"]) // across) if _known(_cells(row)) else 1
        places.append(y + 0.35 * (lines - 1))
        here = [one for one in squares if one["recipient"] == row["recipient"]]
        start = 0
        for one in here:
            cells = [divmod(start + place, across) for place in range(int(one["value"]))]
            _squares(on, one, [x for _, x in cells], [y + 0.7 * line for line, _ in cells])
            start += int(one["value"])
        if not here:
            on.missing(y, row["mark"], on.say("missing"))
        y += 0.7 * (lines - 1) + 1.6
    below = [_counted(row, on.lang) if _known(_cells(row)) else "" for row in counties]
    on.rows([row["county"].say(on.lang) for row in counties], below=below, places=places)
    on.ax.set_ylim(y - 0.9, -0.7)
    on.ax.set_xlim(-0.8, across - 0.2)
    on.ax.set_xticks([])
    on.bare()
    for row, label in zip(counties, on.ax.yaxis.get_ticklabels(minor=True), strict=False):
        if _known(_cells(row)):
            label.set_gid(row["mark"])
    on.note(on.say("key_possible" if any(o["quantity"] == "possible" for o in squares) else "key"))


def _cells(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"share_low": row["low"]}


def _squares(on: Canvas, row: Mapping[str, Any], xs: list[float], ys: list[float]) -> None:
    fill = {"complete": on.palette.dark, "possible": on.palette.tint}.get(row["quantity"], "white")
    on.ax.plot(
        xs,
        ys,
        marker="s",
        linestyle="none",
        markersize=0.62 * body_size(),
        markerfacecolor=fill,
        markeredgecolor=on.palette.dark,
        markeredgewidth=body_size() / 11,
        clip_on=False,
        label=row["quantity"].replace("_", " "),
        gid=row["mark"],
    )


_NONE = "0"


def _counted(row: Mapping[str, Any], lang: Lang, *, share: bool = True) -> str:
    """How many of how many, and the share."""
    least, most, whole = (exact_text(row[part]) for part in ("least", "most", "whole"))
    done = least if least == most else f"{least}–{most}"
    open_ = is_missing(row["value"])
    percent = range_text(row["low"], row["high"]) if open_ else digits_of(row).value
    counted = texts_of(STEM).label("counted", lang, done=done, whole=whole)
    return aside(counted, f"{percent}%" if share else "", lang)


def _facts(rows: pd.DataFrame, lang: Lang) -> dict[str, str]:
    counties = [row for row in listed_rows(rows) if row["quantity"] == "share"]
    known = [row for row in counties if _known(_cells(row))]
    known.sort(key=lambda row: -row["whole"])

    def names(found: Sequence[Mapping[str, Any]]) -> str:
        return listing((row["county"].say(lang) for row in found), lang)

    told = [f"{row['county'].say(lang)} {_counted(row, lang)}" for row in known]
    return {
        "first": known[0]["county"].say(lang) if known else names(counties),
        "counted": _counted(known[0], lang, share=False) if known else _NONE,
        "fewer": exact_text(known[1]["whole"]) if len(known) > 1 else "0",
        "bounded": names([row for row in known if is_missing(row["value"])]),
        "missing": names([row for row in counties if row not in known]),
        "printed": names([row for row in known if row["printed"] == "printed"]),
        "told": joined(told, lang) or texts_of(STEM).label("missing", lang),
    }


def _figure(page: Sheet, message: str, shares: pd.DataFrame) -> Figure:
    with canvas(STEM, page.axes(), page.lang) as on:
        _draw(on, rows_completed_shares(shares), across=60 if page.preset.roomy else 30)
    return page.compose(on.ax, pitch=1.6, headline=message)


PLOT = Plot(
    STEM,
    ("figures", "pairs", "projects"),
    lambda study: {"shares": completed_shares(study)},
    rows_completed_shares,
    _figure,
    _facts,
)
