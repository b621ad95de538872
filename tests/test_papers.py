"""Papers: results as macros and JSON, citations, and a paper of one page in LaTeX."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
import subprocess
import tomllib
import unicodedata
from fractions import Fraction
from pathlib import Path

import pytest
from copies import REPOSITORY, each_case, said, stored

import aidstudy
from aidstudy.bilingual import LANGS, Words
from aidstudy.errors import ResultError
from aidstudy.intervals import Interval
from aidstudy.papers import CITATION_FORMATS, CITED, macros, results_json, write_table
from aidstudy.papers.cite import FORMATS, KINDS, METADATA, cite
from aidstudy.papers.latex_macros import (
    fields,
    macro_name,
    macro_names,
)
from aidstudy.papers.results import Recorded, recorded
from aidstudy.papers.words import TOLD
from aidstudy.plots import PLOTS, PRESETS
from aidstudy.quantity.result import Leaf
from aidstudy.quantity.scalar import Missing, Quantity

FIELDS = list(TOLD["fields"])


LABEL = Words("Label", "标签")


def result(
    result_id: str = "x.revenue",
    value: str = "1",
    low: str | None = None,
    high: str | None = None,
    *,
    unit: str = "CNY",
    analysis: str = "B",
    text: str = "",
    missing: str = "",
) -> Recorded:
    ends = [Fraction(end) for end in (value, low or value, high or value)]
    number: Quantity | Missing = Quantity.given(ends[0], unit, low=ends[1], high=ends[2])
    days: tuple[dt.date, ...] = ()
    if unit == "date":
        days = tuple(dt.date.fromordinal(int(end)) for end in ends)
    if missing or text or days:
        number = Missing(missing or "not_applicable")
    state = missing or "printed"
    return Recorded(result_id, analysis, LABEL, number, unit, state, "note", text, days)


@pytest.fixture(scope="module")
def found() -> dict[str, Recorded]:
    return recorded()


@each_case("macros", "names")
def test_names_are_letters_only(result_id: str, analysis: str, name: str) -> None:
    assert macro_name(result(result_id, analysis=analysis)) == name


def test_names_that_cannot_be_spelt_or_collide_are_refused() -> None:
    with pytest.raises(ResultError, match="cannot be spelt in TeX"):
        macro_name(result("收入"))
    with pytest.raises(ResultError, match=r"results a\.b and a_b: both would be \\aidstudyBAB"):
        macro_names([result("a.b"), result("a_b")])


@each_case("macros", "phrases")
def test_phrases(made: dict[str, str], english: str, chinese: str) -> None:
    one = result(**made)
    assert (fields(one, "en")["Full"], fields(one, "zh")["Full"]) == (english, chinese)


def test_every_part_of_a_number() -> None:
    made = result(value="26720000", low="26715000", high="26725000")
    assert fields(made, "en") == {
        "Full": "CNY 26.72 (26.715–26.725) million",
        "Value": "26.72",
        "Low": "26.715",
        "High": "26.725",
        "Bounds": "26.715–26.725",
        "Unit": "CNY million",
        "State": "printed",
    }


def test_a_range_without_a_value_and_an_open_end() -> None:
    ends = (Quantity.given(end, "%") for end in (1, 8))
    between = Recorded("x", "B", LABEL, Quantity.between(*ends), "%", "bounds_only")
    assert (fields(between, "en")["Full"], fields(between, "en")["Value"]) == ("1–8%", "1–8")
    leaf = Leaf("given", "x", Fraction(300), Interval(Fraction(300), None), "300", "person")
    told = fields(Recorded("x", "B", LABEL, Quantity.of(leaf), "person", "printed"), "en")
    assert (told["Full"], told["High"]) == ("300 (≥ 300) persons", "no upper bound")


def test_no_missing_number_is_ever_zero_or_empty(found: dict[str, Recorded]) -> None:
    for one in found.values():
        for lang in LANGS:
            parts = fields(one, lang)
            assert all(parts[field] for field in FIELDS if field != "Unit"), one.result_id
            if one.state == "not_reported" and not one.text:
                assert parts["Value"] in ("not reported", "未报告")


def test_a_file_defines_every_field_of_the_results_it_was_asked_for(
    found: dict[str, Recorded],
) -> None:
    text = macros(["rule_amount.ganzi", "spent.*", "rule"])
    defined = re.findall(r"^\\newcommand\{\\([^}]*)\}\{(.*)\}$", text, flags=re.MULTILINE)
    said = dict(defined)
    assert all(name.isascii() and name.isalpha() for name in said)
    # Each of the five counties has a result that begins with spent.
    assert len(said) == len(defined) == (1 + 5 + 1) * len(FIELDS)
    # 2672 - 1092 = 1580 万元.
    assert said["aidstudyBRuleAmountGanziFull"] == r"CNY 15.80 (15.79\mbox{--}15.81) million"
    assert said["aidstudyCSpentLitangValue"] == "not reported"
    assert said["aidstudyBRuleFull"] == r"0.5\%"
    chinese = macros(["rule_amount.ganzi"], lang="zh")
    assert r"\newcommand{\aidstudyBRuleAmountGanziFullZh}{1580（1579—1581）万元}" in chinese
    every = macros()
    assert all("LATIN" in unicodedata.name(letter) for letter in every if not letter.isascii())
    assert every.count(r"\newcommand") == len(found) * len(FIELDS)
    with pytest.raises(ResultError, match=r"'rule_amount\.ganz': .* did you mean"):
        macros(["rule_amount.ganz"])


def test_the_json_says_the_same(found: dict[str, Recorded]) -> None:
    told_of = json.loads(results_json())
    assert list(told_of) == list(found)
    rule = told_of["rule_amount.ganzi"]
    assert (rule["value"], rule["low"], rule["high"]) == ("15800000", "15790000", "15810000")
    assert rule["shown"]["en"]["full"] == "CNY 15.80 (15.79–15.81) million"
    assert rule["figures"] == ["ganzi-020", "ganzi-019"]
    assert rule["macro"] == "aidstudyBRuleAmountGanzi"
    assert told_of["spent.litang"]["value"] is None
    assert told_of["window.first"]["value"] == "2012-09-05"
    assert told_of["agrees.ganzi-built-and-going"]["text"] == "agrees at face value"


# === citations


NAMES = {
    "package": "",
    "page": "",
    "table": "figures",
    "figure": "ganzi-021",
    "result": "spent_of_committed.ganzi",
    "plot": "money_flow",
}


def _git(*words: str) -> str:
    git = shutil.which("git")
    if git is None or not (REPOSITORY / ".git").exists():
        pytest.skip("not in a repository")
    run = subprocess.run([git, *words], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    return run.stdout.strip()


def test_the_identifiers_of_a_table_and_of_the_data_are_those_of_git() -> None:
    assert f"swh:1:cnt:{_git('hash-object', 'data/context.csv')}." in cite("table", "context")
    if _git("status", "--porcelain", "data"):
        pytest.skip("data/ is not as it was committed")
    assert f"swh:1:dir:{_git('rev-parse', 'HEAD:data')}." in cite()


def test_a_figure_has_its_place_and_line_a_result_its_bounds_and_the_page_is_inferred() -> None:
    told = cite("figure", "ganzi-021")
    assert "article of Garzê County, characters 6008 to 6014 of the page" in told
    assert f"sha256 {stored().page['sha256']}" in told
    number = int(re.search(r";lines=(\d+)\.", told)[1])  # type: ignore[index]
    lines = (stored().clean / "figures.csv").read_text(encoding="utf-8").splitlines()
    assert lines[number - 1].startswith("ganzi-021,")
    told = cite("result", "spent_of_committed.ganzi")
    assert "75.953% (75.938–75.968%), in: aidstudy" in told
    assert "Newspaper and year are inferred" in cite("page")
    assert cite("page", lang="zh").startswith("甘孜日报（2012）：借力对口支援")


@pytest.mark.parametrize("kind", CITED)
def test_each_kind_is_cited_in_each_format(kind: str) -> None:
    name = NAMES[kind]
    assert f"version {aidstudy.__version__}" in cite(kind, name) or kind == "page"
    bibtex = cite(kind, name, "bibtex")
    assert bibtex.count("{") == bibtex.count("}")
    (told,) = json.loads(cite(kind, name, "csl"))
    assert re.match(rf"@misc{{{re.escape(told['id'])},\n", bibtex)
    ris = cite(kind, name, "ris").splitlines()
    assert ris[0].startswith("TY  - ")
    assert ris[-1] == "ER  - "
    assert f"TI  - {told['title']}" in ris
    assert told["note"].count("sha256") >= 1


def test_the_citation_files_are_those_that_the_command_writes_with_what_archives_ask() -> None:
    for name, form in (("CITATION.cff", "cff"), (".zenodo.json", "zenodo")):
        stored_file = (REPOSITORY / name).read_text(encoding="utf-8")
        assert stored_file == cite(format=form), f"aidstudy cite --format {form} -o {name}"
    yaml = pytest.importorskip("yaml", reason="pyyaml is not installed")
    cff, zenodo = yaml.safe_load(cite(format="cff")), json.loads(cite(format="zenodo"))
    # The keys that Citation File Format 1.2.0 requires.
    assert {"cff-version", "message", "title", "authors"} <= set(cff)
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert " AND ".join(cff["license"]) == project["license"]
    assert f"({str(cff['date-released'])[:4]}). " in cite()
    # Two licences hold for two parts; the archive has room for one, so a note says the other.
    assert all(name in zenodo["notes"] for name in cff["license"])


def test_no_address_stands_in_a_citation_that_the_owner_has_not_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    links = {field: METADATA["owner"][field] for field in ("doi", "url", "page")}
    given = [link for link in links.values() if link]
    for kind, name in NAMES.items():
        assert "http" not in cite(kind, name) or given
    monkeypatch.setitem(METADATA["owner"], "doi", "10.1234/made-up")
    assert cite().endswith(" https://doi.org/10.1234/made-up\n")
    assert "  doi = {10.1234/made-up},\n" in cite(format="bibtex")
    assert "DO  - 10.1234/made-up\n" in cite(format="ris")


def test_what_is_not_there_is_said_with_the_nearest() -> None:
    assert tuple(KINDS) == CITED
    assert tuple(FORMATS) == CITATION_FORMATS
    for words, error in (
        (("table", "figure"), "did you mean 'figures'"),
        (("figure", "ganzi-21"), "did you mean 'ganzi-021'"),
        (("table", ""), "name the table"),
        (("page", "x"), "it has no name"),
        (("page", "", "cff"), "describes the package"),
    ):
        with pytest.raises(ResultError, match=error):
            cite(*words)
    assert said("cite", "page") == cite("page")


# === a paper of one page, as an author makes it


RESULTS = ("revenue.ganzi.rule_amount_over_rule", "spent_of_committed.ganzi")


def _run(folder: Path, *command: str) -> str:
    run = subprocess.run(command, cwd=folder, capture_output=True, timeout=240, check=False)
    told = (run.stdout + run.stderr).decode("utf-8", errors="replace")
    assert run.returncode == 0, told[-2000:]
    return told


def test_help_names_every_plot_and_every_preset() -> None:
    told = said("plot", "--help")
    assert all(re.search(rf"\b{name}\b", told) for name in (*PLOTS, *PRESETS))


@pytest.mark.slow
def test_a_paper_of_one_page_in_latex(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for program in ("pdflatex", "bibtex", "pdftotext"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    (tmp_path / "numbers.tex").write_text(macros(RESULTS), encoding="utf-8")
    (tmp_path / "results.tex").write_bytes(write_table("results", ids=RESULTS))
    monkeypatch.chdir(tmp_path)
    drawn = said("plot", "completed_shares", "--preset", "single")
    assert drawn == "completed_shares.single.en.pdf\n"
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
    text = " ".join(_run(tmp_path, "pdftotext", "-layout", "paper.pdf", "-").split())
    assert "was CNY 3.160 (3.158–3.162) billion [1]" in text
    assert "75.953% (75.938–75.968%)" in text
    assert "Software, version" in text
