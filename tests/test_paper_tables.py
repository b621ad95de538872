"""Tables for papers: cells worked out by hand, escaping in every format, the same bytes."""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
import subprocess
import sys
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from fractions import Fraction
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path

import pytest
from click.testing import CliRunner
from matplotlib import get_data_path
from matplotlib.ft2font import FT2Font

from aidstudy.bilingual import Words
from aidstudy.cli import commands
from aidstudy.errors import FileError, ResultError, TableError
from aidstudy.pages.new_study import new_study
from aidstudy.papers import FORMATS, TABLES, write_table
from aidstudy.papers.builders import BUILDERS, results_table
from aidstudy.papers.grid import ID_BREAK, Grid, render
from aidstudy.papers.model import Column, Number, PaperTable, Unit, missing, same, units
from aidstudy.papers.recorded import recorded
from aidstudy.papers.writers import WRITERS, latex, typst
from aidstudy.tables.load import clean_study
from aidstudy.tables.study import Study, load_study

# Every character that some format reads as a command, in one cell.
SPECIAL = r"""50% & #1 _x_ ~ ^ \ \\ {y} < > "q" 'r' | *[z] $5 `t` --- -- <b> @u // i"""

FONT = "NotoSansSC-Regular.ttf"


@pytest.fixture(scope="module")
def study() -> Study:
    return load_study()


@pytest.fixture(scope="module")
def grids(study: Study) -> dict[tuple[str, str], Grid]:
    """Every table in both languages."""
    tables = {name: build(study) for name, build in BUILDERS.items() if name != "results"}
    tables["results"] = results_table(study, "B")
    return {(name, lang): render(t, lang) for name, t in tables.items() for lang in ("en", "zh")}


# --- the model -------------------------------------------------------------------------------


def _numbers(*cells: Number) -> Grid:
    column = Column(same("n"), units("%"), "right")
    return render(PaperTable("t", same("t"), (column,), tuple((cell,) for cell in cells)), "en")


def test_missing_numbers_are_told_apart_and_explained() -> None:
    grid = _numbers(missing("not_reported"), missing("not_applicable"))
    assert [line.cells for line in grid.lines] == [("not reported",), ("–",)]
    assert "Not reported: the page does not say; this is not zero. –: not applicable." in grid.note


def test_the_points_of_a_column_stand_below_each_other() -> None:
    given = [("26.72", "26.715", "26.725"), ("132", "131.5", "132.5"), ("0.5", "0.5", "0.5")]
    grid = _numbers(*(Number(*map(Fraction, ends), "printed") for ends in given))
    assert grid.headers == ("n (%)", "Low", "High")
    assert {line.cells[0].ljust(1)[-3:] for line in grid.lines} == {
        ".72",
        "\u2008\u2007\u2007",
        ".5\u2007",
    }
    assert [line.cells[1].strip() for line in grid.lines] == ["26.715", "131.5", ""]


def test_an_end_that_the_print_does_not_set_is_open() -> None:
    grid = _numbers(Number(Fraction(300), Fraction(300), None, "printed"))
    assert grid.lines[0].cells == ("300", "300", "open")


# --- the tables of the study -----------------------------------------------------------------


def row_of(grid: Grid, *starts: str, below: str = "") -> dict[str, str]:
    """The row that begins so, below the line that heads it; without filling spaces."""
    head = ""
    for line in grid.lines:
        cells = tuple(cell.strip("\u2007\u2008") for cell in line.cells)
        head = cells[0] if line.head else head
        if not line.head and head.startswith(below) and cells[: len(starts)] == starts:
            return dict(zip(grid.headers, cells, strict=True))
    raise AssertionError(starts)


def rows_of(name: str, lang: str = "en") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(write_table(name, "csv", lang).decode())))


Grids = dict[tuple[str, str], Grid]


def test_ratios_of_the_donor_that_prints_its_share(grids: Grids) -> None:
    # 2672 and 1092 万元 to the 万, 0.845% to the thousandth; 2672 - 1092 = 1580, within 2671.5 -
    # 1092.5 = 1579 and 2672.5 - 1091.5 = 1581; 1580 / 0.5% = 316000 万元 = 3.16 billion.
    expected = {
        "Aid (CNY million)": ("26.72", "26.715", "26.725"),
        "Share of revenue (%)": ("0.845", "0.8445", "0.8455"),
        "By the rule (CNY million)": ("15.80*", "15.79", "15.81"),
        "Added (CNY million)": ("10.92", "10.915", "10.925"),
        "Revenue implied (CNY bn)": ("3.160*", "3.158", "3.162"),
    }
    for head, (value, low, high) in expected.items():
        row = row_of(grids["ratios", "en"], "Garzê County", "Longquanyi", below=head)
        assert (row["Value"], row["Low"], row["High"]) == (value, low, high)
    chinese = row_of(grids["ratios", "zh"], "甘孜县", below="推算财政收入（亿元）")
    assert (chinese["数值"], chinese["下限"], chinese["上限"]) == ("31.60*", "31.58", "31.62")
    assert "The rule: 0.5% of the donor's revenue" in grids["ratios", "en"].note
    assert "2012 (inferred)" in grids["ratios", "en"].title


def test_counties_of_which_nothing_is_reported_stand_in_one_line(grids: Grids) -> None:
    silent = row_of(
        grids["ratios", "en"], "Litang, Xiangcheng, Xinlong, Dêgê", below="Share of revenue"
    )
    assert (silent["Value"], silent["Low"]) == ("not reported", "")
    # 1200 万元 / 0.5% = 240000 万元, if the whole sum were the rule.
    row = row_of(grids["ratios", "en"], "Xiangcheng", below="Revenue")
    assert (row["Value"], row["Low"], row["High"]) == ("2.400†", "2.399", "2.401")
    data = [row for row in rows_of("ratios") if row["Quantity"] == "Share of revenue"]
    assert [row["Value, state"] for row in data].count("not_reported") == 4


def test_pairs_hold_what_was_paid_and_spent(grids: Grids) -> None:
    # 210 and 20 万元, each to the 万: 230 within 229 and 231, derived, as the page prints no sum.
    expected = {"Committed": "17.6775", "Transferred": "5.00", "Spent": "2.30*"}
    expected |= {"Named projects": "5", "Other helpers": "0"}
    for head, value in expected.items():
        assert row_of(grids["pairs", "en"], "Xinlong", below=head)["Value"] == value
    spent = row_of(grids["pairs", "en"], "Litang, Xiangcheng", below="Spent")
    assert spent["Value"] == "not reported"
    assert row_of(grids["pairs", "zh"], "德格", below="其他")["数值"] == "8"
    assert "Garzê" not in grids["pairs", "en"].note
    assert "Longquanyi, city district" in grids["pairs", "en"].note


def test_a_sum_without_a_year_is_marked(grids: Grids) -> None:
    for name, head in (("pairs", "Committed"), ("ratios", "Aid")):
        assert row_of(grids[name, "en"], "Dêgê", below=head)["Value"] == "30.70*‡"
        assert row_of(grids[name, "en"], "Xinlong", below=head)["Value"] == "17.6775"
        assert "‡ printed without a year" in grids[name, "en"].note


def test_figures_by_measure_count_every_figure_of_the_reports(grids: Grids, study: Study) -> None:
    grid = grids["figures", "en"]
    row = row_of(grid, "budget", below="Money")
    assert list(row.values()) == ["budget", "5", "1", "2", "·", "·", "8", "8"]
    assert "· none." in grid.note
    with (study.clean / "figures.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["article"] != "page"]
    counted = rows_of("figures")
    assert sum(int(row["All"]) for row in counted) == len(rows)
    assert sum(int(row["Not exact"]) for row in counted) == sum(r["bound"] != "exact" for r in rows)


def test_money_is_shown_as_printed_and_as_read(grids: Grids) -> None:
    road = row_of(grids["money", "en"], "Litang", below="Budget")
    assert list(road.values())[2:] == ["100", "50", "150", "not reported", "litang-009"]
    # 1.39亿元 is to the hundredth of a 亿: 100 万元 wide.
    chinese = {line.cells[-1]: line.cells for line in grids["money", "zh"].lines}
    cells = [cell.strip("\u2007\u2008") for cell in chinese["xiangcheng-008"]]
    assert cells[1:5] == ["1.39亿元", "13,900", "13,850", "13,950"]
    data = {row["Figure"]: row for row in rows_of("money")}
    assert data["xiangcheng-005"]["As printed"] == "13余万元"


def test_projects_with_sector_stage_and_money(grids: Grids) -> None:
    english, chinese = grids["projects", "en"], grids["projects", "zh"]
    road = row_of(english, "Leshan Road", below="Litang, aided by Leshan")
    assert list(road.values())[1:] == [
        "21020", "survey design", "35.00", "34.995", "35.005", "budget",
    ]  # fmt: skip
    # Three units intend to build it together.
    row_of(english, "Tibetan hospital (banking regulator, Hua Xia Bank, Sinohydro 7)")
    # Of the 59 none is named: 22 complete, 37 under way.
    assert row_of(chinese, "未列名项目22个", below="甘孜县")["阶段"] == "完成"
    data = {row["Project, figure"]: row for row in rows_of("projects")}
    road = data["litang-p02 litang-020"]
    assert (road["Sector name"], road["IATI status"]) == ("Road transport", "pipeline")
    assert data["litang-p03 litang-022"]["IATI status"] == "implementation"


def test_a_joint_sum_is_given_once(grids: Grids) -> None:
    values = [line.cells[3].strip("\u2007\u2008") for line in grids["projects", "en"].lines]
    assert (values.count("12.00§"), values.count("110.66§"), values.count("§")) == (1, 1, 2 + 4)
    # What is printed for a project alone, and each joint sum once: 100 + 35 + 29 + 12.3 + 9 + 50
    # of Litang, 12 and 110.66.
    data = rows_of("projects")
    amounts = [Fraction(row["Amount (CNY million)"] or 0) for row in data]
    assert sum(amounts) == Fraction("357.96")
    assert [row["Amount, state"] for row in data].count("joint") == 6


def test_what_is_dated_stands_once_with_its_source(grids: Grids) -> None:
    grid = grids["timeline", "en"]
    visit = row_of(grid, "the county", "County delegation goes to Leshan", below="Litang")
    assert list(visit.values())[2:] == ["2012-04-17", "2012-04-17", "141–197", "page"]
    assert [line.cells[1] for line in grid.lines].count("This year's five projects under way") == 1
    # 2.2亿元 to the tenth of a 亿, of which 1000 万元 is each.
    pledge = "commitment, 2 counties together: CNY 220 (215–225) million"
    assert row_of(grid, "the county", pledge, below="Xiangcheng")["Latest"] == "2016-12-31"


def test_sectors_count_every_named_project_once(grids: Grids) -> None:
    row = row_of(grids["sectors", "en"], "43040", "Rural development")
    assert list(row.values())[2:] == ["·", "3", "1", "·", "·", "4"]
    data = rows_of("sectors")
    # 23 named projects; 1 and 22 + 37 are counted and not named.
    assert sum(int(row["All"]) for row in data[:-1]) == 23
    assert (data[-1]["Code"], data[-1]["All"]) == ("not reported", "60")
    assert row_of(grids["sectors", "zh"], "43040")["部门"] == "农村发展"


def test_agreement_of_the_codings(grids: Grids) -> None:
    # The codebook tells these: 137 spans of 139, every kind and value, 98.5% of the measures.
    grid = grids["agreement", "en"]
    assert row_of(grid, "row in both codings", below="Figures")["Rows"] == "139"
    kind = row_of(grid, "kind", below="Figures")
    assert (kind["Rows"], kind["Agreement (%)"], kind["κ"]) == ("137", "100", "1")
    assert row_of(grid, "measure", below="Figures")["Agreement (%)"] == "98.5"
    assert row_of(grids["agreement", "zh"], "两份编码均有的行", below="机制")["κ"] == "–"


def test_results_of_one_analysis(grids: Grids, study: Study) -> None:
    english = {line.cells[-1]: line.cells for line in grids["results", "en"].lines}
    # Each row has the unit and the digits of its own number, its note has a number.
    rule = [cell.strip("\u2007\u2008") for cell in english["rule_amount.ganzi"]]
    assert rule[1:5] == ["15.80*", "15.79", "15.81", "CNY million"]
    assert f"({rule[5]}) the page prints the sum and the addition" in grids["results", "en"].note
    chinese = {line.cells[-1]: line.cells for line in grids["results", "zh"].lines}
    cells = [cell.strip("\u2007\u2008") for cell in chinese["rule_amount.ganzi"]]
    assert cells[1:5] == ["1580*", "1579", "1581", "万元"]
    # What all routes allow: 2672 / 0.8455% = 3.15967 and (2672.5 - 1091.5) / 0.5% = 3.162.
    overlap = [cell.strip("\u2007\u2008") for cell in english["revenue.ganzi.overlap"]]
    assert overlap[1:4] == ["", "3.1596", "3.1620"]
    assert set(english) == {
        one.result_id for one in recorded(study).values() if one.analysis == "B"
    }


def test_results_want_an_analysis_or_ids(study: Study) -> None:
    table = results_table(study, ids=["spent.litang", "agrees.ganzi-built-and-going"])
    rows = [line.cells for line in render(table, "zh").lines]
    assert [row[1] for row in rows] == ["未报告", "按原数相符"]
    with pytest.raises(ResultError, match="name an analysis, A to P, or the ids"):
        write_table("results", study=study)
    with pytest.raises(ResultError, match="analysis 'Z': no results"):
        write_table("results", study=study, analysis="Z")
    with pytest.raises(ResultError, match=r"did you mean 'spent\.litang'"):
        write_table("results", study=study, ids=["spent.litan"])
    with pytest.raises(TableError, match="only 'results' has"):
        write_table("pairs", study=study, analysis="B")


def test_every_name_is_a_table_and_every_table_has_a_name() -> None:
    assert tuple(BUILDERS) == TABLES
    assert tuple(WRITERS) == FORMATS
    with pytest.raises(TableError, match="no table 'ratio'; did you mean 'ratios'"):
        write_table("ratio")
    with pytest.raises(TableError, match="no format 'tex'"):
        write_table("ratios", "tex")
    with pytest.raises(TableError, match="no language 'fr'"):
        write_table("ratios", "latex", "fr")


def test_a_table_goes_to_the_screen_and_a_document_to_a_file() -> None:
    shown = CliRunner().invoke(commands, ["table", "ratios", "--format", "markdown"])
    assert shown.stdout_bytes == write_table("ratios", "markdown")
    refused = CliRunner().invoke(commands, ["table", "ratios", "--format", "docx"])
    assert refused.exit_code == 2
    assert "needs a file" in refused.output


def test_a_format_whose_library_is_missing_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "docx", None)
    with pytest.raises(FileError, match="format docx: the package docx is not installed"):
        write_table("figures", "docx")


def test_a_table_that_fills_a_page_may_break_over_pages(grids: Grids) -> None:
    # Few rows, but their cells are broken into several lines each.
    assert grids["money", "en"].height > 45 > grids["ratios", "en"].height
    assert r"\begin{longtable}" in latex(grids["money", "en"])
    assert r"\begin{table}" in latex(grids["ratios", "en"])


def test_a_study_without_pairs_has_tables_without_rows(tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    page.write_text("建设项目5个。\n", encoding="utf-8")
    new_study(tmp_path / "own", page=page, year=2012, title=None)
    own = load_study(tmp_path / "own")
    clean_study(own)
    for name in ("pairs", "money", "ratios", "projects", "sectors"):
        table = BUILDERS[name](own)
        assert table.rows == ()
        assert all(write(table, "en") for write in WRITERS.values())


# --- the line of a page ----------------------------------------------------------------------


def test_no_word_is_wider_than_its_column_in_a_plain_article(study: Study) -> None:
    """345 pt, the line of ``article``, measured in Computer Modern; so 160 mm fit too."""
    font = FT2Font(str(Path(get_data_path()) / "fonts/ttf/cmr10.ttf"))
    font.set_size(10, 72)
    alike = str.maketrans("\u2007\u2008−–·κα†‡§²³÷×", "0.-nnka++S23++")

    def width(text: str) -> float:
        letters = unicodedata.normalize("NFD", text.translate(alike))
        advances = (font.load_char(ord(one)).linearHoriAdvance for one in letters if one < "\u0300")
        return sum(advances) / 65536

    tables = [build(study) for name, build in BUILDERS.items() if name != "results"]
    for table in (*tables, *(results_table(study, letter) for letter in "ABCDEFGHIJKLMNOP")):
        grid = render(table, "en")
        # A letter of cmr7 and cmr8 is wider for its size than one of cmr10.
        shrunk = 0.7 * 1.1388 if grid.crowded else 0.8 * 1.0625
        assert sum(grid.widths) <= 1000
        for place, share in enumerate(grid.widths):
            cells = [line.cells[place] for line in grid.lines if not line.spans]
            words = {
                piece
                for text in (grid.headers[place], *cells)
                for word in text.split(" ")
                for piece in re.split(ID_BREAK, word)
            }
            room = 345 * share / 1000 - 6
            assert max(map(width, words)) * shrunk < room + 0.5, (grid.name, grid.headers[place])
        heads = [line.cells[0] for line in grid.lines if line.spans]
        assert all(width(head) * shrunk < 339 for head in heads)


def test_english_tables_are_latin_and_need_no_chinese_font(grids: Grids, study: Study) -> None:
    """What pdflatex prints without another package: Latin letters, and commands for the rest."""
    texts = [latex(grid) for (_, lang), grid in grids.items() if lang == "en"]
    texts += [latex(render(results_table(study, letter), "en")) for letter in "ABCDEFGHIJKLMNOP"]
    found = {letter for text in texts for letter in text if not letter.isascii()}
    assert all("LATIN" in unicodedata.name(letter) for letter in found), found
    assert not any("xeCJK" in text for text in texts)


# --- formats ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def special() -> PaperTable:
    amount = Number(Fraction(26720000), Fraction(26715000), Fraction(26725000), "printed")
    exact = Number(
        Fraction(1, 3) * 10**6, Fraction(1, 3) * 10**6, Fraction(1, 3) * 10**6, "derived"
    )
    return PaperTable(
        "special",
        same(SPECIAL),
        (
            Column(same(SPECIAL)),
            Column(Words("Aid", "援助"), Unit("CNY million", "万元", 10**6, 10**4), "right"),
        ),
        ((same(SPECIAL), amount), (same("*[a] 甲乙"), exact)),
        (same(SPECIAL),),
    )


class _Texts(HTMLParser):
    """The texts of cells and captions, whatever marks stand around them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []
        self._open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("td", "th", "title", "caption", "p", "li"):
            self.texts.append("")
            self._open = True

    def handle_data(self, data: str) -> None:
        if self._open:
            self.texts[-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "title", "caption", "p", "li"):
            self._open = False


def html_texts(page: str) -> list[str]:
    parser = _Texts()
    parser.feed(page)
    return [text.strip() for text in parser.texts]


def read_html(content: bytes) -> list[str]:
    return html_texts(content.decode())


def read_markdown(content: bytes) -> list[str]:
    from markdown_it import MarkdownIt

    return html_texts(MarkdownIt().enable(["table", "strikethrough"]).render(content.decode()))


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
    texts = read(WRITERS[format](special, "en"))
    # Title, header, cell and note; HTML has the title of the page as well, CSV only the table.
    assert sum(text.endswith(SPECIAL) for text in texts) == times
    assert "*[a] 甲乙" in texts


def test_latex_escapes_every_special_character(special: PaperTable) -> None:
    text = latex(render(special, "en"))
    assert (
        r"50\% \& \#1 \_x\_ \textasciitilde{} \textasciicircum{} \textbackslash{} "
        r"\textbackslash{}\textbackslash{} \{y\} \textless{} \textgreater{} "
        r"``q'' `r' \textbar{} {*}{[}z{]} \$5 "
        r"\textasciigrave{}t\textasciigrave{} -{}-{}- -{}- \textless{}b\textgreater{} @u // i"
    ) in text
    # A row that begins with * or [ is no argument of the row before.
    assert r"{*}{[}a{]} 甲乙 & 0.333{*} &  &  \\" in text
    assert text.startswith("% Packages: array, booktabs, xeCJK or ctex.\n")


def test_csv_holds_all_digits_and_the_state(special: PaperTable) -> None:
    rows = list(csv.DictReader(io.StringIO(WRITERS["csv"](special, "zh").decode())))
    assert rows[0]["援助（万元）"] == "2672"
    assert (rows[0]["援助下限（万元）"], rows[0]["援助上限（万元）"]) == ("2671.5", "2672.5")
    assert [row["援助状态"] for row in rows] == ["printed", "derived"]
    # A third does not end: the low end is rounded down, the high end up.
    low, high = (Fraction(rows[1][f"援助{end}（万元）"]) for end in ("下限", "上限"))
    assert low < Fraction(100, 3) < high


def test_word_repeats_its_header_and_joins_the_lines_that_head_others(study: Study) -> None:
    import docx

    table = docx.Document(io.BytesIO(write_table("pairs", "docx", "en", study))).tables[0]
    assert "tblHeader" in table.rows[0]._tr.xml
    assert len({cell._tc for cell in table.rows[1].cells}) == 1
    assert table.rows[1].cells[0].text == "Committed (CNY million)"
    assert len({cell._tc for cell in table.rows[2].cells}) == 5


def test_docx_tells_neither_author_nor_time(special: PaperTable) -> None:
    import docx

    content = WRITERS["docx"](special, "en")
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = parts.read("docProps/core.xml").decode()
    assert not re.search("creator|created|modified|lastModifiedBy", core)
    assert docx.Document(io.BytesIO(content)).core_properties.author == ""


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
    study: Study, grids: Grids, tmp_path: Path
) -> None:
    tables = [latex(grid) for (_, lang), grid in grids.items() if lang == "en"]
    tables += [latex(render(results_table(study, one), "en")) for one in "ACDEFGHIJKLMNOP"]
    assert "Overfull" not in _set_in_latex("pdflatex", "", tables, tmp_path)


def test_chinese_tables_and_special_characters_compile(
    special: PaperTable, grids: Grids, tmp_path: Path, chinese_font: Path
) -> None:
    kpsewhich = shutil.which("kpsewhich")
    if (
        kpsewhich is None
        or subprocess.run([kpsewhich, "xeCJK.sty"], capture_output=True).returncode
    ):
        pytest.skip("no xeCJK: apt-get install texlive-lang-chinese")
    tables = [latex(grid) for (_, lang), grid in grids.items() if lang == "zh"]
    tables.append(WRITERS["latex"](special, "zh").decode())
    font = rf"\usepackage{{xeCJK}}\setCJKmainfont[Path={chinese_font.parent}/]{{{FONT}}}"
    _set_in_latex("xelatex", font, tables, tmp_path)


@pytest.mark.extra
def test_typst_compiles(special: PaperTable, grids: Grids) -> None:
    module = pytest.importorskip("typst", reason="typst is not installed")
    tables = [typst(render(special, "en")), *(typst(grids[name, "zh"]) for name in BUILDERS)]
    assert module.compile("\n".join(tables).encode(), format="pdf").startswith(b"%PDF")


def test_the_same_bytes_whatever_the_hash_seed(repository: Path) -> None:
    script = (
        "import hashlib\n"
        "from aidstudy.papers.builders import BUILDERS, results_table\n"
        "from aidstudy.papers import macros, results_json\n"
        "from aidstudy.papers.writers import WRITERS\n"
        "from aidstudy.tables.study import load_study\n"
        "study = load_study()\n"
        "contents = {'tex': macros().encode(), 'json': results_json().encode()}\n"
        "tables = {n: build(study) for n, build in BUILDERS.items() if n != 'results'}\n"
        "tables['results'] = results_table(study, 'B')\n"
        "for name, table in tables.items():\n"
        "    for format, write in WRITERS.items():\n"
        "        contents[name, format] = write(table, 'zh' if name == 'projects' else 'en')\n"
        "for key, content in contents.items():\n"
        "    print(key, hashlib.sha256(content).hexdigest())\n"
    )
    outputs = list(_in_two_processes(script, repository))
    assert outputs[0] == outputs[1]
    assert len(outputs[0].splitlines()) == 2 + len(TABLES) * len(FORMATS)


def _in_two_processes(script: str, folder: Path) -> Iterator[str]:
    running = [
        subprocess.Popen(
            [sys.executable, "-c", script],
            cwd=folder,
            env=os.environ | {"PYTHONHASHSEED": seed},
            stdout=subprocess.PIPE,
            text=True,
        )
        for seed in ("1", "2")
    ]
    for process in running:
        with process:
            out, _ = process.communicate(timeout=120)
        assert process.returncode == 0
        yield out
