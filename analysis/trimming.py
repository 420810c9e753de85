"""Trimming: weights cut to bounds and the excess spread over the others; and how the weights look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .cube import Cube
from .frame import Bools, Floats
from .margins import CannotWeight
from .weighting import Calibration, Step, Weighed, weigh

MANY = 1000
ROUNDING = 1e-9
TOP = 0.01


@dataclass(frozen=True, slots=True)
class Trim:
    """Weights outside the bounds cut to them, and their excess shared out equally among the rest.

    lifts: in each round, what was added to every weight that had not been cut.
    """

    lower: float
    upper: float
    lifts: tuple[float, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        return ()

    @property
    def rules(self) -> tuple[str, ...]:
        return (
            f"Weights under {self.lower:g} or over {self.upper:g} were cut to that, and the difference was shared "
            f"out equally among the others.",
        )

    def applied(self, cube: Cube, weight: Floats) -> Floats:
        each = np.where(cube.n > 0, weight / np.maximum(cube.n, 1), 0.0)
        for lift in self.lifts:
            inside = _inside(each, self.lower, self.upper)
            each = np.where(inside, each + lift, np.clip(each, self.lower, self.upper))
        return np.where(weight != 0, each * cube.n, 0.0)


def trim(cube: Cube, steps: Sequence[Step], lower: float, upper: float, *, strict: bool) -> Trim:
    """Find the rounds of trimming, as R's trimWeights has them: strict goes on until no weight is outside.

    Raises:
        CannotWeight: bounds that no weights with the same total can keep to; cells whose people differ in weight.
    """
    alike(cube)
    weight = weigh(cube, steps).final
    people, each = cube.n[weight != 0], weight[weight != 0] / cube.n[weight != 0]
    mean = float((people * each).sum() / people.sum()) if len(each) else 0.0
    if not lower < upper or not lower <= mean <= upper:
        raise CannotWeight(
            f"the weights have a mean of {mean:g}, so bounds of {lower:g} and {upper:g} cannot hold for all of them"
        )
    lifts: list[float] = []
    while len(lifts) < MANY:
        inside = _inside(each, lower, upper)
        cut = np.where(inside, each, np.clip(each, lower, upper))
        left = float((people * (each - cut)).sum())
        if left and not inside.any():
            break
        lifts.append(left / people[inside].sum() if left else 0.0)
        each = np.where(inside, each + lifts[-1], cut)
        if not strict or _inside(each, lower, upper).all():
            return Trim(lower, upper, tuple(lifts))
    raise CannotWeight(
        f"no weights between {lower:g} and {upper:g} keep their total: too few are inside to take up what is cut. "
        f"Widen the bounds"
    )


def _inside(each: Floats, lower: float, upper: float) -> Bools:
    """Which weights are within the bounds; one that is at a bound but for rounding is."""
    return np.asarray((each >= lower * (1 - ROUNDING)) & (each <= upper * (1 + ROUNDING)))


def alike(cube: Cube) -> None:
    """People of one cell must have one weight, or none of them can be told from another."""
    differ = np.abs(cube.w2 * cube.n - cube.w**2) > 1e-9 * np.maximum(cube.w**2, 1e-300)
    if differ.any():
        raise CannotWeight(
            f"{differ.sum():,} cells of the cube hold people with different weights; "
            f"make the column of base weights an axis of the cube, and name it as weights="
        )


@dataclass(frozen=True, slots=True)
class Weights:
    """How a set of weights looks.

    n: people. deff: Kish's design effect, n sum(w^2) / sum(w)^2 (Kish 1965, 11.7). n_eff: n / deff.
    max_over_mean: the largest weight over the mean. top_share: the share of all weight carried by the 1 % of people
    who carry most. over_five: how many people weigh more than five times the mean.
    """

    n: int
    deff: float
    n_eff: float
    max_over_mean: float
    top_share: float
    over_five: int

    @classmethod
    def of(cls, people: Floats, weight: Floats) -> Weights:
        """From cells whose people weigh the same: how many, and what all of them weigh."""
        used = weight != 0
        people, weight = people[used], weight[used]
        n, total = float(people.sum()), float(weight.sum())
        each = weight / people
        square = float((each * weight).sum())
        deff = n * square / total**2 if total else float("nan")
        order = np.argsort(-each)
        carried = np.minimum(
            people[order], np.maximum(TOP * n - (np.cumsum(people[order]) - people[order]), 0)
        )
        mean = total / n if n else float("nan")
        return cls(
            int(n),
            deff,
            n / deff if n else 0.0,
            float(each.max(initial=0) / mean),
            float((carried * each[order]).sum() / total) if total else float("nan"),
            int(people[each > 5 * mean].sum()),
        )


@dataclass(frozen=True, slots=True)
class WeightReport:
    """What weighting did: the weights before and after, and for each level of each margin its shares.

    before: the base weights, or those of an earlier design; after: the final ones. margins: dictionaries with
    margin, level, n, and the shares before, after and target, each between 0 and 1.

    >>> from analysis import Margin, SurveyDesign
    >>> design = SurveyDesign({"sex": ["F", "F", "F", "M"]}, kind="quota").rake([Margin("sex", {"F": 50, "M": 50})])
    >>> print(design.report())
                              before      after
    people                         4          4
    effective people           4.000      3.000
    design effect              1.000      1.333
    largest over mean          1.000      2.000
    carried by the top 1 %     0.010      0.020
    over 5 times the mean          0          0
    >>> [(row["level"], row["n"], row["before"], row["target"]) for row in design.report().rows()]
    [('F', 3, 0.75, 0.5), ('M', 1, 0.25, 0.5)]
    """

    before: Weights
    after: Weights
    margins: tuple[dict[str, Any], ...]

    def rows(self) -> list[dict[str, Any]]:
        """One dictionary for each level of each margin."""
        return [dict(row) for row in self.margins]

    def __str__(self) -> str:
        lines = ["                          before      after"]
        for name, label in _LABELS.items():
            before, after = (getattr(one, name) for one in (self.before, self.after))
            lines.append(f"{label:<22} {_told(before):>9}  {_told(after):>9}")
        return "\n".join(lines)


_LABELS = {
    "n": "people",
    "n_eff": "effective people",
    "deff": "design effect",
    "max_over_mean": "largest over mean",
    "top_share": "carried by the top 1 %",
    "over_five": "over 5 times the mean",
}


def _told(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:,.3f}"


def report(cube: Cube, earlier: Sequence[Step], steps: Sequence[Step]) -> WeightReport:
    """Before and after, over the cells of a cube whose people weigh the same."""
    alike(cube)
    weighed, was = weigh(cube, steps), weigh(cube, earlier).final
    inside = weighed.final != 0
    before = Weights.of(cube.n[inside], was[inside])
    after = Weights.of(cube.n[inside], weighed.final[inside])
    calibrations = [step for step in steps if isinstance(step, Calibration)]
    margins = [row for step in calibrations[-1:] for row in _margins(cube, step, was, weighed, inside)]
    return WeightReport(before, after, tuple(margins))


def _margins(
    cube: Cube, step: Calibration, was: Floats, weighed: Weighed, inside: Bools
) -> list[dict[str, Any]]:
    part, final = cube.where(inside), weighed.final[inside]
    rows = []
    for fitted in step.margins:
        at, size = fitted.place(part), len(fitted.cells)
        n, before, after = (np.bincount(at, value, size) for value in (part.n, was[inside], final))
        shares = (one / one.sum() for one in (before, after, fitted.targets))
        rows += [
            {
                "margin": fitted.margin.name,
                "level": cell,
                "n": int(count),
                "before": b,
                "after": a,
                "target": t,
            }
            for cell, count, b, a, t in zip(fitted.cells, n, *(one.tolist() for one in shares), strict=True)
        ]
    return rows
