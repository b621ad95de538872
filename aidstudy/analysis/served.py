"""The stored results: held to their rules, exact, and for whoever works in pandas."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pandas as pd

from aidstudy.analysis.desk import DATE
from aidstudy.analysis.switches import SWITCHES, checked_choices
from aidstudy.codebook import CONTEXT_CLEAN, FIGURES, RESULTS, SENSITIVITY, Table, did_you_mean
from aidstudy.errors import AidstudyError, ResultError, TableError
from aidstudy.quantity.scalar import Missing
from aidstudy.quantity.stored import from_parts
from aidstudy.rounding import OPEN, exact_text
from aidstudy.tables.cells import DECIMAL, exact, stored_cells
from aidstudy.tables.check import rule_faults
from aidstudy.tables.files import read_cells, rows_of
from aidstudy.tables.load import StudyLike, warn_if_behind
from aidstudy.tables.ordinary import COLUMNS, frame, long_cells, of_study
from aidstudy.tables.study import Study, load_study

LETTERS = tuple("ABCDEFGHIJKLMNOP")
"""Of the analyses."""

Row = Mapping[str, Any]

ID = re.compile(r"[A-Za-z0-9_]+(?:[.-][A-Za-z0-9_]+)*")
"""Of a result, a figure or a fact."""

# Cells have fifteen digits, so that a difference of two of them has a few less.
_TOLERANCE = Fraction(1, 10**9)


# --- the exact tables -----------------------------------------------------------------------------


def exact_results(study: StudyLike = None) -> pd.DataFrame:
    """The stored results with exact cells; under other choices, those that a choice moves."""
    opened = load_study(study)
    found = _typed(_checked_cells(RESULTS, opened, {}), RESULTS)
    asked = {
        name: one
        for name, one in checked_choices(opened.choices).items()
        if one != opened.made.get(name, SWITCHES[name].default)
    }
    return _moved_by(asked, found, opened) if asked else found


def _moved_by(asked: Mapping[str, str], found: pd.DataFrame, study: Study) -> pd.DataFrame:
    """The results with those exchanged that a choice moves."""
    moves = exact_sensitivity(study)
    moves = moves[moves["switch"].map(asked.get) == moves["option"]]
    twice = moves.loc[moves["result_id"].duplicated(), "result_id"].tolist()
    unknown = [n for n, one in asked.items() if n in study.made or one not in SWITCHES[n].options]
    if twice or unknown:
        told = [f"{name}={option}" for name, option in asked.items()]
        why = f"{twice[0]} is moved by several" if twice else "this is none of them"
        raise ResultError(
            f"results under {' and '.join(told)}: stored are those of one judgement call alone, "
            f"and {why}; make them with: aidstudy reproduce --choice {' --choice '.join(told)} "
            "--keep DIR, and name that folder with --study DIR"
        )
    found, moves = (table.set_index("result_id", drop=False) for table in (found, moves))
    moved = moves.index.intersection(found.index)
    columns = ["value", "low", "high", "state"]
    found.loc[moved, columns] = moves.loc[moved, columns]
    found.loc[moved, ["ci_low", "ci_high", "level"]] = None
    return found.reset_index(drop=True)


def results_by_id(study: StudyLike = None) -> dict[str, dict[str, Any]]:
    """The rows of :func:`exact_results` by their ids, in the stored order."""
    return {row["result_id"]: row for row in exact_results(study).to_dict("records")}


def exact_sensitivity(study: StudyLike = None) -> pd.DataFrame:
    """Which results move under each judgement call, as stored, with exact cells."""
    opened = load_study(study)
    cells = rows_of(_checked_cells(RESULTS, opened, {})).values()
    results = {row["result_id"]: row for row in cells}
    return _typed(_checked_cells(SENSITIVITY, opened, results), SENSITIVITY)


def stored_label(table: Table) -> str:
    """Where a table that the library makes stands below the study's folder."""
    return f"data/clean/{table.name}.csv"


def known_ids(study: Study) -> dict[str, set[str]]:
    """Ids of the figures and facts, by the column that lists them."""
    found = {}
    for column, spec in (("figures", FIGURES), ("facts", CONTEXT_CLEAN)):
        label = stored_label(spec)
        found[column] = set(read_cells(study.folder / label, spec.names, name=label)[spec.key[0]])
    return found


def _checked_cells(spec: Table, study: Study, results: Mapping[str, Row]) -> pd.DataFrame:
    """A stored table as text cells, as the codebook and ``rules.toml`` say."""
    label, tests = stored_label(spec), _StoredTests(known_ids(study), results)
    cells = stored_cells(study, label, spec)
    TableError.raise_if_any(rule_faults(spec, cells, tests, name=label), what=label)
    return cells


def _typed(cells: pd.DataFrame, spec: Table) -> pd.DataFrame:
    for column in spec.columns:
        if column.type == "exact":
            values = [exact(cell) for cell in cells[column.name]]
            cells[column.name] = pd.Series(values, index=cells.index, dtype=object)
    return cells.reset_index(drop=True)


class _StoredTests:
    """The tests by their names in ``rules.toml``: `known` has the ids that a formula may name."""

    switches = SWITCHES

    def __init__(self, known: Mapping[str, set[str]], results: Mapping[str, Row]) -> None:
        self.known, self.results = known, results

    def unlisted(self, row: Row, column: str) -> list[str]:
        """Every figure and fact that a formula names is listed; a count may rest on more."""
        named = self.known[column].intersection(ID.findall(row["formula"]))
        return sorted(named.difference(row[column].split()))

    def no_other_option(self, row: Row, column: str) -> list[str]:
        switch = SWITCHES.get(row["switch"])
        others = [one for one in switch.options if one != switch.default] if switch else []
        there = not switch or row[column] in others
        return [] if there else [did_you_mean(row[column], others)]

    def no_result(self, row: Row, column: str) -> list[str]:
        there = row[column] in self.results or row["default_state"] == "not_reported"
        return [] if there else [did_you_mean(row[column], self.results)]

    def not_as_stored(self, row: Row, column: str) -> list[str]:
        stored = self.results.get(row["result_id"], {}).get(column.removeprefix("default_"))
        return [] if stored in (None, row[column]) else [stored or "nothing"]

    def no_difference(self, row: Row, column: str) -> list[str]:
        told, pair = row[column], (row["value"], row["default_value"])
        if told and not DECIMAL.fullmatch(told):
            return ["not a number"]
        if row["unit"] == DATE:
            return []
        if not all(map(DECIMAL.fullmatch, pair)):
            return ["there are no two values that differ"] if told else []
        if not told:
            both = row["low"] and row["default_low"]
            return ["empty, although there are two values"] if both else []
        new, old = map(Fraction, pair)
        allowed = _TOLERANCE * max(abs(new), abs(old), Fraction(1))
        fits = abs(new - old - Fraction(told)) <= allowed
        return [] if fits else [f"not {pair[0]} less {pair[1]}"]


# --- for pandas -----------------------------------------------------------------------------------


@of_study
def load_results(study: StudyLike = None) -> pd.DataFrame:
    """The results as they are stored.

    ``quantity`` is the result with its bounds; ``value``, ``low`` and ``high`` are the same as
    float64 in ``unit``; ``ci_low``, ``ci_high`` and ``level`` are of a confidence interval,
    which is nothing that the print allows; an estimate has its value at both ends. A day
    stands in ``first_day`` and ``last_day``, a verdict in ``text``. Numbers are those of the
    file: decimals of fifteen digits where they do not end, bounds rounded outward. The
    quantities name the figures behind them and do not know what two results share; compute
    with the tables where that matters.

    >>> stored = load_results().set_index("result_id")
    >>> stored.loc["donor_share.xiangcheng-009", "quantity"]
    95.0% [94.2, 95.7]
    """
    opened = load_study(study)
    warn_if_behind(opened)
    rows = exact_results(opened).to_dict("records")
    return frame(
        (row | number_cells(row, row["result_id"], "") for row in rows), COLUMNS["results"]
    )


@of_study
def load_sensitivity(study: StudyLike = None) -> pd.DataFrame:
    """Which results move under each judgement call, as stored.

    One row for each result and option under which its value, a bound or its state differs
    from those under the defaults, which stand in columns that begin with ``default_``.
    ``difference`` is the new value less the old, in days between dates, NaN where one of them
    has no number.

    >>> moved = load_sensitivity()
    >>> moved.query("result_id == 'counted_vs_named.flips.fisher'")["option"].tolist()
    ['left_out']
    """
    opened = load_study(study)
    warn_if_behind(opened)
    rows = []
    for row in exact_sensitivity(opened).to_dict("records"):
        told = row | number_cells(row, f"{row['result_id']} if {row['option']}", "")
        default = number_cells(row, row["result_id"], "default_")
        rows.append(told | {f"default_{name}": cell for name, cell in default.items()})
    return frame(rows, COLUMNS["sensitivity"])


def number_cells(row: Row, name: str, start: str) -> dict[str, Any]:
    """Number, text and days of a row, each in a column of its own."""
    value, low, high, state = (row[f"{start}{part}"] for part in ("value", "low", "high", "state"))
    told = dict.fromkeys(("value", "low", "high", "text", "first_day", "last_day"))
    gone = state in ("not_reported", "not_applicable")
    told |= {"state": state, "quantity": Missing(state if gone else "not_applicable")}
    if state == "estimated":
        # No rounding stands behind it: both ends are the value, and what is uncertain is told by
        # the confidence interval.
        low = high = value
    if row["unit"] == DATE:
        return told | {"text": value, "first_day": low, "last_day": high}
    if isinstance(value, str):
        return told | {"text": value}
    if value is None and low is None and high is None:
        return told
    behind = f"{row.get('figures') or ''} {row.get('facts') or ''}"
    about = {"unit": row["unit"] or "", "state": state, "figures": behind, "name": name}
    quantity = from_parts(value, low, high, **about, source="result")
    return told | long_cells(quantity) | {"state": state}


def told_result(row: Row) -> str:
    """A stored result in one line: its number, day or verdict, or why there is none."""
    cells = number_cells(row, row["result_id"], "")
    said = cells["text"] or str(cells["quantity"])
    if (first := cells["first_day"]) != (last := cells["last_day"]):
        said = f"{cells['text'] or ''} [{first or OPEN}, {last or OPEN}]".strip()
    if row["ci_low"] is None:
        return said
    ends = " to ".join(exact_text(row[end]) for end in ("ci_low", "ci_high"))
    return f"{said}, {float(100 * row['level']):g}% interval {ends}"


# --- what has moved -------------------------------------------------------------------------------


def moved_results(stored: StudyLike, built: StudyLike) -> list[str]:
    """Which results of one study are others in a second one, from what to what, line by line."""
    try:
        old, new = (
            {name: told_result(row) for name, row in results_by_id(study).items()}
            for study in (stored, built)
        )
    except AidstudyError:  # a study that was never built has none
        return []
    shown = ((name, old.get(name, "none"), new.get(name, "none")) for name in old | new)
    return [f"{name}: {before} -> {after}" for name, before, after in shown if before != after]
