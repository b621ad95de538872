"""The site: notebooks, tables, plots and trails as pages for reading offline, by one command."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import tempfile
import warnings
from html import escape
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote

from aidstudy.bilingual import Words
from aidstudy.course.exercises.solved import with_solutions
from aidstudy.errors import FileError, StudyError
from aidstudy.files import file_error, read_toml, read_whole, write_whole
from aidstudy.rebuild.site.links import SEVERAL, Links
from aidstudy.rebuild.site.trails import Trails
from aidstudy.tables.load import StudyLike
from aidstudy.tables.study import load_study

_SLOT = "<!-- several -->"
_START = {
    **dict.fromkeys(("index", "notebooks", "browser"), Words.told("start").en),
    "zh/index": Words.told("start").zh,
}
"""Pages from which the course in the browser starts, where there is one."""

_REPOSITORY = re.compile(r"https://github\.com/[\w.-]+/[\w.-]+")
_ARTICLE = re.compile(r"<article\b.*?</article>", re.DOTALL)


def build_site(study: StudyLike, into: str | os.PathLike[str], *, run: str = "") -> list[str]:
    """Build the site into a new folder, or over an earlier one; in `run` notebooks run.

    Gives what the command says.
    """
    opened = load_study(study)
    docs, out = opened.folder / "docs", Path(into)
    if not (docs / "conf.py").exists():
        raise StudyError(f"{docs}: no conf.py; the site is built from a clone of the repository")
    check_replaceable(out, ".buildinfo")
    if find_spec("sphinx") is None:
        raise StudyError("the site needs Sphinx: run python reproduce.py --site, which installs it")
    trails = Trails(opened)
    links = Links(trails)
    with tempfile.TemporaryDirectory(prefix="aidstudy-site-") as place:
        source, built = Path(place, "source"), Path(place, "html")
        _assemble(opened.folder, source, trails)
        _sphinx(source, built, Path(place, "doctrees"))
        pages = _finish(built, links, run, repository_of(opened.folder))
        replace_folder(built, out)
    return [
        f"{out}: {pages} pages; {links.linked} numbers and ids lead to their trail",
        "open index.html in a browser; no server and no network is needed",
    ]


def _assemble(folder: Path, source: Path, trails: Trails) -> None:
    """The source of the site."""
    shutil.copytree(folder / "docs", source)
    write_whole(source / "codebook.md", read_whole(folder / "data" / "README.md"))
    glossary = read_whole(folder / "data" / "glossary.md").decode("utf-8")
    write_whole(source / "glossary.md", glossary.replace("(README.md)", "(codebook.md)"))
    gallery = read_whole(folder / "figures" / "README.md").decode("utf-8")
    write_whole(source / "gallery.md", re.sub(r"\]\((?=\w+/)", "](figures/", gallery))
    shutil.copytree(folder / "figures", source / "figures")
    for path in (folder / "notebooks").glob("*.ipynb"):
        notebook = with_solutions(json.loads(read_whole(path)), folder)
        _prepare(notebook)
        write_whole(source / "notebooks" / path.name, json.dumps(notebook, ensure_ascii=False))
    several = f"# Numbers made from several entries\n\n```{{raw}} html\n{_SLOT}\n```\n"
    for name, text in {**trails.pages(), SEVERAL: several}.items():
        write_whole(source / f"{name}.md", text)


def _prepare(notebook: dict[str, Any]) -> None:
    """Give pictures their alternative text, and fold solutions."""
    for cell in notebook["cells"]:
        tags = cell["metadata"].setdefault("tags", [])
        if "solution" in tags and "hide-cell" not in tags:
            tags.append("hide-cell")
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            if "image/png" in data:
                alt = " ".join("".join(data.get("text/plain", "")).split())
                cell["metadata"]["mystnb"] = {"image": {"alt": alt}}


def _sphinx(source: Path, built: Path, doctrees: Path) -> None:
    from sphinx.application import Sphinx
    from sphinx.util.docutils import docutils_namespace, patch_docutils

    said, warned = io.StringIO(), io.StringIO()
    with warnings.catch_warnings(), patch_docutils(source), docutils_namespace():
        # What Sphinx and its extensions will change among themselves is no fault of a page.
        warnings.simplefilter("ignore")
        app = Sphinx(
            source, source, built, doctrees, "html", status=said, warning=warned, freshenv=True
        )
        app.build()
    faults = re.sub(r"\x1b\[[0-9;]*m", "", warned.getvalue()).strip()
    if faults:
        shown = faults.replace(str(source), "docs")
        raise FileError(f"Sphinx finds fault with pages of the site; mend them:\n{shown[:3000]}")


def _finish(built: Path, links: Links, run: str, repository: str) -> int:
    """Link what has a source on every page, last on the page of what rests on several."""
    pages = sorted(built.rglob("*.html"), key=lambda path: (path.stem == "several", path))
    for path in pages:
        name = path.relative_to(built).with_suffix("").as_posix()
        text = read_whole(path).decode("utf-8").replace(_SLOT, links.several_html())
        if name.startswith("zh/"):
            text = text.replace('<html lang="en"', '<html lang="zh-CN"', 1)
        # Its words say what is folded; the name that MyST-NB gives it hides them from a reader.
        text = text.replace('<summary aria-label="Toggle hidden content">', "<summary>")
        found = _ARTICLE.search(text)
        if found:
            ways = {}
            if run and name in _START:
                ways[_START[name]] = f"{'../' * name.count('/')}{run}/index.html"
            if name.startswith("notebooks/"):
                ways = doors(f"{path.stem}.ipynb", run=run, repository=repository)
            told = links.page(found[0], name).replace("</h1>", f"</h1>\n{doors_html(ways)}", 1)
            text = text[: found.start()] + told + text[found.end() :]
        write_whole(path, text)
    return len(pages)


# --- the ways from a page into its notebook: this browser, Colab, Binder -------------------------


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


# --- a folder in the place of an earlier one -----------------------------------------------------


def check_replaceable(out: Path, mark: str) -> None:
    """Nothing, or an error where a folder holds anything but an earlier build, which has a mark."""
    if out.exists() and not out.is_dir():
        raise StudyError(f"{out}: is a file; name a new folder for what is built")
    if out.exists() and any(out.iterdir()) and not (out / mark).exists():
        raise StudyError(f"{out}: holds other files; name a new folder for what is built")


def replace_folder(built: Path, out: Path) -> None:
    """Put the new build in the place of an earlier one, whole."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
        shutil.copytree(built, beside / "new")
        if out.exists():
            os.replace(out, beside / "old")
        os.replace(beside / "new", out)
        shutil.rmtree(beside, ignore_errors=True)
    except OSError as error:
        raise file_error(error, out, "written") from error
