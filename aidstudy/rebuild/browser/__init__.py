"""The course in a browser tab: a static folder in which every notebook runs, nothing installed."""

from __future__ import annotations

from aidstudy.rebuild.browser.build import BrowserCopy, build_browser

__all__ = ["BrowserCopy", "build_browser"]
