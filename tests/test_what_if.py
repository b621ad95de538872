"""What if the rule, the year or a judgement were another: the numbers, and their cell."""

from __future__ import annotations

import importlib.util
import re
from fractions import Fraction
from typing import Any

import pandas as pd
import pytest
from copies import stored

from aidstudy import load_figures
from aidstudy.analysis.desk import Desk, Tables
from aidstudy.analysis.ratios import funding_ratios
from aidstudy.analysis.what_if import Moved, scenarios, what_if, what_if_scenarios, with_share
from aidstudy.course import what_if as cell_module
from aidstudy.course.lab import lab_variables
from aidstudy.course.what_if import LIVE, controls, ranges, told, what_if_cell
from aidstudy.errors import FileError, ResultError
from aidstudy.intervals import Interval
from aidstudy.tables.ordinary import exact_frame

NO_WIDGETS = importlib.util.find_spec("ipywidgets") is None
needs_widgets = pytest.mark.skipif(NO_WIDGETS, reason="ipywidgets is not installed")


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


@pytest.mark.parametrize(
    ("moved", "message"),
    [
        ({"rule_percent": 0}, "'0%' is no option; choose one of exact, rounded; or a share"),
        ({"rule_percent": -1}, "'-1%' is no option"),
        ({"rule_percent": "0.5"}, "rule_percent is '0.5'; give a number in per cent"),
        ({"rule_percent": float("nan")}, "rule_percent is nan; give a finite number"),
        ({"year": 2011}, "the year 2011 is out of range; give 2012 to 2032"),
        ({"growth_percent": -100}, "growth of -100% a year is out of range"),
        ({"rule": "rounde"}, "did you mean 'rounded'"),
    ],
)
def test_what_cannot_be_moved_is_said(moved: dict[str, Any], message: str) -> None:
    with pytest.raises(ResultError, match=re.escape(message)):
        what_if(stored(), **moved)


def test_scenarios_move_one_thing_each_and_come_from_the_tables() -> None:
    tables = Tables(stored())
    found = scenarios(tables)
    assert found[0] == Moved(label="as printed", label_zh="按原文")
    for moved in found[1:]:
        assert (moved.year is None) == bool(moved.choices)
    rules = {float(term.value or 0) for term in Desk(tables=tables).facts_where("rule_ratio")}
    chosen = [moved.choices["rule"] for moved in found if moved.choices]
    assert {float(one[:-1]) for one in chosen if one.endswith("%")} == rules - {0.5}
    assert [moved.year for moved in found if moved.year] == [2013, 2014, 2015, 2016]
    assert chosen[-1] == "rounded"
    table = what_if_scenarios(stored())
    assert len(table) == len(found)
    agree = [not m.year and m.choices.get("rule", "rounded") == "rounded" for m in found]
    assert table["agrees"].tolist() == agree


# --- the cell ------------------------------------------------------------------------------------


def test_the_stored_form_is_a_table_the_same_in_every_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(LIVE, raising=False)
    twice = [what_if_cell(stored()) for _ in range(2)]
    assert [one.live for one in twice] == [False, False]
    assert repr(twice[0]) == repr(twice[1])
    assert "hypothetical" in repr(twice[0])
    shown: list[Any] = []
    monkeypatch.setattr("IPython.display.display", lambda data, raw: shown.append(data))
    twice[0]._ipython_display_()
    twice[1]._ipython_display_()
    assert shown[0] == shown[1]
    assert set(shown[0]) == {"text/html", "text/plain"}
    assert "id=" not in shown[0]["text/html"]


def test_the_drawing_puts_each_bar_where_its_share_is() -> None:
    table = exact_frame(what_if_scenarios(stored()))
    drawn = ranges(table, table["moved_en"].tolist())
    bars = re.findall(r'<rect x="([\d.]+)" y="\d+" width="([\d.]+)" height="10"', drawn)
    starts, most = [float(x) for x, _ in bars], max(table["share_high"])
    assert len(bars) == len(table)
    for start, low in zip(starts, table["share_low"], strict=True):
        assert start == pytest.approx(290 + 330 * float(low / most), abs=0.06)
    assert 'role="img"' in drawn
    for label in table["moved_en"]:
        assert label in drawn


@needs_widgets
def test_controls_move_the_numbers_and_carry_no_number_of_their_own() -> None:
    box = controls(stored())
    rule, year, growth, _, judged, *_, shown = box.children
    first = shown.value
    assert first == told(what_if(stored()))
    rule.value = 0.6
    assert shown.value == told(what_if(stored(), rule_percent=0.6)) != first
    rule.value = 0.5
    assert shown.value == first
    judged.value = "rounded"
    assert shown.value == told(what_if(stored(), rule="rounded")) != first
    judged.value = "exact"
    year.value, growth.value = 2015, 10
    assert shown.value == told(what_if(stored(), year=2015, growth_percent=10)) != first
    assert set(with_share(what_if(stored()))["donor"]) == {"longquanyi"}


@needs_widgets
def test_the_cell_comes_alive_in_lab_only(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.delenv(LIVE, raising=False)
    assert not what_if_cell(stored()).live
    monkeypatch.setenv(LIVE, lab_variables(tmp_path, stored())[LIVE])
    assert what_if_cell(stored()).live
    assert not what_if_cell(stored(), live=False).live
    shown: list[Any] = []
    monkeypatch.setattr("IPython.display.display", lambda thing, **_: shown.append(thing))
    what_if_cell(stored())._ipython_display_()
    assert type(shown[0]).__name__ == "VBox"


def test_without_widgets_the_table_stands_and_controls_say_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "ipywidgets", None)
    monkeypatch.setattr(cell_module, "find_spec", lambda name: None)
    monkeypatch.setenv(LIVE, "1")
    assert not what_if_cell(stored()).live
    with pytest.raises(FileError, match=r"pip install 'PATH\[lab\]'"):
        what_if_cell(stored(), live=True)
