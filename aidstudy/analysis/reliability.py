"""Was the coding reliable? Two codings of the whole page, made apart, row by row."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from fractions import Fraction
from functools import cache

import pandas as pd

from aidstudy.analysis.desk import Desk, cells
from aidstudy.analysis.proportions import LEVEL, interval_end
from aidstudy.codebook import ADJUDICATION, FIGURES_RAW
from aidstudy.result import Term
from aidstudy.tables.adjudication import CODINGS, has_codings, read_coding
from aidstudy.tables.files import read_cells
from aidstudy.tables.load import StudyLike
from aidstudy.tables.matching import Matched, Row, matched_figures, matched_rows

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

_TABLES_ZH = {
    "figures": "数字",
    "projects": "项目",
    "events": "事件",
    "pairs": "结对",
    "mechanisms": "机制",
}


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


def kappa_interval(pairs: Sequence[tuple[str, str]]) -> Ends:
    """Both ends of a 95% interval of Cohen's kappa, from its asymptotic standard error.

    Parameters
    ----------
    pairs : sequence of tuple of str
        The code of either coder for each unit that both coded.

    Returns
    -------
    tuple of float or None
        Cut at 1. ``None`` when all pairs are alike, or one coder used one code only: the standard
        error is then nought and says nothing.

    Examples
    --------
    >>> pairs = [("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15
    >>> low, high = kappa_interval(pairs)   # 0.4 and 1.96 times 0.127 each way
    >>> round(low, 3), round(high, 3)
    (0.151, 0.649)
    """
    from statsmodels.stats.inter_rater import cohens_kappa

    used = (set(codes) for codes in zip(*pairs, strict=True))
    if all(a == b for a, b in pairs) or any(len(codes) < 2 for codes in used):
        return None
    found = cohens_kappa(_crossed(pairs))
    return float(found.kappa_low), min(1.0, float(found.kappa_upp))


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
    return _bootstrapped(tuple(pairs))


@cache
def _bootstrapped(pairs: tuple[tuple[str, str], ...]) -> Ends:
    import numpy as np

    apart = np.array([a != b for a, b in pairs], dtype=float)
    if not apart.any():
        return None
    codes = sorted({code for pair in pairs for code in pair})
    given = np.array([[pair.count(code) for code in codes] for pair in pairs], dtype=float)
    n = len(pairs)
    draws = np.random.RandomState(SEED).randint(n, size=(RESAMPLES, n), dtype=np.int64)
    places = draws + n * np.arange(RESAMPLES)[:, None]
    times = np.bincount(places.ravel(), minlength=RESAMPLES * n).reshape(RESAMPLES, n).astype(float)
    by_chance = (2 * n) ** 2 - ((times @ given) ** 2).sum(axis=1)
    varies = by_chance > 0
    if varies.mean() < float(LEVEL):
        return None
    alphas = 1 - (2 * n - 1) * 2 * (times @ apart)[varies] / by_chance[varies]
    tail = float(1 - LEVEL) / 2
    low, high = np.quantile(alphas, [tail, 1 - tail], method="inverted_cdf")
    return float(low), float(high)


def coding_agreement(study: StudyLike = None) -> pd.DataFrame:
    """How far the two codings agree, by table and column.

    Parameters
    ----------
    study : Study or path, optional

    Returns
    -------
    pandas.DataFrame
        One row a compared column: ``both`` rows of its ``table`` that both codings have, of
        ``either`` rows that one of them has; ``alike``, how many of the former have the same code
        in both; the share of them (``agreement``, per cent), the number of codes used
        (``categories``), the share of the commonest one (``commonest``, per cent), Cohen's
        ``kappa`` and Krippendorff's ``alpha``, each with ``_low``, ``_high``, ``_state`` and
        ``_figures``. Coefficients are not applicable where only one code was used.
        ``agreement``, ``kappa`` and ``alpha`` also have the ends of their 95% sampling intervals,
        ``_ci_low`` and ``_ci_high``, ``None`` where there is none. They say how far the numbers
        would move with other rows, and nothing about other coders than these, who stand in
        ``coders_en`` and ``coders_zh``. Empty when the study has no codings.

    Examples
    --------
    >>> found = coding_agreement().set_index(["table", "column"])
    >>> row = found.loc["events", "realised"]
    >>> row["alike"], row["both"], int(row["categories"]), round(float(row["alpha"]), 2)
    (16, 20, 2, 0.48)
    >>> round(float(row["kappa_ci_low"]), 2), round(float(row["kappa_ci_high"]), 2)
    (0.04, 0.9)
    """
    desk = Desk(study)
    desk.run({"N": (reliability_results,)})
    rows: list[dict[str, object]] = []
    for table, columns in COMPARED.items():
        either, both = (desk.result(f"coding.{table}.{name}").value for name in ("either", "both"))
        if not (either and both):
            continue
        for column in columns:
            terms = {
                name: desk.result(f"coding.{table}.{column}.{name}")
                for name in ("agreement", "categories", "commonest", "kappa", "alpha")
            }
            alike = terms["agreement"].value
            assert alike is not None
            row: dict[str, object] = {
                "table": table,
                "column": column,
                "both": int(both),
                "either": int(either),
                "alike": int(alike * both / 100),
                "coders_en": desk.study.codings.get("coders", ""),
                "coders_zh": desk.study.codings.get("coders_zh", ""),
            }
            for name, term in terms.items():
                row |= cells(name, term)
            for name in _WITH_INTERVAL:
                for end in _ENDS:
                    given = desk.result(f"coding.{table}.{column}.{name}.{end}")
                    row[f"{name}_{end}"] = given.value
            rows.append(row)
    return pd.DataFrame(rows, dtype=object)


def reliability_results(desk: Desk) -> None:
    """Agreement of the two codings by table and column, always with the counts."""
    codings: dict[str, tuple[list[Row], list[Row]]] = {name: ([], []) for name in COMPARED}
    if has_codings(desk.study):
        first, second = (_coding(desk, coder) for coder in CODINGS)
        codings = {name: (first[name], second[name]) for name in COMPARED}
    matched = matched_rows(codings)
    for table, columns in COMPARED.items():
        rows = matched[table]
        both = [(a, b) for a, b in rows if a is not None and b is not None]
        _rows_matched(desk, table, rows, len(both))
        for column in columns:
            _column(desk, table, column, rows, [(a[column], b[column]) for a, b in both])
    _as_written(desk)
    _log(desk)
    _hints(desk)


def _coding(desk: Desk, coder: str) -> dict[str, list[Row]]:
    """A coding with each short name of a donor replaced by the printed name, which both share."""
    tables = {
        name: cells.to_dict("records") for name, cells in read_coding(desk.study, coder).items()
    }
    printed = {row["donor"]: row["donor_zh"] for row in tables["pairs"]}
    for name in ("figures", "projects", "events"):
        for row in tables[name]:
            for column in ("donor", "subject"):
                if column in row:
                    row[column] = re.sub(
                        r"[a-z][a-z0-9_-]*", lambda m: printed.get(m[0], m[0]), row[column]
                    )
    return tables


def _rows_matched(desk: Desk, table: str, rows: Matched, both: int) -> None:
    zh = _TABLES_ZH[table]
    either = Term.number(len(rows), f"rows of {table} that either coding has")
    common = Term.number(both, f"rows of {table} that both codings have")
    known = bool(rows)
    for name, term, en, label_zh, unit in (
        ("either", either, "rows that either coding has", "任一编码所有行", "row"),
        ("both", common, "rows that both codings have", "两编码共有行", "row"),
        (
            "found",
            (common / either).percent() if known else Term.missing(),
            "share of rows that both codings have",
            "共有行比例",
            "%",
        ),
    ):
        desk.give(
            f"coding.{table}.{name}",
            term if known else Term.missing(),
            label=f"Two codings, {table}: {en}",
            label_zh=f"两份编码，{zh}：{label_zh}",
            unit=unit,
            note="coded under version 0 of the codebook, whose holes version 1 closes",
        )


def _column(
    desk: Desk, table: str, column: str, rows: Matched, codes: list[tuple[str, str]]
) -> None:
    what = f"{table}, {column}"
    units = [tuple(None if row is None else row[column] for row in pair) for pair in rows]
    counts = Counter(code for pair in codes for code in pair)
    common = counts.most_common(1)[0][1] if counts else 0
    n = Term.number(len(codes), f"rows of {table} that both codings have")
    same = Term.number(sum(a == b for a, b in codes), f"of them alike in {column}")
    note = "says nothing about whether both are right"
    for name, term, en, zh, unit in (
        (
            "agreement",
            (same / n).percent() if codes else Term.missing(),
            "raw agreement",
            "原始一致率",
            "%",
        ),
        (
            "categories",
            Term.number(len(counts), f"codes used in {column}, empty counted as one"),
            "codes used",
            "使用的代码数",
            "code",
        ),
        (
            "commonest",
            (Term.number(common, "times the commonest code was given") / (2 * n)).percent()
            if codes
            else Term.missing(),
            "share of the commonest code",
            "最常见代码占比",
            "%",
        ),
        (
            "kappa",
            _coefficient("Cohen's kappa", cohen_kappa(codes) if codes else None, n),
            "Cohen's kappa",
            "科恩 κ",
            "",
        ),
        (
            "alpha",
            _coefficient("Krippendorff's alpha", krippendorff_alpha(units), n),
            "Krippendorff's alpha, nominal",
            "克里彭多夫 α（名义）",
            "",
        ),
    ):
        desk.give(
            f"coding.{table}.{column}.{name}",
            term if codes else Term.missing(),
            label=f"Two codings, {what}: {en}",
            label_zh=f"两份编码，{_TABLES_ZH[table]} {column}：{zh}",
            unit=unit,
            note="near zero when nearly all codes are the same, and not defined when all are; "
            "read it beside the counts"
            if name in ("kappa", "alpha")
            else note,
        )
    _interval_results(desk, table, column, codes, n)


_WITH_INTERVAL = {
    "agreement": ("raw agreement, Wilson", "原始一致率 Wilson", "%"),
    "kappa": ("Cohen's kappa, asymptotic", "科恩 κ 渐近", ""),
    "alpha": ("Krippendorff's alpha, bootstrap", "克里彭多夫 α 自助法", ""),
}
_ENDS = {"ci_low": ("low end", "下限"), "ci_high": ("high end", "上限")}

_INTERVAL_NOTE = (
    "how far the number would move if other rows like these had been coded; not what the print "
    "allows, and nothing about other coders"
)


def _interval_results(
    desk: Desk, table: str, column: str, codes: list[tuple[str, str]], n: Term
) -> None:
    """The 95% sampling intervals: results of their own, as low and high are what prints allow."""
    coders = desk.study.codings.get("coders", "")
    note = f"{_INTERVAL_NOTE}; these were {coders}" if coders else _INTERVAL_NOTE
    intervals = {
        "agreement": _agreement_interval(codes),
        "kappa": kappa_interval(codes),
        "alpha": alpha_interval(codes),
    }
    for name, (en, zh, unit) in _WITH_INTERVAL.items():
        ends = intervals[name]
        for place, (end, (end_en, end_zh)) in enumerate(_ENDS.items()):
            value = None if ends is None else float(f"{ends[place]:.8g}")
            desk.give(
                f"coding.{table}.{column}.{name}.{end}",
                _coefficient(f"{en} interval, {end_en},", value, n) if codes else Term.missing(),
                label=f"Two codings, {table}, {column}: {en} 95% interval, {end_en}",
                label_zh=f"两份编码，{_TABLES_ZH[table]} {column}：{zh} 95% 区间{end_zh}",
                unit=unit,
                note=note,
            )


def _agreement_interval(codes: list[tuple[str, str]]) -> Ends:
    if not codes:
        return None
    alike, n = Fraction(sum(a == b for a, b in codes)), Fraction(len(codes))
    low, high = (interval_end("wilson", upper=upper)(alike, n) for upper in (False, True))
    return low, high


def _coefficient(name: str, value: float | Fraction | None, n: Term) -> Term:
    if value is None:
        return Term.missing("not_applicable")
    return Term.call(f"{name} over rows", lambda _: float(value), n)


def _as_written(desk: Desk) -> None:
    """Agreement on donors and subjects before the coders' short names are brought together."""
    both: list[tuple[Row, Row]] = []
    if has_codings(desk.study):
        first, second = (
            read_coding(desk.study, coder)["figures"].to_dict("records") for coder in CODINGS
        )
        rows = matched_figures(first, second)
        both = [(a, b) for a, b in rows if a is not None and b is not None]
    for column in ("subject", "donor"):
        same = sum(a[column] == b[column] for a, b in both)
        desk.give(
            f"coding.figures.{column}.as_written",
            Term.number(same, f"rows alike in {column} letter by letter")
            if both
            else Term.missing(),
            label=f"Two codings, figures, {column}: rows alike with short names as written",
            label_zh=f"两份编码，数字 {column}：简称未统一时一致的行数",
            unit="row",
            note="version 0 left the short names of donors to the coders",
        )


def _log(desk: Desk) -> None:
    """How many lines of the adjudication log concern each table, and of which kind they are."""
    path, label = desk.study.raw / f"{ADJUDICATION.name}.csv", f"data/raw/{ADJUDICATION.name}.csv"
    log = read_cells(path, ADJUDICATION.names, name=label) if path.exists() else None
    lines: list[Row] = [] if log is None else log.to_dict("records")
    counted = [
        (
            f"{table}.settled",
            [x for x in lines if x["table"] == table],
            f"on {table}",
            f"关于{_TABLES_ZH[table]}",
        )
        for table in COMPARED
    ]
    counted += [
        (
            "log.apart",
            [x for x in lines if x["a"] != x["b"]],
            "where the two codings differ",
            "两份编码不一致",
        ),
        (
            "log.overruled",
            [x for x in lines if x["a"] == x["b"]],
            "where both codings agree and a rule overruled both",
            "两份编码一致而被规则改定",
        ),
    ]
    for name, found, en, zh in counted:
        desk.give(
            f"coding.{name}",
            Term.missing() if log is None else Term.number(len(found), f"lines of the log {en}"),
            label=f"Lines of the adjudication log {en}",
            label_zh=f"裁定日志中{zh}的条数",
            unit="line",
            note="each has the rule that settled it; lines where both codings agree and the final "
            "table differs are among them",
        )


def _hints(desk: Desk) -> None:
    """How many figures need a hint beside their print."""
    path, label = desk.study.raw / f"{FIGURES_RAW.name}.csv", f"data/raw/{FIGURES_RAW.name}.csv"
    rows: list[Row] = []
    if path.exists():
        rows = read_cells(path, FIGURES_RAW.names, name=label).to_dict("records")
    hinted = [row for row in rows if any(row[column] for column in _HINTS)]
    for name, found, en, zh in (
        ("hinted", len(hinted), "that carry a hint on kind, unit or year", "带提示"),
        ("unaided", len(rows) - len(hinted), "read from their print alone", "仅凭原文读出"),
    ):
        desk.give(
            f"coding.figures.{name}",
            Term.number(found, f"figures {en}") if rows else Term.missing(),
            label=f"Figures {en}",
            label_zh=f"{zh}的数字个数",
            unit="figure",
            note="what a figure measures is always a person's judgement",
        )


_HINTS = ("kind_hint", "unit_hint", "year_hint")


__all__ = [
    "COMPARED",
    "alpha_interval",
    "coding_agreement",
    "cohen_kappa",
    "kappa_interval",
    "krippendorff_alpha",
    "reliability_results",
]
