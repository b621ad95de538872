"""How far each named project has come, and how many the page only counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from aidstudy.analysis.timeline import project_stages
from aidstudy.codebook import STAGE_LEVELS
from aidstudy.plots.drawn import drawn_row, drawn_table, passage, plain_row
from aidstudy.plots.kit import (
    Canvas,
    Cell,
    canvas,
    checked_table,
    in_order,
    joined,
    listed_rows,
    widest,
)
from aidstudy.plots.plot import Plot
from aidstudy.plots.sheet import Sheet
from aidstudy.plots.style import body_size, note_size
from aidstudy.plots.texts import texts_of
from aidstudy.plots.words import (
    MILLION,
    Lang,
    Words,
    aside,
    count_word,
    is_missing,
    named,
)

STEM = "project_stages"
_NEEDS = ("recipient", "donor", "project_id", "level", "status", "count", "amount", "stage")
TOP = max(STAGE_LEVELS.values())
_FINALISATION = "3"
_DOT = "·"


def rows_project_stages(stages: pd.DataFrame, order: Sequence[str] | None = None) -> pd.DataFrame:
    """The rows that :func:`plot_project_stages` draws: stages (level 0 to 6), counts, money in CNY.

    Counties in the order of the page, projects in each from the furthest stage back; ``offsets``
    is the passage on a project. A sum that several share has one row. Counts of the named projects
    of each county and stage follow, for where there is no room for each project.
    """
    source = "aidstudy.project_stages()"
    found = listed_rows(checked_table(STEM, stages, _NEEDS, source))
    first = list(dict.fromkeys(row["recipient"] for row in found))
    # Named projects first, then those that are counted, then those without a stage.
    found.sort(key=lambda row: (first.index(row["recipient"]), is_missing(row["project_id"]),
                                is_missing(row["level"]),
                                0 if is_missing(row["level"]) else -row["level"]))  # fmt: skip
    found = in_order(STEM, found, order)
    donors = {one: Counter(row["donor"] for row in found if row["recipient"] == one).most_common(1)
              for one in first}  # fmt: skip
    rows: list[dict[str, Any]] = []
    before: Mapping[str, Any] = {}
    for row in found:
        more = _more(row, donors[row["recipient"]][0][0])
        rows.append(_stage_row(row, more))
        joint = bool(row["amount_joint"]) and before.get("amount_joint")
        shared = joint and before["amount_figures"] == row["amount_figures"]
        if not is_missing(row["project_id"]) and not shared:
            kind = "budget" if is_missing(row["amount_kind"]) else row["amount_kind"]
            rows.append(drawn_row(f"money-{row['project_id']}", kind, more["name"], row, unit="CNY",
                                  prefix="amount", bound=row["amount_bound"], **more))  # fmt: skip
        before = row
    return drawn_table([*rows, *_per_county(rows)])


def _more(row: Mapping[str, Any], donor: str) -> dict[str, Any]:
    """What the drawing needs of a row beside its numbers."""
    texts, unnamed = texts_of(STEM), is_missing(row["project_id"])
    known = not is_missing(row["level"])
    number = int(row["count"])
    name = Words.of(row, "name") if not unnamed else texts.words("counted")
    if unnamed and not known:
        name = Words(*(texts.label("unnamed", lang, number=number) for lang in ("en", "zh")))
    lane = row["project_id"] if not unnamed else f"{row['recipient']}-unnamed"
    return {
        "lane": f"{lane}-counted" if unnamed and known else lane,
        "name": name,
        "named": not unnamed,
        "nearly": row["status"] == _FINALISATION,
        "recipient": row["recipient"],
        "county": Words.of(row, "recipient"),
        "donor": Words.of(row, "donor"),
        "own": row["donor"] == donor,
        "joint": bool(row["amount_joint"]),
        "level": row["level"],
    }


def _stage_row(row: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    mark, level, stage = f"stage-{more['lane']}", row["level"], row["stage"]
    words = Words(named(more["county"].en, more["name"].en, "en"),
                  named(more["county"].zh, more["name"].zh, "zh"))  # fmt: skip
    if more["named"]:
        place = passage(row["start"], row["end"])
        return plain_row(mark, stage, words, level, unit="level", state="printed", offsets=place,
                         **more)  # fmt: skip
    figures = row["count_figures"]
    if is_missing(level):
        return plain_row(mark, "stage", words, None, unit="level", state="not_reported",
                         figures=figures, **more)  # fmt: skip
    return plain_row(f"count-{more['lane']}-{level}", stage, words, row["count"], unit="project",
                     state=row["count_state"], figures=figures, **more)  # fmt: skip


def _per_county(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """How many named projects of each county stand at each stage."""
    named_ = [row for row in rows if row["unit"] == "level" and row["named"]]
    counts = Counter((row["recipient"], row["level"]) for row in named_)
    found = []
    for row in named_:
        key = (row["recipient"], row["level"])
        if key in counts:
            found.append(plain_row(f"county-{key[0]}-{key[1]}", "named_projects", row["county"],
                                   counts.pop(key), unit="project", state="derived",
                                   recipient=key[0], county=row["county"], level=key[1],
                                   lane=key[0], named=True))  # fmt: skip
    return found


def plot_project_stages(
    stages: pd.DataFrame,
    *,
    ax: Axes | None = None,
    lang: Lang = "en",
    columns: bool = True,
    order: Sequence[str] | None = None,
    by: str = "project",
) -> Axes:
    """Draw a lane for each project with a dot at its stage, counties in the order of the page.

    `stages`: from :func:`aidstudy.project_stages`; some of its rows will do. `by`: a lane for
    each project, or for each county with the number of its projects.
    """
    rows = rows_project_stages(stages, order)
    with canvas(STEM, ax, lang, columns=columns) as on:
        _draw(on, listed_rows(rows), by=by, upright=not columns)
        return on.ax


def _draw(
    on: Canvas, rows: list[dict[str, Any]], *, by: str, upright: bool, narrow: bool = False
) -> None:
    named_ = [row for row in rows if row["unit"] == "level" and row["named"]]
    y = _projects(on, rows, narrow=narrow) if by == "project" else _counties(on, rows)
    on.ax.set_xlim(-0.4, TOP + 0.4)
    if by == "project":
        totals = Counter(row["level"] for row in named_)
        for level in range(TOP + 1):
            on.put(str(totals[level]), level, y, ha="center")
        on.ax.axhline(y - 0.6, color=on.palette.rule, linewidth=body_size() / 12)
    on.ax.xaxis.tick_top()
    heads = [on.say(f"level_{level}") for level in range(TOP + 1)]
    if upright:
        heads = [head.replace("\n", "" if on.lang == "zh" else " ") for head in heads]
    on.ax.set_xticks(range(TOP + 1), heads, rotation=90 if upright else 0, fontsize=note_size())
    on.ax.spines["top"].set_visible(False)
    on.bare()
    if by == "project" and any(row["nearly"] for row in named_):
        on.note(on.say("nearly"))


def _projects(on: Canvas, rows: list[dict[str, Any]], *, narrow: bool) -> float:
    """Lanes of projects, each county under its name; returns where the foot stands."""
    names, places, strong = [], [], []
    at: dict[str, float] = {}
    y, county = -0.4, ""
    for row in rows:
        if row["lane"] in at or row["quantity"] == "named_projects":
            continue
        if row["recipient"] != county:
            county, y = row["recipient"], y + 0.4
            strong.append(len(names))
            names.append(row["county"].say(on.lang))
            places.append(y)
            donor = next(r["donor"] for r in rows if r["recipient"] == county and r["own"])
            on.quiet(on.say("from", donor=donor.say(on.lang)), 0, y, coords="edge", dx=2)
            y += 1
        at[row["lane"]] = y
        names.append(f"{row['name'].say(on.lang)}{'†' if row['nearly'] and row['named'] else ''}")
        places.append(y)
        y += 1
    for row in rows:
        if row["unit"] in ("level", "project") and row["quantity"] != "named_projects":
            _stage(on, row, at[row["lane"]])
    foot = y + 0.3
    on.rows([*names, on.say("named")], places=[*places, foot], strong=strong)
    if on.columns:
        _money(on, rows, at)
        donors = [row for row in rows if row.get("own") is False and not narrow]
        others = {row["lane"]: row["donor"].say(on.lang) for row in donors}
        cells = [Cell(at[lane], donor, quiet=True) for lane, donor in others.items()]
        if cells:
            on.column((on.say("other"),), cells, left=True, size=note_size())
    return foot


def _counties(on: Canvas, rows: list[dict[str, Any]]) -> float:
    """Lanes of counties with the number of their projects; those without a name apart."""
    lanes: dict[str, str] = {}
    for row in rows:
        if row["quantity"] == "named_projects" or (row["unit"] != "CNY" and not row["named"]):
            said = row["county"].say(on.lang)
            unnamed = on.say("unnamed_lane")
            lanes[row["lane"]] = said if row["named"] else aside(said, unnamed, on.lang)
    first = list(dict.fromkeys(row["recipient"] for row in rows))
    names = sorted(lanes, key=lambda lane: (first.index(lane.split("-")[0]), len(lane)))
    for row in rows:
        if row["lane"] in lanes and row["unit"] != "CNY":
            _stage(on, row, names.index(row["lane"]))
    on.rows([lanes[lane] for lane in names])
    return len(names)


def _stage(on: Canvas, row: Mapping[str, Any], y: float) -> None:
    if is_missing(row["level"]):
        on.missing(y, row["mark"], on.say("no_stage"), dx=2)
        return
    on.ax.plot([0, TOP], [y, y], color=on.palette.lane, linewidth=body_size() / 14, zorder=1)
    done, level = row["level"] == TOP, float(row["level"])
    colour = on.palette.dark if done else on.palette.mid
    label = "completed" if done else "not completed"
    if row["unit"] == "level":
        on.dot(level, y, colour=colour, gid=row["mark"], label=label, zorder=2.5)
        return
    number = str(row["value"])
    size = 1.45 if len(number) > 1 else 1.3
    on.dot(level, y, colour=on.palette.dark if done else on.palette.light, size=size, label=label,
           zorder=2.5)  # fmt: skip
    ink = "white" if done else on.palette.ink
    on.put(number, level, y, ha="center", size=note_size(), colour=ink, mark=row["mark"])


def _money(on: Canvas, rows: list[dict[str, Any]], at: Mapping[str, float]) -> None:
    """The sums, one that several projects share in the middle of a bracket."""
    cells, lanes = [], list(at)
    money = [row for row in rows if row["unit"] == "CNY"]
    own = {row["lane"] for row in money}
    for row in money:
        run = [row["lane"]]
        for lane in lanes[lanes.index(row["lane"]) + 1 :]:
            # A named project without a sum of its own shares the one above.
            if not row["joint"] or lane in own or "unnamed" in lane:
                break
            run.append(lane)
        top, end = at[run[0]], at[run[-1]]
        if len(run) > 1:
            on.bracket(top - 0.3, end + 0.3, dx=0.9 * body_size())
            on.note(on.say("joint"))
        unknown = is_missing(row["value"])
        text = _DOT if unknown else money_text(row, on.lang)
        cells.append(Cell((top + end) / 2, text, row["mark"], quiet=unknown))
        if unknown:
            on.note(on.say("dot"))
    unit = on.say("unit")
    on.column((on.say("money"), unit), cells, gap=1.8)


def money_text(row: Mapping[str, Any], lang: Lang) -> str:
    """The money of a project: a budget as it stands, another sum with its kind before it."""
    texts, text = texts_of(STEM), MILLION.digits(row, lang).value
    if row["bound"] in ("about", "over", "under", "range"):
        text = texts.label("about", lang, number=text)
    kind = {"loan_planned": "loan", "commitment": "aid", "disbursement": "aid"}.get(row["quantity"])
    return f"{texts.label(kind, lang)} {text}" if kind else text


def _facts(rows: pd.DataFrame, lang: Lang) -> dict[str, str]:
    found, texts = listed_rows(rows), texts_of(STEM)
    named_ = [row for row in found if row["unit"] == "level" and row["named"]]
    complete = [row for row in named_ if row["level"] == TOP]
    nearly = sum(row["nearly"] for row in complete)
    totals = Counter(row["level"] for row in named_)
    told = [
        f"{texts.label(f'level_{level}', lang).replace(chr(10), ' ' if lang == 'en' else '、')} "
        f"{totals[level]}"
        for level in range(TOP + 1)
    ]
    counted = [f"{row['county'].say(lang)} {row['value']} {_state(row, lang)}" for row in found
               if row["unit"] == "project" and not row["named"]]  # fmt: skip
    kinds = {row["quantity"] for row in found if row["unit"] == "CNY"}
    return {
        "done": count_word(len(complete), lang),
        "named": count_word(len(named_), lang),
        "nearly": count_word(nearly, lang) if nearly else "",
        "counted": joined(counted, lang),
        "told": joined(told, lang),
        "aid": " " if kinds & {"commitment", "disbursement"} else "",
        "loan": " " if "loan_planned" in kinds else "",
    }


def _state(row: Mapping[str, Any], lang: Lang) -> str:
    return texts_of(STEM).label("completed" if row["level"] == TOP else "under_way", lang)


def _figure(page: Sheet, message: str, stages: pd.DataFrame) -> Figure:
    rows = listed_rows(rows_project_stages(stages))
    by = "county" if page.slide else "project"
    with canvas(STEM, page.axes(), page.lang, columns=not page.slide) as on:
        heads = [on.say(f"level_{level}").split("\n") for level in range(TOP + 1)]
        wide = max((widest(a, size=note_size()) + widest(b, size=note_size())) / 2
                   for a, b in pairwise(heads))  # fmt: skip
        room = page.width - (0.36 if page.preset.roomy else 0.45) * page.width
        upright = wide + 3 > room / (TOP + 1)
        _draw(on, rows, by=by, upright=upright, narrow=page.narrow)
    return page.compose(on.ax, pitch=1.75 if page.slide else 1.32, headline=message)


PLOT = Plot(
    STEM,
    ("figures", "pairs", "projects"),
    lambda study: {"stages": project_stages(study)},
    rows_project_stages,
    _figure,
    _facts,
    omitted=lambda preset: frozenset(
        {*STAGE_LEVELS, "budget", "commitment", "loan_planned", "disbursement"}
        if preset.headline
        else {"named_projects"}
    ),
)
