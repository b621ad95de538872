"""What later reports say of the same pairs, beside the page: money per year over the years."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from aidstudy.analysis.later import later_reports
from aidstudy.plots.drawn import drawn_row, drawn_table
from aidstudy.plots.kit import (
    Canvas,
    canvas,
    checked_table,
    in_order,
    joined,
    listed_rows,
    text_width,
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
    bounds_text,
    count_word,
    is_missing,
    listing,
    named,
)

STEM = "later_reports"
_NEEDS = ("recipient", "side", "measure", "period", "value", "per_year", "years", "counties")


def rows_later_reports(later: pd.DataFrame, order: Sequence[str] | None = None) -> pd.DataFrame:
    """The rows that :func:`plot_later_reports` draws, in CNY a year and for one county.

    Only sums of money: the page's own first in each pair. A sum for several counties together is
    divided by their number.
    """
    source = "aidstudy.analysis.later.later_reports()"
    found = listed_rows(checked_table(STEM, later, _NEEDS, source))
    money = [row for row in found if row["unit"] == "CNY"]
    pages: dict[str, int] = {}
    rows = []
    for row in in_order(STEM, money, order):
        page = row["side"] == "page"
        pages[row["recipient"]] = pages.get(row["recipient"], 0) + page
        mark = f"page-{row['recipient']}-{pages[row['recipient']]}" if page else row["figures"]
        counties = int(row["counties"]) or 1
        cells = {
            part: None if is_missing(row[part]) else row[part] / counties
            for part in ("per_year", "per_year_low", "per_year_high")
        }
        state = row["per_year_state"]
        cells |= {"per_year_state": state, "per_year_figures": row["per_year_figures"]}
        if is_missing(cells["per_year"]):
            cells |= {"per_year_state": "not_reported", "per_year_figures": row["figures"]}
        rows.append(
            drawn_row(
                mark,
                row["measure"],
                _label(row),
                cells,
                unit="CNY/year",
                prefix="per_year",
                page=page,
                recipient=row["recipient"],
                county=Words.of(row, "recipient"),
                span=_span(row),
                years=row["years"],
                together=counties,
                whole={part: row[part] for part in ("value", "low", "high")},
                vague=row["bound"] in ("under", "over", "range"),
                inferred=row["state"] == "derived" and page,
                against=str(row["contradicts"] or ""),
            )
        )
    return drawn_table(rows)


def _label(row: Mapping[str, Any]) -> Words:
    texts = texts_of(STEM)
    said = []
    for lang in ("en", "zh"):
        what = texts.label(row["measure"], lang)
        when = "" if is_missing(row["period"]) else str(row["period"]).replace("/", "–")
        said.append(named(row[f"recipient_{lang}"], aside(what, when, lang), lang))
    return Words(*said)


def _span(row: Mapping[str, Any]) -> tuple[int, int] | None:
    """First and last year of a sum; of a plan only how many years, from the first on the page."""
    if is_missing(row["period"]):
        return None
    first, _, last = str(row["period"]).partition("/")
    return int(first), int(last or first)


def plot_later_reports(
    later: pd.DataFrame,
    *,
    ax: Axes | None = None,
    lang: Lang = "en",
    order: Sequence[str] | None = None,
) -> Axes:
    """Draw each sum as money per year, over the years that it covers, a block for each pair.

    `later`: from :func:`aidstudy.analysis.later.later_reports`; some of its rows will do.
    """
    rows = listed_rows(rows_later_reports(later, order))
    with canvas(STEM, ax, lang) as on:
        inside = on.ax.get_window_extent()
        points = 72 / on.ax.figure.figure.dpi
        _draw(on, rows, 0.85 * inside.width * points, 0.7 * inside.height * points)
        return on.ax


def _draw(
    on: Canvas,
    rows: list[dict[str, Any]],
    width: float,
    high: float,
    *,
    of: list[dict[str, Any]] | None = None,
    short: bool = False,
) -> None:
    """The blocks side by side on an Axes of about so many points, on the axes `of` more rows.

    `short` leaves what the colours say out of the words.
    """
    years = [year for row in of or rows for year in row["span"] or ()]
    first, wide = min(years), max(years) - min(years) + 1
    most = max(float(row["high"]) for row in of or rows if not is_missing(row["high"]))
    on.ax.set_ylim(0, 1.12 * most)
    counties = list(dict.fromkeys(row["recipient"] for row in rows))
    texts = {row["mark"]: _text(on, row, short) for row in rows}
    room = widest((texts[row["mark"]][0] for row in rows if not is_missing(row["value"])),
                  size=note_size())  # fmt: skip
    block = width / len(counties)
    # Years that the words beside a block take, which hang in points.
    gap = wide * min((room + 2 * body_size()) / max(block - room - 2 * body_size(), 1), 4)
    ticks, names = [], []
    for number, county in enumerate(counties):
        left = number * (wide + gap)
        own = [row for row in rows if row["recipient"] == county]
        ends = [str(first), str(first + wide - 1)]
        if wide * width / (len(counties) * (wide + gap)) > 2.8 * text_width(ends[0]):
            ticks += [left + 0.5, left + wide - 0.5]
            names += ends
        else:
            ticks.append(left + wide / 2)
            names.append("–".join(ends))
        on.head((own[0]["county"].say(on.lang),), left + wide / 2)
        step = 1.2 * note_size() / high * 1.12 * most
        known = [row for row in own if not is_missing(row["value"])]
        for row in known:
            _bar(on, row, left, first)
        _labels(on, own, texts, left + wide, step)
    on.ax.set_xlim(-0.5, len(counties) * (wide + gap))
    on.ax.set_xticks(ticks, names)
    on.money_axis(MILLION, on.say("axis"), axis="y")
    on.note(on.say("colours" if short else "key"))
    if any(row["together"] > 1 for row in rows):
        on.note(on.say("divided"))


def _text(on: Canvas, row: Mapping[str, Any], short: bool) -> list[str]:
    """What stands beside a bar, in lines; of a sum without years all of it."""
    if is_missing(row["value"]):
        amount = MILLION.digits(row["whole"], on.lang).value
        return on.say("undated", amount=amount).split("\n")
    sign = "†" if row["together"] > 1 else ""
    plan = row["page"] and row["span"] is None
    key = "plan_of" if plan else f"{row['quantity']}_of"
    amount = _amount(row, on.lang)
    return [(amount if short else on.say(key, amount=amount)) + sign]


def _place(row: Mapping[str, Any], first: int) -> tuple[int, int]:
    """Years from the left, and how many; a plan without printed years starts at the left."""
    if row["span"] is None:
        return 0, int(row["years"])
    return row["span"][0] - first, row["span"][1] - row["span"][0] + 1


def _bar(on: Canvas, row: Mapping[str, Any], left: float, first: int) -> None:
    """A bar over the years of a sum, hollow where the years of a plan are not printed."""
    ink, low, high = on.palette, float(row["low"]), float(row["high"])
    later = {"commitment": ink.shared, "disbursement": ink.mid}.get(row["quantity"], ink.dark)
    colour = ink.accent if row["page"] else later
    thick = max(high - low, 0.022 * on.ax.get_ylim()[1])
    middle = (low + high) / 2 if row["vague"] else float(row["value"])
    start, number = _place(row, first)
    on.ax.add_patch(
        Rectangle(
            (left + start, middle - thick / 2),
            number,
            thick,
            facecolor="white" if row["span"] is None or row["inferred"] else colour,
            edgecolor=colour,
            linewidth=body_size() / 9,
            zorder=2,
            gid=row["mark"],
        )
    )


def _labels(
    on: Canvas,
    rows: list[dict[str, Any]],
    texts: Mapping[str, list[str]],
    x: float,
    step: float,
) -> None:
    """The words beside a block, apart from each other, each on a thin line from its bar."""
    known = sorted((row for row in rows if not is_missing(row["value"])),
                   key=lambda row: row["value"])  # fmt: skip
    places = [float(row["value"]) for row in known]
    for _ in range(50):
        for one in range(len(places) - 1):
            over = step - (places[one + 1] - places[one])
            if over > 0:
                places[one] -= over / 2
                places[one + 1] += over / 2
    for row, place in zip(known, places, strict=True):
        bar = next(patch for patch in on.ax.patches if patch.get_gid() == row["mark"])
        end, y = bar.get_x() + bar.get_width(), float(row["value"])
        line = {"color": on.palette.lane, "linewidth": body_size() / 14, "zorder": 0.8}
        on.ax.plot([end, x, x + 0.35], [y, y, place], **line)
        on.put(texts[row["mark"]][0], x + 0.35, place, dx=2, size=note_size(), latin=True)
    for row in rows:
        if is_missing(row["value"]):
            for line, text in enumerate(texts[row["mark"]]):
                y = step * (0.6 + len(texts[row["mark"]]) - line - 1)
                on.quiet(text, x + 0.35, y, dx=2, mark=None if line else row["mark"])


def _facts(rows: pd.DataFrame, lang: Lang) -> dict[str, str]:
    found, texts = listed_rows(rows), texts_of(STEM)
    known = [row for row in found if not is_missing(row["value"])]
    page = [row for row in known if row["page"] and row["span"] is not None]
    later = [row for row in found if not row["page"]]
    first = {row["recipient"]: row["value"] for row in page}
    more = {row["recipient"] for row in known if not row["page"]
            and row["value"] > first.get(row["recipient"], row["value"])}  # fmt: skip
    counties = dict.fromkeys(row["recipient"] for row in found)
    told = []
    for county in counties:
        own = [row for row in known if row["recipient"] == county]
        sums = [
            aside(texts.label(f"{row['quantity']}_of", lang, amount=_amount(row, lang)),
                  texts.label("page", lang) if row["page"] else "", lang)
            for row in own
        ]  # fmt: skip
        told.append(named(own[0]["county"].say(lang), joined(sums, lang, sep="、" if lang == "zh"
                                                             else ", "), lang))  # fmt: skip
    ids = {row["mark"]: row for row in found}
    same = [row for row in later if row["against"] in ids
            and ids[row["against"]]["quantity"] == row["quantity"]]  # fmt: skip
    undated = [row for row in found if is_missing(row["value"])]
    return {
        "more": count_word(len(more), lang),
        "pairs": count_word(len(counties), lang),
        "told": joined(told, lang),
        "same": listing(dict.fromkeys(row["county"].say(lang) for row in same), lang),
        "undated": listing(dict.fromkeys(row["county"].say(lang) for row in undated), lang),
        "divided": " " if any(row["together"] > 1 for row in found) else "",
    }


def _amount(row: Mapping[str, Any], lang: Lang) -> str:
    digits = MILLION.digits(row, lang)
    return bounds_text(digits) if row["vague"] else digits.value


def _figure(page: Sheet, message: str, later: pd.DataFrame) -> Figure:
    rows = listed_rows(rows_later_reports(later))
    counties = list(dict.fromkeys(row["recipient"] for row in rows))
    size = 2 if page.narrow else len(counties)
    parts = [counties[start : start + size] for start in range(0, len(counties), size)]
    panels, high = [], 15 if page.slide else 20
    for part in parts:
        with canvas(STEM, page.axes(), page.lang) as on:
            own = [row for row in rows if row["recipient"] in part]
            wide = page.width - 5 * body_size()
            _draw(on, own, wide, high * body_size(), of=rows, short=page.slide)
            panels.append(on.ax)
    return page.compose(*panels, high=high, headline=message, letters=False)


PLOT = Plot(
    STEM,
    ("context", "figures", "pairs"),
    lambda study: {"later": later_reports(study)},
    rows_later_reports,
    _figure,
    _facts,
)
