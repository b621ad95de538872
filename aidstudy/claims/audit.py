"""A page's audit of itself: every claim with its verdict, and the figures at fault."""

from __future__ import annotations

import html
import json
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR
from fractions import Fraction
from functools import cached_property
from typing import Any

import pandas as pd

from aidstudy.claims.again import find_again
from aidstudy.claims.figures import DIGITS, Figure, Page, read_figures
from aidstudy.claims.growth import find_growth
from aidstudy.claims.lists import find_lists
from aidstudy.claims.relations import AGREES, CONTRADICTS, UNROUNDED, Claim, Member
from aidstudy.claims.shares import find_shares
from aidstudy.claims.sums import find_sums
from aidstudy.claims.suspects import Suspect, find_suspects
from aidstudy.intervals import Interval, plain


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
        Its ``claims``, ``suspects`` and ``untested`` are tables.

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
    sums = [*find_sums(page)]
    claims = [*sums, *find_shares(page), *find_growth(page, sums), *find_lists(page)]
    claims += find_again(page)
    claims.sort(key=lambda claim: claim.about.start)
    return TextAudit(page, claims, find_suspects(claims))


class Told:
    """What shows an audit in a notebook, as a page of its own, and in one line."""

    lines: Callable[..., list[str]]
    _html: Callable[[], Iterator[str]]

    def _repr_html_(self) -> str:
        return "".join(self._html())

    def to_html(self) -> str:
        """A page of its own with what a notebook shows; it holds sentences of the text."""
        head = '<!doctype html><html lang="zh"><meta charset="utf-8"><title>audit of a text</title>'
        return f"{head}<body>{self._repr_html_()}</body></html>\n"

    def __repr__(self) -> str:
        return f"{type(self).__name__}: {self.lines()[-1]}"


@dataclass(frozen=True, eq=False, repr=False)
class TextAudit(Told):
    """The claims of a text and the suspects, as tables, HTML, JSON and CSV."""

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
        found = self.found
        places = [[(m.figure.start, m.figure.end, m.role) for m in one.members] for one in found]
        rows: dict[str, list[Any]] = {
            "rule": [claim.rule for claim in found],
            "relation": [relation_text(claim) for claim in found],
            "figures": places,
            "printed": [claim.about.printed for claim in found],
            **_ends("", [(claim.computed, claim.about) for claim in found]),
            "verdict": [claim.verdict for claim in found],
            "certainty": [claim.certainty for claim in found],
            "touches": [claim.touches for claim in found],
        }
        return pd.DataFrame(rows, dtype=object)

    @cached_property
    def suspects(self) -> pd.DataFrame:
        """One row for each figure that may be wrong; several of one ``group``: one of these.

        ``needed_low`` and ``needed_high``: what the other figures need it to be. ``candidates``:
        prints that one slip turns into this one (a digit changed, two swapped, one moved, the
        point shifted, 万 for 亿), those first that fit more claims at face value. ``claims``: rows
        of ``claims`` that it would mend.
        """
        number = {id(claim): n for n, claim in enumerate(self.found)}
        rows: dict[str, list[Any]] = {
            "start": [one.figure.start for one in self.suspected],
            "end": [one.figure.end for one in self.suspected],
            "printed": [one.figure.printed for one in self.suspected],
            **_ends("needed_", [(one.needed, one.figure) for one in self.suspected]),
            "candidates": [list(one.candidates) for one in self.suspected],
            "claims": [
                [number[id(claim)] for claim in one.mends if id(claim) in number]
                for one in self.suspected
            ],
            "group": [one.group for one in self.suspected],
        }
        return pd.DataFrame(rows, dtype=object)

    @cached_property
    def untested(self) -> pd.DataFrame:
        """One row for each figure that stands in no claim, so that nothing was tested of it.

        Its place in the raw text and its print. Days and periods are no figures here.
        """
        held = {member.figure.number for claim in self.found for member in claim.members}
        left = (
            f for f in self.page.figures if f.role not in ("date", "label") and f.number not in held
        )
        rows = [(one.start, one.end, one.printed) for one in left]
        return pd.DataFrame(rows, columns=["start", "end", "printed"], dtype=object)

    @property
    def ok(self) -> bool:
        """Whether no claim contradicts."""
        return not self.contradictions

    @property
    def contradictions(self) -> dict[int, Claim]:
        """Claims that contradict, by the number of their row."""
        return {n: claim for n, claim in enumerate(self.found) if claim.verdict == CONTRADICTS}

    def mending(self, number: int) -> list[Suspect]:
        """Figures whose change would mend a claim."""
        claim = self.found[number]
        return [one for one in self.suspected if any(mended is claim for mended in one.mends)]

    def lines(self, *, every: bool = False) -> list[str]:
        """What was found, line by line: contradictions with their suspects, then counts.

        `every`: all claims, each with the number of its row in ``claims``.
        """
        lines = []
        for number, claim in enumerate(self.found) if every else self.contradictions.items():
            verdict = f"{number} {claim.verdict} ({claim.certainty})" if every else claim.verdict
            lines.append(f"{verdict}: {claim.rule}: {relation_text(claim)}")
            if claim.verdict == CONTRADICTS:
                lines.append(f"  {claim.about.printed} is printed, {computed_text(claim)} follows")
                lines += [one.line() for one in self.mending(number)]
        counts = [claim.verdict for claim in self.found]
        told = ", ".join(f"{counts.count(one)} {one}" for one in (AGREES, UNROUNDED, CONTRADICTS))
        number = sum(one.role not in ("date", "label") for one in self.page.figures)
        left = f"{len(self.untested)} of {number} figures stand in no claim"
        return [*lines, f"{len(counts)} claims: {told}; {left}"]

    def warning(self, name: str) -> list[str]:
        """One line where the text contradicts itself, nothing else."""
        number = len(self.contradictions)
        told = f"of what {name} says about its own figures {number} contradict: aidstudy audit-text"
        return [told] if number else []

    def to_json(self) -> str:
        """The tables as JSON; numbers as decimals in text, rounded outward, ``null``: open."""
        tables = {"claims": self.claims, "suspects": self.suspects, "untested": self.untested}
        told = {name: _plain(table).to_dict("records") for name, table in tables.items()}
        return json.dumps(told, ensure_ascii=False, indent=1) + "\n"

    def to_csv(self) -> str:
        """The claims as CSV with their numbers, the candidates of their suspects at the end."""
        return str(self.written().to_csv(index_label="claim"))

    def written(self) -> pd.DataFrame:
        """The claims as text cells."""
        table = _plain(self.claims)
        table["figures"] = [
            " ".join(f"{a}-{b} {role}" for a, b, role in figures) for figures in table["figures"]
        ]
        table["suspects"] = [
            "; ".join(
                f"{one.figure.printed} at {one.figure.start}: {' or '.join(one.candidates)}"
                for one in self.mending(number)
            )
            for number in range(len(table))
        ]
        return table

    def _html(self) -> Iterator[str]:
        yield f"<p>{html.escape(self.lines()[-1])}</p>"
        for claim in self.contradictions.values():
            told = (claim.rule, relation_text(claim), claim.about.printed, computed_text(claim))
            rule, relation, printed, computed = map(html.escape, told)
            yield (
                f"<p><b>{rule}</b>: {relation}<br>{printed} is printed, {computed} follows</p>"
                f"<blockquote>{self._marked(claim)}</blockquote>"
            )
        if self.suspected:
            yield self.suspects[["printed", "candidates", "start", "group"]].to_html(index=False)
        table = self.claims[["rule", "relation", "verdict", "certainty"]]
        yield f"<details><summary>every claim</summary>{table.to_html()}</details>"

    def _marked(self, claim: Claim) -> str:
        """The sentences of a claim with its figures marked."""
        page, told = self.page, ""
        for number in sorted({member.figure.sentence for member in claim.members}):
            place = page.bounds[number]
            for figure in filter(claim.holds, page.sentences[number]):
                told += html.escape(page.text[place : figure.at])
                told += f"<mark>{html.escape(page.text[figure.at : figure.to])}</mark>"
                place = figure.to
            told += html.escape(page.text[place : page.bounds[number + 1]])
        return told


def _ends(start: str, told: Iterable[tuple[Interval, Figure]]) -> dict[str, list[Any]]:
    """Columns of the bounds of figures: shares as fractions, an open end infinite."""
    scaled = [(one, 100 if figure.unit in ("%", "pp") else 1) for one, figure in told]
    return {
        f"{start}low": [-math.inf if i.low is None else i.low / scale for i, scale in scaled],
        f"{start}high": [math.inf if i.high is None else i.high / scale for i, scale in scaled],
    }


def _plain(table: pd.DataFrame) -> pd.DataFrame:
    """A table with numbers as decimals in text, rounded outward; nothing where an end is open."""
    table = table.copy()
    for column in table.columns[table.columns.str.endswith(("low", "high"))]:
        way = ROUND_FLOOR if column.endswith("low") else ROUND_CEILING
        told = [None if isinstance(x, float) else plain(x, rounding=way) for x in table[column]]
        table[column] = pd.Series(told, index=table.index, dtype=object)
    return table


def computed_text(claim: Claim, figure: Figure | None = None) -> str:
    """What the others make of a figure, in the unit of its print: 434.95 to 435.25亿元."""
    needed = claim.computed if figure is None else claim.needed(figure)
    figure = figure or claim.about
    found = DIGITS.search(figure.printed)
    number = Fraction(found[0].replace(",", "")) if found else Fraction(0)
    scale, unit = Fraction(1), f" {figure.unit}".rstrip()
    if found and number and figure.value > 0:
        scale, unit = figure.value / number, figure.printed[found.end() :]
    ends = ((needed.low, ROUND_FLOOR), (needed.high, ROUND_CEILING))
    told = ["open" if end is None else plain(end / scale, digits=6, rounding=way)
            for end, way in ends]  # fmt: skip
    return (told[0] if needed.low == needed.high else " to ".join(told)) + unit


def relation_text(claim: Claim) -> str:
    """A claim as a formula of the printed figures: 3000元 × 20户 = 6万元."""
    first, *rest = claim.members
    name, form = _signed(first), claim.form
    if form == "sum" and all(member.sign > 0 for member in rest):
        return " + ".join(map(_signed, claim.members)) + f" = {claim.constant}"
    if form == "sum":
        right = "".join((" + " if one.sign < 0 else " − ") + _signed(one) for one in rest)
        return f"{name} = {right.removeprefix(' + ')}"
    if form == "product":
        sides = [[m.shape.formula.format(_signed(m)) for m in claim.members if m.sign == sign]
                 for sign in (1, -1)]  # fmt: skip
        return " = ".join(map(" × ".join, sides))
    if form == "at_least":
        return f"{name} ≥ {rest[0].figure.printed}"
    if form == "between":
        return f"{name} between {' and '.join(map(_signed, rest))}"
    if rest:
        return f"{name} = {computed_text(claim)} by the dates"
    return f"{name} = {computed_text(claim)} listed" if claim.computed.high else f"{name} ≥ listed"


def _signed(member: Member) -> str:
    """A figure as printed; a fall of 3% is −3%."""
    figure = member.figure
    return ("−" if figure.value < 0 and "-" not in figure.printed else "") + figure.printed
