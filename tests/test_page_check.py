"""The audit: on a made-up page small enough to read, and on the real one where it is at hand."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest
from copies import REPOSITORY, case_set, change_cell, checked, copy_of_study, stored

from aidstudy.codebook import CLEAN_TABLES
from aidstudy.errors import PageError
from aidstudy.tables.files import csv_text
from aidstudy.tables.page_check import audit_page
from aidstudy.tables.study import Study, load_study

CASES = case_set("page_check")
PAGE = CASES["page"]


def _study(folder: Path, figures: Iterable[Sequence[object]]) -> Study:
    """A study with a clean table of figures, one pair, no project and one device."""
    place = ("figure_id", "start", "end", "printed", "kind", "value")
    told = {"article": "litang", "numeral": "arabic", "bound": "exact", "measure": "other"}
    names = {"donor_zh": "甲市", "donor_en": "Jia City", "level": "city", "role": "other"}
    rows: dict[str, list[dict[str, str]]] = {
        "figures": [
            told | {"label_en": "Made up"} | dict(zip(place, map(str, cells), strict=True))
            for cells in figures
        ],
        "pairs": [names | {"donor": "leshan", "recipient": "litang", "start": "0", "end": "2"}],
        "projects": [],
        "mechanisms": [{"recipient": "litang", "mechanism": "mentoring", "present": "yes"}
                       | {"start": "2", "end": "4"}],
    }  # fmt: skip
    (folder / "data/clean").mkdir(parents=True)
    settings = (REPOSITORY / "data/study.toml").read_text(encoding="utf-8")
    digest = hashlib.sha256(PAGE.encode()).hexdigest()
    settings = settings.replace(stored().page["sha256"], digest)
    (folder / "data/study.toml").write_text(settings, encoding="utf-8")
    for name, found in rows.items():
        names = CLEAN_TABLES[name].names
        text = csv_text(names, [dict.fromkeys(names, "") | row for row in found])
        (folder / f"data/clean/{name}.csv").write_bytes(text.encode())
    return load_study(folder)


@pytest.mark.parametrize("case", CASES["audits"], ids=lambda case: case["note"])
def test_every_slice_and_every_run_of_digits_is_looked_at(
    case: dict[str, Any], tmp_path: Path
) -> None:
    """A made-up page small enough to read, offsets by hand; figures by number of `figures`."""
    page = case.get("page", PAGE)
    path = tmp_path / "page.txt"
    path.write_bytes(page.encode())
    figures = [CASES["figures"][one] if isinstance(one, int) else one for one in case["figures"]]
    found = audit_page(_study(tmp_path, figures), path)
    assert found.sha256 == hashlib.sha256(page.encode()).hexdigest()
    assert found.right_page == ("page" not in case)
    assert [list(found.differing), list(found.uncovered)] == [case["differing"], case["uncovered"]]
    assert found.ok == (found.right_page and not case["differing"] + case["uncovered"])
    assert [line for line in case["lines"] if line not in str(found).splitlines()] == []


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
    study = _study(tmp_path, CASES["figures"])
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
    assert (found.differing, found.uncovered, found.ok) == ((), (), True)
    assert found.figures == len(checked()["figures"])
