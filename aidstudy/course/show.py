"""What a notebook shows beside tables: prose whose numbers come from values, and plots.

Nothing here computes. How a number is written is decided in :mod:`aidstudy.rounding`. The
bytes depend on the values only.
"""

from __future__ import annotations

import base64
import datetime as dt
import html
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from io import BytesIO
from string import Formatter
from typing import TYPE_CHECKING, Any

import pandas as pd

from aidstudy.bilingual import Lang, day_text
from aidstudy.codebook import did_you_mean
from aidstudy.errors import TableError
from aidstudy.quantity.result import Leaf
from aidstudy.quantity.scalar import Missing, Quantity, digits, written
from aidstudy.reading.figure import Reading
from aidstudy.tables.load import StudyLike

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from aidstudy.plots.plot import Sheet

LIVE = "AIDSTUDY_LIVE"
"""Environment variable that ``aidstudy lab`` sets: JupyterLab is there to look at what is shown."""

_PRESET, _DPI = "double", 130
"""A plot that fits the width of a notebook, in a small file."""

_COLOURS = 64

_MARKDOWN = re.compile(r"([\\`*_{}<>#|$~\[\]])")


def _escaped(text: str) -> str:
    """Text in which Markdown finds nothing to mark up."""
    return _MARKDOWN.sub(r"\\\1", text)


def reading_table(readings: Iterable[Reading]) -> pd.DataFrame:
    """What was read from a text, a row for each figure: print, place, kind, quantity, bound.

    A day or a period has no quantity and stands in the column ``text``.

    >>> from aidstudy import find_quantities
    >>> reading_table(find_quantities("投资约1亿元").quantities).loc[0, "quantity"]
    100,000,000 [50,000,000, 150,000,000] CNY
    """
    found = list(readings)
    numbers = [quantity_of(one) for one in found]
    return pd.DataFrame(
        {
            "printed": [one.printed for one in found],
            "start": [one.span.start for one in found],
            "end": [one.span.end for one in found],
            "kind": [one.kind for one in found],
            "quantity": pd.Series(numbers, dtype="quantity"),
            "text": ["" if isinstance(one.value, Fraction) else one.value for one in found],
            "bound": [one.bound for one in found],
        }
    )


def leaf_of(one: Reading) -> Leaf | None:
    """What was read, for a formula; a day, a period or a code is no number."""
    if not isinstance(one.value, Fraction) or one.interval is None:
        return None
    return Leaf("given", one.printed, one.value, one.interval, one.printed, one.unit)


def quantity_of(one: Reading) -> Quantity | Missing:
    """What was read, as a quantity."""
    leaf = leaf_of(one)
    return Missing("not_applicable") if leaf is None else Quantity.of(leaf)


# --- prose -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Said:
    """Prose whose numbers were rendered from values; as Markdown each names the ids behind it."""

    text: str
    markdown: str

    def __repr__(self) -> str:
        return self.text

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/markdown": self.markdown, "text/plain": self.text}


# Characters of no script: nothing that is shown holds them.
_MARKED = re.compile("\ue000([^\ue001]*)\ue001([^\ue002]*)\ue002")


def said(marked: str) -> Said:
    """Prose in whose text ids stand before what they are behind, each between marks."""
    spans = _MARKED.sub(r'<span data-figures="\1">\2</span>', marked)
    return Said(_MARKED.sub(r"\2", marked), spans)


def say(template: str, **values: Any) -> Said:
    """Prose with its numbers rendered from values, so that none is typed.

    The template is Markdown with fields: ``{name}``, ``{name:unit}``, ``{name:number}`` where the
    sentence says the unit, and ``{row[column]}`` for a table's row. Values are quantities, numbers,
    days, text and rows; a field without one is a ``TableError``.

    >>> say("It gives {aid:CNY million}.", aid=Quantity.given("2672", "万元"))
    It gives 26.72 [26.715, 26.725] CNY million.
    """
    return said(_Renderer().vformat(template, (), values))


class _Renderer(Formatter):
    def get_field(self, field_name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        try:
            return super().get_field(field_name, args, kwargs)
        except KeyError:
            name, _, column = field_name.removesuffix("]").partition("[")
            known = kwargs[name].keys() if name in kwargs else kwargs
            raise TableError(
                f"prose to show: no value for {{{field_name}}}"
                f"{did_you_mean(column if name in kwargs else name, list(known))}"
            ) from None

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, (pd.Series, pd.DataFrame, Mapping)):
            raise TableError(
                "prose to show: a field holds a whole row; name one of its columns, as in "
                "{row[column]}"
            )
        number = quantity_of(value) if isinstance(value, Reading) else value
        if isinstance(number, Missing):
            return str(number)
        if isinstance(number, Quantity):
            if format_spec == "number":
                found = digits(number)
                text = f"{found.value} [{found.low}, {found.high}]" if found.low else found.value
            else:
                text = written(number.to(format_spec) if format_spec else number)
            ids = " ".join((*number.figures, *number.facts))
            return f"\ue000{html.escape(ids)}\ue001{text}\ue002" if ids else text
        if format_spec:
            raise TableError(f"prose to show: {value!r} has no unit, so it is not shown in one")
        return _escaped(day_text(value, "en") if isinstance(value, dt.date) else str(value))


# --- pictures --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing with its caption under it; where no picture can be shown, its alternative text."""

    png: bytes
    alt: str
    caption: str | Said

    def __repr__(self) -> str:
        return f"{self.alt}\n{self.caption}"

    def _ipython_display_(self) -> None:
        from IPython.display import display

        # As text: the kernel of a browser passes bytes on as they are, and no picture is shown.
        png = base64.b64encode(self.png).decode("ascii")
        data = {"image/png": png, "text/plain": self.alt}
        if os.environ.get(LIVE):
            # JupyterLab gives a PNG no alternative text, and an element of HTML its own.
            url = f"data:image/png;base64,{png}"
            data = {"text/html": f'<img src="{url}" alt="{html.escape(self.alt)}">'}
        display(data, raw=True, metadata={"image/png": {"alt": self.alt}})  # type: ignore[no-untyped-call]
        caption = self.caption if isinstance(self.caption, Said) else said(_escaped(self.caption))
        display(caption)  # type: ignore[no-untyped-call]


def picture(stem: str, *, study: StudyLike = None, lang: Lang = "en") -> Picture:
    """A plot of ``aidstudy.plots.PLOTS`` as a notebook shows it, its caption under it.

    >>> picture("money_flow").png[1:4]
    b'PNG'
    """
    from aidstudy.plots.registry import plot_named
    from aidstudy.plots.style import preset_named, style

    plot, preset = plot_named(stem), preset_named(_PRESET)
    tables = plot.load(study)
    figure = plot.draw(**tables, preset=preset, lang=lang)
    with style(preset, lang):
        png = _quantized(figure)
    return Picture(png, plot.alt(**tables, lang=lang), plot.caption(**tables, lang=lang))


def own_picture(page: Sheet | Figure, alt: str, caption: Said) -> Picture:
    """A plot of your own as a notebook shows it; `alt` tells it to those who cannot see it.

    A figure from ``plt.subplots()`` is shown as it is; you can go on drawing on it and show it
    again. A sheet (see :func:`aidstudy.plots.plot.sheet`) is checked before, like the plots of
    the study. The caption is from :func:`say`, so that no number in it is typed.

    >>> from matplotlib.figure import Figure
    >>> figure = Figure()
    >>> _ = figure.subplots().plot([1, 2], [0, 1])
    >>> own_picture(figure, "A line.", say("{n} points.", n=2))
    A line.
    2 points.
    """
    from matplotlib.figure import Figure as Plain

    from aidstudy.plots.preflight import check_figure
    from aidstudy.plots.style import style

    if isinstance(page, Plain):
        from matplotlib import pyplot as plt

        plt.close(page)  # or the notebook would show it once more
        return Picture(_quantized(page), alt, caption)
    with style(page.preset, page.lang):
        check_figure(page.figure, plot=page.plot, lang=page.lang, preset=page.preset)
        return Picture(_quantized(page.figure), alt, caption)


def _quantized(figure: Figure) -> bytes:
    from PIL import Image

    drawn, png = BytesIO(), BytesIO()
    figure.savefig(drawn, format="png", dpi=_DPI)
    with Image.open(drawn) as image:
        # Few colours: a quarter of the size, and nothing that an eye could tell apart is lost.
        image.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE).save(
            png, format="png", optimize=True
        )
    return png.getvalue()
