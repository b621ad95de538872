"""What the named projects are for, by purpose code and county."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from aidstudy.analysis.sectors import FIRST_LIST, project_sectors
from aidstudy.codebook import MEASURES
from aidstudy.plots.axes import bare, new_axes
from aidstudy.plots.drawn import drawn_row, drawn_table, passage, plain_row
from aidstudy.plots.layout import Cell, column, head, put, text_width, top_name, widest, wrap
from aidstudy.plots.plot import Plot
from aidstudy.plots.project_stages import money_text
from aidstudy.plots.sentences import alt_text, aside, caption_text, named
from aidstudy.plots.sheet import column_room, sheet
from aidstudy.plots.style import COLOUR, Palette, Preset, body_size
from aidstudy.plots.words import (
    EXPLAINED,
    MILLION,
    NOT_REPORTED_SHORT,
    Lang,
    Words,
    figure_ids,
    is_missing,
    listing,
)

STEM = "sectors"

_NONE = Words("not named: sector not reported", "未具名：未报告部门")
_COUNT = Words("Named", "具名项目")
_MONEY = Words("Printed sums", "所载金额")
_MORE = 0.78
_JOINT = Words(
    "joint: the project shares one printed sum with others, so no part of it is shown here. "
    f"{EXPLAINED}.",
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
            Words.of(rows[0], "sector"),
            bool(rows[0]["sector_later"]),
            tuple(rows),
        )
        for code, rows in by_code.items()
    ]
    return sorted(found, key=lambda sector: -len(sector.rows))


def _counties(sectors: pd.DataFrame) -> dict[str, Words]:
    """Counties in the order of the page."""
    return {row["recipient"]: Words.of(row, "recipient") for row in sectors.to_dict("records")}


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

    A row for each named project (``offsets``: its passage); for each code the sums printed for one
    project alone, in CNY, the number of projects that share a sum with others, and of those
    without one; the counted projects that have no name and so no sector.
    """
    rows: list[dict[str, Any]] = []
    for sector in _sectors(sectors):
        label = Words(f"{sector.code} {sector.name.en}", f"{sector.code} {sector.name.zh}")
        for row in sector.rows:
            project = (
                f"{row['recipient_en']}: {row['name_en']}",
                f"{row['recipient_zh']}：{row['name_zh']}",
            )
            offsets = passage(row["start"], row["end"])
            rows.append(
                _counted(row["project_id"], sector.code, project, 1, "printed", offsets=offsets)
            )
        for row in sector.own():
            mark, kind = f"money-{row['project_id']}", row["amount_kind"]
            name = Words.of(row, "name")
            rows.append(drawn_row(mark, kind, name, row, unit="CNY", prefix="amount"))
        shared = sector.joint()
        if shared:
            ids = " ".join(dict.fromkeys(row["amount_figures"] for row in shared))
            mark = f"joint-{sector.code}"
            rows.append(_counted(mark, "joint_sum", label, len(shared), "derived", figures=ids))
        if sector.without():
            rows.append(_counted(f"without-{sector.code}", "no_sum", label, None, "not_reported"))
    for recipient, (number, ids) in _unnamed(sectors).items():
        county = _counties(sectors)[recipient]
        label = Words(f"{county.en}: {_NONE.en}", f"{county.zh}：{_NONE.zh}")
        mark, quantity = f"unnamed-{recipient}", "sector_not_reported"
        rows.append(_counted(mark, quantity, label, number, "derived", figures=ids))
    return drawn_table(rows)


def _counted(
    mark: str,
    quantity: str,
    label: tuple[str, str],
    number: int | None,
    state: str,
    *,
    figures: str = "",
    offsets: str = "",
) -> dict[str, Any]:
    return plain_row(
        mark, quantity, label, number, unit="project", state=state, figures=figures, offsets=offsets
    )


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
    bare(ax)
    for x, name in enumerate(counties.values()):
        top_name(ax, name, x, lang=lang, palette=palette, upright=upright)
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
    title = aside(_MONEY.say(lang), MILLION.unit(lang), lang)
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
        yield _times(NOT_REPORTED_SHORT, without, several, lang), f"without-{sector.code}", True


def _times(words: Words, number: int, several: bool, lang: Lang) -> str:
    if not several:
        return words.say(lang)
    return f"{number}项{words.zh}" if lang == "zh" else f"{number} {words.en}"


def draw_sectors(
    sectors: pd.DataFrame, *, preset: str | Preset = "double", lang: Lang = "en"
) -> Figure:
    """The whole figure; names of counties upright where they do not fit side by side."""
    figure, fits = _composed(sectors, preset, lang, upright=False)
    return figure if fits else _composed(sectors, preset, lang, upright=True)[0]


def _composed(
    sectors: pd.DataFrame, preset: str | Preset, lang: Lang, *, upright: bool
) -> tuple[Figure, bool]:
    """The figure, and whether there is room for the names of counties side by side."""
    with sheet(STEM, preset, lang) as page:
        ax = plot_sectors(
            sectors,
            ax=page.axes(),
            lang=page.lang,
            palette=page.palette,
            name_width=(12.5 if page.narrow else 27) * body_size(),
            money=page.roomy,
            upright=upright,
        )
        notes = list(_later_notes(sectors))
        if page.roomy and any(sector.joint() for sector in _sectors(sectors)):
            notes.append(_JOINT)
        figure = page.compose(ax, pitch=1.5, headline=headline(sectors), notes=notes)
        names = [line for name in _counties(sectors).values() for line in name.lines(page.lang)]
        return figure, widest(names) + 1 <= column_room(ax)


def _later_notes(sectors: pd.DataFrame) -> Iterator[Words]:
    """For each code that came later than the list of the year which one stood in its place."""
    told: dict[str, Mapping[str, Any]] = {}
    for row in sectors.to_dict("records"):
        if not is_missing(row["sector"]) and row["sector_later"]:
            told.setdefault(row["sector"], row)
    for code, row in told.items():
        en = f"* {code} is not in the list of {FIRST_LIST}"
        zh = f"* {code}在{FIRST_LIST}年的代码表中尚无"
        if row["sector_before"] is None:
            yield Words(f"{en}.", f"{zh}。")
            continue
        yield Words(
            f"{en}: then {row['sector_before']} ({row['before_en']}) was in use, withdrawn at the "
            f"end of {row['before_until']}.",
            f"{zh}；当时用{row['sector_before']}（{row['before_zh']}），该码于{row['before_until']}年底停用。",
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
    """What is drawn, what the codes are, which sums are joint, and the figures behind it."""
    found, message = _sectors(sectors), headline(sectors)
    ones = sum(len(sector.rows) == 1 for sector in found)
    parts = [
        Words(
            f"{message.en}. Each dot is one named project, by five-digit purpose code of the OECD "
            "DAC (our coding; the page prints no codes); codes from the most to the fewest "
            "projects, ties and counties in the order of the page.",
            f"{message.zh}。每一圆点为一个具名项目，按经合组织发展援助委员会的五位目的代码归类"
            "（由编码者判定，非原文所载），代码按项目数由多到少、并列者按版面次序，县按版面次序。",
        ),
        *([_largest(found[0], ones)] if found else []),
        *_later_notes(sectors),
        Words(
            "Sums are printed for one project alone (CNY million): the budget, unless another kind "
            "is named. They are not added up; what was paid or spent is left out.",
            "代码名称为本研究所译。所载金额为单个项目的总投资，另标明者除外（万元），各代码之间不相加；"
            "已到位或已完成的投资不列。",
        ),
    ]
    joint = [_joint(row) for row in _joint_sums(sectors).values()]
    if joint:
        en, zh = "; ".join(said.en for said in joint), "；".join(said.zh for said in joint)
        parts.append(
            Words(
                f"Printed for several projects together, and not split: {en}.",
                f"以下金额为数个项目合计，不拆分：{zh}。",
            )
        )
    if _unnamed_total(sectors):
        parts.append(
            Words(
                "Projects that are only counted have no name and cannot be coded, so an empty cell "
                "is no proof that a county has no project of that sector.",
                "只报总数的项目没有名称，不能归类；空格不说明该县没有此类项目。",
            )
        )
    rows = sectors.to_dict("records")
    ids = figure_ids(row[cell] for row in rows for cell in ("amount_figures", "count_figures"))
    return caption_text(parts, ids, lang)


def _largest(sector: _Sector, ones: int) -> Words:
    """The code with the most projects, and how many codes have one."""
    code, name, number = sector.code, sector.name, len(sector.rows)
    return Words(
        f"The largest is {code} ({name.en}) with {number}; {ones} codes have one project each.",
        f"最多的是{code}（{name.zh}），{number}个；{ones}个代码各只有一个项目。",
    )


def _joint(row: Mapping[str, Any]) -> Words:
    """A sum that is printed for several projects."""
    county, kind, number = Words.of(row, "recipient"), row["amount_kind"], row["amount_of"]
    en, zh = (MILLION.digits(row, lang, "amount").value for lang in ("en", "zh"))
    return Words(
        f"{en} ({kind.replace('_', ' ')}), shared by projects of "
        f"{county.en}, {number} of them named",
        f"{county.zh}{zh}（{MEASURES[kind].zh}），含{number}个具名项目",
    )


def alt_sectors(sectors: pd.DataFrame, lang: Lang = "en") -> str:
    """Alternative text: the projects of each code by county."""
    told = []
    for sector in _sectors(sectors):
        counts = Counter(Words.of(row, "recipient") for row in sector.rows)
        where = listing((_number_in(name, n).say(lang) for name, n in counts.items()), lang)
        told.append(named(f"{sector.code} {sector.name.say(lang)}", where, lang))
    counties = _counties(sectors)
    unnamed = [
        _number_in(counties[recipient], number).say(lang)
        for recipient, (number, _) in _unnamed(sectors).items()
    ]
    if unnamed:
        told.append(named(_NONE.say(lang), listing(unnamed, lang), lang))
    kind = Words("Matrix of dots, purpose codes by county", "点阵图，行为目的代码，列为县")
    return alt_text(kind, told, lang)


def _number_in(county: Words, number: int) -> Words:
    return Words(f"{county.en} {number}", f"{county.zh}{number}个")


PLOT = Plot(
    STEM,
    Words("Sectors of the named projects", "具名项目的部门构成"),
    ("figures", "pairs", "projects", "dac_codes"),
    lambda study: {"sectors": project_sectors(study)},
    draw_sectors,
    drawn_sectors,
    caption_sectors,
    alt_sectors,
    lambda preset: frozenset(() if preset.roomy else {"joint_sum", "no_sum", *MEASURES}),
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
