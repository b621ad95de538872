"""What columns of quantities cost and keep, beside pint-pandas, uncertainties and plain floats.

Run ``python benchmarks/quantities.py``, or add ``--table docs/how-fast-quantities.md`` to write
the page. All libraries get the same arrays in one process, taking turns; the least of several
runs counts, Python's garbage collector at rest. A library that is not installed is left
out with a word: ``pip install -r benchmarks/requirements-quantities.txt``.
"""

from __future__ import annotations

import argparse
import gc
import io
import platform
import tempfile
import time
import tracemalloc
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from aidstudy import Missing, Quantity, QuantityArray, quantities
from aidstudy.intervals import Interval
from aidstudy.quantity.result import Leaf

ROWS, SMALL_ROWS = (100, 1_000, 10_000), (10, 100)
GROUPS, COLUMNS = 20, 5
MOST_SQUARED = 1_000
"""Rows up to which a work is timed that grows with their square."""
OURS, PINT, UNCERTAIN, FLOATS = "aidstudy", "pint-pandas", "uncertainties", "float64"
BOTH = "pint-pandas over uncertainties"
SHARES = "share of the sum, with bounds"
AIM, AIM_ROWS = 1, 10_000
"""Seconds that no work should take, at so many rows."""

Ends = Callable[[Any], Any]


@dataclass(frozen=True)
class Library:
    """How one library makes a column, and where it keeps what it knows."""

    name: str
    make: Callable[..., pd.Series]
    """From values, half widths, unit and names."""
    ends: Ends | None = None
    """Bounds, or standard deviations, of a column."""
    of_sum: Ends | None = None
    """The same of one number."""
    half: Callable[[Any], float] | None = None
    """How far one number may be off."""
    names: Callable[[Any], set[str]] = lambda _: set()
    """Names of the numbers behind one number."""
    to: Callable[[pd.Series, str], pd.Series] | None = None
    gap: Any = np.nan
    """A number that is not reported."""
    sine: Callable[[Any], Any] = np.sin
    squared: frozenset[str] = frozenset()
    """Works that take four times as long for twice the rows."""


def _ours() -> Library:
    return Library(
        OURS,
        lambda values, half, unit="CNY", names=None: quantities(
            values, unit, half=half, names=names
        ),
        ends=lambda s: (s.quantity.low, s.quantity.high),
        of_sum=lambda q: (q.value, q.low, q.high),
        half=lambda q: float(q.high - q.low) / 2,
        names=lambda q: set(q.formula.split(" + ")),
        to=lambda s, unit: s.quantity.to(unit),
        gap=Missing("not_reported"),
        squared=frozenset({SHARES}),
    )


def _floats() -> Library:
    return Library(FLOATS, lambda values, half, unit="", names=None: pd.Series(values.copy()))


def _uncertain() -> Library:
    from uncertainties import ufloat, unumpy

    def make(values: Any, half: Any, unit: str = "", names: Any = None) -> pd.Series:
        if names is None:
            return pd.Series(unumpy.uarray(values, np.broadcast_to(half, values.shape)))
        rows = zip(values, np.broadcast_to(half, values.shape), names, strict=True)
        return pd.Series([ufloat(v, h, tag) for v, h, tag in rows], dtype=object)

    return Library(
        UNCERTAIN,
        make,
        ends=unumpy.std_devs,
        of_sum=lambda x: (x.nominal_value, x.std_dev),
        half=lambda x: float(x.std_dev),
        names=lambda x: {one.tag for one in x.error_components()},
        sine=unumpy.sin,
        squared=frozenset({SHARES}),
    )


def _with_money() -> Any:
    import pint
    import pint_pandas

    units = pint.UnitRegistry()
    units.define("CNY = [currency]")
    pint_pandas.PintType.ureg = units
    return pint_pandas.PintArray


def _pint() -> Library:
    array = _with_money()
    return Library(
        PINT,
        lambda values, half, unit="CNY", names=None: pd.Series(
            array(values.copy(), dtype=f"pint[{unit or 'dimensionless'}]")
        ),
        to=lambda s, unit: s.pint.to(unit),
    )


def _pint_uncertain() -> Library:
    array, inner = _with_money(), _uncertain()

    def make(values: Any, half: Any, unit: str = "CNY", names: Any = None) -> pd.Series:
        numbers = inner.make(values, half, "", names).to_numpy()
        return pd.Series(array(numbers, dtype=f"pint[{unit or 'dimensionless'}][object]"))

    def bare(x: Any) -> Any:
        return getattr(x, "magnitude", x)

    return Library(
        BOTH,
        make,
        half=lambda x: float(bare(x).std_dev),
        names=lambda x: {one.tag for one in bare(x).error_components()},
        to=lambda s, unit: s.pint.to(unit),
    )


MAKERS: Mapping[str, Callable[[], Library]] = {
    OURS: _ours,
    PINT: _pint,
    UNCERTAIN: _uncertain,
    FLOATS: _floats,
    BOTH: _pint_uncertain,
}


def installed() -> tuple[dict[str, Library], list[str]]:
    """The libraries that are there, and the names of those that are not."""
    found, lacking = {}, []
    for name, maker in MAKERS.items():
        try:
            found[name] = maker()
        except ImportError:
            lacking.append(name)
    return found, lacking


# --- what is timed --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Input:
    """The same numbers for all."""

    a: Any
    b: Any
    half: Any
    group: Any
    column: Any

    @classmethod
    def of(cls, rows: int) -> Input:
        draw = np.random.default_rng(1)
        return cls(
            np.round(draw.uniform(10, 1000, rows), 2),
            np.round(draw.uniform(1000, 5000, rows), 2),
            np.full(rows, 0.005),
            draw.integers(0, GROUPS, rows),
            draw.integers(0, COLUMNS, rows),
        )


def works(library: Library, given: Input) -> dict[str, Callable[[], Any]]:
    """What is done, for each row of the page."""
    a, b = library.make(given.a, given.half), library.make(given.b, given.half)
    table = pd.DataFrame({"group": given.group, "column": given.column, "x": a})

    def added() -> pd.Series:
        return table.groupby("group")["x"].sum()

    done: dict[str, Callable[[], Any]] = {
        "construction": lambda: library.make(given.a, given.half),
        "division": lambda: a / b,
        "groupby": added,
        "pivot_table": lambda: table.pivot_table(
            index="group", columns="column", values="x", aggfunc="sum"
        ),
        "sum": a.sum,
        "share of the sum": lambda: a / a.sum(),
    }
    ends, of_sum = library.ends, library.of_sum
    if ends is not None and of_sum is not None:
        done |= {
            "division, with bounds": lambda: ends(a / b),
            "groupby, with bounds": lambda: ends(added()),
            "sum, with bounds": lambda: of_sum(a.sum()),
            SHARES: lambda: ends(a / a.sum()),
        }
    return done


def seconds(work: Callable[[], Any]) -> float:
    """The least of five runs in a row; one is enough for what takes a tenth of a second."""
    found: list[float] = []
    while len(found) < 5 and sum(found) < 0.1:
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return min(found)


def in_turn(work: Mapping[str, Callable[[], Any]], turns: int) -> dict[str, float]:
    """The least seconds of each; all take turns, so that what else runs meets all of them."""
    least = dict.fromkeys(work, float("inf"))
    gc.collect()
    gc.disable()
    try:
        for _ in range(turns):
            for name, one in work.items():
                least[name] = min(least[name], seconds(one))
    finally:
        gc.enable()
    return least


def memory(library: Library, given: Input) -> dict[str, float]:
    """Bytes a row that stay: of one column, and of a quotient of two once its bounds are known."""
    rows = len(given.a)

    def held(work: Callable[[], Any]) -> float:
        gc.collect()
        tracemalloc.start()
        before = tracemalloc.get_traced_memory()[0]
        kept = work()
        gc.collect()
        after = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        del kept
        return (after - before) / rows

    def quotient() -> Any:
        a, b = library.make(given.a, given.half), library.make(given.b, given.half)
        divided = a / b
        return a, b, divided, None if library.ends is None else library.ends(divided)

    held(quotient)  # what is imported and kept once for all
    return {
        "one column": held(lambda: library.make(given.a, given.half)),
        "two columns, their quotient and its bounds": held(quotient),
    }


Times = dict[tuple[str, int, str], float]
"""Seconds by work, rows and library."""


def timed(libraries: Sequence[Library], rows: Sequence[int], turns: int) -> tuple[Times, Times]:
    """Seconds of each work, and bytes a row."""
    found: Times = {}
    sizes: Times = {}
    for count in rows:
        given = Input.of(count)
        done = {library.name: works(library, given) for library in libraries}
        for what in done[OURS]:
            chosen = {
                library.name: done[library.name][what]
                for library in libraries
                if what in done[library.name]
                and not (what in library.squared and count > MOST_SQUARED)
            }
            for name, least in in_turn(chosen, turns).items():
                found[what, count, name] = least
        for library in libraries:
            for what, size in memory(library, given).items():
                sizes[what, count, library.name] = size
    return found, sizes


# --- what is kept ---------------------------------------------------------------------------------

VALUES = np.array([3.0, 2.0, 4.0])
GROUP = [0, 0, 1]


def _grouped(library: Library, **more: Any) -> Any:
    return library.make(VALUES, 0.1, **more).groupby(GROUP).sum()


def _half(library: Library, number: Any) -> float:
    assert library.half is not None
    return library.half(number)


def _keeps_unit(library: Library) -> bool:
    added = _grouped(library)
    return "CNY" in f"{added.dtype} {added.iloc[0]!r}"


def _refuses(library: Library) -> bool:
    try:
        library.make(VALUES, 0.1, "CNY") + library.make(VALUES, 0.1, "m")
    except Exception:
        return True
    return False


def _converts(library: Library) -> bool:
    assert library.to is not None
    return _plain(library.to(library.make(VALUES, 0.1, "km"), "m").iloc[0]) == 3000


def _knows_physics(library: Library) -> bool:
    assert library.to is not None
    moved = library.to(library.make(VALUES, 0.1, "N") * library.make(np.ones(3), 0.1, "m"), "J")
    return _plain(moved.iloc[0]) == 3


def _keeps_error(library: Library) -> bool:
    return _half(library, _grouped(library).iloc[0]) > 0


def _knows_twice(library: Library) -> bool:
    """A sum less itself has no error; less another that looks alike it has."""
    one, other = _grouped(library), _grouped(library)
    return _half(library, (one - one).iloc[0]) == 0 < _half(library, (one - other).iloc[0])


def _worst_case(library: Library) -> bool:
    """A hundred numbers, each half a unit off, may be off by fifty together."""
    return abs(_half(library, library.make(np.ones(100), 0.5).sum()) - 50) < 1e-9


def _cancels(library: Library) -> bool:
    return abs(_half(library, library.make(np.ones(100), 0.5).sum()) - 5) < 1e-9


def _bends(library: Library) -> bool:
    """A function that rises and falls keeps the error."""
    bent = library.sine(library.make(np.array([1.0]), 0.1, ""))
    return _half(library, bent[0]) > 0


def _keeps_names(library: Library) -> bool:
    added = _grouped(library, names=["x1", "x2", "x3"])
    return library.names(added.iloc[0]) == {"x1", "x2"}


def _with_gap(library: Library) -> Any:
    column = library.make(VALUES, 0.1)
    column.iloc[1] = library.gap
    return column


def _says_why(library: Library) -> bool:
    kept = _with_gap(library).groupby([0, 1, 2]).first()
    return "not reported" in repr(kept.iloc[1])


def _says_partial(library: Library) -> bool:
    """A sum over a gap differs from the sum of what there is."""
    column = _with_gap(library)
    whole, rest = column.groupby([0, 0, 0]).sum(), column.iloc[[0, 2]].groupby([0, 0]).sum()
    return "nan" not in repr(whole.iloc[0]) and repr(whole.iloc[0]) != repr(rest.iloc[0])


def _spares_parts(library: Library) -> bool:
    """A whole of 10 and its part of 4 are 10."""
    if library.name != OURS:
        column = library.make(np.array([10.0, 4.0]), 0.1)
    else:
        leaves = (
            Leaf("figure", name, Fraction(n), Interval(n - 1, n + 1), str(n), "CNY", whole)
            for name, n, whole in (("whole", 10, ""), ("part", 4, "whole"))
        )
        column = pd.Series(QuantityArray.of(map(Quantity.of, leaves)))
    return _plain(column.groupby([0, 0]).sum().iloc[0]) == 10


def _counts_once(library: Library) -> bool:
    """One number that stands in two rows is added once."""
    column = library.make(VALUES, 0.1).iloc[[0, 0]]
    return _plain(column.groupby([0, 0]).sum().iloc[0]) == 3


def _plain(number: Any) -> float:
    bare = getattr(number, "magnitude", number)
    return float(getattr(bare, "nominal_value", bare))


def _is_exact(library: Library) -> bool:
    tenth, fifth, both = (library.make(np.array([x]), 0.0) for x in (0.1, 0.2, 0.3))
    return bool((tenth + fifth).iloc[0] == both.iloc[0])


def _has_dtype(library: Library) -> bool:
    return bool(_grouped(library).dtype != object)


def _writes_numbers(library: Library) -> bool:
    out = io.StringIO()
    library.make(VALUES, 0.1).to_csv(out, index=False, header=False)
    return out.getvalue().split() == ["3.0", "2.0", "4.0"]


def _comes_back(library: Library) -> bool:
    """Through Parquet, with the error and with what two numbers share."""
    table = library.make(VALUES, 0.1).to_frame("x")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.parquet"
        table.to_parquet(path)
        back = pd.read_parquet(path)["x"]
    gone = (back - table["x"]).iloc[0]
    off = 0 if library.half is None else _half(library, gone)
    return back.dtype == table["x"].dtype and _plain(gone) == 0 == off


FEATURES: Mapping[str, Callable[[Library], bool]] = {
    "its unit": _keeps_unit,
    "its error or bounds": _keeps_error,
    "that a number used twice is one number": _knows_twice,
    "the name of each number behind it": _keeps_names,
    "why a number is missing": _says_why,
    "that a sum lacks a row": _says_partial,
    "a dtype of its own, not `object`": _has_dtype,
    "a whole and its part are not added": _spares_parts,
    "a number in two rows counts once": _counts_once,
    "decimals add exactly (0.1 + 0.2 = 0.3)": _is_exact,
    "units that differ are refused": _refuses,
    "units are converted (km to m)": _converts,
    "units of physics (N·m is J)": _knows_physics,
    "worst-case bounds of a sum": _worst_case,
    "independent errors partly cancel in a sum": _cancels,
    "a function that rises and falls (sine) keeps the error": _bends,
    "`to_csv` writes plain numbers": _writes_numbers,
    "Parquet and back loses nothing": _comes_back,
}
SURVIVE = 7
"""So many of the features, from the first, are looked for in the result of a groupby."""


def features(libraries: Sequence[Library]) -> dict[str, dict[str, bool]]:
    """What each library does, tried and not remembered."""

    def tried(check: Callable[[Library], bool], library: Library) -> bool:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                return bool(check(library))
            except Exception:
                return False

    return {
        what: {library.name: tried(check, library) for library in libraries}
        for what, check in FEATURES.items()
    }


# --- the page -------------------------------------------------------------------------------------


def _ms(time_: float | None) -> str:
    return "–" if time_ is None else f"{time_ * 1e3:,.{2 if time_ < 0.01 else 0}f}"


def _times(ours: float | None, other: float | None) -> str:
    if ours is None or other is None:
        return "–"
    ratio = ours / other
    return f"{ratio:,.0f}" if ratio >= 100 else f"{ratio:.2g}"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], left: int) -> str:
    marks = ["---"] * left + ["---:"] * (len(heads) - left)
    return "\n".join(f"| {' | '.join(row)} |" for row in (heads, marks, *rows))


def _speed_table(found: Times, names: Sequence[str]) -> str:
    peers = [name for name in names if name != OURS]
    heads = [
        "operation",
        "rows",
        *(f"{name}, ms" for name in names),
        *(f"times {name}" for name in peers),
    ]
    rows = []
    for what in dict.fromkeys(what for what, _, name in found if name == OURS):
        for count in dict.fromkeys(count for _, count, _ in found):
            times = {name: found.get((what, count, name)) for name in names}
            rows.append(
                [
                    what,
                    f"{count:,}",
                    *(_ms(times[name]) for name in names),
                    *(_times(times[OURS], times[name]) for name in peers),
                ]
            )
    return _table(heads, rows, 1)


def _memory_table(sizes: Times, names: Sequence[str]) -> str:
    count = max(count for _, count, _ in sizes)
    rows = [
        [what, *(f"{sizes[what, count, name]:,.0f}" for name in names)]
        for what in dict.fromkeys(what for what, _, _ in sizes)
    ]
    return _table([f"bytes a row, {count:,} rows", *names], rows, 1)


def verdicts(found: Times) -> list[str]:
    """Each aim, and whether this run met it."""
    told = []
    ratios = [
        ours / theirs
        for (what, count, name), ours in found.items()
        if name == OURS and (theirs := found.get((what, count, UNCERTAIN))) is not None
    ]
    if ratios:
        told.append(
            f"**Beside uncertainties**: {min(ratios):.2g} to {max(ratios):.2g} times as long."
        )
    slow = [
        f"{what} takes {time_:.1f} s"
        for (what, count, name), time_ in found.items()
        if name == OURS and count == AIM_ROWS and time_ >= AIM
    ]
    if any(count == AIM_ROWS for _, count, _ in found):
        said = f"not met: {', '.join(slow)}." if slow else "met, in every row."
        told.append(f"**Under a second at {AIM_ROWS:,} rows**: {said}")
    return told


def page(
    found: Times, sizes: Times, kept: dict[str, dict[str, bool]], lacking: Sequence[str], turns: int
) -> str:
    """The measured numbers as Markdown."""
    names = list(dict.fromkeys(name for *_, name in found))
    versions = ", ".join(
        f"{name} {metadata.version(name)}"
        for name in ("pandas", "numpy", "pint-pandas", "uncertainties")
        if name not in lacking
    )
    aims = "".join(f"- {line}\n" for line in verdicts(found))
    left_out = f"\nNot installed and left out: {', '.join(lacking)}.\n" if lacking else ""
    marks = [
        [what, *("yes" if yes else "no" for yes in row.values())] for what, row in kept.items()
    ]
    tried = list(next(iter(kept.values())))
    return f"""# How fast numbers with bounds are

Measured by `benchmarks/quantities.py`: columns of dtype `quantity` beside pint-pandas (units),
`uncertainties` in an object column (standard deviations) and plain float64, on the same numbers.

```
python -m pip install -r benchmarks/requirements-quantities.txt
python benchmarks/quantities.py --table docs/how-fast-quantities.md
```

Python {platform.python_version()}, {versions}. The libraries took {turns} turns in one
process, the garbage collector at rest, and the least processor time of each counts. Other work ran
on the machine, which moves a time by a factor of two and the ratios by less. {GROUPS} groups, a
pivot of {GROUPS} by {COLUMNS}.
{left_out}
{aims}
## Time

*With bounds* asks for the ends of the result as well (of `uncertainties` for its standard
deviations), which float64 and pint-pandas do not have. Above 1, *times* says how much longer
aidstudy takes. A dash stands where a library has no such thing, and above {MOST_SQUARED:,} rows
for the shares of a sum with bounds, whose time grows with the square of the rows.

{_speed_table(found, names)}

Each cell of a column of aidstudy is an exact formula over its figures, and its bounds are computed
exactly when they are asked for: fast enough for tables that people type, and no match for plain
arrays. For a million rows leave with `.astype(float)`.

## Memory

{_memory_table(sizes, names)}

## What is kept

Each cell was tried by the program, on small columns. pint-pandas can hold the numbers of
`uncertainties`; it is tried so too.

After `groupby().sum()` (or `first()`) a number still knows

{_table(["kept", *tried], marks[:SURVIVE], 1)}

and besides

{_table(["kept", *tried], marks[SURVIVE:], 1)}

The two errors are different things: aidstudy says what the print allows at worst, `uncertainties`
how far independent errors are likely to lie. A measurement with a standard deviation belongs into
`uncertainties`, a unit of physics into pint.
"""


def main() -> None:
    """Print the page, or write it."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--table", type=Path, help="write the page there")
    arguments.add_argument("--small", action="store_true", help="few rows, one run")
    chosen = arguments.parse_args()
    found, lacking = installed()
    turns = 1 if chosen.small else 5
    rows = SMALL_ROWS if chosen.small else ROWS
    kept = features(list(found.values()))
    measured = [library for name, library in found.items() if name != BOTH]
    text = page(*timed(measured, rows, turns), kept, lacking, turns)
    if chosen.table:
        chosen.table.write_text(text, encoding="utf-8")
    else:
        print(text)


if __name__ == "__main__":
    main()
