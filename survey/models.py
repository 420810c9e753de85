"""The tables: what is stored, and nothing that is not needed."""

import datetime as dt
import secrets
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Enum, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, Relationship, SQLModel

Document = JSON().with_variant(JSONB(), "postgresql")


class Design(StrEnum):
    """How a collection reaches people, and so what may be claimed from it."""

    PROBABILITY = "probability"
    GATEKEPT = "gatekept"
    QUOTA = "quota"
    OPEN = "open"
    PANEL = "panel"
    ROOM = "room"
    TALLY = "tally"


DesignName = Enum(
    Design, native_enum=False, length=20, values_callable=lambda designs: [design.value for design in designs]
)


class Role(StrEnum):
    """What a member of staff may do."""

    DESIGNER = "designer"
    PUBLISHER = "publisher"
    FIELDWORKER = "fieldworker"
    READER = "reader"
    SAFEGUARDING_LEAD = "safeguarding_lead"
    ANALYST = "analyst"
    ADMIN = "admin"


class Instrument(SQLModel, table=True):
    """A published, numbered version of a question set. The database refuses to change one.

    `marks` is what staff said of its changed wording (see `questions.Marks`).
    """

    __table_args__ = (UniqueConstraint("key", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    key: str
    version: int
    source: str
    fingerprint: str
    published_on: dt.date
    published_by: str | None = None
    marks: dict[str, str] = Field(default_factory=dict, sa_type=Document)


class Draft(SQLModel, table=True):
    """A question set that staff are writing: `at` is the number of the revision that counts now."""

    key: str = Field(primary_key=True)
    at: int
    marks: dict[str, str] = Field(default_factory=dict, sa_type=Document)
    retired_on: dt.date | None = None


class Revision(SQLModel, table=True):
    """A draft as somebody left it, and what they did.

    `before` is the revision that undo goes back to, `undone` the one that redo brings back; `change` is what last
    changed its content, where `did` may say that it was undone.
    """

    __table_args__ = (UniqueConstraint("draft_key", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    draft_key: str = Field(foreign_key="draft.key")
    number: int
    before: int | None = None
    undone: int | None = None
    source: str
    who: str
    did: str
    change: str
    made_at: dt.datetime


class Consultation(SQLModel, table=True):
    """A dated ask with a decision behind it."""

    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(unique=True)
    title: str
    summary: str
    decides: str
    outcome: str
    opens_on: dt.date
    closes_on: dt.date
    outcome_on: dt.date
    place: str | None = None
    synthetic: bool = False
    source: str | None = None
    headline: str | None = None
    headline_level: list[str] = Field(default_factory=list, sa_type=Document)

    collections: list["Collection"] = Relationship(back_populates="consultation")


class Collection(SQLModel, table=True):
    """One way in which a consultation gathers responses."""

    id: int | None = Field(default=None, primary_key=True)
    consultation_id: int = Field(foreign_key="consultation.id", index=True)
    instrument_id: int = Field(foreign_key="instrument.id")
    name: str
    design: Design = Field(sa_type=DesignName)

    consultation: Consultation = Relationship(back_populates="collections")
    instrument: Instrument = Relationship()
    settings: list["Setting"] = Relationship(back_populates="collection")


class Setting(SQLModel, table=True):
    """A school, club, stall or poster with its own code: the cluster of the design."""

    id: int | None = Field(default=None, primary_key=True)
    collection_id: int = Field(foreign_key="collection.id", index=True)
    code: str = Field(unique=True)
    name: str
    borough: str | None = None
    retired_on: dt.date | None = None

    collection: Collection = Relationship(back_populates="settings")


def new_response_key() -> str:
    """128 random bits as 22 characters that fit in a path."""
    return secrets.token_urlsafe(16)


class Response(SQLModel, table=True):
    """What one person gave: no name, no address, no device, no time finer than the day.

    `quarter` is the quarter of an hour of the last change, kept only while the response is open, so
    that one that was left stops showing its answers (`concealed` lists those); 0 means left by choice.
    `turns` says which of several writes of a page came last, by the phone's own count, until it is submitted.
    `language` is the one that the questions were read in; None for the set's own. `borough`, `age_band` and
    `gender` are copied from the answers when the response is submitted, and `quick` says whether it came faster than
    anybody can read (None: not known); how long it took is stored nowhere.
    """

    __table_args__ = (
        Index("ix_response_submitted", "collection_id", "submitted_on"),
        Index("ix_response_setting", "setting_id", "submitted_on"),
        {"sqlite_with_rowid": False},  # or rows would keep the order in which people came
    )

    key: str = Field(default_factory=new_response_key, primary_key=True, max_length=22)
    collection_id: int = Field(foreign_key="collection.id")
    instrument_id: int = Field(foreign_key="instrument.id")
    setting_id: int | None = Field(default=None, foreign_key="setting.id")
    answers: dict[str, Any] = Field(default_factory=dict, sa_type=Document)
    concealed: list[str] = Field(default_factory=list, sa_type=Document)
    quarter: int | None = None
    language: str | None = None
    turns: dict[str, Any] = Field(default_factory=dict, sa_type=Document)
    started_on: dt.date
    submitted_on: dt.date | None = None
    borough: str | None = None
    age_band: str | None = None
    gender: str | None = None
    quick: bool | None = None


class InterfaceText(SQLModel, table=True):
    """Words of the interface that staff put in place of a catalogue's; `form` is that of a plural, else 0."""

    __tablename__ = "interface_text"

    language: str = Field(primary_key=True)
    sentence: str = Field(primary_key=True)
    form: int = Field(default=0, primary_key=True)
    words: str


class Staff(SQLModel, table=True):
    """A member of staff and the roles they hold."""

    id: int | None = Field(default=None, primary_key=True)
    name: str
    roles: list[str] = Field(default_factory=list, sa_type=Document)


class Invitation(SQLModel, table=True):
    """A link that signs one member of staff in, once. Only its hash is stored."""

    token_hash: str = Field(primary_key=True)
    staff_id: int = Field(foreign_key="staff.id")
    expires_at: dt.datetime
    used_at: dt.datetime | None = None

    staff: Staff = Relationship()


class StaffSession(SQLModel, table=True):
    """A browser in which a member of staff is signed in. Only the cookie's hash is stored."""

    __tablename__ = "staff_session"

    token_hash: str = Field(primary_key=True)
    staff_id: int = Field(foreign_key="staff.id")
    started_at: dt.datetime
    seen_at: dt.datetime

    staff: Staff = Relationship()


class HelpLineCheck(SQLModel, table=True):
    """When a member of staff last found that a help line, known by its address, is as we say."""

    __tablename__ = "help_line_check"

    href: str = Field(primary_key=True)
    checked_on: dt.date
    who: str


class AuditEntry(SQLModel, table=True):
    """Who of the staff did what to which object, and why. The database refuses to change one."""

    __tablename__ = "audit_entry"

    id: int | None = Field(default=None, primary_key=True)
    at: dt.datetime
    who: str
    did: str
    object: str
    why: str | None = None
