"""A paper of one page, as an author makes it: numbers by name, a plot, a table, citations."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from aidstudy.cli import commands
from aidstudy.papers import macros, write_table
from aidstudy.papers.cite import cite
from aidstudy.plots import PLOTS, PRESETS

RESULTS = ("revenue.ganzi.rule_amount_over_rule", "spent_of_committed.ganzi")


def _run(folder: Path, *command: str) -> str:
    run = subprocess.run(command, cwd=folder, capture_output=True, timeout=240, check=False)
    told = (run.stdout + run.stderr).decode("utf-8", errors="replace")
    assert run.returncode == 0, told[-2000:]
    return told


def test_help_names_every_plot_and_every_preset() -> None:
    told = CliRunner().invoke(commands, ["plot", "--help"]).output
    assert all(re.search(rf"\b{name}\b", told) for name in (*PLOTS, *PRESETS))


@pytest.mark.slow
def test_a_paper_of_one_page_in_latex(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for program in ("pdflatex", "bibtex", "pdftotext"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    (tmp_path / "numbers.tex").write_text(macros(RESULTS), encoding="utf-8")
    (tmp_path / "results.tex").write_bytes(write_table("results", ids=RESULTS))
    monkeypatch.chdir(tmp_path)
    drawn = CliRunner().invoke(commands, ["plot", "completed_shares", "--preset", "single"])
    assert drawn.output == "completed_shares.single.en.pdf\n"
    package = cite(format="bibtex")
    key = re.search(r"\{([^,]+),", package)[1]  # type: ignore[index]
    (tmp_path / "references.bib").write_text(package + cite("page", format="bibtex"), "utf-8")
    paper = (Path(__file__).parent / "cases" / "paper.tex").read_text(encoding="utf-8")
    (tmp_path / "paper.tex").write_text(paper.replace("PACKAGE", key), encoding="utf-8")
    for command in ("pdflatex", "bibtex", "pdflatex", "pdflatex"):
        more = [] if command == "bibtex" else ["-interaction=nonstopmode", "-halt-on-error"]
        _run(tmp_path, command, *more, "paper")
    log = (tmp_path / "paper.log").read_text(encoding="utf-8", errors="replace")
    assert "Overfull" not in log
    assert "undefined" not in log
    assert "Output written on paper.pdf (1 page" in log
    said = " ".join(_run(tmp_path, "pdftotext", "-layout", "paper.pdf", "-").split())
    assert "was CNY 3.160 (3.158–3.162) billion [1]" in said
    assert "75.953% (75.938–75.968%)" in said
    assert "Software, version" in said
