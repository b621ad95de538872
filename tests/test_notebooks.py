"""The notebooks run, their stored outputs are what a run gives, and no number is typed in prose."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

import nbformat
import pytest
from copies import REPOSITORY

from aidstudy.course.exercises.solved import (
    QUESTION,
    SOLUTION,
    with_solutions,
    write_solved,
    wrong_solutions,
)
from aidstudy.course.notebooks import notebook_text
from aidstudy.rebuild.compare import compare_contents

NAMES = sorted(path.stem for path in (REPOSITORY / "notebooks").glob("*.ipynb"))

_TIME = re.compile(
    r"^\*\*Time\.\*\* (?P<minutes>\d+) minutes\. "
    r"\*\*Needs\.\*\* (?P<needs>Nothing|\d\d(?:, \d\d)*)\.$",
    re.MULTILINE,
)
_PATH_ROW = re.compile(
    r"^\| \[(?P<number>\d\d) (?P<title>[^]]+)\]\((?P<file>[^)]+)\) \| (?P<question>.+) "
    r"\| (?P<minutes>\d+) \| (?P<needs>[^|]+) \|$",
    re.MULTILINE,
)


@cache
def stored(repository: Path, name: str) -> dict[str, Any]:
    path = repository / "notebooks" / f"{name}.ipynb"
    return json.loads(path.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def sources(notebook: dict[str, Any], kind: str) -> list[str]:
    return ["".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == kind]


def without_questions(notebook: dict[str, Any]) -> list[dict[str, Any]]:
    """The cells but for the questions, which are written from the files of exercises."""
    cells: list[dict[str, Any]] = notebook["cells"]
    return [cell for cell in cells if QUESTION not in cell["metadata"].get("tags", ())]


def head(notebook: dict[str, Any]) -> dict[str, str]:
    """What the first cell of a notebook says about it."""
    first = "".join(notebook["cells"][0]["source"])
    found = _TIME.search(first)
    question = re.search(r"^\*\*Question\.\*\* (.+)$", first, re.MULTILINE)
    assert found, first
    assert question, first
    return {
        "title": first.splitlines()[0].removeprefix("# "),
        "question": question[1],
        "minutes": found["minutes"],
        "needs": found["needs"],
    }


def strings_in(code: str) -> Iterator[str]:
    """The text of every template that ``say`` gets, around its fields."""
    for call in ast.walk(ast.parse(code)):
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "say":
            template = call.args[0]
            if isinstance(template, ast.Constant):
                yield from (text for text, *_ in Formatter().parse(template.value))


@pytest.fixture(scope="module")
def executed(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all notebooks, each executed in a clean kernel as the rebuild does.

    The solutions stand at the end of each, so that one run tells of the notebook and of them.
    An exception, a word on stderr or a path of this machine in an output is an error there.
    """
    into = tmp_path_factory.mktemp("notebooks")
    write_solved(into, repository)
    return into


@pytest.mark.parametrize("name", NAMES)
def test_stored_outputs_are_what_a_run_gives(repository: Path, executed: Path, name: str) -> None:
    old = (repository / "notebooks" / f"{name}.ipynb").read_bytes()
    ran = nbformat.read(executed / f"{name}.ipynb", as_version=4)
    ran.cells = [cell for cell in ran.cells if SOLUTION not in cell.metadata.get("tags", ())]
    new = notebook_text(ran, f"{name}.ipynb").encode()
    assert compare_contents(f"{name}.ipynb", old, new, exact=False) == ()


@pytest.mark.parametrize("name", NAMES[1:])
def test_the_solutions_that_run_are_those_that_the_site_folds(
    repository: Path, executed: Path, name: str
) -> None:
    path = executed / f"{name}.ipynb"
    assert wrong_solutions(path) == []
    ran = json.loads(path.read_text(encoding="utf-8"))["cells"]
    folded = with_solutions(stored(repository, name), repository)["cells"]
    assert [shown(cell) for cell in ran] == [shown(cell) for cell in folded]
    tags = [cell["metadata"].get("tags", []) for cell in folded]
    assert tags.count([SOLUTION, "hide-cell"]) == 2 * tags.count(["exercise"]) > 0


def shown(cell: dict[str, Any]) -> tuple[str, list[Any]]:
    """Source and outputs of a cell but for its pictures, whether its lines are joined or not."""
    data = [output.get("data", {}) for output in cell.get("outputs", [])]
    joined = [{k: "".join(text) for k, text in one.items() if k != "image/png"} for one in data]
    return "".join(cell["source"]), joined


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_asks_first_and_answers_at_the_end(repository: Path, name: str) -> None:
    cells = without_questions(stored(repository, name))
    texts = ["".join(cell["source"]) for cell in cells]
    assert texts[0].startswith("# ")
    parts = ("Question", "Aim", "Time", "Tables used")
    places = [texts[0].index(f"\n\n**{part}.** ") for part in parts]
    assert places == sorted(places)
    (answer,) = [at for at, text in enumerate(texts) if "## The answer\n" in f"{text}\n"]
    assert "say(" in texts[answer + 1]
    told = "".join(cells[answer + 1]["outputs"][0]["data"]["text/plain"])
    assert len(re.findall(r"[.?](?:\s|\Z)", told)) >= 2
    assert any(text.startswith("## What the page does not say\n") for text in texts[answer:])
    exercise = ["exercise" in cell["metadata"].get("tags", ()) for cell in cells]
    assert exercise == [*sorted(exercise[:-1]), False]
    if any(exercise):
        assert texts[exercise.index(True) - 1].startswith("## Exercises\n")


WORDS_THAT_TIRE = {"nought": 0, "The next cell": 1, "cannot show": 3}
"""Words that readers stumbled over, and how often one notebook may use them."""


@pytest.mark.parametrize("name", NAMES)
def test_the_prose_is_plain_and_an_answer_types_no_number(repository: Path, name: str) -> None:
    notebook = stored(repository, name)
    prose = "\n".join(sources({"cells": without_questions(notebook)}, "markdown"))
    assert all(prose.count(word) <= most for word, most in WORDS_THAT_TIRE.items())
    said = " ".join(text for code in sources(notebook, "code") for text in strings_in(code))
    assert re.findall(r"\S*\d\S*", said) == []


TOOLS = {"say", "show", "picture", "own_picture", "check_answer", "record", "trace", "notebook"}
"""What shows, draws ready plots, keeps or checks; a cell with nothing else does not analyse."""


def computes(code: str) -> bool:
    """Whether a cell computes or draws: an operator on values, a method of a table or an Axes, or a
    function of pandas, NumPy, Matplotlib, seaborn, statsmodels or scipy."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.BinOp | ast.Compare):
            return True
        if isinstance(node, ast.Call):
            called = node.func
            if isinstance(called, ast.Attribute) and called.attr not in TOOLS:
                base = called.value
                if not (isinstance(base, ast.Name) and base.id in ("aid", "aidstudy")):
                    return True
            elif isinstance(called, ast.Name) and called.id.startswith(("proportion", "cohens")):
                return True
    return False


def worked(repository: Path, name: str) -> list[str]:
    """The code cells that are no exercise, without that of the imports."""
    cells = stored(repository, name)["cells"]
    codes = [
        "".join(cell["source"])
        for cell in cells
        if cell["cell_type"] == "code" and "exercise" not in cell["metadata"].get("tags", ())
    ]
    return codes[1:]


# Two notebooks are about writing and about a page of one's own.
@pytest.mark.parametrize("name", [*NAMES[1:11], *NAMES[13:]])
def test_a_notebook_analyses(repository: Path, name: str) -> None:
    codes = worked(repository, name)
    assert sum(map(computes, codes)) >= len(codes) / 2


def test_nine_cells_of_ten_have_five_lines_or_fewer(repository: Path) -> None:
    codes = [code for name in NAMES for code in worked(repository, name) if "say(" not in code]
    long = [code for code in codes if len(code.strip().splitlines()) > 5]
    assert len(long) <= len(codes) / 10, f"{len(long)} of {len(codes)}"


def test_the_path_tells_each_notebook_as_it_tells_itself_after_what_it_needs(
    repository: Path,
) -> None:
    start = "\n".join(sources(stored(repository, NAMES[0]), "markdown"))
    rows = [found.groupdict() for found in _PATH_ROW.finditer(start)]
    assert sorted(row["file"] for row in rows) == [f"{name}.ipynb" for name in NAMES[1:]]
    done = {"00"}
    for row in rows:
        told = head(stored(repository, row["file"].removesuffix(".ipynb")))
        assert {key: row[key] for key in told} == told
        assert row["file"].startswith(f"{row['number']}_")
        assert set(row["needs"].split(", ")) <= done, row["file"]
        done.add(row["number"])


@pytest.mark.parametrize("name", NAMES)
def test_a_plot_has_its_caption_under_it(repository: Path, name: str) -> None:
    for cell in stored(repository, name)["cells"]:
        if "picture(" not in "".join(cell["source"]):
            continue  # a plot that is built up step by step
        kinds = [set(output.get("data", {})) for output in cell.get("outputs", [])]
        for place, kind in enumerate(kinds):
            if "image/png" in kind:
                assert "text/markdown" in kinds[place + 1]
