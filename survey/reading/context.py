"""The little that is said of who wrote a text: never of a few."""

from __future__ import annotations

from sqlalchemy import func, literal, select
from sqlmodel import Session, col

from survey.models import Consultation, Response, Written


def coarse(session: Session, written: Written, consultation: Consultation) -> tuple[str | None, str | None]:
    """The age band and the borough of whoever wrote a text, as far as enough others of both answered there.

    Both where as many answered as a figure needs (`Consultation.least_base`), else the age band alone, else none.
    """
    if written.age_band is None:
        return None, None
    least = consultation.least_base
    if written.borough and _others(session, written, least, borough=written.borough) >= least:
        return written.age_band, written.borough
    return (written.age_band, None) if _others(session, written, least) >= least else (None, None)


def _others(session: Session, written: Written, least: int, borough: str | None = None) -> int:
    """How many of an age band answered, of a borough if one is named; no more are counted than are needed."""
    some = select(literal(1)).where(
        col(Response.collection_id) == written.collection_id,
        col(Response.submitted_on).is_not(None),
        col(Response.age_band) == written.age_band,
    )
    if borough:
        some = some.where(col(Response.borough) == borough)
    return session.scalar(select(func.count()).select_from(some.limit(least).subquery())) or 0
