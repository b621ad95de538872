"""How many digits a number bears: by hand, and for any number, whatever stands beside it."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from copies import case_set
from hypothesis import assume, given
from hypothesis import strategies as st

from aidstudy.intervals import Interval, rounding_interval
from aidstudy.rounding import Digits, Shown, decimals_for, write_number


def fraction(text: str) -> Fraction:
    above, _, below = text.partition("/")
    return Fraction(above) / Fraction(below or 1)


def number(value: str | None, low: str | None, high: str | None) -> Shown:
    ends = [None if text is None else fraction(text) for text in (value, low, high)]
    return Shown(ends[0], Interval(ends[1], ends[2]))


def read(text: str) -> Fraction:
    return Fraction(text.replace("−", "-").replace(",", ""))


@pytest.mark.parametrize("case", case_set("written_numbers"), ids=lambda case: case["note"])
def test_numbers_written_by_hand(case: dict[str, Any]) -> None:
    shown = number(case["value"], case["low"], case["high"])
    assert write_number(shown) == Digits(*case["written"])


@given(st.integers(0, 10**9), st.integers(0, 6))
def test_a_rounded_print_is_written_as_it_was_printed(digits: int, decimals: int) -> None:
    text = str(digits).zfill(decimals + 1)
    printed = f"{text[: len(text) - decimals]}.{text[len(text) - decimals :]}".rstrip(".")
    value = Fraction(printed)
    assume(value > 0)
    written = write_number(Shown(value, rounding_interval(printed)))
    assert written.value.replace(",", "") == printed
    assert (read(written.low), read(written.high)) == rounding_interval(printed).closed()


@st.composite
def bounded(draw: st.DrawFn) -> Shown:
    """A value between two ends that differ."""
    many = st.fractions(min_value=-(10**6), max_value=10**6, max_denominator=10**6)
    few = st.fractions(min_value=-20, max_value=20, max_denominator=40)
    low, high = sorted(draw(st.one_of(st.tuples(many, many), st.tuples(few, few))))
    # Closer ends are one number, cut when it was stored.
    assume(high - low > abs(high) / 10**9)
    part = draw(st.fractions(min_value=0, max_value=1, max_denominator=97))
    value = draw(st.sampled_from([low + part * (high - low), None]))
    return Shown(value, Interval(low, high))


@given(bounded())
def test_what_is_written_holds_what_is_allowed_and_the_value_within(shown: Shown) -> None:
    (low, high), digits = shown.interval.closed(), write_number(shown)
    written_low, written_high = read(digits.low), read(digits.high)
    assert written_low <= low
    assert high <= written_high
    of_value, decimals = decimals_for(shown)
    widened = written_high - high + low - written_low
    assert widened <= (high - low) / 10
    if widened:
        larger = max(abs(low), abs(high))
        assert larger * Fraction(10) ** decimals >= 100, "three digits of the larger end"
    if shown.value is None:
        assert digits.value == ""
        return
    value = read(digits.value)
    assert written_low <= value <= written_high
    assert bool(value) == bool(shown.value)
    assert value != written_low or shown.value == low
    assert value != written_high or shown.value == high
    assert abs(value - shown.value) <= Fraction(10) ** -of_value / 2


@given(bounded(), st.integers(-9, 9))
def test_another_unit_moves_the_point_and_no_digit(shown: Shown, power: int) -> None:
    scale = Fraction(10) ** power
    low, high = shown.interval.closed()
    value = None if shown.value is None else shown.value * scale
    moved = Shown(value, Interval(low * scale, high * scale))
    assert decimals_for(moved) == tuple(digits - power for digits in decimals_for(shown))
    before, after = write_number(shown), write_number(moved)
    for a, b in ((before.value, after.value), (before.low, after.low), (before.high, after.high)):
        assert a == b == "" or read(a) * scale == read(b)


@given(bounded())
def test_a_sign_turns_the_bounds_round_and_changes_no_digit(shown: Shown) -> None:
    value = None if shown.value is None else -shown.value
    turned = write_number(Shown(value, -shown.interval))
    digits = write_number(shown)
    assert (read(turned.low), read(turned.high)) == (-read(digits.high), -read(digits.low))
    if value is not None:
        assert read(turned.value) == -read(digits.value)
