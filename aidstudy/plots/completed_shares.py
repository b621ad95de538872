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
from aidstudy.intervals import Interval, plain, round_outward, round_text
from aidstudy.plots.drawn import drawn_row, drawn_table
from aidstudy.plots.layout import (
    Cell,
    Panel,
    column,
    compose,
    new_axes,
    new_figure,
    put,
    rows_of,
    text_width,
)
from aidstudy.plots.plot import Plot
from aidstudy.plots.style import COLOUR, Palette, Preset, body_size, note_size, style
from aidstudy.plots.words import (
    Lang,
    Words,
    based_on,
    checked_lang,
    figure_ids,
    is_missing,
    listing,
    typeset,
)

STEM = "completed_shares"

_GAP = 0.9
_PROSE: tuple[Lang, ...] = ("en", "zh")
_DECIMALS = 1
_AXIS = Words("Projects complete (%)", "项目建成比例（%）")
_NO_SHARE = Words("no count of completed projects reported", "未报告建成项目数")
_CENSUS = Words(
    "The share is a census of the county's projects, without sampling error. The intervals are "
    "about a process that would give such projects again.",
    "建成比例为全部项目的普查结果，没有抽样误差；各区间所指为会再产生此类项目的过程。",
)


def _has_share(row: Mapping[str, Any]) -> bool:
    return not is_missing(row["share_low"])


def _bounded(row: Mapping[str, Any]) -> bool:
    """Whether only bounds of the share can be given."""
    return _has_share(row) and is_missing(row["share"])


def _sorted(shares: pd.DataFrame) -> list[dict[str, Any]]:
    """From the highest share down, one that has only bounds at their middle; unknown ones last."""

    def key(row: Mapping[str, Any]) -> tuple[bool, Any]:
        if not _has_share(row):
            return True, 0
        return False, -(row["share_low"] + row["share_high"]) / 2

    return sorted(shares.to_dict("records"), key=key)


def _county(row: Mapping[str, Any]) -> Words:
    return Words(row["recipient_en"], row["recipient_zh"])


def _counted(row: Mapping[str, Any], lang: Lang) -> str:
    """How many of how many."""
    least, most, whole = (plain(row[part]) for part in ("least", "most", "whole"))
    done = least if least == most else f"{least}–{most}"
    return f"{whole}个中{done}个" if lang == "zh" else f"{done} of {whole}"


def _ends(row: Mapping[str, Any], method: str) -> tuple[Fraction, Fraction, Fraction, Fraction]:
    """Of an interval: the lowest and highest lower end, the lowest and highest upper end."""
    lower, upper = f"{method}_lower", f"{method}_upper"
    return (row[f"{lower}_low"], row[f"{lower}_high"], row[f"{upper}_low"], row[f"{upper}_high"])


def drawn_completed_shares(shares: pd.DataFrame) -> pd.DataFrame:
    """The rows that :func:`draw_completed_shares` draws, in per cent.

    Parameters
    ----------
    shares : pandas.DataFrame
        From :func:`aidstudy.analysis.proportions.completed_shares`.

    Returns
    -------
    pandas.DataFrame
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
                interval = Interval(lowest, highest)
                text = "–".join(round_outward(interval, _DECIMALS))
                ends.append(Cell(y, text, quiet=True))
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
    counted = _counted(row, lang)
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
        bounds = "–".join(round_outward(Interval(low, high), 0))
        words = Words(f"{bounds}%, {counted}", f"{bounds}%（{counted}）")
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
        share = round_text(row["share"], _DECIMALS)
        words = Words(f"{share}%, {counted}", f"{share}%（{counted}）")
        end = float(row["share"])
    dx = 0.8 * body_size()
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
    """The whole figure.

    Parameters
    ----------
    shares : pandas.DataFrame
    preset : str or Preset, default "double"
    lang : {"en", "zh", "both"}

    Returns
    -------
    Figure
    """
    lang = checked_lang(lang)
    with style(preset, lang) as chosen:
        figure = new_figure()
        ax = plot_completed_shares(
            shares, ax=figure.add_subplot(), lang=lang, palette=chosen.palette
        )
        return compose(
            figure,
            [[Panel(ax, rows_of(ax) * 1.35 * body_size())]],
            preset=chosen,
            lang=lang,
            palette=chosen.palette,
            plot=STEM,
            headline=headline(shares).say(lang),
            footnotes=[_CENSUS.say(lang)],
        )


def headline(shares: pd.DataFrame) -> Words:
    """The message of the plot."""
    rows = [row for row in _sorted(shares) if _has_share(row)]
    if not rows:
        return Words("No report counts its completed projects", "各报道均未报告建成项目数")
    rows.sort(key=lambda row: row["whole"], reverse=True)
    most, *rest = rows
    if not rest:
        return Words(
            f"{_county(most).en}: {_counted(most, 'en')} projects complete",
            _built(most),
        )
    fewer = plain(rest[0]["whole"])
    return Words(
        f"{_county(most).en} completed {_counted(most, 'en')} projects; every other share rests on "
        f"{fewer} or fewer",
        f"{_built(most)}；其余各县的比例所据项目至多{fewer}个",
    )


def _built(row: Mapping[str, Any]) -> str:
    done = "至".join(dict.fromkeys(plain(row[part]) for part in ("least", "most")))
    return f"{row['recipient_zh']}{plain(row['whole'])}个项目中建成{done}个"


def _told(row: Mapping[str, Any], lang: Lang) -> str:
    county, counted = _county(row).say(lang), _counted(row, lang)
    if _bounded(row):
        bounds = "–".join(round_outward(Interval(row["share_low"], row["share_high"]), 0))
        share = f"{bounds}%"
    else:
        share = f"{round_text(row['share'], _DECIMALS)}%"
    return f"{county}{counted}（{share}）" if lang == "zh" else f"{county} {counted} ({share})"


def _source(rows: list[dict[str, Any]]) -> Words:
    """Where the number of completed projects comes from."""
    printed = [row for row in rows if row["least_state"] == "printed"]
    if not printed:
        return Words(
            "The completed projects are counted in the table of named projects.",
            "建成数由具名项目表计得。",
        )
    en, zh = (listing((row[f"recipient_{lang}"] for row in printed), lang) for lang in _PROSE)
    return Words(
        f"The number of completed projects is printed for {en}; elsewhere they are counted in the "
        "table of named projects.",
        f"建成数仅{zh}为原文所载，其余由具名项目表计得。",
    )


def caption_completed_shares(shares: pd.DataFrame, lang: Lang = "en") -> str:
    """What is drawn, what the intervals are about, and the figures behind it.

    Parameters
    ----------
    shares : pandas.DataFrame
    lang : {"en", "zh"}

    Returns
    -------
    str
    """
    ids = figure_ids(shares["share_figures"])
    rows = _sorted(shares)
    missing = [row for row in rows if not _has_share(row)]
    bounded = [row for row in rows if _bounded(row)]
    if lang == "zh":
        parts = [
            f"{headline(shares).zh}。圆点为建成项目占当年（或文中编号）项目的比例（%），按比例由高到低排列；"
            "横线为四种方法的95%区间（端点向外取整），并非原文精度所允许的范围。",
            _CENSUS.zh,
            "各项目并不独立，大小不一，比例不衡量快慢。基本完成者不计为建成。",
        ]
        parts.append(_source(rows).zh)
        if bounded:
            who = listing((row["recipient_zh"] for row in bounded), lang)
            parts.append(
                f"{who}有项目未具名，故比例只有上下限（浅色带）；其深色横线为各种可能之共有部分，浅色横线为全部可能。"
            )
        if missing:
            who = listing((row["recipient_zh"] for row in missing), lang)
            parts.append(f"{who}{_NO_SHARE.zh}。")
        return "".join([*parts, based_on(ids, lang)])
    parts = [
        f"{headline(shares).en}. Dots: projects that are complete, of those of the year or "
        "numbered by the report (%), from the highest share down. Lines: 95% intervals by four "
        "methods, ends rounded outward; they are not what the print allows.",
        _CENSUS.en,
        "Projects are not independent and differ in size, and a share is no measure of speed. "
        "Basically complete is not counted as complete.",
    ]
    parts.append(_source(rows).en)
    if bounded:
        who = listing((row["recipient_en"] for row in bounded), lang)
        verb = "names" if len(bounded) == 1 else "name"
        parts.append(
            f"{who} {verb} not every project, so the share has only bounds (tinted): solid lines "
            "belong to the interval of every possible share, tinted ones to that of some."
        )
    if missing:
        who = listing((row["recipient_en"] for row in missing), lang)
        parts.append(f"{who}: {_NO_SHARE.en}.")
    return typeset(" ".join([*parts, based_on(ids, lang)]))


def alt_completed_shares(shares: pd.DataFrame, lang: Lang = "en") -> str:
    """Alternative text: every share with the widest of its intervals.

    Parameters
    ----------
    shares : pandas.DataFrame
    lang : {"en", "zh"}

    Returns
    -------
    str
    """
    zh = lang == "zh"
    told = []
    for row in _sorted(shares):
        if not _has_share(row):
            county = _county(row).say(lang)
            told.append(f"{county}{_NO_SHARE.zh}" if zh else f"{county} {_NO_SHARE.en}")
            continue
        ends = [_ends(row, method) for method in METHODS]
        low, high = min(end[0] for end in ends), max(end[3] for end in ends)
        bounds = "–".join(round_outward(Interval(low, high), _DECIMALS))
        told.append(
            f"{_told(row, lang)}，各区间在{bounds}%之内"
            if zh
            else f"{_told(row, lang)}, intervals within {bounds}%"
        )
    return f"点与区间图。{'；'.join(told)}。" if zh else f"Dots and intervals. {'; '.join(told)}."


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
