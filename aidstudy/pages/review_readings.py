"""What the places of a page read as, for a figure that is added where the draft has none.

The review page holds no reader. It is told beforehand how each slice reads that could be a figure,
by the reader that the checks use, so that the two cannot differ.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from aidstudy.errors import AidstudyError, UnitError
from aidstudy.reading.figure import Reading, plain_print
from aidstudy.reading.grammar import CN
from aidstudy.reading.quantities import read_quantity
from aidstudy.reading.words import BEFORE_WORDS

NUMERALS = f"0-9{CN}半"
"""The signs of which a figure has at least one: the inside of a character class."""

_NUMERAL = re.compile(f"[{NUMERALS}]")
_BEFORE = max(map(len, BEFORE_WORDS)) + 1
_LONGEST = 32
"""Signs from the first numeral to the end: 2012年4月17日至2013年10月31日 has 22."""
_STOP = re.compile("[。；！？]")


@dataclass(frozen=True, slots=True)
class Possible:
    """One way to read a slice: the figure, and the fewest hints that a table needs for it."""

    quantity: Reading
    hints: Mapping[str, str]


def readings(text: str, year: int) -> dict[str, list[Possible]]:
    """How the slices of a page read that begin at, or just before, a numeral, by plain print.

    A date printed without a year reads three ways: in `year`, in the year before and in the year
    after. Slices that read as no figure are left out, and so are the readings as code, list number
    or contact, which any slice has.

    Examples
    --------
    >>> found = readings("收到捐款 3000\\n万，10月底前", 2012)
    >>> [(one.quantity.kind, dict(one.hints)) for one in found["3000万"]]
    [('money', {'kind_hint': 'money'}), ('count', {'kind_hint': 'count'})]
    >>> [one.quantity.value for one in found["10月底前"]]
    ['2012-10', '2011-10', '2013-10']
    """
    found = {printed: _readings_of(printed, year) for printed in dict.fromkeys(_slices(text))}
    return {printed: ways for printed, ways in found.items() if ways}


def _slices(text: str) -> Iterator[str]:
    plain = "".join(map(plain_print, text))
    for numeral in _NUMERAL.finditer(plain):
        place = numeral.start()
        if _inside_number(plain, place):
            continue
        stop = _STOP.search(plain, place, place + _LONGEST)
        last = stop.start() if stop else min(len(plain), place + _LONGEST)
        for start in range(max(0, place - _BEFORE), place + 1):
            for end in range(place + 1, last + 1):
                if not _inside_number(plain, start) and not _inside_number(plain, end):
                    yield plain[start:end]


def _inside_number(plain: str, place: int) -> bool:
    """Whether a cut at a place would part the digits of one number."""
    return 0 < place < len(plain) and plain[place - 1 : place + 1].isdecimal()


_DATED = re.compile("[年月日号旬季]")


def _readings_of(printed: str, year: int) -> list[Possible]:
    ways: list[dict[str, Any]]
    try:
        quantity = read_quantity(printed)
    except UnitError:
        ways = [{"kind": "money"}, {"kind": "count"}]
        # A number with a scale is more often money, a plain one counts something.
        ways = ways if re.search("[万亿]", printed) else ways[::-1]
    except AidstudyError:
        ways = [{"year": one} for one in (year, year - 1, year + 1)]
        ways *= bool(_DATED.search(printed))
    else:
        ways = [{}] + [{"unit": "m3/day"}] * (quantity.kind == "volume")
    return [one for way in ways for one in _reading(printed, way)]


def _reading(printed: str, hints: Mapping[str, Any]) -> Iterator[Possible]:
    try:
        quantity = read_quantity(printed, **hints)
    except AidstudyError:
        return
    yield Possible(quantity, {f"{name}_hint": str(value) for name, value in hints.items()})
