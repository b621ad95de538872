"""What each stage of a rebuild read and made the last time: a change redoes what it reaches.

The record lies below ``build/`` and is about this machine alone. Where it is missing, or a stored
output is another than the one that was made, the stage is run.
"""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from aidstudy.files import read_whole, sha256_of, write_whole
from aidstudy.rebuild.compare import output_names
from aidstudy.tables.study import Study

_PACKAGE = Path(__file__).parents[1]
_OF_PAPERS = frozenset({"papers", "exchange", "course", "pages", "cli.py", "commands.toml"})
_NOT_READ: Mapping[str, frozenset[str]] = {
    "tables": _OF_PAPERS | {"analysis", "plots"},
    "results": frozenset(),
    "plots": _OF_PAPERS,
    "notebooks": frozenset(),
}
"""The stages worth a look, and the rooms that none of their code can import, as these stand higher.

The other stages take seconds together. NOTE: to be looked at again when a stage calls something new
of this room, as `codebook_page` for the tables; a test holds it.
"""

Record = dict[str, dict[str, Any]]


def remembered(study: Study) -> Record:
    """What the last rebuild here read and made, by stage; nothing where that cannot be read."""
    try:
        return dict(json.loads(_place(study).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return {}


def remember(study: Study, record: Record) -> None:
    """Keep for the next rebuild what this one read and made."""
    write_whole(_place(study), json.dumps(record, indent=1))


def _place(study: Study) -> Path:
    return study.folder / "build" / "rebuilt.json"


def taken_over(stage: str, read: str, last: Record, stored: Study, built: Study) -> bool:
    """Copy what a stage made from where it is stored, if it read the same and that is there."""
    known = last.get(stage)
    if stage not in _NOT_READ or not known or known["read"] != read:
        return False
    there = made(stored)
    if any(there.get(name) != sha256 for name, sha256 in known["made"].items()):
        return False
    for name in known["made"]:
        write_whole(built.folder / name, read_whole(stored.folder / name), force=False)
    return True


def made(study: Study) -> dict[str, str]:
    """The sha256 of each output that is there, by its name."""
    folder = study.folder
    return {name: sha256_of(read_whole(folder / name)) for name in output_names(folder)}


def read_by(stage: str, stored: Study, built: Study) -> str:
    """The sha256 of all that a stage reads: versions, code, data, and the cells of notebooks."""
    return sha256_of("\n".join(_read(stage, stored, built)).encode())


@cache
def _programs(stage: str) -> str:
    """Versions and code, which stay as they are while a program runs."""
    told = [f"{sys.version} {platform.platform()}"]
    told += sorted(f"{one.name} {one.version}" for one in metadata.distributions())
    out = _NOT_READ.get(stage, frozenset()) | {"_study", "__pycache__"}
    for place in sorted(one for one in _PACKAGE.iterdir() if one.name not in out):
        for path in [place] if place.is_file() else sorted(place.rglob("*")):
            if path.is_file() and path.parent.name != "__pycache__":
                told.append(f"{path.relative_to(_PACKAGE)} {sha256_of(read_whole(path))}")
    return sha256_of("\n".join(told).encode())


def _read(stage: str, stored: Study, built: Study) -> Iterator[str]:
    yield _programs(stage)
    for path in sorted((built.folder / "data").rglob("*")):
        if path.is_file():
            yield f"{path.relative_to(built.folder)} {sha256_of(read_whole(path))}"
    if _NOT_READ.get(stage):
        return
    for path in sorted((stored.folder / "notebooks").glob("*.ipynb")):
        yield f"{path.name} {sha256_of(_without_outputs(read_whole(path)))}"


def _without_outputs(content: bytes) -> bytes:
    """A notebook as it is read: its outputs are made. What is no notebook is read as it stands."""
    try:
        told = json.loads(content)
        told["cells"] = [
            {
                name: part
                for name, part in cell.items()
                if name not in ("outputs", "execution_count")
            }
            for cell in told["cells"]
        ]
    except (ValueError, TypeError, KeyError, AttributeError):
        return content
    return json.dumps(told, sort_keys=True).encode()
