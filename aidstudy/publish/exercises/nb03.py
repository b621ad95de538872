"""Exercises of notebook 03: what had happened when the page was written."""

from __future__ import annotations

import pandas as pd

from aidstudy.analysis.ratios import ratio
from aidstudy.publish.exercises.model import NOT_REPORTED, Exercise

EXERCISES = (
    Exercise(
        id="03-1",
        kind="date",
        question="On which day was the framework agreement of Xiangcheng and Luzhou signed?",
        right=lambda s: s.events.loc["xiangcheng-e02", "start_date"],
        mistakes={
            "wrong_event": lambda s: [
                s.events.loc[one, "start_date"] for one in ("xinlong-e01", "litang-e02")
            ],
        },
        solution='answer = days.set_index("event_id").loc["xiangcheng-e02", "first_day"]',
        why="Printed without a year, which is inferred.",
    ),
    Exercise(
        id="03-2",
        kind="date",
        question="What is the last day on which the page can have been written, if all articles "
        "are of about the same time?",
        right=lambda s: s.result("window.last"),
        mistakes={"wrong_event": lambda s: s.result("window.first")},
        hints={"wrong_event": "That is the first such day."},
        solution="answer = window.last_day",
        why="The first deadline that was still ahead.",
    ),
    Exercise(
        id="03-3",
        kind="share",
        question="What share of the projects that Garzê County counts for the year had been built?",
        right=lambda s: s.result("complete.ganzi.share"),
        mistakes={
            "wrong_denominator": lambda s: ratio("ganzi-016", "ganzi-017", study=s.study),
            "plan_for_fact": lambda s: ratio("ganzi-017", "ganzi-014", study=s.study),
        },
        hints={
            "wrong_denominator": "That sets those built against those going on.",
            "plan_for_fact": "That is the share of those that were going on.",
        },
        solution='answer = 100 * figures.loc["ganzi-016", "value"] / figures.loc["ganzi-014", '
        '"value"]',
        why="{ganzi-016:printed} of {ganzi-014:printed}.",
    ),
    Exercise(
        id="03-4",
        kind="ids",
        question="Which named projects of Xinlong had reached construction?",
        right=lambda s: _in_construction(s.projects, "xinlong"),
        mistakes={
            "wrong_county": lambda s: _in_construction(s.projects, "litang"),
        },
        solution='built = named["recipient"].eq("xinlong") & named["stage"].eq("construction")\n'
        'answer = named.loc[built, "project_id"]',
        why="The stage is the last that the report says was reached.",
    ),
    Exercise(
        id="03-5",
        kind="yes_no",
        question="Yibin's money for the year was to be in place by a printed deadline. Was it?",
        right=lambda s: NOT_REPORTED,
        solution='answer = "not reported"',
        why="The report was written before the deadline, so it cannot tell.",
    ),
)


def _in_construction(projects: pd.DataFrame, recipient: str) -> set[str]:
    rows = (projects["recipient"] == recipient) & (projects["stage"] == "construction")
    return set(projects.index[rows])


__all__ = ["EXERCISES"]
