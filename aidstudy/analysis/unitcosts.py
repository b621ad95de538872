"""What a kilometre, a square metre and a cubic metre a day cost, and which digit blurs it most."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from aidstudy.analysis.desk import Desk
from aidstudy.quantity.scalar import Missing, Quantity
from aidstudy.result import Leaf, Term
from aidstudy.tables.load import StudyLike
from aidstudy.tables.ordinary import LONG, Kind, frame, long_cells, shown


def _per_km(cost: Term, sizes: Mapping[str, Term]) -> Term:
    return cost / sizes["length"] * 1000 if sizes["width"].known else Term.missing()


def _per_m2_of_road(cost: Term, sizes: Mapping[str, Term]) -> Term:
    return cost / (sizes["length"] * sizes["width"])


UNIT_COSTS = (
    ("per_km", "cost per km of road", "每公里造价", "CNY/km", _per_km),
    ("per_m2_road", "cost per m² of road", "每平方米道路造价", "CNY/m2", _per_m2_of_road),
    (
        "per_m2_site",
        "cost per m² of land taken",
        "每平方米占地造价",
        "CNY/m2",
        lambda cost, sizes: cost / sizes["site_area"],
    ),
    (
        "per_m2_floor",
        "cost per m² of floor",
        "每平方米建筑造价",
        "CNY/m2",
        lambda cost, sizes: cost / sizes["floor_area"],
    ),
    (
        "per_m3_day",
        "cost per m³ of daily capacity",
        "每立方米日供水能力造价",
        "CNY/(m3/day)",
        lambda cost, sizes: cost / sizes["daily_capacity"],
    ),
    (
        "storage_days",
        "storage in days of output",
        "库容可供天数",
        "day",
        lambda cost, sizes: sizes["storage_volume"] / sizes["daily_capacity"],
    ),
)
"""Unit costs: name, label, label in Chinese, unit, and how they follow from cost and sizes."""

_SIZES = ("length", "width", "site_area", "floor_area", "daily_capacity", "storage_volume")


@dataclass(frozen=True, slots=True)
class _UnitCost:
    project: Mapping[str, Any]
    name: str
    en: str
    zh: str
    unit: str
    term: Term


def _unit_costs(desk: Desk) -> Iterator[_UnitCost]:
    """The unit costs of every project that prints a cost and a size."""
    for project in desk.tables.records("projects"):
        subject = str(project["project_id"])
        sizes = {name: _only(desk, name, subject) for name in _SIZES}
        cost = desk.figure(project["budget"]) if project["budget"] else Term.missing()
        for name, en, zh, unit, formula in UNIT_COSTS:
            term = formula(cost, sizes)
            if term.known:
                yield _UnitCost(project, name, en, zh, unit, term)


def unit_costs(study: StudyLike = None) -> pd.DataFrame:
    """Every unit cost with two bounds, and the printed number that widens it most.

    Parameters
    ----------
    study : Study or path, optional

    Returns
    -------
    pandas.DataFrame
        One row for each project and unit cost. ``quantity`` reads trailing zeros as the codebook
        does, ``coarse`` as there for the size only. ``widest`` is the printed number whose
        rounding alone moves the value most. ``of_value`` and ``coarse_of_value`` hold the bounds
        as multiples of the value, to set unit costs of different units beside each other.

    Examples
    --------
    >>> unit_costs().set_index("project_id").loc["litang-p02", "widest"].quantity.figures.tolist()
    ['litang-018', 'litang-019']
    """
    desk = Desk(study)
    coarse = Desk(choices={"trailing_zeros": "coarse"}, tables=desk.tables)
    rows: list[dict[str, object]] = []
    for cost, rough in zip(_unit_costs(desk), _unit_costs(coarse), strict=True):
        widest = widest_input(cost.term)
        row = desk.rows[widest.id] if widest else None
        rows.append(
            {name: cost.project[name] for name in ("project_id", "recipient")}
            | {
                "project_en": cost.project["name_short_en"],
                "project_zh": cost.project["name_short_zh"],
                "name": cost.name,
                "label_en": cost.en,
                "label_zh": cost.zh,
                "numbers": cost.term.formula(numbers=True),
            }
            | long_cells(shown(cost.term, cost.unit))
            | {
                "coarse": shown(rough.term, cost.unit),
                "of_value": shown(_over_value(cost.term), ""),
                "coarse_of_value": shown(_over_value(rough.term), ""),
            }
            | {
                "widest": Missing("not_applicable") if widest is None else Quantity.of(widest),
                "widest_printed": None if row is None else row["printed"],
                "widest_measure": None if row is None else row["measure"],
                "widest_unit": None if row is None else row["unit"],
            }
        )
    return frame(rows, _COLUMNS)


_NAMES = ("project_id", "recipient", "project_en", "project_zh", "name", "label_en", "label_zh")
_COLUMNS: dict[str, Kind] = {
    **dict.fromkeys((*_NAMES, "numbers"), "text"),
    **LONG,
    **dict.fromkeys(("coarse", "of_value", "coarse_of_value", "widest"), "quantity"),
    **dict.fromkeys(("widest_printed", "widest_measure", "widest_unit"), "text"),
}


def _over_value(term: Term) -> Term:
    """A term as a multiple of its own value: 1, with the bounds in the same measure."""
    return term / term.value if term.value else Term.missing("not_applicable")


def _only(desk: Desk, measure: str, subject: str) -> Term:
    """The one size of a project; several of a kind belong to parts that are not told apart."""
    found = desk.find(measure, subject=subject)
    return found[0] if len(found) == 1 else Term.missing()


def widest_input(term: Term) -> Leaf | None:
    """The leaf whose rounding alone moves a formula most.

    Parameters
    ----------
    term : Term

    Returns
    -------
    Leaf or None
        ``None`` when nothing is rounded.

    Examples
    --------
    >>> from aidstudy.analysis.desk import Desk
    >>> desk = Desk()
    >>> widest_input(desk.figure("litang-020") / desk.figure("litang-019")).id
    'litang-019'
    """
    widest, reach = None, None
    for key, leaf in term.leaves().items():
        if leaf.interval.width in (0, None):
            continue
        ends = [term.at({key: end}) for end in leaf.interval.closed()]
        moved = abs(ends[1] - ends[0])
        if reach is None or moved > reach:
            widest, reach = leaf, moved
    return widest
