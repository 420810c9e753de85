"""A vote, from the form to the row: one phone has one vote to a question, which it may change until it is shown."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from sqlalchemy import Connection, bindparam, select

from survey.db import insert_unless_there
from survey.models import Room, RoomPhone, RoomQuestion, RoomVote

_votes: Any = RoomVote.__table__  # type: ignore[attr-defined]
_phones: Any = RoomPhone.__table__  # type: ignore[attr-defined]
_questions: Any = RoomQuestion.__table__  # type: ignore[attr-defined]
_rooms: Any = Room.__table__  # type: ignore[attr-defined]

_find = select(_votes).where(
    _votes.c.question_id.in_(bindparam("questions", expanding=True)),
    _votes.c.phone.in_(bindparam("phones", expanding=True)),
)
_find_and_lock = (  # a vote and whoever reveals the question wait for each other
    select(
        _questions.c.id,
        _questions.c.number,
        _questions.c.room_id,
        _questions.c.asked,
        _questions.c.revealed,
        _rooms.c.code,
        _rooms.c.at,
        _rooms.c.held_on,
        _rooms.c.closed_on,
    )
    .join(_rooms, _rooms.c.id == _questions.c.room_id)
    .where(
        _rooms.c.code.in_(bindparam("codes", expanding=True)),
        _questions.c.number.in_(bindparam("numbers", expanding=True)),
    )
    .order_by(_questions.c.id)
    .with_for_update(of=_questions)
)
_change = (
    _votes.update()
    .where(
        _votes.c.question_id == bindparam("this_question"),
        _votes.c.phone == bindparam("this_phone"),
    )
    .values(choice=bindparam("new_choice"), turn=bindparam("new_turn"))
)

Place = tuple[int, str]  # a question and a phone


@dataclass(frozen=True, slots=True)
class Vote:
    """What a phone says to a question of a room. turn: its own count of its votes; a form has none, and is newest."""

    code: str
    number: int
    phone: str
    choice: str
    today: dt.date
    turn: int | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """The vote of a phone as it stands now, which a later one of the same phone may have made.

    first: it was just counted, and the phone had none before.
    """

    choice: str
    turn: int
    first: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """A vote that changes nothing, and why: the room is over, the answers are shown, the question is not asked yet, or
    the choice is none of its choices.
    """

    why: Literal["closed", "shown", "not asked", "not offered"]


def phone_of(code: str, key: str) -> str:
    """What is stored of a phone's key (it has 128 random bits, so it needs no salt): in another room it is another."""
    return hashlib.sha256(f"{code} {key}".encode()).hexdigest()[:32]


def count(connection: Connection, votes: Sequence[Vote]) -> list[Counted | Refused]:
    """Count many votes in one transaction: the work of the writer's lane."""
    asked = {"codes": sorted({one.code for one in votes}), "numbers": sorted({one.number for one in votes})}
    questions = {(row.code, row.number): row for row in connection.execute(_find_and_lock, asked)}
    numbers = {row.id: row.room_id for row in questions.values()}
    before = find_all(connection, [(number, one.phone) for one in votes for number in numbers])
    now = dict(before)
    outcomes = [_outcome(now, questions.get((vote.code, vote.number)), vote) for vote in votes]
    _store(connection, before, now, numbers)
    return outcomes


def _outcome(now: dict[Place, Counted], question: Any, vote: Vote) -> Counted | Refused:
    why = _wrong(question, vote)
    return Refused(why) if why else _counted(now, (question.id, vote.phone), vote)


def _wrong(question: Any, vote: Vote) -> Literal["closed", "shown", "not asked", "not offered", ""]:
    if question is None:
        return "not asked"
    if question.closed_on is not None or question.held_on != vote.today:
        return "closed"
    if question.revealed:
        return "shown"
    if question.number > question.at:
        return "not asked"
    return "" if vote.choice in {one["code"] for one in question.asked["choices"]} else "not offered"


def _counted(now: dict[Place, Counted], place: Place, vote: Vote) -> Counted:
    """Put a vote in its place, unless a later one of the same phone stands there; what stands there then."""
    found = now.get(place)
    latest = found.turn if found else 0
    turn = latest + 1 if vote.turn is None else vote.turn
    if found is not None and turn <= latest:
        return replace(found, first=False)
    now[place] = Counted(vote.choice, turn, first=found is None)
    return now[place]


def _store(
    connection: Connection, before: dict[Place, Counted], after: dict[Place, Counted], rooms: dict[int, int]
) -> None:
    new = {place: vote for place, vote in sorted(after.items()) if place not in before}
    if new:
        rows: list[dict[str, object]] = [
            {"question_id": question, "phone": phone, "choice": vote.choice, "turn": vote.turn}
            for (question, phone), vote in new.items()
        ]
        insert_unless_there(connection, _votes, rows)
        phones = sorted({(rooms[question], phone) for question, phone in new})
        insert_unless_there(connection, _phones, [{"room_id": room, "phone": one} for room, one in phones])
    changed = [
        (place, vote) for place, vote in after.items() if place in before and vote is not before[place]
    ]
    if changed:
        connection.execute(
            _change,
            [
                {"this_question": at, "this_phone": phone, "new_choice": vote.choice, "new_turn": vote.turn}
                for (at, phone), vote in changed
            ],
        )


def find_all(connection: Connection, places: Sequence[Place]) -> dict[Place, Counted]:
    """The votes that stand, of some phones to some questions."""
    asked = {
        "questions": sorted({question for question, _ in places}),
        "phones": sorted({phone for _, phone in places}),
    }
    rows = connection.execute(_find, asked)
    return {(row.question_id, row.phone): Counted(row.choice, row.turn) for row in rows}


def find(connection: Connection, places: Sequence[Place]) -> list[Counted | None]:
    """The vote that a phone has to a question, if any, for each that asks: work of the reader's lane."""
    found = find_all(connection, places)
    return [found.get(place) for place in places]
