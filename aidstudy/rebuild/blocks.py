"""A part of a page that a program writes, between two marks; the rest of the page is a person's."""

from __future__ import annotations

import re

from aidstudy.errors import FileError

BLOCKS = ("README.md",)
"""Pages of a study that hold such a part."""

BEGIN = "<!-- exhibits: written by python reproduce.py --update, not by hand -->"
END = "<!-- end of exhibits -->"

_MARKED = re.compile(f"{re.escape(BEGIN)}\n(.*?){re.escape(END)}\n", re.DOTALL)


def block_of(page: bytes, *, name: str) -> str | None:
    """The part between the marks, ``None`` when the page has none of them.

    >>> block_of(f"# Title\\n{BEGIN}\\n| a |\\n{END}\\n".encode(), name="README.md")
    '| a |\\n'
    """
    text = page.decode("utf-8", "replace")
    if BEGIN not in text and END not in text:
        return None
    found = _MARKED.search(text)
    if found is None or text.count(BEGIN) != 1 or text.count(END) != 1:
        raise FileError(
            f"{name}: the marks of the written part do not fit; on lines of their own let stand "
            f"{BEGIN} once and {END} once below it, then run reproduce --update"
        )
    return found[1]


def with_block(page: bytes, block: str, *, name: str) -> bytes:
    """The page with another part between its marks, and not one byte changed elsewhere.

    >>> page = f"# Title\\n{BEGIN}\\n| a |\\n{END}\\n".encode()
    >>> with_block(page, "| b |\\n", name="README.md") == page.replace(b"a |", b"b |")
    True
    """
    if block_of(page, name=name) is None:
        raise FileError(f"{name}: has no {BEGIN} and {END}; put them where the part belongs")
    begin, end = f"{BEGIN}\n".encode(), f"{END}\n".encode()
    before, _, rest = page.partition(begin)
    return b"".join([before, begin, block.encode(), end, rest.partition(end)[2]])
