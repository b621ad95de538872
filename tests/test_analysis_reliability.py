"""Coefficients of agreement on published vectors, and the alignment of two codings."""

from __future__ import annotations

from fractions import Fraction

import pytest
from copies import stored

from aidstudy.analysis import results
from aidstudy.analysis.reliability import cohen_kappa, krippendorff_alpha, matched_rows


def units(*coders: str) -> list[tuple[str | None, ...]]:
    """Units from one string of codes for each coder; a dot is a missing code."""
    return list(zip(*([None if c == "." else c for c in coder] for coder in coders), strict=True))


@pytest.mark.parametrize(
    ("coders", "alpha"),
    [
        # Krippendorff (2011), A: binary data, two observers, no missing data.
        (("0100000010", "1110010000"), 0.095),
        # B: nominal data, two observers, no missing data.
        (("aabbdcccedda", "babbbccceddd"), 0.692),
        # C: nominal data, four observers, missing data; one unit has a single code.
        (("123321412...", "1233224125.3", ".3332342251.", "12332441251."), 0.743),
    ],
)
def test_alpha_is_the_published_one(coders: tuple[str, ...], alpha: float) -> None:
    found = krippendorff_alpha(units(*coders))
    assert found is not None
    assert round(float(found), 3) == alpha


def test_alpha_is_one_when_all_agree_and_silent_when_nothing_varies() -> None:
    assert krippendorff_alpha(units("abc", "abc")) == 1
    assert krippendorff_alpha(units("aaa", "aaa")) is None
    assert krippendorff_alpha(units("ab.", "..a")) is None
    assert krippendorff_alpha([]) is None


def test_alpha_is_near_zero_with_one_code_of_twenty_two_apart() -> None:
    """Of 44 codes 43 are alike: 1 - 43 x 2 / (44² - 43² - 1) = 1 - 86/86 = 0."""
    a = "y" * 22
    found = krippendorff_alpha(units(a, "n" + a[1:]))
    assert found == 0


def test_kappa_is_the_textbook_one() -> None:
    """Cohen's layout with 20, 5, 10, 15: agreement 0.7, by chance 0.5, so 0.4."""
    pairs = [("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15
    assert cohen_kappa(pairs) == pytest.approx(0.4)
    assert cohen_kappa([("y", "y")]) is None


def test_rows_are_matched_by_what_they_are_about() -> None:
    figure = {"figure_id": "x-001", "start": "1", "end": "3"}
    other = {"figure_id": "x-007", "start": "1", "end": "3"}
    late = {"figure_id": "x-008", "start": "5", "end": "6"}
    event = {"recipient": "x", "figures": "x-001"}
    same = {"recipient": "x", "figures": "x-007 x-008"}
    elsewhere = {"recipient": "y", "figures": "x-007"}
    tables = {
        "figures": ([figure], [late, other]),
        "projects": ([], []),
        "pairs": ([], []),
        "mechanisms": ([], []),
        "events": ([event], [elsewhere, same]),
    }
    matched = matched_rows(tables)
    assert matched["figures"] == [(figure, other), (None, late)]
    assert matched["events"] == [(event, same), (None, elsewhere)]


def test_the_codings_agree_as_the_codebook_says() -> None:
    """137 spans of 139; every kind, value and bound of these; 135 measures of 137."""
    found = results(stored())
    assert found["coding.figures.both"].term.value == 137
    assert found["coding.figures.either"].term.value == 139
    for column in ("kind", "value", "bound", "numeral"):
        assert found[f"coding.figures.{column}.agreement"].term.value == 100
    assert found["coding.figures.measure.agreement"].term.value == Fraction(13500, 137)


def test_every_coefficient_stands_beside_its_counts() -> None:
    ids = {result.result_id for result in results(stored())}
    for result_id in ids:
        if result_id.endswith((".kappa", ".alpha")):
            start = result_id.rsplit(".", 1)[0]
            assert {f"{start}.agreement", f"{start}.categories", f"{start}.commonest"} <= ids
