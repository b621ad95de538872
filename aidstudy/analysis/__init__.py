"""The stored results, and which of them hang on a judgement call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from aidstudy.analysis.recorded import moved, under, worded
from aidstudy.analysis.stored import StoredTests, written
from aidstudy.analysis.switches import SWITCHES, checked_choices
from aidstudy.codebook import CONTEXT_CLEAN, FIGURES, RESULTS, SENSITIVITY, Table
from aidstudy.errors import ResultError, TableError
from aidstudy.files import write_whole
from aidstudy.tables.cells import exact, stored_cells
from aidstudy.tables.check import rule_faults
from aidstudy.tables.files import csv_text, read_cells, rows_of
from aidstudy.tables.load import StudyLike
from aidstudy.tables.study import Study, load_study

LETTERS = tuple("ABCDEFGHIJKLMNOP")
"""Of the analyses."""


def write_results(study: Study, recorded: Sequence[dict[str, Any]]) -> None:
    """Write what notebooks recorded, and which of it moves under each judgement call."""
    told = under(recorded, study.made)
    for spec, rows in ((RESULTS, worded(study, told)), (SENSITIVITY, moved(told))):
        cells = ({name: written(name, row.get(name)) for name in spec.names} for row in rows)
        write_whole(study.folder / _label(spec), csv_text(spec.names, cells))


def exact_results(study: StudyLike = None) -> pd.DataFrame:
    """The stored results with exact cells; under other choices, those that a choice moves."""
    opened = load_study(study)
    found = _typed(_result_cells(opened), RESULTS)
    asked = {
        name: one
        for name, one in checked_choices(opened.choices).items()
        if one != opened.made.get(name, SWITCHES[name].default)
    }
    return _moved_by(asked, found, opened) if asked else found


def _moved_by(asked: Mapping[str, str], found: pd.DataFrame, study: Study) -> pd.DataFrame:
    """The results with those exchanged that a choice moves."""
    moves = exact_sensitivity(study)
    moves = moves[moves["switch"].map(asked.get) == moves["option"]]
    twice = moves.loc[moves["result_id"].duplicated(), "result_id"].tolist()
    unknown = [n for n, one in asked.items() if n in study.made or one not in SWITCHES[n].options]
    if twice or unknown:
        told = [f"{name}={option}" for name, option in asked.items()]
        why = f"{twice[0]} is moved by several" if twice else "this is none of them"
        raise ResultError(
            f"results under {' and '.join(told)}: stored are those of one judgement call alone, "
            f"and {why}; make them with: aidstudy reproduce --choice {' --choice '.join(told)} "
            "--keep DIR, and name that folder with --study DIR"
        )
    found = found.set_index("result_id", drop=False)
    for row in moves[moves["result_id"].isin(found.index)].to_dict("records"):
        for column in ("value", "low", "high", "state"):
            found.at[row["result_id"], column] = row[column]
        for column in ("ci_low", "ci_high", "level"):
            found.at[row["result_id"], column] = None
    return found.reset_index(drop=True)


def exact_sensitivity(study: StudyLike = None) -> pd.DataFrame:
    """Which results move under each judgement call, as stored, with exact cells."""
    opened = load_study(study)
    results = {row["result_id"]: row for row in rows_of(_result_cells(opened)).values()}
    return _typed(_checked_cells(SENSITIVITY, opened, results), SENSITIVITY)


def _result_cells(study: Study) -> pd.DataFrame:
    return _checked_cells(RESULTS, study)


def _checked_cells(
    spec: Table, study: Study, results: Mapping[str, Mapping[str, str]] | None = None
) -> pd.DataFrame:
    """A stored table as text cells, as the codebook and ``rules.toml`` say."""
    label, tests = _label(spec), StoredTests(_known_ids(study), results)
    cells = stored_cells(study, label, spec)
    TableError.raise_if_any(rule_faults(spec, cells, tests, name=label), what=label)
    return cells


def _known_ids(study: Study) -> dict[str, set[str]]:
    """Ids of the figures and facts, which formulas may name."""
    found = {}
    for column, spec in (("figures", FIGURES), ("facts", CONTEXT_CLEAN)):
        label = _label(spec)
        found[column] = set(read_cells(study.folder / label, spec.names, name=label)[spec.key[0]])
    return found


def _label(spec: Table) -> str:
    return f"data/clean/{spec.name}.csv"


def _typed(cells: pd.DataFrame, spec: Table) -> pd.DataFrame:
    for column in spec.columns:
        if column.type == "exact":
            values = [exact(cell) for cell in cells[column.name]]
            cells[column.name] = pd.Series(values, index=cells.index, dtype=object)
    return cells.reset_index(drop=True)
