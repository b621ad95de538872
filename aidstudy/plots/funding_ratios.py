"""Funding ratios: what share of its revenue a donor gives, and what it gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, MaxNLocator

from aidstudy.analysis.ratios import funding_ratios
from aidstudy.plots.axes import new_axes, rows_axis
from aidstudy.plots.drawn import drawn_row, drawn_table
from aidstudy.plots.layout import Cell, column, head, put, put_lines
from aidstudy.plots.plot import Plot
from aidstudy.plots.sentences import alt_text, capital, caption_text, listed, named, undated
from aidstudy.plots.sheet import sheet
from aidstudy.plots.style import COLOUR, Palette, Preset, body_size, note_size
from aidstudy.plots.words import (
    BILLION,
    MILLION,
    NOT_REPORTED,
    NOT_REPORTED_SHORT,
    Lang,
    Words,
    bounds_text,
    digits_of,
    exact_text,
    falling,
    figure_ids,
    is_missing,
    small_number,
    small_number_zh,
)
from aidstudy.tables.ordinary import exact_frame

STEM = "funding_ratios"

_BAR = 0.30
_SHARE_AXIS = Words(
    "Aid, share of donor’s previous-year revenue (%)", "援助资金占支援方上年财政收入之比（%）"
)
_NO_RATIO = Words("ratio not reported", "未报告比例")
_INFERRED = Words(
    "* Inferred: the page prints it as paid in full, not as promised.",
    "* 推断：原文称已全额到位，未言承诺额。",
)
_IF_AT_RULE = Words(
    "† Revenue if the whole sum were exactly the rule’s share. Without a sign: revenue that the "
    "rule’s part of the sum implies. These are two different questions.",
    "† 若援助总额恰为规定比例，财政收入应为此数。无此符号者，由总额中的规定部分推算。"
    "两者所答不同。",
)


def _sorted(ratios: pd.DataFrame) -> list[dict[str, Any]]:
    """Pairs from the highest ratio down, then those without one by their aid."""
    return sorted(
        ratios.to_dict("records"), key=lambda row: (falling(row["ratio"]), falling(row["aid"]))
    )


def _pair(row: Mapping[str, Any]) -> Words:
    return Words(
        f"{row['donor_en']} → {row['recipient_en']}", f"{row['donor_zh']} → {row['recipient_zh']}"
    )


def drawn_funding_ratios(ratios: pd.DataFrame) -> pd.DataFrame:
    """The rows that :func:`draw_funding_ratios` draws: amounts in CNY, shares in per cent."""
    rows = []
    parts = {"ratio": "%", "rule_amount": "CNY", "added": "CNY", "aid": "CNY", "revenue": "CNY"}
    for row in _sorted(ratios):
        for quantity, unit in parts.items():
            if quantity in ("rule_amount", "added") and not _split(row):
                continue
            mark = f"{quantity}-{row['recipient']}"
            rows.append(drawn_row(mark, quantity, _pair(row), row, unit=unit, prefix=quantity))
    for row in ratios.head(1).to_dict("records"):
        if not is_missing(row["rule"]):
            words = ("share that the rule sets", "规定比例")
            rows.append(drawn_row("rule", "rule", words, row, unit="%", prefix="rule"))
    return drawn_table(rows)


def _split(row: Mapping[str, Any]) -> bool:
    """Whether the bar of a pair is drawn in two parts, with their amounts."""
    return not any(is_missing(row[part]) for part in ("ratio", "rule", "rule_amount", "added"))


def plot_funding_ratios(
    ratios: pd.DataFrame,
    *,
    ax: Axes | None = None,
    lang: Lang = "en",
    palette: Palette = COLOUR,
    narrow: bool = False,
) -> Axes:
    """Draw each printed ratio as a bar from zero, split at the rule, pairs from high to low.

    Parameters
    ----------
    ratios : pandas.DataFrame
        From :func:`aidstudy.analysis.ratios.funding_ratios`.
    ax : Axes, optional
        A new one by default.
    lang : {"en", "zh", "both"}
    palette : Palette
    narrow : bool, default False
        Names of donor and county on two lines, and less said of what is not reported.

    Returns
    -------
    Axes
        One row a pair; aid and implied revenue are columns at its right edge.
    """
    ratios = exact_frame(ratios)
    ax = ax or new_axes()
    rows = _sorted(ratios)
    rows_axis(ax, len(rows))
    rule = next((row["rule"] for row in rows if not is_missing(row["rule"])), None)
    shown = [row["ratio"] for row in rows if not is_missing(row["ratio"])]
    top = max([*shown, *([rule] if rule is not None else [])], default=1)
    ax.set_xlim(0, float(top) * 1.184)
    ax.xaxis.set_major_locator(MaxNLocator(nbins=4, steps=[1, 2, 2.5, 5, 10]))
    ax.xaxis.set_major_formatter(
        FuncFormatter(lambda value, _: "0" if value == 0 else f"{value:.2f}")
    )
    for place, row in enumerate(rows):
        name = _name(row, lang, narrow)
        put_lines(ax, name, 0, place, palette=palette, dx=-5, ha="right", equal=narrow)
        missing = NOT_REPORTED if narrow else _NO_RATIO
        _ratio_bar(ax, row, place, missing.say(lang), lang, palette)
    if rule is not None:
        ax.axvline(
            float(rule),
            color=palette.ink,
            linewidth=mpl.rcParams["axes.linewidth"],
            zorder=2.5,
            gid="rule",
        )
        words = Words(f"rule: {exact_text(rule)}%", f"规定：{exact_text(rule)}%")
        head(ax, (words.say(lang),), float(rule), coords="column", palette=palette)
    end = column(
        ax,
        _unit_lines(Words("Aid for", "年度"), Words("the year", "援助"), MILLION.unit(lang), lang),
        [_aid_cell(row, place, lang) for place, row in enumerate(rows)],
        start=body_size() * 1.6,
        palette=palette,
    )
    column(
        ax,
        _unit_lines(Words("Implied", "推算"), Words("revenue", "收入"), BILLION.unit(lang), lang),
        [_revenue_cell(row, place, lang) for place, row in enumerate(rows)],
        start=end + body_size() * 1.4,
        palette=palette,
    )
    ax.set_xlabel(_SHARE_AXIS.say(lang))
    return ax


def _name(row: Mapping[str, Any], lang: Lang, narrow: bool) -> tuple[str, ...]:
    if not narrow:
        return _pair(row).lines(lang)
    donor, recipient = (Words.of(row, side).inline(lang) for side in ("donor", "recipient"))
    return f"{donor} →", recipient


def _unit_lines(first: Words, second: Words, unit: str, lang: Lang) -> tuple[str, ...]:
    if lang == "zh":
        return f"{first.zh}{second.zh}", f"（{unit}）"
    return first.en, second.en, f"({unit})"


def _ratio_bar(
    ax: Axes, row: Mapping[str, Any], place: int, missing: str, lang: Lang, palette: Palette
) -> None:
    mark = f"ratio-{row['recipient']}"
    if is_missing(row["ratio"]):
        put(ax, missing, 0, place, dx=4, colour=palette.grey, mark=mark, backdrop=True)
        return
    bottom, size = place - _BAR / 2, note_size()
    rule = row["rule"] if _split(row) else None
    start = 0.0
    if rule is not None:
        start = float(rule)
        ax.add_patch(
            Rectangle(
                (0, bottom),
                start,
                _BAR,
                facecolor=palette.light,
                edgecolor=palette.mid,
                linewidth=0.5,
                label="required by the rule",
            )
        )
        required = MILLION.digits(row, lang, "rule_amount").value
        words = Words(f"{required} required", f"规定 {required}")
        put(
            ax,
            words.say(lang),
            0,
            bottom,
            dx=2,
            dy=0.95 * size,
            size=size,
            colour=palette.ink,
            mark=f"rule_amount-{row['recipient']}",
            backdrop=True,
        )
        more = MILLION.digits(row, lang, "added").value
        words = Words(f"+{more} added", f"额外 +{more}")
        put(
            ax,
            words.say(lang),
            start,
            bottom + _BAR,
            dx=3,
            dy=-0.95 * size,
            size=size,
            colour=palette.ink,
            mark=f"added-{row['recipient']}",
        )
    ax.add_patch(
        Rectangle(
            (start, bottom),
            float(row["ratio"]) - start,
            _BAR,
            facecolor=palette.accent,
            edgecolor=palette.accent,
            linewidth=0.5,
            label="added",
            gid=mark,
        )
    )
    put(
        ax,
        f"{digits_of(row, 'ratio').value}%",
        float(row["ratio"]),
        place,
        dx=3,
        colour=palette.ink,
        strong=True,
    )


def _aid_cell(row: Mapping[str, Any], place: int, lang: Lang) -> Cell:
    mark = f"aid-{row['recipient']}"
    if is_missing(row["aid"]):
        return Cell(place, NOT_REPORTED_SHORT.say(lang), mark, quiet=True)
    sign = "*" if row["aid_state"] == "derived" else ""
    return Cell(place, MILLION.digits(row, lang, "aid").value, mark, sign)


def _revenue_cell(row: Mapping[str, Any], place: int, lang: Lang) -> Cell:
    mark = f"revenue-{row['recipient']}"
    if is_missing(row["revenue"]):
        return Cell(place, NOT_REPORTED_SHORT.say(lang), mark, quiet=True)
    supposed = row["revenue_state"] == "hypothetical"
    text = BILLION.digits(row, lang, "revenue").value
    return Cell(place, text, mark, "†" if supposed else "", quiet=supposed)


def draw_funding_ratios(
    ratios: pd.DataFrame, *, preset: str | Preset = "double", lang: Lang = "en"
) -> Figure:
    """The whole figure."""
    with sheet(STEM, preset, lang) as page:
        ax = plot_funding_ratios(
            ratios, ax=page.axes(), lang=page.lang, palette=page.palette, narrow=page.narrow
        )
        notes = _footnotes(ratios)
        return page.compose(ax, pitch=3.7, headline=headline(ratios), notes=notes)


def _footnotes(ratios: pd.DataFrame) -> list[Words]:
    notes = []
    if (ratios["aid_state"] == "derived").any():
        notes.append(_INFERRED)
    if (ratios["revenue_state"] == "hypothetical").any():
        notes.append(_IF_AT_RULE)
    return notes


def headline(ratios: pd.DataFrame) -> Words:
    """The message of the plot."""
    said, all_pairs = int((ratios["ratio_state"] == "printed").sum()), len(ratios)
    only = "Only " if said == 1 else ""
    verb = "reports its" if said == 1 else "report their"
    text = f"{only}{small_number(said)} of {small_number(all_pairs)} pairs {verb} funding ratio"
    return Words(
        capital(text),
        f"{small_number_zh(all_pairs)}对中{'仅' if said == 1 else ''}{small_number_zh(said)}对"
        "报告援助资金比例",
    )


def caption_funding_ratios(ratios: pd.DataFrame, lang: Lang = "en") -> str:
    """What is drawn, in which unit, what the bounds are, and the figures behind it."""
    rows, message = _sorted(ratios), headline(ratios)
    drawn = listed(_told(row) for row in rows if not is_missing(row["ratio"]))
    inferred = [Words.of(row, "recipient") for row in rows if row["aid_state"] == "derived"]
    parts = [
        Words(
            f"{message.en}. Aid as a share of the donor's local public budget revenue of the year "
            "before (%), bars from zero, split at the rule.",
            f"{message.zh}。援助资金占支援方上年地方公共财政预算收入的比例（%），自零起画，在规定比例处分为两段。",
        )
    ]
    if drawn.en:
        parts.append(Words(f"{drawn.en}.", f"{drawn.zh}。"))
    parts.append(
        Words(
            "The other pairs print no ratio, and none is computed for them. Columns: aid for the "
            "year (CNY million) and implied revenue (CNY billion).",
            "其余各对未报告比例，亦不代为计算。右侧为年度援助（万元）与推算财政收入（亿元）。",
        )
    )
    if inferred:
        who = listed(inferred)
        parts.append(
            Words(
                f"The aid of {who.en} is inferred (*): it is printed as paid in full.",
                f"{who.zh}的援助额系推断（*）：原文称已全额到位。",
            )
        )
    parts += undated(Words.of(row, "recipient") for row in rows if not row["aid_dated"])
    parts.append(
        Words(
            "Revenue with † would be true if the whole sum were exactly the rule's share; revenue "
            "without it follows from the rule's part of the sum. These answer different "
            "questions.",
            "带†者为援助总额恰为规定比例时应有的财政收入，与不带符号者所答不同。",
        )
    )
    ids = figure_ids(*(ratios[f"{part}_figures"] for part in ("ratio", "rule", "aid", "added")))
    return caption_text(parts, ids, lang)


def _told(row: Mapping[str, Any]) -> Words:
    ratio = digits_of(row, "ratio")
    allowed = bounds_text(ratio)
    donor = Words.of(row, "donor")
    en = f"{donor.en} gives {ratio.value}% (the print allows {allowed}%)"
    zh = f"{donor.zh}给予{ratio.value}%（原文精度所允许的范围为{allowed}%）"
    if not _split(row):
        return Words(en, zh)
    rule = digits_of(row, "rule").value
    required, more = (
        Words(*(MILLION.digits(row, lang, part).value for lang in ("en", "zh")))
        for part in ("rule_amount", "added")
    )
    return Words(
        f"{en}, of which the rule's {rule}% are CNY {required.en} million and CNY {more.en} "
        "million are added",
        f"{zh}，其中规定{rule}%为{required.zh}万元，额外{more.zh}万元",
    )


def alt_funding_ratios(ratios: pd.DataFrame, lang: Lang = "en") -> str:
    """Alternative text: every pair with its ratio and its aid."""
    told = []
    for row in _sorted(ratios):
        known = not is_missing(row["ratio"])
        ratio = f"{digits_of(row, 'ratio').value}%" if known else _NO_RATIO.say(lang)
        aid = NOT_REPORTED.say(lang)
        if not is_missing(row["aid"]):
            aid = MILLION.digits(row, lang, "aid").value
            aid = Words(f"CNY {aid} million", f"{aid}万元").say(lang)
        words = Words(f"{ratio}, aid {aid}", f"{ratio}，援助{aid}")
        told.append(named(_pair(row).say(lang), words.say(lang), lang))
    return alt_text(Words("Bar chart", "条形图"), told, lang)


PLOT = Plot(
    STEM,
    Words("Funding ratios of the pairs", "各对援助资金比例"),
    ("figures", "pairs"),
    lambda study: {"ratios": funding_ratios(study)},
    draw_funding_ratios,
    drawn_funding_ratios,
    caption_funding_ratios,
    alt_funding_ratios,
)


__all__ = [
    "PLOT",
    "STEM",
    "alt_funding_ratios",
    "caption_funding_ratios",
    "draw_funding_ratios",
    "drawn_funding_ratios",
    "headline",
    "plot_funding_ratios",
]
