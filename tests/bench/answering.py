"""What an answer costs the server, beside an empty route that renders the same page."""

import asyncio
import gzip
import statistics
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlmodel import col, func, select

from survey.db import open_engine, transaction
from survey.models import Response
from tests.bench.client import Browser, run_clients
from tests.bench.servers import Server
from tests.bench.sets import CODE, QUESTIONS, fill

PORTS = (8741, 8742)


@dataclass(frozen=True)
class Measured:
    """What one run took: wall and CPU seconds of the server, and the milliseconds of each request."""

    wall: float
    cpu: float
    milliseconds: list[float]

    def percentile(self, share: int) -> float:
        """The time that this many of a hundred requests stayed under, in milliseconds."""
        return statistics.quantiles(self.milliseconds, n=100)[share - 1]


def run(folder: Path, clients: int, responses: int) -> None:
    """Print what answering costs."""
    database = f"sqlite:///{folder / 'bench.db'}"
    fill(database)
    times = max(1, responses // clients)
    with Server("survey", database, PORTS[0]) as server:
        first_page = asyncio.run(Browser(server.port).request("GET", f"/s/{CODE}"))[2]
        walked = measure(server, clients, times, lambda browser: browser.walk(CODE))
        memory = server.megabytes()
    with Server("empty", database, PORTS[1]) as server:
        empty = measure(server, clients, times * QUESTIONS, lambda browser: browser.request("GET", "/"))
    submitted = _submitted(database)
    assert submitted == clients * times + clients, "a response was lost"
    _print(walked, empty, clients * times, clients)
    packed = len(gzip.compress(first_page))
    print(f"  first page                          {len(first_page):>8,} bytes, {packed:,} with gzip")
    print(f"  memory of the process               {memory:>8.0f} MB\n")


def measure(
    server: Server, clients: int, times: int, walk: Callable[[Browser], Coroutine[Any, Any, object]]
) -> Measured:
    """Warm the server up, then let the clients walk."""
    run_clients(server.port, clients, 1, walk)
    before = server.cpu_seconds()
    wall, milliseconds = run_clients(server.port, clients, times, walk)
    return Measured(wall, server.cpu_seconds() - before, milliseconds)


def _submitted(database: str) -> int:
    engine = open_engine(database)
    with transaction(engine) as session:
        return session.exec(select(func.count()).where(col(Response.submitted_on).is_not(None))).one()


def _print(walked: Measured, empty: Measured, responses: int, clients: int) -> None:
    requests = len(walked.milliseconds) / responses
    per_response = walked.cpu / responses
    per_answer = per_response * 2 / requests
    per_empty = empty.cpu / len(empty.milliseconds)
    print(f"Answering: {QUESTIONS} questions, {clients} clients, one process, SQLite with synchronous=FULL")
    print(f"  responses completed, of {requests:.0f} requests   {responses:>8,}")
    print(f"  server CPU, a response              {per_response * 1e3:>8.2f} ms")
    print(f"  server CPU, an answer and next page {per_answer * 1e6:>8.0f} us")
    print(f"  server CPU, an empty route          {per_empty * 1e6:>8.0f} us, rendering the same page")
    print(f"  an answer costs                     {per_answer / per_empty:>8.2f} times that route")
    print(f"  responses a second                  {responses / walked.wall:>8.1f}")
    print(
        f"  p50 and p95 of a request            {walked.percentile(50):>8.1f} and {walked.percentile(95):.1f} ms"
    )
    print(
        f"  p50 and p95 of the empty route      {empty.percentile(50):>8.1f} and {empty.percentile(95):.1f} ms"
    )
