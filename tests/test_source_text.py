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

ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})|&#x([0-9a-fA-F]{4});")


def plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def runs_in_common(page: str, text: str) -> list[str]:
    """Runs of RUN characters of the page that stand in a text too, those that overlap as one."""
    known = {page[place : place + RUN] for place in range(len(page) - RUN + 1)}
    found: list[str] = []
    end = 0
    for at in range(len(text) - RUN + 1):
        if text[at : at + RUN] in known:
            start = end - len(found.pop()) if found and at < end else at
            end = at + RUN
            found.append(text[start:end])
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


def test_broken_lines_stray_spaces_and_full_width_signs_hide_nothing() -> None:
    made_up = "".join(chr(0x4E00 + 7 * number) for number in range(200))
    page = plain("（２０12年，Ａ县）" + made_up)
    text = plain("# (2012年, A县)\n" + "\n ".join(made_up[at : at + 3] for at in range(0, 60, 3)))
    assert runs_in_common(page, text) == ["(2012年,A县)" + made_up[:60]]
    assert runs_in_common(page, f"x{page[7 : 7 + RUN]}y{page[50 : 49 + RUN]}") == [
        page[7 : 7 + RUN]
    ]


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
