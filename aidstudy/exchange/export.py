"""Every exchange format under a name, and the one function that writes them."""

from __future__ import annotations

import contextlib
import os
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from aidstudy.codebook import VERSION, did_you_mean
from aidstudy.errors import CodebookError, FileError
from aidstudy.exchange import binary, text
from aidstudy.exchange.excel import workbook
from aidstudy.exchange.tables import (
    CREATOR,
    LICENCE,
    LICENCE_URL,
    Source,
    StudyOrSource,
    described,
    source_of,
    words,
)
from aidstudy.files import write_whole
from aidstudy.version import __version__

README = "README.txt"


@dataclass(frozen=True, slots=True)
class Format:
    """One exchange format: what is written, the content of each file by its path, and the lines of
    ``words.toml`` that say how it is opened.
    """

    meaning: str
    files: Callable[[Source], dict[str, bytes]]
    opened: str = "csv"


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "annotations": Format(
            "each figure as a Web Annotation on the page (JSON-LD)", text.web_annotations, ""
        ),
        "csv": Format("each table as a CSV file", text.csv_files),
        "csvw": Format("the CSV files with metadata of CSV on the Web", text.csvw),
        "datapackage": Format("the CSV files as a Frictionless Data Package", text.datapackage),
        "excel": Format("all tables as one Excel workbook", workbook, "excel"),
        "parquet": Format("each table as a Parquet file", binary.parquet_files, "parquet"),
        "sqlite": Format(
            "all tables in one SQLite database with keys, and a view for each question",
            binary.sqlite_file,
            "sqlite",
        ),
        "stata": Format("each table as a Stata file, format 118", binary.stata_files, "stata"),
    }
)
"""Formats by the name that a user types."""


def export(study: StudyOrSource, what: str, into: str | os.PathLike[str]) -> list[Path]:
    """Write one of the `FORMATS` of a study into a folder: the files written.

    A ``README.txt`` with units and the first lines for R, Stata and pandas is among them. The same
    tables give the same bytes. Where a table is not as the codebook says, or a clean table not what
    the raw ones give, nothing is written.

    >>> import tempfile
    >>> from aidstudy import load_study
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [path.name for path in export(load_study(), "sqlite", folder)]
    ['tables.sqlite', 'README.txt']
    """
    if what not in FORMATS:
        raise CodebookError(
            f"export {what!r}: there is no such format{did_you_mean(what, list(FORMATS))}",
            printed=what,
        )
    source = source_of(study)
    files = FORMATS[what].files(source)
    files[README] = readme(source, what).encode("utf-8")
    paths = [Path(into, name) for name in files]
    new = [path for path in paths if not path.exists()]
    try:
        for path, content in zip(paths, files.values(), strict=True):
            write_whole(path, content)
    except FileError:
        # Some tables without the others would pass for an export.
        for path in new:
            with contextlib.suppress(OSError):
                path.unlink()
        raise
    return paths


def readme(source: Source, what: str) -> str:
    """What an export holds, its units, and the first lines for R, Stata and pandas."""
    one = FORMATS[what]
    opened = words()["open"].get(one.opened, {})
    parts = [
        source.study.title,
        _wrapped(f"{one.meaning[0].upper()}{one.meaning[1:]}. {described(source.study)}"),
        _wrapped(words()["readme"]["units"]),
        *(_wrapped(note) for note in [words()["readme"].get(one.opened, "")] if note),
        "Tables\n" + "\n".join(_wrapped(f"{t.name}: {t.meaning}") for t in source.tables),
        *(
            f"{program}\n{textwrap.indent(lines.strip(), '    ')}"
            for program, lines in opened.items()
        ),
        f"aidstudy {__version__}, codebook version {VERSION}; to cite it: aidstudy cite. "
        f"By {CREATOR}, {LICENCE}, {LICENCE_URL}",
    ]
    return "\n\n".join(parts) + "\n"


def _wrapped(told: str) -> str:
    return textwrap.fill(told, 98, break_long_words=False, break_on_hyphens=False)
