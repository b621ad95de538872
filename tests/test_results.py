"""All results: against numbers worked out by hand, their bounds, their trail, their table."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import cache
from math import comb
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from copies import case_set, copy_of_study, stored

from aidstudy import money_flow, project_stages, revenue_routes
from aidstudy.analysis import arithmetic
from aidstudy.analysis.desk import Desk
from aidstudy.analysis.served import exact_results, exact_sensitivity
from aidstudy.analysis.switches import SWITCHES
from aidstudy.analysis.timeline import unnamed
from aidstudy.codebook import READINGS, SENSITIVITY
from aidstudy.course.exercises.expressions import worked_out
from aidstudy.course.exercises.sources import sources_of
from aidstudy.errors import TableError
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


@pytest.mark.parametrize(
    "case", case_set("results"), ids=lambda case: f"{case['result']} {case.get('switch', '')}"
)
def test_a_result_is_what_the_page_gives_by_hand(case: dict[str, Any]) -> None:
    """Worked out from what the page prints; ``≈`` stands before a number with all its digits."""
    rows = moved().set_index(["switch", "result_id"]) if "switch" in case else kept()
    row = rows.loc[(case["switch"], case["result"]) if "switch" in case else case["result"]]
    for column, by_hand in case["expect"].items():
        found = row[column]
        if not isinstance(found, Fraction):
            assert found == by_hand
        elif by_hand.startswith("≈"):
            decimals = len(by_hand.partition(".")[2])
            assert round(float(found), decimals) == float(by_hand[1:])
        else:
            assert float(found) == near(worked_out(by_hand, sources_of(stored())).value)


def test_a_label_is_words_and_holds_no_name_of_a_row() -> None:
    desk = Desk(stored())
    slug = re.compile(r"[a-z0-9]_|_[a-z0-9]|[a-z]+-[pe]?[0-9]|[a-z]>[a-z]")
    relations = {relation.relation_id for relation in arithmetic.relations(desk)}
    names = {*desk.facts_by_id, *relations, *kept().index} - {"rule"}
    assert not kept()["label_zh"].str.fullmatch(r"[\x00-\x7f]*").any()
    for column in ("label", "label_zh"):
        assert kept()[column].is_unique
    for row in kept().to_dict("records"):
        for label in (row["label"], row["label_zh"]):
            assert not slug.search(label), label
            assert not {name for name in names if name in label}, label
        if row["analysis"] != "N":  # which names columns as the tables do
            assert not re.search("[a-z]{4}", re.sub(r"[A-Z][\w-]+", "", row["label_zh"]))


# Xinlong names all five of its year; the 59 of Ganzi are all completed or going on; Xiangcheng
# leaves one of four unnamed and does not say how far that one is.
UNNAMED = {  # started, completed, ongoing
    "litang": ["not_reported"] * 3,
    "xiangcheng": ["derived", "not_reported", "not_reported"],
    "xinlong": ["not_applicable"] * 3,
    "ganzi": ["not_applicable", "printed", "printed"],
    "dege": ["not_reported"] * 3,
}


def test_where_no_project_is_unnamed_the_question_does_not_arise() -> None:
    desk = Desk(stored())
    assert {
        pair.recipient: [term.state for term in unnamed(desk, pair).values()]
        for pair in desk.pairs
        if pair.recipient in UNNAMED
    } == UNNAMED


def test_fishers_p_is_the_sum_of_the_tables_that_are_as_unlikely() -> None:
    """22 of 59 and 1 of 15: hypergeometric by hand, with exact fractions."""

    def chance(named: int) -> Fraction:
        return Fraction(comb(59, 23 - named) * comb(15, named), comb(74, 23))

    p = sum(chance(k) for k in range(16) if chance(k) <= chance(1))
    assert float(value("counted_vs_named.as_coded.fisher.p")) == pytest.approx(float(p), rel=1e-7)


def test_one_coding_decision_flips_every_test() -> None:
    for test in ("fisher", "barnard", "boschloo"):
        assert value(f"counted_vs_named.as_coded.{test}.p") < Fraction(5, 100)
        assert value(f"counted_vs_named.basically_complete.{test}.p") > Fraction(5, 100)


def test_growth_needed_reaches_the_plan() -> None:
    rate = float(value("five_year.xiangcheng.commitment.growth")) / 100
    assert 1200 * sum((1 + rate) ** year for year in range(5)) == pytest.approx(13_200)


# --- all of them --------------------------------------------------------------------------------


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


def test_a_reading_that_names_nothing_is_refused(tmp_path: Path) -> None:
    study = load_study(copy_of_study(tmp_path))
    path = study.raw / f"{READINGS.name}.csv"
    path.write_text(path.read_text("utf-8") + "touru,expense,ganzi-200,expenditure,no\n", "utf-8")
    with pytest.raises(TableError, match="'expense'") as error:
        money_flow(study)
    assert {fault.column for fault in error.value.faults} == {"option", "figure_id"}
    path.unlink()
    assert not money_flow(study).empty, "a study may have no such table"


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


def test_the_stages_add_up_to_the_counts_of_the_page_and_say_what_is_beside_them() -> None:
    """None of the 59 projects of Garzê County is named: its named cooperative is beside them."""
    stages, figures = project_stages(stored()), Desk(stored())
    for figure, count in stages.groupby("counted_in")["count"].sum().items():
        assert count.exact == figures.figure(figure).value
    ganzi = stages[stages["recipient"] == "ganzi"]
    beside = ganzi[ganzi["counted_in"].isna()]
    assert ganzi["count"].sum().exact == 60
    assert beside["project_id"].tolist() == ["ganzi-p01"]
