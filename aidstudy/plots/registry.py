"""The plots that there are. Drawing, rebuilding and the command all go through this list."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from aidstudy.codebook import did_you_mean
from aidstudy.errors import PlotError
from aidstudy.plots import (
    completed_shares,
    denominators,
    events,
    funding_ratios,
    judgement_calls,
    later_reports,
    mechanisms,
    money_flow,
    project_stages,
    unit_costs,
)
from aidstudy.plots.plot import Plot

_MODULES = (
    funding_ratios,
    money_flow,
    denominators,
    project_stages,
    events,
    unit_costs,
    completed_shares,
    mechanisms,
    later_reports,
    judgement_calls,
)
"""In the order of the gallery; each module offers one ``PLOT``."""

PLOTS: Mapping[str, Plot] = MappingProxyType({module.PLOT.stem: module.PLOT for module in _MODULES})


def plot_named(plot: str | Plot) -> Plot:
    """A plot by its stem; one of an author's own is what it is.

    Raises
    ------
    PlotError
        If there is none of that name.

    Examples
    --------
    >>> plot_named("money_flow").title.en
    'Money committed, disbursed and spent'
    """
    if isinstance(plot, Plot):
        return plot
    if plot not in PLOTS:
        raise PlotError(f"plot {plot!r}: there is none{did_you_mean(plot, PLOTS)}")
    return PLOTS[plot]
