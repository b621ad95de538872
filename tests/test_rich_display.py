"""What a notebook's cell shows of a value, and what JupyterLab offers while somebody types."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
from copies import stored
from IPython.core.completer import provisionalcompleter
from IPython.core.formatters import DisplayFormatter

import aidstudy
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


@pytest.mark.parametrize(
    ("printed", "words"),
    [
        ("约1亿元", "约1亿元 | kind | money | value | 100,000,000 CNY | the print allows | "
                    "50,000,000 to 150,000,000 | because | about: "),
        ("1800余名", "value | 1800 名 | the print allows | 1800 to 1900"),
        ("超过300人", "the print allows | 300 and more"),
        ("10月底前", "value | 2012-10 | the print allows | up to 2012-10-31"),
        ("22个", "the print allows | 22 | because | exact"),
        ("7+20", "kind | code | value | 7+20 | because"),
    ],
)  # fmt: skip
def test_a_quantity_says_what_the_print_allows_and_why(printed: str, words: str) -> None:
    assert words in text_of(read_quantity(printed, year=2012))


def test_an_interval_and_a_ratio() -> None:
    assert text_of(Interval(1, None)) == "[1, open]"
    shown = text_of(ratio("ganzi-015", "ganzi-020", study=stored()))
    assert " | how known | derived | formula | ganzi-015 ÷ ganzi-020 | figures | " in shown
    mixed = ratio("ganzi-015", "ganzi-014", study=stored())
    assert mixed.unit == "CNY/project"
    with pytest.raises(UnitError, match="ganzi-015 ganzi-014: CNY/project cannot be shown in '%'"):
        ratio("ganzi-015", "ganzi-014", unit="%", study=stored())


def test_a_trail_and_a_checked_answer() -> None:
    assert "xinlong-023" in text_of(trace("paid_of_committed.xinlong", stored()))
    assert "Not yet." in text_of(check_answer("03-1", 1580, study=stored()))


def test_what_is_shown_cannot_be_markup() -> None:
    shown = card("<b>", [("a<i>", "<script>"), ("empty", "")])
    assert "<b>" not in shown
    assert "<script>" not in shown
    assert "empty" not in shown


# --- help while typing ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shell() -> Any:
    """The machine behind a cell: it completes names and shows signatures as a kernel does."""
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell()
    # Only names of the cell, so that no history of a person is read.
    shell.history_manager.enabled = False
    shell.run_cell("import aidstudy")
    yield shell
    shell.history_manager.end_session()


def completed(shell: Any, code: str) -> set[str]:
    with provisionalcompleter():
        found = list(shell.Completer.completions(code, len(code)))
    return {one.text.rpartition(".")[2] for one in found}


def test_every_name_is_completed(shell: Any) -> None:
    for name in aidstudy.__all__:
        assert name in completed(shell, f"aidstudy.{name[:-1]}")
    assert "study_" not in completed(shell, "aidstudy.study_")
