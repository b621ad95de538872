"""The what-if cell of a notebook: a table wherever it is stored, controls in a live JupyterLab."""

from __future__ import annotations

import html
import os
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from importlib.util import find_spec
from typing import Any

import pandas as pd

from aidstudy.analysis.desk import Desk, Tables
from aidstudy.analysis.ratios import rule_share
from aidstudy.analysis.switches import SWITCHES
from aidstudy.analysis.what_if import (
    Moved,
    what_if_scenarios,
    what_if_table,
)
from aidstudy.course.show import Amount, Shown, cell, show
from aidstudy.extras import extra_module
from aidstudy.tables.load import StudyLike
from aidstudy.tables.ordinary import exact_frame
from aidstudy.tables.study import Study, load_study

LIVE = "AIDSTUDY_LIVE"
"""Environment variable that ``aidstudy lab`` sets: only there do controls come alive."""

_CALLS = tuple(SWITCHES[name] for name in ("rule", "paid_in_full", "undated"))
_MOST_RULE = 1
_MOST_GROWTH = 30
_FIXED = Fraction(2)
"""Share at the right end under the controls, so that a bar moves and its axis does not."""
_LABELS, _BARS, _VALUES = 290, 330, 60
_TOP, _STEP = 20, 19


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What a notebook shows of a what-if: controls when they are alive, else one table."""

    study: Study
    growth: Fraction
    live: bool

    def table(self) -> Shown:
        """One thing moved at a time, with the share that follows and its bounds."""
        rows = self._rows()
        columns = {
            "moved_en": "what is moved",
            "share": "share of revenue (%)",
            "share_state": "how known",
            "revenue": "revenue (CNY billion)",
            "agrees": "can the printed share be true?",
        }
        return show(rows, columns)

    def _rows(self) -> pd.DataFrame:
        return exact_frame(what_if_scenarios(self.study, growth_percent=self.growth))

    def __repr__(self) -> str:
        return repr(self.table())

    def _ipython_display_(self) -> None:
        from IPython.display import display

        if self.live:
            display(controls(self.study))  # type: ignore[no-untyped-call]
            return
        rows = self._rows()
        drawn = self.table()._repr_html_() + ranges(rows, rows["moved_en"].tolist())
        display({"text/html": drawn, "text/plain": repr(self)}, raw=True)  # type: ignore[no-untyped-call]


def what_if_cell(
    study: StudyLike = None, *, growth_percent: int = 10, live: bool | None = None
) -> WhatIf:
    """A cell in which a reader moves the rule, the year or a judgement call.

    Parameters
    ----------
    study : Study or path, optional
    growth_percent : int, default 10
        Growth of revenue that the later years of the stored table assume.
    live : bool, optional
        Whether to show controls. When left out: yes in a JupyterLab that ``aidstudy lab`` started
        with ipywidgets installed, else no, because controls carry a new random id in every run.

    Returns
    -------
    WhatIf

    Raises
    ------
    FileError
        If controls are asked for and ipywidgets is not installed.

    Examples
    --------
    >>> print(str(what_if_cell(live=False)).splitlines()[1][:10])
    as printed
    """
    if live is None:
        live = bool(os.environ.get(LIVE)) and find_spec("ipywidgets") is not None
    elif live:
        extra_module("ipywidgets", extra="lab", purpose="a what-if with controls")
    return WhatIf(load_study(study), Fraction(growth_percent), live)


# --- drawn ---------------------------------------------------------------------------------------


def ranges(rows: pd.DataFrame, labels: Sequence[str], *, most: Fraction | None = None) -> str:
    """Shares as bars between their bounds, over the band that the printed share allows, as SVG.

    The right end of the axis is `most`, or the largest share that is drawn.
    """
    shares = [cell(row, "share") for row in rows.to_dict("records")]
    printed = cell(rows.iloc[0].to_dict(), "printed")
    most = most or max(end for share in (*shares, printed) for end in _ends(share))
    tall = _TOP + _STEP * len(shares)
    low, high = (_place(end, most) for end in _ends(printed))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_LABELS + _BARS + _VALUES} '
        f'{tall + _STEP}" style="max-width:56em" role="img" '
        f'aria-label="{html.escape(_alt(shares, labels))}" font-family="sans-serif" '
        'font-size="11" fill="currentColor">',
        _rectangle(low, 14, max(high - low, 3), tall - 14, '#e8b90e" fill-opacity="0.6'),
        _words(low, 10, f"as printed: {printed.text('%')}", "middle"),
        _rectangle(_LABELS, tall, _BARS, 0.8, "currentColor"),
        _words(_LABELS, tall + 13, "0", "middle"),
        _words(_LABELS + _BARS / 2, tall + 13, "share of revenue (%)", "middle"),
    ]
    for number, (share, label) in enumerate(zip(shares, labels, strict=True)):
        start, end = (_place(end, most) for end in _ends(share))
        top = _TOP + number * _STEP
        parts += [
            _words(_LABELS - 8, top + 9, _cut(label), "end"),
            _rectangle(start, top, max(end - start, 3), 10, "#1f6fb2"),
            _words(end + 6, top + 9, share.text("%").partition(" ")[0], "start"),
        ]
    return "".join([*parts, "</svg>"])


def _rectangle(x: float, y: float, width: float, height: float, fill: str) -> str:
    return f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{height}" fill="{fill}"/>'


def _words(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y}" text-anchor="{anchor}">{html.escape(text)}</text>'


def _ends(amount: Amount) -> tuple[Fraction, Fraction]:
    if amount.interval is not None:
        return amount.interval.closed()
    value = amount.value or Fraction(0)
    return value, value


def _place(share: Fraction, most: Fraction) -> float:
    return _LABELS + float(share / most) * _BARS


def _cut(label: str, most: int = 54) -> str:
    return label if len(label) <= most else f"{label[: most - 1]}…"


def _alt(shares: Sequence[Amount], labels: Sequence[str]) -> str:
    told = (f"{label}: {share.text('%')}" for share, label in zip(shares, labels, strict=True))
    return "Share of revenue over the band that the printed share allows. " + "; ".join(told)


# --- alive ---------------------------------------------------------------------------------------


def controls(study: Study) -> Any:
    """Controls for the rule, the year, growth and judgement calls, over a table that follows."""
    widgets = extra_module("ipywidgets", extra="lab", purpose="a what-if with controls")
    tables = Tables(study)
    printed_rule = float(rule_share(Desk(tables=tables)).value or 0)
    wide = {"style": {"description_width": "12em"}, "layout": widgets.Layout(width="36em")}
    rule = widgets.FloatSlider(
        value=printed_rule, min=0.05, max=_MOST_RULE, step=0.05, description="rule (%)", **wide
    )
    year = widgets.IntSlider(
        value=study.year, min=study.year, max=study.year + 4, description="year", **wide
    )
    growth = widgets.FloatSlider(
        value=0, min=0, max=_MOST_GROWTH, step=1, description="revenue grows by (%)", **wide
    )
    calls = [
        widgets.Dropdown(
            options=[(meaning, option) for option, meaning in switch.options.items()],
            layout=widgets.Layout(width="48em"),
        )
        for switch in _CALLS
    ]
    asked = [
        child
        for switch, call in zip(_CALLS, calls, strict=True)
        for child in (widgets.Label(switch.question), call)
    ]
    shown = widgets.HTML()
    shown.add_class("jp-RenderedHTMLCommon")  # the padding that JupyterLab gives other tables

    def follow(_: Any = None) -> None:
        choices = {switch.name: one.value for switch, one in zip(_CALLS, calls, strict=True)}
        # The printed rule stays the printed one, so that the judgement call on it can be seen.
        if rule.value != printed_rule:
            choices["rule"] = f"{round(rule.value, 2):g}%"
        moved = Moved(choices, year.value, Fraction(str(growth.value)))
        shown.value = told(what_if_table(tables, moved))

    for one in (rule, year, growth, *calls):
        one.observe(follow, names="value")
    follow()
    return widgets.VBox([rule, year, growth, *asked, shown])


def told(table: pd.DataFrame) -> str:
    """A what-if as HTML: every pair, and the bar of each that has a share."""
    columns = {
        "donor_en": "donor",
        "aid": "sum (CNY million)",
        "revenue": "revenue (CNY billion)",
        "revenue_state": "how known",
        "share": "share of revenue (%)",
        "printed": "as printed (%)",
        "agrees": "possible?",
    }
    table = exact_frame(table)
    rows = table[table["printed_state"] != "not_reported"]
    bars = ranges(rows, rows["donor_en"].tolist(), most=_FIXED) if len(rows) else ""
    return show(table, columns)._repr_html_() + bars
