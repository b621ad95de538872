"""The plot of events."""

from __future__ import annotations

import datetime as dt
import re

from drawings import drawing, drawn, is_hollow, marks, tables
from matplotlib.dates import date2num
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from aidstudy import load_figures
from aidstudy.plots.events import plot_events
from aidstudy.plots.style import style

# Expected numbers were read from the page and worked out by hand, not from the library.


def test_drawn_rows_of_events() -> None:
    rows = drawn("events")
    days = {mark: row["value"] for mark, row in rows.items() if row["value"]}
    assert days == {
        "xinlong-e01": dt.date(2012, 4, 12),
        "litang-e02": dt.date(2012, 4, 17),
        "xiangcheng-e02": dt.date(2012, 9, 5),
        "xinlong-e09": dt.date(2012, 12, 31),
        "xinlong-e10": dt.date(2012, 10, 31),
        "xinlong-e11": dt.date(2012, 12, 31),
    }
    assert (rows["window"]["low"], rows["window"]["high"]) == (
        dt.date(2012, 9, 5),
        dt.date(2012, 10, 31),
    )
    assert rows["none-dege"]["state"] == "not_reported"
    assert len([mark for mark in rows if re.fullmatch(r"\w+-e\d\d", mark)]) == 26


def test_every_event_leads_back_to_the_page() -> None:
    """To the places of its figures, in their order; one event stands in words that hold none."""
    rows = drawn("events")
    places = {row.figure_id: f"{row.start}-{row.end}" for row in load_figures().itertuples()}
    events = {mark: row for mark, row in rows.items() if re.fullmatch(r"\w+-e\d\d", mark)}
    for row in events.values():
        assert row["offsets"] == " ".join(places[one] for one in row["figures"].split())
    assert [mark for mark, row in events.items() if not row["offsets"]] == ["xinlong-e11"]
    # The agreement of 5 September and the deadline for the money set the window.
    assert rows["window"]["figures"] == "xiangcheng-002 xinlong-027"
    assert rows["window"]["offsets"] == f"{places['xiangcheng-002']} {places['xinlong-027']}"


def test_marks_of_events() -> None:
    found = marks(drawing("events"))
    for mark, row in drawn("events").items():
        artist = found[mark]
        if mark == "none-dege":
            assert artist.get_text() == "no event dated"
        elif isinstance(artist, Line2D):
            planned = row["quantity"].endswith("planned")
            assert is_hollow(artist) is planned
            shift = 1.0 if planned else 0.5  # the end of the day, or its noon
            assert artist.get_xdata()[0] == date2num(row["value"]) + shift
        elif mark != "window":
            assert isinstance(artist, Rectangle)
            assert artist.get_x() == date2num(row["low"])
            assert is_hollow(artist) is row["quantity"].endswith("planned")
    # 5 September to the end of 31 October
    window = found["window"]
    assert isinstance(window, Rectangle)
    assert window.get_x() == date2num(dt.date(2012, 9, 5))
    assert window.get_width() == 57
    half_year = found["litang-e01"]
    assert isinstance(half_year, Rectangle)
    assert half_year.get_width() == 182  # January to June of a leap year
    # what has happened had happened when the page was written
    assert found["ganzi-e03"].get_x() + found["ganzi-e03"].get_width() == date2num(
        dt.date(2012, 11, 1)
    )


def test_a_name_longer_than_its_bar_stands_behind_it() -> None:
    for preset, behind in (("single", True), ("double", False)):
        found = marks(drawing("events", preset=preset))
        bar, name = (found[mark].get_window_extent() for mark in ("litang-e01", "label-litang-e01"))
        assert bool(name.x0 > bar.x1) is behind
        assert behind or name.x1 < bar.x1


def test_it_draws_on_the_axes_it_is_given() -> None:
    with style("double", "en"):
        ax = Figure().add_subplot()
        assert plot_events(tables("events")["events"], ax=ax) is ax
