"""The reader on real pages that were coded by hand before any program read them."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from aidstudy.reading.quantities import Reading, find_quantities

CODED = Path(__file__).parent.parent.parent / "shared" / "pages" / "coded.jsonl"
NEAR = Fraction(1, 10**9)
"""The coding holds floats: 亩 is 2000/3 square metres."""


def _pages() -> list[dict[str, Any]]:
    if not CODED.exists():
        pytest.skip("the coded pages are not part of the repository: no ../shared/pages")
    return [json.loads(line) for line in CODED.read_text("utf-8").splitlines()]


def _alike(read: Fraction | str | None, coded: Any) -> bool:
    if not isinstance(read, Fraction):
        return read == coded
    if coded is None:
        return False
    return abs(read - Fraction(str(coded))) <= NEAR * abs(read)


def _right(quantity: Reading, coded: dict[str, Any]) -> bool:
    ends = all(
        _alike(getattr(quantity, end), coded[end]) for end in ("low", "high") if end in coded
    )
    # Coders name the thing counted; the reader has its measure word.
    unit = quantity.kind == "count" or not coded["unit"] or quantity.unit == coded["unit"]
    return (
        (quantity.kind, quantity.bound) == (coded["kind"], coded["bound"])
        and _alike(quantity.value, coded["value"])
        and ends
        and unit
    )


def test_span_value_unit_and_bounds_of_the_coded_pages() -> None:
    right = wrong = missed = 0
    for page in _pages():
        coded = {(one["start"], one["end"]): one for one in page["expected"]}
        either = [(one["start"], one["end"]) for one in page.get("optional", [])]
        found = find_quantities(page["text"], year=page["year"]).quantities
        hits = [one for one in found if one.span in coded and _right(one, coded[one.span])]
        extra = [
            one
            for one in found
            if one not in hits
            and not any(one.span.start < end and start < one.span.end for start, end in either)
        ]
        right, wrong = right + len(hits), wrong + len(extra)
        missed += len(coded) - len(hits)
    assert right > 150
    assert 2 * right / (2 * right + wrong + missed) >= 0.99
