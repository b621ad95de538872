"""The static folder of the course: the site, JupyterLite, the notebooks, the tables, the wheels."""

from __future__ import annotations

import copy
import json
import os
import shutil
import tarfile
import tempfile
import tomllib
import zipfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import nbformat

from aidstudy.course.lab import copy_notebooks
from aidstudy.errors import FileError
from aidstudy.files import read_whole, write_whole
from aidstudy.rebuild.browser.parts import DESCRIPTION, Parts, licences, lock_of
from aidstudy.rebuild.site.build import build_site, check_replaceable, replace_folder
from aidstudy.tables.load import StudyLike
from aidstudy.tables.study import Study, load_study

RUN = "run"
"""The folder of the copy in which notebooks run, below the site."""

_KERNEL = "@jupyterlite/pyodide-kernel-extension"
_PYODIDE = Path("static", "pyodide")
_MARK = ".aidstudy-browser"
_MOMENT = (2013, 1, 1, 0, 0, 0)
_DAY = "2013-01-01T00:00:00Z"

_SETTINGS: dict[str, Any] = tomllib.loads(
    Path(__file__).with_name("settings.toml").read_text("utf-8")
)


def build_browser(
    study: StudyLike,
    into: str | os.PathLike[str],
    *,
    offline: bool = False,
    parts: Parts | str | os.PathLike[str] | None = None,
) -> list[str]:
    """Build the copy into a new or empty folder, or over an earlier build of it.

    A study with ``docs/`` gets its site as well, from whose notebook pages one starts; any other
    starts at the first page of ``run/``. Gives what the command says.
    """
    opened, out = load_study(study), Path(into)
    check_replaceable(out, _MARK)
    if not isinstance(parts, Parts):
        parts = Parts(Path(parts) if parts else out.absolute().parent / "browser-parts")
    with tempfile.TemporaryDirectory(prefix="aidstudy-browser-") as place:
        built, work = Path(place, "out"), Path(place, "work")
        if (opened.folder / "docs" / "conf.py").exists():
            build_site(opened, built, run=RUN)
        else:
            write_whole(built / "index.html", _sent_on(f"{RUN}/index.html"))
        notebooks = _fill(built / RUN, work, opened, parts, offline=offline)
        write_whole(built / _MARK, "")
        size = sum(path.stat().st_size for path in built.rglob("*") if path.is_file())
        replace_folder(built, out)
    fetched = "readers fetch the numeric packages from Pyodide's CDN"
    return [
        f"{out}: {notebooks} notebooks to run in a browser, {size / 1e6:.0f} MB; "
        f"{'no network is needed' if offline else fetched}",
        "put the folder on any static host, or try it here: "
        f"python -m http.server --bind 127.0.0.1 --directory {out} 8000",
    ]


def _fill(run: Path, work: Path, study: Study, parts: Parts, *, offline: bool) -> int:
    """JupyterLite with everything in it; gives the number of notebooks."""
    extension = run / "extensions" / _KERNEL
    _unpack_app(parts.wheel("jupyterlite-core"), run)
    _unpack_extension(parts.wheel("jupyterlite-pyodide-kernel"), extension)
    kernel = {
        name: next((extension / "static" / "pypi").glob(f"{name.replace('-', '_')}-*.whl"))
        for name in DESCRIPTION["kernel"]["names"]
    }
    lock, beside = lock_of(parts, study_wheel(study, work), kernel, offline=offline)
    core = [parts.core(name) for name in DESCRIPTION["pyodide"]["sha256"] if "lock" not in name]
    for path in [*core, *beside]:
        write_whole(run / _PYODIDE / path.name, read_whole(path))
    write_whole(run / _PYODIDE / "pyodide-lock.json", json.dumps(lock, indent=1) + "\n")
    write_whole(run / "licences.txt", licences(lock))
    copied = copy_notebooks(work / "files", study)
    shutil.rmtree(work / "files" / ".aidstudy")
    for path in (work / "files").glob("*.ipynb"):
        write_whole(path, _in_whole_texts(read_whole(path)))
    shutil.copytree(work / "files", run / "files")
    for folder, listing in _listings(run / "files"):
        write_whole(run / "api" / "contents" / folder / "all.json", json.dumps(listing))
    for name, content in _SETTINGS["written"].items():
        write_whole(run / name, json.dumps(content))
    _configure(run, offline=offline)
    first = min(copied.new)
    write_whole(run / "start.js", read_whole(Path(__file__).with_name("start.js")))
    page = Path(__file__).with_name("start.html").read_text("utf-8")
    write_whole(run / "index.html", page.replace("@first@", first).replace("@title@", study.title))
    return len(copied.new)


def _unpack_app(wheel: Path, into: Path) -> None:
    """JupyterLite's own pages, of which only the one that looks like JupyterLab is kept."""
    with zipfile.ZipFile(wheel) as packed:
        name = next(one for one in packed.namelist() if one.endswith(".tgz"))
        with packed.open(name) as file, tarfile.open(fileobj=file) as app:
            for member in app.getmembers():
                path = Path(member.name).relative_to("package")
                others = {"consoles", "edit", "notebooks", "repl", "tree"}
                content = app.extractfile(member)
                if content and path.suffix != ".map" and path.parts[0] not in others:
                    write_whole(into / path, content.read())


def _unpack_extension(wheel: Path, into: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        for name in packed.namelist():
            _, found, path = name.partition(f"/labextensions/{_KERNEL}/")
            if found and not path.endswith(".map"):
                write_whole(into / path, packed.read(name))


def study_wheel(study: Study, into: Path) -> Path:
    """A wheel of this aidstudy with a study in it, the same bytes every time."""
    package = Path(__file__).parents[2]
    files = {
        f"aidstudy/{path.relative_to(package).as_posix()}": path
        for path in package.rglob("*")
        if path.is_file() and not {"__pycache__", "_study"} & set(path.parts)
    }
    for part in ("data", "notebooks"):
        for path in (study.folder / part).rglob("*"):
            if path.is_file() and not path.name.startswith("."):
                told = path.relative_to(study.folder).as_posix()
                files[f"aidstudy/_study/{told}"] = path
    about = metadata.distribution("aidstudy")
    info = f"aidstudy-{about.version}.dist-info"
    contents = {name: read_whole(path) for name, path in files.items()} | {
        f"{info}/METADATA": (about.read_text("METADATA") or "").encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: aidstudy\nRoot-Is-Purelib: true\n"
        b"Tag: py3-none-any\n",
    }
    record = "".join(f"{name},,\n" for name in [*sorted(contents), f"{info}/RECORD"])
    contents[f"{info}/RECORD"] = record.encode()
    target = into / f"aidstudy-{about.version}-py3-none-any.whl"
    into.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as wheel:
        for name, content in sorted(contents.items()):
            wheel.writestr(zipfile.ZipInfo(name, _MOMENT), content, zipfile.ZIP_DEFLATED)
    return target


def _in_whole_texts(notebook: bytes) -> str:
    """A notebook with each text in one piece, as a server of Jupyter gives it to JupyterLab.

    It names the kernel that will run it: else it counts as changed as soon as it is opened.
    """
    told = nbformat.v4.reads(notebook)  # type: ignore[no-untyped-call]
    told.metadata.kernelspec = _SETTINGS["python"]
    return json.dumps(told, ensure_ascii=False)


def _listings(files: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """For each folder of files what JupyterLite asks of it."""
    for folder in [files, *(path for path in sorted(files.rglob("*")) if path.is_dir())]:
        told = [_listed(path, files) for path in sorted(folder.iterdir())]
        yield folder.relative_to(files), {**_listed(folder, files), "content": told}


def _listed(path: Path, files: Path) -> dict[str, Any]:
    kind = {".ipynb": "notebook"}.get(path.suffix, "file")
    return {
        "name": path.name if path != files else "",
        "path": path.relative_to(files).as_posix().removeprefix("."),
        "type": "directory" if path.is_dir() else kind,
        "format": "json" if path.is_dir() else None,
        "size": None if path.is_dir() else path.stat().st_size,
        "content": None,
        "mimetype": None,
        "created": _DAY,
        "last_modified": _DAY,
        "writable": True,
    }


def _configure(run: Path, *, offline: bool) -> None:
    told = json.loads(read_whole(run / "extensions" / _KERNEL / "package.json"))["jupyterlab"]
    built = {"name": _KERNEL, "liteExtension": True, **told["_build"]}
    kernel = copy.deepcopy(_SETTINGS["kernel"])
    kernel |= {"pipliteUrls": [f"./extensions/{_KERNEL}/static/pypi/all.json"]}
    kernel |= {"disablePyPIFallback": offline}
    kernel["loadPyodideOptions"]["packages"] = DESCRIPTION["pyodide"]["first"]
    place = f"/lib/python{DESCRIPTION['pyodide']['python']}/site-packages/aidstudy/rebuild/browser"
    kernel["loadPyodideOptions"]["env"]["MATPLOTLIBRC"] = f"{place}/matplotlibrc"
    settings = json.loads(read_whole(run / "jupyter-lite.json"))
    settings["jupyter-config-data"] |= _SETTINGS["app"] | {
        "federated_extensions": [built],
        "litePluginSettings": {f"{_KERNEL}:kernel": kernel},
    }
    write_whole(run / "jupyter-lite.json", json.dumps(settings, indent=1) + "\n")
    path, named = run / "config-utils.js", _SETTINGS["named"]
    text = read_whole(path).decode("utf-8")
    if text.count(named["before"]) != 1:
        raise FileError(
            f"{path.name}: JupyterLite reads its settings otherwise; mend [named] of settings.toml"
        )
    write_whole(path, text.replace(named["before"], named["code"] + named["before"]))


def _sent_on(target: str) -> str:
    return (
        '<!DOCTYPE html>\n<html lang="en"><meta charset="utf-8"><title>aidstudy</title>\n'
        f'<meta http-equiv="refresh" content="0; url={target}">\n'
        f'<p><a href="{target}">The course in this browser tab</a></p></html>\n'
    )
