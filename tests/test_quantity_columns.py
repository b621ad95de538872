"""Columns of quantities: bounds of the exact formulas, each figure once, exact sums."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from fractions import Fraction
from itertools import count
from unittest import mock

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import aidstudy as aid
from aidstudy import load_projects, quantities
from aidstudy.intervals import Interval
from aidstudy.quantity import accessor, scalar
from aidstudy.quantity.result import Leaf
from aidstudy.quantity.scalar import Quantity
from aidstudy.quantity.units import unit

Ends = tuple[Fraction, Fraction]


def _corners(function: Callable[..., Fraction], *ends: Ends) -> Ends:
    """The least and the most of a function that has both at corners, by trying each corner."""
    found = [function(*corner) for corner in itertools.product(*ends)]
    return min(found), max(found)


def _ends(cell: aid.Quantity) -> Ends:
    bounds = cell.in_base().interval
    assert bounds.low is not None
    assert bounds.high is not None
    return bounds.low, bounds.high


@pytest.fixture
def table():
    """Three counties with three sums each, on the right side of nothing."""
    return pd.DataFrame(
        {
            "county": ["p", "p", "q"],
            "a": aid.quantities([10.92, 4.0, 30.7], "CNY million", half=[0.005, 0.5, 0.05]),
            "b": aid.quantities([15.8, 12.0, 2.5], "CNY million", half=[0.05, 2.0, 0.25]),
            "c": aid.quantities([1.5, 2.5, 3.5], "CNY million", half=0.5),
        }
    )


FORMULAS = {
    "x - x": (lambda t: t["a"] - t["a"], lambda a, b, c: a - a),
    "x / x": (lambda t: t["a"] / t["a"], lambda a, b, c: a / a),
    "share": (lambda t: t["a"] / (t["a"] + t["b"]), lambda a, b, c: a / (a + b)),
    "share of three": (
        lambda t: t["b"] / (t["a"] + t["b"] + t["c"]), lambda a, b, c: b / (a + b + c),
    ),
    "growth": (lambda t: (t["a"] - t["b"]) / t["b"], lambda a, b, c: (a - b) / b),
    "rest": (lambda t: (t["a"] + t["b"]) - t["a"], lambda a, b, c: b),
    "product and back": (lambda t: t["a"] * t["b"] / t["a"], lambda a, b, c: b),
    "across columns": (
        lambda t: t.assign(s=t["a"] + t["b"]).assign(r=lambda d: d["s"] / d["c"])["r"],
        lambda a, b, c: (a + b) / c,
    ),
    "doubled": (lambda t: t["a"] * 2 - t["a"], lambda a, b, c: a),
    "half way": (lambda t: (t["a"] + t["a"] * 3) / 4, lambda a, b, c: a),
    "difference of shares": (
        lambda t: t["a"] / t["b"] - t["c"] / t["b"], lambda a, b, c: a / b - c / b,
    ),
    "of a formula": (lambda t: t["a"] / t["b"] - t["a"] / t["b"], lambda a, b, c: a * 0),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMULAS)
def test_a_row_has_the_bounds_of_its_corners(name, table) -> None:
    build, function = FORMULAS[name]
    made = build(table)
    for row, cell in enumerate(made):
        wanted = _corners(function, *(_ends(table[column][row]) for column in "abc"))
        assert _ends(cell) == wanted
    for low, high, cell in zip(made.quantity.low, made.quantity.high, made, strict=True):
        assert low == pytest.approx(float(cell.interval.low), rel=1e-15)
        assert high == pytest.approx(float(cell.interval.high), rel=1e-15)


def test_a_share_of_a_sum_knows_that_it_is_in_the_sum(table) -> None:
    shares = table["a"] / table["a"].sum()
    x, y, z = (_ends(cell) for cell in table["a"])
    assert _ends(shares[0]) == _corners(lambda a, b, c: a / (a + b + c), x, y, z)
    assert _ends(shares[2]) == _corners(lambda a, b, c: c / (a + b + c), x, y, z)
    of_group = table["a"] / table.groupby("county")["a"].transform("sum")
    assert _ends(of_group[1]) == _corners(lambda a, b: b / (a + b), x, y)
    assert _ends(of_group[2]) == (1, 1), "alone in its group"
    other = table["b"] / table["a"].sum()
    assert _ends(other[0]) == _corners(
        lambda a, b, c, d: d / (a + b + c), x, y, z, _ends(table["b"][0])
    )


def test_sums_of_groups_know_what_they_share(table) -> None:
    sums = table.groupby("county")[["a", "b"]].sum()
    x, y = _ends(table["a"][0]), _ends(table["a"][1])
    v, w = _ends(table["b"][0]), _ends(table["b"][1])
    assert _ends(sums["a"]["p"]) == _corners(lambda a, b: a + b, x, y)
    ratio = sums["a"] / (sums["a"] + sums["b"])
    assert _ends(ratio["p"]) == _corners(lambda a, b, c, d: (a + b) / (a + b + c + d), x, y, v, w)
    left = table["a"].sum() - sums["a"]
    assert _ends(left["p"]) == _ends(table["a"][2])
    nothing = table["a"].sum() - sums["a"].sum()
    assert _ends(nothing) == (0, 0)
    whole = (table["a"] - table["b"]).sum() - (table["a"].sum() - table["b"].sum())
    assert _ends(whole) == (0, 0)


def test_a_difference_of_equal_formulas_is_nothing_and_of_equal_prints_is_not() -> None:
    routes = aid.revenue_routes().query("route != 'overlap'")["quantity"]
    assert ((routes - routes).quantity.err == 0).all()
    one, other = (aid.Quantity.given("12.0", "CNY million") for _ in range(2))
    assert (one - other).interval.width > 0
    up, down = one.apply(lambda x: x), one.apply(lambda x: -x)  # of one name
    assert float(up - down) == 24
    assert (up - down).high == pytest.approx(24.1)


def test_exact_numbers_keep_no_width() -> None:
    exact = aid.quantities([0.1, 0.2, 0.7], "CNY million")
    for made in (exact, exact + exact, exact * 3, exact.cumsum(), exact.groupby([0, 0, 1]).sum()):
        assert (made.quantity.low == made.quantity.high).all()
    rule = aid.funding_ratios()["rule"]
    assert rule.quantity.low.tolist() == rule.quantity.high.tolist() == [0.5] * len(rule)


# --- any column ---------------------------------------------------------------------------------

SIZES = st.decimals("0.01", "100000", places=2).map(float)
COLUMN = st.lists(st.tuples(SIZES, SIZES, SIZES), min_size=1, max_size=6)

ANY = {
    **{name: build for name, (build, _) in FORMULAS.items()},
    "sum of columns": lambda t: t["a"] + t["b"] * 2 - t["c"],
    "product": lambda t: t["a"] * t["b"],
    "quotient": lambda t: t["a"] / t["b"],
    "negative": lambda t: -t["a"] / t["b"],
    "inverse": lambda t: 1 / t["b"],
    "size": lambda t: abs(t["a"] - t["b"]),
    "groups": lambda t: t.groupby("county")["a"].sum(),
    "means": lambda t: t.groupby("county")["a"].mean(),
    "share of sum": lambda t: t["a"] / t["a"].sum(),
    "share of group": lambda t: t["a"] / t.groupby("county")["a"].transform("sum"),
    "running": lambda t: t["a"].cumsum(),
    "sum of differences": lambda t: (t["a"] - t["b"]).groupby(t["county"]).sum(),
    "netting": lambda t: pd.concat([t["a"], -t["a"], t["b"]]).groupby(level=0).sum(),
    "turned": lambda t: t[["a", "b"]].T.sum(),
    "moved": lambda t: t["a"] / t["a"].shift(1),
    "in another unit": lambda t: (t["a"] / t["b"]).quantity.to("") * 100,
}


@settings(max_examples=150)
@given(COLUMN, st.sampled_from(sorted(ANY)), st.sampled_from([0.0, 0.005, 0.004]), st.data())
def test_floats_hold_the_exact_bounds_and_are_no_wider_than_rounding(
    rows: list[tuple[float, float, float]], name: str, half: float, data: st.DataObject
) -> None:
    columns = list(zip(*rows, strict=True))
    gaps = data.draw(st.lists(st.booleans(), min_size=len(rows), max_size=len(rows)))
    table = pd.DataFrame(
        {
            "county": [data.draw(st.sampled_from("pq")) for _ in rows],
            "a": aid.quantities(np.where(gaps, np.nan, columns[0]), "CNY million", half=half),
            "b": aid.quantities(columns[1], "CNY million", half=half),
            "c": aid.quantities(columns[2], "CNY million", half=half),
        }
    )
    made = ANY[name](table)
    for low, high, cell in zip(*made.array.ends(), made, strict=True):
        if isinstance(cell, aid.Missing):
            assert np.isnan(low)
            assert np.isnan(high)
            continue
        for end, wanted, side in ((low, cell.interval.low, 1), (high, cell.interval.high, -1)):
            written, real = Fraction(repr(float(end))), Fraction(float(end))
            assert side * written <= side * wanted or side * real <= side * wanted
            assert end == pytest.approx(float(wanted), rel=1e-15)


@given(COLUMN, st.sampled_from([np.log, np.exp, np.sqrt]))
def test_functions_have_their_values_at_the_bounds(rows, function) -> None:
    column = aid.quantities([min(row[0], 500) for row in rows], "m", half=0.005)
    made = function(column)
    ends = (column.quantity.low, column.quantity.high)
    for end, argument in zip(made.array.ends(), ends, strict=True):
        np.testing.assert_allclose(end, function(argument), rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(made.astype(float), function(column.astype(float)), rtol=1e-15)


# === columns that are added


DECIMALS = st.decimals(-(10**9), 10**9, places=3).map(float)
FLOATS = st.floats(-1e20, 1e20, allow_subnormal=False).map(lambda x: x or 1.0)


def _by_formula(cell):
    """Value, low and high in the shown unit, by the formula of the cell alone."""
    scale = unit(cell.unit).scale
    bounds = cell.term.bounds()
    return tuple(n / scale for n in (cell.term.value, bounds.low, bounds.high))


@given(
    st.lists(DECIMALS | FLOATS, min_size=1, max_size=8), st.sampled_from(["", "%", "CNY million"])
)
def test_a_sum_has_the_exact_numbers_of_its_formula(values: list[float], shown: str) -> None:
    column = quantities(values, shown, half=0.5)
    for cell in (column.sum(), column[::-1].groupby([0] * len(values)).sum()[0]):
        assert (cell.exact, cell.interval.low, cell.interval.high) == _by_formula(cell)


def test_decimals_are_added_as_they_are_written() -> None:
    total = quantities([0.1] * 3 + [0.2] * 100, "m").sum()
    assert total.exact == total.interval.low == total.interval.high == Fraction(203, 10)
    # 2/3 has sixteen digits, and each of them counts.
    third = quantities([2 / 3, 0.1]).sum()
    assert third.exact == Fraction(repr(2 / 3)) + Fraction(1, 10)


def test_a_repeat_is_found_among_figures_far_apart_and_close_together() -> None:
    one = quantities([1.0, 2.0, 3.0], "m", half=0.5)
    quantities(np.arange(1000.0), "m")  # numbers in between
    other = quantities([10.0], "m", half=0.5)
    near = pd.concat([one, one.iloc[[1]]], ignore_index=True)
    far = pd.concat([one, other, other], ignore_index=True)
    assert float(near.sum()) == 6
    assert float(far.sum()) == 16
    assert near.groupby([0, 0, 0, 1]).sum().astype(float).tolist() == [6, 2], "not in one group"


@pytest.mark.parametrize("rows", [3, 700])
def test_groups_are_told_apart_however_many(rows: int) -> None:
    names = np.arange(rows)[::-1]
    added = quantities(np.arange(rows, dtype=float), "m").groupby(names).sum()
    assert (added.astype(float).to_numpy() == names).all()


def test_a_figure_on_both_sides_of_a_row_is_one_number() -> None:
    one = quantities([1.0, 2.0, np.nan, 4.0], "m", half=0.5)
    mixed = pd.concat([one.iloc[:1], quantities([5.0], "m", half=0.5), one.iloc[2:]])
    mixed.index = one.index
    low, high = (one / mixed).quantity.low, (one / mixed).quantity.high
    assert low.tolist()[0] == high.tolist()[0] == 100
    assert low.tolist()[3] == high.tolist()[3] == 100
    assert low[1] == pytest.approx(100 * 1.5 / 5.5)
    assert high[1] == pytest.approx(100 * 2.5 / 4.5)
    assert np.isnan(low[2])


@given(DECIMALS | FLOATS, st.sampled_from([0.005, 0.5, 50.0, 1 / 3]))
def test_ends_half_a_width_away_are_short_and_never_too_narrow(value: float, half: float) -> None:
    cell = quantities([value], half=half)[0]
    exact = Fraction(repr(value)), Fraction(repr(half))
    assert cell.interval.low <= exact[0] - exact[1]
    assert cell.interval.high >= exact[0] + exact[1]
    if value == round(value, 3) and abs(value) < 1e9 and half != 1 / 3:
        assert (cell.interval.low, cell.interval.high) == (exact[0] - exact[1], exact[0] + exact[1])


def test_two_studies_of_one_process_may_use_the_same_ids() -> None:
    def column(part_of: str) -> pd.Series:
        leaves = [
            Leaf("figure", "a-1", Fraction(40), Interval.exactly(40), "40", "person"),
            Leaf("figure", "a-2", Fraction(5), Interval.exactly(5), "5", "person", part_of),
        ]
        return pd.Series([Quantity.of(leaf) for leaf in leaves], dtype="quantity")

    assert column("a-1").sum().value == 40
    assert column("").sum().value == 45
    assert column("a-1").sum().value == 40


def test_shares_of_a_joint_sum_are_the_whole() -> None:
    """One formula of one figure is one number, in however many rows it stands."""
    projects = load_projects()
    joint = projects[projects["aid_figure"].isin(["xinlong-023", "litang-024"])]["aid"]
    assert len(joint) == 6
    assert (joint / joint.sum()).sum().exact == 100
    assert (joint / joint.sum() * np.arange(6)).sum().exact != 100, "shared out among the rows"


def test_numbers_without_a_name_are_others_in_another_process() -> None:
    def made_in(process: str) -> pd.Series:
        with (
            mock.patch.object(accessor, "_VALUES", count(1)),
            mock.patch.object(scalar, "_PROCESS", process),
        ):
            return quantities([1.0], "m", half=0.5)

    one, other = made_in("a"), made_in("b")
    assert one[0].formula == other[0].formula == "value 1"
    assert (one - other).quantity.high[0] == 1
    assert (one - made_in("a")).quantity.high[0] == 0


def test_a_function_that_gives_no_number_is_not_applicable() -> None:
    found = np.log(quantities([0.0, 1.0]))
    assert found.quantity.state.tolist() == ["not_applicable", "derived"]
    assert found.astype(float).tolist()[1] == 0
