"""The plot of project stages."""

from __future__ import annotations

from drawings import drawing, drawn, is_hollow, marks, tables, texts
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text

from aidstudy.plots import PLOTS
from aidstudy.plots.project_stages import plot_project_stages
from aidstudy.plots.style import style

# Expected numbers were read from the page and worked out by hand, not from the library.


def test_drawn_rows_of_project_stages() -> None:
    rows = drawn("project_stages")
    levels = {
        mark.removeprefix("stage-"): row["value"]
        for mark, row in rows.items()
        if mark.startswith("stage-")
    }
    assert levels == {
        "litang-p01": 1, "litang-p02": 1, "litang-p03": 5, "litang-p04": 6, "litang-p05": 4,
        "litang-p06": 2, "xiangcheng-p01": 4, "xiangcheng-p02": 6, "xiangcheng-p03": 4,
        "xiangcheng-p04": 0, "xiangcheng-p05": 0, "xiangcheng-p06": 0, "xiangcheng-unnamed": None,
        "xinlong-p01": 5, "xinlong-p02": 5, "xinlong-p03": 1, "xinlong-p04": 3, "xinlong-p05": 2,
        "ganzi-p01": 6, "dege-p01": 0, "dege-p02": 5, "dege-p03": 5, "dege-p04": 0, "dege-p05": 0,
    }  # fmt: skip
    # Words say what stage a named project has reached, figures how many are only counted.
    placed = {mark for mark, row in rows.items() if row["offsets"]}
    assert placed == {mark for mark in rows if mark.startswith("stage-")} - {
        "stage-xiangcheng-unnamed"
    }
    assert rows["stage-xiangcheng-p02"]["offsets"] == "2707-2724"
    assert rows["count-ganzi-unnamed-counted-6"]["value"] == 22
    assert rows["count-ganzi-unnamed-counted-5"]["value"] == 37
    assert rows["money-litang-p06"]["quantity"] == "loan_planned"
    joint = [mark for mark in rows if mark.startswith("money-xinlong")]
    assert len(joint) == 1, "a sum printed for five projects counts once"
    assert rows[joint[0]]["value"] == 110_660_000


def test_dots_of_project_stages() -> None:
    found = marks(drawing("project_stages"))
    for mark, row in drawn("project_stages").items():
        artist = found[mark]
        if mark.startswith("stage-") and row["value"] is not None:
            assert isinstance(artist, Line2D)
            assert artist.get_xdata()[0] == row["value"]
            assert not is_hollow(artist)
        else:
            assert isinstance(artist, Text)
    assert found["stage-xiangcheng-unnamed"].get_text() == "stage not reported"
    assert found["money-litang-p06"].get_text() == "loan 50.00"
    assert found["money-litang-p01"].get_text() == "about 100"
    assert found["next-litang-p04"].get_text() == "–"
    assert found["next-litang-p03"].get_text() == "n.r."
    assert found["count-ganzi-unnamed-counted-6"].get_text() == "22"


def test_basically_complete_is_not_passed_off_as_complete() -> None:
    caption = PLOTS["project_stages"].caption(**tables("project_stages"))
    assert caption.startswith(
        "Three of 23 named projects are complete, delivered or founded, one of them “basically”"
    )
    assert "Songtong new village†" in texts(drawing("project_stages"))


def test_it_draws_on_the_axes_it_is_given() -> None:
    with style("double", "en"):
        ax = Figure().add_subplot()
        assert plot_project_stages(tables("project_stages")["stages"], ax=ax) is ax
