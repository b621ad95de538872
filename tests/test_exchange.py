"""What a user gets out of each export: every cell of the tables, with types, units and keys."""

from __future__ import annotations

import base64
import contextlib
import importlib.util
import io
import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from copies import REPOSITORY, change_cell, copy_of_study, ran, stored

import aidstudy as aid
from aidstudy.codebook import STATUSES
from aidstudy.errors import FileError, TableError
from aidstudy.exchange import binary, text
from aidstudy.exchange.excel import Cell, sheets_bytes
from aidstudy.exchange.export import FORMATS, export
from aidstudy.exchange.tables import Exported, Source, source_of
from aidstudy.files import sha256_of
from aidstudy.tables.study import load_study

_NEEDS = {"excel": "xlsxwriter", "parquet": "pyarrow"}
_STARTERS = ("=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "＝1", "＋1", "－1", "＠x")
_PUBLIC = {
    name: getattr(aid, f"load_{name}")
    for name in (
        "dac_codes", "figures", "projects", "events", "event_projects", "pairs", "mechanisms",
        "context", "results",
    )
} | {
    "sensitivity": lambda study: aid.load_sensitivity(study).drop(columns="default_quantity"),
    "funding_ratios": aid.funding_ratios,
    "money_flow": aid.money_flow,
    "timeline": aid.timeline,
    "project_stages": aid.project_stages,
    "project_timeline": aid.project_timeline,
}  # fmt: skip


@pytest.fixture(scope="module")
def source() -> Source:
    return source_of(stored())


@pytest.fixture(scope="module")
def written(source: Source, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("written")
    for name in _ready():
        export(source, name, folder / name)
    return folder


def _ready() -> list[str]:
    """Formats whose packages are installed."""
    return [
        name for name in FORMATS if name not in _NEEDS or importlib.util.find_spec(_NEEDS[name])
    ]


def _in(written: Path, name: str) -> Path:
    if name not in _ready():
        pytest.skip(f"{_NEEDS[name]} is in the extra exchange")
    return written / name


def _same(found: pd.DataFrame, table: Exported, *, short: bool = False) -> None:
    """Every cell of a table as it was read back is that of ``aid.flat``.

    `short` allows what Excel and Stata cannot: infinite ends, and the last of 17 digits.
    """
    assert list(found.columns) == table.names, table.name
    assert len(found) == len(table.frame), table.name
    for field in table.fields:
        column = table.frame[field.name]
        if field.type == "number" and short:
            column = column.replace([np.inf, -np.inf], np.nan)
        old, new = (
            [None if pd.isna(cell) or cell == "" else cell for cell in cells.astype(object)]
            for cells in (column, found[field.name])
        )
        if field.type == "day":
            old, new = ([c and pd.Timestamp(c) for c in cells] for cells in (old, new))
        if field.type == "number" and short:
            new = [c and pytest.approx(c, rel=1e-15) for c in new]
        assert new == old, (table.name, field.name)


# --- the description -----------------------------------------------------------------------------


def test_the_tables_are_the_public_ones_flat(source: Source) -> None:
    assert [table.name for table in source.tables] == [*_PUBLIC, "codebook"]
    for name, load in _PUBLIC.items():
        pd.testing.assert_frame_equal(source.table(name).frame, aid.flat(load(stored())))


def test_results_leave_with_the_formulas_and_ids_that_are_stored(source: Source) -> None:
    path = stored().clean / "results.csv"
    cells = pd.read_csv(path, dtype=str, keep_default_na=False)
    frame = source.table("results").frame
    for name in ("formula", "figures", "facts", "unit", "state"):
        assert frame[name].fillna("").tolist() == cells[name].tolist(), name
    # What somebody makes of a result is told as it is.
    results = aid.load_results(stored()).query("unit == 'CNY'").head(3)
    moved = aid.flat(results.assign(quantity=results["quantity"].quantity.to("CNY million")))
    assert set(moved["unit"]) == {"CNY million"}
    moved = aid.flat(results.assign(quantity=results["quantity"].shift()))
    assert moved["formula"].tolist()[1:] == results["result_id"].tolist()[:-1]
    assert moved["state"].iloc[0] == "no_row"


def test_the_codebook_says_units_and_codes(source: Source) -> None:
    book = source.table("codebook").frame
    columns = book[book["code"].isna()].set_index(["table", "column"])
    assert columns.loc[("projects", "spent_low"), "unit"] == "CNY million"
    assert "lowest" in columns.loc[("figures", "low"), "meaning"]
    assert columns.loc[("projects", "donor"), "type"] == "ids"
    codes = book.set_index(["table", "column", "code"])
    told = codes.loc[("figures", "measure", "expenditure")]
    assert (told["meaning"], told["meaning_zh"]) == ("invested or spent (完成投资)", "完成投资")


# --- each format read back -----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["csv", "csvw", "datapackage"])
def test_csv_gives_every_cell_back(name: str, source: Source, written: Path) -> None:
    read = {"number": float, "integer": int, "flag": {"true": True, "false": False}.get}
    for table in source.tables:
        found = pd.read_csv(
            _in(written, name) / f"{table.name}.csv",
            dtype=object,
            keep_default_na=False,
            na_values=[""],
        )
        for field in table.fields:
            if field.type in read:
                found[field.name] = found[field.name].map(read[field.type], na_action="ignore")
        _same(found, table)


def test_parquet_gives_every_cell_back_with_its_type(source: Source, written: Path) -> None:
    folder = _in(written, "parquet")
    parquet = pytest.importorskip("pyarrow.parquet")
    for table in source.tables:
        path = folder / f"{table.name}.parquet"
        found = pd.read_parquet(path)
        _same(found, table)
        for field in table.fields:
            old, new = table.frame[field.name].dtype, found[field.name].dtype
            assert new == old or field.type == "day", (table.name, field.name)
        schema = parquet.read_schema(path)
        told = [schema.field(field.name).metadata for field in table.fields]
        assert [one[b"description"].decode() for one in told] == [f.meaning for f in table.fields]
        assert schema.metadata[b"page_sha256"].decode() == stored().page["sha256"]


def test_stata_gives_every_cell_back_with_labels(source: Source, written: Path) -> None:
    for table in source.tables:
        path = _in(written, "stata") / f"{table.name}.dta"
        found = pd.read_stata(path).rename(columns={"end_": "end"})
        meanings = {code.meaning: number for number, code in STATUSES.items()}
        for field in table.fields:
            if field.name == "status":
                found["status"] = found["status"].astype(object).map(meanings)
        _same(found, table, short=True)
        with pd.io.stata.StataReader(path) as reader:
            labels, values = reader.variable_labels(), reader.value_labels()
        assert all(0 < len(label) <= 80 for label in labels.values())
        assert all(len(name) <= 32 for name in labels)
        coded = [field.name for field in table.fields if field.codes]
        assert sorted(values) == sorted(coded)
        for field in table.fields:
            if field.codes and field.name != "status":
                assert list(values[field.name].values()) == list(field.codes)
    with pd.io.stata.StataReader(_in(written, "stata") / "projects.dta") as reader:
        assert "CNY million" in reader.variable_labels()["aid"]


def test_excel_gives_every_cell_back(source: Source, written: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl", reason="openpyxl is not installed")
    book = openpyxl.load_workbook(_in(written, "excel") / "tables.xlsx")
    assert book.sheetnames == ["about", *(table.name for table in source.tables)]
    for table in source.tables:
        header, *rows = book[table.name].iter_rows(values_only=True)
        _same(pd.DataFrame(rows, columns=header, dtype=object), table, short=True)
    about = " ".join(str(row[1]) for row in book["about"].iter_rows(values_only=True))
    assert "no confidence interval" in about
    widths = {name: cell.width for name, cell in book["projects"].column_dimensions.items()}
    assert 10 < widths["A"] < widths["H"] <= 61
    assert book["events"]["F2"].number_format == "yyyy-mm-dd"


@pytest.fixture
def database(written: Path, tmp_path: Path) -> Iterator[sqlite3.Connection]:
    shutil.copy(written / "sqlite" / "tables.sqlite", tmp_path)
    with contextlib.closing(sqlite3.connect(tmp_path / "tables.sqlite")) as opened:
        opened.execute("PRAGMA foreign_keys = ON")
        yield opened


def test_sqlite_gives_every_cell_back(source: Source, database: sqlite3.Connection) -> None:
    for table in source.tables:
        _same(pd.read_sql(f"SELECT * FROM {table.name}", database), table)
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE figures SET part_of = 'litang-999' WHERE figure_id = 'litang-002'",
        "UPDATE figures SET measure = 'disbursment' WHERE figure_id = 'litang-002'",
        "UPDATE figures SET printed = NULL WHERE figure_id = 'litang-002'",
        "INSERT INTO event_projects SELECT * FROM event_projects LIMIT 1",
        "DELETE FROM projects WHERE project_id = 'litang-p01'",
    ],
)
def test_sqlite_refuses_what_breaks_a_key_or_a_code(
    change: str, database: sqlite3.Connection
) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        database.execute(change)


def test_the_views_answer_their_questions(database: sqlite3.Connection) -> None:
    ratios = pd.read_sql("SELECT * FROM ratios", database).set_index("donor_en")
    found = ratios.loc["Longquanyi", ["ratio_low", "ratio", "ratio_high"]].tolist()
    assert found == pytest.approx([0.8445, 0.845, 0.8455])
    assert ratios.loc["Luzhou", "ratio_state"] == "not_reported"
    money = pd.read_sql("SELECT * FROM money", database).set_index("donor_en")
    flow = aid.money_flow(stored())
    for row in flow[flow["realised"] == "yes"].itertuples():
        column = {"commitment": "committed", "disbursement": "disbursed", "expenditure": "spent"}
        if row.step in column:
            found = money.loc[row.donor_en, column[row.step]]
            assert found == row.value or (pd.isna(found) and pd.isna(row.value))
    dates = pd.read_sql("SELECT * FROM dates", database)
    assert set(dates["said"]) == {"stage", "event", "later"}
    assert dates["last_day"].is_monotonic_increasing


def test_open_bounds_survive_where_they_can(source: Source, tmp_path: Path) -> None:
    """No figure of the page has an open end; a made-up one has."""
    table = source.table("figures")
    frame = table.frame.copy()
    frame.loc[1, "high"] = np.inf
    changed = Exported(table.name, table.meaning, table.fields, table.key, frame)
    other = Source(source.study, (changed,))
    found = pd.read_csv(io.BytesIO(text.csv_files(other)["figures.csv"]))
    assert found.loc[1, "high"] == np.inf
    found = pd.read_stata(io.BytesIO(binary.stata_files(other)["figures.dta"]))
    assert found.loc[1, "low"] > 0
    assert np.isnan(found.loc[1, "high"])


# --- descriptions and validators -----------------------------------------------------------------


@pytest.mark.extra
def test_frictionless_finds_the_package_valid_and_a_broken_reference(
    source: Source, written: Path, tmp_path: Path
) -> None:
    """In a process of its own: frictionless changes settings of the csv module for everybody."""
    if importlib.util.find_spec("frictionless") is None:
        pytest.skip("frictionless is not installed: pip install frictionless")
    broken = shutil.copytree(written / "datapackage", tmp_path / "broken")
    change_cell(broken / "figures.csv", "litang-002", "part_of", "", "litang-999")
    validate = (
        "import frictionless, json, sys\n"
        "found = [frictionless.validate(f'{f}/datapackage.json') for f in sys.argv[1:]]\n"
        "print(json.dumps([[r.stats['tasks'], r.flatten(['type'])] for r in found]))"
    )
    told = ran("-W", "ignore", "-c", validate, written / "datapackage", broken)
    whole, other = json.loads(told)
    assert whole == [len(source.tables), []]
    assert ["foreign-key"] in other[1]


@pytest.mark.extra
@pytest.mark.filterwarnings("ignore")
def test_a_reader_of_csvw_gets_lists_numbers_and_references(written: Path) -> None:
    csvw = pytest.importorskip("csvw", reason="csvw is not installed: pip install csvw")
    group = csvw.TableGroup.from_file(written / "csvw" / "csv-metadata.json")
    group.check_referential_integrity()
    tables = {str(table.url): list(table) for table in group.tables}
    hospital = tables["projects.csv"][-1]
    assert hospital["donor"] == ["sc_banking_regulator", "huaxia_chengdu", "sinohydro_7"]
    assert tables["figures.csv"][2]["start"] == 212
    assert tables["figures.csv"][2]["same_as"] is None


def test_each_figure_is_an_annotation_on_the_page(source: Source, written: Path) -> None:
    told = json.loads((written / "annotations" / "annotations.jsonld").read_bytes())
    items = told["first"]["items"]
    assert told["total"] == len(items)
    digest = base64.urlsafe_b64encode(bytes.fromhex(stored().page["sha256"])).decode().rstrip("=")
    known = {item["id"] for item in items}
    for row, item in zip(source.table("figures").frame.itertuples(), items, strict=True):
        assert item["id"].endswith(f":{row.figure_id}")
        assert item["target"]["source"] == f"ni:///sha-256;{digest}"
        position, quote = item["target"]["selector"]
        assert (position["start"], position["end"]) == (row.start, row.end)
        assert quote == {"type": "TextQuoteSelector", "exact": row.printed}
        body = item["body"][1]
        assert float(body.get("schema:minValue", "nan")) == row.low or pd.isna(row.low)
        assert {body[k]["id"] for k in ("aid:same_as", "aid:part_of") if k in body} <= known


# --- the lines of README.txt ---------------------------------------------------------------------


def _lines(readme: Path, program: str) -> list[str]:
    """The indented lines that stand below the name of a program."""
    after = readme.read_text(encoding="utf-8").split(f"\n{program}\n", 1)[1]
    return [line.strip() for line in after.split("\n\n")[0].splitlines()]


@pytest.mark.parametrize("name", ["csv", "excel", "parquet", "sqlite", "stata"])
def test_the_lines_for_pandas_give_the_bounds(
    name: str, written: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if name == "excel":
        pytest.importorskip("openpyxl", reason="openpyxl is not installed")
    monkeypatch.chdir(_in(written, name))
    readme = " ".join(Path("README.txt").read_text(encoding="utf-8").split())
    assert "in the unit that the column unit of the row names" in readme
    assert stored().page["sha256"] in readme
    assert all(_lines(Path("README.txt"), program) for program in ("R", "Stata"))
    code = "\n".join(_lines(Path("README.txt"), "pandas"))
    names: dict[str, Any] = {"pd": pd, "sqlite3": sqlite3}
    exec(code, names)
    if name == "sqlite":
        names["study"].close()
    assert "26.715" in capsys.readouterr().out
    assert len(names["ratios"]) == aid.funding_ratios(stored())["aid"].notna().sum()


def test_the_lines_for_r_give_the_bounds(written: Path) -> None:
    program = shutil.which("Rscript")
    if program is None:
        pytest.skip("R is not installed: apt-get install r-base-core")
    lines = "; ".join(_lines(written / "csv" / "README.txt", "R"))
    run = subprocess.run(
        [program, "--vanilla", "-e", lines], cwd=written / "csv", capture_output=True, text=True,
        check=False, env={**os.environ, "LC_ALL": "C"},
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    row = next(line for line in run.stdout.splitlines() if "Longquanyi" in line)
    assert [float(cell) for cell in row.split()[2:5]] == [26.715, 26.72, 26.725]


# --- no formula ----------------------------------------------------------------------------------


def test_no_cell_of_excel_becomes_a_formula_a_link_or_another_number() -> None:
    pytest.importorskip("xlsxwriter", reason="XlsxWriter is in the extra exchange")
    openpyxl = pytest.importorskip("openpyxl", reason="openpyxl is not installed")
    texts = [*_STARTERS, "https://example.org", "007", "1e5", "{=1}", "TRUE", "'x"]
    # A double cannot hold the first of these numbers: it stays text.
    numbers = [Fraction("12345678901234567"), Fraction("17677450.5"), Fraction(1, 3)]
    rows: list[list[Cell]] = [[one] for one in ("header", *texts, *numbers)]
    content = sheets_bytes([("s", rows)], title="t")
    column = openpyxl.load_workbook(io.BytesIO(content))["s"]["A"][1:]
    shown = [(cell.data_type, str(cell.value).replace("_x000D_", "\r")) for cell in column]
    assert shown == [
        *(("s", one) for one in texts),
        ("s", "12345678901234567"), ("n", "17677450.5"), ("s", "0.333333333333333"),
    ]  # fmt: skip
    assert [cell.quotePrefix for cell in column[: len(texts)]] == [t in _STARTERS for t in texts]
    assert not any(cell.hyperlink for cell in column)
    with pytest.raises(FileError, match="sheet s, row 2: a cell has 32768 characters"):
        sheets_bytes([("s", [["header"], ["页" * 32768]])], title="t")


# --- what holds for every format -----------------------------------------------------------------


def _hashes(folder: Path) -> dict[str, str]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): sha256_of(path.read_bytes()) for path in paths}


def test_another_process_gives_the_same_bytes(written: Path, tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from aidstudy.exchange.export import export\n"
        "from aidstudy.exchange.tables import source_of\n"
        "from aidstudy.tables.study import load_study\n"
        "source = source_of(load_study(sys.argv[1]))\n"
        "for name in sys.argv[3:]:\n"
        "    export(source, name, sys.argv[2] + '/' + name)\n"
    )
    other = {"PYTHONHASHSEED": "1", "TZ": "Asia/Shanghai"}
    ran("-c", code, REPOSITORY, tmp_path, *_ready(), folder=tmp_path, **other)
    assert _hashes(tmp_path) == _hashes(written)


def test_a_clean_table_that_was_changed_by_hand_is_not_exported(tmp_path: Path) -> None:
    folder = copy_of_study(tmp_path)
    change_cell(folder / "data/clean/figures.csv", "litang-002", "value", "30000000", "30000001")
    with pytest.raises(TableError, match="of which nothing is exported"):
        export(load_study(folder), "csv", tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_a_study_without_results_has_its_tables(tmp_path: Path) -> None:
    folder = copy_of_study(tmp_path)
    for name in ("results", "sensitivity"):
        (folder / f"data/clean/{name}.csv").unlink()
    names = [table.name for table in source_of(load_study(folder)).tables]
    assert names == [n for n in (*_PUBLIC, "codebook") if n not in ("results", "sensitivity")]


@pytest.fixture(scope="module")
def sparse(source: Source) -> list[Source]:
    """The tables of a study whose draft nobody has decided yet: no row, or empty cells."""
    found = []
    for keep in (slice(0), slice(3)):
        tables = []
        for table in source.tables:
            frame = table.frame[keep].copy()
            for field in table.fields:
                if not field.required:
                    frame[field.name] = pd.Series(None, frame.index, frame[field.name].dtype)
            tables.append(Exported(table.name, table.meaning, table.fields, table.key, frame))
        found.append(Source(source.study, tuple(tables)))
    return found


@pytest.mark.parametrize("name", list(FORMATS))
def test_tables_without_rows_and_columns_without_cells_are_written(
    name: str, sparse: list[Source]
) -> None:
    if name not in _ready():
        pytest.skip(f"{_NEEDS[name]} is in the extra exchange")
    for other in sparse:
        assert all(FORMATS[name](other).values())
