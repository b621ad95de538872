"""``data/glossary.md``: the Chinese terms of such reports, and the words of this project.

Terms that the codebook has come from its lists, so that a plot, a table and this page use one word;
the others are those of the genre that the notebooks explain.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from aidstudy import codebook
from aidstudy.codebook import Codes
from aidstudy.tables.study import Study

TERMS: Mapping[str, Mapping[str, str]] = {
    "Who and whom": {
        "对口支援": "counterpart aid: a place that is better off is paired with one that is poorer",
        "对口帮扶, 定点帮扶": "help by a unit that was named for it, such as a bank or a bureau",
        "援建": "to aid by building",
        "支援方, 受援方": "donor and recipient",
        "省, 州, 市, 区, 县, 乡": "province, prefecture, city, district, county, township",
        "藏区, 援藏": "Tibetan areas; aid to them",
        "四大家": "the four leading bodies of a county: a name, no count",
    },
    "Money": {
        "元, 万元, 亿元": "yuan (CNY), ten thousand yuan, a hundred million yuan",
        "总投资, 概算总投资": "total cost of a project, estimated; from all sources (`budget`)",
        "援建资金, 援助资金": "the donor's aid money",
        "投入": "to put in: promised or spent, as the sentence says (a judgement call)",
        "到位, 划拨, 拨入": "in place, allocated, paid in: transferred (`disbursement`)",
        "完成投资": "completed investment: spent (`expenditure`)",
        "配套资金": "matching money from higher levels (`matching`)",
        "社会援助资金, 捐助": "gifts from charity and firms (`donation`)",
        "贷款": "a loan (`loan_planned` where it is only intended)",
        "资金专户": "an account of its own for the money",
        "累计": "added up over years",
        "地方公共财政预算收入": "local public budget revenue; a rule takes that of the year before",
    },
    "How exact": {
        "约, 左右, 上下": "about (`about`)",
        "余, 多": "and more (`over`): up to one unit of the last digit that is not nought",
        "近": "nearly (`under`): down by one such unit",
        "以上, 超过, 逾, 至少": "more than, at least (`over`): no upper end",
        "以下, 以内, 不足, 不到": "less than, at most (`under`): no lower end",
        "前, 底前": "before, before the end of: a deadline, which has only its last day",
        "百分点, 倍, 成": "percentage points, times, tenths",
        "个, 名, 人, 次, 期, 项, 批次": "measure words: they say what a number counts",
        "公里, 米, 平方米, 立方米, 亩": "km, m, m², m³; 亩 is two thirds of a thousand m²",
    },
    "How far": {
        "今年, 截止目前": "this year; up to now",
        "规划, 五年规划": "a plan, a five-year plan",
        "初稿, 送审, 审批": "first draft, sent for review, approval",
        "前期工作": "preparatory work",
        "招投标": "tender",
        "启动, 开工": "started, works begun",
        "建成": "built, complete",
        "基本完成": "basically complete: in finalisation, not counted as complete",
        "力争, 拟, 预计": "to strive for, to intend, to expect: planned",
        "下一步": "the next step",
    },
    "People and institutions": {
        "援藏干部": "cadres sent to aid Tibetan areas",
        "挂职, 挂职培训": "secondment; secondment for training",
        "传帮带": "to pass on, help and lead: mentoring",
        "培训": "training",
        "领导小组": "leading group",
        "框架协议": "framework agreement",
        "考核": "assessment with consequences",
    },
}
"""Chinese terms of the genre by subject, with their meaning."""

_WORDS: Mapping[str, str] = {
    "figure": "a number printed on the page, with its place; a drawing is a plot",
    "figure id": "its name in every table, such as `ganzi-020`: report and place in reading order",
    "print": "what stands on the page, digit for digit",
    "bounds, low, high": "what the print allows; no confidence interval",
    "result": "what follows from figures by a formula; `aidstudy.results()` has all",
    "state": "how a number came about: see below",
    "trail": "the way from a result over its formula to characters of the page",
    "judgement call": "a decision that another careful reader might make otherwise; a switch",
    "not reported": "the page does not say; never nought, never guessed",
    "pair": "a county and the government that is paired with it",
    "census": "a count of everything there is, so that no sample was drawn",
}

_HEAD = """# Glossary

Chinese terms of the reports, and words that this project uses in one sense only. Made from the
lists of the library; do not edit it by hand. The [codebook](README.md) has every column and code.
"""

_LISTS: tuple[tuple[str, Codes], ...] = (
    ("What is measured", codebook.MEASURES),
    ("Stages of a project", codebook.STAGES),
    ("Devices of management", codebook.MECHANISMS),
    ("Sorts of donors", codebook.LEVELS),
    ("How a donor helps", codebook.ROLES),
    ("States of a number", codebook.STATES),
    ("Verdicts on the page's arithmetic", codebook.VERDICTS),
)


def glossary_page(study: Study) -> str:
    """The glossary as Markdown, with the places of a study.

    Examples
    --------
    >>> from aidstudy import load_study
    >>> "| 对口支援 |" in glossary_page(load_study())
    True
    """
    parts = [_HEAD]
    for subject, terms in TERMS.items():
        parts.append(_table(subject, ("term", "meaning"), terms.items()))
    parts.append(_table("Words of this project", ("word", "meaning"), _WORDS.items()))
    places = {**study.recipients, **study.donors}.items()
    names = [(f"`{name}`", one.short_zh, one.en) for name, one in places]
    parts.append(_table("Counties and donors", ("short name", "in Chinese", "name"), names))
    for subject, codes in _LISTS:
        rows = [(f"`{code}`", entry.zh or "—", entry.meaning) for code, entry in codes.items()]
        parts.append(_table(subject, ("code", "in Chinese", "meaning"), rows))
    return "\n".join(parts)


def _table(title: str, heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [f"## {title}", "", _line(heads), _line(["---"] * len(heads))]
    return "\n".join([*lines, *(_line(row) for row in rows), ""])


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


__all__ = ["TERMS", "glossary_page"]
