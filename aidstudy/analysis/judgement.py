"""The judgement calls, and what each moves: how many results, and one of them to see how far."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

import pandas as pd

from aidstudy.analysis import exact_results, exact_sensitivity
from aidstudy.analysis.served import number_cells
from aidstudy.analysis.switches import SWITCHES
from aidstudy.codebook import SENSITIVITY
from aidstudy.quantity.scalar import Missing, Quantity
from aidstudy.tables.load import StudyLike
from aidstudy.tables.ordinary import COLUMNS, frame, of_study
from aidstudy.tables.study import load_study

_LIMITS = "M"
_END_OF_INTERVAL = re.compile(r"\.(?:lower|upper)$")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_ENDS = ("low", "high", "default_low", "default_high")
_COUNTED = ("moved", "results", "touched", "lost", "gained", "verdicts", "dates", "candidates")


@of_study
def judgement_calls(study: StudyLike = None) -> pd.DataFrame:
    """Every judgement call with its options, how many results it moves, and the share moved most.

    Returns
    -------
    pandas.DataFrame
        One row a call, in one order: its ``question``, the ``default`` answer and the other
        ``option``, each with its meaning (``default_means``, ``option_means``); what else it takes
        is in ``free``. ``moved`` counts the results that differ under the other
        option, of ``results`` in all, and ``touched`` those that any call moves. Of the moved ones
        ``lost`` are no longer reported, ``gained`` are reported only then, ``verdicts`` answer in
        words and change their answer, ``dates`` are days. The result shown is chosen by rule: of
        those in per cent that are known under both options and lie within 0 to 100, the one of
        which the value or an end of the bounds moves furthest, by ``shift``, the first of equals;
        what is hypothetical to begin with, ends of sampling intervals and what cannot be tested
        (analysis M) aside. ``candidates`` counts those it was chosen from. It stands under both
        options (``quantity`` and ``default_quantity``), and is missing where there is none.

    Examples
    --------
    >>> calls = judgement_calls().set_index("switch")
    >>> calls.loc["paid_in_full", "result_id"], calls.loc["rule", "option"]
    ('paid_of_committed.pooled', 'rounded')
    """
    opened = load_study(study)
    known: dict[str, dict[str, Any]] = {}
    moves: list[dict[str, Any]] = []
    if (opened.clean / f"{SENSITIVITY.name}.csv").exists():  # else it was not rebuilt yet
        known = {row["result_id"]: row for row in exact_results(opened).to_dict("records")}
        moves = exact_sensitivity(opened).to_dict("records")
    place = {result_id: number for number, result_id in enumerate(known)}
    touched = len({row["result_id"] for row in moves})
    rows = []
    for name in SWITCHES:
        found = [row for row in moves if row["switch"] == name]
        shares = [row for row in found if _is_share(row, known)]
        shares.sort(key=lambda row: (-_shift(row), place[row["result_id"]]))
        counts = _counts(found) | {"results": len(known), "touched": touched}
        counts["candidates"] = len(shares)
        rows.append(_call(name) | counts | _shown(shares[0] if shares else None, known))
    return frame(rows, COLUMNS["judgement_calls"])


def _call(name: str) -> dict[str, Any]:
    """Question and both options of a call."""
    switch = SWITCHES[name]
    (default, meaning), (other, otherwise) = switch.options.items()
    told = {"switch": name, "question": switch.question, "free": switch.free}
    told |= {"default": default, "default_means": meaning}
    return told | {"option": other, "option_means": otherwise}


def _counts(found: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """What happens to the results that a call moves."""
    rows = [(row, _reported(row, ""), _reported(row, "default_")) for row in found]
    return {
        "moved": len(rows),
        "lost": sum(was and not now for _, now, was in rows),
        "gained": sum(now and not was for _, now, was in rows),
        "verdicts": sum(_in_words(row) for row, *_ in rows),
        "dates": sum(row["unit"] == "date" for row, *_ in rows),
    }


def _reported(row: Mapping[str, Any], prefix: str) -> bool:
    return row[f"{prefix}state"] not in ("not_reported", "not_applicable")


def _in_words(row: Mapping[str, Any]) -> bool:
    """Whether a result is a verdict whose words change: neither a number nor a day."""
    words = [row[f"{prefix}value"] for prefix in ("", "default_")]
    return words[0] != words[1] and any(
        isinstance(word, str) and word and not _ISO.fullmatch(word) for word in words
    )


def _is_share(row: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]]) -> bool:
    result = known.get(row["result_id"])
    return bool(
        result is not None
        and row["unit"] == "%"
        and result["analysis"] != _LIMITS
        and row["default_state"] != "hypothetical"
        and not _END_OF_INTERVAL.search(row["result_id"])
        and all(isinstance(row[end], Fraction) and 0 <= row[end] <= 100 for end in _ENDS)
    )


def _shift(row: Mapping[str, Any]) -> Fraction:
    """How far the value or an end of the bounds moves, whichever moves further."""
    shifts: list[Fraction] = [abs(row[end] - row[f"default_{end}"]) for end in ("low", "high")]
    if isinstance(row["value"], Fraction) and isinstance(row["default_value"], Fraction):
        shifts.append(abs(row["value"] - row["default_value"]))
    return max(shifts)


def _shown(row: Mapping[str, Any] | None, known: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    if row is None:
        nothing = Missing("not_applicable")
        return dict.fromkeys(("shift", "quantity", "default_quantity"), nothing)
    result = known[row["result_id"]]
    traced = dict(row) | {"figures": result["figures"], "facts": result["facts"]}
    name = row["result_id"]
    return {
        "result_id": name,
        "label_en": result["label"],
        "label_zh": result["label_zh"],
        "shift": Quantity.given(_shift(row), "%"),
        "quantity": number_cells(traced, f"{name} if {row['option']}", "")["quantity"],
        "default_quantity": number_cells(traced, name, "default_")["quantity"],
    }
