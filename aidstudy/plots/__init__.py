"""Tables drawn on Axes, whole figures for papers, and the check before each is saved.

Each plot has a module of its own: ``plot_*`` draws a table on Axes, ``draw_*`` composes a whole
figure for a preset and a language, ``caption_*`` and ``alt_*`` say in words what it shows, and
``PLOT`` holds them together. :data:`PLOTS` gathers them. A plot of your own is a :class:`Plot`
whose ``draw`` composes a figure on a :func:`sheet`. Importing this changes no setting.
"""

from __future__ import annotations

from aidstudy.plots.plot import Plot
from aidstudy.plots.registry import PLOTS, plot_named
from aidstudy.plots.save import FORMATS, draw_all, save_family, save_plot
from aidstudy.plots.sheet import sheet
from aidstudy.plots.style import PRESETS, style
from aidstudy.plots.words import LANGS

__all__ = [
    "FORMATS",
    "LANGS",
    "PLOTS",
    "PRESETS",
    "Plot",
    "draw_all",
    "plot_named",
    "save_family",
    "save_plot",
    "sheet",
    "style",
]
