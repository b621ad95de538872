"""The completed share of projects: a census, intervals about a process, and tests that flip."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

import pandas as pd

from aidstudy.analysis.desk import Desk, Pair, cells, names
from aidstudy.analysis.switches import BASICALLY_COMPLETE, LOAN_PROJECT
from aidstudy.codebook import STAGE_LEVELS
from aidstudy.result import Term
from aidstudy.tables.load import StudyLike

METHODS = {
    "wilson": ("wilson", "Wilson"),
    "jeffreys": ("jeffreys", "Jeffreys"),
    "clopper_pearson": ("beta", "Clopper-Pearson"),
    "agresti_coull": ("agresti_coull", "Agresti-Coull"),
}
"""Intervals of a proportion: our name, that of statsmodels, and the one for labels."""

LEVEL = Fraction(95, 100)
_FINALISATION = "3"


@dataclass(frozen=True, slots=True)
class Completed:
    """Completed projects of a pair, and out of how many.

    Parameters
    ----------
    whole : Term
        Projects of the year that the page counts or numbers.
    least, most : Term
        Those that are complete; they differ when the page does not name every project.
    basic : Term
        Those that are basically complete.
    by_count : bool
        Whether the page prints the completed as a count, naming none.
    """

    whole: Term
    least: Term
    most: Term
    basic: Term
    by_count: bool

    @property
    def share(self) -> Term:
        """Per cent; only bounds when the completed are only bounded."""
        low, high = ((count / self.whole).percent() for count in (self.least, self.most))
        return low if low.value == high.value else Term.between(low, high)


def completed(desk: Desk, pair: Pair) -> Completed:
    """What the page says of the completed projects of a pair."""
    year = str(desk.study.year)
    counted = desk.wholes(desk.find("projects", subject=pair.subject, period=year))
    built = desk.one("projects_completed", subject=pair.subject)
    # Four projects are agreed first and then a fifth: the larger count is the later one.
    whole = max(counted, key=lambda term: term.value or 0, default=Term.missing())
    if built.known and whole.known:
        return Completed(whole, built, built, Term.number(0, "basically complete"), True)
    projects = _listed(desk, pair)
    done = [p for p in projects if STAGE_LEVELS[p["stage"]] == max(STAGE_LEVELS.values())]
    basic = [p for p in done if p["status"] == _FINALISATION]
    full = [p for p in done if p["status"] != _FINALISATION]
    if desk.chosen(BASICALLY_COMPLETE.name) == "yes":
        full, basic = done, []
    named = desk.count(projects, "project_id", f"named projects of {pair.recipient}")
    least = desk.count(full, "project_id", f"complete projects of {pair.recipient}")
    nearly = desk.count(basic, "project_id", f"basically complete projects of {pair.recipient}")
    if not projects:
        return Completed(*(Term.missing(),) * 4, False)
    whole = whole if whole.known else named
    most = least + (whole - named) if whole.leaves() != named.leaves() else least
    return Completed(whole, least, most, nearly, False)


def named_completed(desk: Desk, pair: Pair) -> Completed:
    """The same as the results that :func:`share_results` gave, under their names."""
    whole, least, most, basic = (
        desk.result(f"complete.{pair.recipient}.{name}")
        for name in ("of", "least", "most", "basically")
    )
    by_count = desk.one("projects_completed", subject=pair.subject).known
    return Completed(whole, least, most, basic, by_count)


def _listed(desk: Desk, pair: Pair) -> list[dict[str, Any]]:
    """The projects of a pair: those that the report numbers, else those of the year."""
    listed = [
        p
        for p in desk.projects_of(pair, other_donors=True)
        if p["project_id"] in desk.numbered_projects
    ]
    if desk.chosen(LOAN_PROJECT.name) == "left_out":
        listed = [p for p in listed if not _by_loan(desk, p)]
    if listed:
        return listed
    year = str(desk.study.year)
    if not desk.find("projects", subject=pair.subject, period=year):
        return []
    return desk.projects_of(pair)


def _by_loan(desk: Desk, project: Mapping[str, Any]) -> bool:
    amount = project["donor_amount"]
    return amount is not None and desk.rows[amount]["measure"] == "loan_planned"


def interval_end(method: str, *, upper: bool) -> Any:
    """A function of completed and all that gives one end of an interval, in per cent.

    Parameters
    ----------
    method : str
        A key of ``METHODS``.
    upper : bool

    Examples
    --------
    >>> round(interval_end("wilson", upper=False)(Fraction(22), Fraction(59)), 2)
    26.08
    """

    def end(count: Fraction, whole: Fraction) -> float:
        return _interval(METHODS[method][0], int(count), int(whole))[upper]

    return end


@cache
def _interval(method: str, count: int, whole: int) -> tuple[float, float]:
    from statsmodels.stats.proportion import proportion_confint

    ends = proportion_confint(count, whole, alpha=float(1 - LEVEL), method=method)
    # Agresti-Coull leaves [0, 1]; Wilson misses 0 and 1 by the last bit.
    low, high = (min(1.0, max(0.0, round(float(end), 12))) for end in ends)
    return 100 * low, 100 * high


def share_results(desk: Desk) -> None:
    """The completed share of each pair, and intervals about the process behind it."""
    for pair in desk.pairs:
        counted, who = completed(desk, pair), desk.names_of(pair)
        start = f"complete.{pair.recipient}"
        for name, term, en, zh in (
            ("least", counted.least, "projects that are complete, at least", "至少已建成项目"),
            ("most", counted.most, "projects that are complete, at most", "至多已建成项目"),
            (
                "basically",
                counted.basic,
                "projects basically complete, not counted as complete",
                "基本完成而未计入者",
            ),
            (
                "of",
                counted.whole,
                "projects of the year, or numbered by the report",
                "当年或文中编号的项目",
            ),
        ):
            desk.give(
                f"{start}.{name}",
                term,
                label=f"{who.en}: {en}",
                label_zh=f"{who.zh}：{zh}",
                unit="project",
                note="large and small projects count alike",
            )
        found = named_completed(desk, pair)
        desk.give(
            f"{start}.share",
            found.share,
            label=f"{who.en}: share of projects complete",
            label_zh=f"{who.zh}：项目建成比例",
            unit="%",
            note="a census: every project that the report counts or names is counted, so there is "
            "no sampling error; no measure of speed",
        )
        _interval_results(desk, start, found, who.en, who.zh)


def _interval_ends(found: Completed) -> Iterator[tuple[str, str, Term]]:
    """Both ends of every interval: method, ``lower`` or ``upper``, and the end."""
    for method, (_, name) in METHODS.items():
        for upper in (False, True):
            end = "upper" if upper else "lower"
            function = interval_end(method, upper=upper)
            ends = [
                Term.call(f"{name} {end} end", function, count, found.whole)
                for count in (found.least, found.most)
            ]
            same = found.least.value == found.most.value
            yield method, end, ends[0] if same else Term.between(*ends)


def _interval_results(desk: Desk, start: str, found: Completed, en: str, zh: str) -> None:
    for method, end, term in _interval_ends(found):
        name, end_zh = METHODS[method][1], "上" if end == "upper" else "下"
        desk.give(
            f"{start}.{method}.{end}",
            term,
            label=f"{en}: share complete, {name} 95% interval, {end} end",
            label_zh=f"{zh}：建成比例 {name} 95% 区间{end_zh}限",
            unit="%",
            note="about a process that would give such projects again, not about this county "
            "in this year, which is a census; projects are not independent",
        )


def completed_shares(study: StudyLike = None, **choices: str) -> pd.DataFrame:
    """The completed share of each pair, and four intervals about the process behind it.

    Parameters
    ----------
    study : Study or path, optional
    **choices : str
        Judgement calls, such as ``basically_complete="yes"``.

    Returns
    -------
    pandas.DataFrame
        One row a pair: ``least`` and ``most`` complete projects, ``basically`` complete ones and
        the ``whole``, ``share`` in per cent (only bounds where the page does not name every
        project), and for each method of ``METHODS`` the ends ``<method>_lower`` and
        ``<method>_upper`` in per cent; each with ``_low``, ``_high``, ``_state`` and ``_figures``.

    Examples
    --------
    >>> completed_shares()[["recipient", "share_state"]].values.tolist()[1]
    ['xiangcheng', 'bounds_only']
    """
    desk = Desk(study, choices)
    rows = []
    for pair in desk.pairs:
        found = completed(desk, pair)
        row: dict[str, object] = (
            names(desk.study, pair.recipient, pair.donor)
            | cells("least", found.least)
            | cells("most", found.most)
            | cells("basically", found.basic)
            | cells("whole", found.whole)
            | cells("share", found.share)
        )
        for method, end, term in _interval_ends(found):
            row |= cells(f"{method}_{end}", term)
        rows.append(row)
    return pd.DataFrame(rows, dtype=object)


# --- tests --------------------------------------------------------------------------------------

TESTS = {
    "fisher": ("Fisher's exact test", "费希尔精确检验"),
    "barnard": ("Barnard's exact test", "巴纳德精确检验"),
    "boschloo": ("Boschloo's exact test", "博施洛精确检验"),
}

MOST_PROJECTS = 500
"""With more projects than this in both groups together, Barnard's and Boschloo's tests stay out."""

VARIANTS = (
    (
        "as_coded",
        "as coded, unnamed projects counted as not complete",
        "按编码，未列名者计为未建成",
    ),
    ("basically_complete", "basically complete counted as complete", "基本完成计为建成"),
    (
        "all_possible",
        "basically complete and unnamed projects counted as complete",
        "基本完成与未列名者均计为建成",
    ),
)
"""Three ways to count the completed projects of the reports that list theirs."""

_NOT_COMPLETE = "a listed project without a name is counted as not complete, an assumption"
_UNNAMED = {
    "as_coded": _NOT_COMPLETE,
    "basically_complete": _NOT_COMPLETE,
    "all_possible": "a listed project without a name is counted as complete, an assumption",
}


@cache
def p_value(test: str, done: int, rest: int, done_named: int, rest_named: int) -> float:
    """Two-sided p-value of a test on a table of two by two.

    Parameters
    ----------
    test : str
        A key of ``TESTS``.
    done, rest, done_named, rest_named : int
        Completed and other projects of either group.

    Examples
    --------
    >>> round(p_value("fisher", 3, 1, 1, 3), 4)   # 34 of 70 tables are as extreme
    0.4857
    """
    from scipy import stats

    table = [[done, rest], [done_named, rest_named]]
    if test == "fisher":
        return float(stats.fisher_exact(table).pvalue)
    # Exact tests maximise over the unknown share; more points than the default find the maximum.
    exact = stats.barnard_exact if test == "barnard" else stats.boschloo_exact
    found = exact([[done, done_named], [rest, rest_named]], n=64).pvalue
    # The optimiser stops within its tolerance; the digits behind that are noise.
    return float(f"{found:.8g}")


def _test(name: str) -> Any:
    def p(done: Fraction, whole: Fraction, done_named: Fraction, whole_named: Fraction) -> float:
        cells = (done, whole - done, done_named, whole_named - done_named)
        return p_value(name, *(int(cell) for cell in cells))

    return p


DIFFERENCES = {
    "newcombe": ("newcomb", "Newcombe"),
    "agresti_caffo": ("agresti-caffo", "Agresti-Caffo"),
}


@cache
def _difference(method: str, a: int, n: int, b: int, m: int) -> tuple[float, float]:
    from statsmodels.stats.proportion import confint_proportions_2indep

    low, high = confint_proportions_2indep(
        a, n, b, m, method=DIFFERENCES[method][0], compare="diff", alpha=float(1 - LEVEL)
    )
    return 100 * float(low), 100 * float(high)


def _difference_end(method: str, *, upper: bool) -> Any:
    def end(a: Fraction, n: Fraction, b: Fraction, m: Fraction) -> float:
        return _difference(method, int(a), int(n), int(b), int(m))[upper]

    return end


def comparison_results(desk: Desk) -> None:
    """Projects that are only counted against projects that are listed, under three countings."""
    found = [named_completed(desk, pair) for pair in desk.pairs]
    by_count = [f for f in found if f.by_count]
    named = [f for f in found if not f.by_count and f.whole.known]
    done, whole = (Term.sum(getattr(f, part) for f in by_count) for part in ("least", "whole"))
    named_whole = Term.sum(f.whole for f in named)
    least = Term.sum(f.least for f in named)
    counts = {
        "as_coded": least,
        "basically_complete": least + Term.sum(f.basic for f in named),
        "all_possible": Term.sum(part for f in named for part in (f.most, f.basic)),
    }
    below = {}
    for variant, en, zh in VARIANTS:
        groups = (done, whole, counts[variant], named_whole)
        desk.give(
            f"counted_vs_named.{variant}.named_complete",
            counts[variant],
            label=f"Listed projects that are complete, {en}",
            label_zh=f"所列项目中已建成者，{zh}",
            unit="project",
            note=f"one or two projects decide everything that follows; {_UNNAMED[variant]}",
        )
        below[variant] = _tested(desk, variant, en, zh, groups)
        _differences(desk, variant, en, zh, groups)
    _flip(desk, below)


def _tested(
    desk: Desk, variant: str, en: str, zh: str, groups: tuple[Term, ...]
) -> dict[str, Term]:
    given = {}
    projects = sum((part.value or Fraction(0) for part in (groups[1], groups[3])), Fraction(0))
    for test, (name, name_zh) in TESTS.items():
        # The unconditional tests try every table of either group: their cost grows with the square.
        too_many = test != "fisher" and projects > MOST_PROJECTS
        given[test] = desk.give(
            f"counted_vs_named.{variant}.{test}.p",
            Term.missing("not_applicable")
            if too_many
            else Term.call(f"p of {name}, two-sided", _test(test), *groups),
            label=f"Counted against listed projects, {en}: p of {name}",
            label_zh=f"仅计数项目与所列项目，{zh}：{name_zh} p 值",
            unit="",
            note="a small p means many small projects beside few large ones, not faster work; "
            f"neither group is a sample; {_UNNAMED[variant]}",
        )
    return given


def _differences(desk: Desk, variant: str, en: str, zh: str, groups: tuple[Term, ...]) -> None:
    done, whole, named_done, named_whole = groups
    desk.give(
        f"counted_vs_named.{variant}.difference",
        (done / whole - named_done / named_whole).percent(),
        label=f"Counted less listed projects, {en}: difference of the shares complete",
        label_zh=f"仅计数项目减所列项目，{zh}：建成比例之差",
        unit="pp",
        note=f"what a project is differs between the reports; {_UNNAMED[variant]}",
    )
    for method, (_, name) in DIFFERENCES.items():
        for upper in (False, True):
            end, end_zh = ("upper", "上限") if upper else ("lower", "下限")
            desk.give(
                f"counted_vs_named.{variant}.{method}.{end}",
                Term.call(f"{method} {end} end", _difference_end(method, upper=upper), *groups),
                label=f"Counted less listed projects, {en}: {name} 95%, {end}",
                label_zh=f"仅计数项目减所列项目，{zh}：{name} 95% 区间{end_zh}",
                unit="pp",
                note="about a process, not about these counties; the score interval of this "
                "difference fails in statsmodels 0.15.0 on these data, so Newcombe is used",
            )


def _flip(desk: Desk, below: dict[str, dict[str, Term]]) -> None:
    first, second = (below[variant] for variant, _, _ in VARIANTS[:2])
    for test, (name, name_zh) in TESTS.items():
        ps = [first[test].value, second[test].value]
        known = [p for p in ps if p is not None]
        flips = len(known) == 2 and (known[0] < 1 - LEVEL) != (known[1] < 1 - LEVEL)
        desk.give(
            f"counted_vs_named.flips.{test}",
            second[test] - first[test],
            label=f"Does one coding decision flip {name} at 5%?",
            label_zh=f"一个编码决定是否改变{name_zh}在 5% 水平的结论？",
            unit="",
            note="a result that one decision flips is no result",
            text=("yes" if flips else "no") if len(known) == 2 else "",
        )


__all__ = [
    "METHODS",
    "TESTS",
    "VARIANTS",
    "Completed",
    "comparison_results",
    "completed",
    "completed_shares",
    "interval_end",
    "named_completed",
    "p_value",
    "share_results",
]
