"""A paper of one page, as an author makes it: numbers by name, a plot, a table, citations."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from aidstudy.cli import commands
from aidstudy.papers import macros, results_json, write_table
from aidstudy.papers.cite import cite
from aidstudy.plots import PLOTS, PRESETS, save_plot

RESULTS = ("revenue.ganzi.rule_amount_over_rule", "spent_of_committed.ganzi")
PAPER = r"""\documentclass[a4paper]{article}
\usepackage{array,booktabs,graphicx}
\input{numbers}
\title{What one page says of aid}
\author{A. N. Author}
\date{}
\begin{document}
\maketitle
By the rule the revenue of the donor was \aidstudyBRevenueGanziRuleAmountOverRuleFull{}
\cite{page-ad78600f}. Of the commitment \aidstudyCSpentOfCommittedGanziFull{} is reported as spent
(Figure~\ref{fig:built}, Table~\ref{tab:results})~\cite{PACKAGE}.
\begin{figure}[h]\centering
\includegraphics{completed_shares.single.en.pdf}
\caption{Projects that are built.}\label{fig:built}
\end{figure}
\input{results}
\small\bibliographystyle{plain}
\bibliography{references}
\end{document}
"""


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
    (tmp_path / "paper.tex").write_text(PAPER.replace("PACKAGE", key), encoding="utf-8")
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


@pytest.mark.slow
def test_a_paper_of_one_page_in_word(tmp_path: Path) -> None:
    docx = pytest.importorskip("docx", reason="python-docx is not installed")
    for program in ("soffice", "pdftotext"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    numbers = json.loads(results_json(RESULTS))
    shown = [numbers[name]["shown"]["en"]["full"] for name in RESULTS]
    # The document with the table is where the author begins.
    paper = docx.Document(io.BytesIO(write_table("results", "docx", ids=RESULTS)))
    first = paper.paragraphs[0]
    first.insert_paragraph_before(f"By the rule the revenue was {shown[0]}; {shown[1]} is spent.")
    (plot,) = save_plot("completed_shares", tmp_path, preset="single", formats=("png",))
    paper.add_picture(str(plot))
    paper.add_paragraph(cite().strip())
    paper.add_paragraph(cite("page").strip())
    paper.save(tmp_path / "paper.docx")
    home = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    _run(tmp_path, "soffice", home, "--headless", "--convert-to", "pdf", "paper.docx")
    said = _run(tmp_path, "pdftotext", "-layout", "paper.pdf", "-")
    assert said.count("\f") == 1, "one page"
    said = " ".join(said.split())
    assert "was CNY 3.160 (3.158–3.162) billion; 75.953%" in said
    assert "spent of committed" in said
    assert "[Software, version" in said
