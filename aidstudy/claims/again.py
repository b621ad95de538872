"""Claims that the same thing is said twice."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice, pairwise
from typing import Any

from aidstudy.claims.figures import Figure, Page, clean_name, levels, name_of, one_time
from aidstudy.claims.relations import CONTRADICTS, Claim, claimed, misprints, taken_up
from aidstudy.claims.words import CUES, HEADLINES, says

LONG_NAME = 4
_SMALL, _LATEST = 10, 20


def find_again(page: Page) -> Iterator[Claim]:
    """The same thing said twice, by its name or by the words around it; each figure once."""
    done: set[int] = set()
    for claim in (*_by_name(page), *_by_words(page), *_next_to(page), *_by_context(page)):
        if claim.about.number not in done:
            done.add(claim.about.number)
            yield claim


def _by_name(page: Page) -> Iterator[Claim]:
    """The same name with two numbers; that they differ is a contradiction for a headline only."""
    seen: dict[tuple[str, str], list[Figure]] = defaultdict(list)
    for figure in levels(page.figures):
        name = figure.subject
        if len(name) < LONG_NAME - (figure.digits > _MANY) or not telling(figure):
            continue
        before = [one for one in seen[name, figure.unit][:_LATEST] if one_time(one, figure)]
        same = [one for one in before if one.value == figure.value]
        for other in same[:1] or before[:1]:
            claim = said_again(other, figure)
            if claim.verdict != CONTRADICTS:
                yield claim
                break
            headline = name in HEADLINES and other.time == figure.time != ""
            # Two numbers that no misprint joins are two things of one name.
            if headline and other.is_sharp and figure.is_sharp and one_slip(other, figure):
                yield replace(claim, sure=True)
        else:
            seen[name, figure.unit].append(figure)


def _by_words(page: Page) -> Iterator[Claim]:
    """5个援建项目 and 5个援建项目: words that bear one number wherever they stand."""
    groups: dict[tuple[str, ...], list[Figure]] = defaultdict(list)
    for figure in page.figures:
        for key in _wordings(page, figure):
            groups[key].append(figure)
    for (kind, *_, noun), (first, *rest) in groups.items():
        quoted = (page.text[one.at - 1 : one.at] == "“" for one in (first, *rest))
        if kind == "label" and not any(quoted):
            continue
        one_value = all(one.value == first.value for one in rest)
        if one_value and len({one.said for one in (first, *rest)} - {""}) <= 1:
            # 54名议员赞成，54名议员反对 are two things.
            apart = [one for one in rest if one.sentence != first.sentence or len(noun) == 1]
            yield from (said_again(first, one) for one in apart)


def _wordings(page: Page, figure: Figure) -> Iterator[tuple[str, ...]]:
    """The words around a figure that may tell it from all others of the page."""
    after, unit = _after(page, figure), figure.printed[-1]
    exact = figure.kind == "count" and figure.role == "level" and not figure.is_average
    quoted = page.text[figure.at - 1 : figure.at] == "“"
    name = CUES["named"].match(after)
    many = figure.kind not in ("date", "period") and (figure.kind != "count" or figure.value > 1)
    if many and not quoted and figure.printed[1:2] == "大":
        yield "label", figure.printed.replace("大", "")
    if many and quoted and (after.startswith("”") or name):
        yield "label", figure.printed.replace("大", "") + (name["word"] if name else "")
    elif figure.printed.endswith("日") and _WORDS.match(after, 0, _LONG):
        yield "day", after[:_LONG]
    elif figure.printed.endswith("日") and _HAN.fullmatch(figure.clause[-_LONG:]):
        yield "day", figure.said, figure.clause[-_LONG:]
    elif figure.kind == "duration" and figure.value >= _SMALL and (
        says("since", figure.printed) or says("since_after", after)
    ):  # fmt: skip
        yield "since", figure.clause[-2:]
    elif figure.kind == "duration" and CUES["plan"].match(after):
        yield figure.link[-2:], figure.said, after[:2]
    elif exact and _NOUN.match(after) and figure.value > 1:
        yield unit, after[:LONG_NAME]
    # 147人死亡: a number of three digits and what it counts.
    if exact and figure.is_exact and _PAIR.match(after) and figure.digits >= _MANY:
        yield "of", figure.printed, after[:2], "."
    before = clean_name(figure.clause)[-LONG_NAME:]
    several = figure.digits > 1
    if figure.role in ("growth", "share"):
        before = figure.subject[-LONG_NAME:] or before
        if several and figure.is_plain and _NOUN.match(before):
            yield figure.role, figure.time, before, figure.unit, "."
    elif figure.role == "level" and figure.value >= _SMALL and _NOUN.match(before):
        # 新增人口100万 twice is two things.
        named = several or (exact and clean_name(before) == before and figure.link.endswith(before))
        if telling(figure) and named:
            yield before, unit
        elif (
            figure.kind != "duration"
            and not says("above", figure.printed)
            and _WORDS.fullmatch(name_of(figure.clause)[-_LONG:])
        ):
            yield name_of(figure.clause)[-_LONG:], unit


def _by_context(page: Page) -> Iterator[Claim]:
    """The same print, and so many of the same words beside it that it is the same thing."""
    seen: dict[tuple[Any, ...], Figure] = {}
    for figure in page.figures:
        least = 1 if figure.kind == "count" or figure.role != "level" else _SMALL - 1
        barred = figure.role in ("date", "label") or says("above", figure.printed)
        if barred or figure.is_average or abs(figure.value) <= least:
            continue
        size = _ENOUGH[min(figure.digits, _MANY)]
        if figure.kind == "duration" or not figure.is_plain:
            size = _ENOUGH[0]
        after = re.split("[，。；：、（0-9]", _after(page, figure, 32))[0]
        sides = (figure.clause, figure.subject, after)
        runs = (run for side in sides for run in CUES["near_word"].findall(side))
        words = {run[n : n + size] for run in runs for n in range(len(run) - size + 1)}
        keys = [(figure.role, figure.unit, figure.value, word) for word in words
                if not says("common_word", word)]  # fmt: skip
        first = next((seen[key] for key in keys if key in seen), None)
        for key in keys:
            seen.setdefault(key, figure)
        if first is None or first.sentence == figure.sentence or not one_time(first, figure):
            continue
        # 增长20%以上 is told of this year and planned for the next.
        telling = figure.role in ("level", "change") or figure.digits >= _MANY
        if telling or first.time == figure.time != "":
            yield said_again(first, figure)


_ENOUGH = (7, 7, 6, 4)
"""Characters of one run of words that suffice: fewer where the number has more digits."""


def _after(page: Page, figure: Figure, most: int = 16) -> str:
    return "".join(page.text[figure.to : figure.to + most].split())


_LONG, _MANY = 6, 3
_HAN = re.compile("[\u4e00-\u9fff]{6}")
_WORDS = re.compile(r"[^\d，。；：\n]{6}")
_NOUN, _PAIR = re.compile("[\u4e00-\u9fff]{4}"), re.compile("[\u4e00-\u9fff]{2}")


def _next_to(page: Page) -> Iterator[Claim]:
    """四个项目。4个项目均已启动, and 项目13个。13个项目: in the sentence before."""
    for first, again in pairwise(levels(page.figures)):
        # 颁布三十周年。30年来.
        goes_on = not again.link and says("since_after", _after(page, again))
        if goes_on and says("since", first.printed) and again.sentence - first.sentence == 1:
            yield from taken_up(said_again(first, again))
    for again in levels(page.figures):
        noun, rest = _after(page, again)[:2], _after(page, again)[2:]
        tells = again.value >= _SMALL and again.value % 10 != 0
        counts = again.kind == "count" and again.is_exact and len(noun) == 2
        if counts and (tells or CUES["every"].match(rest)):
            before = (one for one in page.levels_before(again, far=1) if one.kind == "count")
            alike = (one for one in before if one.printed[-1] == again.printed[-1])
            for first in islice(alike, 1):
                named = noun in (_after(page, first)[:2], first.name[-2:])
                if named and first.value == again.value and first.sentence != again.sentence:
                    yield said_again(first, again)


def said_again(first: Figure, again: Figure) -> Claim:
    """That two figures are one number."""
    return claimed("said twice", again, first, sure=False)


def one_slip(first: Figure, again: Figure) -> bool:
    """Whether one slip of the hand turns one print into the other."""
    return any(value == first.value for _, value, _ in misprints(again))


def telling(figure: Figure) -> bool:
    """Whether to say it again tells anything: 近10亿元 does; 一个, 五年 and 6万人以上 do not."""
    amount = figure.kind != "duration" and not figure.is_average
    return amount and figure.value >= _SMALL and figure.is_plain
