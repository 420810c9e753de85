"""What is new is put into parts beside the app: no page does it, and no page is wrong while it waits."""

import datetime as dt
import random
import time

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, col, func, select

from survey.db import transaction
from survey.measuring import keeper, kept
from survey.measuring.keeper import Keeper, keep_some
from survey.models import KeptCube, Response
from tests.survey.conftest import MIDDAY, furnish
from tests.survey.test_kept import all_alike, drawn, the_collection

TODAY = MIDDAY.date()
PATIENCE = 30.0


def come_in(engine: Engine, sent: int, begun: int = 0) -> None:
    """So many were sent today, and so many were begun yesterday and not sent."""
    chance = random.Random(1)
    with transaction(engine) as session:
        collection = the_collection(session)
        for at in range(sent + begun):
            response = drawn(chance, collection)
            response.submitted_on = TODAY if at < sent else None
            response.started_on = TODAY if at < sent else TODAY - dt.timedelta(days=1)
            session.add(response)


def waiting(engine: Engine) -> int:
    with Session(engine) as session:
        return session.scalar(select(func.count()).where(col(Response.counted).is_(False))) or 0


def test_a_few_wait_and_many_are_put_into_parts_lot_by_lot(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    furnish(engine)
    come_in(engine, kept.WORTH_KEEPING - 1, kept.WORTH_KEEPING - 1)
    assert keep_some(engine, TODAY) == 0
    monkeypatch.setattr(kept, "AT_ONCE", 150)
    come_in(engine, 1, 1)
    assert keep_some(engine, TODAY) == 2 * 150
    assert waiting(engine) == 2 * (kept.WORTH_KEEPING - 150)
    assert keep_some(engine, TODAY) == 0
    assert all_alike(engine) == kept.WORTH_KEEPING


def test_nobody_is_kept_waiting_who_began_today(engine: Engine) -> None:
    furnish(engine)
    come_in(engine, 0, kept.WORTH_KEEPING)
    assert keep_some(engine, TODAY - dt.timedelta(days=1)) == 0
    assert keep_some(engine, TODAY) == kept.WORTH_KEEPING


def test_a_keeper_beside_the_app_keeps_what_comes_until_it_is_stopped(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    furnish(engine)
    monkeypatch.setattr(keeper, "PAUSE", 0.0)
    beside = Keeper(engine, lambda: TODAY, every=0.01)
    beside.start()
    try:
        for _time in range(2):
            come_in(engine, 210, 210)
            until = time.monotonic() + PATIENCE
            while waiting(engine) >= 2 * kept.WORTH_KEEPING and time.monotonic() < until:
                time.sleep(0.01)
    finally:
        beside.stop()
    assert waiting(engine) < 2 * kept.WORTH_KEEPING
    assert all_alike(engine) == 420
    with Session(engine) as session:
        assert session.scalar(select(func.count()).select_from(KeptCube))
    come_in(engine, 300)
    left = waiting(engine)
    time.sleep(0.05)
    assert waiting(engine) == left >= 300


def test_a_database_that_does_not_answer_is_asked_again_later(engine: Engine) -> None:
    furnish(engine)
    come_in(engine, 250)
    silent = [True, True]

    def refuse(*_asked: object) -> None:
        if silent:
            silent.pop()
            raise OperationalError("SELECT", {}, Exception("it is being restarted"))

    event.listen(engine, "before_cursor_execute", refuse)
    beside = Keeper(engine, lambda: TODAY, every=0.01)
    beside.start()
    until = time.monotonic() + PATIENCE
    while waiting_quietly(engine, silent) and time.monotonic() < until:
        time.sleep(0.01)
    beside.stop()
    event.remove(engine, "before_cursor_execute", refuse)
    assert (silent, waiting(engine)) == ([], 0)


def waiting_quietly(engine: Engine, silent: list[bool]) -> bool:
    """Whether some still wait; not asked of a database that does not answer."""
    return bool(silent) or waiting(engine) > 0
