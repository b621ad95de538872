"""The plots that there are. Drawing, rebuilding and the command all go through this list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from aidstudy.analysis.flows import money_flow
from aidstudy.analysis.ratios import funding_ratios, revenue_routes
from aidstudy.analysis.timeline import project_stages, timeline, writing_window
from aidstudy.codebook import did_you_mean
from aidstudy.errors import PlotError
from aidstudy.plots.events import alt_events, caption_events, draw_events, drawn_events
from aidstudy.plots.funding_ratios import (
    alt_funding_ratios,
    caption_funding_ratios,
    draw_funding_ratios,
    drawn_funding_ratios,
)
from aidstudy.plots.money_flow import (
    alt_money_flow,
    caption_money_flow,
    draw_money_flow,
    drawn_money_flow,
)
from aidstudy.plots.project_stages import (
    alt_project_stages,
    caption_project_stages,
    draw_project_stages,
    drawn_project_stages,
)
from aidstudy.plots.style import Preset
from aidstudy.plots.words import Words
from aidstudy.tables.load import StudyLike
from aidstudy.tables.study import load_study

Tables = Mapping[str, Any]


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
        The clean tables that it rests on.
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


def _counties(study: StudyLike) -> dict[str, tuple[str, str]]:
    places = load_study(study).recipients
    return {slug: (place.short_en, place.short_zh) for slug, place in places.items()}


_ALL = (
    Plot(
        "funding_ratios",
        Words("Funding ratios of the pairs", "各对援助资金比例"),
        ("figures", "pairs"),
        lambda study: {"ratios": funding_ratios(study), "routes": revenue_routes(study)},
        draw_funding_ratios,
        drawn_funding_ratios,
        caption_funding_ratios,
        alt_funding_ratios,
    ),
    Plot(
        "money_flow",
        Words("Money committed, disbursed and spent", "援助资金的承诺、到位与完成投资"),
        ("events", "figures", "pairs", "projects"),
        lambda study: {"flow": money_flow(study)},
        draw_money_flow,
        drawn_money_flow,
        caption_money_flow,
        alt_money_flow,
    ),
    Plot(
        "project_stages",
        Words("Stages of the projects", "各项目进展"),
        ("figures", "pairs", "projects"),
        lambda study: {"stages": project_stages(study)},
        draw_project_stages,
        drawn_project_stages,
        caption_project_stages,
        alt_project_stages,
        lambda preset: frozenset({"next_step"} if preset.narrow or preset.headline else ()),
    ),
    Plot(
        "events",
        Words("Events of the year", "年内事件"),
        ("events", "figures"),
        lambda study: {
            "events": timeline(study),
            "window": writing_window(study),
            "counties": _counties(study),
        },
        draw_events,
        drawn_events,
        caption_events,
        alt_events,
    ),
)

PLOTS: Mapping[str, Plot] = MappingProxyType({plot.stem: plot for plot in _ALL})


def plot_named(stem: str) -> Plot:
    """A plot by its stem.

    Raises
    ------
    PlotError
        If there is none of that name.

    Examples
    --------
    >>> plot_named("money_flow").title.en
    'Money committed, disbursed and spent'
    """
    if stem not in PLOTS:
        raise PlotError(f"plot {stem!r}: there is none{did_you_mean(stem, PLOTS)}")
    return PLOTS[stem]


__all__ = ["PLOTS", "Plot", "plot_named"]
