"""Plots of an author's own, as ``docs/own-plot.md`` tells it: tried as it stands there."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from copies import REPOSITORY, ran, stored

from aidstudy.analysis.unitcosts import printed_widths
from aidstudy.course.show import own_picture, say
from aidstudy.errors import PlotError
from aidstudy.plots import Plot, Texts, read_texts, save_figure, save_plot, sheet
from aidstudy.plots.voice import Voice
from aidstudy.tables.ordinary import exact_frame

pytestmark = pytest.mark.filterwarnings("ignore:the font Arial")

PAGE = (REPOSITORY / "docs" / "own-plot.md").read_text(encoding="utf-8")
PROGRAMS = re.findall(r"^```python\n(.+?)^```$", PAGE, re.MULTILINE | re.DOTALL)
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Plot:
    """The plot of the page, without its last line, which writes files."""
    names: dict[str, Any] = {}
    exec(PROGRAMS[-1].rpartition("save_plot(")[0], names)
    plot = names["own"]
    assert isinstance(plot, Plot)
    return plot


def test_widths_worked_out_by_hand() -> None:
    widths = exact_frame(printed_widths(stored())).set_index("figure_id")
    # 2029.47万元 is known to 100 yuan, 0.845% to a thousandth of a point, 1万 to its size.
    assert widths.loc["ganzi-015", "width"] == 100 * Fraction(100, 20_294_700)
    assert widths.loc["ganzi-021", "width"] == 100 * Fraction(1, 845)
    assert widths.loc["litang-012", "width"] == 100
    assert widths.loc["litang-009", "width"] == 100  # about one 亿: half of it each way
    assert list(widths["width"]) == sorted(widths["width"])
    assert "ganzi-014" not in widths.index, "a count is exact"
    assert (widths["start"] < widths["end"]).all()


@pytest.mark.parametrize("number", range(len(PROGRAMS)))
def test_each_program_runs_and_gives_the_same_bytes(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last here and in a process of its own, with another seed of hashes."""
    program, last = PROGRAMS[number], number == len(PROGRAMS) - 1
    assert last or len(program.strip().splitlines()) < 20
    monkeypatch.chdir(tmp_path)
    exec(program, {})
    files = sorted((tmp_path / "plots").iterdir())
    assert {path.suffix for path in files} <= {".pdf", ".svg"}
    assert files
    if last:
        before = [path.read_bytes() for path in files]
        ran("-W", "error", "-c", program, folder=tmp_path, PYTHONHASHSEED="4242")
        assert [path.read_bytes() for path in files] == before


def test_every_dot_leads_back_to_a_figure(own: Plot, tmp_path: Path) -> None:
    (path,) = save_plot(own, tmp_path, study=stored(), preset="single", lang="zh", formats=["svg"])
    root = ET.fromstring(path.read_bytes())
    tables = own.load(stored())
    rows = own.rows(**tables)
    for bound, group in rows.groupby("mark"):
        (found,) = [one for one in root.iter(f"{SVG}g") if one.get("id") == bound]
        assert len(list(found.iter(f"{SVG}use"))) == len(group)
    assert rows["figures"].tolist() == tables["widths"]["figure_id"].tolist()


# --- words ---------------------------------------------------------------------------------------


def test_words_come_from_a_file_and_leave_out_what_the_rows_do_not_say(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    part = 'title = "T"\nmessage = "{n} things"\ncaption = ["Not {what}.", "The donor\'s."]\n'
    path.write_text(f"[en]\n{part}[zh]\n{part}", encoding="utf-8")
    voice = Voice(read_texts(path), "en")
    assert voice.texts.title.en == "T"
    assert voice.caption({"n": "two", "what": ""}) == "Two things. The donor’s."
    assert voice.caption({"n": "two", "what": "x"}) == "Two things. Not x. The donor’s."
    with pytest.raises(PlotError, match=r"plot mine: 'Not {what}\.' wants 'what'"):
        voice.caption({"n": "two"})
    with pytest.raises(PlotError, match=r"plot mine \(en\): no text 'axis'"):
        voice.say("axis")


def test_panels_and_the_file_are_the_authors(tmp_path: Path) -> None:
    pypdf = pytest.importorskip("pypdf")
    for first, letters in ("(a)", ["(a)", "(b)"]), ("A", ["A", "B"]), ("", []):
        with sheet("two", "double", "en") as page:
            panels = [page.axes(), page.axes()]
            page.compose(*panels, high=5, letters=first)
        assert [text.get_text() for ax in panels for text in ax.texts] == letters
    for author in ("A. Author", None):
        (path,) = save_figure(page.figure, "two", tmp_path, author=author or "")
        assert pypdf.PdfReader(path).metadata.author == author
    (path,) = save_plot("mechanisms", tmp_path, study=stored())
    assert pypdf.PdfReader(path).metadata.author == "the aidstudy authors"


# --- what is refused -----------------------------------------------------------------------------


def _widths(preset: str = "double", size: float | None = None) -> Any:
    with sheet("widths", preset, "en") as page:
        ax = page.axes()
        ax.plot([0, 1], [0, 1], color=page.palette.dark)
        ax.set_xlabel("an axis", fontsize=size)
        page.compose(ax, pitch=10)
    return page


def test_a_picture_of_ones_own_is_checked_and_has_its_caption() -> None:
    shown = own_picture(_widths(), alt="A line.", caption=say("{n} points.", n=2))
    assert (shown.alt, str(shown.caption)) == ("A line.", "2 points.")
    assert shown.png == own_picture(_widths(), alt="A line.", caption=say("")).png
    with pytest.raises(PlotError, match=r"plot widths \(en, double\).*text of 5 pt"):
        own_picture(_widths(size=5), alt="", caption=say(""))


def test_a_drawn_row_without_a_mark_is_refused(own: Plot, tmp_path: Path) -> None:
    def bare(page: Any, message: str, widths: Any) -> Any:
        ax = page.axes()
        ax.plot([0, 1], [0, 1], color=page.palette.dark)
        return page.compose(ax, pitch=10)

    empty = {"title": "b", "caption": [], "alt": ""}
    words = Texts("bare", {"en": empty, "zh": empty})
    wrong = Plot("bare", own.reads, own.tables, own.rows, bare, own.facts, words)
    with pytest.raises(PlotError, match="a row of the table has no mark in the plot"):
        save_plot(wrong, tmp_path, study=stored())
    assert list(tmp_path.iterdir()) == []
