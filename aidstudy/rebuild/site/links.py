"""Links of a page of the site: an id, and a number whose source is known, lead to their trail.

A number says its source itself: ``data-figures`` on its element holds the ids behind it, as
:mod:`aidstudy.course.show` and the columns of quantities write them. A number without ids stays
plain text; nothing is looked up by its value.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING

from aidstudy.rebuild.site.trails import Trails

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag
    from bs4.element import NavigableString

SEVERAL = "trail/several"
"""The page that lists, for a number made from several entries, all of them."""

SOURCE = "data-figures"

_NOT_LINKED = frozenset({"a", "script", "style", "button", "svg", "title", "summary"}) | {
    f"h{level}" for level in range(1, 5)
}


class Links:
    """The links of all pages, and the numbers that rest on several entries."""

    def __init__(self, trails: Trails) -> None:
        self.trails = trails
        self.linked = 0
        self._several: dict[tuple[str, ...], str] = {}

    def href(self, ids: Sequence[str], page: str) -> str:
        """Address that a number with these ids behind it leads to; empty where none is known."""
        known = tuple(dict.fromkeys(one for one in ids if one in self.trails.targets))
        if len(known) < 2:
            return self.trails.href(known[0], page) if known else ""
        anchor = self._several.setdefault(known, f"several-{len(self._several) + 1}")
        return f"{'../' * page.count('/')}{SEVERAL}.html#{anchor}"

    def several_html(self) -> str:
        """What the page of the numbers made from several entries holds."""
        return "".join(
            f'<div class="trail-entry" id="{anchor}"><p class="trail-head">made from</p>'
            f"<p>{', '.join(ids)}</p></div>"
            for ids, anchor in self._several.items()
        )

    def page(self, article: str, page: str) -> str:
        """The article of a page with its links, its tables in frames, its pictures to open."""
        from bs4 import BeautifulSoup

        soup = BeautifulSoup(article, "html.parser")
        for holder in soup.find_all(attrs={SOURCE: True}):
            self._link_number(soup, holder, page)
        for text in list(soup.find_all(string=self.trails.ids)):
            if _is_read(text):
                self._link_ids(soup, text, page)
        for table in soup.find_all("table"):
            _frame(soup, table)
        for picture in soup.find_all("img"):
            if picture.find_parent("a") is None:
                picture.wrap(soup.new_tag("a", href=picture["src"], attrs={"class": "larger"}))
        return str(soup)

    def _link_number(self, soup: BeautifulSoup, holder: Tag, page: str) -> None:
        href = self.href(str(holder[SOURCE]).split(), page)
        del holder[SOURCE]
        if href and holder.find_parent("a") is None:
            link = self._link(soup, href)
            link.extend(list(holder.contents))
            holder.append(link)

    def _link_ids(self, soup: BeautifulSoup, text: NavigableString, page: str) -> None:
        # A split by one group gives texts and ids in turn.
        parts = [str(part) for part in self.trails.ids.split(text)]
        linked: list[str | Tag] = []
        for plain, found in zip_longest(parts[::2], parts[1::2]):
            linked += [plain] if plain else []
            if found:
                link = self._link(soup, self.trails.href(found, page))
                link.string = found
                linked.append(link)
        text.replace_with(*linked)

    def _link(self, soup: BeautifulSoup, href: str) -> Tag:
        self.linked += 1
        return soup.new_tag("a", attrs={"class": "number", "href": href})


def _is_read(text: NavigableString) -> bool:
    """Whether a text is one that a reader reads: not code, not a heading, not a link already."""
    from bs4.element import NavigableString

    # Comments and the like are kinds of it, and no text.
    if type(text) is not NavigableString:
        return False
    above = list(text.parents)
    if any(parent.name in _NOT_LINKED for parent in above):
        return False
    shown = any("cell_output" in (parent.get("class") or []) for parent in above)
    return shown or not any(parent.name == "pre" for parent in above)


def _frame(soup: BeautifulSoup, table: Tag) -> None:
    """A frame that scrolls sideways on a narrow window, and that the keyboard reaches."""
    for head in table.find_all("th"):
        # The corner of a pandas table heads nothing.
        if not head.get_text(strip=True) and not head.find("img"):
            head.name = "td"
    if any("scroll" in name for up in table.parents for name in up.get("class") or []):
        return
    frame = {"class": "frame", "tabindex": "0", "role": "group", "aria-label": "table"}
    table.wrap(soup.new_tag("div", attrs=frame))
