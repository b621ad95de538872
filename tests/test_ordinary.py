"""Tables as a reader who knows pandas meets them: ordinary columns, days, flags, joint sums."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from copies import REPOSITORY, change_bytes, copy_of_study
from made_up import made_up, money

import aidstudy
from aidstudy.errors import StaleWarning
from aidstudy.quantity.dtype import TEXT, QuantityDtype

TABLES = (
    "load_figures", "load_projects", "load_events", "load_event_projects", "load_pairs",
    "load_mechanisms", "load_context", "load_dac_codes", "load_results", "load_sensitivity",
    "funding_ratios", "revenue_routes", "money_flow", "project_stages", "timeline",
    "project_timeline",
)  # fmt: skip


@pytest.fixture(scope="module")
def nothing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study in which nothing is typed and nothing follows."""
    folder = copy_of_study(tmp_path_factory.mktemp("nothing"))
    for path in (folder / "data").rglob("*.csv"):
        path.write_text(f"{path.read_text('utf-8').splitlines()[0]}\n", "utf-8")
    return folder


@pytest.mark.filterwarnings("ignore::aidstudy.errors.StaleWarning")
@pytest.mark.parametrize("name", TABLES)
def test_an_empty_table_has_the_same_dtypes(name: str, nothing: Path) -> None:
    empty, full = (getattr(aidstudy, name)(study) for study in (nothing, REPOSITORY))
    assert len(empty) == 0 == len(aidstudy.flat(empty))
    pd.testing.assert_series_equal(empty.dtypes.astype(str), full.dtypes.astype(str))
    for column in empty.columns[empty.dtypes == "quantity"]:
        assert empty[column].sum().state == "not_reported"


@pytest.mark.parametrize("name", TABLES)
def test_no_column_mixes_text_and_numbers(name: str) -> None:
    table = getattr(aidstudy, name)(REPOSITORY)
    assert len(table) > 0
    for column in table:
        kind = table[column].dtype
        if isinstance(kind, pd.CategoricalDtype):
            assert kind.categories.dtype == "str" or kind.categories.dtype == object
            continue
        assert isinstance(kind, QuantityDtype) or kind in (
            TEXT, "Int64", "boolean", np.dtype("float64"), np.dtype("datetime64[s]"),
        ), f"{column} is {kind}"  # fmt: skip
        assert not (kind == TEXT and (table[column] == "").any())


def test_a_long_table_has_the_same_number_as_float_and_as_quantity() -> None:
    for table in (aidstudy.load_figures(), aidstudy.load_context(), aidstudy.load_results()):
        shown, known = table["quantity"].quantity, table["quantity"].notna()
        for part in ("value", "low", "high"):
            numbers = getattr(shown, part)[known]
            np.testing.assert_allclose(numbers, table[part][known], rtol=1e-14)
            assert table.loc[~known, part].isna().all()
        assert (shown.unit[known].fillna("") == table["unit"][known].fillna("")).all()


def test_dates_codes_verdicts_and_contacts_are_text_and_days() -> None:
    figures = aidstudy.load_figures().set_index("figure_id")
    assert figures["text"].notna().sum() == figures["quantity"].isna().sum()
    assert figures.loc["litang-008", "text"] == "1"  # the first of a numbered list
    days = figures.loc[["xinlong-020", "xinlong-027"], ["first_day", "last_day"]]
    assert days.map(str).to_numpy().tolist() == [
        ["2015-01-01 00:00:00", "2015-12-31 00:00:00"],
        ["NaT", "2012-10-31 00:00:00"],  # by the end of October
    ]
    assert figures.loc["xinlong-020", "text"] == "2015"
    results = aidstudy.load_results().set_index("result_id")
    assert str(results.loc["window.first", "first_day"]) == "2012-09-05 00:00:00"
    assert pd.isna(results.loc["window.first", "value"])
    assert results.loc["spread.order", "text"].startswith("certain")
    assert results.loc["paid.ganzi", "quantity"].state == "not_reported"


def test_a_figure_that_repeats_another_is_the_same_number() -> None:
    figures = aidstudy.load_figures().set_index("figure_id")
    both = figures.loc[["litang-034", "litang-036"], "quantity"]  # the second 40人
    assert both.quantity.figures.tolist() == ["litang-034", "litang-034"]
    assert float(both.sum()) == 40
    assert both.sum().once == ("litang-034",)
    # 5个项目 is printed twice, and 2个 are of the second print: of five projects they are two.
    for five in ("xinlong-005", "xinlong-010"):
        projects = figures.loc[[five, "xinlong-011"], "quantity"].sum()
        assert (float(projects), projects.left_out) == (5, ("xinlong-011",))


def test_projects_are_one_flat_table_and_joint_sums_count_once() -> None:
    projects = aidstudy.load_projects().set_index("project_id")
    five = projects[projects["recipient"] == "xinlong"]
    assert five["joint"].all()
    assert set(five["group"]) == {"xinlong-022 xinlong-023 xinlong-012", "xinlong-022 xinlong-023"}
    # One print of 11066万元 stands in five rows, one of 1767.75万元 too; 210万元 in two of three.
    told = {name: float(five[name].sum()) for name in ("budget", "aid", "spent")}
    assert told == pytest.approx({"budget": 110.66, "aid": 17.6775, "spent": 2.30})
    assert five["spent"].sum().partial == (3, 5)
    assert float(projects.groupby("recipient", observed=True)["budget"].sum()["xinlong"]) == (
        pytest.approx(110.66)
    )
    # An intended bank loan is no aid.
    loan = projects.loc["litang-p06"]
    assert (loan["aid"].state, float(loan["loan"])) == ("not_reported", 50)
    water = projects.loc["litang-p01", ["sector_name", "joint"]]
    assert water.tolist() == ["Water supply - large systems", False]


def test_stages_and_statuses_are_ordered_and_stages_by_their_level() -> None:
    projects = aidstudy.load_projects()
    assert projects["stage"].max() == "delivered"
    assert projects["status"].min() == "1"
    assert projects.sort_values("stage")["level"].is_monotonic_increasing


def test_what_happened_ends_with_the_window_of_writing() -> None:
    events = aidstudy.load_events().set_index("event_id")
    window = aidstudy.writing_window()
    past = events[events["realised"] == "yes"]
    assert past["last_day"].max() == pd.Timestamp(window.last_day)
    assert events.loc["ganzi-e01", "last_day"] == pd.Timestamp("2016-12-31")  # a plan runs on
    assert events.loc["litang-e02", "first_day"] == events.loc["litang-e02", "last_day"]
    drawn = aidstudy.timeline().set_index("event_id")
    pd.testing.assert_series_equal(drawn["last_day"], events["last_day"])


def test_a_project_has_all_that_is_dated_in_one_table() -> None:
    told = aidstudy.project_timeline()
    stages, later = (told[told["said"] == said] for said in ("stage", "later"))
    assert stages["project_id"].tolist() == aidstudy.load_projects()["project_id"].tolist()
    covered = told[(told["said"] == "event") & told["project_id"].notna()]
    pairs = covered[["event_id", "project_id"]].sort_values(["project_id", "event_id"])
    expected = aidstudy.load_event_projects().sort_values(["project_id", "event_id"])
    assert pairs.to_numpy().tolist() == expected.to_numpy().tolist()
    facts = aidstudy.load_context().set_index("fact_id").loc[later["fact_id"], "quantity"]
    assert [cell.interval for cell in facts] == [
        cell.in_base().interval for cell in later["amount"]
    ]
    # Written from 5 September to 31 October 2012; the half-year ended on 30 June.
    by_event = told.drop_duplicates("event_id").set_index("event_id")["days"]
    assert str(by_event["litang-e01"]) == "[67, 304] day"
    assert str(by_event["litang-e02"]) == "[141, 197] day"  # from 17 April
    assert str(by_event["xinlong-e09"]) == "[61, 117] day"  # until 31 December
    reservoir = later.set_index("fact_id").loc["later-litang-reservoir"]
    assert str(reservoir["days"]) == "[582, 638] day"  # until 5 June 2014, when it was printed
    past = told[(told["realised"] == "yes") & (told["said"] != "later")]
    assert past["last_day"].max() == pd.Timestamp(aidstudy.writing_window().last_day)


@pytest.mark.filterwarnings("error")
def test_tables_that_are_older_than_the_typed_ones_are_named_once(tmp_path: Path) -> None:
    folder = copy_of_study(tmp_path / "study")
    shutil.copy(REPOSITORY / "data" / "SHA256SUMS", folder / "data" / "SHA256SUMS")
    aidstudy.load_figures(folder)
    change_bytes(folder / "data/raw/figures.csv", lambda content: content.replace(b"x", b"y", 1))
    message = r"data/raw/figures\.csv changed .* run: python reproduce\.py --update"
    with pytest.warns(StaleWarning, match=message):
        aidstudy.load_figures(folder)
    aidstudy.funding_ratios(folder)
    change_bytes(folder / "data/context.csv", lambda content: content.replace(b"x", b"y", 1))
    with pytest.warns(StaleWarning, match="data/context.csv and 1 more changed"):
        aidstudy.load_results(folder)


@pytest.mark.filterwarnings("error")
def test_before_the_first_rebuild_too_tables_that_are_older_are_named(tmp_path: Path) -> None:
    study = made_up(tmp_path / "mine", [money("4800万元", "commitment")], pairs=1)
    aidstudy.load_figures(study)
    raw = study.folder / "data/raw/figures.csv"
    change_bytes(raw, lambda content: content.replace("4800万元".encode(), "4900万元".encode()))
    with pytest.warns(StaleWarning, match=r"data/clean/figures\.csv is not what .* --update"):
        aidstudy.load_figures(study)


def test_the_trail_of_a_quantity_of_ones_own() -> None:
    q = aidstudy.load_figures().set_index("figure_id")["quantity"]
    told = str(aidstudy.trace(q["ganzi-019"] / (q["ganzi-020"] - q["ganzi-019"])))
    assert "formula: ganzi-019 ÷ (ganzi-020 − ganzi-019)" in told
    assert "characters" in told
    stored = aidstudy.load_results().set_index("result_id")["quantity"]
    assert "xiangcheng-008" in str(aidstudy.trace(stored["donor_share.xiangcheng-009"]))
