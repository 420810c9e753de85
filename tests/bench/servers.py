"""The servers that the bench runs beside each other, each in a process of its own."""

import os
import subprocess
import sys
import time
import urllib.request
from dataclasses import replace
from pathlib import Path
from types import TracebackType

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from survey import web
from survey.answering.desk import Place
from survey.answering.openings import Openings
from survey.answering.pages import question_shown
from survey.app import make_app, system_clock
from survey.db import open_engine
from survey.models import new_response_key
from survey.places import load
from survey.responses.stored import Stored
from survey.rooms import standing
from survey.settings import Settings
from tests.bench.sets import CODE

ROOM = "BNCH23"  # the code of the bench's room
TICKS = os.sysconf("SC_CLK_TCK")


class Server:
    """One server process, and what it has used so far."""

    def __init__(self, kind: str, database: str, port: int) -> None:
        self.port = port
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.servers", kind, database, str(port)]
        )

    def __enter__(self) -> "Server":
        for _ in range(1200):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz")
                return self
            except OSError:
                time.sleep(0.05)
        self._process.kill()
        raise RuntimeError("the server did not start")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait()

    def cpu_seconds(self) -> float:
        """User and system time of the process so far."""
        after_name = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(after_name[11]) + int(after_name[12])) / TICKS

    def megabytes(self) -> float:
        """Memory that the process holds."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def empty_app(database: str) -> Starlette:
    """One route that renders the page of a question as the real one does, and does nothing else."""
    engine = open_engine(database)
    here = web.Installation(Settings(), engine, load("london"), system_clock)
    openings = Openings(engine)
    door = openings.of_code(CODE)
    assert door is not None
    question_set = openings.question_set(door.opening.instrument_id)
    stored = Stored(
        new_response_key(), door.opening.collection_id, door.opening.instrument_id, 1, system_clock().date()
    )
    found = Place(stored, question_set, door.opening)
    page = question_set.pages[5]
    english = here.language("en")
    shown = question_shown(found, question_set.pages, page, {page.key: []}, {}, english, to_check=False)
    shown |= {"languages": [], "root": f"/r/{stored.key}", "carried": "", "next_at": None}
    template = web.templates_in(english).get_template("answering/question.html")
    lines = web.help_lines(here.place, english)
    context = {"place": here.place, "help_lines": lines, "demo": False, "path": "/", **shown}

    async def show(_request: Request) -> Response:
        return HTMLResponse(template.render(context))

    return Starlette(routes=[Route("/", show), Route("/healthz", show)])


def empty_room(database: str) -> Starlette:
    """One route that renders the page of a room's question as the real one does, and does nothing else."""
    engine = open_engine(database)
    here = web.Installation(Settings(), engine, load("london"), system_clock)
    with engine.connect() as connection:
        (room,) = standing.read(connection, [ROOM])
    assert room is not None
    english = here.language("en")
    template = web.templates_in(english).get_template("rooms/question.html")
    context = {
        "place": here.place,
        "help_lines": web.help_lines(here.place, english),
        "demo": False,
        "path": "/",
        "left_from": "",
        "room": replace(room, over=False, at=1, result=None),
        "key": "A" * 22,
        "own": None,
        "message": "",
        "too_late": False,
        "languages": [],
        "chosen": "en",
    }

    async def show(_request: Request) -> Response:
        return HTMLResponse(template.render(context))

    return Starlette(routes=[Route("/", show), Route("/healthz", show)])


def main(kind: str, database: str, port: str) -> None:
    """Serve one of them until told to stop."""
    makers = {"empty": empty_app, "empty room": empty_room}
    app = makers[kind](database) if kind in makers else make_app(Settings(database_url=database))
    uvicorn.run(
        app, host="127.0.0.1", port=int(port), access_log=False, proxy_headers=False, log_level="warning"
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
