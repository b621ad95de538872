"""The site of the study: pages that work offline, every number a link to its trail."""

from __future__ import annotations

from aidstudy.rebuild.site.build import Site, build_site

__all__ = ["Site", "build_site"]
