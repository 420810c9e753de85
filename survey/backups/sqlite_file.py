"""A SQLite database: copied at one moment while others write, and put in its place in one step."""

from __future__ import annotations

import os
from pathlib import Path

from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError

from survey.backups.parts import CannotBackUp, Part, counted, version_of


def copy(part: Part, into: Path) -> tuple[str, dict[str, int]]:
    """Copy a database as it stands into a file, and look the copy through; its version, and the rows of each table.

    `VACUUM INTO` reads one moment and keeps no writer waiting (https://www.sqlite.org/lang_vacuum.html).
    """
    file = _file(part)
    if not file.exists():
        raise CannotBackUp(f"There is no database at {file}. Look at DATABASE_URL.")
    engine = create_engine(part.url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text("VACUUM INTO :into"), {"into": str(into)})
    except DatabaseError as wrong:
        raise CannotBackUp(
            f"The database could not be copied: {wrong.orig}. Look at it, and at the room on both disks."
        ) from None
    finally:
        engine.dispose()
    return looked_through(part, into)


def looked_through(part: Part, file: Path) -> tuple[str, dict[str, int]]:
    """The version of a copy, and the rows of each of its tables. Raises CannotBackUp where SQLite finds it damaged."""
    engine = create_engine(f"sqlite:///{file}")
    event.listen(engine, "connect", lambda connection, _record: connection.execute("PRAGMA query_only = ON"))
    try:
        with engine.connect() as connection:
            said = connection.scalars(text("PRAGMA integrity_check")).all()
            astray = connection.execute(text("PRAGMA foreign_key_check")).all()
            if said != ["ok"] or astray:
                raise CannotBackUp(_DAMAGED)
            return version_of(part, connection), counted(part, connection)
    except DatabaseError:
        raise CannotBackUp(_DAMAGED) from None
    finally:
        engine.dispose()


_DAMAGED = "The copy of the database is damaged. Keep the backups before it, and look at the disk."


def must_be_empty(part: Part) -> None:
    """Raise CannotBackUp where something is at the address already, if only the log of a database."""
    file = _file(part)
    for one in (file, *(file.with_name(f"{file.name}{end}") for end in ("-wal", "-shm", "-journal"))):
        if one.exists():
            raise CannotBackUp(
                f"{one} is there already, and nothing is replaced. Move it away, or restore beside it: --into sqlite:////new.db"
            )


def folder_of(part: Part) -> Path:
    """The folder in which its file lies."""
    return _file(part).parent


def put_in_place(part: Part, copied: Path) -> None:
    """Make a copy the database, in one step that replaces nothing."""
    copied.chmod(0o600)
    with copied.open("rb+") as file:
        os.fsync(file.fileno())
    try:
        os.link(copied, _file(part))
    except FileExistsError:
        must_be_empty(part)
        raise


def _file(part: Part) -> Path:
    database = make_url(part.url).database
    if not database or database == ":memory:":
        raise CannotBackUp("That database lies in memory alone. Set DATABASE_URL to one in a file.")
    return Path(database).absolute()
