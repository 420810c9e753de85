"""What disclosure control takes of a table: who is counted in it, and how much a reader sees of each row."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import asdict, dataclass
from itertools import product
from typing import Any

import numpy as np

from analysis.estimates import Estimates
from analysis.frame import Bools, Floats

from .rule import Rule
from .schools import Schools, Through, came_through

Domain = tuple[Hashable, ...]
ALIKE = 1e-9  # of a weight: what arithmetic leaves


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """The people of a table, unweighted: arrays as those of `Estimates`.

    slack: (2, rows), by how much a share may be smaller, and larger, and be printed the same with its interval. told:
    (rows,), of a table that the world has already which rows it shows, and by what rule; None of one that is to be
    published. of_one: which groups are of one school, as `people`; None where people came through none.
    through: how many of each group came through each school, as far as that is known.
    heavy: (publications, ...), the mean weight of those present, as a reader may know it who has populations and bases.

    >>> from analysis import SurveyDesign
    >>> table = Counted.of(SurveyDesign({"safe": [1, 0, 1] * 20}, kind="quota").proportion("safe"))
    >>> table.people, table.counts, table.keys, table.along
    (array(60.), array([40.]), (((), None),), ())
    >>> kept = table.kept([True], Rule())
    >>> kept["people"], Counted.read(kept).told
    (60.0, array([ True]))
    """

    measure: str
    by: tuple[str, ...]
    domains: tuple[Domain, ...]
    levels: tuple[Hashable, ...]
    present: Floats
    people: Floats
    counts: Floats
    slack: Floats
    heavy: Floats
    told: Bools | None = None
    rule: Rule | None = None
    of_one: Bools | None = None
    through: Through | None = None

    @classmethod
    def of(cls, table: Estimates) -> Counted:
        """What is taken of estimates."""
        domains, schools = tuple(tuple(one) for one in table.domains), Schools.of(table)
        return cls(
            table.measure,
            table.by,
            domains,
            table.levels,
            np.asarray(table.present, dtype=np.float64),
            np.asarray(table.people, dtype=np.float64),
            np.asarray(table.counts, dtype=np.float64),
            _slack(table),
            _heavy(table),
            of_one=None if schools is None else schools.of_one.reshape(table.people.shape),
            through=came_through(table),
        )

    @property
    def keys(self) -> tuple[tuple[Domain, Hashable], ...]:
        """For each row the values of the `by` columns, and the level."""
        return tuple(product(self.domains, self.levels))

    @property
    def along(self) -> tuple[tuple[Hashable, ...], ...]:
        """The levels of each `by` column, as the arrays have them."""
        return tuple(
            tuple(dict.fromkeys(domain[at] for domain in self.domains)) for at in range(len(self.by))
        )

    @property
    def groups_of_one(self) -> tuple[Domain, ...]:
        """The groups that are of one school; with None for who has no level of a column.

        >>> from analysis import SurveyDesign
        >>> frame = {"area": ["a", "a", "b", "b", "b"], "school": ["Ash", "Elm", "Oak", "Oak", "Oak"], "safe": [1] * 5}
        >>> design = SurveyDesign(frame, kind="gatekept", clusters="school")
        >>> Counted.of(design.proportion("safe", by="area")).groups_of_one
        (('b',),)
        """
        if self.of_one is None:
            return ()
        along = [(*levels, None) for levels in self.along[: self.of_one.ndim]]
        rest = tuple(levels[0] for levels in self.along[self.of_one.ndim :])
        found = np.argwhere(self.of_one[(slice(0, -1),) * self.of_one.ndim])
        return tuple(
            (*(levels[at] for levels, at in zip(along, place, strict=True)), *rest) for place in found
        )

    def kept(self, shown: Any, rule: Rule, schools: bool = True) -> dict[str, Any]:
        """All that has to be kept of a published table, as JSON holds it. shown: which of its rows are, by
        what rule; none of what lies beneath. schools: also how many came through each, once for tables by the same."""
        through = self.through if schools else None
        return {
            "measure": self.measure,
            "by": [*self.by],
            "along": [[*levels] for levels in self.along],
            "levels": [[*one] if isinstance(one, tuple) else one for one in self.levels],
            "present": self.present.tolist(),
            "people": self.people.tolist(),
            "counts": self.counts.tolist(),
            "slack": np.minimum(self.slack, 1.0).tolist(),
            "heavy": self.heavy.tolist(),
            "shown": [bool(one) for one in shown],
            "rule": asdict(rule),
            "of_one": None if self.of_one is None else self.of_one.tolist(),
            "through": None
            if through is None
            else [[[*domain], dict(each)] for domain, each in through.items()],
        }

    def same_people(self, other: Counted) -> bool:
        """Whether two tables count the same people with the same weights, as far as their tallies tell.

        >>> from analysis import SurveyDesign
        >>> one, two = (SurveyDesign({"safe": [1, 0] * n}, kind="quota") for n in (20, 21))
        >>> tables = [Counted.of(design.proportion("safe")) for design in (one, one, two)]
        >>> [tables[0].same_people(table) for table in tables]
        [True, True, False]
        """
        names = (self.measure, self.by, self.domains, self.levels)
        if names != (other.measure, other.by, other.domains, other.levels):
            return False
        arrays = (
            (self.present, other.present),
            (self.people, other.people),
            (self.counts, other.counts),
        )
        same = all(np.array_equal(one, two) for one, two in arrays)
        return same and np.allclose(self.heavy, other.heavy, rtol=ALIKE, atol=0.0)

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Counted:
        """A table as `kept` wrote it; before weights were kept all of them are taken to be one."""
        levels = tuple(tuple(one) if isinstance(one, list) else one for one in kept["levels"])
        domains = tuple(product(*kept["along"]))
        told, of_one = np.array(kept["shown"], dtype=bool), kept.get("of_one")
        through = kept.get("through")
        present = np.array(kept["present"], dtype=np.float64)
        return cls(
            kept["measure"],
            tuple(kept["by"]),
            domains,
            levels,
            present,
            np.array(kept["people"], dtype=np.float64),
            np.array(kept["counts"], dtype=np.float64),
            np.array(kept["slack"], dtype=np.float64).reshape(2, -1),
            np.array(kept["heavy"]) if "heavy" in kept else np.ones((1, *present.shape)),
            told,
            Rule(**kept["rule"]),
            None if of_one is None else np.array(of_one, dtype=bool),
            None if through is None else {tuple(domain): each for domain, each in through},
        )


def _heavy(table: Estimates) -> Floats:
    """The mean weights of a table, one publication of it; where nobody is, that of everybody. Of an amount, all one."""
    found = np.ones(table.present.shape)
    there = (table.present > 0) & (table.carried > 0)
    if table.statistic == "proportion" and there.any():
        whole = table.carried[there].sum() / table.present[there].sum()
        np.divide(table.carried, table.present * whole, out=found, where=there)
    return found[None]


def _slack(table: Estimates) -> Floats:
    """Of an interval's ends it is taken that they move as the share does, and that all else about them is known.

    The share is rounded to the nearest percent, the ends outwards.
    """
    if table.statistic != "proportion":
        return np.zeros((2, len(table)))
    share = table.estimate - np.round(table.estimate, 2)
    low, high = table.low - np.floor(100 * table.low) / 100, np.ceil(100 * table.high) / 100 - table.high
    fewer, more = (0.005 + share, low, 0.01 - high), (0.005 - share, 0.01 - low, high)
    found = np.stack([np.stack(fewer), np.stack(more)]) - 1e-7
    return np.asarray(np.maximum(np.where(np.isfinite(found), found, np.inf).min(axis=1), 0.0))
