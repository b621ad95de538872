"""Who gives and who receives on a page: names as printed, their pairs, and whom a place is about.

A taker stands behind a verb of giving (对口支援白石县); a county is one wherever it recurs. A giver
stands before the verb, or recurs behind different words.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TOLD: dict[str, Any] = tomllib.loads(
    Path(__file__).with_name("own_study").joinpath("names.toml").read_text(encoding="utf-8")
)
_NAME = f"[\u4e00-\u9fff]{{0,7}}?{TOLD['government']}"
_NO_PLACE = re.compile("|".join(TOLD["no_place"]))
_BODY = re.compile(f"{TOLD['body']}$")
_TAKERS = re.compile(f"{TOLD['gives']}(?P<names>(?:[、和与及]?{_NAME})+)(?!{TOLD['goes_on']})")
_GIVERS = re.compile(
    f"(?P<names>(?:(?![向给赴])[\u4e00-\u9fff、]){{1,24}}(?:{TOLD['government']}|{TOLD['body']}))"
    f"(?={TOLD['between']}{TOLD['pays']})"
)
_BEFORE_NAME = re.compile(TOLD["before_name"])
_ENDING = re.compile(f"{TOLD['government']}$")
_SENTENCE = re.compile("[。！？；;\n]")
_HAN = re.compile("[\u4e00-\u9fff]+")
_COUNTIES = "县旗"
_SHORTEST = len("泸县")


@dataclass(frozen=True, slots=True)
class Places:
    """Takers and givers of a page in the order of their first print, and who gives to whom.

    `named`: pairs of a place in the text and the name there; `ends`: where sentences end.
    """

    takers: tuple[str, ...]
    givers: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]
    named: tuple[tuple[int, str], ...]
    ends: tuple[int, ...]

    def taker_at(self, place: int) -> str:
        """Whom a place is about; nothing on a page without a taker.

        In its sentence the taker named last before it, else the first behind it, else the only one
        whom a giver there gives to; a sentence without a name goes on with the one before.
        """
        index = bisect_left(self.ends, place)
        first = self.ends[index - 1] if index else 0
        last = self.ends[index] if index < len(self.ends) else place
        before = [name for at, name in self.named if at < place][::-1]
        here = [name for at, name in self.named if first <= at < place][::-1]
        here += [name for at, name in self.named if place <= at < last]
        sure = [name for name in here if name in self.takers]
        found = [*sure, *map(self._only_taker, [*here, *before])]
        return next(filter(None, found), self.takers[0] if self.takers else "")

    def _only_taker(self, name: str) -> str:
        found = [name] if name in self.takers else [b for a, b in self.pairs if a == name]
        return found[0] if len(found) == 1 else ""


def places_of(text: str) -> Places:
    """The places of a repaired text.

    Examples
    --------
    >>> found = places_of("云海省对口支援乌兰州。青山市、临江区第3批援建白石县，水务局捐助50万元。")
    >>> found.takers, found.givers
    (('乌兰州', '白石县'), ('云海省', '青山市', '临江区', '水务局'))
    >>> found.pairs[:3]
    (('云海省', '乌兰州'), ('青山市', '白石县'), ('临江区', '白石县'))
    >>> found.taker_at(34)
    '白石县'
    """
    recurring = _recurring(text)
    behind = {match.end(): _listed(match["names"], text) for match in _TAKERS.finditer(text)}
    verbs = {match.start(): behind[match.end()] for match in _TAKERS.finditer(text)}
    relations = []
    for match in _GIVERS.finditer(text):
        verb = re.compile(f"{TOLD['between']}").match(text, match.end())
        takers = verbs.get(verb.end() if verb else match.end(), [])
        relations += [(giver, takers) for giver in _listed(match["names"], text)]
    sure = {giver for giver, takers in relations if takers}
    named = [name for names in verbs.values() for name in names]
    named += [name for name in recurring if name[-1] in _COUNTIES and name not in sure]
    takers = sorted(dict.fromkeys(named), key=text.find)
    found = [giver for giver, _ in relations if giver[-1] not in _COUNTIES or giver in sure]
    givers = [one for one in dict.fromkeys([*found, *recurring]) if one not in takers]
    givers.sort(key=text.find)
    at = sorted(
        (one.start(), name) for name in [*takers, *givers] for one in re.finditer(name, text)
    )
    ends = tuple(match.start() for match in _SENTENCE.finditer(text))
    pairs = [(a, b) for a, names in relations for b in names if a in givers]
    known = Places(tuple(takers), tuple(givers), tuple(dict.fromkeys(pairs)), tuple(at), ends)
    about = {
        giver: Counter(known.taker_at(place) for place, name in at if name == giver)
        for giver in givers
        if takers and all(giver != one for one, _ in pairs)
    }
    pairs += [(giver, taker.most_common(1)[0][0]) for giver, taker in about.items()]
    return Places(known.takers, known.givers, tuple(dict.fromkeys(pairs)), known.named, ends)


def _listed(names: str, text: str) -> list[str]:
    """Names of a list, each without what runs into it from before."""
    parts = re.split("[、和与及](?![田静])", names)
    found = [_trimmed(part, text) for part in parts]
    return [name for name in found if name]


def _trimmed(name: str, text: str) -> str:
    """A name without the words before it: 其中青山市 is rarer than 青山市; empty where none is."""
    name = _BEFORE_NAME.sub("", name)
    if not _BODY.search(name):
        # 甘孜州理塘县: the last of a chain of places is meant.
        chain = re.findall(_NAME, name)
        name = chain[-1] if chain and len(chain[-1]) > 2 else name
    shorter = (name[n:] for n in range(1, len(name) - 2))
    number = text.count(name)
    name = next((one for one in shorter if text.count(one) >= 2 * number), name)
    ending = _ENDING.search(name) or _BODY.search(name)
    if not ending or len(name) < _SHORTEST or _NO_PLACE.search(name):
        return ""
    return name


def _recurring(text: str) -> list[str]:
    """Names of governments that a text prints behind different words.

    乐山市 does, 山市 stands behind 乐 only, and 请乐山市 is rare. A name of two characters (泸县)
    must stand behind a verb of giving.
    """
    found: Counter[str] = Counter()
    before: dict[str, set[str]] = {}
    for match in re.finditer("[省市州盟区县旗]", text):
        for length in (3, 4, 5):
            start = match.end() - length
            name = text[max(0, start) : match.end()]
            if start >= 0 and _HAN.fullmatch(name) and not _NO_PLACE.search(name):
                found[name] += 1
                before.setdefault(name, set()).add(text[start - 1] if start else "")
    names = {name: n for name, n in found.items() if n > 1 and len(before[name]) > 1}
    longer = {name[1:]: n for name, n in names.items()}
    # 都高新区 recurs as well, but mostly as a part of 成都高新区; 助宜宾市 is rarer than 宜宾市.
    return [
        name
        for name, n in Counter(names).most_common()
        if 2 * longer.get(name, 0) <= n and 2 * n > names.get(name[1:], 0)
    ]
