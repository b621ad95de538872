"""The words of the review page in both languages, and the templates that show them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from aidstudy.bilingual import LANGS
from aidstudy.codebook import Code, Codes
from aidstudy.files import read_toml
from aidstudy.reading.text import RULES

ASSETS = Path(__file__).with_name("review_page")

_TOLD = {lang: read_toml(ASSETS / f"{lang}.toml") for lang in LANGS}
_EN, _ZH = _TOLD.values()


def _words(part: str) -> Codes:
    return {key: Code(told, _ZH[part][key]) for key, told in _EN[part].items()}


STATES, DECISIONS, VERDICTS = (_words(part) for part in ("states", "decisions", "verdicts"))
WORDS: Codes = {**_words("words"), **STATES, **DECISIONS}
SAID: Mapping[str, Mapping[str, str]] = {lang: told["said"] for lang, told in _TOLD.items()}
"""What the page says while it is used, by language."""
REASONS_ZH: Mapping[str, str] = _ZH["reasons"]
RULES_ZH: Mapping[str, str] = _ZH["rules"]
CLAIMS_ZH: Mapping[str, str] = _ZH["claims"]
FAMILIES: Mapping[str, tuple[str, str]] = {
    kind: (a, b) for kind, (a, b) in read_toml(ASSETS / "kinds.toml").items()
}
"""Kind to its colour and its sign."""

# Control characters, marks of direction (they can make a line read otherwise than it is stored),
# invisible signs, and what no HTML file can hold.
UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
)


def safe(value: object, sign: str = "⟦U+{:04X}⟧") -> Markup:
    """Whatever a template shows, as text of a document and as the value of an attribute too."""
    if isinstance(value, Markup):
        return value
    text = UNSEEN.sub(lambda unseen: sign.format(ord(unseen[0])), str(escape(value)))
    # A browser takes a carriage return for a line end, unless it is written as a reference.
    return Markup(text.replace("\r", "&#13;"))


_SEEN = str.maketrans({" ": "␣", "\n": "↵", "\t": "⇥", "\u3000": "□", "\xa0": "⍽", "\r": "␍"})
"""White space made visible."""


@cache
def templates() -> Environment:
    """The HTML of the page; nothing of a page goes into it but through :func:`safe`."""
    found = Environment(
        loader=FileSystemLoader(ASSETS),
        autoescape=True,
        finalize=safe,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters |= {
        "json": json.dumps,
        "signs": lambda text: text.translate(_SEEN),
        # Text of the page where it stands: a number of a sign can be told from the same print.
        "shown": partial(safe, sign='<i class="unseen">⟦U+{:04X}⟧</i>'),
    }
    found.globals |= {
        "words": WORDS,
        "said": SAID,
        "verdicts": VERDICTS,
        "families": FAMILIES,
        "repair_rules": {rule: Code(told, RULES_ZH[rule]) for rule, told in RULES.items()},
        "named": lambda told, part: Code(told, _ZH[part].get(told, told)),
    }
    return found


def asset(name: str) -> str:
    return (ASSETS / name).read_text(encoding="utf-8")
