"""What was built against what is stored, and where exactly they part."""

from __future__ import annotations

import base64
import csv
import io
import json
from collections.abc import Iterator, Mapping
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

# What a manifest says about bytes and versions is only promised where bytes are.
_EXACT_KEYS = ("sha256", "versions")

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
    """Every output of one folder against that of another, byte for byte where `exact`.

    Otherwise text and tables are compared exactly, pictures as decoded pixels within a tolerance,
    and drawings in PDF and SVG only by their presence.
    """
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
        if suffix == ".png":
            details = list(_png(old, new, exact=exact))
        elif suffix == ".pdf":
            details = []
        else:
            details = list(_text_kinds(suffix, _decoded(old), _decoded(new), exact=exact))
    # A broken picture is an OSError or a SyntaxError to Pillow, as it comes.
    except (ValueError, csv.Error, OSError, SyntaxError) as error:
        details = [f"one of the two cannot be read as {suffix.lstrip('.')}: {error}"]
    if details or not exact:
        return tuple(details)
    return (
        "same content in other bytes: "
        f"stored {len(old)} bytes, sha256 {sha256_of(old)[:12]}; "
        f"built {len(new)} bytes, sha256 {sha256_of(new)[:12]}",
    )


def _decoded(content: bytes) -> str:
    return content.decode("utf-8")


def _text_kinds(suffix: str, old: str, new: str, *, exact: bool) -> Iterator[str]:
    if suffix == ".csv":
        yield from _csv(old, new)
    elif suffix == ".json":
        yield from _json(json.loads(old), json.loads(new), "", exact=exact)
    elif suffix == ".ipynb":
        yield from _notebook(json.loads(old), json.loads(new), exact=exact)
    else:
        yield from _text(old, new)


def _stored_built(old: object, new: object) -> str:
    return f"stored {old!r}, built {new!r}"


def _window(old: str, new: str, before: int = 24, width: int = 60) -> str:
    """The first place where two lines part, with a little around it."""
    same = next(
        (place for place, (a, b) in enumerate(zip(old, new, strict=False)) if a != b),
        min(len(old), len(new)),
    )
    start = max(0, same - before)

    def cut(line: str) -> str:
        end = start + width
        head, tail = "…" if start else "", "…" if len(line) > end else ""
        return f"{head}{line[start:end]}{tail}"

    return _stored_built(cut(old), cut(new))


def _text(old: str, new: str) -> Iterator[str]:
    # Kept ends: a file that only lost its last line end is not the same file.
    lines = zip_longest(old.splitlines(keepends=True), new.splitlines(keepends=True))
    for number, (a, b) in enumerate(lines, start=1):
        if a is None:
            yield f"line {number}: not stored, built {_brief(b or '')}"
        elif b is None:
            yield f"line {number}: stored {_brief(a)}, not built"
        elif a != b:
            yield f"line {number}: {_window(a, b)}"


def _brief(value: object, limit: int = 80) -> str:
    shown = repr(value)
    return shown if len(shown) <= limit else f"{shown[:limit]}…"


def _csv(old: str, new: str) -> Iterator[str]:
    a, b = (list(csv.reader(io.StringIO(text, newline=""))) for text in (old, new))
    header_a, header_b = a[0] if a else [], b[0] if b else []
    if header_a != header_b:
        gone = [column for column in header_a if column not in header_b]
        added = [column for column in header_b if column not in header_a]
        yield (
            f"columns: no longer built {gone}, not stored {added}"
            if gone or added
            else f"columns in another order: stored {header_a}, built {header_b}"
        )
        return
    if len(a) != len(b):
        yield f"rows: {_stored_built(len(a) - 1, len(b) - 1)}"
        yield from _rows_apart(a[1:], b[1:])
        return
    for number, (row_a, row_b) in enumerate(zip(a, b, strict=True), start=1):
        for place, (x, y) in enumerate(zip_longest(row_a, row_b)):
            if x != y:
                column = header_a[place] if place < len(header_a) else f"{place + 1}"
                yield f"row {number}{_row_id(row_b)}, column {column}: {_stored_built(x, y)}"


def _row_id(row: list[str]) -> str:
    return f" ({row[0]})" if row else ""


def _rows_apart(old: list[list[str]], new: list[list[str]]) -> Iterator[str]:
    """Whole rows that only one of two tables has."""
    old_rows, new_rows = {tuple(row) for row in old}, {tuple(row) for row in new}
    for row in old:
        if tuple(row) not in new_rows:
            yield f"no longer built: {_brief(','.join(row))}"
    for row in new:
        if tuple(row) not in old_rows:
            yield f"not stored: {_brief(','.join(row))}"


def _json(old: Any, new: Any, path: str, *, exact: bool) -> Iterator[str]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted({*old, *new}):
            if not exact and key in _EXACT_KEYS:
                continue
            place = f"{path}.{key}" if path else str(key)
            if key not in old:
                yield f"{place}: not stored, built {_brief(new[key])}"
            elif key not in new:
                yield f"{place}: stored {_brief(old[key])}, not built"
            else:
                yield from _json(old[key], new[key], place, exact=exact)
    elif isinstance(old, list) and isinstance(new, list):
        if len(old) != len(new):
            yield f"{path}: stored {len(old)} items, built {len(new)}"
        for number, (a, b) in enumerate(zip(old, new, strict=False)):
            yield from _json(a, b, f"{path}[{number}]", exact=exact)
    elif isinstance(old, str) and isinstance(new, str):
        if old != new:
            yield f"{path}: {_window(old, new)}"
    elif old != new or type(old) is not type(new):
        yield f"{path}: stored {_brief(old)}, built {_brief(new)}"


def _notebook(old: Any, new: Any, *, exact: bool) -> Iterator[str]:
    """Differences named by cell and by kind of output; cells count from 1."""
    old_cells, new_cells = old.pop("cells", []), new.pop("cells", [])
    yield from _json(old, new, "notebook", exact=True)
    if len(old_cells) != len(new_cells):
        yield f"stored {len(old_cells)} cells, built {len(new_cells)}"
    for number, (a, b) in enumerate(zip(old_cells, new_cells, strict=False), start=1):
        old_outputs, new_outputs = a.pop("outputs", []), b.pop("outputs", [])
        yield from _json(_joined(a), _joined(b), f"cell {number}", exact=True)
        if len(old_outputs) != len(new_outputs):
            yield f"cell {number}: stored {len(old_outputs)} outputs, built {len(new_outputs)}"
        for x, y in zip(old_outputs, new_outputs, strict=False):
            yield from _output(x, y, f"cell {number}", exact=exact)


def _joined(cell: dict[str, Any]) -> dict[str, Any]:
    return {key: "".join(v) if key == "source" else v for key, v in cell.items()}


def _output(old: dict[str, Any], new: dict[str, Any], cell: str, *, exact: bool) -> Iterator[str]:
    old_data, new_data = old.pop("data", {}), new.pop("data", {})
    old_text, new_text = ("".join(side.pop("text", "")) for side in (old, new))
    yield from _json(old, new, f"{cell}, output", exact=True)
    if old_text != new_text:
        yield from (f"{cell}, printed text, {part}" for part in _text(old_text, new_text))
    for kind in sorted({*old_data, *new_data}):
        where = f"{cell}, {kind}"
        if kind not in old_data or kind not in new_data:
            yield f"{where}: {'not stored' if kind in new_data else 'no longer built'}"
            continue
        a, b = old_data[kind], new_data[kind]
        if kind == "image/png":
            pictures = (base64.b64decode("".join(side)) for side in (a, b))
            yield from (f"{where}: {part}" for part in _png(*pictures, exact=exact))
        elif kind.endswith("json"):
            yield from _json(a, b, where, exact=True)
        elif "".join(a) != "".join(b) and (exact or kind != "image/svg+xml"):
            yield from (f"{where}, {part}" for part in _text("".join(a), "".join(b)))


def _png(old: bytes, new: bytes, *, exact: bool) -> Iterator[str]:
    if old == new:
        return
    a, b = _pixels(old), _pixels(new)
    if a.shape != b.shape:
        sizes = [f"{shape[1]} x {shape[0]}" for shape in (a.shape, b.shape)]
        yield f"picture size: stored {sizes[0]}, built {sizes[1]} pixels"
        return
    moved = np.abs(a.astype(np.int16) - b.astype(np.int16)).max(axis=2)
    changed = moved > (0 if exact else LEVELS)
    count = int(changed.sum())
    if count > (0 if exact else SHARE * changed.size):
        rows, columns = np.nonzero(changed)
        yield (
            f"picture differs in {count} of {changed.size} pixels, "
            f"the first at x {columns[0]}, y {rows[0]}, by up to {moved.max()} of 255"
        )
    elif exact and count == 0:
        yield "picture has the same pixels in other bytes"


def _pixels(content: bytes) -> np.ndarray[Any, np.dtype[np.uint8]]:
    with Image.open(io.BytesIO(content)) as picture:
        return np.asarray(picture.convert("RGBA"))
