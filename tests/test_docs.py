"""Pages of the documentation whose code runs: tried as it stands there."""

from __future__ import annotations

import doctest
import re
import shutil
import subprocess
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
from copies import REPOSITORY

import aidstudy as aid

DOCS = REPOSITORY / "docs"
PAGES = ("audit-text.md", "pandas.md", "r-and-stata.md", "vary.md")
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
    for name in PAGES:
        for target in re.findall(r"\]\(([^)#:]+)\)", (DOCS / name).read_text("utf-8")):
            assert (DOCS / target).exists(), (name, target)


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
