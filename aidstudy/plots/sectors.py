"""What the named projects are for, by purpose code and county."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from aidstudy.analysis.sectors import FIRST_LIST, project_sectors
from aidstudy.codebook import MEASURES
from aidstudy.plots.drawn import drawn_row, drawn_table, passage
from aidstudy.plots.layout import (
    Cell,
    Panel,
    column,
    compose,
    head,
    new_axes,
    new_figure,
    put,
    rows_of,
    text_width,
    widest,
    wrap,
)
from aidstudy.plots.plot import Plot
from aidstudy.plots.project_stages import money_text
from aidstudy.plots.style import COLOUR, Palette, Preset, body_size, style
from aidstudy.plots.words import (
    MILLION,
    Lang,
    Words,
    based_on,
    checked_lang,
    is_missing,
    listing,
    typeset,
)

STEM = "sectors"

_NONE = Words("not named: sector not reported", "未具名：未报告部门")
_COUNT = Words("Named", "具名")
_MONEY = Words("Printed sums", "所载金额")
_NO_SUM = Words("n.r.", "未报告")
_MORE = 0.78
_JOINT = Words(
    "joint: the project shares one printed sum with others, so no part of it is shown here.",
    "合计数：原文只载与他项合计之数，不拆分。",
)


@dataclass(frozen=True, slots=True)
class _Sector:
    """The projects of one purpose code."""

    code: str
    name: Words
    later: bool
    rows: tuple[Mapping[str, Any], ...]

    def label(self, lang: Lang, *, short: bool) -> str:
        text = self.name.say(lang) if short else self.name.inline(lang)
        return f"{text}*" if self.later else text

    def own(self) -> list[Mapping[str, Any]]:
        """Projects with a sum of their own."""
        return [r for r in self.rows if not is_missing(r["amount"]) and not r["amount_joint"]]

    def joint(self) -> list[Mapping[str, Any]]:
        """Projects whose sum is printed for several together."""
        return [r for r in self.rows if r["amount_joint"]]

    def without(self) -> list[Mapping[str, Any]]:
        """Projects for which no sum is printed."""
        return [r for r in self.rows if is_missing(r["amount"])]


def _sectors(sectors: pd.DataFrame) -> list[_Sector]:
    """Codes from the most to the fewest projects, ties in the order of the page."""
    by_code: dict[str, list[Mapping[str, Any]]] = {}
    for row in sectors.to_dict("records"):
        if not is_missing(row["project_id"]):
            by_code.setdefault(row["sector"], []).append(row)
    found = [
        _Sector(
            code,
            Words(rows[0]["sector_en"], rows[0]["sector_zh"]),
            bool(rows[0]["sector_later"]),
            tuple(rows),
        )
        for code, rows in by_code.items()
    ]
    return sorted(found, key=lambda sector: -len(sector.rows))


def _counties(sectors: pd.DataFrame) -> dict[str, Words]:
    """Counties in the order of the page."""
    return {
        row["recipient"]: Words(row["recipient_en"], row["recipient_zh"])
        for row in sectors.to_dict("records")
    }


def _unnamed(sectors: pd.DataFrame) -> dict[str, tuple[int, str]]:
    """For each county how many projects are counted and not named, and the figures behind it."""
    found: dict[str, tuple[int, str]] = {}
    for row in sectors.to_dict("records"):
        if is_missing(row["project_id"]):
            number, ids = found.get(row["recipient"], (0, ""))
            ids = " ".join(dict.fromkeys([*ids.split(), *row["count_figures"].split()]))
            found[row["recipient"]] = (number + row["count"], ids)
    return found


def drawn_sectors(sectors: pd.DataFrame) -> pd.DataFrame:
    """The rows that :func:`draw_sectors` draws.

    Parameters
    ----------
    sectors : pandas.DataFrame
        From :func:`aidstudy.analysis.sectors.project_sectors`.

    Returns
    -------
    pandas.DataFrame
        A row for each named project (``offsets``: its passage); for each code the sums printed
        for one project alone, in CNY, the number of projects that share a sum with others, and of
        those without one; the counted projects that have no name and so no sector.
    """
    rows: list[dict[str, Any]] = []
    for sector in _sectors(sectors):
        label = (f"{sector.code} {sector.name.en}", f"{sector.code} {sector.name.zh}")
        for row in sector.rows:
            project = _plain(row["project_id"], sector.code, 1, "printed")
            project["label_en"] = f"{row['recipient_en']}: {row['name_en']}"
            project["label_zh"] = f"{row['recipient_zh']}：{row['name_zh']}"
            rows.append(project | {"offsets": passage(row["start"], row["end"])})
        for row in sector.own():
            mark = f"money-{row['project_id']}"
            rows.append(
                drawn_row(
                    mark,
                    row["amount_kind"],
                    (row["name_en"], row["name_zh"]),
                    row,
                    unit="CNY",
                    prefix="amount",
                )
            )
        shared, without = sector.joint(), sector.without()
        if shared:
            ids = " ".join(dict.fromkeys(row["amount_figures"] for row in shared))
            row = _plain(f"joint-{sector.code}", "joint_sum", len(shared), "derived")
            rows.append(row | {"label_en": label[0], "label_zh": label[1], "figures": ids})
        if without:
            row = _plain(f"without-{sector.code}", "no_sum", None, "not_reported")
            rows.append(row | {"label_en": label[0], "label_zh": label[1]})
    names = _counties(sectors)
    for recipient, (number, ids) in _unnamed(sectors).items():
        row = _plain(f"unnamed-{recipient}", "sector_not_reported", number, "derived")
        rows.append(
            row
            | {
                "label_en": f"{names[recipient].en}: {_NONE.en}",
                "label_zh": f"{names[recipient].zh}：{_NONE.zh}",
                "figures": ids,
            }
        )
    return drawn_table(rows)


def _plain(mark: str, quantity: str, value: int | None, state: str) -> dict[str, Any]:
    return {
        "mark": mark,
        "quantity": quantity,
        "value": value,
        "low": value,
        "high": value,
        "unit": "project",
        "state": state,
        "figures": "",
    }


def plot_sectors(
    sectors: pd.DataFrame,
    *,
    ax: Axes | None = None,
    lang: Lang = "en",
    palette: Palette = COLOUR,
    name_width: float = 190.0,
    money: bool = True,
    upright: bool = False,
) -> Axes:
    """Draw one dot a named project, codes from the most to the fewest projects.

    Parameters
    ----------
    sectors : pandas.DataFrame
        From :func:`aidstudy.analysis.sectors.project_sectors`.
    ax : Axes, optional
        A new one by default.
    lang : {"en", "zh", "both"}
    palette : Palette
    name_width : float, default 190
        Room in points for the names of the codes, which are wrapped to it.
    money : bool, default True
        Whether the printed sums stand beside the counts; without them it is narrow, and codes are
        named in one language.
    upright : bool, default False
        Names of counties upright, for narrow places.

    Returns
    -------
    Axes
        One data unit a county; counties in the order of the page.
    """
    ax = ax or new_axes()
    found, counties = _sectors(sectors), _counties(sectors)
    names = {
        s.code: wrap(s.label(lang, short=not money), name_width, size=body_size(), lang=lang)
        for s in found
    }
    tops, y = {}, 0.0
    for sector in found:
        tall = _MORE * (len(names[sector.code]) - 1)
        tops[sector.code] = y + tall / 2
        y += 1 + tall
    ax.set_xlim(-0.5, len(counties) - 0.5)
    unnamed = _unnamed(sectors)
    ax.set_ylim(y + (0.55 if unnamed else -0.5), -0.5)
    ax.set_xticks([])
    ax.set_yticks([])
    for spine in ax.spines.values():
        spine.set_visible(False)
    for x, name in enumerate(counties.values()):
        _county_head(ax, name, x, lang, palette, upright=upright)
    codes = widest([sector.code for sector in found]) + 0.8 * body_size()
    lines = [line for wrapped in names.values() for line in wrapped]
    room = codes + max(widest(lines), widest([_NONE.say(lang)]) - codes) + 0.8 * body_size()
    places = {recipient: x for x, recipient in enumerate(counties)}
    for sector in found:
        middle = tops[sector.code]
        _label(ax, sector, names[sector.code], middle, room, codes, palette)
        bottom = middle + 0.5 + _MORE * (len(names[sector.code]) - 1) / 2
        if sector is not found[-1]:
            ends = [-0.5, len(counties) - 0.5]
            ax.plot(ends, [bottom, bottom], color=palette.band, linewidth=0.5)
        _dots(ax, sector, places, middle, palette)
    if unnamed:
        foot = y + 0.05
        ax.plot([-0.5, len(counties) - 0.5], [foot - 0.55] * 2, color=palette.rule, linewidth=0.6)
        put(ax, _NONE.say(lang), 0, foot, coords="edge", dx=-room, colour=palette.grey)
        for recipient, (number, _) in unnamed.items():
            put(
                ax,
                str(number),
                places[recipient],
                foot,
                ha="center",
                colour=palette.grey,
                mark=f"unnamed-{recipient}",
            )
    end = column(
        ax,
        (_COUNT.say(lang),),
        [Cell(tops[sector.code], str(len(sector.rows))) for sector in found],
        start=0.5 * body_size(),
        palette=palette,
    )
    if money:
        _sums(ax, found, tops, end + 1.2 * body_size(), lang, palette)
    return ax


def _county_head(
    ax: Axes, name: Words, x: int, lang: Lang, palette: Palette, *, upright: bool
) -> None:
    if not upright:
        head(ax, name.lines(lang), x, coords="column", palette=palette)
        return
    text, up = name.inline(lang), 0.4 * body_size()
    put(
        ax,
        text,
        x,
        1,
        coords="column",
        dy=up,
        ha="center",
        colour=palette.ink,
        rotation=90,
    )


def _label(
    ax: Axes,
    sector: _Sector,
    lines: Sequence[str],
    middle: float,
    room: float,
    codes: float,
    palette: Palette,
) -> None:
    top = middle - _MORE * (len(lines) - 1) / 2
    put(ax, sector.code, 0, top, coords="edge", dx=-room, colour=palette.grey)
    for place, line in enumerate(lines):
        put(
            ax,
            line,
            0,
            top + _MORE * place,
            coords="edge",
            dx=-room + codes,
            colour=palette.ink,
        )


def _dots(ax: Axes, sector: _Sector, places: Mapping[str, int], y: float, palette: Palette) -> None:
    """One dot a project; several of one county stand side by side."""
    for recipient, x in places.items():
        rows = [row for row in sector.rows if row["recipient"] == recipient]
        for place, row in enumerate(rows):
            step = min(0.3, 0.9 / len(rows))
            ax.plot(
                [x + step * (place - (len(rows) - 1) / 2)],
                [y],
                marker="o",
                markersize=0.8 * body_size(),
                linestyle="none",
                color=palette.dark,
                label="project",
                gid=row["project_id"],
            )


def _sums(
    ax: Axes,
    found: Sequence[_Sector],
    tops: Mapping[str, float],
    start: float,
    lang: Lang,
    palette: Palette,
) -> None:
    unit = MILLION.unit(lang)
    title = f"{_MONEY.zh}（{unit}）" if lang == "zh" else f"{_MONEY.en} ({unit})"
    head(ax, (title,), 1, coords="axes", dx=start, ha="left", palette=palette)
    gap = text_width("；" if lang == "zh" else ";  ")
    for sector in found:
        dx, pieces = start, list(_pieces(sector, lang))
        for place, (text, mark, quiet) in enumerate(pieces):
            last = place == len(pieces) - 1
            shown = text if last else f"{text}{'；' if lang == 'zh' else ';'}"
            put(
                ax,
                shown,
                1,
                tops[sector.code],
                coords="edge",
                dx=dx,
                colour=palette.grey if quiet else palette.ink,
                mark=mark,
            )
            dx += text_width(text) + gap


def _pieces(sector: _Sector, lang: Lang) -> Iterator[tuple[str, str, bool]]:
    for row in sector.own():
        yield money_text(row, lang), f"money-{row['project_id']}", False
    several = len(sector.rows) > 1
    shared, without = len(sector.joint()), len(sector.without())
    if shared:
        words = Words("joint", "合计数")
        yield _times(words, shared, several, lang), f"joint-{sector.code}", True
    if without:
        yield _times(_NO_SUM, without, several, lang), f"without-{sector.code}", True


def _times(words: Words, number: int, several: bool, lang: Lang) -> str:
    if not several:
        return words.say(lang)
    return f"{number}项{words.zh}" if lang == "zh" else f"{number} {words.en}"


def draw_sectors(
    sectors: pd.DataFrame, *, preset: str | Preset = "double", lang: Lang = "en"
) -> Figure:
    """The whole figure.

    Parameters
    ----------
    sectors : pandas.DataFrame
    preset : str or Preset, default "double"
    lang : {"en", "zh", "both"}

    Returns
    -------
    Figure
    """
    lang = checked_lang(lang)
    with style(preset, lang) as chosen:
        counties = _counties(sectors)
        figure, room = _composed(sectors, chosen, lang, upright=False)
        if widest([line for name in counties.values() for line in name.lines(lang)]) + 1 <= room:
            return figure
        return _composed(sectors, chosen, lang, upright=True)[0]


def _money_fits(preset: Preset) -> bool:
    return not (preset.narrow or preset.headline)


def _composed(
    sectors: pd.DataFrame, preset: Preset, lang: Lang, *, upright: bool
) -> tuple[Figure, float]:
    """The figure, and the room for the name of a county in points."""
    figure, money = new_figure(), _money_fits(preset)
    ax = plot_sectors(
        sectors,
        ax=figure.add_subplot(),
        lang=lang,
        palette=preset.palette,
        name_width=(12.5 if preset.narrow else 27) * body_size(),
        money=money,
        upright=upright,
    )
    found = _sectors(sectors)
    notes = list(_later_notes(sectors, lang))
    if money:
        notes += [_JOINT.say(lang)] * any(sector.joint() for sector in found)
    compose(
        figure,
        [[Panel(ax, rows_of(ax) * 1.5 * body_size())]],
        preset=preset,
        lang=lang,
        palette=preset.palette,
        plot=STEM,
        headline=headline(sectors).say(lang),
        footnotes=["  ".join(notes)] if notes else [],
    )
    width = ax.get_window_extent().width * 72 / figure.dpi
    return figure, width / len(_counties(sectors))


def _later_notes(sectors: pd.DataFrame, lang: Lang) -> Iterator[str]:
    """For each code that came later than the list of the year which one stood in its place."""
    told: dict[str, Mapping[str, Any]] = {}
    for row in sectors.to_dict("records"):
        if not is_missing(row["sector"]) and row["sector_later"]:
            told.setdefault(row["sector"], row)
    for code, row in told.items():
        if row["sector_before"] is None:
            yield (
                f"*{code}在{FIRST_LIST}年的代码表中尚无。"
                if lang == "zh"
                else f"* {code} is not in the list of {FIRST_LIST}."
            )
        else:
            yield (
                f"*{code}在{FIRST_LIST}年的代码表中尚无；当时用{row['sector_before']}"
                f"（{row['before_zh']}），该码于{row['before_until']}年底停用。"
                if lang == "zh"
                else f"* {code} is not in the list of {FIRST_LIST}: then {row['sector_before']} "
                f"({row['before_en']}) was in use, withdrawn at the end of {row['before_until']}."
            )


def headline(sectors: pd.DataFrame) -> Words:
    """The message of the plot."""
    found = _sectors(sectors)
    named, unnamed = sum(len(s.rows) for s in found), _unnamed_total(sectors)
    en = f"{named} named projects spread over {len(found)} purpose codes"
    zh = f"{named}个具名项目分属{len(found)}个目的代码"
    if unnamed:
        en += f"; of the year’s lists, {unnamed} more are counted without a name"
        zh += f"；当年清单中另有{unnamed}个只计数、未具名"
    return Words(en, zh)


def _unnamed_total(sectors: pd.DataFrame) -> int:
    return sum(number for number, _ in _unnamed(sectors).values())


def _joint_sums(sectors: pd.DataFrame) -> dict[str, Mapping[str, Any]]:
    return {row["amount_figures"]: row for row in sectors.to_dict("records") if row["amount_joint"]}


def caption_sectors(sectors: pd.DataFrame, lang: Lang = "en") -> str:
    """What is drawn, what the codes are, which sums are joint, and the figures behind it.

    Parameters
    ----------
    sectors : pandas.DataFrame
    lang : {"en", "zh"}

    Returns
    -------
    str
    """
    found = _sectors(sectors)
    ones = sum(len(sector.rows) == 1 for sector in found)
    largest = [sector for sector in found if len(sector.rows) == len(found[0].rows)][:1]
    joint = []
    for row in _joint_sums(sectors).values():
        amount, kind = MILLION.show(row["amount"], lang), MEASURES[row["amount_kind"]]
        joint.append(
            f"{row['recipient_zh']}{amount}（{kind.zh}），含{row['amount_of']}个具名项目"
            if lang == "zh"
            else f"{amount} ({row['amount_kind'].replace('_', ' ')}), shared by "
            f"projects of {row['recipient_en']}, {row['amount_of']} of them named"
        )
    ids = list(
        dict.fromkeys(
            one
            for row in sectors.to_dict("records")
            for one in [*row["amount_figures"].split(), *row["count_figures"].split()]
        )
    )
    unnamed = _unnamed_total(sectors)
    if lang == "zh":
        parts = [
            f"{headline(sectors).zh}。每一圆点为一个具名项目，按经合组织发展援助委员会的五位目的代码归类"
            "（由编码者判定，非原文所载），代码按项目数由多到少、并列者按版面次序，县按版面次序。",
            "".join(f"最多的是{s.code}（{s.name.zh}），{len(s.rows)}个；" for s in largest)
            + f"{ones}个代码各只有一个项目。",
            *_later_notes(sectors, "zh"),
            "代码名称为本研究所译。所载金额为单个项目的总投资，另标明者除外（万元），各代码之间不相加；已到位或已完成的投资不列。",
        ]
        if joint:
            parts.append(f"以下金额为数个项目合计，不拆分：{'；'.join(joint)}。")
        if unnamed:
            parts.append("只报总数的项目没有名称，不能归类；空格不说明该县没有此类项目。")
        return "".join([*parts, based_on(ids, lang)])
    parts = [
        f"{headline(sectors).en}. Each dot is one named project, by five-digit purpose code of the "
        "OECD DAC (our coding; the page prints no codes); codes from the most to the fewest "
        "projects, ties and counties in the order of the page.",
        "".join(f"The largest is {s.code} ({s.name.en}) with {len(s.rows)}; " for s in largest)
        + f"{ones} codes have one project each.",
        *_later_notes(sectors, "en"),
        "Sums are printed for one project alone (CNY million): the budget, unless another kind is "
        "named. They are not added up; what was paid or spent is left out.",
    ]
    if joint:
        parts.append(f"Printed for several projects together, and not split: {'; '.join(joint)}.")
    if unnamed:
        parts.append(
            "Projects that are only counted have no name and cannot be coded, so an empty cell is "
            "no proof that a county has no project of that sector."
        )
    return typeset(" ".join([*parts, based_on(ids, lang)]))


def alt_sectors(sectors: pd.DataFrame, lang: Lang = "en") -> str:
    """Alternative text: the projects of each code by county.

    Parameters
    ----------
    sectors : pandas.DataFrame
    lang : {"en", "zh"}

    Returns
    -------
    str
    """
    zh, told = lang == "zh", []
    for sector in _sectors(sectors):
        names = [f"{Words(r['recipient_en'], r['recipient_zh']).say(lang)}" for r in sector.rows]
        counts = {name: names.count(name) for name in dict.fromkeys(names)}
        where = listing(
            (f"{name}{n}个" if zh else f"{name} {n}" for name, n in counts.items()), lang
        )
        name = f"{sector.code} {sector.name.say(lang)}"
        told.append(f"{name}：{where}" if zh else f"{name}: {where}")
    names_of = _counties(sectors)
    unnamed = [
        f"{names_of[r].zh}{n}个" if zh else f"{names_of[r].en} {n}"
        for r, (n, _) in _unnamed(sectors).items()
    ]
    if unnamed:
        told.append(
            f"{_NONE.zh}：{listing(unnamed, 'zh')}"
            if zh
            else f"{_NONE.en}: {listing(unnamed, 'en')}"
        )
    if zh:
        return f"点阵图，行为目的代码，列为县。{'；'.join(told)}。"
    return f"Matrix of dots, purpose codes by county. {'; '.join(told)}."


PLOT = Plot(
    STEM,
    Words("Sectors of the named projects", "具名项目的部门构成"),
    ("figures", "pairs", "projects", "dac_codes"),
    lambda study: {"sectors": project_sectors(study)},
    draw_sectors,
    drawn_sectors,
    caption_sectors,
    alt_sectors,
    lambda preset: frozenset(() if _money_fits(preset) else {"joint_sum", "no_sum", *MEASURES}),
)


__all__ = [
    "PLOT",
    "STEM",
    "alt_sectors",
    "caption_sectors",
    "draw_sectors",
    "drawn_sectors",
    "headline",
    "plot_sectors",
]
