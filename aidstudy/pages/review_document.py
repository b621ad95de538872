"""The review of a page as HTML: its text with marks, the tables, the forms.

The file asks for nothing from outside and runs one script, which holds nothing of the page: text
of a page goes into it escaped, and its content policy names script and style by their hash.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from functools import cached_property
from typing import Any

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
    CLAIMS_ZH,
    DECISIONS,
    FAMILIES,
    REASONS_ZH,
    RULES_ZH,
    SAID,
    STATES,
    UNSEEN,
    VERDICTS,
    WORDS,
    Markup,
    asset,
    attributes,
    safe,
    shown,
)
from aidstudy.reading.quantities import Unread, plain_print
from aidstudy.reading.text import RULES, Repair, Span
from aidstudy.tables.check import measures_of
from aidstudy.tables.clean import derived_cells
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
_HTML_LANG = {"en": "en-GB", "zh": "zh-Hans"}
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
    span: Span
    state: str = ""
    differences: tuple[tuple[str, str, str], ...] = ()
    raw: Mapping[str, str] | None = None

    @property
    def decision(self) -> str:
        if self.raw is None:
            return "rejected"
        return "open" if is_proposal(self.raw["note"]) else "accepted"

    def code(self, column: str) -> str:
        if column == "decision":
            return self.decision
        return self.state if column == "state" else self.cells[column]


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


@dataclass(frozen=True)
class Document(Markup):
    """All that is shown of a page; `html` writes it."""

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

    @property
    def edits(self) -> bool:
        return self.own is not None and not self.own.settled

    @property
    def is_compared(self) -> bool:
        """Whether there is anything to say of how table and draft go together."""
        states = {row.state for row in self.rows}
        return bool(states - {"", "agrees"} or (self.own and self.own.settled))

    @cached_property
    def doubts(self) -> list[tuple[Span, Figure, Claim, str | None]]:
        """The figures of every contradiction, with the prints that a slip turns into a suspect."""
        found = []
        for number, claim in self.audit.contradictions.items():
            candidates = {
                one.figure: " or ".join(one.candidates) for one in self.audit.mending(number)
            }
            figures = (member.figure for member in claim.members)
            found += [(_span(one), one, claim, candidates.get(one)) for one in figures]
        return found

    @cached_property
    def marks(self) -> list[tuple[Span, str]]:
        return marked(self.rows, self.unread, [span for span, *_ in self.doubts])

    @cached_property
    def mark_starts(self) -> list[int]:
        return [span.start for span, _ in self.marks]

    def html(self) -> str:
        style, script = asset("review.css"), asset("review.js")
        if self.edits:
            script += "".join(map(asset, ("marking.js", "study.js", "edit.js")))
        policy = (
            f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
            "img-src data:; base-uri 'none'; form-action 'none'"
        )
        review = WORDS["review"]
        titles = [review.zh if self.language == "zh" else review.meaning, self.name]
        about = "draft" if self.own is None else "edit" if self.edits else "coding"
        told = [self.word(about, "p", ' class="what"')]
        if UNSEEN.search(self.text):
            told.append(self.word("not_kept", "p"))
        return self.fill(
            "page",
            lang=_HTML_LANG[self.language],
            language=self.language,
            policy=policy,
            title=safe(" · ".join(filter(None, titles))),
            style=style,
            said=attributes({"data-said": json.dumps(SAID)}),
            name=f' · <span lang="zh-Hans">{safe(self.name)}</span>' if self.name else "",
            about="\n".join(told),
            filters="\n".join(self._filters()),
            edit_help=self.word("edit_help", "p") if self.edits else "",
            legend=" ".join(self._legend()),
            text="".join(self._page()),
            tables="\n".join(self._tables()),
            form=self._form(self.own) if self.own and self.edits else "",
            pick=self.word("add", "button", ' type="button" id="pick" hidden') * self.edits,
            script=script,
        )

    # --- what stands above the page

    def _sign(self, kind: str) -> str:
        family, sign = FAMILIES[kind]
        return self.fill("sign", classes=family, sign=sign)

    def _legend(self) -> Iterator[str]:
        """The signs of the marks that this page has."""
        present = {row.cells["kind"] for row in self.rows}
        for kind in FAMILIES:
            if kind in present or self.edits:
                hidden = "" if kind in present else " hidden"
                name = self.both("span", _CODES["kind"][kind])
                yield f'<span data-kind="{kind}"{hidden}>{self._sign(kind)} {name}</span>'
        for name, is_shown in {
            "unread": bool(self.unread),
            "contradicts": bool(self.doubts),
            "suspect": any(candidates is not None for *_, candidates in self.doubts),
            "differs": any(row.state not in ("", "agrees") for row in self.rows),
            "out": self.edits,
        }.items():
            if is_shown:
                sign = self.fill("sign", classes=f"mark {name}", sign="…")
                yield f"<span>{sign} {self.word(f'{name}_sign')}</span>"

    def _filters(self) -> Iterator[str]:
        yield self._boxes("kind")
        yield self._boxes("bound")
        if self.is_compared:
            yield self._boxes("state")
        if self.edits:
            yield self._boxes("decision")

    def _boxes(self, column: str) -> str:
        found = Counter(row.code(column) for row in self.rows)
        boxes = []
        for code, what in _CODES[column].items():
            if not found[code] and not self.edits:
                continue
            told = f"{self._sign(code)} " if column == "kind" else ""
            told += self.both("span", what)
            if column != "decision":
                told += f' <span class="n">({found[code]})</span>'
            hidden = "" if found[code] or column == "decision" else " hidden"
            boxes.append(self.fill("box", hidden=hidden, column=column, code=code, text=told))
        return self.fill("boxes", title=self.word(column), column=column, boxes="".join(boxes))

    # --- the page

    def _page(self) -> Iterator[str]:
        place, step = 0, 0
        for number, (span, target) in enumerate(self.marks):
            before, step = self._printed(place, span.start, step)
            inside, step = self._printed(span.start, span.end, step)
            classes, sign = "unread", ""
            if target.startswith("f"):
                row = self.rows[int(target[1:])]
                family, drawn = FAMILIES[row.cells["kind"]]
                classes, sign = f"{family} {row.state}", f' data-sign="{drawn}"'
            here = [
                candidates is not None
                for doubt, *_, candidates in self.doubts
                if doubt.start < span.end and span.start < doubt.end
            ]
            classes += " contradicts" * bool(here) + " suspect" * any(here)
            told = {"number": number, "classes": classes, "target": target, "sign": sign}
            yield before + self.fill("mark", **told, text=inside)
            place = span.end
        yield self._printed(place, len(self.text), step)[0]

    def _printed(self, start: int, end: int, step: int) -> tuple[str, int]:
        """A part of the text, each repair a place of its own, and the number of the next one."""
        place, parts = start, []
        while step < len(self.steps) and self.steps[step].span.start < end:
            repair = self.steps[step]
            first, last = max(repair.span.start, place), min(repair.span.end, end)
            # A repair that reaches over the edge of a figure is one place in each of the two.
            here = first == repair.span.start
            parts.append(shown(self.text[place:first]))
            parts.append(
                self.fill(
                    "repair",
                    rule=repair.rule,
                    id=f" id=s{step}" if here else "",
                    was=shown(self.text[first:last]),
                    now=safe(repair.text) if here else "",
                )
            )
            place = last
            if repair.span.end > end:
                break
            step += 1
        return "".join([*parts, shown(self.text[place:end])]), step

    def _mark_at(self, span: Span) -> str:
        """The mark that shows a place: its own, or that of what overlaps it."""
        index = bisect_left(self.mark_starts, span.end) - 1
        while index > 0 and self.marks[index - 1][0].end > span.start:
            index -= 1
        return f"m{max(0, index)}"

    # --- the tables

    def _tables(self) -> Iterator[str]:
        yield self._figures()
        rows = [
            self.fill(
                "unread",
                number=number,
                **self._at(left.span, left.printed),
                reason=self._named(left.reason, REASONS_ZH),
            )
            for number, left in enumerate(self.unread)
        ]
        yield self._table("unread", ("place", "printed", "reason"), rows)
        rows = [
            self.fill(
                "repaired",
                number=number,
                place=_place(step.span),
                printed=_signs(step.printed),
                becomes=_signs(step.text) or self.word("nothing"),
                rule=self.both("td", Code(RULES[step.rule], RULES_ZH[step.rule])),
            )
            for number, step in enumerate(self.steps)
        ]
        yield self._table("repairs", ("place", "printed", "becomes", "rule"), rows)
        rows = [
            self.fill(
                "doubt",
                number=number,
                **self._at(span, figure.printed),
                needed=safe(computed_text(claim, figure)),
                candidates=safe(candidates or ""),
                rule=self._named(claim.rule, CLAIMS_ZH),
                relation=safe(relation_text(claim)),
            )
            for number, (span, figure, claim, candidates) in enumerate(self.doubts)
        ]
        columns = ("place", "printed", "needed", "candidates", "rule", "relation")
        yield self._table("doubts", columns, rows)
        claims = [
            "claim",
            "rule",
            "relation",
            "verdict",
            "certainty",
            *["accept"] * bool(self.states),
        ]
        rows = [self._claim(number, claim) for number, claim in enumerate(self.audit.found)]
        yield self._table("claims", claims, rows, below='<p id="accepting" role="status"></p>\n')
        yield self._study(self.own) if self.own and self.edits else ""

    def _claim(self, number: int, claim: Claim) -> str:
        """One thing that the page says of its figures, by the number that ``--accept`` takes."""
        state = self.states.get(number)
        tick = self.fill("tick", number=number) if state == "accept" else None
        return self.fill(
            "claim",
            number=number,
            mark=self._mark_at(_span(claim.about)),
            rule=self._named(claim.rule, CLAIMS_ZH),
            relation=safe(relation_text(claim)),
            verdict=self.both("td", VERDICTS[claim.verdict]),
            certainty=self.both("td", VERDICTS[claim.certainty]),
            taken=tick or (self.word(state, "td") if state else ""),
        )

    def _table(
        self, name: str, columns: Sequence[str], rows: Sequence[str], below: str = ""
    ) -> str:
        grid, none = "", "" if rows else self.word(f"no_{name}", "p", f' id="no-{name}"') + "\n"
        if rows or (self.edits and name == "figures"):
            heads = "".join(self.word(column, "th", ' scope="col"') for column in columns)
            lines = "".join(f"{row}\n" for row in rows)
            grid = self.fill("grid", label=self.label(name), heads=heads, rows=lines) + "\n"
        told = {"name": name, "title": self.word(name), "number": len(rows), "grid": grid}
        return self.fill("tab", **told, empty=none + below)

    def _at(self, span: Span, printed: str) -> dict[str, str]:
        return {"mark": self._mark_at(span), "place": _place(span), "printed": safe(printed)}

    def _named(self, told: str, names_zh: Mapping[str, str]) -> str:
        return self.both("td", Code(told, names_zh.get(told, told)))

    def _columns(self) -> list[str]:
        """What the table of figures shows, without the figure's number."""
        kept: Sequence[str] = [*_CODING_SHOWN, "cue", "grade"] if self.own else _DRAFT_SHOWN
        if not self.edits:
            kept = [name for name in kept if any(row.cells.get(name) for row in self.rows)]
        columns = ["printed", *(["in_print"] if self.prints else [])]
        columns += [*(["decision"] if self.edits else []), "measure"]
        if self.is_compared:
            columns.append("draft_said")
        return [*columns, "value", "unit", "allowed", "bound", "kind", *kept]

    def _figures(self) -> str:
        columns = self._columns()
        rows = [self._figure(number, row, columns) for number, row in enumerate(self.rows)]
        return self._table("figures", ["figure_id", *columns], rows)

    def _figure(self, number: int, row: Row, columns: Sequence[str]) -> str:
        told = {
            "id": f"f{number}",
            "data-kind": row.cells["kind"],
            "data-bound": row.cells["bound"],
            "data-state": row.state,
            "class": row.state,
        }
        if self.edits:
            told |= {"data-start": str(row.span.start), "data-decision": row.decision}
        if self.edits and row.raw is not None:
            # ASCII alone, so that no cell is shown otherwise than it is stored.
            told["data-raw"] = json.dumps([row.raw[name] for name in FIGURES_RAW.names])
        return self.fill(
            "figure",
            data=attributes(told),
            mark=self._mark_at(row.span),
            figure=safe(row.cells["figure_id"]),
            cells="".join(self._cell(row, column) for column in columns),
        )

    def _cell(self, row: Row, column: str) -> str:
        name = f' data-column="{column}"' if self.edits else ""
        if column == "in_print":
            page, place = self.prints.get(row.span, (0, ""))
            return f"<td>{self.fill('print', place=safe(place), page=page) if page else ''}</td>"
        if column == "decision":
            return self.both("td", DECISIONS[row.decision], name)
        if column == "draft_said":
            said = self.both("span", STATES[row.state], f' class="{row.state}"')
            return f'<td class="said">{said} {"".join(self._differences(row))}</td>'
        if column == "allowed":
            return f"<td{name}>{safe(_allowed(row.cells['low'], row.cells['high']))}</td>"
        value = row.cells.get(column, "")
        if value in _CODES.get(column, {}):
            return self.both("td", _CODES[column][value], name)
        if column == "value":
            value = _shown_value(row.cells)
        chinese = column in _PRINTED_COLUMNS and value
        return f"<td{name}{' lang=zh-Hans' if chinese else ''}>{safe(value)}</td>"

    def _differences(self, row: Row) -> Iterator[str]:
        for column, draft, coded in row.differences:
            known = _CODES.get(column, {})
            texts = [
                self.both("span", known[code])
                if code in known
                else (safe(code) or self.word("empty"))
                for code in (draft, coded)
            ]
            name = self.word(column, "b")
            yield self.fill("apart", column=name, draft=texts[0], coded=texts[1]) + " "

    # --- the forms: one in which a row is decided, one in which a figure is added

    def _form(self, own: Own) -> str:
        place = {
            "data-readings": {text: [*map(_told, ways)] for text, ways in own.readings.items()},
            "data-codes": {name: _pairs(_CODES[name]) for name in ("kind", "bound", "unit")},
            "data-signs": FAMILIES,
            "data-named": _NAMED_KINDS,
            "data-numerals": NUMERALS,
            "data-plain": {
                sign: plain for sign in sorted({*self.text}) if (plain := plain_print(sign)) != sign
            },
        }
        row = {
            "data-columns": json.dumps(FIGURES_RAW.names),
            "data-proposed": PROPOSED,
            "data-typed": json.dumps([*_TYPED, "note"]),
            "data-measures": json.dumps({kind: measures_of(kind) for kind in codebook.KINDS}),
            "data-thing": THING,
            "data-free": "yes" if own.free else "",
            "data-steps": json.dumps(STEPS),
            "data-page": json.dumps(astuple(WORDS["page_itself"])),
            "data-projects": json.dumps(own.projects),
        }
        chinese = {
            column: " lang=zh-Hans" * (column in _PRINTED_COLUMNS) for column in self._columns()
        }
        cells = [f'<td data-column="{column}"{lang}></td>' for column, lang in chinese.items()]
        return self.fill(
            "edit",
            place_data=attributes({name: json.dumps(told) for name, told in place.items()}),
            row_data=attributes(row),
            new_cells="".join(cells),
            measures=self._options(_CODES["measure"]),
        )

    def _study(self, own: Own) -> str:
        """The tab with places, pairs, devices and year."""
        columns = {table.name: table.names for table in (PAIRS, MECHANISMS_TABLE)}
        told: dict[str, object] = {"study": own.study, "columns": columns}
        told |= {"devices": _pairs(codebook.MECHANISMS), "undecided": [PROPOSED, NOT_LOOKED]}
        return self.fill(
            "study",
            data=attributes({f"data-{name}": json.dumps(one) for name, one in told.items()}),
            levels=self._options(_spoken(codebook.LEVELS)),
            roles=self._options(_spoken(codebook.ROLES)),
        )

    def _options(self, codes: Codes) -> str:
        return "".join(
            self.both("option", what, f' value="{safe(code)}"') for code, what in codes.items()
        )


def _pairs(codes: Codes) -> dict[str, tuple[str, str]]:
    return {code: (what.meaning, what.zh) for code, what in codes.items()}


def _told(one: Possible) -> list[Any]:
    """A reading as the page shows it, and the hints that its row gets."""
    cells = derived_cells(one.quantity, is_rule=False)
    allowed = _allowed(cells["low"], cells["high"])
    value = _shown_value(cells)
    return [cells["kind"], value, cells["unit"], allowed, cells["bound"], dict(one.hints)]


def _shown_value(cells: Mapping[str, str]) -> str:
    numeric = cells["kind"] in codebook.NUMERIC_KINDS
    return _grouped(cells["value"]) if numeric else cells["value"]


_NUMBER = re.compile(r"(-?)([0-9]+)((?:\.[0-9]+)?)")


def _grouped(number: str) -> str:
    """A number with its thousands apart, for the eye only."""
    found = _NUMBER.fullmatch(number)
    return f"{found[1]}{int(found[2]):,}{found[3]}" if found else number


def _allowed(low: str, high: str) -> str:
    """What the print allows, in one cell; empty where it allows one value only."""
    if low == high:
        return ""
    if not low or not high:
        return f"≥ {_grouped(low)}" if low else f"≤ {_grouped(high)}"
    return f"{_grouped(low)} – {_grouped(high)}"


def _span(figure: Figure) -> Span:
    return Span(figure.start, figure.end)


def _place(span: Span) -> str:
    return f"{span.start}–{span.end}"


_SEEN = str.maketrans({" ": "␣", "\n": "↵", "\t": "⇥", "\u3000": "□", "\xa0": "⍽", "\r": "␍"})


def _signs(text: str) -> str:
    """White space made visible."""
    return safe(text.translate(_SEEN))


def marked(
    rows: Sequence[Row], unread: Sequence[Unread], doubts: Sequence[Span]
) -> list[tuple[Span, str]]:
    """What is marked on the page: figures, then what lies in none of them; none overlap."""
    places = [(row.span, f"f{number}") for number, row in enumerate(rows)]
    late = {
        target for row, (_, target) in zip(rows, places, strict=True) if row.state == "draft_only"
    }
    marks = _without_overlap([one for one in places if one[1] not in late], [])
    marks = _without_overlap([one for one in places if one[1] in late], marks)
    marks = _without_overlap([(left.span, f"u{n}") for n, left in enumerate(unread)], marks)
    first = {span: f"c{n}" for n, span in reversed([*enumerate(doubts)])}
    return _without_overlap(first.items(), marks)


def _without_overlap(
    more: Iterable[tuple[Span, str]], marks: Sequence[tuple[Span, str]]
) -> list[tuple[Span, str]]:
    """Two rows of places as one; where they overlap the second row stays."""
    starts = [span.start for span, _ in marks]
    kept = list(marks)
    for span, target in more:
        before = bisect_left(starts, span.end) - 1
        if before < 0 or marks[before][0].end <= span.start:
            kept.append((span, target))
    return sorted(kept)


def _hash(content: str) -> str:
    digest = hashlib.sha256(content.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
