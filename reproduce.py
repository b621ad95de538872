"""Rebuild the whole study with one command: ``python reproduce.py``.

Makes ``.venv`` beside this file, installs the locked packages into it with their hashes (with uv
where it is on the path, else with pip), installs the package of this repository and runs
``aidstudy reproduce`` there. A second run finds the environment whole and needs no network.

    python reproduce.py                rebuild all (later what has changed), compare with the stored
    python reproduce.py --update       the same, then write the new outputs into the repository
    python reproduce.py --only PART    rebuild tables, results, plots or notebooks alone
    python reproduce.py --full         run every stage, also where nothing that it reads has changed
    python reproduce.py --test         pass the tests instead (more for pytest after --)
    python reproduce.py --test --all   the same with every optional package, so that fewer skip
    python reproduce.py --lab          open a copy of the notebooks in JupyterLab instead
    python reproduce.py --site         build the site into build/site instead

Exit status: 0 when everything is as stored, 1 when an output differs or a test fails, 2 when
something is in the way. Standard library only; CPython 3.11 or newer; Linux, macOS, Windows.
"""

# /// script
# requires-python = ">=3.11"
# ///
# (so that `uv run reproduce.py` finds a Python that fits, and needs no lock file of its own)

import sys

# This file must parse on older Pythons far enough to say this: no annotations from __future__
# (3.6 refuses them), no walrus (3.8), no match (3.10).
if sys.version_info < (3, 11) or sys.implementation.name != "cpython":
    sys.exit(
        f"reproduce.py: this is {sys.implementation.name} {sys.version_info[0]}."
        f"{sys.version_info[1]} ({sys.executable}); aidstudy needs CPython 3.11 or newer. "
        "Run it with one, for example: python3.12 reproduce.py"
    )

import argparse
import contextlib
import hashlib
import io
import json
import os
import platform
import re
import secrets
import shutil
import subprocess
import threading
import time
import tomllib
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent
RUN_LOCK = ROOT / "requirements.lock"
LAB_LOCK = ROOT / "requirements-lab.lock"
ALL_LOCK = ROOT / "requirements-all.lock"  # holds the other two
LOCKS = (RUN_LOCK, LAB_LOCK, ALL_LOCK)
STAMP = "aidstudy-stamp.json"
UNFINISHED = {"state": "unfinished"}
# A file of tests stays with one worker, as what its tests share is made once for each.
WORKERS = ("-n", "logical", "--maxprocesses", "8", "--dist", "loadfile")
DEEDS = ("test", "lab", "site", "browser")
FOREIGN = {
    "AIDSTUDY_STUDY",
    "PYTHONDONTWRITEBYTECODE",  # would compile every package anew in every process
    "PYTHONHOME",
    "PYTHONPATH",
    "PYTHONSTARTUP",
    "VIRTUAL_ENV",
}

# What pip or uv says, and what helps; the first that is found is shown.
ADVICE = (
    (r"No space left|not enough space", "The disk is full: free about 1 GB and run it again."),
    (
        r"DO NOT MATCH THE HASHES|hash mismatch",
        "A package is not the one that was locked. If a mirror or proxy is in between, try "
        "without it; never install it as it is.",
    ),
    (r"Permission denied|Access is denied", "The folder may not be written: use a copy of it."),
    (
        r"No matching distribution|no wheels|not supported|Requires-Python|Failed building|"
        r"Failed to build",
        "A locked package is not there for this Python or this system, or the package server "
        "could not be reached. CPython 3.11, 3.12 and 3.13 are known to work.",
    ),
    (
        r"[Cc]onnection|[Nn]etwork|timed out|resolution|resolve|[Pp]roxy|SSL|certificate|dns",
        "The first run needs the network to fetch packages; look at the connection, the proxy or "
        "the mirror set for pip or uv, and run it again.",
    ),
)


class SetupError(Exception):
    """Something is in the way; the sentence says what and what to do."""


def main(arguments: list[str]) -> int:
    """Make the environment, then run what was asked for in it."""
    asked, passed_on = _parse(arguments)
    for stream in (sys.stdout, sys.stderr):
        # A folder named in Chinese must not end the run on a console that cannot print it.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        every = asked.site or asked.browser or asked.all
        with environment(ALL_LOCK if every else LAB_LOCK if asked.lab else RUN_LOCK) as python:
            return _run(python, asked, passed_on)
    except SetupError as error:
        print(f"reproduce.py: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"reproduce.py: {error}; look at the folder and the disk", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nreproduce.py: interrupted; nothing stored was changed", file=sys.stderr)
        return 130


def _parse(arguments: list[str]) -> tuple[argparse.Namespace, list[str]]:
    passed_on: list[str] = []
    if "--" in arguments:
        cut = arguments.index("--")
        arguments, passed_on = arguments[:cut], arguments[cut + 1 :]
    parser = argparse.ArgumentParser(
        prog="reproduce.py",
        description="Rebuild the whole study and compare it with what the repository stores.",
        epilog="Whatever stands after -- goes to pytest (--test) or to the command of aidstudy "
        "that does the work (lab, site, browser, reproduce).",
    )
    deed = parser.add_mutually_exclusive_group()
    deed.add_argument("--test", action="store_true", help="pass the tests instead")
    deed.add_argument("--lab", action="store_true", help="open a copy of the notebooks in Lab")
    deed.add_argument("--site", action="store_true", help="build the site into build/site instead")
    deed.add_argument(
        "--browser", action="store_true", help="build the course for a browser into build/browser"
    )
    parser.add_argument(
        "--update", action="store_true", help="write new outputs into the repository"
    )
    parser.add_argument(
        "--only",
        choices=("tables", "results", "plots", "notebooks"),
        help="rebuild this part from what is stored of the others",
    )
    parser.add_argument(
        "--full", action="store_true", help="run every stage, also where nothing has changed"
    )
    parser.add_argument("--keep", metavar="DIR", help="build in this new folder and keep it")
    parser.add_argument("--all", action="store_true", help="install every optional package first")
    asked = parser.parse_args(arguments)
    other = next((one for one in DEEDS if getattr(asked, one)), "")
    for name in ("only", "keep", "update", "full"):
        if getattr(asked, name) and other:
            parser.error(f"--{name} goes with a rebuild, not with --{other}")
    return asked, passed_on


def _run(python: Path, asked: argparse.Namespace, passed_on: list[str]) -> int:
    variables = _variables()
    if asked.test:
        command = ["-m", "pytest", *WORKERS, *passed_on]
    elif asked.site or asked.browser:
        name = "site" if asked.site else "browser"
        command = ["-m", "aidstudy", name, "-o", str(ROOT / "build" / name), *passed_on]
    elif asked.lab:
        command = ["-m", "aidstudy", "lab", *passed_on]
        variables["AIDSTUDY_STUDY"] = str(ROOT)
    else:
        command = ["-m", "aidstudy", "reproduce"]
        command += ["--only", asked.only] if asked.only else []
        command += [f"--{name}" for name in ("update", "full") if getattr(asked, name)]
        if asked.keep:
            command += ["--keep", str(Path(asked.keep).absolute())]
        command += passed_on
        # Somebody at work on a study of their own still rebuilds this one here.
        variables["AIDSTUDY_STUDY"] = str(ROOT)
    sys.stdout.flush()
    with subprocess.Popen([str(python), *command], cwd=ROOT, env=variables) as program:
        while True:
            try:
                status = program.wait()
                return status if status >= 0 else 128 - status
            except KeyboardInterrupt:
                # The program was interrupted as well; it tidies up and says so.
                continue


def _variables() -> dict[str, str]:
    """The variables for programs of the environment: nothing of another Python leaks in."""
    kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    return {**kept, "PYTHONNOUSERSITE": "1", "PYTHONUTF8": "1"}


# --- the environment -------------------------------------------------------------------------


@contextlib.contextmanager
def environment(lock: Path = RUN_LOCK) -> Iterator[Path]:
    """The Python of an environment with the packages of a lock, made or mended first if need be.

    Runs share the environment; one that has to make it anew waits until it is alone. The system
    lets go of the guard when a run is killed.
    """
    build = ROOT / "build"
    build.mkdir(exist_ok=True)
    with (build / "environment.guard").open("a+b") as guard:
        _hold(guard.fileno(), alone=False)
        if not _is_whole(_folder(), lock):
            _hold(guard.fileno(), alone=True)
            if not _is_whole(_folder(), lock):
                _make_whole(_folder(), lock)
            _hold(guard.fileno(), alone=False)
        yield _python_of(_folder())


def _folder() -> Path:
    """``.venv``, or another name where somebody else's environment has that one."""
    folder = ROOT / ".venv"
    foreign = folder.exists() and not (folder / STAMP).exists() and any(folder.iterdir())
    return ROOT / ".venv-aidstudy" if foreign else folder


def _python_of(folder: Path) -> Path:
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _installed_parts() -> dict[str, object]:
    """What an installation depends on: new settings of a linter need no new environment."""
    path = ROOT / "pyproject.toml"
    try:
        project = tomllib.loads(path.read_text(encoding="utf-8"))
        return {part: project[part] for part in ("build-system", "project")}
    except (ValueError, KeyError) as error:
        raise SetupError(f"{path}: cannot be read ({error!r}); restore it from git") from error


def _wanted(folder: Path, locks: Sequence[Path]) -> dict[str, str]:
    parts = json.dumps(_installed_parts(), sort_keys=True)
    wanted = {
        "state": "whole",
        "place": str(folder),
        "python": f"{platform.python_version()} {platform.machine()} {sys.platform}",
        "package": hashlib.sha256(parts.encode()).hexdigest(),
    }
    return wanted | {lock.name: hashlib.sha256(lock.read_bytes()).hexdigest() for lock in locks}


def _is_whole(folder: Path, lock: Path) -> bool:
    return _wanted(folder, [lock]).items() <= _read_stamp(folder).items()


def _make_whole(folder: Path, lock: Path) -> None:
    """Bring the environment to the state that a lock asks for; the stamp is written last."""
    found = _read_stamp(folder)
    held = [one for one in LOCKS if one.name in found]
    # What was installed by a lock that has changed since is made anew.
    kept = {"package": found.get("package", "")}
    usable = bool(held) and _wanted(folder, held) | kept == found
    wanted = _wanted(folder, LOCKS if lock == ALL_LOCK else [*(held if usable else ()), lock])
    uv = shutil.which("uv")
    tool = "uv" if uv else "pip"
    steps: list[tuple[str, Callable[[Callable[[str], None]], None]]] = []
    if usable:
        _write_stamp(folder, UNFINISHED)
    else:
        steps.append((f"making {folder.name}", partial(_create, folder, not uv)))
    if not usable or lock not in held:
        title = f"installing {lock.name} with {tool}"
        steps.append((title, partial(_install_lock, folder, uv, lock)))
    steps.append(("installing aidstudy", partial(_install_package, folder, uv)))
    for number, (title, step) in enumerate(steps, start=1):
        with Ticker(f"[{number}/{len(steps)}] {title}") as ticker:
            step(ticker.show)
    _write_stamp(folder, wanted)


def _read_stamp(folder: Path) -> dict[str, str]:
    try:
        stamp = json.loads((folder / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return dict(UNFINISHED)
    return stamp if isinstance(stamp, dict) and "state" in stamp else dict(UNFINISHED)


def _write_stamp(folder: Path, stamp: dict[str, str]) -> None:
    beside = folder / f"{STAMP}.{secrets.token_hex(4)}"
    beside.write_text(json.dumps(stamp, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    os.replace(beside, folder / STAMP)


def _create(folder: Path, with_pip: bool, show: Callable[[str], None]) -> None:
    if folder.exists():
        # Moved away in one step first: half a removed environment must not look like somebody's.
        doomed = ROOT / "build" / f"old-environment-{secrets.token_hex(4)}"
        try:
            os.replace(folder, doomed)
        except OSError as error:
            raise SetupError(
                f"{folder} has to be made anew, but is in use ({error.strerror}); close the "
                "programs that use it, leave it with 'deactivate', and run it again"
            ) from error
    for old in (ROOT / "build").glob("old-environment-*"):
        shutil.rmtree(old, ignore_errors=True)
    folder.mkdir()
    _write_stamp(folder, UNFINISHED)
    # The Python below an environment, since this one may be the one that was just moved away.
    python = getattr(sys, "_base_executable", None) or sys.executable
    command = [python, "-m", "venv", str(folder)] + ([] if with_pip else ["--without-pip"])
    _quietly(
        command,
        "the environment could not be made",
        "On Debian and Ubuntu install python3-venv; or install uv and run it again.",
        show,
    )


def _install_lock(folder: Path, uv: str | None, lock: Path, show: Callable[[str], None]) -> None:
    pins = re.findall(r"^[A-Za-z0-9]", lock.read_text("utf-8", "replace"), flags=re.MULTILINE)
    collected: set[str] = set()

    def count(line: str) -> None:
        words = line.split()
        if len(words) > 1 and words[0] == "Collecting":
            collected.add(words[1])
            show(f"{len(collected)} of at most {len(pins)} packages fetched")
        elif line.startswith("Installing"):
            show("unpacking")

    options = ["--require-hashes", "-r", str(lock)]
    _quietly([*_installer(folder, uv), *options], "the packages could not be installed", "", count)


def _install_package(folder: Path, uv: str | None, show: Callable[[str], None]) -> None:
    # The build back end is in the lock, so this needs no network.
    options = ["--no-deps", "--no-build-isolation", "-e", str(ROOT)]
    _quietly([*_installer(folder, uv), *options], "the package could not be installed", "", show)


def _installer(folder: Path, uv: str | None) -> list[str]:
    python = str(_python_of(folder))
    if uv:
        return [uv, "pip", "install", "--python", python]
    # Without --no-compile pip compiles 80 packages whole, half a minute for modules of which
    # few are ever imported; Python compiles those at their first import.
    return [python, "-m", "pip", "install", "--no-compile", "--no-input"]


def _quietly(
    command: list[str],
    what: str,
    advice: str,
    show: Callable[[str], None],
) -> None:
    """Run a program; show what it said only if it failed."""
    said: list[str] = []
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=_variables(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    ) as program:
        try:
            for line in program.stdout or ():
                said.append(line.rstrip())
                show(line)
        except KeyboardInterrupt:
            program.terminate()
            raise
    if program.returncode:
        text = "\n".join(said[-30:])
        found = next((help for pattern, help in ADVICE if re.search(pattern, text)), "")
        raise SetupError(f"{what}:\n{text}\n{advice or found or 'Run it again.'}")


# --- together -------------------------------------------------------------------------------


def _hold(handle: int, *, alone: bool) -> None:
    """Lock a file: alone while the environment is made, together while it is used."""
    told = False
    while True:
        try:
            _try_to_hold(handle, alone=alone)
            return
        except OSError:
            if not told:
                print("another run is at work in this folder; waiting for it", flush=True)
                told = True
            time.sleep(0.2)


def _try_to_hold(handle: int, *, alone: bool) -> None:
    if sys.platform == "win32":
        import msvcrt

        os.lseek(handle, 0, os.SEEK_SET)
        if alone:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            # Windows has no such lock to share: there the guard covers the making only.
            with contextlib.suppress(OSError):
                msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)
    else:
        import fcntl

        fcntl.flock(handle, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)


class Ticker:
    """One line for one step: seconds that run on a terminal, first and last word elsewhere."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.note = ""
        self.started = time.monotonic()
        self.live = sys.stdout.isatty()
        self.done = threading.Event()
        self.thread = threading.Thread(target=self._tick, daemon=True)

    def __enter__(self) -> "Ticker":
        if not self.live:
            print(f"{self.title} ...", flush=True)
        self.thread.start()
        return self

    def show(self, note: str) -> None:
        if note.strip():
            self.note = note.strip()

    def _tick(self) -> None:
        while not self.done.wait(0.25 if self.live else 15):
            self._print(end="")

    def _print(self, end: str) -> None:
        seconds = f"{time.monotonic() - self.started:.0f} s"
        line = f"{self.title}: {seconds}" + (f", {self.note}" if self.note and not end else "")
        if self.live:
            width = shutil.get_terminal_size().columns - 1
            print("\r" + line[:width].ljust(width), end=end, flush=True)
        else:
            print(line, flush=True)

    def __exit__(self, *error: object) -> None:
        self.done.set()
        self.thread.join()
        self._print(end="\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
