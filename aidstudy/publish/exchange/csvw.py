"""CSV on the Web: metadata of the clean tables, made from the codebook."""

from __future__ import annotations

import json
import re
from typing import Any

from aidstudy.codebook import VERSION, Column
from aidstudy.publish.exchange.source import (
    CREATOR,
    LICENCE_URL,
    Stored,
    StudyOrSource,
    described,
    key_of,
    page_sha256,
    pattern_of,
    source_of,
    unit_of,
)


def csvw_metadata(study: StudyOrSource) -> bytes:
    """The table group of a study, for ``data/csv-metadata.json``.

    A cell that lists several codes or ids has the separator " ", so that a reader gets a list;
    such a list has no foreign key, as CSVW compares whole cells.

    Parameters
    ----------
    study : Study or Source

    Returns
    -------
    bytes
        JSON-LD, UTF-8.

    Raises
    ------
    TableError
        If a table is not as the codebook says.

    Notes
    -----
    W3C Recommendation "Metadata Vocabulary for Tabular Data", 17 December 2015.

    Examples
    --------
    >>> from aidstudy import load_study
    >>> json.loads(csvw_metadata(load_study()))["tables"][0]["url"]
    'clean/figures.csv'
    """
    source = source_of(study)
    study, stored = source.study, source.clean
    paths = {one.name: one.path for one in stored}
    group = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "dc:title": [
            {"@value": study.title, "@language": "en"},
            {"@value": study.title_zh, "@language": "zh"},
        ],
        "dc:description": described(study),
        "dc:creator": CREATOR,
        "dc:license": {"@id": LICENCE_URL},
        "dc:identifier": f"page sha256 {page_sha256(study)}, codebook version {VERSION}",
        "dialect": {"encoding": "utf-8", "lineTerminators": ["\n"], "header": True},
        "tables": [_table(one, paths) for one in stored],
    }
    return (json.dumps(group, ensure_ascii=False, indent=2) + "\n").encode("utf-8")


def _table(stored: Stored, paths: dict[str, str]) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "columns": [_column(stored, column) for column in stored.table.columns],
        "primaryKey": list(stored.table.key),
    }
    keys = [
        {
            "columnReference": column.name,
            "reference": {"resource": paths[column.to], "columnReference": key_of(column)},
        }
        for column in stored.table.columns
        if column.type == "ref"
    ]
    if keys:
        schema["foreignKeys"] = keys
    return {"url": stored.path, "dc:description": stored.table.meaning, "tableSchema": schema}


def _column(stored: Stored, column: Column) -> dict[str, Any]:
    out: dict[str, Any] = {
        "name": column.name,
        "titles": column.name,
        "dc:description": column.meaning,
        "datatype": _datatype(stored, column),
        "required": column.required,
    }
    if column.type in ("codes", "refs"):
        out["separator"] = " "
    if unit := unit_of(stored, column):
        out["schema:unitText"] = unit
    if codes := stored.codes.get(column.name):
        out["schema:valueReference"] = [
            {
                "schema:value": code,
                "schema:description": [
                    {"@value": what.meaning, "@language": "en"},
                    {"@value": what.zh, "@language": "zh"},
                ],
            }
            for code, what in codes.items()
        ]
    return out


def _datatype(stored: Stored, column: Column) -> str | dict[str, Any]:
    if column.type == "integer":
        return {"base": "integer", "minimum": 0}
    if stored.is_number(column):
        return "decimal"
    if codes := stored.codes.get(column.name):
        return {"base": "string", "format": "|".join(map(re.escape, codes))}
    if column.type == "date":
        return {"base": "string", "format": pattern_of(stored, column)}
    return "string"


__all__ = ["csvw_metadata"]
