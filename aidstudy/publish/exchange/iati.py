"""An IATI 2.03 activity file of the pairs and projects, for people who have an IATI reader.

It is no publication: the donors report for themselves or not at all, and a copy in the registry
would count their money twice. The file says so wherever a reader may look.

A sum of money becomes a transaction where the page says that it happened and when. It stands in
one activity only, that of its subject; a sum printed for several projects together stands in
their pair. Everything else that the page prints about money is told in the descriptions, in both
languages, and stands in a namespace of its own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from xml.etree import ElementTree as ET

from aidstudy.codebook import MEASURES, ROLES, STAGES, STATUSES
from aidstudy.errors import TableError
from aidstudy.publish.exchange.iati_codes import check_activities
from aidstudy.publish.exchange.markup import Element, sub, xml_bytes
from aidstudy.publish.exchange.sectors import check_sector, latest_list, sector_table
from aidstudy.publish.exchange.source import (
    CREATOR,
    Source,
    StudyOrSource,
    page_sha256,
    source_of,
)
from aidstudy.tables.days import last_day

NAMESPACE = "urn:aidstudy:iati-extension:1"
"""What IATI has no place for: offsets, bounds, the print. The prefix is ``aid``."""

_COUNTRY = "CN"
_UNSPECIFIED = "99810"
_LOCAL_GOVERNMENT = "11"

TRANSACTION_TYPES: Mapping[str, str] = MappingProxyType(
    {"commitment": "2", "disbursement": "3", "expenditure": "4"}
)
"""IATI TransactionType of each measure that says that something happened."""

ORGANISATION_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "city": "11",
        "district": "11",
        "zone": "11",
        "provincial_body": "15",
        "prefecture_body": "15",
        "city_body": "15",
        "state_firm": "15",
        "private_firm": "70",
        "bank": "90",
    }
)
"""IATI OrganisationType of each level; whether a bank is public is not printed, so "other"."""


@dataclass(frozen=True, slots=True)
class Text:
    """The same said in English and in Chinese."""

    en: str
    zh: str

    def __add__(self, other: Text) -> Text:
        return Text(f"{self.en} {other.en}".strip(), self.zh + other.zh)


_NOTHING = Text("", "")

_NOTICE = Text(
    "Not for the IATI Registry: the money would be counted twice. Secondary data, read from a "
    "printed page by people who are neither donor nor recipient.",
    "不得提交至IATI登记处，否则资金会被重复计算。本文件为二手数据，由与援受双方无关的人员据报纸版面整理。",
)
_HOW_TO_READ = Text(
    "A date that is coarser than a day is set to the last day of its period. Bounds are the "
    "lowest and highest value that the print allows, not confidence intervals. Expenditure may "
    "have been paid out of disbursements: never add the two. What has no date on the page, is "
    "planned, or is a total cost of all sources is no transaction; it stands in the descriptions "
    "and in the elements aid:sum. Where the page prints no year, the year is inferred.",
    "粗于日的日期一律取该时段的最后一天。上下限为原文数字所允许的最小值和最大值，不是置信区间。"
    "支出可能出自拨款，二者不可相加。原文未注明日期、属于计划或属于全部来源总投资的金额不作为交易，"
    "列于说明文字和aid:sum元素。原文未印年份者，年份系推断。",
)

_WHY_NOT: Mapping[str, Text] = MappingProxyType(
    {
        "said_again": Text("the page says it a second time", "原文重复提及"),
        "inside": Text("it is part of another sum", "已包含在另一笔金额之中"),
        "total_cost": Text(
            "a total cost of all sources is no flow", "全部来源的总投资不是资金流动"
        ),
        "planned": Text("it is planned, not done", "属于计划，尚未发生"),
        "won": Text(
            "the page does not say whether it was promised or received",
            "原文未说明是承诺还是已到账",
        ),
        "no_flow": Text("what it measures is no flow of aid", "所计内容不是援助资金流动"),
        "undated": Text("the page gives no date for it", "原文未注明日期"),
    }
)

_NEVER: Mapping[str, str] = MappingProxyType(
    {
        "budget": "total_cost",
        "commitment_increment": "inside",
        "loan_planned": "planned",
        "matching": "won",
        "donation": "won",
        "in_kind": "won",
    }
)

# A pair is under way where one of these was counted: it can only be counted after it happened.
_DONE = frozenset(
    {
        "agreements",
        "disbursement",
        "expenditure",
        "in_kind",
        "meetings",
        "mentored",
        "police_deployed",
        "projects_completed",
        "projects_ongoing",
        "projects_started",
        "seconded_in",
        "seconded_out",
        "trainees",
        "trainings",
        "visits",
    }
)

Row = dict[str, str]


def iati_activities(study: StudyOrSource) -> bytes:
    """The pairs and projects of a study as an IATI 2.03 activity file.

    Parameters
    ----------
    study : Study or Source

    Returns
    -------
    bytes
        XML, UTF-8: an activity for each pair (hierarchy 1) and each project (hierarchy 2).
        Transactions are commitments, disbursements and expenditure that happened and are dated.

    Raises
    ------
    TableError
        If a table is not as the codebook says, the file would break the IATI standard, or there
        is neither a pair nor a project.
    CodebookError
        If a sector is not in the newest list of purpose codes.

    Notes
    -----
    IATI 2.03, activity standard. A ``commitment`` of the codebook is broader than a signed
    obligation; each such transaction says so.

    Examples
    --------
    >>> from aidstudy import load_study
    >>> file = iati_activities(load_study()).decode()
    >>> file.count("<iati-activity "), file.count("<transaction ")
    (44, 8)
    """
    file = _File(source_of(study))
    if not file.pairs and not file.projects:
        raise TableError(
            "export iati: the study has neither pairs nor projects, and an IATI file needs an "
            "activity; use another format"
        )
    content = file.content()
    check_activities(content)
    return content


class _File:
    """The file under construction, and the tables by id."""

    def __init__(self, source: Source) -> None:
        self.source, self.study = source, source.study
        self.figures = {row["figure_id"]: row for row in source.table("figures").rows()}
        self.projects = source.table("projects").rows()
        self.pairs = source.table("pairs").rows()
        self.events = source.table("events").rows()
        self.prefix = f"aidstudy-{page_sha256(self.study)[:8]}"
        self.pair_of = {f"{pair['donor']}>{pair['recipient']}": pair for pair in self.pairs}
        happened = {
            name
            for event in self.events
            if event["realised"] == "yes"
            for name in event["figures"].split()
        }
        self.planned = {
            name
            for event in self.events
            if event["realised"] == "planned"
            for name in event["figures"].split()
        } - happened

    def content(self) -> bytes:
        root = ET.Element(
            "iati-activities",
            {
                "version": "2.03",
                "xmlns:aid": NAMESPACE,
                "aid:registry": "no",
                "aid:page-sha256": page_sha256(self.study),
            },
        )
        for pair in self.pairs:
            self._pair(root, pair)
        for project in self.projects:
            self._project(root, project)
        notice = sub(root, "aid:notice")
        _narratives(notice, _NOTICE + _HOW_TO_READ, tag="aid:text")
        self._left_out(root)
        return xml_bytes(root, comment=f" {_NOTICE.en} {_NOTICE.zh} ")

    def _pair(self, root: Element, pair: Row) -> None:
        subject = f"{pair['donor']}>{pair['recipient']}"
        children = [
            project
            for project in self.projects
            if project["recipient"] == pair["recipient"]
            and pair["donor"] in project["donor"].split()
        ]
        figures = [figure for figure in self.figures.values() if figure["subject"] == subject]
        status = "2" if self._under_way(pair, children, figures) else "1"
        recipient, donor = self._recipient(pair["recipient"]), self._donor(pair["donor"])
        role = ROLES[pair["role"]]
        role_en = role.meaning if pair["role"] != "other" else "other"
        activity = self._activity(root, self._pair_id(pair), hierarchy="1", row=pair)
        title = Text(f"{donor.en} and {recipient.en}", f"{donor.zh}与{recipient.zh}")
        _told(sub(activity, "title"), title)
        told = Text(
            f"Donor: {donor.en}. Recipient: {recipient.en}. Role: {role_en}. "
            f"Projects named on the page: {len(children)}.",
            f"援助方：{donor.zh}。受援方：{recipient.zh}。角色：{role.zh}。"
            f"原文点名的项目：{len(children)}个。",
        )
        told += (
            Text("Status: the page reports things done.", "状态：原文报道了已发生的事项。")
            if status == "2"
            else Text(
                "Status: the page reports nothing done yet.", "状态：原文未报道已发生的事项。"
            )
        )
        _told(sub(activity, "description", "", {"type": "1"}), told + _NOTICE)
        money = [figure for figure in figures if figure["kind"] == "money"]
        self._sums(activity, money)
        self._organisation(activity, pair["donor"])
        sub(activity, "activity-status", "", {"code": status})
        self._pair_dates(activity, pair, status)
        self._place(activity, recipient)
        sub(activity, "sector", "", {"vocabulary": "1", "code": _UNSPECIFIED})
        self._transactions(activity, money, recipient)
        for project in children:
            related = {"ref": self._project_id(project), "type": "2"}
            sub(activity, "related-activity", "", related)
        self._own(activity, pair, money)

    def _project(self, root: Element, project: Row) -> None:
        table = sector_table(self.study)
        check_sector(project["sector"], latest_list(table), table=table)
        recipient = self._recipient(project["recipient"])
        donors = [self._donor(slug) for slug in project["donor"].split()]
        activity = self._activity(root, self._project_id(project), hierarchy="2", row=project)
        _told(sub(activity, "title"), Text(project["name_en"], project["name_zh"]))
        stage, status = STAGES[project["stage"]], STATUSES[project["status"]]
        told = Text(
            f"Donor: {', '.join(d.en for d in donors)}. Recipient: {recipient.en}. "
            f"Stage on the page: {stage.meaning}. Status: {status.meaning}.",
            f"援助方：{'、'.join(d.zh for d in donors)}。受援方：{recipient.zh}。"
            f"原文所述阶段：{stage.zh}。状态：{status.zh}。",
        )
        if project["next_step"]:
            told += Text(
                f"Next step: {project['next_step']}.",
                f"下一步：{project['next_step_zh'] or '见英文'}。",
            )
        _told(sub(activity, "description", "", {"type": "1"}), told + _NOTICE)
        own = [
            figure
            for figure in self.figures.values()
            if figure["subject"] == project["project_id"] and figure["kind"] == "money"
        ]
        self._sums(activity, own)
        self._joint_sums(activity, project)
        for slug in project["donor"].split():
            self._organisation(activity, slug)
        sub(activity, "activity-status", "", {"code": project["status"]})
        self._project_date(activity, project)
        self._place(activity, recipient)
        sub(activity, "sector", "", {"vocabulary": "1", "code": project["sector"]})
        self._transactions(activity, own, recipient)
        for slug in project["donor"].split():
            if pair := self.pair_of.get(f"{slug}>{project['recipient']}"):
                sub(activity, "related-activity", "", {"ref": self._pair_id(pair), "type": "1"})
        self._own(activity, project, own)

    def _activity(self, root: Element, name: str, *, hierarchy: str, row: Row) -> Element:
        activity = sub(
            root,
            "iati-activity",
            "",
            {
                "xml:lang": "en",
                "default-currency": "CNY",
                "hierarchy": hierarchy,
                "aid:start": row["start"],
                "aid:end": row["end"],
            },
        )
        sub(activity, "iati-identifier", name)
        reporter = {"ref": "aidstudy", "type": "90", "secondary-reporter": "1"}
        _told(sub(activity, "reporting-org", "", reporter), Text(CREATOR, "aidstudy作者"))
        return activity

    def _organisation(self, activity: Element, slug: str) -> None:
        attributes = {"role": "1"}
        if kind := self._organisation_type(slug):
            attributes["type"] = kind
        _told(sub(activity, "participating-org", "", attributes), self._donor(slug))

    def _place(self, activity: Element, recipient: Text) -> None:
        sub(activity, "recipient-country", "", {"code": _COUNTRY, "percentage": "100"})
        _told(sub(sub(activity, "location"), "name"), recipient)

    def _transactions(self, activity: Element, money: Iterable[Row], recipient: Text) -> None:
        for figure in money:
            if self._why_not(figure):
                continue
            day = _last_day(figure["period"])
            transaction = sub(
                activity, "transaction", "", {"ref": f"{self.prefix}-{figure['figure_id']}"}
            )
            code = TRANSACTION_TYPES[figure["measure"]]
            sub(transaction, "transaction-type", "", {"code": code})
            dated = {"iso-date": day.isoformat(), "aid:printed-period": figure["period"]}
            sub(transaction, "transaction-date", "", dated)
            value = {"currency": figure["unit"], "value-date": day.isoformat()}
            sub(transaction, "value", figure["value"], value | _provenance(figure))
            told = self._sum(figure) + _date_told(figure["period"], day)
            _told(sub(transaction, "description"), told + self._caution(figure))
            for slug in figure["donor"].split()[:1]:
                kind = self._organisation_type(slug)
                provider = sub(transaction, "provider-org", "", {"type": kind} if kind else {})
                _told(provider, self._donor(slug))
            if figure["measure"] != "expenditure":
                receiver = sub(transaction, "receiver-org", "", {"type": _LOCAL_GOVERNMENT})
                _told(receiver, recipient)

    def _sums(self, activity: Element, money: Iterable[Row]) -> None:
        for figure in money:
            if why := self._why_not(figure):
                reason = _WHY_NOT[why]
                told = self._sum(figure) + Text(
                    f"Not a transaction: {reason.en}.", f"不作为交易：{reason.zh}。"
                )
                _told(sub(activity, "description", "", {"type": "4"}), told)

    def _joint_sums(self, activity: Element, project: Row) -> None:
        for column in ("budget", "donor_amount", "expenditure"):
            figure = self.figures.get(project[column])
            if figure is None or figure["subject"] == project["project_id"]:
                continue
            told = self._sum(figure) + Text(
                "Printed for several projects together; it stands in the activity of the pair "
                "and counts once.",
                "原文为几个项目合计，列于结对活动之下，只计一次。",
            )
            _told(sub(activity, "description", "", {"type": "4"}), told)

    def _own(self, activity: Element, row: Row, money: Iterable[Row]) -> None:
        for figure in money:
            if why := self._why_not(figure):
                sub(activity, "aid:sum", figure["value"], self._described(figure, why))
        if row["note"]:
            sub(activity, "aid:note", row["note"], {"xml:lang": "en"})

    def _left_out(self, root: Element) -> None:
        projects = {project["project_id"] for project in self.projects}
        for figure in self.figures.values():
            place = figure["subject"]
            if figure["kind"] == "money" and place not in projects and place not in self.pair_of:
                attributes = self._described(figure, "neither_pair_nor_project")
                sub(root, "aid:sum", figure["value"], attributes)

    def _described(self, figure: Row, why: str) -> dict[str, str]:
        told = {"measure": figure["measure"], "currency": figure["unit"], "why": why}
        if figure["period"]:
            told["printed-period"] = figure["period"]
        return {f"aid:{key}": value for key, value in told.items()} | _provenance(figure)

    def _sum(self, figure: Row) -> Text:
        measure = MEASURES[figure["measure"]]
        low, high = _amount(figure["low"]), _amount(figure["high"])
        bounds = Text(
            f"the print allows {low or 'no lower end'} to {high or 'no upper end'}",
            f"原文精度所允许的范围为{low or '无下限'}至{high or '无上限'}",
        )
        return Text(
            f"{figure['label_en']} ({figure['measure']}: {measure.meaning}): {figure['unit']} "
            f"{_amount(figure['value'])}; {bounds.en}. Printed {figure['printed']}, figure "
            f"{figure['figure_id']}, offsets {figure['start']} to {figure['end']}.",
            f"{measure.zh}：{figure['unit']} {_amount(figure['value'])}；{bounds.zh}。"
            f"原文印作{figure['printed']}，编号{figure['figure_id']}，"
            f"字符位置{figure['start']}至{figure['end']}。",
        )

    def _caution(self, figure: Row) -> Text:
        told = _NOTHING
        if figure["measure"] == "commitment":
            told += Text(
                "Pledged or decided; the page does not say whether it was signed.",
                "已承诺或已确定，原文未说明是否签约。",
            )
        if figure["measure"] == "expenditure":
            told += Text(
                "It may have been paid out of a disbursement: do not add the two.",
                "可能出自已拨款项，二者不可相加。",
            )
            if not figure["donor"]:
                told += Text("The page does not say whose money it is.", "原文未说明资金来源。")
        return told

    def _why_not(self, figure: Row) -> str:
        """Why a sum is no transaction; an empty string when it is one."""
        measure = figure["measure"]
        if figure["same_as"]:
            return "said_again"
        if measure not in TRANSACTION_TYPES:
            return _NEVER.get(measure, "no_flow")
        whole = self.figures.get(figure["part_of"])
        if whole is not None and whole["measure"] == measure:
            return "inside"
        if not figure["period"]:
            return "undated"
        future = _last_day(figure["period"]).year > self.study.year
        return "planned" if future or figure["figure_id"] in self.planned else ""

    def _under_way(self, pair: Row, children: Iterable[Row], figures: Iterable[Row]) -> bool:
        return (
            any(project["status"] in ("2", "3", "4") for project in children)
            or any(figure["measure"] in _DONE for figure in figures)
            or any(
                event["realised"] == "yes"
                and event["recipient"] == pair["recipient"]
                and pair["donor"] in event["donor"].split()
                for event in self.events
            )
        )

    def _pair_dates(self, activity: Element, pair: Row, status: str) -> None:
        events = [
            event
            for event in self.events
            if event["recipient"] == pair["recipient"]
            and pair["donor"] in event["donor"].split()
            and event["start_date"]
        ]
        plans = [event for event in events if event["kind"] == "plan_period"]
        done = [event for event in events if event["realised"] == "yes"]
        if plans:
            first = min(plans, key=lambda event: _last_day(event["start_date"]))
            last = max(plans, key=lambda event: _last_day(event["end_date"]))
            plan = Text("Period of the aid plan.", "援建规划期。")
            _dated(activity, "1", first["start_date"], plan)
            _dated(activity, "3", last["end_date"], plan)
        if done:
            self._first_done(activity, done)
        if not plans and not done:
            self._no_date(activity, "1" if status == "1" else "2")

    def _project_date(self, activity: Element, project: Row) -> None:
        done = [
            event
            for event in self.events
            if project["project_id"] in event["project_id"].split()
            and event["kind"] == "works"
            and event["realised"] == "yes"
            and event["start_date"]
        ]
        if done and project["status"] != "1":
            self._first_done(activity, done)
        else:
            self._no_date(activity, "1" if project["status"] == "1" else "2")

    def _first_done(self, activity: Element, done: Iterable[Row]) -> None:
        first = min(done, key=lambda event: _last_day(_start(event)))
        what = Text(
            f"The first thing done that the page dates: {first['label_en']}. The aid may have "
            "begun earlier.",
            f"原文注明日期的最早事项：{first['label_zh']}。援助可能更早开始。",
        )
        _dated(activity, "2", _start(first), what)

    def _no_date(self, activity: Element, code: str) -> None:
        day = _last_day(str(self.study.year))
        told = Text(
            f"The page prints no start. The standard asks for one, so {day}, the last day of the "
            "year of the reports, stands here.",
            f"原文未印起始日期；因标准要求填写，此处取报道年份的最后一天{day}。",
        )
        attributes = {"type": code, "iso-date": day.isoformat(), "aid:basis": "year-of-reports"}
        _told(sub(activity, "activity-date", "", attributes), told)

    def _pair_id(self, pair: Row) -> str:
        return f"{self.prefix}-{pair['donor']}-{pair['recipient']}"

    def _project_id(self, project: Row) -> str:
        return f"{self.prefix}-{project['project_id']}"

    def _organisation_type(self, slug: str) -> str:
        levels = (pair["level"] for pair in self.pairs if pair["donor"] == slug)
        return next((ORGANISATION_TYPES[level] for level in levels), "")

    def _donor(self, slug: str) -> Text:
        place = self.study.donors[slug]
        return Text(place.en, place.zh)

    def _recipient(self, slug: str) -> Text:
        place = self.study.recipients[slug]
        return Text(place.en, place.zh)


def _told(parent: Element, text: Text) -> None:
    _narratives(parent, text, tag="narrative")


def _narratives(parent: Element, text: Text, *, tag: str) -> None:
    sub(parent, tag, text.en, {"xml:lang": "en"})
    sub(parent, tag, text.zh, {"xml:lang": "zh"})


def _provenance(figure: Row) -> dict[str, str]:
    names = ("low", "high", "bound", "printed", "start", "end")
    told = {"aid:figure": figure["figure_id"]}
    return told | {f"aid:{name}": figure[name] for name in names if figure[name]}


def _dated(activity: Element, code: str, printed: str, what: Text) -> None:
    day = _last_day(printed)
    attributes = {"type": code, "iso-date": day.isoformat(), "aid:printed-period": printed}
    _told(sub(activity, "activity-date", "", attributes), what + _date_told(printed, day))


def _date_told(printed: str, day: dt.date) -> Text:
    if printed == day.isoformat():
        return Text(
            "The day is the one on the page; its year is inferred where the page prints none.",
            "日期如原文；原文未印年份者，年份系推断。",
        )
    return Text(
        f"Date: no finer than {printed}, the year inferred where the page prints none; "
        f"{day} is the last day of that period.",
        f"日期：原文只精确到{printed}，未印年份者系推断；{day}为该时段的最后一天。",
    )


def _start(event: Row) -> str:
    """The period in which an event began; the months of a half-year are not printed."""
    half = event["precision"] == "half_year"
    return f"{event['start_date']}/{event['end_date']}" if half else event["start_date"]


def _last_day(period: str) -> dt.date:
    return last_day(period.split("/")[-1])


def _amount(text: str) -> str:
    """A cell with its thousands parted by a comma, the decimals as they stand."""
    return f"{Decimal(text):,f}" if text else ""


__all__ = ["NAMESPACE", "ORGANISATION_TYPES", "TRANSACTION_TYPES", "iati_activities"]
