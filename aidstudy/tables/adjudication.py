"""Two codings beside the final tables: every cell in which they differ, and what settled it.

Rows are matched as :mod:`aidstudy.tables.matching` says. Short names of donors are brought to the
final ones through the pairs, ids of figures through the spans; a renamed short name is one line of
its own. Free text is not compared: notes, labels of events, English names, and of a next step only
whether there is one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import pandas as pd

from aidstudy.codebook import ADJUDICATION
from aidstudy.errors import Fault, TableError
from aidstudy.tables.clean import file_name
from aidstudy.tables.files import read_cells, rows_of
from aidstudy.tables.matching import Matched, Row, Rows, matched_rows
from aidstudy.tables.study import Study

CODINGS = ("a", "b")

_COMPARED: Mapping[str, tuple[str, ...]] = {
    "figures": (
        "article",
        "printed",
        "numeral",
        "kind",
        "value",
        "unit",
        "low",
        "high",
        "bound",
        "measure",
        "subject",
        "donor",
        "period",
    ),
    "projects": (
        "recipient",
        "donor",
        "name_zh",
        "sector",
        "status",
        "stage",
        "next_step",
        "budget",
        "donor_amount",
        "expenditure",
        "start",
        "end",
    ),
    "events": (
        "recipient",
        "donor",
        "start_date",
        "end_date",
        "precision",
        "kind",
        "realised",
        "figures",
        "project_id",
    ),
    "pairs": ("donor_zh", "level", "recipient", "role", "start", "end"),
    "mechanisms": ("present", "start", "end"),
}
"""Columns that the codings and the final tables share, by table; free text is left out."""

_VERSION_0: Mapping[str, tuple[str, ...]] = {
    "figures": (
        "figure_id",
        "article",
        "start",
        "end",
        *_COMPARED["figures"][1:],
        "note",
    ),
    "projects": (
        "project_id",
        "recipient",
        "donor",
        "name_zh",
        "name_en",
        *_COMPARED["projects"][3:],
        "note",
    ),
    "events": (
        "event_id",
        *_COMPARED["events"][:7],
        "label_en",
        "figures",
        "project_id",
        "note",
    ),
    "pairs": (
        "donor",
        "donor_zh",
        "donor_en",
        "level",
        "recipient",
        "role",
        "start",
        "end",
        "note",
    ),
    "mechanisms": ("recipient", "mechanism", "present", "start", "end", "note"),
}
"""Columns of the codings, which were made under version 0 of the codebook."""


def has_codings(study: Study) -> bool:
    """Whether a study keeps two codings of its page."""
    return all((study.raw / f"coding_{coder}").is_dir() for coder in CODINGS)


def read_coding(study: Study, coder: str) -> dict[str, pd.DataFrame]:
    """One coding as it was made: text cells by table, under version 0 of the codebook.

    Parameters
    ----------
    study : Study
    coder : {"a", "b"}

    Returns
    -------
    dict of str to pandas.DataFrame

    Raises
    ------
    FileError, TableError
        If a table is missing or cannot be read.

    Examples
    --------
    >>> from aidstudy.tables.study import load_study
    >>> [len(read_coding(load_study(), coder)["figures"]) for coder in CODINGS]
    [137, 139]
    """
    return {
        name: read_cells(
            study.raw / f"coding_{coder}" / f"{name}.csv",
            columns,
            name=f"data/raw/coding_{coder}/{name}.csv",
        )
        for name, columns in _VERSION_0.items()
    }


class _Coding:
    """One coding with its ids and short names brought to those of the final tables."""

    def __init__(self, tables: Mapping[str, pd.DataFrame], final: Mapping[str, Rows]) -> None:
        self.rows: dict[str, Rows] = {
            name: list(rows_of(cells).values()) for name, cells in tables.items()
        }
        donors = {(row["recipient"], row["donor_zh"]): row["donor"] for row in final["pairs"]}
        self.slugs = {
            row["donor"]: donors[row["recipient"], row["donor_zh"]]
            for row in self.rows["pairs"]
            if (row["recipient"], row["donor_zh"]) in donors
        }
        by_span = {(row["start"], row["end"]): row["figure_id"] for row in final["figures"]}
        self._figures = {
            row["figure_id"]: by_span.get((row["start"], row["end"]), row["figure_id"])
            for row in self.rows["figures"]
        }

    def slug(self, text: str) -> str:
        return re.sub(r"[a-z][a-z0-9_-]*", lambda found: self.slugs.get(found[0], found[0]), text)

    def figures(self, ids: str) -> str:
        return " ".join(self._figures.get(figure, figure) for figure in ids.split())

    def cell(self, row: Row, column: str) -> str:
        value = row[column]
        if column in ("donor", "subject"):
            return self.slug(value)
        if column in ("budget", "donor_amount", "expenditure", "figures"):
            return self.figures(value)
        return _given(value) if column == "next_step" else value


def _given(text: str) -> str:
    return "given" if text else ""


def compare_codings(study: Study, clean: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Every cell in which the codings differ from each other or from the final tables.

    Parameters
    ----------
    study : Study
        With ``data/raw/coding_a`` and ``data/raw/coding_b``.
    clean : mapping of str to pandas.DataFrame
        The final tables as text cells.

    Returns
    -------
    pandas.DataFrame
        Columns ``table, row, column, a, b, final``. A row that a coding or the final table does
        not have is one line, with ``present`` and ``absent`` in column ``row``.
    """
    final: dict[str, Rows] = {name: list(rows_of(cells).values()) for name, cells in clean.items()}
    codings = {coder: _Coding(read_coding(study, coder), final) for coder in CODINGS}
    matched = {
        coder: matched_rows({name: (final[name], rows) for name, rows in coding.rows.items()})
        for coder, coding in codings.items()
    }
    lines = _renamed(codings, final)
    for name in _COMPARED:
        rows = {coder: matched[coder][name] for coder in CODINGS}
        lines += _differing(name, final[name], codings, rows)
        lines += _dropped(name, rows)
    return pd.DataFrame(lines, columns=list(ADJUDICATION.names[:-1]), dtype=object)


_IDENTITIES: Mapping[str, Callable[[Row], str]] = {
    "figures": lambda row: row["figure_id"],
    "projects": lambda row: row["project_id"],
    "events": lambda row: row["event_id"],
    "pairs": lambda row: f"{row['donor']}>{row['recipient']}",
    "mechanisms": lambda row: f"{row['recipient']}/{row['mechanism']}",
}
_OWN_IDS = {
    "figures": "figure_id",
    "projects": "project_id",
    "events": "event_id",
    "pairs": "donor",
    "mechanisms": "mechanism",
}


def _renamed(codings: Mapping[str, _Coding], final: Mapping[str, Rows]) -> list[Row]:
    lines = []
    for pair in final["pairs"]:
        donor = pair["donor"]
        old = {
            coder: next((was for was, now in coding.slugs.items() if now == donor), "")
            for coder, coding in codings.items()
        }
        if set(old.values()) != {donor}:
            lines.append({"table": "slugs", "row": donor, "column": "slug", **old, "final": donor})
    return lines


def _differing(
    name: str, final: Rows, codings: Mapping[str, _Coding], matched: Mapping[str, Matched]
) -> list[Row]:
    lines = []
    for place, row in enumerate(final):
        row_id = _IDENTITIES[name](row)
        coded = {coder: matched[coder][place][1] for coder in CODINGS}
        if None in coded.values():
            there = {coder: "absent" if coded[coder] is None else "present" for coder in CODINGS}
            lines.append(
                {"table": name, "row": row_id, "column": "row", **there, "final": "present"}
            )
            continue
        for column in _COMPARED[name]:
            cells = {coder: codings[coder].cell(coded[coder] or {}, column) for coder in CODINGS}
            last = _given(row[column]) if column == "next_step" else row[column]
            if set(cells.values()) != {last}:
                lines.append(
                    {"table": name, "row": row_id, "column": column, **cells, "final": last}
                )
    return lines


def _dropped(name: str, matched: Mapping[str, Matched]) -> list[Row]:
    lines = []
    for coder, rows in matched.items():
        for final, row in rows:
            if final is None and row is not None:
                there = {c: "present" if c == coder else "absent" for c in CODINGS}
                own = f"{coder}:{row[_OWN_IDS[name]]}"
                lines.append(
                    {"table": name, "row": own, "column": "row", **there, "final": "absent"}
                )
    return lines


def check_adjudication(study: Study, log: pd.DataFrame, clean: Mapping[str, pd.DataFrame]) -> None:
    """The log of the adjudication names exactly the cells that differ, as they differ.

    Raises
    ------
    TableError
        With every line that is missing from the log, too much in it, or out of date.
    """
    key = ["table", "row", "column"]
    found = {
        tuple(line[c] for c in key): line
        for line in compare_codings(study, clean).to_dict("records")
    }
    told = {tuple(line[c] for c in key): (row, line) for row, line in log.to_dict("index").items()}
    label = file_name("adjudication")
    faults = []
    for cell, line in found.items():
        if cell not in told:
            faults.append(
                Fault(
                    label,
                    "",
                    " ".join(cell),
                    "differs between the codings and the final table, "
                    f"a {line['a']!r}, b {line['b']!r}, final {line['final']!r}, and has no line",
                    "add one with the rule that settled it",
                )
            )
            continue
        row, logged = told[cell]
        for column in ("a", "b", "final"):
            if logged[column] != line[column]:
                faults.append(
                    Fault(
                        f"{label}, row {row} ({' '.join(cell)})",
                        column,
                        str(logged[column]),
                        f"the tables hold {line[column]!r}",
                        "correct the line and its rule",
                    )
                )
    for cell, (row, _) in told.items():
        if cell not in found:
            faults.append(
                Fault(
                    f"{label}, row {row}",
                    "",
                    " ".join(cell),
                    "the codings and the final table do not differ there",
                    "delete the line",
                )
            )
    if faults:
        raise TableError.from_faults(faults, what="log of the adjudication")


__all__ = ["CODINGS", "check_adjudication", "compare_codings", "has_codings", "read_coding"]
