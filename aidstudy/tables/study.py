"""A study is a folder: its tables, its notebooks, its drawings, and what it is about."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any

from aidstudy.codebook import Code, Codes, Column, Place
from aidstudy.errors import Fault, StudyError

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
    programmes : mapping of str to str, optional
        Chinese names of the programmes that the outside facts are about, by their English ones.
    codings : mapping of str to str, optional
        ``coders`` and ``coders_zh``: who made the two codings.

    Examples
    --------
    >>> study = load_study()
    >>> list(study.recipients), study.raw.name
    (['litang', 'xiangcheng', 'xinlong', 'ganzi', 'dege'], 'raw')
    """

    folder: Path
    title: str
    title_zh: str
    year: int
    page: Mapping[str, str]
    recipients: Mapping[str, Place]
    donors: Mapping[str, Place]
    programmes: Mapping[str, str] = field(default_factory=dict)
    codings: Mapping[str, str] = field(default_factory=dict)

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
    root = Path(folder)
    settings = root / "data" / "study.toml"
    try:
        root = root.resolve()
        told = tomllib.loads(settings.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise StudyError(
            f"{root}: no study here, data/study.toml is missing; name the folder that holds data/, "
            f"or unset {ENVIRONMENT}",
            printed=str(folder),
        ) from None
    except OSError as error:
        raise StudyError(f"{settings}: cannot be read: {error.strerror}; look at it") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise StudyError(f"{settings}: cannot be read as TOML in UTF-8: {error}; mend it") from None
    except ValueError:
        raise StudyError(f"{folder!r}: not a path; name the folder that holds data/") from None
    faults = list(_setting_faults(told, str(settings)))
    if faults:
        raise StudyError.from_faults(faults, what="settings of the study")
    return Study(
        folder=root,
        title=told["title"],
        title_zh=told["title_zh"],
        year=told["year"],
        page=MappingProxyType(told["page"]),
        recipients=_places(told["recipients"]),
        donors=_places(told["donors"]),
        programmes=MappingProxyType(told.get("programmes", {})),
        codings=MappingProxyType(told.get("codings", {})),
    )


def _places(told: Mapping[str, Mapping[str, str]]) -> Mapping[str, Place]:
    return MappingProxyType({slug: Place(**names) for slug, names in told.items()})


_SLUG = re.compile("[a-z][a-z0-9_]*")
_SHA256 = re.compile("[0-9a-f]{1,64}")
_CODERS = ("coders", "coders_zh")
_PLACE_NAMES = tuple(part.name for part in fields(Place))


def _setting_faults(told: Mapping[str, Any], name: str) -> Iterator[Fault]:
    """Everything in ``study.toml`` that is missing, too much or of the wrong kind."""

    def fault(key: str, value: object, problem: str, remedy: str) -> Fault:
        return Fault(f"{name}, {key}", "", "" if value is None else str(value), problem, remedy)

    def text_faults(part: Mapping[str, Any], key: str, where: str) -> Iterator[Fault]:
        value = part.get(key)
        if not isinstance(value, str) or not value.strip():
            yield fault(where, value, "missing, empty or not text", "write it in quotes")

    for key in ("title", "title_zh"):
        yield from text_faults(told, key, key)
    year = told.get("year")
    if type(year) is not int or not 1000 <= year <= 9999:
        yield fault("year", year, "not a year", "write four digits, without quotes")
    page = told.get("page")
    if not isinstance(page, dict):
        yield fault("page", page, "the part is missing", "add [page] with sha256")
    else:
        for key in page:
            yield from text_faults(page, key, f"page.{key}")
        if not _SHA256.fullmatch(str(page.get("sha256"))):
            remedy = "write the 64 hexadecimal digits that sha256sum prints for the page's text"
            yield fault("page.sha256", page.get("sha256"), "not a sha256", remedy)
    for part in ("recipients", "donors"):
        places = told.get(part)
        if not isinstance(places, dict):
            yield fault(part, places, "the part is missing", f"add [{part}.short_name]")
            continue
        for slug, names in places.items():
            where = f"{part}.{slug}"
            if not _SLUG.fullmatch(slug) or slug == "page":
                remedy = "write small letters, digits and _, a letter first; page is taken"
                yield fault(where, slug, "not a short name", remedy)
            if not isinstance(names, dict):
                yield fault(where, names, "not a place", f"add [{where}]")
                continue
            for key in _PLACE_NAMES:
                yield from text_faults(names, key, f"{where}.{key}")
            for key in sorted(names.keys() - set(_PLACE_NAMES)):
                remedy = f"a place has {', '.join(_PLACE_NAMES)}"
                yield fault(f"{where}.{key}", names[key], "not a part of a place", remedy)
    codings = told.get("codings", {})
    if not isinstance(codings, dict) or set(codings) not in (set(), {*_CODERS}):
        remedy = f"say in {' and '.join(_CODERS)} who made the two codings, or delete [codings]"
        yield fault("codings", codings, "not who made the codings", remedy)
    else:
        for key in codings:
            yield from text_faults(codings, key, f"codings.{key}")
    programmes = told.get("programmes", {})
    if not isinstance(programmes, dict):
        remedy = 'write "English name" = "Chinese name" below [programmes], or delete it'
        yield fault("programmes", programmes, "not a list of names", remedy)
        return
    for programme in programmes:
        yield from text_faults(programmes, programme, f"programmes.{programme}")


__all__ = ["ENVIRONMENT", "Study", "load_study"]
