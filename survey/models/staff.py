"""Staff: who they are, what they may do and did, the words and the help lines that they keep."""

import datetime as dt

from sqlmodel import Field, Relationship, SQLModel

from survey.models.kinds import Document


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


class Secret(SQLModel, table=True):
    """What an installation signs with, by what for: made once, and the same in all of its processes."""

    purpose: str = Field(primary_key=True)
    value: bytes


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
