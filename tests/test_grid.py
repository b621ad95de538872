"""Results that are alike stand in a grid with what belongs to each, and what is missing is said."""

from __future__ import annotations

import pytest

from aidstudy.analysis import exact_results
from aidstudy.analysis.grid import result_grid
from aidstudy.errors import ResultError


def test_each_cell_is_the_result_of_its_row_and_column() -> None:
    results = exact_results().set_index("result_id")
    grid = result_grid("complete.{row}.{column}").set_index("row")
    for county in ("litang", "xiangcheng", "xinlong", "ganzi", "dege"):
        for part in ("least", "most", "share"):
            result, cells = results.loc[f"complete.{county}.{part}"], grid.loc[county]
            assert cells[part] == result["value"]
            for beside in ("low", "high", "state", "figures"):
                assert cells[f"{part}_{beside}"] == result[beside]


def test_counties_have_their_english_names_and_other_rows_plain_words() -> None:
    grid = result_grid("{column}_of_committed.{row}").set_index("row")
    assert grid.loc["dege", "row_en"] == "Dêgê"
    assert grid.loc["pooled_two_numbers", "row_en"] == "pooled two numbers"


def test_what_no_result_gives_is_not_applicable() -> None:
    grid = result_grid("five_year.{row}.{column}.growth").set_index("row")
    assert grid.loc["xiangcheng", "budget"] is None
    assert grid.loc["xiangcheng", "budget_state"] == "not_applicable"


@pytest.mark.parametrize(
    ("ids", "message"),
    [
        ("complete.{row}.share", "must hold {row} and {column} once each"),
        ("{row}.{row}.{column}", "must hold {row} and {column} once each"),
        ("nothing.{row}.like.{column}", "no result has an id like"),
    ],
)
def test_a_pattern_that_gives_no_grid_is_refused(ids: str, message: str) -> None:
    with pytest.raises(ResultError, match=message):
        result_grid(ids)
