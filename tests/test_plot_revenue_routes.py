"""The plot of the routes to the implied revenue."""

from __future__ import annotations

from fractions import Fraction

import pandas as pd
import pytest
from drawings import drawing, drawn, marks, tables, texts
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from aidstudy.plots import LANGS, PLOTS
from aidstudy.plots.revenue_routes import headline, plot_revenue_routes
from aidstudy.plots.save import checked_figure
from aidstudy.plots.style import style

# Worked out by hand from the sentence on Longquanyi: 2672 万 and 1092 万 to half a 万 each way,
# 0.845% to half a thousandth of a per cent, 69% to half a per cent, the rule exact.
ROUTES = {
    "total_over_ratio": (
        (Fraction(26_715_000) / Fraction("0.008455")),
        (Fraction(26_720_000) / Fraction("0.00845")),
        (Fraction(26_725_000) / Fraction("0.008445")),
    ),
    "rule_amount_over_rule": (15_790_000 * 200, 15_800_000 * 200, 15_810_000 * 200),
    "added_over_excess": (
        (Fraction(10_915_000) / Fraction("0.003455")),
        (Fraction(10_920_000) / Fraction("0.00345")),
        (Fraction(10_925_000) / Fraction("0.003445")),
    ),
    "added_over_increase": (
        (Fraction(10_915_000) / Fraction("0.695") * 200),
        (Fraction(10_920_000) / Fraction("0.69") * 200),
        (Fraction(10_925_000) / Fraction("0.685") * 200),
    ),
}
MEET = (ROUTES["total_over_ratio"][0], ROUTES["rule_amount_over_rule"][2])


def test_drawn_rows_are_the_four_routes_and_where_they_meet() -> None:
    rows = drawn("revenue_routes")
    assert list(rows) == [f"route-ganzi-{route}" for route in [*ROUTES, "overlap"]]
    for route, (low, value, high) in ROUTES.items():
        row = rows[f"route-ganzi-{route}"]
        assert (row["low"], row["value"], row["high"]) == (low, value, high), route
        assert (row["state"], row["unit"]) == ("derived", "CNY")
    overlap = rows["route-ganzi-overlap"]
    assert (overlap["low"], overlap["value"], overlap["high"]) == (MEET[0], None, MEET[1])
    assert overlap["state"] == "bounds_only"
    assert set(overlap["figures"].split()) == {f"ganzi-{n:03}" for n in range(18, 23)}


@pytest.mark.parametrize("preset", ["single", "double"])
def test_bars_reach_as_far_as_the_bounds_and_the_band_as_far_as_all_allow(preset: str) -> None:
    figure = drawing("revenue_routes", preset=preset)
    found = marks(figure)
    for place, (route, (low, _, high)) in enumerate(ROUTES.items()):
        bar = found[f"route-ganzi-{route}"]
        assert isinstance(bar, Line2D)
        assert list(bar.get_xdata()) == [float(low), float(high)]
        assert list(bar.get_ydata()) == [place, place]
    strokes = [
        line.get_xdata()[0] for line in figure.axes[0].get_lines() if line.get_marker() == "|"
    ]
    assert strokes == [float(value) for _, value, _ in ROUTES.values()]
    band = found["route-ganzi-overlap"]
    assert isinstance(band, Rectangle)
    assert band.get_x() == float(MEET[0])
    assert band.get_x() + band.get_width() == pytest.approx(float(MEET[1]), rel=1e-12)
    assert (band.get_y(), band.get_height()) == (-0.5, 4)


def test_labels_say_value_bounds_and_formula() -> None:
    english = texts(drawing("revenue_routes"))
    # 3,159,668,835 to 3,162,000,000: the band; 3,162,130,178 within 3,159.6 to 3,164.6 million
    assert english.count("3.1596–3.1620") == 1
    assert {"3.1621", "3.1596–3.1646", "3.165", "3.159–3.172", "26.72 ÷ 0.845%"} <= set(english)
    # 3,165.2 million, within 3,141.0 and 3,189.8
    assert {"3.17", "3.14–3.19"} <= set(english)
    chinese = texts(drawing("revenue_routes", "zh"))
    assert {"31.596–31.620", "31.621", "31.4–31.9", "2672万元 ÷ 0.845%"} <= set(chinese)


def test_the_message_says_where_the_routes_meet_or_that_they_do_not() -> None:
    routes = tables("revenue_routes")["routes"]
    assert (
        headline(routes).en
        == "Four routes to Longquanyi's revenue meet at CNY 3.1596–3.1620 billion"
    )
    assert headline(routes).zh == "推算龙泉驿财政收入的四条途径交于31.596–31.620亿元"
    apart = routes.copy()
    apart.loc[apart["route"] == "overlap", ["low", "high"]] = None
    assert headline(apart).en.endswith("have no range in common")
    figure = checked_figure(PLOTS["revenue_routes"], {"routes": apart}, preset="double", lang="en")
    assert "route-ganzi-overlap" not in marks(figure)


@pytest.mark.parametrize("lang", LANGS)
def test_each_of_two_donors_has_an_axis_of_its_own(lang: str) -> None:
    routes = tables("revenue_routes")["routes"]
    other = routes.copy()
    other["recipient"] = "dege"
    other["donor_en"], other["donor_zh"] = "Chengdu Hi-tech", "成都高新区"
    both = {"routes": pd.concat([routes, other], ignore_index=True)}
    figure = checked_figure(PLOTS["revenue_routes"], both, preset="single", lang=lang)
    names = ("龙泉驿", "成都高新区") if lang == "zh" else ("Longquanyi", "Chengdu Hi-tech")
    assert [name in ax.get_xlabel() for ax, name in zip(figure.axes, names, strict=True)] == [
        True,
        True,
    ]


def test_it_draws_on_the_axes_it_is_given() -> None:
    with style("double", "en"):
        ax = Figure().add_subplot()
        assert plot_revenue_routes(tables("revenue_routes")["routes"], ax=ax) is ax
