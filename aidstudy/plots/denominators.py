"""One spending over every denominator that the page offers, and the one that is impossible."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from aidstudy.analysis.flows import denominators
from aidstudy.intervals import Interval
from aidstudy.plots.axes import money_axis, new_axes, rows_axis
from aidstudy.plots.drawn import drawn_row, drawn_table
from aidstudy.plots.layout import head, put, put_lines
from aidstudy.plots.plot import Plot
from aidstudy.plots.sentences import alt_text, aside, capital, caption_text, listed, series
from aidstudy.plots.sheet import sheet
from aidstudy.plots.style import COLOUR, Palette, Preset, body_size, note_size
from aidstudy.plots.words import (
    MILLION,
    NOT_REPORTED,
    NOT_REPORTED_SHORT,
    Lang,
    Words,
    bounds_text,
    digits_of,
    falling,
    figure_ids,
    is_missing,
    numbers_in,
    small_number,
)
from aidstudy.rounding import Shown, write_number
from aidstudy.tables.ordinary import exact_frame

STEM = "denominators"

_BAR = 0.42
_PARTS = {
    "from_donor": Words("donor", "支援方"),
    "from_matching": Words("matching", "配套"),
    "from_donations": Words("donations", "捐助"),
}


def _tables(shares: pd.DataFrame) -> list[pd.DataFrame]:
    return [table for _, table in shares.groupby("recipient", sort=False)]


def _sorted(shares: pd.DataFrame) -> list[dict[str, Any]]:
    """From the highest share down; a share that is not reported last."""
    return sorted(shares.to_dict("records"), key=lambda row: falling(row["value"]))


def _mark(row: Mapping[str, Any], quantity: str) -> str:
    return f"{quantity}-{row['recipient']}-{row['denominator']}"


def _present(row: Mapping[str, Any]) -> list[str]:
    return [part for part in _PARTS if not is_missing(row[part])]


def _told_here(rows: list[dict[str, Any]]) -> dict[str, str]:
    """Where each part is named: in the first row that has it and that can be right."""
    told: dict[str, str] = {}
    for row in rows:
        if row["impossible"]:
            continue
        for part in _present(row):
            told.setdefault(part, row["denominator"])
    return told


def drawn_denominators(shares: pd.DataFrame) -> pd.DataFrame:
    """The rows that :func:`draw_denominators` draws: shares in per cent, sums in CNY."""
    rows = []
    for table in _tables(shares):
        for row in _sorted(table):
            label = Words.of(row, "label")
            rows.append(drawn_row(_mark(row, "share"), "spent_share", label, row, unit="%"))
            for part in _present(row):
                rows.append(drawn_row(_mark(row, part), part, label, row, unit="CNY", prefix=part))
            if row["impossible"]:
                mark = _mark(row, "excess")
                rows.append(drawn_row(mark, "excess", label, row, unit="CNY", prefix="excess"))
        first = table.iloc[0].to_dict()
        words = Words.of(first, "recipient")
        mark = f"spent-{first['recipient']}"
        rows.append(drawn_row(mark, "spent", words, first, unit="CNY", prefix="spent"))
    return drawn_table(rows)


def plot_denominators(
    shares: pd.DataFrame,
    *,
    ax: Axes | None = None,
    lang: Lang = "en",
    palette: Palette = COLOUR,
    narrow: bool = False,
) -> Axes:
    """Draw each denominator as a bar of its parts, and the spending as one line through all.

    Parameters
    ----------
    shares : pandas.DataFrame
        From :func:`aidstudy.analysis.flows.denominators`; the rows of one county.
    ax : Axes, optional
        A new one by default.
    lang : {"en", "zh", "both"}
    palette : Palette
    narrow : bool, default False
        Leave the formula under each name out.

    Returns
    -------
    Axes
        In CNY, from the highest share down; shares and their bounds are columns at its right edge.
    """
    shares = exact_frame(shares)
    ax = ax or new_axes()
    rows = _sorted(shares)
    rows_axis(ax, len(rows))
    sums = [row[part] for row in rows for part in ("whole", "spent") if not is_missing(row[part])]
    ax.set_xlim(0, 1.02 * float(max(sums)))
    money_axis(ax, MILLION, lang, ticks=4 if narrow else 6)
    told = _told_here(rows)
    for place, row in enumerate(rows):
        lines = [Words.of(row, "label").say(lang)]
        if not narrow and not is_missing(row["whole"]):
            lines.append(_sum(row, lang))
        put_lines(ax, lines, 0, place, palette=palette, dx=-5, ha="right")
        _bar(ax, row, place, told, lang, palette)
        if row["impossible"]:
            _excess(ax, row, place, lang, palette, narrow)
        _share(ax, row, place, lang, palette)
    spent = rows[0]["spent"]
    ax.axvline(
        float(spent),
        color=palette.dark,
        linewidth=body_size() / 6,
        gid=f"spent-{rows[0]['recipient']}",
        zorder=3,
    )
    amount = MILLION.digits(rows[0], lang, "spent").value
    words = Words(f"spent: {amount}", f"完成投资：{amount}")
    head(ax, (words.say(lang),), float(spent), coords="column", palette=palette)
    header = Words("spent share,", "完成投资占比"), Words("bounds (%)", "上下限（%）")
    head(ax, [words.say(lang) for words in header], 1, dx=body_size(), ha="left", palette=palette)
    county = Words.of(rows[0], "recipient").inline(lang)
    words = Words(f"Money for {county}", f"{county}的各项资金")
    ax.set_xlabel(aside(words.say(lang), MILLION.unit(lang), lang))
    return ax


def _sum(row: Mapping[str, Any], lang: Lang) -> str:
    """What a denominator consists of; its unit stands at the axis."""
    return numbers_in(row["numbers"], lang).replace(MILLION.unit("zh"), "")


def _bar(
    ax: Axes,
    row: Mapping[str, Any],
    place: int,
    told: Mapping[str, str],
    lang: Lang,
    palette: Palette,
) -> None:
    if is_missing(row["whole"]):
        put(ax, NOT_REPORTED.say(lang), 0, place, dx=4, colour=palette.grey, backdrop=True)
        return
    start = 0.0
    for part in _present(row):
        width = float(row[part])
        donor = part == "from_donor"
        ax.add_patch(
            Rectangle(
                (start, place - _BAR / 2),
                width,
                _BAR,
                facecolor=palette.light if donor else palette.shared,
                edgecolor=palette.mid if donor else "white",
                linewidth=body_size() / 14,
                label="the donor's" if donor else "from others",
                gid=_mark(row, part),
            )
        )
        if told.get(part) == row["denominator"]:
            size = note_size()
            text = f"{_PARTS[part].say(lang)} {MILLION.digits(row, lang, part).value}"
            below = place + _BAR / 2
            grey = palette.grey
            put(ax, text, start, below, dx=3, dy=-0.7 * size, size=size, colour=grey)
        start += width


def _excess(
    ax: Axes, row: Mapping[str, Any], place: int, lang: Lang, palette: Palette, narrow: bool
) -> None:
    """What was spent beyond the denominator, from its end to the line of the spending."""
    end, spent = float(row["whole"]), float(row["spent"])
    ax.plot(
        [end, spent],
        [place, place],
        color=palette.accent,
        linewidth=body_size() / 4,
        solid_capstyle="butt",
        gid=_mark(row, "excess"),
        label="spent beyond it",
        zorder=2.5,
    )
    more = MILLION.digits(row, lang, "excess").value
    words = Words("impossible alone", "不可能为唯一来源")
    if not narrow:
        words = Words(f"{words.en}: {more} more was spent", f"{words.zh}：超出{more}")
    put(ax, words.say(lang), spent, place, dx=5, size=note_size(), colour=palette.ink)


def _share(ax: Axes, row: Mapping[str, Any], place: int, lang: Lang, palette: Palette) -> None:
    lines = [NOT_REPORTED_SHORT.say(lang)]
    if not is_missing(row["value"]):
        digits = digits_of(row)
        lines = [digits.value, bounds_text(digits)]
    put_lines(ax, lines, 1, place, palette=palette, dx=body_size(), mark=_mark(row, "share"))


def draw_denominators(
    shares: pd.DataFrame, *, preset: str | Preset = "double", lang: Lang = "en"
) -> Figure:
    """The whole figure, a panel for each county."""
    with sheet(STEM, preset, lang) as page:
        panels = [
            plot_denominators(
                table, ax=page.axes(), lang=page.lang, palette=page.palette, narrow=page.narrow
            )
            for table in _tables(shares)
        ]
        return page.compose(*panels, pitch=3.2, headline=headline(shares))


def _range(table: pd.DataFrame) -> tuple[str, str] | None:
    """The lowest and the highest share that is possible, in per cent."""
    rows = [
        row
        for row in table.to_dict("records")
        if not is_missing(row["value"]) and not row["impossible"]
    ]
    rows.sort(key=lambda row: row["value"])
    return (digits_of(rows[0]).value, digits_of(rows[-1]).value) if rows else None


def headline(shares: pd.DataFrame) -> Words:
    """The message of the plot."""
    english, chinese = [], []
    for table in _tables(shares):
        first, found = table.iloc[0], _range(table)
        if found is None:
            english.append(f"{first['recipient_en']} has no possible denominator")
            chinese.append(f"{first['recipient_zh']}没有可用的分母")
            continue
        low, high = found
        english.append(
            f"{first['recipient_en']} spent {low}% to {high}%, as the denominator decides"
        )
        chinese.append(f"{first['recipient_zh']}完成投资占比为{low}%至{high}%，视分母而定")
    return Words("; ".join(english), "；".join(chinese))


def _rounding(shares: pd.DataFrame) -> str:
    """The most that rounding moves any share, up or down, in percentage points."""
    halves = [
        max(row["high"] - row["value"], row["value"] - row["low"])
        for row in shares.to_dict("records")
        if not is_missing(row["value"])
    ]
    return write_number(Shown(None, Interval(None, max(halves)))).high


def caption_denominators(shares: pd.DataFrame, lang: Lang = "en") -> str:
    """What is drawn, in which unit, which denominator is impossible, and the figures behind it."""
    message, bad = headline(shares), shares[shares["impossible"].astype(bool)]
    parts = [
        Words(
            f"{message.en}. Bars are the denominators that the page offers, with their parts (CNY "
            "million), from zero: pale for the donor's money, darker for money from others. The "
            "line is what was spent; the page does not say from which money. Columns: the share "
            "spent and the bounds that the rounding of the print allows, rounded outward, from "
            "the highest share down.",
            f"{message.zh}。横条为版面所载各种分母及其组成（万元），自零起画：浅色为支援方资金，较深者为他方资金；"
            "竖线为完成投资，其资金来源原文未载明。右侧为完成投资占各分母的比例及原文精度所允许的范围（向外取整），"
            "由高到低排列。",
        )
    ]
    if len(bad):
        names = listed(dict.fromkeys(Words.of(row, "label") for row in bad.to_dict("records")))
        verb = "is" if len(bad) == 1 else "are"
        parts.append(
            Words(
                f"{capital(small_number(len(bad)))} {verb} impossible as the only source "
                f"({names.en}): more was spent than it holds (thick stroke), so the share is over "
                "100%.",
                f"以“{names.zh}”为唯一来源不可能：完成投资超出分母（粗线段），比例超过100%。",
            )
        )
    most = _rounding(shares)
    parts.append(
        Words(
            f"Rounding moves a share by at most {most} percentage points, far less than the "
            "choice.",
            f"精度使各比例上下变动至多{most}个百分点，远小于分母之别。",
        )
    )
    return caption_text(parts, figure_ids(shares["figures"]), lang)


def alt_denominators(shares: pd.DataFrame, lang: Lang = "en") -> str:
    """Alternative text: every denominator with its share."""
    told = []
    impossible = Words("impossible as the only source", "不可能为唯一来源").say(lang)
    for table in _tables(shares):
        parts = []
        for row in _sorted(table):
            share = NOT_REPORTED.say(lang)
            if not is_missing(row["value"]):
                share = f"{digits_of(row).value}%"
            name = Words.of(row, "label")
            said = Words(f"{name.en} {share}", f"{name.zh}{share}").say(lang)
            parts.append(aside(said, impossible if row["impossible"] else "", lang))
        first = table.iloc[0]
        county, spent = Words.of(first, "recipient"), MILLION.digits(first, lang, "spent").value
        of = series(parts, lang)
        words = Words(
            f"{county.en} spent CNY {spent} million; as a share of {of}",
            f"{county.zh}完成投资{spent}万元，占{of}",
        )
        told.append(words.say(lang))
    return alt_text(Words("Bar chart", "条形图"), told, lang)


PLOT = Plot(
    STEM,
    Words("Spending over every denominator", "完成投资占各分母之比"),
    ("figures", "pairs", "projects"),
    lambda study: {"shares": denominators(study)},
    draw_denominators,
    drawn_denominators,
    caption_denominators,
    alt_denominators,
)


__all__ = [
    "PLOT",
    "STEM",
    "alt_denominators",
    "caption_denominators",
    "draw_denominators",
    "drawn_denominators",
    "headline",
    "plot_denominators",
]
