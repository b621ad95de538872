"""Time: dated events, the stage of every project, and when the page was written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from aidstudy.analysis.desk import NAMES, Desk, Pair, names
from aidstudy.codebook import PRECISIONS, REALISED, STAGE_LEVELS, STATUSES
from aidstudy.quantity.scalar import Missing, Quantity
from aidstudy.result import Term
from aidstudy.tables.days import WritingWindow, days_of, window_of
from aidstudy.tables.load import StudyLike
from aidstudy.tables.ordinary import STAGE_ORDER, frame, money, shown

PROVINCE = "province"


def is_provincial(event: Mapping[str, Any]) -> bool:
    """Whether an event is a meeting of the province: it has a day and no donor."""
    return bool(
        event["kind"] == "meeting" and pd.isna(event["donor"]) and event["precision"] == "day"
    )


def timeline(study: StudyLike = None) -> pd.DataFrame:
    """Every dated event with the days that its date covers.

    Parameters
    ----------
    study : Study or path, optional

    Returns
    -------
    pandas.DataFrame
        One row an event, in the order of the table. ``first_day`` and ``last_day`` are
        datetime64, what had happened ends with the window of writing at the latest; a deadline
        has no ``first_day``. ``projects`` are ids of every project that the event covers.
        ``lane`` is the recipient, or ``province`` for what no donor and no county did.
        ``places`` are start and end of each of its ``figures`` on the page (``572-579 590-595``);
        an event in words alone has neither.

    Raises
    ------
    FileError, TableError
        If a stored table is missing, or breaks the codebook.

    Examples
    --------
    >>> events = timeline()
    >>> sorted(set(events["realised"]))
    ['planned', 'yes']
    """
    return frame(timeline_rows(Desk(study)), _EVENT_COLUMNS)


_EVENT_COLUMNS = {
    **dict.fromkeys(("event_id", "recipient", "recipient_en", "recipient_zh", "lane"), "text"),
    "donor": "text",
    "first_day": "day",
    "last_day": "day",
    "precision": list(PRECISIONS),
    "kind": "text",
    "realised": list(REALISED),
    "deadline": "flag",
    **dict.fromkeys(("label_en", "label_zh", "figures", "places", "projects"), "text"),
}


def timeline_rows(desk: Desk) -> list[dict[str, Any]]:
    """The rows of :func:`timeline`."""
    rows = []
    window = window_of(desk.tables.records("events"))
    for event in desk.events.to_dict("records"):
        first, last = days_of(event, window)
        figures = "" if pd.isna(event["figures"]) else event["figures"]
        rows.append(
            {
                "event_id": event["event_id"],
                "recipient": event["recipient"],
                "recipient_en": desk.study.recipients[event["recipient"]].short_en,
                "recipient_zh": desk.study.recipients[event["recipient"]].short_zh,
                "lane": PROVINCE if is_provincial(event) else event["recipient"],
                "donor": None if pd.isna(event["donor"]) else event["donor"],
                "first_day": first,
                "last_day": last,
                "precision": event["precision"],
                "kind": event["kind"],
                "realised": event["realised"],
                "deadline": first is None,
                "label_en": event["label_en"],
                "label_zh": event["label_zh"],
                "figures": figures,
                "places": " ".join(
                    f"{desk.rows[one]['start']}-{desk.rows[one]['end']}" for one in figures.split()
                ),
                "projects": None if pd.isna(event["project_id"]) else event["project_id"],
            }
        )
    return rows


def writing_window(study: StudyLike = None) -> WritingWindow | None:
    """The window in which the page was written, ``None`` when its events set none.

    Parameters
    ----------
    study : Study or path, optional

    Returns
    -------
    WritingWindow or None
        First and last day, and the events that set them.

    Raises
    ------
    FileError, TableError
        If a stored table is missing, or breaks the codebook.

    Examples
    --------
    >>> writing_window().first_day
    datetime.date(2012, 9, 5)
    """
    return window_of(Desk(study).tables.records("events"))


def project_stages(study: StudyLike = None) -> pd.DataFrame:
    """How far each named project has come, then the unnamed ones as counts.

    Parameters
    ----------
    study : Study or path, optional

    Returns
    -------
    pandas.DataFrame
        One row a named project: the place of the passage (``start``, ``end``), money printed for
        it (``amount``, a quantity in CNY million, with ``amount_kind`` saying budget, commitment
        or intended loan, and ``amount_joint`` that it is printed for several projects together
        and counts once), ``stage`` (ordered) and its ``level`` from 0 (planned) to 6 (completed),
        next step in both languages. Rows without ``project_id`` carry a ``count`` of projects
        that the page counts but does not name; without a ``level`` their stage is not reported.

    Raises
    ------
    FileError, TableError
        If a stored table is missing, or breaks the codebook.

    Examples
    --------
    >>> stages = project_stages()
    >>> stages[stages["project_id"].isna()][["recipient", "count", "level"]]
         recipient       count  level
    12  xiangcheng   1 project   <NA>
    19       ganzi  22 project      6
    20       ganzi  37 project      5
    """
    desk = Desk(study)
    rows = [_named(desk, project) for project in desk.projects.to_dict("records")]
    for pair in desk.pairs:
        rows += _unnamed(desk, pair)
    order = {recipient: place for place, recipient in enumerate(desk.study.recipients)}
    rows.sort(key=lambda row: order[str(row["recipient"])])
    return frame(rows, _STAGE_COLUMNS)


_STAGE_COLUMNS = {
    **NAMES,
    **dict.fromkeys(("project_id", "name_en", "name_zh"), "text"),
    "start": "integer",
    "end": "integer",
    "amount": "quantity",
    "amount_kind": "text",
    "amount_bound": "text",
    "amount_joint": "flag",
    "stage": STAGE_ORDER,
    "level": "integer",
    "status": tuple(STATUSES),
    **dict.fromkeys(("next_step_en", "next_step_zh", "next_step_state"), "text"),
    "count": "quantity",
}


def _named(desk: Desk, project: dict[str, object]) -> dict[str, object]:
    amount, figure, joint = Term.missing(), None, False
    for column in ("budget", "donor_amount"):
        if not pd.isna(project[column]):
            amount = desk.figure(str(project[column]))
            figure = desk.figures.loc[str(project[column])]
            joint = int((desk.projects[column] == project[column]).sum()) > 1
            break
    stage = str(project["stage"])
    donor, *others = str(project["donor"]).split(" ")
    step = None if pd.isna(project["next_step"]) else project["next_step"]
    return (
        _with_others(names(desk.study, str(project["recipient"]), donor), bool(others))
        | {
            "project_id": project["project_id"],
            "name_en": project["name_short_en"],
            "name_zh": project["name_short_zh"],
            "start": int(str(project["start"])),
            "end": int(str(project["end"])),
        }
        | {
            "amount": money(amount),
            "amount_kind": None if figure is None else figure["measure"],
            "amount_bound": None if figure is None else figure["bound"],
            "amount_joint": joint,
            "stage": stage,
            "level": STAGE_LEVELS[stage],
            "status": project["status"],
            "next_step_en": step,
            "next_step_zh": None if pd.isna(project["next_step_zh"]) else project["next_step_zh"],
            "next_step_state": _step_state(step, stage),
            "count": Quantity(Term.number(1, f"the project {project['project_id']}"), "project"),
        }
    )


def _with_others(named: dict[str, str], others: bool) -> dict[str, str]:
    if not others:
        return named
    return named | {
        "donor_en": f"{named['donor_en']} and others",
        "donor_zh": f"{named['donor_zh']}等",
    }


def _step_state(step: object, stage: str) -> str:
    if step is not None:
        return "printed"
    return "not_applicable" if STAGE_LEVELS[stage] == STAGE_LEVELS["completed"] else "not_reported"


def unnamed(desk: Desk, pair: Pair) -> dict[str, Term]:
    """Projects of a pair that the page counts but does not name: started, completed, going on.

    Not applicable where none is left over: every project of the year is named, or counted under
    another of these heads. Not reported where some are, and the page does not say which are so far.
    """
    started, completed, ongoing = (
        desk.one(f"projects_{stage}", subject=pair.subject)
        for stage in ("started", "completed", "ongoing")
    )
    named = desk.projects_of(pair)
    named_started = desk.count(
        [project for project in named if project["status"] in ("2", "3", "4")],
        "project_id",
        f"named projects of {pair.subject} that have started",
    )
    of_year = desk.wholes(desk.find("projects", subject=pair.subject, period=str(desk.study.year)))
    counted = max((term.value for term in of_year if term.value is not None), default=None)
    all_named = counted is not None and len(named) >= counted
    all_placed = counted is not None and (completed + ongoing).value == counted
    found = {"started": started - named_started, "completed": completed, "ongoing": ongoing}
    for stage, term in found.items():
        if not term.known and (all_named or (all_placed and stage == "started")):
            found[stage] = Term.missing("not_applicable")
    return found


def _unnamed(desk: Desk, pair: Pair) -> list[dict[str, object]]:
    stages = {"started": None, "completed": "completed", "ongoing": "under_way"}
    rows = []
    for name, term in unnamed(desk, pair).items():
        stage = stages[name]
        if term.value is None or term.value == 0:
            continue
        rows.append(
            names(desk.study, pair.recipient, pair.donor)
            | {"project_id": None, "name_en": None, "name_zh": None, "start": None, "end": None}
            | {
                "amount": Missing("not_reported"),
                "amount_kind": None,
                "amount_bound": None,
                "amount_joint": False,
                "stage": stage,
                "level": None if stage is None else STAGE_LEVELS[stage],
                "status": None,
                "next_step_en": None,
                "next_step_zh": None,
                "next_step_state": "not_reported",
                "count": shown(term, "project"),
            }
        )
    return rows
