"""Presets and colours. A setting changes only while a plot is drawn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import matplotlib as mpl
import matplotlib.style

from aidstudy.codebook import did_you_mean
from aidstudy.errors import PlotError
from aidstudy.plots.fonts import HAN, LATIN, families
from aidstudy.plots.words import Lang

MM = 1 / 25.4
"""Inches in a millimetre."""


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours by meaning.

    Text is ink, notes and what is not reported grey. `light`, `mid` and `dark` are one hue for
    ordered things, `shared` money that others share in, `tint` what is possible, `accent` the one
    thing that a plot is about; `rule`, `lane` and `band` are lines, empty lanes and grounds.
    """

    ink: str
    grey: str
    light: str
    mid: str
    dark: str
    shared: str
    tint: str
    accent: str
    accent_tint: str
    rule: str
    lane: str
    band: str


COLOUR = Palette(
    ink="#1a1a1a",
    grey="#636363",
    light="#c6dbec",
    mid="#4f93c4",
    dark="#0b4a75",
    shared="#9fb3c4",
    tint="#b3cee4",
    accent="#c95500",
    accent_tint="#f6d9c6",
    rule="#c8c8c8",
    lane="#d0d0d0",
    band="#f0f0f0",
)
MONO = Palette(
    ink="#111111",
    grey="#5c5c5c",
    light="#d6d6d6",
    mid="#8f8f8f",
    dark="#2b2b2b",
    shared="#b0b0b0",
    tint="#cccccc",
    accent="#2b2b2b",
    accent_tint="#dcdcdc",
    rule="#c4c4c4",
    lane="#d0d0d0",
    band="#f1f1f1",
)

_BASE: Mapping[str, Any] = {
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "savefig.bbox": None,
    "text.parse_math": False,
    "text.usetex": False,
    "text.hinting": "none",
    "axes.unicode_minus": True,
    "axes.grid": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.6,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 2.5,
    "xtick.major.pad": 2.5,
    "axes.labelpad": 3.0,
    "pdf.fonttype": 42,
    "ps.fonttype": 3,
    "svg.fonttype": "none",
    "path.simplify": False,
}


def _rc(text: float, note: float, dpi: int, **more: Any) -> Mapping[str, Any]:
    return MappingProxyType(
        {
            **_BASE,
            "font.size": text,
            "axes.labelsize": text,
            "axes.titlesize": text,
            "xtick.labelsize": text,
            "ytick.labelsize": text,
            # Notes are the text that a legend would be; no plot here has a legend.
            "legend.fontsize": note,
            "figure.dpi": dpi,
            "savefig.dpi": dpi,
            **more,
        }
    )


@dataclass(frozen=True, slots=True)
class Preset:
    """How large a plot is and how it looks, for one place where plots appear.

    Parameters
    ----------
    name : str
    width_mm : float
        Exact width of the file.
    max_height_mm : float
        The most that the place allows.
    rc : mapping
        Settings of Matplotlib that hold while the plot is drawn and saved.
    palette : Palette
    fixed_height_mm : float or None
        Exact height where it does not follow from the content.
    least_pt : float
        Size under which no text may go.
    fonts : tuple of str
        Families that the place wants, the first that is installed; else Source Sans Pro.
    """

    name: str
    width_mm: float
    max_height_mm: float
    rc: Mapping[str, Any]
    palette: Palette = COLOUR
    fixed_height_mm: float | None = None
    least_pt: float = 6.0
    fonts: tuple[str, ...] = ()

    @property
    def headline(self) -> bool:
        """Whether the message stands in the plot: on slides only."""
        return self.fixed_height_mm is not None

    @property
    def narrow(self) -> bool:
        """Whether it is one column of a page, so that side columns must give way."""
        return self.width_mm < 120

    @property
    def roomy(self) -> bool:
        """Whether there is room for notes beside what is drawn: not in a column, not on slides."""
        return not (self.narrow or self.headline)


_ARIAL = ("Arial", "Liberation Sans", "TeX Gyre Heros")
"""What PLOS prints, and the free fonts with letters as wide."""

PRESETS: Mapping[str, Preset] = MappingProxyType(
    {
        preset.name: preset
        for preset in (
            Preset("single", 89, 170, _rc(7, 6, 300)),
            Preset("double", 183, 170, _rc(7, 6, 300)),
            Preset("elsevier", 190, 240, _rc(7, 7, 300), least_pt=7),
            Preset("plos", 190, 222, _rc(8, 8, 300), least_pt=8, fonts=_ARIAL),
            Preset("mono", 183, 170, _rc(7, 6, 300), MONO),
            Preset(
                "slide",
                320,
                180,
                _rc(
                    18,
                    16,
                    150,
                    **{
                        "axes.linewidth": 1.2,
                        "xtick.major.width": 1.2,
                        "xtick.major.size": 5.0,
                        "xtick.major.pad": 4.0,
                        "axes.labelpad": 5.0,
                    },
                ),
                fixed_height_mm=180,
                least_pt=16,
            ),
        )
    }
)


def preset_named(preset: str | Preset) -> Preset:
    """A preset by its name.

    Raises
    ------
    PlotError
        If there is none of that name.

    Examples
    --------
    >>> preset_named("single").width_mm
    89
    """
    if isinstance(preset, Preset):
        return preset
    if preset not in PRESETS:
        raise PlotError(f"preset {preset!r}: there is none{did_you_mean(preset, PRESETS)}")
    return PRESETS[preset]


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


_NOW: ContextVar[Preset | None] = ContextVar("preset", default=None)


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
    ours = {"font.family": [*own, *reversed(families(lang))], "text.parse_math": False}
    with mpl.rc_context(ours):
        yield COLOUR


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
