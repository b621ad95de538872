"""Figures: the page's, made-up ones, real pages; what must not match, and what still fails."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from copies import REPOSITORY, case_set, each_case

from aidstudy import audit_text, errors
from aidstudy.errors import QuantityError, TextError
from aidstudy.reading.drafts import draft_figures
from aidstudy.reading.evidence import why_no_count
from aidstudy.reading.quantities import Reading, find_quantities, plain_print, read_quantity
from aidstudy.reading.text import repair_text

HERE = Path(__file__).parent


def _as_printed(end: Fraction | str | None, like: str | None) -> str | None:
    """A value or bound in the form of the case file, which holds decimals and ISO text."""
    if isinstance(end, Fraction):
        return like if like is not None and end == Fraction(like) else str(end)
    return end


def _shown(quantity: Reading, expected: dict[str, Any]) -> dict[str, Any]:
    return {
        key: _as_printed(getattr(quantity, key), expected[key])
        if key in ("value", "low", "high")
        else getattr(quantity, key)
        for key in expected
    }


@pytest.mark.parametrize("case", case_set("quantities_page"), ids=lambda case: case["printed"])
def test_a_figure_of_the_page(case: dict[str, Any]) -> None:
    assert case["note"]
    quantity = read_quantity(case["printed"], **case["hints"])
    assert _shown(quantity, case["expect"]) == case["expect"]
    assert quantity.span == (0, len(case["printed"]))


def _check_text(case: dict[str, Any]) -> None:
    assert case["note"]
    found = find_quantities(case["text"], year=case["year"], relative=case.get("relative", False))
    assert [quantity.printed for quantity in found.quantities] == [
        expected["printed"] for expected in case["expect"]
    ]
    for quantity, expected in zip(found.quantities, case["expect"], strict=True):
        assert _shown(quantity, expected) == expected
        assert plain_print(quantity.span.of(case["text"])) == quantity.printed


@pytest.mark.parametrize("case", case_set("quantities_made_up"), ids=lambda case: case["text"])
def test_a_made_up_text(case: dict[str, Any]) -> None:
    _check_text(case)


@pytest.mark.parametrize(
    "case", case_set("quantities_must_not_match"), ids=lambda case: case["text"]
)
def test_what_must_not_match(case: dict[str, Any]) -> None:
    found = find_quantities(case["text"], year=case["year"])
    assert case["note"]
    assert [quantity.printed for quantity in found.quantities] == []
    assert [left.printed for left in found.unread] == case["unread"]
    assert all(left.reason for left in found.unread)


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, marks=pytest.mark.xfail(reason=case["note"], strict=True))
        for case in case_set("quantities_known_failures")
    ],
    ids=lambda case: case["text"],
)
def test_a_known_failure(case: dict[str, Any]) -> None:
    _check_text(case)


@pytest.mark.parametrize(
    "file", sorted((HERE / "cases" / "pages").glob("*.json")), ids=lambda f: f.stem
)
def test_an_invented_page(file: Path) -> None:
    """Pages of the genre, marked by hand before the reader saw them; the note has its first F1."""
    page = json.loads(file.read_text("utf-8"))
    assert page["note"]
    text = "\n".join(page["lines"])
    found = find_quantities(text, year=page["year"]).quantities
    assert [(*q.span, q.printed) for q in found] == [
        (marked["start"], marked["end"], marked["printed"]) for marked in page["expect"]
    ]
    for quantity, marked in zip(found, page["expect"], strict=True):
        expected = {key: cell for key, cell in marked.items() if key not in ("start", "end")}
        assert _shown(quantity, expected) == expected


@each_case("quantities_slices", "refused")
def test_an_error_names_what_was_read_and_what_to_do(
    printed: str, hints: dict[str, Any], error: str, match: str
) -> None:
    with pytest.raises(getattr(errors, error), match=match):
        read_quantity(printed, **hints)


@each_case("quantities_slices", "bounds")
def test_signs_zero_and_hints(
    printed: str, hints: dict[str, Any], value: str, low: str, high: str
) -> None:
    """A minus sign counts; an amount without one is not below zero, a change of 0% may be."""
    quantity = read_quantity(printed, **hints)
    ends = (quantity.value, quantity.low, quantity.high)
    assert ends == (Fraction(value), Fraction(low), Fraction(high))


@pytest.mark.parametrize("reads", [find_quantities, repair_text, draft_figures, audit_text])
def test_only_text_is_read(reads: Callable[[Any], object]) -> None:
    with pytest.raises(TextError, match="decode the page"):
        reads(b"50")
    with pytest.raises(QuantityError, match="as text"):
        read_quantity(50)  # type: ignore[arg-type]


@each_case("quantities_slices", "empty")
def test_nothing_found_says_why(text: str, why: str) -> None:
    found = find_quantities(text)
    assert found.quantities == []
    assert why in found.why_empty
    assert find_quantities(f"{text}共5个").why_empty == ""


@each_case("quantities_slices", "counted")
def test_the_thing_counted_stands_outside(text: str, counted: str) -> None:
    (quantity,) = find_quantities(text).quantities
    assert quantity.counted == counted


@pytest.mark.page
def test_the_page_as_the_tables_have_it(page: Path, repository: Path) -> None:
    """Spans, kinds, values and bounds of the clean table; a rule is exact by its measure only."""
    table = repository / "data" / "clean" / "figures.csv"
    if not table.exists():
        pytest.skip("data/clean/figures.csv is not there")
    text = page.read_bytes().decode("utf-8")
    with table.open(encoding="utf-8", newline="") as file:
        rows = {(int(r["start"]), int(r["end"])): r for r in csv.DictReader(file)}
    found = {tuple(q.span): q for q in find_quantities(text, year=2012).quantities}
    assert sorted(found) == sorted(rows)
    for span, row in rows.items():
        quantity = found[span]
        assert (quantity.printed, quantity.kind) == (row["printed"], row["kind"])
        parts = ("value",) if row["measure"] == "rule_ratio" else ("value", "low", "high", "bound")
        for part in parts:
            assert (_as_printed(getattr(quantity, part), row[part]) or "") == row[part]


# === the reader on real pages that were coded by hand before any program read them


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


# === what the reader makes of Chinese numerals on full reports, beside verdicts given by hand


PAGES = REPOSITORY.parent / "shared" / "pages"
READINGS: list[dict[str, Any]] = case_set("chinese_readings")["readings"]
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
