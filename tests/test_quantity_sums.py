"""Columns that are added: exact numbers, each figure once, and numbers of one's own told apart."""

from __future__ import annotations

from fractions import Fraction
from itertools import count
from unittest import mock

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aidstudy import load_projects, quantities
from aidstudy.intervals import Interval
from aidstudy.quantity import accessor, scalar
from aidstudy.quantity.result import Leaf
from aidstudy.quantity.scalar import Quantity
from aidstudy.quantity.units import unit

DECIMALS = st.decimals(-(10**9), 10**9, places=3).map(float)
ANY = st.floats(-1e20, 1e20, allow_subnormal=False).map(lambda x: x or 1.0)


def _by_formula(cell):
    """Value, low and high in the shown unit, by the formula of the cell alone."""
    scale = unit(cell.unit).scale
    bounds = cell.term.bounds()
    return tuple(n / scale for n in (cell.term.value, bounds.low, bounds.high))


@given(st.lists(DECIMALS | ANY, min_size=1, max_size=8), st.sampled_from(["", "%", "CNY million"]))
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


@given(DECIMALS | ANY, st.sampled_from([0.005, 0.5, 50.0, 1 / 3]))
def test_ends_half_a_width_away_are_short_and_never_too_narrow(value: float, half: float) -> None:
    cell = quantities([value], half=half)[0]
    exact = Fraction(repr(value)), Fraction(repr(half))
    assert cell.interval.low <= exact[0] - exact[1]
    assert cell.interval.high >= exact[0] + exact[1]
    if value == round(value, 3) and abs(value) < 1e9 and half != 1 / 3:
        assert (cell.interval.low, cell.interval.high) == (exact[0] - exact[1], exact[0] + exact[1])


def test_a_gap_has_no_ends() -> None:
    column = quantities([1.5, np.nan], "m", half=0.05)
    assert column.isna().tolist() == [False, True]
    assert column[0].low == 1.45


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
