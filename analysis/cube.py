"""The cube at the centre: one grouped sum of counts, weights and squared weights; parts add up."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

import numpy as np

from .frame import MISSING, Bools, Codes, Column, Floats, ordered


@dataclass(frozen=True, slots=True, eq=False)
class Cube:
    """Cells with the people in them.

    axes: one column for each axis; `axes[k].codes[r]` places cell r (-1: missing).
    n, w, w2: for each cell the number of respondents, the sum of their weights, and of the squares.

    A row of a frame is a cell of one respondent, so rows are a cube too; `by` sums over the rest.
    A cube is personal data: it stays on the server.

    >>> rows = Cube((Column("school", np.array([0, 0, 1]), ("Ash", "Elm")),),
    ...             np.ones(3), np.array([1., 2., 3.]), np.array([1., 4., 9.]))
    >>> small = rows.by(["school"])
    >>> small.n.tolist(), small.w.tolist(), small.w2.tolist()
    ([2.0, 1.0], [3.0, 3.0], [5.0, 9.0])
    >>> (small + small).n.tolist()
    [4.0, 2.0]
    >>> small.names, small.axis("school").levels
    (('school',), ('Ash', 'Elm'))
    """

    axes: tuple[Column, ...]
    n: Floats
    w: Floats
    w2: Floats

    def axis(self, name: str) -> Column:
        """The axis of that name; KeyError if the cube has none."""
        for axis in self.axes:
            if axis.name == name:
                return axis
        raise KeyError(f"the cube has no axis {name!r}")

    @property
    def names(self) -> tuple[str, ...]:
        """What the axes are called."""
        return tuple(axis.name for axis in self.axes)

    def __len__(self) -> int:
        return len(self.n)

    @classmethod
    def query(
        cls,
        connection: Any,
        table: str,
        axes: Sequence[str],
        *,
        weights: str | None = None,
        counts: str | None = None,
        where: str | None = None,
    ) -> Cube:
        """The cube of a table, summed by the database itself in one plain SQL statement.

        connection: an open connection of sqlite3, psycopg 3 or DuckDB, or anything whose `execute` gives rows.
        table, where: SQL as you would write it after FROM and WHERE, such as "read_parquet('wave.parquet')"; never
            text that came from somebody else. axes: column names. weights, counts: as in SurveyDesign.

        >>> import sqlite3
        >>> base = sqlite3.connect(":memory:")
        >>> _ = base.execute("create table answers (borough, worry)")
        >>> _ = base.execute("insert into answers values ('Brent', 'very'), ('Brent', 'very'), ('Camden', null)")
        >>> cube = Cube.query(base, "answers", ["borough", "worry"])
        >>> cube.n.tolist(), cube.axis("borough").levels
        ([2.0, 1.0], ('Brent', 'Camden'))
        >>> base.close()

        Raises:
            ValueError: weights or counts that are negative or missing (how many rows).
        """
        from . import sql

        return sql.query(connection, sql.Asked(table, weights, counts, where), tuple(axes))

    @classmethod
    def each(
        cls,
        connection: Any,
        table: str,
        axes: Sequence[str],
        questions: Sequence[str] | Mapping[str, Sequence[Hashable]],
        *,
        weights: str | None = None,
        counts: str | None = None,
        where: str | None = None,
    ) -> dict[str, Cube]:
        """For each question its cube by the axes and the question.

        questions: their names, or better the levels of each, {"worry": ["very", "fairly"], ...}: then SQLite and
            PostgreSQL sum all of them in one pass over the rows. DuckDB reads only the columns that a sum needs, and
            is asked question by question, which is faster.

        >>> import sqlite3
        >>> base = sqlite3.connect(":memory:")
        >>> _ = base.execute("create table answers (borough, worry, safe)")
        >>> _ = base.execute("insert into answers values ('Brent', 'very', 1), ('Brent', 'not', 1)")
        >>> cubes = Cube.each(base, "answers", ["borough"], {"worry": ["very", "not"], "safe": [0, 1]})
        >>> cubes["worry"].n.tolist(), cubes["safe"].n.tolist()
        ([1.0, 1.0], [2.0])
        >>> base.close()

        Raises:
            ValueError: a question that is among the axes; an answer that is not among the levels (in how many rows).
        """
        from . import sql

        return sql.each(connection, sql.Asked(table, weights, counts, where), tuple(axes), questions)

    def where(self, keep: Bools) -> Cube:
        """The cells that are kept: a boolean for each.

        >>> from analysis import SurveyDesign
        >>> cube = SurveyDesign({"worry": ["very", "not", "very"]}, kind="quota").cube(["worry"])
        >>> cube.where(cube.n > 1).n.tolist()
        [2.0]
        """
        if keep.all():
            return self
        axes = tuple(replace(axis, codes=axis.codes[keep]) for axis in self.axes)
        return Cube(axes, *self.sums(lambda value: value[keep]))

    def sums(self, made: Callable[[Floats], Floats]) -> tuple[Floats, Floats, Floats]:
        """What is made of n, w and w2; once, where they are one array, as they are where everybody weighs 1.

        >>> ones = np.ones(2)
        >>> n, w, w2 = Cube((), ones, ones, ones).sums(lambda value: value * 3)
        >>> n.tolist(), w is n, w2 is n
        ([3.0, 3.0], True, True)
        """
        n = made(self.n)
        w = n if self.w is self.n else made(self.w)
        return n, w, n if self.w2 is self.n else made(self.w2)

    def by(self, names: Sequence[str]) -> Cube:
        """The cube summed over every axis but these; cells nobody is in are left out.

        >>> from analysis import SurveyDesign
        >>> cube = SurveyDesign({"worry": [1, 0, 1], "sex": ["F", "F", "M"]}, kind="quota").cube(["sex", "worry"])
        >>> len(cube), cube.by(["sex"]).n.tolist(), cube.by([]).n.tolist()
        (3, [2.0, 1.0], [3.0])

        Raises:
            KeyError: the cube has no such axis.
        """
        kept = [self.axis(name) for name in names]
        place, first = group([axis.codes for axis in kept], [len(axis.levels) for axis in kept], len(self.n))
        axes = tuple(Column(axis.name, axis.codes[first], axis.levels) for axis in kept)
        return Cube(axes, *self.sums(lambda value: add_up(place, value, len(first))))

    def derive(self, name: str, of: str, meaning: Callable[[Any], Hashable | None]) -> Cube:
        """The cube with one more axis, which the value on another gives.

        meaning: of each level of `of`, and of None where it is missing, the level of the new axis; None is missing.

        >>> from analysis import SurveyDesign
        >>> cube = SurveyDesign({"worry": ["very", "not", None]}, kind="quota").cube(["worry"])
        >>> worried = cube.derive("worried", "worry", {"very": True, "not": False}.get)
        >>> worried.by(["worried"]).n.tolist(), worried.axis("worried").levels
        ([1.0, 1.0, 1.0], (False, True))

        Raises:
            KeyError: the cube has no such axis.
        """
        source = self.axis(of)
        meanings = [meaning(level) for level in (*source.levels, None)]
        levels = ordered([level for level in dict.fromkeys(meanings) if level is not None])
        place = {level: at for at, level in enumerate(levels)}
        codes = np.array([MISSING if one is None else place[one] for one in meanings], dtype=np.intp)
        return replace(self, axes=(*self.axes, Column(name, codes[source.codes], levels)))

    def __add__(self, other: Cube) -> Cube:
        """The cube of both together: the same axes, in the same order, or ValueError; levels may differ."""
        return added([self, other])


def added(cubes: Sequence[Cube]) -> Cube:
    """The cube of some together, each cell once: on the same axes in the same order, or ValueError."""
    return side_by_side(cubes).by(cubes[0].names)


def side_by_side(cubes: Sequence[Cube]) -> Cube:
    """The cells of some cubes one after another, on the same axes or ValueError.

    Of cubes that have no cell in common it is their sum.
    """
    names = cubes[0].names
    for other in cubes[1:]:
        if other.names != names:
            raise ValueError(
                f"cubes add up only on the same axes; these have {[*names]} and the other has {[*other.names]}"
            )
    axes = tuple(reduce(_joined, each) for each in zip(*(one.axes for one in cubes), strict=True))
    n = np.concatenate([one.n for one in cubes])
    alike = all(one.w is one.n and one.w2 is one.n for one in cubes)
    w, w2 = (n, n) if alike else (np.concatenate([getattr(one, of) for one in cubes]) for of in ("w", "w2"))
    return Cube(axes, n, w, w2)


def add_up(place: Codes, weight: Floats, size: int) -> Floats:
    """The sum of the weights at each place: (size,)."""
    return np.asarray(np.bincount(place, weight, size), dtype=np.float64)


def group(codes: Sequence[Codes], sizes: Sequence[int], rows: int) -> tuple[Codes, Codes]:
    """For every row its group, and for every group the first row in it; groups in the order of the codes."""
    key = np.zeros(rows, dtype=np.int64)
    span = 1
    for code, size in zip(codes, sizes, strict=True):
        if span * (size + 1) >= 2**62:
            distinct, key = np.unique(key, return_inverse=True)
            span = len(distinct)
        key = key * (size + 1) + (code + 1)
        span *= size + 1
    if span <= max(4 * rows, 1 << 16):
        return _group_small(key, span)
    _, first, place = np.unique(key, return_index=True, return_inverse=True)
    return place.astype(np.intp), first.astype(np.intp)


def _group_small(key: Codes, span: int) -> tuple[Codes, Codes]:
    first = np.full(span, -1, dtype=np.intp)
    first[key[::-1]] = np.arange(len(key) - 1, -1, -1)
    used = np.flatnonzero(first >= 0)
    rank = np.empty(span, dtype=np.intp)
    rank[used] = np.arange(len(used))
    return rank[key], first[used]


def _joined(a: Column, b: Column) -> Column:
    if a.levels == b.levels:
        return Column(a.name, np.concatenate([a.codes, b.codes]), a.levels)
    levels = tuple(dict.fromkeys((*a.levels, *b.levels)))
    place = {level: i for i, level in enumerate(levels)}
    moved = np.array([place[level] for level in b.levels] + [-1], dtype=np.intp)[b.codes]
    return Column(a.name, np.concatenate([a.codes, moved]), levels)
