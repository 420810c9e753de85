"""Calibration: the weights nearest to those given that meet margins and totals, within bounds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from . import variance
from .cube import Cube
from .frame import Floats
from .margins import CannotWeight, Margin, NotConverged, rules_of
from .weighting import Calibration, Conditions, Distance, Total, fitted_to, numbers

ROUNDS = 100


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
    """Multipliers, how many rounds they took, and how far each constraint still is from its target, relatively."""
    size = np.maximum(np.abs(wanted), 1e-9 * np.abs(wanted).max())
    found = np.zeros(len(wanted))
    off = (wanted - x.T @ (base * distance.factor(x @ found))) / size
    for rounds in range(1, ROUNDS + 1):
        curve = base * distance.slope(x @ found)
        gram = (x.T @ x.multiply(curve[:, None]).tocsr()).toarray()
        step = variance.solve(gram, off * size)
        length = 1.0
        while length > 1e-3:
            ahead = found + length * step
            left = (wanted - x.T @ (base * distance.factor(x @ ahead))) / size
            if np.abs(left).max() < np.abs(off).max():
                break
            length /= 2
        else:
            return found, rounds, off
        found, off = ahead, left
        if np.abs(off).max() <= tolerance:
            break
    return found, rounds, off


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
        raise NotConverged(margin, level, float(np.abs(off).max()), rounds)
    bounds = _tightest(made.auxiliary(cube), cube.w, wanted, made.distance)
    instead = f"The tightest that can are {bounds[0]:.4g} and {bounds[1]:.4g}" if bounds else "No bounds can"
    raise CannotWeight(
        f"no weights between {made.distance.low:g} and {made.distance.high:g} times the given ones meet the margins: "
        f"{margin} is still {np.abs(off).max():.2g} of its target away at {level!r}. {instead}"
    )


def _tightest(
    x: variance.Sparse, base: Floats, wanted: Floats, distance: Distance
) -> tuple[float, float] | None:
    """The bounds asked for, widened both ways alike until some weights can keep to them: a linear programme."""
    from scipy.optimize import linprog

    size, below, above = np.maximum(np.abs(wanted), 1.0), 1 - distance.low, distance.high - 1
    meets = variance.as_sparse(x.T.multiply(base[None, :] / size[:, None]))
    one = variance.as_sparse(np.ones((len(base), 1)))
    each = variance.indicator(np.arange(len(base)), len(base))
    found = linprog(
        np.append(np.zeros(len(base)), 1.0),
        A_ub=variance.blocks([[each, -above * one], [-each, -below * one]]),
        b_ub=np.repeat([1.0, -1.0], len(base)),
        A_eq=variance.blocks([[meets, 0 * variance.as_sparse(size[:, None])]]),
        b_eq=wanted / size,
        bounds=(0, None),
    )
    if not found.success:
        return None
    wider = float(np.asarray(found.x)[-1])
    return 1 - wider * below, 1 + wider * above
