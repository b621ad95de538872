"""One thin writer for each format."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType

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
)
from aidstudy.papers.model import Cell, Column, Instead, Lang, Number, PaperTable, exact_text, told
from aidstudy.papers.word import docx_file
from aidstudy.tables.files import csv_text

_LONG = 45
"""Lines of print from which a table may not fit on one page with its note."""

_CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
_HYPHENS = re.compile("(?<=-)(?=-)")
_OPENING = re.compile(r"(?<!\w)'(?=\w)")
_ID_BREAK = re.compile(ID_BREAK)
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#~^$|&])")
_FILL = re.compile(f"[{DIGIT}{POINT}]+")


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
    pieces = (piece.translate(_latex()) for piece in _HYPHENS.split(text))
    return _FILL.sub(_phantom, _OPENING.sub("`", "{}".join(pieces)))


@cache
def _latex() -> dict[int, str]:
    return str.maketrans(told()["latex"])


def _phantom(fill: re.Match[str]) -> str:
    return rf"\phantom{{{fill.group().replace(POINT, '.').replace(DIGIT, '0')}}}"


def latex(grid: Grid) -> str:
    """A booktabs table; one of many lines is a ``longtable`` and breaks over pages."""
    long = grid.height > _LONG
    packages = ["array", "booktabs", *["longtable"] * long, *["xeCJK or ctex"] * _chinese(grid)]
    size = (r"\scriptsize" if grid.crowded else r"\footnotesize") + r"\setlength{\tabcolsep}{3pt}"
    columns = [
        rf">{{\ragged{'right' if align == 'left' else 'left'}\arraybackslash}}"
        rf"p{{\dimexpr{width / LINE:.3f}\linewidth-2\tabcolsep}}"
        for align, width in zip(grid.aligns, grid.widths, strict=True)
    ]
    title = rf"\caption{{{latex_text(grid.title)}}}\label{{tab:{grid.name}}}"
    headers = [r"\toprule", _latex_row(Line(grid.headers)), r"\midrule"]
    rows = [_latex_row(line) for line in grid.lines]
    paragraph = (
        rf"\par\smallskip\noindent\parbox{{\linewidth}}{{\raggedright {latex_text(grid.note)}}}"
    )
    note = [paragraph] * bool(grid.note)
    if long:
        top = [title + r"\\", *headers, r"\endfirsthead", *headers, r"\endhead"]
        lines = [r"\begingroup", size, r"\begin{longtable}{", *columns, "}", *top]
        lines += [r"\bottomrule", r"\endfoot", *rows, r"\end{longtable}", *note, r"\par\endgroup"]
    else:
        lines = [r"\begin{table}\centering", title + r"\par\smallskip", size]
        lines += [r"\begin{tabular}{", *columns, "}", *headers, *rows, r"\bottomrule"]
        lines += [r"\end{tabular}", *note, r"\end{table}"]
    return "\n".join([f"% Packages: {', '.join(packages)}.", *lines]) + "\n"


def _latex_row(line: Line) -> str:
    if line.spans:
        text = latex_text(line.cells[0])
        return rf"\addlinespace \multicolumn{{{len(line.cells)}}}{{l}}{{\textit{{{text}}}}} \\"
    cells = [r"\allowbreak{}".join(map(latex_text, _ID_BREAK.split(cell))) for cell in line.cells]
    return " & ".join(cells) + r" \\"


def _chinese(grid: Grid) -> bool:
    cells = [cell for line in grid.lines for cell in line.cells]
    return any(map(_CHINESE.search, (grid.title, *grid.headers, *cells, grid.note)))


def typst(grid: Grid) -> str:
    """A Typst figure with a table; a long one breaks over pages.

    Texts are Typst strings, in which no character but the quote and the backslash has a meaning.
    """
    columns = ", ".join(f"{100 * width / LINE:.1f}%" for width in grid.widths)
    lines = [
        "#[",
        "#set figure.caption(position: top)",
        "#show figure.where(kind: table): set block(breakable: true)",
        "#figure(",
        "  kind: table,",
        f"  caption: {_typst_text(grid.title)},",
        "  {",
        f"    set text(size: {'0.7em' if grid.crowded else '0.8em'})",
        "    table(",
        f"      columns: ({columns},),",
        f"      align: ({', '.join(grid.aligns)},),",
        "      stroke: none,",
        "      inset: 3pt,",
        "      table.hline(stroke: 0.8pt),",
        f"      table.header({_typst_row(Line(grid.headers))}),",
        "      table.hline(stroke: 0.5pt),",
        *(f"      {_typst_row(line)}," for line in grid.lines),
        "      table.hline(stroke: 0.8pt),",
        "    )",
        *["    set align(left)", f"    par({_typst_text(grid.note)})"] * bool(grid.note),
        "  },",
        f") <tab-{grid.name}>",
        "]",
    ]
    return "\n".join(lines) + "\n"


def _typst_text(text: str) -> str:
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
    rules = ["---:" if align == "right" else ":---" for align in grid.aligns]
    rows = [[_markdown_text(cell) for cell in grid.headers], rules]
    for line in grid.lines:
        first, *others = map(_markdown_text, line.cells)
        rows.append([f"**{first}**" if line.head else first, *others])
    lines = [
        f"**{_markdown_text(grid.title)}**",
        "",
        *(f"| {' | '.join(row)} |" for row in rows),
    ]
    return "\n".join([*lines, *["", _markdown_text(grid.note)] * bool(grid.note)]) + "\n"


def _markdown_text(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", _FILL.sub("", text))


def html_page(grid: Grid) -> str:
    """An HTML page with the table; its rules name the table, so they touch nothing else."""
    name = f"#aidstudy-{grid.name}"
    rules = [
        f"{name} {{ border-collapse: collapse; border-top: 2px solid; border-bottom: 2px solid; "
        "font-size: small; font-variant-numeric: lining-nums tabular-nums; max-width: 60em }",
        f"{name} caption {{ text-align: left; padding: 0.3em 0 }}",
        f"{name} th, {name} td {{ padding: 0.15em 0.5em; text-align: left; vertical-align: top; "
        "font-weight: normal }",
        f"{name} .right {{ text-align: right }}",
        f"{name} thead th {{ border-bottom: 1px solid; font-weight: bold }}",
        f"{name} th[scope=rowgroup] {{ font-style: italic; padding-top: 0.5em }}",
        f"{name} tfoot td {{ border-top: 1px solid }}",
    ]
    tag = "zh-Hans" if grid.lang == "zh" else "en-GB"
    lines = [
        f'<!DOCTYPE html>\n<html lang="{tag}">\n<head>\n<meta charset="utf-8">',
        f"<title>{html.escape(grid.title)}</title>",
        *["<style>", *rules, "</style>", "</head>", "<body>"],
        f'<table id="{name[1:]}">',
        f"<caption>{html.escape(grid.title)}</caption>",
        f"<thead>\n<tr>{_html_cells(grid, Line(grid.headers), 'th', ' scope=col')}</tr>\n</thead>",
        "<tbody>",
        *(f"<tr>{_html_cells(grid, line, 'td')}</tr>" for line in grid.lines),
        "</tbody>",
        *_html_foot(grid),
        "</table>\n</body>\n</html>",
    ]
    return "\n".join(lines) + "\n"


def _html_foot(grid: Grid) -> list[str]:
    note = html.escape(grid.note)
    foot = f'<tfoot>\n<tr><td colspan="{len(grid.headers)}">{note}</td></tr>\n</tfoot>'
    return [foot] * bool(note)


def _html_cells(grid: Grid, line: Line, tag: str, more: str = "") -> str:
    if line.spans:
        text = html.escape(line.cells[0])
        return f'<th colspan="{len(line.cells)}" scope="rowgroup">{text}</th>'
    sides = ["" if align == "left" else ' class="right"' for align in grid.aligns]
    return "".join(
        f"<{tag}{more}{side}>{html.escape(cell)}</{tag}>"
        for cell, side in zip(line.cells, sides, strict=True)
    )


def csv_table(table: PaperTable, lang: Lang) -> str:
    """The table as data: for each number value, low, high and state, with all digits they have."""
    names: list[str] = []
    records: list[dict[str, str]] = [{} for _ in table.rows]
    for place, column in enumerate(table.columns):
        if not (column.csv and column.header.text(lang)):
            continue
        parts = (None, "low", "high", "state") if column.numeric else (None,)
        heads = [_csv_header(column, part, lang) for part in parts]
        names += heads
        for number, (record, row) in enumerate(zip(records, table.rows, strict=True)):
            unit = column.unit if table.row_units is None else table.row_units[number]
            cells = _csv_cells(row[place], unit.scale(lang), lang, numeric=column.numeric)
            record |= dict(zip(heads, cells, strict=True))
    return csv_text(names, records)


def _csv_cells(cell: Cell, scale: int, lang: Lang, *, numeric: bool) -> tuple[str, ...]:
    if not numeric:
        return (missing_text(cell.state, lang) if isinstance(cell, Number) else _plain(cell, lang),)
    if not isinstance(cell, Number):
        instead = isinstance(cell, Instead)
        return "" if instead else _plain(cell, lang), "", "", cell.state if instead else ""
    shown = cell.shown(scale)
    return (
        exact_text(shown.value, "value"),
        exact_text(shown.interval.low, "low"),
        exact_text(shown.interval.high, "high"),
        cell.state,
    )


def _plain(cell: Cell, lang: Lang) -> str:
    assert not isinstance(cell, Number)
    return (cell.text if isinstance(cell, Instead) else cell).text(lang)


def _csv_header(column: Column, part: str | None, lang: Lang) -> str:
    """The header of a number or a part of it; the state has no unit."""
    if part is None:
        return header(column, lang)
    text = column.header.text(lang) + told()["csv"][part][lang]
    unit = "" if part == "state" else column.unit.name(lang)
    if not unit:
        return text
    return f"{text}（{unit}）" if lang == "zh" else f"{text} ({unit})"


WRITERS: Mapping[str, Callable[[PaperTable, Lang], bytes]] = MappingProxyType(
    {
        "latex": lambda table, lang: latex(render(table, lang)).encode(),
        "html": lambda table, lang: html_page(render(table, lang)).encode(),
        "typst": lambda table, lang: typst(render(table, lang)).encode(),
        "markdown": lambda table, lang: markdown(render(table, lang)).encode(),
        "docx": lambda table, lang: docx_file(render(table, lang)),
        "csv": lambda table, lang: csv_table(table, lang).encode(),
    }
)
"""Every format and what writes it."""
