"""The docx writer: the same bytes in every run, and nothing about who wrote it or when."""

from __future__ import annotations

import io
import re
import zipfile

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table

from aidstudy.papers.grid import ID_BREAK, LINE, Grid, Line

_MARGIN_MM = 20
_PAPER_MM = (210, 297)
_EPOCH = (1980, 1, 1, 0, 0, 0)
_STYLES = frozenset({"Normal", "Caption", "DefaultParagraphFont", "TableNormal", "NoList"})
_PARTS = frozenset({"stylesWithEffects", "thumbnail", "customXml", "numbering"})
_THICK, _THIN = "8", "4"
"""Rules in eighths of a point."""


def docx_file(grid: Grid) -> bytes:
    """A Word document with the table, its title above and its note below.

    Rules as in booktabs; the header repeats on every page. A4.
    """
    document = docx.Document()
    width = _page(document)
    _fonts(document)
    document.add_paragraph(grid.title, style="Caption").paragraph_format.keep_with_next = True
    table = document.add_table(rows=1 + len(grid.lines), cols=len(grid.headers))
    _fill(table, grid, width)
    _rules(table)
    if grid.note:
        document.add_paragraph(grid.note)
    _drop_unused(document)
    properties = document.core_properties
    # The template names its author and a date; every part but the title goes.
    for part in list(properties._element):
        properties._element.remove(part)
    properties.title = grid.title
    return _with_fixed_times(document)


def _page(document: Document) -> int:
    """Set paper and margins; returns the width left for text, in millimetres."""
    section, (width, height) = document.sections[0], _PAPER_MM
    section.page_width, section.page_height = Mm(width), Mm(height)
    for side in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
        setattr(section, side, Mm(_MARGIN_MM))
    return width - 2 * _MARGIN_MM


def _fonts(document: Document) -> None:
    for name, size in (("Normal", 8), ("Caption", 9)):
        style = document.styles[name]
        style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(2)
        font = style.font
        font.name, font.size, font.color.rgb = "Times New Roman", Pt(size), RGBColor(0, 0, 0)
        fonts = font._element.get_or_add_rPr().get_or_add_rFonts()
        fonts.set(qn("w:eastAsia"), "SimSun")


def _fill(table: Table, grid: Grid, width: int) -> None:
    table.autofit = False
    for column, share in zip(table.columns, grid.widths, strict=True):
        column.width = Mm(width * share / LINE)
    for number, (row, line) in enumerate(
        zip(table.rows, (Line(grid.headers), *grid.lines), strict=True)
    ):
        cells = row.cells
        if line.head:
            whole = cells[0].merge(cells[-1]).paragraphs[0]
            whole.add_run(line.cells[0]).italic = True
            whole.paragraph_format.space_before = Pt(5)
            whole.paragraph_format.keep_with_next = True
            continue
        for cell, text, align in zip(cells, line.cells, grid.aligns, strict=True):
            paragraph = cell.paragraphs[0]
            if align == "right":
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            # A space without width lets an id break.
            text = "\u200b".join(re.split(ID_BREAK, text))
            paragraph.add_run(text).bold = True if number == 0 else None


def _rules(table: Table) -> None:
    def rule(parent: object, side: str, size: str) -> None:
        line = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", size), ("space", "0"), ("color", "000000")):
            line.set(qn(f"w:{name}"), value)
        parent.append(line)  # type: ignore[attr-defined]

    borders = OxmlElement("w:tblBorders")
    rule(borders, "top", _THICK)
    rule(borders, "bottom", _THICK)
    table._tbl.tblPr.insert_element_before(
        borders, "w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook"
    )
    header = table.rows[0]
    for cell in header.cells:
        below = OxmlElement("w:tcBorders")
        rule(below, "bottom", _THIN)
        cell._tc.get_or_add_tcPr().append(below)
    for row in table.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    header._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _drop_unused(document: Document) -> None:
    """Drop what the template brings and no table uses: it is forty times the rest."""
    for style in list(document.styles.element.findall(qn("w:style"))):
        if style.get(qn("w:styleId")) not in _STYLES:
            document.styles.element.remove(style)
    for relations in (document.part.rels, document.part.package.rels):
        for key, relation in list(relations.items()):
            if relation.reltype.rpartition("/")[2] in _PARTS:
                relations.pop(key)


def _with_fixed_times(document: Document) -> bytes:
    """The file with fixed times, and stored: compressed bytes differ between versions of zlib."""
    made = io.BytesIO()
    document.save(made)
    out = io.BytesIO()
    with zipfile.ZipFile(made) as parts, zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as fixed:
        for name in parts.namelist():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            fixed.writestr(entry, parts.read(name))
    return out.getvalue()
