"""Money for one county: where it comes from, and what share of it was spent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from aidstudy.analysis.flows import denominators
from aidstudy.analysis.ratios import funding_ratios
from aidstudy.intervals import Interval
from aidstudy.plots.drawn import drawn_row, drawn_table
from aidstudy.plots.kit import Canvas, Cell, canvas, checked_table, in_order, joined, listed_rows
from aidstudy.plots.plot import Plot
from aidstudy.plots.sheet import Sheet
from aidstudy.plots.style import body_size
from aidstudy.plots.texts import texts_of
from aidstudy.plots.words import (
    MILLION,
    Lang,
    Words,
    bounds_text,
    digits_of,
    falling,
    is_missing,
    listing,
    named,
)
from aidstudy.rounding import Shown, write_number
from aidstudy.tables.ordinary import exact_frame

STEM = "denominators"
_NEEDS = ("recipient", "denominator", "value", "low", "high", "whole", "spent", "impossible")
_PARTS = ("from_matching", "from_donations")


def rows_denominators(
    shares: pd.DataFrame,
    ratios: pd.DataFrame | None = None,
    order: Sequence[str] | None = None,
) -> pd.DataFrame:
    """The rows of both panels: the waterfall in CNY, then the shares in per cent.

    With `ratios` the donor's sum is split into what the rule asks for and what was added.
    """
    table = checked_table(STEM, shares, _NEEDS, "aidstudy.analysis.flows.denominators()")
    found = in_order(STEM, listed_rows(table), order)
    rows: list[dict[str, Any]] = []
    for recipient in dict.fromkeys(row["recipient"] for row in found):
        own = [row for row in found if row["recipient"] == recipient]
        rows += _waterfall(own, _split(ratios, recipient))
        own.sort(key=lambda row: falling(row["value"]))
        rows += [
            drawn_row(
                f"share-{recipient}-{row['denominator']}",
                "spent_share",
                Words.of(row, "label"),
                row,
                unit="%",
                recipient=recipient,
                impossible=bool(row["impossible"]),
                county=Words.of(row, "recipient"),
            )
            for row in own
        ]
    return drawn_table(rows)


def _split(ratios: pd.DataFrame | None, recipient: str) -> Mapping[str, Any] | None:
    """The row on a pair whose sum the page splits at the rule."""
    for row in [] if ratios is None else listed_rows(exact_frame(ratios)):
        if row["recipient"] == recipient and not is_missing(row["added"]):
            return row
    return None


def _waterfall(own: list[dict[str, Any]], split: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """Each sum with the place where it starts: where the one before ends."""
    by_name = {row["denominator"]: row for row in own}
    steps: list[tuple[str, Mapping[str, Any], str]] = []
    if split is not None:
        steps += [("rule_amount", split, "rule_amount"), ("added", split, "added")]
    else:
        steps += [("from_donor", own[0], "from_donor")]
    for part in _PARTS:
        row = next((row for row in own if not is_missing(row[part])), None)
        if row is not None:
            steps.append((part, row, part))
    start, rows = 0, []
    last = by_name.get("all", own[-1])
    for name, row, prefix in [*steps, ("whole", last, "whole"), ("spent", own[0], "spent")]:
        if is_missing(row[prefix]):
            continue
        alone = name in ("whole", "spent")
        rows.append(
            drawn_row(
                f"{name}-{own[0]['recipient']}",
                name,
                texts_of(STEM).words(name),
                row,
                unit="CNY",
                prefix=prefix,
                start=0 if alone else start,
                recipient=own[0]["recipient"],
                county=Words.of(own[0], "recipient"),
            )
        )
        start += 0 if alone else row[prefix]
    return rows


def plot_waterfall(
    shares: pd.DataFrame,
    ratios: pd.DataFrame | None = None,
    *,
    ax: Axes | None = None,
    lang: Lang = "en",
) -> Axes:
    """Draw the money for a county part by part, all of it, and what was spent.

    `shares`: from :func:`aidstudy.analysis.flows.denominators`; the rows of one county.
    `ratios`: from :func:`aidstudy.funding_ratios`, to split the donor's sum at the rule.
    """
    rows = rows_denominators(shares, ratios)
    with canvas(STEM, ax, lang) as on:
        _draw_parts(on, listed_rows(rows[rows["unit"] == "CNY"]))
        return on.ax


def _draw_parts(on: Canvas, rows: list[dict[str, Any]]) -> None:
    ink = on.palette
    look = {
        "rule_amount": (ink.light, ink.mid, "the donor's"),
        "from_donor": (ink.light, ink.mid, "the donor's"),
        "added": (ink.accent, "none", None),
        "whole": ("white", ink.grey, "all"),
        "spent": (ink.dark, "none", None),
    }
    on.rows([Words.of(row, "label").say(on.lang) for row in rows])
    ends = [float(row["start"] + row["value"]) for row in rows]
    on.ax.set_xlim(0, max(ends))
    for y, (row, end) in enumerate(zip(rows, ends, strict=True)):
        colour, edge, label = look.get(row["quantity"], (ink.shared, "none", "from others"))
        on.bar(float(row["start"]), end, y, colour=colour, edge=edge, mark=row["mark"],
               label=label, high=0.62)  # fmt: skip
        on.put(MILLION.digits(row, on.lang).value, end, y, dx=4)
        if row["quantity"] not in ("whole", "spent") and y + 1 < len(rows):
            on.ax.plot([end, end], [y + 0.31, y + 0.69], color=ink.rule, linewidth=body_size() / 12)
    on.bare("left")
    on.money_axis(MILLION, on.say("money", county=rows[0]["county"].say(on.lang)), ticks=5)


def plot_denominators(
    shares: pd.DataFrame,
    *,
    ax: Axes | None = None,
    lang: Lang = "en",
    columns: bool = True,
    order: Sequence[str] | None = None,
) -> Axes:
    """Draw what was spent as a share of every denominator, and the line of 100%.

    `shares`: from :func:`aidstudy.analysis.flows.denominators`; some of its rows will do.
    """
    rows = rows_denominators(shares, order=order)
    with canvas(STEM, ax, lang, columns=columns) as on:
        _draw_shares(on, listed_rows(rows[rows["unit"] == "%"]))
        return on.ax


def _draw_shares(on: Canvas, rows: list[dict[str, Any]]) -> None:
    counties = dict.fromkeys(row["county"].say(on.lang) for row in rows)
    names = [Words.of(row, "label").say(on.lang) for row in rows]
    if len(counties) > 1:
        names = [named(row["county"].say(on.lang), name, on.lang)
                 for row, name in zip(rows, names, strict=True)]  # fmt: skip
    on.rows(names)
    shown = [float(row["high"]) for row in rows if not is_missing(row["high"])]
    on.ax.set_xlim(0, max([100.0, *shown]) * 1.05)
    on.ax.axvline(100, color=on.palette.ink, linewidth=body_size() / 12, zorder=1)
    on.head((on.say("hundred"),), 100)
    for y, row in enumerate(rows):
        if is_missing(row["value"]):
            on.missing(y, row["mark"])
            continue
        bad = row["impossible"]
        on.dot(float(row["value"]), y, hollow=bad, gid=row["mark"],
               colour=on.palette.accent if bad else on.palette.dark,
               label="impossible" if bad else "share")  # fmt: skip
        if bad:
            on.quiet(on.say("impossible"), 100, y, dx=-0.5 * body_size(), ha="right",
                     colour=on.palette.ink, backdrop=True)  # fmt: skip
    if on.columns:
        digits = [digits_of(row) for row in rows]
        on.column((on.say("share"),), [Cell(y, d.value) for y, d in enumerate(digits)])
        ends = [Cell(y, bounds_text(d), quiet=True) for y, d in enumerate(digits)]
        on.column((on.say("bounds"),), ends, gap=1.0)
    on.bare("left")
    on.ax.set_xlabel(on.say("axis", county=listing(counties, on.lang)))


def _facts(rows: pd.DataFrame, lang: Lang) -> dict[str, str]:
    found = listed_rows(rows)
    shares = [row for row in found if row["unit"] == "%" and not is_missing(row["value"])]
    good = sorted((row for row in shares if not row["impossible"]), key=lambda row: row["value"])
    halves = [max(r["high"] - r["value"], r["value"] - r["low"]) for r in shares]
    sums = [f"{Words.of(row, 'label').say(lang)} {MILLION.digits(row, lang).value}"
            for row in found if row["unit"] == "CNY"]  # fmt: skip
    told = [f"{Words.of(row, 'label').say(lang)} {digits_of(row).value}%" for row in shares]
    bad = [Words.of(row, "label").say(lang) for row in shares if row["impossible"]]
    return {
        "county": listing(dict.fromkeys(row["county"].say(lang) for row in found), lang),
        "low": digits_of(good[0]).value if good else "",
        "high": digits_of(good[-1]).value if good else "",
        "bad": listing(bad, lang),
        "most": write_number(Shown(None, Interval(None, max(halves)))).high if halves else "",
        "sums": joined(sums, lang),
        "told": joined(told, lang),
    }


def _figure(page: Sheet, message: str, shares: pd.DataFrame, ratios: pd.DataFrame) -> Figure:
    panels = []
    for _, own in shares.groupby("recipient", sort=False):
        panels += [plot_waterfall(own, ratios, ax=page.axes(), lang=page.lang),
                   plot_denominators(own, ax=page.axes(), lang=page.lang,
                                     columns=not page.slide)]  # fmt: skip
    wide = not page.narrow and len(panels) == 2
    beside = (1, 1) if wide else ()
    return page.compose(*panels, pitch=2.0, headline=message, beside=beside)


PLOT = Plot(
    STEM,
    ("figures", "pairs", "projects"),
    lambda study: {"shares": denominators(study), "ratios": funding_ratios(study)},
    rows_denominators,
    _figure,
    _facts,
)
