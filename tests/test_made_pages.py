"""Pages that a rebuild makes, as they are stored: codebook, glossary, the list of exhibits."""

from __future__ import annotations

import dataclasses
import json
import re

from copies import REPOSITORY, csv_rows, stored

from aidstudy import codebook
from aidstudy.rebuild.codebook_page import FOLDERS, codebook_page, glossary_page
from aidstudy.rebuild.exhibits import exhibits


def test_the_stored_codebook_is_made_of_the_lists_and_tells_its_study() -> None:
    text = codebook_page(stored())
    assert (REPOSITORY / "data" / "README.md").read_bytes().decode() == text
    assert stored().page["sha256"] in text
    assert f"Codebook version {codebook.VERSION}." in text
    assert "It is never zero" in text
    assert not re.search(r"\{[a-z]", text), "no braces of a template are left"
    other = codebook_page(dataclasses.replace(stored(), title="Another", year=1999))
    assert "Study: Another." in other
    assert "**The year** 1999 is inferred" in other


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


def test_the_stored_glossary_is_the_one_that_is_made_and_has_the_terms_of_the_notebooks() -> None:
    page = glossary_page(stored())
    assert (REPOSITORY / "data" / "glossary.md").read_text("utf-8") == page
    for path in (REPOSITORY / "notebooks").glob("*.ipynb"):
        first = "".join(json.loads(path.read_text("utf-8"))["cells"][0]["source"])
        words = re.search(r"\*\*Words\.\*\* (.+)", first)
        explained = set(re.findall(r"[\u4e00-\u9fff]+", words[1] if words else ""))
        assert {term for term in explained if term not in page} == set(), path.name


def test_every_exhibit_has_a_program_and_files_that_are_there() -> None:
    rows = exhibits(stored())
    assert csv_rows(REPOSITORY / "docs" / "exhibits.csv") == rows
    for row in rows:
        program = (REPOSITORY / row["program"]).read_text(encoding="utf-8")
        assert f"\ndef {row['function']}(" in program or not row["function"], row
        assert all((REPOSITORY / name).is_file() for name in row["inputs"].split()), row
        assert (REPOSITORY / row["output"]).is_file() or not row["output"].startswith("figures/")
    ratios = next(row for row in rows if row["exhibit"] == "plot funding_ratios")
    assert ratios["inputs"] == "data/clean/context.csv data/clean/figures.csv data/clean/pairs.csv"
