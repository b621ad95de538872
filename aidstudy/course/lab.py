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

from aidstudy.course.what_if import LIVE
from aidstudy.errors import FileError, StudyError
from aidstudy.extras import extra_module
from aidstudy.files import file_error, read_whole, sha256_of, write_whole
from aidstudy.tables.load import StudyLike
from aidstudy.tables.study import ENVIRONMENT, load_study

FOLDER = "my-notebooks"
"""Where the copy goes when nobody names a folder, in the folder of whoever asks."""

_OWN = ".aidstudy"
_RECORD = "copied.json"

# Lab asks at its first start whether it may fetch news. Nothing here needs the network.
_PAGE = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}


@dataclass(frozen=True, slots=True)
class Copied:
    """What became of each notebook of a copy.

    Parameters
    ----------
    folder : Path
    new, renewed, same : tuple of str
        Copied for the first time; an unchanged copy brought up to date; as it was already.
    kept : tuple of str
        Changed by whoever works there, and left alone.
    """

    folder: Path
    new: tuple[str, ...]
    renewed: tuple[str, ...]
    same: tuple[str, ...]
    kept: tuple[str, ...]

    def lines(self) -> list[str]:
        """What to tell whoever works there."""
        out = [f"Your notebooks are in {self.folder}; the stored ones are not touched."]
        if self.new:
            out.append(f"  copied: {', '.join(self.new)}")
        if self.renewed:
            out.append(f"  brought up to date, as you had not changed them: "
                       f"{', '.join(self.renewed)}")  # fmt: skip
        if self.kept:
            out.append(f"  changed by you and left as they are: {', '.join(self.kept)}")
            out.append("  (rename one and start again to get a fresh copy beside it)")
        return out


def copy_notebooks(into: Path, study: StudyLike = None) -> Copied:
    """Copy the notebooks of a study into a folder; a copy that somebody changed is left alone.

    Parameters
    ----------
    into : Path
        Made if need be.
    study : Study or path, optional

    Returns
    -------
    Copied

    Raises
    ------
    StudyError
        If the study has no notebooks, or `into` is the folder of the stored ones.
    FileError
        If a file cannot be written.
    """
    opened = load_study(study)
    stored = opened.folder / "notebooks"
    sources = sorted(stored.glob("*.ipynb"))
    if not sources:
        raise StudyError(f"{stored}: no notebooks here; name a study that has some")
    if into.resolve() == stored.resolve():
        raise StudyError(f"{into}: the stored notebooks are here; name another folder to work in")
    record = into / _OWN / _RECORD
    copied = _read_record(record)
    became: dict[str, list[str]] = {"new": [], "renewed": [], "same": [], "kept": []}
    for source in sources:
        content, target = read_whole(source), into / source.name
        there = sha256_of(read_whole(target)) if target.exists() else ""
        if not there:
            fate = "new"
        elif there == sha256_of(content):
            fate = "same"
        else:
            fate = "renewed" if there == copied.get(source.name) else "kept"
        if fate in ("new", "renewed"):
            write_whole(target, content)
        if fate != "kept":
            copied[source.name] = sha256_of(content)
        became[fate].append(source.name)
    write_whole(record, json.dumps(copied, indent=1, sort_keys=True) + "\n")
    write_whole(into / _OWN / "labconfig" / "page_config.json", json.dumps(_PAGE) + "\n")
    return Copied(into.resolve(), **{fate: tuple(names) for fate, names in became.items()})


def _read_record(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    try:
        found = json.loads(read_whole(path))
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise FileError(
            f"{path}: cannot be read as the list of what was copied; remove it, and every "
            "notebook that differs counts as changed by you"
        )
    return found


def lab_command(arguments: Sequence[str] = ()) -> list[str]:
    """The command that starts JupyterLab with this Python.

    Parameters
    ----------
    arguments : sequence of str
        More for JupyterLab, such as ``--no-browser``.

    Raises
    ------
    FileError
        If JupyterLab is not installed.
    """
    extra_module("jupyterlab", extra="notebooks,lab", purpose="aidstudy lab")
    return [
        sys.executable, "-m", "jupyterlab",
        "--MultiKernelManager.default_kernel_name=python3",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        *arguments,
    ]  # fmt: skip


def lab_variables(folder: Path, study: StudyLike = None) -> dict[str, str]:
    """The environment for JupyterLab: the study, this Python's kernel first, and no news."""
    more = [str(folder.resolve() / _OWN), os.environ.get("JUPYTER_CONFIG_PATH", "")]
    return {
        **os.environ,
        ENVIRONMENT: str(load_study(study).folder),
        LIVE: "1",
        "JUPYTER_CONFIG_PATH": os.pathsep.join(part for part in more if part),
        # A kernel named python3 in the home folder would be another Python.
        "JUPYTER_PREFER_ENV_PATH": "1",
    }


def start_lab(folder: Path, study: StudyLike = None, arguments: Sequence[str] = ()) -> int:
    """Run JupyterLab in a folder until it ends.

    Parameters
    ----------
    folder : Path
    study : Study or path, optional
    arguments : sequence of str
        More for JupyterLab.

    Returns
    -------
    int
        Exit status.
    """
    command, variables = lab_command(arguments), lab_variables(folder, study)
    try:
        program = subprocess.Popen(command, cwd=folder, env=variables)
    except OSError as error:
        raise file_error(error, Path(sys.executable), "started") from error
    with program:
        while True:
            # Ctrl-C reaches JupyterLab as well; it asks, tidies up and ends by itself.
            with contextlib.suppress(KeyboardInterrupt):
                return program.wait()


__all__ = ["FOLDER", "Copied", "copy_notebooks", "lab_command", "lab_variables", "start_lab"]
