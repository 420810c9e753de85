"""The answers to one question in all its tables: which rows are withheld."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from analysis.frame import Bools, Floats

from .alternatives import Matrix, Secret, Sums
from .counted import Counted
from .groups import LAST, Groups, costs, place_of
from .lattice import Lattice, Place
from .rule import Rule
from .schools import NEARLY_ALL, ONE_SCHOOL

Level = Hashable
EVEN = 1e-9  # of a weight


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """How many of each group answered, and gave each level of the rows.

    levels: every level that a row shows. given: (used cells, codes), how many gave each code; the last are those
    who answered something that no row shows. parts: (levels, codes), the codes of each level. shown: (groups,
    levels), which rows are in a table. slack: (2, groups, levels), by how much a printed share may be smaller, and
    larger, with nobody seeing it. told: (groups, levels), which rows an earlier publication shows. of_one: (groups,),
    which are of one school. heavy: (groups, used cells), `adds_up` with the mean weight of each cell, in times that of
    the group.
    """

    groups: Groups
    levels: tuple[Level, ...]
    given: Floats
    parts: Floats
    shown: Bools
    slack: Floats
    told: Bools
    of_one: Bools
    heavy: Matrix

    @classmethod
    def of(cls, groups: Groups, tables: Sequence[Counted], beneath: Sequence[Counted]) -> Answers:
        """tables: those of one question. beneath: further ones of it, which are not published."""
        everything = [*tables, *beneath]
        levels = tuple(dict.fromkeys(level for table in tables for level in table.levels))
        codes = _codes(tuple(dict.fromkeys(level for table in everything for level in table.levels)))
        given = np.stack([_tallied(groups.lattice, everything, code) for code in codes], axis=-1)
        people = groups.lattice.laid_out(_by(everything, lambda table: table.people))
        rest = people - given.sum(axis=-1)
        given = np.column_stack([given, rest])[groups.used]
        heavy = _heavy(groups, everything, given.sum(axis=1))
        shown = np.zeros((len(groups.present), len(levels)), dtype=bool)
        slack = np.full((2, *shown.shape), np.inf)
        told, of_one = np.zeros_like(shown), np.zeros(len(groups.present), dtype=bool)
        of_one |= groups.one_school
        for table in tables:
            of_one[[groups.at[one] for one in _of_one(table) if one in groups.at]] = True
            if table.told is not None:
                for (domain, level), seen in zip(table.keys, table.told, strict=True):
                    told[groups.at[place_of(table, domain)], levels.index(level)] |= seen
            for domain in table.domains:
                shown[groups.at[place_of(table, domain)], [levels.index(one) for one in table.levels]] = True
            for (domain, level), by in zip(table.keys, table.slack.T, strict=True):
                at = (groups.at[place_of(table, domain)], levels.index(level))
                slack[:, *at] = np.minimum(slack[:, *at], by)
        parts = [[code in _members(level, codes) for code in codes] + [False] for level in levels]
        return cls(
            groups, levels, given, np.array(parts, dtype=np.float64), shown, slack, told, of_one, heavy
        )

    def at(self, tables: Sequence[Counted], rows: Sequence[Bools]) -> Bools:
        """Rows of tables as (groups, levels)."""
        found = np.zeros_like(self.shown)
        for table, chosen in zip(tables, rows, strict=True):
            for (domain, level), one in zip(table.keys, chosen, strict=True):
                found[self.groups.at[place_of(table, domain)], self.levels.index(level)] |= one
        return found

    @property
    def bases(self) -> Floats:
        """(groups,): how many of each answered."""
        return np.asarray(abs(self.groups.adds_up) @ self.given.sum(axis=1))

    @property
    def counts(self) -> Floats:
        """(groups, levels): how many of each gave each level."""
        return np.asarray(abs(self.groups.adds_up) @ self.given @ self.parts.T)

    def reasons(self, rule: Rule) -> list[list[str]]:
        """(groups, levels): why each may not be shown by itself; "" where it may."""
        bases, counts = self.bases, self.counts
        return [
            [
                rule.why_not(float(bases[at]), float(count)) or (ONE_SCHOOL if self.of_one[at] else "")
                if present > 0
                else "nobody answered"
                for count in counts[at]
            ]
            for at, present in enumerate(self.groups.present)
        ]

    def hidden(self, rule: Rule, hidden: Bools, besides: Bools) -> Bools:
        """(groups, levels): which rows are withheld. hidden: (groups,), which groups are so in every table. besides:
        (groups, levels), which rows are so in any case; they are no secret by themselves."""
        unfit = np.array([[reason != "" for reason in row] for row in self.reasons(rule)])
        unfit &= ~self.told
        gone = (~self.shown | unfit | besides | hidden[:, None] | self.groups.past[:, None]) & ~self.told
        sums = self._sums(gone, hidden)
        sums.settle(self._secrets(rule, unfit, hidden), float(rule.minimum_count))
        return sums.hidden.reshape(len(hidden), -1)[:, :-1]

    def _sums(self, gone: Bools, hidden: Bools) -> Sums:
        """One row for each group and level, and after a group's levels its base, which is seen where the group is."""
        groups, size = self.groups, len(self.levels)
        each = sparse.csr_array(np.vstack([self.parts, np.ones(self.given.shape[1])]))
        base = hidden & ~groups.known
        rows = np.column_stack([gone, base])
        first = np.arange(len(hidden)) * (size + 1)
        cost = np.zeros(rows.shape)
        fewer = np.minimum(self.counts, self.bases[:, None] - self.counts)
        cost[:, :-1] = self.bases[:, None] * np.sqrt(1 + fewer) * self.shown
        cost[:, -1] = cost[:, :-1].sum(axis=1)
        everybody = np.array([groups.lattice.everybody(place) for place in groups.places], dtype=bool)
        whole = np.zeros(len(hidden), dtype=bool)
        whole[: len(everybody)] = everybody
        rank = np.repeat(groups.ranks[:, None], size + 1, axis=1)
        rank[:, -1] = LAST + 1
        narrow = np.flatnonzero(groups.most < groups.in_cell.sum())
        of_base = sparse.csr_array(np.ones((1, self.given.shape[1])))
        return Sums(
            self.given.ravel(),
            self._known(),
            sparse.kron(groups.adds_up, each, format="csr"),
            self._seen(),
            self._room(0),
            self._room(1),
            costs(cost.ravel(), np.repeat(whole, size + 1)),
            rows.ravel(),
            rank.ravel(),
            {int(at) + size: list(range(at, at + size)) for at in first},
            sparse.kron(groups.limits[narrow], of_base, format="csr"),
            np.zeros(len(narrow)),
            groups.most[narrow],
            fixed=np.column_stack([self.told, groups.told]).ravel(),
            whole=not self.uneven.any(),
        )

    def _seen(self) -> Matrix:
        """What is seen of each row, in people of the group's mean weight: of a share those who gave the answer, less
        that share of all who answered (whose number is known, but not their weight); of a base everybody."""
        size, codes = len(self.levels), self.given.shape[1]
        whole = self.heavy @ self.given.sum(axis=1)
        given = self.heavy @ self.given @ self.parts.T
        share = np.divide(given, whole[:, None], out=np.zeros_like(given), where=whole[:, None] > 0)
        less = np.column_stack([np.where(self.uneven[:, None], share, 0.0), np.zeros(len(whole))])
        some, nobody = np.vstack([self.parts, np.zeros(codes)]), np.zeros((size, codes))
        shares = sparse.kron(self.heavy, some) - sparse.diags_array(less.ravel()) @ sparse.kron(
            self.heavy, np.ones((size + 1, codes))
        )
        return (shares + sparse.kron(self.groups.adds_up, np.vstack([nobody, np.ones(codes)]))).tocsr()

    @property
    def uneven(self) -> Bools:
        """(groups,): whose people have different weights."""
        apart = abs(self.heavy - self.groups.adds_up)
        return np.asarray(apart.max(axis=1).toarray().ravel() > EVEN)

    def _room(self, way: int) -> Floats:
        """By how many people the count behind a share may be smaller (0) or larger (1) unseen; a base by none.

        Where all of a group weigh the same, they are whole people.
        """
        by = np.where(np.isfinite(self.slack[way]), self.slack[way], 0.0) * self.bases[:, None]
        by = np.where(self.uneven[:, None], by, np.floor(by))
        return np.column_stack([by, np.zeros(len(by))]).ravel()

    def _known(self) -> Matrix:
        """Blocks agree in every code; with those a subset leaves out everybody's codes are known; and outside bases."""
        groups, codes = self.groups, self.given.shape[1]
        found = [sparse.kron(groups.agreements, sparse.eye_array(codes))]
        if any(cell in groups.used for cell in map(groups.lattice.left_out, groups.lattice.blocks)):
            found.append(sparse.kron(groups.everybody, sparse.eye_array(codes)))
        told = groups.adds_up[np.flatnonzero(groups.known)]
        found.append(sparse.kron(told, np.ones((1, codes))))
        nobody = sparse.csr_array(_only(self.given.sum(axis=0) == 0))
        found.append(sparse.kron(sparse.eye_array(len(groups.used)), nobody))
        return sparse.vstack(found, format="csr")

    def _secrets(self, rule: Rule, unfit: Bools, hidden: Bools) -> Iterator[Secret]:
        """What must stay unsure of each row that is withheld, and of the groups that subtraction makes."""
        groups, bases, counts = self.groups, self.bases, self.counts
        wide, size = float(rule.minimum_count), len(self.levels)
        anybody = np.asarray(groups.present > 0, dtype=bool)
        past = groups.past[:, None] & self.shown
        gone = (unfit | hidden[:, None] | past) & anybody[:, None] & ~self.told
        for at, level in zip(*np.nonzero(gone), strict=True):
            if not (self.shown[at, level] or (unfit[at, level] and at >= len(groups.places))):
                continue
            row, count = int(at * (size + 1) + level), float(counts[at, level])
            sure = groups.known[at] or groups.change[at] or groups.present[at] >= rule.minimum_base
            if not unfit[at, level]:
                yield Secret(row, 0, wide)
                continue
            least = max(wide, np.ceil((1 - NEARLY_ALL) * bases[at])) if self.of_one[at] else wide
            for sign, amount in _unsure(count, bases[at] - count if sure else np.inf, float(least)):
                if amount >= 1:
                    yield Secret(row, sign, float(np.floor(amount)))


def _heavy(groups: Groups, tables: Sequence[Counted], answered: Floats) -> Matrix:
    """What each group adds up, with the mean weights of its publication in times that of those who answered."""
    publications = len(groups.lattice.stages) or 1
    known = [table for table in tables if len(table.heavy) == publications]
    cells = [_weights(groups, known, at) for at in range(publications)]
    of_group = np.vstack([*cells, np.ones(len(groups.used))])[groups.stages]
    found = groups.adds_up.multiply(of_group).tocsr()
    people, weight = groups.adds_up @ answered, found @ answered
    each = np.divide(people, weight, out=np.ones(len(people)), where=(people > 0) & (weight > 0))
    return (sparse.diags_array(each) @ found).tocsr()


def _weights(groups: Groups, tables: Sequence[Counted], publication: int) -> Floats:
    """What a person of each used cell weighs on average in one publication."""
    return groups.lattice.laid_out(_by(tables, lambda table: table.heavy[publication]))[groups.used]


def _of_one(table: Counted) -> list[Place]:
    """The places of a table that are of one school."""
    return [place_of(table, domain) for domain in table.groups_of_one]


def _unsure(count: float, others: float, wide: float) -> tuple[tuple[int, float], tuple[int, float]]:
    """By how much more, and fewer, it must be possible that a group gave an answer that `others` of it did not give.

    From none to the threshold, so that nobody can tell that it is under it; of nearly all of a group the same of the
    others. Where both are few: the threshold to either side, as far as the group goes.
    """
    more, fewer = min(wide, others), min(wide, count)
    if count < wide <= others - wide:
        more = max(wide - count, 1.0)
    elif others < wide <= count - wide:
        fewer = max(wide - others, 1.0)
    return (1, more), (-1, fewer)


def _only(wanted: Bools) -> Floats:
    return np.eye(len(wanted))[np.flatnonzero(wanted)]


def _codes(levels: Sequence[Level]) -> tuple[Level, ...]:
    """The levels that are not made of others. ValueError where two overlap and are not."""
    single = [level for level in levels if type(level) is not tuple]
    unions = [level for level in levels if type(level) is tuple and not set(level) <= set(single)]
    seen = [one for union in unions for one in union] + single
    if len(set(seen)) < len(seen):
        raise ValueError(
            f"{unions[0]!r} shares answers with other rows: pass the table of all answers too, in beneath= "
            "if it is not to be published"
        )
    return (*single, *unions)


def _members(level: Level, codes: Sequence[Level]) -> set[Level]:
    return {level} if level in codes else set(level) if isinstance(level, tuple) else set()


def _by(
    tables: Sequence[Counted], array: Callable[[Counted], Floats]
) -> Mapping[frozenset[str], tuple[tuple[str, ...], Floats, Counted]]:
    return {frozenset(table.by): (table.by, array(table), table) for table in tables}


def _tallied(lattice: Lattice, tables: Sequence[Counted], code: Level) -> Floats:
    """How many of each cell of the lattice gave a code."""
    telling = [table for table in tables if code in table.levels]
    return lattice.laid_out(_by(telling, lambda table: table.counts[..., table.levels.index(code)]))
