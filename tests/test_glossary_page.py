"""data/glossary.md: made from the lists, and complete for whoever reads the notebooks."""

from __future__ import annotations

import json
import re

from copies import REPOSITORY

from aidstudy import load_study
from aidstudy.rebuild.glossary_page import glossary_page


def test_the_stored_page_is_the_one_that_is_made() -> None:
    assert (REPOSITORY / "data" / "glossary.md").read_text("utf-8") == glossary_page(load_study())


def test_every_term_that_a_notebook_explains_is_on_it() -> None:
    page = glossary_page(load_study())
    for path in (REPOSITORY / "notebooks").glob("*.ipynb"):
        first = "".join(json.loads(path.read_text("utf-8"))["cells"][0]["source"])
        words = re.search(r"\*\*Words\.\*\* (.+)", first)
        explained = set(re.findall(r"[\u4e00-\u9fff]+", words[1] if words else ""))
        assert {term for term in explained if term not in page} == set(), path.name
