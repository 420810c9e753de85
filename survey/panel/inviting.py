"""Invitations to a collection: sent once, to a crowd, each with a link that nobody can tell from another.

docs/decisions/panel.md says why what is done here cannot be undone by whoever reads both databases.
"""

import datetime as dt
import secrets
import threading
from collections.abc import Collection as Some
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.message import EmailMessage

from sqlalchemy import delete, insert
from sqlmodel import Session, col, select

from questions import QuestionSet, Text
from survey import access
from survey.db import transaction
from survey.models import Collection, ConsentRoute, Design, PanelTicket
from survey.panel import letters
from survey.panel.crowd import post, reached
from survey.panel.store import Store
from survey.panel.tables import Groups, Progress, Sending
from survey.web import Installation
from survey.wording import day

LEAST = 10  # people: a response of a crowd this small could be anyone's, and of a smaller one it could not
KNOWN = {"borough": "the borough", "age_band": "the age band"}  # what the panel knows of a member too
AT_ONCE = 500


def wrong_with(collection: Collection, question_set: QuestionSet, today: dt.date) -> Iterator[str]:
    """Everything that keeps members from being invited to a collection."""
    if collection.design is not Design.PANEL:
        yield f"“{collection.name}” is no collection of a panel. Choose one with the design “panel”."
    if collection.last_day < today:
        yield f"“{collection.name}” closed on {day(collection.last_day)}. Open another collection."
    if collection.first_day > today:
        opens = day(collection.first_day)
        yield f"“{collection.name}” opens on {opens}. Invite then: until that day its links open nothing."
    if ConsentRoute.OWN not in collection.routes:
        yield "People of 16 and over cannot take part in it, and only they are in the panel. Open it to them first."
    told = [words for key, words in KNOWN.items() if question_set.asked(key) is not None]
    if told:
        yield (
            f"It asks for {' and '.join(told)}. The panel knows that of each member, so that answers could be joined "
            "to people. Take it out of the question set, publish it again, and open a collection with it."
        )


def too_few(people: int) -> str:
    """Why so few people are not invited; empty where they are enough."""
    if people >= LEAST:
        return ""
    return (
        f"Fewer than {LEAST} members can be invited that way. Their answers could be told apart by counting, "
        "so nothing is sent. Choose more boroughs or age bands."
    )


@dataclass(frozen=True, slots=True)
class _Envelope:
    """A mail that is about to leave. It is never stored: only here do a person and a ticket stand side by side."""

    address: str
    link: str
    ticket: str

    @property
    def ticket_hash(self) -> str:
        return access.hashed(self.ticket)


def send_next(store: Store, here: Installation, stopping: threading.Event) -> Progress | None:
    """Send the invitations that wait for it; what became of them, None where none wait.

    Tickets are drawn by chance, and their hashes stored in the order of the hashes, all at once and without a time,
    before any mail leaves. Mails leave in an order of their own. A ticket is kept nowhere once its mail has left; one
    whose mail did not is deleted.
    """
    claimed = _claim(store, here.today())
    if claimed is None:
        return None
    collection_id, envelopes = claimed
    if len(envelopes) < LEAST:
        return _end(store, collection_id, Progress.TOO_FEW)
    asks = _lay_out(here, collection_id, envelopes)
    failed, why = post(here, envelopes, lambda desk, one: _invitation(desk, one, asks), stopping)
    with transaction(here.engine) as session:
        _take_back(session, [one.ticket_hash for one in failed])
    if len(failed) == len(envelopes):
        return _end(store, collection_id, Progress.WAITING, trouble=why)
    return _end(store, collection_id, Progress.DONE, len(envelopes) - len(failed), len(failed))


def _claim(store: Store, today: dt.date) -> tuple[int, list[_Envelope]] | None:
    """A sending that is ours from now on, with a mail for each whom it is for; None where none waits."""
    with store.changing() as panel:
        waiting = select(Sending).where(col(Sending.progress) == Progress.WAITING)
        found = panel.exec(waiting.order_by(col(Sending.collection_id)).with_for_update()).first()
        if found is None:
            return None
        found.progress = Progress.BEGUN
        members = reached(panel, Groups(tuple(found.boroughs), tuple(found.age_bands)), today)
        seals = store.seals
        return found.collection_id, [
            _Envelope(seals.opened(one.contact), seals.link(one.id), secrets.token_urlsafe(32))
            for one in members
        ]


def _lay_out(here: Installation, collection_id: int, envelopes: Sequence[_Envelope]) -> letters.Asks:
    """Put the hashes of all tickets into the pot of the collection; what its letters say."""
    hashes = sorted(one.ticket_hash for one in envelopes)
    with transaction(here.engine) as session:
        found = session.get_one(Collection, collection_id)
        rows = [{"token_hash": one, "collection_id": collection_id} for one in hashes]
        session.execute(insert(PanelTicket), rows)
        return letters.Asks(_title(found), found.last_day)


def _title(collection: Collection) -> Text:
    told = collection.consultation
    written = [(code, words["title"]) for code, words in told.translations.items() if "title" in words]
    return Text(told.title, tuple(written))


def _invitation(desk: letters.Desk, one: _Envelope, asks: letters.Asks) -> EmailMessage:
    return letters.invite(desk, one.address, one.link, asks, one.ticket)


def _take_back(session: Session, hashes: Some[str]) -> None:
    ordered = sorted(hashes)
    for at in range(0, len(ordered), AT_ONCE):
        some = ordered[at : at + AT_ONCE]
        session.execute(delete(PanelTicket).where(col(PanelTicket.token_hash).in_(some)))


def _end(
    store: Store, collection_id: int, progress: Progress, sent: int = 0, failed: int = 0, trouble: str = ""
) -> Progress:
    with store.changing() as panel:
        found = panel.get_one(Sending, collection_id)
        found.progress, found.sent, found.failed, found.trouble = progress, sent, failed, trouble
    return progress
