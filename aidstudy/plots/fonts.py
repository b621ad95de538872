"""The two fonts of all plots, found in the packages that bring them.

Both have TrueType outlines: with others (CFF) and ``pdf.fonttype=42`` Chinese vanishes from PDF
readers without a word. Neither package is imported; ``zhplot`` would change rcParams.
"""

from __future__ import annotations

import warnings
from dataclasses import replace
from functools import lru_cache
from importlib import metadata
from pathlib import Path

from matplotlib import font_manager

from aidstudy.bilingual import LANGS, Lang
from aidstudy.errors import PlotError

LATIN = "aidstudy Latin"
HAN = "aidstudy Han"

LATIN_PACKAGE = "font-source-sans-pro"
HAN_PACKAGE = "zhplot"

STACKS = {
    LATIN: "'Source Sans Pro', 'Source Sans 3', Arial, sans-serif",
    HAN: "'Noto Sans SC', 'Source Han Sans SC', 'Microsoft YaHei', 'PingFang SC', sans-serif",
}
"""What stands in an SVG for the names above, which only this package knows."""


def packed_file(package: str, name: str) -> Path | None:
    """A file that came with an installed package, without importing the package, or None.

    >>> packed_file("zhplot", "NotoSansSC-Regular.ttf").name
    'NotoSansSC-Regular.ttf'
    >>> packed_file("no-such-package", "font.ttf") is None
    True
    """
    try:
        files = metadata.files(package) or []
    except metadata.PackageNotFoundError:
        return None
    places = (Path(str(file.locate())) for file in files if file.name == name)
    return next((path for path in places if path.is_file()), None)


@lru_cache(maxsize=1)
def find_fonts() -> dict[str, str]:
    """Make the fonts known to Matplotlib under names of our own; file and package of each.

    The names are new, so no other plot of the same process can get another font by it; settings
    stay as they are.

    Warns
    -----
    UserWarning
        Once, if there is no Chinese font: plots are then in English only.
    """
    latin = packed_file(LATIN_PACKAGE, "SourceSansPro-Regular.ttf")
    strong = packed_file(LATIN_PACKAGE, "SourceSansPro-Semibold.ttf")
    if latin is None or strong is None:
        raise PlotError(
            f"fonts: package {LATIN_PACKAGE} is not installed or has no TrueType files; install "
            "it, the plots are measured with its letters"
        )
    han = packed_file(HAN_PACKAGE, "NotoSansSC-Regular.ttf")
    if han is None:
        warnings.warn(
            f"no Chinese font (package {HAN_PACKAGE} is not installed): plots are drawn in "
            "English only",
            stacklevel=2,
        )
    # The Chinese font has one weight; without an entry for each other Matplotlib complains.
    known = [(LATIN, latin, 400), (LATIN, strong, 600), (LATIN, strong, 700)]
    known += [(HAN, han, weight) for weight in (400, 600, 700) if han]
    for family, path, weight in known:
        entry = font_manager.ttfFontProperty(font_manager.get_font(str(path)))
        font_manager.fontManager.ttflist.append(replace(entry, name=family, weight=weight))
    packages = {LATIN: LATIN_PACKAGE, HAN: HAN_PACKAGE}
    return {path.name: packages[family] for family, path, _ in known}


def languages() -> tuple[Lang, ...]:
    """The languages that can be drawn here: English only where there is no Chinese font."""
    return LANGS if HAN_PACKAGE in find_fonts().values() else ("en",)


def families(lang: str, wanted: tuple[str, ...] = ()) -> list[str]:
    """Font families in the order in which a glyph is looked for, the `wanted` one in front."""
    find_fonts()
    latin = [*_first_of(wanted), LATIN] if wanted else [LATIN]
    if lang == "en":
        return latin
    if lang not in languages():
        raise PlotError(
            f"language {lang!r}: no Chinese font; install the package {HAN_PACKAGE}, or draw with "
            "lang='en'"
        )
    return [HAN, *latin]


def stacks(wanted: tuple[str, ...]) -> dict[str, str]:
    """What stands in an SVG for a family: the font that a journal wants before one in its place."""
    names = ", ".join(f"'{name}'" for name in wanted)
    return STACKS | (dict.fromkeys(_first_of(wanted), names) if wanted else {})


@lru_cache
def _first_of(wanted: tuple[str, ...]) -> tuple[str, ...]:
    """The first family that is installed with TrueType outlines; says if it is not the first."""
    there = {e.name for e in font_manager.fontManager.ttflist if str(e.fname).endswith(".ttf")}
    found = next((name for name in wanted if name in there), None)
    if found != wanted[0]:
        instead = found or "Source Sans Pro"
        warnings.warn(
            f"the font {wanted[0]} is not installed: {instead} stands in for it", stacklevel=2
        )
    return (found,) if found else ()
