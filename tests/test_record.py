"""The recorded sha256: it finds what no rule can find, and says which file."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from click.testing import CliRunner
from copies import REPOSITORY, add_lines, change_cell, copy_of_study, stored

from aidstudy.cli import commands
from aidstudy.errors import AidstudyError, FileError, TableError
from aidstudy.tables.check import check_study
from aidstudy.tables.record import RECORD, check_record, has_record, record_text
from aidstudy.tables.study import Study, load_study


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return load_study(copy_of_study(tmp_path))


def test_every_file_of_the_study_is_the_recorded_one_as_sha256sum_reads_it() -> None:
    text = (REPOSITORY / RECORD).read_text(encoding="utf-8")
    assert text == record_text(stored())
    check_record(stored())
    for line in text.splitlines():
        digest, name = line.split("  ", 1)
        assert hashlib.sha256((REPOSITORY / name).read_bytes()).hexdigest() == digest


def test_one_valid_code_for_another_breaks_no_rule_but_the_record(study: Study) -> None:
    change_cell(study.raw / "pairs.csv", "exim_bank", "donor_en",
                "Export-Import Bank of China", "Export and Import Bank of China")  # fmt: skip
    check_study(study)
    with pytest.raises(
        TableError, match=r"data/raw/pairs.csv: read '[0-9a-f]{12}…': its sha256"
    ) as e:
        check_record(study)
    assert [fault.where for fault in e.value.faults] == ["data/raw/pairs.csv"]
    assert "reproduce --update records it" in str(e.value)


def test_missing_and_added_files_are_named(study: Study) -> None:
    (study.raw / "relations.csv").unlink()
    (study.raw / "copy of figures.csv").write_bytes(b"x\n")
    (study.raw / ".figures.csv.12ab.part").write_bytes(b"x\n")
    with pytest.raises(TableError) as error:
        check_record(study)
    assert [(fault.where, fault.problem) for fault in error.value.faults] == [
        ("data/raw/copy of figures.csv", "the file is not in data/SHA256SUMS"),
        ("data/raw/relations.csv", "the file is missing, data/SHA256SUMS has it"),
    ]


def test_a_broken_cut_or_missing_record_is_told(study: Study) -> None:
    record = study.folder / RECORD
    whole = record.read_bytes()
    for line, told in (
        ("abc  data/x.csv", "read 'abc  data/x.csv': not the sha256"),
        ("0" * 64 + "  ../x.csv", "not the sha256 and the name of one file"),
        ("0" * 64 + "  data/study.toml", "a name that stands twice"),
    ):
        record.write_bytes(whole + f"{line}\n".encode())
        with pytest.raises(TableError, match=told):
            check_record(study)
    record.write_bytes(whole[:-1])
    with pytest.raises(TableError, match="the last line has no end"):
        check_record(study)
    record.unlink()
    assert not has_record(study)
    with pytest.raises(FileError, match=r"data/SHA256SUMS: cannot be read"):
        check_record(study)


def test_the_command_check_compares_and_says_so(study: Study) -> None:
    check = ["--study", str(study.folder), "check"]
    told = CliRunner().invoke(commands, check)
    assert told.exit_code == 0
    assert f"every file is the one recorded in {RECORD}" in told.output
    change_cell(
        study.clean / "pairs.csv", "exim_bank", "role", "designated_unit", "affiliated_unit"
    )
    failed = CliRunner().invoke(commands, check)
    assert isinstance(failed.exception, AidstudyError)
    assert (
        "data/clean/pairs.csv, row 6 (exim_bank xiangcheng), column role: read 'affiliated_unit': "
        "the raw tables give 'designated_unit'; rebuild it" in str(failed.exception)
    )
    assert "data/clean/pairs.csv: read" in str(failed.exception)
    change_cell(study.clean / "results.csv", "complete.ganzi.share", "unit", "%", "%%")
    failed = CliRunner().invoke(commands, check)
    assert "(complete.ganzi.share), column unit: read '%%'" in str(failed.exception)
    change_cell(study.clean / "results.csv", "complete.ganzi.share", "unit", "%%", "%")
    add_lines(study.raw / "relations.csv", "")
    failed = CliRunner().invoke(commands, check)
    assert "the raw tables give" not in str(failed.exception)
    assert "data/raw/relations.csv" in str(failed.exception)
    (study.folder / RECORD).unlink()
    told = CliRunner().invoke(commands, check)
    assert told.exit_code == 0
    assert f"no {RECORD} yet" in told.output
