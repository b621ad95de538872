"""What an exercise is: a question, the way to its right answer, and the mistakes it knows.

The right answer is a function of the tables and is typed nowhere; so are the typical wrong ones.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import Any, Literal

import pandas as pd

from aidstudy.analysis import exact_results
from aidstudy.analysis.desk import Tables
from aidstudy.codebook import did_you_mean
from aidstudy.errors import ExerciseError
from aidstudy.publish.show import Amount, cell, say
from aidstudy.tables.load import StudyLike
from aidstudy.tables.study import load_study

NOT_REPORTED = "not reported"
"""The answer where the page does not say."""

Kind = Literal["amount", "share", "count", "date", "choice", "ids", "yes_no", "bounds"]

KINDS: Mapping[str, str] = MappingProxyType(
    {
        "amount": "{number}, or text with its unit",
        "share": "a number in per cent, or text with the sign %",
        "count": "a whole number",
        "date": "a day, as a date or as ISO text (year-month-day)",
        "choice": "one of: {options}",
        "ids": "a list of ids, in any order",
        "yes_no": "True or False",
        "bounds": "the lowest and the highest number in {unit}, in this order, as a pair",
    }
)
"""Kinds of answer, and how each is to be given."""

MISTAKES: Mapping[str, str] = MappingProxyType(
    {
        "wan_lost": "Ten thousand times too small or too large: 万 is ten thousand. Look at the "
        "unit of the print and at the unit that is asked for.",
        "yi_lost": "A hundred million times too small or too large: 亿 is a hundred million. Look "
        "at the unit of the print and at the unit that is asked for.",
        "digits_lost": "The digits are right and the point is not: count the noughts again, and "
        "look at the unit that is asked for.",
        "part_for_percent": "A part of one is not a number in per cent: shares stand in per cent "
        "everywhere here, a hundred times the part of one.",
        "ratio_upside_down": "The ratio stands on its head: look at which of the two is the whole.",
        "wrong_denominator": "That is a share of something else. Which whole does the question "
        "name?",
        "share_for_amount": "That is a share, and the question asks for a sum of money.",
        "payment_for_commitment": "That is what was transferred (到位, 划拨). The question asks "
        "for what was promised.",
        "commitment_for_payment": "That is what was promised. The question asks for what was "
        "transferred (到位, 划拨); a promise is not a transfer.",
        "spending_for_payment": "That is what was spent (完成投资). The question asks for what was "
        "transferred (到位, 划拨); money is transferred before it is spent.",
        "payment_for_spending": "That is what was transferred (到位, 划拨). The question asks for "
        "what was spent (完成投资).",
        "commitment_for_spending": "That is what was promised. The question asks for what was "
        "spent (完成投资).",
        "spending_for_commitment": "That is what was spent (完成投资). The question asks for what "
        "was promised.",
        "budget_for_aid": "That is a whole cost (总投资), whoever pays. The question asks for the "
        "donor's part.",
        "counted_twice": "Something is counted twice: a figure that says an earlier one again, or "
        "a sum that is printed for several projects together, counts once.",
        "left_out": "Something is left out that belongs to it.",
        "missing_as_zero": "Something that the page does not say went in as zero. Missing is never "
        "zero.",
        "zero_for_number": "Zero says that there is nothing at all. Is that what you found?",
        "reported": "The page does say it, or prints what it follows from. Look again.",
        "rounded_inward": "Not rounded as the question asks: a low end is rounded down and a high "
        "end up, to the digits that are asked for.",
        "rounded_too_far": "Near. Compute with all digits and round once, at the end.",
        "too_few_digits": "Right as far as it goes. The question asks for more digits.",
        "too_narrow": "That leaves out something which the print allows.",
        "too_wide": "That allows more than the print does.",
        "whole_unit": "That is a whole unit of the last printed digit each way. By how much of a "
        "unit can rounding move a number?",
        "empty": "The list is empty. Give the ids that you found.",
        "value_for_bounds": "That is the value as printed. The question asks how far the true "
        "value may lie from it.",
        "bounds_swapped": "The low end comes first.",
        "other_end": "That is the other end of what the print allows.",
        "whole_for_part": "That is the whole, and the question asks for a part of it.",
        "part_for_whole": "That is a part, and the question asks for the whole.",
        "print_for_computed": "That is what the page prints. The question asks what follows from "
        "the other figures.",
        "rule_for_given": "That is what the rule asks for. The question asks for what is given.",
        "wrong_county": "That number belongs to another county or donor.",
        "wrong_year": "The day is right and the year is not.",
        "wrong_event": "That day belongs to something else.",
        "if_for_fact": "That would be true under an assumption. The question asks for what the "
        "page says, or what follows from it.",
        "typed_for_derived": "That is what a person typed. The question asks for what the library "
        "derives.",
        "incomplete": "All of these belong to it, and something is still missing.",
        "too_many": "Everything that belongs to it is there, and something that does not.",
        "some_wrong": "Some of these belong to it and some do not, and something is still missing.",
        "plan_for_fact": "That was a plan, a hope or a deadline when the page was written.",
        "cause_for_order": "One came after the other; the page does not say that it came from it.",
        "chance_for_print": "That treats what the print allows as if it were chance. Nobody drew a "
        "sample.",
        "chance_alone": "That is what chance alone would give.",
        "agreement_for_truth": "Two who agree may share a mistake.",
        "other": "That is another number. Look at which figures go in, and at each step.",
    }
)
"""Kinds of mistake, each with the hint that goes with it."""

OTHER: Mapping[str, str] = MappingProxyType(
    {
        "count": "That is another number. Look up which rows the question is about, and count "
        "each once.",
        "date": "That is another day. Look up which event the question names.",
        "choice": "Another choice fits. Look up the part of the notebook that the question is "
        "about.",
        "ids": "None of these belongs to it. Give ids or codes as the tables have them, no names.",
        "yes_no": "It is not so. Look up the part of the notebook that the question is about.",
    }
)
"""Hint for a wrong answer that no known mistake explains, where the answer is no amount."""

_AUTOMATIC = frozenset(
    {
        "wan_lost",
        "yi_lost",
        "digits_lost",
        "part_for_percent",
        "reported",
        "empty",
        "too_few_digits",
        "too_narrow",
        "too_wide",
        "whole_unit",
        "bounds_swapped",
        "other_end",
        "wrong_year",
        "zero_for_number",
        "incomplete",
        "too_many",
        "some_wrong",
        "other",
    }
)
"""Mistakes that are found without being declared."""


_TINY = Fraction(1, 10**12)


class Sources(Tables):
    """Where right answers come from: the tables and results of one study.

    Parameters
    ----------
    study : Study

    Examples
    --------
    >>> sources = sources_of(None)
    >>> print(sources.figure("ganzi-020").text("CNY million"))
    CNY 26.72 million [26.715, 26.725]
    >>> print(sources.result("paid.ganzi").text())
    not reported
    """

    @cached_property
    def results(self) -> pd.DataFrame:
        """The stored results, indexed by id."""
        return exact_results(self.study).set_index("result_id", drop=False)

    def figure(self, figure_id: str) -> Amount:
        """One printed figure with its bounds, in base units."""
        return self._row(self.figures, figure_id, "figure")

    def fact(self, fact_id: str) -> Amount:
        """One fact from outside the page."""
        return self._row(self.facts, fact_id, "fact")

    def result(self, result_id: str) -> Any:
        """One result: a number with its bounds, or the text of a day or a verdict."""
        _known(self.results, result_id, "result")
        row = self.results.loc[result_id]
        if isinstance(row["value"], str):
            return row["value"]
        found = cell(row, "value")
        width = None if found.interval is None else found.interval.width
        # An exact value whose decimal does not end is stored with bounds of its last digit.
        tiny = width and found.value is not None and width < abs(_TINY * found.value)
        return replace(found, interval=None) if tiny else found

    def number(self, name: str) -> Fraction:
        """The value of a figure, fact or result, to compute with."""
        found = self.any(name)
        if not isinstance(found, Amount) or found.value is None:
            raise ExerciseError(f"exercises: {name!r} has no value to compute with")
        return found.value

    def any(self, name: str) -> Any:
        """The figure, fact or result of an id."""
        for table, get in (
            (self.figures, self.figure),
            (self.facts, self.fact),
            (self.results, self.result),
        ):
            if name in table.index:
                return get(name)
        ids = [*self.figures.index, *self.facts.index, *self.results.index]
        raise ExerciseError(
            f"exercises: {name!r} is no figure, fact or result{did_you_mean(name, ids)}"
        )

    def _row(self, table: pd.DataFrame, name: str, what: str) -> Amount:
        _known(table, name, what)
        return cell(table.loc[name], "value")


def _known(table: pd.DataFrame, name: str, what: str) -> None:
    if name not in table.index:
        raise ExerciseError(f"exercises: no {what} {name!r}{did_you_mean(name, list(table.index))}")


def sources_of(study: StudyLike) -> Sources:
    """The sources of a study, loaded once for as long as its tables stay as they are."""
    opened = load_study(study)
    files = sorted((opened.folder / "data").rglob("*.csv"))
    stamp = tuple((str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in files)
    return _loaded(str(opened.folder), stamp)


@lru_cache(maxsize=2)
def _loaded(folder: str, stamp: tuple[tuple[str, int, int], ...]) -> Sources:
    return Sources(load_study(folder))


Way = Callable[[Sources], Any]
"""From the tables to an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exercise:
    """One question of a notebook.

    Parameters
    ----------
    id : str
        ``"02-3"``: number of the notebook, place in it.
    kind : str
        A key of :data:`KINDS`.
    question : str
        Markdown in one paragraph. ``{ganzi-020:printed}`` or ``{paid.xinlong:CNY million}`` shows a
        figure, fact or result; no number is typed.
    right : callable
        From :class:`Sources` to the right answer: an amount, term, result or exact number with its
        bounds, a day, a text of `options`, ids, ``True`` or ``False``, or :data:`NOT_REPORTED`.
        What has the state ``not_reported`` is not reported.
    solution : str
        Python that a reader could have written in the notebook; its last statement sets ``answer``.
    unit : str, optional
        Base unit of an amount, such as ``CNY`` or ``person``.
    end : {"", "low", "high"}
        Whether the answer is the lowest or the highest value that the print allows.
    digits : int
        How many digits must be right; the question says so.
    outward : bool
        Whether an end must be rounded outward, to these digits and no more.
    also : callable, optional
        From :class:`Sources` to another answer that is as right.
    options : tuple of str
        For a choice.
    mistakes : mapping of str to callable
        Kind of mistake (a key of :data:`MISTAKES`) and the wrong answer that it leads to, as a
        function of the tables; a list where it leads to several. Slips of 万, 亿 and per cent, what
        is not reported, and lists that lack something are found without being declared.
    hints : mapping of str to str
        Hints of this exercise that replace those of :data:`MISTAKES`; ``other`` is the hint for
        an answer that no mistake explains.
    why : str
        For the instructors' copy: what the answer rests on, with fields as in `question`.
    """

    id: str
    kind: Kind
    question: str
    right: Way
    solution: str
    unit: str = ""
    end: Literal["", "low", "high"] = ""
    digits: int = 3
    outward: bool = False
    also: Way | None = None
    options: tuple[str, ...] = ()
    mistakes: Mapping[str, Way] = field(default_factory=dict)
    hints: Mapping[str, str] = field(default_factory=dict)
    why: str = ""

    def __post_init__(self) -> None:
        faults = [
            (not _ID.fullmatch(self.id), "an id is two digits, a hyphen and a number: '02-3'"),
            (self.kind not in KINDS, f"kind {self.kind!r} is not one of {', '.join(KINDS)}"),
            (
                self.kind in ("amount", "bounds") and not self.unit,
                f"{self.kind} needs the unit of its answer",
            ),
            ((self.kind == "choice") != bool(self.options), "options go with a choice, and only"),
            (bool(self.end) and self.kind not in ("amount", "share"), "end goes with a number"),
            (
                not self.solution.strip().rpartition("\n")[2].startswith("answer = ")
                and not re.search(r"(?m)^answer = ", self.solution),
                "the solution must set answer",
            ),
        ]
        faults += [
            (name not in MISTAKES, f"mistake {name!r} is not known{did_you_mean(name, MISTAKES)}")
            for name in (*self.mistakes, *self.hints)
        ]
        faults += [
            (name in _AUTOMATIC, f"mistake {name!r} is found without being declared")
            for name in self.mistakes
        ]
        told = [sentence for wrong, sentence in faults if wrong]
        if told:
            raise ExerciseError(f"exercise {self.id}: {'; '.join(told)}")

    @property
    def notebook(self) -> str:
        """Number of the notebook, ``"02"``."""
        return self.id.partition("-")[0]

    @property
    def base(self) -> str:
        """The unit without its thousands or millions."""
        return "CNY" if self.unit == "CNY million" else self.unit

    @property
    def scale(self) -> int:
        """Base units in one unit of a number that is given without a unit."""
        return 10**6 if self.unit == "CNY million" else 1

    def asked(self, sources: Sources) -> str:
        """The question as Markdown, its numbers rendered from their values."""
        rounded = self.kind in ("amount", "share", "bounds") and not self.outward
        digits = f" ({_WORDS[self.digits].capitalize()} digits are enough.)" if rounded else ""
        return rendered(self.question, sources) + digits

    def how(self) -> str:
        """How an answer is to be given."""
        options = ", ".join(f"'{option}'" for option in self.options)
        way = KINDS[self.kind].format(unit=self.unit, number=number_of(self.unit), options=options)
        return f"Answer with {way}; '{NOT_REPORTED}' where the page does not say."


_WORDS = ("no", "one", "two", "three", "four", "five", "six")


def number_of(unit: str) -> str:
    """What a number in a unit is called when it is asked for."""
    return {"person": "a number of people", "%": "a number in per cent"}.get(
        unit, f"a number in {unit}"
    )


_ID = re.compile(r"\d{2}-[1-9]")
_FIELD = re.compile(r"\{([a-z_][\w.-]*)((?::[^{}]*)?)\}")


def rendered(template: str, sources: Sources) -> str:
    """A text whose fields are ids of figures, facts or results, as in ``{ganzi-020:printed}``."""
    values: dict[str, Any] = {}

    def named(found: re.Match[str]) -> str:
        name = f"v{len(values)}"
        values[name] = sources.any(found[1])
        return f"{{{name}{found[2]}}}"

    return say(_FIELD.sub(named, template), **values).text


__all__ = [
    "KINDS",
    "MISTAKES",
    "NOT_REPORTED",
    "OTHER",
    "Exercise",
    "Kind",
    "Sources",
    "Way",
    "number_of",
    "rendered",
    "sources_of",
]
