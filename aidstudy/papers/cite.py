"""Citations of the package, the page, a table, a figure, a result and a plot, in four formats.

What is cited is named by its bytes: the sha256 and the SWHID (ISO/IEC 18670) of its file or folder.
Words and metadata stand in ``citation.toml``.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from aidstudy.bilingual import Lang, Words
from aidstudy.codebook import (
    CLEAN_TABLES,
    OUTSIDE_TABLES,
    RESULTS,
    SENSITIVITY,
    checked_lang,
    one_of,
)
from aidstudy.errors import ResultError
from aidstudy.files import read_toml, read_whole, sha256_of
from aidstudy.papers.latex_macros import in_full
from aidstudy.papers.results import recorded
from aidstudy.papers.words import said, same
from aidstudy.papers.writers import latex_text
from aidstudy.tables.load import StudyLike, exact_table
from aidstudy.tables.study import Study, load_study
from aidstudy.version import __version__

METADATA = read_toml(__file__, "citation.toml")


@dataclass(frozen=True, slots=True)
class Citation:
    """One thing that can be cited, before it has a format."""

    kind: str
    key: str
    title: Words
    authors: tuple[Words, ...]
    year: int
    note: Words
    version: str = ""


def cite(
    kind: str = "package",
    name: str = "",
    format: str = "plain",
    lang: str = "en",
    study: StudyLike = None,
) -> str:
    """A citation of the package, the page, or one thing of the study.

    Parameters
    ----------
    kind : {"package", "page", "table", "figure", "result", "plot"}
    name : str
        Of the table, figure, result or plot.
    format : {"plain", "bibtex", "ris", "csl", "cff", "zenodo"}
        ``csl`` is CSL-JSON. ``cff`` and ``zenodo`` are the files that a repository holds.
    lang : {"en", "zh"}
    study : Study or path, optional

    Returns
    -------
    str
        With version, sha256 and SWHID of the bytes, and for a figure its place on the page.

    Raises
    ------
    ResultError
        If there is no such kind, name or format.

    Examples
    --------
    >>> print(cite("figure", "ganzi-021")[:70])
    the aidstudy authors (2026). Longquanyi's aid over its revenue: 0.845%
    """
    one_of("kind of citation", kind, KINDS, ResultError)
    one_of("format", format, FORMATS, ResultError)
    if format in ("cff", "zenodo") and kind != "package":
        raise ResultError(f"format {format}: it describes the package and nothing else")
    if bool(name) == (kind in ("package", "page")):
        raise ResultError(f"cite {kind}: " + ("it has no name" if name else f"name the {kind}"))
    return FORMATS[format](KINDS[kind](load_study(study), name), checked_lang(lang, ResultError))


# --- what is cited -------------------------------------------------------------------------------


def _told(key: str, **parts: object) -> Words:
    return said(METADATA["said"][key], **parts)


def _citation(kind: str, name: str, what: Words | None, *notes: Words) -> Citation:
    """The package, or a part of it."""
    told = METADATA["package"]
    title = Words(told["title"], told["title_zh"])
    return Citation(
        kind,
        "-".join(filter(None, ("aidstudy", __version__, kind * bool(name), name))),
        title if what is None else _told("part", what=what, title=title),
        tuple(map(same, told["authors"])),
        int(told["released"][:4]),
        Words(" ".join(note.en for note in notes), "".join(note.zh for note in notes)),
        __version__,
    )


def _package(study: Study, _: str) -> Citation:
    """The tables by their record: SHA256SUMS, and the folder of it and the files that it lists."""
    sums = read_whole(study.folder / "data" / "SHA256SUMS")
    names = [line.split("  ", 1)[1] for line in sums.decode("utf-8").splitlines()]
    files = {name.removeprefix("data/"): read_whole(study.folder / name) for name in names}
    swhid = f"swh:1:dir:{_git_id_of_folder(files | {'SHA256SUMS': sums}).hex()}"
    held = _told("bytes", path="data/SHA256SUMS", sha256=sha256_of(sums), swhid=swhid)
    return _citation("package", "", None, held)


def _page(study: Study, _: str) -> Citation:
    page, ours = study.page, METADATA["page"]
    text, author = _told("text", sha256=page["sha256"]), same("")
    title = Words(study.title, page.get("banner_zh", study.title_zh))
    if title.zh == ours["title_zh"]:
        title = Words(ours["title"], title.zh)
    if "newspaper" in page:
        author = Words(page["newspaper"], page["newspaper_zh"])
        text = _told("inferred", text=text)
    return Citation("page", f"page-{page['sha256'][:8]}", title, (author,), study.year, text)


def _table(study: Study, name: str) -> Citation:
    known = {**OUTSIDE_TABLES, **CLEAN_TABLES, "results": RESULTS, "sensitivity": SENSITIVITY}
    one_of("table", name, known, ResultError)
    folder = study.folder / "data"
    path = folder / f"{name}.csv" if name in OUTSIDE_TABLES else folder / "clean" / f"{name}.csv"
    what = _told("table", name=name, meaning=known[name].meaning)
    return _citation("table", name, what, _file(study, path))


def _figure(study: Study, name: str) -> Citation:
    rows = exact_table("figures", study).set_index("figure_id")
    row = rows.loc[one_of("figure", name, rows.index, ResultError)]
    county = study.recipients.get(row["article"])
    place = _told(
        "place",
        name=name,
        article=_told("article", county=Words(county.en, county.zh)) if county else _told("page"),
        start=row["start"],
        end=row["end"],
        sha256=study.page["sha256"],
    )
    what = _told("figure", label=row["label_en"], printed=row["printed"])
    return _citation("figure", name, what, place, _line(study, "figures", name))


def _result(study: Study, name: str) -> Citation:
    found = recorded(study)
    one = found[one_of("result", name, found, ResultError)]
    what = _told("result", label=one.label, value=in_full(one))
    return _citation("result", name, what, _told("named", name=name), _line(study, "results", name))


def _plot(study: Study, name: str) -> Citation:
    from aidstudy.plots import plot_named  # the other kinds need not wait for Matplotlib

    title = plot_named(name).title
    path = study.folder / "figures" / name / f"{name}.en.pdf"
    held = _file(study, path) if path.exists() else _told("drawn", name=name)
    return _citation("plot", name, Words(title.en, title.zh), held)


KINDS: Mapping[str, Callable[[Study, str], Citation]] = {
    "package": _package,
    "page": _page,
    "table": _table,
    "figure": _figure,
    "result": _result,
    "plot": _plot,
}
"""What can be cited."""


# --- bytes ---------------------------------------------------------------------------------------


def _git_id(kind: str, content: bytes) -> bytes:
    """What git calls these bytes."""
    head = f"{kind} {len(content)}\0".encode()
    return hashlib.sha1(head + content, usedforsecurity=False).digest()


def _git_id_of_folder(files: Mapping[str, bytes]) -> bytes:
    """What git calls a folder of these files, named by their paths in it."""
    tree = b""
    for name, paths in groupby(sorted(files), lambda path: path.partition("/")[0]):
        inside = {path.removeprefix(f"{name}/"): files[path] for path in paths}
        if name in files:
            mode, git_id = b"100644", _git_id("blob", files[name])
        else:
            mode, git_id = b"40000", _git_id_of_folder(inside)
        tree += b"%s %s\0%s" % (mode, name.encode(), git_id)
    return _git_id("tree", tree)


def _file(study: Study, path: Path, line: str = "") -> Words:
    content, name = read_whole(path), path.relative_to(study.folder).as_posix()
    swhid = f"swh:1:cnt:{_git_id('blob', content).hex()}{line}"
    return _told("bytes", path=name, sha256=sha256_of(content), swhid=swhid)


def _line(study: Study, table: str, name: str) -> Words:
    """A clean table and, as SWHIDs name it, the line of one row."""
    path = study.clean / f"{table}.csv"
    lines = read_whole(path).decode("utf-8").splitlines()
    number = next(place for place, line in enumerate(lines, 1) if line.startswith(f"{name},"))
    return _file(study, path, f";lines={number}")


# --- formats -------------------------------------------------------------------------------------


def _links(one: Citation) -> dict[str, str]:
    """Addresses of the release, as far as its owner has given them."""
    owner = METADATA["owner"]
    links = {"url": "page"} if one.kind == "page" else {"doi": "doi", "url": "url"}
    return {name: owner[field] for name, field in links.items() if owner[field]}


def _plain(one: Citation, lang: Lang) -> str:
    authors = Words.listed(one.authors).say(lang)
    parts = {"authors": authors, "year": one.year, "title": one.title, "note": one.note}
    links = _links(one)
    links |= {"doi": f"https://doi.org/{links['doi']}"} if "doi" in links else {}
    return " ".join([_told("plain", kind=_kind(one), **parts).say(lang), *links.values()]) + "\n"


def _kind(one: Citation) -> Words:
    kind = said(METADATA["kinds"][one.kind])
    return _told("version", kind=kind, version=one.version) if one.version else kind


def _bibtex(one: Citation, lang: Lang) -> str:
    """An entry of the type that every style knows; a hash may break after eight digits."""
    told = {
        "author": " and ".join(f"{{{latex_text(who.say(lang))}}}" for who in one.authors),
        "title": f"{{{latex_text(one.title.say(lang))}}}",
        "howpublished": _kind(one).say(lang),
        "year": one.year,
        "note": _HASH.sub(r"\g<0>\\allowbreak{}", latex_text(one.note.say(lang))),
        **_links(one),
    }
    lines = [f"  {field} = {{{text}}}," for field, text in told.items()]
    return "\n".join([f"@misc{{{one.key},", *lines, "}"]) + "\n"


_HASH = re.compile("[0-9a-f]{8}(?=[0-9a-f]{8})")


def _fields(form: str, one: Citation, **values: Any) -> dict[str, Any]:
    """What a format calls each thing, as ``citation.toml`` has it; what is empty is left out."""
    told = METADATA
    known = told["package"] | told["owner"] | {"version": one.version} | values
    return {key: known[name] for key, name in told["fields"][form].items() if known.get(name)}


def _item(one: Citation, lang: Lang) -> dict[str, Any]:
    """The item as CSL-JSON has it."""
    texts = {"id": one.key, "title": one.title.say(lang), "note": one.note.say(lang)}
    authors = [{"literal": who.say(lang)} for who in one.authors]
    links = {"doi": None, "url": None} | _links(one)
    told = {"type": METADATA["kinds"][one.kind]["csl"], "issued": {"date-parts": [[one.year]]}}
    return _fields("csl", one, author=authors, **texts, **links, **told)


def _ris(one: Citation, lang: Lang) -> str:
    item, tags = _item(one, lang), METADATA["fields"]["ris"]
    lines = [
        ("TY", METADATA["kinds"][one.kind]["ris"]),
        *(("AU", who["literal"]) for who in item["author"]),
        ("PY", one.year),
        *((tag, item[key]) for tag, key in tags.items() if key in item),
        ("ER", ""),
    ]
    return "".join(f"{tag}  - {text}\n" for tag, text in lines)


def _json(told: object) -> str:
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def _names(one: Citation) -> list[dict[str, str]]:
    return [{"name": who.en} for who in one.authors]


def _cff(one: Citation, _: Lang) -> str:
    """CITATION.cff (Citation File Format 1.2.0); what is JSON is YAML too."""
    page, source = _page(load_study(), ""), dict[str, Any](type="newspaper-article")
    source |= {"title": page.title.en, "authors": _names(page)}
    source |= {"year": page.year, "notes": page.note.en}
    lines = _fields("cff", one, names=_names(one), references=[source])
    return "".join(f"{key}: {json.dumps(it, ensure_ascii=False)}\n" for key, it in lines.items())


def _zenodo(one: Citation, _: Lang) -> str:
    told = METADATA["package"]
    more = {"description": f"<p>{told['abstract']}</p>", "licence": told["licences"][0]}
    return _json(_fields("zenodo", one, names=_names(one), **more))


FORMATS: Mapping[str, Callable[[Citation, Lang], str]] = {
    "plain": _plain,
    "bibtex": _bibtex,
    "ris": _ris,
    "csl": lambda one, lang: _json([_item(one, lang)]),
    "cff": _cff,
    "zenodo": _zenodo,
}
"""Every format and what writes it."""
