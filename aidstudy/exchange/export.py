"""Every exchange format under a name, and the one function that writes them."""

from __future__ import annotations

import contextlib
import os
import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from aidstudy.codebook import VERSION, one_of
from aidstudy.errors import CodebookError, FileError
from aidstudy.exchange import binary, text
from aidstudy.exchange.excel import workbook
from aidstudy.exchange.tables import (
    LICENCE,
    LICENCE_URL,
    WORDS,
    Source,
    StudyOrSource,
    described,
    source_of,
)
from aidstudy.files import write_whole
from aidstudy.version import AUTHORS, __version__

README = "README.txt"


FORMATS: Mapping[str, Callable[[Source], dict[str, bytes]]] = MappingProxyType(
    {
        "annotations": text.web_annotations,
        "csv": text.csv_files,
        "csvw": text.csvw,
        "datapackage": text.datapackage,
        "excel": workbook,
        "parquet": binary.parquet_files,
        "sqlite": binary.sqlite_file,
        "stata": binary.stata_files,
    }
)
"""What writes each format, by the name that a user types: the content of each file by its path."""


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
    one_of("format of an export", what, list(FORMATS), CodebookError)
    source = source_of(study)
    files = FORMATS[what](source)
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
    meaning, opened = (WORDS["formats"][what][part] for part in ("meaning", "opened"))
    parts = [
        source.study.title,
        _wrapped(f"{meaning[0].upper()}{meaning[1:]}. {described(source.study)}"),
        _wrapped(WORDS["readme"]["units"]),
        *(_wrapped(note) for note in [WORDS["readme"].get(opened, "")] if note),
        "Tables\n" + "\n".join(_wrapped(f"{t.name}: {t.meaning}") for t in source.tables),
        *(
            f"{program}\n{textwrap.indent(lines.strip(), '    ')}"
            for program, lines in WORDS["open"].get(opened, {}).items()
        ),
        f"aidstudy {__version__}, codebook version {VERSION}; to cite it: aidstudy cite. "
        f"By {AUTHORS}, {LICENCE}, {LICENCE_URL}",
    ]
    return "\n\n".join(parts) + "\n"


def _wrapped(told: str) -> str:
    return textwrap.fill(told, 98, break_long_words=False, break_on_hyphens=False)
