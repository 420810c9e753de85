"""Writes the mails that are due: a thread beside the app that asks for a yes, tells what changed, and forgets.

Nobody is told the same change twice. Before a mail leaves we note that it did; if we are killed in between, that mail
is lost, and what it said stands on the site and in the feed. So it errs towards silence. Where the mail server said no,
or could not be reached, the note is taken back and we try again.
"""

from __future__ import annotations

import datetime as dt
import smtplib
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from survey import access
from survey.db import reading, transaction
from survey.heard import Change, changes
from survey.mail import Mailer, NotSent
from survey.models import MailLink, Subscriber
from survey.recurring import Recurring
from survey.replies import letters
from survey.web import Installation

LOOKS_EVERY = 5.0  # seconds
AGAIN_AFTER = dt.timedelta(minutes=10)
HOURS = range(9, 18)  # of the place's day: what changed yesterday is complete by then, and nobody is woken
FORGETS_AFTER = dt.timedelta(days=7)
SURELY_NOT = (  # said before the mail server had the words
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPSenderRefused,
    smtplib.SMTPDataError,
    smtplib.SMTPConnectError,
    smtplib.SMTPHeloError,
    smtplib.SMTPAuthenticationError,
    smtplib.SMTPNotSupportedError,
    ConnectionRefusedError,
    socket.gaierror,
)


@dataclass
class Post(Recurring):
    """Looks whether somebody is to be written to, and writes. Several beside each other do no harm."""

    here: Installation
    every: float = field(default=LOOKS_EVERY, kw_only=True)
    _not_before: dt.datetime | None = field(default=None, init=False)

    def look(self) -> None:
        """Forget, ask and tell; after a mail server that would not, only after a while."""
        now = self.here.now()
        if self._not_before is not None and now < self._not_before:
            return
        try:
            forget(self.here)
            well = all([ask_all(self.here, self.stopping.is_set), tell_all(self.here, self.stopping.is_set)])
        except SQLAlchemyError:
            return
        self._not_before = None if well else now + AGAIN_AFTER


def forget(here: Installation) -> int:
    """Delete the addresses from which no yes came in seven days; how many."""
    old = (
        col(Subscriber.confirmed_on).is_(None),
        col(Subscriber.asked_on) <= here.today() - FORGETS_AFTER,
    )
    with Session(reading(here.engine)) as session:
        if session.exec(select(Subscriber.id).where(*old)).first() is None:
            return 0
    with transaction(here.engine) as session:
        found = session.exec(select(Subscriber).where(*old)).all()
        for one in found:
            session.delete(one)
        return len(found)


Stop = Callable[[], bool]


def ask_all(here: Installation, stop: Stop = lambda: False) -> bool:
    """Write to every address that was typed in and not yet asked; whether the mail server took it all."""
    wanted = select(Subscriber.id).where(
        col(Subscriber.confirmed_on).is_(None), col(Subscriber.asked_for_yes_on).is_(None)
    )
    with Session(reading(here.engine)) as session:
        found = session.exec(wanted.order_by(col(Subscriber.id))).all()
    taken = [stop() or _send(here, number or 0, _ask) for number in found]
    return all(taken)


def tell_all(here: Installation, stop: Stop = lambda: False) -> bool:
    """Tell everybody whose turn it is what changed; whether the mail server took it all. Only by day."""
    if here.local().hour not in HOURS:
        return True
    with Session(reading(here.engine)) as session:
        found = [one.id or 0 for one in session.exec(_whose_turn(here))]
    taken = [stop() or _send(here, number, _tell) for number in found]
    return all(taken)


def _whose_turn(here: Installation) -> SelectOfScalar[Subscriber]:
    today = here.today()
    last = today - dt.timedelta(days=here.settings.news_every)
    return (
        select(Subscriber)
        .where(
            col(Subscriber.confirmed_on).is_not(None),
            col(Subscriber.told_until) < today - dt.timedelta(days=1),
            col(Subscriber.mailed_on).is_(None) | (col(Subscriber.mailed_on) <= last),
        )
        .order_by(col(Subscriber.id))
    )


@dataclass(frozen=True, slots=True)
class Noted:
    """A mail that is noted as sent, and how to take that back."""

    letter: EmailMessage
    before: dict[str, dt.date | None]
    link: str  # the hash of the one in it


def _send(
    here: Installation, number: int, note: Callable[[Installation, Session, Subscriber], Noted | None]
) -> bool:
    """Note one mail as sent, then send it; False where the mail server did not take it."""
    with transaction(here.engine) as session:
        one = session.get(Subscriber, number, with_for_update=True)
        noted = note(here, session, one) if one else None
    if noted is None:
        return True
    try:
        Mailer(here.settings.mailing).send(noted.letter)
    except NotSent as wrong:
        _take_back(here, number, noted, wrong)
        return False
    return True


def _take_back(here: Installation, number: int, noted: Noted, wrong: NotSent) -> None:
    """Take a note back where the mail surely did not leave; an address that there is not is forgotten."""
    if not isinstance(wrong.__cause__, SURELY_NOT):
        return
    with transaction(here.engine) as session:
        one = session.get(Subscriber, number, with_for_update=True)
        if one is None:
            return
        if _nobody_there(wrong.__cause__):
            session.delete(one)
            return
        for name, value in noted.before.items():
            setattr(one, name, value)
        one.links = [link for link in one.links if link.hash != noted.link]


def _nobody_there(cause: BaseException) -> bool:
    """Whether the mail server said for good that there is no such address (RFC 5321: 550 to 559)."""
    if not isinstance(cause, smtplib.SMTPRecipientsRefused):
        return False
    return all(550 <= code < 560 for code, _words in cause.recipients.values())


def _ask(here: Installation, _session: Session, one: Subscriber) -> Noted | None:
    """The mail that asks for a yes, once."""
    if one.confirmed_on is not None or one.asked_for_yes_on is not None:
        return None
    address, link = _link(here, one)
    one.asked_for_yes_on = here.today()
    letter = letters.are_you_sure(one.address, address, here.language(one.language))
    return Noted(letter, {"asked_for_yes_on": None}, link)


def _tell(here: Installation, session: Session, one: Subscriber) -> Noted | None:
    """The mail that tells what changed since the last one; none where nothing did."""
    yesterday = here.today() - dt.timedelta(days=1)
    mine = _whose_turn(here).where(col(Subscriber.id) == one.id)
    if session.exec(mine).first() is None or one.told_until is None:
        return None
    found = of_interest(changes(session, one.told_until, yesterday), one.topics)
    before = {"told_until": one.told_until, "mailed_on": one.mailed_on}
    one.told_until = yesterday
    if not found:
        return None
    one.mailed_on = here.today()
    address, link = _link(here, one)
    public, language = here.settings.public_url, here.language(one.language)
    return Noted(letters.what_changed(one.address, found, public, address, language), before, link)


def of_interest(found: Sequence[Change], topics: Sequence[str]) -> list[Change]:
    """The changes on some topics; all of them where somebody chose none."""
    return [one for one in found if not topics or {*topics} & {*one.finding.topics}]


def _link(here: Installation, one: Subscriber) -> tuple[str, str]:
    """The address of a new link for a subscriber, and the hash that is kept of it."""
    token, hashed = access.new_token()
    one.links.append(MailLink(hash=hashed, subscriber_id=one.id or 0, made_on=here.today()))
    return f"{here.settings.public_url}/did/mail/{token}", hashed
