"""The plots that there are. Drawing, rebuilding and the command all go through this list."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from aidstudy.codebook import one_of
from aidstudy.errors import PlotError
from aidstudy.plots import (
    aid_per_head,
    denominators,
    events,
    funding_ratios,
    mechanisms,
    money_flow,
)
from aidstudy.plots import completed_shares as completed
from aidstudy.plots import judgement_calls as judgement
from aidstudy.plots import later_reports as later
from aidstudy.plots import parts_of_wholes as parts
from aidstudy.plots import project_stages as stages
from aidstudy.plots import unit_costs as costs
from aidstudy.plots.plot import Plot

_MODULES = (funding_ratios, money_flow, denominators, stages, events, costs, completed, mechanisms)
_MODULES += (later, aid_per_head, parts, judgement)
"""In the order of the gallery; each module offers one ``PLOT``."""

PLOTS: Mapping[str, Plot] = MappingProxyType({one.PLOT.stem: one.PLOT for one in _MODULES})


def plot_named(plot: str | Plot) -> Plot:
    """A plot by its stem; one of an author's own is what it is."""
    if isinstance(plot, Plot):
        return plot
    return PLOTS[one_of("plot", plot, PLOTS, PlotError)]
