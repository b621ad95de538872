"""The stored results as papers need them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from fractions import Fraction
from typing import Any

from aidstudy.analysis.desk import DATE
from aidstudy.analysis.served import number_cells, results_by_id
from aidstudy.bilingual import Words
from aidstudy.codebook import one_of, several
from aidstudy.errors import ResultError
from aidstudy.quantity.scalar import Missing, Quantity
from aidstudy.quantity.shown import ShownUnit, unit_for, units
from aidstudy.tables.load import StudyLike, warn_if_behind
from aidstudy.tables.study import load_study


@dataclass(frozen=True, slots=True)
class Recorded:
    """One result: a number with bounds, or days (value, low and high), or words.

    `interval` is a confidence interval, which is nothing that the print allows.
    """

    result_id: str
    analysis: str
    label: Words
    number: Quantity | Missing
    unit: str
    state: str
    note: str = ""
    text: str = ""
    days: tuple[dt.date | None, ...] = ()
    figures: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    interval: tuple[Fraction | None, Fraction | None] = (None, None)

    @property
    def is_number(self) -> bool:
        """Whether it is shown as a number, and not as a date or in words."""
        return not self.text and self.unit != DATE

    @property
    def shown_in(self) -> ShownUnit:
        """The unit in which it is shown; money is scaled to its size."""
        if not self.is_number:
            return ShownUnit()
        return units(self.unit) if isinstance(self.number, Missing) else unit_for(self.number)


def recorded(study: StudyLike = None) -> dict[str, Recorded]:
    """Every stored result by its id, in the stored order.

    Examples
    --------
    >>> found = recorded()["rule_amount.ganzi"]
    >>> found.number, found.state
    (15,800,000 [15,790,000, 15,810,000] CNY, 'derived')
    """
    opened = load_study(study)
    warn_if_behind(opened)
    return {name: _of(row) for name, row in results_by_id(opened).items()}


def chosen_results(
    study: StudyLike, names: Iterable[str] | None = None, analysis: str = ""
) -> list[Recorded]:
    """The results of one analysis by its letter, then those by name: an id, or a pattern of ids."""
    found = recorded(study)
    if names is None:
        return list(found.values())
    letters = sorted({result.analysis for result in found.values()})
    if analysis:
        one_of("results of analysis", analysis, letters, ResultError)
    chosen = {one: result for one, result in found.items() if result.analysis == analysis}
    for name in several("results", names, ResultError):
        fit = {one: result for one, result in found.items() if fnmatchcase(one, name)}
        chosen |= fit or {one_of("result", name, found, ResultError): found[name]}
    return list(chosen.values())


def _of(row: Mapping[str, Any]) -> Recorded:
    cells, dated = number_cells(row, row["result_id"], ""), row["unit"] == DATE
    ends = [row[end] for end in ("value", "low", "high")] if dated else []
    return Recorded(
        row["result_id"],
        row["analysis"],
        Words(row["label"], row["label_zh"]),
        cells["quantity"],
        row["unit"],
        row["state"],
        row["note"],
        "" if dated else cells["text"] or "",
        tuple(day and dt.date.fromisoformat(day) for day in ends) if any(ends) else (),
        tuple((row["figures"] or "").split()),
        tuple((row["facts"] or "").split()),
        (row["ci_low"], row["ci_high"]),
    )
