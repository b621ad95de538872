"""Qualifier, numeral, scale and unit in running text to exact quantities with bounds.

One grammar serves both ways in: :func:`read_quantity` takes one figure as a whole,
:func:`find_quantities` finds every figure of a page. White space is part of the grammar, so that
the raw text is scanned as it stands and every offset is an offset of the raw text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

from aidstudy import codebook
from aidstudy.errors import QuantityError, TextError
from aidstudy.reading.figure import Reading, Unread, plain_print, refused
from aidstudy.reading.grammar import FIRST, GRAMMAR
from aidstudy.reading.printed import read_print
from aidstudy.reading.scan import Scan
from aidstudy.reading.text import NO_WIDTH, Span, simplified


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
        The base unit where part of it stands elsewhere: ``m3/day`` for 1万立方米 after
        日供水能力, ``m3/hour`` after 每小时抽水, ``m3/second``, ``kg/day``; an ISO currency; the
        scale and unit that the last number of a list is printed with (``亿公斤``).
    year : int, optional
        The year of a date that is printed without one.

    Returns
    -------
    Reading
        Its span runs over `printed`.

    Raises
    ------
    QuantityError
        If `printed` is not exactly one figure, or a date lacks its year.
    UnitError
        If a number stands without a unit, or `unit` does not fit what is printed.
    NumeralError
        If digits and scales form no numeral.

    Notes
    -----
    Codebook, table ``figures``, columns ``value``, ``low``, ``high`` and ``bound``.

    Examples
    --------
    >>> water = read_quantity("约1亿元")
    >>> water.kind, int(water.value), water.unit, str(water.interval), water.bound
    ('money', 100000000, 'CNY', '[50000000, 150000000]', 'about')
    >>> deadline = read_quantity("10月底前", year=2012)
    >>> deadline.value, deadline.low, deadline.high, deadline.bound
    ('2012-10', None, '2012-10-31', 'under')
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
    return replace(quantity, printed=plain, span=Span(0, len(printed)))


@dataclass(frozen=True, slots=True)
class Findings:
    """What a text gives: its quantities in reading order, and what was left unread and why.

    Parameters
    ----------
    quantities : list of Reading
        Their spans do not overlap.
    unread : list of Unread
        In reading order. Each digit of the text, and each Chinese numeral of two characters or
        more, is in a quantity or here.
    why_empty : str
        Why there is no quantity; empty when there is one.
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
    if not isinstance(text, str):
        raise TextError(
            f"find_quantities: read a {type(text).__name__}; decode the page to text first",
            printed=str(text)[:40],
        )
    compact, places = _without_width(text)
    scan = Scan(compact, year)
    too = f"|{GRAMMAR['relative_too']}" if relative else ""
    search = _scanner(PLAIN_OR_ANCHOR + too)
    place = 0
    while match := search(scan.text, place):
        place = scan.step(match)
    if places:
        scan.move(places)
    why = "" if scan.quantities else _why_empty(text, scan.unread)
    return Findings(scan.quantities, scan.unread, why)


PLAIN_OR_ANCHOR = f"{FIRST}(?:{GRAMMAR['plain']}|{GRAMMAR['anchor']})"
"""Where a figure is, by its own characters, or may begin."""


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


@cache
def _scanner(pattern: str) -> Callable[[str, int], re.Match[str] | None]:
    """Made when first needed, as few texts need both."""
    return re.compile(pattern).search


__all__ = ["Findings", "Reading", "Unread", "find_quantities", "plain_print", "read_quantity"]
