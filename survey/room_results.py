"""What rooms said: each question that was revealed, as counts and percentages with their base. Never an interval."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from analysis.disclosure import Rule, together
from questions import Text
from survey.measuring.door import rule_of
from survey.models import Audience, Consultation, Room, RoomQuestion


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of a room as it is kept: its words, its choices by code, and the published set that it is from."""

    prompt: Text
    choices: tuple[tuple[str, Text], ...]
    source: str = ""

    def document(self) -> dict[str, Any]:
        """It, as a column holds it."""
        choices = [{"code": code, "label": _kept(label)} for code, label in self.choices]
        return {"prompt": _kept(self.prompt), "choices": choices, "source": self.source}

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of its choices."""
        return tuple(code for code, _ in self.choices)


def asked(document: Mapping[str, Any]) -> Asked:
    """A question as a column held it."""
    choices = tuple((one["code"], _text(one["label"])) for one in document["choices"])
    return Asked(_text(document["prompt"]), choices, document["source"])


def _kept(text: Text) -> dict[str, str]:
    return {"": text.source} | {language: text.into(language) for language in sorted(text.languages)}


def _text(words: Mapping[str, str]) -> Text:
    return Text(words[""], tuple((code, said) for code, said in words.items() if code))


@dataclass(frozen=True, slots=True)
class Line:
    """How many of those who voted gave a choice, or one of several that are only shown together; in whole percent."""

    labels: tuple[Text, ...]
    people: int
    percent: int


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """What a room said to one question. `base` is how many voted; no line where that could tell who said what."""

    prompt: Text
    base: int
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class RoomResult:
    """What a room said. `people` is how many voted in it at all."""

    name: str
    held_on: dt.date
    venue: str
    audience: Audience
    people: int
    questions: tuple[QuestionResult, ...]


def room_results(session: Session, consultation: Consultation) -> tuple[RoomResult, ...]:
    """What the rooms of a consultation said, the first day first: of those that are closed, what was revealed."""
    rule = rule_of(consultation)
    rooms = session.exec(
        select(Room)
        .where(col(Room.consultation_id) == consultation.id, col(Room.closed_on).is_not(None))
        .order_by(col(Room.held_on), col(Room.id))
    ).all()
    return tuple(found for room in rooms if (found := _of_room(room, rule)).questions)


def _of_room(room: Room, rule: Rule) -> RoomResult:
    questions = tuple(
        result(asked(one.asked), one.counts or {}, rule) for one in room.questions if one.revealed
    )
    return RoomResult(room.name, room.held_on, room.venue, room.audience, room.people or 0, questions)


def result_of(question: RoomQuestion, consultation: Consultation) -> QuestionResult:
    """What a question that was revealed came to."""
    return result(asked(question.asked), question.counts or {}, rule_of(consultation))


def result(asked: Asked, counts: Mapping[str, int], rule: Rule) -> QuestionResult:
    """What the counts of a question say, as far as it may be shown."""
    told = {code: counts.get(code, 0) for code in asked.codes}
    base, labels = sum(told.values()), dict(asked.choices)
    return QuestionResult(
        asked.prompt,
        base,
        tuple(
            _line(tuple(labels[code] for code in group), sum(told[code] for code in group), base)
            for group in together(told, rule)
        ),
    )


def _line(labels: tuple[Text, ...], people: int, base: int) -> Line:
    return Line(labels, people, round(people * 100 / base))
