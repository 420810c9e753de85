"""Forms that were typed once and say something that may not wait for the check: which, and who is to be told."""

from __future__ import annotations

from sqlmodel import Session, col, select

from survey.instruments import parsed
from survey.leads import named
from survey.models import Batch, PaperForm
from survey.offline.numbers import FormNumber
from survey.suggesting import tier_of
from survey.waiting import texts_of


def who(session: Session, batch: Batch) -> list[str]:
    """Who is told of danger in the consultation of a batch, the lead first; nobody where nobody is named."""
    found = named(session, batch.collection.consultation_id)
    return [found.lead.name, found.deputy.name] if found else []


def pressing(session: Session, batch: Batch) -> list[str]:
    """The numbers of the forms that nobody has checked and whose words the lists of danger suggest."""
    asked = select(PaperForm).where(col(PaperForm.batch_id) == batch.id, col(PaperForm.entered_on).is_(None))
    texts = texts_of(parsed(batch.instrument))
    return [
        str(FormNumber(batch.letters, one.number))
        for one in session.exec(asked.order_by(col(PaperForm.number)))
        if any(tier_of(one.typed.get(key, ""), batch.language) for key in texts)
    ]
