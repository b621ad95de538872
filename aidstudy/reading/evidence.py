"""When a Chinese numeral counts, and when it is part of a name.

The rule: a numeral counts where another could stand in its place. 四个项目 could be 五个项目, and
长三角 no 长四角. What shows it is a space of evidence around the numeral. A numeral of several
digits, one with a scale, a qualifier or a unit of measure (三百五十名, 近三万户, 五公里) is
evidence by itself. A single digit with a measure word (三个, 一项, 两市) may be a piece of a longer
word (零部件), a name (八项规定, 三门核电), a package of several numerals (一核两副), an
ordinal (二十届历次全会), a time that only the day of writing tells (过去一年) or an article
(一项繁重的任务). Each of these leaves its mark in the characters next to it, and
``evidence.toml`` lists the marks, with the print that forced each. Where none stands the numeral
counts.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from aidstudy.files import read_toml
from aidstudy.reading.grammar import CN
from aidstudy.reading.words import patterns

_TOLD = read_toml(__file__, "evidence.toml")
LOOKS_BACK, LOOKS_ON = 14, 72
_HERE = "\0"
"""Stands between what is before the numeral and what begins with it."""


class _Rule(NamedTuple):
    looks_back: bool
    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None
    reason: str


def why_no_count(before: str, after: str) -> str:
    """Why a Chinese numeral at the start of `after` counts nothing; empty when it counts.

    Takes the characters before the numeral and those from it on, without white space.

    >>> why_no_count("深化与长", "三角等地区合作")
    'part of a word'
    >>> why_no_count("建成", "三个安置点")
    ''
    """
    place, around = len(before), f"{before}{_HERE}{after}"
    for rule in _rules(after[:1]):
        find = rule.pattern.search if rule.looks_back else rule.pattern.match
        fits = find(around, 0 if rule.looks_back else place)
        if fits and not (rule.unless and rule.unless.search(around)):
            return rule.reason
    return ""


@cache
def _rules(first: str) -> list[_Rule]:
    """The rules that may fit a numeral with this first character."""
    names = (one for one in _TOLD["names"].split() if re.match(_FIRST.findall(one)[0], first))
    classes = _TOLD["classes"] | {"names": "|".join(names) or "(?!)"}
    classes |= {"one": f"[{CN}]", "num": f"[{CN}]++"}
    told = (one for one in _TOLD["rules"] if one.get("after", "(")[0] in ("([{\\" + first))
    return [_rule(one, classes) for one in told]


_FIRST = re.compile(r"\[[^\]]*\]|.")


def _rule(told: dict[str, str], classes: dict[str, str]) -> _Rule:
    unless = [f"(?:{told['unless_before']}){_HERE}"] if "unless_before" in told else []
    unless += [f"{_HERE}(?:{told['unless_after']})"] if "unless_after" in told else []
    ways = {"fits": f"{told.get('before', '')}{_HERE}(?:{told.get('after', '')})"}
    ways |= {"unless": "|".join(unless)} if unless else {}
    found = patterns(ways, **classes)
    return _Rule("before" in told, found["fits"], found.get("unless"), told["reason"])
