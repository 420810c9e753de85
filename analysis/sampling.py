"""How a sample was drawn: strata and clusters at each stage, finite populations, and strata of one cluster."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from .cube import Cube, add_up, group
from .frame import Bools, Codes, Floats, listing

LonelyPSU = Literal["fail", "adjust", "average", "certainty", "remove"]
Given = str | Sequence[str] | None
Names = tuple[str | None, ...]
MOST_MARKS = 1 << 22  # a mark for each domain and cluster, while there are no more than that


class LonelyCluster(ValueError):
    """A stratum has one cluster only, and the design was told to refuse that.

    >>> from analysis import SurveyDesign
    >>> frame = {"worry": [1, 0, 1], "school": ["Ash", "Elm", "Oak"], "area": ["a", "a", "b"]}
    >>> design = SurveyDesign(frame, kind="gatekept", strata="area", clusters="school", lonely_psu="fail")
    >>> design.proportion("worry")
    Traceback (most recent call last):
    analysis.sampling.LonelyCluster: one cluster only in stratum 'b': its variance cannot be estimated. Merge the \
stratum with a neighbour, or say lonely_psu='adjust'
    """


@dataclass(frozen=True, slots=True)
class Plan:
    """The columns of each stage: strata, clusters (None: people) and population sizes (None: not counted)."""

    strata: Names
    clusters: Names
    fpc: Names
    lonely: LonelyPSU

    @property
    def columns(self) -> tuple[str, ...]:
        names = (*self.strata, *self.clusters, *self.fpc)
        return tuple(dict.fromkeys(name for name in names if name is not None))

    @property
    def of_people(self) -> bool:
        """Whether people themselves are what was drawn, at the last stage that counts."""
        return self.clusters[-1] is None

    @classmethod
    def of(
        cls,
        strata: Given,
        clusters: Given,
        fpc: Given,
        lonely: LonelyPSU,
    ) -> Plan:
        """The stages that count: without a population size at one stage, those beneath add nothing."""
        drawn = _listed(clusters) or (None,)
        for what, given in (("strata", _listed(strata)), ("fpc", _listed(fpc))):
            if len(given) > len(drawn):
                raise ValueError(
                    f"{what} names {len(given)} stages, and clusters {len(drawn)}; name the clusters of each"
                )
        sizes = (_listed(fpc) + (None,) * len(drawn))[: len(drawn)]
        known = next((at for at, name in enumerate(sizes) if name is None), len(sizes) - 1)
        layers = (_listed(strata) + (None,) * len(drawn))[: len(drawn)]
        return cls(layers[: known + 1], drawn[: known + 1], sizes[: known + 1], lonely)


def _listed(names: Given) -> Names:
    return () if names is None else (names,) if isinstance(names, str) else tuple(names)


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """One stage of a sample, over the cells of a cube.

    stratum, cluster: the stratum and the cluster of each cell (cluster None: each person is one).
    sizes: the number of clusters in each stratum; owner: the stratum of each cluster. fraction: the share of each
    stratum's population that was drawn (0: of a very large one). scale: what the spread of the clusters' totals
    in each stratum is multiplied by.
    """

    stratum: Codes
    cluster: Codes | None
    sizes: Floats
    owner: Codes
    fraction: Floats
    scale: Floats
    names: tuple[Hashable, ...]

    @property
    def single(self) -> Bools:
        """Which strata have one cluster only."""
        return np.asarray(self.sizes == 1)

    @property
    def lonely(self) -> Bools:
        """Which strata have one cluster only, of several that there are."""
        return self.single & (self.fraction < 1)


@dataclass(frozen=True, slots=True, eq=False)
class Sampling:
    """The stages of a sample, and what a stratum of one cluster does."""

    stages: tuple[Stage, ...]
    lonely: LonelyPSU

    @property
    def first(self) -> Stage:
        return self.stages[0]

    @property
    def grow(self) -> float:
        """lonely_psu="average": a stratum with one cluster is given the average variance of the others."""
        if self.lonely != "average":
            return 1.0
        strata = len(self.first.sizes)
        return strata / max(strata - int(self.first.lonely.sum()), 1)

    def grow_in(self, domain: Codes, domains: int) -> Floats:
        """As R's subset() has it: the average counts the strata that the domain has respondents in."""
        if self.lonely != "average":
            return np.ones(domains)
        first = self.first
        strata = reach(domain, first.stratum, domains)
        single = reach(domain, np.where(first.lonely[first.stratum], first.stratum, -1), domains)
        return np.where(strata > single, strata / np.maximum(strata - single, 1), np.nan)

    def degrees_of_freedom(self, domain: Codes, domains: int, people: Floats) -> Floats:
        """Clusters with weight in the domain less the strata they are in (of the first stage)."""
        first = self.first
        strata = reach(domain, first.stratum, domains)
        if first.cluster is not None:
            return reach(domain, first.cluster, domains) - strata
        inside = domain >= 0
        return add_up(domain[inside], people[inside], domains) - strata


def sampling(cube: Cube, plan: Plan) -> Sampling:
    """The stages of the sample that a cube's cells were drawn by (Sarndal, Swensson and Wretman 1992, 4.3).

    Raises:
        LonelyCluster: lonely is "fail" and a stratum has one cluster.
        ValueError: a cell with people has no stratum or cluster; population sizes that differ within a stratum,
            or are smaller than what was drawn.
    """
    stages: list[Stage] = []
    above, share = np.zeros(len(cube), dtype=np.intp), np.ones(len(cube))
    for strata, clusters, fpc in zip(plan.strata, plan.clusters, plan.fpc, strict=True):
        stage = _stage(cube, above, strata, clusters, fpc, share, plan.lonely)
        stages.append(stage)
        share = share * stage.fraction[stage.stratum]
        above = stage.stratum if stage.cluster is None else stage.cluster
    return Sampling(tuple(stages), plan.lonely)


def _stage(
    cube: Cube,
    above: Codes,
    strata: str | None,
    clusters: str | None,
    fpc: str | None,
    share: Floats,
    lonely: LonelyPSU,
) -> Stage:
    stratum, names = _strata(cube, above, strata)
    if clusters is None:
        cluster, owner, sizes = None, np.arange(len(names)), add_up(stratum, cube.n, len(names))
    else:
        axis = cube.axis(clusters)
        _complete(clusters, axis.codes)
        cluster, first = group([stratum, axis.codes], [len(names), len(axis.levels)], len(cube))
        owner = stratum[first]
        sizes = np.bincount(owner, minlength=len(names)).astype(np.float64)
    fraction = _fractions(cube, fpc, stratum, sizes, names)
    scale = _scale(sizes, fraction, lonely, names) * _each(share, stratum, len(names))
    return Stage(stratum, cluster, sizes, owner, fraction, scale, names)


def _strata(cube: Cube, above: Codes, strata: str | None) -> tuple[Codes, tuple[Hashable, ...]]:
    """The stratum of each cell, within what was drawn at the stage above."""
    size = int(above.max(initial=0)) + 1
    if strata is None:
        place, first = group([above], [size], len(cube))
        return place, tuple(above[first].tolist())
    axis = cube.axis(strata)
    _complete(strata, axis.codes)
    place, first = group([above, axis.codes], [size, len(axis.levels)], len(cube))
    return place, tuple(axis.levels[code] for code in axis.codes[first])


def _complete(name: str, codes: Codes) -> None:
    if (codes < 0).any():
        raise ValueError(f"column {name!r} must not be missing: it places the respondent in the design")


def _scale(sizes: Floats, fraction: Floats, lonely: LonelyPSU, names: tuple[Hashable, ...]) -> Floats:
    single = sizes == 1
    alone = [names[at] for at in np.flatnonzero(single & (fraction < 1))]
    if alone and lonely == "fail":
        raise LonelyCluster(
            f"one cluster only{f' in stratum {listing(alone)}' if len(names) > 1 else ''}: its variance cannot be "
            f"estimated. Merge the stratum with a neighbour, or say lonely_psu='adjust'"
        )
    spread = np.where(single, float(lonely == "adjust"), sizes / np.where(single, 1, sizes - 1))
    return np.asarray(spread * (1 - fraction), dtype=np.float64)


def _fractions(
    cube: Cube, fpc: str | None, stratum: Codes, sizes: Floats, names: tuple[Hashable, ...]
) -> Floats:
    """The sampled share of each stratum: its clusters over its population, or the share as it was given."""
    if fpc is None:
        return np.zeros(len(sizes))
    axis = cube.axis(fpc)
    _complete(fpc, axis.codes)
    try:
        given = np.array(axis.levels, dtype=np.float64)[axis.codes]
    except (TypeError, ValueError):
        raise ValueError(f"column {fpc!r} must hold numbers; it holds words") from None
    population = _each(given, stratum, len(sizes))
    _refuse(fpc, "must be one number in a stratum", np.unique(stratum[population[stratum] != given]), names)
    _refuse(fpc, "must be a number above 0", np.flatnonzero(~(population > 0)), names)
    shares = population < 1
    if (population > 1).any():
        _refuse(fpc, "must be shares in every stratum, or sizes in every one", np.flatnonzero(shares), names)
    fraction = sizes / population if (population > 1).any() else population
    _refuse(fpc, "must not be smaller than what was drawn", np.flatnonzero(fraction > 1), names)
    return np.asarray(fraction, dtype=np.float64)


def _refuse(name: str, rule: str, wrong: Codes, strata: tuple[Hashable, ...]) -> None:
    if len(wrong):
        where = f"; look at stratum {listing([strata[at] for at in wrong])}" if len(strata) > 1 else ""
        raise ValueError(f"column {name!r} {rule}{where}")


def _each(value: Floats, at: Codes, size: int) -> Floats:
    """The (last) value at each place."""
    out = np.zeros(size)
    out[at] = value
    return out


def reach(domain: Codes, at: Codes, domains: int) -> Floats:
    """In how many different `at` each domain has cells (-1 counts in neither)."""
    both = (domain >= 0) & (at >= 0)
    size = int(at.max(initial=0)) + 1
    place = (domain * size + at)[both]
    if domains * size > max(MOST_MARKS, 4 * len(place)):
        place = np.unique(place) // size
        return add_up(place, np.ones(len(place)), domains)
    met = np.zeros(domains * size, dtype=bool)
    met[place] = True
    return np.asarray(met.reshape(domains, size).sum(axis=1), dtype=np.float64)
