"""Bold Chinese: its font has one weight, so bold letters are drawn once more as outlines.

In a PDF the text under the outlines stays text, and in an SVG it is text with its weight, which the
reader's own fonts show.
"""

from __future__ import annotations

import re
from typing import Any

from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.font_manager import weight_dict
from matplotlib.patheffects import Stroke

from aidstudy.plots.fonts import HAN
from aidstudy.plots.preflight import shown_texts

_HAN = re.compile(r"[\u3400-\u9fff]")
_WIDTH = 0.045
"""Of an outline, in sizes of the text."""


class Bold(Artist):
    """Draws each text of a figure in the Chinese font that is set bold once more, as outlines."""

    def __init__(self, figure: Figure) -> None:
        super().__init__()
        self.set_figure(figure)
        self.set_zorder(9)
        self.set_in_layout(False)

    def draw(self, renderer: Any) -> None:
        """Draw the outlines over the texts, which are drawn by then."""
        if not self.get_visible():
            return
        for text in shown_texts(self.figure.figure):
            weight: Any = text.get_fontweight()
            han = text.get_fontfamily()[0] == HAN or _HAN.search(text.get_text())
            if weight_dict.get(weight, weight) >= 600 and han:
                wide, before = _WIDTH * float(text.get_fontsize()), text.get_path_effects()
                text.set_path_effects([Stroke(linewidth=wide, foreground=text.get_color())])
                text.draw(renderer)
                text.set_path_effects(before)


def embolden(figure: Figure | None) -> None:
    """Have the bold Chinese of a figure drawn bold, whatever is still to come on it."""
    if figure is not None and not any(isinstance(one, Bold) for one in figure.artists):
        figure.add_artist(Bold(figure))
