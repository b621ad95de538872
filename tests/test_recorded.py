"""What notebooks record: exact, once, with words, and compared elsewhere without harm."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from copies import copy_of_study, stored

import aidstudy as aid
from aidstudy.analysis import recorded
from aidstudy.errors import ResultError


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
