"""The text of HTML, Word and OpenDocument files: their content, a line for each block."""

from __future__ import annotations

import io
import re
import zipfile
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

from aidstudy.errors import TextError

_MOST_BYTES = 200_000_000
"""Of an unpacked document; a bomb is no page."""


def is_html(content: bytes) -> bool:
    """Whether a file begins like HTML.

    >>> is_html(b"<!DOCTYPE html><p>1"), is_html("投入<300万元".encode())
    (True, False)
    """
    return _HTML.match(content[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()) is not None


_HTML = re.compile(rb"<(?:!doctype\s+html|html|\?xml[^>]*>\s*<(?:!doctype|html)|head|body)")


def html_charset(content: bytes) -> str:
    """The encoding that an HTML file names; empty where it names none."""
    found = re.search(rb"<meta[^>]+charset=[\"']?\s*([\w-]+)", content[:4096], re.IGNORECASE)
    name = found[1].decode("ascii").lower() if found else ""
    return "gb18030" if name in ("gbk", "gb2312") else name


_HIDDEN = re.compile("head|script|style|template|noscript|svg|nav|footer|aside|form")
_BLOCK = re.compile(
    "address|article|blockquote|br|caption|d[dlt]|div|fig(?:caption|ure)|h[1-6r]|header|li|main|ol|p|"
    "pre|section|table|tbody|tfoot|thead|tr|ul"
)


class _Html(HTMLParser):
    """Text in blocks; what a browser does not show, and what leads to other pages, is left out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.hidden: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if _HIDDEN.fullmatch(tag):
            self.hidden.append(tag)
        elif tag == "body":
            # A head that was never closed ends here.
            self.hidden.clear()
        self._edge(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.hidden:
            del self.hidden[self.hidden.index(tag) :]
        self._edge(tag)

    def _edge(self, tag: str) -> None:
        if _BLOCK.fullmatch(tag) and not self.hidden:
            self.parts.append("\n")
        elif tag in ("td", "th") and not self.hidden:
            self.parts.append("\t")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.parts.append(re.sub(r"[ \t\r\n\f]+", " ", data))


def html_text(markup: str) -> str:
    """What an HTML page says.

    >>> html_text("<head><style>p{top:3px}</style></head><p>投入<b>300</b>万元</p><p>5名</p>")
    '投入300万元\\n5名\\n'
    """
    reader = _Html()
    reader.feed(markup)
    reader.close()
    return _tidy("".join(reader.parts))


def _tidy(text: str) -> str:
    lines = (re.sub(" *\t[ \t]*", "\t", line).strip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line) + "\n"


_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_ODF = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_SIGNS = {
    **{f"{_WORD}{tag}": sign for tag, sign in {"tab": "\t", "br": "\n", "cr": "\n"}.items()},
    **{f"{_ODF}{tag}": sign for tag, sign in {"tab": "\t", "line-break": "\n", "s": " "}.items()},
}
_BLOCKS = {f"{_WORD}p", f"{_ODF}p", f"{_ODF}h", f"{_WORD}tr", f"{_TABLE}table-row"}
_CELLS = {f"{_WORD}tc", f"{_TABLE}table-cell"}
_LEFT_OUT = {f"{_WORD}{tag}" for tag in ("instrText", "delText", "del")}
_LEFT_OUT |= {f"{_ODF}{tag}" for tag in ("tracked-changes", "note")}


def document_text(content: bytes, *, name: str) -> str:
    """The text of a Word (docx) or OpenDocument (odt) file; cells of a row are parted by tabs."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            names = {"word/document.xml", "content.xml"} & set(packed.namelist())
            if not names:
                raise TextError(
                    f"{name}: not text but a ZIP file, perhaps of Excel: save it as text or PDF"
                )
            part = packed.getinfo(names.pop())
            if part.file_size > _MOST_BYTES:
                raise TextError(
                    f"{name}: unpacked it has {part.file_size} bytes; no page has so many"
                )
            root = ET.fromstring(packed.read(part))
    except (zipfile.BadZipFile, ET.ParseError, NotImplementedError, RuntimeError) as error:
        raise TextError(
            f"{name}: a broken or protected document ({error}); save it anew, or as PDF"
        ) from error
    parts: list[str] = []
    _collect(root, parts, in_cell=False)
    return _tidy("".join(parts))


def _collect(node: ET.Element, parts: list[str], *, in_cell: bool) -> None:
    if node.tag in _LEFT_OUT:
        return
    parts.append(_SIGNS.get(node.tag, ""))
    # Words of a document stand in w:t; in OpenDocument in every element.
    if node.text and (node.tag == f"{_WORD}t" or not node.tag.startswith(_WORD)):
        parts.append(node.text)
    for child in node:
        _collect(child, parts, in_cell=in_cell or node.tag in _CELLS)
        if child.tail and not child.tag.startswith(_WORD):
            parts.append(child.tail)
    if node.tag in _CELLS:
        parts.append("\t")
    elif node.tag in _BLOCKS:
        is_row = node.tag in (f"{_WORD}tr", f"{_TABLE}table-row")
        parts.append("\n" if is_row or not in_cell else " ")
