"""From promise to spending: what was committed, transferred and spent."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

import pandas as pd

from aidstudy.analysis.desk import WORDS, Desk, Pair
from aidstudy.analysis.ratios import commitment, payments, rule_amount
from aidstudy.bilingual import Words
from aidstudy.quantity.result import Term
from aidstudy.tables.days import last_day
from aidstudy.tables.load import StudyLike
from aidstudy.tables.ordinary import COLUMNS, frame, long_cells, money, of_study, shown

CLOSED = "4"
SOURCE_NOT_PRINTED = tuple(WORDS["notes"]["source_not_printed"])
"""Note of a spending that no giver is printed for."""


def spending(desk: Desk, pair: Pair) -> Term:
    """What was spent on a pair and its projects; the donor's own where that is printed."""
    projects = desk.projects_of(pair)
    subjects = [pair.subject, *(project["project_id"] for project in projects)]
    spent = [term for s in subjects for term in desk.find("expenditure", subject=s)]
    own = [t for s in subjects for t in desk.find("expenditure", subject=s, donor=pair.donor)]
    if own:
        return desk.total(own)
    if desk.chosen("delivered") == "spent":
        spent += [
            desk.figure(project["budget"])
            for project in projects
            if project["status"] == CLOSED and project["budget"] and not project["expenditure"]
        ]
    return desk.total(spent)


def _is_own(desk: Desk, pair: Pair) -> bool:
    """Whether spending on a pair is printed that has the donor for its giver."""
    return bool(desk.find("expenditure", subject=pair.subject, donor=pair.donor))


def least_from_donor(desk: Desk, pair: Pair) -> Term:
    """What remains of the spending when all that others are printed to give was spent too."""
    if _is_own(desk, pair):
        return Term.missing("not_applicable")
    others = (desk.find(what, subject=pair.subject) for what in ("matching", "donation"))
    return (spending(desk, pair) - desk.total(chain(*others))).as_state("hypothetical")


@of_study
def money_flow(study: StudyLike = None, **choices: str) -> pd.DataFrame:
    """Committed, disbursed and spent, for each pair.

    Long: one row for each pair and ``step`` (``commitment``, ``disbursement``,
    ``expenditure``) with its ``quantity`` in CNY million. A transfer that
    is announced is a step of its own, ``disbursement_planned``, with ``realised`` =
    ``planned`` and the last day in ``due``. ``expenditure_least_donor`` is what remains of
    the spending when all that others gave was spent too.

    >>> flow = money_flow()
    >>> flow.query("recipient == 'xinlong' and step == 'expenditure'")["quantity"].item()
    2.30 [2.29, 2.31] CNY million
    """
    desk = Desk(study, choices)
    return frame((row for pair in desk.pairs for row in _steps(desk, pair)), COLUMNS["money_flow"])


def _steps(desk: Desk, pair: Pair) -> Iterator[dict[str, object]]:
    own = desk.names(pair) | {"realised": "yes"}

    def row(step: str, term: Term, *notes: str, **more: object) -> dict[str, object]:
        told = Words.listed((Words(*WORDS["notes"][note]) for note in notes), "semicolon")
        said = {"note_en": told.en, "note_zh": told.zh}
        return own | {"step": step} | long_cells(money(term)) | said | more

    committed, least = commitment(desk, pair), least_from_donor(desk, pair)
    others_first = desk.chosen("spending_source") == "others_first" and least.known
    spent = least if others_first else spending(desk, pair)
    periods = [desk.rows[one.id]["period"] for one in committed.leaves().values()]
    inferred = ["undated" if None in periods else "inferred"] * (committed.state == "derived")
    yield row("commitment", committed, *inferred)
    # Sums that belong to one project stay out.
    yield row("disbursement", desk.total(payments(desk, pair)))
    for event in desk.records("events"):
        kind = (event["recipient"], event["kind"], event["realised"])
        if kind == (pair.recipient, "disbursement", "planned"):
            planned, due = committed.as_state("hypothetical"), last_day(event["end_date"])
            yield row("disbursement_planned", planned, "hoped", realised="planned", due=due)
    unsaid = ["source_not_printed"] * spent.known
    yield row("expenditure", spent, *(_own_notes(desk, spent) if _is_own(desk, pair) else unsaid))
    if least.known:
        yield row("expenditure_least_donor", least, "at_least")


def _own_notes(desk: Desk, spent: Term) -> Iterator[str]:
    """What the page leaves open about spending that has the donor for its giver."""
    rows = [desk.rows[leaf.id] for leaf in spent.leaves().values()]
    if any("running subject" in (row["note"] or "") for row in rows):
        yield "running_subject"
    if any(row["part_of"] is None for row in rows):
        yield "not_a_part"


def _denominators(desk: Desk, pair: Pair) -> dict[str, tuple[Term, Term, Term]]:
    """Every denominator for the spending of a pair: the donor's money, matching money, donations.

    Not applicable is what one leaves out; there is none if a sum is missing.
    """
    total = commitment(desk, pair)
    matching, gifts = (
        desk.total(desk.find(part, subject=pair.subject)) for part in ("matching", "donation")
    )
    if not all(term.known for term in (spending(desk, pair), total, matching, gifts)):
        return {}
    no = Term.missing("not_applicable")
    return {
        "rule_amount": (rule_amount(desk, pair), no, no),
        "commitment": (total, no, no),
        "with_matching": (total, matching, no),
        "with_donations": (total, no, gifts),
        "all": (total, matching, gifts),
    }


def denominators(study: StudyLike = None, **choices: str) -> pd.DataFrame:
    """One spending over every denominator that the page offers for it.

    One row for each county that prints every part, and ``denominator``: the share under
    ``quantity`` in per cent; ``whole``, ``from_donor``, ``from_matching``, ``from_donations`` and
    ``spent`` in CNY million; ``excess``, what was spent beyond an impossible denominator, not
    applicable elsewhere. It is ``impossible`` to spend more than there is, if the money of the
    denominator was the only money.

    >>> denominators().query("impossible")["denominator"].tolist()
    ['rule_amount']
    """
    desk = Desk(study, choices)
    rows = []
    for pair in desk.pairs:
        spent = spending(desk, pair)
        for name, parts in _denominators(desk, pair).items():
            en, zh = WORDS["denominators"][name]
            whole = desk.total(part for part in parts if part.state != "not_applicable")
            share = (spent / whole).percent()
            impossible = share.value is not None and share.value > 100
            excess = spent - whole if impossible else Term.missing("not_applicable")
            sums = (whole, *parts, spent, excess)
            rows.append(
                desk.names(pair)
                | {"denominator": name, "label_en": en, "label_zh": zh, "impossible": impossible}
                | {"numbers": whole.formula(numbers=True), **long_cells(shown(share, "%"))}
                | dict(zip(_SUMS, map(money, sums), strict=True))
            )
    return frame(rows, COLUMNS["denominators"])


_SUMS = ("whole", "from_donor", "from_matching", "from_donations", "spent", "excess")
