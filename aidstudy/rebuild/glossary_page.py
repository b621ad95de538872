"""``data/glossary.md``: the Chinese terms of such reports, and the words of this project."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from importlib.resources import files

from aidstudy import codebook
from aidstudy.codebook import Codes
from aidstudy.rebuild.codebook_page import grid
from aidstudy.tables.study import Study

_TEXT = tomllib.loads(
    files("aidstudy.rebuild").joinpath("texts", "glossary.toml").read_text("utf-8")
)

TERMS: Mapping[str, Mapping[str, str]] = _TEXT["terms"]
"""Chinese terms of the genre by subject, with their meaning."""


def glossary_page(study: Study) -> str:
    """The glossary as Markdown, with the places of a study."""
    parts = [_TEXT["head"]]
    for subject, terms in TERMS.items():
        parts.append(_table(subject, ("term", "meaning"), terms.items()))
    parts.append(_table("Words of this project", ("word", "meaning"), _TEXT["words"].items()))
    places = {**study.recipients, **study.donors}.items()
    names = [(f"`{name}`", one.short_zh, one.en) for name, one in places]
    parts.append(_table("Counties and donors", ("short name", "in Chinese", "name"), names))
    for subject, name in _TEXT["lists"]:
        codes: Codes = getattr(codebook, name)
        rows = [(f"`{code}`", entry.zh or "—", entry.meaning) for code, entry in codes.items()]
        parts.append(_table(subject, ("code", "in Chinese", "meaning"), rows))
    return "\n".join(parts)


def _table(title: str, heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    return f"## {title}\n\n{grid(heads, rows)}"
