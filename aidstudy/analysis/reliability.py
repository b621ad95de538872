"""Was the coding reliable? Two codings of the whole page, made apart, row by row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from fractions import Fraction

import pandas as pd

from aidstudy.quantity.dtype import TEXT
from aidstudy.tables.adjudication import CODINGS, has_codings, read_coding
from aidstudy.tables.load import StudyLike
from aidstudy.tables.matching import Rows, matched_rows, renamed
from aidstudy.tables.study import Study, load_study

RESAMPLES = 5_000
SEED = 20120905
"""Of the bootstrap behind the intervals of alpha: the same draws in every run."""

Ends = tuple[float, float] | None

COMPARED: Mapping[str, tuple[str, ...]] = {
    "figures": (
        *("article", "numeral", "kind", "value", "unit"),
        *("bound", "measure", "subject", "donor", "period"),
    ),
    "projects": ("donor", "sector", "status", "stage"),
    "events": ("donor", "precision", "kind", "realised"),
    "pairs": ("level", "role"),
    "mechanisms": ("present",),
}
"""Columns whose agreement is measured, by table."""


def paired_codes(study: StudyLike = None) -> pd.DataFrame:
    """Every compared cell of the two codings, side by side.

    >>> codes = paired_codes()
    >>> codes.query("table == 'events' and column == 'realised'")[["a", "b"]].dropna().shape
    (20, 2)
    """
    opened, names = load_study(study), ["table", "row", "column", "a", "b"]
    if not has_codings(opened):
        return pd.DataFrame(columns=names, dtype=TEXT)
    first, second = (_coding(opened, coder) for coder in CODINGS)
    matched = matched_rows({name: (first[name], second[name]) for name in COMPARED})
    cells = (
        (table, number, column, *(None if one is None else one[column] for one in pair))
        for table, columns in COMPARED.items()
        for number, pair in enumerate(matched[table], 1)
        for column in columns
    )
    return pd.DataFrame(cells, columns=names).astype({"a": TEXT, "b": TEXT})


def _coding(study: Study, coder: str) -> dict[str, Rows]:
    """A coding with each short name of a donor replaced by the printed name, which both share."""
    tables = {name: cells.to_dict("records") for name, cells in read_coding(study, coder).items()}
    printed = {row["donor"]: row["donor_zh"] for row in tables["pairs"]}
    return {name: renamed(rows, printed, ("donor", "subject")) for name, rows in tables.items()}


def krippendorff_alpha(units: Sequence[Sequence[Hashable | None]]) -> Fraction | None:
    """Krippendorff's alpha for nominal codes; codes may be missing.

    >>> float(krippendorff_alpha([("a", "a"), ("b", "b"), ("a", "b")]))   # 1 - 5 x 2 / (2 x 3 x 3)
    0.4444444444444444
    """
    counts = [Counter(code for code in unit if code is not None) for unit in units]
    counts = [counted for counted in counts if counted.total() > 1]
    totals = sum(counts, Counter[Hashable]())
    n, by_chance = totals.total(), _unlike(totals)
    if not by_chance:
        return None
    shares = (Fraction(_unlike(one), one.total() - 1) for one in counts)
    differing = sum(shares, Fraction(0))
    return 1 - (n - 1) * differing / by_chance


def _unlike(counted: Counter[Hashable]) -> int:
    """In how many ordered pairs of codes the two differ."""
    return counted.total() ** 2 - sum(number**2 for number in counted.values())


def cohen_kappa(
    pairs: Sequence[tuple[str, str]],
) -> tuple[float | None, float | None, float | None]:
    """Cohen's kappa of two coders and the ends of its 95% interval, by statsmodels.

    ``None`` when nothing varies; no ends where the standard error is nought and says nothing.

    >>> round(cohen_kappa([("a", "a"), ("b", "b"), ("a", "b")])[0], 3)   # (2/3 - 4/9) / (1 - 4/9)
    0.4
    """
    from statsmodels.stats.inter_rater import cohens_kappa

    codes, counts = sorted({code for pair in pairs for code in pair}), Counter(pairs)
    table = [[counts[a, b] for b in codes] for a in codes]
    if len(codes) < 2:
        return None, None, None
    if all(a == b for a, b in pairs) or 1 in (len(set(side)) for side in zip(*pairs, strict=True)):
        return float(cohens_kappa(table, return_results=False)), None, None
    found = cohens_kappa(table)
    return float(found.kappa), float(found.kappa_low), min(1.0, float(found.kappa_upp))


def alpha_interval(pairs: Sequence[tuple[str, str]]) -> Ends:
    """Both ends of a 95% interval of Krippendorff's alpha of two coders, by the bootstrap.

    Units are drawn anew with replacement, ``RESAMPLES`` times, as many as there are; the ends cut
    off the lowest and the highest 2.5% of the alphas. A draw in which only one code is left has
    no alpha and stays out; more than one such draw in twenty, and there is no interval.

    >>> low, high = alpha_interval([("y", "y")] * 16 + [("n", "n")] * 8 + [("y", "n")] * 4)
    >>> low < krippendorff_alpha([("y", "y")] * 16 + [("n", "n")] * 8 + [("y", "n")] * 4) < high
    True
    """
    import numpy as np

    apart = np.array([a != b for a, b in pairs], dtype=float)
    if not apart.any():
        return None
    codes = sorted({code for pair in pairs for code in pair})
    given = np.array([[pair.count(code) for code in codes] for pair in pairs], dtype=float)
    n = len(pairs)
    draws = np.random.RandomState(SEED).randint(n, size=(RESAMPLES, n), dtype=np.int64)
    # bincount wants the machine's own integers, which in a browser have 32 bits.
    places = (draws + n * np.arange(RESAMPLES)[:, None]).astype(np.intp)
    times = np.bincount(places.ravel(), minlength=RESAMPLES * n).reshape(RESAMPLES, n).astype(float)
    by_chance = (2 * n) ** 2 - ((times @ given) ** 2).sum(axis=1)
    varies = by_chance > 0
    if varies.mean() < 0.95:
        return None
    alphas = 1 - (2 * n - 1) * 2 * (times @ apart)[varies] / by_chance[varies]
    low, high = np.quantile(alphas, [0.025, 0.975], method="inverted_cdf")
    return float(low), float(high)
