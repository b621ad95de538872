"""The tables that a paper needs, each built from the tables and analyses of a study."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

import pandas as pd

from aidstudy.analysis.flows import money_flow
from aidstudy.analysis.ratios import funding_ratios
from aidstudy.analysis.timeline import project_stages
from aidstudy.codebook import (
    LEVELS,
    MEASURES,
    MONEY_MEASURES,
    STAGES,
    STATUSES,
    Codes,
    did_you_mean,
)
from aidstudy.errors import ResultError
from aidstudy.intervals import Interval
from aidstudy.papers.latex_macros import fields
from aidstudy.papers.model import (
    Cell,
    Column,
    Number,
    PaperTable,
    Words,
    columns_of,
    missing,
    said,
    same,
    table_of,
    told,
)
from aidstudy.papers.recorded import Recorded, recorded
from aidstudy.rounding import Shown, write_number
from aidstudy.tables.load import exact_table
from aidstudy.tables.ordinary import exact_frame
from aidstudy.tables.study import Study

_JOINT = "‡"
_CODED = re.compile(r"coding\.(?P<table>\w+)\.(?P<column>\w+)\.agreement")


def pairs_table(study: Study) -> PaperTable:
    """One row a pair: what was committed, transferred and spent, projects, other helpers."""
    # Of a study without pairs these tables have no columns either, so their rows are asked.
    named = Counter(
        row["recipient"]
        for row in exact_frame(project_stages(study)).to_dict("records")
        if row["project_id"] is not None
    )
    helpers = exact_table("pairs", study).query("role != 'paired_government'")["recipient"]
    levels = exact_table("pairs", study).set_index(["donor", "recipient"])["level"]
    rows: list[tuple[Cell, ...]] = []
    pairs: dict[tuple[str, str], dict[str, dict[str, Any]]] = {}
    for row in exact_frame(money_flow(study)).to_dict("records"):
        if row["realised"] == "yes":
            pairs.setdefault((row["recipient"], row["donor"]), {})[row["step"]] = row
    for (recipient, donor), by_step in pairs.items():
        money = [by_step[step] for step in ("commitment", "disbursement", "expenditure")]
        rows.append(
            (
                _place(by_step["commitment"], "recipient"),
                _place(by_step["commitment"], "donor"),
                _code(levels[donor, recipient], LEVELS, meaning=True),
                *(_number(row) for row in money),
                Number.exactly(named[recipient]),
                Number.exactly(int((helpers == recipient).sum())),
                _ids(row["figures"] for row in money),
            )
        )
    return table_of("pairs", rows, year=study.year)


def figures_table(study: Study) -> PaperTable:
    """How many figures each report prints, by measure."""
    figures = exact_table("figures", study)
    own = figures[figures["article"] != "page"]
    counts = own.groupby(["measure", "article"], observed=True).size()
    exact = own[own["bound"] == "exact"].groupby("measure", observed=True).size()
    rows: list[tuple[Cell, ...]] = []
    for measure in MEASURES:
        by_county = [int(counts.get((measure, recipient), 0)) for recipient in study.recipients]
        if any(by_county):
            inexact = sum(by_county) - int(exact.get(measure, 0))
            numbers = [*by_county, sum(by_county), inexact]
            rows.append((_code(measure, MEASURES), *map(Number.exactly, numbers)))
    columns = columns_of("figures")
    counties = [
        Column(Words(place.short_en, place.short_zh), align="right")
        for place in study.recipients.values()
    ]
    return table_of(
        "figures",
        rows,
        columns=(columns["measure"], *counties, columns["all"], columns["inexact"]),
        furniture=len(figures) - len(own),
        repeats=int(own["same_as"].notna().sum()),
    )


def money_table(study: Study) -> PaperTable:
    """Every sum of money by measure, as printed and as read."""
    figures = exact_table("figures", study)
    money = figures[figures["measure"].isin(MONEY_MEASURES) & figures["same_as"].isna()]
    order = {measure: place for place, measure in enumerate(MONEY_MEASURES)}
    money = money.sort_values("measure", key=lambda column: column.map(order), kind="stable")
    rows: list[tuple[Cell, ...]] = []
    for row in money.to_dict("records"):
        place, period = study.recipients[row["article"]], row["period"]
        rows.append(
            (
                _code(row["measure"], MEASURES),
                Words(place.short_en, place.short_zh),
                same(row["label_en"]),
                same(row["printed"]),
                Number(row["value"], row["low"], row["high"], "printed"),
                missing("not_reported") if pd.isna(period) else same(period),
                same(row["figure_id"]),
            )
        )
    return table_of("money", rows)


def ratios_table(study: Study) -> PaperTable:
    """Aid of the year, its share of the donor's revenue, and the revenue implied."""
    rows: list[tuple[Cell, ...]] = []
    columns = ("aid", "ratio", "rule", "rule_amount", "added", "revenue")
    for row in exact_frame(funding_ratios(study)).to_dict("records"):
        numbers = [_number(row, column) for column in columns]
        ids = _ids(row[f"{column}_figures"] for column in columns)
        rows.append((_place(row, "recipient"), _place(row, "donor"), *numbers, ids))
    return table_of("ratios", rows, year=study.year)


def projects_table(study: Study) -> PaperTable:
    """Every named project with sector, status, stage and the money printed for it."""
    projects = exact_table("projects", study).set_index("project_id")
    names = exact_table("dac_codes", study).set_index("code")["name"]
    unnamed = told()["tables"]["projects"]["words"]["unnamed"]
    unsaid = missing("not_reported")
    rows: list[tuple[Cell, ...]] = []
    for row in exact_frame(project_stages(study)).to_dict("records"):
        county = _place(row, "recipient")
        stage = unsaid if row["stage"] is None else _code(row["stage"], STAGES)
        if row["project_id"] is None:
            name, donor = said(unnamed, count=row["count"]), _place(row, "donor")
            money = (unsaid, missing("not_applicable"), same(row["count_figures"]))
            rows.append((county, name, donor, unsaid, unsaid, stage, *money))
            continue
        sector, kind = projects.at[row["project_id"], "sector"], row["amount_kind"]
        rows.append(
            (
                county,
                _place(row, "name"),
                _donors(study, projects.at[row["project_id"], "donor"]),
                Words(f"{sector} {names[sector]}", sector),
                same(row["status"]),
                stage,
                _number(row, "amount", _JOINT if row["amount_joint"] else ""),
                missing("not_applicable") if kind is None else _code(kind, MEASURES),
                same(" ".join([row["project_id"], *row["amount_figures"].split()])),
            )
        )
    statuses = ", ".join(
        f"{name} {code.meaning.partition(':')[0]}" for name, code in STATUSES.items()
    )
    statuses_zh = "，".join(f"{name} {code.zh}" for name, code in STATUSES.items())
    return table_of("projects", rows, statuses=statuses, statuses_zh=statuses_zh)


def results_table(study: Study, analysis: str = "") -> PaperTable:
    """Every result with its value, bounds and note; those of one analysis by its letter.

    Raises ResultError if no analysis has that letter.
    """
    found = recorded(study).values()
    letters = list(dict.fromkeys(result.analysis for result in found))
    letter = analysis.upper()
    if letter and letter not in letters:
        raise ResultError(f"analysis {analysis!r}: no results{did_you_mean(letter, letters)}")
    shown = [result for result in found if letter in ("", result.analysis)]
    row_units = tuple(result.shown_in for result in shown)
    rows = tuple(
        (
            *([] if letter else [same(result.analysis)]),
            result.label,
            _result(result),
            Words(unit.en, unit.zh),
            same(result.note),
            same(result.result_id),
        )
        for result, unit in zip(shown, row_units, strict=True)
    )
    entry = told()["tables"]["results"]
    return PaperTable(
        f"results-{letter.lower()}" if letter else "results",
        said(entry["words"]["title"], letter=letter) if letter else said(entry["title"]),
        tuple(columns_of("results").values())[1 if letter else 0 :],
        rows,
        row_units=row_units,
    )


def agreement_table(study: Study) -> PaperTable:
    """How far the two codings agree, by table and column, with the counts that kappa hides."""
    found = recorded(study)
    words = told()["tables"]["agreement"]["words"]
    columns = [place for name in found if (place := _CODED.fullmatch(name))]
    none = missing("not_applicable")
    rows: list[tuple[Cell, ...]] = []
    for table in dict.fromkeys(place["table"] for place in columns):
        start, name = f"coding.{table}", _named(words["tables"], table)
        either, shared = (found[f"{start}.{count}"].number for count in ("either", "found"))
        rows.append((name, said(words["rows"]), either, shared, *[none] * 6))
        for place in columns:
            if place["table"] == table:
                of = f"{start}.{place['column']}"
                statistics = ("agreement", "categories", "commonest", "kappa", "alpha")
                rows.append(
                    (
                        name,
                        _named(words["columns"], place["column"]),
                        found[f"{start}.both"].number,
                        *(found[f"{of}.{statistic}"].number for statistic in statistics),
                        *(_ends(found, f"{of}.{statistic}") for statistic in ("kappa", "alpha")),
                    )
                )
    coders = [said(words["coders"], **study.codings)] if study.codings else []
    return table_of("agreement", rows, before=coders)


def _ends(found: Mapping[str, Recorded], name: str) -> Cell:
    """A sampling interval in words, as brackets behind a number are what the print allows."""
    ends = [found[f"{name}.{end}"].number.value for end in ("ci_low", "ci_high")]
    if None in ends:
        return missing("not_applicable")
    low, high = (write_number(Shown(end, Interval(end, end))).value for end in ends)
    return said(told()["tables"]["agreement"]["words"]["interval"], low=low, high=high)


def _result(result: Recorded) -> Cell:
    """The cell of a result: its number, or the words of one that is a date or a verdict."""
    if result.is_number:
        return result.number
    return Words(fields(result, "en")["Full"], fields(result, "zh")["Full"])


def _place(row: Mapping[str, Any], of: str) -> Words:
    return Words(row[f"{of}_en"], row[f"{of}_zh"])


def _donors(study: Study, slugs: str) -> Words:
    places = [study.donors[slug] for slug in slugs.split()]
    return Words(
        ", ".join(place.short_en for place in places), "、".join(p.short_zh for p in places)
    )


def _code(code: str, codes: Codes, *, meaning: bool = False) -> Words:
    """A code of a closed list in words; its meaning where that is a name."""
    return Words(codes[code].meaning if meaning else code.replace("_", " "), codes[code].zh)


def _number(row: Mapping[str, Any], prefix: str = "", mark: str = "") -> Number:
    """The number that a table of an analysis holds under a prefix."""
    start = f"{prefix}_" if prefix else ""
    value, low, high = row[prefix or "value"], row[f"{start}low"], row[f"{start}high"]
    return Number(value, low, high, row[f"{start}state"], mark)


def _named(names: Mapping[str, Any], code: str) -> Words:
    """A code by its name in both languages; as it is where it has none."""
    return said(names[code]) if code in names else same(code)


def _ids(cells: Iterable[str]) -> Words:
    """Figure ids of several cells, each once."""
    return same(" ".join(dict.fromkeys(" ".join(cells).split())))


BUILDERS: Mapping[str, Callable[[Study], PaperTable]] = MappingProxyType(
    {
        "pairs": pairs_table,
        "figures": figures_table,
        "money": money_table,
        "ratios": ratios_table,
        "projects": projects_table,
        "results": results_table,
        "agreement": agreement_table,
    }
)
"""The tables by name, in the order in which a paper shows them."""
