"""How unequal the sums of the year are, and whether their order is certain."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise, product

from aidstudy.analysis.desk import Desk
from aidstudy.intervals import Interval
from aidstudy.result import Enclosure, Term

_MOST_CORNERS = 12


def hhi(*sums: Fraction) -> Fraction:
    """Herfindahl-Hirschman index: the sum of the squared shares, from 1/n to 1.

    Examples
    --------
    >>> hhi(Fraction(1), Fraction(1), Fraction(2))
    Fraction(3, 8)
    """
    return sum((x * x for x in sums), Fraction(0)) / sum(sums) ** 2


def gini(*sums: Fraction) -> Fraction:
    """Gini coefficient without correction for small numbers, from 0 to (n - 1) / n.

    Examples
    --------
    >>> gini(Fraction(1), Fraction(1), Fraction(2))   # 2 x (1x1 + 2x1 + 3x2) / (3 x 4) - 4/3
    Fraction(1, 6)
    """
    n = len(sums)
    weighted = sum((rank * x for rank, x in enumerate(sorted(sums), 1)), Fraction(0))
    return 2 * weighted / (n * sum(sums)) - Fraction(n + 1, n)


def unequal_bounds(
    measure: Callable[..., Fraction],
) -> Callable[[Sequence[Interval]], Interval]:
    """Exact bounds of a measure of inequality over a box of sums.

    Both measures are quasi-convex, so the highest value stands at a corner of the box. Both fall
    when a richer one gives to a poorer, so the lowest stands where all sums are at one level as
    far as their bounds let them; along the level the measure is lowest at a bound, or for the
    index where the level is the sum of squares over the sum.

    Parameters
    ----------
    measure : callable
        :func:`hhi` or :func:`gini`.

    Returns
    -------
    callable
        From the intervals of the sums to that of the measure. With more than twelve sums the
        bounds are too wide rather than too narrow; where a sum has no end on one side, or all may
        be nothing, they are all that the measure can be.
    """

    def bounds(boxes: Sequence[Interval]) -> Interval:
        n = len(boxes)
        if any(box.width is None for box in boxes) or sum(box.low or 0 for box in boxes) <= 0:
            even, alone = Fraction(1, n), Fraction(1)
            least, most = (even, alone) if measure is hhi else (Fraction(0), alone - even)
            return Interval(least, most)
        ends = [box.closed() for box in boxes]
        levels = sorted({end for pair in ends for end in pair})
        if len(ends) > _MOST_CORNERS:
            return _wide(measure, ends)
        levels += [level for pair in pairwise(levels) for level in _turning(ends, *pair)]
        levelled = (tuple(max(low, min(level, high)) for low, high in ends) for level in levels)
        return Interval(
            min(measure(*sums) for sums in levelled),
            max(measure(*corner) for corner in product(*(sorted(set(pair)) for pair in ends))),
        )

    return bounds


def _turning(
    ends: Sequence[tuple[Fraction, Fraction]], below: Fraction, above: Fraction
) -> list[Fraction]:
    """Where between two levels the index may turn: the fixed squares over the fixed sums."""
    fixed = [high if high <= below else low for low, high in ends if high <= below or low >= above]
    if not fixed:
        return []
    level = sum((x * x for x in fixed), Fraction(0)) / sum(fixed)
    return [level] if below < level < above else []


def _wide(measure: Callable[..., Fraction], ends: Sequence[tuple[Fraction, Fraction]]) -> Interval:
    """Bounds above the line over bounds below it: too wide rather than too narrow."""
    n, lows, highs = len(ends), sorted(low for low, _ in ends), sorted(high for _, high in ends)
    least, most = sum(lows), sum(highs)
    if measure is hhi:
        low, high = (sum((x * x for x in end), Fraction(0)) for end in (lows, highs))
        return Interval(max(Fraction(1, n), low / most**2), min(Fraction(1), high / least**2))
    weights = [2 * rank - n - 1 for rank in range(1, n + 1)]
    low, high = (
        sum(
            (w * (down if w > 0 else up) for w, down, up in zip(weights, *sides, strict=True)),
            Fraction(0),
        )
        for sides in ((lows, highs), (highs, lows))
    )
    return Interval(max(Fraction(0), low / (n * most)), min(Fraction(n - 1, n), high / (n * least)))


MEASURES = {
    "hhi": (
        hhi,
        "Herfindahl-Hirschman index",
        "赫芬达尔指数",
        "highest at a corner, lowest where the sums are level",
    ),
    "gini": (
        gini,
        "Gini coefficient",
        "基尼系数",
        "highest at a corner, lowest where the sums are level",
    ),
}


def spread_results(desk: Desk) -> None:
    """The sums of the year: their order, the gaps between neighbours, and how unequal they are."""
    sums = [(pair, desk.result(f"committed.{pair.recipient}")) for pair in desk.pairs]
    known = sorted(
        ((pair, term) for pair, term in sums if term.known),
        key=lambda item: item[1].value or 0,
        reverse=True,
    )
    gaps = []
    for (pair, more), (other, less) in pairwise(known):
        who, than = desk.names_of(pair), desk.names_of(other)
        gaps.append(
            desk.give(
                f"spread.gap.{pair.recipient}.{other.recipient}",
                more - less,
                label=f"By how much {who.en}'s sum of the year exceeds {than.en}'s",
                label_zh=f"{who.zh}年度金额比{than.zh}多",
                unit="CNY",
                note="what the sums contain differs; no ranking of merit",
            )
        )
    _order(desk, [desk.names_of(pair).en for pair, _ in known], gaps)
    whole = len(known) == len(sums)
    for name, (measure, en, zh, how) in MEASURES.items():
        desk.give(
            f"spread.{name}",
            Term.call(
                name,
                measure,
                *(term for _, term in known),
                enclosure=Enclosure(unequal_bounds(measure), how),
            )
            if whole and any(term.value for _, term in known)
            else Term.missing(),
            label=f"Sums of the year of all pairs: {en}",
            label_zh=f"各对年度金额的{zh}",
            unit="",
            note="these pairs only, of many; sums that are derived or of unknown year stand among "
            "them",
        )


def _smallest(*gaps: Fraction) -> Fraction:
    return min(gaps)


def _least(gaps: Sequence[Interval]) -> Interval:
    lows = [gap.low for gap in gaps if gap.low is not None]
    highs = [gap.high for gap in gaps if gap.high is not None]
    return Interval(min(lows) if len(lows) == len(gaps) else None, min(highs) if highs else None)


_LEAST = Enclosure(_least, "least of the bounds")


def _order(desk: Desk, names: list[str], gaps: list[Term]) -> None:
    bounds = [gap.bounds() for gap in gaps]
    certain = all(b is not None and b.low is not None and b.low > 0 for b in bounds)
    desk.give(
        "spread.order",
        Term.call("smallest gap", _smallest, *gaps, enclosure=_LEAST) if gaps else Term.missing(),
        label="Sums of the year: is their order certain under rounding?",
        label_zh="年度金额的次序在舍入下是否确定？",
        unit="",
        note="certain under rounding only: years and contents of the sums are other questions",
        text=f"{'certain' if certain else 'not certain'}: {' > '.join(names)}" if gaps else "",
    )


__all__ = ["gini", "hhi", "spread_results", "unequal_bounds"]
