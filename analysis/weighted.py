"""Who answered and what each of them counts for: the part of a survey design that weighting and subsetting change."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Self, get_args

import numpy as np
from numpy.typing import ArrayLike

from . import trimming, weighting
from .cube import Cube
from .frame import Floats, listing, one_of
from .margins import CannotWeight, Margin
from .replication import Replication
from .sampling import Given, LonelyPSU, Plan
from .sources import Source, open_source, placed, weighted_by_chance
from .variance import Variance

Kind = Literal["probability", "quota", "gatekept", "open"]
MARK = "(subset {})"


@dataclass(frozen=True, slots=True, eq=False)
class WeightedSample:
    """The answers in a frame, how they were gathered and weighted; `SurveyDesign` tells what each field means.

    steps: the weighting, in its order. domain: what estimates are confined to. replication: how variances are
        repeated, None where they are linearised.
    """

    frame: Any = field(repr=False)
    kind: Kind = field(kw_only=True)
    weights: str | None = field(default=None, kw_only=True)
    strata: Given = field(default=None, kw_only=True)
    clusters: Given = field(default=None, kw_only=True)
    no_cluster: Hashable = field(default=None, kw_only=True)
    fpc: Given = field(default=None, kw_only=True)
    counts: str | None = field(default=None, kw_only=True)
    lonely_psu: LonelyPSU = field(default="adjust", kw_only=True)
    levels: Mapping[str, Sequence[Hashable]] | None = field(default=None, kw_only=True, repr=False)
    steps: tuple[weighting.Step, ...] = field(default=(), kw_only=True, repr=False)
    domain: weighting.Conditions = field(default_factory=dict, kw_only=True, repr=False)
    replication: Replication | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        one_of("kind", self.kind, get_args(Kind))
        one_of("lonely_psu", self.lonely_psu, get_args(LonelyPSU))
        if isinstance(self.frame, Source):
            return
        _levels(self.levels)
        source = open_source(self.frame, self.weights, self.counts, self.levels or {})
        if self.fpc is not None and self.weights is None:
            source = weighted_by_chance(source, self.plan)
        object.__setattr__(self, "frame", source)
        unknown = [name for name in self.levels or {} if name not in source.door.names]
        if unknown:
            raise KeyError(
                f"levels= names {unknown[0]!r}, which the frame has not; it has {source.door.names}"
            )
        placed(source, self.plan)

    @property
    def plan(self) -> Plan:
        """The stages of the sample that the variance needs.

        >>> from analysis import SurveyDesign
        >>> SurveyDesign({"school": ["a", "b"]}, kind="gatekept", clusters="school").plan.clusters
        ('school',)
        """
        return Plan.of(self.strata, self.clusters, self.fpc, self.lonely_psu)

    def cube(self, names: Sequence[str] = ()) -> Cube:
        """Counts, base weights and squared weights of those with weight, summed by these columns.

        >>> from analysis import SurveyDesign
        >>> design = SurveyDesign({"worry": [1, 0, 1], "w": [2, 3, 4]}, kind="open", weights="w")
        >>> design.cube(["worry"]).n.tolist(), design.cube(["worry"]).w.tolist()
        ([1.0, 2.0], [3.0, 6.0])
        """
        source: Source = self.frame
        found = source.cube(names)
        return found.where(found.w > 0).by(names)

    def rake(
        self,
        margins: Sequence[Margin],
        *,
        tolerance: float = 1e-9,
        variance: Variance = "greg",
    ) -> Self:
        """A design with weights raked to the margins, from the base weights (an earlier raking is replaced).

        tolerance: how far, relatively, any cell may be from its target at the end.
        variance: "greg" (the weighted regression residual: R's calibrate(calfun="raking")) or
            "r-rake" (R's rake()).
        A design that was narrowed with `subset` before is raked within that subset; one that was trimmed is raked
        from the trimmed weights.

        >>> from analysis import Margin, SurveyDesign
        >>> frame = {"sex": ["F", "F", "F", "M"], "worry": [1, 1, 0, 0]}
        >>> design = SurveyDesign(frame, kind="quota").rake([Margin("sex", {"F": 50, "M": 50})])
        >>> round(design.proportion("worry").rows()[0]["estimate"], 3)
        0.333

        Raises:
            CannotWeight: a level nobody answered, a level with no target, totals that disagree.
            NotConverged: which margin is furthest from its target, and how far.
        """
        one_of("variance", variance, get_args(Variance))
        _small(tolerance)
        cube = self.to_weight([name for margin in margins for name in margin.names])
        made = weighting.rake(cube, margins, tolerance, variance, self.domain)
        return replace(self, steps=weighting.replaced(self.steps, made))

    def poststratify(self, margin: Margin) -> Self:
        """A design with weights that meet one margin exactly: raking to it alone (Holt and Smith 1979).

        >>> from analysis import Margin, SurveyDesign
        >>> design = SurveyDesign({"sex": ["F", "F", "F", "M"]}, kind="quota")
        >>> design.poststratify(Margin("sex", {"F": 60, "M": 60})).final_weights().round(9).tolist()
        [20.0, 20.0, 20.0, 60.0]

        Raises:
            CannotWeight: a level nobody answered, or one with no target.
        """
        return self.rake([margin])

    def calibrate(
        self,
        margins: Sequence[Margin] = (),
        totals: Sequence[weighting.Total] = (),
        *,
        method: weighting.Method = "raking",
        bounds: tuple[float, float] | None = None,
        tolerance: float = 1e-9,
    ) -> Self:
        """A design with the weights nearest to those given that meet the margins and totals.

        method: "raking" (weights stay above 0), "linear" (may go below) or "logit" (needs bounds).
        bounds: the least and the most that a weight may be multiplied by, around 1.
        totals: population totals of numeric columns, Total("siblings", 1_900_000).

        >>> from analysis import Margin, SurveyDesign
        >>> frame = {"sex": ["F", "F", "F", "M"], "worry": [1, 1, 0, 0]}
        >>> margin = Margin("sex", {"F": 2.4, "M": 1.6})
        >>> design = SurveyDesign(frame, kind="quota").calibrate([margin], method="logit", bounds=(0.5, 2))
        >>> [round(float(weight), 6) for weight in design.final_weights()]
        [0.8, 0.8, 0.8, 1.6]

        Raises:
            CannotWeight: as for `rake`; bounds that no weights can keep to, with the tightest that some can.
            NotConverged: the margins cannot be met together.
        """
        from . import calibration

        one_of("method", method, get_args(weighting.Method))
        _small(tolerance)
        distance = weighting.Distance.of(method, bounds)
        if not (margins or totals):
            raise CannotWeight("give a margin or a total to calibrate to")
        names = [name for margin in margins for name in margin.names] + [total.column for total in totals]
        cube = self.to_weight(names)
        if method == "raking" and not distance.bounded and not totals:
            made = weighting.rake(cube, margins, tolerance, "greg", self.domain)
        else:
            made = calibration.calibrate(cube, margins, totals, distance, tolerance, self.domain)
        return replace(self, steps=weighting.replaced(self.steps, made))

    def trim(self, *, lower: float = 0.0, upper: float = np.inf, strict: bool = False) -> Self:
        """A design whose weights are cut to the bounds, and what was cut is shared out among the others.

        lower, upper: the least and the greatest final weight. strict: again and again, until none is outside.
        `report(before)` says what it did. Rake again afterwards, if the margins must be met. As R's trimWeights.

        >>> from analysis import SurveyDesign
        >>> design = SurveyDesign({"w": [1, 1, 1, 9]}, kind="quota", weights="w")
        >>> design.trim(upper=6).final_weights().tolist()
        [2.0, 2.0, 2.0, 6.0]

        Raises:
            CannotWeight: bounds that no weights with the same total can keep to.
        """
        step = trimming.trim(self._alike(), self.steps, lower, upper, strict=strict)
        return replace(self, steps=(*self.steps, step))

    def report(self, before: WeightedSample | None = None) -> trimming.WeightReport:
        """What weighting did: the weights before and after, and the shares of each margin's levels.

        before: an earlier design of the same respondents, such as the one that was trimmed; the base weights, if not.

        >>> from analysis import Margin, SurveyDesign
        >>> frame = {"sex": ["F", "F", "F", "M"]}
        >>> found = SurveyDesign(frame, kind="quota").rake([Margin("sex", {"F": 50, "M": 50})]).report()
        >>> round(found.after.deff, 3), round(found.after.n_eff, 3)
        (1.333, 3.0)

        Raises:
            CannotWeight: a cube whose cells hold people with different base weights.
        """
        return trimming.report(self._alike(), before.steps if before else (), self.steps)

    def final_weights(self) -> Floats:
        """The final weight of each row of the frame: (rows,), of all the people that a row stands for.

        0 outside a subset that was weighted alone, and in rows with a base weight of 0.

        >>> from analysis import SurveyDesign
        >>> SurveyDesign({"w": [1.5, 0, 2]}, kind="open", weights="w").final_weights().tolist()
        [1.5, 0.0, 2.0]

        Raises:
            ValueError: the design came from a cube or a lazy frame, which have no rows to point at.
        """
        source: Source = self.frame
        rows = source.door.rows(self._columns())
        return weighting.weigh(rows, self.steps).final

    @property
    def rules(self) -> tuple[str, ...]:
        """Every rule the weighting rests on, as sentences.

        >>> from analysis import SurveyDesign
        >>> SurveyDesign({"w": [1, 1, 4]}, kind="open", weights="w").trim(upper=3).rules
        ('Weights under 0 or over 3 were cut to that, and the difference was shared out equally among the others.',)
        """
        return tuple(rule for step in self.steps for rule in step.rules)

    def subset(self, mask: ArrayLike | None = None, /, **values: Any) -> Self:
        """The design with estimates confined to a domain; every cluster and stratum stays for the variance.

        mask: a boolean for each row of the frame; or column=value (or a list of values; None is a missing answer),
            all of which hold. ValueError for a value that nobody has.

        >>> from analysis import SurveyDesign
        >>> frame = {"wave": [1, 1, 2], "worry": [1, 0, 1]}
        >>> SurveyDesign(frame, kind="open").subset(wave=1).proportion("worry").rows()[0]["n"]
        2
        """
        source: Source = self.frame
        domain = dict(self.domain)
        if mask is not None:
            given, size = np.asarray(mask), len(source.door)
            if given.dtype != bool or given.shape != (size,):
                raise ValueError(f"the mask must hold {size} booleans, one for each row of the frame")
            name = MARK.format(sum(one.startswith("(subset") for one in source.door.names) + 1)
            source, domain[name] = source.marked(name, given), frozenset([True])
        for name, value in values.items():
            wanted = _wanted(source, name, value)
            domain[name] = domain.get(name, wanted) & wanted
        return replace(self, frame=source, domain=domain)

    @property
    def weighing(self) -> tuple[str, ...]:
        """The columns that say by what a respondent's weight is multiplied, and whether they are in the subset.

        Trimming looks at each weight by itself, and replicates at each cluster: then they are all the columns.

        >>> from analysis import Margin, SurveyDesign
        >>> frame = {"sex": ["F", "F", "M"], "school": ["a", "b", "b"]}
        >>> design = SurveyDesign(frame, kind="gatekept", clusters="school").rake([Margin("sex", {"F": 5, "M": 5})])
        >>> design.weighing, design.replicates("jackknife").weighing
        (('sex',), ('school', 'sex'))
        """
        steps = [name for step in self.steps for name in step.columns]
        apart = any(isinstance(step, trimming.Trim) for step in self.steps)
        alone = self.replication is not None and self.plan.of_people
        weights = [self.weights] if self.weights and (apart or alone) else []
        drawn = self.plan.columns if apart or self.replication is not None else ()
        return tuple(dict.fromkeys([*drawn, *steps, *self.domain, *weights]))

    def _columns(self) -> tuple[str, ...]:
        """The columns that any cube needs for the variance and the weights."""
        return tuple(dict.fromkeys([*self.plan.columns, *self.weighing]))

    def to_weight(self, names: Sequence[str]) -> Cube:
        """The cells of the subset by these columns, with the weights that a new weighting would start from.

        >>> from analysis import SurveyDesign
        >>> SurveyDesign({"sex": ["F", "F", "M"]}, kind="quota").to_weight(["sex"]).by(["sex"]).w.tolist()
        [2.0, 1.0]
        """
        base = self.steps
        while base and isinstance(base[-1], weighting.Calibration):
            base = base[:-1]
        before = replace(self, steps=base)
        cube = before.cube([*before.weighing, *names])
        cube = cube.where(weighting.holds(self.domain, cube))
        weighed = weighting.weigh(cube, base)
        return replace(cube, w=weighed.final, w2=weighed.squares)

    def _alike(self) -> Cube:
        """The cells by all that people's weights depend on."""
        weights = [self.weights] if self.weights else []
        return self.cube([*self._columns(), *weights])


def _wanted(source: Source, name: str, value: Any) -> frozenset[Hashable]:
    """The values that a subset lets in; None is a missing answer."""
    axis = source.cube([name]).axis(name)
    single = isinstance(value, (str, bytes)) or not isinstance(value, Iterable)
    wanted = frozenset(
        [value] if single else (one.item() if isinstance(one, np.generic) else one for one in value)
    )
    unknown = [one for one in wanted if one is not None and one not in axis.levels]
    if unknown:
        raise ValueError(f"nobody has {name} {listing(unknown)}; there are {listing(axis.levels, 20)}")
    return wanted


def _levels(levels: Mapping[str, Sequence[Hashable]] | None) -> None:
    for name, values in (levels or {}).items():
        if isinstance(values, str) or None in values or len(set(values)) < len(values):
            raise ValueError(
                f"the levels of {name!r} must be a list of different values, without None; not {values!r}"
            )


def _small(tolerance: float) -> None:
    if not 0 < tolerance < 0.1:
        raise ValueError(f"tolerance must be a small number above 0, such as 1e-9; not {tolerance}")
