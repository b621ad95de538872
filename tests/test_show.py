"""What a notebook shows beside tables: prose with rendered numbers, readings, plots, values."""

from __future__ import annotations

import base64
import datetime as dt
from io import BytesIO
from typing import Any

import numpy as np
import pandas as pd
import pytest
from copies import each_case, stored
from IPython.core.formatters import DisplayFormatter
from lxml.html import fromstring
from PIL import Image

from aidstudy import (
    Interval,
    Missing,
    Quantity,
    check_answer,
    load_figures,
    ratio,
    read_quantity,
    show,
    trace,
)
from aidstudy.cards import card
from aidstudy.course.show import LIVE, Picture, Said, picture, say
from aidstudy.errors import PlotError, TableError, UnitError
from aidstudy.plots.registry import plot_named

FIGURES = load_figures(stored()).set_index("figure_id")


def test_prose_renders_each_number_with_unit_and_bounds() -> None:
    said = say(
        "{row[label_en]}: {row[quantity]:万元} on {day}, {n} in all, {gap:CNY million}, {share}.",
        row=FIGURES.loc["ganzi-020"],
        day=dt.date(2012, 9, 5),
        n=np.int64(2),
        gap=Missing("not_reported"),
        share=FIGURES.loc["ganzi-016", "quantity"] / FIGURES.loc["ganzi-014", "quantity"],
    )
    assert (
        "2672 [2671.5, 2672.5] 万元 on 5 September 2012, 2 in all, not reported, 37.3%."
        in said.text
    )
    assert '<span data-figures="ganzi-020">2672 [2671.5, 2672.5] 万元</span> on' in said.markdown
    assert '<span data-figures="ganzi-016 ganzi-014">37.3%</span>' in said.markdown


def test_a_cell_of_a_table_tells_on_hover_how_it_was_printed_or_made() -> None:
    numbers = FIGURES["quantity"]
    whole, part = numbers.loc[["ganzi-014"]], numbers.loc[["ganzi-016"]]
    share = pd.Series({"ganzi-016": part.iloc[0] / whole.iloc[0]}).astype("quantity")
    for column, told in (
        (numbers.loc[["ganzi-020"]], "printed; figures ganzi-020; 2672万元"),
        (share, "derived; figures ganzi-016 ganzi-014; ganzi-016 ÷ ganzi-014"),
    ):
        (cell,) = fromstring(show(column)._repr_html_()).iter("span")
        assert cell.get("title") == told


def test_a_field_that_cannot_be_filled_is_named() -> None:
    row = {"aid": Quantity.given("26.72", "CNY million")}
    with pytest.raises(TableError, match=r"no value for \{rato\}; did you mean 'ratio'"):
        say("{rato:%}", ratio=1)
    with pytest.raises(TableError, match=r"no value for \{row\[ade\]\}; did you mean 'aid'"):
        say("{row[ade]:CNY}", row=row)
    with pytest.raises(TableError, match="holds a whole row; name one of its columns"):
        say("{row}", row=pd.Series(row))
    with pytest.raises(TableError, match="3 has no unit"):
        say("{n:CNY}", n=3)
    with pytest.raises(UnitError, match="cannot be shown in '%'"):
        say("{row[aid]:%}", row=row)


def test_a_notebook_gets_markdown_and_text_is_not_taken_for_it() -> None:
    data, metadata = DisplayFormatter().format(say("{q}", q=FIGURES.loc["ganzi-018", "quantity"]))
    shown = '<span data-figures="ganzi-018">0.5%</span>'
    assert (data, metadata) == ({"text/markdown": shown, "text/plain": "0.5%"}, {})
    assert say("{name}", name="Long*quan*yi").text == r"Long\*quan\*yi"
    assert say("{read}", read=read_quantity("约1亿元")).text.startswith("100,000,000 [50,000,000")


# --- pictures --------------------------------------------------------------------------------


def test_a_picture_has_its_caption_and_its_alternative_text(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown = Picture(b"png", 'a "line"', "Hollow (*): planned.")
    assert repr(shown) == 'a "line"\nHollow (*): planned.'
    displayed: list[object] = []
    monkeypatch.setattr("IPython.display.display", lambda what, **_: displayed.append(what))
    shown._ipython_display_()
    caption = Said(r"Hollow (\*): planned.", r"Hollow (\*): planned.")
    assert displayed == [{"image/png": "cG5n", "text/plain": 'a "line"'}, caption]
    monkeypatch.setenv(LIVE, "1")
    shown._ipython_display_()
    url = f"data:image/png;base64,{base64.b64encode(b'png').decode()}"
    assert displayed[2] == {"text/html": f'<img src="{url}" alt="a &quot;line&quot;">'}


def test_a_plot_by_its_name_is_small_and_the_same_each_time() -> None:
    shown = picture("events")
    assert shown == picture("events")
    assert b"Software" not in shown.png
    assert len(shown.png) < 50_000
    with Image.open(BytesIO(shown.png)) as image:
        assert 800 < image.width < 1000
    plot = plot_named("events")
    tables = plot.load(None)
    assert (shown.alt, shown.caption) == (plot.alt(**tables), plot.caption(**tables))
    with pytest.raises(PlotError, match="'evens': there is none; did you mean 'events'"):
        picture("evens")


# === what a notebook's cell shows of a value, and what JupyterLab offers while somebody types


def text_of(thing: Any) -> str:
    """What Jupyter would show as HTML, as text."""
    data, _ = DisplayFormatter().format(thing)
    assert "object at 0x" not in data["text/plain"]
    return " | ".join(fromstring(data["text/html"]).itertext())


@each_case("shown", "quantities")
def test_a_quantity_says_what_the_print_allows_and_why(printed: str, words: str) -> None:
    assert words in text_of(read_quantity(printed, year=2012))


def test_intervals_trails_answers_and_ratios() -> None:
    assert text_of(Interval(1, None)) == "[1, open]"
    assert "xinlong-023" in text_of(trace("paid_of_committed.xinlong", stored()))
    assert "Not yet." in text_of(check_answer("03-1", 1580, study=stored()))
    shown = text_of(ratio("ganzi-015", "ganzi-020", study=stored()))
    assert " | how known | derived | formula | ganzi-015 ÷ ganzi-020 | figures | " in shown
    mixed = ratio("ganzi-015", "ganzi-014", study=stored())
    assert mixed.unit == "CNY/project"
    with pytest.raises(UnitError, match="ganzi-015 ganzi-014: CNY/project cannot be shown in '%'"):
        ratio("ganzi-015", "ganzi-014", unit="%", study=stored())


def test_what_is_shown_cannot_be_markup() -> None:
    shown = card("<b>", [("a<i>", "<script>"), ("empty", "")])
    assert "<b>" not in shown
    assert "<script>" not in shown
    assert "empty" not in shown
