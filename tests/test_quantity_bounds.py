"""Bounds of columns: those of the exact formulas, however a column came about.

A figure that stands twice has one value, within a row, across columns and in sums of groups.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import aidstudy as aid

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
            if wanted is None:
                assert end == -side * np.inf
                continue
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
