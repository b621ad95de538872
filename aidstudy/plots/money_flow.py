"""From promise to spending: committed, disbursed and spent, for each pair."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from aidstudy.analysis.flows import SOURCE_NOT_PRINTED, money_flow
from aidstudy.plots.drawn import drawn_row, drawn_table
from aidstudy.plots.kit import Canvas, canvas, checked_table, in_order, joined, listed_rows
from aidstudy.plots.kit import text_width as width
from aidstudy.plots.plot import Plot
from aidstudy.plots.sheet import Sheet
from aidstudy.plots.style import body_size
from aidstudy.plots.texts import texts_of
from aidstudy.plots.words import (
    MILLION,
    NOT_REPORTED,
    Lang,
    Words,
    count_word,
    day_name,
    falling,
    is_missing,
    listing,
    named,
    pair_name,
)

STEM = "money_flow"
STEPS = ("commitment", "disbursement", "expenditure")
_LEAST = "expenditure_least_donor"
_NEEDS = ("recipient", "donor", "step", "value", "low", "high", "state", "realised", "figures")
_BAR = 0.74


def rows_money_flow(flow: pd.DataFrame, order: Sequence[str] | None = None) -> pd.DataFrame:
    """The rows that :func:`plot_money_flow` draws, in CNY, from the largest commitment down."""
    rows = listed_rows(checked_table(STEM, flow, _NEEDS, "aidstudy.money_flow()"))
    size = {row["recipient"]: row["value"] for row in rows if row["step"] == "commitment"}
    rows.sort(key=lambda row: falling(size.get(row["recipient"])))
    return drawn_table(_drawn(row) for row in in_order(STEM, rows, order))


def _drawn(row: Mapping[str, Any]) -> dict[str, Any]:
    # What is planned is drawn on the lane of its step.
    step, planned = row["step"].removesuffix("_planned"), row["realised"] == "planned"
    said = texts_of(STEM).words(f"{step}_planned" if planned else step)
    pair = pair_name(row)
    more = ("recipient", "donor", "due", "note_en", "note_zh", "realised")
    names = (f"{side}_{lang}" for side in ("recipient", "donor") for lang in ("en", "zh"))
    return drawn_row(
        f"{step}-{row['recipient']}{'-planned' if planned else ''}",
        f"{step}_planned" if planned else step,
        (named(pair.en, said.en, "en"), named(pair.zh, said.zh, "zh")),
        row,
        unit="CNY",
        step=step,
        **{name: row[name] for name in (*more, *names)},
    )


def _pairs(rows: pd.DataFrame) -> list[dict[str, dict[str, Any]]]:
    """The rows of each pair by their quantity."""
    pairs: dict[tuple[str, str], dict[str, dict[str, Any]]] = {}
    for row in listed_rows(rows):
        pairs.setdefault((row["recipient"], row["donor"]), {})[row["quantity"]] = row
    return list(pairs.values())


def _inferred(row: Mapping[str, Any]) -> bool:
    """Whether it is a commitment that is taken from a sum paid in full."""
    return bool(row["step"] == "commitment" and row["state"] == "derived")


def _complete(pair: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether a pair prints every step; a commitment that is inferred is not printed."""
    return all(
        step in pair and not is_missing(pair[step]["value"]) and not _inferred(pair[step])
        for step in STEPS
    )


def plot_money_flow(
    flow: pd.DataFrame,
    *,
    ax: Axes | None = None,
    lang: Lang = "en",
    columns: bool = True,
    order: Sequence[str] | None = None,
) -> Axes:
    """Draw three bars from zero for each pair: committed, disbursed, spent.

    `flow`: from :func:`aidstudy.money_flow`; some of its rows will do.
    """
    rows = rows_money_flow(flow, order)
    with canvas(STEM, ax, lang, columns=columns) as on:
        _draw(on, rows)
        return on.ax


def _draw(on: Canvas, rows: pd.DataFrame, *, headings: bool = True) -> None:
    """The pairs under one another, each under its name or, without headings, beside it."""
    pairs, first = _pairs(rows), 1 if headings else 0
    ends = [float(row["high"]) for row in listed_rows(rows) if not is_missing(row["high"])]
    on.ax.set_xlim(0, max(ends, default=1.0))
    names, places, strong = [], [], []
    for number, pair in enumerate(pairs):
        top = number * (first + len(STEPS) + 0.6)
        one = next(iter(pair.values()))
        name, steps = Words.of(one, "recipient").say(on.lang), [on.say(step) for step in STEPS]
        if _complete(pair):
            band = (top - 0.55, top + first + len(STEPS) - 0.45)
            on.ax.axhspan(*band, facecolor=on.palette.band, zorder=0)
            on.note(on.say("band"))
        if headings:
            strong.append(len(names))
            names.append(name)
            places.append(top)
            donor = on.say("from", donor=Words.of(one, "donor").say(on.lang))
            on.quiet(donor, 0, top, coords="edge", dx=4)
        else:
            steps[0] = f"{name}  {steps[0]}"
        names += steps
        places += [top + first + lane for lane in range(len(STEPS))]
        for lane, step in enumerate(STEPS, start=first):
            if step in pair:
                _lane(on, pair, step, top + lane)
    on.rows(names, places=places, strong=strong)
    on.bare("left")
    on.money_axis(MILLION, on.say("axis"))


def _lane(on: Canvas, pair: Mapping[str, dict[str, Any]], step: str, y: float) -> None:
    row, ink = pair[step], on.palette
    if is_missing(row["value"]):
        on.missing(y, row["mark"])
        return
    end, thick = float(row["value"]), {"high": _BAR}
    unsaid = Words.of(row, "note") == SOURCE_NOT_PRINTED
    if _inferred(row):
        on.open_bar(0, end, y, mark=row["mark"], label="inferred", **thick)
    else:
        shared = step == "expenditure" and unsaid
        fill = {"commitment": ink.light, "disbursement": ink.mid, "expenditure": ink.dark}[step]
        label = f"{on.texts.label(step, 'en')}{', source not printed' if shared else ''}"
        edge = ink.mid if step == "commitment" else "none"
        colour = ink.shared if shared else fill
        on.bar(0, end, y, colour=colour, edge=edge, mark=row["mark"], label=label, **thick)
    least = pair.get(_LEAST) if step == "expenditure" else None
    if least is not None:
        most = float(least["value"])
        on.open_bar(0, most, y, mark=least["mark"], edge=ink.dark, high=0.4, label="inferred")
    planned = pair.get(f"{step}_planned")
    text = MILLION.digits(row, on.lang).value
    past = 4 + width(text) + 0.6 * body_size()
    if planned is not None and not is_missing(planned["value"]):
        _due(on, planned, end, y, past)
    on.put(text, end, y, dx=4)
    note = _note(on, row, least)
    if note and on.columns:
        on.quiet(note, end, y, dx=past)
    elif note:
        on.note(on.say("open" if _inferred(row) else "pale"))


def _due(on: Canvas, planned: Mapping[str, Any], end: float, y: float, past: float) -> None:
    """What is hoped for, as a hollow circle at the end of a line from what is there."""
    goal = float(planned["value"])
    line = {"arrowstyle": "-", "color": on.palette.dark, "linewidth": body_size() / 8}
    line |= {"shrinkA": 0, "shrinkB": 0}
    on.ax.annotate("", (goal, y), (past, 0), textcoords=on.beyond(end, y), arrowprops=line)
    on.dot(goal, y, hollow=True, size=0.7, zorder=4, gid=planned["mark"], label="planned")
    due = planned["due"]
    day = "" if is_missing(due) else _before(due) if on.lang == "zh" else day_name(due, "en")
    on.quiet(on.say("due", day=day) or on.say("hoped"), goal, y, dx=0.75 * body_size())


def _before(day: dt.date) -> str:
    """A deadline in Chinese, the last day of a month as its end."""
    ends = (day + dt.timedelta(days=1)).month != day.month
    return f"{day.month}月底前" if ends else f"{day_name(day, 'zh')}前"


def _note(on: Canvas, row: Mapping[str, Any], least: Mapping[str, Any] | None) -> str:
    if _inferred(row):
        return on.say("inferred")
    if least is None:
        unsaid = Words.of(row, "note") == SOURCE_NOT_PRINTED
        return on.say("unsaid") if unsaid and row["step"] == "expenditure" else ""
    if on.columns:
        on.note(on.say("if_only"))
    donor = Words.of(row, "donor").say(on.lang)
    return on.say("least", least=MILLION.digits(least, on.lang).low, donor=donor)


def _facts(rows: pd.DataFrame, lang: Lang) -> dict[str, str]:
    pairs, texts = _pairs(rows), texts_of(STEM)
    full = sum(_complete(pair) for pair in pairs)
    inferred = [row for row in listed_rows(rows) if _inferred(row)]
    undated = [row for row in inferred if "no year" in (row["note_en"] or "")]
    unsaid = [
        row
        for row in listed_rows(rows)
        if row["quantity"] == "expenditure" and row["note_en"]
        and Words.of(row, "note") != SOURCE_NOT_PRINTED
    ]  # fmt: skip

    def names(found: Sequence[Mapping[str, Any]]) -> str:
        return listing((Words.of(row, "recipient").say(lang) for row in found), lang)

    told = []
    for pair in pairs:
        sums = [
            f"{texts.label(step, lang)} {MILLION.digits(pair[step], lang).value}"
            for step in STEPS
            if step in pair and not is_missing(pair[step]["value"])
        ]
        name = Words.of(next(iter(pair.values())), "recipient").say(lang)
        told.append(f"{name} {joined(sums, lang, sep='、' if lang == 'zh' else ', ')}" if sums
                    else f"{name} {NOT_REPORTED.say(lang)}")  # fmt: skip
    return {
        "full": count_word(full, lang) if full else texts.label("none", lang),
        "pairs": count_word(len(pairs), lang),
        "inferred": names(inferred),
        "undated": names(undated),
        "open": joined(
            (f"{names([row])} – {Words.of(row, 'note').say(lang)}" for row in unsaid), lang
        ),
        "told": joined(told, lang),
    }


def _figure(page: Sheet, message: str, flow: pd.DataFrame) -> Figure:
    with canvas(STEM, page.axes(), page.lang, columns=not (page.narrow or page.slide)) as on:
        _draw(on, rows_money_flow(flow), headings=not page.slide)
    return page.compose(on.ax, pitch=1.35, headline=message)


PLOT = Plot(
    STEM,
    ("figures", "pairs"),
    lambda study: {"flow": money_flow(study)},
    rows_money_flow,
    _figure,
    _facts,
)
