"""How far each named project has come, and how many the page only counts."""

from __future__ import annotations

from collections import Counter
from itertools import groupby

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from aidstudy.analysis.timeline import project_stages
from aidstudy.bilingual import LANGS, Words
from aidstudy.codebook import STAGE_LEVELS, STAGES, one_of
from aidstudy.errors import PlotError
from aidstudy.plots.drawn import checked_rows, drawn_row, drawn_table, passage, plain_row
from aidstudy.plots.kit import Canvas, Cell, On, drawn_on
from aidstudy.plots.plot import Plot, Sheet
from aidstudy.plots.voice import Facts, Look, Order, Row, Rows, Table, Voice, texts_of
from aidstudy.plots.words import NOT_REPORTED, falling, is_missing
from aidstudy.quantity.shown import units
from aidstudy.rounding import commas_alike

STEM = "project_stages"
TOP = max(STAGE_LEVELS.values())
_MONEY = {"loan_planned": "loan", "commitment": "aid", "disbursement": "aid"}
"""What stands before a sum that is no budget."""


def rows_project_stages(stages: Table, order: Order = None) -> Table:
    """The rows that :func:`plot_project_stages` draws: stages (level 0 to 6), counts, money in CNY.

    Counties in the order of the page, projects in each from the furthest stage back; ``offsets``
    is the passage on a project. A sum that several share has one row, with their ``lanes``.
    """
    found = checked_rows(STEM, stages)
    first = list(dict.fromkeys(row.recipient for row in found))
    open_ = {row.counted_in for row in found if _is_open(row) and not is_missing(row.counted_in)}

    def place(row: Row) -> tuple[int, bool, bool, tuple[bool, int]]:
        """Named projects first; one that is only counted stands by those of the same count."""
        unnamed = is_missing(row.project_id)
        return first.index(row.recipient), row.counted_in not in open_, unnamed, falling(row.level)

    rows: Rows = []
    money: Row | None = None
    for row in checked_rows(STEM, stages, key=place, order=order):
        rows.append(one := _stage_row(row))
        if money and row.amount_joint and money.of.amount_figures == row.amount_figures:
            money.lanes.append(one.lane)
            money["number"] += int(row["count"])
        elif money is None or one.lane not in money.lanes:
            kind = "budget" if is_missing(row.amount_kind) else row.amount_kind
            told: Look = {"unit": "CNY", "prefix": "amount", "lanes": [one.lane]}
            told |= {"number": int(row["count"]), "named": one.named}
            money = drawn_row(f"money-{one.lane}", kind, one.name, row, **told)
            rows.append(money)
    for row in rows:
        if row.unit == "CNY":
            row["label_en"], row["label_zh"] = _sum_words(row)
    return drawn_table(rows)


def _sum_words(money: Row) -> Words:
    """What a sum is called: of one project or several together; a cost, aid or a loan."""
    texts, name = texts_of(STEM), money.words()
    if len(money.lanes) > 1:
        first, told = name, {"others": money.number - 1, "all": money.number}
        name = Words(*(texts.label("together", n, name=first.say(n), **told) for n in LANGS))
    kind = "none" if money.missing else _MONEY.get(money.quantity, "budget")
    return Words(*(texts.label(f"sum_{kind}", lang, name=name.say(lang)) for lang in LANGS))


def _is_open(row: Row) -> bool:
    """Whether it counts projects of which neither name nor stage is printed."""
    return is_missing(row.project_id) and is_missing(row.level)


def _stage_row(row: Row) -> Row:
    """The stage of a project, or how many that are not named are at one; with lane and name."""
    texts, lane, name = texts_of(STEM), row.project_id, row.words("name")
    named, open_, quantity, value = not is_missing(lane), _is_open(row), row.stage, None
    more: Look = {"named": named, "of": row, "level": row.level, "unit": "level"}
    if named:
        mark, value = f"stage-{lane}", row.level
        more |= {"state": "printed", "offsets": passage(row.start, row.end)}
    elif open_:
        told = {"number": row["count"], "unit": units("project").name("en", str(row["count"]))}
        lane, name = f"{row.recipient}-unnamed", texts.words("unnamed", **told)
        mark, quantity = f"stage-{lane}", "stage"
        more |= {"state": "not_reported", "figures": row.count_figures}
    else:
        lane, name, value = f"{row.recipient}-unnamed-counted", texts.words("counted"), row["count"]
        mark = f"count-{lane}-{row.level}"
        more |= {"state": row.count_state, "figures": row.count_figures, "unit": "project"}
    label = row.words("recipient").named(name)
    more |= {"lane": lane, "name": name, "said": _stage_said(row)}
    return plain_row(mark, quantity, label, value, **more)


def _stage_said(row: Row) -> Words:
    """The stage in words, for the long description, or how many stand at it."""
    texts = texts_of(STEM)
    if _is_open(row):
        return texts.words("no_stage")
    if row.status == "3":
        return texts.words("nearly_said")
    stage = Words(row.stage.replace("_", " "), STAGES[row.stage].zh)
    if not is_missing(row.project_id):
        return stage
    told = ((lang, {"number": row["count"], "stage": stage.say(lang)}) for lang in LANGS)
    return Words(*(texts.label("counted_said", lang, **one) for lang, one in told))


def _named(rows: Rows) -> Rows:
    return [row for row in rows if row.unit == "level" and row.named]


def _nearly(row: Row) -> bool:
    """Whether a project is reported as basically complete."""
    return bool(row.unit == "level" and row.named and row.of.status == "3")


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
    one_of("by", by, ("project", "county"), PlotError)
    rows = rows_project_stages(stages, order)
    return drawn_on(ax, lang, STEM, _draw, rows, columns=columns, by=by, steps=not columns)


def _draw(on: Canvas, rows: Rows, *, by: str, steps: bool) -> None:
    on.ax.set_xlim(-0.4, TOP + 0.4)
    on.bare()
    heads, projects = [_one_line(one, on) if steps else one for one in _levels(on)], by == "project"
    on.heads(heads, steps=steps, size=on.em if projects and not steps else on.small)
    (_projects if projects else _counties)(on, rows)


def _levels(voice: Voice) -> list[str]:
    return [voice.say(f"level_{level}") for level in range(TOP + 1)]


def _one_line(head: str, voice: Voice) -> str:
    return head.replace("\n", "" if voice.zh else " ")


def _projects(on: Canvas, rows: Rows) -> None:
    """Lanes of projects, each county under its name, with the money at the right."""
    names: dict[float, str] = {}
    at: dict[str, float] = {}
    strong, others, y = [], [], -0.4
    # In one column of a page there is no room for a column of other funders.
    star = "" if on.columns and on.size()[0] > 40 * on.em else "*"
    for county, run in groupby((row for row in rows if row.unit != "CNY"), key=on.county):
        own = list(run)
        donor, _ = Counter(on.county(row, "donor") for row in own).most_common(1)[0]
        y += 0.4
        strong.append(len(names))
        names[y] = county
        on.quiet(on.say("from", donor=donor), 0, y, coords="edge", dx=on.gap)
        y += 1
        for row in own:
            if row.lane not in at:
                # The large numbers of what is only counted need more room.
                y += 0 if row.named or is_missing(row.level) else 0.4
                at[row.lane] = y
                names[y] = row.name.say(on.lang)
                if on.county(row, "donor") != donor:
                    names[y] += star
                    others.append(Cell(y, on.county(row, "donor"), quiet=True))
                y += 1
            _stage(on, row, at[row.lane])
    totals = Counter(row.level for row in _named(rows))
    for level in range(TOP + 1):
        on.put(str(totals[level]), level, y + 0.3, ha="center")
        on.line([level, level], [-0.5, y - 0.3], on.palette.band, zorder=0.5)
    on.ax.axhline(y - 0.3, color=on.palette.rule, linewidth=on.em / 12)
    on.rows([*names.values(), on.say("named")], places=[*names, y + 0.3], strong=strong)
    on.note(on.say("nearly") if any(map(_nearly, rows)) else "")
    if on.columns:
        _money(on, [row for row in rows if row.unit == "CNY"], at)
    if others and not star:
        on.column((on.say("other"),), others, left=True, size=on.small)
    if others:
        on.note(on.say("other_star" if star else "other_is"))


def _counties(on: Canvas, rows: Rows) -> None:
    """Lanes of counties with the number of their projects; those without a name apart."""
    names, below, single = [], [], [row for row in rows if row.unit != "CNY"]
    order = list(dict.fromkeys(on.county(row) for row in single))
    single.sort(key=lambda row: (order.index(on.county(row)), not row.named, falling(row.level)))
    for y, ((county, named), run) in enumerate(
        groupby(single, key=lambda row: (on.county(row), row.named))
    ):
        own = list(run)
        number = sum(int(row.of["count"]) for row in own)
        names.append(county)
        below.append("" if named else on.say("unnamed_lane", number=number))
        for _, at in groupby(own, key=lambda row: row.level):
            same = list(at)
            _stage(on, same[0], y, number=len(same) if named else 0, nearly=any(map(_nearly, same)))
    on.rows(names, below=below)
    on.note(on.say("number"))
    on.note(on.say("pale") if any(map(_nearly, rows)) else "")
    for county, run in groupby(_beside(rows), key=on.county):
        counted = (row for row in rows if row.unit == "project" and on.county(row) == county)
        number, named = sum(int(row.of["count"]) for row in counted), len(list(run))
        on.note(on.say("may_hold", county=county, number=number, named=on.count(named)))


def _stage(on: Canvas, row: Row, y: float, *, number: int = 0, nearly: bool = False) -> None:
    """A dot at a stage, half of one where it is basically complete, or a `number` of projects."""
    if is_missing(row.level):
        on.missing(y, row.mark, on.say("no_stage"), size=on.small)
        return
    on.line([0, TOP], [y, y], on.palette.lane, zorder=1)
    key = "basically" if nearly else "done" if row.level == TOP else "not done"
    colours = {"basically": on.palette.tint, "done": on.palette.dark, "not done": on.palette.mid}
    look: Look = {"label": key, "colour": colours[key], "zorder": 2.5}
    if row.unit == "level" and not number:
        half: Look = {"fillstyle": "left", "markerfacecoloralt": "white"} if _nearly(row) else {}
        on.dot(row.level, y, gid=row.mark, **look, **half)
        return
    text, mark = str(number or row.value), None if number else row.mark
    on.dot(row.level, y, size=1.45 if len(text) > 1 else 1.3, **look)
    inside: Look = {"ha": "center", "size": on.small, "mark": mark}
    on.put(text, row.level, y, colour="white" if key == "done" else on.palette.ink, **inside)


def _money(on: Canvas, money: Rows, at: dict[str, float]) -> None:
    """The sums, one that several projects share in the middle of a bracket."""
    cells = []
    for row in money:
        top, end = at[row.lanes[0]], at[row.lanes[-1]]
        if end > top:
            on.bracket(top - 0.3, end + 0.3, dx=0.9 * on.em)
            on.note(on.say("joint"))
        text = NOT_REPORTED.say(on.lang) if row.missing else _sum(row, on)
        cells.append(Cell((top + end) / 2, text, row.mark, quiet=row.missing))
    alike = commas_alike([cell.text for cell in cells])
    cells = [cell._replace(text=text) for cell, text in zip(cells, alike, strict=True)]
    on.column((on.say("money"), on.say("unit")), cells, gap=1.8)


def _sum(row: Row, voice: Voice) -> str:
    """The money of a project: a budget as it stands, another sum with its kind before it."""
    text = voice.money(row).value
    if row.of.amount_bound in ("about", "over", "under", "range"):
        text = voice.say("about", number=text)
    return voice.say(_MONEY[row.quantity], number=text) if row.quantity in _MONEY else text


def _beside(rows: Rows) -> Rows:
    """Named projects of which the page leaves open whether its count without names has them too."""
    counted = {row.of.recipient for row in rows if row.unit == "project"}
    named = (row for row in _named(rows) if row.of.recipient in counted)
    return [row for row in named if is_missing(row.of.counted_in)]


def _facts(rows: Rows, voice: Voice) -> Facts:
    named, unnamed = _named(rows), [row for row in rows if row.unit == "project"]
    complete, totals = [row for row in named if row.level == TOP], Counter(r.level for r in named)
    nearly, more = list(filter(_nearly, complete)), [row for row in unnamed if row.level == TOP]
    told = [
        f"{_one_line(on_level, voice)} {totals[n]}" for n, on_level in enumerate(_levels(voice))
    ]
    if nearly:
        told[TOP] = voice.aside(told[TOP], voice.say("only_basically", number=len(nearly)))
    states = [voice.say("completed" if row in more else "under_way") for row in unnamed]
    counted = (f"{voice.county(r)} {r.value} {s}" for r, s in zip(unnamed, states, strict=True))
    kinds = {row.quantity for row in rows if row.unit == "CNY"}
    donors = {(row.of.recipient, row.of.donor_en) for row in named}
    count = str if voice.zh else voice.count
    said = [voice.say("done", done=count(len(complete)), named=count(len(named)))]
    said += [voice.say("basically", number=count(len(nearly)))] if nearly else []
    said += [voice.say("more", number=sum(int(row.value) for row in more))] if more else []
    return {
        "done": "".join(said) if named else "",
        "nearly": voice.listing(row.name.say(voice.lang) for row in nearly),
        "counted": voice.joined(counted),
        "beside": voice.listing(row.name.say(voice.lang) for row in _beside(rows)),
        "other": voice.say("other") if len(donors) > len(dict(donors)) else "",
        "told": voice.joined(told),
        "aid": voice.say("aid", number="…") if kinds & {"commitment", "disbursement"} else "",
    }


def _figure(page: Sheet, message: str, stages: Table) -> Figure:
    slide, narrow = page.preset.slide, page.preset.narrow
    # Seven heads of 8 points do not stand side by side on a page 190 mm wide.
    steps = narrow or (not slide and page.preset.width_mm < 25 * page.preset.rc["font.size"])
    wishes: Look = {"by": "county" if slide else "project", "columns": not slide, "steps": steps}
    ax = page.draw(_draw, rows_project_stages(stages), **wishes)
    return page.compose(ax, pitch=1.75 if slide else 1.32, headline=message)


_READS, _TABLES = ("figures", "pairs", "projects"), {"stages": project_stages}
_OMIT = frozenset({"level", "CNY"})
PLOT = Plot(STEM, _READS, _TABLES, rows_project_stages, _figure, _facts, slides_omit=_OMIT)
