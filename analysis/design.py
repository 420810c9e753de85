"""The survey design, of which estimates are asked: a sample that is weighted and narrowed in `weighted`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

from . import cells, tables
from .cube import Cube
from .estimates import Estimates, names_of
from .frame import one_of
from .replication import Kind as Replicates
from .replication import Replication
from .sources import Source
from .weighted import WeightedSample


@dataclass(frozen=True, slots=True, eq=False)
class SurveyDesign(WeightedSample):
    """How the answers in a frame were gathered.

    frame: a mapping of arrays, anything narwhals reads (lazy frames too: they are grouped by their own engine),
        a Cube, or a list of cubes of the same people; never changed.
    kind: "probability", "quota", "gatekept" (through schools and settings) or "open"; decides the claim.
    weights: the column of base weights; without it 1 for everybody, or what the fpc columns imply.
    strata, clusters: a column name, or a list of them for the stages of the sample. Without clusters each respondent
        is one of their own. no_cluster: the level of those who came by none; they count as one more cluster of the
        sample, and are no school to the door of disclosure.
    fpc: for each stage the column with how many clusters (or people) its stratum has in the population, or the
        share of them that was drawn. Without it nothing is taken off for a finite population.
    counts: a column with how many respondents each row stands for (rows grouped by SQL); base weights are
        per respondent. lonely_psu: what a stratum with one cluster does, as in R's `survey`.
    levels: the values that a column may take, in order. Declare them where an answer may be one that
        nobody gave yet: {"worry": ["very", "fairly", "not_very"]}; rows come in that order. Others are sorted, or come
        in the order of an Enum (polars, DuckDB) or an ordered Categorical (pandas).

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

    def replicates(
        self,
        kind: Replicates,
        *,
        count: int = 500,
        seed: int = 1,
        rho: float = 0.5,
        centre: Literal["replicates", "estimate"] = "replicates",
    ) -> SurveyDesign:
        """A design whose variances come from replicates, in each of which the last weighting is done anew.

        kind: "jackknife" (leave a cluster out: JKn), "bootstrap" (Rao and Wu's, `count` times from `seed`), "brr"
            (balanced half-samples) or "fay" (those with factors 2 - rho and rho).
        centre: deviations from the mean of the replicates (as in R), or from the estimate.
        Strata with one cluster add nothing. Degrees of freedom are those of the design.

        >>> frame = {"worry": [1, 0, 0, 0, 1, 1, 0, 1] * 10, "school": list("abcdefgh") * 10}
        >>> design = SurveyDesign(frame, kind="gatekept", clusters="school")
        >>> both = (design.proportion("worry"), design.replicates("jackknife").proportion("worry"))
        >>> [round(float(table.se[0]), 6) for table in both]
        [0.188982, 0.188982]

        Raises:
            ValueError: an unknown kind; a count under 2; a rho outside [0, 1). CannotWeight, once estimates are asked
                for: several stages, half-samples of strata without two clusters, more replicates than memory holds.
        """
        one_of("kind", kind, get_args(Replicates))
        one_of("centre", centre, ("replicates", "estimate"))
        if not (isinstance(count, int) and count >= 2 and 0 <= rho < 1):
            raise ValueError("count must be a whole number, 2 or more, and rho at least 0 and under 1")
        how = Replication(kind, count, seed, rho if kind == "fay" else 0.0, centre)
        return replace(self, replication=how)

    def proportion(
        self,
        measure: str,
        level: cells.Level = None,
        by: Sequence[str] | str = (),
        *,
        interval: str = "kg",
        confidence: float = 0.95,
    ) -> Estimates:
        """Proportions of those who answered, by domain, with linearised standard errors.

        level: None for a 0/1 or boolean column, or for a row for each level of a categorical one; a level;
            or a list of levels for their union.
        by: columns whose levels (crossed) are the domains; [] is overall. Rows with a missing value in one of
            them are in no domain and stay in the design, as do missing answers.
        interval: one of kg, logit, beta, wilson, wilson-pooled, nchs, asin, likelihood, wald, bootstrap.

        >>> frame = {"age": ["10-11", "12-13"] * 20, "worry": ["very", "fairly", "not", "not"] * 10}
        >>> design = SurveyDesign(frame, kind="probability")
        >>> table = design.proportion("worry", level=["very", "fairly"], by=["age"])
        >>> [(row["age"], row["estimate"], row["n"]) for row in table.rows()]
        [('10-11', 0.5, 20), ('12-13', 0.5, 20)]

        Raises:
            KeyError: there is no such column. ValueError: an unknown level that was not declared either,
            an unknown interval, a confidence outside (0, 1).
        """
        tables.check(interval, confidence, "proportion")

        def outcome(cube: Cube) -> cells.Outcome:
            return cells.shares(cube.axis(measure), level)

        return self._table(measure, (measure,), by, outcome, interval, confidence)

    def mean(
        self, measure: str, by: Sequence[str] | str = (), *, interval: str = "wald", confidence: float = 0.95
    ) -> Estimates:
        """Means of a numeric column, by domain; t intervals.

        >>> frame = {"age": [10, 12, 14, 16], "sex": ["F", "M"] * 2}
        >>> [row["estimate"] for row in SurveyDesign(frame, kind="quota").mean("age", by="sex").rows()]
        [12.0, 14.0]

        Raises:
            KeyError: there is no such column. ValueError: it holds words; an unknown interval.
        """
        tables.check(interval, confidence, "mean")

        def outcome(cube: Cube) -> cells.Outcome:
            return cells.amounts(cube, measure, "mean")

        return self._table(measure, (measure,), by, outcome, interval, confidence)

    def total(
        self,
        measure: str,
        level: cells.Level = None,
        by: Sequence[str] | str = (),
        *,
        interval: str = "wald",
        confidence: float = 0.95,
    ) -> Estimates:
        """Weighted totals: of a numeric column, or of the people who gave a level (or one of a list of levels).

        Those who did not answer count as 0. Raises as `mean` and `proportion`.

        >>> frame = {"w": [100, 200, 300], "worry": ["very", "not", "very"]}
        >>> design = SurveyDesign(frame, kind="probability", weights="w")
        >>> design.total("worry", level="very").rows()[0]["estimate"]
        400.0
        """
        tables.check(interval, confidence, "total")

        def outcome(cube: Cube) -> cells.Outcome:
            if level is None and all(isinstance(one, (int, float)) for one in cube.axis(measure).levels):
                return cells.amounts(cube, measure, "total")
            return cells.summed(cells.shares(cube.axis(measure), level))

        return self._table(measure, (measure,), by, outcome, interval, confidence)

    def ratio(
        self,
        measure: str,
        of: str,
        by: Sequence[str] | str = (),
        *,
        interval: str = "wald",
        confidence: float = 0.95,
    ) -> Estimates:
        """The total of one numeric column over that of another, among those who have both. Raises as `mean`.

        >>> frame = {"heard": [1, 2, 0], "asked": [2, 4, 4]}
        >>> SurveyDesign(frame, kind="quota").ratio("heard", "asked").rows()[0]["estimate"]
        0.3
        """
        tables.check(interval, confidence, "ratio")

        def outcome(cube: Cube) -> cells.Outcome:
            return cells.amounts(cube, measure, "ratio", of)

        return self._table(f"{measure} / {of}", (measure, of), by, outcome, interval, confidence)

    def crosstab(
        self,
        rows: str,
        columns: str,
        percent: Literal["columns", "rows", "total"] = "columns",
        *,
        interval: str = "kg",
        confidence: float = 0.95,
    ) -> Estimates:
        """Two categorical columns against each other.

        percent: of each column's people (a table of `rows` by `columns`), of each row's, or of everybody who
            answered both (levels are then pairs). `rao_scott` tests whether they hang together. Raises as `proportion`.

        >>> frame = {"worry": ["very", "not"] * 20, "sex": ["F", "F", "M", "M"] * 10}
        >>> table = SurveyDesign(frame, kind="quota").crosstab("worry", "sex", "total")
        >>> [(row["level"], row["estimate"]) for row in table.rows()][0]
        (('not', 'F'), 0.25)
        """
        one_of("percent", percent, ("columns", "rows", "total"))
        if percent != "total":
            measure, by = (rows, columns) if percent == "columns" else (columns, rows)
            return self.proportion(measure, by=[by], interval=interval, confidence=confidence)

        def outcome(cube: Cube) -> cells.Outcome:
            return cells.shares(cells.crossed(cube, rows, columns), None)

        return self._table(f"{rows} x {columns}", (rows, columns), (), outcome, interval, confidence)

    def _table(
        self,
        name: str,
        measures: tuple[str, ...],
        by: Sequence[str] | str,
        outcome: Callable[[Cube], cells.Outcome],
        interval: str,
        confidence: float,
    ) -> Estimates:
        ask = self._ask(measures, names_of(by), outcome)
        again = ask
        if interval == "bootstrap" and (self.replication is None or self.replication.kind != "bootstrap"):
            again = self.replicates("bootstrap")._ask(measures, names_of(by), outcome)
        linear = ask.estimate()
        replicates = linear.replicates if again is ask else again.estimate().replicates
        return tables.build(ask, linear, replicates, name, interval, confidence)

    def _ask(
        self, measures: tuple[str, ...], by: tuple[str, ...], outcome: Callable[[Cube], cells.Outcome]
    ) -> cells.Ask:
        source: Source = self.frame
        names = [*self._columns(), *by, *measures]
        cube = source.cube(names) if self.replication else source.finer(names)
        return cells.Ask.of(self, by, measures, outcome, cube)
