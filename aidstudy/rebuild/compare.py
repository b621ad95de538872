"""What was built against what is stored, and where exactly they part."""

from __future__ import annotations

import base64
import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any, Literal

import numpy as np
from PIL import Image

from aidstudy.files import UNFINISHED, read_whole, sha256_of

GENERATED = (
    "data/clean/**/*",
    "data/README.md",
    "data/glossary.md",
    "data/SHA256SUMS",
    "figures/**/*",
    "notebooks/*.ipynb",
    "docs/exhibits.csv",
    "docs/exhibits.md",
)
"""Places of a study that hold nothing but outputs; in notebooks the outputs of the cells."""

SHOWN = 6
"""Differences spelt out for one file; the rest is counted."""

# Other systems and other versions rasterise text a little differently. A pixel counts as changed
# when a channel moves by more than LEVELS of 255; a picture when more than SHARE of them do.
LEVELS = 48
SHARE = 0.001

Kind = Literal["changed", "new", "gone"]
_VERB: Mapping[Kind, str] = {
    "changed": "differs",
    "new": "is not stored yet",
    "gone": "is stored, but no longer built",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One output that is not as stored: its name with ``/``, and where old and new part."""

    name: str
    kind: Kind
    details: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """The difference as lines to print, at most :data:`SHOWN` details."""
        shown = [f"{self.name} {_VERB[self.kind]}"]
        shown += [f"  {detail}" for detail in self.details[:SHOWN]]
        if len(self.details) > SHOWN:
            shown.append(f"  ... and {len(self.details) - SHOWN} more")
        return shown


def output_names(folder: Path, *, below: str | tuple[str, ...] = "") -> list[str]:
    """Names of all outputs in the folder of a study, or `below` a folder of it, sorted."""
    found: set[str] = set()
    for pattern in GENERATED:
        for path in folder.glob(pattern):
            parts = path.relative_to(folder).parts
            hidden = any(part.startswith(".") for part in parts)
            if path.is_file() and not hidden and path.suffix != UNFINISHED:
                found.add("/".join(parts))
    return sorted(name for name in found if name.startswith(below))


def compare_outputs(
    stored: Path, built: Path, *, exact: bool, below: str | tuple[str, ...] = ""
) -> list[Difference]:
    """Every output of two folders: by bytes where `exact`, else by text and pixels."""
    old_names, new_names = (set(output_names(one, below=below)) for one in (stored, built))
    differences: list[Difference] = []
    for name in sorted(old_names | new_names):
        if name not in old_names:
            differences.append(Difference(name, "new"))
        elif name not in new_names:
            differences.append(Difference(name, "gone"))
        else:
            old, new = (read_whole(folder / name) for folder in (stored, built))
            details = compare_contents(name, old, new, exact=exact)
            if details:
                differences.append(Difference(name, "changed", details))
    return differences


def compare_contents(name: str, old: bytes, new: bytes, *, exact: bool) -> tuple[str, ...]:
    """Where two versions of one file part; empty when they are the same.

    >>> old, new = b"id,value\\ndege-001,30\\n", b"id,value\\ndege-001,31\\n"
    >>> compare_contents("data/clean/figures.csv", old, new, exact=True)
    ("row 2 (dege-001), column value: stored '30', built '31'",)
    """
    if old == new:
        return ()
    suffix = Path(name).suffix
    if suffix in (".pdf", ".svg") and not exact:
        return ()
    try:
        parts = [dict(_PARTS.get(suffix, _text)(content)) for content in (old, new)]
        details = tuple(_apart(*parts, exact=exact))
    # A broken picture is an OSError or a SyntaxError to Pillow, as it comes.
    except (ValueError, csv.Error, OSError, SyntaxError) as error:
        details = (f"one of the two cannot be read as {suffix.lstrip('.')}: {error}",)
    if details or not exact:
        return details
    sides = (("stored", old), ("built", new))
    told = (f"{side} {len(one)} bytes, sha256 {sha256_of(one)[:12]}" for side, one in sides)
    return (f"same content in other bytes: {'; '.join(told)}",)


# --- a file as its parts, each with the place at which it stands -----------------------------

Parts = Iterator[tuple[str, Any]]


def _text(content: bytes) -> Parts:
    return _lines(content.decode("utf-8"), "line")


def _lines(text: str, place: str) -> Parts:
    # Kept ends: a file that only lost its last line end is not the same file.
    return ((f"{place} {n}", line) for n, line in enumerate(text.splitlines(keepends=True), 1))


def _csv(content: bytes) -> Parts:
    rows = list(csv.reader(io.StringIO(content.decode("utf-8"), newline="")))
    yield "columns", rows[0] if rows else []
    yield "rows", rows


def _notebook(content: bytes) -> Parts:
    """Its parts by cell and by kind of output; cells count from 1."""
    notebook = json.loads(content)
    cells = notebook.pop("cells", [])
    yield from ((key, json.dumps(one, ensure_ascii=False)) for key, one in notebook.items())
    yield "cells", len(cells)
    for number, cell in enumerate(cells, 1):
        outputs = cell.pop("outputs", [])
        yield f"cell {number}, source", "".join(cell.pop("source", ""))
        yield f"cell {number}", json.dumps(cell, sort_keys=True)
        yield f"cell {number}, outputs", len(outputs)
        for place, output in enumerate(outputs, 1):
            yield from _output(output, f"cell {number}{f', output {place}' * (place > 1)}")


def _output(output: dict[str, Any], cell: str) -> Parts:
    data = {"printed text": output.pop("text", ""), **output.pop("data", {})}
    yield f"{cell}, its kind", json.dumps(output, sort_keys=True)
    for kind, shown in sorted(data.items()):
        if kind == "image/png":
            yield f"{cell}, {kind}", base64.b64decode("".join(shown))
        else:
            text = json.dumps(shown) if kind.endswith("json") else "".join(shown)
            yield from _lines(text, f"{cell}, {kind}, line")


_PARTS: Mapping[str, Callable[[bytes], Parts]] = {
    ".csv": _csv,
    ".ipynb": _notebook,
    ".pdf": lambda _: iter(()),
    ".png": lambda content: iter([("picture", content)]),
}


def _apart(old: dict[str, Any], new: dict[str, Any], *, exact: bool) -> Iterator[str]:
    for place in old | new:
        a, b = old.get(place), new.get(place)
        if place not in old:
            yield f"{place}: not stored, built {_brief(b)}"
        elif place not in new:
            yield f"{place}: stored {_brief(a)}, not built"
        elif isinstance(a, bytes) and isinstance(b, bytes):
            yield from (f"{place} {told}" for told in _pictures_apart(a, b, exact=exact))
        elif place == "rows" and isinstance(a, list) and isinstance(b, list):
            yield from _rows_apart(a, b)
        elif isinstance(a, str) and isinstance(b, str) and a != b:
            yield f"{place}: {_window(a, b)}"
        elif a != b:
            yield f"{place}: stored {_brief(a)}, built {_brief(b)}"


def _rows_apart(old: list[list[str]], new: list[list[str]]) -> Iterator[str]:
    """Rows with their head: compared cell by cell, or whole if some are gone."""
    if old[:1] != new[:1]:
        return
    if len(old) != len(new):
        yield f"rows: stored {len(old) - 1}, built {len(new) - 1}"
        for told, rows, others in (("no longer built", old, new), ("not stored", new, old)):
            yield from (f"{told}: {_brief(','.join(row))}" for row in rows if row not in others)
        return
    for number, (one, other) in enumerate(zip(old, new, strict=True), 1):
        for column, a, b in zip_longest(old[0], one, other):
            if a != b:
                yield f"row {number} ({other[0]}), column {column}: stored {a!r}, built {b!r}"


def _window(old: str, new: str, before: int = 24, width: int = 60) -> str:
    """The first place where two lines part, with a little around it."""
    pairs = enumerate(zip(old, new, strict=False))
    same = next((place for place, (a, b) in pairs if a != b), min(len(old), len(new)))
    start = max(0, same - before)
    ends = {
        side: f"{'…' * (start > 0)}{line[start : start + width]}{'…' * (len(line) > start + width)}"
        for side, line in (("stored", old), ("built", new))
    }
    return ", ".join(f"{side} {line!r}" for side, line in ends.items())


def _brief(value: object) -> str:
    shown = "a picture" if isinstance(value, bytes) else repr(value)
    return shown if len(shown) <= 80 else f"{shown[:80]}…"


def _pictures_apart(old: bytes, new: bytes, *, exact: bool) -> Iterator[str]:
    if old == new:
        return
    a, b = _pixels(old), _pixels(new)
    if a.shape != b.shape:
        sizes = [f"{shape[1]} x {shape[0]}" for shape in (a.shape, b.shape)]
        yield f"size: stored {sizes[0]}, built {sizes[1]} pixels"
        return
    moved = np.abs(a.astype(np.int16) - b.astype(np.int16)).max(axis=2)
    changed = moved > (0 if exact else LEVELS)
    count = int(changed.sum())
    if count > (0 if exact else SHARE * changed.size):
        rows, columns = np.nonzero(changed)
        yield (
            f"differs in {count} of {changed.size} pixels, "
            f"the first at x {columns[0]}, y {rows[0]}, by up to {moved.max()} of 255"
        )
    elif exact:
        yield "has the same pixels in other bytes"


def _pixels(content: bytes) -> np.ndarray[Any, np.dtype[np.uint8]]:
    with Image.open(io.BytesIO(content)) as picture:
        return np.asarray(picture.convert("RGBA"))
