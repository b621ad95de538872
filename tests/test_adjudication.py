"""The log of the adjudication is recomputed; every way to make it untrue is found."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from copies import checked, copy_of_study, stored, typed

from aidstudy.errors import Fault, TableError
from aidstudy.tables.adjudication import (
    CODINGS,
    check_adjudication,
    compare_codings,
    has_codings,
    read_coding,
)
from aidstudy.tables.check import check_study
from aidstudy.tables.study import Study, load_study


def _refused(
    log: pd.DataFrame, clean: dict[str, pd.DataFrame] | None = None, study: Study | None = None
) -> list[Fault]:
    with pytest.raises(TableError, match="log of the adjudication: ") as told:
        check_adjudication(study or stored(), log, clean or dict(checked()))
    return list(told.value.faults)


def _log() -> pd.DataFrame:
    return typed()["adjudication"]


def _line(log: pd.DataFrame, *key: str) -> int:
    (row,) = log.index[(log[["table", "row", "column"]] == list(key)).all(axis=1)]
    return int(row)


def test_the_recomputed_log_is_the_stored_one_line_by_line() -> None:
    columns = ["table", "row", "column", "a", "b", "final"]
    found = compare_codings(stored(), checked())
    assert list(found.columns) == columns
    assert len(found) == len(_log()) > 200
    assert sorted(map(tuple, found.to_numpy())) == sorted(map(tuple, _log()[columns].to_numpy()))
    assert (_log()["rule"] != "").all()


def test_a_changed_cell_of_the_log_is_found() -> None:
    log = _log()
    row = _line(log, "figures", "litang-033", "donor")
    old = log.loc[row, ["a", "b", "final"]]
    log.loc[row, ["a", "b", "final"]] = "xindu"
    assert [(f.where, f.column, f.read, f.problem, f.remedy) for f in _refused(log)] == [
        (f"data/raw/adjudication.csv, row {row} (figures litang-033 donor)", column, "xindu",
         f"the tables hold {cell!r}", "correct the line and its rule")
        for column, cell in old.items()
    ]  # fmt: skip


def test_lines_too_few_and_too_many_are_found() -> None:
    log = _log()
    (fault,) = _refused(log.drop(index=_line(log, "figures", "litang-033", "donor")))
    assert (fault.where, fault.read) == ("data/raw/adjudication.csv", "figures litang-033 donor")
    assert "a '', b 'leshan', final '', and has no line" in fault.problem
    assert "rule" in fault.remedy
    keys = ["figures litang-001 value", "figs x y", "slugs leshan slug", "events a:litang-e77 row"]
    for row, key in enumerate(keys, 990):
        log.loc[row] = [*key.split(), "1", "2", "3", "because"]
    assert [(fault.where, fault.read, fault.remedy) for fault in _refused(log)] == [
        (f"data/raw/adjudication.csv, row {row}", key, "delete the line")
        for row, key in enumerate(keys, 990)
    ]


def test_changed_cells_and_rows_of_final_tables_are_found() -> None:
    changed = {
        ("figures", "litang-001"): {"measure": "visits", "value": "51", "donor": ""},
        ("projects", "litang-p02"): {"stage": "construction", "next_step": ""},
        ("projects", "litang-p03"): {"donor_amount": ""},
        ("events", "litang-e02"): {"realised": "planned"},
        ("events", "litang-e01"): {"figures": "litang-002 litang-003"},
    }
    clean = {
        name: cells.set_index(cells.columns[0], drop=False) for name, cells in checked().items()
    }
    for (name, row), cells in changed.items():
        assert not (clean[name].loc[row, list(cells)] == list(cells.values())).any()
        clean[name].loc[row, list(cells)] = list(cells.values())
    clean["figures"] = clean["figures"].drop(index="litang-019")
    told = [str(fault) for fault in _refused(_log(), clean)]
    for (name, row), cells in changed.items():
        assert all(any(f"{name} {row} {cell}" in line for line in told) for cell in cells)
    for coder in CODINGS:
        assert any(f"figures {coder}:" in line and "final 'absent'" in line for line in told)


def test_free_text_is_not_compared() -> None:
    clean = {name: cells.copy() for name, cells in checked().items()}
    for name, column in (("figures", "note"), ("figures", "label_en"), ("projects", "name_en"),
                         ("events", "label_en")):  # fmt: skip
        clean[name][column] = "x"
    filled = clean["projects"]["next_step"] != ""
    clean["projects"].loc[filled, "next_step"] = "in other words"
    check_adjudication(stored(), _log(), clean)


# --- whole studies ---------------------------------------------------------------------------


def test_a_coding_with_a_broken_file_is_named(tmp_path: Path) -> None:
    folder = copy_of_study(tmp_path)
    path = folder / "data/raw/coding_a/pairs.csv"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(TableError, match=r"data/raw/coding_a/pairs\.csv: .* may be cut off"):
        read_coding(load_study(folder), "a")


def test_a_study_without_codings_and_without_a_log_passes(tmp_path: Path) -> None:
    folder = copy_of_study(tmp_path)
    for coder in CODINGS:
        (folder / f"data/raw/coding_{coder}").rename(folder / f"old_{coder}")
    log = folder / "data/raw/adjudication.csv"
    log.write_bytes(log.read_bytes().splitlines(keepends=True)[0])
    study = load_study(folder)
    assert not has_codings(study)
    assert len(check_study(study)["figures"]) == len(checked()["figures"])
