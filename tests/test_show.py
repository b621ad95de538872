"""How tables and numbers are shown in a notebook."""

from __future__ import annotations

import datetime as dt
import re
from fractions import Fraction
from html.parser import HTMLParser
from io import BytesIO

import numpy as np
import pandas as pd
import pytest
from IPython.core.formatters import DisplayFormatter
from PIL import Image

from aidstudy import ratio, read_quantity
from aidstudy.analysis.desk import Desk
from aidstudy.course.show import Amount, Picture, Said, cell, picture, say, show
from aidstudy.errors import PlotError, TableError
from aidstudy.intervals import Interval
from aidstudy.plots.registry import plot_named
from aidstudy.result import Term
from aidstudy.rounding import Shown as Exact
from aidstudy.rounding import write_number


def million(value: str, low: str, high: str, **more: object) -> dict[str, object]:
    """A row of one sum; the strings are exact, in CNY million."""
    names = ("aid", "aid_low", "aid_high")
    exact = (Fraction(text) * 10**6 for text in (value, low, high))
    return dict(zip(names, exact, strict=True)) | more


PRINTED = million("26.72", "26.715", "26.725", aid_state="printed", aid_figures="x-020 x-021")
MISSING = {
    "aid": None,
    "aid_low": None,
    "aid_high": None,
    "aid_state": "not_reported",
    "aid_figures": "",
}


# --- one number ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        ("CNY million", "CNY 26.72 million [26.715, 26.725]"),
        ("CNY billion", "CNY 0.02672 billion [0.026715, 0.026725]"),
        ("万元", "2672万元 [2671.5, 2672.5]"),
        ("亿元", "0.2672亿元 [0.26715, 0.26725]"),
        ("", "CNY 26,720,000 [26,715,000, 26,725,000]"),
    ],
)
def test_a_sum_has_its_unit_and_bounds_rounded_outward(unit: str, expected: str) -> None:
    amount = Amount(Fraction(26720000), Interval(26715000, 26725000), "printed", "CNY")
    assert amount.text(unit) == expected


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        (Amount(None, state="not_reported"), "not reported"),
        (Amount(None, state="not_applicable"), "not applicable"),
        (Amount(None, Interval(3, 4), "bounds_only"), "3 to 4%"),
        (Amount(Fraction(5), Interval(5, None), "printed"), "5% [5, open]"),
        (Amount(Fraction(5), Interval(None, 5), "printed"), "5% [open, 5]"),
        (Amount(Fraction(5), Interval(5, 5), "printed"), "5%"),
        (Amount(Fraction(5)), "5%"),
        (Amount(Fraction(-1, 3), Interval(Fraction(-1, 2), 0)), "−0.333% [−0.500, 0.000]"),
    ],
)
def test_missing_open_and_exact_numbers(amount: Amount, expected: str) -> None:
    assert amount.text("%") == expected


def test_a_missing_number_is_never_shown_as_zero() -> None:
    assert "0" not in repr(show([MISSING], {"aid": "aid (CNY million)"}))
    assert "0" not in str(say("{row[aid]:CNY million}", row=MISSING))


def test_a_number_that_does_not_end_lies_in_its_shown_bounds() -> None:
    third = Amount(Fraction(1, 3), Interval(Fraction(33, 100), Fraction(34, 100)))
    assert third.text("%") == "0.333% [0.330, 0.340]"
    exact = ratio("ganzi-016", "ganzi-014")
    assert str(say("{share:%}", share=exact)) == "37.3%"


def test_an_unknown_unit_is_named() -> None:
    with pytest.raises(TableError, match=r"'CNY milion'.*did you mean 'CNY million'"):
        say("{row[aid]:CNY milion}", row=PRINTED)
    with pytest.raises(TableError, match="'CNY thousand' is not one that numbers are shown in"):
        show([PRINTED], {"aid": "aid (CNY thousand)"})


def test_a_cell_takes_what_stands_beside_it() -> None:
    amount = cell(PRINTED, "aid")
    assert amount.value == 26720000
    assert amount.interval == Interval(26715000, 26725000)
    assert (amount.state, amount.sources) == ("printed", ("x-020", "x-021"))
    with pytest.raises(TableError, match=r"column 'aids' is not there; did you mean 'aid'"):
        cell(PRINTED, "aids")
    with pytest.raises(TableError, match="'county' holds 'A', which is no number"):
        cell({"county": "A"}, "county")


def test_a_figure_of_the_table_brings_its_own_id_and_print() -> None:
    row = {"figure_id": "x-020", "printed": "2672万元", "value": Fraction(26720000), "unit": "CNY"}
    assert cell(row, "value").sources == ("x-020",)
    assert say("{row[value]:printed}", row=row).text == "2672万元"


@pytest.mark.parametrize(
    ("value", "low", "high"),
    [
        (1, 0, 3),
        (Fraction(845, 1000), Fraction(8445, 10000), Fraction(8455, 10000)),
        (500, 450, None),
        (Fraction(22, 59),) * 3,
    ],
)
def test_prose_tables_and_papers_round_alike(value: object, low: object, high: object) -> None:
    """One rule decides how many digits a number bears, wherever it is shown."""
    row = {
        "n": Fraction(value),
        "n_low": Fraction(low),
        "n_high": high and Fraction(high),
        "n_state": "derived",
    }
    digits = write_number(Exact(row["n"], Interval(row["n_low"], row["n_high"])))
    inside = f" [{digits.low}, {digits.high}]" if digits.low else ""
    assert str(say("{row[n]:%}", row=row)) == f"{digits.value}%{inside}"
    assert show([row], {"n": "n (%)"}).rows == ((f"{digits.value}{inside}",),)
    apart = {"n": "n (%)", "n_low": "low (%)", "n_high": "high (%)"}
    shown = (digits.value, digits.low or digits.value, digits.high or digits.value)
    open_end = shown if high is not None else (*shown[:2], "—")
    assert show([row], apart).rows == (open_end,)


def test_at_least_is_rounded_down_and_at_most_up() -> None:
    least = {"value": Fraction(6335300), "low": Fraction(6330200), "high": Fraction(6340400)}
    assert say("{t[value]:CNY million low}", t=least).text == "CNY 6.330 million"
    assert say("{t[value]:CNY million high}", t=least).text == "CNY 6.341 million"
    third = ratio("ganzi-016", "ganzi-014")  # 37.288...%, exact
    assert say("{t:% low} {t:% high}", t=third).text == "37.2% 37.3%"
    assert say("{t:CNY low}", t=Interval(None, 5)).text == "open"
    assert say("{t[aid]:CNY low}", t=MISSING).text == "not reported"


def test_ends_of_an_interval_are_rounded_outward() -> None:
    ends = [{"lower": Fraction("26.08123"), "upper": Fraction("43.44123")}]
    headers = {"lower": "lower end (%)", "upper": "upper end (%)"}
    assert show(ends, headers).rows == (("26.0", "43.5"),)
    whole = [{"lower": Fraction(0), "upper": Fraction(100)}]
    assert show(whole, headers).rows == (("0", "100"),)
    bounded = [{"lower": None, "lower_low": Fraction(1, 3), "lower_high": Fraction(2)}]
    assert show(bounded, ["lower"]).rows == (("0.33 to 2.00",),)


# --- tables ----------------------------------------------------------------------------------


def test_a_table_in_plain_text() -> None:
    rows = [
        {"donor": "龙泉驿", **PRINTED},
        {"donor": "Leshan", **million("30", "29.995", "30.005", aid_state="derived")},
        {"donor": "Luzhou", **MISSING},
    ]
    columns = {"donor": "donor", "aid": "aid (CNY million)", "aid_state": "how known"}
    assert repr(show(pd.DataFrame(rows, dtype=object), columns)) == "\n".join(
        [
            "donor        aid (CNY million)  how known",
            "龙泉驿  26.72 [26.715, 26.725]  printed",
            "Leshan  30.00 [29.995, 30.005]  derived",
            "Luzhou            not reported  not reported",
        ]
    )


class _Cells(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[list[str]] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "tr":
            self.found.append([])
        if tag in ("th", "td"):
            self.found[-1].append("")

    def handle_data(self, data: str) -> None:
        if self.found and self.found[-1] and data != "\n":
            self.found[-1][-1] += data


def test_html_and_text_hold_the_same_cells() -> None:
    shown = show([PRINTED, MISSING], {"aid": "aid (CNY million)", "aid_figures": "figures"})
    parser = _Cells()
    parser.feed(shown._repr_html_())
    assert parser.found == [
        ["aid (CNY million)", "figures"],
        ["26.72 [26.715, 26.725]", "x-020 x-021"],
        ["not reported", "—"],
    ]
    assert parser.found == [list(shown.headers), *map(list, shown.rows)]


def test_text_is_escaped_and_bytes_are_stable() -> None:
    rows = [{"subject": "luzhou>xiangcheng", "note": "<script>1 & 2</script>"}]
    page = show(rows)._repr_html_()
    assert "<script>" not in page
    assert "luzhou&gt;xiangcheng" in page
    assert "&lt;script&gt;1 &amp; 2" in page
    assert page == show(rows)._repr_html_()


def test_backticks_of_the_codebook_become_code() -> None:
    shown = show([{"meaning": "as in `<article>-<nnn>`"}])
    assert "<code>&lt;article&gt;-&lt;nnn&gt;</code>" in shown._repr_html_()
    assert "`<article>-<nnn>`" in repr(shown)


def test_a_browser_does_not_break_ids_at_their_hyphen() -> None:
    page = show([{"figures": "ganzi-020 ganzi-e01"}])._repr_html_()
    assert page.count('<span style="white-space:nowrap">ganzi-') == 2


def test_headers_and_first_column_are_marked_for_screen_readers() -> None:
    page = show([{"a": "x", "b": "y"}])._repr_html_()
    assert page.count('<th scope="col"') == 2
    assert page.count('<th scope="row"') == 1


def test_bounds_that_are_columns_are_not_repeated_and_are_rounded_outward() -> None:
    rows = [{"value": Fraction(2, 3), "low": Fraction(1, 3), "high": Fraction(5, 6)}]
    shown = show(rows, {"value": "v (%)", "low": "low (%)", "high": "high (%)"})
    assert shown.rows == (("0.667", "0.333", "0.834"),)


def test_stored_bounds_of_one_value_that_does_not_end_are_not_shown() -> None:
    third = {"value": Fraction("33.3333333333333"), "low": Fraction("33.3333333333333")}
    assert say("{t[value]:%}", t=third | {"high": Fraction("33.3333333333334")}).text == "33.3%"
    # One in the ninth digit is a bound.
    wide = third | {"high": Fraction("33.3333334")}
    assert say("{t[value]:%}", t=wide).text == "33.33333333% [33.33333333, 33.33333340]"


def test_ends_that_are_days_stand_as_text() -> None:
    days = [{"value": None, "low": "2012-01-01", "high": "2012-04-01", "state": "bounds_only"}]
    assert show(days, ["value", "low", "high"]).rows == (
        ("bounds only", "2012-01-01", "2012-04-01"),
    )


def test_what_stands_beside_a_number_changes_none_of_its_digits() -> None:
    rows = [
        million("26.72", "26.715", "26.725"),
        million("17.6775", "17.67745", "17.67755"),
        million("132", "131.5", "132.5"),
        {"aid": Fraction(10**6, 3)},
        MISSING,
    ]
    columns = {"aid": "aid (CNY million)"}
    alone = [show([row], columns).rows[0] for row in rows]
    assert show(rows, columns).rows == tuple(alone)
    assert alone[1:4] == [
        ("17.6775 [17.67745, 17.67755]",),
        ("132 [131.5, 132.5]",),
        ("0.333",),
    ]


def test_numbers_without_a_unit_stand_in_base_units_each_as_exact_as_it_is() -> None:
    rows = [{"value": Fraction(169, 200)}, {"value": Fraction(30000000)}, {"value": "2012-04"}]
    assert show(rows).rows == (("0.845",), ("30,000,000",), ("2012-04",))


def test_what_tables_hold_beside_numbers() -> None:
    rows = [
        {
            "n": np.int64(3),
            "yes": np.True_,
            "no": False,
            "day": dt.date(2012, 9, 5),
            "nothing": pd.NA,
            "next_step_en": None,
            "next_step_state": "not_applicable",
        }
    ]
    assert show(rows).rows == (
        ("3", "yes", "no", "2012-09-05", "—", "not applicable", "not applicable"),
    )


def test_a_cross_table_keeps_its_index() -> None:
    events = pd.DataFrame({"precision": ["day", "year", "year"], "realised": ["yes", "yes", "no"]})
    shown = show(pd.crosstab(events["precision"], events["realised"]))
    assert shown.headers == ("precision", "no", "yes")
    assert shown.rows == (("day", "0", "1"), ("year", "1", "1"))


def test_quantities_as_rows() -> None:
    shown = show([read_quantity("约1亿元"), read_quantity("1-2名")], ["printed", "value", "bound"])
    assert shown.rows == (
        ("约1亿元", "100,000,000 [50,000,000, 150,000,000]", "about"),
        ("1-2名", "1.5 [1, 2]", "range"),
    )


def test_terms_ratios_and_intervals_as_cells() -> None:
    total, added = Desk().figure("ganzi-020"), Desk().figure("ganzi-019")
    rows = [
        {"what": "rest", "sum": total - added},
        {"what": "only bounds", "sum": Interval(10**7, 2 * 10**7)},
        {"what": "nothing", "sum": Term.missing()},
    ]
    # 2672 − 1092 is 1580, and two half units of one 万 make one each way.
    assert [row[1] for row in show(rows, {"what": "what", "sum": "sum (万元)"}).rows] == [
        "1580 [1579, 1581]",
        "1000 to 2000",
        "not reported",
    ]
    share = show([{"share": ratio("ganzi-015", "ganzi-020")}], {"share": "spent (%)"})
    assert share.rows == (("75.953 [75.938, 75.968]",),)


def test_a_column_that_is_not_there_is_named() -> None:
    with pytest.raises(TableError, match=r"no column 'donro'; did you mean 'donor'"):
        show([{"donor": "A"}], ["donro"])


def test_an_empty_table_has_headers() -> None:
    assert show(pd.DataFrame({"a": []}), {"a": "A"}).headers == ("A",)


# --- prose -----------------------------------------------------------------------------------


def test_prose_renders_each_number_with_unit_and_bounds() -> None:
    said = say(
        "{row[donor]} gives {row[aid]:万元} on {day}, {n} in all, {gap[aid]:CNY million}.",
        row=PRINTED | {"donor": "Long*quan*yi"},
        day=dt.date(2012, 9, 5),
        n=np.int64(2),
        gap=MISSING,
    )
    assert said.text == (
        r"Long\*quan\*yi gives 2672万元 [2671.5, 2672.5] on 5 September 2012, 2 in all, "
        "not reported."
    )
    assert '<span data-figures="x-020 x-021">2672万元 [2671.5, 2672.5]</span> on' in said.markdown


def test_prose_takes_terms_and_quantities() -> None:
    desk = Desk()
    said = say(
        "{rule:%}, {total:printed}, {water:亿元}",
        rule=desk.figure("ganzi-018"),
        total=desk.figure("ganzi-020"),
        water=read_quantity("约1亿元"),
    )
    assert said.text == "0.5%, 2672万元, 1亿元 [0.5, 1.5]"
    assert re.findall(r'data-figures="([^"]*)"', said.markdown) == ["ganzi-018", "ganzi-020"]


def test_a_field_without_a_value_is_named() -> None:
    with pytest.raises(TableError, match=r"no value for \{rato\}; did you mean 'ratio'"):
        say("{rato:%}", ratio=1)
    with pytest.raises(TableError, match=r"column 'ade' is not there; did you mean 'aid'"):
        say("{row[ade]:%}", row=PRINTED)
    with pytest.raises(TableError, match="holds a whole row; name one of its columns"):
        say("{row}", row=pd.Series(PRINTED))


def test_what_a_notebook_gets() -> None:
    format_ = DisplayFormatter().format
    data, metadata = format_(say("{row[aid]:CNY million}", row=PRINTED))
    text = "CNY 26.72 million [26.715, 26.725]"
    marked = f'<span data-figures="x-020 x-021">{text}</span>'
    assert data == {"text/markdown": marked, "text/plain": text}
    assert metadata == {}
    data, metadata = format_(show([PRINTED], {"aid": "aid (CNY million)"}))
    assert set(data) == {"text/html", "text/plain"}
    assert '<th scope="row" data-figures="x-020 x-021"' in data["text/html"]
    assert metadata == {}


# --- pictures --------------------------------------------------------------------------------


def test_a_picture_is_shown_with_its_caption_under_it(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = Picture(b"png", "a line", "Hollow (*): planned.")
    assert repr(shown) == "a line\nHollow (*): planned."
    displayed: list[object] = []
    monkeypatch.setattr("IPython.display.display", lambda what, **_: displayed.append(what))
    shown._ipython_display_()
    assert displayed == [
        {"image/png": "cG5n", "text/plain": "a line"},
        Said(r"Hollow (\*): planned.", r"Hollow (\*): planned."),
    ]


def test_a_plot_by_its_name_is_small_and_the_same_each_time() -> None:
    shown = picture("events")
    assert shown == picture("events")
    assert b"Software" not in shown.png
    assert len(shown.png) < 50_000
    with Image.open(BytesIO(shown.png)) as image:
        assert 800 < image.width < 1000
    plot = plot_named("events")
    tables = plot.load(None)
    assert (shown.alt, shown.caption) == (plot.alt(**tables), plot.caption(**tables))
    with pytest.raises(PlotError, match="'evens': there is none; did you mean 'events'"):
        picture("evens")
