"""The door from a database: the cube's grouped sum as plain SQL for SQLite, PostgreSQL and DuckDB."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .cube import Cube
from .frame import Frame, listing


@dataclass(frozen=True, slots=True)
class Asked:
    """What is summed: a table in SQL, the columns of base weights and of counts, and which rows."""

    table: str
    weights: str | None = None
    counts: str | None = None
    where: str | None = None

    @property
    def sums(self) -> list[str]:
        """People with weight, their weights, the squares of them, and the rows that are wrong, as SQL; where every
        row is one person of weight 1, only how many there are."""
        if self.weights is None and self.counts is None:
            return ["cast(count(*) as double precision)"]
        w = quoted(self.weights) if self.weights else "1"
        n = quoted(self.counts) if self.counts else "1"
        named = [quoted(name) for name in (self.weights, self.counts) if name]
        wrong = " or ".join(f"{name} is null or not {name} between 0 and 1e300" for name in named) or "1 = 0"
        terms = (
            f"case when {w} > 0 then {n} else 0 end",
            f"{n} * {w}",
            f"{n} * {w} * {w}",
            f"case when {wrong} then 1 else 0 end",
        )
        return [f"cast(sum({term}) as double precision)" for term in terms]

    @property
    def source(self) -> str:
        """From where, and which rows."""
        return f"from {self.table}" + (f" where {self.where}" if self.where else "")


def query(connection: Any, asked: Asked, axes: tuple[str, ...]) -> Cube:
    """One cube from one statement; see Cube.query."""
    listed = [quoted(name) for name in axes]
    grouped = f" group by {', '.join(listed)}" if axes else ""
    columns = _fetched(connection, [*listed, *asked.sums], f"{asked.source}{grouped}")
    return _cube(axes, columns, asked)


def each(connection: Any, asked: Asked, axes: tuple[str, ...], questions: tuple[str, ...]) -> dict[str, Cube]:
    """A cube for each question from one statement; see Cube.each."""
    twice = set(axes) & set(questions)
    if twice:
        raise ValueError(f"{listing(sorted(twice))} is an axis already; name it among the questions only")
    if type(connection).__module__.startswith("sqlite3"):
        return _in_turn(connection, asked, axes, questions)
    return _in_one_pass(connection, asked, axes, questions)


def _in_turn(
    connection: Any, asked: Asked, axes: tuple[str, ...], questions: tuple[str, ...]
) -> dict[str, Cube]:
    """SQLite has no grouping sets."""
    return {question: query(connection, asked, (*axes, question)) for question in questions}


def _in_one_pass(
    connection: Any, asked: Asked, axes: tuple[str, ...], questions: tuple[str, ...]
) -> dict[str, Cube]:
    """A single select with a grouping set for each question; GROUPING says which set a row is of."""
    listed, answers = [quoted(name) for name in axes], [quoted(name) for name in questions]
    which = " ".join(f"when grouping({answer}) = 0 then {at}" for at, answer in enumerate(answers))
    sets = ", ".join(f"({', '.join([*listed, answer])})" for answer in answers)
    wanted = [f"case {which} end", *listed, *answers, *asked.sums]
    set_of, *columns = _fetched(connection, wanted, f"{asked.source} group by grouping sets ({sets})")
    ends, found = len(axes) + len(questions), {}
    for at, question in enumerate(questions):
        rows = np.flatnonzero(set_of == at)
        parts = [column[rows] for column in (*columns[: len(axes)], columns[len(axes) + at], *columns[ends:])]
        found[question] = _cube((*axes, question), parts, asked)
    return found


def _fetched(connection: Any, wanted: Sequence[str], rest: str) -> list[NDArray[Any]]:
    """A select's columns as arrays, None where NULL. DuckDB hands over arrays; the others a tuple for each row."""
    named = ", ".join(f"{one} as c{at}" for at, one in enumerate(wanted))
    result = connection.execute(f"select {named} {rest}")
    if hasattr(result, "fetchnumpy"):
        columns = result.fetchnumpy()
        return [_plain(columns[f"c{at}"]) for at in range(len(wanted))]
    rows = result.fetchall()
    out = np.empty((len(wanted), len(rows)), dtype=object)
    for at, column in enumerate(zip(*rows, strict=True)):
        out[at] = column
    return list(out)


def _plain(column: Any) -> NDArray[Any]:
    """A DuckDB column, whose NULLs are masked."""
    plain: NDArray[Any] = np.asarray(column)
    if np.ma.is_masked(column):
        plain = plain.astype(object)
        plain[np.ma.getmaskarray(column)] = None
    return plain


def _cube(names: tuple[str, ...], columns: Sequence[NDArray[Any]], asked: Asked) -> Cube:
    frame = Frame(dict(zip(names, columns, strict=False)))
    sums = [np.nan_to_num(one.astype(np.float64), posinf=np.inf) for one in columns[len(names) :]]
    n, w, w2, wrong = sums if len(sums) > 1 else [*sums * 3, np.zeros(1)]
    if wrong.sum() > 0 or not np.isfinite(w).all():
        named = " and ".join(repr(name) for name in (asked.weights, asked.counts) if name)
        raise ValueError(f"column {named} must be a number, 0 or more; {wrong.sum():.0f} rows break this")
    return Cube(tuple(frame.column(name) for name in names), n, w, w2).by(names)


def quoted(name: str) -> str:
    """A column's name as SQL has it."""
    return '"' + name.replace('"', '""') + '"'
