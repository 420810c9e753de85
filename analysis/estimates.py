"""Proportions by domain from a design, as one table that carries its own doubts."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from . import flags, intervals, variance, wording
from .cube import Cube, add_up
from .frame import MISSING, Bools, Codes, Column, Floats, listing

if TYPE_CHECKING:
    from .design import SurveyDesign

ANSWER = "(answer)"
Domains = tuple[tuple[Hashable, ...], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """The answer that is counted: codes of a column, and which of them are shown under which level."""

    column: Column
    shown: tuple[int, ...]
    levels: tuple[Hashable, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Estimates:
    """Proportions by domain.

    Arrays have one entry for each row: domain after domain, and in each the levels.
    domains: the values of the `by` columns of each domain, as they came. levels: what is shown in each.
    present, people, counts: for disclosure control, unweighted, by the `by` columns crossed: how many there
        are (whether they answered or not), how many answered, and how many gave each level. The last two
        places of each axis are for those who have no level there, and those at a level that the subset
        leaves out: shapes (levels + 2, ...) twice and (levels + 2, ..., shown levels).
    """

    measure: str
    by: tuple[str, ...]
    kind: str
    interval: str
    confidence: float
    domains: Domains
    levels: tuple[Hashable, ...]
    estimate: Floats
    se: Floats
    low: Floats
    high: Floats
    df: Floats
    n: Floats
    n_weighted: Floats
    kish: Floats
    n_eff: Floats
    deff: Floats
    deff_source: tuple[str, ...]
    present: Floats
    people: Floats
    counts: Floats
    spread: variance.Spread

    def __len__(self) -> int:
        return len(self.estimate)

    @property
    def keys(self) -> tuple[tuple[tuple[Hashable, ...], Hashable], ...]:
        """For each row the values of the `by` columns, and the level."""
        return tuple(product(self.domains, self.levels))

    def rows(self) -> list[dict[str, Any]]:
        """One dictionary for each estimate, flagged where it is unreliable and never blanked.

        Keys: measure, level, the `by` columns, estimate, se, ci_low, ci_high, interval, df, n, n_weighted,
        n_eff, deff, deff_source, flag, reason, kind. Proportions are between 0 and 1; NaN where undefined.
        """
        return [self._row(at, domain, level) for at, (domain, level) in enumerate(self.keys)]

    def _row(self, at: int, domain: tuple[Hashable, ...], level: Hashable) -> dict[str, Any]:
        figure = flags.Judged(
            *(
                float(column[at])
                for column in (self.estimate, self.se, self.low, self.high, self.n, self.n_eff, self.df)
            )
        )
        flag, reason = flags.flag(figure)
        return {
            "measure": self.measure,
            "level": level,
            **dict(zip(self.by, domain, strict=True)),
            "estimate": figure.estimate,
            "se": figure.se,
            "ci_low": figure.low,
            "ci_high": figure.high,
            "interval": self.interval,
            "df": int(figure.df),
            "n": int(figure.n),
            "n_weighted": float(self.n_weighted[at]),
            "n_eff": figure.n_eff,
            "deff": float(self.deff[at]),
            "deff_source": self.deff_source[at],
            "flag": flag,
            "reason": reason,
            "kind": self.kind,
        }

    def covariance(self) -> Floats:
        """Covariances of the estimates, square over the rows; NaN where nobody answered."""
        out = self.spread.covariance()
        empty = self.n <= 0
        out[empty, :] = np.nan
        out[:, empty] = np.nan
        return out

    @property
    def interval_name(self) -> str:
        """What the interval may be called: a confidence interval, or for an open design a model interval."""
        return wording.interval_name(self.kind, self.confidence)

    @property
    def footer(self) -> str:
        """What a reader must be told about the sample and the interval."""
        return wording.footer(self.kind, self.confidence)

    def explain(self, row: dict[str, Any]) -> str:
        """A row as the sentence that can be read out."""
        return wording.explain(row, self.by, self.interval_name)


def proportion(
    design: SurveyDesign,
    measure: str,
    level: Hashable | Sequence[Hashable],
    by: tuple[str, ...],
    interval: str,
    confidence: float,
) -> Estimates:
    """See SurveyDesign.proportion."""
    _check(interval, confidence, by)
    outcome = _outcome(design.column(measure), level)
    cells = _Cells.of(design, outcome, by)
    values = cells.proportions(len(outcome.shown))
    spread, grow = _linearise(design, cells, values)
    present, people, counts = _unweighted(cells, outcome, design, by)
    columns = _columns(
        cells,
        values.p,
        spread.variance().reshape(values.p.shape) * grow[:, None],
        design,
        interval,
        confidence,
    )
    return Estimates(
        measure,
        by,
        design.kind,
        interval,
        confidence,
        cells.domains,
        outcome.levels,
        present=present,
        people=people,
        counts=counts,
        spread=spread,
        **columns,
    )


def _check(interval: str, confidence: float, by: Sequence[str]) -> None:
    if interval not in intervals.INTERVALS:
        raise ValueError(f"interval must be one of {', '.join(intervals.INTERVALS)}; not {interval!r}")
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1, such as 0.95; not {confidence}")
    if len(set(by)) != len(by):
        raise ValueError(f"a column is named twice in by: {', '.join(by)}")


def _outcome(column: Column, level: Hashable | Sequence[Hashable]) -> Outcome:
    column = Column(ANSWER, column.codes, column.levels) if column.name else column
    if level is None:
        if set(column.levels) <= {0, 1} and column.levels:
            return _union(column, [code for code, one in enumerate(column.levels) if one == 1], None)
        return Outcome(column, tuple(range(len(column.levels))), column.levels)
    named = list(level) if isinstance(level, (list, tuple, set, frozenset)) else [level]
    unknown = [one for one in named if one not in column.levels]
    if unknown and column.observed():
        raise ValueError(
            f"nobody gave {listing(unknown)}; there are {listing(column.levels, 20)}. "
            f"Declare a level that nobody gave yet: SurveyDesign(..., levels={{...: [...]}})"
        )
    codes = [code for code, one in enumerate(column.levels) if one in named]
    return _union(column, codes, tuple(named) if isinstance(level, (list, tuple, set, frozenset)) else level)


def _union(column: Column, codes: Sequence[int], label: Hashable) -> Outcome:
    hit = np.isin(column.codes, codes).astype(np.intp)
    joined = Column(ANSWER, np.where(column.codes < 0, MISSING, hit), (False, True))
    return Outcome(joined, (1,), (label,))


@dataclass(frozen=True, slots=True, eq=False)
class _Values:
    """Proportions (domains, levels), and each row's influence on those of its domain (rows, levels)."""

    p: Floats
    influence: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Cells:
    """A cube with final weights: the domain of each row (-1: none), and the place of its answer."""

    cube: Cube
    domains: Domains
    domain: Codes
    answer: Codes
    factor: Floats
    places: tuple[Codes, ...]

    @classmethod
    def of(cls, design: SurveyDesign, outcome: Outcome, by: tuple[str, ...]) -> _Cells:
        from .design import DOMAIN, WITHIN, membership

        raking = design.raking
        design_columns = [name for name in (design.strata, design.clusters) if name is not None]
        names = [*design_columns, *(raking.columns if raking else ()), *by]
        size = len(design.frame.frame)
        extra = [
            outcome.column,
            membership(DOMAIN, design.domain, size),
            membership(WITHIN, raking.within if raking else None, size),
        ]
        cube = design.cube(names, extra)
        weighted = cube.axis(WITHIN).codes == 1
        places = tuple(np.maximum(at, 0) for at in raking.places(cube)) if raking else ()
        factor = np.where(weighted, raking.factor(places) if raking else 1.0, 0.0)
        answer = cube.axis(ANSWER).codes
        inside = weighted & (cube.axis(DOMAIN).codes == 1) & (answer >= 0)
        domains, domain = _domains(cube, design, by)
        place = np.full(len(outcome.column.levels) + 1, MISSING, dtype=np.intp)
        place[list(outcome.shown)] = np.arange(len(outcome.shown))
        return cls(cube, domains, np.where(inside, domain, MISSING), place[answer], factor, places)

    def sums(self, value: Floats) -> Floats:
        inside = self.domain >= 0
        return add_up(self.domain[inside], value[inside], len(self.domains))

    def proportions(self, levels: int) -> _Values:
        weight = self.cube.w * self.factor
        whole = self.sums(weight)
        hit = self.answer[:, None] == np.arange(levels)
        with np.errstate(invalid="ignore", divide="ignore"):
            p = np.stack([self.sums(weight * hit[:, k]) for k in range(levels)], axis=-1) / whole[:, None]
        p = np.minimum(p, 1.0).reshape(len(self.domains), levels)
        influence = np.zeros(hit.shape)
        inside = (self.domain >= 0) & (weight > 0)
        at = self.domain[inside]
        influence[inside] = (hit[inside] - p[at]) / whole[at, None]
        return _Values(p, influence)


def _domains(cube: Cube, design: SurveyDesign, by: tuple[str, ...]) -> tuple[Domains, Codes]:
    """The domains that rows are given for, and the one of each cell of the cube."""
    declared = design.levels or {}
    place = np.zeros(len(cube.n), dtype=np.intp)
    listed: list[list[Hashable]] = []
    for name in by:
        axis = design.column(name)
        used = range(len(axis.levels)) if name in declared else axis.observed(design.domain)
        rank = np.full(len(axis.levels) + 1, MISSING, dtype=np.intp)
        rank[list(used)] = np.arange(len(used))
        code = rank[cube.axis(name).codes]
        place = np.where((place < 0) | (code < 0), MISSING, place * len(used) + code)
        listed.append([axis.levels[code] for code in used])
    return tuple(product(*listed)), place


def _linearise(design: SurveyDesign, cells: _Cells, values: _Values) -> tuple[variance.Spread, Floats]:
    cube = cells.cube
    sampling = variance.sampling(cube, design.strata, design.clusters, design.lonely_psu)
    raking = design.raking
    sizes = tuple(len(fitted.cells) for fitted in raking.margins) if raking else ()
    influence = variance.Influence(cells.domain, values.influence, len(cells.domains), cells.places, sizes)
    inside = cells.factor > 0
    slope = (
        None
        if raking is None
        else variance.residual_slope(influence, cube.w * inside, cube.n * inside, raking.variance)
    )
    spread = variance.spread(influence, sampling, cube.w * cells.factor, cube.w2 * cells.factor**2, slope)
    return spread, variance.grow_by_domain(cells.domain, len(cells.domains), sampling)


def _columns(
    cells: _Cells, p: Floats, var: Floats, design: SurveyDesign, interval: str, confidence: float
) -> dict[str, Any]:
    cube = cells.cube
    sampling = variance.sampling(cube, design.strata, design.clusters, design.lonely_psu)
    used = np.where(cells.factor > 0, cells.domain, MISSING)
    df = variance.degrees_of_freedom(used, len(cells.domains), sampling, cube.n)
    everyone = np.where(cells.domain >= 0, 0, MISSING)
    design_df = float(variance.degrees_of_freedom(everyone, 1, sampling, cube.n)[0])
    n, whole, square = (cells.sums(v) for v in (cube.n, cube.w * cells.factor, cube.w2 * cells.factor**2))
    kish = whole**2 / np.where(square > 0, square, 1.0)
    df = np.where(n > 0, df, 0.0)
    var = np.where(n[:, None] > 0, var, np.nan)
    made = [
        _level(p[:, k], var[:, k], n, kish, df, design_df, interval, confidence) for k in range(p.shape[1])
    ]
    repeated = {"df": df, "n": n, "n_weighted": whole, "kish": kish}
    columns: dict[str, Any] = {name: np.repeat(value, p.shape[1]) for name, value in repeated.items()}
    for name in ("estimate", "se", "low", "high", "n_eff", "deff"):
        columns[name] = np.stack([one[name] for one in made], axis=-1).ravel() if made else np.zeros(0)
    columns["deff_source"] = tuple(
        source for each in zip(*(one["deff_source"] for one in made), strict=True) for source in each
    )
    return columns


def _level(
    p: Floats,
    var: Floats,
    n: Floats,
    kish: Floats,
    df: Floats,
    design_df: float,
    interval: str,
    confidence: float,
) -> dict[str, Any]:
    figures, source = intervals.figures(p, var, n, kish, df, design_df=design_df, confidence=confidence)
    low, high = intervals.INTERVALS[interval](figures)
    with np.errstate(divide="ignore", invalid="ignore"):
        own = var * (n - 1) / (p * (1 - p))
        deff = np.where(np.array(source) == "own", own, n / figures.n_eff)
    return {
        "estimate": p,
        "se": np.sqrt(var),
        "low": low,
        "high": high,
        "n_eff": figures.n_eff,
        "deff": deff,
        "deff_source": source,
    }


def _unweighted(
    cells: _Cells, outcome: Outcome, design: SurveyDesign, by: tuple[str, ...]
) -> tuple[Floats, Floats, Floats]:
    """How many there are, answered, and gave each level; see Estimates for the shapes."""
    outside = _outside(cells)
    there = ~outside | _left_out(cells, by, outside)
    answered = there & (cells.cube.axis(ANSWER).codes >= 0)
    place, shape = np.zeros(len(cells.cube.n), dtype=np.intp), []
    for at, name in enumerate(by):
        levels = dict.fromkeys(domain[at] for domain in cells.domains)
        place = place * (len(levels) + 2) + _rank(cells.cube.axis(name), list(levels), outside)
        shape.append(len(levels) + 2)

    def people(who: Bools) -> Floats:
        return add_up(place[who], cells.cube.n[who], int(np.prod(shape))).reshape(shape)

    counts = [people(answered & (cells.answer == k)) for k in range(len(outcome.shown))]
    return (people(there), people(answered), np.stack(counts, axis=-1) if counts else np.zeros((*shape, 0)))


def _rank(axis: Column, levels: list[Hashable], outside: Bools) -> Codes:
    """The place of each row among the levels; then no level, and last those whom the subset leaves out."""
    rank = {level: i for i, level in enumerate(levels)}
    none = len(levels)
    found = np.array([*(rank.get(level, none) for level in axis.levels), none], dtype=np.intp)
    return np.where(outside, none + 1, found[axis.codes])


def _left_out(cells: _Cells, by: tuple[str, ...], outside: Bools) -> Bools:
    """Rows outside the subset at a level that nobody in it has: a group the subset takes from a total."""
    found = np.zeros(len(outside), dtype=bool)
    for name in by:
        codes = cells.cube.axis(name).codes
        found |= outside & (codes >= 0) & ~np.isin(codes, codes[~outside])
    return found


def _outside(cells: _Cells) -> Bools:
    from .design import DOMAIN, WITHIN

    return np.asarray((cells.cube.axis(DOMAIN).codes != 1) | (cells.cube.axis(WITHIN).codes != 1))
