"""What a person saved on the review page, taken into the study: tables, places and year."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from aidstudy.codebook import Place
from aidstudy.errors import FileError, PageError
from aidstudy.files import read_whole, write_whole
from aidstudy.tables.check import check_study
from aidstudy.tables.clean import file_name
from aidstudy.tables.load import clean_study
from aidstudy.tables.study import Study, load_study

_TABLES = ("figures", "pairs", "mechanisms")


def take_review(study: Study, saved: str | Path) -> list[str]:
    """Take ``review.json`` into the study it was saved for; nothing is written if a table is wrong.

    Gives the files that changed. Raises ``PageError`` where it is of another page, and whatever
    the checks of the tables find.
    """
    told = _told(saved)
    if told["page"] != study.page["sha256"]:
        raise PageError(
            f"{saved}: saved for another page; take it into the study whose page.sha256 is "
            f"{told['page'][:12]}…"
        )
    settings = study.folder / "data" / "study.toml"
    written = {study.folder / file_name(name): told[name] for name in _TABLES}
    written[settings] = _settings(read_whole(settings).decode("utf-8"), told)
    with tempfile.TemporaryDirectory(prefix="aidstudy-taken-") as folder:
        trial = Path(folder, "study")
        shutil.copytree(study.folder / "data", trial / "data")
        for path, text in written.items():
            write_whole(trial / path.relative_to(study.folder), text)
        check_study(load_study(trial))
    changed = [path for path, text in written.items() if read_whole(path) != text.encode("utf-8")]
    for path in changed:
        write_whole(path, written[path])
    clean_study(load_study(study.folder))
    return [str(path) for path in changed]


def _told(saved: str | Path) -> dict[str, Any]:
    try:
        told = json.loads(read_whole(saved))
        _ = told["page"][:12], [told[name] + "" for name in _TABLES], told["year"] + 0
        for part in ("recipients", "donors"):
            told[part] = {slug: Place(**names) for slug, names in told[part].items()}
    except (ValueError, KeyError, TypeError) as error:
        raise FileError(
            f"{saved}: not what the review page saves ({error}); save it anew"
        ) from None
    return dict(told)


def _settings(text: str, told: Mapping[str, Any]) -> str:
    """``study.toml`` with the places and the year of the review; the rest stays as it was."""
    parts = re.split(r"(?m)^(?=\[)", text)
    kept = [part for part in parts if not re.match(r"\[(?:recipients|donors)\b", part)]
    kept[0] = re.sub(r"(?m)^year *=.*$", f"year = {told['year']}", kept[0], count=1)
    places = place_settings(recipients=told["recipients"], donors=told["donors"])
    return "\n\n".join([*(part.rstrip() for part in kept), places]) + "\n"


def place_settings(**parts: Mapping[str, Place]) -> str:
    """Places by short name as ``study.toml`` has them."""
    told = []
    for part, places in parts.items():
        told.append(f"[{part}]")
        for slug, place in places.items():
            names = [f"{name} = {quoted(text)}" for name, text in asdict(place).items()]
            told.append("\n".join([f"[{part}.{slug}]", *names]))
    return "\n\n".join(told)


def quoted(text: str) -> str:
    """A basic string of TOML, whose escapes are those of JSON; DEL must be escaped too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
