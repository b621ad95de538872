"""The page of dependencies is what pyproject.toml, the lock and the installed packages say."""

from __future__ import annotations

import re
import runpy
from importlib.metadata import PackageNotFoundError
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
MADE = runpy.run_path(str(REPOSITORY / "docs" / "dependencies.py"))
PAGE = (REPOSITORY / "docs" / "dependencies.md").read_text(encoding="utf-8")
ROWS = [
    tuple(cell.strip() for cell in line.strip("|").split("|"))
    for line in PAGE.splitlines()
    if re.match(r"\| [a-z]", line)
][1:]


def test_every_dependency_has_its_row_and_nothing_else_has_one() -> None:
    assert {row[0]: row[1] for row in ROWS} == MADE["required"]()
    assert set(MADE["PURPOSES"]) == set(MADE["required"]())
    assert all(row[2] == MADE["PURPOSES"][row[0]] for row in ROWS)


def test_versions_are_the_locked_ones() -> None:
    versions = MADE["locked"]()
    for row in ROWS:
        assert row[3] == versions[re.sub(r"[-_.]+", "-", row[0]).lower()], row[0]


def test_licences_are_those_of_the_metadata_and_none_is_copyleft() -> None:
    checked = 0
    for row in ROWS:
        assert not re.search(r"\bA?GPL|General Public", row[4]), row
        assert row[4]
        try:
            assert row[4] == MADE["licence"](row[0]), row[0]
        except PackageNotFoundError:
            continue  # An extra that is not installed here.
        checked += 1
    assert checked >= 15


def test_nothing_that_they_need_in_turn_is_copyleft() -> None:
    names = MADE["needed"]()
    assert len(names) > 40
    told = {name: MADE["licence"](name) for name in sorted(names)}
    assert {n: t for n, t in told.items() if re.search(r"GPL|General Public", t)} == {}
