"""Unit costs and the digit that blurs each most, and how far the print leaves any figure open."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from aidstudy.analysis.desk import WORDS, Desk
from aidstudy.bilingual import LANGS
from aidstudy.quantity.result import Leaf, Term
from aidstudy.quantity.scalar import Missing, Quantity
from aidstudy.tables.load import StudyLike
from aidstudy.tables.ordinary import COLUMNS, frame, load_figures

Sizes = Mapping[str, Term]
UNIT_COSTS: Mapping[str, Callable[[Term, Sizes], Term]] = {
    "per_km": lambda cost, of: cost / of["length"] if of["width"].known else Term.missing(),
    "per_m2_road": lambda cost, of: cost / (of["length"] * of["width"]),
    "per_m2_site": lambda cost, of: cost / of["site_area"],
    "per_m2_floor": lambda cost, of: cost / of["floor_area"],
    "per_m3_day": lambda cost, of: cost / of["daily_capacity"],
    "storage_days": lambda cost, of: of["storage_volume"] / of["daily_capacity"],
}
"""How unit costs follow from cost and sizes."""

_SIZES = ("length", "width", "site_area", "floor_area", "daily_capacity", "storage_volume")


def unit_costs(study: StudyLike = None) -> pd.DataFrame:
    """Every unit cost with two bounds, and the printed number that widens it most.

    One row for each project and unit cost that it prints a cost or sizes for. ``quantity`` reads
    trailing zeros as the codebook does, ``coarse`` as there for the size only. ``widest`` is the
    printed number whose rounding alone moves the value most, with ``widest_measure`` and
    ``widest_unit``. ``of_value`` holds the same bounds as multiples of the value, to set unit
    costs of different units beside each other.

    >>> costs = unit_costs().query("project_id == 'litang-p02'").set_index("name")
    >>> costs["widest"].quantity.figures.to_dict()
    {'per_km': 'litang-018', 'per_m2_road': 'litang-019'}
    """
    desk, coarse = Desk(study), Desk(study, {"trailing_zeros": "coarse"})
    rows: list[dict[str, Any]] = []
    for project in desk.projects.values():
        told = {name: project[name] for name in ("project_id", "recipient")}
        told |= {f"project_{lang}": project[f"name_short_{lang}"] for lang in LANGS}
        inputs = [_inputs(one, project) for one in (desk, coarse)]
        for name, formula in UNIT_COSTS.items():
            en, zh, unit = WORDS["unit_costs"][name]
            term, rough = (formula(*one) for one in inputs)
            if not term.known:
                continue
            widest = widest_input(term)
            row: Mapping[str, Any] = desk.rows[widest.id] if widest else {}
            rows.append(
                told
                | {"name": name, "label_en": en, "label_zh": zh, "unit": unit}
                | {"quantity": Quantity(term, unit), "coarse": Quantity(rough, unit)}
                | {"of_value": _over_value(term), "coarse_of_value": _over_value(rough)}
                | {"widest": Quantity.of(widest) if widest else Missing("not_applicable")}
                | {f"widest_{column}": row.get(column) for column in ("measure", "unit")}
            )
    return frame(rows, COLUMNS["unit_costs"])


def _inputs(desk: Desk, project: Mapping[str, Any]) -> tuple[Term, Sizes]:
    """The cost of a project and its sizes; several of a kind belong to parts not told apart."""
    found = {name: desk.find(name, subject=str(project["project_id"])) for name in _SIZES}
    sizes = {name: one[0] if len(one) == 1 else Term.missing() for name, one in found.items()}
    return desk.figure(project["budget"]) if project["budget"] else Term.missing(), sizes


def _over_value(term: Term) -> Quantity | Missing:
    """A term as a multiple of its own value: 1, with the bounds in the same measure."""
    return Quantity(term / term.value) if term.value else Missing("not_applicable")


def widest_input(term: Term) -> Leaf | None:
    """The leaf whose rounding alone moves a formula most; none when nothing is rounded.

    >>> from aidstudy.analysis.desk import Desk
    >>> desk = Desk()
    >>> widest_input(desk.figure("litang-020") / desk.figure("litang-019")).id
    'litang-019'
    """
    reach = {}
    for key, leaf in term.leaves().items():
        if leaf.interval.width not in (0, None):
            low, high = (term.at({key: end}) for end in leaf.interval.closed())
            reach[leaf] = abs(high - low)
    return max(reach, key=reach.__getitem__, default=None)


_KEPT = ("figure_id", "label_en", "printed", "kind", "bound", "quantity", "value", "low", "high")


def printed_widths(study: StudyLike = None) -> pd.DataFrame:
    """The figures that the print leaves open, from the closest to the most open.

    Left out: what is exact, an end that the print does not set, and a value of zero, of which
    nothing is a share.

    >>> widths = printed_widths().set_index("figure_id")
    >>> widths.loc["ganzi-021", "width"]  # 0.845% within 0.8445 and 0.8455
    0.118%
    """
    found = load_figures(study)
    open_ = found["high"].sub(found["low"]).between(0, float("inf"), inclusive="neither")
    found = found[open_ & found["value"].ne(0)]
    widths = [100 * one.interval.width / one.exact for one in found["quantity"]]
    found = found.assign(width=pd.array([Quantity.given(one, "%") for one in widths], "quantity"))
    order = sorted(range(len(widths)), key=widths.__getitem__)
    return found.iloc[order].reset_index(drop=True)[[*_KEPT, "unit", "width", "start", "end"]]
