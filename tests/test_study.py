"""A study is a folder: its settings, its codebook, its record, and errors that say what to do."""

from __future__ import annotations

import hashlib
import inspect
import pickle
from collections.abc import Iterable
from pathlib import Path

import pytest
from copies import REPOSITORY, add_lines, change_cell, copy_of_study, each_case, said, stored

from aidstudy import codebook, errors
from aidstudy.codebook import FIGURES, PAIRS, Column, did_you_mean
from aidstudy.errors import AidstudyError, CodebookError, Fault, FileError, StudyError, TableError
from aidstudy.tables import study as module
from aidstudy.tables.check import check_study
from aidstudy.tables.record import RECORD, check_record, has_record, record_text
from aidstudy.tables.study import ENVIRONMENT, Study, load_study

GOOD = (REPOSITORY / "data/study.toml").read_text(encoding="utf-8")


def _load(folder: Path, text: str) -> object:
    (folder / "data").mkdir(exist_ok=True)
    (folder / "data/study.toml").write_bytes(text.encode())
    return load_study(folder)


def test_where_a_study_is_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("named", "packed/_study", "around"):
        (tmp_path / name).mkdir(parents=True)
        _load(tmp_path / name, GOOD)
    monkeypatch.setattr(module, "_PACKAGE", tmp_path / "packed")
    monkeypatch.delenv(ENVIRONMENT, raising=False)
    assert load_study().folder == tmp_path / "packed/_study"
    monkeypatch.setenv(ENVIRONMENT, "")
    assert load_study().folder == tmp_path / "packed/_study"
    monkeypatch.setenv(ENVIRONMENT, str(tmp_path / "named"))
    assert load_study().folder == tmp_path / "named"
    assert load_study(tmp_path / "around").folder == tmp_path / "around"
    assert load_study(str(tmp_path / "around")).folder == tmp_path / "around"
    monkeypatch.setattr(module, "_PACKAGE", tmp_path / "around" / "package")
    monkeypatch.delenv(ENVIRONMENT)
    assert load_study().folder == tmp_path / "around"
    monkeypatch.chdir(tmp_path)
    assert load_study("named").folder == tmp_path / "named"


@pytest.mark.parametrize("name", ["nowhere", "a file", "一个 folder"])
def test_a_folder_that_is_no_study_is_named(name: str, tmp_path: Path) -> None:
    (tmp_path / "a file").write_bytes(b"x")
    (tmp_path / "一个 folder").mkdir()
    with pytest.raises(StudyError, match=r"no study here, data/study\.toml is missing") as told:
        load_study(tmp_path / name)
    assert str(tmp_path / name) in str(told.value)
    assert ENVIRONMENT in str(told.value)


@pytest.mark.parametrize(
    "content",
    [b"title = ", b"\xff\xfet\x00", "title = '县'".encode("gb18030"), b"year = 1\nyear = 2\n"],
)
def test_settings_that_are_not_toml(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/study.toml").write_bytes(content)
    with pytest.raises(StudyError, match=r"study\.toml: cannot be read as TOML in UTF-8: .*mend"):
        load_study(tmp_path)


@each_case("study", "settings")
def test_a_setting_that_is_missing_or_of_the_wrong_kind_is_named(
    old: str, new: str, key: str, problem: str, tmp_path: Path
) -> None:
    assert old in GOOD
    with pytest.raises(StudyError, match="settings of the study: ") as told:
        _load(tmp_path, GOOD.replace(old, new, 1))
    fault = next(f for f in told.value.faults if f.where.endswith(f"study.toml, {key}"))
    assert fault.problem.startswith(problem)
    assert fault.remedy


def test_everything_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(StudyError) as told:
        _load(tmp_path, "year = 1\nrecipients = 'x'\n[donors]\nleshan = 3\n")
    keys = " ".join(fault.where.rpartition(", ")[2] for fault in told.value.faults)
    assert keys == "title title_zh year page recipients donors.leshan"


def test_the_places_of_a_study_are_the_codes_of_its_columns() -> None:
    study = stored()
    articles, donors = (
        study.codes_of(column) for column in (FIGURES.column("article"), PAIRS.column("donor"))
    )
    assert articles is not None
    assert list(articles) == [*study.recipients, "page"]
    assert donors is not None
    assert (list(donors), donors["xindu"].zh) == (list(study.donors), "新都区")
    assert study.codes_of(Column("x", "free text")) is None


# === the closed lists


def test_a_column_that_is_not_there_is_told_the_nearest() -> None:
    wanted = r"table figures: column 'mesure': there is none; did you mean 'measure'\?"
    with pytest.raises(CodebookError, match=wanted) as told:
        FIGURES.column("mesure")
    assert told.value.printed == "mesure"


@each_case("codebook", "nearest")
def test_the_nearest_word_is_offered_or_the_way_to_the_list(
    word: str, known: str, told: str
) -> None:
    lists = codebook.LISTS | {"figures": ["measure", "unit"], "none": []}
    assert did_you_mean(word, lists[known]) == told


# === the recorded sha256


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
    assert f"every file is the one recorded in {RECORD}" in said("check", study=study.folder)
    pairs, results = (study.clean / f"{name}.csv" for name in ("pairs", "results"))
    change_cell(pairs, "exim_bank", "role", "designated_unit", "affiliated_unit")
    with pytest.raises(TableError, match=r"data/clean/pairs\.csv: read .* a cell was changed"):
        said("check", study=study.folder)
    change_cell(results, "complete.ganzi.share", "unit", "%", "%%")
    with pytest.raises(TableError, match=r"\(complete\.ganzi\.share\), column unit: read '%%'"):
        said("check", study=study.folder)
    change_cell(results, "complete.ganzi.share", "unit", "%%", "%")
    add_lines(study.raw / "relations.csv", "")
    with pytest.raises(TableError, match=r"data/raw/relations\.csv"):
        said("check", study=study.folder)


def test_a_study_without_a_record_is_told_so(study: Study) -> None:
    (study.folder / RECORD).unlink()
    assert f"no {RECORD} yet" in said("check", study=study.folder)


# === the errors


def _classes() -> list[type[AidstudyError]]:
    found = vars(errors).values()
    return [one for one in found if inspect.isclass(one) and issubclass(one, AidstudyError)]


@pytest.mark.parametrize("one", _classes())
def test_an_error_crosses_a_process_border_whole(one: type[AidstudyError]) -> None:
    fault = Fault("a.csv, row 2", "unit", "m", "wrong", "mend it")
    error = one("told", printed="m", span=(1, 2), faults=[fault])
    back = pickle.loads(pickle.dumps(error))
    assert type(back) is one
    assert (str(back), back.printed, back.span, back.faults) == ("told", "m", (1, 2), (fault,))
    assert one("told").faults == ()


def test_a_fault_reads_as_one_line_cut_at_sixty_characters() -> None:
    long = "页" * 61
    for fault, sentence in (
        (
            Fault("a.csv, row 3 (x-001)", "unit", "metre", "not in the codebook", "write m"),
            "a.csv, row 3 (x-001), column unit: read 'metre': not in the codebook; write m",
        ),
        (Fault("a.csv", "", "", "is empty", "restore it"), "a.csv: is empty; restore it"),
        (Fault("a.csv", "", "it's", "odd", "mend it"), 'a.csv: read "it\'s": odd; mend it'),
        (Fault("a.csv", "", "a\nb", "odd", "mend it"), "a.csv: read 'a\\nb': odd; mend it"),
        (Fault("a.csv", "", long, "odd", "cut it"), f"a.csv: read '{long[:59]}…': odd; cut it"),
        (Fault("a.csv", "", long[1:], "odd", "x"), f"a.csv: read '{long[1:]}': odd; x"),
    ):
        assert str(fault) == sentence
    assert Fault("a.csv", "", long, "odd", "cut it").read == long


def _faults(number: int) -> list[Fault]:
    return [Fault(f"a.csv, row {row}", "unit", f"u{row}", "wrong", "mend it")
            for row in range(2, 2 + number)]  # fmt: skip


def _raised(faults: Iterable[Fault]) -> TableError:
    with pytest.raises(TableError) as told:
        TableError.raise_if_any(faults, what="tables")
    return told.value


def test_forty_faults_are_spelt_out_and_the_rest_counted() -> None:
    TableError.raise_if_any([], what="tables")
    assert str(_raised(_faults(1))).splitlines() == [
        "tables: 1 fault",
        "  a.csv, row 2, column unit: read 'u2': wrong; mend it",
    ]
    assert len(str(_raised(iter(_faults(40)))).splitlines()) == 41
    more = _raised(iter(_faults(43)))
    lines = str(more).splitlines()
    assert (lines[0], len(lines)) == ("tables: 43 faults", 42)
    assert "'u41'" in lines[40]
    assert lines[-1] == "  ... and 3 more; mend these first"
    assert (type(more), len(more.faults), more.printed) == (TableError, 43, "u2")
