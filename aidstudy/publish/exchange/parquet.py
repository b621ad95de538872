"""Parquet files of the clean tables, with types and the meaning of each column."""

from __future__ import annotations

import io
from typing import Any

from aidstudy.codebook import VERSION, Column
from aidstudy.publish.exchange.source import (
    LICENCE,
    Source,
    Stored,
    StudyOrSource,
    described,
    page_sha256,
    source_of,
    unit_of,
)
from aidstudy.publish.extras import extra_module


def parquet_files(study: StudyOrSource) -> dict[str, bytes]:
    """Each clean table as a Parquet file.

    Offsets are 64-bit integers, several codes in one cell a list of strings, missing cells null.
    Exact values stay text, as no binary type holds them all; for every such column ``x`` there
    is ``x_number``, the nearest double, null where the value is a date, a period or a code.

    Parameters
    ----------
    study : Study or Source

    Returns
    -------
    dict of str to bytes
        By file name.

    Raises
    ------
    FileError
        If pyarrow is not installed.
    TableError
        If a table is not as the codebook says.
    """
    source = source_of(study)
    arrow = extra_module("pyarrow", extra="exchange", purpose="a Parquet file")
    writer = extra_module("pyarrow.parquet", extra="exchange", purpose="a Parquet file")
    files = {}
    for stored in source.clean:
        out = io.BytesIO()
        writer.write_table(_arrow_table(arrow, stored, source), out)
        files[f"{stored.name}.parquet"] = out.getvalue()
    return files


def _arrow_table(arrow: Any, stored: Stored, source: Source) -> Any:
    fields, columns = [], []
    for column in stored.table.columns:
        told = {"description": column.meaning, "unit": unit_of(stored, column)}
        texts = [cell or None for cell in stored.cells[column.name]]
        type_, values = _typed(arrow, column, texts)
        columns.append(arrow.array(values, type=type_))
        fields.append(arrow.field(column.name, type_, not column.required, told))
        if column.type == "exact":
            numbers = [None if n is None else float(n) for n in stored.numbers(column)]
            columns.append(arrow.array(numbers, type=arrow.float64()))
            told = told | {"description": f"{column.meaning}; as the nearest double"}
            fields.append(arrow.field(f"{column.name}_number", arrow.float64(), True, told))
    metadata = {
        "title": source.study.title,
        "table": stored.table.meaning,
        "description": described(source.study),
        "page_sha256": page_sha256(source.study),
        "codebook_version": str(VERSION),
        "licence": LICENCE,
    }
    return arrow.Table.from_arrays(columns, schema=arrow.schema(fields, metadata))


def _typed(arrow: Any, column: Column, texts: list[str | None]) -> tuple[Any, list[Any]]:
    if column.type == "integer":
        return arrow.int64(), [None if text is None else int(text) for text in texts]
    if column.type in ("codes", "refs"):
        return arrow.list_(arrow.string()), [text and text.split(" ") for text in texts]
    return arrow.string(), list(texts)


__all__ = ["parquet_files"]
