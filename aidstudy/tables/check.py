"""Whole tables against the codebook and against each other; faults are raised, all together."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction

import pandas as pd

from aidstudy.codebook import (
    CLEAN_TABLES,
    FIGURES_RAW,
    MECHANISMS,
    MONEY_MEASURES,
    NUMERIC_KINDS,
    OUTSIDE_TABLES,
    RAW_TABLES,
    Table,
    did_you_mean,
)
from aidstudy.errors import Fault, TableError
from aidstudy.tables.adjudication import check_adjudication, has_codings
from aidstudy.tables.cells import cell_faults, exact
from aidstudy.tables.clean import apply_corrections, clean_tables, file_name, raw_cells
from aidstudy.tables.files import row_name
from aidstudy.tables.study import Study, load_study

Cells = Mapping[str, pd.DataFrame]
Row = dict[str, str]

_FIGURE_ID = re.compile(r"(?P<article>[a-z_]+)-(?P<number>\d{3})")
_OWN_ID = re.compile(r"(?P<recipient>[a-z_]+)-(?P<letter>[pe])(?P<number>\d{2})")
_SIZES = frozenset(
    {"length", "width", "floor_area", "site_area", "storage_volume", "daily_capacity"}
)
_SHARES = frozenset({"ratio_to_revenue", "rule_ratio", "increase_ratio"})
_KINDS_OF_MEASURE: dict[str, frozenset[str]] = (
    {measure: frozenset({"money"}) for measure in MONEY_MEASURES}
    | {measure: frozenset({"share", "multiple"}) for measure in _SHARES}
    | {
        "length": frozenset({"length"}),
        "width": frozenset({"length"}),
        "floor_area": frozenset({"area"}),
        "site_area": frozenset({"area"}),
        "storage_volume": frozenset({"volume"}),
        "daily_capacity": frozenset({"flow"}),
        "event_date": frozenset({"date", "period"}),
        "target_date": frozenset({"date", "period"}),
        "plan_period": frozenset({"date", "period", "duration"}),
    }
)
_MEASURES_OF_REFERENCE = {
    "budget": frozenset({"budget"}),
    "donor_amount": frozenset({"commitment", "disbursement", "loan_planned"}),
    "expenditure": frozenset({"expenditure"}),
}
_DATE_FORM = {
    "day": re.compile(r"\d{4}-\d\d-\d\d"),
    "month": re.compile(r"\d{4}-\d\d"),
    "half_year": re.compile(r"\d{4}-(?:01|06|07|12)"),
    "year": re.compile(r"\d{4}"),
    "period": re.compile(r"\d{4}(?:-\d\d){0,2}"),
}


class _Faults:
    """Collects the faults of one table; knows how to name a place."""

    def __init__(self, cells: pd.DataFrame, table: Table, name: str) -> None:
        self.cells, self.table, self.name = cells, table, name
        self.found: list[Fault] = []

    def add(self, row: int, column: str, problem: str, remedy: str) -> None:
        read = str(self.cells.at[row, column]) if column else ""
        place = f"{self.name}, {row_name(self.cells, row, self.table)}"
        self.found.append(Fault(place, column, read, problem, remedy))

    def rows(self) -> Iterator[tuple[int, Row]]:
        yield from self.cells.to_dict("index").items()  # type: ignore[misc]


def check_cells(tables: Cells, study: Study) -> None:
    """Every cell of the raw and outside tables: empty cells, types, codes, ids.

    Raises
    ------
    TableError
        With all faults of all tables.
    """
    faults: list[Fault] = []
    for name, table in {**RAW_TABLES, **OUTSIDE_TABLES}.items():
        faults += cell_faults(tables[name], table, study, name=file_name(name))
    if faults:
        raise TableError.from_faults(faults, what="tables against the codebook")


def check_tables(tables: Cells, study: Study) -> None:
    """The clean tables against each other: places, references, bounds, dates, completeness.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        Text cells: the clean tables, and ``dac_codes``.
    study : Study

    Raises
    ------
    TableError
        With all faults of all tables.
    """
    faults: list[Fault] = []
    for name, table in CLEAN_TABLES.items():
        faults += cell_faults(tables[name], table, study, name=file_name(name))
    if not faults:
        for name, rule in _RULES.items():
            collected = _Faults(tables[name], CLEAN_TABLES[name], file_name(name))
            rule(collected, tables, study)
            faults += collected.found
    if faults:
        raise TableError.from_faults(faults, what="tables against each other")


def check_study(study: Study | None = None) -> dict[str, pd.DataFrame]:
    """Read, correct, clean and check every table of a study.

    Parameters
    ----------
    study : Study, optional
        The default study when left out.

    Returns
    -------
    dict of str to pandas.DataFrame
        The clean tables as text cells, ready to be written.

    Raises
    ------
    TableError
        With the faults of the first step that finds any.

    Examples
    --------
    >>> sorted(check_study())
    ['context', 'events', 'figures', 'mechanisms', 'pairs', 'projects']
    """
    study = load_study(study)
    typed = raw_cells(study)
    check_cells(typed, study)
    corrected = apply_corrections(typed)
    check_cells(corrected, study)
    _check_hints(corrected["figures"])
    clean = clean_tables(corrected, CLEAN_TABLES)
    check_tables({**corrected, **clean}, study)
    if has_codings(study):
        check_adjudication(study, corrected["adjudication"], clean)
    return clean


def _check_hints(raw: pd.DataFrame) -> None:
    faults = _Faults(raw, FIGURES_RAW, file_name("figures"))
    for row, cells in faults.rows():
        if cells["kind_hint"] in ("list_number", "contact", "money") and cells["counted"]:
            faults.add(row, "counted", f"a {cells['kind_hint']} counts nothing", "leave it empty")
    if faults.found:
        raise TableError.from_faults(faults.found, what="hints")


def _check_figures(faults: _Faults, tables: Cells, study: Study) -> None:
    last_end = -1
    numbers: dict[str, int] = {}
    places: dict[str, int] = {}
    projects = set(tables["projects"]["project_id"])
    pairs = set(tables["pairs"]["donor"] + ">" + tables["pairs"]["recipient"])
    kinds = dict(zip(faults.cells["figure_id"], faults.cells["kind"], strict=True))
    for row, cells in faults.rows():
        figure, article = cells["figure_id"], cells["article"]
        name = _FIGURE_ID.fullmatch(figure)
        numbers[article] = numbers.get(article, 0) + 1
        if name is None or name["article"] != article:
            faults.add(row, "figure_id", f"not of the form {article}-001", "rename it")
        elif int(name["number"]) != numbers[article]:
            faults.add(
                row,
                "figure_id",
                "out of order or with a gap",
                f"the next figure of {article} is {article}-{numbers[article]:03d}",
            )
        start, end = int(cells["start"]), int(cells["end"])
        if start >= end:
            faults.add(row, "end", f"not after start {start}", "correct the offsets")
        elif start < last_end:
            faults.add(
                row,
                "start",
                f"before the end {last_end} of the figure above",
                "figures do not overlap and stand in reading order",
            )
        elif len(cells["printed"]) > end - start:
            faults.add(
                row, "printed", f"longer than its slice {start}-{end}", "correct one of them"
            )
        last_end = max(last_end, end)
        _check_bounds(faults, row, cells)
        measure, kind = cells["measure"], cells["kind"]
        if kind not in _KINDS_OF_MEASURE.get(measure, frozenset({kind})):
            wanted = " or ".join(sorted(_KINDS_OF_MEASURE[measure]))
            faults.add(
                row, "measure", f"the figure is of kind {kind}, not {wanted}", "correct the measure"
            )
        if kind == "money" and measure not in MONEY_MEASURES:
            faults.add(row, "measure", "not a measure of money", "choose one that is")
        if kind == "count" and not cells["unit"]:
            faults.add(row, "unit", "a count without the thing counted", "fill in `counted`")
        _check_subject(faults, row, cells, projects, pairs, study)
        for column in ("same_as", "part_of"):
            target = cells[column]
            if not target:
                continue
            if target not in kinds:
                faults.add(
                    row, column, "no such figure", "name a figure" + did_you_mean(target, kinds)
                )
            elif target == figure or (column == "same_as" and target not in places):
                faults.add(
                    row, column, "a later figure, or the figure itself", "name an earlier figure"
                )
            elif kinds[target] != kind:
                faults.add(
                    row,
                    column,
                    f"a {kind} beside a {kinds[target]}",
                    "only figures of one kind are the same or parts",
                )
        places[figure] = row


def _check_bounds(faults: _Faults, row: int, cells: Row) -> None:
    value, low, high = (exact(cells[name], cells["kind"]) for name in ("value", "low", "high"))
    if cells["kind"] in NUMERIC_KINDS:
        for name, number in (("value", value), ("low", low), ("high", high)):
            if isinstance(number, str):
                faults.add(row, name, f"not a number, the kind is {cells['kind']}", "correct it")
                return
    if low is not None and high is not None and not _in_order(low, high):
        faults.add(row, "low", f"above high {cells['high']}", "exchange them or correct the print")
    elif isinstance(value, Fraction) and not (_in_order(low, value) and _in_order(value, high)):
        faults.add(
            row, "value", f"outside its bounds {cells['low']} to {cells['high']}", "correct it"
        )


def _in_order(a: Fraction | str | None, b: Fraction | str | None) -> bool:
    if a is None or b is None:
        return True
    return a <= b if isinstance(a, type(b)) else False  # type: ignore[operator]


def _check_subject(
    faults: _Faults, row: int, cells: Row, projects: set[str], pairs: set[str], study: Study
) -> None:
    subject = cells["subject"]
    known = projects | pairs | set(study.recipients)
    if not subject:
        if cells["article"] != "page":
            faults.add(row, "subject", "the cell is empty", "name a project, a pair or a recipient")
    elif subject not in known:
        faults.add(
            row,
            "subject",
            "neither a project, nor a pair, nor a recipient",
            did_you_mean(subject, known).lstrip("; "),
        )
    elif re.split("[->]", subject.rpartition(">")[2])[0] != cells["article"]:
        faults.add(
            row,
            "subject",
            f"of another county than the article {cells['article']}",
            "correct subject or article",
        )
    for donor in filter(None, cells["donor"].split(" ")):
        if f"{donor}>{cells['article']}" not in pairs:
            faults.add(
                row,
                "donor",
                f"{donor}>{cells['article']} is not in pairs",
                "add the pair or correct the donor",
            )


def _check_projects(faults: _Faults, tables: Cells, study: Study) -> None:
    measures = dict(zip(tables["figures"]["figure_id"], tables["figures"]["measure"], strict=True))
    codes = set(tables["dac_codes"]["code"])
    pairs = set(tables["pairs"]["donor"] + ">" + tables["pairs"]["recipient"])
    seen: dict[str, int] = {}
    for row, cells in faults.rows():
        _check_own_id(faults, row, cells, "project_id", "p", seen)
        _check_passage(faults, row, cells)
        if cells["sector"] not in codes:
            faults.add(
                row,
                "sector",
                "not in data/dac_codes.csv",
                "add the code there or correct it" + did_you_mean(cells["sector"], codes),
            )
        for donor in cells["donor"].split(" "):
            if f"{donor}>{cells['recipient']}" not in pairs:
                faults.add(
                    row,
                    "donor",
                    f"{donor}>{cells['recipient']} is not in pairs",
                    "add the pair or correct the donor",
                )
        for column, allowed in _MEASURES_OF_REFERENCE.items():
            figure = cells[column]
            if figure and figure not in measures:
                faults.add(
                    row, column, "no such figure", "name a figure" + did_you_mean(figure, measures)
                )
            elif figure and measures[figure] not in allowed:
                faults.add(
                    row,
                    column,
                    f"its measure is {measures[figure]}",
                    f"name a figure of {' or '.join(sorted(allowed))}",
                )


def _check_events(faults: _Faults, tables: Cells, study: Study) -> None:
    articles = dict(zip(tables["figures"]["figure_id"], tables["figures"]["article"], strict=True))
    recipients = dict(
        zip(tables["projects"]["project_id"], tables["projects"]["recipient"], strict=True)
    )
    seen: dict[str, int] = {}
    for row, cells in faults.rows():
        _check_own_id(faults, row, cells, "event_id", "e", seen)
        start, end = cells["start_date"], cells["end_date"]
        form = _DATE_FORM[cells["precision"]]
        for column, date in (("start_date", start), ("end_date", end)):
            if date and not form.fullmatch(date):
                faults.add(
                    row,
                    column,
                    f"not as coarse as the precision {cells['precision']}",
                    "correct one of them",
                )
        if start and start[: len(end)] > end[: len(start)]:
            faults.add(row, "end_date", f"before start_date {start}", "exchange them")
        if not start and cells["realised"] != "planned":
            faults.add(
                row,
                "start_date",
                "empty, but the event is reported as realised",
                "only a deadline has no first date",
            )
        for figure in filter(None, cells["figures"].split(" ")):
            if articles.get(figure) != cells["recipient"]:
                faults.add(
                    row,
                    "figures",
                    f"{figure} is not a figure of {cells['recipient']}",
                    "correct it" + did_you_mean(figure, articles),
                )
        project = cells["project_id"]
        if project and recipients.get(project) != cells["recipient"]:
            faults.add(
                row,
                "project_id",
                f"not a project of {cells['recipient']}",
                "correct it" + did_you_mean(project, recipients),
            )


def _check_pairs(faults: _Faults, tables: Cells, study: Study) -> None:
    for row, cells in faults.rows():
        _check_passage(faults, row, cells)
    missing = [slug for slug in study.donors if slug not in set(faults.cells["donor"])]
    if missing:
        faults.found.append(
            Fault(
                faults.name,
                "donor",
                " ".join(missing),
                "named in data/study.toml but in no pair",
                "add the pair or delete the name there",
            )
        )


def _check_mechanisms(faults: _Faults, tables: Cells, study: Study) -> None:
    present = set(zip(faults.cells["recipient"], faults.cells["mechanism"], strict=True))
    for recipient in study.recipients:
        for mechanism in MECHANISMS:
            if (recipient, mechanism) not in present:
                faults.found.append(
                    Fault(
                        faults.name,
                        "",
                        f"{recipient} {mechanism}",
                        "has no row",
                        "add it, with present yes or not_mentioned",
                    )
                )
    for row, cells in faults.rows():
        if cells["present"] == "yes":
            if not cells["start"] or not cells["end"]:
                faults.add(
                    row, "start", "present without evidence", "give the offsets of the passage"
                )
            else:
                _check_passage(faults, row, cells)
        elif cells["start"] or cells["end"]:
            faults.add(
                row,
                "start",
                "evidence for a device that is not mentioned",
                "delete the offsets or set present to yes",
            )


def _check_context(faults: _Faults, tables: Cells, study: Study) -> None:
    for row, cells in faults.rows():
        _check_bounds(faults, row, cells | {"kind": "money"})


def _check_own_id(
    faults: _Faults, row: int, cells: Row, column: str, letter: str, seen: dict[str, int]
) -> None:
    name, recipient = _OWN_ID.fullmatch(cells[column]), cells["recipient"]
    seen[recipient] = seen.get(recipient, 0) + 1
    wanted = f"{recipient}-{letter}{seen[recipient]:02d}"
    if name is None or cells[column] != wanted:
        faults.add(
            row,
            column,
            "out of order, with a gap, or of another county",
            f"the next one of {recipient} is {wanted}",
        )


def _check_passage(faults: _Faults, row: int, cells: Row) -> None:
    if int(cells["start"]) >= int(cells["end"]):
        faults.add(row, "end", f"not after start {cells['start']}", "correct the offsets")


_RULES: dict[str, Callable[[_Faults, Cells, Study], None]] = {
    "figures": _check_figures,
    "projects": _check_projects,
    "events": _check_events,
    "pairs": _check_pairs,
    "mechanisms": _check_mechanisms,
    "context": _check_context,
}


__all__ = ["check_cells", "check_study", "check_tables"]
