"""The judgement calls: every question that another reader might answer otherwise, in one order.

``switches.toml`` holds them. Choices travel with a study (:meth:`Study.under`), so that whatever is
made of it follows them, or are given to one function by name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from aidstudy.bilingual import Lang, Words, aside, sentences, sign, written
from aidstudy.codebook import did_you_mean, one_of
from aidstudy.errors import ResultError
from aidstudy.files import read_toml

_SHARE = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,9})?%")


@dataclass(frozen=True, slots=True)
class Switch:
    """A judgement call that another reader might make otherwise."""

    name: str
    question: str
    options: Mapping[str, Words]  # each with what it means; the first is the default
    free: str = ""  # what else is taken: a share in per cent; what rests on it is hypothetical

    @property
    def default(self) -> str:
        """The option taken when nobody says otherwise."""
        return next(iter(self.options))

    def takes(self, option: str) -> bool:
        """Whether it has that option."""
        share = self.free and _SHARE.fullmatch(option)
        return option in self.options or bool(share and 0 < float(option[:-1]) <= 100)


def _read() -> Mapping[str, Switch]:
    told = read_toml(__file__, "switches.toml")
    for parts in told.values():
        parts["options"] = {name: Words(*means) for name, means in parts["options"].items()}
    return MappingProxyType({name: Switch(name, **parts) for name, parts in told.items()})


SWITCHES: Mapping[str, Switch] = _read()
"""Every judgement call, by name; the table of sensitivity keeps this order."""


def checked_choices(choices: Mapping[str, str] | Iterable[str]) -> dict[str, str]:
    """Choices by the name of their call, of which each is known; ``rule=rounded`` in text will do.

    >>> checked_choices(["rule=0.6%", "undated=leave"])
    {'rule': '0.6%', 'undated': 'leave'}
    """
    if not isinstance(choices, Mapping):
        choices = {name: option for name, _, option in (one.partition("=") for one in choices)}
    for name, option in choices.items():
        switch = SWITCHES[one_of("judgement call", name, SWITCHES, ResultError)]
        if not (isinstance(option, str) and switch.takes(option)):
            near = did_you_mean(str(option), switch.options)
            more = f"; or {switch.free}" if switch.free else ""
            raise ResultError(f"choice {name}: {option!r} is no option{near}{more}")
    return dict(choices)


_NO_RULE, _HYPOTHETICAL, _OTHERWISE = map(Words.told, ("no_rule", "hypothetical", "otherwise"))


def choices_told(choices: Mapping[str, str], lang: Lang = "en") -> str:
    """What is read otherwise than by default, in a sentence for a note; nothing by default.

    >>> choices_told({"rule": "rounded"})
    'Read otherwise: rule=rounded (read as a rounded figure: 0.45% to 0.55%).'
    >>> choices_told({"rule": "0.6%"})
    'Hypothetical: rule=0.6% (no printed rule).'
    >>> choices_told({"rule": "rounded"}, "zh")
    '另一种判断：rule=rounded（按约数读：0.45%至0.55%）。'
    """
    said: dict[Words, list[str]] = {_HYPOTHETICAL: [], _OTHERWISE: []}
    for name, option in choices.items():
        if option != SWITCHES[name].default:
            meaning = SWITCHES[name].options.get(option, _NO_RULE)
            head = _HYPOTHETICAL if meaning is _NO_RULE else _OTHERWISE
            said[head].append(aside(f"{name}={option}", meaning.say(lang), lang))
    listed = ((head, sign("semicolon", lang).join(told)) for head, told in said.items() if told)
    each = (written("named", lang, name=head.say(lang), said=told) for head, told in listed)
    return sentences((one + sign("stop", lang) for one in each), lang)
