"""The codebook in words and the glossary, made from the lists that the checks use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from aidstudy import codebook
from aidstudy.codebook import Codes, Table
from aidstudy.files import read_toml
from aidstudy.tables.study import Study

_TEXTS = Path(__file__).with_name("texts")
_WORDS, _GLOSSARY = (read_toml(_TEXTS / f"{name}.toml") for name in ("codebook", "glossary"))

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
    told = {"version": codebook.VERSION, "title": study.title, "sha256": study.page["sha256"]}
    told |= {"year": study.year}
    told |= {"codings": codings.format(**study.codings) if study.codings else ""}
    parts = [head.format(**told), "## Tables\n"]
    for folder, tables in FOLDERS.items():
        parts += [_table(f"{folder}/{table.name}.csv", table) for table in tables]
    parts.append("## Codes\n")
    for name, meaning, codes in _WORDS["list"]:
        rows = [(f"`{code}`", one.meaning, one.zh) for code, one in _listed(codes).items()]
        parts.append(_section(name, meaning, ("code", "meaning", "中文"), rows))
    for name, what, places in (
        ("recipient", "Counties", study.recipients),
        ("donor", "Donors", study.donors),
    ):
        rows = [(f"`{slug}`", place.en, place.zh) for slug, place in places.items()]
        meaning = f"{what}, in `data/study.toml`."
        parts.append(_section(name, meaning, ("short name", "English", "中文"), rows))
    return "\n".join(parts)


def _listed(name: str) -> Codes:
    """A list of the codebook; of the measures of outside facts those that figures have not."""
    codes: Codes = getattr(codebook, name)
    if name != "CONTEXT_MEASURES":
        return codes
    return {code: what for code, what in codes.items() if code not in codebook.MEASURES}


def _table(file: str, table: Table) -> str:
    rows = []
    for one in table.columns:
        kind = _WORDS["types"][one.type] + (f" `{one.to}`" if one.to else "")
        rows.append((f"`{one.name}`", kind, "" if one.required else "yes", one.meaning))
    return _section(file, table.meaning, ("column", "type", "may be empty", "meaning"), rows)


def _section(name: str, told: str, heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    return f"### `{name}`\n\n{told[0].upper()}{told[1:]}\n\n{grid(heads, rows)}"


def grid(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A table of Markdown."""
    lines = ([cell.replace("|", "\\|") for cell in line] for line in rows)
    return "".join(f"| {' | '.join(line)} |\n" for line in (header, ["---"] * len(header), *lines))


# --- the glossary --------------------------------------------------------------------------------


def glossary_page(study: Study) -> str:
    """The glossary as Markdown, with the places of a study."""
    parts = [_GLOSSARY["head"]]
    for subject, terms in _GLOSSARY["terms"].items():
        parts.append(_grid(subject, ("term", "meaning"), terms.items()))
    parts.append(_grid("Words of this project", ("word", "meaning"), _GLOSSARY["words"].items()))
    places = {**study.recipients, **study.donors}.items()
    names = [(f"`{name}`", one.short_zh, one.en) for name, one in places]
    parts.append(_grid("Counties and donors", ("short name", "in Chinese", "name"), names))
    for subject, name in _GLOSSARY["lists"]:
        codes: Codes = getattr(codebook, name)
        rows = [(f"`{code}`", entry.zh or "—", entry.meaning) for code, entry in codes.items()]
        parts.append(_grid(subject, ("code", "in Chinese", "meaning"), rows))
    return "\n".join(parts)


def _grid(title: str, heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    return f"## {title}\n\n{grid(heads, rows)}"
