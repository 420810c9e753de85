"""A question put to a design: the cells it needs, their domains and answers, and what each adds to an estimate."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING, Literal

import numpy as np

from . import leaving_out, variance
from .cube import Cube, add_up, group
from .frame import MISSING, Bools, Codes, Column, Floats, listing
from .replication import Repeated, weights_of
from .sampling import Sampling, sampling
from .weighting import Weighed, holds, numbers, ratio, weigh

if TYPE_CHECKING:
    from .design import SurveyDesign

Statistic = Literal["proportion", "mean", "total", "ratio"]
Level = Hashable | Sequence[Hashable]
Domains = tuple[tuple[Hashable, ...], ...]


class Pair(tuple[Hashable, Hashable]):
    """A level of two columns crossed: both at once, where a plain tuple is one or the other."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What is added up in each cell, for one respondent of it.

    known: whether there is an answer. above: (cells, levels), the numerator of each level. below: (cells,), the
    denominator, or None where the sum itself is the estimate.
    """

    statistic: Statistic
    levels: tuple[Hashable, ...]
    known: Bools
    above: Floats
    below: Floats | None


@dataclass(frozen=True, slots=True, eq=False)
class Linear:
    """Estimates with what each respondent of a cell adds to them, for each unit of weight.

    value: (K,). influence: (cells, K), sparse. replicates: (R, K), the estimates in each replicate, or None.
    """

    value: Floats
    influence: variance.Sparse
    replicates: Floats | None

    def through(self, matrix: Floats | variance.Sparse) -> Linear:
        """Linear combinations of the estimates: matrix (K, combinations); what it leaves out may be undefined."""
        matrix, value = variance.as_sparse(matrix), np.nan_to_num(self.value)
        again = None if self.replicates is None else self.replicates @ matrix
        return Linear(value @ matrix, self.influence @ matrix, again)

    def minus(self, other: Linear) -> Linear:
        """The differences, one by one."""
        again = None
        if self.replicates is not None and other.replicates is not None:
            again = self.replicates - other.replicates
        return Linear(self.value - other.value, self.influence - other.influence, again)


@dataclass(frozen=True, slots=True, eq=False)
class Ask:
    """The cells of a question with their final weights, and the domain of each (-1: in none).

    cube: people who are alike in all but how they were drawn. drawn: the cells of the sample as it was drawn, which
    `sampling` is of; at: the cell in `cube` of each.
    """

    design: SurveyDesign
    cube: Cube
    drawn: Cube
    at: Codes
    by: tuple[str, ...]
    domains: Domains
    domain: Codes
    outcome: Outcome
    weighed: Weighed
    sampling: Sampling
    again: Repeated | None

    @classmethod
    def of(
        cls,
        design: SurveyDesign,
        by: tuple[str, ...],
        measures: tuple[str, ...],
        outcome: Callable[[Cube], Outcome],
        cube: Cube,
    ) -> Ask:
        """cube: by all the columns that the question and the design need, and more. A level that only people without
        weight have is a domain that nobody is in."""
        domains, domain = _domains(cube, design, by)
        carries = cube.w > 0
        drawn, domain = cube.where(carries), domain[carries]
        cube, at, first = _alike(drawn, (*design.weighing, *by, *measures))
        asked, weighed = outcome(cube), weigh(cube, design.steps)
        inside = holds(design.domain, cube) & (weighed.final != 0) & asked.known
        plan = sampling(drawn, design.plan)
        again = weights_of(design, cube, plan, weighed)
        placed = np.where(inside, domain[first], MISSING)
        return cls(design, cube, drawn, at, by, domains, placed, asked, weighed, plan, again)

    def estimate(self, domain: Codes | None = None, domains: int | None = None) -> Linear:
        """The estimates of each domain (or of coarser ones), domain after domain and in each the levels."""
        at = self.domain if domain is None else domain
        size = len(self.domains) if domains is None else domains
        levels = len(self.outcome.levels)
        value, whole = self._sums(at, size, self.weighed.final)
        below = self.outcome.below
        cells = np.flatnonzero(at >= 0)
        place = at[cells]
        each = self.outcome.above[cells]
        if below is not None:
            with np.errstate(invalid="ignore", divide="ignore"):
                each = (each - value[place] * below[cells, None]) / whole[place, None]
        rows, columns = np.repeat(cells, levels), (place[:, None] * levels + np.arange(levels)).ravel()
        pieces = each.ravel() * self.weighed.trimmed[rows]
        influence = variance.sparse(rows, columns, pieces, (len(self.cube), size * levels))
        return Linear(value.ravel(), influence, self._replicates(at, size))

    def _sums(self, at: Codes, size: int, weight: Floats) -> tuple[Floats, Floats]:
        """The estimates (size, levels), and the denominators (size,) that they rest on."""
        by = variance.indicator(at, size).multiply(weight[None, :]).tocsr()
        above = np.asarray(by @ self.outcome.above, dtype=np.float64)
        if self.outcome.below is None:
            return above, np.ones(size)
        whole = np.asarray(by @ self.outcome.below, dtype=np.float64)
        with np.errstate(invalid="ignore", divide="ignore"):
            value = above / whole[:, None]
        return (np.minimum(value, 1.0) if self.outcome.statistic == "proportion" else value), whole

    def _replicates(self, at: Codes, size: int) -> Floats | None:
        if self.again is None:
            return None
        by = variance.indicator(at, size)
        sums = [np.asarray(by @ (self.again.factor * one[:, None])).T for one in self.outcome.above.T]
        shape = (self.again.factor.shape[1], size, len(sums))
        value = np.stack(sums, axis=-1) if sums else np.zeros(shape)
        if self.outcome.below is not None:
            whole = np.asarray(by @ (self.again.factor * self.outcome.below[:, None])).T
            with np.errstate(invalid="ignore", divide="ignore"):
                value = value / whole[:, :, None]
        return value.reshape(shape[0], size * len(sums))

    def spread(self, linear: Linear) -> variance.Spread:
        """The variances and covariances of estimates: from the replicates, or linearised."""
        if linear.replicates is not None and self.design.replication is not None:
            assert self.again is not None
            return self.design.replication.spread(linear.replicates, linear.value, self.again)
        influence, weighed = linear.influence, self.weighed
        factor = ratio(weighed.w, self.cube.w)[self.at]
        w, w2 = self.drawn.w * factor, self.drawn.w2 * factor**2
        made = weighed.calibration
        if made is None:
            return variance.spread(variance.Residual(self.at, influence), self.sampling, w, w2)
        auxiliary = made.auxiliary(self.cube)
        people = np.where(weighed.entering != 0, self.cube.n, 0.0)
        slope = variance.slope(influence, auxiliary, weighed.entering, people, made.variance, made.ends)
        residual = variance.Residual(self.at, influence, auxiliary, slope)
        return variance.spread(residual, self.sampling, w, w2)

    def degrees_of_freedom(self, domain: Codes, domains: int) -> Floats:
        """Of each domain: clusters with weight in it less the strata they are in. domain: of each cell."""
        return self.sampling.degrees_of_freedom(domain[self.at], domains, self.drawn.n)

    def grow(self) -> Floats:
        """What the variance in each domain is multiplied by for strata with one cluster."""
        return self.sampling.grow_in(self.domain[self.at], len(self.domains))

    def left_out(self, linear: Linear) -> Floats | None:
        """The variances of estimates from leaving out clusters (`leaving_out.jackknife`); None where they are those of
        `spread`: without a calibration, without clusters (or with fewer than two people in each, or so many clusters
        that it comes to the same), with several stages, or from replicates."""
        made, stages = self.weighed.calibration, self.sampling.stages
        if made is None or len(stages) > 1 or stages[0].cluster is None or linear.replicates is not None:
            return None
        if self.drawn.n.sum() < 2 * len(stages[0].owner):
            return None
        if len(stages[0].owner) > leaving_out.MOST_CLUSTERS:
            return None
        w = self.drawn.w * ratio(self.weighed.w, self.cube.w)[self.at]
        return leaving_out.jackknife(linear.influence, made.auxiliary(self.cube), self.at, stages[0], w)

    def sums(self, value: Floats) -> Floats:
        """The sum over the cells of each domain."""
        inside = self.domain >= 0
        return np.asarray(
            np.bincount(self.domain[inside], value[inside], len(self.domains)), dtype=np.float64
        )

    @property
    def outside(self) -> Bools:
        """Cells that the subset leaves out, or that have no weight."""
        return np.asarray(~holds(self.design.domain, self.cube) | (self.weighed.final == 0))


def _alike(drawn: Cube, names: Sequence[str]) -> tuple[Cube, Codes, Codes]:
    """The cube by these columns, the cell in it of each that was drawn, and the first that was drawn of each cell."""
    axes = [drawn.axis(name) for name in dict.fromkeys(names)]
    at, first = group([axis.codes for axis in axes], [len(axis.levels) for axis in axes], len(drawn))
    sums = drawn.sums(lambda value: add_up(at, value, len(first)))
    return Cube(tuple(replace(axis, codes=axis.codes[first]) for axis in axes), *sums), at, first


def _domains(cube: Cube, design: SurveyDesign, by: tuple[str, ...]) -> tuple[Domains, Codes]:
    """The domains that rows are given for, and the one of each cell of the cube."""
    inside = holds(design.domain, cube)
    place = np.zeros(len(cube), dtype=np.intp)
    listed: list[list[Hashable]] = []
    for name in by:
        axis = cube.axis(name)
        used = range(len(axis.levels)) if name in (design.levels or {}) else axis.observed(inside)
        rank = np.full(len(axis.levels) + 1, MISSING, dtype=np.intp)
        rank[list(used)] = np.arange(len(used))
        code = rank[axis.codes]
        place = np.where((place < 0) | (code < 0), MISSING, place * len(used) + code)
        listed.append([axis.levels[code] for code in used])
    return tuple(product(*listed)), place


def shares(axis: Column, level: Level) -> Outcome:
    """Who gave which answer. level: None for a 0/1 column or a row for each level; one; or a list for their union."""
    known, everyone = axis.codes >= 0, np.ones(len(axis.codes))
    if level is None and not (set(axis.levels) <= {0, 1} and axis.levels):
        above = (axis.codes[:, None] == np.arange(len(axis.levels))).astype(np.float64)
        return Outcome("proportion", axis.levels, known, above, everyone)
    named, label = _named(axis, level)
    unknown = [one for one in named if one not in axis.levels]
    if unknown and axis.levels and level is not None and axis.observed():
        raise ValueError(
            f"nobody gave {listing(unknown)}; there are {listing(axis.levels, 20)}. "
            f"Declare a level that nobody gave yet: SurveyDesign(..., levels={{...: [...]}})"
        )
    codes = [code for code, one in enumerate(axis.levels) if one in named]
    hit = np.isin(axis.codes, codes).astype(np.float64)[:, None]
    return Outcome("proportion", (label,), known, hit, everyone)


def _named(axis: Column, level: Level) -> tuple[Sequence[Hashable], Hashable]:
    """The levels that are meant, and what their row is called; those of a set in the order of the levels."""
    if level is None:
        return [1], None
    if isinstance(level, (set, frozenset)):
        level = sorted(level, key=lambda one: axis.levels.index(one) if one in axis.levels else -1)
    if not isinstance(level, (list, tuple, np.ndarray)):
        return [level], level
    named = level.tolist() if isinstance(level, np.ndarray) else list(level)
    if not named:
        raise ValueError(f"name a level; there are {listing(axis.levels, 20)}")
    return named, tuple(named)


def amounts(cube: Cube, measure: str, statistic: Statistic, of: str | None = None) -> Outcome:
    """The numbers of a column: to be averaged, added up, or set against those of another column."""
    above = numbers(cube, measure)
    below = numbers(cube, of) if of is not None else np.ones(len(cube))
    known = ~(np.isnan(above) | np.isnan(below))
    above, below = np.where(known, above, 0.0), np.where(known, below, 0.0)
    whole = None if statistic == "total" else below
    return Outcome(statistic, (None,), known, above[:, None], whole)


def crossed(cube: Cube, one: str, other: str) -> Column:
    """Two columns as one, whose levels are pairs; missing where either is."""
    a, b = cube.axis(one), cube.axis(other)
    codes = np.where((a.codes < 0) | (b.codes < 0), MISSING, a.codes * len(b.levels) + b.codes)
    return Column(f"{one} x {other}", codes, tuple(Pair(pair) for pair in product(a.levels, b.levels)))


def summed(outcome: Outcome) -> Outcome:
    """The same, to be added up in place of being divided."""
    return replace(outcome, statistic="total", below=None)
