"""Results as LaTeX macros and as JSON, so that a manuscript never types a number."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Mapping
from fractions import Fraction
from math import floor
from types import MappingProxyType

from aidstudy.analysis.desk import DATE
from aidstudy.codebook import STATES, VERDICTS
from aidstudy.errors import ResultError
from aidstudy.papers.model import (
    LANGS,
    Lang,
    Number,
    Unit,
    exact_text,
    money_unit,
    units,
)
from aidstudy.papers.render import bounds_text, number_text
from aidstudy.papers.writers import latex_text
from aidstudy.result import Result
from aidstudy.rounding import OPEN, Digits, write_number
from aidstudy.tables.days import day_text

PREFIX = "aidstudy"

FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "Full": "value, bounds and unit, ready for a sentence",
        "Value": "the value alone, without its unit; the range where there is no single value",
        "Low": "the lower bound alone, rounded down",
        "High": "the upper bound alone, rounded up",
        "Bounds": "both bounds; the value where it is exact",
        "Unit": "the unit alone; empty for plain numbers",
        "State": "printed, derived, hypothetical, and so on",
    }
)
"""What each result has a macro for; no field ends in another, so fields never collide."""

_SUFFIX: Mapping[Lang, str] = MappingProxyType({"en": "", "zh": "Zh"})
_NUMERALS = ("Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")
_PIECE = re.compile(r"[A-Za-z]+|[0-9]")
_NAME = re.compile(r"[A-Za-z0-9._>:-]+")
_NO_BOUND: Mapping[str, Mapping[Lang, str]] = MappingProxyType(
    {
        "low": {"en": "no lower bound", "zh": "无下限"},
        "high": {"en": "no upper bound", "zh": "无上限"},
    }
)

_VERDICTS = {verdict: code.zh for verdict, code in VERDICTS.items()} | {"yes": "是", "no": "否"}


def macro_name(result: Result) -> str:
    """The name that all macros of a result begin with, without the backslash.

    The letter of the analysis, then the parts of the id, each with a capital; digits are spelt,
    since a TeX name holds letters only. Names stay as long as ids stay.

    Parameters
    ----------
    result : Result

    Raises
    ------
    ResultError
        If the id holds a character that cannot be spelt.

    Examples
    --------
    >>> from aidstudy.result import Term
    >>> macro_name(Result("revenue.overlap_2011", "B", "", "", Term.number(1), "CNY", ""))
    'aidstudyBRevenueOverlapTwoZeroOneOne'
    """
    if not _NAME.fullmatch(result.result_id):
        raise ResultError(
            f"result {result.result_id!r}: its name cannot be spelt in TeX; use letters, digits, "
            "points and underscores"
        )
    parts = [
        _NUMERALS[int(piece)] if piece.isdigit() else piece[0].upper() + piece[1:]
        for piece in _PIECE.findall(result.result_id)
    ]
    letter = result.analysis.upper()
    if parts[0] == letter:
        parts = parts[1:]
    return "".join([PREFIX, letter, *parts])


def macro_names(results: Iterable[Result]) -> dict[str, str]:
    """The macro name of each result, by id.

    Raises
    ------
    ResultError
        If two results would get the same name.
    """
    names: dict[str, str] = {}
    owners: dict[str, str] = {}
    for result in results:
        name = macro_name(result)
        if name in owners:
            raise ResultError(
                f"results {owners[name]} and {result.result_id}: both would be \\{name} in TeX; "
                "rename one"
            )
        owners[name] = result.result_id
        names[result.result_id] = name
    return names


def result_number(result: Result) -> Number:
    """A result as the number cell of a table."""
    bounds = result.term.bounds()
    low, high = (None, None) if bounds is None else (bounds.low, bounds.high)
    return Number(result.term.value, low, high, result.term.state)


def is_number(result: Result) -> bool:
    """Whether a result is shown as a number, and not as a date or in words."""
    return not result.text and result.unit != DATE


def result_unit(result: Result) -> Unit:
    """The unit in which a result is shown; money is scaled to its size."""
    if not is_number(result):
        return Unit()
    if result.unit != "CNY":
        return units(result.unit)
    number = result_number(result)
    ends = (number.value, number.low, number.high)
    return money_unit(max((abs(end) for end in ends if end is not None), default=Fraction(0)))


def fields(result: Result, lang: Lang) -> dict[str, str]:
    """What the macros of a result say in one language, as plain text.

    Examples
    --------
    >>> from aidstudy.intervals import Interval
    >>> from aidstudy.result import Leaf, Term
    >>> bounds = Interval(3158000000, 3162000000)
    >>> term = Term.of(Leaf("figure", "x-001", Fraction(3160000000), bounds, "31.6亿元", "CNY"))
    >>> result = Result("x.revenue", "B", "Revenue", "财政收入", term, "CNY", "")
    >>> fields(result, "en")["Full"], fields(result, "zh")["Full"]
    ('3.160 (3.158–3.162) CNY bn', '31.60（31.58–31.62）亿元')
    """
    number = result_number(result)
    state = result.term.state
    told = {"State": STATES[state].zh if lang == "zh" else state.replace("_", " ")}
    if result.text or not number.known:
        words = _in_words(result.text, lang) if result.text else told["State"]
        return {"Full": words, "Value": words, "Low": words, "High": words} | {
            "Bounds": words,
            "Unit": "",
            **told,
        }
    if result.unit == DATE:
        return _dates(number, lang) | told
    unit = result_unit(result)
    digits = write_number(number.shown(unit.scale(lang)))
    alone = digits.value
    bounds = bounds_text(digits, lang)
    ends = {
        end: _NO_BOUND[end][lang] if text == OPEN else text or alone
        for end, text in (("low", digits.low), ("high", digits.high))
    }
    return {
        "Full": _full(digits, unit.name(lang, alone), lang),
        "Value": alone or bounds,
        "Low": ends["low"],
        "High": ends["high"],
        "Bounds": bounds or alone,
        "Unit": unit.name(lang, alone),
        **told,
    }


def _in_words(text: str, lang: Lang) -> str:
    """A verdict in Chinese where it has a Chinese name; other texts have one form only."""
    return _VERDICTS.get(text, text) if lang == "zh" else text


def _dates(number: Number, lang: Lang) -> dict[str, str]:
    """The same for a result that is a moment: the day in which it falls."""
    low, high = (
        _NO_BOUND[end][lang] if day is None else day_text(dt.date.fromordinal(floor(day)), lang)
        for end, day in (("low", number.low), ("high", number.high))
    )
    bounds = low if low == high else f"{low}至{high}" if lang == "zh" else f"{low} to {high}"
    value = (
        bounds if number.value is None else day_text(dt.date.fromordinal(floor(number.value)), lang)
    )
    around = f"（{bounds}）" if lang == "zh" else f" ({bounds})"
    return {
        "Full": value if value == bounds else value + around,
        "Value": value,
        "Low": low,
        "High": high,
        "Bounds": bounds,
        "Unit": "",
    }


def _full(digits: Digits, unit: str, lang: Lang) -> str:
    if unit == "%":
        # A per cent sign stands at its number, before the bracket as well as in it.
        digits = Digits(
            f"{digits.value}%" if digits.value else "",
            digits.low,
            digits.high if digits.high in ("", OPEN) else f"{digits.high}%",
        )
        return number_text(digits, lang)
    text = number_text(digits, lang)
    return f"{text}{unit}" if lang == "zh" else f"{text} {unit}".rstrip()


def macros_file(results: Iterable[Result]) -> str:
    """A LaTeX file that defines the macros of all results.

    Parameters
    ----------
    results : iterable of Result

    Returns
    -------
    str
        To be read with ``\\input`` in a preamble. One macro for each field of each result; those
        with the end ``Zh`` are Chinese.

    Raises
    ------
    ResultError
        If two results would get the same name.
    """
    results = tuple(results)
    names = macro_names(results)
    lines = [
        "% One name for every number of the study. Use \\name{} in a sentence, as in",
        "% \\" + names[results[0].result_id] + "Full{}." if results else "% There are no results.",
        "% The end of a name says what it gives; with Zh after it in Chinese (xeCJK or ctex):",
        *(f"%   {field}: {meaning}" for field, meaning in FIELDS.items()),
    ]
    for result in results:
        lines += ["", f"% {result.analysis} {result.result_id}"]
        for lang in LANGS:
            told = fields(result, lang)
            lines += [
                rf"\newcommand{{\{names[result.result_id]}{field}{_SUFFIX[lang]}}}"
                rf"{{{latex_text(told[field])}}}"
                for field in FIELDS
            ]
    return "\n".join(lines) + "\n"


def results_file(results: Iterable[Result]) -> str:
    """The same as JSON: for each result its exact numbers, and what the macros say.

    Parameters
    ----------
    results : iterable of Result

    Returns
    -------
    str
        One object, results by id in their order. ``value``, ``low`` and ``high`` are decimals in
        base units, as text so that no digit is lost; ``null`` where there is none.
    """
    results = tuple(results)
    names = macro_names(results)
    return (
        json.dumps(
            {result.result_id: _record(result, names[result.result_id]) for result in results},
            ensure_ascii=False,
            indent=1,
        )
        + "\n"
    )


def _record(result: Result, name: str) -> dict[str, object]:
    number = result_number(result)
    return {
        "analysis": result.analysis,
        "label": {"en": result.label, "zh": result.label_zh},
        "macro": name,
        "text": result.text or None,
        "value": exact_text(number.value, "value") or None,
        "low": exact_text(number.low, "low") or None,
        "high": exact_text(number.high, "high") or None,
        "unit": result.unit,
        "state": result.term.state,
        "figures": list(result.sources("figure")),
        "facts": list(result.sources("fact")),
        "note": result.note,
        "shown": {
            lang: {field.lower(): text for field, text in fields(result, lang).items()}
            for lang in LANGS
        },
    }


__all__ = [
    "FIELDS",
    "PREFIX",
    "fields",
    "is_number",
    "macro_name",
    "macro_names",
    "macros_file",
    "result_number",
    "result_unit",
    "results_file",
]
