"""The audit: on a made-up page small enough to read, and on the real one where it is at hand."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from copies import change_cell, copy_of_study, stored

from aidstudy.codebook import CLEAN_TABLES
from aidstudy.errors import PageError
from aidstudy.tables.files import csv_text
from aidstudy.tables.page_check import Audit, audit_page
from aidstudy.tables.study import Study, load_study

# Made up. Offsets by hand: "甲市" 0-2; "约3 00万元" 5-12 with a broken numeral; "５个" 13-15 in
# full width; "2012\n年" 17-23 with a broken line; "六大机制" 24-28.
PAGE = "甲市投入了约3 00万元。５个，在2012\n年。六大机制"

STUDY = """title = "Made up"
title_zh = "编"
year = 2012

[page]
sha256 = "{sha256}"

[recipients.yi]
zh = "乙县"
en = "Yi County"
short_zh = "乙"
short_en = "Yi"

[donors.jia]
zh = "甲市"
en = "Jia City"
short_zh = "甲"
short_en = "Jia"
"""

FIGURES = [
    ("yi-001", 5, 12, "约300万元", "money", "3000000"),
    ("yi-002", 13, 15, "5个", "count", "5"),
    ("yi-003", 17, 23, "2012年", "date", "2012"),
    ("yi-004", 24, 28, "六大机制", "count", "6"),
]


def _study(folder: Path, figures: list[tuple[str, int, int, str, str, str]]) -> Study:
    """A study with a clean table of figures, one pair, one project and one device."""
    place = ("start", "end", "printed", "kind", "value")
    told = {"article": "yi", "numeral": "arabic", "bound": "exact", "measure": "other"}
    names = {"donor_zh": "甲市", "donor_en": "Jia City", "level": "city", "role": "other"}
    device = {"recipient": "yi", "mechanism": "mentoring", "present": "yes"}
    rows: dict[str, list[dict[str, str]]] = {
        "figures": [
            told
            | {"figure_id": figure, "label_en": "Made up"}
            | dict(zip(place, map(str, cells), strict=True))
            for figure, *cells in figures
        ],
        "pairs": [names | {"donor": "jia", "recipient": "yi", "start": "0", "end": "2"}],
        "projects": [],
        "mechanisms": [dict(device, start="2", end="4")],
    }
    (folder / "data/clean").mkdir(parents=True)
    digest = hashlib.sha256(PAGE.encode()).hexdigest()
    (folder / "data/study.toml").write_bytes(STUDY.format(sha256=digest).encode())
    for name, found in rows.items():
        names = CLEAN_TABLES[name].names
        text = csv_text(names, [dict.fromkeys(names, "") | row for row in found])
        (folder / f"data/clean/{name}.csv").write_bytes(text.encode())
    return load_study(folder)


def _audit(
    folder: Path, page: str = PAGE, figures: list[tuple[str, int, int, str, str, str]] = FIGURES
) -> Audit:
    path = folder / "page.txt"
    path.write_bytes(page.encode())
    return audit_page(_study(folder, figures), path)


def test_a_page_that_is_the_tables_own_has_nothing_amiss(tmp_path: Path) -> None:
    found = _audit(tmp_path)
    assert found.ok
    # 3 and 00 and the full-width 5 and 2012.
    assert (found.figures, found.digit_runs) == (4, 4)
    assert str(found).splitlines() == [
        f"page: sha256 {found.sha256}, the page of the tables",
        "figures: 4 of 4 slices equal to `printed`",
        "digits: 4 of 4 runs inside a figure",
        "nothing amiss",
    ]


def test_another_page_is_told_by_its_sha256_and_by_every_slice(tmp_path: Path) -> None:
    found = _audit(tmp_path, page=f"　{PAGE}")
    assert not found.ok
    assert not found.right_page
    assert found.sha256 == hashlib.sha256(f"　{PAGE}".encode()).hexdigest()
    assert len(found.differing) == 5
    assert (
        found.differing[0] == "figure yi-001: 5-12 holds '了约300万', the table prints '约300万元'"
    )
    assert found.differing[-1] == "pair jia>yi: 0-2 holds '甲'"
    assert "NOT the page of the tables" in str(found)
    assert "figures: 0 of 4 slices" in str(found)
    assert str(found).endswith("the tables and this page do not agree")


def test_line_ends_and_a_byte_order_mark_are_another_page(tmp_path: Path) -> None:
    found = _audit(tmp_path, page=PAGE.replace("\n", "\r\n"))
    assert not found.right_page
    assert [line[:13] for line in found.differing] == ["figure yi-003", "figure yi-004"]


@pytest.mark.parametrize(
    ("figures", "differing", "uncovered"),
    [
        # A slice shifted by one; a run of digits in no figure, full width or not.
        ([FIGURES[0], ("yi-002", 12, 14, "5个", "count", "5"), *FIGURES[2:]],
         ["figure yi-002: 12-14 holds '。5', the table prints '5个'"], []),
        ([FIGURES[0], FIGURES[3]], [],
         ["digits '５' at 13-14 lie in no figure", "digits '2012' at 17-21 lie in no figure"]),
        # Two figures that touch do not cover one run; a slice beyond the page holds nothing.
        ([*FIGURES[:2], ("yi-003", 17, 19, "20", "code", "20"),
          ("yi-005", 19, 23, "12年", "code", "12")], [],
         ["digits '2012' at 17-21 lie in no figure"]),
        ([*FIGURES, ("yi-005", 99, 101, "九个", "count", "9")],
         ["figure yi-005: 99-101 holds '', the table prints '九个'"], []),
    ],
)  # fmt: skip
def test_every_slice_and_every_run_of_digits_is_looked_at(
    figures: list[tuple[str, int, int, str, str, str]],
    differing: list[str],
    uncovered: list[str],
    tmp_path: Path,
) -> None:
    found = _audit(tmp_path, figures=figures)
    assert found.right_page
    assert not found.ok
    assert (list(found.differing), list(found.uncovered)) == (differing, uncovered)
    assert f"digits: {4 - len(uncovered)} of 4 runs inside a figure" in str(found)


def test_an_empty_page_is_audited_too(tmp_path: Path) -> None:
    found = _audit(tmp_path, page="")
    assert (found.ok, found.digit_runs, len(found.differing)) == (False, 0, 6)
    assert found.differing[-1] == "mechanisms yi mentoring: 2-4 holds nothing"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"%PDF-1.4\xe2\xe3\xcf\xd3", r"byte 8 is not UTF-8; give the page's text, not the PDF"),
        ("甲市投入".encode("gb18030"), r"byte \d is not UTF-8"),
        (None, r"page\.txt: cannot be read: .*; name the page's text"),
    ],
)
def test_a_page_that_cannot_be_read_is_an_error(
    content: bytes | None, words: str, tmp_path: Path
) -> None:
    study = _study(tmp_path, FIGURES)
    if content is not None:
        (tmp_path / "page.txt").write_bytes(content)
    with pytest.raises(PageError, match=words):
        audit_page(study, tmp_path / "page.txt")
    with pytest.raises(PageError, match="cannot be read"):
        audit_page(study, tmp_path)


# --- the real page ---------------------------------------------------------------------------


def test_typed_tables_with_faults_or_newer_than_the_clean_ones_are_told(tmp_path: Path) -> None:
    folder = copy_of_study(tmp_path)
    page = folder / "page.txt"
    page.write_text(PAGE, encoding="utf-8")
    assert audit_page(load_study(folder), page).behind == ()
    raw = folder / "data" / "raw" / "pairs.csv"
    name = "Sichuan Hydropower Investment Company"
    change_cell(raw, "sc_hydropower", "donor_en", name, "Sichuan Hydropower")
    (told,) = audit_page(load_study(folder), page).behind
    assert told.startswith("data/clean/pairs.csv is not what data/raw gives now")
    change_cell(raw, "sc_hydropower", "donor_en", "Sichuan Hydropower", "")
    (told,) = audit_page(load_study(folder), page).behind
    assert told.startswith("data/raw has faults")


@pytest.mark.page
def test_the_tables_agree_with_their_page(page: Path) -> None:
    found = audit_page(stored(), page)
    assert found.right_page, "another text than the one the tables were made from"
    assert found.differing == ()
    assert found.uncovered == ()
    assert found.figures == 137
    assert found.ok
