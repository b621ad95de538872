"""Several texts of one subject: each audited, and what one says again of another side by side."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import pandas as pd

from aidstudy.claims.again import LONG_NAME, one_slip, said_again, telling
from aidstudy.claims.audit import TextAudit, Told, audit_text
from aidstudy.claims.figures import Figure, Page, levels
from aidstudy.claims.relations import CONTRADICTS
from aidstudy.claims.suspects import find_suspects
from aidstudy.claims.words import says

DIFFERS = "differs"
_NEAR = 10
"""A revision moves a figure by less than a tenth; farther apart are two things of one name."""

Key = tuple[str, str, str]


def audit_texts(
    texts: Mapping[str, str], *, year: int | Mapping[str, int | None] | None = None
) -> TextsAudit:
    """Audit several texts of one place or programme, and set restated figures side by side.

    Parameters
    ----------
    texts : mapping of str to str
        Raw text of each page by its name, the earliest first.
    year : int or mapping, optional
        Year that each page is about: that of its figures without a year, one more than that of
        上年. Figures of pages without a year are compared where their own year is printed.

    Returns
    -------
    TextsAudit
        ``pages`` has the audit of each; ``restated`` is a table.

    Raises
    ------
    TextError
        If a text is not a string.

    Notes
    -----
    A figure is said again when name, unit and time are the same. Statistics are revised: that two
    pages differ is told and is no contradiction. One claim more it is where suspects are weighed:
    a page that says the same speaks for a figure, one that is one slip apart against it.

    Examples
    --------
    >>> texts = {"a": "全县地区生产总值435.1亿元。", "b": "地区生产总值480亿元，上年为436.4亿元。"}
    >>> found = audit_texts(texts, year={"a": 2011, "b": 2012}).restated
    >>> found[["name", "time", "printed", "again_printed", "verdict"]].values.tolist()
    [['地区生产总值', '2011', '435.1亿元', '436.4亿元', 'differs']]
    """
    years = year if isinstance(year, Mapping) else dict.fromkeys(texts, year)
    pages = {name: audit_text(text, year=years.get(name)) for name, text in texts.items()}
    found = TextsAudit(pages, {name: years.get(name) for name in texts})
    return replace(found, pages=found._weighed())


@dataclass(frozen=True, eq=False, repr=False)
class TextsAudit(Told):
    """The audits of several texts by name, and what is said in more than one of them."""

    pages: Mapping[str, TextAudit]
    years: Mapping[str, int | None]

    @cached_property
    def claims(self) -> pd.DataFrame:
        """The claims of all pages, the name of the page in the first column."""
        tables = {name: audit.claims for name, audit in self.pages.items()}
        return _together(tables).reset_index()

    @cached_property
    def restated(self) -> pd.DataFrame:
        """One row for each figure that a later page says again, with both places.

        ``verdict`` is that of a claim, or ``differs``, with `one_slip` where one slip of the hand
        turns one print into the other. Numbers farther apart than a tenth, and by more than a
        slip, are taken for two things of one name.
        """
        ends = ("page", "start", "end", "printed")
        columns = ["name", "time", *ends, *(f"again_{end}" for end in ends), "verdict", "one_slip"]
        return pd.DataFrame(list(self._again()), columns=columns, dtype=object)

    @cached_property
    def suspects(self) -> pd.DataFrame:
        """The suspects of all pages, the name of the page in the first column.

        Those of one ``group`` may be of several pages: one of these.
        """
        tables = {name: audit.suspects for name, audit in self.pages.items()}
        return _together(tables).reset_index(level="page").reset_index(drop=True)

    def _weighed(self) -> dict[str, TextAudit]:
        """The audits, their suspects by the claims of all pages and what one says again."""
        figures = {
            name: {one.start: one for one in audit.page.figures}
            for name, audit in self.pages.items()
        }
        claims = [claim for audit in self.pages.values() for claim in audit.found]
        for row in self.restated.to_dict("records"):
            if row["verdict"] != DIFFERS or row["one_slip"]:
                again = figures[row["again_page"]][row["again_start"]]
                claims.append(said_again(figures[row["page"]][row["start"]], again))
        suspected = find_suspects(claims)
        return {
            name: replace(
                audit,
                suspected=[s for s in suspected if figures[name].get(s.figure.start) is s.figure],
            )
            for name, audit in self.pages.items()
        }

    def _again(self) -> Iterator[list[Any]]:
        before: dict[Key, tuple[str, Figure]] = {}
        for page, audit in self.pages.items():
            for key, again in _statements(audit.page, self.years[page]).items():
                other, first = before.get(key, ("", again))
                before[key] = (page, again)
                verdict = said_again(first, again).verdict
                slip = verdict == CONTRADICTS and one_slip(first, again)
                near = abs(first.value - again.value) * _NEAR <= first.value
                sharp = first.is_sharp and again.is_sharp
                if other and (verdict != CONTRADICTS or (sharp and (slip or near))):
                    places = [(other, first), (page, again)]
                    told = [c for name, f in places for c in (name, f.start, f.end, f.printed)]
                    verdict = DIFFERS if verdict == CONTRADICTS else verdict
                    yield [key[0], key[2], *told, verdict, slip]

    @property
    def ok(self) -> bool:
        """Whether no claim of any page contradicts."""
        return all(audit.ok for audit in self.pages.values())

    def lines(self, *, every: bool = False) -> list[str]:
        """What was found on each page, then what one says otherwise than another."""
        told = ((name, page.lines(every=every)) for name, page in self.pages.items())
        lines = [f"{name}: {line}" for name, page in told for line in page]
        table = self.restated
        for row in table[table["verdict"] == DIFFERS].to_dict("records"):
            slip = ", one slip apart" if row["one_slip"] else ""
            lines.append(
                f"differs: {row['name']} {row['time']}: {row['printed']} at {row['start']} of "
                f"{row['page']}, {row['again_printed']} at {row['again_start']} of "
                f"{row['again_page']}{slip}"
            )
            for page, start in ((row[f"{end}page"], row[f"{end}start"]) for end in ("", "again_")):
                suspects = self.pages[page].suspected
                lines += [s.line(f" of {page}") for s in suspects if s.figure.start == start]
        differ = int((table["verdict"] == DIFFERS).sum())
        return [*lines, f"{len(table)} figures said again in another page, {differ} of them differ"]

    def to_json(self) -> str:
        """The tables of each page by its name, and the restated figures."""
        told = {
            "pages": {name: json.loads(page.to_json()) for name, page in self.pages.items()},
            "restated": self.restated.to_dict("records"),
        }
        return json.dumps(told, ensure_ascii=False, indent=1) + "\n"

    def to_csv(self) -> str:
        """The claims of all pages as CSV, the page in the first column."""
        tables = {name: page.written() for name, page in self.pages.items()}
        return str(_together(tables).to_csv())

    def _html(self) -> Iterator[str]:
        for name, page in self.pages.items():
            yield f"<h2>{html.escape(name)}</h2>{page._repr_html_()}"
        yield str(self.restated.to_html(index=False))


def _together(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Tables of pages below each other; one without rows would make floats of what is true."""
    full = {name: table for name, table in tables.items() if len(table)}
    return pd.concat(full or tables, names=["page", "claim"])


def _statements(page: Page, year: int | None) -> dict[Key, Figure]:
    """What a page says once by name, unit and time; a name with two values tells nothing."""
    found: dict[Key, Figure] = {}
    several: set[Key] = set()
    for row in page.sentences:
        for figure in levels(row):
            name, now = figure.subject, says("to", figure.link) and figure.words == figure.link
            # What something grows to is of now.
            when = _when(replace(figure, time="", said="") if now else figure, year)
            if when and len(name) >= LONG_NAME and telling(figure):
                key = (name, figure.unit, when)
                if said_again(found.setdefault(key, figure), figure).verdict == CONTRADICTS:
                    several.add(key)
    return {key: figure for key, figure in found.items() if key not in several}


def _when(figure: Figure, year: int | None) -> str:
    """The year of a figure, or the day or period said of it; nothing where that is not sure."""
    if figure.time == "ahead" or says("other_span", figure.link):
        return ""
    if figure.time == "before":
        return str(year - 1) if year and len(figure.said) <= len("2012") else ""
    return figure.said or (str(year) if year else "")
