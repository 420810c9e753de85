"""The one writer: many saves at once lose nothing, and nothing is acknowledged before it is committed."""

import asyncio
import dataclasses
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, event, text

from survey.answering.writer import Found, Lane
from survey.db import open_engine
from survey.responses.stored import Stored
from tests.survey.conftest import MIDDAY, furnish

KEY = "AAAAAAAAAAAAAAAAAAAAAA"


@pytest.fixture
def writer(engine: Engine) -> Iterator[Lane]:
    """A writer on a database that has somewhere to put a response."""
    furnish(engine)
    lane = Lane(engine, writes=True)
    yield lane
    lane.close()


def new(key: str = KEY) -> Stored:
    """A response of the one school."""
    return Stored(key, 1, 1, 1, MIDDAY.date(), quarter=0)


def adding(name: str, value: str) -> Any:
    """A step that merges one answer."""

    def step(stored: Found) -> tuple[Stored, str]:
        assert isinstance(stored, Stored)
        return dataclasses.replace(stored, answers={**stored.answers, name: value}), name

    return step


def beginning(key: str) -> Any:
    """A step that begins a response."""
    return lambda _stored: (new(key), None)


def answers(engine: Engine, key: str = KEY) -> Any:
    """What is committed, as another connection sees it."""
    lane = Lane(engine, writes=False)
    try:
        return asyncio.run(
            lane.do(key, lambda stored: (None, stored.answers if isinstance(stored, Stored) else stored))
        )
    finally:
        lane.close()


def test_forty_concurrent_saves_to_one_response_are_all_kept(engine: Engine, writer: Lane) -> None:
    async def save_all() -> list[Any]:
        await writer.do(KEY, lambda _: (new(), None))
        return await asyncio.gather(*(writer.do(KEY, adding(f"q{n}", str(n))) for n in range(40)))

    assert asyncio.run(save_all()) == [f"q{n}" for n in range(40)]
    assert answers(engine) == {f"q{n}": str(n) for n in range(40)}


def test_forty_saves_from_four_processes_worth_of_writers_are_all_kept(
    engine: Engine, writer: Lane, database_url: str
) -> None:
    asyncio.run(writer.do(KEY, lambda _: (new(), None)))
    engines = [open_engine(database_url) for _ in range(4)]
    lanes = [Lane(one, writes=True) for one in engines]

    def save_ten(number: int) -> None:
        async def save() -> None:
            await asyncio.gather(*(lanes[number].do(KEY, adding(f"q{number}_{n}", "x")) for n in range(10)))

        asyncio.run(save())

    threads = [threading.Thread(target=save_ten, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for lane, one in zip(lanes, engines, strict=True):
        lane.close()
        one.dispose()

    assert len(answers(engine)) == 40


def test_a_save_is_committed_when_it_is_acknowledged(engine: Engine, writer: Lane) -> None:
    async def save_and_look() -> Any:
        await writer.do(KEY, lambda _: (new(), None))
        await writer.do(KEY, adding("worry", "very"))
        return await asyncio.to_thread(answers, engine)

    assert asyncio.run(save_and_look()) == {"worry": "very"}


def test_what_waits_shares_one_transaction(engine: Engine, writer: Lane) -> None:
    commits: list[object] = []
    event.listen(engine, "commit", commits.append)

    async def save_all() -> None:
        keys = [f"{n:022d}" for n in range(60)]
        await asyncio.gather(*(writer.do(key, beginning(key)) for key in keys))

    asyncio.run(save_all())

    assert 1 <= len(commits) < 60


def test_one_step_that_fails_does_not_spoil_the_others(engine: Engine, writer: Lane) -> None:
    def fail(_stored: Stored | None) -> tuple[None, None]:
        raise ZeroDivisionError

    async def save_all() -> list[Any]:
        await writer.do(KEY, lambda _: (new(), None))
        steps = [adding("a", "1"), fail, adding("b", "2")]
        return await asyncio.gather(*(writer.do(KEY, step) for step in steps), return_exceptions=True)

    first, failed, last = asyncio.run(save_all())
    assert (first, last) == ("a", "b")
    assert isinstance(failed, ZeroDivisionError)
    assert answers(engine) == {"a": "1", "b": "2"}


def test_a_failed_commit_is_never_acknowledged(engine: Engine, writer: Lane) -> None:
    orphan = dataclasses.replace(new(), collection_id=999)
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        asyncio.run(writer.do(KEY, lambda _: (orphan, None)))
    assert answers(engine) is None


def test_sqlite_waits_for_the_disk(engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            assert connection.execute(text("PRAGMA synchronous")).scalar() == 2
            assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
    else:
        with engine.connect() as connection:
            assert connection.execute(text("SHOW synchronous_commit")).scalar() == "on"
