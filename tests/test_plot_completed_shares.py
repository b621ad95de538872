"""The plot of completed shares."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from drawings import drawing, drawn, marks, tables, texts
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from aidstudy.plots import LANGS, PLOTS
from aidstudy.plots.completed_shares import headline, plot_completed_shares
from aidstudy.plots.style import style

# From the page: 22 of 59; 1 of 6; of four started one is basically complete and one never named,
# so none or one is complete; 0 of 5; one report counts no projects.
COUNTS = {"ganzi": (22, 59), "litang": (1, 6), "xinlong": (0, 5)}
METHODS = ("wilson", "jeffreys", "clopper_pearson", "agresti_coull")


def wilson(done: int, whole: int) -> tuple[float, float]:
    """Wilson's interval by its own formula, in per cent."""
    z = 1.959963984540054
    share = done / whole
    middle = (share + z * z / (2 * whole)) / (1 + z * z / whole)
    half = z / (1 + z * z / whole) * math.sqrt(share * (1 - share) / whole + (z / 2 / whole) ** 2)
    return 100 * max(0.0, middle - half), 100 * (middle + half)


def test_drawn_rows_are_shares_of_all_projects_and_four_intervals() -> None:
    rows = drawn("completed_shares")
    shares = [mark.removeprefix("share-") for mark in rows if mark.startswith("share-")]
    assert shares == ["ganzi", "litang", "xiangcheng", "xinlong", "dege"]
    for county, (done, whole) in COUNTS.items():
        assert rows[f"share-{county}"]["value"] == Fraction(100 * done, whole)
        interval = rows[f"wilson-{county}"]
        assert interval["value"] is None
        ends = (float(interval["low"]), float(interval["high"]))
        assert ends == pytest.approx(wilson(done, whole), abs=1e-9)
        for method in METHODS:
            interval, share = rows[f"{method}-{county}"], rows[f"share-{county}"]["value"]
            # Jeffreys' interval starts a little above 0 even where nothing is complete.
            slack = Fraction(1, 100) if (method, done) == ("jeffreys", 0) else 0
            assert 0 <= interval["low"] <= share + slack
            assert share <= interval["high"] <= 100
            assert f"{method}-{county}-either" not in rows
    # none of 5 complete: the exact upper end is 1 - (0.05 / 2) ** (1 / 5)
    exact = float(rows["clopper_pearson-xinlong"]["high"])
    assert exact == pytest.approx(100 * (1 - 0.025 ** (1 / 5)), abs=1e-9)
    assert rows["share-dege"]["state"] == "not_reported"
    assert "wilson-dege" not in rows


def test_xiangcheng_has_only_bounds() -> None:
    rows = drawn("completed_shares")
    share = rows["share-xiangcheng"]
    assert (share["value"], share["low"], share["high"]) == (None, 0, 25)
    assert share["state"] == "bounds_only"
    none, one = wilson(0, 4), wilson(1, 4)
    some, either = rows["wilson-xiangcheng"], rows["wilson-xiangcheng-either"]
    assert (float(some["low"]), float(some["high"])) == pytest.approx((none[0], one[1]), abs=1e-9)
    assert (float(either["low"]), float(either["high"])) == pytest.approx(
        (one[0], none[1]), abs=1e-9
    )


@pytest.mark.parametrize("preset", ["single", "double"])
def test_dots_and_lines(preset: str) -> None:
    found = marks(drawing("completed_shares", preset=preset))
    for mark, row in drawn("completed_shares").items():
        artist = found[mark]
        if mark == "share-dege":
            assert isinstance(artist, Text)
        elif mark == "share-xiangcheng":
            assert isinstance(artist, Rectangle)
            assert (artist.get_x(), artist.get_width()) == (0, 25)
        elif mark.startswith("share-"):
            assert isinstance(artist, Line2D)
            assert artist.get_marker() == "o"
            assert artist.get_xdata()[0] == float(row["value"])
        else:
            assert isinstance(artist, Line2D)
            assert list(artist.get_xdata()) == [float(row["low"]), float(row["high"])]


@pytest.mark.parametrize("lang", LANGS)
def test_labels(lang: str) -> None:
    shown = texts(drawing("completed_shares", lang))
    counted = "37.3%（59个中22个）" if lang == "zh" else "37.3%, 22 of 59"
    assert counted in shown
    assert ("0–25%（4个中0–1个）" if lang == "zh" else "0–25%, 0–1 of 4") in shown
    assert ("未报告建成项目数" if lang == "zh" else "number completed not reported") in shown
    # 26.08 to 50.05, rounded outward
    assert "26.0–50.1" in shown
    assert shown.count("Clopper-Pearson") == 4


def test_words() -> None:
    shares = tables("completed_shares")["shares"]
    assert headline(shares).en == (
        "Garzê County completed 22 of 59 projects; every other share rests on 6 or fewer"
    )
    assert headline(shares).zh == "甘孜县59个项目中建成22个；其余各县的比例所据项目至多6个"
    caption = PLOTS["completed_shares"].caption(shares)
    assert "census" in caption
    assert "is printed for Garzê County; elsewhere they are counted" in caption
    assert "Xiangcheng names not every project, so the share has only bounds" in caption
    assert "Dêgê: number completed not reported." in caption
    nobody = shares[shares["recipient"] == "dege"]
    assert headline(nobody).en == "No report counts its completed projects"
    alone = shares[shares["recipient"] == "ganzi"]
    assert headline(alone).en == "Garzê County: 22 of 59 projects complete"


def test_it_draws_on_the_axes_it_is_given() -> None:
    with style("double", "en"):
        ax = Figure().add_subplot()
        assert plot_completed_shares(tables("completed_shares")["shares"], ax=ax) is ax
