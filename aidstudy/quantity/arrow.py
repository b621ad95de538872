"""How Arrow holds a quantity in Parquet and Feather: a struct that others read too."""

from __future__ import annotations

from functools import cache
from typing import Any

import pandas as pd

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


def rows_of(array: Any) -> list[dict[str, Any] | None]:
    """The structs of an Arrow array, whole or in chunks."""
    chunks = array.chunks if hasattr(array, "chunks") else [array]
    return [row for chunk in chunks for row in getattr(chunk, "storage", chunk).to_pylist()]
