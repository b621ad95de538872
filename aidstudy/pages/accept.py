"""What a page says about its own figures, taken into the relations of its study."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import count
from typing import NamedTuple

from aidstudy.claims import TextAudit, audit_text
from aidstudy.claims.audit import relation_text
from aidstudy.claims.relations import GAIN, PERCENT, Claim
from aidstudy.codebook import RELATIONS
from aidstudy.errors import PageError
from aidstudy.files import write_whole
from aidstudy.pages.pages import check_page_of
from aidstudy.pages.review_words import CLAIMS_ZH
from aidstudy.tables.check import check_study
from aidstudy.tables.clean import file_name
from aidstudy.tables.files import csv_text, read_cells
from aidstudy.tables.study import Study


class Proposal(NamedTuple):
    """A claim by its number, what it would be in the relations, or why it cannot be there."""

    number: int
    claim: Claim
    named: Sequence[str]
    relation: tuple[str, str, str] | None  # kind, left, right
    reason: str = ""


def proposals(study: Study, audit: TextAudit) -> Iterator[Proposal]:
    """Every claim of a study's page that its relations do not have."""
    figures = check_study(study)["figures"].to_dict("records")
    ids = {(int(row["start"]), int(row["end"])): row["figure_id"] for row in figures}
    known = {(row["kind"], row["left"], row["right"]) for row in _table(study)}
    for number, claim in enumerate(audit.found):
        named = [ids.get((one.figure.start, one.figure.end), "") for one in claim.members]
        pairs = zip(claim.members, named, strict=True)
        missing = ", ".join(member.figure.printed for member, name in pairs if not name)
        relation = None if missing else _relation(claim, named)
        if relation is None:
            reason = f"no kind of relation is {claim.rule}"
            reason = f"no row of figures is {missing}" if missing else reason
            yield Proposal(number, claim, named, None, reason)
        elif relation not in known:
            known.add(relation)
            yield Proposal(number, claim, named, relation)


def _table(study: Study) -> list[dict[str, str]]:
    path = study.folder / file_name(RELATIONS.name)
    rows: list[dict[str, str]] = read_cells(path, RELATIONS.names, name=str(path)).to_dict(
        "records"
    )
    return rows


def accept_claims(study: Study, text: str, chosen: Collection[int] | None = None) -> list[str]:
    """Add claims of a study's page to its relations; ``check --arithmetic`` tests them from then.

    `chosen`: the numbers of the claims, rows of ``audit_text(text).claims``; every sure one when
    left out. A claim is taken whose figures are all in the table of figures, where the relations
    have its kind. One that the table has already is not added again. Gives a line for each that is
    new, for all together, and for each that was not taken.
    """
    check_page_of(study, text)
    audit = audit_text(text, year=study.year)
    if beyond := sorted(set(chosen or ()) - set(range(len(audit.found)))):
        raise PageError(
            f"claim {beyond[0]}: not a number of {len(audit.found)} claims, the first of which "
            "is 0; list them with aidstudy audit-text PAGE --list"
        )
    table = _table(study)
    names = {row["relation_id"] for row in table}
    added, left = list[str](), list[str]()
    for number, claim, named, relation, reason in proposals(study, audit):
        if not claim.sure if chosen is None else number not in chosen:
            continue
        if relation is None:
            left.append(f"not taken: {relation_text(claim)}: {reason}")
            continue
        start = f"claim-{named[0]}"
        numbered = (f"{start}-{n}" if n else start for n in count())
        name = next(name for name in numbered if name not in names)
        names.add(name)
        cells = (name, *relation, f"the page says so: {claim.rule}", CLAIMS_ZH[claim.rule])
        table.append(dict(zip(RELATIONS.names, cells, strict=True)))
        added.append(f"{name}: {relation_text(claim)}")
    if added:
        write_whole(study.folder / file_name(RELATIONS.name), csv_text(RELATIONS.names, table))
    said = f"{len(added)} relations added; delete from the table what does not hold"
    return [*added, said, *left]


def _relation(claim: Claim, named: Sequence[str]) -> tuple[str, str, str] | None:
    """Kind, left and right of a claim about figures with these ids; `None`: there is no kind."""
    first, *others = named
    allowed = claim.allowed
    if claim.form == "sum":
        left, right = (
            [name for name, one in zip(named, claim.members, strict=True) if one.sign == sign]
            for sign in (-1, 1)
        )
        if not left:
            return "sum", " ".join(named), str(claim.constant)
        if len(right) > 1:
            left, right = right, left
        kind = "repeat" if len(left) == 1 else "sum"
        return (kind, " ".join(left), right[0]) if len(right) == 1 else None
    if claim.form == "at_least":
        return "at_most", others[0], first
    if claim.form == "number" and allowed is not None:
        if others:
            # The relation counts both ends of a period.
            return ("years", others[0], first) if claim.about.value == allowed.high else None
        if allowed.high is None:
            return "open_list", str(allowed.low), first
        return ("count_of_list", first, str(allowed.low)) if allowed.low == allowed.high else None
    kind = _PRODUCTS.get(claim.members[0].shape, "") if claim.form == "product" else ""
    return (kind, " ".join(others), first) if kind else None


_PRODUCTS = {PERCENT: "ratio", GAIN: "added_share"}
