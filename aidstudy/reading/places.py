"""Who gives and who receives on a page: names as printed, their pairs, and whom a place is about.

A taker stands behind a verb of giving (对口支援白石县); a county is one wherever it recurs. A giver
stands before the verb, or recurs behind different words.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import NamedTuple

from aidstudy.files import read_toml

_TOLD = read_toml(__file__, "places.toml")
_GOVERNMENT = _TOLD["government"]
_HAN = "[\u4e00-\u9fff]"
_ONE = f"{_HAN}{{0,7}}?{_GOVERNMENT}"
_NAME = f"(?:{_HAN}{{1,5}}[省州])?{_ONE}"
_NO_PLACE = re.compile("|".join(_TOLD["no_place"]))
_BODY = re.compile(f"{_TOLD['body']}$")
_GIVES = re.compile(_TOLD["gives"])
_TAKERS = re.compile(
    f"{_TOLD['gives']}(?P<names>{_NAME}(?:[、和与及]{_NAME})*)(?!{_TOLD['goes_on']})"
)
_GIVERS = re.compile(
    f"(?P<names>(?:(?![向给赴])[\u4e00-\u9fff、]){{1,24}}(?:{_GOVERNMENT}|{_TOLD['body']}))"
    f"(?={_TOLD['between']}{_TOLD['pays']})"
)
_BETWEEN = re.compile(_TOLD["between"])
_BEFORE_NAME = re.compile(_TOLD["before_name"])
_IS_GOVERNMENT = re.compile(f"{_GOVERNMENT}$")
_ENDING = re.compile(f"(?:{_GOVERNMENT}|{_TOLD['body']})$")
_SENTENCE = re.compile("[。！？；;\n]")
_LISTED = re.compile("[、和与及]?")
_TO_TAKER, _FROM_GIVER = (re.compile(f"[^，,。；：\n]{{0,{width}}}") for width in (8, 14))
_HEADING = re.compile("(?:[^0-9\n]|[0-9]{4}年?){1,40}(?<![。！？；，、])$", re.MULTILINE)
_ALL_HAN = re.compile(f"{_HAN}+")
_COUNTIES = "县旗"
_SHORTEST = len("泸县")
_WITHIN = 60_000
"""Characters in which names are looked for, and :data:`_FAR` names to look back at, so that the
time of a long page grows as its length."""
_FAR = 40


class Named(NamedTuple):
    """A name at its place."""

    start: int
    end: int
    name: str


class Who(NamedTuple):
    """Whom a place is about, and those who might be meant as well; sure where there are none."""

    taker: str
    givers: tuple[str, ...]
    also: tuple[str, ...]


class Places:
    """Takers and givers of a stretch of a repaired text, by first print, and who gives to whom.

    `takers` and `givers` map what is printed to the full name of a place.
    """

    def __init__(
        self, text: str, start: int, end: int, takers: Mapping[str, str], givers: Mapping[str, str]
    ) -> None:
        self._text, self._start, self._end = text, start, end
        full = {**givers, **takers}
        names = sorted(filter(None, full), key=len, reverse=True)
        pattern = re.compile("|".join(map(re.escape, names)) or r"(?!)")
        self.named = [Named(*m.span(), full[m[0]]) for m in pattern.finditer(text, start, end)]
        order = dict.fromkeys(one.name for one in self.named)
        self.takers = [name for name in order if name in set(takers.values())]
        self.givers = [name for name in order if name not in self.takers]
        self._ends = [match.start() for match in _SENTENCE.finditer(text, start, end)]
        lines = {text.rfind("\n", max(0, one.start - 41), one.start) + 1 for one in self.named}
        found = (_HEADING.match(text, at, end) for at in sorted(lines) if at >= start)
        self._headings = [match.span() for match in found if match]
        self.pairs = list(dict.fromkeys(self._related()))
        if len(self.takers) == 1:
            self.pairs = [(name, self.takers[0]) for name in self.givers]
        elif self.takers:
            self.pairs += self._met()

    def _related(self) -> Iterator[tuple[str, str]]:
        """Pairs around a verb of giving; 分别 gives to each his own."""
        for verb in _GIVES.finditer(self._text, self._start, self._end):
            at = bisect_left(self.named, (verb.start(),))
            givers = self._run(self.named[at - 1]) if at else ()
            if not givers or not set(givers) <= set(self.givers):
                continue
            gap = self._text[self.named[at - 1].end : verb.start()]
            takers = self._run_from(at, verb.end())
            if not _FROM_GIVER.fullmatch(gap) or not takers:
                continue
            if len(givers) == len(takers) > 1:
                yield from zip(givers, takers, strict=True) if "分别" in gap else ()
            else:
                yield from product(givers, takers)

    def _met(self) -> list[tuple[str, str]]:
        """For each giver without a verb to a taker, whom the places that name it are about."""
        alone = [name for name in self.givers if all(name != giver for giver, _ in self.pairs)]
        met = []
        for giver in alone:
            about = Counter(self._taker(one.start)[0] for one in self.named if one.name == giver)
            met.append((giver, about.most_common(1)[0][0]))
        return met

    @property
    def governments(self) -> list[str]:
        """Givers that are no bureau, bank or firm; every giver where there is none."""
        found = [name for name in self.givers if _IS_GOVERNMENT.search(name)]
        return found or list(self.givers)

    def given_by(self, place: int) -> str:
        """The giver whose name ends just before a place: 其中青山市800万元."""
        names = self._between(self._start, place, self.givers)
        return names[-1].name if names and names[-1].end == place else ""

    def own_act(self, own: int, place: int) -> bool:
        """Whether nobody who gives is named between 我县 and a place."""
        return not self._between(own, place, self.givers)

    def who(self, place: int) -> Who:
        """Whom a place is about.

        The taker is the one named last before it in its sentence, else the first behind it, else
        the only one whom a giver there gives to; the giver the one named last in the paragraph,
        else the only one who gives to the taker. Then the heading decides, then what is named
        last. Whoever else stands between what decided and the place might be meant as well.
        """
        taker, seen = self._taker(place)
        givers, heard = self._givers(place, taker, sure=bool(seen))
        others = {*self.takers, *self.governments} - {taker, *givers[:1]}
        also = [one.name for a, b in (*seen, *heard) for one in self._between(a, b, others)]
        also += [name for name in givers if name in others]
        return Who(taker, givers, tuple(dict.fromkeys(also)))

    def _scopes(self, place: int) -> list[tuple[int, int]]:
        """The sentence before a place, all of it, the paragraph before, its heading, all before."""
        index = bisect_left(self._ends, place)
        first = self._ends[index - 1] + 1 if index else self._start
        last = self._ends[index] if index < len(self._ends) else len(self._text)
        paragraph = max(self._start, self._text.rfind("\n", max(0, place - 20 * _FAR), place) + 1)
        at = bisect_right(self._headings, (place, 0)) - 1
        heading = self._headings[at] if at >= 0 else (self._start, self._start)
        return [(first, place), (first, last), (paragraph, place), heading, (self._start, place)]

    def _taker(self, place: int) -> tuple[str, list[tuple[int, int]]]:
        """The taker, and the stretch that decided; none where there is one taker only."""
        if len(self.takers) < 2:
            return "".join(self.takers), []
        before, sentence, paragraph, heading, all_before = self._scopes(place)
        if named := self._between(*before, self.takers):
            return self._run(named[-1])[0], [before]
        if named := self._between(*sentence, self.takers):
            return named[0].name, [sentence]
        for scope in (before, sentence, paragraph, heading, all_before):
            for one in reversed(self._between(*scope)):
                if found := self._only(one.name):
                    since = (scope[0], max(scope[1], place)) if scope == heading else scope
                    return found, [since]
        return self.takers[0], [all_before]

    def _only(self, name: str) -> str:
        """The taker that a name stands for: itself, or the only one to whom it gives."""
        found = [name] if name in self.takers else [b for a, b in self.pairs if a == name]
        return found[0] if len(found) == 1 else ""

    def _givers(
        self, place: int, taker: str, *, sure: bool
    ) -> tuple[tuple[str, ...], list[tuple[int, int]]]:
        """Who gives to a taker at a place, and the stretch that decided."""
        before, _, paragraph, heading, all_before = self._scopes(place)
        giving = [name for name in self.governments if (name, taker) in self.pairs]
        if named := self._between(*paragraph, self.givers):
            names = self._run(named[-1])
            if named[-1].start >= before[0]:
                signs = [self._text.rfind(sign, before[0], place) for sign in "，,：:"]
                clause = max(before[0], *signs)
                return names, [(clause, place) if named[-1].start >= clause else before]
            if not sure or not giving or set(names) & set(giving):
                return names, [paragraph]
        if len(giving) == 1:
            return (giving[0],), []
        if named := self._between(*heading, self.givers):
            return self._run(named[-1]), [(heading[0], place)]
        running = giving or self.governments
        if named := self._between(*all_before, running):
            return (named[-1].name,), [all_before]
        main = Counter(one.name for one in self.named if one.name in running).most_common(1)
        return tuple(name for name, _ in main), [(self._start, len(self._text))]

    def _between(self, first: int, last: int, names: Iterable[str] | None = None) -> list[Named]:
        """What is named from one place up to another, the last of it where it is much."""
        low, high = bisect_left(self.named, (first,)), bisect_left(self.named, (last,))
        found = self.named[max(low, high - _FAR) : high]
        return [one for one in found if names is None or one.name in names]

    def _run(self, last: Named) -> tuple[str, ...]:
        """The names of the list that one ends: 青山市、临江区."""
        index = bisect_left(self.named, last)
        first, side = index, self.takers if last.name in self.takers else self.givers
        while first and self.named[first - 1].name in side and self._joined(first):
            first -= 1
        return tuple(dict.fromkeys(one.name for one in self.named[first : index + 1]))

    def _joined(self, index: int) -> bool:
        gap = self.named[index - 1].end, self.named[index].start
        return _LISTED.fullmatch(self._text, *gap) is not None

    def _run_from(self, index: int, place: int) -> list[str]:
        """The takers of the list that begins just behind a place."""
        names: list[str] = []
        while index < len(self.named) and self.named[index].name in self.takers:
            one = self.named[index]
            if not (
                self._joined(index) if names else _TO_TAKER.fullmatch(self._text, place, one.start)
            ):
                break
            names.append(one.name)
            index += 1
        return names


class _Counts(dict[str, int]):
    """How often a text prints each name."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __missing__(self, name: str) -> int:
        self[name] = self._text.count(name)
        return self[name]


def names_of(text: str) -> tuple[list[str], list[str]]:
    """Takers and givers that a repaired text names, in the order of their first print.

    Examples
    --------
    >>> names_of("云海省对口支援乌兰州。青山市、临江区第3批援建白石县，水务局捐助50万元。")
    (['乌兰州', '白石县'], ['云海省', '青山市', '临江区', '水务局'])
    """
    text = text[:_WITHIN]
    counts = _Counts(text)
    recurring = _recurring(text)
    behind = {
        match.end("names"): _listed(match["names"], counts) for match in _TAKERS.finditer(text)
    }
    verbs = {match.start() for match in _TAKERS.finditer(text)}
    said, sure = [], set()
    for match in _GIVERS.finditer(text):
        found = _listed(match["names"], counts)
        verb = _BETWEEN.match(text, match.end())
        said += found
        sure |= set(found) if verb and verb.end() in verbs else set()
    named = [name for names in behind.values() for name in names if name not in sure]
    named += [name for name in recurring if name[-1] in _COUNTIES and name not in sure]
    takers = sorted(dict.fromkeys(named), key=text.find)
    found = [name for name in said if name[-1] not in _COUNTIES or name in sure]
    givers = [name for name in dict.fromkeys([*found, *recurring]) if name not in takers]
    return takers, sorted(givers, key=text.find)


def _listed(names: str, counts: _Counts) -> list[str]:
    """Names of a list, each without what runs into it from before."""
    parts = re.split("[、和与及](?![田静])", names)
    found = [_trimmed(part, counts) for part in parts]
    return [name for name in found if name]


def _trimmed(name: str, counts: _Counts) -> str:
    """A name without the words before it: 其中青山市 is rarer than 青山市; empty where none is."""
    name = _BEFORE_NAME.sub("", name)
    if not _BODY.search(name):
        # 甘孜州理塘县: the last of a chain of places is meant.
        chain = re.findall(_ONE, name)
        name = chain[-1] if chain and len(chain[-1]) > 2 else name
    shorter = (name[n:] for n in range(1, len(name) - 2))
    number = counts[name]
    name = next((one for one in shorter if counts[one] >= 2 * number), name)
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
            if start >= 0 and _ALL_HAN.fullmatch(name) and not _NO_PLACE.search(name):
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
