"""Whole tables against the codebook and against each other; faults are raised, all together.

The rules stand in ``rules.toml``; here is what they test.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cache, lru_cache
from typing import Any

import pandas as pd

from aidstudy import codebook
from aidstudy.codebook import Table, did_you_mean
from aidstudy.errors import AidstudyError, Fault, FileError, TableError
from aidstudy.reading.figure import EXACT_MEASURES, derived_cells, plain_print
from aidstudy.reading.quantities import read_quantity
from aidstudy.tables.adjudication import check_adjudication, has_codings
from aidstudy.tables.cells import RULES, cell_faults, exact, row_faults
from aidstudy.tables.clean import (
    apply_corrections,
    clean_tables,
    file_name,
    raw_cells,
)
from aidstudy.tables.files import fault_at, read_cells, rows_of
from aidstudy.tables.study import Study, load_study

Cells = Mapping[str, pd.DataFrame]
Row = Mapping[str, str]

_NOUN = re.compile("[a-z]+(?:[ -][a-z]+)*")
_CURRENCY = re.compile("[A-Z]{3}")
_PROJECT = re.compile("-p[0-9]{2,}$")
_BARE_NUMBER = re.compile("[0-9.,]+个?")
# One sign of the page may become several in plain print: ㎡ is m2, ⑴ is (1), ⒈ is 1., ⑩ is 10.
_ONE_SIGN = re.compile(r"[A-Za-z]+[0-9]?|\A(?:\([0-9]{1,2}\)|[0-9]{1,2}\.|[1-5][0-9])\Z")
_COUNTED = {
    "figure_id": ("article", "", 3),
    "project_id": ("recipient", "p", 2),
    "event_id": ("recipient", "e", 2),
}
_HALF_YEARS = {"01": "06", "07": "12"}


def measures_of(kind: str) -> tuple[str, ...]:
    """What a figure of a kind may measure, in the order of the codebook."""
    return tuple(what for what, kinds in codebook.MEASURE_KINDS.items() if kind in kinds)


def check_cells(tables: Cells, study: Study) -> None:
    """Every cell of the raw and outside tables: empty cells, types, codes, ids."""
    faults: list[Fault] = []
    for name, table in {**codebook.RAW_TABLES, **codebook.OUTSIDE_TABLES}.items():
        faults += cell_faults(tables[name], table, study, name=file_name(name))
    TableError.raise_if_any(faults, what="tables against the codebook")


def check_tables(tables: Cells, study: Study) -> None:
    """The clean tables, and ``dac_codes``, against each other: all faults in one error."""
    faults: list[Fault] = []
    for name, table in {**codebook.CLEAN_TABLES, "dac_codes": codebook.DAC_CODES}.items():
        label, cells = file_name(name), tables[name]
        faults += row_faults(cells, table, name=label)
        faults += [Fault(label, *told) for told in _absent(name, cells, study)]
        faults += rule_faults(table, cells, _Tests(tables, study), name=label)
    TableError.raise_if_any(faults, what="tables against each other")


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
    changed = len(typed["corrections"]) > 0
    if changed:
        check_cells(corrected, study)
    clean = clean_tables(corrected, codebook.CLEAN_TABLES)
    check_tables({**corrected, **clean}, study)
    if has_codings(study) or len(corrected["adjudication"]):
        # Corrections came later than the log, and bring their own reasons.
        settled = clean_tables(typed, codebook.CLEAN_TABLES) if changed else clean
        check_adjudication(study, corrected["adjudication"], settled)
    if has_draft(study):
        check_draft(study, clean["figures"])
    return clean


def has_draft(study: Study) -> bool:
    """Whether a study keeps the draft of its page, as ``aidstudy agreement PAGE --store`` does."""
    return (study.folder / file_name(codebook.DRAFT.name)).exists()


def check_draft(study: Study, figures: pd.DataFrame) -> pd.DataFrame:
    """The draft that a study keeps, as text cells without faults.

    It may have a figure that the clean `figures` of the page lack; where the place is the same,
    the print is, but for figures that were corrected since: the draft stays as it was read.
    """
    name = file_name(codebook.DRAFT.name)
    if not has_draft(study):
        raise FileError(
            f"{study.folder / name}: no draft is stored; give the page's text, or store its draft "
            "with aidstudy agreement PAGE --store"
        )
    cells = read_cells(study.folder / name, codebook.DRAFT.names, name=name)
    faults = cell_faults(cells, codebook.DRAFT, study, name=name)
    if not faults:
        label = file_name("corrections")
        made = read_cells(study.folder / label, codebook.CORRECTIONS.names, name=label)
        figures = figures[~figures["figure_id"].isin(made.loc[made["table"] == "figures", "row"])]
        faults = _faults_of(codebook.DRAFT, cells, {"figures": figures}, study)
    what = f"{name}, which aidstudy agreement PAGE --store makes anew"
    TableError.raise_if_any(faults, what=what)
    return cells


def _faults_of(table: Table, cells: pd.DataFrame, tables: Cells, study: Study) -> list[Fault]:
    """What is wrong in a table without faults in single cells, or in what it says of others."""
    name = file_name(table.name)
    faults = row_faults(cells, table, name=name)
    faults += [Fault(name, *told) for told in _absent(table.name, cells, study)]
    return faults + rule_faults(table, cells, _Tests(tables, study), name=name)


def rule_faults(table: Table, cells: pd.DataFrame, tests: object, *, name: str) -> list[Fault]:
    """Where ``rules.toml`` is broken; `tests` holds its tests, and the rows that it names."""
    faults = []
    for number, row in rows_of(cells).items():
        for chain in _chains(table.name):
            for column, rule in chain:
                told = _asked(rule, tests, row, column)
                found = told if isinstance(told, list) else [row[column]] if told else []
                for word in found:
                    words = {**row, "found": word}
                    problem = rule["problem"].format_map(words)
                    remedy = rule.get("remedy", "").format_map(words)
                    if near := rule.get("near", rule.get("among")):
                        said = did_you_mean(word, getattr(tests, near))
                        problem, remedy = problem + said * (not remedy), remedy + said
                    faults.append(fault_at(cells, number, table, name, column, problem, remedy))
                if found:
                    break
    return faults


def _asked(rule: Mapping[str, Any], tests: Any, row: Row, column: str) -> object:
    """Whether a row breaks a rule, or a list of what it is broken by."""
    cell = row[column]
    if "test" in rule:
        return getattr(tests, rule["test"])(row, column)
    if "alike" in rule:
        other = tests.figures.get(cell, row)[rule["alike"]]
        return [] if other == row[rule["alike"]] else [other]
    if "own" in rule:
        rows, owner = getattr(tests, rule["among"]), rule["own"]
        ids = cell.split()
        return [one for one in ids if one not in rows or rows[one][owner] != row["recipient"]]
    if "among" in rule:
        return cell != "" and cell not in getattr(tests, rule["among"])
    if "measures" in rule:
        measure = tests.figures[cell]["measure"] if cell else rule["measures"][0]
        return [] if measure in rule["measures"] else [measure]
    if "forms" in rule:
        form = RULES["forms"][rule["forms"]][row[rule["forms"]]]
        return cell != "" and not re.fullmatch(form, cell)
    where = rule.get("where", {}).items()
    there = all(re.fullmatch(pattern, row[other]) for other, pattern in where)
    return there and not re.fullmatch(rule["pattern"], cell)


@cache
def _chains(table: str) -> list[list[tuple[str, dict[str, Any]]]]:
    """Columns and rules of a table in the order of the tests, each chain up to the first broken."""
    chains: list[dict[str, list[tuple[str, dict[str, Any]]]]] = []
    for rule in RULES.get(table, ()):
        if not rule.get("then"):
            chains.append({})
        columns = [rule["column"]] if isinstance(rule["column"], str) else rule["column"]
        for column in columns:
            chains[-1].setdefault(column, []).append((column, rule))
    return [chain for by_column in chains for chain in by_column.values()]


def _absent(table: str, cells: pd.DataFrame, study: Study) -> Iterator[tuple[str, str, str, str]]:
    """Rows that a table should have: column, what is not there, problem, remedy."""
    if table == "pairs":
        given = set(cells["donor"])
        if missing := " ".join(slug for slug in study.donors if slug not in given):
            remedy = "add the pair or delete the name there"
            yield "donor", missing, "named in data/study.toml but in no pair", remedy
    if table == "mechanisms":
        present = set(zip(cells["recipient"], cells["mechanism"], strict=True))
        for recipient in study.recipients:
            for mechanism in codebook.MECHANISMS:
                if (recipient, mechanism) not in present:
                    remedy = "add it, with present yes or not_mentioned"
                    yield "", f"{recipient} {mechanism}", "has no row", remedy


class _Tests:
    """What ``rules.toml`` tests: each is asked with a row and the column that would be blamed.

    The answer is whether the row is broken, or a list of what it is broken by. Rows come in order.
    """

    def __init__(self, tables: Cells, study: Study) -> None:
        def by(name: str, *key: str) -> dict[str, Row]:
            rows = rows_of(tables[name]).values() if name in tables else ()
            return {">".join(row[part] for part in key): row for row in rows}

        self.study, self.figures = study, by("figures", "figure_id")
        self.prints = {(row["start"], row["end"]): row["printed"] for row in self.figures.values()}
        self.order = {figure_id: place for place, figure_id in enumerate(self.figures)}
        self.projects, self.sectors = by("projects", "project_id"), by("dac_codes", "code")
        self.pairs = by("pairs", "donor", "recipient")
        self.subjects = {*self.projects, *self.pairs, *study.recipients}
        self.places = [*study.recipients, *study.donors]
        self.numbers: dict[str, list[int]] = {}
        self.last_end = -1

    def out_of_count(self, row: Row, column: str) -> list[str]:
        """Ids of an owner count up from 1.

        One that follows the id above it is let pass, and so is one that stands at its own place,
        so that a row left out, or one wrong id, is one fault and not one for each row below.
        """
        owner, letter, digits = _COUNTED[column]
        start = f"{row[owner]}-{letter}"
        above = self.numbers.setdefault(row[owner], [])
        place, follower = len(above) + 1, (above[-1] if above else 0) + 1
        found = re.fullmatch(rf"{start}([0-9]{{{digits},6}})", row[column])
        number = int(found[1]) if found else 0
        above.append(number or place)
        fits = number in (place, follower) and row[column] == f"{start}{number:0{digits}d}"
        return [] if fits else [f"{start}{follower:0{digits}d}"]

    def overlaps(self, row: Row, column: str) -> list[str]:
        last, start = self.last_end, int(row["start"])
        self.last_end = max(last, int(row["end"]))
        return [str(last)] if start < last else []

    def not_plain(self, row: Row, column: str) -> list[str]:
        plain = plain_print(row["printed"])
        return [] if plain == row["printed"] else [plain]

    def longer_than_slice(self, row: Row, column: str) -> bool:
        start, end = int(row["start"]), int(row["end"])
        return start < end < start + len(_ONE_SIGN.sub("m", row["printed"]))

    def of_another_kind(self, row: Row, column: str) -> list[str]:
        kinds = codebook.MEASURE_KINDS[row["measure"]]
        return [] if row["kind"] in kinds else [" or ".join(kinds)]

    def subject_elsewhere(self, row: Row, column: str) -> bool:
        county = row["subject"].rpartition(">")[2].partition("-")[0]
        return bool(county) and county != row["article"]

    def not_in_pairs(self, row: Row, column: str) -> list[str]:
        recipient = row.get("article") or row["recipient"]
        pairs = [f"{donor}>{recipient}" for donor in row["donor"].split()]
        return [pair for pair in pairs if pair not in self.pairs]

    def not_earlier(self, row: Row, column: str) -> bool:
        if not row[column] or column == "part_of":
            return row[column] == row["figure_id"]
        return self.order[row[column]] >= self.order[row["figure_id"]]

    def in_a_circle(self, row: Row, column: str) -> bool:
        """Whether a figure is reached again from part to whole."""
        seen: set[str] = set()
        whole = row["part_of"]
        while whole in self.figures and whole not in seen:
            seen.add(whole)
            whole = self.figures[whole]["part_of"]
        return row["figure_id"] in seen

    def cannot_be(self, row: Row, column: str) -> list[str]:
        """A part above all that its whole can be, or what is said twice and cannot be the same."""
        other = self.figures.get(row[column], row)
        apart = _exceeds(row, other) or (column == "same_as" and _exceeds(other, row))
        return [other["printed"]] if apart else []

    def before_start(self, row: Row, column: str) -> bool:
        start, end = row["start_date"], row["end_date"]
        return start[: len(end)] > end[: len(start)]

    def no_half_year(self, row: Row, column: str) -> bool:
        start = row["start_date"]
        wanted = f"{start[:4]}-{_HALF_YEARS.get(start[-2:])}"
        return row["precision"] == "half_year" and bool(start) and row["end_date"] != wanted

    def of_another_unit(self, row: Row, column: str) -> list[str]:
        unit, kinds = row["unit"], codebook.MEASURE_KINDS.get(row["measure"], ())
        currency, noun = _CURRENCY.fullmatch(unit), _NOUN.fullmatch(unit)
        if "share" in kinds and row["measure"] != "other":
            return [] if unit in ("%", "pp", "times") else ["%, pp or times"]
        if row["measure"] in codebook.MONEY_MEASURES:
            return [] if currency else ["a currency such as CNY"]
        known = unit in codebook.UNITS or noun or currency
        return [] if known else ["a base unit or a singular noun"]

    def coded_otherwise(self, row: Row, column: str) -> list[str]:
        coded = self.prints.get((row["start"], row["end"]), row["printed"])
        return [] if coded == row["printed"] else [coded]

    def read_otherwise(self, row: Row, column: str) -> list[str]:
        told = (row[name] for name in ("printed", "kind", "value", "unit", "measure"))
        said = _read_again(*told).get(column, row[column])
        return [] if said == row[column] else [said or "none"]

    def drafted_subject(self, row: Row, column: str) -> list[str]:
        """A draft names places that the study knows, and a project by its number on the page."""
        giver, _, recipient = row["subject"].rpartition(">")
        county = recipient if giver else _PROJECT.sub("", recipient)
        known = county in self.study.recipients and (not giver or giver in self.study.donors)
        return [] if known or not row["subject"] else [county]

    def another_first_donor(self, row: Row, column: str) -> list[str]:
        giver, donors = row["subject"].rpartition(">")[0], row["donor"].split(" ")
        other = giver and donors[0] and giver != donors[0]
        return [giver] if other and not self.drafted_subject(row, column) else []


def _exceeds(figure: Row, other: Row) -> bool:
    """Whether all that the print of a figure allows is above all that another's allows."""
    if figure["kind"] not in codebook.NUMERIC_KINDS:
        return False
    low, most = (exact(row[end], row["kind"]) for row, end in ((figure, "low"), (other, "high")))
    return isinstance(low, Fraction) and isinstance(most, Fraction) and low > most


@lru_cache(maxsize=1)
def _read_again(printed: str, kind: str, value: str, unit: str, measure: str) -> dict[str, str]:
    """What the print of a drafted figure says by itself, by column.

    The currency, the time of a flow, a year that is not printed, the thing counted and the unit
    that a list shares come from the words around, so that they are taken as they stand.
    """
    if kind in codebook.NUMERIC_KINDS and _BARE_NUMBER.fullmatch(printed):
        return {}
    around = kind == "flow" or (kind == "money" and _CURRENCY.fullmatch(unit))
    try:
        quantity = read_quantity(
            printed,
            kind=kind if kind in codebook.KIND_HINTS else None,
            unit=unit if around else None,
            year=int(value[:4]) if kind in ("date", "period") else None,
        )
    except AidstudyError as error:
        return {"printed": f"no figure ({error})"}
    is_rule = measure in EXACT_MEASURES and quantity.bound == "rounded"
    said = derived_cells(quantity, is_rule=is_rule)
    taken = {"count": "unit", "flow": "value"}.get(kind)
    found = {name: said[name] for name in ("kind", "value", "unit", "bound") if name != taken}
    if kind in ("date", "period"):
        found["period"] = value[:4] if kind == "date" else value
    elif kind not in codebook.NUMERIC_KINDS:
        found["period"] = ""
    return found
