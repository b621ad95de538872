"""Exercises of notebook 09: was the coding reliable?"""

from __future__ import annotations

from fractions import Fraction

from aidstudy.publish.exercises.model import Exercise, Sources
from aidstudy.tables.files import read_cells

_EVENTS = ("donor", "precision", "kind", "realised")

EXERCISES = (
    Exercise(
        id="09-1",
        kind="count",
        question="Both coders have {coding.projects.both:} projects. For how many of them do they "
        "differ on the sector?",
        right=lambda s: _differing(s),
        mistakes={
            "part_for_whole": lambda s: s.number("coding.projects.both") - _differing(s),
        },
        hints={"part_for_whole": "That is how many are alike."},
        solution='both = rows.loc["projects", "both"]\n'
        'alike = results.loc["coding.projects.sector.agreement", "value"]\n'
        "answer = round(both * (100 - alike) / 100)",
        why="A share of agreement is a number of rows, and few rows make it jump.",
    ),
    Exercise(
        id="09-2",
        kind="choice",
        options=_EVENTS,
        question="On which column of the events does the share of the commonest code come nearest "
        "to the share alike?",
        right=lambda s: _nearest(s),
        solution='events = result_grid("coding.events.{row}.{column}").set_index("row")\n'
        'more = (events["agreement"] - events["commonest"]).astype(float)\n'
        "answer = more.idxmin()",
        why="There a coder who wrote the commonest code everywhere would have looked nearly as "
        "good.",
        hints={"other": "Compare the share alike with the share of the commonest code."},
    ),
    Exercise(
        id="09-3",
        kind="count",
        question="How many lines of the log about figures overrule both coders, who had agreed?",
        right=lambda s: _overruled(s, "figures"),
        mistakes={"whole_for_part": lambda s: s.result("coding.log.overruled")},
        hints={"whole_for_part": "That is the number over all tables."},
        solution='agreed = (log["a"] == log["b"]) & (log["table"] == "figures")\n'
        "answer = int(agreed.sum())",
        why="Both wrote the same, and a rule of the final codebook says otherwise.",
    ),
    Exercise(
        id="09-4",
        kind="yes_no",
        question="Is there any cell on which the two coders agree and the final table has another "
        "answer?",
        right=lambda s: s.number("coding.log.overruled") > 0,
        mistakes={"agreement_for_truth": lambda s: False},
        solution='answer = bool((log["a"] == log["b"]).any())',
        why="Agreement shows that a rule can be followed, not that the answer is right.",
    ),
)


def _differing(s: Sources) -> Fraction:
    both = s.number("coding.projects.both")
    apart = both * (100 - s.number("coding.projects.sector.agreement")) / 100
    return Fraction(round(apart))


def _nearest(s: Sources) -> str:
    def more(column: str) -> Fraction:
        alike, commonest = (
            s.number(f"coding.events.{column}.{name}") for name in ("agreement", "commonest")
        )
        return alike - commonest

    return min(_EVENTS, key=more)


def _overruled(s: Sources, table: str) -> int:
    columns = ("table", "row", "column", "a", "b", "final", "rule")
    log = read_cells(s.study.raw / "adjudication.csv", columns, name="data/raw/adjudication.csv")
    return int(((log["table"] == table) & (log["a"] == log["b"])).sum())


__all__ = ["EXERCISES"]
