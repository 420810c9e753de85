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
    """A member of staff and the roles they hold; `left_on`: since when they may not come in any more."""

    id: int | None = Field(default=None, primary_key=True)
    name: str
    roles: list[str] = Field(default_factory=list, sa_type=Document)
    left_on: dt.date | None = None


class Invitation(SQLModel, table=True):
    """A link that signs one member of staff in, once. Only its hash is stored."""

    token_hash: str = Field(primary_key=True)
    staff_id: int = Field(foreign_key="staff.id")
    expires_at: dt.datetime
    used_at: dt.datetime | None = None

    staff: Staff = Relationship()


class StaffSession(SQLModel, table=True):
    """A browser in which a member of staff is signed in. Only the cookie's hash is stored.

    way: how they signed in. device: the browser and the system, in words. confirmed_at: when they last showed that it
    is they who sit there.
    """

    __tablename__ = "staff_session"

    token_hash: str = Field(primary_key=True)
    staff_id: int = Field(foreign_key="staff.id")
    started_at: dt.datetime
    seen_at: dt.datetime
    confirmed_at: dt.datetime
    way: str
    device: str

    staff: Staff = Relationship()


class Passkey(SQLModel, table=True):
    """A passkey of a member of staff (WebAuthn). `id` is the credential's, in base64url; `uses` its own count."""

    id: str = Field(primary_key=True)
    staff_id: int = Field(foreign_key="staff.id", index=True)
    public_key: bytes
    uses: int
    name: str
    made_at: dt.datetime
    used_at: dt.datetime | None = None

    staff: Staff = Relationship()


class Password(SQLModel, table=True):
    """A password (Argon2id) of a member of staff, with the secret of the six figures (TOTP) that go with it.

    used_step: the last half minute whose figures were taken, so that none are twice. wrong: tries since the last right
    one, and wait_until: before when none is looked at.
    """

    staff_id: int = Field(foreign_key="staff.id", primary_key=True)
    hashed: str
    secret: str
    used_step: int = 0
    wrong: int = 0
    wait_until: dt.datetime | None = None
    set_at: dt.datetime

    staff: Staff = Relationship()


class Identity(SQLModel, table=True):
    """A member of staff's account at an identity provider (OpenID Connect): who issued it, and its subject there."""

    issuer: str = Field(primary_key=True)
    subject: str = Field(primary_key=True)
    staff_id: int = Field(foreign_key="staff.id", index=True)
    joined_at: dt.datetime

    staff: Staff = Relationship()


class Ceremony(SQLModel, table=True):
    """What a passkey was asked to sign, or an identity provider to answer, for whom (nobody yet: at sign-in) and until
    when. Used once."""

    token_hash: str = Field(primary_key=True)
    challenge: bytes
    staff_id: int | None = Field(default=None, foreign_key="staff.id")
    expires_at: dt.datetime


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
