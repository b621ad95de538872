"""What later reports say of the same pairs, beside the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from aidstudy.analysis.later import later_reports
from aidstudy.codebook import GRADES
from aidstudy.plots.axes import money_axis, new_axes
from aidstudy.plots.drawn import drawn_row, drawn_table
from aidstudy.plots.layout import Cell, column, from_edge, put, text_width, widest
from aidstudy.plots.plot import Plot
from aidstudy.plots.sentences import (
    alt_text,
    aside,
    caption_text,
    listed,
    named,
    on_one_line,
    series,
)
from aidstudy.plots.sheet import sheet
from aidstudy.plots.style import COLOUR, Palette, Preset, body_size, note_size
from aidstudy.plots.words import (
    EXPLAINED,
    MILLION,
    NOT_APPLICABLE,
    NOT_REPORTED_SHORT,
    Lang,
    Words,
    bounds_text,
    digits_of,
    figure_ids,
    is_missing,
    small_number,
    small_number_zh,
)

STEM = "later_reports"

MEASURED = {
    "commitment": Words("committed", "承诺"),
    "disbursement": Words("disbursed", "到位"),
    "expenditure": Words("spent", "完成投资"),
    "projects": Words("projects", "项目"),
    "storage_volume": Words("reservoir", "蓄水量"),
}
_AXIS = Words("Sum over the years named", "所述年份合计")
_PACE = Words("Per year", "年均")
_SOURCE = Words("Source", "来源")
_PAGE = Words("page", "本版面")
_COLUMN_SIGNS = Words(
    f"{EXPLAINED}, as the years are not said.  –: not applicable.",
    "未报告：报道未载明年份。–：不适用。",
)
_UNKNOWN = Words("years not said", "年份未载")
_PLAN = Words("plan", "规划")
_AGAINST = Words("two reports contradict each other", "两份报道相互矛盾")
_BRACKET = Words(
    "A bracket joins two reports that contradict each other; neither is chosen.",
    "方括线所连两份报道相互矛盾，并列示之，不作取舍。",
)
_GRADES = {
    "publisher": Words("publisher", GRADES["publisher"].zh),
    "copy": Words("copy", GRADES["copy"].zh),
    "encyclopaedia": Words("encyclopaedia", GRADES["encyclopaedia"].zh),
}
_BAR = 0.7
_HEADING = 1.1
_AFTER = 0.45
_MILLION_M3 = 10**6
_LONG = 0.6
_UNDER = 0.88
_BETWEEN = 0.1
_SEEN = 0.005
"""The part of the axis from which a line of rounding looks like one."""


@dataclass(frozen=True, slots=True)
class _Line:
    """One statement."""

    mark: str
    row: Mapping[str, Any]

    @property
    def money(self) -> bool:
        return bool(self.row["unit"] == "CNY")

    @property
    def page(self) -> bool:
        return bool(self.row["side"] == "page")


@dataclass(frozen=True, slots=True)
class _Group:
    """One pair."""

    lines: tuple[_Line, ...]

    @property
    def against(self) -> list[_Line]:
        """The lines that contradict each other."""
        return [line for line in self.lines if line.row["contradicts"]]

    @property
    def name(self) -> Words:
        return Words.of(self.lines[0].row, "recipient")

    @property
    def inferred(self) -> bool:
        """Whether a line of the page is inferred."""
        return any(line.page and line.row["state"] == "derived" for line in self.lines)

    def title(self, lang: Lang) -> str:
        return self.name.inline(lang)

    def donor(self, lang: Lang) -> str:
        donor = Words.of(self.lines[0].row, "donor").inline(lang)
        return Words(f"from {donor}", f"支援方：{donor}").say(lang)


def _groups(later: pd.DataFrame) -> list[_Group]:
    """Pairs in the order of the page, those without a later sum at the end."""
    by_pair: dict[str, list[_Line]] = {}
    for row in later.to_dict("records"):
        lines = by_pair.setdefault(row["recipient"], [])
        number = sum(line.page for line in lines) + 1
        mark = f"page-{row['recipient']}-{number}" if row["side"] == "page" else row["figures"]
        lines.append(_Line(mark, row))
    groups = [_Group(tuple(lines)) for lines in by_pair.values()]
    return sorted(groups, key=lambda group: not any(line.money for line in group.lines))


def _years(row: Mapping[str, Any], lang: Lang) -> str:
    if not is_missing(row["period"]):
        text = "–".join(row["period"].split("/"))
        return f"{text}年" if lang == "zh" else text
    if row["side"] != "page":
        return _UNKNOWN.say(lang)
    if is_missing(row["years"]):
        return _PLAN.say(lang)
    return Words(f"{row['years']}-year {_PLAN.en}", f"{row['years']}年{_PLAN.zh}").say(lang)


def _statement(row: Mapping[str, Any], lang: Lang) -> str:
    measure = row["measure"]
    words = MEASURED.get(measure, Words(measure.replace("_", " "), "其他"))
    text = series([_years(row, lang), words.say(lang)], lang)
    if row["side"] != "page":
        return text
    inferred = Words("inferred", "推断").say(lang) if row["state"] == "derived" else ""
    return named(_PAGE.say(lang), aside(text, inferred, lang), lang)


def _amount(row: Mapping[str, Any], lang: Lang) -> str:
    if is_missing(row["value"]):
        return NOT_REPORTED_SHORT.say(lang)
    if row["unit"] == "m3":
        number = digits_of(row, unit=10**4 if lang == "zh" else _MILLION_M3).value
        return f"{number}{'万立方米' if lang == 'zh' else ' million m³'}"
    if row["unit"] != "CNY":
        number = digits_of(row).value
        return f"{number}个" if lang == "zh" and row["unit"] == "project" else number
    if row["bound"] in ("under", "over", "range"):
        return bounds_text(MILLION.digits(row, lang))
    return MILLION.digits(row, lang).value


def _together(row: Mapping[str, Any], lang: Lang) -> str:
    if row["counties"] < 2:
        return ""
    if lang == "zh":
        return f"{small_number_zh(row['counties'])}县合计"
    return f"{small_number(row['counties'])} counties"


def _source(row: Mapping[str, Any], lang: Lang) -> str:
    if row["side"] == "page":
        return _PAGE.say(lang)
    date = "–".join(str(row["source_date"]).split("-")[:2]).replace("–", "-")
    grade = _GRADES[row["grade"]].say(lang)
    return series([date, grade], lang)


def drawn_later_reports(later: pd.DataFrame) -> pd.DataFrame:
    """The rows that :func:`draw_later_reports` draws.

    For each statement its value with bounds, then the sum per year; ``figures`` holds the figures
    of the page, or the id of the outside fact.
    """
    rows: list[dict[str, Any]] = []
    for group in _groups(later):
        for line in group.lines:
            row = line.row
            label = Words(
                named(group.name.en, _statement(row, "en"), "en"),
                named(group.name.zh, _statement(row, "zh"), "zh"),
            )
            rows.append(drawn_row(line.mark, row["measure"], label, row, unit=row["unit"]))
            rows.append(
                drawn_row(
                    f"pace-{line.mark}", "per_year", label, row, unit="CNY/year", prefix="per_year"
                )
            )
    return drawn_table(rows)


def plot_later_reports(
    later: pd.DataFrame,
    *,
    ax: Axes | None = None,
    lang: Lang = "en",
    palette: Palette = COLOUR,
    narrow: bool = False,
) -> Axes:
    """Draw each sum as a bar from zero, the page's own first in each pair.

    Parameters
    ----------
    later : pandas.DataFrame
        From :func:`aidstudy.analysis.later.later_reports`.
    ax : Axes, optional
        A new one by default.
    lang : {"en", "zh", "both"}
    palette : Palette
    narrow : bool, default False
        Words above the bars instead of beside them, and no sum per year.

    Returns
    -------
    Axes
        In CNY; pairs in the order of the page, those without a later sum at the end.
    """
    ax = ax or new_axes()
    groups = _groups(later)
    sums = [line.row for group in groups for line in group.lines if line.money]
    most = max((float(row["high"]) for row in sums if not is_missing(row["high"])), default=1.0)
    ax.set_xlim(0, most * 1.02)
    money_axis(ax, MILLION, lang, ticks=4)
    ax.set_xlabel(aside(_AXIS.say(lang), MILLION.unit(lang), lang))
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    indent, gap = 0.9 * body_size(), 0.7 * body_size()
    names = widest([_statement(line.row, lang) for g in groups for line in g.lines])
    room = 0.0 if narrow else indent + names + gap
    past = _past_bars(ax, groups, lang)
    y, places = 0.0, {}
    for group in groups:
        _heading(ax, group, y, room, lang, palette, against=not narrow)
        y += _HEADING
        for line in group.lines:
            left = 0.0 if narrow else indent - room
            put(
                ax,
                _statement(line.row, lang),
                0,
                y,
                coords="edge",
                dx=left,
                colour=palette.ink,
            )
            past_text = left + text_width(_statement(line.row, lang)) + gap
            if narrow and not line.page:
                put(
                    ax,
                    _source(line.row, lang),
                    0,
                    y,
                    coords="edge",
                    dx=past_text,
                    size=note_size(),
                    colour=palette.grey,
                )
                past_text += text_width(_source(line.row, lang), size=note_size()) + gap
            if narrow and line.money:
                y += _UNDER
            places[line.mark] = y
            _bar(ax, line, y, lang, palette, start=past_text if narrow else 0.3 * body_size())
            y += 1 + (_BETWEEN if narrow and line.money else 0)
        y += _AFTER
    ax.set_ylim(y - _AFTER - 0.4, -0.6)
    for group in groups:
        _bracket(ax, [places[line.mark] for line in group.against], past, palette)
    if narrow:
        return ax
    past += 0.9 * body_size()
    lines = [line for group in groups for line in group.lines]
    unit = MILLION.unit(lang)
    past = column(
        ax,
        (_PACE.say(lang), f"（{unit}）" if lang == "zh" else f"({unit})"),
        [_pace_cell(line, places[line.mark], lang) for line in lines],
        start=past + 0.6 * body_size(),
        palette=palette,
    )
    column(
        ax,
        (_SOURCE.say(lang),),
        [Cell(places[x.mark], _source(x.row, lang), quiet=x.page) for x in lines],
        start=past + 1.0 * body_size(),
        palette=palette,
        left=True,
    )
    return ax


def _past_bars(ax: Axes, groups: Sequence[_Group], lang: Lang) -> float:
    """Points to the right of the Axes that the text behind the longest bars may need."""
    end = ax.get_xlim()[1]
    return max(
        (
            0.6 * body_size() + _behind(line.row, lang)
            for group in groups
            for line in group.lines
            if line.money
            and not is_missing(line.row["high"])
            and float(line.row["high"]) > _LONG * end
        ),
        default=0.0,
    )


def _behind(row: Mapping[str, Any], lang: Lang) -> float:
    """Width of the text behind a bar."""
    together = _together(row, lang)
    more = 0.6 * body_size() + text_width(together, size=note_size()) if together else 0.0
    return text_width(_amount(row, lang)) + more


def _heading(
    ax: Axes,
    group: _Group,
    y: float,
    room: float,
    lang: Lang,
    palette: Palette,
    *,
    against: bool,
) -> None:
    title = group.title(lang)
    put(ax, title, 0, y, coords="edge", dx=-room, strong=True, colour=palette.ink)
    past = text_width(title, strong=True) + 0.6 * body_size()
    donor = group.donor(lang)
    put(ax, donor, 0, y, coords="edge", dx=past - room, size=note_size(), colour=palette.grey)
    if group.against and against:
        past += text_width(donor, size=note_size()) + 1.2 * body_size()
        put(
            ax,
            _AGAINST.say(lang),
            0,
            y,
            coords="edge",
            dx=max(past - room, 0.3 * body_size()),
            size=note_size(),
            colour=palette.ink,
        )


def _bar(ax: Axes, line: _Line, y: float, lang: Lang, palette: Palette, *, start: float) -> None:
    row, amount = line.row, _amount(line.row, lang)
    if not line.money or is_missing(row["value"]):
        quiet = is_missing(row["value"])
        put(
            ax,
            amount,
            0,
            y,
            dx=start,
            colour=palette.grey if quiet else palette.ink,
            mark=line.mark,
        )
        return
    inferred = line.page and row["state"] == "derived"
    vague = row["bound"] in ("under", "over", "range")
    end = float(row["low"] if vague else row["value"])
    fill = palette.dark if line.page else palette.mid
    ax.add_patch(
        Rectangle(
            (0, y - _BAR / 2),
            end,
            _BAR,
            facecolor="white" if inferred else fill,
            edgecolor=palette.dark if inferred else "none",
            linestyle=(0, (4, 2.5)) if inferred else "solid",
            linewidth=body_size() / 10,
            label=f"{'page' if line.page else 'later'}{', inferred' if inferred else ''}",
            gid=line.mark,
        )
    )
    if vague:
        ax.add_patch(
            Rectangle(
                (end, y - _BAR / 2),
                float(row["high"]) - end,
                _BAR,
                facecolor=palette.tint,
                edgecolor="none",
                label="possible",
            )
        )
    high = float(row["high"])
    if not vague and high - float(row["low"]) >= _SEEN * ax.get_xlim()[1]:
        ax.plot(
            [float(row["low"]), high],
            [y, y],
            color=palette.ink,
            linewidth=body_size() / 8,
            zorder=3,
            solid_capstyle="butt",
            clip_on=False,
        )
    dx = 0.4 * body_size()
    put(ax, amount, high, y, dx=dx, colour=palette.ink)
    together = _together(row, lang)
    if together:
        dx += text_width(amount) + 0.6 * body_size()
        put(ax, together, high, y, dx=dx, size=note_size(), colour=palette.grey)


def _bracket(ax: Axes, places: Sequence[float], start: float, palette: Palette) -> None:
    """Joins the lines that contradict each other, right of the bars and their numbers."""
    if len(places) < 2:
        return
    x, arm = start + 0.45 * body_size(), 0.3 * body_size()
    ax.plot(
        [x - arm, x, x, x - arm],
        [places[0], places[0], places[-1], places[-1]],
        color=palette.accent,
        linewidth=0.8,
        clip_on=False,
        transform=from_edge(ax, 1),
    )


def _pace_cell(line: _Line, y: float, lang: Lang) -> Cell:
    row, mark = line.row, f"pace-{line.mark}"
    if not is_missing(row["per_year"]):
        if row["bound"] in ("under", "over", "range"):
            return Cell(y, bounds_text(MILLION.digits(row, lang, "per_year")), mark)
        return Cell(y, MILLION.digits(row, lang, "per_year").value, mark)
    words = NOT_REPORTED_SHORT if line.money else NOT_APPLICABLE
    return Cell(y, words.say(lang), mark, quiet=True)


def draw_later_reports(
    later: pd.DataFrame, *, preset: str | Preset = "double", lang: Lang = "en"
) -> Figure:
    """The whole figure."""
    with sheet(STEM, preset, lang) as page:
        ax = plot_later_reports(
            later, ax=page.axes(), lang=page.lang, palette=page.palette, narrow=page.narrow
        )
        notes = [_BRACKET] * any(group.against for group in _groups(later))
        notes += [_COLUMN_SIGNS] * (not page.narrow)
        return page.compose(ax, pitch=1.42, headline=headline(later), notes=on_one_line(notes))


def headline(later: pd.DataFrame) -> Words:
    """The message of the plot."""
    groups = [g for g in _groups(later) if any(x.money and not x.page for x in g.lines)]
    against = sum(bool(group.against) for group in groups)
    if not against:
        return Words(
            f"Later reports on {small_number(len(groups))} pairs, beside the page",
            f"后来报道与本版面：{small_number_zh(len(groups))}对",
        )
    few = small_number(against)
    return Words(
        f"For {few} of the {small_number(len(groups))} pairs with a later sum, later reports "
        "contradict each other",
        f"后来报道载有金额的{small_number_zh(len(groups))}对中，"
        f"有{small_number_zh(against)}对的报道相互矛盾",
    )


def caption_later_reports(later: pd.DataFrame, lang: Lang = "en") -> str:
    """What is drawn, where it was printed, what contradicts what, and the ids behind it."""
    groups, message = _groups(later), headline(later)
    lines = [line for group in groups for line in group.lines]
    after = [line for line in lines if not line.page]
    facts = [line.mark for line in after]
    sources = "; ".join(dict.fromkeys(line.row["source"] for line in after))
    against = [group.name for group in groups if group.against]
    inferred = [group.name for group in groups if group.inferred]
    parts = [
        Words(
            f"{message.en}. In each pair what the page prints (dark) comes first, then later "
            "reports (paler). Bars from zero: sums over the years named (CNY million). The bars "
            "span different numbers of years, so compare sums per year, not lengths. Pairs in the "
            "order of the page, those without a later sum at the end.",
            f"{message.zh}。各对先列本版面所载（深色），再列后来报道（浅色）；条形自零起画，为所述年份合计"
            "（万元），各条年数不同，不可直接比较长短，可比年均。县按版面次序，无后来金额者居末。",
        )
    ]
    if against:
        who = listed(against)
        parts.append(
            Words(
                "A bracket joins two reports that contradict each other, in sum or in pace "
                f"({who.en}); both are shown and neither is chosen.",
                f"方括线所连两份报道在总额或进度上相互矛盾（{who.zh}），并列示之，不作取舍。",
            )
        )
    if any(line.money and is_missing(line.row["period"]) for line in after):
        parts.append(
            Words(
                "Where a report does not say which years it means, there is no sum per year.",
                "未载明年份者不计年均。",
            )
        )
    if any(line.row["bound"] == "under" for line in after):
        parts.append(
            Words(
                "A sum printed as “nearly” is an interval; the tinted end is what it allows.",
                "“近”若干读作区间，浅色段为其所容许的范围。",
            )
        )
    if inferred:
        who = listed(inferred)
        parts.append(
            Words(
                f"Dashed outline: inferred; {who.en} prints only a sum that was paid in full, "
                "without a year.",
                f"虚线框为推断：{who.zh}只言已全额到位，年份亦依报道年份推定。",
            )
        )
    if any(line.row["counties"] > 1 for line in lines):
        parts.append(
            Words(
                "A sum for several counties together is not the county's own.",
                "标明数县合计者不限于所列之县。",
            )
        )
    parts += [
        Words(
            "Committed, disbursed and spent are three things. Thin lines: what rounding allows, "
            "left out under half a per cent of the axis. Later reports are other sources and fill "
            "no gap of the page; publisher: read at the publisher's own page or a state news site; "
            "copy: read elsewhere.",
            "承诺、到位、完成投资为不同口径。细线为数字取整所容许的上下限，不足轴长0.5%者不画。后来报道来自他处，"
            "不用以填补本版面所缺；来源栏为报道年月及等级（发布方：见于发布方网页或国家新闻网站；转载：见于他处转载）。",
        ),
        Words(
            f"Sources: {sources}. Outside facts ({len(facts)}): {', '.join(facts)}.",
            f"外部事实{len(facts)}条，见所附数据。",
        ),
    ]
    return caption_text(parts, figure_ids(x.row["figures"] for x in lines if x.page), lang)


def alt_later_reports(later: pd.DataFrame, lang: Lang = "en") -> str:
    """Alternative text: every statement in words."""
    told = []
    against = Words("the two later reports contradict each other", "后两者相互矛盾").say(lang)
    for group in _groups(later):
        parts = []
        for line in group.lines:
            said = f"{_statement(line.row, lang)} {_amount(line.row, lang)}"
            parts.append(aside(said, _together(line.row, lang), lang))
        parts += [against] * bool(group.against)
        told.append(named(group.title(lang), Words("; ", "，").say(lang).join(parts), lang))
    return alt_text(Words("Bar chart, CNY million", "条形图，单位万元"), told, lang, apart=True)


PLOT = Plot(
    STEM,
    Words("What later reports say", "后来报道"),
    ("context", "figures", "pairs", "projects"),
    lambda study: {"later": later_reports(study)},
    draw_later_reports,
    drawn_later_reports,
    caption_later_reports,
    alt_later_reports,
    lambda preset: frozenset(("per_year",) if preset.narrow else ()),
)


__all__ = [
    "MEASURED",
    "PLOT",
    "STEM",
    "alt_later_reports",
    "caption_later_reports",
    "draw_later_reports",
    "drawn_later_reports",
    "headline",
    "plot_later_reports",
]
