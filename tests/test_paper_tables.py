"""Tables for papers: cells worked out by hand, escaping in every format, the same bytes."""

from __future__ import annotations

import csv
import html
import io
import re
import shutil
import subprocess
import unicodedata
import zipfile
from collections.abc import Callable
from fractions import Fraction
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from copies import csv_rows, each_case, ran, said, stored, study_of
from matplotlib import get_data_path
from matplotlib.ft2font import FT2Font

from aidstudy.bilingual import Words
from aidstudy.errors import ResultError, TableError
from aidstudy.intervals import Interval
from aidstudy.papers import FORMATS, TABLES, write_table
from aidstudy.papers.builders import BUILDERS, results_table
from aidstudy.papers.grid import ID_BREAK, Grid, render
from aidstudy.papers.model import Cell, Column, PaperTable
from aidstudy.papers.results import recorded
from aidstudy.papers.words import same
from aidstudy.papers.writers import write, written
from aidstudy.quantity.result import Leaf
from aidstudy.quantity.scalar import Missing, Quantity
from aidstudy.quantity.shown import units
from aidstudy.tables.load import clean_study
from aidstudy.tables.study import load_study

# Every character that some format reads as a command, in one cell.
SPECIAL = r"""50% & #1 _x_ ~ ^ \ \\ {y} < > "q" 'r' | *[z] $5 `t` --- -- <b> @u // i"""

FONT = "NotoSansSC-Regular.ttf"
LETTERS = "ABCDEFGHIJKLMNOP"
FILL = "\u2007\u2008"
"""Spaces that keep the points of a column in one line."""

Grids = dict[tuple[str, str], Grid]


@pytest.fixture(scope="module")
def grids() -> Grids:
    """Every table in both languages, and the results of each analysis in English."""
    tables = {name: build(stored()) for name, build in BUILDERS.items() if name != "results"}
    tables["results"] = results_table(stored(), "B")
    found = {(name, lang): render(t, lang) for name, t in tables.items() for lang in ("en", "zh")}
    for letter in LETTERS.replace("B", ""):
        found[f"results-{letter}", "en"] = render(results_table(stored(), letter), "en")
    return found


# --- cells -----------------------------------------------------------------------------------


def _numbers(*cells: Cell) -> Grid:
    columns = {"n": Column(same("n"), units("m"), "right")}
    return render(PaperTable("t", same("t"), columns, tuple({"n": cell} for cell in cells)), "en")


def test_the_cells_of_a_column_of_numbers() -> None:
    numbers = [Quantity.given(printed, "m") for printed in ("26.72", "132")]
    leaf = Leaf("given", "x", Fraction(300), Interval(Fraction(300), None), "300", "m")
    grid = _numbers(
        *numbers, 5, Missing("not_reported"), Missing("not_applicable"), Quantity.of(leaf)
    )
    assert grid.headers == ("n (m)", "Low", "High")
    assert [tuple(cell.strip(FILL) for cell in line.cells) for line in grid.lines] == [
        ("26.72", "26.715", "26.725"), ("132", "131.5", "132.5"), ("5", "", ""),
        ("not reported", "", ""), ("–", "", ""), ("300", "300", "open"),
    ]  # fmt: skip
    # The points stand below each other.
    assert [line.cells[0][-3:] for line in grid.lines[:2]] == [".72", "\u2008\u2007\u2007"]
    assert "Not reported: the page does not say; this is not zero. –: not applicable." in grid.note
    assert "not a confidence interval" in grid.note


# --- the tables of the study -----------------------------------------------------------------


def row_of(grid: Grid, *starts: str, below: str = "") -> list[str]:
    """The cells of the row that begins so, below the line that heads it, after those."""
    head = ""
    for line in grid.lines:
        cells = [cell.strip(FILL) for cell in line.cells]
        head = cells[0] if line.head else head
        if not line.head and head.startswith(below) and cells[: len(starts)] == [*starts]:
            return cells[len(starts) :]
    raise AssertionError(starts)


def rows_of(name: str) -> list[dict[str, str]]:
    return csv_rows(write_table(name, "csv").decode())


@each_case("paper_tables", "rows")
def test_a_row_is_as_worked_out_by_hand(
    table: str, starts: str, below: str, cells: str, grids: Grids
) -> None:
    name, lang = table.split()
    assert row_of(grids[name, lang], *starts.split("|"), below=below) == cells.split("|")


def test_titles_and_notes_say_what_a_table_needs(grids: Grids) -> None:
    for name, words in (
        ("ratios", "The rule: 0.5% of the donor's revenue"),
        ("ratios", "‡ printed without a year"),
        ("pairs", "‡ printed without a year"),
        ("pairs", "Longquanyi, city district"),
        ("figures", "· none."),
    ):
        assert words in grids[name, "en"].note
    assert all("2012 (inferred)" in grids[name, "en"].title for name in ("pairs", "ratios"))
    assert "Garzê" not in grids["pairs", "en"].note


def test_data_hold_what_print_gathers_or_leaves_out() -> None:
    ratios = [row for row in rows_of("ratios") if row["Quantity"] == "Share of revenue"]
    assert [row["Value, state"] for row in ratios].count("not_reported") == 4
    rows = [row for row in csv_rows(stored().clean / "figures.csv") if row["article"] != "page"]
    counted = rows_of("figures")
    assert sum(int(row["All"]) for row in counted) == len(rows)
    assert sum(int(row["Not exact"]) for row in counted) == sum(r["bound"] != "exact" for r in rows)
    money = {row["Figure"]: row for row in rows_of("money")}
    assert money["xiangcheng-005"]["As printed (Chinese)"] == "13余万元"
    projects = {row["Project, figure"]: row for row in rows_of("projects")}
    road = projects["litang-p02 litang-020"]
    assert (road["Sector name"], road["IATI status"]) == ("Road transport", "pipeline")
    sectors = rows_of("sectors")
    # 23 named projects; 1 and 22 + 37 are counted and not named.
    assert sum(int(row["All"]) for row in sectors[:-1]) == 23
    assert (sectors[-1]["Code"], sectors[-1]["All"]) == ("not reported", "60")


def test_a_joint_sum_is_given_once(grids: Grids) -> None:
    values = [line.cells[3].strip(FILL) for line in grids["projects", "en"].lines if not line.head]
    # Xiangcheng's is for four projects, one of which is only counted; Xinlong's for five.
    assert (values.count("12.00§"), values.count("110.66§"), values.count("§")) == (1, 1, 3 + 4)
    # What is printed for a project alone, and each joint sum once: 100 + 35 + 29 + 12.3 + 9 + 50
    # of Litang, 12 and 110.66.
    data = rows_of("projects")
    amounts = [Fraction(row["Amount (CNY million)"] or 0) for row in data]
    assert sum(amounts) == Fraction("357.96")
    assert [row["Amount, state"] for row in data].count("joint") == 7


def test_results_of_one_analysis(grids: Grids) -> None:
    # Each row has the unit and the digits of its own number, its note has a number.
    for lang, cells in (("en", "15.80* 15.79 15.81 CNY million"), ("zh", "1580* 1579 1581 万元")):
        lines = {line.cells[-1]: line.cells for line in grids["results", lang].lines}
        assert list(lines) == [n for n, one in recorded(stored()).items() if one.analysis == "B"]
        rule = [cell.strip(FILL) for cell in lines["rule_amount.ganzi"]]
        assert " ".join(rule[1:5]) == cells
        if lang == "en":
            note = f"({rule[5]}) the page prints the sum and the addition"
            assert note in grids["results", lang].note


def test_results_by_id() -> None:
    table = results_table(stored(), ids=["spent.litang", "agrees.ganzi-built-and-going"])
    rows = [line.cells for line in render(table, "zh").lines]
    assert [row[1] for row in rows] == ["未报告", "按原数相符"]


@each_case("paper_tables", "refused")
def test_what_cannot_be_asked_for_is_one_error(
    name: str, asked: dict[str, Any], error: str
) -> None:
    with pytest.raises((ResultError, TableError), match=error):
        write_table(name, **asked)


def test_a_table_without_a_file_goes_to_the_screen() -> None:
    assert tuple(BUILDERS) == TABLES
    shown = said("table", "ratios", "--format", "markdown")
    assert shown.encode() == write_table("ratios", "markdown")


def test_a_study_without_pairs_has_tables_without_rows(tmp_path: Path) -> None:
    own = load_study(study_of(tmp_path, "建设项目5个。\n"))
    clean_study(own)
    for name in ("pairs", "money", "ratios", "projects", "sectors"):
        table = BUILDERS[name](own)
        assert table.rows == ()
        assert all(write(table, format, "en") for format in FORMATS)


# --- the line of a page ----------------------------------------------------------------------


def test_english_tables_are_latin_and_need_no_chinese_font(grids: Grids) -> None:
    """What pdflatex prints without another package: Latin letters, and commands for the rest."""
    texts = [written(grid, "latex") for (_, lang), grid in grids.items() if lang == "en"]
    found = {letter for text in texts for letter in text if not letter.isascii()}
    assert found
    assert all("LATIN" in unicodedata.name(letter) for letter in found), found
    assert not any("xeCJK" in text for text in texts)


def test_no_word_is_wider_than_its_column_in_a_plain_article(grids: Grids) -> None:
    """345 pt, the line of ``article``, measured in Computer Modern; so 160 mm fit too."""
    font = FT2Font(str(Path(get_data_path()) / "fonts/ttf/cmr10.ttf"))
    font.set_size(10, 72)
    alike = str.maketrans("\u2007\u2008−–·κα†‡§²³÷×", "0.-nnka++S23++")

    def width(text: str) -> float:
        letters = unicodedata.normalize("NFD", text.translate(alike))
        advances = (font.load_char(ord(one)).linearHoriAdvance for one in letters if one < "\u0300")
        return sum(advances) / 65536

    for grid in (grid for (_, lang), grid in grids.items() if lang == "en"):
        # A letter of cmr7 and cmr8 is wider for its size than one of cmr10.
        shrunk = 0.7 * 1.1388 if grid.crowded else 0.8 * 1.0625
        assert sum(grid.widths) <= 1000
        for place, share in enumerate(grid.widths):
            cells = [line.cells[place] for line in grid.lines if not line.head]
            texts = " ".join((grid.headers[place], *cells))
            words = {piece for word in texts.split(" ") for piece in re.split(ID_BREAK, word)}
            room = 345 * share / 1000 - 6
            assert max(map(width, words)) * shrunk < room + 0.5, (grid.name, grid.headers[place])
        assert all(width(line.cells[0]) * shrunk < 339 for line in grid.lines if line.head)


def test_a_table_that_fills_a_page_may_break_over_pages(grids: Grids) -> None:
    # Few rows, but their cells are broken into several lines each.
    assert r"\begin{longtable}" in written(grids["money", "en"], "latex")
    assert r"\begin{table}" in written(grids["ratios", "en"], "latex")


# --- formats ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def special() -> PaperTable:
    third = Fraction(10**6, 3)
    columns = {
        "text": Column(same(SPECIAL)),
        "aid": Column(Words("Aid", "援助"), units("CNY million"), "right"),
    }
    rows = (
        {"text": same(SPECIAL), "aid": Quantity.given("26.72", "CNY million")},
        {"text": same("*[a] 甲乙"), "aid": Quantity.given(third, "CNY").to("CNY million")},
    )
    return PaperTable("special", same(SPECIAL), columns, rows, (same(SPECIAL),))


def read_html(content: bytes) -> list[str]:
    """The texts between tags, those of marks within a text as one."""
    text = re.sub(r"</?(?:em|strong|code|sup|br|span)[^>]*>", "", content.decode())
    return [html.unescape(one).strip() for one in re.split(r"<[^>]*>", text)]


def read_markdown(content: bytes) -> list[str]:
    from markdown_it import MarkdownIt

    page = MarkdownIt().enable(["table", "strikethrough"]).render(content.decode())
    return read_html(page.encode())


def read_docx(content: bytes) -> list[str]:
    import docx

    document = docx.Document(io.BytesIO(content))
    cells = [cell.text for row in document.tables[0].rows for cell in row.cells]
    return [*cells, *(paragraph.text for paragraph in document.paragraphs)]


def read_csv(content: bytes) -> list[str]:
    return [cell for row in csv.reader(io.StringIO(content.decode(), newline="")) for cell in row]


def read_typst(content: bytes) -> list[str]:
    strings = re.findall(r'"((?:[^"\\]|\\.)*)"', content.decode())
    return [re.sub(r'\\(["\\])', r"\1", text) for text in strings]


@pytest.mark.parametrize(
    ("format", "read", "times"),
    [
        ("html", read_html, 5),
        ("markdown", read_markdown, 4),
        ("docx", read_docx, 4),
        ("typst", read_typst, 4),
        ("csv", read_csv, 2),
    ],
)
def test_special_characters_come_back_as_they_were(
    special: PaperTable, format: str, read: Callable[[bytes], list[str]], times: int
) -> None:
    texts = read(write(special, format, "en"))
    # Title, header, cell and note; HTML has the title of the page as well, CSV only the table.
    assert sum(text.endswith(SPECIAL) for text in texts) == times
    assert "*[a] 甲乙" in texts


def test_latex_escapes_every_special_character(special: PaperTable) -> None:
    text = write(special, "latex", "en").decode()
    assert (
        r"50\% \& \#1 \_x\_ \textasciitilde{} \textasciicircum{} \textbackslash{} "
        r"\textbackslash{}\textbackslash{} \{y\} \textless{} \textgreater{} "
        r"``q'' `r' \textbar{} {*}{[}z{]} \$5 "
        r"\textasciigrave{}t\textasciigrave{} -{}-{}- -{}- \textless{}b\textgreater{} @u // i"
    ) in text
    # A row that begins with * or [ is no argument of the row before.
    assert r"{*}{[}a{]} 甲乙 & 0.333 &  &  \\" in text
    assert text.startswith("% Packages: array, booktabs, xeCJK or ctex.\n")


def test_csv_holds_all_digits_and_the_state(special: PaperTable) -> None:
    rows = csv_rows(write(special, "csv", "zh").decode())
    ends = [f"援助{end}（万元）" for end in ("", "下限", "上限")]
    assert [rows[0][end] for end in ends] == ["2672", "2671.5", "2672.5"]
    assert [row["援助状态"] for row in rows] == ["derived", "derived"]
    # A third does not end: the low end is rounded down, the high end up.
    low, high = (Fraction(rows[1][end]) for end in ends[1:])
    assert low < Fraction(100, 3) < high


def test_a_word_document_repeats_its_header_and_tells_neither_author_nor_time() -> None:
    docx = pytest.importorskip("docx", reason="python-docx is not installed")
    content = write_table("pairs", "docx")
    document = docx.Document(io.BytesIO(content))
    (table,) = document.tables
    assert "tblHeader" in table.rows[0]._tr.xml
    # A line that heads others has the whole line.
    assert [len({cell._tc for cell in row.cells}) for row in table.rows[:3]] == [5, 1, 5]
    assert table.rows[1].cells[0].text == "Committed (CNY million)"
    assert document.core_properties.author == ""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = parts.read("docProps/core.xml").decode()
    assert not re.search("creator|created|modified|lastModifiedBy", core)


@pytest.fixture(scope="module")
def chinese_font() -> Path:
    spec = find_spec("zhplot")
    path = Path(spec.origin or "").parent / "fonts" / FONT if spec else Path(FONT)
    if not path.exists():
        pytest.skip(f"no Chinese font: {FONT} is not there")
    return path


def _set_in_latex(program: str, packages: str, tables: list[str], folder: Path) -> str:
    """The log of a plain article with some tables."""
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    text = "\n\\clearpage\n".join(tables)
    head = f"\\documentclass{{article}}\n\\usepackage{{array,booktabs,longtable}}\n{packages}"
    document = f"{head}\n\\begin{{document}}\n{text}\n\\end{{document}}\n"
    (folder / "paper.tex").write_text(document, encoding="utf-8")
    command = [program, "-interaction=nonstopmode", "-halt-on-error", "paper.tex"]
    run = subprocess.run(command, cwd=folder, capture_output=True, timeout=120, check=False)
    log = (folder / "paper.log").read_text(encoding="utf-8", errors="replace")
    assert run.returncode == 0, log[-2000:]
    assert "Missing character" not in log
    return log


def test_english_tables_stand_in_a_plain_article_without_an_overfull_box(
    grids: Grids, tmp_path: Path
) -> None:
    tables = [written(grid, "latex") for (_, lang), grid in grids.items() if lang == "en"]
    assert "Overfull" not in _set_in_latex("pdflatex", "", tables, tmp_path)


def test_chinese_tables_and_special_characters_compile(
    special: PaperTable, grids: Grids, tmp_path: Path, chinese_font: Path
) -> None:
    kpsewhich = shutil.which("kpsewhich")
    if not kpsewhich or subprocess.run([kpsewhich, "xeCJK.sty"], capture_output=True).returncode:
        pytest.skip("no xeCJK: apt-get install texlive-lang-chinese")
    tables = [written(grid, "latex") for (_, lang), grid in grids.items() if lang == "zh"]
    tables.append(write(special, "latex", "zh").decode())
    font = rf"\usepackage{{xeCJK}}\setCJKmainfont[Path={chinese_font.parent}/]{{{FONT}}}"
    _set_in_latex("xelatex", font, tables, tmp_path)


@pytest.mark.extra
def test_typst_compiles(special: PaperTable, grids: Grids) -> None:
    module = pytest.importorskip("typst", reason="typst is not installed")
    tables = [written(grids[name, "zh"], "typst") for name in BUILDERS]
    tables.append(write(special, "typst", "en").decode())
    assert module.compile("\n".join(tables).encode(), format="pdf").startswith(b"%PDF")


def test_the_same_bytes_whatever_the_hash_seed(capsys: pytest.CaptureFixture[str]) -> None:
    """Here, with any seed, and in a process with one."""
    script = (
        "import hashlib\n"
        "from aidstudy.papers import FORMATS, TABLES, macros, results_json, write_table\n"
        "made = {'tex': macros().encode(), 'json': results_json().encode()}\n"
        "for turn, name in enumerate(TABLES):\n"
        "    for format in list(FORMATS)[turn % 3 :: 3]:\n"
        "        lang = 'zh' if name == 'projects' else 'en'\n"
        "        letter = 'B' if name == 'results' else ''\n"
        "        made[name, format] = write_table(name, format, lang, analysis=letter)\n"
        "for key, content in made.items():\n"
        "    print(key, hashlib.sha256(content).hexdigest())\n"
    )
    exec(script)
    here = capsys.readouterr().out
    assert here == ran("-c", script, PYTHONHASHSEED="1")
    assert len(here.splitlines()) == 2 + len(TABLES) * len(FORMATS) // 3
