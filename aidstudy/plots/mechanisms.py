"""Which management devices each county's report mentions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from aidstudy.analysis.devices import management_devices
from aidstudy.plots.axes import bare, new_axes
from aidstudy.plots.drawn import drawn_table, passage, plain_row
from aidstudy.plots.layout import Cell, column, put, top_name, widest
from aidstudy.plots.plot import Plot
from aidstudy.plots.sentences import alt_text, caption_text, named, on_one_line
from aidstudy.plots.sheet import column_room, sheet
from aidstudy.plots.style import COLOUR, Palette, Preset, body_size, note_size
from aidstudy.plots.words import Lang, Words, listing, small_number

STEM = "mechanisms"

NAMES = {
    "leading_group": Words("Leading group or office", "领导小组或办公室"),
    "framework_agreement": Words("Framework agreement", "框架协议"),
    "project_rules": Words("Written project rules", "项目管理办法"),
    "fund_rules": Words("Written fund rules", "资金管理办法"),
    "special_account": Words("Account of its own", "资金专户"),
    "joint_supervision": Words("Supervision on the spot", "实地联合监管"),
    "progress_reporting": Words("Regular reporting", "定期通报"),
    "performance_review": Words("Review with consequences", "考核奖惩"),
    "staff_secondment": Words("Secondment of staff", "干部挂职"),
    "mentoring": Words("Mentoring", "传帮带"),
    "five_year_plan": Words("Five-year aid plan", "五年援助规划"),
    "plan_revision": Words("Help with county plans", "协助修编县规划"),
    "donor_training": Words("Training by the donor", "支援方培训"),
    "market_channel": Words("Sales channel", "营销渠道"),
    "social_donation": Words("Gifts won", "社会捐助"),
    "financing_platform": Words("Financing platform", "投融资平台"),
}
"""Short names of the devices; the codebook says what each means."""

_SHORT = Words("n.m.", "未提及")
_OPEN = Words("open", "待查")
_COUNTED = Words("Mentioned", "提及数")
_NOTE = Words(
    "n.m.: not mentioned. The page never says that a county lacks a device.",
    "“未提及”不等于没有：版面从未说某县没有某项机制。",
)

_OFFSETS = Words(
    "Beside each disc: where the words stand, in characters of the page's text.",
    "圆点右侧为所据文字在版面文本中的起止位置（以字符计）。",
)


def _counted(devices: pd.DataFrame, column_: str) -> dict[str, int]:
    """The keys of a column with how often each is mentioned: most first, ties as in the table."""
    counts = dict.fromkeys(devices[column_], 0)
    for row in devices.to_dict("records"):
        counts[row[column_]] += row["state"] == "printed"
    return dict(sorted(counts.items(), key=lambda item: -item[1]))


def _county(devices: pd.DataFrame, recipient: str) -> Words:
    return Words.of(devices[devices["recipient"] == recipient].iloc[0], "recipient")


def _cells(devices: pd.DataFrame) -> dict[tuple[str, str], Mapping[str, Any]]:
    return {(row["mechanism"], row["recipient"]): row for row in devices.to_dict("records")}


def drawn_mechanisms(devices: pd.DataFrame) -> pd.DataFrame:
    """The rows that :func:`draw_mechanisms` draws: one a device and county.

    Where a device is mentioned the row rests on words: ``offsets`` is their place.
    """
    cells = _cells(devices)
    rows = []
    for mechanism in _counted(devices, "mechanism"):
        for recipient in _counted(devices, "recipient"):
            row = cells.get((mechanism, recipient))
            if row is None:
                continue
            name = NAMES[mechanism]
            rows.append(
                plain_row(
                    f"{mechanism}-{recipient}",
                    mechanism,
                    (f"{row['recipient_en']}: {name.en}", f"{row['recipient_zh']}：{name.zh}"),
                    row["value"],
                    bounds=(row["low"], row["high"]),
                    unit="device",
                    state=row["state"],
                    figures=row["figures"],
                    offsets=passage(row["start"], row["end"]),
                )
            )
    return drawn_table(rows)


def plot_mechanisms(
    devices: pd.DataFrame,
    *,
    ax: Axes | None = None,
    lang: Lang = "en",
    palette: Palette = COLOUR,
    upright: bool = False,
    offsets: bool = True,
) -> Axes:
    """Draw a matrix: devices from the most to the least mentioned, counties likewise.

    Parameters
    ----------
    devices : pandas.DataFrame
        From :func:`aidstudy.analysis.devices.management_devices`.
    ax : Axes, optional
        A new one by default.
    lang : {"en", "zh", "both"}
    palette : Palette
    upright : bool, default False
        Names of counties upright and devices in one language, for narrow places.
    offsets : bool, default True
        Whether the place of the words stands beside each disc.

    Returns
    -------
    Axes
        One data unit a row and a column; a disc where the report mentions the device, words where
        it does not. The counts stand in the margins.
    """
    ax = ax or new_axes()
    rows, columns = _counted(devices, "mechanism"), _counted(devices, "recipient")
    # Places of words stand to the right of their disc.
    left = -0.3 if offsets else -0.5
    across = [left, left + len(columns)]
    ax.set_xlim(*across)
    ax.set_ylim(len(rows) + 0.55, -0.5)
    bare(ax)
    for x, recipient in enumerate(columns):
        name = _county(devices, recipient)
        top_name(ax, name, x, lang=lang, palette=palette, upright=upright)
    cells = _cells(devices)
    names = [
        NAMES[mechanism].say(lang) if upright else NAMES[mechanism].inline(lang)
        for mechanism in rows
    ]
    room = 1.0 * body_size() + widest(names)
    for y, (mechanism, device) in enumerate(zip(rows, names, strict=True)):
        put(ax, device, 0, y, coords="edge", dx=-room, colour=palette.ink)
        ax.plot(across, [y + 0.5, y + 0.5], color=palette.band, linewidth=0.5)
        for x, recipient in enumerate(columns):
            _cell(ax, cells.get((mechanism, recipient)), x, y, lang, palette, offsets=offsets)
    foot = len(rows) + 0.05
    ax.plot(across, [foot - 0.55] * 2, color=palette.rule, linewidth=0.6)
    counted = _COUNTED.say(lang) if upright else _COUNTED.inline(lang)
    put(ax, counted, 0, foot, coords="edge", dx=-room, colour=palette.grey)
    for x, count in enumerate(columns.values()):
        put(ax, str(count), x, foot, ha="center", colour=palette.ink)
    column(
        ax,
        (_COUNTED.say(lang),) if upright else _COUNTED.lines(lang),
        [Cell(y, str(count)) for y, count in enumerate(rows.values())],
        start=0.6 * body_size(),
        palette=palette,
    )
    return ax


def _cell(
    ax: Axes,
    row: Mapping[str, Any] | None,
    x: int,
    y: int,
    lang: Lang,
    palette: Palette,
    *,
    offsets: bool,
) -> None:
    if row is None:
        put(ax, _OPEN.say(lang), x, y, ha="center", size=note_size(), colour=palette.grey)
        return
    mark = f"{row['mechanism']}-{row['recipient']}"
    if row["state"] != "printed":
        text = _SHORT.say(lang)
        put(ax, text, x, y, ha="center", size=note_size(), colour=palette.grey, mark=mark)
        return
    ax.plot(
        [x],
        [y],
        marker="o",
        markersize=0.95 * body_size(),
        linestyle="none",
        color=palette.dark,
        label="mentioned",
        gid=mark,
    )
    if offsets:
        place = passage(row["start"], row["end"]).replace("-", "–")
        put(ax, place, x, y, dx=0.85 * body_size(), size=note_size(), colour=palette.grey)


def draw_mechanisms(
    devices: pd.DataFrame, *, preset: str | Preset = "double", lang: Lang = "en"
) -> Figure:
    """The whole figure; names of counties upright where they do not fit side by side."""
    figure, fits = _composed(devices, preset, lang, upright=False)
    return figure if fits else _composed(devices, preset, lang, upright=True)[0]


def _names(devices: pd.DataFrame) -> list[Words]:
    return [_county(devices, recipient) for recipient in _counted(devices, "recipient")]


def _composed(
    devices: pd.DataFrame, preset: str | Preset, lang: Lang, *, upright: bool
) -> tuple[Figure, bool]:
    """The figure, and whether there is room for the names of counties side by side."""
    with sheet(STEM, preset, lang) as page:
        ax = plot_mechanisms(
            devices,
            ax=page.axes(),
            lang=page.lang,
            palette=page.palette,
            upright=upright,
            offsets=page.roomy,
        )
        notes = on_one_line([_NOTE, _OFFSETS] if page.roomy else [_NOTE])
        figure = page.compose(ax, pitch=1.55, headline=headline(devices), notes=notes)
        names = [line for name in _names(devices) for line in name.lines(page.lang)]
        return figure, widest(names) + 1 <= column_room(ax)


def headline(devices: pd.DataFrame) -> Words:
    """The message of the plot: the ends of the two orders."""
    rows, columns = _counted(devices, "mechanism"), list(_counted(devices, "recipient").items())
    everywhere = sum(count == len(columns) for count in rows.values())
    (first, most), (last, least) = columns[0], columns[-1]
    top, bottom = _county(devices, first), _county(devices, last)
    en = f"{top.en}'s report mentions {small_number(most)} of {small_number(len(rows))} devices"
    zh = f"{len(rows)}项管理机制中，{top.zh}报道提及{most}项"
    if len(columns) > 1:
        en += f", {bottom.en}'s {small_number(least)}"
        zh += f"，{bottom.zh}提及{least}项"
        if everywhere:
            verb = "device is" if everywhere == 1 else "devices are"
            en += f"; {small_number(everywhere)} {verb} in all {small_number(len(columns))} reports"
            zh += f"；各县都提及的有{everywhere}项"
    return Words(en, zh)


def caption_mechanisms(devices: pd.DataFrame, lang: Lang = "en") -> str:
    """What is drawn, the order, what a missing mention is not, and where the evidence is."""
    rows, columns = _counted(devices, "mechanism"), _counted(devices, "recipient")
    there, message = int((devices["state"] == "printed").sum()), headline(devices)
    told = Words(
        f"{message.en}. Disc: the county's report mentions the device. n.m.: it does not mention "
        "it, which is not a no: the page never says that a county lacks a device. Devices from "
        "the most to the least mentioned, counties likewise, ties in the order of the table. "
        f"{there} of {len(devices)} cells ({len(rows)} devices, {len(columns)} counties) are "
        "mentions. The codebook says what each device means. A mention depends on how a county "
        "wrote its report; it says nothing about how well a device works and is no ranking of the "
        "counties. The place of the words behind each disc, in characters of the page's text, "
        "stands beside it, or in the last column of the drawn rows.",
        f"{message.zh}。圆点：该县报道提及此项机制；“未提及”不等于没有，版面从未说某县没有某项机制。"
        f"机制自上而下、县自左而右，均按提及数由多到少排列，并列者从表中次序。共{len(devices)}格，其中{there}格提及。"
        "各项机制的含义见编码手册。提及与否取决于各县如何写报道，不说明机制运行如何，亦不是各县管理优劣的比较。"
        "每一圆点所据文字在版面文本中的起止位置见图中圆点之侧或所附数据的末列。",
    )
    return caption_text([told], [], lang)


def alt_mechanisms(devices: pd.DataFrame, lang: Lang = "en") -> str:
    """Alternative text: the devices that each county's report mentions."""
    told = []
    order = list(_counted(devices, "mechanism"))
    for recipient, count in _counted(devices, "recipient").items():
        there = [NAMES[device] for device in _mentioned(devices, recipient, order)]
        names = [name.zh if lang == "zh" else _lower(name.en) for name in there]
        county = _county(devices, recipient)
        words = Words(f"{county.en} mentions {count}", f"{county.zh}提及{count}项").say(lang)
        told.append(named(words, listing(names, lang), lang) if names else words)
    return alt_text(
        Words("Matrix of devices by county", "矩阵图，行为管理机制，列为县"),
        told,
        lang,
        last=Words("The rest are not mentioned", "其余均为未提及"),
    )


def _mentioned(devices: pd.DataFrame, recipient: str, order: Sequence[str]) -> list[str]:
    chosen = devices[(devices["recipient"] == recipient) & (devices["state"] == "printed")]
    return sorted(chosen["mechanism"], key=order.index)


def _lower(name: str) -> str:
    return name[0].lower() + name[1:]


PLOT = Plot(
    STEM,
    Words("Management devices by county", "各县管理机制"),
    ("mechanisms",),
    lambda study: {"devices": management_devices(study)},
    draw_mechanisms,
    drawn_mechanisms,
    caption_mechanisms,
    alt_mechanisms,
)


__all__ = [
    "NAMES",
    "PLOT",
    "STEM",
    "alt_mechanisms",
    "caption_mechanisms",
    "draw_mechanisms",
    "drawn_mechanisms",
    "headline",
    "plot_mechanisms",
]
