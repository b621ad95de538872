"""The check before every save: what a journal would send back is refused here."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.artist import Artist, getp
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import Collection
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Text
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

from aidstudy.bilingual import Lang
from aidstudy.errors import Fault, PlotError
from aidstudy.plots.style import MM, TOLD, Preset

LEAST_LINE = 0.25  # points
LEAST_CONTRAST = 4.5  # WCAG 2, level AA, for small text
LEAST_LIGHTNESS = 10.0  # steps of CIE L* between two series
_NO_LINE = ("None", "none", "", " ", None)
_OF_TEXT = 0.97
_BLEND = 3
_DO = TOLD["remedies"]
_NO_TEXT = "#ff00ff"  # a colour that no text has

Finding = tuple[str, str, str]
"""A rule, what breaks it, and how."""

Placed = tuple[Text, Bbox]
Pixels = NDArray[np.uint8]
Array = NDArray[np.float64]

_EYES = {kind: np.array(matrix) for kind, matrix in TOLD["eyes"].items()}
# Weights of linear RGB in luminance (Rec. 709).
_LUMA = np.array([0.2126, 0.7152, 0.0722])


def check_figure(
    figure: Figure,
    *,
    plot: str,
    lang: Lang,
    preset: Preset,
    drawn: pd.DataFrame | None = None,
    omitted: frozenset[str] = frozenset(),
) -> None:
    """Refuse a figure that breaks a rule; all faults in one error.

    `omitted` are quantities, or all in a unit, of the `drawn` rows that this preset leaves out.
    """
    where = f"plot {plot} ({lang}, {preset.name})"
    with warnings.catch_warnings():
        # A missing glyph is a fault below, with the text and the rule.
        warnings.filterwarnings("ignore", message="Glyph")
        full, texts = _pixels(figure), _placed(figure)
        found = [
            *_size(figure, preset, full),
            *_text_places(figure, texts),
            *_letters(texts, preset),
            *_lines(figure),
            *_contrast(figure, texts, full),
            *_covered(figure, texts, full),
            *_series(figure),
            *(() if drawn is None else _marks(figure, drawn, omitted)),
        ]
    faults = (Fault(where, "", what, why, _DO[rule]) for rule, what, why in found)
    PlotError.raise_if_any(faults, what=f"{where} must not be saved")


def find_collisions(figure: Figure) -> list[tuple[str, str, str]]:
    """Text over text, off the canvas or under a mark, in any figure; what it is, why, what to do.

    Examples
    --------
    >>> figure = Figure()
    >>> _ = figure.text(0.5, 0.5, "one"), figure.text(0.5, 0.5, "two")
    >>> find_collisions(figure)
    [('one / two', 'text over text', 'move one, shorten it, or take a wider preset')]
    """
    full, texts = _pixels(figure), _placed(figure)
    found = [*_text_places(figure, texts), *_covered(figure, texts, full)]
    return [(what, why, _DO[rule]) for rule, what, why in found]


def _pixels(figure: Figure) -> Pixels:
    canvas = FigureCanvasAgg(figure)
    canvas.draw()  # type: ignore[no-untyped-call]
    return np.array(canvas.buffer_rgba())[:, :, :3]  # type: ignore[no-untyped-call]


@contextmanager
def _changed(artists: Sequence[Artist], **look: Any) -> Iterator[None]:
    """Artists that look otherwise for a while."""
    before = [{name: getp(artist, name) for name in look} for artist in artists]
    for artist in artists:
        artist.set(**look)
    try:
        yield
    finally:
        for artist, old in zip(artists, before, strict=True):
            artist.set(**old)


@contextmanager
def _still(figure: Figure) -> Iterator[None]:
    """No layout for a while: where parts are hidden, the others would move."""
    engine = figure.get_layout_engine()
    if engine is not None:
        figure.set_layout_engine("none")
    try:
        yield
    finally:
        if engine is not None:
            figure.set_layout_engine(engine)


def shown_texts(figure: Figure) -> list[Text]:
    """Every text that is drawn: visible, not empty, no tick label outside the view."""
    outside: set[Text] = set()
    for ax in figure.axes:
        for axis in (ax.xaxis, ax.yaxis):
            low, high = sorted(axis.get_view_interval())
            slack = (high - low) * 1e-9
            for tick in [*axis.get_major_ticks(), *axis.get_minor_ticks()]:
                if not low - slack <= tick.get_loc() <= high + slack:
                    outside |= {tick.label1, tick.label2}
    return [
        text
        for text in figure.findobj(Text)
        if text.get_visible() and text.get_text().strip() and text not in outside
    ]


def _placed(figure: Figure) -> list[Placed]:
    """Every text that is drawn, from left to right, and its place."""
    placed = [(text, text.get_window_extent()) for text in shown_texts(figure)]
    return sorted(placed, key=lambda one: one[1].x0)


def _size(figure: Figure, preset: Preset, full: Pixels) -> Iterator[Finding]:
    width, height = (inches / MM for inches in figure.get_size_inches())
    if not math.isclose(width, preset.width_mm, abs_tol=1e-6):
        why = f"the width is not the {preset.width_mm:g} mm of the preset"
        yield "wide", f"{width:.2f} mm", why
    most = preset.fixed_height_mm or preset.max_height_mm
    if height > most + 1e-6 or (preset.fixed_height_mm and height < most - 1e-6):
        why = f"the height is not allowed; the preset has {most:g} mm"
        yield "high", f"{height:.2f} mm", why
    if any((side != 255).any() for side in (full[0], full[-1], full[:, 0], full[:, -1])):
        yield "edge", "", "something touches the edge of the canvas"


def _text_places(figure: Figure, texts: list[Placed]) -> Iterator[Finding]:
    width, height = figure.bbox.width, figure.bbox.height
    for text, box in texts:
        if box.x0 < 0 or box.y0 < 0 or box.x1 > width or box.y1 > height:
            yield "off", text.get_text(), "text off the canvas"
    slack = 0.4 * figure.dpi / 72
    for (text, box), (other, further) in combinations(texts, 2):
        aside = min(box.x1, further.x1) - further.x0
        if aside > slack and min(box.y1, further.y1) - max(box.y0, further.y0) > slack:
            yield "over", f"{text.get_text()} / {other.get_text()}", "text over text"


def _letters(texts: list[Placed], preset: Preset) -> Iterator[Finding]:
    """Text that is too small, and signs that no font has."""
    for text, _ in texts:
        said, size, weight = text.get_text(), float(text.get_fontsize()), text.get_fontweight()
        if size < preset.least_pt - 1e-6:
            least = f"the preset wants {preset.least_pt:g} pt or more"
            yield "small", said, f"text of {size:g} pt; {least}"
        properties = (FontProperties(family=one, weight=weight) for one in text.get_fontfamily())
        fonts = [get_font(findfont(one)) for one in properties]
        for sign in sorted(set(said) - {" ", "\n"}):
            if not any(font.get_char_index(ord(sign)) for font in fonts):
                yield "glyph", said, f"no font has a glyph for {sign!r} (U+{ord(sign):04X})"


def _lines(figure: Figure) -> Iterator[Finding]:
    for artist in figure.findobj(Artist.get_visible):
        names = (one for one in ("linewidth", "markeredgewidth") if hasattr(artist, f"get_{one}"))
        for width in np.hstack([getp(artist, one) for one in names] or [0.0]):
            if 0 < width < LEAST_LINE:
                name = artist.get_gid() or artist.get_label() or type(artist).__name__
                yield "thin", str(name), f"a line of {width:g} pt"


def _behind(pixels: Pixels, box: Bbox) -> Pixels:
    rows = slice(max(0, int(pixels.shape[0] - box.y1)), int(pixels.shape[0] - box.y0) + 1)
    return pixels[rows, max(0, int(box.x0)) : int(box.x1) + 1]


def _contrast(figure: Figure, texts: list[Placed], full: Pixels) -> Iterator[Finding]:
    # Text that is not drawn is not laid out either; a box around it or its arrow stays.
    boxed = [
        text for text, _ in texts if text.get_bbox_patch() or getattr(text, "arrow_patch", None)
    ]
    plain = [text for text, _ in texts if text not in boxed]
    with _still(figure), _changed(plain, visible=False), _changed(boxed, alpha=0):
        bare = _pixels(figure)
    for text, box in texts:
        behind = _behind(bare, box)
        under = behind[(_behind(full, box) != behind).any(axis=2)] / 255
        ink = luminance(over_white(text.get_color()))
        if not under.size:
            yield "unseen", text.get_text(), "the text cannot be seen"
        elif np.mean(contrast(luminance(under), ink) >= LEAST_CONTRAST) < _OF_TEXT:
            yield "pale", text.get_text(), f"contrast with what is behind it under {LEAST_CONTRAST}"


def _covered(figure: Figure, texts: list[Placed], full: Pixels) -> Iterator[Finding]:
    """Text whose letters would show if nothing but text were drawn."""
    marks = [
        artist
        for artist in figure.findobj(Artist.get_visible)
        if artist is not figure.patch and isinstance(artist, (Line2D, Patch, Collection))
    ]
    over = [(artist.get_zorder(), artist.get_window_extent()) for artist in marks]
    near = [
        (text, box)
        for text, box in texts
        if any(order >= text.get_zorder() and box.overlaps(place) for order, place in over)
    ]
    if not near:
        return
    with _still(figure), _changed(marks, visible=False), _changed([figure], facecolor=_NO_TEXT):
        alone = _pixels(figure)
    for text, box in near:
        # The middle of a letter has the colour of the text itself; edges blend with what is behind.
        ink = np.round(255 * np.array(to_rgba(text.get_color())[:3]))
        solid, shown = (
            (np.abs(_behind(pixels, box) - ink) <= _BLEND).all(axis=2) for pixels in (alone, full)
        )
        if (solid & ~shown).sum() > (1 - _OF_TEXT) * solid.sum():
            yield "under", text.get_text(), "text under a mark"


def _series(figure: Figure) -> Iterator[Finding]:
    """Two series need different lightness unless their form tells them apart."""
    for ax in figure.axes:
        looks: dict[tuple[str, Any], Any] = {}
        for artist in ax.findobj(Artist.get_visible):
            label, (form, colour) = str(artist.get_label()), _look(artist)
            if label and form and not label.startswith("_"):
                looks.setdefault((label, form), seen_as(colour))
        for ((label, form), one), ((other, as_form), two) in combinations(looks.items(), 2):
            close = [kind for kind in one if abs(one[kind] - two[kind]) < LEAST_LIGHTNESS]
            if label != other and form == as_form and close:
                why = f"the two are as light as each other ({', '.join(close)})"
                yield "alike", f"{label} / {other}", why


def _look(artist: Artist) -> tuple[Any, Any]:
    """Form and colour of a mark: dashed, hatched or hollow, it is told apart without its colour."""
    if isinstance(artist, Line2D) and artist.get_marker() in _NO_LINE:
        return artist.get_linestyle(), artist.get_color()
    if isinstance(artist, Line2D):
        form, fill = str(artist.get_marker()), artist.get_markerfacecolor()
    elif isinstance(artist, Patch):
        form = "solid" if artist.get_linestyle() in ("solid", "-") else "dashed"
        form += f" {artist.get_hatch() or ''}"
        fill = artist.get_facecolor()
    else:
        return "", None
    *rgb, alpha = to_rgba(fill)
    return (type(artist), form, alpha == 0 or rgb == [1, 1, 1]), fill


def _marks(figure: Figure, drawn: pd.DataFrame, omitted: frozenset[str]) -> Iterator[Finding]:
    shown = figure.findobj(Artist.get_visible)
    artists = {str(one.get_gid()): one for one in shown if one.get_gid()}
    for row in drawn.to_dict("records"):
        mark, state, artist = str(row["mark"]), row["state"], artists.get(row["mark"])
        if row["quantity"] in omitted or row["unit"] in omitted:
            continue
        said = artist.get_text().strip() if isinstance(artist, Text) else ""
        if artist is None:
            yield "lost", mark, "a row of the table has no mark in the plot"
        elif state in ("not_reported", "not_applicable") and not said:
            yield "empty", mark, f"a row that is {state} has no text"


# --- lightness, contrast and what colour-blind readers see ---------------------------------------


def over_white(colour: Any) -> Array:
    """Red, green and blue of a colour laid over white, each from 0 to 1."""
    rgba = np.array(to_rgba(colour))
    return np.asarray(rgba[:3] * rgba[3] + (1 - rgba[3]), dtype=np.float64)


def _linear(rgb: Array) -> Array:
    """sRGB without its gamma."""
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def luminance(rgb: Array) -> Array:
    """Relative luminance, for one colour or an array of them."""
    return np.asarray(_linear(rgb) @ _LUMA)


def _lightness(relative: float) -> float:
    """CIE L*, from 0 (black) to 100 (white), of a relative luminance."""
    return 116 * relative ** (1 / 3) - 16 if relative > 216 / 24389 else relative * 24389 / 27


def contrast(one: Array | float, other: Array | float) -> Array:
    """Contrast ratio (WCAG 2) of two relative luminances.

    Examples
    --------
    >>> float(contrast(1.0, 0.0))
    21.0
    """
    high, low = np.maximum(one, other), np.minimum(one, other)
    return np.asarray((high + 0.05) / (low + 0.05))


def seen_as(colour: Any) -> dict[str, float]:
    """Lightness of a colour in greyscale and under three kinds of colour blindness.

    >>> sorted(seen_as("#000000"))
    ['deuteranopia', 'greyscale', 'protanopia', 'tritanopia']
    """
    rgb = _linear(over_white(colour))
    seen = {kind: np.clip(matrix @ rgb, 0, 1) @ _LUMA for kind, matrix in _EYES.items()}
    return {kind: _lightness(float(relative)) for kind, relative in seen.items()}
