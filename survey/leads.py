"""Who is named for safeguarding in a consultation, and what waits for them: nobody is asked for their own words where
nobody is named."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from questions import QuestionSet
from survey.models import Concern, ContactRequest, Named, Role, Staff
from survey.waiting import asks_for_words
from survey.web import Installation

ACTED = "acted"  # the entry of a concern that says what somebody did about it


def named(session: Session, consultation_id: int | None) -> Named | None:
    """The lead and the deputy of a consultation, if they are named."""
    return session.get(Named, consultation_id) if consultation_id is not None else None


def anybody(session: Session) -> bool:
    """Whether anybody is named anywhere, and so somebody reads what is sent to the leads."""
    return session.exec(select(Named.consultation_id).limit(1)).first() is not None


def lacking(session: Session, consultation_id: int | None, question_set: QuestionSet) -> str:
    """Why a consultation cannot ask a set yet, in a sentence; empty where it can."""
    if not asks_for_words(question_set) or named(session, consultation_id):
        return ""
    return (
        "It asks people for their own words, and nobody is named who is told if somebody may be in danger. An "
        "administrator names a safeguarding lead and a deputy on the consultation’s page Safeguarding."
    )


def leads_in(session: Session, staff: Staff) -> Sequence[int]:
    """The consultations in which a member of staff is the lead or the deputy."""
    theirs = (col(Named.lead_id) == staff.id) | (col(Named.deputy_id) == staff.id)
    return session.exec(select(Named.consultation_id).where(theirs)).all()


def may_be_named(session: Session) -> list[Staff]:
    """The members of staff who have the role, by name."""
    every = session.exec(select(Staff).order_by(col(Staff.name))).all()
    return [one for one in every if Role.SAFEGUARDING_LEAD in one.roles]


# What waits for them


@dataclass(frozen=True, slots=True)
class Standing:
    """How a concern stands: its tier, since when it waits, by when something must be done, and how it ended.

    acted: somebody has done something since it was raised, or since its tier was changed.
    """

    concern: Concern
    tier: int
    since: dt.datetime
    by: dt.datetime | None
    acted: bool
    outcome: str | None

    def late(self, now: dt.datetime) -> bool:
        """Whether nobody did anything in time."""
        return self.outcome is None and not self.acted and self.by is not None and self.by <= now


def standing(concern: Concern, here: Installation) -> Standing:
    """How a concern stands, from its record alone."""
    newest = concern.entries[-1]
    acted = newest.did == ACTED
    begun = next(one for one in reversed(concern.entries) if one.did != ACTED)
    by = here.settings.limits.act_by(newest.tier, begun.at, here.zone)
    return Standing(concern, newest.tier, begun.at, by, acted, newest.outcome)


def concerns_of(session: Session, staff: Staff, here: Installation) -> list[Standing]:
    """How the concerns of the consultations stand that a member of staff is named in."""
    theirs = select(Concern).where(col(Concern.consultation_id).in_(leads_in(session, staff)))
    return [standing(one, here) for one in session.exec(theirs)]


@dataclass(frozen=True, slots=True)
class Pressing:
    """How many wait for somebody to do something, and when the clock of the next runs out; None where none runs."""

    number: int
    by: dt.datetime | None

    def late(self, now: dt.datetime) -> bool:
        """Whether it has run out."""
        return self.by is not None and self.by <= now


def concerns_waiting(session: Session, staff: Staff, here: Installation) -> Pressing:
    """The concerns that a lead or a deputy has, and that nobody did anything about yet."""
    wait = [one for one in concerns_of(session, staff, here) if one.outcome is None and not one.acted]
    return Pressing(len(wait), min((one.by for one in wait if one.by), default=None))


def contacts_waiting(session: Session, here: Installation) -> Pressing:
    """Whoever asked to be contacted and was not yet: all leads see them."""
    open_ = select(ContactRequest.arrived_at).where(col(ContactRequest.handled_on).is_(None))
    since = session.exec(open_).all()
    return Pressing(len(since), here.settings.limits.act_by(1, min(since), here.zone) if since else None)
