"""Whether anybody can answer a consultation, whichever way: a collection, a room, a session, or cards."""

from __future__ import annotations

from sqlmodel import Session, col, select

from survey.models import Collection, Consultation, Kind, Meeting, Room, Statement

NO_WAY = (
    "Nobody can answer it yet. Open a collection: a link, schools, clubs or paper forms. "
    "Or plan a room or a session."
)
WITHOUT_SETTINGS = (Kind.PANEL, None)  # members have links of their own; and what came in as a file


def why_nobody(session: Session, found: Consultation) -> str:
    """Why nobody can answer, with what to do; empty where somebody can."""
    if any(_takes_answers(one) for one in found.collections) or _is_met(session, found):
        return ""
    if not found.collections:
        return NO_WAY
    names = ", ".join(f"“{one.name}”" for one in found.collections)
    if all(one.kind is Kind.TALLY for one in found.collections):
        return f"Nobody can answer it yet: {names} is counted in sessions. Add a session."
    return (
        f"Nobody can answer it yet: {names} has no setting. Add a school, a club, a stall or a poster to it."
    )


def _takes_answers(collection: Collection) -> bool:
    """Whether people come into a collection by themselves; a tally is counted where they meet."""
    if collection.kind is Kind.TALLY:
        return False
    return collection.kind in WITHOUT_SETTINGS or any(one.retired_on is None for one in collection.settings)


def _is_met(session: Session, found: Consultation) -> bool:
    """Whether people vote in a room, meet in a session, or say something to statements."""
    cleared = col(Statement.cleared_on).is_not(None) & col(Statement.taken_out_on).is_(None)
    asked = (
        select(Room.id).where(col(Room.consultation_id) == found.id),
        select(Meeting.id).where(col(Meeting.consultation_id) == found.id),
        select(Statement.id).where(col(Statement.consultation_id) == found.id, cleared),
    )
    return any(session.exec(one.limit(1)).first() is not None for one in asked)
