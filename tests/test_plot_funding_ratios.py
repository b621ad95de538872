"""The plot of funding ratios."""

from __future__ import annotations

from fractions import Fraction

import pytest
from drawings import drawing, drawn, marks, tables, texts
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from aidstudy.plots import PLOTS
from aidstudy.plots.funding_ratios import plot_funding_ratios
from aidstudy.plots.save import checked_figure
from aidstudy.plots.style import style

# Expected numbers were read from the page and worked out by hand, not from the library.


def test_drawn_rows_of_funding_ratios() -> None:
    rows = drawn("funding_ratios")
    ratio = rows["ratio-ganzi"]
    assert (ratio["value"], ratio["low"], ratio["high"]) == (
        Fraction("0.845"),
        Fraction("0.8445"),
        Fraction("0.8455"),
    )
    assert rows["rule"]["value"] == Fraction(1, 2)
    assert rows["added-ganzi"]["value"] == 10_920_000
    assert rows["rule_amount-ganzi"]["value"] == 26_720_000 - 10_920_000
    assert rows["revenue-ganzi"]["value"] == 15_800_000 * 200
    for county, sum_ in {
        "dege": 30_700_000,
        "litang": 30_000_000,
        "xinlong": 17_677_500,
        "xiangcheng": 12_000_000,
    }.items():
        assert rows[f"ratio-{county}"]["state"] == "not_reported"
        assert rows[f"aid-{county}"]["value"] == sum_
        assert rows[f"revenue-{county}"]["value"] == sum_ * 200
        assert rows[f"revenue-{county}"]["state"] == "hypothetical"
    assert rows["aid-litang"]["state"] == rows["aid-dege"]["state"] == "derived"
    assert rows["aid-xinlong"]["state"] == rows["aid-ganzi"]["state"] == "printed"


def test_bars_of_funding_ratios() -> None:
    found = marks(drawing("funding_ratios"))
    bar = found["ratio-ganzi"]
    assert isinstance(bar, Rectangle)
    assert bar.get_x() == 0.5
    assert bar.get_x() + bar.get_width() == pytest.approx(0.845)
    for county in ("dege", "litang", "xinlong", "xiangcheng"):
        label = found[f"ratio-{county}"]
        assert isinstance(label, Text)
        assert label.get_text() == "ratio not reported"
    english = texts(drawing("funding_ratios"))
    assert {"0.845%", "15.80 required", "+10.92 added", "rule: 0.5%"} <= set(english)
    assert english.count("*") == 2
    assert english.count("†") == 4
    assert {"31.60", "61.40", "1767.75"} <= set(texts(drawing("funding_ratios", "zh")))


def test_points_of_a_column_stand_below_one_another() -> None:
    figure = drawing("funding_ratios")
    found = marks(figure)
    cells = [found[f"aid-{county}"] for county in ("ganzi", "xinlong", "xiangcheng")]
    assert [cell.get_text() for cell in cells] == ["26.72", "17.6775", "12.00"]
    # Two digits before each point, all as wide, so the points stand where the numbers start.
    starts = [cell.get_window_extent().x0 for cell in cells]
    assert starts == pytest.approx([starts[0]] * 3, abs=1)


def test_a_slide_has_a_headline_and_a_page_has_none() -> None:
    message = "Only one of five pairs reports its funding ratio"
    assert message in texts(drawing("funding_ratios", preset="slide"))
    assert message not in texts(drawing("funding_ratios"))
    assert PLOTS["funding_ratios"].caption(**tables("funding_ratios")).startswith(message)


def test_a_study_without_any_ratio_can_be_drawn() -> None:
    ratios = tables("funding_ratios")["ratios"].copy()
    for column in ("ratio", "rule", "added", "rule_amount", "revenue"):
        for part in ("", "_low", "_high"):
            ratios[f"{column}{part}"] = None
        ratios[f"{column}_state"] = "not_reported"
    plot = PLOTS["funding_ratios"]
    empty = {"ratios": ratios}
    figure = checked_figure(plot, empty, preset="double", lang="en")
    assert texts(figure).count("ratio not reported") == 5
    assert texts(figure).count("n.r.") == 5
    assert "n.r.: not reported." in texts(figure)
    assert "no of five" not in plot.caption(**empty)
    assert plot.alt(**empty)


def test_it_draws_on_the_axes_it_is_given() -> None:
    with style("double", "en"):
        ax = Figure().add_subplot()
        assert plot_funding_ratios(tables("funding_ratios")["ratios"], ax=ax) is ax
