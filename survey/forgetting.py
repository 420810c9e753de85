"""What is kept for some days only, and taken out then: words under black bars, and requests for contact."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, update
from sqlmodel import Session, col

from survey.models import ContactRequest, Written
from survey.staffed import Limits


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How many texts lost the words under their bars, and how many requests for contact went."""

    texts: int
    contacts: int


def forget(session: Session, today: dt.date, limits: Limits) -> Forgotten:
    """Take out what is past its days; doing so again takes out nothing more.

    The words of a text go `limits.raw` days after it was cleared; what may be read of it stays. A request for contact
    goes `limits.contact` days after it was handled; one that nobody handled stays until somebody does.
    """
    cleared_by = today - dt.timedelta(days=limits.raw)
    texts = session.execute(
        update(Written)
        .where(col(Written.cleared_on) <= cleared_by, col(Written.words).is_not(None))
        .values(words=None, redactions=[])
    )
    handled_by = today - dt.timedelta(days=limits.contact)
    contacts = session.execute(delete(ContactRequest).where(col(ContactRequest.handled_on) <= handled_by))
    return Forgotten(_rows(texts), _rows(contacts))


def _rows(done: Any) -> int:
    count: int = done.rowcount
    return count
