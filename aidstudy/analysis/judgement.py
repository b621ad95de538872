"""The judgement calls, and what each moves: how many results, and one of them to see how far."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pandas as pd

from aidstudy.analysis.desk import DATE
from aidstudy.analysis.served import LETTERS, exact_results, exact_sensitivity, number_cells
from aidstudy.analysis.switches import SWITCHES
from aidstudy.codebook import RESULTS, SENSITIVITY
from aidstudy.quantity.scalar import Missing, Quantity
from aidstudy.tables.load import StudyLike
from aidstudy.tables.ordinary import COLUMNS, frame, of_study
from aidstudy.tables.study import load_study

_TESTED = frozenset(LETTERS) - {"M"}
_NOTHING = ("not_reported", "not_applicable")
_ENDS = ("low", "high", "default_low", "default_high")


@of_study
def judgement_calls(study: StudyLike = None) -> pd.DataFrame:
    """Every judgement call with its options, how many results it moves, and the share moved most.

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

    >>> calls = judgement_calls().set_index("switch")
    >>> calls.loc["paid_in_full", "result_id"], calls.loc["rule", "option"]
    ('paid_of_committed.pooled', 'rounded')
    """
    opened = load_study(study)
    if (opened.clean / f"{SENSITIVITY.name}.csv").exists():
        results, moves = exact_results(opened), exact_sensitivity(opened)
    else:  # it was not rebuilt yet
        results, moves = (pd.DataFrame(columns=list(one.names)) for one in (RESULTS, SENSITIVITY))
    totals = {"results": len(results), "touched": moves["result_id"].nunique()}
    moves = results.drop(columns=[*_NUMBERS, "unit"]).merge(moves, on="result_id", how="right")
    place = {result_id: number for number, result_id in enumerate(results["result_id"])}
    moves = moves.sort_values("result_id", key=lambda ids: ids.map(place), kind="stable")
    rows = []
    for switch in SWITCHES.values():
        (default, meaning), (other, otherwise) = switch.options.items()
        call = {"switch": switch.name, "question": switch.question, "free": switch.free}
        call |= {"default": default, "default_means": meaning.en}
        call |= {"option": other, "option_means": otherwise.en}
        found = moves[moves["switch"] == switch.name]
        shares = found[[_is_share(row) for row in found.to_dict("records")]].to_dict("records")
        most = _shown(max(shares, key=_shift)) if shares else _NOT_SHOWN
        rows.append(call | _counts(found) | totals | {"candidates": len(shares)} | most)
    return frame(rows, COLUMNS["judgement_calls"])


_NUMBERS = ("value", "low", "high", "state")
_NOT_SHOWN = dict.fromkeys(("shift", "quantity", "default_quantity"), Missing("not_applicable"))


def _counts(found: pd.DataFrame) -> dict[str, int]:
    """What happens to the results that a call moves."""
    now, was = (~found[state].isin(_NOTHING) for state in ("state", "default_state"))
    words = found[["value", "default_value"]].map(lambda one: isinstance(one, str))
    dates = found["unit"] == DATE
    changed = found["value"] != found["default_value"]
    return {
        "moved": len(found),
        "lost": int((was & ~now).sum()),
        "gained": int((now & ~was).sum()),
        "verdicts": int((words.any(axis=1) & ~dates & changed).sum()),
        "dates": int(dates.sum()),
    }


def _is_share(row: dict[str, Any]) -> bool:
    return bool(
        row["unit"] == "%"
        and row["analysis"] in _TESTED
        and row["default_state"] != "hypothetical"
        and not row["result_id"].endswith((".lower", ".upper"))
        and all(isinstance(row[end], Fraction) and 0 <= row[end] <= 100 for end in _ENDS)
    )


def _shift(row: dict[str, Any]) -> Fraction:
    """How far the value or an end of the bounds moves, whichever moves further."""
    pairs = ((row[part], row[f"default_{part}"]) for part in ("value", "low", "high"))
    shifts: list[Fraction] = [abs(new - old) for new, old in pairs if None not in (new, old)]
    return max(shifts)


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    name = row["result_id"]
    return {
        "result_id": name,
        "label_en": row["label"],
        "label_zh": row["label_zh"],
        "shift": Quantity.given(_shift(row), "%"),
        "quantity": number_cells(row, f"{name} if {row['option']}", "")["quantity"],
        "default_quantity": number_cells(row, name, "default_")["quantity"],
    }
