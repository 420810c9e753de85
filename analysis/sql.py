"""The door from a database: the cube's grouped sum as plain SQL for SQLite, PostgreSQL and DuckDB."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .cube import Cube
from .frame import Frame, listing

SUMS = 4


@dataclass(frozen=True, slots=True)
class Asked:
    """What is summed: a table in SQL, the columns of base weights and of counts, and which rows."""

    table: str
    weights: str | None = None
    counts: str | None = None
    where: str | None = None

    @property
    def sums(self) -> str:
        """People with weight, their weights, the squares of them, and the rows that are wrong, as SQL."""
        w = quoted(self.weights) if self.weights else "1"
        n = quoted(self.counts) if self.counts else "1"
        named = [quoted(name) for name in (self.weights, self.counts) if name]
        wrong = " or ".join(f"{name} is null or {name} < 0" for name in named) or "1 = 0"
        terms = (
            f"case when {w} > 0 then {n} else 0 end",
            f"{n} * {w}",
            f"{n} * {w} * {w}",
            f"case when {wrong} then 1 else 0 end",
        )
        return ", ".join(f"cast(sum({term}) as double precision)" for term in terms)

    @property
    def source(self) -> str:
        """From where, and which rows."""
        return f"from {self.table}" + (f" where {self.where}" if self.where else "")


def query(connection: Any, asked: Asked, axes: tuple[str, ...]) -> Cube:
    """One cube from one statement; see Cube.query."""
    listed = ", ".join(quoted(name) for name in axes)
    grouped = f" group by {listed}" if axes else ""
    statement = f"select {listed}{', ' if axes else ''}{asked.sums} {asked.source}{grouped}"
    return _cube(axes, connection.execute(statement).fetchall(), asked)


def each(connection: Any, asked: Asked, axes: tuple[str, ...], questions: tuple[str, ...]) -> dict[str, Cube]:
    """A cube for each question from one statement; see Cube.each."""
    twice = set(axes) & set(questions)
    if twice:
        raise ValueError(f"{listing(sorted(twice))} is an axis already; name it among the questions only")
    in_turn = type(connection).__module__.startswith("sqlite3")
    statement = (_in_turn if in_turn else _in_one_pass)(asked, axes, questions)
    found: dict[int, list[tuple[Any, ...]]] = {at: [] for at in range(len(questions))}
    begin, end = 1 + len(axes), 1 + len(axes) + (1 if in_turn else len(questions))
    for row in connection.execute(statement).fetchall():
        at = int(row[0])
        answer = row[begin] if in_turn else row[begin + at]
        found[at].append((*row[1:begin], answer, *row[end:]))
    return {name: _cube((*axes, name), found[at], asked) for at, name in enumerate(questions)}


def _in_turn(asked: Asked, axes: Sequence[str], questions: Sequence[str]) -> str:
    """A select for each question, joined by UNION ALL."""
    parts = []
    for at, question in enumerate(questions):
        columns = ", ".join(quoted(name) for name in (*axes, question))
        parts.append(f"select {at}, {columns}, {asked.sums} {asked.source} group by {columns}")
    return " union all ".join(parts)


def _in_one_pass(asked: Asked, axes: Sequence[str], questions: Sequence[str]) -> str:
    """A single select with a grouping set for each question; GROUPING says which set a row is of."""
    which = " ".join(f"when grouping({quoted(name)}) = 0 then {at}" for at, name in enumerate(questions))
    sets = ", ".join(f"({', '.join(quoted(name) for name in (*axes, question))})" for question in questions)
    listed = ", ".join(quoted(name) for name in (*axes, *questions))
    return f"select case {which} end, {listed}, {asked.sums} {asked.source} group by grouping sets ({sets})"


def _cube(names: tuple[str, ...], rows: Sequence[Sequence[Any]], asked: Asked) -> Cube:
    columns: Iterable[Any] = zip(*rows, strict=True) if rows else ((),) * (len(names) + SUMS)
    columns = list(columns)
    frame = Frame({name: list(values) for name, values in zip(names, columns, strict=False)})
    n, w, w2, wrong = (
        np.array([value or 0 for value in one], dtype=np.float64) for one in columns[len(names) :]
    )
    if wrong.sum() > 0 or not np.isfinite(w).all():
        named = " and ".join(repr(name) for name in (asked.weights, asked.counts) if name)
        raise ValueError(f"column {named} must be a number, 0 or more; {wrong.sum():.0f} rows break this")
    return Cube(tuple(frame.column(name) for name in names), n, w, w2).by(names)


def quoted(name: str) -> str:
    """A column's name as SQL has it."""
    return '"' + name.replace('"', '""') + '"'
