"""A crowd of members: whom staff choose for a letter, and how the letters leave."""

import datetime as dt
import secrets
import threading
from collections.abc import Callable, Sequence
from email.message import EmailMessage
from typing import TypeVar

from sqlmodel import Session, col, select

from survey.mail import Mailer, NotSent
from survey.panel import letters
from survey.panel.tables import Consent, Groups, Member, Purpose
from survey.web import Installation

One = TypeVar("One")


def reached(
    panel: Session,
    groups: Groups,
    today: dt.date,
    purpose: Purpose = Purpose.SURVEYS,
    but: Sequence[Groups] = (),
) -> Sequence[Member]:
    """The members of these groups who said yes to a purpose, and whose year is not over; without those of others."""
    asked = (
        select(Member)
        .join(Consent, col(Consent.member_id) == col(Member.id))
        .where(col(Consent.purpose) == purpose, col(Member.waits_until).is_(None))
        .where(col(Member.expires_on) >= today)
        .order_by(col(Member.id))
    )
    for column, wanted in ((Member.borough, groups.boroughs), (Member.age_band, groups.age_bands)):
        asked = asked.where(col(column).in_(wanted)) if wanted else asked
    return [one for one in panel.exec(asked).all() if not any(some.hold(one) for some in but)]


def post(
    here: Installation,
    everybody: Sequence[One],
    letter: Callable[[letters.Desk, One], EmailMessage],
    stopping: threading.Event,
) -> tuple[list[One], str]:
    """Send a letter to each, in an order that nothing else has; those whose did not leave, and why the last did not."""
    desk = letters.Desk(here.settings.public_url, [*here.languages.values()])
    mailer, failed, why = Mailer(here.settings.mailing), [], ""
    shuffled = [*everybody]
    secrets.SystemRandom().shuffle(shuffled)
    for one in shuffled:
        try:
            if stopping.is_set():
                raise NotSent("Soundings was stopped while mails were leaving.")
            mailer.send(letter(desk, one))
        except NotSent as wrong:
            failed.append(one)
            why = str(wrong)
    return failed, why
