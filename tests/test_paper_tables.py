"""Tables for papers: cells worked out by hand, escaping in every format, the same bytes."""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from fractions import Fraction
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path

import pytest

from aidstudy.analysis import results, write_results
from aidstudy.codebook import STATES
from aidstudy.errors import FileError, ResultError, TableError
from aidstudy.pages.new_study import new_study
from aidstudy.papers import FORMATS, LANGUAGES, TABLES, write_table
from aidstudy.papers.builders import BUILDERS, results_table
from aidstudy.papers.grid import Grid, render
from aidstudy.papers.model import Column, Number, PaperTable, Unit, Words, same, told, units
from aidstudy.papers.writers import WRITERS, html_page, latex
from aidstudy.tables.load import clean_study
from aidstudy.tables.study import Study, load_study

# Every character that some format reads as a command, in one cell.
SPECIAL = r"""50% & #1 _x_ ~ ^ \ \\ {y} < > "q" 'r' | *[z] $5 `t` --- -- <b> @u // i"""

XELATEX = shutil.which("xelatex")
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


def test_a_number_that_is_missing_has_a_state_and_no_value() -> None:
    with pytest.raises(TableError, match="has no value and no bounds"):
        Number(Fraction(1), Fraction(1), Fraction(1), "not_reported")
    with pytest.raises(TableError, match="is not known"):
        Number(None, state="printed")
    with pytest.raises(TableError, match="did you mean 'derived'"):
        Number(Fraction(1), state="derivd")


def test_a_row_with_too_few_cells_is_refused() -> None:
    column = Column(Words("a", "甲"))
    with pytest.raises(TableError, match="row 2: 1 cells, the table has 2 columns"):
        PaperTable("t", same("t"), (column, column), ((same("x"), same("y")), (same("x"),)))


def test_missing_numbers_are_told_apart_and_explained() -> None:
    table = PaperTable(
        "t",
        same("t"),
        (Column(same("n"), units("%"), "right"),),
        ((Number(None, state="not_reported"),), (Number(None, state="not_applicable"),)),
    )
    english, chinese = render(table, "en"), render(table, "zh")
    assert english.rows == (("not reported",), ("–",))
    assert chinese.rows == (("未报告",), ("–",))
    assert any(note.startswith("not reported:") for note in english.notes)
    assert "–：不适用。" in chinese.notes


# --- the tables of the study -----------------------------------------------------------------


def row_of(grid: Grid, *starts: str) -> dict[str, str]:
    row = next(row for row in grid.rows if row[: len(starts)] == starts)
    return dict(zip(grid.headers, row, strict=True))


def test_ratios_of_the_donor_that_prints_its_share(grids: dict[tuple[str, str], Grid]) -> None:
    # 2672 and 1092 万元 to the 万, 0.845% to the thousandth; 2672 - 1092 = 1580, within 2671.5 -
    # 1092.5 = 1579 and 2672.5 - 1091.5 = 1581; 1580 / 0.5% = 316000 万元 = 3.16 billion.
    assert row_of(grids["ratios", "en"], "Garzê County") == {
        "County": "Garzê County",
        "Donor": "Longquanyi",
        "Aid (CNY million)": "26.72 (26.715–26.725)",
        "Share of revenue (%)": "0.845 (0.8445–0.8455)",
        "Rule (%)": "0.5",
        "By the rule (CNY million)": "15.80* (15.79–15.81)",
        "Added (CNY million)": "10.92 (10.915–10.925)",
        "Revenue implied (CNY bn)": "3.160* (3.158–3.162)",
        "Figures": "ganzi-020 ganzi-021 ganzi-018 ganzi-019",
    }
    chinese = row_of(grids["ratios", "zh"], "甘孜县")
    assert chinese["援助资金（万元）"] == "2672（2671.5–2672.5）"
    assert chinese["推算财政收入（亿元）"] == "31.60*（31.58–31.62）"


def test_ratios_that_the_page_does_not_print_are_not_reported(
    grids: dict[tuple[str, str], Grid],
) -> None:
    row = row_of(grids["ratios", "en"], "Xiangcheng")
    assert row["Share of revenue (%)"] == "not reported"
    # 1200 万元 / 0.5% = 240000 万元, if the whole sum were the rule.
    assert row["Revenue implied (CNY bn)"] == "2.400† (2.399–2.401)"


def test_pairs_hold_what_was_paid_and_spent(grids: dict[tuple[str, str], Grid]) -> None:
    # 210 and 20 万元, each to the 万: 230 within 229 and 231, derived, as the page prints no sum.
    row = row_of(grids["pairs", "en"], "Xinlong")
    assert row["Committed (CNY million)"] == "17.6775 (17.67745–17.67755)"
    assert row["Transferred (CNY million)"] == "5.00 (4.995–5.005)"
    assert row["Spent (CNY million)"] == "2.30* (2.29–2.31)"
    assert (row["Named projects"], row["Other helpers"]) == ("5", "0")
    assert row_of(grids["pairs", "en"], "Litang")["Spent (CNY million)"] == "not reported"
    assert row_of(grids["pairs", "zh"], "德格")["其他帮扶单位"] == "8"


def test_figures_by_measure_count_every_figure_of_the_reports(
    grids: dict[tuple[str, str], Grid], study: Study
) -> None:
    grid = grids["figures", "en"]
    assert row_of(grid, "budget") == {
        "Measure": "budget",
        "Litang": "5",
        "Xiangcheng": "1",
        "Xinlong": "2",
        "Garzê County": "0",
        "Dêgê": "0",
        "All": "8",
        "Not exact": "8",
    }
    with (study.clean / "figures.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["article"] != "page"]
    assert sum(int(row[-2]) for row in grid.rows) == len(rows)
    assert sum(int(row[-1]) for row in grid.rows) == sum(r["bound"] != "exact" for r in rows)


def test_money_is_shown_as_printed_and_as_read(grids: dict[tuple[str, str], Grid]) -> None:
    english = {row[-1]: row for row in grids["money", "en"].rows}
    assert english["litang-009"][3:6] == ("约1亿元", "100 (50–150)", "not reported")
    assert english["xiangcheng-005"][3:5] == ("13余万元", "0.13 (0.13–0.14)")
    assert english["ganzi-015"][4] == "20.2947 (20.29465–20.29475)"
    chinese = {row[-1]: row for row in grids["money", "zh"].rows}
    # 1.39亿元 is to the hundredth of a 亿: 100 万元 wide.
    assert "13,900（13,850–13,950）" in chinese["xiangcheng-008"]


def test_projects_with_sector_status_and_stage(grids: dict[tuple[str, str], Grid]) -> None:
    english, chinese = grids["projects", "en"], grids["projects", "zh"]
    assert row_of(english, "Litang", "Leshan Road") == {
        "County": "Litang",
        "Project": "Leshan Road",
        "Donor": "Leshan",
        "Sector": "21020 Road transport",
        "Status": "1",
        "Stage": "survey design",
        "Amount (CNY million)": "35.00 (34.995–35.005)",
        "Kind of sum": "budget",
        "Project, figure": "litang-p02 litang-020",
    }
    # One sum for four projects, and marked so.
    joint = row_of(english, "Xiangcheng", "Kaxin resettlement")
    assert joint["Amount (CNY million)"] == "12.00‡ (11.995–12.005)"
    # Three units intend to build it together.
    assert row_of(english, "Dêgê", "Tibetan hospital")["Donor"].count(",") == 2
    # Of the 59 none is named: 22 complete, 37 under way.
    counted = row_of(chinese, "甘孜县", "未列名项目22个")
    assert (counted["阶段"], counted["状态"], counted["项目与数字编号"]) == (
        "完成",
        "未报告",
        "ganzi-016",
    )


def test_agreement_of_the_codings(grids: dict[tuple[str, str], Grid]) -> None:
    # The codebook tells these: 137 spans of 139, every kind and value, 98.5% of the measures.
    grid = grids["agreement", "en"]
    assert row_of(grid, "figures", "row in both codings")["Compared"] == "139"
    assert row_of(grid, "figures", "kind")["Compared"] == "137"
    assert row_of(grid, "figures", "kind")["Agreement (%)"] == "100"
    assert row_of(grid, "figures", "value")["Cohen's kappa"] == "1"
    assert row_of(grid, "figures", "measure")["Agreement (%)"] == "98.5"
    assert row_of(grids["agreement", "zh"], "机制", "两份编码均有的行")["科恩 κ"] == "–"


def test_results_of_one_analysis(grids: dict[tuple[str, str], Grid], study: Study) -> None:
    english = {row[-1]: row for row in grids["results", "en"].rows}
    chinese = {row[-1]: row for row in grids["results", "zh"].rows}
    # Each row has the unit and the digits of its own number.
    assert english["rule_amount.ganzi"][1:3] == ("15.80* (15.79–15.81)", "CNY million")
    assert chinese["rule_amount.ganzi"][1:3] == ("1580*（1579–1581）", "万元")
    assert english["rule"][1:3] == ("0.5", "%")
    # What all routes allow: 2672 / 0.8455% = 3.15967 and (2672.5 - 1091.5) / 0.5% = 3.162.
    assert english["revenue.ganzi.overlap"][1] == "3.1596–3.1620"
    assert set(english) == {r.result_id for r in results(study) if r.analysis == "B"}
    with pytest.raises(ResultError, match="analysis 'Z': no results"):
        write_table("results", study=study, analysis="Z")
    with pytest.raises(TableError, match="only 'results' has"):
        write_table("pairs", study=study, analysis="B")


def test_all_results_say_their_analysis_and_verdicts_are_words(study: Study) -> None:
    grid = render(results_table(study), "zh")
    letters = list(dict.fromkeys(row[0] for row in grid.rows))
    assert letters == [*"ABCDEFGHIJKLMNOP"]
    verdicts = [row for row in grid.rows if row[-1].startswith("agrees.ganzi-built-and-going")]
    assert verdicts[0][2:4] == ("按原数相符", "")


def test_every_name_is_a_table_and_every_table_has_a_name() -> None:
    assert tuple(BUILDERS) == TABLES
    assert tuple(WRITERS) == FORMATS
    with pytest.raises(TableError, match="no table 'ratio'; did you mean 'ratios'"):
        write_table("ratio")
    with pytest.raises(TableError, match="no format 'tex'"):
        write_table("ratios", "tex")
    with pytest.raises(TableError, match="no language 'fr'"):
        write_table("ratios", "latex", "fr")


def test_a_format_whose_library_is_missing_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "docx", None)
    with pytest.raises(FileError, match="format docx: the package docx is not installed"):
        write_table("figures", "docx")


def test_a_table_that_fills_a_page_may_break_over_pages(
    grids: dict[tuple[str, str], Grid],
) -> None:
    # Few rows, but their cells are broken into several lines each.
    assert len(grids["money", "en"].rows) < 30 < 45 < grids["money", "en"].lines
    assert r"\begin{longtable}" in latex(grids["money", "en"])
    assert r"\begin{table}" in latex(grids["money", "zh"])
    assert r"\begin{table}" in latex(grids["ratios", "en"])


def test_a_study_without_pairs_has_tables_without_rows(tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    page.write_text("建设项目5个。\n", encoding="utf-8")
    new_study(tmp_path / "own", page=page, year=2012, title=None)
    own = load_study(tmp_path / "own")
    clean_study(own)
    for name in ("pairs", "money", "ratios", "projects"):
        table = BUILDERS[name](own)
        assert table.rows == ()
        assert all(write(table, "en") for write in WRITERS.values())


def test_a_study_without_codings_reports_no_agreement(study: Study, tmp_path: Path) -> None:
    shutil.copytree(study.folder / "data", tmp_path / "data")
    shutil.rmtree(tmp_path / "data" / "raw" / "coding_a")
    own = load_study(tmp_path)
    write_results(own)
    grid = render(BUILDERS["agreement"](own), "en")
    assert {cell for row in grid.rows for cell in row[2:4]} == {"not reported"}


def test_states_that_tables_mark_are_those_of_the_codebook() -> None:
    assert set(told()["states"]) | {"printed"} == set(STATES)


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
        if tag in ("td", "th", "title", "p", "li"):
            self.texts.append("")
            self._open = True

    def handle_data(self, data: str) -> None:
        if self._open:
            self.texts[-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "title", "p", "li"):
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
    return [re.sub(r'\\(["\\])', r"\1", text.replace(r"\u{2060}", "")) for text in strings]


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
    assert texts.count(SPECIAL) == times
    assert "*[a] 甲乙" in texts


def test_latex_escapes_every_special_character(special: PaperTable) -> None:
    text = latex(render(special, "en"))
    assert (
        r"50\% \& \#1 \_x\_ \textasciitilde{} \textasciicircum{} \textbackslash{} "
        r"\textbackslash{}\textbackslash{} \{y\} \textless{} \textgreater{} "
        r"\textquotedbl{}q\textquotedbl{} `r' \textbar{} {*}{[}z{]} \$5 "
        r"\textasciigrave{}t\textasciigrave{} -{}-{}- -{}- \textless{}b\textgreater{} @u // i"
    ) in text
    # A row that begins with * or [ is no argument of the row before.
    assert r"{*}{[}a{]} 甲乙 & 0.333{*} \\" in text
    assert text.startswith("% Packages: array, booktabs, xeCJK or ctex.\n")


def test_csv_holds_all_digits_and_the_state(special: PaperTable) -> None:
    rows = list(csv.DictReader(io.StringIO(WRITERS["csv"](special, "zh").decode())))
    assert rows[0]["援助（万元）"] == "2672"
    assert (rows[0]["援助下限（万元）"], rows[0]["援助上限（万元）"]) == ("2671.5", "2672.5")
    assert [row["援助状态"] for row in rows] == ["printed", "derived"]
    # A third does not end: the low end is rounded down, the high end up.
    low, high = (Fraction(rows[1][f"援助{end}（万元）"]) for end in ("下限", "上限"))
    assert low < Fraction(100, 3) < high


def test_html_has_a_fixed_id_and_its_language(special: PaperTable) -> None:
    page = WRITERS["html"](special, "zh").decode()
    assert '<html lang="zh-Hans">' in page
    assert 'id="aidstudy-special"' in page


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


@pytest.mark.skipif(XELATEX is None, reason="xelatex is not installed")
@pytest.mark.parametrize("lang", LANGUAGES)
def test_latex_compiles(
    special: PaperTable,
    grids: dict[tuple[str, str], Grid],
    tmp_path: Path,
    chinese_font: Path,
    lang: str,
) -> None:
    found = subprocess.run(["kpsewhich", "xeCJK.sty", "longtable.sty"], capture_output=True)
    if found.stdout.count(b"\n") < 2:
        pytest.skip("xelatex has no xeCJK or no longtable")
    tables = [latex(grid) for (_, spoken), grid in grids.items() if spoken == lang]
    tables += [WRITERS["latex"](special, lang).decode()]  # type: ignore[arg-type]
    document = "\n".join(
        [
            r"\documentclass{article}",
            r"\usepackage[margin=20mm]{geometry}",
            r"\usepackage{array,booktabs,longtable,xeCJK}",
            rf"\setCJKmainfont[Path={chinese_font.parent}/]{{{FONT}}}",
            r"\begin{document}",
            "\n\\clearpage\n".join(tables),
            r"\end{document}",
        ]
    )
    (tmp_path / "paper.tex").write_text(document, encoding="utf-8")
    run = subprocess.run(
        [str(XELATEX), "-interaction=nonstopmode", "-halt-on-error", "paper.tex"],
        cwd=tmp_path,
        capture_output=True,
        timeout=120,
    )
    log = (tmp_path / "paper.log").read_text(encoding="utf-8", errors="replace")
    assert run.returncode == 0, log[-2000:]
    assert "Missing character" not in log
    # Nobody prints the table of special characters.
    own = document[: document.index(tables[-1])].count("\n")
    found = re.findall(r"Overfull \\hbox \(([\d.]+)pt too wide\) in .* lines (\d+)", log)
    over = [float(points) for points, line in found if int(line) <= own]
    assert max(over, default=0.0) < 3.0, "words run into the next column"


@pytest.mark.extra
def test_typst_compiles(special: PaperTable, grids: dict[tuple[str, str], Grid]) -> None:
    typst = pytest.importorskip("typst", reason="typst is not installed")
    from aidstudy.papers.writers import typst as write

    tables = [write(render(special, "en")), *(write(grids[name, "zh"]) for name in BUILDERS)]
    assert typst.compile("\n".join(tables).encode(), format="pdf").startswith(b"%PDF")


def test_units_of_headers_are_not_broken(grids: dict[tuple[str, str], Grid]) -> None:
    assert r"Spent \mbox{(CNY million)}" in latex(grids["pairs", "en"])
    assert r"完成投资\allowbreak{}\mbox{（万元）}" in latex(grids["pairs", "zh"])


def test_only_numbers_are_kept_on_one_line_in_html(grids: dict[tuple[str, str], Grid]) -> None:
    page = html_page(grids["pairs", "en"])
    cells = re.findall(r"<td ([^>]*)>([^<]*)</td>", page)
    numbers = [style for style, text in cells if re.match(r"\d", text)]
    words = [style for style, text in cells if text == "not reported"]
    assert numbers
    assert words
    assert all("nowrap" in style for style in numbers)
    assert not any("nowrap" in style for style in words)


def test_the_same_bytes_whatever_the_hash_seed(repository: Path) -> None:
    # The last two tables rest on all results, as the macros do; a part of one is enough.
    script = (
        "import hashlib\n"
        "from aidstudy.analysis import results\n"
        "from aidstudy.papers.builders import BUILDERS, results_table\n"
        "from aidstudy.papers.latex_macros import macros_file, results_file\n"
        "from aidstudy.papers.writers import WRITERS\n"
        "from aidstudy.tables.study import load_study\n"
        "study = load_study()\n"
        "found = results(study)\n"
        "contents = {'tex': macros_file(found).encode(), 'json': results_file(found).encode()}\n"
        "tables = {n: build(study) for n, build in list(BUILDERS.items())[:-2]}\n"
        "tables['results'] = results_table(study, 'B')\n"
        "for name, table in tables.items():\n"
        "    for format, write in WRITERS.items():\n"
        "        contents[name, format] = write(table, 'zh' if name == 'projects' else 'en')\n"
        "for key, content in contents.items():\n"
        "    print(key, hashlib.sha256(content).hexdigest())\n"
    )
    outputs = list(_in_two_processes(script, repository))
    assert outputs[0] == outputs[1]
    assert len(outputs[0].splitlines()) == 2 + (len(TABLES) - 1) * len(FORMATS)


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
