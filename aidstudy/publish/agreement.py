"""How far the draft of a page agrees with its adjudicated coding."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from aidstudy.analysis.reliability import cohen_kappa
from aidstudy.codebook import FIGURES
from aidstudy.errors import PageError
from aidstudy.files import sha256_of
from aidstudy.publish.pages import Rows, read_page, reader_for
from aidstudy.reading.drafts import GRADES
from aidstudy.tables.files import read_cells
from aidstudy.tables.study import Study

COMPARED = ("kind", "value", "unit", "bound", "measure", "subject", "donor", "period")


@dataclass(frozen=True, slots=True)
class Agreement:
    """A draft beside the adjudicated coding, figure by figure.

    Parameters
    ----------
    drafted, coded, both : int
        Figures of the draft, of the coding, and those with the same place in both. A figure
        that only one of them has is in no other number.
    columns : pandas.DataFrame
        For each compared column how many of `both` are alike, and Cohen's kappa (missing where
        nothing varies).
    grades : pandas.DataFrame
        For each grade of the draft how many figures have it and how many measures are right.
    confusion : pandas.DataFrame
        Number of figures by drafted (rows) and adjudicated measure (columns).
    """

    drafted: int
    coded: int
    both: int
    columns: pd.DataFrame
    grades: pd.DataFrame
    confusion: pd.DataFrame

    def differing(self) -> pd.DataFrame:
        """The cells of the confusion table off its diagonal: drafted, adjudicated, figures."""
        pairs = self.confusion.stack().rename("figures").reset_index()
        wrong = pairs[(pairs["figures"] > 0) & (pairs["drafted"] != pairs["adjudicated"])]
        return wrong.sort_values("figures", ascending=False, kind="stable", ignore_index=True)


def draft_agreement(study: Study, page: str | Path) -> Agreement:
    """The draft of a study's page against the study's own coding.

    The cues of the draft were written by people who had read the page of the study that comes
    with aidstudy, so that on this page the agreement is higher than on one not seen before.

    Parameters
    ----------
    study : Study
    page : str or Path
        The page that the study was made from.

    Returns
    -------
    Agreement

    Raises
    ------
    PageError
        If `page` is another page.
    """
    text = read_page(page)
    if sha256_of(text.encode("utf-8")) != study.page["sha256"]:
        raise PageError(
            f"{page}: not the page that the tables were made from; give that page, or look at "
            "page.sha256 in data/study.toml"
        )
    path = study.clean / "figures.csv"
    rows = read_cells(path, FIGURES.names, name=str(path)).to_dict("records")
    return compare_draft(reader_for(study).rows(text), rows)


def compare_draft(draft: Rows, coded: Rows) -> Agreement:
    """Rows of a draft against rows of a coding; figures are matched by their place.

    Parameters
    ----------
    draft, coded : sequence of mapping
        Text cells with the columns of the codebook; the draft has ``grade`` too.

    Examples
    --------
    >>> cells = dict.fromkeys(COMPARED, "") | {"start": "3", "end": "9", "measure": "budget"}
    >>> drafted = cells | {"measure": "commitment", "grade": "open"}
    >>> found = compare_draft([drafted], [cells])
    >>> found.both, int(found.columns.loc["measure", "alike"])
    (1, 0)
    """
    final = {_place(row): row for row in coded}
    pairs = [(row, final[_place(row)]) for row in draft if _place(row) in final]
    columns = []
    for name in COMPARED:
        codes = [(a[name], b[name]) for a, b in pairs]
        columns.append((name, sum(a == b for a, b in codes), cohen_kappa(codes)))
    grades = [
        (grade, len(found), sum(found))
        for grade in GRADES
        for found in [[a["measure"] == b["measure"] for a, b in pairs if a["grade"] == grade]]
    ]
    return Agreement(
        drafted=len(draft),
        coded=len(coded),
        both=len(pairs),
        columns=pd.DataFrame(columns, columns=["column", "alike", "kappa"]).set_index("column"),
        grades=pd.DataFrame(grades, columns=["grade", "figures", "right"]).set_index("grade"),
        confusion=pd.crosstab(
            pd.Series([a["measure"] for a, _ in pairs], name="drafted", dtype=object),
            pd.Series([b["measure"] for _, b in pairs], name="adjudicated", dtype=object),
        ),
    )


def _place(row: Mapping[str, str]) -> tuple[str, str]:
    return row["start"], row["end"]


__all__ = ["COMPARED", "Agreement", "compare_draft", "draft_agreement"]
