"""What cannot be tested with so few pairs, and one test whose model is wrong."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

from aidstudy.analysis.desk import Desk
from aidstudy.analysis.proportions import named_completed
from aidstudy.result import Term

LEVEL = Fraction(5, 100)
POWER = Fraction(80, 100)


def smallest_rank_correlation_p(n: Fraction) -> Fraction:
    """Two-sided: two of all orders are as extreme as a perfect one."""
    return min(Fraction(1), Fraction(2, math.factorial(int(n))))


def smallest_two_group_p(n: Fraction) -> Fraction:
    """Two-sided, the pairs split as evenly as can be: two of all splits."""
    return min(Fraction(1), Fraction(2, math.comb(int(n), int(n) // 2)))


def smallest_signed_rank_p(n: Fraction) -> Fraction:
    """Two-sided: two of all patterns of signs."""
    return min(Fraction(1), Fraction(2, 2 ** int(n)))


RANK_TESTS: dict[str, tuple[Callable[[Fraction], Fraction], str, str]] = {
    "rank_correlation": (smallest_rank_correlation_p, "rank correlation", "秩相关"),
    "two_groups": (smallest_two_group_p, "rank test of two groups", "两组秩和检验"),
    "signed_rank": (smallest_signed_rank_p, "signed-rank test", "符号秩检验"),
}


def detectable_correlation(n: Fraction) -> float:
    """Smallest correlation that 80% of samples of `n` would show at 5%, by Fisher's z.

    Examples
    --------
    >>> round(detectable_correlation(Fraction(5)), 4)   # tanh((1.95996 + 0.84162) / sqrt(2))
    0.9627
    """
    from scipy.stats import norm

    z = norm.ppf(1 - float(LEVEL) / 2) + norm.ppf(float(POWER))
    return math.tanh(z / math.sqrt(n - 3))


def rank_results(desk: Desk) -> None:
    """The smallest p-values that rank tests can reach with the pairs that there are."""
    n = Term.number(len(desk.pairs), "pairs of a county and its paired government")
    for name, (function, en, zh) in RANK_TESTS.items():
        smallest = Term.call(f"smallest p of a {en}", function, n)
        cannot = smallest.value is not None and smallest.value > LEVEL
        desk.give(
            f"limits.{name}.smallest_p",
            smallest,
            label=f"Smallest two-sided p that a {en} over the pairs can reach",
            label_zh=f"各对之间{zh}所能达到的最小双侧 p 值",
            unit="",
            note="cannot reach 5% whatever the data, so it is not run"
            if cannot
            else "reaches 5% only when the order is perfect, and no such test is run: the pairs "
            "are no sample",
        )
    desk.give(
        "limits.correlation.detectable",
        Term.call("smallest correlation seen with power 80%", detectable_correlation, n)
        if len(desk.pairs) > 3
        else Term.missing("not_applicable"),
        label="Smallest correlation over the pairs that would be seen with a power of 80%",
        label_zh="以 80% 功效可检出的最小相关系数",
        unit="",
        note="for a random sample from a normal population, which the pairs are not",
    )


def power_results(desk: Desk) -> None:
    """What a comparison of counted and listed projects could see."""
    found = [named_completed(desk, pair) for pair in desk.pairs]
    first = Term.sum(f.whole for f in found if f.by_count)
    second = Term.sum(f.whole for f in found if not f.by_count and f.whole.known)
    done = Term.sum(f.least for f in found if f.by_count)
    named = Term.sum(f.least for f in found if not f.by_count and f.whole.known)
    for name, function, args, en, zh, unit in (
        (
            "detectable_effect",
            _detectable_effect,
            (first, second),
            "smallest effect (Cohen's h) seen with a power of 80%",
            "80% 功效可检出的最小效应（Cohen h）",
            "",
        ),
        (
            "detectable_share",
            _detectable_share,
            (first, second, done),
            "largest share of the listed projects that would be seen as lower with a power of 80%",
            "80% 功效可判为较低的所列项目最大建成比例",
            "%",
        ),
        (
            "power",
            _power,
            (first, second, done, named),
            "power if the true shares were those counted",
            "若真实比例即所计比例时的功效",
            "%",
        ),
    ):
        desk.give(
            f"limits.counted_vs_named.{name}",
            Term.call(en, function, *args),
            label=f"Counted against listed projects: {en}",
            label_zh=f"仅计数项目与所列项目：{zh}",
            unit=unit,
            note="normal approximation for independent projects, which they are not; power at the "
            "shares counted adds nothing to their p-value",
        )


def _detectable_effect(first: Fraction, second: Fraction) -> float:
    from statsmodels.stats.power import NormalIndPower

    solved = NormalIndPower().solve_power(
        nobs1=int(first), ratio=float(second / first), alpha=float(LEVEL), power=float(POWER)
    )
    return float(solved)


def _detectable_share(first: Fraction, second: Fraction, done: Fraction) -> float:
    angle = math.asin(math.sqrt(done / first)) - _detectable_effect(first, second) / 2
    return 100 * math.sin(angle) ** 2 if angle > 0 else 0.0


def _power(first: Fraction, second: Fraction, done: Fraction, named: Fraction) -> float:
    from statsmodels.stats.power import NormalIndPower
    from statsmodels.stats.proportion import proportion_effectsize

    effect = proportion_effectsize(float(done / first), float(named / second))
    power = NormalIndPower().power(
        effect, int(first), float(LEVEL), ratio=float(second / first), alternative="two-sided"
    )
    return 100 * float(power)


def wrong_model_results(desk: Desk) -> None:
    """A chi-squared test of devices over counties: computed, and its model is wrong."""
    mentioned, silent = [], []
    for recipient, name in desk.study.recipients.items():
        rows = desk.mechanisms_of(recipient)
        if not rows:
            continue
        yes = [row for row in rows if row["present"] == "yes"]
        mentioned.append(
            desk.give(
                f"devices.{recipient}",
                desk.count(yes, "mechanism", f"devices mentioned, {recipient}"),
                label=f"{name.short_en}: management devices that the report mentions",
                label_zh=f"{name.short_zh}：文中提及的管理机制数",
                unit="device",
                note="a device that is not mentioned may exist",
            )
        )
        silent.append(Term.number(len(rows) - len(yes), f"devices not mentioned, {recipient}"))
    desk.give(
        "limits.wrong_model.p",
        Term.call("p of a chi-squared test", _chi_squared, *mentioned, *silent)
        if len(mentioned) > 1
        else Term.missing(),
        label="A test whose model is wrong: chi-squared of devices mentioned, by county",
        label_zh="模型不当之例：各县提及机制数的卡方检验",
        unit="",
        note="wrong: silence is no absence, the devices depend on each other, and nothing was "
        "sampled; shown so that nobody runs it in earnest",
    )


def _chi_squared(*cells: Fraction) -> float:
    from scipy.stats import chi2_contingency

    half = len(cells) // 2
    table = [[int(cell) for cell in cells[:half]], [int(cell) for cell in cells[half:]]]
    if 0 in (sum(table[0]), sum(table[1])):
        return 1.0
    return float(chi2_contingency(table, correction=False).pvalue)


__all__ = [
    "RANK_TESTS",
    "detectable_correlation",
    "power_results",
    "rank_results",
    "smallest_rank_correlation_p",
    "smallest_signed_rank_p",
    "smallest_two_group_p",
    "wrong_model_results",
]
