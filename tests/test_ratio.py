"""One quotient from the command line: its bounds, its unit and its trail."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from aidstudy.cli import commands
from aidstudy.errors import PlotError, UnitError
from aidstudy.plots import plot_rows


def _said(*words: str) -> tuple[int, str, BaseException | None]:
    told = CliRunner().invoke(commands, ["ratio", *words])
    return told.exit_code, told.output, told.exception


def test_a_quotient_with_bounds_and_trail() -> None:
    status, said, _ = _said("ganzi-019", "ganzi-020")
    assert status == 0
    # By hand: 1091.5 / 2672.5 = 40.842% and 1092.5 / 2671.5 = 40.895%.
    assert said.startswith("40.868% [40.841, 40.895]\n")
    assert "formula: ganzi-019 ÷ ganzi-020" in said
    assert "with numbers: 1092万元 ÷ 2672万元" in said
    assert "characters 5977 to 5985" in said


def test_a_unit_of_ones_own_and_what_cannot_be_divided() -> None:
    status, said, _ = _said("ganzi-019", "ganzi-014", "--unit", "CNY million/project")
    assert (status, said.split(" ")[0]) == (0, "0.18508")
    status, said, error = _said("ganzi-019", "ganzi-999")
    assert status == 1
    assert said == ""
    assert "ganzi-999" in str(error)


def test_a_plot_of_any_rows(tmp_path: Path) -> None:
    names = ["ganzi-019", "ganzi-020", "rule_amount.ganzi"]
    told = CliRunner().invoke(
        commands, ["plot", *names, "--lang", "zh", "--format", "svg", "-o", str(tmp_path)]
    )
    assert told.exit_code == 0, told.output
    assert (tmp_path / "rows.double.zh.svg").stat().st_size > 1000
    axes = plot_rows(names[:2])
    strokes = [line.get_xdata()[0] for line in axes.lines if line.get_marker() == "|"]
    assert strokes == pytest.approx([10.92, 26.72])
    assert {"26.72", "26.715–26.725"} <= {text.get_text() for text in axes.texts}
    assert axes.get_yticklabels()[0].get_text().startswith("Garzê County")
    # Where routes to a revenue meet there are bounds and no value: a bar, and nothing is cut off.
    axes = plot_rows(["ganzi-020", "revenue.ganzi.overlap"])
    *_, span = axes.lines
    (low, high), right = span.get_xdata(), axes.get_xlim()[1]
    assert 3159 < low < high < 3163 < right
    for wrong, words in (
        (["ganzi-999"], "there is none"),
        ([], "no row"),
        (["page-001"], "no"),
    ):
        with pytest.raises(PlotError, match=words):
            plot_rows(wrong)
    with pytest.raises(UnitError):
        plot_rows(["ganzi-019", "ganzi-014"])
