"""How R's `svyciprop(method="likelihood")` reads an interval off the profile of a likelihood; ours solves for it.

R walks from the estimate in steps of a fifth of the way, nine at most each way, draws a cubic spline through what it
found (Forsythe, Malcolm and Moler's), and reads the two ends off straight lines between thrice as many points of it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit, ndtr, stdtrit

Floats = NDArray[np.float64]
STEPS, PARTS, FINER, CLOSE = 10, 5, 3, 1e-8


def read_as_r_does(weight: Floats, yes: Floats, se: float, df: float, rows: int) -> Floats:
    """The two ends (2,) of the interval of a share, or NaN where R's walk ends before them.

    weight: of those who answered (n,), the mean over the design being 1. yes: 1 or 0 (n,). se: of the share.
    df: degrees of freedom. rows: rows of R's model, which in a domain of a calibrated design are everybody's.
    """
    p, before = _fitted(weight, yes)
    reach = -stdtrit(df, 0.025) * se / (p * (1 - p)) * np.sqrt(weight.sum() * before * (1 - before))
    furthest = -stdtrit(rows - 1, ndtr(-reach) / 4)
    step = furthest / PARTS * se / (p * (1 - p))
    doubled = 2 * weight.sum() * (len(weight) - 1) / len(weight)
    at, depth = [logit(p)], [0.0]
    for sign in (-1, 1):
        for times in range(1, STEPS):
            x = expit(logit(p) + sign * times * step)
            apart = p * np.log(p / x) + (1 - p) * np.log((1 - p) / (1 - x))
            at.append(logit(x))
            depth.append(sign * np.sqrt(doubled * apart))
            if abs(depth[-1]) >= furthest:
                break
    order = np.argsort(depth)
    x, z = np.array(at)[order], np.array(depth)[order]
    fine = np.linspace(x[0], x[-1], FINER * len(x))
    ends = np.interp([-reach, reach], spline(x, z, fine), fine, left=np.nan, right=np.nan)
    return np.asarray(expit(ends))


def _fitted(weight: Floats, yes: Floats) -> tuple[float, float]:
    """The share as R's `glm` fits it, and as it was one step before, by whose variances the last step was weighed."""
    each = (weight * yes + 0.5) / (weight + 1)
    deviance = np.inf
    while True:
        steep = weight * each * (1 - each)
        p = expit((steep * (logit(each) + (yes - each) / (each * (1 - each)))).sum() / steep.sum())
        now = -2 * (weight * np.log(np.where(yes > 0, p, 1 - p))).sum()
        if abs(now - deviance) / (abs(now) + 0.1) < CLOSE:
            return float(p), float(each[0])
        each, deviance = np.full_like(weight, p), now


def spline(x: Floats, y: Floats, at: Floats) -> Floats:
    """The cubic spline through (x, y); its third derivatives at the ends are those of cubics through four points."""
    h, slope = np.diff(x), np.diff(y) / np.diff(x)
    n = len(x)
    system, right = np.zeros((n, n)), np.zeros(n)
    for i in range(1, n - 1):
        system[i, i - 1 : i + 2] = h[i - 1], 2 * (h[i - 1] + h[i]), h[i]
        right[i] = 6 * (slope[i] - slope[i - 1])
    system[0, :2], system[-1, -2:] = (-1 / h[0], 1 / h[0]), (-1 / h[-1], 1 / h[-1])
    if n > 3:
        right[0], right[-1] = 6 * divided(x[:4], y[:4]), 6 * divided(x[-4:], y[-4:])
    bend = np.linalg.solve(system, right)
    piece = np.clip(np.searchsorted(x, at) - 1, 0, n - 2)
    left, over = at - x[piece], x[piece + 1] - at
    straight = (y[piece] * over + y[piece + 1] * left) / h[piece]
    bent = bend[piece] * (over**3 / h[piece] - over * h[piece]) + bend[piece + 1] * (
        left**3 / h[piece] - left * h[piece]
    )
    return np.asarray(straight + bent / 6)


def divided(x: Floats, y: Floats) -> float:
    """The third divided difference of four points."""
    for apart in (1, 2, 3):
        y = np.diff(y) / (x[apart:] - x[:-apart])
    return float(y[0])
