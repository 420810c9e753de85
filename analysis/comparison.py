"""Comparing estimates: contrasts, and a part against the whole; never more than they say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import stdtr

from . import flags, tables, variance, wording
from .cells import Linear, Statistic
from .cube import add_up
from .estimates import Estimates
from .frame import MISSING, Codes, Floats
from .intervals import student

if TYPE_CHECKING:
    pass

NO_DIFFERENCE = "no clear difference"
NOT_TESTED = "cannot be tested"


class CannotClaim(ValueError):
    """The design does not allow such a claim; the message says why.

    >>> from analysis import SurveyDesign
    >>> table = SurveyDesign({"worry": [1, 0, 0, 1], "sex": ["F", "M"] * 2}, kind="open").proportion("worry", by="sex")
    >>> table.difference("F", "M")
    Traceback (most recent call last):
    analysis.comparison.CannotClaim: anyone with the link could answer, so differences between groups say nothing of \
anybody else: an open design is given no comparison and no test of significance
    """


@dataclass(frozen=True, slots=True, eq=False)
class Comparisons:
    """Differences between estimates, with t intervals, and p values adjusted for how many there are.

    names: for each row what is compared, and with what. Arrays have one entry for each row.
    n, n_against: the people behind each side. p_adjusted: Benjamini and Hochberg (1995), over the rows.

    >>> from analysis import SurveyDesign
    >>> frame = {"worry": [1, 1, 1, 0] * 30 + [0, 0, 0, 1] * 60, "area": ["a"] * 120 + ["b"] * 120 + ["c"] * 120}
    >>> found = SurveyDesign(frame, kind="quota").proportion("worry", by="area").against_rest("area")
    >>> found.names
    (('a', 'everyone'), ('b', 'everyone'), ('c', 'everyone'))
    >>> found.difference.round(3).tolist(), found.t.round(1).tolist()
    ([0.333, -0.167, -0.167], [9.6, -4.8, -4.8])
    >>> bool((found.p_adjusted >= found.p).all())
    True
    """

    measure: str
    statistic: Statistic
    kind: str
    confidence: float
    names: tuple[tuple[str, str], ...]
    levels: tuple[object, ...]
    difference: Floats
    se: Floats
    df: Floats
    n: Floats
    n_against: Floats
    reasons: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.difference)

    @property
    def t(self) -> Floats:
        """The differences in standard errors; NaN or infinite where there is none."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(self.difference / self.se, dtype=np.float64)

    @property
    def p(self) -> Floats:
        """The chance of a difference at least so large where there is none (two-sided t test)."""
        known = (self.df > 0) & np.isfinite(self.t)
        return np.where(known, 2 * stdtr(np.where(known, self.df, 1), -np.abs(self.t)), np.nan)

    @property
    def p_adjusted(self) -> Floats:
        """The p values for the many that are looked at: Benjamini and Hochberg's (1995); NaN where p is."""
        return adjusted(self.p)

    def only(self, keep: Sequence[bool]) -> Comparisons:
        """Some of the comparisons, one place for each; p values are adjusted over those alone.

        >>> from analysis import SurveyDesign
        >>> frame = {"worry": [1, 1, 1, 0] * 30 + [0, 0, 0, 1] * 60, "area": ["a"] * 120 + ["b"] * 120 + ["c"] * 120}
        >>> found = SurveyDesign(frame, kind="quota").proportion("worry", by="area").against_rest("area")
        >>> found.only([False, True, False]).names
        (('b', 'everyone'),)
        """
        at = np.flatnonzero(np.asarray(keep, dtype=bool))
        return replace(
            self,
            names=tuple(self.names[one] for one in at),
            levels=tuple(self.levels[one] for one in at),
            reasons=tuple(self.reasons[one] for one in at),
            difference=self.difference[at],
            se=self.se[at],
            df=self.df[at],
            n=self.n[at],
            n_against=self.n_against[at],
        )

    def rows(self) -> list[dict[str, Any]]:
        """One dictionary for each comparison.

        Keys: measure, level, compared, against, estimate (the difference), se, ci_low, ci_high, interval, df, t, p,
        p_adjusted, verdict ("higher", "lower", "no clear difference", or "cannot be tested"), n, n_against, flag,
        reason, kind. Differences of proportions are between -1 and 1.

        >>> from analysis import SurveyDesign
        >>> frame = {"worry": [1, 1, 1, 0] * 30 + [0, 0, 0, 1] * 30, "area": ["a"] * 120 + ["b"] * 120}
        >>> found = SurveyDesign(frame, kind="quota").proportion("worry", by="area").difference("a", "b")
        >>> [(row["compared"], row["against"], row["estimate"], row["verdict"]) for row in found.rows()]
        [('a', 'b', 0.5, 'higher')]
        """
        spread = np.where(self.se > 0, self.se, np.nan)
        half = student(self.df, 1 - (1 - self.confidence) / 2) * spread
        worked_out = zip(half, self.t, self.p, self.p_adjusted, strict=True)
        return [self._row(at, *map(float, figures)) for at, figures in enumerate(worked_out)]

    def _row(self, at: int, half: float, t: float, p: float, p_adjusted: float) -> dict[str, Any]:
        """One comparison; half: half the width of its interval, NaN where that cannot be worked out."""
        compared, against = self.names[at]
        difference = float(self.difference[at])
        reason = joined([self.reasons[at], "" if isfinite(half) else "the interval cannot be worked out"])
        return {
            "measure": self.measure,
            "level": self.levels[at],
            "compared": compared,
            "against": against,
            "estimate": difference,
            "se": float(self.se[at]),
            "ci_low": difference - half,
            "ci_high": difference + half,
            "interval": "wald",
            "df": float(self.df[at]),
            "t": t,
            "p": p,
            "p_adjusted": p_adjusted,
            "verdict": self._verdict(difference, p_adjusted),
            "n": int(self.n[at]),
            "n_against": int(self.n_against[at]),
            "flag": flags.UNRELIABLE if reason else "",
            "reason": reason,
            "kind": self.kind,
        }

    def _verdict(self, difference: float, p: float) -> str:
        if difference and p != p:
            return NOT_TESTED
        if not p < 1 - self.confidence:
            return NO_DIFFERENCE
        return "higher" if difference > 0 else "lower"

    def explain(self, row: Mapping[str, Any]) -> str:
        """A comparison as the sentence that can be read out.

        >>> from analysis import SurveyDesign
        >>> frame = {"worry": [1, 1, 1, 0] * 30 + [0, 0, 0, 1] * 30, "area": ["a"] * 120 + ["b"] * 120}
        >>> found = SurveyDesign(frame, kind="quota").proportion("worry", by="area").difference("a", "b")
        >>> found.explain(found.rows()[0])
        'worry: a is higher than b (+50 points; the 95 % confidence interval is +39 to +61).'
        """
        name = wording.interval_name(self.kind, self.confidence)
        return wording.explain_difference(row, name, self.statistic)


def contrast(table: Estimates, coefficients: Mapping[Any, float]) -> Comparisons:
    """See Estimates.contrast."""
    matrix = np.zeros((len(table), 1))
    for key, coefficient in coefficients.items():
        matrix[table.place(key), 0] += coefficient
    told = " ".join(f"{value:+g} x {wording.told(key)}" for key, value in coefficients.items())
    return _compared(table, table.linear.through(matrix), matrix, [(told, "0")], [None])


def difference(table: Estimates, one: Any, other: Any) -> Comparisons:
    """See Estimates.difference."""
    matrix = np.zeros((len(table), 1))
    matrix[table.place(one), 0] += 1
    matrix[table.place(other), 0] -= 1
    level = table.keys[table.place(one)][1]
    names = [(wording.told(one), wording.told(other))]
    return _compared(table, table.linear.through(matrix), matrix, names, [level])


def against_rest(table: Estimates, by: str, *, apart: bool) -> Comparisons:
    """See Estimates.against_rest."""
    if table.standardised:
        raise ValueError(
            f"the table is standardised by {table.standardised}, and everyone in it is not; "
            f"use difference() between rows"
        )
    if table.statistic == "total":
        raise ValueError("a part's total is always less than that of the whole; compare shares or means")
    column = _column(table, by)
    groups, group = _without(table, column)
    levels = len(table.levels)
    if apart:
        whole = _rests(table, group)
    else:
        coarse = np.where(table.ask.domain >= 0, group[table.ask.domain], MISSING)
        whole = table.ask.estimate(coarse, len(groups)).through(_spread_out(group, len(groups), levels))
    linear = table.linear.minus(whole)
    keys = table.keys
    names = [(wording.told(domain), "the others" if apart else "everyone") for domain, _ in keys]
    n = table.n
    everyone = add_up(group, n[::levels], len(groups))[np.repeat(group, levels)]
    found = _of(table, linear, names, [level for _, level in keys], table.df)
    return replace(found, n=n, n_against=everyone - n if apart else everyone, reasons=reasons(table))


def _rests(table: Estimates, group: Codes) -> Linear:
    """For each row the estimate of its level among the others of its group."""
    from scipy.sparse import hstack

    found = [_rest(table, group, at) for at in range(len(table))]
    again = [one.replicates for one in found if one.replicates is not None]
    return Linear(
        np.concatenate([one.value for one in found]),
        hstack([one.influence for one in found]).tocsr(),
        np.concatenate(again, axis=1) if again else None,
    )


def _rest(table: Estimates, group: Codes, row: int) -> Linear:
    """The estimate of the level of a row among the others of the row's group."""
    levels = len(table.levels)
    domain, level = divmod(row, levels)
    at = table.ask.domain
    others = (at >= 0) & (at != domain) & (group[at] == group[domain])
    found = table.ask.estimate(np.where(others, 0, MISSING), 1)
    pick = np.zeros((levels, 1))
    pick[level] = 1
    linear = found.through(pick)
    return linear if others.any() else replace(linear, value=np.array([np.nan]))


def _column(table: Estimates, by: str) -> int:
    if by not in table.by:
        raise ValueError(
            f"the table is by {', '.join(table.by) or 'nothing'}; it cannot be compared by {by!r}"
        )
    return table.by.index(by)


def _without(table: Estimates, column: int) -> tuple[list[tuple[object, ...]], Codes]:
    """The domains without one `by` column, and for each domain the one that it is part of."""
    kept = [(*domain[:column], *domain[column + 1 :]) for domain in table.domains]
    groups = list(dict.fromkeys(kept))
    place = {group: at for at, group in enumerate(groups)}
    return groups, np.array([place[one] for one in kept], dtype=np.intp)


def _spread_out(group: Codes, groups: int, levels: int) -> variance.Sparse:
    """From the groups' estimates to a row for each domain: (groups * levels, domains * levels)."""
    domains = len(group)
    rows = (group[:, None] * levels + np.arange(levels)).ravel()
    return variance.sparse(
        rows, np.arange(domains * levels), np.ones(len(rows)), (groups * levels, domains * levels)
    )


def _compared(
    table: Estimates,
    linear: Linear,
    matrix: Floats,
    names: Sequence[tuple[str, str]],
    levels: Sequence[object],
) -> Comparisons:
    """Combinations of a table's rows: degrees of freedom of the domains in each, at most the design's."""
    used = matrix != 0
    empty = (used & (table.n <= 0)[:, None]).any(axis=0)
    domains = np.array([used[at :: len(table.levels)] for at in range(len(table.levels))]).any(axis=0)
    df = np.minimum(domains.T @ table.df[:: len(table.levels)], table.design_df)
    found = _of(table, linear, names, levels, df)
    flagged = [row["reason"] if row["flag"] else "" for row in table.rows()]
    reasons = [joined([flagged[at] for at in np.flatnonzero(used[:, k])]) for k in range(used.shape[1])]
    sides = [
        np.array([(one[:, k] * table.n).sum() for k in range(used.shape[1])])
        for one in (matrix > 0, matrix < 0)
    ]
    return replace(
        found,
        difference=np.where(empty, np.nan, found.difference),
        se=np.where(empty, np.nan, found.se),
        reasons=tuple(reasons),
        n=sides[0],
        n_against=sides[1],
    )


def _of(
    table: Estimates, linear: Linear, names: Sequence[tuple[str, str]], levels: Sequence[object], df: Floats
) -> Comparisons:
    may_claim(table)
    most = float(np.nanmax(np.abs(table.estimate), initial=0.0))
    var = tables.felt(table.ask.spread(linear).variance() * table.ask.sampling.grow, most**2)
    se = np.sqrt(var)
    nothing = np.zeros(len(names))
    blank = tuple("" for _ in names)
    value = np.asarray(linear.value, dtype=np.float64)
    se = np.where(np.isfinite(value), se, np.nan)
    return Comparisons(
        table.measure,
        table.statistic,
        table.kind,
        table.confidence,
        tuple(names),
        tuple(levels),
        value,
        se,
        df,
        nothing,
        nothing,
        blank,
    )


def may_claim(*tables: Estimates) -> None:
    """CannotClaim where a design is open."""
    if any(table.kind == "open" for table in tables):
        raise CannotClaim(
            "anyone with the link could answer, so differences between groups say nothing of anybody else: "
            "an open design is given no comparison and no test of significance"
        )


def reasons(table: Estimates) -> tuple[str, ...]:
    """Why each row is to be read with care; "" where it is not."""
    return tuple(row["reason"] if row["flag"] else "" for row in table.rows())


def joined(every: Sequence[str]) -> str:
    """Reasons in one line, each once."""
    return "; ".join(dict.fromkeys(reason for reason in every if reason))


def adjusted(p: Floats) -> Floats:
    """p values adjusted for the rate of false discoveries among them (Benjamini and Hochberg 1995); NaN stays.

    >>> adjusted(np.array([0.01, 0.02, 0.03, np.nan])).round(3).tolist()
    [0.03, 0.03, 0.03, nan]
    """
    out = np.full(len(p), np.nan)
    known = np.flatnonzero(np.isfinite(p))
    order = known[np.argsort(-p[known])]
    rank = len(order) - np.arange(len(order))
    out[order] = np.minimum.accumulate(np.minimum(p[order] * len(order) / rank, 1.0))
    return out
