"""From promise to spending: committed, disbursed and spent, for each pair."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from aidstudy.analysis.flows import SOURCE_NOT_PRINTED, money_flow
from aidstudy.plots.axes import money_axis, new_axes
from aidstudy.plots.drawn import drawn_row, drawn_table
from aidstudy.plots.layout import put, text_width, widest
from aidstudy.plots.plot import Plot
from aidstudy.plots.sentences import (
    alt_text,
    aside,
    capital,
    caption_text,
    listed,
    named,
    series,
    undated,
)
from aidstudy.plots.sheet import sheet
from aidstudy.plots.style import COLOUR, Palette, Preset, body_size, note_size
from aidstudy.plots.words import (
    MILLION,
    NOT_REPORTED,
    Lang,
    Words,
    day_name,
    exact_text,
    figure_ids,
    is_missing,
    small_number,
    small_number_zh,
)
from aidstudy.tables.ordinary import exact_frame

STEM = "money_flow"

STEPS = {
    "commitment": Words("committed", "承诺"),
    "disbursement": Words("disbursed", "到位"),
    "expenditure": Words("spent", "完成投资"),
}
_LEAST = "expenditure_least_donor"
_BAR = 0.72
_GAP = 0.75
_INFERRED = Words("inferred: paid in full", "推断：已全额到位")
_AXIS = Words("Aid for the year", "年度援助资金")


def _row(rows: list[dict[str, Any]], step: str, realised: str = "yes") -> dict[str, Any] | None:
    return next((r for r in rows if r["step"] == step and r["realised"] == realised), None)


def _exact(flow: pd.DataFrame) -> pd.DataFrame:
    """Exact cells; what is planned is drawn on the lane of its step."""
    table = exact_frame(flow)
    table["step"] = [step.removesuffix("_planned") for step in table["step"]]
    return table


def _pairs(flow: pd.DataFrame) -> list[list[dict[str, Any]]]:
    """The rows of each pair, pairs from the largest commitment down."""
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in flow.to_dict("records"):
        groups.setdefault((row["recipient"], row["donor"]), []).append(row)

    def size(rows: list[dict[str, Any]]) -> Any:
        committed = _row(rows, "commitment")
        return 0 if committed is None or is_missing(committed["value"]) else -committed["value"]

    return sorted(groups.values(), key=size)


def _mark(row: Mapping[str, Any]) -> str:
    planned = "-planned" if row["realised"] == "planned" else ""
    return f"{row['step']}-{row['recipient']}{planned}"


def drawn_money_flow(flow: pd.DataFrame) -> pd.DataFrame:
    """The rows that :func:`draw_money_flow` draws, in CNY."""
    return drawn_table(
        drawn_row(
            _mark(row),
            row["step"] if row["realised"] == "yes" else f"{row['step']}_planned",
            (
                f"{row['donor_en']} → {row['recipient_en']}",
                f"{row['donor_zh']} → {row['recipient_zh']}",
            ),
            row,
            unit="CNY",
        )
        for rows in _pairs(flow)
        for row in rows
    )


def plot_money_flow(
    flow: pd.DataFrame,
    *,
    ax: Axes | None = None,
    lang: Lang = "en",
    palette: Palette = COLOUR,
    narrow: bool = False,
) -> Axes:
    """Draw three bars from zero for each pair: committed, disbursed, spent.

    Parameters
    ----------
    flow : pandas.DataFrame
        From :func:`aidstudy.analysis.flows.money_flow`.
    ax : Axes, optional
        A new one by default.
    lang : {"en", "zh", "both"}
    palette : Palette
    narrow : bool, default False
        Name each pair on a line of its own above its bars.

    Returns
    -------
    Axes
        In CNY; pairs from the largest commitment down.
    """
    flow = _exact(flow)
    ax = ax or new_axes()
    pairs = _pairs(flow)
    first = 1 if narrow else 0
    pitch = first + len(STEPS) + _GAP
    ax.set_ylim(len(pairs) * pitch - _GAP / 2 - 0.5, -_GAP / 2 - 0.5)
    ax.set_yticks([])
    ax.spines["left"].set_visible(not narrow)
    most = max(
        (row["high"] for row in flow.to_dict("records") if not is_missing(row["high"])), default=1
    )
    ax.set_xlim(0, float(most))
    money_axis(ax, MILLION, lang, ticks=4 if narrow else 7)
    ax.set_xlabel(aside(_AXIS.say(lang), MILLION.unit(lang), lang))
    labels = [_labels(rows[0], lang) for rows in pairs]
    room = widest([words.say(lang) for words in STEPS.values()]) + 5
    if not narrow:
        room += 1.4 * body_size() + max(
            widest([lines[0] for lines in labels], strong=True),
            widest([line for lines in labels for line in lines[1:]]),
        )
    for number, (rows, lines) in enumerate(zip(pairs, labels, strict=True)):
        top = number * pitch
        dx = -room
        if narrow:
            # The line from which the bars start would run through the names.
            ax.plot(
                [0, 0],
                [top + 0.5, top + pitch - _GAP - 0.5],
                color=palette.ink,
                linewidth=mpl.rcParams["axes.linewidth"],
                clip_on=False,
            )
        for place, line in enumerate(lines):
            put(
                ax,
                line,
                0,
                top if narrow else top + place,
                coords="edge",
                dx=dx,
                strong=place == 0,
                colour=palette.grey if place else palette.ink,
            )
            if narrow:
                dx += text_width(line, strong=place == 0) + 0.5 * body_size()
        for place, (step, words) in enumerate(STEPS.items(), start=first):
            put(
                ax,
                words.say(lang),
                0,
                top + place,
                coords="edge",
                dx=-5,
                ha="right",
                colour=palette.ink,
            )
            _step(ax, rows, step, top + place, lang, palette, narrow)
    return ax


def _labels(row: Mapping[str, Any], lang: Lang) -> tuple[str, ...]:
    donor = Words(f"from {row['donor_en']}", f"支援方：{row['donor_zh']}")
    if lang == "both":
        return row["recipient_en"], row["recipient_zh"], f"{donor.en} {row['donor_zh']}"
    return Words.of(row, "recipient").say(lang), donor.say(lang)


def _step(
    ax: Axes,
    rows: list[dict[str, Any]],
    step: str,
    y: float,
    lang: Lang,
    palette: Palette,
    narrow: bool,
) -> None:
    row = _row(rows, step)
    if row is None:
        return
    if is_missing(row["value"]):
        text = NOT_REPORTED.inline(lang)
        put(ax, text, 0, y, dx=4, colour=palette.grey, mark=_mark(row))
        return
    least = _row(rows, _LEAST) if step == "expenditure" else None
    _bar(ax, row, y, palette, shared=_no_source(row))
    if least is not None:
        _bar(ax, least, y, palette)
    planned = _row(rows, step, "planned")
    if planned is not None and not is_missing(planned["value"]):
        _due(ax, row, planned, y, lang, palette)
    text = MILLION.digits(row, lang).value
    end = float(row["value"])
    put(ax, text, end, y, dx=4, colour=palette.ink, backdrop=planned is not None)
    note = _note(row, least, lang, narrow)
    if note:
        past = 4 + widest([text]) + 0.6 * body_size()
        put(ax, note, end, y, dx=past, size=note_size(), colour=palette.grey)


def _no_source(row: Mapping[str, Any]) -> bool:
    """Whether money was spent and no giver of it is printed."""
    return Words.of(row, "note") == SOURCE_NOT_PRINTED


def _open(flow: pd.DataFrame) -> list[Mapping[str, Any]]:
    """Spending of the donor's own about which the page leaves something open."""
    rows = flow[flow["step"] == "expenditure"].to_dict("records")
    return [row for row in rows if row["note_en"] and not _no_source(row)]


def _bar(
    ax: Axes, row: Mapping[str, Any], y: float, palette: Palette, *, shared: bool = False
) -> None:
    """Solid where printed, a dashed outline where inferred, paler where no source is printed."""
    least = row["step"] == _LEAST
    inferred = least or _inferred(row)
    fill = {
        "commitment": palette.light,
        "disbursement": palette.mid,
        "expenditure": palette.shared if shared else palette.dark,
        _LEAST: palette.shared,
    }[row["step"]]
    edge = {"commitment": palette.mid, _LEAST: palette.dark}.get(row["step"], "none")
    label = "spent" if least else STEPS[row["step"]].en
    ax.add_patch(
        Rectangle(
            (0, y - _BAR / 2),
            float(row["value"]),
            _BAR,
            facecolor="white" if inferred and not least else fill,
            edgecolor=edge,
            linestyle=(0, (4, 2.5)) if inferred else "solid",
            linewidth=body_size() / 10,
            label=f"{label}, inferred"
            if inferred
            else f"{label}, source not printed"
            if shared
            else label,
            gid=_mark(row),
        )
    )


def _due(
    ax: Axes,
    row: Mapping[str, Any],
    planned: Mapping[str, Any],
    y: float,
    lang: Lang,
    palette: Palette,
) -> None:
    width = body_size() / 8
    ax.plot(
        [float(row["value"]), float(planned["value"])],
        [y, y],
        color=palette.dark,
        linewidth=width,
        linestyle=(0, (3.5, 2.5)),
        zorder=1.5,
    )
    ax.plot(
        [float(planned["value"])],
        [y],
        marker="o",
        markersize=0.7 * body_size(),
        linestyle="none",
        zorder=4,
        markerfacecolor="white",
        markeredgecolor=palette.dark,
        markeredgewidth=1.3 * width,
        label="disbursed, planned",
        gid=_mark(planned),
        clip_on=False,
    )
    day = None if is_missing(planned["due"]) else planned["due"]
    words = Words(
        f"hoped for by {day_name(day, 'en')}" if day else "hoped for",
        f"力争{_before(day)}全部到位" if day else "力争全部到位",
    )
    put(
        ax,
        words.say(lang),
        float(planned["value"]),
        y,
        dx=0.75 * body_size(),
        size=note_size(),
        colour=palette.grey,
    )


def _before(day: dt.date) -> str:
    """A deadline in Chinese, the last day of a month as its end."""
    ends = (day + dt.timedelta(days=1)).month != day.month
    return f"{day.month}月底前" if ends else f"{day_name(day, 'zh')}前"


def _note(row: Mapping[str, Any], least: Mapping[str, Any] | None, lang: Lang, narrow: bool) -> str:
    if _inferred(row):
        return _INFERRED.say(lang)
    if least is None:
        return Words(*SOURCE_NOT_PRINTED).say(lang) if _no_source(row) else ""
    amount = MILLION.digits(least, lang).low
    if narrow:
        return Words(f"{amount} or more from donor", f"支援方至少{amount}").say(lang)
    return Words(
        f"source not printed; {amount} or more from {row['donor_en']} (inferred)",
        f"来源未载明；{row['donor_zh']}至少{amount}（推断）",
    ).say(lang)


def draw_money_flow(
    flow: pd.DataFrame, *, preset: str | Preset = "double", lang: Lang = "en"
) -> Figure:
    """The whole figure."""
    with sheet(STEM, preset, lang) as page:
        ax = plot_money_flow(
            flow, ax=page.axes(), lang=page.lang, palette=page.palette, narrow=page.narrow
        )
        return page.compose(ax, pitch=1.42, headline=headline(flow))


def _complete(flow: pd.DataFrame) -> int:
    """How many pairs print every step; a commitment that is inferred is not printed."""
    return sum(
        all(
            (row := _row(rows, step)) is not None
            and not is_missing(row["value"])
            and not _inferred(row)
            for step in STEPS
        )
        for rows in _pairs(flow)
    )


def _inferred(row: Mapping[str, Any]) -> bool:
    """Whether it is a commitment that is taken from a sum paid in full."""
    return bool(row["step"] == "commitment" and row["state"] == "derived")


def headline(flow: pd.DataFrame) -> Words:
    """The message of the plot."""
    full, pairs = _complete(flow), len(_pairs(flow))
    few = "Only " if 0 < full < pairs else ""
    verb = "reports" if full == 1 else "report"
    text = (
        f"{few}{small_number(full)} of {small_number(pairs)} pairs {verb} all three steps of money"
    )
    return Words(
        capital(text),
        f"{small_number_zh(pairs)}对中{'仅' if few else ''}"
        f"{small_number_zh(full) if full else '没有一'}对同时报告承诺、到位与完成投资",
    )


def caption_money_flow(flow: pd.DataFrame, lang: Lang = "en") -> str:
    """What is drawn, in which unit, what is inferred, and the figures behind it."""
    message, pairs = headline(flow), _pairs(flow)
    inferred = [
        rows[0]
        for rows in pairs
        if (row := _row(rows, "commitment")) is not None and _inferred(row)
    ]
    halves = [
        (row["high"] - row["low"]) / 2
        for row in flow.to_dict("records")
        if not is_missing(row["low"])
    ]
    most = exact_text(max(halves, default=0))
    parts = [
        Words(
            f"{message.en}. Aid for the year (CNY million): committed, disbursed and spent, bars "
            "from zero, pairs from the largest commitment down.",
            f"{message.zh}。年度援助资金（万元）：承诺、到位、完成投资，自零起画，按承诺额由大到小排列。",
        )
    ]
    if inferred:
        who = listed(Words.of(row, "recipient") for row in inferred)
        parts.append(
            Words(
                f"Dashed outline: inferred; {who.en} print only a sum that was paid in full, and a "
                "commitment of the same size is taken from it.",
                f"虚线框为推断：{who.zh}只言已全额到位，承诺额按同数推定。",
            )
        )
    parts += undated(Words.of(row, "recipient") for row in inferred if "no year" in row["note_en"])
    parts.append(
        Words(
            "Hollow circle: hoped for, not paid. The source of a paler bar is not printed; the "
            "dashed part of it came from the donor at least, if the printed matching money and "
            "donations are the only other money. What is not reported is said in place and is not "
            "zero.",
            "空心圆为力争到位之数，并未到位。浅色条的资金来源原文未载明；其中虚线框内部分，"
            "若他方资金仅为所刊配套与捐助，则至少来自支援方。未报告者注明，不作零。",
        )
    )
    for spent in _open(flow):
        who, note = Words.of(spent, "recipient"), Words.of(spent, "note")
        parts.append(Words(f"Spent in {who.en}: {note.en}.", f"{who.zh}的完成投资：{note.zh}。"))
    parts.append(
        Words(
            f"The rounding of the print allows at most CNY {most} each way, less than a line.",
            f"原文精度所允许的上下幅度各至多{most}元，小于线宽。",
        )
    )
    return caption_text(parts, figure_ids(flow["figures"]), lang)


def alt_money_flow(flow: pd.DataFrame, lang: Lang = "en") -> str:
    """Alternative text: the bars in words."""
    told = []
    for rows in _pairs(flow):
        steps = []
        for step, words in STEPS.items():
            row = _row(rows, step)
            amount = NOT_REPORTED.say(lang)
            if row is not None and not is_missing(row["value"]):
                note = Words("inferred", "推断").say(lang) if _inferred(row) else ""
                amount = aside(MILLION.digits(row, lang).value, note, lang)
            steps.append(Words(f"{words.en} {amount}", f"{words.zh}{amount}").say(lang))
        told.append(named(Words.of(rows[0], "recipient").say(lang), series(steps, lang), lang))
    return alt_text(Words("Bar chart, CNY million", "条形图，单位万元"), told, lang)


PLOT = Plot(
    STEM,
    Words("Money committed, disbursed and spent", "援助资金的承诺、到位与完成投资"),
    ("events", "figures", "pairs", "projects"),
    lambda study: {"flow": _exact(money_flow(study))},
    draw_money_flow,
    drawn_money_flow,
    caption_money_flow,
    alt_money_flow,
)


__all__ = [
    "PLOT",
    "STEM",
    "STEPS",
    "alt_money_flow",
    "caption_money_flow",
    "draw_money_flow",
    "drawn_money_flow",
    "headline",
    "plot_money_flow",
]
