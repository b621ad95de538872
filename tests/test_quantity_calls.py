"""The ordinary calls of pandas, NumPy, Matplotlib, seaborn and statsmodels on the tables.

Most calls are rows of data: what they give of quantities is what they give of the same floats.
Where pandas gives an array of its own no way in, the float columns serve, and the test says so.
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

import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import seaborn as sns

import aidstudy as aid
from aidstudy.errors import AidstudyError, QuantityError, UnitError
from aidstudy.quantity.dtype import QuantityDtype

PANDAS_3 = int(pd.__version__.split(".")[0]) >= 3


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


# Name of a table: what makes it, and its column of quantities.
MAKERS = {
    "figures": (aid.load_figures, "quantity"),  # of many units
    "projects": (aid.load_projects, "budget"),  # joint sums
    "flow": (aid.money_flow, "quantity"),  # formulas, and what is missing
    "routes": (aid.revenue_routes, "quantity"),  # bounds without a value
    "made up": (_made, "x"),
}


class Case:
    """A table with the column of quantities that a test asks about, and its plain numbers."""

    def __init__(self, name: str) -> None:
        make, self.column = MAKERS[name]
        self.table = make()
        self.q = self.table[self.column]
        self.cells = list(self.q)
        self.floats = np.array([float(cell) for cell in self.cells])
        self.value = "value" if self.column == "quantity" else self.column


@pytest.fixture(scope="module", params=MAKERS)
def case(request):
    return Case(request.param)


@pytest.fixture
def made():
    return _made()


@pytest.fixture
def plain():
    return _made().astype({"x": float, "y": float})


@pytest.fixture(autouse=True)
def _closed():
    yield
    plt.close("all")


def _equal(found, wanted) -> None:
    """What a call gives of quantities, as floats, is what it gives of floats."""
    if isinstance(wanted, pd.DataFrame):
        assert list(found.columns) == list(wanted.columns)
        for place in range(wanted.shape[1]):
            _equal(found.iloc[:, place], wanted.iloc[:, place])
    elif isinstance(wanted, pd.Series):
        assert list(found.index) == list(wanted.index)
        if not pd.api.types.is_numeric_dtype(wanted.dtype):
            assert found.astype(str).tolist() == wanted.astype(str).tolist()
        else:
            floats = (column.astype(float) for column in (found, wanted))
            np.testing.assert_allclose(*floats, rtol=1e-12)
    else:
        np.testing.assert_allclose(float(found), float(wanted), rtol=1e-12)


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
    partial = [[getattr(x, "partial", None) for x in column] for column in (found, wanted)]
    assert partial[0] == partial[1]


# --- calls that give what they give for floats ---------------------------------------------------

SAME = {
    "describe": lambda t: t["x"].describe(),
    "sort down": lambda t: t.sort_values("x", ascending=False, na_position="first")["x"],
    "rank": lambda t: t["x"].rank(),
    "idxmax": lambda t: t["x"].idxmax(),
    "nlargest": lambda t: t.nlargest(2, "x"),
    "query": lambda t: t.query("x > 2"),
    "query with a sum": lambda t: t.query("x + y > 5"),
    "query with a cell": lambda t: t.query("x == @t.x[3]"),
    **{
        name: (lambda t, name=name: getattr(t["x"], name)(2.5))
        for name in ("lt", "le", "eq", "ne", "gt", "ge")
    },
    "is in": lambda t: t["x"].isin([2.5, 8.0]),
    "cut": lambda t: pd.cut(t["x"], 3),
    "qcut": lambda t: pd.qcut(t["x"], [0, 0.5, 1]),
    "drop duplicates": lambda t: t.assign(x=t["x"].where(t["n"] > 2)).drop_duplicates("x"),
    "quantile": lambda t: t["x"].quantile(0.3),
    "correlation": lambda t: t[["x", "n"]].dropna().corr(),
    "round": lambda t: t[["x"]].round(0),
    "rolling": lambda t: t["y"].rolling(2).sum(),
    "ewm": lambda t: t["y"].ewm(1).mean(),
    "numbers times a column": lambda t: t["n"] * t["x"] + np.arange(6) * t["x"],
    "sine": lambda t: pd.Series(np.sin(t["y"])),
    "maximum": lambda t: pd.Series(np.maximum(t["x"], t["y"])),
    "melt": lambda t: t.melt(id_vars="n", value_vars=["x", "y"]),
    "pivot": lambda t: t.pivot(index="n", columns="name", values="x"),
    "merge on quantities": lambda t: t.dropna().merge(t[["x"]].dropna(), on="x"),
    "along rows": lambda t: t.apply(lambda r: r["x"] * r["n"], axis=1).astype(t["x"].dtype),
    "mean of columns": lambda t: t[["x", "y", "n"]].mean(),
    **{
        f"{name} of groups": (lambda t, name=name: getattr(t.groupby("name")["x"], name)())
        for name in (
            *("sum", "mean", "min", "max", "median", "first", "last", "cumsum", "count"),
            *("std", "var", "sem", "prod", "nunique", "size", "rank"),
        )
    },
    "rank of groups by a key with gaps": lambda t: (
        t["x"].groupby(t["name"].where(t["n"] != 2)).rank(method="max", pct=True)
    ),
    "named agg": lambda t: t.groupby("name").agg(total=("x", "sum")),
    "transform": lambda t: t.groupby("name")["x"].transform("sum"),
    "months": lambda t: t.set_index("day")["x"].resample("MS").sum(),
    "pivot table": lambda t: t.pivot_table("x", "name", aggfunc="sum"),
}


@pytest.mark.parametrize("name", SAME)
def test_a_call_gives_what_it_gives_for_floats(name, made, plain) -> None:
    _equal(SAME[name](made), SAME[name](plain))


@pytest.mark.parametrize(
    ("call", "values", "highs"),
    [
        (lambda t: t.groupby("name")["x"].sum(), [1.5, 6.5, 8.5], [1.55, 6.6, 8.6]),
        (lambda t: t["x"].cumsum().iloc[[0, 5]], [1.5, 16.5], [1.55, 16.75]),
        (lambda t: t.set_index("day")["x"].resample("MS").sum().iloc[[2]], [4.5], [4.6]),
        (lambda t: pd.crosstab(t["name"], t["n"] % 2, values=t["x"], aggfunc="sum", margins=True)
         .loc[["c", "All"], "All"], [8.5, 16.5], [8.6, 16.75]),
        (lambda t: (t["x"] * t["n"]).iloc[[5]], [48], [6 * 8.05]),
        (lambda t: (t["x"] * t["n"].astype("Int64")).iloc[[3]], [16], [16.2]),
        (lambda t: t.groupby("name")["x"].apply(lambda s: s.max() - s.min()).astype("quantity"),
         [0, 1.5, 7.5], [0, 1.6, 7.6]),
        (lambda t: t.eval("x / y").iloc[[0]], [150], [100 * 1.55 / 0.5]),
        (lambda t: np.log(t[["x"]])["x"].iloc[[0]], [np.log(1.5)], [np.log(1.55)]),
        (lambda t: np.exp(t["x"].quantity.to("CNY billion")).iloc[[5]], [np.exp(0.008)],
         [np.exp(0.00805)]),
        (lambda t: np.sqrt(t["x"]).iloc[[3]], [2], [np.sqrt(4.05)]),
    ],
)  # fmt: skip
def test_a_call_keeps_quantities_and_their_bounds(call, values, highs, made) -> None:
    found = call(made)
    assert found.dtype == "quantity"
    assert found.quantity.value.tolist() == pytest.approx(values)
    assert found.quantity.high.tolist() == pytest.approx(highs)


BARE = (TypeError, r"unit and bounds.*Quantity\.given")
NO_UNIT = (QuantityError, r"a plain number has no unit.*Quantity\.given")
PIVOT = {"index": "name", "columns": "n", "values": "x", "aggfunc": "sum"}


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda t: pd.concat([t["x"], t["n"].astype(float)]), BARE),
        (lambda t: pd.Series([t["x"][0], 1.0], dtype="quantity"), BARE),
        (lambda t: t[["x", "n"]].iloc[0].astype("quantity"), BARE),
        (lambda t: t["x"].fillna(0), BARE),
        (lambda t: t["x"].where(t["x"] > 2, 0), BARE),
        (lambda t: t.pivot_table(**PIVOT, fill_value=0), BARE),
        (lambda t: t["x"].add(t["y"], fill_value=0), BARE),
        (lambda t: t["x"].__setitem__(0, 3.0), (TypeError, "a bare float is no quantity")),
        (lambda t: t["x"] + 1, NO_UNIT),
        (lambda t: 1 - t["x"], NO_UNIT),
        (lambda t: t["x"].pct_change(fill_method=None),
         (QuantityError, r"for growth write \(new - old\) / old")),
        (lambda t: t["x"] ** 2, (TypeError, "unsupported operand")),
        (lambda t: t["n"].astype("Int64") * t["x"], (TypeError, "integer")),  # pandas' own
        (lambda t: t["x"].plot(kind="area"), (TypeError, r"\.astype\(float\)")),
    ],
)  # fmt: skip
def test_what_would_lose_unit_or_bounds_is_refused(call, error, made) -> None:
    with pytest.raises(error[0], match=error[1]):
        call(made)


# --- leaving, and back ---------------------------------------------------------------------------


def test_csv_has_the_numbers_in_the_shown_unit(case) -> None:
    back = pd.read_csv(io.StringIO(case.table.to_csv(index=False)))
    np.testing.assert_array_equal(back[case.column].astype(float), case.floats)
    rounded = case.table[[case.column]].to_csv(index=False, float_format="%.1f")
    # A row with bounds alone has no number to write, and is no gap either.
    gap = ["nan" if hasattr(cell, "exact") else '""' for cell in case.cells]
    wanted = [no if np.isnan(x) else f"{x:.1f}" for x, no in zip(case.floats, gap, strict=True)]
    assert rounded.splitlines()[1:] == wanted


def test_json_and_sql_have_the_numbers(case) -> None:
    told = json.loads(case.table[[case.column]].to_json(orient="values", double_precision=15))
    found = [np.nan if cell is None else cell for (cell,) in told]
    np.testing.assert_allclose(found, case.floats, rtol=1e-13, atol=1e-15)
    with closing(sqlite3.connect(":memory:")) as base:
        case.table[[case.column]].to_sql("t", base)
        kinds = dict(base.execute("select name, type from pragma_table_info('t')"))
        assert kinds[case.column] == "REAL"
        found = pd.read_sql(f"select {case.column} as q from t", base)["q"].astype(float)
    np.testing.assert_array_equal(found, case.floats)


def test_excel_has_texts_and_by_flat_numbers(case, tmp_path) -> None:
    pytest.importorskip("openpyxl", reason="openpyxl is not installed")
    path = tmp_path / "t.xlsx"
    case.table[[case.column]].to_excel(path, index=False)
    texts = pd.read_excel(path)[case.column].dropna()
    assert texts.tolist() == [str(x) for x in case.q.dropna()]
    aid.flat(case.q).to_excel(path, index=False)
    table = pd.read_excel(path)
    np.testing.assert_array_equal(table[case.value].astype(float), case.floats)
    assert table.filter(like="state").iloc[:, 0].tolist() == [x.state for x in case.cells]


def test_latex_and_markdown(case) -> None:
    """pandas escapes text alone, and tabulate writes floats in six digits: `.map(str)` first."""
    pytest.importorskip("jinja2", reason="jinja2 is not installed")
    pytest.importorskip("tabulate", reason="tabulate is not installed")
    few = case.table[~np.isnan(case.floats)][[case.column]].head(3)
    texts = few[case.column].map(str).to_frame()
    plain, escaped = few.to_latex(), texts.to_latex(escape=True)
    told = texts.to_markdown(disable_numparse=True)
    for cell in few[case.column]:
        assert str(cell) in plain
        assert str(cell).replace("%", r"\%") in escaped
        assert str(cell) in told
    rows = few.to_markdown(floatfmt=".3f", index=False).splitlines()[2:]
    assert [row.strip("| ") for row in rows] == [f"{float(x):.3f}" for x in few[case.column]]


def _parquet(table, tmp_path):
    pytest.importorskip("pyarrow", reason="no pyarrow for this NumPy", exc_type=ImportError)
    table.to_parquet(tmp_path / "t.parquet")
    return pd.read_parquet(tmp_path / "t.parquet")


THROUGH = {
    "parquet": _parquet,
    "pickle": lambda table, _: pickle.loads(pickle.dumps(table)),
    "flat": lambda table, _: aid.read_flat(aid.flat(table, exact=True)),
    "flat and csv": lambda table, _: aid.read_flat(
        pd.read_csv(io.StringIO(aid.flat(table, exact=True).to_csv(index=False)))
    ),
}


@pytest.mark.parametrize("way", THROUGH)
def test_there_and_back_loses_nothing_and_one_figure_stays_one(way, case, tmp_path) -> None:
    back = THROUGH[way](case.table, tmp_path)
    if "flat" not in way:
        kinds = back.dtypes.astype(str).replace("datetime64[ms]", "datetime64[s]")
        assert kinds.tolist() == case.table.dtypes.astype(str).tolist()
    column, before = (t[case.column].reset_index(drop=True) for t in (back, case.table))
    _same(column, before)
    nothing = (column.to_numpy() - before.to_numpy())[~np.isnan(case.floats)]
    assert all((cell.low, cell.high) == (0, 0) for cell in nothing)


def test_parquet_is_read_where_nothing_else_was_imported(tmp_path) -> None:
    _parquet(aid.funding_ratios(), tmp_path)
    path = tmp_path / "t.parquet"
    program = f"import aidstudy, pandas; print(pandas.read_parquet({str(path)!r})['aid'].dtype)"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert run.stdout.strip() == "quantity", run.stderr


def test_flat_and_back_by_csv_keeps_numbers_units_states_and_figures(case) -> None:
    flat = aid.flat(case.table)
    assert not any(isinstance(dtype, QuantityDtype) for dtype in flat.dtypes)
    flat = pd.read_csv(io.StringIO(flat.to_csv(index=False)))
    back, told = aid.read_flat(flat)[case.column].quantity, case.q.quantity
    for part in ("value", "low", "high"):
        np.testing.assert_array_equal(getattr(back, part), getattr(told, part))
    for part in ("unit", "state", "figures"):
        mine, theirs = getattr(back, part), getattr(told, part)
        assert mine.fillna("").tolist() == theirs.fillna("").tolist()


def test_arrays_are_floats_and_quantities_where_objects_are_asked_for(case) -> None:
    for array in (np.asarray(case.q), case.q.to_numpy(float), case.q.astype(float).to_numpy()):
        assert array.dtype == float
        np.testing.assert_array_equal(array, case.floats)
    assert case.q.to_numpy().tolist() == case.cells == case.q.tolist()
    assert pd.to_numeric(case.q).dtype == "quantity", "it is numbers already"
    if "value" in case.table:  # 0.845% is 0.845, and not 0.00845 divided by 0.01
        np.testing.assert_array_equal(case.floats, case.table["value"])
    for side in ("low", "high"):
        ends = [getattr(cell, side) for cell in case.cells]
        np.testing.assert_array_equal(getattr(case.q.quantity, side), ends)
    for row in np.flatnonzero(~np.isnan(case.floats)):  # each number equals itself
        same = case.q.eq(case.floats[row]), case.q.isin([case.floats[row], case.cells[row]])
        assert all(found.iloc[row] for found in same)


# --- units --------------------------------------------------------------------------------------


def test_describe_of_several_units_has_no_mean_and_warns() -> None:
    """Numbers of all units go through `aid.flat`, where nobody takes them for one kind."""
    table = aid.load_figures()
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        found = table.describe()
    asked = [str(one.message).split(" of a column")[0] for one in told]
    assert set(asked) == {"mean", "std", "min", "quantile", "max"}
    assert all("aid.flat(table)" in str(one.message) for one in told)
    assert found["quantity"].drop("count").isna().all()
    assert float(found["quantity"]["count"]) == table["quantity"].count()


def test_groups_of_several_units_have_no_spread() -> None:
    by = aid.load_figures().groupby(["article", "unit"], observed=True)["quantity"].std()
    assert by["ganzi", "CNY"] > 0
    with pytest.warns(UserWarning, match="std of a column"):
        assert aid.load_figures().groupby("article", observed=True)["quantity"].std().isna().all()


def test_one_over_money_keeps_the_unit_in_which_it_is_shown() -> None:
    money = aid.quantities([4.0, 8.0], "CNY million")
    assert (100 / money).astype(float).tolist() == [25, 12.5]
    assert (100 / money).quantity.unit.tolist() == ["1/CNY million"] * 2
    assert (1 / (1 / money)).quantity.unit.tolist() == ["CNY million"] * 2
    assert money.std() / float(money.mean()) == float(money.std() / money.mean())


def test_a_running_sum_says_from_where_on_it_is_partial() -> None:
    spent = aid.money_flow().query("step == 'expenditure'")["quantity"]
    spent = spent.sort_values(na_position="last").iloc[[0, 3, 1]].cumsum()
    assert [one.partial for one in spent.dropna()] == [None, (2, 3)]


def test_several_units_are_sorted_one_after_the_other() -> None:
    q = aid.load_figures()["quantity"].sort_values()
    q = q[q.quantity.value.notna()]
    kinds = pd.Series([cell.base_unit for cell in q], q.index)
    assert (kinds != kinds.shift()).sum() == kinds.nunique()
    for _, same in q.groupby(kinds):
        assert pd.Series([float(c.in_base()) for c in same]).is_monotonic_increasing


def test_equal_is_what_measures_the_same() -> None:
    q = aid.quantities([1.5, 2.5], "CNY million")
    assert q.isin([aid.Quantity.given(1500000, "CNY")]).tolist() == [True, False]
    assert q.isin([aid.Quantity.given("1.5", "m")]).tolist() == [False, False]

    def column(*units):
        parts = [aid.quantities([5.0], text) for text in units]
        return pd.DataFrame({"q": pd.concat(parts, ignore_index=True), "unit": units})

    assert len(column("CNY").merge(column("m"), on="q")) == 0
    assert len(column("CNY", "m").merge(column("m", "CNY"), on="q").query("unit_x != unit_y")) == 0
    assert len(column("m").merge(column("km", "m"), on="q")) == 1
    both = pd.concat([q, aid.quantities([250.0], "万元")])
    assert both.astype(float).tolist() == [1.5, 2.5, 2.5]
    assert both.quantity.unit.tolist() == ["CNY million"] * 3


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
    with pytest.raises(UnitError, match=r"ganzi-020.*cannot be shown in 'm'"):
        money.quantity.to("m")
    assert (money == share).tolist() == [False]
    for made, unit in ((money * share, "CNY"), (money / money, "%"), (money / share, "CNY")):
        assert made.quantity.unit.tolist() == [unit]


# --- gaps ---------------------------------------------------------------------------------------


def test_gaps_that_pandas_makes_say_no_row_and_the_reason_of_others_survives(made) -> None:
    other = pd.DataFrame({"n": [1, 7]})
    for gap in (
        made["x"].shift(1).iloc[0],
        made["x"].where(made["x"] > 2).iloc[0],
        made["x"].reindex(range(7)).iloc[-1],
        made.merge(other, on="n", how="outer")["x"].iloc[-1],
        made.pivot(index="n", columns="name", values="x").loc[3, "a"],
        pd.concat([made[["x"]], pd.DataFrame({"other": [1]})])["x"].iloc[-1],
        (made["x"] * made["n"].astype("Int64").where(made["n"] > 1))[0],
    ):
        assert gap.state == "no_row"
    ratios = aid.funding_ratios()
    gone = ratios["ratio"].isna()
    assert set((ratios["aid"] / ratios["ratio"])[gone].quantity.state) == {"not_reported"}
    nothing = aid.quantities([0.0, 1.0], "m")
    shares = aid.quantities([1.0, 1.0], "m") / nothing
    assert shares.quantity.state.tolist() == ["not_applicable", "derived"]
    described = ratios["ratio"][gone].describe()
    assert described.drop("count").isna().all()


def test_cells_are_set_and_columns_grow(made) -> None:
    made.loc[0, "x"] = aid.Quantity.given("3.0", "CNY million")
    made.loc[made["name"] == "b", "x"] = made["y"]
    made.loc[5, "x"] = None
    assert made["x"].dtype == "quantity"
    assert made["x"].astype(float).fillna(0).tolist() == [3, 0, 3, 0, 0.5, 0]
    grown = made["x"].copy()
    grown.loc[99] = aid.Quantity.given("7", "CNY million")
    # pandas 2 makes objects of a column that grows: `.astype("quantity")` brings it back.
    assert grown.dtype == ("quantity" if PANDAS_3 else object)
    assert float(grown.astype("quantity").iloc[-1]) == 7


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


# --- sums: wholes, parts, joint sums ------------------------------------------------------------


@pytest.fixture(scope="module")
def plan():
    """A whole of 110.66 and its part of 17.6775 (CNY million), and an independent figure."""
    q = aid.load_figures().set_index("figure_id")["quantity"]
    return q.loc[["xinlong-022", "xinlong-023", "ganzi-020"]].quantity.to("CNY million")


@pytest.fixture(scope="module")
def joint():
    """Five rows of one printed sum, and two of another project."""
    projects = aid.load_projects()
    return projects[projects["aid_figure"].isin(["xinlong-023", "litang-024"])]


ONCE = pytest.mark.parametrize(
    "way",
    [
        lambda d: d["q"].sum(),
        lambda d: np.sum(d["q"]),
        lambda d: d[["q"]].sum()["q"],
        lambda d: d.sum(numeric_only=True)["q"],
        lambda d: d.groupby("all")["q"].sum().iloc[0],
        lambda d: d.groupby("all")["q"].transform("sum").iloc[0],
        lambda d: d.groupby("row")["q"].sum().sum(),
        lambda d: d.pivot_table(
            values="q", index="all", columns="row", aggfunc="sum", margins=True
        ).iloc[0, -1],
        lambda d: pd.crosstab(d["row"], d["all"], values=d["q"], aggfunc="sum").iloc[:, 0].sum(),
        lambda d: d["q"].quantity.to("CNY").sum().to("CNY million"),
        lambda d: (d["q"] / 2).groupby(d["row"]).sum().sum() * 2,
        lambda d: pd.concat([d["q"], d["q"]]).sum(),
        lambda d: d.merge(d, on="all")["q_x"].sum(),
        lambda d: pd.Series(list(d.groupby("row")["q"].sum()), dtype="quantity").sum(),
        lambda d: d.groupby("row")["q"].sum().reindex([0, 1, 2, 3, 4, 5, 6, 7]).sum(),
        lambda d: pickle.loads(pickle.dumps(d.groupby("row")["q"].sum())).sum(),
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
def test_a_whole_and_its_part_are_never_added_and_a_joint_sum_counts_once(way, plan, joint) -> None:
    found = way(pd.DataFrame({"q": plan.array, "all": 1, "row": [0, 0, 1]}))
    assert (found.value, found.low, found.high) == pytest.approx(
        (110.66 + 26.72, 110.655 + 26.715, 110.665 + 26.725)
    )
    assert found.left_out == ("xinlong-023",)
    found = way(pd.DataFrame({"q": joint["aid"].array, "all": 1, "row": range(len(joint))}))
    assert (found.value, found.low, found.high) == pytest.approx(
        (17.6775 + 5, 17.67745 + 4.995, 17.67755 + 5.005)
    )


def test_plus_and_the_sum_of_python_stay_plain(plan, joint) -> None:
    whole, part, _ = plan
    assert float(whole + part) == pytest.approx(128.3375)
    assert float(sum(plan)) == pytest.approx(110.66 + 17.6775 + 26.72)
    assert (whole + part - part - whole).high == 0
    assert float(sum(joint["aid"])) == pytest.approx(5 * 17.6775 + 5)
    twice = (joint["aid"] + joint["aid"]).sum()
    assert float(twice) == pytest.approx(2 * (17.6775 + 5)), "one formula of one figure is one"
    assert float((plan + plan).sum()) == pytest.approx(2 * float(sum(plan)))
    if PANDAS_3:  # pandas 2 reads the built-in sum as "sum", and warns
        assert float(plan.groupby([1, 1, 1]).agg(sum).iloc[0]) == pytest.approx(155.0575)


def test_a_repeat_has_the_same_value_and_what_is_taken_away_is_none(made, plan) -> None:
    x = made["x"].dropna()
    assert float(pd.concat([x, x]).sum()) == 16.5
    assert float(pd.concat([x * 0.25, x * 0.75]).sum()) == 16.5
    assert float((pd.concat([x, x, x]) * ([0.25] * 10 + [0.5] * 5)).sum()) == 16.5
    assert pd.concat([x, 2 * x]).sum().high == pytest.approx(3 * 16.75)
    nothing = pd.concat([x, -x]).sum()
    assert (float(nothing), nothing.low, nothing.high) == (0, 0, 0)
    by_group = pd.concat([x, -x]).groupby([*range(5), *range(5)]).sum()
    assert (by_group.quantity.err == 0).all()
    left = pd.concat([plan.iloc[[0]], -plan.iloc[[1]]]).sum()
    assert (float(left), left.low) == pytest.approx((110.66 - 17.6775, 110.655 - 17.67755))


def test_partial_sums_say_so_and_carry_it_on() -> None:
    flow = aid.money_flow().set_index("recipient")
    spent = flow.query("step == 'expenditure'")["quantity"]
    total, pledged = spent.sum(), flow.query("step == 'commitment'")["quantity"].sum()
    assert pledged.partial is None
    carried = np.log(pd.Series([total], dtype="quantity")).iloc[0]
    by_step = flow.groupby("step", observed=True)["quantity"].sum()["expenditure"]
    for one in (total, total / 2, total * 3, total.to("CNY"), total / pledged, pledged - total,
                carried, by_step, spent.mean(), (spent / total).dropna().iloc[0]):  # fmt: skip
        assert one.partial == (3, 5)
    assert spent.sum(skipna=False).state == "not_reported"


def test_a_sum_of_sums_counts_all_rows_and_a_mean_is_over_what_is_added(made, plan) -> None:
    projects = aid.load_projects()
    total = projects["aid"].sum()
    for column in ("stage", "recipient", "status"):
        again = projects.groupby(column, observed=True)["aid"].sum().sum()
        assert (again.exact, again.interval) == (total.exact, total.interval)
        assert again.partial == total.partial
        assert set(again.once) >= set(total.once)
    sums = made.groupby("name")["x"].sum()
    assert float(sums.mean()) == pytest.approx(16.5 / 3)
    assert float(plan.mean()) == pytest.approx((110.66 + 26.72) / 2), "of wholes"


def test_the_sum_of_nothing_is_not_reported_and_gaps_of_pandas_are_no_rows(made) -> None:
    for nothing in (made["x"].iloc[:0], made["x"].iloc[[1]], made["x"].iloc[:0].astype("quantity")):
        for how in ("sum", "mean", "min", "max", "median"):
            assert getattr(nothing, how)().state == "not_reported"
    assert made["x"].sum(min_count=6).state == "not_reported"
    assert float(made["x"].sum(min_count=5)) == 16.5
    longer = made["x"].dropna().reindex(range(20))
    assert longer.sum().partial is None
    assert longer.sum(skipna=False).state == "not_reported"


def test_a_running_sum_of_rows_that_share_a_figure_is_refused(plan, joint) -> None:
    for q in (plan, joint["aid"]):
        with pytest.raises(QuantityError, match=r"cumsum.*twice; choose rows first"):
            q.cumsum()


# --- plots --------------------------------------------------------------------------------------


DRAWN = {
    "line": lambda t: t.plot(x="n", y="x"),
    "bar": lambda t: t.plot(x="n", y="x", kind="bar"),
    "box": lambda t: t[["x"]].plot(kind="box"),
    "scatter": lambda t: t.plot.scatter(x="n", y="x"),
    "kde": lambda t: t["x"].plot(kind="kde"),
    "area": lambda t: t["y"].dropna().plot(kind="area"),
    "hist": lambda t: (t if PANDAS_3 else t.astype({"x": float}))[["x"]].hist(bins=4)[0, 0],
    "sns.barplot": lambda t: sns.barplot(t, x="name", y="x", errorbar=None),
    "sns.boxplot": lambda t: sns.boxplot(t, x="name", y="x"),
    "sns.lineplot": lambda t: sns.lineplot(t, x="n", y="x"),
    "sns.histplot": lambda t: sns.histplot(t, x="x", bins=3),
    "plt.bar": lambda t: plt.bar(t["n"], t["x"])[0].axes,
    "plt.scatter": lambda t: plt.scatter(t["n"], t["x"]).axes,
}


def _marks(ax) -> np.ndarray:
    """The places of all that is drawn."""
    lines = [line.get_xydata().ravel() for line in ax.lines]
    patches = [patch.get_path().vertices.ravel() for patch in ax.patches]
    sizes = [patch.get_extents().bounds for patch in ax.patches]
    points = [np.ma.filled(c.get_offsets(), np.nan).ravel() for c in ax.collections]
    areas = [path.vertices.ravel() for c in ax.collections for path in c.get_paths()]
    return np.concatenate([*lines, *patches, *sizes, *points, *areas, ax.get_ylim()]).astype(float)


@pytest.mark.filterwarnings("ignore:vert. bool was deprecated", "ignore:The copy keyword is")
@pytest.mark.parametrize("name", DRAWN)
def test_a_plot_of_quantities_is_the_plot_of_the_floats(name, made, plain) -> None:
    """Seaborn calls Matplotlib and pandas in ways that their newest releases warn of."""
    found = _marks(DRAWN[name](made))
    plt.close("all")
    np.testing.assert_allclose(found, _marks(DRAWN[name](plain)), rtol=1e-9, atol=1e-9)


def test_error_bars_reach_from_bound_to_bound(case) -> None:
    place = np.arange(len(case.q))
    drawn = plt.errorbar(place, case.q, yerr=case.q.quantity.err)
    ends = np.array([path.vertices[:, 1] for path in drawn[2][0].get_paths()])
    kept = ends[np.isfinite(ends).all(axis=1)]
    low, high = case.q.quantity.low, case.q.quantity.high
    known = np.isfinite(case.floats) & np.isfinite(low) & np.isfinite(high)
    np.testing.assert_allclose(kept, np.column_stack([low, high])[known], rtol=1e-12)
