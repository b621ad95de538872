"""What a notebook's cell shows of a value, and what JupyterLab offers while somebody types."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
from copies import each_case, stored
from IPython.core.formatters import DisplayFormatter

from aidstudy import Interval, check_answer, ratio, read_quantity, trace
from aidstudy.cards import card
from aidstudy.errors import UnitError


class Reader(HTMLParser):
    """The text of well-formed HTML; an element left open or closed wrongly is an error."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag not in ("br", "rect"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def text_of(thing: Any) -> str:
    """What Jupyter would show as HTML, as text."""
    data, _ = DisplayFormatter().format(thing)
    reader = Reader()
    reader.feed(data["text/html"])
    assert reader.open == []
    assert "object at 0x" not in data["text/plain"]
    return " | ".join(reader.words)


@each_case("shown", "quantities")
def test_a_quantity_says_what_the_print_allows_and_why(printed: str, words: str) -> None:
    assert words in text_of(read_quantity(printed, year=2012))


def test_intervals_trails_answers_and_ratios() -> None:
    assert text_of(Interval(1, None)) == "[1, open]"
    assert "xinlong-023" in text_of(trace("paid_of_committed.xinlong", stored()))
    assert "Not yet." in text_of(check_answer("03-1", 1580, study=stored()))
    shown = text_of(ratio("ganzi-015", "ganzi-020", study=stored()))
    assert " | how known | derived | formula | ganzi-015 ÷ ganzi-020 | figures | " in shown
    mixed = ratio("ganzi-015", "ganzi-014", study=stored())
    assert mixed.unit == "CNY/project"
    with pytest.raises(UnitError, match="ganzi-015 ganzi-014: CNY/project cannot be shown in '%'"):
        ratio("ganzi-015", "ganzi-014", unit="%", study=stored())


def test_what_is_shown_cannot_be_markup() -> None:
    shown = card("<b>", [("a<i>", "<script>"), ("empty", "")])
    assert "<b>" not in shown
    assert "<script>" not in shown
    assert "empty" not in shown
