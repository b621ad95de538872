"""Citations: the bytes are those that git names, the place is that on the page, files agree."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tomllib

import pytest
from click.testing import CliRunner
from copies import REPOSITORY, stored

import aidstudy
from aidstudy.cli import commands
from aidstudy.errors import ResultError
from aidstudy.papers import CITATION_FORMATS, CITED
from aidstudy.papers.cite import FORMATS, KINDS, METADATA, cite

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
    assert CliRunner().invoke(commands, ["cite", "page"]).output == cite("page")
