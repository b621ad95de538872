"""How far the print leaves each figure open."""

from __future__ import annotations

from fractions import Fraction

import pandas as pd

from aidstudy.codebook import NUMERIC_KINDS
from aidstudy.tables.load import StudyLike, exact_table

_KEPT = ("figure_id", "label_en", "printed", "kind", "bound", "value", "low", "high", "unit")


def printed_widths(study: StudyLike = None) -> pd.DataFrame:
    """The figures that the print leaves open, from the closest to the most open.

    Left out: what is exact, an end that the print does not set, and a value of zero, of which
    nothing is a share.

    >>> widths = printed_widths().set_index("figure_id")
    >>> float(widths.loc["ganzi-021", "width"])  # 0.845% within 0.8445 and 0.8455
    0.11834319526627218
    """
    rows = []
    for row in exact_table("figures", study).to_dict("records"):
        ends = (row["value"], row["low"], row["high"])
        if row["kind"] not in NUMERIC_KINDS or any(pd.isna(end) for end in ends):
            continue
        value, low, high = map(Fraction, ends)
        if value and high > low:
            kept = {column: row[column] for column in (*_KEPT, "start", "end")}
            rows.append(kept | {"width": 100 * (high - low) / value})
    columns = [*_KEPT, "width", "start", "end"]
    return pd.DataFrame(sorted(rows, key=lambda row: row["width"]), columns=columns, dtype=object)
