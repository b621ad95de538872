"""Exercises: right answers are accepted in every form, wrong ones get the hint that fits."""

from __future__ import annotations

import ast
import datetime as dt
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from copies import REPOSITORY, change_cell, copy_of_study, stored

from aidstudy import check_answer
from aidstudy.errors import ExerciseError
from aidstudy.intervals import Interval, plain, round_text
from aidstudy.publish.exercises import NOT_REPORTED, Exercise, exercises
from aidstudy.publish.exercises.answers import is_nothing
from aidstudy.publish.exercises.checking import check, right_answer, unit_of
from aidstudy.publish.exercises.model import KINDS, MISTAKES, Sources, sources_of
from aidstudy.publish.show import Amount, amount_of
from aidstudy.publish.trace import KnownNumbers

ALL = exercises()
EVERY = pytest.mark.parametrize("exercise", ALL.values(), ids=list(ALL))
TEACHING = sorted({exercise.notebook for exercise in ALL.values()})


def sources() -> Sources:
    return sources_of(stored())


def told(exercise: Exercise, answer: Any) -> tuple[str, str]:
    found = check(exercise, answer, sources())
    return found.verdict, found.mistake


def ends(amount: Amount) -> tuple[Fraction, Fraction]:
    interval = amount.interval or Interval.exactly(amount.value or Fraction(0))
    return interval.closed()


def forms(exercise: Exercise, right: Any) -> Iterator[Any]:
    """The right answer in the forms in which a reader may give it."""
    if right == NOT_REPORTED:
        yield from (
            NOT_REPORTED,
            "not_reported",
            " Not reported ",
            "未载明",
            Amount(None, state="not_reported"),
        )
        return
    if exercise.kind == "bounds":
        low, high = ends(right)
        yield from ((low, high), [float(low), float(high)], np.array([float(low), float(high)]),
                    pd.Series([low, high]), Interval(low, high), f"[{plain(low)}, {plain(high)}]",
                    f"{plain(low)} to {plain(high)}")  # fmt: skip
    elif exercise.end:
        end = ends(right)[exercise.end == "high"]
        unit = unit_of(end, exercise.digits)
        outward = end // unit * unit if exercise.end == "low" else -(-end // unit) * unit
        for number in (outward,) if exercise.outward else (end, outward):
            given = number / exercise.scale
            yield from (given, float(given), plain(given), np.float64(given))
    elif exercise.kind in ("amount", "share", "count"):
        low, high = ends(right)
        value = right.value if right.value is not None else (low + high) / 2
        yield from (value, float(value), right, plain(value), Decimal(str(float(value))))
        if value.denominator == 1:
            yield from (int(value), np.int64(value), f"{int(value):,}")
        if exercise.unit == "CNY":
            yield from (f"{plain(value / 10**4)}万元", f"{plain(value / 10**8)} 亿元",
                        f"CNY {plain(value / 10**6)} million",
                        f"{plain(value / 10**6)} million CNY")  # fmt: skip
        if exercise.kind == "share":
            yield f"{plain(value)}%"
        if exercise.kind != "count":
            yield from (low, high)
    elif exercise.kind == "date":
        yield from (right, right.isoformat(), pd.Timestamp(right), np.datetime64(right),
                    dt.datetime(right.year, right.month, right.day),
                    f"{right.month}月{right.day}日")  # fmt: skip
    elif exercise.kind == "choice":
        yield from (right, right.upper(), f" {right} ")
    elif exercise.kind == "ids":
        found = sorted(right)
        yield from (found, tuple(reversed(found)), set(found), pd.Series(found), pd.Index(found),
                    " ".join(found), ", ".join(found))  # fmt: skip
    else:
        yield from (right, np.bool_(right), "yes" if right else "No")


@EVERY
def test_the_right_answer_is_accepted_in_every_form(exercise: Exercise) -> None:
    right = right_answer(exercise, sources())
    for answer in forms(exercise, right):
        assert told(exercise, answer) == ("right", ""), answer


@EVERY
def test_each_declared_mistake_gets_its_hint(exercise: Exercise) -> None:
    for kind, way in exercise.mistakes.items():
        found = way(sources())
        for wrong in found if isinstance(found, list) else [found]:
            amount = None if isinstance(wrong, (str, bool)) else amount_of(wrong)
            answer = wrong if amount is None else amount.value or amount.interval
            answer = answer / exercise.scale if isinstance(answer, Fraction) else answer
            assert told(exercise, answer) == ("wrong", kind), (kind, wrong)
            hint = check(exercise, answer, sources()).hint
            assert hint == exercise.hints.get(kind, MISTAKES[kind])


def slips(exercise: Exercise, right: Any) -> Iterator[tuple[Any, str]]:
    """Typical wrong answers that need not be declared, and the hint that each must get."""
    if right == NOT_REPORTED:
        guesses = {"yes_no": True, "choice": next(iter(exercise.options), ""), "ids": ["x-1"],
                   "date": dt.date(2001, 1, 1), "bounds": (1, 2)}  # fmt: skip
        yield guesses.get(exercise.kind, Fraction(1234567, 1000)), "other"
        if exercise.kind in ("amount", "share", "count"):
            yield 0, "other"
        return
    yield NOT_REPORTED, "reported"
    if isinstance(right, Amount) and exercise.kind != "bounds":
        value = right.value if right.value is not None else sum(ends(right)) / 2
        value /= exercise.scale
        if value == 0:
            return
        yield 0, "zero_for_number"
        if exercise.unit == "CNY":
            yield value / 10**4, "wan_lost"
            yield value * 10**4, "wan_lost"
            yield float(value) / 10**8, "yi_lost"
            yield value / 10, "digits_lost"
        if exercise.kind == "share":
            yield value / 100, "part_for_percent"
            yield value * 100, "part_for_percent"
        if exercise.end:
            low, high = ends(right)
            if low < high and not exercise.outward:
                yield (high if exercise.end == "low" else low), "other_end"
                yield low + (high - low) / 3, "too_narrow"
    if exercise.kind == "bounds":
        low, high = ends(right)
        yield (high, low), "bounds_swapped"
        yield (low + (high - low) / 4, high - (high - low) / 4), "too_narrow"
        yield (low - (high - low) / 2, high + (high - low) / 2), "whole_unit"
        yield (low - (high - low), high + (high - low) * 2), "too_wide"
        yield (right.value, right.value), "value_for_bounds"
        if exercise.unit == "CNY":
            yield (low / 10**4, high / 10**4), "wan_lost"
    if exercise.kind == "date":
        yield (
            right.replace(year=right.year - 1, day=min(right.day, 28)),
            ("wrong_year" if right.day <= 28 else ""),
        )
    if exercise.kind == "ids":
        yield [*right, "no-such-id"], "too_many"
        if len(right) > 1:
            yield sorted(right)[1:], "incomplete"
            yield [*sorted(right)[1:], "no-such-id"], "some_wrong"


@EVERY
def test_typical_slips_get_the_hint_of_their_kind(exercise: Exercise) -> None:
    right = right_answer(exercise, sources())
    found = 0
    for answer, kind in slips(exercise, right):
        verdict, mistake = told(exercise, answer)
        assert verdict == "wrong", answer
        # A slip that another mistake of this exercise also explains may get that hint.
        assert mistake == kind or mistake in exercise.mistakes or kind == "", (answer, mistake)
        found += 1
    assert found > 0


@EVERY
def test_the_answer_is_never_shown(exercise: Exercise) -> None:
    right = right_answer(exercise, sources())
    secret = _secrets(exercise, right)
    wrong = [answer for answer, _ in slips(exercise, right)]
    wrong += [None, "nonsense", {}, object(), float("nan")]
    for answer in wrong:
        found = check(exercise, answer, sources())
        assert found.verdict != "right"
        for text in (found.hint, repr(found), found._repr_html_()):
            for one in secret:
                assert one not in text.replace(",", ""), (answer, one)


def _secrets(exercise: Exercise, right: Any) -> set[str]:
    """The right answer as it might be written; a question may name what it asks about."""
    if isinstance(right, Amount):
        low, high = ends(right)
        numbers = {low, high, *({right.value} if right.value is not None else ())}
        scales = (1, 10**4, 10**6, 10**8)
        written = {round_text(n / s, d) for n in numbers for s in scales for d in (0, 1, 2, 3)}
        shown = exercise.asked(sources()).replace(",", "")
        return {text for text in written if len(text.strip("0.")) > 2 and text not in shown}
    if isinstance(right, dt.date):
        return {right.isoformat()}
    if isinstance(right, frozenset):
        return {" ".join(sorted(right))}
    return set()


@EVERY
def test_a_wrong_type_gets_one_clear_message(exercise: Exercise) -> None:
    for answer in (
        object(),
        {"a": 1},
        pd.DataFrame({"a": [1]}),
        b"1",
        lambda: 1,
        float("nan"),
        pd.NA,
    ):
        found = check(exercise, answer, sources())
        assert found.verdict == "unreadable", answer
        assert found.hint.endswith(".")
        assert "\n" not in found.hint
        assert "Traceback" not in found.hint


@EVERY
def test_nothing_typed_yet_asks_the_question(exercise: Exercise) -> None:
    for answer in (None, ..., "", "  "):
        assert is_nothing(answer)
        found = check(exercise, answer, sources())
        assert found.verdict == "unanswered"
        assert exercise.how() in found.hint
        assert not found


@EVERY
def test_a_question_types_no_number(exercise: Exercise) -> None:
    texts = (exercise.question, exercise.why, *exercise.hints.values())
    for text in texts:
        plain_text = re.sub(r"\{[^}]*\}|`[^`]*`", " ", text)
        assert re.findall(r"\d", plain_text) == [], text
    assert known().unknown(exercise.asked(sources())) == []


@cache
def known() -> KnownNumbers:
    return KnownNumbers(stored())


@EVERY
def test_an_exercise_reads_well_as_text_and_as_html(exercise: Exercise) -> None:
    found = check(exercise, None, sources())
    assert repr(found).startswith(f"Exercise {exercise.id}. ")
    page = found._repr_html_()
    assert page.count("<p>") == page.count("</p>") == 2
    assert "{" not in exercise.asked(sources())
    assert "object at" not in page


@EVERY
def test_a_solution_is_code_that_sets_the_answer(exercise: Exercise) -> None:
    body = ast.parse(exercise.solution).body
    (target,) = body[-1].targets  # type: ignore[attr-defined]
    assert target.id == "answer"


# --- the table of exercises ---------------------------------------------------------------------


def test_each_notebook_has_three_to_five_exercises_numbered_from_one() -> None:
    for notebook in TEACHING:
        places = [int(e.id[3:]) for e in ALL.values() if e.notebook == notebook]
        assert places == list(range(1, len(places) + 1))
        assert 3 <= len(places) <= 5


def test_every_exercise_is_asked_in_its_notebook_once() -> None:
    asked: dict[str, list[str]] = {}
    for path in sorted((REPOSITORY / "notebooks").glob("*.ipynb")):
        for cell in json.loads(path.read_text("utf-8"))["cells"]:
            source = "".join(cell["source"])
            found = re.findall(r"check_answer\(\s*\"(\d\d-\d)\"", source)
            assert bool(found) == ("exercise" in cell["metadata"].get("tags", ())), source
            asked.setdefault(path.name[:2], []).extend(found)
    assert {name: ids for name, ids in asked.items() if ids} == {
        notebook: [e.id for e in ALL.values() if e.notebook == notebook] for notebook in TEACHING
    }


def test_some_answer_is_not_reported_and_some_is_wrong_by_payment_and_by_scale() -> None:
    rights = [right_answer(exercise, sources()) for exercise in ALL.values()]
    assert rights.count(NOT_REPORTED) >= 3
    declared = {kind for exercise in ALL.values() for kind in exercise.mistakes}
    assert {
        "counted_twice",
        "wrong_denominator",
        "wrong_county",
        "spending_for_payment",
    } <= declared
    assert {exercise.kind for exercise in ALL.values()} <= set(KINDS)


def made(**changes: Any) -> Exercise:
    plain_one: dict[str, Any] = {
        "id": "99-1", "kind": "amount", "unit": "CNY", "question": "How much?",
        "right": lambda s: s.figure("ganzi-020"), "solution": "answer = None",
    }  # fmt: skip
    return Exercise(**plain_one | changes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"id": "2-1"}, "an id is two digits"),
        ({"kind": "sum"}, "kind 'sum' is not one of amount"),
        ({"unit": ""}, "amount needs the unit"),
        ({"options": ("a",)}, "options go with a choice"),
        ({"kind": "count", "end": "low"}, "end goes with a number"),
        ({"solution": "print(1)"}, "the solution must set answer"),
        ({"mistakes": {"counted_twize": lambda s: 1}}, "did you mean 'counted_twice'"),
        ({"hints": {"othr": ""}}, "mistake 'othr' is not known"),
        ({"mistakes": {"wan_lost": lambda s: 1}}, "is found without being declared"),
    ],
)
def test_an_exercise_that_contradicts_itself_is_refused(
    changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(ExerciseError, match=message):
        made(**changes)


def test_an_exercise_whose_answer_is_of_another_kind_is_refused() -> None:
    wrong = made(kind="yes_no", unit="", right=lambda s: "perhaps")
    with pytest.raises(ExerciseError, match=r"exercise 99-1: 'perhaps' answers no question"):
        check(wrong, True, sources())
    with pytest.raises(ExerciseError, match=r"'ganzi-02' is no figure, fact or result"):
        check(made(question="{ganzi-02:printed}"), 1, sources())


def test_an_unknown_exercise_is_named() -> None:
    with pytest.raises(ExerciseError, match=r"exercise '02-9': not known"):
        check_answer("02-9", 1)


def test_the_answer_follows_the_tables(tmp_path: Any) -> None:
    folder = copy_of_study(tmp_path)
    exercise = made(right=lambda s: s.figure("ganzi-020"))
    assert check(exercise, 26720000, sources_of(folder))
    path = folder / "data" / "clean" / "figures.csv"
    for column, old, new in (
        ("value", "26720000", "27720000"),
        ("low", "26715000", "27715000"),
        ("high", "26725000", "27725000"),
    ):
        change_cell(path, "ganzi-020", column, old, new)
    assert not check(exercise, 26720000, sources_of(folder))
    assert check(exercise, 27720000, sources_of(folder))


# --- numbers ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (0.845, "right"),
        (0.8449, "right"),
        (0.844, "wrong"),
        (0.846, "wrong"),
        (0.85, "wrong"),
        ("0.845%", "right"),
        ("0.845 per cent", "right"),
        ("0.845", "right"),
        ("0.845 CNY", "unreadable"),
        ("845万元", "unreadable"),
        (True, "unreadable"),
        ([0.845], "unreadable"),
        (float("inf"), "unreadable"),
    ],
)
def test_what_the_print_allows_is_the_range(answer: Any, verdict: str) -> None:
    share = made(kind="share", unit="", right=lambda s: s.figure("ganzi-021"))
    assert told(share, answer)[0] == verdict


@pytest.mark.parametrize(
    ("answer", "verdict", "mistake"),
    [
        (Fraction(2200, 59), "right", ""),
        (37.288135593220339, "right", ""),
        (37.3, "right", ""),
        (37.29, "right", ""),
        (37.2, "wrong", "rounded_too_far"),
        (37, "wrong", "too_few_digits"),
        (0.3729, "wrong", "part_for_percent"),
        (268.18, "wrong", "ratio_upside_down"),
    ],
)
def test_an_exact_value_may_be_rounded_to_three_digits(
    answer: Any, verdict: str, mistake: str
) -> None:
    share = made(kind="share", unit="", right=lambda s: s.result("complete.ganzi.share"))
    assert told(share, answer) == (verdict, mistake)


def test_a_count_is_not_rounded() -> None:
    count = made(kind="count", unit="", right=lambda s: s.figure("ganzi-014"))
    assert told(count, 59) == ("right", "")
    assert told(count, "59个") == ("right", "")
    for wrong in (58, 60, 59.5, 590):
        assert told(count, wrong)[0] == "wrong"


@pytest.mark.parametrize(
    ("asked", "answer", "verdict"),
    [
        ("03-1", "5 September 2012", "right"),
        ("03-1", "5 April 2012", "wrong"),
        ("03-1", "5 Septembre 2012", "unreadable"),
        ("08-3", ["leading group", "staff secondment"], "right"),
        ("08-3", ["leading group"], "wrong"),
        ("08-3", "leading group, staff secondment", "right"),
        ("08-3", "staff_secondment leading_group", "right"),
        ("08-3", "leading group", "wrong"),
        ("04-2", "558 CNY/m2", "right"),
        ("04-2", "CNY 558 per m²", "right"),
        ("04-2", "558元/平方米", "right"),
        ("04-2", "558元", "right"),
        ("04-2", "558 m2", "unreadable"),
        ("10-4", "4 million m3", "right"),
        ("10-4", "400万立方米", "right"),
        ("10-4", "4 million m2", "unreadable"),
        ("04-1", "19.5 m to 20.5 m", "right"),
        ("01-3", "60 people", "right"),
        ("02-1", "60 people", "unreadable"),
    ],
)
def test_days_codes_and_people_are_read_as_the_notebooks_write_them(
    asked: str, answer: Any, verdict: str
) -> None:
    assert check(exercises()[asked], answer, sources()).verdict == verdict


@pytest.mark.parametrize(
    ("asked", "answer"), [("03-4", ["Yixin tap water"]), ("12-1", 9), ("03-2", "2012-01-01")]
)
def test_a_wrong_answer_that_no_mistake_explains_is_told_where_to_look(
    asked: str, answer: Any
) -> None:
    found = check(exercises()[asked], answer, sources())
    assert found.mistake == "other"
    assert "Look up" in found.hint or "as the tables have them" in found.hint


# Given to the first version of the course, and judged unfairly: what must be told now. The hint
# names the mistake that was made.
FAIR: list[tuple[str, Any, str, str]] = [
    ("01-2", (138e6, 140e6), "wrong", "whole unit"),
    ("01-2", (137.6e6, 140.4e6), "wrong", "allows more"),
    ("01-2", (138.5e6, 139.5e6), "right", ""),
    ("04-1", (19, 21), "wrong", "whole unit"),
    ("04-3", (126e6, 245e6), "wrong", "allows more"),
    ("04-3", (135.3e6, 235.3e6), "right", ""),
    ("04-3", (135e6, 235e6), "wrong", "more digits"),
    ("02-3", 3.158e9, "wrong", "which figures go in"),
    ("02-3", 3.15e9, "wrong", "which figures go in"),
    ("02-3", 3.16e9, "right", ""),
    ("02-3", "3.1597 billion", "right", ""),
    ("11-2", 12.6, "right", ""),
    ("11-2", "CNY 12.6 million", "right", ""),
    ("11-2", 12.65, "wrong", "Not rounded as the question asks"),
    ("11-2", 12.65e6, "wrong", "unit that is asked for"),
    ("11-2", 12.67e6, "wrong", "unit that is asked for"),
    ("04-2", 558.8, "right", ""),
    ("04-2", 559, "right", ""),
    ("01-3", 59, "right", ""),
    ("01-3", 60, "right", ""),
    ("12-3", 1899, "right", ""),
    ("12-3", 1900, "right", ""),
    ("02-2", 69, "wrong", "more digits"),
    ("02-2", 69.11, "right", ""),
    ("01-2", "138.5 to 139.5 million", "unreadable", "unit at both ends"),
    ("01-2", "138.5 million to 139.5 million", "right", ""),
    ("03-4", "xinlong-p01 and xinlong-p02", "right", ""),
    ("01-4", [], "wrong", "empty"),
    ("01-4", ["Xinlong-010", "XINLONG-021", "xinlong-028"], "right", ""),
    ("08-2", 0, "wrong", "Zero"),
    ("09-1", 0, "wrong", "Zero"),
    ("11-3", 0, "wrong", "Zero"),
    ("07-2", 50, "wrong", "another number"),
    ("10-1", 3, "wrong", "another number"),
    ("06-5", 20e6, "wrong", "another number"),
    ("02-5", "not reported.", "right", ""),
    ("05-4", "n.r.", "right", ""),
    ("07-5", "Not Reported", "right", ""),
    ("01-1", "3.5e7", "right", ""),
]


@pytest.mark.parametrize(("asked", "answer", "verdict", "hint"), FAIR)
def test_an_answer_is_judged_for_what_was_asked(
    asked: str, answer: Any, verdict: str, hint: str
) -> None:
    found = check(exercises()[asked], answer, sources())
    assert found.verdict == verdict
    assert hint in found.hint
    assert "print" not in found.hint or exercises()[asked].kind == "bounds"
    assert bool(found.hint) == bool(hint), "a right answer needs no words on print"


def test_hints_say_what_a_wrong_answer_takes_for_granted() -> None:
    assert "may be complete" in check(exercises()["07-1"], 0, sources()).hint
    assert "whatever source" in check(exercises()["05-4"], 75.95, sources()).hint
    pooled = check(exercises()["05-5"], 50.9, sources())
    assert (pooled.mistake, "derived from the payment" in pooled.hint) == ("left_out", True)
    assert "value, bounds or state" in exercises()["11-3"].asked(sources())
    assert "larger" in exercises()["10-4"].asked(sources())
