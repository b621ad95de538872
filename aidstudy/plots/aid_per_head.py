"""Aid of the year per head of each county, whose people are counted outside the page."""

from __future__ import annotations

from fractions import Fraction

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from aidstudy.analysis.ratios import aid_per_head
from aidstudy.codebook import GRADES
from aidstudy.plots.drawn import checked_rows, drawn_row, drawn_table
from aidstudy.plots.kit import Canvas, Cell, On, drawn_on
from aidstudy.plots.plot import Plot, Sheet
from aidstudy.plots.voice import Facts, Look, Order, Row, Rows, Table, Voice, texts_of
from aidstudy.plots.words import (
    MILLION,
    NOT_REPORTED,
    digits_of,
    falling,
    is_missing,
    rough,
    with_bounds,
)
from aidstudy.rounding import Digits, exact_text

STEM = "aid_per_head"


def rows_aid_per_head(heads: Table, order: Order = None) -> Table:
    """The rows that :func:`plot_aid_per_head` draws, in CNY a person, from the highest down."""
    rows = []
    for row in checked_rows(STEM, heads, key=lambda row: falling(row.per_head), order=order):
        more: Look = {}
        if is_missing(row.per_head):
            more = {"state": "not_reported", "said": texts_of(STEM).words("missing")}
        mark, county = f"head-{row.recipient}", row.words("recipient")
        told: Look = {"unit": "CNY/person", "prefix": "per_head", **more}
        rows.append(drawn_row(mark, STEM, county, row, **told))
    return drawn_table(rows)


def plot_aid_per_head(
    heads: Table, *, ax: On = None, lang: str = "en", columns: bool = True, order: Order = None
) -> Axes:
    """Draw each county's aid per head as a value with its bounds, and who counted its people.

    `heads`: from :func:`aidstudy.analysis.ratios.aid_per_head`; some of its rows will do.
    """
    return drawn_on(ax, lang, STEM, _draw, rows_aid_per_head(heads, order), columns=columns)


def _draw(on: Canvas, rows: Rows, *, wide: bool = False) -> None:
    """Each value over its bounds; who is counted stands under a name or, if `wide`, in columns."""
    known, people = [row for row in rows if not row.missing], [_people(row, on) for row in rows]
    names, below = [], []
    for row, (told, step) in zip(rows, people, strict=True):
        # Aid that is neither drawn nor in a column needs no sign.
        inferred = row.of.aid_state == "derived" and (wide or not row.missing)
        signs = ["inferred"] * inferred + ["rounded"] * bool(step)
        names.append(on.signed(on.of(row), signs, step=step))
        below.append("" if row.missing or wide else told)
    on.rows(names, below=below)
    ends = [float(end) for row in known for end in (row.low, row.high)] or [0, 1]
    low, high = min(ends), max(ends)
    # Strokes, unlike bars from zero, may stand on a part of the axis; a note says so.
    on.ax.set_xlim(max(0, low - 0.4 * (high - low)), high + 0.1 * (high - low))
    for y, row in enumerate(rows):
        on.held(row, y, on.say("not_computed" if wide and on.columns else "missing"))
    if on.columns:
        # What is missing is last, and the columns end before it.
        on.numbers(
            [digits_of(row, places=1) if wide else Digits(_alone(row, on)) for row in known],
            bounds=wide,
        )
    if on.columns and wide:
        sums = [on.money(row.of, "aid").value or NOT_REPORTED.say(on.lang) for row in rows]
        head = on.aside(on.say("aid"), MILLION.name(on.lang))
        on.column((head,), [Cell(y, text) for y, text in enumerate(sums)])
        cells = [Cell(y, text) for y, (text, _) in enumerate(people)]
        on.column((on.say("people"),), cells, left=True)
    if on.ax.get_xlim()[0] > 0:
        on.note(on.say("cut"))
    if known:
        on.note(on.say("bar"))
        on.note(on.say("source", grades=_grades(rows, on)))
    on.across(on.say("axis"))


def _alone(row: Row, voice: Voice) -> str:
    """A value without its bounds beside it; about, where they are far from its last digit."""
    text = rough(row)
    far = row.high - row.low > 2 * Fraction(10) ** -len(text.partition(".")[2])
    return voice.say("about", number=text) if far else text


def _people(row: Row, voice: Voice) -> tuple[str, str]:
    """How many people in which year; and to how many they are printed, if rounded.

    A count in ten thousands (6万人) is shown so in Chinese.
    """
    if is_missing(row.of.population):
        return voice.say("no_count"), ""
    width = Fraction(row.of.population_high) - row.of.population_low
    unit, behind = (10**4, "万") if voice.zh and width else (1, "")
    number = digits_of(row.of, "population", unit=unit).value + behind
    number = voice.say("about", number=number) if width else number
    told = voice.say("counted", number=number, year=row.of.period)
    return told, exact_text(width / unit) + behind if width else ""


def _grades(rows: Rows, voice: Voice) -> str:
    """What kinds of sources count the people."""
    grades = dict.fromkeys(row.of.grade for row in rows if not row.missing)
    return voice.listing(GRADES[one].zh if voice.zh else str(one) for one in grades)


def _facts(rows: Rows, voice: Voice) -> Facts:
    known = [row for row in rows if not row.missing]
    values = [rough(row) for row in sorted(known, key=lambda row: row.value)]
    told = [(voice.of(row), digits_of(row, places=1), _people(row, voice)[1]) for row in known]
    anywhere = [
        voice.say("anywhere", name=name, step=step, bounds=digits.bounds(voice.lang))
        for name, digits, step in told
        if step
    ]
    return {
        "known": voice.count(len(known)),
        "counties": voice.count(len(rows)),
        "low": values[0] if known else "",
        "high": values[-1] if known else "",
        "anywhere": voice.joined(anywhere),
        "grades": _grades(rows, voice),
        "unseen": voice.say("unseen") if "encyclopaedia" in {r.of.grade for r in known} else "",
        "missing": voice.listing(voice.of(row) for row in rows if row.missing),
        "told": voice.joined(f"{name} {with_bounds(d, voice.lang)}" for name, d, _ in told),
    }


def _figure(page: Sheet, message: str, heads: Table) -> Figure:
    ax = page.draw(_draw, rows_aid_per_head(heads), wide=page.preset.roomy)
    return page.compose(ax, pitch=2.0 if page.preset.roomy else 2.9, headline=message)


_READS = ("context", "figures", "pairs")
PLOT = Plot(STEM, _READS, {"heads": aid_per_head}, rows_aid_per_head, _figure, _facts)
