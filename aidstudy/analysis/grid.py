"""Results that are alike in a table of rows and columns, as a reader compares them."""

from __future__ import annotations

import re

import pandas as pd

from aidstudy.analysis import exact_results
from aidstudy.errors import ResultError
from aidstudy.tables.load import StudyLike
from aidstudy.tables.study import load_study

_PARTS = {"{row}": r"(?P<row>[a-z0-9_]+)", "{column}": r"(?P<column>[a-z0-9_]+)"}
_BESIDE = ("low", "high", "state", "figures")


def result_grid(ids: str, study: StudyLike = None) -> pd.DataFrame:
    """The stored results whose ids differ in two parts, one part down and the other across.

    Parameters
    ----------
    ids : str
        A result id with ``{row}`` and ``{column}`` in the place of one part each.
    study : Study or path, optional

    Returns
    -------
    pandas.DataFrame
        ``row``; ``row_en``, the English name of a county or the part without underscores; and for
        each column its value with ``_low``, ``_high``, ``_state`` and ``_figures`` beside it.
        Where there is no such result the value is ``None`` and the state ``not_applicable``.

    Raises
    ------
    ResultError
        If `ids` does not hold both parts once, or no result has such an id.

    Examples
    --------
    >>> shares = result_grid("{column}.{row}").set_index("row")
    >>> shares.loc["litang", ["paid_of_committed", "spent_of_committed_state"]].tolist()
    [Fraction(100, 1), 'not_reported']
    """
    if any(ids.count(part) != 1 for part in _PARTS):
        raise ResultError(
            f"results as a grid: {ids!r} must hold {{row}} and {{column}} once each, as in "
            "'spent_ladder.{row}.{column}'"
        )
    opened = load_study(study)
    pattern = re.escape(ids)
    for part, group in _PARTS.items():
        pattern = pattern.replace(re.escape(part), group)
    results = exact_results(opened)
    found = results["result_id"].str.extract(f"^{pattern}$").dropna()
    if found.empty:
        raise ResultError(
            f"results as a grid: no result has an id like {ids!r}; see load_results()"
        )
    columns = list(dict.fromkeys(found["column"]))
    rows = []
    for row, places in found.groupby("row", sort=False):
        place = opened.recipients.get(str(row))
        told: dict[str, object] = {
            "row": row,
            "row_en": place.short_en if place else str(row).replace("_", " "),
        }
        at = dict(zip(places["column"], places.index, strict=True))
        for column in columns:
            result = results.loc[at[column]] if column in at else None
            told[column] = None if result is None else result["value"]
            for name in _BESIDE:
                told[f"{column}_{name}"] = None if result is None else result[name]
            if result is None:
                told[f"{column}_state"] = "not_applicable"
        rows.append(told)
    return pd.DataFrame(rows, dtype=object)


__all__ = ["result_grid"]
