"""The words of the review page in both languages, and its HTML with them filled in."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from string import Template

from aidstudy.bilingual import LANGS
from aidstudy.codebook import Code, Codes
from aidstudy.files import read_toml

ASSETS = Path(__file__).with_name("review_page")


_EN, _ZH = (read_toml(ASSETS / f"{language}.toml") for language in LANGS)


def _words(part: str) -> Codes:
    return {key: Code(told, _ZH[part][key]) for key, told in _EN[part].items()}


STATES, DECISIONS, VERDICTS = (_words(part) for part in ("states", "decisions", "verdicts"))
WORDS: Codes = {**_words("words"), **STATES, **DECISIONS}
SAID: Mapping[str, Mapping[str, str]] = {"en": _EN["said"], "zh": _ZH["said"]}
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


def safe(text: str) -> str:
    """Text of a page as text of a document, and as the value of an attribute too."""
    # A browser takes a carriage return for a line end, unless it is written as a reference.
    return html.escape(UNSEEN.sub(_number_of, text)).replace("\r", "&#13;")


def _number_of(sign: re.Match[str]) -> str:
    return f"⟦U+{ord(sign[0]):04X}⟧"


def shown(text: str) -> str:
    """Text of the page where it stands: each number of a sign can be told from the same print."""
    place, parts = 0, []
    for sign in UNSEEN.finditer(text):
        parts += [safe(text[place : sign.start()]), f'<i class="unseen">{_number_of(sign)}</i>']
        place = sign.end()
    return "".join([*parts, safe(text[place:])])


def attributes(values: Mapping[str, str]) -> str:
    return "".join(f' {name}="{safe(value)}"' for name, value in values.items() if value)


_STATIC_WORD = re.compile(r' word="(\w+)">')
_STATIC_LABEL = re.compile(r' label="(\w+)"')
_PART = re.compile(r"<!-- (\w+) -->\n")


@dataclass(frozen=True)
class Markup:
    """The templates of the page: ``word="key"`` in them is a text in both languages.

    Both stand in the file, and its script exchanges them; `language` is the one shown at first.
    """

    language: str

    @cached_property
    def _parts(self) -> dict[str, Template]:
        return {name: Template(self._told(text)) for name, text in _parts().items()}

    def _told(self, text: str) -> str:
        text = _STATIC_WORD.sub(lambda found: self._texts(WORDS[found[1]]), text)
        return _STATIC_LABEL.sub(lambda found: self.label(found[1]), text)

    def _texts(self, what: Code) -> str:
        en, zh = safe(what.meaning), safe(what.zh)
        return f' data-en="{en}" data-zh="{zh}">{zh if self.language == "zh" else en}'

    def fill(self, part: str, **values: object) -> str:
        """A template with values that are HTML already."""
        return self._parts[part].substitute(values)

    def both(self, tag: str, what: Code, told: str = "") -> str:
        """An element with a text in both languages."""
        return f"<{tag}{told}{self._texts(what)}</{tag}>"

    def word(self, key: str, tag: str = "span", told: str = "") -> str:
        return self.both(tag, WORDS[key], told)

    def label(self, key: str) -> str:
        """An element's name for those who do not see it."""
        en, zh = WORDS[key].meaning, WORDS[key].zh
        said = zh if self.language == "zh" else en
        return f' aria-label="{said}" data-label-en="{en}" data-label-zh="{zh}"'


@cache
def _parts() -> Mapping[str, str]:
    """Templates by name: two files, and those of ``parts.html`` without their last line end."""
    _, *told = _PART.split(asset("parts.html"))
    parts = {
        name: text.removesuffix("\n") for name, text in zip(told[::2], told[1::2], strict=True)
    }
    return parts | {name: asset(f"{name}.html") for name in ("page", "edit", "study")}


def asset(name: str) -> str:
    return (ASSETS / name).read_text(encoding="utf-8")
