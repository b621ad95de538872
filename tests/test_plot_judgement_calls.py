"""The plot of judgement calls."""

from __future__ import annotations

import csv
from fractions import Fraction

import pytest
from copies import stored
from drawings import drawing, drawn, marks, tables, texts
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from aidstudy.analysis import exact_results, exact_sensitivity
from aidstudy.analysis.switches import SWITCHES
from aidstudy.plots import LANGS, PLOTS
from aidstudy.plots.judgement_calls import CALLS, plot_judgement_calls
from aidstudy.plots.style import style


def test_drawn_rows_by_hand() -> None:
    rows = drawn("judgement_calls")
    shares = [mark.split("-")[1] for mark in rows if mark.startswith(("default-", "none-"))]
    assert shares == [
        "paid_in_full", "spending_source", "basically_complete", "touru", "delivered", "undated",
        "trailing_zeros", "rule", "loan_project", "line_start", "team_of_40",
    ]  # fmt: skip
    # Dêgê and Litang paid 3070 and 3000 of as much; Xinlong 500 of 1767.75.
    before, after = rows["default-paid_in_full"], rows["other-paid_in_full"]
    assert before["quantity"] == after["quantity"] == "paid_of_committed.pooled"
    pooled = Fraction(100 * (30_700_000 + 30_000_000 + 5_000_000),
                      30_700_000 + 30_000_000 + 17_677_500)  # fmt: skip
    assert float(before["value"]) == pytest.approx(float(pooled))
    assert float(after["value"]) == pytest.approx(100 * 5_000_000 / 17_677_500)
    # Garzê County spent 2029.47 of 2672; what others gave was 165 and 1230.94.
    assert float(rows["default-spending_source"]["value"]) == pytest.approx(202947 / 2672)
    least = 2029.47 - 165 - 1230.94
    assert float(rows["other-spending_source"]["value"]) == pytest.approx(100 * least / 2672)
    assert rows["other-touru"]["value"] == 100
    # A reading rests on its own figures: what others gave counts only where it is spent first.
    assert rows["default-spending_source"]["figures"] == "ganzi-015 ganzi-020"
    assert set(rows["other-spending_source"]["figures"].split()) == {
        "ganzi-015", "ganzi-020", "ganzi-023", "ganzi-024",
    }  # fmt: skip
    assert rows["other-touru"]["figures"] == "ganzi-020"
    assert rows["other-paid_in_full"]["figures"] == "xinlong-009 xinlong-023"
    assert "litang-026" in rows["other-delivered"]["figures"]
    # One of four projects basically complete and one not named: none or one; one or two.
    ends = [(rows[f"{n}-basically_complete"]["low"], rows[f"{n}-basically_complete"]["high"])
            for n in ("default", "other")]  # fmt: skip
    assert ends == [(0, 25), (25, 50)]
    assert rows["default-basically_complete"]["value"] is None
    # Zeros for the size: 230 of 500 is [220, 240] of [450, 550].
    zeros = rows["other-trailing_zeros"]
    assert float(zeros["low"]) == pytest.approx(100 * 220 / 550)
    assert float(zeros["high"]) == pytest.approx(100 * 240 / 450)
    assert rows["none-team_of_40"]["state"] == "not_applicable"


def test_the_share_shown_is_the_one_that_moves_furthest() -> None:
    """The rule of the caption, applied once more to the stored table."""
    with (stored().clean / "sensitivity.csv").open(encoding="utf-8", newline="") as file:
        moves = list(csv.DictReader(file))
    rows = drawn("judgement_calls")
    for switch in CALLS:
        ends = ("low", "high", "default_low", "default_high")
        shifts = {}
        for move in moves:
            if move["switch"] != switch or move["unit"] != "%" or not all(move[e] for e in ends):
                continue
            left_out = move["result_id"].startswith("limits.") or move["result_id"].endswith(
                (".lower", ".upper")
            )
            if left_out or move["default_state"] == "hypothetical":
                continue
            if all(0 <= float(move[end]) <= 100 for end in ends):
                low, high, low0, high0 = (float(move[end]) for end in ends)
                shifts[move["result_id"]] = max(abs(low - low0), abs(high - high0))
        if not shifts:
            assert f"none-{switch}" in rows
            continue
        shown = rows[f"default-{switch}"]["quantity"]
        assert shifts[shown] == pytest.approx(max(shifts.values()), abs=0.02), switch
        assert rows[f"moved-{switch}"]["value"] == sum(m["switch"] == switch for m in moves)


def test_counts_of_what_is_lost_and_of_answers_that_change() -> None:
    rows = drawn("judgement_calls")
    assert rows["lost-team_of_40"]["value"] == rows["moved-team_of_40"]["value"] == 1
    # Three tests flip when a project that is basically complete counts as complete.
    assert rows["verdicts-basically_complete"]["value"] == 3
    assert rows["lost-rule"]["value"] == 0


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("preset", ["single", "double"])
def test_marks(preset: str, lang: str) -> None:
    found = marks(drawing("judgement_calls", lang, preset))
    for mark, row in drawn("judgement_calls").items():
        kind = mark.split("-")[0]
        if kind in ("lost", "verdicts") and preset == "single":
            assert mark not in found
            continue
        artist = found[mark]
        if kind not in ("default", "other"):
            assert isinstance(artist, Text)
        elif row["value"] is None:
            assert isinstance(artist, Rectangle)
            assert artist.get_x() == float(row["low"])
            assert artist.get_width() == pytest.approx(float(row["high"] - row["low"]))
        else:
            assert isinstance(artist, Line2D)
            assert artist.get_xdata()[0] == pytest.approx(float(row["value"]))
            assert artist.get_marker() == ("o" if kind == "default" else "D")


def test_labels() -> None:
    shown = texts(drawing("judgement_calls"))
    assert {
        "83.825",
        "28.285",
        "75.953",
        "100",
        "0–25",
        "25–50",
        "46.00",
        "46.0 (40.0–53.4)",
    } <= set(shown)
    assert shown.count("no share moves") == 2
    note = " ".join(shown)
    assert f"9 of {len(exact_sensitivity(stored()))} moves are shown" in note


def test_the_message_and_the_rule_are_said() -> None:
    plot = PLOTS["judgement_calls"]
    caption = plot.caption(**tables("judgement_calls"))
    moved = exact_sensitivity(stored())
    assert caption.startswith(
        f"{moved['result_id'].nunique()} of {len(exact_results(stored()))} results hang on a "
        "judgement call; one call moves a share by 55.5 points."
    )
    assert f"9 of {len(moved)} moves are shown" in caption
    assert "ends of sampling intervals and the power of tests are left aside" in caption
    assert f"{len(moved)}处变动中只画9处" in plot.caption(**tables("judgement_calls"), lang="zh")


def test_every_call_has_words() -> None:
    assert set(CALLS) == set(SWITCHES)


def test_it_draws_on_the_axes_it_is_given() -> None:
    with style("double", "en"):
        ax = Figure().add_subplot()
        assert plot_judgement_calls(tables("judgement_calls")["calls"], ax=ax) is ax
