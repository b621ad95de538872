"""How Arrow holds a quantity in Parquet and Feather: a struct that others read too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import pandas as pd

from aidstudy.quantity.scalar import NO_ROW, Missing, Quantity
from aidstudy.quantity.stored import packed, unpacked

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
