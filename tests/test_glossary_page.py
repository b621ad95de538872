"""data/glossary.md: made from the lists, and complete for whoever reads the notebooks."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from copies import REPOSITORY

from aidstudy import load_study
from aidstudy.codebook import MEASURES, MECHANISMS, STATES
from aidstudy.rebuild.glossary_page import TERMS, glossary_page

_TERM = re.compile(r"[\u4e00-\u9fff]+")


def test_the_stored_page_is_the_one_that_is_made() -> None:
    assert (REPOSITORY / "data" / "glossary.md").read_text("utf-8") == glossary_page(load_study())


@pytest.mark.parametrize("code", [*MEASURES, *STATES, *MECHANISMS])
def test_the_codes_of_the_lists_are_on_it(code: str) -> None:
    assert f"| `{code}` |" in glossary_page(load_study())


@pytest.mark.parametrize(
    "path", sorted((REPOSITORY / "notebooks").glob("*.ipynb")), ids=lambda path: path.stem
)
def test_every_term_that_a_notebook_explains_is_on_it(path: Path) -> None:
    first = "".join(json.loads(path.read_text("utf-8"))["cells"][0]["source"])
    words = re.search(r"\*\*Words\.\*\* (.+)", first)
    page = glossary_page(load_study())
    explained = set(_TERM.findall(words[1] if words else ""))
    assert {term for term in explained if term not in page} == set()


def test_no_term_stands_twice() -> None:
    terms = [one for group in TERMS.values() for key in group for one in key.split(", ")]
    assert len(terms) == len(set(terms))
