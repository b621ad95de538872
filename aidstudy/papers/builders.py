"""The tables that a paper needs, each built from the tables and analyses of a study."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from aidstudy.analysis.desk import Desk
from aidstudy.analysis.flows import money_flow
from aidstudy.analysis.ratios import funding_ratios
from aidstudy.analysis.timeline import project_stages, project_timeline
from aidstudy.bilingual import LANGS, Words
from aidstudy.codebook import LEVELS, MEASURES, MONEY_MEASURES
from aidstudy.errors import ResultError
from aidstudy.intervals import Interval
from aidstudy.papers.latex_macros import in_full
from aidstudy.papers.model import Marked, PaperTable, code_words, table_of
from aidstudy.papers.results import Recorded, chosen_results, recorded
from aidstudy.papers.words import TOLD, said, same
from aidstudy.quantity.scalar import Missing, Quantity, digits
from aidstudy.quantity.shown import NO_UNIT, in_unit, unit_for, units
from aidstudy.rounding import Shown, write_number
from aidstudy.tables.load import exact_table
from aidstudy.tables.ordinary import load_figures
from aidstudy.tables.study import Study

_UNDATED, _JOINT = "‡", "§"
_CODED = re.compile(r"coding\.(?P<table>\w+)\.(?P<column>\w+)\.agreement")


def pairs_table(study: Study) -> PaperTable:
    """What was committed, transferred and spent for each pair, its projects and other helpers."""
    pairs, stages = exact_table("pairs", study), project_stages(study)
    counts = {
        "projects": Counter(stages.loc[stages["project_id"].notna(), "recipient"]),
        "helpers": Counter(pairs.query("role != 'paired_government'")["recipient"]),
    }
    flow = _rows(money_flow(study).query("realised == 'yes'"))
    levels, marked = pairs.set_index(["donor", "recipient"])["level"], _marker(study)
    rows, found = [], dict[Words, dict[Words, None]]()
    for key, name in TOLD["tables"]["pairs"]["words"].items():
        for row in flow:
            if row["step"] != ("commitment" if key in counts else key):
                continue
            row |= {"level": levels[row["donor"], row["recipient"]]}
            level = code_words(row["level"], LEVELS, meaning=True)
            found.setdefault(level, {})[Words.of(row, "donor")] = None
            number = row["quantity"]
            unit, ids = units("CNY million"), _ids(number)
            if key in counts:
                number, unit, ids = counts[key][row["recipient"]], NO_UNIT, ""
            value = number if key in counts else marked(number)
            cells = {"quantity": said(name), "value": value, "unit": unit, "figures": ids}
            rows.append(row | cells)
    said_of = {level: Words.listed(donors) for level, donors in found.items()}
    each = (Words.told("are", who=who, what=level) for level, who in said_of.items())
    levels = Words.listed(each, "semicolon")
    return table_of(
        "pairs",
        rows,
        year=study.year,
        levels=levels.en,
        levels_zh=levels.zh,
    )


def _marker(study: Study) -> Callable[[Quantity | Missing], Marked]:
    """Marks a number that has figures and no year printed with any of them."""
    periods = exact_table("figures", study).set_index("figure_id")["period"]

    def marked(number: Quantity | Missing) -> Marked:
        undated = number.figures and periods[list(number.figures)].isna().all()
        return Marked(number, _UNDATED if undated else "")

    return marked


def figures_table(study: Study) -> PaperTable:
    """How many figures each report prints, by measure."""
    figures = exact_table("figures", study)
    own = figures[figures["article"] != "page"]
    counts = pd.crosstab(own["measure"], own["article"])
    counts = counts.reindex(columns=list(study.recipients), fill_value=0)
    counts["all"] = counts.sum(axis="columns")
    counts["inexact"] = own[own["bound"] != "exact"].groupby("measure").size()
    counts = counts.fillna(0).astype(int)
    families = TOLD["tables"]["figures"]["families"]
    placed = {measure for family in families for measure in family["measures"]}
    rows = [
        {"family": said(family["name"]), "measure": measure, **counts.loc[measure].to_dict()}
        for family in families
        for measure in family["measures"] or [one for one in MEASURES if one not in placed]
        if measure in counts.index
    ]
    repeats = int(own["same_as"].notna().sum())
    furniture = len(figures) - len(own)
    return table_of("figures", rows, study=study, furniture=furniture, repeats=repeats)


def money_table(study: Study) -> PaperTable:
    """Every sum of money by measure, as printed and as read."""
    figures = load_figures(study)
    money = figures[figures["measure"].isin(MONEY_MEASURES) & figures["same_as"].isna()]
    order = list(MONEY_MEASURES).index
    # A sum of the page itself, of several pairs say, belongs to no report.
    counties = {slug: Words(one.short_en, one.short_zh) for slug, one in study.recipients.items()}
    page = said(TOLD["tables"]["money"]["words"]["page"])
    rows = [row | {"county": counties.get(row["article"], page)} for row in _rows(money)]
    return table_of("money", sorted(rows, key=lambda row: order(row["measure"])))


def ratios_table(study: Study) -> PaperTable:
    """Aid of the year, its share of the donor's revenue, and the revenue implied."""
    found, marked = _rows(funding_ratios(study)), _marker(study)
    rows = []
    for column, entry in TOLD["tables"]["ratios"]["words"].items():
        named = {"quantity": said(entry), "unit": units(entry["unit"])}
        for row in found:
            value = marked(row[column]) if column == "aid" else row[column]
            rows.append(row | named | {"value": value, "figures": _ids(row[column])})
    rules = [digits(row["rule"]).value for row in found if isinstance(row["rule"], Quantity)]
    return table_of("ratios", rows, year=study.year, rule=rules[0] if rules else "")


def projects_table(study: Study) -> PaperTable:
    """Every named project with sector, status, stage and the money printed for it."""
    projects, sectors = exact_table("projects", study).set_index("project_id"), _sectors(study)
    official = {(pair.recipient, pair.donor) for pair in Desk(study).pairs}
    paired: dict[str, Words] = {}
    for place, donor in zip(projects["recipient"], projects["donor"], strict=True):
        if (place, donor) in official:
            paired.setdefault(place, _donors(study, donor))
    words = TOLD["tables"]["projects"]["words"]
    rows, seen = [], set[tuple[str, ...]]()
    for row in _rows(project_stages(study)):
        donor, amount, name = Words.of(row, "donor"), row["amount"], Words.of(row, "name")
        first = paired.get(row["recipient"], donor)
        row |= {"pair": said(words["pair"], county=Words.of(row, "recipient"), donor=first)}
        if row["project_id"] is None:
            unnamed = said(words["unnamed"], count=row["count"].exact)
            row |= {"project": unnamed, "status": None, "figures": _ids(row["count"])}
        else:
            project = projects.loc[row["project_id"]]
            donor = _donors(study, project["donor"])
            row |= {"donor": donor, "figures": _ids(amount, row["project_id"])}
            row |= {"sector": project["sector"], **sectors[project["sector"]]}
            if row["status"] == "3":
                name = said(words["nearly"], name=name)
            if donor != first:
                name = said(words["named"], name=name, donor=donor)
            row["project"] = name
        if row["amount_joint"]:
            row["amount"] = Missing("joint") if amount.figures in seen else Marked(amount, _JOINT)
            seen.add(amount.figures)
        rows.append(row)
    return table_of("projects", rows)


def timeline_table(study: Study) -> PaperTable:
    """What is dated of each county: stages, events, and what later reports add."""
    found: dict[tuple[str | None, ...], list[dict[str, Any]]] = {}
    for row in _rows(project_timeline(study)):
        one = row["event_id"] or row["fact_id"] or row["project_id"]
        found.setdefault((row["recipient"], one), []).append(row)
    words, rows = TOLD["tables"]["timeline"]["words"], []
    for row, *others in found.values():
        projects = [one["project_id"] for one in (row, *others) if one["project_id"]]
        if others:
            row["project"] = said(words["projects"], number=len(projects))
        elif not projects:
            row["project"] = said(words["county"])
        if row["said"] == "later":
            label, amount = Words.of(row, "label"), _sentence(row["amount"])
            row["what"] = said(words["later"], label=label, amount=amount)
        else:
            row["source"] = said(words["page"])
        if isinstance(row["days"], Quantity):
            row["between"] = digits(row["days"]).bounds("en")
        row["ids"] = " ".join([*projects, *filter(None, (row["event_id"], row["fact_id"]))])
        rows.append(row)
    return table_of("timeline", rows)


def _sentence(number: Quantity) -> Words:
    """A number with its unit, as a sentence has it."""
    unit = unit_for(number)
    shown = {lang: write_number(in_unit(number, unit.scale(lang))) for lang in LANGS}
    return Words(*(unit.sentence(shown[lang], lang) for lang in LANGS))


def _sectors(study: Study) -> dict[str, dict[str, str]]:
    """The names of the purpose codes."""
    codes = exact_table("dac_codes", study).set_index("code")
    return {
        code: {"sector_name_en": row["name"], "sector_name_zh": row["name_zh"]}
        for code, row in codes.iterrows()
    }


def sectors_table(study: Study) -> PaperTable:
    """How many named projects each county has by purpose code, from the most to the fewest."""
    projects, names = exact_table("projects", study), _sectors(study)
    counts = Counter(zip(projects["sector"], projects["recipient"], strict=True))
    total: Counter[str | None] = Counter(projects["sector"])
    for row in _rows(project_stages(study)):
        if row["project_id"] is None:
            counts[None, row["recipient"]] += int(row["count"].exact)
            total[None] += int(row["count"].exact)
    unnamed = said(TOLD["tables"]["sectors"]["words"]["unnamed"])
    rows = [
        {"code": sector, **(names[sector] if sector else {"sector": unnamed})}
        | {place: counts[sector, place] for place in study.recipients}
        | {"all": total[sector]}
        for sector in sorted(total, key=lambda one: (one is None, -total[one]))
    ]
    return table_of("sectors", rows, study=study)


def results_table(study: Study, analysis: str = "", ids: Iterable[str] = ()) -> PaperTable:
    """Results with value, bounds and note: those of one analysis by its letter, or some by id."""
    letter, wanted = analysis.upper(), list(ids)
    if not (letter or wanted):
        letters = sorted({result.analysis for result in recorded(study).values()})
        known = f", {letters[0]} to {letters[-1]}," if letters else ""
        raise ResultError(f"table results: name an analysis{known} or the ids of results")
    shown = chosen_results(study, wanted, letter)
    notes = list(dict.fromkeys(result.note for result in shown if result.note))
    rows = [
        {"result": one.label, "value": one.number if one.is_number else in_full(one)}
        | {"unit": one.shown_in, "name": one.result_id}
        | {"note": one.note, "number": str(notes.index(one.note) + 1) if one.note else ""}
        for one in shown
    ]
    words = TOLD["tables"]["results"]["words"]
    listed = ". ".join(f"({number}) {note}" for number, note in enumerate(notes, 1))
    table = table_of("results", rows, notes=[said(words["notes"], notes=listed)] * bool(notes))
    if wanted:
        return table
    title = said(words["title"], letter=letter)
    return replace(table, name=f"results-{letter.lower()}", title=title)


def agreement_table(study: Study) -> PaperTable:
    """How far the two codings agree, by table and column, with the counts that kappa hides."""
    found, words, rows = recorded(study), TOLD["tables"]["agreement"]["words"], []
    columns = [place for name in found if (place := _CODED.fullmatch(name))]
    for table in dict.fromkeys(place["table"] for place in columns):
        start = f"coding.{table}"
        name = {"table": _named(words["tables"], table)}
        either, shared = (found[f"{start}.{count}"].number for count in ("either", "found"))
        counted = {"column": said(words["rows"]), "compared": either, "agreement": shared}
        rows.append(name | counted)
        for place in columns:
            if place["table"] == table:
                both = found[f"{start}.both"].number
                row: dict[str, Any] = {"compared": both}
                row["column"] = _named(words["columns"], place["column"])
                for one in ("agreement", "categories", "commonest", "kappa", "alpha"):
                    result = found[f"{start}.{place['column']}.{one}"]
                    row |= {one: result.number, f"{one}_interval": _ends(result)}
                rows.append(name | row)
    coders = [said(words["coders"], **study.codings)] if study.codings else []
    return table_of("agreement", rows, notes=coders)


def _ends(result: Recorded) -> Words | None:
    """A sampling interval in words, as brackets behind a number are what the print allows."""
    ends = [end for end in result.interval if end is not None]
    if not ends:
        return None
    low, high = (write_number(Shown(end, Interval(end, end))).value for end in ends)
    return said(TOLD["tables"]["agreement"]["words"]["interval"], low=low, high=high)


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table; ``to_dict`` would forget why a number is missing."""
    cells = zip(*map(list, (table[name] for name in table)), strict=True)
    return [dict(zip(table, map(_cell, row), strict=True)) for row in cells]


def _cell(cell: Any) -> Any:
    """A cell; an ordinary one that is empty is ``None``."""
    return None if pd.isna(cell) and not isinstance(cell, Missing) else cell


def _ids(number: Quantity | Missing, *before: str) -> str:
    """The ids of the figures and facts behind a number, after others."""
    facts = number.facts if isinstance(number, Quantity) else ()
    return " ".join((*before, *number.figures, *facts))


def _donors(study: Study, slugs: str) -> Words:
    places = (study.donors[slug] for slug in slugs.split())
    return Words.listed(Words(place.short_en, place.short_zh) for place in places)


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
