"""Whoever has only one of the forms gets the right numbers, with bounds and sources.

Each reads with nothing of aidstudy: the expected numbers are worked out by hand from the page. The
fourth reader, who has only the wheel, is in test_release.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

CLEAN = Path(__file__).resolve().parent.parent / "data" / "clean"

# 2672万元: half a 万 each way, at these code points of the page.
AID = {"value": 26_720_000, "low": 26_715_000, "high": 26_725_000, "place": (5989, 5996)}
# (2672 - 1092)万元 by the rule of 0.5%: from (2671.5 - 1092.5) to (2672.5 - 1091.5).
REVENUE = {"value": 3_160_000_000, "low": 3_158_000_000, "high": 3_162_000_000}
RESULT = "revenue.ganzi.rule_amount_over_rule"
BEHIND = {"ganzi-018", "ganzi-019", "ganzi-020"}


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
