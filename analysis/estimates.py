"""A table of estimates that carries its own doubts."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from . import flags, variance, wording
from .cells import Ask, Domains, Linear, Statistic
from .frame import Floats

if TYPE_CHECKING:
    from .comparison import Comparisons

Key = tuple[tuple[Hashable, ...], Hashable]
KEYS = (
    *("measure", "level", "estimate", "se", "ci_low", "ci_high", "interval", "df", "n", "n_weighted"),
    *("n_eff", "deff", "deff_source", "flag", "reason", "kind"),
)


@dataclass(frozen=True, slots=True, eq=False)
class Estimates:
    """Estimates by domain.

    Arrays have one entry for each row: domain after domain, and in each the levels.
    standardised: the column whose mix was made the population's; "" as a rule.
    domains: the values of the `by` columns of each domain, as they came. levels: what is shown in each.
    kish: Kish's effective base. size: of the binomial that the `kg` interval is of. design_df: the degrees of
        freedom of everyone in the table.
    present, people, counts: for disclosure control, unweighted, by the `by` columns crossed: how many there
        are (whether they answered or not), how many answered, and how many gave each level. The last two
        places of each axis are for those who have no level there, and those at a level that the subset
        leaves out: shapes (levels + 2, ...) twice and (levels + 2, ..., shown levels). carried: the sum of the final
        weights of those who are there, of the shape of `present`.

    >>> from analysis import SurveyDesign
    >>> frame = {"worry": [1, 0, 0, 0, 1, 1, 0, 1] * 10, "age": ["10-11", "12-13"] * 40}
    >>> table = SurveyDesign(frame, kind="gatekept").proportion("worry", by="age")
    >>> table.keys
    ((('10-11',), None), (('12-13',), None))
    >>> table.estimate.tolist(), table.place("12-13"), table.interval_name
    ([0.5, 0.5], 1, '95 % confidence interval')
    >>> print(table.footer)
    Young people were reached through schools and youth settings. This is not a probability sample: the intervals \
allow for chance, and not for the settings that did not take part.
    """

    measure: str
    statistic: Statistic
    by: tuple[str, ...]
    kind: str
    interval: str
    confidence: float
    domains: Domains
    levels: tuple[Hashable, ...]
    estimate: Floats
    se: Floats
    low: Floats
    high: Floats
    df: Floats
    design_df: float
    n: Floats
    n_weighted: Floats
    kish: Floats
    n_eff: Floats
    size: Floats
    deff: Floats
    deff_source: tuple[str, ...]
    present: Floats
    people: Floats
    counts: Floats
    carried: Floats
    spread: variance.Spread = field(repr=False)
    linear: Linear = field(repr=False)
    ask: Ask = field(repr=False)
    standardised: str = ""

    def __len__(self) -> int:
        return len(self.estimate)

    @property
    def keys(self) -> tuple[Key, ...]:
        """For each row the values of the `by` columns, and the level."""
        return tuple(product(self.domains, self.levels))

    def rows(self) -> list[dict[str, Any]]:
        """One dictionary for each estimate, flagged where it is unreliable and never blanked.

        >>> from analysis import SurveyDesign
        >>> row = SurveyDesign({"worry": [1, 0] * 10}, kind="quota").proportion("worry").rows()[0]
        >>> row["estimate"], row["n"], row["flag"], row["reason"]
        (0.5, 20, '[u]', 'only 20 people answered; the interval is 47 points wide')

        Keys: measure, level, the `by` columns, estimate, se, ci_low, ci_high, interval, df, n, n_weighted,
        n_eff, deff, deff_source, flag, reason, kind. Proportions are between 0 and 1; NaN where undefined.
        """
        return [self._row(at, domain, level) for at, (domain, level) in enumerate(self.keys)]

    def _row(self, at: int, domain: tuple[Hashable, ...], level: Hashable) -> dict[str, Any]:
        figure = flags.Judged(
            *(
                float(column[at])
                for column in (self.estimate, self.se, self.low, self.high, self.n, self.n_eff, self.df)
            )
        )
        judge = flags.flag if self.statistic == "proportion" else flags.flag_amount
        flag, reason = judge(figure)
        if self.standardised and figure.n > 0 and figure.estimate != figure.estimate:
            reason = f"nobody at one level of {self.standardised} answered"
        return {
            "measure": self.measure,
            "level": level,
            **dict(zip(self.by, domain, strict=True)),
            "estimate": figure.estimate,
            "se": figure.se,
            "ci_low": figure.low,
            "ci_high": figure.high,
            "interval": self.interval,
            "df": int(figure.df),
            "n": int(figure.n),
            "n_weighted": float(self.n_weighted[at]),
            "n_eff": figure.n_eff,
            "deff": float(self.deff[at]),
            "deff_source": self.deff_source[at],
            "flag": flag,
            "reason": reason,
            "kind": self.kind,
        }

    def covariance(self) -> Floats:
        """Covariances of the estimates: (rows, rows); NaN where nobody answered.

        >>> from analysis import SurveyDesign
        >>> frame = {"worry": [1, 1, 1, 0, 0, 0, 0, 1] * 20, "sex": ["F"] * 80 + ["M"] * 80}
        >>> table = SurveyDesign(frame, kind="quota").proportion("worry", by="sex")
        >>> table.covariance().round(6).tolist()
        [[0.003145, 0.0], [0.0, 0.003145]]
        """
        out = self.spread.covariance()
        empty = self.n <= 0
        out[empty, :] = np.nan
        out[:, empty] = np.nan
        return out

    @property
    def interval_name(self) -> str:
        """What the interval may be called: a confidence interval, or for an open design a model interval."""
        return wording.interval_name(self.kind, self.confidence)

    @property
    def footer(self) -> str:
        """What a reader must be told about the sample and the interval."""
        return wording.footer(self.kind, self.confidence)

    def explain(self, row: dict[str, Any]) -> str:
        """A row as the sentence that can be read out.

        >>> from analysis import SurveyDesign
        >>> table = SurveyDesign({"worry": ["very", "not", "not"] * 50}, kind="quota").proportion("worry", "very")
        >>> table.explain(table.rows()[0])
        'Of the 150 people who answered worry, 33 % (weighted) said very; the 95 % confidence interval is 26 to 42 \
in every 100.'
        """
        return wording.explain(row, self.by, self.interval_name, self.statistic)

    def place(self, key: object) -> int:
        """The row of a key: the value of its `by` column (or a tuple of them), with the level last where there are
        several; or a row as `rows()` gives it.

        >>> from analysis import SurveyDesign
        >>> frame = {"worry": ["very", "not"] * 20, "sex": ["F", "F", "M", "M"] * 10}
        >>> table = SurveyDesign(frame, kind="quota").proportion("worry", by="sex")
        >>> table.place(("M", "very")), table.place(table.rows()[2])
        (3, 2)

        Raises:
            KeyError: there is no such row; the message names some that there are.
        """
        if isinstance(key, Mapping):
            key = (*(key[name] for name in self.by), key["level"])
        for at, (domain, level) in enumerate(self.keys):
            names: list[object] = [(*domain, level)]
            if len(self.levels) == 1:
                names += [domain, *domain[:1]] if len(domain) == 1 else [domain]
            elif not domain:
                names.append(level)
            if key in names:
                return at
        raise KeyError(f"the table has no row {key!r}; its rows are {list(self.keys)[:6]}")

    def contrast(self, coefficients: Mapping[Any, float]) -> Comparisons:
        """A linear combination of rows with its standard error: {"Camden": 1, "Barnet": -1}.

        Keys are as in `place`. One row of the result: estimate, se, t interval, p.

        >>> from analysis import SurveyDesign
        >>> frame = {"age": ["10-11", "12-13"] * 40, "worry": [1, 0, 0, 0, 1, 1, 0, 1] * 10}
        >>> table = SurveyDesign(frame, kind="gatekept").proportion("worry", by=["age"])
        >>> row = table.contrast({"10-11": 1, "12-13": -1}).rows()[0]
        >>> round(row["estimate"], 3), round(row["se"], 3), row["verdict"]
        (0.0, 0.113, 'no clear difference')

        Raises:
            KeyError: there is no such row. CannotClaim: the design is open.
        """
        from . import comparison

        return comparison.contrast(self, coefficients)

    def difference(self, one: Any, other: Any) -> Comparisons:
        """One row less another, with the covariance between them; each a key as in `place`.

        >>> from analysis import SurveyDesign
        >>> frame = {"worry": [1, 1, 1, 0, 0, 0, 0, 1] * 20, "sex": ["F"] * 80 + ["M"] * 80}
        >>> found = SurveyDesign(frame, kind="quota").proportion("worry", by="sex").difference("F", "M")
        >>> found.rows()[0]["verdict"], found.rows()[0]["n"], found.rows()[0]["n_against"]
        ('no clear difference', 80, 80)

        Raises:
            KeyError: there is no such row. CannotClaim: the design is open.
        """
        from . import comparison

        return comparison.difference(self, one, other)

    def against_rest(self, by: str, *, apart: bool = False) -> Comparisons:
        """Each level of a `by` column less everyone in the table, with the covariance of part and whole.

        apart: less the others alone, without the level itself. Of several `by` columns the others are kept fixed.
        p values are adjusted over the rows (Benjamini and Hochberg 1995).

        >>> from analysis import SurveyDesign
        >>> frame = {"worry": [1, 1, 1, 0] * 30 + [0, 0, 0, 1] * 60, "area": ["a"] * 120 + ["b"] * 240}
        >>> found = SurveyDesign(frame, kind="quota").proportion("worry", by="area").against_rest("area")
        >>> [(row["compared"], round(row["estimate"], 3), row["verdict"]) for row in found.rows()]
        [('a', 0.333, 'higher'), ('b', -0.167, 'lower')]

        Raises:
            ValueError: the table is not by that column. CannotClaim: the design is open.
        """
        from . import comparison

        return comparison.against_rest(self, by, apart=apart)

    def standardise(self, by: str, population: Mapping[Any, float]) -> Estimates:
        """Each domain as it would be with the population's mix of a `by` column (direct standardisation).

        population: the count (or share) of each level. The result is by the columns that remain.

        >>> from analysis import SurveyDesign
        >>> frame = {"worry": [1, 0, 0, 0, 1, 1], "age": ["10-11"] * 4 + ["12-13"] * 2}
        >>> table = SurveyDesign(frame, kind="quota").proportion("worry", by="age")
        >>> table.standardise("age", {"10-11": 50, "12-13": 50}).rows()[0]["estimate"]
        0.625

        Raises:
            ValueError: the table is not by that column; a level without a count.
        """
        from . import standards

        return standards.standardise(self, by, population)


def names_of(by: Sequence[str] | str) -> tuple[str, ...]:
    """The `by` columns; ValueError when one is named twice."""
    names = (by,) if isinstance(by, str) else tuple(by)
    kept = [name for name in names if name in KEYS]
    if kept:
        raise ValueError(
            f"a by column cannot be called {kept[0]!r}, as every row has that already; rename the column"
        )
    if len(set(names)) != len(names):
        raise ValueError(f"a column is named twice in by: {', '.join(names)}")
    return names
