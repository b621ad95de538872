"""A Frictionless Data Package (version 2) of the tables, made from the codebook."""

from __future__ import annotations

import json
from typing import Any

from aidstudy.codebook import VERSION, Column
from aidstudy.files import sha256_of
from aidstudy.publish.exchange.source import (
    CREATOR,
    LICENCE,
    LICENCE_URL,
    Source,
    Stored,
    StudyOrSource,
    described,
    key_of,
    page_sha256,
    pattern_of,
    source_of,
    unit_of,
)

_SCHEMA = "https://datapackage.org/profiles/2.0/"


def datapackage(study: StudyOrSource) -> bytes:
    """The descriptor of all tables of a study, for ``data/datapackage.json``.

    Types, keys, references, closed lists with their meanings, units and missing values follow
    the codebook; size and sha256 follow the stored files. A list of codes in one cell is a
    string with a pattern, as not every reader knows the list type of version 2.

    Parameters
    ----------
    study : Study or Source

    Returns
    -------
    bytes
        JSON, UTF-8.

    Raises
    ------
    TableError
        If a table is not as the codebook says.

    Examples
    --------
    >>> from aidstudy import load_study
    >>> package = json.loads(datapackage(load_study()))
    >>> package["resources"][0]["name"], package["resources"][0]["schema"]["primaryKey"]
    ('figures', ['figure_id'])
    """
    source = source_of(study)
    study = source.study
    package = {
        "$schema": f"{_SCHEMA}datapackage.json",
        "name": "aidstudy",
        "title": study.title,
        "title_zh": study.title_zh,
        "description": described(study),
        "codebook_version": VERSION,
        "page_sha256": page_sha256(study),
        "licenses": [{"name": LICENCE, "path": LICENCE_URL}],
        "contributors": [{"title": CREATOR, "roles": ["creator"]}],
        "resources": [_resource(stored) for stored in described_tables(source)],
    }
    return (json.dumps(package, ensure_ascii=False, indent=2) + "\n").encode("utf-8")


def described_tables(source: Source) -> tuple[Stored, ...]:
    """The tables of the package: clean ones, results, and what people typed."""
    return (*source.clean, *source.results, *source.raw)


def _resource(stored: Stored) -> dict[str, Any]:
    table = stored.table
    schema: dict[str, Any] = {
        "$schema": f"{_SCHEMA}tableschema.json",
        "fields": [_field(stored, column) for column in table.columns],
        "missingValues": [""],
        "primaryKey": list(table.key),
    }
    keys = [
        {
            "fields": [column.name],
            "reference": {
                "resource": "" if stored.target(column) == stored.name else stored.target(column),
                "fields": [key_of(column)],
            },
        }
        for column in table.columns
        if column.type == "ref"
    ]
    if keys:
        schema["foreignKeys"] = keys
    return {
        "$schema": f"{_SCHEMA}dataresource.json",
        "name": stored.name,
        "type": "table",
        "path": stored.path,
        "title": stored.table.meaning,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\n", "quoteChar": '"', "header": True},
        "bytes": len(stored.content),
        "hash": f"sha256:{sha256_of(stored.content)}",
        "schema": schema,
    }


def _field(stored: Stored, column: Column) -> dict[str, Any]:
    field: dict[str, Any] = {
        "name": column.name,
        "type": "string",
        "description": column.meaning,
        "constraints": {"required": column.required},
    }
    rules = field["constraints"]
    if column.type == "integer":
        field["type"] = "integer"
        rules["minimum"] = 0
    elif stored.is_number(column):
        field["type"] = "number"
    if column.type == "id":
        rules["unique"] = True
    if pattern := pattern_of(stored, column):
        rules["pattern"] = pattern
    if column.type in ("codes", "refs"):
        field["separator"] = " "
    if unit := unit_of(stored, column):
        field["unit"] = unit
    if codes := stored.codes.get(column.name):
        if column.type == "code":
            rules["enum"] = list(codes)
        field["categories"] = [
            {"value": code, "label": what.meaning, "label_zh": what.zh}
            for code, what in codes.items()
        ]
    return field


__all__ = ["datapackage", "described_tables"]
