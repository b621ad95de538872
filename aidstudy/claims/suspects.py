"""Which figure is wrong where claims contradict: the one whose change lets the rest agree."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from aidstudy.claims.figures import Figure
from aidstudy.claims.relations import AGREES, CONTRADICTS, Claim
from aidstudy.intervals import Interval, rounding_interval

MOST_CANDIDATES = 5


@dataclass(frozen=True, slots=True)
class Suspect:
    """A figure that may be the wrong one; several suspects of one group: one of these."""

    figure: Figure
    needed: Interval  # what the claims that it mends, and all it leaves whole, let it be
    mends: tuple[int, ...]  # numbers of claims: contradictions that end,
    breaks: tuple[int, ...]  # and agreements that do
    candidates: tuple[str, ...]  # prints that one slip turns into what is printed, best first
    group: int  # contradictions that hang together


def find_suspects(claims: Sequence[Claim]) -> list[Suspect]:
    """The suspects of every group of contradictions, the likeliest first; none is an answer too.

    Examples
    --------
    >>> from aidstudy.claims.figures import read_figures
    >>> from aidstudy.claims.growth import find_growth
    >>> page = read_figures("由50万元增加到60万元，增长30%。")
    >>> [(one.figure.printed, one.candidates) for one in find_suspects([*find_growth(page)])]
    [('60万元', ('65万元', '64万元', '66万元')), ('30%', ('20%',)), ('50万元', ())]
    """
    wrong = [number for number, claim in enumerate(claims) if claim.verdict == CONTRADICTS]
    holding: dict[int, list[int]] = defaultdict(list)
    for number, claim in enumerate(claims):
        for member in claim.members:
            holding[id(member.figure)].append(number)
    suspects: list[Suspect] = []
    for group, numbers in enumerate(_groups(claims, wrong), 1):
        figures = {
            id(member.figure): member.figure
            for number in numbers
            for member in claims[number].members
        }
        ranked = []
        for key, figure in figures.items():
            found = _weigh(claims, figure, holding[key], set(numbers), group)
            if found is not None:
                ranked.append(found)
        best = max((_gain(suspect) for suspect, _ in ranked), default=0)
        ranked = [one for one in ranked if _gain(one[0]) == best]
        ranked.sort(key=lambda one: (-one[1], not one[0].candidates, one[0].figure.start))
        suspects += [suspect for suspect, _ in ranked]
    return suspects


def _gain(suspect: Suspect) -> int:
    return len(suspect.mends) - len(suspect.breaks)


def _groups(claims: Sequence[Claim], wrong: Sequence[int]) -> list[list[int]]:
    """Contradictions in sets that share a figure."""
    groups: list[tuple[set[int], list[int]]] = []
    for number in wrong:
        held = {id(member.figure) for member in claims[number].members}
        joined = [number]
        rest = []
        for figures, numbers in groups:
            if figures & held:
                held |= figures
                joined = numbers + joined
            else:
                rest.append((figures, numbers))
        groups = [*rest, (held, sorted(joined))]
    return sorted(numbers for _, numbers in groups)


def _weigh(
    claims: Sequence[Claim], figure: Figure, held: list[int], wrong: set[int], group: int
) -> tuple[Suspect, int] | None:
    """A figure as a suspect, and how many claims its best candidate fits at face value."""
    needed = [(number, claims[number].needed(figure)) for number in held]
    best: tuple[int, Interval, list[int]] | None = None
    for _, start in needed:
        # The best interval begins where one of them begins.
        inside = [(n, one) for n, one in needed if _holds_start(one, start.low)]
        meeting = Interval(None, None)
        for _, one in inside:
            meeting = meeting.meet(one) or meeting
        numbers = [n for n, one in inside]
        gain = sum(n in wrong for n in numbers) - sum(
            n not in numbers for n in held if n not in wrong
        )
        if best is None or gain > best[0]:
            best = (gain, meeting, numbers)
    if best is None or best[0] <= 0:
        return None
    _, interval, numbers = best
    mends = tuple(n for n in numbers if n in wrong)
    breaks = tuple(n for n in held if n not in numbers and n not in wrong)
    kept = [claims[n] for n in numbers]
    scored = []
    for order, (printed, value, allowed) in enumerate(misprints(figure)):
        if allowed.meet(interval) is not None:
            scored.append((-_fits(kept, figure, value, allowed), order, printed))
    scored.sort()
    candidates = tuple(printed for _, _, printed in scored[:MOST_CANDIDATES])
    face = -scored[0][0] if scored else 0
    return Suspect(figure, interval, mends, breaks, candidates, group), face


def _holds_start(interval: Interval, low: Fraction | None) -> bool:
    if low is None:
        return interval.low is None
    return low in interval


def _fits(claims: Sequence[Claim], figure: Figure, value: Fraction, allowed: Interval) -> int:
    """How many claims agree at face value with another value for a figure."""
    changed = replace(figure, value=value, interval=allowed)
    fits = 0
    for claim in claims:
        members = tuple(
            replace(member, figure=changed) if member.figure is figure else member
            for member in claim.members
        )
        fits += replace(claim, members=members).verdict == AGREES
    return fits


# --- what a figure may have been before a slip of the hand: a digit, the point or the scale -------

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
