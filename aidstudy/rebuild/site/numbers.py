"""Numbers of a page of the site, each as a link to the entries that it can stand for.

A shown number does not say where it is from, so its unit and the ids that stand near it decide.
Where they leave several entries, the link leads to the list of all of them.
"""

from __future__ import annotations

import bisect
import csv
import html
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from aidstudy.analysis import sensitivity_table
from aidstudy.analysis.desk import DATE
from aidstudy.codebook import CLEAN_TABLES, RESULTS, SENSITIVITY
from aidstudy.files import read_whole
from aidstudy.pages.agreement import draft_agreement
from aidstudy.rebuild.site.trails import Target, Trails
from aidstudy.tables.check import has_draft
from aidstudy.tables.load import exact_table

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag
    from bs4.element import NavigableString

LIST_PAGE = "trail/numbers"
TABLES_PAGE = "trail/tables"

_NUMBER = re.compile(
    r"(?<![A-Za-z0-9_.,/=+:-])(?:(?P<cny>CNY )(?=[−\d]))?(?P<minus>−)?"
    r"(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    # The unit of a range stands behind its second number and holds for the first as well.
    r"(?=(?:(?:[–-]| to | and |至)\d[\d,.]*)?"
    r"\s?(?P<unit>%|‰|million\b|billion\b|万元?|亿元?|km\b|m[²³]?(?![\w²³]))|)"
    r"(?(unit)|(?![A-Za-z0-9_=+]|-\d|/\d|\.\d|:\d))"
)
_NO_FIGURE = re.compile(
    r"\d{4}-\d{2}(?:-\d{2})?|\d{4}/\d{4}|(?<![\d.,])(?:19|20)\d\d(?![\d万亿%]|[.,]\d)|\d{4}年|\d{1,2}月(?:\d{1,2}日)?"
    r"|\d{1,2} (?:January|February|March|April|May|June|July|August|September|October|November"
    r"|December|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b(?: \d{4})?"
)
"""Days and years: they are not amounts, and what they rest on stands in the row beside them."""

_SCALES: Mapping[str, tuple[str, int]] = {
    "%": ("%", 1),
    "million": ("CNY", 10**6),
    "billion": ("CNY", 10**9),
    "万": ("", 10**4),
    "万元": ("CNY", 10**4),
    "亿": ("", 10**8),
    "亿元": ("CNY", 10**8),
    "CNY": ("CNY", 1),
    "CNY million": ("CNY", 10**6),
    "CNY billion": ("CNY", 10**9),
    "m": ("m", 1),
    "km": ("m", 10**3),
    "m²": ("m2", 1),
    "m³": ("m3", 1),
    "m³/day": ("m3/day", 1),
}
_HEADER_UNIT = re.compile(r"[(（]([^()（）]+)[)）]\s*\Z")
_IN_BASE_UNITS = frozenset({"value", "low", "high"})
_SKIPPED = frozenset(
    {"a", "script", "style", "button", "svg", "h1", "h2", "h3", "h4", "title", "summary"}
)
_MOST_LISTED = 40


@dataclass(frozen=True, slots=True)
class Source:
    """One number of the study: what it is of, and where its entry stands."""

    entry: str
    what: str
    value: Fraction
    unit: str
    target: Target


@dataclass(slots=True)
class Numbers:
    """All numbers of a study, to be found by what is shown of them.

    Parameters
    ----------
    trails : Trails
    """

    trails: Trails
    _keys: list[float] = field(init=False, default_factory=list)
    _sources: list[Source] = field(init=False, default_factory=list)
    _offsets: dict[str, list[Source]] = field(init=False, default_factory=dict)
    listed: dict[str, tuple[str, list[Source]]] = field(init=False, default_factory=dict)
    """Shown numbers that several entries can stand for, by anchor on the page that lists them."""

    unknown: list[str] = field(init=False, default_factory=list)
    """Shown numbers that no entry stands for, with their page."""

    def __post_init__(self) -> None:
        found = sorted(self._all(), key=lambda source: float(source.value))
        self._sources = found
        self._keys = [float(source.value) for source in found]
        for source, digits in self._all_offsets():
            self._offsets.setdefault(digits, []).append(source)

    def _all(self) -> Iterator[Source]:
        targets = self.trails.targets
        for result in self.trails.results:
            if result.unit == DATE or result.text:
                continue
            bounds = result.term.bounds()
            ends = (bounds.low, bounds.high) if bounds else (None, None)
            for what, value in zip(
                ("value", "lowest", "highest"), (result.term.value, *ends), strict=True
            ):
                if value is not None:
                    target = targets[result.result_id]
                    yield Source(result.result_id, what, Fraction(value), result.unit, target)
            for leaf in result.term.leaves().values():
                if leaf.source == "number":
                    target = targets[result.result_id]
                    yield Source(result.result_id, "in its formula", leaf.value, leaf.unit, target)
        table = sensitivity_table(self.trails.desk.tables, self.trails.results)
        for row in table.to_dict("records"):
            for what in ("value", "low", "high", "difference"):
                value, entry = row[what], row["result_id"]
                if isinstance(value, Fraction) and entry in targets:
                    told = f"{what} with {row['switch']} = {row['option']}"
                    yield Source(entry, told, value, str(row["unit"] or ""), targets[entry])
        for rows in (self.trails.desk.rows, self.trails.desk.facts_by_id):
            for entry, row in rows.items():
                for what in ("value", "low", "high"):
                    value = row.get(what)
                    if isinstance(value, Fraction):
                        yield Source(entry, what, value, str(row["unit"]), targets[entry])
        for name, what, number in table_counts(self.trails):
            yield Source(name, what, Fraction(number), "row", Target(TABLES_PAGE, name))
        for code in exact_table("dac_codes", self.trails.desk.study)["code"]:
            target = Target("codebook", "the-tables-and-their-codebook")
            yield Source(f"purpose code {code}", "code", Fraction(str(code)), "row", target)

    def _all_offsets(self) -> Iterator[tuple[Source, str]]:
        for name in ("figures", "projects", "pairs", "mechanisms"):
            for row in self.trails.desk.tables.records(name):
                entry = str(row.get("figure_id") or f"table.{name}")
                target = self.trails.targets.get(entry, Target(TABLES_PAGE, f"table.{name}"))
                for end in ("start", "end"):
                    if row[end] is not None:
                        source = Source(entry, "a place on the page", Fraction(0), "", target)
                        yield source, str(row[end])

    def candidates(self, digits: str, unit: str) -> list[Source]:
        """Entries that a shown number may stand for, those that it is exactly first.

        Parameters
        ----------
        digits : str
            As shown, ``"26.72"``.
        unit : str
            As shown beside it or above its column; empty where none is shown.
        """
        base, scale = _SCALES.get(unit, ("", 1))
        number = Fraction(digits.replace(",", "").replace("−", "-"))
        step = Fraction(1, 10 ** len(digits.partition(".")[2]))
        low, high = float((number - step) * scale), float((number + step) * scale)
        place = bisect.bisect_right(self._keys, low)
        every: list[Source] = []
        while place < len(self._keys) and self._keys[place] < high:
            every.append(self._sources[place])
            place += 1
        # A bare number counts something, or is an amount whose unit stands further away.
        counts = [source for source in every if source.unit not in ("CNY", "%")]
        found = [source for source in every if source.unit == base] if base else counts or every
        found.sort(key=lambda source: abs(source.value - number * scale))
        if not every and not base and scale == 1:
            return self.candidates(digits, "km")
        exact = [source for source in found if source.value == number * scale]
        return exact or found

    def href(self, digits: str, unit: str, near: Sequence[Sequence[str]], page: str) -> str:
        """Address that a shown number leads to; empty when no entry stands for it.

        Parameters
        ----------
        digits, unit : str
        near : sequence of sequence of str
            Ids of entries beside it, the nearest circle first.
        page : str
        """
        found = self.candidates(digits, unit) or self._places(digits)
        if not found:
            # A cell of a notebook made it: the entries that it names are what it was made from.
            behind = next((circle for circle in near if circle), ())
            found = [self._made_from(entry) for entry in dict.fromkeys(behind)]
        if not found:
            return ""
        for circle in near:
            beside = [source for source in found if source.entry in circle]
            if beside:
                found = beside
                break
        entries = list(dict.fromkeys(source.entry for source in found))
        root = "../" * page.count("/")
        if len(entries) == 1:
            target = found[0].target
            return f"{root}{target.page}.html#{target.anchor}"
        anchor = f"n-{digits.replace(',', '')}-{unit}-{'-'.join(entries[:2])}"
        anchor = re.sub(r"[^\w.-]+", "_", anchor)
        self.listed[anchor] = (f"{digits} {unit}".strip(), found)
        return f"{root}{LIST_PAGE}.html#{anchor}"

    def _places(self, digits: str) -> list[Source]:
        """Entries that stand at an offset of the page, for numbers that are nothing else."""
        return self._offsets.get(digits, [])

    def _made_from(self, entry: str) -> Source:
        target = self.trails.targets[entry]
        return Source(entry, "a number behind it", Fraction(0), "", target)

    def list_html(self) -> str:
        """What the page of the shown numbers holds: for each the entries it can stand for."""
        return "".join(
            self._listed(anchor, shown, found)
            for anchor, (shown, found) in sorted(self.listed.items())
        )

    def _listed(self, anchor: str, shown: str, found: Sequence[Source]) -> str:
        rows: dict[str, list[str]] = {}
        for source in found:
            rows.setdefault(source.entry, []).append(source.what)
        where = {source.entry: source.target for source in found}
        shown_rows = list(rows.items())[:_MOST_LISTED]
        items = "".join(
            f'<li><a href="../{where[entry].page}.html#{html.escape(where[entry].anchor)}">'
            f"{html.escape(entry)}</a>, {', '.join(dict.fromkeys(whats))}</li>"
            for entry, whats in shown_rows
        )
        more = len(rows) - len(shown_rows)
        rest = f"<li>and {more} more</li>" if more else ""
        return (
            f'<div class="trail-entry" id="{html.escape(anchor)}"><p class="trail-head"><strong>'
            f"{html.escape(shown)}</strong></p><ul>{items}{rest}</ul></div>"
        )


def table_counts(trails: Trails) -> Iterator[tuple[str, str, int]]:
    """Numbers of rows of each clean table, and of its rows with each code: name, what, count."""
    yield from _draft_counts(trails)
    for table in (*CLEAN_TABLES.values(), RESULTS, SENSITIVITY):
        path = trails.desk.study.clean / f"{table.name}.csv"
        if not path.exists():
            continue
        rows = list(csv.DictReader(io.StringIO(read_whole(path).decode("utf-8"))))
        yield f"table.{table.name}", "rows", len(rows)
        if table is SENSITIVITY:
            moved = {row["result_id"] for row in rows}
            yield f"table.{table.name}", "results that a judgement call moves", len(moved)
            continue
        for column in table.columns:
            if column.type == "code" or column.name in ("donor", "recipient", "article"):
                for code, count in sorted(Counter(row[column.name] for row in rows).items()):
                    yield f"table.{table.name}.{column.name}", code or "(empty)", count


def _draft_counts(trails: Trails) -> Iterator[tuple[str, str, int]]:
    """How far the draft of the study's page agrees with its coding, where a draft is stored."""
    if not has_draft(trails.desk.study):
        return
    found = draft_agreement(trails.desk.study)
    yield "table.draft", "figures", found.drafted
    for column, row in found.columns.iterrows():
        yield "table.draft", f"{column}: alike in the draft and the coding", int(row["alike"])
    confused = found.confused()
    if "(rest)" in confused:
        yield "table.draft", "measures never confused", int(confused.loc["(rest)", "(rest)"])
    for grade, row in found.grades.iterrows():
        for what in ("figures", "right"):
            yield "table.draft", f"grade {grade}: {what}", int(row[what])


def tables_html(trails: Trails) -> str:
    """What the page of the counted rows holds."""
    counts: dict[str, list[tuple[str, int]]] = {}
    for name, what, number in table_counts(trails):
        counts.setdefault(name, []).append((what, number))
    return "".join(
        f'<div class="trail-entry" id="{name}"><p class="trail-head"><strong>{name}</strong></p>'
        "<ul>"
        + "".join(f"<li>{html.escape(what)}: {number}</li>" for what, number in rows)
        + "</ul></div>"
        for name, rows in counts.items()
    )


def link_numbers(
    article: str, numbers: Numbers, page: str, behind: Sequence[Sequence[str]] = ()
) -> str:
    """The HTML of a page with every number and every id as a link to its trail.

    Parameters
    ----------
    article : str
        HTML of the text of the page.
    numbers : Numbers
        Gets what has to be listed, and what no entry stands for.
    page : str
        Name of the page without its ending.
    behind : sequence of sequence of str
        Ids behind the outputs of each code cell of a notebook, in order.
    """
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(article, "html.parser")
    cells: list[Tag] = soup.find_all("div", class_="cell")
    whole = soup.find("article") or soup
    for place, block in enumerate([*cells, whole]):
        if block is not whole and _is_supposed(block):
            continue
        own = behind[place] if place < len(behind) else ()
        around = [own, numbers.trails.ids_in(block.get_text(" ")) if block is not whole else ()]
        for text in list(block.find_all(string=True)):
            if _is_prose(text) and not (block is whole and text.find_parent("div", class_="cell")):
                _link(soup, text, numbers, around, page)
    for head in whole.find_all("th"):
        # The corner of a pandas table heads nothing.
        if not head.get_text(strip=True) and not head.find("img"):
            head.name = "td"
    return str(soup)


def _is_supposed(cell: Tag) -> bool:
    """Whether a cell of a notebook shows what would follow if: such numbers rest on no print."""
    code = cell.find("div", class_="cell_input")
    return code is not None and "what_if_cell(" in code.get_text()


def _is_prose(text: NavigableString) -> bool:
    from bs4.element import NavigableString

    # Comments and the like are kinds of it, and no text.
    if type(text) is not NavigableString or not re.search(r"\d", text):
        return False
    inside_output = False
    for parent in text.parents:
        if parent.name in _SKIPPED:
            return False
        classes: list[str] = list(parent.get("class") or [])
        inside_output = inside_output or "cell_output" in classes
        if "cell_input" in classes:
            return False
        if parent.name in ("code", "pre") and not any(
            "cell_output" in (up.get("class") or []) for up in parent.parents
        ):
            return False
    return True


def _column_unit(text: NavigableString) -> str:
    """The unit that the header of a table gives for the column in which a text stands."""
    cell = text.find_parent("td")
    table = text.find_parent("table")
    if cell is None or table is None:
        return ""
    place = len(cell.find_previous_siblings(["td", "th"]))
    head = table.find("tr")
    heads = [h.get_text().strip() for h in head.find_all(["th", "td"])] if head else []
    if place >= len(heads):
        return ""
    found = _HEADER_UNIT.search(heads[place])
    if found and found[1] in _SCALES:
        return found[1]
    if heads[place] in _IN_BASE_UNITS and "unit" in heads:
        row = cell.find_parent("tr")
        cells = row.find_all(["td", "th"]) if row else []
        unit = cells[heads.index("unit")].get_text().strip() if len(cells) == len(heads) else ""
        return unit if unit in _SCALES else ""
    return ""


def _link(
    soup: BeautifulSoup,
    text: NavigableString,
    numbers: Numbers,
    around: Sequence[Sequence[str]],
    page: str,
) -> None:
    row = text.find_parent("tr") or text.find_parent(["li", "p"])
    part = text.find_parent("section")
    near = [
        numbers.trails.ids_in(row.get_text(" ")) if row else [],
        *around,
        numbers.trails.ids_in(part.get_text(" ")) if part else [],
    ]
    above = _column_unit(text)
    parts: list[str | Tag] = []
    place = 0
    for start, end, href in _finds(str(text), numbers, near, above, page):
        parts.append(text[place:start])
        link = soup.new_tag("a", href=href, attrs={"class": "number"})
        link.string = text[start:end]
        parts.append(link)
        place = end
    if place:
        parts.append(text[place:])
        text.replace_with(*[part for part in parts if part])


def _finds(
    text: str, numbers: Numbers, near: Sequence[Sequence[str]], above: str, page: str
) -> Iterator[tuple[int, int, str]]:
    dates = [found.span() for found in _NO_FIGURE.finditer(text)]
    ids = list(numbers.trails.ids.finditer(text))
    spans = [*dates, *(found.span() for found in ids)]
    finds = [
        (*found.span(), numbers.trails.href(found[0], page))
        for found in ids
        if not any(a <= found.start() < b for a, b in dates)
    ]
    before = ""
    for found in _NUMBER.finditer(text):
        start, end = found.span("digits")
        if any(a <= start < b for a, b in spans):
            continue
        unit = found["unit"] or ("CNY" if found["cny"] else "") or above
        # Bounds in brackets have the unit of the value before them.
        inside = text.rfind("[", 0, start) > text.rfind("]", 0, start)
        unit = unit or (before if inside else "")
        before = before if inside else unit
        href = numbers.href(f"{found['minus'] or ''}{found['digits']}", unit, near, page)
        if href:
            finds.append((start, end, href))
        else:
            numbers.unknown.append(f"{page}: {found['digits']} {unit}".strip())
    yield from sorted(finds)


__all__ = [
    "LIST_PAGE",
    "TABLES_PAGE",
    "Numbers",
    "Source",
    "link_numbers",
    "table_counts",
    "tables_html",
]
