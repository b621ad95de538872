"""Proposed coding: what a figure measures and who gives it, read off the words around it.

A draft saves typing and decides nothing. Each proposal names the words that led to it and how
near they stand; a person accepts or corrects every row.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from aidstudy.codebook import FIGURES, FIGURES_RAW, Place
from aidstudy.intervals import plain
from aidstudy.reading.grammar import HAN
from aidstudy.reading.quantities import Reading, find_quantities
from aidstudy.reading.text import RepairedText, repair_text
from aidstudy.reading.words import patterns, told_in

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

_TOLD = told_in("drafts.toml")


@dataclass(frozen=True, slots=True)
class DraftFigure:
    """One figure with its proposed coding, by the codebook's columns.

    A report is named after its recipient where that is known, else ``report1`` and so on. Short
    names stand only where the study names its places: the pair, or the recipient for what the
    county does by itself; the subject is the heading of the numbered item where there is one. The
    cue is the words that led to the measure.
    """

    quantity: Reading
    figure_id: str
    article: str
    measure: str
    subject: str
    donor: str
    subject_zh: str
    donor_zh: str
    period: str
    cue: str
    grade: str
    year_hint: str = ""

    def cells(self) -> dict[str, str]:
        """The row as text cells, by :data:`DRAFT_COLUMNS`."""
        quantity = self.quantity
        counted = _counted(quantity) if quantity.kind == "count" else ""
        low, high, bound = quantity.low, quantity.high, quantity.bound
        if self.measure == "rule_ratio" and bound == "rounded":
            # A rule is exact because its measure says so.
            low = high = quantity.value
            bound = "exact"
        told = {
            "start": str(quantity.span.start),
            "end": str(quantity.span.end),
            "value": _cell(quantity.value, ROUND_HALF_EVEN),
            "unit": counted if quantity.kind == "count" else quantity.unit,
            "low": _cell(low, ROUND_FLOOR),
            "high": _cell(high, ROUND_CEILING),
            "bound": bound,
            "label_en": f"Draft: {self.measure.replace('_', ' ')}",
            "counted": counted,
            "kind_hint": _kind_hint(quantity),
            "unit_hint": quantity.unit if quantity.kind == "flow" else quantity.shared,
            "counted_zh": quantity.counted,
        }
        for name in ("printed", "numeral", "kind"):
            told[name] = getattr(quantity, name)
        return {name: str(told.get(name) or getattr(self, name, "")) for name in DRAFT_COLUMNS}


def _cell(value: Fraction | str | None, rounding: str) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else plain(value, rounding=rounding)


def _kind_hint(quantity: Reading) -> str:
    if quantity.kind in ("list_number", "contact"):
        return quantity.kind
    bare = quantity.kind == "money" and not re.search("[元圆角块钱]", quantity.printed)
    return "money" if bare else ""


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
        for told in _TOLD[kind]
    ]


_BY_KIND = {
    kind: _rules(kind) for kind in ("money", "share", "count", "date", "duration", "length", "area")
}
_NO_DONOR, _COUNTY_ACTS, _JOINT_ACTS = (
    frozenset(_TOLD["measures"][name].split()) for name in ("no_donor", "by_the_county", "together")
)
_SAYS = patterns(_TOLD["patterns"], HAN=HAN)

# --- the words around ---------------------------------------------------------------------------

_SENTENCE_END = re.compile("[。！？；;\n]")
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
    return sorted(set(starts)) if len(starts) > 1 else [0]


# --- names --------------------------------------------------------------------------------------

_LISTED = re.compile("[、和与及]?")


def _most_named(names: Iterable[str]) -> str:
    return next((name for name, _ in Counter(names).most_common(1)), "")


class _Places:
    """The places of one report: its recipient, its donors, and where each is named."""

    def __init__(
        self,
        text: str,
        start: int,
        end: int,
        recipients: Mapping[str, Place],
        donors: Mapping[str, Place],
    ) -> None:
        self._text = text
        known = [*recipients.items(), *donors.items()]
        names = [(name, slug, one.zh) for slug, one in known for name in (one.zh, one.short_zh)]
        self.slugs = {name: slug for name, slug, _ in names}
        full = {name: zh for name, _, zh in names}
        pattern = _SAYS["name"]
        if known:
            longest = sorted(self.slugs, key=len, reverse=True)
            pattern = re.compile(f"(?P<name>{'|'.join(map(re.escape, longest))})")
        found = [
            (*one.span("name"), full.get(one["name"], one["name"]))
            for one in pattern.finditer(text, start, end)
            if known or not _SAYS["no_name"].search(one["name"])
        ]
        counties = {name for *_, name in found if name.endswith("县")}
        takers = {place.zh for place in recipients.values()} if known else counties
        self.recipient = _most_named(name for *_, name in found if name in takers)
        given = [one for one in found if one[2] not in takers]
        self._starts = [at for at, _, _ in given]
        self._ends = [end for _, end, _ in given]
        self._names = [name for *_, name in given]
        self.main = _most_named(self._names)
        self.own = [match.start() for match in _SAYS["own"].finditer(text, start, end)]

    def givers(self, place: int, first: int) -> tuple[str, ...]:
        """The donors named last between two places; the report's main donor without one."""
        index = bisect_left(self._starts, place) - 1
        if index < 0 or self._starts[index] < first:
            return (self.main,) if self.main else ()
        names = [self._names[index]]
        while index and _LISTED.fullmatch(self._text, self._ends[index - 1], self._starts[index]):
            index -= 1
            names.insert(0, self._names[index])
        return tuple(dict.fromkeys(names))

    def given_by(self, place: int) -> str:
        """The donor whose name ends just before a place: 其中青山市800万元."""
        index = bisect_right(self._ends, place) - 1
        return self._names[index] if index >= 0 and self._ends[index] == place else ""

    def own_act(self, place: int, first: int) -> bool:
        """Whether the county itself is the last that is named before a place."""
        own = bisect_left(self.own, place) - 1
        if own < 0 or self.own[own] < first:
            return False
        other = bisect_left(self._starts, place) - 1
        return other < 0 or self._starts[other] < self.own[own]

    def slug(self, name: str) -> str:
        return self.slugs.get(name, "")


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
    places = [
        _Places(page.text, start, end, recipients or {}, donors or {})
        for start, end in pairwise([*page.reports, len(page.text)])
    ]
    articles = _article_names(places)
    numbers: Counter[str] = Counter()
    last_money = ""
    figures = []
    for index, quantity in enumerate(quantities):
        report = bisect_right(page.reports, page.spans[index].start)
        # A telephone number belongs to the page; a report prints none of its own things so. What
        # stands before the first report is the page's too.
        article = PAGE if quantity.kind == "contact" or not report else articles[report - 1]
        numbers[article] += 1
        near = places[report - 1] if report else None
        name = f"{article}-{numbers[article]:03d}"
        figures.append(_drafted(page, index, near, (name, article), last_money, year))
        last_money = figures[-1].measure if quantity.kind == "money" else last_money
    return figures


def _drafted(
    page: _Page,
    index: int,
    near: _Places | None,
    named: tuple[str, str],
    last_money: str,
    year: int | None,
) -> DraftFigure:
    quantity, words = page.quantities[index], page.words(index)
    measure, cue, grade = _measure(quantity, words, near.recipient if near else "")
    if quantity.kind == "money":
        giver = near.given_by(page.spans[index].start) if near else ""
        if last_money and grade != "clear" and _SAYS["reaching"].search(words.before):
            # 追加投入90万元，达到400万元: the sum that an increment leads to.
            grown = last_money == "commitment_increment"
            measure, cue, grade = "commitment" if grown else last_money, "达到", "likely"
        if measure == "budget" and grade == "likely" and giver:
            # The whole stands in another clause; this one names who gives a part of it.
            measure, cue = "commitment", giver
    who = _who(page, index, measure, words, near) if near and named[1] != PAGE else ("",) * 4
    period, hint = _period(page, index, quantity, year), _year_hint(quantity, year)
    return DraftFigure(quantity, *named, measure, *who, period, cue, grade, hint)


def draft_rows(figures: Iterable[DraftFigure]) -> list[dict[str, str]]:
    """The draft as rows of text cells, by :data:`DRAFT_COLUMNS`."""
    return [figure.cells() for figure in figures]


def _article_names(places: Sequence[_Places]) -> list[str]:
    """The recipient's short name for each report, where it is known and the only one."""
    slugs = [place.slug(place.recipient) for place in places]
    times = Counter(slugs)
    return [
        slug if slug and times[slug] == 1 else f"report{number}"
        for number, slug in enumerate(slugs, start=1)
    ]


# A cue may span anything; in a table it must not turn into a formula or break a line.
_NOT_SHOWN = re.compile(f"[^{HAN}0-9]")


def _measure(quantity: Reading, words: _Words, recipient: str) -> tuple[str, str, str]:
    """Measure, the words that led to it, and the grade."""
    kind = quantity.kind
    if kind == "count" and quantity.counted == "一":
        return "other", quantity.printed, "clear"
    whole = words.sentence_before + quantity.printed + words.sentence_after
    # The noun may stand in the slice itself: 10大类, 六大机制.
    after = (quantity.printed if kind == "count" else "") + words.after
    # What is counted is the noun behind; money speaks by the surest word on either side.
    steps: list[tuple[tuple[str, ...], str]]
    steps = [((after,), "clear"), ((words.before,), "clear")] if kind == "count" else []
    steps = steps or [((words.before, after), "clear")]
    if quantity.unit != "个":
        # 个 goes with any noun, so that words farther off say nothing.
        steps.append(((words.sentence_before, words.sentence_after), "likely"))
    for around, grade in steps:
        for rule in _BY_KIND.get(kind, ()):
            if rule.units is not None and quantity.unit not in rule.units:
                continue
            for part in around:
                if cue := rule.cue.search(part):
                    outward = rule.measure == "seconded_in" and _SAYS["outward"].search(whole)
                    # 到石溪县挂职 in the report of that county: staff comes.
                    away = outward and not (recipient and recipient in outward[0])
                    measure = "seconded_out" if away else rule.measure
                    return measure, _NOT_SHOWN.sub("", cue[0])[:20], grade
    if kind == "date" and words.leads and re.fullmatch("[0-9]{4}", str(quantity.value)):
        # 其中2017年2.1亿元、2018年…: the years of a sum that is told year by year.
        return "plan_period", words.leads, "likely"
    measure, grade = _TOLD["without_cue"].get(kind, ("other", "clear"))
    return measure, "", grade


def _who(
    page: _Page, index: int, measure: str, words: _Words, places: _Places
) -> tuple[str, str, str, str]:
    """Subject and donor by their short names, then as printed."""
    start = page.spans[index].start
    givers = places.givers(start, page.paragraph(index))
    recipient = places.recipient
    joint = measure in _JOINT_ACTS and _SAYS["joint"].search(
        words.sentence_before[-40:] + words.after
    )
    own = places.own_act(start, start - len(words.sentence_before))
    by_county = own and measure in _COUNTY_ACTS and not joint
    main = givers[0] if givers else ""
    subject_zh = recipient if by_county or not main else f"{main}>{recipient}"
    subject = places.slug(recipient)
    if subject and not by_county and places.slug(main):
        subject = f"{places.slug(main)}>{subject}"
    number, name = page.item(index)
    if name:
        subject_zh = name
        if subject:
            subject = f"{places.slug(recipient)}-p{number:02d}"
    if by_county or joint or measure in _NO_DONOR:
        return subject, "", subject_zh, ""
    donors = " ".join(map(places.slug, givers)).strip()
    return subject, donors, subject_zh, "、".join(givers)


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


def _year_hint(quantity: Reading, year: int | None) -> str:
    supplied = (
        quantity.kind == "date"
        and year is not None
        and isinstance(quantity.value, str)
        and quantity.value.startswith(f"{year:04d}")
        and not _SAYS["year_printed"].search(quantity.printed)
    )
    return str(year) if supplied else ""
