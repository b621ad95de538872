"""The tables for whoever works in pandas: ordinary columns, and one of quantities.

Numbers are float64 with NaN where there is none, days datetime64, flags nullable booleans, codes
categories (stages and statuses in their order), text is text. A column never mixes text and
numbers. The column ``quantity``, or in a wide table one for each sum, carries what floats cannot:
bounds of the print, unit, state and the figures behind it.
"""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from aidstudy import codebook
from aidstudy.codebook import NUMERIC_KINDS, STAGE_LEVELS, STAGES, STATUSES, Table
from aidstudy.files import read_toml
from aidstudy.quantity.dtype import TEXT, QuantityArray, QuantityDtype
from aidstudy.quantity.result import Term
from aidstudy.quantity.scalar import Missing, Quantity
from aidstudy.tables.adjudication import has_codings, reasoned_log
from aidstudy.tables.check import check_study
from aidstudy.tables.clean import apply_corrections, raw_cells
from aidstudy.tables.days import dated, first_day, last_day
from aidstudy.tables.load import StudyLike, exact_rows, figure_term, leaf_of, warn_if_behind
from aidstudy.tables.study import Study, load_study

Row = Mapping[str, Any]
Kind = str | Sequence[str]
"""What a column holds: text, integer, float, flag, day, quantity, or its categories in order."""

_MAKERS: Mapping[str, Callable[[list[Any]], Any]] = {
    "text": lambda cells: pd.array(cells, dtype=TEXT),
    "integer": lambda cells: pd.array(cells, dtype="Int64"),
    "float": lambda cells: np.array([np.nan if c is None else float(c) for c in cells], float),
    "flag": lambda cells: pd.array(cells, dtype="boolean"),
    "day": lambda cells: pd.to_datetime(pd.Series(cells, dtype=object)).astype("datetime64[s]"),
    "quantity": QuantityArray.of,
}

STAGE_ORDER = tuple(sorted(STAGES, key=STAGE_LEVELS.__getitem__))
"""Stages from planned to completed; those of things that are not built beside their level."""


def _read_columns() -> dict[str, dict[str, Kind]]:
    """The kinds of columns by table, as ``columns.toml`` tells them."""
    found: dict[str, dict[str, Kind]] = {}
    for table, lines in read_toml(__file__, "columns.toml").items():
        found[table] = {}
        for kind, *names in map(str.split, lines):
            own = kind.startswith("+")
            found[table] |= found[kind[1:]] if own else dict.fromkeys(names, _kind(kind))
    return found


def _kind(told: str) -> Kind:
    if "<" in told:
        return tuple(told.split("<"))
    if told in ("PRECISIONS", "REALISED", "STATES"):
        return list(getattr(codebook, told))
    ordered = {"STAGES": STAGE_ORDER, "STATUSES": tuple(STATUSES)}
    return told.split("|") if "|" in told else ordered.get(told, told)


COLUMNS = _read_columns()


def frame(rows: Iterable[Row], columns: Mapping[str, Kind]) -> pd.DataFrame:
    """Rows as a table whose columns have the types that they should, also when it is empty.

    A cell that is ``None`` or missing from the row is empty. Categories are ordered where they are
    a tuple, without order where they are a list.
    """
    found = list(rows)
    made: dict[str, Any] = {}
    for name, kind in columns.items():
        cells = [None if _is_empty(row.get(name)) else row[name] for row in found]
        if isinstance(kind, str):
            made[name] = _MAKERS[kind](cells)
        else:
            made[name] = pd.Categorical(cells, list(kind), ordered=isinstance(kind, tuple))
    return pd.DataFrame(made)


def _is_empty(cell: object) -> bool:
    return cell is None or cell is pd.NA or cell is pd.NaT or (isinstance(cell, str) and not cell)


def _kinds(table: Table, study: Study, **instead: Mapping[str, Kind]) -> dict[str, Kind]:
    """The kind of each column of a table of the codebook; some have others in their place."""
    kinds: dict[str, Kind] = {}
    for column in table.columns:
        codes = study.codes_of(column) if column.type == "code" else None
        plain = "integer" if column.type == "integer" else "text"
        kind = _ORDERED.get(column.name, plain if codes is None else list(codes))
        kinds |= instead.get(column.name, {column.name: kind})
    return kinds


_ORDERED: Mapping[str, Kind] = {"stage": STAGE_ORDER, "status": tuple(STATUSES)}
_BESIDE = ("unit", "state")
_NUMBER = {name: kind for name, kind in COLUMNS["number"].items() if name not in _BESIDE}
_OF_NUMBERS: Mapping[str, Mapping[str, Kind]] = {"value": _NUMBER, "low": {}, "high": {}}
"""A table with one number a row has its quantity, floats, text and days where the value stood."""


def _opened(study: StudyLike) -> Study:
    opened = load_study(study)
    warn_if_behind(opened)
    return opened


def _plain(name: str, study: Study) -> pd.DataFrame:
    table, rows = exact_rows(name, study)
    return frame(rows, _kinds(table, study))


Loader = TypeVar("Loader", bound=Callable[..., Any])


def of_study(load: Loader) -> Loader:
    """Set the docstring of what is made of a stored study in sections, as ``docstring.toml`` says.

    Its own has a summary, what is returned, and examples.
    """
    summary, _, rest = inspect.cleandoc(load.__doc__ or "").partition("\n\n")
    returned, _, examples = rest.partition("\n\n>>>")
    signature, told = inspect.signature(load), _DOCSTRING
    if "choices" not in signature.parameters:
        told = told | {"choices": "", "wrong": ""}
    kind = str(signature.return_annotation).replace("pd.", "pandas.").replace(" | ", " or ")
    returned = f"{kind}\n{textwrap.indent(returned, '    ')}"
    about = {"summary": summary, "returned": returned, "examples": examples}
    load.__doc__ = told["of_study"].format(**told, **about)
    return load


_DOCSTRING = {name: text.rstrip() for name, text in read_toml(__file__, "docstring.toml").items()}


def _number_cells(row: Row, term: Term | None) -> dict[str, Any]:
    """The cells of a row with one number: quantity and floats, or text and days."""
    if term is not None:
        return long_cells(Quantity.from_shown(term, row["unit"] or ""))
    told: dict[str, Any] = dict.fromkeys(("value", "low", "high"))
    told |= {"quantity": Missing("not_applicable"), "text": row["value"]}
    if row["kind"] in ("date", "period"):
        told["first_day"] = None if row["low"] is None else first_day(str(row["low"]))
        told["last_day"] = None if row["high"] is None else last_day(str(row["high"]))
    return told


@of_study
def load_figures(study: StudyLike = None) -> pd.DataFrame:
    """Every number printed on the page, one row each, in reading order.

    ``quantity`` is the number with its bounds; ``value``, ``low`` and ``high`` are the same
    as float64, in ``unit`` (an open end is infinite). Dates, codes and contacts stand in
    ``text``, dates in ``first_day`` and ``last_day`` too. ``start`` and ``end`` are the place
    on the page. A figure that repeats another (``same_as``) has the quantity of the first.

    >>> figures = load_figures().set_index("figure_id")
    >>> figures.loc["ganzi-021", "quantity"]
    0.845% [0.8445, 0.8455]
    >>> figures.query("unit == '%'")["value"].tolist()
    [0.5, 0.845, 69.0]
    """
    opened = _opened(study)
    table, rows = exact_rows("figures", opened)
    by_id = {row["figure_id"]: row for row in rows}

    def term(row: Row) -> Term | None:
        if row["kind"] not in NUMERIC_KINDS:
            return None
        return figure_term(by_id[row["same_as"]] if row["same_as"] else row, opened.choices)

    made = [{**row, **_number_cells(row, term(row))} for row in rows]
    return frame(made, _kinds(table, opened, **_OF_NUMBERS))


@of_study
def load_context(study: StudyLike = None) -> pd.DataFrame:
    """Facts from outside the page, each with source, grade and the bounds of its own print.

    Columns as in :func:`load_figures`, and the source of each fact with its date and grade.

    >>> load_context().set_index("fact_id").loc["revenue-yibin-2011", "printed"]
    '67.23亿元'
    """
    opened = _opened(study)
    table, rows = exact_rows("context", opened)
    made = [{**row, **_number_cells(row, Term.of(leaf_of(row)))} for row in rows]
    return frame(made, _kinds(table, opened, **_OF_NUMBERS))


@of_study
def load_projects(study: StudyLike = None) -> pd.DataFrame:
    """Every named project, in one flat table with its money.

    Names of county and donor, ``sector`` with its name, ``status`` and ``stage`` (ordered
    categories) with its ``level`` from 0 (planned) to 6 (completed); ``budget``, ``aid``,
    ``spent`` and ``loan`` (intended, from a bank; no aid) as quantities in CNY million, each
    beside the id of its figure. One printed sum
    may stand for several projects: then ``joint`` is true and ``group`` names the figures.
    Sums of the quantities count it once. ``events`` are ids of the events that cover the
    project; :func:`load_event_projects` has one row for each. ``start`` and ``end`` are the
    place on the page.

    >>> projects = load_projects()
    >>> projects.query("recipient == 'xinlong'")["aid"].sum()
    17.6775 [17.67745, 17.67755] CNY million (xinlong-023 once)
    """
    opened = _opened(study)
    table, rows = exact_rows("projects", opened)
    figures = {row["figure_id"]: row for row in exact_rows("figures", opened)[1]}
    sectors = {row["code"]: row["name"] for row in exact_rows("dac_codes", opened)[1]}
    covered = _covering(exact_rows("events", opened)[1])
    made = []
    for row in rows:
        ids = {new: row[old] for new, old in _MONEY.items()} | {"loan": None}
        if ids["aid"] and figures[ids["aid"]]["measure"] == "loan_planned":
            ids |= {"loan": ids["aid"], "aid": None}
        joint = [one for one in ids.values() if one and _is_joint(one, row, rows, figures)]
        told = _names(row, opened) | {f"{name}_figure": one for name, one in ids.items()}
        told |= {name: _money(one, figures) for name, one in ids.items()}
        told |= {"sector_name": sectors.get(row["sector"]), "level": STAGE_LEVELS[row["stage"]]}
        told |= {"joint": bool(joint), "group": " ".join(dict.fromkeys(joint))}
        made.append(row | told | {"events": " ".join(covered.get(row["project_id"], ()))})
    coded = _kinds(table, opened)
    return frame(made, COLUMNS["projects"] | {name: coded[name] for name in _CODED})


_MONEY = {"budget": "budget", "aid": "donor_amount", "spent": "expenditure"}
_CODED = ("recipient", "status", "stage")


def _names(project: Row, study: Study) -> dict[str, str]:
    """County and donors of a project, for labels."""
    county = study.recipients[project["recipient"]]
    donors = [study.donors[slug] for slug in project["donor"].split()]
    return {
        "recipient_en": county.short_en,
        "recipient_zh": county.short_zh,
        "donor_en": " and ".join(donor.short_en for donor in donors),
        "donor_zh": "、".join(donor.short_zh for donor in donors),
    }


def _money(figure_id: str | None, figures: Mapping[str, Row]) -> Quantity | Missing:
    if not figure_id:
        return Missing("not_reported")
    return Quantity.of(leaf_of(figures[figure_id])).to("CNY million")


def _is_joint(one: str, row: Row, rows: Sequence[Row], figures: Mapping[str, Row]) -> bool:
    """Whether a sum is printed for several projects: named ones, or one named and others."""
    sharing = sum(one in (other[column] for column in _MONEY.values()) for other in rows)
    return sharing > 1 or figures[one]["subject"] != row["project_id"]


def _covering(events: Iterable[Row]) -> dict[str, list[str]]:
    """For each project the events that cover it."""
    found: dict[str, list[str]] = {}
    for event in events:
        for project in (event["project_id"] or "").split():
            found.setdefault(project, []).append(event["event_id"])
    return found


@of_study
def load_events(study: StudyLike = None) -> pd.DataFrame:
    """Every happening that the page ties to a day, month, half-year or year.

    ``first_day`` and ``last_day`` are datetime64: the days on which it can have been. What
    had happened ends with the window of writing at the latest; a deadline has no
    ``first_day``. ``start_date`` and ``end_date`` keep the dates as coarse as the print.
    ``projects`` are ids of every project that it covers.

    >>> events = load_events().set_index("event_id")
    >>> print(events.loc["xinlong-e03", "last_day"].date())   # "2012", and written by October
    2012-10-31
    """
    opened = _opened(study)
    table, rows = exact_rows("events", opened)
    days: dict[str, Kind] = {"end_date": "text", "first_day": "day", "last_day": "day"}
    kinds = _kinds(table, opened, end_date=days, project_id={"projects": "text"})
    return frame(dated(rows), kinds)


@of_study
def load_event_projects(study: StudyLike = None) -> pd.DataFrame:
    """One row for each event and project that it covers, to merge events with projects.

    ``event_id`` and ``project_id``, the projects in the order in which events name them.

    >>> load_event_projects().query("event_id == 'xinlong-e07'")["project_id"].size
    5
    """
    covering = _covering(exact_rows("events", _opened(study))[1])
    pairs = (
        {"event_id": event, "project_id": project}
        for project, events in covering.items()
        for event in events
    )
    return frame(pairs, {"event_id": "text", "project_id": "text"})


@of_study
def load_pairs(study: StudyLike = None) -> pd.DataFrame:
    """Every pair of donor and recipient.

    One row a pair, with the place of its first mention.

    >>> load_pairs()["role"].eq("paired_government").sum()
    np.int64(6)
    """
    return _plain("pairs", _opened(study))


@of_study
def load_mechanisms(study: StudyLike = None) -> pd.DataFrame:
    """For every county and management device, whether the article mentions it.

    One row a county and device, with the place of the evidence.

    >>> sorted(load_mechanisms()["present"].cat.categories)
    ['not_mentioned', 'yes']
    """
    return _plain("mechanisms", _opened(study))


@of_study
def load_dac_codes(study: StudyLike = None) -> pd.DataFrame:
    """The OECD DAC purpose codes that projects may have.

    One row a code, with its name and the list in which it first stood.

    >>> load_dac_codes().set_index("code").loc["21020", "name"]
    'Road transport'
    """
    return _plain("dac_codes", _opened(study))


@of_study
def load_adjudication(study: StudyLike = None) -> pd.DataFrame:
    """Every cell in which the two codings differ from each other or from the final tables, and why.

    Text, one row a cell; an empty cell is one that a coder left empty. What a correction
    changed has the reason of the correction for its ``rule``.

    >>> log = load_adjudication()
    >>> log.loc[log["row"] == "litang-004", ["column", "b", "final"]].to_numpy().tolist()
    [['donor', 'leshan', '']]
    """
    opened = load_study(study)
    typed = apply_corrections(raw_cells(opened))
    log = typed["adjudication"]
    if has_codings(opened):
        log = reasoned_log(opened, log, typed["corrections"], check_study(opened))
    return log.reset_index(drop=True).astype(TEXT)


def shown(term: Term, unit: str) -> Quantity | Missing:
    """A formula, in base units or a share in per cent, as a cell of a table in some unit."""
    return Quantity.from_shown(term, unit) if term.known else Missing(term.state)


def money(term: Term) -> Quantity | Missing:
    """A formula in CNY as a cell in CNY million."""
    return Quantity(term, "CNY million") if term.known else Missing(term.state)


def long_cells(quantity: Quantity | Missing) -> dict[str, Any]:
    """The cells of a table with one number a row: quantity, floats, unit and state."""
    parts = ("value", "low", "high", "unit", "state")
    return {"quantity": quantity} | {part: getattr(quantity, part) for part in parts}


def exact_frame(table: pd.DataFrame) -> pd.DataFrame:
    """A table with exact cells, for what rounds only when it writes: plots, papers, notebooks.

    A column ``aid`` of quantities becomes ``aid``, ``aid_low``, ``aid_high``, ``aid_state`` and
    ``aid_figures`` in base units (shares in per cent), one named ``quantity`` plain ``value``,
    ``low`` and so on. A table that has exact cells is given back as it is.
    """
    made = {str(name): [_exact_cell(cell) for cell in table[name]] for name in table.columns}
    for name in table.columns:
        cells, start = list(table[name]), str(name).removesuffix("quantity")
        if not (isinstance(table[name].dtype, QuantityDtype) or any(map(_is_number, cells))):
            continue
        told = [_exact_parts(cell) for cell in cells]
        if name == "quantity" and "text" in made:
            days = [made.get(day, [None] * len(cells)) for day in ("first_day", "last_day")]
            for cell, one, text, *ends in zip(cells, told, made["text"], *days, strict=True):
                if isinstance(cell, Missing) and text:
                    low, high = (day and day.isoformat() for day in ends)
                    one |= {"value": text, "low": low, "high": high}
        for part in _PARTS if name == "quantity" else _PARTS[:-1]:
            plain = name if part == "value" else f"{name}_{part}"
            column = plain if start == name else f"{start}{part}"
            new = [one.get(part) for one in told]
            if part in _PARTS[3:] and column in made:  # the table says where a quantity is silent
                silent = None if part == "unit" else ""
                both = zip(new, made[column], strict=True)
                new = [old if one == silent else one for one, old in both]
            made[column] = new
    made.pop("quantity", None)
    return pd.DataFrame(made, index=table.index, dtype=object)


_PARTS = ("value", "low", "high", "state", "figures", "unit")


def _is_number(cell: object) -> bool:
    return isinstance(cell, (Quantity, Missing))


def _exact_cell(cell: Any) -> Any:
    if cell is pd.NA or cell is pd.NaT or isinstance(cell, Quantity) or cell != cell:
        return None
    return cell.date() if isinstance(cell, pd.Timestamp) else cell


def _exact_parts(cell: Quantity | Missing) -> dict[str, Any]:
    """What a cell says: money in CNY, all else in the unit that its table gives it."""
    if isinstance(cell, Missing):
        return dict.fromkeys(("value", "low", "high")) | {"state": cell.state, "figures": ""}
    plain = cell.in_base() if cell.base_unit == "CNY" else cell
    ends = {"value": plain.exact, "low": plain.interval.low, "high": plain.interval.high}
    ids = " ".join((*cell.figures, *cell.facts))
    return ends | {"state": cell.state, "figures": ids, "unit": plain.unit}
