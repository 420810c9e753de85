"""How a table of estimates is made: bases, variances, intervals, and what disclosure control needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from . import intervals
from .cells import Ask, Linear
from .cube import add_up
from .estimates import Estimates
from .frame import MISSING, Bools, Codes, Column, Floats

AMOUNTS = ("wald", "bootstrap")
ROUNDING = 1e-20  # of the variance that a single person's answer would have


@dataclass(frozen=True, slots=True, eq=False)
class Bases:
    """What estimates of each domain rest on: people, their weights, Kish's effective base, degrees of freedom."""

    n: Floats
    weight: Floats
    kish: Floats
    df: Floats
    design_df: float

    @classmethod
    def of(cls, ask: Ask) -> Bases:
        n, weight, square = (ask.sums(one) for one in (ask.cube.n, ask.weighed.final, ask.weighed.squares))
        df = ask.degrees_of_freedom(ask.domain, len(ask.domains))
        everyone = ask.degrees_of_freedom(np.where(ask.domain >= 0, 0, MISSING), 1)
        kish = weight**2 / np.where(square > 0, square, 1.0)
        return cls(n, weight, kish, np.where(n > 0, df, 0.0), float(everyone[0]))

    def by_row(self, levels: int) -> dict[str, Any]:
        """What each row of a table rests on, as `Estimates` calls it; a domain has a row for each level."""
        of_domain = {"df": self.df, "n": self.n, "n_weighted": self.weight, "kish": self.kish}
        return {name: np.repeat(one, levels) for name, one in of_domain.items()}


def check(interval: str, confidence: float, statistic: str) -> None:
    """ValueError for an interval that there is not, or not for this statistic, or an odd confidence."""
    able = (*intervals.INTERVALS, "bootstrap") if statistic == "proportion" else AMOUNTS
    if interval not in able:
        raise ValueError(f"interval must be one of {', '.join(able)}; not {interval!r}")
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1, such as 0.95; not {confidence}")


def build(
    ask: Ask,
    linear: Linear,
    replicates: Floats | None,
    measure: str,
    interval: str,
    confidence: float,
    bases: Bases | None = None,
    standardised: str = "",
) -> Estimates:
    """The table of estimates of what was asked. replicates: (R, K), for the bootstrap interval."""
    bases = bases or Bases.of(ask)
    spread = ask.spread(linear)
    value, var = _values(ask, linear, spread.variance(), bases)
    figures = _figures(ask, linear, value, var, bases, interval, confidence)
    if interval == "bootstrap":
        figures["low"], figures["high"] = _percentiles(replicates, confidence)
    present, people, counts = unweighted(ask)
    return Estimates(
        measure,
        ask.outcome.statistic,
        ask.by,
        ask.design.kind,
        interval,
        confidence,
        ask.domains,
        ask.outcome.levels,
        standardised=standardised,
        design_df=bases.design_df,
        present=present,
        people=people,
        counts=counts,
        carried=carried(ask),
        spread=spread,
        linear=linear,
        ask=ask,
        **bases.by_row(len(ask.outcome.levels)),
        **figures,
    )


def _values(ask: Ask, linear: Linear, variance: Floats, bases: Bases) -> tuple[Floats, Floats]:
    """The estimates and their variances: (domains, levels) each; NaN where nobody answered."""
    value = linear.value.reshape(len(ask.domains), len(ask.outcome.levels))
    grow = ask.grow()
    var = variance.reshape(value.shape) * grow[:, None]
    var = felt(var, value * (1 - value) if ask.outcome.statistic == "proportion" else value**2)
    answered = bases.n[:, None] > 0
    return (
        np.where(answered & np.isfinite(value), value, np.nan),
        np.where(answered & np.isfinite(var), var, np.nan),
    )


def felt(var: Floats, scale: Floats | float) -> Floats:
    """A variance that is nothing but rounding is none: what a weighting fixes does not vary."""
    return np.where(var < ROUNDING * np.abs(scale), 0.0, var)


def _figures(
    ask: Ask, linear: Linear, value: Floats, var: Floats, bases: Bases, interval: str, confidence: float
) -> dict[str, Any]:
    """estimate, se, low, high, n_eff, size, deff and deff_source, a row for each domain and level."""
    of_shares = ask.outcome.statistic == "proportion"
    make = _of_shares if of_shares else _of_amounts
    beside = _without(ask, linear, var, bases) if of_shares else _squares(ask, linear).reshape(value.shape)
    made = [
        make(value[:, k], var[:, k], beside[:, k], bases, interval, confidence) for k in range(value.shape[1])
    ]
    found: dict[str, Any] = {
        name: np.stack([one[name] for one in made], axis=-1).ravel() if made else np.zeros(0)
        for name in ("estimate", "se", "low", "high", "n_eff", "size", "deff")
    }
    sources = zip(*(one["deff_source"] for one in made), strict=True)
    found["deff_source"] = tuple(source for each in sources for source in each)
    return found


def _of_shares(
    p: Floats, var: Floats, left_out: Floats, bases: Bases, interval: str, confidence: float
) -> dict[str, Any]:
    figures, source = intervals.figures(
        p,
        var,
        bases.n,
        bases.kish,
        bases.df,
        design_df=bases.design_df,
        confidence=confidence,
        spread=left_out,
    )
    low, high = intervals.INTERVALS[interval if interval != "bootstrap" else "wald"](figures)
    size = intervals.kg_size(figures)
    with np.errstate(divide="ignore", invalid="ignore"):
        own = var * (bases.n - 1) / (p * (1 - p))
        deff = np.where(np.array(source) == "own", own, bases.n / figures.n_eff)
    return _row(p, var, low, high, figures.n_eff, deff, source) | {"size": size}


def _of_amounts(
    value: Floats, var: Floats, square: Floats, bases: Bases, interval: str, confidence: float
) -> dict[str, Any]:
    """Means, totals and ratios: the design effect is over a simple sample of the same size, with replacement."""
    upper = 1 - (1 - confidence) / 2
    half = intervals.student(bases.df, upper) * np.sqrt(var)
    spread = (square > 0) & (var > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        n_eff = np.where(spread, np.minimum(square / var, bases.kish), bases.kish)
        deff = np.where(spread, var * (bases.n - 1) / square, bases.n / bases.kish)
    source = np.where(bases.n <= 0, "none", np.where(spread, "own", "weights")).tolist()
    return _row(value, var, value - half, value + half, n_eff, deff, tuple(source)) | {
        "size": np.full(len(value), np.nan)
    }


def _row(
    value: Floats,
    var: Floats,
    low: Floats,
    high: Floats,
    n_eff: Floats,
    deff: Floats,
    source: tuple[str, ...],
) -> dict[str, Any]:
    return {
        "estimate": value,
        "se": np.sqrt(var),
        "low": low,
        "high": high,
        "n_eff": n_eff,
        "deff": deff,
        "deff_source": source,
    }


def _without(ask: Ask, linear: Linear, var: Floats, bases: Bases) -> Floats:
    """The variances that effective bases are made of: (domains, levels); as they are where it is not weighted."""
    found = ask.left_out(linear)
    if found is None:
        return var
    _value, made = _values(ask, linear, found, bases)
    return np.where(var > 0, np.maximum(made, np.finfo(float).tiny), var)


def _squares(ask: Ask, linear: Linear) -> Floats:
    """For each estimate n times the variance that a simple sample of n would have: W sum(w (u - mean u)^2)."""
    levels = len(ask.outcome.levels)
    weight = np.where(ask.domain >= 0, ask.weighed.w, 0.0)
    first = np.asarray(linear.influence.T @ weight)
    second = np.asarray(linear.influence.multiply(linear.influence).T @ weight)
    whole = np.repeat(ask.sums(ask.weighed.final), levels)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(whole * (second - first**2 / whole), dtype=np.float64)


def _percentiles(replicates: Floats | None, confidence: float) -> tuple[Floats, Floats]:
    """The middle of the bootstrap's estimates; undefined where they do not vary, or are mostly undefined."""
    assert replicates is not None
    tail = (1 - confidence) / 2
    enough = np.isfinite(replicates).mean(axis=0) > 0.5
    filled = np.where(enough, replicates, 0.0)
    low, high = np.nanquantile(filled, [tail, 1 - tail], axis=0) if filled.size else (filled[0], filled[0])
    wide = enough & (high > low)
    return np.where(wide, low, np.nan), np.where(wide, high, np.nan)


def unweighted(ask: Ask) -> tuple[Floats, Floats, Floats]:
    """How many there are, answered, and gave each level; see Estimates for the shapes."""
    place, shape, there = laid_out(ask)
    answered = there & ask.outcome.known

    def people(who: Bools, part: Floats | float = 1.0) -> Floats:
        value = ask.cube.n * part
        return add_up(place[who], value[who], int(np.prod(shape))).reshape(shape)

    share = ask.outcome.above.T if ask.outcome.statistic == "proportion" else [np.full(len(ask.cube), 0.5)]
    counts = [people(answered, one) for one in share]
    return people(there), people(answered), np.stack(counts, axis=-1) if counts else np.zeros((*shape, 0))


def carried(ask: Ask) -> Floats:
    """The sum of the final weights of those who are there, as an array like `Estimates.present`."""
    place, shape, there = laid_out(ask)
    return add_up(place[there], ask.weighed.final[there], int(np.prod(shape))).reshape(shape)


def laid_out(ask: Ask) -> tuple[Codes, tuple[int, ...], Bools]:
    """The place of each cell in the arrays of people of `Estimates`, taken flat; their shape; and who is in them."""
    outside = ask.outside
    there = ~outside | _left_out(ask, outside)
    place, shape = np.zeros(len(ask.cube), dtype=np.intp), []
    for at, name in enumerate(ask.by):
        levels = list(dict.fromkeys(domain[at] for domain in ask.domains))
        place = place * (len(levels) + 2) + _rank(ask.cube.axis(name), levels, outside)
        shape.append(len(levels) + 2)
    return place, tuple(shape), there


def _rank(axis: Column, levels: Sequence[object], outside: Bools) -> Codes:
    """The place of each cell among the levels; then no level, and last those whom the subset leaves out."""
    rank = {level: i for i, level in enumerate(levels)}
    none = len(levels)
    found = np.array([*(rank.get(level, none) for level in axis.levels), none], dtype=np.intp)
    return np.where(outside, none + 1, found[axis.codes])


def _left_out(ask: Ask, outside: Bools) -> Bools:
    """Cells outside the subset at a level that nobody in it has: a group the subset takes from a total."""
    found = np.zeros(len(outside), dtype=bool)
    for name in ask.by:
        codes = ask.cube.axis(name).codes
        found |= outside & (codes >= 0) & ~np.isin(codes, codes[~outside])
    return found
