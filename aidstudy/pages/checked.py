"""What ``aidstudy check`` looks at in a study, step by step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from aidstudy.analysis.flows import money_flow
from aidstudy.analysis.ratios import funding_ratios
from aidstudy.analysis.served import exact_sensitivity, load_results
from aidstudy.claims import TextAudit, audit_text
from aidstudy.errors import ResultError
from aidstudy.files import read_whole, sha256_of
from aidstudy.quantity.scalar import Quantity
from aidstudy.tables.check import check_study
from aidstudy.tables.draft import is_proposal, undecided
from aidstudy.tables.load import check_files, tables_behind
from aidstudy.tables.record import RECORD, has_record
from aidstudy.tables.study import Study

STEPS = ("commitment", "commitment_increment", "disbursement", "expenditure")
"""Measures of money that are of use for a pair alone."""


def checked(study: Study) -> Iterator[str]:
    """A line for each step that found no fault; the first fault ends it with its error."""
    tables = check_study(study)
    yield from (f"{name}: {len(rows)} rows" for name, rows in tables.items())
    behind = tables_behind(study, tables)
    if behind:
        yield f"not what the tables give now: {', '.join(behind)}; reproduce --update makes them"
    notes = tables["figures"]["note"]
    if undecided(notes):
        yield f"{undecided(notes)} of {len(notes)} figures are still a draft"
    unclear = ""
    if not behind:
        try:
            yield from [*idle_money(study, tables), *doubtful_money(study, tables)]
        except ResultError as error:
            unclear = f"no result of the money yet: {error}"
            yield unclear
    if (study.clean / "sensitivity.csv").exists():
        exact_sensitivity(study)  # It looks at the results too.
    yield from text_lines(own_texts(study))
    if has_record(study):
        check_files(study, tables)
        yield f"every file is the one recorded in {RECORD}"
    else:
        yield f"no {RECORD} yet: reproduce --update records the sha256 of every file"
    if not unclear:
        yield "no fault found in the tables"


def own_texts(study: Study) -> Iterator[tuple[Path, TextAudit]]:
    """The audit of the study's page, wherever the folder, or one within it, holds its text."""
    for path in sorted([*study.folder.glob("*.txt"), *study.folder.glob("*/*.txt")]):
        content = read_whole(path)
        if sha256_of(content) == study.page["sha256"]:
            yield path, audit_text(content.decode("utf-8"), year=study.year)


def text_lines(audits: Iterable[tuple[Path, TextAudit]]) -> Iterator[str]:
    """What the study's own text says of its figures: contradictions, suspects, and how many."""
    for path, found in audits:
        yield from (f"{path.name}: {line.strip()}" for line in found.lines())


def idle_money(study: Study, tables: Mapping[str, pd.DataFrame]) -> Iterator[str]:
    """A warning for each sum that a person has accepted and no result takes, and what would do."""
    used: set[str] = set()
    stored = [load_results(study)] if (study.clean / "results.csv").exists() else []
    for table in (money_flow(study), funding_ratios(study), *stored):
        for one in table.select_dtypes("quantity").to_numpy().ravel():
            used |= set(one.figures) if isinstance(one, Quantity) else set()
    pairs = tables["pairs"].to_dict("records")
    for row in tables["figures"].to_dict("records"):
        named = {row["figure_id"], row["same_as"], row["part_of"]}
        if row["measure"] in STEPS and not is_proposal(row["note"]) and not named & used:
            why = _why_idle(row, pairs, str(study.year))
            yield f"{row['figure_id']} ({row['printed']}, {row['measure']}) feeds no result: {why}"


def doubtful_money(study: Study, tables: Mapping[str, pd.DataFrame]) -> Iterator[str]:
    """Sums that are taken for the year without one printed, and more paid than was promised."""
    flow = money_flow(study).query("realised == 'yes'")
    taken = {figure for one in flow["quantity"].dropna() for figure in one.figures}
    for row in tables["figures"].to_dict("records"):
        open_year = row["measure"] in STEPS and not row["period"] and not is_proposal(row["note"])
        if open_year and row["figure_id"] in taken:
            yield (
                f"{row['figure_id']} ({row['printed']}, {row['measure']}) has no period and counts "
                f"as of {study.year}; give it the one that the page says, if it does"
            )
    for (county, donor), steps in flow.groupby(["recipient", "donor"], sort=False):
        ends = steps.dropna(subset="quantity").set_index("step")[["low", "high"]]
        both = {"commitment", "disbursement"} <= set(ends.index)
        if both and ends.loc["disbursement", "low"] > ends.loc["commitment", "high"]:
            yield (
                f"{donor}>{county}: more paid than promised; look for parts beside their whole "
                "(part_of), for other years, and for money of others among the payments"
            )


def _why_idle(row: Mapping[str, Any], pairs: Sequence[Mapping[str, Any]], year: str) -> str:
    own = [one for one in pairs if one["recipient"] == row["article"]]
    paired = [one["donor"] for one in own if one["role"] == "paired_government"]
    if not paired:
        return f"data/raw/pairs.csv has no paired_government for {row['article']}"
    names = [f"{donor}>{row['article']}" for donor in paired]
    if row["subject"] not in names:
        return f"its subject is {row['subject']}, and a sum of the pair is {' or '.join(names)}"
    if row["period"] != year:
        return f"its period is {row['period'] or 'empty'}, and the year of the study {year}"
    return "another sum of its measure stands for the pair, or its donor is not the pair's"
