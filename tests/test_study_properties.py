"""Whatever a cell holds and a print allows: refused or read; a sample of the faults put in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from functools import cache

import mutations
import pandas as pd
import pytest
from copies import TYPED, stored, typed
from hypothesis import given, settings
from hypothesis import strategies as st
from mutations import PAGE_OF_FAULTS, Mutation

from aidstudy import funding_ratios, money_flow, revenue_routes
from aidstudy.analysis.flows import denominators
from aidstudy.codebook import CLEAN_TABLES
from aidstudy.errors import Fault, TableError
from aidstudy.intervals import Interval
from aidstudy.quantity.scalar import Quantity
from aidstudy.tables.adjudication import check_adjudication
from aidstudy.tables.check import check_cells, check_tables
from aidstudy.tables.clean import apply_corrections, clean_tables

# --- tables ------------------------------------------------------------------------------------

TEXT = st.one_of(
    st.text(max_size=12),
    st.from_regex(r"-?[0-9]{1,12}(\.[0-9]{1,4})?", fullmatch=True),
    st.from_regex(r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?", fullmatch=True),
    st.sampled_from(
        ["", " ", "zzz", "ganzi", "ganzi-021", "longquanyi>ganzi", "money", "约1亿元", "㎡", "\0"]
    ),
)
TABLES = tuple(name for name in TYPED if name != "corrections")


@st.composite
def places(draw: st.DrawFn) -> tuple[str, int, str]:
    """A table, the place of a row in it, and a column."""
    name = draw(st.sampled_from(TABLES))
    row = draw(st.integers(0, len(typed()[name]) - 1))
    return name, row, draw(st.sampled_from(TYPED[name].names))


def _checked(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The steps of check_study, from cells that are in memory."""
    check_cells(tables, stored())
    corrected = apply_corrections(tables)
    clean = clean_tables(corrected, CLEAN_TABLES)
    check_tables({**corrected, **clean}, stored())
    check_adjudication(stored(), corrected["adjudication"], clean)
    return clean


@settings(max_examples=30)
@given(places(), TEXT)
def test_any_text_in_any_cell_is_refused_in_one_error_or_read(
    place: tuple[str, int, str], text: str
) -> None:
    name, row, column = place
    tables = typed()
    index = tables[name].index[row]
    tables[name].at[index, column] = text
    refused: tuple[Fault, ...] = ()
    clean: dict[str, pd.DataFrame] = {}
    try:
        clean = _checked(tables)
    except TableError as error:
        refused = error.faults
    assert clean or refused
    assert all(one.where and one.problem and one.remedy for one in refused)
    # What no rule refuses stands in the table as it was typed.
    if name in clean and column in clean[name].columns:
        assert clean[name].at[index, column] == text


# --- results -----------------------------------------------------------------------------------


@cache
def _numbers() -> list[tuple[Quantity, Interval]]:
    """Quantities of the definitions that have bounds and can be computed anew."""
    found = []
    for table in (funding_ratios, revenue_routes, money_flow, denominators):
        rows = table(stored())
        for column in rows.columns[rows.dtypes == "quantity"]:
            for one in rows[column].dropna():
                if one.exact is not None and one.term.leaves():
                    bounds = one.term.bounds()
                    assert bounds is not None
                    assert one.term.value in bounds, one.formula
                    found.append((one, bounds))
    assert len(found) > 30
    return found


def _point(interval: Interval, share: Fraction) -> Fraction | None:
    """A point of an interval, as far along as asked; none where an end is open."""
    if interval.low is None or interval.high is None:
        return None
    return interval.low + share * (interval.high - interval.low)


@settings(max_examples=300)
@given(st.data())
def test_no_reading_of_the_print_gives_a_number_outside_its_bounds(data: st.DataObject) -> None:
    one, bounds = data.draw(st.sampled_from(_numbers()))
    values = {}
    for key, leaf in one.term.leaves().items():
        share = data.draw(st.fractions(0, 1, max_denominator=8))
        point = _point(leaf.interval, share)
        values[key] = leaf.value if point is None else point
    try:
        value = one.term.at(values)
    except ZeroDivisionError:
        return
    assert value in bounds, one.formula


# === a sample of the faults of docs/faults.md, and how many there are


EVERY = 311
"""One fault in so many is tried here; a prime, so that every kind and file has its turn."""


@pytest.fixture(scope="module")
def faults() -> tuple[Counter[str], list[Mutation]]:
    """How many there are of each file, and a sample; made in one go, for all would fill a disk."""
    counts, sample = Counter[str](), []
    for number, fault in enumerate(mutations.all_mutations()):
        counts[fault.file] += 1
        if number % EVERY == 5:
            sample.append(fault)
    return counts, sample


def test_no_fault_of_a_sample_ends_in_a_traceback_or_in_silence(
    faults: tuple[Counter[str], list[Mutation]],
) -> None:
    _, sample = faults
    assert len({fault.kind for fault in sample}) > 20
    bad = [verdict for verdict in mutations.run(sample) if verdict.bad]
    assert not bad, "\n".join(f"{v.found}: {v.mutation.name}\n{v.message}" for v in bad)


def test_the_page_of_faults_counts_all_of_them(
    faults: tuple[Counter[str], list[Mutation]],
) -> None:
    counts, _ = faults
    text = PAGE_OF_FAULTS.read_text(encoding="utf-8")
    assert text.startswith(mutations.INTRODUCTION)
    told = {m[1]: int(m[2]) for m in re.finditer(r"^\| `(\S+)` \| (\d+) ", text, re.MULTILINE)}
    assert told.keys() == counts.keys()
    # A derived table may gain a row without gaining a way to be broken; typed ones are exact.
    typed_ones = [file for file in told if file.startswith("data/raw/")]
    assert len(typed_ones) > 8
    assert [file for file in typed_ones if told[file] != counts[file]] == []
    assert f"| **all** | **{sum(told.values())}** |" in text
