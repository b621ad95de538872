"""The words of `words.toml`, compiled once."""

from __future__ import annotations

import re
from typing import Any

from aidstudy.files import read_toml

_TOLD: dict[str, Any] = read_toml(__file__, "words.toml")

CUES = {name: re.compile(pattern) for name, pattern in _TOLD["cues"].items()}
LEAD, TRAIL, HARMLESS = (re.compile(_TOLD["names"][key]) for key in ("lead", "trail", "harmless"))
ALIKE: dict[str, str] = {other: name for name, others in _TOLD["alike"].items() for other in others}
HEADLINES = frozenset(ALIKE.values())
MEASURES: dict[str, str] = _TOLD["measures"]
UNITS: dict[str, str] = _TOLD["units"]
RULES: dict[str, list[str]] = _TOLD["rules"]
TIMES: dict[str, dict[str, Any]] = _TOLD["times"]
ENOUGH: list[str] = _TOLD["fits"]["enough"]
ORDINALS: str = _TOLD["lists"]["ordinals"]
EACH, TOTAL, ECONOMY, SECTORS = (
    str(_TOLD["words"][key]) for key in ("each", "total", "economy", "sectors")
)
OF: list[str] = _TOLD["words"]["of"]
LISTS: dict[str, str] = _TOLD["lists"]


def says(cue: str, words: str) -> re.Match[str] | None:
    """Where words hold a cue of `words.toml`, if they do."""
    return CUES[cue].search(words)


class Partition:
    """Parts that leave nothing out, by the words their names begin with."""

    def __init__(self, told: dict[str, Any]) -> None:
        self.parts: list[list[str]] = told["parts"]
        self.whole: list[str] = told["whole"]

    def part_of(self, name: str) -> tuple[int, str] | None:
        """Which part a name is of, and the rest of the name: 第二产业增加值 is (1, 增加值)."""
        told = ((number, key) for number, keys in enumerate(self.parts) for key in keys)
        return next(((n, name.removeprefix(k)) for n, k in told if name.startswith(k)), None)

    def key_of(self, name: str) -> str:
        """The first word for the part that a name is of."""
        found = self.part_of(name)
        return self.parts[found[0]][0] if found else ""


PARTITIONS = [Partition(told) for told in _TOLD["sets"]["partition"]]
RATES = [{key: re.compile(told[key]) for key in told} for told in _TOLD["sets"]["rate"]]
