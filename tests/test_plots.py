"""The plots: drawn rows, artists, the check before a save, bytes and readers."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from copies import stored
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.dates import date2num
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from PIL import Image

from aidstudy.errors import PlotError
from aidstudy.plots import FORMATS, LANGS, PLOTS, PRESETS, plot_named, save_family, save_plot
from aidstudy.plots.events import plot_events
from aidstudy.plots.funding_ratios import numbers_in, plot_funding_ratios, plot_revenue_routes
from aidstudy.plots.money_flow import plot_money_flow
from aidstudy.plots.preflight import check_figure, shown_texts
from aidstudy.plots.project_stages import plot_project_stages
from aidstudy.plots.save import checked_figure, gallery, render
from aidstudy.plots.style import COLOUR, preset_named, style

SVG = "{http://www.w3.org/2000/svg}"


@cache
def tables(stem: str) -> Mapping[str, Any]:
    return PLOTS[stem].tables(stored())


@cache
def drawn(stem: str) -> Mapping[str, dict[str, Any]]:
    rows = PLOTS[stem].drawn(**tables(stem)).to_dict("records")
    return {row["mark"]: row for row in rows}


def marks(figure: Figure) -> dict[str, Artist]:
    found = [artist for artist in figure.findobj() if artist.get_gid()]
    by_mark = {str(artist.get_gid()): artist for artist in found}
    assert len(by_mark) == len(found), "two artists have one id"
    return by_mark


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for text in shown_texts(figure)]


def drawing(stem: str, lang: str = "en", preset: str = "double") -> Figure:
    return PLOTS[stem].draw(**tables(stem), preset=preset, lang=lang)


# --- what is drawn ---------------------------------------------------------------------------
# Expected numbers were read from the page and worked out by hand, not from the library.


def test_every_plot_has_unique_marks_and_says_where_each_number_stands() -> None:
    for stem, plot in PLOTS.items():
        rows = plot.drawn(**tables(stem))
        assert rows["mark"].is_unique, stem
        for row in rows.to_dict("records"):
            if row["state"] in ("not_reported", "not_applicable"):
                assert row["value"] is None, row["mark"]
            elif row["unit"] == "CNY":
                assert row["figures"], row["mark"]
                assert row["low"] <= row["high"]


def test_drawn_rows_of_funding_ratios() -> None:
    rows = drawn("funding_ratios")
    ratio = rows["ratio-ganzi"]
    assert (ratio["value"], ratio["low"], ratio["high"]) == (
        Fraction("0.845"),
        Fraction("0.8445"),
        Fraction("0.8455"),
    )
    assert rows["rule"]["value"] == Fraction(1, 2)
    assert rows["added-ganzi"]["value"] == 10_920_000
    assert rows["rule_amount-ganzi"]["value"] == 26_720_000 - 10_920_000
    assert rows["revenue-ganzi"]["value"] == 15_800_000 * 200
    for county, sum_ in {
        "dege": 30_700_000,
        "litang": 30_000_000,
        "xinlong": 17_677_500,
        "xiangcheng": 12_000_000,
    }.items():
        assert rows[f"ratio-{county}"]["state"] == "not_reported"
        assert rows[f"aid-{county}"]["value"] == sum_
        assert rows[f"revenue-{county}"]["value"] == sum_ * 200
        assert rows[f"revenue-{county}"]["state"] == "hypothetical"
    assert rows["aid-litang"]["state"] == rows["aid-dege"]["state"] == "derived"
    assert rows["aid-xinlong"]["state"] == rows["aid-ganzi"]["state"] == "printed"
    overlap = rows["route-ganzi-overlap"]
    assert overlap["low"] == Fraction(26_715_000) / Fraction("0.008455")
    assert overlap["high"] == 15_810_000 * 200
    assert rows["route-ganzi-added_over_increase"]["value"] == (
        Fraction(10_920_000) / Fraction("0.69") / Fraction("0.005")
    )


def test_drawn_rows_of_money_flow() -> None:
    rows = drawn("money_flow")
    expected = {
        "dege": (30_700_000, 30_700_000, 13_700_000),
        "litang": (30_000_000, 30_000_000, None),
        "ganzi": (26_720_000, None, 20_294_700),
        "xinlong": (17_677_500, 5_000_000, 2_300_000),
        "xiangcheng": (12_000_000, None, None),
    }
    for county, values in expected.items():
        steps = ("commitment", "disbursement", "expenditure")
        assert tuple(rows[f"{step}-{county}"]["value"] for step in steps) == values
    assert list(dict.fromkeys(mark.split("-")[1] for mark in rows)) == list(expected)
    assert rows["commitment-dege"]["state"] == rows["commitment-litang"]["state"] == "derived"
    assert rows["disbursement-xinlong-planned"]["value"] == 17_677_500
    least = rows["expenditure_least_donor-ganzi"]
    assert least["value"] == 20_294_700 - 1_650_000 - 12_309_400


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
    assert rows["count-ganzi-unnamed-counted-6"]["value"] == 22
    assert rows["count-ganzi-unnamed-counted-5"]["value"] == 37
    assert rows["money-litang-p06"]["quantity"] == "loan_planned"
    joint = [mark for mark in rows if mark.startswith("money-xinlong")]
    assert len(joint) == 1, "a sum printed for five projects counts once"
    assert rows[joint[0]]["value"] == 110_660_000


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


# --- artists ---------------------------------------------------------------------------------


def is_hollow(artist: Artist) -> bool:
    if isinstance(artist, Line2D):
        return to_hex(artist.get_markerfacecolor()) == "#ffffff"
    assert isinstance(artist, Rectangle)
    return to_hex(artist.get_facecolor()) == "#ffffff"


@pytest.mark.parametrize("lang", LANGS)
def test_bars_of_money_flow(lang: str) -> None:
    found = marks(drawing("money_flow", lang))
    for mark, row in drawn("money_flow").items():
        artist = found[mark]
        if row["value"] is None:
            assert isinstance(artist, Text)
            assert "未报告" in artist.get_text() or artist.get_text() == "not reported"
        elif mark.endswith("planned"):
            assert isinstance(artist, Line2D)
            assert artist.get_xdata()[0] == float(row["value"])
            assert is_hollow(artist)
        else:
            assert isinstance(artist, Rectangle)
            assert artist.get_x() == 0
            assert artist.get_width() == float(row["value"])
            inferred = mark in ("commitment-dege", "commitment-litang")
            assert is_hollow(artist) is inferred
            dashed = inferred or mark.startswith("expenditure_least_donor")
            assert (artist.get_linestyle() != "solid") is dashed


def test_labels_of_money_flow() -> None:
    english = texts(drawing("money_flow"))
    for label in ("30.70", "30.00", "26.72", "20.29", "17.68", "5.00", "2.30", "12.00", "13.70"):
        assert label in english
    assert english.count("not reported") == 4
    assert "source not printed; 6.33 or more from Longquanyi (inferred)" in english
    assert "source not printed" in english
    chinese = texts(drawing("money_flow", "zh"))
    assert {"3070", "2672", "2029", "1768", "500", "年度援助资金（万元）"} <= set(chinese)
    assert not any("百万" in text for text in chinese)


def test_bars_of_funding_ratios() -> None:
    found = marks(drawing("funding_ratios"))
    bar = found["ratio-ganzi"]
    assert isinstance(bar, Rectangle)
    assert bar.get_x() == 0.5
    assert bar.get_x() + bar.get_width() == pytest.approx(0.845)
    for county in ("dege", "litang", "xinlong", "xiangcheng"):
        label = found[f"ratio-{county}"]
        assert isinstance(label, Text)
        assert label.get_text() == "ratio not reported"
    route = found["route-ganzi-added_over_increase"]
    assert isinstance(route, Line2D)
    low, high = route.get_xdata()
    assert (low, high) == pytest.approx((3_141_007_194.2, 3_189_781_021.9))
    english = texts(drawing("funding_ratios"))
    assert {"0.845%", "15.80 required", "+10.92 added", "3.159–3.162", "rule: 0.5%"} <= set(english)
    assert english.count("*") == 2
    assert english.count("†") == 4
    assert {"31.59–31.62", "31.6", "61.4", "1768"} <= set(texts(drawing("funding_ratios", "zh")))


def test_numbers_of_a_formula() -> None:
    assert numbers_in("1092万元 ÷ (0.845% − 0.5%)", "both") == "10.92 ÷ (0.845% − 0.5%)"
    assert numbers_in("1092万元 ÷ 69% ÷ 0.5%", "zh") == "1092万元 ÷ 69% ÷ 0.5%"
    assert numbers_in("1.39亿元 ÷ 5", "en") == "139.00 ÷ 5"


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


def test_plot_functions_draw_on_the_axes_they_are_given() -> None:
    with style("double", "en"):
        ax = Figure().add_subplot()
        assert plot_money_flow(tables("money_flow")["flow"], ax=ax) is ax
        funding = tables("funding_ratios")
        for draw, table in (
            (plot_funding_ratios, funding["ratios"]),
            (plot_revenue_routes, funding["routes"]),
            (plot_project_stages, tables("project_stages")["stages"]),
            (plot_events, tables("events")["events"]),
        ):
            ax = Figure().add_subplot()
            assert draw(table, ax=ax) is ax


def test_a_slide_has_a_headline_and_a_page_has_none() -> None:
    message = "Only one of five pairs reports its funding ratio"
    assert message in texts(drawing("funding_ratios", preset="slide"))
    assert message not in texts(drawing("funding_ratios"))
    assert PLOTS["funding_ratios"].caption(**tables("funding_ratios")).startswith(message)


def test_basically_complete_is_not_passed_off_as_complete() -> None:
    caption = PLOTS["project_stages"].caption(**tables("project_stages"))
    assert caption.startswith(
        "Three of 23 named projects are complete, delivered or founded, one of them “basically”"
    )
    assert "Songtong new village†" in texts(drawing("project_stages"))


def test_english_needs_no_chinese() -> None:
    for stem in PLOTS:
        assert not re.search(r"[\u3400-\u9fff]", "".join(texts(drawing(stem)))), stem


def test_chinese_has_no_english_words() -> None:
    for stem, plot in PLOTS.items():
        shown = [*texts(drawing(stem, "zh")), plot.alt(**tables(stem), lang="zh")]
        caption = plot.caption(**tables(stem), lang="zh")
        shown.append(re.sub(r"\b[a-z]+-\d{3}\b", "", caption))
        words = re.findall(r"[A-Za-z]{2,}", " ".join(shown))
        assert words == [], stem


# --- other studies ---------------------------------------------------------------------------


def test_a_study_without_any_ratio_can_be_drawn() -> None:
    ratios = tables("funding_ratios")["ratios"].copy()
    for column in ("ratio", "rule", "added", "rule_amount", "revenue"):
        for part in ("", "_low", "_high"):
            ratios[f"{column}{part}"] = None
        ratios[f"{column}_state"] = "not_reported"
    plot = PLOTS["funding_ratios"]
    empty = {"ratios": ratios, "routes": pd.DataFrame([], dtype=object)}
    figure = checked_figure(plot, empty, preset="double", lang="en")
    assert texts(figure).count("ratio not reported") == 5
    assert "no of five" not in plot.caption(**empty)
    assert plot.alt(**empty)


def test_a_study_that_reports_no_money_can_be_drawn() -> None:
    flow = tables("money_flow")["flow"]
    flow = flow[flow["step"] != "expenditure_least_donor"].query("realised == 'yes'").copy()
    for column in ("value", "low", "high"):
        flow[column] = None
    flow["state"] = "not_reported"
    figure = checked_figure(PLOTS["money_flow"], {"flow": flow}, preset="single", lang="both")
    assert texts(figure).count("not reported 未报告") == 15


# --- the check before a save -----------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("preset", list(PRESETS))
@pytest.mark.parametrize("stem", list(PLOTS))
def test_every_plot_passes_the_check(stem: str, preset: str, lang: str) -> None:
    figure = checked_figure(PLOTS[stem], tables(stem), preset=preset, lang=lang)
    width, height = figure.get_size_inches() * 25.4
    assert width == pytest.approx(PRESETS[preset].width_mm, abs=1e-9)
    assert height == pytest.approx(round(height), abs=1e-9), "whole millimetres"


def refused(change: Any, match: str, stem: str = "money_flow", lang: str = "en") -> None:
    figure = drawing(stem, lang)
    with style("double", lang):
        change(figure)
        with pytest.raises(PlotError, match=match) as caught:
            check_figure(
                figure,
                plot=stem,
                lang=lang,  # type: ignore[arg-type]
                preset=preset_named("double"),
                drawn=PLOTS[stem].drawn(**tables(stem)),
            )
    assert f"plot {stem} ({lang}, double)" in str(caught.value)


def a_text(figure: Figure, content: str) -> Text:
    return next(text for text in shown_texts(figure) if text.get_text() == content)


def test_small_text_is_refused() -> None:
    refused(lambda f: a_text(f, "26.72").set_fontsize(5.5), r"'26.72': text of 5.5 pt.*6 pt")


def test_text_over_text_is_refused() -> None:
    def change(figure: Figure) -> None:
        there = a_text(figure, "26.72").get_window_extent()
        x, y = figure.transFigure.inverted().transform((there.x0, there.y0))
        figure.text(x, y, "in the way")

    refused(change, r"'(26.72 / in the way|in the way / 26.72)': text over text")


def test_text_off_the_canvas_is_refused() -> None:
    refused(lambda f: f.text(0.95, 0.5, "much too long"), r"'much too long': text off the canvas")


def test_missing_glyph_is_refused() -> None:
    refused(
        lambda f: a_text(f, "26.72").set_text("26.72 亿"),
        r"no font has a glyph for '亿' \(U\+4EBF\)",
    )


def test_thin_line_is_refused() -> None:
    refused(lambda f: marks(f)["commitment-ganzi"].set_linewidth(0.1), r"a line of 0.1 pt")


def test_pale_text_is_refused() -> None:
    refused(lambda f: a_text(f, "26.72").set_color("#aaaaaa"), r"'26.72': contrast")


def test_text_on_a_dark_bar_is_refused() -> None:
    def change(figure: Figure) -> None:
        bar = marks(figure)["disbursement-dege"]
        assert isinstance(bar, Rectangle)
        bar.set_facecolor("#0b4a75")
        middle = (bar.get_x() + bar.get_width() / 2, bar.get_y() + bar.get_height() / 2)
        figure.axes[0].annotate("on it", middle, va="center", color="#1a1a1a")

    refused(change, r"'on it': contrast")


def test_series_of_one_lightness_are_refused() -> None:
    def change(figure: Figure) -> None:
        for artist in figure.findobj(Rectangle):
            if artist.get_label() == "disbursed":
                artist.set_facecolor("#3f6f3f")  # as light as the dark blue is not, but close to it
            if artist.get_label() == "spent":
                artist.set_facecolor("#8a4a4a")

    refused(change, r"'(disbursed / spent|spent / disbursed).*as light as each other")


def test_series_that_only_the_colour_blind_confuse_are_refused() -> None:
    def change(figure: Figure) -> None:
        for artist in figure.findobj(Rectangle):
            if artist.get_label() == "disbursed":
                artist.set_facecolor("#e00000")
            if artist.get_label() == "spent":
                artist.set_facecolor("#005000")

    refused(change, r"as light as each other \(protanopia\)")


def test_wrong_size_is_refused() -> None:
    refused(lambda f: f.set_figwidth(7.3), r"'185.42 mm': the width is not the 183 mm")


def test_too_high_is_refused() -> None:
    refused(lambda f: f.set_figheight(9), r"the height is not allowed; the preset has 170 mm")


def test_lost_row_is_refused() -> None:
    refused(
        lambda f: marks(f)["commitment-ganzi"].remove(), r"'commitment-ganzi': a row .* no mark"
    )


def test_missing_that_is_not_said_is_refused() -> None:
    refused(lambda f: marks(f)["expenditure-litang"].set_text(" "), r"'expenditure-litang': a row")


def test_several_faults_come_together() -> None:
    def change(figure: Figure) -> None:
        a_text(figure, "26.72").set_fontsize(4)
        figure.set_figheight(9)

    refused(change, r"2 faults")


def test_something_at_the_edge_is_refused() -> None:
    def change(figure: Figure) -> None:
        figure.add_artist(Line2D([0, 1], [0.5, 0.5], color="black", linewidth=1))

    refused(change, r"touches the edge")


# --- files -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def family(tmp_path_factory: pytest.TempPathFactory) -> Path:
    into = tmp_path_factory.mktemp("figures")
    save_family(PLOTS["money_flow"], stored(), into)
    return into / "money_flow"


def test_family_is_complete(family: Path) -> None:
    names = {path.name for path in family.iterdir()}
    drawings = {f"money_flow.{lang}.{form}" for lang in LANGS for form in ("pdf", "svg", "png")}
    beside = {"money_flow.csv", "money_flow.json"}
    captions = {"money_flow.caption.en.md", "money_flow.caption.zh.md"}
    assert names == drawings | beside | captions


def test_gallery_shows_every_plot_and_links_to_files_that_are_made(family: Path) -> None:
    page = gallery(stored())
    for stem, plot in PLOTS.items():
        assert plot.caption(**tables(stem)) in page
        assert plot.caption(**tables(stem), lang="zh") in page
    links = re.findall(r"\]\((money_flow/[^)]+)\)", page)
    assert len(links) == 12
    for link in links:
        assert (family.parent / link).is_file(), link


def test_csv_holds_the_drawn_rows(family: Path) -> None:
    text = (family / "money_flow.csv").read_text(encoding="utf-8")
    rows = {row["mark"]: row for row in csv.DictReader(io.StringIO(text))}
    assert rows["expenditure-ganzi"] == {
        "mark": "expenditure-ganzi",
        "quantity": "expenditure",
        "label_en": "Longquanyi → Garzê County",
        "label_zh": "龙泉驿 → 甘孜县",
        "value": "20294700",
        "low": "20294650",
        "high": "20294750",
        "unit": "CNY",
        "state": "printed",
        "figures": "ganzi-015",
    }
    assert rows["expenditure-litang"]["value"] == ""
    assert rows["expenditure-litang"]["state"] == "not_reported"


def test_manifest_tells_bytes_and_versions_but_no_time_and_no_path(family: Path) -> None:
    text = (family / "money_flow.json").read_text(encoding="utf-8")
    told = json.loads(text)
    for name, sha256 in told["sha256"]["outputs"].items():
        assert hashlib.sha256((family / name).read_bytes()).hexdigest() == sha256
    clean = stored().clean / "figures.csv"
    data = hashlib.sha256(clean.read_bytes()).hexdigest()
    assert told["sha256"]["data"]["figures.csv"] == data
    assert told["preset"] == "double"
    assert "NotoSansSC-Regular.ttf" in told["sha256"]["fonts"]
    assert "/" not in text.replace("m3/day", "")
    assert not re.search(r"\d\d:\d\d|20\d\d-\d\d", text)


def test_svg_says_what_it_shows_and_names_its_rows(family: Path) -> None:
    for lang, title in (("en", "Money committed, disbursed and spent"), ("zh", "援助资金的承诺")):
        root = ET.fromstring((family / f"money_flow.{lang}.svg").read_bytes())
        assert root.get("role") == "img"
        assert root.get("aria-labelledby") == "title desc"
        named = root.find(f"{SVG}title")
        described = root.find(f"{SVG}desc")
        assert named is not None
        assert described is not None
        assert (named.text or "").startswith(title)
        assert "26.72" in (described.text or "") or "2672" in (described.text or "")
        ids = [element.get("id") for element in root.iter() if element.get("id")]
        assert set(drawn("money_flow")) <= set(ids)
        assert len(ids) == len(set(ids))


def test_caption_pages(family: Path) -> None:
    english = (family / "money_flow.caption.en.md").read_text(encoding="utf-8")
    assert "## Alternative text" in english
    assert "spent not reported" in english
    chinese = (family / "money_flow.caption.zh.md").read_text(encoding="utf-8")
    assert "## 替代文本" in chinese
    assert "±" not in english + chinese


def test_png_has_the_size_and_resolution_of_the_preset(family: Path) -> None:
    with Image.open(family / "money_flow.zh.png") as picture:
        assert picture.size[0] == int(183 / 25.4 * 300)
        assert picture.info["dpi"] == pytest.approx((300, 300), abs=0.1)
        assert "Software" not in picture.info
        assert picture.info["Description"].startswith("条形图")


def test_tiff_is_flat_rgb_at_600_dpi(tmp_path: Path) -> None:
    (path,) = save_plot(
        "money_flow", tmp_path, study=stored(), preset="plos", lang="en", formats=["tiff"]
    )
    assert path.name == "money_flow.plos.en.tiff"
    with Image.open(path) as picture:
        assert picture.mode == "RGB"
        assert picture.size[0] == int(190 / 25.4 * 600)
        assert picture.info["dpi"] == pytest.approx((600, 600))


def test_wrong_wishes_are_named(tmp_path: Path) -> None:
    with pytest.raises(PlotError, match=r"plot 'money_flows'.*money_flow"):
        plot_named("money_flows")
    with pytest.raises(PlotError, match=r"format 'jpeg'"):
        save_plot("money_flow", tmp_path, study=stored(), formats=["jpeg"])
    assert list(tmp_path.iterdir()) == []


_HASHES = """
import hashlib, sys
from aidstudy.plots import PLOTS
from aidstudy.plots.save import checked_figure, gallery, render
from aidstudy.tables.study import load_study
study = load_study(sys.argv[1])
for stem in ("money_flow",):
    tables = PLOTS[stem].tables(study)
    figure = checked_figure(PLOTS[stem], tables, preset="double", lang="both")
    for form in ("pdf", "svg", "png", "tiff"):
        content = render(
            figure, form, preset="double", lang="both", stem=stem, title="t", alt="a & b"
        )
        print(stem, form, hashlib.sha256(content).hexdigest())
"""


def test_two_processes_with_two_hash_seeds_give_the_same_bytes(repository: Path) -> None:
    settings = ({"PYTHONHASHSEED": "1", "TZ": "UTC"}, {"PYTHONHASHSEED": "77", "TZ": "Asia/Tokyo"})
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", _HASHES, str(repository)],
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | setting,
        )
        for setting in settings
    ]
    told = [run.communicate()[0] for run in runs]
    assert [run.returncode for run in runs] == [0, 0]
    assert told[0] == told[1]
    assert len(told[0].splitlines()) == len(FORMATS)


# --- PDF readers -----------------------------------------------------------------------------

_READERS = {
    "pdftoppm": lambda pdf, png: ["pdftoppm", "-r", "150", "-png", "-singlefile", pdf, png[:-4]],
    "mutool": lambda pdf, png: ["mutool", "draw", "-q", "-r", "150", "-o", png, pdf, "1"],
    "gs": lambda pdf, png: [
        "gs", "-q", "-dBATCH", "-dNOPAUSE", "-dSAFER", "-sDEVICE=png16m", "-r150",
        "-dTextAlphaBits=4", f"-sOutputFile={png}", pdf,
    ],
}  # fmt: skip


@cache
def chinese_pdf(stem: str) -> tuple[bytes, Any, tuple[tuple[str, slice, slice], ...]]:
    """A drawing in Chinese: PDF, Matplotlib's own pixels, and where Chinese stands in them."""
    figure = drawing(stem, "zh")
    pdf = render(figure, "pdf", preset="double", lang="zh", stem=stem, title="题", alt="替代文本")
    with style("double", "zh"):
        figure.set_dpi(150)
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        pixels = np.array(canvas.buffer_rgba())[:, :, :3].mean(axis=2)
        places = []
        for text in shown_texts(figure):
            if re.search(r"[\u3400-\u9fff]", text.get_text()):
                box, height = text.get_window_extent(), pixels.shape[0]
                rows = slice(int(height - box.y1), int(height - box.y0) + 1)
                places.append((text.get_text(), rows, slice(int(box.x0), int(box.x1) + 1)))
    return pdf, pixels, tuple(places)


@pytest.mark.parametrize("reader", list(_READERS))
@pytest.mark.parametrize("stem", list(PLOTS))
def test_chinese_can_be_seen_in_pdf_readers(stem: str, reader: str, tmp_path: Path) -> None:
    if not shutil.which(reader):
        pytest.skip(f"{reader} is not installed, so nobody looks at the PDF with it")
    content, ours, places = chinese_pdf(stem)
    pdf, png = tmp_path / "a.pdf", tmp_path / "a.png"
    pdf.write_bytes(content)
    subprocess.run(_READERS[reader](str(pdf), str(png)), check=True, capture_output=True)
    theirs = np.asarray(Image.open(png).convert("L"))
    assert len(places) >= 10
    for text, rows, columns in places:
        # As much ink as Matplotlib puts there itself, within what smoothing changes.
        ink = (255.0 - theirs[rows, columns]).sum()
        assert ink > 0.6 * (255.0 - ours[rows, columns]).sum(), text


def test_pdf_fonts_are_embedded_as_true_type() -> None:
    pypdf = pytest.importorskip("pypdf")
    content = render(
        drawing("events", "zh"),
        "pdf",
        preset="double",
        lang="zh",
        stem="events",
        title="题",
        alt="文",
    )
    page = pypdf.PdfReader(io.BytesIO(content)).pages[0]
    kinds = set()
    for font in page["/Resources"]["/Font"].values():
        described = font.get_object()
        for part in described.get("/DescendantFonts", [described]):
            kinds.add(part.get_object()["/Subtype"])
    assert kinds <= {"/CIDFontType2", "/TrueType"}
    assert "签框架协议" in page.extract_text()


def test_colours_stay_in_the_palette() -> None:
    bar = marks(drawing("money_flow"))["expenditure-dege"]
    assert isinstance(bar, Rectangle)
    assert to_hex(bar.get_facecolor()) == COLOUR.dark
