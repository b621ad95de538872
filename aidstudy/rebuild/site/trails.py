"""The pages of trails: an entry with a link for each result, printed figure and outside fact."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from pathlib import Path

from aidstudy.analysis.served import LETTERS
from aidstudy.analysis.trace import Entries
from aidstudy.bilingual import Words
from aidstudy.files import read_toml
from aidstudy.tables.load import StudyLike

TITLES: Mapping[str, tuple[str, str]] = read_toml(
    Path(__file__).parents[1] / "texts" / "analyses.toml"
)


class Trails:
    """Every entry of a study and the pages that hold them."""

    def __init__(self, study: StudyLike = None) -> None:
        self.entries = Entries(study)
        desk, results = self.entries.desk, self.entries.results
        self.targets = {name: f"results-{r['analysis'].lower()}" for name, r in results.items()}
        self.targets |= {name: f"figures-{r['article']}" for name, r in desk.rows.items()}
        self.targets |= dict.fromkeys(desk.facts_by_id, "facts")
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
        held: dict[str, list[str]] = {}
        for name, page in self.targets.items():
            held.setdefault(page, []).append(name)
        titles = {f"results-{one.lower()}": [f"{one}. {t}" for t in TITLES[one]] for one in LETTERS}
        for slug, place in self.entries.desk.study.recipients.items():
            county = Words(place.en, place.zh)
            titles[f"figures-{slug}"] = [*Words.told("figures_of", county=county)]
        titles["figures-page"] = [*Words.told("figures_of_page")]
        titles["facts"] = [*Words.told("facts")]
        # MyST ends the block at a line of three backticks only, and no entry holds a line end.
        return {
            f"trail/{page}": f"# {en}\n\n```{{raw}} html\n"
            + "\n".join([f'<p lang="zh-CN">{html.escape(zh)}</p>', *map(self._html, held[page])])
            + "\n```\n"
            for page, (en, zh) in titles.items()
            if page in held
        }

    def _html(self, name: str) -> str:
        entry = self.entries.of(name)
        langs = zip(entry.labels, ("", ' lang="zh-CN"'), strict=False)
        labels = "".join(f"<p{lang}>{html.escape(label)}</p>" for label, lang in langs if label)
        resting = {"results that rest on it": " ".join(self.entries.resting(name))}
        rows = (
            f"<dt>{key}</dt><dd>{html.escape(text)}</dd>"
            for key, text in (*entry.told.items(), *resting.items())
            if text
        )
        made = (
            f'<div class="trail-entry" id="{name}">'
            f'<p class="trail-head"><a class="trail-id" href="#{name}">{name}</a> '
            f"<strong>{html.escape(entry.said)}</strong></p>{labels}<dl>{''.join(rows)}</dl></div>"
        )
        return made.replace("\n", " ")
