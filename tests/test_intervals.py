"""Exact bounds: by hand where the page has a case, by property everywhere else."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from copies import each_case
from hypothesis import given
from hypothesis import strategies as st

from aidstudy.errors import NumeralError
from aidstudy.intervals import Interval, plain, round_text, rounding_interval

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


def test_rounding_wants_the_print_as_text_and_an_exact_scale() -> None:
    with pytest.raises(NumeralError, match=r"read 1\.39: not a plain"):
        rounding_interval(1.39)  # type: ignore[arg-type]
    with pytest.raises(NumeralError, match="floats are not exact"):
        rounding_interval("1.39", scale=1e8)  # type: ignore[arg-type]


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
