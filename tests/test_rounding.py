"""How many digits a number bears: by hand, and for any number, whatever stands beside it."""

from __future__ import annotations

from fractions import Fraction

import pytest
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


@pytest.mark.parametrize(
    ("value", "low", "high", "expected"),
    [
        # --- what is printed has the digits of its print
        # 2672万元 and 1767.75万元, in million: each to its own last digit.
        ("26.72", "26.715", "26.725", ("26.72", "26.715", "26.725")),
        ("17.6775", "17.67745", "17.67755", ("17.6775", "17.67745", "17.67755")),
        ("0.845", "0.8445", "0.8455", ("0.845", "0.8445", "0.8455")),
        # 1.32亿元 in million and in billion; 1.30亿元 keeps its nought.
        ("132", "131.5", "132.5", ("132", "131.5", "132.5")),
        ("0.132", "0.1315", "0.1325", ("0.132", "0.1315", "0.1325")),
        ("1.3", "1.295", "1.305", ("1.30", "1.295", "1.305")),
        ("3", "2.5", "3.5", ("3", "2.5", "3.5")),
        ("0", "-0.5", "0.5", ("0", "−0.5", "0.5")),
        # 约1亿元 in million and in billion, 约700平方米.
        ("100", "50", "150", ("100", "50", "150")),
        ("0.1", "0.05", "0.15", ("0.1", "0.05", "0.15")),
        ("700", "650", "750", ("700", "650", "750")),
        # 13余万元 and 50余名 lie at or above, 近3.2亿元 at or below.
        ("130000", "130000", "140000", ("130,000", "130,000", "140,000")),
        ("50", "50", "60", ("50", "50", "60")),
        ("320", "310", "320", ("320", "310", "320")),
        # --- what is computed ends where its bounds end
        # 2672 - 1092: two units wide, and not one.
        ("15.8", "15.79", "15.81", ("15.80", "15.79", "15.81")),
        # 1092 / 1580: to a tenth the bounds would be a third wider, to a hundredth a sixteenth.
        ("10920/158", "10915/158.1", "10925/157.9", ("69.11", "69.03", "69.19")),
        # Litang's budgets with one of about 100 million.
        ("185.3", "134.6", "235.7", ("185", "134", "236")),
        ("3.1604", "2.871", "3.519", ("3.16", "2.87", "3.52")),
        ("3.16", "3.158", "3.162", ("3.160", "3.158", "3.162")),
        # To the unit the bounds would be a fifth wider.
        ("1234", "1228.995", "1239.005", ("1234.0", "1228.9", "1239.1")),
        # Very wide: three digits of the larger end.
        ("10000", "10000/3", "30000", ("10,000", "3300", "30,000")),
        # 1-2名: the middle, which needs a digit that the ends do not.
        ("1.5", "1", "2", ("1.5", "1", "2")),
        ("1.4", "1", "2", ("1.4", "1.0", "2.0")),
        ("2", "1", "4", ("2", "1", "4")),
        ("7/3", "1", "4", ("2.33", "1.00", "4.00")),
        # 100.0 would be the end, which it is not.
        ("99.99", "98", "100", ("99.99", "98.00", "100.00")),
        ("100", "98", "100", ("100", "98", "100")),
        # A value that is not nought is not written as nought; an end is rounded outward.
        ("0.004", "-1", "1", ("0.004", "−1.000", "1.000")),
        ("1/3", "0.004", "30.12", ("0.3", "0.0", "30.2")),
        ("0", "-0.01", "0.01", ("0.00", "−0.01", "0.01")),
        ("-0.5", "-0.54", "-0.46", ("−0.50", "−0.54", "−0.46")),
        (None, "20", "40", ("", "20", "40")),
        (None, "1/3", "2", ("", "0.33", "2.00")),
        (None, "3.1597", "3.162", ("", "3.1597", "3.1620")),
        # --- what is exact or open
        # Exact: in full where four digits do, else to three that count, but whole before the point.
        ("59", "59", "59", ("59", "", "")),
        ("0.5", "0.5", "0.5", ("0.5", "", "")),
        ("56.875", "56.875", "56.875", ("56.875", "", "")),
        ("2200/59", "2200/59", "2200/59", ("37.3", "", "")),
        ("1234567/3", "1234567/3", "1234567/3", ("411,522", "", "")),
        ("0.0000123456", "0.0000123456", "0.0000123456", ("0.0000123", "", "")),
        (None, "7", "7", ("7", "", "")),
        # Fifteen digits of two thirds, as a table stores them.
        ("0.666666666666667", "0.666666666666666", "0.666666666666667", ("0.667", "", "")),
        # 超过300: no upper end; an end alone is rounded to its own side.
        ("300", "300", None, ("300", "300", "open")),
        (None, "2200/59", None, ("", "37.2", "open")),
        (None, None, "2200/59", ("", "open", "37.3")),
        (None, None, None, ("", "open", "open")),
    ],
)
def test_numbers_written_by_hand(
    value: str | None, low: str | None, high: str | None, expected: tuple[str, str, str]
) -> None:
    assert write_number(number(value, low, high)) == Digits(*expected)


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
