"""The whole study rebuilt in a folder of its own and compared with what is stored."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from importlib import metadata
from itertools import count
from pathlib import Path
from typing import NamedTuple

from aidstudy.analysis.recorded import collected, write_results
from aidstudy.analysis.served import moved_results
from aidstudy.errors import AidstudyError, StudyError
from aidstudy.files import file_error, read_whole, write_whole
from aidstudy.rebuild import PARTS, again
from aidstudy.rebuild.codebook_page import codebook_page, glossary_page
from aidstudy.rebuild.compare import Difference, compare_outputs, output_names
from aidstudy.rebuild.exhibits import write_exhibits
from aidstudy.tables.draft import draft_stamp
from aidstudy.tables.load import clean_study
from aidstudy.tables.record import RECORD, record_text
from aidstudy.tables.study import ENVIRONMENT, Study, load_study

LOCK = "requirements.lock"

_PREFIX = "reproduce-"
_DAY = 24 * 60 * 60

# Any fixed moment would do, for programs that ask for the time of a build: 1 January 2013.
_EPOCH = "1356998400"


class Job(NamedTuple):
    """What a stage gets: the stored study, which it only reads, the same in the build folder, and
    ``step`` to say that a part is done.
    """

    stored: Study
    built: Study
    step: Callable[[str], None]


Stage = Callable[[Job], None]


@dataclass(frozen=True, slots=True)
class Rebuild:
    """What a rebuild gave: names of outputs, seconds by stage, and what is not as stored.

    `updated`: the differences were written into the study. `why_not_exact`: why bytes were not
    compared; empty where they were. `same`: stages that were not run, as nothing that they read has
    changed since they were. `moved`: one line for each result that is another than the stored
    one. `choices`: judgement calls made otherwise for this build, which is compared with nothing.
    """

    outputs: tuple[str, ...]
    seconds: dict[str, float]
    differences: tuple[Difference, ...]
    updated: bool
    why_not_exact: str
    kept: Path | None
    moved: tuple[str, ...] = ()
    choices: str = ""
    same: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the study now stores what was built."""
        return bool(self.updated or self.choices or not self.differences)

    def lines(self) -> list[str]:
        """The closing summary."""
        counts = Counter(name.partition("/")[0] for name in self.outputs)
        told = ", ".join(f"{number} in {folder}" for folder, number in counts.items())
        out = [f"Built in {sum(self.seconds.values()):.1f} s: outputs: {told or 'none'}."]
        out += [f"  {name:<18}{seconds:6.1f} s" for name, seconds in self.seconds.items()]
        if self.same:
            told = ", ".join(self.same)
            out.append(f"Not run, as nothing that they read has changed: {told} (--full runs all).")
        if self.why_not_exact:
            out.append(
                f"Compared by content, not by bytes ({self.why_not_exact}): text and tables "
                "exactly, pictures by their pixels; PDF and SVG only by their presence."
            )
        number = len(self.differences)
        files = "1 output" if number == 1 else f"{number} outputs"
        if self.choices:
            out.append(f"Made under {self.choices}: nothing stored was compared or touched.")
        elif self.updated:
            out.append(f"Stored: {files} brought up to date." if number else "Nothing to store.")
            out += [f"  {difference.lines()[0]}" for difference in self.differences]
        elif number:
            out.append(f"{files} not as stored:")
            out += [f"  {line}" for one in self.differences for line in one.lines()]
            out.append("Store what was built with --update, if the change is meant.")
        else:
            how = "" if self.why_not_exact else ", byte for byte"
            out.append(f"Everything is as stored ({len(self.outputs)} outputs{how}).")
        if self.moved:
            many = "1 result" if len(self.moved) == 1 else f"{len(self.moved)} results"
            out += [f"{many} moved:", *(f"  {line}" for line in self.moved)]
        if self.kept:
            out.append(f"The build is kept in {self.kept}")
        return out


# --- the stages ------------------------------------------------------------------------------
# What brings Matplotlib is imported when it runs, under the settings of the rebuild.


def _clean(job: Job) -> None:
    clean_study(job.built)
    write_whole(job.built.folder / "data" / "README.md", codebook_page(job.built))
    write_whole(job.built.folder / "data" / "glossary.md", glossary_page(job.built))


def _results(job: Job) -> None:
    """Runs the notebooks that record results, and stores what they recorded."""
    from aidstudy.course.notebooks import code_cells

    paths = _notebooks_of(job.stored, records=True)
    with tempfile.TemporaryDirectory(prefix="aidstudy-records-") as folder:
        _execute(job, paths, Path(folder))
        cells = {path.stem: code_cells(path) for path in paths}
        recorded = collected(Path(folder).glob("*.jsonl"), cells)
    write_results(job.built, recorded)
    # Last of what goes into data/, as it says what everything there is.
    write_whole(job.built.folder / RECORD, record_text(job.built))


def _plots(job: Job) -> None:
    from aidstudy.plots import draw_all

    draw_all(job.built, job.built.folder / "figures", workers=min(2, os.cpu_count() or 1))


def _notebooks(job: Job) -> None:
    """Runs the notebooks that only read results: they speak of all of them."""
    _execute(job, _notebooks_of(job.stored, records=False), None)


def _notebooks_of(study: Study, *, records: bool) -> list[Path]:
    from aidstudy.course.notebooks import records_results

    paths = sorted((study.folder / "notebooks").glob("*.ipynb"))
    return [path for path in paths if records_results(path) == records]


def _execute(job: Job, paths: Sequence[Path], records: Path | None) -> None:
    from aidstudy.course.exercises.solved import as_asked
    from aidstudy.course.notebooks import execute_notebooks

    # Matplotlib lists the fonts at its first import and says so on stderr when that is slow; in a
    # notebook that would be an output.
    if not any(Path(os.environ["MPLCONFIGDIR"]).glob("fontlist*.json")):
        subprocess.run([sys.executable, "-c", "import matplotlib.font_manager"], check=True)
    built, done = job.built.folder, count(1)
    execute_notebooks(
        paths,
        built / "notebooks",
        study=built,
        made=partial(as_asked, study=built, stamp=draft_stamp(job.built).en),
        finished=lambda name: job.step(f"{next(done)} of {len(paths)}: {name}"),
        records=records,
    )


def _prose(job: Job) -> None:
    from aidstudy.rebuild.prose import check_prose

    check_prose(job.stored)


STAGES: Mapping[str, Stage] = {
    "tables": _clean,
    "results": _results,
    "plots": _plots,
    "notebooks": _notebooks,
    "exhibits": lambda job: write_exhibits(job.built),
    "numbers in prose": _prose,
}


def _show(line: str) -> None:
    """What is being done: on a terminal in the place of the line before, else below it."""
    if sys.stdout.isatty():
        width = shutil.get_terminal_size().columns - 1
        print("\r" + line[:width].ljust(width), end="", flush=True)
    else:
        print(line, flush=True)


def _run(title: str, stage: Stage, stored: Study, built: Study) -> float:
    """Run one stage, shown while it runs; the seconds that it took."""
    started = time.monotonic()
    _show(f"{title} ...")
    try:
        stage(Job(stored, built, lambda note: _show(f"{title}, {note}")))
        seconds = time.monotonic() - started
        _show(f"{title}: {seconds:.1f} s")
        return seconds
    finally:
        print("\n" * sys.stdout.isatty(), end="")


def _run_all(
    stages: Mapping[str, Stage], last: again.Record, stored: Study, built: Study
) -> tuple[dict[str, float], again.Record]:
    """Run the stages that a change reaches: the seconds of each, and what all read and made."""
    seconds: dict[str, float] = {}
    now: again.Record = {}
    for number, (name, stage) in enumerate(stages.items(), 1):
        title, before = f"[{number}/{len(stages)}] {name}", again.made(built)
        read = again.read_by(name, stored, built)
        if again.taken_over(name, read, last, stored, built):
            _show(f"{title}: nothing that it reads has changed")
        else:
            seconds[name] = _run(title, stage, stored, built)
        now[name] = {"read": read, "made": dict(again.made(built).items() - before.items())}
    return seconds, now


# --- the rebuild -----------------------------------------------------------------------------


def reproduce(
    study: Study | None = None,
    *,
    update: bool = False,
    keep: Path | None = None,
    only: str = "",
    full: bool = False,
    stages: Mapping[str, Stage] = STAGES,
) -> Rebuild:
    """Rebuild every output of a study and compare it with what the study stores.

    `update` writes what differs into the study once all stages have succeeded: each file is
    replaced whole, outputs that are no longer built are removed, nothing that people typed is. The
    build is in the new folder `keep`, or in one of its own below ``build/`` that stays only when
    something differs. `only`, one of :data:`PARTS`, is rebuilt from what is stored of the parts
    before it. Without it a stage that read the same when it was last run here, and whose outputs
    are stored as it made them, is not run again, unless `full` or `keep` asks for it.

    When a stage fails nothing stored is touched, and the error names the build.

    Under other judgement calls (:meth:`Study.under`) the build is kept as a study apart.
    """
    asked = load_study(study)
    stored = load_study(asked.folder)
    choices = {name: one for name, one in asked.choices.items() if stored.made.get(name) != one}
    chosen, places = PARTS[only] if only else (tuple(stages), ("",))
    stages = {name: stage for name, stage in stages.items() if name in chosen}
    last = again.remembered(stored) if not (only or full or keep or choices) else {}
    build = _build_folder(stored, keep)
    try:
        with _own_settings(stored, build):
            _copy_inputs(stored, build, whole=bool(only))
            _settle(choices, build)
            seconds, now = _run_all(stages, last, stored, load_study(build))
    except KeyboardInterrupt:
        if not keep:
            shutil.rmtree(build, ignore_errors=True)
        raise
    except AidstudyError as error:
        error.add_note(f"The build is kept in {build}; nothing stored was touched.")
        raise
    why = _why_not_exact(stored.folder)
    differences = compare_outputs(stored.folder, build, exact=not why, below=places)
    known = any(one.name == "data/clean/results.csv" for one in differences)
    moved = moved_results(stored, load_study(build)) if known else []
    stores = update and not choices
    if stores:
        _store(differences, build, stored.folder)
    kept = keep or (build if choices or (differences and not stores) else None)
    outputs, found = tuple(output_names(build, below=places)), tuple(differences)
    if not kept:
        shutil.rmtree(build, ignore_errors=True)
    if not (only or keep or choices):
        again.remember(stored, now)
    told = " ".join(f"{name}={one}" for name, one in choices.items())
    same = tuple(name for name in stages if name not in seconds)
    return Rebuild(outputs, seconds, found, stores, why, kept, tuple(moved), told, same)


def _build_folder(study: Study, keep: Path | None) -> Path:
    try:
        if keep:
            keep.mkdir(parents=True, exist_ok=True)
            if any(keep.iterdir()):
                raise StudyError(f"{keep}: not empty; name a new folder to keep the build in")
            return keep.resolve()
        builds = study.folder / "build"
        builds.mkdir(exist_ok=True)
        for old in builds.glob(f"{_PREFIX}*"):
            if time.time() - old.stat().st_mtime > _DAY:
                shutil.rmtree(old, ignore_errors=True)
        return Path(tempfile.mkdtemp(prefix=_PREFIX, dir=builds))
    except OSError as error:
        raise file_error(error, keep or study.folder / "build", "made") from error


def _copy_inputs(study: Study, build: Path, *, whole: bool) -> None:
    """The build folder as a study of its own: of ``data/`` what people typed, or the whole."""
    generated = set() if whole else set(output_names(study.folder))
    for path in sorted((study.folder / "data").rglob("*")):
        name = path.relative_to(study.folder)
        hidden = any(part.startswith(".") for part in name.parts)
        if path.is_file() and not hidden and name.as_posix() not in generated:
            write_whole(build / name, read_whole(path))


def _settle(choices: Mapping[str, str], build: Path) -> None:
    """Write judgement calls made otherwise into the settings of the build."""
    if not choices:
        return
    path = build / "data" / "study.toml"
    told = read_whole(path).decode("utf-8")
    if "\n[choices]" in told:
        raise StudyError(f"{path}: made under other choices already; start from the first study")
    told += "\n[choices]\n" + "".join(f'{name} = "{one}"\n' for name, one in choices.items())
    write_whole(path, told)


@contextmanager
def _own_settings(study: Study, build: Path) -> Iterator[None]:
    """Nothing that a person has set for Matplotlib or for dates shows in the outputs."""
    settings = {
        ENVIRONMENT: str(build),
        "MPLBACKEND": "agg",
        "MPLCONFIGDIR": str(study.folder / "build" / "matplotlib"),
        "SOURCE_DATE_EPOCH": _EPOCH,
    }
    before = dict(os.environ)
    os.environ.update(settings)
    for name in ("MATPLOTLIBRC", "AIDSTUDY_EXERCISES", "AIDSTUDY_SCORE"):
        os.environ.pop(name, None)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _why_not_exact(folder: Path) -> str:
    """Why the same bytes are not promised here, or an empty string."""
    if sys.platform != "linux":
        return "the same bytes are promised on Linux"
    lock = folder / LOCK
    if not lock.exists():
        return ""
    others: dict[str, str] = {}
    for name, version in re.findall(r"(?m)^([\w.-]+)==(\S+)", lock.read_text("utf-8", "replace")):
        with suppress(metadata.PackageNotFoundError):
            found = metadata.version(name)
            others[name] = "" if version == found else others.get(name, found)
    told = [f"{name} {found}" for name, found in others.items() if found]
    more = f" and {len(told) - 3} more" if len(told) > 3 else ""
    return f"not the locked versions: {', '.join(told[:3])}{more}" if told else ""


def _store(differences: Sequence[Difference], build: Path, folder: Path) -> None:
    for difference in differences:
        target = folder / difference.name
        if difference.kind != "gone":
            write_whole(target, read_whole(build / difference.name))
            continue
        try:
            target.unlink()
            if not any(target.parent.iterdir()):
                target.parent.rmdir()
        except OSError as error:
            raise file_error(error, target, "removed") from error
