"""What weighting did to a collection's answers, as far as it tells of no few people."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from analysis import Cube
from analysis.frame import Floats
from analysis.trimming import Weights
from analysis.weighting import weigh as weights_of
from survey.measuring.recipes import AGE, BOROUGH, GENDER, Weighting
from survey.measuring.rules import of_too_few
from survey.measuring.weights import Weighted

HEAVY = 5  # times the mean
EDGES = (0.0, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, float("inf"))
COLUMNS = {BOROUGH: "Borough", AGE: "Age", GENDER: "Gender"}
GENDERS = {"female": "Female", "male": "Male"}
NO_FIGURE = "Another answer, or none"
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Counted:
    """A group and how many people of it there are: None where they are too few, or would tell of such."""

    column: str
    name: str
    people: int | None
    share: float = 0.0  # of all people; 0 where they are not counted


@dataclass(frozen=True, slots=True)
class Effect:
    """Weights before and after; of each group of each column its shares, as `charts.weighting` draws them; how many
    people have which weight; who carries more than HEAVY times the mean; and which small cells were merged.
    """

    before: Weights
    after: Weights
    rows: tuple[Row, ...]
    unshown: bool
    spread: tuple[Counted, ...]
    heavy: int | None
    heavy_groups: tuple[Counted, ...]
    merged: tuple[str, ...]
    least: int


def effect(done: Weighted, least: int) -> Effect:
    """What the recipe of a weighted design did. Its cube has the axes of `answers.everybody`; fewer people than `least`
    are never counted.
    """
    recipe = done.weighting
    assert recipe is not None
    cube = done.design.cube([*COLUMNS, "inside", "setting"])
    final = weights_of(cube, done.design.steps).final
    part, final = cube.where(final != 0), final[final != 0]
    times = np.round(final / part.n * (part.n.sum() / final.sum()), 9)  # so that what was cut to 3 is 3
    heavy = np.where(times > HEAVY, part.n, 0.0)
    fitted = recipe.fitted(done.before)
    together = {one.names[0]: dict(one.merge) for one in fitted if len(one.names) == 1}
    shown = [_shares(recipe, part, final, column, together.get(column), least) for column in COLUMNS]
    carried = round(float(heavy.sum()))
    groups = [one for column in COLUMNS for one in _carrying(recipe, part, heavy, column, least)]
    return Effect(
        Weights.of(part.n, part.w),
        Weights.of(part.n, final),
        tuple(row for rows, _ in shown for row in rows),
        any(unshown for _, unshown in shown),
        tuple(_spread(part.n, times, least)),
        carried if carried == 0 or carried >= least else None,
        tuple(groups) if carried >= least else (),
        tuple(of_too_few(recipe, fitted)),
        least,
    )


def unsaid(people: Sequence[float], least: int) -> list[bool]:
    """Which of these groups, of which everybody knows the total, may not be counted.

    Those with some people but fewer than `least`; and with them the smallest others, until what is hidden is at least
    two groups and `least` people.
    """
    hidden = [0 < n < least for n in people]
    rest = sorted((n, at) for at, n in enumerate(people) if n >= least)
    while (
        any(hidden) and rest and not _safe([n for n, hide in zip(people, hidden, strict=True) if hide], least)
    ):
        hidden[rest.pop(0)[1]] = True
    return hidden


def _safe(people: Sequence[float], least: int) -> bool:
    return len(people) > 1 and sum(people) >= least


def _shares(
    recipe: Weighting,
    part: Cube,
    final: Floats,
    column: str,
    merged: dict[Hashable, Hashable] | None,
    least: int,
) -> tuple[list[Row], bool]:
    """The groups of a column; and whether there are people without a population figure who are too few to show."""
    pairs: dict[Hashable, Hashable] = {**(recipe.together(column) if merged is None else merged)}
    population: dict[Hashable, float] = {}
    for level, count in recipe.place.population(column).items():
        population[pairs.get(level, level)] = population.get(pairs.get(level, level), 0.0) + count
    levels = [*population, None]
    n, before, after = _summed(part, (part.n, part.w, final), column, levels, pairs)
    before, after = before / before.sum(), after / after.sum()
    hidden = unsaid(n.tolist(), least)
    few = 0 < n[-1] < least  # whose share would say how many they are: the others stand without them
    whole = 1.0 if few else 1.0 - float(after[-1])
    scale = 1.0 - float(after[-1]) if few else 1.0
    total = sum(population.values())
    targets = [count / total * whole for count in population.values()]
    targets.append(float(after[-1]))
    rows = [
        {
            "margin": COLUMNS[column],
            "level": _name(recipe, column, level, pairs),
            "n": None if hide else round(float(n[at])),
            "before": None if hide else float(before[at]),
            "after": float(after[at]) / scale,
            "target": targets[at],
        }
        for at, (level, hide) in enumerate(zip(levels, hidden, strict=True))
        if level is not None or n[-1] >= least
    ]
    return rows, few


def _summed(
    part: Cube,
    values: Sequence[Floats],
    column: str,
    levels: Sequence[Hashable],
    pairs: dict[Hashable, Hashable],
) -> list[Floats]:
    """Sums by the levels of a column after merging; what is none of them is in the last."""
    axis = part.axis(column)
    place = {level: at for at, level in enumerate(levels)}
    at = np.array([place.get(pairs.get(one, one), len(levels) - 1) for one in (*axis.levels, None)])[
        axis.codes
    ]
    return [np.asarray(np.bincount(at, value, len(levels)), dtype=np.float64) for value in values]


def _name(recipe: Weighting, column: str, level: Hashable, pairs: dict[Hashable, Hashable]) -> str:
    """A group in words, with those that are weighted together with it."""
    if level is None:
        return NO_FIGURE
    names = [recipe.named([column], one) for one in (level, *(a for a, b in pairs.items() if b == level))]
    return " + ".join(GENDERS.get(name, name) for name in names)


def _spread(people: Floats, times: Floats, least: int) -> list[Counted]:
    """How many people have a weight of how many times the mean."""
    at = np.clip(np.searchsorted(EDGES, times, side="left") - 1, 0, len(EDGES) - 2)
    n: Floats = np.bincount(at, people, len(EDGES) - 1).astype(np.float64)
    names = [f"{low:g} to {high:g}" for low, high in pairwise(EDGES)]
    names[0], names[-1] = f"up to {EDGES[1]:g}", f"over {EDGES[-2]:g}"
    return _counted("", names, n, float(people.sum()), least)


def _carrying(recipe: Weighting, part: Cube, heavy: Floats, column: str, least: int) -> list[Counted]:
    """The groups of a column in which somebody carries much."""
    levels = [*recipe.place.population(column), None]
    (n,) = _summed(part, [heavy], column, levels, {})
    names = [_name(recipe, column, level, {}) for level in levels]
    found = _counted(COLUMNS[column], names, n, float(part.n.sum()), least)
    return [one for one in found if one.people != 0]


def _counted(
    column: str, names: Sequence[str], people: Floats, everybody: float, least: int
) -> list[Counted]:
    hidden = unsaid(people.tolist(), least)
    return [
        Counted(column, name, None if hide else round(n), 0.0 if hide else n / everybody)
        for name, n, hide in zip(names, people.tolist(), hidden, strict=True)
    ]
