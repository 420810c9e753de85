"""Linearised variance: influence values, their residual after raking, and the spread of cluster totals."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from .cube import Cube, add_up, group
from .frame import Codes, Floats, listing
from .weighting import Variance

LonelyPSU = Literal["fail", "adjust", "average", "certainty", "remove"]
R_SWEEPS = 10


class LonelyCluster(ValueError):
    """A stratum has one cluster only, and the design was told to refuse that."""


@dataclass(frozen=True, slots=True, eq=False)
class Sampling:
    """Strata and clusters of a cube's rows.

    stratum, cluster: the stratum and the cluster of each row (cluster None: each respondent is one).
    sizes: the number of clusters in each stratum; owner: the stratum of each cluster.
    """

    stratum: Codes
    cluster: Codes | None
    sizes: Floats
    owner: Codes
    scale: Floats
    lonely: LonelyPSU

    @property
    def single(self) -> Floats:
        """1 for each stratum with one cluster only."""
        return np.asarray(self.sizes == 1, dtype=np.float64)


def sampling(cube: Cube, strata: str | None, clusters: str | None, lonely: LonelyPSU) -> Sampling:
    """The strata and clusters of a cube, with the scale n / (n - 1) of each stratum.

    Raises:
        LonelyCluster: lonely is "fail" and a stratum has one cluster.
    """
    rows = len(cube.n)
    stratum, names = _strata(cube, strata)
    if clusters is None:
        cluster, owner, sizes = None, np.arange(len(names)), add_up(stratum, cube.n, len(names))
    else:
        axis = cube.axis(clusters)
        cluster, first = group([stratum, axis.codes], [len(names), len(axis.levels)], rows)
        owner = stratum[first]
        sizes = np.bincount(owner, minlength=len(names)).astype(np.float64)
    single = sizes == 1
    if single.any() and lonely == "fail":
        alone = [names[i] for i in np.flatnonzero(single)]
        raise LonelyCluster(
            f"one cluster only in stratum {listing(alone)}: its variance cannot be "
            f"estimated. Merge the stratum with a neighbour, or say lonely_psu='adjust'"
        )
    scale = np.where(single, float(lonely == "adjust"), sizes / np.where(single, 1, sizes - 1))
    return Sampling(stratum, cluster, sizes, owner, scale, lonely)


def _strata(cube: Cube, strata: str | None) -> tuple[Codes, tuple[Hashable, ...]]:
    if strata is None:
        return np.zeros(len(cube.n), dtype=np.intp), (None,) if len(cube.n) else ()
    axis = cube.axis(strata)
    place, first = group([axis.codes], [len(axis.levels)], len(cube.n))
    return place, tuple(axis.levels[code] for code in axis.codes[first])


@dataclass(frozen=True, slots=True, eq=False)
class Influence:
    """The influence of one respondent of each row, per unit of weight, on each estimate.

    A row is in one domain at most (-1: none) and there, for each of the `levels`, its influence on the
    domain's mean is (y - mean) / (weight of the domain): Taylor linearisation (Woodruff 1971).
    domain: (rows,); value: (rows, levels); places: for each margin of a raking, the cell of each row.
    """

    domain: Codes
    value: Floats
    domains: int
    places: tuple[Codes, ...] = ()
    sizes: tuple[int, ...] = ()

    @property
    def shape(self) -> tuple[int, int]:
        return self.domains, int(self.value.shape[1])

    def summed(self, weight: Floats, at: Codes, size: int) -> Floats:
        """Weighted sums by `at`: (size, domains * levels)."""
        inside = np.flatnonzero((self.domain >= 0) & (weight != 0))
        key = at[inside] * self.domains + self.domain[inside]
        sums = [
            add_up(key, weight[inside] * self.value[inside, level], size * self.domains)
            for level in range(self.value.shape[1])
        ]
        return np.stack(sums, axis=-1).reshape(size, self.domains * len(sums))

    def cross(self, weight: Floats) -> Floats:
        """Weighted sums by the cells of every margin: (cells, domains * levels)."""
        return np.concatenate(
            [self.summed(weight, at, size) for at, size in zip(self.places, self.sizes, strict=True)]
        )

    def gram(self, weight: Floats) -> Floats:
        """Weighted counts of the cells of every margin by those of every other: (cells, cells)."""
        blocks = [self.cells(weight, at, size) for at, size in zip(self.places, self.sizes, strict=True)]
        return np.concatenate(blocks)

    def cells(self, weight: Floats, at: Codes, size: int) -> Floats:
        """Weighted sums by `at` of the indicators of every margin's cells: (size, cells)."""
        return np.concatenate(
            [
                add_up(at * other + cell, weight, size * other).reshape(size, other)
                for cell, other in zip(self.places, self.sizes, strict=True)
            ],
            axis=1,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """Variances and covariances of estimates, kept as what they are made of.

    Their covariance is plus' plus + inner - minus' minus, times `grow` (1, but for lonely_psu="average").
    """

    plus: Floats
    minus: Floats
    inner: Floats
    grow: float

    def variance(self) -> Floats:
        own = (self.plus**2).sum(axis=0) - (self.minus**2).sum(axis=0) + np.diagonal(self.inner)
        return np.asarray(np.maximum(own, 0.0), dtype=np.float64)

    def covariance(self) -> Floats:
        return np.asarray(self.grow * (self.plus.T @ self.plus - self.minus.T @ self.minus + self.inner))


def residual_slope(influence: Influence, base: Floats, people: Floats, how: Variance) -> Floats:
    """The slope B of the influence on the margins' cells: (cells, estimates); residuals are u - x'B.

    "greg": least squares with the base weights (Deville and Sarndal 1992), as R's
    calibrate(calfun="raking"). "r-rake": ten rounds of unweighted means, margin after margin, as R's rake().
    """
    if how == "greg":
        gram, cross = influence.gram(base), influence.cross(base)
        size = np.sqrt(np.maximum(np.diagonal(gram), np.finfo(float).tiny))
        inverse = np.linalg.pinv(gram / np.outer(size, size), rcond=1e-11, hermitian=True)
        return np.asarray(inverse @ (cross / size[:, None]) / size[:, None], dtype=np.float64)
    gram, cross = influence.gram(people), influence.cross(people)
    slope = np.zeros_like(cross)
    ends = np.cumsum([0, *influence.sizes])
    for _ in range(R_SWEEPS):
        for begin, end in pairwise(ends):
            count = np.maximum(np.diagonal(gram)[begin:end], 1)[:, None]
            slope[begin:end] += (cross[begin:end] - gram[begin:end] @ slope) / count
    return slope


def spread(influence: Influence, design: Sampling, w: Floats, w2: Floats, slope: Floats | None) -> Spread:
    """Between-cluster spread of the weighted residuals within strata.

    A stratum with one cluster under lonely_psu="adjust" is centred at the mean of all clusters, as in R 4.5.

    w, w2: for each row the sum of its respondents' final weights, and of their squares.
    """
    if design.cluster is None:
        return _spread_of_people(influence, design, w, w2, slope)
    totals = influence.summed(w, design.cluster, len(design.owner))
    if slope is not None:
        totals = totals - influence.cells(w, design.cluster, len(design.owner)) @ slope
    means = _by_stratum(totals, design) / design.sizes[:, None]
    means[design.sizes == 1] = totals.sum(axis=0) / max(len(totals), 1)
    plus = (totals - means[design.owner]) * np.sqrt(design.scale)[design.owner, None]
    return Spread(plus, plus[:0], np.zeros((plus.shape[1],) * 2), _grow(design))


def _spread_of_people(
    influence: Influence, design: Sampling, w: Floats, w2: Floats, slope: Floats | None
) -> Spread:
    strata = len(design.sizes)
    totals = influence.summed(w, design.stratum, strata)
    scaled = w2 * design.scale[design.stratum]
    inner = _squares(influence, scaled)
    if slope is not None:
        totals = totals - influence.cells(w, design.stratum, strata) @ slope
        mixed = influence.cross(scaled).T @ slope
        inner = inner - mixed - mixed.T + slope.T @ influence.gram(scaled) @ slope
    minus = totals * np.sqrt(design.scale / np.maximum(design.sizes, 1))[:, None]
    lonely = (design.sizes == 1) & (design.scale > 0)
    plus = totals[lonely] - totals.sum(axis=0) / max(design.sizes.sum(), 1)
    return Spread(plus, minus, inner, _grow(design))


def _squares(influence: Influence, weight: Floats) -> Floats:
    domains, levels = influence.shape
    out = np.zeros((domains, levels, domains, levels))
    inside = influence.domain >= 0
    at, value, weight = influence.domain[inside], influence.value[inside], weight[inside]
    each = np.arange(domains)
    for a in range(levels):
        for b in range(levels):
            out[each, a, each, b] = add_up(at, weight * value[:, a] * value[:, b], domains)
    return out.reshape(domains * levels, domains * levels)


def _by_stratum(totals: Floats, design: Sampling) -> Floats:
    out = np.zeros((len(design.sizes), totals.shape[1]))
    np.add.at(out, design.owner, totals)
    return out


def _grow(design: Sampling) -> float:
    """lonely_psu="average": a stratum with one cluster is given the average variance of the others."""
    if design.lonely != "average":
        return 1.0
    return float(len(design.sizes) / max(len(design.sizes) - design.single.sum(), 1))


def grow_by_domain(domain: Codes, domains: int, design: Sampling) -> Floats:
    """As R's subset() has it: the average counts the strata that the domain has respondents in."""
    if design.lonely != "average":
        return np.ones(domains)
    strata = reach(domain, design.stratum, domains)
    single = reach(domain, np.where(design.sizes[design.stratum] == 1, design.stratum, -1), domains)
    return np.where(strata > single, strata / np.maximum(strata - single, 1), np.nan)


def reach(domain: Codes, at: Codes, domains: int) -> Floats:
    """In how many different `at` each domain has rows (-1 counts in neither)."""
    both = (domain >= 0) & (at >= 0)
    _, first = group([domain[both], at[both]], [domains, int(at.max(initial=0)) + 1], int(both.sum()))
    return np.bincount(domain[both][first], minlength=domains).astype(np.float64)


def degrees_of_freedom(domain: Codes, domains: int, design: Sampling, people: Floats) -> Floats:
    """Clusters with weight in the domain less the strata they are in."""
    strata = reach(domain, design.stratum, domains)
    if design.cluster is not None:
        return reach(domain, design.cluster, domains) - strata
    inside = domain >= 0
    return add_up(domain[inside], people[inside], domains) - strata
