"""A quantity as text, and out of a table, so that it survives Parquet and CSV with its figures."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import cache
from typing import Any

import pandas as pd

from aidstudy.intervals import Interval
from aidstudy.quantity.result import Leaf, Source, Term, ends_of
from aidstudy.quantity.scalar import NO_ROW, Missing, Quantity
from aidstudy.quantity.units import unit as parsed


def from_parts(
    *ends: Fraction | None, unit: str, state: str, figures: str, name: str, source: Source = "given"
) -> Quantity:
    """A quantity out of the value, low and high that a table stores, in its unit."""
    value, low, high = (None if end is None else end * parsed(unit).scale for end in ends)
    ids = tuple(figures.split())

    def term(number: Fraction, interval: Interval, label: str) -> Term:
        printed = label if source == "result" else ""
        return Term.of(Leaf(source, label, number, interval, printed, unit, behind=ids))

    if value is not None:
        return Quantity(term(value, Interval(low, high), name).as_state(state), unit)
    both = [
        term(end, Interval.exactly(end), f"{name} {side}")
        for side, end in (("low", low), ("high", high))
        if end is not None
    ]
    return Quantity(Term.between(both[0], both[-1]), unit)


def packed(quantity: Quantity) -> str:
    """A quantity as JSON text, exact; a function that is no arithmetic by what it gave."""
    return json.dumps([quantity.unit, _packed(quantity.term)], ensure_ascii=False)


def unpacked(text: str) -> Quantity:
    """The quantity that :func:`packed` wrote."""
    unit, term = json.loads(text)
    return Quantity(_unpacked(term), unit)


def _packed(term: Term) -> dict[str, Any]:
    if term.op == "overlap":
        return {
            "op": "between",
            "args": [_packed(end) for end in ends_of(term)],
            "state": term.state,
        }
    if term.op == "call":
        return {"leaf": _leaf(_as_leaf(term)), "state": term.state}
    told: dict[str, Any] = {"op": term.op}
    if term.leaf is not None:
        told = {"leaf": _leaf(term.leaf)}
    if term.args:
        told["args"] = [_packed(arg) for arg in term.args]
    if term.name:
        told["name"] = term.name
    if term.state != "derived":
        told["state"] = term.state
    for name in ("counted", "left_out", "once"):
        if getattr(term, name):
            told[name] = list(getattr(term, name))
    return told


def _as_leaf(term: Term) -> Leaf:
    bounds = term.bounds() or Interval(None, None)
    ids = tuple(leaf.name for leaf in term.leaves().values() if leaf.source != "number")
    value = term.value
    assert value is not None
    return Leaf("given", term.formula(), value, bounds, term.formula(), "", behind=ids)


def _leaf(leaf: Leaf) -> list[Any]:
    low, high = leaf.interval.low, leaf.interval.high
    numbers = [None if n is None else str(n) for n in (leaf.value, low, high)]
    return [leaf.source, leaf.id, *numbers, leaf.printed, leaf.unit, leaf.part_of, *leaf.behind]


def _unpacked(told: dict[str, Any]) -> Term:
    leaf = None
    if "leaf" in told:
        source, name, *numbers, printed, unit, part_of = told["leaf"][:8]
        value, low, high = (None if n is None else Fraction(n) for n in numbers)
        assert value is not None
        interval = Interval(low, high)
        leaf = Leaf(source, name, value, interval, printed, unit, part_of, tuple(told["leaf"][8:]))
    counted = told.get("counted")
    return Term(
        told.get("op", "leaf"),
        tuple(_unpacked(arg) for arg in told.get("args", ())),
        leaf=leaf,
        name=told.get("name", ""),
        state=told.get("state", "derived"),
        counted=None if counted is None else (counted[0], counted[1]),
        left_out=tuple(told.get("left_out", ())),
        once=tuple(told.get("once", ())),
    )


# --- Parquet and Feather: a struct that others read too -------------------------------------------

PARTS = ("value", "low", "high", "unit", "state", "figures", "exact")


@cache
def arrow_type() -> Any:
    """The extension type of Arrow, registered once."""
    import pyarrow as pa

    numbers = [(name, pa.float64()) for name in PARTS[:3]]
    storage = pa.struct(numbers + [(name, pa.string()) for name in PARTS[3:]])

    class QuantityType(pa.ExtensionType):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__(storage, "aidstudy.quantity")

        def __arrow_ext_serialize__(self) -> bytes:
            return b""

        @classmethod
        def __arrow_ext_deserialize__(cls, storage_type: Any, serialized: bytes) -> QuantityType:
            return cls()

        def to_pandas_dtype(self) -> Any:
            return pd.api.types.pandas_dtype("quantity")

    made = QuantityType()
    pa.register_extension_type(made)
    return made


def arrow_array(cells: Iterable[Quantity | Missing], *numbers: Iterable[float]) -> Any:
    """An Arrow array of cells, with their values, lower and upper bounds as floats."""
    import pyarrow as pa

    rows = []
    for one, *ends in zip(cells, *numbers, strict=True):
        told: tuple[str | None, ...] = (None, one.state, None, None)
        if isinstance(one, Quantity):
            told = (one.unit, one.state, " ".join(one.figures), packed(one))
        rows.append(dict(zip(PARTS, (*ends, *told), strict=True)))
    wanted = arrow_type()
    return pa.ExtensionArray.from_storage(wanted, pa.array(rows, type=wanted.storage_type))


def cells_of(array: Any) -> Iterator[Quantity | Missing]:
    """The cells of an Arrow array, whole or in chunks."""
    for chunk in array.chunks if hasattr(array, "chunks") else [array]:
        for row in getattr(chunk, "storage", chunk).to_pylist():
            known = row and row["exact"] is not None
            yield unpacked(row["exact"]) if known else Missing(row["state"] if row else NO_ROW)
