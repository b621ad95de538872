"""Functions behind the analyses: unit costs, dates, agreement of coders, the page's sums."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from math import sqrt
from pathlib import Path

import pandas as pd
import pytest
from copies import add_lines, case_set, change_cell, copy_of_study, each_case, stored
from statsmodels.stats.inter_rater import cohens_kappa

from aidstudy.analysis.arithmetic import (
    CONTRADICTS,
    FACE_VALUE,
    ROUNDINGS,
    UNDONE,
    Relation,
    arithmetic_lines,
    check_arithmetic,
    day_of,
)
from aidstudy.analysis.desk import Desk
from aidstudy.analysis.reliability import (
    COMPARED,
    alpha_interval,
    cohen_kappa,
    krippendorff_alpha,
)
from aidstudy.analysis.served import exact_results
from aidstudy.analysis.unitcosts import widest_input
from aidstudy.errors import ResultError, TableError
from aidstudy.intervals import Interval
from aidstudy.quantity.result import Leaf, Term
from aidstudy.tables.matching import Rows, matched_rows
from aidstudy.tables.ordinary import exact_frame


def test_the_print_that_widens_most_is_the_coarsest() -> None:
    desk = Desk(stored())
    cost, width = desk.figure("litang-020"), desk.figure("litang-019")
    widest = widest_input(cost / (desk.figure("litang-018") * width))
    assert widest is not None
    assert widest.printed == "20米"
    assert widest_input(Term.number(3)) is None


def test_figures_are_found_by_what_they_say_and_repeats_are_one() -> None:
    desk = Desk(stored())
    assert desk.figure("litang-036") == desk.figure("litang-034")
    assert [t.formula() for t in desk.find("visits", subject="yibin>xinlong")] == ["xinlong-006"]
    assert desk.one("visits", subject="leshan>litang").state == "not_reported"
    with pytest.raises(ResultError, match="all fit; say which one is meant"):
        desk.one("projects", subject="yibin>xinlong")
    with pytest.raises(ResultError, match="a period is no number"):
        desk.figure("ganzi-009")
    with pytest.raises(ResultError, match="there is none; did you mean"):
        desk.figure("ganzi-0200")


def test_a_deadline_is_one_day_and_a_coarse_date_is_all_its_days() -> None:
    rows = Desk(stored()).rows
    october, year = (day_of(rows[one]).bounds() for one in ("xinlong-027", "xinlong-020"))
    assert (october and october.width, year and year.width) == (0, 364)  # of 2015


def test_zeros_at_the_end_may_be_there_for_the_size() -> None:
    coarse = Desk(stored(), {"trailing_zeros": "coarse"})
    for figure, low, high in (
        ("litang-020", 34_500_000, 35_500_000),  # 3500万: to the hundred 万
        ("ganzi-020", 26_715_000, 26_725_000),  # 2672万: no zero
        ("litang-018", 3045, 3055),  # 3.05 公里: a zero inside
        ("litang-019", 15, 25),  # 20 米: to the ten
        ("litang-009", 50_000_000, 150_000_000),  # 约: as before
        ("ganzi-014", 59, 59),  # a count
    ):
        assert coarse.figure(figure).bounds() == Interval(low, high)


# === coefficients of agreement on published vectors, and the alignment of two codings


def units(*coders: str) -> list[tuple[str | None, ...]]:
    """Units from one string of codes for each coder; a dot is a missing code."""
    return list(zip(*([None if c == "." else c for c in coder] for coder in coders), strict=True))


def test_alpha_is_the_published_one() -> None:
    """Krippendorff (2011), A, B and C: binary; nominal; four observers with missing codes."""
    for coders, alpha in (
        (("0100000010", "1110010000"), 0.095),
        (("aabbdcccedda", "babbbccceddd"), 0.692),
        (("123321412...", "1233224125.3", ".3332342251.", "12332441251."), 0.743),
    ):
        assert round(float(krippendorff_alpha(units(*coders)) or 0), 3) == alpha


def test_coefficients_by_hand_and_where_nothing_varies() -> None:
    assert krippendorff_alpha(units("abc", "abc")) == 1
    # Of 44 codes 43 are alike: 1 - 43 x 2 / (44² - 43² - 1) = 1 - 86/86 = 0.
    assert krippendorff_alpha(units("y" * 22, "n" + "y" * 21)) == 0
    for nothing in (units("aaa", "aaa"), units("ab.", "..a"), []):
        assert krippendorff_alpha(nothing) is None
    # Cohen's layout with 20, 5, 10, 15: agreement 0.7, by chance 0.5, so 0.4.
    pairs = [("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15
    assert cohen_kappa(pairs)[0] == pytest.approx(0.4)
    assert cohen_kappa([("y", "y")]) == (None, None, None)


# --- intervals --------------------------------------------------------------------------------


def test_an_interval_that_would_have_no_width_is_not_given() -> None:
    alike = [("a", "a"), ("b", "b")] * 4
    assert alpha_interval(alike) is None
    # One draw in three would hold one code only.
    assert alpha_interval([("y", "y")] * 21 + [("y", "n")]) is None
    assert alpha_interval([]) is None


def test_the_realised_events_by_hand() -> None:
    """Of 20 both have, 13 are yes in both, 3 planned in both; a alone has 1 planned, b alone 3.

    Kappa: 0.8 alike, by chance 0.8 x 0.7 + 0.2 x 0.3 = 0.62, so 0.18/0.38. Alpha: of 40 codes 30
    are yes: 1 - 39 x 8 / (40² - 30² - 10²) = 1 - 312/600.
    """
    found = exact_results(stored()).set_index("result_id").to_dict("index")
    start = "coding.events.realised"
    assert found["coding.events.both"]["value"] == 20
    assert found["coding.events.either"]["value"] == 24
    assert float(found["coding.events.found"]["value"]) == pytest.approx(2000 / 24)
    assert found[f"{start}.agreement"]["value"] == 80
    kappa = found[f"{start}.kappa"]
    assert float(kappa["value"]) == pytest.approx(0.18 / 0.38)
    assert found[f"{start}.alpha"]["value"] == Fraction(48, 100)
    known = cohens_kappa([[3, 1], [3, 13]])
    ends = [float(kappa[end]) for end in ("ci_low", "ci_high")]
    assert ends == pytest.approx([known.kappa_low, known.kappa_upp], rel=1e-7)
    # Wilson of 16 of 20: (0.8 + z²/40 ± z √(0.16/20 + z²/1600)) / (1 + z²/20).
    z = 1.959964
    half = z * sqrt(0.16 / 20 + z * z / 1600)
    wilson = [100 * (0.8 + z * z / 40 + sign * half) / (1 + z * z / 20) for sign in (-1, 1)]
    told = [float(found[f"{start}.agreement"][end]) for end in ("ci_low", "ci_high")]
    assert told == pytest.approx(wilson, rel=1e-6)


# --- matching ---------------------------------------------------------------------------------


EMPTY: dict[str, tuple[Rows, Rows]] = {name: ([], []) for name in COMPARED}


def _event(recipient: str, end: str, figures: str = "") -> dict[str, str]:
    return {"recipient": recipient, "end_date": end, "figures": figures}


def test_events_without_figures_are_matched_by_county_and_last_day() -> None:
    a = [_event("x", "2012"), _event("x", "2012-05"), _event("y", "2012"), _event("x", "2013")]
    b = [_event("x", "2012-05"), _event("x", "2012"), _event("z", "2012"), _event("x", "2012")]
    pairs = [(a[0], b[1]), (a[1], b[0]), (a[2], None), (a[3], None), (None, b[2]), (None, b[3])]
    assert matched_rows(EMPTY | {"events": (a, b)})["events"] == pairs


def test_rows_are_matched_by_what_they_are_about() -> None:
    figure = {"figure_id": "x-001", "start": "1", "end": "3"}
    other, late = figure | {"figure_id": "x-007"}, {"figure_id": "x-008", "start": "5", "end": "6"}
    event = {"recipient": "x", "figures": "x-001"}
    same, elsewhere = event | {"figures": "x-007 x-008"}, {"recipient": "y", "figures": "x-007"}
    tables = {"figures": ([figure], [late, other]), "events": ([event], [elsewhere, same])}
    matched = matched_rows(EMPTY | tables)
    assert matched["figures"] == [(figure, other), (None, late)]
    assert matched["events"] == [(event, same), (None, elsewhere)]
    row = {"project_id": "x-p01"}
    twice = matched_rows(EMPTY | {"projects": ([row], [row, dict(row)])})
    assert twice["projects"] == [(row, row), (None, row)], "a row that stands twice is matched once"


# === the page against itself


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


def test_the_share_of_the_box_is_the_area_under_a_line() -> None:
    """Only the upper bound of 0.845% cuts: 0.8455 A <= 0.3455 T, a trapezium in T and A.

    The notebook on funding ratios recorded it in per cent.
    """
    edge = [
        Fraction(3455, 8455) * end - Fraction("1091.5")
        for end in (Fraction("2671.5"), Fraction("2672.5"))
    ]
    assert all(0 < part < 1 for part in edge)
    found = exact_results(stored()).set_index("result_id")["value"]["sentence.ganzi.joint_share"]
    assert float(found) == pytest.approx(float(100 * sum(edge) / 2), rel=1e-13)
