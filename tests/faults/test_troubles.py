"""A disk that is full or slow, a database that is locked or gone: nobody is told what is not so, nothing is lost."""

import resource
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.killing import App, Cluster, Outcome, Phone, outcome, served, under_load, write_down
from tests.faults.test_killed import SEED, cluster, on_postgresql

__all__ = ["cluster"]

pytestmark = pytest.mark.faults

Trouble = Callable[[App], None]


def in_trouble(what: str, address: str, trouble: Trouble) -> tuple[Outcome, list[Phone]]:
    """What becomes of answers that people give before, in and after a trouble."""
    with served(address) as (app,):
        with under_load((app.port,), SEED) as phones:
            time.sleep(1)
            trouble(app)
            time.sleep(1)
        return outcome(what, address, 0, SEED, phones), phones


def check(found: Outcome, phones: list[Phone]) -> None:
    """Nothing is lost, and the trouble was felt: what could not be stored was not acknowledged."""
    write_down(found)
    assert (found.lost, found.twice) == (0, 0), found
    assert found.acknowledged > 0
    assert sum(phone.unheard for phone in phones) > 0, "nobody noticed"


def on_sqlite(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'troubled.db'}"


def test_another_program_keeps_the_database_locked(tmp_path: Path) -> None:
    def lock(_app: App) -> None:
        other = sqlite3.connect(tmp_path / "troubled.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        time.sleep(15)
        other.execute("ROLLBACK")
        other.close()

    check(*in_trouble("locked", on_sqlite(tmp_path), lock))


def test_no_file_can_grow(tmp_path: Path) -> None:
    """What a full disk is to a program: its writes fail. Set from outside with a limit, as no disk is ours to fill."""

    def fill(app: App) -> None:
        before = resource.prlimit(app.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(app.pid, resource.RLIMIT_FSIZE, (4096, before[1]))
        time.sleep(5)
        resource.prlimit(app.pid, resource.RLIMIT_FSIZE, before)

    check(*in_trouble("full disk", on_sqlite(tmp_path), fill))


def test_a_disk_is_slow(tmp_path: Path) -> None:
    """Each write takes a third of a second to reach it; everybody waits, and is told only then."""
    assert shutil.which("strace"), "There is no strace. On Debian: apt-get install strace"
    slow = [
        "strace",
        "-f",
        "-qq",
        "-e",
        "trace=fdatasync,fsync",
        "-e",
        "inject=fdatasync,fsync:delay_exit=300000",
    ]

    def delay(app: App) -> None:
        quiet = subprocess.DEVNULL
        with subprocess.Popen([*slow, "-p", str(app.pid)], stdout=quiet, stderr=quiet) as strace:
            time.sleep(10)
            strace.send_signal(signal.SIGINT)

    found, _phones = in_trouble("slow disk", on_sqlite(tmp_path), delay)
    write_down(found)
    assert (found.lost, found.twice) == (0, 0), found


@on_postgresql
def test_postgresql_is_gone_for_half_a_minute(cluster: Cluster) -> None:
    def leave(_app: App) -> None:
        cluster.kill()
        time.sleep(30)
        cluster.start()

    check(*in_trouble("gone for 30 s", cluster.address, leave))
