"""How far the two codings of the page, made apart, agree, by table and column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from aidstudy.analysis.reliability import COMPARED, coding_agreement
from aidstudy.intervals import Interval
from aidstudy.plots.axes import new_axes
from aidstudy.plots.drawn import drawn_row, drawn_table, plain_row
from aidstudy.plots.layout import Cell, column, put, text_width, widest
from aidstudy.plots.plot import Plot
from aidstudy.plots.sentences import alt_text, aside, caption_text, listed, named, series
from aidstudy.plots.sheet import sheet
from aidstudy.plots.style import COLOUR, Palette, Preset, body_size, note_size
from aidstudy.plots.words import Lang, Words, exact_text, falling, is_missing
from aidstudy.rounding import Shown, write_number
from aidstudy.tables.adjudication import CODINGS

STEM = "coding_agreement"

TABLES = {
    "figures": Words("figures", "数字"),
    "projects": Words("projects", "项目"),
    "events": Words("events", "事件"),
    "pairs": Words("pairs", "结对"),
    "mechanisms": Words("devices", "机制"),
}
COLUMNS = {
    "article": Words("article", "所属报道"),
    "numeral": Words("numeral", "数字写法"),
    "kind": Words("kind", "类别"),
    "value": Words("value", "数值"),
    "unit": Words("unit", "单位"),
    "bound": Words("bound", "上下限类型"),
    "measure": Words("measure", "计量内容"),
    "subject": Words("subject", "对象"),
    "donor": Words("donor", "支援方"),
    "period": Words("period", "时期"),
    "sector": Words("sector", "部门"),
    "status": Words("status", "状态"),
    "stage": Words("stage", "阶段"),
    "precision": Words("precision", "时间精度"),
    "realised": Words("realised or planned", "已发生或计划"),
    "level": Words("level", "层级"),
    "role": Words("role", "角色"),
    "present": Words("mentioned or not", "是否提及"),
}
_AXIS = Words(
    "1: all alike. For κ and α 0 is what chance would give", "1为全部一致；κ、α以0为随机一致"
)
_KEY = Words(
    "Circle: share of rows alike. Diamond: α. Upright stroke: κ.",
    "圆点：一致率；菱形：α；短竖线：κ。",
)
_ALIKE = Words("share alike", "一致率")
_HEADING = 1.1
_AFTER = 0.4
_UNITS = {
    "agreement": "%",
    "kappa": "",
    "alpha": "",
    "categories": "code",
    "commonest": "%",
}


@dataclass(frozen=True, slots=True)
class _Group:
    """One table."""

    name: str
    rows: tuple[Mapping[str, Any], ...]

    def title(self, lang: Lang) -> str:
        return TABLES[self.name].inline(lang)

    def found(self, lang: Lang) -> str:
        """How many rows both codings have."""
        both, either = self.rows[0]["both"], self.rows[0]["either"]
        words = Words(
            f"{both} of {either} rows in both codings", f"{either}行中{both}行两份编码共有"
        )
        return words.say(lang)

    @property
    def apart(self) -> int:
        """How many rows one of the codings lacks."""
        return int(self.rows[0]["either"] - self.rows[0]["both"])


def _groups(agreement: pd.DataFrame) -> list[_Group]:
    """Tables in the order of the codebook, columns in each from the highest alpha down."""
    by_table: dict[str, list[Mapping[str, Any]]] = {}
    for row in agreement.to_dict("records"):
        by_table.setdefault(row["table"], []).append(row)

    return [
        _Group(name, tuple(sorted(rows, key=lambda row: falling(row["alpha"]))))
        for name, rows in by_table.items()
    ]


def _id(row: Mapping[str, Any]) -> str:
    return f"{row['table']}-{row['column']}"


def _label(row: Mapping[str, Any]) -> Words:
    table, name = TABLES[row["table"]], COLUMNS[row["column"]]
    return Words(f"{table.en}: {name.en}", f"{table.zh}：{name.zh}")


def drawn_coding_agreement(agreement: pd.DataFrame) -> pd.DataFrame:
    """The rows that :func:`draw_coding_agreement` draws.

    For each column the share of rows alike, kappa, alpha, the number of codes and the share of the
    commonest one, and how many rows are alike.
    """
    rows: list[dict[str, Any]] = []
    for group in _groups(agreement):
        for row in group.rows:
            label, id_ = _label(row), _id(row)
            rows += [
                drawn_row(f"{part}-{id_}", part, label, row, unit=unit, prefix=part)
                for part, unit in _UNITS.items()
            ]
            rows.append(
                plain_row(
                    f"alike-{id_}",
                    "alike",
                    label,
                    row["alike"],
                    unit="row",
                    state="derived",
                    figures=rows[-1]["figures"],
                )
            )
    return drawn_table(rows)


def plot_coding_agreement(
    agreement: pd.DataFrame,
    *,
    ax: Axes | None = None,
    lang: Lang = "en",
    palette: Palette = COLOUR,
    narrow: bool = False,
) -> Axes:
    """Draw for each column the share alike, kappa and alpha on one scale, with the counts beside.

    Parameters
    ----------
    agreement : pandas.DataFrame
        From :func:`aidstudy.analysis.reliability.coding_agreement`.
    ax : Axes, optional
        A new one by default.
    lang : {"en", "zh", "both"}
    palette : Palette
    narrow : bool, default False
        Leave out the share of the commonest code, the coefficients in digits and the names of
        the marks.

    Returns
    -------
    Axes
        From 0, or the lowest coefficient, to 1; tables in the order of the codebook.
    """
    ax = ax or new_axes()
    groups = _groups(agreement)
    numbers = [
        float(row[part])
        for group in groups
        for row in group.rows
        for part in ("kappa", "alpha")
        if not is_missing(row[part])
    ]
    ax.set_xlim(min([0.0, *numbers]), 1.0)
    ax.set_xticks([0, 0.2, 0.4, 0.6, 0.8, 1.0])
    ax.set_xlabel(_AXIS.say(lang))
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    indent, gap = 0.9 * body_size(), 1.0 * body_size()
    names = [COLUMNS[row["column"]].inline(lang) for group in groups for row in group.rows]
    room = indent + gap + widest(names)
    places: list[tuple[float, Mapping[str, Any]]] = []
    y = 0.0
    for group in groups:
        title = group.title(lang)
        put(ax, title, 0, y, coords="edge", dx=-room, strong=True, colour=palette.ink)
        past = text_width(title, strong=True) + 0.6 * body_size()
        put(
            ax,
            group.found(lang),
            0,
            y,
            coords="edge",
            dx=past - room,
            size=note_size(),
            colour=palette.grey,
        )
        y += _HEADING
        for row in group.rows:
            name = COLUMNS[row["column"]].inline(lang)
            put(ax, name, 0, y, coords="edge", dx=indent - room, colour=palette.ink)
            _marks(ax, row, y, palette)
            places.append((y, row))
            y += 1
        y += _AFTER
    ax.set_ylim(y - _AFTER - 0.3, -0.6)
    if not narrow:
        _named(ax, places, lang, palette)
    _columns(ax, places, lang, palette, narrow=narrow)
    return ax


def _marks(ax: Axes, row: Mapping[str, Any], y: float, palette: Palette) -> None:
    size, share = body_size(), float(row["agreement"]) / 100
    low, _ = ax.get_xlim()
    ax.plot([low, 1], [y, y], color=palette.lane, linewidth=0.5, zorder=1)
    known = [float(row[part]) for part in ("kappa", "alpha") if not is_missing(row[part])]
    if known:
        # What lies between the share alike and the coefficient is what chance accounts for.
        ax.plot([min(known), share], [y, y], color=palette.mid, linewidth=0.14 * size, zorder=2)
    dots = (("agreement", share, "o", 0.78, palette.mid), ("alpha", None, "D", 0.62, palette.dark))
    for part, x, marker, scale, colour in dots:
        if x is None and is_missing(row[part]):
            continue
        ax.plot(
            [float(row[part]) if x is None else x],
            [y],
            marker=marker,
            markersize=scale * size,
            linestyle="none",
            color=colour,
            markeredgecolor="white",
            markeredgewidth=0.07 * size,
            zorder=3 if part == "agreement" else 4,
            clip_on=False,
            label=part,
            gid=f"{part}-{_id(row)}",
        )
    if not is_missing(row["kappa"]):
        ax.plot(
            [float(row["kappa"])],
            [y],
            marker="|",
            markersize=0.95 * size,
            markeredgewidth=0.14 * size,
            linestyle="none",
            color=palette.ink,
            zorder=5,
            clip_on=False,
            label="kappa",
            gid=f"kappa-{_id(row)}",
        )
    dx = 0.4 * size
    for part, sign in (("kappa", "κ"), ("alpha", "α")):
        if is_missing(row[part]):
            text = f"{sign} –"
            mark = f"{part}-{_id(row)}"
            put(ax, text, low, y, dx=dx, colour=palette.grey, mark=mark, backdrop=True)
            dx += text_width(text) + 0.5 * size


def _named(
    ax: Axes, places: list[tuple[float, Mapping[str, Any]]], lang: Lang, palette: Palette
) -> None:
    """Name the marks where they stand furthest apart."""
    known = [(y, row) for y, row in places if not is_missing(row["alpha"])]
    if not known:
        return
    y, row = max(known, key=lambda place: place[1]["agreement"] / 100 - place[1]["alpha"])
    share, least = float(row["agreement"]) / 100, float(row["alpha"])
    if share - least < 0.1:
        return
    put(
        ax,
        "κ, α",
        least,
        y,
        dx=-0.8 * body_size(),
        ha="right",
        size=note_size(),
        colour=palette.grey,
        backdrop=True,
    )
    put(
        ax,
        _ALIKE.say(lang),
        share,
        y,
        dx=-0.8 * body_size(),
        ha="right",
        size=note_size(),
        colour=palette.grey,
        backdrop=True,
    )


def _columns(
    ax: Axes,
    places: list[tuple[float, Mapping[str, Any]]],
    lang: Lang,
    palette: Palette,
    *,
    narrow: bool,
) -> None:
    def alike(row: Mapping[str, Any]) -> str:
        return f"{row['alike']}/{row['both']}"

    def digits(part: str) -> Iterator[str]:
        for _, row in places:
            yield "–" if is_missing(row[part]) else exact_text(row[part])

    columns: list[tuple[Words, str, list[str]]] = [
        (Words("alike", "一致"), "alike", [alike(row) for _, row in places]),
        (Words("codes", "代码数"), "categories", list(digits("categories"))),
    ]
    if not narrow:
        shares = [f"{text}%" for text in digits("commonest")]
        columns.append((Words("commonest", "最常见"), "commonest", shares))
        columns.append((Words("κ", "κ"), "", list(digits("kappa"))))
        columns.append((Words("α", "α"), "", list(digits("alpha"))))
    end = 1.1 * body_size()
    for words, part, cells in columns:
        end = column(
            ax,
            (words.say(lang),),
            [
                Cell(y, text, f"{part}-{_id(row)}" if part else None)
                for (y, row), text in zip(places, cells, strict=True)
            ],
            start=end,
            palette=palette,
        )
        end += 1.0 * body_size()


def draw_coding_agreement(
    agreement: pd.DataFrame, *, preset: str | Preset = "double", lang: Lang = "en"
) -> Figure:
    """The whole figure."""
    with sheet(STEM, preset, lang) as page:
        ax = plot_coding_agreement(
            agreement, ax=page.axes(), lang=page.lang, palette=page.palette, narrow=page.narrow
        )
        notes = [_KEY] * page.narrow
        return page.compose(ax, pitch=1.32, headline=headline(agreement), notes=notes)


def _least(agreement: pd.DataFrame, part: str) -> Mapping[str, Any] | None:
    rows = [row for row in agreement.to_dict("records") if not is_missing(row[part])]
    return min(rows, key=lambda row: row[part]) if rows else None


def headline(agreement: pd.DataFrame) -> Words:
    """The message of the plot."""
    least, alpha = _least(agreement, "agreement"), _least(agreement, "alpha")
    assert least is not None
    share = write_number(Shown(None, Interval(least["agreement"], None))).low
    en = f"In each column at least {share}% of the rows in both codings have the same code"
    zh = f"两份编码共有的行中，各栏至少{share}%编码相同"
    if alpha is not None:
        lowest = exact_text(alpha["alpha"])
        en += f"; alpha is as low as {lowest}"
        zh += f"；α最低为{lowest}"
    return Words(en, zh)


def caption_coding_agreement(agreement: pd.DataFrame, lang: Lang = "en") -> str:
    """What is drawn, what a low coefficient says, and what none of this says."""
    groups, message = _groups(agreement), headline(agreement)
    full = sum(row["alike"] == row["both"] for group in groups for row in group.rows)
    total = sum(len(group.rows) for group in groups)
    parts = [
        Words(
            f"{message.en}. Two coders worked apart on the whole page, under version 0 of the "
            "codebook. Circle: share of rows with the same code in both. Diamond: Krippendorff's "
            "alpha (nominal); upright stroke: Cohen's kappa. Tables in the order of the codebook, "
            "columns from the highest alpha down. "
            f"In {full} of {total} columns all rows are alike.",
            f"{message.zh}。两名编码者各自按编码手册第0版对全版编码。圆点为两份编码一致的行所占比例，菱形为"
            "克里彭多夫α（名义），短竖线为科恩κ；各表按编码手册次序，表内按α由高到低。"
            f"{total}栏中{full}栏全部一致。",
        )
    ]
    low = _least(agreement, "alpha")
    if low is not None:
        label, codes = _label(low), exact_text(low["categories"])
        share = exact_text(low["commonest"])
        parts.append(
            Words(
                f"Where alpha is lowest ({label.en}), {low['alike']} of {low['both']} rows are "
                f"alike, {codes} codes were used and the commonest is {share}% of all: when "
                "nearly all codes are the same, chance alone gives much agreement and a "
                "coefficient can be near zero, so read it beside the counts.",
                f"α最低的一栏（{label.zh}）{low['both']}行中{low['alike']}行一致，只用了{codes}个代码，"
                f"最常见者占{share}%：几乎全用同一代码时，随机一致已很高，系数可近于零，须与计数一并看。",
            )
        )
        parts.append(_intervals(low))
    apart = listed(
        Words(f"{g.apart} of the {g.title('en')}", f"{g.title('zh')}{g.apart}行")
        for g in groups
        if g.apart
    )
    if apart.en:
        parts.append(
            Words(
                f"Rows that one coding lacks are in no coefficient: {apart.en}.",
                f"只见于一份编码的行不入任何系数：{apart.zh}。",
            )
        )
    coders = agreement.iloc[0]
    if coders["coders_en"]:
        parts.append(
            Words(f"The coders: {coders['coders_en']}.", f"编码者：{coders['coders_zh']}。")
        )
    parts.append(
        Words(
            "Agreement does not say that both are right; every difference was settled in the "
            "adjudication log.",
            "一致不等于正确；分歧已逐条裁定，见裁定日志。",
        )
    )
    return caption_text(parts, [], lang)


def _intervals(row: Mapping[str, Any]) -> Words:
    """The sampling intervals of one column, and what they are about."""
    told = {
        sign: [exact_text(row[f"{part}_{end}"]) for end in ("ci_low", "ci_high")]
        for part, sign in (("kappa", "κ"), ("alpha", "α"))
        if row[f"{part}_ci_low"] is not None
    }
    if not told:
        return Words("", "")
    en = " and ".join(f"{sign} {low} to {high}" for sign, (low, high) in told.items())
    zh = "，".join(f"{sign}为{low}至{high}" for sign, (low, high) in told.items())
    return Words(
        f"95% intervals there: {en}; they say how far the number would move with other rows, not "
        "what other coders would do, and are not drawn.",
        f"该栏95%区间：{zh}；所示为换用其他行时数值的变动，不涉及其他编码者，图中未画。",
    )


def alt_coding_agreement(agreement: pd.DataFrame, lang: Lang = "en") -> str:
    """Alternative text: the counts and alpha of each column."""
    told = []
    for group in _groups(agreement):
        parts = []
        for row in group.rows:
            alpha = "–" if is_missing(row["alpha"]) else exact_text(row["alpha"])
            name, alike = COLUMNS[row["column"]], f"{row['alike']}/{row['both']}"
            said = Words(f"{name.en} {alike}", f"{name.zh}{alike}").say(lang)
            parts.append(aside(said, f"α {alpha}", lang))
        told.append(named(group.title(lang), series(parts, lang), lang))
    return alt_text(Words("Dot plot of rows alike by column", "点图，各栏一致行数"), told, lang)


PLOT = Plot(
    STEM,
    Words("Agreement of the two codings", "两份编码的一致性"),
    tuple(f"raw/coding_{coder}/{table}" for coder in CODINGS for table in COMPARED),
    lambda study: {"agreement": coding_agreement(study)},
    draw_coding_agreement,
    drawn_coding_agreement,
    caption_coding_agreement,
    alt_coding_agreement,
    lambda preset: frozenset(("commonest",) if preset.narrow else ()),
)


__all__ = [
    "COLUMNS",
    "PLOT",
    "STEM",
    "TABLES",
    "alt_coding_agreement",
    "caption_coding_agreement",
    "draw_coding_agreement",
    "drawn_coding_agreement",
    "headline",
    "plot_coding_agreement",
]
