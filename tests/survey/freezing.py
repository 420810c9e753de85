"""Publications that are there before a story begins."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from survey.models import Consultation, Publication
from survey.publications.making import checksum


def frozen(
    session: Session, consultation: Consultation, content: Mapping[str, Any], day: dt.date
) -> Publication:
    """The first publication of a consultation, with a content, as of a day."""
    made = Publication(
        consultation_id=consultation.id or 0,
        number=1,
        published_on=day,
        published_by="Priya, publisher",
        content=dict(content),
        checksum=checksum(dict(content)),
    )
    session.add(made)
    session.flush()
    return made
