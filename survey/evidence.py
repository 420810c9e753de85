"""The evidence log: what was removed, how many, by which rule, on which day. Lines are added, and none is changed."""

import datetime as dt

from sqlmodel import Session, col, select

from survey.models import EvidenceEntry

RULES = {
    "words": "words under black bars, 90 days after the text was cleared",
    "contact": "requests for contact, some days after they were handled",
    "partial": "responses begun and not sent, 7 days after the last answer",
    "rooms": "votes of rooms that were left open, after their day",
    "files": "files of rows, 7 days after they were made",
    "subscribers": "addresses that nobody confirmed, after 7 days",
    "panel": "members of the panel who did not confirm, or did not stay",
    "backups": "backups, 35 days after they were made",
    "backup": "a backup was made and checked",
    "restore": "a backup was restored and checked",
}


def note(session: Session, today: dt.date, rule: str, how_many: int, named: str = "") -> bool:
    """Add a line for a rule; whether one was added. That nothing was found is said once a day."""
    if not how_many:
        said = select(EvidenceEntry.id).where(
            col(EvidenceEntry.noted_on) == today, col(EvidenceEntry.rule) == rule
        )
        if session.exec(said).first() is not None:
            return False
    session.add(EvidenceEntry(noted_on=today, rule=rule, what=RULES[rule], how_many=how_many, note=named))
    session.flush()
    return True
