"""Results as LaTeX macros and JSON: names, numbers, words, and what TeX makes of them."""

from __future__ import annotations

import datetime as dt
import json
import re
import unicodedata
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner
from copies import each_case

from aidstudy.bilingual import LANGS, Words
from aidstudy.cli import commands
from aidstudy.errors import ResultError
from aidstudy.intervals import Interval
from aidstudy.papers import macros, results_json
from aidstudy.papers.latex_macros import (
    fields,
    macro_name,
    macro_names,
)
from aidstudy.papers.results import Recorded, recorded
from aidstudy.papers.words import TOLD
from aidstudy.quantity.result import Leaf
from aidstudy.quantity.scalar import Missing, Quantity

FIELDS = list(TOLD["fields"])


LABEL = Words("Label", "标签")


def result(
    result_id: str = "x.revenue",
    value: str = "1",
    low: str | None = None,
    high: str | None = None,
    *,
    unit: str = "CNY",
    analysis: str = "B",
    text: str = "",
    missing: str = "",
) -> Recorded:
    ends = [Fraction(end) for end in (value, low or value, high or value)]
    number: Quantity | Missing = Quantity.given(ends[0], unit, low=ends[1], high=ends[2])
    days: tuple[dt.date, ...] = ()
    if unit == "date":
        days = tuple(dt.date.fromordinal(int(end)) for end in ends)
    if missing or text or days:
        number = Missing(missing or "not_applicable")
    state = missing or "printed"
    return Recorded(result_id, analysis, LABEL, number, unit, state, "note", text, days)


@pytest.fixture(scope="module")
def found() -> dict[str, Recorded]:
    return recorded()


@each_case("macros", "names")
def test_names_are_letters_only(result_id: str, analysis: str, name: str) -> None:
    assert macro_name(result(result_id, analysis=analysis)) == name


def test_names_that_cannot_be_spelt_or_collide_are_refused() -> None:
    with pytest.raises(ResultError, match="cannot be spelt in TeX"):
        macro_name(result("收入"))
    with pytest.raises(ResultError, match=r"results a\.b and a_b: both would be \\aidstudyBAB"):
        macro_names([result("a.b"), result("a_b")])


@each_case("macros", "phrases")
def test_phrases(made: dict[str, str], english: str, chinese: str) -> None:
    one = result(**made)
    assert (fields(one, "en")["Full"], fields(one, "zh")["Full"]) == (english, chinese)


def test_every_part_of_a_number() -> None:
    made = result(value="26720000", low="26715000", high="26725000")
    assert fields(made, "en") == {
        "Full": "CNY 26.72 (26.715–26.725) million",
        "Value": "26.72",
        "Low": "26.715",
        "High": "26.725",
        "Bounds": "26.715–26.725",
        "Unit": "CNY million",
        "State": "printed",
    }


def test_a_range_without_a_value_and_an_open_end() -> None:
    ends = (Quantity.given(end, "%") for end in (1, 8))
    between = Recorded("x", "B", LABEL, Quantity.between(*ends), "%", "bounds_only")
    assert (fields(between, "en")["Full"], fields(between, "en")["Value"]) == ("1–8%", "1–8")
    leaf = Leaf("given", "x", Fraction(300), Interval(Fraction(300), None), "300", "person")
    told = fields(Recorded("x", "B", LABEL, Quantity.of(leaf), "person", "printed"), "en")
    assert (told["Full"], told["High"]) == ("300 (≥ 300) persons", "no upper bound")


def test_no_missing_number_is_ever_zero_or_empty(found: dict[str, Recorded]) -> None:
    for one in found.values():
        for lang in LANGS:
            parts = fields(one, lang)
            assert all(parts[field] for field in FIELDS if field != "Unit"), one.result_id
            if one.state == "not_reported" and not one.text:
                assert parts["Value"] in ("not reported", "未报告")


def test_bounds_shown_hold_the_bounds_of_the_result(found: dict[str, Recorded]) -> None:
    checked = 0
    for one in found.values():
        number, parts = one.number, fields(one, "en")
        if not isinstance(number, Quantity) or one.unit == "CNY" or number.low == number.high:
            continue
        low, high = (parts[end].replace(",", "").replace("−", "-") for end in ("Low", "High"))
        if low == high:  # One number, cut to fifteen digits.
            continue
        bounds = number.interval
        assert Fraction(low) <= bounds.low <= bounds.high <= Fraction(high)
        checked += 1
    assert checked > 50


def test_a_file_defines_every_field_of_the_results_it_was_asked_for(
    found: dict[str, Recorded],
) -> None:
    text = macros(["rule_amount.ganzi", "spent.*", "rule"])
    defined = re.findall(r"^\\newcommand\{\\([^}]*)\}\{(.*)\}$", text, flags=re.MULTILINE)
    said = dict(defined)
    assert all(name.isascii() and name.isalpha() for name in said)
    # Each of the five counties has a result that begins with spent.
    assert len(said) == len(defined) == (1 + 5 + 1) * len(FIELDS)
    # 2672 - 1092 = 1580 万元.
    assert said["aidstudyBRuleAmountGanziFull"] == r"CNY 15.80 (15.79\mbox{--}15.81) million"
    assert said["aidstudyCSpentLitangValue"] == "not reported"
    assert said["aidstudyBRuleFull"] == r"0.5\%"
    chinese = macros(["rule_amount.ganzi"], lang="zh")
    assert r"\newcommand{\aidstudyBRuleAmountGanziFullZh}{1580（1579—1581）万元}" in chinese
    every = macros()
    assert all("LATIN" in unicodedata.name(letter) for letter in every if not letter.isascii())
    assert every.count(r"\newcommand") == len(found) * len(FIELDS)
    with pytest.raises(ResultError, match=r"'rule_amount\.ganz': .* did you mean"):
        macros(["rule_amount.ganz"])


def test_the_json_says_the_same(found: dict[str, Recorded]) -> None:
    told_of = json.loads(results_json())
    assert list(told_of) == list(found)
    rule = told_of["rule_amount.ganzi"]
    assert (rule["value"], rule["low"], rule["high"]) == ("15800000", "15790000", "15810000")
    assert rule["shown"]["en"]["full"] == "CNY 15.80 (15.79–15.81) million"
    assert rule["figures"] == ["ganzi-020", "ganzi-019"]
    assert rule["macro"] == "aidstudyBRuleAmountGanzi"
    assert told_of["spent.litang"]["value"] is None
    assert told_of["window.first"]["value"] == "2012-09-05"
    assert told_of["agrees.ganzi-built-and-going"]["text"] == "agrees at face value"


def test_the_command_writes_what_was_named(tmp_path: Path) -> None:
    wanted = ["export-macros", "spent.litang", "-o", str(tmp_path / "a.tex")]
    assert CliRunner().invoke(commands, wanted).exit_code == 0
    assert (tmp_path / "a.tex").read_text(encoding="utf-8") == macros(["spent.litang"])
