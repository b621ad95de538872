"""Data package, CSV on the Web and DDI: the same codebook three times over."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from copies import change_cell, copy_of_study, stored

from aidstudy.codebook import (
    CLEAN_TABLES,
    NUMERIC_KINDS,
    OUTSIDE_TABLES,
    RAW_TABLES,
    RESULTS,
    SENSITIVITY,
    Column,
)
from aidstudy.errors import TableError
from aidstudy.files import sha256_of
from aidstudy.publish.exchange.csvw import csvw_metadata
from aidstudy.publish.exchange.datapackage import datapackage, described_tables
from aidstudy.publish.exchange.ddi import NAMESPACE, ddi_codebook
from aidstudy.publish.exchange.export import metadata_files
from aidstudy.publish.exchange.source import Source, source_of
from aidstudy.tables.study import load_study


@pytest.fixture(scope="module")
def source() -> Source:
    return source_of(stored())


@pytest.fixture(scope="module")
def package(source: Source) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(datapackage(source))
    return found


@pytest.fixture(scope="module")
def group(source: Source) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(csvw_metadata(source))
    return found


@pytest.fixture(scope="module")
def packaged(tmp_path_factory: pytest.TempPathFactory, source: Source) -> Path:
    """A copy of the tables with their metadata."""
    folder = copy_of_study(tmp_path_factory.mktemp("packaged"))
    for name, content in metadata_files(source).items():
        (folder / name).write_bytes(content)
    return folder / "data"


def _resource(package: dict[str, Any], name: str) -> dict[str, Any]:
    (found,) = [one for one in package["resources"] if one["name"] == name]
    return dict(found)


def _fields(resource: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {field["name"]: field for field in resource["schema"]["fields"]}


def test_what_is_stored_is_what_the_codebook_gives(source: Source) -> None:
    for name, content in metadata_files(source).items():
        assert (source.study.folder / name).read_bytes() == content, f"{name} is out of date"


def test_the_package_has_every_table_column_and_code(
    package: dict[str, Any], source: Source
) -> None:
    tables = {**CLEAN_TABLES, "dac_codes": OUTSIDE_TABLES["dac_codes"]}
    tables |= {"results": RESULTS, "sensitivity": SENSITIVITY}
    tables |= {f"raw-{name}": table for name, table in RAW_TABLES.items()}
    tables |= {"raw-context": OUTSIDE_TABLES["context"]}
    assert [one["name"] for one in package["resources"]] == list(tables)
    for name, table in tables.items():
        fields = _fields(_resource(package, name))
        assert list(fields) == list(table.names)
        for column in table.columns:
            field, codes = fields[column.name], source.study.codes_of(column)
            assert field["description"] == column.meaning
            assert field["constraints"]["required"] == column.required
            if codes is not None:
                assert [one["value"] for one in field["categories"]] == list(codes)
                assert [one["label"] for one in field["categories"]] == [
                    code.meaning for code in codes.values()
                ]
                assert ("enum" in field["constraints"]) == (column.type == "code")


def test_sizes_and_hashes_are_those_of_the_files(package: dict[str, Any]) -> None:
    for resource in package["resources"]:
        content = (stored().folder / "data" / resource["path"]).read_bytes()
        assert resource["bytes"] == len(content)
        assert resource["hash"] == f"sha256:{sha256_of(content)}"


def test_references_of_raw_tables_stay_among_raw_tables(package: dict[str, Any]) -> None:
    def keys(name: str) -> dict[str, str]:
        return {
            key["fields"][0]: key["reference"]["resource"]
            for key in _resource(package, name)["schema"].get("foreignKeys", [])
        }

    assert keys("figures") == {"same_as": "", "part_of": ""}
    assert keys("projects") == {
        "sector": "dac_codes", "budget": "figures",
        "donor_amount": "figures", "expenditure": "figures",
    }  # fmt: skip
    assert keys("raw-projects")["budget"] == "raw-figures"
    assert keys("raw-projects")["sector"] == "dac_codes"
    assert keys("events") == {}  # an event may name several projects and figures
    assert _resource(package, "pairs")["schema"]["primaryKey"] == ["donor", "recipient"]


def test_patterns_fit_every_cell_that_is_filled(package: dict[str, Any], source: Source) -> None:
    tried = 0
    for one in described_tables(source):
        for name, field in _fields(_resource(package, one.name)).items():
            if pattern := field["constraints"].get("pattern"):
                assert "(?" not in pattern
                cells = [cell for cell in one.cells[name] if cell]
                assert all(re.fullmatch(pattern, cell) for cell in cells), (one.name, name)
                assert not re.fullmatch(pattern, "next  year")
                tried += len(cells)
    assert tried > 200


def test_units_and_types(package: dict[str, Any]) -> None:
    figures, context = (_fields(_resource(package, name)) for name in ("figures", "context"))
    assert (figures["start"]["type"], figures["value"]["type"]) == ("integer", "string")
    assert figures["start"]["unit"] == "Unicode code points of the page's text"
    assert figures["low"]["unit"] == "as in column unit"
    assert context["value"]["type"] == "number"


_BREAKS = {
    "measure": ("disbursement", "disbursment", "constraint-error"),
    "start": ("212", "twelve", "type-error"),
    "donor": ("leshan", "leshan leshan2", "constraint-error"),
    "period": ("2012-01/2012-06", "early 2012", "constraint-error"),
    "part_of": ("", "litang-999", "foreign-key"),
    "figure_id": ("litang-002", "litang-001", "unique-error"),
    "label_en": ("Leshan's 2012 aid funds, all transferred", "", "constraint-error"),
    "value": ("30000000", "30000001", "hash-count"),
}
"""Column of litang-002: what it holds, what it must not hold, what frictionless calls that."""

_VALIDATE = """
import json, sys
import frictionless
reports = [frictionless.validate(path) for path in sys.argv[1:]]
found = [[r.stats["tasks"], sorted({t for (t,) in r.flatten(["type"])})] for r in reports]
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def verdicts(
    packaged: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, tuple[int, list[str]]]:
    """Tables seen and errors found by frictionless: in the package, and with each cell broken.

    In a process of its own: frictionless changes settings of the csv module for everybody.
    """
    if importlib.util.find_spec("frictionless") is None:
        pytest.skip("frictionless is not installed: pip install frictionless")
    folders = {"": packaged}
    for column, (old, new, _) in _BREAKS.items():
        folders[column] = tmp_path_factory.mktemp(column) / "data"
        shutil.copytree(packaged, folders[column])
        change_cell(folders[column] / "clean" / "figures.csv", "litang-002", column, old, new)
        # The other tables are read once, with the whole package.
        descriptor = folders[column] / "datapackage.json"
        told = json.loads(descriptor.read_text(encoding="utf-8"))
        told["resources"] = [_resource(told, "figures")]
        descriptor.write_text(json.dumps(told), encoding="utf-8")
    paths = [str(folder / "datapackage.json") for folder in folders.values()]
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _VALIDATE, *paths],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    found = json.loads(run.stdout)
    return {column: tuple(one) for column, one in zip(folders, found, strict=True)}


@pytest.mark.extra
def test_frictionless_finds_the_package_valid(
    verdicts: dict[str, tuple[int, list[str]]], package: dict[str, Any]
) -> None:
    assert verdicts[""] == (len(package["resources"]), [])


@pytest.mark.extra
@pytest.mark.parametrize("column", list(_BREAKS))
def test_frictionless_finds_a_broken_cell(
    verdicts: dict[str, tuple[int, list[str]]], column: str
) -> None:
    assert _BREAKS[column][2] in verdicts[column][1]


def test_csvw_has_every_clean_table_with_its_keys(group: dict[str, Any]) -> None:
    assert group["@context"][0] == "http://www.w3.org/ns/csvw"
    tables = {table["url"]: table["tableSchema"] for table in group["tables"]}
    assert list(tables) == [f"clean/{name}.csv" for name in CLEAN_TABLES] + ["dac_codes.csv"]
    for name, table in CLEAN_TABLES.items():
        schema = tables[f"clean/{name}.csv"]
        assert [column["name"] for column in schema["columns"]] == list(table.names)
        assert schema["primaryKey"] == list(table.key)
        for key in schema.get("foreignKeys", []):
            target = tables[key["reference"]["resource"]]
            columns = [column["name"] for column in target["columns"]]
            assert key["reference"]["columnReference"] in columns


def test_csvw_formats_fit_every_cell(group: dict[str, Any], source: Source) -> None:
    for one, table in zip(source.clean, group["tables"], strict=True):
        for column in table["tableSchema"]["columns"]:
            datatype = column["datatype"]
            cells = [cell for cell in one.cells[column["name"]] if cell]
            assert cells or not column["required"]
            if isinstance(datatype, dict) and "format" in datatype:
                split = column.get("separator")
                parts = [part for c in cells for part in (c.split(split) if split else [c])]
                assert all(re.fullmatch(datatype["format"], part) for part in parts)


@pytest.mark.extra
@pytest.mark.filterwarnings("ignore")
def test_a_reader_of_csvw_gets_lists_numbers_and_references(packaged: Path) -> None:
    csvw = pytest.importorskip("csvw", reason="csvw is not installed: pip install csvw")
    group = csvw.TableGroup.from_file(packaged / "csv-metadata.json")
    group.check_referential_integrity()
    tables = {str(table.url): list(table) for table in group.tables}
    hospital = tables["clean/projects.csv"][-1]
    assert hospital["donor"] == ["sc_banking_regulator", "huaxia_chengdu", "sinohydro_7"]
    assert tables["clean/figures.csv"][2]["start"] == 212
    assert tables["clean/figures.csv"][2]["same_as"] is None


def test_ddi_lists_every_variable_in_the_order_of_its_schema(source: Source) -> None:
    root = ET.fromstring(ddi_codebook(source))
    ns = f"{{{NAMESPACE}}}"
    assert root.tag == f"{ns}codeBook"
    files = {one.get("ID"): one.get("URI") for one in root.iter(f"{ns}fileDscr")}
    found: dict[str, list[str]] = {}
    order = ["labl", "valrng", "txt", "catgry", "varFormat"]
    for variable in root.iter(f"{ns}var"):
        found.setdefault(files[variable.get("files", "")] or "", []).append(
            variable.get("name", "")
        )
        tags = [child.tag.removeprefix(ns) for child in variable]
        assert tags == sorted(tags, key=order.index)
    assert found == {one.path: list(one.table.names) for one in source.clean}
    identifiers = [element.get("ID") for element in root.iter() if element.get("ID")]
    assert len(identifiers) == len(set(identifiers))


def test_ddi_gives_codes_in_both_languages_and_the_range_of_numbers(source: Source) -> None:
    root = ET.fromstring(ddi_codebook(source))
    names = {"d": NAMESPACE}
    status = root.find(".//d:var[@ID='V_projects_status']", names)
    assert status is not None
    labels = status.findall("d:catgry[1]/d:labl", names)
    assert [label.text for label in labels] == ["pipeline", "筹备"]
    limits = root.find(".//d:var[@ID='V_figures_start']/d:valrng/d:range", names)
    assert limits is not None
    assert (limits.get("min"), limits.get("max")) == ("41", "9148")


def test_an_empty_unit_says_that_a_value_is_no_number(source: Source) -> None:
    """The ten lines of R rest on it, and so may anybody who has only the CSV files."""
    figures = source.table("figures")
    assert isinstance(figures.table.column("value"), Column)
    for row in figures.rows():
        assert (row["unit"] != "") == (row["kind"] in NUMERIC_KINDS)


def test_a_clean_table_that_was_changed_by_hand_is_not_exported(tmp_path: Path) -> None:
    folder = copy_of_study(tmp_path)
    change_cell(folder / "data/clean/figures.csv", "litang-002", "value", "30000000", "30000001")
    with pytest.raises(TableError, match="the raw tables give '30000000'"):
        source_of(load_study(folder))
