"""What a plot is: everything that belongs to its files, in one place of its module.

In all modules the functions of a plot take its tables first. Then ``draw_*`` takes ``preset`` (a
name or a :class:`~aidstudy.plots.style.Preset`) and ``lang`` ("en", "zh", "both"), and gives the
whole figure; ``caption_*`` and ``alt_*`` take ``lang`` ("en", "zh") and give one text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from aidstudy.plots.style import Preset
from aidstudy.plots.words import Words
from aidstudy.tables.load import StudyLike
from aidstudy.tables.ordinary import exact_frame

Tables = Mapping[str, Any]
"""What the functions of a plot take, by the names of their parameters."""


def _nothing(preset: Preset) -> frozenset[str]:
    return frozenset()


@dataclass(frozen=True, slots=True)
class Plot:
    """One plot, and everything that belongs to its files.

    Parameters
    ----------
    stem : str
        Name of its folder and files.
    title : Words
        For metadata; the message is in the caption.
    reads : tuple of str
        The tables that it rests on: a clean one by its name, another by its place in ``data/``.
    tables : callable
        ``tables(study)`` gives what the other functions take, by the names of their parameters.
    draw, drawn, caption, alt : callable
        Figure, drawn rows, caption and alternative text from those tables.
    omitted : callable
        Quantities among the drawn rows that a preset has no room for.
    """

    stem: str
    title: Words
    reads: tuple[str, ...]
    tables: Callable[[StudyLike], Tables]
    draw: Callable[..., Figure]
    drawn: Callable[..., pd.DataFrame]
    caption: Callable[..., str]
    alt: Callable[..., str]
    omitted: Callable[[Preset], frozenset[str]] = _nothing

    def load(self, study: StudyLike) -> Tables:
        """The tables of a study with exact cells, as drawing rounds only what it writes."""
        return {
            name: exact_frame(table) if isinstance(table, pd.DataFrame) else table
            for name, table in self.tables(study).items()
        }


__all__ = ["Plot", "Tables"]
