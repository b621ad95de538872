"""The words around a numeral, as `words.toml` has them, and patterns of words.

What the words mean is in the grammar and the scan; a word itself is changed in the TOML file only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import NamedTuple

from aidstudy.files import read_toml
from aidstudy.intervals import Number

SPACE = r"\s{0,4}+"
"""White space that a broken line may leave inside a figure; bounded, so that no scan goes far."""
BREAK = r"(?:\r?\n[\r\n\f]{0,2})"
"""A line end, or the end of a column or page."""


_TOLD = read_toml(__file__, "words.toml")


class Unit(NamedTuple):
    """A printed unit: its kind, its base unit, how many base units it holds."""

    kind: str
    base: str
    factor: Number
    not_before: str = ""


def _exact(factor: int | str) -> Number:
    return factor if isinstance(factor, int) else Fraction(factor)


def _currencies(place: str) -> dict[str, str]:
    return dict(pair.split("=") for pair in _TOLD["currencies"][place].split())


def _flows() -> dict[str, Unit]:
    volumes, *pers = _TOLD["flow"].items()
    return {
        f"{volume}{per}": Unit("flow", "m3/day", times)
        for volume in volumes[1].split()
        for words, times in pers
        for per in words.split()
    }


UNITS: Mapping[str, Unit] = {
    **{
        name: Unit(told["kind"], told["base"], _exact(factor), told.get("unless", ""))
        for told in _TOLD["unit"]
        for name, factor in told["is"].items()
    },
    **{name: Unit("money", code, 1) for name, code in _currencies("after").items()},
    **_flows(),
}
"""Printed units with a base unit in the codebook."""
CURRENCIES_BEFORE = _currencies("before")


def _with_plain(words: dict[str, str]) -> dict[str, str]:
    """Words with what must not follow them; the plain ones may stand before anything."""
    return dict.fromkeys(words["plain"].split(), "") | {
        word: unless for word, unless in words.items() if word != "plain"
    }


MEASURE_WORDS = _with_plain(_TOLD["measure_words"])
COUNTED_NOUNS = _with_plain(_TOLD["counted_nouns"])
COUNTED_NOUNS |= {
    noun.replace("(", "（").replace(")", "）"): "" for noun in COUNTED_NOUNS if "(" in noun
}
NO_UNIT_IN_CODEBOOK: dict[str, str] = {
    word: reason for reason, words in _TOLD["no_unit"].items() for word in words.split()
}
WHY_LEFT = {"日": "a day without its month", "番": "doublings"} | NO_UNIT_IN_CODEBOOK
QUALIFIERS: dict[str, dict[str, str]] = {
    place: {word: mark for mark, words in told.items() for word in words.split()}
    for place, told in _TOLD["qualifiers"].items()
}
BEFORE_WORDS = tuple(QUALIFIERS["before"])
"""Qualifiers that stand before a number."""
MARKS = QUALIFIERS["before"] | QUALIFIERS["inside"] | QUALIFIERS["after"]
"""What each qualifier does."""
NO_QUALIFIER_AFTER: Mapping[str, str] = _TOLD["no_qualifier_after"]

LISTS: Mapping[str, tuple[str, ...]] = {
    name: tuple(words.split()) for name, words in _TOLD["words"].items()
}
"""Nouns, cues and names, by what they tell."""

AROUND, LINES = _TOLD["around"], _TOLD["lines"]
REPAIRS, CHARACTERS = _TOLD["repairs"], _TOLD["characters"]
REFUSED: Mapping[str, Mapping[str, str]] = _TOLD["refused"]
PLANS: Mapping[str, int] = _TOLD["plans"]
YEARS, YEARS_OF_BEFORE = (
    {word: int(years) for words, years in _TOLD[table].items() for word in words.split()}
    for table in ("years", "years_of_before")
)

FIRST_OF_UNIT = "".join(
    sorted(
        {
            name[0]
            for name in [*UNITS, *MEASURE_WORDS, *COUNTED_NOUNS]
            if "\u4e00" <= name[0] <= "\u9fff" or name[0] in "%％‰㎡"
        }
    )
)
"""First characters of what may follow a numeral that counts."""
BEFORE_BROKEN = "\u4e00-\u9fff，、。；：（(）)“”《》％%×–—―~～〜∼－−-"
"""What stands right before a number that a line end cuts; in a table's row it is a blank."""
AFTER_BROKEN = (
    "".join({name[0]: "" for name in [*UNITS, *MEASURE_WORDS] if name[0] not in "年日ALUHJGSW"})
    + "十百千万亿余多kKm"
)
"""What stands right after it; 年 and 日 are left to the dates: 表12⏎2012年 holds two numbers."""


def filled(pattern: str, told: Mapping[str, str]) -> str:
    """A pattern with each name in braces filled in; its lines follow each other without break."""
    pattern = pattern.replace("\n", "")
    return re.sub(r"\{([A-Za-z_]\w*)\}", lambda name: told[name[1]], pattern)


def patterns(table: Mapping[str, str], **told: str) -> dict[str, re.Pattern[str]]:
    return {name: re.compile(filled(pattern, told)) for name, pattern in table.items()}


def pattern_of(words: Iterable[str]) -> str:
    """Any of the words, the longest that fits, white space allowed between characters."""
    return pattern_with(dict.fromkeys(words, ""))


def pattern_with(words: Mapping[str, str]) -> str:
    """Any of the words, unless one of the characters (or the pattern) given with it follows.

    A tree by characters instead of one alternative per word, which `re` would try one by one.
    """
    tree: dict[str, dict[str, str]] = {}
    for word, not_before in words.items():
        tree.setdefault(word[:1], {})[word[1:]] = not_before
    branches = []
    for first, rest in tree.items():
        char = "\\" + first if first in "()$.+*?^|[]{}\\" else first
        end = rest.pop("", None)
        ends = [] if end is None else [_unless(end)]
        more = [SPACE + pattern_with(rest)] if rest else []
        inside = more + ends
        branches.append(char + (inside[0] if len(inside) == 1 else f"(?:{'|'.join(inside)})"))
    return branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})"


def _unless(not_before: str) -> str:
    """The look ahead for one word: single characters, or a pattern where one has exceptions."""
    if not not_before:
        return ""
    body = f"(?:{not_before})" if "(" in not_before or "[" in not_before else f"[{not_before}]"
    return rf"(?!{SPACE}{body})"
