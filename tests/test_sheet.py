"""Composing whole figures, and sentences in two languages: ``plot``, ``kit``."""

from __future__ import annotations

import matplotlib as mpl
import pytest
from drawings import texts
from matplotlib.figure import Figure
from matplotlib.text import Text

from aidstudy.errors import PlotError
from aidstudy.plots.kit import Canvas, drawn_on, text_width, wrap
from aidstudy.plots.plot import Sheet, sheet
from aidstudy.plots.style import MM, PRESETS

MESSAGE = "The message"


def _lanes(page: Sheet, names: list[str]) -> Figure:
    def lanes(on: Canvas) -> None:
        on.rows(names)
        on.ax.set_xticks([])

    ax = drawn_on(page.axes(), page.lang, "money_flow", lanes)
    return page.compose(ax, pitch=4, headline=MESSAGE)


def test_the_figure_is_as_wide_as_the_preset_and_as_high_as_its_rows() -> None:
    heights = []
    for rows in (1, 11):
        with sheet("own", "single", "en") as page:
            figure = _lanes(page, ["a"] * rows)
            (ax,) = figure.axes
            width, height = figure.get_size_inches()
            assert width == pytest.approx(89 * MM)
            heights.append(height * 72)
            inside = ax.get_tightbbox()
            assert inside is not None
            assert inside.x0 * 72 / figure.dpi >= PRESETS["single"].edge_pt - 0.1
    # Ten rows more of four lines of 7 pt, up to the millimetre to which a height is rounded.
    assert heights[1] - heights[0] == pytest.approx(10 * 4 * 7, abs=MM * 72)


def test_settings_are_as_before_and_a_wider_name_leaves_less_for_the_axes() -> None:
    before = dict(mpl.rcParams)
    rooms = []
    for name in ("short", "a name that is a good deal longer"):
        with sheet("own", "double", "en") as page:
            rooms.append(_lanes(page, [name]).axes[0].get_position().width)
    assert rooms[0] > rooms[1] + 0.1
    assert dict(mpl.rcParams) == before


def test_text_that_leaves_no_room_is_refused() -> None:
    with (
        sheet("own", "single", "en") as page,
        pytest.raises(PlotError, match=r"plot own: the text beside .* rule: at least 36 pt"),
    ):
        _lanes(page, ["far too long a name for a plot " * 3])


def test_an_unknown_language_or_preset_is_refused() -> None:
    for preset, lang, named in (("double", "fr", "language 'fr'"), ("triple", "en", "'triple'")):
        with pytest.raises(PlotError, match=named), sheet("own", preset, lang):
            pass


def test_only_slides_have_the_message_and_only_several_panels_have_letters() -> None:
    for preset, number, beside, wanted in (
        ("double", 1, (), []),
        ("double", 2, (), ["a", "b"]),
        ("double", 2, (1, 2), ["a", "b"]),
        ("slide", 2, (), ["The message"]),
    ):
        with sheet("own", preset, "en") as page:
            panels = [page.axes() for _ in range(number)]
            for ax in panels:
                ax.set(xticks=[], yticks=[])
            figure = page.compose(*panels, pitch=4, headline=MESSAGE, beside=beside)
        assert sorted(texts(figure)) == wanted
        places = [ax.get_position() for ax in panels]
        if beside:
            assert places[1].width == pytest.approx(2 * places[0].width, rel=0.05)
            assert places[0].y1 == pytest.approx(places[1].y1)
        elif number > 1:
            assert places[0].y0 > places[1].y1


def test_a_bracket_of_full_width_hangs() -> None:
    with sheet("own", "double", "zh") as page:
        found: list[Text] = []

        def two(on: Canvas) -> None:
            for text in ("万元", "（万元）"):
                found.append(on.put(text, 0, 0, coords="edge", dx=-5, ha="right"))

        figure = page.compose(drawn_on(page.axes(), page.lang, "money_flow", two), pitch=4)
        ends = [text.get_window_extent().x1 * 72 / figure.dpi for text in found]
    assert ends[1] - ends[0] == pytest.approx(0.5 * 7, abs=0.6)


def test_lines_break_between_words_and_not_before_a_comma() -> None:
    with sheet("own", "double", "en"):
        lines = wrap("one two three four", 40, size=7, lang="en")
        assert " ".join(lines) == "one two three four"
        assert len(lines) > 1
    with sheet("own", "double", "zh"):
        chinese = wrap("甲乙丙丁，戊己。", 28, size=7, lang="zh")
        assert "".join(chinese) == "甲乙丙丁，戊己。"
        assert not any(line[0] in "，。" for line in chinese)
        assert max(text_width(line, size=7) for line in chinese) <= 28
        # A clause ends a line early, a colon does not.
        for sign, first in ("，", "甲乙丙丁，"), ("：", "甲乙丙丁：戊"):
            assert wrap(f"甲乙丙丁{sign}戊己庚", 43, size=7, lang="zh")[0] == first
