"""Raw text, its places, and the repair of what a PDF broke, with the way back."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, NamedTuple

from aidstudy.errors import TextError
from aidstudy.reading import words


class Span(NamedTuple):
    """A half-open place in a text, in Unicode code points.

    Examples
    --------
    >>> Span(3, 9).of("总投资1.39亿元")
    '1.39亿元'
    """

    start: int
    end: int

    def of(self, text: str) -> str:
        """The characters that stand in this place of `text`."""
        return text[self.start : self.end]


def check_text(name: str, text: object) -> None:
    """What reads a page takes text only."""
    if not isinstance(text, str):
        told = f"{name}: read a {type(text).__name__}; decode the page to text first"
        raise TextError(told, printed=str(text)[:40])


class Repair(NamedTuple):
    """One step of a repair: what stood where in the raw text, and what stands there now."""

    rule: str
    span: Span
    printed: str
    text: str


RULES: dict[str, str] = words.REPAIRS
"""What each step of a repair does."""
_CHARACTERS = words.CHARACTERS
RADICALS = {
    code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)
} | str.maketrans(*_CHARACTERS["radicals"])
"""A font has one shape for 月 and for the radical that looks like it; PDFs may name the radical."""
# One character at a time, which `re` finds three times as fast as a run.
_RADICAL = re.compile("[⺀-⿕]")


def without_radicals(text: str) -> str:
    """The text with characters in the place of the radicals that look like them.

    Each is one code point for one, so that no offset moves.
    """
    return text.translate(RADICALS) if _RADICAL.search(text) else text


@dataclass(frozen=True, slots=True)
class RepairedText:
    """A repaired text with every step, so that each can be listed and undone.

    The steps are in the order of the raw text and do not overlap; the text follows from them.
    """

    raw: str
    steps: tuple[Repair, ...]
    text: str = field(init=False)
    _starts: list[tuple[int, int]] = field(init=False, repr=False, compare=False)
    """Where each step, and each text between two, begins in the raw and the repaired text."""

    def __post_init__(self) -> None:
        parts, raw, at, starts = [], 0, 0, []
        for step in (*self.steps, Repair("", Span(len(self.raw), len(self.raw)), "", "")):
            if step.span.start < raw or step.span.of(self.raw) != step.printed:
                raise TextError(
                    f"RepairedText: the step at {step.span.start}-{step.span.end} does not fit the "
                    "raw text; take the steps of repair_text(raw)",
                    printed=step.printed,
                    span=step.span,
                )
            starts += [(raw, at), (step.span.start, at + step.span.start - raw)]
            parts += [self.raw[raw : step.span.start], step.text]
            at, raw = starts[-1][1] + len(step.text), step.span.end
        object.__setattr__(self, "text", "".join(parts))
        object.__setattr__(self, "_starts", starts)

    def raw_span(self, start: int, end: int) -> Span:
        """The place in the raw text of a place in the repaired one.

        Characters that a repair removed at either end stay outside.

        >>> fixed = repair_text("总投资1.39亿\\n元")
        >>> fixed.raw_span(3, 9).of(fixed.raw)
        '1.39亿\\n元'
        """
        self._check(start, end, len(self.text))
        last = self._to_raw(end - 1, end=True) if end else 0
        return Span(last if start == end else self._to_raw(start, end=False), last)

    def text_span(self, start: int, end: int) -> Span:
        """The place in the repaired text of a place in the raw one.

        >>> fixed = repair_text("总投资1.39亿\\n元")
        >>> fixed.text_span(3, 10).of(fixed.text)
        '1.39亿元'
        """
        self._check(start, end, len(self.raw))
        first, last = self._to_text(start, late=False), self._to_text(end, late=True)
        return Span(first, max(first, last))

    def undo(self, steps: Iterable[Repair]) -> RepairedText:
        """The same text without some of its steps."""
        gone = set(steps)
        return RepairedText(self.raw, tuple(step for step in self.steps if step not in gone))

    def _check(self, start: int, end: int, length: int) -> None:
        if not 0 <= start <= end <= length:
            raise TextError(
                f"span {start}-{end}: not a place in a text of {length} characters; give "
                "0 <= start <= end",
                span=(start, end),
            )

    def _to_raw(self, place: int, *, end: bool) -> int:
        """Where the character at a place of the repaired text came from, or where that ends."""
        # Removed characters leave several pieces at one place; the last one has the character.
        index = bisect_right(self._starts, place, key=itemgetter(1)) - 1
        (raw, at), (raw_end, text_end) = self._starts[index : index + 2]
        if raw_end - raw != text_end - at:
            return raw_end if end else raw
        return raw + place - at + end

    def _to_text(self, place: int, *, late: bool) -> int:
        index = bisect_right(self._starts, place, key=itemgetter(0)) - 1
        raw, at = self._starts[index]
        raw_end, text_end = self._starts[min(index + 1, len(self._starts) - 1)]
        if raw_end - raw != text_end - at and place > raw:
            return text_end if late else at
        return at + place - raw


NO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff"
"""Signs without width, which web pages put anywhere, also inside a number."""

_TRADITIONAL = str.maketrans(*_CHARACTERS["traditional"])
_SHOWS_TRADITIONAL = _CHARACTERS["shows_traditional"]


def simplified(text: str) -> str:
    """The text as the reader's words have it: radicals and traditional characters made plain.

    Each is one code point for one, so that no offset moves. Only the characters that figures
    and the words around them need are changed.
    """
    text = without_radicals(text)
    # To look for one character after the other takes a seventh of the time that `re` takes.
    if any(char in text for char in _SHOWS_TRADITIONAL):
        return text.translate(_TRADITIONAL)
    return text


_HAN = "\u3400-\u9fff\uf900-\ufaff"
_MARKS = "，。；：、！？（）《》〈〉“”‘’【】〔〕「」『』…"
_BLANKS = " \t\u3000\xa0\r"
_DASHES = "–—－‐‑‒―─−~～〜∼"
_ALIKE: dict[str, str] = dict(zip(*_CHARACTERS["alike"], strict=True))
_HAN_CHAR = re.compile(f"[{_HAN}]")
_WIDE = "０-９Ａ-Ｚａ-ｚ％＠＋＝"
_LINE = re.compile(rf"[^\n{_BLANKS}][^\n]*")
_INNER = re.compile(
    rf"(?P<width>[{_WIDE}]+)|(?P<point>[．／：])|(?P<dash>[{_DASHES}]{{1,2}})"
    rf"|(?P<mark>[,;:?!])|(?P<alike>[{''.join(_ALIKE)}])|(?P<space>[{_BLANKS}]+)"
)
_TO_FULL = {",": "，", ";": "；", ":": "：", "?": "？", "!": "！"}
_TO_PLAIN = {"．": ".", "／": "/", "：": ":"}
_LINES = words.patterns(
    words.LINES,
    HAN=_HAN,
    B=f"[{_BLANKS}]*+",
    BLANK=_BLANKS,
    STOP="。！？；：!?;:｡﹗﹖﹔﹕\u037e\u02d0",
    WIDE=_WIDE,
    DASHES=_DASHES,
    BEFORE_BROKEN=words.BEFORE_BROKEN,
    AFTER_BROKEN=words.AFTER_BROKEN,
    BREAK=words.BREAK,
)
_SHORT_ROW = 12


def repair_text(raw: str) -> RepairedText:
    """Mend what a PDF's text layer breaks, step by step and with the way back.

    Joins lines that end inside a sentence, removes stray spaces, makes full-width digits and
    letters plain, range dashes hyphens, plain marks between Han characters Chinese ones, and the
    radicals of some PDFs the characters that look like them.
    Paragraphs, list items, headings and furniture stay apart; quotation marks and names stay as
    printed. Repairing the result again changes nothing.

    Parameters
    ----------
    raw : str
        Text as extracted.

    Returns
    -------
    RepairedText

    Raises
    ------
    TextError
        If `raw` is not a string.

    Notes
    -----
    A line counts as broken when it does not end a sentence and is about as long as the lines
    around it. So a short heading without a mark stays apart, and a heading that fills its line
    does not.

    Examples
    --------
    >>> fixed = repair_text("培训医护人员、\\n教师 1800 余\\n名。")
    >>> fixed.text
    '培训医护人员、教师1800余名。'
    >>> [step.rule for step in fixed.steps]
    ['line', 'space', 'space', 'line']
    """
    check_text("repair_text", raw)
    plain = without_radicals(raw)
    lines = _only_filled([_Line(plain, match) for match in _LINE.finditer(plain)])
    gaps = _join(lines, plain)
    steps = [
        Repair("line", span, span.of(raw), glue)
        for span in gaps
        if (glue := _glue(plain, span)) != span.of(raw)
    ]
    steps += _inner_steps(plain, lines, gaps)
    steps += _radical_steps(raw, plain)
    return RepairedText(raw, tuple(sorted(steps, key=lambda step: step.span)))


class _Line:
    """A line, or several joined ones: what the decision about its end needs to know."""

    def __init__(self, raw: str, match: re.Match[str]) -> None:
        content = match.group().rstrip(_BLANKS)
        start = self.start = match.start()
        end = self.end = start + len(content)
        without_width = len(_LINES["without_width"].findall(content))
        narrow = len(_LINES["narrow"].findall(content))
        self.width = 2 * (len(content) - without_width) - narrow
        self.first, self.last = content[0], content[-1]
        indent = _LINES["indent"].search(raw, max(0, start - 4), start)
        # A list item, heading or indented paragraph begins here.
        self.opens = _LINES["opening"].match(content) is not None or indent is not None
        self.item_alone = _LINES["opening"].fullmatch(content) is not None
        self.ends_sentence = _LINES["end"].search(content, max(0, len(content) - 6)) is not None
        marked = self.marked = _LINES["sentence_mark"].search(content) is not None
        # Two names or half-titles side by side: 中共…县委 县人民政府.
        in_parts = _LINES["two_parts"].search(content) or _LINES["by_line"].search(content)
        self.apart = not marked and in_parts is not None
        self.row = not marked and _LINES["row"].match(content) is not None
        self.heading = _LINES["heading"].match(content) is not None
        self.heading_goes_on = _LINES["no_heading"].search(content) is None
        self.cut = _is_cut(content, raw, end)
        # Between the characters of a line that is spread, as the lines inside a paragraph are.
        self.blanks = _spread(content)

    def changed(self, **told: Any) -> _Line:
        line = copy(self)
        line.__dict__ |= told
        return line

    def with_next(self, line: _Line, raw: str) -> _Line:
        """This line and the one that goes on from it."""
        cut = line.cut
        if line.end - line.start < _CUT_LOOKS_BACK:
            # 300⏎~⏎万元: the end of a short line is read together with the line before it.
            tail = _glue(raw, Span(self.end, line.start)) + raw[line.start : line.end]
            head = raw[max(self.start, self.end - _CUT_LOOKS_BACK) : self.end]
            cut = _is_cut(head + tail, raw, line.end)
        return line.changed(
            **{name: getattr(self, name) for name in ("start", "first", "opens")},
            **dict.fromkeys(("item_alone", "apart", "row"), False),
            width=self.width + line.width,
            marked=self.marked or line.marked,
            heading=self.heading and line.heading_goes_on,
            cut=cut,
        )


def _spread(content: str) -> int:
    """Blanks between the characters of a line; none where they only part its words."""
    blanks = len(_LINES["spread"].findall(content))
    units = len(re.sub("[0-9.]+", "0", content)) - blanks if blanks >= _FEWEST_BLANKS else 0
    return blanks if units and 5 * blanks >= 3 * units else 0


_FEWEST_BLANKS = 4
_CUT_LOOKS_BACK = 8


def _is_cut(content: str, raw: str, end: int) -> bool:
    """Whether a line ends inside a figure: in a number whose scale or unit begins the next."""
    cut = _LINES["cut"].search(content, max(0, len(content) - _CUT_LOOKS_BACK))
    return cut is not None and _LINES["unit_next"].match(raw, end) is not None


_ROUNDS = 12
_NEAR = 5
_SLACK = 5


def _only_filled(lines: list[_Line]) -> list[_Line]:
    """The lines, spread only where the blanks fill the width that one nearby has without them.

    So neither a title (工 作 报 告) counts as spread nor a page with blanks between all characters.
    """
    told = []
    for index, line in enumerate(lines):
        near = lines[max(0, index - _NEAR) : index + 1 + _NEAR] if line.blanks else []
        most = line.width + line.blanks + _SLACK
        if any(not one.blanks and line.width <= one.width <= most for one in near):
            line = line.changed(apart=False)
        elif line.blanks:
            line = line.changed(blanks=0)
        told.append(line)
    return told


def _join(lines: list[_Line], raw: str) -> list[Span]:
    """The gaps between lines that belong together.

    Joined lines are longer, which may change what counts as full; so the rule runs until it
    changes nothing more. A text on which it does not come to rest is not joined at all.
    """
    gaps: list[Span] = []
    for _ in range(_ROUNDS):
        joined = [_belongs(lines, index) for index in range(len(lines) - 1)]
        if not any(joined):
            # Each round adds its own; whoever looks a place up needs them in order.
            return sorted(gaps)
        merged: list[_Line] = []
        for index, line in enumerate(lines):
            if index and joined[index - 1]:
                gaps.append(Span(merged[-1].end, line.start))
                merged[-1] = merged[-1].with_next(line, raw)
            else:
                merged.append(line)
        lines = merged
    return []


def _belongs(lines: list[_Line], index: int) -> bool:
    line, following = lines[index], lines[index + 1]
    # No paragraph ends in a line that is spread, also where a sentence does.
    ends = line.ends_sentence and not line.blanks
    if ends or following.opens or (line.row and following.row):
        return False
    if line.item_alone and following.first.isdigit():
        # 1.⏎5个村: the number of an item, which would make 1.5 of it.
        return False
    if line.last in _DASHES and following.first in _DASHES:
        # Two halves of a rule; together they would be the dash of a range.
        return False
    if line.cut or line.blanks:
        return True
    if following.row and any(line.row for line in lines[index + 2 : index + 3]):
        # The first row of a table goes on from no line above it.
        return False
    before = _usual(lines[max(0, index - _NEAR) : index + 1])
    after = _usual(lines[index + 1 : index + 1 + _NEAR])
    full = min(before, after) - _SLACK
    if line.width < full:
        return False
    # A line in two parts is a title or a by-line, unless a full line of prose runs on into it.
    if line.apart or (following.apart and not line.marked):
        return False
    # A heading that fills its line goes on only in a short line: its own end.
    return not line.heading or following.width < full


def _usual(lines: list[_Line]) -> int:
    """The width of a full line, by what stands near; columns differ, so each side for itself."""
    widths = sorted(line.width for line in lines)
    return widths[(3 * len(widths)) // 4]


def _glue(raw: str, gap: Span) -> str:
    """What joins two lines: nothing, or a space between words and between separate numbers."""
    before, after = raw[gap.start - 1], raw[gap.end]
    if before.isascii() and after.isascii() and before.isalnum() and after.isalnum():
        if before.isdigit() and after.isdigit():
            return "" if _cuts_number(raw, gap) else " "
        return " "
    return ""


def _cuts_number(raw: str, gap: Span) -> bool:
    """Digits at both sides of a line end are one number, and not two of a table's row."""
    before = _LINES["number_before"].search(raw, max(0, gap.start - 16), gap.start)
    if before is None:
        return False
    if not before["blank"]:
        return True
    rows = ends_a_row(raw, before.end("blank"))
    return not rows and _LINES["number_after"].match(raw, gap.end) is not None


def ends_a_row(text: str, place: int) -> bool:
    """Whether the number at a place ends a row of a table, and another begins the next line."""
    if _LINES["two_cells"].match(text, place) is None:
        return False
    line = text[max(0, place - 2 * _SHORT_ROW) : place].rpartition("\n")[2]
    return len(line) < _SHORT_ROW and _LINES["sentence_mark"].search(line) is None


def _radical_steps(raw: str, plain: str) -> list[Repair]:
    if raw is plain:
        return []
    spans = [Span(*match.span()) for match in _RADICAL.finditer(raw)]
    steps = [Repair("radical", span, span.of(raw), span.of(plain)) for span in spans]
    # A few radicals, such as 冫, are no character's other name.
    return [step for step in steps if step.text != step.printed]


def _inner_steps(raw: str, lines: list[_Line], gaps: list[Span]) -> list[Repair]:
    ends, goes_on = {gap.start for gap in gaps}, {gap.end for gap in gaps}
    goes_on.update(line.start for line in lines if line.end in ends)
    apart = [Span(one.start, one.end) for one in lines if one.apart and one.start not in goes_on]
    # A row that was joined to another line is one no more when the text is read again.
    alone = [line.row and line.start not in goes_on and line.end not in ends for line in lines]
    rows = [
        Span(line.start, line.end)
        for index, line in enumerate(lines)
        if alone[index] and any((*alone[max(0, index - 1) : index], *alone[index + 1 : index + 2]))
    ]
    broken = _blanks_in_decimals(raw, gaps)
    steps = []
    for match in _INNER.finditer(raw):
        start, end = match.span()
        if match.lastgroup != "space":
            text = _mended(raw, match)
        elif start < _reach(gaps, start) or end < _reach(rows, start):
            continue
        else:
            in_title = start < _reach(apart, start)
            stray = start in broken or _is_stray(raw, start, end, in_title=in_title)
            text = "" if stray else match[0]
        if text != match[0]:
            rule = {"point": "width", "alike": "mark"}.get(str(match.lastgroup), match.lastgroup)
            steps.append(Repair(str(rule), Span(start, end), match[0], text))
    return steps


def _blanks_in_decimals(raw: str, gaps: list[Span]) -> set[int]:
    between = {at for gap in gaps for at in range(*gap)}
    return {
        at
        for match in _LINES["broken_decimal"].finditer(raw)
        # The number of a list item that stays apart is no part of a decimal.
        if all(raw[at] != "\n" or at in between for at in range(match.start(), match.end("number")))
        for at in range(*match.span("number"))
        if raw[at] in _BLANKS and at not in between
    }


def _mended(raw: str, match: re.Match[str]) -> str:
    """What a sign that is no blank becomes."""
    printed, rule, (start, end) = match[0], match.lastgroup, match.span()
    if rule == "width":
        return "".join(chr(ord(char) - 0xFEE0) for char in printed)
    if rule == "alike":
        return _ALIKE[printed]
    if rule == "mark":
        return _TO_FULL[printed] if _is_chinese_mark(raw, start) else printed
    before, after = _neighbour(raw, start, -1), _neighbour(raw, end, 1)
    if rule == "point":
        return _TO_PLAIN[printed] if _alnum(before) and _alnum(after) else printed
    number = before.isdigit() or (before and before in "%％万亿千百元年月日")
    return "-" if number and after.isdigit() else printed


def _reach(spans: list[Span], place: int) -> int:
    """Where the last span that begins before a place, or at it, ends."""
    index = bisect_right(spans, (place, float("inf"))) - 1
    return spans[index].end if index >= 0 else 0


_NEXT_CHAR = re.compile(r"\s*+(.)", re.DOTALL)


def _neighbour(raw: str, place: int, direction: int) -> str:
    """The next character that is not white space, empty if there is none.

    However far: what a repair takes away between two characters must not change what is read of
    them. A stretch of white space is crossed by the marks at its two ends only.
    """
    if direction > 0:
        match = _NEXT_CHAR.match(raw, place)
        return match[1] if match else ""
    place -= 1
    while place >= 0 and raw[place].isspace():
        place -= 1
    return raw[place] if place >= 0 else ""


def _alnum(char: str) -> bool:
    return bool(char) and ((char.isascii() and char.isalnum()) or "０" <= char <= "ｚ")


def _is_chinese_mark(raw: str, place: int) -> bool:
    before, after = _neighbour(raw, place, -1), _neighbour(raw, place + 1, 1)
    return bool(
        before
        and (_HAN_CHAR.match(before) or before in "”》）’")
        and after
        and (_HAN_CHAR.match(after) or after in "“《（‘")
    )


def _is_stray(raw: str, start: int, end: int, *, in_title: bool) -> bool:
    if end == len(raw) or raw[end] == "\n":
        return True
    if start == 0 or raw[start - 1] == "\n":
        return False
    before, after = _side(raw, start - 1), _side(raw, end)
    if "" in (before, after) or before == after == "digit":
        return False
    if "sign" in (before, after):
        return "digit" in (before, after)
    return not in_title


def _side(raw: str, place: int) -> str:
    char = _ALIKE.get(raw[place], raw[place])
    if _HAN_CHAR.match(char):
        return "han"
    if char in _MARKS or (char in _TO_FULL and _is_chinese_mark(raw, place)):
        return "mark"
    if char.isdigit():
        return "digit"
    if char in _DASHES or char in "-+=%‰％＋＝":
        return "sign"
    return ""
