"""What was counted in a session or on forms of a workshop, as counts and words: with its base, never an interval.

Of each question, what would point to a few people is not shown, nor what would give that away by subtraction: the same
rule as for every published figure (`analysis.disclosure`).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlmodel import Session, col, select

from analysis.disclosure import Rule, Tallies
from questions import Question, QuestionSet
from survey.instruments import parsed
from survey.measuring import kept
from survey.measuring.asking import SPLITS
from survey.measuring.door import rule_of
from survey.models import Collection, CountedWords, Design, Meeting, Tally


@dataclass(frozen=True, slots=True)
class Counted:
    """A question as it was counted: of `base` people, how many gave each code that may be shown.

    rest: the codes that may not be shown. several: whether one person may have given several of them.
    """

    question: Question
    base: int
    shown: dict[str, int]
    rest: tuple[str, ...]

    @property
    def several(self) -> bool:
        """Whether one person may have given several answers."""
        return self.question.kind == "many"

    @property
    def others(self) -> int:
        """How many gave an answer that is not shown; it says something only where each person gave one."""
        return self.base - sum(self.shown.values())

    @property
    def frozen(self) -> dict[str, Any]:
        """What of it is published, as JSON holds it: nothing that is not shown."""
        return {"question": self.question.key, "base": self.base, "shown": self.shown, "rest": [*self.rest]}


def asked(question_set: QuestionSet) -> tuple[Question, ...]:
    """The questions that can be counted: those with codes, but for what places a person."""
    return tuple(one for one in question_set.questions if one.choices and one.key not in SPLITS)


def questions_of(collection: Collection) -> tuple[Question, ...]:
    """The questions of a collection that can be counted."""
    return asked(parsed(collection.instrument))


def is_words(collection: Collection) -> bool:
    """Whether a collection's design is counts and words."""
    return collection.design == Design.TALLY


def of_counts(question: Question, counts: Mapping[str, int], base: int, rule: Rule) -> Counted:
    """A question with its counts by code, as far as they may be shown.

    base: how many answered; where each person gave one answer, the counts add up to it.

    >>> from questions import read, shipped_source
    >>> worry = read(shipped_source("pulse")).questions[0]
    >>> found = of_counts(worry, {"very": 6, "fairly": 5, "not_very": 2, "not_at_all": 1}, 14, Rule())
    >>> found.shown, found.others
    ({'very': 6}, 8)
    """
    codes = question.codes
    told = np.array([float(counts.get(code, 0)) for code in codes])
    hidden = _hidden(told, base, rule, several=question.kind == "many")
    shown = {code: int(told[at]) for at, code in enumerate(codes) if not hidden[at]}
    return Counted(question, base, shown, tuple(code for code in codes if code not in shown))


def _hidden(told: Any, base: int, rule: Rule, *, several: bool) -> list[bool]:
    """Which counts may not be shown."""
    if base == 0:
        return [True] * len(told)
    if several:
        return [rule.why_not(base, float(count)) != "" for count in told]
    people = np.array(float(base))
    return [bool(one) for one in Tallies(people, people, told).hidden(rule).ravel()]


# Sessions


def of_meeting(session: Session, meeting: Meeting) -> list[Counted]:
    """What was counted in a session, in the order of the questions."""
    found = []
    for collection, tallies in tallies_of(session, meeting):
        rule = rule_of(collection.consultation)
        for question in questions_of(collection):
            counts = tallies.get(question.key)
            if counts and any(counts.values()):
                base = (meeting.people or 0) if question.kind == "many" else sum(counts.values())
                found.append(of_counts(question, counts, base, rule))
    return found


def tallies_of(session: Session, meeting: Meeting) -> list[tuple[Collection, dict[str, dict[str, int]]]]:
    """The counts of a session for each collection, by question, as they were typed."""
    rows = session.exec(
        select(Tally).where(col(Tally.meeting_id) == meeting.id).order_by(col(Tally.collection_id))
    ).all()
    return [
        (
            session.get_one(Collection, number),
            {row.question: row.counts for row in rows if row.collection_id == number},
        )
        for number in dict.fromkeys(row.collection_id for row in rows)
    ]


# Forms


def of_forms(session: Session, collection: Collection) -> list[Counted]:
    """What the responses of a collection say, as counts and words."""
    rule, found = rule_of(collection.consultation), []
    for question in questions_of(collection):
        people, counts = _counts(session, collection, question)
        if people:
            found.append(of_counts(question, counts, people, rule))
    return found


def _counts(session: Session, collection: Collection, question: Question) -> tuple[int, Counter[str]]:
    """How many people answered a question, and how many gave each code."""
    summed = kept.cube(session, collection, question).by(["given"])
    axis, counts, people = summed.axis("given"), Counter[str](), 0
    for at, n in zip(axis.codes, summed.n, strict=True):
        if at >= 0:
            people += round(float(n))
            given = str(axis.levels[at])
            for code in json.loads(given) if question.kind == "many" else [given]:
                counts[code] += round(float(n))
    return people, counts


@dataclass(frozen=True, slots=True)
class Words:
    """What a collection said, as it was published."""

    collection: Collection
    published: CountedWords
    counted: tuple[Counted, ...]


def published(session: Session, collections: Sequence[Collection]) -> list[Words]:
    """The words of some collections that are published, in their order."""
    found = ((one, session.get(CountedWords, one.id)) for one in collections)
    return [Words(one, words, tuple(_thawed(one, words))) for one, words in found if words is not None]


def _thawed(collection: Collection, words: CountedWords) -> list[Counted]:
    question_set = parsed(collection.instrument)
    return [
        Counted(question, told["base"], told["shown"], tuple(told["rest"]))
        for told in words.counted
        if (question := question_set.asked(told["question"])) is not None
    ]
