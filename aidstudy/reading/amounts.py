"""Qualifier, number, scale and unit to a value with its bounds."""

from __future__ import annotations

import re
from fractions import Fraction

from aidstudy import codebook
from aidstudy.intervals import Interval, Number
from aidstudy.reading import words
from aidstudy.reading.figure import NOWHERE, Reading, plain_print, refused
from aidstudy.reading.grammar import BARE_SCALE, CN, MONTH_INSIDE, RANGE_OR_ONE
from aidstudy.reading.numerals import SCALES, Side, read_numeral

_SIGNED = frozenset({"share", "money", "multiple", "length"})
"""Kinds that may be below zero: a change, a loss, a level under the datum."""
_ROUNDED = frozenset(codebook.NUMERIC_KINDS) - {"count", "duration", "map_scale"}
_CURRENCY = re.compile("[A-Z]{3}")


def side_of(number: str, scale: str | None, factor: Number, minus: str | None = None) -> Side:
    if "个" in number:
        number = number.replace("个", "")
    if scale and "亿" in number[:-1] and "亿" not in scale:
        # 1亿5千多万: the scale after 多 belongs to what stands behind 亿.
        head, _, tail = number.rpartition("亿")
        whole, part = side_of(f"{head}亿", None, factor), side_of(tail.lstrip("零"), scale, factor)
        if part.high >= whole.step:
            raise refused("too_much", number + scale)
        low, high = whole.low + part.low, whole.low + part.high
        return Side(low, high, part.step, part.nonzero_step, whole.arabic)
    if scale:
        for char in "".join(scale.split()).lstrip("个"):
            factor *= SCALES[char]
    side = read_numeral(number, factor)
    return side._replace(low=-side.low, high=-side.high) if minus else side


_BOUND_OF = {"about": "about", "near": "under", "more": "over", "above": "over", "below": "under"}


def qualifiers(*printed: str | None) -> list[str]:
    """What the qualifiers of a print do, each once."""
    marks: list[str] = []
    for mark in printed:
        if mark and words.MARKS[mark] not in marks:
            marks.append(words.MARKS[mark])
    return marks


def _bounds(side: Side, mark: str) -> Interval:
    value, unit = Fraction(side.low), Fraction(side.nonzero_step)
    if value < 0 and mark in ("near", "more"):
        # -30余万元 is further from zero than -30万元.
        return -_bounds(Side(-value, -value, side.step, unit), mark)
    if mark == "about":
        return Interval(value - unit / 2, value + unit / 2)
    if mark == "near":
        # 近10亿元 is no nothing: where the one digit is a 1 the unit is the value itself.
        return Interval(value - (value / 10 if unit == value else unit), value)
    if mark == "more":
        return Interval(value, value + unit)
    return Interval(value, None) if mark == "above" else Interval(None, value)


def measured(
    printed: str,
    kind: str,
    unit: str,
    side: Side,
    marks: list[str],
    *,
    last: Side | None = None,
    numeral: str,
    counted: str = "",
    exact: bool = False,
) -> Reading:
    value, half = Fraction(side.low), Fraction(side.step, 2)
    if kind not in _SIGNED and side.low < 0:
        raise refused("below_zero", printed, kind=kind)
    if last is not None or side.low != side.high:
        low, high = value, Fraction((last or side).high)
        if low >= high:
            raise refused("no_rise", printed)
        value, interval, bound = (low + high) / 2, Interval(low, high), "range"
    elif marks:
        interval = _bounds(side, marks[0])
        bound = _BOUND_OF[marks[0]]
        # 超过300余名 says the same twice; 近500余名 leaves both ends in doubt: the wider.
        for mark in marks[1:]:
            interval = interval.join(_bounds(side, mark))
            bound = bound if bound == _BOUND_OF[mark] else "about"
    elif exact or kind not in _ROUNDED:
        interval, bound = Interval(value, value), "exact"
    else:
        # 0万元: a printed amount without a minus sign is not below zero. 增长0% may be.
        low = value if not value and kind != "share" else value - half
        interval, bound = Interval(low, value + half), "rounded"
    return Reading(printed, NOWHERE, kind, value, unit, interval, bound, numeral, None, counted)


def read_amount(match: re.Match[str], kind: str | None, unit: str | None) -> Reading:
    printed = match.group()
    in_range = match.re is RANGE_OR_ONE and match["range"] is not None
    first_unit, last_unit = match["u1"], match["u2"] if in_range else None
    inside = None
    if first_unit in MONTH_INSIDE or last_unit in MONTH_INSIDE:
        inside = "多"
        first_unit = MONTH_INSIDE.get(first_unit or "", first_unit)
        last_unit = MONTH_INSIDE.get(last_unit or "", last_unit)
    if first_unit == "个" and match["hu"] is not None:
        first_unit = {"月": "个月", "小时": "个小时", "年": "年"}[match["hu"]]
    what, base, factor, counted = _unit(first_unit or last_unit or "", match, kind, unit)
    last_factor = factor
    if first_unit and last_unit and first_unit != last_unit:
        far = _unit(last_unit, match, kind, unit)
        if (what, base) != far[:2]:
            raise refused("two_units", printed, first=first_unit, last=last_unit)
        last_factor = far[2]
    after = match["a"]
    if in_range and match["open"]:
        # 3万元以上5万元以下: two open ends are one range.
        if not match["below"] and (after is None or words.MARKS[after] != "below"):
            raise refused("open_end", printed)
        after = None
    marks = qualifiers(match["q"], match["m1"], inside, match["k"], after)
    if not marks and BARE_SCALE.fullmatch(match["n1"] + (match["s1"] or "")):
        # 百万吨, 万亿元: a scale alone says no more than its size.
        marks = ["about"]
    last = None
    if in_range:
        side, last = _range_sides(match, factor, last_factor, bool(first_unit))
    else:
        side = side_of(match["n1"], match["s1"], factor, match["minus1"])
    if any(match.group("cm", "ch", "cn")):
        side, base = _with_shorter(match, side, base)
    elif any(match.group("j", "f", "h", "jj", "mm", "cc")):
        side = _with_small_change(match, side, half=match["h"] is not None, factor=factor)
    return measured(
        printed,
        what,
        base,
        side,
        marks,
        last=last,
        numeral="arabic" if side.arabic else "chinese",
        counted=counted,
    )


_WIDEST = 1000
"""Times that the far end of a range may exceed an end printed without its scale."""
_SHARED_SCALE = re.compile(r"(?:[0-9.,]+|[^百千万亿个]+)个?(?P<scale>[百千万亿]*)")


_SHARED_BIG_SCALE = re.compile(r"[^万亿]+?(?P<scale>[万亿]*)")


def _range_sides(
    match: re.Match[str], first_factor: Number, last_factor: Number, has_unit: bool
) -> tuple[Side, Side]:
    """Both ends; in 3-5万元 the scale of the second end is the first one's too."""
    last = side_of(match["n2"], match["s2"], last_factor, match["minus2"])
    first = side_of(match["n1"], match["s1"], first_factor, match["minus1"])
    printed = match["n1"] + (match["s1"] or "")
    if has_unit or re.search("[万亿]", printed):
        return first, last
    # 一百二十到一百五十万元: the 百 is each end's own, the 万 is both ends'.
    own = re.search("[百千]", printed)
    scale = (_SHARED_BIG_SCALE if own else _SHARED_SCALE).fullmatch(match["n2"])
    if scale is not None:
        scales = scale["scale"] + (match["s2"] or "")
        shared = side_of(match["n1"], scales, last_factor, match["minus1"])
        if shared.low < last.low:
            return shared, last
    if 0 < _WIDEST * first.low < last.low:
        raise refused("too_wide", match.group())
    return first, last


def _with_small_change(match: re.Match[str], side: Side, *, half: bool, factor: Number) -> Side:
    """元 followed by 角 and 分; a unit followed by 半."""
    value, step = side.low, side.step
    tenth = Fraction(1, 10)
    # 七成五 is 75 per cent: what follows 成 counts whole per cents.
    for name, part in (("j", tenth), ("jj", tenth), ("f", tenth / 10), ("cc", Fraction(1))):
        if match[name]:
            value += read_numeral(match[name]).low * part
            step = part
    for digit in match["mm"] or "":
        step = Fraction(step, 10)
        value += read_numeral(digit).low * step
    if half:
        step = Fraction(factor, 2)
        value += step
    if side.low < 0:
        value = 2 * side.low - value
    return Side(value, value, step, step, side.arabic)


def _with_shorter(match: re.Match[str], side: Side, base: str) -> tuple[Side, str]:
    """A duration in two units, in the shorter one: 一年零三个月 is 15 months."""
    if match["cm"]:
        base = "month"
        value = 12 * side.low + read_numeral(match["cm"]).low
        step: Number = 1
    else:
        step = Fraction(1, 24 if match["ch"] else 1440)
        value = side.low + step * read_numeral(match["ch"] or match["cn"]).low
    return Side(value, value, step, step, side.arabic), base


def _unit(
    word: str, match: re.Match[str], kind: str | None, hint: str | None
) -> tuple[str, str, Number, str]:
    """Kind, base unit, factor and counted noun of a printed unit with its hints."""
    printed = match.group()
    what, base, counted = kind or "", "", ""
    factor: Number = 1
    if word == "块" and (kind == "money" or match["j"] or match["jj"]):
        word = "块钱"
    if word in words.UNITS:
        what, base, factor, _ = words.UNITS[word]
    elif word in words.MEASURE_WORDS or re.split("[(（]", word)[0] in words.MEASURE_WORDS:
        what, base = "count", plain_print(word)
    elif word:
        if re.search("[万亿]", printed):
            raise refused("scaled_noun", printed, word=word)
        what, counted = "count", word
    elif kind == "money" or (hint and _CURRENCY.fullmatch(hint)):
        what, base = "money", "CNY"
    elif kind != "count":
        if match["n1"][0] in CN and not re.search("[万亿]", printed):
            return "count", "", factor, ""
        if re.search("[百千万亿]", printed):
            raise refused("bare_scale", printed)
        raise refused("bare_number", printed)
    if kind is not None and kind != what:
        raise refused("other_kind", printed, what=what, kind=kind)
    if word == "方" and not re.search("[百千万亿]|[0-9]{3}", printed):
        raise refused("parties", printed)
    if hint is None or hint == base:
        return what, base, factor, counted
    if what == "mass" and hint == "kg/day":
        return "flow", hint, factor, counted
    if what == "volume" and hint in _FLOWS:
        return "flow", "m3/day", factor * _FLOWS[hint], counted
    if what == "money" and base == "CNY" and _CURRENCY.fullmatch(hint):
        return what, hint, factor, counted
    raise refused("no_fit", printed, hint=hint, what=f"{what}, {base}" if base else what)


_FLOWS: dict[str, Number] = {"m3/day": 1, "m3/hour": 24, "m3/second": 86400}
"""Times that a volume flows in a day, by the unit printed before it (每小时抽水)."""
