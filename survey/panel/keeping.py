"""What is done for the panel beside the app: mails leave, years end, and nothing is kept longer than we said."""

import datetime as dt
import time
from dataclasses import dataclass, field

from sqlalchemy import delete, or_, update
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, select

from survey.db import transaction
from survey.mail import Mailer, NotSent
from survey.models import Collection, PanelTicket
from survey.panel import inviting, letters, news
from survey.panel.store import Store
from survey.panel.tables import Consent, Member, Progress
from survey.recurring import Recurring
from survey.web import Installation

ASKED_BEFORE = dt.timedelta(days=28)  # the end of a year
LOOKS_FOR_MAIL, TIDIES = 5.0, 600.0  # seconds
AFTER_TROUBLE = 120.0  # seconds until a mail server that was not there is asked again


@dataclass
class Sender(Recurring):
    """Sends the invitations and the letters that staff asked for."""

    store: Store
    here: Installation
    every: float = field(default=LOOKS_FOR_MAIL, kw_only=True)
    _not_before: float = field(default=0.0, init=False)

    def look(self) -> None:
        """Send what waits, and rest where no mail leaves."""
        if time.monotonic() < self._not_before:
            return
        try:
            for send_next in (inviting.send_next, news.send_next):
                while progress := send_next(self.store, self.here, self.stopping):
                    if progress is Progress.WAITING:
                        self._not_before = time.monotonic() + AFTER_TROUBLE
                        return
        except SQLAlchemyError:
            return


@dataclass
class Tidier(Recurring):
    """Deletes what has had its time, and asks who may stay."""

    store: Store
    here: Installation
    every: float = field(default=TIDIES, kw_only=True)
    _settled_on: dt.date | None = field(default=None, init=False)

    def look(self) -> None:
        """Tidy up; once a day the rows lose the order in which they came."""
        try:
            tidy(self.store, self.here)
            if self._settled_on != self.here.today():
                self.store.settle()
                self._settled_on = self.here.today()
        except SQLAlchemyError:
            return


def tidy(store: Store, here: Installation) -> int:
    """Delete whoever did not confirm, or did not stay; ask who may stay; drop links that lead nowhere any more.

    Doing it again changes nothing, and sends nothing. How many members were deleted.
    """
    today = here.today()
    over = or_(col(Member.waits_until) < today, col(Member.expires_on) < today)
    with store.changing() as panel:
        gone: int = panel.execute(delete(Member).where(over)).rowcount  # type: ignore[attr-defined]
    _ask_who_stays(store, here)
    with transaction(here.engine) as session:
        drop_dead_tickets(session, today)
    return gone


def _ask_who_stays(store: Store, here: Installation) -> None:
    """One mail to each whose year is almost over; who cannot be reached now is asked the next time."""
    desk = letters.Desk(here.settings.public_url, [*here.languages.values()])
    mailer, seals = Mailer(here.settings.mailing), store.seals
    with store.looking() as panel:
        due = [
            (one.id, seals.opened(one.contact), one.expires_on) for one in _due(panel, here.today()) if one.id
        ]
    for member, address, until in due:
        if not _mark_asked(store, member, True):
            continue
        try:
            mailer.send(letters.stay(desk, address, seals.link(member), until))
        except NotSent:
            _mark_asked(store, member, False)
            return


def _due(panel: Session, today: dt.date) -> list[Member]:
    """Who is to be asked whether they stay: not who has said no to everything."""
    consents = select(Consent.member_id)
    asked = select(Member).where(
        col(Member.waits_until).is_(None),
        col(Member.asked_again).is_(False),
        col(Member.expires_on) <= today + ASKED_BEFORE,
        col(Member.id).in_(consents),
    )
    return list(panel.exec(asked.order_by(col(Member.id))).all())


def _mark_asked(store: Store, member: str, asked: bool) -> bool:
    """Note whether a member was asked; False where another process has done that, or they have left."""
    with store.changing() as panel:
        changed = panel.execute(
            update(Member)
            .where(col(Member.id) == member, col(Member.asked_again).is_(not asked))
            .values(asked_again=asked)
        )
        return bool(changed.rowcount)  # type: ignore[attr-defined]


def drop_dead_tickets(session: Session, today: dt.date) -> None:
    """Delete the one-time links into collections that have closed."""
    with_some = select(PanelTicket.collection_id).distinct()
    for collection in session.exec(select(Collection).where(col(Collection.id).in_(with_some))).all():
        if collection.last_day < today:
            session.execute(delete(PanelTicket).where(col(PanelTicket.collection_id) == collection.id))
