"""From promise to spending: what was committed, transferred and spent."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from aidstudy.analysis.desk import NAMES, Desk, Pair, names
from aidstudy.analysis.ratios import commitment, payments, rule_amount
from aidstudy.analysis.switches import DELIVERED, SPENDING_SOURCE
from aidstudy.result import Term
from aidstudy.tables.days import last_day
from aidstudy.tables.load import StudyLike
from aidstudy.tables.ordinary import LONG, frame, long_cells, money, shown

CLOSED = "4"


def disbursement(desk: Desk, pair: Pair) -> Term:
    """What a donor transferred for the year; sums that belong to one project stay out."""
    return desk.total(payments(desk, pair))


def spending(desk: Desk, pair: Pair) -> Term:
    """What was spent on the aid of a pair: printed for the pair or for its projects.

    Where the donor's own spending is printed it stands alone; else all that was spent.
    """
    projects = desk.projects_of(pair)
    subjects = [pair.subject, *(project["project_id"] for project in projects)]
    own = _own_spending(desk, pair, subjects)
    if own:
        return desk.total(own)
    spent = [term for s in subjects for term in desk.find("expenditure", subject=s)]
    if desk.chosen(DELIVERED.name) == "spent":
        spent += [
            desk.figure(project["budget"])
            for project in projects
            if project["status"] == CLOSED and project["budget"] and not project["expenditure"]
        ]
    return desk.total(spent)


def _own_spending(desk: Desk, pair: Pair, subjects: list[str]) -> list[Term]:
    return [t for s in subjects for t in desk.find("expenditure", subject=s, donor=pair.donor)]


def least_from_donor(desk: Desk, pair: Pair) -> Term:
    """What remains of the spending when all that others are printed to give was spent too."""
    if _own_spending(desk, pair, [pair.subject]):
        return Term.missing("not_applicable")
    return (spending(desk, pair) - others_money(desk, pair)).as_state("hypothetical")


def expenditure(desk: Desk, pair: Pair) -> Term:
    """The spending of a pair as the judgement call on its source reads it."""
    least = least_from_donor(desk, pair)
    chosen = desk.chosen(SPENDING_SOURCE.name)
    return least if chosen == "others_first" and least.known else spending(desk, pair)


def others_money(desk: Desk, pair: Pair) -> Term:
    """Matching money and donations beside the donor's own."""
    return desk.total(
        term for m in ("matching", "donation") for term in desk.find(m, subject=pair.subject)
    )


def money_flow(study: StudyLike = None, **choices: str) -> pd.DataFrame:
    """Committed, disbursed and spent, for each pair.

    Parameters
    ----------
    study : Study or path, optional
    **choices : str
        Judgement calls, such as ``paid_in_full="leave"``.

    Returns
    -------
    pandas.DataFrame
        Long: one row for each pair and ``step`` (``commitment``, ``disbursement``,
        ``expenditure``) with its ``quantity`` in CNY million. A transfer that
        is announced is a step of its own, ``disbursement_planned``, with ``realised`` =
        ``planned`` and the last day in ``due``. ``expenditure_least_donor`` is what remains of
        the spending when all that others gave was spent too.

    Raises
    ------
    FileError, TableError
        If a stored table is missing, or breaks the codebook.
    ResultError
        If a choice names no judgement call, or an option that it does not have.

    Examples
    --------
    >>> flow = money_flow()
    >>> flow.query("recipient == 'xinlong' and step == 'expenditure'")["quantity"].item()
    2.30 [2.29, 2.31] CNY million
    """
    desk = Desk(study, choices)
    rows: list[dict[str, object]] = []
    for pair in desk.pairs:
        committed, spent = commitment(desk, pair), expenditure(desk, pair)
        inferred = committed.state == "derived"
        rows.append(
            _row(
                desk,
                pair,
                "commitment",
                committed,
                _inferred_note(desk, committed) if inferred else ("", ""),
            )
        )
        rows.append(_row(desk, pair, "disbursement", disbursement(desk, pair), ("", "")))
        for event in _announced(desk, pair).itertuples():
            day = last_day(event.end_date)
            rows.append(
                _row(
                    desk,
                    pair,
                    "disbursement_planned",
                    committed.as_state("hypothetical"),
                    ("hoped for by the last day of the month", "力争月底前全部到位"),
                )
                | {"realised": "planned", "due": day}
            )
        least = least_from_donor(desk, pair)
        own = bool(_own_spending(desk, pair, [pair.subject]))
        note = _own_note(desk, spent) if own else SOURCE_NOT_PRINTED if spent.known else ("", "")
        rows.append(_row(desk, pair, "expenditure", spent, note))
        if least.known:
            rows.append(
                _row(
                    desk,
                    pair,
                    "expenditure_least_donor",
                    least,
                    (
                        "at least this came from the donor, if matching money and donations "
                        "are the only other money",
                        "若其他资金仅为配套与捐助，则至少来自支援方",
                    ),
                )
            )
    return frame(rows, _FLOW_COLUMNS)


_FLOW_COLUMNS = {
    **NAMES,
    "step": (
        "commitment",
        "disbursement",
        "disbursement_planned",
        "expenditure",
        "expenditure_least_donor",
    ),
    **LONG,
    "realised": "text",
    "due": "day",
    "note_en": "text",
    "note_zh": "text",
}

SOURCE_NOT_PRINTED = ("source not printed", "资金来源未载明")
"""Note of a spending that no giver is printed for."""


def _own_note(desk: Desk, spent: Term) -> tuple[str, str]:
    """What the page leaves open about spending that has the donor for its giver."""
    rows = [desk.rows[leaf.id] for leaf in spent.leaves().values()]
    told = []
    if any("running subject" in (row["note"] or "") for row in rows):
        told.append(("giver is the running subject only", "支援方仅为承前主语"))
    if any(row["part_of"] is None for row in rows):
        told.append(("not said to be part of what was disbursed", "未言明出自已到位资金"))
    return "; ".join(en for en, _ in told), "；".join(zh for _, zh in told)


def _inferred_note(desk: Desk, committed: Term) -> tuple[str, str]:
    ids = [leaf.id for leaf in committed.leaves().values()]
    if desk.figures.loc[ids, "period"].isna().any():
        return (
            "inferred: printed as paid in full; no year printed",
            "推断：原文称已全额到位，未载年份",
        )
    return "inferred: printed as paid in full", "推断：原文称已全额到位"


def _announced(desk: Desk, pair: Pair) -> pd.DataFrame:
    events = desk.events
    return events[
        (events["recipient"] == pair.recipient)
        & (events["kind"] == "disbursement")
        & (events["realised"] == "planned")
    ]


def _row(desk: Desk, pair: Pair, step: str, term: Term, note: tuple[str, str]) -> dict[str, object]:
    return (
        names(desk.study, pair.recipient, pair.donor)
        | {"step": step}
        | long_cells(money(term))
        | {"realised": "yes", "due": None, "note_en": note[0], "note_zh": note[1]}
    )


# --- results ------------------------------------------------------------------------------------

SHARES = {
    "paid_of_committed": ("paid", "committed", "disbursed of committed", "到位占承诺"),
    "spent_of_committed": ("spent", "committed", "spent of committed", "完成投资占承诺"),
    "spent_of_paid": ("spent", "paid", "spent of disbursed", "完成投资占到位"),
}
"""Shares between the steps: numerator, denominator, and what they are called."""


def sum_results(desk: Desk) -> None:
    """What each pair committed, paid and spent, as far as the page says."""
    for pair in desk.pairs:
        who = desk.names_of(pair)
        for name, term, en, zh, note in (
            (
                "committed",
                commitment(desk, pair),
                "committed for the year",
                "年度承诺",
                "derived where the page prints only that a sum was paid in full",
            ),
            (
                "paid",
                disbursement(desk, pair),
                "disbursed",
                "到位",
                "transferred is not yet spent; not said when",
            ),
            (
                "spent",
                expenditure(desk, pair),
                "spent",
                "完成投资",
                "source of the money often not printed; may be more than the donor's",
            ),
            (
                "spent_least_donor",
                least_from_donor(desk, pair),
                "the least that the donor paid of what was spent",
                "完成投资中支援方至少出资",
                "supposes that matching money and donations were the only other money, spent first",
            ),
        ):
            desk.give(
                f"{name}.{pair.recipient}",
                term,
                label=f"{who.donor_en} for {who.en}: {en}",
                label_zh=f"{who.donor_zh}支援{who.zh}：{zh}",
                unit="CNY",
                note=note,
            )


def step_results(desk: Desk) -> None:
    """Shares between promise, transfer and spending, for each pair and pooled."""
    for name, (above, below, en, zh) in SHARES.items():
        both: list[tuple[Term, Term]] = []
        for pair in desk.pairs:
            top, bottom = (desk.result(f"{part}.{pair.recipient}") for part in (above, below))
            who = desk.names_of(pair)
            twice = top.known and bottom.known and top.leaves() == bottom.leaves()
            desk.give(
                f"{name}.{pair.recipient}",
                (top / bottom).percent(),
                label=f"{who.en}: {en}",
                label_zh=f"{who.zh}：{zh}",
                unit="%",
                note="one printed number said twice, so it is 100% by construction"
                if twice
                else "sources and dates of the two sums may differ; no verdict of delay",
            )
            if top.known and bottom.known:
                both.append((top, bottom))
        _pooled(desk, name, en, zh, both)


def _pooled(desk: Desk, name: str, en: str, zh: str, both: list[tuple[Term, Term]]) -> None:
    apart = [(top, bottom) for top, bottom in both if top.leaves() != bottom.leaves()]
    shares = [(top / bottom).percent() for top, bottom in both]
    for kind, term, words, words_zh, unit in (
        (
            "pairs",
            Term.number(len(both), "pairs with both sums"),
            "pairs with both sums",
            "两数俱全的对数",
            "pair",
        ),
        ("pooled", _pool(both), "pooled over the pairs with both sums", "两数俱全各对合计", "%"),
        (
            "pooled_two_numbers",
            _pool(apart),
            "pooled where the two are two different printed sums",
            "两数为不同原数的各对合计",
            "%",
        ),
        (
            "mean",
            Term.sum(shares) / len(shares) if shares else Term.missing(),
            "mean of the pairs, unweighted",
            "各对简单平均",
            "%",
        ),
    ):
        desk.give(
            f"{name}.{kind}",
            term,
            label=f"{en[0].upper()}{en[1:]}: {words}",
            label_zh=f"{zh}：{words_zh}",
            unit=unit,
            note="only the pairs that print both, which are not a sample of anything",
        )


def _pool(both: list[tuple[Term, Term]]) -> Term:
    return (Term.sum(top for top, _ in both) / Term.sum(bottom for _, bottom in both)).percent()


LADDER = (
    ("printed_only", "only pairs whose commitment is printed", "仅承诺额为原文所载者"),
    (
        "with_derived",
        "and pairs whose commitment is derived from the payment",
        "加上由到位推断承诺者",
    ),
    ("missing_nothing", "and the rest at nothing", "其余按零"),
    ("missing_lowest", "and the rest at the lowest share that is printed", "其余按已知最低比例"),
    ("missing_everything", "and the rest in full", "其余按全额"),
)


def ladder_results(desk: Desk) -> None:
    """All pairs: worst-case bounds, then what each assumption on the missing ones makes of it."""
    for name, (step, en, zh) in {
        "paid": ("paid", "disbursed of committed", "到位占承诺"),
        "spent": ("spent", "spent of committed", "完成投资占承诺"),
    }.items():
        committed = [desk.result(f"committed.{pair.recipient}") for pair in desk.pairs]
        given = [desk.result(f"{step}.{pair.recipient}") for pair in desk.pairs]
        rungs = _rungs(committed, given)
        for number, (rung, words, words_zh) in enumerate(LADDER, 1):
            desk.give(
                f"{name}_ladder.{number}_{rung}",
                rungs[rung],
                label=f"All pairs, {en}: {words}",
                label_zh=f"各对合计{zh}：{words_zh}",
                unit="%",
                note="an assumption about what is not printed, no finding",
            )
        desk.give(
            f"{name}_worst_case",
            Term.between(rungs["missing_nothing"], rungs["missing_everything"]).as_state(
                "bounds_only"
            ),
            label=f"All pairs, {en}: what is possible",
            label_zh=f"各对合计{zh}：可能范围",
            unit="%",
            note="missing sums from nothing to the whole commitment; where others pay too, more "
            "than the commitment may be spent",
        )


def _rungs(committed: list[Term], given: list[Term]) -> dict[str, Term]:
    rows = list(zip(given, committed, strict=True))
    known = [(g, c) for g, c in rows if g.known and c.known]
    printed = [(g, c) for g, c in known if c.state == "printed"]
    rest = [c for g, c in rows if not g.known]
    whole = Term.sum(committed)
    parts = [g for g, _ in rows if g.known]
    lowest = min((g / c for g, c in known), key=lambda t: t.value or 0, default=Term.missing())

    def share(*more: Term) -> Term:
        return (Term.sum([*parts, *more]) / whole).percent().as_state("hypothetical")

    return {
        "printed_only": _pool(printed),
        "with_derived": _pool(known),
        "missing_nothing": share(),
        "missing_lowest": share(*(c * lowest for c in rest)),
        "missing_everything": share(*rest),
    }


def pipeline_results(desk: Desk) -> None:
    """What was promised and not yet paid, paid and not yet spent, promised and not yet spent."""
    for pair in desk.pairs:
        who = desk.names_of(pair)
        for name, more, less, en, zh in (
            ("unpaid", "committed", "paid", "committed and not disbursed", "已承诺未到位"),
            ("paid_unspent", "paid", "spent", "disbursed and not spent", "已到位未完成投资"),
            ("unspent", "committed", "spent", "committed and not spent", "已承诺未完成投资"),
        ):
            rest = desk.result(f"{more}.{pair.recipient}") - desk.result(f"{less}.{pair.recipient}")
            note = (
                "at the unknown date of the report; the sums may be from different dates and "
                "sources"
            )
            if less == "spent":
                note += (
                    "; where spending has no printed source, or is not said to come from the sum "
                    "above it, the difference is no donor's unspent money"
                )
            desk.give(
                f"pipeline.{name}.{pair.recipient}",
                rest,
                label=f"{who.en}: {en}",
                label_zh=f"{who.zh}：{zh}",
                unit="CNY",
                note=note,
            )


@dataclass(frozen=True, slots=True)
class Denominator:
    """One sum over which a spending may be taken, and what is in it.

    Parameters
    ----------
    name, en, zh : str
    donor, matching, donations : Term
        Its parts; not applicable where it leaves one out.
    whole : Term
        All parts together; not reported when one that belongs to it is not.
    """

    name: str
    en: str
    zh: str
    donor: Term
    matching: Term
    donations: Term
    whole: Term

    @property
    def in_full(self) -> tuple[str, str]:
        """Its name in English and Chinese where no bar beside it shows the donor's sum."""
        if self.name.startswith("with_"):
            return f"the donor's sum {self.en}", f"支援总额{self.zh}"
        return self.en, self.zh

    def share(self, spent: Term) -> Term:
        """The spending over it, in per cent."""
        return (spent / self.whole).percent()


def _denominators(desk: Desk, pair: Pair) -> list[Denominator]:
    """Every denominator that the page offers for the spending of a pair; none if one is missing."""
    total = commitment(desk, pair)
    matching, gifts = (
        desk.total(desk.find(part, subject=pair.subject)) for part in ("matching", "donation")
    )
    if not (spending(desk, pair).known and total.known and matching.known and gifts.known):
        return []
    no, required = Term.missing("not_applicable"), rule_amount(desk, pair)
    return [
        Denominator(
            *words, *parts, desk.total(part for part in parts if part.state != "not_applicable")
        )
        for words, parts in (
            (("rule_amount", "what the rule asks for", "规定金额"), (required, no, no)),
            (("commitment", "the donor's sum", "支援总额"), (total, no, no)),
            (("with_matching", "with matching money", "加上级配套"), (total, matching, no)),
            (("with_donations", "with donations", "加社会捐助"), (total, no, gifts)),
            (("all", "all money that is printed", "所载全部资金"), (total, matching, gifts)),
        )
    ]


def _impossible(share: Term) -> bool:
    """Whether more was spent than there is, if the money of the denominator was the only money."""
    return share.value is not None and share.value > 100


def denominators(study: StudyLike = None, **choices: str) -> pd.DataFrame:
    """One spending over every denominator that the page offers for it.

    Parameters
    ----------
    study : Study or path, optional
    **choices : str
        Judgement calls, such as ``paid_in_full="leave"``.

    Returns
    -------
    pandas.DataFrame
        One row for each county that prints every part, and ``denominator``: the share under
        ``quantity`` in per cent; ``whole``, ``from_donor``, ``from_matching``,
        ``from_donations`` and ``spent`` in CNY million; ``excess``, what was spent beyond an
        impossible denominator, not applicable elsewhere; ``impossible``.

    Examples
    --------
    >>> denominators().query("impossible")["denominator"].tolist()
    ['rule_amount']
    """
    desk = Desk(study, choices)
    rows = []
    for pair in desk.pairs:
        spent = spending(desk, pair)
        for below in _denominators(desk, pair):
            share = below.share(spent)
            impossible = _impossible(share)
            excess = spent - below.whole if impossible else Term.missing("not_applicable")
            rows.append(
                names(desk.study, pair.recipient, pair.donor)
                | {"denominator": below.name, "label_en": below.en, "label_zh": below.zh}
                | {"numbers": below.whole.formula(numbers=True), "impossible": impossible}
                | long_cells(shown(share, "%"))
                | {
                    "whole": money(below.whole),
                    "from_donor": money(below.donor),
                    "from_matching": money(below.matching),
                    "from_donations": money(below.donations),
                    "spent": money(spent),
                    "excess": money(excess),
                }
            )
    return frame(rows, _DENOMINATOR_COLUMNS)


_DENOMINATOR_COLUMNS = {
    **NAMES,
    **dict.fromkeys(("denominator", "label_en", "label_zh", "numbers"), "text"),
    "impossible": "flag",
    **LONG,
    **dict.fromkeys(
        ("whole", "from_donor", "from_matching", "from_donations", "spent", "excess"), "quantity"
    ),
}


def denominator_results(desk: Desk) -> None:
    """One spending over every denominator that the page offers for it."""
    for pair in desk.pairs:
        spent, who = spending(desk, pair), desk.names_of(pair)
        start = f"denominator.{pair.recipient}"
        shares = []
        for below in _denominators(desk, pair):
            share = below.share(spent)
            shares.append(
                desk.give(
                    f"{start}.{below.name}",
                    share,
                    label=f"{who.en}: spent, over {below.in_full[0]}",
                    label_zh=f"{who.zh}：完成投资占{below.in_full[1]}",
                    unit="%",
                    note="over 100%: impossible as the only source of what was spent"
                    if _impossible(share)
                    else "the page does not say which money was spent",
                )
            )
            if _impossible(share):
                desk.give(
                    f"{start}.{below.name}.excess",
                    spent - below.whole,
                    label=f"{who.en}: spent beyond {below.en}",
                    label_zh=f"{who.zh}：完成投资超出{below.zh}",
                    unit="CNY",
                    note="the least that came from elsewhere; the page does not say from where",
                )
        possible = [s for s in shares if s.value is not None and not _impossible(s)]
        if possible:
            ordered = sorted(possible, key=lambda term: term.value or 0)
            desk.give(
                f"{start}.choice",
                ordered[-1] - ordered[0],
                label=f"{who.en}: how far the choice of denominator moves the share",
                label_zh=f"{who.zh}：分母选择造成的差距",
                unit="pp",
                note="impossible denominators left out; rounding moves each share far less",
            )


__all__ = [
    "DELIVERED",
    "SOURCE_NOT_PRINTED",
    "SPENDING_SOURCE",
    "Denominator",
    "denominator_results",
    "denominators",
    "disbursement",
    "expenditure",
    "ladder_results",
    "least_from_donor",
    "money_flow",
    "others_money",
    "pipeline_results",
    "spending",
    "step_results",
    "sum_results",
]
