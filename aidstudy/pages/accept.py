"""What a page says about its own figures, taken into the relations of its study."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import NamedTuple

from aidstudy.claims import audit_text
from aidstudy.claims.audit import relation_text
from aidstudy.claims.relations import GAIN, PERCENT, SURE, Claim
from aidstudy.codebook import RELATIONS
from aidstudy.errors import PageError
from aidstudy.files import write_whole
from aidstudy.pages.pages import is_page_of
from aidstudy.pages.review_words import CLAIMS_ZH
from aidstudy.tables.check import check_study
from aidstudy.tables.clean import file_name
from aidstudy.tables.files import csv_text, read_cells
from aidstudy.tables.study import Study


class Accepted(NamedTuple):
    """Rows added to the relations, what each says, and why other claims were not taken."""

    rows: list[dict[str, str]]
    told: list[str]
    left: list[str]

    def lines(self) -> list[str]:
        out = [
            f"{row['relation_id']}: {told}" for row, told in zip(self.rows, self.told, strict=True)
        ]
        out.append(f"{len(self.rows)} relations added; delete from the table what does not hold")
        return [*out, *(f"not taken: {line}" for line in self.left)]


def accept_claims(study: Study, text: str) -> Accepted:
    """Add every sure claim of a study's page to its relations; ``check --arithmetic`` tests them.

    A claim is taken whose figures are all in the table of figures, where the relations have its
    kind. One that the table has already is not added again.
    """
    if not is_page_of(study, text):
        raise PageError(
            f"{study.folder}: made from another page; give the page whose sha256 is page.sha256 in "
            "data/study.toml"
        )
    figures = check_study(study)["figures"].to_dict("records")
    ids = {(int(row["start"]), int(row["end"])): row["figure_id"] for row in figures}
    path = study.folder / file_name(RELATIONS.name)
    table = read_cells(path, RELATIONS.names, name=str(path)).to_dict("records")
    known = {(row["kind"], row["left"], row["right"]) for row in table}
    names = {row["relation_id"] for row in table}
    accepted = Accepted([], [], [])
    for claim in audit_text(text, year=study.year).found:
        if claim.certainty != SURE:
            continue
        named = [ids.get((one.figure.start, one.figure.end), "") for one in claim.members]
        relation = _relation(claim, named)
        if not all(named):
            printed = [
                m.figure.printed for m, name in zip(claim.members, named, strict=True) if not name
            ]
            accepted.left.append(
                f"{relation_text(claim)}: no row of figures is {', '.join(printed)}"
            )
        elif relation is None:
            accepted.left.append(f"{relation_text(claim)}: no kind of relation is {claim.rule}")
        elif relation not in known:
            known.add(relation)
            start = f"claim-{named[0]}"
            free = (name for n in count(1) if (name := f"{start}-{n}") not in names)
            name = start if start not in names else next(free)
            names.add(name)
            note = f"the page says so: {claim.rule}"
            cells = (name, *relation, note, CLAIMS_ZH[claim.rule])
            accepted.rows.append(dict(zip(RELATIONS.names, cells, strict=True)))
            accepted.told.append(relation_text(claim))
    if accepted.rows:
        write_whole(path, csv_text(RELATIONS.names, [*table, *accepted.rows]))
    return accepted


def _relation(claim: Claim, named: Sequence[str]) -> tuple[str, str, str] | None:
    """Kind, left and right of a claim about figures with these ids; `None`: there is no kind."""
    if claim.form == "sum":
        sides = [
            [name for name, one in zip(named, claim.members, strict=True) if one.sign == sign]
            for sign in (1, -1)
        ]
        if claim.constant:
            return "sum", " ".join(named), str(claim.constant)
        right, left = sorted(sides, key=len)
        if len(right) > 1:
            return None
        return "repeat" if len(left) == 1 else "sum", " ".join(left), right[0]
    if claim.form == "number" and len(named) == 1 and claim.allowed is not None:
        low, high = claim.allowed.low, claim.allowed.high
        if high is None:
            return "open_list", str(low), named[0]
        return ("count_of_list", named[0], str(low)) if low == high else None
    kind = _PRODUCTS.get(claim.members[0].shape) if claim.form == "product" else None
    return (kind, " ".join(named[1:]), named[0]) if kind else None


_PRODUCTS = {PERCENT: "ratio", GAIN: "added_share"}
