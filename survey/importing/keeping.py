"""A past survey is kept: a consultation that is over, its collection, and every response."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, col, select

from questions import Answer
from survey import waiting
from survey.importing.attended import Attendance
from survey.instruments import parsed
from survey.models import Collection, Consultation, Instrument, Response, Setting, new_response_key
from survey.naming import new_codes

PLACING = ("borough", "age_band", "gender")
CHUNK = 2000


def taken(session: Session, slug: str) -> bool:
    """Whether a consultation has this address already."""
    return session.exec(select(Consultation.id).where(col(Consultation.slug) == slug)).first() is not None


def keep(
    session: Session,
    instrument: Instrument,
    consultation: Mapping[str, Any],
    collection: Mapping[str, Any],
    answers: Sequence[Mapping[str, Answer]],
    attendance: Attendance,
    now: dt.datetime,
) -> Consultation:
    """Store a consultation with one collection, which asked an instrument, its settings and its responses.

    consultation, collection: their fields, as a mapping has them; attendance: as many rows as there are answers.
    Nobody knows the days of the responses: they are stored as of its last. The codes of its settings were retired that
    day, so that they open nothing. What people wrote waits at the reading desk from this hour on.
    """
    made = Consultation(**consultation)
    made.announced_on = made.opens_on
    if made.outcome_on <= now.date():
        made.replied_on = made.outcome_on  # elsewhere, as far as we know
    assert instrument.id is not None
    held = Collection(consultation_id=0, instrument_id=instrument.id, **collection)
    made.collections = [held]
    held.settings = _settings(session, attendance, made.closes_on)
    session.add(made)
    session.flush()
    day: dt.date = made.closes_on
    texts = waiting.texts_of(parsed(instrument))
    rows: list[dict[str, Any]] = [
        {
            "key": new_response_key(),
            "collection_id": held.id,
            "instrument_id": instrument.id,
            "setting_id": None if at is None else held.settings[at].id,
            "answers": waiting.taken_out(given, texts)[0],
            "concealed": [],
            "started_on": day,
            "submitted_on": day,
            **{name: given.get(name) for name in PLACING},
        }
        for given, at in zip(answers, attendance.rows, strict=True)
    ]
    for start in range(0, len(rows), CHUNK):
        session.execute(insert(Response), rows[start : start + CHUNK])
    waiting.keep(session.connection(), _words(held.id or 0, instrument, answers, waiting.hour_of(now)))
    return made


def _words(
    collection: int, instrument: Instrument, answers: Sequence[Mapping[str, Answer]], hour: dt.datetime
) -> Iterator[waiting.Arrived]:
    """What people wrote, apart from what else they answered; nobody holds a code that takes it out."""
    question_set = parsed(instrument)
    for given in answers:
        if words := waiting.taken_out(given, waiting.texts_of(question_set))[1]:
            borough, age_band = (str(given[name]) if given.get(name) else None for name in PLACING[:2])
            yield waiting.Arrived(collection, words, question_set.language, hour, None, borough, age_band)


def _settings(session: Session, attendance: Attendance, last_day: dt.date) -> list[Setting]:
    codes = new_codes(session, len(attendance.settings))
    return [
        Setting(collection_id=0, code=code, name=one.name, borough=one.borough, retired_on=last_day)
        for code, one in zip(codes, attendance.settings, strict=True)
    ]
