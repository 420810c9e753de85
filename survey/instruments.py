"""Instruments: published, numbered, immutable versions of question sets."""

import datetime as dt

from sqlmodel import Session, col, select

from questions import QuestionSet, read
from survey.models import Instrument


def publish(session: Session, source: str, today: dt.date) -> Instrument:
    """Freeze a question set as its next version; the same meaning again gives the version it has.

    Raises `questions.WrongSet` with every fault of the source.
    """
    question_set = read(source)
    latest = session.exec(
        select(Instrument).where(Instrument.key == question_set.key).order_by(col(Instrument.version).desc())
    ).first()
    if latest and latest.fingerprint == question_set.fingerprint:
        return latest
    instrument = Instrument(
        key=question_set.key,
        version=latest.version + 1 if latest else 1,
        source=source,
        fingerprint=question_set.fingerprint,
        published_on=today,
    )
    session.add(instrument)
    session.flush()
    return instrument


_parsed: dict[str, QuestionSet] = {}


def parsed(instrument: Instrument) -> QuestionSet:
    """The question set of an instrument, read once in a process: an instrument never changes."""
    if instrument.fingerprint not in _parsed:
        _parsed[instrument.fingerprint] = read(instrument.source)
    return _parsed[instrument.fingerprint]
