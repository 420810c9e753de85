"""The register of what was promised: where each commitment stands on a day, and which come first."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from sqlalchemy.orm import selectinload
from sqlmodel import Session, col, select

from survey import stages
from survey.models import Answer, Finding, Reply

PROMISES = (Answer.YES, Answer.PARTLY)


class State(StrEnum):
    """Where a reply stands."""

    LATE = "late"
    UNDER_WAY = "under way"
    DONE = "done"
    TAKEN_BACK = "taken back"
    NOT_PROMISED = "not promised"


ORDER = (State.LATE, State.UNDER_WAY, State.TAKEN_BACK, State.DONE, State.NOT_PROMISED)


def state(reply: Reply, today: dt.date) -> State:
    """Where a reply stands on a day.

    >>> plan = Reply(finding_id=1, answer=Answer.YES, because="", promise="A plan", owner="", due=dt.date(2017, 3, 31))
    >>> [state(plan, dt.date(2017, month, day)).value for month, day in ((3, 31), (4, 1))]
    ['under way', 'late']
    """
    if not reply.promise:
        return State.NOT_PROMISED
    if reply.answer not in PROMISES:
        return State.TAKEN_BACK
    if reply.done_on is not None and reply.done_on <= today:
        return State.DONE
    return State.LATE if days_late(reply, today) else State.UNDER_WAY


def days_late(reply: Reply, today: dt.date) -> int:
    """By how many days a promise is late, counted from the day it was first given; 0 where it is not, or is done."""
    done_on = reply.done_on if reply.done_on is not None and reply.done_on <= today else None
    return stages.days_late(reply.due, done_on, today) if reply.answer in PROMISES else 0


def commitments(
    session: Session, today: dt.date, topic: str = "", borough: str = "", *, drafts: bool = False
) -> list[Reply]:
    """The replies that everybody can read, on a topic and for a borough if these are given: the latest first, then
    what is due soonest, then what was taken back, is done, or was never promised.

    drafts: also those that are still written.
    """
    whole = selectinload(Reply.finding).selectinload(Finding.consultation)  # type: ignore[arg-type]
    asked = select(Reply).join(Finding).options(whole)
    if not drafts:
        asked = asked.where(
            col(Reply.published_on).is_not(None),
            col(Reply.published_on) <= today,
            col(Finding.published_on).is_not(None),
        )
    if borough:
        asked = asked.where(col(Reply.borough) == borough)
    found = [one for one in session.exec(asked) if not topic or topic in one.finding.topics]
    return sorted(found, key=lambda one: _place(one, today))


def _place(reply: Reply, today: dt.date) -> tuple[int, int, int]:
    """Where a reply stands in the list."""
    now = state(reply, today)
    day = reply.done_on or reply.published_on or today
    newest = -day.toordinal() if now not in (State.LATE, State.UNDER_WAY) else 0
    due = (reply.due or dt.date.max).toordinal()
    return ORDER.index(now), newest or due, -(reply.id or 0)
