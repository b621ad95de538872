"""What an exercise is: a question, the way to its right answer, and the mistakes it knows.

The right answer is an expression over the tables and is typed nowhere; so are the typical wrong
ones. Exercises stand in TOML files, one for each notebook, and a teacher's in a file of their own.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any, Literal

from aidstudy.codebook import did_you_mean
from aidstudy.course.exercises.sources import Sources, rendered
from aidstudy.errors import ExerciseError
from aidstudy.files import read_toml
from aidstudy.quantity.shown import units
from aidstudy.quantity.units import unit

OWN = "AIDSTUDY_EXERCISES"
"""Environment variable that names a teacher's file of exercises."""

ASKED = re.compile(r"check_answer\(\s*[\"']([a-z0-9]{1,20}-[1-9]\d?)[\"']")
"""The exercise that a cell asks."""

NOT_REPORTED = "not reported"
"""The answer where the page does not say."""

Kind = Literal[
    "amount", "share", "count", "choice", "ids", "bounds", "function", "frame", "axes", "claim"
]

_HINTS = read_toml(Path(__file__).parents[1] / "texts" / "hints.toml")

VERDICTS: Mapping[str, tuple[str, str]] = _HINTS["verdicts"]
"""What heads the words on an answer, and its colour."""

KINDS: Mapping[str, str] = _HINTS["kinds"]
"""Kinds of answer, and how each is to be given."""

UNITS: Mapping[str, list[str]] = _HINTS["units"]
"""The words in which an answer may say its unit."""

MISTAKES: Mapping[str, str] = {**_HINTS["declared"], **_HINTS["found"]}
"""Kinds of mistake, each with the hint that goes with it."""

CLAIMS: Mapping[str, list[str]] = _HINTS["claims"]
"""Of every sentence: what names a source, and what says too much, as regular expressions."""

OTHER: Mapping[str, str] = _HINTS["other"]
"""Hint for a wrong answer that no known mistake explains, where the answer is no amount."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Exercise:
    """One question of a notebook, as an entry ``[[exercise]]`` of a TOML file."""

    id: str  # "03-3": number of the notebook (or a word of one's own), place in it
    kind: Kind
    question: str  # Markdown; {ganzi-020:printed} shows a figure, fact or result, none is typed
    solution: str  # Python that a reader could have written; its last statement sets answer
    right: Any = ""  # an expression (expressions.py), over its arguments for a function, two for a
    #                  pair; for a choice the option
    unit: str = ""  # of the answer, such as CNY million or person
    end: Literal["", "low", "high"] = ""  # whether an end of what the print allows is asked for
    digits: int = 3  # how many must be right; the question says so
    outward: bool = False  # whether an end is rounded outward, to these digits and no more
    also: str = ""  # another answer that is as right
    options: tuple[str, ...] = ()  # of a choice
    mistakes: Mapping[str, Any] = field(default_factory=dict)  # kind: wrong answers it leads to
    hints: Mapping[str, str] = field(default_factory=dict)  # in the place of those of MISTAKES
    why: str = ""  # for the instructors' copy: what the answer rests on, fields as in the question
    # Of a function: names of its arguments, and hidden inputs, each a list of expressions.
    arguments: tuple[str, ...] = ()
    inputs: tuple[Any, ...] = ()
    # Of a DataFrame: the column that names the rows, and for each row its other cells.
    key: str = ""
    rows: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    # Of a plot: lengths of its bars and what each is called, pairs x and y, pairs low and high,
    # words that must stand in its labels (of bars: of the axis along them), whether that axis
    # begins at zero.
    bars: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    points: tuple[Any, ...] = ()
    spans: tuple[Any, ...] = ()
    says: tuple[str, ...] = ()
    from_zero: bool = False
    # Of a claim, as regular expressions: what names the source, what says that something is left
    # open (one of each), what it must speak of (all), what says too much beside that of CLAIMS;
    # and as expressions other numbers that it may hold.
    source: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    may: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        asks_options = (self.kind == "choice") == bool(self.options)
        needs = _NEEDED.get(self.kind, ("right",))
        holds = {
            "an id is a word, a hyphen and a number: '03-3'": _ID.fullmatch(self.id),
            f"kind {self.kind!r} is not one of {', '.join(KINDS)}": self.kind in KINDS,
            "options go with a choice, and only": asks_options,
            "end goes with a number": not self.end or self.kind in ("amount", "share"),
            "the solution must set answer": "\nanswer = " in f"\n{self.solution}",
            f"{self.kind} needs {' or '.join(needs)}": any(getattr(self, one) for one in needs),
            f"{self.kind} needs the unit of its answer": self.unit
            or self.kind not in ("amount", "bounds"),
            "right is an expression in quotes, or two of them for a pair": isinstance(
                self.right, (str, tuple, list)
            ),
            "digits is a number from 1 to 6": self.digits in range(1, len(_WORDS)),
        }
        for name in (*self.mistakes, *self.hints):
            holds[f"mistake {name!r} is not known{did_you_mean(name, MISTAKES)}"] = name in MISTAKES
        for name in self.mistakes:
            found = name in _HINTS["found"]
            holds[f"mistake {name!r} is found without being declared"] = not found
        told = [sentence for sentence, right in holds.items() if not right]
        if told:
            raise ExerciseError(f"exercise {self.id}: {'; '.join(told)}")

    @property
    def notebook(self) -> str:
        """Number of the notebook, ``"02"``."""
        return self.id.partition("-")[0]

    @property
    def base(self) -> str:
        """The unit without its thousands or millions."""
        return "CNY" if unit(self.unit).dims == unit("CNY").dims else self.unit

    @property
    def scale(self) -> int:
        """Base units in one unit of a number that is given without a unit."""
        return units(self.unit).scale("en")

    def asked(self, sources: Sources) -> str:
        """The question as Markdown, its numbers rendered from their values."""
        rounded = self.kind in ("amount", "share", "bounds") and not self.outward
        digits = f" ({_WORDS[self.digits].capitalize()} digits are enough.)" if rounded else ""
        return rendered(self.question, sources) + digits

    def how(self) -> str:
        """How an answer is to be given."""
        options = ", ".join(f"'{option}'" for option in self.options)
        way = KINDS[self.kind].format(unit=self.unit, number=number_of(self.unit), options=options)
        if self.kind in _NEEDED:
            return f"Answer with {way}."
        return f"Answer with {way}; '{NOT_REPORTED}' where the page does not say."


_WORDS = ("no", "one", "two", "three", "four", "five", "six")


def number_of(unit: str) -> str:
    """What a number in a unit is called when it is asked for."""
    called: str = _HINTS["called"].get(unit, f"a number in {unit}")
    return called


_ID = re.compile(r"[a-z0-9]{1,20}-[1-9]\d?")
_ALWAYS = ("id", "kind", "question", "solution")
_NEEDED = {
    "function": ("inputs",),
    "frame": ("rows",),
    "axes": ("bars", "points", "spans"),
    "claim": ("right", "open"),
}


@cache
def exercises() -> Mapping[str, Exercise]:
    """Every exercise of the course by its id, in order."""
    found: dict[str, Exercise] = {}
    for path in sorted(Path(__file__).parent.glob("*.toml")):
        found |= exercises_in(path)
    return found


def exercises_known(own: Path | None = None) -> Mapping[str, Exercise]:
    """The exercises of the course, and a teacher's: of `own`, or as :data:`OWN` says."""
    named = own or own_file()
    return {**exercises(), **exercises_in(named)} if named else exercises()


def own_file() -> Path | None:
    """The file of a teacher's exercises that :data:`OWN` names."""
    named = os.environ.get(OWN)
    return Path(named) if named else None


def exercises_in(path: Path) -> dict[str, Exercise]:
    """The exercises of one TOML file by their ids."""
    try:
        entries = read_toml(path).get("exercise", [])
    except ValueError as error:
        raise ExerciseError(f"{path.name}: no TOML ({error}); mend that line") from None
    if not isinstance(entries, list) or not all(isinstance(one, dict) for one in entries):
        raise ExerciseError(f"{path.name}: begin each exercise with [[exercise]], in two brackets")
    known = {one.name for one in fields(Exercise)}
    found: dict[str, Exercise] = {}
    for entry in entries:
        told = [
            f"{name!r} is no field{did_you_mean(name, sorted(known))}" for name in {*entry} - known
        ]
        told += [f"{name!r} is missing" for name in _ALWAYS if name not in entry]
        told += [
            f"{name} is {entry[name]!r}; write text in quotes"
            for name in (*_ALWAYS, "unit", "why")
            if not isinstance(entry.get(name, ""), str)
        ]
        if entry.get("id") in found:
            told.append("the id is used twice")
        if told:
            raise ExerciseError(f"{path.name}, {entry.get('id', 'no id')}: {'; '.join(told)}")
        cells: dict[str, Any] = {
            name: tuple(cell) if isinstance(cell, list) else cell for name, cell in entry.items()
        }
        found[entry["id"]] = Exercise(**cells)
    return found
