"""An attacker who has every published table of a wave, adds and subtracts, and knows nothing of the protector."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np
from scipy.optimize import linprog

from analysis.disclosure import Protected

Weight = Callable[[Mapping[str, Any]], float]
Domain = tuple[tuple[str, Any], ...]
Pools = Mapping[str, tuple[str, Mapping[Any, Any]]]


@dataclass
class Attacker:
    """Unknown: how many of each group gave each answer. columns: the levels of each; None for who has none.

    Everything is written as inequalities over the people of two crossed lists: borough by age, and gender.
    bases: whether the exact base of each row shown is known from elsewhere.
    """

    columns: dict[str, list[Any]]
    codes: list[Any]
    crossed: tuple[tuple[str, ...], ...]
    pools: Pools = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.cells: dict[tuple[Any, ...], int] = {}
        for at, names in enumerate(self.crossed):
            for levels in product(*([*self.columns[name], None] for name in names)):
                for code in self.codes:
                    self.cells[at, levels, code] = len(self.cells)
        self.upper: list[tuple[np.ndarray[Any, Any], float]] = []
        self._lists_agree()

    def _lists_agree(self) -> None:
        for at in range(1, len(self.crossed)):
            for code in self.codes:
                one, other = self.sum({}, [code], 0), self.sum({}, [code], at)
                self.between(one - other, 0, 0)

    def sum(
        self,
        group: Mapping[str, Any],
        codes: Sequence[Any],
        at: int | None = None,
        weight: Weight = lambda who: 1.0,
    ) -> Any:
        """Which cells a number adds up, and what one person of each weighs in it."""
        need = {self.pools[name][0] if name in self.pools else name for name in group}
        if at is None:
            at = next(k for k, names in enumerate(self.crossed) if need <= set(names))
        row = np.zeros(len(self.cells))
        for (where, levels, code), cell in self.cells.items():
            who = dict(zip(self.crossed[where], levels, strict=True))
            if where == at and code in codes and self._inside(who, group):
                row[cell] = weight(who)
        return row

    def _inside(self, who: Mapping[str, Any], group: Mapping[str, Any]) -> bool:
        for name, level in group.items():
            if name in self.pools:
                of, into = self.pools[name]
                if into.get(who[of]) != level:
                    return False
            elif who[name] != level:
                return False
        return True

    def between(self, row: Any, low: float, high: float) -> None:
        """Learn that a sum lies between two numbers."""
        self.upper += [(row, high), (-row, -low)]

    def read(
        self,
        table: Protected,
        exactly: Mapping[Domain, int] | None = None,
        weight: Weight = lambda who: 1.0,
    ) -> None:
        """Learn what a table prints: bases to the nearest five, or exactly where they are known; whole percentages,
        each of so much weight. weight: what a person of each finest group weighs, known from elsewhere."""
        for row in table.rows():
            if row["estimate"] is None:
                continue
            group = {name: row[name] for name in table.by}
            codes = list(row["level"]) if type(row["level"]) is tuple else [row["level"]]
            base = self.sum(group, self.codes)
            every, count = (self.sum(group, some, weight=weight) for some in (self.codes, codes))
            n = None if exactly is None else exactly.get(tuple(sorted(group.items())))
            self.between(base, *((row["n"] - 2.5, row["n"] + 2.5) if n is None else (n, n)))
            self.between(count - (row["estimate"] - 0.005) * every, 0, np.inf)
            self.between((row["estimate"] + 0.005) * every - count, 0, np.inf)

    def learns(self, group: Mapping[str, Any], codes: Sequence[Any]) -> tuple[float, float]:
        """The least and the most that a count can be."""
        return self.learns_of(self.sum(group, codes))

    def learns_of(self, row: Any) -> tuple[float, float]:
        """The least and the most that a sum can be."""
        known = [(line, most) for line, most in self.upper if np.isfinite(most)]
        lines, most = np.array([line for line, _ in known]), np.array([one for _, one in known])
        found = []
        for sign in (1.0, -1.0):
            answer = linprog(sign * row, A_ub=lines, b_ub=most + 1e-7, bounds=(0, None), method="highs")
            assert answer.status in (0, 3), answer.message
            found.append(sign * float(answer.fun or 0.0) if answer.status == 0 else np.inf)
        return float(found[0]), float(found[1])


def hidden_rows(tables: Sequence[Protected]) -> Iterator[tuple[dict[str, Any], Any]]:
    """The group and the level of each row that is withheld."""
    for table in tables:
        for row in table.rows():
            if row["estimate"] is None:
                yield {name: row[name] for name in table.by}, row["level"]
