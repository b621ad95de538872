"""The plot of money committed, disbursed and spent."""

from __future__ import annotations

import pytest
from drawings import drawing, drawn, is_hollow, marks, tables, texts
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from aidstudy.plots import LANGS, PLOTS
from aidstudy.plots.money_flow import plot_money_flow
from aidstudy.plots.save import checked_figure
from aidstudy.plots.style import COLOUR, style

# Expected numbers were read from the page and worked out by hand, not from the library.


def test_drawn_rows_of_money_flow() -> None:
    rows = drawn("money_flow")
    expected = {
        "dege": (30_700_000, 30_700_000, 13_700_000),
        "litang": (30_000_000, 30_000_000, None),
        "ganzi": (26_720_000, None, 20_294_700),
        "xinlong": (17_677_500, 5_000_000, 2_300_000),
        "xiangcheng": (12_000_000, None, None),
    }
    for county, values in expected.items():
        steps = ("commitment", "disbursement", "expenditure")
        assert tuple(rows[f"{step}-{county}"]["value"] for step in steps) == values
    assert list(dict.fromkeys(mark.split("-")[1] for mark in rows)) == list(expected)
    assert rows["commitment-dege"]["state"] == rows["commitment-litang"]["state"] == "derived"
    assert rows["disbursement-xinlong-planned"]["value"] == 17_677_500
    assert rows["disbursement-xinlong-planned"]["state"] == "hypothetical"
    least = rows["expenditure_least_donor-ganzi"]
    assert least["value"] == 20_294_700 - 1_650_000 - 12_309_400


@pytest.mark.parametrize("lang", LANGS)
def test_bars_of_money_flow(lang: str) -> None:
    found = marks(drawing("money_flow", lang))
    for mark, row in drawn("money_flow").items():
        artist = found[mark]
        if row["value"] is None:
            assert isinstance(artist, Text)
            assert "未报告" in artist.get_text() or artist.get_text() == "not reported"
        elif mark.endswith("planned"):
            assert isinstance(artist, Line2D)
            assert artist.get_xdata()[0] == float(row["value"])
            assert is_hollow(artist)
        else:
            assert isinstance(artist, Rectangle)
            assert artist.get_x() == 0
            assert artist.get_width() == float(row["value"])
            inferred = mark in ("commitment-dege", "commitment-litang")
            assert is_hollow(artist) is inferred
            dashed = inferred or mark.startswith("expenditure_least_donor")
            assert (artist.get_linestyle() != "solid") is dashed


def test_labels_of_money_flow() -> None:
    english = texts(drawing("money_flow"))
    for label in (
        "30.70",
        "30.00",
        "26.72",
        "20.2947",
        "17.6775",
        "5.00",
        "2.30",
        "12.00",
        "13.70",
    ):
        assert label in english
    assert english.count("not reported") == 4
    assert "source not printed; 6.330 or more from Longquanyi (inferred)" in english
    assert "source not printed" in english
    assert "hoped for by 31 Oct" in english
    chinese = texts(drawing("money_flow", "zh"))
    assert "力争10月底前全部到位" in chinese
    assert {"3070", "2672", "2029.47", "1767.75", "500", "年度援助资金（万元）"} <= set(chinese)
    assert not any("百万" in text for text in chinese)


def test_a_study_that_reports_no_money_can_be_drawn() -> None:
    flow = tables("money_flow")["flow"]
    flow = flow[flow["step"] != "expenditure_least_donor"].query("realised == 'yes'").copy()
    for column in ("value", "low", "high"):
        flow[column] = None
    flow["state"] = "not_reported"
    figure = checked_figure(PLOTS["money_flow"], {"flow": flow}, preset="single", lang="both")
    assert texts(figure).count("not reported 未报告") == 15


def test_it_draws_on_the_axes_it_is_given() -> None:
    with style("double", "en"):
        ax = Figure().add_subplot()
        assert plot_money_flow(tables("money_flow")["flow"], ax=ax) is ax


def test_colours_stay_in_the_palette() -> None:
    bar = marks(drawing("money_flow"))["expenditure-dege"]
    assert isinstance(bar, Rectangle)
    assert to_hex(bar.get_facecolor()) == COLOUR.dark


def test_the_caption_says_what_is_open_about_spending_of_the_donors_own() -> None:
    plot, flow = PLOTS["money_flow"], tables("money_flow")
    told = "Spent in Dêgê: giver is the running subject only; not said to be part of what was"
    assert told in plot.caption(**flow)
    assert "德格的完成投资：支援方仅为承前主语；未言明出自已到位资金。" in plot.caption(
        **flow, lang="zh"
    )
