"""Terms: exact values, bounds, trails."""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aidstudy.errors import ResultError
from aidstudy.intervals import Interval
from aidstudy.quantity.result import Leaf, Term


def leaf(name: str, value: int | Fraction, low: object, high: object, printed: str = "") -> Term:
    interval = Interval(low, high)  # type: ignore[arg-type]
    return Term.of(Leaf("figure", name, Fraction(value), interval, printed or str(value), "CNY"))


X = leaf("x", 8, 7, 9)
Y = leaf("y", 3, 2, 4)
Z = leaf("z", 5, 5, 5)
OVER = leaf("o", 300, 300, None)


@pytest.mark.parametrize(
    ("term", "low", "high", "how"),
    [
        (X, 7, 9, "print"),
        (X + Y, 9, 13, "monotone"),
        (X - X, 0, 0, "monotone"),
        (X / X, 1, 1, "monotone"),
        (Z * 2, 10, 10, "exact inputs"),
        (Y / (X - Y), Fraction(2, 7), Fraction(4, 3), "monotone"),
        (Term.sum([X, Y, Z]), 14, 18, "monotone"),
        ((X / Y).percent(), 175, 450, "monotone"),
        (Term.overlap(X, leaf("w", 9, 8, 10)), 8, 9, "overlap"),
        (Term.between(Y, X), 2, 9, "print"),
        (OVER + X, 307, None, "open end"),
        (X - OVER, None, -291, "open end"),
        (OVER / X, Fraction(300, 9), None, "open end"),
        (X / OVER, 0, Fraction(9, 300), "open end"),
        ((OVER * Y).percent(), 60000, None, "open end"),
        (X / leaf("d", 1, 0, 2), None, None, "none: a divisor may be zero"),
    ],
)
def test_bounds_are_exact_and_say_how_they_were_found(
    term: Term, low: Fraction | None, high: Fraction | None, how: str
) -> None:
    assert term.bounds() == Interval(low, high)
    assert term.bounded()[1] == how


def test_a_formula_that_rises_and_falls_is_halved_until_its_highest_point_is_enclosed() -> None:
    x = leaf("x", Fraction(1, 4), 0, 1)
    bounds = (x * (1 - x)).bounds()
    assert bounds is not None
    assert bounds.low == 0
    _, high = bounds.closed()
    assert Fraction(1, 4) <= high <= Fraction(1, 4) + Fraction(1, 100)
    assert (x * (1 - x)).bounded()[1] == "boxes"


def test_what_is_missing_makes_every_formula_missing() -> None:
    for term in (X + Term.missing(), Term.missing() / X, Term.sum([X, Term.missing()])):
        assert term.state == "not_reported"
        assert term.value is None
        assert term.bounds() is None
    assert Term.sum([]).state == "not_reported"
    assert Term.overlap(X, leaf("w", 20, 20, 20)).state == "not_applicable"


def test_a_divisor_of_zero_gives_no_ratio_and_one_that_may_be_zero_gives_no_bounds() -> None:
    assert (X / Term.number(0)).state == "not_applicable"
    assert (X / leaf("d", 1, 0, 2)).value == 8


def test_a_function_is_taken_at_the_corners_or_by_its_own_rule() -> None:
    squared = Term.call("square", lambda x: x * x, X - Y)
    assert squared.bounds() == Interval(9, 49)
    doubled = Term.call("double", lambda x: 2 * x, X, enclosure=lambda boxes: boxes[0] * 2)
    assert doubled.bounds() == Interval(14, 18)
    assert doubled.bounded()[1] == "double of both ends"
    assert Term.call("third", lambda x: float(x) / 3, Term.number(1)).value == Fraction(
        "0.333333333333"
    )


def test_only_bounds_go_through_arithmetic_as_bounds() -> None:
    share = (Term.between(Term.number(0), Term.number(1)) / Term.number(4)).percent()
    assert share.state == "bounds_only"
    assert share.value is None
    assert share.bounds() == Interval(0, 25)
    more = Term.overlap(X, X) + 1
    assert (more.state, more.bounds()) == ("bounds_only", (X + 1).bounds())


@pytest.mark.parametrize(
    ("term", "formula"),
    [
        (X - (Y - Z), "x − (y − z)"),
        (X / (Y * Z), "x ÷ (y × z)"),
        ((X + Y) * Z, "(x + y) × z"),
        (X - Term.sum([Y, Z]), "x − (y + z)"),
        (X * (1 + Y.part()), "x × (1 + y)"),
    ],
)
def test_formulas_put_brackets_where_they_are_needed(term: Term, formula: str) -> None:
    assert term.formula() == formula


# --- properties ---------------------------------------------------------------------------------

_ENDS = st.fractions(min_value=Fraction(1, 4), max_value=20, max_denominator=8)
_LEAVES = st.tuples(_ENDS, _ENDS).map(sorted)
_SHAPES = st.recursive(
    st.integers(0, 3), lambda inner: st.tuples(st.sampled_from("+-*/"), inner, inner), max_leaves=6
)


def _build(shape: object, leaves: list[Term]) -> Term:
    if isinstance(shape, int):
        return leaves[shape]
    op, left, right = shape  # type: ignore[misc]
    a, b = _build(left, leaves), _build(right, leaves)
    return {"+": a + b, "-": a - b, "*": a * b, "/": a / b}[op]


@given(
    _SHAPES,
    st.lists(_LEAVES, min_size=4, max_size=4),
    st.just([False] * 4) | st.lists(st.booleans(), min_size=4, max_size=4),
    st.lists(st.fractions(0, 1, max_denominator=16), min_size=4, max_size=4),
    st.booleans(),
)
def test_no_point_of_the_box_gives_a_value_outside_the_bounds(
    shape: object,
    ends: list[list[Fraction]],
    is_open: list[bool],
    places: list[Fraction],
    of_100: bool,
) -> None:
    """Where prints set no end either."""
    leaves, at = [], {}
    for i, ((low, high), endless, place) in enumerate(zip(ends, is_open, places, strict=True)):
        leaves.append(leaf(f"l{i}", low, low, None if endless else high))
        at["figure", f"l{i}"] = low + place * (1000 if endless else high - low)
    term = _build(shape, leaves)
    term = term.percent() if of_100 else term
    bounds = term.bounds()
    assert bounds is not None
    with suppress(ZeroDivisionError):
        assert term.at(at) in bounds


def test_a_state_that_is_not_in_the_codebook_and_a_value_that_is_not_there_are_refused() -> None:
    with pytest.raises(ResultError, match=r"state 'unknown' is not in the codebook; use one of"):
        Term.missing("unknown")
    with pytest.raises(ResultError, match="a term of state not_reported has no value"):
        Term.missing().at({})
    with pytest.raises(ResultError, match="only a printed figure"):
        (X + 1).read_as_rounded()
    assert not Term.overlap(Term.number(1), Term.missing()).known
    assert str((1 / Term.number(4)).value) == "1/4"
