"""The door from a database: the cube's grouped sum as plain SQL for SQLite, PostgreSQL and DuckDB."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .cube import Cube
from .frame import Frame, listing

MOST_COLUMNS = 900


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
        named = [quoted(name) for name in (self.weights, self.counts) if name]
        wrong = " or ".join(f"{name} is null or not ({name} >= 0 and {name} <= 1e100)" for name in named)
        wrong += f" or cast({quoted(self.counts)} as integer) <> {quoted(self.counts)}" if self.counts else ""
        return [*self.where_true(), *([f"count(*) filter (where {wrong})"] if wrong else [])]

    def where_true(self, condition: str = "") -> list[str]:
        """The sums over the rows in which a condition holds."""
        only = f" filter (where {condition})" if condition else ""
        w, n = (quoted(name) if name else "1" for name in (self.weights, self.counts))
        if self.weights is None and self.counts is None:
            return [f"count(*){only}"]
        terms = [f"case when {w} > 0 then {n} else 0 end", f"{n} * {w}", f"{n} * {w} * {w}"]
        return [f"sum({term}){only}" for term in terms]

    @property
    def source(self) -> str:
        """From where, and which rows."""
        return f"from {self.table}" + (f" where {self.where}" if self.where else "")


def query(connection: Any, asked: Asked, axes: tuple[str, ...]) -> Cube:
    """One cube from one statement; see Cube.query."""
    _there(connection, asked, axes)
    return _summed(connection, asked, axes)


def _summed(connection: Any, asked: Asked, axes: tuple[str, ...]) -> Cube:
    listed = [quoted(name) for name in axes]
    grouped = f" group by {', '.join(listed)}" if axes else ""
    columns = _fetched(connection, [*listed, *asked.sums], f"{asked.source}{grouped}")
    return _cube(axes, columns, asked)


def each(
    connection: Any,
    asked: Asked,
    axes: tuple[str, ...],
    questions: Sequence[str] | Mapping[str, Sequence[Hashable]],
) -> dict[str, Cube]:
    """A cube for each question; see Cube.each."""
    twice = set(axes) & set(questions)
    if twice:
        raise ValueError(f"{listing(sorted(twice))} is an axis already; name it among the questions only")
    _there(connection, asked, (*axes, *questions))
    in_columns = type(connection).__module__.split(".")[0].strip("_") == "duckdb"
    if in_columns or not isinstance(questions, Mapping):
        return {question: _summed(connection, asked, (*axes, question)) for question in questions}
    found: dict[str, Cube] = {}
    for some in _batches(questions, len(asked.where_true())):
        found |= _in_one_pass(connection, asked, axes, some)
    return found


def _there(connection: Any, asked: Asked, names: Sequence[str]) -> None:
    """KeyError for a column that the table has not: SQLite would take its name for a word."""
    found = connection.execute(f"select * from {asked.table} limit 0").description  # noqa: S608
    columns = [column[0] for column in found]
    for name in (*names, *(one for one in (asked.weights, asked.counts) if one)):
        if name not in columns:
            raise KeyError(f"there is no column {name!r}; the table has {', '.join(columns)}")


def _batches(
    questions: Mapping[str, Sequence[Hashable]], sums: int
) -> Iterator[dict[str, Sequence[Hashable]]]:
    """The questions in as few selects as columns allow."""
    some: dict[str, Sequence[Hashable]] = {}
    for question, levels in questions.items():
        some[question] = levels
        if sums * sum(len(one) + 1 for one in some.values()) > MOST_COLUMNS:
            yield some
            some = {}
    if some:
        yield some


def _in_one_pass(
    connection: Any, asked: Asked, axes: tuple[str, ...], questions: Mapping[str, Sequence[Hashable]]
) -> dict[str, Cube]:
    """One pass over the rows: for each level of each question the sums over those who gave it, or none."""
    listed, sums = [quoted(name) for name in axes], asked.sums
    wanted = [*listed, *sums]
    for question, levels in questions.items():
        name = quoted(question)
        for condition in [*(f"{name} = {literal(level)}" for level in levels), f"{name} is null"]:
            wanted += asked.where_true(condition)
    grouped = f" group by {', '.join(listed)}" if axes else ""
    columns = _fetched(connection, wanted, f"{asked.source}{grouped}")
    parts, found = iter(columns[len(axes) + len(sums) :]), {}
    for question, levels in questions.items():
        tall = [[next(parts) for _ in asked.where_true()] for _ in (*levels, None)]
        found[question] = _stacked(question, axes, columns, levels, tall, asked)
    return found


def _stacked(
    question: str,
    axes: tuple[str, ...],
    columns: Sequence[NDArray[Any]],
    levels: Sequence[Hashable],
    tall: Sequence[Sequence[NDArray[Any]]],
    asked: Asked,
) -> Cube:
    """The cube of a question from the sums of each of its levels, one beneath the other."""
    answers = np.repeat(np.array([*levels, None], dtype=object), len(columns[0]))
    repeated = [np.tile(column, len(tall)) for column in columns[: len(axes)]]
    sums = [np.concatenate(one) for one in zip(*tall, strict=True)]
    wrong = columns[len(axes) + len(tall[0]) : len(axes) + len(asked.sums)]
    filler = [np.concatenate([one, np.zeros(len(answers) - len(one))]) for one in wrong]
    cube = _cube((*axes, question), [*repeated, answers, *sums, *filler], asked)
    whole = float(np.sum(columns[len(axes)].astype(np.float64)))
    if cube.n.sum() != whole:
        raise ValueError(
            f"column {question!r} holds something that is not among its levels {listing(levels, 20)}, in "
            f"{whole - cube.n.sum():,.0f} rows; name every level that there is"
        )
    return cube.where(cube.n > 0)


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
    sums = [np.nan_to_num(one.astype(np.float64)) for one in columns[len(names) :]]
    n, w, w2, wrong = sums if len(sums) > 1 else [*sums * 3, np.zeros(1)]
    if wrong.sum() > 0:
        named = " and ".join(repr(name) for name in (asked.weights, asked.counts) if name)
        raise ValueError(f"column {named} must be a number, 0 or more; {wrong.sum():.0f} rows break this")
    return Cube(tuple(frame.column(name) for name in names), n, w, w2).by(names)


def literal(value: Hashable) -> str:
    """A level as SQL has it."""
    if isinstance(value, (bool, int, float)):
        return str(value)
    return "'" + str(value).replace("'", "''") + "'"


def quoted(name: str) -> str:
    """A column's name as SQL has it."""
    return '"' + name.replace('"', '""') + '"'
