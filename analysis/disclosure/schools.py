"""Schools behind a figure: one that rests nearly all on one of them is that school's, and may not be shown."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

import numpy as np

from analysis.cube import add_up
from analysis.estimates import Estimates
from analysis.frame import Bools, Codes, Floats
from analysis.tables import laid_out
from analysis.variance import Sparse, as_sparse, sparse
from analysis.weighting import ratio

NEARLY_ALL = (
    0.9  # of the weight: any figure that is shown may be ten points from that of the school it rests on most
)
ONE_SCHOOL = "nearly everybody who answered came through one school or club"
ROUNDING = 1e-9
NO_SCHOOL = ""
Domain = tuple[Hashable, ...]
Through = Mapping[Domain, Mapping[str, int]]  # of each group, None for no level: the people of each school


@dataclass(frozen=True, slots=True, eq=False)
class Schools:
    """How much weight each school has among those who answered, in each place of a table.

    weight: (places, schools); the places are those of `Estimates.people`, taken flat. whole: (places,), with the weight
    of those who came by no school.

    >>> from analysis import SurveyDesign
    >>> frame = {"area": ["a"] * 60 + ["b"] * 40, "school": ["Ash"] * 55 + ["Elm"] * 45, "safe": [1, 0] * 50}
    >>> design = SurveyDesign(frame, kind="gatekept", clusters="school")
    >>> Schools.of(design.proportion("safe", by="area")).of_one.tolist()  # no area, and left out: nobody
    [True, True, False, False]
    """

    weight: Sparse
    whole: Floats

    @classmethod
    def of(cls, table: Estimates) -> Schools | None:
        """Those of a table; None where people were not reached through any. The figure of everybody is the survey's own
        and no school's among others, so that a table of everybody has none either.

        >>> from analysis import SurveyDesign
        >>> Schools.of(SurveyDesign({"safe": [1, 0]}, kind="open").proportion("safe")) is None
        True
        """
        ask, stage = table.ask, table.ask.sampling.first
        if stage.cluster is None or not table.by:
            return None
        place, shape, there = laid_out(ask)
        answered = np.flatnonzero((there & ask.outcome.known)[ask.at])
        at, size = place[ask.at][answered], int(np.prod(shape, dtype=int))
        weight = np.abs(ask.drawn.w * ratio(ask.weighed.final, ask.cube.w)[ask.at])[answered]
        axis = ask.drawn.axis(str(ask.design.plan.clusters[0]))
        schools = np.array([level != ask.design.no_cluster for level in axis.levels], dtype=bool)
        of_school = np.where(schools[axis.codes[answered]], weight, 0.0)
        clusters = (size, len(stage.owner))
        return cls(sparse(at, stage.cluster[answered], of_school, clusters), add_up(at, weight, size))

    @property
    def of_one(self) -> Bools:
        """(places,): whose figure is that of one school: it has NEARLY_ALL of the weight, so that the figure is within
        1 - NEARLY_ALL of the school's own, whatever the others said (a dominance rule; Hundepool et al. 2012, 4.2)."""
        most = (
            np.zeros(len(self.whole)) if 0 in self.weight.shape else self.weight.max(axis=1).toarray().ravel()
        )
        return np.asarray((self.whole > 0) & (most >= (NEARLY_ALL - ROUNDING) * self.whole))

    def taken_together(self, groups: Floats | Sparse) -> Schools:
        """The same of places that are added up. groups: (groups, places), a matrix of 0 and 1.

        >>> two = Schools(sparse(np.arange(2), np.arange(2), np.ones(2), (2, 2)), np.ones(2))
        >>> two.of_one.tolist(), two.taken_together(np.ones((1, 2))).of_one.tolist()
        ([True, True], [False])
        """
        return Schools((as_sparse(groups) @ self.weight).tocsr(), np.asarray(as_sparse(groups) @ self.whole))

    def hide(self, places: Codes) -> bool:
        """May these be shown together, as subtraction from a total would show them?

        >>> two = Schools(sparse(np.arange(2), np.arange(2), np.ones(2), (2, 2)), np.ones(2))
        >>> two.hide(np.array([0])), two.hide(np.array([0, 1]))
        (False, True)
        """
        marked = np.isin(np.arange(len(self.whole)), places)
        return not self.taken_together(marked[None, :].astype(np.float64)).of_one[0]


def came_through(table: Estimates) -> Through | None:
    """How many people of each group of a table came through each school; None where none was reached through any.

    >>> from analysis import SurveyDesign
    >>> frame = {"area": ["a", "a", "b", "b"], "school": ["Ash", "Elm", "Oak", "Oak"], "safe": [1] * 4}
    >>> design = SurveyDesign(frame, kind="gatekept", clusters="school")
    >>> came_through(design.proportion("safe", by="area"))
    {('a',): {'Ash': 1, 'Elm': 1}, ('b',): {'Oak': 2}}
    """
    ask = table.ask
    if ask.sampling.first.cluster is None:
        return None
    place, shape, there = laid_out(ask)
    axis = ask.drawn.axis(str(ask.design.plan.clusters[0]))
    names = [NO_SCHOOL if level == ask.design.no_cluster else str(level) for level in axis.levels]
    inside = np.flatnonzero(there[ask.at])
    size = (int(np.prod(shape, dtype=int)), len(names))
    each = sparse(place[ask.at][inside], axis.codes[inside], ask.drawn.n[inside], size).tocoo()
    along = [[*dict.fromkeys(domain[at] for domain in table.domains), None] for at in range(len(table.by))]
    found: dict[Domain, dict[str, int]] = {}
    for at, school, people in zip(each.row, each.col, each.data, strict=True):
        levels = np.unravel_index(at, shape) if shape else ()
        if all(
            level < len(listed) for level, listed in zip(levels, along, strict=True)
        ):  # not left out by a subset
            group = tuple(listed[level] for level, listed in zip(levels, along, strict=True))
            found.setdefault(group, {})[names[school]] = int(people)
    return found


def nearly_all_of_one(one: Mapping[str, int], other: Mapping[str, int]) -> bool:
    """Whether nearly all that two groups of people differ by is people of one school.

    >>> nearly_all_of_one({"Ash": 30, "Elm": 30}, {"Ash": 50, "Elm": 31})
    True
    >>> nearly_all_of_one({"Ash": 30, "Elm": 30}, {"Ash": 50, "Elm": 40})
    False
    """
    apart = {school: abs(one.get(school, 0) - other.get(school, 0)) for school in {*one, *other}}
    most = max((n for school, n in apart.items() if school != NO_SCHOOL), default=0)
    return most > 0 and most >= (NEARLY_ALL - ROUNDING) * sum(apart.values())
