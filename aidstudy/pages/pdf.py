"""The text of a PDF, or the reason why it has none that can be trusted."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from aidstudy.errors import TextError
from aidstudy.extras import extra_module
from aidstudy.reading.text import RADICALS


def pdf_text(content: bytes, *, name: str) -> str:
    """The text of a PDF, page by page.

    One that is only protected against printing or copying has an empty password and is read, as
    any program that shows PDFs does. Text in a font that does not say which character a code
    stands for is refused: it would come out as other characters.
    """
    pypdf = extra_module("pypdf", extra="pages", purpose=f"{name} is a PDF")
    try:
        with _silent():
            reader = pypdf.PdfReader(io.BytesIO(content))
            if reader.is_encrypted and not reader.decrypt(""):
                raise TextError(
                    f"{name}: an encrypted PDF; remove its password in a PDF program and read "
                    "the copy"
                )
            pages = [
                _page_text(page, f"{name}, page {number}")
                for number, page in enumerate(reader.pages, start=1)
            ]
    except TextError:
        raise
    except pypdf.errors.DependencyError:
        raise TextError(
            f"{name}: a PDF encrypted by AES, which needs the package cryptography: pip install "
            "cryptography; or save a copy without a password in a PDF program and read that"
        ) from None
    except Exception as error:
        # A broken PDF makes pypdf fail in many ways, not all of them its own errors.
        raise TextError(
            f"{name}: a PDF that cannot be read ({type(error).__name__}: {error}); print it "
            "to a new PDF, or save its text"
        ) from error
    if not any(page.strip() for page in pages):
        raise TextError(
            f"{name}: a PDF without text on any of its pages ({len(pages)}), perhaps scanned; "
            "recognise its text first (OCR)"
        )
    # Some fonts map to half of a surrogate pair, which no file can hold.
    text = "\n".join(pages).encode("utf-8", "replace").decode("utf-8")
    return text.translate(_SAME_PRINT)


@contextmanager
def _silent() -> Iterator[None]:
    """Without what pypdf says of a file that it mends: either its text is read, or it is told."""
    log, nothing = logging.getLogger("pypdf"), logging.NullHandler()
    passes_on = log.propagate
    log.addHandler(nothing)
    log.propagate = False
    try:
        yield
    finally:
        log.removeHandler(nothing)
        log.propagate = passes_on


# --- fonts that do not say what they print ------------------------------------------------------

_READ_CODES = re.compile(
    "/(?:Uni(?:GB|CNS|JIS)-(?:UCS2|UTF16)|GB(?:pc)?-EUC|GBK-EUC|GBK2K|ETen(?:ms)?-B5)-[HV]"
)
"""Encodings of two bytes whose codes are characters, and which pypdf reads; not so Identity-H,
whose codes number the shapes of the font."""

_SHAPE = re.compile("/[A-Za-z]{0,5}[0-9A-F]{1,5}")


def _page_text(page: Any, place: str) -> str:
    def look(text: str, _: Any, __: Any, font: Any, ___: Any) -> None:
        if font is not None and text.strip() and _is_unmapped(font, text):
            shown = str(font.get("/BaseFont", font.get("/Name", "without a name"))).lstrip("/")
            raise TextError(
                f"{place}: the font {shown} does not say which characters it prints, so that they "
                "would be read as others; recognise its text (OCR), or save the text from the "
                "program that made it"
            )

    text = str(page.extract_text(visitor_text=look))
    return _upright(text) if _is_vertical(text) else text


def _is_unmapped(font: Mapping[str, Any], text: str) -> bool:
    if "/ToUnicode" in font:
        return False
    encoding: Any = font.get("/Encoding")
    if hasattr(encoding, "get_object"):
        encoding = encoding.get_object()
    if font.get("/Subtype") == "/Type0":
        return not _READ_CODES.fullmatch(str(encoding))
    # A shape that is named by a number alone comes out as its name: /g12, /C0041.
    names = encoding.get("/Differences", ()) if isinstance(encoding, dict) else ()
    return any(name in names for name in _SHAPE.findall(text))


# --- vertical writing ---------------------------------------------------------------------------

_ONE_HAN = re.compile("[\u3400-\u9fff\u2e80-\u2fdf\ufe10-\ufe19]")
_LINE_END = re.compile("(?<![。！？︒︕︖])\n")


def _is_vertical(text: str) -> bool:
    """Whether most lines hold one Chinese character and nothing else."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return len(lines) > 2 and 2 * sum(bool(_ONE_HAN.fullmatch(line)) for line in lines) > len(lines)


def _upright(text: str) -> str:
    """The columns of vertical writing as lines that end with their sentences.

    Where a paragraph ends is not told; a number set digit below digit is whole again.
    """
    return _LINE_END.sub("", text)


# A radical for the character that shares its glyph prints the same; so do the marks of vertical
# writing.
_SAME_PRINT = RADICALS | str.maketrans(
    "︐︑︒︓︔︕︖︗︘︱︲︵︶︷︸︹︺︻︼︽︾︿﹀﹁﹂﹃﹄",
    "，、。：；！？〖〗—–（）｛｝〔〕【】《》〈〉「」『』",
)
