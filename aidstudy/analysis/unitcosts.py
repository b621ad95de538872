"""What a kilometre, a square metre and a cubic metre a day cost, and which digit blurs it most."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aidstudy.analysis.desk import Desk
from aidstudy.result import Leaf, Term


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


def unit_cost_results(desk: Desk) -> None:
    """The unit costs of every project that prints a cost and a size."""
    for project in desk.tables.records("projects"):
        subject = str(project["project_id"])
        sizes = {name: _only(desk, name, subject) for name in _SIZES}
        cost = desk.figure(project["budget"]) if project["budget"] else Term.missing()
        for name, en, zh, unit, formula in UNIT_COSTS:
            term = formula(cost, sizes)
            if term.known:
                _give(desk, project, name, en, zh, unit, term)


def _only(desk: Desk, measure: str, subject: str) -> Term:
    """The one size of a project; several of a kind belong to parts that are not told apart."""
    found = desk.find(measure, subject=subject)
    return found[0] if len(found) == 1 else Term.missing()


def _give(
    desk: Desk, project: Mapping[str, Any], name: str, en: str, zh: str, unit: str, term: Term
) -> None:
    subject, start = project["project_id"], f"unit_cost.{project['project_id']}.{name}"
    desk.give(
        start,
        term,
        label=f"{project['name_short_en']}: {en}",
        label_zh=f"{project['name_short_zh']}：{zh}",
        unit=unit,
        note="a planned size"
        if name == "storage_days"
        else "planned total cost, whatever it contains; no price that was paid",
    )
    widest = widest_input(term)
    desk.give(
        f"{start}.widest",
        term,
        label=f"{project['name_short_en']}: the print that widens the {en} most",
        label_zh=f"{project['name_short_zh']}：影响{zh}区间最大的原数",
        unit="",
        note=f"each printed number of {subject} moved alone through what it allows",
        text="none: all numbers are exact" if widest is None else f"{widest.printed} ({widest.id})",
    )


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


__all__ = ["UNIT_COSTS", "unit_cost_results", "widest_input"]
