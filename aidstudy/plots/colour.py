"""Lightness, contrast and what colour-blind readers see."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.colors import to_rgba
from numpy.typing import NDArray

from aidstudy.plots.style import TOLD

Array = NDArray[np.float64]

CVD = {kind: np.array(matrix) for kind, matrix in TOLD["colour_blind"].items()}
# Weights of linear RGB in luminance (Rec. 709).
_LUMA = np.array([0.2126, 0.7152, 0.0722])


def over_white(colour: Any) -> Array:
    """Red, green and blue of a colour laid over white, each from 0 to 1."""
    rgba = np.array(to_rgba(colour))
    return np.asarray(rgba[:3] * rgba[3] + (1 - rgba[3]), dtype=np.float64)


def linear(rgb: Array) -> Array:
    """sRGB without its gamma."""
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def luminance(rgb: Array) -> Array:
    """Relative luminance, for one colour or an array of them."""
    return np.asarray(linear(rgb) @ _LUMA)


def lightness(relative: float) -> float:
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

    Examples
    --------
    >>> sorted(seen_as("#000000"))
    ['deuteranopia', 'greyscale', 'protanopia', 'tritanopia']
    """
    rgb = linear(over_white(colour))
    seen = {"greyscale": lightness(float(rgb @ _LUMA))}
    for kind, matrix in CVD.items():
        seen[kind] = lightness(float(np.clip(matrix @ rgb, 0, 1) @ _LUMA))
    return seen
