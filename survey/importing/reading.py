"""A past survey as it is read now: each column with what it is, each word with what it means, and what comes of it."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from questions import Answer, Fault, Question, QuestionSet, WrongDefinition, write
from questions.editing import key_from
from survey.importing import making
from survey.importing.answers import answers_of, band_of, named
from survey.importing.files import Column, PastFile, opened
from survey.importing.making import SPECIAL, Own
from survey.importing.mapping import Source
from survey.importing.proposing import (
    AGE,
    NO_ANSWER,
    NOT_TICKED,
    OUT,
    OWN,
    TICK,
    TICKED,
    Target,
    is_number,
    meaning_of,
    meanings_of,
    options_of,
    target_of,
)
from survey.places import Place
from survey.wording import number

MOST_WORDS = 80  # different words of a column whose words have meanings
EXAMPLES, SHOWN = 3, 40  # values of a column, and how much of each
MOST_FIELDS = 5000  # of the form that shows them all
NAMELESS = ("past_survey", "A past survey")  # key and title of a set that is made, until it is kept

Choices = Mapping[str, str]  # what somebody chose, by the name of the field


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a column: its place among them, how many gave it, and what it means ("" where nobody has said)."""

    at: int
    word: str
    people: int
    meaning: str


@dataclass(slots=True)
class Planned:
    """A column with what it is. words: those that need a meaning; key and wording: of a question of its own."""

    at: int
    column: Column
    counted: Counter[str]
    target: Target
    question: Question | None = None
    words: list[Word] = field(default_factory=list)
    key: str = ""
    wording: str = ""

    @property
    def filled(self) -> int:
        """In how many rows it holds something."""
        return self.counted.total()

    @property
    def examples(self) -> list[str]:
        """A few of its values."""
        return [f"“{word[:SHOWN]}”" for word, _ in self.counted.most_common(EXAMPLES)]

    @property
    def unsaid(self) -> int:
        """How many of its words nobody has given a meaning."""
        return sum(not word.meaning for word in self.words)

    @property
    def meanings(self) -> list[tuple[str, str]]:
        """What its words may mean."""
        return meanings_of(self.target, self.question)

    @property
    def told(self) -> list[tuple[str, str]]:
        """What each of its words means, or the code it is given; without those that nobody has given a meaning."""
        words = dict(self.meanings)
        codes = self.own().codes() if self.target.sort == OWN else {}
        said = [word for word in self.words if word.meaning]
        ages = sorted(word for word in self.counted if self.target.sort == AGE and band_of(word))
        return [
            *((age, str(band_of(age))) for age in ages),
            *((self.column.said(one.word), codes.get(one.word, words[one.meaning])) for one in said),
        ]

    def meant(self, *meanings: str) -> list[str]:
        """The words that mean one of these."""
        return [word.word for word in self.words if word.meaning in meanings]

    def own(self) -> Own:
        """The question that is made of it."""
        kind: Any = self.target.key
        meanings = {word.word: word.meaning for word in self.words}
        return Own(self.column, kind, self.key, self.wording, meanings)


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

    def fingerprint(self) -> str:
        """The same for the same answers to the same questions: what is kept is what was shown."""
        source = write(self.question_set) if self.question_set else ""
        told = [source, self.answers, [str(one.target) for one in self.planned]]
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def column_field(at: int) -> str:
    """The field that says what a column is."""
    return f"column {at}"


def word_field(at: int, word: int) -> str:
    """The field that says what a word of a column means."""
    return f"word {at} {word}"


def none_field(key: str) -> str:
    """The field that says which answer those gave who ticked nothing of a question."""
    return f"none {key}"


def read(content: bytes, asked: QuestionSet | None, place: Place, choices: Choices) -> Reading:
    """What a file says, CSV or SPSS. asked: the set that its people answered; None where one is made of the file."""
    found = Reading(opened(content), asked, choices)
    found.faults += found.file.faults
    if found.faults:
        return found
    _plan(found, place)
    _sort_out(found)
    if not found.faults and not found.unsaid:
        found.question_set = asked or _made(found)
        found.sources = _sources(found)
    if found.faults or found.question_set is None:
        return found
    found.answers, wrong = answers_of(found.file, found.sources, found.question_set, found.decimal)
    found.faults += [Fault(named(rows), f"{told}.".replace("..", ".")) for told, rows in wrong.items()]
    return found


def _plan(found: Reading, place: Place) -> None:
    """Each column with what it is: as somebody chose, or else as it is proposed."""
    known, own = list(found.known), found.asked is None
    by_key = {question.key: question for question in known}
    allowed = {value for value, _ in found.options}
    taken: set[Target] = set()
    for at, column in enumerate(found.file.columns):
        counted = Counter(row.cells[at] for row in found.file.rows if row.cells[at])
        chosen = found.choices.get(column_field(at), "")
        target = Target.of(chosen) if chosen in allowed else target_of(column, counted, known, place, own=own)
        if chosen not in allowed and target.sort != OWN and target in taken:
            target = Target(OUT)  # the first of two columns that look alike is proposed
        taken.add(target)
        one = Planned(at, column, counted, target, by_key.get(target.key) if target.sort != OWN else None)
        one.words = list(_words(one, found.choices, place))
        if target.sort == OWN:
            one.key = found.choices.get(f"key {at}", "") or key_from(column.label or column.name)
            one.wording = found.choices.get(f"wording {at}", "") or column.label or column.name
        found.planned.append(one)
    _own_keys(found)


def _own_keys(found: Reading) -> None:
    """Give columns that would make two questions of one key, unless somebody chose it, one of their own."""
    taken = {one.question.key for one in found.planned if one.question is not None}
    for one in (one for one in found.planned if one.target.sort == OWN):
        wanted, more = one.key, 1
        while one.key in taken and not found.choices.get(f"key {one.at}"):
            more += 1
            one.key = f"{wanted}_{more}"
        taken.add(one.key)


def _words(one: Planned, choices: Choices, place: Place) -> Iterator[Word]:
    """The words of a column that need a meaning, each with the one that was chosen or is proposed."""
    if one.target.sort == OUT:
        return
    allowed = {value for value, _ in one.meanings}
    for at, word in enumerate(_meaningful(one)):
        chosen = choices.get(word_field(one.at, at), "")
        proposed = meaning_of(word, one.column, one.target, one.question, place)
        yield Word(at, word, one.counted[word], chosen if chosen in allowed else proposed)


def _meaningful(one: Planned) -> list[str]:
    """The words that are not taken as they are, in order: numbers by size, then the rest."""
    kind = one.question.kind if one.question else one.target.key
    words = [*one.counted]
    if one.target.sort == AGE:
        words = [word for word in words if band_of(word) is None]
    elif one.target.sort != TICK and kind == "number":
        words = [word for word in words if not is_number(word) or word in one.column.missing]
    elif one.target.sort != TICK and kind == "text":
        words = [word for word in words if word in one.column.missing]
    return sorted(words, key=lambda word: (not is_number(word), _size(word), word))


def _size(word: str) -> float:
    return float(word.replace(",", ".")) if is_number(word) else 0.0


def _sort_out(found: Reading) -> None:
    """What keeps columns from being what they are said to be."""
    kept = [one for one in found.planned if one.target.sort != OUT]
    if not kept:
        told = "No column is the answer to a question. Say below what at least one of them is."
        found.faults.append(Fault("the file", told))
    for one in kept:
        if len(one.words) > MOST_WORDS:
            told = (
                f"It has {number(len(one.words))} different words, and a question with choices may have {MOST_WORDS}. "
                "Choose something else for this column, or leave it out."
            )
            found.faults.append(Fault(found.file.place(one.at), told))
            one.words = []
    fields = sum(len(one.words) + 3 for one in found.planned)
    if fields > MOST_FIELDS:
        told = f"There are {number(fields)} things to say, and a page holds {number(MOST_FIELDS)}. Take columns out."
        found.faults.append(Fault("the file", told))
    found.faults += _twice(found, kept)


def _twice(found: Reading, kept: Sequence[Planned]) -> Iterator[Fault]:
    """A fault for each column that would answer what another answers already."""
    first: dict[str, Planned] = {}
    for one in kept:
        name = one.key if one.target.sort == OWN else one.target.key
        of = str(one.target) if one.target.sort == TICK else name
        before = first.setdefault(of, one)
        if before is not one:
            told = f"{found.file.place(before.at)} is the answer to that already. Leave one of the two out."
            yield Fault(found.file.place(one.at), told[0].upper() + told[1:])


def _made(found: Reading) -> QuestionSet | None:
    """The set that is made of the columns; None where there can be none, which becomes faults."""
    found.decimal = _decimal(found)
    questions: dict[str, Question] = {}
    for one in (one for one in found.planned if one.target.sort != OUT):
        if one.question is not None:
            questions.setdefault(one.question.key, one.question)
            continue
        try:
            own = one.own().question(one.counted, found.decimal)
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


def _sources(found: Reading) -> dict[str, Source]:
    """Where each question's answers come from, as a mapping says it."""
    found.decimal = _decimal(found)
    sources: dict[str, Source] = {}
    ticks: dict[str, list[Planned]] = {}
    for one in found.planned:
        if one.target.sort == TICK:
            ticks.setdefault(one.target.key, []).append(one)
        elif one.target.sort != OUT:
            key = one.key if one.target.sort == OWN else one.target.key
            missing = tuple(one.meant(NO_ANSWER))
            sources[key] = Source(one.column.name, _codes(one), one.target.sort == AGE, missing=missing)
    for key, columns in ticks.items():
        sources[key] = _ticked(found, key, columns)
    return sources


def _codes(one: Planned) -> dict[str, str]:
    if one.target.sort == OWN:
        return one.own().codes() if one.target.key == "one" else {}
    return {word.word: word.meaning for word in one.words if word.meaning != NO_ANSWER}


def _ticked(found: Reading, key: str, columns: Sequence[Planned]) -> Source:
    """The source of a question with many answers; a word that ticks in one column and not in another is a fault."""
    words: dict[str, tuple[str, Planned]] = {}
    for one in columns:
        for word in one.words:
            meaning, before = words.setdefault(word.word, (word.meaning, one))
            if meaning != word.meaning:
                told = f"“{word.word}” means something else in {found.file.place(before.at)}. Let it mean the same."
                found.faults.append(Fault(found.file.place(one.at), told))

    def meant(wanted: str) -> tuple[str, ...]:
        return tuple(word for word, (meaning, _) in words.items() if meaning == wanted)

    return Source(
        columns={one.target.code: one.column.name for one in columns},
        yes=meant(TICKED),
        no=meant(NOT_TICKED),
        missing=meant(NO_ANSWER),
        otherwise=otherwise(found, key),
    )


def otherwise(found: Reading, key: str) -> str:
    """The code of those who ticked nothing: as it was chosen, or the one that stands alone and has no column."""
    allowed = [code for code, _ in may_be_none(found, key)]
    chosen = found.choices.get(none_field(key))
    if chosen in allowed or chosen == NO_ANSWER:
        return "" if chosen in (NO_ANSWER, None) else str(chosen)
    question = next(one for one in found.known if one.key == key)
    return next((code for code in allowed if code in question.exclusive and code not in SPECIAL), "")


def may_be_none(found: Reading, key: str) -> list[tuple[str, str]]:
    """Which answers people may have given who ticked nothing: those that no column has."""
    question = next(one for one in found.known if one.key == key)
    ticked = {one.target.code for one in found.planned if one.target.key == key}
    return [(code, question.label(code).into("en")) for code in question.codes if code not in ticked]
