"""Quantities in Parquet and Feather: a struct that others read, and the formula for us."""

from __future__ import annotations

from functools import cache
from typing import Any

from aidstudy.quantity.accessor import flat_cells
from aidstudy.quantity.dtype import QuantityArray, QuantityDtype
from aidstudy.quantity.scalar import Missing
from aidstudy.quantity.stored import packed, unpacked

NAME = "aidstudy.quantity"


@cache
def arrow_type() -> Any:
    """The extension type of Arrow, registered when it is first needed."""
    import pyarrow as pa

    storage = pa.struct(
        [
            ("value", pa.float64()),
            ("low", pa.float64()),
            ("high", pa.float64()),
            ("unit", pa.string()),
            ("state", pa.string()),
            ("figures", pa.string()),
            ("exact", pa.string()),
        ]
    )

    class QuantityType(pa.ExtensionType):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__(storage, NAME)

        def __arrow_ext_serialize__(self) -> bytes:
            return b""

        @classmethod
        def __arrow_ext_deserialize__(cls, storage_type: Any, serialized: bytes) -> QuantityType:
            return cls()

        def to_pandas_dtype(self) -> QuantityDtype:
            return QuantityDtype()

    made = QuantityType()
    pa.register_extension_type(made)
    return made


def to_arrow(array: QuantityArray) -> Any:
    """A column for Arrow, each formula with it."""
    import pyarrow as pa

    wanted = arrow_type()
    cells = flat_cells(array)
    exact = [None if isinstance(one, Missing) else packed(one) for one in array]
    columns = [
        *(cells[name] for name in ("value", "low", "high")),
        *(cells[name] for name in ("unit", "state", "figures")),
        exact,
    ]
    rows = [
        dict(zip(("value", "low", "high", "unit", "state", "figures", "exact"), row, strict=True))
        for row in zip(*columns, strict=True)
    ]
    return pa.ExtensionArray.from_storage(wanted, pa.array(rows, type=wanted.storage_type))


def from_arrow(array: Any) -> QuantityArray:
    """The column that :func:`to_arrow` wrote."""
    chunks = array.chunks if hasattr(array, "chunks") else [array]
    rows = [row for chunk in chunks for row in getattr(chunk, "storage", chunk).to_pylist()]
    return QuantityArray.of(
        Missing(row["state"] if row else "no_row")
        if not row or row["exact"] is None
        else unpacked(row["exact"])
        for row in rows
    )
