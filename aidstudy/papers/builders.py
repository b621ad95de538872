"""The tables that a paper needs, each built from the tables and analyses of a study."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from aidstudy.analysis.flows import money_flow
from aidstudy.analysis.ratios import funding_ratios
from aidstudy.analysis.switches import choices_told
from aidstudy.analysis.timeline import project_stages, project_timeline
from aidstudy.bilingual import LANGS, Lang, Words
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
from aidstudy.papers.grid import bounds_text, number_text
from aidstudy.papers.latex_macros import fields
from aidstudy.papers.model import (
    Cell,
    Column,
    Instead,
    Number,
    PaperTable,
    Unit,
    columns_of,
    missing,
    money_unit,
    said,
    same,
    table_of,
    told,
    units,
)
from aidstudy.papers.recorded import Recorded, named_result, recorded
from aidstudy.rounding import Shown, write_number
from aidstudy.tables.load import exact_table, figure_term
from aidstudy.tables.ordinary import exact_frame
from aidstudy.tables.study import Study

_UNDATED, _JOINT = "‡", "§"
_STEPS = ("commitment", "disbursement", "expenditure")
_COUNTED = ("agreement", "categories", "commonest")
_CODED = re.compile(r"coding\.(?P<table>\w+)\.(?P<column>\w+)\.agreement")


def choices_note(study: Study) -> list[Words]:
    """What a study reads otherwise than by default, for the notes of a table; mostly nothing."""
    told = Words(*(choices_told(study.choices, lang) for lang in LANGS))
    return [told] if told.en else []


def pairs_table(study: Study) -> PaperTable:
    """What was committed, transferred and spent for each pair, its projects and other helpers."""
    # Of a study without pairs these tables have no columns either, so their rows are asked.
    named = Counter(
        row["recipient"]
        for row in exact_frame(project_stages(study)).to_dict("records")
        if row["project_id"] is not None
    )
    pairs = exact_table("pairs", study)
    helpers = Counter(pairs.query("role != 'paired_government'")["recipient"])
    levels = pairs.set_index(["donor", "recipient"])["level"]
    dated = _dated(study)
    flow = [
        row for row in exact_frame(money_flow(study)).to_dict("records") if row["realised"] == "yes"
    ]
    words, rows = told()["tables"]["pairs"]["words"], []
    found: dict[Words, dict[Words, None]] = {}
    for key in words:
        step = [row for row in flow if row["step"] == (key if key in _STEPS else _STEPS[0])]
        for row in step:
            names = (_place(row, "recipient"), _place(row, "donor"))
            level = _code(levels[row["donor"], row["recipient"]], LEVELS, meaning=True)
            found.setdefault(level, {})[names[1]] = None
            if key in _STEPS:
                unit, ids = units("CNY million"), row["figures"]
                number = _number(row, mark="" if dated(row["figures"]) else _UNDATED)
            else:
                counts = named if key == "projects" else helpers
                unit, ids, number = Unit(), "", Number.exactly(counts[row["recipient"]])
            cells = (said(words[key]), *names, number, Words(unit.en, unit.zh), level, same(ids))
            rows.append((cells, unit))
    return _by_quantity(
        "pairs",
        rows,
        year=study.year,
        levels="; ".join(f"{_listed(who, 'en')}, {level.en}" for level, who in found.items()),
        levels_zh="；".join(f"{_listed(who, 'zh')}为{level.zh}" for level, who in found.items()),
    )


def _dated(study: Study) -> Callable[[str], bool]:
    """Whether a year is printed with one of some figures, or there are none."""
    periods = exact_table("figures", study).set_index("figure_id")["period"]
    return lambda ids: not ids or any(not pd.isna(periods[one]) for one in ids.split())


def _listed(names: Iterable[Words], lang: Lang) -> str:
    return ("、" if lang == "zh" else ", ").join(name.say(lang) for name in names)


def figures_table(study: Study) -> PaperTable:
    """How many figures each report prints, by measure."""
    figures = exact_table("figures", study)
    own = figures[figures["article"] != "page"]
    counts = own.groupby(["measure", "article"], observed=True).size()
    exact = own[own["bound"] == "exact"].groupby("measure", observed=True).size()
    families = told()["tables"]["figures"]["families"]
    placed = {measure for family in families for measure in family["measures"]}
    rows: list[tuple[Cell, ...]] = []
    for family in families:
        for measure in family["measures"] or [one for one in MEASURES if one not in placed]:
            by_county = [int(counts.get((measure, place), 0)) for place in study.recipients]
            if any(by_county):
                inexact = sum(by_county) - int(exact.get(measure, 0))
                numbers = [*by_county, sum(by_county), inexact]
                names = (said(family["name"]), _code(measure, MEASURES))
                rows.append((*names, *map(Number.exactly, numbers)))
    columns = columns_of("figures")
    first = {name: columns.pop(name) for name in ("family", "measure")}
    return table_of(
        "figures",
        rows,
        columns=first | _counties(study) | columns,
        furniture=len(figures) - len(own),
        repeats=int(own["same_as"].notna().sum()),
    )


def _counties(study: Study) -> dict[str, Column]:
    return {
        recipient: Column(Words(place.short_en, place.short_zh), align="right")
        for recipient, place in study.recipients.items()
    }


_WHOLE_PAGE = Words("whole page", "全版")


def money_table(study: Study) -> PaperTable:
    """Every sum of money by measure, as printed and as read."""
    figures = exact_table("figures", study)
    money = figures[figures["measure"].isin(MONEY_MEASURES) & figures["same_as"].isna()]
    order = {measure: place for place, measure in enumerate(MONEY_MEASURES)}
    money = money.sort_values("measure", key=lambda column: column.map(order), kind="stable")
    rows: list[tuple[Cell, ...]] = []
    for row in money.to_dict("records"):
        place, period = study.recipients.get(row["article"]), row["period"]
        read = figure_term(row, study.choices)
        bounds = read.bounds() or Interval(None, None)
        rows.append(
            (
                _code(row["measure"], MEASURES),
                # A sum of the page itself, of several pairs say, belongs to no report.
                Words(place.short_en, place.short_zh) if place else _WHOLE_PAGE,
                same(row["label_en"]),
                same(row["printed"]),
                Number(read.value, bounds.low, bounds.high, "printed"),
                missing("not_reported") if pd.isna(period) else same(period),
                same(row["figure_id"]),
            )
        )
    return table_of("money", rows)


def ratios_table(study: Study) -> PaperTable:
    """Aid of the year, its share of the donor's revenue, and the revenue implied."""
    found = exact_frame(funding_ratios(study)).to_dict("records")
    words, rows = told()["tables"]["ratios"]["words"], []
    for column, entry in words.items():
        unit = units(entry["unit"])
        for row in found:
            undated = column == "aid" and row["aid_dated"] is False
            cells = (
                said(entry),
                _place(row, "recipient"),
                _place(row, "donor"),
                _number(row, column, _UNDATED if undated else ""),
                Words(unit.en, unit.zh),
                same(row[f"{column}_figures"]),
            )
            rows.append((cells, unit))
    rule = next((Number.exactly(row["rule"]) for row in found if row["rule"] is not None), None)
    shown = write_number(rule.shown(1)).value if rule else ""
    return _by_quantity("ratios", rows, year=study.year, rule=shown)


def _by_quantity(
    name: str, rows: Sequence[tuple[tuple[Cell, ...], Unit]], **parts: Any
) -> PaperTable:
    """A table whose rows have units of their own."""
    units = [unit for _, unit in rows]
    return table_of(name, (cells for cells, _ in rows), row_units=units, **parts)


def projects_table(study: Study) -> PaperTable:
    """Every named project with sector, status, stage and the money printed for it."""
    projects = exact_table("projects", study).set_index("project_id")
    sectors = _sectors(study)
    pairs = exact_table("pairs", study).query("role == 'paired_government'")
    official = set(zip(pairs["recipient"], pairs["donor"], strict=True))
    paired: dict[str, Words] = {}
    for place, donor in zip(projects["recipient"], projects["donor"], strict=True):
        if (place, donor) in official:
            paired.setdefault(place, _donors(study, donor))
    words = told()["tables"]["projects"]["words"]
    unsaid, none = missing("not_reported"), missing("not_applicable")
    seen: set[str] = set()
    rows: list[tuple[Cell, ...]] = []
    for row in exact_frame(project_stages(study)).to_dict("records"):
        county, name, donor = (_place(row, of) for of in ("recipient", "name", "donor"))
        first = paired.get(row["recipient"], donor)
        pair = said(words["pair"], county=county, donor=first)
        stage = unsaid if row["stage"] is None else _code(row["stage"], STAGES)
        if row["project_id"] is None:
            counted = said(words["unnamed"], count=row["count"])
            told_of = (donor, unsaid, unsaid, same(row["count_figures"]))
            rows.append((pair, county, counted, unsaid, stage, unsaid, none, *told_of))
            continue
        project = projects.loc[row["project_id"]]
        donor, sector = _donors(study, project["donor"]), project["sector"]
        joint, ids = row["amount_joint"], row["amount_figures"]
        amount: Cell = _number(row, "amount", _JOINT if joint else "")
        if joint and ids in seen:
            amount = Instead(same(_JOINT), "joint")
        seen.add(ids)
        rows.append(
            (
                pair,
                county,
                name if donor == first else said(words["named"], name=name, donor=donor),
                same(sector),
                stage,
                amount,
                none if row["amount_kind"] is None else _code(row["amount_kind"], MEASURES),
                donor,
                _place(sectors[sector], "name"),
                _code(row["status"], STATUSES, meaning=True),
                same(" ".join([row["project_id"], *ids.split()])),
            )
        )
    return table_of("projects", rows)


def timeline_table(study: Study) -> PaperTable:
    """What is dated of each county: stages, events, and what later reports add."""
    found: dict[tuple[str | None, ...], list[dict[str, Any]]] = {}
    for row in exact_frame(project_timeline(study)).to_dict("records"):
        one = row["event_id"] or row["fact_id"] or row["project_id"]
        found.setdefault((row["recipient"], one), []).append(row)
    words, none = told()["tables"]["timeline"]["words"], missing("not_applicable")
    units_of = exact_table("context", study).set_index("fact_id")["unit"]
    rows: list[tuple[Cell, ...]] = []
    for row, *others in found.values():
        name, told_of = _place(row, "name"), _place(row, "label")
        projects = [one["project_id"] for one in (row, *others) if one["project_id"]]
        if others:
            name = said(words["projects"], number=len(projects))
        elif not projects:
            name = said(words["county"])
        if row["said"] == "later":
            amount = _sentence(_number(row, "amount"), units_of[row["fact_id"]])
            told_of = said(words["later"], label=told_of, amount=amount)
        days = _number(row, "days")
        rows.append(
            (
                _place(row, "recipient"),
                name,
                told_of,
                *(
                    none if day is None else same(day.isoformat())
                    for day in (row["first_day"], row["last_day"])
                ),
                same(bounds_text(write_number(days.shown(1)), "en")) if days.known else none,
                days,
                same(row["source"]) if row["said"] == "later" else said(words["page"]),
                same(row["said"]),
                same(" ".join([*projects, *filter(None, (row["event_id"], row["fact_id"]))])),
            )
        )
    return table_of("timeline", rows)


def _sentence(number: Number, unit: str) -> Words:
    """A number with its unit, as a sentence has it."""
    ends = [abs(end) for end in (number.value, number.low, number.high) if end is not None]
    shown = money_unit(max(ends)) if unit == "CNY" else units(unit)
    told = []
    for lang in LANGS:
        digits = write_number(number.shown(shown.scale(lang)))
        told.append(shown.sentence(number_text(digits, lang), lang, digits.value))
    return Words(*told)


def _sectors(study: Study) -> dict[str, dict[str, str]]:
    """The names of the purpose codes."""
    codes = exact_table("dac_codes", study).rename(columns={"name": "name_en"})
    return {row["code"]: row for row in codes.to_dict("records")}


def sectors_table(study: Study) -> PaperTable:
    """How many named projects each county has by purpose code, from the most to the fewest."""
    projects, names = exact_table("projects", study), _sectors(study)
    counts: Counter[tuple[str | None, str]] = Counter(
        zip(projects["sector"], projects["recipient"], strict=True)
    )
    rows: list[tuple[Cell, ...]] = []
    for row in exact_frame(project_stages(study)).to_dict("records"):
        if row["project_id"] is None:
            counts[None, row["recipient"]] += row["count"]
    total: Counter[str | None] = Counter()
    for (sector, _), number in counts.items():
        total[sector] += number
    unnamed = said(told()["tables"]["sectors"]["words"]["unnamed"])
    for sector in sorted(total, key=lambda one: (one is None, -total[one])):
        code = missing("not_reported") if sector is None else same(sector)
        name = unnamed if sector is None else _place(names[sector], "name")
        numbers = [*(counts[sector, place] for place in study.recipients), total[sector]]
        rows.append((code, name, *map(Number.exactly, numbers)))
    columns = columns_of("sectors")
    last = columns.pop("all")
    return table_of("sectors", rows, columns=columns | _counties(study) | {"all": last})


def results_table(study: Study, analysis: str = "", ids: Iterable[str] = ()) -> PaperTable:
    """Results with value, bounds and note: those of one analysis by its letter, or some by id."""
    found = recorded(study)
    letters = sorted({result.analysis for result in found.values()})
    letter, wanted = analysis.upper(), list(ids)
    if not (letter or wanted):
        known = f", {letters[0]} to {letters[-1]}," if letters else ""
        raise ResultError(f"table results: name an analysis{known} or the ids of results")
    if letter and letter not in letters:
        raise ResultError(f"analysis {analysis!r}: no results{did_you_mean(letter, letters)}")
    shown = [result for result in found.values() if result.analysis == letter]
    shown += [named_result(found, name) for name in wanted]
    notes = list(dict.fromkeys(result.note for result in shown if result.note))
    rows = (
        (
            result.label,
            _result(result),
            Words(result.shown_in.en, result.shown_in.zh),
            same(result.note),
            same(str(notes.index(result.note) + 1) if result.note else ""),
            same(result.result_id),
        )
        for result in shown
    )
    words = told()["tables"]["results"]["words"]
    listed = ". ".join(f"({number}) {note}" for number, note in enumerate(notes, 1))
    table = table_of(
        "results",
        rows,
        row_units=[result.shown_in for result in shown],
        notes=[said(words["notes"], notes=listed)] if notes else [],
    )
    if wanted:
        return table
    title = said(words["title"], letter=letter)
    return replace(table, name=f"results-{letter.lower()}", title=title)


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
                cells: list[Cell] = [found[f"{start}.both"].number]
                cells += [found[f"{of}.{one}"].number for one in _COUNTED]
                for one in ("kappa", "alpha"):
                    cells += [found[f"{of}.{one}"].number, _ends(found, f"{of}.{one}")]
                rows.append((name, _named(words["columns"], place["column"]), *cells))
    coders = [said(words["coders"], **study.codings)] if study.codings else []
    return table_of("agreement", rows, notes=coders)


def _ends(found: Mapping[str, Recorded], name: str) -> Cell:
    """A sampling interval in words, as brackets behind a number are what the print allows."""
    ends = [end for end in found[name].interval if end is not None]
    if not ends:
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
    """A code of a closed list in words; its meaning, without what explains it, where it names."""
    name = codes[code].meaning.partition(":")[0] if meaning else code.replace("_", " ")
    return Words(name, codes[code].zh)


def _number(row: Mapping[str, Any], prefix: str = "", mark: str = "") -> Number:
    """The number that a table of an analysis holds under a prefix."""
    start = f"{prefix}_" if prefix else ""
    value, low, high = row[prefix or "value"], row[f"{start}low"], row[f"{start}high"]
    return Number(value, low, high, row[f"{start}state"], mark)


def _named(names: Mapping[str, Any], code: str) -> Words:
    """A code by its name in both languages; as it is where it has none."""
    return said(names[code]) if code in names else same(code)


BUILDERS: Mapping[str, Callable[..., PaperTable]] = {
    build.__name__.removesuffix("_table"): build
    for build in (
        pairs_table,
        figures_table,
        money_table,
        ratios_table,
        projects_table,
        timeline_table,
        sectors_table,
        results_table,
        agreement_table,
    )
}
"""The tables by name, in the order in which a paper shows them."""
