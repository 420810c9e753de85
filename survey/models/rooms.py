"""Rooms: people who are present vote on one question at a time. Nothing of who they are, and no time of any vote."""

import datetime as dt
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Relationship, SQLModel

from survey.models.asking import Consultation
from survey.models.kinds import Audience, Document, by_value


class Room(SQLModel, table=True):
    """A session in a room on one day. `at` is the number of the question that is asked now; 0 before the first.

    `closed_on` is None while it may go on, and `people` how many phones voted in it, known once it is closed.
    `presenter_hash` is the hash of the secret in its presenter's link, which was made on `presenter_since`.
    """

    id: int | None = Field(default=None, primary_key=True)
    consultation_id: int = Field(foreign_key="consultation.id", index=True)
    code: str = Field(unique=True, max_length=20)
    name: str
    held_on: dt.date
    venue: str
    audience: Audience = Field(sa_type=by_value(Audience, 20))
    at: int = 0
    closed_on: dt.date | None = None
    people: int | None = None
    presenter_hash: str | None = Field(default=None, max_length=64, unique=True)
    presenter_since: dt.date | None = None

    consultation: Consultation = Relationship()
    questions: list["RoomQuestion"] = Relationship(
        back_populates="room",
        sa_relationship_kwargs={"order_by": "RoomQuestion.number", "cascade": "all, delete-orphan"},
    )


class RoomQuestion(SQLModel, table=True):
    """One question of a room, frozen: `asked` is as in `survey.room_results.Asked`.

    `counts` is how many gave each choice, by its code: None while votes are taken, and then all that is left of them.
    """

    __tablename__ = "room_question"
    __table_args__ = (UniqueConstraint("room_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    room_id: int = Field(foreign_key="room.id", index=True)
    number: int
    asked: dict[str, Any] = Field(sa_type=Document)
    revealed: bool = False
    counts: dict[str, int] | None = Field(default=None, sa_type=Document)

    room: Room = Relationship(back_populates="questions")


class RoomVote(SQLModel, table=True):
    """What one phone says to one question, while votes are taken. `turn` says which of its votes came last.

    `phone` is the hash of a random key that belongs to that phone in that room: see `survey.rooms.votes`. When the
    answers are shown, or the room closes, the votes are added up and these rows go.
    """

    __tablename__ = "room_vote"
    __table_args__ = {"sqlite_with_rowid": False}  # or rows would keep the order in which votes came

    question_id: int = Field(foreign_key="room_question.id", primary_key=True)
    phone: str = Field(primary_key=True, max_length=32)
    choice: str
    turn: int


class RoomPhone(SQLModel, table=True):
    """That a phone has voted in a room that is not closed, so that people are counted once over all its questions."""

    __tablename__ = "room_phone"
    __table_args__ = {"sqlite_with_rowid": False}

    room_id: int = Field(foreign_key="room.id", primary_key=True)
    phone: str = Field(primary_key=True, max_length=32)
