"""JupyterLab on a copy of the notebooks, so that the stored ones stay as they are."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from aidstudy.course.exercises.model import OWN as OWN_EXERCISES
from aidstudy.course.exercises.solved import own_notebooks, with_questions
from aidstudy.course.exercises.tries import PLACE, SCORE
from aidstudy.course.show import LIVE
from aidstudy.errors import FileError, StudyError
from aidstudy.extras import extra_module
from aidstudy.files import file_error, read_whole, sha256_of, write_whole
from aidstudy.tables.load import StudyLike
from aidstudy.tables.study import ENVIRONMENT, load_study

_OWN = ".aidstudy"
_RECORD = "copied.json"

_PURPOSE = "aidstudy lab (or python reproduce.py --lab, which brings all it needs)"

# Lab asks at its first start whether it may fetch news. Nothing here needs the network.
_PAGE = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}


@dataclass(frozen=True, slots=True)
class Copied:
    """The notebooks of a copy: new, brought up to date, as they were, or changed and left alone."""

    folder: Path
    new: tuple[str, ...]
    renewed: tuple[str, ...]
    same: tuple[str, ...]
    kept: tuple[str, ...]

    def lines(self) -> list[str]:
        """What to tell whoever works there."""
        told = {
            "copied": self.new,
            "brought up to date, as you had not changed them": self.renewed,
            "changed by you and left as they are": self.kept,
        }
        out = [f"Your notebooks are in {self.folder}; the stored ones are not touched."]
        out += [f"  {what}: {', '.join(names)}" for what, names in told.items() if names]
        if self.kept:
            out.append("  (rename one and start again to get a fresh copy beside it)")
        if is_root():
            out.append("You are root: JupyterLab starts with --allow-root, and notebooks may "
                       "change anything on this machine.")  # fmt: skip
        return out


def copy_notebooks(into: Path, study: StudyLike = None, *, own: Path | None = None) -> Copied:
    """Copy the notebooks of a study into a folder; a copy that somebody changed is left alone.

    Changed is a copy whose cells are others: one that was only run counts as it was. The clean
    tables come along in ``data/``, so that pandas can read them without aidstudy.
    """
    opened = load_study(study)
    stored = opened.folder / "notebooks"
    sources = {path.name: read_whole(path) for path in sorted(stored.glob("*.ipynb"))}
    if not sources:
        raise StudyError(f"{stored}: no notebooks here; name a study that has some")
    if into.resolve() == stored.resolve():
        raise StudyError(f"{into}: the stored notebooks are here; name another folder to work in")
    if own is not None:
        books = {n: with_questions(json.loads(c), n, opened, own=own) for n, c in sources.items()}
        for name, book in (books | own_notebooks(own, opened)).items():
            sources[name] = f"{json.dumps(book, ensure_ascii=False, indent=1)}\n".encode()
    record = into / _OWN / _RECORD
    copied = _read_record(record)
    became: dict[str, list[str]] = {"new": [], "renewed": [], "same": [], "kept": []}
    tables = {f"data/clean/{path.name}": read_whole(path) for path in opened.clean.glob("*.csv")}
    for name, content in {**sources, **tables}.items():
        target, cells = into / name, _cells_of(content)
        there = _cells_of(read_whole(target)) if target.exists() else ""
        changed = "renewed" if there == copied.get(name) else "kept"
        fate = "same" if there == cells else changed if there else "new"
        if fate in ("new", "renewed"):
            write_whole(target, content)
        if fate != "kept":
            copied[name] = cells
        if name in sources:
            became[fate].append(name)
    write_whole(record, json.dumps(copied, indent=1, sort_keys=True) + "\n")
    write_whole(into / _OWN / "labconfig" / "page_config.json", json.dumps(_PAGE) + "\n")
    return Copied(into.resolve(), **{fate: tuple(names) for fate, names in became.items()})


def _cells_of(content: bytes) -> str:
    """What of a notebook a person writes, as a hash: running it changes its outputs only."""
    try:
        cells = json.loads(content)["cells"]
        told = [(cell["cell_type"], "".join(cell["source"])) for cell in cells]
    except (ValueError, KeyError, TypeError):
        return sha256_of(content)
    return sha256_of(json.dumps(told).encode())


def _read_record(path: Path) -> dict[str, str]:
    try:
        return dict(json.loads(read_whole(path))) if path.exists() else {}
    except (ValueError, TypeError):
        raise FileError(
            f"{path}: cannot be read as the list of what was copied; remove it, and every "
            "notebook that differs counts as changed by you"
        ) from None


def lab_command(arguments: Sequence[str] = ()) -> list[str]:
    """The command that starts JupyterLab with this Python, with more arguments for JupyterLab."""
    extra_module("jupyterlab", extra="notebooks,lab", purpose=_PURPOSE)
    return [
        sys.executable, "-m", "jupyterlab",
        "--MultiKernelManager.default_kernel_name=python3",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        *(["--allow-root"] if is_root() else []),
        *arguments,
    ]  # fmt: skip


def is_root() -> bool:
    """Whether whoever asks may do anything on this machine; JupyterLab then wants to be told."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def lab_variables(
    folder: Path, study: StudyLike = None, *, own: Path | None = None
) -> dict[str, str]:
    """The environment for JupyterLab: the study, this Python's kernel first, a score, no news."""
    more = [str(folder.resolve() / _OWN), os.environ.get("JUPYTER_CONFIG_PATH", "")]
    return {
        **os.environ,
        ENVIRONMENT: str(load_study(study).folder),
        LIVE: "1",
        SCORE: str(folder.resolve() / PLACE),
        **({OWN_EXERCISES: str(own.resolve())} if own else {}),
        "JUPYTER_CONFIG_PATH": os.pathsep.join(part for part in more if part),
        # A kernel named python3 in the home folder would be another Python.
        "JUPYTER_PREFER_ENV_PATH": "1",
    }


def start_lab(
    folder: Path, study: StudyLike = None, arguments: Sequence[str] = (), *, own: Path | None = None
) -> int:
    """Run JupyterLab in a folder until it ends, on its first notebook; gives its exit status."""
    first = min((path.name for path in folder.glob("*.ipynb")), default="")
    command = lab_command([*([first] if first else []), *arguments])
    variables = lab_variables(folder, study, own=own)
    try:
        program = subprocess.Popen(command, cwd=folder, env=variables)
    except OSError as error:
        raise file_error(error, Path(sys.executable), "started") from error
    with program:
        while True:
            # Ctrl-C reaches JupyterLab as well; it asks, tidies up and ends by itself.
            with contextlib.suppress(KeyboardInterrupt):
                return program.wait()
