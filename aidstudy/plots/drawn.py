"""The rows that a plot draws: one for each mark, with value, bounds, state and figure ids."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN
from fractions import Fraction
from typing import Any

import pandas as pd

from aidstudy.intervals import plain
from aidstudy.plots.words import is_missing
from aidstudy.tables.files import cells_text

COLUMNS = (
    "mark",
    "quantity",
    "label_en",
    "label_zh",
    "value",
    "low",
    "high",
    "unit",
    "state",
    "figures",
    "offsets",
)
"""``mark`` is the id that the same thing has in the SVG. ``figures`` are the ids of the printed
figures and outside facts behind a row; ``offsets`` is the passage of a row that rests on words, or
for an event the place of each of its figures."""


def drawn_table(rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Drawn rows as a table with the columns of :data:`COLUMNS`, exact values kept."""
    return pd.DataFrame(list(rows), columns=list(COLUMNS), dtype=object)


def drawn_row(
    mark: str,
    quantity: str,
    label: tuple[str, str],
    row: Mapping[str, Any],
    *,
    unit: str,
    prefix: str = "",
) -> dict[str, Any]:
    """One drawn row out of the cells of an analysis table.

    Parameters
    ----------
    mark : str
        Unique in the plot.
    quantity : str
        Slug of what is shown.
    label : tuple of str
        English and Chinese.
    row : mapping
        Holds value, low, high, state and figures under `prefix`.
    unit : str
    prefix : str
        As in :func:`aidstudy.analysis.desk.cells`.
    """
    start = f"{prefix}_" if prefix else ""
    return {
        "mark": mark,
        "quantity": quantity,
        "label_en": label[0],
        "label_zh": label[1],
        "value": row[prefix or "value"],
        "low": row[f"{start}low"],
        "high": row[f"{start}high"],
        "unit": unit,
        "state": row[f"{start}state"],
        "figures": row[f"{start}figures"],
        "offsets": "",
    }


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
) -> dict[str, Any]:
    """One drawn row that no cells of an analysis table hold: a count, a day, a word.

    Parameters
    ----------
    mark, quantity, label, unit : str
        As in :func:`drawn_row`.
    value : object
    state : str
    bounds : pair, optional
        The value at both ends by default.
    figures, offsets : str
        What it rests on, where it rests on anything.
    """
    low, high = (value, value) if bounds is None else bounds
    return {
        "mark": mark,
        "quantity": quantity,
        "label_en": label[0],
        "label_zh": label[1],
        "value": value,
        "low": low,
        "high": high,
        "unit": unit,
        "state": state,
        "figures": figures,
        "offsets": offsets,
    }


def passage(start: int | None, end: int | None) -> str:
    """Offsets of a passage of the page, half-open, as a drawn row holds them.

    Examples
    --------
    >>> passage(1471, 1497), passage(None, None)
    ('1471-1497', '')
    """
    return "" if start is None or end is None else f"{start}-{end}"


def drawn_csv(drawn: pd.DataFrame) -> str:
    """Drawn rows as CSV: plain decimals, bounds rounded outward where they do not end.

    Examples
    --------
    >>> row = dict.fromkeys(COLUMNS, "") | {"mark": "a", "value": Fraction(1, 2), "low": None}
    >>> drawn_csv(drawn_table([row])).splitlines()[1]
    'a,,,,0.5,,,,,,'
    """
    roundings = {"low": ROUND_FLOOR, "high": ROUND_CEILING}
    cells = {
        column: [_text(cell, roundings.get(column, ROUND_HALF_EVEN)) for cell in drawn[column]]
        for column in COLUMNS
    }
    return cells_text(pd.DataFrame(cells, dtype=object))


def _text(cell: Any, rounding: str) -> str:
    if is_missing(cell):
        return ""
    if isinstance(cell, (int, Fraction)) and not isinstance(cell, bool):
        return plain(cell, rounding=rounding)
    return cell.isoformat() if isinstance(cell, dt.date) else str(cell)


__all__ = ["COLUMNS", "drawn_csv", "drawn_row", "drawn_table", "passage", "plain_row"]
