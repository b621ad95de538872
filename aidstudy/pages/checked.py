"""What ``aidstudy check`` looks at in a study, step by step."""

from __future__ import annotations

from collections.abc import Iterator

from aidstudy.analysis import exact_sensitivity
from aidstudy.analysis.served import stale_results
from aidstudy.tables.check import check_study
from aidstudy.tables.draft import undecided
from aidstudy.tables.load import check_files, tables_behind
from aidstudy.tables.record import RECORD, has_record
from aidstudy.tables.study import Study


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
    if (study.clean / "sensitivity.csv").exists():
        exact_sensitivity(study)  # It looks at the results too.
        if stale := stale_results(study):
            yield f"results that the tables give otherwise now: {', '.join(stale)}"
    if has_record(study):
        check_files(study, tables)
        yield f"every file is the one recorded in {RECORD}"
    else:
        yield f"no {RECORD} yet: reproduce --update records the sha256 of every file"
    yield "no fault found"
