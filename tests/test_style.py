"""Fonts, presets, colours and words of plots, and whole figures composed."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from pathlib import Path

import matplotlib as mpl
import pytest
from copies import stored
from drawings import texts
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager

from aidstudy.errors import PlotError
from aidstudy.plots import PLOTS, fonts, save_family, save_plot
from aidstudy.plots.kit import Canvas, drawn_on, text_width, wrap
from aidstudy.plots.plot import Sheet, sheet
from aidstudy.plots.preflight import seen_as
from aidstudy.plots.save import gallery
from aidstudy.plots.style import MM, PRESETS, style
from aidstudy.plots.words import MILLION, digits_of, numbers_in

pytestmark = pytest.mark.filterwarnings("ignore:the font Arial")


def test_style_forgets_what_a_person_has_set_and_is_gone_outside() -> None:
    before = dict(mpl.rcParams)
    with mpl.rc_context({"axes.grid": True, "lines.linewidth": 9}), style("double", "zh"):
        assert mpl.rcParams["axes.grid"] is False
        assert (mpl.rcParams["pdf.fonttype"], mpl.rcParams["savefig.bbox"]) == (42, None)
        assert mpl.rcParams["lines.linewidth"] == mpl.rcParamsDefault["lines.linewidth"]
    assert dict(mpl.rcParams) == before


def test_presets_have_the_widths_that_journals_print() -> None:
    wanted = {"single": 89, "double": 183, "elsevier": 190, "plos": 190, "mono": 183, "slide": 320}
    assert {name: preset.width_mm for name, preset in PRESETS.items()} == wanted
    for preset in PRESETS.values():
        assert min(preset.rc["font.size"], preset.rc["legend.fontsize"]) >= preset.least_pt >= 6


def test_a_preset_sets_the_font_and_says_once_what_stands_in_for_it() -> None:
    wanted = PRESETS["plos"].fonts
    assert wanted[0] == "Arial", "PLOS prints Arial, Times or Symbol"
    there = {entry.name for entry in fontManager.ttflist}
    with style("plos"):
        first = mpl.rcParams["font.family"][0]
    assert first == next((name for name in wanted if name in there), fonts.LATIN)


def test_a_grey_is_the_same_for_every_eye_and_red_is_darker_for_one() -> None:
    seen = seen_as("#808080")
    assert list(seen.values()) == pytest.approx([53.585] * 4, abs=0.001)  # L* of sRGB 128
    seen = seen_as("#ff0000")
    assert seen["protanopia"] < seen["greyscale"] - 5 < seen["deuteranopia"]


@pytest.fixture
def _no_chinese_font(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    found = fonts.packed_file
    monkeypatch.setattr(
        fonts, "packed_file", lambda p, n: None if p == fonts.HAN_PACKAGE else found(p, n)
    )
    monkeypatch.setattr(fontManager, "ttflist", list(fontManager.ttflist))
    fonts.find_fonts.cache_clear()
    yield
    monkeypatch.undo()
    fonts.find_fonts.cache_clear()


@pytest.mark.usefixtures("_no_chinese_font")
def test_without_chinese_font_plots_are_english_and_that_is_said_once(tmp_path: Path) -> None:
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        paths = save_family(PLOTS["denominators"], stored(), tmp_path)
        page = gallery(stored())
    assert [str(warning.message) for warning in said] == [
        "no Chinese font (package zhplot is not installed): plots are drawn in English only"
    ]
    drawings = {path.name for path in paths if path.suffix in (".pdf", ".svg", ".png")}
    assert drawings == {f"denominators.en.{form}" for form in ("pdf", "svg", "png")}
    assert "(denominators/denominators.en.png)" in page
    assert not re.search(r"\.zh\.(png|pdf|svg)", page)
    with pytest.raises(PlotError, match=r"language 'zh': no Chinese font; install the package zhp"):
        save_plot("denominators", tmp_path, study=stored(), lang="zh")


def test_no_latin_font_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "packed_file", lambda package, name: None)
    fonts.find_fonts.cache_clear()
    with pytest.raises(PlotError, match="font-source-sans-pro"):
        fonts.find_fonts()
    fonts.find_fonts.cache_clear()


@pytest.mark.parametrize(
    ("value", "half", "english", "chinese"),
    [
        (26_720_000, 5_000, "26.72 [26.715–26.725]", "2672 [2671.5—2672.5]"),
        (17_677_500, 50, "17.6775 [17.67745–17.67755]", "1767.75 [1767.745—1767.755]"),
        (132_000_000, 500_000, "132 [131.5–132.5]", "13,200 [13,150—13,250]"),
    ],
)
def test_both_languages_show_the_same_digits(
    value: int, half: int, english: str, chinese: str
) -> None:
    row = {"value": value, "low": value - half, "high": value + half}
    for lang, expected in (("en", english), ("zh", chinese)):
        digits = digits_of(row, unit=MILLION.scale(lang))
        assert f"{digits.value} [{digits.bounds(lang)}]" == expected


def test_numbers_of_a_formula() -> None:
    assert numbers_in("1092万元 ÷ (0.845% − 0.5%)", "en") == "10.92 ÷ (0.845% − 0.5%)"
    assert numbers_in("1092万元 ÷ 69% ÷ 0.5%", "zh") == "1092万元 ÷ 69% ÷ 0.5%"
    assert numbers_in("1.39亿元 ÷ 5", "en") == "139 ÷ 5"


# === composing whole figures, and sentences in two languages


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
