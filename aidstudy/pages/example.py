"""An invented page with the defects of its genre, to try the package on.

Its places do not exist and its figures are borrowed. Lines break between a number and its unit,
spaces stand before commas, and some digits are full-width.
"""

from __future__ import annotations

from importlib.resources import files


def example_page() -> str:
    """The text of the invented page.

    Examples
    --------
    >>> from aidstudy import find_quantities
    >>> [one.printed for one in find_quantities(example_page()).quantities[:2]]
    ['50余名', '1200万元']
    """
    return files("aidstudy.pages").joinpath("example_page.txt").read_text(encoding="utf-8")
