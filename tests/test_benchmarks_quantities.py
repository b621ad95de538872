"""The benchmark of quantities: it runs, and what its page says is kept is kept."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from copies import REPOSITORY

PROGRAM = REPOSITORY / "benchmarks" / "quantities.py"
PAGE = REPOSITORY / "docs" / "how-fast-quantities.md"


@pytest.fixture(scope="module")
def benchmark() -> ModuleType:
    spec = importlib.util.spec_from_file_location("benchmarks_quantities", PROGRAM)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def _cells(page: str) -> dict[str, dict[str, str]]:
    """The rows of the tables whose cells are yes and no."""
    found: dict[str, dict[str, str]] = {}
    heads: list[str] = []
    for line in page.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| ") and set(cells[1:]) <= {"yes", "no"}:
            found[cells[0]] = dict(zip(heads, cells[1:], strict=True))
        elif line.startswith("|"):
            heads = heads if set(cells) <= {"---", "---:"} else cells[1:]
    return found


def test_it_runs_small_and_writes_its_page(tmp_path: Path, benchmark: ModuleType) -> None:
    page = tmp_path / "page.md"
    run = subprocess.run(
        [sys.executable, str(PROGRAM), "--small", "--table", str(page)],
        capture_output=True, text=True, check=False, cwd=tmp_path,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    text = page.read_text(encoding="utf-8")
    libraries, lacking = benchmark.installed()
    for name in lacking:
        assert re.search(rf"^Not installed and left out: .*\b{name}\b", text, re.MULTILINE)
    for work in ("construction", "division", "groupby", "pivot_table", "sum", "share of the sum"):
        for rows in benchmark.SMALL_ROWS:
            (line,) = re.findall(rf"^\| {work} \| {rows:,} \| (.+) \|$", text, re.MULTILINE)
            times = line.split(" | ")[: len(libraries.keys() - {benchmark.BOTH})]
            assert all(float(time.replace(",", "")) >= 0 for time in times)
    assert _cells(text).keys() == _cells(PAGE.read_text(encoding="utf-8")).keys()


def test_the_stored_page_says_what_the_installed_libraries_do(benchmark: ModuleType) -> None:
    libraries, _ = benchmark.installed()
    stored = _cells(PAGE.read_text(encoding="utf-8"))
    tried = benchmark.features(list(libraries.values()))
    assert stored.keys() == tried.keys()
    for what, found in tried.items():
        for name, yes in found.items():
            assert stored[what][name] == ("yes" if yes else "no"), (what, name)
