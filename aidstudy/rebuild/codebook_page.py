"""``data/README.md``: the codebook in words, made from the lists that the checks use."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from importlib.resources import files

from aidstudy import codebook
from aidstudy.codebook import Codes, Column, Table
from aidstudy.tables.study import Study

_TEXTS = files("aidstudy.rebuild").joinpath("texts")
_WORDS = tomllib.loads(_TEXTS.joinpath("codebook.toml").read_text("utf-8"))

FOLDERS: Mapping[str, tuple[Table, ...]] = {
    "data/raw": (
        *codebook.RAW_TABLES.values(),
        codebook.RELATIONS,
        codebook.READINGS,
        codebook.RESULT_WORDS,
    ),
    "data": (*codebook.OUTSIDE_TABLES.values(), codebook.DRAFT, codebook.CLAIMS),
    "data/clean": (*codebook.CLEAN_TABLES.values(), codebook.RESULTS, codebook.SENSITIVITY),
}
"""Every table of a study, by the folder that holds it."""

_PAGES = ("codebook", "codings")


def codebook_page(study: Study) -> str:
    """The codebook of a study as Markdown: every table, column and code with its meaning."""
    head, codings = (_TEXTS.joinpath(f"{name}.md").read_text("utf-8") for name in _PAGES)
    parts = [
        head.format(
            version=codebook.VERSION,
            title=study.title,
            sha256=study.page["sha256"],
            year=study.year,
            codings=codings.format(**study.codings) if study.codings else "",
        )
    ]
    parts.append("## Tables\n")
    parts += [_table(folder, table) for folder, tables in FOLDERS.items() for table in tables]
    parts.append("## Codes\n")
    parts += [_codes(name, meaning, _listed(codes)) for name, meaning, codes in _WORDS["list"]]
    parts.append(_places("recipient", "Counties", study.recipients))
    parts.append(_places("donor", "Donors", study.donors))
    return "\n".join(parts)


def _listed(name: str) -> Codes:
    """A list of the codebook; of the measures of outside facts those that figures have not."""
    codes: Codes = getattr(codebook, name)
    if name != "CONTEXT_MEASURES":
        return codes
    return {code: what for code, what in codes.items() if code not in codebook.MEASURES}


def _table(folder: str, table: Table) -> str:
    return f"### `{folder}/{table.name}.csv`\n\n{_sentence(table.meaning)}\n\n" + grid(
        ("column", "type", "may be empty", "meaning"),
        ((f"`{c.name}`", _type(c), "" if c.required else "yes", c.meaning) for c in table.columns),
    )


def _type(column: Column) -> str:
    text = _WORDS["types"][column.type]
    return f"{text} `{column.to}`" if column.to else text


def _codes(name: str, meaning: str, codes: Codes) -> str:
    return f"### `{name}`\n\n{_sentence(meaning)}\n\n" + grid(
        ("code", "meaning", "中文"),
        ((f"`{code}`", what.meaning, what.zh) for code, what in codes.items()),
    )


def _places(name: str, meaning: str, places: Mapping[str, codebook.Place]) -> str:
    return f"### `{name}`\n\n{_sentence(meaning)}, in `data/study.toml`.\n\n" + grid(
        ("short name", "English", "中文"),
        ((f"`{slug}`", place.en, place.zh) for slug, place in places.items()),
    )


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:]


def grid(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A table of Markdown."""
    lines = [header, tuple("---" for _ in header), *rows]
    return (
        "\n".join("| " + " | ".join(c.replace("|", "\\|") for c in line) + " |" for line in lines)
        + "\n"
    )
