"""A room as staff wrote it in a form: what it will be, and everything that is wrong with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from questions import Text
from questions.text import UNSEEN
from survey.instruments import parsed
from survey.models import Audience, Collection, Consultation, Room, RoomQuestion
from survey.room_results import Asked, asked
from survey.web import Form, one
from survey.wording import day, read_day

LONGEST_NAME = 120  # characters
LONGEST_PROMPT, LONGEST_CHOICE = 160, 60  # characters that can be read from the back of a room
LEAST_CHOICES, MOST_CHOICES = 2, 6
SHOWN, MOST_QUESTIONS = 2, 12  # places for questions in an empty form, and in any
ASKED_WITH_ONE = ("one", "scale")

Offered = Mapping[str, Asked]  # published questions that a room may take, by what a form calls them


@dataclass(frozen=True, slots=True)
class Written:
    """A room as it was written; None and () where that cannot be read."""

    name: str
    held_on: dt.date | None
    venue: str
    audience: Audience | None
    questions: tuple[Asked, ...]

    def keep(self, room: Room) -> None:
        """Write it into a room that nobody has voted in."""
        assert self.held_on is not None
        assert self.audience is not None
        room.name, room.held_on, room.venue, room.audience = (
            self.name,
            self.held_on,
            self.venue,
            self.audience,
        )
        for number, question in enumerate(self.questions, 1):
            room.questions.append(RoomQuestion(room_id=0, number=number, asked=question.document()))


def offered(collections: list[Collection]) -> dict[str, Asked]:
    """The published questions of a consultation that a room may ask: short, in English, one of two to six choices."""
    sets = {one.instrument_id: one.instrument for one in collections}
    found: dict[str, Asked] = {}
    for number, instrument in sets.items():
        question_set = parsed(instrument)
        if not question_set.language.startswith("en"):
            continue
        for question in question_set.questions:
            choices = tuple((choice.code, choice.label) for choice in question.options)
            source = f"{instrument.key}, version {instrument.version}: {question.key}"
            asked = Asked(question.prompt, choices, source)
            if question.kind in ASKED_WITH_ONE and not any(_wrong(asked)) and not _pipes(asked):
                found[f"{number}:{question.key}"] = asked
    return found


def _pipes(asked: Asked) -> bool:
    return any(text.pipes for text in (asked.prompt, *(label for _, label in asked.choices)))


def typed(room: Room, offered: Offered) -> Form:
    """A room as the fields of a form."""
    form = {
        "name": [room.name],
        "held_on": [str(room.held_on)],
        "venue": [room.venue],
        "audience": [str(room.audience)],
    }
    names = {one.source: name for name, one in offered.items()}
    for question in room.questions:
        it = asked(question.asked)
        place = f"q{question.number}"
        if it.source in names:
            form[f"{place}-from"] = [names[it.source]]
        else:
            form |= {f"{place}-prompt": [str(it.prompt)], f"{place}-choice": [str(a) for _, a in it.choices]}
    return form


def places(form: Form) -> int:
    """How many places for questions a form has: as many as were filled, and as many as were asked for."""
    wanted = one(form, "places")
    least = int(wanted) if wanted.isascii() and wanted.isdecimal() and len(wanted) < 3 else SHOWN
    filled = [at for at in range(1, MOST_QUESTIONS + 1) if any(_said(form, at))]
    return min(MOST_QUESTIONS, max(least, SHOWN, *filled, 0))


def _said(form: Form, at: int) -> list[str]:
    """All that stands in the place of a question."""
    fields = (f"q{at}-from", f"q{at}-prompt", f"q{at}-choice")
    return [said for field in fields for said in form.get(field, []) if said.strip()]


def read(form: Form, consultation: Consultation, offered: Offered) -> tuple[Written, list[str]]:
    """The room in a form, as far as it can be read, and everything that is wrong with it."""
    held_on, wrong_day = _day(one(form, "held_on"), consultation)
    faults = [*_wrong_words(form), *wrong_day]
    told = one(form, "audience")
    audience = Audience(told) if told in [*Audience] else None
    if audience is None:
        faults.append("Say who will be there: young people, adults, or both.")
    questions = []
    for at in range(1, places(form) + 1):
        question, wrong = _question(form, at, offered)
        faults += [f"Question {at}: {fault}" for fault in wrong]
        questions += [question] if question else []
    if not any(_said(form, at) for at in range(1, MOST_QUESTIONS + 1)):
        faults.append("There is no question yet. Take one from the question set, or write one.")
    return Written(one(form, "name"), held_on, one(form, "venue"), audience, tuple(questions)), faults


def _wrong_words(form: Form) -> Iterator[str]:
    for field, what, such_as in (
        ("name", "name", "Give it a name, such as “Workshop for 14 to 18”."),
        ("venue", "place", "Say where it is, such as “Town Hall, room 2”."),
    ):
        told = one(form, field)
        if not told:
            yield such_as
        elif len(told) > LONGEST_NAME:
            yield f"The {what} has {len(told)} characters. There is room for {LONGEST_NAME}."
        elif not told.isprintable():
            yield f"There is a character in the {what} that cannot be seen. Write it again."


def _day(told: str, consultation: Consultation) -> tuple[dt.date | None, list[str]]:
    found = read_day(told)
    if found is None:
        return None, [
            f"“{told}” is no day. Write it like 2026-12-03 or 3/12/2026."
            if told
            else "Say on which day it is."
        ]
    if not consultation.opens_on <= found <= consultation.closes_on:
        first, last = day(consultation.opens_on), day(consultation.closes_on)
        return found, [
            f"{day(found)} is outside the consultation, which is open from {first} to {last}. Choose a day between."
        ]
    return found, []


def _question(form: Form, at: int, offered: Offered) -> tuple[Asked | None, list[str]]:
    """The question in one place of a form; None where there is none, or it is wrong."""
    taken, prompt = one(form, f"q{at}-from"), one(form, f"q{at}-prompt")
    choices = [" ".join(said.split()) for said in form.get(f"q{at}-choice", []) if said.strip()]
    if taken and (prompt or choices):
        return None, [
            "Either take a question from the set or write one: both are filled in. Empty one of the two."
        ]
    if taken:
        found = offered.get(taken)
        return found, [] if found else ["This question is not in the set any more. Choose another."]
    if not prompt and not choices:
        return None, []
    if faults := [*_wrong_typed(prompt, choices)]:
        return None, faults
    return Asked(Text(prompt), tuple((str(n), Text(said)) for n, said in enumerate(choices, 1))), []


def _wrong_typed(prompt: str, choices: list[str]) -> Iterator[str]:
    if not prompt:
        yield "Write what you ask: there are only answers."
    elif len(prompt) > LONGEST_PROMPT:
        told = f"There is room for {LONGEST_PROMPT}, to be read from the back of a room."
        yield f"It has {len(prompt)} characters. {told}"
    if len(choices) < LEAST_CHOICES:
        yield "Write at least two answers to choose from."
    for choice in choices:
        if len(choice) > LONGEST_CHOICE:
            yield f"“{choice[:20]}…” has {len(choice)} characters. There is room for {LONGEST_CHOICE} in an answer."
    if len(choices) > MOST_CHOICES:
        yield f"There are {len(choices)} answers. Use at most {MOST_CHOICES}."
    twice = {choice for choice in choices if [c.casefold() for c in choices].count(choice.casefold()) > 1}
    if twice:
        yield f"“{sorted(twice)[0]}” is there twice. Change one of the two."
    if any(UNSEEN.search(words) for words in (prompt, *choices)):
        yield "There is a character here that cannot be seen. Write the words again."


def _wrong(asked: Asked) -> Iterator[str]:
    yield from _wrong_typed(str(asked.prompt), [str(label) for _, label in asked.choices])
