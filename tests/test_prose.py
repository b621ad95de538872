"""Every number in prose is bound, and a changed one is found and named; so is one in any output."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from copies import REPOSITORY, change_bytes, copy_of_study, stored

from aidstudy.errors import NotebookError
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
    expected = []
    for path in sorted((study / "notebooks").glob("*.ipynb")):
        notebook = json.loads(path.read_bytes())
        cells = [n for n, c in enumerate(notebook["cells"], 1) if c["cell_type"] == "markdown"]
        for place in (cells[0], cells[-1]):
            notebook["cells"][place - 1]["source"] += ["\nThey gave 27.3 million yuan."]
            expected.append(f"notebooks/{path.name}, cell {place}: 27.3")
        path.write_text(json.dumps(notebook), encoding="utf-8")
    assert unbound_numbers(study) == expected


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
