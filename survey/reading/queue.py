"""The queue: what waits to be read, which text comes next, and that no two readers ever have the same."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlmodel import Session, col

from survey import waiting
from survey.models import Collection, Consultation, Reading, Staff, Written
from survey.staffed import Limits

HELD = dt.timedelta(minutes=30)  # that a text stays with a reader who does nothing


@dataclass(frozen=True, slots=True)
class Waits:
    """What waits in a consultation.

    oldest: the hour in which the oldest unread text came; closes: when open questions close by themselves, or closed.
    second: texts that somebody else shall code too. held: unread texts that others have in hand, and until when.
    """

    consultation: Consultation
    unread: int
    suggested: int
    second: int
    oldest: dt.datetime | None
    closes: dt.datetime | None
    held: int = 0
    held_until: dt.datetime | None = None

    def closed(self, now: dt.datetime) -> bool:
        """Whether its open questions are closed at a moment."""
        return self.closes is not None and self.closes <= now


def every(session: Session, staff: Staff, limits: Limits, zone: dt.tzinfo, now: dt.datetime) -> list[Waits]:
    """What waits in each consultation where something does, the most pressing first: what the word lists suggest."""
    held = and_(UNREAD, ~_free(staff, now))
    rows = session.execute(
        select(
            Consultation,
            func.count().filter(UNREAD),
            func.count().filter(UNREAD, col(Written.suggested) > 0),
            func.count().filter(for_second(staff)),
            func.min(col(Written.arrived_at)),
            func.count().filter(held),
            func.max(col(Written.claimed_at)).filter(held),
        )
        .join(Collection, col(Collection.consultation_id) == col(Consultation.id))
        .join(Written, col(Written.collection_id) == col(Collection.id))
        .group_by(*Consultation.__table__.c)  # type: ignore[attr-defined]
    ).all()
    found = [
        Waits(
            consultation=one,
            unread=unread,
            suggested=suggested,
            second=second,
            oldest=oldest,
            closes=waiting.until(session, one.id, limits, zone),
            held=held,
            held_until=claimed + HELD if claimed else None,
        )
        for one, unread, suggested, second, oldest, held, claimed in rows
    ]
    pressing = [one for one in found if one.unread or one.second or one.closes]
    return sorted(
        pressing,
        key=lambda one: (one.suggested == 0, one.closes is None, one.closes, one.consultation.title),
    )


UNREAD = col(Written.arrived_at).is_not(None)


def for_second(staff: Staff) -> ColumnElement[bool]:
    """The texts that a member of staff may read as the second: never one that they have read."""
    read = exists().where(
        col(Reading.written_id) == col(Written.id),
        or_(col(Reading.number) == 2, col(Reading.staff_id) == staff.id),
    )
    return and_(col(Written.second).is_(True), col(Written.cleared_on).is_not(None), ~read)


def _free(staff: Staff, now: dt.datetime) -> ColumnElement[bool]:
    """Nobody else has it in hand."""
    return or_(
        col(Written.claimed_by_id).is_(None),
        col(Written.claimed_by_id) == staff.id,
        col(Written.claimed_at) < now - HELD,
    )


def claim(session: Session, staff: Staff, now: dt.datetime, slug: str, *, second: bool) -> Written | None:
    """Take the next text: what the word lists suggest first, the most urgent tier of it, then the oldest; None if none.

    Whoever claims at the same moment gets another: the row is locked, and one that is locked is passed over.
    """
    asked: Any = select(Written).where(for_second(staff) if second else UNREAD, _free(staff, now))
    if slug:
        theirs = select(col(Collection.id)).join(Consultation).where(col(Consultation.slug) == slug)
        asked = asked.where(col(Written.collection_id).in_(theirs))
    order = (
        col(Written.claimed_by_id) != staff.id,  # what one has in hand already
        col(Written.suggested) == 0,
        col(Written.suggested),
        col(Written.arrived_at),
        col(Written.id),
    )
    nulls_last = order[0].is_(None)
    found: Written | None = session.scalar(
        asked.order_by(nulls_last, *order).limit(1).with_for_update(skip_locked=True, of=Written)
    )
    if found:
        found.claimed_by_id, found.claimed_at = staff.id, now
    return found


def held_by(written: Written, staff: Staff, now: dt.datetime) -> bool:
    """Whether a text is with a member of staff."""
    return (
        written.claimed_by_id == staff.id
        and written.claimed_at is not None
        and now - written.claimed_at <= HELD
    )


def drawn(written: Written, share: int) -> bool:
    """Whether a second reader is to code a text: so many of a hundred, by a lot that its random name has drawn."""
    lot = int.from_bytes(hashlib.sha256(written.id.encode()).digest()[:4])
    return lot % 100 < share
