"""Another judgement, or another rule, carried into tables, plots, exports and rebuilds."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from copies import copy_of_study, csv_rows, each_case, said, stored

import aidstudy as aid
from aidstudy.errors import ResultError
from aidstudy.papers import write_table
from aidstudy.plots import PLOTS
from aidstudy.rebuild.rebuild import reproduce


def test_a_rule_that_is_not_printed_makes_all_that_rests_on_it_hypothetical() -> None:
    ratios = aid.funding_ratios(stored().under({"rule": "0.6%"})).set_index("recipient")
    # By hand: (26.72 - 10.92) / 0.6% = 2633.3 million.
    assert round(float(ratios["revenue"]["ganzi"]), 1) == 2633.3
    assert set(ratios["revenue"].quantity.state) == {"hypothetical"}
    assert ratios["rule_amount"]["ganzi"].state == "derived"


@each_case("vary", "tables")
def test_a_table_for_a_paper_follows_and_says_so(
    name: str, choice: str, row: list[str], ends: list[str]
) -> None:
    lines = csv.reader(io.StringIO(said("table", name, "--format", "csv", "--choice", choice)))
    (found,) = [line for line in lines if line[:2] == row]
    assert [end and f"{float(end):.2f}" for end in found[4:6]] == ends
    study = stored().under(dict([choice.split("=")]))
    for lang in ("en", "zh"):
        told = write_table(name, "markdown", lang, study).decode().replace("\\", "")
        assert choice in told


def test_a_plot_follows_and_says_so_in_name_note_and_texts(tmp_path: Path) -> None:
    told = said("plot", "funding_ratios", "--choice", "rule=0.6%", "--format", "svg", "-o",
                 str(tmp_path))  # fmt: skip
    (drawn,) = tmp_path.iterdir()
    assert told.strip() == str(drawn)
    assert drawn.name == "funding_ratios.double.en.rule-0.6.svg"
    plot = PLOTS["funding_ratios"].of(stored().under({"rule": "0.6%"}))
    tables = plot.load(stored().under({"rule": "0.6%"}))
    for text in (plot.caption(**tables), plot.alt(**tables)):
        assert text.startswith("Hypothetical: rule=0.6% (no printed rule). ")
    notes = " ".join(text.get_text() for text in plot.draw(**tables).texts)
    assert "Hypothetical: rule=0.6%" in notes
    assert "Hypothetical" not in PLOTS["funding_ratios"].caption(**tables)


def test_an_export_has_the_results_under_the_choice(tmp_path: Path) -> None:
    said("export", "csv", "--choice", "rule=rounded", "-o", str(tmp_path))
    assert "rule=rounded" in (tmp_path / "README.txt").read_text("utf-8")
    results = {row["result_id"]: row for row in csv_rows(tmp_path / "results.csv")}
    assert [results["rule"][end] for end in ("low", "high")] == ["0.45", "0.55"]
    moved = aid.load_sensitivity(stored()).query("switch == 'rule'")["result_id"]
    default = aid.load_results(stored()).set_index("result_id")
    assert set(moved) == {
        name for name, row in results.items()
        if row["low"] and [float(row[end]) for end in ("low", "high")]
        != default.loc[name, ["low", "high"]].tolist()
    }  # fmt: skip


@each_case("vary", "refused")
def test_what_is_not_stored_or_not_known_is_refused(choices: dict[str, str], problem: str) -> None:
    study = stored().under(choices)
    with pytest.raises(ResultError, match=problem):
        aid.load_results(study)


def test_a_rebuild_under_a_choice_is_a_study_apart(tmp_path: Path) -> None:
    study = aid.load_study(copy_of_study(tmp_path / "own"))
    before = {path: path.read_bytes() for path in study.folder.rglob("*") if path.is_file()}
    outcome = reproduce(study.under({"rule": "0.6%"}), keep=tmp_path / "moved",
                        only="tables", update=True)  # fmt: skip
    assert outcome.ok
    assert "Made under rule=0.6%: nothing stored was compared or touched." in outcome.lines()
    assert before == {path: path.read_bytes() for path in before}
    moved = aid.load_study(tmp_path / "moved")
    assert moved.made == moved.choices == {"rule": "0.6%"}
    assert aid.funding_ratios(moved)["revenue"].quantity.state.eq("hypothetical").all()
    plot = PLOTS["money_flow"].of(moved)
    assert "Hypothetical: rule=0.6%" in plot.caption(**plot.load(moved))
    assert "--keep DIR" in said("reproduce", "--choice", "rule=rounded", status=2)


def test_the_calls_are_listed_with_their_options() -> None:
    calls = aid.judgement_calls(stored()).set_index("switch")
    assert calls.loc["rule", ["default", "option"]].tolist() == ["exact", "rounded"]
    assert calls["free"].notna().sum() == 1
    assert calls["moved"].sum() == len(aid.load_sensitivity(stored()))
    assert "object" not in calls.dtypes.astype(str).tolist()
