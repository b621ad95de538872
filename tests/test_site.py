"""The site: built without a fault, every number with its trail, usable by everybody, offline."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from chromium import unfair
from copies import each_case, stored
from lxml.html import document_fromstring

import aidstudy

pytest.importorskip("sphinx", reason="sphinx is in the lock of everything")
pytest.importorskip("sphinx_click", reason="sphinx-click is in the lock of everything")
pytest.importorskip("myst_nb", reason="myst-nb is in the lock of everything")


from aidstudy.cli import commands
from aidstudy.rebuild.site.build import build_site
from aidstudy.rebuild.site.links import Links
from aidstudy.rebuild.site.trails import Trails

pytestmark = [pytest.mark.extra]


@pytest.fixture(scope="module")
def trails() -> Trails:
    return Trails(stored())


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site") / "out"
    told = build_site(stored(), folder)
    linked = re.search(r"(\d+) numbers and ids lead to their trail", told[0])
    assert linked is not None
    assert int(linked[1]) > 500
    return folder


class _Page:
    """What the tests ask of a page: its ids, its links, its headings, its pictures."""

    def __init__(self, text: str) -> None:
        page = document_fromstring(text.encode())
        loaded = "//link[@rel='stylesheet' or @rel='preload' or @rel='preconnect']/@href"
        self.ids = set(page.xpath("//@id"))
        self.links: list[str] = page.xpath("//a/@href[. != '']")
        self.sources: list[str] = page.xpath(
            f"//script/@src | //img/@src | //iframe/@src | {loaded}"
        )
        headings = page.xpath("//h1 | //h2 | //h3 | //h4 | //h5 | //h6")
        self.headings = [int(one.tag[1]) for one in headings]
        self.alts = [one.get("alt") for one in page.xpath("//img")]
        self.lang = page.get("lang")


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, _Page]:
    return {
        path.relative_to(site).as_posix(): _Page(path.read_text(encoding="utf-8"))
        for path in sorted(site.rglob("*.html"))
        if "_static" not in path.parts
    }


def test_numbers_whose_source_is_known_are_links_and_no_other(site: Path) -> None:
    page = (site / "notebooks" / "03_funding_ratios.html").read_text(encoding="utf-8")
    assert '#ganzi-021">0.845% [0.8445, 0.8455]</a>' in page
    assert re.search(r"(?<!>)\b\d+ minutes", page)
    assert "data-figures" not in page


def test_every_link_inside_the_site_arrives(site: Path, pages: dict[str, _Page]) -> None:
    lost = []
    for name, page in pages.items():
        for link in (link for link in page.links if not re.match(r"[a-z]+:", link)):
            path, _, anchor = link.partition("#")
            target = (site / name).parent / path.partition("?")[0] if path else None
            target = (target or site / name).resolve()
            there = pages.get(target.relative_to(site.resolve()).as_posix())
            if not target.exists() or (anchor and there and anchor not in there.ids):
                lost.append(f"{name}: {link}")
    assert not lost, lost[:10]


def test_pages_are_in_order_have_words_for_pictures_and_ask_nothing_of_the_network(
    pages: dict[str, _Page],
) -> None:
    for name, page in pages.items():
        assert not [one for one in page.sources if re.match(r"(?:https?:)?//", one)], name
        steps = zip(page.headings, page.headings[1:], strict=False)
        assert page.headings[:1] in ([1], []), name
        assert all(after <= before + 1 for before, after in steps), (name, page.headings)
        assert all(alt is not None and not alt.endswith(".png") for alt in page.alts), name
    assert (pages["zh/index.html"].lang, pages["index.html"].lang) == ("zh-CN", "en")


@each_case("site", "links")
def test_what_is_linked(trails: Trails, text: str, linked: dict[str, str]) -> None:
    told = Links(trails).page(text, "index")
    found = re.findall(r'<a class="number" href="([^"]*)">([^<]*)</a>', told)
    assert {shown: href for href, shown in found} == linked


def test_every_result_figure_and_fact_has_an_entry(trails: Trails) -> None:
    pages = trails.pages()
    told = trails.entries
    known = (told.results, told.desk.rows, told.desk.facts_by_id)
    assert len(trails.targets) == sum(map(len, known))
    for entry, page in trails.targets.items():
        assert f'id="{entry}"' in pages[f"trail/{page}"], entry


def test_every_public_name_and_every_command_has_its_words(
    site: Path, pages: dict[str, _Page]
) -> None:
    for name in aidstudy.__all__:
        assert f"aidstudy.{name}" in pages[f"library/aidstudy.{name}.html"].ids
    assert {f"aidstudy.plots.{name}" for name in ("save_plot", "sheet")} <= pages["api.html"].ids
    told = (site / "commands.html").read_text(encoding="utf-8")
    for name, command in commands.commands.items():
        assert f"aidstudy-{name}" in pages["commands.html"].ids
        assert (command.get_short_help_str(200).split()[0]) in told


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)], ids=["wide", "narrow"])
def test_everybody_can_use_every_page(
    browser: Any, site: Path, pages: dict[str, _Page], width: int, dark: bool
) -> None:
    scheme = "dark" if dark else "light"
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page, said, faults = context.new_page(), list[str](), list[str]()
    page.on("console", lambda one: said.append(one.text) if one.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda one: said.append(one.url))
    # Each page in one of the two; of those made alike, one for a public name, every fifth.
    alike = [name for name in pages if name.startswith("library/")]
    chosen = [*(name for name in pages if name not in alike), *alike[::5]]
    for name in chosen[dark::2]:
        page.goto((site / name).as_uri())
        faults += [f"{name}: {one}" for one in unfair(page)]
        # Nothing is wider than the window but what scrolls in a frame of its own.
        wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1")
        faults += [f"{name}: wider than the window"] if wide else []
    assert not faults, faults[:20]
    assert not [one for one in said if not one.startswith(("file:", "data:"))]
