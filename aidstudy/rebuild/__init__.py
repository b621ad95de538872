"""Everything that is made of the raw tables: built again in one order and compared."""

from __future__ import annotations

from collections.abc import Mapping

PARTS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "tables": (("tables",), ("data/",)),
    "results": (("results",), ("data/",)),
    "plots": (("plots",), ("figures/",)),
    # Most notebooks record results, and run where these are made.
    "notebooks": (("results", "notebooks"), ("data/", "notebooks/")),
}
"""What ``--only`` can be given: the stages that run, and where the outputs of the part stand."""
