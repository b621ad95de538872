"""The site of the study: pages that work offline, numbers as links to their trails."""

from __future__ import annotations

from aidstudy.rebuild.site.build import Site, build_site

__all__ = ["Site", "build_site"]
