"""Management devices: which county's report mentions which, and where it does."""

from __future__ import annotations

import pandas as pd

from aidstudy.analysis.desk import Desk
from aidstudy.codebook import MECHANISMS
from aidstudy.tables.load import StudyLike

_DRAFT = "draft:"


def management_devices(study: StudyLike = None) -> pd.DataFrame:
    """Each device of each county: mentioned, with the place of the evidence, or not mentioned.

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
                "low": 1 if there else None,
                "high": 1 if there else None,
                "state": "printed" if there else "not_reported",
                "figures": "",
                "start": row["start"],
                "end": row["end"],
                "note": row["note"],
            }
        )
    return pd.DataFrame(rows, dtype=object)
