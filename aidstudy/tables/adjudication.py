"""Two codings beside the final tables: every cell in which they differ, and what settled it.

Rows are matched as :mod:`aidstudy.tables.matching` says. Short names of donors are brought to the
final ones through the pairs, ids of figures through the spans; a renamed short name is one line of
its own. Free text is not compared: notes, labels of events, English names, and of a next step only
whether there is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import pandas as pd

from aidstudy.codebook import ADJUDICATION, CLEAN_TABLES
from aidstudy.errors import Fault, TableError
from aidstudy.tables.clean import file_name
from aidstudy.tables.files import read_cells, rows_of
from aidstudy.tables.matching import Matched, Row, Rows, matched_rows
from aidstudy.tables.study import Study

CODINGS = ("a", "b")

_COLUMNS = {
    "figures": "-figure_id article -start -end printed numeral kind value unit low high bound "
    "measure subject donor period -note",
    "projects": "-project_id recipient donor name_zh -name_en sector status stage next_step "
    "budget donor_amount expenditure start end -note",
    "events": "-event_id recipient donor start_date end_date precision kind realised -label_en "
    "figures project_id -note",
    "pairs": "-donor donor_zh -donor_en level recipient role start end -note",
    "mechanisms": "-recipient -mechanism present start end -note",
}
"""Columns of the codings, made under version 0 of the codebook; those with - are not compared."""

_BETWEEN = {"pairs": ">", "mechanisms": "/"}
_OWN_IDS = {"pairs": "donor", "mechanisms": "mechanism"}


def has_codings(study: Study) -> bool:
    """Whether a study keeps two codings of its page."""
    return all((study.raw / f"coding_{coder}").is_dir() for coder in CODINGS)


def read_coding(study: Study, coder: str) -> dict[str, pd.DataFrame]:
    """One coding, a or b, as it was made: text cells by table, under version 0 of the codebook."""
    labels = {name: f"data/raw/coding_{coder}/{name}.csv" for name in _COLUMNS}
    return {
        name: read_cells(study.folder / label, _COLUMNS[name].replace("-", "").split(), name=label)
        for name, label in labels.items()
    }


class _Coding:
    """One coding with its ids and short names brought to those of the final tables."""

    def __init__(self, tables: Mapping[str, pd.DataFrame], final: Mapping[str, Rows]) -> None:
        self.rows = {name: list(rows_of(cells).values()) for name, cells in tables.items()}
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

    def cell(self, row: Row, column: str) -> str:
        cell = row[column]
        if column in ("donor", "subject"):
            slugs = self.slugs
            return re.sub(r"[a-z][a-z0-9_-]*", lambda found: slugs.get(found[0], found[0]), cell)
        if column in ("budget", "donor_amount", "expenditure", "figures"):
            return " ".join(self._figures.get(figure, figure) for figure in cell.split())
        return _given(cell) if column == "next_step" else cell


def _given(text: str) -> str:
    return "given" if text else ""


def compare_codings(study: Study, clean: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Every cell in which the codings differ from each other or from the final tables, `clean`."""
    final: dict[str, Rows] = {name: list(rows_of(cells).values()) for name, cells in clean.items()}
    codings = {coder: _Coding(read_coding(study, coder), final) for coder in CODINGS}
    matched = {
        coder: matched_rows({name: (final[name], rows) for name, rows in coding.rows.items()})
        for coder, coding in codings.items()
    }
    lines = list(_renamed(codings, final))
    for name in _COLUMNS:
        rows = {coder: matched[coder][name] for coder in CODINGS}
        lines += _differing(name, final[name], codings, rows)
        lines += _dropped(name, rows)
    return pd.DataFrame(lines, columns=list(ADJUDICATION.names[:-1]), dtype=object)


def _renamed(codings: Mapping[str, _Coding], final: Mapping[str, Rows]) -> Iterator[Row]:
    for donor in (pair["donor"] for pair in final["pairs"]):
        old = {}
        for coder, coding in codings.items():
            old[coder] = next((was for was, now in coding.slugs.items() if now == donor), "")
        if set(old.values()) != {donor}:
            yield {"table": "slugs", "row": donor, "column": "slug", **old, "final": donor}


def _differing(
    name: str, final: Rows, codings: Mapping[str, _Coding], matched: Mapping[str, Matched]
) -> Iterator[Row]:
    key = CLEAN_TABLES[name].key
    columns = [column for column in _COLUMNS[name].split() if not column.startswith("-")]
    for place, row in enumerate(final):
        line = {"table": name, "row": _BETWEEN.get(name, "").join(row[part] for part in key)}
        coded = {coder: matched[coder][place][1] for coder in CODINGS}
        if None in coded.values():
            there = {coder: "absent" if coded[coder] is None else "present" for coder in CODINGS}
            yield line | {"column": "row", **there, "final": "present"}
            continue
        for column in columns:
            cells = {coder: codings[coder].cell(coded[coder] or {}, column) for coder in CODINGS}
            last = _given(row[column]) if column == "next_step" else row[column]
            if set(cells.values()) != {last}:
                yield line | {"column": column, **cells, "final": last}


def _dropped(name: str, matched: Mapping[str, Matched]) -> Iterator[Row]:
    own_id = _OWN_IDS.get(name, CLEAN_TABLES[name].key[0])
    for coder, rows in matched.items():
        there = {other: "present" if other == coder else "absent" for other in CODINGS}
        for final, row in rows:
            if final is None and row is not None:
                own = f"{coder}:{row[own_id]}"
                yield {"table": name, "row": own, "column": "row", **there, "final": "absent"}


def reasoned_log(
    study: Study, log: pd.DataFrame, corrections: pd.DataFrame, clean: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """The typed log after corrections: what they changed has their reason for its rule."""
    if corrections.empty:
        return log
    columns = ADJUDICATION.names[:-1]
    left = {tuple(line.values()): line for line in rows_of(compare_codings(study, clean)).values()}
    typed = ((tuple(line[column] for column in columns), line) for line in rows_of(log).values())
    lines = [line for key, line in typed if left.pop(key, None)]
    made = list(rows_of(corrections).values())
    for line in left.values():
        where = line["table"], re.sub("[>/]", " ", line["row"])
        own = [told["reason"] for told in made if (told["table"], told["row"]) == where]
        # A corrected short name or place may change lines of other rows.
        rule = "; ".join(dict.fromkeys(own or [told["reason"] for told in made]))
        lines.append(line | {"rule": rule})
    return pd.DataFrame(lines, columns=list(ADJUDICATION.names), dtype=object)


def check_adjudication(study: Study, log: pd.DataFrame, clean: Mapping[str, pd.DataFrame]) -> None:
    """The log names exactly the cells that differ, as they differ; all before corrections."""
    found, told = (
        {tuple(line[part] for part in ADJUDICATION.key): (row, line) for row, line in rows.items()}
        for rows in (rows_of(compare_codings(study, clean)), rows_of(log))
    )
    label, faults = file_name("adjudication"), []

    def fault(cell: tuple[str, ...], problem: str, remedy: str, column: str = "") -> None:
        name = " ".join(cell)
        row, logged = told.get(cell, (0, {}))
        read = logged[column] if column else name
        where = f"{label}, row {row}" + (f" ({name})" if column else "") if row else label
        faults.append(Fault(where, column, read, problem, remedy))

    for cell, (_, line) in found.items():
        logged = told.get(cell, (0, line))[1]
        if cell not in told:
            problem = (
                "differs between the codings and the final table, "
                f"a {line['a']!r}, b {line['b']!r}, final {line['final']!r}, and has no line"
            )
            fault(cell, problem, "add one with the rule that settled it")
        for column in ("a", "b", "final"):
            if logged[column] != line[column]:
                problem = f"the tables hold {line[column]!r}"
                fault(cell, problem, "correct the line and its rule", column)
    for cell in (cell for cell in told if cell not in found):
        fault(cell, "the codings and the final table do not differ there", "delete the line")
    TableError.raise_if_any(faults, what="log of the adjudication")
