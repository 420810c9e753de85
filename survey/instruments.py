"""Instruments: published, numbered, immutable versions of question sets."""

import datetime as dt
from collections.abc import Sequence

from sqlmodel import Session, col, select

from questions import Marks, Page, QuestionSet, read
from survey.models import Instrument


def publish(
    session: Session, source: str, today: dt.date, who: str | None = None, marks: Marks | None = None
) -> Instrument:
    """Freeze a question set as its next version; the same meaning again gives the version it has.

    who: the member of staff who publishes it. marks: what staff said of its changed wording.
    Raises `questions.WrongSet` with every fault of the source.
    """
    question_set = read(source)
    before = latest(session, question_set.key)
    if before and before.fingerprint == question_set.fingerprint:
        return before
    instrument = Instrument(
        key=question_set.key,
        version=before.version + 1 if before else 1,
        source=source,
        fingerprint=question_set.fingerprint,
        published_on=today,
        published_by=who,
        marks=dict(marks or {}),
    )
    session.add(instrument)
    session.flush()
    return instrument


def latest(session: Session, key: str) -> Instrument | None:
    """The newest version of a set that is published, if any."""
    return next(iter(versions(session, key)), None)


def versions(session: Session, key: str) -> list[Instrument]:
    """Every published version of a set, newest first."""
    found = select(Instrument).where(col(Instrument.key) == key).order_by(col(Instrument.version).desc())
    return list(session.exec(found).all())


def minutes(pages: Sequence[Page]) -> int:
    """About how long a set takes: 12 seconds a question, and a minute for one that is written."""
    questions = [question for page in pages for question in page.questions]
    seconds = sum(60 if question.kind == "text" else 12 for question in questions)
    return max(1, round(seconds / 60))


_parsed: dict[str, QuestionSet] = {}


def parsed(instrument: Instrument) -> QuestionSet:
    """The question set of an instrument, read once in a process: an instrument never changes."""
    if instrument.fingerprint not in _parsed:
        _parsed[instrument.fingerprint] = read(instrument.source)
    return _parsed[instrument.fingerprint]
