"""A study is a folder: its tables, its notebooks, its drawings, and what it is about."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from aidstudy.bilingual import Words
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
    made : mapping of str to str, optional
        Judgement calls under which results and drawings in the folder were made.
    choices : mapping of str to str, optional
        Judgement calls that hold for all that is made of the study now, see :meth:`under`.

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
    made: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, str] = field(default_factory=dict)

    def under(self, choices: Mapping[str, str]) -> Study:
        """The same study with some judgement calls made otherwise, wherever it is given to.

        The names are those of :func:`aidstudy.judgement_calls`.

        >>> from aidstudy import funding_ratios
        >>> loose = funding_ratios(load_study().under({"rule": "rounded"}))
        >>> loose["rule"].iloc[0]
        0.5% [0.45, 0.55]
        """
        return replace(self, choices=MappingProxyType({**self.choices, **choices}))

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
        if not column.places:
            return column.codes
        places = self.donors if column.places == "donors" else self.recipients
        if column.places != "articles":
            return {slug: Code(place.en, place.zh) for slug, place in places.items()}
        articles = {slug: Code(f"report of {p.en}", p.zh) for slug, p in places.items()}
        return articles | {"page": Code(*Words.told("page"))}


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
    root, told = _settings(Path(folder))
    page, programmes, codings, choices = (
        MappingProxyType(told.get(name, {}))
        for name in ("page", "programmes", "codings", "choices")
    )
    recipients, donors = (
        MappingProxyType({slug: Place(**names) for slug, names in told[part].items()})
        for part in ("recipients", "donors")
    )
    return Study(
        root, told["title"], told["title_zh"], told["year"], page, recipients, donors,
        programmes=programmes, codings=codings, made=choices, choices=choices
    )  # fmt: skip


def _settings(root: Path) -> tuple[Path, dict[str, Any]]:
    """The folder as the system knows it, and what ``study.toml`` tells, without faults."""
    settings = root / "data" / "study.toml"
    try:
        root = root.resolve()
        told = tomllib.loads(settings.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise StudyError(
            f"{root}: no study here, data/study.toml is missing; name the folder that holds data/, "
            f"or unset {ENVIRONMENT}",
            printed=str(settings.parent.parent),
        ) from None
    except OSError as error:
        raise StudyError(f"{settings}: cannot be read: {error.strerror}; look at it") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise StudyError(f"{settings}: cannot be read as TOML in UTF-8: {error}; mend it") from None
    StudyError.raise_if_any(
        (
            Fault(f"{settings}, {key}", "", "" if value is None else str(value), problem, remedy)
            for key, value, problem, remedy in _setting_faults(told)
        ),
        what="settings of the study",
    )
    return root, told


_SLUG = re.compile("[a-z][a-z0-9_]*")
_SHA256 = re.compile("[0-9a-f]{1,64}")
_CODERS = {"coders", "coders_zh"}
_PARTS = {
    "page": "add [page] with sha256",
    "codings": "say in coders and coders_zh who made the two codings, or delete [codings]",
    "choices": 'write call = "option" below [choices], or delete it',
    "programmes": 'write "English name" = "Chinese name" below [programmes], or delete it',
}
_PLACE_NAMES = tuple(part.name for part in fields(Place))

Found = Iterator[tuple[str, object, str, str]]
"""What is wrong in ``study.toml``: key, what stands there, problem, remedy."""


def _setting_faults(told: Mapping[str, Any]) -> Found:
    """Everything in ``study.toml`` that is missing, too much or of the wrong kind."""
    yield from _text_faults(told, ("title", "title_zh"))
    year = told.get("year")
    if type(year) is not int or not 1000 <= year <= 9999:
        yield "year", year, "not a year", "write four digits, without quotes"
    for part, remedy in _PARTS.items():
        named = told.get(part, None if part == "page" else {})
        whole = isinstance(named, dict) and (part != "codings" or set(named) in (set(), _CODERS))
        if not whole:
            yield part, named, "not as it should be", remedy
            continue
        yield from _text_faults(named, named, f"{part}.")
        if part == "page" and not _SHA256.fullmatch(str(named.get("sha256"))):
            remedy = "write the 64 hexadecimal digits that sha256sum prints for the page's text"
            yield "page.sha256", named.get("sha256"), "not a sha256", remedy
    for part in ("recipients", "donors"):
        yield from _place_faults(part, told.get(part))


def _text_faults(part: Mapping[str, Any], keys: Iterable[str], where: str = "") -> Found:
    for key in keys:
        value = part.get(key)
        if not isinstance(value, str) or not value.strip():
            yield f"{where}{key}", value, "missing, empty or not text", "write it in quotes"


def _place_faults(part: str, places: object) -> Found:
    if not isinstance(places, dict):
        yield part, places, "the part is missing", f"add [{part}.short_name]"
        return
    for slug, names in places.items():
        where = f"{part}.{slug}"
        if not _SLUG.fullmatch(slug) or slug == "page":
            remedy = "write small letters, digits and _, a letter first; page is taken"
            yield where, slug, "not a short name", remedy
        if not isinstance(names, dict):
            yield where, names, "not a place", f"add [{where}]"
            continue
        yield from _text_faults(names, _PLACE_NAMES, f"{where}.")
        for key in sorted(names.keys() - set(_PLACE_NAMES)):
            remedy = f"a place has {', '.join(_PLACE_NAMES)}"
            yield f"{where}.{key}", names[key], "not a part of a place", remedy
