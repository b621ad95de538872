"""Units: what may be added to what, and how many base units stand in one shown unit.

A unit is written as on an axis: ``CNY``, ``CNY million``, ``万元``, ``%``, ``pp``, ``CNY/m2``,
``CNY/(m3/day)``, ``project``. A word that is not in the table is a unit of its own, so that
counted things (persons, plants) are never added to each other.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from aidstudy.reading.words import UNITS

Dims = tuple[tuple[str, int], ...]
"""Powers of base units, sorted by name: ``(("CNY", 1), ("m", -2))`` for CNY/m2."""

_HUNDREDTH = Fraction(1, 100)
_TEN_THOUSAND = 10**4

_POWERS = {"m": {"m": 1}, "m2": {"m": 2}, "m3": {"m": 3}, "kg": {"kg": 1}, "CNY": {"CNY": 1}}
BASES = frozenset(_POWERS) - {"m2", "m3"}
"""What is measured and not counted."""

# Written unit: base units in one of it, and their powers. What a page prints is told by the reader.
_KNOWN: dict[str, tuple[int | Fraction, dict[str, int]]] = {
    name: (printed.factor, _POWERS[printed.base])
    for name, printed in UNITS.items()
    if printed.base in _POWERS and printed.kind != "flow"
} | {
    "": (1, {}),
    "1": (1, {}),
    "%": (_HUNDREDTH, {}),
    "pp": (_HUNDREDTH, {}),
    "times": (1, {}),
    "yuan": (1, {"CNY": 1}),
    "万元": (_TEN_THOUSAND, {"CNY": 1}),
    "亿元": (_TEN_THOUSAND**2, {"CNY": 1}),
    "mu": (UNITS["亩"].factor, {"m": 2}),
}
PREFIXES = {"thousand": 10**3, "million": 10**6, "billion": 10**9}
_SHARES = ("%", "pp")


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as it is written, with its powers of base units and its size in them."""

    text: str
    dims: Dims
    scale: Fraction

    @property
    def is_share(self) -> bool:
        """Whether it is per cent, or points between per cents."""
        return self.text in _SHARES


@lru_cache(maxsize=4096)
def unit(text: str) -> Unit:
    """The unit that a text writes.

    >>> unit("CNY million").scale, unit("CNY/m2").dims
    (Fraction(1000000, 1), (('CNY', 1), ('m', -2)))
    >>> unit("公里").scale, unit("公里").dims == unit("m").dims
    (Fraction(1000, 1), True)
    """
    scale, powers = _parsed(text.replace(" per ", "/").strip())
    return Unit(text, _sorted(powers), scale)


def _parsed(text: str) -> tuple[Fraction, Counter[str]]:
    above, *below = _split(text)
    scale, powers = _factor(above)
    for part in below:
        size, own = _factor(part)
        scale /= size
        powers.subtract(own)
    return scale, powers


def _split(text: str) -> list[str]:
    """The parts between strokes that stand in no brackets."""
    parts, depth = [""], 0
    for sign in text:
        depth += (sign == "(") - (sign == ")")
        if sign == "/" and depth == 0:
            parts.append("")
        else:
            parts[-1] += sign
    return parts


def _factor(text: str) -> tuple[Fraction, Counter[str]]:
    text = text.strip()
    if text.startswith("(") and text.endswith(")"):
        return _parsed(text[1:-1])
    scale, powers = Fraction(1), Counter[str]()
    for word in text.split("·"):
        found = re.fullmatch(r"(.+?) (thousand|million|billion)", word)
        name, prefix = (found[1], PREFIXES[found[2]]) if found else (word, 1)
        size, own = _KNOWN.get(name, (1, {name: 1}))
        scale *= Fraction(size) * prefix
        powers.update(own)
    return scale, powers


def _sorted(powers: dict[str, int]) -> Dims:
    return tuple(sorted((name, power) for name, power in powers.items() if power))


def times(one: Dims, other: Dims, power: int = 1) -> Dims:
    """The powers of a product, or with power -1 of a quotient."""
    powers = Counter(dict(one))
    for name, own in other:
        powers[name] += power * own
    return _sorted(powers)


@lru_cache(maxsize=4096)
def base_text(dims: Dims) -> str:
    """The base unit of these powers, as it is written."""
    above = "·".join(_powered(name, power) for name, power in dims if power > 0)
    below = [_powered(name, -power) for name, power in dims if power < 0]
    if not below:
        return above
    under = below[0] if len(below) == 1 else f"({'·'.join(below)})"
    return f"{above or '1'}/{under}"


def _powered(name: str, power: int) -> str:
    if power == 1:
        return name
    return f"m{power}" if name == "m" and power in (2, 3) else "·".join([name] * power)


@lru_cache(maxsize=4096)
def unit_of(op: str, a: str, b: str) -> str:
    """The unit in which the result of an operation on two units is shown.

    Per cent, where both sides of a quotient have the same; points for a difference of shares.

    >>> unit_of("*", "CNY million", "%"), unit_of("/", "CNY", "m"), unit_of("-", "%", "%")
    ('CNY million', 'CNY/m', 'pp')
    >>> unit_of("/", "", "CNY million"), unit_of("/", "", "1/CNY million")
    ('1/CNY million', 'CNY million')
    """
    one, other = unit(a), unit(b)
    share = one.is_share or other.is_share
    if op in "+-":
        first = "%" if "%" in (a, b) else a or b
        return "pp" if op == "-" and share else first
    if op == "/" and one.dims == other.dims:
        return "%" if one.dims or share else ""
    if not other.dims:
        return "%" if share and not one.dims and not one.is_share else a
    if op == "*" and not one.dims:
        return b
    if op == "/" and not a:
        above, *below = _split(b)
        if len(below) == 1:
            under = below[0].strip("()")
            return under if above == "1" else f"{under}/{above}" if "·" not in b else f"1/({b})"
        return f"1/({b})" if below or "·" in b else f"1/{b}"
    dims = times(one.dims, other.dims, 1 if op == "*" else -1)
    if not one.dims or dict(one.dims).keys() & dict(other.dims) or (op == "*" and "/" in a + b):
        return base_text(dims)
    sign = "·" if op == "*" else "/"
    return f"{a}{sign}({b})" if op == "/" and ("/" in b or "·" in b) else f"{a}{sign}{b}"
