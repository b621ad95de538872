"""The audit of one text or several: every claim with its verdict, and the figures at fault."""

from __future__ import annotations

import html
import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR
from fractions import Fraction
from functools import cached_property
from typing import Any

import pandas as pd

from aidstudy.claims.again import LONG_NAME, find_again, one_slip, said_again, telling
from aidstudy.claims.figures import DIGITS, Figure, Page, levels, read_figures
from aidstudy.claims.growth import find_growth, find_shares
from aidstudy.claims.lists import find_lists
from aidstudy.claims.relations import (
    AGREES,
    CONTRADICTS,
    UNROUNDED,
    Claim,
    Member,
    Suspect,
    find_suspects,
)
from aidstudy.claims.sums import find_sums
from aidstudy.claims.words import says
from aidstudy.errors import TextError
from aidstudy.intervals import Interval, plain


def audit_text(text: str, *, year: int | None = None) -> TextAudit:
    """What the sentences of a text claim about its figures, each claim tested with exact bounds.

    Parameters
    ----------
    text : str
        Raw text of a page.
    year : int, optional
        Year of dates that are printed without one.

    Returns
    -------
    TextAudit
        Its ``claims``, ``suspects`` and ``untested`` are tables.

    Raises
    ------
    TextError
        If `text` is not a string.

    Notes
    -----
    Precision comes before recall: what may be meant otherwise is no claim, and a relation that only
    its fit speaks for (certainty ``likely``) is listed where it fits and never contradicts. That a
    page agrees with itself does not make its figures true.

    Examples
    --------
    >>> page = "全县地区生产总值354.1亿元，其中：第一产业增加值80.2亿元；第二产业增加值200.4亿元；"
    >>> found = audit_text(page + "第三产业增加值154.5亿元。三次产业结构为18.4:46.1:35.5。")
    >>> int((found.claims["verdict"] == "contradicts").sum())
    4
    >>> found.suspects[["printed", "candidates"]].values.tolist()
    [['354.1亿元', ['435.1亿元']]]
    """
    page = read_figures(text, year)
    sums = [*find_sums(page)]
    claims = [*sums, *find_shares(page), *find_growth(page, sums), *find_lists(page)]
    claims += find_again(page)
    claims.sort(key=lambda claim: claim.about.start)
    return TextAudit(page, claims, find_suspects(claims))


class Told:
    """What shows an audit in a notebook, as a page of its own, and in one line."""

    lines: Callable[..., list[str]]
    _html: Callable[[], Iterator[str]]

    def _repr_html_(self) -> str:
        return "".join(self._html())

    def to_html(self) -> str:
        """A page of its own with what a notebook shows; it holds sentences of the text."""
        head = '<!doctype html><html lang="zh"><meta charset="utf-8"><title>audit of a text</title>'
        return f"{head}<body>{self._repr_html_()}</body></html>\n"

    def __repr__(self) -> str:
        return f"{type(self).__name__}: {self.lines()[-1]}"


@dataclass(frozen=True, eq=False, repr=False)
class TextAudit(Told):
    """The claims of a text and the suspects, as tables, HTML, JSON and CSV."""

    page: Page
    found: list[Claim]
    suspected: list[Suspect]

    @cached_property
    def claims(self) -> pd.DataFrame:
        """One row for each claim, in reading order.

        ``rule``, ``relation`` in the printed figures, ``figures`` as (start, end, role) in the raw
        text, ``printed``, ``low`` and ``high`` of the same figure computed from the others: exact,
        in base units, shares as fractions, an open end infinite. ``verdict``: ``agrees`` when the
        value computed from printed values lies within what the print allows, ``agrees_unrounded``
        when one within their bounds does, else ``contradicts``. ``certainty``: ``sure`` or
        ``likely``. ``touches``: whether it agrees at the very end of the bounds only.
        """
        found = self.found
        places = [[(m.figure.start, m.figure.end, m.role) for m in one.members] for one in found]
        rows: dict[str, list[Any]] = {
            "rule": [claim.rule for claim in found],
            "relation": [relation_text(claim) for claim in found],
            "figures": places,
            "printed": [claim.about.printed for claim in found],
            **_ends("", [(claim.computed, claim.about) for claim in found]),
            "verdict": [claim.verdict for claim in found],
            "certainty": [claim.certainty for claim in found],
            "touches": [claim.touches for claim in found],
        }
        return pd.DataFrame(rows, dtype=object)

    @cached_property
    def suspects(self) -> pd.DataFrame:
        """One row for each figure that may be wrong; several of one ``group``: one of these.

        ``needed_low`` and ``needed_high``: what the other figures need it to be. ``candidates``:
        prints that one slip turns into this one (a digit changed, two swapped, one moved, the
        point shifted, 万 for 亿), those first that fit more claims at face value. ``claims``: rows
        of ``claims`` that it would mend.
        """
        number = {id(claim): n for n, claim in enumerate(self.found)}
        rows: dict[str, list[Any]] = {
            "start": [one.figure.start for one in self.suspected],
            "end": [one.figure.end for one in self.suspected],
            "printed": [one.figure.printed for one in self.suspected],
            **_ends("needed_", [(one.needed, one.figure) for one in self.suspected]),
            "candidates": [list(one.candidates) for one in self.suspected],
            "claims": [
                [number[id(claim)] for claim in one.mends if id(claim) in number]
                for one in self.suspected
            ],
            "group": [one.group for one in self.suspected],
        }
        return pd.DataFrame(rows, dtype=object)

    @cached_property
    def untested(self) -> pd.DataFrame:
        """One row for each figure that stands in no claim, so that nothing was tested of it.

        Its place in the raw text and its print. Days and periods are no figures here.
        """
        held = {member.figure.number for claim in self.found for member in claim.members}
        left = (
            f for f in self.page.figures if f.role not in ("date", "label") and f.number not in held
        )
        rows = [(one.start, one.end, one.printed) for one in left]
        return pd.DataFrame(rows, columns=["start", "end", "printed"], dtype=object)

    @property
    def ok(self) -> bool:
        """Whether no claim contradicts."""
        return not self.contradictions

    @property
    def contradictions(self) -> dict[int, Claim]:
        """Claims that contradict, by the number of their row."""
        return {n: claim for n, claim in enumerate(self.found) if claim.verdict == CONTRADICTS}

    def mending(self, number: int) -> list[Suspect]:
        """Figures whose change would mend a claim."""
        claim = self.found[number]
        return [one for one in self.suspected if any(mended is claim for mended in one.mends)]

    def lines(self, *, every: bool = False) -> list[str]:
        """What was found, line by line: contradictions with their suspects, then counts.

        `every`: all claims, each with the number of its row in ``claims``.
        """
        lines = []
        for number, claim in enumerate(self.found) if every else self.contradictions.items():
            verdict = f"{number} {claim.verdict} ({claim.certainty})" if every else claim.verdict
            lines.append(f"{verdict}: {claim.rule}: {relation_text(claim)}")
            if claim.verdict == CONTRADICTS:
                lines.append(f"  {claim.about.printed} is printed, {computed_text(claim)} follows")
                lines += [one.line() for one in self.mending(number)]
        counts = [claim.verdict for claim in self.found]
        told = ", ".join(f"{counts.count(one)} {one}" for one in (AGREES, UNROUNDED, CONTRADICTS))
        number = sum(one.role not in ("date", "label") for one in self.page.figures)
        left = f"{len(self.untested)} of {number} figures stand in no claim"
        return [*lines, f"{len(counts)} claims: {told}; {left}"]

    def warning(self, name: str) -> list[str]:
        """One line where the text contradicts itself, nothing else."""
        number = len(self.contradictions)
        told = f"of what {name} says about its own figures {number} contradict: aidstudy audit-text"
        return [told] if number else []

    def to_json(self) -> str:
        """The tables as JSON; numbers as decimals in text, rounded outward, ``null``: open."""
        tables = {"claims": self.claims, "suspects": self.suspects, "untested": self.untested}
        told = {name: _plain(table).to_dict("records") for name, table in tables.items()}
        return json.dumps(told, ensure_ascii=False, indent=1) + "\n"

    def to_csv(self) -> str:
        """The claims as CSV with their numbers, the candidates of their suspects at the end."""
        return str(self.written().to_csv(index_label="claim"))

    def written(self) -> pd.DataFrame:
        """The claims as text cells."""
        table = _plain(self.claims)
        table["figures"] = [
            " ".join(f"{a}-{b} {role}" for a, b, role in figures) for figures in table["figures"]
        ]
        table["suspects"] = [
            "; ".join(
                f"{one.figure.printed} at {one.figure.start}: {' or '.join(one.candidates)}"
                for one in self.mending(number)
            )
            for number in range(len(table))
        ]
        return table

    def _html(self) -> Iterator[str]:
        yield f"<p>{html.escape(self.lines()[-1])}</p>"
        for claim in self.contradictions.values():
            told = (claim.rule, relation_text(claim), claim.about.printed, computed_text(claim))
            rule, relation, printed, computed = map(html.escape, told)
            yield (
                f"<p><b>{rule}</b>: {relation}<br>{printed} is printed, {computed} follows</p>"
                f"<blockquote>{self._marked(claim)}</blockquote>"
            )
        if self.suspected:
            yield self.suspects[["printed", "candidates", "start", "group"]].to_html(index=False)
        table = self.claims[["rule", "relation", "verdict", "certainty"]]
        yield f"<details><summary>every claim</summary>{table.to_html()}</details>"

    def _marked(self, claim: Claim) -> str:
        """The sentences of a claim with its figures marked."""
        page, told = self.page, ""
        for number in sorted({member.figure.sentence for member in claim.members}):
            place = page.bounds[number]
            for figure in filter(claim.holds, page.sentences[number]):
                told += html.escape(page.text[place : figure.at])
                told += f"<mark>{html.escape(page.text[figure.at : figure.to])}</mark>"
                place = figure.to
            told += html.escape(page.text[place : page.bounds[number + 1]])
        return told


def _ends(start: str, told: Iterable[tuple[Interval, Figure]]) -> dict[str, list[Any]]:
    """Columns of the bounds of figures: shares as fractions, an open end infinite."""
    scaled = [(one, 100 if figure.unit in ("%", "pp") else 1) for one, figure in told]
    return {
        f"{start}low": [-math.inf if i.low is None else i.low / scale for i, scale in scaled],
        f"{start}high": [math.inf if i.high is None else i.high / scale for i, scale in scaled],
    }


def _plain(table: pd.DataFrame) -> pd.DataFrame:
    """A table with numbers as decimals in text, rounded outward; nothing where an end is open."""
    table = table.copy()
    for column in table.columns[table.columns.str.endswith(("low", "high"))]:
        way = ROUND_FLOOR if column.endswith("low") else ROUND_CEILING
        told = [None if isinstance(x, float) else plain(x, rounding=way) for x in table[column]]
        table[column] = pd.Series(told, index=table.index, dtype=object)
    return table


def computed_text(claim: Claim, figure: Figure | None = None) -> str:
    """What the others make of a figure, in the unit of its print: 434.95 to 435.25亿元."""
    needed = claim.computed if figure is None else claim.needed(figure)
    figure = figure or claim.about
    found = DIGITS.search(figure.printed)
    number = Fraction(found[0].replace(",", "")) if found else Fraction(0)
    scale, unit = Fraction(1), f" {figure.unit}".rstrip()
    if found and number and figure.value > 0:
        scale, unit = figure.value / number, figure.printed[found.end() :]
    ends = ((needed.low, ROUND_FLOOR), (needed.high, ROUND_CEILING))
    told = ["open" if end is None else plain(end / scale, digits=6, rounding=way)
            for end, way in ends]  # fmt: skip
    return (told[0] if needed.low == needed.high else " to ".join(told)) + unit


def relation_text(claim: Claim) -> str:
    """A claim as a formula of the printed figures: 3000元 × 20户 = 6万元."""
    first, *rest = claim.members
    name, form = _signed(first), claim.form
    if form == "sum" and all(member.sign > 0 for member in rest):
        return " + ".join(map(_signed, claim.members)) + f" = {claim.constant}"
    if form == "sum":
        right = "".join((" + " if one.sign < 0 else " − ") + _signed(one) for one in rest)
        return f"{name} = {right.removeprefix(' + ')}"
    if form == "product":
        sides = [[m.shape.formula.format(_signed(m)) for m in claim.members if m.sign == sign]
                 for sign in (1, -1)]  # fmt: skip
        return " = ".join(map(" × ".join, sides))
    if form == "at_least":
        return f"{name} ≥ {rest[0].figure.printed}"
    if form == "between":
        return f"{name} between {' and '.join(map(_signed, rest))}"
    if rest:
        return f"{name} = {computed_text(claim)} by the dates"
    return f"{name} = {computed_text(claim)} listed" if claim.computed.high else f"{name} ≥ listed"


def _signed(member: Member) -> str:
    """A figure as printed; a fall of 3% is −3%."""
    figure = member.figure
    return ("−" if figure.value < 0 and "-" not in figure.printed else "") + figure.printed


DIFFERS = "differs"
_NEAR = 10
"""A revision moves a figure by less than a tenth; farther apart are two things of one name."""

Key = tuple[str, str, str]


def audit_texts(
    texts: Mapping[str, str], *, year: int | Mapping[str, int | None] | None = None
) -> TextsAudit:
    """Audit several texts of one place or programme, and set restated figures side by side.

    Parameters
    ----------
    texts : mapping of str to str
        Raw text of each page by its name, the earliest first.
    year : int or mapping, optional
        Year that each page is about: that of its figures without a year, one more than that of
        上年. Figures of pages without a year are compared where their own year is printed.

    Returns
    -------
    TextsAudit
        ``pages`` has the audit of each; ``restated`` is a table.

    Raises
    ------
    TextError
        If a text is not a string, or there is none.

    Notes
    -----
    A figure is said again when name, unit and time are the same. Statistics are revised: that two
    pages differ is told and is no contradiction. One claim more it is where suspects are weighed:
    a page that says the same speaks for a figure, one that is one slip apart against it.

    Examples
    --------
    >>> texts = {"a": "全县地区生产总值435.1亿元。", "b": "地区生产总值480亿元，上年为436.4亿元。"}
    >>> found = audit_texts(texts, year={"a": 2011, "b": 2012}).restated
    >>> found[["name", "time", "printed", "again_printed", "verdict"]].values.tolist()
    [['地区生产总值', '2011', '435.1亿元', '436.4亿元', 'differs']]
    """
    if not texts:
        raise TextError("audit_texts: no text is given; pass the text of each page by its name")
    years = year if isinstance(year, Mapping) else dict.fromkeys(texts, year)
    pages = {name: audit_text(text, year=years.get(name)) for name, text in texts.items()}
    found = TextsAudit(pages, {name: years.get(name) for name in texts})
    return replace(found, pages=found._weighed())


@dataclass(frozen=True, eq=False, repr=False)
class TextsAudit(Told):
    """The audits of several texts by name, and what is said in more than one of them."""

    pages: Mapping[str, TextAudit]
    years: Mapping[str, int | None]

    @cached_property
    def claims(self) -> pd.DataFrame:
        """The claims of all pages, the name of the page in the first column."""
        tables = {name: audit.claims for name, audit in self.pages.items()}
        return _together(tables).reset_index()

    @cached_property
    def restated(self) -> pd.DataFrame:
        """One row for each figure that a later page says again, with both places.

        ``verdict`` is that of a claim, or ``differs``, with `one_slip` where one slip of the hand
        turns one print into the other. Numbers farther apart than a tenth, and by more than a
        slip, are taken for two things of one name.
        """
        ends = ("page", "start", "end", "printed")
        columns = ["name", "time", *ends, *(f"again_{end}" for end in ends), "verdict", "one_slip"]
        return pd.DataFrame(list(self._again()), columns=columns, dtype=object)

    @cached_property
    def suspects(self) -> pd.DataFrame:
        """The suspects of all pages, the name of the page in the first column.

        Those of one ``group`` may be of several pages: one of these.
        """
        tables = {name: audit.suspects for name, audit in self.pages.items()}
        return _together(tables).reset_index(level="page").reset_index(drop=True)

    def _weighed(self) -> dict[str, TextAudit]:
        """The audits, their suspects by the claims of all pages and what one says again."""
        figures = {
            name: {one.start: one for one in audit.page.figures}
            for name, audit in self.pages.items()
        }
        claims = [claim for audit in self.pages.values() for claim in audit.found]
        for row in self.restated.to_dict("records"):
            if row["verdict"] != DIFFERS or row["one_slip"]:
                again = figures[row["again_page"]][row["again_start"]]
                claims.append(said_again(figures[row["page"]][row["start"]], again))
        suspected = find_suspects(claims)
        return {
            name: replace(
                audit,
                suspected=[s for s in suspected if figures[name].get(s.figure.start) is s.figure],
            )
            for name, audit in self.pages.items()
        }

    def _again(self) -> Iterator[list[Any]]:
        before: dict[Key, tuple[str, Figure]] = {}
        for page, audit in self.pages.items():
            for key, again in _statements(audit.page, self.years[page]).items():
                other, first = before.get(key, ("", again))
                before[key] = (page, again)
                verdict = said_again(first, again).verdict
                slip = verdict == CONTRADICTS and one_slip(first, again)
                near = abs(first.value - again.value) * _NEAR <= first.value
                sharp = first.is_sharp and again.is_sharp
                if other and (verdict != CONTRADICTS or (sharp and (slip or near))):
                    places = [(other, first), (page, again)]
                    told = [c for name, f in places for c in (name, f.start, f.end, f.printed)]
                    verdict = DIFFERS if verdict == CONTRADICTS else verdict
                    yield [key[0], key[2], *told, verdict, slip]

    @property
    def ok(self) -> bool:
        """Whether no claim of any page contradicts."""
        return all(audit.ok for audit in self.pages.values())

    def lines(self, *, every: bool = False) -> list[str]:
        """What was found on each page, then what one says otherwise than another."""
        told = ((name, page.lines(every=every)) for name, page in self.pages.items())
        lines = [f"{name}: {line}" for name, page in told for line in page]
        table = self.restated
        for row in table[table["verdict"] == DIFFERS].to_dict("records"):
            slip = ", one slip apart" if row["one_slip"] else ""
            lines.append(
                f"differs: {row['name']} {row['time']}: {row['printed']} at {row['start']} of "
                f"{row['page']}, {row['again_printed']} at {row['again_start']} of "
                f"{row['again_page']}{slip}"
            )
            for page, start in ((row[f"{end}page"], row[f"{end}start"]) for end in ("", "again_")):
                suspects = self.pages[page].suspected
                lines += [s.line(f" of {page}") for s in suspects if s.figure.start == start]
        differ = int((table["verdict"] == DIFFERS).sum())
        return [*lines, f"{len(table)} figures said again in another page, {differ} of them differ"]

    def to_json(self) -> str:
        """The tables of each page by its name, and the restated figures."""
        told = {
            "pages": {name: json.loads(page.to_json()) for name, page in self.pages.items()},
            "restated": self.restated.to_dict("records"),
        }
        return json.dumps(told, ensure_ascii=False, indent=1) + "\n"

    def to_csv(self) -> str:
        """The claims of all pages as CSV, the page in the first column."""
        tables = {name: page.written() for name, page in self.pages.items()}
        return str(_together(tables).to_csv())

    def _html(self) -> Iterator[str]:
        for name, page in self.pages.items():
            yield f"<h2>{html.escape(name)}</h2>{page._repr_html_()}"
        yield str(self.restated.to_html(index=False))


def _together(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Tables of pages below each other; one without rows would make floats of what is true."""
    full = {name: table for name, table in tables.items() if len(table)}
    return pd.concat(full or tables, names=["page", "claim"])


def _statements(page: Page, year: int | None) -> dict[Key, Figure]:
    """What a page says once by name, unit and time; a name with two values tells nothing."""
    found: dict[Key, Figure] = {}
    several: set[Key] = set()
    for row in page.sentences:
        for figure in levels(row):
            name, now = figure.subject, says("to", figure.link) and figure.words == figure.link
            # What something grows to is of now.
            when = _when(replace(figure, time="", said="") if now else figure, year)
            if when and len(name) >= LONG_NAME and telling(figure):
                key = (name, figure.unit, when)
                if said_again(found.setdefault(key, figure), figure).verdict == CONTRADICTS:
                    several.add(key)
    return {key: figure for key, figure in found.items() if key not in several}


def _when(figure: Figure, year: int | None) -> str:
    """The year of a figure, or the day or period said of it; nothing where that is not sure."""
    if figure.time == "ahead" or says("other_span", figure.link):
        return ""
    if figure.time == "before":
        return str(year - 1) if year and len(figure.said) <= len("2012") else ""
    return figure.said or (str(year) if year else "")
