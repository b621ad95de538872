"""How far each named project has come, and how many the page only counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from aidstudy.analysis.timeline import project_stages
from aidstudy.codebook import MEASURES, STAGE_LEVELS
from aidstudy.plots.axes import bare, new_axes
from aidstudy.plots.colour import contrast, luminance, over_white
from aidstudy.plots.drawn import drawn_row, drawn_table, passage, plain_row
from aidstudy.plots.layout import figure_of, from_edge, head, put, text_width, widest, wrap
from aidstudy.plots.plot import Plot
from aidstudy.plots.sentences import (
    alt_text,
    aside,
    capital,
    caption_text,
    named,
    on_one_line,
    series,
)
from aidstudy.plots.sheet import column_room, sheet
from aidstudy.plots.style import COLOUR, Palette, Preset, body_size, note_size
from aidstudy.plots.words import (
    EXPLAINED,
    MILLION,
    NOT_APPLICABLE,
    NOT_REPORTED_SHORT,
    Lang,
    Words,
    figure_ids,
    is_missing,
    listing,
    small_number,
    small_number_zh,
)
from aidstudy.tables.ordinary import exact_frame

STEM = "project_stages"

# Things that are not built are level with the stages of things that are.
LEVELS = (
    Words("planned,\nagreed", "计划\n商定"),
    Words("survey,\ndesign", "勘测\n设计"),
    Words("approval", "审批"),
    Words("procurement", "招标\n采购"),
    Words("site\npreparation", "前期\n工程"),
    Words("construction,\nunder way", "施工\n进行中"),
    Words("completed,\ndelivered", "完成\n交付"),
)
_TOP = max(STAGE_LEVELS.values())
_HEADING = 1.15
_STEP_SHARES = (0.24, 0.16, 0.12)
_FINALISATION = "3"
_AFTER = 0.35
_KINDS = {
    "loan_planned": Words("loan", "贷款"),
    "commitment": Words("aid", "援助"),
    "disbursement": Words("aid", "援助"),
}
_BASICALLY = Words(
    "† Reported as “basically” complete.",
    "† 原文称基本完成。",
)
_JOINT = Words("Bracket: one sum is printed for all.", "方括线所连各项目，原文只载一个总额。")
_SHORT = Words(f"{EXPLAINED}.", "")
_SIGNS = Words(f"{EXPLAINED}; –: not applicable.", "–：不适用。")
_NO_STAGE = Words("stage not reported", "未报告进展")


@dataclass(frozen=True, slots=True)
class _Lane:
    """One line of the plot: a named project, or the unnamed ones of a county."""

    y: float
    rows: tuple[Mapping[str, Any], ...]

    @property
    def row(self) -> Mapping[str, Any]:
        return self.rows[0]

    @property
    def named(self) -> bool:
        return not is_missing(self.row["project_id"])

    @property
    def id(self) -> str:
        if self.named:
            return str(self.row["project_id"])
        known = "" if is_missing(self.row["level"]) else "-counted"
        return f"{self.row['recipient']}-unnamed{known}"


@dataclass(frozen=True, slots=True)
class _Group:
    """One county."""

    y: float
    donor: str
    lanes: tuple[_Lane, ...]


def _groups(stages: pd.DataFrame, heights: Mapping[str, float] | None = None) -> list[_Group]:
    """Counties in the order of the page, projects in each from the furthest stage back.

    A lane is one unit high, or as high as `heights` says for its id.
    """
    heights = heights or {}
    by_recipient: dict[str, list[dict[str, Any]]] = {}
    for row in stages.to_dict("records"):
        by_recipient.setdefault(row["recipient"], []).append(row)
    groups, y = [], 0.0
    for rows in by_recipient.values():
        named = [row for row in rows if not is_missing(row["project_id"])]
        named.sort(key=lambda row: -row["level"])
        counted = [r for r in rows if is_missing(r["project_id"]) and not is_missing(r["level"])]
        unknown = [r for r in rows if is_missing(r["project_id"]) and is_missing(r["level"])]
        parts = [(row,) for row in named] + [tuple(counted)] * bool(counted)
        parts += [(row,) for row in unknown]
        top, y = y, y + _HEADING
        lanes = []
        for part in parts:
            more = heights.get(_Lane(y, part).id, 1.0) - 1
            lanes.append(_Lane(y + more / 2, part))
            y += 1 + more
        groups.append(
            _Group(top, Counter(r["donor"] for r in rows).most_common(1)[0][0], tuple(lanes))
        )
        y += _AFTER
    return groups


def _joint_runs(lanes: Sequence[_Lane]) -> list[list[_Lane]]:
    """Neighbouring lanes that share one printed sum, each run with at least two lanes."""
    runs: list[list[_Lane]] = []
    before: _Lane | None = None
    for lane in lanes:
        joint = lane.row["amount_joint"]
        if joint and before and before.row["amount_figures"] == lane.row["amount_figures"]:
            runs[-1].append(lane)
        elif joint:
            runs.append([lane])
        before = lane if joint else None
    return [run for run in runs if len(run) > 1]


def _name(lane: _Lane) -> Words:
    if lane.named:
        return Words.of(lane.row, "name")
    if is_missing(lane.row["level"]):
        number = lane.row["count"]
        plural = "" if number == 1 else "s"
        return Words(f"{number} project{plural}, not named", f"未具名项目{number}个")
    return Words("projects, not named", "未具名项目")


def drawn_project_stages(stages: pd.DataFrame) -> pd.DataFrame:
    """The rows that :func:`draw_project_stages` draws.

    For each lane its stage (level 0 to 6; ``offsets``: the passage on the project) or its counts,
    its money in CNY, its next step.
    """
    rows: list[dict[str, Any]] = []
    for group in _groups(stages):
        joint = {lane.id: run[0] for run in _joint_runs(group.lanes) for lane in run}
        for lane in group.lanes:
            words, row = _name(lane), lane.row
            rows += [_stage_row(lane, one, words) for one in lane.rows]
            if joint.get(lane.id, lane) is lane:
                kind = "budget" if is_missing(row["amount_kind"]) else row["amount_kind"]
                mark = f"money-{lane.id}"
                rows.append(drawn_row(mark, kind, words, row, unit="CNY", prefix="amount"))
            rows.append(
                plain_row(
                    f"next-{lane.id}",
                    "next_step",
                    words,
                    row["next_step_en"],
                    bounds=(None, None),
                    unit="text",
                    state=row["next_step_state"],
                )
            )
    return drawn_table(rows)


def _stage_row(lane: _Lane, row: Mapping[str, Any], words: Words) -> dict[str, Any]:
    mark, level, stage = f"stage-{lane.id}", row["level"], row["stage"]
    if lane.named:
        offsets = passage(row["start"], row["end"])
        return plain_row(mark, stage, words, level, unit="level", state="printed", offsets=offsets)
    figures = row["count_figures"]
    if is_missing(level):
        state = "not_reported"
        return plain_row(mark, "stage", words, None, unit="level", state=state, figures=figures)
    return plain_row(
        f"count-{lane.id}-{level}",
        stage,
        words,
        row["count"],
        unit="project",
        state=row["count_state"],
        figures=figures,
    )


def plot_project_stages(
    stages: pd.DataFrame,
    *,
    ax: Axes | None = None,
    lang: Lang = "en",
    palette: Palette = COLOUR,
    step_width: float | None = 120.0,
    donors: bool = True,
    upright: bool = False,
) -> Axes:
    """Draw a lane for each project with a dot at its stage, counties in the order of the page.

    Parameters
    ----------
    stages : pandas.DataFrame
        From :func:`aidstudy.analysis.timeline.project_stages`.
    ax : Axes, optional
        A new one by default.
    lang : {"en", "zh", "both"}
    palette : Palette
    step_width : float or None, default 120
        Room in points for the next step; ``None`` leaves that column out.
    donors : bool, default True
        Whether to name the donor of a project where it is not the paired one.
    upright : bool, default False
        Names of stages upright, for narrow places.

    Returns
    -------
    Axes
        One data unit a lane; x is the level of the stage.
    """
    stages = exact_frame(stages)
    ax = ax or new_axes()
    figure = figure_of(ax)
    steps = _steps(figure, stages, step_width, lang)
    groups = _groups(stages, {id_: max(1.0, 0.3 + 0.64 * len(s)) for id_, s in steps.items()})
    last = max((group.lanes[-1].y for group in groups), default=0.0)
    ax.set_ylim(last + 0.6, -0.6)
    ax.set_xlim(-0.35, _TOP + 0.35)
    bare(ax)
    lanes = [lane for group in groups for lane in group.lanes]
    money = {lane.id: money_text(lane.row, lang) for lane in lanes}
    unit = MILLION.unit(lang)
    heading = (Words("Budget", "总投资").say(lang), f"（{unit}）" if lang == "zh" else f"({unit})")
    money_room = max(widest(list(money.values())), widest(heading, size=note_size()))
    gap = 1.5 * body_size()
    edge = -gap
    indent = 0.9 * body_size()
    names_room = max(
        (
            _name_width(figure, lane, group.donor, lang, donors) + indent
            for group in groups
            for lane in group.lanes
        ),
        default=0.0,
    )
    left = edge - money_room - gap - names_room
    head(ax, heading, 0, coords="axes", dx=edge, ha="right", palette=palette, size=note_size())
    _stage_heads(ax, lang, palette, upright=upright)
    if step_width is not None:
        words = Words("Next step", "下一步")
        head(ax, (words.say(lang),), 1, dx=gap, ha="left", palette=palette, size=note_size())
    lines_of_steps = [line for step in steps.values() for line in step]
    steps_room = gap + widest(lines_of_steps, size=note_size()) if steps else 0.0
    for number, group in enumerate(groups):
        _heading(ax, group, left, lang, palette)
        if number:
            ends = [(0.0, left, 0.0), (1.0, 0.0, steps_room)]
            lines = [(from_edge(ax, side), start, end) for side, start, end in ends]
            for system, start, end in [*lines, (ax.get_yaxis_transform(), 0.0, 1.0)]:
                ax.plot(
                    [start, end],
                    [group.y - 0.72] * 2,
                    color=palette.rule,
                    linewidth=0.5,
                    clip_on=False,
                    transform=system,
                )
        for lane in group.lanes:
            _lane_name(ax, lane, group.donor, left + indent, lang, palette, donors)
            _lane(ax, lane, lang, palette)
            if lane.id in steps:
                _next_step(ax, lane, steps[lane.id], gap, palette)
        _group_money(ax, group.lanes, money, edge, lang, palette)
    return ax


def _name_width(figure: Figure, lane: _Lane, donor: str, lang: Lang, donors: bool) -> float:
    width = text_width(_label(lane, lang))
    other = _other_donor(lane, donor, lang) if donors else ""
    return width + (text_width(f"  {other}", size=note_size()) if other else 0.0)


def _label(lane: _Lane, lang: Lang) -> str:
    sign = "†" if lane.named and lane.row["status"] == _FINALISATION else ""
    return f"{_name(lane).say(lang)}{sign}"


def _other_donor(lane: _Lane, donor: str, lang: Lang) -> str:
    if lane.row["donor"] == donor:
        return ""
    return Words.of(lane.row, "donor").say(lang)


def _heading(ax: Axes, group: _Group, left: float, lang: Lang, palette: Palette) -> None:
    row = next(lane.row for lane in group.lanes if lane.row["donor"] == group.donor)
    name, donor = (Words.of(row, side).inline(lang) for side in ("recipient", "donor"))
    put(ax, name, 0, group.y, coords="edge", dx=left, strong=True, colour=palette.ink)
    past = left + text_width(name, strong=True) + 0.7 * body_size()
    put(
        ax,
        Words(f"from {donor}", f"支援方：{donor}").say(lang),
        0,
        group.y,
        coords="edge",
        dx=past,
        size=note_size(),
        colour=palette.grey,
    )


def _lane_name(
    ax: Axes, lane: _Lane, donor: str, left: float, lang: Lang, palette: Palette, donors: bool
) -> None:
    text = _label(lane, lang)
    put(
        ax,
        text,
        0,
        lane.y,
        coords="edge",
        dx=left,
        colour=palette.ink if lane.named else palette.grey,
    )
    other = _other_donor(lane, donor, lang) if donors else ""
    if other:
        past = left + text_width(text) + text_width("  ")
        put(ax, other, 0, lane.y, coords="edge", dx=past, size=note_size(), colour=palette.grey)


def money_text(row: Mapping[str, Any], lang: Lang) -> str:
    """The money of a project: a budget as it stands, another sum with its kind before it.

    Parameters
    ----------
    row : mapping
        Of :func:`aidstudy.analysis.timeline.project_stages`.
    lang : {"en", "zh", "both"}
    """
    if is_missing(row["amount"]):
        return NOT_REPORTED_SHORT.say(lang)
    text = MILLION.digits(row, lang, "amount").value
    if row["amount_bound"] in ("about", "over", "under", "range"):
        text = f"约{text}" if lang == "zh" else f"about {text}"
    kind = _KINDS.get(row["amount_kind"])
    return f"{kind.say(lang)} {text}" if kind else text


def _group_money(
    ax: Axes,
    lanes: Sequence[_Lane],
    money: Mapping[str, str],
    edge: float,
    lang: Lang,
    palette: Palette,
) -> None:
    runs = {run[0].id: run for run in _joint_runs(lanes)}
    inside = {lane.id for run in runs.values() for lane in run[1:]}
    for lane in lanes:
        if lane.id in inside:
            continue
        run = runs.get(lane.id, [lane])
        middle = (run[0].y + run[-1].y) / 2
        quiet = is_missing(lane.row["amount"])
        put(
            ax,
            money[lane.id],
            0,
            middle,
            coords="edge",
            dx=edge,
            ha="right",
            colour=palette.grey if quiet else palette.ink,
            mark=f"money-{lane.id}",
        )
        if len(run) > 1:
            x, arm = edge + 0.45 * body_size(), 0.25 * body_size()
            ax.plot(
                [x - arm, x, x, x - arm],
                [run[0].y - 0.3, run[0].y - 0.3, run[-1].y + 0.3, run[-1].y + 0.3],
                color=palette.grey,
                linewidth=0.6,
                clip_on=False,
                transform=from_edge(ax, 0),
            )


def _stage_heads(ax: Axes, lang: Lang, palette: Palette, *, upright: bool) -> None:
    for level, words in enumerate(LEVELS):
        lines = words.say(lang).split("\n")
        if upright:
            flat = "".join(lines) if lang == "zh" else _flat(words.en)
            put(
                ax,
                flat,
                level,
                1,
                coords="column",
                dy=0.5 * body_size(),
                ha="center",
                size=note_size(),
                colour=palette.ink,
                rotation=90,
            )
        else:
            head(ax, lines, level, coords="column", palette=palette, size=note_size())


def _flat(name: str) -> str:
    return name.replace("\n", " ")


def _lane(ax: Axes, lane: _Lane, lang: Lang, palette: Palette) -> None:
    y, size = lane.y, body_size()
    unknown = not lane.named and is_missing(lane.row["level"])
    if unknown:
        put(ax, _NO_STAGE.say(lang), 0, y, colour=palette.grey, mark=f"stage-{lane.id}")
        return
    ax.plot([0, _TOP], [y, y], color=palette.lane, linewidth=0.5, zorder=1)
    reached = lane.row["level"] if lane.named else -1
    ax.plot(
        [level for level in range(_TOP + 1) if level > reached],
        [y for level in range(_TOP + 1) if level > reached],
        marker="o",
        markersize=0.27 * size,
        color=palette.lane,
        linestyle="none",
        zorder=1.2,
    )
    for row in lane.rows:
        done = row["level"] == _TOP
        colour = palette.dark if done else palette.mid
        if lane.named:
            ax.plot(
                [0, row["level"]],
                [y, y],
                color=colour,
                linewidth=0.26 * size,
                zorder=2,
                solid_capstyle="round",
            )
        ax.plot(
            [row["level"]],
            [y],
            marker="o",
            markersize=0.75 * size if lane.named else _counter(row),
            color=colour,
            markeredgecolor="white",
            markeredgewidth=0.08 * size,
            zorder=3,
            linestyle="none",
            label="completed" if done else "not completed",
            clip_on=False,
            gid=f"stage-{lane.id}" if lane.named else None,
        )
        if not lane.named:
            fill = luminance(over_white(colour))
            ink = (
                palette.ink
                if contrast(fill, luminance(over_white(palette.ink))) > contrast(fill, 1.0)
                else "white"
            )
            put(
                ax,
                str(row["count"]),
                row["level"],
                y,
                ha="center",
                size=note_size(),
                colour=ink,
                mark=f"count-{lane.id}-{row['level']}",
            )


def _counter(row: Mapping[str, Any]) -> float:
    """Width of a circle around a count, no more than fits between the lines."""
    around = widest([str(row["count"])], size=note_size()) + 0.5 * body_size()
    return min(max(1.3 * body_size(), around), 1.5 * body_size())


def _steps(
    figure: Figure, stages: pd.DataFrame, width: float | None, lang: Lang
) -> dict[str, list[str]]:
    """The lines of the next step of each lane."""
    if width is None:
        return {}
    steps = {}
    for lane in _lanes(stages):
        state = lane.row["next_step_state"]
        if state == "printed":
            text = Words.of(lane.row, "next_step").say(lang)
        else:
            text = (NOT_APPLICABLE if state == "not_applicable" else NOT_REPORTED_SHORT).say(lang)
        steps[lane.id] = wrap(text, width, size=note_size(), lang=lang)
    return steps


def _next_step(ax: Axes, lane: _Lane, lines: Sequence[str], start: float, palette: Palette) -> None:
    printed = lane.row["next_step_state"] == "printed"
    for place, line in enumerate(lines):
        put(
            ax,
            line,
            1,
            lane.y,
            coords="edge",
            dx=start,
            dy=((len(lines) - 1) / 2 - place) * 1.12 * note_size(),
            size=note_size(),
            colour=palette.ink if printed else palette.grey,
            mark=f"next-{lane.id}" if place == 0 else None,
        )


def draw_project_stages(
    stages: pd.DataFrame, *, preset: str | Preset = "double", lang: Lang = "en"
) -> Figure:
    """The whole figure; next steps give way to names of stages, and only then are those upright."""
    for share in _STEP_SHARES:
        figure, fits = _composed(stages, preset, lang, share=share, upright=False)
        if fits:
            return figure
    return _composed(stages, preset, lang, share=_STEP_SHARES[0], upright=True)[0]


def _composed(
    stages: pd.DataFrame, preset: str | Preset, lang: Lang, *, share: float, upright: bool
) -> tuple[Figure, bool]:
    """The figure, and whether there is room for the names of stages side by side."""
    with sheet(STEM, preset, lang) as page:
        halves = _halves(stages) if page.preset.headline else [stages]
        panels = [
            plot_project_stages(
                half,
                ax=page.axes(),
                lang=page.lang,
                palette=page.palette,
                step_width=page.width * share if page.roomy else None,
                donors=not page.narrow and len(halves) == 1,
                upright=upright,
            )
            for half in halves
        ]
        notes = []
        if any(lane.named and lane.row["status"] == _FINALISATION for lane in _lanes(stages)):
            notes.append(_BASICALLY)
        if any(_joint_runs(group.lanes) for group in _groups(stages)):
            notes.append(_JOINT)
        notes.append(_SIGNS if page.roomy else _SHORT)
        figure = page.compose(
            *panels,
            pitch=1.5,
            headline=headline(stages),
            notes=on_one_line(notes),
            beside=len(panels) > 1,
        )
        room = min(column_room(ax) for ax in panels)
        return figure, _widest_heads(page.lang) + 3 <= room


def _widest_heads(lang: Lang) -> float:
    """The room that a stage needs for names that stand side by side: half of each of two."""
    widths = [widest(words.say(lang).split("\n"), size=note_size()) for words in LEVELS]
    return max((one + other) / 2 for one, other in pairwise(widths))


def _halves(stages: pd.DataFrame) -> list[pd.DataFrame]:
    """The counties in two columns, cut where these are most alike in height."""
    groups = _groups(stages)
    if len(groups) < 2:
        return [stages]
    end = groups[-1].lanes[-1].y
    cut = min(groups[1:], key=lambda group: abs(group.y - end / 2))
    names = [group.lanes[0].row["recipient"] for group in groups if group.y < cut.y]
    first = stages["recipient"].isin(names)
    return [stages[first], stages[~first]]


def _lanes(stages: pd.DataFrame) -> list[_Lane]:
    return [lane for group in _groups(stages) for lane in group.lanes]


def _stage_in_words(number: int) -> Words:
    """A stage as a running text says it; three levels name two stages, for works and others."""
    level = LEVELS[number]
    double = number in {STAGE_LEVELS[name] for name in ("agreed", "under_way", "delivered")}
    return Words(
        _flat(level.en).replace(",", " or" if double else " and"),
        level.zh.replace("\n", "或" if double else ""),
    )


def headline(stages: pd.DataFrame) -> Words:
    """The message of the plot."""
    named = [lane.row for lane in _lanes(stages) if lane.named]
    complete = [row for row in named if row["level"] == _TOP]
    nearly = sum(row["status"] == _FINALISATION for row in complete)
    done, number = len(complete), len(named)
    text = f"{small_number(done)} of {small_number(number)} named projects"
    text += f" {'is' if done == 1 else 'are'} complete, delivered or founded"
    zh = f"{small_number_zh(number)}个具名项目中，{small_number_zh(done)}个已完成、交付或组建"
    if nearly:
        text += f", {small_number(nearly)} of them “basically”"
        zh += f"，其中{small_number_zh(nearly)}个为基本完成"
    return Words(capital(text), zh)


def caption_project_stages(stages: pd.DataFrame, lang: Lang = "en") -> str:
    """What is drawn, what the order is, what is not said, and the figures behind it."""
    message = headline(stages)
    kinds = [kind for kind in dict.fromkeys(stages["amount_kind"].dropna()) if kind in _KINDS]
    en = listing((f"“{_KINDS[kind].en}” is {MEASURES[kind].meaning}" for kind in kinds), "en")
    zh = listing((f"“{_KINDS[kind].zh}”指{MEASURES[kind].zh}" for kind in kinds), "zh")
    parts = [
        Words(
            f"{message.en}. Stage that each named project has reached (dot); counties in the order "
            "of the page, projects from the furthest stage back. The line only leads the eye: the "
            "page does not report the stages before one by one. Agreed, under way and delivered, "
            "for things that are not built, are level with planned, construction and completed.",
            f"{message.zh}。各具名项目所到阶段（圆点），县按版面次序，县内由后期到前期；"
            "横线只引导视线，原文并未逐一报告此前各阶段。非建设项目以商定、进行中、已交付分别与计划、施工、完成同列。",
        )
    ]
    if any(not lane.named for lane in _lanes(stages)):
        parts.append(
            Words(
                "Numbers in circles count projects that the page does not name.",
                "圆圈内数字为只报总数、未具名的项目数。",
            )
        )
    parts += [
        Words(
            f"Budget is the total from all sources (CNY million){f'; {en}' if en else ''}.",
            f"总投资为全部来源（万元）{f'；{zh}' if zh else ''}。",
        ),
        Words(
            "†: reported as basically complete. A bracket joins projects for which one sum is "
            "printed; it counts once. n.r.: not reported; –: not applicable.",
            "带†者原文称基本完成。方括线所连项目只载一个总额，只计一次。未报告与不适用（–）有别。",
        ),
    ]
    return caption_text(parts, figure_ids(stages["amount_figures"], stages["count_figures"]), lang)


def alt_project_stages(stages: pd.DataFrame, lang: Lang = "en") -> str:
    """Alternative text: the lanes in words."""
    told = []
    for group in _groups(stages):
        parts = []
        for lane in group.lanes:
            name = _name(lane).say(lang)
            if lane.named:
                parts.append(aside(name, _stage_in_words(lane.row["level"]).say(lang), lang))
            elif is_missing(lane.row["level"]):
                parts.append(aside(name, _NO_STAGE.say(lang), lang))
            else:
                counts = [_count_in_words(row).say(lang) for row in lane.rows]
                parts.append(named(name, Words(", ", "、").say(lang).join(counts), lang))
        county = Words.of(group.lanes[0].row, "recipient").say(lang)
        told.append(named(county, series(parts, lang), lang))
    kind = Words("Lanes with a dot at the stage of each project", "各项目进展图")
    return alt_text(kind, told, lang)


def _count_in_words(row: Mapping[str, Any]) -> Words:
    done = row["level"] == _TOP
    return Words(
        f"{row['count']} {'completed' if done else 'under way'}",
        f"{row['count']}个{'已完成' if done else '推进中'}",
    )


PLOT = Plot(
    STEM,
    Words("Stages of the projects", "各项目进展"),
    ("figures", "pairs", "projects"),
    lambda study: {"stages": project_stages(study)},
    draw_project_stages,
    drawn_project_stages,
    caption_project_stages,
    alt_project_stages,
    lambda preset: frozenset(() if preset.roomy else {"next_step"}),
)


__all__ = [
    "LEVELS",
    "PLOT",
    "STEM",
    "alt_project_stages",
    "caption_project_stages",
    "draw_project_stages",
    "drawn_project_stages",
    "headline",
    "money_text",
    "plot_project_stages",
]
