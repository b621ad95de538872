"""Results for whoever works in pandas: ordinary columns, and a column of quantities."""

from __future__ import annotations

import ast
import operator
import re
import warnings
from collections.abc import Callable, Mapping
from contextlib import suppress
from fractions import Fraction
from math import inf
from typing import Any

import pandas as pd

from aidstudy.analysis import exact_results, exact_sensitivity
from aidstudy.errors import AidstudyError, StaleWarning
from aidstudy.quantity.scalar import Missing
from aidstudy.quantity.stored import from_parts
from aidstudy.tables.check import check_study
from aidstudy.tables.load import StudyLike, warn_if_behind
from aidstudy.tables.ordinary import COLUMNS, frame, of_study
from aidstudy.tables.study import load_study


@of_study
def load_results(study: StudyLike = None) -> pd.DataFrame:
    """The results as they are stored.

    Returns
    -------
    pandas.DataFrame
        ``quantity`` is the result with its bounds; ``value``, ``low`` and ``high`` are the same as
        float64 in ``unit``; ``ci_low``, ``ci_high`` and ``level`` are of a confidence interval,
        which is nothing that the print allows; an estimate has its value at both ends. A day
        stands in ``first_day`` and ``last_day``, a verdict in ``text``. Numbers are those of the
        file: decimals of fifteen digits where they do not end, bounds rounded outward. The
        quantities name the figures behind them and do not know what two results share; compute
        with the tables where that matters.

    Raises
    ------
    FileError
        If the table is missing; ``python reproduce.py --update`` makes it.
    TableError
        If the table breaks the codebook.

    Warns
    -----
    StaleWarning
        If the typed tables changed since the results were computed; it names those whose formula
        gives another value now.

    Examples
    --------
    >>> stored = load_results().set_index("result_id")
    >>> stored.loc["donor_share.xiangcheng-009", "quantity"]
    95.0% [94.2, 95.7]
    """
    opened = load_study(study)
    if warn_if_behind(opened):
        # Of tables that break a rule `aidstudy check` tells; the stored results load all the same.
        with suppress(AidstudyError):
            if stale := stale_results(opened):
                told = f"results that the tables give otherwise now: {', '.join(stale)}"
                warnings.warn(told, StaleWarning, stacklevel=2)
    rows = exact_results(opened).to_dict("records")
    return frame(
        (row | number_cells(row, row["result_id"], "") for row in rows), COLUMNS["results"]
    )


_OPERATORS: Mapping[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_SIGNS = str.maketrans("÷×−", "/*-")
_NAME = re.compile(r"[a-z]+(?:-[a-z0-9]+)+")


def stale_results(study: StudyLike = None) -> list[str]:
    """Results whose formula of ids and operations gives another value with the tables now."""
    opened = load_study(study)
    clean = check_study(opened)
    tables = ("figures", "figure_id"), ("context", "fact_id")
    known = {
        row[key]: (row["value"], Fraction(1, 100) if row["unit"] == "%" else 1)
        for name, key in tables
        for row in clean[name].to_dict("records")
    }
    found = []
    for row in exact_results(opened).to_dict("records"):
        value = row["value"]
        now = _worked_out(row["formula"] or "", known)
        # A share is stored in per cent, a cost in CNY/km, both to the digits that a table holds.
        if isinstance(value, Fraction) and now is not None:
            slips = [abs(now * scale - value) for scale in (1, 100, 1000)]
            if min(slips) > abs(value) / 10**12:
                found.append(row["result_id"])
    return found


def _worked_out(formula: str, known: Mapping[str, Any]) -> Fraction | None:
    """The value of a formula; ``None`` where it holds anything but numbers and operations."""
    names: list[tuple[Any, Fraction | int]] = []

    def number(match: re.Match[str]) -> str:
        names.append(known[match[0]])
        return f"n{len(names) - 1}"

    def value(node: ast.AST) -> Fraction:
        if isinstance(node, ast.BinOp):
            return _OPERATORS[type(node.op)](value(node.left), value(node.right))
        if isinstance(node, ast.Name):
            text, scale = names[int(node.id[1:])]
            return Fraction(text) * scale
        return Fraction(str(ast.literal_eval(node)))

    try:
        tree = ast.parse(_NAME.sub(number, formula).translate(_SIGNS), mode="eval")
        return value(tree.body) if names else None
    except (SyntaxError, ValueError, TypeError, KeyError, ZeroDivisionError):
        return None


def moved_results(stored: StudyLike, built: StudyLike) -> list[str]:
    """Which results of one study are others in a second one, from what to what, line by line."""
    try:
        old, new = (_as_shown(study) for study in (stored, built))
    except AidstudyError:  # a study that was never built has none
        return []
    shown = ((name, old.get(name, "none"), new.get(name, "none")) for name in old | new)
    return [f"{name}: {before} -> {after}" for name, before, after in shown if before != after]


def _as_shown(study: StudyLike) -> dict[str, str]:
    rows = exact_results(study).to_dict("records")
    cells = {row["result_id"]: number_cells(row, row["result_id"], "") for row in rows}
    return {name: told["text"] or str(told["quantity"]) for name, told in cells.items()}


@of_study
def load_sensitivity(study: StudyLike = None) -> pd.DataFrame:
    """Which results move under each judgement call, as stored.

    Returns
    -------
    pandas.DataFrame
        One row for each result and option under which its value, a bound or its state differs
        from those under the defaults, which stand in columns that begin with ``default_``.
        ``difference`` is the new value less the old, in days between dates, NaN where one of them
        has no number.

    Examples
    --------
    >>> moved = load_sensitivity()
    >>> moved.query("result_id == 'counted_vs_named.flips.fisher'")["option"].tolist()
    ['left_out']
    """
    opened = load_study(study)
    warn_if_behind(opened)
    return _moves(exact_sensitivity(opened))


def _moves(exact: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for row in exact.to_dict("records"):
        told = row | number_cells(row, f"{row['result_id']} if {row['option']}", "")
        default = number_cells(row, row["result_id"], "default_")
        rows.append(told | {f"default_{name}": cell for name, cell in default.items()})
    return frame(rows, COLUMNS["sensitivity"])


def number_cells(row: Mapping[str, Any], name: str, start: str) -> dict[str, Any]:
    """Number, text and days of a row, each in a column of its own."""
    value, low, high = (row[f"{start}{part}"] for part in ("value", "low", "high"))
    state = row[f"{start}state"]
    told = dict.fromkeys(("value", "low", "high", "text", "first_day", "last_day"))
    gone = state in ("not_reported", "not_applicable")
    told |= {"state": state, "quantity": Missing(state if gone else "not_applicable")}
    if state == "estimated":
        # No rounding stands behind it: both ends are the value, and what is uncertain is told by
        # the confidence interval.
        low = high = value
    if row["unit"] == "date":
        return told | {"text": value, "first_day": low, "last_day": high}
    if isinstance(value, str):
        return told | {"text": value}
    if value is None and low is None and high is None:
        return told
    behind = f"{row.get('figures') or ''} {row.get('facts') or ''}"
    about = {"unit": row["unit"] or "", "state": state, "figures": behind, "name": name}
    told["quantity"] = from_parts(value, low, high, **about, source="result")
    ends = {"low": -inf if low is None else low, "high": inf if high is None else high}
    return told | {"value": value, **ends}
