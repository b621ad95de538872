"""What a figure may have been before a slip of the hand: a digit, the point or the scale."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from aidstudy.claims.figures import Figure
from aidstudy.intervals import Interval, rounding_interval

_DIGITS = re.compile(r"[0-9][0-9,]*(?:\.[0-9]+)?")


def misprints(figure: Figure) -> Iterator[tuple[str, Fraction, Interval]]:
    """Every print that one slip turns into this one, with its value and what it allows.

    Examples
    --------
    >>> from aidstudy.claims.figures import read_figures
    >>> (figure,) = read_figures("生产总值35.1亿元").figures
    >>> [printed for printed, *_ in misprints(figure) if printed.startswith("5")]
    ['55.1亿元', '53.1亿元', '51.3亿元']
    """
    found = _DIGITS.search(figure.printed)
    if found is None or not figure.value:
        return
    digits = found[0].replace(",", "")
    number = Fraction(digits)
    if not number:
        return
    scale = figure.value / number
    seen = {digits}
    for changed in _slips(digits):
        if changed in seen or re.match(r"0\d", changed) or not Fraction(changed):
            continue
        seen.add(changed)
        yield _changed(figure, found, changed, scale)
    tail = figure.printed[found.end() :]
    for one, other, factor in (("万", "亿", 10**4), ("亿", "万", Fraction(1, 10**4))):
        if one in tail:
            printed = figure.printed[: found.end()] + tail.replace(one, other, 1)
            interval = figure.interval * factor if _closed(figure) else figure.interval
            yield printed, figure.value * factor, interval


def _closed(figure: Figure) -> bool:
    return figure.interval.low is not None and figure.interval.high is not None


def _changed(
    figure: Figure, found: re.Match[str], digits: str, scale: Fraction
) -> tuple[str, Fraction, Interval]:
    value = Fraction(digits) * scale
    if figure.is_exact:
        interval = Interval.exactly(value)
    else:
        interval = rounding_interval(digits, scale=abs(scale))
        interval = -interval if scale < 0 else interval
    shown = digits
    if "," in found[0]:
        whole, point, rest = digits.partition(".")
        shown = f"{int(whole):,}{point}{rest}"
    printed = figure.printed[: found.start()] + shown + figure.printed[found.end() :]
    return printed, value, interval


def _slips(digits: str) -> Iterator[str]:
    places = [i for i, char in enumerate(digits) if char != "."]
    for i in places:
        for new in "0123456789":
            yield digits[:i] + new + digits[i + 1 :]
    plain = digits.replace(".", "")
    point = digits.find(".")
    for i in range(len(plain)):
        for j in range(i + 1, len(plain)):
            row = list(plain)
            row[i], row[j] = row[j], row[i]
            yield _with_point(row, point)
    for i in range(len(plain)):
        for j in range(len(plain)):
            row = list(plain)
            row.insert(j, row.pop(i))
            yield _with_point(row, point)
    # 435.1 for 43.51, and for 4351.
    for place in range(1, len(plain) + 1):
        yield _with_point(list(plain), place if place < len(plain) else -1)


def _with_point(row: list[str], point: int) -> str:
    return "".join(row) if point < 0 else "".join(row[:point]) + "." + "".join(row[point:])
