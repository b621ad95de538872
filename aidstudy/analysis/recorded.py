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
from fractions import Fraction
from numbers import Rational, Real
from pathlib import Path
from typing import Any

import pandas as pd

from aidstudy.analysis.served import ID, known_ids, stored_label
from aidstudy.analysis.switches import SWITCHES, checked_choices
from aidstudy.bilingual import Words
from aidstudy.codebook import RESULT_WORDS, RESULTS, SENSITIVITY, did_you_mean
from aidstudy.errors import AidstudyError, ResultError
from aidstudy.files import file_error, read_whole, write_whole
from aidstudy.intervals import cell_text
from aidstudy.quantity.scalar import Missing, Quantity
from aidstudy.tables.draft import draft_stamp
from aidstudy.tables.files import csv_text, read_cells
from aidstudy.tables.load import StudyLike
from aidstudy.tables.study import Study, load_study

RECORD_TO = "AIDSTUDY_RECORD"
"""The variable that names the file of a kernel; only the rebuild sets it."""

ESTIMATED_DIGITS = 8
"""Floats of statsmodels and scipy differ behind these between machines and versions."""

UNLETTERED = "-"
"""Analysis of a result of a study that has no words for its results."""

_FIELD = re.compile(r"\{(\w+)\}")

Row = dict[str, Any]
"""One result as a notebook gave it: text, exact numbers as ``n`` or ``n/d``, and its cell."""
Key = tuple[str, str, str]

_NUMBERS = ("value", "low", "high")
_TEXTS = ("formula", "figures", "facts", "bounds_by", "ci_low", "ci_high", "level")
_session: dict[Key, Row] = {}


def _key(row: Mapping[str, str]) -> Key:
    """What may stand once."""
    return row["result_id"], row["switch"], row["option"]


def _again(row: Row) -> Row | None:
    """What the session has for a row with another value, wherever it was recorded."""
    before = _session.get(_key(row))
    return None if before is None or before | {"cell": 0} == row | {"cell": 0} else before


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
    words, made = result_words(opened), _the_choice(choice) | {"cell": _cell()}
    found = []
    for result_id, label, value in _by_id(name, values):
        row = _number(value, words.get(result_id, {}).get("unit"), result_id)
        if not isinstance(value, (Quantity, Missing)):
            row |= {"formula": str(_told_at(how, label)) or row["formula"]}
        row |= _behind(opened, _told_at(rests_on, label), row) | _interval(ci, level, label)
        found.append(row | made | {"result_id": result_id})
    if os.environ.get(RECORD_TO):
        _write(Path(os.environ[RECORD_TO]), found)
    else:
        _say_whether_stored(opened, found)


def _interval(ci: tuple[Any, Any] | None, level: float, label: object) -> dict[str, str]:
    """The ends of a confidence interval, where there is one."""
    ends = [_told_at(end, label) for end in ci or ("",)]
    if any(isinstance(end, str) for end in ends):
        return {}
    low, high = (_digits(float(end)) for end in ends)
    return {"ci_low": low, "ci_high": high, "level": f"{level:g}"}


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
    if ID.fullmatch(result_id):
        return result_id
    told = "an id has letters, digits, - and _, in parts with dots"
    raise ResultError(f"result {result_id!r}: {told}")


def _told_at(values: object, label: object) -> Any:
    """What a series, or one value for all, says of a label; a missing cell says nothing."""
    cell: Any = values[label] if isinstance(values, pd.Series) and label is not None else values
    return "" if pd.api.types.is_scalar(cell) and pd.isna(cell) else cell


def _the_choice(choice: Mapping[str, str] | None) -> dict[str, Any]:
    """The one judgement call that is made otherwise; a share of one's own is no stored option."""
    ((switch, option), *more) = [*checked_choices(choice or {}).items()] or [("", "")]
    if more or (switch and option not in SWITCHES[switch].options):
        raise ResultError(f"choice {choice}: one option of one judgement call is recorded")
    return {"switch": switch, "option": option}


def _number(value: Any, unit: str | None, result_id: str) -> Row:
    """The columns of a value, in the unit of its words; its ``kind`` is number, day or words."""
    row: Row = dict.fromkeys((*_NUMBERS, *_TEXTS), "") | {"unit": unit or "", "kind": "number"}
    row |= {"state": "derived", "formula": "computed in the notebook"}
    if isinstance(value, Quantity):
        shown = value if unit is None or unit == value.unit else value.to(unit)
        ends = (shown.exact, shown.interval.low, shown.interval.high)
        row |= zip(_NUMBERS, ("" if end is None else str(end) for end in ends), strict=True)
        row |= {name: getattr(shown, name) for name in ("unit", "state", "formula")}
        row |= {name: " ".join(getattr(shown, name)) for name in ("figures", "facts")}
        return row | {"bounds_by": shown.term.bounded()[1]}
    if isinstance(value, Missing):
        return row | {"state": value.state, "formula": value.state.replace("_", " ")}
    if value is None or value is pd.NA or value is pd.NaT:
        raise ResultError(
            f"result {result_id}: {value!r} does not say why nothing is there; give "
            "aidstudy.Missing('not_reported') or Missing('not_applicable')"
        )
    if isinstance(value, str):
        return row | {"value": value, "unit": "", "kind": "words", "formula": "a verdict"}
    if isinstance(value, Real) and not isinstance(value, Rational):
        if value != value:
            raise ResultError(f"result {result_id}: NaN; say why with aidstudy.Missing(state)")
        return row | {"value": _digits(float(value)), "state": "estimated"}
    if isinstance(value, dt.date):
        day = value.date() if isinstance(value, dt.datetime) else value
        row |= {"unit": "date", "kind": "day"}
    elif not isinstance(value, Rational):
        name = type(value).__name__
        raise ResultError(f"result {result_id}: {name} is nothing that can be recorded")
    exact = str(value if isinstance(value, Rational) else day)
    return row | dict.fromkeys(_NUMBERS, exact) | {"bounds_by": "exact inputs"}


def _digits(value: float) -> str:
    return str(Fraction(f"{value:.{ESTIMATED_DIGITS}g}"))


def _behind(study: Study, ids: object, row: Mapping[str, str]) -> dict[str, str]:
    """Figures and facts among the ids go to their columns; other rows are named in the formula."""
    listed = ids.split() if isinstance(ids, str) else [str(one) for one in ids]  # type: ignore[attr-defined]
    if not listed:
        return {}
    told, others = {}, dict.fromkeys(listed)
    for column, known in known_ids(study).items():
        own = [one for one in listed if one in known]
        told[column] = " ".join(dict.fromkeys([*row[column].split(), *own]))
        others = {one: None for one in others if one not in known}
    return told | ({"formula": f"{row['formula']}: {' '.join(others)}"} if others else {})


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


def _write(path: Path, found: Sequence[Row]) -> None:
    for one in found:
        if (before := _again(one)) is not None:
            raise ResultError(
                f"result {one['result_id']}: recorded as {before['value'] or before['state']} and "
                f"again as {one['value'] or one['state']}; give one of them another id"
            )
    try:
        with path.open("a", encoding="utf-8") as lines:
            for one in found:
                if _key(one) not in _session:
                    lines.write(json.dumps(one, ensure_ascii=False) + "\n")
                _session[_key(one)] = one
    except OSError as error:
        raise file_error(error, path, "written") from error
    print(_line(found, "as stored"))


def collected(paths: Iterable[Path], cells: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    """What notebooks recorded, in the order of the course, with exact cells."""
    rows: list[dict[str, Any]] = []
    seen: dict[Key, str] = {}
    for path in sorted(paths):
        for line in read_whole(path).decode("utf-8").splitlines():
            row = json.loads(line)
            other = seen.setdefault(_key(row), path.stem)
            if other != path.stem:
                raise ResultError(
                    f"result {row['result_id']}: recorded by {other} and by {path.stem}; rename one"
                )
            place = {"cell": cells[path.stem][row["cell"] - 1]}
            place["notebook"] = re.sub(r"^\d+_", "", path.stem)
            rows.append(row | exact_cells(row) | place)
    return rows


def write_results(study: Study, recorded: Sequence[dict[str, Any]]) -> None:
    """Write what notebooks recorded, and which of it moves under each judgement call."""
    told = under(recorded, study.made)
    for spec, rows in ((RESULTS, worded(study, told)), (SENSITIVITY, moved(told))):
        cells = ({name: cell_text(name, row.get(name)) for name in spec.names} for row in rows)
        write_whole(study.folder / stored_label(spec), csv_text(spec.names, cells))


def worded(study: Study, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Recorded results with words, without judgement calls made otherwise."""
    words, stamp, told = result_words(study), draft_stamp(study).en, []
    for row in (row for row in rows if not row["switch"]):
        name = row["result_id"]
        if words and name not in words:
            raise ResultError(
                f"result {name}: no words{did_you_mean(name, words)}; add a row to "
                f"data/raw/{RESULT_WORDS.name}.csv"
            )
        label = Words.told("result", name=name)
        own = {"analysis": UNLETTERED, "label": label.en, "label_zh": label.zh}
        said = words.get(name, own | {"note": "the study has no words for it"})
        said = {column: said[column] for column in (*own, "note")}
        told.append(row | said | {"note": f"{stamp} {said['note']}".strip()})
    return told


def exact_cells(row: Mapping[str, str]) -> dict[str, Any]:
    """Value and bounds of a record as fractions, days as ISO text, verdicts as words."""
    number = Fraction if row["kind"] == "number" else str
    kinds = dict.fromkeys(_NUMBERS, number) | dict.fromkeys(
        ("ci_low", "ci_high", "level"), Fraction
    )
    return {column: kind(row[column]) if row[column] else None for column, kind in kinds.items()}


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


def moved(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Rows of the table of sensitivity: results that a recorded choice moves."""
    default = {row["result_id"]: row for row in rows if not row["switch"]}
    found = []
    for row in (row for row in rows if row["switch"]):
        if row["result_id"] not in default:
            raise ResultError(
                f"result {row['result_id']}: recorded for {row['switch']}={row['option']} only; "
                "record the result itself first"
            )
        before = default[row["result_id"]]
        if any(row[name] != before[name] for name in (*_NUMBERS, "state")):
            new, old = _size(row), _size(before)
            told = {f"default_{name}": before[name] for name in (*_NUMBERS, "state")}
            gap = None if new is None or old is None else new - old
            found.append(row | told | {"difference": gap})
    return found


def _size(row: Row) -> Fraction | None:
    """The value of a row as a number, of a day which it is; none of words."""
    value = row["value"]
    if row["kind"] == "day":
        return Fraction(dt.date.fromisoformat(value).toordinal())
    return value if isinstance(value, Fraction) else None


# --- elsewhere ----------------------------------------------------------------------------------


def _say_whether_stored(study: Study, found: Sequence[Row]) -> None:
    try:
        stored = _stored_rows(study)
    except AidstudyError as error:  # a copy without stored results must do no harm
        print(_line(found, f"not compared ({type(error).__name__})"))
        return
    lines, same = [], []
    for one in found:
        if _again(one) is not None:
            warnings.warn(f"{one['result_id']}: recorded before with another value", stacklevel=3)
        _session[_key(one)] = one
        row = stored.get(_key(one), stored.get((one["result_id"], "", "")))
        numbers = exact_cells(one) | {"state": one["state"]}
        cells = {column: cell_text(column, numbers[column]) for column in (*_NUMBERS, "state")}
        if row is None:
            lines.append(f"{one['result_id']}: not stored")
        elif all(row[column] == cell for column, cell in cells.items()):
            same.append(one)
        else:
            told, before = (said["value"] or said["state"] for said in (cells, row))
            lines.append(f"{one['result_id']}: {told}, stored {before}")
    for line in [_line(same, "as stored")] * bool(same) + lines:
        print(line)


def _stored_rows(study: Study) -> dict[Key, dict[str, str]]:
    """The stored results as text cells, and those that a judgement call moves."""
    found = {}
    for spec in (RESULTS, SENSITIVITY):
        label = stored_label(spec)
        cells = read_cells(study.folder / label, spec.names, name=label)
        for row in cells.to_dict("records"):
            found[row["result_id"], row.get("switch", ""), row.get("option", "")] = row
    return found


def _line(found: Sequence[Row], said: str) -> str:
    if not found:
        return "nothing to record: the page has nothing for it"
    more = f" and {len(found) - 1} more" if len(found) > 1 else ""
    return f"{found[0]['result_id']}{more}: {said}"
