"""The plot of sectors."""

from __future__ import annotations

import pytest
from drawings import drawing, drawn, is_hollow, marks, tables, texts
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text

from aidstudy.plots import PLOTS
from aidstudy.plots.save import checked_figure
from aidstudy.plots.sectors import plot_sectors
from aidstudy.plots.style import style
from aidstudy.plots.words import LANGS

# Projects by code were counted by hand in the table of projects; the order is that of the plot.
CODES = {
    "43040": "xiangcheng-p01 xiangcheng-p02 xiangcheng-p05 xinlong-p02",
    "43030": "litang-p03 xiangcheng-p04 dege-p01",
    "21020": "litang-p02 xinlong-p04",
    "16061": "xiangcheng-p03 xiangcheng-p06",
    "14021": "litang-p01",
    "11220": "litang-p04",
    "15112": "litang-p05",
    "32210": "litang-p06",
    "14031": "xinlong-p01",
    "31161": "xinlong-p03",
    "43060": "xinlong-p05",
    "31194": "ganzi-p01",
    "16010": "dege-p02",
    "43081": "dege-p03",
    "31162": "dege-p04",
    "12230": "dege-p05",
}
# What the page prints for one project alone, in CNY.
OWN = {
    "litang-p01": 100_000_000,
    "litang-p02": 35_000_000,
    "litang-p03": 29_000_000,
    "litang-p04": 12_300_000,
    "litang-p05": 9_000_000,
    "litang-p06": 50_000_000,
}


def test_drawn_rows() -> None:
    rows = drawn("sectors")
    found: dict[str, list[str]] = {}
    for mark, row in rows.items():
        if row["quantity"] in CODES:
            found.setdefault(row["quantity"], []).append(mark)
            assert row["value"] == 1
    assert {code: " ".join(projects) for code, projects in found.items()} == CODES
    assert list(found) == list(CODES)
    assert rows["xinlong-p05"]["offsets"] == "4029-4053"
    assert rows["unnamed-ganzi"]["value"] == 59
    assert rows["unnamed-ganzi"]["figures"] == "ganzi-016 ganzi-017"
    assert rows["unnamed-xiangcheng"]["value"] == 1


def test_a_sum_for_several_projects_is_never_added_up() -> None:
    rows = drawn("sectors")
    own = {
        mark.removeprefix("money-"): row["value"]
        for mark, row in rows.items()
        if mark.startswith("money-")
    }
    assert own == OWN
    assert rows["money-litang-p06"]["quantity"] == "loan_planned"
    joint = {m.removeprefix("joint-"): r["value"] for m, r in rows.items() if m[:6] == "joint-"}
    # Luzhou's 1200 covers p01 to p03 of Xiangcheng, Yibin's 11066 all five of Xinlong.
    assert joint == {"43040": 3, "21020": 1, "16061": 1, "14031": 1, "31161": 1, "43060": 1}
    assert rows["joint-43040"]["figures"] == "xiangcheng-013 xinlong-022"
    without = {m.removeprefix("without-") for m in rows if m.startswith("without-")}
    assert without == {
        "43040", "43030", "16061", "31194", "16010", "43081", "31162", "12230",
    }  # fmt: skip
    assert not any(row["unit"] == "CNY" and mark not in {f"money-{p}" for p in OWN}
                   for mark, row in rows.items())  # fmt: skip


@pytest.mark.parametrize("lang", LANGS)
def test_one_filled_dot_a_project_in_the_column_of_its_county(lang: str) -> None:
    found = marks(drawing("sectors", lang))
    counties = ["litang", "xiangcheng", "xinlong", "ganzi", "dege"]
    for projects in CODES.values():
        heights = set()
        for project in projects.split():
            dot = found[project]
            assert isinstance(dot, Line2D)
            assert not is_hollow(dot)
            assert round(dot.get_xdata()[0]) == counties.index(project.split("-")[0])
            heights.add(dot.get_ydata()[0])
        assert len(heights) == 1
    unnamed = found["unnamed-ganzi"]
    assert isinstance(unnamed, Text)
    assert unnamed.get_text() == "59"


def test_dots_of_one_cell_stand_apart() -> None:
    for preset in ("single", "double"):
        figure = drawing("sectors", preset=preset)
        found = marks(figure)
        figure.canvas.draw()
        one, other = (found[f"xiangcheng-p0{n}"].get_window_extent() for n in (1, 2))
        assert one.x1 <= other.x0 + 0.1


def test_labels_of_money() -> None:
    found = marks(drawing("sectors"))
    assert found["money-litang-p01"].get_text() == "about 100"
    assert found["money-litang-p06"].get_text() == "loan 50.00"
    assert found["money-litang-p03"].get_text() == "29.00;"
    assert found["without-43030"].get_text() == "2 n.r."
    assert found["joint-43040"].get_text() == "3 joint;"
    assert found["joint-14031"].get_text() == "joint"
    assert found["without-31194"].get_text() == "n.r."
    chinese = marks(drawing("sectors", "zh"))
    assert chinese["money-litang-p01"].get_text() == "约10,000"
    assert chinese["joint-43040"].get_text() == "3项合计数；"
    assert not any(mark.startswith("money-") for mark in marks(drawing("sectors", preset="single")))


def test_a_code_that_came_later_is_said() -> None:
    assert "Disaster Risk Reduction*" in texts(drawing("sectors"))
    for preset in ("single", "double", "slide"):
        note = " ".join(texts(drawing("sectors", preset=preset)))
        assert "43060 is not in the list of 2013" in note, preset
        assert "41050 (Flood" in note
        assert "withdrawn at the end of 2017" in note.replace("  ", " ")
    plot = PLOTS["sectors"]
    assert "41050（防洪），该码于2017年底停用" in plot.caption(**tables("sectors"), lang="zh")


def test_the_message_and_its_limits() -> None:
    caption = PLOTS["sectors"].caption(**tables("sectors"))
    assert caption.startswith(
        "23 named projects spread over 16 purpose codes; of the year’s lists, 60 more are counted"
    )
    assert "12 codes have one project each" in caption
    assert "12.00 (commitment), shared by projects of Xiangcheng, 3 of them named" in caption
    assert "110.66 (budget), shared by projects of Xinlong, 5 of them named" in caption


def test_a_study_whose_projects_all_have_names_can_be_drawn() -> None:
    sectors = tables("sectors")["sectors"]
    named = sectors[sectors["project_id"].notna() & (sectors["recipient"] == "litang")]
    plot = PLOTS["sectors"]
    for preset in ("single", "double"):
        figure = checked_figure(plot, {"sectors": named}, preset=preset, lang="both")
        assert not any("not named" in text for text in texts(figure))
    assert plot.caption(named).startswith("6 named projects spread over 6 purpose codes. ")
    assert plot.alt(named, "zh")


def test_it_draws_on_the_axes_it_is_given() -> None:
    with style("double", "en"):
        ax = Figure().add_subplot()
        assert plot_sectors(tables("sectors")["sectors"], ax=ax) is ax
