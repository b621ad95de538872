"""Proposed coding: what a figure measures and who gives it, read off the words around it.

A draft saves typing and decides nothing. Each proposal names the words that led to it and how
near they stand; a person accepts or corrects every row.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN
from fractions import Fraction
from typing import NamedTuple

from aidstudy.codebook import FIGURES, FIGURES_RAW, Place
from aidstudy.intervals import plain
from aidstudy.reading.quantities import Reading, find_quantities
from aidstudy.reading.text import RepairedText, Span, repair_text

DRAFT_COLUMNS: tuple[str, ...] = (
    *FIGURES.names,
    *(name for name in FIGURES_RAW.names if name not in FIGURES.names),
    "counted_zh",
    "subject_zh",
    "donor_zh",
    "cue",
    "grade",
)
"""The codebook's raw and clean columns, then names as printed, the cue and its grade."""

PAGE = "page"
"""Article of what belongs to the page and to no report (telephone and the like)."""

_HAN = "\u4e00-\u9fff"


@dataclass(frozen=True, slots=True)
class DraftFigure:
    """One figure with its proposed coding.

    Parameters
    ----------
    quantity : Reading
        What the print says; offsets are those of the raw text.
    figure_id, article : str
        Reading order within the report; a report is named after its recipient where that is
        known, else ``report1`` and so on.
    measure : str
        Codebook measure.
    subject, donor : str
        Short names, only where the study names its places; the pair, or the recipient for what
        the county does by itself.
    subject_zh, donor_zh : str
        The same as printed; the subject is the heading of the numbered item where there is one.
    period : str
        ISO year, where the sentence prints one or says 今年 and the year is known.
    cue : str
        The words that led to the measure; empty where none did.
    grade : str
        A code of :data:`aidstudy.codebook.DRAFT_GRADES`.
    year_hint : str
        The year that was supplied to a date printed without one.
    """

    quantity: Reading
    figure_id: str
    article: str
    measure: str
    subject: str
    donor: str
    subject_zh: str
    donor_zh: str
    period: str
    cue: str
    grade: str
    year_hint: str = ""

    def cells(self) -> dict[str, str]:
        """The row as text cells, by :data:`DRAFT_COLUMNS`."""
        quantity = self.quantity
        counted = _counted(quantity) if quantity.kind == "count" else ""
        low, high, bound = quantity.low, quantity.high, quantity.bound
        if self.measure == "rule_ratio" and bound == "rounded":
            # A rule is exact because its measure says so.
            low = high = quantity.value
            bound = "exact"
        told = {
            "figure_id": self.figure_id,
            "article": self.article,
            "start": str(quantity.span.start),
            "end": str(quantity.span.end),
            "printed": quantity.printed,
            "numeral": quantity.numeral,
            "kind": quantity.kind,
            "value": _cell(quantity.value, ROUND_HALF_EVEN),
            "unit": counted if quantity.kind == "count" else quantity.unit,
            "low": _cell(low, ROUND_FLOOR),
            "high": _cell(high, ROUND_CEILING),
            "bound": bound,
            "measure": self.measure,
            "subject": self.subject,
            "donor": self.donor,
            "period": self.period,
            "label_en": f"Draft: {self.measure.replace('_', ' ')}",
            "counted": counted,
            "kind_hint": _kind_hint(quantity),
            "unit_hint": quantity.unit if quantity.kind == "flow" else quantity.shared,
            "year_hint": self.year_hint,
            "counted_zh": quantity.counted,
            "subject_zh": self.subject_zh,
            "donor_zh": self.donor_zh,
            "cue": self.cue,
            "grade": self.grade,
        }
        return {name: told.get(name, "") for name in DRAFT_COLUMNS}


def _cell(value: Fraction | str | None, rounding: str) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else plain(value, rounding=rounding)


def _kind_hint(quantity: Reading) -> str:
    if quantity.kind in ("list_number", "contact"):
        return quantity.kind
    bare = quantity.kind == "money" and not re.search("[元圆角块钱]", quantity.printed)
    return "money" if bare else ""


_COUNTED_EN: Sequence[tuple[str, str]] = (
    ("project", "项目|工程$"),
    ("plan", "规划$|计划$"),
    ("mechanism", "机制"),
    ("category", "大?类|大项"),
    ("document", "文件|办法|制度"),
    ("agreement", "协议"),
    ("school", "学校|幼儿园"),
    ("household", "户"),
    ("village", "村$"),
    ("person", "干部|人才|人员|干警|民警|队员|群众|教师|老师|医生|学生|专家|徒弟|代表|党员"),
)
_COUNTED_BY_UNIT: Mapping[str, str] = {
    "人": "person",
    "名": "person",
    "位": "person",
    "人次": "attendance",
    "户": "household",
    "期": "training",
    "幅": "map",
    "批次": "batch",
    "批": "batch",
}


def _counted(quantity: Reading) -> str:
    """The English noun where the Chinese one or the measure word names a single thing."""
    if quantity.unit in ("人", "名", "人次", "户"):
        return _COUNTED_BY_UNIT[quantity.unit]
    noun = quantity.counted
    for english, chinese in _COUNTED_EN:
        if noun and re.search(chinese, noun):
            return english
    return _COUNTED_BY_UNIT.get(quantity.unit, "")


# --- measures ---------------------------------------------------------------------------------


class _Rule(NamedTuple):
    """A measure, the words that speak for it, and the measure words it may stand with."""

    measure: str
    cues: re.Pattern[str]
    units: frozenset[str] | None = None


def _rules(*rules: tuple[str, str] | tuple[str, str, str]) -> tuple[_Rule, ...]:
    return tuple(
        _Rule(
            rule[0], re.compile(rule[1]), frozenset(rule[2].split("|")) if len(rule) == 3 else None
        )
        for rule in rules
    )


_PEOPLE = "人|名|位|人次"
_THINGS = "个|项|份|大项|大类|款|类|种|"
_WORKS = "个|项"
_TIMES = "次|批|趟|回|场|场次|批次|轮"
# The first rule that fits wins, so that what is rare and certain stands before what is common.
# In _MONEY 到位 comes before 援建资金: a sum both promised and paid is coded by what happened last.
_MONEY = _rules(
    ("loan_planned", "贷款|信贷|授信"),
    (
        "matching",
        "配套资金|上级[^，。]{0,8}(?:资金|补助)|(?:中央|国家|省级?|州级?)(?:财政|预算内|专项)",
    ),
    ("donation", "捐[助赠款资献]|募捐|慈善|善款|社会援助|爱心"),
    ("in_kind", "价值|折合|折款|物资"),
    ("commitment_increment", "额外|增加投入|追加|新增投入|多投入"),
    ("budget", "总投资|总造价|概算|估算|预算|造价|预计[^，。]{0,4}资|耗资|计划投资|估计"),
    (
        "expenditure",
        "完成[^，。]{0,8}(?:投资|产值)|投入了|支出|花费|花去|累计投入|购买|购置|实际投入",
    ),
    ("disbursement", "到位|划拨|拨付|拨入|下拨|拨款|转入|汇入|到账|转账"),
    # What people earn, pay or are paid is no aid; its giver is never a donor.
    (
        "other",
        # Nor is what a county or a firm raises by itself.
        "自筹|县(?:级?财政)?配套|收入|产值|销售|营业额|利润|税收|增收|工资|报酬|价格|单价|均价|标准|[人户亩]均"
        "|每[户人名亩吨方斤个月年天]|一亩|核减|结余|节约|损失",
    ),
    (
        "commitment",
        "(?:年度|投资)计划|(?:援[建助藏]|帮扶|支援|扶持|专项)[^，。]{0,2}(?:资金|金额|款)|承诺|安排|投入|落实|出资|资助|投资"
        # 其中青山市援助800万元: what is given stands at once behind the giving, not the whole.
        "|(?:援[建助藏]|帮扶|支援|扶持|承担)(?:其中的|[了共约近达]){0,2}$",
    ),
)
_SHARE = _rules(
    (
        "rule_ratio",
        "规定|按照?(?:[^，。]{0,20}比例|$)|不得?[低高少超][于过]|要求|^(?:预留|提取|计提)",
    ),
    # The increment over a rule; growth against another year is none.
    ("other", "同比|环比|增长|增幅|提高|上升|下降|完成率|到位率"),
    ("increase_ratio", "增加|额外|多投入"),
    ("ratio_to_revenue", "占[^，。]{0,20}(?:收入|财政)|(?:收入|财政)"),
)
_COUNT = _rules(
    ("frequency", "每(?:年|半年|季度|月|旬|周|天|日)[^，。]{0,6}$", _TIMES),
    ("mechanisms", "机制", _THINGS),
    ("categories", "大[类项]|类型|类别|^[^，。]{0,2}类|板块|重点$", "个|项|大项|大类|类|"),
    ("agreements", "协议|合同|备忘录", _THINGS),
    ("documents", "文件|办法|制度|条例|规定", _THINGS),
    ("bodies", "(?:工作|专家|领导|资金|推进)?(?:小?组|机构|工作队|委员会|办公室)", _THINGS),
    ("plans", "规划|计划(?!生育)", _THINGS),
    (
        "projects_completed",
        "(?:建成|竣工|完工|完成(?!投资))[^，。]{0,4}(?:项目|工程)"
        "|(?:项目|工程)[^，。]{0,6}(?:建成|竣工|完工|投入使用)",
        _THINGS,
    ),
    ("projects_ongoing", "(?:推进|在建|实施中|正在[^，。]{0,4})(?:项目|工程)", _THINGS),
    (
        "projects_started",
        "(?:项目|工程)[^，。]{0,6}(?:启动|开工|动工)|(?:启动|开工)[^，。]{0,6}(?:项目|工程)",
        _THINGS,
    ),
    (
        "projects_started",
        "^(?:全部|均|已|都|陆续){0,3}(?:启动|开工|动工)|新?(?:开工|启动)$",
        _WORKS,
    ),
    ("projects_completed", "^(?:全部|均|已|都){0,3}(?:完工|竣工|建成)|(?:完工|竣工|建成)$", _WORKS),
    ("projects_ongoing", "(?:在建|续建)$", _WORKS),
    ("projects", "项目|工程", _THINGS),
    ("police_deployed", "干警|民警|警力|警察|特警", _PEOPLE),
    ("mentor_quota", "徒弟|(?:帮带|带帮|带)$|每[名位人个][^。]{0,12}带", _PEOPLE),
    ("mentored", "帮带|带帮|传帮带|师徒|师带徒|拜师", f"{_PEOPLE}|对"),
    ("officials_visiting", "(?:领导|负责人|率)[^。]{0,24}(?:调研|考察|实地|来访|慰问)", _PEOPLE),
    ("seconded_in", "挂职|选派|派出|派驻|援藏|援派|支医|支教|蹲点|工作队|团队", _PEOPLE),
    ("trainees", "培训|轮训|学员|研修|讲座", _PEOPLE),
    ("seconded_in", "引进|柔性", _PEOPLE),
    ("trainings", "培训|轮训|讲座|研修", f"{_TIMES}|期|班|期次"),
    (
        "visits",
        "互访|考察|调研|检查|督查|指导|深入|工作组|来县|来访|走访|实地|慰问",
        f"{_TIMES}|人次",
    ),
    ("meetings", "会议|[^机社]会|座谈|协调|对接|研究|磋商", f"{_TIMES}|届|个"),
    ("maps", "图", "幅|张"),
    (
        "assets",
        "厂|站|校|院|园|桥|路|管|渠|库|井|房|棚|场|楼|馆|池|小区|工程|设备|器|车|机",
        "座|条|所|处|台|辆|套|栋|幢|间|口|个|眼|台套",
    ),
)
_OUTWARD = re.compile("(?:到|赴|去|前往)(?!我)[^。，]{0,12}(?:挂职|跟班|学习|进修)")
"""Staff of the recipient that goes to the donor; else the donor's staff comes."""
_DATE = _rules(
    ("target_date", "力争|确保|争取|预计|计划于|拟|将于|目标|到$"),
    ("plan_period", "^[^，。]{0,10}(?:规划|计划|项目|实施|工作)|规划[^，。]{0,4}$"),
)
_DURATION = _rules(
    ("frequency", "每$|^(?:通报|一次|一报)|轮换"),
    ("plan_period", "规划|计划|帮扶|支援|援助|援建|(?<!责)任期|^内"),
)
_SIZES: Mapping[str, tuple[_Rule, ...]] = {
    "length": _rules(("width", "宽(?:度)?[^，。长]{0,3}$")),
    "area": _rules(
        ("site_area", "占地|用地|征地"),
        ("floor_area", "建筑|办公|用房|住房|房|楼|馆|厅|校舍"),
        ("other", "种植|种了?|耕地|农田|林|草|播种|造林|基地|发展|流转"),
    ),
}
_BY_KIND: Mapping[str, tuple[_Rule, ...]] = {
    "money": _MONEY,
    "share": _SHARE,
    "count": _COUNT,
    "date": _DATE,
    "duration": _DURATION,
    **_SIZES,
}
_WITHOUT_CUE: Mapping[str, tuple[str, str]] = {
    "money": ("other", "open"),
    "share": ("other", "open"),
    "count": ("other", "open"),
    "date": ("event_date", "open"),
    "duration": ("other", "open"),
    "period": ("plan_period", "clear"),
    "length": ("length", "clear"),
    "area": ("other", "open"),
    "volume": ("storage_volume", "open"),
    "flow": ("daily_capacity", "clear"),
}
"""What a kind measures where no cue is found; every other kind is ``other``."""
_NO_DONOR = frozenset(
    {"budget", "expenditure", "agreements", "documents", "plans", "meetings", "mechanisms", "other"}
    | {"event_date", "plan_period", "target_date", "frequency", "matching", "donation", "assets"}
    | {"length", "width", "floor_area", "site_area", "storage_volume", "daily_capacity", "bodies"}
)
"""Measures whose giver the codebook leaves empty, or the words around rarely name."""
_COUNTY_ACTS = frozenset({"visits", "meetings", "plans", "documents", "mechanisms", "bodies"})
_JOINT_ACTS = frozenset({"visits", "meetings", "agreements"})
_JOINT = re.compile("互访|双方|两地|共同")
_REACHING = re.compile("达到?$|增至$")


# --- the words around ---------------------------------------------------------------------------

_SENTENCE_END = re.compile("[。！？；;\n]")
_CLAUSE_END = re.compile("[，,：:（(]")
_AFTER_END = re.compile("[，,、：:。；;！？\n]")
_BRACKET = re.compile("[（(][^）)]{1,20}[）)]")
_WIDEST = 160
"""Characters of a sentence that are looked at on either side, so that a scan stays linear."""


class _Words(NamedTuple):
    """The words around one figure, in the repaired text."""

    before: str
    after: str
    sentence_before: str
    sentence_after: str
    leads: str = ""
    """The amount of money that follows at once."""


def _following(after: str) -> str:
    """What follows in the same clause; 150万元（已到账）: a bracket right behind belongs to it."""
    bracket = _BRACKET.match(after)
    stop = _AFTER_END.search(after, bracket.end() if bracket else 0)
    return after[: stop.start() if stop else 40][:40]


class _Page:
    """A repaired text with the places of its sentences, figures, reports and items."""

    def __init__(self, fixed: RepairedText, spans: list[Span]) -> None:
        self.text = fixed.text
        self.spans = [fixed.text_span(*span) for span in spans]
        self.ends = [match.start() for match in _SENTENCE_END.finditer(self.text)]
        self.reports = _report_starts(self.text)
        items = [(match.start(), match["name"]) for match in _ITEM.finditer(self.text)]
        # A heading of the next section ends an item's reach as well as the next item does.
        items += [(match.start(), "") for match in _SECTION.finditer(self.text)]
        items += [(start, "") for start in self.reports]
        items.sort()
        self.item_starts = [start for start, _ in items]
        self.items: list[tuple[int, str]] = []
        number, report = 0, 0
        for start, name in items:
            if bisect_right(self.reports, start) != report:
                number, report = 0, bisect_right(self.reports, start)
            number += bool(name)
            self.items.append((number, name))

    def words(self, index: int) -> _Words:
        start, end = self.spans[index]
        place = bisect_left(self.ends, start)
        first = max(self.ends[place - 1] + 1 if place else 0, start - _WIDEST)
        last = min(self.ends[place] if place < len(self.ends) else len(self.text), end + _WIDEST)
        before, after = self.text[first:start], self.text[end : max(end, last)]
        marks = [mark.end() for mark in _CLAUSE_END.finditer(before)]
        clause = first + marks[-1] if marks else first
        if index:
            clause = max(clause, self.spans[index - 1].end)
        following = _following(after)
        if index + 1 < len(self.spans):
            following = following[: max(0, self.spans[index + 1].start - end)]
        return _Words(self.text[clause:start], following, before, after)

    def report(self, index: int) -> int:
        """Which report a figure stands in, from 1; 0 for what stands before the first."""
        return bisect_right(self.reports, self.spans[index].start)

    def paragraph(self, index: int) -> int:
        """Where the paragraph of a figure starts, or the widest look back."""
        start = self.spans[index].start
        first = max(0, start - 4 * _WIDEST)
        return max(first, self.text.rfind("\n", first, start) + 1)

    def item(self, index: int) -> tuple[int, str]:
        """Number within the report and heading of the project that a figure stands under."""
        place = bisect_right(self.item_starts, self.spans[index].end) - 1
        return self.items[place] if place >= 0 else (0, "")


_ITEM = re.compile(
    rf"(?m)^[ \u3000]*[0-9]{{1,2}}\s?[.．、]\s?"
    rf"(?P<name>[{_HAN}A-Za-z0-9“”]{{1,20}}(?:工程|项目|建设|广场|路|桥|厂|站|校|院))[：:]"
)
_SECTION = re.compile(
    "(?m)^[ \u3000]*(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[)）])"
)
_FIRST_SECTION = re.compile(r"(?m)^[ \u3000]*一、")


def _report_starts(text: str) -> list[int]:
    """Where each report begins: at the lead before its first section (一、).

    A page of one report belongs to it from its start. With several, what stands before the first
    lead is the page's own. A lead of two paragraphs leaves the first with the report before, and
    titles printed at the end of a page go to the last report.
    """
    starts = []
    for section in _FIRST_SECTION.finditer(text):
        lead = section.start()
        while lead > 0 and text[lead - 1].isspace():
            lead -= 1
        starts.append(text.rfind("\n", 0, lead) + 1)
    if len(starts) < 2:
        return [0]
    return sorted(set(starts))


# --- names --------------------------------------------------------------------------------------

_NAME = re.compile(
    r"(?:^|[，。；：、（(“\s]|与|和|由|对|向|到|赴|在|将|经|同|从|为|是|支援|援助|援建|帮扶|受援|来自|协助)"
    r"(?:其中|申请|争取)?"
    rf"(?P<name>(?:[省州市]|[{_HAN}]{{2,8}}?)(?:[{_HAN}]{{2,6}}(?:局|厅|银行|公司|集团|医院|大学|委员会))"
    rf"|[{_HAN}]{{1,4}}?(?:市|区|县))(?!长|委书记|级|场|域|乡|城)",
    re.MULTILINE,
)
_NO_NAME = re.compile(
    "[我全各本该多受援建支帮扶对与和的是为在将个们有这]|^[^市县区]?(?:城|新|库|社|地|园|灾|牧|山|景|校|藏|县|辖|片)[区市]"
)
_LISTED = re.compile("[、和与及]?")
_OWN = re.compile("我[县市区州]|全[县市区]|本[县市区]|县委|县政府")


class _Places:
    """The places of one report: its recipient, its donors, and where each is named."""

    def __init__(
        self,
        text: str,
        start: int,
        end: int,
        recipients: Mapping[str, Place],
        donors: Mapping[str, Place],
    ) -> None:
        self.slugs: dict[str, str] = {}
        named = bool(recipients or donors)
        for slug, place in [*recipients.items(), *donors.items()]:
            self.slugs |= {place.zh: slug, place.short_zh: slug}
        self.full = {slug: place.zh for slug, place in [*recipients.items(), *donors.items()]}
        if named:
            pattern = re.compile(
                "|".join(re.escape(name) for name in sorted(self.slugs, key=len, reverse=True))
            )
            found = [
                (m.start(), m.end(), self.full[self.slugs[m[0]]])
                for m in pattern.finditer(text, start, end)
            ]
            takers = {place.zh for place in recipients.values()}
        else:
            found = [
                (m.start("name"), m.end("name"), m["name"])
                for m in _NAME.finditer(text, start, end)
                if not _NO_NAME.search(m["name"])
            ]
            takers = {name for *_, name in found if name.endswith("县")}
        counts = Counter(name for *_, name in found if name in takers)
        self.recipient = counts.most_common(1)[0][0] if counts else ""
        given = [one for one in found if one[2] not in takers]
        self._text = text
        self._starts = [at for at, _, _ in given]
        self._ends = [end for _, end, _ in given]
        self._names = [name for *_, name in given]
        self.main = self._most_named()
        self.own = [match.start() for match in _OWN.finditer(text, start, end)]

    def _most_named(self) -> str:
        counts = Counter(self._names)
        return counts.most_common(1)[0][0] if counts else ""

    def givers(self, place: int, first: int) -> tuple[str, ...]:
        """The donors named last between two places; the report's main donor without one."""
        index = bisect_left(self._starts, place) - 1
        if index < 0 or self._starts[index] < first:
            return (self.main,) if self.main else ()
        names = [self._names[index]]
        while index and _LISTED.fullmatch(self._text, self._ends[index - 1], self._starts[index]):
            index -= 1
            names.insert(0, self._names[index])
        return tuple(dict.fromkeys(names))

    def given_by(self, place: int) -> str:
        """The donor whose name ends just before a place: 其中青山市800万元."""
        index = bisect_right(self._ends, place) - 1
        return self._names[index] if index >= 0 and self._ends[index] == place else ""

    def own_act(self, place: int, first: int) -> bool:
        """Whether the county itself is the last that is named before a place."""
        own = bisect_left(self.own, place) - 1
        if own < 0 or self.own[own] < first:
            return False
        other = bisect_left(self._starts, place) - 1
        return other < 0 or self._starts[other] < self.own[own]

    def slug(self, name: str) -> str:
        return self.slugs.get(name, "")


# --- the draft ----------------------------------------------------------------------------------


def draft_figures(
    text: str,
    *,
    year: int | None = None,
    recipients: Mapping[str, Place] | None = None,
    donors: Mapping[str, Place] | None = None,
) -> list[DraftFigure]:
    """Every figure of a page with a proposed measure, subject and donor.

    Leaves labels, notes, repeats and shares of other figures to the person who codes.

    Parameters
    ----------
    text : str
        Raw text of the page.
    year : int, optional
        Year of the reports, for dates without one and for 今年.
    recipients, donors : mapping of str to Place, optional
        Places by short name, as a study lists them. Without them names are taken from the
        print and the columns `subject` and `donor` stay empty.

    Returns
    -------
    list of DraftFigure
        In reading order.

    Raises
    ------
    TextError
        If `text` is not a string.

    Notes
    -----
    Codebook, columns ``measure``, ``subject`` and ``donor``. The cues are those of the genre.

    Examples
    --------
    >>> draft = draft_figures("青山市援助资金300万元已全部到位，公路总投资1.2亿元。")
    >>> [(d.quantity.printed, d.measure, d.cue, d.grade) for d in draft]
    [('300万元', 'disbursement', '到位', 'clear'), ('1.2亿元', 'budget', '总投资', 'clear')]
    """
    return list(each_draft_figure(text, year=year, recipients=recipients, donors=donors))


def each_draft_figure(
    text: str,
    *,
    year: int | None = None,
    recipients: Mapping[str, Place] | None = None,
    donors: Mapping[str, Place] | None = None,
) -> Iterator[DraftFigure]:
    """What :func:`draft_figures` gives, one by one.

    For a page whose draft as a whole would not fit into memory. The page itself is read whole, as
    names, reports and items reach over its paragraphs.

    Examples
    --------
    >>> next(each_draft_figure("公路总投资1.2亿元。")).measure
    'budget'
    """
    quantities = find_quantities(text, year=year).quantities
    page = _Page(repair_text(text), [quantity.span for quantity in quantities])
    places = _places_of(page, recipients or {}, donors or {})
    articles = _article_names(places)
    numbers: Counter[str] = Counter()
    last_money = ""
    for index, quantity in enumerate(quantities):
        report = page.report(index)
        # A telephone number belongs to the page; a report prints none of its own things so.
        article = PAGE if quantity.kind == "contact" or not report else articles[report - 1]
        words = page.words(index)
        if index + 1 < len(quantities):
            next_one = quantities[index + 1]
            if next_one.kind == "money" and page.spans[index].end == page.spans[index + 1].start:
                words = words._replace(leads=next_one.printed)
        measure, cue, grade = _measure(
            quantity, words, places[report - 1].recipient if report else ""
        )
        if (
            quantity.kind == "money"
            and grade != "clear"
            and _REACHING.search(words.before)
            and last_money
        ):
            # 追加投入90万元，达到400万元: the sum that an increment leads to.
            grown = last_money == "commitment_increment"
            measure, cue, grade = "commitment" if grown else last_money, "达到", "likely"
        if measure == "budget" and grade == "likely" and report:
            # The whole stands in another clause; this one names who gives a part of it.
            giver = places[report - 1].given_by(page.spans[index].start)
            measure, cue = ("commitment", giver) if giver else (measure, cue)
        last_money = measure if quantity.kind == "money" else last_money
        numbers[article] += 1
        who = ("", "", "", "")
        if article != PAGE:
            who = _who(page, index, measure, words, places[report - 1])
        subject_zh, donor_zh, subject, donor = who
        yield DraftFigure(
            quantity=quantity,
            figure_id=f"{article}-{numbers[article]:03d}",
            article=article,
            measure=measure,
            subject=subject,
            donor=donor,
            subject_zh=subject_zh,
            donor_zh=donor_zh,
            period=_period(page, index, quantity, year),
            cue=cue,
            grade=grade,
            year_hint=_year_hint(quantity, year),
        )


def draft_rows(figures: Iterable[DraftFigure]) -> list[dict[str, str]]:
    """The draft as rows of text cells, by :data:`DRAFT_COLUMNS`.

    Examples
    --------
    >>> row = draft_rows(draft_figures("总投资1.39亿元"))[0]
    >>> row["value"], row["low"], row["high"], row["measure"]
    ('139000000', '138500000', '139500000', 'budget')
    """
    return [figure.cells() for figure in figures]


def _places_of(
    page: _Page, recipients: Mapping[str, Place], donors: Mapping[str, Place]
) -> list[_Places]:
    ends = [*page.reports[1:], len(page.text)]
    return [
        _Places(page.text, start, end, recipients, donors)
        for start, end in zip(page.reports, ends, strict=True)
    ]


def _article_names(places: Sequence[_Places]) -> list[str]:
    """The recipient's short name for each report, where it is known and the only one."""
    slugs = [place.slug(place.recipient) for place in places]
    times = Counter(slugs)
    return [
        slug if slug and times[slug] == 1 else f"report{number}"
        for number, slug in enumerate(slugs, start=1)
    ]


# A cue may span anything; in a table it must not turn into a formula or break a line.
_NOT_SHOWN = re.compile(f"[^{_HAN}0-9]")


def _measure(quantity: Reading, words: _Words, recipient: str) -> tuple[str, str, str]:
    """Measure, the words that led to it, and the grade."""
    kind = quantity.kind
    if kind == "count" and quantity.counted == "一":
        return "other", quantity.printed, "clear"
    whole = words.sentence_before + quantity.printed + words.sentence_after
    # The noun may stand in the slice itself: 10大类, 六大机制.
    after = (quantity.printed if kind == "count" else "") + words.after
    # What is counted is the noun behind; money speaks by the surest word on either side.
    steps: list[tuple[tuple[str, ...], str]]
    steps = [((after,), "clear"), ((words.before,), "clear")] if kind == "count" else []
    steps = steps or [((words.before, after), "clear")]
    if quantity.unit != "个":
        # 个 goes with any noun, so that words farther off say nothing.
        steps.append(((words.sentence_before, words.sentence_after), "likely"))
    for around, grade in steps:
        for rule in _BY_KIND.get(kind, ()):
            if rule.units is not None and quantity.unit not in rule.units:
                continue
            for part in around:
                cue = rule.cues.search(part)
                if cue:
                    outward = rule.measure == "seconded_in" and _OUTWARD.search(whole)
                    # 到石溪县挂职 in the report of that county: staff comes.
                    away = outward and not (recipient and recipient in outward[0])
                    measure = "seconded_out" if away else rule.measure
                    return measure, _NOT_SHOWN.sub("", cue[0])[:20], grade
    if kind == "date" and words.leads and re.fullmatch("[0-9]{4}", str(quantity.value)):
        # 其中2017年2.1亿元、2018年…: the years of a sum that is told year by year.
        return "plan_period", words.leads, "likely"
    measure, grade = _WITHOUT_CUE.get(kind, ("other", "clear"))
    return measure, "", grade


def _who(
    page: _Page, index: int, measure: str, words: _Words, places: _Places
) -> tuple[str, str, str, str]:
    """Subject and donor as printed, then their short names."""
    start = page.spans[index].start
    givers = places.givers(start, page.paragraph(index))
    recipient = places.recipient
    joint = measure in _JOINT_ACTS and _JOINT.search(words.sentence_before[-40:] + words.after)
    own = places.own_act(start, start - len(words.sentence_before))
    by_county = own and measure in _COUNTY_ACTS and not joint
    main = givers[0] if givers else ""
    subject_zh = recipient if by_county or not main else f"{main}>{recipient}"
    subject = places.slug(recipient)
    if subject and not by_county and places.slug(main):
        subject = f"{places.slug(main)}>{subject}"
    number, name = page.item(index)
    if name:
        subject_zh = name
        if subject:
            subject = f"{places.slug(recipient)}-p{number:02d}"
    if by_county or joint or measure in _NO_DONOR:
        return subject_zh, "", subject, ""
    return subject_zh, "、".join(givers), subject, " ".join(map(places.slug, givers)).strip()


_YEAR_SAID = re.compile("(?P<this>今年|本年度?)|(?<![0-9.])(?P<year>(?:19|20)[0-9]{2})年(?![0-9])")


def _period(page: _Page, index: int, quantity: Reading, year: int | None) -> str:
    """The year that the paragraph names last before the figure."""
    if quantity.kind in ("code", "contact", "list_number", "map_scale"):
        return ""
    if quantity.kind in ("date", "period"):
        value = str(quantity.value or "")
        return value if quantity.kind == "period" else value[:4]
    said = list(_YEAR_SAID.finditer(page.text, page.paragraph(index), page.spans[index].start))
    if not said:
        return ""
    return said[-1]["year"] or ("" if year is None else str(year))


def _year_hint(quantity: Reading, year: int | None) -> str:
    supplied = (
        quantity.kind == "date"
        and year is not None
        and isinstance(quantity.value, str)
        and quantity.value.startswith(f"{year:04d}")
        and not re.search("[0-9〇○零一二三四五六七八九]{2,4}年|[12][0-9]{3}", quantity.printed)
    )
    return str(year) if supplied else ""


__all__ = [
    "DRAFT_COLUMNS",
    "PAGE",
    "DraftFigure",
    "draft_figures",
    "draft_rows",
    "each_draft_figure",
]
