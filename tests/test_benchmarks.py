"""Every benchmark runs, on little, by the one command that runs them all."""

from __future__ import annotations

import re
import runpy

import pytest
from copies import REPOSITORY, ran

PROGRAM = REPOSITORY / "benchmarks" / "run.py"
PAGES = runpy.run_path(str(PROGRAM))["PAGES"]
FOUND: dict[str, tuple[str, ...]] = {
    "claims": (
        r"\| slips that show \| 20 \|",
        r"\| slips found \| ([1-9]|1\d|20) \|",
        r"\| found: ",
    ),
    "notebooks": (r"(?m)^Two at a time takes \d+\.\d\d of the time in turn",),
    # Each of the four ways finds the same figures.
    "pages": (r"(?m)(^\| \d[^|]*\|[^|]*\|[^|]*\| ([1-9][\d,]*) \|.*\n)(\| \d.*\| \2 \|.*\n){3}",),
    "plots": (
        r"\*\*4 files in ",
        *(rf"(?m)^\| {form} \|" for form in ("pdf", "svg", "png", "tiff")),
    ),
    "quantities": (r"(?m)^\| groupby \| [\d,]+ \| \d", r"(?m)^\|[^|]*\| (yes|no) \| (yes|no) \|"),
    # Two functions, whole and broken lines.
    "reading": (r"(\| aidstudy[^|]*\|[^|]*\|[^|]*\| 100\.0% \|[\s\S]*?){4}",),
    "results": (r"(?m)^ +1 +\d+ [\s\S]*^ +2 +\d+ [\s\S]*^ +3 +\d+ ",),
}


def test_the_command_knows_every_benchmark_and_every_stored_page() -> None:
    programs = {path.stem for path in PROGRAM.parent.glob("*.py")}
    assert set(PAGES) == programs - {"run"} == set(FOUND)
    stored = {path.name for path in (REPOSITORY / "docs").glob("how-fast*.md")}
    assert {page for page in PAGES.values() if page} == stored


@pytest.mark.slow
@pytest.mark.parametrize("name", FOUND)
def test_it_runs_small(name: str) -> None:
    for package in {"notebooks": ["nbclient"], "pages": ["pyarrow", "joblib"]}.get(name, []):
        pytest.importorskip(package, reason=f"{package} is in an extra")
    told = ran(PROGRAM, "--small", name)
    for pattern in FOUND[name]:
        assert re.search(pattern, told), pattern
