"""A past survey is kept: a consultation that is over, its collection, and every response."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, col, select

from questions import Answer
from survey.models import Collection, Consultation, Instrument, Response, new_response_key

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
) -> Consultation:
    """Store a consultation with one collection, which asked an instrument, and its responses.

    consultation, collection: their fields, as a mapping has them. Nobody knows the days of the responses: they are
    stored as of its last.
    """
    made = Consultation(**consultation)
    assert instrument.id is not None
    held = Collection(consultation_id=0, instrument_id=instrument.id, **collection)
    made.collections = [held]
    session.add(made)
    session.flush()
    day: dt.date = made.closes_on
    rows: list[dict[str, Any]] = [
        {
            "key": new_response_key(),
            "collection_id": held.id,
            "instrument_id": instrument.id,
            "answers": given,
            "concealed": [],
            "started_on": day,
            "submitted_on": day,
            **{name: given.get(name) for name in PLACING},
        }
        for given in answers
    ]
    for start in range(0, len(rows), CHUNK):
        session.execute(insert(Response), rows[start : start + CHUNK])
    return made
