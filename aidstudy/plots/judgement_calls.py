"""What each judgement call moves: one share to see how far, and how many results in all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from aidstudy.analysis.judgement import judgement_calls
from aidstudy.plots.axes import new_axes
from aidstudy.plots.drawn import drawn_row, drawn_table, plain_row
from aidstudy.plots.layout import Cell, column, put, widest
from aidstudy.plots.plot import Plot
from aidstudy.plots.sentences import alt_text, caption_text, named, on_one_line
from aidstudy.plots.sheet import sheet
from aidstudy.plots.style import COLOUR, Palette, Preset, body_size, note_size
from aidstudy.plots.words import (
    Lang,
    Words,
    bounds_text,
    digits_of,
    exact_text,
    falling,
    figure_ids,
    is_missing,
)

STEM = "judgement_calls"


class Call(NamedTuple):
    """A judgement call in few words: what is judged, the default, the other reading."""

    what: Words
    default: Words
    other: Words


CALLS: Mapping[str, Call] = {
    "trailing_zeros": Call(
        Words("Zeros that end a number", "数字末尾的零"),
        Words("exact", "视为确切"),
        Words("there for the size", "只示数量级"),
    ),
    "rule": Call(
        Words("Share set by the rule", "规定比例"),
        Words("exact", "视为确数"),
        Words("rounded", "视为取整"),
    ),
    "touru": Call(
        Words("“Put in” (touru)", "原文所称“投入”"),
        Words("promised", "指承诺"),
        Words("spent as well", "兼指已完成"),
    ),
    "paid_in_full": Call(
        Words("Paid in full, no commitment printed", "只载全额到位、未载承诺"),
        Words("commitment derived", "推定承诺额"),
        Words("not reported", "承诺未报告"),
    ),
    "undated": Call(
        Words("Sum without a year", "未载年份的金额"),
        Words("of this year", "归入报道年份"),
        Words("of no one year", "不归任何一年"),
    ),
    "spending_source": Call(
        Words("Spending without a source", "来源未载的完成投资"),
        Words("all sources", "含各方资金"),
        Words("others' money first", "先用他方资金"),
    ),
    "delivered": Call(
        Words("Cost of a project handed over", "已交付项目的总投资"),
        Words("a budget", "仍作总投资"),
        Words("spent", "视为已完成"),
    ),
    "team_of_40": Call(
        Words("Number in a slogan", "口号中的人数"),
        Words("a head count", "视为实有人数"),
        Words("rhetoric", "视为修辞"),
    ),
    "line_start": Call(
        Words("Start of the year's work", "年度工作起点"),
        Words("New Year", "元旦"),
        Words("provincial conference", "全省会议之日"),
    ),
    "basically_complete": Call(
        Words("“Basically complete”", "原文所称“基本完成”"),
        Words("not complete", "不算完成"),
        Words("complete", "算完成"),
    ),
    "loan_project": Call(
        Words("Project paid by a loan alone", "仅靠贷款的项目"),
        Words("counted", "计入"),
        Words("left out", "不计入"),
    ),
}
_AXIS = Words("Share (%)", "比例（%）")
_NO_SHARE = Words("no share moves", "不影响任何比例")
_MOVED = Words("moved", "变动")
_LOST = Words("lost", "失去")
_ANSWERS = Words("answers", "结论")
_NOTE = Words(
    "Circle, upper bar: the default. Diamond, lower bar: the other reading.",
    "圆点与上条：默认读法；菱形与下条：另一读法。",
)
_MOVED_NOTE = Words("moved: results that change.", "变动：改变的结果数。")
_COLUMNS_NOTE = Words(
    "moved: results that change; lost: of them, no longer reported; answers: of them, answers in "
    "words.",
    "变动：改变的结果数；失去：其中不再有报告值者；结论：其中文字结论改变者。",
)
_BAR = 0.34
_OFF = 0.32
_PITCH = 2.5
_ABOVE = 1.25
_LINE = 0.85
_NARROW_PITCH = 4.05
_LEAST_LEFT = 12
_COUNTS = ("moved", "lost", "verdicts")


def _rows(calls: pd.DataFrame) -> list[Mapping[str, Any]]:
    """Calls by how far they move a share, those that move none at the end by their number."""

    return sorted(calls.to_dict("records"), key=lambda row: (falling(row["shift"]), -row["moved"]))


def _call(row: Mapping[str, Any]) -> Call:
    return CALLS[row["switch"]]


def drawn_judgement_calls(calls: pd.DataFrame) -> pd.DataFrame:
    """The rows that :func:`draw_judgement_calls` draws.

    For each call the share that it moves furthest under both readings (``quantity`` is the id of
    the result), and how many results it moves.
    """
    rows: list[dict[str, Any]] = []
    for row in _rows(calls):
        call, switch = _call(row), row["switch"]
        if is_missing(row["result_id"]):
            none, state = f"none-{switch}", "not_applicable"
            rows.append(plain_row(none, "share", call.what, None, unit="%", state=state))
        else:
            result = Words.of(row, "label")
            for name, prefix, reading in (
                ("default", "default_", call.default),
                ("other", "", call.other),
            ):
                parts = ("value", "low", "high", "state", "figures")
                rows.append(
                    drawn_row(
                        f"{name}-{switch}",
                        row["result_id"],
                        (
                            f"{call.what.en}: {reading.en}; {result.en}",
                            f"{call.what.zh}：{reading.zh}；{result.zh}",
                        ),
                        {part: row[f"{prefix}{part}"] for part in parts},
                        unit="%",
                    )
                )
        rows += [
            plain_row(
                f"{part}-{switch}", part, call.what, row[part], unit="result", state="derived"
            )
            for part in _COUNTS
        ]
    return drawn_table(rows)


def plot_judgement_calls(
    calls: pd.DataFrame,
    *,
    ax: Axes | None = None,
    lang: Lang = "en",
    palette: Palette = COLOUR,
    narrow: bool = False,
) -> Axes:
    """Draw a share under either reading of each call, the call that moves one furthest on top.

    Parameters
    ----------
    calls : pandas.DataFrame
        From :func:`aidstudy.analysis.judgement.judgement_calls`.
    ax : Axes, optional
        A new one by default.
    lang : {"en", "zh", "both"}
    palette : Palette
    narrow : bool, default False
        Words above the bars instead of beside them; only the number of results moved.

    Returns
    -------
    Axes
        In per cent, from 0 to 100.
    """
    ax = ax or new_axes()
    rows, pitch = _rows(calls), _NARROW_PITCH if narrow else _PITCH
    ax.set_xlim(0, 100)
    ax.set_xlabel(_AXIS.say(lang))
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    ax.set_ylim((len(rows) - 1) * pitch + (3.3 if narrow else 1.1), -0.9 if narrow else -1.3)
    names = [_call(row).what.inline(lang) for row in rows]
    readings = [_readings(_call(row), lang) for row in rows]
    room = 0.0
    if not narrow:
        room = 1.2 * body_size() + max(widest(names), widest(readings, size=note_size()))
    places = []
    for number, (row, name, reading) in enumerate(zip(rows, names, readings, strict=True)):
        y = number * pitch
        middle = y + (3 * _LINE + 0.1 if narrow else 0.4)
        places.append(y if narrow else middle)
        top, below = (y, y + _LINE) if narrow else (y - 0.5, y + 0.65)
        put(ax, name, 0, top, coords="edge", dx=-room, colour=palette.ink)
        put(
            ax,
            reading,
            0,
            below,
            coords="edge",
            dx=-room,
            size=note_size(),
            colour=palette.grey,
        )
        _share(ax, row, middle, lang, palette, narrow=narrow)
        if number:
            edge = y - (0.6 if narrow else 1.3)
            ax.plot([0, 100], [edge, edge], color=palette.band, linewidth=0.5, zorder=0.5)
    _counts(ax, rows, places, lang, palette, narrow=narrow)
    return ax


def _readings(call: Call, lang: Lang) -> str:
    return f"{call.default.say(lang)} → {call.other.say(lang)}"


def _share(
    ax: Axes,
    row: Mapping[str, Any],
    y: float,
    lang: Lang,
    palette: Palette,
    *,
    narrow: bool,
) -> None:
    if is_missing(row["result_id"]):
        put(
            ax,
            _NO_SHARE.say(lang),
            0,
            y - (0.98 if narrow else 0.25),
            dx=0.0 if narrow else 0.3 * body_size(),
            size=note_size(),
            colour=palette.grey,
            mark=f"none-{row['switch']}",
        )
        return
    dx = 0.0 if narrow else 0.3 * body_size()
    label = Words.of(row, "label").say(lang)
    put(
        ax,
        label,
        0,
        y - (0.98 if narrow else _ABOVE),
        coords="edge",
        dx=dx,
        size=note_size(),
        colour=palette.grey,
    )
    rises = row["low"] + row["high"] > row["default_low"] + row["default_high"]
    ends = [
        _reading(ax, row, "default", "default_", y - _OFF, palette, left=rises),
        _reading(ax, row, "other", "", y + _OFF, palette, left=not rises),
    ]
    values = [end for end in ends if end is not None]
    if len(values) == len(ends):
        ax.plot(
            values,
            [y - _OFF, y + _OFF],
            color=palette.grey,
            linewidth=body_size() / 12,
            zorder=1.5,
        )


def _reading(
    ax: Axes,
    row: Mapping[str, Any],
    name: str,
    prefix: str,
    y: float,
    palette: Palette,
    *,
    left: bool,
) -> float | None:
    """One reading: the bounds as a bar, the value as a mark; returns where the value stands."""
    low, high = float(row[f"{prefix}low"]), float(row[f"{prefix}high"])
    value, mark = row[f"{prefix}value"], f"{name}-{row['switch']}"
    only_bounds = is_missing(value)
    default = name == "default"
    ax.add_patch(
        Rectangle(
            (low, y - _BAR / 2),
            high - low,
            _BAR,
            facecolor=palette.mid if default else palette.accent_tint,
            edgecolor="none" if default else palette.accent,
            linewidth=0.0 if default else body_size() / 14,
            label=f"bounds, {name}",
            zorder=2,
            clip_on=False,
            gid=mark if only_bounds else None,
        )
    )
    if not only_bounds:
        ax.plot(
            [float(value)],
            [y],
            marker="o" if default else "D",
            markersize=(0.62 if default else 0.52) * body_size(),
            linestyle="none",
            color=palette.dark if default else palette.accent,
            markeredgecolor="white",
            markeredgewidth=0.06 * body_size(),
            label=name,
            zorder=4,
            clip_on=False,
            gid=mark,
        )
    left = left and low > _LEAST_LEFT
    put(
        ax,
        _number(row, prefix),
        low if left else high,
        y,
        dx=(-0.6 if left else 0.6) * body_size(),
        ha="right" if left else "left",
        size=note_size(),
        colour=palette.ink,
    )
    return None if only_bounds else float(value)


def _number(row: Mapping[str, Any], prefix: str) -> str:
    """Value in per cent, with its bounds where they are wider than one."""
    value, low, high = (row[f"{prefix}{part}"] for part in ("value", "low", "high"))
    digits = digits_of({"value": value, "low": low, "high": high})
    if not digits.value:
        return bounds_text(digits)
    return digits.value if high - low < 1 else f"{digits.value} ({bounds_text(digits)})"


def _counts(
    ax: Axes,
    rows: list[Mapping[str, Any]],
    places: list[float],
    lang: Lang,
    palette: Palette,
    *,
    narrow: bool,
) -> None:
    words = dict(zip(_COUNTS, (_MOVED, _LOST, _ANSWERS), strict=True))
    # Room for the number behind a share of 100%.
    end = 1.0 * body_size() + widest(["100.0"], size=note_size())
    for part in _COUNTS[:1] if narrow else _COUNTS:
        end = column(
            ax,
            (words[part].say(lang),),
            [
                Cell(y, str(row[part]), f"{part}-{row['switch']}", quiet=not row[part])
                for row, y in zip(rows, places, strict=True)
            ],
            start=end,
            palette=palette,
        )
        end += 0.9 * body_size()


def draw_judgement_calls(
    calls: pd.DataFrame, *, preset: str | Preset = "double", lang: Lang = "en"
) -> Figure:
    """The whole figure."""
    with sheet(STEM, preset, lang) as page:
        ax = plot_judgement_calls(
            calls, ax=page.axes(), lang=page.lang, palette=page.palette, narrow=page.narrow
        )
        columns = _MOVED_NOTE if page.narrow else _COLUMNS_NOTE
        notes = [*on_one_line([_NOTE, _hidden(calls)]), columns]
        return page.compose(ax, pitch=1.32, headline=headline(calls), notes=notes)


def _hidden(calls: pd.DataFrame) -> Words:
    """How many moved results are not shown."""
    moves = int(calls["moved"].sum())
    shown = int(calls["result_id"].notna().sum())
    return Words(
        f"{shown} of {moves} moves are shown: for each call the share that moves furthest.",
        f"{moves}处变动中只画{shown}处：每一判断各取变动最大的比例。",
    )


def headline(calls: pd.DataFrame) -> Words:
    """The message of the plot."""
    first = calls.to_dict("records")[0]
    furthest = _rows(calls)[0]
    en = f"{first['touched']} of {first['results']} results hang on a judgement call"
    zh = f"{first['results']}项结果中，{first['touched']}项取决于判断"
    if not is_missing(furthest["shift"]):
        values = [furthest["value"], furthest["default_value"]]
        both = not any(is_missing(value) for value in values)
        shift = exact_text(abs(values[0] - values[1]) if both else furthest["shift"])
        en += f"; one call moves a share by {shift} points"
        zh += f"；有一项判断使某一比例变动{shift}个百分点"
    return Words(en, zh)


def caption_judgement_calls(calls: pd.DataFrame, lang: Lang = "en") -> str:
    """What is drawn, by which rule it was chosen, and what is not drawn."""
    rows, message, hidden = _rows(calls), headline(calls), _hidden(calls)
    told = Words(
        f"{message.en}. Each row is one judgement call, its default and its other reading named "
        "on the left. Circle and upper bar: the default; diamond and lower bar: the other "
        "reading; bars are bounds (what print or reading allows, no confidence intervals). "
        f"{hidden.en} The rule: of the results in per cent that are known under both readings and "
        "lie within 0 to 100, the one of which the value or an end moves furthest, the first of "
        "equals in the order of the table; what is hypothetical to begin with, ends of sampling "
        "intervals and the power of tests are left aside. Columns: results that the call moves, "
        "in value, bounds or state; of them those no longer reported; of them those that answer in "
        "words and change their answer. Every move stands in the table of sensitivity. One call is "
        "changed at a time; what several do together is not shown.",
        f"{message.zh}。每行为一项判断，左侧为默认读法与另一读法；圆点与上条为默认读法，菱形与下条为另一读法，"
        "条形为印刷精度或判断所容许的上下限（非置信区间）。"
        f"{hidden.zh}选取规则：以百分数表示、两种读法下均有值且在0与100之间者中，数值或任一端变动最大的一项，"
        "并列取表中居前者；本属假设者、抽样区间的端点与检验功效不在其列。"
        "变动、失去、结论三栏为该判断所改变的结果数、其中不再有报告值者、其中以文字作答而答案改变者；全部变动见敏感性表。"
        "各判断一次只改一项，未画同时改变的情形。",
    )
    ids = figure_ids(row[cell] for row in rows for cell in ("default_figures", "figures"))
    return caption_text([told], ids, lang)


def alt_judgement_calls(calls: pd.DataFrame, lang: Lang = "en") -> str:
    """Alternative text: the share under either reading of each call."""
    told = []
    for row in _rows(calls):
        said, moved = _NO_SHARE, row["moved"]
        if not is_missing(row["result_id"]):
            label, pair = (
                Words.of(row, "label"),
                f"{_number(row, 'default_')}% → {_number(row, '')}%",
            )
            said = Words(f"{label.en} {pair}", f"{label.zh}{pair}")
        words = Words(f"{said.en}; results moved: {moved}", f"{said.zh}，变动{moved}项")
        told.append(named(_call(row).what.say(lang), words.say(lang), lang))
    kind = Words(
        "Dot plot of a share under both readings of each call", "点图，各判断两种读法下的比例"
    )
    return alt_text(kind, told, lang, apart=lang != "zh")


PLOT = Plot(
    STEM,
    Words("What each judgement call moves", "各项判断的影响"),
    ("results", "sensitivity"),
    lambda study: {"calls": judgement_calls(study)},
    draw_judgement_calls,
    drawn_judgement_calls,
    caption_judgement_calls,
    alt_judgement_calls,
    lambda preset: frozenset(("lost", "verdicts") if preset.narrow else ()),
)


__all__ = [
    "CALLS",
    "PLOT",
    "STEM",
    "Call",
    "alt_judgement_calls",
    "caption_judgement_calls",
    "draw_judgement_calls",
    "drawn_judgement_calls",
    "headline",
    "plot_judgement_calls",
]
