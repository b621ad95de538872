"""Exercises of notebook 08: people and institutions."""

from __future__ import annotations

from aidstudy.publish.exercises.model import NOT_REPORTED, Exercise, Sources

EXERCISES = (
    Exercise(
        id="08-1",
        kind="count",
        question="How many people did Garzê County send to Longquanyi in all?",
        right=lambda s: s.result("people.ganzi.seconded_out"),
        mistakes={
            "left_out": lambda s: [
                s.number("people.ganzi.seconded_out") - s.number(one)
                for one in ("ganzi-026", "ganzi-027", "ganzi-028", "ganzi-029")
            ],
            "wrong_county": lambda s: s.result("people.dege.seconded_out"),
            "wrong_denominator": lambda s: s.result("people.ganzi.seconded_in"),
        },
        hints={
            "left_out": "Four groups are printed, and one of them is left out.",
            "wrong_denominator": "These came; the question asks who went.",
        },
        solution='sent = figures["article"].eq("ganzi") & figures["measure"].eq("seconded_out")\n'
        'answer = figures.loc[sent, "value"].sum()',
        why="Township cadres, technicians, teachers and doctors; the sum itself is not printed.",
    ),
    Exercise(
        id="08-2",
        kind="count",
        question="Had {mentors.ganzi.most:} people been mentored, each mentor filling a quota "
        "exactly, how many mentors would have the higher quota of {ganzi-030:printed}?",
        right=lambda s: s.figure("ganzi-032"),
        mistakes={"if_for_fact": lambda s: s.result("mentors.ganzi.with_higher_quota")},
        hints={"if_for_fact": "That is the mix for the number that the report prints."},
        solution='many = results.loc["mentors.ganzi.most", "value"]\n'
        'mentors, low, high = figures.loc[["ganzi-032", "ganzi-031", "ganzi-030"], "value"]\n'
        "answer = (many - mentors * low) / (high - low)",
        why="All of them: that number is the most that the quotas allow.",
    ),
    Exercise(
        id="08-3",
        kind="ids",
        question="Which devices of management are mentioned by all five reports? Give their codes.",
        right=lambda s: _everywhere(s),
        solution='yes = mechanisms[mechanisms["present"] == "yes"]\n'
        'reports = yes.groupby("mechanism", observed=True)["recipient"].nunique()\n'
        'answer = reports.index[reports == mechanisms["recipient"].nunique()]',
        why="The rows of the grid without a dot.",
    ),
    Exercise(
        id="08-4",
        kind="yes_no",
        question="Did Dêgê have written rules for its aid projects?",
        right=lambda s: NOT_REPORTED,
        solution='rows = mechanisms.set_index(["recipient", "mechanism"])["present"]\n'
        'silent = rows[("dege", "project_rules")] == "not_mentioned"\n'
        'answer = "not reported" if silent else True',
        why="`not_mentioned` says that the article does not speak of it.",
    ),
)


def _everywhere(s: Sources) -> set[str]:
    table = s.mechanisms
    mentioned = table[table["present"] == "yes"].groupby("mechanism", observed=True)["recipient"]
    return {
        str(name)
        for name, count in mentioned.nunique().items()
        if count == table["recipient"].nunique()
    }


__all__ = ["EXERCISES"]
