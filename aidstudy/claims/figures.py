"""The figures of a page as its sentences show them: what each is called, and what it tells.

Names and roles come from the words between two figures; the words are in `words.toml`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import lru_cache
from typing import Any

from aidstudy.claims.words import ALIKE, CUES, EACH, HARMLESS, LEAD, OF, SECTORS, TRAIL, UNITS, says
from aidstudy.intervals import Interval, rounding_interval
from aidstudy.reading.figure import Reading
from aidstudy.reading.quantities import find_quantities, read_quantity
from aidstudy.reading.text import RepairedText, repair_text

_STOP = re.compile(r"[。！？!?\n]")
_PAUSE = re.compile(r"[，,；;：:、（）()]")
_BRACKETS = re.compile(r"（[^（）]*）|\([^()]*\)")
# 20.8:50.6:28.6 is a structure when it adds to 100, and 2.45:1 a ratio of two.
_RATIO = re.compile(r"(?<![\d:：∶.])\d+(?:\.\d+)?(?:[:：∶]\d+(?:\.\d+)?)+(?![\d:：∶])")
_WIDE = str.maketrans(",;:()", "，；：（）")
_FAR_BACK = 200
DIGITS = re.compile(r"[0-9][0-9,]*(?:\.[0-9]+)?")

FAR = 6
"""Sentences between the parts of one set, and between a whole and its parts."""


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """One figure in its sentence: its place in the raw text, and in the repaired text."""

    start: int
    end: int
    at: int
    to: int
    printed: str
    kind: str
    unit: str
    value: Fraction  # in base units; a change downwards is negative
    interval: Interval  # what the print allows; a count in 万 or with a decimal is rounded too
    role: str  # level, growth, change, share, part of a structure, ratio, date, label
    name: str  # what the words before it call it
    link: str  # all words between the figure before it in the sentence and this one
    sentence: int
    paragraph: int
    time: str = ""  # the year it is said of, before, ahead, or nothing
    said: str = ""  # the day, year or period last printed before it in its sentence, as ISO text
    number: int = 0  # its place among the figures of the page
    subject: str = ""  # what it is of: its name, or that of the figure it goes on from
    words: str = ""  # its link, and that of the date directly before it: 比2011年的

    @property
    def clause(self) -> str:
        """The words before it since the last pause."""
        return _PAUSE.split(self.link)[-1]

    @property
    def is_average(self) -> bool:
        """Whether it is one of those that add to nothing."""
        return says("average", self.clause) is not None

    @property
    def is_base(self) -> bool:
        """Whether it is what another is compared with: 比上年的y, 比2011年的y."""
        return says("base", self.words) is not None

    @property
    def digits(self) -> int:
        """How many digits of its number tell something: 2 of 1200万, 5 of 18.120."""
        return len(str(abs(self.value.numerator)).strip("0"))

    @property
    def is_exact(self) -> bool:
        return self.interval.low == self.interval.high

    @property
    def is_sharp(self) -> bool:
        """Whether its print says much: 一千多个, 60万人左右 and 1亿 fit nearly anything."""
        return self.says_within(Fraction(1, 50))

    @property
    def is_plain(self) -> bool:
        """Whether it is a number rather than a range: 10亿元 and 近10亿元 are."""
        return self.says_within(Fraction(1, 9))

    def says_within(self, share: Fraction) -> bool:
        """Whether the bounds of its print are no farther apart than a share of its value."""
        width = self.interval.width
        return width is not None and width <= abs(self.value) * share


@dataclass(frozen=True, slots=True)
class Page:
    """A page's figures in reading order, by sentence, and its repaired text."""

    fixed: RepairedText
    figures: list[Figure]
    sentences: list[list[Figure]]
    bounds: list[int] = field(repr=False)

    @property
    def text(self) -> str:
        return self.fixed.text

    @property
    def labels(self) -> list[Figure]:
        """Counts in names, which stand behind all other figures."""
        return [figure for figure in self.figures if figure.role == "label"]

    def levels_before(
        self, figure: Figure, *, most: int = 40, far: int = FAR, here: bool = True
    ) -> Iterator[Figure]:
        """Levels before a figure, nearest first, so far; of its paragraph, or any if not `here`."""
        for other in reversed(self.figures[max(0, figure.number - most) : figure.number]):
            elsewhere = here and other.paragraph != figure.paragraph
            if elsewhere or (far and figure.sentence - other.sentence > far):
                return
            if other.role == "level":
                yield other

    def after(self, figure: Figure) -> str:
        """The words after a figure up to the next figure or the end of the sentence."""
        row = self.row_after(figure)
        return self.text[figure.to : row[0].at if row else self.bounds[figure.sentence + 1]]

    def row_before(self, figure: Figure) -> list[Figure]:
        """The figures of its sentence before a figure."""
        row = self.sentences[figure.sentence]
        return row[: figure.number - row[0].number]

    def row_after(self, figure: Figure) -> list[Figure]:
        """The figures of its sentence after a figure."""
        row = self.sentences[figure.sentence]
        return row[figure.number - row[0].number + 1 :]


def read_figures(text: str, year: int | None = None) -> Page:
    """The figures of a raw text with their names, roles and times."""
    fixed = repair_text(text)
    read = find_quantities(text, year=year)
    # 网民规模达10.67亿，: what it counts is told by its name.
    bare = [one for one in read.unread if says("bare", one.printed + text[one.span.end :][:1])]
    found = [read_quantity(one.printed, kind="count")._replace(span=one.span) for one in bare]
    found += read.quantities
    bounds = [0, *(m.end() for m in _STOP.finditer(fixed.text)), len(fixed.text) + 1]
    paragraphs = [m.end() for m in re.finditer("\n", fixed.text)]
    spans: list[tuple[int, int, Any]] = [(*fixed.text_span(*one.span), one) for one in found]
    # A structure a:b:c is one thing here: its parts are held against each other.
    taken = {at for at, _, one in spans if one.kind not in ("share", "multiple")}
    ratios = [m for m in _RATIO.finditer(fixed.text) if m.start() not in taken]
    inside = {place for m in ratios for place in range(*m.span())}
    spans = [one for one in spans if one[0] not in inside]
    spans += [(m.start(), m.end(), m) for m in ratios]
    spans.sort(key=lambda one: one[:2])
    figures: list[Figure] = []
    sentences: list[list[Figure]] = [[] for _ in bounds[1:]]
    end_before, said = 0, ""
    held: str | None = None
    for at, to, one in spans:
        if at < end_before:
            continue
        sentence = bisect_right(bounds, at) - 1
        begin = max(bounds[sentence], end_before)
        end_before = to
        link = _BRACKETS.sub("", "".join(fixed.text[begin:at].split()).translate(_WIDE))
        if not figures or figures[-1].sentence != sentence:
            said, held = "", None
        if isinstance(one, Reading) and one.kind in ("date", "period"):
            # 比2011年的y增长p%; z, and 由2011年的y增加到z: the year is none of z.
            base = says("base", link) or says("from", link)
            held = (said if held is None else held) if base else None
            said = str(one.value or "") or said
        elif held is not None and (link[:1] in ("；", "，") or says("to", link)):
            said, held = held, None
        tail = _PAUSE.split(link)[-1]
        # 比重比上年降低 is a move of this year.
        moves = says("rise", tail) or says("fall", tail)
        when = "before" if says("before", tail) and not moves else said[:4]
        when = "ahead" if says("ahead", tail) else when
        where = (sentence, bisect_right(paragraphs, at), when, said)
        for figure in _figures(fixed, at, one, link, *where):
            figures.append(replace(figure, number=len(figures)))
    _name_listed(figures)
    _name_going_on(figures)
    for figure in figures:
        sentences[figure.sentence].append(figure)
    figures += _labels(fixed, figures, bounds, paragraphs)
    return Page(fixed, figures, sentences, bounds)


def _labels(
    fixed: RepairedText, figures: list[Figure], bounds: list[int], paragraphs: list[int]
) -> Iterator[Figure]:
    """Counts in a name, which are none of a thing: “三个高地”, 十方面实事; after all figures."""
    inside = {place for figure in figures for place in range(figure.at, figure.to)}
    number = len(figures)
    for match in CUES["label"].finditer(fixed.text):
        at, to = match.span()
        if at in inside:
            continue
        sentence = bisect_right(bounds, at) - 1
        begin = max(bounds[sentence], at - _FAR_BACK)
        link = "".join(fixed.text[begin:at].split()).translate(_WIDE)
        value = Fraction(str(read_quantity(f"{match['number']}个").value))
        yield Figure(
            *fixed.raw_span(at, to), at, to, match[0], "count", "", value, Interval.exactly(value),
            "label", name_of(link), link.removesuffix("“"), sentence,
            bisect_right(paragraphs, at), number=number,
        )  # fmt: skip
        number += 1


def _figures(
    fixed: RepairedText, at: int, one: Reading | re.Match[str], link: str, *where: Any
) -> Iterator[Figure]:
    if isinstance(one, Reading):
        tail = _PAUSE.split(link)[-1]
        value, interval, role = Fraction(0), Interval(None, None), "date"
        if isinstance(one.value, Fraction) and one.interval is not None:
            moves = says("rise", tail) or says("fall", tail)
            role = _ROLES.get(one.unit, ("change", "level"))[not moves]
            value, interval = one.value, one.interval
            if one.kind == "count":
                interval = _count_bounds(one.printed, value, interval)
        if role in ("growth", "change") and says("fall", tail) and value > 0:
            value, interval = -value, -interval
        yield Figure(
            *one.span, *fixed.text_span(*one.span), one.printed, one.kind,
            UNITS.get(one.unit, one.unit.partition("(")[0]), value, interval, role, name_of(link),
            link, *where,
        )  # fmt: skip
        return
    parts = list(DIGITS.finditer(one[0]))
    role = "part of a structure" if len(parts) > 2 else "ratio"
    for part in parts:
        start, end = at + part.start(), at + part.end()
        yield Figure(
            *fixed.raw_span(start, end), start, end, part[0], "share", "%", Fraction(part[0]),
            rounding_interval(part[0]), role, name_of(link), link if part is parts[0] else "",
            *where,
        )  # fmt: skip


def _name_listed(figures: list[Figure]) -> None:
    """Give each figure of A、B和C分别为 x、y和z its own name."""
    for place, first in enumerate(figures):
        before, told, _ = first.link.rpartition(EACH)
        if not told:
            continue
        # 三次产业 and 一、二、三产业 are lists too.
        words = CUES["sectors"].sub(SECTORS, re.split("[，；：;]", before)[-1])
        items = [item for item in CUES["and"].split(words) if item]
        run = figures[place : place + len(items)]
        joined = all(CUES["only_and"].fullmatch(figure.link) for figure in run[1:])
        if joined and len(run) == len(items) > 1 and run[-1].sentence == first.sentence:
            for number, (figure, item) in enumerate(zip(run, items, strict=True), place):
                name = clean_name(item)
                figures[number] = replace(figure, name=name, role=first.role, link=first.link)


def _name_going_on(figures: list[Figure]) -> None:
    """Give figures their subjects: y in x，比2011年的y and z in 由y增加到z are of the name of x."""
    last, before = "", None
    for place, figure in enumerate(figures):
        if before is None or before.sentence != figure.sentence:
            last, before = "", None
        dated = before is not None and before.role == "date" and figure.link in OF
        words = before.link + figure.link if before is not None and dated else figure.link
        name = core(figure.name)
        moves = figure.role in ("growth", "change")
        goes_on = dated or figure.time == "before" or says("to", words) or moves
        subject = name or (last if goes_on else "")
        figures[place] = replace(figure, subject=subject, words=words)
        last, before = subject or last, figure


_ROLES = {"pp": ("change",) * 2, "%": ("growth", "share"), "times": ("growth times", "ratio")}
"""By unit, where the words tell of a move and where they do not."""


def _count_bounds(printed: str, value: Fraction, given: Interval) -> Interval:
    """A count in 万 or 亿, or with a decimal, was rounded; others are exact."""
    digits = DIGITS.search(printed)
    if given.low != given.high or not re.search("[万亿.]", printed):
        return given
    if digits is None:
        # 三万: half of the smallest place that is not 0.
        step = Fraction(1)
        while value and value % (step * 10) == 0:
            step *= 10
        return Interval(value - step / 2, value + step / 2)
    number = Fraction(digits[0].replace(",", ""))
    return rounding_interval(digits[0], scale=value / number) if number else given


def name_of(link: str) -> str:
    """What the last words before a figure call it: 全年全县实现地区生产总值 is 地区生产总值."""
    names = map(clean_name, reversed(_PAUSE.split(link)[-2:]))
    return next(filter(None, names), "")


@lru_cache(maxsize=4096)
def clean_name(words: str) -> str:
    """A name without the words that lead to it and the verbs after it."""
    before = None
    while words != before:
        before = words
        words = TRAIL.sub("", LEAD.sub("", words))
    return words


@lru_cache(maxsize=4096)
def core(name: str) -> str:
    """A name without what limits nothing, and one of its synonyms for all: GDP is 地区生产总值."""
    # 钢的产量 is 钢产量.
    name = HARMLESS.sub("", clean_name(name)).replace("的", "")
    return ALIKE.get(name, name)


def same_name(one: str, other: str) -> bool:
    """Whether two names mean the same; that one ends with the other is not enough (非税收收入)."""
    return bool(one and other) and core(one) == core(other)


def one_time(*figures: Figure) -> bool:
    """Whether nothing says that figures are of different times."""
    said = {figure.time for figure in figures}
    return len(said - {""}) <= 1 and not ("" in said and said & {"ahead", "before"})


def levels(figures: list[Figure], like: Figure | None = None) -> list[Figure]:
    """The levels among figures; those of a unit with one, and compared with as it is or not."""
    found = [one for one in figures if one.role == "level"]
    if like is None:
        return found
    return [one for one in found if one.unit == like.unit and one.is_base == like.is_base]
