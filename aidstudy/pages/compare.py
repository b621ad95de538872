"""Two codings of one's own page side by side: how far they agree, and the log to decide in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from aidstudy.analysis.reliability import COMPARED, cohen_kappa
from aidstudy.codebook import ADJUDICATION, CLEAN_TABLES, FIGURES_RAW
from aidstudy.errors import Fault, PageError, TableError
from aidstudy.tables.check import check_study
from aidstudy.tables.clean import clean_figures, raw_cells
from aidstudy.tables.draft import undecided
from aidstudy.tables.files import csv_text, read_cells, rows_of
from aidstudy.tables.matching import Matched, Row, Rows, apart, log_faults, matched_rows, renamed
from aidstudy.tables.study import load_study

_NAMED = ("article", "subject", "donor", "recipient")
"""Columns that hold short names, which each coder is free to choose."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two codings, row by row.

    `rows`: for each table how many rows both codings have, and how many one of them only.
    `columns`: agreement of each compared column over the rows of both, in per cent, and Cohen's
    kappa, each with the ends of its 95% interval; missing where nothing varies. `log`: every cell
    in which they differ, with columns ``final`` and ``rule`` left empty for those who decide.
    `open_rows`: figures of either coding on which nobody has decided yet.
    """

    rows: pd.DataFrame
    columns: pd.DataFrame
    log: pd.DataFrame
    open_rows: tuple[int, int]

    def lines(self) -> list[str]:
        """The report, line by line."""
        out = [
            f"{name}: {row['both']} rows in both, {row['a']} in A only, {row['b']} in B only"
            for name, row in self.rows.iterrows()
            if row.any()
        ]
        for (table, column), row in self.columns.iterrows():
            told = f"{row['alike']:.0f} of {row['both']:.0f} alike, {_ends(row, 'agreement', 1)}%"
            kappa = f", kappa {_ends(row, 'kappa', 2)}" if pd.notna(row["kappa"]) else ""
            out.append(f"{table}, {column}: {told}{kappa}")
        out += [
            f"{number} figures of {name} are still the draft's own: decide them first"
            for name, number in zip("AB", self.open_rows, strict=True)
            if number
        ]
        return [*out, f"{len(self.log)} cells differ"]

    def to_csv(self) -> str:
        """The log, in the form of ``data/raw/adjudication.csv``."""
        return csv_text(ADJUDICATION.names, self.log.to_dict("records"))


def _ends(row: pd.Series, name: str, digits: int) -> str:
    told = f"{row[name]:.{digits}f}"
    if pd.isna(row[f"{name}_low"]):
        return told
    return f"{told} [{row[f'{name}_low']:.{digits}f}, {row[f'{name}_high']:.{digits}f}]"


def compare(a: str | Path, b: str | Path) -> Comparison:
    """Two codings of one page: A is the folder of a study, B another or a table of figures alone.

    A table of figures is what the review page saves: it is read with the short names of A. In
    another study a place is the one whose Chinese name A has too, whatever its short name.
    """
    first, second = _codings(a, b)
    matched = _matched(first, second)
    both = {
        name: [(one, other) for one, other in pairs if one and other]
        for name, pairs in matched.items()
    }
    rows = {
        name: [len(both[name]), *(sum(pair[place] is None for pair in pairs) for place in (1, 0))]
        for name, pairs in matched.items()
    }
    told = {name: agreement(both[name], COMPARED[name]) for name in both if both[name]}
    log = [line for name, pairs in matched.items() for line in _differing(name, pairs)]
    drafts = [undecided(row["note"] for row in one.tables["figures"]) for one in (first, second)]
    return Comparison(
        pd.DataFrame.from_dict(rows, "index", columns=["both", "a", "b"]).rename_axis("table"),
        pd.concat(told or {"figures": agreement([], [])}, names=["table"]),
        pd.DataFrame(log, columns=list(ADJUDICATION.names), dtype=object),
        (drafts[0], drafts[1]),
    )


def settled(a: str | Path, b: str | Path, log: str | Path) -> str:
    """The table of figures that the decisions in a log make of two codings, as CSV.

    A cell that is typed takes ``final``; of a cell that is read off the print ``final`` says whose
    hints are right. Figures are numbered anew, in the order of the page. Every line that is not
    decided, says what neither coding has, or is out of date is told in one ``TableError``.
    """
    first, second = _codings(a, b)
    pairs = _matched(first, second)["figures"]
    told = read_cells(Path(log), ADJUDICATION.names, name=str(log))
    lines = {row: one for row, one in rows_of(told).items() if one["table"] == "figures"}
    faults = [*log_faults(_differing("figures", pairs), lines, ("a", "b"), str(log))]
    TableError.raise_if_any(faults or _undecided(lines, str(log)), what="log of two codings")
    final = {(one["row"], one["column"]): one["final"] for one in lines.values()}
    kept: list[tuple[Row, str]] = []  # the row, and its id in A
    for one, other in pairs:
        ours, theirs = (row["figure_id"] if row else "" for row in (one, other))
        if final.get((ours or f"b:{theirs}", "row")) != "absent":
            kept.append((_settled_row(one, other, first, second, final), ours))
    kept.sort(key=lambda row: int(row[0]["start"]))
    return csv_text(FIGURES_RAW.names, _numbered(kept))


def _settled_row(
    one: Row | None, other: Row | None, first: _Coding, second: _Coding, final: Mapping[Any, str]
) -> Row:
    if one is None:
        assert other is not None
        return dict(second.raw[other["figure_id"]], same_as="", part_of="")
    row = dict(first.raw[one["figure_id"]])
    for column in COMPARED["figures"]:
        told = final.get((one["figure_id"], column))
        if told is None or told == one[column]:
            continue
        if column in FIGURES_RAW.names:
            row[column] = told
        else:
            assert other is not None
            row |= {name: second.raw[other["figure_id"]][name] for name in _READ_BY}
    return row


def _numbered(kept: Sequence[tuple[Row, str]]) -> Iterator[Row]:
    """Rows numbered anew, and what they name by its new number; what went is named no more."""
    numbers: Counter[str] = Counter()
    new: dict[str, str] = {}
    for row, ours in kept:
        numbers[row["article"]] += 1
        row["figure_id"] = f"{row['article']}-{numbers[row['article']]:03d}"
        new[ours] = row["figure_id"]
    for row, _ in kept:
        yield row | {name: new.get(row[name], "") for name in ("same_as", "part_of") if row[name]}


def _undecided(lines: Mapping[int, Row], name: str) -> Iterator[Fault]:
    for number, line in lines.items():
        where, sides = (
            f"{name}, row {number} ({line['row']} {line['column']})",
            (line["a"], line["b"]),
        )
        if not line["rule"]:
            remedy = "write final, and the rule that settled it"
            yield Fault(where, "rule", "", "not decided", remedy)
        elif line["column"] not in FIGURES_RAW.names and line["final"] not in sides:
            problem = "what neither coding has, and it is not typed but read off the print"
            yield Fault(where, "final", line["final"], problem, f"write {' or '.join(sides)}")


_READ_BY = ("printed", "counted", "kind_hint", "unit_hint", "year_hint")
"""What the cells that are not typed follow from."""


class _Coding:
    """One coding: its clean tables and the typed rows of its figures, places by A's short names."""

    def __init__(self, tables: Mapping[str, pd.DataFrame], raw: pd.DataFrame, names: Row) -> None:
        def told(cells: pd.DataFrame) -> Rows:
            return renamed(rows_of(cells).values(), names, _NAMED)

        self.tables = {name: told(tables[name]) for name in COMPARED if name in tables}
        self.raw = {row["figure_id"]: row for row in told(raw)}


def _codings(a: str | Path, b: str | Path) -> tuple[_Coding, _Coding]:
    study = load_study(a)
    first = _Coding(check_study(study), raw_cells(study)["figures"], {})
    if Path(b).is_file():
        raw = read_cells(Path(b), FIGURES_RAW.names, name=str(b))
        return first, _Coding({"figures": clean_figures(raw)}, raw, {})
    other = load_study(b)
    if other.page["sha256"] != study.page["sha256"]:
        raise PageError(
            f"{other.folder}: made from another page than {study.folder}; two codings can be "
            "compared only where page.sha256 in data/study.toml is the same"
        )
    names = {
        theirs: ours
        for places, known in ((other.recipients, study.recipients), (other.donors, study.donors))
        for theirs, place in places.items()
        for ours, one in known.items()
        if place.zh == one.zh
    }
    return first, _Coding(check_study(other), raw_cells(other)["figures"], names)


def _matched(first: _Coding, second: _Coding) -> dict[str, Matched]:
    """The rows of both codings by table; a coding of figures alone says nothing of the others."""
    return matched_rows(
        {
            name: (first.tables[name], second.tables[name])
            for name in COMPARED
            if name in first.tables and name in second.tables
        }
    )


def agreement(pairs: Sequence[tuple[Row, Row]], columns: Sequence[str]) -> pd.DataFrame:
    """For each column how many pairs are alike, the share of them, and Cohen's kappa.

    Examples
    --------
    >>> pairs = [({"kind": "money"}, {"kind": "money"}), ({"kind": "count"}, {"kind": "money"})]
    >>> agreement(pairs, ["kind"])[["both", "alike", "agreement"]].values.tolist()
    [[2.0, 1.0, 50.0]]
    """
    from statsmodels.stats.proportion import proportion_confint

    rows = []
    for column in columns:
        codes = [(one[column], other[column]) for one, other in pairs]
        alike, both = sum(a == b for a, b in codes), len(codes)
        row: dict[str, Any] = {"column": column, "both": both, "alike": alike}
        if both:
            low, high = proportion_confint(alike, both, method="wilson")
            row |= {"agreement": 100 * alike / both}
            row |= {"agreement_low": 100 * low, "agreement_high": 100 * high}
            row |= dict(zip(_AGREEMENT[-3:], cohen_kappa(codes), strict=True))
        rows.append(row)
    return pd.DataFrame(rows, columns=["column", *_AGREEMENT]).set_index("column")


_AGREEMENT = (
    *("both", "alike", "agreement", "agreement_low", "agreement_high"),
    *("kappa", "kappa_low", "kappa_high"),
)


def _differing(name: str, matched: Matched) -> Iterator[Row]:
    """A line of the log for each cell in which two rows differ, and for each row of one alone."""
    for one, other in matched:
        told = ">".join((one or other or {})[column] for column in CLEAN_TABLES[name].key)
        rows = {"a": one, "b": other}
        for line in apart(name, told if one else f"b:{told}", rows, COMPARED[name]):
            yield line | {"final": "", "rule": ""}
