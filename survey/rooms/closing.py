"""What ends the taking of votes: a question is revealed, a room is closed. Only counts are left of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Engine, delete
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, func, select

from survey.db import reading, transaction
from survey.models import Room, RoomPhone, RoomQuestion, RoomVote
from survey.recurring import Recurring

LOOKS_EVERY = 60.0  # seconds
NO_KEY = {"key_share": True}  # a room may be locked while votes that belong to it are stored


def reveal(session: Session, question: RoomQuestion) -> None:
    """Show what the room says to a question: no vote is taken any more, and none can be told from another."""
    _add_up(session, [question])
    question.revealed = True


def close(session: Session, room: Room, today: dt.date) -> None:
    """Close a room: how many voted is kept, what was not revealed stays so, and nothing is kept of any phone."""
    _add_up(session, room.questions)
    voted = select(func.count()).select_from(RoomPhone).where(col(RoomPhone.room_id) == room.id)
    room.people = session.exec(voted).one()
    session.execute(delete(RoomPhone).where(col(RoomPhone.room_id) == room.id))
    room.closed_on = today


def _add_up(session: Session, questions: Sequence[RoomQuestion]) -> None:
    """Turn the votes to some questions into counts. Whoever votes meanwhile waits, and is then told."""
    numbers = sorted(one.id for one in questions if one.id is not None)
    locked = select(RoomQuestion).where(col(RoomQuestion.id).in_(numbers)).order_by(col(RoomQuestion.id))
    now = locked.with_for_update().execution_options(populate_existing=True)
    open_ = [one for one in session.exec(now).all() if one.counts is None]
    for question in open_:
        counted = (
            select(RoomVote.choice, func.count())
            .where(col(RoomVote.question_id) == question.id)
            .group_by(col(RoomVote.choice))
        )
        question.counts = dict(session.exec(counted).all())
    gone = [one.id for one in open_]
    session.execute(delete(RoomVote).where(col(RoomVote.question_id).in_(gone)))


def close_past(engine: Engine, today: dt.date) -> int:
    """Close the rooms whose day is over, each in a transaction of its own; how many."""
    past = select(Room.id).where(col(Room.held_on) < today, col(Room.closed_on).is_(None))
    with Session(reading(engine)) as session:
        numbers = session.exec(past).all()
    for number in numbers:
        with transaction(engine) as session:
            room = session.get_one(Room, number, with_for_update=NO_KEY)
            if room.closed_on is None:
                close(session, room, room.held_on)
    return len(numbers)


@dataclass
class Closer(Recurring):
    """Looks whether a room was left open when its day was over. No vote is taken then, whether it looks or not."""

    engine: Engine
    today: Callable[[], dt.date]
    every: float = field(default=LOOKS_EVERY, kw_only=True)

    def look(self) -> None:
        """Close what was left open; nothing while the database does not answer."""
        try:
            close_past(self.engine, self.today())
        except SQLAlchemyError:
            return
