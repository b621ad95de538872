"""How far each named project has come, and how many the page only counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import pairwise

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from aidstudy.analysis.timeline import project_stages
from aidstudy.codebook import STAGE_LEVELS
from aidstudy.plots.drawn import checked_rows, drawn_row, drawn_table, passage, plain_row
from aidstudy.plots.kit import Canvas, Cell, On, drawn_on, widest
from aidstudy.plots.plot import Plot
from aidstudy.plots.sheet import Sheet
from aidstudy.plots.style import note_size
from aidstudy.plots.texts import Facts, texts_of
from aidstudy.plots.voice import Look, Order, Row, Rows, Table, Voice
from aidstudy.plots.words import is_missing

STEM = "project_stages"
TOP = max(STAGE_LEVELS.values())
_SUMMED = "named_projects"
"""Rows with the number of named projects of a county at a stage."""


def rows_project_stages(stages: Table, order: Order = None) -> Table:
    """The rows that :func:`plot_project_stages` draws: stages (level 0 to 6), counts, money in CNY.

    Counties in the order of the page, projects in each from the furthest stage back; ``offsets``
    is the passage on a project. A sum that several share has one row. Counts of the named projects
    of each county and stage follow, for where there is no room for each project.
    """
    first = list(dict.fromkeys(row.recipient for row in checked_rows(STEM, stages)))

    def place(row: Row) -> tuple[int, bool, bool, int]:
        """Named projects first, then those that are counted, then those without a stage."""
        open_ = is_missing(row.level)
        unnamed = is_missing(row.project_id)
        return first.index(row.recipient), unnamed, open_, 0 if open_ else -row.level

    rows: Rows = []
    before = None
    for row in checked_rows(STEM, stages, key=place, order=order):
        rows.append(one := _stage_row(row))
        same = before and before.amount_joint and before.amount_figures == row.amount_figures
        if one.named and not (row.amount_joint and same):
            kind = "budget" if is_missing(row.amount_kind) else row.amount_kind
            told = {part: one[part] for part in ("lane", "name", "named", "level")}
            told |= {"unit": "CNY", "prefix": "amount"}
            rows.append(drawn_row(f"money-{row.project_id}", kind, one.name, row, **told))
        before = row
    counts = Counter((row.of.recipient, row.level) for row in _named(rows))
    for (county, level), count in counts.items():
        whose = next(row.of for row in rows if row.of.recipient == county)
        few = any(_nearly(row) for row in rows if (row.of.recipient, row.level) == (county, level))
        told = {"lane": county, "named": True, "of": whose, "level": level, "nearly": few}
        told |= {"unit": "project", "state": "derived"}
        name, mark = whose.words("recipient"), f"county-{county}-{level}"
        rows.append(plain_row(mark, _SUMMED, name, count, **told))
    return drawn_table(rows)


def _stage_row(row: Row) -> Row:
    """The stage of a project, or how many that are not named are at one; with lane and name."""
    texts, lane, name = texts_of(STEM), row.project_id, row.words("name")
    named, open_, quantity, value = not is_missing(lane), is_missing(row.level), row.stage, None
    more: Look = {"named": named, "of": row, "level": row.level, "unit": "level"}
    if named:
        mark, value = f"stage-{lane}", row.level
        more |= {"state": "printed", "offsets": passage(row.start, row.end)}
    elif open_:
        lane, name = f"{row.recipient}-unnamed", texts.words("unnamed", number=int(row["count"]))
        mark, quantity = f"stage-{lane}", "stage"
        more |= {"state": "not_reported", "figures": row.count_figures}
    else:
        lane, name, value = f"{row.recipient}-unnamed-counted", texts.words("counted"), row["count"]
        mark = f"count-{lane}-{row.level}"
        more |= {"state": row.count_state, "figures": row.count_figures, "unit": "project"}
    label = row.words("recipient").named(name)
    return plain_row(mark, quantity, label, value, lane=lane, name=name, **more)


def _named(rows: Rows) -> Rows:
    return [row for row in rows if row.unit == "level" and row.named]


def _nearly(row: Row) -> bool:
    """Whether a project is reported as basically complete."""
    return bool(row.named and row.of.status == "3")


def plot_project_stages(
    stages: Table,
    *,
    ax: On = None,
    lang: str = "en",
    columns: bool = True,
    order: Order = None,
    by: str = "project",
) -> Axes:
    """Draw a lane for each project with a dot at its stage, counties in the order of the page.

    `stages`: from :func:`aidstudy.project_stages`; some of its rows will do. `by`: a lane for
    each project, or for each county with the number of its projects.
    """
    rows, upright = rows_project_stages(stages, order), not columns
    return drawn_on(ax, lang, STEM, _draw, rows, columns=columns, by=by, upright=upright)


def _draw(on: Canvas, rows: Rows, *, by: str, upright: bool, narrow: bool = False) -> None:
    on.ax.set_xlim(-0.4, TOP + 0.4)
    if by == "project":
        y = _projects(on, rows, narrow=narrow)
        totals = Counter(row.level for row in _named(rows))
        for level in range(TOP + 1):
            on.put(str(totals[level]), level, y, ha="center")
        on.ax.axhline(y - 0.6, color=on.palette.rule, linewidth=on.em / 12)
    else:
        _counties(on, rows)
    heads = [on.say(f"level_{level}") for level in range(TOP + 1)]
    if upright:
        heads = [head.replace("\n", "" if on.zh else " ") for head in heads]
    on.heads(heads, upright=upright, size=on.small)
    on.bare()
    if any(map(_nearly, rows)):
        on.note(on.say("nearly"))


def _projects(on: Canvas, rows: Rows, *, narrow: bool) -> float:
    """Lanes of projects, each county under its name; returns where the foot stands."""
    names: dict[float, str] = {}
    at: dict[str, float] = {}
    strong, others, y = [], [], -0.4
    single = [row for row in rows if row.quantity != _SUMMED]
    for county in dict.fromkeys(row.of.recipient for row in single):
        own, y = [row for row in single if row.of.recipient == county], y + 0.4
        donors = Counter(on.county(row, "donor") for row in rows if row.of.recipient == county)
        donor = max(donors, key=lambda name: donors[name])
        strong.append(len(names))
        names[y] = on.county(own[0])
        on.quiet(on.say("from", donor=donor), 0, y, coords="edge", dx=on.gap / 2)
        y += 1
        for row in own:
            if row.lane not in at:
                # The large numbers of what is only counted need more room.
                y += 0 if row.named or is_missing(row.level) else 0.4
                at[row.lane] = y
                names[y] = f"{row.name.say(on.lang)}{'†' if _nearly(row) else ''}"
                if on.county(row, "donor") != donor:
                    others.append(Cell(y, on.county(row, "donor"), quiet=True))
                y += 1
    for row in single:
        if row.unit != "CNY":
            _stage(on, row, at[row.lane])
    foot = y + 0.3
    on.rows([*names.values(), on.say("named")], places=[*names, foot], strong=strong)
    if on.columns:
        _money(on, [row for row in rows if row.unit == "CNY"], at)
        if others and not narrow:
            on.column((on.say("other"),), others, left=True, size=on.small)
    return foot


def _counties(on: Canvas, rows: Rows) -> None:
    """Lanes of counties with the number of their projects; those without a name apart."""
    lanes: dict[str, str] = {}
    for row in rows:
        if row.quantity == _SUMMED or (row.unit != "CNY" and not row.named):
            unnamed = "" if row.named else on.say("unnamed_lane")
            lanes[row.lane] = on.aside(on.county(row), unnamed)
    first = list(dict.fromkeys(row.of.recipient for row in rows))
    names = sorted(lanes, key=lambda lane: (first.index(lane.split("-")[0]), len(lane)))
    for row in rows:
        if row.lane in lanes and row.unit != "CNY":
            _stage(on, row, names.index(row.lane))
    on.rows([lanes[lane] for lane in names])
    on.note(on.say("number"))


def _stage(on: Canvas, row: Row, y: float) -> None:
    if is_missing(row.level):
        on.missing(y, row.mark, on.say("no_stage"), dx=on.gap / 2)
        return
    on.line([0, TOP], [y, y], on.palette.lane, zorder=1)
    done, level = row.level == TOP, float(row.level)
    colour = on.palette.dark if done else on.palette.mid
    look: Look = {"label": "completed" if done else "not completed", "zorder": 2.5}
    if row.unit == "level":
        on.dot(level, y, colour=colour, gid=row.mark, **look)
        return
    number = f"{row.value}{'†' if row.get('nearly') is True else ''}"
    ink = "white" if done else on.palette.ink
    on.dot(level, y, colour=colour, size=1.45 if len(number) > 1 else 1.3, **look)
    look = {"size": on.small, "colour": ink, "mark": row.mark, "latin": True}
    on.put(number, level, y, ha="center", **look)


def _money(on: Canvas, money: Rows, at: Mapping[str, float]) -> None:
    """The sums, one that several projects share in the middle of a bracket."""
    cells, lanes = [], list(at)
    own = {row.lane for row in money}
    for row in money:
        run = [row.lane]
        for lane in lanes[lanes.index(row.lane) + 1 :]:
            # A named project without a sum of its own shares the one above.
            if not row.of.amount_joint or lane in own or "unnamed" in lane:
                break
            run.append(lane)
        top, end = at[run[0]], at[run[-1]]
        if len(run) > 1:
            on.bracket(top - 0.3, end + 0.3, dx=0.9 * on.em)
            on.note(on.say("joint"))
        text = on.say("none") if row.missing else money_text(row, on)
        cells.append(Cell((top + end) / 2, text, row.mark, quiet=row.missing))
        if row.missing:
            on.note(on.say("none_is"))
    on.column((on.say("money"), on.say("unit")), cells, gap=1.8)


def money_text(row: Row, voice: Voice) -> str:
    """The money of a project: a budget as it stands, another sum with its kind before it."""
    text = voice.money(row).value
    if row.of.amount_bound in ("about", "over", "under", "range"):
        text = voice.say("about", number=text)
    kind = {"loan_planned": "loan", "commitment": "aid", "disbursement": "aid"}.get(row.quantity)
    return f"{voice.say(kind)} {text}" if kind else text


def _facts(rows: Rows, voice: Voice) -> Facts:
    complete = [row for row in _named(rows) if row.level == TOP]
    nearly, totals = list(filter(_nearly, complete)), Counter(r.level for r in _named(rows))
    told, counted, more = [], [], 0
    for level in range(TOP + 1):
        head = voice.say(f"level_{level}").replace("\n", "、" if voice.zh else " ")
        told.append(f"{head} {totals[level]}")
    for row in rows:
        if row.unit == "project" and not row.named:
            state = voice.say("completed" if row.level == TOP else "under_way")
            counted.append(f"{voice.county(row)} {row.value} {state}")
            more += int(row.value) * (row.level == TOP)
    kinds = {row.quantity for row in rows if row.unit == "CNY"}
    count = str if voice.zh else voice.count
    said = voice.say("done", done=count(len(complete)), named=count(len(_named(rows))))
    said += voice.say("basically", number=count(len(nearly))) if nearly else ""
    return {
        "done": said + (voice.say("more", number=more) if more else "") if _named(rows) else "",
        "nearly": voice.listing(row.name.say(voice.lang) for row in nearly),
        "counted": voice.joined(counted),
        "told": voice.joined(told),
        "aid": voice.say("aid") if kinds & {"commitment", "disbursement"} else "",
    }


def _figure(page: Sheet, message: str, stages: Table) -> Figure:
    rows, texts = rows_project_stages(stages), texts_of(STEM)
    levels = (texts.label(f"level_{level}", page.lang) for level in range(TOP + 1))
    widths = [widest(level.split("\n"), size=note_size()) for level in levels]
    wide = max((one + other) / 2 for one, other in pairwise(widths))
    names = 0.26 if page.preset.slide else 0.36 if page.preset.roomy else 0.45
    room = page.width - names * page.width
    wishes = {"by": "county" if page.preset.slide else "project", "narrow": page.preset.narrow}
    wishes |= {"columns": not page.preset.slide, "upright": wide + 3 > room / (TOP + 1)}
    ax = page.draw(_draw, rows, **wishes)
    return page.compose(ax, pitch=1.75 if page.preset.slide else 1.32, headline=message)


_READS, _TABLES = ("figures", "pairs", "projects"), {"stages": project_stages}
_OMIT = {*STAGE_LEVELS, "budget", "commitment", "loan_planned", "disbursement"}
_OMITS: Look = {"slides_omit": frozenset(_OMIT), "pages_omit": frozenset({_SUMMED})}
PLOT = Plot(STEM, _READS, _TABLES, rows_project_stages, _figure, _facts, **_OMITS)
