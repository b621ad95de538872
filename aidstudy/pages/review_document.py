"""The review of a page as HTML: its text with marks, the tables, the forms.

The file asks for nothing from outside and runs one script, which holds nothing of the page: text
of a page goes into it escaped, and its content policy names script and style by their hash.
"""

from __future__ import annotations

import base64
import hashlib
import json
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from functools import cached_property
from itertools import chain, groupby, pairwise
from operator import itemgetter
from typing import Any, NamedTuple

from markupsafe import Markup

from aidstudy import codebook
from aidstudy.claims import TextAudit
from aidstudy.claims.audit import computed_text, relation_text
from aidstudy.claims.figures import Figure
from aidstudy.claims.relations import Claim
from aidstudy.codebook import FIGURES_RAW, MECHANISMS_TABLE, PAIRS, Code, Codes
from aidstudy.pages.checked import STEPS
from aidstudy.pages.new_study import THING
from aidstudy.pages.review_readings import NUMERALS, Possible
from aidstudy.pages.review_words import (
    DECISIONS,
    FAMILIES,
    STATES,
    UNSEEN,
    WORDS,
    asset,
    templates,
)
from aidstudy.reading.figure import Unread, derived_cells, plain_print
from aidstudy.reading.text import Repair, Span
from aidstudy.rounding import OPEN, Digits, commas_alike, typeset
from aidstudy.tables.check import measures_of
from aidstudy.tables.draft import NOT_LOOKED, PROPOSED, is_proposal

_DRAFT_SHOWN = ("subject", "subject_zh", "donor", "donor_zh", "period", "cue", "grade")
_CODING_SHOWN = ("subject", "donor", "period", "label_en", "same_as", "part_of", "note")
_TYPED = (
    *("measure", "counted", "article", "subject", "donor", "period"),
    *("label_en", "same_as", "part_of"),
)
"""Columns that a person may change here; the note goes with the decision on the row."""
_NAMED_KINDS = ("code", "list_number", "contact")
"""Kinds that any print can have by a hint; the value is the print."""
_PRINTED_COLUMNS = frozenset({"printed", "subject_zh", "donor_zh", "cue"})


def _spoken(codes: Codes) -> Codes:
    """Codes in words: their own names in English."""
    return {code: Code(code.replace("_", " "), what.zh) for code, what in codes.items()}


_CODES: Mapping[str, Codes] = {
    "kind": _spoken(codebook.KINDS),
    "bound": _spoken(codebook.BOUNDS),
    "measure": _spoken(codebook.MEASURES),
    "numeral": _spoken(codebook.NUMERALS),
    "unit": _spoken({code: what for code, what in codebook.UNITS.items() if code != "%"}),
    "grade": _spoken(codebook.DRAFT_GRADES),
    "state": STATES,
    "decision": DECISIONS,
}


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table of figures: its cells, its place, and how draft and coding compare."""

    cells: Mapping[str, str]
    state: str = ""
    differences: tuple[tuple[str, str, str], ...] = ()
    raw: Mapping[str, str] | None = None

    @property
    def span(self) -> Span:
        return Span(int(self.cells["start"]), int(self.cells["end"]))

    @property
    def decision(self) -> str:
        if self.raw is None:
            return "rejected"
        return "open" if is_proposal(self.raw["note"]) else "accepted"

    def shown(self, column: str) -> str:
        """What a column shows: a code, or a text."""
        if column in ("decision", "state"):
            return self.decision if column == "decision" else self.state
        if column == "allowed":
            return _allowed(self.cells)
        return _written(self.cells, "value")[0] if column == "value" else self.cells.get(column, "")


@dataclass(frozen=True, slots=True)
class Own:
    """What a study's own table of figures adds to the page: its rows and what they may say.

    `settled`: it settles two codings or has corrections; then it is shown and not changed here.
    `free`: no other table names a figure, so that rows may be left out and numbered anew.
    `study`: year, places, pairs and devices as the page saves them. `projects`: id and names.
    `readings`: how each slice reads that could be a figure; empty where nothing is changed here.
    """

    rows: Sequence[Row]
    settled: bool
    free: bool
    study: Mapping[str, Any]
    projects: Sequence[Sequence[str]]
    readings: Mapping[str, Sequence[Possible]]


class Doubt(NamedTuple):
    """A figure of a contradiction, and the prints that a slip turned into it if it is suspect."""

    figure: Figure
    claim: Claim
    candidates: str


class Mark(NamedTuple):
    """What is marked on the page, and the row that it leads to."""

    span: Span
    target: str
    classes: str
    sign: str = ""


@dataclass(frozen=True)
class Document:
    """All that is shown of a page; `html` writes it."""

    language: str
    """The one that is shown at first."""
    text: str
    rows: Sequence[Row]
    unread: Sequence[Unread]
    steps: Sequence[Repair]
    audit: TextAudit
    states: Mapping[int, str]
    """What becomes of each claim in the relations of the study, by its number."""
    own: Own | None
    name: str
    prints: Mapping[Span, tuple[int, str]]
    """Page of the PDF and the address of the place in it, where there is a PDF."""

    def html(self) -> str:
        style, script = asset("review.css"), asset("review.js")
        if self.edits:
            script += "".join(map(asset, ("marking.js", "study.js", "edit.js")))
        policy = (
            f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
            "img-src data:; base-uri 'none'; form-action 'none'"
        )
        page = templates().get_template("page.html")
        return page.render(
            doc=self,
            policy=Markup(policy),
            style=Markup(style),
            script=Markup(script),
            codes=_CODES,
            printed_columns=_PRINTED_COLUMNS,
            computed_text=computed_text,
            relation_text=relation_text,
            levels=_spoken(codebook.LEVELS),
            roles=_spoken(codebook.ROLES),
        )

    @property
    def edits(self) -> bool:
        return self.own is not None and not self.own.settled

    @property
    def has_unseen(self) -> bool:
        return UNSEEN.search(self.text) is not None

    @property
    def is_compared(self) -> bool:
        """Whether there is anything to say of how table and draft go together."""
        states = {row.state for row in self.rows}
        return bool(states - {"", "agrees"} or (self.own and self.own.settled))

    @cached_property
    def doubts(self) -> list[Doubt]:
        """The figures of every contradiction."""
        found = []
        for number, claim in self.audit.contradictions.items():
            candidates = {
                one.figure: " or ".join(one.candidates) for one in self.audit.mending(number)
            }
            figures = (member.figure for member in claim.members)
            found += [Doubt(one, claim, candidates.get(one, "")) for one in figures]
        return found

    def counted(self, column: str) -> Counter[str]:
        return Counter(row.shown(column) for row in self.rows)

    @property
    def legend(self) -> dict[str, bool]:
        """The marks that are no kind of figure, and whether the page has them."""
        return {
            "unread": bool(self.unread),
            "contradicts": bool(self.doubts),
            "suspect": any(doubt.candidates for doubt in self.doubts),
            "differs": any(row.state not in ("", "agrees") for row in self.rows),
            "out": self.edits,
        }

    # --- the page

    @cached_property
    def marks(self) -> list[Mark]:
        """Figures, then what lies in none of them, in the order of the page; none overlap."""
        figures = [
            Mark(row.span, f"f{n}", f"{family} {row.state}", sign)
            for n, row in enumerate(self.rows)
            for family, sign in [FAMILIES[row.cells["kind"]]]
        ]
        figures.sort(key=lambda mark: mark.classes.endswith("draft_only"))
        unread = [Mark(left.span, f"u{n}", "unread") for n, left in enumerate(self.unread)]
        doubts = [(Span(one.figure.start, one.figure.end), one) for one in self.doubts]
        others = [Mark(span, f"c{n}", "unread") for n, (span, _) in enumerate(doubts)]
        kept: list[Mark] = []
        for mark in (*figures, *unread, *others):
            place = bisect_left(kept, mark.span.end, key=lambda one: one.span.start)
            if place == 0 or kept[place - 1].span.end <= mark.span.start:
                start, end = mark.span
                here = [one for span, one in doubts if span.start < end and start < span.end]
                classes = " contradicts" * bool(here) + " suspect" * any(d.candidates for d in here)
                kept.insert(place, mark._replace(classes=mark.classes + classes))
        return kept

    @property
    def parts(self) -> Iterator[tuple[int | None, Iterator[tuple[Any, ...]]]]:
        """The text cut where a mark or a repair begins or ends, the parts of a mark together.

        Of each part its place, its text and the number of its repair. A repair that reaches over
        the edge of a figure is one place in each of the two.
        """
        marks, steps = ([one.span for one in some] for some in (self.marks, self.steps))
        cuts = sorted({0, len(self.text), *chain(*marks, *steps)})
        parts = (
            (_covering(marks, a), a, self.text[a:b], _covering(steps, a)) for a, b in pairwise(cuts)
        )
        return groupby(parts, key=itemgetter(0))

    def mark_at(self, place: Span | Figure) -> str:
        """The mark that shows a place: the first that overlaps it, or else the one before it."""
        first = bisect_right(self.marks, place.start, key=lambda mark: mark.span.end)
        last = bisect_left(self.marks, place.end, key=lambda mark: mark.span.start) - 1
        return f"m{max(0, min(first, last))}"

    # --- the tables

    @cached_property
    def columns(self) -> list[str]:
        """What the table of figures shows, without the figure's number."""
        kept: Sequence[str] = [*_CODING_SHOWN, "cue", "grade"] if self.own else _DRAFT_SHOWN
        if not self.edits:
            kept = [name for name in kept if any(row.cells.get(name) for row in self.rows)]
        columns = ["printed", *(["in_print"] if self.prints else [])]
        columns += [*(["decision"] if self.edits else []), "measure"]
        if self.is_compared:
            columns.append("draft_said")
        return [*columns, "value", "unit", "allowed", "bound", "kind", *kept]

    def told(self, row: Row) -> dict[str, Any]:
        """What the script knows of a row."""
        told: dict[str, Any] = {name: row.shown(name) for name in ("kind", "bound", "state")}
        if self.edits:
            told |= {"start": row.span.start, "decision": row.decision}
        if self.edits and row.raw is not None:
            # JSON is ASCII alone, so that no cell is shown otherwise than it is stored.
            told["raw"] = [row.raw[name] for name in FIGURES_RAW.names]
        return told

    # --- what the script knows of the forms

    @property
    def placing(self) -> dict[str, Any]:
        """Of the form in which a figure is added."""
        assert self.own is not None
        return {
            "readings": {text: [*map(_told, ways)] for text, ways in self.own.readings.items()},
            "codes": {name: _pairs(_CODES[name]) for name in ("kind", "bound", "unit")},
            "signs": FAMILIES,
            "named": _NAMED_KINDS,
            "numerals": json.dumps(NUMERALS),
            "plain": {
                sign: plain for sign in sorted({*self.text}) if (plain := plain_print(sign)) != sign
            },
        }

    @property
    def deciding(self) -> dict[str, Any]:
        """Of the form in which a row is decided."""
        assert self.own is not None
        return {
            "columns": FIGURES_RAW.names,
            "proposed": PROPOSED,
            "typed": [*_TYPED, "note"],
            "measures": {kind: measures_of(kind) for kind in codebook.KINDS},
            "thing": THING,
            "free": "yes" if self.own.free else "",
            "steps": STEPS,
            "page": astuple(WORDS["page_itself"]),
            "projects": self.own.projects,
        }

    @property
    def settings(self) -> dict[str, Any]:
        """Of the tab with places, pairs, devices and year."""
        assert self.own is not None
        return {
            "study": self.own.study,
            "columns": {table.name: table.names for table in (PAIRS, MECHANISMS_TABLE)},
            "devices": _pairs(codebook.MECHANISMS),
            "undecided": [PROPOSED, NOT_LOOKED],
        }


def _pairs(codes: Codes) -> dict[str, tuple[str, str]]:
    return {code: (what.meaning, what.zh) for code, what in codes.items()}


def _told(one: Possible) -> list[Any]:
    """A reading as the page shows it, and the hints that its row gets."""
    cells = derived_cells(one.quantity, is_rule=False)
    (value,) = _written(cells, "value")
    return [cells["kind"], value, cells["unit"], _allowed(cells), cells["bound"], dict(one.hints)]


def _written(cells: Mapping[str, str], *names: str) -> list[str]:
    """Numbers as they are written everywhere; dates and codes as they stand."""
    if cells["kind"] not in codebook.NUMERIC_KINDS:
        return [cells[name] for name in names]
    return commas_alike([cells[name] and typeset(cells[name]) for name in names])


def _allowed(cells: Mapping[str, str]) -> str:
    """What the print allows, in one cell; empty where it allows one value only."""
    low, high = _written(cells, "low", "high")
    return "" if low == high else Digits("", low or OPEN, high or OPEN).bounds("en")


def _covering(spans: Sequence[Span], place: int) -> int | None:
    """The number of the span in which a place lies; they are in order, and none overlap."""
    number = bisect_right(spans, place, key=lambda span: span.start) - 1
    return number if number >= 0 and place < spans[number].end else None


def _hash(content: str) -> str:
    digest = hashlib.sha256(content.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
