"""What people wrote in their own words: waiting to be read, read, coded, and quoted."""

import datetime as dt
import secrets

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, Relationship, SQLModel

from survey.models.asking import Collection
from survey.models.kinds import Document


def new_name() -> str:
    """128 random bits as 22 characters: nobody can tell which came first."""
    return secrets.token_urlsafe(16)


class Written(SQLModel, table=True):
    """A text that somebody wrote: apart from their response, and the only place where its words are.

    `arrived_at` is the hour in which it came, kept only while nobody has read it: a text that has one is unread.
    `tie` is a hash that only the receipt's code gives, so that its holder can have the text deleted and nobody else can
    find the response. `age_band` and `borough` are kept until its reading is over. `suggested` is the tier that the
    word lists suggest (0: none). `claimed_by_id` reads it since `claimed_at`. `redactions` are the places that are
    blacked out, each first, end and kind; `cleared` is what may be read then, None until somebody cleared it. `words`
    are taken out some weeks after `cleared_on`. `second`: a second reader is to code it too, who is not the first.
    """

    __table_args__ = (
        Index("ix_written_unread", "collection_id", "arrived_at"),
        {"sqlite_with_rowid": False},  # or rows would keep the order in which they came
    )

    id: str = Field(default_factory=new_name, primary_key=True, max_length=22)
    collection_id: int = Field(foreign_key="collection.id")
    question: str
    words: str | None = None
    language: str
    arrived_at: dt.datetime | None = None
    tie: str | None = Field(default=None, max_length=64, index=True)
    borough: str | None = None
    age_band: str | None = None
    suggested: int = 0
    claimed_by_id: int | None = Field(default=None, foreign_key="staff.id")
    claimed_at: dt.datetime | None = None
    cleared: str | None = None
    redactions: list[list[int | str]] = Field(default_factory=list, sa_type=Document)
    cleared_on: dt.date | None = None
    second: bool = False

    collection: Collection = Relationship()


class Reading(SQLModel, table=True):
    """That a member of staff read a text as its first or second reader, and the codes that they could choose from."""

    __table_args__ = (UniqueConstraint("written_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    written_id: str = Field(foreign_key="written.id", ondelete="CASCADE", max_length=22)
    number: int
    staff_id: int = Field(foreign_key="staff.id")
    read_on: dt.date
    offered: list[int] = Field(default_factory=list, sa_type=Document)
    chosen: list[int] = Field(default_factory=list, sa_type=Document)


class Code(SQLModel, table=True):
    """A code of the frame of one question in a consultation; it never changes its meaning. What it is called is its
    newest wording; one that is retired is offered no more and still counted."""

    id: int | None = Field(default=None, primary_key=True)
    consultation_id: int = Field(foreign_key="consultation.id", index=True)
    question: str
    retired_on: dt.date | None = None

    wordings: list["CodeWording"] = Relationship(
        back_populates="code", sa_relationship_kwargs={"order_by": "CodeWording.number"}
    )


class CodeWording(SQLModel, table=True):
    """What a code was called, and the sentence that says what belongs to it: numbered from 1, none ever replaced."""

    __tablename__ = "code_wording"
    __table_args__ = (UniqueConstraint("code_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    code_id: int = Field(foreign_key="code.id")
    number: int
    name: str
    sentence: str
    who: str
    written_on: dt.date

    code: Code = Relationship(back_populates="wordings")


class Quote(SQLModel, table=True):
    """A cleared text that others may use: see `survey.quotes`. Its words have a mark where something is blacked out.

    Nothing public has the `written_id`; it is there so that a text whose holder deletes it takes its quote along.
    """

    __table_args__ = ({"sqlite_with_rowid": False},)

    id: str = Field(default_factory=new_name, primary_key=True, max_length=22)
    consultation_id: int = Field(foreign_key="consultation.id", index=True)
    question: str
    words: str
    language: str
    written_id: str = Field(foreign_key="written.id", ondelete="CASCADE", max_length=22, unique=True)
