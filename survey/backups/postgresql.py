"""A PostgreSQL database: dumped at one moment by pg_dump, and restored in one transaction by pg_restore."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import URL, Connection, create_engine, text
from sqlalchemy.engine import make_url

from survey.backups.parts import CannotBackUp, Part, counted, tables_of, version_of


def dump(part: Part, into: Path) -> tuple[str, dict[str, int]]:
    """Dump a database as it stands, and read the dump through; its version, and the rows of each table.

    Rows are counted in the snapshot that is dumped, so that the two are of one moment
    (https://www.postgresql.org/docs/current/app-pgdump.html, --snapshot).
    """
    engine = create_engine(part.url, isolation_level="REPEATABLE READ")
    try:
        with engine.connect() as connection:
            program = _program("pg_dump", connection)
            moment = connection.scalar(text("SELECT pg_export_snapshot()"))
            rows, version = counted(part, connection), version_of(part, connection)
            wanted = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={moment}"]
            which = "--table" if part.panel else "--exclude-table"
            wanted += [f"{which}=public.{one}" for one in sorted(part.tables)]
            _run([program, *wanted, f"--file={into}"], part.url)
            _run([_program("pg_restore", connection), "--file=/dev/null", str(into)])
    finally:
        engine.dispose()
    return version, rows


def must_be_empty(part: Part) -> None:
    """Raise CannotBackUp where the database has a table of this part already, if only an empty one."""
    engine = create_engine(part.url)
    try:
        with engine.connect() as connection:
            if tables_of(part, connection):
                raise CannotBackUp(
                    f"{engine.url.database} has tables already, and nothing is replaced. "
                    "Make an empty database (createdb), and name it: --into postgresql://…"
                )
    finally:
        engine.dispose()


def load(part: Part, dumped: Path) -> tuple[str, dict[str, int]]:
    """Restore a dump, all of it or nothing; the version, and the rows of each table, as they are then."""
    engine = create_engine(part.url)
    try:
        with engine.connect() as connection:
            program = _program("pg_restore", connection)
        once = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]
        _run([program, *once, f"--dbname={_address(engine.url)}", str(dumped)], part.url, named=True)
        with engine.connect() as connection:
            return version_of(part, connection), counted(part, connection)
    finally:
        engine.dispose()


def _program(name: str, connection: Connection) -> str:
    """Where a program of PostgreSQL is. Raises CannotBackUp where there is none that is as new as the server."""
    found = shutil.which(name)
    if not found:
        raise CannotBackUp(
            f"{name} is not on the PATH. Install PostgreSQL’s client programs, such as postgresql-client."
        )
    told = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout  # noqa: S603
    major = int("".join(one if one.isdigit() else " " for one in told).split()[0])
    server = int(connection.scalar(text("SHOW server_version_num")) or 0) // 10000
    if major < server:
        raise CannotBackUp(
            f"{name} is of PostgreSQL {major}, and the server of {server}. Install the client programs of {server}."
        )
    return found


def _run(command: Sequence[str], url: str = "", *, named: bool = False) -> None:
    """Run a program, with the password in its environment, where nobody else sees it."""
    address = make_url(url) if url else None
    given = [*command] if named or address is None else [*command, f"--dbname={_address(address)}"]
    own = {"PGPASSWORD": address.password} if address and address.password else {}
    done = subprocess.run(given, env={**os.environ, **own}, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        said = next((one for one in done.stderr.splitlines() if "error:" in one), done.stderr.strip())
        raise CannotBackUp(f"{Path(command[0]).name} could not do it: {said.partition('error: ')[2] or said}")


def _address(url: URL) -> str:
    """The address of a database as PostgreSQL's own programs read it, without the password."""
    bare = URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query)
    return bare.render_as_string()
