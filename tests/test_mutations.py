"""A sample of the faults that docs/faults.md counts; all of them: python tests/mutations.py."""

from __future__ import annotations

import re
from collections import Counter
from itertools import islice

import mutations
from mutations import PAGE_OF_FAULTS

EVERY = 149
"""One fault in so many is tried here; a prime, so that every kind and file has its turn."""


def test_no_fault_of_a_sample_ends_in_a_traceback_or_in_silence() -> None:
    sample = list(islice(mutations.all_mutations(), 5, None, EVERY))
    assert len(sample) > 60
    bad = [verdict for verdict in mutations.run(sample) if verdict.bad]
    assert not bad, "\n".join(f"{v.found}: {v.mutation.name}\n{v.message}" for v in bad)


def test_the_page_of_faults_counts_all_of_them() -> None:
    text = PAGE_OF_FAULTS.read_text(encoding="utf-8")
    assert text.startswith(mutations.INTRODUCTION)
    told = {m[1]: int(m[2]) for m in re.finditer(r"^\| `(\S+)` \| (\d+) ", text, re.MULTILINE)}
    counts = Counter(mutation.file for mutation in mutations.all_mutations())
    assert told.keys() == counts.keys()
    # A derived table may gain a row without gaining a way to be broken; typed ones are exact.
    assert [
        file for file in told if file.startswith("data/raw/") and told[file] != counts[file]
    ] == []
    assert f"| **all** | **{sum(told.values())}** |" in text
