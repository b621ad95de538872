"""One page as a self-contained HTML file: each figure where it is printed, beside the draft table.

The file asks for nothing from outside and runs one script, which holds nothing of the page: text
of a page goes into it escaped, and its content policy names script and style by their hash.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from urllib.parse import quote

from aidstudy.claims import audit_text
from aidstudy.codebook import FIGURES, checked_lang
from aidstudy.errors import CodebookError, FileError, PageError
from aidstudy.files import read_whole, write_whole
from aidstudy.pages.accept import proposals
from aidstudy.pages.pages import STDIN, is_page_of, own_study, read_page, reader_for
from aidstudy.pages.pdf import pdf_text
from aidstudy.pages.review_document import Document, Own, Row
from aidstudy.pages.review_readings import readings
from aidstudy.reading.quantities import find_quantities
from aidstudy.reading.text import Span, repair_text
from aidstudy.tables.check import check_study
from aidstudy.tables.clean import raw_cells
from aidstudy.tables.draft import is_proposal
from aidstudy.tables.study import Study

_COMPARED = FIGURES.names[FIGURES.names.index("start") : FIGURES.names.index("period") + 1]


def reviewed(
    text: str,
    *,
    study: Study | None = None,
    year: int | None = None,
    name: str = "",
    language: str = "en",
    pdf: str | Path | None = None,
) -> Document:
    """The review of a page, which ``html`` writes as one document with the whole text of the page.

    Places and year are those of the study, the default study for its own page; `year` takes the
    place of the study's. Where `text` is the study's own page the adjudicated coding is shown with
    the draft beside it. `name` is that of the page, for the title; `language` that of the
    interface when the file is opened. With the `pdf` that the text was taken from, each row leads
    to the place in it where the figure is printed.

    Examples
    --------
    >>> document = reviewed("青山市援助资金300万元已到位。<script>alert(1)</script>").html()
    >>> "<script>alert" in document, "&lt;script&gt;alert" in document
    (False, True)
    """
    checked_lang(language, CodebookError)
    named = study or own_study(text)
    reader = reader_for(named, year)
    rows = [Row(cells) for cells in reader.rows(text)]
    audit, own, states = audit_text(text, year=reader.year), None, {}
    if named is not None and is_page_of(named, text):
        own = _own(named, text)
        rows = _compared(own.rows, rows, _COMPARED if own.settled else ())
        states = dict.fromkeys(range(len(audit.found)), "in_relations")
        for one in proposals(named, audit):
            states[one.number] = "accept" if one.relation else "no_relation"
    return Document(
        language,
        text,
        rows,
        find_quantities(text, year=reader.year).unread,
        repair_text(text).steps,
        audit,
        states,
        own,
        name,
        {} if pdf is None else _prints(text, Path(pdf), [row.span for row in rows]),
    )


def _prints(text: str, pdf: Path, spans: Sequence[Span]) -> dict[Span, tuple[int, str]]:
    """For each figure its page in the PDF, and the address at which a viewer shows the place."""
    printed = pdf_text(read_whole(pdf), name=str(pdf))
    if printed.text != text:
        raise PageError(
            f"{pdf}: has another text than the page; name the PDF that aidstudy text made it from"
        )
    boxes = ((span, printed.box(*span)) for span in spans)
    # A viewer takes zoom, left and top; some margin, so that the words around are seen.
    return {
        span: (
            box.page,
            f"{quote(pdf.name)}#page={box.page}&zoom=250,{max(0, box.left - 60)},"
            f"{max(0, box.top - 60)}",
        )
        for span, box in boxes
        if box
    }


def write_review(
    page: str | Path,
    output: str | Path | None = None,
    *,
    study: Study | None = None,
    year: int | None = None,
    language: str = "en",
    pdf: str | Path | None = None,
) -> list[str]:
    """Read a page and write its review: beside it with the ending ``.review.html``, or to `output`.

    The file holds the page's text and goes nowhere that nobody asked for. Gives its name, and what
    the page says about its own figures.
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
    document = reviewed(text, study=study, year=year, name=name, language=language, pdf=pdf)
    write_whole(target, document.html())
    return [str(target), *document.audit.warning(str(page))]


_FIGURE = re.compile("[a-z][a-z0-9_]*-[0-9]{3,6}")


def _own(study: Study, text: str) -> Own:
    typed, clean = raw_cells(study), check_study(study)
    raw = typed["figures"].to_dict("records")
    rows = [
        Row(cells, raw=told)
        for cells, told in zip(clean["figures"].to_dict("records"), raw, strict=True)
    ]
    ids = {told["figure_id"] for told in raw}
    named = (
        one
        for path in sorted(study.raw.glob("*.csv"))
        if path.name != "figures.csv"
        for one in _FIGURE.findall(path.read_text(encoding="utf-8"))
    )
    settled = len(typed["adjudication"]) + len(typed["corrections"]) > 0
    pairs = [
        row | {"decision": "open" if is_proposal(row["note"]) else "accepted"}
        for row in typed["pairs"].to_dict("records")
    ]
    suffix = re.sub("^county[0-9]+(?=_|$)|^(?!county[0-9]).*", "", next(iter(study.recipients)))
    told = {
        "page": study.page["sha256"],
        "year": study.year,
        "suffix": suffix,
        "recipients": {slug: asdict(place) for slug, place in study.recipients.items()},
        "donors": {slug: asdict(place) for slug, place in study.donors.items()},
        "pairs": pairs,
        "mechanisms": typed["mechanisms"].to_dict("records"),
    }
    projects = [
        (one["project_id"], one["name_en"], one["name_zh"])
        for one in clean["projects"].to_dict("records")
    ]
    return Own(
        rows,
        settled=settled,
        free=ids.isdisjoint(named),
        study=told,
        projects=projects,
        readings={} if settled else readings(text, study.year),
    )


def _compared(
    coding: Sequence[Row], draft: Sequence[Row], columns: Sequence[str] = _COMPARED
) -> list[Row]:
    """The coding with what the draft has otherwise, and what only the draft has, by place."""
    starts = [row.span.start for row in draft]
    ends = [row.span.end for row in draft]
    used: set[int] = set()
    rows: list[Row] = []
    for row in coding:
        near = range(bisect_right(ends, row.span.start), bisect_left(starts, row.span.end))
        free = [index for index in near if index not in used]
        if not free:
            rows.append(replace(row, state="coding_only"))
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
        rows.append(Row(cells, "differs" if apart else "agrees", apart, row.raw))
    late = (row for index, row in enumerate(draft) if index not in used)
    rows += [replace(row, state="draft_only") for row in late]
    return sorted(rows, key=lambda row: row.span)


def _shared(a: Span, b: Span) -> int:
    return min(a.end, b.end) - max(a.start, b.start)
