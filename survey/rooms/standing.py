"""How a room stands: which question is asked, how many have voted, what was revealed. Read by many phones at once."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection
from sqlmodel import Session, col, func, select

from questions import Text
from survey.lanes import Lane
from survey.models import Room, RoomQuestion, RoomVote
from survey.room_results import Asked, QuestionResult, asked, result_of

SECONDS_KEPT = 1.0


@dataclass(frozen=True, slots=True)
class Standing:
    """How a room stands. `question_id` and `asked` are None before its first question.

    `answered` is how many have voted on the question; `result` is what they said, once it is revealed. `people` is
    how many voted at all, once it is over.
    """

    code: str
    name: str
    held_on: dt.date
    over: bool
    consultation: Text
    outcome_on: dt.date
    synthetic: bool
    at: int
    questions: int
    question_id: int | None = None
    asked: Asked | None = None
    answered: int = 0
    people: int = 0
    result: QuestionResult | None = None

    @property
    def mark(self) -> str:
        """What a page says of the state that it shows; another mark is another state."""
        return f"{self.at}{'shown' if self.result else 'open'}{'over' if self.over else ''}"

    @property
    def last(self) -> bool:
        """Whether no question comes after this one."""
        return self.at >= self.questions

    def open_on(self, day: dt.date) -> bool:
        """Whether votes are taken on a day."""
        return not self.over and self.held_on == day


@dataclass
class Standings:
    """How rooms stand, as far as they were read in the last second; a room that is not there is asked for each time.

    While one phone's request reads a room anew, others are told how it stood.
    """

    reader: Lane
    _kept: dict[str, tuple[float, Standing]] = field(default_factory=dict)
    _reading: set[str] = field(default_factory=set)

    async def of_code(self, code: str) -> Standing | None:
        """How the room with a code stands; None where there is none."""
        kept = self._kept.get(code)
        if kept is not None and (kept[0] > time.monotonic() or code in self._reading):
            return kept[1]
        self._reading.add(code)
        try:
            found = await self.reader.take(read, code)
        finally:
            self._reading.discard(code)
        if found is not None:
            self._kept[code] = (time.monotonic() + SECONDS_KEPT, found)
        return found

    def one_more(self, code: str, number: int) -> None:
        """Know of a phone that has just voted on a question: its own page shall not say that nobody has."""
        until, kept = self._kept.get(code, (0.0, None))
        if kept is not None and kept.at == number:
            self._kept[code] = (until, replace(kept, answered=kept.answered + 1))

    def forget(self, code: str) -> None:
        """Read a room anew from now on: somebody has just moved it on."""
        self._kept.pop(code, None)


def read(connection: Connection, codes: Sequence[str]) -> list[Standing | None]:
    """How the rooms with some codes stand: work of the reader's lane."""
    with Session(connection) as session:
        rooms = session.exec(select(Room).where(col(Room.code).in_(set(codes)))).all()
        found = {room.code: standing(session, room) for room in rooms}
    return [found.get(code) for code in codes]


def standing(session: Session, room: Room) -> Standing:
    """How a room stands."""
    consultation = room.consultation
    words = [(code, said["title"]) for code, said in consultation.translations.items() if "title" in said]
    question = next((one for one in room.questions if one.number == room.at), None)
    return Standing(
        code=room.code,
        name=room.name,
        held_on=room.held_on,
        over=room.closed_on is not None,
        consultation=Text(consultation.title, tuple(words)),
        outcome_on=consultation.outcome_on,
        synthetic=consultation.synthetic,
        at=room.at,
        questions=len(room.questions),
        question_id=question.id if question else None,
        asked=asked(question.asked) if question else None,
        answered=_answered(session, question) if question else 0,
        people=room.people or 0,
        result=result_of(question, consultation) if question and question.revealed else None,
    )


def _answered(session: Session, question: RoomQuestion) -> int:
    """How many have voted on a question: of the votes while they are taken, and of the counts that are left of them."""
    if question.counts is not None:
        return sum(question.counts.values())
    asked = select(func.count()).select_from(RoomVote).where(col(RoomVote.question_id) == question.id)
    return session.exec(asked).one()
