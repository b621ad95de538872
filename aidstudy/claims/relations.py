"""What a claim asks of its figures, exactly: a sum, a product, or an order; and which is wrong.

Every figure stands once in a relation, so that interval arithmetic gives its exact bounds; and each
can be computed from all others, which is what finds the figure at fault: the one whose change lets
the rest agree.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import combinations, product

from aidstudy.claims.figures import DIGITS, Figure
from aidstudy.claims.words import RULES
from aidstudy.errors import NumeralError
from aidstudy.intervals import Interval, rounding_interval

AGREES, UNROUNDED, CONTRADICTS = "agrees", "agrees_unrounded", "contradicts"
ANYTHING = Interval(None, None)
_TENS = Interval(Fraction(-5), Fraction(5))


@dataclass(frozen=True, slots=True)
class Shape:
    """A monotone change of a figure before it enters a product, the way back, and its formula."""

    there: Callable[[Fraction], Fraction]
    back: Callable[[Fraction], Fraction]
    formula: str = "{}"

    def interval(self, given: Interval, *, back: bool = False) -> Interval:
        move = self.back if back else self.there
        ends = (None if end is None else move(end) for end in (given.low, given.high))
        return Interval(*ends)


SHAPES = {
    "": Shape(lambda x: x, lambda x: x),
    "percent": Shape(lambda x: x / 100, lambda x: 100 * x),
    "grown": Shape(lambda x: 1 + x / 100, lambda x: 100 * (x - 1), "(1 + {})"),
    "gain": Shape(lambda x: x / (100 + x), lambda x: 100 * x / (1 - x), "{0} / (100% + {0})"),
    "times more": Shape(lambda x: 1 + x, lambda x: x - 1, "(1 + {})"),
}
GAIN, PERCENT = SHAPES["gain"], SHAPES["percent"]


@dataclass(frozen=True, slots=True)
class Member:
    """A figure in a claim: its role, its sign or power, and its shape."""

    figure: Figure
    role: str
    sign: int = 1
    shape: Shape = SHAPES[""]
    interval: Interval | None = None

    @property
    def bounds(self) -> Interval:
        return self.interval or self.figure.interval


@dataclass(frozen=True)
class Claim:
    """One thing that the page says about its figures; the first member is what it is about.

    Forms: ``sum``: signed figures add to `constant`. ``product``: figures to their powers multiply
    to it. ``at_least``: the first is not below the second. ``between``: the first lies between the
    least and the greatest of the others. ``number``: the first is in `allowed`, which comes from
    words or from a date. A claim that is only ``likely`` was taken up because it fits.
    """

    rule: str
    form: str
    members: tuple[Member, ...]
    constant: Fraction = Fraction(0)
    sure: bool = True
    allowed: Interval | None = None

    @property
    def certainty(self) -> str:
        return "sure" if self.sure else "likely"

    @property
    def about(self) -> Figure:
        return self.members[0].figure

    def changed(self, figure: Figure, value: Fraction, interval: Interval) -> Claim:
        """The claim with another value for a figure."""
        other = replace(figure, value=value, interval=interval)
        told = ((one, other if one.figure is figure else one.figure) for one in self.members)
        return replace(self, members=tuple(replace(one, figure=new) for one, new in told))

    def holds(self, figure: Figure) -> bool:
        return any(member.figure is figure for member in self.members)

    def needed(self, figure: Figure) -> Interval:
        """What the claim lets a figure be, given what the print of the others allows."""
        place = [member.figure is figure for member in self.members].index(True)
        return self._solve(place, [member.bounds for member in self.members]) or ANYTHING

    @cached_property
    def computed(self) -> Interval:
        """The first figure from the others, by their bounds."""
        return self.needed(self.about)

    @cached_property
    def face(self) -> Interval | None:
        """The first figure from the others, by their printed values."""
        return self._solve(0, [Interval.exactly(m.figure.value) for m in self.members])

    @cached_property
    def verdict(self) -> str:
        allowed = self.members[0].bounds
        if self.face is not None and allowed.meet(self.face) is not None:
            return AGREES
        if allowed.meet(self.computed) is not None or self._tens():
            return UNROUNDED
        return CONTRADICTS

    @property
    def touches(self) -> bool:
        """Whether it agrees at the very end of the bounds only."""
        both = self.members[0].bounds.meet(self.computed)
        return self.verdict == UNROUNDED and both is not None and both.low == both.high

    def _tens(self) -> bool:
        """Whether two or more exact counts end in 0, and rounding to tens would mend it."""
        figures = [one.figure for one in self.members]
        tens = [one.is_exact and one.value % 10 == 0 and one.value != 0 for one in figures]
        if self.form != "sum" or sum(tens) < 2:
            return False
        told = zip(self.members, tens, strict=True)
        bounds = [one.bounds + _TENS if ten else one.bounds for one, ten in told]
        needed = self._solve(0, bounds)
        return needed is not None and needed.meet(bounds[0]) is not None

    def _solve(self, place: int, bounds: Sequence[Interval]) -> Interval | None:
        """The figure at a place from the bounds of the others; ``None``: no bounds follow."""
        if self.form == "number":
            return None if place else self.allowed
        if self.form == "at_least":
            return Interval(None, bounds[0].high) if place else Interval(bounds[1].low, None)
        if self.form == "between":
            return self._between(place, bounds)
        mine, left = self.members[place], Interval.exactly(self.constant)
        others = [one for i, one in enumerate(zip(self.members, bounds, strict=True)) if i != place]
        if self.form == "sum":
            for member, bound in others:
                left = left - bound if member.sign > 0 else left + bound
            return left if mine.sign > 0 else -left
        try:
            for member, bound in others:
                factor = member.shape.interval(bound)
                left = left / factor if member.sign > 0 else left * factor
            return mine.shape.interval(left if mine.sign > 0 else 1 / left, back=True)
        except (NumeralError, ZeroDivisionError):
            return None

    def _between(self, place: int, bounds: Sequence[Interval]) -> Interval | None:
        whole, rest = bounds[0], [one for i, one in enumerate(bounds) if i not in (0, place)]
        lows = [one.low for one in rest if one.low is not None]
        highs = [one.high for one in rest if one.high is not None]
        if min(len(lows), len(highs)) < len(rest):
            return None
        if place == 0:
            return Interval(min(lows), max(highs))
        if whole.high is not None and whole.high < min(lows):
            return Interval(None, whole.high)
        above = whole.low is not None and whole.low > max(highs)
        return Interval(whole.low, None) if above else ANYTHING


def taken_up(*claims: Claim) -> Iterator[Claim]:
    """Those that are sure, and those that fit: what its fit alone speaks for never contradicts."""
    return (one for one in claims if one.sure or one.verdict == AGREES)


def claimed(
    rule: str,
    *figures: Figure,
    sure: bool = True,
    constant: Fraction | None = None,
    allowed: Interval | None = None,
) -> Claim:
    """What a rule of `words.toml` claims of figures; its last role is that of all the rest."""
    told, *roles = RULES[rule]
    form, _, number = told.partition(" ")
    members = []
    for place, figure in enumerate(figures):
        role, sign, shape = (roles[min(place, len(roles) - 1)] + "||").split("|")[:3]
        # 增长2.4倍: so many times are added.
        shape = "times more" if shape == "grown" and figure.unit == "times" else shape
        members.append(Member(figure, role, -1 if sign else 1, SHAPES[shape]))
    fixed = Fraction(number or int(form == "product")) if constant is None else constant
    return Claim(rule, form, tuple(members), fixed, sure, allowed)


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
