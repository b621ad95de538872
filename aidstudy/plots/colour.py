"""Lightness, contrast and what colour-blind readers see."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from matplotlib.colors import to_rgba
from numpy.typing import NDArray

Array = NDArray[np.float64]

# Machado, Oliveira and Fernandes (2009), "A physiologically-based model for simulation of color
# vision deficiency", IEEE TVCG 15(6), 1291-1298: the matrices for severity 1, on linear RGB.
CVD: Mapping[str, Array] = MappingProxyType(
    {
        "protanopia": np.array(
            [
                [0.152286, 1.052583, -0.204868],
                [0.114503, 0.786281, 0.099216],
                [-0.003882, -0.048116, 1.051998],
            ]
        ),
        "deuteranopia": np.array(
            [
                [0.367322, 0.860646, -0.227968],
                [0.280085, 0.672501, 0.047413],
                [-0.011820, 0.042940, 0.968881],
            ]
        ),
        "tritanopia": np.array(
            [
                [1.255528, -0.076749, -0.178779],
                [-0.078411, 0.930809, 0.147602],
                [0.004733, 0.691367, 0.303900],
            ]
        ),
    }
)
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
