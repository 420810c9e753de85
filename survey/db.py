"""The only place that knows which database this is: engines, transactions, migrations."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, Table, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlmodel import Session

PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA busy_timeout = 10000",
)


def open_engine(url: str) -> Engine:
    """An engine on SQLite or PostgreSQL with the settings that durability needs."""
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        return create_engine(address, pool_pre_ping=True, hide_parameters=True)
    _make_folder(address.database)
    engine = create_engine(address, connect_args={"check_same_thread": False}, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _make_folder(database: str | None) -> None:
    if database and database != ":memory:":
        Path(database).absolute().parent.mkdir(parents=True, exist_ok=True)


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None
    for pragma in PRAGMAS:
        connection.execute(pragma)


def _begin_sqlite(connection: Connection) -> None:
    begin = connection.get_execution_options().get("begin", "BEGIN IMMEDIATE")
    if begin:
        connection.exec_driver_sql(begin)


def reading(engine: Engine) -> Engine:
    """The same database for transactions that only read: they never wait for a writer, and see one moment."""
    if engine.dialect.name == "sqlite":
        return engine.execution_options(begin="BEGIN")
    return engine.execution_options(begin="BEGIN", isolation_level="REPEATABLE READ")


def writes(session: Session) -> bool:
    """Whether a transaction may write, and on SQLite therefore keeps every other writer waiting."""
    return session.connection().get_execution_options().get("begin") != "BEGIN"


def looking(engine: Engine) -> Engine:
    """The same database for single statements that read, each on its own without a transaction."""
    if engine.dialect.name == "sqlite":
        return engine.execution_options(begin="")
    return engine.execution_options(isolation_level="AUTOCOMMIT")


def insert_unless_there(connection: Connection, table: Table, rows: list[dict[str, object]]) -> None:
    """Insert rows, leaving alone those whose primary key exists."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    connection.execute(dialect.insert(table).on_conflict_do_nothing(), rows)


def add_up(connection: Connection, table: Table, rows: list[dict[str, object]], total: str) -> None:
    """Insert rows; where one with that primary key exists, add to its total."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    new = dialect.insert(table)
    summed = {total: table.c[total] + new.excluded[total]}
    connection.execute(new.on_conflict_do_update(index_elements=[*table.primary_key], set_=summed), rows)


@contextmanager
def transaction(engine: Engine) -> Iterator[Session]:
    """One transaction of the synchronous path: everything is kept, or nothing."""
    with Session(engine) as session, session.begin():
        yield session


CHAIN = Path(__file__).parent / "migrations"


def migrate(engine: Engine, chain: Path = CHAIN) -> None:
    """Bring the tables to this version's shape. chain: the folder of their migrations."""
    with engine.begin() as connection:
        config = _config(chain)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


@lru_cache
def newest(chain: Path = CHAIN) -> str | None:
    """The shape of the tables that this version of the code is for."""
    return ScriptDirectory.from_config(_config(chain)).get_current_head()


def _config(chain: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(chain))
    return config
