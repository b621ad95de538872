"""Management devices: which county's report mentions which, and where it does."""

from __future__ import annotations

import pandas as pd

from aidstudy.analysis.desk import Desk
from aidstudy.codebook import MECHANISMS
from aidstudy.tables.load import StudyLike
from aidstudy.tables.ordinary import frame

_DRAFT = "draft:"


def management_devices(study: StudyLike = None) -> pd.DataFrame:
    """Each device of each county: mentioned, with the place of the evidence, or not mentioned.

    Parameters
    ----------
    study : Study or path, optional

    Returns
    -------
    pandas.DataFrame
        One row a county and device, in the order of the tables. ``value`` is 1 where the report
        says so (state ``printed``); it is missing where the report does not mention the device
        (state ``not_reported``), which is not a no. ``start`` and ``end`` are the offsets of the
        evidence. Rows that nobody has looked for yet are left out.

    Examples
    --------
    >>> devices = management_devices()
    >>> mentors = devices.query("mechanism == 'mentoring' and state == 'printed'")
    >>> mentors["recipient"].tolist()
    ['xiangcheng', 'ganzi']
    """
    desk = Desk(study)
    rows = []
    for row in desk.tables.records("mechanisms"):
        if (row["note"] or "").startswith(_DRAFT):
            continue
        place, there = desk.study.recipients[row["recipient"]], row["present"] == "yes"
        rows.append(
            {
                "recipient": row["recipient"],
                "recipient_en": place.short_en,
                "recipient_zh": place.short_zh,
                "mechanism": row["mechanism"],
                "mechanism_zh": MECHANISMS[row["mechanism"]].zh,
                "value": 1 if there else None,
                "state": "printed" if there else "not_reported",
                "start": row["start"],
                "end": row["end"],
                "note": row["note"],
            }
        )
    return frame(rows, _COLUMNS)


_NAMES = ("recipient", "recipient_en", "recipient_zh", "mechanism", "mechanism_zh")
_COLUMNS = {
    **dict.fromkeys(_NAMES, "text"),
    "value": "integer",
    "state": "text",
    **dict.fromkeys(("start", "end"), "integer"),
    "note": "text",
}
