"""The plot of the agreement of the two codings."""

from __future__ import annotations

import csv
from fractions import Fraction

import pytest
from copies import stored
from drawings import drawing, drawn, marks, tables, texts
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text

from aidstudy.analysis.reliability import COMPARED, coding_agreement
from aidstudy.plots import LANGS, PLOTS
from aidstudy.plots.coding_agreement import COLUMNS, TABLES, plot_coding_agreement
from aidstudy.plots.save import checked_figure
from aidstudy.plots.style import style
from aidstudy.plots.words import exact_text

# Rows alike and rows that both codings have, columns as the plot has them. Counted in the files of
# the two codings without the library; the events were matched and compared by hand.
ALIKE = {
    "figures": {
        "article": (137, 137), "numeral": (137, 137), "kind": (137, 137), "value": (137, 137),
        "bound": (137, 137), "measure": (135, 137), "unit": (131, 137), "period": (131, 137),
        "subject": (124, 137), "donor": (117, 137),
    },
    "projects": {"donor": (23, 23), "stage": (23, 23), "status": (22, 23), "sector": (19, 23)},
    "events": {"donor": (20, 20), "precision": (20, 20), "kind": (17, 20), "realised": (16, 20)},
    "pairs": {"level": (21, 21), "role": (20, 21)},
    "mechanisms": {"present": (79, 80)},
}  # fmt: skip


def test_drawn_rows() -> None:
    rows = drawn("coding_agreement")
    places = [f"{table}-{column}" for table, columns in ALIKE.items() for column in columns]
    alike = {m.removeprefix("alike-"): r["value"] for m, r in rows.items() if m[:6] == "alike-"}
    assert list(alike) == places
    for table, columns in ALIKE.items():
        for column, (same, both) in columns.items():
            place = f"{table}-{column}"
            assert alike[place] == same
            assert rows[f"agreement-{place}"]["value"] == Fraction(100 * same, both)
            assert (rows[f"alpha-{place}"]["value"] == 1) is (same == both)
    assert rows["categories-events-realised"]["value"] == 2
    assert rows["categories-projects-stage"]["value"] == 7


def test_coefficients_of_one_column_by_hand() -> None:
    """Devices: two codes, so that both coefficients can be worked out from four counts."""
    codings = []
    for coder in ("a", "b"):
        path = stored().raw / f"coding_{coder}" / "mechanisms.csv"
        with path.open(encoding="utf-8", newline="") as file:
            codings.append({(r["recipient"], r["mechanism"]): r["present"]
                            for r in csv.DictReader(file)})  # fmt: skip
    a, b = codings
    assert len(a) == len(b) == 80
    differ = sum(a[key] != b[key] for key in a)
    assert differ == 1
    yes_a, yes_b = (sum(code == "yes" for code in coding.values()) for coding in codings)
    # Alpha: 1 - (n - 1) x differing pairs / pairs that differ by chance, n = 160 codes.
    yes = yes_a + yes_b
    alpha = 1 - Fraction(159 * 2 * differ, 2 * yes * (160 - yes))
    by_chance = Fraction(yes_a * yes_b + (80 - yes_a) * (80 - yes_b), 80 * 80)
    kappa = (Fraction(79, 80) - by_chance) / (1 - by_chance)
    rows = drawn("coding_agreement")
    assert float(rows["alpha-mechanisms-present"]["value"]) == pytest.approx(float(alpha))
    assert float(rows["kappa-mechanisms-present"]["value"]) == pytest.approx(float(kappa))
    assert float(rows["commonest-mechanisms-present"]["value"]) == pytest.approx(
        100 * max(yes, 160 - yes) / 160
    )


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("preset", ["single", "double"])
def test_marks_stand_at_their_numbers(preset: str, lang: str) -> None:
    found = marks(drawing("coding_agreement", lang, preset))
    heights: dict[str, set[float]] = {}
    for mark, row in drawn("coding_agreement").items():
        part, place = mark.split("-", 1)
        if part not in ("agreement", "kappa", "alpha"):
            continue
        artist = found[mark]
        assert isinstance(artist, Line2D)
        scale = 100 if part == "agreement" else 1
        assert artist.get_xdata()[0] == pytest.approx(float(row["value"]) / scale)
        assert artist.get_marker() == {"agreement": "o", "kappa": "|", "alpha": "D"}[part]
        heights.setdefault(place, set()).add(artist.get_ydata()[0])
    assert all(len(at) == 1 for at in heights.values())
    assert len({next(iter(at)) for at in heights.values()}) == 21


def test_counts_stand_beside_the_coefficients() -> None:
    found = marks(drawing("coding_agreement"))
    alike, codes = found["alike-events-realised"], found["categories-events-realised"]
    assert isinstance(alike, Text)
    assert isinstance(codes, Text)
    assert (alike.get_text(), codes.get_text()) == ("16/20", "2")
    assert found["commonest-events-realised"].get_text() == "75%"  # type: ignore[attr-defined]
    shown = texts(drawing("coding_agreement"))
    assert {
        "0.474",
        "0.48",
        "20 of 24 rows in both codings",
        "137 of 139 rows in both codings",
    } <= (set(shown))
    narrow = set(texts(drawing("coding_agreement", preset="single")))
    assert {"16/20", "2"} <= narrow
    assert "75%" not in narrow


def test_the_message() -> None:
    caption = PLOTS["coding_agreement"].caption(**tables("coding_agreement"))
    assert caption.startswith(
        "In each column at least 80% of the rows in both codings have the same code; "
        "alpha is as low as 0.48. "
    )
    assert "16 of 20 rows are alike, 2 codes were used and the commonest is 75%" in caption
    assert "2 of the figures, 1 of the projects and 4 of the events" in caption
    rows = coding_agreement(stored()).set_index(["table", "column"])
    realised = rows.loc[("events", "realised")]
    ends = {
        part: [exact_text(realised[f"{part}_{end}"]) for end in ("ci_low", "ci_high")]
        for part in ("kappa", "alpha")
    }
    told = " and ".join(
        f"{sign} {ends[part][0]} to {ends[part][1]}"
        for part, sign in (("kappa", "κ"), ("alpha", "α"))
    )
    assert f"95% intervals there: {told}; they say how far the number would move" in caption
    assert "two language models" in caption
    assert "no human coder took part, and the authors adjudicated" in caption
    assert "没有人工编码员" in PLOTS["coding_agreement"].caption(
        **tables("coding_agreement"), lang="zh"
    )
    assert "does not say that both are right" in caption


def test_a_coefficient_that_does_not_exist_is_said() -> None:
    """Where all codes are the same nothing varies: no kappa, no alpha, and neither 0 nor 1."""
    agreement = coding_agreement(stored())
    one = agreement[agreement["table"] == "mechanisms"].copy().reset_index(drop=True)
    for part in ("kappa", "alpha"):
        for end in ("", "_low", "_high"):
            one[f"{part}{end}"] = None
        one[f"{part}_state"] = "not_applicable"
    plot = PLOTS["coding_agreement"]
    for preset in ("single", "double"):
        figure = checked_figure(plot, {"agreement": one}, preset=preset, lang="en")
        assert {"κ –", "α –"} <= set(texts(figure))
    assert "alpha is as low" not in plot.caption(one)
    assert plot.alt(one, "zh")


def test_every_table_and_column_has_a_name() -> None:
    assert set(TABLES) == set(COMPARED)
    assert set(COLUMNS) == {column for columns in COMPARED.values() for column in columns}


def test_it_draws_on_the_axes_it_is_given() -> None:
    with style("double", "en"):
        ax = Figure().add_subplot()
        assert plot_coding_agreement(tables("coding_agreement")["agreement"], ax=ax) is ax
