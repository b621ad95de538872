"""Studies of none to three pairs, wholes and parts, payments of other years: all their results."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import pytest
from copies import each_case
from made_up import Row, made_up, money, project

from aidstudy import funding_ratios, money_flow, project_stages
from aidstudy.analysis.desk import Desk
from aidstudy.analysis.flows import denominators
from aidstudy.analysis.proportions import completed_shares
from aidstudy.analysis.recorded import write_results
from aidstudy.analysis.served import exact_results, exact_sensitivity
from aidstudy.bilingual import Words
from aidstudy.errors import TableError
from aidstudy.pages.checked import checked
from aidstudy.papers.builders import money_table
from aidstudy.plots import PLOTS
from aidstudy.quantity.scalar import Missing, Quantity
from aidstudy.tables.ordinary import exact_frame
from aidstudy.tables.study import Study

WAN = 10_000


_STEPS = {"committed": "commitment", "paid": "disbursement", "spent": "expenditure"}


def _money(study: Study, name: str, county: str, **choices: str) -> Quantity | Missing:
    """What a county committed, paid or spent, in CNY."""
    flow = money_flow(study, **choices).query("realised == 'yes'")
    (one,) = flow[flow["recipient"].eq(county) & flow["step"].eq(_STEPS[name])]["quantity"]
    return one.to("CNY") if isinstance(one, Quantity) else one


def _exact(one: Quantity | Missing) -> Fraction | None:
    return one.exact if isinstance(one, Quantity) else None


FULL = "paid in full (全部)"
_NOTES = {"full": FULL, "to_date": f"to date; {FULL}", "unsaid": "not said to be paid in full"}


def _sums(text: str, measure: str = "") -> list[Row]:
    """Sums told as ``1500 expenditure part_of=county1-002``, with a semicolon between two."""
    rows = []
    for told in text.split(";"):
        printed, *more = told.split()
        cells = dict(one.split("=") for one in more if "=" in one)
        if "note" in cells:
            cells["note"] = _NOTES[cells["note"]]
        rows.append(money(f"{printed}万元", measure or more[0], **cells))
    return rows


# --- how many pairs ---------------------------------------------------------------------------


@pytest.mark.parametrize("pairs", [0, 1, 3])
@pytest.mark.parametrize("printed", [True, False])
def test_any_number_of_pairs_gives_tables(pairs: int, printed: bool, tmp_path: Path) -> None:
    sums = [money(f"{n}00万元", "commitment", pair=n) for n in range(1, pairs + 1) if printed]
    study = made_up(tmp_path, sums, pairs=pairs)
    write_results(study, [])
    assert exact_results(study).empty
    assert exact_sensitivity(study).empty
    for table in map(exact_frame, (money_flow(study), funding_ratios(study))):
        assert set(table["recipient"]) == set(study.recipients)


def test_what_a_page_leaves_open_is_said_of_no_county(tmp_path: Path) -> None:
    of_both = money("1.26亿元", "commitment", article="page", subject="", donor="")
    counts = [
        money(printed, measure, counted="project", period="", label_en="projects")
        for printed, measure in (("28个", "projects"), ("19个", "projects_completed"))
    ]
    study = made_up(tmp_path, [of_both, *counts], pairs=2)
    (row,) = money_table(study).rows
    assert row["county"] == Words("whole page", "全版")
    caption = {}
    for stem in ("completed_shares", "money_flow", "project_stages"):
        caption[stem] = PLOTS[stem].caption(**PLOTS[stem].load(study))
    assert "County 2: number completed not reported" in caption["completed_shares"]
    assert not re.search(r"County 1: number| 0 |\bno\b of", caption["completed_shares"])
    assert "circle" not in caption["money_flow"]
    assert "complete, delivered" not in caption["project_stages"]
    alt = PLOTS["completed_shares"].alt(**PLOTS["completed_shares"].load(study))
    assert "County 1 19 of 28" in alt


def test_a_payment_that_may_not_belong_is_named_by_check(tmp_path: Path) -> None:
    paid = [money("1950万元", "disbursement"), money("1500万元", "disbursement", period="")]
    study = made_up(tmp_path, [money("2600万元", "commitment"), *paid], pairs=1)
    told = "\n".join(checked(study))
    assert "county1-003 (1500万元, disbursement) has no period and counts as of 2012" in told
    assert "donor1>county1: more paid than promised; look for parts" in told


def test_a_kind_of_projects_is_not_all_of_them(tmp_path: Path) -> None:
    told = {"counted": "project", "label_en": "projects"}
    whole = money("18个", "projects", period="2011/2012", **told)
    part = money("11个", "projects", part_of="county1-001", **told)
    built = money("9个", "projects_completed", **told)
    study = made_up(tmp_path, [whole, part, built], pairs=1)
    (share,) = completed_shares(study)["share"]
    assert share.exact == 50


@each_case("made_up_studies", "counts")
def test_a_named_project_is_in_a_count_only_where_nothing_speaks_against_it(
    counts: str, counted: str, tmp_path: Path
) -> None:
    told = {"counted": "project", "label_en": "projects"}
    pairs = (one.split() for one in counts.split(";"))
    figures = [money(f"{number}个", measure, **told) for number, measure in pairs]
    study = made_up(tmp_path, figures, pairs=1, projects=[project(1), project(2)])
    stages = project_stages(study).dropna(subset="project_id")
    assert " ".join(stages["counted_in"].fillna("nothing")) == counted


# --- a whole and its parts --------------------------------------------------------------------


@each_case("made_up_studies", "wholes")
def test_a_whole_and_its_parts_are_not_added(
    why: str, known: str, sums: str, tmp_path: Path
) -> None:
    step, value = known.split()
    other = money("80万元", _STEPS[step], pair=2)
    projects = [project(1), project(2)]
    study = made_up(tmp_path, [*_sums(sums), other], pairs=2, projects=projects)
    assert _exact(_money(study, step, "county1")) == Fraction(value) * WAN, why
    assert _exact(_money(study, step, "county2")) == 80 * WAN, why


def test_money_of_others_that_is_inside_the_donors_sum_enters_no_denominator_twice(
    tmp_path: Path,
) -> None:
    """1000万, of which 200万 are matching; 30 and 20万 of gifts beside it: 1050万 in all."""
    figures = [
        money("1000万元", "commitment"),
        money("200万元", "matching", donor="", part_of="county1-001"),
        money("30万元", "donation", donor=""),
        money("20万元", "donation", donor=""),
        money("420万元", "expenditure", donor=""),
    ]
    study = made_up(tmp_path, figures, pairs=1)
    shares = denominators(study).set_index("denominator")["quantity"]
    assert (shares["all"].exact, shares["with_matching"].exact) == (40, 42)
    wholes = exact_frame(denominators(study)).set_index("denominator")["whole"]
    assert wholes["with_donations"] == wholes["all"] == 1050 * WAN


def test_one_sum_for_several_projects_counts_once(tmp_path: Path) -> None:
    """Two closed projects cost 300万 together, a third 100万: 400万, not 700万."""
    figures = [
        money("300万元", "budget", subject="county1-p01", donor=""),
        money("100万元", "budget", subject="county1-p03", donor=""),
    ]
    projects = [
        project(number, budget=budget, note=note, status="4", stage="completed")
        for number, budget, note in (
            (1, "county1-001", "joint"),
            (2, "county1-001", "joint"),
            (3, "county1-002", ""),
        )
    ]
    study = made_up(tmp_path, figures, pairs=1, projects=projects)
    assert _exact(_money(study, "spent", "county1", delivered="spent")) == 400 * WAN


def test_people_sent_are_not_counted_twice(tmp_path: Path) -> None:
    """40 people, of whom 12 are doctors; 5 more of another team."""
    figures = [
        money(f"{n}人", "seconded_in", counted="person", part_of=whole)
        for n, whole in ((40, ""), (12, "county1-001"), (5, ""))
    ]
    desk = Desk(made_up(tmp_path, figures, pairs=1))
    assert desk.total(desk.find("seconded_in")).value == 45


def test_a_part_of_its_own_part_is_refused(tmp_path: Path) -> None:
    figures = [
        money("300万元", "expenditure", part_of="county1-002"),
        money("300万元", "expenditure", part_of="county1-001"),
    ]
    with pytest.raises(TableError, match="a part of one of its own parts") as told:
        made_up(tmp_path, figures, pairs=1)
    assert {fault.column for fault in told.value.faults} == {"part_of"}


# --- payments ---------------------------------------------------------------------------------


@each_case("made_up_studies", "payments")
def test_only_a_payment_in_full_of_the_year_is_a_commitment(
    why: str, committed: str, paid: str, payments: str, tmp_path: Path
) -> None:
    sums = _sums(payments, "disbursement")
    study = made_up(tmp_path, sums, pairs=2, projects=[project(1)], helpers=[(2, 1)])
    assert _money(study, "committed", "county2").state == "not_reported"
    for name, known in (("committed", committed), ("paid", paid)):
        expected = int(known) * WAN if known else None
        assert _exact(_money(study, name, "county1")) == expected, why
    state = "derived" if committed else "not_reported"
    assert _money(study, "committed", "county1").state == state
    assert (
        exact_frame(funding_ratios(study)).set_index("recipient").loc["county1", "aid_state"]
        == state
    )


def test_a_printed_commitment_goes_before_a_payment(tmp_path: Path) -> None:
    """1000万 promised for the year and 800万 paid: 80%; 700万 of the year before is left aside."""
    figures = [
        money("1000万元", "commitment"),
        money("800万元", "disbursement", note=FULL),
        money("700万元", "disbursement", period="2011", note=FULL),
    ]
    study = made_up(tmp_path, figures, pairs=1)
    committed, paid = (_money(study, name, "county1") for name in ("committed", "paid"))
    assert committed.state == "printed"
    assert _exact(paid / committed) == 80


def test_the_judgement_calls_undo_what_is_inferred(tmp_path: Path) -> None:
    figures = [
        money("800万元", "disbursement", note=FULL),
        money("600万元", "disbursement", period="", note=FULL, pair=2),
    ]
    study = made_up(tmp_path, figures, pairs=2)
    by_call = {
        ("paid_in_full", "leave"): (None, None),
        ("undated", "leave"): (800 * WAN, None),
        ("undated", "this_year"): (800 * WAN, 600 * WAN),
    }
    for (switch, option), committed in by_call.items():
        told = [_money(study, "committed", f"county{n}", **{switch: option}) for n in (1, 2)]
        assert tuple(_exact(one) for one in told) == committed
