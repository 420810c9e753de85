"""Where a consultation stands on a day, from its dated records alone; no job has to run for it to close."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from survey.models import Consultation, Finding

PLANNING = "being prepared"
PLANNED, OPEN, BEING_READ, HEARD, DID = "planned", "open", "being read", "what we heard", "what we did"
STAGES = (PLANNED, OPEN, BEING_READ, HEARD, DID)
REPLY_WITHIN = dt.timedelta(weeks=12)
PULSE = "panel-pulse"  # the key of the series that the panel is asked every quarter


def state(consultation: Consultation, today: dt.date, heard_on: dt.date | None = None) -> str:
    """Where it stands on a day. heard_on: when its first finding was published (`heard`).

    >>> days = dt.date(2016, 12, 1), dt.date(2017, 2, 23), dt.date(2017, 5, 18)
    >>> asked = dict(zip(("opens_on", "closes_on", "outcome_on"), days, strict=True))
    >>> one = Consultation(slug="plan", title="", summary="", decides="", outcome="", **asked)
    >>> [state(one, dt.date(2017, month, 1)) for month in (1, 3)], state(one, dt.date(2017, 3, 1), dt.date(2017, 2, 25))
    (['open', 'being read'], 'what we heard')
    """
    if consultation.planning:
        return PLANNING
    if today < consultation.opens_on:
        return PLANNED
    if today <= consultation.closes_on:
        return OPEN
    if consultation.replied_on is not None and consultation.replied_on <= today:
        return DID
    heard_on = heard_on or shown_on(consultation)
    return HEARD if heard_on is not None and heard_on <= today else BEING_READ


def shown_on(consultation: Consultation) -> dt.date | None:
    """When the results of a pulse were published; None for any other consultation, and while they are not.

    A pulse promises to show what the panel said, and nothing else. So that is what we heard, and its reply is given.
    """
    series = consultation.series
    return consultation.results_published_on if series is not None and series.key == PULSE else None


def heard(session: Session, consultations: Sequence[Consultation]) -> dict[int | None, dt.date]:
    """When the first finding of each was published; one of which none is is absent."""
    first = func.min(col(Finding.published_on))
    theirs = [one.id for one in consultations]
    rows = session.exec(
        select(Finding.consultation_id, first)
        .where(col(Finding.consultation_id).in_(theirs), col(Finding.published_on).is_not(None))
        .group_by(col(Finding.consultation_id))
    )
    return {consultation: day for consultation, day in rows if day is not None}


def late(consultation: Consultation, today: dt.date) -> int:
    """By how many days our reply is late; 0 where it is given, or not yet due."""
    replied_on = consultation.replied_on or shown_on(consultation)
    if consultation.planning or (replied_on and replied_on <= today):
        return 0
    return days_late(consultation.outcome_on, None, today)


def days_late(due: dt.date | None, done_on: dt.date | None, today: dt.date) -> int:
    """By how many days something that was due on a day is late; 0 where it is done, in time, or has no day.

    >>> [days_late(dt.date(2017, 3, 31), None, dt.date(2017, 4, day)) for day in (1, 2)]
    [1, 2]
    >>> days_late(dt.date(2017, 3, 31), None, dt.date(2017, 3, 31)), days_late(None, None, dt.date(2017, 4, 1))
    (0, 0)
    """
    return max((today - due).days, 0) if due is not None and done_on is None else 0


@dataclass(frozen=True, slots=True)
class Length:
    """How long something is open: whole weeks, and days beyond them."""

    weeks: int
    days: int


def length(first: dt.date, last: dt.date) -> Length:
    """From a first day to a last one, as consultations count it.

    >>> length(dt.date(2016, 12, 1), dt.date(2017, 2, 23))
    Length(weeks=12, days=0)
    """
    return Length(*divmod((last - first).days, 7))
