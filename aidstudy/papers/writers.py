"""One thin writer for each format; what stands around a table is in ``templates.toml``."""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Mapping
from itertools import zip_longest
from string import Template

from aidstudy.bilingual import Lang, Words, aside, sign
from aidstudy.files import read_toml
from aidstudy.papers.grid import (
    DIGIT,
    ID_BREAK,
    LINE,
    POINT,
    Grid,
    Line,
    render,
    state_of,
    words_of,
)
from aidstudy.papers.model import Cell, Marked, PaperTable
from aidstudy.papers.words import CHINESE, TOLD, exact_parts
from aidstudy.quantity.scalar import Missing, Quantity
from aidstudy.quantity.shown import ShownUnit, in_unit
from aidstudy.tables.files import csv_text

_LONG = 45
"""Lines of print from which a table may not fit on one page with its note."""

_LINE_TWIPS = 9638
"""The line of A4 paper with margins of 20 mm, in twentieths of a point."""

_HYPHENS = re.compile("(?<=-)(?=-)")
_OPENING = re.compile(r"(?<![\w'])'(?=\w)")
_OPENING_DOUBLE = re.compile(r'(?<!\w)"(?=\w)')
_ID_BREAK = re.compile(ID_BREAK)
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#~^$|&])")
_FILL = re.compile(f"[{DIGIT}{POINT}]+")


_TEMPLATES = read_toml(__file__, "templates.toml")
_LATEX = str.maketrans(TOLD["latex"])


def written(grid: Grid, format: str) -> str:
    """A table in one of the formats of ``templates.toml``."""
    look, text = _TEMPLATES[format], _TEXTS[format]
    number, id_break = len(grid.headers), look.get("id_break", "")
    between: str = look.get("between", "")

    def columns(kind: str, texts: Iterable[str] = ()) -> list[str]:
        """What stands in each column: a cell of `texts`, or what says how wide it is."""
        return [
            Template(look[kind][side]).substitute(_sizes(width), text=one)
            for side, width, one in zip_longest(grid.aligns, grid.widths, texts)
        ]

    def cells(texts: Iterable[str], kind: str = "cell") -> str:
        pieces = (_ID_BREAK.split(one) if id_break else [one] for one in texts)
        return between.join(columns(kind, [id_break.join(map(text, one)) for one in pieces]))

    def row(line: Line) -> str:
        if not line.head:
            return Template(look["row"]).substitute(cells=cells(line.cells))
        first, empty = text(line.cells[0]), between * (number - 1)
        return Template(look["span"]).substitute(text=first, number=number, empty=empty)

    files = look["file"]
    long = "long_" if grid.height > _LONG and "long_page" in files else ""
    note = Template(files[f"{long}note"]).substitute(
        note=text(grid.note), number=number, whole=_sizes(sum(grid.widths))["share"]
    )
    texts = (grid.title, *grid.headers, *(c for line in grid.lines for c in line.cells), grid.note)
    return Template(files[f"{long}page"]).substitute(
        name=grid.name,
        title=text(grid.title),
        lang=sign("tag", grid.lang),
        packages=", xeCJK or ctex" if any(map(CHINESE.search, texts)) else "",
        size=look.get("sizes", ["", ""])[grid.crowded],
        columns=look.get("between_columns", "").join(columns("column")) if "column" in look else "",
        aligns=", ".join(grid.aligns),
        head=cells(grid.headers, "head" if "head" in look else "cell"),
        rows="\n".join(map(row, grid.lines)),
        note=note if grid.note or long else "",
    )


def _sizes(width: int) -> dict[str, object]:
    """The width of a column: as a share of the line, in per cent, and in twips on A4 paper."""
    share = width / LINE
    twips = round(_LINE_TWIPS * share)
    return {"share": f"{share:.3f}", "percent": f"{100 * share:.1f}", "twips": twips}


def docx(grid: Grid) -> bytes:
    """A Word document that tells neither author nor time.

    It is stored, as compressed bytes differ between versions of zlib.
    """
    parts = _TEMPLATES["docx"]["parts"] | {"word/document.xml": written(grid, "docx")}
    parts["docProps/core.xml"] = Template(parts["docProps/core.xml"]).substitute(
        title=html.escape(grid.title)
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as file:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            file.writestr(entry, content)
    return out.getvalue()


def latex_text(text: str) -> str:
    """Text as LaTeX prints it, character by character.

    >>> print(latex_text("50% of A & the donor's 'and others'"))
    50\\% of A \\& the donor's `and others'
    """
    # Two hyphens in a row would be drawn as a dash.
    quoted = "``".join(
        "{}".join(piece.translate(_LATEX) for piece in _HYPHENS.split(part))
        for part in _OPENING_DOUBLE.split(text)
    )
    return _FILL.sub(_phantom, _OPENING.sub("`", quoted))


def _phantom(fill: re.Match[str]) -> str:
    return rf"\phantom{{{fill.group().replace(POINT, '.').replace(DIGIT, '0')}}}"


def _typst_text(text: str) -> str:
    """Text in a Typst string, in which only the quote and the backslash have a meaning."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    # A space without width lets an id break.
    return "\\u{200B}".join(_ID_BREAK.split(escaped))


def _markdown_text(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", _FILL.sub("", text))


_TEXTS: Mapping[str, Callable[[str], str]] = {
    "latex": latex_text,
    "html": html.escape,
    "docx": html.escape,
    "typst": _typst_text,
    "markdown": _markdown_text,
}
"""How each format writes text."""


def csv_table(table: PaperTable, lang: Lang) -> str:
    """The table as data: for each number value, low, high and state, with all digits they have."""
    names: list[str] = []
    records: list[dict[str, str]] = [{} for _ in table.rows]
    for name, column in table.columns.items():
        text, unit = column.header.say(lang), column.unit.name(lang)
        if not (column.csv and text):
            continue
        heads = [aside(text, unit, lang)]
        if column.numeric:
            low, high, state = (text + part[lang] for part in TOLD["csv"].values())
            heads += [aside(low, unit, lang), aside(high, unit, lang), state]
        names += heads
        for record, row in zip(records, table.rows, strict=True):
            cells = _csv_cells(row[name], table.unit(row, name), lang, numeric=column.numeric)
            record |= dict(zip(heads, cells, strict=True))
    return csv_text(names, records)


def _csv_cells(cell: Cell, unit: ShownUnit, lang: Lang, *, numeric: bool) -> tuple[str, ...]:
    number, sign = cell if isinstance(cell, Marked) else (cell, "")
    if isinstance(number, Quantity | int):
        state = ", ".join(filter(None, (state_of(number), TOLD["signs"].get(sign))))
        return (*exact_parts(in_unit(number, unit.scale(lang))).values(), state)
    if isinstance(number, Missing) and numeric:
        return "", "", "", number.state
    text = number.say(lang) if isinstance(number, Words) else words_of(number, lang)
    return (text, "", "", "") if numeric else (text,)


def write(table: PaperTable, format: str, lang: Lang) -> bytes:
    """A table in a format and a language, as a file."""
    if format == "csv":
        return csv_table(table, lang).encode()
    grid = render(table, lang)
    return docx(grid) if format == "docx" else written(grid, format).encode()
