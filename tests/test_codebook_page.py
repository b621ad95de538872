"""data/README.md: made from the lists, and complete."""

from __future__ import annotations

import dataclasses
import re

import pytest
from copies import REPOSITORY, stored

from aidstudy import codebook
from aidstudy.rebuild.codebook_page import FOLDERS, codebook_page


@pytest.fixture(scope="module")
def text() -> str:
    return codebook_page(stored())


def test_the_stored_page_is_the_one_that_the_lists_give(text: str) -> None:
    path = REPOSITORY / "data" / "README.md"
    assert path.read_bytes().decode() == text
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert "\r" not in text


def _section(text: str, title: str) -> list[list[str]]:
    """Rows of the table under a heading, without its header."""
    _, _, rest = text.partition(f"\n### `{title}`\n")
    assert rest, f"no section {title}"
    lines = re.split(r"\n#", rest)[0].splitlines()
    grid = [line for line in lines if line.startswith("|")]
    cells = [re.split(r"(?<!\\) ?\| ?", line)[1:-1] for line in grid]
    assert set(cells[1]) == {"---"}
    assert {len(row) for row in cells} == {len(cells[0])}
    return cells[2:]


def test_every_column_of_every_table_stands_on_the_page_in_order(text: str) -> None:
    for folder, tables in FOLDERS.items():
        for table in tables:
            rows = _section(text, f"{folder}/{table.name}.csv")
            assert [row[0] for row in rows] == [f"`{column}`" for column in table.names]
            for row, column in zip(rows, table.columns, strict=True):
                assert row[2] == ("" if column.required else "yes")
                assert row[3] == column.meaning.replace("|", "\\|")


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


def test_every_code_of_every_list_stands_on_the_page_with_its_meaning(text: str) -> None:
    for name, codes in codebook.LISTS.items():
        if name == "context_measures":
            continue
        rows = [f"| `{code}` | {what.meaning} | {what.zh} |" for code, what in codes.items()]
        assert "\n".join(rows) in text, name
    for places in (stored().recipients, stored().donors):
        for slug, place in places.items():
            assert f"| `{slug}` | {place.en} | {place.zh} |" in text


def test_measures_of_outside_facts_that_the_page_has_not_stand_there_too(text: str) -> None:
    for code, what in codebook.CONTEXT_MEASURES.items():
        assert f"| `{code}` | {what.meaning} | {what.zh} |" in text


def test_the_page_tells_its_study(text: str) -> None:
    assert stored().page["sha256"] in text
    assert f"Codebook version {codebook.VERSION}." in text
    assert f"**The year** {stored().year} is inferred" in text
    assert "It is never zero" in text
    other = dataclasses.replace(stored(), title="Another", year=1999)
    assert "Study: Another." in codebook_page(other)
    assert "The year** 1999" in codebook_page(other)


def test_no_braces_of_a_template_are_left(text: str) -> None:
    assert not re.search(r"\{[a-z]", text)
