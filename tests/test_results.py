"""All results: against numbers worked out by hand, their bounds, their trail, their table."""

from __future__ import annotations

import re
import shutil
from fractions import Fraction
from functools import cache
from math import comb
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from copies import copy_of_study, stored

from aidstudy import funding_ratios, money_flow, project_stages, revenue_routes
from aidstudy.analysis import arithmetic
from aidstudy.analysis.desk import Desk
from aidstudy.analysis.flows import denominators
from aidstudy.analysis.served import exact_results, exact_sensitivity
from aidstudy.analysis.switches import SWITCHES
from aidstudy.analysis.timeline import unnamed
from aidstudy.codebook import CLEAN_TABLES, READINGS, SENSITIVITY
from aidstudy.errors import ResultError, TableError
from aidstudy.tables.study import load_study


@cache
def moved() -> pd.DataFrame:
    return exact_sensitivity(stored())


@cache
def kept() -> pd.DataFrame:
    """The stored results by id: what notebooks recorded and what the library computed."""
    return exact_results(stored()).set_index("result_id")


def value(result_id: str) -> Fraction:
    got = kept().loc[result_id, "value"]
    assert isinstance(got, Fraction)
    return got


def bounds(result_id: str) -> tuple[Fraction | None, Fraction | None]:
    return tuple(kept().loc[result_id, ["low", "high"]])  # type: ignore[return-value]


def near(by_hand: Fraction | float) -> Any:
    """Equal to the fifteenth digit, which is as far as the file goes."""
    return pytest.approx(float(by_hand), rel=1e-13)


# --- by hand ------------------------------------------------------------------------------------

WAN = 10_000

# Each value is worked out from what the page prints, in 万元 where it is money.
BY_HAND = {
    "rule_amount.ganzi": (2672 - 1092) * WAN,
    "revenue.ganzi.rule_amount_over_rule": Fraction(1580 * WAN) * 200,
    "revenue.ganzi.total_over_ratio": Fraction(2672 * WAN * 100_000, 845),
    "revenue.ganzi.added_over_excess": Fraction(1092 * WAN * 100_000, 845 - 500),
    "revenue.ganzi.added_over_increase": Fraction(1092 * WAN * 200 * 100, 69),
    "revenue.xinlong.if_rule": Fraction(176775, 10) * 1000 * 200,
    "outside.xinlong.rule_amount": 33_615_000,  # half a per cent of 67.23 亿
    "outside.xinlong.aid_of_rule_amount": Fraction(100 * 17_677_500 * 200, 6_723_000_000),
    "paid_of_committed.xinlong": Fraction(100 * 50_000, 176_775),
    "paid_of_committed.litang": 100,  # one number said twice
    "spent.xinlong": (210 + 20) * WAN,
    "spent_of_paid.xinlong": 46,  # 230 of 500
    "spent_of_committed.ganzi": Fraction(100 * 202_947, 267_200),
    "spent_of_committed.pooled": Fraction(
        100 * (23_000 + 202_947 + 137_000), 176_775 + 267_200 + 307_000
    ),
    "spent_ladder.1_printed_only": Fraction(100 * (23_000 + 202_947), 176_775 + 267_200),
    "paid_ladder.1_printed_only": Fraction(100 * 50_000, 176_775),
    "spent_of_committed.mean": (
        Fraction(100 * 23_000, 176_775)
        + Fraction(100 * 202_947, 267_200)
        + Fraction(100 * 137_000, 307_000)
    )
    / 3,
    "spent_least_donor.ganzi": Fraction(202_947 - 16_500 - 123_094) * 100,
    "pipeline.unpaid.xinlong": Fraction(126_775) * 100,
    "donor_share.xiangcheng-009": Fraction(100 * 132, 139),
    "other_per_donor.litang-024": Fraction(24, 5),  # (2900 - 500) / 500
    "budgets.litang.without_about": (3500 + 2900 + 1230 + 900) * WAN,
    "denominator.ganzi.all": Fraction(100 * 202_947, 267_200 + 16_500 + 123_094),
    "unit_cost.litang-p02.per_km": Fraction(35_000_000 * 1000, 3050),
    "unit_cost.litang-p03.per_m2_site": 5000,
    "unit_cost.litang-p01.storage_days": 300,
    "complete.ganzi.share": Fraction(2200, 59),
    "complete.litang.share": Fraction(100, 6),
    "complete.xinlong.share": 0,
    "counted_vs_named.as_coded.difference": Fraction(2200, 59) - Fraction(100, 15),
    "five_year.xiangcheng.commitment.share": Fraction(100 * 1200, 13_200),
    "denominator.ganzi.rule_amount.excess": Fraction(202_947 - 158_000, 100) * WAN,
    "five_year.xiangcheng.commitment.per_year": Fraction(13_200, 5) * WAN,
    "five_year.xiangcheng.commitment.average": 3000 * WAN,
    "people.ganzi.seconded_out": 22 + 10 + 14 + 12,
    "mentors.ganzi.with_higher_quota": 35,  # 4 x 35 + 3 x 15 = 185
    "mentors.ganzi.with_lower_quota": 15,
    "spread.gap.dege.litang": 70 * WAN,
    "limits.rank_correlation.smallest_p": Fraction(2, 120),
    "limits.two_groups.smallest_p": Fraction(2, 10),
    "limits.signed_rank.smallest_p": Fraction(2, 32),
    "coding.figures.found": Fraction(100 * 137, 139),
    "later.later-ganzi-4y.per_year": Fraction(93_530_000, 4),
    "later.later-luzhou-planned.page_plan": 60,  # 1.32 of 2.2 亿
    "window.days": 57,  # 26 days of September, 31 of October
    "unnamed.xiangcheng.started": 1,
    "agrees.count.contradicts": 0,
}


@pytest.mark.parametrize(("result_id", "by_hand"), BY_HAND.items())
def test_a_result_is_what_the_page_gives_by_hand(result_id: str, by_hand: Fraction) -> None:
    assert float(value(result_id)) == near(by_hand)


# The first two: 2671.5/0.8455% and 2672.5/0.8445%; (2671.5 - 1092.5)/0.5%, (2672.5 - 1091.5)/0.5%.
BOUNDS_BY_HAND = {
    "revenue.ganzi.total_over_ratio": (
        Fraction(26_715_000 * 10_000_00, 8455),
        Fraction(26_725_000 * 10_000_00, 8445),
    ),
    "revenue.ganzi.rule_amount_over_rule": (3_158_000_000, 3_162_000_000),
    "paid_of_committed.dege": (100, 100),
    "budgets.litang.with_about": (135_280_000, 235_320_000),
    "unit_cost.litang-p01.per_m3_day": (Fraction(10_000, 3), 30_000),
    "unit_cost.litang-p02.per_m2_road": (
        Fraction(34_995_000) / (3055 * Fraction(41, 2)),
        Fraction(35_005_000) / (3045 * Fraction(39, 2)),
    ),
    "complete.xiangcheng.share": (0, 25),
    "paid_worst_case": (
        Fraction(100 * (29_995_000 + 4_995_000 + 30_695_000))
        / (29_995_000 + 12_005_000 + 17_677_550 + 26_725_000 + 30_695_000),
        Fraction(100 * (30_005_000 + 5_005_000 + 30_705_000 + 12_005_000 + 26_725_000))
        / (30_005_000 + 12_005_000 + 17_677_450 + 26_725_000 + 30_705_000),
    ),
}


@pytest.mark.parametrize(("result_id", "by_hand"), BOUNDS_BY_HAND.items())
def test_bounds_are_what_the_print_allows_by_hand(
    result_id: str, by_hand: tuple[Fraction, Fraction]
) -> None:
    assert [float(end or 0) for end in bounds(result_id)] == [near(end) for end in by_hand]


# Wilson: (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n) with p = 22/59, z = 1.959964.
# None of five: 1 - 0.025 ** (1 / 5). Correlation: tanh(2.801585 / √2). Effect: 2.801585 × √(1/59
# + 1/15), where 2.801585 = 1.959964 + 0.841621.
TO_DIGITS = {
    ("limits.correlation.detectable", "value"): 0.9627,
    ("limits.counted_vs_named.detectable_effect", "value"): 0.8101,
    ("complete.ganzi.wilson", "ci_low"): 26.084,
    ("complete.ganzi.wilson", "ci_high"): 50.046,
    ("complete.xinlong.clopper_pearson", "ci_low"): 0,
    ("complete.xinlong.clopper_pearson", "ci_high"): 52.182,
    ("complete.xinlong.clopper_pearson", "level"): 0.95,
}


@pytest.mark.parametrize(("place", "known"), TO_DIGITS.items())
def test_a_statistic_follows_from_its_formula(place: tuple[str, str], known: float) -> None:
    decimals = len(str(known).partition(".")[2])
    assert round(float(kept().loc[place]), decimals) == known


def test_a_label_is_words_and_holds_no_name_of_a_row() -> None:
    desk = Desk(stored())
    slug = re.compile(r"[a-z0-9]_|_[a-z0-9]|[a-z]+-[pe]?[0-9]|[a-z]>[a-z]")
    relations = {relation.relation_id for relation in arithmetic.relations(desk)}
    names = {*desk.facts_by_id, *relations, *kept().index} - {"rule"}
    for row in kept().to_dict("records"):
        for label in (row["label"], row["label_zh"]):
            assert not slug.search(label), label
            assert not {name for name in names if name in label}, label
        if row["analysis"] != "N":  # which names columns as the tables do
            assert not re.search("[a-z]{4}", re.sub(r"[A-Z][\w-]+", "", row["label_zh"]))


def test_the_first_rung_holds_no_commitment_that_is_derived() -> None:
    ids = {
        rung: set(kept().loc[f"spent_ladder.{rung}", "figures"].split())
        for rung in ("1_printed_only", "2_with_derived")
    }
    assert ids["2_with_derived"] - ids["1_printed_only"] == {"dege-004", "dege-008"}


def test_no_two_results_have_one_label() -> None:
    for column in ("label", "label_zh"):
        assert kept()[column][kept()[column].duplicated()].tolist() == []


# Xinlong names all five of its year; the 59 of Ganzi are all completed or going on; Xiangcheng
# leaves one of four unnamed and does not say how far that one is.
@pytest.mark.parametrize(
    ("county", "started", "completed", "ongoing"),
    [
        ("litang", "not_reported", "not_reported", "not_reported"),
        ("xiangcheng", "derived", "not_reported", "not_reported"),
        ("xinlong", "not_applicable", "not_applicable", "not_applicable"),
        ("ganzi", "not_applicable", "printed", "printed"),
        ("dege", "not_reported", "not_reported", "not_reported"),
    ],
)
def test_where_no_project_is_unnamed_the_question_does_not_arise(
    county: str, started: str, completed: str, ongoing: str
) -> None:
    desk = Desk(stored())
    (pair,) = (pair for pair in desk.pairs if pair.recipient == county)
    states = {stage: term.state for stage, term in unnamed(desk, pair).items()}
    assert states == {"started": started, "completed": completed, "ongoing": ongoing}


def test_fishers_p_is_the_sum_of_the_tables_that_are_as_unlikely() -> None:
    """22 of 59 and 1 of 15: hypergeometric by hand, with exact fractions."""

    def chance(named: int) -> Fraction:
        return Fraction(comb(59, 23 - named) * comb(15, named), comb(74, 23))

    p = sum(chance(k) for k in range(16) if chance(k) <= chance(1))
    assert float(value("counted_vs_named.as_coded.fisher.p")) == pytest.approx(float(p), rel=1e-7)


def test_one_coding_decision_flips_every_test() -> None:
    for test in ("fisher", "barnard", "boschloo"):
        assert kept().loc[f"counted_vs_named.flips.{test}", "value"] == "yes"
        assert value(f"counted_vs_named.as_coded.{test}.p") < Fraction(5, 100)
        assert value(f"counted_vs_named.basically_complete.{test}.p") > Fraction(5, 100)


def test_dates_are_the_days_in_which_the_line_is_crossed() -> None:
    rows = kept()
    # 500 of 1767.75 of 305 days is 86.3 days after 1 January; 22 of 59 of 366 days is 136.5.
    assert rows.loc["break_even.xinlong.money", "value"] == "2012-03-27"
    assert rows.loc["break_even.ganzi.projects", "value"] == "2012-05-16"
    assert rows.loc["window.first", "value"] == "2012-09-05"
    assert rows.loc["window.last", "value"] == "2012-10-31"


def test_growth_needed_reaches_the_plan() -> None:
    rate = float(value("five_year.xiangcheng.commitment.growth")) / 100
    assert 1200 * sum((1 + rate) ** year for year in range(5)) == pytest.approx(13_200)


# --- all of them --------------------------------------------------------------------------------


def test_every_letter_gives_results_with_words_in_both_languages() -> None:
    assert sorted(set(kept()["analysis"])) == list("ABCDEFGHIJKLMNOP")
    assert not kept()["label_zh"].str.fullmatch(r"[\x00-\x7f]*").any()


def test_the_overlap_is_what_every_route_allows() -> None:
    low, high = bounds("revenue.ganzi.overlap")
    ways = kept()[kept().index.str.fullmatch(r"revenue\.ganzi\.\w+_over_\w+")]
    assert len(ways) == 4
    assert (low, high) == (max(ways["low"]), min(ways["high"]))


def test_statistics_say_what_they_are_about() -> None:
    for result_id, row in kept().iterrows():
        if re.search(r"\.(wilson|jeffreys|clopper_pearson|agresti_coull)$", str(result_id)):
            assert "process" in row["note"]
        if str(result_id).endswith(".share") and row["analysis"] == "G":
            assert row["note"].startswith("a census")
        if str(result_id).endswith(".smallest_p"):
            reaches = row["value"] <= Fraction(5, 100)
            assert row["note"].startswith("cannot reach 5%") != reaches
        assert "*" not in row["label"] + row["note"]


# --- judgement calls ----------------------------------------------------------------------------


def test_every_option_of_every_judgement_call_moves_some_result() -> None:
    assert set(zip(moved()["switch"], moved()["option"], strict=True)) == {
        (switch.name, option) for switch in SWITCHES.values() for option in list(switch.options)[1:]
    }
    assert tuple(moved().columns) == SENSITIVITY.names


def test_a_judgement_call_moves_what_it_should() -> None:
    rows = moved().set_index(["switch", "result_id"])
    rule = rows.loc[("rule", "revenue.ganzi.rule_amount_over_rule")]
    assert (rule["difference"], float(rule["low"])) == (0, near(Fraction(157_900_000_000, 55)))
    team = rows.loc[("team_of_40", "people.litang.seconded_in")]
    assert (team["value"], team["state"], team["default_value"]) == (None, "not_reported", 40)
    coarse = rows.loc[("trailing_zeros", "unit_cost.litang-p02.per_km")]
    assert float(coarse["low"]) == near(Fraction(34_500_000 * 1000, 3055))
    spent = rows.loc[("touru", "spent_of_committed.ganzi")]
    assert spent["value"] == 100
    assert float(spent["default_value"]) == near(value("spent_of_committed.ganzi"))
    order = rows.loc[("trailing_zeros", "spread.order")]
    assert order["default_value"].startswith("certain: ")
    assert order["value"].startswith("not certain: ")
    line = rows.loc[("line_start", "break_even.ganzi.projects")]
    assert (line["value"], line["default_value"]) == ("2012-07-19", "2012-05-16")
    least = rows.loc[("spending_source", "spent.ganzi")]
    assert least["difference"] == -(1_650_000 + 12_309_400)


def test_a_choice_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ResultError, match="choice 'rules': no such judgement call; did you mean"):
        funding_ratios(stored(), rules="rounded")
    with pytest.raises(ResultError, match="choice rule: 'round' is no option; did you mean"):
        funding_ratios(stored(), rule="round")


def test_a_reading_that_names_nothing_is_refused(tmp_path: Path) -> None:
    study = load_study(copy_of_study(tmp_path))
    path = study.raw / f"{READINGS.name}.csv"
    path.write_text(path.read_text("utf-8") + "touru,expense,ganzi-200,expenditure,no\n", "utf-8")
    with pytest.raises(TableError, match="'expense'") as error:
        money_flow(study)
    assert {fault.column for fault in error.value.faults} == {"option", "figure_id"}


# --- other studies ------------------------------------------------------------------------------


def _renamed(folder: Path) -> Path:
    """The study with other short names of counties and donors."""
    copy_of_study(folder)
    names = {"litang": "aba", "ganzi": "seda", "longquanyi": "wuhou", "yibin": "deyang"}
    for path in (folder / "data").rglob("*.*"):
        text = path.read_text("utf-8")
        for old, new in names.items():
            text = re.sub(rf"(?<![a-z]){old}(?![a-z])", new, text)
        path.write_text(text, "utf-8")
    return folder


def test_a_study_of_other_counties_gives_the_same_results_under_their_names(tmp_path: Path) -> None:
    routes = revenue_routes(_renamed(tmp_path)).set_index("route")
    assert routes["recipient"].unique().tolist() == ["seda"]
    route = routes.loc["total_over_ratio", "quantity"].to("CNY")
    assert float(route.exact) == near(value("revenue.ganzi.total_over_ratio"))


def test_a_study_with_empty_tables_reports_nothing_and_fails_nowhere(tmp_path: Path) -> None:
    copy_of_study(tmp_path)
    shutil.rmtree(tmp_path / "data" / "raw")
    (tmp_path / "data" / "raw").mkdir()
    for name in CLEAN_TABLES:
        path = tmp_path / "data" / "clean" / f"{name}.csv"
        path.write_text(path.read_text("utf-8").splitlines()[0] + "\n", "utf-8")
    for table in (funding_ratios, money_flow, revenue_routes, project_stages, denominators):
        assert table(tmp_path).empty


def test_the_trail_of_a_result_is_collected_from_what_it_used() -> None:
    used = {"xinlong-012", "xinlong-013", "ganzi-015", "dege-008"}
    used |= {"xinlong-023", "ganzi-020", "dege-004"}
    assert set(kept().loc["spent_of_committed.pooled", "figures"].split()) == used
    outside = kept().loc["outside.xinlong.aid_of_rule_amount"]
    assert outside["facts"] == "revenue-yibin-2011"


def test_the_stages_add_up_to_the_counts_of_the_page_and_say_what_is_beside_them() -> None:
    """None of the 59 projects of Garzê County is named: its named cooperative is beside them."""
    stages, figures = project_stages(stored()), Desk(stored())
    for figure, count in stages.groupby("counted_in")["count"].sum().items():
        assert count.exact == figures.figure(figure).value
    ganzi = stages[stages["recipient"] == "ganzi"]
    beside = ganzi[ganzi["counted_in"].isna()]
    assert ganzi["count"].sum().exact == 60
    assert beside["project_id"].tolist() == ["ganzi-p01"]
