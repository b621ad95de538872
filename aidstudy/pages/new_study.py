"""A study of one's own: the folder and tables of a study, filled with the draft of one page."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from pathlib import Path
from string import Template

from aidstudy.claims import audit_text
from aidstudy.codebook import (
    DAC_CODES,
    MECHANISMS,
    OUTSIDE_TABLES,
    RAW_TABLES,
    READINGS,
    RELATIONS,
    Place,
)
from aidstudy.errors import StudyError, TextError
from aidstudy.files import UNFINISHED, file_error, read_toml, read_whole, sha256_of, write_whole
from aidstudy.pages.pages import text_of
from aidstudy.pages.taken import place_settings, quoted
from aidstudy.reading.drafts import PAGE, DraftFigure, Report, draft_figures, reports_of
from aidstudy.reading.figure import Reading, Unread, plain_print
from aidstudy.reading.quantities import find_quantities
from aidstudy.reading.text import repair_text
from aidstudy.tables.clean import file_name
from aidstudy.tables.draft import NOT_LOOKED, PROPOSED
from aidstudy.tables.files import csv_text
from aidstudy.tables.load import clean_study
from aidstudy.tables.study import load_study

THING = "thing"
"""What a count counts until a person names it."""

_TEMPLATES = Path(__file__).with_name("own_study")
_TOLD = read_toml(_TEMPLATES / "names.toml")
_IN_FULL = re.compile(_TOLD["in_full"])
_LEVELS: Mapping[str, str] = _TOLD["levels"]

Rows = list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class NewStudy:
    """What was made, and what is left to do: names as printed, and a line for what is in no row."""

    folder: Path
    figures: int
    recipients: tuple[str, ...]
    donors: tuple[str, ...]
    left: tuple[str, ...]
    warning: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """The report, line by line."""
        out = [
            f"{self.folder}: {self.figures} figures drafted, "
            f"recipients: {', '.join(self.recipients)}; donors: {', '.join(self.donors) or 'none'}"
        ]
        if self.left:
            out.append(f"in no row, to be looked at: {len(self.left)}")
            out += [f"  {line}" for line in self.left]
        out.append("Every row is a proposal. README.md in the folder says what a person decides.")
        return [*out, *self.warning]


def new_study(
    folder: str | os.PathLike[str],
    *,
    page: str | os.PathLike[str],
    year: int,
    title: str | None = None,
    suffix: str = "",
) -> NewStudy:
    """Make a study in a new folder, its tables filled with the draft of a page in UTF-8.

    The page's text is read and left where it is: the tables hold figures as printed, names and
    offsets. Names of counties and donors are taken from the print and numbered; a person gives
    them short names, in ``data/study.toml`` and the tables. What only a person can say (projects,
    events, mechanisms) is left empty, or marked as not looked at. The folder must not exist; it
    appears when it is complete, and not at all if anything fails. Its name is the title by default.
    A suffix such as ``_2013`` ends the short names, so that ids of several pages stay apart.
    """
    root = Path(folder)
    if root.exists() or root.is_symlink():
        raise StudyError(f"{root}: is there already; name a new folder, nothing is overwritten")
    if any(parent.exists() and not parent.is_dir() for parent in root.parents):
        raise StudyError(f"{root}: a part of its path is a file; name a new folder")
    content = read_whole(page)
    text = _text(content, str(page))
    draft = _Draft(text, year, suffix)
    build = root.with_name(f".{root.name}.{secrets.token_hex(4)}{UNFINISHED}")
    try:
        _write(build, draft, sha256_of(content), year, title or root.resolve().name)
        clean_study(load_study(build))
        os.rename(build, root)
    except OSError as error:
        raise file_error(error, root, "made") from error
    finally:
        shutil.rmtree(build, ignore_errors=True)
    return NewStudy(
        root,
        len(draft.figures),
        tuple(place.zh for place in draft.recipients.values()),
        tuple(place.zh for place in draft.donors.values()),
        tuple(draft.left),
        tuple(audit_text(text, year=year).warning(str(page))),
    )


def _text(content: bytes, name: str) -> str:
    """The text of a page that is one UTF-8 file, whose characters the offsets count."""
    text = text_of(content, name=name)
    if text.encode("utf-8") != content:
        raise TextError(
            f"{name}: a PDF or another document, or text that is not UTF-8; a study needs one text "
            f"file that stays as it is: aidstudy text {name} -o PAGE.txt writes it"
        )
    return text


# --- the draft as rows that the checks accept ---------------------------------------------------

_COUNTY = "受援县"
_GOVERNMENTS = frozenset(("province", "city", "county", "district", "zone", "division"))
_STOP = re.compile("[，,。；;：:！!？?]")


class _Draft:
    """The rows of a new study, and a line for what is in none of them."""

    def __init__(self, text: str, year: int, suffix: str = "") -> None:
        self.fixed = repair_text(text)
        named, self.left = _named(reports_of(self.fixed.text))
        givers = dict.fromkeys(name for names in named.values() for name in names)
        self.recipients = _numbered("County", named, suffix)
        self.donors = _numbered("Donor", givers, suffix)
        self.slugs = {place.zh: slug for slug, place in self.recipients.items()}
        giving = {place.zh: slug for slug, place in self.donors.items()}
        self.pairs = [
            self._pair(name, giving[name], self.slugs[county])
            for county, names in named.items()
            for name in names
        ]
        self.figures: Rows = []
        self.before: dict[str, list[DraftFigure]] = {}
        """The figures that have a row, by report; the number of each is its place."""
        for figure in draft_figures(
            text, year=year, recipients=self.recipients, donors=self.donors
        ):
            if figure.hints is None:
                self.left.append(f"{_place_of(figure.quantity)}: does not read the same by itself")
            else:
                self.figures.append(self._row(figure))
        self.left += [
            f"{_place_of(one)}: {one.reason}"
            for one in find_quantities(text, year=year).unread
            if re.search(r"\d", one.printed)
        ]

    def _pair(self, name: str, donor: str, county: str) -> dict[str, str]:
        """A giver and whom it gives to, with the first place that names the giver."""
        level = next((code for code, end in _LEVELS.items() if re.search(end, name)), "city_body")
        at = self.fixed.text.find(name)
        span = self.fixed.raw_span(at, at + len(name))
        return {
            "donor": donor,
            "donor_zh": plain_print(span.of(self.fixed.raw)),
            "donor_en": self.donors[donor].en,
            "level": level,
            "recipient": county,
            "role": "paired_government" if level in _GOVERNMENTS else "other",
            "start": str(span.start),
            "end": str(span.end),
            "note": f"{PROPOSED}level and role are guessed from the name",
        }

    def _row(self, figure: DraftFigure) -> dict[str, str]:
        article, quantity, cells = figure.article, figure.quantity, figure.cells()
        if article not in (PAGE, *self.recipients):
            # A report that names no county has the one that stands for it.
            article = self.slugs[article.replace("report", _COUNTY)]
        before = self.before.setdefault(article, [])
        before.append(figure)
        here = {row["donor"] for row in self.pairs if row["recipient"] == article}
        donors = [donor for donor in figure.donor.split() if donor in here]
        giver = figure.subject.partition(">")[0] if ">" in figure.subject else "".join(donors[:1])
        notes = [f"{PROPOSED}{figure.grade}{': ' * bool(figure.cue)}{figure.cue}"]
        notes += filter(None, [figure.note])
        if figure.measure == "disbursement" and (full := _IN_FULL.search(self._clause(figure))):
            notes.append(f"paid in full ({full[0]})")
        counted = cells["counted"] or _TOLD["counted"].get(figure.measure, "")
        if quantity.kind == "count" and not counted:
            counted = THING
            notes.append(f"name what is counted ({quantity.counted or quantity.unit})")
        project = figure.subject_zh
        if project and ">" not in project and project not in self.slugs:
            notes.append(f"perhaps of the project {project}")
        if whole := self._whole(figure, before):
            notes.append("a part (其中)")
        return cells | {
            "figure_id": f"{article}-{len(before):03d}",
            "article": article,
            "counted": counted if quantity.kind == "count" else "",
            "subject": ""
            if article == PAGE
            else f"{giver}>{article}"
            if giver in here
            else article,
            "donor": " ".join(donors),
            "part_of": f"{article}-{whole:03d}" if whole else "",
            "note": "; ".join(notes),
        }

    def _clause(self, figure: DraftFigure) -> str:
        """The words around a figure up to the nearest sign that ends a clause on either side."""
        span = self.fixed.text_span(*figure.quantity.span)
        before, after = self.fixed.text[: span.start], self.fixed.text[span.end :]
        return _STOP.split(before)[-1] + _STOP.split(after, maxsplit=1)[0]

    def _whole(self, figure: DraftFigure, before: Sequence[DraftFigure]) -> int:
        """The number of the figure before 其中, in one sentence, that this is a part of; else 0."""
        text, one = self.fixed.text, figure.quantity
        at = self.fixed.text_span(*one.span).start
        first = max(text.rfind(sign, 0, at) for sign in "。！？；;\n")
        part = text.rfind("其中", first + 1, at)
        if part < 0 or one.kind not in ("money", "count") or not isinstance(one.value, Fraction):
            return 0
        for number in range(len(before) - 1, 0, -1):
            whole = before[number - 1].quantity
            span = self.fixed.text_span(*whole.span)
            alike = (one.kind, one.unit) == (whole.kind, whole.unit)
            inside = first < span.start and span.end <= part
            if inside and alike and isinstance(whole.value, Fraction) and one.value <= whole.value:
                return number
        return 0


def _numbered(word: str, names: Iterable[str], suffix: str) -> dict[str, Place]:
    """Places as printed, by short names that a person replaces."""
    return {
        f"{word.lower()}{n}{suffix}": Place(zh, f"{word} {n}", zh, f"{word} {n}")
        for n, zh in enumerate(names, start=1)
    }


def _place_of(found: Reading | Unread) -> str:
    return f"{found.printed!r} at {found.span.start}-{found.span.end}"


def _named(reports: Sequence[Report]) -> tuple[dict[str, list[str]], list[str]]:
    """Who gives to each county, by its name, and what to say of one that the page does not name."""
    named: dict[str, list[str]] = {}
    said = []
    for number, report in enumerate(reports, start=1):
        for taker in report.takers:
            givers = [giver for giver, other in report.pairs if other == taker]
            named[taker] = [*dict.fromkeys([*named.get(taker, []), *givers])]
        if not report.takers:
            named[f"{_COUNTY}{number}"] = report.givers
            said.append(f"no county is named in report {number}: {_COUNTY}{number} stands for it")
    return named, said


# --- the folder -----------------------------------------------------------------------------------


def _write(folder: Path, draft: _Draft, sha256: str, year: int, title: str) -> None:
    devices = [
        {"recipient": county, "mechanism": code, "present": "not_mentioned", "note": NOT_LOOKED}
        for county, code in product(draft.recipients, MECHANISMS)
    ]
    rows = {"figures": draft.figures, "pairs": draft.pairs, "mechanisms": devices}
    for table in (*RAW_TABLES.values(), *OUTSIDE_TABLES.values(), RELATIONS, READINGS):
        filled = [dict.fromkeys(table.names, "") | row for row in rows.get(table.name, [])]
        if table is not DAC_CODES:
            write_whole(folder / file_name(table.name), csv_text(table.names, filled))
    codes = file_name(DAC_CODES.name)
    write_whole(folder / codes, read_whole(load_study().folder / codes))
    places = place_settings(recipients=draft.recipients, donors=draft.donors)
    settings = _filled("study.toml", title=quoted(title), year=year, sha256=sha256, places=places)
    write_whole(folder / "data" / "study.toml", settings)
    plain = json.dumps(re.sub(r"([\\`*_{}<>#|$~\[\]])", r"\\\1", title), ensure_ascii=False)[1:-1]
    for name in sorted(path.name for path in _TEMPLATES.glob("*.ipynb")):
        write_whole(folder / "notebooks" / name, _filled(name, title=plain))
    write_whole(folder / "README.md", _filled("study_readme.md", title=title, thing=THING))
    write_whole(folder / ".gitignore", "/build/\n*.review.html\n")


def _filled(template: str, **values: object) -> str:
    return Template((_TEMPLATES / template).read_text(encoding="utf-8")).substitute(values)
