"""How tables and numbers are shown in a notebook: with unit, bounds, state and figure ids.

Nothing here computes. Exact values are rounded once, when they are written, and how many digits
they bear is decided in :mod:`aidstudy.rounding`. The bytes depend on the values only.
"""

from __future__ import annotations

import base64
import datetime as dt
import html
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from io import BytesIO
from itertools import zip_longest
from string import Formatter
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from aidstudy.codebook import STATES, did_you_mean
from aidstudy.errors import TableError
from aidstudy.intervals import Interval
from aidstudy.quantity.scalar import Missing, Quantity
from aidstudy.reading.quantities import Reading
from aidstudy.result import Term
from aidstudy.rounding import OPEN, Digits, write_number
from aidstudy.rounding import Shown as Exact
from aidstudy.tables.days import day_text
from aidstudy.tables.load import StudyLike
from aidstudy.tables.ordinary import exact_row, rows_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from aidstudy.plots.sheet import Sheet
    from aidstudy.plots.style import Preset
    from aidstudy.plots.words import Lang

_KEPT_TOGETHER = 24
"""Columns of text up to this width are not broken into lines."""

_PRESET, _DPI = "double", 130
"""A plot that fits the width of a notebook, in a small file."""

_COLOURS = 64

_ENDS = {"lower": "low", "upper": "high"}
"""Columns that hold an end of an interval that has a value of its own, rounded outward."""

_OWN_ID = ("result_id", "figure_id", "fact_id")

NOTHING = "—"
"""An empty cell that has no state of its own to give."""


@dataclass(frozen=True, slots=True)
class _Unit:
    """How a unit is written, and how many base units it holds."""

    scale: int
    before: str = ""
    after: str = ""


_UNITS: Mapping[str, _Unit] = {
    "CNY": _Unit(1, "CNY "),
    "CNY million": _Unit(10**6, "CNY ", " million"),
    "CNY billion": _Unit(10**9, "CNY ", " billion"),
    "万元": _Unit(10**4, "", "万元"),
    "亿元": _Unit(10**8, "", "亿元"),
    "CNY/m2": _Unit(1, "CNY ", " per m²"),
    "%": _Unit(1, "", "%"),
    "m": _Unit(1, "", " m"),
    "km": _Unit(1000, "", " km"),
    "m2": _Unit(1, "", " m²"),
    "m3": _Unit(1, "", " m³"),
    "m3/day": _Unit(1, "", " m³/day"),
}
_BASE = _Unit(1)
_HEADER_UNIT = re.compile(r"\(([^()]+)\)\Z")
_SPEC = re.compile(r"(?P<unit>.*?)(?:(?:^|\s+)(?P<end>low|high))?\Z")
_ID = re.compile(r"\b[a-z_]+-[a-z]?\d+\b")
_MARKDOWN = re.compile(r"([\\`*_{}<>#|$~\[\]])")


def _escaped(text: str) -> str:
    """Text in which Markdown finds nothing to mark up."""
    return _MARKDOWN.sub(r"\\\1", text)


@dataclass(frozen=True, slots=True)
class Amount:
    """A number as it is shown: exact value in base units, bounds, and how it came about.

    `state` is a code of ``codebook.STATES``, empty for what is no figure, such as a count of rows;
    `unit` is empty where whoever shows it names one; `sources` are the ids behind it.
    """

    value: Fraction | None
    interval: Interval | None = None
    state: str = ""
    unit: str = ""
    sources: tuple[str, ...] = ()
    printed: str = ""

    @property
    def known(self) -> bool:
        """Whether there is a value, or at least bounds."""
        return self.value is not None or self.interval is not None

    def digits(self, scale: int) -> Digits:
        """The number as text in a unit that holds so many base units."""
        value = None if self.value is None else self.value / scale
        interval = self.interval or Interval.exactly(self.value or 0)
        low, high = (None if end is None else end / scale for end in (interval.low, interval.high))
        return write_number(Exact(value, Interval(low, high)))

    def text(self, unit: str = "") -> str:
        """The number in words a sentence can hold, with its unit and its bounds.

        >>> aid = Amount(Fraction(26720000), Interval(26715000, 26725000), "printed", "CNY")
        >>> print(aid.text("CNY million"))
        CNY 26.72 million [26.715, 26.725]
        >>> print(Amount(None, state="not_reported").text("%"))
        not reported
        """
        return _written(self, self._unit(unit), named=True)

    def end_text(self, end: Literal["low", "high"], unit: str = "") -> str:
        """One end of what the print allows, rounded outward: at least so much, or at most.

        >>> least = Amount(Fraction(6335300), Interval(6330300, 6340300), "hypothetical", "CNY")
        >>> least.end_text("low", "CNY million"), least.end_text("high", "CNY million")
        ('CNY 6.330 million', 'CNY 6.341 million')
        """
        known = self._unit(unit)
        if not self.known:
            return _written(self, known)
        text = _bound(self, known, end)
        return text if text == OPEN else f"{known.before}{text}{known.after}"

    def _unit(self, unit: str) -> _Unit:
        return _unit(unit) if unit else _UNITS.get(self.unit, _BASE)


def cell(row: Mapping[str, Any] | pd.Series[Any], column: str) -> Amount:
    """One number of a table's row, with the bounds, state and ids that stand beside it.

    They are in ``column_low``, ``column_high``, ``column_state`` and ``column_figures``; those of
    ``value`` have no prefix. The value of a result, figure or fact has the id of its row.

    >>> cell({"aid": Fraction(7), "aid_state": "printed", "aid_figures": "x-001"}, "aid").sources
    ('x-001',)
    """
    if column not in row:
        raise TableError(
            f"a row to show: column {column!r} is not there{did_you_mean(column, list(row.keys()))}"
        )
    value, start = row[column], "" if column == "value" else f"{column}_"
    if not (_empty(value) or _is_number(value)):
        raise TableError(
            f"a row to show: column {column!r} holds {value!r}, which is no number; "
            "show it as it stands"
        )
    low, high = row.get(f"{start}low"), row.get(f"{start}high")
    bounded = _is_number(low) or _is_number(high)
    own = [row[name] for name in _OWN_ID if column == "value" and row.get(name)][:1]
    behind = row.get(f"{start}figures")
    printed, unit = row.get("printed"), row.get("unit")
    return Amount(
        None if _empty(value) else Fraction(value),
        Interval(_end(low), _end(high)) if bounded else None,
        _state(row, column),
        str(unit) if column == "value" and isinstance(unit, str) else "",
        tuple(str(one) for one in own) or tuple(behind.split() if isinstance(behind, str) else ()),
        str(printed) if column == "value" and isinstance(printed, str) else "",
    )


def _end(value: Any) -> Fraction | None:
    return Fraction(value) if _is_number(value) else None


def _state(row: Mapping[str, Any] | pd.Series[Any], column: str) -> str:
    names = ["state"] if column == "value" else [f"{column}_state"]
    names += [f"{column.removesuffix(end)}_state" for end in ("_en", "_zh") if column.endswith(end)]
    found = [row[name] for name in names if name in row]
    return str(found[0]) if found and found[0] in STATES else ""


def _empty(value: Any) -> bool:
    return value is None or value is pd.NA or value is pd.NaT or value != value or value == ""


def _is_number(value: Any) -> bool:
    if _empty(value):
        return False
    plain = value.item() if isinstance(value, np.generic) else value
    return isinstance(plain, (int, Fraction)) and not isinstance(plain, bool)


def amount_of(thing: Any) -> Amount | None:
    """What can be shown as a number, with its bounds, state and ids; ``None`` for the rest.

    >>> print(amount_of(Interval(1, 3)).text("CNY"))
    CNY 1 to 3
    """
    if isinstance(thing, Amount):
        return thing
    if isinstance(thing, Term):
        return _of_term(thing, "" if thing.leaf is None else thing.leaf.unit)
    if isinstance(thing, Quantity):
        base = thing if thing.unit in ("%", "pp") else thing.in_base()
        ids, formula = (*thing.figures, *thing.facts), thing.formula
        return Amount(base.exact, base.interval, thing.state, base.unit, ids, formula)
    if isinstance(thing, Missing):
        return Amount(None, state=thing.state)
    if isinstance(thing, Reading) and isinstance(thing.value, Fraction):
        return Amount(thing.value, thing.interval, "printed", thing.unit, (), thing.printed)
    if isinstance(thing, Interval):
        return Amount(None, thing, "bounds_only")
    return Amount(Fraction(thing)) if _is_number(thing) else None


def _of_term(term: Term, unit: str) -> Amount:
    leaves = term.leaves().values()
    ids = tuple(leaf.id for leaf in leaves if leaf.source != "number")
    printed = "" if term.leaf is None else term.leaf.printed
    return Amount(term.value, term.bounds(), term.state, unit, ids, printed)


# --- numbers as text -------------------------------------------------------------------------


def _unit(name: str) -> _Unit:
    if name not in _UNITS:
        raise TableError(
            f"unit {name!r} is not one that numbers are shown in{did_you_mean(name, list(_UNITS))}"
        )
    return _UNITS[name]


def _written(amount: Amount, unit: _Unit, *, named: bool = False, part: str = "") -> str:
    """A number as :mod:`aidstudy.rounding` writes it, or one part of it."""
    if not amount.known:
        return amount.state.replace("_", " ") or NOTHING
    digits = amount.digits(unit.scale)
    before, after = (unit.before, unit.after) if named else ("", "")
    if part in ("low", "high"):
        return (digits.low if part == "low" else digits.high) or digits.value
    if not digits.value:
        return f"{before}{digits.low} to {digits.high}{after}"
    bounds = f" [{digits.low}, {digits.high}]" if digits.low and part != "value" else ""
    return f"{before}{digits.value}{after}{bounds}"


def _bound(amount: Amount, unit: _Unit, end: str) -> str:
    """An end of what is allowed; an exact number has itself, rounded to the side of the end."""
    if amount.value is not None and not amount.digits(unit.scale).low:
        low, high = (amount.value, None) if end == "low" else (None, amount.value)
        amount = Amount(None, Interval(low, high))
    return _written(amount, unit, part=end)


# --- tables ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shown:
    """A table as text cells; a notebook draws it as HTML, a terminal as aligned columns."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]
    sources: tuple[tuple[str, ...], ...] = ()
    """Ids behind each cell of each row, with blanks between them."""

    def __repr__(self) -> str:
        lines = [self.headers, *self.rows]
        widths = [max(_width(line[i]) for line in lines) for i in range(len(self.headers))]
        return "\n".join(
            "  ".join(
                _padded(text, width, right)
                for text, width, right in zip(line, widths, self.numeric, strict=True)
            ).rstrip()
            for line in lines
        )

    def _repr_html_(self) -> str:
        lines = [self.headers, *self.rows]
        styles = []
        for place, number in enumerate(self.numeric):
            short = max(_width(line[place]) for line in lines) <= _KEPT_TOGETHER
            together = ";white-space:nowrap" if number or short else ""
            styles.append(f"text-align:{'right' if number else 'left'}{together}")
        parts = ["<table>", "<thead>", "<tr>"]
        parts += [
            f'<th scope="col" style="{style}">{html.escape(header)}</th>'
            for header, style in zip(self.headers, styles, strict=True)
        ]
        parts += ["</tr>", "</thead>", "<tbody>"]
        for row, ids in zip_longest(self.rows, self.sources, fillvalue=()):
            cells = list(zip_longest(row, styles, ids, fillvalue=""))
            first, style, behind = cells[0]
            parts += [
                "<tr>",
                f'<th scope="row"{_behind(behind)} style="{style};font-weight:normal">'
                f"{marked_up(first)}</th>",
            ]
            parts += [
                f'<td{_behind(behind)} style="{style}">{marked_up(text)}</td>'
                for text, style, behind in cells[1:]
            ]
            parts.append("</tr>")
        return "\n".join([*parts, "</tbody>", "</table>"])


def _behind(ids: str) -> str:
    """The ids behind a number as an attribute, from which the site makes a link."""
    return f' data-figures="{html.escape(ids)}"' if ids else ""


def marked_up(text: str) -> str:
    """A cell as HTML: what the codebook's texts have in backticks is code, ids stay whole."""
    code = re.sub(r"`([^`]*)`", r"<code>\1</code>", html.escape(text))
    return _ID.sub(r'<span style="white-space:nowrap">\g<0></span>', code)


def show(
    table: Any,
    columns: Mapping[str, str] | Sequence[str] | None = None,
) -> Shown:
    """A table as a reader should see it.

    Parameters
    ----------
    table : pandas.DataFrame, or sequence of mappings or quantities
        A named index (of a cross table) is shown as the first columns.
    columns : mapping of str to str, or sequence of str, optional
        Columns to show, and their headers. A header that ends in a unit in brackets, as in
        ``"aid (CNY million)"``, says what its numbers are shown in; without one they stand in base
        units. The bounds of a number stand beside it unless they are columns of their own. Exact
        numbers of a column ``lower`` or ``upper``, the ends of an interval, are rounded outward.

    Returns
    -------
    Shown

    Raises
    ------
    TableError
        If there is no such column, or the unit in a header is not known.

    Examples
    --------
    >>> rows = [{"donor": "A", "aid": Fraction(3), "aid_low": Fraction(2), "aid_high": Fraction(4)},
    ...         {"donor": "B", "aid": None, "aid_state": "not_reported"}]
    >>> show(rows, {"donor": "donor", "aid": "aid (CNY)"})
    donor     aid (CNY)
    A            3 [2, 4]
    B        not reported
    """
    records = _records(table)
    if columns is None:
        columns = list(dict.fromkeys(name for record in records for name in record))
    headers = dict(columns) if isinstance(columns, Mapping) else {name: name for name in columns}
    shown = [_column(records, name, headers) for name in headers]
    return Shown(
        tuple(headers.values()),
        tuple(zip(*(texts for texts, _, _ in shown), strict=True)),
        tuple(numeric for _, _, numeric in shown),
        tuple(zip(*(ids for _, ids, _ in shown), strict=True)),
    )


def _records(table: Any) -> list[Mapping[str, Any]]:
    if isinstance(table, pd.DataFrame):
        named = any(name is not None for name in table.index.names)
        flat = table.reset_index() if named and not set(table.index.names) & {*table} else table
        return [exact_row(row) for row in rows_of(flat)]
    return [_fields(row) if isinstance(row, Reading) else exact_row(row) for row in table]


def _fields(quantity: Reading) -> dict[str, Any]:
    names = ("printed", "kind", "value", "unit", "low", "high", "bound", "numeral", "counted")
    start, end = quantity.span
    return {name: getattr(quantity, name) for name in names} | {"start": start, "end": end}


def _column(
    records: Sequence[Mapping[str, Any]], name: str, headers: Mapping[str, str]
) -> tuple[list[str], list[str], bool]:
    """The texts of one column, the ids behind each, and whether it is one of numbers."""
    known = list(dict.fromkeys(key for record in records for key in record))
    if records and name not in known:
        raise TableError(f"a table to show: no column {name!r}{did_you_mean(name, known)}")
    end = next((end for end in ("low", "high") if name == end or name.endswith(f"_{end}")), "")
    of = (name.removesuffix(end).removesuffix("_") or "value") if end else name
    numbers = {
        place: amount
        for place, record in enumerate(records)
        if (not end or _is_number(record.get(name)))
        and (amount := _number_in(record, of, end)) is not None
    }
    start = "" if name == "value" else f"{name}_"
    apart = f"{start}low" in headers or f"{start}high" in headers
    interval_end = next((e for e in _ENDS if name == e or name.endswith(f"_{e}")), "")
    part = end or ("value" if apart else "")
    found = _HEADER_UNIT.search(headers[name])
    unit = _unit(found[1]) if found else _BASE
    texts = []
    for place, record in enumerate(records):
        if place not in numbers:
            texts.append(_text(record.get(name), _state(record, name), name))
        elif interval_end and not part and not numbers[place].digits(unit.scale).low:
            texts.append(_bound(numbers[place], unit, _ENDS[interval_end]))
        else:
            texts.append(_written(numbers[place], unit, part=part))
    ids = [" ".join(numbers[n].sources) if n in numbers else "" for n in range(len(records))]
    return texts, ids, bool(numbers)


def _number_in(record: Mapping[str, Any], name: str, end: str = "") -> Amount | None:
    """The number of a cell, or the one that an `end` belongs to.

    One that is missing counts where its bounds have columns.
    """
    value = record.get(name)
    bounded = "low" in record if name == "value" else f"{name}_low" in record
    if _is_number(value) or (_empty(value) and name in record and bounded):
        return cell(record, name)
    if end:
        return amount_of(record[end if name == "value" else f"{name}_{end}"])
    return amount_of(value)


def _text(value: Any, state: str, column: str) -> str:
    if isinstance(value, (list, tuple)):
        return ", ".join(_text(part, "", column) for part in value)
    if isinstance(value, (bool, np.bool_)):
        return "yes" if value else "no"
    if _empty(value):
        return state.replace("_", " ") or NOTHING
    if column == "state" or column.endswith("_state"):
        return str(value).replace("_", " ")
    return str(value)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _padded(text: str, width: int, right: bool) -> str:
    gap = " " * (width - _width(text))
    return gap + text if right else text + gap


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
    spans = _MARKED.sub(lambda found: f"<span{_behind(found[1])}>{found[2]}</span>", marked)
    return Said(_MARKED.sub(r"\2", marked), spans)


def say(template: str, **values: Any) -> Said:
    """Prose with its numbers rendered from values, so that none is typed.

    Parameters
    ----------
    template : str
        Markdown with fields: ``{name}`` or ``{name:unit}``. A field of a table's row is
        ``{row[column]:unit}``. The format ``printed`` gives a figure as printed;
        ``{name:unit low}`` gives the low end alone, rounded down, for *at least*, and ``high`` the
        high end, rounded up, for *at most*.
    **values
        Terms, results, ratios, quantities, intervals, rows of a table, exact numbers, dates, text.

    Returns
    -------
    Said

    Raises
    ------
    TableError
        If a field has no value, or its unit is not known.

    Examples
    --------
    >>> row = {"aid": Fraction(26720000), "aid_low": Fraction(26715000),
    ...        "aid_high": Fraction(26725000), "aid_state": "printed", "aid_figures": "x-001"}
    >>> say("It gives {row[aid]:CNY million} to {n} counties.", row=row, n=1)
    It gives CNY 26.72 million [26.715, 26.725] to 1 counties.
    """
    return said(_Renderer().vformat(template, (), values))


class _Renderer(Formatter):
    def get_field(self, field_name: str, args: Any, kwargs: Any) -> Any:
        found = re.fullmatch(r"(\w+)(?:\[(\w+)\])?", field_name)
        if found is None or found[1] not in kwargs:
            raise TableError(
                f"prose to show: no value for {{{field_name}}}"
                f"{did_you_mean(field_name, list(kwargs))}"
            )
        value, column = kwargs[found[1]], found[2]
        if column is None:
            return value, field_name
        value = exact_row(dict(value.items()))
        held = value.get(column)
        number = column in value and (_empty(held) or _is_number(held))
        return cell(value, column) if number or column not in value else held, field_name

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, (pd.Series, pd.DataFrame, Mapping)):
            raise TableError(
                "prose to show: a field holds a whole row; name one of its columns, as in "
                "{row[column]}"
            )
        amount = amount_of(value)
        if amount is None:
            text = day_text(value, "en") if isinstance(value, dt.date) else _text(value, "", "")
            return _escaped(text)
        text = self._number(amount, format_spec.strip())
        ids = " ".join(dict.fromkeys(amount.sources))
        return f"\ue000{ids}\ue001{text}\ue002" if ids else text

    def _number(self, amount: Amount, format_spec: str) -> str:
        if format_spec == "printed":
            return _escaped(amount.printed)
        spec = _SPEC.fullmatch(format_spec)
        if spec and spec["end"]:
            end: Literal["low", "high"] = "low" if spec["end"] == "low" else "high"
            return amount.end_text(end, spec["unit"])
        return amount.text(format_spec)


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
        display({"image/png": png, "text/plain": self.alt}, raw=True)  # type: ignore[no-untyped-call]
        caption = self.caption if isinstance(self.caption, Said) else said(_escaped(self.caption))
        display(caption)  # type: ignore[no-untyped-call]


def picture(stem: str, *, study: StudyLike = None, lang: Literal["en", "zh"] = "en") -> Picture:
    """A plot as a notebook shows it, its caption under it.

    Parameters
    ----------
    stem : str
        A name of ``aidstudy.plots.PLOTS``, such as ``money_flow``.
    study : Study or path, optional
    lang : {"en", "zh"}, default "en"

    Returns
    -------
    Picture

    Raises
    ------
    PlotError
        If there is no such plot.

    Examples
    --------
    >>> picture("money_flow").png[1:4]
    b'PNG'
    """
    from aidstudy.plots.registry import plot_named
    from aidstudy.plots.style import preset_named

    plot, preset = plot_named(stem), preset_named(_PRESET)
    tables = plot.load(study)
    png = _png(plot.draw(**tables, preset=preset, lang=lang), preset, lang)
    return Picture(png, plot.alt(**tables, lang=lang), plot.caption(**tables, lang=lang))


def own_picture(page: Sheet | Figure, alt: str, caption: Said) -> Picture:
    """A plot of your own as a notebook shows it, with its caption under it.

    Parameters
    ----------
    page : Sheet or matplotlib Figure
        A figure from ``plt.subplots()`` is shown as it is; you can go on drawing on it and show it
        again. A sheet (see :func:`aidstudy.plots.sheet.sheet`) is checked before, like the plots
        of the study.
    alt : str
        What a reader who cannot see the plot needs.
    caption : Said
        From :func:`say`, so that no number in it is typed.

    Returns
    -------
    Picture

    Raises
    ------
    PlotError
        If a sheet breaks a rule; see :func:`aidstudy.plots.preflight.check_figure`.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> figure = Figure()
    >>> _ = figure.subplots().plot([1, 2], [0, 1])
    >>> own_picture(figure, "A line.", say("{n} points.", n=2))
    A line.
    2 points.
    """
    from matplotlib.figure import Figure as Plain

    from aidstudy.plots.drawn import drawn_table
    from aidstudy.plots.preflight import check_figure
    from aidstudy.plots.style import style

    if isinstance(page, Plain):
        from matplotlib import pyplot as plt

        plt.close(page)  # or the notebook would show it once more
        return Picture(_quantized(page), alt, caption)
    with style(page.preset, page.lang):
        check_figure(
            page.figure, plot=page.plot, lang=page.lang, preset=page.preset, drawn=drawn_table([])
        )
    return Picture(_png(page.figure, page.preset, page.lang), alt, caption)


def _png(figure: Figure, preset: Preset, lang: Lang) -> bytes:
    from aidstudy.plots.style import style

    with style(preset, lang):
        return _quantized(figure)


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
