"""What people wrote and nobody has read: how it comes to the reading desk, how long it may wait, and how it goes."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, exists, func, insert, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from questions import Answer, QuestionSet
from survey.models import Collection, Concern, ConcernEntry, Consultation, Written, new_name
from survey.staffed import Limits
from survey.suggesting import tier_of

WROTE = "wrote"  # what stands in an answer whose words went to the reading desk
RAISED = "raised"  # the first entry of a concern

_texts: dict[str, tuple[str, ...]] = {}


def texts_of(question_set: QuestionSet) -> tuple[str, ...]:
    """The keys of the questions that people answer in their own words."""
    if question_set.fingerprint not in _texts:
        _texts[question_set.fingerprint] = tuple(
            one.key for one in question_set.questions if one.kind == "text"
        )
    return _texts[question_set.fingerprint]


def asks_for_words(question_set: QuestionSet) -> bool:
    """Whether anybody can write anything in a set."""
    return bool(texts_of(question_set))


@dataclass(frozen=True, slots=True)
class Arrived:
    """What came with one response: the words by question, and what little is kept beside them."""

    collection_id: int
    words: Mapping[str, str]
    language: str
    hour: dt.datetime
    tie: str | None
    borough: str | None
    age_band: str | None


def hour_of(moment: dt.datetime) -> dt.datetime:
    """The hour of a moment: nothing finer is ever stored."""
    return moment.astimezone(dt.UTC).replace(minute=0, second=0, microsecond=0)


def tie_of(receipt: str) -> str | None:
    """What binds texts to the code that their writer holds: a hash that nothing else in the database gives."""
    return hashlib.sha256(f"written {receipt}".encode()).hexdigest() if receipt else None


def keep(connection: Connection, arrived: Iterable[Arrived]) -> None:
    """Put texts into the queue, in the transaction in which their response is sent in."""
    if rows := [row for one in arrived for row in _rows(one)]:
        connection.execute(insert(Written), rows)


def _rows(arrived: Arrived) -> Iterable[dict[str, Any]]:
    for question, words in arrived.words.items():
        yield {
            "id": new_name(),
            "collection_id": arrived.collection_id,
            "question": question,
            "words": words,
            "language": arrived.language,
            "arrived_at": arrived.hour,
            "tie": arrived.tie,
            "borough": arrived.borough,
            "age_band": arrived.age_band,
            "suggested": tier_of(words, arrived.language),
            "redactions": [],
            "second": False,
        }


def taken_out(
    answers: Mapping[str, Answer], texts: Sequence[str]
) -> tuple[dict[str, Answer], dict[str, str]]:
    """Answers without their words, and the words by question.

    >>> taken_out({"why": "It is dark", "worry": "very"}, ["why"])
    ({'why': 'wrote', 'worry': 'very'}, {'why': 'It is dark'})
    """
    words = {key: said for key in texts if isinstance(said := answers.get(key), str) and said}
    return {**answers, **dict.fromkeys(words, WROTE)}, words


def withdraw(session: Session, receipt: str) -> None:
    """Delete what was written with a response whose holder deletes it, read or not, and the quotes of it.

    What a safeguarding lead was told stays with them.
    """
    if tie := tie_of(receipt):
        session.execute(delete(Written).where(col(Written.tie) == tie))


def _in(consultation_id: int | None) -> Any:
    theirs = select(col(Collection.id)).where(col(Collection.consultation_id) == consultation_id)
    return col(Written.collection_id).in_(theirs)


def oldest(session: Session, consultation_id: int | None) -> dt.datetime | None:
    """The hour in which the oldest text came that nobody has read; None where all are."""
    return session.scalar(
        select(func.min(col(Written.arrived_at))).where(
            _in(consultation_id), col(Written.arrived_at).is_not(None)
        )
    )


def unread(session: Session, consultation_id: int | None) -> int:
    """How many texts of a consultation nobody has read."""
    waits = select(func.count()).select_from(Written)
    found = waits.where(_in(consultation_id), col(Written.arrived_at).is_not(None))
    return session.scalar(found) or 0


def urgent_since(session: Session, consultation_id: int | None) -> dt.datetime | None:
    """Since when a concern of tier 1 waits for somebody to do something; None where none does."""
    later = aliased(ConcernEntry)
    newer = exists().where(
        col(later.concern_id) == col(ConcernEntry.concern_id), col(later.id) > col(ConcernEntry.id)
    )
    waits = select(func.min(col(ConcernEntry.at))).join(
        Concern, col(Concern.id) == col(ConcernEntry.concern_id)
    )
    of = waits.where(col(Concern.consultation_id) == consultation_id, col(ConcernEntry.tier) == 1)
    return session.scalar(of.where(col(ConcernEntry.did) == RAISED, ~newer))


@dataclass(frozen=True, slots=True)
class Notice:
    """What staff are told on every page of theirs: that open questions of a consultation are closed, and since when."""

    title: str
    since: dt.datetime


def notices(session: Session, limits: Limits, zone: dt.tzinfo, now: dt.datetime) -> list[Notice]:
    """The consultations whose open questions are closed now, as nobody read or acted in time."""
    of_text = select(col(Collection.consultation_id)).join(
        Written, col(Written.collection_id) == col(Collection.id)
    )
    of_concern = select(col(Concern.consultation_id)).join(
        ConcernEntry, col(ConcernEntry.concern_id) == col(Concern.id)
    )
    some = of_text.where(col(Written.arrived_at).is_not(None)).union(
        of_concern.where(col(ConcernEntry.tier) == 1)
    )
    asked = select(Consultation).where(col(Consultation.id).in_(some)).order_by(col(Consultation.title))
    found = [(one, until(session, one.id, limits, zone)) for one in session.scalars(asked)]
    return [Notice(one.title, since) for one, since in found if since is not None and since <= now]


def until(
    session: Session, consultation_id: int | None, limits: Limits, zone: dt.tzinfo
) -> dt.datetime | None:
    """When the open questions of a consultation close by themselves, or closed; None while nothing waits.

    That is when its oldest text has not been read in time, or nobody did anything about a concern of tier 1. Nothing is
    stored of it: whoever asks compares it with the time it is, so they open again as soon as that is done.
    """
    since, urgent = oldest(session, consultation_id), urgent_since(session, consultation_id)
    found = [limits.read_by(since, zone)] if since else []
    found += [by for by in [limits.act_by(1, urgent, zone) if urgent else None] if by]
    return min(found, default=None)
