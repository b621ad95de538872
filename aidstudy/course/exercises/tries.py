"""The tries of a student, noted where ``aidstudy lab`` started the notebook.

One file for each notebook stands below the student's copy. A try is an answer that could be
compared and is not the one before; after the right one no more are counted.
"""

from __future__ import annotations

import json
import os
from numbers import Number
from pathlib import Path
from typing import Any

from aidstudy.course.exercises.checking import Feedback
from aidstudy.files import read_whole, sha256_of, write_whole

SCORE = "AIDSTUDY_SCORE"
"""Environment variable with the folder of the score; ``aidstudy lab`` sets it."""

PLACE = Path(".aidstudy", "score")
"""Where the score stands in a student's copy."""


def note_try(told: Feedback, answer: Any) -> None:
    """Count an answer, where a score is kept."""
    folder = os.environ.get(SCORE)
    if not folder or told.verdict not in ("right", "wrong"):
        return
    path = Path(folder, f"{told.exercise.partition('-')[0]}.json")
    kept = read_tries(path)
    before = kept.get(told.exercise, {})
    plain = isinstance(answer, (str, Number, list, tuple, set))
    last = sha256_of(repr((told.mistake, repr(answer) if plain else "")).encode())[:16]
    if before.get("right") or before.get("last") == last:
        return
    tries = int(before.get("tries", 0)) + 1
    kept[told.exercise] = {"tries": tries, "right": bool(told), "last": last}
    write_whole(path, json.dumps(kept, indent=1, sort_keys=True) + "\n")


def read_tries(path: Path) -> dict[str, Any]:
    """What a file of the score holds; one that nobody can read counts as empty."""
    try:
        found = json.loads(read_whole(path)) if path.is_file() else {}
    except ValueError:
        found = {}
    return found if isinstance(found, dict) else {}
