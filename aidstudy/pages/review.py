"""One page as a self-contained HTML file: each figure where it is printed, beside the draft table.

The file asks for nothing from outside and runs one script, which holds nothing of the page: text
of a page goes into it escaped, and its content policy names script and style by their hash.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aidstudy import codebook
from aidstudy.codebook import FIGURES_RAW, Code, Codes, Place, did_you_mean
from aidstudy.errors import CodebookError, FileError
from aidstudy.files import sha256_of, write_whole
from aidstudy.pages.new_study import THING, is_proposal
from aidstudy.pages.pages import STDIN, own_study, read_page, reader_for
from aidstudy.pages.review_readings import NUMERALS, Possible, readings
from aidstudy.pages.review_words import (
    DECISIONS,
    FAMILIES,
    REASONS_ZH,
    RULES_ZH,
    STATES,
    WORDS,
)
from aidstudy.reading.drafts import PAGE
from aidstudy.reading.quantities import Unread, find_quantities, plain_print
from aidstudy.reading.text import RULES, Repair, RepairedText, Span, repair_text
from aidstudy.tables.check import check_study, measures_of
from aidstudy.tables.clean import derived_cells, raw_cells
from aidstudy.tables.study import Study

LANGUAGES = ("en", "zh")

_ASSETS = Path(__file__).with_name("review_page")

_COMPARED = (
    "start",
    "end",
    "printed",
    "numeral",
    "kind",
    "value",
    "unit",
    "low",
    "high",
    "bound",
    "measure",
    "subject",
    "donor",
    "period",
)
_DRAFT_SHOWN = ("subject", "subject_zh", "donor", "donor_zh", "period", "cue", "grade")
_CODING_SHOWN = ("subject", "donor", "period", "label_en", "same_as", "part_of", "note")
_TYPED = ("measure", "counted", "subject", "donor", "period", "label_en", "same_as", "part_of")
"""Columns that a person may change here; the note goes with the decision on the row."""


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of the table of figures: its cells, its place, and how draft and coding compare."""

    cells: Mapping[str, str]
    span: Span
    state: str = ""
    differences: tuple[tuple[str, str, str], ...] = ()
    raw: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class _Own:
    """What a study's own table of figures adds to the page: its rows and what they may say.

    Parameters
    ----------
    rows : list of _Row
    settled : bool
        Whether it settles two codings or has corrections; then it is shown and not changed here.
    donors, subjects : mapping of str to Code
        What the columns may hold.
    articles : mapping of str to Code
        The reports, and the page itself.
    free : bool
        Whether no other table names a figure, so that rows may be left out and numbered anew.
    readings : mapping of str to sequence of Possible
        How each slice reads that could be a figure; empty where nothing is changed here.
    """

    rows: Sequence[_Row]
    settled: bool
    donors: Codes
    subjects: Codes
    articles: Codes
    free: bool
    readings: Mapping[str, Sequence[Possible]]


# --- what the file shows ------------------------------------------------------------------------


def review_html(
    text: str,
    *,
    study: Study | None = None,
    year: int | None = None,
    name: str = "",
    language: str = "en",
) -> str:
    """The review of a page as one HTML document.

    Parameters
    ----------
    text : str
        Raw text of the page.
    study : Study, optional
        Its places and year are used. The default study is used for its own page only. Where
        `text` is the study's own page the adjudicated coding is shown with the draft beside it.
    year : int, optional
        Takes the place of the study's year.
    name : str, optional
        Of the page, for the title.
    language : {"en", "zh"}, default "en"
        Of the interface when the file is opened; it can be changed there.

    Returns
    -------
    str
        It holds the whole text of the page.

    Raises
    ------
    CodebookError
        If the language is another.

    Examples
    --------
    >>> document = review_html("青山市援助资金300万元已到位。<script>alert(1)</script>")
    >>> "<script>alert" in document, "&lt;script&gt;alert" in document
    (False, True)
    """
    if language not in LANGUAGES:
        raise CodebookError(
            f"review: read language {language!r}: not one of {', '.join(LANGUAGES)}"
            + did_you_mean(language, LANGUAGES),
            printed=language,
        )
    named = study or own_study(text)
    reader = reader_for(named, year)
    draft = [_Row(cells, _span_of(cells)) for cells in reader.rows(text)]
    unread = find_quantities(text, year=reader.year).unread
    own = None
    if named is not None and named.page["sha256"] == sha256_of(text.encode("utf-8", "replace")):
        own = _own(named, text)
        draft = _compared(own.rows, draft, _COMPARED if own.settled else ())
    return _Document(text, draft, unread, repair_text(text), own, name, language).html()


def write_review(
    page: str | Path,
    output: str | Path | None = None,
    *,
    study: Study | None = None,
    year: int | None = None,
    language: str = "en",
) -> Path:
    """Read a page and write its review.

    Parameters
    ----------
    page : str or Path
        A text file or PDF, or ``-`` for standard input.
    output : str or Path, optional
        Beside the page by default, with the ending ``.review.html``: the file holds the page's
        text and goes nowhere that nobody asked for.
    study, year, language
        As in :func:`review_html`.

    Returns
    -------
    Path
        What was written.

    Raises
    ------
    FileError
        If `output` is the page itself, is missing for standard input, or cannot be written.
    TextError
        If the page holds no text that can be read.
    """
    if output is None:
        if str(page) == STDIN:
            raise FileError("standard input: has no folder to write beside; name a file with -o")
        output = Path(page).with_suffix(".review.html")
    target = Path(output)
    if str(page) != STDIN and target.exists() and target.samefile(page):
        raise FileError(f"{target}: is the page itself; name another file to write the review to")
    text = read_page(page)
    name = "" if str(page) == STDIN else Path(page).name
    write_whole(target, review_html(text, study=study, year=year, name=name, language=language))
    return target


def _span_of(cells: Mapping[str, str]) -> Span:
    return Span(int(cells["start"]), int(cells["end"]))


def _named(place: Place) -> Code:
    """A place in both languages; English with the name as printed, by which a coder knows it."""
    return Code(f"{place.en} {place.zh}", place.zh)


_FIGURE = re.compile("[a-z][a-z0-9_]*-[0-9]{3,6}")


def _own(study: Study, text: str) -> _Own:
    typed, clean = raw_cells(study), check_study(study)
    raw = typed["figures"].to_dict("records")
    rows = [
        _Row(cells, _span_of(cells), raw=told)
        for cells, told in zip(clean["figures"].to_dict("records"), raw, strict=True)
    ]
    ids = {told["figure_id"] for told in raw}
    named = (
        one
        for path in sorted(study.raw.glob("*.csv"))
        if path.name != "figures.csv"
        for one in _FIGURE.findall(path.read_text(encoding="utf-8"))
    )
    subjects = {slug: _named(place) for slug, place in study.recipients.items()}
    articles = {**subjects, PAGE: Code("the page itself", "版面本身")}
    settled = len(typed["adjudication"]) + len(typed["corrections"]) > 0
    for pair in clean["pairs"].to_dict("records"):
        giver, taker = study.donors[pair["donor"]], study.recipients[pair["recipient"]]
        subjects[f"{pair['donor']}>{pair['recipient']}"] = Code(
            f"{giver.en} to {taker.en}, {giver.zh}→{taker.zh}", f"{giver.zh}→{taker.zh}"
        )
    for project in clean["projects"].to_dict("records"):
        subjects[project["project_id"]] = Code(project["name_en"], project["name_zh"])
    return _Own(
        rows,
        settled=settled,
        donors={slug: _named(place) for slug, place in study.donors.items()},
        subjects=subjects,
        articles=articles,
        free=ids.isdisjoint(named),
        readings={} if settled else readings(text, study.year),
    )


def _compared(
    coding: Sequence[_Row], draft: Sequence[_Row], columns: Sequence[str] = _COMPARED
) -> list[_Row]:
    """The coding with what the draft has otherwise, and what only the draft has, by place."""
    starts = [row.span.start for row in draft]
    ends = [row.span.end for row in draft]
    used: set[int] = set()
    rows: list[_Row] = []
    for row in coding:
        near = range(bisect_right(ends, row.span.start), bisect_left(starts, row.span.end))
        free = [index for index in near if index not in used]
        if not free:
            rows.append(_Row(row.cells, row.span, "coding_only", raw=row.raw))
            continue
        best = max(free, key=lambda index: _shared(draft[index].span, row.span))
        used.add(best)
        told = draft[best].cells
        apart = tuple(
            (column, told[column], row.cells[column])
            for column in columns
            if told[column] != row.cells[column]
        )
        cells = {name: told[name] for name in ("cue", "grade")} | dict(row.cells)
        rows.append(_Row(cells, row.span, "differs" if apart else "agrees", apart, row.raw))
    rows += [
        _Row(row.cells, row.span, "draft_only")
        for index, row in enumerate(draft)
        if index not in used
    ]
    return sorted(rows, key=lambda row: row.span)


def _shared(a: Span, b: Span) -> int:
    return min(a.end, b.end) - max(a.start, b.start)


# --- markup -------------------------------------------------------------------------------------

# Control characters, marks of direction (they can make a line read otherwise than it is stored),
# invisible signs, and what no HTML file can hold.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
)


def _safe(text: str) -> str:
    """Text of a page as text of a document, and as the value of an attribute too."""
    # A browser takes a carriage return for a line end, unless it is written as a reference.
    return html.escape(_UNSEEN.sub(_number_of, text)).replace("\r", "&#13;")


def _number_of(sign: re.Match[str]) -> str:
    return f"⟦U+{ord(sign[0]):04X}⟧"


def _shown(text: str) -> str:
    """Text of the page where it stands: each number of a sign can be told from the same print."""
    place, parts = 0, []
    for sign in _UNSEEN.finditer(text):
        parts += [_safe(text[place : sign.start()]), f'<i class="unseen">{_number_of(sign)}</i>']
        place = sign.end()
    return "".join([*parts, _safe(text[place:])])


def _attributes(values: Mapping[str, str]) -> str:
    return "".join(f' {name}="{_safe(value)}"' for name, value in values.items() if value)


class _Document:
    def __init__(
        self,
        text: str,
        rows: Sequence[_Row],
        unread: Sequence[Unread],
        fixed: RepairedText,
        own: _Own | None,
        name: str,
        language: str,
    ) -> None:
        self.text, self.rows, self.unread = text, rows, unread
        self.steps: Sequence[Repair] = fixed.steps
        self.own, self.name, self.language = own, name, language
        self.edits = own is not None and not own.settled
        self.marks = _marks(rows, unread)
        self.mark_starts = [span.start for span, _ in self.marks]

    def html(self) -> str:
        style, script = _asset("review.css"), _asset("review.js")
        if self.edits:
            script += _asset("marking.js") + _asset("edit.js")
        policy = (
            f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
            "img-src data:; base-uri 'none'; form-action 'none'"
        )
        title = WORDS["review"][LANGUAGES.index(self.language)]
        return "\n".join(
            [
                "<!DOCTYPE html>",
                f'<html lang="{_HTML_LANG[self.language]}" data-language="{self.language}">',
                "<head>",
                '<meta charset="utf-8">',
                f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
                '<meta name="referrer" content="no-referrer">',
                '<meta name="viewport" content="width=device-width, initial-scale=1">',
                '<link rel="icon" href="data:,">',
                f"<title>{_safe(' · '.join(filter(None, [title, self.name])))}</title>",
                f"<style>{style}</style>",
                "</head>",
                "<body>",
                *self._head(),
                "<main>",
                f'<section id="page" class="pane" tabindex="0"{self._label("page")}>',
                f"<h2>{self._word('page')}</h2>",
                self._legend(),
                f'<div class="text" lang="zh-Hans">{"".join(self._page())}</div>',
                "</section>",
                '<div id="side">',
                f'<section id="tables" class="pane" tabindex="0"{self._label("tables")}>',
                *self._figures(),
                *self._unread(),
                *self._repairs(),
                "</section>",
                *self._form(),
                "</div>",
                '<div id="details" role="tooltip" hidden></div>',
                self._word("add", "button", ' type="button" id="pick" hidden') * self.edits,
                "</main>",
                f"<script>{script}</script>",
                "</body>",
                "</html>",
                "",
            ]
        )

    # Words of the interface: both languages stand in the file, the script exchanges them.

    def _both(self, tag: str, texts: tuple[str, str], attributes: str = "") -> str:
        en, zh = (_safe(text) for text in texts)
        shown = (en, zh)[LANGUAGES.index(self.language)]
        return f'<{tag}{attributes} data-en="{en}" data-zh="{zh}">{shown}</{tag}>'

    def _word(self, key: str, tag: str = "span", attributes: str = "") -> str:
        return self._both(tag, WORDS[key], attributes)

    def _label(self, key: str) -> str:
        en, zh = WORDS[key]
        shown = (en, zh)[LANGUAGES.index(self.language)]
        return f' aria-label="{shown}" data-label-en="{en}" data-label-zh="{zh}"'

    def _head(self) -> Iterator[str]:
        yield "<header>"
        yield self._word("skip_page", "a", ' class="skip" href="#page"')
        yield self._word("skip_tables", "a", ' class="skip" href="#tables"')
        name = f' · <span lang="zh-Hans">{_safe(self.name)}</span>' if self.name else ""
        yield f"<h1>{self._word('review')}{name}</h1>"
        yield self._word(
            "draft" if self.own is None else "edit" if self.edits else "coding",
            "p",
            ' class="what"',
        )
        if _UNSEEN.search(self.text):
            yield self._word("not_kept", "p")
        # Without the script the page, its links and its tables can still be read.
        yield f'<div id="controls" hidden role="group"{self._label("controls")}>'
        yield (
            f"<label>{self._word('language')} "
            '<select id="language"><option value="en" lang="en">English</option>'
            '<option value="zh" lang="zh-Hans">中文</option></select></label>'
        )
        yield self._select("theme", ("auto", "light", "dark"))
        yield self._select("view", ("printed", "marked", "repaired"))
        yield f'<details id="filters">{self._word("filters", "summary")}'
        yield self._boxes("kind", codebook.KINDS)
        yield self._boxes("bound", codebook.BOUNDS)
        if self._is_compared():
            yield self._boxes("state", _codes_of(STATES))
        if self.edits:
            yield self._boxes("decision", _codes_of(DECISIONS))
        yield "</details>"
        yield f'<details id="keys">{self._word("keys", "summary")}'
        yield self._word("help", "p")
        yield f"{self._word('edit_help', 'p') if self.edits else ''}</details>"
        yield '<span id="count" role="status"></span>'
        yield "</div>"
        yield "</header>"

    def _legend(self) -> str:
        """The signs of the marks that this page has."""
        present = {row.cells["kind"] for row in self.rows}
        signs = [
            f'<span data-kind="{kind}"{"" if kind in present else " hidden"}>'
            f'<i class="sign {family}" aria-hidden="true">{sign}</i> '
            f"{self._both('span', (kind.replace('_', ' '), codebook.KINDS[kind].zh))}</span>"
            for kind, (family, sign) in FAMILIES.items()
            if kind in present or self.edits
        ]
        shown = {
            "unread": bool(self.unread),
            "differs": any(row.state not in ("", "agrees") for row in self.rows),
            "out": self.edits,
        }
        signs += [
            f'<span><i class="sign mark {name}" aria-hidden="true">…</i> '
            f"{self._word(f'{name}_sign')}</span>"
            for name, is_shown in shown.items()
            if is_shown
        ]
        return f'<p class="legend">{" ".join(signs)}</p>'

    def _select(self, name: str, options: Iterable[str]) -> str:
        inner = "".join(
            self._word(f"{name}_{option}", "option", f' value="{option}"') for option in options
        )
        return f'<label>{self._word(name)} <select id="{name}">{inner}</select></label>'

    def _boxes(self, column: str, codes: codebook.Codes) -> str:
        found = Counter(self._code(row, column) for row in self.rows)
        boxes = []
        for code, what in codes.items():
            if not found[code] and not self.edits:
                continue
            own_words = column in ("state", "decision")
            texts = (what.meaning if own_words else code.replace("_", " "), what.zh)
            mark = ""
            if column == "kind":
                family, sign = FAMILIES[code]
                mark = f'<i class="sign {family}" aria-hidden="true">{sign}</i> '
            hidden = "" if found[code] or column == "decision" else " hidden"
            boxes.append(
                f'<label{hidden}><input type="checkbox" checked name="{column}" value="{code}"> '
                f"{mark}{self._both('span', texts)}"
                + ("" if column == "decision" else f' <span class="n">({found[code]})</span>')
                + "</label>"
            )
        buttons = "".join(
            self._word(key, "button", f' type="button" data-all="{column}" value="{key}"')
            for key in ("all", "none")
        )
        return (
            f"<fieldset><legend>{self._word(column)}</legend>{buttons}{''.join(boxes)}</fieldset>"
        )

    def _code(self, row: _Row, column: str) -> str:
        if column == "state":
            return row.state
        if column == "decision":
            if row.raw is None:
                return "rejected"
            return "open" if is_proposal(row.raw["note"]) else "accepted"
        return row.cells[column]

    # The page.

    def _page(self) -> Iterator[str]:
        place, step = 0, 0
        for number, (span, target) in enumerate(self.marks):
            before, step = self._printed(place, span.start, step)
            inside, step = self._printed(span.start, span.end, step)
            yield f'{before}<a id="m{number}"{self._mark(target)}>{inside}</a>'
            place = span.end
        yield self._printed(place, len(self.text), step)[0]

    def _mark(self, target: str) -> str:
        if target.startswith("u"):
            return f' class="mark unread" href="#{target}"'
        row = self.rows[int(target[1:])]
        kind = row.cells["kind"]
        family, sign = FAMILIES[kind]
        return f' class="mark {family} {row.state}" href="#{target}" data-sign="{sign}"'

    def _printed(self, start: int, end: int, step: int) -> tuple[str, int]:
        """A part of the text, each repair a place of its own, and the number of the next one."""
        place, parts = start, []
        while step < len(self.steps) and self.steps[step].span.start < end:
            repair = self.steps[step]
            first, last = max(repair.span.start, place), min(repair.span.end, end)
            # A repair that reaches over the edge of a figure is one place in each of the two.
            here = first == repair.span.start
            parts += [
                _shown(self.text[place:first]),
                f'<span class="repair {repair.rule}"{f" id=s{step}" if here else ""}>',
                f'<span class="was">{_shown(self.text[first:last])}</span>',
                f'<ins class="now">{_safe(repair.text) if here else ""}</ins></span>',
            ]
            place = last
            if repair.span.end > end:
                break
            step += 1
        return "".join([*parts, _shown(self.text[place:end])]), step

    def _mark_at(self, span: Span) -> str:
        """The mark that shows a place: its own, or that of what overlaps it."""
        index = bisect_left(self.mark_starts, span.end) - 1
        while index > 0 and self.marks[index - 1][0].end > span.start:
            index -= 1
        return f"m{max(0, index)}"

    # The tables.

    def _table(
        self, name: str, columns: Sequence[str], rows: Iterable[str], *, empty: str
    ) -> Iterator[str]:
        lines = list(rows)
        grows = self.edits and name == "figures"
        yield f'<section class="tab" id="tab-{name}">'
        yield f'<h2>{self._word(name)} <span class="n" data-of="{name}">({len(lines)})</span></h2>'
        if lines or grows:
            yield f"<table{self._label(name)}><thead><tr>"
            yield "".join(self._word(column, "th", ' scope="col"') for column in columns)
            yield "</tr></thead><tbody>"
            yield from lines
            yield "</tbody></table>"
        if not lines:
            yield self._word(empty, "p", f' id="{empty.replace("_", "-")}"')
        yield "</section>"

    def _columns(self) -> list[str]:
        """What the table of figures shows, without the figure's number."""
        shown: Sequence[str] = [*_CODING_SHOWN, "cue", "grade"] if self.own else _DRAFT_SHOWN
        if not self.edits:
            shown = [name for name in shown if any(row.cells.get(name) for row in self.rows)]
        columns = ["printed", *(["decision"] if self.edits else []), "measure"]
        if self._is_compared():
            columns.append("draft_said")
        return [*columns, "value", "unit", "allowed", "bound", "kind", *shown]

    def _figures(self) -> Iterator[str]:
        columns = self._columns()
        yield from self._table(
            "figures",
            ["figure_id", *columns],
            (self._figure_row(number, row, columns) for number, row in enumerate(self.rows)),
            empty="no_figures",
        )

    def _is_compared(self) -> bool:
        """Whether there is anything to say of how table and draft go together."""
        states = {row.state for row in self.rows}
        return bool(states - {"", "agrees"} or (self.own and self.own.settled))

    def _figure_row(self, number: int, row: _Row, columns: Sequence[str]) -> str:
        told = {
            "id": f"f{number}",
            "data-kind": row.cells["kind"],
            "data-bound": row.cells["bound"],
            "data-state": row.state,
            "class": row.state,
        }
        if self.edits:
            told["data-start"] = str(row.span.start)
            told["data-decision"] = self._code(row, "decision")
        if self.edits and row.raw is not None:
            # ASCII alone, so that no cell is shown otherwise than it is stored.
            told["data-raw"] = json.dumps([row.raw[name] for name in FIGURES_RAW.names])
        cells = "".join(self._cell(row, column) for column in columns)
        return (
            f'<tr{_attributes(told)}><th scope="row"><a href="#{self._mark_at(row.span)}">'
            f"{_safe(row.cells['figure_id'])}</a></th>{cells}</tr>"
        )

    def _cell(self, row: _Row, column: str) -> str:
        name = f' data-column="{column}"' if self.edits else ""
        if column == "decision":
            return self._both("td", DECISIONS[self._code(row, column)], name)
        if column == "draft_said":
            said = self._both("span", STATES[row.state], f' class="{row.state}"')
            return f'<td class="said">{said} {"".join(self._differences(row))}</td>'
        if column == "allowed":
            return f"<td{name}>{_safe(_allowed(row.cells['low'], row.cells['high']))}</td>"
        value = row.cells.get(column, "")
        known = _CODES.get(column, {}).get(value)
        if known:
            return self._both("td", (value.replace("_", " "), known), name)
        if column == "value":
            value = _shown_value(row.cells)
        chinese = column in _PRINTED_COLUMNS and value
        return f"<td{name}{' lang=zh-Hans' if chinese else ''}>{_safe(value)}</td>"

    # The form in which a row is decided.

    def _form(self) -> Iterator[str]:
        if self.own is None or not self.edits:
            return
        told = {
            "data-columns": json.dumps(FIGURES_RAW.names),
            "data-typed": json.dumps([*_TYPED, "note"]),
            "data-measures": json.dumps({kind: measures_of(kind) for kind in codebook.KINDS}),
            "data-thing": THING,
            "data-free": "yes" if self.own.free else "",
        }
        yield from self._place_form(self.own)
        yield f'<form id="row" hidden novalidate{_attributes(told)}{self._label("row")}>'
        yield '<p class="buttons">'
        yield self._word("accept_next", "button", ' type="submit"')
        for name in ("previous", "next", "next_open", "add", "undo", "save"):
            yield self._word(name, "button", f' type="button" id="{name.replace("_", "-")}"')
        yield '<span id="left" role="status"></span></p><p id="wrong" role="alert"></p>'
        yield '<h2 id="row-name"></h2><p id="row-read"></p>'
        yield '<div id="row-fields"><fieldset id="decide">'
        yield self._word("decision", "legend")
        for code, texts in DECISIONS.items():
            radio = f'<input type="radio" name="decision" value="{code}">'
            yield f"<label>{radio} {self._both('span', texts)}</label>"
        yield "</fieldset>"
        measures = {
            code: Code(code.replace("_", " "), what.zh) for code, what in codebook.MEASURES.items()
        }
        yield self._choice("measure", measures)
        yield self._input("counted")
        yield self._choice("subject", {"": Code("", ""), **self.own.subjects})
        yield f'<fieldset id="givers">{self._word("donor", "legend")}'
        for slug, place in self.own.donors.items():
            box = f'<input type="checkbox" name="donor" value="{slug}">'
            yield f"<label>{box} {self._both('span', (place.meaning, place.zh))}</label>"
        yield "</fieldset>"
        for column in ("period", "label_en", "same_as", "part_of", "note"):
            yield self._input(column)
        yield "</div></form>"

    # The form in which a figure is added: its place, and how the print there is read.

    def _place_form(self, own: _Own) -> Iterator[str]:
        codes = {
            column: {code: (code.replace("_", " "), zh) for code, zh in _CODES[column].items()}
            for column in ("kind", "bound", "unit")
        }
        told = {
            "data-readings": json.dumps(
                {printed: [_told(one) for one in ways] for printed, ways in own.readings.items()}
            ),
            "data-codes": json.dumps(codes),
            "data-signs": json.dumps(FAMILIES),
            "data-named": json.dumps(_NAMED_KINDS),
            "data-numerals": json.dumps(NUMERALS),
            "data-plain": json.dumps(
                {
                    sign: plain_print(sign)
                    for sign in sorted({*self.text})
                    if plain_print(sign) != sign
                }
            ),
        }
        yield f'<form id="place" hidden novalidate{_attributes(told)}{self._label("place_form")}>'
        yield f"{self._word('place_form', 'h2')}{self._word('place_help', 'p')}"
        yield '<div class="fields">'
        yield f'<label class="find">{self._word("find")} <input type="text" name="find" '
        yield 'autocomplete="off" spellcheck="false"></label>'
        yield self._word("find_next", "button", ' type="button" id="find-next"')
        for name in ("start", "end"):
            yield f'<label>{self._word(name)} <input type="number" name="{name}" min="0" '
            yield 'step="1"></label>'
        yield '</div><p id="around" lang="zh-Hans"></p><p id="misplaced" role="alert"></p>'
        yield '<div class="fields">'
        yield f'<label class="reading">{self._word("reading")} <select name="reading"></select>'
        yield f"</label>{self._choice('article', own.articles)}</div>"
        yield '<p class="buttons">'
        yield self._word("add_here", "button", ' type="submit"')
        yield self._word("cancel", "button", ' type="button" id="cancel"')
        cells = "".join(
            f'<td data-column="{column}"{" lang=zh-Hans" if column in _PRINTED_COLUMNS else ""}>'
            "</td>"
            for column in self._columns()
        )
        yield '</p><template id="new-row"><tr><th scope="row"><a href="#tables"></a></th>'
        yield f"{cells}</tr></template></form>"

    def _choice(self, column: str, codes: Codes) -> str:
        options = "".join(
            self._both("option", (what.meaning, what.zh), f' value="{_safe(code)}"')
            for code, what in codes.items()
        )
        return f'<label>{self._word(column)} <select name="{column}">{options}</select></label>'

    def _input(self, column: str) -> str:
        return (
            f'<label class="{column}">{self._word(f"{column}_form")} '
            f'<input type="text" name="{column}" autocomplete="off" spellcheck="false"></label>'
        )

    def _differences(self, row: _Row) -> Iterator[str]:
        for column, draft, coded in row.differences:
            known = _CODES.get(column, {})
            texts = [
                self._both("span", (code.replace("_", " "), known[code]))
                if code in known
                else (_safe(code) or self._word("empty"))
                for code in (draft, coded)
            ]
            yield (
                f'<span class="apart">{self._word(column, "b")} <del>{texts[0]}</del> '
                f"<ins>{texts[1]}</ins></span> "
            )

    def _unread(self) -> Iterator[str]:
        yield from self._table(
            "unread",
            ("place", "printed", "reason"),
            (
                f'<tr id="u{number}"><th scope="row">'
                f'<a href="#{self._mark_at(left.span)}">{left.span.start}–{left.span.end}</a></th>'
                f"<td lang=zh-Hans>{_safe(left.printed)}</td>"
                + self._both("td", (left.reason, REASONS_ZH.get(left.reason, left.reason)))
                + "</tr>"
                for number, left in enumerate(self.unread)
            ),
            empty="no_unread",
        )

    def _repairs(self) -> Iterator[str]:
        yield from self._table(
            "repairs",
            ("place", "printed", "becomes", "rule"),
            (
                f'<tr><th scope="row"><a href="#s{number}">{step.span.start}–{step.span.end}</a>'
                f"</th><td lang=zh-Hans>{_signs(step.printed)}</td><td lang=zh-Hans>"
                + (_signs(step.text) or self._word("nothing"))
                + "</td>"
                + self._both("td", (RULES[step.rule], RULES_ZH[step.rule]))
                + "</tr>"
                for number, step in enumerate(self.steps)
            ),
            empty="no_repairs",
        )


def _told(one: Possible) -> list[Any]:
    """A reading as the page shows it, and the hints that its row gets."""
    cells = derived_cells(one.quantity, is_rule=False)
    allowed = _allowed(cells["low"], cells["high"])
    shown = _shown_value(cells)
    return [cells["kind"], shown, cells["unit"], allowed, cells["bound"], dict(one.hints)]


def _shown_value(cells: Mapping[str, str]) -> str:
    numeric = cells["kind"] in codebook.NUMERIC_KINDS
    return _grouped(cells["value"]) if numeric else cells["value"]


def _codes_of(words: Mapping[str, tuple[str, str]]) -> Codes:
    return {code: Code(*texts) for code, texts in words.items()}


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


_NAMED_KINDS = ("code", "list_number", "contact")
"""Kinds that any print can have by a hint; the value is the print."""

_HTML_LANG = {"en": "en-GB", "zh": "zh-Hans"}
_PRINTED_COLUMNS = frozenset({"printed", "subject_zh", "donor_zh", "cue"})
_CODES: Mapping[str, Mapping[str, str]] = {
    column: {code: what.zh for code, what in codes.items()}
    for column, codes in {
        "kind": codebook.KINDS,
        "bound": codebook.BOUNDS,
        "measure": codebook.MEASURES,
        "numeral": codebook.NUMERALS,
        "unit": {code: what for code, what in codebook.UNITS.items() if code != "%"},
        "grade": codebook.DRAFT_GRADES,
    }.items()
}


def _signs(text: str) -> str:
    """White space made visible."""
    seen = str.maketrans({" ": "␣", "\n": "↵", "\t": "⇥", "\u3000": "□", "\xa0": "⍽", "\r": "␍"})
    return _safe(text.translate(seen))


def _marks(rows: Sequence[_Row], unread: Sequence[Unread]) -> list[tuple[Span, str]]:
    """What is marked on the page: figures, then unread digits that lie in none; none overlap."""
    wanted = [
        (row.span, f"f{number}", row.state == "draft_only") for number, row in enumerate(rows)
    ]
    marks = _without_overlap([(s, t) for s, t, late in wanted if not late], [])
    marks = _without_overlap([(s, t) for s, t, late in wanted if late], marks)
    return _without_overlap([(left.span, f"u{n}") for n, left in enumerate(unread)], marks)


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


def _asset(name: str) -> str:
    return (_ASSETS / name).read_text(encoding="utf-8")


def _hash(content: str) -> str:
    digest = hashlib.sha256(content.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


__all__ = ["LANGUAGES", "STATES", "review_html", "write_review"]
