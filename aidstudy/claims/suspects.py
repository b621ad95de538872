"""Which figure is wrong where claims contradict: the one whose change lets the rest agree."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, product

from aidstudy.claims.figures import DIGITS, Figure
from aidstudy.claims.relations import AGREES, CONTRADICTS, Claim
from aidstudy.intervals import Interval, rounding_interval

MOST_CANDIDATES = 5


@dataclass(frozen=True, slots=True)
class Suspect:
    """A figure that may be the wrong one; several suspects of one group: one of these."""

    figure: Figure
    needed: Interval  # what the claims that it mends, and all it leaves whole, let it be
    mends: tuple[Claim, ...]  # contradictions that end
    gain: int  # how many more they are than agreements that end
    candidates: tuple[str, ...]  # prints that one slip turns into what is printed, best first
    group: int  # contradictions that hang together

    def line(self, where: str = "") -> str:
        """What a report says of it."""
        other = ", for " + " or ".join(self.candidates) if self.candidates else ""
        return f"  may be wrong: {self.figure.printed} at {self.figure.start}{where}{other}"


def find_suspects(claims: Sequence[Claim]) -> list[Suspect]:
    """The suspects of every group of contradictions, the likeliest first; none is an answer too."""
    wrong = [number for number, claim in enumerate(claims) if claim.verdict == CONTRADICTS]
    holding: dict[int, list[int]] = defaultdict(list)
    for number, claim in enumerate(claims):
        for member in claim.members:
            holding[id(member.figure)].append(number)
    suspects: list[Suspect] = []
    for group, numbers in enumerate(_groups(claims, wrong), 1):
        members = (member for number in numbers for member in claims[number].members)
        figures = {id(member.figure): member.figure for member in members}
        weighed = (_weigh(claims, figures[key], holding[key], set(numbers), group)
                   for key in figures)  # fmt: skip
        ranked = [one for one in weighed if one is not None]
        best = max((one.gain for one, _ in ranked), default=0)
        ranked.sort(key=lambda one: (-one[1], not one[0].candidates, one[0].figure.start))
        suspects += [suspect for suspect, _ in ranked if suspect.gain == best]
    return suspects


def _groups(claims: Sequence[Claim], wrong: Sequence[int]) -> list[list[int]]:
    """Contradictions in sets that share a figure."""
    groups: list[tuple[set[int], list[int]]] = []
    for number in wrong:
        held = {id(member.figure) for member in claims[number].members}
        joined = [one for one in groups if one[0] & held]
        held.update(*(figures for figures, _ in joined))
        numbers = sorted([number, *(n for _, numbers in joined for n in numbers)])
        groups = [*(one for one in groups if one not in joined), (held, numbers)]
    return sorted(numbers for _, numbers in groups)


def _weigh(
    claims: Sequence[Claim], figure: Figure, held: list[int], wrong: set[int], group: int
) -> tuple[Suspect, int] | None:
    """A figure as a suspect, and how many claims its best candidate fits at face value."""
    needed = [(number, claims[number].needed(figure)) for number in held]
    best: tuple[int, Interval, list[int]] | None = None
    for _, start in needed:
        # The best interval begins where one of them begins.
        meeting, numbers = Interval(None, None), []
        for number, one in needed:
            if one.low is None if start.low is None else start.low in one:
                meeting = meeting.meet(one) or meeting
                numbers.append(number)
        gain = sum(n in wrong for n in numbers) - sum(n not in wrong for n in {*held} - {*numbers})
        if best is None or gain > best[0]:
            best = (gain, meeting, numbers)
    if best is None or best[0] <= 0:
        return None
    gain, interval, numbers = best
    mends = tuple(claims[n] for n in numbers if n in wrong)
    kept = [claims[n] for n in numbers]
    scored = []
    for order, (printed, value, allowed) in enumerate(misprints(figure)):
        if allowed.meet(interval) is not None:
            fits = [one.changed(figure, value, allowed).verdict == AGREES for one in kept]
            scored.append((-sum(fits), order, printed))
    scored.sort()
    candidates = tuple(printed for _, _, printed in scored[:MOST_CANDIDATES])
    face = -scored[0][0] if scored else 0
    return Suspect(figure, interval, mends, gain, candidates, group), face


def misprints(figure: Figure) -> Iterator[tuple[str, Fraction, Interval]]:
    """Every print that one slip turns into this one, with its value and what it allows."""
    found = DIGITS.search(figure.printed)
    if found is None or not figure.value or not Fraction(found[0].replace(",", "")):
        return
    digits = found[0].replace(",", "")
    scale = figure.value / Fraction(digits)
    seen = {digits}
    for changed in _slips(digits):
        if changed not in seen and not re.match(r"0\d", changed) and Fraction(changed):
            seen.add(changed)
            yield _changed(figure, found, changed, scale)
    tail = figure.printed[found.end() :]
    for one, other, factor in (("万", "亿", 10**4), ("亿", "万", Fraction(1, 10**4))):
        if one in tail:
            printed = figure.printed[: found.end()] + tail.replace(one, other, 1)
            interval = figure.interval
            closed = interval.low is not None and interval.high is not None
            yield printed, figure.value * factor, interval * factor if closed else interval


def _changed(
    figure: Figure, found: re.Match[str], digits: str, scale: Fraction
) -> tuple[str, Fraction, Interval]:
    value, interval = Fraction(digits) * scale, rounding_interval(digits, scale=abs(scale))
    interval = Interval.exactly(value) if figure.is_exact else interval
    if "," in found[0]:
        whole, point, rest = digits.partition(".")
        digits = f"{int(whole):,}{point}{rest}"
    printed = figure.printed[: found.start()] + digits + figure.printed[found.end() :]
    return printed, value, -interval if scale < 0 and not figure.is_exact else interval


def _slips(digits: str) -> Iterator[str]:
    places = [i for i, char in enumerate(digits) if char != "."]
    for i in places:
        for new in "0123456789":
            yield digits[:i] + new + digits[i + 1 :]
    plain = digits.replace(".", "")
    point = digits.find(".")
    for i, j in combinations(range(len(plain)), 2):
        row = list(plain)
        row[i], row[j] = row[j], row[i]
        yield _with_point(row, point)
    for i, j in product(range(len(plain)), repeat=2):
        row = list(plain)
        row.insert(j, row.pop(i))
        yield _with_point(row, point)
    # 435.1 for 43.51, and for 4351.
    for place in range(1, len(plain) + 1):
        yield _with_point(list(plain), place if place < len(plain) else -1)


def _with_point(row: list[str], point: int) -> str:
    return "".join(row) if point < 0 else "".join(row[:point]) + "." + "".join(row[point:])
