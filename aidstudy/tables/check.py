"""Whole tables against the codebook and against each other; faults are raised, all together."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction

import pandas as pd

from aidstudy.codebook import (
    CLEAN_TABLES,
    DAC_CODES,
    DRAFT,
    KIND_HINTS,
    MEASURES,
    MECHANISMS,
    MONEY_MEASURES,
    NUMERIC_KINDS,
    OUTSIDE_TABLES,
    RAW_TABLES,
    UNITS,
    Table,
    did_you_mean,
)
from aidstudy.errors import AidstudyError, Fault, FileError, TableError
from aidstudy.reading.quantities import plain_print, read_quantity
from aidstudy.tables.adjudication import check_adjudication, has_codings
from aidstudy.tables.cells import cell_faults, exact, row_faults
from aidstudy.tables.clean import (
    EXACT_MEASURES,
    apply_corrections,
    clean_tables,
    derived_cells,
    file_name,
    raw_cells,
)
from aidstudy.tables.files import read_cells, row_name, rows_of
from aidstudy.tables.study import Study, load_study

Cells = Mapping[str, pd.DataFrame]
Row = dict[str, str]

_NOUN = re.compile("[a-z]+(?:[ -][a-z]+)*")
_CURRENCY = re.compile("[A-Z]{3}")
_PROJECT = re.compile("-p[0-9]{2,}$")
_DAC_CODE = re.compile("[0-9]{5}")
_DAC_LIST = re.compile("[0-9]{4}|later")
# One sign of the page may become several letters and digits in plain print: ㎡ is m2.
_ONE_SIGN = re.compile("[A-Za-z]+[0-9]?")
_SIZES = frozenset(
    {"length", "width", "floor_area", "site_area", "storage_volume", "daily_capacity"}
)
_SHARES = frozenset({"ratio_to_revenue", "rule_ratio", "increase_ratio"})
_KINDS_OF_MEASURE: dict[str, frozenset[str]] = (
    {measure: frozenset({"count"}) for measure in MEASURES if measure != "other"}
    | {measure: frozenset({"money"}) for measure in MONEY_MEASURES}
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
        "frequency": frozenset({"count", "duration"}),
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
_HALF_YEARS = {"01": "06", "07": "12"}


def measures_of(kind: str) -> tuple[str, ...]:
    """What a figure of a kind may measure, in the order of the codebook.

    Examples
    --------
    >>> measures_of("flow")
    ('daily_capacity', 'other')
    """
    return tuple(m for m in MEASURES if kind in _KINDS_OF_MEASURE.get(m, (kind,)))


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
        yield from rows_of(self.cells).items()


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
        for name, table in {**CLEAN_TABLES, "dac_codes": DAC_CODES}.items():
            faults += row_faults(tables[name], table, name=file_name(name))
            if name in _RULES:
                collected = _Faults(tables[name], table, file_name(name))
                _RULES[name](collected, tables, study)
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
    if len(typed["corrections"]):
        check_cells(corrected, study)
    clean = clean_tables(corrected, CLEAN_TABLES)
    check_tables({**corrected, **clean}, study)
    if has_codings(study) or len(corrected["adjudication"]):
        check_adjudication(study, corrected["adjudication"], clean)
    if has_draft(study):
        check_draft(study, clean["figures"])
    return clean


def has_draft(study: Study) -> bool:
    """Whether a study keeps the draft of its page, as ``aidstudy agreement PAGE --store`` does."""
    return (study.folder / file_name(DRAFT.name)).exists()


def check_draft(study: Study, figures: pd.DataFrame) -> pd.DataFrame:
    """The draft that a study keeps, against the codebook and the figures of the same page.

    Parameters
    ----------
    study : Study
    figures : pandas.DataFrame
        The clean figures as text cells. A draft may have a figure that they lack; where the place
        is the same, the print is.

    Returns
    -------
    pandas.DataFrame
        Text cells.

    Raises
    ------
    FileError
        If no draft is stored.
    TableError
        With all faults of the draft.

    Examples
    --------
    >>> study = load_study()
    >>> list(check_draft(study, check_study(study)["figures"]).columns[:3])
    ['start', 'end', 'printed']
    """
    name = file_name(DRAFT.name)
    if not has_draft(study):
        raise FileError(
            f"{study.folder / name}: no draft is stored; give the page's text, or store its draft "
            "with aidstudy agreement PAGE --store"
        )
    cells = read_cells(study.folder / name, DRAFT.names, name=name)
    faults = cell_faults(cells, DRAFT, study, name=name)
    if not faults:
        faults = row_faults(cells, DRAFT, name=name)
        collected = _Faults(cells, DRAFT, name)
        _check_draft(collected, {"figures": figures}, study)
        faults += collected.found
    if faults:
        what = f"{name}, which aidstudy agreement PAGE --store makes anew"
        raise TableError.from_faults(faults, what=what)
    return cells


def _check_figures(faults: _Faults, tables: Cells, study: Study) -> None:
    last_end = -1
    numbers: dict[str, list[int]] = {}
    seen: set[str] = set()
    projects = set(tables["projects"]["project_id"])
    pairs = _pairs_of(tables)
    figures = {cells["figure_id"]: cells for _, cells in faults.rows()}
    for row, cells in faults.rows():
        _check_number(faults, row, "figure_id", cells["article"], "", 3, numbers)
        last_end = _check_print(faults, row, cells, last_end)
        measure, kind = cells["measure"], cells["kind"]
        if kind == "money" and measure == "other" and not cells["note"]:
            faults.add(
                row,
                "measure",
                "not a measure of money, and no note says what it is",
                "choose one that is, or say in the note what is paid or earned",
            )
        if kind == "count" and not _NOUN.fullmatch(cells["unit"]):
            faults.add(
                row, "unit", "a count needs the thing counted", "write a singular noun in `counted`"
            )
        _check_subject(faults, row, cells, projects, pairs, study)
        for column in ("same_as", "part_of"):
            _check_figure_reference(faults, row, column, cells, figures, seen)
        seen.add(cells["figure_id"])


def _check_print(faults: _Faults, row: int, cells: Row, last_end: int) -> int:
    """Place and print of a figure, and what its kind may measure; gives the last end so far."""
    start, end = int(cells["start"]), int(cells["end"])
    if start < last_end:
        faults.add(
            row,
            "start",
            f"before the end {last_end} of the figure above",
            "figures do not overlap and stand in reading order",
        )
    if cells["printed"] != plain_print(cells["printed"]):
        faults.add(
            row,
            "printed",
            "white space, or signs that are not in their plain form",
            f"write {plain_print(cells['printed'])}",
        )
    elif start < end < start + len(_ONE_SIGN.sub("m", cells["printed"])):
        faults.add(row, "printed", f"longer than its slice {start}-{end}", "correct one of them")
    measure, kind = cells["measure"], cells["kind"]
    if measure != "other" and kind not in _KINDS_OF_MEASURE[measure]:
        wanted = " or ".join(sorted(_KINDS_OF_MEASURE[measure]))
        faults.add(
            row, "measure", f"the figure is of kind {kind}, not {wanted}", "correct the measure"
        )
    return max(last_end, end)


def _check_figure_reference(
    faults: _Faults,
    row: int,
    column: str,
    cells: Row,
    figures: Mapping[str, Row],
    seen: set[str],
) -> None:
    target = cells[column]
    if not target:
        return
    other, kind = figures.get(target), cells["kind"]
    if other is None:
        faults.add(row, column, "no such figure", "name a figure" + did_you_mean(target, figures))
    elif target == cells["figure_id"] or (column == "same_as" and target not in seen):
        faults.add(row, column, "a later figure, or the figure itself", "name an earlier figure")
    elif other["kind"] != kind:
        faults.add(
            row,
            column,
            f"a {kind} beside a {other['kind']}",
            "only figures of one kind are the same or parts",
        )
    elif other["article"] != cells["article"]:
        faults.add(row, column, f"of the article {other['article']}", "name one of its own article")
    elif column == "part_of" and _in_a_circle(cells["figure_id"], figures):
        faults.add(row, column, "a part of one of its own parts", "leave out one of the references")
    elif kind in NUMERIC_KINDS:
        low, high = exact(cells["low"], kind), exact(cells["high"], kind)
        least, most = exact(other["low"], kind), exact(other["high"], kind)
        if column == "same_as" and (_above(low, most) or _above(least, high)):
            faults.add(
                row,
                column,
                f"{cells['printed']} cannot be the same as {other['printed']}",
                "correct the reference",
            )
        elif column == "part_of" and _above(low, most):
            faults.add(
                row,
                column,
                f"{cells['printed']} cannot be a part of {other['printed']}",
                "correct the reference",
            )


def _in_a_circle(figure: str, figures: Mapping[str, Row]) -> bool:
    """Whether a figure is reached again from part to whole."""
    seen: set[str] = set()
    whole = figures[figure]["part_of"]
    while whole in figures and whole not in seen:
        if whole == figure:
            return True
        seen.add(whole)
        whole = figures[whole]["part_of"]
    return False


def _above(a: Fraction | str | None, b: Fraction | str | None) -> bool:
    return isinstance(a, Fraction) and isinstance(b, Fraction) and a > b


def _pairs_of(tables: Cells) -> set[str]:
    return set(tables["pairs"]["donor"] + ">" + tables["pairs"]["recipient"])


def _check_number(
    faults: _Faults,
    row: int,
    column: str,
    owner: str,
    letter: str,
    digits: int,
    numbers: dict[str, list[int]],
) -> None:
    """Ids of an owner count up from 1.

    One that follows the id above it is let pass, and so is one that stands at its own place, so
    that a row left out, or one wrong id, is one fault and not one for each row below.
    """
    read = str(faults.cells.at[row, column])
    above = numbers.setdefault(owner, [])
    place, follower = len(above) + 1, (above[-1] if above else 0) + 1
    found = re.fullmatch(rf"{owner}-{letter}([0-9]{{{digits},6}})", read)
    number = int(found[1]) if found else 0
    if number not in (place, follower) or read != f"{owner}-{letter}{number:0{digits}d}":
        faults.add(
            row,
            column,
            "out of order, with a gap, or of another county",
            f"next is {owner}-{letter}{follower:0{digits}d}",
        )
    above.append(number or place)


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
            "correct it" + did_you_mean(subject, known),
        )
    elif subject.rpartition(">")[2].partition("-")[0] != cells["article"]:
        faults.add(
            row,
            "subject",
            f"of another county than the article {cells['article']}",
            "correct subject or article",
        )
    _check_donors(faults, row, cells["donor"], cells["article"], pairs)


def _check_donors(faults: _Faults, row: int, donors: str, recipient: str, pairs: set[str]) -> None:
    for donor in donors.split():
        if f"{donor}>{recipient}" not in pairs:
            faults.add(
                row,
                "donor",
                f"{donor}>{recipient} is not in pairs",
                "add the pair or correct the donor",
            )


def _check_projects(faults: _Faults, tables: Cells, study: Study) -> None:
    figures = {cells["figure_id"]: cells for cells in rows_of(tables["figures"]).values()}
    codes = set(tables["dac_codes"]["code"])
    pairs = _pairs_of(tables)
    numbers: dict[str, list[int]] = {}
    for row, cells in faults.rows():
        recipient = cells["recipient"]
        _check_number(faults, row, "project_id", recipient, "p", 2, numbers)
        if cells["sector"] not in codes:
            faults.add(
                row,
                "sector",
                "not in data/dac_codes.csv",
                "add the code there or correct it" + did_you_mean(cells["sector"], codes),
            )
        _check_donors(faults, row, cells["donor"], recipient, pairs)
        for column, allowed in _MEASURES_OF_REFERENCE.items():
            if not cells[column]:
                continue
            figure = figures.get(cells[column])
            if figure is None or figure["article"] != recipient:
                faults.add(
                    row,
                    column,
                    f"not a figure of {recipient}",
                    "name one" + did_you_mean(cells[column], figures),
                )
            elif figure["measure"] not in allowed:
                faults.add(
                    row,
                    column,
                    f"its measure is {figure['measure']}",
                    f"name a figure of {' or '.join(sorted(allowed))}",
                )


def _check_events(faults: _Faults, tables: Cells, study: Study) -> None:
    articles = dict(zip(tables["figures"]["figure_id"], tables["figures"]["article"], strict=True))
    recipients = dict(
        zip(tables["projects"]["project_id"], tables["projects"]["recipient"], strict=True)
    )
    pairs = _pairs_of(tables)
    numbers: dict[str, list[int]] = {}
    for row, cells in faults.rows():
        _check_number(faults, row, "event_id", cells["recipient"], "e", 2, numbers)
        _check_donors(faults, row, cells["donor"], cells["recipient"], pairs)
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
        elif (
            cells["precision"] == "half_year"
            and start
            and end != f"{start[:4]}-{_HALF_YEARS.get(start[-2:])}"
        ):
            faults.add(
                row, "end_date", f"not half a year from {start}", "write 01 to 06, or 07 to 12"
            )
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
        for project in filter(None, cells["project_id"].split(" ")):
            if recipients.get(project) != cells["recipient"]:
                faults.add(
                    row,
                    "project_id",
                    f"{project} is not a project of {cells['recipient']}",
                    "correct it" + did_you_mean(project, recipients),
                )


def _check_pairs(faults: _Faults, tables: Cells, study: Study) -> None:
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
            if not cells["start"]:
                faults.add(
                    row, "start", "present without evidence", "give the offsets of the passage"
                )
        elif cells["start"] or cells["end"]:
            faults.add(
                row,
                "start",
                "evidence for a device that is not mentioned",
                "delete the offsets or set present to yes",
            )


def _check_context(faults: _Faults, tables: Cells, study: Study) -> None:
    for row, cells in faults.rows():
        measure, unit = cells["measure"], cells["unit"]
        if measure in _SHARES:
            fits, wanted = unit in ("%", "pp", "times"), "%, pp or times"
        elif measure in MONEY_MEASURES:
            fits, wanted = bool(_CURRENCY.fullmatch(unit)), "a currency such as CNY"
        else:
            fits = unit in UNITS or bool(_NOUN.fullmatch(unit) or _CURRENCY.fullmatch(unit))
            wanted = "a base unit or a singular noun"
        if not fits:
            faults.add(row, "unit", f"not a unit of {measure}", f"write {wanted}")


def _check_dac_codes(faults: _Faults, tables: Cells, study: Study) -> None:
    for row, cells in faults.rows():
        if not _DAC_CODE.fullmatch(cells["code"]):
            faults.add(row, "code", "not a purpose code", "write its five digits")
        if not _DAC_LIST.fullmatch(cells["in_list"]):
            faults.add(row, "in_list", "not a list", "write the year of the list, or later")


def _check_draft(faults: _Faults, tables: Cells, study: Study) -> None:
    last_end = -1
    figures = tables["figures"]
    places = zip(figures["start"], figures["end"], strict=True)
    prints = dict(zip(places, figures["printed"], strict=True))
    for row, cells in faults.rows():
        last_end = _check_print(faults, row, cells, last_end)
        coded = prints.get((cells["start"], cells["end"]), cells["printed"])
        if cells["printed"] != coded:
            faults.add(row, "printed", f"the coding has {coded} there", "correct one of them")
        for column, said in _drafted_again(cells).items():
            if cells[column] != said:
                problem = f"{cells['kind']} {cells['printed']} gives {said or 'none'}"
                faults.add(row, column, problem, "correct this cell, the kind or the print")
        if cells["kind"] == "count" and cells["unit"] and not _NOUN.fullmatch(cells["unit"]):
            faults.add(row, "unit", "not the thing counted", "write a singular noun, or nothing")
        _check_drafted_subject(faults, row, cells, study)


_BARE_NUMBER = re.compile("[0-9.,]+个?")


def _drafted_again(cells: Row) -> dict[str, str]:
    """What the print of a drafted figure says by itself, by column.

    The currency, the time of a flow, a year that is not printed, the thing counted and the unit
    that a list shares come from the words around, so that they are taken as they stand.
    """
    kind, value, unit = cells["kind"], cells["value"], cells["unit"]
    if kind in NUMERIC_KINDS and _BARE_NUMBER.fullmatch(cells["printed"]):
        return {}
    around = kind == "flow" or (kind == "money" and _CURRENCY.fullmatch(unit))
    try:
        quantity = read_quantity(
            cells["printed"],
            kind=kind if kind in KIND_HINTS else None,
            unit=unit if around else None,
            year=int(value[:4]) if kind in ("date", "period") else None,
        )
    except AidstudyError as error:
        return {"printed": f"no figure ({error})"}
    is_rule = cells["measure"] in EXACT_MEASURES and quantity.bound == "rounded"
    said = derived_cells(quantity, is_rule=is_rule)
    taken = {"count": "unit", "flow": "value"}.get(kind)
    found = {name: said[name] for name in ("kind", "value", "unit", "bound") if name != taken}
    if kind in ("date", "period"):
        found["period"] = value[:4] if kind == "date" else value
    elif kind not in NUMERIC_KINDS:
        found["period"] = ""
    return found


def _check_drafted_subject(faults: _Faults, row: int, cells: Row, study: Study) -> None:
    """A draft names places that the study knows, and a project by its number on the page."""
    subject, donor = cells["subject"], cells["donor"]
    giver, _, recipient = subject.rpartition(">")
    county = recipient if giver else _PROJECT.sub("", recipient)
    if subject and (county not in study.recipients or (giver and giver not in study.donors)):
        known = [*study.recipients, *study.donors]
        faults.add(
            row,
            "subject",
            "neither a recipient, nor a donor>recipient, nor a numbered project of a recipient",
            "correct it" + did_you_mean(county, known),
        )
    elif giver and donor and giver != donor.split(" ")[0]:
        faults.add(row, "donor", f"the subject has {giver} first", "correct one of them")


_RULES: dict[str, Callable[[_Faults, Cells, Study], None]] = {
    "figures": _check_figures,
    "projects": _check_projects,
    "events": _check_events,
    "pairs": _check_pairs,
    "mechanisms": _check_mechanisms,
    "context": _check_context,
    "dac_codes": _check_dac_codes,
}


__all__ = [
    "check_cells",
    "check_draft",
    "check_study",
    "check_tables",
    "has_draft",
    "measures_of",
]
