"""Excel, Parquet, Stata and R: the right numbers with their bounds, and no formula."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import zipfile
from fractions import Fraction
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pandas as pd
import pytest
from copies import REPOSITORY, change_cell, copy_of_study, stored

from aidstudy.analysis import results
from aidstudy.codebook import NUMERIC_KINDS, STATUSES
from aidstudy.errors import FileError
from aidstudy.publish.exchange.parquet import parquet_files
from aidstudy.publish.exchange.source import Source, source_of
from aidstudy.publish.exchange.stata import stata_files
from aidstudy.publish.exchange.workbook import Cell, sheets_bytes, workbook
from aidstudy.tables.study import load_study

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_EXTRA = "is in the extra exchange"
_STARTERS = ("=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "＝1", "＋1", "－1", "＠x")


@pytest.fixture(scope="module")
def source() -> Source:
    return source_of(stored())


def _sums(source: Source) -> dict[str, Fraction]:
    """Sum of each bound over the money on the page."""
    figures = source.table("figures")
    money = figures.cells["kind"] == "money"
    return {
        name: sum((Fraction(cell) for cell in figures.cells.loc[money, name]), Fraction(0))
        for name in ("value", "low", "high")
    }


def _sheets(content: bytes) -> dict[str, list[list[tuple[str, str]]]]:
    """Cells of a workbook as type and text, read with the standard library alone."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        strings = [
            "".join(text.text or "" for text in item.iter(f"{_MAIN}t"))
            for item in ET.fromstring(book.read("xl/sharedStrings.xml"))
        ]
        names = [s.get("name", "") for s in ET.fromstring(book.read("xl/workbook.xml")).iter()
                 if s.tag == f"{_MAIN}sheet"]  # fmt: skip
        out = {}
        for number, name in enumerate(names, start=1):
            rows = []
            for row in ET.fromstring(book.read(f"xl/worksheets/sheet{number}.xml")).iter(
                f"{_MAIN}row"
            ):
                cells = []
                for cell in row:
                    assert cell.find(f"{_MAIN}f") is None, "a formula"
                    text = cell.findtext(f"{_MAIN}v") or ""
                    kind = cell.get("t", "n")
                    cells.append((kind, strings[int(text)] if kind == "s" else text))
                rows.append(cells)
            out[name] = rows
        return out


def _by_header(source: Source, content: bytes, name: str) -> list[dict[str, Any]]:
    openpyxl = pytest.importorskip("openpyxl", reason="openpyxl is not installed")
    rows = list(openpyxl.load_workbook(io.BytesIO(content))[name].iter_rows(values_only=True))
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def test_the_workbook_has_every_table_and_the_codebook(source: Source) -> None:
    pytest.importorskip("xlsxwriter", reason=f"XlsxWriter {_EXTRA}")
    sheets = _sheets(workbook(source))
    tables = [stored.name for stored in source.clean]
    assert list(sheets) == ["about", "codebook", *tables, "results"]
    assert len(sheets["results"]) == len(results(source.study)) + 1
    for one in source.clean:
        rows = sheets[one.name]
        assert [text for _, text in rows[0]] == list(one.table.names)
        assert len(rows) == len(one.cells) + 1
    codes = {(row[0][1], row[1][1], row[2][1]) for row in sheets["codebook"] if len(row) > 4}
    assert ("figures", "measure", "expenditure") in codes
    assert any(stored().page["sha256"] in text for row in sheets["about"] for _, text in row)


def test_excel_shows_the_numbers_and_bounds_of_the_page(source: Source) -> None:
    pytest.importorskip("xlsxwriter", reason=f"XlsxWriter {_EXTRA}")
    rows = _by_header(source, workbook(source), "figures")
    for row, cells in zip(rows, source.table("figures").rows(), strict=True):
        for name in ("value", "low", "high"):
            if cells["kind"] in NUMERIC_KINDS:
                assert cells[name] == "" or Fraction(str(row[name])) == Fraction(cells[name])
            else:
                assert row[name] == (cells[name] or None)
        assert (row["start"], row["printed"]) == (int(cells["start"]), cells["printed"])
    money = [row for row in rows if row["kind"] == "money"]
    assert sum(Fraction(str(row["low"])) for row in money) == _sums(source)["low"]


def _one_column(cells: list[Cell]) -> list[list[Cell]]:
    return [["header"], *([cell] for cell in cells)]


def test_no_cell_becomes_a_formula_a_link_or_another_number() -> None:
    pytest.importorskip("xlsxwriter", reason=f"XlsxWriter {_EXTRA}")
    texts = [*_STARTERS, "https://example.org", "007", "1e5", "{=1}", "TRUE", "'x"]
    content = sheets_bytes([("s", _one_column(list(texts)), 10)], title="t")
    cells = [row[0] for row in _sheets(content)["s"][1:]]
    assert [kind for kind, _ in cells] == ["s"] * len(texts)
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        assert not [name for name in book.namelist() if "hyperlink" in name or "calcChain" in name]
        styles = ET.fromstring(book.read("xl/styles.xml"))
        sheet = ET.fromstring(book.read("xl/worksheets/sheet1.xml"))
    marks = [style.get("quotePrefix") == "1"
             for style in styles.find(f"{_MAIN}cellXfs") or []]  # fmt: skip
    marked = [marks[int(cell.get("s", "0"))] for cell in sheet.iter(f"{_MAIN}c")][1:]
    assert marked == [text in _STARTERS for text in texts]
    openpyxl = pytest.importorskip("openpyxl", reason="openpyxl is not installed")
    column = openpyxl.load_workbook(io.BytesIO(content))["s"]["A"][1:]
    assert {cell.data_type for cell in column} == {"s"}
    assert [cell.value.replace("_x000D_", "\r") for cell in column] == texts


def test_a_note_that_starts_like_a_formula_stays_text(tmp_path: Path) -> None:
    pytest.importorskip("xlsxwriter", reason=f"XlsxWriter {_EXTRA}")
    folder = copy_of_study(tmp_path)
    for part in ("raw", "clean"):
        change_cell(folder / f"data/{part}/pairs.csv", "leshan", "note",
                    "first mention is in the lead", '=HYPERLINK("x","y")')  # fmt: skip
    sheets = _sheets(workbook(load_study(folder)))
    assert sheets["pairs"][1][-1] == ("s", '=HYPERLINK("x","y")')


def test_a_number_that_a_double_cannot_hold_stays_text() -> None:
    pytest.importorskip("xlsxwriter", reason=f"XlsxWriter {_EXTRA}")
    long = Fraction("12345678901234567")
    fine = Fraction("17677450.5")
    content = sheets_bytes([("s", _one_column([long, fine, Fraction(1, 3)]), 9)], title="t")
    cells = [row[0] for row in _sheets(content)["s"][1:]]
    assert cells == [("s", "12345678901234567"), ("n", "17677450.5"), ("s", "0.333333333333333")]


def test_a_cell_longer_than_excel_holds_is_an_error_not_a_loss() -> None:
    pytest.importorskip("xlsxwriter", reason=f"XlsxWriter {_EXTRA}")
    with pytest.raises(FileError, match="sheet s, row 2: a cell has 32768 characters"):
        sheets_bytes([("s", _one_column(["页" * 32768]), 9)], title="t")


def test_parquet_keeps_text_and_adds_types(source: Source) -> None:
    pytest.importorskip("pyarrow", reason=f"pyarrow {_EXTRA}")
    parquet = pytest.importorskip("pyarrow.parquet")
    files = parquet_files(source)
    assert list(files) == [f"{one.name}.parquet" for one in source.clean]
    for one in source.clean:
        table = parquet.read_table(io.BytesIO(files[f"{one.name}.parquet"]))
        for name in one.table.names:
            column = one.table.column(name)
            cells = [
                " ".join(cell) if isinstance(cell, list) else "" if cell is None else str(cell)
                for cell in table.column(name).to_pylist()
            ]
            assert cells == one.cells[name].tolist(), (one.name, name)
            told = table.schema.field(name).metadata or {}
            assert told[b"description"].decode() == column.meaning
            assert table.schema.field(name).nullable != column.required
    figures = parquet.read_table(io.BytesIO(files["figures.parquet"]))
    assert str(figures.schema.field("start").type) == "int64"
    assert str(figures.schema.field("low_number").type) == "double"
    assert figures.schema.metadata[b"page_sha256"].decode() == stored().page["sha256"]
    rows = [row for row in figures.to_pylist() if row["kind"] == "money"]
    for name, total in _sums(source).items():
        assert sum(Fraction(row[f"{name}_number"]) for row in rows) == total
    assert all(row["value_number"] is None for row in figures.to_pylist() if row["kind"] == "date")


def test_stata_reads_chinese_numbers_and_labels(source: Source) -> None:
    files = stata_files(source)
    assert list(files) == [f"{one.name}.dta" for one in source.clean]
    assert all(
        content.startswith(b"<stata_dta><header><release>118<") for content in files.values()
    )
    for one in source.clean:
        frame = pd.read_stata(io.BytesIO(files[f"{one.name}.dta"]), convert_categoricals=False)
        assert len(frame) == len(one.cells)
        for column in one.table.columns:
            cells = frame["end_" if column.name == "end" else column.name]
            read = ["" if pd.isna(cell) else str(cell).removesuffix(".0") for cell in cells]
            assert read == one.cells[column.name].tolist(), (one.name, column.name)
    with pd.io.stata.StataReader(io.BytesIO(files["projects.dta"])) as reader:
        assert reader.value_labels()["status"] == {int(k): v.meaning for k, v in STATUSES.items()}
        assert all(len(label) <= 80 for label in reader.variable_labels().values())
    figures = pd.read_stata(io.BytesIO(files["figures.dta"]))
    money = figures[figures["kind"] == "money"]
    for name, total in _sums(source).items():
        assert Fraction(money[f"{name}_number"].sum()) == total


def test_ten_lines_of_r_load_the_tables(source: Source) -> None:
    script = REPOSITORY / "tests" / "r" / "load_tables.R"
    assert len(script.read_text(encoding="utf-8").splitlines()) == 10
    program = shutil.which("Rscript")
    if program is None:
        pytest.skip("R is not installed: apt-get install r-base-core")
    ask = (
        f"source('{script.as_posix()}', encoding = 'UTF-8'); "
        "cat(sapply(tables, nrow), '\\n'); "
        "money <- figures[figures$kind == 'money', ]; "
        "cat(format(c(sum(money$value_number), sum(money$low_number), sum(money$high_number)), "
        "scientific = FALSE, trim = TRUE), '\\n'); "
        "cat(sum(is.na(figures$value_number)), sum(is.na(figures$donor)), '\\n'); "
        "cat(utf8ToInt(figures$printed[3]), figures$end[3] - figures$start[3], '\\n')"
    )
    run = subprocess.run(
        [program, "--vanilla", "-e", ask, str(source.study.clean)],
        capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C"},
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    sizes, totals, missing, third = run.stdout.splitlines()
    names = ("figures", "projects", "events", "pairs", "mechanisms", "context")
    assert sizes.split() == [str(len(source.table(name).cells)) for name in names]
    assert [Fraction(total) for total in totals.split()] == list(_sums(source).values())
    cells = source.table("figures").cells
    texts = (~cells["kind"].isin(NUMERIC_KINDS)).sum()
    assert missing.split() == [str(texts), str((cells["donor"] == "").sum())]
    printed = cells["printed"].iloc[2]
    assert third.split() == [*(str(ord(letter)) for letter in printed), "6"]
