"""The stored results as papers need them: the one place that knows how they are kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from fractions import Fraction
from typing import Any

from aidstudy.analysis.desk import DATE
from aidstudy.analysis.served import exact_results
from aidstudy.bilingual import Words
from aidstudy.codebook import did_you_mean
from aidstudy.errors import ResultError
from aidstudy.papers.model import Number, Unit, money_unit, units
from aidstudy.tables.load import StudyLike, warn_if_behind
from aidstudy.tables.study import load_study


@dataclass(frozen=True, slots=True)
class Recorded:
    """One result: a number with bounds, or days, or words.

    Of a day `number` is missing and `days` holds value, low and high; of a verdict `text` holds
    the words.
    """

    result_id: str
    analysis: str
    label: Words
    number: Number
    unit: str
    state: str
    note: str = ""
    text: str = ""
    days: tuple[dt.date | None, dt.date | None, dt.date | None] | None = None
    figures: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    interval: tuple[Fraction | None, Fraction | None] = (None, None)
    """Of a confidence interval, which is nothing that the print allows."""

    @property
    def is_number(self) -> bool:
        """Whether it is shown as a number, and not as a date or in words."""
        return not self.text and self.unit != DATE

    @property
    def shown_in(self) -> Unit:
        """The unit in which it is shown; money is scaled to its size."""
        if not self.is_number:
            return Unit()
        if self.unit != "CNY":
            return units(self.unit)
        ends = (self.number.value, self.number.low, self.number.high)
        return money_unit(max((abs(end) for end in ends if end is not None), default=Fraction(0)))


def recorded(study: StudyLike = None) -> dict[str, Recorded]:
    """Every stored result by its id, in the stored order.

    Examples
    --------
    >>> found = recorded()["rule_amount.ganzi"]
    >>> found.number.value, found.unit, found.state
    (Fraction(15800000, 1), 'CNY', 'derived')
    """
    opened = load_study(study)
    warn_if_behind(opened)
    return {row["result_id"]: _of(row) for row in exact_results(opened).to_dict("records")}


def chosen_results(
    study: StudyLike, names: Iterable[str] | None = None, analysis: str = ""
) -> list[Recorded]:
    """The results of one analysis by its letter, then those by name: an id, or a pattern of ids."""
    found = recorded(study)
    if names is None:
        return list(found.values())
    letters = sorted({result.analysis for result in found.values()})
    if analysis and analysis not in letters:
        raise ResultError(f"analysis {analysis!r}: no results{did_you_mean(analysis, letters)}")
    chosen = {one: result for one, result in found.items() if result.analysis == analysis}
    for name in names:
        fit = {one: result for one, result in found.items() if fnmatchcase(one, name)}
        if not fit:
            raise ResultError(f"result {name!r}: there is none{did_you_mean(name, found)}")
        chosen |= fit
    return list(chosen.values())


def _of(row: Mapping[str, Any]) -> Recorded:
    value, low, high = (row[end] for end in ("value", "low", "high"))
    state, text, days, number = row["state"], "", None, Number(None, state="not_applicable")
    if isinstance(value, str) and row["unit"] != DATE:
        text = value
    elif row["unit"] != DATE:
        # An estimate is written without bounds, as an exact number is.
        ends = (value, value) if state == "estimated" else (low, high)
        number = Number(value, *ends, state)
    elif value or low or high:
        days = (_day(value), _day(low), _day(high))
    return Recorded(
        row["result_id"],
        row["analysis"],
        Words(row["label"], row["label_zh"]),
        number,
        row["unit"],
        state,
        row["note"],
        text,
        days,
        tuple((row["figures"] or "").split()),
        tuple((row["facts"] or "").split()),
        (row["ci_low"], row["ci_high"]),
    )


def _day(text: str | None) -> dt.date | None:
    return None if text is None else dt.date.fromisoformat(text)
