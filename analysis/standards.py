"""Direct standardisation: each group as it would be with the same mix of ages (or of anything else)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from . import tables, variance
from .estimates import Estimates
from .frame import MISSING, Bools, Codes, Floats, listing
from .tables import Bases


def standardise(table: Estimates, by: str, population: Mapping[Any, float]) -> Estimates:
    """See Estimates.standardise.

    The estimate is the sum over the levels of (share in the population) x (estimate in the domain and level), and
    its influence the same sum of theirs; as R's svystandardize. A domain in which a level has nobody is undefined.
    """
    if by not in table.by or table.statistic not in ("proportion", "mean"):
        raise ValueError(
            f"the table is of a {table.statistic} by {list(table.by)}; it cannot be standardised by {by!r}"
        )
    column = table.by.index(by)
    shares = _shares(table, column, population)
    kept = [(*domain[:column], *domain[column + 1 :]) for domain in table.domains]
    domains = tuple(dict.fromkeys(kept))
    place = {domain: at for at, domain in enumerate(domains)}
    group = np.array([place[one] for one in kept], dtype=np.intp)
    levels = len(table.levels)
    matrix = _matrix(group, shares, len(domains), levels)
    ask = replace(
        table.ask,
        by=tuple(name for name in table.by if name != by),
        domains=domains,
        domain=np.where(table.ask.domain >= 0, group[table.ask.domain], MISSING),
    )
    linear = table.linear.through(matrix)
    bases, undefined = _bases(Bases.of(ask), table, group, shares)
    value = np.where(np.repeat(undefined, levels), np.nan, linear.value)
    linear = replace(linear, value=value)
    return tables.build(
        ask, linear, linear.replicates, table.measure, table.interval, table.confidence, bases, by
    )


def _shares(table: Estimates, column: int, population: Mapping[Any, float]) -> Floats:
    """The population's share of each domain's level."""
    levels = [domain[column] for domain in table.domains]
    wrong = [level for level, count in population.items() if not 0 <= count < float("inf")]
    if wrong or not sum(population.values()) > 0:
        raise ValueError(
            f"{table.by[column]}: the population must have counts of 0 or more; look at {listing(wrong)}"
        )
    unknown = [level for level, count in population.items() if count and level not in levels]
    if unknown:
        raise ValueError(
            f"{table.by[column]}: nobody in the table is at {listing(unknown)}, so their part has no estimate; "
            f"leave them out of the population, and say so"
        )
    without = [level for level in dict.fromkeys(levels) if level not in population]
    if without:
        raise ValueError(f"{table.by[column]}: {listing(without)} has no population count")
    total = sum(population[level] for level in dict.fromkeys(levels))
    return np.array([population[level] / total for level in levels])


def _matrix(group: Codes, shares: Floats, groups: int, levels: int) -> variance.Sparse:
    rows = np.arange(len(group) * levels)
    columns = (group[:, None] * levels + np.arange(levels)).ravel()
    return variance.sparse(rows, columns, np.repeat(shares, levels), (len(rows), groups * levels))


def _bases(bases: Bases, table: Estimates, group: Codes, shares: Floats) -> tuple[Bases, Bools]:
    """Kish's effective base of the standardised weights, 1 / sum(share^2 / base of the level); and which domains
    have nobody at a level that they need."""
    levels = len(table.levels)
    n, kish = table.n[::levels], table.kish[::levels]
    needed = (n <= 0) & (shares > 0)
    inverse = np.bincount(group, shares**2 / np.where(n > 0, kish, 1.0), len(bases.n))
    undefined = np.bincount(group, needed, len(bases.n)) > 0
    return replace(bases, kish=1 / inverse), undefined
