"""Who makes the files: a process of its own for each, so that whoever answers at that time does not wait for it."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from survey.db import reading
from survey.exports import requests
from survey.exports.making import Clock
from survey.recurring import Recurring
from survey.settings import Settings

LOOKS_EVERY = 5.0  # seconds


@dataclass
class Worker(Recurring):
    """Looks whether a file is to be made or taken away, and starts a process that does it.

    The process is stopped with us; what it was making goes on where it stopped, in whichever process looks next.
    """

    engine: Engine
    settings: Settings
    clock: Clock
    every: float = field(default=LOOKS_EVERY, kw_only=True)

    def look(self) -> None:
        """Have done what there is to do."""
        if self._is_needed():
            self._run_process()

    def _is_needed(self) -> bool:
        """Whether there is something to do; not while the database does not answer."""
        now = self.clock()
        try:
            with Session(reading(self.engine)) as session, session.begin():
                waits = requests.next_to_make(session, now, claim=False)
                return waits is not None or bool(requests.out_of_date(session, now))
        except SQLAlchemyError:
            return False

    def _run_process(self) -> None:
        """Let a process do it, until it is done or we stop."""
        own = {"DATABASE_URL": self.settings.database_url, "SOUNDINGS_FILES": str(self.settings.files_folder)}
        command = [sys.executable, "-m", "survey.exports"]
        with subprocess.Popen(command, env={**os.environ, **own}) as made:  # noqa: S603 (our own command)
            while made.poll() is None:
                if self.stopping.wait(0.2):
                    made.terminate()
                    made.wait()
