"""The interval of a share that is only shown where enough people gave the answer, against the binomial counted out."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.stats import binom, binomtest

from analysis import SurveyDesign
from analysis.chosen import Shown, limits
from analysis.disclosure import Rule, protect, publish
from analysis.disclosure.given_shown import given_shown
from analysis.frame import Bools, Floats

RULE = Rule()


def shown_counts(n: int) -> list[int]:
    return [k for k in range(n + 1) if RULE.why_not(n, k) == ""]


def counted_out(n: int, count: int) -> tuple[float, float]:
    """The ends by adding up the chances of every count that is shown (Clopper and Pearson's, of those alone)."""
    every = np.array(shown_counts(n))

    def chance(truth: float, which: Bools) -> float:
        each = binom.pmf(every, n, truth)
        return float(each[which].sum() / each.sum())

    least = 1e-6  # where no count that is shown has a chance that is more than rounding
    low = high = None
    if chance(least, every >= count) < 0.025:
        low = brentq(lambda truth: chance(truth, every >= count) - 0.025, least, count / n, xtol=1e-13)
    if chance(1 - least, every <= count) < 0.025:
        high = brentq(lambda truth: chance(truth, every <= count) - 0.025, count / n, 1 - least, xtol=1e-13)
    return low or 0.0, 1.0 if high is None else high


def ends(n: int, counts: list[int]) -> tuple[Floats, Floats]:
    """Ours, of people who each stand for one."""
    k, size = np.array(counts, dtype=float), np.full(len(counts), float(n))
    shown = Shown(k / n, size, k, size, RULE.minimum_count, RULE.extreme_base)
    usual = np.array([binomtest(one, n).proportion_ci(method="exact") for one in counts])
    return limits(shown, usual[:, 0], usual[:, 1], 0.975)


@pytest.mark.parametrize("n", [10, 11, 29, 30, 31, 60, 250])
def test_the_ends_are_those_of_the_counts_that_are_shown(n: int) -> None:
    counts = shown_counts(n)
    found = np.column_stack(ends(n, counts))
    np.testing.assert_allclose(found, [counted_out(n, k) for k in counts], atol=2e-6)


@pytest.mark.parametrize("n", [12, 20, 29, 30, 45, 80, 200])
def test_it_holds_the_truth_of_19_in_20_that_are_shown(n: int) -> None:
    """Whatever the truth; of what is shown, Clopper and Pearson's own interval does not."""
    counts = shown_counts(n)
    low, high = ends(n, counts)
    table = [SurveyDesign({"y": [1] * k + [0] * (n - k)}, kind="quota").proportion("y") for k in counts]
    usual = np.array([one.low[0] for one in table]), np.array([one.high[0] for one in table])
    worst = {"ours": 1.0, "usual": 1.0}
    for truth in np.linspace(0.004, 0.996, 249):
        chance = np.asarray(binom.pmf(counts, n, truth))
        for name, (below, above) in {"ours": (low, high), "usual": usual}.items():
            held = (below - 1e-9 <= truth) & (truth <= above + 1e-9)
            worst[name] = min(worst[name], chance[held].sum() / chance.sum())
    assert worst["ours"] >= 0.95 - 1e-6
    assert worst["usual"] < 0.93


def test_a_share_that_is_surely_shown_keeps_its_interval() -> None:
    table = SurveyDesign({"y": [1, 0] * 300}, kind="quota").proportion("y")
    again = given_shown(table, RULE)
    assert (again.low[0], again.high[0]) == (table.low[0], table.high[0])


def test_only_what_may_be_shown_and_only_its_own_interval_is_changed() -> None:
    frame = {"y": [1] * 6 + [0] * 44 + [1] * 4 + [0] * 46, "a": ["x"] * 50 + ["z"] * 50}
    design = SurveyDesign(frame, kind="quota")
    table = design.proportion("y", by="a")
    again = given_shown(table, RULE)
    assert again.low[0] < table.low[0]
    assert again.low[1] == table.low[1]
    wald = design.proportion("y", by="a", interval="wald")
    assert given_shown(wald, RULE) is wald
    assert given_shown(design.mean("y", by="a"), RULE).low[0] == design.mean("y", by="a").low[0]


def test_a_higher_rule_widens_more() -> None:
    table = SurveyDesign({"y": [1] * 12 + [0] * 60}, kind="quota").proportion("y")
    five, ten = (given_shown(table, Rule(minimum_count=least)).low[0] for least in (5, 10))
    assert ten < five <= table.low[0]


def test_what_is_printed_holds_what_was_found() -> None:
    """The ends of an interval are rounded outwards, by less than a percent."""
    frame = {"y": ([1] * 7 + [0] * 24) * 5, "a": ["p", "q", "r", "s", "t"] * 31}
    design = SurveyDesign(frame, kind="quota")
    table = given_shown(design.proportion("y", by="a"), RULE)
    both = (
        publish([design.proportion("y", by="a")]).tables[0],
        protect(design.proportion("y", by="a"), public=True),
    )
    for printed in both:
        for row, low, high in zip(printed.rows(), table.low, table.high, strict=True):
            assert row["ci_low"] <= low < row["ci_low"] + 0.01
            assert row["ci_high"] - 0.01 < high <= row["ci_high"]
