"""The stored results against each other: ids, numbers, bounds, states, what formulas name."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN
from fractions import Fraction

import pandas as pd

from aidstudy.analysis.desk import DATE
from aidstudy.analysis.switches import SWITCHES
from aidstudy.codebook import RESULTS, SENSITIVITY, UNITS, Table, did_you_mean
from aidstudy.errors import Fault
from aidstudy.intervals import plain
from aidstudy.tables.cells import DECIMAL, is_date
from aidstudy.tables.files import fault_at

UNLETTERED = "-"
"""Analysis of a result of a study that has no words for its results."""

Row = Mapping[str, str]
Told = tuple[str, str]
"""A column, and what is wrong with it."""

_ANEW = "restore it, or compute it anew: aidstudy reproduce --update"
_ID = re.compile(r"[A-Za-z0-9_]+(?:[.-][A-Za-z0-9_]+)*")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PART_OF_UNIT = re.compile("[A-Z]{3}|[a-z]+(?:-[a-z]+)*")
_NOTHING = frozenset({"not_reported", "not_applicable"})
_SOMETHING = frozenset({"printed", "derived", "hypothetical", "estimated"})
# Cells have fifteen digits, so that a difference of two of them has a few less.
_TOLERANCE = Fraction(1, 10**9)
_ONE = Fraction(1)


_ROUNDING = {"low": ROUND_FLOOR, "high": ROUND_CEILING}


def written(column: str, value: object) -> str:
    """A cell as it is stored: plain decimals, bounds rounded outward, nothing for ``None``."""
    if isinstance(value, Fraction):
        return plain(value, rounding=_ROUNDING.get(column.split("_")[-1], ROUND_HALF_EVEN))
    return "" if value is None else str(value)


def result_faults(
    cells: pd.DataFrame,
    *,
    name: str,
    letters: Collection[str],
    figures: Collection[str],
    facts: Collection[str],
) -> list[Fault]:
    """What is wrong in the stored results, beyond their single cells."""
    twice = cells["result_id"].duplicated()

    def told(number: int, row: Row) -> Iterator[Told]:
        if not _ID.fullmatch(row["result_id"]):
            yield "result_id", "not the id of a result"
        elif twice[number]:
            yield "result_id", "the id stands twice"
        if row["analysis"] not in letters and row["analysis"] != UNLETTERED:
            yield "analysis", f"not an analysis{did_you_mean(row['analysis'], letters)}"
        yield from _unit_faults(row)
        yield from _number_faults(row, "")
        if (row["low"] or row["high"]) and not row["bounds_by"]:
            yield "bounds_by", "empty, although there are bounds"
        yield from _trail_faults(row, figures, facts)

    return _collected(cells, RESULTS, name, told)


def sensitivity_faults(cells: pd.DataFrame, results: pd.DataFrame, *, name: str) -> list[Fault]:
    """What is wrong in the stored table of what each judgement call moves."""
    stored = {row["result_id"]: row for row in results.to_dict("records")}

    def told(_: int, row: Row) -> Iterator[Told]:
        switch, option = SWITCHES.get(row["switch"]), row["option"]
        if switch is None:
            yield "switch", f"no judgement call{did_you_mean(row['switch'], SWITCHES)}"
        elif option not in switch.options or option == switch.default:
            others = [other for other in switch.options if other != switch.default]
            yield "option", f"no other option of {switch.name}{did_you_mean(option, others)}"
        yield from _unit_faults(row)
        for prefix in ("", "default_"):
            yield from _number_faults(row, prefix)
        yield from _difference_faults(row)
        default = stored.get(row["result_id"])
        if default is not None:
            for column in ("value", "low", "high", "state", "unit"):
                own = column if column == "unit" else f"default_{column}"
                if row[own] != default[column]:
                    said = default[column] or "nothing"
                    yield own, f"{RESULTS.name}.csv has {said} for this result"
        elif row["default_state"] != "not_reported":
            yield "result_id", f"no such result{did_you_mean(row['result_id'], stored)}"

    return _collected(cells, SENSITIVITY, name, told)


def _collected(
    cells: pd.DataFrame, table: Table, name: str, told: Callable[[int, Row], Iterator[Told]]
) -> list[Fault]:
    return [
        fault_at(cells, number, table, name, column, problem, _ANEW)
        for number, row in cells.to_dict("index").items()
        for column, problem in told(number, row)
    ]


def _unit_faults(row: Row) -> Iterator[Told]:
    unit = row["unit"]
    parts = [part for part in re.split("[ /()]", unit) if part]
    if unit not in UNITS and not all(p in UNITS or _PART_OF_UNIT.fullmatch(p) for p in parts):
        yield "unit", "neither a base unit, nor a thing counted, nor made of them"


def _number_faults(row: Row, prefix: str) -> Iterator[Told]:
    """Value and bounds are numbers, or days, in order, and there where the state says so."""
    told = {prefix + part: row[prefix + part] for part in ("low", "value", "high")}
    state, value = row[f"{prefix}state"], row[f"{prefix}value"]
    in_words = not (row["unit"] or row[f"{prefix}low"] or row[f"{prefix}high"])
    kind, fits = ("day", _is_day) if row["unit"] == DATE else ("number", DECIMAL.fullmatch)
    # A verdict has words, no unit and no bounds.
    wrong = [] if in_words else [name for name, cell in told.items() if cell and not fits(cell)]
    yield from ((column, f"not a {kind}") for column in wrong)
    if wrong or in_words:
        return
    order = [cell for cell in told.values() if cell]
    if state in _NOTHING and order:
        yield f"{prefix}state", f"{state}, although there is a {kind}"
    if state in _SOMETHING and not value:
        yield f"{prefix}value", f"empty, although the state is {state}"
    if state == "bounds_only" and value:
        yield f"{prefix}value", "a single value, although the state is bounds_only"
    # ISO days stand in the order of their text.
    if order != sorted(order, key=str if row["unit"] == DATE else Fraction):
        low, high = row[f"{prefix}low"], row[f"{prefix}high"]
        yield f"{prefix}value" if value else f"{prefix}low", f"not between {low} and {high}"


def _is_day(cell: str) -> bool:
    return bool(_DAY.fullmatch(cell)) and is_date(cell)


def _difference_faults(row: Row) -> Iterator[Told]:
    difference, pair = row["difference"], (row["value"], row["default_value"])
    if difference and not DECIMAL.fullmatch(difference):
        yield "difference", "not a number"
    elif row["unit"] == DATE:
        return
    elif not all(map(DECIMAL.fullmatch, pair)):
        if difference:
            yield "difference", "there are no two values that differ"
    elif not difference:
        if row["low"] and row["default_low"]:
            yield "difference", "empty, although there are two values"
    else:
        new, old = map(Fraction, pair)
        if abs(new - old - Fraction(difference)) > _TOLERANCE * max(abs(new), abs(old), _ONE):
            yield "difference", f"not {row['value']} less {row['default_value']}"


def _trail_faults(row: Row, figures: Collection[str], facts: Collection[str]) -> Iterator[Told]:
    """Every figure and fact that a formula names is listed; a count or a test rests on more."""
    words = set(_ID.findall(row["formula"]))
    for column, known in (("figures", figures), ("facts", facts)):
        listed = row[column].split(" ") if row[column] else []
        for one in sorted(words & set(known) - set(listed)):
            yield column, f"{one} is missing, which is behind the formula {row['formula']}"
        if len(set(listed)) < len(listed):
            yield column, "an id stands twice"
