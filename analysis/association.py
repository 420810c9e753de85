"""Whether two categorical columns hang together: Rao and Scott's test."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import chdtrc, fdtrc

from .cells import Linear, Outcome
from .comparison import may_claim
from .estimates import Estimates
from .frame import MISSING, Floats


@dataclass(frozen=True, slots=True)
class Association:
    """A test of whether two categorical columns hang together.

    f, df1, df2, p: Rao and Scott's (1984) second-order test as an F test (Thomas and Rao 1987), R's svychisq "F".
    chisq, df, p_chisq: Pearson's, scaled to the sample, with the first-order correction.

    >>> from analysis import SurveyDesign
    >>> frame = {"worry": ["very", "not"] * 60, "sex": ["F", "F", "M", "M"] * 30}
    >>> found = rao_scott(SurveyDesign(frame, kind="quota").proportion("worry", by="sex"))
    >>> round(found.f, 6), found.df1, found.df2, found.verdict
    (0.0, 1.0, 119.0, 'no clear link')
    """

    f: float
    df1: float
    df2: float
    p: float
    chisq: float
    df: int
    p_chisq: float
    verdict: str


def rao_scott(table: Estimates) -> Association:
    """Whether the measure of a table hangs together with its one `by` column.

    >>> from analysis import SurveyDesign
    >>> frame = {"worry": ["very", "not", "not", "not", "very", "very"] * 20, "sex": ["F", "M"] * 60}
    >>> found = rao_scott(SurveyDesign(frame, kind="quota").proportion("worry", by="sex"))
    >>> round(found.f, 2), round(found.p, 3), found.verdict
    (13.22, 0.0, 'they hang together')

    Raises:
        ValueError: the table has no `by` column or several, is not of proportions, or has people in one group only.
        CannotClaim: an open design.
    """
    if len(table.by) != 1 or table.statistic != "proportion":
        raise ValueError(f"the test needs proportions by one column; the table is by {list(table.by)}")
    may_claim(table)
    if table.standardised:
        raise ValueError(
            f"the table is standardised by {table.standardised}; test the one that it was made from"
        )
    joint, rows, columns = _joint(table)
    covariance = table.ask.spread(joint).covariance()
    return _second_order(
        joint.value, covariance, rows, columns, float(table.n[:: len(table.levels)].sum()), table
    )


def _joint(table: Estimates) -> tuple[Linear, int, int]:
    """The share of everyone in each domain and level that somebody is in (with one level: in it or not)."""
    ask, outcome = table.ask, table.ask.outcome
    above = outcome.above if len(outcome.levels) != 1 else np.hstack([outcome.above, 1 - outcome.above])
    people = np.where(ask.domain >= 0, ask.weighed.final, 0.0)
    above = above[:, np.flatnonzero(people @ above)]
    used = [at for at, n in enumerate(ask.sums(ask.cube.n)) if n > 0]
    if len(used) < 2 or above.shape[1] < 2:
        raise ValueError("the test needs two groups and two answers; the table has people in fewer")
    inside = ask.domain[:, None] == np.array(used)
    crossed = (inside[:, :, None] * above[:, None, :]).reshape(len(above), -1)
    everyone = Outcome(
        "proportion", tuple(range(crossed.shape[1])), outcome.known, crossed, np.ones(len(above))
    )
    whole = replace(ask, by=(), domains=((),), domain=np.where(ask.domain >= 0, 0, MISSING), outcome=everyone)
    return whole.estimate(), len(used), above.shape[1]


def _second_order(
    p: Floats, covariance: Floats, rows: int, columns: int, n: float, table: Estimates
) -> Association:
    square = p.reshape(rows, columns)
    alone = np.outer(square.sum(axis=1), square.sum(axis=0)).ravel()
    chisq = n * float(((p - alone) ** 2 / np.where(alone > 0, alone, 1.0)).sum())
    main = np.hstack(
        [np.kron(np.eye(rows), np.ones((columns, 1))), np.kron(np.ones((rows, 1)), np.eye(columns))]
    )
    both = np.kron(np.eye(rows)[:, 1:], np.eye(columns)[:, 1:])
    apart = both - main @ np.linalg.lstsq(main, both, rcond=None)[0]
    over = np.where(p > 0, 1 / np.where(p > 0, p, 1.0), 0.0)[:, None] * apart
    simple = over.T @ (p[:, None] * over) / n
    delta = np.linalg.solve(simple, over.T @ covariance @ over)
    trace, df = float(np.trace(delta)), (rows - 1) * (columns - 1)
    if not (trace > 1e-9 and table.design_df > 0):
        raise ValueError(
            "this cannot be tested: the weighting fixes these shares, or there is one cluster only"
        )
    df1 = trace**2 / float(np.trace(delta @ delta))
    f, df2 = chisq / trace, df1 * table.design_df
    chance = float(fdtrc(df1, df2, f))
    verdict = "they hang together" if chance < 1 - table.confidence else "no clear link"
    return Association(f, df1, df2, chance, chisq, df, float(chdtrc(df, chisq / (trace / df))), verdict)
