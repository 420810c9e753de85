"""A table with intervals that allow for what is withheld: a figure is seen only where its counts let it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from analysis.chosen import Shown, limits
from analysis.estimates import Estimates

from .rule import Rule

INTERVAL = "kg"


def given_shown(table: Estimates, rule: Rule) -> Estimates:
    """The table with the `kg` interval of each row that may be shown by itself given that it may (`chosen.limits`).

    Others stay as they are: rows that may not, other intervals, what is no proportion, and standardised ones, whose
    share is not that of the people who are counted.

    >>> from analysis import SurveyDesign
    >>> few = SurveyDesign({"safe": [1] * 6 + [0] * 44}, kind="quota").proportion("safe")
    >>> given_shown(few, Rule()).low.round(2), given_shown(few, Rule()).high.round(2), few.low.round(2)
    (array([0.03]), array([0.24]), array([0.04]))
    """
    if table.statistic != "proportion" or table.interval != INTERVAL or table.standardised:
        return table
    counts = table.counts[(slice(0, -2),) * len(table.by)].ravel()
    fit = [rule.why_not(base, count) == "" for base, count in zip(table.n, counts, strict=True)]
    at = np.flatnonzero(
        np.array(fit, dtype=bool) & np.isfinite(table.low) & np.isfinite(table.size) & (table.size > 0)
    )
    if not len(at):
        return table
    rows = (table.estimate[at], table.size[at], counts[at], table.n[at])
    shown = Shown(*rows, float(rule.minimum_count), float(rule.extreme_base))
    low, high = table.low.copy(), table.high.copy()
    low[at], high[at] = limits(shown, low[at], high[at], 1 - (1 - table.confidence) / 2)
    return replace(table, low=low, high=high)
