"""No sentence of the page stands in the project; skipped where the page is not at hand."""

from __future__ import annotations

import re
import subprocess
import unicodedata
from pathlib import Path

import pytest
from copies import REPOSITORY

RUN = 30
"""So many characters in a row, white space left out, are a sentence."""

BLOCK = RUN // 2
ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})|&#x([0-9a-fA-F]{4});")


def plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def runs_in_common(page: str, text: str) -> list[str]:
    """Runs of the page, of RUN characters at least, that stand in a text too.

    Any run that long holds a whole block of BLOCK characters that begins at a multiple of BLOCK in
    the text, so only those are looked up.
    """
    blocks: dict[str, list[int]] = {}
    for place in range(len(page) - BLOCK + 1):
        blocks.setdefault(page[place : place + BLOCK], []).append(place)
    found = []
    end = 0
    for at in range(0, len(text) - BLOCK + 1, BLOCK):
        for place in blocks.get(text[at : at + BLOCK], ()):
            left = 0
            while min(at, place) > left and text[at - left - 1] == page[place - left - 1]:
                left += 1
            right = BLOCK
            while (
                at + right < len(text)
                and place + right < len(page)
                and text[at + right] == page[place + right]
            ):
                right += 1
            if left + right >= RUN and at + right > end:
                found.append(text[at - left : at + right])
                end = at + right
    return found


def project_files() -> list[Path]:
    """Every file that is tracked, or would be: what git does not ignore."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY,
        capture_output=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a git repository, so which files belong to the project is not known")
    names = listed.stdout.decode("utf-8").split("\0")
    return [REPOSITORY / name for name in names if name and (REPOSITORY / name).is_file()]


# --- the search itself, on a made-up page ----------------------------------------------------

MADE_UP = "".join(chr(0x4E00 + 7 * number) for number in range(200))


@pytest.mark.parametrize("start", [0, 1, 13, 77, 200 - RUN])
@pytest.mark.parametrize("before", [0, 1, 14, 29])
def test_a_run_of_thirty_is_found_wherever_it_stands(start: int, before: int) -> None:
    run = MADE_UP[start : start + RUN]
    assert runs_in_common(MADE_UP, "x" * before + run + "y") == [run]


def test_a_run_of_twenty_nine_is_none() -> None:
    for before in range(BLOCK):
        assert runs_in_common(MADE_UP, "x" * before + MADE_UP[50 : 50 + RUN - 1] + "y") == []


def test_broken_lines_stray_spaces_and_full_width_signs_hide_nothing() -> None:
    page = plain("（２０12年，Ａ县）" + MADE_UP)
    text = plain("# (2012年, A县)\n" + "\n ".join(MADE_UP[at : at + 3] for at in range(0, 60, 3)))
    assert runs_in_common(page, text) == ["(2012年,A县)" + MADE_UP[:60]]


def test_two_runs_are_two_and_an_empty_text_has_none() -> None:
    text = MADE_UP[:40] + "x" * 20 + MADE_UP[100:140]
    assert runs_in_common(MADE_UP, text) == [MADE_UP[:40], MADE_UP[100:140]]
    assert runs_in_common(MADE_UP, "") == runs_in_common("", MADE_UP) == []


# --- the project -----------------------------------------------------------------------------


@pytest.mark.page
def test_no_file_of_the_project_holds_a_sentence_of_the_page(page: Path) -> None:
    source = plain(page.read_text(encoding="utf-8"))
    found = {}
    looked_at = 0
    for path in project_files():
        content = path.read_bytes()
        if b"\0" in content:
            continue
        looked_at += 1
        # JSON and notebooks may write Chinese in escapes, markup in references.
        text = ESCAPE.sub(
            lambda code: chr(int(code[1] or code[2], 16)), content.decode("utf-8", "replace")
        )
        runs = runs_in_common(source, plain(text))
        if runs:
            found[str(path.relative_to(REPOSITORY))] = runs
    assert looked_at > 50
    assert found == {}


@pytest.mark.page
def test_the_search_would_find_the_page_itself(page: Path) -> None:
    text = plain(page.read_text(encoding="utf-8"))
    assert runs_in_common(text, f"x{text[1000:1100]}y") == [text[1000:1100]]
