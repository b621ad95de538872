"""All plots: the check before a save, bytes and readers. For one alone: ``test_plot_<stem>.py``."""

from __future__ import annotations

import inspect
import io
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from functools import cache, partial
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from copies import csv_rows, ran, said, stored
from drawings import anew, drawing, marks, tables, texts
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from PIL import Image

from aidstudy import plots
from aidstudy.errors import PlotError
from aidstudy.plots import (
    LANGS,
    PLOTS,
    PRESETS,
    find_collisions,
    notes_of,
    plot_named,
    save_family,
    save_figure,
    save_plot,
)
from aidstudy.plots.kit import Bold
from aidstudy.plots.preflight import check_figure, shown_texts
from aidstudy.plots.save import gallery, render
from aidstudy.plots.style import preset_named, style

pytestmark = pytest.mark.filterwarnings("ignore:the font Arial")

PEOPLE = frozenset({"Wilson", "Jeffreys", "Clopper", "Pearson", "Agresti", "Coull"})
"""Whose names a Chinese paper prints in Latin letters."""

SVG = "{http://www.w3.org/2000/svg}"


# --- what is drawn ---------------------------------------------------------------------------


@pytest.mark.parametrize("stem", list(PLOTS))
def test_drawn_rows_say_where_each_number_stands(stem: str) -> None:
    rows = PLOTS[stem].rows(**tables(stem))
    assert len(rows)
    assert rows["mark"].is_unique
    for row in rows.to_dict("records"):
        if row["state"] in ("not_reported", "not_applicable"):
            assert row["value"] is None, row["mark"]
        elif row["unit"] == "CNY":
            assert row["figures"], row["mark"]
            assert row["low"] <= row["high"]


@pytest.mark.parametrize("stem", list(PLOTS))
def test_words_are_in_one_language_and_captions_are_short_and_end(stem: str) -> None:
    plot = PLOTS[stem]
    for lang, most, end in (("en", 120, "."), ("zh", 300, "。")):
        shown = "\n".join(texts(drawing(stem, lang)))
        told = {"lang": lang, **tables(stem)}
        caption, alt = plot.caption(**told), plot.alt(**told)
        if lang == "en":
            assert not re.search(r"[\u3400-\u9fff]", shown)
        else:
            said = f"{shown} {alt} {re.sub(r'[a-z]+-[0-9]{3}', '', caption)}"
            assert set(re.findall(r"[A-Za-z]{2,}", said)) <= PEOPLE
        words = len(caption) if lang == "zh" else len(re.findall(r"[^\s–…]+", caption))
        assert words < most, (lang, words)
        assert len(alt) < 400, (lang, len(alt))
        assert caption.endswith(end)
        assert alt.endswith(end)
        assert not re.search(r"[{}±]|\bNone\b|nan", caption + alt)


# --- the check before a save -----------------------------------------------------------------


SIZES = [
    (stem, preset, lang)
    for turn, stem in enumerate(PLOTS)
    for number, preset in enumerate(PRESETS)
    for lang in LANGS
    # Of those nearly as wide as one of these, each plot passes in one language, by turns.
    if preset in ("single", "double", "slide") or lang == LANGS[(turn + number) % 2]
    # The two journals differ little.
    if preset != ("elsevier", "plos")[turn % 4 // 2]
]


@pytest.mark.parametrize(("stem", "preset", "lang"), SIZES)
def test_every_plot_passes_the_check(stem: str, preset: str, lang: str) -> None:
    width, height = drawing(stem, lang, preset).get_size_inches() * 25.4
    assert width == pytest.approx(PRESETS[preset].width_mm, abs=1e-9)
    assert height == pytest.approx(round(height), abs=1e-9), "whole millimetres"


def a_text(figure: Figure, content: str) -> Text:
    return next(text for text in shown_texts(figure) if text.get_text() == content)


def _in_the_way(figure: Figure) -> None:
    there = a_text(figure, "26.72").get_window_extent()
    x, y = figure.transFigure.inverted().transform((there.x0, there.y0))
    figure.text(x, y, "in the way")


def _on_a_dark_bar(figure: Figure) -> None:
    bar = marks(figure)["disbursement-dege"]
    assert isinstance(bar, Rectangle)
    bar.set_facecolor("#0b4a75")
    middle = (bar.get_x() + bar.get_width() / 2, bar.get_y() + bar.get_height() / 2)
    figure.axes[0].annotate("on it", middle, va="center", color="#1a1a1a")


def _under_a_mark(figure: Figure) -> None:
    there = a_text(figure, "26.72").get_window_extent()
    (ax,) = figure.axes
    x, y = ax.transData.inverted().transform((there.x0, (there.y0 + there.y1) / 2))
    ax.plot([x], [y], marker="D", markersize=5, color="#0b4a75", zorder=9)


def _painted(figure: Figure, **colours: str) -> None:
    for bar in figure.findobj(Rectangle):
        bar.set_facecolor(colours.get(bar.get_label(), bar.get_facecolor()))


REFUSED: tuple[tuple[str, Any], ...] = (
    (r"'26.72': text of 5.5 pt.*6 pt", lambda f: a_text(f, "26.72").set_fontsize(5.5)),
    (r"'(26.72 / in the way|in the way / 26.72)': text over text", _in_the_way),
    (r"'too long': text off the canvas", lambda f: f.text(0.98, 0.5, "too long")),
    (r"no font has a glyph for '亿' \(U\+4EBF", lambda f: a_text(f, "26.72").set_text("26.72 亿")),
    (r"a line of 0.1 pt", lambda f: marks(f)["commitment-ganzi"].set_linewidth(0.1)),
    (r"'26.72': contrast", lambda f: a_text(f, "26.72").set_color("#aaaaaa")),
    (r"'on it': contrast", _on_a_dark_bar),
    (r"'26.72': text under a mark", _under_a_mark),
    (
        r"'(disbursement / expenditure|expenditure / disbursement).*as light as each other",
        lambda f: _painted(f, disbursement="#3f6f3f", expenditure="#8a4a4a"),
    ),
    # What only the colour-blind confuse.
    (
        r"as light as each other \(protanopia\)",
        lambda f: _painted(f, disbursement="#e00000", expenditure="#005000"),
    ),
    (r"'185.42 mm': the width is not the 183 mm", lambda f: f.set_figwidth(7.3)),
    (r"the height is not allowed; the preset has 170 mm", lambda f: f.set_figheight(9)),
    (r"'commitment-ganzi': a row .* no mark", lambda f: marks(f)["commitment-ganzi"].remove()),
    (r"'expenditure-litang': a row", lambda f: marks(f)["expenditure-litang"].set_text(" ")),
    (r"touches the edge", lambda f: f.add_artist(Line2D([0, 1], [0.5, 0.5], linewidth=1))),
    (r"2 faults", lambda f: (a_text(f, "26.72").set_fontsize(4), f.set_figheight(9))),
)


@pytest.mark.parametrize(("match", "change"), REFUSED, ids=[match for match, _ in REFUSED])
def test_a_fault_is_refused(match: str, change: Any) -> None:
    figure, rows = anew("money_flow"), PLOTS["money_flow"].rows(**tables("money_flow"))
    preset = preset_named("double")
    with style("double", "en"):
        change(figure)
        with pytest.raises(PlotError, match=match) as caught:
            check_figure(figure, plot="money_flow", lang="en", preset=preset, drawn=rows)
    assert "plot money_flow (en, double)" in str(caught.value)


# --- in somebody's own grid ------------------------------------------------------------------

# plot_rows takes ids where the others take tables.
ALL = (name[5:] for name in plots.__all__ if name.startswith("plot_"))
AXES = [name for name in ALL if name not in ("named", "rows")]
OF = {"revenue_routes": "funding_ratios", "waterfall": "denominators",
      "call_shares": "judgement_calls"}  # fmt: skip


def on_axes(name: str, ax: Any, **wishes: Any) -> Any:
    plot, found = getattr(plots, f"plot_{name}"), tables(OF.get(name, name))
    takes = inspect.signature(plot).parameters
    wishes = {"columns": False} | wishes if "columns" in takes else wishes
    return plot(**{table: found[table] for table in takes if table in found}, ax=ax, **wishes)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("start", range(0, len(AXES), 3))
def test_any_four_in_a_grid_are_free_of_collisions(start: int, lang: str) -> None:
    """Each plot beside its next three, in constrained layout, in a style of ours or an author's."""
    names = [AXES[(start + step) % len(AXES)] for step in range(4)]
    with style("double", lang) if lang == "zh" else mpl.rc_context({"font.size": 7}):
        figure = Figure(figsize=(12, 9), layout="constrained")
        for name, ax in zip(names, figure.subplots(2, 2).flat, strict=True):
            assert on_axes(name, ax, lang=lang) is ax
            assert not ax.spines["top"].get_visible()
        figure.draw_without_rendering()
        assert find_collisions(figure) == [], names


@pytest.mark.parametrize("name", AXES)
def test_a_plot_changes_no_setting_and_keeps_an_authors_own(name: str) -> None:
    with mpl.rc_context({"font.size": 9, "axes.grid": False}):
        before = dict(mpl.rcParams)
        figure = Figure(figsize=(9, 7), layout="constrained")
        ax = on_axes(name, figure.subplots(), lang="zh")
        figure.canvas.draw()  # no glyph is missing, or a warning is an error
        assert dict(mpl.rcParams) == before
    labels = [label.get_text() for label in ax.get_yticklabels()]
    assert any(labels), "rows are named by real tick labels"
    assert all(isinstance(note, str) for note in notes_of(ax))


def test_a_part_of_the_rows_in_another_order() -> None:
    flow = tables("money_flow")["flow"]
    with style("double", "en"):
        ax = plots.plot_money_flow(flow, ax=Figure().subplots(), order=["xinlong", "dege"])
        names = [label.get_text() for label in ax.get_yticklabels()]
        assert [name for name in names if name in ("Xinlong", "Dêgê")] == ["Xinlong", "Dêgê"]
        one = plots.plot_mechanisms(
            tables("mechanisms")["devices"].query("recipient == 'litang'"), ax=Figure().subplots()
        )
    assert [label.get_text() for label in one.get_xticklabels()] == ["Litang"]


def test_what_cannot_be_drawn_is_one_good_error() -> None:
    flow, ax = tables("money_flow")["flow"], Figure().subplots()
    less = flow.drop(columns="step")
    for given, wishes, words in (
        (flow, {"lang": "fr"}, "language 'fr': there is none"),
        (less, {}, r"plot money_flow: no column 'step'.*money_flow\(\) has it"),
        (flow.iloc[:0], {}, "plot money_flow: its table has no row"),
        ([1, 2], {}, "plot money_flow: list is no table"),
        (flow, {"order": ["dêgê"]}, "plot money_flow: order has 'dêgê', the table not"),
        (flow, {"order": "dege"}, "plot money_flow: order is 'dege'; pass a list of names"),
        (flow, {"order": []}, "plot money_flow: order is .*one at least"),
    ):
        with pytest.raises(PlotError, match=words):
            plots.plot_money_flow(given, ax=ax, **wishes)
    ratios, routes = tables("funding_ratios")["ratios"], tables("funding_ratios")["routes"]
    with pytest.raises(PlotError, match="plot funding_ratios: its table has no row"):
        plots.plot_revenue_routes(routes.iloc[:0], ax=ax)
    shares, cost = tables("denominators")["shares"], tables("parts_of_wholes")["shares"]
    events, stages = tables("events")["events"], tables("project_stages")["stages"]
    other = pd.DataFrame({"a": [1]})
    for call, words in (
        (partial(plots.plot_funding_ratios, ratios, [1]), "list is no table.*programme_rules"),
        (partial(plots.plot_funding_ratios, ratios, other), "no column 'fact_id'.*programme_rules"),
        (partial(plots.plot_waterfall, shares, [1]), r"list is no table.*funding_ratios\(\)"),
        (partial(plots.plot_waterfall, shares, other), "no column 'recipient'.*has it"),
        (partial(plots.plot_events, events, "2012"), r"str is no window.*writing_window\(\)"),
        (partial(plots.plot_events, events, None, ["litang"]), "counties is .*pass a dict"),
        (partial(plots.plot_events, events, None, {"litang": "Litang"}), "counties is .*a dict"),
        (partial(plots.plot_parts_of_wholes, cost, kind="costs"), "did you mean 'cost'"),
        (partial(plots.plot_project_stages, stages, by="pair"), "choose one of project, county"),
        (partial(plots.plot_rows, "ganzi-019"), "one name; pass a list"),
    ):
        with pytest.raises(PlotError, match=words):
            call(ax=ax)
    figure = Figure()
    for given, wishes, words in (
        (figure, {"rows": [1, 2]}, r"list is no table; pass what PLOTS\[...\].rows\(\)"),
        (figure, {"rows": other}, "no column 'mark'"),
        (figure.subplots(), {}, "Axes is no figure"),
    ):
        with pytest.raises(PlotError, match=words):
            plots.save_figure(given, "own", Path("unused"), **wishes)
    with pytest.raises(PlotError, match="plot 3: there is none"):
        plots.plot_named(3)  # type: ignore[arg-type]


def test_a_font_that_a_journal_wants_stands_first_in_an_svg(tmp_path: Path) -> None:
    (path,) = save_plot("money_flow", tmp_path, study=stored(), preset="plos", formats=["svg"])
    first = re.findall(r"font-family: .([^,]+).,", path.read_text(encoding="utf-8"))
    assert first
    assert set(first) <= {"Arial", "Source Sans Pro"}


def test_a_figure_changed_by_hand_goes_through_the_check_and_to_a_file(tmp_path: Path) -> None:
    figure, rows = anew("money_flow"), PLOTS["money_flow"].rows(**tables("money_flow"))
    a_text(figure, "26.72").set_fontweight(600)
    (path,) = save_figure(figure, "mine", tmp_path, rows=rows, formats=["svg"], alt="Mine.")
    assert path.name == "mine.double.en.svg"
    assert b"Mine." in path.read_bytes()
    marks(figure)["commitment-ganzi"].remove()
    with pytest.raises(PlotError, match=r"plot other .*'commitment-ganzi': a row"):
        save_figure(figure, "other", tmp_path, rows=rows)
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


# --- files -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def family(tmp_path_factory: pytest.TempPathFactory) -> Path:
    into = tmp_path_factory.mktemp("figures")
    save_family(PLOTS["money_flow"], stored(), into)
    return into / "money_flow"


def test_family_is_complete(family: Path) -> None:
    kinds = "en.pdf en.svg en.png zh.pdf zh.svg zh.png csv caption.en.md caption.zh.md"
    names = {path.name.removeprefix("money_flow.") for path in family.iterdir()}
    assert names == set(kinds.split())


def test_gallery_shows_every_plot_and_links_to_files_that_are_made(family: Path) -> None:
    page = gallery(stored())
    for stem, plot in PLOTS.items():
        for lang in LANGS:
            assert plot.caption(**tables(stem), lang=lang) in page
    links = re.findall(r"\]\((money_flow/[^)]+)\)", page)
    assert len(links) == 8
    for link in links:
        assert (family.parent / link).is_file(), link


def test_csv_holds_the_drawn_rows(family: Path) -> None:
    text = (family / "money_flow.csv").read_text(encoding="utf-8")
    assert text.splitlines()[0] == (
        "mark,quantity,label_en,label_zh,value,low,high,unit,state,figures,offsets"
    )
    rows = {row["mark"]: row for row in csv_rows(text)}
    assert ",".join(rows["expenditure-ganzi"].values()) == (
        "expenditure-ganzi,expenditure,Longquanyi → Garzê County: spent,龙泉驿 → 甘孜县：完成投资,"
        "20294700,20294650,20294750,CNY,printed,ganzi-015,"
    )
    assert rows["expenditure-litang"]["value"] == ""
    assert rows["expenditure-litang"]["state"] == "not_reported"


def test_text_of_an_svg_is_text_in_fonts_that_others_have(family: Path) -> None:
    content = (family / "money_flow.zh.svg").read_text(encoding="utf-8")
    found = [element.text for element in ET.fromstring(content).iter(f"{SVG}text")]
    assert {"新龙", "到位", "2672"} <= set(found)
    assert "'Noto Sans SC'" in content
    assert "aidstudy" not in content


def of_svg(path: Path, marks: Any) -> tuple[str, str]:
    """Title and description of a drawing that is one picture and has each mark once."""
    root = ET.fromstring(path.read_bytes())
    assert (root.get("role"), root.get("aria-labelledby")) == ("img", "title desc")
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert set(marks) <= set(ids)
    assert len(ids) == len(set(ids))
    title, desc = (root.findtext(f"{SVG}{name}") for name in ("title", "desc"))
    return title or "", desc or ""


def test_caption_pages(family: Path) -> None:
    english = (family / "money_flow.caption.en.md").read_text(encoding="utf-8")
    assert "## Alternative text" in english
    assert "Leshan → Litang: spent: not reported" in english, "the long description"
    chinese = (family / "money_flow.caption.zh.md").read_text(encoding="utf-8")
    assert "## 替代文本" in chinese
    assert "±" not in english + chinese


def test_png_has_the_size_and_resolution_of_the_preset(family: Path) -> None:
    with Image.open(family / "money_flow.zh.png") as picture:
        assert picture.size[0] == int(183 / 25.4 * 300)
        assert picture.info["dpi"] == pytest.approx((300, 300), abs=0.1)
        assert "Software" not in picture.info
        assert picture.info["Description"].startswith("条形图")


@pytest.mark.parametrize("stem", ["events", "project_stages", "parts_of_wholes"])
def test_the_command_draws_a_plot_for_another_place(stem: str, tmp_path: Path) -> None:
    wish = ("--preset", "single", "--format", "svg", "--format", "tiff", "-o", tmp_path)
    said("plot", stem, *wish, study=stored().folder)
    rows = PLOTS[stem].rows(**tables(stem))
    left_out = PLOTS[stem].omitted(PRESETS["single"])
    kept = ~(rows["quantity"].isin(left_out) | rows["unit"].isin(left_out))
    told = of_svg(tmp_path / f"{stem}.single.en.svg", rows.loc[kept, "mark"])
    assert told == (PLOTS[stem].title.en, PLOTS[stem].alt(**tables(stem)))
    with Image.open(tmp_path / f"{stem}.single.en.tiff") as picture:
        assert picture.mode == "RGB"
        assert picture.size[0] == int(89 / 25.4 * 600)
        assert picture.info["dpi"] == pytest.approx((600, 600))


def test_wrong_wishes_are_named(tmp_path: Path) -> None:
    with pytest.raises(PlotError, match=r"plot 'money_flows'.*money_flow"):
        plot_named("money_flows")
    with pytest.raises(PlotError, match=r"format 'jpeg'"):
        save_plot("money_flow", tmp_path, study=stored(), formats=["jpeg"])
    assert list(tmp_path.iterdir()) == []


_HASHES = """
import hashlib
from aidstudy.plots import PLOTS
from aidstudy.plots.save import render
# The rebuild compares every plot with what another process has stored.
for stem in ("money_flow", "judgement_calls"):
    figure = drawing(stem, PLOTS[stem])
    # What a format adds to a drawing it adds to each, so one plot is enough for the slow ones.
    for form in ("svg", *(("pdf", "png", "tiff") if stem == "money_flow" else ())):
        content = render(
            figure, form, preset="double", lang="zh", stem=stem, title="t", alt="a & b"
        )
        print(stem, form, hashlib.sha256(content).hexdigest())
"""


def test_two_processes_with_two_hash_seeds_give_the_same_bytes(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """This one, with any seed, after all that other tests drew, and a new one elsewhere."""
    there = (
        "from aidstudy.plots.save import checked_figure\n"
        "from aidstudy.tables.study import load_study\n"
        "def drawing(stem, plot):\n"
        f"    found = plot.load(load_study({str(repository)!r}))\n"
        "    return checked_figure(plot, found, preset='double', lang='zh')\n"
    )
    other = ran("-c", there + _HASHES, PYTHONHASHSEED="77", TZ="Asia/Tokyo")
    exec(_HASHES, {"drawing": lambda stem, plot: drawing(stem, "zh")})
    assert capsys.readouterr().out == other
    assert len(other.splitlines()) == 5


# --- PDF readers -----------------------------------------------------------------------------

_READERS = {
    "pdftoppm": lambda pdf, png: ["pdftoppm", "-r", "150", "-png", "-singlefile", pdf, png[:-4]],
    "mutool": lambda pdf, png: ["mutool", "draw", "-q", "-r", "150", "-o", png, pdf, "1"],
    "gs": lambda pdf, png: [
        "gs", "-q", "-dBATCH", "-dNOPAUSE", "-dSAFER", "-sDEVICE=png16m", "-r150",
        "-dTextAlphaBits=4", f"-sOutputFile={png}", pdf,
    ],
}  # fmt: skip


def look(stem: str) -> dict[str, Any]:
    return {"preset": "double", "lang": "zh", "stem": stem, "title": "题", "alt": "替代文本"}


@cache
def chinese_pdf(stem: str) -> tuple[bytes, Any, tuple[tuple[str, slice, slice], ...]]:
    """A drawing in Chinese: PDF, Matplotlib's own pixels, and where Chinese stands in them."""
    figure = drawing(stem, "zh")
    pdf, before = render(figure, "pdf", **look(stem)), figure.dpi
    with style("double", "zh"):
        figure.set_dpi(150)
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        pixels = np.array(canvas.buffer_rgba())[:, :, :3].mean(axis=2)
        places = []
        for text in shown_texts(figure):
            if re.search(r"[\u3400-\u9fff]", text.get_text()):
                box, height = text.get_window_extent(), pixels.shape[0]
                rows = slice(int(height - box.y1), int(height - box.y0) + 1)
                places.append((text.get_text(), rows, slice(int(box.x0), int(box.x1) + 1)))
        figure.set_dpi(before)
    return pdf, pixels, tuple(places)


# Each reader looks at two plots: what it cannot draw is a kind of font, not a plot.
@pytest.mark.parametrize(("stem", "reader"), [*zip([*PLOTS][::2], [*_READERS] * 2, strict=False)])
def test_chinese_can_be_seen_in_pdf_readers(stem: str, reader: str, tmp_path: Path) -> None:
    if not shutil.which(reader):
        pytest.skip(f"{reader} is not installed, so nobody looks at the PDF with it")
    content, ours, places = chinese_pdf(stem)
    pdf, png = tmp_path / "a.pdf", tmp_path / "a.png"
    pdf.write_bytes(content)
    subprocess.run(_READERS[reader](str(pdf), str(png)), check=True, capture_output=True)
    theirs = np.asarray(Image.open(png).convert("L"))
    assert places, "a plot in Chinese has Chinese in it"
    for text, rows, columns in places:
        # As much ink as Matplotlib puts there itself, within what smoothing changes.
        ink = (255.0 - theirs[rows, columns]).sum()
        assert ink > 0.6 * (255.0 - ours[rows, columns]).sum(), text


def test_bold_chinese_is_heavier_and_is_still_text() -> None:
    figure = anew("money_flow", "zh")
    (bold,) = figure.findobj(Bold)
    ink = {}
    for place, wanted in (("heavy", True), ("light", False)):
        bold.set_visible(wanted)
        with style("double", "zh"):
            canvas = FigureCanvasAgg(figure)
            canvas.draw()
            box = a_text(figure, "德格").get_window_extent()
            pixels = np.array(canvas.buffer_rgba())[:, :, 0]
        rows = slice(int(pixels.shape[0] - box.y1), int(pixels.shape[0] - box.y0))
        ink[place] = (255.0 - pixels[rows, int(box.x0) : int(box.x1)]).sum()
    assert 1.15 < ink["heavy"] / ink["light"] < 1.8
    svg = render(figure, "svg", **look("money_flow")).decode()
    assert re.search(r"font-weight: 600[^>]*>德格<", svg)
    pypdf = pytest.importorskip("pypdf")
    content = render(figure, "pdf", **look("money_flow"))
    page = pypdf.PdfReader(io.BytesIO(content)).pages[0]
    assert page.extract_text().count("德格") == 1


def test_pdf_fonts_are_embedded_as_true_type() -> None:
    pypdf = pytest.importorskip("pypdf")
    content, *_ = chinese_pdf("events")
    page = pypdf.PdfReader(io.BytesIO(content)).pages[0]
    kinds = set()
    for font in page["/Resources"]["/Font"].values():
        described = font.get_object()
        for part in described.get("/DescendantFonts", [described]):
            kinds.add(part.get_object()["/Subtype"])
    assert kinds <= {"/CIDFontType2", "/TrueType"}
    assert "签订框架协议" in page.extract_text()
