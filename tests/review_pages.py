"""Pages made up for the tests of the review page, studies of them, and the page in Chromium."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from aidstudy.pages.review import reviewed

# Made up; broken lines, stray spaces, full-width digits.
PAGE = (
    "青山市今年为白石县安排援助资金 3000\n万元，已全部到位。选派干部 50 余\n名，"
    "２０１２年培训６ 期，管道16.2公里，比例尺1:500，约占０.85%。\n"
    "下一步，一是推进7+20对口支援，近 800 万元，3至5天，电话：0836-2835756。\n"
)
OWN = PAGE + "青山市与白石县签订协议4个，请青山市指导，白石县感谢。\n"
"""The same with the names that a study of its own takes from it."""
HOSTILE = (
    '青山市<script>alert("x")</script>投入300万元</script><!--"\'>&lt;b&gt;\u2028\u2029\x00\x1b'
    '<img src=x onerror=alert(1)>\u202e万\u202c<a href="javascript:alert(1)">5\n个</a>'
    "<iframe src=//example.invalid>`${alert(1)}` </textarea></title></style>]]>50<b>余</b>名"
)
MISSED = (
    "𠮷青山市今年为白石县安排援助资金 3000\n万元。比例尺1:500。\r\n"
    "青山市送去良种 １２\n箩、白石县第3\n 名。棉被分三处，近 800 万元，电话：0836-2835756。\n"
    "青山市与白石县签订协议4个，请青山市指导，白石县感谢。\x07<b>1</b>⟦U+0041⟧投入 5 余\n万元\n"
)
"""Figures that the draft leaves, behind signs that a browser counts otherwise than the raw text."""


def review_html(text: str, **told: Any) -> str:
    return reviewed(text, **told).html()


def opened_tab(browser: Any, tmp_path: Path) -> Iterator[Any]:
    """``tab(text)`` opens the review of a text; at the end nothing may have gone wrong."""
    said: list[str] = []
    asked: list[str] = []
    contexts: list[Any] = []

    def opened(
        text: str, *, width: int = 1200, dark: bool = False, bypass_csp: bool = False, **kwargs: Any
    ) -> Any:
        path = tmp_path / "page.review.html"
        path.write_text(review_html(text, **kwargs), encoding="utf-8", newline="")
        context = browser.new_context(
            viewport={"width": width, "height": 700},
            color_scheme="dark" if dark else "light",
            # Tools of the tests come in beside the page's own policy.
            bypass_csp=bypass_csp,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("dialog", lambda dialog: said.append(dialog.message))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(path.as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
    assert said == []
    assert [url for url in asked if not url.endswith("/page.review.html")] == []
    shutil.rmtree(tmp_path)


def saved_by(page: Any) -> str:
    with page.expect_download() as download:
        page.click("#save")
    assert download.value.suggested_filename == "figures.csv"
    return Path(download.value.path()).read_bytes().decode("utf-8")


def select(page: Any, figure: str) -> None:
    page.click(f"#tab-figures tr:has-text('{figure}') td[data-column=measure]")
    assert page.inner_text("#row-name").startswith(figure)


def place_of(page: Any) -> tuple[int, int]:
    return int(page.input_value("#place [name=start]")), int(page.input_value("#place [name=end]"))
