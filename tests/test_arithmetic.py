"""The page against itself: verdicts, rounding procedures, planted contradictions."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest
from copies import add_lines, case_set, change_cell, copy_of_study, each_case, stored

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


@each_case("arithmetic", "planted")
def test_a_planted_contradiction_is_found_and_named(
    tmp_path: Path, figure: str, old: int, new: int, half: int, relation: str, verdict: str
) -> None:
    figures = copy_of_study(tmp_path) / "data" / "clean" / "figures.csv"
    for column, by in (("value", 0), ("low", -half), ("high", half)):
        change_cell(figures, figure, column, str(old + by), str(new + by))
    found = audit(tmp_path)
    assert found.loc[relation, "verdict"] == verdict
    if verdict != CONTRADICTS:
        assert CONTRADICTS not in set(found["verdict"])
        return
    told = "\n".join(arithmetic_lines(check_arithmetic(tmp_path)))
    assert told.index(relation) < told.index(UNDONE)


def test_lines_show_no_more_digits_than_the_print_bears() -> None:
    told = arithmetic_lines(check_arithmetic())
    found = {line.split(":")[0].strip(): after for line, after in pairwise(told)}
    # 10.92 over 15.80 million: 69.114% within 69.039 and 69.189, so the second decimal is the last.
    for case in case_set("arithmetic")["lines"]:
        assert found[case["relation"]].strip() == case["line"]


@each_case("arithmetic", "refused")
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


@each_case("arithmetic", "procedures")
def test_each_procedure_rounds_in_its_own_way(found: str, verdicts: list[str]) -> None:
    """What is printed is 2: from 1.5 to 2.5 when rounded, from 2 to 3 when cut off."""
    relation = Relation("x", "sum", Term.number(Fraction(found)), _leaf("y", 2, "0.5"), "")
    assert relation.verdicts() == dict(zip(ROUNDINGS, verdicts, strict=True))


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
