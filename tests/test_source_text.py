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


def runs(text: str) -> set[str]:
    return {text[at : at + RUN] for at in range(len(text) - RUN + 1)}


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


@pytest.mark.page
def test_no_file_of_the_project_holds_a_sentence_of_the_page(page: Path) -> None:
    source = runs(plain(page.read_text(encoding="utf-8")))
    texts = [path for path in project_files() if b"\0" not in path.read_bytes()]
    assert len(texts) > 50
    for path in texts:
        # JSON and notebooks may write Chinese in escapes, markup in references.
        text = ESCAPE.sub(
            lambda code: chr(int(code[1] or code[2], 16)),
            path.read_bytes().decode("utf-8", "replace"),
        )
        assert not source & runs(plain(text)), path
