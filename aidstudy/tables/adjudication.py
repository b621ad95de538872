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
from aidstudy.errors import TableError
from aidstudy.tables.clean import file_name
from aidstudy.tables.files import read_cells, rows_of
from aidstudy.tables.matching import Row, Rows, apart, log_faults, matched_rows, renamed
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


def _given(rows: Rows) -> Rows:
    return [row | {"next_step": "given" * bool(row["next_step"])} for row in rows]


def compare_codings(study: Study, clean: Mapping[str, pd.DataFrame]) -> Rows:
    """Every cell in which the codings differ from each other or from the final tables, `clean`."""
    final: dict[str, Rows] = {name: list(rows_of(clean[name]).values()) for name in _COLUMNS}
    slugs, matched = {}, {}
    for coder in CODINGS:
        tables = {n: list(rows_of(rows).values()) for n, rows in read_coding(study, coder).items()}
        pairs = {name: (final[name], rows) for name, rows in tables.items()}
        slugs[coder], figures = _names(tables, final)
        matched[coder] = {
            name: [(row, told and _in_final(told, slugs[coder], figures)) for row, told in rows]
            for name, rows in matched_rows(pairs).items()
        }
    lines = list(_renamed(slugs, final))
    final["projects"] = _given(final["projects"])
    for name, rows in final.items():
        key, own_id = CLEAN_TABLES[name].key, _OWN_IDS.get(name, CLEAN_TABLES[name].key[0])
        columns = [column for column in _COLUMNS[name].split() if not column.startswith("-")]
        for place, row in enumerate(rows):
            told = {coder: matched[coder][name][place][1] for coder in CODINGS}
            what = _BETWEEN.get(name, "").join(row[part] for part in key)
            lines += apart(name, what, told | {"final": row}, columns)
        for coder in CODINGS:
            for row in (row for known, row in matched[coder][name] if known is None and row):
                only = dict.fromkeys((*CODINGS, "final")) | {coder: row}
                lines += apart(name, f"{coder}:{row[own_id]}", only, columns)
    return lines


def _names(
    tables: Mapping[str, Rows], final: Mapping[str, Rows]
) -> tuple[dict[str, str], dict[str, str]]:
    """The final short name of each donor of a coding, and the final id of each figure."""
    donors = {(row["recipient"], row["donor_zh"]): row["donor"] for row in final["pairs"]}
    spans = {(row["start"], row["end"]): row["figure_id"] for row in final["figures"]}
    pairs = ((row["donor"], (row["recipient"], row["donor_zh"])) for row in tables["pairs"])
    places = ((row["figure_id"], (row["start"], row["end"])) for row in tables["figures"])
    return (
        {donor: donors[pair] for donor, pair in pairs if pair in donors},
        {figure: spans[place] for figure, place in places if place in spans},
    )


def _in_final(row: Row, slugs: Mapping[str, str], figures: Mapping[str, str]) -> Row:
    """A row of a coding with the ids and short names of the final tables."""
    (told,) = renamed(renamed([row], slugs, ("donor", "subject")), figures, _FIGURES)
    return _given([told])[0] if "next_step" in told else told


_FIGURES = ("budget", "donor_amount", "expenditure", "figures")


def _renamed(slugs: Mapping[str, Mapping[str, str]], final: Mapping[str, Rows]) -> Iterator[Row]:
    for donor in (pair["donor"] for pair in final["pairs"]):
        old = {
            coder: next((was for was, now in names.items() if now == donor), "")
            for coder, names in slugs.items()
        }
        if set(old.values()) != {donor}:
            yield {"table": "slugs", "row": donor, "column": "slug", **old, "final": donor}


def reasoned_log(
    study: Study, log: pd.DataFrame, corrections: pd.DataFrame, clean: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """The typed log after corrections: what they changed has their reason for its rule."""
    if corrections.empty:
        return log
    columns = ADJUDICATION.names[:-1]
    left = {tuple(line.values()): line for line in compare_codings(study, clean)}
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
    found = compare_codings(study, clean)
    faults = log_faults(found, rows_of(log), (*CODINGS, "final"), file_name("adjudication"))
    TableError.raise_if_any(faults, what="log of the adjudication")
