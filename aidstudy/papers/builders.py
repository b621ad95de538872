"""The tables that a paper needs, each built from the tables and analyses of a study."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Any

import pandas as pd

from aidstudy.analysis.flows import money_flow
from aidstudy.analysis.ratios import funding_ratios
from aidstudy.analysis.timeline import project_stages
from aidstudy.codebook import (
    LEVELS,
    MEASURES,
    MONEY_MEASURES,
    STAGES,
    STATUSES,
    Codes,
    did_you_mean,
)
from aidstudy.errors import ResultError
from aidstudy.intervals import Interval
from aidstudy.papers.latex_macros import fields, is_number, result_number, result_unit
from aidstudy.papers.model import (
    Cell,
    Column,
    Number,
    PaperTable,
    Unit,
    Words,
    same,
    units,
)
from aidstudy.result import Result
from aidstudy.rounding import Shown, write_number
from aidstudy.tables.load import exact_table
from aidstudy.tables.ordinary import exact_frame
from aidstudy.tables.study import Study

_COUNTY = Column(Words("County", "受援县"))
_DONOR = Column(Words("Donor", "支援方"))
_IDS = Column(Words("Figures", "数字编号"))
_MILLION = units("CNY million")
_JOINT = "‡"
_STATISTICS: Mapping[str, tuple[str, str, Unit]] = MappingProxyType(
    {
        "categories": ("Codes used", "代码数", units("")),
        "commonest": ("Commonest code", "最常见代码占比", units("%")),
        "kappa": ("Cohen's kappa", "科恩 κ", units("")),
        "alpha": ("Krippendorff's alpha", "克里彭多夫 α", units("")),
    }
)


def pairs_table(study: Study) -> PaperTable:
    """One row a pair: what was committed, transferred and spent, projects, other helpers."""
    # Of a study without pairs these tables have no columns either, so their rows are asked.
    flow = exact_frame(money_flow(study)).to_dict("records")
    named = Counter(
        row["recipient"]
        for row in exact_frame(project_stages(study)).to_dict("records")
        if row["project_id"] is not None
    )
    helpers = exact_table("pairs", study).query("role != 'paired_government'")["recipient"]
    levels = exact_table("pairs", study).set_index(["donor", "recipient"])["level"]
    rows: list[tuple[Cell, ...]] = []
    pairs: dict[tuple[str, str], dict[str, dict[str, Any]]] = {}
    for row in flow:
        if row["realised"] == "yes":
            pairs.setdefault((row["recipient"], row["donor"]), {})[row["step"]] = row
    for (recipient, donor), by_step in pairs.items():
        money = [by_step[step] for step in ("commitment", "disbursement", "expenditure")]
        rows.append(
            (
                _county(by_step["commitment"]),
                _donor(by_step["commitment"]),
                _code(levels[donor, recipient], LEVELS, meaning=True),
                *(_number(row) for row in money),
                Number.exactly(named[recipient]),
                Number.exactly(int((helpers == recipient).sum())),
                _ids(row["figures"] for row in money),
            )
        )
    return PaperTable(
        "pairs",
        Words(
            f"The pairs of counties and donor governments, {study.year}",
            f"结对支援概况（{study.year}年）",
        ),
        (
            _COUNTY,
            _DONOR,
            Column(Words("Level of donor", "支援方层级")),
            Column(Words("Committed", "承诺资金"), _MILLION, "right"),
            Column(Words("Transferred", "到位资金"), _MILLION, "right"),
            Column(Words("Spent", "完成投资"), _MILLION, "right"),
            Column(Words("Named projects", "列名项目"), align="right"),
            Column(Words("Other helpers", "其他帮扶单位"), align="right"),
            _IDS,
        ),
        tuple(rows),
        (
            Words(
                "A commitment is derived where the page prints only a sum as transferred in full.",
                "原文仅称资金已全额到位者，承诺资金按同额推算。",
            ),
            Words(
                "Spending is printed for all sources together where others gave as well.",
                "有其他资金来源者，完成投资包括全部来源。",
            ),
        ),
    )


def figures_table(study: Study) -> PaperTable:
    """How many figures each report prints, by measure."""
    figures = exact_table("figures", study)
    own = figures[figures["article"] != "page"]
    counts = own.groupby(["measure", "article"], observed=True).size()
    exact = own[own["bound"] == "exact"].groupby("measure", observed=True).size()
    rows: list[tuple[Cell, ...]] = []
    for measure in MEASURES:
        by_county = [int(counts.get((measure, recipient), 0)) for recipient in study.recipients]
        if not any(by_county):
            continue
        total = sum(by_county)
        rows.append(
            (
                Words(measure.replace("_", " "), MEASURES[measure].zh),
                *(Number.exactly(count) for count in by_county),
                Number.exactly(total),
                Number.exactly(total - int(exact.get(measure, 0))),
            )
        )
    furniture = len(figures) - len(own)
    repeats = int(own["same_as"].notna().sum())
    return PaperTable(
        "figures",
        Words("Printed figures by measure and county", "各县报道所载数字（按指标）"),
        (
            Column(Words("Measure", "指标")),
            *(
                Column(Words(place.short_en, place.short_zh), align="right")
                for place in study.recipients.values()
            ),
            Column(Words("All", "合计"), align="right"),
            Column(Words("Not exact", "非精确"), align="right"),
        ),
        tuple(rows),
        (
            Words(
                "Not exact: the print rounds the figure or qualifies it (about, over, under).",
                "非精确：原文数字经四舍五入，或带约、余、近等字。",
            ),
            Words(
                f"Left out: {furniture} of the page itself, such as a telephone number. "
                f"Counted: {repeats} that repeat another.",
                f"未计入版面本身的数字{furniture}个；计入重复出现的数字{repeats}个。",
            ),
        ),
    )


def money_table(study: Study) -> PaperTable:
    """Every sum of money by measure, as printed and as read."""
    figures = exact_table("figures", study)
    money = figures[figures["measure"].isin(MONEY_MEASURES) & figures["same_as"].isna()]
    order = {measure: place for place, measure in enumerate(MONEY_MEASURES)}
    money = money.sort_values("measure", key=lambda column: column.map(order), kind="stable")
    rows: list[tuple[Cell, ...]] = []
    for row in money.to_dict("records"):
        place = study.recipients[row["article"]]
        rows.append(
            (
                _code(row["measure"], MEASURES),
                Words(place.short_en, place.short_zh),
                same(row["label_en"]),
                same(row["printed"]),
                Number(row["value"], row["low"], row["high"], "printed"),
                Number(None, state="not_reported")
                if pd.isna(row["period"])
                else same(row["period"]),
                same(row["figure_id"]),
            )
        )
    return PaperTable(
        "money",
        Words("Sums of money by measure, as printed and as read", "资金数字（按指标）"),
        (
            Column(Words("Measure", "指标")),
            Column(Words("County", "受援县")),
            Column(Words("What it is", "含义"), langs=("en",)),
            Column(Words("As printed", "原文")),
            Column(Words("Amount", "金额"), _MILLION, "right"),
            Column(Words("Period", "所属时期")),
            Column(Words("Figure", "数字编号")),
        ),
        tuple(rows),
        (
            Words(
                "Each sum stands once; sums overlap, and their total means nothing.",
                "每笔金额只列一次；各项互有重叠，不可加总。",
            ),
        ),
    )


def ratios_table(study: Study) -> PaperTable:
    """Aid of the year, its share of the donor's revenue, and the revenue implied."""
    rows: list[tuple[Cell, ...]] = []
    columns = ("aid", "ratio", "rule", "rule_amount", "added", "revenue")
    for row in exact_frame(funding_ratios(study)).to_dict("records"):
        ids = [row[f"{column}_figures"] for column in columns]
        numbers = [_number(row, column) for column in columns]
        rows.append((_county(row), _donor(row), *numbers, _ids(ids)))
    return PaperTable(
        "ratios",
        Words(
            f"Aid of {study.year}, the rule, and the donor's revenue that they imply",
            f"{study.year}年援助、规定比例与由此推算的支援方财政收入",
        ),
        (
            _COUNTY,
            _DONOR,
            Column(Words("Aid", "援助资金"), _MILLION, "right"),
            Column(Words("Share of revenue", "占财政收入比例"), units("%"), "right"),
            Column(Words("Rule", "规定比例"), units("%"), "right"),
            Column(Words("By the rule", "规定金额"), _MILLION, "right"),
            Column(Words("Added", "额外增加"), _MILLION, "right"),
            Column(Words("Revenue implied", "推算财政收入"), units("CNY bn"), "right"),
            _IDS,
        ),
        tuple(rows),
        (
            Words(
                "Revenue with a dagger would be true if the whole sum were exactly the rule; "
                "without a dagger it follows from the part that the page assigns to the rule.",
                "带†的财政收入以全部援助恰为规定比例为前提；其余由原文所载规定部分推算。",
            ),
            Words(
                "The rule is exact, so it has no bounds; it is taken to hold for every donor.",
                "规定比例为确定值，没有范围；设其适用于各支援方。",
            ),
        ),
    )


def projects_table(study: Study) -> PaperTable:
    """Every named project with sector, status, stage and the money printed for it."""
    projects = exact_table("projects", study).set_index("project_id")
    names = exact_table("dac_codes", study).set_index("code")["name"]
    rows: list[tuple[Cell, ...]] = []
    for row in exact_frame(project_stages(study)).to_dict("records"):
        stage = not_reported() if row["stage"] is None else _code(row["stage"], STAGES)
        if row["project_id"] is None:
            count = row["count"]
            counted = (
                _county(row),
                Words(f"{count} not named", f"未列名项目{count}个"),
                _donor(row),
                not_reported(),
                not_reported(),
                stage,
                not_reported(),
                not_applicable(),
                same(row["count_figures"]),
            )
            rows.append(counted)
            continue
        sector = projects.at[row["project_id"], "sector"]
        kind = row["amount_kind"]
        rows.append(
            (
                _county(row),
                Words(row["name_en"], row["name_zh"]),
                _donors(study, projects.at[row["project_id"], "donor"]),
                Words(f"{sector} {names[sector]}", sector),
                same(row["status"]),
                stage,
                _number(row, "amount", _JOINT if row["amount_joint"] else ""),
                not_applicable() if kind is None else _code(kind, MEASURES),
                same(" ".join([row["project_id"], *row["amount_figures"].split()])),
            )
        )
    return PaperTable(
        "projects",
        Words("Projects, how far they have come, and their money", "项目、进度与资金"),
        (
            _COUNTY,
            Column(Words("Project", "项目")),
            Column(Words("Donor", "支援方")),
            Column(Words("Sector", "部门代码")),
            Column(Words("Status", "状态")),
            Column(Words("Stage", "阶段")),
            Column(Words("Amount", "金额"), _MILLION, "right"),
            Column(Words("Kind of sum", "金额性质")),
            Column(Words("Project, figure", "项目与数字编号")),
        ),
        tuple(rows),
        (
            Words(
                f"{_JOINT} one sum printed for several projects together; it counts once.",
                f"{_JOINT} 原文为数个项目合并刊载的一笔金额，只计一次。",
            ),
            Words(
                "Sector: purpose code of the OECD DAC.",
                "部门代码为经合组织发展援助委员会（OECD DAC）用途代码。",
            ),
            Words(
                f"Status: IATI activity status, {_list_of(STATUSES)}.",
                f"状态：IATI活动状态，{_list_of(STATUSES, zh=True)}。",
            ),
        ),
    )


def results_table(study: Study, analysis: str = "") -> PaperTable:
    """Every result with its value, bounds and note; those of one analysis by its letter.

    Raises
    ------
    ResultError
        If no analysis has that letter.
    """
    from aidstudy.analysis import results

    found = results(study)
    letters = list(dict.fromkeys(result.analysis for result in found))
    letter = analysis.upper()
    if letter and letter not in letters:
        raise ResultError(f"analysis {analysis!r}: no results{did_you_mean(letter, letters)}")
    shown = [result for result in found if letter in ("", result.analysis)]
    row_units = tuple(result_unit(result) for result in shown)
    rows = tuple(
        (
            *([] if letter else [same(result.analysis)]),
            Words(result.label, result.label_zh),
            _result(result),
            Words(unit.en, unit.zh),
            same(result.note),
            same(result.result_id),
        )
        for result, unit in zip(shown, row_units, strict=True)
    )
    return PaperTable(
        f"results-{letter.lower()}" if letter else "results",
        Words(
            f"Results of analysis {letter}" if letter else "Results",
            f"分析{letter}的结果" if letter else "结果",
        ),
        (
            *([] if letter else [Column(Words("Analysis", "分析"))]),
            Column(Words("Result", "结果")),
            Column(Words("Value", "数值"), align="right"),
            Column(Words("Unit", "单位")),
            Column(Words("What it does not show", "说明"), langs=("en",)),
            Column(Words("Name", "名称")),
        ),
        rows,
        row_units=row_units,
    )


def agreement_table(study: Study) -> PaperTable:
    """How far the two codings agree, by table and column, with the counts that kappa hides."""
    from aidstudy.analysis.reliability import coding_agreement
    from aidstudy.papers.coded import CODED_COLUMNS, CODED_TABLES

    rows: list[tuple[Cell, ...]] = []
    before = ""
    for row in coding_agreement(study).to_dict("records"):
        name, both, either = _named(CODED_TABLES, row["table"]), row["both"], row["either"]
        if row["table"] != before:
            words = Words("row in both codings", "两份编码均有的行")
            share = Number.exactly(Fraction(100 * both, either))
            none = [not_applicable()] * (len(_STATISTICS) + len(_WITH_INTERVAL))
            rows.append((name, words, Number.exactly(either), share, *none))
            before = row["table"]
        rows.append(
            (
                name,
                _named(CODED_COLUMNS, row["column"]),
                Number.exactly(both),
                *(_number(row, one) for one in ("agreement", *_STATISTICS)),
                *(_ends(row, one) for one in _WITH_INTERVAL),
            )
        )
    return PaperTable(
        "agreement",
        Words("Agreement of the two codings", "两份编码的一致程度"),
        (
            Column(Words("Table", "表")),
            Column(Words("Column", "列")),
            Column(Words("Compared", "比较数"), align="right"),
            Column(Words("Agreement", "一致率"), units("%"), "right"),
            *(Column(Words(en, zh), unit, "right") for en, zh, unit in _STATISTICS.values()),
            *(
                Column(Words(f"{name}, 95% interval", f"{name} 95% 区间"), align="right")
                for name in _WITH_INTERVAL.values()
            ),
        ),
        tuple(rows),
        (
            *_coders(study),
            Words(
                "Two coders worked on the whole page apart. Where one code is by far the "
                "commonest, kappa and alpha can be near zero although nearly all cells agree. "
                "An interval says how far a coefficient would move with other rows; it is not "
                "what the print allows, and says nothing of other coders.",
                "两份编码分别独立完成。若某一代码占绝大多数，"
                "即使几乎全部一致，κ 与 α 也可能接近零。区间所示为换用其他行时系数的变动，"
                "不是原文所容许的范围，也不涉及其他编码者。",
            ),
        ),
    )


_WITH_INTERVAL = {"kappa": "κ", "alpha": "α"}


def _ends(row: Mapping[str, Any], name: str) -> Cell:
    """A sampling interval in words, as brackets behind a number are what the print allows."""
    low, high = (row[f"{name}_{end}"] for end in ("ci_low", "ci_high"))
    if low is None or high is None:
        return not_applicable()
    first, last = (write_number(Shown(end, Interval.exactly(end))).value for end in (low, high))
    return Words(f"{first} to {last}", f"{first}至{last}")


def _coders(study: Study) -> tuple[Words, ...]:
    told = study.codings
    if not told:
        return ()
    return (Words(f"The coders: {told['coders']}.", f"编码者：{told['coders_zh']}。"),)


def _result(result: Result) -> Cell:
    """The cell of a result: its number, or the words of one that is a date or a verdict."""
    if is_number(result):
        return result_number(result)
    return Words(fields(result, "en")["Full"], fields(result, "zh")["Full"])


def not_reported() -> Number:
    """The cell of what the page does not say."""
    return Number(None, state="not_reported")


def not_applicable() -> Number:
    """The cell of a question that does not arise."""
    return Number(None, state="not_applicable")


def _county(row: Mapping[str, Any]) -> Words:
    return Words(row["recipient_en"], row["recipient_zh"])


def _donor(row: Mapping[str, Any]) -> Words:
    return Words(row["donor_en"], row["donor_zh"])


def _donors(study: Study, slugs: str) -> Words:
    places = [study.donors[slug] for slug in slugs.split()]
    return Words(
        ", ".join(place.short_en for place in places), "、".join(p.short_zh for p in places)
    )


def _code(code: str, codes: Codes, *, meaning: bool = False) -> Words:
    """A code of a closed list in words; its meaning where that is a name."""
    return Words(codes[code].meaning if meaning else code.replace("_", " "), codes[code].zh)


def _list_of(codes: Codes, *, zh: bool = False) -> str:
    """Codes with their meanings, cut where an explanation begins."""
    if zh:
        return "，".join(f"{name} {code.zh}" for name, code in codes.items())
    return ", ".join(f"{name} {code.meaning.partition(':')[0]}" for name, code in codes.items())


def _number(row: Mapping[str, Any], prefix: str = "", mark: str = "") -> Number:
    """The number that a table of an analysis holds under a prefix."""
    start = f"{prefix}_" if prefix else ""
    value, low, high = row[prefix or "value"], row[f"{start}low"], row[f"{start}high"]
    return Number(value, low, high, row[f"{start}state"], mark)


def _named(names: Mapping[str, tuple[str, str]], code: str) -> Words:
    """A code by its name in both languages; as it is where it has none."""
    return Words(*names[code]) if code in names else same(code)


def _ids(cells: Iterable[str]) -> Words:
    """Figure ids of several cells, each once."""
    return same(" ".join(dict.fromkeys(" ".join(cells).split())))


BUILDERS: Mapping[str, Callable[[Study], PaperTable]] = MappingProxyType(
    {
        "pairs": pairs_table,
        "figures": figures_table,
        "money": money_table,
        "ratios": ratios_table,
        "projects": projects_table,
        "results": results_table,
        "agreement": agreement_table,
    }
)
"""The tables by name, in the order in which a paper shows them."""
