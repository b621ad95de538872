"""Composing whole figures, and sentences in two languages: ``sheet``, ``sentences``."""

from __future__ import annotations

import matplotlib as mpl
import pytest
from drawings import texts
from matplotlib.figure import Figure

from aidstudy.errors import PlotError
from aidstudy.plots.axes import rows_axis
from aidstudy.plots.fonts import HAN, LATIN
from aidstudy.plots.layout import put
from aidstudy.plots.sentences import alt_text, caption_text, listed, on_one_line, undated
from aidstudy.plots.sheet import EDGE, Sheet, column_room, sheet
from aidstudy.plots.style import MM, note_size
from aidstudy.plots.words import EXPLAINED, Words

MESSAGE = Words("The message", "要旨")


def _one_row(page: Sheet, label: str = "", *, rows: int = 1) -> Figure:
    ax = page.axes()
    rows_axis(ax, rows)
    put(ax, label, 0, 0, coords="edge", dx=-5, ha="right")
    return page.compose(ax, pitch=4, headline=MESSAGE)


def test_the_figure_is_as_wide_as_the_preset_and_as_high_as_its_rows() -> None:
    heights = []
    for rows in (1, 11):
        with sheet("own", "single", "en") as page:
            figure = _one_row(page, rows=rows)
            (ax,) = figure.axes
            width, height = figure.get_size_inches()
            assert width == pytest.approx(89 * MM)
            heights.append(height * 72)
            inside = ax.get_tightbbox()
            assert inside is not None
            assert inside.x0 * 72 / figure.dpi >= EDGE - 0.1
    # Ten rows more of four lines of 7 pt, up to the millimetre to which a height is rounded.
    assert heights[1] - heights[0] == pytest.approx(10 * 4 * 7, abs=MM * 72)


def test_settings_are_as_before_and_a_wider_name_leaves_less_for_the_axes() -> None:
    before = dict(mpl.rcParams)
    rooms = []
    for label in ("short", "a name that is a good deal longer"):
        with sheet("own", "double", "en") as page:
            rooms.append(column_room(_one_row(page, label).axes[0]))
    assert rooms[0] > rooms[1] + 50
    assert dict(mpl.rcParams) == before


def test_text_that_leaves_no_room_is_refused() -> None:
    with (
        sheet("own", "single", "en") as page,
        pytest.raises(PlotError, match=r"plot own: the text beside .* rule: at least 36 pt"),
    ):
        _one_row(page, "far too long a name for a plot " * 3)


def test_an_unknown_language_or_preset_is_refused() -> None:
    for preset, lang, named in (("double", "fr", "language 'fr'"), ("triple", "en", "'triple'")):
        with pytest.raises(PlotError, match=named), sheet("own", preset, lang):
            pass


def test_only_slides_have_the_message_and_only_several_panels_have_letters() -> None:
    for preset, number, wanted in (
        ("double", 1, []),
        ("double", 2, ["a", "b"]),
        ("slide", 1, ["The message"]),
    ):
        with sheet("own", preset, "en") as page:
            panels = [page.axes() for _ in range(number)]
            for ax in panels:
                rows_axis(ax, 2)
                ax.set_xticks([])
            figure = page.compose(*panels, pitch=4, headline=MESSAGE)
        assert texts(figure) == wanted
        tops = [ax.get_position().y1 for ax in panels]
        assert tops == sorted(tops, reverse=True)


@pytest.mark.parametrize(
    ("notes", "wanted"),
    [
        ([], [f"{EXPLAINED}."]),
        ([Words(f"{EXPLAINED}, as it is.", "说明")], [f"{EXPLAINED}, as it is."]),
        ([Words("", "只有中文")], [f"{EXPLAINED}."]),
    ],
)
def test_an_abbreviation_is_explained_once(notes: list[Words], wanted: list[str]) -> None:
    with sheet("own", "double", "en") as page:
        ax = page.axes()
        rows_axis(ax, 1)
        put(ax, "n.r.", 0.5, 0)
        figure = page.compose(ax, pitch=4, headline=MESSAGE, notes=notes)
        under = [text for text in figure.texts if text.get_fontsize() == note_size()]
    assert [text.get_text() for text in under] == wanted


def test_columns_of_one_list_stand_side_by_side_without_letters() -> None:
    with sheet("own", "slide", "en") as page:
        panels = [page.axes() for _ in range(2)]
        for ax, rows in zip(panels, (4, 6), strict=True):
            rows_axis(ax, rows)
            ax.set_xticks([])
        figure = page.compose(*panels, pitch=1.5, headline=MESSAGE, beside=True)
        first, second = (ax.get_position() for ax in panels)
    assert texts(figure) == ["The message"]
    assert first.x1 < second.x0
    assert first.width == pytest.approx(second.width)
    assert first.y1 == pytest.approx(second.y1)
    # A row is as high in either.
    assert first.height / 4 == pytest.approx(second.height / 6)


def test_a_note_with_a_dagger_stands_flush_and_a_bracket_of_full_width_hangs() -> None:
    with sheet("own", "double", "zh") as page:
        ax = page.axes()
        rows_axis(ax, 2)
        plain, hanging = (
            put(ax, text, 0, place, coords="edge", dx=-5, ha="right")
            for place, text in enumerate(("万元", "（万元）"))
        )
        figure = page.compose(
            ax, pitch=4, headline=MESSAGE, notes=[Words("", "† 一。"), Words("", "* 二。")]
        )
        ends = [text.get_window_extent().x1 * 72 / figure.dpi for text in (plain, hanging)]
        dagger, star = (text.get_fontfamily()[0] for text in figure.texts)
    assert ends[1] - ends[0] == pytest.approx(0.5 * 7, abs=0.6)
    assert (dagger, star) == (LATIN, HAN)


def test_a_caption_leaves_out_what_is_empty_in_its_language() -> None:
    parts = [Words("One.", "一。"), Words("", "二。"), Words("The donor's.", "")]
    assert caption_text(parts, [], "en") == "One. The donor’s."
    assert caption_text(parts, ["ganzi-020"], "zh") == "一。二。所据原文数字（1个）：ganzi-020。"
    assert undated([]) == []
    assert listed([]) == Words("", "")


def test_an_alternative_text_is_sentences() -> None:
    kind, last = Words("Bars", "条形图"), Words("No more", "别无其他")
    assert alt_text(kind, ["a 1", "b 2"], "en", last=last) == "Bars. a 1; b 2. No more."
    assert alt_text(kind, ["甲1", "乙2"], "zh", apart=True) == "条形图。甲1。乙2。"


def test_short_notes_share_a_line() -> None:
    assert on_one_line([]) == []
    notes = [Words("One.", "一。"), Words("Two.", "")]
    assert on_one_line(notes) == [Words("One. Two.", "一。")]
