"""Numbers that take their unit from the last of a list, a structure of parts, or a table's head.

提高0.9、5.9个百分点 prints one unit for two numbers, 20.8:50.6:28.6 none for three, 单位：万元 one
for a table.
"""

from __future__ import annotations

import re
from fractions import Fraction

from aidstudy.errors import AidstudyError
from aidstudy.reading import words
from aidstudy.reading.figure import Reading, plain_print
from aidstudy.reading.grammar import AROUND, JUST_ONE, LISTED, MEMBER, RATIO, D
from aidstudy.reading.printed import read_print
from aidstudy.reading.text import Span

_NUMBER = re.compile(rf"{D}++(?:[.．]{D}++)?")
_LOOKS_BACK = 16


def listed(text: str, at: int) -> list[Reading]:
    """The numbers before the last of a list that starts here, each with the last one's unit.

    Empty where nothing shows that the unit is theirs too: a decimal, a scale or 分别.

    Examples
    --------
    >>> text = "分别提高0.9、5.9个百分点"
    >>> [(one.printed, str(one.value), one.unit, one.shared) for one in listed(text, 4)]
    [('0.9', '9/10', 'pp', '个百分点')]
    """
    found = LISTED.match(text, at)
    last = JUST_ONE.match(text, found.end()) if found else None
    if found is None or last is None or not last["u1"]:
        return []
    number = _NUMBER.match(text, last.start("n1"))
    unit = "".join(last["u1"].split())
    if number is None or words.UNITS.get(unit, words.UNITS["元"]).kind == "duration":
        return []
    shared = plain_print(text[number.end() : last.end("u1")])
    members = list(MEMBER.finditer(text, at, found.end()))
    decimal = any(re.search("[.．]", member["number"]) for member in members)
    if shared == unit and not decimal and not is_each(text, at):
        return []
    if any(member["ge"] for member in members) and not unit.startswith("个百分点"):
        return []
    return with_unit(text, [(member.span(), member["number"]) for member in members], shared)


def is_each(text: str, at: int) -> bool:
    """Whether a word before says that each number is a figure of its own: 分别为3、4个."""
    return AROUND["each_before"].search(text, max(0, at - _LOOKS_BACK), at) is not None


def structure(text: str, at: int) -> list[Reading]:
    """The parts of a structure a:b:c: shares where they add to 100, else multiples."""
    ratio = RATIO.match(text, at)
    parts = list(_NUMBER.finditer(text, at, ratio.end())) if ratio else []
    if len(parts) < 3 or re.search("[/／·•]", text[at : parts[-1].end()]):
        return []
    whole = sum((Fraction(plain_print(part[0])) for part in parts), Fraction(0))
    unit = "%" if 20 * abs(whole - 100) <= len(parts) else "倍"
    return with_unit(text, [(part.span(), part[0]) for part in parts], unit)


def cells(text: str) -> dict[int, Reading]:
    """The numbers of tables whose head gives them a unit (单位：万元), by where each begins.

    Only in rows of a name and bare numbers, and only where no word of the head speaks of another
    unit (人数, 增长%); several columns need such a head. Two cells that may be one number (300 200)
    are left.

    Examples
    --------
    >>> [(at, one.printed, str(one.value)) for at, one in cells("单位：万元\\n公路 300").items()]
    [(9, '300', '3000000')]
    """
    found: dict[int, Reading] = {}
    for title in AROUND["table_unit"].finditer(text) if "单位" in text else ():
        columns, at = 1, title.end()
        while line := _LINE.match(text, at):
            at = line.end()
            row = AROUND["table_row"].fullmatch(text, *line.span("line"))
            if row is None:
                if AROUND["table_head"].fullmatch(line["line"]) is None:
                    break
                columns = max(columns, len(line["line"].split()) - 1)
                continue
            numbers = list(re.finditer(r"[0-9][0-9,.]*", text[: row.end()][row.start("cells") :]))
            if len(numbers) <= columns:
                first = row.start("cells")
                places = [((first + one.start(), first + one.end()), one[0]) for one in numbers]
                found |= {one.span.start: one for one in with_unit(text, places, title["unit"])}
    return found


_LINE = re.compile(r"[^\n]*\n\s*(?P<line>[^\n]{1,200})")


def with_unit(text: str, members: list[tuple[tuple[int, int], str]], unit: str) -> list[Reading]:
    """Each number with a unit that is not printed behind it; none where one cannot be read."""
    try:
        return [
            read_print(plain_print(number), None, unit, None)._replace(
                printed=plain_print(text[slice(*span)]), span=Span(*span)
            )
            for span, number in members
        ]
    except AidstudyError:
        return []
