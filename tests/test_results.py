"""All results: by hand, their bounds, their trail; and what notebooks record."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from functools import cache
from math import comb
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from copies import case_set, copy_of_study, stored

import aidstudy as aid
from aidstudy import money_flow, project_stages, revenue_routes
from aidstudy.analysis import recorded
from aidstudy.analysis.desk import Desk
from aidstudy.analysis.served import exact_results, exact_sensitivity
from aidstudy.analysis.switches import SWITCHES
from aidstudy.codebook import READINGS, SENSITIVITY
from aidstudy.course.exercises.expressions import worked_out
from aidstudy.course.exercises.sources import sources_of
from aidstudy.errors import ResultError, TableError
from aidstudy.tables.load import exact_table
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


def test_fishers_p_is_the_sum_of_the_tables_that_are_as_unlikely() -> None:
    """22 of 59 and 1 of 15: hypergeometric by hand, with exact fractions."""

    def chance(named: int) -> Fraction:
        return Fraction(comb(59, 23 - named) * comb(15, named), comb(74, 23))

    p = sum(chance(k) for k in range(16) if chance(k) <= chance(1))
    assert float(value("counted_vs_named.as_coded.fisher.p")) == pytest.approx(float(p), rel=1e-7)


# --- by their formulas --------------------------------------------------------------------------


def test_a_formula_of_ids_and_numbers_gives_the_value_beside_it() -> None:
    """Worked out again with nothing but Python's fractions, from the values of the clean tables."""
    known = {
        row[key]: Fraction(row["value"]) / (100 if row["unit"] == "%" else 1)
        for name, key in (("figures", "figure_id"), ("context", "fact_id"))
        for row in exact_table(name, stored()).to_dict("records")
        if isinstance(row["value"], int | Fraction)
    }
    wrong, tried = [], 0
    for name, row in kept().iterrows():
        pieces = re.split("([a-z0-9]+(?:-[a-z0-9]+)+)", row["formula"])
        between = [piece.translate(str.maketrans("÷×−", "/*-")) for piece in pieces[::2]]
        if isinstance(row["value"], Fraction) and not re.search("[^0-9 /*+()-]", "".join(between)):
            pieces[::2] = [re.sub("[0-9]+", r"Fraction(\g<0>)", piece) for piece in between]
            pieces[1::2] = [f"known[{piece!r}]" for piece in pieces[1::2]]
            now = eval("".join(pieces), {"known": known, "Fraction": Fraction})
            # A share is stored in per cent, a cost in CNY/km, to the digits that a table holds.
            slips = [abs(now * scale - row["value"]) for scale in (1, 100, 1000)]
            wrong += [name] * (min(slips) > abs(row["value"]) / 10**12)
            tried += 1
    assert wrong == []
    assert tried > 150


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


# === what notebooks record


@pytest.fixture
def kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that the rebuild names to a kernel, as notebook 99."""
    path = tmp_path / "99_made_up.jsonl"
    monkeypatch.setenv(recorded.RECORD_TO, str(path))
    monkeypatch.setattr(recorded, "_session", {})
    return path


def rows_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def q() -> Any:
    return aid.load_figures(stored()).set_index("figure_id")["quantity"]


def test_a_quantity_keeps_exact_value_bounds_formula_and_figures(kernel: Path, q: Any) -> None:
    aid.record("a.ratio", q["ganzi-020"] / q["ganzi-021"], study=stored())
    (row,) = rows_of(kernel)
    # 2672 over 0.845%, in units of ten thousand yuan, each print half a unit wide.
    assert Fraction(row["value"]) == Fraction(26_720_000) / Fraction("0.00845")
    assert Fraction(row["low"]) == Fraction(26_715_000) / Fraction("0.008455")
    assert Fraction(row["high"]) == Fraction(26_725_000) / Fraction("0.008445")
    assert (row["unit"], row["state"]) == ("CNY", "derived")
    assert row["figures"] == "ganzi-020 ganzi-021"
    assert row["formula"] == "ganzi-020 ÷ ganzi-021"


def test_a_series_gives_each_row_its_id_by_the_names_of_its_index(kernel: Path) -> None:
    index = pd.MultiIndex.from_tuples([("x", "y"), ("x", "z")], names=["county", "what"])
    aid.record("n.{what}.{county}", pd.Series([3, 4], index=index), study=stored())
    assert [(r["result_id"], r["value"], r["state"]) for r in rows_of(kernel)] == [
        ("n.y.x", "3", "derived"),
        ("n.z.x", "4", "derived"),
    ]


def test_a_float_is_an_estimate_of_eight_digits_and_its_interval_stands_apart(kernel: Path) -> None:
    aid.record("kappa", 0.824046920821, ci=(0.6433121, 1.0), how="Cohen's kappa", study=stored())
    (row,) = rows_of(kernel)
    assert (Fraction(row["value"]), row["state"]) == (Fraction("0.82404692"), "estimated")
    names = ("low", "high", "ci_low", "ci_high", "level")
    assert [row[name] and Fraction(row[name]) for name in names] == [
        "", "", Fraction("0.6433121"), 1, Fraction("0.95")
    ]  # fmt: skip


def test_days_words_and_what_is_missing(kernel: Path) -> None:
    aid.record("d", pd.Timestamp("2012-09-05"), rests_on="xiangcheng-002", study=stored())
    aid.record("w", "agrees at face value", study=stored())
    aid.record("m", aid.Missing("not_applicable"), study=stored())
    day, words, missing = rows_of(kernel)
    assert (day["value"], day["low"], day["unit"]) == ("2012-09-05", "2012-09-05", "date")
    assert day["figures"] == "xiangcheng-002"
    assert (words["value"], words["kind"]) == ("agrees at face value", "words")
    assert (missing["value"], missing["state"]) == ("", "not_applicable")


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("a", float("nan"), "NaN; say why with aidstudy.Missing"),
        ("a", None, "does not say why nothing is there"),
        ("a b", 1, "an id has letters"),
        ("a.{county}", 1, "one value has no county"),
        ("a", pd.Series([1, 2]), "the id no field in braces"),
        ("a.{county}", pd.Series([1, 2]), "no level 'county'"),
        ("a", pd.DataFrame({"a": [1]}), "record one of them"),
        ("a", [1], "list is nothing that can be recorded"),
    ],
)
def test_what_cannot_be_recorded_is_refused(name: str, value: object, told: str) -> None:
    with pytest.raises(ResultError, match=told):
        aid.record(name, value, study=stored())


def test_an_id_twice_with_two_values_is_refused_and_with_one_is_one(kernel: Path) -> None:
    aid.record("a", 1, study=stored())
    aid.record("a", 1, study=stored())
    with pytest.raises(ResultError, match="recorded as 1 and again as 2; give one of them another"):
        aid.record("a", 2, study=stored())
    assert len(rows_of(kernel)) == 1


def test_two_notebooks_may_not_record_one_id(tmp_path: Path, kernel: Path) -> None:
    aid.record("a", 1, study=stored())
    (tmp_path / "98_other.jsonl").write_bytes(kernel.read_bytes())
    cells = {"98_other": ["98-02"], "99_made_up": ["99-02"]}
    with pytest.raises(ResultError, match="recorded by 98_other and by 99_made_up"):
        recorded.collected([kernel, tmp_path / "98_other.jsonl"], cells)


def test_rows_name_the_notebook_without_number_and_need_words(kernel: Path) -> None:
    aid.record("devices.litang", 6, study=stored())
    (row,) = recorded.collected([kernel], {"99_made_up": ["99-02"]})
    assert (row["notebook"], row["cell"]) == ("made_up", "99-02")
    (told,) = recorded.worded(stored(), [row])
    assert told["label"].startswith("Litang: management devices")
    assert told["value"] == told["low"] == told["high"] == 6
    row["result_id"] = "devices.lithang"
    with pytest.raises(ResultError, match=r"no words; did you mean 'devices\.litang'"):
        recorded.worded(stored(), [row])


def test_a_choice_moves_a_result_or_is_left_out(kernel: Path) -> None:
    aid.record("a", 40, study=stored())
    aid.record("a", aid.Missing(), choice={"team_of_40": "rhetoric"}, study=stored())
    aid.record("b", 1, study=stored())
    aid.record("b", 1, choice={"team_of_40": "rhetoric"}, study=stored())
    (row,) = recorded.moved(recorded.collected([kernel], {"99_made_up": ["99-02"]}))
    assert (row["result_id"], row["switch"], row["option"]) == ("a", "team_of_40", "rhetoric")
    assert (row["default_value"], row["value"], row["state"]) == (40, None, "not_reported")
    with pytest.raises(ResultError, match="did you mean 'rhetoric'"):
        aid.record("a", 1, choice={"team_of_40": "rethoric"}, study=stored())


def test_in_a_copy_it_says_whether_a_number_is_as_stored(
    q: Any,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.delenv(recorded.RECORD_TO, raising=False)
    monkeypatch.setattr(recorded, "_session", {})
    aid.record("mentors.ganzi.average", q["ganzi-033"] / 50, study=stored())
    aid.record("mentors.ganzi.least", 151, study=stored())
    aid.record("mentors.ganzi.lest", 151, study=stored())
    assert capsys.readouterr().out.splitlines() == [
        "mentors.ganzi.average: as stored",
        "mentors.ganzi.least: 151, stored 150",
        "mentors.ganzi.lest: not stored",
    ]
    with pytest.warns(UserWarning, match="recorded before with another value"):
        aid.record("mentors.ganzi.least", 152, study=stored())
    folder = copy_of_study(tmp_path)
    (folder / "data" / "clean" / "results.csv").unlink()
    aid.record("devices.litang", 6, study=folder)
    assert "not compared" in capsys.readouterr().out
