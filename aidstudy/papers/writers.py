"""One thin writer for each format."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from aidstudy.papers.grid import (
    ID_BREAK,
    LINE,
    Grid,
    header,
    missing_text,
    render,
    unit_of,
)
from aidstudy.papers.model import Column, Lang, Number, PaperTable, exact_text, told
from aidstudy.papers.word import docx_file
from aidstudy.tables.files import csv_text

_LONG = 45
"""Lines of print from which a table may not fit on one page with its notes."""

_TIGHT = r"\setlength{\tabcolsep}{3pt}"

_LATEX: Mapping[int, str] = MappingProxyType(
    str.maketrans(
        {
            "\\": r"\textbackslash{}",
            "{": r"\{",
            "}": r"\}",
            "%": r"\%",
            "&": r"\&",
            "#": r"\#",
            "$": r"\$",
            "_": r"\_",
            "~": r"\textasciitilde{}",
            "^": r"\textasciicircum{}",
            "<": r"\textless{}",
            ">": r"\textgreater{}",
            "|": r"\textbar{}",
            '"': r"\textquotedbl{}",
            "`": r"\textasciigrave{}",
            # After the end of a row, * and [ would be read as arguments of \\.
            "*": "{*}",
            "[": "{[}",
            "]": "{]}",
            # In a box no line breaks after it.
            "–": r"\mbox{--}",
            "−": "$-$",
            "×": r"$\times$",
            "÷": r"$\div$",
            "≥": r"$\geq$",
            "≤": r"$\leq$",
            "∩": r"$\cap$",
            "→": r"$\to$",
            "…": r"\ldots{}",
            "²": r"\textsuperscript{2}",
            "³": r"\textsuperscript{3}",
            "†": r"\textdagger{}",
            "‡": r"\textdaggerdbl{}",
            "κ": r"$\kappa$",
            "α": r"$\alpha$",
            "√": r"$\surd$",
            "χ": r"$\chi$",
        }
    )
)
_CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
_HYPHENS = re.compile("(?<=-)(?=-)")
_OPENING = re.compile(r"(?<!\w)'(?=\w)")
_ID_BREAK = re.compile(ID_BREAK)
_NUMBER = re.compile(r"[−≥≤ ]*\d")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#~^$|&])")


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
    pieces = (piece.translate(_LATEX) for piece in _HYPHENS.split(text))
    return _OPENING.sub("`", "{}".join(pieces))


def latex(grid: Grid) -> str:
    """A booktabs table; one of many lines is a ``longtable`` and breaks over pages."""
    long = grid.lines > _LONG
    packages = ["array", "booktabs", *["longtable"] * long, *["xeCJK or ctex"] * _chinese(grid)]
    size = r"\scriptsize" if grid.crowded else r"\footnotesize"
    columns = [*_latex_columns(grid), "}"]
    title = rf"\caption{{{latex_text(grid.title)}}}\label{{tab:{grid.name}}}"
    heads = " & ".join(_latex_head(head) for head in grid.headers)
    headers = [r"\toprule", heads + r" \\", r"\midrule"]
    rows = [_latex_row(row) for row in grid.rows]
    notes = [
        rf"\par\smallskip\noindent\parbox{{\linewidth}}{{\raggedright {latex_text(note)}}}"
        for note in grid.notes
    ]
    if long:
        top = [title + r"\\", *headers, r"\endfirsthead", *headers, r"\endhead"]
        body = [r"\begin{longtable}{", *columns, *top, r"\bottomrule", r"\endfoot", *rows]
        lines = [r"\begingroup", size + _TIGHT, *body, r"\end{longtable}", *notes]
        lines += [r"\par\endgroup"]
    else:
        body = [r"\begin{tabular}{", *columns, *headers, *rows, r"\bottomrule", r"\end{tabular}"]
        lines = [r"\begin{table}\centering", title + r"\par\smallskip", size + _TIGHT]
        lines += [*body, *notes, r"\end{table}"]
    return "\n".join([f"% Packages: {', '.join(packages)}.", *lines]) + "\n"


def _latex_columns(grid: Grid) -> list[str]:
    return [
        rf">{{\ragged{'right' if align == 'left' else 'left'}\arraybackslash}}"
        rf"p{{\dimexpr{width / LINE:.3f}\linewidth-2\tabcolsep}}"
        for align, width in zip(grid.aligns, grid.widths, strict=True)
    ]


def _latex_row(cells: tuple[str, ...]) -> str:
    return " & ".join(_latex_cell(cell) for cell in cells) + r" \\"


def _latex_head(text: str) -> str:
    """A header whose unit is not broken."""
    unit = unit_of(text)
    if not unit:
        return latex_text(text)
    name = text.removesuffix(unit)
    between = r"\allowbreak{}" if name == name.rstrip() else " "
    return rf"{latex_text(name.rstrip())}{between}\mbox{{{latex_text(unit)}}}"


def _latex_cell(text: str) -> str:
    return r"\allowbreak{}".join(latex_text(piece) for piece in _ID_BREAK.split(text))


def _chinese(grid: Grid) -> bool:
    cells = [cell for row in grid.rows for cell in row]
    return any(_CHINESE.search(text) for text in (grid.title, *grid.headers, *cells, *grid.notes))


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
        f"      table.header({_typst_row(grid.headers)}),",
        "      table.hline(stroke: 0.5pt),",
        *(f"      {_typst_row(row)}," for row in grid.rows),
        "      table.hline(stroke: 0.8pt),",
        "    )",
        "    set align(left)",
        *(f"    par({_typst_text(note)})" for note in grid.notes),
        "  },",
        f") <tab-{grid.name}>",
        "]",
    ]
    return "\n".join(lines) + "\n"


def _typst_text(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    # Word joiners keep bounds in one line, a space without width lets an id break.
    joined = escaped.replace("–", "\\u{2060}–\\u{2060}")
    breaking = "\\u{200B}".join(_ID_BREAK.split(joined))
    return f'"{breaking}"'


def _typst_row(cells: tuple[str, ...]) -> str:
    return ", ".join(_typst_text(cell) for cell in cells)


def markdown(grid: Grid) -> str:
    """A pipe table, with its title above and its notes as a list."""
    rules = ["---:" if align == "right" else ":---" for align in grid.aligns]
    rows = [[_markdown_text(cell) for cell in row] for row in (grid.headers, *grid.rows)]
    lines = [
        f"**{_markdown_text(grid.title)}**",
        "",
        *(f"| {' | '.join(row)} |" for row in (rows[0], rules, *rows[1:])),
    ]
    if grid.notes:
        lines += ["", *(f"- {_markdown_text(note)}" for note in grid.notes)]
    return "\n".join(lines) + "\n"


def _markdown_text(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", text)


def html_page(grid: Grid) -> str:
    """An HTML page with the table as Great Tables draws it; it escapes every text itself."""
    import pandas as pd
    from great_tables import GT, loc, style

    names = [f"c{place}" for place in range(len(grid.headers))]
    numeric = [name for name, align in zip(names, grid.aligns, strict=True) if align == "right"]
    frame = pd.DataFrame(list(grid.rows), columns=names, dtype=object)
    table = (
        GT(frame, id=f"aidstudy-{grid.name}", auto_align=False)
        .tab_header(title=grid.title)
        .cols_label(cases=dict(zip(names, grid.headers, strict=True)))
        .cols_align("left")
        .cols_align("right", columns=numeric)
        .tab_options(table_font_size="small")
    )
    for place, name in enumerate(names):
        unbroken = [line for line, row in enumerate(grid.rows) if _NUMBER.match(row[place])]
        if name in numeric and unbroken:
            css = style.css("white-space: nowrap")
            table = table.tab_style(css, loc.body(columns=name, rows=unbroken))
    for note in grid.notes:
        table = table.tab_source_note(note)
    tag = "zh-Hans" if grid.lang == "zh" else "en-GB"
    return (
        f'<!DOCTYPE html>\n<html lang="{tag}">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{html.escape(grid.title)}</title>\n</head>\n<body>\n"
        f"{table.as_raw_html()}\n</body>\n</html>\n"
    )


def csv_table(table: PaperTable, lang: Lang) -> str:
    """The table as data: for each number value, low, high and state, with all digits they have."""
    names: list[str] = []
    records: list[dict[str, str]] = [{} for _ in table.rows]
    for place, column in enumerate(table.columns):
        if lang not in column.langs:
            continue
        cells = [row[place] for row in table.rows]
        name = header(column, lang)
        if not column.numeric:
            names.append(name)
            for record, cell in zip(records, cells, strict=True):
                record[name] = (
                    missing_text(cell.state, lang) if isinstance(cell, Number) else cell.text(lang)
                )
            continue
        low, high, state = (_part(column, part, lang) for part in ("low", "high", "state"))
        names += [name, low, high, state]
        for place_of_row, (record, cell) in enumerate(zip(records, cells, strict=True)):
            unit = column.unit if table.row_units is None else table.row_units[place_of_row]
            if not isinstance(cell, Number):
                record |= {name: cell.text(lang), low: "", high: "", state: ""}
                continue
            shown = cell.shown(unit.scale(lang))
            record |= {
                name: exact_text(shown.value, "value"),
                low: exact_text(shown.interval.low, "low"),
                high: exact_text(shown.interval.high, "high"),
                state: cell.state,
            }
    return csv_text(names, records)


def _part(column: Column, part: str, lang: Lang) -> str:
    """The header of a part of a number; the state has no unit."""
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
