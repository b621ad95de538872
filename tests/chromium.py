"""Chromium for the tests that look at pages: no network, no first run; and rules for everybody."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from copies import REPOSITORY

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
_AXE = REPOSITORY / "build" / "node" / "node_modules" / "axe-core" / "axe.min.js"
_OPTIONS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


def missing(*packages: str) -> str:
    """What is not there of Chromium, playwright and more packages."""
    told = [name for name in ("playwright", *packages) if not importlib.util.find_spec(name)]
    return ", ".join([*told, *([] if CHROMIUM else ["chromium"])])


def opened_browser() -> Iterator[Any]:
    """A browser; who asks for it skips where there is none."""
    if missing():
        pytest.skip(f"not installed: {missing()}")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        opened = started.chromium.launch(executable_path=CHROMIUM, args=_OPTIONS)
        yield opened
        opened.close()


def unfair(page: Any) -> list[str]:
    """What keeps somebody from using a page, by the rules of axe-core."""
    if not _AXE.exists():
        pytest.skip("axe-core is not in build/node: npm install --prefix build/node axe-core")
    page.evaluate(_AXE.read_text(encoding="utf-8"))
    found: list[str] = page.evaluate(
        "axe.run({preload: false}).then(told => told.violations.map("
        "one => one.id + ': ' + one.nodes[0].html.slice(0, 120)))"
    )
    return found
