"""The closed lists of the study: codes, columns and tables, each with its meaning.

``codebook.toml`` holds them; here is what they are made of, and each part of that file by its name
in capitals. The file is read when the first of them is asked for.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

from aidstudy.bilingual import LANGS, Lang
from aidstudy.errors import AidstudyError, CodebookError
from aidstudy.files import read_toml


@dataclass(frozen=True, slots=True)
class Code:
    """One code of a closed list: its meaning, and its name for a Chinese label."""

    meaning: str
    zh: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A recipient county or a donor, with names for labels."""

    zh: str
    en: str
    short_zh: str
    short_en: str


Codes = Mapping[str, Code]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table; its types are told in ``codebook.toml``.

    A ``code`` or ``codes`` column has a closed list, either in `codes` or, for `places` that each
    study names for itself, ``articles``, ``recipients`` or ``donors``. A ``ref`` or ``refs`` column
    points `to` another table.
    """

    name: str
    meaning: str
    type: str = "text"
    codes: Codes | None = None
    places: str = ""
    to: str = ""
    required: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its columns in order, and what makes a row unique."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    remedy: str = ""  # of any fault, where nobody types the table
    names: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", tuple(column.name for column in self.columns))

    def column(self, name: str) -> Column:
        """The column of that name."""
        one_of(f"table {self.name}: column", name, self.names, CodebookError)
        return self.columns[self.names.index(name)]


if TYPE_CHECKING:
    VERSION: int
    NUMERIC_KINDS: frozenset[str]
    MONEY_MEASURES: tuple[str, ...]
    MEASURE_KINDS: Mapping[str, tuple[str, ...]]
    STAGE_LEVELS: Mapping[str, int]
    LISTS: Mapping[str, Codes]
    _list: Codes = {}
    NUMERALS = KINDS = UNITS = BOUNDS = MEASURES = STATUSES = STAGES = PRECISIONS = _list
    EVENT_KINDS = REALISED = LEVELS = ROLES = MECHANISMS = PRESENT = KIND_HINTS = STATES = _list
    GRADES = DRAFT_GRADES = CONTEXT_MEASURES = VERDICTS = RELATION_KINDS = _list
    _table = Table("", "", (), ())
    FIGURES = FIGURES_RAW = PROJECTS = EVENTS = PAIRS = MECHANISMS_TABLE = CONTEXT = _table
    CONTEXT_CLEAN = DAC_CODES = ADJUDICATION = CORRECTIONS = DRAFT = RELATIONS = READINGS = _table
    RESULTS = RESULT_WORDS = SENSITIVITY = CLAIMS = _table
    _tables: Mapping[str, Table] = {}
    CLEAN_TABLES = RAW_TABLES = OUTSIDE_TABLES = _tables


def __getattr__(name: str) -> Any:
    found = _read() if name.isupper() else {}
    if name not in found:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals().update(found)
    return found[name]


def _read() -> dict[str, Any]:
    """Every part of the codebook by its name in capitals."""
    told = read_toml(__file__, "codebook.toml")
    codes = {
        name: {code: Code(*texts) for code, texts in listed.items()}
        for name, listed in told["codes"].items()
    }
    codes["context_measures"] = codes["measures"] | codes["context_measures"]
    lists: dict[str, Codes] = {name: MappingProxyType(listed) for name, listed in codes.items()}
    tables: dict[str, Table] = {}
    for name, table in told["tables"].items():
        columns = (
            tables[how].column(column)
            if isinstance(how, str)
            else _column(column, *how, lists=lists)
            for column, how in table["columns"].items()
        )
        told_of = (table["meaning"], tuple(columns), tuple(table["key"]), table.get("remedy", ""))
        tables[name] = Table(table.get("name", name), *told_of)
    found: dict[str, Any] = {name.upper(): part for name, part in (lists | tables).items()}
    for group, names in told["groups"].items():
        named = {tables[name].name: tables[name] for name in names}
        found[group.upper()] = MappingProxyType(named)
    kinds = dict.fromkeys(codes["measures"], ("count",))
    kinds |= dict.fromkeys(told["money_measures"], ("money",)) | {"other": tuple(codes["kinds"])}
    kinds |= {measure: tuple(listed) for measure, listed in told["measure_kinds"].items()}
    return found | {
        "MEASURE_KINDS": MappingProxyType(kinds),
        "VERSION": told["version"],
        "NUMERIC_KINDS": frozenset(told["numeric_kinds"]),
        "MONEY_MEASURES": tuple(told["money_measures"]),
        "STAGE_LEVELS": MappingProxyType(told["stage_levels"]),
        "LISTS": MappingProxyType(lists),
    }


def _column(name: str, how: str, meaning: str, *, lists: Mapping[str, Codes]) -> Column:
    """A column from a line such as ``code kinds, required``."""
    kind, _, of = how.removesuffix(", required").partition(" ")
    closed = kind in ("code", "codes")
    return Column(
        name,
        meaning,
        kind,
        codes=lists.get(of) if closed else None,
        places=of if closed and of not in lists else "",
        to="" if closed else of,
        required=how.endswith(", required"),
    )


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The end of an error sentence: the nearest known word, or all of them, or nothing.

    A code is also near when its meaning uses the word.

    >>> from aidstudy.codebook import MEASURES
    >>> did_you_mean("spent", MEASURES)
    "; did you mean 'expenditure'?"
    """
    words = list(known)
    near = difflib.get_close_matches(word, words, n=1, cutoff=0.6)
    items = known.items() if isinstance(known, Mapping) else ()
    codes = {name: code.meaning for name, code in items if isinstance(code, Code)}
    if not near and word:
        uses = re.compile(rf"\b{re.escape(word)}\b")
        near = [name for name, meaning in codes.items() if uses.search(meaning)]
    if near:
        return f"; did you mean {near[0]!r}?"
    if 0 < len(words) <= 20:
        return "; choose one of " + ", ".join(words)
    return "; the codes are listed in data/README.md" if codes else ""


def one_of(what: str, name: str, known: Iterable[str], error: type[AidstudyError]) -> str:
    """A name that is known; else an error that says which one is near.

    >>> one_of("preset", "slide", ["slides", "double"], CodebookError)
    Traceback (most recent call last):
    aidstudy.errors.CodebookError: preset 'slide': there is none; did you mean 'slides'?
    """
    if name not in known:
        raise error(f"{what} {name!r}: there is none{did_you_mean(str(name), known)}", printed=name)
    return name


def several(what: str, names: Iterable[str], error: type[AidstudyError]) -> Iterable[str]:
    """Names in a list; one alone is refused, as it would be taken letter by letter."""
    if isinstance(names, str):
        raise error(f"{what}: {names!r} is one name; pass a list of names", printed=names)
    return names


def checked_lang(lang: str, error: type[AidstudyError]) -> Lang:
    """A language that is built in."""
    return cast(Lang, one_of("language", lang, LANGS, error))
