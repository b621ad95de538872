"""The rows that a plot draws: one for each mark, with value, bounds, state and figure ids."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pandas as pd

from aidstudy.bilingual import Lang, Words, sign
from aidstudy.codebook import did_you_mean
from aidstudy.errors import PlotError
from aidstudy.intervals import cell_text
from aidstudy.plots.voice import Order, Row, Rows, Table, listed, texts_of
from aidstudy.plots.words import MILLION, NOT_REPORTED, digits_of, is_missing, with_bounds
from aidstudy.rounding import commas_alike
from aidstudy.tables.files import cells_text
from aidstudy.tables.ordinary import exact_frame

_COLUMNS = "mark quantity label_en label_zh value low high unit state figures offsets"
COLUMNS = tuple(_COLUMNS.split())
"""``mark`` is the id that the same thing has in the SVG. ``figures`` are the ids of the printed
figures and outside facts behind a row; ``offsets`` is the passage of a row that rests on words, or
for an event the place of each of its figures."""


_MONEY = ("CNY", "CNY/year")


def checked_rows(
    stem: str,
    table: Any,
    *,
    key: Callable[[Row], Any] | None = None,
    order: Order = None,
    by: str = "recipient",
    part: str = "rows",
) -> Rows:
    """The rows of a table that a plot can draw, with exact cells.

    The columns that it needs, and what gives them, stand in its TOML file. Sorted by a `key`; in
    the `order` that an author wants, and those alone, named as in the column `by`.
    """
    told = texts_of(stem).told[part]
    exact = given_table(stem, table, **told)
    if exact.empty:
        raise PlotError(
            f"plot {stem}: its table has no row, so nothing to draw; fill the tables it rests on, "
            "or draw another plot"
        )
    rows = listed(exact)
    return in_order(stem, sorted(rows, key=key) if key else rows, order, by)


def given_table(stem: str, table: Any, source: str, needs: str, **_: Any) -> pd.DataFrame:
    """A table with exact cells in the columns needed, or an error that says what gives one."""
    checked_kind(stem, table, pd.DataFrame, "table", source)
    exact = exact_frame(table)
    for name in needs.split():
        if name not in exact and name not in table:
            guess = did_you_mean(name, [str(column) for column in table])
            raise PlotError(f"plot {stem}: no column {name!r} in the table{guess}; {source} has it")
    return exact


def checked_kind(stem: str, given: Any, kind: type, what: str, source: str) -> None:
    """Nothing where what is given is of its kind; else an error that says what gives one."""
    if not isinstance(given, kind):
        name = type(given).__name__
        raise PlotError(f"plot {stem}: {name} is no {what}; pass what {source} gives")


def in_order(stem: str, rows: Rows, order: Order, by: str = "recipient") -> Rows:
    """Rows in the order that an author wants, those alone."""
    if order is None:
        return rows
    known, wanted = {str(row[by]) for row in rows}, list(order)
    if isinstance(order, str) or not wanted:
        raise PlotError(f"plot {stem}: order is {order!r}; pass a list of names, one at least")
    for name in wanted:
        if name not in known:
            guess = did_you_mean(name, known)
            raise PlotError(f"plot {stem}: order has {name!r}, the table not{guess}")
    return sorted((row for row in rows if row[by] in wanted), key=lambda row: wanted.index(row[by]))


def drawn_table(rows: Iterable[Mapping[str, Any]]) -> Table:
    """Drawn rows as a table: the columns of :data:`COLUMNS`, then what a plot adds to them."""
    found = list(rows)
    more = dict.fromkeys(name for row in found for name in row if name not in COLUMNS)
    return pd.DataFrame(found, columns=[*COLUMNS, *more], dtype=object)


def drawn_row(
    mark: str,
    quantity: str,
    label: tuple[str, str],
    row: Mapping[str, Any],
    *,
    unit: str,
    prefix: str = "",
    **more: Any,
) -> Row:
    """One drawn row out of the cells ``<prefix>_low`` and so on of an analysis table.

    `mark` is unique in the plot, `quantity` the slug of what is shown, `label` English and Chinese;
    `more` are columns that only the drawing needs, beside the row itself, ``of``.
    """
    start = f"{prefix}_" if prefix else ""
    cells = {part: row[f"{start}{part}"] for part in ("state", "figures")} | {"of": row} | more
    cells["bounds"] = (row[f"{start}low"], row[f"{start}high"])
    return plain_row(mark, quantity, label, row[prefix or "value"], unit=unit, **cells)


def plain_row(
    mark: str,
    quantity: str,
    label: tuple[str, str],
    value: Any,
    *,
    unit: str,
    state: str,
    bounds: tuple[Any, Any] | None = None,
    figures: str = "",
    offsets: str = "",
    **more: Any,
) -> Row:
    """One drawn row that no cells of an analysis table hold: a count, a day, a word."""
    low, high = (value, value) if bounds is None else bounds
    cells = (mark, quantity, *label, value, low, high, unit, state, figures, offsets)
    return Row(zip(COLUMNS, cells, strict=True), **more)


def passage(start: int | None, end: int | None) -> str:
    """Offsets of a passage of the page, half-open, as a drawn row holds them.

    Examples
    --------
    >>> passage(1471, 1497), passage(None, None)
    ('1471-1497', '')
    """
    return "" if start is None or end is None else f"{start}-{end}"


def drawn_csv(drawn: Table) -> str:
    """Drawn rows as CSV: plain decimals, bounds rounded outward where they do not end.

    >>> from fractions import Fraction
    >>> row = dict.fromkeys(COLUMNS, "") | {"mark": "a", "value": Fraction(1, 2), "low": None}
    >>> drawn_csv(drawn_table([row])).splitlines()[1]
    'a,,,,0.5,,,,,,'
    """
    cells = {
        column: [cell_text(column, None if is_missing(c) else c) for c in drawn[column]]
        for column in COLUMNS
    }
    return cells_text(pd.DataFrame(cells, dtype=object))


def described(drawn: Table, lang: Lang) -> list[str]:
    """Every drawn row in a few words: the long description behind an alternative text.

    >>> row = plain_row("a", "aid", ("Litang", "理塘"), 30_000_000, unit="CNY", state="printed")
    >>> described(drawn_table([row]), "en"), described(drawn_table([row]), "zh")
    (['Litang: CNY 30 million'], ['理塘：3000万元'])
    """
    rows = listed(drawn)
    texts = commas_alike([_number(row, lang) for row in rows])
    said = (Words(*[_amount(*one, lang)] * 2) for one in zip(rows, texts, strict=True))
    return [row.words().named(words).say(lang) for row, words in zip(rows, said, strict=True)]


def _number(row: Row, lang: Lang) -> str:
    """The number of a row with its bounds; none of a day or a word."""
    if any(isinstance(end, (dt.date, str)) for end in (row.value, row.low, row.high)):
        return ""
    money = row.unit in _MONEY
    return with_bounds(digits_of(row, unit=MILLION.scale(lang) if money else 1), lang)


def _amount(row: Row, text: str, lang: Lang) -> str:
    """A row in words, its number with its unit."""
    said = row.get("said")
    if isinstance(said, Words):
        return said.say(lang)
    if row.state == "not_applicable":
        return "–"
    if row.missing and is_missing(row.low):
        return NOT_REPORTED.say(lang)
    if any(isinstance(end, (dt.date, str)) for end in (row.value, row.low, row.high)):
        days = [end for end in dict.fromkeys((row.low, row.high)) if not is_missing(end)]
        return sign("range", lang).join(str(end) for end in days) or str(row.value)
    if row.unit in _MONEY:
        per = Words(" a year", "/年").say(lang) if row.unit == "CNY/year" else ""
        return f"{text}万元{per}" if lang == "zh" else f"CNY {text} million{per}"
    if row.unit.startswith("CNY/"):
        return f"{text}元" if lang == "zh" else f"CNY {text}"
    return f"{text}%" if row.unit == "%" else text
