"""Many phones at once: every vote is counted once, whichever process takes it, and none after the answers are shown."""

import asyncio
import threading
from collections.abc import Callable

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from questions import Text
from survey.db import open_engine, transaction
from survey.lanes import Lane
from survey.models import Audience, Consultation, Room, RoomPhone, RoomQuestion, RoomVote
from survey.room_results import Asked
from survey.rooms.closing import close, reveal
from survey.rooms.votes import Counted, Refused, Vote, count, phone_of
from tests.survey.conftest import MIDDAY, furnish

HALL = "HLL234"
TODAY = MIDDAY.date()
ASKED = Asked(Text("Does it help?"), (("yes", Text("Yes")), ("no", Text("No"))))


@pytest.fixture
def room(engine: Engine) -> Engine:
    """A room whose only question is asked."""
    furnish(engine)
    with transaction(engine) as session:
        hall = Room(
            consultation_id=0,
            code=HALL,
            name="Hall",
            held_on=TODAY,
            venue="Hall",
            audience=Audience.YOUNG,
            at=1,
        )
        hall.consultation = session.exec(select(Consultation)).one()
        hall.questions.append(RoomQuestion(room_id=0, number=1, asked=ASKED.document()))
        session.add(hall)
    return engine


def in_processes(url: str, work: Callable[[int, Lane], object], many: int = 4) -> None:
    """Let as many writers work at once as so many processes have."""
    engines = [open_engine(url) for _ in range(many)]
    lanes = [Lane(one, writes=True) for one in engines]
    threads = [threading.Thread(target=work, args=(at, lane)) for at, lane in enumerate(lanes)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for lane, one in zip(lanes, engines, strict=True):
        lane.close()
        one.dispose()


def given(phone: int, choice: str, turn: int | None = 1) -> Vote:
    """A vote of one of the phones."""
    return Vote(HALL, 1, phone_of(HALL, str(phone)), choice, TODAY, turn)


def test_three_hundred_phones_that_each_send_twice_to_any_process_count_once(
    room: Engine, database_url: str
) -> None:
    outcomes: list[Counted | Refused] = []

    def work(at: int, lane: Lane) -> None:
        mine = [phone for phone in range(300) if at in (phone % 4, (phone + 1) % 4)]

        async def send() -> list[Counted | Refused]:
            votes = (given(one, "yes" if one % 3 else "no") for one in mine)
            return list(await asyncio.gather(*(lane.take(count, vote) for vote in votes)))

        outcomes.extend(asyncio.run(send()))

    in_processes(database_url, work)
    assert len(outcomes) == 600
    assert all(isinstance(one, Counted) for one in outcomes)
    assert sum(isinstance(one, Counted) and one.first for one in outcomes) == 300
    with transaction(room) as session:
        assert len(session.exec(select(RoomPhone)).all()) == 300
        choices = session.exec(select(RoomVote.choice)).all()
    assert (choices.count("yes"), choices.count("no")) == (200, 100)


def test_whoever_is_told_that_a_vote_counts_is_in_the_counts_that_are_shown(
    room: Engine, database_url: str
) -> None:
    outcomes: list[Counted | Refused] = []

    def work(at: int, lane: Lane) -> None:
        async def send() -> None:
            mine = range(at * 40, at * 40 + 40)
            outcomes.extend([await lane.take(count, given(phone, "yes")) for phone in mine])

        asyncio.run(send())

    def show() -> None:
        own = open_engine(database_url)
        with transaction(own) as session:
            hall = session.exec(select(Room).with_for_update(key_share=True)).one()
            reveal(session, hall.questions[0])
            close(session, hall, TODAY)
        own.dispose()

    presenter = threading.Timer(0.05, show)
    presenter.start()
    in_processes(database_url, work, many=3)
    presenter.join()
    told = sum(isinstance(one, Counted) for one in outcomes)
    with transaction(room) as session:
        hall = session.exec(select(Room)).one()
        assert sum((hall.questions[0].counts or {}).values()) == told == hall.people
        assert session.exec(select(RoomVote)).all() == []
        assert session.exec(select(RoomPhone)).all() == []
    assert {one.why for one in outcomes if isinstance(one, Refused)} <= {"closed", "shown"}


def test_of_votes_of_one_phone_in_one_batch_the_latest_stands(room: Engine) -> None:
    with room.begin() as connection:
        outcomes = count(
            connection, [given(1, "yes", 2), given(1, "no", 1), given(1, "no", None), given(1, "maybe")]
        )
    assert outcomes == [
        Counted("yes", 2, first=True),
        Counted("yes", 2),
        Counted("no", 3),
        Refused("not offered"),
    ]
    with transaction(room) as session:
        assert session.exec(select(RoomVote.choice)).all() == ["no"]
