"""Plots of the study in the repository, drawn for tests; shared by the modules that test plots."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any

from copies import stored
from matplotlib.artist import Artist
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from aidstudy.plots import PLOTS
from aidstudy.plots.preflight import shown_texts
from aidstudy.plots.save import checked_figure


@cache
def tables(stem: str) -> Mapping[str, Any]:
    return PLOTS[stem].load(stored())


@cache
def drawn(stem: str) -> Mapping[str, dict[str, Any]]:
    rows = PLOTS[stem].rows(**tables(stem)).to_dict("records")
    return {row["mark"]: row for row in rows}


def marks(figure: Figure) -> dict[str, Artist]:
    found = [artist for artist in figure.findobj() if artist.get_gid()]
    by_mark = {str(artist.get_gid()): artist for artist in found}
    assert len(by_mark) == len(found), "two artists have one id"
    return by_mark


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for text in shown_texts(figure)]


@lru_cache(maxsize=80)
def drawing(stem: str, lang: str = "en", preset: str = "double") -> Figure:
    """A plot that passes the check before a save, drawn once; not to be changed."""
    return checked_figure(PLOTS[stem], tables(stem), preset=preset, lang=lang)


def anew(stem: str, lang: str = "en") -> Figure:
    """A plot to be changed."""
    return PLOTS[stem].draw(**tables(stem), preset="double", lang=lang)


def is_hollow(artist: Artist) -> bool:
    if isinstance(artist, Line2D):
        return to_hex(artist.get_markerfacecolor()) == "#ffffff"
    assert isinstance(artist, Rectangle)
    return to_hex(artist.get_facecolor()) == "#ffffff"
