"""Tables drawn on Axes, whole figures for papers, and the check before each is saved.

``plot_*`` draws a table, or some of its rows, and gives the Axes back: `ax` is where to draw (new
Axes if none is given), `lang` "en" or "zh", `order` which rows to draw and in which order, and
``columns=False`` leaves out what stands at the right, where something does, for a place in
somebody's own grid. An axis of money is in CNY, whatever unit its labels have. What a plot would
say under itself :func:`notes_of` has. Each plot has a module with its words in ``texts/``;
:data:`PLOTS` gathers whole figures with captions. A plot of your own is a :class:`Plot` whose
figure is composed on a :func:`sheet`; a figure changed by hand goes through the check and to a
file by :func:`save_figure`. Importing this changes no setting.
"""

from __future__ import annotations

from aidstudy.bilingual import LANGS
from aidstudy.plots.aid_per_head import plot_aid_per_head
from aidstudy.plots.completed_shares import plot_completed_shares
from aidstudy.plots.denominators import plot_denominators, plot_waterfall
from aidstudy.plots.events import plot_events
from aidstudy.plots.funding_ratios import (
    plot_funding_ratios,
    plot_revenue_routes,
    programme_rules,
)
from aidstudy.plots.judgement_calls import plot_call_shares, plot_judgement_calls
from aidstudy.plots.kit import notes_of
from aidstudy.plots.later_reports import plot_later_reports
from aidstudy.plots.mechanisms import plot_mechanisms
from aidstudy.plots.money_flow import plot_money_flow
from aidstudy.plots.parts_of_wholes import plot_parts_of_wholes
from aidstudy.plots.plot import Plot, sheet
from aidstudy.plots.preflight import find_collisions
from aidstudy.plots.project_stages import plot_project_stages
from aidstudy.plots.registry import PLOTS, plot_named
from aidstudy.plots.rows import plot_rows, save_rows
from aidstudy.plots.save import FORMATS, draw_all, save_family, save_figure, save_plot
from aidstudy.plots.style import PRESETS, style
from aidstudy.plots.unit_costs import plot_unit_costs
from aidstudy.plots.voice import Texts, read_texts

__all__ = [
    "FORMATS",
    "LANGS",
    "PLOTS",
    "PRESETS",
    "Plot",
    "Texts",
    "draw_all",
    "find_collisions",
    "notes_of",
    "plot_aid_per_head",
    "plot_call_shares",
    "plot_completed_shares",
    "plot_denominators",
    "plot_events",
    "plot_funding_ratios",
    "plot_judgement_calls",
    "plot_later_reports",
    "plot_mechanisms",
    "plot_money_flow",
    "plot_named",
    "plot_parts_of_wholes",
    "plot_project_stages",
    "plot_revenue_routes",
    "plot_rows",
    "plot_unit_costs",
    "plot_waterfall",
    "programme_rules",
    "read_texts",
    "save_family",
    "save_figure",
    "save_plot",
    "save_rows",
    "sheet",
    "style",
]
