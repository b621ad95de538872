"""A plot of rows that somebody names: any figures, outside facts and results of a study."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path

from matplotlib.axes import Axes

from aidstudy.analysis.served import load_results
from aidstudy.bilingual import Words
from aidstudy.codebook import did_you_mean, several
from aidstudy.errors import PlotError
from aidstudy.plots.kit import Canvas, On, drawn_on
from aidstudy.plots.plot import sheet
from aidstudy.plots.save import save_figure
from aidstudy.plots.voice import Look
from aidstudy.plots.words import checked_lang
from aidstudy.quantity.scalar import Quantity, digits
from aidstudy.quantity.shown import units
from aidstudy.tables.draft import draft_stamp
from aidstudy.tables.load import StudyLike
from aidstudy.tables.ordinary import load_context, load_figures
from aidstudy.tables.study import load_study

STEM = "rows"
_MILLION = 1_000_000


def _named(study: StudyLike) -> dict[str, tuple[object, Words]]:
    """Figures, facts and results by id: the quantity, and what it is called."""
    opened = load_study(study)
    names = {**opened.recipients, **opened.donors}
    found: dict[str, tuple[object, Words]] = {}
    if (opened.clean / "results.csv").exists():
        for row in load_results(opened).to_dict("records"):
            found[row["result_id"]] = (row["quantity"], Words(row["label"], row["label_zh"]))
    for row in load_context(opened).to_dict("records"):
        found[row["fact_id"]] = (row["quantity"], Words(*[row["fact_id"]] * 2))
    for row in load_figures(opened).to_dict("records"):
        place = names.get(row["article"])
        label = Words(row["label_en"].removeprefix("Draft: "), row["printed"])
        if place:
            label = Words(place.short_en, place.short_zh).named(label)
        found[row["figure_id"]] = (row["quantity"], label)
    return found


def plot_rows(
    ids: Sequence[str],
    study: StudyLike = None,
    *,
    ax: On = None,
    lang: str = "en",
    columns: bool = True,
) -> Axes:
    """Draw figures, outside facts and results beside each other, each as a value with its bounds.

    Parameters
    ----------
    ids : sequence of str
        In the order from above; all in one unit, or in units that can be turned into the first.
    study : Study or path, optional
    ax : matplotlib.axes.Axes, optional
    lang : {"en", "zh"}
    columns : bool, default True
        Whether the numbers stand at the right.

    Raises
    ------
    PlotError
        If there is no such id, or it is no number.
    UnitError
        If the units differ in kind.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> axes = plot_rows(["ganzi-019", "ganzi-020"], ax=Figure().subplots())
    >>> axes.get_xlabel(), len(axes.get_yticklabels())
    ('CNY million', 2)
    """
    several("ids", ids, PlotError)
    known, found = _named(study), {}
    for name in ids:
        quantity, label = known.get(name, (None, Words("", "")))
        if not isinstance(quantity, Quantity):
            why = "is no number" if name in known else f"there is none{did_you_mean(name, known)}"
            raise PlotError(f"{name}: {why}; name figures, facts or results that are numbers")
        found[label.say(checked_lang(lang))] = quantity
    if not found:
        raise PlotError("no row to draw: name figures, facts or results by their ids")
    unit = next(iter(found.values())).unit
    if unit == "CNY" and max(_ends(one)[1] for one in found.values()) >= _MILLION:
        unit = "CNY million"
    unit = units(unit).name(checked_lang(lang)) if unit == "CNY million" else unit
    shown = [one.to(unit) for one in found.values()]
    return drawn_on(ax, lang, STEM, _draw, list(found), shown, columns=columns)


def _draw(on: Canvas, names: list[str], shown: list[Quantity]) -> None:
    """Each value over its bounds; what has bounds alone, as where routes meet, has no stroke."""
    on.rows(names)
    ends = [_ends(one) for one in shown]
    for y, (one, bounds) in enumerate(zip(shown, ends, strict=True)):
        on.span(*bounds, y)
        if math.isfinite(one.value):
            on.stroke(one.value, y)
    if min(low for low, _ in ends) >= 0:
        on.ax.set_xlim(0, 1.05 * max(high for _, high in ends) or 1)
    if on.columns:
        on.numbers([digits(one) for one in shown])
    on.across(units(shown[0].unit).name(on.lang))


def _ends(one: Quantity) -> tuple[float, float]:
    """The bounds as far as they can be drawn: an open one ends at the value, or the other bound."""
    told = [end for end in (one.low, one.value, one.high) if math.isfinite(end)]
    return min(told), max(told)


def save_rows(
    ids: Sequence[str],
    into: str | Path,
    *,
    study: StudyLike = None,
    stem: str = STEM,
    preset: str = "double",
    lang: str = "en",
    formats: Iterable[str] = ("pdf",),
) -> list[Path]:
    """Write :func:`plot_rows` as ``<stem>.<preset>.<lang>.<format>``, checked as every plot is."""
    stamp = draft_stamp(load_study(study)).say(checked_lang(lang))
    with sheet(stem, preset, lang, stamp) as page:
        look: Look = {"ax": page.axes(), "columns": not page.preset.narrow}
        figure = page.compose(plot_rows(ids, study, lang=lang, **look), pitch=2)
    told: Look = {"title": stem, "alt": ", ".join(ids), "preset": preset, "lang": lang}
    return save_figure(figure, stem, Path(into), formats=formats, **told)
