"""The plot of one spending over every denominator."""

from __future__ import annotations

from fractions import Fraction

import pytest
from drawings import drawing, drawn, marks, tables, texts
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from aidstudy.analysis.flows import denominators
from aidstudy.plots import LANGS, PLOTS
from aidstudy.plots.denominators import headline, plot_denominators
from aidstudy.plots.save import checked_figure
from aidstudy.plots.style import style
from aidstudy.tables.ordinary import exact_frame

# From the page, in units of 100 CNY (0.01 万元): spent 2029.47 万元; the sum 2672 万元, 1092
# 万元 of it added over the rule; matching 165 万元; donations 1230.94 万元. Bounds are half a
# unit of the last printed digit.
SPENT = 202_947
PARTS = {
    "rule_amount": (267_200 - 109_200, None, None),
    "commitment": (267_200, None, None),
    "with_matching": (267_200, 16_500, None),
    "with_donations": (267_200, None, 123_094),
    "all": (267_200, 16_500, 123_094),
}
LOW_HIGH = {
    "rule_amount": ("128.366", "128.529"),  # 2029.465 over 1581, 2029.475 over 1579
    "commitment": ("75.939", "75.968"),
    "with_matching": ("71.510", "71.561"),
    "with_donations": ("51.992", "52.005"),
    "all": ("49.877", "49.902"),
}


def test_drawn_rows_are_the_spending_over_each_sum() -> None:
    rows = drawn("denominators")
    for name, parts in PARTS.items():
        share = rows[f"share-ganzi-{name}"]
        whole = sum(part for part in parts if part is not None)
        assert share["value"] == Fraction(SPENT, whole) * 100, name
        low, high = LOW_HIGH[name]
        assert (f"{float(share['low']):.3f}", f"{float(share['high']):.3f}") == (low, high)
        for source, part in zip(("donor", "matching", "donations"), parts, strict=True):
            mark = f"from_{source}-ganzi-{name}"
            assert (mark in rows) is (part is not None)
            if part is not None:
                assert rows[mark]["value"] == part * 100
    assert next(iter(rows)) == "share-ganzi-rule_amount", "from the highest share down"
    excess = [mark for mark in rows if mark.startswith("excess")]
    assert excess == ["excess-ganzi-rule_amount"]
    assert rows[excess[0]]["value"] == (SPENT - 158_000) * 100
    assert rows["spent-ganzi"]["value"] == SPENT * 100


@pytest.mark.parametrize("preset", ["single", "double"])
def test_bars_are_as_long_as_the_sums_and_start_where_the_last_part_ends(preset: str) -> None:
    found = marks(drawing("denominators", preset=preset))
    for place, (name, parts) in enumerate(PARTS.items()):
        start = 0
        for source, part in zip(("donor", "matching", "donations"), parts, strict=True):
            if part is None:
                continue
            bar = found[f"from_{source}-ganzi-{name}"]
            assert isinstance(bar, Rectangle)
            assert bar.get_x() == pytest.approx(start * 100)
            assert bar.get_width() == part * 100
            assert bar.get_y() + bar.get_height() / 2 == pytest.approx(place)
            start += part
    line = found["spent-ganzi"]
    assert isinstance(line, Line2D)
    assert set(line.get_xdata()) == {SPENT * 100.0}
    excess = found["excess-ganzi-rule_amount"]
    assert isinstance(excess, Line2D)
    assert list(excess.get_xdata()) == [15_800_000.0, SPENT * 100.0]


@pytest.mark.parametrize("lang", LANGS)
def test_shares_are_said_and_the_impossible_one_is_called_so(lang: str) -> None:
    figure = drawing("denominators", lang)
    shown = texts(figure)
    for share in (
        "128.45",
        "75.953",
        "71.536",
        "51.998",
        "49.889",
        "128.36–128.53",
        "49.876–49.902",
    ):
        assert share in shown
    label = marks(figure)["share-ganzi-rule_amount"]
    assert isinstance(label, Text)
    assert label.get_text() == "128.45"
    impossible = (
        "不可能为唯一来源：超出449.5" if lang == "zh" else "impossible alone: 4.495 more was spent"
    )
    assert impossible in shown


def test_words() -> None:
    shares = tables("denominators")["shares"]
    assert (
        headline(shares).en == "Garzê County spent 49.889% to 75.953%, as the denominator decides"
    )
    caption = PLOTS["denominators"].caption(shares)
    assert "One is impossible as the only source (what the rule asks for)" in caption
    # 128.5291 − 128.4475, up
    assert "at most 0.0817 percentage points" in caption
    assert "占规定金额128.45%（不可能为唯一来源）" in PLOTS["denominators"].alt(shares, lang="zh")


def test_a_county_that_prints_no_addition_has_a_row_that_says_so() -> None:
    shares = exact_frame(denominators())
    rule = shares["denominator"] == "rule_amount"
    for part in ("value", "whole", "from_donor", "excess"):
        shares.loc[rule, part] = None
    shares.loc[rule, "state"] = "not_reported"
    shares.loc[rule, "impossible"] = False
    figure = checked_figure(PLOTS["denominators"], {"shares": shares}, preset="double", lang="en")
    assert "not reported" in texts(figure)
    assert not any(mark.startswith("excess") for mark in marks(figure))


def test_it_draws_on_the_axes_it_is_given() -> None:
    with style("double", "en"):
        ax = Figure().add_subplot()
        assert plot_denominators(tables("denominators")["shares"], ax=ax) is ax
