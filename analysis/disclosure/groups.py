"""The groups of a publication: those that are published, and those that subtraction makes; who of them is hidden."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf

import numpy as np
from scipy import sparse

from analysis.frame import MISSING, Bools, Codes, Floats

from .alternatives import Matrix, Secret, Sums
from .counted import Counted
from .lattice import Lattice, Place
from .rule import Rule
from .schools import nearly_all_of_one

LAST = 100  # rank of what is hidden only where nothing else will do


@dataclass(frozen=True, slots=True)
class Outside:
    """What is known from elsewhere of a group: that so many of it answered at least, and at most.

    group: a level of each column, as in the tables; {} is everybody. A population is an `at_most`.

    >>> city = Outside({"borough": "City of London"}, at_most=790)
    >>> city.at_least, city.place
    (0, frozenset({('borough', 'City of London')}))
    """

    group: Mapping[str, Hashable]
    at_least: float = 0
    at_most: float = inf

    @property
    def place(self) -> Place:
        """The group as a place of the lattice."""
        return frozenset(self.group.items())


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """Groups of people as sums of cells that hold anybody.

    used: which cells of the lattice do. places: the published groups, in order; then come those that subtraction
    makes. adds_up: (groups, used cells). present: (groups,), the people of each. known: which numbers of people are
    known whatever is shown. everybody: (equations, used cells), totals that are known whatever is shown. stages: which
    publication each is of, MISSING of those that subtraction makes. past: which groups are those of an earlier
    publication, and told: which of them it shows. change: what two publications differ by; whoever is in one of them
    and not in the other counts, as 1 or -1. one_school: which of those are nearly all of one school. at: which group
    each place is; those without a level in some column are places too.
    """

    lattice: Lattice
    used: Codes
    in_cell: Floats
    places: tuple[Place, ...]
    adds_up: Matrix
    present: Floats
    known: Bools
    everybody: Matrix
    limits: Matrix
    least: Floats
    most: Floats
    stages: Codes
    past: Bools
    told: Bools
    change: Bools
    one_school: Bools
    at: Mapping[Place, int] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        lattice: Lattice,
        present: Floats,
        used: Codes,
        tables: Sequence[Counted],
        outside: Sequence[Outside],
        rule: Rule,
    ) -> Groups:
        """present: (cells,), how many people each cell of the lattice holds. used: which of them may hold anybody."""
        places = tuple(dict.fromkeys(place_of(table, domain) for table in tables for domain in table.domains))
        cells = [lattice.within(place) for place in places]
        unplaced = _without_level(lattice, tables)
        adds_up = lattice.sums([*cells, *unplaced.values(), *_left_out(lattice)])[:, used]
        stages = [_stage(lattice, place) for place in places]
        slivers, across = _slivers(adds_up[: len(places)], present[used], rule.minimum_base, stages)
        changes, pairs = _changes(lattice, places, adds_up[: len(places)])
        every = sparse.vstack([adds_up, slivers, changes], format="csr")
        keep, same = _distinct(every, len(places))
        changed = np.repeat([False, True], [adds_up.shape[0], slivers.shape[0] + changes.shape[0]])
        changed[adds_up.shape[0] : adds_up.shape[0] + len(across)] = across
        adds_up = every[keep]
        one_school = np.zeros(len(keep), dtype=bool)
        for at, of_one in zip(
            same[len(changed) - len(pairs) :], _of_one_school(tables, places, pairs), strict=True
        ):
            one_school[at] |= of_one and at >= 0
        limits = lattice.sums([lattice.within(one.place) for one in outside])[:, used]
        least = np.array([one.at_least for one in outside], dtype=np.float64)
        most = np.array([one.at_most for one in outside], dtype=np.float64)
        sure = {one.place for one in outside if one.at_most - one.at_least < rule.minimum_count}
        past, told = (np.zeros(len(keep), dtype=bool) for _ in range(2))
        past[: len(places)] = [stage != (lattice.stages or ("",))[-1] for stage in stages]
        told[: len(places)] = [place in _told(tables) for place in places]
        number = {name: at for at, name in enumerate(lattice.stages or ("",))}
        known, of = np.zeros(len(keep), dtype=bool), np.full(len(keep), MISSING, dtype=np.intp)
        of[: len(places)] = [number[stage] for stage in stages]
        known[: len(places)] = [place in sure for place in places]
        return cls(
            lattice,
            used,
            present[used],
            places,
            adds_up,
            abs(adds_up) @ present[used],
            known,
            _totals(lattice, present)[:, used],
            limits,
            least,
            most,
            of,
            past,
            told,
            changed[keep],
            one_school,
            {place: at for place, at in zip([*places, *unplaced], same, strict=False) if at >= 0},
        )

    @property
    def agreements(self) -> Matrix:
        """Equations between the used cells of two blocks."""
        return self.lattice.agreements()[:, self.used]

    @property
    def ranks(self) -> Codes:
        """(groups,): the lower are hidden first, and last everybody."""
        found = np.zeros(len(self.present), dtype=np.intp)
        found[: len(self.places)] = [LAST if self.lattice.everybody(place) else 0 for place in self.places]
        return found

    @property
    def published(self) -> Bools:
        """Which of the groups are in a table; the others come of subtraction."""
        return np.arange(len(self.present)) < len(self.places)

    def hidden(self, rule: Rule, rows: Mapping[Place, int]) -> Bools:
        """Which groups are hidden in every table, as they are few people or would give away those who are.

        rows: how many rows of the tables each published group has.
        """
        few = (
            (self.present > 0) & (self.present < rule.minimum_base) & ~self.known & ~self.told & ~self.change
        )
        hidden = (few | ~self.published | (self.present == 0) | self.past) & ~self.told
        everybody = np.array([self.lattice.everybody(place) for place in self.places], dtype=bool)
        cost = np.zeros(len(self.present))
        cost[: len(self.places)] = [rows[place] for place in self.places]
        people = Sums(
            self.in_cell,
            sparse.vstack([self.agreements, self.everybody], format="csr"),
            self.adds_up,
            self.adds_up,
            np.zeros(len(hidden)),
            np.zeros(len(hidden)),
            costs(self.present * cost, everybody),
            hidden,
            self.ranks,
            limits=self.limits,
            least=self.least,
            most=self.most,
            fixed=self.told,
        )
        amount = float(rule.minimum_count)
        people.settle(
            [
                Secret(int(row), sign, amount if sign > 0 else min(amount, self.present[row]))
                for row in np.flatnonzero(few)
                for sign in (1, -1)
            ],
            amount,
        )
        return people.hidden


def costs(cost: Floats, everybody: Bools) -> Floats:
    """What hiding each row costs; a row of everybody costs more than all others together."""
    whole = np.resize(everybody, len(everybody))
    out = cost.copy()
    out[: len(whole)][whole] += cost.sum() + 1
    return out


def place_of(table: Counted, domain: Sequence[Hashable]) -> Place:
    """A domain of a table as a place."""
    return frozenset(zip(table.by, domain, strict=True))


def _without_level(lattice: Lattice, tables: Sequence[Counted]) -> dict[Place, Codes]:
    """Those of each table's groups who have no level in one column or several: a total less what is shown."""
    found: dict[Place, Codes] = {}
    for table in tables:
        for domain in table.domains:
            of = [name for name in table.by if name not in lattice.stages]
            for gone in range(1, 2 ** len(of)):
                without = {name for at, name in enumerate(of) if gone >> at & 1}
                place = frozenset(
                    (name, None if name in without else level)
                    for name, level in zip(table.by, domain, strict=True)
                )
                if place not in found:
                    found[place] = lattice.within(place)
    return found


def _left_out(lattice: Lattice) -> list[Codes]:
    return [np.array([lattice.left_out(block)], dtype=np.intp) for block in lattice.blocks]


def _totals(lattice: Lattice, present: Floats) -> Matrix:
    """Everybody, whose number is always published; where a subset leaves people out, everybody with them."""
    out = []
    for block in lattice.blocks:
        corner = lattice.left_out(block)
        if present[corner] > 0:
            out.append(np.append(lattice.within(frozenset(), block), corner))
    return lattice.sums(out or [lattice.within(place) for place in lattice.wholes])


def _stage(lattice: Lattice, place: Place) -> str:
    """The publication that a place is of."""
    return next((name for name, _ in place if name in lattice.stages), "")


def _told(tables: Sequence[Counted]) -> set[Place]:
    """The groups that earlier publications show, with any answer."""
    return {
        place_of(table, domain)
        for table in tables
        if table.told is not None
        for domain, shown in zip(table.domains, table.told.reshape(len(table.domains), -1), strict=True)
        if shown.any()
    }


def _changes(
    lattice: Lattice, places: Sequence[Place], adds_up: Matrix
) -> tuple[Matrix, list[tuple[int, int]]]:
    """What each group of a publication has beyond that of each earlier one, and lacks of it; the places of both."""
    order = {stage: at for at, stage in enumerate(lattice.stages)}
    same: dict[Place, list[tuple[int, int]]] = {}
    for at, place in enumerate(places):
        group = frozenset(one for one in place if one[0] not in order)
        same.setdefault(group, []).append((order.get(_stage(lattice, place), 0), at))
    pairs = [
        (later, one)
        for found in same.values()
        for stage, one in found
        for other, later in found
        if other > stage
    ]
    later, one = np.array(pairs, dtype=np.intp).reshape(-1, 2).T
    return adds_up[later] - adds_up[one], pairs


def _of_one_school(
    tables: Sequence[Counted], places: Sequence[Place], pairs: Sequence[tuple[int, int]]
) -> list[bool]:
    """Of each two groups whether nearly all that they differ by is one school's, as far as schools were kept."""
    through: dict[Place, Mapping[str, int]] = {}
    for table in tables if pairs else ():
        for domain in table.domains if table.through is not None else ():
            own = domain[:-1]  # without its publication
            through.setdefault(place_of(table, domain), (table.through or {}).get(own, {}))
    known = [(through.get(places[later]), through.get(places[one])) for later, one in pairs]
    return [one is not None and other is not None and nearly_all_of_one(one, other) for one, other in known]


def _slivers(adds_up: Matrix, present: Floats, few: float, stages: Sequence[str]) -> tuple[Matrix, Bools]:
    """What one published group has beyond another within it, where that is a few people; is it of two publications?"""
    people, size = adds_up @ present, adds_up.sum(axis=1)
    between = people[:, None] - people[None, :]
    shared = (adds_up @ adds_up.T).toarray()
    nested = (shared == size[None, :]) & (between > 0) & (between < few) & (people[None, :] > 0)
    one, other = np.nonzero(nested)
    of = np.array(stages, dtype=object)
    return adds_up[one] - adds_up[other], np.asarray(of[one] != of[other], dtype=bool)


def _distinct(adds_up: Matrix, published: int) -> tuple[Codes, list[int]]:
    """Which groups are neither the same people as an earlier one nor nobody; all published ones are. And of each group
    which of those is of the same people, -1 for nobody."""
    seen: dict[bytes, int] = {}
    keep: list[int] = []
    same: list[int] = []
    for row in range(adds_up.shape[0]):
        line = adds_up[[row]]
        line.eliminate_zeros()
        cells = np.sort(line.indices).tobytes()
        if row < published or (line.nnz and cells not in seen):
            seen.setdefault(cells, len(keep))
            same.append(len(keep))
            keep.append(row)
        else:
            same.append(seen[cells] if line.nnz else -1)
    return np.array(keep, dtype=np.intp), same
