"""Coefficients of agreement on published vectors, and the alignment of two codings."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import product
from math import factorial, prod, sqrt
from typing import Any

import pytest
from copies import checked, stored
from statsmodels.stats.inter_rater import cohens_kappa

from aidstudy.analysis.reliability import (
    COMPARED,
    alpha_interval,
    cohen_kappa,
    krippendorff_alpha,
)
from aidstudy.analysis.served import exact_results
from aidstudy.tables.adjudication import compare_codings
from aidstudy.tables.matching import Rows, matched_rows


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


def test_the_bootstrap_cuts_off_what_all_possible_draws_have_in_each_tail() -> None:
    """Every way to draw 6 of 6 rows with replacement, with its exact chance."""
    kinds = Counter([("a", "a"), ("a", "a"), ("a", "a"), ("b", "b"), ("b", "b"), ("a", "b")])
    chances: dict[Fraction, Fraction] = {}
    for drawn in product(range(7), repeat=len(kinds)):
        if sum(drawn) != 6:
            continue
        rows = [pair for pair, n in zip(kinds, drawn, strict=True) for _ in range(n)]
        alpha = krippendorff_alpha(rows)
        if alpha is not None:
            ways = factorial(6) // prod(factorial(n) for n in drawn)
            each = prod(Fraction(kinds[pair], 6) ** n for pair, n in zip(kinds, drawn, strict=True))
            chances[alpha] = chances.get(alpha, Fraction(0)) + ways * each
    every = sum(chances.values())
    assert every > Fraction(95, 100)
    ends = alpha_interval(list(kinds.elements()))
    assert ends is not None
    for end, tail in zip(ends, (0.025, 0.975), strict=True):
        below, up_to = (
            float(sum(c for alpha, c in chances.items() if float(alpha) < end + step) / every)
            for step in (-1e-9, 1e-9)
        )
        assert below - 0.01 < tail < up_to + 0.01


def kept() -> dict[str, dict[str, Any]]:
    """The stored results by id."""
    return exact_results(stored()).set_index("result_id").to_dict("index")


def test_the_intervals_stand_beside_the_coefficients_and_are_no_bounds() -> None:
    found = kept()
    coded = [f"coding.{name}.{column}" for name in COMPARED for column in COMPARED[name]]
    for start in coded:
        for part in ("agreement", "kappa", "alpha"):
            if (one := found.get(f"{start}.{part}")) is None:
                continue
            beside = (f"{start}.{part}" for part in ("agreement", "categories", "commonest"))
            assert all(one in found for one in beside)
            low, high = one["ci_low"], one["ci_high"]
            assert "two language models" in one["note"]
            if low is None:
                assert (one["value"] == 1, part != "agreement") == (True, True)
                continue
            assert low < one["value"] <= high <= (100 if part == "agreement" else 1)
            assert float(f"{float(low):.8g}") == float(low)


def test_the_realised_events_by_hand() -> None:
    """Of 20 both have, 13 are yes in both, 3 planned in both; a alone has 1 planned, b alone 3.

    Kappa: 0.8 alike, by chance 0.8 x 0.7 + 0.2 x 0.3 = 0.62, so 0.18/0.38. Alpha: of 40 codes 30
    are yes: 1 - 39 x 8 / (40² - 30² - 10²) = 1 - 312/600.
    """
    found = kept()
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


def test_both_comparisons_of_the_codings_find_the_same_rows() -> None:
    """Rows that the log calls absent from a coding, and rows that the agreement leaves out."""
    log = compare_codings(stored(), checked())
    lines = log[log["column"] == "row"]
    for table in COMPARED:
        final = len(checked()[table])
        of_table = lines[lines["table"] == table]
        dropped = of_table[of_table["final"] == "absent"]
        lacking = of_table[of_table["final"] == "present"]
        in_both = final - len(lacking)
        assert kept()[f"coding.{table}.both"]["value"] == in_both
        one_only = sum((lacking["a"] == "present") ^ (lacking["b"] == "present"))
        either = in_both + one_only + len(dropped)
        assert kept()[f"coding.{table}.either"]["value"] == either


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
