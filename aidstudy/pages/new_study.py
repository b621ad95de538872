"""A study of one's own: the folder and tables of a study, filled with the draft of one page."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from string import Template

from aidstudy.claims import audit_text
from aidstudy.codebook import (
    DAC_CODES,
    FIGURES_RAW,
    MECHANISMS,
    OUTSIDE_TABLES,
    PAIRS,
    RAW_TABLES,
    READINGS,
    RELATIONS,
    Place,
)
from aidstudy.errors import StudyError, TextError
from aidstudy.files import UNFINISHED, file_error, read_toml, read_whole, sha256_of, write_whole
from aidstudy.pages.pages import text_of
from aidstudy.pages.taken import place_setting, quoted
from aidstudy.reading.drafts import PAGE, DraftFigure, Report, draft_figures, reports_of
from aidstudy.reading.quantities import Reading, Unread, find_quantities, plain_print
from aidstudy.reading.text import RepairedText, repair_text
from aidstudy.tables.clean import file_name
from aidstudy.tables.draft import PROPOSED
from aidstudy.tables.files import csv_text
from aidstudy.tables.load import clean_study
from aidstudy.tables.study import load_study

THING = "thing"
"""What a count counts until a person names it."""

_NOT_LOOKED = "draft: not looked for yet"
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
    draft = _Draft.of(text, year, suffix)
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


@dataclass(frozen=True, slots=True)
class _Draft:
    recipients: Mapping[str, Place]
    donors: Mapping[str, Place]
    pairs: Rows
    figures: Rows
    left: list[str]

    @classmethod
    def of(cls, text: str, year: int, suffix: str = "") -> _Draft:
        fixed = repair_text(text)
        named, left = _named(reports_of(fixed.text))
        recipients = {
            f"county{number}{suffix}": _place(county, f"County {number}")
            for number, county in enumerate(named, start=1)
        }
        slugs = dict(zip(named, recipients, strict=True))
        names = list(dict.fromkeys(name for givers in named.values() for name in givers))
        donors = {
            f"donor{number}{suffix}": _place(name, f"Donor {number}")
            for number, name in enumerate(names, start=1)
        }
        giving = {place.zh: slug for slug, place in donors.items()}
        pairs = [
            _pair(fixed, name, giving[name], donors[giving[name]].en, slugs[county])
            for county, givers in named.items()
            for name in givers
        ]
        figures: Rows = []
        numbers: Counter[str] = Counter()
        kept: list[tuple[DraftFigure, dict[str, str]]] = []
        for figure in draft_figures(text, year=year, recipients=recipients, donors=donors):
            if figure.hints is None:
                left.append(f"{_place_of(figure.quantity)}: does not read the same by itself")
                continue
            article = figure.article
            if article not in (PAGE, *recipients):
                # A report that names no county has the one that stands for it.
                article = slugs[article.replace("report", _COUNTY)]
            numbers[article] += 1
            row = _figure_row(figure, article, numbers[article], pairs, _clause(fixed, figure))
            if (
                figure.subject_zh
                and ">" not in figure.subject_zh
                and figure.subject_zh not in slugs
            ):
                row["note"] += f"; perhaps of the project {figure.subject_zh}"
            if whole := _whole(
                fixed, figure, [one for one in kept if one[1]["article"] == article]
            ):
                row |= {"part_of": whole, "note": f"{row['note']}; a part (其中)"}
            figures.append(row)
            kept.append((figure, row))
        left += [
            f"{_place_of(one)}: {one.reason}"
            for one in find_quantities(text, year=year).unread
            if re.search(r"\d", one.printed)
        ]
        return cls(recipients, donors, pairs, figures, left)


def _place_of(found: Reading | Unread) -> str:
    return f"{found.printed!r} at {found.span.start}-{found.span.end}"


def _place(zh: str, en: str) -> Place:
    return Place(zh=zh, en=en, short_zh=zh, short_en=en)


def _named(reports: Sequence[Report]) -> tuple[dict[str, list[str]], list[str]]:
    """Who gives to each county, by its name, and what to say of one that the page does not name."""
    named: dict[str, list[str]] = {}
    said = []
    for number, report in enumerate(reports, start=1):
        places = report.places
        for taker in places.takers:
            givers = [giver for giver, other in places.pairs if other == taker]
            named[taker] = [*dict.fromkeys([*named.get(taker, []), *givers])]
        if not places.takers:
            named[f"{_COUNTY}{number}"] = places.givers
            said.append(f"no county is named in report {number}: {_COUNTY}{number} stands for it")
    return named, said


_COUNTY = "受援县"

_GOVERNMENTS = frozenset(("province", "city", "county", "district", "zone", "division"))


def _pair(fixed: RepairedText, name: str, donor: str, name_en: str, county: str) -> dict[str, str]:
    """A giver and whom it gives to, with the first place that names the giver."""
    level = next((code for code, end in _LEVELS.items() if re.search(end, name)), "city_body")
    at = fixed.text.find(name)
    span = fixed.raw_span(at, at + len(name))
    told = {
        "donor": donor,
        "donor_zh": plain_print(span.of(fixed.raw)),
        "donor_en": name_en,
        "level": level,
        "recipient": county,
        "role": "paired_government" if level in _GOVERNMENTS else "other",
        "start": str(span.start),
        "end": str(span.end),
        "note": "draft: level and role are guessed from the name",
    }
    return _row(PAIRS.names, told)


_STOP = re.compile("[，,。；;：:！!？?]")


def _clause(fixed: RepairedText, figure: DraftFigure) -> str:
    """The words around a figure up to the nearest sign that ends a clause on either side."""
    span = fixed.text_span(*figure.quantity.span)
    before, after = fixed.text[: span.start], fixed.text[span.end :]
    return _STOP.split(before)[-1] + _STOP.split(after, maxsplit=1)[0]


def _whole(
    fixed: RepairedText, figure: DraftFigure, before: Sequence[tuple[DraftFigure, dict[str, str]]]
) -> str:
    """The figure before 其中 in the same sentence that this one is a part of; empty without one."""
    at = fixed.text_span(*figure.quantity.span).start
    first = max(fixed.text.rfind(sign, 0, at) for sign in "。！？；;\n")
    part = fixed.text.rfind("其中", first + 1, at)
    for other, row in reversed(before if part > 0 else []):
        span = fixed.text_span(*other.quantity.span)
        one, whole = figure.quantity, other.quantity
        if first < span.start and span.end <= part and one.kind in ("money", "count"):
            alike = (one.kind, one.unit) == (whole.kind, whole.unit)
            numbers = isinstance(one.value, Fraction) and isinstance(whole.value, Fraction)
            if alike and numbers and one.value <= whole.value:
                return row["figure_id"]
    return ""


def _figure_row(
    figure: DraftFigure, article: str, number: int, pairs: Rows, clause: str
) -> dict[str, str]:
    cells = figure.cells()
    here = {row["donor"] for row in pairs if row["recipient"] == article}
    donors = [donor for donor in figure.donor.split() if donor in here]
    giver = figure.subject.partition(">")[0] if ">" in figure.subject else "".join(donors[:1])
    notes = [f"{PROPOSED}{figure.grade}"]
    if figure.cue:
        notes[0] += f": {figure.cue}"
    notes += filter(None, [figure.note])
    if figure.measure == "disbursement" and (full := _IN_FULL.search(clause)):
        notes.append(f"paid in full ({full[0]})")
    counted = cells["counted"] or _TOLD["counted"].get(figure.measure, "")
    if figure.quantity.kind == "count" and not counted:
        counted = THING
        notes.append(f"name what is counted ({figure.quantity.counted or figure.quantity.unit})")
    told = cells | {
        "figure_id": f"{article}-{number:03d}",
        "article": article,
        "counted": counted if figure.quantity.kind == "count" else "",
        "subject": "" if article == PAGE else f"{giver}>{article}" if giver in here else article,
        "donor": " ".join(donors),
        "note": "; ".join(notes),
    }
    return _row(FIGURES_RAW.names, told)


def _row(names: Iterable[str], told: Mapping[str, str]) -> dict[str, str]:
    return {name: told.get(name, "") for name in names}


# --- the folder -----------------------------------------------------------------------------------


def _write(folder: Path, draft: _Draft, sha256: str, year: int, title: str) -> None:
    devices = [
        {
            "recipient": county,
            "mechanism": mechanism,
            "present": "not_mentioned",
            "note": _NOT_LOOKED,
        }
        for county in draft.recipients
        for mechanism in MECHANISMS
    ]
    rows = {"figures": draft.figures, "pairs": draft.pairs, "mechanisms": devices}
    for table in (*RAW_TABLES.values(), *OUTSIDE_TABLES.values(), RELATIONS, READINGS):
        filled = [_row(table.names, row) for row in rows.get(table.name, [])]
        if table is not DAC_CODES:
            write_whole(folder / file_name(table.name), csv_text(table.names, filled))
    codes = file_name(DAC_CODES.name)
    write_whole(folder / codes, read_whole(load_study().folder / codes))
    places = {
        part: "".join(f"\n\n{place_setting(part, *one)}" for one in places.items())
        for part, places in (("recipients", draft.recipients), ("donors", draft.donors))
    }
    settings = _filled("study.toml", title=quoted(title), year=year, sha256=sha256, **places)
    write_whole(folder / "data" / "study.toml", settings)
    plain = json.dumps(re.sub(r"([\\`*_{}<>#|$~\[\]])", r"\\\1", title), ensure_ascii=False)[1:-1]
    for name in sorted(path.name for path in _TEMPLATES.glob("*.ipynb")):
        write_whole(folder / "notebooks" / name, _filled(name, title=plain))
    write_whole(folder / "README.md", _filled("study_readme.md", title=title, thing=THING))
    write_whole(folder / ".gitignore", "/build/\n*.review.html\n")


def _filled(template: str, **values: object) -> str:
    return Template((_TEMPLATES / template).read_text(encoding="utf-8")).substitute(values)
