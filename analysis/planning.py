"""Planning: how many more answers a figure needs, and how small a change can be seen."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from itertools import count
from typing import Any

from scipy.special import betaincinv, ndtri, stdtrit


def half_width(share: float, n: float, deff: float = 1.0, confidence: float = 0.95) -> float:
    """Half the width of the `kg` interval of a share from n answers with a design effect, with many degrees of
    freedom; between 0 and 1. NaN of a single answer, but of a share of 0 or 1.

    With many degrees of freedom it is Clopper and Pearson's (1934) of n / deff answers.

    >>> round(half_width(0.5, 400), 3)
    0.05
    """
    if not (0 <= share <= 1 and n > 0 and 0 < deff < math.inf):
        raise ValueError("the share must lie in [0, 1], and n and the design effect be above 0")
    if n <= 1 and 0 < share < 1:
        return math.nan
    tail, hits, misses = (1 - confidence) / 2, n / deff * share, n / deff * (1 - share)
    low = betaincinv(hits, misses + 1, tail) if hits else 0.0
    high = betaincinv(hits + 1, misses, 1 - tail) if misses else 1.0
    return float(high - low) / 2


@lru_cache(maxsize=4096)
def answers_needed(share: float, half: float, deff: float = 1.0, confidence: float = 0.95) -> int:
    """The fewest answers whose interval is no wider than `half` either side (Kish 1965, 2.6; by the `kg` interval).

    share: what is expected, 0.5 where nothing is known. deff: the design effect of weighting and clustering.

    >>> answers_needed(0.5, 0.05), answers_needed(0.5, 0.05, deff=1.8)
    (402, 723)

    Raises:
        ValueError: a share outside [0, 1], a half-width outside (0, 0.5), a design effect of 0 or less.
    """
    if not (0 <= share <= 1 and 0 < half < 0.5 and 0 < deff < math.inf and 0 < confidence < 1):
        raise ValueError("share must lie in [0, 1], half in (0, 0.5), deff above 0, confidence in (0, 1)")
    usual = share * (1 - share) * (float(ndtri(1 - (1 - confidence) / 2)) / half) ** 2 * deff
    few, many, n = 0.0, math.inf, float(max(1, math.ceil(usual)))
    for step in count():
        width = half_width(share, n, deff, confidence)
        few, many = (few, n) if width <= half else (n, many)  # of one answer there may be no width
        if few + 1 >= many:
            break
        better = n * (width / half) ** 2  # a width goes as one over the root of n, but for shares of 0 or 1
        better = math.ceil(better) if math.isfinite(better) else few + 1
        middle = (few + many) // 2 if many < math.inf else 2 * n
        n = min(max(middle if step % 3 == 2 else better, few + 1), many - 1)
    return int(many)


def more_needed(row: Mapping[str, Any], half: float, confidence: float = 0.95) -> int:
    """How many more answers a row of a table of proportions needs for its interval, at its own design effect.

    A row that nobody answered is planned for a half, and a design effect of 1.

    >>> more_needed({"estimate": 0.5, "n": 200, "n_eff": 160.0}, 0.05)
    302

    Raises:
        ValueError: as `answers_needed`.
    """
    if row["n"] is None:
        raise ValueError("the row is withheld; plan from one that is not")
    if not row["n"]:
        return answers_needed(0.5, half, 1.0, confidence)
    deff = max(row["n"] / row["n_eff"], 1e-9) if row["n_eff"] > 0 else 1.0
    if row.get("deff_source") == "own" and row["df"] > 0 and row["n"] > 1:  # few clusters widen `kg` too
        upper = 1 - (1 - confidence) / 2
        deff *= float(stdtrit(row["df"], upper) / stdtrit(row["n"] - 1, upper)) ** 2
    return max(answers_needed(row["estimate"], half, deff, confidence) - int(row["n"]), 0)


def smallest_change(
    share: float,
    n: float,
    n_next: float | None = None,
    *,
    deff: float = 1.0,
    confidence: float = 0.95,
    power: float = 0.8,
) -> float:
    """The smallest change from one wave to the next that is likely (power) to be seen; between 0 and 1.

    n, n_next: answers in each wave (the same, unless said). (z for confidence + z for power) times the standard error
    of the difference, at the first wave's share (Cochran 1977, 4.9; two-sided).

    >>> round(smallest_change(0.4, 1000), 3)
    0.061

    Raises:
        ValueError: a share outside (0, 1), no answers, a confidence or power outside (0, 1).
    """
    n_next = n if n_next is None else n_next
    if not (0 < share < 1 and n > 0 and n_next > 0 and deff > 0 and 0 < confidence < 1 and 0 < power < 1):
        raise ValueError("share, confidence and power must lie in (0, 1); n and deff above 0")
    z = float(ndtri(1 - (1 - confidence) / 2) + ndtri(power))
    return z * math.sqrt(deff * share * (1 - share) * (1 / n + 1 / n_next))
