"""The ordinary calls of pandas, NumPy, Matplotlib, seaborn and statsmodels on the tables.

Each is checked for what it gives. Where pandas gives an array of its own no way in, the float
columns serve, and the test says so.
"""

from __future__ import annotations

import io
import json
import pickle
import sqlite3
import subprocess
import sys
import warnings
from contextlib import closing
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import seaborn as sns
import seaborn.objects as so
import statsmodels.api as sm
import statsmodels.formula.api as smf
from copies import REPOSITORY, copy_of_study

import aidstudy as aid
from aidstudy.errors import AidstudyError, QuantityError, UnitError
from aidstudy.quantity.dtype import QuantityDtype

PANDAS_3 = int(pd.__version__.split(".")[0]) >= 3

SEABORN_LAGS = pytest.mark.filterwarnings(
    "ignore:vert. bool was deprecated", "ignore:The copy keyword is deprecated"
)
"""Seaborn calls Matplotlib and pandas in ways that their newest releases warn of."""


def _made() -> pd.DataFrame:
    """A table with gaps, three groups and two columns of quantities."""
    return pd.DataFrame(
        {
            "name": ["a", "a", "b", "b", "c", "c"],
            "x": aid.quantities([1.5, np.nan, 2.5, 4.0, 0.5, 8.0], "CNY million", half=0.05),
            "y": aid.quantities([1.0, 2.0, 3.0, np.nan, 5.0, 6.0], "CNY million", half=0.5),
            "n": [1, 2, 3, 4, 5, 6],
            "day": pd.date_range("2012-01-01", periods=6, freq="20D"),
        }
    )


# Name of a table: what makes it, its column of quantities, a column of groups.
MAKERS = {
    "figures in CNY": (lambda: aid.load_figures().query("unit == 'CNY'"), "quantity", "article"),
    "projects": (aid.load_projects, "budget", "recipient"),
    "ratios": (aid.funding_ratios, "aid", "recipient"),
    "flow": (aid.money_flow, "quantity", "step"),
    "routes": (aid.revenue_routes, "quantity", "route"),
    "stages": (aid.project_stages, "amount", "stage"),
    "made up": (_made, "x", "name"),
    "figures": (aid.load_figures, "quantity", "article"),
    "results": (aid.load_results, "quantity", "analysis"),
    "context": (aid.load_context, "quantity", "measure"),
}
MIXED = ("figures", "results", "context")
ONE_UNIT = tuple(name for name in MAKERS if name not in MIXED)

_TABLES: dict[str, pd.DataFrame] = {}


class Case:
    """A table with the column of quantities that a test asks about, and its plain numbers."""

    def __init__(self, name: str) -> None:
        make, self.column, self.group = MAKERS[name]
        if name not in _TABLES:
            _TABLES[name] = make()
        self.table = _TABLES[name].copy()
        self.q = self.table[self.column]
        self.cells = list(self.q)
        self.floats = np.array([float(cell) for cell in self.cells])
        self.low = np.array([getattr(cell, "low", np.nan) for cell in self.cells])
        self.high = np.array([getattr(cell, "high", np.nan) for cell in self.cells])
        self.full = self.table[~np.isnan(self.floats)]


@pytest.fixture(params=MAKERS)
def case(request):
    return Case(request.param)


@pytest.fixture(params=ONE_UNIT)
def one(request):
    """A table whose column has one unit."""
    return Case(request.param)


@pytest.fixture
def made():
    return _made()


@pytest.fixture(autouse=True)
def _closed():
    yield
    plt.close("all")


def _same(found: pd.Series, wanted: pd.Series) -> None:
    """The same quantities: values, bounds, units, states, figures, formulas."""
    assert found.dtype == "quantity"
    one, other = found.quantity, wanted.quantity
    for part in ("value", "low", "high"):
        np.testing.assert_array_equal(getattr(one, part), getattr(other, part))
    for part in ("unit", "state", "figures", "facts", "formula", "counts"):
        mine, theirs = getattr(one, part), getattr(other, part)
        if part == "formula":  # stored bounds alone are those of two numbers
            kept = (other.state != "bounds_only").to_numpy()
            mine, theirs = mine[kept], theirs[kept]
        assert mine.fillna("").tolist() == theirs.fillna("").tolist(), part
    assert [getattr(x, "partial", None) for x in found] == [
        getattr(x, "partial", None) for x in wanted
    ]


def _added(q: pd.Series) -> float:
    """The sum by hand: a printed figure once, and no part of one that is there."""
    whole = aid.load_figures().set_index("figure_id")["part_of"]
    single, others = {}, 0.0
    for cell in q.dropna():
        if cell.term.leaf is not None and cell.term.leaf.source == "figure":
            single[cell.term.leaf.id] = float(cell)
        else:
            others += float(cell)

    def above(figure):
        while pd.notna(figure := whole[figure]):
            yield figure

    return others + sum(v for f, v in single.items() if not set(above(f)) & set(single))


# --- leaving ------------------------------------------------------------------------------------


def test_csv_has_the_numbers_in_the_shown_unit(case) -> None:
    text = case.table.to_csv(index=False)
    back = pd.read_csv(io.StringIO(text))
    np.testing.assert_array_equal(back[case.column].astype(float), case.floats)
    rounded = case.table[[case.column]].to_csv(index=False, float_format="%.1f")
    # A row with bounds alone has no number to write, and is no gap either.
    gap = ["nan" if hasattr(cell, "exact") else '""' for cell in case.cells]
    wanted = [no if np.isnan(x) else f"{x:.1f}" for x, no in zip(case.floats, gap, strict=True)]
    assert rounded.splitlines()[1:] == wanted


def test_json_has_the_numbers(case) -> None:
    told = json.loads(case.table[[case.column]].to_json(orient="values", double_precision=15))
    found = [np.nan if cell is None else cell for (cell,) in told]
    np.testing.assert_allclose(found, case.floats, rtol=1e-13, atol=1e-15)


def test_sql_has_the_numbers_in_a_column_of_numbers(case) -> None:
    with closing(sqlite3.connect(":memory:")) as base:
        case.table[[case.column]].to_sql("t", base)
        (kind,) = base.execute(
            f"select type from pragma_table_info('t') where name='{case.column}'"
        )
        assert kind == ("REAL",)
        found = pd.read_sql(f"select {case.column} as q from t", base)["q"].astype(float)
    np.testing.assert_array_equal(found, case.floats)


def test_excel_has_texts_and_by_flat_numbers(case, tmp_path) -> None:
    pytest.importorskip("openpyxl", reason="openpyxl is not installed")
    path = tmp_path / "t.xlsx"
    case.table[[case.column]].to_excel(path, index=False)
    texts = pd.read_excel(path)[case.column].dropna()
    assert texts.tolist() == [str(x) for x in case.q.dropna()]
    aid.flat(case.q).to_excel(path, index=False)
    table, name = pd.read_excel(path), "value" if case.column == "quantity" else case.column
    np.testing.assert_array_equal(table[name].astype(float), case.floats)
    assert table.filter(like="state").iloc[:, 0].tolist() == [x.state for x in case.cells]


def _parquet(table: pd.DataFrame, path: Path) -> pd.DataFrame:
    pytest.importorskip("pyarrow", reason="no pyarrow for this NumPy", exc_type=ImportError)
    table.to_parquet(path)
    return pd.read_parquet(path)


def test_parquet_keeps_tables_as_they_are(case, tmp_path) -> None:
    back = _parquet(case.table, tmp_path / "t.parquet")
    kinds = back.dtypes.astype(str).replace("datetime64[ms]", "datetime64[s]")  # as Parquet has it
    assert kinds.tolist() == case.table.dtypes.astype(str).tolist()
    _same(back[case.column], case.q)


def test_parquet_keeps_which_figures_are_one(case, tmp_path) -> None:
    back = _parquet(case.table, tmp_path / "t.parquet")[case.column]
    nothing = (back - case.q)[~np.isnan(case.floats)].quantity
    assert (nothing.low == 0).all()
    assert (nothing.high == 0).all()


def test_parquet_is_read_where_nothing_else_was_imported(tmp_path) -> None:
    path = tmp_path / "t.parquet"
    _parquet(aid.funding_ratios(), path)
    program = f"import aidstudy, pandas; print(pandas.read_parquet({str(path)!r})['aid'].dtype)"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert run.stdout.strip() == "quantity", run.stderr


def test_pickle_keeps_everything(case) -> None:
    back = pickle.loads(pickle.dumps(case.table))
    pd.testing.assert_frame_equal(back, case.table)
    _same(back[case.column], case.q)
    assert ((back[case.column] - case.q).quantity.err[:, ~np.isnan(case.floats)] == 0).all()


def test_pickle_keeps_sums_and_what_they_tell() -> None:
    projects = aid.load_projects()
    sums = projects.groupby("stage", observed=True)["aid"].sum()
    back = pickle.loads(pickle.dumps(sums))
    _same(back, sums)
    _same(pd.Series([back.sum()], dtype="quantity"), pd.Series([sums.sum()], dtype="quantity"))


def test_stata_takes_the_flat_table(case, tmp_path) -> None:
    path = tmp_path / "t.dta"
    with pytest.raises(NotImplementedError, match="quantity"):
        case.table[[case.column]].to_stata(path)
    flat = aid.flat(case.q).dropna(axis="columns", how="all")
    flat.replace([np.inf, -np.inf], np.nan).to_stata(path, version=118)
    back = pd.read_stata(path)
    name = "value" if case.column == "quantity" else case.column
    np.testing.assert_array_equal(back[name].astype(float), case.floats)


def test_latex_shows_the_quantities(case) -> None:
    """pandas escapes text alone, so a per cent sign wants `.map(str)` first."""
    pytest.importorskip("jinja2", reason="jinja2 is not installed")
    few = case.full[[case.column]].head(3)
    plain = few.to_latex()
    escaped = few[case.column].map(str).to_frame().to_latex(escape=True)
    for cell in few[case.column]:
        assert str(cell) in plain
        assert str(cell).replace("%", r"\%") in escaped


def test_markdown_shows_the_numbers_and_text_the_quantities(case) -> None:
    """tabulate writes whatever can be a float as a float, and a float in six digits."""
    pytest.importorskip("tabulate", reason="tabulate is not installed")
    few = case.full[[case.column]].head(3)
    rows = few.to_markdown(floatfmt=".3f", index=False).splitlines()[2:]
    assert [row.strip("| ") for row in rows] == [f"{float(x):.3f}" for x in few[case.column]]
    texts = few[case.column].map(str).to_frame().to_markdown(disable_numparse=True)
    for cell in few[case.column]:
        assert str(cell) in texts


def test_arrays_are_floats_and_quantities_where_objects_are_asked_for(case) -> None:
    for array in (np.asarray(case.q), case.q.to_numpy(float), case.q.astype(float).to_numpy()):
        assert array.dtype == float
        np.testing.assert_array_equal(array, case.floats)
    assert case.q.to_numpy().tolist() == case.cells == case.q.tolist()
    assert case.table[[case.column]].astype(float).dtypes.tolist() == [np.dtype(float)]
    assert pd.to_numeric(case.q).dtype == "quantity", "it is numbers already"


def test_floats_are_those_of_the_table(case) -> None:
    """0.845% is 0.845, and not 0.00845 divided by 0.01."""
    if "value" in case.table:
        np.testing.assert_array_equal(case.q.astype(float), case.table["value"].astype(float))
    np.testing.assert_array_equal(case.q.quantity.value, case.floats)
    np.testing.assert_array_equal(case.q.quantity.low, case.low)
    np.testing.assert_array_equal(case.q.quantity.high, case.high)


# --- describing, ordering, choosing -------------------------------------------------------------


def test_describe_gives_numbers(one) -> None:
    found = one.table.describe()[one.column]
    plain = pd.Series(one.floats).describe()
    for row in ("count", "std", "min", "25%", "50%", "75%", "max"):
        # What has bounds alone counts, as it is no gap.
        if row != "count" or not any(x.state == "bounds_only" for x in one.cells):
            np.testing.assert_allclose(float(found[row]), plain[row], rtol=1e-12, err_msg=row)


@pytest.mark.parametrize("name", MIXED)
def test_describe_of_several_units_has_no_mean_and_warns(name) -> None:
    """Numbers of all units go through `aid.flat`, where nobody takes them for one kind."""
    table = Case(name).table
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        found = table.describe()
    assert [str(one.message).split(" of a column")[0] for one in told] == ["mean", "min", "max"]
    assert all("aid.flat(table)" in str(one.message) for one in told)
    assert found["quantity"][["mean", "min", "max"]].isna().all()
    assert float(found["quantity"]["count"]) == table["quantity"].count()
    np.testing.assert_allclose(
        aid.flat(table).describe()["value"]["mean"], table["value"].mean(), rtol=1e-12
    )


def test_sorting_and_rank_are_those_of_the_numbers(one) -> None:
    plain = pd.Series(one.floats, index=one.table.index)
    for ascending in (True, False):
        found = one.table.sort_values(one.column, ascending=ascending, kind="stable")
        wanted = plain.sort_values(ascending=ascending, kind="stable")
        np.testing.assert_array_equal(found[one.column].astype(float), wanted)
    pd.testing.assert_series_equal(one.q.rank(), plain.rank(), check_names=False)


@pytest.mark.parametrize("name", MIXED)
def test_several_units_are_sorted_one_after_the_other(name) -> None:
    q = Case(name).q.sort_values()
    q = q[q.quantity.value.notna()]
    kinds = [cell.base_unit for cell in q]
    assert len(list(dict.fromkeys(kinds))) == sum(
        a != b for a, b in zip(kinds, ["?", *kinds], strict=False)
    )
    for _, same in q.groupby(kinds):
        assert pd.Series([float(c.in_base()) for c in same]).dropna().is_monotonic_increasing


def test_largest_and_smallest(one) -> None:
    plain = pd.Series(one.floats, index=one.table.index)
    assert one.q.idxmax() == plain.idxmax()
    assert float(one.q.max()) == plain.max()
    if any(cell.state == "bounds_only" for cell in one.cells):
        # pandas counts a row with bounds alone among the largest: the floats serve.
        assert one.table.nlargest(2, "value").index.tolist() == plain.nlargest(2).index.tolist()
        return
    for method in ("nlargest", "nsmallest"):
        wanted = getattr(plain, method)(2)
        found = getattr(one.table, method)(2, one.column)
        assert found.index.tolist() == wanted.index.tolist()
        assert found[one.column].dtype == "quantity"
        series = getattr(one.q, method)(2)
        assert series.astype(float).tolist() == wanted.tolist()


def test_query_and_comparison_with_a_number_in_the_shown_unit(one) -> None:
    middle = float(np.nanmedian(one.floats))
    found = one.table.query(f"{one.column} > @middle")
    np.testing.assert_array_equal(found[one.column].astype(float), one.floats[one.floats > middle])
    for name in ("lt", "le", "eq", "ne", "gt", "ge"):
        wanted = getattr(pd.Series(one.floats), name)(middle).tolist()
        assert getattr(one.q, name)(middle).tolist() == wanted, name
    at = next(x for x in one.q.dropna())
    assert (one.q == at).tolist() == (one.floats == float(at)).tolist()
    assert one.table.query(f"{one.column} == @at").index.tolist() == (
        one.table.index[one.floats == float(at)].tolist()
    )


def test_each_number_equals_itself(case) -> None:
    for row, number in enumerate(case.floats):
        if not np.isnan(number):
            assert case.q.eq(number).iloc[row], number
            assert case.q.isin([number]).iloc[row]
            assert case.q.isin([case.cells[row]]).iloc[row]
    assert case.q.isin([]).sum() == 0
    assert case.q.isin([np.nan]).tolist() == case.q.isna().tolist()


def test_is_in_asks_for_the_unit_of_a_quantity() -> None:
    q = aid.quantities([1.5, 2.5], "CNY million")
    assert q.isin([aid.Quantity.given(1500000, "CNY")]).tolist() == [True, False]
    assert q.isin([aid.Quantity.given("1.5", "m")]).tolist() == [False, False]
    assert q.isin(q.iloc[1:]).tolist() == [False, True]


def test_query_with_a_sum_of_columns(made) -> None:
    assert made.query("x + y > 5")["n"].tolist() == [3, 5, 6]
    assert made.query("x * 2 > 5")["n"].tolist() == [4, 6]
    shares = made.eval("x / y")
    assert float(shares[0]) == pytest.approx(150)
    assert shares.iloc[0].low == pytest.approx(100 * 1.45 / 1.5)


def test_cut_and_qcut_give_the_classes_of_the_numbers(one) -> None:
    plain = pd.Series(one.floats, index=one.table.index, name=one.column)
    pd.testing.assert_series_equal(pd.cut(one.q, 3), pd.cut(plain, 3))
    pd.testing.assert_series_equal(pd.qcut(one.q, [0, 0.5, 1]), pd.qcut(plain, [0, 0.5, 1]))


def test_value_counts_and_duplicates_go_by_value(one) -> None:
    plain = pd.Series(one.floats, index=one.table.index)
    counts = one.q.dropna().value_counts()
    known = {float(cell): n for cell, n in counts.items() if not np.isnan(float(cell))}
    assert known == plain.value_counts().to_dict()
    assert one.q.duplicated().tolist() == plain.duplicated().tolist()
    kept = one.table.drop_duplicates(one.column)
    assert kept.index.tolist() == plain.drop_duplicates().index.tolist()
    assert len(one.q.unique()) == len(kept)


def test_std_quantile_and_correlation_are_plain_floats(one) -> None:
    plain = pd.Series(one.floats)
    for name in ("std", "var", "sem", "skew"):
        np.testing.assert_allclose(getattr(one.q, name)(), getattr(plain, name)(), rtol=1e-12)
    np.testing.assert_allclose(float(one.q.quantile(0.3)), plain.quantile(0.3), rtol=1e-12)
    table = one.full.assign(rank=np.arange(len(one.full)) % 3)[[one.column, "rank"]]
    np.testing.assert_allclose(table.corr(), table.astype(float).corr(), rtol=1e-12)


def test_rounding_gives_floats_in_a_table_that_goes_on_working(case) -> None:
    rounded = case.table[[case.column]].round(1)
    np.testing.assert_array_equal(rounded[case.column].astype(float), np.round(case.floats, 1))
    np.testing.assert_array_equal(case.q.round(1).astype(float), np.round(case.floats, 1))
    assert rounded.fillna(0)[case.column].isna().sum() == 0
    assert float(rounded.sum().iloc[0]) == pytest.approx(np.nansum(np.round(case.floats, 1)))


# --- shaping ------------------------------------------------------------------------------------


def test_a_merge_keeps_quantities_and_makes_gaps_of_its_own(one) -> None:
    table = one.table.assign(key=np.arange(len(one.table)))
    other = pd.DataFrame({"key": [0, len(table)], "more": [1.0, 2.0]})
    both = table.merge(other, on="key", how="outer").sort_values("key")
    _same(both[one.column].iloc[:-1], one.q)
    assert both[one.column].iloc[-1].state == "no_row"
    assert len(one.full.merge(one.full[[one.column]].drop_duplicates(), on=one.column)) == len(
        one.full
    )


def test_a_merge_on_quantities_asks_for_the_kind() -> None:
    def column(*units):
        parts = [aid.quantities([5.0], text) for text in units]
        return pd.DataFrame({"q": pd.concat(parts, ignore_index=True), "unit": units})

    assert len(column("CNY").merge(column("m"), on="q")) == 0
    assert len(column("CNY", "m").merge(column("m", "CNY"), on="q").query("unit_x != unit_y")) == 0
    assert len(column("m").merge(column("km", "m"), on="q")) == 1


def test_concat_puts_columns_below_one_another(case) -> None:
    both = pd.concat([case.table, case.table.iloc[::-1]], ignore_index=True)[case.column]
    _same(both.iloc[: len(case.q)], case.q)
    _same(both.iloc[len(case.q) :], case.q.iloc[::-1])
    without = pd.concat([case.table[[case.column]], pd.DataFrame({"other": [1]})])
    assert without[case.column].dtype == "quantity"
    assert without[case.column].iloc[-1].state == "no_row"


def test_concat_with_bare_numbers_is_refused(made) -> None:
    with pytest.raises(TypeError, match=r"unit and bounds.*Quantity\.given"):
        pd.concat([made["x"], made["n"].astype(float)])
    gaps = pd.concat([made["x"], pd.Series([np.nan, np.nan])])
    assert gaps.dtype == "quantity"
    assert gaps.isna().sum() == 3


def test_columns_of_one_kind_have_one_unit_below_one_another() -> None:
    one, other = aid.quantities([1.5], "CNY million"), aid.quantities([250.0], "万元")
    both = pd.concat([one, other])
    assert both.astype(float).tolist() == [1.5, 2.5]
    assert both.quantity.unit.tolist() == ["CNY million"] * 2


def test_melt_stack_pivot_and_turning_keep_quantities(made) -> None:
    wide = made[["x", "y"]]
    long = made.melt(id_vars="n", value_vars=["x", "y"])
    _same(long["value"], pd.concat([made["x"], made["y"]]))
    options = {} if PANDAS_3 else {"future_stack": True}
    _same(wide.stack(**options).unstack()["x"], made["x"])
    _same(wide.T.loc["x"], made["x"])
    _same(wide.T.T["y"], made["y"])
    pivoted = made.pivot(index="n", columns="name", values="x")
    assert pivoted.dtypes.astype(str).tolist() == ["quantity"] * 3
    assert pivoted.loc[3, "b"] == made["x"][2]
    assert pivoted.loc[3, "a"].state == "no_row"


def test_a_row_of_numbers_and_quantities_is_objects(made) -> None:
    """Rows, sums over columns and `apply` along rows work beside plain numbers."""
    table = made[["x", "y", "n"]]
    row = table.iloc[0]
    assert (row["x"], row["n"]) == (made["x"][0], 1)
    assert table.loc[2, ["x", "y"]].dtype == ("quantity" if PANDAS_3 else object)
    sums = table.sum()
    assert float(sums["x"]) == 16.5
    assert sums["n"] == 21
    assert float(table.mean()["y"]) == pytest.approx(3.4)
    times = table.apply(lambda r: r["x"] * r["n"], axis=1)
    assert times.quantity.value.fillna(0).tolist() == [1.5, 0, 7.5, 16, 2.5, 48]
    assert [i for i, r in table.iterrows() if r["n"] > 4 and r["x"] > 1] == [5]
    with pytest.raises(TypeError, match="unit and bounds"):
        pd.Series([made["x"][0], 1.0], dtype="quantity")
    with pytest.raises(TypeError, match="unit and bounds"):
        row.astype("quantity")


def test_explode_repeats_a_quantity(made) -> None:
    table = made.assign(part=[["p", "q"], ["p"], ["p"], ["p"], ["p"], ["p", "q", "r"]])
    found = table.explode("part")
    assert found["x"].astype(float).fillna(0).tolist() == [1.5, 1.5, 0, 2.5, 4, 0.5, 8, 8, 8]
    assert float(found["x"].sum()) == 16.5, "each figure once"
    assert float(found["x"].astype(float).sum()) == 34


def test_cells_are_set_and_bare_numbers_refused(made) -> None:
    made.loc[0, "x"] = aid.Quantity.given("3.0", "CNY million")
    made.loc[made["name"] == "b", "x"] = made["y"]
    made.loc[5, "x"] = None
    assert made["x"].dtype == "quantity"
    assert made["x"].astype(float).fillna(0).tolist() == [3, 0, 3, 0, 0.5, 0]
    assert made["x"].iloc[5].state == "no_row"
    with pytest.raises(TypeError, match=r"3\.0: a bare float is no quantity"):
        made.loc[0, "x"] = 3.0
    grown = made["x"].copy()
    grown.loc[99] = aid.Quantity.given("7", "CNY million")
    # pandas 2 makes objects of a column that grows: `.astype("quantity")` brings it back.
    assert grown.dtype == ("quantity" if PANDAS_3 else object)
    assert float(grown.astype("quantity").iloc[-1]) == 7


def test_gaps_are_filled_with_quantities_and_never_with_a_number(made) -> None:
    filled = made["x"].fillna(made["y"])
    assert filled.astype(float).tolist() == [1.5, 2, 2.5, 4, 0.5, 8]
    assert made["x"].fillna(made["x"][0])[1] == made["x"][0]
    assert made["x"].ffill()[1] == made["x"][0]
    pivot = {"index": "name", "columns": "n", "values": "x", "aggfunc": "sum"}
    for refused in (
        lambda: made["x"].fillna(0),
        lambda: made.fillna(0),
        lambda: made["x"].where(made["x"] > 2, 0),
        lambda: made.pivot_table(**pivot, fill_value=0),
        lambda: made["x"].add(made["y"], fill_value=0),
    ):
        with pytest.raises(TypeError, match=r"unit and bounds.*\.astype\(float\)\.fillna\(0\)"):
            refused()
    assert made["x"].astype(float).fillna(0)[1] == 0


def test_shift_diff_where_reindex_make_gaps_that_say_no_row(one) -> None:
    moved = one.q.shift(1)
    assert moved.iloc[0].state == "no_row"
    _same(moved.iloc[1:], one.q.iloc[:-1])
    chosen = one.q.where(one.q > float(np.nanmedian(one.floats)))
    np.testing.assert_array_equal(
        chosen.astype(float), np.where(one.floats > np.nanmedian(one.floats), one.floats, np.nan)
    )
    assert set(chosen[chosen.isna()].quantity.state) == {"no_row"}
    longer = one.q.reset_index(drop=True).reindex(range(len(one.q) + 1))
    assert longer.iloc[-1].state == "no_row"
    _same(longer.iloc[:-1], one.q)
    if not any(cell.state == "bounds_only" for cell in one.cells):
        np.testing.assert_allclose(
            one.q.diff().astype(float), pd.Series(one.floats).diff(), rtol=1e-9, atol=1e-9
        )


def test_the_reason_of_a_gap_survives_arithmetic() -> None:
    ratios = aid.funding_ratios()
    gone = ratios["ratio"].isna()
    states = (ratios["aid"] / ratios["ratio"])[gone].quantity.state
    assert set(states) == {"not_reported"}
    assert set((ratios["ratio"] * 2)[gone].quantity.state) == {"not_reported"}
    nothing = aid.quantities([0.0, 1.0], "m")
    assert (aid.quantities([1.0, 1.0], "m") / nothing).quantity.state.tolist() == [
        "not_applicable", "derived",
    ]  # fmt: skip


# --- groups -------------------------------------------------------------------------------------


def test_sums_of_groups(one) -> None:
    groups = one.table.groupby(one.group, observed=True)
    found = groups[one.column].sum()
    assert found.dtype == "quantity"
    for key, part in groups:
        cell = found[key]
        if part[one.column].notna().sum() == 0:
            assert cell.state == "not_reported"
        elif any(x.state == "bounds_only" for x in part[one.column]):
            assert cell.state == "bounds_only"
        else:
            assert float(cell) == pytest.approx(_added(part[one.column]))
            assert cell.low <= float(cell) <= cell.high
    for way in (
        groups[one.column].agg("sum"),
        groups[one.column].agg(lambda s: s.sum()).astype("quantity"),
        groups.agg(total=(one.column, "sum"))["total"],
        groups[[one.column]].sum()[one.column],
        one.table.pivot_table(one.column, one.group, aggfunc="sum", observed=True, dropna=False)[
            one.column
        ].reindex(found.index),
    ):
        np.testing.assert_array_equal(way.astype(float), found.astype(float))
        np.testing.assert_array_equal(way.quantity.low, found.quantity.low)
        np.testing.assert_array_equal(way.quantity.high, found.quantity.high)


def test_first_last_least_most_and_median_of_groups(one) -> None:
    groups = one.table.groupby(one.group, observed=True)[one.column]
    plain = pd.Series(one.floats, index=one.table.index)
    of_plain = plain.groupby(one.table[one.group], observed=True)
    kept = not any(cell.state == "bounds_only" for cell in one.cells)
    for name in ("min", "max", "median", *(("first", "last", "mean") if kept else ())):
        found = getattr(groups, name)()
        assert found.dtype == "quantity"
        if name != "mean":  # that of what a sum takes; see below
            np.testing.assert_allclose(found.astype(float), getattr(of_plain, name)(), rtol=1e-12)
    for name in ("std", "nunique", "size", "rank"):
        np.testing.assert_allclose(
            getattr(groups, name)().astype(float), getattr(of_plain, name)().astype(float)
        )
    assert groups.count().sum() == one.q.notna().sum()


def test_ranks_and_spreads_of_groups_leave_out_rows_of_no_group(made) -> None:
    made["name"] = ["a", None, "b", "b", None, "b"]
    plain = made["x"].astype(float).groupby(made["name"])
    groups = made.groupby("name")["x"]
    for name in ("std", "var", "sem", "prod"):
        np.testing.assert_allclose(getattr(groups, name)(), getattr(plain, name)())
    for options in ({"ascending": False}, {"method": "max", "pct": True}):
        np.testing.assert_array_equal(groups.rank(**options), plain.rank(**options))
    assert groups.sum().astype(float).tolist() == [1.5, 14.5]


def test_a_column_of_gaps_is_described_without_a_number_and_without_a_warning() -> None:
    gone = aid.funding_ratios()["ratio"].iloc[:2]
    found = gone.describe()
    assert float(found["count"]) == 0
    assert found.drop("count").isna().all()


def test_a_mean_is_over_what_the_sum_takes(one) -> None:
    found = one.q.mean()
    if any(cell.state == "bounds_only" for cell in one.cells):
        assert found.state == "bounds_only"
        return
    assert float(found) == pytest.approx(_added(one.q) / one.q.quantity.counts.sum())


def test_a_mean_of_sums_is_over_the_sums(made) -> None:
    """And not over the rows below them."""
    sums = made.groupby("name")["x"].sum()
    assert float(sums.mean()) == pytest.approx(16.5 / 3)
    assert float(pd.Series(list(sums), dtype="quantity").mean()) == pytest.approx(16.5 / 3)


def test_transform_apply_and_running_sums(made) -> None:
    groups = made.groupby("name")["x"]
    assert groups.transform("sum").astype(float).tolist() == [1.5, 1.5, 6.5, 6.5, 8.5, 8.5]
    shares = groups.transform(lambda s: s / s.sum())
    assert shares.astype(float).fillna(0).round(4).tolist() == [
        100, 0, 38.4615, 61.5385, 5.8824, 94.1176,
    ]  # fmt: skip
    assert shares[2].low == pytest.approx(100 * 2.45 / (2.45 + 4.05))
    assert groups.cumsum().astype(float).fillna(0).tolist() == [1.5, 0, 2.5, 6.5, 0.5, 8.5]
    assert made["x"].cumsum().iloc[-1].high == pytest.approx(16.75)
    spread = groups.apply(lambda s: s.max() - s.min())
    assert spread.quantity.value.tolist() == [0, 1.5, 7.5], "objects, and the accessor takes them"
    both = made.groupby("name")[["x", "y"]].apply(lambda d: (d["x"] / d["y"]).max())
    assert both.quantity.unit.tolist() == ["%"] * 3


def test_days_make_groups(made) -> None:
    by_month = made.set_index("day")["x"].resample("MS").sum()
    assert by_month.dtype == "quantity"
    assert by_month.astype(float).tolist() == [1.5, 2.5, 4.5, 8]
    assert by_month.iloc[2].high == pytest.approx(4.6)
    most = made.groupby(pd.Grouper(key="day", freq="MS"))["x"].max()
    assert most.astype(float).tolist() == [1.5, 2.5, 4, 8]
    assert made.groupby(made["day"].dt.year)["x"].sum().iloc[0] == made["x"].sum()
    events = aid.load_events()[["event_id", "first_day"]]
    projects = aid.load_projects().merge(aid.load_event_projects(), on="project_id")
    dated = projects.merge(events, on="event_id")
    years = dated.groupby(dated["first_day"].dt.year)["budget"].sum()
    assert float(years.sum()) == pytest.approx(_added(dated["budget"]))


def test_crosstab_and_margins(made) -> None:
    options = {"values": made["x"], "aggfunc": "sum"}
    found = pd.crosstab(made["name"], made["n"] % 2, **options)
    assert found.dtypes.astype(str).tolist() == ["quantity"] * 2
    assert found.loc["b"].astype(float).tolist() == [4, 2.5]
    margins = pd.crosstab(made["name"], made["n"] % 2, **options, margins=True)
    total = margins.loc["All", "All"]
    assert (float(total), total.low, total.high) == (16.5, 16.25, 16.75)
    assert margins.loc["c", "All"].high == pytest.approx(8.6)


@pytest.mark.parametrize("keep", [True, False])
def test_categories_that_no_row_has_give_gaps(keep) -> None:
    projects = aid.load_projects()
    kinds = projects.groupby(["recipient", "status"], observed=keep)["aid"].sum()
    assert kinds.dtype == "quantity"
    assert float(kinds.sum()) == pytest.approx(float(projects["aid"].sum()))
    table = pd.crosstab(
        projects["recipient"], projects["status"], values=projects["aid"], aggfunc="sum"
    )
    assert table.notna().sum().sum() == kinds.notna().sum()
    assert set(kinds[kinds.isna()].quantity.state) == {"not_reported"}


@pytest.mark.filterwarnings("ignore:Setting an item of incompatible dtype:FutureWarning")
def test_pivot_table_with_margins(made) -> None:
    """pandas 2 warns of its own way to fill the row `All`."""
    found = made.pivot_table(index="name", values="x", aggfunc="sum", margins=True)["x"]
    found = found.astype("quantity")
    assert found.astype(float).tolist() == [1.5, 6.5, 8.5, 16.5]
    assert found.quantity.high.round(6).tolist() == [1.55, 6.6, 8.6, 16.75]
    two = made.pivot_table(index="name", values=["x", "n"], aggfunc="sum", margins=True)
    assert float(two.loc["All", "x"]) == 16.5
    assert two.loc["All", "n"] == 19, "pandas leaves out rows with a gap"


# --- sums: wholes, parts, joint sums ------------------------------------------------------------


@pytest.fixture
def plan():
    """A whole of 110.66 and its part of 17.6775 (CNY million), and an independent figure."""
    q = aid.load_figures().set_index("figure_id")["quantity"]
    return q.loc[["xinlong-022", "xinlong-023", "ganzi-020"]].quantity.to("CNY million")


@pytest.fixture
def joint():
    """Five rows of one printed sum, and two of another project."""
    projects = aid.load_projects()
    return projects[projects["aid_figure"].isin(["xinlong-023", "litang-024"])]


ONCE = pytest.mark.parametrize(
    "way",
    [
        lambda d: d["q"].sum(),
        lambda d: np.sum(d["q"]),
        lambda d: d["q"].agg("sum"),
        lambda d: d["q"].agg(lambda s: s.sum()),
        lambda d: d[["q"]].sum()["q"],
        lambda d: d[["q"]].agg("sum")["q"],
        lambda d: d[["q"]].apply(lambda s: s.sum())["q"],
        lambda d: d.sum(numeric_only=True)["q"],
        lambda d: d.groupby("all")["q"].sum().iloc[0],
        lambda d: d.groupby("all")["q"].agg("sum").iloc[0],
        lambda d: d.groupby("all")["q"].agg(lambda s: s.sum()).iloc[0],
        lambda d: d.groupby("all")["q"].transform("sum").iloc[0],
        lambda d: d.groupby("row")["q"].sum().sum(),
        lambda d: d.groupby("row")[["q"]].sum().sum()["q"],
        lambda d: d.groupby("all")["q"].transform("sum").sum(),
        lambda d: d.pivot_table(values="q", index="all", aggfunc="sum")["q"].iloc[0],
        lambda d: d.pivot_table(
            values="q", index="all", columns="row", aggfunc="sum", margins=True
        ).iloc[0, -1],
        lambda d: pd.crosstab(d["row"], d["all"], values=d["q"], aggfunc="sum").iloc[:, 0].sum(),
        lambda d: d["q"].quantity.to("CNY").sum().to("CNY million"),
        lambda d: (d["q"] / 2).sum() * 2,
        lambda d: (d["q"] / 2).groupby(d["row"]).sum().sum() * 2,
        lambda d: pd.concat([d["q"], d["q"]]).sum(),
        lambda d: d.merge(d, on="all")["q_x"].sum(),
        lambda d: pd.Series(list(d["q"]), dtype="quantity").sum(),
        lambda d: pd.Series(list(d.groupby("row")["q"].sum()), dtype="quantity").sum(),
        lambda d: d.groupby("row")["q"].sum().reindex([0, 1, 2, 3, 4, 5, 6, 7]).sum(),
        lambda d: pickle.loads(pickle.dumps(d.groupby("row")["q"].sum())).sum(),
        lambda d: aid.read_flat(aid.flat(d, exact=True))["q"].sum(),
        lambda d: aid.read_flat(
            aid.flat(d.groupby("row")["q"].sum().reset_index(), exact=True)
        )["q"].sum(),
        lambda d: pd.concat(
            [d.iloc[:2].groupby("row")["q"].sum(), d.iloc[2:].groupby("row")["q"].sum()]
        ).sum(),
        lambda d: d.set_index("row")[["q"]].T.sum(axis=1).iloc[0],
    ],
)  # fmt: skip


@ONCE
def test_a_whole_and_its_part_are_never_added(way, plan) -> None:
    table = pd.DataFrame({"q": plan.tolist(), "all": 1, "row": [0, 0, 1]})
    table["q"] = table["q"].astype("quantity")
    found = way(table)
    assert float(found) == pytest.approx(110.66 + 26.72)
    assert found.low == pytest.approx(110.655 + 26.715)
    assert found.high == pytest.approx(110.665 + 26.725)
    assert found.left_out == ("xinlong-023",)


@ONCE
def test_a_joint_sum_counts_once_in_groups_that_share_it(way, joint) -> None:
    table = pd.DataFrame({"q": joint["aid"].array, "all": 1, "row": range(len(joint))})
    found = way(table)
    assert float(found) == pytest.approx(17.6775 + 5)
    assert found.low == pytest.approx(17.67745 + 4.995)
    assert found.high == pytest.approx(17.67755 + 5.005)


def test_plus_and_the_sum_of_python_stay_plain(plan, joint) -> None:
    whole, part, _ = plan
    assert float(whole + part) == pytest.approx(128.3375)
    assert float(sum(plan)) == pytest.approx(110.66 + 17.6775 + 26.72)
    assert (whole + part - part - whole).high == 0
    assert float(sum(joint["aid"])) == pytest.approx(5 * 17.6775 + 5)
    twice = (joint["aid"] + joint["aid"]).sum()
    assert float(twice) == pytest.approx(2 * (17.6775 + 5)), "one formula of one figure is one"
    assert float((plan + plan).sum()) == pytest.approx(2 * float(sum(plan)))


@pytest.mark.skipif(not PANDAS_3, reason='pandas 2 reads the built-in sum as "sum", and warns')
def test_agg_of_the_built_in_sum_is_plain_too(plan) -> None:
    assert float(plan.groupby([1, 1, 1]).agg(sum).iloc[0]) == pytest.approx(155.0575)


def test_a_figure_is_a_repeat_only_with_the_same_value(made) -> None:
    x = made["x"].dropna()
    assert float(pd.concat([x, x]).sum()) == 16.5
    assert float(pd.concat([x * 0.25, x * 0.75]).sum()) == 16.5
    assert float(pd.concat([x, 2 * x]).sum()) == 49.5
    assert pd.concat([x, 2 * x]).sum().high == pytest.approx(3 * 16.75)


def test_what_is_taken_away_is_no_repeat(made, plan) -> None:
    x = made["x"].dropna()
    nothing = pd.concat([x, -x]).sum()
    assert (float(nothing), nothing.low, nothing.high) == (0, 0, 0)
    by_group = pd.concat([x, -x]).groupby([*range(5), *range(5)]).sum()
    assert (by_group.quantity.err == 0).all()
    left = pd.concat([plan.iloc[[0]], -plan.iloc[[1]]]).sum()
    assert float(left) == pytest.approx(110.66 - 17.6775)
    assert left.low == pytest.approx(110.655 - 17.67755)


def test_partial_sums_say_so_and_carry_it_on() -> None:
    flow = aid.money_flow().set_index("recipient")
    spent = flow.query("step == 'expenditure'")["quantity"]
    total = spent.sum()
    assert total.partial == (3, 5)
    assert (total / 2).partial == (total * 3).partial == total.to("CNY").partial == (3, 5)
    aid_sum = flow.query("step == 'commitment'")["quantity"].sum()
    assert aid_sum.partial is None
    assert (total / aid_sum).partial == (aid_sum - total).partial == (3, 5)
    assert np.log(pd.Series([total], dtype="quantity")).iloc[0].partial == (3, 5)
    shares = spent / total
    assert {cell.partial for cell in shares.dropna()} == {(3, 5)}
    assert spent.sum(skipna=False).state == "not_reported"
    assert flow.groupby("step", observed=True)["quantity"].sum()["expenditure"].partial == (3, 5)
    assert spent.mean().partial == (3, 5)


def test_a_sum_of_sums_counts_all_rows_and_tells_all() -> None:
    projects = aid.load_projects()
    total = projects["aid"].sum()
    for column in ("stage", "recipient", "status"):
        again = projects.groupby(column, observed=True)["aid"].sum().sum()
        assert (again.exact, again.interval) == (total.exact, total.interval)
        assert again.partial == total.partial
        assert set(again.once) >= set(total.once)


def test_gaps_of_pandas_do_not_make_a_sum_partial(made) -> None:
    longer = made["x"].dropna().reindex(range(20))
    assert longer.sum().partial is None
    assert longer.sum(skipna=False).state == "not_reported"


def test_the_sum_of_nothing_is_not_reported(made) -> None:
    for nothing in (made["x"].iloc[:0], made["x"].iloc[[1]], made["x"].iloc[:0].astype("quantity")):
        for how in ("sum", "mean", "min", "max", "median"):
            assert getattr(nothing, how)().state == "not_reported"
    assert made["x"].sum(min_count=6).state == "not_reported"
    assert float(made["x"].sum(min_count=5)) == 16.5


def test_a_running_sum_of_rows_that_share_a_figure_is_refused(plan, joint) -> None:
    for q in (plan, joint["aid"]):
        with pytest.raises(QuantityError, match=r"cumsum.*twice; choose rows first"):
            q.cumsum()


def test_counts_choose_the_rows_for_sums_of_floats(one) -> None:
    if any(cell.state == "bounds_only" for cell in one.cells):
        return
    counted = one.q.quantity.counts
    assert counted.dtype == "boolean"
    assert one.floats[counted.to_numpy(bool)].sum() == pytest.approx(float(one.q.sum()))


# --- arithmetic, units --------------------------------------------------------------------------


def test_numpy_functions_keep_bounds(one) -> None:
    for function in (np.log, np.exp, np.sqrt):
        small = one.full[one.column] / float(np.nanmax(one.floats)) / 100
        found = function(small)
        assert found.dtype == "quantity"
        np.testing.assert_allclose(found.astype(float), function(small.astype(float)), rtol=1e-9)
        for side in ("low", "high"):
            ends = getattr(small.quantity, side)
            np.testing.assert_allclose(getattr(found.quantity, side), function(ends), rtol=1e-9)
    frame = np.log(one.full[[one.column]])
    assert frame[one.column].dtype == "quantity"


def test_other_functions_of_numpy_give_floats(made) -> None:
    assert np.sin(made["y"][:3]).dtype == float
    np.testing.assert_array_equal(np.maximum(made["x"], made["y"])[:1], [1.5])
    assert np.isnan(made["x"]).tolist() == made["x"].isna().tolist()
    assert float(np.mean(made["x"])) == pytest.approx(3.3)
    assert np.percentile(made["x"].dropna(), 50) == 2.5


def test_a_plain_number_is_a_factor_and_no_term(made) -> None:
    assert (made["x"] * 2).astype(float)[0] == (2 * made["x"]).astype(float)[0] == 3
    assert (made["n"] * made["x"])[5].high == pytest.approx(6 * 8.05)
    assert (np.arange(6) * made["x"])[5] == (made["x"] * np.arange(6))[5]
    for refused in (lambda: made["x"] + 1, lambda: 1 - made["x"]):
        with pytest.raises(QuantityError, match=r"a plain number has no unit.*Quantity\.given"):
            refused()
    assert (made["x"] + 0)[0] == made["x"][0]
    with pytest.raises(QuantityError, match=r"for growth write \(new - old\) / old"):
        made["x"].pct_change(fill_method=None)
    growth = made["x"].diff() / made["x"].shift()
    assert growth.astype(float)[3] == 60
    for refused in (lambda: made["x"] ** 2, lambda: made["x"] // 2, lambda: made["x"] % 2):
        with pytest.raises(TypeError, match="unsupported operand"):
            refused()


def test_nullable_integers_stand_on_the_right(made) -> None:
    """`integers * x` ends in pandas' own error: it makes masked floats of what has kind f."""
    integers = made["n"].astype("Int64")
    assert (made["x"] * integers)[3].high == pytest.approx(16.2)
    with pytest.raises(TypeError, match="integer"):
        integers * made["x"]
    assert (made["x"] * integers.where(integers > 1))[0].state == "no_row"


def test_units_are_checked_and_errors_name_both_figures() -> None:
    q = aid.load_figures().set_index("figure_id")["quantity"]
    money, share = q[["ganzi-020"]].reset_index(drop=True), q[["ganzi-021"]].reset_index(drop=True)
    for wrong in (
        lambda: money + share,
        lambda: money - share,
        lambda: money < share,
        lambda: money[0] + share[0],
        lambda: money[0] < share[0],
        lambda: pd.concat([money, share]).sum(),
        lambda: pd.concat([money, share]).groupby([1, 1]).sum(),
        lambda: pd.DataFrame({"a": money, "b": share}).sum(axis=1),
    ):
        with pytest.raises(UnitError, match=r"ganzi-020.*ganzi-021") as error:
            wrong()
        assert isinstance(error.value, AidstudyError)
    with pytest.warns(UserWarning, match=r"ganzi-020.*ganzi-021.*not applicable"):
        assert pd.concat([money, share]).max().state == "not_applicable"
    with pytest.raises(UnitError, match=r"ganzi-020.*cannot be shown in 'm'"):
        money.quantity.to("m")
    assert (money == share).tolist() == [False]
    assert (money * share).quantity.unit.tolist() == ["CNY"]
    assert (money / money).quantity.unit.tolist() == ["%"]
    assert (money / share).quantity.to("CNY million").quantity.unit.tolist() == ["CNY million"]


# --- plots --------------------------------------------------------------------------------------


def _drawn(points: np.ndarray) -> list[float]:
    """What of some coordinates can be seen."""
    return sorted(np.asarray(points, float)[np.isfinite(np.asarray(points, float))].tolist())


def _middles(ax: plt.Axes) -> list[float]:
    """Heights of the level lines of a box plot, among them the median."""
    return [line.get_ydata()[0] for line in ax.lines if len(set(line.get_ydata())) == 1]


def _seen(one: Case) -> list[float]:
    return sorted(one.floats[~np.isnan(one.floats)].tolist())


@pytest.mark.parametrize("kind", ["line", "bar", "barh", "box", "scatter", "kde"])
def test_pandas_plots(kind, one) -> None:
    table = one.table.assign(place=np.arange(len(one.table), dtype=float))
    if kind == "scatter":
        ax = table.plot.scatter(x="place", y=one.column)
        assert _drawn(ax.collections[0].get_offsets()[:, 1].filled(np.nan)) == _seen(one)
    elif kind == "line":
        ax = table.plot(x="place", y=one.column)
        assert _drawn(ax.lines[0].get_ydata()) == _seen(one)
    elif kind in ("bar", "barh"):
        ax = table.plot(x="place", y=one.column, kind=kind)
        sizes = [p.get_height() if kind == "bar" else p.get_width() for p in ax.patches]
        assert _drawn([size for size in sizes if size]) == _seen(one)
    elif kind == "box":
        ax = table[[one.column]].plot(kind="box")
        assert np.nanmedian(one.floats) in _middles(ax)
    else:
        ax = table[one.column].plot(kind="kde")
        assert ax.lines[0].get_xdata().min() < np.nanmin(one.floats)


def test_areas_ask_for_floats_where_there_are_gaps(made) -> None:
    """pandas fills gaps of an area with 0, which nobody printed."""
    made["y"].dropna().plot(kind="area")
    with pytest.raises(TypeError, match=r"\.astype\(float\)"):
        made["x"].plot(kind="area")
    ax = made["x"].astype(float).plot(kind="area")
    assert ax.collections


def test_histograms_and_boxplots_of_pandas(one) -> None:
    """Floats serve: `hist` (pandas 2) and `boxplot` take the objects of `.values`."""
    plain = one.table[[one.column]].astype(float)
    ax = plain.hist(bins=4)[0, 0]
    assert sum(p.get_height() for p in ax.patches) == len(_seen(one))
    if PANDAS_3:
        other = one.table[[one.column]].hist(bins=4)[0, 0]
        assert [p.get_height() for p in other.patches] == [p.get_height() for p in ax.patches]
    ax = plain.boxplot()
    assert np.nanmedian(one.floats) in _middles(ax)
    ax = plain.plot(kind="hist", bins=4)
    assert sum(p.get_height() for p in ax.patches) == len(_seen(one))


@SEABORN_LAGS
@pytest.mark.parametrize(
    "name", ["barplot", "stripplot", "scatterplot", "boxplot", "violinplot", "lineplot", "histplot"]
)
def test_seaborn_takes_quantities(name, one) -> None:
    table = one.table.assign(place=np.arange(len(one.table)), text=one.table[one.group].astype(str))
    if name in ("barplot", "stripplot", "boxplot", "violinplot"):
        ax = getattr(sns, name)(data=table, x="text", y=one.column)
    elif name == "histplot":
        ax = sns.histplot(data=table, x=one.column, bins=3)
        assert sum(p.get_height() for p in ax.patches) == len(_seen(one))
        return
    else:
        ax = getattr(sns, name)(data=table, x="place", y=one.column)
    if name == "barplot":
        means = pd.Series(one.floats).groupby(table["text"].to_numpy()).mean().dropna()
        assert _drawn([p.get_height() for p in ax.patches]) == pytest.approx(sorted(means))
    elif name == "lineplot":
        assert _drawn(ax.lines[0].get_ydata()) == _seen(one)
    elif name in ("stripplot", "scatterplot"):
        found = np.concatenate([c.get_offsets()[:, 1] for c in ax.collections])
        assert _drawn(found) == _seen(one)
    else:
        assert ax.get_ylim()[0] <= np.nanmin(one.floats)
        assert ax.get_ylim()[1] >= np.nanmax(one.floats)


@SEABORN_LAGS
def test_heatmaps_and_seaborn_objects_take_floats(one) -> None:
    """A heatmap takes `.values`; `so.Plot` writes into what must stay quantities."""
    with pytest.raises(TypeError):
        sns.heatmap(one.full[[one.column]])
    ax = sns.heatmap(one.full[[one.column]].astype(float))
    assert _drawn(ax.collections[0].get_array().ravel()) == _seen(one)
    flat = aid.flat(one.q).assign(place=np.arange(len(one.q)))
    name = "value" if one.column == "quantity" else one.column
    figure = plt.figure()
    so.Plot(flat, x="place", y=name).add(so.Dot()).on(figure).plot()
    assert _drawn(figure.axes[0].collections[0].get_offsets()[:, 1]) == _seen(one)
    figure = plt.figure()
    full = one.full.assign(place=np.arange(len(one.full)))
    so.Plot(full, x="place", y=one.column).add(so.Dot()).on(figure).plot()
    assert _drawn(figure.axes[0].collections[0].get_offsets()[:, 1]) == _seen(one)


def test_error_bars_reach_from_bound_to_bound(one) -> None:
    place = np.arange(len(one.q))
    drawn = plt.errorbar(place, one.q, yerr=one.q.quantity.err)
    ends = np.array([path.vertices[:, 1] for path in drawn[2][0].get_paths()])
    known = np.isfinite(one.floats) & np.isfinite(one.low) & np.isfinite(one.high)
    kept = ends[np.isfinite(ends).all(axis=1)]
    np.testing.assert_allclose(kept[:, 0], one.low[known], rtol=1e-12)
    np.testing.assert_allclose(kept[:, 1], one.high[known], rtol=1e-12)
    bars = plt.bar(place, one.q, yerr=one.q.quantity.err)
    np.testing.assert_array_equal([bar.get_height() for bar in bars], one.floats)
    points = plt.scatter(place, one.q)
    assert _drawn(points.get_offsets()[:, 1].filled(np.nan)) == _seen(one)


def test_histograms_of_matplotlib_take_floats(one) -> None:
    counts, _, _ = plt.hist(one.full[one.column].astype(float), bins=3)
    assert counts.sum() == len(one.full)


# --- regressions --------------------------------------------------------------------------------


def test_least_squares_on_columns(one) -> None:
    full = one.full
    place = np.arange(len(full), dtype=float)
    found = sm.OLS(full[one.column], sm.add_constant(place)).fit().params
    wanted = np.polyfit(place, full[one.column].astype(float), 1)[::-1]
    np.testing.assert_allclose(found, wanted, rtol=1e-6, atol=1e-6)
    other = sm.OLS(place, sm.add_constant(full[[one.column]].astype(float))).fit()
    assert other.params.index.tolist() == ["const", one.column]


def test_formulas_take_float_columns(one) -> None:
    table = one.full.assign(place=np.arange(len(one.full)))
    with pytest.raises(AttributeError):
        smf.ols(f"{one.column} ~ place", table)
    flat = aid.flat(table)
    name = "value" if one.column == "quantity" else one.column
    found = smf.ols(f"{name} ~ place", flat).fit().params["place"]
    wanted = np.polyfit(table["place"], flat[name], 1)[0]
    np.testing.assert_allclose(found, wanted, rtol=1e-6, atol=1e-6)


# --- flat and back ------------------------------------------------------------------------------


@pytest.mark.parametrize("through", ["memory", "csv"])
def test_flat_and_back_keeps_numbers_units_states_and_figures(case, through) -> None:
    flat = aid.flat(case.table)
    assert not any(isinstance(dtype, QuantityDtype) for dtype in flat.dtypes)
    if through == "csv":
        flat = pd.read_csv(io.StringIO(flat.to_csv(index=False)))
    back = aid.read_flat(flat)[case.column].quantity
    for part in ("value", "low", "high"):
        np.testing.assert_array_equal(getattr(back, part), getattr(case.q.quantity, part))
    for part in ("unit", "state"):
        mine, theirs = getattr(back, part), getattr(case.q.quantity, part)
        assert mine.fillna("").tolist() == theirs.fillna("").tolist()
    told = case.q.quantity
    behind = told.figures.fillna("").tolist()
    facts = told.facts.fillna("").tolist()
    wanted = [a if a or not b else b for a, b in zip(behind, facts, strict=True)]
    assert [a or b for a, b in zip(back.figures.fillna(""), wanted, strict=True)] == wanted


@pytest.mark.parametrize("through", ["memory", "csv"])
def test_flat_with_formulas_and_back_loses_nothing(case, through) -> None:
    flat = aid.flat(case.table, exact=True)
    if through == "csv":
        flat = pd.read_csv(io.StringIO(flat.to_csv(index=False)))
    back = aid.read_flat(flat)[case.column]
    _same(back.reset_index(drop=True), case.q.reset_index(drop=True))
    nothing = (back.to_numpy() - case.q.to_numpy())[~np.isnan(case.floats)]
    assert all((cell.low, cell.high) == (0, 0) for cell in nothing), "the same figures"


# --- dtypes of every public table ---------------------------------------------------------------

TABLES = (
    "load_figures", "load_projects", "load_events", "load_event_projects", "load_pairs",
    "load_mechanisms", "load_context", "load_dac_codes", "load_results", "load_sensitivity",
    "funding_ratios", "revenue_routes", "money_flow", "project_stages", "timeline",
    "project_timeline",
)  # fmt: skip


@pytest.fixture(scope="module")
def nothing(tmp_path_factory):
    """A study in which nothing is typed and nothing follows."""
    folder = copy_of_study(tmp_path_factory.mktemp("nothing"))
    for path in (folder / "data").rglob("*.csv"):
        head = path.read_text("utf-8").splitlines()[0]
        path.write_text(f"{head}\n", "utf-8")
    return folder


@pytest.mark.filterwarnings("ignore::aidstudy.errors.StaleWarning")
@pytest.mark.parametrize("name", TABLES)
def test_an_empty_table_has_the_same_dtypes(name, nothing) -> None:
    empty, full = getattr(aid, name)(nothing), getattr(aid, name)(REPOSITORY)
    assert len(empty) == 0
    pd.testing.assert_series_equal(empty.dtypes.astype(str), full.dtypes.astype(str))
    assert object not in set(full.dtypes)
    for column in empty.columns[empty.dtypes == "quantity"]:
        assert empty[column].sum().state == "not_reported"
        assert aid.flat(empty).shape[0] == 0
