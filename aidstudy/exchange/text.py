"""CSV files of the tables, and what describes them: data package, CSV on the Web, annotations."""

from __future__ import annotations

import base64
import datetime as dt
import json
import math
import re
from collections.abc import Callable
from typing import Any

from aidstudy.codebook import VERSION
from aidstudy.exchange.tables import (
    LICENCE,
    LICENCE_URL,
    Cell,
    Exported,
    Field,
    Source,
    described,
    key_of,
)
from aidstudy.files import sha256_of
from aidstudy.tables.files import csv_text
from aidstudy.version import AUTHORS, __version__

Files = dict[str, bytes]


def csv_files(source: Source) -> Files:
    """Each table as CSV: UTF-8, comma, line feed, an empty cell for what is missing."""
    return {
        f"{table.name}.csv": csv_text(table.names, _rows(table)).encode() for table in source.tables
    }


def _rows(table: Exported) -> list[dict[str, str]]:
    return [dict(zip(table.names, map(_text, row), strict=True)) for row in table.rows()]


def _text(cell: Cell) -> str:
    """A cell as R, Stata, pandas and the validators of CSV read it alike."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        if math.isinf(cell):
            return "INF" if cell > 0 else "-INF"
        return str(int(cell)) if cell.is_integer() and abs(cell) < 2**53 else repr(cell)
    return cell.isoformat() if isinstance(cell, dt.date) else str(cell)


def _json(told: Any) -> bytes:
    return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


_PACKAGE_TYPES = {"text": "string", "flag": "boolean", "day": "date"}


def datapackage(source: Source) -> Files:
    """The CSV files as a Frictionless Data Package, version 2."""
    files, study = csv_files(source), source.study
    package = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "aidstudy",
        "title": study.title,
        "title_zh": study.title_zh,
        "description": described(study),
        "version": __version__,
        "codebook_version": VERSION,
        "page_sha256": study.page["sha256"],
        "licenses": [{"name": LICENCE, "path": LICENCE_URL}],
        "contributors": [{"title": AUTHORS, "roles": ["creator"]}],
        "resources": [_resource(table, files[f"{table.name}.csv"]) for table in source.tables],
    }
    return {"datapackage.json": _json(package), **files}


def _resource(table: Exported, content: bytes) -> dict[str, Any]:
    def points(field: Field) -> dict[str, Any]:
        # A reference of a table to itself names no resource.
        to = {"resource": "" if field.to == table.name else field.to}
        return {"fields": [field.name], "reference": {**to, "fields": [key_of(field.to)]}}

    fields = {"fields": [_package_field(field) for field in table.fields], "missingValues": [""]}
    return {
        "name": table.name,
        "type": "table",
        "path": f"{table.name}.csv",
        "title": table.meaning,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{sha256_of(content)}",
        "schema": _schema(table, fields, points),
    }


def _schema(
    table: Exported, told: dict[str, Any], points: Callable[[Field], dict[str, Any]]
) -> dict[str, Any]:
    """Columns, then the key of a table and the columns that name rows of another one."""
    told |= {"primaryKey": list(table.key)} if table.key else {}
    keys = [points(field) for field in table.fields if field.to]
    return told | ({"foreignKeys": keys} if keys else {})


def _package_field(field: Field) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": field.name,
        "type": _PACKAGE_TYPES.get(field.type, field.type),
        "description": field.meaning,
        "constraints": {"required": field.required},
    }
    if field.unit:
        told["unit"] = field.unit
    if field.codes:
        told["constraints"]["enum"] = list(field.codes)
        told["categories"] = [
            {"value": code, "label": what.meaning, "label_zh": what.zh}
            for code, what in field.codes.items()
        ]
    return told


_WEB_TYPES = {"text": "string", "number": "double", "flag": "boolean", "day": "date"}


def csvw(source: Source) -> Files:
    """The CSV files with metadata of CSV on the Web (W3C, 17 December 2015)."""
    study = source.study
    group = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "dc:title": [
            {"@value": study.title, "@language": "en"},
            {"@value": study.title_zh, "@language": "zh"},
        ],
        "dc:description": described(study),
        "dc:creator": AUTHORS,
        "dc:license": {"@id": LICENCE_URL},
        "dialect": {"encoding": "utf-8", "lineTerminators": ["\n"], "header": True},
        "tables": [_web_table(table) for table in source.tables],
    }
    return {"csv-metadata.json": _json(group), **csv_files(source)}


def _web_table(table: Exported) -> dict[str, Any]:
    def points(field: Field) -> dict[str, Any]:
        to = {"resource": f"{field.to}.csv", "columnReference": key_of(field.to)}
        return {"columnReference": field.name, "reference": to}

    schema = _schema(table, {"columns": [_web_column(field) for field in table.fields]}, points)
    return {"url": f"{table.name}.csv", "dc:description": table.meaning, "tableSchema": schema}


def _web_column(field: Field) -> dict[str, Any]:
    datatype: Any = _WEB_TYPES.get(field.type, field.type)
    if field.codes:
        datatype = {"base": "string", "format": "|".join(map(re.escape, field.codes))}
    return {
        "name": field.name,
        "titles": field.name,
        "dc:description": field.meaning,
        "datatype": datatype,
        "required": field.required,
        **({"separator": " "} if field.several else {}),
        **({"schema:unitText": field.unit} if field.unit else {}),
    }


def web_annotations(source: Source) -> Files:
    """Each figure as a Web Annotation (W3C, 23 February 2017) on the page, named by its sha256."""
    sha256 = source.study.page["sha256"]
    base = f"urn:aidstudy:{sha256[:8]}:"
    digest = base64.urlsafe_b64encode(bytes.fromhex(sha256)).decode("ascii").rstrip("=")
    rows = _rows(source.table("figures"))
    collection = {
        "@context": [
            "http://www.w3.org/ns/anno.jsonld",
            {"schema": "https://schema.org/", "aid": "urn:aidstudy:terms:"},
        ],
        "id": f"{base}figures",
        "type": "AnnotationCollection",
        "label": source.study.title,
        "dcterms:description": (
            f"{described(source.study)} A quote is the figure without white space and with digits "
            "and punctuation in their plain (NFKC) form; where the page differs, the position "
            "decides."
        ),
        "creator": {"type": "Organization", "name": AUTHORS},
        "rights": LICENCE_URL,
        "total": len(rows),
        "first": {
            "id": f"{base}figures:1",
            "type": "AnnotationPage",
            "startIndex": 0,
            "items": [_annotation(row, base, f"ni:///sha-256;{digest}") for row in rows],
        },
    }
    return {"annotations.jsonld": _json(collection)}


_SAID = {"value": "value", "unit": "unitText", "low": "minValue", "high": "maxValue"}


def _annotation(row: dict[str, str], base: str, page: str) -> dict[str, Any]:
    said: dict[str, Any] = {f"schema:{term}": row[name] for name, term in _SAID.items()}
    said["schema:value"] = row["value"] or row["text"]
    kept = ("kind", "bound", "measure", "subject", "donor", "period", "note")
    said |= {f"aid:{name}": row[name] for name in kept}
    said |= {
        f"aid:{name}": row[name] and {"id": base + row[name]} for name in ("same_as", "part_of")
    }
    place = {"start": int(row["start"]), "end": int(row["end"])}
    return {
        "id": base + row["figure_id"],
        "type": "Annotation",
        "motivation": "describing",
        "body": [
            {"type": "TextualBody", "value": row["label_en"], "language": "en"},
            {"type": "schema:PropertyValue"} | {key: value for key, value in said.items() if value},
        ],
        "target": {
            "source": page,
            "selector": [
                {"type": "TextPositionSelector", **place},
                {"type": "TextQuoteSelector", "exact": row["printed"]},
            ],
        },
    }
