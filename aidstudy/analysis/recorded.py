"""Results that notebooks record: kept in a rebuild, compared with what is stored elsewhere.

A notebook computes and says ``record(id, values)``. The rebuild names a file to each kernel; there
a line is written for each result, and the lines of all notebooks become ``data/clean/results.csv``.
Without that file ``record`` says whether the numbers are as stored, and changes nothing.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from numbers import Integral, Real
from pathlib import Path
from typing import Any

import pandas as pd

from aidstudy.analysis.stored import UNLETTERED, written
from aidstudy.analysis.switches import SWITCHES
from aidstudy.codebook import (
    CONTEXT_CLEAN,
    FIGURES,
    RESULT_WORDS,
    RESULTS,
    SENSITIVITY,
    did_you_mean,
)
from aidstudy.errors import AidstudyError, ResultError
from aidstudy.files import file_error, read_whole
from aidstudy.quantity.scalar import Missing, Quantity
from aidstudy.tables.files import read_cells
from aidstudy.tables.load import StudyLike
from aidstudy.tables.study import Study, load_study

RECORD_TO = "AIDSTUDY_RECORD"
"""The variable that names the file of a kernel; only the rebuild sets it."""

ESTIMATED_DIGITS = 8
"""Floats of statsmodels and scipy differ behind these between machines and versions."""

_FIELD = re.compile(r"\{(\w+)\}")
_ID = re.compile(r"[A-Za-z0-9_]+(?:[.-][A-Za-z0-9_]+)*")


@dataclass(frozen=True, slots=True)
class Recorded:
    """One result as a notebook gave it; exact numbers as ``n`` or ``n/d``."""

    result_id: str
    value: str
    low: str
    high: str
    unit: str
    state: str
    formula: str
    figures: str
    facts: str
    bounds_by: str
    kind: str = "number"
    """``number``, ``day`` (ISO text) or ``words``."""
    ci_low: str = ""
    ci_high: str = ""
    level: str = ""
    switch: str = ""
    option: str = ""
    cell: int = 0

    @property
    def key(self) -> tuple[str, str, str]:
        """What may stand once."""
        return self.result_id, self.switch, self.option

    @property
    def told(self) -> tuple[str, ...]:
        """What makes two of them the same result: all but where it was recorded."""
        return tuple(asdict(self).values())[:-1]


_session: dict[tuple[str, str, str], Recorded] = {}


def record(
    name: str,
    values: object,
    *,
    ci: tuple[Any, Any] | None = None,
    level: float = 0.95,
    choice: Mapping[str, str] | None = None,
    how: object = "",
    rests_on: object = "",
    study: StudyLike = None,
) -> None:
    """Give results their ids; the rebuild stores them, elsewhere they are compared with the store.

    Parameters
    ----------
    name : str
        An id such as ``"rule"``, or a pattern such as ``"paid_of_committed.{recipient}"`` whose
        fields are names of the index of `values`.
    values : Quantity, number, str, date, or Series of them
        A quantity is kept exactly, with its formula and figures. An integer and a fraction are
        exact. A float is an estimate: eight digits are kept. Text is a verdict.
    ci : pair of floats or of Series, optional
        Ends of a confidence interval. They are no bounds of the print, and stand apart.
    level : float, default 0.95
        Of the interval.
    choice : mapping of str to str, optional
        One judgement call made otherwise, such as ``{"rule": "rounded"}``: the number is not the
        result, but what it would be. Recorded after the result itself.
    how : str or Series of str, optional
        In words how a plain number came about, such as ``"Cohen's kappa"``.
    rests_on : str, list of str, or Series of these, optional
        Ids of figures, facts, projects or events behind a plain number.
    study : Study or path, optional

    Raises
    ------
    ResultError
        If the id fits no result, or a value cannot be recorded. In a rebuild also if an id stands
        twice with two values, or has no words in ``data/raw/results.csv``.

    Examples
    --------
    >>> import aidstudy as aid
    >>> figures = aid.load_figures().set_index("figure_id")
    >>> aid.record("rule", figures["quantity"]["ganzi-018"])
    rule: as stored
    """
    opened = load_study(study)
    found = list(_recorded(opened, name, values, ci, level, choice, how, rests_on))
    if os.environ.get(RECORD_TO):
        _write(Path(os.environ[RECORD_TO]), found)
        print(_line(found, "as stored"))
    else:
        _say_whether_stored(opened, found)


def _recorded(
    study: Study,
    name: str,
    values: object,
    ci: tuple[Any, Any] | None,
    level: float,
    choice: Mapping[str, str] | None,
    how: object,
    rests_on: object,
) -> Iterator[Recorded]:
    words = result_words(study)
    switch, option = _the_choice(choice)
    for result_id, label, value in _by_id(name, values):
        unit = words[result_id]["unit"] if result_id in words else None
        row = _number(value, unit, result_id)
        if not isinstance(value, (Quantity, Missing)):
            row |= {"formula": str(_at(how, label)) or row["formula"]}
        row |= _behind(study, _at(rests_on, label), row)
        if ci is not None:
            low, high = (_digits(float(_at(end, label))) for end in ci)
            if low != "nan":
                row |= {"ci_low": low, "ci_high": high, "level": f"{level:g}"}
        yield Recorded(result_id, **row, switch=switch, option=option, cell=_cell())


def _by_id(name: str, values: object) -> Iterator[tuple[str, object, object]]:
    """Each id with its label in the index and its value; rows in the order of the series."""
    fields = _FIELD.findall(name)
    if isinstance(values, pd.DataFrame):
        raise ResultError(f"{name}: a table has many columns; record one of them")
    if not isinstance(values, pd.Series):
        if fields:
            raise ResultError(f"{name}: one value has no {fields[0]}; write the id out")
        yield _checked(name), None, values
        return
    names = [str(one) for one in values.index.names]
    unknown = [field for field in fields if field not in names]
    if unknown or not fields:
        lacks = f"no level {unknown[0]!r}" if unknown else "many rows, the id no field in braces"
        raise ResultError(f"{name}: the index of the values has {lacks}; its levels: {names}")
    for label, value in values.items():
        levels = label if isinstance(label, tuple) else (label,)
        yield _checked(name.format(**dict(zip(names, levels, strict=True)))), label, value


def _checked(result_id: str) -> str:
    if not _ID.fullmatch(result_id):
        raise ResultError(
            f"result {result_id!r}: an id has letters, digits, - and _, in parts with dots"
        )
    return result_id


def _at(values: object, label: object) -> Any:
    return values[label] if isinstance(values, pd.Series) and label is not None else values


def _the_choice(choice: Mapping[str, str] | None) -> tuple[str, str]:
    if not choice:
        return "", ""
    if len(choice) > 1:
        raise ResultError(f"choice {dict(choice)}: one judgement call at a time is recorded")
    ((switch, option),) = choice.items()
    if switch not in SWITCHES or option not in SWITCHES[switch].options:
        known = SWITCHES[switch].options if switch in SWITCHES else SWITCHES
        wrong = option if switch in SWITCHES else switch
        raise ResultError(f"choice {dict(choice)}: no such one{did_you_mean(wrong, known)}")
    return switch, option


def _number(value: Any, unit: str | None, result_id: str) -> dict[str, str]:
    """The columns of a value, in the unit of its words, or in its own when it has none."""
    row = dict.fromkeys(("value", "low", "high", "formula", "figures", "facts", "bounds_by"), "")
    row |= {"unit": unit or "", "state": "derived", "formula": "computed in the notebook"}
    if isinstance(value, Quantity):
        shown = value if unit is None or unit == value.unit else value.to(unit)
        interval, bounds_by = shown.interval, shown.term.bounded()[1]
        ends = {"value": shown.exact, "low": interval.low, "high": interval.high}
        return row | {
            **{column: "" if end is None else str(end) for column, end in ends.items()},
            "unit": shown.unit,
            "state": shown.state,
            "formula": shown.formula,
            "figures": " ".join(shown.figures),
            "facts": " ".join(shown.facts),
            "bounds_by": bounds_by,
        }
    if isinstance(value, Missing):
        return row | {"state": value.state, "formula": value.state.replace("_", " ")}
    if value is None or value is pd.NA or value is pd.NaT:
        raise ResultError(
            f"result {result_id}: {value!r} does not say why nothing is there; give "
            "aidstudy.Missing('not_reported') or Missing('not_applicable')"
        )
    if isinstance(value, str):
        return row | {"value": value, "unit": "", "kind": "words", "formula": "a verdict"}
    if isinstance(value, dt.date | pd.Timestamp):
        day = value.date() if isinstance(value, dt.datetime) else value
        told = dict.fromkeys(("value", "low", "high"), day.isoformat())
        return row | told | {"unit": "date", "kind": "day", "bounds_by": "exact inputs"}
    if isinstance(value, Integral | Fraction):
        # Fraction of a NumPy integer would keep the NumPy type.
        number = str(Fraction(int(value)) if isinstance(value, Integral) else value)
        return row | dict.fromkeys(("value", "low", "high"), number) | {"bounds_by": "exact inputs"}
    if isinstance(value, Real):
        if value != value:
            raise ResultError(f"result {result_id}: NaN; say why with aidstudy.Missing(state)")
        return row | {"value": _digits(float(value)), "state": "estimated"}
    raise ResultError(f"result {result_id}: {type(value).__name__} is nothing that can be recorded")


def _digits(value: float) -> str:
    if value != value:
        return "nan"
    return str(Fraction(f"{value:.{ESTIMATED_DIGITS}g}"))


def _behind(study: Study, ids: object, row: Mapping[str, str]) -> dict[str, str]:
    """Figures and facts among the ids go to their columns; other rows are named in the formula."""
    if ids is pd.NA or ids != ids:  # an empty cell of a column of ids
        return {}
    listed = ids.split() if isinstance(ids, str) else [str(one) for one in ids]  # type: ignore[attr-defined]
    if not listed:
        return {}
    figures, facts = (_ids(study, spec) for spec in (FIGURES, CONTEXT_CLEAN))
    others = [one for one in listed if one not in figures and one not in facts]
    told = {
        column: " ".join(
            dict.fromkeys([*row[column].split(), *(one for one in listed if one in known)])
        )
        for column, known in (("figures", figures), ("facts", facts))
    }
    return told | ({"formula": f"{row['formula']}: {' '.join(others)}"} if others else {})


def _ids(study: Study, spec: Any) -> set[str]:
    name = f"data/clean/{spec.name}.csv"
    return set(read_cells(study.folder / name, spec.names, name=name)[spec.key[0]])


def result_words(study: Study) -> dict[str, dict[str, str]]:
    """Analysis, unit, labels and note of each result by id; none where a study has no such file."""
    name = f"data/raw/{RESULT_WORDS.name}.csv"
    path = study.folder / name
    if not path.exists():
        return {}
    rows = read_cells(path, RESULT_WORDS.names, name=name).to_dict("records")
    return {row["result_id"]: row for row in rows}


def _cell() -> int:
    """The number of the running cell, from 1; 0 outside a notebook."""
    try:
        shell = get_ipython()  # type: ignore[name-defined]
    except NameError:
        return 0
    # The list of inputs ends with the running cell; kernels count on before it runs.
    return len(shell.user_ns["In"]) - 1


# --- in a rebuild -------------------------------------------------------------------------------


def _write(path: Path, found: Sequence[Recorded]) -> None:
    for one in found:
        before = _session.get(one.key)
        if before is not None and before.told != one.told:
            raise ResultError(
                f"result {one.result_id}: recorded as {before.value or before.state} and again as "
                f"{one.value or one.state}; give one of them another id"
            )
    try:
        with path.open("a", encoding="utf-8") as lines:
            for one in found:
                if one.key not in _session:
                    lines.write(json.dumps(asdict(one), ensure_ascii=False) + "\n")
                _session[one.key] = one
    except OSError as error:
        raise file_error(error, path, "written") from error


def collected(paths: Iterable[Path], cells: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    """What notebooks recorded, in the order of the course.

    Parameters
    ----------
    paths : iterable of Path
        The files of the kernels, each named as its notebook.
    cells : mapping of str to sequence of str
        The ids of the code cells of each notebook, in order.

    Returns
    -------
    list of dict
        Fields of a record and ``notebook`` (its name without number) and ``cell`` (its id).

    Raises
    ------
    ResultError
        If an id was recorded by two notebooks.
    """
    rows: list[dict[str, Any]] = []
    seen: dict[tuple[str, str, str], str] = {}
    for path in sorted(paths):
        for line in read_whole(path).decode("utf-8").splitlines():
            row = json.loads(line)
            key = (row["result_id"], row["switch"], row["option"])
            if key in seen:
                raise ResultError(
                    f"result {key[0]}: recorded by {seen[key]} and by {path.stem}; rename one"
                )
            seen[key] = path.stem
            row["cell"] = cells[path.stem][row["cell"] - 1]
            row["notebook"] = re.sub(r"^\d+_", "", path.stem)
            rows.append(row)
    return rows


def worded(study: Study, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Recorded results with their words and exact numbers; judgement calls made otherwise left out.

    Raises
    ------
    ResultError
        If a result has no words, although the study has a file of them.
    """
    words = result_words(study)
    given = [row for row in rows if not row["switch"]]
    missing = [row["result_id"] for row in given if row["result_id"] not in words]
    if missing and words:
        raise ResultError(
            f"result {missing[0]}: no words{did_you_mean(missing[0], words)}; add a row to "
            f"data/raw/{RESULT_WORDS.name}.csv"
        )
    columns = ("analysis", "label", "label_zh", "note")
    told = []
    for row in given:
        name = row["result_id"]
        own = {"analysis": UNLETTERED, "label": name, "label_zh": f"结果 {name}"}
        own["note"] = "the study has no words for it"
        told.append({column: words[name][column] for column in columns} if words else own)
    return [row | exact_cells(row) | about for row, about in zip(given, told, strict=True)]


def exact_cells(row: Mapping[str, str], prefix: str = "") -> dict[str, Any]:
    """Value and bounds of a record as fractions, days as ISO text, verdicts as words."""
    number = Fraction if row["kind"] == "number" else str
    found = {
        prefix + column: number(row[column]) if row[column] else None
        for column in ("value", "low", "high")
    }
    if prefix:
        return found
    ends = ("ci_low", "ci_high", "level")
    return found | {end: Fraction(row[end]) if row[end] else None for end in ends}


def under(rows: Sequence[dict[str, Any]], made: Mapping[str, str]) -> list[dict[str, Any]]:
    """What was recorded for one of the choices of a study stands there for the result itself."""
    chosen = {
        row["result_id"]: row | {"switch": "", "option": ""}
        for row in rows
        if row["switch"] and made.get(row["switch"]) == row["option"]
    }
    return [
        row if row["switch"] else chosen.get(row["result_id"], row)
        for row in rows
        if row["switch"] not in made
    ]


def moved(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows of the table of sensitivity: results that a recorded choice moves.

    Raises
    ------
    ResultError
        If a choice was recorded for a result that was not.
    """
    default = {row["result_id"]: row for row in rows if not row["switch"]}
    found = []
    for row in rows:
        if not row["switch"]:
            continue
        if row["result_id"] not in default:
            raise ResultError(
                f"result {row['result_id']}: recorded for {row['switch']}={row['option']} only; "
                "record the result itself first"
            )
        before = default[row["result_id"]]
        if all(row[column] == before[column] for column in ("value", "low", "high", "state")):
            continue
        new, old = exact_cells(row), exact_cells(before, "default_")
        days = row["kind"] == before["kind"] == "day"
        numbers = [_ordinal(one) if days else one for one in (new["value"], old["default_value"])]
        both = all(isinstance(one, Fraction) for one in numbers)
        found.append(
            {column: row[column] for column in ("result_id", "switch", "option", "unit", "state")}
            | new
            | old
            | {"default_state": before["state"]}
            | {"difference": numbers[0] - numbers[1] if both else None}
        )
    return found


def _ordinal(day: str) -> Fraction:
    return Fraction(dt.date.fromisoformat(day).toordinal())


# --- elsewhere ----------------------------------------------------------------------------------


def _say_whether_stored(study: Study, found: Sequence[Recorded]) -> None:
    try:
        stored = _stored_cells(study)
    except AidstudyError as error:  # a copy without stored results must do no harm
        print(_line(found, f"not compared ({type(error).__name__})"))
        return
    lines = []
    same = []
    for one in found:
        if one.key in _session and _session[one.key].told != one.told:
            warnings.warn(f"{one.result_id}: recorded before with another value", stacklevel=3)
        _session[one.key] = one
        row = stored.get(one.key)
        if row is None and one.switch:
            row = stored.get((one.result_id, "", ""))
        if row is None:
            lines.append(f"{one.result_id}: not stored")
        elif (_csv(one), one.state) == ((row["value"], row["low"], row["high"]), row["state"]):
            same.append(one)
        else:
            lines.append(
                f"{one.result_id}: {_csv(one)[0] or one.state}, "
                f"stored {row['value'] or row['state']}"
            )
    if same:
        print(_line(same, "as stored"))
    for line in lines:
        print(line)


def _stored_cells(study: Study) -> dict[tuple[str, str, str], dict[str, str]]:
    """The stored results as text cells, and those that a judgement call moves."""
    found = {}
    for spec in (RESULTS, SENSITIVITY):
        name = f"data/clean/{spec.name}.csv"
        for row in read_cells(study.folder / name, spec.names, name=name).to_dict("records"):
            found[row["result_id"], row.get("switch", ""), row.get("option", "")] = row
    return found


def _csv(one: Recorded) -> tuple[str, str, str]:
    """Value and bounds as the stored table writes them."""
    numbers = exact_cells(asdict(one))
    return tuple(written(column, numbers[column]) for column in ("value", "low", "high"))  # type: ignore[return-value]


def _line(found: Sequence[Recorded], said: str) -> str:
    if not found:
        return "nothing to record: the page has nothing for it"
    more = f" and {len(found) - 1} more" if len(found) > 1 else ""
    return f"{found[0].result_id}{more}: {said}"
