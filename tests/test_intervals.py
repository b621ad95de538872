"""Exact bounds, and how many digits a number bears: by hand, and by property everywhere else."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from copies import case_set, each_case
from hypothesis import assume, given
from hypothesis import strategies as st

from aidstudy.errors import NumeralError
from aidstudy.intervals import Interval, plain, rounding_interval
from aidstudy.rounding import Digits, Shown, decimals_for, round_text, write_number

numbers = st.fractions(min_value=-(10**9), max_value=10**9, max_denominator=10**4)


@st.composite
def with_a_point(draw: st.DrawFn) -> tuple[Interval, Fraction]:
    low, point, high = sorted((draw(numbers), draw(numbers), draw(numbers)))
    return Interval(low, high), point


# --- what a printed figure allows ------------------------------------------------------------


@each_case("intervals", "rounded")
def test_rounding_is_half_a_unit_of_the_last_printed_digit(
    printed: str, scale: str, low: str, high: str
) -> None:
    bounds = Interval(Fraction(low), Fraction(high))
    assert rounding_interval(printed, scale=Fraction(scale)) == bounds


@pytest.mark.parametrize(
    "printed",
    ["", "约1", "1.", ".5", "1e3", "-1", "+1", " 1", "1 ", "１", "一", "1,39", "1234,567", "1,2345",
     "1.2.3", "NaN", "inf", "1_000", "٣", "5%", "1\n"],
)  # fmt: skip
def test_rounding_refuses_what_is_no_plain_decimal(printed: str) -> None:
    with pytest.raises(NumeralError, match="not a plain decimal numeral; give the digits") as told:
        rounding_interval(printed)
    assert told.value.printed == printed


# --- ends ------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", [0.5, True, "1", Decimal("0.5"), float("nan"), 1j])
def test_an_end_is_exact_or_open(end: object) -> None:
    with pytest.raises(NumeralError, match="give an int, a Fraction or None") as told:
        Interval(end, None)  # type: ignore[arg-type]
    assert told.value.printed == str(end)
    with pytest.raises(NumeralError, match="high is"):
        Interval(None, end)  # type: ignore[arg-type]
    with pytest.raises(NumeralError, match="give an int, a Fraction or None"):
        Interval.exactly(end)  # type: ignore[arg-type]


def test_low_above_high_is_refused_with_both_ends() -> None:
    with pytest.raises(NumeralError, match=r"low 2 is above high 0\.5; exchange them") as told:
        Interval(2, Fraction(1, 2))
    assert told.value.printed == "2..0.5"


def test_an_open_end_holds_everything_on_its_side_and_enters_no_product() -> None:
    over = Interval(300, None)
    assert 300 in over
    assert 10**30 in over
    assert 299 not in over
    assert over.width is None
    assert over + 5 == Interval(305, None)
    assert 5 - over == Interval(None, -295)
    assert str(-over) == "[open, -300]"
    for refused in (lambda: over * 2, lambda: 2 / over, over.closed):
        with pytest.raises(NumeralError, match=r"\[300, open\]: an open end cannot enter"):
            refused()


@pytest.mark.parametrize("divisor", [Interval(-1, 1), Interval(0, 1), Interval(-1, 0), 0])
def test_a_divisor_that_may_be_zero_is_refused(divisor: Interval | int) -> None:
    with pytest.raises(NumeralError, match="a divisor that may be zero"):
        Interval(1, 2) / divisor


def test_a_float_enters_no_arithmetic() -> None:
    for refused in (
        lambda: Interval(1, 2) + 0.1,  # type: ignore[operator]
        lambda: 0.1 * Interval(1, 2),  # type: ignore[operator]
        lambda: Interval(1, 2) / 0.1,  # type: ignore[operator]
        lambda: 0.1 - Interval(1, 2),  # type: ignore[operator]
    ):
        with pytest.raises(NumeralError, match="floats are not exact"):
            refused()


# --- arithmetic ------------------------------------------------------------------------------


@given(with_a_point(), with_a_point())
def test_every_operation_holds_the_result_of_the_points_inside(
    one: tuple[Interval, Fraction], two: tuple[Interval, Fraction]
) -> None:
    (a, x), (b, y) = one, two
    assert x + y in a + b
    assert x - y in a - b
    assert x * y in a * b
    assert -x in -a
    assert x in a.join(b)
    assert y in a.join(b)
    if 0 not in b:
        assert x / y in a / b
    meet = a.meet(b)
    if x in b:
        assert meet is not None
        assert x in meet


def test_meet_and_join_with_open_ends() -> None:
    assert Interval(None, 5).meet(Interval(3, None)) == Interval(3, 5)
    assert Interval(None, 2).meet(Interval(3, None)) is None
    assert Interval(None, 5).meet(Interval(None, 4)) == Interval(None, 4)
    assert Interval(1, 5).join(Interval(3, None)) == Interval(1, None)
    assert Interval(1, 2).meet(Interval(2, 3)) == Interval.exactly(2)


# --- numbers as text -------------------------------------------------------------------------


@each_case("intervals", "plain")
def test_plain_by_hand(value: str, text: str) -> None:
    assert plain(Fraction(value)) == text


@given(numbers)
def test_written_bounds_never_get_narrower(value: Fraction) -> None:
    low = Fraction(plain(value, rounding="ROUND_FLOOR", digits=6))
    high = Fraction(plain(value, rounding="ROUND_CEILING", digits=6))
    assert low <= value <= high
    assert str(Interval(value, value))[1:-1].split(", ") == [
        plain(value, rounding="ROUND_FLOOR"),
        plain(value, rounding="ROUND_CEILING"),
    ]


def test_an_interval_is_shown_with_its_ends_outward() -> None:
    third = Fraction(1, 3)
    assert str(Interval(third, third)) == "[0.333333333333333, 0.333333333333334]"
    assert str(Interval(-third, None)) == "[-0.333333333333334, open]"
    assert Interval(1, 2)._repr_html_() == "<span title='what the print allows'>[1, 2]</span>"


@each_case("intervals", "fixed")
def test_fixed_decimals_by_hand(value: str, decimals: int, rounding: str, text: str) -> None:
    assert round_text(Fraction(value), decimals, rounding=rounding) == text


# === how many digits a number bears


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
