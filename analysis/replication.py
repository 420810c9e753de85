"""Replicates: the sample again and again with clusters left out or drawn anew, weighted as the sample was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from . import variance
from .calibration import again as calibrated_again
from .cube import Cube, group
from .frame import Codes, Floats, listing
from .margins import CannotWeight, Fitted
from .sampling import Sampling
from .trimming import alike
from .weighting import Weighed, holds

if TYPE_CHECKING:
    from .design import SurveyDesign

Kind = Literal["jackknife", "bootstrap", "brr", "fay"]
SWEEPS = 500
CLOSE = 1e-10
GOOD_ENOUGH = 1e-6
MOST = 60_000_000


@dataclass(frozen=True, slots=True)
class Replication:
    """How the sample is repeated. count, seed: of a bootstrap. rho: Fay's, between 0 and 1 (0: plain BRR).

    centre: deviations are taken from the mean of the replicates (as in R) or from the estimate itself.
    """

    kind: Kind
    count: int
    seed: int
    rho: float
    centre: Literal["replicates", "estimate"]

    def repeated(self, cube: Cube, plan: Sampling) -> Repeated:
        """The factor of each unit in each replicate.

        Raises:
            CannotWeight: several stages; strata without two clusters, or a finite population, for BRR; more
                replicates than memory is made for.
        """
        if len(plan.stages) > 1:
            raise CannotWeight(
                "replicates repeat the first stage of a sample only; leave the fpc of the later ones out, or use the "
                "linearised variance"
            )
        units = _units(cube, plan)
        make = {"jackknife": _jackknife, "bootstrap": _bootstrap, "brr": _brr, "fay": _brr}[self.kind]
        return make(units, self)

    def spread(self, replicates: Floats, value: Floats, repeated: Repeated) -> variance.Spread:
        """What replicates say of the variance: (R, K) estimates to a Spread.

        A replicate in which an estimate is undefined is left out, and the others count for more; where most are, so
        is the variance.
        """
        defined = np.isfinite(replicates)
        weight = np.where(defined, repeated.many[:, None], 0.0)
        filled = np.where(defined, replicates, 0.0)
        with np.errstate(invalid="ignore", divide="ignore"):
            share = weight.sum(axis=0) / repeated.many.sum()
            middle = (filled * weight).sum(axis=0) / weight.sum(axis=0)
            off = np.where(defined, filled - (middle if self.centre == "replicates" else value), 0.0)
            plus = off * np.sqrt(repeated.scale[:, None] / np.where(share > 0.5, share, np.nan))
        if not len(replicates):
            plus = np.full((1, replicates.shape[1]), np.nan)
        return variance.Spread(plus, plus[:0], np.zeros((plus.shape[1],) * 2))


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """What is left out or drawn: clusters, or people who are alike in a cell.

    at: the unit of each cell. stratum, many: the stratum of each unit, and how many alike it stands for. sizes,
    fraction: of each stratum, how many were drawn and the share of its population that they are.
    """

    at: Codes
    stratum: Codes
    many: Floats
    sizes: Floats
    fraction: Floats
    names: tuple[object, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Repeated:
    """Factors of the cells' base weights: (cells, R); what each replicate's squared deviation is worth; and how many
    replicates alike each stands for."""

    factor: Floats
    scale: Floats
    many: Floats


def _units(cube: Cube, plan: Sampling) -> Units:
    stage = plan.first
    if stage.cluster is not None:
        many = np.ones(len(stage.owner))
        return Units(stage.cluster, stage.owner, many, stage.sizes, stage.fraction, stage.names)
    alike(cube)
    return Units(np.arange(len(cube)), stage.stratum, cube.n, stage.sizes, stage.fraction, stage.names)


def _jackknife(units: Units, how: Replication) -> Repeated:
    """Leave one out (JKn): the others of its stratum stand in for it. People who are alike share a replicate."""
    able = np.flatnonzero((units.sizes[units.stratum] > 1) & (units.many > 0))
    _room(units, len(able), "Ask for a bootstrap: replicates('bootstrap', count=500)")
    n = units.sizes[units.stratum]
    rest = n / np.maximum(n - 1, 1)
    same = units.stratum[:, None] == units.stratum[able][None, :]
    factor = np.where(same, rest[:, None], 1.0)
    factor[able, np.arange(len(able))] *= (units.many[able] - 1) / units.many[able]
    scale = units.many[able] * (1 / rest[able]) * (1 - units.fraction[units.stratum[able]])
    return Repeated(factor[units.at], scale, units.many[able])


def _bootstrap(units: Units, how: Replication) -> Repeated:
    """One fewer than there are, drawn again with replacement in each stratum, and rescaled (Rao and Wu 1988)."""
    _room(units, how.count, "Ask for fewer replicates")
    random = np.random.default_rng(how.seed)
    factor = np.ones((len(units.stratum), how.count))
    for stratum in np.flatnonzero(units.sizes > 1):
        inside = np.flatnonzero(units.stratum == stratum)
        n, many = units.sizes[stratum], units.many[inside]
        drawn = random.multinomial(int(n) - 1, many / many.sum(), size=how.count).T
        c = np.sqrt(1 - units.fraction[stratum])
        factor[inside] = 1 - c + c * (n / (n - 1)) * drawn / np.maximum(many, 1)[:, None]
    return Repeated(factor[units.at], np.full(how.count, 1 / how.count), np.ones(how.count))


def _brr(units: Units, how: Replication) -> Repeated:
    """Balanced half-samples (McCarthy 1969), with Fay's factors 2 - rho and rho (Judkins 1990)."""
    from scipy.linalg import hadamard

    odd = [units.names[at] for at in np.flatnonzero(units.sizes != 2)]
    if odd:
        raise CannotWeight(
            f"half-samples need two clusters in each stratum; stratum {listing(odd)} has more or fewer. "
            f"Use replicates('jackknife') or replicates('bootstrap')"
        )
    if (units.fraction > 0).any():
        raise CannotWeight(
            "half-samples do not allow for a finite population; use replicates('jackknife') or "
            "replicates('bootstrap'), or leave fpc out"
        )
    strata = len(units.sizes)
    order = 1 << strata.bit_length()
    signs = hadamard(order)[1 : strata + 1].astype(np.float64)
    _, first = np.unique(units.stratum, return_index=True)
    side = np.where(np.isin(np.arange(len(units.stratum)), first), 1.0, -1.0)
    factor = 1 + side[:, None] * signs[units.stratum] * (1 - how.rho)
    factor = np.where(units.many[:, None] == 2, 1.0, factor)  # both of a stratum are alike: the halves cancel
    return Repeated(factor[units.at], np.full(order, 1 / (order * (1 - how.rho) ** 2)), np.ones(order))


def _room(units: Units, replicates: int, instead: str) -> None:
    if len(units.at) * replicates > MOST:
        raise CannotWeight(
            f"{replicates:,} replicates of {len(units.at):,} cells are more than fit into memory. {instead}"
        )


def weights_of(design: SurveyDesign, cube: Cube, plan: Sampling, weighed: Weighed) -> Repeated | None:
    """The weight of each cell in each replicate, weighted to the same margins: (cells, R); None without replicates."""
    if design.replication is None:
        return None
    repeated = design.replication.repeated(cube, plan)
    entering = weighed.entering[:, None] * repeated.factor
    made = weighed.calibration
    if made is None:
        return replace(repeated, factor=entering * weighed.trimmed[:, None])
    inside = np.flatnonzero(holds(made.within, cube))
    part = cube.where(holds(made.within, cube))
    factor = np.zeros_like(entering)
    if made.totals or made.distance.bounded or made.distance.method != "raking":
        factor[inside] = calibrated_again(made, part, entering[inside])
    else:
        factor[inside] = _raked_again(made.margins, part, entering[inside])
    return replace(repeated, factor=entering * factor * weighed.trimmed[:, None])


def _raked_again(margins: Sequence[Fitted], cube: Cube, weight: Floats) -> Floats:
    """The raking factor of each cell in each replicate; NaN in a replicate whose margins cannot be met.

    A level that nobody in a replicate has is left out of it, and the rest of its margin is scaled up.
    """
    places = [one.place(cube) for one in margins]
    row, first = group(places, [len(one.cells) for one in margins], len(cube))
    start = variance.indicator(row, len(first)) @ weight
    small = [at[first] for at in places]
    sums = [variance.indicator(at, len(one.cells)) for one, at in zip(margins, small, strict=True)]
    targets = [_present(one.targets, by @ start) for one, by in zip(margins, sums, strict=True)]
    now, off = start.copy(), np.zeros(start.shape[1])
    for _ in range(SWEEPS):
        off[:] = 0.0
        for by, at, target in zip(sums, small, targets, strict=True):
            met = by @ now
            step = np.where(met > 0, target / np.where(met > 0, met, 1.0), 1.0)
            off = np.maximum(off, np.abs(step - 1).max(axis=0))
            now *= step[at]
        if off.max() <= CLOSE:
            break
    factor = np.where(start > 0, now / np.where(start > 0, start, 1.0), 0.0)
    return np.where(off <= GOOD_ENOUGH, factor, np.nan)[row]


def _present(targets: Floats, met: Floats) -> Floats:
    """The targets of the cells that somebody is in, scaled to the whole: (cells, R)."""
    there = np.where(met > 0, targets[:, None], 0.0)
    return np.asarray(there * (targets.sum() / np.maximum(there.sum(axis=0), 1e-300)), dtype=np.float64)
