"""Functions behind the analyses: unit costs, projects, dates."""

from __future__ import annotations

import pytest
from copies import stored

from aidstudy.analysis.desk import Desk, Pair
from aidstudy.analysis.proportions import completed
from aidstudy.analysis.unitcosts import widest_input
from aidstudy.errors import ResultError
from aidstudy.intervals import Interval
from aidstudy.quantity.result import Term


def test_the_print_that_widens_most_is_the_coarsest() -> None:
    desk = Desk(stored())
    cost, width = desk.figure("litang-020"), desk.figure("litang-019")
    widest = widest_input(cost / (desk.figure("litang-018") * width))
    assert widest is not None
    assert widest.printed == "20米"
    assert widest_input(Term.number(3)) is None


def test_completed_projects_are_counted_as_the_page_names_them() -> None:
    desk = Desk(stored())
    parts = ("least", "most", "basically", "whole")
    told = {
        pair.recipient: tuple(None if one.value is None else int(one.value) for one in counts)
        for pair in desk.pairs
        for found in [completed(desk, pair)]
        for counts in [[found[part] for part in parts]]
    }
    assert told == {
        "litang": (1, 1, 0, 6),
        "xiangcheng": (0, 1, 1, 4),
        "xinlong": (0, 0, 0, 5),
        "ganzi": (22, 22, 0, 59),
        "dege": (None, None, None, None),
    }
    desk = Desk(stored(), {"loan_project": "left_out"})
    assert completed(desk, Pair("leshan", "litang"))["whole"].value == 5


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
    desk = Desk(stored())
    october, year = desk.day("xinlong-027").bounds(), desk.day("xinlong-020").bounds()
    assert (october and october.width, year and year.width) == (0, 364)  # of 2015
    with pytest.raises(ResultError, match="is no date"):
        desk.day("ganzi-020")


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
