"""The proposed coding: cues, names, years, and how far it agrees with the adjudicated one."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from copies import case_set, checked, copy_of_study, said, stored
from hypothesis import given
from hypothesis import strategies as st

from aidstudy.codebook import DRAFT, DRAFT_GRADES, FIGURES, FIGURES_RAW, MEASURES, Place
from aidstudy.errors import FileError, PageError
from aidstudy.pages.agreement import (
    COMPARED,
    Agreement,
    compare_draft,
    draft_agreement,
    store_draft,
)
from aidstudy.reading.drafts import DRAFT_COLUMNS, draft_figures, draft_rows
from aidstudy.reading.quantities import find_quantities
from aidstudy.tables.check import check_draft, check_study
from aidstudy.tables.clean import file_name
from aidstudy.tables.files import csv_text, read_cells
from aidstudy.tables.load import exact_table
from aidstudy.tables.study import load_study

CASES = case_set("drafts")
STORED_DRAFT = file_name(DRAFT.name)


@pytest.mark.parametrize("case", CASES["measures"], ids=lambda case: case["text"])
def test_the_words_around_lead_to_the_measure(case: dict[str, str]) -> None:
    figures = draft_figures(case["text"], year=2017)
    drafted = next(d for d in figures if d.quantity.printed == case["printed"])
    assert drafted.measure == case["measure"], case["note"]
    assert drafted.grade == case["grade"], case["note"]


PLACES, GIVERS = (
    {name: Place(*words) for name, words in CASES[kind].items()} for kind in ("places", "givers")
)


@pytest.mark.parametrize("case", CASES["rows"], ids=lambda case: case["note"])
def test_a_row_has_what_the_words_around_it_say(case: dict[str, Any]) -> None:
    """Names of the study become short names; without a study they are taken from the print."""
    places = {"recipients": PLACES, "donors": GIVERS} if case["named"] else {}
    rows = draft_rows(draft_figures(case["text"], year=case["year"], **places))
    assert [tuple(row) for row in rows] == [DRAFT_COLUMNS] * len(case["expect"])
    assert {*FIGURES.names, *FIGURES_RAW.names} <= set(DRAFT_COLUMNS)
    for row, expected in zip(rows, case["expect"], strict=True):
        assert {name: row[name] for name in expected} == expected


@pytest.mark.parametrize("case", CASES["pairs"], ids=lambda case: case["note"])
def test_each_figure_has_the_pair_of_its_words_and_says_who_else_might_be_meant(
    case: dict[str, Any],
) -> None:
    told = {
        d.quantity.printed: f"{d.subject_zh} {d.grade}{d.note.replace('also named', '')}"
        for d in draft_figures(case["text"], year=2013)
    }
    assert {name: told[name] for name in case["pairs"]} == case["pairs"], case["note"]


def test_a_figure_has_the_same_pair_wherever_lines_break() -> None:
    """Set in columns of any width, and in lines that are spread to the width of theirs."""
    text = CASES["pairs"][0]["text"]
    spread = "\n目 前 已 拨 付 援 助 资 金\n1900万元，还将再安排二百万元。\n"
    for width in range(9, 40):
        lines = [line[at : at + width] for line in text.splitlines() for at in range(0, 99, width)]
        set_so = "\n".join(filter(None, lines)).replace("\n目前已拨付援助资金1900万元。", spread)
        told = {d.quantity.printed: d.subject_zh for d in draft_figures(set_so, year=2013)}
        pairs = {name: pair.split()[0] for name, pair in CASES["pairs"][0]["pairs"].items()}
        assert told | pairs == told, width


@given(
    st.text(
        alphabet="一、1.工程：3万元，。\n江岚市石溪县项目我今年\ud800\x00（）到位名", max_size=60
    )
)
def test_any_text_gives_a_row_for_each_quantity(text: str) -> None:
    rows = draft_rows(draft_figures(text, year=2017, recipients=PLACES, donors=GIVERS))
    quantities = find_quantities(text, year=2017).quantities
    assert [(row["start"], row["end"]) for row in rows] == [
        (str(q.span.start), str(q.span.end)) for q in quantities
    ]
    assert len({row["figure_id"] for row in rows}) == len(rows)
    for row in rows:
        assert row["measure"] in MEASURES
        assert row["grade"] in DRAFT_GRADES
        "".join(row.values()).encode("utf-8")


def _compared(text: str, year: int, codes: list[tuple[int, int, str]]) -> Agreement:
    empty = dict.fromkeys(("kind", "value", "unit", "bound", "subject", "donor", "period"), "")
    coded = [
        empty | {"start": str(start), "end": str(end), "measure": measure}
        for start, end, measure in codes
    ]
    found = compare_draft(draft_rows(draft_figures(text, year=year)), coded)
    alike = found.columns.loc["measure", "alike"]
    assert found.differing()["figures"].sum() == found.both - alike
    return found


def _page(name: str) -> tuple[str, int, list[dict[str, Any]]]:
    told = case_set(f"pages/{name}")
    return "\n".join(told["lines"]), told["year"], told["expect"]


def _made_up(name: str) -> Agreement:
    """The draft of a made-up page beside its coding by hand."""
    text, year, marked = _page(name)
    measures = CASES["pages"][name]["measures"].split()
    places = [(figure["start"], figure["end"]) for figure in marked]
    return _compared(text, year, [(*at, m) for at, m in zip(places, measures, strict=True)])


@pytest.mark.parametrize(
    ("name", "least"), [("aid_fund", 0.9), ("poverty_relief", 0.85), ("education", 0.7)]
)
def test_made_up_pages_coded_by_hand(name: str, least: float) -> None:
    found = _made_up(name)
    assert found.both > 0.97 * found.coded
    assert found.kappa > least


def test_the_page_that_was_coded_when_the_rules_were_first_written() -> None:
    told = CASES["unseen_page"]
    codes = [(start, start + length, measure) for start, length, measure in told["codes"]]
    found = _compared(told["text"], told["year"], codes)
    assert found.both == found.coded == len(codes)
    assert found.kappa > 0.85


def test_of_what_is_called_clear_at_most_two_in_a_hundred_are_wrong() -> None:
    """On the pages whose measures were coded by hand, the study's own with them."""
    own = draft_agreement(stored()).grades.loc["clear"]
    found = [_made_up(name).grades.loc["clear"] for name in CASES["pages"]]
    number, right = (sum(one[part] for one in [own, *found]) for part in ("figures", "right"))
    assert number > 90
    assert number - right <= number / 50


def test_the_docs_say_how_the_draft_does_on_a_page_not_seen(repository: Path) -> None:
    (name,) = [name for name, told in CASES["pages"].items() if told["role"] == "unseen"]
    found = _made_up(name)
    alike = found.columns.loc["measure", "alike"]
    said = f"{alike} of {found.both} measures (kappa {found.kappa:.2f})"
    page = " ".join((repository / "docs" / "own-page.md").read_text(encoding="utf-8").split())
    assert said in page


@pytest.mark.page
def test_agreement_with_the_adjudicated_coding_of_the_page(page: Path) -> None:
    found = draft_agreement(stored(), page)
    assert found.both == found.coded == found.drafted == len(checked()["figures"])
    assert found.columns.loc["measure", "kappa"] > 0.9
    assert found.columns.loc["donor", "kappa"] > 0.7
    assert found.confusion.to_numpy().sum() == found.both
    # A grade is worth something only if clear proposals are right more often.
    right = found.grades["right"] / found.grades["figures"]
    assert right["clear"] >= right["open"]


@pytest.mark.page
def test_the_stored_draft_is_the_one_that_the_page_gives(page: Path, tmp_path: Path) -> None:
    study = load_study(copy_of_study(tmp_path))
    store_draft(study, page)
    stored_draft = (stored().folder / STORED_DRAFT).read_bytes()
    assert (study.folder / STORED_DRAFT).read_bytes() == stored_draft, "agreement PAGE --store"


def test_the_stored_draft_holds_no_words_of_the_page() -> None:
    figures = exact_table("figures", stored()).set_index(["start", "end"])["printed"]
    rows = read_cells(stored().folder / STORED_DRAFT, DRAFT.names).to_dict("records")
    assert {(int(row["start"]), int(row["end"])): row["printed"] for row in rows} == dict(figures)
    assert "cue" not in DRAFT.names
    assert not any(re.search("[\u4e00-\u9fff]", row[name]) for row in rows for name in COMPARED)


def test_agreement_is_told_in_lines_and_tables(tmp_path: Path) -> None:
    found = draft_agreement(stored())
    assert said("agreement", study=stored().folder).splitlines() == found.lines()
    confused = found.confused()
    assert confused.to_numpy().sum() == found.both
    wrong = confused.to_numpy().sum() - confused.to_numpy().trace()
    assert wrong == found.differing()["figures"].sum() > 0
    assert "--store needs PAGE" in said("agreement", "--store", status=2)
    study = load_study(copy_of_study(tmp_path))
    (study.folder / STORED_DRAFT).unlink()
    with pytest.raises(FileError, match="no draft is stored"):
        draft_agreement(study)
    other = tmp_path / "other.txt"
    other.write_text("总投资3亿元", encoding="utf-8")
    with pytest.raises(PageError, match="made from another page"):
        draft_agreement(stored(), other)


# --- the stored draft against the codebook -----------------------------------------------------


def test_what_the_rules_draft_on_other_pages_passes_the_same_checks(tmp_path: Path) -> None:
    study = load_study(copy_of_study(tmp_path))
    figures = check_study(study)["figures"].iloc[:0]
    tried = 0
    for path in sorted((Path(__file__).parent / "cases" / "pages").glob("*.json")):
        text, year, _ = _page(path.stem)
        rows = draft_rows(draft_figures(text, year=year))
        stored_at = study.folder / STORED_DRAFT
        stored_at.write_text(csv_text(DRAFT.names, rows), encoding="utf-8")
        tried += len(check_draft(study, figures))
    assert tried > 1000
