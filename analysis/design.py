"""The survey design: weighting and subsetting turn it into a new one, and estimates are asked of it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from . import estimates, weighting
from .cube import Cube
from .frame import Bools, Column, Floats, Frame, listing, read
from .variance import LonelyPSU

Kind = Literal["probability", "quota", "gatekept", "open"]
DOMAIN, WITHIN = "(in the domain)", "(weighted)"


@dataclass(frozen=True, slots=True, eq=False)
class Respondents:
    """The rows of a frame with how many respondents each stands for, and their base weight."""

    frame: Frame
    people: Floats = field(repr=False)
    weight: Floats = field(repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class SurveyDesign:
    """How the answers in a frame were gathered.

    frame: a mapping of arrays, or anything narwhals reads; never changed.
    kind: "probability", "quota", "gatekept" (through schools and settings) or "open"; decides the claim.
    weights, strata, clusters: column names. Without clusters each respondent is one of their own.
    counts: a column with how many respondents each row stands for (rows grouped by SQL); base weights are
        per respondent. lonely_psu: what a stratum with one cluster does, as in R's `survey`.
    levels: the values that a column may take, in order. Declare them where an answer may be one that
        nobody gave yet: {"worry": ["very", "fairly", "not_very"]}; rows come in that order.

    Respondents with a base weight of 0 are left out, as they carry nothing.

    >>> answers = {"worry": ["very", "not", "very", None], "school": ["a", "a", "b", "b"]}
    >>> design = SurveyDesign(answers, kind="gatekept", clusters="school")
    >>> row = design.proportion("worry", level="very").rows()[0]
    >>> row["n"], round(row["estimate"], 3)
    (3, 0.667)

    Raises:
        ValueError: an unknown kind or rule; weights that are negative or missing (which rows); a row
            without a stratum or cluster. KeyError: there is no such column.
    """

    frame: Any
    kind: Kind = field(kw_only=True)
    weights: str | None = field(default=None, kw_only=True)
    strata: str | None = field(default=None, kw_only=True)
    clusters: str | None = field(default=None, kw_only=True)
    counts: str | None = field(default=None, kw_only=True)
    lonely_psu: LonelyPSU = field(default="adjust", kw_only=True)
    levels: Mapping[str, Sequence[Hashable]] | None = field(default=None, kw_only=True)
    raking: weighting.Raking | None = field(default=None, kw_only=True, repr=False)
    domain: Bools | None = field(default=None, kw_only=True, repr=False)

    def __post_init__(self) -> None:
        _one_of("kind", self.kind, get_args(Kind))
        _one_of("lonely_psu", self.lonely_psu, get_args(LonelyPSU))
        if isinstance(self.frame, Respondents):
            return
        frame = read(self.frame, self.levels)
        rows = Respondents(frame, _counts(frame, self.counts), _weights(frame, self.weights))
        object.__setattr__(self, "frame", rows)
        for name in (self.strata, self.clusters):
            if name is not None:
                _complete(frame.column(name), rows)

    def column(self, name: str) -> Column:
        """A column of the frame as codes and levels."""
        rows: Respondents = self.frame
        return rows.frame.column(name)

    def cube(self, names: Sequence[str] = (), columns: Sequence[Column] = ()) -> Cube:
        """Counts, base weights and squared weights, summed by these columns (and others given as codes)."""
        rows: Respondents = self.frame
        axes = (*(self.column(name) for name in dict.fromkeys(names)), *columns)
        weight = rows.people * rows.weight
        cells = Cube(axes, rows.people, weight, weight * rows.weight)
        return _drop_empty(cells).by([axis.name for axis in axes])

    def rake(
        self,
        margins: Sequence[weighting.Margin],
        *,
        tolerance: float = 1e-9,
        variance: weighting.Variance = "greg",
    ) -> SurveyDesign:
        """A design with weights raked to the margins, from the base weights (an earlier raking is replaced).

        tolerance: how far, relatively, any cell may be from its target at the end.
        variance: "greg" (the weighted regression residual: R's calibrate(calfun="raking")) or
            "r-rake" (R's rake()).
        A design that was narrowed with `subset` before is raked within that subset.

        >>> from analysis import Margin
        >>> frame = {"sex": ["F", "F", "F", "M"], "worry": [1, 1, 0, 0]}
        >>> design = SurveyDesign(frame, kind="quota").rake([Margin("sex", {"F": 50, "M": 50})])
        >>> round(design.proportion("worry").rows()[0]["estimate"], 3)
        0.333

        Raises:
            CannotWeight: a level nobody answered, a level with no target, totals that disagree.
            NotConverged: which margin is furthest from its target, and how far.
        """
        _one_of("variance", variance, get_args(weighting.Variance))
        names = [name for margin in margins for name in margin.names]
        cube = self.cube(names, [membership(WITHIN, self.domain, len(self.frame.frame))])
        inside = cube.axis(WITHIN).codes == 1
        cube = replace(cube, w=np.where(inside, cube.w, 0.0), n=np.where(inside, cube.n, 0.0))
        raking = weighting.rake(_drop_empty(cube), margins, tolerance, variance)
        return replace(self, raking=replace(raking, within=self.domain))

    @property
    def rules(self) -> tuple[str, ...]:
        """Every rule the weighting rests on, as sentences."""
        return self.raking.rules if self.raking else ()

    def subset(self, mask: ArrayLike | None = None, /, **values: object) -> SurveyDesign:
        """The design with estimates confined to a domain; every cluster and stratum stays for the variance.

        mask: a boolean for each row of the frame; or column=value (or a list of values), all of which hold.

        >>> frame = {"wave": [1, 1, 2], "worry": [1, 0, 1]}
        >>> SurveyDesign(frame, kind="open").subset(wave=1).proportion("worry").rows()[0]["n"]
        2
        """
        keep = np.ones(len(self.frame.frame), dtype=bool) if self.domain is None else self.domain.copy()
        if mask is not None:
            given = np.asarray(mask)
            if given.dtype != bool or given.shape != keep.shape:
                raise ValueError(f"the mask must hold {len(keep)} booleans, one for each row of the frame")
            keep &= given
        for name, value in values.items():
            column = self.column(name)
            wanted = value if isinstance(value, (list, tuple, set, frozenset)) else [value]
            codes = [code for code, level in enumerate(column.levels) if level in wanted]
            keep &= np.isin(column.codes, codes)
        return replace(self, domain=keep)

    def proportion(
        self,
        measure: str,
        level: Hashable | Sequence[Hashable] = None,
        by: Sequence[str] | str = (),
        *,
        interval: str = "kg",
        confidence: float = 0.95,
    ) -> estimates.Estimates:
        """Proportions of those who answered, by domain, with linearised standard errors.

        level: None for a 0/1 or boolean column, or for a row for each level of a categorical one; a level;
            or a list of levels for their union.
        by: columns whose levels (crossed) are the domains; [] is overall. Rows with a missing value in one of
            them are in no domain and stay in the design, as do missing answers.
        interval: one of kg, logit, beta, wilson, wilson-pooled, nchs, asin, wald.

        >>> frame = {"age": ["10-11", "12-13"] * 20, "worry": ["very", "fairly", "not", "not"] * 10}
        >>> design = SurveyDesign(frame, kind="probability")
        >>> table = design.proportion("worry", level=["very", "fairly"], by=["age"])
        >>> [(row["age"], row["estimate"], row["n"]) for row in table.rows()]
        [('10-11', 0.5, 20), ('12-13', 0.5, 20)]

        Raises:
            KeyError: there is no such column. ValueError: an unknown level that was not declared either,
            an unknown interval, a confidence outside (0, 1).
        """
        names = (by,) if isinstance(by, str) else tuple(by)
        return estimates.proportion(self, measure, level, names, interval, confidence)


def membership(name: str, mask: Bools | None, rows: int) -> Column:
    codes = np.ones(rows, dtype=np.intp) if mask is None else mask.astype(np.intp)
    return Column(name, codes, (False, True))


def _drop_empty(cube: Cube) -> Cube:
    used = cube.w > 0
    if used.all():
        return cube
    axes = tuple(replace(axis, codes=axis.codes[used]) for axis in cube.axes)
    return Cube(axes, cube.n[used], cube.w[used], cube.w2[used])


def _counts(frame: Frame, name: str | None) -> Floats:
    if name is None:
        return np.ones(len(frame))
    counts = frame.numbers(name)
    bad = ~(np.isfinite(counts) & (counts >= 0) & (counts == np.floor(counts)))
    _refuse_rows(name, "must be a whole number, 0 or more", bad)
    return counts


def _weights(frame: Frame, name: str | None) -> Floats:
    if name is None:
        return np.ones(len(frame))
    weights = frame.numbers(name)
    _refuse_rows(name, "must be a number, 0 or more", ~(np.isfinite(weights) & (weights >= 0)))
    return weights


def _complete(column: Column, rows: Respondents) -> None:
    carries = (rows.people > 0) & (rows.weight > 0)
    _refuse_rows(
        column.name,
        "must not be missing: it places the respondent in the design",
        (column.codes < 0) & carries,
    )


def _refuse_rows(name: str, rule: str, bad: Bools) -> None:
    if bad.any():
        rows = np.flatnonzero(bad)
        raise ValueError(
            f"column {name!r} {rule}; {len(rows)} rows break this (counted from 0: {listing(rows.tolist())})"
        )


def _one_of(what: str, value: object, allowed: Sequence[object]) -> None:
    if value not in allowed:
        raise ValueError(f"{what} must be one of {', '.join(map(str, allowed))}; not {value!r}")
