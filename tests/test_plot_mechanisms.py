"""The plot of management devices."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
from copies import stored
from drawings import drawing, drawn, is_hollow, marks, tables, texts
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text

from aidstudy.analysis.devices import management_devices
from aidstudy.codebook import MECHANISMS
from aidstudy.plots import PLOTS
from aidstudy.plots.mechanisms import NAMES, plot_mechanisms
from aidstudy.plots.save import checked_figure
from aidstudy.plots.style import style
from aidstudy.plots.words import LANGS

# Which report mentions what was read from the page, not from the library.
MENTIONED = {
    "leading_group": "ganzi xinlong xiangcheng litang dege",
    "staff_secondment": "ganzi xinlong xiangcheng litang dege",
    "project_rules": "ganzi xinlong xiangcheng litang",
    "five_year_plan": "ganzi xinlong xiangcheng litang",
    "plan_revision": "ganzi xinlong xiangcheng dege",
    "fund_rules": "xinlong xiangcheng litang",
    "special_account": "ganzi xinlong dege",
    "joint_supervision": "ganzi xinlong litang",
    "donor_training": "ganzi xiangcheng dege",
    "framework_agreement": "ganzi xiangcheng",
    "progress_reporting": "ganzi xinlong",
    "performance_review": "ganzi xinlong",
    "mentoring": "ganzi xiangcheng",
    "market_channel": "ganzi",
    "social_donation": "ganzi",
    "financing_platform": "ganzi",
}


def test_drawn_rows() -> None:
    rows = drawn("mechanisms")
    assert len(rows) == 16 * 5
    found: dict[str, list[str]] = {}
    for mark, row in rows.items():
        device, county = mark.rsplit("-", 1)
        if row["state"] == "printed":
            assert row["value"] == 1
            found.setdefault(device, []).append(county)
        else:
            assert (row["value"], row["state"]) == (None, "not_reported"), "never 0: no is not said"
    # The order is part of the message: most mentioned first, counties likewise.
    assert {device: " ".join(counties) for device, counties in found.items()} == MENTIONED
    assert list(found) == list(MENTIONED)


def test_every_mention_leads_back_to_the_page_and_nothing_else_does(repository: Path) -> None:
    rows = drawn("mechanisms")
    for mark, row in rows.items():
        assert bool(re.fullmatch(r"\d+-\d+", row["offsets"])) is (row["state"] == "printed"), mark
    assert rows["leading_group-litang"]["offsets"] == "1471-1497"
    assert rows["performance_review-xinlong"]["offsets"] == "4678-4682"
    path = repository.parent / "shared" / "source" / "page.txt"
    if not path.exists():
        pytest.skip("the page's text is not part of the repository: no ../shared/source/page.txt")
    page = path.read_text(encoding="utf-8")
    for mark, word in {
        "performance_review-xinlong": "考核",
        "five_year_plan-litang": "五年",
        "special_account-ganzi": "专户",
        "financing_platform-ganzi": "平台",
        "mentoring-xiangcheng": "徒弟",
    }.items():
        start, end = map(int, rows[mark]["offsets"].split("-"))
        assert word in "".join(page[start:end].split()), mark


@pytest.mark.parametrize("lang", LANGS)
def test_discs_are_filled_and_the_rest_is_words(lang: str) -> None:
    found = marks(drawing("mechanisms", lang))
    rows = drawn("mechanisms")
    columns = list(dict.fromkeys(mark.rsplit("-", 1)[1] for mark in rows))
    lanes = list(dict.fromkeys(mark.rsplit("-", 1)[0] for mark in rows))
    for mark, row in rows.items():
        device, county = mark.rsplit("-", 1)
        artist = found[mark]
        if row["state"] == "printed":
            assert isinstance(artist, Line2D)
            assert not is_hollow(artist)
            (x,), (y,) = artist.get_xdata(), artist.get_ydata()
        else:
            assert isinstance(artist, Text)
            assert artist.get_text() == ("未提及" if lang == "zh" else "n.m.")
            x, y = artist.xy  # type: ignore[attr-defined]
        assert (x, y) == (columns.index(county), lanes.index(device))


def test_labels() -> None:
    shown = texts(drawing("mechanisms"))
    assert {"15", "10", "9", "6", "1471–1497", "Written fund rules"} <= set(shown)
    assert shown.count("n.m.") == 80 - 45
    assert "1471–1497" not in texts(drawing("mechanisms", preset="single"))
    assert texts(drawing("mechanisms", "zh")).count("未提及") == 80 - 45


def test_the_message_and_what_it_is_not() -> None:
    caption = PLOTS["mechanisms"].caption(**tables("mechanisms"))
    assert caption.startswith(
        "Garzê County’s report mentions 15 of 16 devices, Dêgê’s five; two devices are in all five "
        "reports. "
    )
    assert "which is not a no" in caption
    assert "no ranking" in caption
    assert "45 of 80" in caption


def test_every_device_has_a_name() -> None:
    assert set(NAMES) == set(MECHANISMS)


def test_rows_that_nobody_has_looked_for_are_said_to_be_open() -> None:
    devices = management_devices(stored())
    part = devices[(devices["recipient"] != "dege") | (devices["mechanism"] != "mentoring")]
    figure = checked_figure(PLOTS["mechanisms"], {"devices": part}, preset="double", lang="zh")
    assert texts(figure).count("待查") == 1
    assert texts(figure).count("未提及") == 80 - 45 - 1


def test_a_county_alone_can_be_drawn() -> None:
    devices = management_devices(stored())
    one = devices[devices["recipient"] == "litang"].reset_index(drop=True)
    plot = PLOTS["mechanisms"]
    for lang in LANGS:
        checked_figure(plot, {"devices": one}, preset="single", lang=lang)
    assert plot.caption(one).startswith("Litang’s report mentions six of 16 devices. ")
    assert isinstance(one, pd.DataFrame)


def test_it_draws_on_the_axes_it_is_given() -> None:
    with style("double", "en"):
        ax = Figure().add_subplot()
        assert plot_mechanisms(tables("mechanisms")["devices"], ax=ax) is ax
