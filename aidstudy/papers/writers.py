"""One thin writer for each format; what stands around a table is in ``templates.toml``."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from functools import cache
from string import Template

from aidstudy.bilingual import Lang
from aidstudy.files import read_toml
from aidstudy.papers.grid import (
    DIGIT,
    ID_BREAK,
    LINE,
    POINT,
    Grid,
    Line,
    header,
    missing_text,
    render,
    with_unit,
)
from aidstudy.papers.model import Cell, Column, Instead, Number, PaperTable, exact_text, told
from aidstudy.tables.files import csv_text

_LONG = 45
"""Lines of print from which a table may not fit on one page with its note."""

_CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
_HYPHENS = re.compile("(?<=-)(?=-)")
_OPENING = re.compile(r"(?<![\w'])'(?=\w)")
_OPENING_DOUBLE = re.compile(r'(?<!\w)"(?=\w)')
_ID_BREAK = re.compile(ID_BREAK)
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#~^$|&])")
_FILL = re.compile(f"[{DIGIT}{POINT}]+")


@cache
def _templates() -> dict[str, str]:
    return read_toml(__file__, "templates.toml")


def _filled(name: str, grid: Grid, text: Callable[[str], str], **parts: object) -> str:
    """A template with the name, title and note of a table, and other parts."""
    told_below = Template(_templates()[f"{name.split('_')[0]}_note"])
    note = told_below.substitute(parts, note=text(grid.note)) if grid.note else ""
    page = Template(_templates()[name])
    return page.substitute(parts, name=grid.name, title=text(grid.title), note=note)


@cache
def _latex() -> dict[int, str]:
    return str.maketrans(told()["latex"])


def latex_text(text: str) -> str:
    """Text as LaTeX prints it, character by character.

    Examples
    --------
    >>> print(latex_text("50% of A & B"))
    50\\% of A \\& B
    >>> print(latex_text("the donor's 'and others'"))
    the donor's `and others'
    """
    # Two hyphens in a row would be drawn as a dash.
    quoted = "``".join(
        "{}".join(piece.translate(_latex()) for piece in _HYPHENS.split(part))
        for part in _OPENING_DOUBLE.split(text)
    )
    return _FILL.sub(_phantom, _OPENING.sub("`", quoted))


def _phantom(fill: re.Match[str]) -> str:
    return rf"\phantom{{{fill.group().replace(POINT, '.').replace(DIGIT, '0')}}}"


def latex(grid: Grid) -> str:
    """A booktabs table; one of many lines is a ``longtable`` and breaks over pages."""
    long = grid.height > _LONG
    cells = [cell for line in grid.lines for cell in line.cells]
    chinese = any(map(_CHINESE.search, (grid.title, *grid.headers, *cells, grid.note)))
    packages = ["array", "booktabs", *["longtable"] * long, *["xeCJK or ctex"] * chinese]
    columns = (
        rf">{{\ragged{'right' if align == 'left' else 'left'}\arraybackslash}}"
        rf"p{{\dimexpr{width / LINE:.3f}\linewidth-2\tabcolsep}}"
        for align, width in zip(grid.aligns, grid.widths, strict=True)
    )
    return _filled(
        "latex_long" if long else "latex",
        grid,
        latex_text,
        packages=", ".join(packages),
        size=r"\scriptsize" if grid.crowded else r"\footnotesize",
        columns="\n".join(columns),
        head=_latex_row(Line(grid.headers)),
        rows="\n".join(map(_latex_row, grid.lines)),
    )


def _latex_row(line: Line) -> str:
    if line.spans:
        text = latex_text(line.cells[0])
        return rf"\addlinespace \multicolumn{{{len(line.cells)}}}{{l}}{{\textit{{{text}}}}} \\"
    cells = (r"\allowbreak{}".join(map(latex_text, _ID_BREAK.split(cell))) for cell in line.cells)
    return " & ".join(cells) + r" \\"


def typst(grid: Grid) -> str:
    """A Typst figure with a table; a long one breaks over pages."""
    return _filled(
        "typst",
        grid,
        _typst_text,
        size="0.7em" if grid.crowded else "0.8em",
        columns=", ".join(f"{100 * width / LINE:.1f}%" for width in grid.widths),
        aligns=", ".join(grid.aligns),
        head=_typst_row(Line(grid.headers)),
        rows="\n".join(f"      {_typst_row(line)}," for line in grid.lines),
    )


def _typst_text(text: str) -> str:
    """A Typst string, in which no character but the quote and the backslash has a meaning."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    # A space without width lets an id break.
    return '"{}"'.format("\\u{200B}".join(_ID_BREAK.split(escaped)))


def _typst_row(line: Line) -> str:
    if line.spans:
        text = _typst_text(line.cells[0])
        return f"table.cell(colspan: {len(line.cells)}, align: left, emph({text}))"
    return ", ".join(map(_typst_text, line.cells))


def markdown(grid: Grid) -> str:
    """A pipe table with its title above and its note below."""
    rows = [[_markdown_text(cell) for cell in grid.headers]]
    rows.append(["---:" if align == "right" else ":---" for align in grid.aligns])
    for line in grid.lines:
        first, *others = map(_markdown_text, line.cells)
        rows.append([f"**{first}**" if line.head else first, *others])
    lines = [f"**{_markdown_text(grid.title)}**", "", *(f"| {' | '.join(row)} |" for row in rows)]
    return "\n".join([*lines, *["", _markdown_text(grid.note)] * bool(grid.note)]) + "\n"


def _markdown_text(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", _FILL.sub("", text))


def html_page(grid: Grid) -> str:
    """An HTML page with the table."""
    return _filled(
        "html",
        grid,
        html.escape,
        lang="zh-Hans" if grid.lang == "zh" else "en-GB",
        columns=len(grid.headers),
        head=_html_cells(grid, Line(grid.headers), "th", " scope=col"),
        rows="\n".join(f"<tr>{_html_cells(grid, line, 'td')}</tr>" for line in grid.lines),
    )


def _html_cells(grid: Grid, line: Line, tag: str, more: str = "") -> str:
    if line.spans:
        text = html.escape(line.cells[0])
        return f'<th colspan="{len(line.cells)}" scope="rowgroup">{text}</th>'
    sides = ("" if align == "left" else ' class="right"' for align in grid.aligns)
    cells = ("<wbr>".join(map(html.escape, _ID_BREAK.split(cell))) for cell in line.cells)
    return "".join(f"<{tag}{more}{s}>{cell}</{tag}>" for cell, s in zip(cells, sides, strict=True))


def csv_table(table: PaperTable, lang: Lang) -> str:
    """The table as data: for each number value, low, high and state, with all digits they have."""
    names: list[str] = []
    records: list[dict[str, str]] = [{} for _ in table.rows]
    for place, column in enumerate(table.columns):
        if not (column.csv and column.header.say(lang)):
            continue
        heads = _csv_headers(column, lang)
        names += heads
        for number, (record, row) in enumerate(zip(records, table.rows, strict=True)):
            unit = table.row_units[number] if table.row_units else column.unit
            cells = _csv_cells(row[place], unit.scale(lang), lang, numeric=column.numeric)
            record |= dict(zip(heads, cells, strict=True))
    return csv_text(names, records)


def _csv_cells(cell: Cell, scale: int, lang: Lang, *, numeric: bool) -> tuple[str, ...]:
    if isinstance(cell, Number):
        if not numeric:
            return (missing_text(cell.state, lang),)
        shown = cell.shown(scale)
        ends = {"value": shown.value, "low": shown.interval.low, "high": shown.interval.high}
        return (*(exact_text(number, end) for end, number in ends.items()), cell.state)
    if isinstance(cell, Instead):
        return "", "", "", cell.state
    return (cell.say(lang), *["", "", ""] * numeric)


def _csv_headers(column: Column, lang: Lang) -> list[str]:
    """The header of a column and, of numbers, of their parts; the state has no unit."""
    whole, text, unit = header(column, lang), column.header.say(lang), column.unit.name(lang)
    low, high, state = (text + part[lang] for part in told()["csv"].values())
    parts = [with_unit(low, unit, lang), with_unit(high, unit, lang), state]
    return [whole, *parts] if column.numeric else [whole]


def _docx(table: PaperTable, lang: Lang) -> bytes:
    from aidstudy.papers.word import docx_file  # needs a package that the others do not

    return docx_file(render(table, lang))


WRITERS: Mapping[str, Callable[[PaperTable, Lang], bytes]] = {
    "latex": lambda table, lang: latex(render(table, lang)).encode(),
    "html": lambda table, lang: html_page(render(table, lang)).encode(),
    "typst": lambda table, lang: typst(render(table, lang)).encode(),
    "markdown": lambda table, lang: markdown(render(table, lang)).encode(),
    "docx": _docx,
    "csv": lambda table, lang: csv_table(table, lang).encode(),
}
"""Every format and what writes it."""
