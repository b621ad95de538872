"""Management devices: which county's report mentions which, and where it does."""

from __future__ import annotations

import pandas as pd

from aidstudy.tables.draft import is_proposal
from aidstudy.tables.load import StudyLike
from aidstudy.tables.ordinary import load_mechanisms
from aidstudy.tables.study import load_study


def management_devices(study: StudyLike = None) -> pd.DataFrame:
    """Each device of each county: mentioned, with the place of the evidence, or not mentioned.

    ``value`` is 1 where the report says so (state ``printed``). It is missing where the report
    does not mention the device (state ``not_reported``), which is not a no. Rows that nobody has
    looked for yet are left out.

    >>> devices = management_devices()
    >>> mentors = devices.query("mechanism == 'mentoring' and state == 'printed'")
    >>> mentors["recipient"].tolist()
    ['xiangcheng', 'ganzi']
    """
    opened, table = load_study(study), load_mechanisms(study)
    table = table[~table["note"].fillna("").map(is_proposal).astype(bool)]
    there = table["present"] == "yes"
    places = [opened.recipients[one] for one in table["recipient"]]
    return table.assign(
        recipient_en=[place.short_en for place in places],
        recipient_zh=[place.short_zh for place in places],
        value=there.astype("Int64").where(there),
        state=there.map({True: "printed", False: "not_reported"}),
    ).reset_index(drop=True)
