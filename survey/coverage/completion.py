"""Completion and break-off: of those who were shown a question what became of it, and where people stopped."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from analysis import Cube
from analysis.frame import Column
from questions import DONT_KNOW, PREFER_NOT_TO_SAY, Page, QuestionSet, Wording
from survey import instruments
from survey.measuring import documents, kept, stopped
from survey.measuring.documents import ANSWERED, SKIPPED, STOPPED_THERE, THE_END, WENT_ON
from survey.measuring.page_times import page_times
from survey.models import Collection

FEWEST = 10  # people, under which nothing is said of what they did with a question or how long they took


@dataclass(frozen=True, slots=True)
class Stop:
    """A page in the words of its first question ("" is the page that asks to send), how many came to it, and how many
    of these stopped there.
    """

    words: str
    came: int
    stopped: int


@dataclass(frozen=True, slots=True)
class Met:
    """A question, how many who sent something were shown it, and what became of it: the four add up to `shown`."""

    words: str
    shown: int
    answered: int
    skipped: int
    dont_know: int
    rather_not: int

    @property
    def told(self) -> bool:
        """Whether there are people enough to say what they did with it."""
        return self.shown >= FEWEST


@dataclass(frozen=True, slots=True)
class Timed:
    """A page, how many people's phones said how long it took, and of a hundred of them how many took each span."""

    words: str
    people: int
    spans: tuple[int, ...]

    @property
    def told(self) -> bool:
        """Whether there are people enough to say how long they took."""
        return self.people >= FEWEST

    @property
    def half(self) -> int:
        """The span in which the middle one of all these people is."""
        so_far = 0
        for at, people in enumerate(self.spans):
            so_far += people
            if 2 * so_far >= self.people:
                return at
        return 0

    def of_a_hundred(self, at: int) -> int:
        """How many in every 100 took a span."""
        return round(100 * self.spans[at] / self.people)


@dataclass(frozen=True, slots=True)
class Completion:
    """What the page shows: stops with most people first, questions and pages in the order in which they are asked."""

    stops: tuple[Stop, ...]
    met: tuple[Met, ...]
    timed: tuple[Timed, ...]

    @property
    def most_stopped(self) -> int:
        """How many stopped where most did: the bars are drawn to it."""
        return max((one.stopped for one in self.stops), default=0)

    @property
    def most_skipped(self) -> Met | None:
        """The question that the largest share skipped; None where nobody skipped any."""
        told = [one for one in self.met if one.told and one.skipped]
        return max(told, key=lambda one: one.skipped / one.shown, default=None)

    @property
    def slowest(self) -> Timed | None:
        """The page on which the middle person was longest, and of these the one that most took so long."""
        told = [one for one in self.timed if one.told]
        return max(told, key=lambda one: (one.half, sum(one.spans[one.half :]) / one.people), default=None)


def completion(session: Session, collection: Collection, today: dt.date) -> Completion:
    """The completion and break-off of a collection.

    Of those who sent something all pages and questions count that they were shown; of those who began before today and
    have not sent, only how far they came: what they answered is not counted.
    """
    sent = _people(kept.other(session, collection, documents.PAGES), ("page", "question", "became"))
    left = _people(stopped.cube(session, collection, today), ("page", "became"))
    keys = {str(page) for page, *_rest in (*sent, *left)}
    sets = _sets(session, collection, keys)
    everybody = sum(kept.sent(session, [collection.id]).values())
    stops = _stops(sets, sent, left, everybody)
    return Completion(
        tuple(sorted(stops, key=lambda one: -one.stopped)),
        tuple(_met(sets, sent)),
        tuple(_timed(sets[0], page_times(session, collection))),
    )


def _people(found: Cube, by: Sequence[str]) -> Counter[tuple[Hashable, ...]]:
    """A cube as people by a value for each axis."""
    values = [_values(found.axis(name)) for name in by]
    cells = zip(*values, strict=True)
    return Counter({cell: round(float(n)) for cell, n in zip(cells, found.n, strict=True)})


def _values(axis: Column) -> list[Hashable]:
    return [axis.levels[at] if at >= 0 else None for at in axis.codes]


def _sets(session: Session, collection: Collection, pages: set[str]) -> list[QuestionSet]:
    """The question set as it is now, and after it earlier versions as long as they have pages that it has not."""
    found = [instruments.parsed(collection.instrument)]
    unknown = pages - {page.key for page in found[0].pages} - {THE_END}
    for version in instruments.versions(session, collection.instrument.key) if unknown else ():
        older = instruments.parsed(version)
        if unknown & {page.key for page in older.pages}:
            found.append(older)
            unknown -= {page.key for page in older.pages}
    return found


def _pages(sets: Sequence[QuestionSet]) -> Iterator[tuple[Page, Wording]]:
    """Every page once, in the newest version that has it."""
    seen: set[str] = set()
    for question_set in sets:
        asked = Wording(question_set, "en", {})
        yield from ((page, asked) for page in question_set.pages if page.key not in seen)
        seen |= {page.key for page in question_set.pages}


def _stops(
    sets: Sequence[QuestionSet],
    sent: Counter[tuple[Hashable, ...]],
    left: Counter[tuple[Hashable, ...]],
    everybody: int,
) -> Iterator[Stop]:
    for page, asked in _pages(sets):
        there = left[page.key, STOPPED_THERE]
        if there:
            came = sent[page.key, None, None] + left[page.key, WENT_ON] + there
            yield Stop(str(asked(page.questions[0].prompt)), came, there)
    at_the_end = left[THE_END, STOPPED_THERE]
    if at_the_end:
        yield Stop("", everybody + at_the_end, at_the_end)


def _met(sets: Sequence[QuestionSet], sent: Counter[tuple[Hashable, ...]]) -> Iterator[Met]:
    became: Counter[tuple[Hashable, Hashable]] = Counter()
    for (_page, question, what), people in sent.items():
        became[question, what] += people
    seen: set[str] = set()
    for page, asked in _pages(sets):
        for question in page.questions:
            each = [became[question.key, one] for one in (ANSWERED, SKIPPED, DONT_KNOW, PREFER_NOT_TO_SAY)]
            if sum(each) and question.key not in seen:
                yield Met(str(asked(question.prompt)), sum(each), *each)
            seen.add(question.key)


def _timed(question_set: QuestionSet, times: Mapping[str, Sequence[int]]) -> Iterator[Timed]:
    for page, asked in _pages([question_set]):
        if spans := times.get(page.key):
            yield Timed(str(asked(page.questions[0].prompt)), sum(spans), tuple(spans))
