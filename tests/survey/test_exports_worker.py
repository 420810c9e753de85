"""A process of its own makes the files, and the app goes on answering; stopping it loses nothing."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import Engine

from survey.app import system_clock
from survey.exports.worker import Worker
from survey.settings import Settings
from tests.survey.exporting import Office, fill, office

PATIENCE = 60.0


def waits_for(office: Office, number: int) -> None:
    """Wait until a file is made or cannot be."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        request = office.request(number)
        if request.made_at or request.fault:
            return
        time.sleep(0.1)
    pytest.fail("nobody made the file")


@pytest.mark.long
def test_what_is_let_go_is_made_by_a_process_of_its_own(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    fill(engine)
    here = office(engine, database_url, tmp_path)
    settings = Settings(database_url=database_url, files=str(here.files))
    worker = Worker(engine, settings, system_clock, every=0.05)
    worker.start()
    try:
        number = here.ask(format=["csv", "parquet", "sav"])
        here.let_go(number)
        waits_for(here, number)
    finally:
        worker.stop()
    made = here.request(number)
    assert (made.fault, made.written) == (None, 882)
    assert sorted(one.name for one in (here.files / f"request-{number}").iterdir()) == sorted(
        [
            "README.txt",
            "codebook.csv",
            "codebook.html",
            "columns.csv",
            *(f"responses.{end}" for end in ("csv", "parquet", "sav")),
        ]
    )
    assert (here.files / f"request-{number}").stat().st_mode & 0o077 == 0


@pytest.mark.long
def test_the_command_makes_what_waits_and_then_ends(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    fill(engine)
    here = office(engine, database_url, tmp_path)
    number = here.ask()
    here.let_go(number)
    own = {**os.environ, "DATABASE_URL": database_url, "SOUNDINGS_FILES": str(here.files)}
    done = subprocess.run([sys.executable, "-m", "survey.exports"], env=own, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert here.request(number).written == 882


def test_files_lie_beside_a_database_that_is_a_file(tmp_path: Path) -> None:
    beside = Settings(database_url=f"sqlite:///{tmp_path}/soundings.db").files_folder
    assert beside == tmp_path / "soundings.db.files"
    assert (
        Settings(database_url="postgresql+psycopg://here/db").files_folder
        == Path("soundings-files").absolute()
    )
    assert Settings(files=str(tmp_path)).files_folder == tmp_path
