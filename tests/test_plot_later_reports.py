"""The plot of later reports."""

from __future__ import annotations

from fractions import Fraction

import pytest
from copies import stored
from drawings import drawing, drawn, is_hollow, marks, tables, texts
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from aidstudy.analysis.later import later_reports
from aidstudy.plots import LANGS, PLOTS
from aidstudy.plots.later_reports import plot_later_reports
from aidstudy.plots.save import checked_figure
from aidstudy.plots.style import COLOUR, style

# In CNY, read from the page and from the outside facts, pairs in the order of the plot.
SUMS = {
    "page-xiangcheng-1": 12_000_000,
    "page-xiangcheng-2": 132_000_000,
    "later-luzhou-planned": 220_000_000,
    "later-luzhou-paid": 250_000_000,
    "page-xinlong-1": 17_677_500,
    "later-xinlong-2015": 26_900_000,
    "later-xinlong-4y": 91_400_000,
    "page-ganzi-1": 26_720_000,
    "later-ganzi-4y": 93_530_000,
    "later-ganzi-6y": 278_000_000,
    "page-dege-1": 30_700_000,
    "later-dege-5y": 171_700_000,
    "later-dege-6y": 320_000_000,
    "page-litang-1": 54,
    "page-litang-2": 3_000_000,
    "later-litang-projects": 26,
    "later-litang-reservoir": 7_000_000,
}


def test_drawn_rows() -> None:
    rows = drawn("later_reports")
    found = {mark: row["value"] for mark, row in rows.items() if not mark.startswith("pace-")}
    assert found == SUMS
    assert list(found) == list(SUMS)
    units = {mark: row["unit"] for mark, row in rows.items() if "litang" in mark}
    assert units["page-litang-2"] == units["later-litang-reservoir"] == "m3"
    assert rows["page-dege-1"]["state"] == "derived", "printed as paid, without a year"
    assert rows["page-ganzi-1"]["state"] == "printed"


def test_nearly_is_an_interval_and_rounding_has_bounds() -> None:
    rows = drawn("later_reports")
    nearly = rows["later-dege-6y"]
    assert (nearly["low"], nearly["high"]) == (310_000_000, 320_000_000)
    rounded = rows["later-luzhou-planned"]  # 2.2亿: half of 0.1 亿 each way
    assert (rounded["low"], rounded["high"]) == (215_000_000, 225_000_000)


def test_sums_per_year_only_where_the_years_are_said() -> None:
    rows = drawn("later_reports")
    assert rows["pace-later-ganzi-4y"]["value"] == Fraction(93_530_000, 4)
    assert rows["pace-later-ganzi-6y"]["value"] == Fraction(278_000_000, 6)
    assert rows["pace-later-luzhou-paid"]["value"] == 50_000_000
    # A plan of five years; which years is not printed, how many is.
    assert rows["pace-page-xiangcheng-2"]["value"] == 26_400_000
    unsaid = rows["pace-later-dege-5y"]
    assert (unsaid["value"], unsaid["state"]) == (None, "not_reported")
    assert rows["pace-page-litang-1"]["state"] == "not_applicable"


def test_the_two_contradictions_are_marked_on_both_sides_and_no_other() -> None:
    later = later_reports(stored())
    against = {row["figures"]: row["contradicts"] for row in later.to_dict("records")}
    assert {fact: other for fact, other in against.items() if other} == {
        "later-ganzi-4y": "later-ganzi-6y",
        "later-ganzi-6y": "later-ganzi-4y",
        "later-dege-5y": "later-dege-6y",
        "later-dege-6y": "later-dege-5y",
    }


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("preset", ["single", "double"])
def test_bars(preset: str, lang: str) -> None:
    found = marks(drawing("later_reports", lang, preset))
    for mark, value in SUMS.items():
        artist = found[mark]
        if "litang" in mark:
            assert isinstance(artist, Text), "another unit has no bar on an axis of money"
            continue
        assert isinstance(artist, Rectangle)
        assert artist.get_x() == 0
        # The solid part of "nearly" ends where the print begins to allow.
        assert artist.get_width() == (310_000_000 if mark == "later-dege-6y" else value)
        assert is_hollow(artist) is (mark == "page-dege-1")
        assert (artist.get_linestyle() != "solid") is (mark == "page-dege-1")


def test_what_is_possible_is_a_tint_from_low_to_high() -> None:
    figure = drawing("later_reports")
    (tinted,) = (p for p in figure.findobj(Rectangle) if p.get_label() == "possible")
    assert (tinted.get_x(), tinted.get_width()) == (310_000_000, 10_000_000)
    from matplotlib.colors import to_hex

    assert to_hex(tinted.get_facecolor()) == COLOUR.tint


def test_labels() -> None:
    shown = texts(drawing("later_reports"))
    assert {
        "310–320",
        "years not said, disbursed",
        "page: 2012, committed (inferred)",
        "page: 5-year plan, committed",
        "2017-12, publisher",
        "2015, copy",
        "n.r.",
        "7.00 million m³",
        "23.3825",
        "46.33",
    } <= set(shown)
    assert shown.count("two reports contradict each other") == 2
    assert shown.count("two counties") == 2
    chinese = texts(drawing("later_reports", "zh"))
    assert {"31,000–32,000", "年份未载，到位", "2017-12，发布方", "700万立方米"} <= set(chinese)
    narrow = texts(drawing("later_reports", preset="single"))
    assert {"2015, copy", "2018-01, publisher"} <= set(narrow), "source and grade stay"


def test_the_message() -> None:
    plot = PLOTS["later_reports"]
    caption = plot.caption(**tables("later_reports"))
    assert caption.startswith(
        "For two of the four pairs with a later sum, later reports contradict each other. "
    )
    chinese = plot.caption(**tables("later_reports"), lang="zh")
    assert chinese.startswith("后来报道载有金额的四对中，有两对的报道相互矛盾。")
    assert "neither is chosen" in caption
    for source in ("Sichuan Daily, 28 August 2019", "Chengdu Daily, 18 January 2018"):
        assert source in caption


def test_reports_that_agree_can_be_drawn() -> None:
    later = later_reports(stored())
    one = later[later["recipient"] == "xinlong"].reset_index(drop=True)
    plot = PLOTS["later_reports"]
    for preset in ("single", "double"):
        figure = checked_figure(plot, {"later": one}, preset=preset, lang="both")
        assert not any("contradict" in text for text in texts(figure))
    assert plot.caption(one).startswith("Later reports on one pair")
    assert "contradict" not in plot.caption(one)
    assert plot.alt(one, "zh")


def test_it_draws_on_the_axes_it_is_given() -> None:
    with style("double", "en"):
        ax = Figure().add_subplot()
        assert plot_later_reports(tables("later_reports")["later"], ax=ax) is ax
