"""The panel's own tables. Nothing outside this package can see them, and nothing in them knows of an answer.

No row has a number or a time that says when it came: keys are drawn by chance, and a yes is dated by its month.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import LargeBinary, MetaData
from sqlmodel import Field, SQLModel

from survey.models.kinds import Document, by_value

AGE_BANDS = ("16-17", "18-20", "21-25")  # nobody under 16 is in the panel
AGAIN = "+"  # before the number of a letter that was told to some already and goes to others
NOT_SAID, ELSEWHERE = "not_said", "elsewhere"  # instead of a borough


class Purpose(StrEnum):
    """What we may write about, each with a yes of its own."""

    SURVEYS = "surveys"
    MEETINGS = "meetings"
    CHANGES = "changes"


class Progress(StrEnum):
    """How far the sending of invitations is."""

    WAITING = "waiting"
    BEGUN = "begun"
    DONE = "done"
    TOO_FEW = "too few"


class PanelTable(SQLModel):
    """What all tables of the panel share: they are none of those that answers are in."""

    metadata = MetaData()


class Member(PanelTable, table=True):
    """Somebody who asked to be asked again.

    `contact` is their e-mail address, sealed; `mark` a keyed hash of it, so that nobody is in twice. `waits_until` is
    the last day to confirm it, None once that was done. `expires_on` is the end of the month a year after their last
    yes, and `asked_again` whether they were asked for another.
    """

    __tablename__ = "panel_member"
    __table_args__ = {"sqlite_with_rowid": False}  # or rows would keep the order in which people came

    id: str = Field(primary_key=True, max_length=22)
    contact: bytes = Field(sa_type=LargeBinary)
    mark: str = Field(unique=True, max_length=64)
    age_band: str
    borough: str
    waits_until: dt.date | None = None
    expires_on: dt.date
    asked_again: bool = False


class Consent(PanelTable, table=True):
    """A yes of a member to one purpose. `given_in` is the first day of the month in which it was given."""

    __tablename__ = "panel_consent"
    __table_args__ = {"sqlite_with_rowid": False}

    member_id: str = Field(primary_key=True, foreign_key="panel_member.id", ondelete="CASCADE")
    purpose: Purpose = Field(primary_key=True, sa_type=by_value(Purpose, 20))
    given_in: dt.date


@dataclass(frozen=True, slots=True)
class Groups:
    """Whom staff choose: of these boroughs and age bands; empty for all."""

    boroughs: tuple[str, ...] = ()
    age_bands: tuple[str, ...] = ()

    def hold(self, member: Member) -> bool:
        """Whether somebody is in them."""
        there = not self.boroughs or member.borough in self.boroughs
        return there and (not self.age_bands or member.age_band in self.age_bands)

    def cover(self, other: Groups) -> bool:
        """Whether everybody of others is in these.

        >>> Groups(("E1",)).cover(Groups(("E1",), ("16-17",))), Groups(("E1",)).cover(Groups())
        (True, False)
        """
        pairs = ((self.boroughs, other.boroughs), (self.age_bands, other.age_bands))
        return all(not mine or (theirs and {*theirs} <= {*mine}) for mine, theirs in pairs)


class Sent(PanelTable):
    """What is sent once to a crowd: to whom, as groups, and how many left. Never to which person.

    `trouble` is why nothing could be sent so far.
    """

    boroughs: list[str] = Field(default_factory=list, sa_type=Document)
    age_bands: list[str] = Field(default_factory=list, sa_type=Document)
    asked_by: str
    asked_on: dt.date
    progress: Progress = Field(default=Progress.WAITING, sa_type=by_value(Progress, 20))
    sent: int = 0
    failed: int = 0
    trouble: str = ""


class Sending(Sent, table=True):
    """Invitations to a collection."""

    __tablename__ = "panel_sending"

    collection_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})


class News(Sent, table=True):
    """A letter about a meeting, or about what changed, to those who said yes to that.

    `key` is what it is about, so that it leaves once (to others of a meeting with a number behind it), and `about` the
    same in words; `told` its paragraphs in each language, the first being its subject; `until` the last day of the
    changes that it tells, None for a meeting.
    """

    __tablename__ = "panel_news"

    key: str = Field(primary_key=True)
    purpose: Purpose = Field(sa_type=by_value(Purpose, 20))
    about: str
    told: dict[str, list[str]] = Field(default_factory=dict, sa_type=Document)
    until: dt.date | None = None

    @property
    def groups(self) -> Groups:
        """To whom it goes."""
        return Groups((*self.boroughs,), (*self.age_bands,))


def groups_told(sent: Sequence[News], letter: str) -> list[Groups]:
    """The groups that a letter was sent to, or is on its way to; a letter to others of a meeting has a number behind
    its key."""
    return [one.groups for one in sent if one.key.partition(AGAIN)[0] == letter]


def next_key(sent: Sequence[News], letter: str) -> str:
    """The key of a letter that was told to some already and goes to others."""
    times = len(groups_told(sent, letter))
    return f"{letter}{AGAIN}{times + 1}" if times else letter
