"""The judgement calls, and what each moves: how many results, and one of them to see how far."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pandas as pd

from aidstudy.analysis.desk import DATE
from aidstudy.analysis.served import LETTERS, exact_sensitivity, number_cells, results_by_id
from aidstudy.analysis.switches import SWITCHES
from aidstudy.codebook import SENSITIVITY
from aidstudy.quantity.scalar import Missing, Quantity
from aidstudy.tables.load import StudyLike
from aidstudy.tables.ordinary import COLUMNS, frame, of_study
from aidstudy.tables.study import load_study

_TESTED = frozenset(LETTERS) - {"M"}
_NOTHING = ("not_reported", "not_applicable")
_ENDS = ("low", "high", "default_low", "default_high")
_VALUES = ("value", "default_value")

Row = dict[str, Any]


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
    opened, results, moves = load_study(study), dict[str, Row](), list[Row]()
    if (opened.clean / f"{SENSITIVITY.name}.csv").exists():  # it was rebuilt before
        results = results_by_id(opened)
        moves = exact_sensitivity(opened).to_dict("records")
    totals = {"results": len(results), "touched": len({row["result_id"] for row in moves})}
    place = {name: number for number, name in enumerate(results)}
    moves.sort(key=lambda row: place.get(row["result_id"], len(place)))
    rows = []
    for switch in SWITCHES.values():
        (default, meaning), (other, otherwise) = switch.options.items()
        call = {"switch": switch.name, "question": switch.question, "free": switch.free}
        call |= {"default": default, "default_means": meaning.en}
        call |= {"option": other, "option_means": otherwise.en}
        found = [row for row in moves if row["switch"] == switch.name]
        shares = [results[row["result_id"]] | row for row in found if row["result_id"] in results]
        shares = [row for row in shares if _is_share(row)]
        most = _shown(max(shares, key=_shift)) if shares else _NOT_SHOWN
        rows.append(call | _counts(found) | totals | {"candidates": len(shares)} | most)
    return frame(rows, COLUMNS["judgement_calls"])


_NOT_SHOWN = dict.fromkeys(("shift", "quantity", "default_quantity"), Missing("not_applicable"))


def _counts(found: list[Row]) -> dict[str, int]:
    """What happens to the results that a call moves."""
    gone = [(row["default_state"] in _NOTHING, row["state"] in _NOTHING) for row in found]
    dates = sum(row["unit"] == DATE for row in found)
    words = [row for row in found if row["unit"] != DATE and row["value"] != row["default_value"]]
    told = [row for row in words if any(isinstance(row[end], str) for end in _VALUES)]
    return {
        "moved": len(found),
        "lost": gone.count((False, True)),
        "gained": gone.count((True, False)),
        "verdicts": len(told),
        "dates": dates,
    }


def _is_share(row: Row) -> bool:
    return bool(
        row["unit"] == "%"
        and row["analysis"] in _TESTED
        and row["default_state"] != "hypothetical"
        and not row["result_id"].endswith((".lower", ".upper"))
        and all(isinstance(row[end], Fraction) and 0 <= row[end] <= 100 for end in _ENDS)
    )


def _shift(row: Row) -> Fraction:
    """How far the value or an end of the bounds moves, whichever moves further."""
    pairs = ((row[part], row[f"default_{part}"]) for part in ("value", "low", "high"))
    shifts: list[Fraction] = [abs(new - old) for new, old in pairs if None not in (new, old)]
    return max(shifts)


def _shown(row: Row) -> dict[str, Any]:
    name = row["result_id"]
    return {
        "result_id": name,
        "label_en": row["label"],
        "label_zh": row["label_zh"],
        "shift": Quantity.given(_shift(row), "%"),
        "quantity": number_cells(row, f"{name} if {row['option']}", "")["quantity"],
        "default_quantity": number_cells(row, name, "default_")["quantity"],
    }
