"""From base weights to final ones, step by step: raking, calibration and trimming, and what they did."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from scipy.special import expit

from .cube import Cube, add_up
from .frame import Bools, Codes, Floats
from .margins import CannotWeight, Cell, Fitted, Margin, NotConverged, fit, rules_of, same_totals
from .variance import Sparse, Variance, sparse

Conditions = Mapping[str, frozenset[Hashable]]
Method = Literal["raking", "linear", "logit"]
ROUNDS = 2000
RUNAWAY = 1e100


def holds(conditions: Conditions, cube: Cube) -> Bools:
    """Which cells every condition holds in: column by column, the values that are let in."""
    inside = np.ones(len(cube), dtype=bool)
    for name, allowed in conditions.items():
        axis = cube.axis(name)
        codes = [code for code, level in enumerate(axis.levels) if level in allowed]
        codes += [-1] if None in allowed else []
        inside &= np.isin(axis.codes, codes)
    return inside


@dataclass(frozen=True, slots=True)
class Total:
    """The population's total of a numeric column, to calibrate to.

    >>> Total("siblings", 1_900_000)
    Total(column='siblings', total=1900000)
    >>> Total("siblings", float("nan"))
    Traceback (most recent call last):
    analysis.margins.CannotWeight: the total of 'siblings' must be a number; it is nan
    """

    column: str
    total: float

    def __post_init__(self) -> None:
        if not np.isfinite(self.total):
            raise CannotWeight(f"the total of {self.column!r} must be a number; it is {self.total}")


@dataclass(frozen=True, slots=True)
class Distance:
    """How far a weight may move: the function that makes its factor from u, and the bounds of that factor.

    raking: exp(u); linear: 1 + u; both cut off at the bounds. logit: between the bounds, smoothly.
    Deville and Sarndal (1992), their cases 2, 1 and 6, 7.
    """

    method: Method = "raking"
    low: float = 0.0
    high: float = np.inf

    @classmethod
    def of(cls, method: Method, bounds: tuple[float, float] | None) -> Distance:
        """ValueError for bounds that are not on both sides of 1, or a logit without them."""
        if method == "logit" and bounds is None:
            raise ValueError("method='logit' needs bounds=(least, most), such as (0.3, 3)")
        if method == "logit" and bounds is not None and not np.isfinite(bounds).all():
            raise ValueError(f"method='logit' needs two finite bounds, such as (0.3, 3); not {bounds}")
        low, high = bounds or ((0.0, np.inf) if method == "raking" else (-np.inf, np.inf))
        if not low < 1 < high:
            raise ValueError(f"bounds must lie on both sides of 1, such as (0.3, 3); not {bounds}")
        return cls(method, low, high)

    @property
    def bounded(self) -> bool:
        return self.high < np.inf or self.low > (0.0 if self.method == "raking" else -np.inf)

    def factor(self, u: Floats) -> Floats:
        if self.method == "logit":
            return self._logit(u)
        with np.errstate(over="ignore"):
            raw = np.exp(u) if self.method == "raking" else 1 + u
        return np.asarray(np.clip(raw, self.low, self.high), dtype=np.float64)

    def slope(self, u: Floats) -> Floats:
        """The derivative of the factor; 0 where it is cut off."""
        g = self.factor(u)
        if self.method == "logit":
            return (g - self.low) * (self.high - g) * self._steepness / (self.high - self.low)
        inside = (g > self.low) & (g < self.high)
        return np.where(inside, g if self.method == "raking" else 1.0, 0.0)

    @property
    def _steepness(self) -> float:
        return (self.high - self.low) / ((1 - self.low) * (self.high - 1))

    def area(self, u: Floats) -> Floats:
        """The integral of the factor: what the calibration equations are the slope of."""
        if self.method == "logit":
            soft = np.logaddexp(0, self._inner(u)) / self._steepness
            return np.asarray(self.low * u + (self.high - self.low) * soft, dtype=np.float64)
        least = np.log(self.low) if self.method == "raking" and self.low > 0 else self.low - 1
        least = -np.inf if self.method == "raking" and self.low <= 0 else least
        most = np.log(self.high) if self.method == "raking" else self.high - 1
        middle = np.clip(u, least, most)
        with np.errstate(over="ignore"):
            inner = np.exp(middle) if self.method == "raking" else middle + middle**2 / 2
        return np.asarray(inner + self.factor(u) * (u - middle), dtype=np.float64)

    def _inner(self, u: Floats) -> Floats:
        return np.asarray(self._steepness * u + np.log((1 - self.low) / (self.high - 1)))

    def _logit(self, u: Floats) -> Floats:
        return np.asarray(self.low + (self.high - self.low) * expit(self._inner(u)), dtype=np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """Weights that meet margins and totals: one multiplier for each of their cells, and the rules in sentences.

    within: the conditions of the subset that it was done on; people outside have no weight.
    """

    margins: tuple[Fitted, ...]
    totals: tuple[Total, ...]
    distance: Distance
    multipliers: Floats
    variance: Variance
    rounds: int
    rules: tuple[str, ...]
    within: Conditions

    @property
    def columns(self) -> tuple[str, ...]:
        named = [name for fitted in self.margins for name in fitted.margin.names]
        return tuple(dict.fromkeys([*named, *(total.column for total in self.totals), *self.within]))

    @property
    def ends(self) -> tuple[int, ...]:
        """Where each margin ends among the multipliers."""
        return tuple(np.cumsum([len(fitted.cells) for fitted in self.margins]).tolist())

    def applied(self, cube: Cube, weight: Floats) -> Floats:
        """The cells' weights after this step."""
        inside = holds(self.within, cube)
        if not inside.all():
            cube, outside = cube.where(inside), np.zeros(len(cube))
            outside[inside] = self.factor(cube)
            return weight * outside
        return weight * self.factor(cube)

    def factor(self, cube: Cube) -> Floats:
        """What the weight of each cell (all of them within) is multiplied by."""
        u, begin = np.zeros(len(cube)), 0
        for fitted, end in zip(self.margins, self.ends, strict=True):
            u = u + self.multipliers[begin:end][fitted.place(cube)]
            begin = end
        for total, multiplier in zip(self.totals, self.multipliers[begin:], strict=True):
            u = u + multiplier * numbers(cube, total.column)
        return self.distance.factor(u)

    def auxiliary(self, cube: Cube) -> Sparse:
        """The indicators of every margin's cells, and the numbers of the totals: (cells, multipliers)."""
        inside = np.flatnonzero(holds(self.within, cube))
        part = cube.where(holds(self.within, cube))
        rows: list[Codes] = []
        columns: list[Codes] = []
        values: list[Floats] = []
        begin = 0
        for fitted, end in zip(self.margins, self.ends, strict=True):
            rows, columns = [*rows, inside], [*columns, begin + fitted.place(part)]
            values, begin = [*values, np.ones(len(inside))], end
        for at, total in enumerate(self.totals):
            rows, columns = [*rows, inside], [*columns, np.full(len(inside), begin + at)]
            values = [*values, numbers(part, total.column)]
        shape = (len(cube), len(self.multipliers))
        return sparse(np.concatenate(rows), np.concatenate(columns), np.concatenate(values), shape)


class Step(Protocol):
    """A step from weights to weights. within: the conditions of the subset that has weight after it."""

    @property
    def columns(self) -> tuple[str, ...]: ...

    @property
    def rules(self) -> tuple[str, ...]: ...

    def applied(self, cube: Cube, weight: Floats) -> Floats:
        """The cells' weights after this step."""


@dataclass(frozen=True, slots=True, eq=False)
class Weighed:
    """A cube's cells with their final weights, and what the variance needs to know of how they came about.

    w, w2: sums of the respondents' weights and of their squares when the last calibration was done;
    trimmed: what they were multiplied by after it. entering: the weights that it was given (0 outside it).
    """

    w: Floats
    w2: Floats
    trimmed: Floats
    calibration: Calibration | None
    entering: Floats

    @property
    def final(self) -> Floats:
        return self.w * self.trimmed

    @property
    def squares(self) -> Floats:
        return self.w2 * self.trimmed**2


def weigh(cube: Cube, steps: Sequence[Step]) -> Weighed:
    """The weights of a cube's cells after every step."""
    weight, calibrated, trimmed = cube.w, cube.w, np.ones(len(cube))
    calibration, entering = None, cube.w
    for step in steps:
        after = step.applied(cube, weight)
        if isinstance(step, Calibration):
            inside = holds(step.within, cube)
            calibration, entering = step, np.where(inside, weight, 0.0)
            calibrated, trimmed = after, np.ones(len(cube))
        else:
            trimmed = trimmed * _ratio(after, weight)
        weight = after
    return Weighed(calibrated, cube.w2 * _ratio(calibrated, cube.w) ** 2, trimmed, calibration, entering)


def rake(
    cube: Cube, margins: Sequence[Margin], tolerance: float, how: Variance, within: Conditions
) -> Calibration:
    """Iterative proportional fitting of a cube's weights to the margins (Deming and Stephan 1940).

    Stops when every cell of every margin is within `tolerance` of its target, relatively.

    Raises:
        CannotWeight: a level nobody answered, a level without a target, totals that disagree.
        NotConverged: the margins cannot be met together.
    """
    fitted = fitted_to(cube, margins)
    places = [one.place(cube) for one in fitted]
    factors = [np.ones(len(one.cells)) for one in fitted]
    weight = cube.w.copy()
    for rounds in range(1, ROUNDS + 1):
        for one, at, factor in zip(fitted, places, factors, strict=True):
            step = ratio(one.targets, add_up(at, weight, len(one.cells)))
            factor *= step
            weight *= step[at]
        worst = furthest(fitted, places, weight)
        if abs(worst[2]) <= tolerance:
            with np.errstate(divide="ignore"):
                multipliers = np.log(np.concatenate(factors))
            rules = tuple(rule for one in fitted for rule in rules_of(one, cube))
            return Calibration(fitted, (), Distance(), multipliers, how, rounds, rules, within)
        if max(factor.max() for factor in factors) > RUNAWAY:
            break
    raise NotConverged(*worst, rounds=rounds)


def fitted_to(cube: Cube, margins: Sequence[Margin]) -> tuple[Fitted, ...]:
    """The margins as they are used on one sample, scaled to the total of the first.

    Raises:
        CannotWeight: a level nobody answered, a level without a target, totals that disagree.
    """
    if not margins:
        raise CannotWeight("give at least one margin to weight to")
    same_totals(margins)
    return tuple(fit(margin.scaled(margins[0].total), cube) for margin in margins)


def furthest(fitted: Sequence[Fitted], places: Sequence[Codes], weight: Floats) -> tuple[str, Cell, float]:
    """The margin and the level that are furthest from the target, and how far, relatively."""
    found = []
    for one, at in zip(fitted, places, strict=True):
        off = ratio(add_up(at, weight, len(one.cells)), one.targets) - 1
        worst = int(np.argmax(np.abs(off)))
        found.append((one.margin.name, one.cells[worst], float(off[worst])))
    return max(found, key=lambda one: abs(one[2]))


def numbers(cube: Cube, name: str) -> Floats:
    """The numbers of a column in each cell, NaN where missing."""
    axis = cube.axis(name)
    try:
        values = np.array([*axis.levels, np.nan], dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError(f"column {name!r} must hold numbers; it holds words") from None
    return np.asarray(values[axis.codes], dtype=np.float64)


def ratio(above: Floats, below: Floats) -> Floats:
    """above / below, and 1 where both are 0."""
    empty = (below == 0) & (above == 0)
    with np.errstate(divide="ignore"):
        return np.where(empty, 1.0, above / np.where(empty, 1.0, below))


def _ratio(above: Floats, below: Floats) -> Floats:
    """above / below, and 0 where nothing is below."""
    return np.where(below != 0, above / np.where(below != 0, below, 1.0), 0.0)


def replaced(steps: Sequence[Step], step: Calibration) -> tuple[Step, ...]:
    """The steps with one more; a calibration takes the place of one that came just before it."""
    kept = tuple(steps)
    while kept and isinstance(kept[-1], Calibration):
        kept = kept[:-1]
    return (*kept, step)
