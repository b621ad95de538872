"""Made-up studies: their figures as a test lists them, through every check of a real one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from copies import stored

from aidstudy.codebook import DAC_CODES, MECHANISMS, OUTSIDE_TABLES, RAW_TABLES, READINGS, RELATIONS
from aidstudy.tables.clean import file_name
from aidstudy.tables.files import csv_text
from aidstudy.tables.load import clean_study
from aidstudy.tables.study import Study, load_study

YEAR = 2012

Row = dict[str, str]


def money(printed: str, measure: str, *, pair: int = 1, **cells: str) -> Row:
    """A sum of the pair with this number; `subject`, `period`, `part_of` and the like as cells."""
    told = {"subject": f"donor{pair}>county{pair}", "donor": f"donor{pair}", "period": str(YEAR)}
    return {"article": f"county{pair}", "printed": printed, "measure": measure} | told | cells


def project(number: int, *, pair: int = 1, **cells: str) -> Row:
    """A named project of the pair with this number."""
    told = {"sector": "43040", "status": "2", "stage": "construction"}
    place = {"project_id": f"county{pair}-p{number:02d}", "recipient": f"county{pair}"}
    names = {"name_zh": f"工程{number}", "name_en": f"Works {number}"}
    short = {"name_short_zh": f"工程{number}", "name_short_en": f"Works {number}"}
    return place | {"donor": f"donor{pair}"} | names | short | told | cells


def made_up(
    folder: Path,
    figures: Sequence[Row],
    *,
    pairs: int,
    projects: Iterable[Row] = (),
    helpers: Iterable[tuple[int, int]] = (),
) -> Study:
    """A study of so many counties, each with one donor; figures get their ids in order.

    The first figure of county 1 is ``county1-001``. `helpers` are donors who help another county
    too, by number. All tables pass the checks of a real study.
    """
    numbers = range(1, pairs + 1)
    rows: dict[str, list[Row]] = {name: [] for name in [*RAW_TABLES, *OUTSIDE_TABLES]}
    rows |= {table.name: [] for table in (RELATIONS, READINGS)}
    start, counted = 0, Counter[str]()
    for row in sorted(figures, key=lambda row: row["article"]):
        counted[row["article"]] += 1
        place = {"start": str(start), "end": str(start + len(row["printed"]))}
        name = f"{row['article']}-{counted[row['article']]:03d}"
        named = {"figure_id": name, "label_en": "a sum"}
        rows["figures"].append(named | place | row)
        start += 100
    rows["projects"] = [{"start": "1", "end": "2", "next_step": ""} | row for row in projects]
    for number in numbers:
        rows["pairs"].append(_pair(number, number, "paired_government"))
        rows["mechanisms"] += [
            {"recipient": f"county{number}", "mechanism": device, "present": "not_mentioned"}
            for device in MECHANISMS
        ]
    rows["pairs"] += [_pair(donor, county, "other") for donor, county in helpers]
    tables = {**RAW_TABLES, **OUTSIDE_TABLES, RELATIONS.name: RELATIONS, READINGS.name: READINGS}
    for name, table in tables.items():
        path = folder / file_name(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        if name == DAC_CODES.name:
            path.write_bytes((stored().folder / file_name(name)).read_bytes())
        else:
            lines = [{column: row.get(column, "") for column in table.names} for row in rows[name]]
            path.write_bytes(csv_text(table.names, lines).encode())
    (folder / "data" / "study.toml").write_text(_settings(numbers), encoding="utf-8")
    study = load_study(folder)
    clean_study(study)
    return study


def _pair(donor: int, county: int, role: str) -> Row:
    names = {"donor_zh": f"甲{donor}市", "donor_en": f"Donor {donor}", "level": "city"}
    place = {"start": str(donor), "end": str(donor + 3), "role": role}
    return {"donor": f"donor{donor}", "recipient": f"county{county}"} | names | place


def _settings(numbers: Iterable[int]) -> str:
    lines = ['title = "Made up"', 'title_zh = "虚构"', f"year = {YEAR}", "[page]"]
    lines.append(f'sha256 = "{"0" * 64}"')
    for kind, zh in (("recipients", "乙{}县"), ("donors", "甲{}市")):
        lines.append(f"[{kind}]")
        for number in numbers:
            en = f"{'County' if kind == 'recipients' else 'Donor'} {number}"
            place: Mapping[str, str] = {"zh": zh.format(number), "en": en}
            place = {**place, "short_zh": place["zh"], "short_en": en}
            lines.append(f"[{kind}.{kind[:-1].replace('recipient', 'county')}{number}]")
            lines += [f'{name} = "{text}"' for name, text in place.items()]
    return "\n".join(lines) + "\n"
