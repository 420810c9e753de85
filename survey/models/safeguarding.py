"""Safeguarding: who is named, what they were told, what they did, and who asked to be contacted."""

import datetime as dt

from sqlalchemy import Index
from sqlmodel import Field, Relationship, SQLModel

from survey.models.asking import Consultation
from survey.models.reading import new_name
from survey.models.staff import Staff


class Named(SQLModel, table=True):
    """Who is told of a concern in a consultation: a lead, and a deputy for when they cannot."""

    consultation_id: int = Field(foreign_key="consultation.id", primary_key=True)
    lead_id: int = Field(foreign_key="staff.id")
    deputy_id: int = Field(foreign_key="staff.id")

    lead: Staff = Relationship(sa_relationship_kwargs={"foreign_keys": "Named.lead_id"})
    deputy: Staff = Relationship(sa_relationship_kwargs={"foreign_keys": "Named.deputy_id"})


class Concern(SQLModel, table=True):
    """A safeguarding concern that a reader raised: the words as they were written, and coarse context only.

    `written_id` is the text that waits for what becomes of it, None once that is gone. What was done stands in its
    entries, and so does its tier and whether it is over: the newest one counts.
    """

    id: int | None = Field(default=None, primary_key=True)
    consultation_id: int = Field(foreign_key="consultation.id", index=True)
    question: str
    words: str
    language: str
    borough: str | None = None
    age_band: str | None = None
    written_id: str | None = Field(default=None, foreign_key="written.id", ondelete="SET NULL", max_length=22)

    consultation: Consultation = Relationship()
    entries: list["ConcernEntry"] = Relationship(
        back_populates="concern", sa_relationship_kwargs={"order_by": "ConcernEntry.id"}
    )


class ConcernEntry(SQLModel, table=True):
    """One line of the record of a concern. The database refuses to change or delete one.

    `tier` is the one that holds from then on (1 to 3, 0 for none); `outcome` is None while there is more to do.
    """

    __tablename__ = "concern_entry"

    id: int | None = Field(default=None, primary_key=True)
    concern_id: int = Field(foreign_key="concern.id", index=True)
    at: dt.datetime
    who: str
    did: str
    tier: int
    outcome: str | None = None
    sentence: str

    concern: Concern = Relationship(back_populates="entries")


class ContactRequest(SQLModel, table=True):
    """That somebody asked to be contacted. It has nothing of any answer, and nothing leads from one to it.

    `arrived_at` is the hour; `handled_on` the day from which it is kept only a little longer.
    """

    __tablename__ = "contact_request"
    __table_args__ = (
        Index("ix_contact_request_open", "handled_on", "arrived_at"),
        {"sqlite_with_rowid": False},
    )

    id: str = Field(default_factory=new_name, primary_key=True, max_length=22)
    called: str
    reach: str
    safe: str
    language: str
    arrived_at: dt.datetime
    handled_on: dt.date | None = None
    handled_by: str | None = None
