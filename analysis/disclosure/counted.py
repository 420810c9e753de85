"""What disclosure control takes of a table: who is counted in it, and how much a reader sees of each row."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from analysis.estimates import Estimates
from analysis.frame import Bools, Floats

Domain = tuple[Hashable, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """The people of a table, unweighted: arrays as those of `Estimates`.

    slack: (2, rows), by how much a share may be smaller, and larger, and be printed the same with its interval. told:
    (rows,), of a table that the world has already which rows it shows; None of one that is to be published.

    >>> from analysis import SurveyDesign
    >>> table = Counted.of(SurveyDesign({"safe": [1, 0, 1] * 20}, kind="quota").proportion("safe"))
    >>> table.people, table.counts, table.keys, table.along
    (array(60.), array([40.]), (((), None),), ())
    >>> kept = table.kept([True])
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
    told: Bools | None = None

    @classmethod
    def of(cls, table: Estimates) -> Counted:
        """What is taken of estimates."""
        domains = tuple(tuple(one) for one in table.domains)
        return cls(
            table.measure,
            table.by,
            domains,
            table.levels,
            np.asarray(table.present, dtype=np.float64),
            np.asarray(table.people, dtype=np.float64),
            np.asarray(table.counts, dtype=np.float64),
            _slack(table),
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

    def kept(self, shown: Any) -> dict[str, Any]:
        """All that has to be kept of a published table, as JSON holds it. shown: which of its rows are."""
        return {
            "measure": self.measure,
            "by": [*self.by],
            "along": [[*levels] for levels in self.along],
            "levels": [[*one] if isinstance(one, tuple) else one for one in self.levels],
            "present": self.present.tolist(),
            "people": self.people.tolist(),
            "counts": self.counts.tolist(),
            "slack": np.minimum(self.slack, 1.0).tolist(),
            "shown": [bool(one) for one in shown],
        }

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Counted:
        """A table as `kept` wrote it."""
        levels = tuple(tuple(one) if isinstance(one, list) else one for one in kept["levels"])
        domains = tuple(product(*kept["along"]))
        told = np.array(kept["shown"], dtype=bool)
        return cls(
            kept["measure"],
            tuple(kept["by"]),
            domains,
            levels,
            np.array(kept["present"], dtype=np.float64),
            np.array(kept["people"], dtype=np.float64),
            np.array(kept["counts"], dtype=np.float64),
            np.array(kept["slack"], dtype=np.float64).reshape(2, -1),
            told,
        )


def _slack(table: Estimates) -> Floats:
    """Of an interval's ends it is taken that they move as the share does, and that all else about them is known."""
    if table.statistic != "proportion":
        return np.zeros((2, len(table)))
    figures = np.stack([table.estimate, table.low, table.high])
    beyond = figures - np.round(figures, 2)
    half = 0.005 - 1e-7
    found = np.stack([half + beyond, half - beyond])
    return np.asarray(np.maximum(np.where(np.isfinite(found), found, np.inf).min(axis=1), 0.0))
