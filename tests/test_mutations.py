"""A sample of the faults that docs/faults.md counts; all of them: python tests/mutations.py."""

from __future__ import annotations

import re
from collections import Counter

import mutations
import pytest
from mutations import PAGE_OF_FAULTS, Mutation, all_mutations, originals

EVERY = 149
"""One fault in so many is tried here; a prime, so that every kind and file has its turn."""


Tried = tuple[list[Mutation], Counter[tuple[str, str]]]


@pytest.fixture(scope="module")
def tried() -> Tried:
    """A sample of the faults, and how many of all there are by file and column."""
    sample: list[Mutation] = []
    counts: Counter[tuple[str, str]] = Counter()
    for number, mutation in enumerate(all_mutations()):
        counts[mutation.file, mutation.column] += 1
        if number % EVERY == 5:
            sample.append(mutation)
    return sample, counts


def test_no_fault_of_a_sample_ends_in_a_traceback_or_in_silence(tried: Tried) -> None:
    sample, _ = tried
    assert len(sample) > 60
    bad = [verdict for verdict in mutations.run(sample) if verdict.bad]
    assert not bad, "\n".join(f"{v.found}: {v.mutation.name}\n{v.message}" for v in bad)


def test_the_page_of_faults_counts_all_of_them(tried: Tried) -> None:
    text = PAGE_OF_FAULTS.read_text(encoding="utf-8")
    told = {m[1]: int(m[2]) for m in re.finditer(r"^\| `(\S+)` \| (\d+) ", text, re.MULTILINE)}
    counts: Counter[str] = Counter()
    for (file, _), number in tried[1].items():
        counts[file] += number
    assert told.keys() == counts.keys()
    # A derived table may gain a row without gaining a way to be broken; typed ones are exact.
    typed = {file: count for file, count in counts.items() if file.startswith("data/raw/")}
    assert {file: told[file] for file in typed} == typed
    assert sum(told.values()) > 1000
    total = re.search(r"^\| \*\*all\*\* \| \*\*(\d+)\*\*", text, re.MULTILINE)
    assert total is not None
    assert int(total[1]) == sum(told.values())
    assert text.endswith(mutations.commands_section())


def test_every_table_and_every_column_has_faults(tried: Tried) -> None:
    columns: dict[str, set[str]] = {}
    for file, column in tried[1]:
        columns.setdefault(file, set()).add(column)
    for file, content in originals().items():
        if file.startswith("data/") and file.endswith(".csv"):
            header = content.decode("utf-8").partition("\n")[0].split(",")
            assert set(header) <= columns[file], file
