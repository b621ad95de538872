"""Tables drawn on Axes, whole figures for papers, and the check before each is saved.

``plot_*`` draws a table on Axes, ``draw_*`` composes a whole figure for a preset and a language,
``caption_*`` and ``alt_*`` say in words what it shows. Importing this changes no setting.
"""

from __future__ import annotations

from aidstudy.plots.events import alt_events, caption_events, draw_events, plot_events
from aidstudy.plots.funding_ratios import (
    alt_funding_ratios,
    caption_funding_ratios,
    draw_funding_ratios,
    plot_funding_ratios,
    plot_revenue_routes,
)
from aidstudy.plots.money_flow import (
    alt_money_flow,
    caption_money_flow,
    draw_money_flow,
    plot_money_flow,
)
from aidstudy.plots.project_stages import (
    alt_project_stages,
    caption_project_stages,
    draw_project_stages,
    plot_project_stages,
)
from aidstudy.plots.registry import PLOTS, Plot, plot_named
from aidstudy.plots.save import FORMATS, draw_all, save_family, save_plot
from aidstudy.plots.style import PRESETS, style
from aidstudy.plots.words import LANGS

__all__ = [
    "FORMATS",
    "LANGS",
    "PLOTS",
    "PRESETS",
    "Plot",
    "alt_events",
    "alt_funding_ratios",
    "alt_money_flow",
    "alt_project_stages",
    "caption_events",
    "caption_funding_ratios",
    "caption_money_flow",
    "caption_project_stages",
    "draw_all",
    "draw_events",
    "draw_funding_ratios",
    "draw_money_flow",
    "draw_project_stages",
    "plot_events",
    "plot_funding_ratios",
    "plot_money_flow",
    "plot_named",
    "plot_project_stages",
    "plot_revenue_routes",
    "save_family",
    "save_plot",
    "style",
]
