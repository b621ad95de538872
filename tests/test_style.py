"""Fonts, presets, colours and words of the plots."""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Iterator
from pathlib import Path

import matplotlib as mpl
import pytest
from copies import stored
from matplotlib.font_manager import fontManager

from aidstudy.errors import PlotError
from aidstudy.plots import PLOTS, fonts, save_family, save_plot
from aidstudy.plots.preflight import seen_as
from aidstudy.plots.save import gallery
from aidstudy.plots.style import PRESETS, style
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
    told = json.loads((tmp_path / "denominators" / "denominators.json").read_text("utf-8"))
    assert told["languages"] == ["en"]
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
