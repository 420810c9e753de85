"""Linearised variance: influence values, their residual after calibration, and the spread of cluster totals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

import numpy as np

from .cube import add_up
from .frame import Codes, Floats
from .sampling import Sampling, Stage

Variance = Literal["greg", "r-rake"]
Sparse = Any  # a scipy.sparse.csr_array; imported only where one is made
R_SWEEPS = 10


def sparse(rows: Codes, columns: Codes, values: Floats, shape: tuple[int, int]) -> Sparse:
    """A sparse matrix from its entries; those at the same place add up."""
    from scipy.sparse import csr_array

    return csr_array((values, (rows, columns)), shape=shape)


def as_sparse(matrix: Floats | Sparse) -> Sparse:
    """The same matrix, sparse."""
    from scipy.sparse import csr_array

    return csr_array(matrix)


def blocks(parts: Sequence[Sequence[Sparse]]) -> Sparse:
    """A sparse matrix from rows of sparse blocks."""
    from scipy.sparse import block_array

    return block_array(parts).tocsr()


def indicator(at: Codes, size: int) -> Sparse:
    """One row for each place, one column for each cell: 1 where the cell is at the place (-1: nowhere)."""
    cells = np.flatnonzero(at >= 0)
    return sparse(at[cells], cells, np.ones(len(cells)), (size, len(at)))


@dataclass(frozen=True, slots=True, eq=False)
class Residual:
    """What one respondent of each cell adds to each estimate, for each unit of weight.

    at: of each cell of the sample as it was drawn, the cell here; people of one cell may be of many clusters.
    influence: (cells, estimates), Taylor's linearisation (Woodruff 1971). auxiliary: (cells, constraints) of the
    calibration, or None; slope: (constraints, estimates). The residual is influence - auxiliary @ slope.
    """

    at: Codes
    influence: Sparse
    auxiliary: Sparse | None = None
    slope: Floats | None = None

    def totals(self, weight: Floats, into: Codes, size: int) -> Floats:
        """Weighted sums of the residual: (size, estimates). weight, into: of each cell as it was drawn."""
        by = sparse(into, self.at, weight, (size, self.influence.shape[0]))
        sums = (by @ self.influence).toarray()
        if self.slope is not None:
            sums -= (by @ self.auxiliary).toarray() @ self.slope
        return np.asarray(sums, dtype=np.float64)

    def squares(self, weight: Floats) -> Floats:
        """The weighted sum over cells of the residual's outer product with itself: (estimates, estimates)."""
        weight = add_up(self.at, weight, self.influence.shape[0])
        own = _gram(self.influence, weight, self.influence)
        if self.slope is None:
            return own
        mixed = _gram(self.influence, weight, self.auxiliary) @ self.slope
        return (
            own - mixed - mixed.T + self.slope.T @ _gram(self.auxiliary, weight, self.auxiliary) @ self.slope
        )


def _gram(one: Sparse, weight: Floats, other: Sparse) -> Floats:
    scaled = other.multiply(weight[:, None]).tocsr()
    return np.asarray((one.T @ scaled).toarray(), dtype=np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """Variances and covariances of estimates, kept as what they are made of.

    Their covariance is plus' plus + inner - minus' minus, times `grow` (1, but for lonely_psu="average").
    plus: (clusters of every stage, or replicates; estimates), so that two tables of one design have the
    covariance plus_a' plus_b.
    """

    plus: Floats
    minus: Floats
    inner: Floats
    grow: float = 1.0

    def variance(self) -> Floats:
        own = (self.plus**2).sum(axis=0) - (self.minus**2).sum(axis=0) + np.diagonal(self.inner)
        return np.asarray(np.maximum(own, 0.0), dtype=np.float64)

    def covariance(self) -> Floats:
        return np.asarray(self.grow * (self.plus.T @ self.plus - self.minus.T @ self.minus + self.inner))

    def across(self, other: Spread) -> Floats:
        """Covariances with the estimates of another table of the same design that shares no respondent."""
        shared = self.plus.T @ other.plus - self.minus.T @ other.minus
        return np.asarray(self.grow * shared)

    def through(self, jacobian: Floats) -> Spread:
        """The spread of a function of the estimates: jacobian (estimates, functions)."""
        return Spread(
            self.plus @ jacobian, self.minus @ jacobian, jacobian.T @ self.inner @ jacobian, self.grow
        )


def slope(
    influence: Sparse, auxiliary: Sparse, base: Floats, people: Floats, how: Variance, ends: tuple[int, ...]
) -> Floats:
    """The slope B of the influence on the auxiliary variables: (constraints, estimates); residuals are u - x'B.

    "greg": least squares with the base weights (Deville and Sarndal 1992), as R's
    calibrate(calfun="raking"). "r-rake": ten rounds of unweighted means, margin after margin, as R's rake().
    ends: where each margin ends among the constraints.
    """
    if how == "greg":
        gram, cross = _gram(auxiliary, base, auxiliary), _gram(auxiliary, base, influence)
        return np.asarray(solve(gram, cross), dtype=np.float64)
    gram, cross = _gram(auxiliary, people, auxiliary), _gram(auxiliary, people, influence)
    found = np.zeros_like(cross)
    for _ in range(R_SWEEPS):
        for begin, end in pairwise((0, *ends)):
            count = np.maximum(np.diagonal(gram)[begin:end], 1)[:, None]
            found[begin:end] += (cross[begin:end] - gram[begin:end] @ found) / count
    return found


def solve(gram: Floats, right: Floats) -> Floats:
    """The least solution of gram @ x = right; a symmetric gram may be of less than full rank."""
    size = np.sqrt(np.maximum(np.diagonal(gram), np.finfo(float).tiny))
    inverse = np.linalg.pinv(gram / np.outer(size, size), rcond=1e-11, hermitian=True)
    scaled = right / (size[:, None] if right.ndim > 1 else size)
    found = inverse @ scaled
    return np.asarray(found / (size[:, None] if right.ndim > 1 else size), dtype=np.float64)


def spread(residual: Residual, sampling: Sampling, w: Floats, w2: Floats) -> Spread:
    """Between-cluster spread of the weighted residuals within strata, stage by stage.

    A stratum with one cluster under lonely_psu="adjust" is centred at the mean of all clusters, as in R 4.5.
    w, w2: for each cell as it was drawn the sum of its respondents' weights, and of their squares.
    """
    parts = [_of_stage(residual, stage, w, w2) for stage in sampling.stages]
    plus = np.concatenate([part.plus for part in parts])
    minus = np.concatenate([part.minus for part in parts])
    inner = np.sum([part.inner for part in parts], axis=0)
    return Spread(plus, minus, inner, sampling.grow)


def _of_stage(residual: Residual, stage: Stage, w: Floats, w2: Floats) -> Spread:
    if stage.cluster is None:
        return _of_people(residual, stage, w, w2)
    totals = residual.totals(w, stage.cluster, len(stage.owner))
    means = np.zeros((len(stage.sizes), totals.shape[1]))
    np.add.at(means, stage.owner, totals)
    means /= stage.sizes[:, None]
    means[stage.single] = totals.sum(axis=0) / max(len(totals), 1)
    plus = (totals - means[stage.owner]) * np.sqrt(stage.scale)[stage.owner, None]
    return Spread(plus, plus[:0], np.zeros((plus.shape[1],) * 2))


def _of_people(residual: Residual, stage: Stage, w: Floats, w2: Floats) -> Spread:
    totals = residual.totals(w, stage.stratum, len(stage.sizes))
    inner = residual.squares(w2 * stage.scale[stage.stratum])
    minus = totals * np.sqrt(stage.scale / np.maximum(stage.sizes, 1))[:, None]
    lonely = stage.single & (stage.scale > 0)
    centre = totals.sum(axis=0) / max(stage.sizes.sum(), 1)
    plus = (totals[lonely] - centre) * np.sqrt(stage.scale[lonely])[:, None]
    return Spread(plus, minus, inner)
