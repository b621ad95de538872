"""What several test modules share."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# Run by hand, with a fuzzer that is in no lock.
collect_ignore = ["fuzz"]

# The same examples in every run: a failure that comes and goes teaches nothing.
settings.register_profile("house", deadline=None, derandomize=True)
settings.load_profile("house")

# No test may use the network. Programs that a test starts are told by variables; the port 9 of
# this machine throws away what it gets.
NOWHERE = "http://127.0.0.1:9"
OFFLINE = {
    "HTTP_PROXY": NOWHERE,
    "HTTPS_PROXY": NOWHERE,
    "http_proxy": NOWHERE,
    "https_proxy": NOWHERE,
    "NO_PROXY": "localhost,127.0.0.1,::1",
    "no_proxy": "localhost,127.0.0.1,::1",
    "PIP_NO_INDEX": "1",
    "UV_OFFLINE": "1",
    "npm_config_offline": "true",
}
os.environ.update(OFFLINE)
_refused: list[str] = []


def _stays_here(address: object) -> bool:
    if not isinstance(address, tuple):
        return True  # a path of this machine
    host = str(address[0])
    if host in ("", "localhost"):
        return True
    try:
        return ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _guard(call: Callable[..., Any]) -> Callable[..., Any]:
    def connect(self: socket.socket, address: Any, *rest: Any) -> Any:
        if not _stays_here(address):
            _refused.append(str(address[0]))
            raise ConnectionRefusedError(f"no network in any test: {address[0]}")
        return call(self, address, *rest)

    return connect


socket.socket.connect = _guard(socket.socket.connect)  # type: ignore[method-assign]
socket.socket.connect_ex = _guard(socket.socket.connect_ex)  # type: ignore[method-assign]


# Each file is forced to the disk before it gets its name, which takes longer than to write it. What
# a crash leaves is tried in processes that do so.
os.fsync = lambda _: None

DRAWINGS = ("tests/test_drawn.py", "tests/test_plots.py")
"""Modules that look at the same drawings."""


LONG = ("test_browser.py", "test_site.py")
"""Modules that a worker begins with, or the other one would wait for it in the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest."""
    items.sort(key=lambda item: item.path.name not in LONG)


@pytest.hookimpl(optionalhook=True)  # where xdist is installed
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """With ``--dist loadfile`` they go to one worker, which makes each drawing once."""
    if config.getoption("dist") != "loadfile":
        return None
    # In the order below and not by how many tests they hold: those with the fewest take longest.
    config.option.loadscopereorder = False
    from xdist.scheduler import LoadFileScheduling

    class OneForDrawings(LoadFileScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            file = str(super()._split_scope(nodeid))
            return "drawings" if file in DRAWINGS else file

    return OneForDrawings(config, log)


@pytest.fixture(autouse=True)
def no_network() -> Iterator[list[str]]:
    """Hosts that the test wanted to reach; it fails for them although it may have gone on."""
    _refused.clear()
    yield _refused
    assert not _refused, f"the test wanted to reach {', '.join(_refused)}"


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


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium, where it is installed."""
    from chromium import opened_browser

    yield from opened_browser()


@pytest.fixture
def tab(browser: Any, tmp_path: Path) -> Iterator[Any]:
    """``tab(text)`` opens the review of a text; at the end nothing may have gone wrong."""
    from review_pages import opened_tab

    yield from opened_tab(browser, tmp_path)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """The folder of a study of a made-up page."""
    from copies import study_of
    from review_pages import OWN

    return study_of(tmp_path, OWN)
