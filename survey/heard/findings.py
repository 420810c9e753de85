"""A finding as everybody reads it: its sentence, what it rests on, its replies, and what became of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from survey.heard.evidence import Rests, rests
from survey.heard.register import State, days_late, state
from survey.languages import Language
from survey.models import Consultation, Correction, Evidence, Finding, Reply, Update, Verdict


@dataclass(frozen=True, slots=True)
class ToldReply:
    """A reply as it stands on a day. `since` is its timeline: updates and corrections, the newest first."""

    reply: Reply
    state: State
    days_late: int
    since: tuple[Update | Correction, ...]

    @property
    def verdicts(self) -> list[Verdict]:
        """What youth groups say of it."""
        return self.reply.verdicts

    @property
    def expected_on(self) -> dt.date | None:
        """The day by which it is expected now, if that is another than the promised one."""
        return next((one.expected_on for one in reversed(self.reply.updates) if one.expected_on), None)


@dataclass(frozen=True, slots=True)
class ToldFinding:
    """A finding with what it rests on and the replies that everybody can read."""

    finding: Finding
    rests: Rests
    replies: tuple[ToldReply, ...]

    @property
    def made_up(self) -> bool:
        """Whether the answers behind it were made up, to show how this works."""
        return made_up(self.finding)


def made_up(finding: Finding) -> bool:
    """Whether a finding is made up: of a practice consultation, unless it says what was printed elsewhere."""
    return finding.consultation.synthetic and finding.rests_on is not Evidence.PRINTED


def told(
    session: Session,
    finding: Finding,
    today: dt.date,
    language: Language,
    replies: Sequence[Reply] | None = None,
) -> ToldFinding:
    """A finding as somebody reads it on a day.

    replies: those to show; without any, all that are published.
    """
    shown = finding.replies if replies is None else replies
    read = (one for one in shown if replies is not None or _published(one, today))
    return ToldFinding(
        finding, rests(session, finding, language), tuple(told_reply(one, today) for one in read)
    )


def told_reply(reply: Reply, today: dt.date) -> ToldReply:
    """A reply as it stands on a day."""
    every: list[Update | Correction] = [*reply.updates, *reply.corrections]
    since = sorted((one for one in every if one.made_on <= today), key=lambda one: one.made_on, reverse=True)
    return ToldReply(reply, state(reply, today), days_late(reply, today), tuple(since))


def findings_of(
    session: Session, consultation: Consultation, today: dt.date, language: Language
) -> list[ToldFinding]:
    """The published findings of a consultation with their replies, in their order."""
    asked = select(Finding).where(
        col(Finding.consultation_id) == consultation.id,
        col(Finding.published_on).is_not(None),
        col(Finding.published_on) <= today,
    )
    found = session.exec(asked.order_by(col(Finding.number))).all()
    return [told(session, one, today, language) for one in found]


def _published(reply: Reply, today: dt.date) -> bool:
    return reply.published_on is not None and reply.published_on <= today
