"""The stored results against each other: what ``rules.toml`` tests of them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN
from fractions import Fraction

from aidstudy.analysis.desk import DATE
from aidstudy.analysis.switches import SWITCHES
from aidstudy.codebook import did_you_mean
from aidstudy.intervals import plain
from aidstudy.tables.cells import DECIMAL

UNLETTERED = "-"
"""Analysis of a result of a study that has no words for its results."""

Row = Mapping[str, str]

_ID = re.compile(r"[A-Za-z0-9_]+(?:[.-][A-Za-z0-9_]+)*")
# Cells have fifteen digits, so that a difference of two of them has a few less.
_TOLERANCE = Fraction(1, 10**9)
_ROUNDING = {"low": ROUND_FLOOR, "high": ROUND_CEILING}


def written(column: str, value: object) -> str:
    """A cell as it is stored: plain decimals, bounds rounded outward, nothing for ``None``."""
    if isinstance(value, Fraction):
        return plain(value, rounding=_ROUNDING.get(column.split("_")[-1], ROUND_HALF_EVEN))
    return "" if value is None else str(value)


class StoredTests:
    """The tests by their names in ``rules.toml``: `known` has the ids that a formula may name."""

    switches = SWITCHES

    def __init__(
        self, known: Mapping[str, Collection[str]], results: Mapping[str, Row] | None = None
    ) -> None:
        self.known, self.results = known, results or {}

    def unlisted(self, row: Row, column: str) -> list[str]:
        """Every figure and fact that a formula names is listed; a count may rest on more."""
        named = set(_ID.findall(row["formula"])) & set(self.known[column])
        return sorted(named - set(row[column].split()))

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
        slip = abs(new - old - Fraction(told)) / max(abs(new), abs(old), 1)
        return [f"not {pair[0]} less {pair[1]}"] if slip > _TOLERANCE else []
