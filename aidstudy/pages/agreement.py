"""How far the draft of a page agrees with its adjudicated coding."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import pandas as pd

from aidstudy.codebook import DRAFT, DRAFT_GRADES, FIGURES
from aidstudy.files import write_whole
from aidstudy.intervals import Interval
from aidstudy.pages.compare import agreement
from aidstudy.pages.pages import check_page_of, read_page, reader_for
from aidstudy.rounding import Shown, write_number
from aidstudy.tables.check import check_draft
from aidstudy.tables.clean import file_name
from aidstudy.tables.files import csv_text, read_cells
from aidstudy.tables.matching import Row, matched_rows
from aidstudy.tables.study import Study, load_study

COMPARED = tuple(name for name in DRAFT.names if name not in ("start", "end", "printed", "grade"))


@dataclass(frozen=True, slots=True)
class Agreement:
    """A draft beside the adjudicated coding, figure by figure.

    `both`: figures with the same place in both; one that only the draft or the coding has is in
    no other number. `columns`: for each compared column how many of these are alike, and Cohen's
    kappa (missing where nothing varies). `grades`: for each grade of the draft how many figures
    have it and how many measures are right. `confusion`: figures by drafted (rows) and adjudicated
    measure (columns).
    """

    drafted: int
    coded: int
    both: int
    columns: pd.DataFrame
    grades: pd.DataFrame
    confusion: pd.DataFrame

    @property
    def kappa(self) -> float:
        """Cohen's kappa of the measures."""
        return float(self.columns.loc["measure", "kappa"])

    def lines(self) -> list[str]:
        """The report, line by line."""
        alike = self.columns["alike"].astype(int)
        kappa = write_number(Shown(Fraction(self.kappa), Interval.exactly(Fraction(self.kappa))))
        grades, differing = self.grades.reset_index(), self.differing()
        said = "graded {grade}: {right} of {figures} measures right"
        apart = "  drafted {drafted}, coded {adjudicated}: {figures}"
        return [
            f"figures: {self.drafted} in the draft, {self.coded} in the coding, {self.both} in "
            "the same place",
            f"measure: {alike['measure']} of {self.both} alike, kappa {kappa.value}",
            *(f"{name}: {n} of {self.both} alike" for name, n in alike.drop("measure").items()),
            *(said.format_map(row) for row in grades.to_dict("records")),
            *(apart.format_map(row) for row in differing.to_dict("records")),
        ]

    def confused(self) -> pd.DataFrame:
        """The confusion table of the measures that were ever confused.

        All that the draft and the coding have alike in every case stands together in ``(rest)``.
        """
        wrong = self.differing()
        kept = sorted({*wrong["drafted"], *wrong["adjudicated"]})
        table = self.confusion.reindex(index=kept, columns=kept, fill_value=0)
        rest = int(self.confusion.to_numpy().sum() - table.to_numpy().sum())
        table = table.reindex(index=[*kept, "(rest)"], columns=[*kept, "(rest)"], fill_value=0)
        table.loc["(rest)", "(rest)"] = rest
        return table

    def differing(self) -> pd.DataFrame:
        """The cells of the confusion table off its diagonal: drafted, adjudicated, figures."""
        pairs = self.confusion.stack().rename("figures").reset_index()
        wrong = pairs[(pairs["figures"] > 0) & (pairs["drafted"] != pairs["adjudicated"])]
        return wrong.sort_values("figures", ascending=False, kind="stable", ignore_index=True)


def draft_agreement(
    study: Study | str | Path | None = None, page: str | Path | None = None
) -> Agreement:
    """The draft of a study's page against the study's own coding.

    The rules of the draft were written by people who had read the page of the study that comes
    with aidstudy, so that on this page the agreement is higher than on one not seen before.

    `page` is drafted anew; without it the draft is the one that :func:`store_draft` stored, as a
    page's text is not a part of its study.

    >>> found = draft_agreement()
    >>> found.both == found.coded
    True
    """
    study = load_study(study)
    name = str(study.clean / "figures.csv")
    figures = read_cells(Path(name), FIGURES.names, name=name)
    if page is None:
        draft = check_draft(study, figures).to_dict("records")
    else:
        draft = _drafted(study, page)
    return compare_draft(draft, figures.to_dict("records"))


def store_draft(study: Study, page: str | Path) -> Path:
    """Keep the draft of a study's page, for those who do not hold the page.

    The table has places, figures as printed and codes, and no words of the page: the cues are
    left out.
    """
    path = study.folder / file_name(DRAFT.name)
    write_whole(path, csv_text(DRAFT.names, _drafted(study, page)))
    return path


def _drafted(study: Study, page: str | Path) -> list[Row]:
    text = read_page(page)
    check_page_of(study, text)
    return list(reader_for(study).rows(text))


def compare_draft(draft: list[Row], coded: list[Row]) -> Agreement:
    """Rows of a draft against rows of a coding, as text cells; figures are matched by their place.

    >>> cells = dict.fromkeys(COMPARED, "") | {"start": "3", "end": "9", "measure": "budget"}
    >>> drafted = cells | {"measure": "commitment", "grade": "open"}
    >>> found = compare_draft([drafted], [cells])
    >>> found.both, int(found.columns.loc["measure", "alike"])
    (1, 0)
    """
    pairs = [
        (one, other)
        for one, other in matched_rows({"figures": (draft, coded)})["figures"]
        if one and other
    ]
    measures = pd.DataFrame(
        [(one["grade"], one["measure"], other["measure"]) for one, other in pairs],
        columns=["grade", "drafted", "adjudicated"],
        dtype=object,
    )
    right = (measures["drafted"] == measures["adjudicated"]).groupby(measures["grade"])
    grades = right.agg(figures="size", right="sum").reindex(list(DRAFT_GRADES), fill_value=0)
    return Agreement(
        drafted=len(draft),
        coded=len(coded),
        both=len(pairs),
        columns=agreement(pairs, COMPARED)[["alike", "kappa"]],
        grades=grades,
        confusion=pd.crosstab(measures["drafted"], measures["adjudicated"]),
    )
