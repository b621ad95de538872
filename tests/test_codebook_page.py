"""data/README.md and data/glossary.md: made from the lists, and complete."""

from __future__ import annotations

import dataclasses
import json
import re

import pytest
from copies import REPOSITORY, stored

from aidstudy import codebook
from aidstudy.rebuild.codebook_page import FOLDERS, codebook_page, glossary_page


@pytest.fixture(scope="module")
def text() -> str:
    return codebook_page(stored())


def test_the_stored_page_is_the_one_that_the_lists_give(text: str) -> None:
    path = REPOSITORY / "data" / "README.md"
    assert path.read_bytes().decode() == text
    for table in (table for tables in FOLDERS.values() for table in tables):
        for column in table.columns:
            assert f"| `{column.name}` | " in text
            assert column.meaning.replace("|", "\\|") in text


def test_every_stored_table_is_described_with_its_columns() -> None:
    tables = {
        f"{folder}/{table.name}.csv": list(table.names)
        for folder, tables in FOLDERS.items()
        for table in tables
    }
    headers = {
        f"{folder}/{path.name}": path.read_text(encoding="utf-8").partition("\n")[0].split(",")
        for folder in FOLDERS
        for path in (REPOSITORY / folder).glob("*.csv")
    }
    assert tables == headers


def test_the_page_tells_its_study(text: str) -> None:
    assert stored().page["sha256"] in text
    assert f"Codebook version {codebook.VERSION}." in text
    assert f"**The year** {stored().year} is inferred" in text
    assert "It is never zero" in text
    assert not re.search(r"\{[a-z]", text), "no braces of a template are left"
    other = dataclasses.replace(stored(), title="Another", year=1999)
    assert "Study: Another." in codebook_page(other)
    assert "The year** 1999" in codebook_page(other)


def test_the_stored_glossary_is_the_one_that_is_made_and_has_the_terms_of_the_notebooks() -> None:
    page = glossary_page(stored())
    assert (REPOSITORY / "data" / "glossary.md").read_text("utf-8") == page
    for path in (REPOSITORY / "notebooks").glob("*.ipynb"):
        first = "".join(json.loads(path.read_text("utf-8"))["cells"][0]["source"])
        words = re.search(r"\*\*Words\.\*\* (.+)", first)
        explained = set(re.findall(r"[\u4e00-\u9fff]+", words[1] if words else ""))
        assert {term for term in explained if term not in page} == set(), path.name
