"""The text of a PDF, or the reason why it has none that can be trusted."""

from __future__ import annotations

import io
import logging
import re
import warnings
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise, takewhile
from typing import Any, NamedTuple

from aidstudy.errors import TextError
from aidstudy.extras import extra_module
from aidstudy.reading.text import RADICALS


class Piece(NamedTuple):
    """A run of text on a page: its place in points from the left and from the top."""

    text: str
    left: float = 0
    top: float = 0
    size: float = 0

    @property
    def right(self) -> float:
        """About where it ends: a Chinese sign is as wide as high, another half as wide."""
        return self.left + self.size * sum(1 if sign > "\u2e7f" else 0.5 for sign in self.text)


class Box(NamedTuple):
    """Where a figure is printed in a PDF: page from 1, and points from the left and the top."""

    page: int
    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True)
class PdfText:
    """The text of a PDF and its pieces by page."""

    text: str
    pages: Sequence[Sequence[Piece]]

    @cached_property
    def _starts(self) -> list[tuple[int, int, Piece]]:
        """Where each piece with a place begins in the text, and its page."""
        found, start = [], 0
        for number, page in enumerate(self.pages, start=1):
            for piece in page:
                found.append((start, number, piece))
                start += len(piece.text)
            start += 1
        return [one for one in found if one[2].size]

    def box(self, start: int, end: int) -> Box | None:
        """The box of a part of the text, on the line where it begins; none without a place."""
        index = max(0, bisect_right(self._starts, (start, len(self.pages) + 1)) - 1)
        begun = takewhile(lambda one: one[0] < end, self._starts[index:])
        inside = [one for one in begun if one[0] + len(one[2].text) > start]
        if not inside:
            return None
        at, page, first = inside[0]
        last_at, _, last = [one for one in inside if (one[1], one[2].top) == (page, first.top)][-1]
        left = first._replace(text=first.text[: max(0, start - at)]).right
        right = last._replace(text=last.text[: end - last_at]).right
        return Box(page, *map(round, (left, first.top - first.size, right, first.top)))


def pdf_text(content: bytes, *, name: str) -> PdfText:
    """The text of a PDF, page by page, with where each piece of it stands.

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
                _page_pieces(page, f"{name}, page {number}")
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
    if not any(piece.text.strip() for page in pages for piece in page):
        raise TextError(
            f"{name}: a PDF without text on any of its pages ({len(pages)}), perhaps scanned; "
            "recognise its text first (OCR)"
        )
    # Some fonts map to half of a surrogate pair, which no file can hold.
    text = "\n".join("".join(piece.text for piece in page) for page in pages)
    text = text.encode("utf-8", "replace").decode("utf-8")
    return PdfText(text.translate(_SAME_PRINT), pages)


@contextmanager
def _silent() -> Iterator[None]:
    """Without what pypdf says of a file that it mends: either its text is read, or it is told."""
    log = logging.getLogger("pypdf")
    level = log.level
    log.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        log.setLevel(level)


# --- fonts that do not say what they print ------------------------------------------------------

_READ_CODES = re.compile(
    "/(?:Uni(?:GB|CNS|JIS)-(?:UCS2|UTF16)|GB(?:pc)?-EUC|GBK-EUC|GBK2K|ETen(?:ms)?-B5)-[HV]"
)
"""Encodings of two bytes whose codes are characters, and which pypdf reads; not so Identity-H,
whose codes number the shapes of the font."""

_SHAPE = re.compile("/[A-Za-z]{0,5}[0-9A-F]{1,5}")


def _page_pieces(page: Any, place: str) -> list[Piece]:
    pieces: list[Piece] = []
    starts: list[Piece] = []
    height = float(page.mediabox.top)

    def at(cm: Any, tm: Any, text: str = "", size: float = 0) -> Piece:
        left, up = (tm[4] * cm[n] + tm[5] * cm[n + 2] + cm[n + 4] for n in (0, 1))
        return Piece(text, left, height - up, size * abs(tm[3] * cm[3] or tm[1] * cm[1]))

    def before(operator: bytes, _: Any, cm: Any, tm: Any) -> None:
        if operator in (b"Tj", b"TJ"):
            starts.append(at(cm, tm))

    def look(text: str, cm: Any, tm: Any, font: Any, size: Any) -> None:
        if font is not None and text.strip() and _is_unmapped(font, text):
            shown = str(font.get("/BaseFont", font.get("/Name", "without a name"))).lstrip("/")
            raise TextError(
                f"{place}: the font {shown} does not say which characters it prints, so that they "
                "would be read as others; recognise its text (OCR), or save the text from the "
                "program that made it"
            )

        for part in re.split("(\n)", text):
            piece = at(cm, tm, part, 0 if part == "\n" else float(size))
            pieces.extend(_split(piece, starts))
        starts.clear()

    text = str(page.extract_text(visitor_text=look, visitor_operand_before=before))
    if "".join(piece.text for piece in pieces) != text:
        pieces = [Piece(text)]
    if _is_vertical(text):
        return _upright(pieces)
    return _parted(pieces, place)


def _split(piece: Piece, shown: Sequence[Piece]) -> Iterator[Piece]:
    """What pypdf put on one line in its parts, where a part was shown at a place of its own."""
    for gap in re.finditer(" (?=\\S)", piece.text):
        head = piece._replace(text=piece.text[: gap.start()])
        level = (one for one in shown if abs(one.top - piece.top) < 1)
        if lefts := [one.left for one in level if one.left > head.right]:
            tail = piece._replace(text=piece.text[gap.end() :], left=min(lefts))
            yield from (head, Piece(" "))
            yield from _split(tail, shown)
            return
    yield piece


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
_SENTENCE_END = "。！？︒︕︖"


def _is_vertical(text: str) -> bool:
    """Whether most lines hold one Chinese character and nothing else."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return len(lines) > 2 and 2 * sum(bool(_ONE_HAN.fullmatch(line)) for line in lines) > len(lines)


def _upright(pieces: Sequence[Piece]) -> list[Piece]:
    """The columns of vertical writing as lines that end with their sentences.

    Where a paragraph ends is not told; a number set digit below digit is whole again.
    """
    kept: list[Piece] = []
    for piece in pieces:
        before = next((one.text[-1] for one in reversed(kept) if one.text), "\n")
        if piece.text != "\n" or before in _SENTENCE_END:
            kept.append(piece)
    return kept


# --- columns ------------------------------------------------------------------------------------

_FEWEST_LINES = 5
_HAN_ON_A_SIDE = 6
_LINE_DONE = re.compile("[。！？；：.!?;:]\\s*$")


def _parted(pieces: list[Piece], place: str) -> list[Piece]:
    """Two columns that a PDF holds line beside line, one below the other; other text as it is.

    So they are where most lines have a gap at one place, Chinese text on both sides, and left of
    the gap a sentence that goes on. A warning says so, as a table of two columns looks alike.
    """
    lines: list[list[Piece]] = [[]]
    for piece in pieces:
        lines[-1].append(piece)
        if piece.text == "\n":
            lines.append([])
    gaps = [gap for line in lines if (gap := _gap(line))]
    if len(gaps) < _FEWEST_LINES or 2 * len(gaps) < len(lines):
        return pieces
    gutter = sorted(right for _, right, _ in gaps)[len(gaps) // 2]
    same = [done for left, right, done in gaps if left < gutter <= right + 1]
    if 5 * len(same) < 4 * len(gaps) or 5 * sum(same) > 2 * len(same):
        return pieces
    warnings.warn(
        f"{place}: two columns stood line beside line, and were put one below the other; compare "
        "the text with the page",
        stacklevel=2,
    )
    sides: tuple[list[Piece], list[Piece]] = ([], [])
    for line in lines:
        shown = [piece for piece in line if piece.text.strip()]
        for side, is_right in zip(sides, (False, True), strict=True):
            part = [piece for piece in shown if (piece.left >= gutter - 1) == is_right]
            if part:
                first = part[0]._replace(text=part[0].text.lstrip())
                side += [first, *part[1:], Piece("\n")]
    return [*sides[0], *sides[1]]


def _gap(line: Sequence[Piece]) -> tuple[float, float, bool] | None:
    """The widest gap of a line with Chinese text on both sides; whether a sentence ends before."""
    shown = [piece for piece in line if piece.text.strip()]
    wide = [(b.left - a.right, n) for n, (a, b) in enumerate(pairwise(shown), start=1)]
    width, cut = max(wide, default=(0, 0))
    if not shown or width < shown[0].size:
        return None
    before, after = ("".join(one.text for one in part) for part in (shown[:cut], shown[cut:]))
    if min(len(_ONE_HAN.findall(part)) for part in (before, after)) < _HAN_ON_A_SIDE:
        return None
    return shown[cut - 1].right, shown[cut].left, _LINE_DONE.search(before) is not None


# A radical for the character that shares its glyph prints the same; so do the marks of vertical
# writing.
_SAME_PRINT = RADICALS | str.maketrans(
    "︐︑︒︓︔︕︖︗︘︱︲︵︶︷︸︹︺︻︼︽︾︿﹀﹁﹂﹃﹄",
    "，、。：；！？〖〗—–（）｛｝〔〕【】《》〈〉「」『』",
)
