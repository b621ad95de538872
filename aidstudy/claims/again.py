"""Claims that the same thing is said twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from aidstudy.claims.figures import Figure, Page, core, levels, one_time
from aidstudy.claims.relations import CONTRADICTS, LIKELY, SURE, Claim, Member
from aidstudy.claims.suspects import misprints
from aidstudy.claims.words import HEADLINES

LONG_NAME = 4
_SMALL = 10


def find_again(page: Page) -> Iterator[Claim]:
    """The same name with two numbers; that they differ is a contradiction for a headline only."""
    seen: dict[tuple[str, str], Figure] = {}
    for figure in levels(page.figures):
        name = core(figure.name)
        if len(name) < LONG_NAME or not telling(figure):
            continue
        other = seen.setdefault((name, figure.unit), figure)
        if other is figure or not one_time(other, figure):
            continue
        claim = said_again(other, figure)
        if claim.verdict != CONTRADICTS:
            yield claim
        elif (
            name in HEADLINES
            and other.is_sharp
            and figure.is_sharp
            and other.time == figure.time != ""
            # Two numbers that no misprint joins are two things of one name.
            and one_slip(other, figure)
        ):
            yield replace(claim, certainty=SURE)


def said_again(first: Figure, again: Figure) -> Claim:
    """That two figures are one number."""
    members = (Member(again, "again"), Member(first, "first", -1))
    return Claim("said twice", "sum", members, certainty=LIKELY)


def one_slip(first: Figure, again: Figure) -> bool:
    """Whether one slip of the hand turns one print into the other."""
    return any(value == first.value for _, value, _ in misprints(again))


def telling(figure: Figure) -> bool:
    """Whether to say it again tells anything: 近10亿元 does; 一个, 五年 and 6万人以上 do not."""
    return (
        figure.kind != "duration"
        and figure.value >= _SMALL
        and figure.says_within(Fraction(1, 9))
        and not figure.is_average
    )
