"""What each judgement call moves: how many results, and one of them to see how far."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pandas as pd

from aidstudy.analysis import exact_results, exact_sensitivity
from aidstudy.analysis.switches import SWITCHES
from aidstudy.codebook import SENSITIVITY
from aidstudy.tables.load import StudyLike
from aidstudy.tables.study import load_study

_LIMITS = "M"
_END_OF_INTERVAL = re.compile(r"\.(?:lower|upper)$")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_ENDS = ("low", "high", "default_low", "default_high")


def judgement_calls(study: StudyLike = None) -> pd.DataFrame:
    """For each judgement call how many results it moves, and the share that it moves furthest.

    Parameters
    ----------
    study : Study or path, optional

    Returns
    -------
    pandas.DataFrame
        One row a call, as declared. ``moved`` counts the results that differ under the other
        option, of ``results`` in all, and ``touched`` those that any call moves. Of the moved ones
        ``lost`` are no longer reported, ``gained`` are reported only then, ``verdicts`` answer in
        words and change their answer, ``dates`` are days. The result shown is chosen by rule: of
        those in per cent that are known under both options and lie within 0 to 100, the one of
        which the value or an end of the bounds moves furthest, the first of equals; what is
        hypothetical to begin with, ends of sampling intervals and what cannot be tested (analysis
        M) aside. ``result_id`` is ``None`` where there is none; ``candidates`` counts those it was
        chosen from. Value, bounds, state and the figures behind them stand under both options
        (``default_`` and plain).

    Examples
    --------
    >>> calls = judgement_calls().set_index("switch")
    >>> calls.loc["paid_in_full", "result_id"], calls.loc["team_of_40", "result_id"]
    ('paid_of_committed.pooled', None)
    """
    opened = load_study(study)
    if not (opened.clean / f"{SENSITIVITY.name}.csv").exists():
        return pd.DataFrame()  # a new study that was not rebuilt yet
    found_results, moves = exact_results(opened), exact_sensitivity(opened)
    known: dict[str, dict[str, Any]] = {
        row["result_id"]: row for row in found_results.to_dict("records")
    }
    place = {result_id: number for number, result_id in enumerate(known)}
    touched = moves["result_id"].nunique()
    rows = []
    for name in SWITCHES:
        found = [row for row in moves.to_dict("records") if row["switch"] == name]
        shares = [row for row in found if _is_share(row, known)]
        shares.sort(key=lambda row: (-_shift(row), place[row["result_id"]]))
        rows.append(
            {
                "switch": name,
                "moved": len(found),
                "results": len(known),
                "touched": touched,
                "lost": sum(_reported(row, "default_") and not _reported(row, "") for row in found),
                "gained": sum(
                    _reported(row, "") and not _reported(row, "default_") for row in found
                ),
                "verdicts": sum(_in_words(row) for row in found),
                "dates": sum(row["unit"] == "date" for row in found),
                "candidates": len(shares),
            }
            | _shown(shares[0] if shares else None, known)
        )
    moved = {row["switch"] for row in moves.to_dict("records")}
    return pd.DataFrame([row for row in rows if row["switch"] in moved], dtype=object)


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
    parts = ("value", "low", "high", "state")
    if row is None:
        cells = {f"{prefix}{part}": None for prefix in ("", "default_") for part in parts}
        return {
            "result_id": None, "label_en": None, "label_zh": None, "shift": None, "figures": "",
            "default_figures": "",
            **cells, "state": "not_applicable", "default_state": "not_applicable",
        }  # fmt: skip
    result = known[row["result_id"]]
    return {
        "result_id": row["result_id"],
        "label_en": result["label"],
        "label_zh": result["label_zh"],
        "shift": _shift(row),
        "figures": result["figures"],
        "default_figures": result["figures"],
        **{f"{prefix}{part}": row[f"{prefix}{part}"] for prefix in ("", "default_")
           for part in parts},
    }  # fmt: skip


__all__ = ["judgement_calls"]
