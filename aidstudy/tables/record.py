"""The sha256 of every file in ``data/``, which finds one valid code in the place of another."""

from __future__ import annotations

import re
from collections.abc import Mapping

from aidstudy.errors import Fault, TableError
from aidstudy.files import UNFINISHED, read_whole, sha256_of
from aidstudy.tables.study import Study

RECORD = "data/SHA256SUMS"
"""In the form that ``sha256sum -c data/SHA256SUMS`` checks, from the folder of the study."""

_LINE = re.compile(r"([0-9a-f]{64})  (data/\S(?:.*\S)?)")
_LEFT_OUT = re.compile(rf"(?:^|/)\.|{re.escape(UNFINISHED)}$")
# The words of the results change no number.
_INPUT = re.compile(r"data/(?:raw/(?!results\.csv)[^/]*|context\.csv|dac_codes\.csv|study\.toml)")
_RESTORE = "restore it from the repository; if the change is meant, reproduce --update records it"


def _present(study: Study) -> dict[str, str]:
    """The sha256 of every file below ``data/`` by name; of none that is hidden or unfinished."""
    paths = (path for path in (study.folder / "data").rglob("*") if path.is_file())
    names = sorted(path.relative_to(study.folder).as_posix() for path in paths)
    return {
        name: _digest(study, name)
        for name in names
        if name != RECORD and not _LEFT_OUT.search(name)
    }


def _digest(study: Study, name: str) -> str:
    path = study.folder / name
    return sha256_of(read_whole(path)) if path.exists() else ""


def record_text(study: Study) -> str:
    """The record of a study as it stands, one line for each file below ``data/``."""
    return "".join(f"{digest}  {name}\n" for name, digest in _present(study).items())


def has_record(study: Study) -> bool:
    """Whether the sha256 of the files of a study have been recorded."""
    return (study.folder / RECORD).exists()


def check_record(study: Study) -> None:
    """Every file below ``data/`` is the one that was recorded; else all that are not."""
    recorded, present = _recorded(study), _present(study)
    faults = []
    for name in sorted(recorded.keys() | present.keys()):
        wanted, found = recorded.get(name), present.get(name)
        if wanted is None:
            remedy = "delete it; if it is meant, reproduce --update records it"
            faults.append(Fault(name, "", "", f"the file is not in {RECORD}", remedy))
        elif found is None:
            faults.append(Fault(name, "", "", f"the file is missing, {RECORD} has it", _RESTORE))
        elif found != wanted:
            problem = f"its sha256 is not the recorded {wanted[:12]}…, so a cell was changed"
            faults.append(Fault(name, "", f"{found[:12]}…", problem, _RESTORE))
    TableError.raise_if_any(faults, what=f"files against {RECORD}")


def changed_inputs(study: Study) -> list[str]:
    """Typed tables that are not as recorded: what is derived from them is older."""
    return [
        name
        for name, wanted in _recorded(study).items()
        if _INPUT.fullmatch(name) and _digest(study, name) != wanted
    ]


def _recorded(study: Study) -> Mapping[str, str]:
    content = read_whole(study.folder / RECORD)
    recorded = {}
    faults = []
    for row, line in enumerate(content.decode("utf-8", "replace").split("\n")[:-1], start=1):
        found = _LINE.fullmatch(line)
        if found is None or found[2] in recorded:
            problem = "not the sha256 and the name of one file, or a name that stands twice"
            faults.append(Fault(f"{RECORD}, row {row}", "", line, problem, _RESTORE))
        else:
            recorded[found[2]] = found[1]
    if not content.endswith(b"\n"):
        faults.append(Fault(RECORD, "", "", "the last line has no end, so it was cut", _RESTORE))
    TableError.raise_if_any(faults, what=RECORD)
    return recorded
