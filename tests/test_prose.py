"""Every number in prose is bound, and a changed one is found and named; so is one in any output."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from copies import REPOSITORY, copy_of_study, stored

from aidstudy.errors import NotebookError
from aidstudy.rebuild.prose import check_prose, unbound_numbers, words_with_digits
from aidstudy.rebuild.rebuild import STAGES

NOTEBOOKS = sorted((REPOSITORY / "notebooks").glob("*.ipynb"))


def test_every_number_of_the_prose_is_bound() -> None:
    assert unbound_numbers(stored()) == []
    assert STAGES[-1].name == "numbers in prose"


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """A copy of the study with its prose, to change one number of."""
    folder = copy_of_study(tmp_path)
    shutil.copytree(REPOSITORY / "notebooks", folder / "notebooks")
    return folder


def test_a_number_changed_or_typed_into_the_prose_of_any_notebook_is_found(study: Path) -> None:
    expected = []
    for path in sorted((study / "notebooks").glob("*.ipynb")):
        text = path.read_text(encoding="utf-8")
        changed = re.sub(r'("# [^"]*)0\.845%', r"\1 0.846%", text, count=1)
        notebook = json.loads(changed)
        cells = [n for n, c in enumerate(notebook["cells"], 1) if c["cell_type"] == "markdown"]
        if changed != text:
            expected.append(f"notebooks/{path.name}, cell {cells[0]}: 0.846%")
        for place in (cells[0], cells[-1]):
            notebook["cells"][place - 1]["source"] += ["\nThey gave 27.3 million yuan."]
            expected.append(f"notebooks/{path.name}, cell {place}: 27.3")
        path.write_text(json.dumps(notebook), encoding="utf-8")
    assert any(one.endswith("0.846%") for one in expected)
    assert unbound_numbers(study) == expected
    with pytest.raises(NotebookError, match=re.escape(expected[0])):
        check_prose(study)


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
