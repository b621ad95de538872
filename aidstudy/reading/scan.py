"""One pass over a text: what each numeral may be, by what stands around it."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import cached_property, lru_cache
from string import ascii_letters

from aidstudy.errors import AidstudyError, NumeralError
from aidstudy.reading import grammar as g
from aidstudy.reading import words
from aidstudy.reading.evidence import LOOKS_BACK, LOOKS_ON, why_no_count
from aidstudy.reading.figure import Reading, Unread, plain_print
from aidstudy.reading.numerals import LONGEST, read_numeral
from aidstudy.reading.printed import Point, dated, read_date, read_print, whole_number
from aidstudy.reading.text import Span, ends_a_row, simplified

_BACK = 16
_AROUND = g.AROUND


def _dated(match: re.Match[str], year: int | None) -> Reading | None:
    try:
        return read_date(match, year)
    except AidstudyError:
        return None


@lru_cache(maxsize=8192)
def read_slice(raw: str, kind: str | None, unit: str | None, year: int | None) -> Reading | None:
    """One figure as it stands in a text: the same few thousand in most texts."""
    try:
        return read_print(plain_print(raw), kind, unit, year)
    except AidstudyError:
        return None


_NO_NUMERAL = "digits that form no one numeral"
_NO_UNIT = "a Chinese numeral without a unit"
_SCALE_ALONE = "a scale without a unit, and no word near says money"
_IN_BLANKS = "digits parted by blanks: one number, or several"
_OTHER_DIGIT = "a digit of another script, or a mark"
_MAY_GO_ON = frozenset(
    {"a number without a unit", _SCALE_ALONE, _IN_BLANKS, _NO_NUMERAL, _OTHER_DIGIT}
)
_YEAR = re.compile("(?:19|20)[0-9]{2}")
_NUMBERED = frozenset("表图件注")
_SCALES = frozenset("十百千万亿")
_COLUMNS_APART = 120
"""Characters after a cut decimal in which a line may begin with its rest."""
_SAID_NEAR = 6
_MINUS_SIGNS = frozenset("-－−–")
_NO_MINUS_AFTER = frozenset("%％‰)）]】-–—－−~～年月日号元") | frozenset(g.CN)
_LETTERS = frozenset(ascii_letters) | {chr(ord(char) + 0xFEE0) for char in ascii_letters}


class Scan:
    """One pass over a text; each step reads what starts at an anchor and says where to go on."""

    def __init__(self, raw: str, year: int | None) -> None:
        self.raw = raw
        self.text = simplified(raw)
        self.year = year
        self.quantities: list[Reading] = []
        self.unread: list[Unread] = []
        self.done = 0
        self.cut_until = 0
        """Up to here a number at the beginning of a line may be the rest of a cut one."""
        tags = _AROUND["markup"].finditer(raw) if "<" in raw else ()
        self.markup = [tag.span() for tag in tags]
        self.cells = cells(self.text)

    def move(self, places: list[int]) -> None:
        """Put every span where its characters stood in a text with more signs than this one."""

        def moved(span: Span) -> Span:
            return Span(places[span.start], places[span.end - 1] + 1)

        self.quantities = [one._replace(span=moved(one.span)) for one in self.quantities]
        self.unread = [one._replace(span=moved(one.span)) for one in self.unread]

    def step(self, at: int) -> int:
        """Read what starts at an anchor, and say where to go on."""
        if end := self._markup(at):
            return end
        if at in self.cells:
            return self._write_all([self.cells[at]])
        char = self.text[at]
        if "0" <= char <= "9" or "０" <= char <= "９":
            end = self._arabic(at)
        elif char in g.CN:
            end = self._chinese(at)
        elif char == "半":
            end = self._half(at)
        elif char == "元":
            end = self._special(g.SPECIAL.match(self.text, at)) or at + 1
        elif char.isdigit() or _AROUND["circled"].match(char):
            end = self._other_digit(at)
        else:
            end = self._relative(at)
        if end > self.done:
            self.done = end
        return end

    def _markup(self, at: int) -> int:
        """Where the markup around a place ends; its numerals are left, each by itself."""
        while self.markup and self.markup[0][1] <= at:
            del self.markup[0]
        if not self.markup or at < self.markup[0][0]:
            return 0
        _, end = self.markup[0]
        for run in g.RUN.finditer(self.text, at, end):
            self._leave(*run.span(), "markup of a saved page, not its text")
        for place in range(at, end):
            char = self.text[place]
            if char.isdigit() and not g.RUN.match(char):
                self._leave(place, place + 1, "markup of a saved page, not its text")
        self.done = end
        return end

    # What each kind of anchor may be, the surest first.

    def _arabic(self, at: int) -> int:
        text, before = self.text, self._before(at)
        if end := self._latin(at, before) or self._in_pieces(at, before):
            return end
        if before == "第" and not g.QUARTERS.match(text, at):
            run = g.ORDINALS.match(text, at)
            return self._leave(at, run.end() if run else at + 1, "an ordinal")
        only_amount = g.ONLY_AMOUNT.match(text, at)
        return (
            (only_amount and self._amount(at))
            or self._leave_fitting("document", at, "the number of a document")
            or (self._is_list_number(at) and self._take(at, _run_end(text, at), "list_number"))
            or self._contact(at)
            or self._special(g.SPECIAL.match(text, at))
            or self._leave_fitting("clock", at, "a time of day")
            or self._in_list(at)
            or self._amount(at)
            or self._no_amount(at)
        )

    def _contact(self, at: int) -> int:
        contact = g.CONTACT.match(self.text, at)
        if not contact or not (contact["sure"] or self._behind("contact_before", at, far=40)):
            return 0
        bracket = self.text[at - 1 : at] in ("(", "（") and re.search("[)）]", contact.group())
        return self._take(at - 1 if bracket else at, contact.end(), "contact")

    def _no_amount(self, at: int) -> int:
        """Digits that are no amount: a grade, a name, the parts of a ratio, or left."""
        text = self.text
        name = _AROUND["grade"].match(text, at) or _AROUND["named"].match(text, at)
        if name and (end := self._code(at, name.end())):
            return end
        if ratio := g.RATIO.match(text, at):
            in_parts = self._write_all(structure(text, at))
            return in_parts or self._leave(at, ratio.end(), "a ratio or a number in parts")
        number = g.NUMBER_ALONE.match(text, at)
        if number and "." in number[0] and self._behind("base_before", at, far=24):
            return self._write_all(with_unit(text, [(number.span(), number[0])], "倍"))
        if _AROUND["cut_point"].match(text, at) and text[at - 1 : at] != "\n":
            self.cut_until = at + _COLUMNS_APART
        reason = self._why_left(at)
        end = _run_end(text, at)
        if number and "\n" not in number.group():
            end = max(end, number.end())
        return self._leave(at, end, reason)

    def _in_pieces(self, at: int, before: str) -> int:
        """Digits that may be a part of a number only: left, never read in part."""
        text = self.text
        cut = before in "，,.．" and text[at - 2 : at - 1].isdigit() and before == text[at - 1]
        if (before.isdigit() or (before and cut)) and _AROUND["rest_of_number"].match(text, at):
            return self._leave(at, _run_end(text, at), "the rest of a number that is cut")
        one_by_one = _AROUND["one_by_one"].match(text, at)
        if one_by_one and not text[at - 1 : at].isdigit():
            return self._leave(*one_by_one.span(), _IN_BLANKS)
        if at < self.cut_until and not text[text.rfind("\n", 0, at) + 1 : at].strip():
            self.cut_until = 0
            return self._leave(
                at, _run_end(text, at), "perhaps the rest of a number that a line end cut"
            )
        return 0

    def _in_list(self, at: int) -> int:
        """The numbers of a list that share the unit of its last; 0 where none do."""
        if self._before(at) == "、":
            return 0
        two = _AROUND["neighbouring"].match(self.text, at)
        if two and int(two["b"]) == int(two["a"]) + 1 and not is_each(self.text, at):
            last = g.JUST_ONE.match(self.text, two.start("b"))
            # 每人补助3、4万元; at the start of a line or a sentence 3 may be the number of an item.
            inside = re.match(f"[{g.HAN}]", self._before(at))
            if last and last["u1"] and inside and re.search("[万亿]", last["n1"]):
                return self._amount(at)
            if last and last["u1"]:
                return self._leave(at, last.end(), "neighbouring digits: a range, or two figures")
        return self._write_all(listed(self.text, at))

    def _write_all(self, quantities: list[Reading]) -> int:
        for quantity in quantities:
            self.write(quantity, *quantity.span)
            self.done = quantity.span.end
        return self.done if quantities else 0

    def _chinese(self, at: int) -> int:
        text = self.text
        run_end = g.CHINESE_RUN.match(text, at).end()  # type: ignore[union-attr]
        before = self._before(at)
        next_char = text[run_end] if run_end < len(text) else ""
        if g.QUARTERS.match(text, at):
            special = g.SPECIAL.match(text, at)
            if special and special.lastgroup == "quarter":
                start = text.rindex(before, 0, at) if before and before in "第前" else at
                return self._take(start, special.end(), None, self.year) or run_end
        reason = why_no_count(
            _tight(text[max(0, at - LOOKS_BACK) : at]), _tight(text[at : at + LOOKS_ON])
        )
        if reason:
            unit = g.RANGE_OR_ONE.match(text, at)
            # 数十家 and 上千万元, with the word that leaves them open.
            if reason == "indefinite" and before and before in "几数上成过":
                at = text.rindex(before, 0, at)
            if unit and unit["u1"] and not unit["range"]:
                return self._leave(at, unit.end("u1"), reason)
            if next_char and next_char in "几大":
                return self._leave(at, run_end + 1, reason)
            return self._leave(at, run_end, reason) if run_end - at > 1 else run_end
        if end := self._special(g.SPECIAL.match(text, at)):
            return end
        if text[at] == "一" and _AROUND["one_alone"].match(text, at):
            return self._take(at, at + 1, None) or run_end
        return self._amount(at) or self._chinese_left(at, run_end)

    def _chinese_left(self, at: int, run_end: int) -> int:
        """Chinese digits before a unit that form no figure: 七十二岁, 一万零百一十人."""
        text, scale = self.text, _tight(self.text[at:run_end])
        if left := g.CHINESE_LEFT.match(text, run_end):
            return self._leave(at, left.end(), words.WHY_LEFT[_tight(left["word"])])
        # 六点五 goes on behind its point; 八点五十分 does not.
        part = re.match(f"点[{g.CD}]{{1,16}}(?![{g.CN}线])", text[run_end : run_end + 20])
        end = run_end + part.end() if part else run_end
        number = g.JUST_ONE.match(text, at)
        if number and "个" in number["n1"]:
            return self._leave(at, number.end("n1"), _NO_UNIT)
        # A single character may be any word.
        if end - at < 2:
            return run_end
        if scale[-1] in "万亿":
            if not _is_numeral(scale):
                return self._leave(at, run_end, _NO_NUMERAL)
            called = _AROUND["grade_next"].match(text, run_end)
            return self._leave(at, run_end, "a grade" if called else _SCALE_ALONE)
        whole = number is not None and number["u1"] and number.end("n1") == run_end
        if number and whole and not _is_numeral(number["n1"]):
            return self._leave(at, number.end("u1"), _NO_NUMERAL)
        if end == run_end and (left := g.LEFT.match(text, run_end)):
            return self._leave(at, left.end(), words.WHY_LEFT[_tight(left["word"])])
        if scale in words.PLANS:
            return self._leave(at, run_end, "the name of a five-year plan")
        if not _is_numeral(text[at:end]):
            return self._leave(at, end, _NO_NUMERAL)
        return self._leave(at, end, _NO_UNIT)

    def _half(self, at: int) -> int:
        before = self._before(at)
        an_hour = _AROUND["half_hour"].match(self.text, at)
        part_of_word = "大多过对各小一" if an_hour else "上下大多过前后对各夜小一"
        start = self._qualifier(at)
        if before and before in part_of_word and start == at:
            return at + 1
        special = g.SPECIAL.match(self.text, start) or g.SPECIAL.match(self.text, at)
        if special and special.lastgroup in ("half", "fraction"):
            return self._take(special.start(), special.end(), None) or at + 1
        return at + 1

    def _relative(self, at: int) -> int:
        match = g.RELATIVE.match(self.text, at)
        if match is None or at < self.done:
            return at + 1
        year = self.year
        if year is not None and match["rel"]:
            year += words.YEARS[_tight(match["rel"])]
        part = _tight(match["rp"] or match["alone"] or "")
        point = Point(year, whole_number(match["rm"]), whole_number(match["rd"]), part)
        return self._date(match, point, before=match["before"] is not None) or at + 1

    def _date(self, match: re.Match[str], point: Point, *, before: bool = False) -> int:
        """Write a date down of which the text tells a part elsewhere; 0 when there is none such."""
        span = Span(*match.span())
        try:
            quantity = dated(plain_print(span.of(self.raw)), [point], before=before)
        except AidstudyError:
            return 0
        self.quantities.append(quantity._replace(span=span))
        return span.end

    def _other_digit(self, at: int) -> int:
        if _AROUND["circled"].match(self.text, at) and not self._before(at).isalnum():
            return self._take(at, at + 1, "list_number") or at + 1
        return self._leave(at, at + 1, _OTHER_DIGIT)

    # Pieces of context.

    def _behind(self, name: str, at: int, *, far: int = 8) -> bool:
        """Whether the characters before a place fit a pattern of the words."""
        return _AROUND[name].search(self.text, max(0, at - far), at) is not None

    def _before(self, at: int) -> str:
        """The last character before `at` that is not white space, at most four back."""
        text = self.text
        char = text[at - 1 : at]
        if not char.isspace():
            return char
        for place in range(at - 2, max(-1, at - 6), -1):
            if not text[place].isspace():
                return text[place]
        return ""

    def _qualifier(self, at: int) -> int:
        """Where the figure begins: at its qualifier, if one stands before."""
        match = g.QUALIFIER_BEFORE.search(self.text, max(self.done, at - 10), at)
        if match is None:
            return at
        word = "约" if match[0].startswith("约") else _tight(match[0])
        previous = self._before(match.start())
        in_word = previous and previous in words.NO_QUALIFIER_AFTER.get(word, "")
        return at if in_word else match.start()

    def _is_list_number(self, at: int) -> bool:
        mark = _AROUND["list_mark"].match(self.text, at)
        head = mark and _AROUND["item_before"].search(self.text, max(0, at - 12), at)
        # 1) and （1） are list numbers; 3、4月 in the middle of a line is not.
        return bool(mark and head and (head["line"] is not None or mark[0][-1] != "、"))

    def _latin(self, at: int, before: str) -> int:
        """Digits right after letters: a name (DN400), an address, or a currency (USD500万)."""
        text = self.text
        if before and before in "/=_?&%~#" and (end := self._address(at)):
            return end
        joined = text[at - 2 : at - 1] if before == "-" else before
        if not joined or joined not in _LETTERS or text[at - 1] != before:
            return 0
        start = at - 1 if text[at - 1] == "-" else at
        while start > max(self.done, at - 8) and text[start - 1] in _LETTERS:
            start -= 1
        if g.CURRENCY_BEFORE.search(text, start, at):
            return 0
        if end := self._address(at):
            return end
        code = g.SPECIAL.match(text, start)
        if code and code.lastgroup == "code" and code.end() > at:
            return self._code(start, code.end())
        return 0

    def _address(self, at: int) -> int:
        """Leave digits of an address: https://name.cn/2024/05/14, name8@mail.cn."""
        run = _AROUND["address_before"].search(self.text, max(0, at - 60), at)
        if run and _AROUND["address"].match(self.text, run.start()):
            return self._leave(at, _run_end(self.text, at), "part of an address")
        return 0

    def _code(self, start: int, end: int) -> int:
        """A name of letters and digits; before a unit the letter may be a digit misread."""
        if amount := _AROUND["sure_unit"].match(self.text, end):
            return self._leave(start, amount.end(), "a letter in a number, or a name before a unit")
        return self._take(start, end, "code")

    def _special(self, match: re.Match[str] | None) -> int:
        """A date, code, scale, fraction or name; 0 when the place speaks against it."""
        if match is None:
            return 0
        text, start, end = self.text, match.start(), match.end()
        name = match.lastgroup
        year = None
        if name == "map_scale":
            digits = _tight(match["denominator"])
            near = text[max(0, start - 8) : start] + text[end : end + 6]
            if len(digits) < 3 and not re.search("比例尺|图", near):
                return 0
        elif name in ("date", "quarter"):
            if self._behind("moon_before", start, far=6):
                return self._leave(start, end, "a day of the old calendar")
            year = self._year_near(start)
        elif name == "plan_period":
            before = self._before(start)
            if before and before in '“"「『':
                start = text.rindex(before, 0, start)
            elif len(_tight(match["plan"])) == 2:
                return 0
        elif name == "fraction":
            start = self._qualifier(start)
        elif name in ("bigs", "ones", "bare_nouns") and self._before(start) in ("最", "第"):
            return 0
        return self._take(start, end, None, year, None, match)

    def _year_near(self, start: int) -> int | None:
        """The year for a date without one: 去年12月 is the year before."""
        if self.year is None:
            return None
        near = _tight(self.text[max(0, start - 4) : start])[-2:]
        if near in words.YEARS_OF_BEFORE:
            # 2011年3月签订，同年8月开工: the year that was said last.
            for quantity in reversed(self.quantities[-_SAID_NEAR:]):
                if quantity.kind == "date" and quantity.value:
                    return int(str(quantity.value)[:4]) + words.YEARS_OF_BEFORE[near]
            return None
        if near in words.YEARS:
            return self.year + words.YEARS[near]
        years = (year for first, last, year in self._sections if first <= start < last)
        return next(years, self.year)

    @cached_property
    def _sections(self) -> list[tuple[int, int, int]]:
        """Where a section that looks back on a year begins and ends: 一、2011年工作回顾."""
        found = []
        for head in _AROUND["looks_back_over"].finditer(self.text):
            following = _AROUND["next_section"].search(self.text, head.end())
            end = following.start() if following else len(self.text)
            found.append((head.end(), end, int(head["year"] or (self.year or 0) - 1)))
        return found

    def _amount(self, at: int) -> int:
        """A number with its unit; 0 when it has none that counts."""
        text = self.text
        if text[at - 1 : at] == " " and ends_a_row(text, at):
            return 0
        before = self._before(at)
        start = self._qualifier(at)
        if before in _MINUS_SIGNS and self._is_minus(at):
            start = self._qualifier(at - 1)
        elif before == "负":
            sign = text.rindex("负", 0, at)
            start = self._qualifier(sign) if sign >= self.done else at
        match = g.RANGE_OR_ONE.match(text, start) or g.RANGE_OR_ONE.match(text, at)
        if match is None:
            return 0
        return (
            self._try_amount(match)
            or (match["range"] and self._just_one(match.start()))
            or (match.start() != at and self._just_one(at))
            or 0
        )

    def _just_one(self, at: int) -> int:
        match = g.JUST_ONE.match(self.text, at)
        return self._try_amount(match) if match else 0

    def _is_minus(self, at: int) -> bool:
        """The dash before a number is its sign, not a range, a name (A-3) or a dash in prose."""
        if at <= self.done or self.text[at - 1] not in _MINUS_SIGNS:
            return False
        before = self._before(at - 1)
        return not (before.isdigit() or before in _NO_MINUS_AFTER or before in _LETTERS)

    def _try_amount(self, match: re.Match[str]) -> int:
        text, start, end = self.text, match.start(), match.end()
        word = match["u1"]
        if match.re is g.RANGE_OR_ONE and match["range"]:
            if word and not match["u2"]:
                # 5个-3: the second number belongs to something else.
                return 0
            word = match["u2"]
        number_at = match.start("n1")
        chinese = text[number_at] in g.CN
        if match["q"] in ("突破", "过") and not self._reaches(match):
            return self._just_one(number_at)
        if chinese and self._is_base_of_rate(match):
            return self._leave(start, end, "the base of a rate")
        if word is None:
            return self._bare(match, chinese)
        unit = _tight(word)
        if unit in ("人", "吨") and text.startswith("公里", match.end()):
            return 0
        if chinese and text[number_at] in "百千万亿" and not (match["q"] or match["m1"]):
            # 百姓, 千瓦 and 万元 (a table's heading) have no number of their own; 百名干部 has,
            # and so has 百万吨.
            counts = text[number_at] in "百千" and unit in ("名", "人", "户", "亩")
            if not counts and len(match["n1"]) < 2:
                return 0
        # 万亿元大关, 12个百亿元项目: how large a thing is called, not how large it is.
        bare = chinese and g.BARE_SCALE.fullmatch(match["n1"]) and not match["a"]
        called = _AROUND["grade_next"].match(text, end) or self._before(start) in ("个", "家", "座")
        if bare and called:
            return self._leave(start, end, "a grade")
        if unit == "日" and not self._counts_days(match, number_at):
            return self._day_after_day(match)
        recent = match["q"] == "近" and unit in ("年", "天", "个月", "周")
        if recent and self._before(start) not in ("时", "达", "历", "经", "用", "期"):
            # 近三年 is the last three years, 历时近三年 nearly three.
            return self._just_one(number_at)
        if unit in words.COUNTED_NOUNS and re.search("[万亿]", match.group()):
            # 借款800万项目资金: the noun does not belong to the number.
            alone = g.NO_UNIT.match(text, start)
            return self._bare(alone, chinese) if alone else 0
        # 花了6000块: nothing that could be in pieces follows, and a word before says money.
        no_piece = unit == "块" and _AROUND["not_a_piece"].match(text, end)
        if no_piece and self._behind("spoken_money", start):
            return self._take(start, end, "money")
        return self._take(start, end, None, None, self._unit_hint(unit, start, end))

    def _reaches(self, match: re.Match[str]) -> bool:
        """突破500亿元 is a bound; 突破5项技术 and 去过3次 are verbs."""
        unit = words.UNITS.get(_tight(match["u1"] or ""))
        large = re.search("[百千万亿]|[0-9]{3}", match.group()) is not None
        return large or (unit is not None and unit.kind not in ("duration", "length"))

    def _is_base_of_rate(self, match: re.Match[str]) -> bool:
        """三块钱一斤, 一亩500元: one unit next to a price, without a word between."""
        if match["n1"] != "一" or not match["u1"] or match.end() != match.end("u1"):
            return False
        last = self.quantities[-1] if self.quantities else None
        if last and last.kind == "money" and not self.text[last.span.end : match.start()].strip():
            return True
        return bool(g.PRICE_NEXT.match(self.text, match.start()))

    def _bare(self, match: re.Match[str], chinese: bool) -> int:
        """A number without a unit: money when the words around say so."""
        text, start, end = self.text, match.start(), match.end()
        code = self._currency(start)
        printed = match.group()
        scaled = re.search("[万亿]", printed) is not None
        if re.search("[百千万亿]", printed) and _AROUND["numeral_goes_on"].match(text, end):
            return self._leave(start, end, _NO_NUMERAL)
        if chinese and text[match.start("n1")] in "百千万亿":
            return 0
        if code and _AROUND["english_scale"].match(text, end):
            return self._leave(start, end, "a sum whose scale is an English word")
        if code and not chinese:
            return self._take(start, end, "money", None, code)
        if not scaled or g.LEFT.match(text, end):
            return 0
        before = _tight(re.split("[。；！？]", text[max(0, start - _BACK) : start])[-1])
        after = _tight(re.split("[。；！？，、]", text[end : end + 8])[0])
        if _AROUND["money_at_once"].search(before):
            return self._take(start, end, "money")
        in_clause = before.rpartition("，")[2] + after
        if _AROUND["not_money"].search(in_clause) or _AROUND["people_next"].match(after):
            return self._take(start, end, "count")
        said = _AROUND["money_at_all"]
        if self._follows_money(start) or said.search(before) or said.search(after):
            return self._take(start, end, "money")
        return 0

    def _follows_money(self, start: int) -> bool:
        """中央1.2亿，省级5000万: the second sum says as little as the first."""
        if not self.quantities or self.quantities[-1].kind != "money":
            return False
        between = self.text[self.quantities[-1].span.end : start]
        return len(between) <= 12 and re.search("[。；！？0-9]", between) is None

    def _counts_days(self, match: re.Match[str], number_at: int) -> bool:
        """15日 alone is a day of a month nobody names, 为期15日 a duration."""
        bound = words.MARKS[_tight(match["q"])] if match["q"] else ""
        if match["m1"] or match["k"] or match["a"] or bound in ("above", "below"):
            return True
        return self._before(number_at) in ("期", "达", "时", "共", "用", "续", "足")

    def _day_after_day(self, match: re.Match[str]) -> int:
        """4月12日、15日: the second day has the month of the first."""
        last = self.quantities[-1] if self.quantities else None
        if last is None or last.kind != "date" or not re.fullmatch(r"[0-9-]{10}", str(last.value)):
            return 0
        between = _tight(self.text[last.span.end : match.start()])
        day = match["n1"]
        if between not in ("、", "和", "及", "与") or plain_print(match.group()) != f"{day}日":
            return 0
        year, month, _ = (int(part) for part in str(last.value).split("-"))
        return self._date(match, Point(year, month, whole_number(day), ""))

    def _unit_hint(self, unit: str, start: int, end: int) -> str | None:
        if unit in ("元", "圆", "块钱"):
            return self._currency(start)
        base = words.UNITS.get(unit, words.UNITS["元"]).base
        if base in ("m3", "kg"):
            near = _tight(self.text[max(0, start - _BACK) : start])
            per_time = _AROUND["per_time_before"].search(near)
            if per_time and per_time.lastgroup and base == "m3":
                return f"m3/{per_time.lastgroup}"
            per_day = per_time is not None and not per_time.lastgroup
            if per_day or _AROUND["per_day_after"].match(self.text, end):
                return f"{base}/day"
        return None

    def _currency(self, start: int) -> str | None:
        match = g.CURRENCY_BEFORE.search(self.text, max(self.done, start - 10), start)
        return match and words.CURRENCIES_BEFORE[_tight(match["code"])]

    # What is written down.

    def _take(
        self,
        start: int,
        end: int,
        kind: str | None,
        year: int | None = None,
        unit: str | None = None,
        match: re.Match[str] | None = None,
    ) -> int:
        """Write a quantity down; 0 when it cannot be read after all."""
        if start < self.done:
            return 0
        if kind is None and self._goes_on(start):
            return self._leave(start, end, "next to digits that are left unread")
        if kind is None and _AROUND["glued"].match(self.text, start):
            return self._leave(start, end, "behind a sign that may belong to the number")
        # 2003、2004年: what follows lends the first date its 年.
        if match and match.lastgroup == "date" and match[0] == plain_print(match[0]):
            quantity = _dated(match, year)
        else:
            quantity = read_slice(self.text[start:end], kind, unit, year)
        if quantity is None:
            return 0
        self.write(quantity, start, end)
        return end

    def _goes_on(self, start: int) -> bool:
        """Whether unread digits stand right before, so that this may be the rest of them."""
        text, last = self.text, self.unread[-1] if self.unread else None
        if last is None or last.reason not in _MAY_GO_ON or not 0 <= start - last.span.end < 4:
            return False
        between = text[last.span.end : start]
        if 0 < len(between) < 3 and _SCALES.issuperset(between):
            return True
        if not text[start].isdigit():
            scaled = re.match(f"[{g.CN}]*[十百千万亿]", text[start : start + 8])
            return not between and scaled is not None
        if not between or len(last.printed) > LONGEST:
            return not between
        short = len(last.printed) < 4
        if _AROUND["day_or_year"].match(text, start) and (not short or between in "。，"):
            return False
        if between == " ":
            # 表1 12个项目: the number of a table is a name; 2012 300万元 begins with a year.
            name = text[last.span.start - 1 : last.span.start] in _NUMBERED
            return not (name or ends_a_row(text, start) or _YEAR.fullmatch(last.printed))
        if between in "，,。":
            # 分别为20，310户: two figures; else the mark may be one that parts thousands.
            return short and not is_each(text, last.span.start)
        return _AROUND["parted"].fullmatch(between) is not None

    def write(self, quantity: Reading, start: int, end: int) -> None:
        """The figure at its place, with the thing counted that stands after it."""
        counted = quantity.counted
        if quantity.kind == "count" and not counted and quantity.unit not in g.OCCASIONS:
            if noun := g.NOUN.match(self.text, end):
                counted = plain_print(noun[0])
        elif quantity.kind == "length" and self._behind("speed_before", start):
            self._leave(start, end, "a speed; the codebook has no unit for it")
            return
        same, span = self.text is self.raw, Span(start, end)
        printed = quantity.printed if same else plain_print(self.raw[start:end])
        self.quantities.append(quantity._replace(printed=printed, span=span, counted=counted))

    def _leave_fitting(self, name: str, at: int, reason: str) -> int:
        """Leave what fits a pattern of the words; 0 where nothing does."""
        found = _AROUND[name].match(self.text, at)
        return self._leave(at, found.end(), reason) if found else 0

    def _leave(self, start: int, end: int, reason: str) -> int:
        """Write down what was seen and left."""
        printed = plain_print(self.raw[start:end])
        self.unread.append(Unread(Span(start, end), printed, reason))
        return end

    def _why_left(self, at: int) -> str:
        text = self.text
        number, run_end = g.RANGE_OR_ONE.match(text, at), _run_end(text, at)
        left = g.LEFT.match(text, run_end) or (number and g.LEFT.match(text, number.end()))
        if left:
            return words.WHY_LEFT[_tight(left["word"])]
        if number and number["u1"] and _tight(number["u1"]) == "日":
            return "a day without its month"
        if run_end - at > LONGEST:
            return "longer than any amount"
        if number and re.search("[百千万亿]", number.group()):
            return _SCALE_ALONE
        return "a number without a unit"


# --- numbers that take their unit from the last of a list, from their sum, or from a head ---

_NUMBER = re.compile(rf"{g.D}++(?:[.．]{g.D}++)?")


def listed(text: str, at: int) -> list[Reading]:
    """The numbers before the last of a list that starts here, each with the last one's unit.

    Empty where nothing shows that the unit is theirs too: a decimal, a scale or 分别.

    Examples
    --------
    >>> text = "分别提高0.9、5.9个百分点"
    >>> [(one.printed, str(one.value), one.unit, one.shared) for one in listed(text, 4)]
    [('0.9', '9/10', 'pp', '个百分点')]
    """
    found = g.LISTED.match(text, at)
    last = g.JUST_ONE.match(text, found.end()) if found else None
    if found is None or last is None or not last["u1"]:
        return []
    number = _NUMBER.match(text, last.start("n1"))
    unit = "".join(last["u1"].split())
    if number is None or words.UNITS.get(unit, words.UNITS["元"]).kind == "duration":
        return []
    shared = plain_print(text[number.end() : last.end("u1")])
    members = list(g.MEMBER.finditer(text, at, found.end()))
    decimal = any(re.search("[.．]", member["number"]) for member in members)
    if shared == unit and not decimal and not is_each(text, at):
        return []
    if any(member["ge"] for member in members) and not unit.startswith("个百分点"):
        return []
    return with_unit(text, [(member.span(), member["number"]) for member in members], shared)


def is_each(text: str, at: int) -> bool:
    """Whether a word before says that each number is a figure of its own: 分别为3、4个."""
    return _AROUND["each_before"].search(text, max(0, at - _BACK), at) is not None


def structure(text: str, at: int) -> list[Reading]:
    """The parts of a structure a:b:c: shares where they add to 100, else multiples."""
    ratio = g.RATIO.match(text, at)
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
    for title in _AROUND["table_unit"].finditer(text) if "单位" in text else ():
        columns, at = 1, title.end()
        while line := _LINE.match(text, at):
            at = line.end()
            row = _AROUND["table_row"].fullmatch(text, *line.span("line"))
            if row is None:
                if _AROUND["table_head"].fullmatch(line["line"]) is None:
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


def _tight(text: str) -> str:
    return "".join(text.split())


def _is_numeral(printed: str) -> bool:
    try:
        read_numeral(printed)
    except NumeralError:
        return False
    return True


def _run_end(text: str, at: int) -> int:
    run = g.RUN.match(text, at)
    return run.end() if run else at + 1
