"""Repair: each defect by hand, and by property the way there and back."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from aidstudy.errors import TextError
from aidstudy.reading.quantities import find_quantities
from aidstudy.reading.text import RULES, Repair, RepairedText, Span, repair_text

CASES = json.loads((Path(__file__).parent / "cases" / "text.json").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["note"])
def test_case(case: dict[str, Any]) -> None:
    fixed = repair_text(case["raw"])
    assert fixed.text == case["text"]
    assert [step.rule for step in fixed.steps] == case["rules"]
    assert repair_text(fixed.text).steps == ()


def test_every_step_is_listed_and_can_be_undone() -> None:
    fixed = repair_text("总投资约 1 亿\n元，培训６期。")
    assert {step.rule for step in fixed.steps} <= set(RULES)
    for step in fixed.steps:
        assert step.span.of(fixed.raw) == step.printed
    width = [step for step in fixed.steps if step.rule == "width"]
    assert fixed.undo(width).text == "总投资约1亿元，培训６期。"
    assert fixed.undo(fixed.steps).text == fixed.raw


def test_a_span_finds_its_way_both_ways() -> None:
    raw = "共有 5 个项目，投入 3000\n万元 。"
    fixed = repair_text(raw)
    start = fixed.text.index("3000万元")
    place = fixed.raw_span(start, start + 6)
    assert place.of(raw) == "3000\n万元"
    assert fixed.text_span(*place) == Span(start, start + 6)


def test_places_outside_and_steps_of_another_text_are_refused() -> None:
    fixed = repair_text("共 5 个")
    with pytest.raises(TextError, match="not a place in a text of 3 characters"):
        fixed.raw_span(2, 9)
    with pytest.raises(TextError, match="does not fit the raw text"):
        RepairedText("共 5 个", (Repair("space", Span(0, 1), " ", ""),))


@pytest.mark.page
def test_the_page_is_mended_and_loses_no_figure(page: Path) -> None:
    raw = page.read_bytes().decode("utf-8")
    fixed = repair_text(raw)
    assert repair_text(fixed.text).steps == ()
    assert "".join(fixed.text.split()) != fixed.text
    # No line of prose ends inside a sentence; what ends without a mark is short or has two parts.
    for line in fixed.text.split("\n"):
        if line and not re.search("[。！？]”?$", line):
            assert len(line) < 120
    before = find_quantities(raw, year=2012)
    after = find_quantities(fixed.text, year=2012)
    assert [q.printed for q in after.quantities] == [q.printed for q in before.quantities]
    assert [fixed.raw_span(*q.span) for q in after.quantities] == [
        q.span for q in before.quantities
    ]
    assert [fixed.text_span(*q.span) for q in before.quantities] == [
        q.span for q in after.quantities
    ]
