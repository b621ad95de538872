"""Results as LaTeX macros and as JSON, so that a manuscript never types a number."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Sequence

from aidstudy.bilingual import LANGS, Lang, Words, aside, day_text, sign, written
from aidstudy.codebook import STATES, VERDICTS
from aidstudy.errors import ResultError
from aidstudy.papers.results import Recorded
from aidstudy.papers.words import CHINESE, TOLD, exact_parts
from aidstudy.papers.writers import latex_text
from aidstudy.quantity.scalar import Missing, Quantity
from aidstudy.quantity.shown import in_unit
from aidstudy.rounding import OPEN, write_number

PREFIX = "aidstudy"

_NUMERALS = ("Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")
_PIECE = re.compile(r"[A-Za-z]+|[0-9]")
_FIGURE = re.compile(r"\(([a-z]+-[0-9]+)\)")
_NAME = re.compile(r"[A-Za-z0-9._>:-]+")


def macro_name(result: Recorded) -> str:
    """The name that all macros of a result begin with, without the backslash.

    The letter of the analysis, then the parts of the id, each with a capital; digits are spelt,
    since a TeX name holds letters only. Names stay as long as ids stay.

    Raises ResultError if the id holds a character that cannot be spelt.

    >>> from aidstudy.papers.results import recorded
    >>> macro_name(recorded()["later.later-ganzi-4y.per_year"])
    'aidstudyOLaterLaterGanziFourYPerYear'
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


def macro_names(results: Iterable[Recorded]) -> dict[str, str]:
    """The macro name of each result, by id; ResultError if two would get the same."""
    owners: dict[str, str] = {}
    for result in results:
        name, one = macro_name(result), result.result_id
        if owners.setdefault(name, one) != one:
            both = f"results {owners[name]} and {one}"
            raise ResultError(f"{both}: both would be \\{name} in TeX; rename one")
    return {result_id: name for name, result_id in owners.items()}


def fields(result: Recorded, lang: Lang) -> dict[str, str]:
    """What the macros of a result say in one language, as plain text.

    Examples
    --------
    >>> from aidstudy.papers.results import recorded
    >>> implied = recorded()["revenue.ganzi.rule_amount_over_rule"]
    >>> fields(implied, "en")["Full"], fields(implied, "zh")["Full"]
    ('CNY 3.160 (3.158–3.162) billion', '31.60（31.58—31.62）亿元')
    """
    state = STATES[result.state].zh if lang == "zh" else result.state.replace("_", " ")
    if result.days:
        parts = _dates(result.days, lang)
    elif result.text or isinstance(result.number, Missing):
        words = _in_words(result.text, lang) if result.text else state
        parts = (*[words] * 5, "")
    else:
        unit, none = result.shown_in, TOLD["bounds"]
        digits = write_number(in_unit(result.number, unit.scale(lang)))
        alone, bounds = digits.value, digits.bounds(lang)
        low, high = (
            none[end][lang] if text == OPEN else text or alone
            for end, text in (("low", digits.low), ("high", digits.high))
        )
        named = unit.name(lang, alone)
        parts = (unit.sentence(digits, lang), alone or bounds, low, high, bounds or alone, named)
    return dict(zip(TOLD["fields"], (*parts, state), strict=True))


def in_full(result: Recorded) -> Words:
    """A result with its bounds and its unit, a date or a verdict, as a sentence has it."""
    return Words(*(fields(result, lang)["Full"] for lang in LANGS))


def _in_words(text: str, lang: Lang) -> str:
    """A verdict in the language; a print in Chinese is in English the figure that it is."""
    if lang == "en":
        figure = _FIGURE.search(text) if CHINESE.search(text) else None
        return f"figure {figure[1]}" if figure else text
    return VERDICTS[text].zh if text in VERDICTS else str(TOLD["verdicts"].get(text, text))


def _dates(days: tuple[dt.date | None, ...], lang: Lang) -> tuple[str, ...]:
    """The same for a result that is a moment: the day in which it falls."""
    value, low, high = (day and day_text(day, lang) for day in days)
    low, high = low or TOLD["bounds"]["low"][lang], high or TOLD["bounds"]["high"][lang]
    bounds = low if low == high else written("days", lang, low=low, high=high)
    value = value or bounds
    return value if value == bounds else aside(value, bounds, lang), value, low, high, bounds, ""


def macros_file(results: Sequence[Recorded], lang: Lang = "en") -> str:
    """A LaTeX file, to be read with ``\\input``, with a macro for each field of each result.

    Names of Chinese macros end in ``Zh``, so that a document can read both files.
    """
    names, meanings, end = macro_names(results), TOLD["fields"], sign("macros", lang)
    first = [f"\\{names[one.result_id]}Full{end}{{}}." for one in results[:1]]
    lines = [
        "% One name for every number of a paper. Use \\name{} in a sentence, as in",
        *(f"% {one}" for one in first or ["There are no results."]),
        f"% {sign('needs', lang)}The end of a name says what it gives:",
        *(f"%   {field}: {meaning}" for field, meaning in meanings.items()),
    ]
    for result in results:
        lines += ["", f"% {result.analysis} {result.result_id}"]
        for field, text in fields(result, lang).items():
            name = f"{names[result.result_id]}{field}{end}"
            lines.append(rf"\newcommand{{\{name}}}{{{latex_text(text)}}}")
    return "\n".join(lines) + "\n"


def results_file(results: Sequence[Recorded]) -> str:
    """The same as JSON: for each result its numbers, and what the macros say in both languages.

    Numbers are decimals in base units, as text so that no digit is lost; days are ISO text.
    """
    names = macro_names(results)
    told_of = {one.result_id: _record(one, names[one.result_id]) for one in results}
    return json.dumps(told_of, ensure_ascii=False, indent=1) + "\n"


def _record(result: Recorded, name: str) -> dict[str, object]:
    ends: Iterable[str | None] = [None] * 3
    if result.days:
        ends = [day.isoformat() if day else None for day in result.days]
    elif isinstance(result.number, Quantity):
        ends = [end or None for end in exact_parts(in_unit(result.number, 1)).values()]
    return {
        "analysis": result.analysis,
        "label": result.label._asdict(),
        "macro": name,
        "text": result.text or None,
        **dict(zip(("value", "low", "high"), ends, strict=True)),
        "unit": result.unit,
        "state": result.state,
        "figures": list(result.figures),
        "facts": list(result.facts),
        "note": result.note,
        "shown": {
            lang: {field.lower(): text for field, text in fields(result, lang).items()}
            for lang in LANGS
        },
    }
