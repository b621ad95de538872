"""The plot of unit costs."""

from __future__ import annotations

from fractions import Fraction

import pytest
from drawings import drawing, drawn, marks, tables, texts
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from aidstudy.plots import LANGS, PLOTS
from aidstudy.plots.save import checked_figure
from aidstudy.plots.style import style
from aidstudy.plots.unit_costs import headline, plot_unit_costs
from aidstudy.plots.words import digits_of

# Worked out by hand from the page: bounds, then the bounds if zeros at the end only show the size.
# 约1亿元 over 1万立方米 a day; 300万立方米 over that; 900万元 over 约700平方米; 3500万元 over
# 3.05公里, and over that times 20米; 2900万元 over 5800平方米.
EXPECTED = {
    "litang-p01-per_m3_day": ((Fraction(50_000_000, 15_000), Fraction(150_000_000, 5_000)), None),
    "litang-p01-storage_days": (
        (Fraction(2_995_000, 15_000), Fraction(3_005_000, 5_000)),
        (Fraction(2_500_000, 15_000), Fraction(3_500_000, 5_000)),
    ),
    "litang-p05-per_m2_floor": (
        (Fraction(8_995_000, 750), Fraction(9_005_000, 650)),
        (Fraction(8_500_000, 750), Fraction(9_500_000, 650)),
    ),
    "litang-p02-per_m2_road": (
        (
            Fraction(34_995_000) / (3055 * Fraction("20.5")),
            Fraction(35_005_000) / (3045 * Fraction("19.5")),
        ),
        (Fraction(34_500_000) / (3055 * 25), Fraction(35_500_000) / (3045 * 15)),
    ),
    "litang-p02-per_km": (
        (Fraction(34_995_000_000, 3055), Fraction(35_005_000_000, 3045)),
        (Fraction(34_500_000_000, 3055), Fraction(35_500_000_000, 3045)),
    ),
    "litang-p03-per_m2_site": (
        (Fraction(28_995_000) / Fraction("5800.5"), Fraction(29_005_000) / Fraction("5799.5")),
        (Fraction(28_500_000, 5850), Fraction(29_500_000, 5750)),
    ),
}
VALUES = {
    "litang-p01-per_m3_day": Fraction(10_000),
    "litang-p01-storage_days": Fraction(300),
    "litang-p05-per_m2_floor": Fraction(90_000, 7),
    "litang-p02-per_m2_road": Fraction(35_000_000, 61_000),
    "litang-p02-per_km": Fraction(35_000_000_000, 3050),
    "litang-p03-per_m2_site": Fraction(5_000),
}


def test_drawn_rows_have_two_bounds_and_go_from_the_most_open_to_the_closest() -> None:
    rows = drawn("unit_costs")
    assert [mark for mark in rows if mark.startswith("cost-")] == [f"cost-{c}" for c in EXPECTED]
    for cost, (bounds, coarse) in EXPECTED.items():
        row = rows[f"cost-{cost}"]
        assert row["value"] == VALUES[cost]
        assert (row["low"], row["high"]) == bounds, cost
        assert (f"coarse-{cost}" in rows) is (coarse is not None)
        if coarse is not None:
            other = rows[f"coarse-{cost}"]
            assert (other["low"], other["high"]) == coarse, cost
    assert rows["cost-litang-p01-storage_days"]["unit"] == "day"


@pytest.mark.parametrize("preset", ["single", "double"])
def test_bars_are_the_bounds_in_multiples_of_the_value(preset: str) -> None:
    figure = drawing("unit_costs", preset=preset)
    found = marks(figure)
    assert figure.axes[0].get_xscale() == "log"
    for place, (cost, both) in enumerate(EXPECTED.items()):
        for kind, bounds in zip(("cost", "coarse"), both, strict=True):
            if bounds is None:
                continue
            bar = found[f"{kind}-{cost}"]
            assert isinstance(bar, Line2D)
            ends = [float(end / VALUES[cost]) for end in bounds]
            assert list(bar.get_xdata()) == pytest.approx(ends, rel=1e-12)
            assert list(bar.get_ydata()) == [place, place]


def test_labels_say_value_bounds_and_what_widens_them() -> None:
    english = texts(drawing("unit_costs"))
    for label in ("10,000", "3300–30,000", "11.475", "11.454–11.496", "574", "558–590"):
        assert label in english
    # the number of one digit, not the length, sets the cost per m² of road
    assert {"width", "19.5–20.5 m", "length", "3045–3055 m"} <= set(english)
    chinese = texts(drawing("unit_costs", "zh"))
    assert {"1147.5", "宽度", "20米", "约700平方米", "每公里造价（万元）"} <= set(chinese)


def test_what_is_written_holds_the_bar_and_lies_within_a_tenth_of_its_length() -> None:
    drawn = marks(drawing("unit_costs"))
    for row in tables("unit_costs")["costs"].to_dict("records"):
        bar = drawn[f"cost-{row['project_id']}-{row['name']}"]
        assert isinstance(bar, Line2D)
        low, high = (float(end) * float(row["value"]) for end in bar.get_xdata())
        unit = 10**6 if row["value"] >= 10**6 else 1
        digits = digits_of(row, unit=unit)
        ends = [float(t.replace(",", "")) * unit for t in (digits.low, digits.high)]
        assert ends[0] <= low * (1 + 1e-12)
        assert high <= ends[1] * (1 + 1e-12)
        assert ends[1] - high + low - ends[0] <= (high - low) / 10
        assert f"{digits.low}–{digits.high}" in texts(drawing("unit_costs"))


@pytest.mark.parametrize("lang", LANGS)
def test_one_column_says_it_under_the_name(lang: str) -> None:
    shown = texts(drawing("unit_costs", lang, preset="single"))
    assert ("宽度 20米" if lang == "zh" else "width 19.5–20.5 m") in shown


def test_words() -> None:
    costs = tables("unit_costs")["costs"]
    assert headline(costs).en == (
        "The print holds one unit cost between 0.33 and 3.00 times its value, "
        "another within 0.0259% of its value"
    )
    # 10000 within 3333⅓ and 30000; 5000 within 4998.7 and 5001.3
    assert headline(costs).zh == (
        "按原文精度，单位造价有的在数值的0.33至3.00倍之间，有的在数值上下0.0259%以内"
    )
    alone = costs[costs["name"] == "per_km"]
    assert headline(alone).en == "The print holds the unit cost within 0.179% of its value"
    assert "no price that was paid" in PLOTS["unit_costs"].caption(costs)


def test_exact_numbers_have_nothing_that_widens_them() -> None:
    costs = tables("unit_costs")["costs"].copy()
    site = costs["name"] == "per_m2_site"
    for part in ("low", "high", "coarse_low", "coarse_high"):
        costs.loc[site, part] = costs.loc[site, "value"]
    for part in ("of_value_low", "of_value_high", "coarse_of_value_low", "coarse_of_value_high"):
        costs.loc[site, part] = Fraction(1)
    for part in ("", "_printed", "_measure", "_low", "_high", "_unit"):
        costs.loc[site, f"widest{part}"] = None
    figure = checked_figure(PLOTS["unit_costs"], {"costs": costs}, preset="double", lang="en")
    assert "all numbers are exact" in texts(figure)


def test_it_draws_on_the_axes_it_is_given() -> None:
    with style("double", "en"):
        ax = Figure().add_subplot()
        assert plot_unit_costs(tables("unit_costs")["costs"], ax=ax) is ax
