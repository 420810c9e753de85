"""What changed from one wave to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from . import wording
from .comparison import Comparisons, joined, may_claim, reasons
from .estimates import Estimates
from .frame import Floats
from .weighting import holds

if TYPE_CHECKING:
    from .design import SurveyDesign


def change(before: Estimates, after: Estimates) -> Comparisons:
    """The change from one table to another of the same measure by the same columns, row by row.

    Two samples are taken to be independent of each other; two subsets of one design (waves in the same schools)
    have the covariance of their clusters.

    >>> from analysis import SurveyDesign
    >>> first, second = (SurveyDesign({"worry": [1, 0, 0, no] * 50}, kind="quota") for no in (0, 1))
    >>> row = change(first.proportion("worry"), second.proportion("worry")).rows()[0]
    >>> row["estimate"], row["verdict"]
    (0.25, 'higher')

    Raises:
        ValueError: the tables are of different measures or columns, have no row in common, or share respondents.
        CannotClaim: a design is open.
    """
    may_claim(before, after)
    if (before.measure, before.by, before.statistic) != (after.measure, after.by, after.statistic):
        raise ValueError(
            f"{before.measure} by {list(before.by)} cannot be compared with {after.measure} by {list(after.by)}"
        )
    pairs = _in_common(before, after)
    one, other = (np.array(side, dtype=np.intp) for side in zip(*pairs, strict=True))
    shared = 2 * np.diagonal(_across(before, after)[np.ix_(one, other)])
    keys = [after.keys[at] for at in other]
    return Comparisons(
        after.measure,
        after.statistic,
        after.kind,
        after.confidence,
        tuple((wording.told(domain) or "after", "before") for domain, _ in keys),
        tuple(level for _, level in keys),
        after.estimate[other] - before.estimate[one],
        np.sqrt(np.maximum(before.se[one] ** 2 + after.se[other] ** 2 - shared, 0)),
        before.df[one] + after.df[other],
        after.n[other],
        before.n[one],
        tuple(joined([reasons(before)[a], reasons(after)[b]]) for a, b in pairs),
    )


def _in_common(before: Estimates, after: Estimates) -> list[tuple[int, int]]:
    """The rows that both tables have: where each is in the one, and in the other."""
    there = {key: at for at, key in enumerate(before.keys)}
    pairs = [(there[key], at) for at, key in enumerate(after.keys) if key in there]
    if not pairs:
        raise ValueError("the two tables have no row in common")
    return pairs


def _across(before: Estimates, after: Estimates) -> Floats:
    """Covariances between two tables' rows: 0 of separate samples."""
    one, other = before.ask.design, after.ask.design
    if one.frame.root is not other.frame.root:
        return np.zeros((len(before), len(after)))
    if one.plan != other.plan or one.replication != other.replication:
        raise ValueError(
            "the two tables are of one sample, and know of it in two ways; ask both of one design"
        )
    if _shared(one, other):
        raise ValueError(
            "the two tables share respondents; ask for one table by what tells them apart, and use difference()"
        )
    if one.replication is not None and one.plan.of_people:
        return np.zeros((len(before), len(after)))
    return before.spread.across(after.spread)


def _shared(one: SurveyDesign, other: SurveyDesign) -> bool:
    """Whether somebody is in both subsets of one sample."""
    if not set(one.domain) & set(other.domain):
        return True
    try:
        rows = [design.frame.door.rows(tuple(design.domain)) for design in (one, other)]
    except ValueError:
        rows = [one.frame.cube([*one.domain, *other.domain])] * 2
    inside = [
        holds(design.domain, cube) & (cube.n > 0) for design, cube in zip((one, other), rows, strict=True)
    ]
    return bool((inside[0] & inside[1]).any())
