"""Presets and colours, from ``style.toml``. A setting changes only while a plot is drawn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from types import MappingProxyType, SimpleNamespace
from typing import Any

import matplotlib as mpl
import matplotlib.style

from aidstudy.bilingual import Lang
from aidstudy.codebook import one_of
from aidstudy.errors import PlotError
from aidstudy.files import read_toml
from aidstudy.plots.fonts import HAN, LATIN, families

MM = 1 / 25.4
"""Inches in a millimetre."""

TOLD = read_toml(__file__, "style.toml")


class Palette(SimpleNamespace):
    """Colours by meaning; their names, and what each is for, stand in ``style.toml``."""


COLOUR, MONO = (Palette(**TOLD["palettes"][name]) for name in ("colour", "mono"))


@dataclass(frozen=True, slots=True)
class Preset:
    """How large a plot is and how it looks, for one place where plots appear.

    The width is exact, the height follows from the content unless it is fixed; no text is smaller
    than `least_pt`, and `edge_pt` stay free at the edges. `rc` holds while the plot is drawn and
    saved. Of `fonts` the first that is installed is taken, else Source Sans Pro.
    """

    name: str
    width_mm: float
    max_height_mm: float
    rc: Mapping[str, Any]
    palette: Palette
    fixed_height_mm: float | None = None
    least_pt: float = 6.0
    edge_pt: float = 2.0
    fonts: tuple[str, ...] = ()

    @property
    def slide(self) -> bool:
        """Whether it is shown on a wall, with its message and fewer rows."""
        return self.fixed_height_mm is not None

    @property
    def narrow(self) -> bool:
        """Whether it is one column of a page, so that side columns must give way."""
        return self.width_mm < 120

    @property
    def roomy(self) -> bool:
        """Whether there is room for notes beside what is drawn: not in a column, not on slides."""
        return not (self.narrow or self.slide)


def _preset(name: str, told: dict[str, Any]) -> Preset:
    text, note, dpi = told.pop("text_pt"), told.pop("note_pt"), told.pop("dpi", 300)
    sizes = ("font.size", "axes.labelsize", "axes.titlesize", "xtick.labelsize", "ytick.labelsize")
    # A key is as large as the notes.
    rc = TOLD["rc"] | dict.fromkeys(sizes, text) | {"legend.fontsize": note}
    rc |= {"savefig.bbox": None, "figure.dpi": dpi, "savefig.dpi": dpi, **told.pop("rc", {})}
    palette = MONO if told.pop("palette", "") == "mono" else COLOUR
    fonts = tuple(told.pop("fonts", ()))
    return Preset(name, rc=MappingProxyType(rc), palette=palette, fonts=fonts, **told)


PRESETS: Mapping[str, Preset] = MappingProxyType(
    {name: _preset(name, dict(told)) for name, told in TOLD["presets"].items()}
)


def preset_named(preset: str | Preset) -> Preset:
    """A preset by its name."""
    if isinstance(preset, Preset):
        return preset
    return PRESETS[one_of("preset", preset, PRESETS, PlotError)]


_NOW: ContextVar[Preset | None] = ContextVar("preset", default=None)


@contextmanager
def style(preset: str | Preset = "double", lang: Lang = "en") -> Iterator[Preset]:
    """Draw in the style of a preset; afterwards every setting is as before.

    Parameters
    ----------
    preset : str or Preset, default "double"
    lang : {"en", "zh"}
        Which font comes first.

    Examples
    --------
    >>> before = mpl.rcParams["font.size"]
    >>> with style("elsevier"):
    ...     print(mpl.rcParams["font.size"])
    7.0
    >>> mpl.rcParams["font.size"] == before
    True
    """
    chosen = preset_named(preset)
    rc = {**chosen.rc, "font.family": families(lang, chosen.fonts)}
    token = _NOW.set(chosen)
    try:
        with mpl.style.context(["default", rc]):
            yield chosen
    finally:
        _NOW.reset(token)


@contextmanager
def lettering(lang: Lang) -> Iterator[Palette]:
    """Draw in the style that holds, with fonts that have every letter of a language.

    In an author's own style the author's fonts come first, and every setting stays.
    """
    now = _NOW.get()
    if now is not None:
        yield now.palette
        return
    own = [family for family in mpl.rcParams["font.family"] if family not in (LATIN, HAN)]
    ours: dict[Any, Any] = {
        "font.family": [*own, *reversed(families(lang))],
        "text.parse_math": False,
    }
    with mpl.rc_context(ours):
        yield COLOUR


def strong_weight() -> int:
    """Weight of what is set bold; only the fonts of the house have a semibold."""
    now = _NOW.get()
    return 600 if now and not now.fonts else 700


def latin_first() -> list[str]:
    """The families that hold now, the Chinese one last: it draws some signs full width."""
    return sorted(mpl.rcParams["font.family"], key=lambda family: family == HAN)


def body_size() -> float:
    """Size of text in points, under the settings that hold now."""
    return float(mpl.rcParams["font.size"])


def note_size() -> float:
    """Size of notes in points, under the settings that hold now."""
    size = mpl.rcParams["legend.fontsize"]
    return float(size) if isinstance(size, (int, float)) else body_size() * 6 / 7
