"""What the named projects are for: DAC purpose codes, and how many have none."""

from __future__ import annotations

import re

import pandas as pd

from aidstudy.analysis.desk import Desk
from aidstudy.analysis.timeline import project_stages
from aidstudy.tables.load import StudyLike, exact_table
from aidstudy.tables.ordinary import exact_frame

FIRST_LIST = 2013
"""The oldest list that was read; it stands for the years before it too."""

WITHDRAWN = re.compile(r"withdrawn (?P<year>\d{4})-\d\d-\d\d(?:; (?P<next>\d{5}) follows)?")
"""How the notes of ``data/dac_codes.csv`` say that a code went, and which one followed."""


def project_sectors(study: StudyLike = None) -> pd.DataFrame:
    """The purpose code of each named project, then the unnamed ones as counts without a code.

    Parameters
    ----------
    study : Study or path, optional

    Returns
    -------
    pandas.DataFrame
        One row a named project: ``sector`` with its name in both languages; ``sector_later``,
        whether the code came after the list of 2013, and then ``sector_before``, the code that it
        followed, with names and the year in which that one went; the place of the passage
        (``start``, ``end``); the money printed for it as in
        :func:`aidstudy.analysis.timeline.project_stages`, and ``amount_of``, the number of named
        projects for which one sum stands. Rows without ``project_id`` count projects that the
        page does not name, so that no sector is reported for them.

    Examples
    --------
    >>> sectors = project_sectors()
    >>> sectors["sector"].value_counts().head(2).to_dict()
    {'43040': 4, '43030': 3}
    """
    desk = Desk(study)
    stages = exact_frame(project_stages(desk.study)).to_dict("records")
    codes = exact_table("dac_codes", desk.study).fillna("").set_index("code").to_dict("index")
    went = {
        found["next"]: (code, found["year"])
        for code, row in codes.items()
        if (found := WITHDRAWN.search(row["note"])) and found["next"]
    }
    shared: dict[str, int] = {}
    for row in stages:
        if row["project_id"] is not None and row["amount_figures"]:
            shared[row["amount_figures"]] = shared.get(row["amount_figures"], 0) + 1
    rows = []
    for row in stages:
        kept = {name: row[name] for name in _KEPT}
        if row["project_id"] is None:
            rows.append(kept | dict.fromkeys(_OF_SECTOR) | {"amount_of": 0})
            continue
        project = desk.projects.loc[row["project_id"]]
        code = codes[project["sector"]]
        came = code["in_list"]
        later = came == "later" or int(came) > FIRST_LIST
        before, year = went.get(project["sector"], (None, None)) if later else (None, None)
        rows.append(
            kept
            | {
                "sector": project["sector"],
                "sector_en": code["name"],
                "sector_zh": code["name_zh"],
                "sector_later": later,
                "sector_before": before,
                "before_en": codes[before]["name"] if before else None,
                "before_zh": codes[before]["name_zh"] if before else None,
                "before_until": year,
                "amount_of": shared.get(row["amount_figures"], 0),
            }
        )
    return pd.DataFrame(rows, dtype=object)


_OF_SECTOR = (
    "sector",
    "sector_en",
    "sector_zh",
    "sector_later",
    "sector_before",
    "before_en",
    "before_zh",
    "before_until",
)
_AMOUNT = ("amount", "amount_low", "amount_high", "amount_state", "amount_figures")
_KEPT = (
    "recipient",
    "recipient_en",
    "recipient_zh",
    "donor",
    "donor_en",
    "donor_zh",
    "project_id",
    "name_en",
    "name_zh",
    "start",
    "end",
    *_AMOUNT,
    "amount_kind",
    "amount_bound",
    "amount_joint",
    "count",
    "count_state",
    "count_figures",
)


__all__ = ["FIRST_LIST", "WITHDRAWN", "project_sectors"]
