"""Time: dated events, the stage of every project, and when the page was written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

import pandas as pd

from aidstudy.analysis.desk import Desk, Pair
from aidstudy.analysis.later import counties_of, later_facts
from aidstudy.bilingual import LANGS, Words
from aidstudy.codebook import CONTEXT_MEASURES, STAGE_LEVELS, STAGES
from aidstudy.intervals import Interval
from aidstudy.quantity.result import Leaf, Term
from aidstudy.quantity.scalar import Missing, Quantity
from aidstudy.tables.days import WritingWindow, dated, first_day, last_day, window_of
from aidstudy.tables.load import StudyLike, fact_source, leaf_of
from aidstudy.tables.ordinary import COLUMNS, frame, money, of_study, shown

PROVINCE = "province"

Span = tuple[dt.date | None, dt.date | None]
"""The first and the last day on which something can have been."""


@of_study
def timeline(study: StudyLike = None) -> pd.DataFrame:
    """Every dated event with the days that its date covers.

    One row an event, in the order of the table. ``first_day`` and ``last_day`` are
    datetime64, what had happened ends with the window of writing at the latest; a deadline
    has no ``first_day``. ``projects`` are ids of every project that the event covers.
    ``lane`` is the recipient, or ``province`` for what no donor and no county did.
    ``places`` are start and end of each of its ``figures`` on the page (``572-579 590-595``);
    an event in words alone has neither.

    >>> events = timeline()
    >>> sorted(set(events["realised"]))
    ['planned', 'yes']
    """
    return frame(_events(Desk(study)), COLUMNS["timeline"])


def _events(desk: Desk) -> list[dict[str, Any]]:
    """The rows of :func:`timeline`."""
    events = dated(desk.records("events"))
    for event in events:
        county = desk.study.recipients[event["recipient"]]
        of_all = event["kind"] == "meeting" and not event["donor"] and event["precision"] == "day"
        figures = (desk.rows[one] for one in (event["figures"] or "").split())
        event |= {"recipient_en": county.short_en, "recipient_zh": county.short_zh}
        event |= {"lane": PROVINCE if of_all else event["recipient"]}
        event["deadline"] = event["first_day"] is None
        event["places"] = " ".join(f"{row['start']}-{row['end']}" for row in figures)
    return events


@of_study
def project_timeline(study: StudyLike = None) -> pd.DataFrame:
    """All that is dated, one row for each project and each thing that is said of it.

    ``said`` is ``stage`` (how far the page says that the project has come), ``event`` (of the
    page, once for every project that it covers, with its ``kind``) or ``later`` (what a later
    report adds: ``measure`` and ``amount``). Without ``project_id`` it is said of the county
    and its donor as a whole. ``first_day`` and ``last_day`` are the
    earliest and latest day of it, datetime64: a stage is that of the days on which the page
    can have been written, what had happened ends with them, and what a later report tells as
    past ends with the date of that report. ``days`` has bounds and no value: from what had
    happened to the writing of the page, or from there to the ``last_day`` of a deadline or a
    later report.

    >>> told = project_timeline().set_index("project_id").loc["litang-p01"]
    >>> told[["said", "stage", "measure", "first_day", "last_day", "days"]].reset_index(drop=True)
        said          stage         measure  first_day   last_day            days
    0  stage  survey_design             NaN 2012-09-05 2012-10-31             NaN
    1  later            NaN  storage_volume 2014-01-01 2014-06-05  [582, 638] day
    """
    desk = Desk(study)
    window = window_of(desk.records("events"))
    written = (window.first_day, window.last_day) if window else (None, None)
    rows = [*_events_of_projects(desk, written), *_stages(desk, written), *_later(desk, written)]
    counties, projects = list(desk.study.recipients), [*desk.projects, None]
    rows.sort(key=lambda row: (counties.index(row["recipient"]), projects.index(row["project_id"])))
    return frame(rows, COLUMNS["project_timeline"])


def _about(desk: Desk, recipient: str, project_id: str | None) -> dict[str, Any]:
    """County and project of a row, and what it has no number for."""
    county, project = desk.study.recipients[recipient], desk.projects.get(project_id or "", {})
    names = {f"name_{lang}": project.get(f"name_short_{lang}") for lang in LANGS}
    return names | {
        "recipient": recipient,
        "recipient_en": county.short_en,
        "recipient_zh": county.short_zh,
        "donor": project.get("donor"),
        "project_id": project_id,
        "days": Missing("not_applicable"),
        "amount": Missing("not_applicable"),
        "source": desk.study.page.get("newspaper", "the page"),
    }


def _events_of_projects(desk: Desk, written: Span) -> Iterator[dict[str, Any]]:
    for event in _events(desk):
        first, last = event["first_day"], event["last_day"]
        about = (event["event_id"], event["figures"] or "")
        away: Quantity | Missing = Missing("not_applicable")
        if event["realised"] == "yes":
            away = _days(*about, (first, last), written)
        elif event["deadline"]:
            away = _days(*about, written, (last, last))
        kept = {name: event[name] for name in COLUMNS["project_timeline"] if name in event}
        for project_id in (event["projects"] or "").split() or [None]:
            told = {"project_id": project_id, "said": "event", "days": away}
            yield _about(desk, event["recipient"], project_id) | kept | told


def _stages(desk: Desk, written: Span) -> Iterator[dict[str, Any]]:
    for project in desk.projects.values():
        stage = project["stage"]
        yield _about(desk, project["recipient"], project["project_id"]) | {
            "said": "stage",
            "stage": stage,
            "level": STAGE_LEVELS[stage],
            "realised": "yes",
            "first_day": written[0],
            "last_day": written[1],
            "label_en": stage.replace("_", " "),
            "label_zh": STAGES[stage].zh,
            "places": f"{project['start']}-{project['end']}",
        }


def _later(desk: Desk, written: Span) -> Iterator[dict[str, Any]]:
    """What later reports add on a project, a pair, or a donor and all its counties together."""
    by_entity = later_facts(desk)
    for pair in desk.pairs:
        projects = [project["project_id"] for project in desk.projects_of(pair, other_donors=True)]
        for entity in (*projects, pair.subject, pair.donor):
            for fact in by_entity.get(entity, ()):
                planned = fact["measure"] == "commitment"
                shared = counties_of(desk, entity)
                first, last = _days_told(fact, planned=planned)
                term, unit = Term.of(leaf_of(fact)), fact["unit"]
                about = _about(desk, pair.recipient, entity if entity in projects else None)
                measure = fact["measure"]
                said = Words(measure.replace("_", " "), CONTEXT_MEASURES[measure].zh)
                if shared > 1:
                    said = Words.told("shared", said=said, counties=shared)
                about |= {name: fact[name] for name in ("measure", "fact_id", "source_date")}
                yield about | {
                    "donor": about["donor"] or pair.donor,
                    "said": "later",
                    "realised": "planned" if planned else "yes",
                    "first_day": first,
                    "last_day": last,
                    "days": _days(fact["fact_id"], "", written, (last, last)),
                    "amount": money(term) if unit == "CNY" else shown(term, unit),
                    "label_en": said.en,
                    "label_zh": said.zh,
                    "source": fact_source(fact),
                }


def _days_told(fact: Mapping[str, Any], *, planned: bool) -> Span:
    """The days of a later report's period; what it tells as past ends with its own date."""
    period, said = fact["period"], fact["source_date"] and last_day(fact["source_date"])
    if not period:
        return None, said
    first, _, end = period.partition("/")
    last = last_day(end or first)
    return first_day(first), last if planned or not said else min(last, said)


def _days(name: str, figures: str, early: Span, late: Span) -> Quantity | Missing:
    """Days from one span of days to another; at least none."""
    (first, last), (first_late, last_late) = early, late
    if first is None or last is None or first_late is None or last_late is None:
        return Missing("not_reported")
    least, most = (first_late - last).days, (last_late - first).days
    ends = [
        Leaf("given", f"{name}, {end}", Fraction(days), Interval.exactly(days), f"{days} days",
             "day", behind=tuple(figures.split()))
        for end, days in (("at least", max(least, 0)), ("at most", most))
    ]  # fmt: skip
    return Quantity(Term.between(*map(Term.of, ends)), "day")


@of_study
def writing_window(study: StudyLike = None) -> WritingWindow | None:
    """The window in which the page was written, ``None`` when its events set none.

    First and last day, and the events that set them.

    >>> writing_window().first_day
    datetime.date(2012, 9, 5)
    """
    return window_of(Desk(study).records("events"))


@of_study
def project_stages(study: StudyLike = None) -> pd.DataFrame:
    """How far each named project has come, then the unnamed ones as counts.

    One row a named project: the place of the passage (``start``, ``end``), money printed for
    it (``amount``, a quantity in CNY million, with ``amount_kind`` saying budget, commitment
    or intended loan, and ``amount_joint`` that it is printed for several projects together
    and counts once), ``stage`` (ordered) and its ``level`` from 0 (planned) to 6 (completed),
    next step in both languages. Rows without ``project_id`` carry a ``count`` of projects
    that the page counts but does not name; without a ``level`` their stage is not reported. A sum
    that is printed for all projects of a count stands in these rows too.
    ``counted_in`` is the printed count of the year's projects that a row belongs to. It is
    missing where the page does not say that a project is one of those, so a sum of ``count``
    over more than one ``counted_in`` is no number of the page.

    >>> stages = project_stages()
    >>> stages[stages["project_id"].isna()][["recipient", "count", "level"]]
         recipient       count  level
    12  xiangcheng   1 project   <NA>
    19       ganzi  22 project      6
    20       ganzi  37 project      5
    >>> stages.groupby("counted_in", sort=False)["count"].sum()
    counted_in
    xiangcheng-012     4 project
    xinlong-005        5 project
    ganzi-014         59 project
    Name: count, dtype: quantity
    """
    desk = Desk(study)
    counted = {name: figure for pair in desk.pairs for name, figure in _counted(desk, pair)}
    named = [
        _named(desk, project) | {"counted_in": counted.get(project["project_id"])}
        for project in desk.projects.values()
    ]
    rows = [*named, *(row for pair in desk.pairs for row in _unnamed(desk, pair, named))]
    order = {recipient: place for place, recipient in enumerate(desk.study.recipients)}
    rows.sort(key=lambda row: order[str(row["recipient"])])
    return frame(rows, COLUMNS["project_stages"])


def _named(desk: Desk, project: dict[str, Any]) -> dict[str, Any]:
    column = "budget" if project["budget"] else "donor_amount"
    amount, level, step = project[column], STAGE_LEVELS[project["stage"]], project["next_step"]
    joint = sum(one[column] == amount for one in desk.projects.values()) > 1
    donor, *others = project["donor"].split(" ")
    named = desk.names(Pair(donor, project["recipient"]))
    if others:
        several = Words.told("others", donor=Words.of(named, "donor"))
        named |= {"donor_en": several.en, "donor_zh": several.zh}
    no_step = "not_applicable" if level == STAGE_LEVELS["completed"] else "not_reported"
    told = {
        "name_en": project["name_short_en"],
        "name_zh": project["name_short_zh"],
        "amount": money(desk.figure(amount) if amount else Term.missing()),
        "amount_kind": desk.rows[amount]["measure"] if amount else None,
        "amount_bound": desk.rows[amount]["bound"] if amount else None,
        "amount_joint": bool(amount) and joint,
        "level": level,
        "next_step_en": step,
        "next_step_state": "printed" if step is not None else no_step,
        "count": Quantity(Term.number(1, f"the project {project['project_id']}"), "project"),
    }
    return project | named | told


def _year_count(desk: Desk, pair: Pair) -> Term:
    """How many projects the page counts for a pair and year, the largest number of several."""
    found = desk.wholes(desk.find("projects", subject=pair.subject, period=str(desk.study.year)))
    return max(found, key=lambda term: term.value or 0, default=Term.missing())


def _counted(desk: Desk, pair: Pair) -> Iterator[tuple[str, str]]:
    """Named projects with the figure that counts them; none where built ones are counted anew."""
    whole, named = _year_count(desk, pair), desk.projects_of(pair)
    anew = (desk.one(f"projects_{one}", subject=pair.subject) for one in ("completed", "ongoing"))
    if whole.leaf and len(named) <= (whole.value or 0) and not any(one.known for one in anew):
        yield from ((project["project_id"], whole.leaf.id) for project in named)


def _unnamed(desk: Desk, pair: Pair, named: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Projects of a pair that the page counts but does not name: started, completed, going on."""
    started, completed, ongoing = (
        desk.one(f"projects_{stage}", subject=pair.subject)
        for stage in ("started", "completed", "ongoing")
    )
    begun = [one for one in desk.projects_of(pair) if one["status"] in ("2", "3", "4")]
    what = f"named projects of {pair.subject} that have started"
    left = started - desk.count(begun, "project_id", what)
    whole, nothing = _year_count(desk, pair), "not_reported"
    shared = _sum_of_all(desk, pair, whole, named)
    for stage, term in {None: left, "completed": completed, "under_way": ongoing}.items():
        if term.value:
            told: dict[str, Any] = {"stage": stage, "level": STAGE_LEVELS.get(stage or "")}
            told |= {"amount": Missing(nothing), "amount_joint": False, "next_step_state": nothing}
            told |= shared
            told |= {"count": shown(term, "project"), "counted_in": whole.leaf and whole.leaf.id}
            yield desk.names(pair) | told


def _sum_of_all(desk: Desk, pair: Pair, whole: Term, named: list[dict[str, Any]]) -> dict[str, Any]:
    """The one sum that is printed for a pair's counted projects, so also for those without a name.

    Luzhou's 1200万元 is for 四个项目, three of which are named.
    """
    inside = [row for row in named if whole.leaf and row["counted_in"] == whole.leaf.id]
    sums = {row["budget"] or row["donor_amount"] for row in inside}
    if len(sums) != 1 or None in sums or desk.rows[sums.pop()]["subject"] != pair.subject:
        return {}
    told = {part: inside[0][part] for part in ("amount", "amount_kind", "amount_bound")}
    return told | {"amount_joint": True}
