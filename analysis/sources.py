"""Where cubes come from: rows of arrays, any frame narwhals reads, or cubes that were summed elsewhere."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np

from .cube import Cube
from .frame import Bools, Column, Floats, Frame, listing, orders
from .sampling import Plan, sampling

Levels = Mapping[str, Sequence[Hashable]]
SMALL = 250_000
MOST = 1e100  # a weight above it is a mistake, and its square no number
SUMS = ("people", "weight", "square", "wrong")


class Door(Protocol):
    """Something that can be summed into a cube by some of its columns."""

    @property
    def names(self) -> tuple[str, ...]: ...

    def __len__(self) -> int: ...

    def gather(self, names: tuple[str, ...]) -> Cube:
        """The cube by these columns, including cells whose people carry no weight."""

    def rows(self, names: tuple[str, ...]) -> Cube:
        """The rows as a cube, a cell for each, in their order; ValueError where there are none."""

    def marked(self, name: str, mask: Bools) -> Door:
        """The same with one more column: a boolean for each row."""


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A door with the small cubes that came through it, so that no sum is taken twice."""

    door: Door = field(repr=False)
    kept: dict[frozenset[str], Cube] = field(default_factory=dict, repr=False)
    root: object = field(default_factory=object, repr=False)  # the same for every source of the same people

    def cube(self, names: Sequence[str]) -> Cube:
        """The cube by these columns: from a finer one that is kept, or from the door."""
        names = tuple(dict.fromkeys(names))
        strangers = [name for name in names if name not in self.door.names]
        if strangers:
            there = ", ".join(map(str, self.door.names))
            raise KeyError(f"there is no column {strangers[0]!r}; the frame has {there}")
        finer = [cube for axes, cube in self.kept.items() if axes.issuperset(names)]
        if finer:
            found = min(finer, key=len)
            return found if found.names == names else found.by(names)
        cube = self.door.gather(names)
        if len(cube) <= SMALL:
            self.kept[frozenset(names)] = cube
        return cube

    def finer(self, names: Sequence[str]) -> Cube:
        """A cube that has at least these columns; of cubes that were summed elsewhere one of those, as it is."""
        if isinstance(self.door, Cubes):
            return self.door.able(names)
        return self.cube(names)

    def marked(self, name: str, mask: Bools) -> Source:
        return replace(self, door=self.door.marked(name, mask), kept={})


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Columns as arrays. people, weight: how many each row stands for, and the base weight of one."""

    frame: Frame
    people: Floats
    weight: Floats

    @property
    def names(self) -> tuple[str, ...]:
        return self.frame.names

    def __len__(self) -> int:
        return len(self.frame)

    def gather(self, names: tuple[str, ...]) -> Cube:
        return self.rows(names).by(names)

    def rows(self, names: tuple[str, ...]) -> Cube:
        axes = tuple(self.frame.column(name) for name in names)
        weight = self.people * self.weight
        return Cube(axes, np.where(self.weight > 0, self.people, 0.0), weight, weight * self.weight)

    def marked(self, name: str, mask: Bools) -> Rows:
        return replace(self, frame=self.frame.marked(name, mask))


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A frame that narwhals reads, grouped by its own engine; a lazy one is never held in memory."""

    frame: Any
    weights: str | None
    counts: str | None
    levels: Levels
    order: Levels
    columns: tuple[str, ...]
    lazy: bool

    @property
    def names(self) -> tuple[str, ...]:
        return self.columns

    def __len__(self) -> int:
        if self.lazy:
            raise ValueError(
                "a lazy frame has no rows to point at; narrow it by a column, or collect it first"
            )
        return int(self.frame.shape[0])

    @property
    def _sums(self) -> list[str]:
        """Names for the sums that no column has."""
        taken = max((len(str(name)) for name in self.columns), default=0)
        return [name.center(taken + len(name) + 1) for name in SUMS]

    def gather(self, names: tuple[str, ...]) -> Cube:
        import narwhals as nw

        w = nw.col(self.weights).cast(nw.Float64) if self.weights else nw.lit(1.0)
        n = nw.col(self.counts).cast(nw.Float64) if self.counts else nw.lit(1.0)
        wrong = [_not_a_weight(one) for one in (w, n)]
        if self.counts:
            wrong.append(n.cast(nw.Int64) != n)
        bad = nw.any_horizontal(*wrong, ignore_nulls=True)
        terms = self.frame.with_columns(
            nw.when(w > 0).then(n).otherwise(nw.lit(0.0)).alias(self._sums[0]),
            (n * w).alias(self._sums[1]),
            (n * w * w).alias(self._sums[2]),
            nw.when(bad).then(nw.lit(1.0)).otherwise(nw.lit(0.0)).alias(self._sums[3]),
        )
        sums = [nw.col(name).sum() for name in self._sums]
        grouped = terms.group_by(*names, drop_null_keys=False).agg(*sums) if names else terms.select(*sums)
        return self._cube(names, grouped.collect() if self.lazy else grouped)

    def _cube(self, names: tuple[str, ...], grouped: Any) -> Cube:
        values = {name: grouped[name].to_list() for name in names}
        cells = Frame(values, self._declared(names), self.order)
        *sums, wrong = (
            np.nan_to_num(np.asarray(grouped[name].to_numpy(), dtype=np.float64)) for name in self._sums
        )
        if wrong.sum() > 0:
            named = " and ".join(repr(name) for name in (self.weights, self.counts) if name)
            raise ValueError(f"column {named} must be a number, 0 or more; {wrong.sum():.0f} rows break this")
        return Cube(tuple(cells.column(name) for name in names), *sums).by(names)

    def _declared(self, names: Sequence[str]) -> dict[str, tuple[Hashable, ...]]:
        return {name: tuple(self.levels[name]) for name in names if name in self.levels}

    def rows(self, names: tuple[str, ...]) -> Cube:
        return self.arrays().rows(names)

    def arrays(self) -> Rows:
        """The same as arrays, column by column as they are asked for."""
        if self.lazy:
            len(self)
        frame = Frame(self.frame, self._declared(self.columns), self.order)
        return Rows(frame, counted(frame, self.counts), weighed(frame, self.weights))

    def marked(self, name: str, mask: Bools) -> Table:
        import narwhals as nw

        marks = nw.new_series(name, mask.tolist(), nw.Boolean, backend=self.frame.implementation)
        columns = tuple(dict.fromkeys((*self.columns, name)))
        return replace(self, frame=self.frame.with_columns(marks), columns=columns)


@dataclass(frozen=True, slots=True, eq=False)
class Cubes:
    """Cubes of the same people that were summed elsewhere, each by some of the columns."""

    cubes: tuple[Cube, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for cube in self.cubes for name in cube.names))

    def __len__(self) -> int:
        return len(self.rows(()))

    def gather(self, names: tuple[str, ...]) -> Cube:
        return self.able(names).by(names)

    def able(self, names: Sequence[str]) -> Cube:
        """The smallest cube that has these columns; ValueError where there is none."""
        able = [cube for cube in self.cubes if set(names) <= set(cube.names)]
        if not able:
            raise ValueError(
                f"no cube has the axes {listing(names, 20)} together; there are "
                + "; ".join(", ".join(cube.names) for cube in self.cubes)
            )
        return min(able, key=len)

    def rows(self, names: tuple[str, ...]) -> Cube:
        raise ValueError("a cube has no rows to point at; narrow it by a column, such as subset(wave=1)")

    def marked(self, name: str, mask: Bools) -> Cubes:
        raise ValueError("a cube has no rows to point at; narrow it by a column, such as subset(wave=1)")


def _not_a_weight(one: Any) -> Any:
    """Of a narwhals expression: missing, negative, NaN or beyond all reason."""
    return one.is_null() | ~((one >= 0) & (one <= MOST))


def open_source(source: Any, weights: str | None, counts: str | None, levels: Levels) -> Source:
    """The door to whatever the design was given."""
    if isinstance(source, Source):
        return source
    declared = {name: tuple(values) for name, values in levels.items()}
    if isinstance(source, Cube):
        source = [source]
    if isinstance(source, (list, tuple)) and source and all(isinstance(one, Cube) for one in source):
        if counts or (weights and not all(weights in cube.names for cube in source)):
            raise ValueError(
                "a cube carries its weights and counts already: leave weights= and counts= out, or make the base "
                "weight an axis of the cube and name that"
            )
        return Source(Cubes(tuple(_declared(cube, declared) for cube in source)))
    if isinstance(source, Mapping):
        frame = Frame(dict(source), declared)
        return Source(Rows(frame, counted(frame, counts), weighed(frame, weights)))
    return Source(_table(source, weights, counts, declared))


def _table(source: Any, weights: str | None, counts: str | None, levels: Levels) -> Table:
    import narwhals as nw

    try:
        frame = nw.from_native(source)
    except TypeError:
        raise TypeError(
            f"the frame is a {type(source).__name__}; give a mapping of arrays, a data frame (pandas, polars, PyArrow, "
            f"DuckDB), or a Cube"
        ) from None
    lazy = isinstance(frame, nw.LazyFrame)
    names = tuple(frame.collect_schema().names())
    table = Table(frame, weights, counts, levels, orders(frame), names, lazy)
    for name in (weights, counts):
        if name is not None and name not in names:
            raise KeyError(f"there is no column {name!r}; the frame has {', '.join(map(str, names))}")
        if name is not None and not frame.collect_schema()[name].is_numeric():
            raise ValueError(f"column {name!r} must hold numbers; it holds words")
    if not lazy:
        table.arrays()
    return table


def _declared(cube: Cube, levels: Mapping[str, tuple[Hashable, ...]]) -> Cube:
    return replace(cube, axes=tuple(_in_order(axis, levels.get(axis.name)) for axis in cube.axes))


def _in_order(axis: Column, declared: tuple[Hashable, ...] | None) -> Column:
    if declared is None:
        return axis
    strangers = [axis.levels[code] for code in axis.observed() if axis.levels[code] not in declared]
    if strangers:
        raise ValueError(f"column {axis.name!r} holds {listing(strangers)}, not among its declared levels")
    place = {level: at for at, level in enumerate(declared)}
    moved = np.array([*(place.get(level, -1) for level in axis.levels), -1], dtype=np.intp)
    return Column(axis.name, moved[axis.codes], declared)


def counted(frame: Frame, name: str | None) -> Floats:
    """How many respondents each row stands for."""
    if name is None:
        return np.ones(len(frame))
    counts = frame.numbers(name)
    bad = ~((counts >= 0) & (counts <= MOST) & (counts == np.floor(counts)))
    refuse_rows(name, "must be a whole number, 0 or more", bad)
    return counts


def weighed(frame: Frame, name: str | None) -> Floats:
    """The base weight of a respondent of each row."""
    if name is None:
        return np.ones(len(frame))
    weights = frame.numbers(name)
    refuse_rows(name, "must be a number, 0 or more", ~((weights >= 0) & (weights <= MOST)))
    return weights


def refuse_rows(name: str, rule: str, bad: Bools) -> None:
    """ValueError that says which rows break a rule."""
    if bad.any():
        rows = np.flatnonzero(bad)
        raise ValueError(
            f"column {name!r} {rule}; {len(rows)} rows break this (counted from 0: {listing(rows.tolist())})"
        )


def placed(source: Source, plan: Plan) -> None:
    """Every row with weight has its stratum and cluster; arrays are looked at here, other frames when asked."""
    for name in plan.columns:
        if name not in source.door.names:
            source.cube([name])
    if isinstance(source.door, Rows):
        rows = source.door.rows(plan.columns)
        for axis in rows.axes:
            rule = "must not be missing: it places the respondent in the design"
            refuse_rows(axis.name, rule, (axis.codes < 0) & (rows.w > 0))


def weighted_by_chance(source: Source, plan: Plan) -> Source:
    """A source whose base weights are one over the chance of being drawn, as the fpc columns imply."""
    door = source.door.arrays() if isinstance(source.door, Table) else source.door
    if not isinstance(door, Rows):
        raise ValueError("fpc without weights needs rows; name the column of base weights")
    rows = door.rows(plan.columns)
    share = np.ones(len(rows))
    for stage in sampling(rows, plan).stages:
        share = share * stage.fraction[stage.stratum]
    return Source(replace(door, weight=1 / share))
