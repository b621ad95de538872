"""What several test modules share."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

# The same examples in every run: a failure that comes and goes teaches nothing.
settings.register_profile("house", deadline=None, derandomize=True)
settings.load_profile("house")


@pytest.fixture(scope="session")
def repository() -> Path:
    """The top folder of the repository."""
    return Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def page(repository: Path) -> Path:
    """The page's text, for those who hold it; the test skips elsewhere."""
    path = repository.parent / "shared" / "source" / "page.txt"
    if not path.exists():
        pytest.skip("the page's text is not part of the repository: no ../shared/source/page.txt")
    return path
