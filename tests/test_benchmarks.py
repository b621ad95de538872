"""Every benchmark runs, on little, by the one command that runs them all."""

from __future__ import annotations

import re
import runpy
import subprocess
import sys
from collections.abc import Callable

import pytest
from copies import REPOSITORY

PROGRAM = REPOSITORY / "benchmarks" / "run.py"
PAGES = runpy.run_path(str(PROGRAM))["PAGES"]


def _rows(text: str, first: str) -> list[list[str]]:
    """The cells of the rows of a Markdown table that begin so."""
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if re.match(rf"\| {first}", line)
    ]


def _claims(text: str) -> None:
    assert _rows(text, "slips that show") == [["slips that show", "20"]]
    assert 0 < int(_rows(text, "slips found")[0][1]) <= 20
    told = {row[2].partition(": ")[0] for row in _rows(text, "`")}
    assert told == {"found", "missed"}


def _notebooks(text: str) -> None:
    assert re.search(r"^Two at a time takes \d+\.\d\d of the time in turn", text, re.MULTILINE)


def _pages(text: str) -> None:
    rows = _rows(text, r"\d")
    assert len(rows) == 4
    assert len({row[3] for row in rows}) == 1, "each way finds the same figures"
    assert int(rows[0][3].replace(",", "")) > 0


def _plots(text: str) -> None:
    from aidstudy.plots import FORMATS, LANGS

    assert f"**{len(FORMATS) * len(LANGS)} files in" in text
    assert [row[0] for row in _rows(text, "(?:pdf|svg|png|tiff) ")] == list(FORMATS)


def _reading(text: str) -> None:
    rows = _rows(text, "aidstudy")
    assert [row[3] for row in rows] == ["100.0%"] * 4, "two functions, whole and broken lines"


def _results(text: str) -> None:
    once, twice, thrice = (int(n) for n in re.findall(r"(?m)^ +[123] +(\d+) ", text))
    assert twice > once
    assert thrice - twice == twice - once


CHECKS: dict[str, Callable[[str], None]] = {
    "claims": _claims,
    "notebooks": _notebooks,
    "pages": _pages,
    "plots": _plots,
    "reading": _reading,
    "results": _results,
}


def test_the_command_knows_every_benchmark_and_every_stored_page() -> None:
    programs = {path.stem for path in PROGRAM.parent.glob("*.py")}
    assert set(PAGES) == programs - {"run"} == {*CHECKS, "quantities"}
    stored = {path.name for path in (REPOSITORY / "docs").glob("how-fast*.md")}
    assert {page for page in PAGES.values() if page} == stored


@pytest.mark.slow
@pytest.mark.parametrize("name", CHECKS)
def test_it_runs_small(name: str) -> None:
    if name == "notebooks":
        pytest.importorskip("nbclient", reason="nbclient is in the extra notebooks")
    if name == "pages":
        pytest.importorskip("pyarrow", reason="pyarrow is in the extra exchange")
        pytest.importorskip("joblib", reason="joblib is in the extra pages")
    run = subprocess.run(
        [sys.executable, str(PROGRAM), "--small", name],
        capture_output=True, text=True, encoding="utf-8", check=False, cwd=REPOSITORY,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    CHECKS[name](run.stdout)
