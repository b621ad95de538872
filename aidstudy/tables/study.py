"""A study is a folder: its tables, its notebooks, its drawings, and what it is about."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from aidstudy.codebook import Code, Codes, Column, Place
from aidstudy.errors import StudyError

ENVIRONMENT = "AIDSTUDY_STUDY"
"""Environment variable that names the study when a call does not."""

_PACKAGE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Study:
    """A folder of tables, and the page that they were made from.

    Parameters
    ----------
    folder : Path
        Holds ``data/study.toml``, ``data/raw/`` and ``data/clean/``.
    title, title_zh : str
    year : int
        Year of the reports.
    page : mapping
        ``sha256`` of the page's text and, where known, newspaper and title.
    recipients, donors : mapping of str to Place
        Short names used in the tables, in the order of the page.
    """

    folder: Path
    title: str
    title_zh: str
    year: int
    page: Mapping[str, str]
    recipients: Mapping[str, Place]
    donors: Mapping[str, Place]

    @property
    def raw(self) -> Path:
        """Folder of the tables that people type."""
        return self.folder / "data" / "raw"

    @property
    def clean(self) -> Path:
        """Folder of the tables that the library derives."""
        return self.folder / "data" / "clean"

    def codes_of(self, column: Column) -> Codes | None:
        """The closed list of a column, ``None`` when it has none."""
        if column.places == "articles":
            articles = {
                slug: Code(f"report of {p.en}", p.zh) for slug, p in self.recipients.items()
            }
            return articles | {
                "page": Code("furniture of the page: telephone and the like", "版面")
            }
        if column.places:
            places = self.recipients if column.places == "recipients" else self.donors
            return {slug: Code(place.en, place.zh) for slug, place in places.items()}
        return column.codes


def load_study(folder: str | os.PathLike[str] | Study | None = None) -> Study:
    """Open the study in a folder.

    Parameters
    ----------
    folder : path or Study, optional
        Without it: the folder in the environment variable ``AIDSTUDY_STUDY``; else the tables
        that came with an installed package; else the repository around the package.

    Returns
    -------
    Study

    Raises
    ------
    StudyError
        If the folder holds no study, or its ``study.toml`` cannot be read.

    Examples
    --------
    >>> load_study().year
    2012
    """
    if isinstance(folder, Study):
        return folder
    if folder is None:
        packed = _PACKAGE / "_study"
        folder = os.environ.get(ENVIRONMENT) or (packed if packed.is_dir() else _PACKAGE.parent)
    root = Path(folder).resolve()
    settings = root / "data" / "study.toml"
    try:
        told = tomllib.loads(settings.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise StudyError(
            f"{root}: no study here, data/study.toml is missing; name the folder that holds data/, "
            f"or unset {ENVIRONMENT}"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise StudyError(f"{settings}: cannot be read as TOML in UTF-8: {error}; mend it") from None
    try:
        return Study(
            folder=root,
            title=told["title"],
            title_zh=told["title_zh"],
            year=int(told["year"]),
            page=MappingProxyType({key: str(value) for key, value in told["page"].items()}),
            recipients=_places(told["recipients"]),
            donors=_places(told["donors"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise StudyError(
            f"{settings}: a part is missing or of the wrong type: {error}; it needs title, "
            "title_zh, year, [page], [recipients.*] and [donors.*] with zh, en, short_zh, short_en"
        ) from None


def _places(told: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Place]:
    return MappingProxyType({slug: Place(**dict(names)) for slug, names in told.items()})


__all__ = ["ENVIRONMENT", "Study", "load_study"]
