"""Pages that are made or run: documentation, codebook, glossary, exhibits, prose, benchmarks."""

from __future__ import annotations

import dataclasses
import doctest
import json
import re
import shutil
import subprocess
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import pandas as pd
import pytest
import seaborn as sns
import seaborn.objects as so
import statsmodels.formula.api as smf
from copies import REPOSITORY, copy_of_study, csv_rows, ran, stored

import aidstudy as aid
from aidstudy import codebook
from aidstudy.errors import NotebookError
from aidstudy.rebuild.codebook_page import codebook_page, glossary_page
from aidstudy.rebuild.exhibits import exhibits
from aidstudy.rebuild.prose import check_prose, unbound_numbers, words_with_digits
from aidstudy.rebuild.rebuild import STAGES

DOCS = REPOSITORY / "docs"
PAGES = ("audit-text.md", "own-page.md", "pandas.md", "r-and-stata.md", "vary.md")
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mpl.use("Agg")
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("name", PAGES)
def test_the_code_of_a_page_gives_what_the_page_shows(name: str) -> None:
    told: list[str] = []
    text = (DOCS / name).read_text(encoding="utf-8")
    test = doctest.DocTestParser().get_doctest(text, {}, name, name, 0)
    result = doctest.DocTestRunner(optionflags=FLAGS).run(test, out=told.append)
    assert result.attempted >= text.count("\n>>> ") > 0
    assert not result.failed, "".join(told)


def test_every_link_in_a_page_leads_somewhere() -> None:
    # The first page of the site leads to pages that its build makes.
    pages = {*DOCS.glob("*.md"), *REPOSITORY.glob("*.md")} - {DOCS / "index.md"}
    links = [
        path.parent / link
        for path in pages
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text("utf-8"))
    ]
    assert len(links) > len(pages)
    assert [link for link in links if not link.exists()] == []


# --- the table of what pandas gives no way into ---------------------------------------------------


@pytest.fixture
def table() -> pd.DataFrame:
    return aid.money_flow()[["quantity", "high"]]


def _rows() -> dict[str, tuple[str, str]]:
    """Call: what happens, and what to write."""
    page = (DOCS / "pandas.md").read_text(encoding="utf-8")
    found = re.findall(r"^\| `(.+)` \| (.+) \| `(.+)` \|$", page, re.MULTILINE)
    return {call: (what, way) for call, what, way in found}


CALLS: dict[str, Callable[[Any], None]] = {
    "to_excel": lambda _: None,
    "to_stata": lambda _: None,
    "smf.ols": lambda model: model.fit(),
    "sns.heatmap": lambda _: None,
    "so.Plot": lambda plot: plot.add(so.Dot(), y="high").plot(),
}


def _done(call: str, table: pd.DataFrame) -> Any:
    """What the call of the page gives, and what it is for done with it."""
    names = {"aid": aid, "table": table, "smf": smf, "sns": sns, "so": so, "path": "out.dta"}
    if "to_excel" in call:
        names["path"] = "out.xlsx"
    made = eval(call, names)
    (finish,) = (finish for name, finish in CALLS.items() if name in call)
    finish(made)
    return made


@pytest.mark.filterwarnings("ignore:The copy keyword")  # seaborn's own, with pandas 3
@pytest.mark.parametrize("call", _rows())
def test_what_is_said_to_be_refused_is_refused_and_the_way_round_works(
    call: str, table: pd.DataFrame
) -> None:
    what, way = _rows()[call]
    if what.startswith("refused"):
        with pytest.raises(Exception, match=r"quantity|object|dtype|Scaling"):
            _done(call, table)
    else:
        _done(call, table)
    plt.close("all")
    _done(way, table)


def _ran(name: str) -> None:
    """Run the Python of a page in the folder of the test, for the files that it writes."""
    test = doctest.DocTestParser().get_doctest((DOCS / name).read_text("utf-8"), {}, name, name, 0)
    assert not doctest.DocTestRunner(optionflags=FLAGS).run(test).failed


def test_the_lines_for_r_add_what_the_page_says(tmp_path: Path) -> None:
    program = shutil.which("Rscript")
    if program is None:
        pytest.skip("R is not installed: apt-get install r-base-core")
    _ran("r-and-stata.md")
    page = (DOCS / "r-and-stata.md").read_text(encoding="utf-8")
    (lines,) = re.findall(r"^```r\n(.+?)^```$", page, re.MULTILINE | re.DOTALL)
    (tmp_path / "lines.R").write_text(lines, encoding="utf-8")
    run = subprocess.run(
        [program, "--vanilla", "lines.R"], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.split()[1:] == ["128337500", "110660000"]


def test_the_file_for_stata_has_every_number(tmp_path: Path) -> None:
    _ran("r-and-stata.md")
    figures = aid.load_figures().set_index("figure_id")
    found = pd.read_stata("figures.dta").set_index("figure_id")
    for name in ("value", "low", "high"):
        pd.testing.assert_series_equal(found[name], figures[name], check_index_type=False)
    assert found["printed"].tolist() == figures["printed"].tolist(), "Chinese letters come through"
    plan = found.loc[["xinlong-022", "xinlong-023"]]
    assert plan[plan["part_of"] == ""]["value"].sum() == 110_660_000
    assert plan["counts"].tolist() == [1, 0]


# === pages that a rebuild makes, as they are stored


def test_the_stored_codebook_is_made_of_the_lists_and_tells_its_study() -> None:
    text = codebook_page(stored())
    assert (REPOSITORY / "data" / "README.md").read_bytes().decode() == text
    assert stored().page["sha256"] in text
    assert f"Codebook version {codebook.VERSION}." in text
    assert "It is never zero" in text
    assert not re.search(r"\{[a-z]", text), "no braces of a template are left"
    other = codebook_page(dataclasses.replace(stored(), title="Another", year=1999))
    assert "Study: Another." in other
    assert "**The year** 1999 is inferred" in other


def test_the_stored_glossary_is_the_one_that_is_made_and_has_the_terms_of_the_notebooks() -> None:
    page = glossary_page(stored())
    assert (REPOSITORY / "data" / "glossary.md").read_text("utf-8") == page
    explained = set()
    for path in (REPOSITORY / "notebooks").glob("*.ipynb"):
        first = "".join(json.loads(path.read_text("utf-8"))["cells"][0]["source"])
        for words in re.findall(r"\*\*Words\.\*\* (.+)", first):
            explained |= set(re.findall(r"[\u4e00-\u9fff]+", words))
    assert len(explained) > 20
    assert {term for term in explained if term not in page} == set()


def test_every_exhibit_has_a_program_and_files_that_are_there() -> None:
    rows = exhibits(stored())
    assert csv_rows(REPOSITORY / "docs" / "exhibits.csv") == rows
    for row in rows:
        program = (REPOSITORY / row["program"]).read_text(encoding="utf-8")
        assert f"\ndef {row['function']}(" in program or not row["function"], row
        assert all((REPOSITORY / name).is_file() for name in row["inputs"].split()), row
        assert (REPOSITORY / row["output"]).is_file() or not row["output"].startswith("figures/")
    ratios = next(row for row in rows if row["exhibit"] == "plot funding_ratios")
    assert ratios["inputs"] == "data/clean/context.csv data/clean/figures.csv data/clean/pairs.csv"


# === every number in prose is bound, and a changed one is found and named; so is one in any output


def test_every_number_of_the_prose_is_bound() -> None:
    assert unbound_numbers(stored()) == []
    assert [*STAGES][-1] == "numbers in prose"


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """A copy of the study with its prose, to change one number of."""
    folder = copy_of_study(tmp_path)
    shutil.copytree(REPOSITORY / "notebooks", folder / "notebooks")
    return folder


def test_a_number_changed_or_typed_into_the_prose_of_any_notebook_is_found(study: Path) -> None:
    """75 and 60 are printed, each of something else; without a unit they are no figure."""
    expected = []
    for path in sorted((study / "notebooks").glob("*.ipynb")):
        text = path.read_text(encoding="utf-8")
        changed = re.sub(r'("# [^"]*)0\.845%', r"\1 0.846%", text, count=1)
        notebook = json.loads(changed)
        cells = [n for n, c in enumerate(notebook["cells"], 1) if c["cell_type"] == "markdown"]
        if changed != text:
            expected.append(f"notebooks/{path.name}, cell {cells[0]}: 0.846%")
        for place in (cells[0], cells[-1]):
            notebook["cells"][place - 1]["source"] += ["\nThey gave 27.3 million yuan, 75 of 60."]
            found = (f"notebooks/{path.name}, cell {place}: {n}" for n in ("27.3", "75", "60"))
            expected += found
        path.write_text(json.dumps(notebook), encoding="utf-8")
    assert any(one.endswith("0.846%") for one in expected)
    assert unbound_numbers(study) == expected
    with pytest.raises(NotebookError, match=re.escape(expected[0])):
        check_prose(study)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("as `litang-p01`, or (69%).", ["litang-p01", "69%"]),
        ("| 30 | [01](01_x.ipynb) |", ["30", "01", "01_x.ipynb"]),
        ("占0.845%。", ["占0.845%"]),
        ("no number", []),
    ],
)
def test_words_with_digits(text: str, words: list[str]) -> None:
    assert words_with_digits(text) == words


# === no sentence of the page stands in the project; skipped where the page is not at hand


RUN = 30
"""So many characters in a row, white space left out, are a sentence."""

ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})|&#x([0-9a-fA-F]{4});")


def plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def runs(text: str) -> set[str]:
    return {text[at : at + RUN] for at in range(len(text) - RUN + 1)}


def project_files() -> list[Path]:
    """Every file that is tracked, or would be: what git does not ignore."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY,
        capture_output=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a git repository, so which files belong to the project is not known")
    names = listed.stdout.decode("utf-8").split("\0")
    return [REPOSITORY / name for name in names if name and (REPOSITORY / name).is_file()]


@pytest.mark.page
def test_no_file_of_the_project_holds_a_sentence_of_the_page(page: Path) -> None:
    source = runs(plain(page.read_text(encoding="utf-8")))
    texts = [path for path in project_files() if b"\0" not in path.read_bytes()]
    assert len(texts) > 50
    for path in texts:
        # JSON and notebooks may write Chinese in escapes, markup in references.
        text = ESCAPE.sub(
            lambda code: chr(int(code[1] or code[2], 16)),
            path.read_bytes().decode("utf-8", "replace"),
        )
        assert not source & runs(plain(text)), path


# === every benchmark runs, on little, by the one command that runs them all


PROGRAM = REPOSITORY / "benchmarks" / "run.py"
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
    "results": (r"(?m)^ +1 +\d+ [\s\S]*^ +2 +\d+ ",),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", FOUND)
def test_every_benchmark_runs_small(name: str) -> None:
    for package in {"notebooks": ["nbclient"], "pages": ["pyarrow", "joblib"]}.get(name, []):
        pytest.importorskip(package, reason=f"{package} is in an extra")
    told = ran(PROGRAM, "--small", name)
    for pattern in FOUND[name]:
        assert re.search(pattern, told), pattern
