"""Funding ratios: what share of its revenue a donor gives, and what revenue that implies."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, MaxNLocator

from aidstudy.analysis.ratios import funding_ratios, revenue_routes
from aidstudy.intervals import plain
from aidstudy.plots.drawn import drawn_row, drawn_table
from aidstudy.plots.layout import (
    Cell,
    Panel,
    column,
    compose,
    head,
    new_axes,
    new_figure,
    put,
    put_lines,
    rows_of,
)
from aidstudy.plots.plot import Plot
from aidstudy.plots.style import COLOUR, Palette, Preset, body_size, note_size, style
from aidstudy.plots.words import (
    BILLION,
    MILLION,
    NOT_REPORTED_SHORT,
    Lang,
    Words,
    checked_lang,
    is_missing,
    listing,
    small_number,
    small_number_zh,
)
from aidstudy.reading.quantities import read_quantity

STEM = "funding_ratios"

_BAR = 0.30
_SHARE_AXIS = Words(
    "Aid, share of donor’s previous-year revenue (%)", "援助资金占支援方上年财政收入之比（%）"
)
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


def _key(row: Mapping[str, Any]) -> tuple[bool, Any, Any]:
    ratio, aid = row["ratio"], row["aid"]
    return (
        is_missing(ratio),
        0 if is_missing(ratio) else -ratio,
        0 if is_missing(aid) else -aid,
    )


def _sorted(ratios: pd.DataFrame) -> list[dict[str, Any]]:
    """Pairs from the highest ratio down, then those without one by their aid."""
    return sorted(ratios.to_dict("records"), key=_key)


def _pair(row: Mapping[str, Any]) -> Words:
    return Words(
        f"{row['donor_en']} → {row['recipient_en']}", f"{row['donor_zh']} → {row['recipient_zh']}"
    )


def drawn_funding_ratios(ratios: pd.DataFrame, routes: pd.DataFrame) -> pd.DataFrame:
    """The rows that :func:`draw_funding_ratios` draws.

    Parameters
    ----------
    ratios, routes : pandas.DataFrame
        From :func:`aidstudy.analysis.ratios.funding_ratios` and
        :func:`aidstudy.analysis.ratios.revenue_routes`.

    Returns
    -------
    pandas.DataFrame
        Columns of :data:`aidstudy.plots.drawn.COLUMNS`; amounts in CNY, shares in per cent.
    """
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
    for row in routes.to_dict("records"):
        if row["route"] == "overlap" and is_missing(row["low"]):
            # Where the routes do not meet there is no band.
            continue
        words = (row["formula_en"], row["formula_zh"])
        mark = f"route-{row['recipient']}-{row['route']}"
        rows.append(drawn_row(mark, "revenue_by_route", words, row, unit="CNY"))
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
        Names of donor and county on two lines.

    Returns
    -------
    Axes
        One row a pair; aid and implied revenue are columns at its right edge.
    """
    ax = ax or new_axes()
    rows = _sorted(ratios)
    ax.set_ylim(len(rows) - 0.5, -0.5)
    rule = next((row["rule"] for row in rows if not is_missing(row["rule"])), None)
    shown = [row["ratio"] for row in rows if not is_missing(row["ratio"])]
    top = max([*shown, *([rule] if rule is not None else [])], default=1)
    ax.set_xlim(0, float(top) * 1.184)
    ax.xaxis.set_major_locator(MaxNLocator(nbins=4, steps=[1, 2, 2.5, 5, 10]))
    ax.xaxis.set_major_formatter(
        FuncFormatter(lambda value, _: "0" if value == 0 else f"{value:.2f}")
    )
    ax.set_yticks([])
    for place, row in enumerate(rows):
        name = _name(row, lang, narrow)
        put_lines(ax, name, 0, place, palette=palette, dx=-5, ha="right", equal=narrow)
        _ratio_bar(ax, row, place, lang, palette)
    if rule is not None:
        ax.axvline(
            float(rule),
            color=palette.ink,
            linewidth=mpl.rcParams["axes.linewidth"],
            zorder=2.5,
            gid="rule",
        )
        words = Words(f"rule: {plain(rule)}%", f"规定：{plain(rule)}%")
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
    donor = Words(row["donor_en"], row["donor_zh"]).inline(lang)
    recipient = Words(row["recipient_en"], row["recipient_zh"]).inline(lang)
    return f"{donor} →", recipient


def _unit_lines(first: Words, second: Words, unit: str, lang: Lang) -> tuple[str, ...]:
    if lang == "zh":
        return f"{first.zh}{second.zh}", f"（{unit}）"
    return first.en, second.en, f"({unit})"


def _ratio_bar(ax: Axes, row: Mapping[str, Any], place: int, lang: Lang, palette: Palette) -> None:
    mark = f"ratio-{row['recipient']}"
    if is_missing(row["ratio"]):
        words = Words("ratio not reported", "未报告比例")
        put(ax, words.say(lang), 0, place, dx=4, colour=palette.grey, mark=mark, backdrop=True)
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
        required = MILLION.show(row["rule_amount"], lang)
        words = Words(f"{required} required", f"规定 {required}")
        put(
            ax,
            words.say(lang),
            0,
            place,
            dx=2,
            dy=1.45 * size,
            size=size,
            colour=palette.ink,
            mark=f"rule_amount-{row['recipient']}",
            backdrop=True,
        )
        more = MILLION.show(row["added"], lang)
        words = Words(f"+{more} added", f"额外 +{more}")
        put(
            ax,
            words.say(lang),
            start,
            place,
            dx=3,
            dy=-1.45 * size,
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
        f"{plain(row['ratio'])}%",
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
    return Cell(place, MILLION.show(row["aid"], lang), mark, sign)


def _revenue_cell(row: Mapping[str, Any], place: int, lang: Lang) -> Cell:
    mark = f"revenue-{row['recipient']}"
    if is_missing(row["revenue"]):
        return Cell(place, NOT_REPORTED_SHORT.say(lang), mark, quiet=True)
    supposed = row["revenue_state"] == "hypothetical"
    text = BILLION.show(row["revenue"], lang)
    return Cell(place, text, mark, "†" if supposed else "", quiet=supposed)


def plot_revenue_routes(
    routes: pd.DataFrame,
    *,
    ax: Axes | None = None,
    lang: Lang = "en",
    palette: Palette = COLOUR,
) -> Axes:
    """Draw the revenue by each route as a point with its bounds, and where the routes meet.

    Parameters
    ----------
    routes : pandas.DataFrame
        From :func:`aidstudy.analysis.ratios.revenue_routes`.
    ax : Axes, optional
        A new one by default.
    lang : {"en", "zh", "both"}
    palette : Palette

    Returns
    -------
    Axes
        One row a route, in CNY; the tinted band is what all routes of a donor allow.
    """
    ax = ax or new_axes()
    rows = [row for row in routes.to_dict("records") if row["route"] != "overlap"]
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ax.set_yticks([])
    for place, row in enumerate(rows):
        words = Words(row["formula_en"], row["formula_zh"])
        lines = (words.say(lang), numbers_in(row["numbers"], lang))
        put_lines(ax, lines, 0, place, palette=palette, dx=-5, ha="right")
        _route(ax, row, place, lang, palette)
    for row, first, last in _overlaps(routes):
        if is_missing(row["low"]):
            continue
        band = Rectangle(
            (float(row["low"]), first - 0.5),
            float(row["high"] - row["low"]),
            last - first + 1,
            facecolor=palette.accent_tint,
            edgecolor="none",
            zorder=0,
            label="all routes agree",
            gid=f"route-{row['recipient']}-overlap",
        )
        ax.add_patch(band)
        if first == 0:
            meet = BILLION.show_bounds(row["low"], row["high"], lang, more=1)
            words = Words("all agree:", "各途径一致：")
            middle = float((row["low"] + row["high"]) / 2)
            head(ax, (words.say(lang), meet), middle, coords="column", palette=palette)
    ax.margins(x=0.06)
    factor = BILLION.of(lang)[0]
    ax.xaxis.set_major_locator(MaxNLocator(nbins=4, steps=[1, 2, 5, 10]))
    decimals = 1 if lang == "zh" else 2
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value / factor:.{decimals}f}"))
    unit = BILLION.unit(lang)
    ax.set_xlabel(Words(f"Implied revenue ({unit})", f"推算财政收入（{unit}）").say(lang))
    return ax


def _route(ax: Axes, row: Mapping[str, Any], place: int, lang: Lang, palette: Palette) -> None:
    mark = f"route-{row['recipient']}-{row['route']}"
    if is_missing(row["value"]):
        text = NOT_REPORTED_SHORT.say(lang)
        put(ax, text, 0.02, place, coords="edge", colour=palette.grey, mark=mark)
        return
    thick = body_size() / 7
    ax.plot(
        [float(row["low"]), float(row["high"])],
        [place, place],
        color=palette.mid,
        linewidth=3.2 * thick,
        solid_capstyle="butt",
        gid=mark,
    )
    ax.plot(
        [float(row["value"])],
        [place],
        marker="|",
        markersize=8 * thick,
        color=palette.ink,
        markeredgewidth=1.2 * thick,
        linestyle="none",
    )


def _overlaps(routes: pd.DataFrame) -> Iterator[tuple[dict[str, Any], int, int]]:
    """Each overlap with the places of the first and the last route that it covers."""
    place, first = 0, 0
    for row in routes.to_dict("records"):
        if row["route"] == "overlap":
            yield row, first, place - 1
            first = place
        else:
            place += 1


_MONEY = re.compile(r"[0-9.]+[万亿]?元?(?=[ )）÷×+−-]|$)(?<!%)")


def numbers_in(numbers: str, lang: Lang) -> str:
    """A formula in printed numbers, its sums in million for a reader of English.

    Examples
    --------
    >>> numbers_in("(2672万元 − 1092万元) ÷ 0.5%", "en")
    '(26.72 − 10.92) ÷ 0.5%'
    """
    if lang == "zh":
        return numbers

    def in_million(match: re.Match[str]) -> str:
        printed = match.group()
        if not printed.endswith(("元", "万", "亿")):
            return printed
        # 3000万 is printed without 元, and a formula of sums says that it is money.
        value = read_quantity(printed, kind=None if printed.endswith("元") else "money").value
        assert not isinstance(value, str)
        assert value is not None
        return MILLION.show(value, lang)

    return _MONEY.sub(in_million, numbers)


def draw_funding_ratios(
    ratios: pd.DataFrame,
    routes: pd.DataFrame,
    *,
    preset: str | Preset = "double",
    lang: Lang = "en",
) -> Figure:
    """The whole figure: ratios of all pairs, and the routes to the revenue behind the printed one.

    Parameters
    ----------
    ratios, routes : pandas.DataFrame
        As for the two plots.
    preset : str or Preset, default "double"
    lang : {"en", "zh", "both"}

    Returns
    -------
    Figure
    """
    lang = checked_lang(lang)
    with style(preset, lang) as chosen:
        figure = new_figure()
        narrow, palette = chosen.narrow, chosen.palette
        size = body_size()
        left = plot_funding_ratios(
            ratios, ax=figure.add_subplot(label="a"), lang=lang, palette=palette, narrow=narrow
        )
        panels = [[Panel(left, rows_of(left) * 3.7 * size, 0.645)]]
        if len(routes):
            right = plot_revenue_routes(
                routes, ax=figure.add_subplot(label="b"), lang=lang, palette=palette
            )
            other = Panel(right, rows_of(right) * 3.7 * size, 0.355)
            panels = [*panels, [other]] if narrow else [[*panels[0], other]]
        return compose(
            figure,
            panels,
            preset=chosen,
            lang=lang,
            palette=palette,
            plot=STEM,
            headline=headline(ratios).say(lang),
            footnotes=_footnotes(ratios, lang),
        )


def _footnotes(ratios: pd.DataFrame, lang: Lang) -> list[str]:
    notes = []
    if (ratios["aid_state"] == "derived").any():
        notes.append(_INFERRED.say(lang))
    if (ratios["revenue_state"] == "hypothetical").any():
        notes.append(_IF_AT_RULE.say(lang))
    return notes


def headline(ratios: pd.DataFrame) -> Words:
    """The message of the plot."""
    said, all_pairs = int((ratios["ratio_state"] == "printed").sum()), len(ratios)
    only = "Only " if said == 1 else ""
    verb = "reports its" if said == 1 else "report their"
    text = f"{only}{small_number(said)} of {small_number(all_pairs)} pairs {verb} funding ratio"
    return Words(
        text[0].upper() + text[1:],
        f"{small_number_zh(all_pairs)}对中{'仅' if said == 1 else ''}{small_number_zh(said)}对"
        "报告援助资金比例",
    )


def _ids(*tables: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(i for table in tables for cell in table for i in cell.split()))


def caption_funding_ratios(ratios: pd.DataFrame, routes: pd.DataFrame, lang: Lang = "en") -> str:
    """What is drawn, in which unit, what the bounds are, and the figures behind it.

    Parameters
    ----------
    ratios, routes : pandas.DataFrame
    lang : {"en", "zh"}

    Returns
    -------
    str
    """
    said = [row for row in _sorted(ratios) if not is_missing(row["ratio"])]
    ids = _ids(
        ratios["ratio_figures"].tolist(),
        ratios["rule_figures"].tolist(),
        ratios["aid_figures"].tolist(),
        ratios["added_figures"].tolist(),
        routes["figures"].tolist() if len(routes) else [],
    )
    drawn = listing((_told(row, lang) for row in said), lang)
    inferred = [row for row in _sorted(ratios) if row["aid_state"] == "derived"]
    if lang == "zh":
        parts = [f"{headline(ratios).zh}。"]
        parts.append(
            "（a）援助资金占支援方上年地方公共财政预算收入的比例（%），自零起画，在规定比例处分为两段。"
        )
        parts += [f"{drawn}。"] if drawn else []
        parts.append(
            "其余各对未报告比例，亦不代为计算。右侧为年度援助（万元）与推算财政收入（亿元）。"
        )
        if inferred:
            who = listing((row["recipient_zh"] for row in inferred), lang)
            parts.append(f"{who}的援助额系推断（*）：原文称已全额到位。")
        parts.append("带†者为援助总额恰为规定比例时应有的财政收入，与不带符号者所答不同。")
        if len(routes):
            parts.append(
                "（b）由原文数字推算同一财政收入的各条途径：竖线为数值，横条为原文精度所允许的范围"
                "（最坏情形，非置信区间），浅色带为各途径均允许的范围"
                f"{_meeting(routes, lang)}。"
            )
        return "".join([*parts, f"所据数字{len(ids)}个：{'、'.join(ids)}。"])
    parts = [f"{headline(ratios).en}."]
    parts.append(
        "(a) Aid as a share of the donor’s local public budget revenue of the year before (%), "
        "bars from zero, split at the rule."
    )
    parts += [f"{drawn}."] if drawn else []
    parts.append(
        "The other pairs print no ratio, and none is computed for them. Columns: aid for the year "
        "(CNY million) and implied revenue (CNY billion)."
    )
    if inferred:
        who = listing((row["recipient_en"] for row in inferred), lang)
        parts.append(f"The aid of {who} is inferred (*): it is printed as paid in full.")
    parts.append(
        "Revenue with † would be true if the whole sum were exactly the rule’s share; revenue "
        "without it follows from the rule’s part of the sum. These answer different questions."
    )
    if len(routes):
        parts.append(
            "(b) The same revenue by every route through the printed figures: strokes are values, "
            "bars are the bounds that the rounding of the print allows (worst case, not "
            f"confidence intervals), the tinted band is what all routes allow"
            f"{_meeting(routes, lang)}."
        )
    return " ".join([*parts, f"{len(ids)} figures: {', '.join(ids)}."])


def _told(row: Mapping[str, Any], lang: Lang) -> str:
    ratio, low, high = (plain(row[part]) for part in ("ratio", "ratio_low", "ratio_high"))
    text = (
        f"{row['donor_zh']}给予{ratio}%（原文精度所允许的范围为{low}–{high}%）"
        if lang == "zh"
        else f"{row['donor_en']} gives {ratio}% (the print allows {low}–{high}%)"
    )
    if _split(row):
        rule = plain(row["rule"])
        required, more = (MILLION.show(row[part], lang) for part in ("rule_amount", "added"))
        text += (
            f"，其中规定{rule}%为{required}万元，额外{more}万元"
            if lang == "zh"
            else f", of which the rule’s {rule}% are CNY {required} million and CNY {more} million "
            "are added"
        )
    return text


def _meeting(routes: pd.DataFrame, lang: Lang) -> str:
    meets = [
        BILLION.show_bounds(row["low"], row["high"], lang, more=1)
        for row, _, _ in _overlaps(routes)
        if not is_missing(row["low"])
    ]
    if not meets:
        return ""
    shown = listing(meets, lang)
    return f"（{shown}亿元）" if lang == "zh" else f" (CNY {shown} billion)"


def alt_funding_ratios(ratios: pd.DataFrame, routes: pd.DataFrame, lang: Lang = "en") -> str:
    """Alternative text: what a reader who cannot see the plot needs.

    Parameters
    ----------
    ratios, routes : pandas.DataFrame
    lang : {"en", "zh"}

    Returns
    -------
    str
    """
    rows = _sorted(ratios)
    zh = lang == "zh"
    parts = []
    for row in rows:
        name = _pair(row).say(lang)
        if is_missing(row["ratio"]):
            ratio = "未报告比例" if zh else "ratio not reported"
        else:
            ratio = f"{plain(row['ratio'])}%"
        aid = NOT_REPORTED_SHORT.zh if zh else "not reported"
        if not is_missing(row["aid"]):
            aid = MILLION.show(row["aid"], lang)
            aid = f"{aid}万元" if zh else f"CNY {aid} million"
        parts.append(f"{name}：{ratio}，援助{aid}" if zh else f"{name}: {ratio}, aid {aid}")
    listed = ("；" if zh else "; ").join(parts)
    if not len(routes):
        return f"条形图。{listed}。" if zh else f"Bar chart. {listed}."
    count = sum(row["route"] != "overlap" for row in routes.to_dict("records"))
    meeting = _meeting(routes, lang)
    if not meeting:
        return (
            f"条形图与区间图。{listed}。推算财政收入的{count}条途径没有共同范围。"
            if zh
            else f"Bar chart and interval chart. {listed}. The {small_number(count)} routes to the "
            "revenue have no range in common."
        )
    return (
        f"条形图与区间图。{listed}。{count}条途径推算的财政收入在同一范围相交{meeting}。"
        if zh
        else f"Bar chart and interval chart. {listed}. {small_number(count).capitalize()} routes "
        f"to the revenue meet in one range{meeting}."
    )


PLOT = Plot(
    STEM,
    Words("Funding ratios of the pairs", "各对援助资金比例"),
    ("figures", "pairs"),
    lambda study: {"ratios": funding_ratios(study), "routes": revenue_routes(study)},
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
    "numbers_in",
    "plot_funding_ratios",
    "plot_revenue_routes",
]
