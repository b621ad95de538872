"""The pages of trails: an entry with a link for each result, printed figure and outside fact."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from aidstudy.analysis.desk import Desk
from aidstudy.analysis.served import LETTERS, exact_results
from aidstudy.analysis.trace import row_digits, shown
from aidstudy.files import read_toml
from aidstudy.tables.load import StudyLike, fact_source

TITLES: Mapping[str, tuple[str, str]] = read_toml(
    Path(__file__).parents[1] / "texts" / "analyses.toml"
)


class Trails:
    """Every entry of a study and the pages that hold them."""

    def __init__(self, study: StudyLike = None) -> None:
        self.desk = Desk(study)
        self.results: list[dict[str, Any]] = exact_results(self.desk.study).to_dict("records")
        self.targets = {r["result_id"]: f"results-{r['analysis'].lower()}" for r in self.results}
        self.targets |= {name: f"figures-{r['article']}" for name, r in self.desk.rows.items()}
        self.targets |= dict.fromkeys(self.desk.facts_by_id, "facts")
        self._resting: dict[str, list[str]] = {}
        for result in self.results:
            for source in f"{result['figures'] or ''} {result['facts'] or ''}".split():
                self._resting.setdefault(source, []).append(result["result_id"])
        # A result may be called by a plain word, "rule"; in prose that is no id.
        told = [entry for entry in self.targets if not entry.isalpha()]
        longest_first = sorted(told, key=len, reverse=True)
        self.ids = re.compile(
            rf"(?<![\w.>-])({'|'.join(map(re.escape, longest_first))})(?![\w-]|\.\w)"
        )

    def href(self, entry: str, page: str) -> str:
        """Address of an entry as seen from a page, which is named without its ending."""
        return f"{'../' * page.count('/')}trail/{self.targets[entry]}.html#{entry}"

    def pages(self) -> dict[str, str]:
        """Names of the pages and their texts in MyST Markdown."""
        made: dict[str, str] = {}

        def add(page: str, en: str, zh: str, entries: Iterable[str]) -> None:
            # MyST ends the block at a line of three backticks only, and no entry holds a line end.
            rows = "\n".join(entry.replace("\n", " ") for entry in entries)
            head = f'<p lang="zh-CN">{html.escape(zh)}</p>'
            made[f"trail/{page}"] = f"# {en}\n\n```{{raw}} html\n{head}\n{rows}\n```\n"

        for letter in LETTERS:
            en, zh = TITLES[letter]
            own = [self._result(row) for row in self.results if row["analysis"] == letter]
            if own:
                add(f"results-{letter.lower()}", f"{letter}. {en}", f"{letter}. {zh}", own)
        rows = self.desk.rows.values()
        for article in dict.fromkeys(row["article"] for row in rows):
            place = self.desk.study.recipients.get(article)
            en, zh = (place.en, place.zh) if place else ("Furniture of the page", "版面信息")
            entries = (self._figure(row) for row in rows if row["article"] == article)
            add(f"figures-{article}", f"Figures: {en}", f"数字：{zh}", entries)
        facts = map(self._fact, self.desk.facts_by_id.values())
        add("facts", "Facts from outside the page", "版面以外的事实", facts)
        return made

    def _result(self, row: Mapping[str, Any]) -> str:
        by = f"; bounds by {row['bounds_by']}" if row["bounds_by"] else ""
        told: dict[str, Any] = {"how known": f"{row['state'].replace('_', ' ')}{by}"}
        told |= {name: row[name] for name in ("notebook", "formula", "note")}
        labels = (row["label"], row["label_zh"])
        return self._entry(row["result_id"], shown(row), told, labels)

    def _figure(self, row: Mapping[str, Any]) -> str:
        digits = row_digits(row)
        bounds = f"{digits.low} to {digits.high}" if digits.low else ""
        if not bounds and row["low"] is not None:
            bounds = "this value only"
        told = {
            "where": f"article {row['article']}, characters {row['start']} to {row['end']}",
            "measure": row["measure"],
            "value": " ".join(c for c in (digits.value, row["unit"]) if c),
            "the print allows": bounds,
            "bound": row["bound"],
            "subject": row["subject"],
            "from": row["donor"],
            "period": row["period"],
            "says again": row["same_as"],
            "part of": row["part_of"],
            "note": row["note"],
        }
        return self._entry(row["figure_id"], row["printed"], told, (row["label_en"], ""))

    def _fact(self, row: Mapping[str, Any]) -> str:
        told = {
            "of": row["entity"],
            "measure": row["measure"],
            "period": row["period"],
            "value": f"{row_digits(row).value} {row['unit']}",
            "source": fact_source(row),
            "grade": row["grade"],
            "note": row["note"],
        }
        return self._entry(row["fact_id"], row["printed"], told)

    def _entry(
        self, entry: str, value: str, told: dict[str, Any], labels: tuple[str, str] = ("", "")
    ) -> str:
        """An entry with what is told of it, cells that are empty left out."""
        en, zh = (html.escape(label) for label in labels)
        label = f"<p>{en}</p>" * bool(en) + f'<p lang="zh-CN">{zh}</p>' * bool(zh)
        told |= {"results that rest on it": " ".join(self._resting.get(entry, []))}
        rows = (f"<dt>{key}</dt><dd>{html.escape(text)}</dd>" for key, text in told.items() if text)
        return (
            f'<div class="trail-entry" id="{entry}">'
            f'<p class="trail-head"><a class="trail-id" href="#{entry}">{entry}</a> '
            f"<strong>{html.escape(value)}</strong></p>{label}<dl>{''.join(rows)}</dl></div>"
        )
