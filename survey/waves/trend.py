"""A question over the waves of a series: each figure through the door, each change with its interval, each break."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
from sqlmodel import Session

from analysis import Estimates, change
from analysis.comparison import adjusted
from questions import Question, QuestionSet, Wording
from survey import counts
from survey.instruments import parsed
from survey.measuring import lineage
from survey.measuring.answers import Measure, answered_versions
from survey.measuring.asking import measures
from survey.measuring.changes import NOT_TESTED, SpeaksFor, in_words, reached
from survey.measuring.columns import columns
from survey.measuring.door import protected, rule_of
from survey.measuring.weights import KINDS
from survey.models import Collection, Consultation, Instrument, Series
from survey.places import load
from survey.wording import day

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Wave:
    """A consultation of the series, the collection that speaks for it, and its figure of one measure.

    row: what may be shown; None where it did not ask, and `why` says so. wording: the question as it was asked.
    weighted_to: the place it is weighted to, "" where it is not.
    """

    consultation: Consultation
    collection: Collection | None
    versions: tuple[Instrument, ...] = ()
    row: dict[str, Any] | None = None
    table: Estimates | None = field(default=None, repr=False)
    weighted_to: str = ""
    wording: str = ""
    interval_name: str = ""
    claim: str = ""
    why: str = ""

    @property
    def shown(self) -> bool:
        """Whether its figure may be shown."""
        return self.row is not None and self.row["estimate"] is not None


@dataclass(frozen=True, slots=True)
class Step:
    """From one wave to the next that asked: why they cannot be compared, or the change between them.

    words: the wordings that broke it; reached: why the people cannot be compared. difference: a row of
    `analysis.Comparisons`, None where there is none; told: what may be said of it.
    """

    before: Wave
    after: Wave
    words: tuple[str, ...] = ()
    reached: tuple[str, ...] = ()
    difference: dict[str, Any] | None = None
    told: str = ""

    @property
    def compares(self) -> bool:
        """Whether a line may join the two."""
        return not self.words and not self.reached


@dataclass(frozen=True, slots=True)
class Trend:
    """A measure over the waves, oldest first, with the steps between those that asked."""

    series: Series
    measure: Measure
    waves: tuple[Wave, ...]
    steps: tuple[Step, ...]

    def step_to(self, wave: Wave) -> Step | None:
        """The step that leads to a wave."""
        return next((step for step in self.steps if step.after is wave), None)

    def runs(self) -> list[list[Wave]]:
        """The waves that asked in the same words, together: each such run may share an axis, and no other."""
        found: list[list[Wave]] = [[]]
        for wave in self.waves:
            step = self.step_to(wave)
            if step is not None and step.words:
                found.append([])
            found[-1].append(wave)
        return found


def waves_in_order(series: Series) -> list[Consultation]:
    """The consultations of a series, the oldest first."""
    return sorted(series.waves, key=lambda one: (one.closes_on, one.id or 0))


def speaks_for(session: Session, consultation: Consultation) -> Collection | None:
    """The collection with most answers among those that give shares; different designs are never pooled."""
    submitted = counts.submitted_by_collection(session, consultation.id)
    able = [one for one in consultation.collections if one.design in KINDS and submitted.get(one.id or 0)]
    return max(able, key=lambda one: submitted[one.id or 0], default=None)


def questions_of(session: Session, series: Series) -> list[tuple[QuestionSet, Question]]:
    """The questions that two waves or more ask, as the newest of them does; the newest wave's headline first."""
    asked: dict[str, list[tuple[QuestionSet, Question]]] = {}
    headlines = []
    for consultation in reversed(waves_in_order(series)):
        collection = speaks_for(session, consultation)
        if collection is not None:
            headlines.append(consultation.headline)
            question_set = parsed(collection.instrument)
            for question in measures(question_set):
                asked.setdefault(question.key, []).append((question_set, question))
    found = [one[0] for one in asked.values() if len(one) > 1]
    return sorted(found, key=lambda one: one[1].key not in headlines[:1])


def trend(session: Session, series: Series, measure: Measure) -> Trend:
    """A measure over every wave of a series; each figure through the door of disclosure."""
    waves = tuple(_wave(session, one, measure) for one in waves_in_order(series))
    asked = [wave for wave in waves if wave.row is not None]
    steps = [_step(session, before, after, measure) for before, after in pairwise(asked)]
    return Trend(series, measure, waves, tuple(_judged(steps)))


def _wave(session: Session, consultation: Consultation, measure: Measure) -> Wave:
    collection = speaks_for(session, consultation)
    if collection is None:
        return Wave(consultation, None, why="Nobody has answered anything that gives a share.")
    versions = tuple(answered_versions(session, collection))
    question_set = parsed(collection.instrument)
    question = question_set.asked(measure.question.key)
    missing = [code for code in measure.codes if question is None or not question.has(code)]
    if question is None or not question.choices or missing:
        why = "It did not ask this." if question is None else "It did not offer this answer."
        return Wave(consultation, collection, versions, why=why)
    own = Measure(question, measure.codes)
    place = load(consultation.place) if consultation.place else None
    weighted = columns(session, collection, own).weighed(place)
    if weighted.nobody:
        return Wave(consultation, collection, versions, why=weighted.nobody)
    shown = protected(weighted.design, own, (), rule_of(consultation))
    (row,) = shown.rows()
    return Wave(
        consultation,
        collection,
        versions,
        row,
        weighted.design.proportion("answer"),
        place.title if place and weighted.weighted else "",
        str(Wording(question_set, "en", {})(question.prompt)),
        shown.interval_name,
        shown.footer,
    )


def _step(session: Session, before: Wave, after: Wave, measure: Measure) -> Step:
    words = lineage.broken(session, before.versions, after.versions, measure.question.key)
    told = tuple(map(lineage.in_words, words))
    others = tuple(reached(_speaks_for(before), _speaks_for(after)))
    if told or others or before.table is None or after.table is None:
        return Step(before, after, told, others)
    if not (before.shown and after.shown):
        return Step(before, after, told="One of the two figures is not shown, so the change is not either.")
    (row,) = change(before.table, after.table).rows()
    return Step(before, after, difference=row)


def _speaks_for(wave: Wave) -> SpeaksFor:
    assert wave.collection is not None
    return SpeaksFor(wave.collection.design, wave.weighted_to)


def _judged(steps: Sequence[Step]) -> Iterator[Step]:
    """The steps with what may be said of their changes, which are judged together: the more, the stricter."""
    p = adjusted(np.array([step.difference["p"] if step.difference else np.nan for step in steps]))
    for step, chance in zip(steps, p, strict=True):
        if step.difference is None:
            yield step
            continue
        told = _in_words(step.difference, float(chance))
        yield Step(step.before, step.after, difference=step.difference, told=told)


def _in_words(row: dict[str, Any], p: float) -> str:
    """A change in words; p: of all that are looked at together."""
    low, high = row["ci_low"], row["ci_high"]
    if math.isnan(low) or math.isnan(p):
        return NOT_TESTED
    return in_words(row["estimate"], low, high, clear=p < 1 - CONFIDENCE)


def when(wave: Wave) -> str:
    """The days of a wave."""
    assert wave.consultation.opens_on is not None
    return f"{day(wave.consultation.opens_on)} to {day(wave.consultation.closes_on)}"
