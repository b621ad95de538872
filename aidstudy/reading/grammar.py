"""The patterns of a printed figure, made from the grammar of `grammar.toml` and the words.

What they mean is in :mod:`aidstudy.reading.printed` and :mod:`aidstudy.reading.scan`. White space
is part of each, so that raw text is scanned as it stands.
"""

from __future__ import annotations

import re

from aidstudy.files import read_toml
from aidstudy.reading import words
from aidstudy.reading.numerals import DIGITS
from aidstudy.reading.words import BEFORE_WORDS, pattern_of, pattern_with
from aidstudy.reading.words import SPACE as W

D = "[0-9０-９]"
CD = "".join(DIGITS)
CN = f"{CD}十百千万亿拾佰仟萬億廿卅"
HAN = "\u4e00-\u9fff"
_OTHER_DIGITS = "¹²³⁰⁴-⁹₀-₉①-⑳⑴-⒇⒈-⒛⓪⓵-⓾⓿❶-❿➀-➓"
FIRST = rf"[\d\U00010000-\U0010ffff{_OTHER_DIGITS}{CN}半元]"
"""Where a figure may begin: one set of characters, which `re` finds fastest."""

LOOKALIKES = "〇零一二两三四五六七八九АВЕЗОСТбΑΒΕΙΟΖοⅠ-ⅿ□\ufffd"
"""What may be a part of the number behind it: Chinese digits, letters that are like digits, marks
of a lost one."""

MORE = "".join(word for word, mark in words.QUALIFIERS["inside"].items() if mark == "more")
"""余 and 多."""
MONTH_INSIDE = {
    f"{name[0]}{more}{name[1:]}": name
    for name in ("个月", "个小时", "个星期", "个百分点")
    for more in MORE
}
"""1个多月: the qualifier stands inside the unit."""
ONLY_AMOUNT = re.compile(
    rf"{D}++(?:[.．]{D}++)?{W}[名元万亿人次户余多平公米亩条座批期所册株头件台套幅家支千%％]"
)
"""A number before which only an amount can begin: most figures, told at once to save time."""
OCCASIONS = frozenset({"次", "回", "趟", "轮", "人次", "场次"})
"""Measure words of what is done; the verb or its object follows, not the thing counted."""


def _grammar() -> dict[str, str]:
    units = {name: unit.not_before for name, unit in words.UNITS.items()}
    units |= words.MEASURE_WORDS | words.COUNTED_NOUNS | dict.fromkeys(MONTH_INSIDE, "")
    told = {
        "W": W,
        "D": D,
        "N": words.BREAK,
        "CD": CD,
        # Those from one on.
        "CD_ONE": CD[3:],
        "CN": CN,
        "CN_LESS": CN.replace("千", ""),
        "HAN": HAN,
        "OTHER_DIGITS": _OTHER_DIGITS,
        "BEFORE_BROKEN": words.BEFORE_BROKEN,
        "AFTER_BROKEN": words.AFTER_BROKEN,
        "FIRST_OF_UNIT": words.FIRST_OF_UNIT,
        "units": pattern_with(units),
        "before": pattern_of(BEFORE_WORDS),
        "inside": f"[{''.join(words.QUALIFIERS['inside'])}]",
        "more": f"[{MORE}]",
        "plans": pattern_of(words.PLANS),
        "years": pattern_of(words.YEARS),
        "big_nouns": pattern_of(words.LISTS["big_nouns"]),
        "heads": pattern_of(words.LISTS["head_nouns"]),
        "no_unit_words": pattern_of(words.NO_UNIT_IN_CODEBOOK),
        "no_unit_chinese": pattern_of(("摄氏度", "℃", "世纪", "日")),
    }
    for name, pattern in read_toml(__file__, "grammar.toml").items():
        for side in "12" if "{side}" in pattern else [""]:
            told[name + side] = words.filled(pattern.replace("{side}", side), told)
    return told


GRAMMAR = _grammar()
"""The patterns of `grammar.toml`, by name."""
_SPECIAL = (
    *("iso", "day_first", "date", "plan_period", "quarter", "map_scale"),
    *("code", "fraction", "half", "ones", "bigs", "bare_nouns"),
)
_ALONE = (
    *("no_unit", "contact", "member", "listed", "ratio", "number_alone"),
    *("ordinals", "left", "price_next", "relative", "noun"),
)
_PATTERNS = {
    "SPECIAL": "|".join(f"(?P<{name}>{GRAMMAR[name]})" for name in _SPECIAL),
    "RANGE_OR_ONE": GRAMMAR["amount"],
    "JUST_ONE": GRAMMAR["single"],
    "QUARTERS": GRAMMAR["quarter"],
    "CHINESE_LEFT": GRAMMAR["chinese_left"],
    "QUALIFIER_BEFORE": rf"(?:{GRAMMAR['before']})\s{{0,4}}\Z",
    "CURRENCY_BEFORE": rf"(?P<code>{pattern_of(words.CURRENCIES_BEFORE)})\s{{0,4}}\Z",
    **{name.upper(): GRAMMAR[name] for name in _ALONE},
}


def __getattr__(name: str) -> re.Pattern[str]:
    """A pattern of a figure, compiled when it is first asked for.

    All of them take as long as pandas does: whoever only loads tables need not wait for them.
    """
    if name not in _PATTERNS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    made: re.Pattern[str] = re.compile(_PATTERNS[name])
    globals()[name] = made
    return made


BARE_SCALE = re.compile("[百千万亿]+")
RUN = re.compile(rf"{D}++")
CHINESE_RUN = re.compile(f"[{CN}]{{1,24}}+")
AROUND = words.patterns(
    words.AROUND,
    W=W,
    D=D,
    CN=CN,
    LOOKALIKES=LOOKALIKES,
    HAN=HAN,
    flows="供|处理|产|输|取|净化|制|排|用|污水",
    **{name: "|".join(words.LISTS[name]) for name in ("money", "not_money", "people")},
    spoken_money="|".join(words.LISTS["spoken_money"]),
)
"""What stands beside a numeral, by the names of `words.toml`."""
