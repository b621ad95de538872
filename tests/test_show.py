"""What a notebook shows beside tables: prose with rendered numbers, readings, plots."""

from __future__ import annotations

import base64
import datetime as dt
from io import BytesIO

import numpy as np
import pandas as pd
import pytest
from copies import stored
from IPython.core.formatters import DisplayFormatter
from PIL import Image

from aidstudy import Missing, Quantity, load_figures, read_quantity
from aidstudy.course.show import LIVE, Picture, Said, picture, reading_table, say
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


def test_readings_as_a_table() -> None:
    table = reading_table([read_quantity("1-2名"), read_quantity("10月底前", year=2012)])
    assert str(table["quantity"].dtype) == "quantity"
    assert str(table.loc[0, "quantity"]) == "1.5 [1, 2] 名"
    assert table.loc[1, ["text", "bound"]].tolist() == ["2012-10", "under"]
    assert table["quantity"].quantity.state.tolist() == ["derived", "not_applicable"]


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
