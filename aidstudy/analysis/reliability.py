"""Was the coding reliable? Two codings of the whole page, made apart, row by row."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import pandas as pd

from aidstudy.tables.adjudication import CODINGS, has_codings, read_coding
from aidstudy.tables.load import StudyLike
from aidstudy.tables.matching import Row, matched_rows
from aidstudy.tables.study import Study, load_study

RESAMPLES = 5_000
SEED = 20120905
"""Of the bootstrap behind the intervals of alpha: the same draws in every run."""

Ends = tuple[float, float] | None

COMPARED: Mapping[str, tuple[str, ...]] = {
    "figures": (
        "article",
        "numeral",
        "kind",
        "value",
        "unit",
        "bound",
        "measure",
        "subject",
        "donor",
        "period",
    ),
    "projects": ("donor", "sector", "status", "stage"),
    "events": ("donor", "precision", "kind", "realised"),
    "pairs": ("level", "role"),
    "mechanisms": ("present",),
}
"""Columns whose agreement is measured, by table."""


def paired_codes(study: StudyLike = None) -> pd.DataFrame:
    """Every compared cell of the two codings, side by side.

    Parameters
    ----------
    study : Study or path, optional

    Returns
    -------
    pandas.DataFrame
        One row a cell: its ``table``, the number of its ``row`` there, its ``column``, and the
        code of either coder, ``a`` and ``b``; missing where a coder has no such row. Short names
        of donors, which version 0 left to the coders, are replaced by the printed names. Empty
        when the study has no codings.

    Examples
    --------
    >>> codes = paired_codes()
    >>> codes.query("table == 'events' and column == 'realised'")[["a", "b"]].dropna().shape
    (20, 2)
    """
    opened = load_study(study)
    names = ["table", "row", "column", "a", "b"]
    if not has_codings(opened):
        return pd.DataFrame(columns=names, dtype="str")
    first, second = (_coding(opened, coder) for coder in CODINGS)
    matched = matched_rows({name: (first[name], second[name]) for name in COMPARED})
    cells = (
        (table, number, column, *(None if one is None else one[column] for one in pair))
        for table, columns in COMPARED.items()
        for number, pair in enumerate(matched[table], 1)
        for column in columns
    )
    return pd.DataFrame(cells, columns=names).astype({"a": "str", "b": "str"})


def _coding(study: Study, coder: str) -> dict[str, list[Row]]:
    """A coding with each short name of a donor replaced by the printed name, which both share."""
    tables = {name: cells.to_dict("records") for name, cells in read_coding(study, coder).items()}
    printed = {row["donor"]: row["donor_zh"] for row in tables["pairs"]}
    for name in ("figures", "projects", "events"):
        for row in tables[name]:
            for column in ("donor", "subject"):
                if column in row:
                    row[column] = re.sub(
                        r"[a-z][a-z0-9_-]*", lambda m: printed.get(m[0], m[0]), row[column]
                    )
    return tables


def krippendorff_alpha(units: Sequence[Sequence[Hashable | None]]) -> Fraction | None:
    """Krippendorff's alpha for nominal codes; codes may be missing.

    Parameters
    ----------
    units : sequence of sequence
        For each unit the code that each coder gave, ``None`` for none.

    Returns
    -------
    Fraction or None
        1 for perfect agreement, 0 for what chance would give. ``None`` when fewer than two codes
        can be paired, or all of them are the same: then nothing varies and alpha says nothing.

    Notes
    -----
    within units, each unit weighted by one over its codes less one.

    Examples
    --------
    >>> float(krippendorff_alpha([("a", "a"), ("b", "b"), ("a", "b")]))   # 1 - 5 x 2 / (2 x 3 x 3)
    0.4444444444444444
    """
    weights: dict[tuple[Hashable, Hashable], Fraction] = {}
    for unit in units:
        codes = [code for code in unit if code is not None]
        if len(codes) < 2:
            continue
        counted = Counter(codes)
        for a, n_a in counted.items():
            for b, n_b in counted.items():
                pairs = n_a * (n_b - (a == b))
                weight = Fraction(pairs, len(codes) - 1)
                weights[a, b] = weights.get((a, b), Fraction(0)) + weight
    totals: dict[Hashable, Fraction] = {}
    for (a, _), weight in weights.items():
        totals[a] = totals.get(a, Fraction(0)) + weight
    n = sum(totals.values(), Fraction(0))
    by_chance = n * n - sum((total * total for total in totals.values()), Fraction(0))
    if n < 2 or by_chance == 0:
        return None
    differing = sum((w for (a, b), w in weights.items() if a != b), Fraction(0))
    return 1 - (n - 1) * differing / by_chance


def cohen_kappa(pairs: Sequence[tuple[str, str]]) -> float | None:
    """Cohen's kappa of two coders, by statsmodels; ``None`` when nothing varies.

    Parameters
    ----------
    pairs : sequence of tuple of str
        The code of either coder for each unit that both coded.

    Examples
    --------
    >>> round(cohen_kappa([("a", "a"), ("b", "b"), ("a", "b")]), 3)   # (2/3 - 4/9) / (1 - 4/9)
    0.4
    """
    from statsmodels.stats.inter_rater import cohens_kappa

    table = _crossed(pairs)
    return float(cohens_kappa(table, return_results=False)) if len(table) > 1 else None


def _crossed(pairs: Sequence[tuple[str, str]]) -> list[list[int]]:
    """How often the first coder gave one code and the second another."""
    codes = sorted({code for pair in pairs for code in pair})
    counts = Counter(pairs)
    return [[counts[a, b] for b in codes] for a in codes]


def alpha_interval(pairs: Sequence[tuple[str, str]]) -> Ends:
    """Both ends of a 95% interval of Krippendorff's alpha of two coders, by the bootstrap.

    Units are drawn anew with replacement, ``RESAMPLES`` times, as many as there are; the ends cut
    off the lowest and the highest 2.5% of the alphas. A draw in which only one code is left has
    no alpha and stays out; more than one such draw in twenty, and there is no interval.

    Parameters
    ----------
    pairs : sequence of tuple of str
        The code of either coder for each unit that both coded.

    Returns
    -------
    tuple of float or None
        ``None`` when all pairs are alike, or hardly anything varies.

    Notes
    -----
    Zapf, Castell, Morawietz and Karch (2016), BMC Medical Research Methodology 16:93, find that
    the bootstrap covers better than the asymptotic interval. The generator is numpy's legacy one,
    whose stream is frozen, so the ends are the same with every version.

    Examples
    --------
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


def coding_agreement(study: StudyLike = None) -> pd.DataFrame:
    """How far the two codings agree, by table and column, as recorded.

    Parameters
    ----------
    study : Study or path, optional

    Returns
    -------
    pandas.DataFrame
        One row a compared column: ``both`` rows of its ``table`` that both codings have, of
        ``either`` rows that one of them has; ``alike``, how many of the former have the same code
        in both; ``agreement``, ``categories``, ``commonest``, ``kappa`` and ``alpha``, each with
        ``_low``, ``_high``, ``_state`` and ``_figures``, and of all but the second and the third
        the 95% sampling interval, ``_ci_low`` and ``_ci_high``. Empty when a study has no codings.

    Examples
    --------
    >>> row = coding_agreement().set_index(["table", "column"]).loc["events", "realised"]
    >>> row["alike"], row["both"], float(row["alpha"])
    (16, 20, 0.48)
    """
    from aidstudy.analysis import exact_results

    opened = load_study(study)
    if not has_codings(opened):
        return pd.DataFrame()
    found = exact_results(opened).set_index("result_id").to_dict("index")
    rows: list[dict[str, Any]] = []
    for table, column in ((table, one) for table, names in COMPARED.items() for one in names):
        start = f"coding.{table}.{column}"
        if f"{start}.agreement" not in found:
            continue
        either, both = (int(found[f"coding.{table}.{name}"]["value"]) for name in _ROWS)
        alike = round(found[f"{start}.agreement"]["value"] * both / 100)
        row: dict[str, Any] = {"table": table, "column": column, "both": both, "either": either}
        row |= {"alike": alike, **{f"coders_{one}": _coders(opened, one) for one in ("en", "zh")}}
        for name in ("agreement", "categories", "commonest", "kappa", "alpha"):
            one = found[f"{start}.{name}"]
            # The file has fifteen digits of a share; both codings are known exactly.
            value = Fraction(100 * alike, both) if name == "agreement" else one["value"]
            ends = {f"{name}_{end}": one[end] for end in ("state", "figures", "ci_low", "ci_high")}
            row |= {name: value, f"{name}_low": value, f"{name}_high": value, **ends}
        rows.append(row)
    return pd.DataFrame(rows, dtype=object)


_ROWS = ("either", "both")


def _coders(study: Study, lang: str) -> str:
    return str(study.codings.get("coders" if lang == "en" else f"coders_{lang}", ""))
