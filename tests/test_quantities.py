"""Figures: the page's, made-up ones, what must not match, and what still fails."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from copies import case_set, each_case

from aidstudy import audit_text, errors
from aidstudy.errors import QuantityError, TextError
from aidstudy.reading.drafts import draft_figures
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


def test_white_space_inside_a_plain_figure_changes_no_value() -> None:
    for printed in ("1亿3000万元", "1.25亿元", "12,345.6万元", "3千万元", "86.5%", "5千余户"):
        whole = find_quantities(f"共有{printed}，").quantities[0]
        assert whole.printed == printed
        spaced = printed.replace("亿", " 亿\n").replace("万", " 万 ").replace("千", "\n千")
        broken = find_quantities(f"共有{spaced}，").quantities[0]
        assert broken._replace(span=whole.span) == whole
        assert read_quantity(printed)._replace(span=whole.span) == whole
