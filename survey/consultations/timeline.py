"""What happened to a consultation and when, and what will: made of its dated records, never written by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from sqlmodel import Session, col, select

from questions.messages import Message, _
from survey import stages
from survey.models import Consultation, Finding, Meeting, Milestone, Publication, Reply

MOVED = {
    "opens_on": _("The first day was moved from %(before)s to %(after)s."),
    "closes_on": _("The last day was moved from %(before)s to %(after)s."),
    "decided_on": _("The day of the decision was moved from %(before)s to %(after)s."),
    "outcome_on": _("The day of our reply was moved from %(before)s to %(after)s."),
}
NO_DAY = _("no day")


@dataclass(frozen=True, slots=True)
class Event:
    """A day, or several, and what is told of it. href: where more is. to_come: it has not happened yet."""

    on: dt.date
    until: dt.date | None
    told: Message | str
    href: str = ""
    to_come: bool = False


def timeline(session: Session, found: Consultation, today: dt.date) -> list[Event]:
    """Everything with a date, the earliest first.

    What was planned and has not been done by its day is told as it is, never as if it had happened.
    """
    events = [
        *_dates(found, today),
        *_moves(found),
        *_stages(session, found, today),
        *_words(session, found, today),
    ]
    return sorted(events, key=lambda one: one.on)


def _dates(found: Consultation, today: dt.date) -> Iterator[Event]:
    opens, closes = found.opens_on, found.closes_on
    if found.announced_on and found.announced_on < opens:
        yield Event(found.announced_on, None, _("We said that we would ask."))
    yield Event(opens, None, _("It opens.") if today < opens else _("It opened."), to_come=today < opens)
    yield Event(
        closes, None, _("It closes.") if today <= closes else _("It closed."), to_come=today <= closes
    )
    if not stages.shown_on(found) and (found.replied_on is None or today < found.outcome_on):
        yield Event(found.outcome_on, None, _("We reply by this day."), to_come=today <= found.outcome_on)
    if found.decided_on:
        over = found.decided_on < today
        told = _("It was to be decided by this day.") if over else _("It is decided by this day.")
        yield Event(found.decided_on, None, told, to_come=not over)


def _moves(found: Consultation) -> Iterator[Event]:
    for one in found.moved:
        before, after = (dt.date.fromisoformat(one[end]) if one[end] else NO_DAY for end in ("from", "to"))
        told = Message(MOVED[one["what"]], before=before, after=after)
        yield Event(dt.date.fromisoformat(one["on"]), None, told)


def _stages(session: Session, found: Consultation, today: dt.date) -> Iterator[Event]:
    of = found.id
    for stage in session.exec(select(Milestone).where(col(Milestone.consultation_id) == of)):
        yield Event(stage.on, stage.until, stage.title, to_come=today < stage.on)
    for meeting in session.exec(select(Meeting).where(col(Meeting.consultation_id) == of)):
        told = _("%(title)s, %(where)s", title=meeting.title, where=meeting.where)
        yield Event(meeting.held_on, None, told, to_come=today < meeting.held_on)


def _words(session: Session, found: Consultation, today: dt.date) -> Iterator[Event]:
    """What was published, heard and replied; each where it can be read."""
    asked = select(Publication).where(col(Publication.consultation_id) == found.id)
    for one in session.exec(asked):
        yield Event(one.published_on, None, _("We published results."), f"/results/{found.slug}/{one.number}")
    if shown_on := stages.shown_on(found):
        yield Event(shown_on, None, _("We published results."), "/panel/pulse")
    heard_on = stages.heard(session, [found]).get(found.id)
    if heard_on and heard_on <= today:
        yield Event(heard_on, None, _("We said what we heard."), "#heard")
    replies = (
        select(Reply)
        .join(Finding)
        .where(col(Finding.consultation_id) == found.id, col(Reply.published_on).is_not(None))
    )
    days = [reply.published_on for reply in session.exec(replies) if reply.published_on]
    if days:
        yield Event(min(days), None, _("We replied."), "#heard")
    elif found.replied_on and found.replied_on <= today:
        yield Event(found.replied_on, None, _("A reply was given."))
