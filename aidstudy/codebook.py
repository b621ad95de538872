"""The closed lists of the study: codes, columns and tables, each with its meaning.

This is the one place that holds the codebook. The checks, the page ``data/README.md`` and the
metadata of the exports are made from it; nothing else repeats a code or a column.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from aidstudy.errors import CodebookError

VERSION = 1


@dataclass(frozen=True, slots=True)
class Code:
    """One code of a closed list: its meaning, and its name for a Chinese label."""

    meaning: str
    zh: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A recipient county or a donor, with names for labels."""

    zh: str
    en: str
    short_zh: str
    short_en: str


Codes = Mapping[str, Code]


def _codes(**codes: tuple[str, str]) -> Codes:
    return MappingProxyType({name: Code(*texts) for name, texts in codes.items()})


NUMERALS: Codes = _codes(
    arabic=("Arabic digits, full width included", "阿拉伯数字"),
    chinese=("Chinese numerals; the numeral itself counts, not its scale", "汉字数字"),
)

KINDS: Codes = _codes(
    money=("a sum of money", "金额"),
    share=("a share, in per cent; percentage points have the unit pp", "比例"),
    multiple=("so many times as much (倍)", "倍数"),
    count=("a number of things", "数量"),
    length=("a length or width", "长度"),
    area=("an area", "面积"),
    volume=("a volume", "体积"),
    flow=("a volume or weight per day", "流量"),
    mass=("a weight", "重量"),
    power=("the capacity of a power plant", "功率"),
    energy=("energy, such as electric work", "能量"),
    map_scale=("a map scale; the value is its denominator", "比例尺"),
    date=("a day, month or year", "日期"),
    period=("a first and a last year or day", "时段"),
    duration=("a length of time", "时长"),
    code=("a name made of numbers, such as 7+20 or 1+N", "代号"),
    list_number=("the number of an item in a numbered list", "序号"),
    contact=("a telephone number or the like", "联系方式"),
)

NUMERIC_KINDS = frozenset(
    {
        "money",
        "share",
        "multiple",
        "count",
        "length",
        "area",
        "volume",
        "flow",
        "mass",
        "power",
        "energy",
        "map_scale",
        "duration",
    }
)
"""Kinds whose value, low and high are numbers; those of dates and periods are ISO text."""

UNITS: Codes = MappingProxyType(
    {
        "CNY": Code("yuan renminbi", "元"),
        "%": Code("per cent", "%"),
        "pp": Code("percentage points", "个百分点"),
        "times": Code("times as much", "倍"),
        "m": Code("metre", "米"),
        "m2": Code("square metre; 亩 is 2000/3 m2", "平方米"),
        "m3": Code("cubic metre", "立方米"),
        "m3/day": Code("cubic metres per day", "立方米/日"),
        "kg": Code("kilogram", "千克"),
        "kg/day": Code("kilograms per day", "千克/日"),
        "W": Code("watt", "瓦"),
        "J": Code("joule; a kilowatt-hour is 3600000 J", "焦耳"),
        "scale_denominator": Code("denominator of a map scale", "比例尺分母"),
        "year": Code("year, as printed", "年"),
        "month": Code("month, as printed; half a month is 0.5", "月"),
        "day": Code("day, as printed", "天"),
    }
)
"""Base units. For counts the unit is the thing counted, a singular English noun."""

BOUNDS: Codes = _codes(
    exact=("the print allows only this value: counts, durations, rules, codes, full dates", "精确"),
    rounded=("half a unit of the last printed digit each way", "四舍五入"),
    about=("约, 左右, 上下: half a unit of the last non-zero digit each way", "约"),
    over=(
        "余, 多: up by one unit of the last non-zero digit; 超过, 以上: no upper end",
        "余、以上",
    ),
    under=(
        "近: down by one such unit; 不足, 以内: no lower end; a date with 前: its last day",
        "近、以内",
    ),
    range=("a range as printed; the value is its midpoint", "范围"),
)

MONEY_MEASURES = (
    "commitment",
    "commitment_increment",
    "disbursement",
    "expenditure",
    "budget",
    "loan_planned",
    "matching",
    "donation",
    "in_kind",
)

MEASURES: Codes = _codes(
    commitment=("pledged or decided for a year or a plan", "承诺资金"),
    commitment_increment=("what is added over the rule", "额外增加"),
    disbursement=("transferred to the recipient (到位, 划拨, 拨入)", "到位资金"),
    expenditure=("invested or spent (完成投资)", "完成投资"),
    budget=("total cost of a project or plan, all sources", "总投资"),
    loan_planned=("a loan that is intended", "拟贷款"),
    matching=("money from higher levels", "上级配套"),
    donation=("charity and gifts of firms", "社会捐助"),
    in_kind=("goods or facilities given for money that is printed", "实物援助"),
    ratio_to_revenue=("aid as a share of the donor's revenue", "占财政收入比例"),
    rule_ratio=("the share that a rule sets; exact", "规定比例"),
    increase_ratio=("the increment as a share of the rule's amount", "增加比例"),
    projects=("projects", "项目"),
    projects_completed=("projects that are complete", "建成项目"),
    projects_ongoing=("projects under way", "在建项目"),
    projects_started=("projects that have started", "启动项目"),
    categories=("kinds or headings of projects", "类别"),
    plans=("plans made or revised", "规划"),
    visits=("visits and inspections", "互访考察"),
    meetings=("meetings", "会议"),
    agreements=("agreements signed", "协议"),
    trainees=("people trained", "培训人数"),
    trainings=("courses held", "培训期次"),
    seconded_out=("staff of the recipient sent to the donor", "外派挂职"),
    seconded_in=("staff of the donor sent to the recipient", "援派人员"),
    mentored=("people mentored by seconded staff", "帮带人数"),
    mentor_quota=("how many one mentor must take on", "帮带指标"),
    police_deployed=("police officers sent (people, not batches)", "派出警力"),
    bodies=("working groups and bodies", "机构"),
    documents=("rules and documents issued", "文件"),
    mechanisms=("mechanisms of management", "机制"),
    maps=("map sheets", "图幅"),
    assets=("plants, roads, pipelines and the like", "设施"),
    officials_visiting=("officials on a visit", "调研人员"),
    length=("length", "长度"),
    width=("width", "宽度"),
    floor_area=("floor area", "建筑面积"),
    site_area=("land taken", "占地面积"),
    storage_volume=("storage of a reservoir", "库容"),
    daily_capacity=("capacity per day", "日供水能力"),
    event_date=("the date of something that happened", "日期"),
    plan_period=("the years, or the length, of a plan", "规划期"),
    target_date=("a date that is aimed at", "目标日期"),
    frequency=("how often something recurs", "频率"),
    other=("anything else, said in the note", "其他"),
)

STATUSES: Codes = _codes(
    **{
        "1": ("pipeline", "筹备"),
        "2": ("implementation: works, purchase or spending is reported", "实施"),
        "3": ("finalisation: basically complete", "收尾"),
        "4": ("closed: handed over or in use", "完成"),
        "5": ("cancelled", "取消"),
        "6": ("suspended", "暂停"),
    }
)
"""IATI ActivityStatus."""

STAGES: Codes = _codes(
    planned=("planned", "计划"),
    survey_design=("survey and design", "勘测设计"),
    approval=("approval", "审批"),
    procurement=("procurement", "招标采购"),
    site_preparation=("site preparation", "前期工程"),
    construction=("construction", "施工"),
    completed=("completed", "完成"),
    agreed=("agreed; for things that are not built, level with planned", "商定"),
    under_way=("under way; for things that are not built, level with construction", "进行中"),
    delivered=("delivered; for things that are not built, level with completed", "已交付"),
)

STAGE_LEVELS: Mapping[str, int] = MappingProxyType(
    {
        "planned": 0,
        "survey_design": 1,
        "approval": 2,
        "procurement": 3,
        "site_preparation": 4,
        "construction": 5,
        "completed": 6,
        "agreed": 0,
        "under_way": 5,
        "delivered": 6,
    }
)

PRECISIONS: Codes = _codes(
    day=("a day", "日"),
    month=("a month", "月"),
    half_year=("half a year", "半年"),
    year=("a year", "年"),
    period=("several years", "时段"),
)

EVENT_KINDS: Codes = _codes(
    meeting=("a meeting", "会议"),
    visit=("a visit", "互访"),
    agreement=("an agreement", "协议"),
    commitment=("money or projects promised", "承诺"),
    disbursement=("money transferred", "拨付"),
    works=("works on projects", "建设"),
    secondment=("staff sent to the other side", "挂职"),
    deployment=("police sent", "派警"),
    plan_approval=("a plan approved", "规划审批"),
    plan_period=("the years of a plan", "规划期"),
)

REALISED: Codes = _codes(
    yes=("reported as having happened", "已发生"),
    planned=("a plan, a hope or a target", "计划"),
)

LEVELS: Codes = _codes(
    city=("prefecture-level city", "地级市"),
    district=("city district", "市辖区"),
    zone=("development zone", "开发区"),
    provincial_body=("body of the province", "省级单位"),
    prefecture_body=("body of the prefecture", "州级单位"),
    city_body=("body of a city", "市级单位"),
    state_firm=("state-owned firm", "国有企业"),
    private_firm=("private firm", "民营企业"),
    bank=("bank", "银行"),
)

ROLES: Codes = _codes(
    paired_government=("the government paired with the county", "结对政府"),
    designated_unit=("named as a helping unit (对口扶贫, 定点帮扶)", "定点帮扶单位"),
    line_body=("helps within its own line of work", "行业帮扶"),
    other=("anything else, said in the note", "其他"),
)

MECHANISMS: Codes = _codes(
    leading_group=("a leading group or office for the aid exists", "领导小组"),
    framework_agreement=(
        "donor and recipient signed a framework or cooperation document",
        "框架协议",
    ),
    project_rules=("written rules for managing aid projects exist", "项目管理办法"),
    fund_rules=("written rules for managing aid money exist", "资金管理办法"),
    special_account=("the money is kept in its own account", "专户"),
    joint_supervision=(
        "donor and recipient, or the donor alone, supervise the money on the spot",
        "联合监管",
    ),
    progress_reporting=("regular reports or accounts on projects are due", "进度通报"),
    performance_review=("assessment with consequences", "考核奖惩"),
    staff_secondment=("staff of one side work at the other", "干部挂职"),
    mentoring=("seconded staff take on apprentices or counterparts", "传帮带"),
    five_year_plan=("a five-year aid plan is made or being made", "五年规划"),
    plan_revision=("the county's own plans are revised with the donor's help", "规划修编"),
    donor_training=("the donor trains people of the recipient", "培训"),
    market_channel=("the donor opens markets for local produce", "营销渠道"),
    social_donation=("charity or company gifts are won", "社会捐助"),
    financing_platform=("a financing company or platform is set up", "投融资平台"),
)

PRESENT: Codes = _codes(
    yes=("the article says so", "有"),
    not_mentioned=("the article does not mention it; that is not a no", "未提及"),
)

KIND_HINTS: Codes = _codes(
    money=("money printed without 元", "金额"),
    list_number=("the number of a list item", "序号"),
    contact=("a telephone number or the like", "联系方式"),
    count=("a bare number that counts something", "数量"),
    code=("a name made of numbers", "代号"),
)

STATES: Codes = _codes(
    printed=("the page prints this value", "原文刊载"),
    derived=("computed from printed figures", "推算"),
    bounds_only=("only bounds can be given, no single value", "仅有区间"),
    hypothetical=("what would have to be true under an assumption", "假设"),
    not_reported=("the page does not say; never zero, never guessed", "未报告"),
    not_applicable=("the question does not arise here", "不适用"),
    estimated=("computed by a statistical model or test, to eight digits", "估计"),
)
"""How a value shown in a table, a plot or a notebook came about."""

GRADES: Codes = _codes(
    publisher=("read at the publisher's own page or a state news site", "发布方"),
    copy=("read in a copy elsewhere", "转载"),
    encyclopaedia=("an encyclopaedia, travel or directory page; no primary source seen", "百科"),
)

DRAFT_GRADES: Codes = _codes(
    clear=("the cue stands in the same clause, or the kind allows one measure only", "明确"),
    likely=("the cue stands elsewhere in the sentence", "较可能"),
    open=("no cue was found, so that nothing is proposed: to be looked at first", "待定"),
)
"""How near to a drafted figure the words stand that led to its measure."""

CONTEXT_MEASURES: Codes = MappingProxyType(
    dict(MEASURES)
    | dict(
        _codes(
            local_public_budget_revenue=("local public budget revenue", "地方公共财政预算收入"),
            recipient_counties=("counties that a donor supports", "受援县数"),
            donor_cities=("cities that give", "援助市数"),
            road_distance_to_chengdu=("distance to Chengdu by road", "距成都里程"),
            population=("population", "人口"),
            gdp=("gross domestic product", "地区生产总值"),
        )
    )
)

ColumnType = Literal["text", "integer", "exact", "code", "codes", "id", "ref", "refs", "date"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Parameters
    ----------
    name, meaning : str
    type : str
        ``text``; ``integer``; ``exact`` (a number, or ISO text for dates and periods); ``code``
        and ``codes`` (one or several codes of a closed list, separated by a space); ``id``
        (unique in its table); ``ref`` and ``refs`` (ids of another table); ``date``
        (ISO, as coarse as the print).
    codes : mapping, optional
        The closed list of a ``code`` or ``codes`` column.
    places : str
        For places that each study names for itself: which of its lists.
    to : str
        The table that a ``ref`` or ``refs`` column points to.
    required : bool
        Whether a cell may be empty.
    """

    name: str
    meaning: str
    type: ColumnType = "text"
    codes: Codes | None = None
    places: Literal["", "articles", "recipients", "donors"] = ""
    to: str = ""
    required: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its columns in order, and what makes a row unique."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    names: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", tuple(column.name for column in self.columns))

    def column(self, name: str) -> Column:
        """The column of that name."""
        for column in self.columns:
            if column.name == name:
                return column
        raise CodebookError(
            f"table {self.name}: column {name!r} is not in the codebook"
            f"{did_you_mean(name, self.names)}",
            printed=name,
        )


def _place_columns(*, required: bool) -> tuple[Column, Column]:
    of = "the number with its qualifier and its measure word or unit" if required else "the passage"
    return (
        Column(
            "start",
            f"offset of the first character of {of}, 0-based, in code points of the page",
            "integer",
            required=required,
        ),
        Column("end", f"offset after the last character of {of}", "integer", required=required),
    )


_FIGURE_ID = Column(
    "figure_id",
    "`<article>-<nnn>` in reading order; page furniture `page-<nnn>`",
    "id",
    required=True,
)
_ARTICLE = Column("article", "the report that prints it", "code", places="articles", required=True)
_PRINTED = Column(
    "printed",
    "the slice of the page without white space, digits and punctuation in their plain (NFKC) form",
    required=True,
)
_MEASURE = Column("measure", "what is measured", "code", MEASURES, required=True)
_SUBJECT = Column(
    "subject",
    "a project, or the pair `donor>recipient`, or the recipient for what the county does by itself",
)
_DONOR = Column(
    "donor",
    "who gives the thing measured; empty for joint acts, totals from all sources, "
    "dates, durations, codes and givers that are not named",
    "codes",
    places="donors",
)
_PERIOD = Column(
    "period", "the year or interval that the figure is about, where the page says it", "date"
)
_LABEL = Column("label_en", "what the figure says, at most eight words", required=True)
_SAME_AS = Column("same_as", "an earlier figure that says the same thing", "ref", to="figures")
_PART_OF = Column(
    "part_of", "the figure that this one is printed as a share of", "ref", to="figures"
)
_NOTE = Column("note", "one short line in our own words; every judgement call is said here")

FIGURES = Table(
    "figures",
    "one row per printed figure",
    (
        _FIGURE_ID,
        _ARTICLE,
        *_place_columns(required=True),
        _PRINTED,
        Column("numeral", "how the number is written", "code", NUMERALS, required=True),
        Column("kind", "what kind of figure it is", "code", KINDS, required=True),
        Column(
            "value",
            "in base units; a range has its midpoint, a date its ISO form as coarse as the "
            "print, a code its text",
            "exact",
            required=True,
        ),
        Column(
            "unit",
            "base unit, or for counts the thing counted (singular English noun); empty for "
            "dates, periods, codes, list numbers and contacts",
        ),
        Column("low", "lowest value that the print allows; empty when it sets none", "exact"),
        Column("high", "highest value that the print allows; empty when it sets none", "exact"),
        Column("bound", "how the bounds follow from the print", "code", BOUNDS, required=True),
        _MEASURE,
        _SUBJECT,
        _DONOR,
        _PERIOD,
        _LABEL,
        _SAME_AS,
        _PART_OF,
        _NOTE,
    ),
    ("figure_id",),
)

FIGURES_RAW = Table(
    "figures",
    "what a person decided about each printed figure",
    (
        _FIGURE_ID,
        _ARTICLE,
        *_place_columns(required=True),
        _PRINTED,
        Column("counted", "the thing counted, a singular English noun; only for counts"),
        _MEASURE,
        _SUBJECT,
        _DONOR,
        _PERIOD,
        _LABEL,
        _SAME_AS,
        _PART_OF,
        _NOTE,
        Column("kind_hint", "the kind, where the print alone does not tell it", "code", KIND_HINTS),
        Column(
            "unit_hint",
            "the unit, where part of it stands outside the slice: m3/day, a currency, or the scale "
            "and unit that the last number of a list is printed with (亿公斤)",
        ),
        Column("year_hint", "the year of a date that is printed without one", "integer"),
    ),
    ("figure_id",),
)

PROJECTS = Table(
    "projects",
    "one row per named project",
    (
        Column("project_id", "`<recipient>-p<nn>` in reading order", "id", required=True),
        Column("recipient", "the county that gets it", "code", places="recipients", required=True),
        Column("donor", "who pays for it or brings it in", "codes", places="donors", required=True),
        Column("name_zh", "name as printed", required=True),
        Column("name_en", "name in English", required=True),
        Column(
            "sector",
            "OECD DAC purpose code, five digits, today's list",
            "ref",
            to="dac_codes",
            required=True,
        ),
        Column("status", "IATI ActivityStatus", "code", STATUSES, required=True),
        Column("stage", "how far the page says it has come", "code", STAGES, required=True),
        Column("next_step", "what is printed as the next step, in our own words"),
        Column("budget", "figure of its total cost", "ref", to="figures"),
        Column("donor_amount", "figure of the donor's part", "ref", to="figures"),
        Column(
            "expenditure",
            "figure of what was spent; a joint sum stands in each of its projects with "
            "`joint` in the note and is counted once",
            "ref",
            to="figures",
        ),
        *_place_columns(required=True),
        _NOTE,
        Column("name_short_en", "short English name, for plots", required=True),
        Column("name_short_zh", "short Chinese name, for plots", required=True),
        Column("next_step_zh", "the next step in Chinese, in our own words"),
    ),
    ("project_id",),
)

EVENTS = Table(
    "events",
    "one row per dated or periodised happening",
    (
        Column("event_id", "`<recipient>-e<nn>`", "id", required=True),
        Column(
            "recipient",
            "the county whose report tells it",
            "code",
            places="recipients",
            required=True,
        ),
        Column("donor", "the donor that takes part", "codes", places="donors"),
        Column("start_date", "first date, as coarse as the print; empty for a deadline", "date"),
        Column("end_date", "last date, as coarse as the print", "date", required=True),
        Column("precision", "how coarse the date is", "code", PRECISIONS, required=True),
        Column("kind", "what happened", "code", EVENT_KINDS, required=True),
        Column("realised", "whether it happened or is planned", "code", REALISED, required=True),
        Column("label_en", "what happened, in our own words", required=True),
        Column("figures", "figures that belong to it", "refs", to="figures"),
        Column("project_id", "every project that it covers", "refs", to="projects"),
        _NOTE,
        Column("label_zh", "what happened, in Chinese, in our own words", required=True),
    ),
    ("event_id",),
)

PAIRS = Table(
    "pairs",
    "one row per donor and recipient",
    (
        Column("donor", "short name of the donor", "code", places="donors", required=True),
        Column("donor_zh", "name as printed", required=True),
        Column("donor_en", "name in English", required=True),
        Column("level", "what sort of body it is", "code", LEVELS, required=True),
        Column("recipient", "the county", "code", places="recipients", required=True),
        Column("role", "how it helps", "code", ROLES, required=True),
        *_place_columns(required=True),
        _NOTE,
    ),
    ("donor", "recipient"),
)

MECHANISMS_TABLE = Table(
    "mechanisms",
    "one row per recipient and management device",
    (
        Column("recipient", "the county", "code", places="recipients", required=True),
        Column("mechanism", "the device", "code", MECHANISMS, required=True),
        Column("present", "whether the article mentions it", "code", PRESENT, required=True),
        *_place_columns(required=False),
        _NOTE,
    ),
    ("recipient", "mechanism"),
)

ADJUDICATION = Table(
    "adjudication",
    "every cell in which the two codings differ from each other or from the final tables",
    (
        Column("table", "the table, or `slugs` for a renamed short name", required=True),
        Column(
            "row",
            "the row in the final table; `a:<id>` or `b:<id>` for a row that was dropped",
            required=True,
        ),
        Column(
            "column", "the column; `row` when a whole row stands in one coding only", required=True
        ),
        Column("a", "what coding a has"),
        Column("b", "what coding b has"),
        Column("final", "what the final table has"),
        Column("rule", "the rule that settled it", required=True),
    ),
    ("table", "row", "column"),
)

CORRECTIONS = Table(
    "corrections",
    "changes to a table after its publication",
    (
        Column("table", "the table", required=True),
        Column("row", "id of the row; several key columns separated by a space", required=True),
        Column("column", "the column", required=True),
        Column("from", "what stands there"),
        Column("to", "what should stand there"),
        Column("reason", "why", required=True),
    ),
    ("table", "row", "column"),
)

CONTEXT = Table(
    "context",
    "facts from outside the page, kept apart from its figures",
    (
        Column("fact_id", "short name", "id", required=True),
        Column("entity", "donor, recipient, pair, project or programme", required=True),
        Column("measure", "what is measured", "code", CONTEXT_MEASURES, required=True),
        Column("period", "the year or interval it is about", "date"),
        Column("printed", "as printed in the source", required=True),
        Column("value", "in base units", "exact", required=True),
        Column("unit", "base unit or the thing counted", required=True),
        Column("source", "where it was read", required=True),
        Column("source_date", "date of the source, as coarse as known", "date"),
        Column("grade", "how near to the publisher it was read", "code", GRADES, required=True),
        _NOTE,
    ),
    ("fact_id",),
)

CONTEXT_CLEAN = Table(
    "context",
    CONTEXT.meaning + ", with the bounds of their own print",
    (
        *CONTEXT.columns,
        Column("low", "lowest value that the source's print allows", "exact", required=True),
        Column("high", "highest value that the source's print allows", "exact", required=True),
        Column("bound", "how the bounds follow from the print", "code", BOUNDS, required=True),
    ),
    CONTEXT.key,
)

DAC_CODES = Table(
    "dac_codes",
    "OECD DAC purpose codes that the projects may need",
    (
        Column("code", "five digits", "id", required=True),
        Column("name", "name of the code", required=True),
        Column("name_zh", "its name in Chinese, our translation: the list has none", required=True),
        Column("in_list", "the list in which it was read, or `later`", required=True),
        _NOTE,
    ),
    ("code",),
)

DRAFT = Table(
    "draft",
    "what the rules propose for each figure of the page, as the reader found it; to measure the "
    "rules, not to be analysed",
    (
        *map(
            FIGURES.column,
            (
                "start",
                "end",
                "printed",
                "kind",
                "value",
                "unit",
                "bound",
                "measure",
                "subject",
                "donor",
                "period",
            ),
        ),
        Column("grade", "how sure the measure is", "code", DRAFT_GRADES, required=True),
    ),
    ("start", "end"),
)

CLEAN_TABLES: Mapping[str, Table] = MappingProxyType(
    {
        table.name: table
        for table in (FIGURES, PROJECTS, EVENTS, PAIRS, MECHANISMS_TABLE, CONTEXT_CLEAN)
    }
)
RAW_TABLES: Mapping[str, Table] = MappingProxyType(
    {
        table.name: table
        for table in (
            FIGURES_RAW,
            PROJECTS,
            EVENTS,
            PAIRS,
            MECHANISMS_TABLE,
            ADJUDICATION,
            CORRECTIONS,
        )
    }
)
OUTSIDE_TABLES: Mapping[str, Table] = MappingProxyType(
    {table.name: table for table in (CONTEXT, DAC_CODES)}
)

VERDICTS: Codes = MappingProxyType(
    {
        "agrees at face value": Code(
            "the printed numbers, computed as they stand, round to the print", "按原数相符"
        ),
        "agrees only once the rounding is undone": Code(
            "some of the values that the prints allow agree", "还原舍入后方相符"
        ),
        "contradicts": Code("no value that the prints allow agrees", "相互矛盾"),
    }
)
"""What an audit of the page's own arithmetic can say."""

RELATION_KINDS: Codes = _codes(
    sum=("the numbers on the left add up to the one on the right", "合计"),
    at_most=("the numbers on the left add up to at most the one on the right", "不超过"),
    repeat=("the page says the same number twice", "重复"),
    count_of_list=("the printed number on the left is that of the things listed", "列举数"),
    open_list=("at least as many are counted (right) as are named (left)", "举例数"),
    added_share=("added, total: 100 x added / (total - added)", "增幅"),
    share_of_rule=("rule, added, total: rule x total / (total - added)", "由金额推算的比例"),
    raised_rule=("rule, increase: rule x (1 + increase)", "由增幅推算的比例"),
    ratio=("part, whole: 100 x part / whole", "占比"),
    product_range=("number, least each, most each: a product between the two", "乘积范围"),
    years=("the number of years in the period on the left", "年数"),
)
"""Relations between printed numbers that a page implies."""

RELATIONS = Table(
    "relations",
    "one row per relation between printed numbers that the page implies",
    (
        Column("relation_id", "short name", "id", required=True),
        Column("kind", "what the relation says", "code", RELATION_KINDS, required=True),
        Column(
            "left",
            "figures, plain numbers (things that the page lists) or counts of table rows "
            "(`projects:recipient=x,donor=y`), separated by a space",
            required=True,
        ),
        Column("right", "the same; what the left is compared with", required=True),
        Column("note", "why the page implies it; what a plain number counts", required=True),
        Column("note_zh", "the same in Chinese", required=True),
    ),
    ("relation_id",),
)

READINGS = Table(
    "readings",
    "what single figures say under another option of a judgement call",
    (
        Column("switch", "the judgement call", required=True),
        Column("option", "its option, not the default", required=True),
        Column("figure_id", "the figure", "ref", to="figures", required=True),
        Column("measure", "what it measures too; empty: it says nothing", "code", MEASURES),
        Column("reason", "why one may read it so", required=True),
    ),
    ("switch", "option", "figure_id"),
)

RESULTS = Table(
    "results",
    "one row per result of the analyses A to P",
    (
        Column("result_id", "what is computed, for whom, and how", required=True),
        Column("analysis", "letter of the analysis", required=True),
        Column("label", "what it is", required=True),
        Column("label_zh", "what it is, in Chinese", required=True),
        Column("value", "in the unit; a date in ISO form; a verdict in words", "exact"),
        Column("low", "lowest value that the prints allow, rounded down", "exact"),
        Column("high", "highest value that the prints allow, rounded up", "exact"),
        Column("unit", "base unit, or the thing counted; empty for verdicts and pure numbers"),
        Column("state", "how the value came about", "code", STATES, required=True),
        Column("formula", "over ids of figures, facts and other results", required=True),
        Column("figures", "every figure behind it", "refs", to="figures"),
        Column("facts", "every outside fact behind it", "refs", to="context"),
        Column("depends_on", "results that its formula names"),
        Column("note", "what it does not show", required=True),
        Column("bounds_by", "how low and high were found"),
        Column("ci_low", "low end of a confidence interval; no bound of the print", "exact"),
        Column("ci_high", "high end of a confidence interval", "exact"),
        Column("level", "of the confidence interval, such as 0.95", "exact"),
        Column("notebook", "where it is computed, without its number; empty for the library"),
        Column("cell", "id of the cell that records it"),
    ),
    ("result_id",),
)

RESULT_WORDS = Table(
    "results",
    "one row per result that a notebook records: what it is, in words",
    (
        Column("result_id", "what is computed, for whom, and how", required=True),
        Column("analysis", "letter of the analysis", required=True),
        Column("unit", "in which it is stored; empty for verdicts and pure numbers"),
        Column("label", "what it is", required=True),
        Column("label_zh", "what it is, in Chinese", required=True),
        Column("note", "what it does not show", required=True),
    ),
    ("result_id",),
)

SENSITIVITY = Table(
    "sensitivity",
    "one row per result that moves when one judgement call is made otherwise",
    (
        Column("result_id", "the result", required=True),
        Column("switch", "the judgement call", required=True),
        Column("option", "the option taken instead of the default", required=True),
        Column("value", "under the option", "exact"),
        Column("low", "under the option", "exact"),
        Column("high", "under the option", "exact"),
        Column("state", "under the option", "code", STATES, required=True),
        Column("default_value", "under the defaults", "exact"),
        Column("default_low", "under the defaults", "exact"),
        Column("default_high", "under the defaults", "exact"),
        Column("default_state", "under the defaults", "code", STATES, required=True),
        Column("difference", "value less default value; days between dates", "exact"),
        Column("unit", "of the result"),
    ),
    ("result_id", "switch", "option"),
)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The end of an error sentence: the nearest known word, or all of them, or nothing.

    A code is also near when its meaning uses the word.

    Examples
    --------
    >>> did_you_mean("expendture", MEASURES)
    "; did you mean 'expenditure'?"
    >>> did_you_mean("spent", MEASURES)
    "; did you mean 'expenditure'?"
    """
    words = list(known)
    near = difflib.get_close_matches(word, words, n=1, cutoff=0.6)
    codes = {
        name: code.meaning
        for name, code in (known.items() if isinstance(known, Mapping) else ())
        if isinstance(code, Code)
    }
    if not near and word:
        uses = re.compile(rf"\b{re.escape(word)}\b")
        near = [name for name, meaning in codes.items() if uses.search(meaning)]
    if near:
        return f"; did you mean {near[0]!r}?"
    if 0 < len(words) <= 20:
        return "; choose one of " + ", ".join(words)
    return "; the codes are listed in data/README.md" if codes else ""


__all__ = [
    "ADJUDICATION",
    "BOUNDS",
    "CLEAN_TABLES",
    "CONTEXT",
    "CONTEXT_CLEAN",
    "CONTEXT_MEASURES",
    "CORRECTIONS",
    "DAC_CODES",
    "DRAFT",
    "DRAFT_GRADES",
    "EVENTS",
    "EVENT_KINDS",
    "FIGURES",
    "FIGURES_RAW",
    "GRADES",
    "KINDS",
    "KIND_HINTS",
    "LEVELS",
    "MEASURES",
    "MECHANISMS",
    "MECHANISMS_TABLE",
    "MONEY_MEASURES",
    "NUMERALS",
    "NUMERIC_KINDS",
    "OUTSIDE_TABLES",
    "PAIRS",
    "PRECISIONS",
    "PRESENT",
    "PROJECTS",
    "RAW_TABLES",
    "READINGS",
    "REALISED",
    "RELATIONS",
    "RELATION_KINDS",
    "RESULTS",
    "RESULT_WORDS",
    "ROLES",
    "SENSITIVITY",
    "STAGES",
    "STAGE_LEVELS",
    "STATES",
    "STATUSES",
    "UNITS",
    "VERDICTS",
    "VERSION",
    "Code",
    "Codes",
    "Column",
    "Place",
    "Table",
    "did_you_mean",
]
