"""Claims of counts, of years and of amounts for each."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from datetime import date
from fractions import Fraction
from functools import lru_cache
from itertools import product, takewhile

from aidstudy.claims.figures import DIGITS, Figure, Page, core, levels, one_time, same_name
from aidstudy.claims.relations import Claim, claimed, taken_up
from aidstudy.claims.words import CUES, EACH, HEADLINES, LISTS, MEASURES, OF, ORDINALS, TIMES, says
from aidstudy.intervals import Interval
from aidstudy.reading.quantities import read_quantity

_ENDS = re.compile(LISTS["ends"] + "$")
_MEASURES = re.compile(f"(?:{LISTS['measures']})")
_NUMBERS = {name: place for place, name in enumerate(ORDINALS, 1)}
_YEARS = re.compile(r"(?P<first>[12]\d{3})\D+(?P<last>[12]\d{3})")


def find_lists(page: Page) -> Iterator[Claim]:
    """Counts against lists, years against periods, and amounts for each."""
    for figure in page.figures:
        rules: list[Callable[[Page, Figure], Iterator[Claim]]] = []
        counted = figure.kind == "count" and figure.role in ("level", "label")
        if counted and figure.value.denominator == 1:
            rules = [_counted_list, _numbered, _bulleted]
            rules += [_kinds, _ones, _each] * (figure.role == "level")
        elif figure.kind == "duration":
            rules = [_plan_years, _took]
        rules += [_for_each] * (figure.role == "level")
        for rule in rules:
            yield from rule(page, figure)


def _within(
    rule: str, low: Fraction | int, high: Fraction | int | None, *figures: Figure, sure: bool = True
) -> Iterator[Claim]:
    """That the first figure lies between two numbers which words or dates tell."""
    allowed = Interval(Fraction(low), None if high is None else Fraction(high))
    return taken_up(claimed(rule, *figures, sure=sure, allowed=allowed))


def _count(figure: Figure, low: int, high: int | None, sure: bool) -> Iterator[Claim]:
    rule = "list and others" if high is None else "count of a list"
    return _within(rule, low, high, figure, sure=sure)


def _counted_list(page: Page, figure: Figure) -> Iterator[Claim]:
    """A、B、C三个县, and A、B等10个县, which names two of ten."""
    told = says("list", figure.link)
    # 床上四件套 is one thing.
    is_set = page.text[figure.to : figure.to + 1] == "套"
    counts = _MEASURES.search(figure.printed) or figure.role == "label"
    if says("no_list", figure.link) or not counts or is_set:
        return
    if told is None:
        if says("one_of", figure.link) and figure.value > 1:
            yield from _count(figure, 1, None, sure=False)
        elif says("pair", figure.link) and figure.role != "label":
            yield from _count(figure, 2, 2, sure=False)
        elif beside := says("quoted_list", figure.link) or says("numbers_list", figure.link):
            number = max(beside[0].count("”"), beside[0].count("、") + 1)
            yield from _count(figure, number, number, sure=False)
        return
    # 甲、乙等国都参与这四大试验.
    if not told["open"] and says("others", told["items"]):
        return
    items = told["items"].split("、")
    most = len(CUES["and"].split(told["items"]))
    # “两个确立”、做到“两个维护”; 道路和桥梁、道路和水利“两个衔接”.
    if figure.role == "label" and page.text[figure.at - 1] == "“":
        joined = len(items) >= _SEVERAL or items[1][:2] in items[0]
        if len(items) != figure.value or "“" in told["items"] or not joined:
            return
    alike = len({item[-1] for item in items}) == 1 and bool(_ENDS.search(items[-1]))
    # A县、B县两个县 counts what it lists; A县、B县5个村 does not.
    end, after = items[-1][-1], page.text[figure.to : figure.to + 8]
    counted = re.match(LISTS["noun"].format(end=end), after) or figure.printed.endswith(end)
    sure = alike and most == len(items) and bool(counted)
    yield from _count(figure, len(items), None if told["open"] else most, sure)


def _kinds(page: Page, kinds: Figure) -> Iterator[Claim]:
    """10大类59个项目: at least one thing of each kind."""
    for things in page.row_after(kinds)[:1]:
        counted = things.kind == "count" and things.role == "level"
        if counted and says("kinds", "".join(page.text[kinds.at : things.at].split())):
            yield from taken_up(claimed("kinds and things", things, kinds, sure=False))


def _ones(page: Page, figure: Figure) -> Iterator[Claim]:
    """编制一个规划、帮扶一个村、争取一批项目的“三个一”: every item of the list has its 一."""
    if CUES["ones"].match(figure.printed):
        start = page.bounds[figure.sentence]
        words = re.split("[，；：]", "".join(page.text[start : figure.at].split()))[-1]
        items = words.split("、")
        if all("一" in item for item in items):
            yield from _count(figure, len(items), len(items), sure=False)


def _bulleted(page: Page, figure: Figure) -> Iterator[Claim]:
    """“七个更加” after seven of 更加, “3个100万” before three, and lines that begin with ——."""
    word = CUES["named"].match(page.text, figure.to)
    bounds, sentence = page.bounds, figure.sentence
    if word is None or figure.value < _SEVERAL or page.text[figure.at - 1] != "“":
        return
    lines = CUES["dashes"].match(page.text, word.end())
    spans = [lines.span()] if lines else []
    if figure.value >= _LONG:
        spans.append((bounds[max(0, sentence - 1)], bounds[sentence]))
    elif DIGITS.match(word["word"]):
        spans.append((word.end(), bounds[sentence + 1]))
    for start, end in spans:
        if page.text.count(word["word"], start, end) == figure.value:
            yield from _count(figure, int(figure.value), int(figure.value), sure=False)
            return


_SEVERAL, _LONG = 3, 5


@lru_cache(maxsize=1)
def _ordinals(text: str) -> list[re.Match[str]]:
    return list(CUES["ordinal"].finditer(text))


def _numbered(page: Page, figure: Figure) -> Iterator[Claim]:
    """六大机制。一是…六是…; 三项工作。第一，…第三，…; 十个方面：（一）…（十）…"""
    told = CUES["first_item"].match(page.text[figure.to : figure.to + 24])
    if told is None:
        return
    start, style = figure.to + told.start("mark"), told.lastgroup
    last, nested, ordinals = 0, False, _ordinals(page.text)
    for match in ordinals[bisect_left(ordinals, start, key=lambda one: one.start()) :]:
        if match.lastgroup != style:
            continue
        number = match[str(style)]
        if (_NUMBERS.get(number) or int(number)) != last + 1:
            # Another 一是 in the same paragraph may be a list within the list.
            nested = "\n" not in page.text[start : match.start()]
            break
        last += 1
    if last >= 2:
        sure = told["mark"] == "：" and not nested and style == "each"
        yield from _within("count of numbered items", last, last, figure, sure=sure)


def _each(page: Page, figure: Figure) -> Iterator[Claim]:
    """三类地区分别达到 x、y、z; 2座电站，分别在A、B开工; 甲产量 x、乙产量 y的两项指标."""
    first, *more = page.row_after(figure) or [figure]
    joined = CUES["only_and"]
    told = CUES["each_of"].match(page.text[figure.to : page.bounds[figure.sentence + 1]])
    run = [*takewhile(lambda one: one.link == first.link or joined.fullmatch(one.link), more)]
    run = run if EACH in first.link else []
    if figure.link == OF[0]:
        before = reversed(page.row_before(figure))
        run = [*takewhile(lambda one: one.link.startswith("、"), before)]
    most = len(CUES["and"].split(told["items"])) if told else len(run) + 1
    if most > 1:
        yield from _count(figure, most, most, sure=False)


def _plan_years(page: Page, figure: Figure) -> Iterator[Claim]:
    """2012-2016年五年规划: a plan's years count both ends, or the years between."""
    period = (page.row_before(figure) or [figure])[-1]
    told = _YEARS.search(period.printed)
    named = CUES["plan"].match(page.text[figure.to : figure.to + 4])
    near = len(figure.link) <= 6 and not says("ordinal_before", figure.link)
    # 1720—1830年间 itself reads as a time of so many years.
    if told and named and near and figure.is_exact:
        years = int(told["last"]) - int(told["first"])
        yield from _within("years of a period", years, years + 1, figure, period)


def _took(page: Page, figure: Figure) -> Iterator[Claim]:
    """2011年3月开工，2013年3月竣工，历时两年: the time between two dates, a month more or less."""
    every = [one for one in page.sentences[figure.sentence] if one.role == "date"]
    dated = [one for one in every if one.number < figure.number][-2:]
    dated = dated if len(dated) == 2 else every
    told = says("took", figure.clause)
    days = [day for one in dated for day in one.said.split("/") if _DATE.fullmatch(day)]
    if figure.unit not in TIMES or len(days) != 2 or not (told or says("lasting", figure.clause)):
        return
    size, least = Fraction(TIMES[figure.unit]["days"]), TIMES[figure.unit]["open"]
    first, last = sorted(date.fromisoformat(day + _FIRST[len(day) - 4 :]) for day in days)
    # Days that a date leaves open: of a year, of a month, and one.
    coarse = max(least, *((366, 31, 1)[day.count("-")] for day in days))
    low, high = ((last - first).days - coarse, (last - first).days + coarse)
    # 1847年10月4日…12月28日: a date without its year may be of any.
    whole = all(day[:4] in one.printed for one in dated for day in one.said.split("/"))
    sure = told is not None and dated == every and every[-1].number < figure.number and whole
    if low >= 0:
        rule, ends = "time between two days", (low / size, high / size)
        yield from _within(rule, *ends, figure, *dated, sure=sure)


_DATE = re.compile(r"\d{4}(?:-\d\d){0,2}")
_FIRST = "-01-01"


def _for_each(page: Page, each: Figure) -> Iterator[Claim]:
    """20户，发放6万元，户均3000元; 200吨，每吨2500元，共50万元; 人均生产总值 and its two."""
    told = says("per", each.clause)
    if told is None or (each.is_exact and each.value <= 1):
        return
    measure = MEASURES.get(per := told["per"].strip("平均每"), per)
    named = core(told["said"]) in HEADLINES
    near = [*page.levels_before(each, here=False)] if named else []
    here = levels(page.sentences[each.sentence])
    near = sorted([*here, *near], key=lambda one: abs(one.number - each.number))
    numbers = [one for one in near if one.value > 1 and one.printed[-1] in measure]
    wholes = [
        one
        for one in near
        if one is not each
        and one.unit == each.unit
        and not says("per", one.clause)
        and (not named or same_name(one.name, told["said"]))
    ]
    before = levels(page.row_before(each))[-2:]
    for number, whole in product(numbers[:_NEAREST], wholes[:_NEAREST]):
        sure = number in before and whole in before and not named and told["said"] in whole.link
        sure = sure and bool(told["said"] or number.is_exact)
        size = _size(number, per)
        claim = claimed("amount for each", each, number, whole, sure=sure, constant=size)
        if number is not whole and one_time(number, whole, each) and any(taken_up(claim)):
            yield claim
            return


_NEAREST = 3


def _size(number: Figure, measure: str) -> Fraction:
    """One of a measure in base units: a ton is 1000 kg, a person one."""
    value = 1 if number.kind == "count" else read_quantity(f"1{measure}").value
    return value if isinstance(value, Fraction) else Fraction(1)
