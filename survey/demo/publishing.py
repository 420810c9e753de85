"""Publishing in the demonstration, as staff do when they have looked at it."""

import datetime as dt

from sqlmodel import Session

from survey.models import Collection, Publication, PublicationCounts
from survey.places import Place
from survey.publications.making import checksum, preview

PUBLISHER = "Dee"


def publish(session: Session, collection: Collection, place: Place, published_on: dt.date) -> None:
    """Freeze the first publication of a collection, with what the next one needs to be safe beside it."""
    consultation = collection.consultation
    found = preview(session, collection, place, published_on)
    made = Publication(
        consultation_id=consultation.id or 0,
        number=1,
        published_on=published_on,
        published_by=PUBLISHER,
        content=found.content,
        checksum=checksum(found.content),
    )
    session.add(made)
    session.flush()
    session.add(
        PublicationCounts(
            publication_id=made.id or 0, collection_id=collection.id or 0, counted=[*found.counted]
        )
    )
    consultation.results_published_on = published_on
