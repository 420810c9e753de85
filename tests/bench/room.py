"""A room of 300 phones on one process: what a vote takes when everybody votes at once, beside an empty route."""

import asyncio
import json
import os
import random
import statistics
import time
from dataclasses import dataclass, field
from pathlib import Path

from sqlmodel import select

from questions import Text
from survey import access
from survey.app import system_clock
from survey.db import open_engine, transaction
from survey.models import Audience, Consultation, Room, RoomQuestion
from survey.room_results import Asked
from tests.bench.client import Browser
from tests.bench.servers import ROOM, Server
from tests.bench.sets import fill

PORTS = (8745, 8746)
PHONES, QUESTIONS = 300, 3
SPANS = (5.0, 1.0)  # seconds in which a room votes when it is told to, and in which it does at its most eager
POLLED_EVERY = 4.0  # seconds between two looks of a phone at the strip
TWICE = 0.1  # of the votes are sent again, as on a bad signal
ASKED = Asked(
    Text("What would help most?"), tuple((str(n), Text(f"The answer with number {n}")) for n in range(1, 5))
)


@dataclass
class Measured:
    """The milliseconds of the requests of a room, by what they were for."""

    votes: list[float] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)
    strips: list[float] = field(default_factory=list)


class Patient(Browser):
    """A phone's connection, which the server may close while nobody does anything."""

    async def request(self, method: str, address: str, body: str = "") -> tuple[int, str, bytes]:
        """The answer, on a fresh connection if this one was closed."""
        try:
            return await super().request(method, address, body)
        except (asyncio.IncompleteReadError, ConnectionError):
            self._streams = None
            return await super().request(method, address, body)


@dataclass
class Phone:
    """A phone in the room: one connection for its pages and votes, one for the strip."""

    port: int
    measured: Measured
    scripts: bool
    browser: Browser = field(init=False)
    strip: Browser = field(init=False)

    def __post_init__(self) -> None:
        self.browser, self.strip = Patient(self.port), Patient(self.port)
        self.key = f"{random.getrandbits(128):032x}"[:22]
        self.root = f"/room/{ROOM}/{self.key}"

    async def vote(self, number: int, span: float) -> None:
        """Open the question that is asked, think, and vote; some votes are sent again."""
        await asyncio.sleep(random.random() * span)
        await self._page()
        choice = f"choice={random.randint(1, 4)}"
        for _ in range(2 if random.random() < TWICE else 1):
            began = time.perf_counter()
            status, _, _ = await self.browser.request("POST", f"{self.root}/{number}", choice)
            self.measured.votes.append((time.perf_counter() - began) * 1000)
            assert status == 303, status
            if not self.scripts:
                await self._page()

    async def _page(self) -> None:
        began = time.perf_counter()
        status, _, _ = await self.browser.request("GET", self.root)
        self.measured.pages.append((time.perf_counter() - began) * 1000)
        assert status == 200, status

    async def look(self) -> None:
        """Look at the strip again and again."""
        await asyncio.sleep(random.random() * POLLED_EVERY)
        while True:
            began = time.perf_counter()
            await self.strip.request("GET", f"/room/{ROOM}/now")
            self.measured.strips.append((time.perf_counter() - began) * 1000)
            await asyncio.sleep(POLLED_EVERY * (0.75 + random.random() / 2))


def run(folder: Path) -> None:
    """Print what a room costs, for phones that vote within some seconds."""
    print(f"A room: {PHONES} phones, {QUESTIONS} questions, one process, SQLite with synchronous=FULL")
    for span in SPANS:
        database = f"sqlite:///{folder / f'room-{span:.0f}.db'}"
        link = make(database)
        with Server("survey", database, PORTS[0]) as server:
            before = server.cpu_seconds()
            measured = asyncio.run(hold(server.port, link, span))
            cpu = server.cpu_seconds() - before
        with Server("empty room", database, PORTS[1]) as server:
            empty = asyncio.run(ask_empty(server.port, span))
        counted_once(database)
        load = ", ".join(f"{value:.2f}" for value in os.getloadavg())
        print(f"  everybody within {span:.0f} s; server CPU {cpu:.1f} s; load after: {load}")
        for name, found in (
            ("a vote", measured.votes),
            ("a page of the question", measured.pages),
            ("the strip", measured.strips),
            ("an empty route that renders the page", empty),
        ):
            p50, p95 = (f"{middle(found, share):.1f} ms" for share in (50, 95))
            print(f"    {name:<38} {len(found):>6,} times, p50 {p50:>9}, p95 {p95:>9}")
    print()


def middle(found: list[float], share: int) -> float:
    """The time that this many of a hundred requests stayed under, in milliseconds."""
    return statistics.quantiles(found, n=100)[share - 1]


def make(database: str) -> str:
    """A room on a fresh database; the link of its presenter."""
    fill(database)
    engine, today = open_engine(database), system_clock().date()
    token, hashed = access.new_token()
    with transaction(engine) as session:
        room = Room(
            consultation_id=0, code=ROOM, name="Hall", held_on=today, venue="Hall", audience=Audience.YOUNG
        )
        room.consultation = session.exec(select(Consultation)).one()
        room.presenter_hash, room.presenter_since = hashed, today
        for number in range(1, QUESTIONS + 1):
            room.questions.append(RoomQuestion(room_id=0, number=number, asked=ASKED.document()))
        session.add(room)
    engine.dispose()
    return f"/present/{token}"


async def hold(port: int, link: str, span: float) -> Measured:
    """Hold the room: ask each question, let everybody vote, show what they said."""
    measured, presenter = Measured(), Patient(port)
    for address in (link, f"/room/{ROOM}", f"/room/{ROOM}/{'A' * 22}", f"/room/{ROOM}/now"):
        await presenter.request("GET", address)  # a server that has shown each page once
    phones = [Phone(port, measured, scripts=at % 3 > 0) for at in range(PHONES)]
    looking = [asyncio.create_task(phone.look()) for phone in phones]
    for number in range(1, QUESTIONS + 1):
        seen = f"{number - 1}{'shown' if number > 1 else 'open'}"
        await press(presenter, link, "next", seen)
        await asyncio.gather(*(phone.vote(number, span) for phone in phones))
        await press(presenter, link, "reveal", f"{number}open")
    for task in looking:
        task.cancel()
    await press(presenter, link, "close", f"{QUESTIONS}shown")
    return measured


async def press(presenter: Browser, link: str, wish: str, seen: str) -> None:
    """Press a button of the presenter's screen."""
    status, _, _ = await presenter.request("POST", link, f"wish={wish}&seen={seen}")
    assert status == 303, status


async def ask_empty(port: int, span: float) -> list[float]:
    """As many phones at once, and a route that renders the page and does nothing else."""
    browsers = [Patient(port) for _ in range(PHONES)]

    async def ask(browser: Browser) -> None:
        for _ in range(QUESTIONS):
            await asyncio.sleep(random.random() * span)
            await browser.request("GET", "/")

    await asyncio.gather(*(ask(browser) for browser in browsers))
    return [ms for browser in browsers for ms in browser.milliseconds]


def counted_once(database: str) -> None:
    """Every phone is in the counts of every question, once."""
    engine = open_engine(database)
    with transaction(engine) as session:
        room = session.exec(select(Room)).one()
        counts = [sum((one.counts or {}).values()) for one in room.questions]
        assert counts == [PHONES] * QUESTIONS, json.dumps(counts)
        assert room.people == PHONES
    engine.dispose()
