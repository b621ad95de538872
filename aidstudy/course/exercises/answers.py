"""A reader's answer, read: a number, a choice or ids, whatever it came as."""

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

from aidstudy.course.exercises.model import NOT_REPORTED, Exercise, number_of
from aidstudy.errors import AidstudyError
from aidstudy.intervals import Interval
from aidstudy.quantity.scalar import Missing, Quantity
from aidstudy.reading.quantities import Reading, read_quantity
from aidstudy.result import Term

_SILENT = frozenset({"notreported", "未载明", "未报告", "n/a", "nr"})
_SCALES = {"": 1, "thousand": 10**3, "million": 10**6, "billion": 10**9}
_ENGLISH = re.compile(
    r"(?P<before>CNY|RMB|yuan|¥)?\s*(?P<sign>[-−]?)(?P<number>\d+(?:,\d{3})*(?:\.\d+)?(?:e[+-]?\d+)?)\s*"
    r"(?P<scale>thousand|million|billion)?\s*"
    r"(?P<after>%|per cent|percent|CNY|RMB|yuan|people|persons?)?\s*"
    r"(?P<scale_after>thousand|million|billion)?",
    re.IGNORECASE,
)
_MONEY = {"cny", "rmb", "yuan", "¥"}
_PERCENT = {"%", "per cent", "percent"}
_PEOPLE = {"people", "person", "persons"}
_PER_M2 = ("/m2", "/m²", "per m2", "per m²", "per square metre", "per square meter",
           "/平方米", "每平方米")  # fmt: skip
_WRITTEN = {
    "CNY/m2": _PER_M2,
    "m3": ("m3", "m³", "cubic metres", "cubic meters"),
    "m": ("metres", "meters", "m"),
    "": ("days", "day"),
}
"""Ends of an answer that say its unit in English or by a sign; Chinese ones are read as printed."""


class UnreadableError(Exception):
    """An answer of a type or form that cannot be compared; says what to give instead."""


@dataclass(frozen=True, slots=True)
class Number:
    """A reader's number in base units, and one unit of its last digit; zero if it is exact."""

    value: Fraction
    step: Fraction = Fraction(0)


Answer = Number | tuple[Number, Number] | str | frozenset[str]

SLIP = Fraction(1, 10**11)
"""Relative slip of a float that is no mistake of the reader."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with the bounds of its print, in base units, a share in per cent."""

    value: Fraction | None
    interval: Interval | None = None
    state: str = ""
    unit: str = ""

    @property
    def known(self) -> bool:
        return self.value is not None or self.interval is not None

    def ends(self) -> tuple[Fraction, Fraction]:
        return (self.interval or Interval.exactly(self.value or 0)).closed()

    def allows(self, number: Fraction, digits: int) -> bool:
        """Whether it is within the bounds, or the value itself to so many digits."""
        slip = abs(number) * SLIP
        bounds = self.interval or Interval.exactly(self.value or 0)
        low, high = bounds.low, bounds.high
        if (low is None or low - slip <= number) and (high is None or number <= high + slip):
            return True
        return self.value is not None and abs(number - self.value) <= half(self.value, digits)


def unit_of(value: Fraction, digits: int) -> Fraction:
    """One unit of the last of the digits that must stand; with 0 digits none is."""
    if value == 0 or not digits:
        return Fraction(0)
    return Fraction(10) ** (math.floor(math.log10(abs(value))) - digits + 1)


def half(value: Fraction, digits: int) -> Fraction:
    """What rounding to so many digits may change."""
    return unit_of(value, digits) / 2


def amount_of(thing: Any) -> Amount | None:
    """What is a number of this package, or an exact one; ``None`` for the rest."""
    if isinstance(thing, Amount):
        return thing
    if isinstance(thing, Term):
        unit = "" if thing.leaf is None else thing.leaf.unit
        return Amount(thing.value, thing.bounds(), thing.state, unit)
    if isinstance(thing, Quantity):
        base = thing if thing.unit in ("%", "pp") else thing.in_base()
        return Amount(base.exact, base.interval, thing.state, base.unit)
    if isinstance(thing, Missing):
        return Amount(None, state=thing.state)
    if isinstance(thing, Reading) and isinstance(thing.value, Fraction):
        return Amount(thing.value, thing.interval, "printed", thing.unit)
    if isinstance(thing, Interval):
        return Amount(None, thing, "bounds_only")
    if isinstance(thing, (int, Fraction)) and not isinstance(thing, bool):
        return Amount(Fraction(thing))
    return None


def is_nothing(answer: Any) -> bool:
    """Whether the cell still holds no answer."""
    return answer is None or answer is ... or (isinstance(answer, str) and not answer.strip())


def read_answer(exercise: Exercise, answer: Any) -> Answer:
    """An answer in the form in which it is compared."""
    if isinstance(answer, str) and re.sub(r"[\s_.。]", "", answer.lower()) in _SILENT:
        return NOT_REPORTED
    amount = _amount(answer)
    if amount is not None and amount.state == "not_reported":
        return NOT_REPORTED
    if _missing(answer):
        raise UnreadableError(
            "A missing value says nothing by itself. If you mean that the page does not say, "
            f"answer '{NOT_REPORTED}'."
        )
    if exercise.kind == "choice":
        return _choice(exercise, answer)
    if exercise.kind == "ids":
        return _ids(answer)
    if exercise.kind == "bounds":
        return _pair(exercise, answer)
    return _number(exercise, answer)


def _amount(answer: Any) -> Amount | None:
    """A number of the package with its state; text, arrays and tables are read elsewhere."""
    many = isinstance(answer, (str, bool, np.generic)) or hasattr(answer, "__len__")
    return None if many else amount_of(answer)


def _missing(answer: Any) -> bool:
    if answer is pd.NA or answer is pd.NaT:
        return True
    return isinstance(answer, (float, np.floating)) and math.isnan(answer)


def _choice(exercise: Exercise, answer: Any) -> str:
    if isinstance(answer, str):
        wanted = answer.strip().lower()
        for option in exercise.options:
            if wanted == option.lower():
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
    raise UnreadableError(f"Give a list of ids, each as text; this is {_type(answer)}.")


def _codes_in(text: str) -> list[str]:
    """Ids with spaces between them, or one code whose words have them, as tables show it."""
    words = text.split()
    return words if any(re.search(r"[\d_.-]", word) for word in words) else ["_".join(words)]


def _pair(exercise: Exercise, answer: Any) -> tuple[Number, Number]:
    if isinstance(answer, str):
        ends = re.split(r"\s*(?:,\s+|;|\bto\b|–|~|至)\s*", answer.strip("[]() "))
        if len(ends) == 2 and _scaled(ends[0]) != _scaled(ends[1]):
            raise UnreadableError(
                "Write the unit at both ends, or give two numbers as a pair, the lowest first."
            )
        if len(ends) == 2:
            return _number(exercise, ends[0]), _number(exercise, ends[1])
        raise UnreadableError("Give two numbers, the lowest and the highest, as a pair.")
    amount = _amount(answer)
    interval: Interval | None = None if amount is None else amount.interval
    if interval is not None and interval.low is not None and interval.high is not None:
        return Number(interval.low), Number(interval.high)
    if isinstance(answer, (tuple, list, np.ndarray, pd.Series)) and len(answer) == 2:
        low, high = list(answer)
        return _number(exercise, low), _number(exercise, high)
    raise UnreadableError(
        f"Give two numbers, the lowest and the highest, as a pair; this is {_type(answer)}."
    )


def _scaled(text: str) -> bool:
    """Whether a text names thousands, millions or the like."""
    return re.search(r"thousand|million|billion|[万亿]", text.lower()) is not None


def _number(exercise: Exercise, answer: Any) -> Number:
    if isinstance(answer, np.generic):
        answer = answer.item()
    if isinstance(answer, dt.timedelta):
        answer = answer.days
    if isinstance(answer, bool):
        raise UnreadableError(f"Give {_wanted(exercise)}; this is {answer}.")
    if isinstance(answer, str):
        return _text_number(exercise, answer.strip())
    if isinstance(answer, int):
        return _plain(str(answer), Fraction(exercise.scale))
    if isinstance(answer, (float, Decimal)):
        if not math.isfinite(answer):
            raise UnreadableError(f"Give {_wanted(exercise)}; this is {answer}.")
        return _plain(f"{Decimal(str(answer)).normalize():f}", Fraction(exercise.scale))
    amount = _amount(answer)
    if amount is None:
        raise UnreadableError(
            f"Give {_wanted(exercise)}; this is {_type(answer)}"
            + (", so take one value out of it." if hasattr(answer, "__len__") else ".")
        )
    _check_unit(exercise, amount.unit)
    value = amount.value
    if value is None and exercise.end and amount.interval is not None:
        value = getattr(amount.interval, exercise.end)
    if value is None:
        raise UnreadableError(f"Give {_wanted(exercise)}; this has bounds and no single value.")
    return Number(value * (exercise.scale if not amount.unit and not amount.state else 1))


def _text_number(exercise: Exercise, text: str) -> Number:
    # As a notebook shows it: 26.72 [26.715, 26.725] CNY million.
    text = _without_unit(exercise.unit, re.sub(r"\s*\[[^\]]*\]", "", text))
    found = _ENGLISH.fullmatch(text)
    if found:
        named = {(found[name] or "").lower() for name in ("before", "after")} - {""}
        if named & _MONEY:
            _check_unit(exercise, "CNY")
        if named & _PERCENT:
            _check_unit(exercise, "%")
        if named & _PEOPLE:
            _check_unit(exercise, "person")
        digits = found["number"].replace(",", "")
        word = (found["scale"] or found["scale_after"] or "").lower()
        scale = Fraction(_SCALES[word] if word or named & _MONEY else exercise.scale)
        return _plain(f"{'-' if found['sign'] else ''}{digits}", scale)
    try:
        quantity = read_quantity(text, kind="money" if exercise.base == "CNY" else None)
    except AidstudyError:
        raise UnreadableError(
            f"Give {_wanted(exercise)}; {_shown(text)} cannot be read as one."
        ) from None
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
    for end in _WRITTEN.get(unit, ()):
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
