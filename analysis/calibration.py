"""Calibration: the weights nearest to those given that meet margins and totals, within bounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from . import variance
from .cube import Cube
from .frame import Floats
from .margins import CannotWeight, Margin, NotConverged, rules_of
from .weighting import Calibration, Conditions, Distance, Total, fitted_to, numbers

ROUNDS = 100
STEADY = (0.0, 1e-10, 1e-8, 1e-6, 1e-4, 1e-2, 1.0)
LENGTHS = (1.0, 0.5, 0.25, 0.1, 0.01)


def calibrate(
    cube: Cube,
    margins: Sequence[Margin],
    totals: Sequence[Total],
    distance: Distance,
    tolerance: float,
    within: Conditions,
) -> Calibration:
    """Newton's method on the calibration equations (Deville and Sarndal 1992, section 2).

    Raises:
        CannotWeight: as for raking; a number that is missing; bounds that no weights can keep to, with the
            tightest that some can.
        NotConverged: the margins cannot be met together.
    """
    fitted = fitted_to(cube, margins) if margins else ()
    _complete(cube, totals)
    rules = tuple(rule for one in fitted for rule in rules_of(one, cube))
    size = sum(len(one.cells) for one in fitted) + len(totals)
    made = Calibration(
        fitted, tuple(totals), distance, np.zeros(size), "greg", 0, (*rules, *_rule(distance)), within
    )
    wanted = np.concatenate([*(one.targets for one in fitted), [total.total for total in totals]])
    multipliers, rounds, off = _solve(made.auxiliary(cube), cube.w, wanted, distance, tolerance)
    if np.abs(off).max() > tolerance:
        _give_up(made, cube, wanted, off, rounds)
    return Calibration(fitted, tuple(totals), distance, multipliers, "greg", rounds, made.rules, within)


def _solve(
    x: variance.Sparse, base: Floats, wanted: Floats, distance: Distance, tolerance: float
) -> tuple[Floats, int, Floats]:
    """Multipliers, how many rounds they took, and how far each constraint still is from its target, relatively.

    The equations are the slope of a concave function (Deville and Sarndal 1992, 2): Newton's steps go up it, shorter
    or steadier where they would not, so that bounds that cut many weights off do not stop them.
    """
    gross = np.asarray(abs(x).T @ np.abs(base), dtype=np.float64)
    size = np.where(wanted != 0, np.abs(wanted), np.maximum(gross, np.finfo(float).tiny))
    climb = _Climb(x.multiply(1 / size[None, :]).tocsr(), base, wanted / size, distance)
    found, rounds = climb.top(np.zeros(len(wanted)), tolerance)
    return found / size, rounds, climb.off(found)


@dataclass(frozen=True, slots=True, eq=False)
class _Climb:
    """The concave function of the multipliers whose top meets every constraint; all constraints scaled to 1."""

    x: variance.Sparse
    base: Floats
    wanted: Floats
    distance: Distance

    def height(self, at: Floats) -> float:
        return float(self.wanted @ at - self.base @ self.distance.area(self.x @ at))

    def off(self, at: Floats) -> Floats:
        """What is missing to each target."""
        met = self.x.T @ (self.base * self.distance.factor(self.x @ at))
        return np.asarray(self.wanted - met, dtype=np.float64)

    def top(self, at: Floats, tolerance: float) -> tuple[Floats, int]:
        """Where every constraint is met, or as far as can be gone, and after how many rounds."""
        off = self.off(at)
        for rounds in range(ROUNDS):
            if np.abs(off).max() <= tolerance:
                return at, rounds
            ahead = self.ahead(at, off)
            if ahead is None:
                return at, rounds
            at, off = ahead, self.off(ahead)
        return at, ROUNDS

    def ahead(self, at: Floats, off: Floats) -> Floats | None:
        """A higher place, or one that is nearer to the targets; None where there is none to be found."""
        curve = self.base * self.distance.slope(self.x @ at)
        gram = (self.x.T @ self.x.multiply(curve[:, None]).tocsr()).toarray()
        height, size = self.height(at), float(np.abs(self.x).T.dot(np.abs(self.base)).mean())
        for steady in STEADY:
            step = variance.solve(gram + steady * size * np.eye(len(gram)), off)
            for length in LENGTHS:
                there = at + length * step
                if np.abs(self.off(there)).max() < np.abs(off).max() * 0.9:
                    return there
                if self.height(there) > height + 1e-4 * length * float(off @ step) + 1e-14 * abs(height):
                    return there
        return None


def again(made: Calibration, cube: Cube, weight: Floats) -> Floats:
    """The same calibration of other weights, replicate by replicate: (cells, R); NaN where it cannot be met."""
    x = made.auxiliary(cube)
    wanted = np.concatenate([*(one.targets for one in made.margins), [total.total for total in made.totals]])
    factor = np.full(weight.shape, np.nan)
    for at in range(weight.shape[1]):
        found, _, off = _solve(x, weight[:, at], wanted, made.distance, 1e-9)
        if np.abs(off).max() <= 1e-6:
            factor[:, at] = made.distance.factor(x @ found)
    return factor


def _complete(cube: Cube, totals: Sequence[Total]) -> None:
    for total in totals:
        missing = np.isnan(numbers(cube, total.column)) & (cube.w > 0)
        if missing.any():
            raise CannotWeight(
                f"column {total.column!r} is missing for {cube.n[missing].sum():,.0f} respondents; to calibrate to "
                f"its total everybody needs a number: fill it in by a stated rule, or leave it out"
            )


def _rule(distance: Distance) -> tuple[str, ...]:
    if not distance.bounded:
        return ()
    return (f"No weight was multiplied by less than {distance.low:g} or more than {distance.high:g}.",)


def _give_up(made: Calibration, cube: Cube, wanted: Floats, off: Floats, rounds: int) -> None:
    """Say why: no weights within the bounds meet the margins, or none at all do."""
    names = [(one.margin.name, cell) for one in made.margins for cell in one.cells]
    names += [(total.column, "its total") for total in made.totals]
    margin, level = names[int(np.abs(off).argmax())]
    if not made.distance.bounded:
        raise NotConverged(margin, level, float(np.abs(off).max()), rounds, made.distance.method)
    bounds = _tightest(made.auxiliary(cube), cube.w, wanted, made.distance)
    if bounds and bounds[0] >= made.distance.low and bounds[1] <= made.distance.high:
        raise NotConverged(margin, level, float(np.abs(off).max()), rounds, made.distance.method)
    instead = "The tightest that can are {:.9g} and {:.9g}".format(*bounds) if bounds else "No bounds can"
    raise CannotWeight(
        f"no weights between {made.distance.low:g} and {made.distance.high:g} times the given ones meet the margins: "
        f"{margin} is still {np.abs(off).max():.2g} of its target away at {level!r}. {instead}"
    )


def _tightest(
    x: variance.Sparse, base: Floats, wanted: Floats, distance: Distance
) -> tuple[float, float] | None:
    """The bounds asked for, widened both ways alike until some weights can keep to them: a linear programme.

    In four digits, rounded outwards, so that they can be kept to as they are written.
    """
    from scipy.optimize import linprog

    size, below, above = np.maximum(np.abs(wanted), 1.0), 1 - distance.low, distance.high - 1
    meets = variance.as_sparse(x.T.multiply(base[None, :] / size[:, None]))
    one = variance.as_sparse(np.ones((len(base), 1)))
    each = variance.indicator(np.arange(len(base)), len(base))
    ends = [(each, above, 1.0), (-each, below, -1.0)]
    kept = [(part, reach, end) for part, reach, end in ends if np.isfinite(reach)]
    found = linprog(
        np.append(np.zeros(len(base)), 1.0),
        A_ub=variance.blocks([[part, -reach * one] for part, reach, _ in kept]),
        b_ub=np.repeat([end for _, _, end in kept], len(base)),
        A_eq=variance.blocks([[meets, 0 * variance.as_sparse(size[:, None])]]),
        b_eq=wanted / size,
        bounds=[(0 if distance.method == "raking" else None, None)] * len(base) + [(0, None)],
    )
    if not found.success:
        return None
    wider = float(np.asarray(found.x)[-1])
    return -_outwards(wider * below - 1), _outwards(1 + wider * above)


def _outwards(value: float) -> float:
    """In four digits, and not less."""
    if not np.isfinite(value) or value == 0:
        return value
    step = 10.0 ** (np.floor(np.log10(abs(value))) - 3)
    return round(float(np.ceil(value / step - 1e-9) * step), 12)
