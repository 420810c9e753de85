"""What can be backed up: the answers with all that staff wrote, or the panel; each with its own migrations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.engine import make_url

from survey.db import CHAIN


class CannotBackUp(Exception):
    """A backup that cannot be made or read: one sentence that says what to do. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class Part:
    """A database, or some tables of one. tables: those of the panel, which may stand in the database of the answers.

    `panel` says which of the two it is; `chain` is the folder of its migrations, `version_table` where they stand.
    """

    name: str
    url: str
    tables: frozenset[str]
    panel: bool = False
    chain: Path = CHAIN
    version_table: str = "alembic_version"

    @property
    def on_sqlite(self) -> bool:
        """Whether it is a file."""
        return make_url(self.url).get_backend_name() == "sqlite"

    def of(self, every: Iterable[str]) -> list[str]:
        """Which of the tables of a database belong to it, in order."""
        return sorted(one for one in every if (one in self.tables) == self.panel)

    def known_versions(self) -> set[str]:
        """The versions of its tables that this software can bring to its own."""
        config = Config()
        config.set_main_option("script_location", str(self.chain))
        return {one.revision for one in ScriptDirectory.from_config(config).walk_revisions()}


def tables_of(part: Part, connection: Connection) -> list[str]:
    """The tables of a part that are there, in order."""
    return part.of(inspect(connection).get_table_names())


def counted(part: Part, connection: Connection) -> dict[str, int]:
    """How many rows each table of a part has."""
    quoted = connection.dialect.identifier_preparer.quote
    return {
        name: connection.scalar(text(f"SELECT count(*) FROM {quoted(name)}")) or 0  # noqa: S608 (a table's own name)
        for name in tables_of(part, connection)
    }


def version_of(part: Part, connection: Connection) -> str:
    """The version of a part's tables; empty where they have none."""
    if part.version_table not in tables_of(part, connection):
        return ""
    asked = text(f"SELECT version_num FROM {part.version_table}")  # noqa: S608 (a name of ours)
    return str(connection.scalar(asked) or "")
