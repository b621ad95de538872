"""The page on which a reader moves the rule: one HTML file with its own small script."""

from __future__ import annotations

import html
import json
from fractions import Fraction
from importlib.resources import files
from typing import Any

from aidstudy.analysis.desk import Desk
from aidstudy.analysis.ratios import added, commitment, printed_ratio, rule_share
from aidstudy.errors import StudyError
from aidstudy.rebuild.site.trails import Trails
from aidstudy.result import Term

WHAT_IF = "what-if"
"""Name of the page, without its ending."""


def what_if_data(desk: Desk) -> dict[str, Any]:
    """The printed figures that the page computes with, each exact and with its bounds.

    Fractions are pairs of text, numerator and denominator; amounts in CNY, shares in per cent.
    """
    pair = next(
        (p for p in desk.pairs if printed_ratio(desk, p).known and added(desk, p).known), None
    )
    if pair is None:
        raise StudyError(
            "no donor of this study prints its share of revenue and its addition, so there is "
            "nothing to move; leave the page out"
        )
    terms = {
        "total": commitment(desk, pair),
        "added": added(desk, pair),
        "ratio": printed_ratio(desk, pair),
        "increase": desk.one("increase_ratio", subject=pair.subject),
        "rule": rule_share(desk),
    }
    named = desk.names_of(pair)
    return {
        "inputs": {name: _input(term) for name, term in terms.items()},
        "rounded_rule": _ends(terms["rule"].read_as_rounded()),
        "donor": {"en": named.donor_en, "zh": named.donor_zh},
        "recipient": {"en": named.en, "zh": named.zh},
    }


def _input(term: Term) -> dict[str, Any]:
    if term.leaf is None:
        raise StudyError(f"{term.formula()}: not one printed figure, so there is nothing to move")
    return {
        "id": term.leaf.id,
        "printed": term.leaf.printed,
        "value": _pair(term.leaf.value),
        **_ends(term),
    }


def _ends(term: Term) -> dict[str, list[str]]:
    bounds = term.bounds()
    if bounds is None or bounds.low is None or bounds.high is None:
        raise StudyError(f"{term.formula()}: its bounds are open, so nothing can be computed")
    return {"low": _pair(bounds.low), "high": _pair(bounds.high)}


def _pair(value: Fraction) -> list[str]:
    return [str(value.numerator), str(value.denominator)]


def what_if_html(trails: Trails) -> str:
    """The page as one HTML file: no other file, no request, English and Chinese."""
    data = what_if_data(trails.desk)
    for part in data["inputs"].values():
        part["href"] = trails.href(part["id"], WHAT_IF)
    page = files("aidstudy.rebuild.site").joinpath("what_if.html").read_text(encoding="utf-8")
    # "<" cannot end the element in which the data stand.
    told = json.dumps(data, ensure_ascii=False, sort_keys=True).replace("<", "\\u003c")
    return page.replace("@data@", told).replace(
        "@donor@", html.escape(f"{data['donor']['en']} {data['donor']['zh']}")
    )
