"""A page's audit of itself: every claim with its verdict, and the figures at fault."""

from __future__ import annotations

import csv
import html
import io
import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR
from fractions import Fraction
from functools import cached_property
from typing import Any

import pandas as pd

from aidstudy.claims.figures import Page, read_figures
from aidstudy.claims.growth import find_growth
from aidstudy.claims.lists import find_lists
from aidstudy.claims.relations import (
    AGREES,
    CONTRADICTS,
    GAIN,
    GROWN,
    PERCENT,
    TIMES_MORE,
    UNROUNDED,
    Claim,
    Member,
)
from aidstudy.claims.shares import find_shares
from aidstudy.claims.sums import find_sums
from aidstudy.claims.suspects import Suspect, find_suspects
from aidstudy.intervals import Interval, plain

CLAIM_COLUMNS = (
    "rule",
    "relation",
    "figures",
    "printed",
    "low",
    "high",
    "verdict",
    "certainty",
    "touches",
)
SUSPECT_COLUMNS = (
    "start",
    "end",
    "printed",
    "needed_low",
    "needed_high",
    "candidates",
    "claims",
    "group",
)


def audit_text(text: str, *, year: int | None = None) -> TextAudit:
    """What the sentences of a text claim about its figures, each claim tested with exact bounds.

    Parameters
    ----------
    text : str
        Raw text of a page.
    year : int, optional
        Year of dates that are printed without one.

    Returns
    -------
    TextAudit
        Its ``claims`` and ``suspects`` are tables.

    Raises
    ------
    TextError
        If `text` is not a string.

    Notes
    -----
    Precision comes before recall: what may be meant otherwise is no claim, and a relation that only
    its fit speaks for (certainty ``likely``) is listed where it fits and never contradicts. That a
    page agrees with itself does not make its figures true.

    Examples
    --------
    >>> page = "全县地区生产总值354.1亿元，其中：第一产业增加值80.2亿元；第二产业增加值200.4亿元；"
    >>> found = audit_text(page + "第三产业增加值154.5亿元。三次产业结构为18.4:46.1:35.5。")
    >>> int((found.claims["verdict"] == "contradicts").sum())
    4
    >>> found.suspects[["printed", "candidates"]].values.tolist()
    [['354.1亿元', ['435.1亿元']]]
    """
    page = read_figures(text, year)
    claims = [*find_sums(page), *find_shares(page), *find_growth(page), *find_lists(page)]
    claims.sort(key=lambda claim: claim.about.start)
    return TextAudit(page, claims, find_suspects(claims))


@dataclass(frozen=True, eq=False, repr=False)
class TextAudit:
    """The claims of a text and the suspects, as tables, HTML, JSON and CSV.

    Parameters
    ----------
    page : Page
    found : list of Claim
    suspected : list of Suspect
    """

    page: Page
    found: list[Claim]
    suspected: list[Suspect]

    @cached_property
    def claims(self) -> pd.DataFrame:
        """One row for each claim, in reading order.

        ``rule``, ``relation`` in the printed figures, ``figures`` as (start, end, role) in the raw
        text, ``printed``, ``low`` and ``high`` of the same figure computed from the others: exact,
        in base units, shares as fractions, an open end infinite. ``verdict``: ``agrees`` when the
        value computed from printed values lies within what the print allows, ``agrees_unrounded``
        when one within their bounds does, else ``contradicts``. ``certainty``: ``sure`` or
        ``likely``. ``touches``: whether it agrees at the very end of the bounds only.
        """
        rows = [self._claim_row(claim) for claim in self.found]
        return pd.DataFrame(rows, columns=list(CLAIM_COLUMNS), dtype=object)

    @cached_property
    def suspects(self) -> pd.DataFrame:
        """One row for each figure that may be wrong; several of one ``group``: one of these.

        ``needed_low`` and ``needed_high``: what the other figures need it to be. ``candidates``:
        prints that one slip turns into this one (a digit changed, two swapped, one moved, the
        point shifted, 万 for 亿), those first that fit more claims at face value. ``claims``: rows
        of ``claims`` that it would mend.
        """
        rows = [_suspect_row(suspect) for suspect in self.suspected]
        return pd.DataFrame(rows, columns=list(SUSPECT_COLUMNS), dtype=object)

    @property
    def ok(self) -> bool:
        """Whether no claim contradicts."""
        return all(claim.verdict != CONTRADICTS for claim in self.found)

    def _claim_row(self, claim: Claim) -> dict[str, Any]:
        low, high = _ends(claim.computed, claim.about.unit)
        return {
            "rule": claim.rule,
            "relation": relation_text(claim),
            "figures": [(m.figure.start, m.figure.end, m.role) for m in claim.members],
            "printed": claim.about.printed,
            "low": low,
            "high": high,
            "verdict": claim.verdict,
            "certainty": claim.certainty,
            "touches": claim.touches,
        }

    def lines(self) -> list[str]:
        """What was found, line by line: contradictions with their suspects, then counts."""
        lines = []
        for number, claim in enumerate(self.found):
            if claim.verdict == CONTRADICTS:
                lines.append(f"contradicts: {claim.rule}: {relation_text(claim)}")
                lines.append(f"  {claim.about.printed} is printed, {_range(claim)} follows")
                lines += [
                    f"  may be wrong: {suspect.figure.printed} at {suspect.figure.start}"
                    + (f", for {' or '.join(suspect.candidates)}" if suspect.candidates else "")
                    for suspect in self.suspected
                    if number in suspect.mends
                ]
        counts = [claim.verdict for claim in self.found]
        told = ", ".join(f"{counts.count(one)} {one}" for one in (AGREES, UNROUNDED, CONTRADICTS))
        return [*lines, f"{len(counts)} claims: {told}"]

    def to_json(self) -> str:
        """Both tables as JSON; numbers as decimals in text, rounded outward, ``null``: open."""
        told = {
            name: [
                {key: _plain_cell(key, value) for key, value in row.items()}
                for row in table.to_dict("records")
            ]
            for name, table in (("claims", self.claims), ("suspects", self.suspects))
        }
        return json.dumps(told, ensure_ascii=False, indent=1) + "\n"

    def to_csv(self) -> str:
        """The claims as CSV, the candidates of their suspects in a last column."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow([*CLAIM_COLUMNS, "suspects"])
        for number, row in enumerate(self.claims.to_dict("records")):
            suspects = [
                f"{one.figure.printed} at {one.figure.start}: {' or '.join(one.candidates)}"
                for one in self.suspected
                if number in one.mends
            ]
            cells = {key: _plain_cell(key, value) for key, value in row.items()}
            cells["figures"] = " ".join(f"{a}-{b} {role}" for a, b, role in row["figures"])
            writer.writerow([*cells.values(), "; ".join(suspects)])
        return out.getvalue()

    def _repr_html_(self) -> str:
        return "".join(self._html())

    def to_html(self) -> str:
        """A page of its own with what a notebook shows; it holds sentences of the text."""
        head = '<!doctype html><html lang="zh"><meta charset="utf-8"><title>audit of a text</title>'
        return f"{head}<body>{self._repr_html_()}</body></html>\n"

    def _html(self) -> Iterator[str]:
        yield f"<p>{html.escape(self.lines()[-1])}</p>"
        wrong = [n for n, claim in enumerate(self.found) if claim.verdict == CONTRADICTS]
        for number in wrong:
            claim = self.found[number]
            yield (
                f"<p><b>{html.escape(claim.rule)}</b>: {html.escape(relation_text(claim))}<br>"
                f"{html.escape(claim.about.printed)} is printed, "
                f"{html.escape(_range(claim))} follows</p><blockquote>{self._marked(claim)}"
                "</blockquote>"
            )
        if self.suspected:
            yield self.suspects[["printed", "candidates", "start", "group"]].to_html(index=False)
        table = self.claims[["rule", "relation", "verdict", "certainty"]]
        yield f"<details><summary>every claim</summary>{table.to_html()}</details>"

    def _marked(self, claim: Claim) -> str:
        """The sentences of a claim with its figures marked."""
        figures = {id(m.figure): m.figure for m in claim.members}
        told = []
        for number in sorted({figure.sentence for figure in figures.values()}):
            place, text = self.page.bounds[number], ""
            for figure in self.page.sentences[number]:
                if id(figure) in figures:
                    text += html.escape(self.page.text[place : figure.at])
                    text += f"<mark>{html.escape(self.page.text[figure.at : figure.to])}</mark>"
                    place = figure.to
            told.append(text + html.escape(self.page.text[place : self.page.bounds[number + 1]]))
        return "".join(told)

    def __repr__(self) -> str:
        return f"TextAudit: {self.lines()[-1]}"


def _suspect_row(suspect: Suspect) -> dict[str, Any]:
    low, high = _ends(suspect.needed, suspect.figure.unit)
    return {
        "start": suspect.figure.start,
        "end": suspect.figure.end,
        "printed": suspect.figure.printed,
        "needed_low": low,
        "needed_high": high,
        "candidates": list(suspect.candidates),
        "claims": list(suspect.mends),
        "group": suspect.group,
    }


def _ends(interval: Interval, unit: str) -> tuple[Fraction | float, Fraction | float]:
    scale = 100 if unit in ("%", "pp") else 1
    return (
        -math.inf if interval.low is None else interval.low / scale,
        math.inf if interval.high is None else interval.high / scale,
    )


def _plain_cell(key: str, value: Any) -> Any:
    if isinstance(value, float):
        return None
    if isinstance(value, Fraction):
        return plain(value, rounding=ROUND_FLOOR if key.endswith("low") else ROUND_CEILING)
    return value


def _range(claim: Claim) -> str:
    """The computed bounds in the unit of the print: 434.95 to 435.25亿元."""
    figure = claim.about
    found = re.search(r"[0-9][0-9,]*(?:\.[0-9]+)?", figure.printed)
    number = Fraction(found[0].replace(",", "")) if found else Fraction(0)
    scale, unit = Fraction(1), f" {figure.unit}".rstrip()
    if found and number and figure.value > 0:
        scale, unit = figure.value / number, figure.printed[found.end() :]
    low, high = claim.computed.low, claim.computed.high
    told = [
        "open" if end is None else plain(end / scale, digits=6, rounding=rounding)
        for end, rounding in ((low, ROUND_FLOOR), (high, ROUND_CEILING))
    ]
    return (told[0] if low == high else " to ".join(told)) + unit


_SHAPED: dict[int, str] = {
    id(GROWN): "(1 + {})",
    id(GAIN): "{0} / (100% + {0})",
    id(TIMES_MORE): "(1 + {})",
    id(PERCENT): "{}",
}


def relation_text(claim: Claim) -> str:
    """A claim as a formula of the printed figures.

    Examples
    --------
    >>> found = audit_text("贫困户20户，共发放资金6万元，户均3000元。").found
    >>> [relation_text(claim) for claim in found]
    ['3000元 × 20户 = 6万元']
    """
    first, *rest = claim.members
    name = _signed(first)
    if claim.form == "sum":
        if all(member.sign > 0 for member in claim.members):
            return " + ".join(map(_signed, claim.members)) + f" = {claim.constant}"
        right = ""
        for member in rest:
            right += (" + " if member.sign < 0 else " − ") + _signed(member)
        return f"{name} = {right.removeprefix(' + ')}"
    if claim.form == "product":
        above = [_factor(m) for m in claim.members if m.sign > 0]
        below = [_factor(m) for m in claim.members if m.sign < 0]
        return f"{' × '.join(above)} = {' × '.join(below)}"
    if claim.form == "at_least":
        return f"{name} ≥ {rest[0].figure.printed}"
    if claim.form == "between":
        return f"{name} between {' and '.join(map(_signed, rest))}"
    return f"{name} = {_range(claim)} listed" if claim.computed.high else f"{name} ≥ listed"


def _factor(member: Member) -> str:
    return _SHAPED.get(id(member.shape), "{}").format(_signed(member))


def _signed(member: Member) -> str:
    """A figure as printed; a fall of 3% is −3%."""
    figure = member.figure
    return ("−" if figure.value < 0 and "-" not in figure.printed else "") + figure.printed
