"""What each plot draws, against numbers read from the page and worked out by hand."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from fractions import Fraction
from functools import reduce
from itertools import pairwise
from operator import truediv

import pytest
from copies import REPOSITORY, csv_rows, stored
from drawings import drawing, drawn, is_hollow, marks, tables, texts
from matplotlib.dates import date2num
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from aidstudy import load_figures, load_mechanisms, load_projects, load_results, load_sensitivity
from aidstudy.analysis.devices import management_devices
from aidstudy.analysis.switches import SWITCHES
from aidstudy.codebook import MECHANISMS
from aidstudy.plots import LANGS, PLOTS
from aidstudy.plots.drawn import described
from aidstudy.plots.save import checked_figure
from aidstudy.plots.voice import texts_of

WORKED_OUT = csv_rows(REPOSITORY / "tests/cases/drawn.csv")
"""Values and bounds in the order of drawing, worked out by hand from the page."""


def _number(text: str) -> Fraction | None:
    """A number, or a quotient of several; a dash or nothing where there is none."""
    return reduce(truediv, map(Fraction, text.split("/"))) if text.strip("–") else None


@pytest.mark.parametrize("stem", dict.fromkeys(row["plot"] for row in WORKED_OUT))
def test_values_are_those_worked_out_by_hand(stem: str) -> None:
    rows, wanted = drawn(stem), [row for row in WORKED_OUT if row["plot"] == stem]
    marks_of = [row["mark"] for row in wanted]
    assert [mark for mark in rows if mark in marks_of] == marks_of, "their order"
    for case in wanted:
        row = rows[case["mark"]]
        value, _, bounds = case["drawn"].partition("[")
        number = _number(value.strip())
        if stem == "parts_of_wholes":  # recorded with fifteen digits
            number = pytest.approx(number, rel=1e-13)
        assert row["value"] == number, case["why"]
        assert (row["state"] == "not_reported") is (value == "–"), case["why"]
        if bounds:
            ends = [_number(end) for end in bounds.rstrip("]").split(", ")]
            assert [row["low"], row["high"]] == ends, case["why"]


# --- marks and texts -----------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(
    "stem",
    [
        "funding_ratios",
        "money_flow",
        "denominators",
        "aid_per_head",
        "parts_of_wholes",
        "later_reports",
    ],
)
def test_each_mark_stands_at_the_numbers_of_its_row(stem: str, lang: str) -> None:
    """A bar from its start by its value or over its bounds, a line over these, a dot on a value."""
    found = marks(drawing(stem, lang))
    for mark, row in drawn(stem).items():
        artist, start = found[mark], float(row.get("start") or 0)
        if row["low"] is None:
            assert isinstance(artist, Text), mark
        if isinstance(artist, Text):  # what is not there, or of two counties together
            continue
        ends = [float(end) for end in (row["low"], row["high"]) if end is not None]
        if isinstance(artist, Rectangle):
            if row["value"] is not None:
                ends = [start, start + float(row["value"])]
            elif stem == "later_reports":  # bounds alone: as far as it is sure
                ends = [0.0, ends[0]]
            shown = [artist.get_x(), artist.get_x() + artist.get_width()]
        else:
            assert isinstance(artist, Line2D), mark
            shown = [float(x) for x in artist.get_xdata()]
            ends = [float(row["value"])] if len(shown) == 1 else ends
        assert shown == pytest.approx(ends), mark


HOLLOW = {
    "money_flow": {"commitment-dege", "commitment-litang", "expenditure_least_donor-ganzi",
                   "disbursement-xinlong-planned"},
    "denominators": {"rule_amount-ganzi", "whole-ganzi"},
    "funding_ratios": set(),
    "later_reports": {"page-dege-1", "page-litang-1", "page-xiangcheng-2"},
}  # fmt: skip


@pytest.mark.parametrize("stem", list(HOLLOW))
def test_what_is_inferred_planned_or_impossible_is_hollow(stem: str) -> None:
    found = marks(drawing(stem)).items()
    assert {m for m, artist in found if not isinstance(artist, Text) and is_hollow(artist)} == (
        HOLLOW[stem]
    )


# Texts that a reader sees, in English and Chinese.
SHOWN = {
    "funding_ratios": (
        "≥1%|0.845%|0.3–0.6%|common to all: 3.1596–3.1620|3.160|10.92 ÷ 69% ÷ 0.5%",
        "≥1%|0.845%|共同范围：31.596—31.620|额外投入 ÷（比例 − 规定比例）",
    ),
    "money_flow": (
        "26.72|20.2947|17.6775|5.00|2.30|12.00|13.70|at least 6.33|hoped for by end of Oct",
        "力争10月底前全部到位|2672|2029.47|1767.75|至少633",
    ),
    # The shares are 75.953 [75.938, 75.968] and 128.448 [128.36, 128.53]: rounded outward.
    # 26.72 + 1.65 + 12.3094 is 40.6794 within 0.01: no sum has a digit more than the coarsest part.
    "denominators": ("12.3094|40.68|76.0|75.9–76.0|128.4|128.3–128.6", "1230.94|4068|76.0"),
    "aid_per_head": (
        "Litang†‡|461–546|402.3|30.00|about 60,000 people (2010)|17.6775|Dêgê†|30.70",
        "约6万人（2010年）|29,826人（2011年）|461—546|3070|未查得",
    ),
    # 94.964 [94.27, 95.67], 15.9746 [15.9738, 15.9754] and 9.09 [9.05, 9.13].
    "parts_of_wholes": (
        "5.00 of 29.00 (CNY million)|4 of 10 projects|Xinlong: number of projects†|95%|16%|9%|40%|"
        "Xinlong: total cost, all sources†‡",
        "10个项目中的4个|1.39亿元中的1.32亿元|16%",
    ),
}


@pytest.mark.parametrize("stem", list(SHOWN))
def test_texts_of_plots(stem: str) -> None:
    for lang, wanted in zip(LANGS, SHOWN[stem], strict=True):
        assert set(wanted.split("|")) <= set(texts(drawing(stem, lang)))


# --- funding ratios, rules and routes ------------------------------------------------------------


def test_where_routes_meet() -> None:
    # Where all routes meet: the least of the highs, the most of the lows.
    rows = drawn("funding_ratios").values()
    routes = {row["mark"]: row for row in rows if row["quantity"] == "revenue_by_route"}
    meet = routes.pop("route-ganzi-overlap")
    assert meet["low"] == max(row["low"] for row in routes.values())
    assert meet["high"] == min(row["high"] for row in routes.values())
    caption = PLOTS["funding_ratios"].caption(**tables("funding_ratios"))
    assert caption.startswith(
        "Aid from Longquanyi: 0.845% of its revenue of the year before; the rule is 0.5%."
    )


def test_a_study_without_any_ratio_can_be_drawn() -> None:
    given = dict(tables("funding_ratios"))
    ratios = given["ratios"].copy()
    for part in ("", "_low", "_high"):
        for column in ("ratio", "rule", "added"):
            ratios[f"{column}{part}"] = None
    ratios["ratio_state"] = "not_reported"
    empty = {"ratios": ratios, "rules": given["rules"].iloc[:0], "routes": given["routes"].iloc[:0]}
    plot = PLOTS["funding_ratios"]
    checked_figure(plot, empty, preset="double", lang="en")
    assert plot.caption(**empty).startswith("No share of revenue is printed for any of five pairs.")
    assert plot.caption(**empty, lang="zh").startswith("五对均未载明")


# --- money ---------------------------------------------------------------------------------------


def test_money_flow() -> None:
    rows = drawn("money_flow")
    assert rows["commitment-dege"]["state"] == rows["commitment-litang"]["state"] == "derived"
    caption = PLOTS["money_flow"].caption(**tables("money_flow"))
    assert "all three are reported for one of five pairs" in caption
    assert "the donor is understood, not named; not said to be part of what was" in caption


def test_a_study_that_reports_no_money_can_be_drawn() -> None:
    flow = tables("money_flow")["flow"]
    flow = flow[flow["step"] != "expenditure_least_donor"].query("realised == 'yes'").copy()
    for column in ("value", "low", "high"):
        flow[column] = None
    flow["state"] = "not_reported"
    figure = checked_figure(PLOTS["money_flow"], {"flow": flow}, preset="single", lang="zh")
    assert texts(figure).count("未报告") == 15


def test_a_hope_is_drawn_where_no_sum_was_paid_and_left_out_where_none_was_promised() -> None:
    flow = tables("money_flow")["flow"].query("recipient == 'xinlong'").copy()
    for gone, hopes in (("disbursement", 1), ("disbursement_planned", 0)):
        chosen = flow["step"] == gone
        for column in ("value", "low", "high"):
            flow.loc[chosen, column] = None
        flow.loc[chosen, "state"] = "not_reported"
        figure = checked_figure(PLOTS["money_flow"], {"flow": flow}, preset="single", lang="en")
        assert texts(figure).count("not reported") == 1
        assert texts(figure).count("hoped for by end of Oct") == hopes


def test_waterfall_and_shares() -> None:
    parts = [row["start"] for row in drawn("denominators").values() if row["unit"] == "CNY"]
    assert parts == [0, 15_800_000, 26_720_000, 28_370_000, 0, 0], "each starts where one ended"
    caption = PLOTS["denominators"].caption(**tables("denominators"))
    assert caption.startswith("Garzê County spent 49.9% to 76.0%")
    assert "at most 0.1 percentage points" in caption  # 0.0817, the most of all halves


def test_later_reports_per_year_and_nothing_divided_among_counties() -> None:
    rows, found = drawn("later_reports"), marks(drawing("later_reports"))
    # Nearly 320 million in six years is a range; Luzhou's sums are for two counties.
    assert (rows["later-dege-6y"]["value"], rows["later-dege-6y"]["state"]) == (None, "bounds_only")
    assert found["later-dege-6y"].get_width() == float(Fraction(310_000_000, 6))
    words = {
        "later-luzhou-planned": "later report, two counties: about 44 a year",
        "later-luzhou-paid": "later report, two counties: about 50 a year",
        "later-dege-5y": "later report: 171.70 in all",
        "none-litang": "no later sum found",
    }
    assert {mark: found[mark].get_text() for mark in words} == words
    # What is printed has the digits of its print, a quotient ends at ten thousand.
    shown = texts(drawing("later_reports"))
    assert {"17.6775", "26.90", "22.85", "51.6–53.4", "committed, 2012–2016"} <= set(shown)
    # 2.78亿元 in six years is 46.25 to 46.42 million: no hundredths, in Chinese no single 万元.
    assert {"about 46.3", "about 26.4"} <= set(shown)
    assert {"2,285", "2,338", "约4,630", "约2,640", "5,000"} <= set(
        texts(drawing("later_reports", "zh"))
    )
    label = rows["later-luzhou-paid"]["label_en"]
    assert label == "Xiangcheng: disbursed, 2012–2016 (two counties)"
    slide = set(texts(drawing("later_reports", preset="slide")))
    left = set(words.values()) - slide
    assert left == {words["later-dege-5y"]}, "all there is of a county stays"
    assert any("Not drawn: a second sum for Dêgê" in text for text in slide)
    caption = PLOTS["later_reports"].caption(**tables("later_reports"))
    assert "In three of five pairs at least one later report tells of more aid a year" in caption
    assert "The later sums for Xiangcheng are for two counties together" in caption
    assert "For Dêgê two reports give different sums" in caption
    alt = PLOTS["later_reports"].alt(**tables("later_reports"))
    assert "Xiangcheng: 12.00, plan about 26.4, about 44 (2012–2016, two counties)" in alt
    assert "Dêgê: 30.70 (inferred)" in alt
    assert "Litang: 30.00 (inferred), no later sum found" in alt
    assert len(alt) <= 400


@pytest.mark.parametrize("preset", ["double", "mono", "slide"])
def test_each_sign_of_later_reports_has_one_meaning_that_a_key_names(preset: str) -> None:
    figure = drawing("later_reports", preset=preset)
    found, legend = marks(figure), figure.axes[0].get_legend()
    signs = {
        "page-xiangcheng-1": "newspaper page",
        "page-xiangcheng-2": "page, plan without dates",
        "page-dege-1": "page, commitment inferred",
        "later-ganzi-6y": "later reports",
    }
    names = [text.get_text() for text in legend.get_texts()]
    assert set(names) == set(signs.values())
    looks = {mark: (found[mark].get_facecolor(), found[mark].get_hatch()) for mark in signs}
    assert len(set(looks.values())) == len(signs)
    for sample, name in zip(legend.get_patches(), names, strict=True):
        look = sample.get_facecolor(), sample.get_hatch()
        assert look in [looks[mark] for mark in signs if signs[mark] == name]
    least = {text.get_fontsize() for text in [*legend.get_texts(), *figure.texts]}
    assert preset != "slide" or min(least) >= 18


def test_aid_per_head_where_people_are_counted() -> None:
    rows, found = drawn("aid_per_head"), marks(drawing("aid_per_head"))
    counties = ("litang", "xiangcheng", "ganzi", "xinlong", "dege")
    assert list(rows) == [f"head-{county}" for county in counties]
    assert rows["head-xiangcheng"]["figures"] == "xiangcheng-013 population-xiangcheng-2011"
    assert found["head-dege"].get_text() == "not computed"
    narrow = set(texts(drawing("aid_per_head", preset="single")))
    missing = "population not in the sources"
    assert {"402", "about 60,000 people (2010)", missing} <= narrow
    assert any("‡ Population to the nearest 10,000. The axis" in text for text in narrow)


# --- projects, events, devices -------------------------------------------------------------------


def test_stages_counts_and_money_of_projects() -> None:
    rows, found = drawn("project_stages"), marks(drawing("project_stages"))
    levels = {mark[6:]: row["value"] for mark, row in rows.items() if mark[:6] == "stage-"}
    named = load_projects(stored()).set_index("project_id")["level"].astype(int)
    assert levels == named.to_dict() | {"xiangcheng-unnamed": None}
    for name, level in levels.items():
        artist = found[f"stage-{name}"]
        if level is None:
            assert artist.get_text() == "started; stage not reported"
        else:
            assert artist.get_xdata()[0] == level
    placed = {mark for mark, row in rows.items() if row["offsets"]}
    assert placed == {f"stage-{name}" for name, level in levels.items() if level is not None}
    assert rows["stage-xiangcheng-p02"]["offsets"] == "2707-2724"
    assert found["count-ganzi-unnamed-counted-6"].get_text() == "22"
    assert found["count-ganzi-unnamed-counted-5"].get_text() == "37"
    joint = [mark for mark in rows if mark.startswith("money-xinlong")]
    assert len(joint) == 1, "a sum printed for five projects counts once"
    assert rows[joint[0]]["value"] == 110_660_000
    (of_four,) = (row for mark, row in rows.items() if row["figures"] == "xiangcheng-013")
    lanes = ["xiangcheng-p02", "xiangcheng-p01", "xiangcheng-p03", "xiangcheng-unnamed"]
    assert of_four["lanes"] == lanes, "the sum is for four projects, three of them named"
    assert found["money-ganzi-unnamed-counted"].get_text() == "not reported"
    assert found["money-litang-p06"].get_text() == "loan 50.00"
    assert found["money-litang-p01"].get_text() == "about 100"
    assert found["money-dege-p01"].get_text() == "not reported"
    starred = {
        text for text in texts(drawing("project_stages", preset="single")) if text[-1:] == "*"
    }
    assert len(starred) == 5
    assert {"Town surveying*", "Tibetan hospital*"} < starred
    wide = texts(drawing("project_stages", preset="double"))
    assert wide.count("Sichuan surveying bureau") == 2
    assert "Town surveying" in wide
    caption = PLOTS["project_stages"].caption(**tables("project_stages"))
    assert caption.startswith("Three of 23 named projects are complete, one of")
    assert "only “basically”; 22 completed ones are only counted." in caption
    assert "It does not say whether these include Potato cooperative." in caption
    alt = PLOTS["project_stages"].alt("zh", **tables("project_stages"))
    assert "前期工程 3；施工、推进 5；完成、交付 3（其中1个仅为基本完成）" in alt
    half = found["stage-xiangcheng-p02"]
    assert (half.get_fillstyle(), half.get_markerfacecoloralt()) == ("left", "white")
    shown = texts(drawing("project_stages", preset="slide"))
    # By county, from complete back; what has no name apart.
    numbers = "1 1 1 1 2 1 2 3 2 1 1 1 1 22 37 2 3"
    assert " ".join(text for text in shown if text.isdecimal()) == numbers


def test_squares_of_completed_projects() -> None:
    rows, found = drawn("completed_shares"), marks(drawing("completed_shares"))
    assert rows["share-ganzi"]["value"] == Fraction(2200, 59)
    assert rows["share-litang"]["value"] == Fraction(100, 6)
    assert (rows["share-xiangcheng"]["low"], rows["share-xiangcheng"]["high"]) == (0, 25)
    squares = {
        "complete-ganzi": 22, "not_complete-ganzi": 37, "complete-litang": 1,
        "not_complete-litang": 5, "not_complete-xinlong": 5, "possible-xiangcheng": 1,
        "not_complete-xiangcheng": 3,
    }  # fmt: skip
    for mark, number in squares.items():
        assert rows[mark]["value"] == number
        assert len(found[mark].get_xdata()) == number
        assert is_hollow(found[mark]) is mark.startswith("not")
    assert not {"complete-xinlong", "complete-xiangcheng"} & set(rows)
    assert found["share-dege"].get_text() == "number completed not reported"
    assert found["share-ganzi"].get_text() == "22 of 59 complete"
    caption = PLOTS["completed_shares"].caption(**tables("completed_shares"))
    assert "three other counties each completed at most one of their 4–6 projects." in caption
    assert "so what is tinted is possibly complete" in caption


def test_days_spans_and_words_of_events() -> None:
    rows, figure = drawn("events"), drawing("events")
    found = marks(figure)
    days = {mark: row["value"] for mark, row in rows.items() if row["value"]}
    assert days == {
        "xinlong-e01": dt.date(2012, 4, 12),
        "litang-e02": dt.date(2012, 4, 17),
        "xiangcheng-e02": dt.date(2012, 9, 5),
        "xinlong-e09": dt.date(2012, 12, 31),
        "xinlong-e10": dt.date(2012, 10, 31),
        "xinlong-e11": dt.date(2012, 12, 31),
    }
    for mark, day in days.items():
        planned = rows[mark]["quantity"].endswith("planned")
        assert is_hollow(found[mark]) is planned
        shift = 1.0 if planned else 0.5  # the end of the day, or its noon
        assert found[mark].get_xdata()[0] == date2num(day) + shift
    half_year = found["litang-e01"]
    assert half_year.get_marker() == "|", "two strokes, no bar that lasts"
    assert half_year.get_xdata()[1] - half_year.get_xdata()[0] == 182  # January to June, leap year
    window = found["window"]
    assert isinstance(window, Rectangle)
    assert (window.get_x(), window.get_width()) == (date2num(dt.date(2012, 9, 5)), 57)
    events = {mark: row for mark, row in rows.items() if re.fullmatch(r"\w+-e\d\d", mark)}
    assert len(events) == 26
    in_number = [mark for mark, row in events.items() if row["unit"] == "year"]
    assert len(in_number) == 19
    for mark in in_number:
        assert isinstance(found[mark], Line2D), "each has its own mark"
        assert is_hollow(found[mark]) is rows[mark]["quantity"].endswith("planned")
    assert found["none-dege"].get_text() == "no event dated"
    for preset in ("double", "slide"):
        shown = texts(drawing("events", preset=preset))
        # 10月底前 and 年底前 name no day; what has only a year is named where there is room.
        dates = {"12 Apr", "17 Apr", "5 Sep", "by end of Oct", "by year end", "no event dated"}
        assert {*dates, "Not on the axis, as only years are printed: 16 events, 3 plans"} <= set(
            shown
        )
        assert not {"31 Oct", "31 Dec"} & set(shown)
        names = {rows[mark]["label_en"].replace("'", "’") for mark in in_number}
        counts = {"4 events, 1 plan", "7 events", "5 events, 2 plans"}
        assert (counts if preset == "slide" else names) <= set(shown)


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


@pytest.mark.parametrize("lang", LANGS)
def test_devices_that_reports_mention(lang: str) -> None:
    rows, found = drawn("mechanisms"), marks(drawing("mechanisms", lang))
    assert len(rows) == 16 * 5
    told = Counter[str]()
    for mark, row in rows.items():
        device, county = mark.rsplit("-", 1)
        assert bool(re.fullmatch(r"\d+-\d+", row["offsets"])) is (row["state"] == "printed"), mark
        if row["state"] == "printed":
            told.update([device, county])
            assert isinstance(found[mark], Line2D)
        else:
            assert (row["value"], row["state"]) == (None, "not_reported"), "never 0: no is not said"
            assert found[mark].get_text() == "•"
    typed = load_mechanisms(stored()).query("present == 'yes'")
    assert told == Counter([*typed["mechanism"], *typed["recipient"]])
    for preset in ("single", "double", "slide"):
        shown = texts(drawing("mechanisms", lang, preset))
        assert [text for text in shown if text.isdecimal()].count("15") == 1, "the totals"
        meant = {"en": "assessment with consequences", "zh": "考核并有奖惩"}[lang]
        assert (meant in shown) is (preset == "double")
    # The order is part of the message: most mentioned first, counties likewise.
    for part in (0, 1):
        order = [told[mark.rsplit("-", 1)[part]] for mark in rows]
        steps = order if part == 0 else order[:5]
        assert steps == sorted(steps, reverse=True)
    assert rows["leading_group-litang"]["offsets"] == "1471-1497"


def test_every_device_and_call_has_its_words_and_a_hole_is_said() -> None:
    for lang in LANGS:
        assert set(MECHANISMS) <= set(texts_of("mechanisms").told[lang]["labels"])
        assert set(MECHANISMS) == set(texts_of("mechanisms").told["zh"]["meanings"])
        calls = set(texts_of("judgement_calls").told[lang]["labels"])
        assert {f"{s}{end}" for s in SWITCHES for end in ("", "_default", "_other")} <= calls
    devices = management_devices(stored())
    part = devices[(devices["recipient"] != "dege") | (devices["mechanism"] != "mentoring")]
    figure = checked_figure(PLOTS["mechanisms"], {"devices": part}, preset="double", lang="zh")
    assert texts(figure).count("待查") == 1


# --- unit costs and judgement --------------------------------------------------------------------


def test_unit_costs_are_drawn_in_multiples_of_their_values() -> None:
    rows, figure = drawn("unit_costs"), drawing("unit_costs")
    found, costs = marks(figure), [mark for mark in rows if mark.startswith("cost-")]
    assert {row["mark"] for row in WORKED_OUT if row["plot"] == "unit_costs"} == set(rows)
    for mark, row in rows.items():
        value, bar = rows[mark.replace("coarse-", "cost-")]["value"], found[mark]
        ends = [float(row[end] / value) for end in ("low", "high")]
        assert list(bar.get_xdata()) == pytest.approx(ends, rel=1e-12)
        assert set(bar.get_ydata()) == {costs.index(mark.replace("coarse-", "cost-"))}
    shown = texts(figure)
    assert {"10,000", "3,300–30,000", "11.475", "558–590", "width 19.5–20.5 m"} <= set(shown)
    assert "3,300–30,000" in texts(drawing("unit_costs", preset="slide"))
    pale = (
        "cost per km of road: pale bar, zeros at the end as placeholders: CNY 11,290,000–11,660,000"
    )
    described_rows = described(PLOTS["unit_costs"].rows(**tables("unit_costs")), "en")
    assert f"Leshan Road: {pale}" in described_rows
    # The same content in both languages.
    assert {"1,147.5", "宽度19.5—20.5米"} <= set(texts(drawing("unit_costs", "zh")))


def test_shares_under_both_readings_of_each_call() -> None:
    rows, found = drawn("judgement_calls"), marks(drawing("judgement_calls"))
    moved = [row["value"] for mark, row in rows.items() if mark.startswith("moved-")]
    assert all(one >= other for one, other in pairwise(moved))
    # Dêgê and Litang paid 3070 and 3000 of as much; Xinlong 500 of 1767.75.
    before, after = rows["default-paid_in_full"], rows["other-paid_in_full"]
    assert before["quantity"] == after["quantity"] == "paid_of_committed.pooled"
    assert float(before["value"]) == pytest.approx(100 * 6570 / 7837.75)
    assert float(after["value"]) == pytest.approx(100 * 500 / 1767.75)
    # Garzê County spent 2029.47 of 2672; what others gave was 165 and 1230.94.
    least = 2029.47 - 165 - 1230.94
    assert float(rows["other-spending_source"]["value"]) == pytest.approx(100 * least / 2672)
    assert rows["default-spending_source"]["figures"] == "ganzi-015 ganzi-020"
    # One of four projects basically complete and one not named: none or one; one or two.
    for name, ends in (("default", (0, 25)), ("other", (25, 50))):
        row, bar = rows[f"{name}-basically_complete"], found[f"{name}-basically_complete"]
        assert (row["low"], row["high"]) == ends
        assert (bar.get_x(), bar.get_width()) == (ends[0], 25)
    # Zeros for the size: 230 of 500 is [220, 240] of [450, 550].
    zeros = rows["other-trailing_zeros"]
    assert float(zeros["high"]) == pytest.approx(100 * 240 / 450)
    assert rows["none-team_of_40"]["state"] == "not_applicable"
    for mark, row in rows.items():
        if mark.startswith(("moved-", "lost-")):
            assert found[mark].get_width() == row["value"]
    # Whole per cents, and the bounds where these leave none: 40.0 to 53.4, 47.8 to 58.5.
    shown = texts(drawing("judgement_calls"))
    assert {"46", "40–54", "47–59", "76", "(21 without a value)"} <= set(shown)
    alt = PLOTS["judgement_calls"].alt(**tables("judgement_calls"))
    assert "30 (21)" in alt


def test_the_share_shown_is_the_one_that_moves_furthest() -> None:
    """The rule, applied once more to the stored table."""
    moves, rows = load_sensitivity(stored()), drawn("judgement_calls")
    shares = moves[moves["unit"].eq("%") & moves["default_state"].ne("hypothetical")]
    shares = shares[~shares["result_id"].str.contains(r"^limits\.|\.(?:lower|upper)$")]
    ends = shares[["low", "high", "default_low", "default_high"]].dropna()
    ends = ends[ends.ge(0).all(axis=1) & ends.le(100).all(axis=1)]
    shift = (ends["low"] - ends["default_low"]).abs()
    shift = shift.combine((ends["high"] - ends["default_high"]).abs(), max)
    for switch in SWITCHES:
        assert rows[f"moved-{switch}"]["value"] == moves["switch"].eq(switch).sum()
        of_it = shift[shares.loc[shift.index, "switch"].eq(switch)]
        if of_it.empty:
            assert f"none-{switch}" in rows
            continue
        shown = shares["result_id"].eq(rows[f"default-{switch}"]["quantity"])
        assert of_it[shown.loc[of_it.index]].item() == pytest.approx(of_it.max(), abs=0.02), switch
    number = moves["result_id"].nunique()
    assert (
        PLOTS["judgement_calls"]
        .caption(**tables("judgement_calls"))
        .startswith(
            f"{number} of {len(load_results(stored()))} results depend on a judgement call, "
            "49 of them on the same one."
        )
    )
