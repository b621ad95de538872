"""A sample of the faults that docs/faults.md counts; all of them: python tests/mutations.py."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import mutations
import pytest
from mutations import PAGE_OF_FAULTS, Bench, Mutation, all_mutations, originals

EVERY = 149
"""One fault in so many is tried here; a prime, so that every kind and file has its turn."""


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(tmp_path_factory.mktemp("study"))


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


@pytest.mark.parametrize(
    ("cell", "found"),
    [("budgett", "cell"), ("commitment", "file")],
)
def test_a_verdict_says_where_the_fault_was_found(cell: str, found: str, bench: Bench) -> None:
    file = "data/raw/figures.csv"
    rows = mutations._rows(originals()[file])
    place = rows[0].index("measure")
    at = next(number for number, row in enumerate(rows) if row[place] == "budget")
    rows[at][place] = cell
    mutation = Mutation(file, "test", mutations._csv(rows), at + 1, "measure")
    verdict = bench.verdict(mutation)
    # Another measure of money is valid in itself; its project and the codings no longer fit.
    assert verdict.found in (found, "elsewhere")
    assert not verdict.bad


def test_what_the_bench_could_miss_is_called_by_its_name(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    mutation = Mutation("data/raw/pairs.csv", "test", b"broken")

    def fails(folder: Path, file: str) -> None:
        raise KeyError(file)

    def finds_nothing(folder: Path, file: str) -> None:
        pass

    monkeypatch.setattr(mutations, "reader_of", lambda file: fails)
    assert bench.verdict(mutation).found == "traceback"
    monkeypatch.setattr(mutations, "reader_of", lambda file: finds_nothing)
    assert bench.verdict(mutation).found == "record"
    monkeypatch.setattr(mutations, "_recorded", finds_nothing)
    assert bench.verdict(mutation).found == "silent"
