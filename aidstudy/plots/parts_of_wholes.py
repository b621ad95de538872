"""Printed parts of printed wholes: a donor's share of a cost, a first year's share of a plan."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import blended_transform_factory as blended

from aidstudy.analysis.ratios import printed_shares
from aidstudy.bilingual import Words
from aidstudy.codebook import one_of
from aidstudy.errors import PlotError
from aidstudy.plots.drawn import checked_rows, drawn_row, drawn_table
from aidstudy.plots.kit import Canvas, Cell, On, drawn_on
from aidstudy.plots.plot import Plot, Sheet
from aidstudy.plots.voice import Facts, Look, Order, Row, Rows, Table, Voice, texts_of
from aidstudy.plots.words import firm
from aidstudy.rounding import exact_text

STEM = "parts_of_wholes"


def rows_parts_of_wholes(shares: Table, order: Order = None) -> Table:
    """The rows that :func:`plot_parts_of_wholes` draws, in per cent, each kind from high to low."""
    rows, labels = [], texts_of(STEM).told["en"]["labels"]
    for row in checked_rows(STEM, shares, key=lambda row: (row.kind, -row.value), order=order):
        known = row.result_id in labels
        words = texts_of(STEM).words(row.result_id) if known else Words(row.label, row.label_zh)
        more = {"kind": row.kind, "unit": "%"}
        rows.append(drawn_row(row.result_id, f"share_of_{row.kind}", words, row, **more))
    return drawn_table(rows)


def plot_parts_of_wholes(
    shares: Table,
    *,
    ax: On = None,
    lang: str = "en",
    columns: bool = True,
    order: Order = None,
    kind: str = "cost",
) -> Axes:
    """Draw each part as a bar inside the bar of its whole.

    `shares`: from :func:`aidstudy.analysis.ratios.printed_shares`; `kind`: "cost" or "plan".
    """
    one_of("kind", kind, ("cost", "plan"), PlotError)
    rows = rows_parts_of_wholes(shares, order)
    return drawn_on(ax, lang, STEM, _draw, rows[rows["kind"] == kind], columns=columns)


def _draw(on: Canvas, rows: Rows, *, sums: bool = True, high: float = 0.5) -> None:
    signed = on.texts.told["rows"]["signed"]
    names = [on.signed(on.of(row), signed.get(row.mark, ())) for row in rows]
    on.rows(names, below=[_sums(row, on) for row in rows if sums])
    on.ax.set_xlim(0, 100)
    on.ax.set_xticks(range(0, 101, 20))
    for y, row in enumerate(rows):
        whole: Look = {"edge": on.palette.rule, "label": "whole", "clip_on": False}
        on.bar(0, 100, y, high=high, colour="white", **whole)
        part: Look = {"mark": row.mark, "label": "part"}
        on.bar(0, float(row.value), y, high=high, colour=on.palette.dark, **part)
    plan = any(row.kind == "plan" for row in rows)
    if plan:
        for colour, width in ("white", 0.3), (on.palette.accent, 0.125):
            on.line([20, 20], [-0.5, len(rows) - 0.5], colour, linewidth=width * on.em)
        above = blended(on.ax.transData, on.beyond(0, 1, on.ax.transAxes))
        look: Look = {"linewidth": 0.125 * on.em, "transform": above, "clip_on": False}
        on.line([20, 20], [0, 1.3 * on.em], on.palette.accent, **look)
        on.head((on.say("even"),), 20, ha="left", dx=on.gap)
        on.note(on.say("first"))
    if on.columns:
        on.column((), [Cell(y, f"{_share(row)}%") for y, row in enumerate(rows)])
    on.across(on.say("of_plan" if plan else "of_cost"))


def _share(row: Row) -> str:
    """A share in whole per cent."""
    return firm(row, most=0).value


def _sums(row: Row, voice: Voice) -> str:
    """The part and the whole as they are printed."""
    ends, kind = {"part": row.of.part, "whole": row.of.whole}, row.of.part["kind"]
    if kind != "money":
        return voice.say("projects", **{one: exact_text(end["value"]) for one, end in ends.items()})
    printed = {
        one: end["printed"] if voice.zh else voice.money(end).value for one, end in ends.items()
    }
    return voice.say("money", **printed)


def _facts(rows: Rows, voice: Voice) -> Facts:
    told = {}
    for kind in ("cost", "plan"):
        own = [(voice.of(row), _share(row)) for row in rows if row.kind == kind]
        told[f"{kind}_low"] = own[-1][1] if own else ""
        told[f"{kind}_high"] = own[0][1] if own else ""
        told[kind] = voice.joined(f"{name} {share}%" for name, share in own)
    return told


def _figure(page: Sheet, message: str, shares: Table) -> Figure:
    slide, kinds = page.preset.slide, rows_parts_of_wholes(shares).groupby("kind", sort=False)
    beside = (1, 1) if page.preset.roomy and len(kinds) == 2 else ()
    # Bars of panels side by side, which are as high with fewer rows, are as thick.
    most = max(len(own) for _, own in kinds)
    panels = [
        page.draw(_draw, own, sums=not slide, high=0.5 * (len(own) / most if beside else 1))
        for _, own in kinds
    ]
    return page.compose(*panels, pitch=1.5 if slide else 2.8, headline=message, beside=beside)


_READS = ("figures", "results")
PLOT = Plot(STEM, _READS, {"shares": printed_shares}, rows_parts_of_wholes, _figure, _facts)
