"""What the coverage page and its live strip cost with 12,000 responses and with a million, on both databases."""

from __future__ import annotations

import argparse
import datetime as dt
import os
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, func, text
from sqlmodel import Session, col, select
from starlette.testclient import TestClient

from survey import accounts
from survey.app import make_app
from survey.db import migrate, open_engine, transaction
from survey.measuring.keeper import keep_some
from survey.models import Response, Role
from survey.settings import Settings, with_driver
from tests.bench.filled import ABANDONED, NEW, Wave, come_in, fill
from tests.bench.kept import TODAY

FEW, RUNS = 12_000, 7
STRIP = {"hx-request": "true"}
MIDDAY = dt.datetime.combine(TODAY, dt.time(12), dt.UTC)


def run(folder: Path, most: int, server: str | None = None) -> None:
    """Print what the page and its strip cost with FEW responses and with `most`; server: of PostgreSQL, if any."""
    for name, addresses in _databases(folder, server):
        with addresses as (few, many):
            _print(name, most, _milliseconds(few, FEW, 150), _milliseconds(many, most, 1500))


def _print(name: str, most: int, few: Mapping[str, Took], many: Mapping[str, Took]) -> None:
    load_now = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    print(f"The coverage page, {ABANDONED:.0%} as many begun and not sent as sent ({name}; load {load_now})")
    told = f"milliseconds, the middle of {RUNS} (of our processor)"
    print(f"  {told:<48} {FEW:>14,} {most:>16,} {'ratio':>7}")
    for what, taken in few.items():
        print(f"  {what:<48} {taken!s:>14} {many[what]!s:>16} {many[what].wall / taken.wall:>7.2f}")
    print()


@dataclass(frozen=True, slots=True)
class Took:
    """Milliseconds that something took, and those of them that our processor worked; not a server's beside us."""

    wall: float
    processor: float

    def __str__(self) -> str:
        return f"{self.wall:,.1f} ({self.processor:,.0f})"

    @classmethod
    def middle(cls, of: Sequence[Took]) -> Took:
        """The middle of each."""
        return cls(statistics.median(one.wall for one in of), statistics.median(one.processor for one in of))


class _Watch:
    """How long it is since it was made."""

    def __init__(self) -> None:
        self._began = time.perf_counter(), time.process_time()

    def read(self) -> Took:
        wall, processor = self._began
        return Took((time.perf_counter() - wall) * 1e3, (time.process_time() - processor) * 1e3)


def _milliseconds(database: str, people: int, settings: int) -> dict[str, Took]:
    engine = open_engine(database)
    migrate(engine)
    wave = fill(engine, people, settings)
    with transaction(engine) as session:
        token = accounts.invite(session, "Amara", [Role.ADMIN], MIDDAY)
    app = make_app(Settings(database_url=database), engine, lambda: MIDDAY)
    with TestClient(app) as browser:
        browser.post(f"/staff/in/{token}")
        page = "/staff/consultations/bench/coverage"
        found = {
            "an empty page of staff, beside it": _asked(browser, "/staff/reference"),
            "the live strip": _asked(browser, page, STRIP),
            "the whole board": _asked(browser, page),
        }
        told = browser.get(page, headers=STRIP).text
        assert f"<dt>Sent</dt><dd>{people:,}</dd>" in told, told
        found |= _after_new(browser, page, engine, wave, people)
    found["counting the responses by scanning, beside it"] = _scanned(engine)
    engine.dispose()
    return found


def _asked(browser: TestClient, address: str, headers: Mapping[str, str] | None = None) -> Took:
    """The middle of some runs, after one that warms up."""
    taken = []
    for _run in range(RUNS + 1):
        watch = _Watch()
        answer = browser.get(address, headers=headers)
        taken.append(watch.read())
        assert answer.status_code == 200, address
    return Took.middle(taken[1:])


def _after_new(browser: TestClient, page: str, engine: Engine, wave: Wave, people: int) -> dict[str, Took]:
    """What is read first after NEW more came in, strip and board in turn; and what it takes to keep them, beside it."""
    taken: dict[str, list[Took]] = {"strip": [], "board": [], "kept": []}
    sent = people
    for _run in range(RUNS):
        for name, headers in (("strip", STRIP), ("board", {})):
            come_in(engine, wave, sent)
            sent += NEW
            watch = _Watch()
            told = browser.get(page, headers=headers).text
            taken[name].append(watch.read())
            assert f"<dt>Sent</dt><dd>{sent:,}</dd>" in told, told
        watch = _Watch()
        while keep_some(engine, TODAY):
            taken["kept"].append(watch.read())
            watch = _Watch()
    return {
        f"the live strip, first after {NEW} new": Took.middle(taken["strip"]),
        f"the whole board, first after {NEW} new": Took.middle(taken["board"]),
        "putting what is new into parts, beside it": Took.middle(taken["kept"]),
        "  and the longest of these": max(taken["kept"], key=lambda one: one.wall),
    }


def _scanned(engine: Engine) -> Took:
    """Milliseconds to count who sent and who has not, as it is without anything kept."""
    taken = []
    for _run in range(RUNS):
        with Session(engine) as session:
            watch = _Watch()
            for sent in (col(Response.submitted_on).is_not(None), col(Response.submitted_on).is_(None)):
                session.scalar(select(func.count()).select_from(Response).where(sent))
            taken.append(watch.read())
    return Took.middle(taken)


class _Databases:
    """Two databases on a PostgreSQL server, dropped at the end."""

    def __init__(self, server: str) -> None:
        self._server = create_engine(with_driver(server), isolation_level="AUTOCOMMIT")
        self._names = [f"soundings_bench_{os.getpid()}_{which}" for which in ("few", "many")]

    def __enter__(self) -> list[str]:
        for name in self._names:
            self._do(f'CREATE DATABASE "{name}"')
        address = self._server.url
        return [address.set(database=name).render_as_string(hide_password=False) for name in self._names]

    def __exit__(self, *_error: object) -> None:
        for name in self._names:
            self._do(f'DROP DATABASE "{name}" WITH (FORCE)')
        self._server.dispose()

    def _do(self, statement: str) -> None:
        with self._server.connect() as connection:
            connection.execute(text(statement))


class _Files:
    """Two SQLite files in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> list[str]:
        return [f"sqlite:///{self._folder / f'board-{which}.db'}" for which in ("few", "many")]

    def __exit__(self, *_error: object) -> None:
        return


def _databases(folder: Path, server: str | None) -> Iterator[tuple[str, Any]]:
    yield "SQLite", _Files(folder)
    if server:
        yield "PostgreSQL", _Databases(server)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--responses", type=int, default=1_000_000)
    with tempfile.TemporaryDirectory() as temporary:
        run(Path(temporary), parser.parse_args().responses, os.environ.get("TEST_DATABASE_URL"))
