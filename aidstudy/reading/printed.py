"""One print, as a whole, to one figure, whatever its kind."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

from aidstudy.reading import words
from aidstudy.reading.amounts import measured, qualifiers, read_amount, side_of
from aidstudy.reading.dates import read_date, read_day, read_plan_period, read_quarter
from aidstudy.reading.figure import Reading, exactly, named, refused
from aidstudy.reading.grammar import AROUND, NUMBER_ALONE, RANGE_OR_ONE, SPECIAL
from aidstudy.reading.numerals import Side, read_numeral


def read_print(printed: str, kind: str | None, unit: str | None, year: int | None) -> Reading:
    """The quantity of a slice in plain print; the span is left for the caller."""
    if not printed:
        raise refused("nothing", printed)
    if len(printed) > _LONGEST_PRINT:
        raise refused("too_long", printed, length=len(printed))
    if unit and NUMBER_ALONE.fullmatch(printed) and RANGE_OR_ONE.fullmatch(printed + unit):
        # A number of a list, whose scale and unit stand behind the last one: 0.9、5.9个百分点.
        return read_print(printed + unit, kind, None, year)._replace(printed=printed, shared=unit)
    if kind in ("list_number", "contact", "code"):
        return named(printed, kind)
    # Nothing special ends so, but most amounts do.
    if printed[-1] not in "元名户人个次%" and (match := SPECIAL.fullmatch(printed)):
        return READERS[str(match.lastgroup)](match, year)
    match = RANGE_OR_ONE.fullmatch(printed)
    if match is None and AROUND["grade"].fullmatch(printed):
        return named(printed, "code")
    if match is None:
        raise refused("not_one", printed)
    return read_amount(match, kind, unit)


_LONGEST_PRINT = 60
_Reader = Callable[[re.Match[str], int | None], Reading]


def _exact(kind: str, number: str, unit: str, *, noun: str = "", counted: str = "") -> _Reader:
    """Reads a number that no word makes less than exact, with the noun that the print counts."""

    def read(match: re.Match[str], year: int | None) -> Reading:
        what = match[noun] or "" if noun else counted
        value = read_numeral(match[number]).value
        return exactly(match.group(), kind, value, unit, counted=what)

    return read


def _half(match: re.Match[str], year: int | None) -> Reading:
    unit = words.UNITS[match["half_unit"] if match["half_unit"] != "月" else "个月"]
    half = Fraction(unit.factor, 2)
    return measured(
        match.group(),
        unit.kind,
        unit.base,
        Side(half, half, half, half),
        qualifiers(match["hq"], match["hm"], match["hk"], match["ha"]),
        numeral="chinese",
    )


def _fraction(match: re.Match[str], year: int | None) -> Reading:
    if match["of"] is None:
        marks = qualifiers(match["fq"], match["fa"])
        half = Side(50, 50, 10, 10)
        return measured(match.group(), "share", "%", half, marks, numeral="chinese", exact=True)
    whole = read_numeral(match["of"])
    if not whole.value:
        raise refused("of_nothing", match.group())
    percent = 100 / whole.value
    part = side_of(match["fn1"], None, percent, match["fminus"])
    last = None if match["frange"] is None else side_of(match["fn2"], None, percent)
    return measured(
        match.group(),
        "share",
        "%",
        part,
        qualifiers(match["fq"], match["fm"], match["fa"]),
        last=last,
        numeral="arabic" if part.arabic else "chinese",
        # 三分之一 and 百分之百 have no last digit that was rounded; 百分之三十 has.
        exact=match["of"] not in ("百", "千", "万", "100", "1000") or match["fn1"] == "百",
    )


READERS: dict[str, _Reader] = {
    "iso": read_day,
    "day_first": read_day,
    "date": read_date,
    "plan_period": read_plan_period,
    "quarter": read_quarter,
    "map_scale": _exact("map_scale", "denominator", "scale_denominator"),
    "code": lambda match, year: named(match.group(), "code"),
    "fraction": _fraction,
    "half": _half,
    "ones": _exact("count", "ones_number", "个", counted="一"),
    "bigs": _exact("count", "big", "", noun="noun"),
    "bare_nouns": _exact("count", "bare", "", noun="bare_noun"),
}
