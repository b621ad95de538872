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
from itertools import combinations
from pathlib import Path
from typing import Any

from aidstudy.codebook import (
    DAC_CODES,
    FIGURES_RAW,
    KIND_HINTS,
    MECHANISMS,
    OUTSIDE_TABLES,
    PAIRS,
    RAW_TABLES,
    READINGS,
    RELATIONS,
    UNITS,
    Place,
)
from aidstudy.errors import AidstudyError, StudyError, TextError
from aidstudy.files import UNFINISHED, file_error, read_whole, sha256_of, write_whole
from aidstudy.reading.drafts import PAGE, DraftFigure, draft_figures
from aidstudy.reading.quantities import (
    Reading,
    Unread,
    find_quantities,
    plain_print,
    read_quantity,
)
from aidstudy.reading.text import RepairedText, repair_text
from aidstudy.tables.clean import file_name
from aidstudy.tables.files import csv_text
from aidstudy.tables.load import clean_study
from aidstudy.tables.study import load_study

THING = "thing"
"""What a count counts until a person names it."""

_PROPOSED = "draft, "

Rows = list[dict[str, str]]


def is_proposal(note: str) -> bool:
    """Whether the note of a figure says that no person has decided on its row.

    Examples
    --------
    >>> is_proposal("draft, clear: 到位"), is_proposal("also the year's commitment")
    (True, False)
    """
    return note.startswith(_PROPOSED)


@dataclass(frozen=True, slots=True)
class NewStudy:
    """What was made, and what is left to do.

    Parameters
    ----------
    folder : Path
    figures : int
        Rows of the draft.
    recipients, donors : tuple of str
        Names as printed, by number.
    left : tuple of str
        One line for each figure or run of digits that is in no row.
    """

    folder: Path
    figures: int
    recipients: tuple[str, ...]
    donors: tuple[str, ...]
    left: tuple[str, ...]

    def lines(self) -> list[str]:
        """The report, line by line."""
        out = [
            f"{self.folder}: {self.figures} figures drafted, "
            f"recipients: {', '.join(self.recipients)}; donors: {', '.join(self.donors) or 'none'}",
        ]
        if self.left:
            out.append(f"in no row, to be looked at: {len(self.left)}")
            out += [f"  {line}" for line in self.left]
        out.append("Every row is a proposal. README.md in the folder says what a person decides.")
        return out


def new_study(
    folder: str | os.PathLike[str],
    *,
    page: str | os.PathLike[str],
    year: int,
    title: str | None = None,
) -> NewStudy:
    """Make a study in a new folder, its tables filled with the draft of a page.

    The page's text is read and left where it is: the tables hold figures as printed, names and
    offsets. Names of counties and donors are taken from the print and numbered; a person gives
    them short names, in ``data/study.toml`` and the tables. What only a person can say (projects,
    events, mechanisms) is left empty, or marked as not looked at.

    Parameters
    ----------
    folder : path
        It must not exist. It appears when it is complete, and not at all if anything fails.
    page : path
        The page as UTF-8 text.
    year : int
        Year of the reports.
    title : str, optional
        The name of the folder by default.

    Returns
    -------
    NewStudy

    Raises
    ------
    StudyError
        If the folder exists, or a part of its path is a file.
    TextError
        If the page is empty or is not UTF-8 text: offsets count the code points of one text file.
    FileError
        If the page cannot be read or the folder cannot be written.
    """
    root = Path(folder)
    if root.exists() or root.is_symlink():
        raise StudyError(f"{root}: is there already; name a new folder, nothing is overwritten")
    if any(parent.exists() and not parent.is_dir() for parent in root.parents):
        raise StudyError(f"{root}: a part of its path is a file; name a new folder")
    content = read_whole(page)
    text = _text(content, str(page))
    draft = _Draft.of(text, year)
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
    )


def _text(content: bytes, name: str) -> str:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise TextError(
            f"{name}: byte {error.start} is not UTF-8; a study needs one text file that stays as "
            f"it is: aidstudy text {name} -o PAGE.txt writes it"
        ) from None
    if "\0" in text or text.startswith("%PDF-"):
        raise TextError(
            f"{name}: a PDF or a binary file; a study needs its text in one file that stays as it "
            f"is: aidstudy text {name} -o PAGE.txt writes that of a PDF"
        )
    if not text.strip("\ufeff \t\r\n\f\v\u3000"):
        raise TextError(f"{name}: holds no text; there is nothing to read")
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
    def of(cls, text: str, year: int) -> _Draft:
        fixed = repair_text(text)
        named = _names_by_report(fixed, draft_figures(text, year=year))
        recipients = {
            slug: _place(county or f"受援县{number}", f"County {number}")
            for number, (slug, (county, _)) in enumerate(named.items(), start=1)
        }
        slugs: dict[str, str] = {}
        for _, givers in named.values():
            for name in givers:
                slugs.setdefault(name, f"donor{len(slugs) + 1}")
        donors = {slug: _place(name, f"Donor {slug[5:]}") for name, slug in slugs.items()}
        pairs = _pairs(fixed, {slug: givers for slug, (_, givers) in named.items()}, slugs)
        known = {(row["donor"], row["recipient"]) for row in pairs}
        counties = {place.zh for place in recipients.values()}
        figures: Rows = []
        left: list[str] = []
        numbers: Counter[str] = Counter()
        for figure in draft_figures(text, year=year, recipients=recipients, donors=donors):
            hints = _hints(figure.quantity, year)
            if hints is None:
                left.append(f"{_place_of(figure.quantity)}: does not read the same by itself")
                continue
            article = _county(figure.article)
            numbers[article] += 1
            clause = _clause(fixed, figure.quantity)
            row = _figure_row(figure, article, numbers[article], known, counties, clause)
            figures.append({**row, **hints})
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


def _county(article: str) -> str:
    """The short name of a report's county: a person puts a better one in its place."""
    return article.replace("report", "county")


_NO_PLACE = re.compile(
    "[我全各本该多受援建支帮扶对与和的是为在将个们有这两赴到向]"
    "|[城库社地园灾牧山景校藏新辖片]区$|县[市区县]$|城市$|乡县$"
)


def _place_names(text: str) -> Counter[str]:
    """Names of cities, districts and counties, and how often a text prints each.

    A name recurs behind different words: 乐山市 does, 山市 stands behind 乐 only, and 请乐山市 is
    rare. Names of two characters (泸县) are not found.
    """
    found: Counter[str] = Counter()
    before: dict[str, set[str]] = {}
    for match in re.finditer("[市区县]", text):
        for length in (3, 4, 5):
            start = match.end() - length
            name = text[max(0, start) : match.end()]
            if start >= 0 and _HAN_ONLY.fullmatch(name) and not _NO_PLACE.search(name):
                found[name] += 1
                before.setdefault(name, set()).add(text[start - 1] if start else "")
    names = {name: n for name, n in found.items() if n > 1 and len(before[name]) > 1}
    longer = {name[1:]: n for name, n in names.items()}
    # 都高新区 recurs as well, but mostly as a part of 成都高新区; 助宜宾市 is rarer than 宜宾市.
    return Counter(
        {
            name: n
            for name, n in names.items()
            if 2 * longer.get(name, 0) <= n and 2 * n > names.get(name[1:], 0)
        }
    )


_HAN_ONLY = re.compile("[\u4e00-\u9fff]+")
_BODY = re.compile("(?:局|厅|银行|公司|集团|医院|大学|委员会)$")


def _names_by_report(
    fixed: RepairedText, seen: Sequence[DraftFigure]
) -> dict[str, tuple[str, list[str]]]:
    """For the county of each report its name and those who give to it, oftenest first."""
    names = _place_names(fixed.text)
    reports: dict[str, list[DraftFigure]] = {}
    for figure in seen:
        if figure.article != PAGE:
            reports.setdefault(_county(figure.article), []).append(figure)
    named: dict[str, tuple[str, list[str]]] = {}
    start = 0
    for slug, figures in reports.items():
        end = fixed.text_span(*figures[-1].quantity.span).end
        part = Counter({name: fixed.text.count(name, start, end) for name in names})
        ranked = [name for name, number in part.most_common() if number]
        taken = {county for county, _ in named.values()}
        free = (name for name in ranked if name.endswith("县") and name not in taken)
        county = next(free, "")
        givers = [name for name in ranked if not name.endswith("县") and part[name] > 1]
        bodies = [name for figure in figures for name in figure.donor_zh.split("、")]
        givers += [name for name in bodies if _BODY.search(name) and name in fixed.text]
        named[slug] = (county, list(dict.fromkeys(givers)))
        start = end
    return named or {_county("report1"): ("", [])}


_LEVELS = (
    ("bank", "银行$"),
    ("state_firm", "公司$|集团$"),
    ("zone", "(?:开发|高新|新)区$"),
    ("district", "区$|县$"),
    ("city", "市$"),
    ("provincial_body", "^省"),
    ("prefecture_body", "^州"),
)
_GOVERNMENTS = frozenset({"city", "district", "zone"})


def _pairs(
    fixed: RepairedText, givers: Mapping[str, Sequence[str]], slugs: Mapping[str, str]
) -> Rows:
    """Who gives to whom, with the first place that names the giver."""
    rows: Rows = []
    for county, names in givers.items():
        for name in names:
            level = next((code for code, end in _LEVELS if re.search(end, name)), "city_body")
            at = fixed.text.find(name)
            span = fixed.raw_span(at, at + len(name))
            told = {
                "donor": slugs[name],
                "donor_zh": plain_print(span.of(fixed.raw)),
                "donor_en": f"Donor {slugs[name][5:]}",
                "level": level,
                "recipient": county,
                "role": "paired_government" if level in _GOVERNMENTS else "other",
                "start": str(span.start),
                "end": str(span.end),
                "note": "draft: level and role are guessed from the name",
            }
            rows.append(_row(PAIRS.names, told))
    return rows


_IN_FULL = re.compile("全部|全额|足额|悉数")
_STOP = re.compile("[，,。；;：:！!？?]")


def _clause(fixed: RepairedText, quantity: Reading) -> str:
    """The words around a figure up to the nearest sign that ends a clause on either side."""
    span = fixed.text_span(*quantity.span)
    before, after = fixed.text[: span.start], fixed.text[span.end :]
    return _STOP.split(before)[-1] + _STOP.split(after, maxsplit=1)[0]


def _figure_row(
    figure: DraftFigure,
    article: str,
    number: int,
    pairs: set[tuple[str, str]],
    counties: set[str],
    clause: str,
) -> dict[str, str]:
    cells = figure.cells()
    donors = [donor for donor in figure.donor.split() if (donor, article) in pairs]
    giver = figure.subject.partition(">")[0] if ">" in figure.subject else "".join(donors[:1])
    subject = f"{giver}>{article}" if (giver, article) in pairs else article
    notes = [f"{_PROPOSED}{figure.grade}"]
    if figure.cue:
        notes[0] += f": {figure.cue}"
    if figure.measure == "disbursement" and (full := _IN_FULL.search(clause)):
        notes.append(f"paid in full ({full[0]})")
    if figure.subject_zh and ">" not in figure.subject_zh and figure.subject_zh not in counties:
        notes.append(f"perhaps of the project {figure.subject_zh}")
    counted = cells["counted"]
    if figure.quantity.kind == "count" and not counted:
        counted = THING
        notes.append(f"name what is counted ({figure.quantity.counted or figure.quantity.unit})")
    told = cells | {
        "figure_id": f"{article}-{number:03d}",
        "article": article,
        "counted": counted,
        "subject": "" if article == PAGE else subject,
        "donor": " ".join(donors),
        "note": "; ".join(notes),
    }
    return _row(FIGURES_RAW.names, told)


def _row(names: Iterable[str], told: Mapping[str, str]) -> dict[str, str]:
    return {name: told.get(name, "") for name in names}


def _hints(quantity: Reading, year: int) -> dict[str, str] | None:
    """The fewest hints with which the print reads as the page has it; ``None``: it never does."""
    possible: dict[str, Any] = {}
    if quantity.kind in KIND_HINTS:
        possible["kind"] = quantity.kind
    if quantity.shared or quantity.unit in UNITS:
        possible["unit"] = quantity.shared or quantity.unit
    if quantity.kind in ("date", "period"):
        said = str(quantity.value)[:4]
        possible["year"] = int(said) if said.isdigit() else year
    for number in range(len(possible) + 1):
        for names in combinations(possible, number):
            chosen = {name: possible[name] for name in names}
            try:
                read = read_quantity(quantity.printed, **chosen)
            except AidstudyError:
                continue
            if (read.kind, read.value, read.bound) == (
                quantity.kind,
                quantity.value,
                quantity.bound,
            ) and (quantity.kind == "count" or read.unit == quantity.unit):
                return {f"{name}_hint": str(value) for name, value in chosen.items()}
    return None


# --- the folder -----------------------------------------------------------------------------------

_README = """# {title}

A study made by `aidstudy new` from one page. The page's text is not in this folder.

Every row of `data/raw/figures.csv` is a proposal until a person has decided on it; its note then
no longer begins with `draft`. What a person does:

1. In `data/study.toml`: names of the counties and donors in English, and both titles. A short name
   (county1, donor1) stands in the tables too: change it everywhere, or leave it.
2. The figures. The first command below opens them beside the page: correct, accept or leave out
   each row, add a figure that none has (select it on the page), save `figures.csv` and put it into
   `data/raw/`, as often as you like. Name what is counted where it says `{thing}`; write a label;
   say which figure repeats (`same_as`) or is a part of (`part_of`) another; keep `paid in full` in
   the note of a payment only where the page says that all of the money came. Figures are numbered
   anew when one is added or left out, so do this before other tables name them.
3. In `data/raw/pairs.csv`: delete who is no donor, correct level and role.
4. In `data/raw/mechanisms.csv`: say of each device whether the page mentions it, and where.
5. In `data/raw/projects.csv` and `events.csv`: add what the page tells. Outside facts go into
   `data/context.csv`, relations between printed numbers into `data/raw/relations.csv`.

Codes and columns: `data/README.md`, which the third command makes.

```
aidstudy --study . review PAGE.txt        # the page and the table, to correct in a browser
aidstudy --study . check                  # faults, all together
aidstudy --study . reproduce --update     # clean tables, results, plots, notebooks
aidstudy --study . audit PAGE.txt         # the tables against the page
```
"""


def _write(folder: Path, draft: _Draft, sha256: str, year: int, title: str) -> None:
    tables: dict[str, tuple[Sequence[str], Rows]] = {
        name: (table.names, [])
        for name, table in {**RAW_TABLES, **OUTSIDE_TABLES}.items()
        if name != DAC_CODES.name
    }
    tables["figures"] = (FIGURES_RAW.names, draft.figures)
    tables["pairs"] = (PAIRS.names, draft.pairs)
    tables["mechanisms"] = (
        RAW_TABLES["mechanisms"].names,
        [
            _row(
                RAW_TABLES["mechanisms"].names,
                {
                    "recipient": county,
                    "mechanism": mechanism,
                    "present": "not_mentioned",
                    "note": "draft: not looked for yet",
                },
            )
            for county in draft.recipients
            for mechanism in MECHANISMS
        ],
    )
    for table in (RELATIONS, READINGS):
        tables[table.name] = (table.names, [])
    for name, (columns, rows) in tables.items():
        write_whole(folder / file_name(name), csv_text(columns, rows))
    codes = file_name(DAC_CODES.name)
    write_whole(folder / codes, read_whole(load_study().folder / codes))
    write_whole(folder / "data" / "study.toml", _settings(draft, sha256, year, title))
    write_whole(folder / "notebooks" / "01_first_look.ipynb", _notebook(title))
    write_whole(folder / "README.md", _README.format(title=title, thing=THING))
    write_whole(folder / ".gitignore", "/build/\n*.review.html\n")


def _settings(draft: _Draft, sha256: str, year: int, title: str) -> str:
    lines = [
        "# What this study is: its page, its year, and the places that its tables name.",
        "# Names in Chinese are taken from the page; write the rest.",
        "",
        f"title = {_quoted(title)}",
        f"title_zh = {_quoted(title)}",
        f"year = {year}",
        "",
        "[page]",
        f'sha256 = "{sha256}"',
    ]
    for part, places in (("recipients", draft.recipients), ("donors", draft.donors)):
        lines += ["", f"[{part}]"]
        for slug, place in places.items():
            lines += ["", f"[{part}.{slug}]"]
            lines += [
                f"{name} = {_quoted(getattr(place, name))}"
                for name in ("zh", "en", "short_zh", "short_en")
            ]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """A basic string of TOML, whose escapes are those of JSON; DEL must be escaped too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


_CELLS = (
    (
        "markdown",
        "# {title}: a first look\n\n**Question.** Which figures does the page print, and what do "
        "they measure?\n\n**Tables used.** `data/clean/figures.csv`. Its rows are a draft until a "
        "person has looked at each.",
    ),
    (
        "code",
        "import os\n\nfrom aidstudy import load_figures, load_study\n"
        "from aidstudy.pages.new_study import is_proposal\n"
        "from aidstudy.course.show import say, show\n\n"
        'study = load_study(os.environ.get("AIDSTUDY_STUDY", ".."))\n'
        "figures = load_figures(study)\n"
        'open_rows = figures["note"].fillna("").map(is_proposal).sum()\n'
        "say(\n"
        '    "The page prints {{figures}} figures of {{kinds}} kinds; {{open}} of their rows "\n'
        '    "are still proposals that nobody has decided on.",\n'
        "    figures=len(figures),\n"
        '    kinds=figures["kind"].nunique(),\n'
        "    open=int(open_rows),\n"
        ")",
    ),
    ("markdown", "How many figures there are of each kind."),
    (
        "code",
        'figures["kind"].value_counts(sort=False).loc[lambda n: n > 0]'
        '.rename("figures").to_frame()',
    ),
    (
        "markdown",
        "The money, each sum with what the print allows. Sums of one measure may repeat one "
        "another: add none before `same_as` and `part_of` are filled.",
    ),
    (
        "code",
        'money = figures[figures["kind"] == "money"]\n'
        'columns = ["figure_id", "printed", "low", "high", "measure", "note"]\n'
        'show(money.to_dict("records"), columns)',
    ),
    ("markdown", "What they measure."),
    (
        "code",
        'figures["measure"].value_counts(sort=False).loc[lambda n: n > 0]'
        '.rename("figures").to_frame()',
    ),
    ("markdown", "## What the page does not say\n\nTo be written by whoever reads it."),
)


def _notebook(title: str) -> str:
    cells = []
    for number, (kind, source) in enumerate(_CELLS, start=1):
        told = title if kind == "markdown" else ""
        cell: dict[str, Any] = {
            "cell_type": kind,
            "id": f"01-{number:02d}",
            "metadata": {},
            "source": source.format(title=re.sub(r"([\\`*_{}<>#|$~\[\]])", r"\\\1", told)),
        }
        if kind == "code":
            cell |= {"execution_count": None, "outputs": []}
        cells.append(cell)
    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    notebook = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


__all__ = ["THING", "NewStudy", "is_proposal", "new_study"]
