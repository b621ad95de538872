"""Numerals and the repair of texts: each case by hand, and by property what each must keep."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from copies import case_set
from hypothesis import given
from hypothesis import strategies as st

from aidstudy.errors import NumeralError, TextError
from aidstudy.reading.numerals import BIG_SCALES, DIGITS, SMALL_SCALES, read_numeral
from aidstudy.reading.quantities import find_quantities
from aidstudy.reading.text import RULES, Repair, RepairedText, Span, repair_text


@pytest.mark.parametrize("case", case_set("text"), ids=lambda case: case["note"])
def test_a_repair(case: dict[str, Any]) -> None:
    fixed = repair_text(case["raw"])
    assert fixed.text == case["text"]
    assert [step.rule for step in fixed.steps] == case["rules"]
    assert repair_text(fixed.text).steps == ()


def test_every_step_is_listed_and_can_be_undone() -> None:
    fixed = repair_text("总投资约 1 亿\n元，培训６期。")
    assert {step.rule for step in fixed.steps} <= set(RULES)
    for step in fixed.steps:
        assert step.span.of(fixed.raw) == step.printed
    width = [step for step in fixed.steps if step.rule == "width"]
    assert fixed.undo(width).text == "总投资约1亿元，培训６期。"
    assert fixed.undo(fixed.steps).text == fixed.raw


def test_places_outside_and_steps_of_another_text_are_refused() -> None:
    fixed = repair_text("共 5 个")
    with pytest.raises(TextError, match="not a place in a text of 3 characters"):
        fixed.raw_span(2, 9)
    with pytest.raises(TextError, match="does not fit the raw text"):
        RepairedText("共 5 个", (Repair("space", Span(0, 1), " ", ""),))


@pytest.mark.page
def test_the_page_is_mended_and_loses_no_figure(page: Path) -> None:
    raw = page.read_bytes().decode("utf-8")
    fixed = repair_text(raw)
    assert repair_text(fixed.text).steps == ()
    assert "".join(fixed.text.split()) != fixed.text
    # No line of prose ends inside a sentence; what ends without a mark is short or has two parts.
    for line in fixed.text.split("\n"):
        if line and not re.search("[。！？]”?$", line):
            assert len(line) < 120
    before = find_quantities(raw, year=2012)
    after = find_quantities(fixed.text, year=2012)
    assert [q.printed for q in after.quantities] == [q.printed for q in before.quantities]
    assert [fixed.raw_span(*q.span) for q in after.quantities] == [
        q.span for q in before.quantities
    ]
    assert [fixed.text_span(*q.span) for q in before.quantities] == [
        q.span for q in after.quantities
    ]


# === numerals


@pytest.mark.parametrize("case", case_set("numerals"), ids=lambda case: case["printed"])
def test_a_numeral(case: dict[str, Any]) -> None:
    numeral = read_numeral(case["printed"])
    assert case["note"]
    assert numeral.value == Fraction(case["value"])
    assert numeral.step == Fraction(case["step"])
    assert numeral.nonzero_step == Fraction(case["nonzero_step"])
    assert numeral.arabic == (case["numeral"] == "arabic")
    ends = case["ends"] or [case["value"]] * 2
    assert numeral[:2] == (Fraction(ends[0]), Fraction(ends[1]))


NONE = " 元 五一 三百五千 十百 一万二万 1.2.3 一二三百 3万4亿 abc 3、5 一、二、三"


@pytest.mark.parametrize("printed", NONE.split(" "))
def test_what_is_no_numeral_is_refused(printed: str) -> None:
    with pytest.raises(NumeralError, match="not one numeral"):
        read_numeral(printed)


def test_a_run_of_digits_longer_than_any_amount_is_refused_at_once() -> None:
    with pytest.raises(NumeralError, match="nothing printed as an amount is so long") as failure:
        read_numeral("9" * 1_000_000)
    assert len(str(failure.value)) < 300


def _in_words(number: int) -> str:
    """A whole number below 10**16 as Chinese writes it, by the rules of school, not of the code."""
    digits = "零一二三四五六七八九"
    if number >= 10**12:
        head, rest = (_in_words(part).lstrip("零") for part in divmod(number, 10**8))
        return f"{head}亿{'零' if number % 10**8 < 10**7 and rest else ''}{rest}"
    parts = []
    for name, scale in (("亿", 10**8), ("万", 10**4), ("", 1)):
        part, number = divmod(number, scale)
        if not part:
            parts.append("零" if parts and number else "")
            continue
        text = ""
        for unit, size in (("千", 1000), ("百", 100), ("十", 10), ("", 1)):
            digit, part = divmod(part, size)
            if digit:
                text += digits[digit] + unit
            elif (text or parts) and part and not text.endswith("零"):
                text += "零"
        parts.append(text + name)
    words = "".join(parts)
    while "零零" in words:
        words = words.replace("零零", "零")
    return words.rstrip("零")


@given(st.integers(min_value=1, max_value=10**16 - 1))
def test_whole_numbers_in_words_come_back(number: int) -> None:
    assert read_numeral(_in_words(number)).value == number


@given(st.integers(min_value=0, max_value=10**12), st.integers(min_value=0, max_value=4))
def test_arabic_numerals_come_back_with_their_precision(number: int, decimals: int) -> None:
    value = Fraction(number, 10**decimals)
    whole, part = divmod(number, 10**decimals)
    printed = f"{whole}.{part:0{decimals}d}" if decimals else str(whole)
    numeral = read_numeral(printed)
    assert (numeral.value, numeral.step) == (value, Fraction(1, 10**decimals))
    assert numeral.nonzero_step >= numeral.step


_ALPHABET = "".join([*DIGITS, *SMALL_SCALES, *BIG_SCALES]) + "0123456789.,点廿 "


@given(st.text(alphabet=_ALPHABET, max_size=12))
def test_any_mixture_is_read_or_refused(printed: str) -> None:
    try:
        numeral = read_numeral(printed)
    except NumeralError:
        return
    assert numeral.value >= 0
    assert 0 < numeral.step <= numeral.nonzero_step
    assert numeral.low <= numeral.value <= numeral.high
