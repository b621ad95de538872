"""The list of variables as a DDI Codebook 2.5 document, made from the codebook."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from aidstudy.codebook import VERSION, Column
from aidstudy.intervals import plain
from aidstudy.publish.exchange.markup import Element, sub, xml_bytes
from aidstudy.publish.exchange.source import (
    CREATOR,
    LICENCE,
    LICENCE_URL,
    Stored,
    StudyOrSource,
    described,
    page_sha256,
    source_of,
    unit_of,
)
from aidstudy.tables.study import Study

NAMESPACE = "ddi:codebook:2_5"


def ddi_codebook(study: StudyOrSource) -> bytes:
    """Every table and variable of a study as DDI Codebook 2.5, for ``data/ddi.xml``.

    Parameters
    ----------
    study : Study or Source

    Returns
    -------
    bytes
        XML, UTF-8: ``stdyDscr``, a ``fileDscr`` for each table and a ``var`` for each column
        with its label, range, codes in English and Chinese, and format.

    Raises
    ------
    TableError
        If a table is not as the codebook says.

    Examples
    --------
    >>> from aidstudy import load_study
    >>> ddi_codebook(load_study()).count(b"<fileDscr ")
    7
    """
    source = source_of(study)
    study, stored = source.study, source.clean
    root = ET.Element(
        "codeBook", {"xmlns": NAMESPACE, "version": "2.5", "xml:lang": "en", "ID": "aidstudy"}
    )
    _study(sub(root, "stdyDscr"), study)
    for one in stored:
        _file(root, one)
    data = sub(root, "dataDscr")
    for one in stored:
        for column in one.table.columns:
            _variable(data, one, column)
    return xml_bytes(root)


def _study(parent: Element, study: Study) -> None:
    citation = sub(parent, "citation")
    titles = sub(citation, "titlStmt")
    sub(titles, "titl", study.title)
    sub(titles, "parTitl", study.title_zh, {"xml:lang": "zh"})
    sub(titles, "IDNo", page_sha256(study), {"agency": "sha256 of the page's text"})
    sub(sub(citation, "rspStmt"), "AuthEnty", CREATOR)
    sub(sub(citation, "prodStmt"), "copyright", f"{LICENCE}, {LICENCE_URL}")
    sub(sub(citation, "verStmt"), "version", f"codebook version {VERSION}")
    sub(sub(parent, "stdyInfo"), "abstract", described(study))


def _file(root: Element, stored: Stored) -> None:
    text = sub(sub(root, "fileDscr", "", {"ID": _file_id(stored), "URI": stored.path}), "fileTxt")
    sub(text, "fileName", stored.path)
    sub(text, "fileCont", stored.table.meaning)
    size = sub(text, "dimensns")
    sub(size, "caseQnty", str(len(stored.cells)))
    sub(size, "varQnty", str(len(stored.table.columns)))
    sub(text, "fileType", "CSV, UTF-8, comma, one header line; an empty cell is missing")


def _variable(data: Element, stored: Stored, column: Column) -> None:
    number = stored.is_number(column)
    variable = sub(
        data,
        "var",
        "",
        {
            "ID": f"V_{stored.name}_{column.name}",
            "name": column.name,
            "files": _file_id(stored),
            "intrvl": "contin" if number else "discrete",
        },
    )
    sub(variable, "labl", column.meaning, {"xml:lang": "en"})
    if number:
        values = [value for value in stored.numbers(column) if value is not None]
        if values:
            sub(
                sub(variable, "valrng"),
                "range",
                "",
                {"min": plain(min(values)), "max": plain(max(values))},
            )
    unit = unit_of(stored, column)
    told = (
        f"Unit: {unit}." if unit else "",
        "No cell is empty." if column.required else "A cell may be empty: the page does not say.",
        "Several values are separated by a space." if column.type in ("codes", "refs") else "",
    )
    sub(variable, "txt", " ".join(sentence for sentence in told if sentence))
    for code, what in stored.codes.get(column.name, {}).items():
        category = sub(variable, "catgry")
        sub(category, "catValu", code)
        sub(category, "labl", what.meaning, {"xml:lang": "en"})
        sub(category, "labl", what.zh, {"xml:lang": "zh"})
    kind = "numeric" if number else "character"
    form = {"type": kind, "schema": "other", "formatname": column.type}
    sub(variable, "varFormat", "", form)


def _file_id(stored: Stored) -> str:
    return f"F_{stored.name}"


__all__ = ["NAMESPACE", "ddi_codebook"]
