"""What the reader makes of Chinese numerals on full reports, beside verdicts given by hand."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

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


def test_the_readings_stand_where_the_cases_say() -> None:
    for reading in READINGS:
        _read(reading["file"])
        text = (PAGES / reading["file"]).read_bytes().decode("utf-8")
        printed = text[reading["start"] : reading["end"]]
        assert "".join(printed.split())[:16] == reading["printed"]


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


@pytest.mark.parametrize(
    ("before", "after", "counts"),
    [
        ("建成", "三个安置点", True),
        ("长", "三角地区", False),
        ("每斤", "三角钱", True),
        ("党的", "二十届历次全会", False),
        ("连续", "三届获奖", True),
        ("过去", "一年", False),
        ("过去", "五年", True),
        ("推进“", "一核两副三带四区”", False),
        ("西宁、海东", "两市", True),
        ("协助", "一个行政村、争取资金的目标", True),
        ("是", "一项十分繁重的任务", False),
    ],
)
def test_a_numeral_counts_where_another_could_stand(before: str, after: str, counts: bool) -> None:
    assert (why_no_count(before, after) == "") is counts
