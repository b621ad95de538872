"""A reader's answer, read: numbers, a choice or ids, whatever it came as."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from aidstudy.course.exercises.model import NOT_REPORTED, UNITS, Exercise, number_of
from aidstudy.course.show import quantity_of
from aidstudy.errors import AidstudyError
from aidstudy.intervals import Interval
from aidstudy.quantity.result import Term
from aidstudy.quantity.scalar import Missing, Quantity
from aidstudy.quantity.units import PREFIXES
from aidstudy.reading.figure import Reading
from aidstudy.reading.quantities import read_quantity

_SILENT = frozenset({"notreported", "未载明", "未报告", "n/a", "nr"})
_ENGLISH = re.compile(
    r"(?P<before>CNY|RMB|yuan|¥)?\s*(?P<sign>[-−]?)(?P<number>\d+(?:,\d{3})*(?:\.\d+)?(?:e[+-]?\d+)?)\s*"
    r"(?P<scale>thousand|million|billion)?\s*"
    r"(?P<after>%|per cent|percent|CNY|RMB|yuan|people|persons?)?\s*"
    r"(?P<scale_after>thousand|million|billion)?",
    re.IGNORECASE,
)


class UnreadableError(Exception):
    """An answer of a type or form that cannot be compared; says what to give instead."""


@dataclass(frozen=True, slots=True)
class Number:
    """A reader's number in base units, and one unit of its last digit; zero if it is exact."""

    value: Fraction
    step: Fraction = Fraction(0)


Answer = tuple[Number, ...] | str | frozenset[str]
"""One number, or the two ends of bounds; a choice or ``NOT_REPORTED``; ids."""


SLIP = Fraction(1, 10**11)
"""Relative slip of a float that is no mistake of the reader."""


def allows(right: Quantity, number: Fraction, digits: int) -> bool:
    """Whether a number is within the bounds, or the value itself to so many digits."""
    slip = abs(number) * SLIP
    low, high = right.interval.low, right.interval.high
    if (low is None or low - slip <= number) and (high is None or number <= high + slip):
        return True
    return right.exact is not None and near(number, right.exact, digits)


def unit_of(value: Fraction, digits: int) -> Fraction:
    """One unit of the last of the digits that must stand; with 0 digits none is."""
    if value == 0 or not digits:
        return Fraction(0)
    return Fraction(10) ** (math.floor(math.log10(abs(value))) - digits + 1)


def half(value: Fraction, digits: int) -> Fraction:
    """What rounding to so many digits may change."""
    return unit_of(value, digits) / 2


def near(number: Fraction, wanted: Fraction, digits: int) -> bool:
    """Whether a number is another one to so many digits."""
    return abs(number - wanted) <= half(wanted, digits)


def read_answer(exercise: Exercise, answer: Any) -> Answer:
    """An answer in the form in which it is compared."""
    if isinstance(answer, str) and re.sub(r"[\s_.。]", "", answer.lower()) in _SILENT:
        return NOT_REPORTED
    held = _held(answer)
    if isinstance(held, Missing) and held.state == "not_reported":
        return NOT_REPORTED
    if held is pd.NA or held is pd.NaT or (isinstance(held, float) and math.isnan(held)):
        raise UnreadableError(
            "A missing value says nothing by itself. If you mean that the page does not say, "
            f"answer '{NOT_REPORTED}'."
        )
    if exercise.kind == "choice":
        return _choice(exercise, answer)
    if exercise.kind == "ids":
        return _ids(answer)
    return _pair(exercise, held) if exercise.kind == "bounds" else (_number(exercise, held),)


def _held(answer: Any) -> Any:
    """An answer as a plain number or as a quantity, where it is one of their kinds."""
    if isinstance(answer, np.generic):
        return answer.item()
    if isinstance(answer, Term):
        return Quantity(answer) if answer.known else Missing(answer.state)
    if isinstance(answer, Reading) and isinstance(answer.value, Fraction):
        return quantity_of(answer)
    if isinstance(answer, Interval) and answer.width is not None:
        return Quantity.between(*map(Quantity.given, answer.closed()))
    return answer


def _choice(exercise: Exercise, answer: Any) -> str:
    for option in exercise.options:
        if isinstance(answer, str) and answer.strip().lower() == option.lower():
            return option
    options = ", ".join(f"'{option}'" for option in exercise.options)
    raise UnreadableError(f"{_shown(answer)} is not one of the choices: {options}.")


def _ids(answer: Any) -> frozenset[str]:
    if isinstance(answer, str):
        parts = re.split(r"\s*(?:[,;、，；\n&和与]|\band\b)\s*", answer.strip().lower())
        return frozenset(one for part in parts if part for one in _codes_in(part))
    if isinstance(answer, Iterable) and not isinstance(answer, (dict, pd.DataFrame)):
        found = list(answer)
        if all(isinstance(one, str) for one in found):
            # Tables show the spaces of a code, and the tables' files its underscores.
            return frozenset(re.sub(r"\s+", "_", one.strip().lower()) for one in found)
        other = next(one for one in found if not isinstance(one, str))
        raise UnreadableError(f"Give a list of ids, each as text; {_shown(other)} is none.")
    raise UnreadableError(f"Give a list of ids, each as text; this is {_type(answer)}.")


def _codes_in(text: str) -> list[str]:
    """Ids with spaces between them, or one code whose words have them, as tables show it."""
    words = text.split()
    return words if any(re.search(r"[\d_.-]", word) for word in words) else ["_".join(words)]


def _pair(exercise: Exercise, answer: Any) -> tuple[Number, ...]:
    ends: list[Any] = []
    if isinstance(answer, str):
        ends = re.split(r"\s*(?:,\s+|;|\bto\b|–|~|至)\s*", answer.strip("[]() "))
        scaled = {bool(re.search(r"thousand|million|billion|[万亿]", end.lower())) for end in ends}
        if len(ends) == 2 == len(scaled):
            raise UnreadableError(
                "Write the unit at both ends, or give two numbers as a pair, the lowest first."
            )
    elif isinstance(answer, Quantity):
        if None not in (answer.interval.low, answer.interval.high):
            return tuple(Number(end) for end in _in_base(answer).interval.closed())
    elif isinstance(answer, (tuple, list, np.ndarray, pd.Series)):
        ends = list(answer)
    if len(ends) != 2:
        told = "" if isinstance(answer, str) else f"; this is {_type(answer)}"
        raise UnreadableError(f"Give two numbers, the lowest and the highest, as a pair{told}.")
    return tuple(_number(exercise, _held(end)) for end in ends)


def _in_base(quantity: Quantity) -> Quantity:
    """In base units, a share in per cent."""
    return quantity if quantity.unit in ("%", "pp") else quantity.in_base()


def _number(exercise: Exercise, answer: Any) -> Number:
    wanted = _wanted(exercise)
    if isinstance(answer, str):
        return _text_number(exercise, answer.strip())
    if isinstance(answer, dt.timedelta):
        answer = answer.days
    endless = isinstance(answer, (float, Decimal)) and not math.isfinite(answer)
    if isinstance(answer, bool) or endless:
        raise UnreadableError(f"Give {wanted}; this is {answer}.")
    if isinstance(answer, Fraction):
        return Number(answer * exercise.scale)
    if isinstance(answer, (int, float, Decimal)):
        digits = str(answer) if isinstance(answer, int) else f"{Decimal(str(answer)).normalize():f}"
        return _plain(digits, Fraction(exercise.scale))
    if not isinstance(answer, Quantity):
        one = ", so take one value out of it" if hasattr(answer, "__len__") else ""
        raise UnreadableError(f"Give {wanted}; this is {_type(answer)}{one}.")
    quantity = _in_base(answer)
    _check_unit(exercise, quantity.unit)
    value = quantity.exact
    if value is None and exercise.end:
        value = getattr(quantity.interval, exercise.end)
    if value is None:
        raise UnreadableError(f"Give {wanted}; this has bounds and no single value.")
    return Number(value)


def _text_number(exercise: Exercise, text: str) -> Number:
    # As a notebook shows it: 26.72 [26.715, 26.725] CNY million.
    text = _without_unit(exercise.unit, re.sub(r"\s*\[[^\]]*\]", "", text))
    found = _ENGLISH.fullmatch(text)
    if found:
        words = [(found[name] or "").lower() for name in ("before", "after")]
        named = {unit for unit, names in UNITS.items() for word in words if word in names}
        for unit in named:
            _check_unit(exercise, unit)
        word = (found["scale"] or found["scale_after"] or "").lower()
        scale = Fraction(PREFIXES.get(word, 1) if word or "CNY" in named else exercise.scale)
        sign = "-" if found["sign"] else ""
        return _plain(sign + found["number"].replace(",", ""), scale)
    try:
        quantity = read_quantity(text, kind="money" if exercise.base == "CNY" else None)
    except AidstudyError:
        told = f"{_shown(text)} cannot be read as one"
        raise UnreadableError(f"Give {_wanted(exercise)}; {told}.") from None
    if not isinstance(quantity.value, Fraction):
        raise UnreadableError(f"Give {_wanted(exercise)}; {_shown(text)} is a {quantity.kind}.")
    if quantity.kind != "count":
        _check_unit(exercise, quantity.unit)
    width = quantity.interval.width if quantity.interval else None
    return Number(quantity.value, width or Fraction(0))


def _plain(digits: str, scale: Fraction) -> Number:
    """A numeral in a unit; the zeros at the end of a whole number are no digits."""
    last = len(digits) - len(digits.rstrip("0"))
    if "." in digits or "e" in digits.lower():
        last = int(Decimal(digits).as_tuple().exponent)
    value = Fraction(digits) * scale
    return Number(value, Fraction(10) ** last * scale if value else Fraction(0))


def _without_unit(unit: str, text: str) -> str:
    """Text whose number stands before the unit that is asked for, or a part of it, left out."""
    for end in UNITS.get(unit or "day", (f"{unit}s", unit)):
        if text.lower().endswith(end):
            return text.removesuffix(text[-len(end) :]).rstrip()
    return text


def _check_unit(exercise: Exercise, unit: str) -> None:
    wanted = "%" if exercise.kind == "share" else exercise.base
    # Money for one of something may be given as money: the question says for one of what.
    if unit and wanted and unit not in (wanted, wanted.partition("/")[0]):
        raise UnreadableError(f"The question asks for {_wanted(exercise)}; this is in {unit}.")


def _wanted(exercise: Exercise) -> str:
    if exercise.kind == "count":
        return "a whole number"
    return number_of("%" if exercise.kind == "share" else exercise.unit)


def _type(answer: Any) -> str:
    name = type(answer).__name__
    return f"{'an' if name[0].lower() in 'aeiou' else 'a'} {name}"


def _shown(answer: Any, limit: int = 40) -> str:
    if not isinstance(answer, (str, int, float)):
        return _type(answer)
    text = repr(answer)
    return text if len(text) <= limit else f"{text[:limit]}…"
