"""A past survey as it is read now: each column with what it is, each word with what it means, and what comes of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from questions import Answer, Fault, Question, QuestionSet, WrongDefinition, write
from survey.importing import making
from survey.importing.answers import answers_of, named
from survey.importing.attended import Attendance, attendance_of, too_many
from survey.importing.columns import Choices, Planned, planned
from survey.importing.files import PastFile, opened
from survey.importing.mapping import Source
from survey.importing.proposing import (
    AGE,
    ASK,
    BOROUGH,
    OUT,
    OWN,
    SETTING,
    TICK,
    Target,
    is_number,
    options_of,
)
from survey.importing.sources import attended_of, sources_of
from survey.importing.strangers import strangers
from survey.importing.ticks import ticks_of
from survey.places import Place
from survey.wording import number

MOST_WORDS = 80  # different words of a column whose words have meanings
MOST_FIELDS = 5000  # of the form that shows them all
NAMELESS = ("past_survey", "A past survey")  # key and title of a set that is made, until it is kept


@dataclass(slots=True)
class Reading:
    """A file as it is read. asked: the published set that it answers, None where one is made of it (`question_set`)."""

    file: PastFile
    asked: QuestionSet | None
    choices: Choices
    planned: list[Planned] = field(default_factory=list)
    question_set: QuestionSet | None = None
    sources: dict[str, Source] = field(default_factory=dict)
    decimal: str = "."
    answers: list[dict[str, Answer]] = field(default_factory=list)
    attendance: Attendance = field(default_factory=Attendance)
    faults: list[Fault] = field(default_factory=list)

    @property
    def unsaid(self) -> int:
        """How many words wait for somebody to say what they mean."""
        return sum(one.unsaid for one in self.planned)

    @property
    def settled(self) -> bool:
        """Whether it may be kept: nothing is wrong, and nothing is left to say."""
        return bool(self.answers) and not self.faults and not self.unsaid

    @property
    def options(self) -> list[tuple[str, str]]:
        """What a column may be."""
        return options_of(self.known, own=self.asked is None)

    @property
    def known(self) -> Sequence[Question]:
        """The questions that a column may be the answer to."""
        return making.standard_questions() if self.asked is None else self.asked.questions

    def otherwise(self, key: str) -> str:
        """The code of those who ticked nothing of a question; "" where there is none."""
        return next((one.otherwise(self.choices) for one in ticks_of(self.planned) if one.key == key), "")

    def fingerprint(self) -> str:
        """The same for the same answers to the same questions in the same places: what is kept is what was shown."""
        source = write(self.question_set) if self.question_set else ""
        where = [self.attendance.settings, self.attendance.rows]
        told = [source, self.answers, [str(one.target) for one in self.planned], where]
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def read(content: bytes, asked: QuestionSet | None, place: Place, choices: Choices) -> Reading:
    """What a file says, CSV or SPSS. asked: the set that its people answered; None where one is made of the file."""
    found = Reading(opened(content), asked, choices)
    found.faults += found.file.faults
    if found.faults:
        return found
    found.planned = planned(found.file, found.known, found.options, place, choices, own=asked is None)
    found.faults += strangers(found.file, found.planned, found.options, choices)
    _sort_out(found)
    if not found.faults and not found.unsaid:
        found.decimal = _decimal(found)
        found.question_set = asked or _made(found)
        found.sources = sources_of(found.planned, choices, lambda one, told: _wrong(found, one, told))
        found.attendance, wrong = attendance_of(found.file, attended_of(found.planned))
        found.faults += wrong
    if found.faults or found.question_set is None:
        return found
    found.answers, faults = answers_of(found.file, found.sources, found.question_set, found.decimal)
    found.faults += [Fault(named(rows), f"{told}.".replace("..", ".")) for told, rows in faults.items()]
    return found


def _wrong(found: Reading, one: Planned, told: str) -> None:
    found.faults.append(Fault(found.file.place(one.at), told))


def _sort_out(found: Reading) -> None:
    """What keeps columns from being what they are said to be."""
    kept = [one for one in found.planned if one.target.sort != OUT]
    if all(one.target.sort == SETTING for one in kept):
        told = "No column is the answer to a question. Say below what at least one of them is."
        found.faults.append(Fault("the file", told))
    for one in kept:
        if told := _too_many_words(one):
            _wrong(found, one, told)
            one.words = []
    fields = sum(len(one.words) + 3 for one in found.planned)
    if fields > MOST_FIELDS:
        told = f"There are {number(fields)} things to say, and a page holds {number(MOST_FIELDS)}. Take columns out."
        found.faults.append(Fault("the file", told))
    found.faults += _twice(found, kept)
    found.faults += _one_key(found, kept)
    found.faults += _boroughs_of_nothing(found, kept)


def _too_many_words(one: Planned) -> str:
    if one.target == Target(SETTING):
        return too_many(len(one.words))
    if len(one.words) <= MOST_WORDS:
        return ""
    return (
        f"It has {number(len(one.words))} different words, and a question with choices may have {MOST_WORDS}. "
        "Choose something else for this column, or leave it out."
    )


def _twice(found: Reading, kept: Sequence[Planned]) -> Iterator[Fault]:
    """A fault for each column that would answer what another answers already."""
    first: dict[str, Planned] = {}
    whole = {one.target.key: one for one in kept if one.target.sort in (AGE, ASK)}
    for one in kept:
        name = one.key if one.target.sort == OWN else one.target.key
        of = str(one.target) if one.target.sort in (TICK, SETTING) else name
        of = f"{one.group}: {one.answer.casefold()}" if one.group else of
        before = first.setdefault(of, one)
        before = whole.get(one.target.key, before) if one.target.sort == TICK else before
        if before is not one:
            told = f"{found.file.place(before.at)} is the answer to that already. Leave one of the two out."
            yield Fault(found.file.place(one.at), told[0].upper() + told[1:])


def _one_key(found: Reading, kept: Sequence[Planned]) -> Iterator[Fault]:
    """A fault where a question that several columns tick has the key of another."""
    first: dict[str, Planned] = {}
    for one in kept:
        before = first.setdefault(one.key or one.target.key, one)
        if before.group != one.group:
            told = f"Its question has the key of that of {found.file.place(before.at)}: {one.key}. Give it another."
            yield Fault(found.file.place(one.at), told)


def _boroughs_of_nothing(found: Reading, kept: Sequence[Planned]) -> Iterator[Fault]:
    """A fault where a column says the borough of a school or club, and none which."""
    targets = [one.target for one in kept]
    for one in kept:
        if one.target == Target(SETTING, BOROUGH) and Target(SETTING) not in targets:
            told = "No column says which school or club it is the borough of. Say which does, or leave this one out."
            yield Fault(found.file.place(one.at), told)


def _made(found: Reading) -> QuestionSet | None:
    """The set that is made of the columns; None where there can be none, which becomes faults."""
    questions: dict[str, Question] = {}
    ticks = {one.columns[0].at: one for one in ticks_of(found.planned)}
    for one in (one for one in found.planned if one.target.sort not in (OUT, SETTING)):
        if one.question is not None:
            questions.setdefault(one.question.key, one.question)
            continue
        if one.ticks and one.at not in ticks:
            continue  # its question was made of the first of its columns
        try:
            own = (
                ticks[one.at].asked(found.choices)
                if one.ticks
                else one.own().question(one.counted, found.decimal)
            )
        except WrongDefinition as wrong:
            found.faults += [Fault(found.file.place(one.at), told) for told in wrong.messages]
            continue
        questions[own.key] = own
    if found.faults:
        return None
    return making.made_set(
        *NAMELESS,
        found.choices.get("language", "") or "en",
        list(questions.values()),
        lambda told: found.faults.append(Fault("the questions", told)),
    )


def _decimal(found: Reading) -> str:
    """What stands before the decimals of its numbers: a comma where no number has a point."""
    numbers = [
        word
        for one in found.planned
        if "number" in (one.target.key, one.question.kind if one.question else "")
        for word in one.counted
        if is_number(word)
    ]
    commas, points = any("," in word for word in numbers), any("." in word for word in numbers)
    return "," if commas and not points else "."
