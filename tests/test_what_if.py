"""What if the rule, the year or a judgement were another."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

import pandas as pd
import pytest
from copies import each_case, stored

from aidstudy import load_figures
from aidstudy.analysis.ratios import funding_ratios
from aidstudy.analysis.supposed import what_if
from aidstudy.errors import ResultError
from aidstudy.intervals import Interval
from aidstudy.tables.ordinary import exact_frame


def row(donor: str = "longquanyi", **moved: Any) -> pd.Series[Any]:
    return exact_frame(what_if(stored(), **moved)).set_index("donor").loc[donor]


# --- the numbers ---------------------------------------------------------------------------------


def test_nothing_moved_is_what_the_results_say() -> None:
    q = load_figures(stored()).set_index("figure_id")["quantity"]
    share = q["ganzi-018"] * q["ganzi-020"] / (q["ganzi-020"] - q["ganzi-019"])
    found = row()
    assert found["share"] == share.exact
    assert Interval(found["share_low"], found["share_high"]) == share.interval
    ratios = exact_frame(funding_ratios(stored())).set_index("donor")
    for donor, one in exact_frame(what_if(stored())).set_index("donor").iterrows():
        for column in ("aid", "revenue", "revenue_low", "revenue_high", "revenue_state"):
            assert one[column] == ratios.loc[donor, column]
        assert one["printed"] is ratios.loc[donor, "ratio"] or (
            one["printed"] == ratios.loc[donor, "ratio"]
        )


def test_the_share_moves_with_the_rule_and_the_revenue_against_it() -> None:
    first, twice = row(), row(rule_percent=1)
    for end in ("", "_low", "_high"):
        assert twice[f"share{end}"] == 2 * first[f"share{end}"]
        assert twice[f"revenue{end}"] == first[f"revenue{end}"] / 2
    assert (first["share_state"], twice["share_state"]) == ("derived", "hypothetical")
    assert (first["agrees"], twice["agrees"]) == (True, False)


def test_only_rules_near_the_printed_one_agree_with_the_printed_share() -> None:
    agreeing = [
        rule for rule in (n / 1000 for n in range(490, 511)) if row(rule_percent=rule)["agrees"]
    ]
    # By hand: 0.8445 ÷ 1.69193 = 0.49914 and 0.8455 ÷ 1.69031 = 0.50021, the bounds of the print
    # over those of 2672 ÷ (2672 − 1092).
    assert agreeing == [0.5]


def test_a_later_year_divides_by_the_growth_in_between() -> None:
    first, later = row(), row(year=2015, growth_percent=10)
    assert later["share"] == first["share"] / Fraction(11, 10) ** 3
    assert later["revenue_high"] == first["revenue_high"] * Fraction(11, 10) ** 3
    assert later["share_state"] == "hypothetical"
    assert row(year=2015)["share"] == first["share"]


def test_a_donor_that_splits_nothing_gets_no_share() -> None:
    for moved in ({}, {"rule_percent": 0.3}, {"year": 2014, "growth_percent": 5}):
        found = row("luzhou", **moved)
        assert found["share"] is None
        assert found["share_state"] == "not_reported"
        assert found["agrees"] is None
        assert found["revenue_state"] == "hypothetical"
    left = row("leshan", paid_in_full="leave")
    assert left["aid"] is None
    assert left["revenue"] is None


def test_the_judgement_on_the_rule_widens_the_bounds() -> None:
    narrow, wide = row(), row(rule="rounded")
    assert wide["share_low"] < narrow["share_low"] < narrow["share_high"] < wide["share_high"]
    assert wide["share"] == narrow["share"]


@each_case("what_if", "refused")
def test_what_cannot_be_moved_is_said(moved: dict[str, Any], message: str) -> None:
    with pytest.raises(ResultError, match=re.escape(message)):
        what_if(stored(), **moved)
