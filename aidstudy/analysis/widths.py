"""How far the print leaves each figure open."""

from __future__ import annotations

import pandas as pd

from aidstudy.quantity.scalar import Quantity
from aidstudy.tables.load import StudyLike
from aidstudy.tables.ordinary import load_figures

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
