"""What a copy for a browser is made of: fetched once, kept, and checked by hash each time."""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
import tempfile
import urllib.request
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from aidstudy.errors import FileError
from aidstudy.files import read_toml, read_whole, sha256_of, write_whole

DESCRIPTION: dict[str, Any] = read_toml(__file__, "parts.toml")

_SECONDS = 120


@dataclass(frozen=True)
class Parts:
    """The parts in a folder; what is missing there is fetched into it."""

    folder: Path

    def wheel(self, name: str) -> Path:
        """A wheel that pip brings."""
        told = DESCRIPTION["wheels"][name]
        return self._kept(told["file"], told["sha256"]) or self._with_pip(name, **told)

    def core(self, name: str) -> Path:
        """A file of Pyodide itself."""
        told = DESCRIPTION["pyodide"]
        return self._kept_or_fetched(told["core"] + name, name, told["sha256"][name])

    @cached_property
    def lock(self) -> dict[str, Any]:
        """Pyodide's lock: its packages with their hashes and needs."""
        found: dict[str, Any] = json.loads(read_whole(self.core("pyodide-lock.json")))
        return found

    def package(self, name: str) -> Path:
        """A package of Pyodide's."""
        told = self.lock["packages"][name]
        address = DESCRIPTION["pyodide"]["packages"] + told["file_name"]
        return self._kept_or_fetched(address, told["file_name"], told["sha256"])

    def _kept(self, name: str, sha256: str) -> Path | None:
        path = self.folder / name
        return path if path.is_file() and sha256_of(read_whole(path)) == sha256 else None

    def _keep(self, name: str, content: bytes, sha256: str) -> Path:
        if sha256_of(content) != sha256:
            raise FileError(
                f"{name}: not the file that parts.toml names (its sha256 differs); nothing was "
                "built. Try again; if it stays so, do not use what the network gives you"
            )
        write_whole(self.folder / name, content)
        return self.folder / name

    def _kept_or_fetched(self, address: str, name: str, sha256: str) -> Path:
        if kept := self._kept(name, sha256):
            return kept
        try:
            with urllib.request.urlopen(address, timeout=_SECONDS) as answer:
                return self._keep(name, answer.read(), sha256)
        except OSError as error:
            if name in DESCRIPTION["pyodide"]["sha256"]:
                return self._with_npm(name, sha256)
            raise FileError(
                f"{name}: {address} cannot be reached ({error}); fetch it elsewhere and put it "
                f"into {self.folder}, then run it again"
            ) from error

    def _with_npm(self, name: str, sha256: str) -> Path:
        """A file of the core out of the npm package, where the CDN cannot be reached."""
        version = DESCRIPTION["pyodide"]["version"]
        with tempfile.TemporaryDirectory() as place:
            _run(["npm", "pack", "--silent", f"pyodide@{version}"], place, name)
            with tarfile.open(Path(place, f"pyodide-{version}.tgz")) as packed:
                for one, told in DESCRIPTION["pyodide"]["sha256"].items():
                    content = packed.extractfile(f"package/{one}")
                    self._keep(one, content.read() if content else b"", told)
        return self.folder / name

    def _with_pip(self, name: str, file: str, sha256: str, **_: object) -> Path:
        version, python, abi, platform = file.removesuffix(".whl").split("-")[1:]
        options = ["--python-version", python.removeprefix("cp"), "--abi", abi]
        options = ["--platform", platform, *options] if platform != "any" else []
        with tempfile.TemporaryDirectory() as place:
            path = pip_download(f"{name}=={version}", Path(place), *options)
            return self._keep(file, read_whole(path), sha256)


def pip_download(wanted: str, into: Path, *options: str) -> Path:
    """One wheel by pip; in an environment that uv made, by the pip that uv brings."""
    pip = [sys.executable, "-m", "pip"] if find_spec("pip") else ["uv", "tool", "run", "pip"]
    quiet = ["--no-deps", "--only-binary", ":all:", "--disable-pip-version-check", "-q"]
    _run([*pip, "download", *quiet, "-d", str(into), *options, wanted], str(into), wanted)
    return next(into.glob(f"{wanted.partition('==')[0].replace('-', '_')}-*.whl"))


def _run(command: list[str], folder: str, what: str) -> None:
    try:
        told = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, errors="replace", check=False
        )
    except OSError as error:
        raise FileError(f"{what}: {command[0]} cannot be started ({error}); install it") from error
    if told.returncode:
        last = (told.stderr.strip().splitlines() or ["no word why"])[-1]
        raise FileError(f"{what}: {' '.join(command[:4])} cannot fetch it: {last}")


def lock_of(
    parts: Parts, own: Path, kernel: Mapping[str, Path], *, offline: bool
) -> tuple[dict[str, Any], list[Path]]:
    """A lock with every package of the copy, and the files that go beside it.

    `own` is the wheel of aidstudy, `kernel` the wheels that the kernel brings.
    """
    told, wheels = DESCRIPTION["pyodide"], DESCRIPTION["wheels"]
    packages, beside = dict[str, Any](), list[Path]()
    waiting = [*told["first"], *told["later"]]
    while waiting:
        name = waiting.pop().replace("_", "-")
        if name in packages:
            continue
        path: Path | None
        if name in kernel or name == "aidstudy" or name in wheels:
            path = kernel.get(name) or (own if name == "aidstudy" else parts.wheel(name))
            needs = DESCRIPTION.get(name, wheels.get(name, {})).get("needs", ())
            entry = _entry(name, path, needs)
        else:
            entry = dict(parts.lock["packages"][name])
            path = parts.package(name) if offline else None
            if not path:
                entry["file_name"] = told["packages"] + entry["file_name"]
        packages[name] = entry | {"imports": [*entry["imports"], *told["with"].get(name, ())]}
        beside += [path] if path else []
        waiting += entry["depends"]
    lock = {"info": parts.lock["info"], "packages": dict(sorted(packages.items()))}
    return lock, beside


def _entry(name: str, path: Path, needs: Iterable[str]) -> dict[str, Any]:
    with zipfile.ZipFile(path) as wheel:
        tops = {one.partition("/")[0] for one in wheel.namelist()}
    imports = sorted(one.removesuffix(".py") for one in tops if ".dist-info" not in one)
    return {
        "name": name,
        "version": path.name.split("-")[1],
        "file_name": path.name,
        "install_dir": "site",
        "sha256": sha256_of(read_whole(path)),
        "package_type": "package",
        "imports": imports,
        "depends": list(needs),
        "unvendored_tests": False,
    }


def licences(lock: Mapping[str, Any]) -> str:
    """Each thing that the copy holds or fetches, with version and licence, as a text."""
    told = DESCRIPTION
    rows = [("Pyodide", told["pyodide"]["version"], told["pyodide"]["licence"], "beside this page")]
    for name in ("jupyterlite-core", "jupyterlite-pyodide-kernel"):
        wheel = told["wheels"][name]
        rows.append((name, wheel["file"].split("-")[1], wheel["licence"], "beside this page"))
    for name, entry in lock["packages"].items():
        part = told["wheels"].get(name, told.get(name, {}))
        licence = "BSD-3-Clause" if name in told["kernel"]["names"] else part.get("licence")
        away = entry["file_name"].startswith("https:")
        where = "from Pyodide's CDN" if away else "beside this page"
        rows.append((name, entry["version"], licence or told["licences"][name], where))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    return "\n".join(["Each wheel holds the text of its licence.", "", *lines, ""])
