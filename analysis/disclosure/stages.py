"""Earlier publications of the same answers: what the world knows already, and who came or went between."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np

from analysis.frame import Floats

from .counted import Counted
from .lattice import Pooled

WHEN = "which publications a person is in"
IN = "in it"
Key = tuple[str, frozenset[str], Hashable]


@dataclass(frozen=True, slots=True, eq=False)
class Staged:
    """Tables of several publications as tables of one, by who is in which.

    tables: those that are to be published, in order, and then those of earlier publications. stages: the column of each
    publication, whose one level is everybody in it.
    """

    tables: tuple[Counted, ...]
    beneath: tuple[Counted, ...]
    pools: tuple[Pooled, ...]
    stages: tuple[str, ...]


def staged(
    tables: Sequence[Counted],
    beneath: Sequence[Counted],
    pools: Sequence[Pooled],
    before: Sequence[Sequence[Counted]],
) -> Staged:
    """Every table once for each publication that it is in, and beneath them the people of each by WHEN.

    before: the tables of each earlier publication, with those beneath them, as `Counted.kept` keeps them.

    Nobody is followed from one publication to the next: only how many there are in each cell of each, which is all that
    subtraction can tell. Of a cell with 5 and then 7 people, 5 are in both and 2 in the later; with 5 and then 3, 3 are
    in both and 2 in the earlier. People whom a subset leaves out are in no publication; how many are in each is known.
    """
    publications = [*before, [*tables, *beneath]]
    stages = tuple(f"publication {at}" for at in range(1, len(publications) + 1))
    merged = {pool.column for pool in pools}
    found = [{_key(table): table for table in one if not merged & set(table.by)} for one in publications]
    along = _along([table for one in found for table in one.values()])
    counted = {
        key: _layered([one.get(key) or _whole(key, one) for one in found], along)
        for key in dict.fromkeys(key for one in found for key in one)
    }
    sets = sorted({mask for layers in counted.values() for mask in layers.masks})
    under = [layers.table(along, sets) for layers in counted.values()]
    under.sort(key=lambda table: any(isinstance(level, tuple) for level in table.levels), reverse=True)
    return Staged(
        (
            *(_at(stages[-1], table) for table in tables),
            *(
                _at(stage, table)
                for stage, one in zip(stages, before, strict=False)
                for table in one
                if table.told is not None and table.told.size
            ),
        ),
        tuple(under),
        (
            *pools,
            *(
                Pooled(stage, WHEN, {mask: IN for mask in sets if mask >> at & 1})
                for at, stage in enumerate(stages)
            ),
        ),
        stages,
    )


def _key(table: Counted) -> Key:
    """What two publications have in common of a table; unions of codes are another one than codes."""
    unions = tuple(level for level in table.levels if isinstance(level, tuple))
    return table.measure, frozenset(table.by), unions


def _at(stage: str, table: Counted) -> Counted:
    """A table as that of everybody in one publication."""
    domains = tuple((*domain, IN) for domain in table.domains)
    return replace(table, by=(*table.by, stage), domains=domains)


def _along(tables: Sequence[Counted]) -> dict[str, tuple[Hashable, ...]]:
    """Every level of each column in any publication."""
    found: dict[str, dict[Hashable, None]] = {}
    for table in tables:
        for name, levels in zip(table.by, table.along, strict=True):
            found.setdefault(name, {}).update(dict.fromkeys(levels))
    return {name: tuple(levels) for name, levels in found.items()}


@dataclass(frozen=True, slots=True, eq=False)
class _Layers:
    """A table of several publications: for each set of them (bits of a mask) who is in just those.

    given: (levels of each column and nobody's, levels, then those who answered something else). present: without
    the last axis. heavy: (publications, ...), the mean weight of each cell in each of them.
    """

    measure: str
    by: tuple[str, ...]
    levels: tuple[Hashable, ...]
    given: dict[int, Floats]
    present: dict[int, Floats]
    heavy: Floats

    @property
    def masks(self) -> set[int]:
        """The sets that anybody is in."""
        return {mask for part in (self.given, self.present) for mask, people in part.items() if people.any()}

    def table(self, along: dict[str, tuple[Hashable, ...]], sets: Sequence[int]) -> Counted:
        """The same as one table by WHEN too."""
        nobody, none = np.zeros_like(self.given[0]), np.zeros_like(self.present[0])
        given = np.stack([self.given.get(mask, nobody) for mask in sets], axis=-2)
        present = np.stack([self.present.get(mask, none) for mask in sets], axis=-1)
        wide = [(0, 1)] * len(self.by) + [(0, 2)]  # left out by a subset, or without a publication: nobody
        given, present = np.pad(given, [*wide, (0, 0)]), np.pad(present, wide)
        heavy = np.repeat(self.heavy[..., None], len(sets), axis=-1)
        heavy = np.pad(heavy, [(0, 0), *wide], constant_values=1.0)
        domains = tuple(product(*(along[name] for name in self.by), sets))
        slack = np.zeros((2, 0))
        by = (*self.by, WHEN)
        return Counted(
            self.measure, by, domains, self.levels, present, given.sum(axis=-1), given[..., :-1], slack, heavy
        )


def _whole(key: Key, publication: Mapping[Key, Counted]) -> Counted | None:
    """Everybody of a publication that has no such table, as nobody had a level there."""
    return publication.get((key[0], frozenset(), key[2]))


def _layered(tables: Sequence[Counted | None], along: dict[str, tuple[Hashable, ...]]) -> _Layers:
    """One table in each publication; None where it was in none of its tables."""
    first = max((table for table in tables if table is not None), key=lambda table: len(table.by))
    levels = tuple(dict.fromkeys(level for table in tables if table for level in table.levels))
    shape = tuple(len(along[name]) + 1 for name in first.by)
    given = np.zeros((len(tables), *shape, len(levels) + 1))
    present, heavy = np.zeros((len(tables), *shape)), np.ones((len(tables), *shape))
    for stage, table in enumerate(tables):
        if table is not None:
            order = [table.by.index(name) for name in first.by] if table.by else []
            none = [[size - 1] for size in shape]
            at = [_places(table, name, along) for name in first.by] if table.by else none
            places: Any = (stage, *np.ix_(*at))
            inside = (slice(0, -1),) * len(table.by)
            to = [levels.index(level) for level in table.levels]
            part = np.zeros((*(table.present.transpose(order)[inside].shape), len(levels) + 1))
            counts = np.moveaxis(table.counts, order, range(len(order)))[inside]
            part[..., to] = counts
            part[..., -1] = table.people.transpose(order)[inside] - counts.sum(axis=-1)
            given[places] = part
            present[places] = table.present.transpose(order)[inside]
            heavy[places] = table.heavy[0].transpose(order)[inside]
    return _Layers(first.measure, first.by, levels, _layers(given), _layers(present), heavy)


def _places(table: Counted, name: str, along: dict[str, tuple[Hashable, ...]]) -> list[int]:
    """Where a table's levels of a column stand among all of them; the last is for those who have none."""
    levels = table.along[table.by.index(name)]
    return [*(along[name].index(level) for level in levels), len(along[name])]


def _layers(numbers: Floats) -> dict[int, Floats]:
    """(publications, ...): who is in which, with as many in several as there can be; by mask, all of the same shape."""
    order = np.argsort(numbers, axis=0, kind="stable")
    ranked = np.take_along_axis(numbers, order, axis=0)
    bits = np.left_shift(1, order)
    found: dict[int, Floats] = {0: np.zeros(numbers.shape[1:])}
    before = np.zeros(numbers.shape[1:])
    for at in range(len(numbers)):
        masks, more = bits[at:].sum(axis=0), ranked[at] - before
        for mask in np.unique(masks[more > 0]):
            there = found.setdefault(int(mask), np.zeros(numbers.shape[1:]))
            there += np.where(masks == mask, more, 0.0)
        before = ranked[at]
    return found
