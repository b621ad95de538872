"""What the reader makes of Chinese numerals on full reports, beside verdicts given by hand."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from copies import each_case

from aidstudy.reading.evidence import why_no_count
from aidstudy.reading.quantities import find_quantities

HERE = Path(__file__).parent
PAGES = HERE.parent.parent / "shared" / "pages"
READINGS: list[dict[str, Any]] = json.loads(
    (HERE / "cases" / "chinese_readings.json").read_text("utf-8")
)["readings"]
YEAR = 2026


@cache
def _read(name: str) -> frozenset[tuple[int, int]]:
    if not PAGES.exists():
        pytest.skip("the reports are not part of the repository: no ../shared/pages")
    text = (PAGES / name).read_bytes().decode("utf-8")
    return frozenset(
        (one.span.start, one.span.end) for one in find_quantities(text, year=YEAR).quantities
    )


def _still_read(reading: dict[str, Any]) -> bool:
    return (reading["start"], reading["end"]) in _read(reading["file"])


@pytest.mark.parametrize(
    ("draw", "size"), [("before", 300), ("after", 300), ("again", 300), ("news", 80)]
)
def test_at_most_two_in_a_hundred_are_no_figures(draw: str, size: int) -> None:
    drawn = [one for one in READINGS if draw in one["drawn"].split()]
    assert len(drawn) == size
    read = [one for one in drawn if one["verdict"] != "either" and _still_read(one)]
    spurious = [one for one in read if one["verdict"] == "none"]
    assert 2 * len(read) > size
    assert 50 * len(spurious) <= len(read), spurious


def test_no_true_figure_is_lost() -> None:
    lost = [one for one in READINGS if one["verdict"] == "figure" and not _still_read(one)]
    assert lost == []


@each_case("chinese_numerals", "counts")
def test_a_numeral_counts_where_another_could_stand(before: str, after: str, counts: bool) -> None:
    assert (why_no_count(before, after) == "") is counts
