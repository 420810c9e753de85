"""A past survey is kept: a consultation that is over, its collection, and every response."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, col, select

from questions import Answer
from survey.importing.attended import Attendance
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
) -> Consultation:
    """Store a consultation with one collection, which asked an instrument, its settings and its responses.

    consultation, collection: their fields, as a mapping has them; attendance: as many rows as there are answers.
    Nobody knows the days of the responses: they are stored as of its last. The codes of its settings were retired that
    day, so that they open nothing.
    """
    made = Consultation(**consultation)
    assert instrument.id is not None
    held = Collection(consultation_id=0, instrument_id=instrument.id, **collection)
    made.collections = [held]
    held.settings = _settings(session, attendance, made.closes_on)
    session.add(made)
    session.flush()
    day: dt.date = made.closes_on
    rows: list[dict[str, Any]] = [
        {
            "key": new_response_key(),
            "collection_id": held.id,
            "instrument_id": instrument.id,
            "setting_id": None if at is None else held.settings[at].id,
            "answers": given,
            "concealed": [],
            "started_on": day,
            "submitted_on": day,
            **{name: given.get(name) for name in PLACING},
        }
        for given, at in zip(answers, attendance.rows, strict=True)
    ]
    for start in range(0, len(rows), CHUNK):
        session.execute(insert(Response), rows[start : start + CHUNK])
    return made


def _settings(session: Session, attendance: Attendance, last_day: dt.date) -> list[Setting]:
    codes = new_codes(session, len(attendance.settings))
    return [
        Setting(collection_id=0, code=code, name=one.name, borough=one.borough, retired_on=last_day)
        for code, one in zip(codes, attendance.settings, strict=True)
    ]
