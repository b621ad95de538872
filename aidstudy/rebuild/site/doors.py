"""The ways from a page of the site into its notebook: this browser, Colab, Binder."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from urllib.parse import quote

from aidstudy.errors import FileError
from aidstudy.files import read_toml

_REPOSITORY = re.compile(r"https://github\.com/[\w.-]+/[\w.-]+")


def repository_of(folder: Path) -> str:
    """The address of the repository that ``pyproject.toml`` names, or nothing."""
    path = folder / "pyproject.toml"
    told = read_toml(path) if path.is_file() else {}
    found = str(told.get("tool", {}).get("aidstudy", {}).get("repository", ""))
    if found and not _REPOSITORY.fullmatch(found):
        raise FileError(
            f"{path}: tool.aidstudy.repository is {found!r}; "
            "write https://github.com/OWNER/NAME, or nothing"
        )
    return found


def doors(notebook: str, *, run: str, repository: str) -> dict[str, str]:
    """Words and address of each door that there is.

    >>> doors("00_start_here.ipynb", run="run", repository="")
    {'Run this page': '../run/index.html?notebook=00_start_here.ipynb'}
    >>> doors("a.ipynb", run="", repository="https://github.com/OWNER/NAME")["Open in Binder"]
    'https://mybinder.org/v2/gh/OWNER/NAME/HEAD?urlpath=lab/tree/notebooks/a.ipynb'
    """
    name, place = quote(notebook), repository.removeprefix("https://github.com/")
    found = {"Run this page": f"../{run}/index.html?notebook={name}"} if run else {}
    if place:
        found["Open in Colab"] = (
            f"https://colab.research.google.com/github/{place}/blob/HEAD/notebooks/{name}"
        )
        found["Open in Binder"] = (
            f"https://mybinder.org/v2/gh/{place}/HEAD?urlpath=lab/tree/notebooks/{name}"
        )
    return found


def doors_html(found: dict[str, str]) -> str:
    """The doors as a line of links."""
    links = [f'<a href="{escape(to)}">{words}</a>' for words, to in found.items()]
    return f'<p class="doors">{" · ".join(links)}</p>' if links else ""
