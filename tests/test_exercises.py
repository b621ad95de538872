"""Exercises: right answers are accepted in every form, wrong ones get the hint that fits."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterator
from contextlib import suppress
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from copies import REPOSITORY, change_cell, copy_of_study, each_case, stored
from matplotlib.figure import Figure

from aidstudy import check_answer, load_figures, load_results
from aidstudy.course.exercises.answers import UnreadableError, read_answer, unit_of
from aidstudy.course.exercises.checking import check, fits, right_answer
from aidstudy.course.exercises.expressions import worked_out
from aidstudy.course.exercises.model import MISTAKES, NOT_REPORTED, Exercise, exercises
from aidstudy.course.exercises.solved import with_questions
from aidstudy.course.exercises.sources import Sources, sources_of
from aidstudy.course.exercises.tasks import TASKS
from aidstudy.errors import ExerciseError
from aidstudy.intervals import plain
from aidstudy.quantity.result import Term
from aidstudy.quantity.scalar import Missing, Quantity
from aidstudy.rounding import round_text

ALL = exercises()


def each(asked: Callable[[Exercise], bool]) -> pytest.MarkDecorator:
    """Runs a test for each exercise of which something is to be asked."""
    chosen = [exercise for exercise in ALL.values() if asked(exercise)]
    return pytest.mark.parametrize("exercise", chosen, ids=lambda exercise: exercise.id)


EVERY = each(lambda _: True)
ANSWERED = each(lambda exercise: exercise.kind not in TASKS)


@cache
def sources() -> Sources:
    return sources_of(stored())


def told(exercise: Exercise, answer: Any) -> tuple[str, str]:
    found = check(exercise, answer, sources())
    return found.verdict, found.mistake


def ends(right: Quantity) -> tuple[Fraction, Fraction]:
    return right.interval.closed()


def forms(exercise: Exercise, right: Any) -> Iterator[Any]:
    """The right answer in the forms in which a reader may give it."""
    if exercise.kind == "bounds":
        low, high = (end / exercise.scale for end in ends(right))
        yield from ((low, high), [float(low), float(high)], np.array([float(low), float(high)]),
                    pd.Series([low, high]), f"[{plain(low)}, {plain(high)}]",
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
        value = right.exact if right.exact is not None else (low + high) / 2
        if exercise.base == "CNY":
            yield from (f"{plain(value / 10**4)}万元", f"{plain(value / 10**8)} 亿元",
                        f"CNY {plain(value / 10**6)} million",
                        f"{plain(value / 10**6)} million CNY")  # fmt: skip
        low, high, value = (one / exercise.scale for one in (low, high, value))
        yield from (value, float(value), plain(value), Decimal(str(float(value))))
        if value.denominator == 1:
            yield from (int(value), np.int64(value), f"{int(value):,}")
        if exercise.kind == "share":
            yield f"{plain(value)}%"
        if exercise.kind != "count":
            yield from (low, high)
    elif exercise.kind == "choice":
        yield from (right, right.upper(), f" {right} ")
    elif exercise.kind == "ids":
        found = sorted(right)
        yield from (found, tuple(reversed(found)), set(found), pd.Series(found), pd.Index(found),
                    " ".join(found), ", ".join(found))  # fmt: skip


@ANSWERED
def test_the_right_answer_is_accepted_in_every_form(exercise: Exercise) -> None:
    right = right_answer(exercise, sources())
    for answer in forms(exercise, right):
        assert told(exercise, answer) == ("right", ""), answer


@each(lambda exercise: exercise.kind not in TASKS and bool(exercise.mistakes))
def test_each_declared_mistake_gets_its_hint(exercise: Exercise) -> None:
    for kind, way in exercise.mistakes.items():
        for text in way if isinstance(way, list) else [way]:
            answer = worked_out(text, sources())
            if isinstance(answer, Term):
                value = answer.value
                answer = answer.bounds() if value is None else value / exercise.scale
            found = check(exercise, answer, sources())
            assert (found.verdict, found.mistake) == ("wrong", kind), (kind, answer)
            assert found.hint == exercise.hints.get(kind, MISTAKES[kind])


def wrong(exercise: Exercise, right: Any) -> Iterator[Any]:
    """Answers of every sort that are not the right one."""
    yield from (None, "nonsense", {}, object(), float("nan"))
    yield NOT_REPORTED
    if isinstance(right, Quantity):
        low, high = (end / exercise.scale for end in ends(right))
        if exercise.kind == "bounds":
            yield from ((high + 1, low), (low / 10**4, high / 10**4))
        else:
            yield from (7 * high + 1, 10**4 * (high + 1))
    elif exercise.kind == "ids":
        yield [*right, "no-such-id"]


@ANSWERED
def test_the_answer_is_never_shown(exercise: Exercise) -> None:
    right = right_answer(exercise, sources())
    asked = exercise.asked(sources()).replace(",", "")
    secret = {text for text in _written(exercise, right) if text not in asked}
    for answer in wrong(exercise, right):
        found = check(exercise, answer, sources())
        assert found.verdict != "right"
        for text in (found.hint, repr(found), found._repr_html_()):
            for one in secret:
                assert one not in text.replace(",", ""), (answer, one)


def _written(exercise: Exercise, right: Any) -> set[str]:
    """The right answer as it might be written, in any unit."""
    if isinstance(right, frozenset):
        return {" ".join(sorted(right))}
    if not isinstance(right, Quantity):
        return set()
    low, high = ends(right)
    numbers = {"low": {low}, "high": {high}}.get(exercise.end, {low, high, right.exact or low})
    scales = (1, 10**4, 10**6, 10**8, 10**9) if exercise.base == "CNY" else (1,)
    texts = {round_text(n / s, d) for n in numbers for s in scales for d in (0, 1, 2, 3)}
    return {text for text in texts if len(text.strip("0.")) > 2}


@EVERY
def test_a_wrong_type_gets_one_clear_message(exercise: Exercise) -> None:
    for answer in (object(), {"a": 1}, pd.DataFrame({"a": [1]}), b"1", float("nan"), pd.NA):
        if exercise.kind == "frame" and isinstance(answer, pd.DataFrame):
            continue
        found = check(exercise, answer, sources())
        assert found.verdict == "unreadable", answer
        assert found.hint.endswith(".")
        assert "\n" not in found.hint
        assert "Traceback" not in found.hint


@EVERY
def test_an_exercise_asks_its_question_and_types_no_number(exercise: Exercise) -> None:
    for answer in (None, ..., "", "  "):
        found = check(exercise, answer, sources())
        assert found.verdict == "unanswered"
        assert exercise.how() in found.hint
        assert not found
    assert repr(found).startswith(f"Exercise {exercise.id}. ")
    page = found._repr_html_()
    assert page.count("<p>") == page.count("</p>") == 2
    assert "{" not in exercise.asked(sources())
    for text in (exercise.question, exercise.why, *exercise.hints.values()):
        assert re.findall(r"\d", re.sub(r"\{[^}]*\}|`[^`]*`", " ", text)) == [], text


# --- the table of exercises ---------------------------------------------------------------------


def test_the_notebooks_ask_what_the_files_of_exercises_ask() -> None:
    for path in (REPOSITORY / "notebooks").glob("*.ipynb"):
        notebook = json.loads(path.read_text("utf-8"))
        asked = with_questions(notebook, path.name, stored())
        texts = [["".join(c["source"]) for c in one["cells"]] for one in (asked, notebook)]
        assert texts[0] == texts[1]
    # A notebook whose first exercise is new has none in it yet.
    head = {"cell_type": "markdown", "metadata": {}, "source": ["## Exercises"]}
    assert len(with_questions({"cells": [head]}, "01_new.ipynb", stored())["cells"]) > 2
    assert len(with_questions({"cells": [head]}, "00_new.ipynb", stored())["cells"]) == 1


def test_blind_answers_get_less_than_one_in_ten() -> None:
    tables = (load_results(stored()), load_figures(stored()))
    values = {float(v) for table in tables for v in table["value"].dropna()}
    quantities = [q for table in tables for q in table["quantity"] if q == q]

    def is_right(exercise: Exercise, answer: Any) -> bool:
        if exercise.kind in TASKS:
            return isinstance(answer, str) and bool(check(exercise, answer, sources()))
        with suppress(UnreadableError):
            given = read_answer(exercise, answer)
            return fits(exercise, given, right_answer(exercise, sources()))
        return False

    tries = [NOT_REPORTED, True, False, *values, *quantities]
    got = [
        exercise.id
        for exercise in ALL.values()
        if any(is_right(exercise, answer) for answer in (*exercise.options, *tries))
    ]
    assert len(got) < len(ALL) / 10, got


@cache
def shown_above(notebook: str) -> str:
    """Prose and texts of outputs above the exercises of a notebook."""
    (path,) = (REPOSITORY / "notebooks").glob(f"{notebook}_*.ipynb")
    text, _, _ = path.read_text("utf-8").partition("## Exercises")
    return re.sub(r'<[^>]*>|,(?=\d{3})|"image/png": "[^"]*"', " ", text)


@each(lambda exercise: exercise.kind not in (*TASKS, "count", "ids", "choice"))
def test_no_answer_stands_above_its_question(exercise: Exercise) -> None:
    """A number of three signs or a count stands anywhere, and says nothing there."""
    numbers = set(re.findall(r"\d+(?:\.\d+)?", shown_above(exercise.notebook)))
    assert numbers
    written = _written(exercise, right_answer(exercise, sources()))
    assert not {text for text in written if len(text) > 3} & numbers


def made(**changes: Any) -> Exercise:
    plain_one: dict[str, Any] = {
        "id": "99-1", "kind": "amount", "unit": "CNY", "question": "How much?",
        "right": "[ganzi-020]", "solution": "answer = None",
    }  # fmt: skip
    return Exercise(**plain_one | changes)


@each_case("exercises", "contradicting")
def test_an_exercise_that_contradicts_itself_is_refused(
    changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(ExerciseError, match=message):
        made(**changes)


@each_case("exercises", "expressions")
def test_an_expression_holds_ids_numbers_and_a_few_functions(text: str, message: str) -> None:
    with pytest.raises(ExerciseError, match=message):
        worked_out(text, sources())


def test_an_unknown_exercise_or_one_with_an_answer_of_another_kind_is_refused() -> None:
    wrong = made(right='rows(projects, recipient="litang")')
    with pytest.raises(ExerciseError, match="answers no question of kind amount"):
        check(wrong, 1, sources())
    with pytest.raises(ExerciseError, match="is not among its options"):
        check(made(kind="choice", options=("a", "b"), right="c"), "a", sources())
    with pytest.raises(ExerciseError, match=r"exercise '03-9': there is none"):
        check_answer("03-9", 1)


def test_the_answer_follows_the_tables(tmp_path: Path) -> None:
    folder = copy_of_study(tmp_path)
    exercise = made(digits=5)
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


# --- a teacher's own -------------------------------------------------------------------------

OWN = (REPOSITORY / "tests/cases/own_exercises.toml").read_text("utf-8").partition("\n\n")[2]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[exercise]", "own.toml: no TOML"),
        (OWN + OWN, "the id is used twice"),
        (OWN.replace("question", "qestion"), "'qestion' is no field; did you mean 'question'"),
        (OWN.replace("solution", "note"), "'solution' is missing"),
        (OWN.partition("\n\n")[0].replace("[[exercise]]", "[exercise]"), "with [[exercise]]"),
        (OWN.replace('"mine-1"', "1"), "id is 1; write text in quotes"),
        (OWN.replace("CNY million", "CNY milion"), "is CNY, the question asks for CNY milion"),
        (OWN.replace("+ [dege-004]", "+ [litang-014]"), "adds CNY and m; add what is alike"),
        (OWN.replace('"amount"', '"share"'), "is CNY, the question asks for a share"),
        (OWN.replace("[litang-002] + [dege-004]", "60.7"), "'60.7' is a bare number, which is CNY"),
        (OWN.replace("[dege-004]", "[litang-e01]"), "event 'litang-e01' has no day"),
    ],
)
def test_a_faulty_file_of_exercises_is_named(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "own.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ExerciseError, match=re.escape(message)):
        check_answer("mine-1", 1, exercises=path)


def test_the_lines_of_the_docs_run(tmp_path: Path) -> None:
    page = (REPOSITORY / "docs" / "teaching.md").read_text("utf-8")
    (toml,) = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    assert len((toml + code).splitlines()) <= 10
    (tmp_path / "mine.toml").write_text(toml, encoding="utf-8")
    found: dict[str, Any] = {}
    exec(code.replace("mine.toml", str(tmp_path / "mine.toml")), found)
    assert found["told"].verdict == "right"


# --- numbers ---------------------------------------------------------------------------------


CASES = tomllib.loads((REPOSITORY / "tests" / "cases" / "answers.toml").read_text("utf-8"))
FIRST: dict[str, dict[str, Any]] = CASES["questions"]


@pytest.mark.parametrize(("asked", "answers", "verdict", "mistake"), CASES["slips"]["cases"])
def test_a_typical_slip_gets_its_hint_and_what_the_print_allows_is_right(
    asked: str, answers: list[Any], verdict: str, mistake: str
) -> None:
    for answer in answers:
        assert told(made(**FIRST[asked]), answer) == (verdict, mistake), answer


@pytest.mark.parametrize(("asked", "answer", "verdict", "hint"), CASES["fair"]["cases"])
def test_an_answer_is_judged_for_what_was_asked(
    asked: str, answer: Any, verdict: str, hint: str
) -> None:
    exercise = made(**FIRST[asked])
    found = check(exercise, answer, sources())
    assert found.verdict == verdict
    assert hint in found.hint
    assert "print" not in found.hint or exercise.kind == "bounds"
    assert bool(found.hint) == bool(hint), "a right answer needs no words on print"


def test_nothing_reported_is_said_in_several_ways_and_by_no_hint() -> None:
    for answer in (NOT_REPORTED, "not_reported", " Not reported ", "未载明", Missing()):
        assert told(made(**FIRST["03-5"]), answer) == ("right", ""), answer
    number = check(made(**FIRST["03-2"]), 12.3456, sources())
    for asked in ("03-5", "04-4", "07-5"):
        for answer in (0, 76, 0.5):
            found = check(made(**FIRST[asked]), answer, sources())
            assert (found.verdict, found.hint) == ("wrong", number.hint)


# --- what a reader made ----------------------------------------------------------------------


def bars(heights: list[float], label: str = "", bottom: float = 0) -> Any:
    axes = Figure().subplots()
    axes.bar([str(n) for n in range(len(heights))], heights)
    axes.set_ylabel(label)
    if bottom:
        axes.set_ylim(bottom, 2 * max(heights))
    return axes


@cache
def halves() -> dict[str, Any]:
    found = load_results(stored()).set_index("result_id")["value"]
    counties = ["litang", "xiangcheng", "xinlong", "ganzi", "dege"]
    return {one: found[f"paid_of_committed.{one}"] / 2 for one in counties}


def shares(**changes: Any) -> pd.DataFrame:
    cells = halves() | changes
    return pd.DataFrame({"recipient": list(cells), "share": list(cells.values())})


MADE: list[tuple[str, Any, str, str]] = [
    ("03-4", lambda aid, share: aid / share * 100, "right", ""),
    ("03-4", lambda aid, share: aid / share, "wrong", "function_case"),
    ("03-4", lambda aid, share: np.nan_to_num(aid / share * 100), "wrong", "function_gap"),
    ("03-4", lambda aid: aid, "wrong", "function_error"),
    ("03-4", 3162.13e6, "unreadable", ""),
    ("02-4", lambda value, step: [value - step / 2, value + step / 2], "right", ""),
    ("02-4", lambda value, step: (value - step, value + step), "wrong", "function_case"),
    ("04-4", shares(), "right", ""),
    ("04-4", shares().set_index("recipient"), "right", ""),
    ("04-4", shares().iloc[::-1], "right", ""),
    ("04-4", shares(ganzi=0.0), "wrong", "frame_gap"),
    ("04-4", shares(xinlong=13.0), "wrong", "frame_value"),
    ("04-4", shares().dropna(), "wrong", "rows_missing"),
    ("04-4", shares(nobody=1.0), "wrong", "rows_extra"),
    ("04-4", shares().rename(columns={"share": "part"}), "wrong", "columns"),
    ("04-4", [1, 2], "unreadable", ""),
    ("05-4", bars([35, 29, 12.3, 9], "cost (CNY million)"), "right", ""),
    ("05-4", bars([35, 29, 12.3], "cost (CNY million)"), "wrong", "bars"),
    ("05-4", bars([35e6, 29e6, 12.3e6, 9e6], "cost (CNY million)"), "wrong", "bars"),
    ("05-4", bars([35, 29, 12.3, 9], "cost (CNY million)", 5), "wrong", "from_zero"),
    ("05-4", bars([35, 29, 12.3, 9], "cost"), "wrong", "labels"),
    ("05-4", "a plot", "unreadable", ""),
    ("06-4", bars([6, 6, 5, 1, 5], "named projects"), "wrong", "bar_names"),
    ("11-3", 13.0, "unreadable", ""),
    *CASES["course"]["cases"],
]


@pytest.mark.parametrize(("asked", "answer", "verdict", "mistake"), MADE)
def test_what_was_made_is_checked_for_what_it_says(
    asked: str, answer: Any, verdict: str, mistake: str
) -> None:
    assert told(ALL[asked], answer) == (verdict, mistake)
