"""Who is counted where: the groups of several tables as sums of the same small cells."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from scipy import sparse

from analysis.frame import Bools, Codes, Floats

from .counted import Counted

Matrix = Any  # scipy's csr_array, whose stubs do not keep the shape
Place = frozenset[tuple[str, Hashable]]  # a level of each column; None: those who have no level there
EVERYBODY: Place = frozenset()
Columns = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pooled:
    """A column whose levels are others' taken together, such as sub-regions of boroughs, or wider age bands.

    >>> Pooled("part", of="borough", into={"Camden": "inner", "Barnet": "outer"}).members("inner")
    {'Camden'}
    """

    column: str
    of: str
    into: Mapping[Any, Hashable]

    def members(self, level: Hashable) -> set[Hashable]:
        """The levels that are pooled into one; of None, those without a place (None) are among them."""
        found = {one for one, whole in self.into.items() if whole == level}
        return found | {None} if level is None else found


@dataclass(frozen=True, slots=True, eq=False)
class Lattice:
    """The smallest cells that the tables need, in blocks, and where blocks must agree.

    levels: of each column that is not pooled. blocks: columns that are crossed, none within another.
    joins: two blocks, and the columns they share: counted in either, those come to the same. stages: see `of`.

    Two tables that share margins only can be any two that agree on them, so they need not be crossed, as long as
    the blocks hang together like a tree (the decomposable models of Dobra and Fienberg 2000); where they do not,
    they are crossed.
    """

    levels: Mapping[str, tuple[Hashable, ...]]
    pools: Mapping[str, Pooled]
    blocks: tuple[Columns, ...]
    joins: tuple[tuple[Columns, Columns, Columns], ...]
    stages: tuple[str, ...] = ()

    @classmethod
    def of(cls, tables: Iterable[Counted], pools: Sequence[Pooled], stages: tuple[str, ...] = ()) -> Lattice:
        """The lattice of all tables. stages: the columns that tell publications apart, if there are several.

        Raises:
            ValueError: two tables of one publication list different levels of a column.
        """
        named = {pool.column: pool for pool in pools}
        levels: dict[str, tuple[Hashable, ...]] = {}
        asked: set[frozenset[str]] = set()
        for table in tables:
            asked.add(frozenset(named[name].of if name in named else name for name in table.by))
            for at, name in enumerate(table.by):
                found = tuple(dict.fromkeys(domain[at] for domain in table.domains))
                if name in named:
                    continue
                if stages:
                    levels[name] = tuple(dict.fromkeys((*levels.get(name, ()), *found)))
                elif set(levels.setdefault(name, found)) != set(found):
                    raise ValueError(
                        f"two tables list different levels of {name}: publish tables of one design"
                    )
        blocks, joins = _tree(asked)
        return cls(levels, named, blocks, joins, stages)

    def everybody(self, place: Place) -> bool:
        """Whether a place is everybody in a publication."""
        return all(name in self.stages for name, _ in place)

    @property
    def wholes(self) -> list[Place]:
        """Everybody, in each publication."""
        last = {name: next(iter(self.pools[name].into.values())) for name in self.stages}
        return [frozenset([one]) for one in last.items()] or [EVERYBODY]

    def size(self, block: Columns) -> tuple[int, ...]:
        """The cells of a block along each column; the last is for those who have no level."""
        return tuple(len(self.levels[name]) + 1 for name in block)

    @property
    def starts(self) -> dict[Columns, int]:
        """Where the cells of each block begin; after a block's cells comes one of those the subset leaves out."""
        sizes = [int(np.prod(self.size(block), dtype=int)) + 1 for block in self.blocks]
        return dict(zip(self.blocks, np.cumsum([0, *sizes[:-1]]).tolist(), strict=True))

    @property
    def cells(self) -> int:
        """How many cells there are, of all blocks."""
        last = self.blocks[-1]
        return self.starts[last] + int(np.prod(self.size(last), dtype=int)) + 1

    def left_out(self, block: Columns) -> int:
        """The cell of those whom a subset leaves out with their whole levels."""
        return self.starts[block] + int(np.prod(self.size(block), dtype=int))

    def within(self, place: Place, block: Columns | None = None) -> Codes:
        """The cells that make up a place, in the first block that tells it, or in the one that is named."""
        columns = {self.pools[name].of if name in self.pools else name for name, _ in place}
        found = block if block is not None else next(one for one in self.blocks if columns <= set(one))
        chosen = [self._positions(name, place) for name in found]
        shape = self.size(found)
        numbers = np.arange(int(np.prod(shape, dtype=int))).reshape(shape)
        return (self.starts[found] + numbers[np.ix_(*chosen)]).ravel().astype(np.intp)

    def _positions(self, column: str, place: Place) -> list[int]:
        """The positions along a column that a place allows."""
        allowed: set[Hashable] = {None, *self.levels[column]}
        for name, level in place:
            if name == column:
                allowed &= {level}
            elif name in self.pools and self.pools[name].of == column:
                allowed &= self._members(self.pools[name], level)
        return [at for at, one in enumerate((*self.levels[column], None)) if one in allowed]

    def _members(self, pool: Pooled, level: Hashable) -> set[Hashable]:
        named = pool.members(level)
        return named | (set(self.levels[pool.of]) - set(pool.into)) if level is None else named

    def agreements(self) -> Matrix:
        """Equations between blocks, (equations, cells): what they share is counted in both, and is the same."""
        rows = []
        for one, other, shared in self.joins:
            for levels in product(*((*self.levels[name], None) for name in shared)):
                place = frozenset(zip(shared, levels, strict=True))
                row = np.zeros(self.cells)
                row[self.within(place, one)] = 1.0
                row[self.within(place, other)] = -1.0
                rows.append(row)
        return sparse.csr_array(np.array(rows).reshape(len(rows), self.cells))

    def sums(self, cells: Sequence[Codes]) -> Matrix:
        """Which cells each group adds up: (groups, cells)."""
        lengths = [len(one) for one in cells]
        columns = np.concatenate([*cells, np.zeros(0, dtype=np.intp)])
        rows = np.repeat(np.arange(len(cells)), lengths)
        return sparse.csr_array((np.ones(len(columns)), (rows, columns)), shape=(len(cells), self.cells))

    def laid_out(
        self,
        arrays: Mapping[frozenset[str], tuple[Columns, Floats, Counted]],
        only: Sequence[Columns] | None = None,
    ) -> Floats:
        """The tallies of each block's own table, one for each cell: arrays as in `Counted`. only: of these blocks.

        Raises:
            ValueError: there is no table of a block; the message says which to pass.
        """
        out = np.zeros(self.cells)
        for block in self.blocks if only is None else only:
            if frozenset(block) not in arrays:
                raise ValueError(
                    f"the tables meet in {' x '.join(block) or 'everybody'}: pass that table too, "
                    "in beneath= if it is not to be published"
                )
            by, array, table = arrays[frozenset(block)]
            out[self.starts[block] : self.left_out(block) + 1] = self._cells(block, by, array, table)
        return out

    def spread(self, cells: Bools, column: str) -> Bools:
        """Cells (of all blocks), and whatever else is in them but for one column."""
        out = cells.copy()
        for block in self.blocks:
            inside = slice(self.starts[block], self.left_out(block))
            shaped = cells[inside].reshape(self.size(block))
            there = np.zeros_like(shaped)
            axis = block.index(column)
            known = np.arange(shaped.shape[axis]) < len(self.levels[column])
            there |= shaped.any(axis=axis, keepdims=True)
            there &= known.reshape([-1 if at == axis else 1 for at in range(len(block))])
            out[inside] = there.ravel()
        return out

    def _cells(self, block: Columns, by: Columns, array: Floats, table: Counted) -> Floats:
        turned = np.moveaxis(array, [by.index(name) for name in block], range(len(block)))
        for axis, name in enumerate(block):
            listed = list(dict.fromkeys(domain[by.index(name)] for domain in table.domains))
            order = [listed.index(level) for level in self.levels[name]]
            turned = np.take(turned, [*order, len(listed), len(listed) + 1], axis=axis)
        inside = turned[(slice(0, -1),) * len(block)].ravel()
        beyond = turned[(-1,) * len(block)] if block else 0.0
        return np.append(inside, beyond)


def _tree(asked: Iterable[frozenset[str]]) -> tuple[tuple[Columns, ...], tuple[Any, ...]]:
    """The largest sets of columns as a tree (Graham's reduction); all in one where they make a ring."""
    sets = set(asked) or {frozenset[str]()}
    largest = sorted(tuple(sorted(one)) for one in sets if not any(one < other for other in sets))
    left, joins = list(largest), []
    while len(left) > 1:
        found = _ear(left)
        if found is None:
            return (tuple(sorted(set().union(*largest))),), ()
        joins.append(found)
        left.remove(found[0])
    return tuple(largest), tuple(joins)


def _ear(blocks: Sequence[Columns]) -> tuple[Columns, Columns, Columns] | None:
    """A block that shares its columns with one other only, that one, and what they share."""
    for one in blocks:
        others = [other for other in blocks if other != one]
        shared = set(one) & set().union(*others)
        for other in others:
            if shared <= set(other):
                return one, other, tuple(sorted(shared))
    return None
