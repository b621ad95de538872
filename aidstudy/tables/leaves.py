"""A row of the tables as the figure or fact that formulas end in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aidstudy.intervals import Interval
from aidstudy.result import Leaf


def figure_leaf(row: Mapping[str, Any]) -> Leaf:
    """A printed number; a row of the exact table of figures."""
    return _leaf("figure", row["figure_id"], row)


def fact_leaf(row: Mapping[str, Any]) -> Leaf:
    """A fact from outside the page; a row of the exact table of context."""
    return _leaf("fact", row["fact_id"], row)


def _leaf(source: Any, name: str, row: Mapping[str, Any]) -> Leaf:
    bounds, part_of = Interval(row["low"], row["high"]), row.get("part_of") or ""
    return Leaf(source, name, row["value"], bounds, row["printed"], row["unit"] or "", part_of)
