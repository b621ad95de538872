"""Qualifier, numeral, scale and unit in running text to exact quantities with bounds.

One grammar serves both ways in: :func:`read_quantity` takes one figure as a whole,
:func:`find_quantities` finds every figure of a page. White space is part of the grammar, so that
the raw text is scanned as it stands and every offset is an offset of the raw text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from typing import Any

from aidstudy import codebook
from aidstudy.errors import QuantityError
from aidstudy.reading.figure import Reading, Unread, plain_print, refused
from aidstudy.reading.grammar import FIRST, GRAMMAR
from aidstudy.reading.printed import read_print
from aidstudy.reading.scan import Scan, read_slice
from aidstudy.reading.text import NO_WIDTH, Span, check_text, simplified


def read_quantity(
    printed: str, *, kind: str | None = None, unit: str | None = None, year: int | None = None
) -> Reading:
    """One printed figure, as a whole, by the codebook.

    Parameters
    ----------
    printed : str
        The number with its qualifier and its measure word or unit, and nothing else.
    kind : str, optional
        Where the print does not tell: ``money`` (3000万), ``list_number``, ``contact``, ``count``
        or ``code``.
    unit : str, optional
        The base unit where part of it stands elsewhere: ``m3/day`` for 1万立方米 after 日供水能力,
        ``m3/hour``, ``m3/second``, ``kg/day``; an ISO currency; the scale and unit printed with
        the last number of a list or over a table (``亿公斤``).
    year : int, optional
        The year of a date that is printed without one.

    Returns
    -------
    Reading
        Its span runs over `printed`.

    Raises
    ------
    QuantityError, UnitError, NumeralError
        If `printed` is not exactly one figure or a date lacks its year; if a number has no unit or
        `unit` does not fit; if digits and scales form no numeral.

    Notes
    -----
    Codebook, table ``figures``, columns ``value``, ``low``, ``high`` and ``bound``.

    Examples
    --------
    >>> water = read_quantity("约1亿元")
    >>> water.kind, int(water.value), water.unit, str(water.interval), water.bound
    ('money', 100000000, 'CNY', '[50000000, 150000000]', 'about')
    >>> read_quantity("3000 万")
    Traceback (most recent call last):
        ...
    aidstudy.errors.UnitError: '3000万': scale without unit. Pass kind='money' if it is money.
    """
    if not isinstance(printed, str):
        raise QuantityError(
            f"read_quantity: read a {type(printed).__name__}; give the figure as printed, as text",
            printed=str(printed),
        )
    if kind is not None and kind not in codebook.KIND_HINTS:
        mean = codebook.did_you_mean(kind, codebook.KIND_HINTS)
        raise refused("no_hint", printed, kind=kind, mean=mean)
    plain = plain_print(printed)
    quantity = read_print(simplified(plain), kind, unit, year)
    if quantity.kind in ("date", "period") and quantity.value is None:
        raise refused("no_year", printed)
    return quantity._replace(printed=plain, span=Span(0, len(printed)))


def fewest_hints(quantity: Reading) -> dict[str, str] | None:
    """The fewest hints, by the codebook's columns, with which the print of a figure reads the same.

    `None` where no hint makes it read so, as of a date whose year nobody gave.

    >>> found = find_quantities("到位资金3000万，提高0.9、5.9个百分点")
    >>> [fewest_hints(one) for one in found.quantities]
    [{'kind_hint': 'money'}, {'unit_hint': '个百分点'}, {}]
    """

    def told(one: Reading) -> tuple[object, ...]:
        return one.kind, one.value, one.bound, one.unit * (one.kind != "count")

    possible: dict[str, Any] = {}
    if quantity.kind in codebook.KIND_HINTS:
        possible["kind"] = quantity.kind
    if quantity.shared or quantity.unit in codebook.UNITS:
        possible["unit"] = quantity.shared or quantity.unit
    if quantity.kind in ("date", "period"):
        if quantity.value is None:
            return None
        possible["year"] = int(str(quantity.value)[:4])
    numbers = range(len(possible) + 1)
    for names in (names for number in numbers for names in combinations(possible, number)):
        chosen = {name: possible[name] for name in names}
        hints = map(chosen.get, ("kind", "unit", "year"))
        read = read_slice(simplified(quantity.printed), *hints)
        if read is not None and told(read) == told(quantity):
            return {f"{name}_hint": str(value) for name, value in chosen.items()}
    return None


@dataclass(frozen=True, slots=True)
class Findings:
    """What a text gives: its quantities, what was left unread and why, both in reading order.

    Spans of quantities do not overlap. Each digit of the text, and each Chinese numeral of two
    characters or more, is in a quantity or in ``unread``. ``why_empty`` says why there is none.
    """

    quantities: list[Reading]
    unread: list[Unread]
    why_empty: str = ""


def find_quantities(text: str, *, year: int | None = None, relative: bool = False) -> Findings:
    """Every figure of a text, and the digits that are none.

    Takes the text as it came: lines broken inside numbers, stray spaces and full-width digits
    are part of the grammar, and offsets are those of `text`.

    Parameters
    ----------
    text : str
        Raw text.
    year : int, optional
        Year of dates that are printed without one. Without it their value is ``None``.
    relative : bool, default False
        Whether times without a numeral (今年, 上半年, 年底前) are figures too.

    Returns
    -------
    Findings
        ``quantities`` in reading order, ``unread`` with a reason for each, and ``why_empty``.

    Raises
    ------
    TextError
        If `text` is not a string.

    Notes
    -----
    Codebook, columns ``start`` and ``end``. Ordinals, enumerators, idioms and names are no
    figures; :mod:`aidstudy.reading.evidence` says when a Chinese numeral counts. A number of which
    only a part could be read is left unread. The time needed grows in proportion to the text. With
    tens of megabytes at once Python's garbage collector adds to it, as it walks over all that was
    found. It belongs to the whole process and is left running; whoever reads such texts may pause
    it (``gc.disable()``).

    Examples
    --------
    >>> found = find_quantities("总投资1.39亿\\n元，第2批", year=2012)
    >>> [(q.printed, q.span.start, q.span.end) for q in found.quantities]
    [('1.39亿元', 3, 10)]
    >>> [(left.printed, left.reason) for left in found.unread]
    [('2', 'an ordinal')]
    """
    check_text("find_quantities", text)
    compact, places = _without_width(text)
    scan = Scan(compact, year)
    search = _scanner(relative)
    place = 0
    while match := search(scan.text, place):
        place = scan.step(match.start())
    if places:
        scan.move(places)
    why = "" if scan.quantities else _why_empty(text, scan.unread)
    return Findings(scan.quantities, scan.unread, why)


@cache
def _scanner(relative: bool) -> Callable[[str, int], re.Match[str] | None]:
    """Finds where a figure may begin."""
    too = f"|{GRAMMAR['relative_too']}" if relative else ""
    return re.compile(f"{FIRST}(?:{GRAMMAR['anchor']}){too}").search


def _without_width(text: str) -> tuple[str, list[int]]:
    """The text without signs that have no width, and where each character that is left stood."""
    if not any(sign in text for sign in NO_WIDTH):
        return text, []
    places = [place for place, char in enumerate(text) if char not in NO_WIDTH]
    return "".join([text[place] for place in places]), places


def _why_empty(text: str, unread: list[Unread]) -> str:
    if unread:
        return f"none of {len(unread)} numerals that were seen is a figure; unread says why"
    if not text:
        return "the text is empty"
    if text.isspace():
        return "the text is white space only"
    return "no digit, and no Chinese numeral before anything that it could count"
