"""How many: each number that people see has one query, here."""

from sqlmodel import Session, col, func, select

from survey.models import Collection, Instrument, Response


def submitted_to(session: Session, consultation_id: int | None) -> int:
    """How many responses a consultation has, over all its collections."""
    return sum(submitted_by_collection(session, consultation_id).values())


def submitted_by_collection(session: Session, consultation_id: int | None) -> dict[int, int]:
    """How many responses each collection of a consultation has; a collection without any is absent."""
    rows = session.exec(
        select(Response.collection_id, func.count())
        .join(Collection, col(Collection.id) == col(Response.collection_id))
        .where(col(Collection.consultation_id) == consultation_id, col(Response.submitted_on).is_not(None))
        .group_by(col(Response.collection_id))
    )
    return dict(rows.all())


def submitted_by_setting(session: Session, collection_id: int | None) -> dict[int | None, int]:
    """How many responses each setting of a collection has; one without any is absent."""
    rows = session.exec(
        select(Response.setting_id, func.count())
        .where(col(Response.collection_id) == collection_id, col(Response.submitted_on).is_not(None))
        .group_by(col(Response.setting_id))
    )
    return dict(rows.all())


def under_way_by_version(session: Session, key: str) -> dict[int, int]:
    """How many responses to each version of a question set are begun and not sent in; 0 is absent."""
    rows = session.exec(
        select(Instrument.version, func.count())
        .join(Response, col(Response.instrument_id) == col(Instrument.id))
        .where(col(Instrument.key) == key, col(Response.submitted_on).is_(None))
        .group_by(col(Instrument.version))
    )
    return dict(rows.all())
