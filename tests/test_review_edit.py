"""A table corrected on the review page: rows decided, figures added, places and devices set."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from copies import csv_rows, figures_of, said, study_of
from review_pages import HOSTILE, MISSED, OWN, place_of, review_html, saved_by, select

from aidstudy.codebook import MECHANISMS
from aidstudy.errors import AidstudyError
from aidstudy.pages.review_readings import readings
from aidstudy.pages.review_words import DECISIONS
from aidstudy.pages.taken import take_review
from aidstudy.reading.quantities import plain_print, read_quantity
from aidstudy.tables.check import check_study
from aidstudy.tables.draft import is_proposal
from aidstudy.tables.load import clean_study
from aidstudy.tables.page_check import audit_page
from aidstudy.tables.study import load_study


@pytest.mark.extra
def test_a_corrected_table_is_a_table_of_the_study(tab: Any, own: Path) -> None:
    table, before = own / "data" / "raw" / "figures.csv", figures_of(own)
    page = tab(OWN, study=load_study(own))
    # What nobody touched is saved as it was.
    assert saved_by(page) == table.read_text(encoding="utf-8")
    assert page.inner_text("#left") == f"{len(before)} of {len(before)} rows still to be decided"
    # The money: another measure, a label, and the donor taken back.
    select(page, "county1-001")
    page.select_option("#row [name=measure]", "donation")
    page.fill("#row [name=label_en]", 'Gift, "all paid"')
    page.uncheck("#row [name=donor]:checked")
    page.click("#row [type=submit]")
    # A count is accepted only when it says what it counts; Enter in a field accepts.
    assert page.inner_text("#row-name").startswith("county1-002")
    select(page, "county1-004")
    page.fill("#row [name=counted]", "thing")
    page.click("#row [type=submit]")
    assert "Name the thing counted" in page.inner_text("#wrong")
    page.select_option("#language", "zh")
    assert "请写明所计之物" in page.inner_text("#wrong")
    page.select_option("#language", "en")
    page.fill("#row [name=counted]", "course")
    page.press("#row [name=counted]", "Enter")
    # A row that is no figure of this report is left out, and those behind it move up.
    select(page, before[4]["figure_id"])
    page.click("#row [name=decision][value=rejected]")
    saved = saved_by(page)
    after = csv_rows(saved)
    assert len(after) == len(before) - 1
    assert [after[0][name] for name in ("measure", "label_en", "donor", "note")] == [
        "donation",
        'Gift, "all paid"',
        "",
        "",
    ]
    assert (after[3]["counted"], after[3]["note"]) == ("course", "")
    assert before[4]["printed"] not in [row["printed"] for row in after[4:6]]
    assert sum(is_proposal(row["note"]) for row in after) == len(before) - 3
    table.write_text(saved, encoding="utf-8", newline="")
    cleaned = check_study(load_study(own))["figures"]
    assert cleaned.loc[cleaned["figure_id"] == "county1-001", "measure"].item() == "donation"
    told = said("check", study=own)
    assert f"{len(before) - 3} of {len(after)} figures are still a draft" in told
    # Reviewed again, it goes on from there, and what was left out is shown as such.
    again = review_html(OWN, study=load_study(own))
    decisions = re.findall('<tr[^>]*data-decision="([a-z]+)"', again)
    assert [decisions.count(code) for code in DECISIONS] == [len(before) - 3, 2, 1]
    assert again.count('data-state="draft_only"') == 1


# --- a figure added in the browser --------------------------------------------------------------


@pytest.fixture
def missed(tmp_path: Path) -> Path:
    return study_of(tmp_path, MISSED)


def _drag(page: Any, start: int, end: int) -> None:
    """Select with the mouse what stands in a place of the raw text."""
    boxes = page.evaluate(
        """([start, end]) => [start, end - 1].map((place) => {
          const there = marking.range(place, place + 1);
          const seen = (one) => [...one.getClientRects()].find((box) => box.width > 0);
          const box = seen(there) ?? seen(there.startContainer.parentElement.nextElementSibling);
          return [box.left, box.right, (box.top + box.bottom) / 2];
        })""",
        [start, end],
    )
    page.mouse.move(boxes[0][0] + 1, boxes[0][2])
    page.mouse.down()
    page.mouse.move(boxes[-1][1] - 1, boxes[-1][2], steps=6)
    page.mouse.up()


def _ways(page: Any) -> list[str]:
    told = page.eval_on_selector_all("#place [name=reading] option", "all => all.map(o => o.text)")
    return [str(one) for one in told]


def _told(page: Any, **values: str) -> None:
    """Fill the form of the current row and accept it."""
    for name, value in values.items():
        field = f"#row [name={name}]"
        if page.evaluate("(field) => document.querySelector(field).matches('select')", field):
            page.select_option(field, value)
        else:
            page.fill(field, value)
    page.click("#row [type=submit]")


@pytest.mark.extra
@pytest.mark.parametrize("view", ["printed", "marked", "repaired"])
def test_a_selected_place_is_that_of_the_raw_text(tab: Any, missed: Path, view: str) -> None:
    page = tab(MISSED, study=load_study(missed))
    raw = page.evaluate("(marking.scan(), marking.slice(0, marking.size()))")
    assert raw == MISSED
    page.select_option("#view", view)
    for printed in ("安排援助资金", "１２", "3\n 名", "<b>1</b>⟦U+0041⟧投", "与白石县签订协议"):
        start = MISSED.index(printed)
        _drag(page, start, start + len(printed))
        page.click("#pick")
        assert place_of(page) == (start, start + len(printed)), printed
        page.keyboard.press("Escape")


@pytest.mark.extra
@pytest.mark.parametrize("view", ["printed", "repaired"])
def test_an_added_figure_is_a_row_of_the_study(
    tab: Any, missed: Path, tmp_path: Path, view: str
) -> None:
    table, before = missed / "data" / "raw" / "figures.csv", figures_of(missed)
    page = tab(MISSED, study=load_study(missed))
    page.select_option("#view", view)
    # The unread digits with a measure word that no rule knows: the number alone counts.
    number = MISSED.index("１２")
    _drag(page, number, number + 4)
    page.click("#pick")
    assert "Not read as one figure" in page.inner_text("#misplaced")
    page.fill("#place [name=end]", str(number + 2))
    assert _ways(page)[0] == "count · 12 · exact"
    page.click("#place [type=submit]")
    assert page.inner_text("#row-name").startswith("new-1")
    assert page.inner_text("#row-read") == f"{number}–{number + 2} · count · 12 · exact"
    assert page.inner_text("a.mark.current") == ("12" if view == "repaired" else "１２")
    # It is no proposal of a rule, so that it is not saved before a person has said what it is.
    page.click("#save")
    assert "Accept new-1, or leave it out" in page.inner_text("#wrong")
    page.click("#row [type=submit]")
    assert "Name the thing counted" in page.inner_text("#wrong")
    _told(page, counted="basket", subject="donor1>county1", label_en="Baskets of seed")
    # An ordinal is no figure by itself; over a broken line.
    spread = MISSED.index("3\n 名")
    _drag(page, spread, spread + 4)
    page.click("#pick")
    page.click("#place [type=submit]")
    _told(page, counted="rank", measure="other", subject="county1", label_en="Rank of the county")
    # A drafted figure that is none is struck out.
    page.locator("a.mark", has_text="1:500").click()
    page.click("#row [name=decision][value=rejected]")
    assert "out" in page.get_attribute("a.mark:text-is('1:500')", "class").split()
    table.write_text(saved_by(page), encoding="utf-8", newline="")
    after = figures_of(missed)
    assert len(after) == len(before) + 1
    by_print = {row["printed"]: row for row in after}
    assert "1:500" not in by_print
    seed, rank = by_print["12"], by_print["3名"]
    assert (seed["start"], seed["end"]) == (str(number), str(number + 2))
    assert (seed["kind_hint"], seed["counted"], seed["donor"]) == ("count", "basket", "")
    assert (rank["start"], rank["end"]) == (str(spread), str(spread + 4))
    assert [row["figure_id"] for row in after if row["article"] == "county1"] == [
        f"county1-{n:03d}" for n in range(1, 1 + sum(row["article"] == "county1" for row in after))
    ]
    assert [int(row["start"]) for row in after] == sorted(int(row["start"]) for row in after)
    assert "no fault found" in said("check", study=missed)
    found = audit_page(load_study(missed), tmp_path / "page.txt")
    assert any("data/clean/figures.csv is not what" in line for line in found.behind)
    clean_study(load_study(missed))
    found = audit_page(load_study(missed), tmp_path / "page.txt")
    assert (found.figures, found.differing, found.behind) == (len(after), (), ())
    # What the reader left is covered now, but for the markup and the number of a sign.
    assert [line.split("'")[1] for line in found.uncovered] == ["1", "500", "1", "0041"]
    # Reviewed again, the rows that a person added are accepted rows like any other.
    again = review_html(MISSED, study=load_study(missed))
    assert again.count('data-state="coding_only"') == 2
    assert re.findall('<tr[^>]*data-decision="([a-z]+)"', again).count("accepted") == 2


@pytest.mark.extra
def test_nothing_of_a_hostile_page_runs_also_when_it_is_added(tab: Any, tmp_path: Path) -> None:
    text = HOSTILE.replace("\x00", "") + "青山市与白石县。青山市，白石县"
    page = tab(text, study=load_study(study_of(tmp_path, text)))
    page.locator("a.mark").first.focus()
    assert page.locator("#details").is_visible()
    assert '<script>alert("x")</script>' in page.inner_text(".text")
    start = text.index("<img")
    page.click("#add")
    page.fill("#place [name=start]", str(start))
    page.fill("#place [name=end]", str(start + 27))
    page.fill("#place [name=find]", '<a href="javascript:alert(1)">')
    page.press("#place [name=find]", "Enter")
    start, end = place_of(page)
    assert text[start:end] == '<a href="javascript:alert(1)">'
    page.select_option("#place [name=reading]", index=1)
    page.click("#place [type=submit]")
    assert page.locator("a.mark.current").inner_text() == '<a href="javascript:alert(1)">'
    _told(page, subject="county1", label_en="<b>x</b>")
    page.select_option("#language", "zh")
    assert page.locator("#page a:not(.mark), #page b, #page img, td b").count() == 0
    assert page.locator("script").count() == 1


@pytest.mark.extra
def test_each_change_can_be_undone(tab: Any, missed: Path) -> None:
    page = tab(MISSED, study=load_study(missed))
    stored_table = (missed / "data" / "raw" / "figures.csv").read_text(encoding="utf-8")
    markup = page.inner_html(".text")
    assert page.is_disabled("#undo")
    start = MISSED.index("１２")
    _drag(page, start, start + 2)
    page.click("#pick")
    page.click("#place [type=submit]")
    _told(page, counted="basket", subject="county1", label_en="Baskets")
    assert page.inner_text("#row-name").startswith("county1")
    page.click("#row [name=decision][value=rejected]")
    page.select_option("#row [name=measure]", "trainees")
    states = []
    while page.is_enabled("#undo"):
        page.click("#undo")
        states.append(page.inner_text("#wrong"))
    # Measure, left out, accepted, label, subject, thing counted, and the figure itself.
    assert len(states) == 7
    assert states[-1] == "Undone: new-1 is not added."
    assert page.locator("#tab-figures tbody tr").count() == stored_table.count("\n") - 1
    assert saved_by(page) == stored_table
    again = page.evaluate("(marking.scan(), marking.slice(0, marking.size()))")
    assert again == MISSED
    plain = re.compile(r' (?:tabindex="-?\d"|aria-describedby="details")|(?<=mark)[a-z ]*(?=" )')
    assert re.sub(" +", " ", plain.sub("", page.inner_html(".text"))) == re.sub(
        " +", " ", plain.sub("", markup)
    )


@pytest.mark.extra
def test_figures_do_not_overlap(tab: Any, missed: Path) -> None:
    page = tab(MISSED, study=load_study(missed))
    sum_of_money = MISSED.index("3000")
    _drag(page, sum_of_money, sum_of_money + 4)
    page.click("#pick")
    assert "It overlaps county1-001" in page.inner_text("#misplaced")
    page.click("#place [type=submit]")
    assert page.locator("#place").is_visible()
    page.click("#cancel")
    # Left out first, its place can be drawn anew; then it cannot come back.
    select(page, "county1-001")
    page.click("#row [name=decision][value=rejected]")
    _drag(page, sum_of_money, sum_of_money + 6)
    page.click("#pick")
    assert _ways(page)[:2] == [
        "money · 30,000,000 · CNY · 29,995,000–30,005,000 · rounded",
        "count · 30,000,000 · exact",
    ]
    page.click("#place [type=submit]")
    select(page, "county1-001")
    page.click("#row [name=decision][value=open]")
    assert "It overlaps new-1" in page.inner_text("#wrong")
    assert page.is_checked("#row [name=decision][value=rejected]")


@pytest.mark.extra
def test_a_figure_is_added_by_keyboard_alone(tab: Any, missed: Path) -> None:
    page = tab(MISSED, study=load_study(missed))
    page.locator("#add").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.name") == "find"
    page.keyboard.type("5余万")
    page.keyboard.press("Enter")
    # Found over the broken line; but the draft has it already.
    assert place_of(page)[0] == MISSED.index("5 余")
    assert "It overlaps county1-006" in page.inner_text("#misplaced")
    page.keyboard.press("Control+A")
    page.keyboard.type("第３")
    page.keyboard.press("Enter")
    start = MISSED.index("第3\n 名")
    assert place_of(page) == (start, start + 2)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "start"
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Tab")
    for _ in range(3):
        page.keyboard.press("ArrowUp")
    assert place_of(page) == (start + 1, start + 5)
    assert page.text_content("#around mark") == "3\n 名"
    page.keyboard.press("Tab")
    assert _ways(page)[0] == "count · 3 · 名 · exact"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.inner_text("#row-name").startswith("new-1 · 3名")
    assert page.evaluate("document.activeElement.name") == "measure"
    # The digits that the reader left, when they are the current place.
    page.keyboard.press("Control+z")
    page.locator("a.mark.unread", has_text="１２").focus()
    page.locator("#add").focus()
    page.keyboard.press("Enter")
    assert place_of(page) == (MISSED.index("１２"), MISSED.index("１２") + 2)
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "add"
    assert not page.locator("#place").is_visible()


def test_readings_are_those_of_the_checks() -> None:
    found = readings(MISSED, 2012)
    assert all(ways for ways in found.values())
    for printed, ways in found.items():
        assert printed == plain_print(printed)
        for one in ways:
            hints = {name.removesuffix("_hint"): value for name, value in one.hints.items()}
            assert read_quantity(printed, **_typed(hints)) == one.quantity
            for name in hints:
                fewer = {other: value for other, value in hints.items() if other != name}
                with pytest.raises(AidstudyError):
                    read_quantity(printed, **_typed(fewer))
    assert "3000万元" in found
    assert "000万元" not in found
    assert [one.quantity.kind for one in readings("1万立方米", 2012)["1万立方米"]] == [
        "volume",
        "flow",
    ]


def _typed(hints: dict[str, str]) -> dict[str, Any]:
    return {name: int(value) if name == "year" else value for name, value in hints.items()}


# --- places, pairs, devices and the year ---------------------------------------------------------


@pytest.mark.extra
def test_pairs_places_devices_and_year_are_set_on_the_page_and_taken_over(
    tab: Any, own: Path, tmp_path: Path
) -> None:
    page = tab(OWN, study=load_study(own))
    # A sum without a pair is told, with the pair; accepted again it stands.
    select(page, "county1-001")
    page.select_option("#row [name=subject]", "county1")
    page.click("#row [type=submit]")
    assert "青山市→白石县" in page.inner_text("#wrong")
    page.select_option("#row [name=subject]", "donor1>county1")
    page.click("#row [type=submit]")
    page.check("#choose-tab-study")
    page.fill("#study [name=year]", "2013")
    page.fill("#places .entry:has-text('青山市') [name=en]", "Qingshan")
    page.click("#places .entry:has-text('白石县') [name=kept]")
    assert "refers to this row" in page.inner_text("#ill")
    for name, part in (("临江区", "donors"), ("红土县", "recipients")):
        page.fill("#places [name=zh]", name)
        page.select_option("#places [name=part]", part)
        page.click("#add-place")
    page.select_option("#pairs p [name=donor]", label="临江区")
    page.select_option("#pairs p [name=recipient]", label="红土县")
    page.click("#add-pair")
    assert "Select the passage" in page.inner_text("#ill")
    page.evaluate("getSelection().selectAllChildren(document.querySelector('#page .text a.mark'))")
    page.click("#add-pair")
    page.select_option("#pairs .entry:has-text('青山市') [name=decision]", "accepted")
    device = page.locator("#mechanisms .entry").first
    device.locator("button").click()
    page.locator("#mechanisms .entry [name=present]").nth(1).select_option("not_mentioned")
    assert page.locator("#mechanisms .entry [name=present]").nth(2).input_value() == "open"
    page.click("#none-left")
    assert device.locator("[name=present]").input_value() == "yes"
    # A row may go to the other county; its numbers follow.
    page.check("#choose-tab-figures")
    select(page, "county1-002")
    page.select_option("#row [name=article]", "county2")
    with page.expect_download() as download:
        page.click("#save-all")
    saved = tmp_path.parent / f"{tmp_path.name}.json"
    saved.write_bytes(Path(download.value.path()).read_bytes())
    said("take", saved, study=own)
    study, tables = load_study(own), check_study(load_study(own))
    assert (study.year, study.donors["donor1"].en) == (2013, "Qingshan")
    assert study.recipients["county2"].zh == "红土县"
    pairs = {row["donor"]: row for row in tables["pairs"].to_dict("records")}
    assert pairs["donor1"]["note"] == ""
    assert (pairs["donor2"]["recipient"], pairs["donor2"]["level"]) == ("county2", "city")
    devices = tables["mechanisms"].to_dict("records")
    assert len(devices) == 2 * len(MECHANISMS)
    assert [devices[0]["present"], devices[0]["start"]] == ["yes", str(OWN.index("3000"))]
    assert [row["present"] for row in devices].count("yes") == 1
    assert {row["note"] for row in devices} == {""}
    figures = tables["figures"].set_index("figure_id")
    assert figures["subject"]["county1-001"] == "donor1>county1"
    assert figures["subject"]["county2-001"] == "donor2>county2"
    # What is of another page, or breaks a rule, changes nothing.
    before = (own / "data" / "raw" / "figures.csv").read_bytes()
    wrong = json.loads(saved.read_text(encoding="utf-8"))
    for part, value in (("page", "0" * 64), ("figures", "a,b\n"), ("year", "x")):
        saved.write_text(json.dumps(wrong | {part: value}), encoding="utf-8")
        with pytest.raises(AidstudyError):
            take_review(load_study(own), saved)
    assert (own / "data" / "raw" / "figures.csv").read_bytes() == before
