"""What takes long to draw is drawn once in a process: later stories begin with the same rows."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import psycopg
from sqlalchemy import Engine
from sqlmodel import SQLModel

Fill = Callable[[Engine], None]
TABLES = tuple(table.name for table in SQLModel.metadata.sorted_tables)


@dataclass
class PostgresqlRows:
    """What stood in a database: the rows of each table as PostgreSQL copies them, and where its sequences were."""

    rows: dict[str, bytes] = field(default_factory=dict)
    sequences: list[tuple[Any, ...]] = field(default_factory=list)


class Again:
    """Fills an empty database as an earlier story filled one.

    A fill is a function that nothing but the database depends on: it is known by itself, and run once for each kind
    of database.
    """

    def __init__(self) -> None:
        self._sqlite: dict[Fill, sqlite3.Connection] = {}
        self._postgresql: dict[Fill, PostgresqlRows] = {}

    def fill(self, engine: Engine, fill: Fill) -> None:
        """Fill a migrated database that has no rows: by a fill, or with the rows that it made before."""
        if engine.dialect.name == "sqlite":
            self._fill_sqlite(engine, fill)
        else:
            self._fill_postgresql(engine, fill)

    def close(self) -> None:
        """Leave nothing behind."""
        for kept in self._sqlite.values():
            kept.close()

    def _fill_sqlite(self, engine: Engine, fill: Fill) -> None:
        made_before = self._sqlite.get(fill)
        if not made_before:
            fill(engine)
            made_before = self._sqlite[fill] = sqlite3.connect(":memory:", check_same_thread=False)
            _copy_sqlite(engine, to=made_before)
        else:
            _copy_sqlite(engine, source=made_before)

    def _fill_postgresql(self, engine: Engine, fill: Fill) -> None:
        made_before = self._postgresql.get(fill)
        if not made_before:
            fill(engine)
            self._postgresql[fill] = _rows(engine)
        else:
            _restore(engine, made_before)


def _copy_sqlite(
    engine: Engine, *, source: sqlite3.Connection | None = None, to: sqlite3.Connection | None = None
) -> None:
    """Copy a whole database to an engine's, or an engine's to another."""
    with closing(engine.raw_connection()) as raw:
        own = raw.driver_connection
        assert isinstance(own, sqlite3.Connection)
        (source or own).backup(to or own)


def _rows(engine: Engine) -> PostgresqlRows:
    found = PostgresqlRows()
    with closing(engine.raw_connection()) as raw, _cursor(raw.driver_connection) as cursor:
        for table in TABLES:
            with cursor.copy(f'COPY "{table}" TO STDOUT (FORMAT BINARY)'.encode()) as copy:
                found.rows[table] = b"".join(bytes(part) for part in copy)
        for (name,) in cursor.execute("SELECT sequencename FROM pg_sequences").fetchall():
            last, called = (
                cursor.execute(f'SELECT last_value, is_called FROM "{name}"'.encode()).fetchone() or ()
            )
            found.sequences.append((name, last, called))
    return found


def _restore(engine: Engine, kept: PostgresqlRows) -> None:
    with closing(engine.raw_connection()) as raw:
        with _cursor(raw.driver_connection) as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")  # no trigger objects
            for table, rows in kept.rows.items():
                with cursor.copy(f'COPY "{table}" FROM STDIN (FORMAT BINARY)'.encode()) as copy:
                    copy.write(rows)
            for sequence in kept.sequences:
                cursor.execute("SELECT setval(quote_ident(%s)::regclass, %s, %s)", sequence)
        raw.commit()


def _cursor(connection: object) -> psycopg.Cursor[tuple[Any, ...]]:
    assert isinstance(connection, psycopg.Connection)
    return connection.cursor()
