"""Results as LaTeX macros and as JSON, so that a manuscript never types a number."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from aidstudy.codebook import STATES, VERDICTS
from aidstudy.errors import ResultError
from aidstudy.papers.grid import bounds_text, number_text
from aidstudy.papers.model import LANGS, Lang, exact_text, told
from aidstudy.papers.recorded import Recorded, as_recorded
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


def macro_name(result: Result | Recorded) -> str:
    """The name that all macros of a result begin with, without the backslash.

    The letter of the analysis, then the parts of the id, each with a capital; digits are spelt,
    since a TeX name holds letters only. Names stay as long as ids stay.

    Raises ResultError if the id holds a character that cannot be spelt.

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


def macro_names(results: Iterable[Result | Recorded]) -> dict[str, str]:
    """The macro name of each result, by id.

    Raises ResultError if two results would get the same name.
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


def fields(result: Result | Recorded, lang: Lang) -> dict[str, str]:
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
    result = as_recorded(result)
    named = {"State": STATES[result.state].zh if lang == "zh" else result.state.replace("_", " ")}
    if result.days is not None:
        return _dates(result.days, lang) | named
    if result.text or not result.number.known:
        words = _in_words(result.text, lang) if result.text else named["State"]
        return dict.fromkeys(("Full", "Value", "Low", "High", "Bounds"), words) | {
            "Unit": "",
            **named,
        }
    unit = result.shown_in
    digits = write_number(result.number.shown(unit.scale(lang)))
    alone, bounds, none = digits.value, bounds_text(digits, lang), told()["bounds"]
    ends = {
        end: none[end][lang] if text == OPEN else text or alone
        for end, text in (("low", digits.low), ("high", digits.high))
    }
    return {
        "Full": _full(digits, unit.name(lang, alone), lang),
        "Value": alone or bounds,
        "Low": ends["low"],
        "High": ends["high"],
        "Bounds": bounds or alone,
        "Unit": unit.name(lang, alone),
        **named,
    }


def _in_words(text: str, lang: Lang) -> str:
    """A verdict in Chinese where it has a Chinese name; other texts have one form only."""
    if lang == "en":
        return text
    return VERDICTS[text].zh if text in VERDICTS else str(told()["verdicts"].get(text, text))


def _dates(days: tuple[dt.date | None, ...], lang: Lang) -> dict[str, str]:
    """The same for a result that is a moment: the day in which it falls."""
    value, low, high = (day and day_text(day, lang) for day in days)
    low, high = low or told()["bounds"]["low"][lang], high or told()["bounds"]["high"][lang]
    bounds = low if low == high else f"{low}至{high}" if lang == "zh" else f"{low} to {high}"
    value = value or bounds
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


def macros_file(results: Iterable[Result | Recorded]) -> str:
    """A LaTeX file, to be read with ``\\input``, that defines the macros of results.

    One macro for each field of each result; those with the end ``Zh`` are Chinese.
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
            parts = fields(result, lang)
            lines += [
                rf"\newcommand{{\{names[result.result_id]}{field}{_SUFFIX[lang]}}}"
                rf"{{{latex_text(parts[field])}}}"
                for field in FIELDS
            ]
    return "\n".join(lines) + "\n"


def results_file(results: Iterable[Result]) -> str:
    """The same as JSON: for each result its exact numbers, and what the macros say.

    Numbers are decimals in base units, as text so that no digit is lost.
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
    bounds = result.term.bounds()
    low, high = (None, None) if bounds is None else (bounds.low, bounds.high)
    return {
        "analysis": result.analysis,
        "label": {"en": result.label, "zh": result.label_zh},
        "macro": name,
        "text": result.text or None,
        "value": exact_text(result.term.value, "value") or None,
        "low": exact_text(low, "low") or None,
        "high": exact_text(high, "high") or None,
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
