"""Completed shares of projects: a census, and four intervals about the process behind it."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import FixedLocator, StrMethodFormatter

from aidstudy.analysis.proportions import METHODS, completed_shares
from aidstudy.plots.axes import new_axes
from aidstudy.plots.drawn import drawn_row, drawn_table
from aidstudy.plots.layout import Cell, column, put, text_width
from aidstudy.plots.plot import Plot
from aidstudy.plots.sentences import alt_text, aside, caption_text, listed
from aidstudy.plots.sheet import sheet
from aidstudy.plots.style import COLOUR, Palette, Preset, body_size, note_size
from aidstudy.plots.words import (
    Lang,
    Words,
    digits_of,
    exact_text,
    falling,
    figure_ids,
    is_missing,
    range_text,
)

STEM = "completed_shares"

_GAP = 0.9
_AXIS = Words("Projects complete (%)", "项目建成比例（%）")
_NO_SHARE = Words("number completed not reported", "未报告建成项目数")
_CENSUS = Words(
    "The share is a census of the county's projects, without sampling error. The intervals are "
    "about a process that would give such projects again.",
    "建成比例涵盖各县全部项目，没有抽样误差；区间针对的是可能再次产生此类项目的过程。",
)


def _has_share(row: Mapping[str, Any]) -> bool:
    return not is_missing(row["share_low"])


def _bounded(row: Mapping[str, Any]) -> bool:
    """Whether only bounds of the share can be given."""
    return _has_share(row) and is_missing(row["share"])


def _sorted(shares: pd.DataFrame) -> list[dict[str, Any]]:
    """From the highest share down, one that has only bounds at their middle; unknown ones last."""

    def middle(row: Mapping[str, Any]) -> Any:
        return (row["share_low"] + row["share_high"]) / 2 if _has_share(row) else None

    return sorted(shares.to_dict("records"), key=lambda row: falling(middle(row)))


def _county(row: Mapping[str, Any]) -> Words:
    return Words.of(row, "recipient")


def _counted(row: Mapping[str, Any]) -> Words:
    """How many of how many."""
    least, most, whole = (exact_text(row[part]) for part in ("least", "most", "whole"))
    done = least if least == most else f"{least}–{most}"
    return Words(f"{done} of {whole}", f"{whole}个中{done}个")


def _percent(row: Mapping[str, Any]) -> str:
    """The share, or its bounds where only they can be given."""
    if _bounded(row):
        return f"{range_text(row['share_low'], row['share_high'])}%"
    return f"{digits_of(row, 'share').value}%"


def _ends(row: Mapping[str, Any], method: str) -> tuple[Fraction, Fraction, Fraction, Fraction]:
    """Of an interval: the lowest and highest lower end, the lowest and highest upper end."""
    lower, upper = f"{method}_lower", f"{method}_upper"
    return (row[f"{lower}_low"], row[f"{lower}_high"], row[f"{upper}_low"], row[f"{upper}_high"])


def drawn_completed_shares(shares: pd.DataFrame) -> pd.DataFrame:
    """The rows that :func:`draw_completed_shares` draws, in per cent.

    An interval has its ends in ``low`` and ``high`` and no value. Where the share has only
    bounds, ``<method>_either`` is what belongs to the interval of every possible share.
    """
    rows = []
    for row in _sorted(shares):
        county = _county(row)
        mark = f"share-{row['recipient']}"
        rows.append(drawn_row(mark, "share", county, row, unit="%", prefix="share"))
        if not _has_share(row):
            continue
        for method in METHODS:
            lowest, low, high, highest = _ends(row, method)
            interval = {
                "value": None,
                "low": lowest,
                "high": highest,
                "state": row[f"{method}_lower_state"],
                "figures": row["share_figures"],
            }
            mark = f"{method}-{row['recipient']}"
            rows.append(drawn_row(mark, f"{method}_95", county, interval, unit="%"))
            if _bounded(row):
                inner = interval | {"low": low, "high": high}
                name = f"{method}_95_either"
                rows.append(drawn_row(f"{mark}-either", name, county, inner, unit="%"))
    return drawn_table(rows)


def plot_completed_shares(
    shares: pd.DataFrame,
    *,
    ax: Axes | None = None,
    lang: Lang = "en",
    palette: Palette = COLOUR,
) -> Axes:
    """Draw the share of each county as a dot, and under it an interval by each of four methods.

    Parameters
    ----------
    shares : pandas.DataFrame
        From :func:`aidstudy.analysis.proportions.completed_shares`.
    ax : Axes, optional
        A new one by default.
    lang : {"en", "zh", "both"}
    palette : Palette

    Returns
    -------
    Axes
        In per cent; counties from the highest share down. Methods and the ends of their
        intervals are columns at its right edge.
    """
    ax = ax or new_axes()
    rows = _sorted(shares)
    ax.set_xlim(0, 100)
    ax.set_yticks([])
    ax.xaxis.set_major_locator(FixedLocator([0, 25, 50, 75, 100]))
    ax.xaxis.set_major_formatter(StrMethodFormatter("{x:.0f}"))
    methods: list[Cell] = []
    ends: list[Cell] = []
    y = 0.0
    for row in rows:
        _name(ax, row, y, lang, palette)
        _share(ax, row, y, lang, palette)
        y += 1
        if _has_share(row):
            for method, (_, name) in METHODS.items():
                _interval(ax, row, method, y, palette)
                methods.append(Cell(y, name, quiet=True))
                lowest, _, _, highest = _ends(row, method)
                ends.append(Cell(y, range_text(lowest, highest), quiet=True))
                y += 1
        y += _GAP
        if row is not rows[-1]:
            ax.axhline(y - 0.5 - _GAP / 2, color=palette.rule, linewidth=0.5, zorder=0.5)
    ax.set_ylim(y - _GAP - 0.4, -0.6)
    size = note_size()
    header = Words("95% interval", "95%区间").say(lang)
    end = column(ax, (header,), methods, start=body_size(), palette=palette, size=size, left=True)
    column(
        ax, ("（%）" if lang == "zh" else "(%)",), ends, start=end + body_size(), palette=palette,
        size=size,
    )  # fmt: skip
    ax.set_xlabel(_AXIS.say(lang))
    return ax


def _name(ax: Axes, row: Mapping[str, Any], y: float, lang: Lang, palette: Palette) -> None:
    first, *second = _county(row).lines(lang)
    # A county without intervals has one row: its Chinese name stands beside the other one there.
    alone = bool(second) and not _has_share(row)
    past = text_width(second[0]) + 0.4 * body_size() if alone else 0.0
    ink, side = palette.ink, -body_size()
    put(ax, first, 0, y, coords="edge", dx=side - past, ha="right", strong=True, colour=ink)
    for line in second:
        below = y if alone else y + 1
        put(ax, line, 0, below, coords="edge", dx=side, ha="right", colour=palette.grey)


def _share(ax: Axes, row: Mapping[str, Any], y: float, lang: Lang, palette: Palette) -> None:
    mark = f"share-{row['recipient']}"
    if not _has_share(row):
        put(ax, _NO_SHARE.say(lang), 0, y, dx=4, colour=palette.grey, mark=mark)
        return
    if _bounded(row):
        low, high = row["share_low"], row["share_high"]
        ax.add_patch(
            Rectangle(
                (float(low), y - 0.3),
                float(high - low),
                0.6,
                facecolor=palette.tint,
                edgecolor="none",
                label="possible share",
                gid=mark,
            )
        )
        end = float(high)
    else:
        ax.plot(
            [float(row["share"])],
            [y],
            marker="o",
            markersize=0.85 * body_size(),
            linestyle="none",
            color=palette.dark,
            clip_on=False,
            zorder=3,
            label="share",
            gid=mark,
        )
        end = float(row["share"])
    share, counted, dx = _percent(row), _counted(row), 0.8 * body_size()
    words = Words(f"{share}, {counted.en}", f"{share}（{counted.zh}）")
    put(ax, words.say(lang), end, y, dx=dx, colour=palette.ink)


def _interval(ax: Axes, row: Mapping[str, Any], method: str, y: float, palette: Palette) -> None:
    lowest, low, high, highest = (float(end) for end in _ends(row, method))
    mark, thick = f"{method}-{row['recipient']}", body_size() / 7
    bounded = _bounded(row)
    ax.plot(
        [lowest, highest],
        [y, y],
        color=palette.tint if bounded else palette.mid,
        linewidth=2.6 * thick,
        solid_capstyle="butt",
        gid=mark,
        label="possible interval" if bounded else "interval",
    )
    if bounded:
        ax.plot(
            [low, high],
            [y, y],
            color=palette.mid,
            linewidth=2.6 * thick,
            solid_capstyle="butt",
            gid=f"{mark}-either",
            label="interval",
        )


def draw_completed_shares(
    shares: pd.DataFrame, *, preset: str | Preset = "double", lang: Lang = "en"
) -> Figure:
    """The whole figure."""
    with sheet(STEM, preset, lang) as page:
        ax = plot_completed_shares(shares, ax=page.axes(), lang=page.lang, palette=page.palette)
        return page.compose(ax, pitch=1.35, headline=headline(shares), notes=[_CENSUS])


def headline(shares: pd.DataFrame) -> Words:
    """The message of the plot."""
    rows = [row for row in _sorted(shares) if _has_share(row)]
    if not rows:
        return Words("No report counts its completed projects", "各报道均未报告建成项目数")
    rows.sort(key=lambda row: row["whole"], reverse=True)
    most, *rest = rows
    if not rest:
        return Words(
            f"{_county(most).en}: {_counted(most).en} projects complete",
            _built(most),
        )
    fewer = exact_text(rest[0]["whole"])
    return Words(
        f"{_county(most).en} completed {_counted(most).en} projects; every other share rests on "
        f"{fewer} or fewer",
        f"{_built(most)}；其余各县的比例所据项目至多{fewer}个",
    )


def _built(row: Mapping[str, Any]) -> str:
    done = "至".join(dict.fromkeys(exact_text(row[part]) for part in ("least", "most")))
    return f"{row['recipient_zh']}{exact_text(row['whole'])}个项目中建成{done}个"


def _source(rows: list[dict[str, Any]]) -> Words:
    """Where the number of completed projects comes from."""
    printed = [row for row in rows if row["least_state"] == "printed"]
    if not printed:
        return Words(
            "The completed projects are counted in the table of named projects.",
            "建成数由具名项目表计得。",
        )
    who = listed(_county(row) for row in printed)
    return Words(
        f"The number of completed projects is printed for {who.en}; elsewhere they are counted in "
        "the table of named projects.",
        f"建成数仅{who.zh}为原文所载，其余由具名项目表计得。",
    )


def caption_completed_shares(shares: pd.DataFrame, lang: Lang = "en") -> str:
    """What is drawn, what the intervals are about, and the figures behind it."""
    rows, message = _sorted(shares), headline(shares)
    missing = [row for row in rows if not _has_share(row)]
    bounded = [row for row in rows if _bounded(row)]
    parts = [
        Words(
            f"{message.en}. Dots: projects that are complete, of those of the year or numbered by "
            "the report (%), from the highest share down. Lines: 95% intervals by four methods, "
            "ends rounded outward; they are not what the print allows.",
            f"{message.zh}。圆点为建成项目占当年（或文中编号）项目的比例（%），按比例由高到低排列；"
            "横线为四种方法的95%区间（端点向外取整），并非原文精度所允许的范围。",
        ),
        _CENSUS,
        Words(
            "Projects are not independent and differ in size, and a share is no measure of speed. "
            "Basically complete is not counted as complete.",
            "各项目并不独立，大小不一，比例不衡量快慢。基本完成者不计为建成。",
        ),
        _source(rows),
    ]
    if bounded:
        who = listed(_county(row) for row in bounded)
        verb = "names" if len(bounded) == 1 else "name"
        parts.append(
            Words(
                f"{who.en} {verb} not every project, so the share has only bounds (tinted): solid "
                "lines belong to the interval of every possible share, tinted ones to that of "
                "some.",
                f"{who.zh}有项目未具名，故比例只有上下限（浅色带）；深色横线为各可能比例的区间所共有的部分，"
                "浅色横线为这些区间的全部范围。",
            )
        )
    if missing:
        who = listed(_county(row) for row in missing)
        parts.append(Words(f"{who.en}: {_NO_SHARE.en}.", f"{who.zh}{_NO_SHARE.zh}。"))
    return caption_text(parts, figure_ids(shares["share_figures"]), lang)


def alt_completed_shares(shares: pd.DataFrame, lang: Lang = "en") -> str:
    """Alternative text: every share with the widest of its intervals."""
    told = []
    for row in _sorted(shares):
        county = _county(row)
        if not _has_share(row):
            words = Words(f"{county.en} {_NO_SHARE.en}", f"{county.zh}{_NO_SHARE.zh}")
            told.append(words.say(lang))
            continue
        ends = [_ends(row, method) for method in METHODS]
        within = range_text(min(end[0] for end in ends), max(end[3] for end in ends))
        counted = _counted(row)
        said = Words(f"{county.en} {counted.en}", f"{county.zh}{counted.zh}").say(lang)
        share = aside(said, _percent(row), lang)
        words = Words(f"{share}, intervals within {within}%", f"{share}，各区间在{within}%之内")
        told.append(words.say(lang))
    return alt_text(Words("Dots and intervals", "点与区间图"), told, lang)


PLOT = Plot(
    STEM,
    Words("Completed shares with four intervals", "项目建成比例与四种区间"),
    ("figures", "pairs", "projects"),
    lambda study: {"shares": completed_shares(study)},
    draw_completed_shares,
    drawn_completed_shares,
    caption_completed_shares,
    alt_completed_shares,
)


__all__ = [
    "PLOT",
    "STEM",
    "alt_completed_shares",
    "caption_completed_shares",
    "draw_completed_shares",
    "drawn_completed_shares",
    "headline",
    "plot_completed_shares",
]
