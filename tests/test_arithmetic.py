"""The page against itself: verdicts, rounding procedures, planted contradictions."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest
from copies import add_lines, cases, change_cell, copy_of_study, stored

from aidstudy.analysis.arithmetic import (
    CONTRADICTS,
    FACE_VALUE,
    ROUNDINGS,
    UNDONE,
    Relation,
    arithmetic_lines,
    check_arithmetic,
)
from aidstudy.analysis.served import exact_results
from aidstudy.errors import TableError
from aidstudy.intervals import Interval
from aidstudy.quantity.result import Leaf, Term
from aidstudy.tables.ordinary import exact_frame


def audit(folder: Path | None = None) -> pd.DataFrame:
    return exact_frame(check_arithmetic(folder or stored())).set_index("relation")


def test_the_page_contradicts_itself_nowhere_and_agrees_once_only_when_rounding_is_undone() -> None:
    verdicts = audit()["verdict"]
    assert set(verdicts) == {FACE_VALUE, UNDONE}
    assert verdicts[verdicts == UNDONE].index.tolist() == ["ganzi-share-from-sums"]


def test_the_share_from_the_sums_names_the_procedure_under_which_it_agrees() -> None:
    """0.5% x 2672 / 1580 = 0.84557%: 0.846 when rounded, 0.845 when cut off."""
    row = audit().loc["ganzi-share-from-sums"]
    assert row["found"] == Fraction(5, 10) * 2672 / 1580
    assert row["expected"] == Fraction(845, 1000)
    assert row["found_low"] == Fraction(1, 2) * Fraction(26725) / (26725 - 10915)
    assert row["found_high"] == Fraction(1, 2) * Fraction(26715) / (26715 - 10925)
    assert row["procedures"] == (
        f"half up: {UNDONE}; half even: {UNDONE}; truncation: {FACE_VALUE}"
    )
    assert row["inputs"] == "ganzi-018 ganzi-020 ganzi-019 ganzi-021"


def test_every_relation_states_both_sides() -> None:
    rows = audit()
    assert {"ganzi-built-and-going", "xinlong-four-and-one", "part-xinlong-023"} <= set(rows.index)
    assert rows.loc["ganzi-built-and-going", "formula"] == "ganzi-016 + ganzi-017 = ganzi-014"
    assert rows.loc["xinlong-four-and-one", "formula"] == "xinlong-019 + 1 = xinlong-005"
    assert str(rows.loc["repeat-xinlong-014", "expected_day"]) == "2012-04-12"
    assert rows.loc["ganzi-mentors-and-mentored", "found_low"] == 150
    assert (rows["note"] != "").all()


@pytest.mark.parametrize(
    ("figure", "old", "new", "half", "relation"),
    cases("""
        ganzi-017   | 37       | 36        | 0    | ganzi-built-and-going
        ganzi-019   | 10920000 | 12000000  | 5000 | ganzi-increase
        ganzi-025   | 6        | 7         | 0    | ganzi-mechanisms
        xinlong-023 | 17677500 | 117677500 | 50   | part-xinlong-023
        litang-036  | 40       | 41        | 0    | repeat-litang-036
        ganzi-033   | 185      | 205       | 0    | ganzi-mentors-and-mentored
    """),
)
def test_a_planted_contradiction_is_found_and_named(
    tmp_path: Path, figure: str, old: str, new: str, half: str, relation: str
) -> None:
    figures = copy_of_study(tmp_path) / "data" / "clean" / "figures.csv"
    for column, by in (("value", 0), ("low", -int(half)), ("high", int(half))):
        change_cell(figures, figure, column, str(int(old) + by), str(int(new) + by))
    found = audit(tmp_path)
    assert found.loc[relation, "verdict"] == CONTRADICTS
    told = "\n".join(arithmetic_lines(check_arithmetic(tmp_path)))
    assert told.index(relation) < told.index(UNDONE)


def test_lines_show_no_more_digits_than_the_print_bears() -> None:
    told = arithmetic_lines(check_arithmetic())
    found = {line.split(":")[0].strip(): after for line, after in pairwise(told)}
    # 10.92 over 15.80 million: 69.114% within 69.039 and 69.189, so the second decimal is the last.
    for relation, line in (
        ("ganzi-increase", "found 69.11% [69.03, 69.19], expected 69% [68.5, 69.5]"),
        ("ganzi-mentors-and-mentored", "found [150, 200] person, expected 185 person"),
        ("part-ganzi-016", "found 22 project, at most 59 project"),
        ("repeat-xinlong-014", "found 2012-04-12, expected 2012-04-12"),
        (
            "xiangcheng-year-money-in-plan",
            "found 12,000,000 [11,995,000, 12,005,000] CNY, "
            "at most 132,000,000 [131,500,000, 132,500,000] CNY",
        ),
    ):
        assert found[relation].strip() == line


def test_a_difference_inside_the_rounding_is_no_contradiction(tmp_path: Path) -> None:
    """2673 with 1092: 69.07%, and 0.5% x 2673 / 1581 = 0.8454%; both round to the print."""
    figures = copy_of_study(tmp_path) / "data" / "clean" / "figures.csv"
    for column, old, new in (
        ("value", "26720000", "26730000"),
        ("low", "26715000", "26725000"),
        ("high", "26725000", "26735000"),
    ):
        change_cell(figures, "ganzi-020", column, old, new)
    found = audit(tmp_path)
    assert CONTRADICTS not in set(found["verdict"])
    assert found.loc["ganzi-share-from-sums", "verdict"] == FACE_VALUE


@pytest.mark.parametrize(
    ("line", "message"),
    cases("""
        x,sum,ganzi-016 ganzi-099,ganzi-014,why,因 | ganzi-099 is not a figure with a number
        x,total,ganzi-016,ganzi-014,why,因 | column kind: read 'total': not in the codebook
        x,added_share,ganzi-019,ganzi-022,why,因 | 1 operands, added_share takes 2
        x,sum,projects:colour=red,ganzi-014,why,因 | projects:colour=red is not
        x,sum,ganzi-009,ganzi-014,why,因 | ganzi-009 is not
        ganzi-increase,sum,ganzi-016,ganzi-014,why,因 | the id stands twice
    """),
)
def test_a_relation_that_cannot_be_read_is_refused(tmp_path: Path, line: str, message: str) -> None:
    add_lines(copy_of_study(tmp_path) / "data" / "raw" / "relations.csv", line)
    with pytest.raises(TableError) as error:
        check_arithmetic(tmp_path)
    assert message in str(error.value)
    assert "data/raw/relations.csv, row" in str(error.value)


def test_a_study_without_relations_still_has_those_of_its_figures(tmp_path: Path) -> None:
    (copy_of_study(tmp_path) / "data" / "raw" / "relations.csv").unlink()
    assert set(audit(tmp_path)["kind"]) == {"at_most", "repeat"}


# --- rounding -----------------------------------------------------------------------------------


def _leaf(name: str, value: object, half: object) -> Term:
    middle, reach = Fraction(str(value)), Fraction(str(half))
    return Term.of(
        Leaf("figure", name, middle, Interval(middle - reach, middle + reach), str(value), "%")
    )


@pytest.mark.parametrize(
    ("found", "half_up", "half_even", "truncation"),
    [
        ("2.5", UNDONE, FACE_VALUE, FACE_VALUE),
        ("1.5", FACE_VALUE, FACE_VALUE, CONTRADICTS),
        ("2.99", CONTRADICTS, CONTRADICTS, FACE_VALUE),
        ("2", FACE_VALUE, FACE_VALUE, FACE_VALUE),
        ("1.4", CONTRADICTS, CONTRADICTS, CONTRADICTS),
    ],
)
def test_each_procedure_rounds_in_its_own_way(
    found: str, half_up: str, half_even: str, truncation: str
) -> None:
    """What is printed is 2: from 1.5 to 2.5 when rounded, from 2 to 3 when cut off."""
    relation = Relation("x", "sum", Term.number(Fraction(found)), _leaf("y", 2, "0.5"), "")
    expected = dict(zip(ROUNDINGS, (half_up, half_even, truncation), strict=True))
    assert relation.verdicts() == expected


@pytest.mark.parametrize(
    ("part", "verdict"), [("4", FACE_VALUE), ("5", FACE_VALUE), ("6", UNDONE), ("7", CONTRADICTS)]
)
def test_a_part_is_at_most_its_whole(part: str, verdict: str) -> None:
    relation = Relation("x", "at_most", _leaf("p", part, "0.5"), _leaf("w", 5, "0.5"), "")
    assert relation.verdict() == verdict


# --- the box of roundings -----------------------------------------------------------------------


def _joint_share() -> float:
    """In per cent, as the notebook on funding ratios recorded it."""
    rows = exact_results(stored()).set_index("result_id")
    return float(rows.loc["sentence.ganzi.joint_share", "value"])


def test_the_share_of_the_box_is_the_area_under_a_line() -> None:
    """Only the upper bound of 0.845% cuts: 0.8455 A <= 0.3455 T, a trapezium in T and A."""
    edge = [
        Fraction(3455, 8455) * end - Fraction("1091.5")
        for end in (Fraction("2671.5"), Fraction("2672.5"))
    ]
    assert all(0 < part < 1 for part in edge)
    assert _joint_share() == pytest.approx(float(100 * sum(edge) / 2), rel=1e-13)
