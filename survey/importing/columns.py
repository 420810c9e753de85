"""The columns of a past survey, each with what it is taken to be, and its words with what they mean."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from questions import Question
from questions.naming import key_from
from survey.delimited import squeezed
from survey.importing.alike import Alike, alike, answer_of
from survey.importing.answers import band_of
from survey.importing.days import says_days
from survey.importing.files import Column, PastFile
from survey.importing.making import Own
from survey.importing.mapping import SPLITS
from survey.importing.proposing import (
    AGE,
    ASK,
    FEWEST_REPEATS,
    ITS_OWN,
    NO_ANSWER,
    OUT,
    OWN,
    OWN_TICK,
    SETTING,
    TICK,
    WITH_CHOICES,
    Target,
    called_after,
    counted_parts,
    is_number,
    looks_written,
    mark_of,
    meaning_of,
    meanings_of,
    own_tick,
    target_of,
)
from survey.importing.written import FEW, from_the_form, sounds_written
from survey.places import Place

EXAMPLES, SHOWN = 3, 40  # values of a column, and how much of each

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
    """A column with what it is. words: those that need a meaning; key and wording: of a question of its own.

    mark: what divides the answers in a cell, "" where it holds one. group and answer: of a tick of a question of its
    own, what its columns have in common, and the answer that it ticks. written: why it looks like words that people
    wrote, "" where it does not, or where they would be no choices.
    """

    at: int
    column: Column
    counted: Counter[str]
    target: Target
    place: Place
    question: Question | None = None
    words: list[Word] = field(default_factory=list)
    key: str = ""
    wording: str = ""
    mark: str = ""
    group: str = ""
    answer: str = ""
    written: str = ""

    @property
    def shown(self) -> str:
        """All that its list of words follows from, as a form says it."""
        return " ".join(filter(None, (str(self.target), self.mark)))

    @property
    def ticks(self) -> bool:
        """Whether it ticks one of many answers."""
        return self.target.sort == TICK or self.target == OWN_TICK

    @property
    def several(self) -> bool:
        """Whether a cell holds several answers."""
        return self.target == Target(OWN, "many") or (
            self.target.sort == ASK and self.question is not None and self.question.kind == "many"
        )

    @property
    def people(self) -> Counter[str]:
        """How many gave each of its words: of its cells, or of the answers in them."""
        return counted_parts(self.counted, self.mark) if self.mark else self.counted

    @property
    def filled(self) -> int:
        """In how many rows it holds something."""
        return self.counted.total()

    @property
    def examples(self) -> list[str]:
        """A few of its values."""
        return [f"“{word[:SHOWN]}”" for word, _ in self.counted.most_common(EXAMPLES)]

    @property
    def left_as(self) -> str:
        """What can be seen of a column that is left out, in a few words."""
        if len(self.counted) < 2:
            return "one value alone" if self.counted else "empty"
        if says_days(self.counted):
            return "days, and whose day is whose is not kept"
        if self.written:
            return "looks written by people"
        return "nearly all different" if self.filled < FEWEST_REPEATS * len(self.counted) else ""

    @property
    def unsaid(self) -> int:
        """How many of its words nobody has given a meaning."""
        return sum(not word.meaning for word in self.words)

    def may_be_written(self, word: str, people: int) -> bool:
        """Whether a word that would become a choice may be what one or two people wrote."""
        if self.target not in WITH_CHOICES or word in self.column.labels or is_number(word):
            return False
        return sounds_written(word, people) or (people < FEW and bool(self.written))

    @property
    def meanings(self) -> list[tuple[str, str]]:
        """What its words may mean."""
        return meanings_of(self.target, self.question, self.place)

    @property
    def told(self) -> list[tuple[str, str]]:
        """What each of its words means, or the code it is given; without those that nobody has given a meaning."""
        words = dict(self.meanings)
        if self.target == Target(SETTING):
            words[ITS_OWN] = ""  # a name is said by itself
        codes = self.own().codes() if self.target in WITH_CHOICES else {}
        said = [word for word in self.words if word.meaning]
        ages = sorted(word for word in self.counted if self.target.sort == AGE and band_of(word))
        return [
            *((age, str(band_of(age))) for age in ages),
            *((self.column.said(one.word), codes.get(one.word, words[one.meaning])) for one in said),
        ]

    @property
    def becomes(self) -> str:
        """What it is, in a word or two."""
        if self.target.sort == SETTING:
            return "its borough" if self.target.key else "school or club"
        return ": ".join(filter(None, (self.key or self.target.key, self.target.code or self.answer)))

    def meant(self, *meanings: str) -> list[str]:
        """The words that mean one of these."""
        return [word.word for word in self.words if word.meaning in meanings]

    def own(self) -> Own:
        """The question that is made of it."""
        kind: Any = self.target.key
        meanings = {word.word: word.meaning for word in self.words}
        return Own(self.column, kind, self.key, self.wording, meanings)


def column_field(at: int) -> str:
    """The field that says what a column is."""
    return f"column {at}"


def word_field(at: int, word: int) -> str:
    """The field that says what a word of a column means."""
    return f"word {at} {word}"


def mark_field(at: int) -> str:
    """The field that says what divides the answers in the cells of a column."""
    return f"mark {at}"


def shown_field(at: int) -> str:
    """The field that says as what the page showed a column, so that what was said of its words is of those."""
    return f"shown {at}"


def same_set(choices: Choices) -> bool:
    """Whether its people answered the set that the page showed it with."""
    return choices.get("shown asked", "") in ("", choices.get("asked", ""))


def as_shown(one: Planned, choices: Choices) -> bool:
    """Whether a column is what the page showed when its words were given their meanings."""
    return same_set(choices) and choices.get(shown_field(one.at), "") in ("", one.shown)


def planned(
    file: PastFile,
    known: Sequence[Question],
    options: Iterable[tuple[str, str]],
    place: Place,
    choices: Choices,
    *,
    own: bool,
) -> list[Planned]:
    """Each column of a file with what it is: as somebody chose, or else as it is proposed.

    known: the questions that it may be the answer to; options: all that it may be, as a form says it; own: also a
    question made of it.
    """
    counted = [
        Counter(row.cells[at] for row in file.rows if row.cells[at]) for at in range(len(file.columns))
    ]
    together = alike(file.columns, counted) if own else {}
    by_key = {question.key: question for question in known}
    allowed = {value for value, _ in options}
    every = zip(file.columns, counted, strict=True)
    named = (called_after(column, words, known) for column, words in every)
    called = {target.key for target in named if target is not None}
    taken: set[Target] = set()
    found: list[Planned] = []
    for at, column in enumerate(file.columns):
        target = Target.of(choices.get(column_field(at), ""))
        if str(target) not in allowed:
            target = target_of(column, counted[at], known, place, own=own, called=called)
            target = OWN_TICK if at in together and target.sort in (OWN, OUT) else target
            target = (
                Target(OUT) if target.sort != OWN and target in taken else target
            )  # the first of two is proposed
        taken.add(target)
        question = by_key.get(target.key) if target.sort not in (OWN, SETTING) else None
        one = Planned(at, column, counted[at], target, place, question)
        if target.sort == OUT or target in WITH_CHOICES:
            one.written = looks_written(column, counted[at])
        one.mark = _mark(one, choices)
        one.words = list(_words(one, choices))
        _name(one, found, together.get(at), choices)
        found.append(one)
    _own_keys(found, choices)
    return found


def _name(one: Planned, before: Sequence[Planned], together: Alike | None, choices: Choices) -> None:
    """Give a column of a question of its own what it is called: as it was chosen, or as it is in the file."""
    said = one.column.label or one.column.name
    if one.target == OWN_TICK:
        near = before[-1] if before and before[-1].target == OWN_TICK else None
        proposed = together or Alike(
            near.group if near else key_from(said), said, answer_of(one.column, one.counted, "")
        )
        one.group = key_from(choices.get(f"group {one.at}", "") or proposed.group)
        one.answer = squeezed(choices.get(f"answer {one.at}", "")) or proposed.answer
        one.wording = choices.get(f"tick wording {one.group}", "") or proposed.wording
    elif one.target.sort == OWN:
        one.key = choices.get(f"key {one.at}", "") or key_from(said)
        one.wording = choices.get(f"wording {one.at}", "") or said


def _mark(one: Planned, choices: Choices) -> str:
    """What divides the answers in its cells: as somebody chose, or else as it seems to be."""
    if not one.several:
        return ""
    chosen = choices.get(mark_field(one.at), "")
    return chosen if chosen in SPLITS else mark_of(one.counted) or next(iter(SPLITS))


def _own_keys(found: Sequence[Planned], choices: Choices) -> None:
    """Give questions of their own that would have one key, unless somebody chose it, each another."""
    taken = {one.question.key for one in found if one.question is not None}
    groups: dict[str, str] = {}
    for one in (one for one in found if one.target.sort == OWN):
        if one.group in groups:
            one.key = groups[one.group]
            continue
        chosen = choices.get(f"tick key {one.group}" if one.group else f"key {one.at}", "")
        wanted, more = chosen or one.group or one.key, 1
        one.key = wanted
        while one.key in taken and not chosen:
            more += 1
            one.key = f"{wanted}_{more}"
        taken.add(one.key)
        if one.group:
            groups[one.group] = one.key


def _words(one: Planned, choices: Choices) -> Iterator[Word]:
    """The words of a column that need a meaning, each with the one that was chosen or is proposed."""
    if one.target.sort == OUT:
        return
    allowed = {value for value, _ in one.meanings}
    people, said = one.people, as_shown(one, choices)
    for at, word in enumerate(_meaningful(one, people)):
        chosen = choices.get(word_field(one.at, at), "") if said else ""
        yield Word(at, word, people[word], chosen if chosen in allowed else _proposed(one, word, people))


def _proposed(one: Planned, word: str, people: Counter[str]) -> str:
    """What a word is proposed to mean; empty where somebody has to say."""
    if one.target == OWN_TICK:
        return own_tick(word, one.column, alone=from_the_form(people))
    proposed = meaning_of(word, one.column, one.target, one.question, one.place)
    if (
        proposed in ("", ITS_OWN)
        and one.target.sort != SETTING
        and _stands_for_nothing(word, one.column, people)
    ):
        return NO_ANSWER
    return "" if proposed == ITS_OWN and one.may_be_written(word, people[word]) else proposed


def _stands_for_nothing(word: str, column: Column, people: Iterable[str]) -> bool:
    """Whether a word is a number below 0 among answers in words, as -9 and -99 are written where nobody answered."""
    numbers = [one for one in people if is_number(column.said(one))]
    return word in numbers and len(numbers) < len([*people]) and all(one.startswith("-") for one in numbers)


def _meaningful(one: Planned, people: Iterable[str]) -> list[str]:
    """The words that are not taken as they are, in order: numbers by size, then the rest."""
    kind = one.question.kind if one.question else one.target.key
    words = [*people]
    if one.target.sort == AGE:
        words = [word for word in words if band_of(word) is None]
    elif one.target.sort not in (TICK, SETTING) and kind == "number":
        words = [word for word in words if not is_number(word) or word in one.column.missing]
    elif one.target.sort not in (TICK, SETTING) and kind == "text":
        words = [word for word in words if word in one.column.missing]
    return sorted(words, key=lambda word: (not is_number(word), _size(word), word))


def _size(word: str) -> float:
    return float(word.replace(",", ".")) if is_number(word) else 0.0
