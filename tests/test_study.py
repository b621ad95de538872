"""A study is a folder; what its settings may hold, and where it is looked for."""

from __future__ import annotations

from pathlib import Path

import pytest
from copies import REPOSITORY, each_case, stored

from aidstudy.codebook import FIGURES, PAIRS, Column
from aidstudy.errors import StudyError
from aidstudy.tables import study as module
from aidstudy.tables.study import ENVIRONMENT, load_study

GOOD = (REPOSITORY / "data/study.toml").read_text(encoding="utf-8")


def _load(folder: Path, text: str) -> object:
    (folder / "data").mkdir(exist_ok=True)
    (folder / "data/study.toml").write_bytes(text.encode())
    return load_study(folder)


def test_where_a_study_is_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("named", "packed/_study", "around"):
        _load_here = tmp_path / name
        _load_here.mkdir(parents=True)
        _load(_load_here, GOOD)
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


def test_settings_that_are_a_folder_or_no_path_at_all(tmp_path: Path) -> None:
    (tmp_path / "data/study.toml").mkdir(parents=True)
    with pytest.raises(StudyError, match=r"study\.toml: cannot be read"):
        load_study(tmp_path)
    with pytest.raises(StudyError, match="not a path"):
        load_study("a\0b")


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
