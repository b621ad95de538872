"""The judgement calls: every question that another reader might answer otherwise, in one order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Switch:
    """A judgement call that another reader might make otherwise.

    Parameters
    ----------
    name : str
    question : str
        What is decided.
    options : mapping of str to str
        Each option and what it means; the first is the default.
    """

    name: str
    question: str
    options: Mapping[str, str]

    @property
    def default(self) -> str:
        """The option taken when nobody says otherwise."""
        return next(iter(self.options))


def _switch(name: str, question: str, **options: str) -> Switch:
    return Switch(name, question, MappingProxyType(options))


TRAILING_ZEROS = _switch(
    "trailing_zeros",
    "Are the zeros at the end of a printed number read, or only there for its size?",
    significant="read: 3500 is exact to the unit, as the codebook says",
    coarse="there for the size: 3500 is exact to the hundred",
)
RULE = _switch(
    "rule",
    "Is the rule's share exact, or a printed number like any other?",
    exact="a rule is exact: 0.5% is one half of one per cent",
    rounded="read as a rounded figure: 0.45% to 0.55%",
)
TOURU = _switch(
    "touru",
    "Does 投入 (put in) say that a sum is promised or that it is spent?",
    commitment="promised, where the sentence does not say that it was spent",
    expenditure="spent as well",
)
PAID_IN_FULL = _switch(
    "paid_in_full",
    "Where a county prints no commitment but a sum that was paid in full, was that the commitment?",
    derive="yes: a commitment of the same size is derived",
    leave="no: the commitment is not reported",
)
UNDATED = _switch(
    "undated",
    "Does a sum without a year belong to the year of the reports?",
    this_year="yes: the report tells what was done up to its own date",
    leave="no: it may be of several years, so the year's commitment is not reported",
)
SPENDING_SOURCE = _switch(
    "spending_source",
    "Where spending is printed without its source, how much of it is the donor's?",
    all_sources="not said: the spending stands as printed, from all sources",
    others_first="the least: all that others gave was spent first, and the rest is the donor's",
)
DELIVERED = _switch(
    "delivered",
    "Is the total cost of a project that was handed over money spent?",
    budget="no: the page calls it a total investment, so it stays a budget",
    spent="yes: what was handed over was paid for",
)
BASICALLY_COMPLETE = _switch(
    "basically_complete",
    "Is a project that is basically complete (基本完成) complete?",
    no="no: it is in finalisation",
    yes="yes: counted as complete",
)
LOAN_PROJECT = _switch(
    "loan_project",
    "Is a project that only a loan pays for one of the aided projects?",
    counted="yes: the report numbers it with the others",
    left_out="no: a loan is no aid",
)
TEAM_OF_40 = _switch(
    "team_of_40",
    "Is the number in a slogan about the team a head count?",
    count="yes: it is the size of the team",
    rhetoric="no: it is only said so, and the size of the team is not reported",
)
LINE_START = _switch(
    "line_start",
    "Where does the straight line of the year's work begin?",
    new_year="on the first day of the year",
    conference="on the day of the province-wide conference",
)

SWITCHES: Mapping[str, Switch] = MappingProxyType(
    {
        call.name: call
        for call in (
            TRAILING_ZEROS,
            RULE,
            TOURU,
            PAID_IN_FULL,
            UNDATED,
            SPENDING_SOURCE,
            DELIVERED,
            BASICALLY_COMPLETE,
            LOAN_PROJECT,
            TEAM_OF_40,
            LINE_START,
        )
    }
)
"""Every judgement call, by name; the table of sensitivity keeps this order."""

__all__ = [
    "BASICALLY_COMPLETE",
    "DELIVERED",
    "LINE_START",
    "LOAN_PROJECT",
    "PAID_IN_FULL",
    "RULE",
    "SPENDING_SOURCE",
    "SWITCHES",
    "TEAM_OF_40",
    "TOURU",
    "TRAILING_ZEROS",
    "UNDATED",
    "Switch",
]
