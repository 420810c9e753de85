"""The variance of a calibrated estimate were each cluster left out in turn, without weighting anew."""

from __future__ import annotations

import numpy as np

from .cube import add_up
from .frame import Bools, Codes, Floats
from .sampling import Stage
from .variance import Residual, Sparse, indicator, solve, sparse

LOST = 1e-9  # of a margin's cell: what is left of it without the only cluster that was in it
RIDGE = 1e-12
RUNAWAY = 1e6  # times the usual: what dividing by the ridge alone gives


MOST_CLUSTERS = 500  # with more the leverage of each is small, and the work is not


def jackknife(influence: Sparse, auxiliary: Sparse, at: Codes, stage: Stage, w: Floats) -> Floats:
    """The linearised jackknife variance of calibrated estimates: (estimates,).

    influence: (cells, estimates). auxiliary: (cells, constraints) of the calibration. at: (drawn,), the cell of each
    that was drawn; `stage` is of them. w: their calibrated weights, summed (drawn,). Leaving out cluster c moves an
    estimate by the sum over its people of w f e: e is the residual of the influence on the auxiliary x with the
    calibrated weights, and f = x' (G - G_c)^-1 T says how many people each of them would have had to stand for, had
    their cluster not answered (G = sum of w x x', T = sum of w x, G_c the cluster's part of G). The squares add up as
    in JKn, (n - 1) / n to a stratum (Yung and Rao 1996; the exact deletion of a cluster from a regression: Cook and
    Weisberg 1982). A stratum with one cluster is as in `variance.spread`.
    """
    assert stage.cluster is not None
    weighted = auxiliary.multiply(add_up(at, w, auxiliary.shape[0])[:, None]).tocsr()
    gram = np.asarray((auxiliary.T @ weighted).toarray())
    slope = solve(gram, np.asarray((weighted.T @ influence).toarray()))
    clusters, alone = len(stage.owner), stage.single[stage.owner]
    drawn = auxiliary.tocsr()[at]
    grown = _grown(drawn, drawn.multiply(w[:, None]).tocsr(), gram, stage.cluster, ~alone)
    totals = Residual(at, influence, auxiliary, slope).totals(w * grown, stage.cluster, clusters)
    centre = np.where(alone[:, None], totals.sum(axis=0) / max(clusters, 1), 0.0)
    n = stage.sizes[stage.owner]
    scale = stage.scale[stage.owner] * np.where(alone, 1.0, ((n - 1) / n) ** 2)
    return np.asarray((scale[:, None] * (totals - centre) ** 2).sum(axis=0), dtype=np.float64)


def _grown(auxiliary: Sparse, weighted: Sparse, gram: Floats, cluster: Codes, several: Bools) -> Floats:
    """f of each cell; 1 where the cluster is the only one of its stratum. several: (clusters,), where it is not.

    So it is of people at a level of a margin that nobody else is at: nobody can stand for them, and T is without them.
    """
    size = np.sqrt(np.maximum(np.diagonal(gram), np.finfo(float).tiny))
    without = gram - _parts(auxiliary, weighted, cluster, len(several))
    lost = np.diagonal(without, axis1=1, axis2=2) <= LOST * size**2
    only = np.asarray((abs(auxiliary).multiply(lost[cluster])).sum(axis=1)).ravel() > 0
    theirs = indicator(np.where(only, cluster, -1), len(several)) @ weighted
    whole = (np.asarray(weighted.sum(axis=0)).ravel() - theirs.toarray()) / size
    found = np.zeros_like(whole)
    found[several] = _solved(without[several] / np.outer(size, size), whole[several]) / size
    grown = np.asarray(auxiliary.multiply(found[cluster]).sum(axis=1)).ravel()
    return np.where(several[cluster] & ~only, grown, 1.0)


def _solved(grams: Floats, right: Floats) -> Floats:
    """The solution of each; where a deletion left the right side out of reach, the least squares one."""
    found = np.linalg.solve(grams + RIDGE * np.eye(grams.shape[1]), right[:, :, None])[:, :, 0]
    for at in np.flatnonzero(~(np.abs(found).max(axis=1, initial=0.0) < RUNAWAY)):
        found[at] = np.linalg.pinv(grams[at], rcond=LOST, hermitian=True) @ right[at]
    return np.asarray(found, dtype=np.float64)


def _parts(auxiliary: Sparse, weighted: Sparse, cluster: Codes, clusters: int) -> Floats:
    """Each cluster's part of the gram: (clusters, constraints, constraints)."""
    entries, size = weighted.tocoo(), auxiliary.shape[1]
    rows = cluster[entries.row] * size + entries.col
    each = sparse(rows, entries.row, entries.data, (clusters * size, len(cluster)))
    return np.asarray((each @ auxiliary).toarray()).reshape(clusters, size, size)
