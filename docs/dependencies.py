"""Writes docs/dependencies.md: what each package that aidstudy imports is for, and what it brings.

Run it in an environment that holds every package of requirements-all.lock.
"""

from __future__ import annotations

import re
import tomllib
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "dependencies.md"

PURPOSES = {
    "click": "the commands, and the bar of a folder that is read",
    "font-source-sans-pro": "the Latin font of the plots; its files only, never imported",
    "ipykernel": "the kernel in which notebooks are executed",
    "jinja2": "the HTML of the review page",
    "joblib": "folders of pages, read side by side",
    "jupyterlab": "`aidstudy lab`",
    "markupsafe": "what needs no escaping in the HTML of the review page; jinja2 brings it",
    "matplotlib": "plots",
    "nbclient": "executing notebooks",
    "nbformat": "reading and writing notebooks",
    "numpy": "arrays under pandas and matplotlib",
    "pandas": "tables",
    "pillow": "pictures: PNG and TIFF in one normal form",
    "pyarrow": "Parquet",
    "pypdf": "the text of a PDF",
    "scipy": "exact tests, and the root of the five-year path; statsmodels brings it",
    "seaborn": "statistical marks in a plot of one's own",
    "statsmodels": "intervals of shares, kappa, power",
    "xlsxwriter": "Excel workbooks",
    "zhplot": "the Chinese font of the plots, Noto Sans SC (OFL-1.1); its file only, not imported",
}


def required() -> dict[str, str]:
    """The run-time dependencies of pyproject.toml, with the extra that brings each."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    groups = {"": project["dependencies"], **project["optional-dependencies"]}
    return {
        re.split(r"[<>=!~;\[ ]", line)[0]: extra
        for extra, lines in groups.items()
        for line in lines
    }


def locked() -> dict[str, str]:
    """The locked version of every package."""
    text = (ROOT / "requirements-all.lock").read_text(encoding="utf-8")
    return {_plain(name): version for name, version in re.findall(r"(?m)^([\w.-]+)==(\S+)", text)}


def licence(name: str) -> str:
    """The licence that a package names in its metadata, short."""
    told = metadata.metadata(name)
    expression = told.get("License-Expression") or ""
    classifiers = [
        line.rpartition(" :: ")[2]
        for line in told.get_all("Classifier") or []
        if line.startswith("License ::") and not line.endswith("OSI Approved")
    ]
    first = (told.get("License") or "").strip().partition("\n")[0]
    return expression or "; ".join(classifiers) or first[:60] or "not said in the metadata"


def needed() -> set[str]:
    """What the run-time dependencies need in turn, extras and all, as far as it is installed."""
    found: set[str] = set()
    waiting = [(name, "") for name in required()]
    seen = set(waiting)
    while waiting:
        name, extra = waiting.pop()
        try:
            lines = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            continue
        found.add(_plain(name))
        for line in map(Requirement, lines):
            if line.marker is None or line.marker.evaluate({"extra": extra}):
                new = {(line.name, extra) for extra in ("", *line.extras)} - seen
                seen |= new
                waiting += new
    return found


def size(name: str) -> str:
    """How much a package takes on disk, without those that it needs."""
    files = metadata.files(name) or []
    total = sum(path.size or 0 for path in files)
    return f"{total / 1e6:.1f}" if total >= 5e4 else "under 0.1"


def page() -> str:
    """The page, made from pyproject.toml, the lock and the metadata of what is installed."""
    versions = locked()
    lines = [
        "# What aidstudy imports at run time",
        "",
        "What names no extra comes with `pip install .`, as tables, numbers, plots and the command",
        "need it; [how to install it](install.md) tells of the extras.",
        "",
        "Made by `python docs/dependencies.py`; a test compares names, versions and licences.",
        "Licence and size are what the metadata of the installed packages say. The metadata has no",
        "date of release: the version is the newest that there was when the lock was made.",
        "What these packages need in turn is in `requirements-all.lock`, each file with its",
        "sha256; the test looks at the licences of that too: none is of the GPL family.",
        "",
        "| package | extra | what for | locked version | licence | size (MB) |",
        "| --- | --- | --- | --- | --- | ---: |",
    ]
    for name, extra in sorted(required().items()):
        cells = (name, extra, PURPOSES[name], versions[_plain(name)], licence(name), size(name))
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
