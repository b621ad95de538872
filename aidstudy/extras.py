"""Packages that only some commands need, imported when they are used."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from aidstudy.errors import FileError


def extra_module(module: str, *, extra: str, purpose: str) -> Any:
    """A module of an optional package, or an error that says which extra brings it.

    >>> extra_module("json", extra="pages", purpose="reading").__name__
    'json'
    """
    try:
        return import_module(module)
    except ImportError:
        raise FileError(
            f"{purpose}: the package {module.split('.')[0]} is not installed; install the extra: "
            f"pip install 'PATH[{extra}]', PATH being a clone of the repository or aidstudy's wheel"
        ) from None
