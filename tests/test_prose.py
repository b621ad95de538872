"""Every number in prose is bound, and a changed one is found and named; so is one in any output."""

from __future__ import annotations

import base64
import csv
import io
import json
import random
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from copies import REPOSITORY, change_bytes, copy_of_study, stored
from PIL import Image

from aidstudy.errors import NotebookError
from aidstudy.rebuild.compare import compare_contents
from aidstudy.rebuild.prose import check_prose, unbound_numbers, words_with_digits
from aidstudy.rebuild.rebuild import STAGES

NOTEBOOKS = sorted((REPOSITORY / "notebooks").glob("*.ipynb"))
TABLES = sorted((REPOSITORY / "data" / "clean").glob("*.csv"))


def in_notebooks(paths: list[Path], pattern: str) -> list[str]:
    return [path.name for path in paths if re.search(pattern, path.read_text(encoding="utf-8"))]


def test_every_number_of_the_prose_is_bound() -> None:
    assert unbound_numbers(stored()) == []
    assert STAGES[-1].name == "numbers in prose"


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """A copy of the study with its prose, to change one number of."""
    folder = copy_of_study(tmp_path)
    shutil.copytree(REPOSITORY / "notebooks", folder / "notebooks")
    return folder


@pytest.mark.parametrize("digit", ["0.846%", "0.945%", "1.845%"])
def test_one_changed_digit_in_prose_is_found_and_named(study: Path, digit: str) -> None:
    (name, *_) = in_notebooks(NOTEBOOKS, r'"# [^"]*0\.845%')
    change_bytes(
        study / "notebooks" / name,
        lambda content: content.replace(b"0.845%", digit.encode(), 1),
    )
    assert unbound_numbers(study) == [f"notebooks/{name}, cell 1: {digit}"]
    with pytest.raises(NotebookError, match=rf"{name}, cell 1: {re.escape(digit)}\n"):
        check_prose(study)


def test_a_number_typed_into_the_prose_of_any_notebook_is_found(study: Path) -> None:
    for path in sorted((study / "notebooks").glob("*.ipynb")):
        before = path.read_bytes()
        notebook = json.loads(before)
        cells = [n for n, c in enumerate(notebook["cells"]) if c["cell_type"] == "markdown"]
        for place in (cells[0], cells[-1]):
            changed = json.loads(before)
            changed["cells"][place]["source"] += ["\nThey gave 27.3 million yuan."]
            path.write_text(json.dumps(changed), encoding="utf-8")
            assert f"notebooks/{path.name}, cell {place + 1}: 27.3" in unbound_numbers(study)
        path.write_bytes(before)
    assert unbound_numbers(study) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("as `litang-p01`, or (69%).", ["litang-p01", "69%"]),
        ("| 30 | [01](01_x.ipynb) |", ["30", "01", "01_x.ipynb"]),
        ("占0.845%。", ["占0.845%"]),
        ("no number", []),
    ],
)
def test_words_with_digits(text: str, words: list[str]) -> None:
    assert words_with_digits(text) == words


# --- the stored outputs, by mutation -------------------------------------------------------------
# What the comparer is told apart here is what the repository really stores.

_DIGIT = re.compile(r"[0-9]")


def other_digit(text: str, place: int) -> str:
    new = "1" if text[place] != "1" else "7"
    return text[:place] + new + text[place + 1 :]


def texts_of(notebook: dict[str, Any]) -> list[tuple[int, int, str]]:
    """Cell, output and kind of every text that a notebook shows."""
    return [
        (number, place, kind)
        for number, cell in enumerate(notebook["cells"])
        for place, output in enumerate(cell.get("outputs", ()))
        for kind in output.get("data", {})
        if kind.startswith("text/") and _DIGIT.search("".join(output["data"][kind]))
    ]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_any_digit_that_a_notebook_shows_is_found_and_named(path: Path) -> None:
    content = path.read_bytes()
    notebook = json.loads(content)
    chosen = random.Random(path.name)
    for number, place, kind in texts_of(notebook):
        changed = json.loads(content)
        data = changed["cells"][number]["outputs"][place]["data"]
        text = "".join(data[kind])
        digits = [found.start() for found in _DIGIT.finditer(text)]
        data[kind] = other_digit(text, chosen.choice(digits))
        told = compare_contents(path.name, content, json.dumps(changed).encode(), exact=False)
        assert len(told) == 1
        assert told[0].startswith(f"cell {number + 1}, {kind}, line ")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_pixel_of_any_plot_in_a_notebook_is_found_and_named(path: Path) -> None:
    content = path.read_bytes()
    for number, cell in enumerate(json.loads(content)["cells"]):
        for place, output in enumerate(cell.get("outputs", ())):
            if "image/png" not in output.get("data", {}):
                continue
            changed = json.loads(content)
            data = changed["cells"][number]["outputs"][place]["data"]
            data["image/png"] = _other_pixel(data["image/png"])
            told = compare_contents(path.name, content, json.dumps(changed).encode(), exact=True)
            assert len(told) == 1
            assert told[0].startswith(f"cell {number + 1}, image/png differs in 1 of ")
            assert "the first at x 11, y 7" in told[0]


def _other_pixel(encoded: str) -> str:
    with Image.open(io.BytesIO(base64.b64decode("".join(encoded)))) as image:
        pixels = np.array(image.convert("RGB"))
    pixels[7, 11] ^= 1
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return base64.b64encode(out.getvalue()).decode()


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_a_digit_a_date_and_a_row_of_any_table_are_found_and_named(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    chosen = random.Random(path.name)
    for column, name in enumerate(rows[0]):
        filled = [n for n, row in enumerate(rows) if n and _DIGIT.search(row[column])]
        if not filled:
            continue
        number = chosen.choice(filled)
        changed = [list(row) for row in rows]
        old = rows[number][column]
        changed[number][column] = new = other_digit(old, chosen.choice(
            [found.start() for found in _DIGIT.finditer(old)]
        ))  # fmt: skip
        (told,) = compare_contents(path.name, text.encode(), _written(changed), exact=True)
        assert told.startswith(f"row {number + 1} (")
        assert told.endswith(f"column {name}: stored {old!r}, built {new!r}")
    gone = chosen.randrange(1, len(rows))
    told_of_row = compare_contents(
        path.name, text.encode(), _written([*rows[:gone], *rows[gone + 1 :]]), exact=True
    )
    assert told_of_row[0] == f"rows: stored {len(rows) - 1}, built {len(rows) - 2}"
    assert told_of_row[1].startswith("no longer built: ")
    assert rows[gone][0] in told_of_row[1]


def _written(rows: list[list[str]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()
