"""aidstudy: how figures printed in a report are read, checked and shown.

The names of ``__init__.pyi`` are imported when they are first used. Only the dtype ``quantity`` is
there at once, so that pandas knows it and a Parquet file gives it back; no setting is changed.
"""

from __future__ import annotations

import ast
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import Any

from aidstudy.quantity import accessor as _registers_dtype_and_accessor  # noqa: F401
from aidstudy.version import __version__ as __version__

_STUB = ast.parse(Path(__file__).with_suffix(".pyi").read_text(encoding="utf-8"))
_HOMES = {
    line.names[0].name: line.module
    for line in _STUB.body
    if isinstance(line, ast.ImportFrom) and line.module and line.names[0].name != "__version__"
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        near = get_close_matches(name, __all__, 1)
        told = f"did you mean {near[0]}?" if near else "see aidstudy.__all__"
        raise AttributeError(f"module 'aidstudy' has no attribute {name!r}; {told}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return list(__all__)
