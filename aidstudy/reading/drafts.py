"""Proposed coding: what a figure measures and who gives it, read off the words around it.

A draft saves typing and decides nothing. Each proposal names the words that led to it and how
near they stand; a person accepts or corrects every row.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import pairwise, product
from typing import Any, NamedTuple

from aidstudy.codebook import FIGURES, FIGURES_RAW, Place
from aidstudy.files import read_toml
from aidstudy.reading.figure import EXACT_MEASURES, Reading, derived_cells
from aidstudy.reading.grammar import HAN
from aidstudy.reading.quantities import fewest_hints, find_quantities
from aidstudy.reading.text import RepairedText, repair_text
from aidstudy.reading.words import filled, patterns

_TOLD = read_toml(__file__, "drafts.toml")
_NAMES = {"HAN": HAN}
for _name, _pattern in _TOLD["names"].items():
    _NAMES[_name] = filled(_pattern, _NAMES)
_SAYS = patterns(_TOLD["patterns"], **_NAMES)
_SENTENCE_END = re.compile("[。！？；;\n]")
_COUNTIES = "县旗"
_SHORTEST = len("泸县")
_WITHIN = 60_000
"""Characters in which names are looked for, and :data:`_FAR` names to look back at, so that the
time of a long page grows as its length."""
_FAR = 40


class Named(NamedTuple):
    """A name at its place."""

    start: int
    end: int
    name: str


class Who(NamedTuple):
    """Whom a place is about, and those who might be meant as well; sure where there are none."""

    taker: str
    givers: tuple[str, ...]
    also: tuple[str, ...]


class Report:
    """Takers and givers of a report, by first print, and who gives to whom.

    `takers` and `givers` map what is printed to the full name of a place, `slugs` that to the short
    name which a study has for it.
    """

    def __init__(
        self,
        text: str,
        start: int,
        end: int,
        takers: Mapping[str, str],
        givers: Mapping[str, str],
        slugs: Mapping[str, str],
    ) -> None:
        self._slugs = slugs
        self._own = [match.start() for match in _SAYS["own"].finditer(text, start, end)]
        self._text, self._start, self._end = text, start, end
        full = {**givers, **takers}
        names = sorted(filter(None, full), key=len, reverse=True)
        pattern = re.compile("|".join(map(re.escape, names)) or r"(?!)")
        self.named = [Named(*m.span(), full[m[0]]) for m in pattern.finditer(text, start, end)]
        order = dict.fromkeys(one.name for one in self.named)
        self.takers = [name for name in order if name in set(takers.values())]
        self.givers = [name for name in order if name not in self.takers]
        self._ends = [match.start() for match in _SENTENCE_END.finditer(text, start, end)]
        lines = {text.rfind("\n", max(0, one.start - 41), one.start) + 1 for one in self.named}
        found = (_SAYS["heading"].match(text, at, end) for at in sorted(lines) if at >= start)
        self._headings = [match.span() for match in found if match]
        self.pairs = list(dict.fromkeys(self._related()))
        if len(self.takers) == 1:
            self.pairs = [(name, self.takers[0]) for name in self.givers]
        elif self.takers:
            self.pairs += self._met()

    def _related(self) -> Iterator[tuple[str, str]]:
        """Pairs around a verb of giving; 分别 gives to each his own."""
        for verb in _SAYS["gives"].finditer(self._text, self._start, self._end):
            at = bisect_left(self.named, (verb.start(),))
            givers = self._run(self.named[at - 1]) if at else ()
            if not givers or not set(givers) <= set(self.givers):
                continue
            gap = self._text[self.named[at - 1].end : verb.start()]
            takers = self._run_from(at, verb.end())
            if not _SAYS["from_giver"].fullmatch(gap) or not takers:
                continue
            if len(givers) == len(takers) > 1:
                yield from zip(givers, takers, strict=True) if "分别" in gap else ()
            else:
                yield from product(givers, takers)

    def _met(self) -> list[tuple[str, str]]:
        """For each giver without a verb to a taker, whom the places that name it are about."""
        alone = [name for name in self.givers if all(name != giver for giver, _ in self.pairs)]
        met = []
        for giver in alone:
            about = Counter(self._taker(one.start)[0] for one in self.named if one.name == giver)
            met.append((giver, about.most_common(1)[0][0]))
        return met

    @property
    def governments(self) -> list[str]:
        """Givers that are no bureau, bank or firm; every giver where there is none."""
        found = [name for name in self.givers if _SAYS["is_government"].search(name)]
        return found or list(self.givers)

    def given_by(self, place: int) -> str:
        """The giver whose name ends just before a place: 其中青山市800万元."""
        names = self._between(self._start, place, self.givers)
        return names[-1].name if names and names[-1].end == place else ""

    def slug(self, name: str) -> str:
        return self._slugs.get(name, "")

    def own_act(self, place: int, first: int) -> bool:
        """Whether the county itself (我县) is the last that is named before a place."""
        own = self._own[bisect_left(self._own, first) : bisect_left(self._own, place)]
        return bool(own) and not self._between(own[-1], place, self.givers)

    def who(self, place: int) -> Who:
        """Whom a place is about.

        The taker is the one named last before it in its sentence, else the first behind it, else
        the only one whom a giver there gives to; the giver the one named last in the paragraph,
        else the only one who gives to the taker. Then the heading decides, then what is named
        last. Whoever else stands between what decided and the place might be meant as well.
        """
        taker, seen = self._taker(place)
        givers, heard = self._givers(place, taker, sure=bool(seen))
        others = {*self.takers, *self.governments} - {taker, *givers[:1]}
        also = [one.name for a, b in (*seen, *heard) for one in self._between(a, b, others)]
        also += [name for name in givers if name in others]
        return Who(taker, givers, tuple(dict.fromkeys(also)))

    def _scopes(self, place: int) -> list[tuple[int, int]]:
        """The sentence before a place, all of it, the paragraph before, its heading, all before."""
        index = bisect_left(self._ends, place)
        first = self._ends[index - 1] + 1 if index else self._start
        last = self._ends[index] if index < len(self._ends) else len(self._text)
        paragraph = max(self._start, self._text.rfind("\n", max(0, place - 20 * _FAR), place) + 1)
        at = bisect_right(self._headings, (place, 0)) - 1
        heading = self._headings[at] if at >= 0 else (self._start, self._start)
        return [(first, place), (first, last), (paragraph, place), heading, (self._start, place)]

    def _taker(self, place: int) -> tuple[str, list[tuple[int, int]]]:
        """The taker, and the stretch that decided; none where there is one taker only."""
        if len(self.takers) < 2:
            return "".join(self.takers), []
        before, sentence, paragraph, heading, all_before = self._scopes(place)
        if named := self._between(*before, self.takers):
            return self._run(named[-1])[0], [before]
        if named := self._between(*sentence, self.takers):
            return named[0].name, [sentence]
        for scope in (before, sentence, paragraph, heading, all_before):
            for one in reversed(self._between(*scope)):
                if found := self._only(one.name):
                    since = (scope[0], max(scope[1], place)) if scope == heading else scope
                    return found, [since]
        return self.takers[0], [all_before]

    def _only(self, name: str) -> str:
        """The taker that a name stands for: itself, or the only one to whom it gives."""
        found = [name] if name in self.takers else [b for a, b in self.pairs if a == name]
        return found[0] if len(found) == 1 else ""

    def _givers(
        self, place: int, taker: str, *, sure: bool
    ) -> tuple[tuple[str, ...], list[tuple[int, int]]]:
        """Who gives to a taker at a place, and the stretch that decided."""
        before, _, paragraph, heading, all_before = self._scopes(place)
        giving = [name for name in self.governments if (name, taker) in self.pairs]
        if named := self._between(*paragraph, self.givers):
            names = self._run(named[-1])
            if named[-1].start >= before[0]:
                signs = [self._text.rfind(sign, before[0], place) for sign in "，,：:"]
                clause = max(before[0], *signs)
                return names, [(clause, place) if named[-1].start >= clause else before]
            if not sure or not giving or set(names) & set(giving):
                return names, [paragraph]
        if len(giving) == 1:
            return (giving[0],), []
        if named := self._between(*heading, self.givers):
            return self._run(named[-1]), [(heading[0], place)]
        running = giving or self.governments
        if named := self._between(*all_before, running):
            return (named[-1].name,), [all_before]
        main = Counter(one.name for one in self.named if one.name in running).most_common(1)
        return tuple(name for name, _ in main), [(self._start, len(self._text))]

    def _between(self, first: int, last: int, names: Iterable[str] | None = None) -> list[Named]:
        """What is named from one place up to another, the last of it where it is much."""
        low, high = bisect_left(self.named, (first,)), bisect_left(self.named, (last,))
        found = self.named[max(low, high - _FAR) : high]
        return [one for one in found if names is None or one.name in names]

    def _run(self, last: Named) -> tuple[str, ...]:
        """The names of the list that one ends: 青山市、临江区."""
        index = bisect_left(self.named, last)
        first, side = index, self.takers if last.name in self.takers else self.givers
        while first and self.named[first - 1].name in side and self._joined(first):
            first -= 1
        return tuple(dict.fromkeys(one.name for one in self.named[first : index + 1]))

    def _joined(self, index: int) -> bool:
        gap = self.named[index - 1].end, self.named[index].start
        return _SAYS["joined"].fullmatch(self._text, *gap) is not None

    def _run_from(self, index: int, place: int) -> list[str]:
        """The takers of the list that begins just behind a place."""
        names: list[str] = []
        for number, one in enumerate(self.named[index:], index):
            begins = _SAYS["to_taker"].fullmatch(self._text, place, one.start)
            if one.name not in self.takers or not (self._joined(number) if names else begins):
                break
            names.append(one.name)
        return names


def names_of(text: str) -> tuple[list[str], list[str]]:
    """Takers and givers that a repaired text names, in the order of their first print.

    >>> names_of("云海省对口支援乌兰州。青山市、临江区第3批援建白石县，水务局捐助50万元。")
    (['乌兰州', '白石县'], ['云海省', '青山市', '临江区', '水务局'])
    """
    text = text[:_WITHIN]
    count = cache(text.count)
    recurring = _recurring(text)
    taking = [*_SAYS["takers"].finditer(text)]
    verbs = {match.start() for match in taking}
    said, sure = [], set()
    for match in _SAYS["givers"].finditer(text):
        found = _listed(match["names"], count)
        verb = _SAYS["between"].match(text, match.end())
        said += found
        sure |= set(found) if verb and verb.end() in verbs else set()
    named = [name for match in taking for name in _listed(match["names"], count)]
    named += [name for name in recurring if name[-1] in _COUNTIES]
    takers = sorted(dict.fromkeys(name for name in named if name not in sure), key=text.find)
    found = [name for name in said if name[-1] not in _COUNTIES or name in sure]
    givers = [name for name in dict.fromkeys([*found, *recurring]) if name not in takers]
    return takers, sorted(givers, key=text.find)


def _listed(names: str, count: Callable[[str], int]) -> list[str]:
    """Names of a list, each without what runs into it from before."""
    parts = re.split("[、和与及](?![田静])", names)
    found = [_trimmed(part, count) for part in parts]
    return [name for name in found if name]


def _trimmed(name: str, count: Callable[[str], int]) -> str:
    """A name without the words before it: 其中青山市 is rarer than 青山市; empty where none is."""
    name = _SAYS["before_name"].sub("", name)
    if not _SAYS["body"].search(name):
        # 甘孜州理塘县: the last of a chain of places is meant.
        chain = _SAYS["one"].findall(name)
        name = chain[-1] if chain and len(chain[-1]) > 2 else name
    shorter = (name[n:] for n in range(1, len(name) - 2))
    number = count(name)
    name = next((one for one in shorter if count(one) >= 2 * number), name)
    if not _SAYS["ending"].search(name) or len(name) < _SHORTEST or _SAYS["no_place"].search(name):
        return ""
    return name


def _recurring(text: str) -> list[str]:
    """Names of governments that a text prints behind different words.

    乐山市 does, 山市 stands behind 乐 only, and 请乐山市 is rare. A name of two characters (泸县)
    must stand behind a verb of giving.
    """
    found: Counter[str] = Counter()
    before: dict[str, set[str]] = {}
    for match in re.finditer("[省市州盟区县旗]", text):
        for length in (3, 4, 5):
            start = match.end() - length
            name = text[max(0, start) : match.end()]
            if start >= 0 and _SAYS["han"].fullmatch(name) and not _SAYS["no_place"].search(name):
                found[name] += 1
                before.setdefault(name, set()).add(text[start - 1] if start else "")
    names = {name: n for name, n in found.items() if n > 1 and len(before[name]) > 1}
    longer = {name[1:]: n for name, n in names.items()}
    # 都高新区 recurs as well, but mostly as a part of 成都高新区; 助宜宾市 is rarer than 宜宾市.
    return [
        name
        for name, n in Counter(names).most_common()
        if 2 * longer.get(name, 0) <= n and 2 * n > names.get(name[1:], 0)
    ]


DRAFT_COLUMNS: tuple[str, ...] = (
    *FIGURES.names,
    *(name for name in FIGURES_RAW.names if name not in FIGURES.names),
    "counted_zh",
    "subject_zh",
    "donor_zh",
    "cue",
    "grade",
)
"""The codebook's raw and clean columns, then names as printed, the cue and its grade."""

PAGE = "page"
"""Article of what belongs to the page and to no report (telephone and the like)."""


@dataclass(frozen=True, slots=True)
class DraftFigure:
    """One figure with its proposed coding, by the codebook's columns.

    A report is named after its recipient where that is known, else ``report1`` and so on. Short
    names stand only where the study names its places: the pair, or the recipient for what the
    county does by itself; the subject is the heading of the numbered item where there is one. The
    cue is the words that led to the measure; the hints are those that the print needs to read so,
    `None` where it never does.
    """

    quantity: Reading
    measure: str
    period: str
    cue: str
    grade: str
    note: str = ""
    hints: Mapping[str, str] | None = None
    figure_id: str = ""
    article: str = PAGE
    subject: str = ""
    donor: str = ""
    subject_zh: str = ""
    donor_zh: str = ""

    def cells(self) -> dict[str, str]:
        """The row as text cells, by :data:`DRAFT_COLUMNS`."""
        quantity = self.quantity
        counted = _counted(quantity) if quantity.kind == "count" else ""
        is_rule = self.measure in EXACT_MEASURES and quantity.bound == "rounded"
        told = derived_cells(quantity, is_rule=is_rule) | {
            "start": str(quantity.span.start),
            "end": str(quantity.span.end),
            "printed": quantity.printed,
            "label_en": f"Draft: {self.measure.replace('_', ' ')}",
            "counted": counted,
            "counted_zh": quantity.counted,
            **(self.hints or {}),
        }
        if quantity.kind == "count":
            told["unit"] = counted
        return {name: str(told.get(name) or getattr(self, name, "")) for name in DRAFT_COLUMNS}


def _counted(quantity: Reading) -> str:
    """The English noun where the Chinese one or the measure word names a single thing."""
    by_unit: dict[str, str] = _TOLD["counted_by_unit"]
    if quantity.counted and quantity.unit not in ("人", "名", "人次", "户"):
        for english, chinese in _TOLD["counted_by_noun"].items():
            if re.search(chinese, quantity.counted):
                return str(english)
    return by_unit.get(quantity.unit, "")


class _Rule(NamedTuple):
    """A measure, the words that speak for it, and the measure words it may stand with."""

    measure: str
    cue: re.Pattern[str]
    units: frozenset[str] | None


def _rules(kind: str) -> list[_Rule]:
    return [
        _Rule(
            told["measure"],
            re.compile(told["cue"]),
            frozenset(_TOLD["units"][told["with"]]) if "with" in told else None,
        )
        for told in _TOLD["rules"][kind]
    ]


_BY_KIND = {
    kind: _rules(kind) for kind in ("money", "share", "count", "date", "duration", "length", "area")
}
_NO_DONOR, _COUNTY_ACTS, _JOINT_ACTS, _OF_AID = (
    frozenset(_TOLD["measures"][name].split())
    for name in ("no_donor", "by_the_county", "together", "of_aid")
)

# --- the words around ---------------------------------------------------------------------------

_CLAUSE_END = re.compile("[，,：:（(]")
_AFTER_END = re.compile("[，,、：:。；;！？\n]")
_BRACKET = re.compile("[（(][^）)]{1,20}[）)]")
_WIDEST = 160
"""Characters of a sentence that are looked at on either side, so that a scan stays linear."""


class _Words(NamedTuple):
    """The words around one figure, in the repaired text."""

    before: str
    after: str
    sentence_before: str
    sentence_after: str
    leads: str = ""
    """The amount of money that follows at once."""


def _following(after: str) -> str:
    """What follows in the same clause; 150万元（已到账）: a bracket right behind belongs to it."""
    bracket = _BRACKET.match(after)
    stop = _AFTER_END.search(after, bracket.end() if bracket else 0)
    return after[: stop.start() if stop else 40][:40]


class _Page:
    """A repaired text with the places of its sentences, figures, reports and items."""

    def __init__(self, fixed: RepairedText, quantities: list[Reading]) -> None:
        self.text = fixed.text
        self.quantities = quantities
        self.spans = [fixed.text_span(*quantity.span) for quantity in quantities]
        self.ends = [match.start() for match in _SENTENCE_END.finditer(self.text)]
        self.reports = _report_starts(self.text)
        items = [(match.start(), match["name"]) for match in _SAYS["item"].finditer(self.text)]
        # A heading of the next section ends an item's reach as well as the next item does.
        items += [(match.start(), "") for match in _SAYS["section"].finditer(self.text)]
        items += [(start, "") for start in self.reports]
        items.sort()
        self.item_starts = [start for start, _ in items]
        self.items: list[tuple[int, str]] = []
        number, report = 0, 0
        for start, name in items:
            if bisect_right(self.reports, start) != report:
                number, report = 0, bisect_right(self.reports, start)
            number += bool(name)
            self.items.append((number, name))

    def words(self, index: int) -> _Words:
        start, end = self.spans[index]
        place = bisect_left(self.ends, start)
        first = max(self.ends[place - 1] + 1 if place else 0, start - _WIDEST)
        last = min(self.ends[place] if place < len(self.ends) else len(self.text), end + _WIDEST)
        before, after = self.text[first:start], self.text[end : max(end, last)]
        marks = [mark.end() for mark in _CLAUSE_END.finditer(before)]
        clause = first + marks[-1] if marks else first
        if index:
            clause = max(clause, self.spans[index - 1].end)
        following, leads = _following(after), ""
        if index + 1 < len(self.spans):
            next_start, next_one = self.spans[index + 1].start, self.quantities[index + 1]
            following = following[: max(0, next_start - end)]
            leads = next_one.printed if next_one.kind == "money" and next_start == end else ""
        return _Words(self.text[clause:start], following, before, after, leads)

    def report(self, index: int) -> int:
        """Which report a figure stands in, from 1; 0 for what stands before the first."""
        return bisect_right(self.reports, self.spans[index].start)

    def paragraph(self, index: int) -> int:
        """Where the paragraph of a figure starts, or the widest look back."""
        start = self.spans[index].start
        first = max(0, start - 4 * _WIDEST)
        return max(first, self.text.rfind("\n", first, start) + 1)

    def item(self, index: int) -> tuple[int, str]:
        """Number within the report and heading of the project that a figure stands under."""
        place = bisect_right(self.item_starts, self.spans[index].end) - 1
        return self.items[place] if place >= 0 else (0, "")


def _report_starts(text: str) -> list[int]:
    """Where each report begins: at the lead before its first section (一、).

    A page of one report belongs to it from its start. With several, what stands before the first
    lead is the page's own. A lead of two paragraphs leaves the first with the report before, and
    titles printed at the end of a page go to the last report.
    """
    starts = []
    for section in _SAYS["first_section"].finditer(text):
        lead = section.start()
        while lead > 0 and text[lead - 1].isspace():
            lead -= 1
        starts.append(text.rfind("\n", 0, lead) + 1)
    if len(starts) < 2:
        return [0]
    return sorted(set(starts))


def reports_of(
    text: str,
    recipients: Mapping[str, Place] | None = None,
    donors: Mapping[str, Place] | None = None,
) -> list[Report]:
    """The reports of a repaired text, each with its places; of the print where none are given.

    A page of several reports has one recipient for each: the one that it names most.
    """
    starts = _report_starts(text)
    known = (recipients or {}, donors or {})
    slugs = {one.zh: slug for part in known for slug, one in part.items()}
    takers, givers = (
        {name: one.zh for one in part.values() for name in (one.zh, one.short_zh)} for part in known
    )
    if not slugs:
        takers, givers = (dict(zip(names, names, strict=True)) for names in names_of(text))
    reports = []
    for start, end in pairwise([*starts, len(text)]):
        report = Report(text, start, end, takers, givers, slugs)
        if len(starts) > 1:
            named = Counter(one.name for one in report.named if one.name in report.takers)
            most = [name for name, _ in named.most_common(1)]
            only = {name: full for name, full in takers.items() if full in most}
            report = Report(text, start, end, only, givers, slugs)
        reports.append(report)
    return reports


# --- the draft ----------------------------------------------------------------------------------


def draft_figures(
    text: str,
    *,
    year: int | None = None,
    recipients: Mapping[str, Place] | None = None,
    donors: Mapping[str, Place] | None = None,
) -> list[DraftFigure]:
    """Every figure of a page with a proposed measure, subject and donor, in reading order.

    Labels, notes, repeats and shares of other figures are left to the person who codes. Without
    the places of a study names are taken from the print, and `subject` and `donor` stay empty.

    Examples
    --------
    >>> draft = draft_figures("青山市援助资金300万元已全部到位，公路总投资1.2亿元。")
    >>> [(d.quantity.printed, d.measure, d.cue, d.grade) for d in draft]
    [('300万元', 'disbursement', '到位', 'clear'), ('1.2亿元', 'budget', '总投资', 'clear')]
    """
    quantities = find_quantities(text, year=year).quantities
    page = _Page(repair_text(text), quantities)
    reports = reports_of(page.text, recipients, donors)
    numbers: Counter[str] = Counter()
    last_money = ""
    figures = []
    for index, quantity in enumerate(quantities):
        number = page.report(index)
        article, who = PAGE, None
        # A telephone number belongs to the page; a report prints none of its own things so.
        if number and quantity.kind != "contact":
            report = reports[number - 1]
            who = report.who(page.spans[index].start)
            article = report.slug(who.taker) or f"report{number}"
        numbers[article] += 1
        told = _drafted(page, index, reports[number - 1] if number else None, who, last_money, year)
        figure_id = f"{article}-{numbers[article]:03d}"
        figures.append(DraftFigure(quantity, article=article, figure_id=figure_id, **told))
        last_money = told["measure"] if quantity.kind == "money" else last_money
    return figures


def _drafted(
    page: _Page,
    index: int,
    report: Report | None,
    who: Who | None,
    last_money: str,
    year: int | None,
) -> dict[str, Any]:
    """What is proposed for one figure of a page."""
    quantity, words = page.quantities[index], page.words(index)
    measure, cue, grade = _measure(quantity, words, report.takers if report else ())
    if quantity.kind == "money":
        giver = report.given_by(page.spans[index].start) if report else ""
        if last_money and grade != "clear" and _SAYS["reaching"].search(words.before):
            # 追加投入90万元，达到400万元: the sum that an increment leads to.
            grown = last_money == "commitment_increment"
            measure, cue, grade = "commitment" if grown else last_money, "达到", "likely"
        if measure == "budget" and grade == "likely" and giver:
            # The whole stands in another clause; this one names who gives a part of it.
            measure, cue = "commitment", giver
    if grade == "clear" and not _is_sure(quantity, words, measure, cue):
        grade = "likely"
    told: dict[str, Any] = {}
    if report and who:
        told = _who(page, index, measure, words, report, who)
    also = who.also if who and quantity.kind not in _ABOUT_NOBODY else ()
    notes = [f"also named: {', '.join(also)}"] if also else []
    if quantity.kind == "count" and quantity.bound == "exact" and "万" in quantity.printed:
        notes.append("a count is exact by the codebook, though 万 may round it")
    return told | {
        "measure": measure,
        "period": _period(page, index, quantity, year),
        "cue": cue,
        "grade": "likely" if also and grade == "clear" else grade,
        "note": "; ".join(notes),
        "hints": fewest_hints(quantity),
    }


_ABOUT_NOBODY = ("code", "contact", "list_number", "map_scale")


def draft_rows(figures: Iterable[DraftFigure]) -> list[dict[str, str]]:
    """The draft as rows of text cells, by :data:`DRAFT_COLUMNS`."""
    return [figure.cells() for figure in figures]


# A cue may span anything; in a table it must not turn into a formula or break a line.
_NOT_SHOWN = re.compile(f"[^{HAN}0-9]")


def _measure(quantity: Reading, words: _Words, takers: Iterable[str]) -> tuple[str, str, str]:
    """Measure, the words that led to it, and the grade."""
    kind = quantity.kind
    if kind == "count" and quantity.counted == "一":
        return "other", quantity.printed, "clear"
    whole = not isinstance(quantity.value, Fraction) or quantity.value.denominator == 1
    if kind == "count" and not whole and quantity.bound != "range":
        # 8.6台 for a hundred pupils: an average counts no things.
        return "other", "", "open"
    sentence = words.sentence_before + quantity.printed + words.sentence_after
    # The noun may stand in the slice itself: 10大类, 六大机制.
    after = (quantity.printed if kind == "count" else "") + words.after
    # What is counted is the noun behind; money speaks by the surest word on either side.
    steps = [(("", after), "clear"), ((words.before, ""), "clear")] if kind == "count" else []
    steps = steps or [((words.before, after), "clear")]
    if quantity.unit != "个":
        # 个 goes with any noun, so that words farther off say nothing.
        steps.append(((words.sentence_before, words.sentence_after), "likely"))
    for around, grade in steps:
        for rule in _BY_KIND.get(kind, ()):
            if rule.units is not None and quantity.unit not in rule.units:
                continue
            for part in _at_figure(*around):
                if cue := rule.cue.search(part):
                    outward = rule.measure == "seconded_in" and _SAYS["outward"].search(sentence)
                    # 到石溪县挂职 in the report of that county: staff comes.
                    away = outward and not any(name in outward[0] for name in takers)
                    measure = "seconded_out" if away else rule.measure
                    return measure, _NOT_SHOWN.sub("", cue[0])[:20], grade
    if kind == "date" and words.leads and re.fullmatch("[0-9]{4}", str(quantity.value)):
        # 其中2017年2.1亿元、2018年…: the years of a sum that is told year by year.
        return "plan_period", words.leads, "likely"
    measure, grade = _TOLD["without_cue"].get(kind, ("other", "clear"))
    return measure, "", grade


def _at_figure(before: str, after: str) -> tuple[str, str]:
    """What stands at a figure, so that ^ and $ of a cue are its ends only, and not its clause's."""
    return f"\n{before}", f"{after}\n"


def _is_sure(quantity: Reading, words: _Words, measure: str, cue: str) -> bool:
    """Whether a cue settles the measure: at the figure, alone in its clause, and said of aid.

    What a share, a date or a duration is of, no cue settles: 占一般公共预算收入的48% is of taxes.
    Nor is 水利投资27亿元 anybody's promise, or 建成3个煤矿 a number of projects.
    """
    rules, kind = _BY_KIND.get(quantity.kind, ()), quantity.kind
    if not cue or cue == quantity.printed or not rules:
        return True
    if kind in ("share", "date", "duration") or len(cue) < len("到位"):
        return False
    before, after = words.before, (quantity.printed if kind == "count" else "") + words.after
    if measure != "other" and _SAYS["unsure"].search(f"{before[-12:]}{after[:8]}"):
        return False
    if kind in ("money", "count"):
        told = words.sentence_before + quantity.printed + words.sentence_after
        told = told if kind == "money" else f"{before[-6:]}{after[: len(quantity.printed) + 8]}"
        if cue not in told or (measure in _OF_AID and not _SAYS[f"sure_{kind}"].search(told)):
            return False
    # What speaks for a sum or a project at all is no rival of what says which.
    same = {measure} if measure == "other" else {measure, "commitment", "projects"}
    return not any(
        rule.measure not in same
        and (rule.units is None or quantity.unit in rule.units)
        and any(map(rule.cue.search, _at_figure(before, after)))
        for rule in rules
    )


def _who(
    page: _Page, index: int, measure: str, words: _Words, report: Report, who: Who
) -> dict[str, str]:
    """Subject and donor by their short names and as printed."""
    start = page.spans[index].start
    joint = measure in _JOINT_ACTS and _SAYS["joint"].search(
        words.sentence_before[-40:] + words.after
    )
    own = report.own_act(start, start - len(words.sentence_before))
    by_county = own and measure in _COUNTY_ACTS and not joint
    main = who.givers[0] if who.givers else ""
    subject_zh = who.taker if by_county or not main else f"{main}>{who.taker}"
    subject = recipient = report.slug(who.taker)
    if recipient and not by_county and report.slug(main):
        subject = f"{report.slug(main)}>{recipient}"
    number, name = page.item(index)
    if name:
        subject_zh = name
        subject = f"{recipient}-p{number:02d}" if recipient else ""
    told = {"subject": subject, "subject_zh": subject_zh}
    if by_county or joint or measure in _NO_DONOR:
        return told
    donors = " ".join(map(report.slug, who.givers)).strip()
    return told | {"donor": donors, "donor_zh": "、".join(who.givers)}


def _period(page: _Page, index: int, quantity: Reading, year: int | None) -> str:
    """The year that the paragraph names last before the figure."""
    if quantity.kind in ("code", "contact", "list_number", "map_scale"):
        return ""
    if quantity.kind in ("date", "period"):
        value = str(quantity.value or "")
        return value if quantity.kind == "period" else value[:4]
    said = list(
        _SAYS["year_said"].finditer(page.text, page.paragraph(index), page.spans[index].start)
    )
    if not said:
        return ""
    return said[-1]["year"] or ("" if year is None else str(year))
