"""Several pages and years in one folder: a study for each page, and tables over all of them.

Each page stays a study of its own, with its own checks and its own review. Ids end in the page's
name, so that ``county1_2013-004`` is one figure wherever it stands. Places are matched by their
names as printed, since short names are given page by page.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from aidstudy.analysis.flows import money_flow
from aidstudy.claims import audit_texts
from aidstudy.errors import StudyError
from aidstudy.files import read_whole, sha256_of
from aidstudy.pages.new_study import NewStudy, new_study
from aidstudy.pages.pages import year_of
from aidstudy.tables.ordinary import load_figures
from aidstudy.tables.study import Study, load_study

_YEAR_PRINTED = re.compile(r"(?<!\d)((?:19|20)\d\d)\s*年")
STEPS = ("commitment", "disbursement", "expenditure")


def years_of(pages: Path, told: Path | None = None) -> dict[Path, tuple[int, str]]:
    """The year of each page below a folder, and where it was found: table, name or text.

    `told` is a CSV with the columns ``page`` (the file's name) and ``year``; it goes before a year
    in the name, and that before the year which the text prints most often.
    """
    files = sorted(path for path in pages.glob("*.txt") if path.is_file())
    if not files:
        raise StudyError(f"{pages}: no page; put one text file a page there, NAME.txt in UTF-8")
    given = _given(told) if told else {}
    if unknown := sorted(given.keys() - {path.name for path in files}):
        raise StudyError(f"{told}: no such page: {', '.join(unknown)}; write the name of the file")
    found: dict[Path, tuple[int, str]] = {}
    for path in files:
        printed = Counter(_YEAR_PRINTED.findall(read_whole(path).decode("utf-8", "replace")))
        if path.name in given:
            found[path] = given[path.name], "the table of years"
        elif named := year_of(path):
            found[path] = named, "its name"
        elif printed:
            found[path] = int(printed.most_common(1)[0][0]), "its text, which prints it most often"
    if silent := [path.name for path in files if path not in found]:
        raise StudyError(
            f"{pages}: no year for {', '.join(silent)}: none in the name, none printed; "
            "give a CSV with the columns page and year (--years)"
        )
    return found


def _given(table: Path) -> dict[str, int]:
    rows = list(csv.DictReader(read_whole(table).decode("utf-8-sig").splitlines()))
    years: dict[str, int] = {}
    for number, row in enumerate(rows, start=2):
        year = (row.get("year") or "").strip()
        if not row.get("page") or not re.fullmatch(r"\d{4}", year):
            raise StudyError(
                f"{table}, line {number}: read {row}; write page and year (four digits)"
            )
        years[row["page"].strip()] = int(year)
    return years


def new_studies(
    folder: str | Path, *, pages: str | Path, years: str | Path | None = None
) -> list[tuple[NewStudy, str]]:
    """Make a study for each page of a folder below the new folder, named after its year.

    ``2013``, and ``2013b`` for a second of that year. `years` may be a CSV with the columns
    ``page`` and ``year``. Gives what was made, and where the year was found.
    """
    root = Path(folder)
    if root.exists():
        raise StudyError(f"{root}: is there already; name a new folder, nothing is overwritten")
    found = years_of(Path(pages), Path(years) if years else None)
    made: list[tuple[NewStudy, str]] = []
    seen: Counter[int] = Counter()
    for page, (year, where) in sorted(found.items(), key=lambda one: (one[1][0], one[0])):
        seen[year] += 1
        page_id = f"{year}{'' if seen[year] == 1 else chr(96 + seen[year])}"
        study = new_study(
            root / page_id, page=page, year=year, title=page.stem, suffix=f"_{page_id}"
        )
        made.append((study, f"{page.name}: {year}, from {where}"))
    return made


def studies_in(folder: str | Path) -> dict[str, Study]:
    """The studies below a folder by the name of their page, in order of name."""
    root = Path(folder)
    found = {path.parent.parent.name: path.parent.parent for path in root.glob("*/data/study.toml")}
    if not found:
        raise StudyError(f"{root}: no study below it; aidstudy new {root} --pages DIR makes some")
    return {name: load_study(found[name]) for name in sorted(found)}


def figures_over_years(folder: str | Path) -> pd.DataFrame:
    """The figures of all pages, as :func:`load_figures` has them, with ``page_id`` and ``year``."""
    studies = studies_in(folder)
    tables = [
        load_figures(study).assign(page_id=name, year=study.year) for name, study in studies.items()
    ]
    return pd.concat(tables, ignore_index=True)


def pairs_over_years(folder: str | Path) -> pd.DataFrame:
    """What each pair promised, paid and spent, page by page.

    Returns
    -------
    pandas.DataFrame
        One row for each page, pair and step: ``page_id``, ``year``, ``recipient_zh``,
        ``donor_zh``, ``step``, ``quantity`` (CNY million), ``state``. What a page does not say is
        ``not_reported``; a pair that it does not name has no row.
    """
    tables = [
        money_flow(study).assign(page_id=name, year=study.year)
        for name, study in studies_in(folder).items()
    ]
    found = pd.concat(tables).query("realised == 'yes' and step in @STEPS")
    order = ["recipient_zh", "donor_zh", "year", "page_id", "step"]
    columns = ["page_id", "year", "recipient_zh", "donor_zh", "step", "quantity", "state"]
    return found[columns].sort_values(order, ignore_index=True)


def said_again(folder: str | Path, pages: str | Path | None = None) -> pd.DataFrame:
    """Figures that two pages print of the same thing and time, side by side.

    In the tables it is a pair, measure and period that a person has decided. The texts are asked
    by their words, which needs no decision; what both tell stands once.

    Parameters
    ----------
    folder : path
        What :func:`new_studies` made.
    pages : path, optional
        Folder with the texts, which are no part of the studies; each is known by its sha256.

    Returns
    -------
    pandas.DataFrame
        ``said`` (names as printed), ``period``, then for either page ``page_id``, ``figure_id``,
        ``printed``, ``start`` and ``end``, and ``meet``: whether the bounds of both have a value
        in common. Where they do not, one of them was revised or is wrong; which, no table can say.

    Raises
    ------
    StudyError
        If the text of a study is not there.
    """
    figures, studies = figures_over_years(folder), studies_in(folder)
    names: dict[str, str] = {}
    for study in studies.values():
        names |= {slug: place.zh for slug, place in {**study.recipients, **study.donors}.items()}
    numbers = figures.dropna(subset=["low", "period", "subject"])
    numbers = numbers[numbers["measure"].astype(str) != "other"]
    called = numbers["subject"].str.replace(
        r"\w+", lambda one: names.get(one[0], one[0]), regex=True
    )
    numbers = numbers.assign(said=called + ", " + numbers["measure"].astype(str))
    both = numbers.merge(numbers, on=["said", "period", "unit"], suffixes=("_1", "_2"))
    both = both[both["page_id_1"] < both["page_id_2"]]
    both["meet"] = (both["low_1"] <= both["high_2"]) & (both["low_2"] <= both["high_1"])
    if pages is not None:
        both = pd.concat([both, _said_in_texts(studies, figures, Path(pages))])
    ends = [f"{name}_{side}" for side in (1, 2) for name in ("page_id", *_PLACE)]
    places = [name for name in ends if name.startswith(("page_id", "start"))]
    return both[["said", "period", *ends, "meet"]].drop_duplicates(places, ignore_index=True)


_PLACE = ("figure_id", "printed", "start", "end")


def _said_in_texts(
    studies: Mapping[str, Study], figures: pd.DataFrame, pages: Path
) -> pd.DataFrame:
    """What the text of a later page says again of an earlier one, with the ids of the figures."""
    contents = map(read_whole, sorted(pages.glob("*.txt")))
    texts = {sha256_of(content): content.decode("utf-8") for content in contents}
    if missing := [name for name, one in studies.items() if one.page["sha256"] not in texts]:
        raise StudyError(f"{pages}: the page of {', '.join(missing)} is not there; name its folder")
    told = {name: texts[study.page["sha256"]] for name, study in studies.items()}
    found = audit_texts(told, year={name: one.year for name, one in studies.items()}).restated
    sides = {"page": "page_id", "printed": "printed", "start": "start", "end": "end"}
    names = {
        f"{again}{a}": f"{b}_{n}" for n, again in ((1, ""), (2, "again_")) for a, b in sides.items()
    }
    found = found.rename(columns={"name": "said", "time": "period", **names})
    ids = figures.set_index(["page_id", "start", "end"])["figure_id"]
    for n in (1, 2):
        keys = zip(*(found[f"{name}_{n}"] for name in ("page_id", "start", "end")), strict=True)
        found[f"figure_id_{n}"] = [ids.get(key, "") for key in keys]
    return found.assign(meet=found["verdict"] != "differs")
