"""Whoever has only one of the forms gets the right numbers, with bounds and sources.

Each reads with nothing of aidstudy: the expected numbers are worked out by hand from the page. The
fourth reader, who has only the wheel, is in test_release.
"""

from __future__ import annotations

import contextlib
import io
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from copies import stored

from aidstudy.exchange.export import FORMATS
from aidstudy.exchange.tables import source_of

CLEAN = Path(__file__).resolve().parent.parent / "data" / "clean"

# 2672万元: half a 万 each way, at these code points of the page.
AID = {"value": 26_720_000, "low": 26_715_000, "high": 26_725_000, "place": (5989, 5996)}
# (2672 - 1092)万元 by the rule of 0.5%: from (2671.5 - 1092.5) to (2672.5 - 1091.5).
REVENUE = {"value": 3_160_000_000, "low": 3_158_000_000, "high": 3_162_000_000}
RESULT = "revenue.ganzi.rule_amount_over_rule"
BEHIND = {"ganzi-018", "ganzi-019", "ganzi-020"}


def _files(name: str) -> dict[str, bytes]:
    return FORMATS[name].files(source_of(stored()))


def test_who_has_only_the_csv_files() -> None:
    """The standard library in a bare interpreter, and two files."""
    code = (
        "import csv, sys\n"
        "def table(name, key):\n"
        "    with open(sys.argv[1] + '/' + name, encoding='utf-8', newline='') as file:\n"
        "        return {row[key]: row for row in csv.DictReader(file)}\n"
        "figures, results = table('figures.csv', 'figure_id'), table('results.csv', 'result_id')\n"
        "aid, found = figures['ganzi-020'], results[sys.argv[2]]\n"
        "print(aid['value'], aid['low'], aid['high'], aid['start'], aid['end'])\n"
        "print(found['value'], found['low'], found['high'])\n"
        "for name in found['figures'].split():\n"
        "    print(name, figures[name]['printed'].encode('unicode_escape').decode())\n"
    )
    run = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code, str(CLEAN), RESULT],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    aid, found, *behind = (line.split() for line in run.stdout.splitlines())
    assert list(map(int, aid)) == [AID["value"], AID["low"], AID["high"], *AID["place"]]
    assert list(map(int, found)) == list(REVENUE.values())
    printed = {name: text.encode().decode("unicode_escape") for name, text in behind}
    assert printed == {"ganzi-018": "0.5%", "ganzi-019": "1092万元", "ganzi-020": "2672万元"}


def test_who_has_only_sqlite() -> None:
    with contextlib.closing(sqlite3.connect(":memory:")) as database:
        database.deserialize(_files("sqlite")["tables.sqlite"])
        aid = database.execute(
            "SELECT value, low, high, start, end, printed FROM figures WHERE figure_id = ?",
            ["ganzi-020"],
        ).fetchone()
        found = database.execute(
            "SELECT value, low, high, figures FROM results WHERE result_id = ?", [RESULT]
        ).fetchone()
        shown = database.execute(
            "SELECT aid, aid_low, aid_high FROM ratios WHERE donor_en = 'Longquanyi'"
        ).fetchone()
    assert aid[:3] == pytest.approx((AID["value"], AID["low"], AID["high"]))
    assert aid[3:] == (*AID["place"], "2672万元")
    assert found[:3] == pytest.approx(tuple(REVENUE.values()))
    assert set(found[3].split()) == BEHIND
    assert shown == pytest.approx((26.72, 26.715, 26.725))


def test_who_has_only_excel() -> None:
    openpyxl = pytest.importorskip("openpyxl", reason="openpyxl is not installed")
    (content,) = _files("excel").values()
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)

    def table(name: str, key: str) -> dict[Any, dict[str, Any]]:
        header, *rows = book[name].iter_rows(values_only=True)
        named = [dict(zip(header, row, strict=True)) for row in rows]
        return {row[key]: row for row in named}

    figures, results = table("figures", "figure_id"), table("results", "result_id")
    aid, found = figures["ganzi-020"], results[RESULT]
    assert [aid["value"], aid["low"], aid["high"]] == [AID["value"], AID["low"], AID["high"]]
    assert (aid["start"], aid["end"], aid["printed"]) == (*AID["place"], "2672万元")
    assert {name: found[name] for name in REVENUE} == REVENUE
    assert set(found["figures"].split()) == BEHIND <= set(figures)
    # What does not end is a number too, between its bounds: 26.72 / 0.845%.
    endless = results["revenue.ganzi.total_over_ratio"]
    assert endless["value"] == pytest.approx(26_720_000 / 0.00845, rel=1e-14)
    assert endless["low"] < endless["value"] < endless["high"]
    codebook = list(book["codebook"].iter_rows(values_only=True))
    meanings = {(row[0], row[1]): row[6] for row in codebook if row[5] is None}
    assert "lowest" in meanings["figures", "low"]
    about = " ".join(str(row[1]) for row in book["about"].iter_rows(values_only=True))
    assert "no confidence interval" in about
    assert "never zero" in about
