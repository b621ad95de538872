"""Every exchange format under a name, and the one function that writes them."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from aidstudy.codebook import did_you_mean
from aidstudy.errors import CodebookError
from aidstudy.files import write_whole
from aidstudy.publish.exchange.annotations import web_annotations
from aidstudy.publish.exchange.csvw import csvw_metadata
from aidstudy.publish.exchange.datapackage import datapackage, described_tables
from aidstudy.publish.exchange.ddi import ddi_codebook
from aidstudy.publish.exchange.iati import iati_activities
from aidstudy.publish.exchange.parquet import parquet_files
from aidstudy.publish.exchange.source import Source, Stored, StudyOrSource, source_of
from aidstudy.publish.exchange.stata import stata_files
from aidstudy.publish.exchange.workbook import workbook

Files = dict[str, bytes]


@dataclass(frozen=True, slots=True)
class Format:
    """One exchange format.

    Parameters
    ----------
    meaning : str
        What is written, for the list of formats.
    files : callable
        From a source to the content of each file by its path below the folder.
    """

    meaning: str
    files: Callable[[Source], Files]


def _csv(stored: tuple[Stored, ...]) -> Files:
    return {one.path: one.content for one in stored}


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "annotations": Format(
            "each figure as a Web Annotation on the page (JSON-LD)",
            lambda source: {"annotations.jsonld": web_annotations(source)},
        ),
        "csvw": Format(
            "the clean tables as CSV with CSV on the Web metadata",
            lambda source: {"csv-metadata.json": csvw_metadata(source)} | _csv(source.clean),
        ),
        "datapackage": Format(
            "all tables as a Frictionless Data Package",
            lambda source: (
                {"datapackage.json": datapackage(source)} | _csv(described_tables(source))
            ),
        ),
        "ddi": Format(
            "the list of variables as DDI Codebook 2.5 (XML)",
            lambda source: {"ddi.xml": ddi_codebook(source)},
        ),
        "excel": Format(
            "the clean tables and the codebook as an Excel workbook",
            lambda source: {"tables.xlsx": workbook(source)},
        ),
        "iati": Format(
            "pairs and projects as an IATI 2.03 activity file, not for the registry",
            lambda source: {"iati-activities.xml": iati_activities(source)},
        ),
        "parquet": Format("the clean tables as Parquet files", parquet_files),
        "stata": Format("the clean tables as Stata files, format 118", stata_files),
    }
)
"""Formats by the name that a user types."""


def export(study: StudyOrSource, what: str, into: str | os.PathLike[str]) -> list[Path]:
    """Write one exchange format of a study.

    Parameters
    ----------
    study : Study or Source
    what : str
        A name in `FORMATS`.
    into : path
        Folder of the new files; made when it is not there.

    Returns
    -------
    list of Path
        The files written. The same tables give the same bytes.

    Raises
    ------
    CodebookError
        If there is no such format.
    FileError
        If a file cannot be written, or a package that the format needs is not installed.
    TableError
        If a table is not as the codebook says; nothing is written then.

    Examples
    --------
    >>> import tempfile
    >>> from aidstudy import load_study
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [path.name for path in export(load_study(), "iati", folder)]
    ['iati-activities.xml']
    """
    if what not in FORMATS:
        raise CodebookError(
            f"export {what!r}: there is no such format{did_you_mean(what, list(FORMATS))}",
            printed=what,
        )
    files = FORMATS[what].files(source_of(study))
    paths = []
    for name, content in files.items():
        path = Path(into, name)
        write_whole(path, content)
        paths.append(path)
    return paths


def metadata_files(study: StudyOrSource) -> Files:
    """The metadata that a study stores beside its tables, by path below the study's folder.

    Examples
    --------
    >>> from aidstudy import load_study
    >>> list(metadata_files(load_study()))
    ['data/csv-metadata.json', 'data/datapackage.json', 'data/ddi.xml']
    """
    source = source_of(study)
    return {
        "data/csv-metadata.json": csvw_metadata(source),
        "data/datapackage.json": datapackage(source),
        "data/ddi.xml": ddi_codebook(source),
    }


__all__ = ["FORMATS", "Format", "export", "metadata_files"]
