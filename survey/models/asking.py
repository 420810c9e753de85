"""What is asked, of whom, and what they answered: question sets, consultations, collections, settings, responses."""

import datetime as dt
import secrets
from typing import TYPE_CHECKING, Any, Optional

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, Relationship, SQLModel

from survey.models.kinds import Audience, ConsentRoute, Design, Devices, Document, Kind, Permission, by_value

if TYPE_CHECKING:
    from survey.models.publishing import RecipeInUse


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


class Series(SQLModel, table=True):
    """Consultations that ask the same again: each is a wave of it. `key` is part of its address."""

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    title: str

    waves: list["Consultation"] = Relationship(back_populates="series")


class Consultation(SQLModel, table=True):
    """A dated ask with a decision behind it; a wave, where it is one of a series.

    `least_base` is how many people must have answered for a figure to be shown, `least_count` how many of them must
    have given the answer and how many another, `least_extreme` how many must have answered where all or none gave it.
    `planning` is true until somebody announces it: till then it has no page, and no code opens anything. `deciding`
    is what is being decided, `settled` what is decided already, `decided_by` whose decision it is (a role) and
    `decided_on` by when. `owners` are the bodies that ask, `organisations` those that take part, `topics` keys of the
    place's topics. `replied_on` is when each of its findings had a reply after it had closed, here or, for one that
    ended before, elsewhere.
    `moved` is which announced days became others: what, on which day, from, to.
    `translations` has what it says of itself (`survey.translated.PARTS`) by language, as far as it is written.
    """

    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(unique=True)
    title: str
    summary: str
    decides: str
    outcome: str
    opens_on: dt.date
    closes_on: dt.date
    outcome_on: dt.date
    planning: bool = False
    announced_on: dt.date | None = None
    deciding: str = ""
    settled: str = ""
    background: str = ""
    decided_by: str = ""
    decided_on: dt.date | None = None
    owners: list[str] = Field(default_factory=list, sa_type=Document)
    organisations: list[str] = Field(default_factory=list, sa_type=Document)
    topics: list[str] = Field(default_factory=list, sa_type=Document)
    replied_on: dt.date | None = None
    moved: list[dict[str, str]] = Field(default_factory=list, sa_type=Document)
    place: str | None = None
    synthetic: bool = False
    source: str | None = None
    headline: str | None = None
    headline_level: list[str] = Field(default_factory=list, sa_type=Document)
    results_published_on: dt.date | None = None
    least_base: int = 10
    least_count: int = 5
    least_extreme: int = 30
    series_id: int | None = Field(default=None, foreign_key="series.id", index=True)
    translations: dict[str, dict[str, str]] = Field(default_factory=dict, sa_type=Document)

    collections: list["Collection"] = Relationship(back_populates="consultation")
    series: Series | None = Relationship(back_populates="waves")


class Collection(SQLModel, table=True):
    """One way in which a consultation gathers responses. `routes` are the consent routes that are open in it.

    `points` is how wide the interval of a borough's headline figure may be to either side, in percentage points, and
    `points_each` that of an age band in a borough: the targets that its fieldwork is for.

    `kind` is None for one that came in as a file. `opens_on` and `closes_on` are its own days within those of the
    consultation, None for the same. `host` is who runs it, `borough` the one that its settings are in where nothing
    else is said, and `permission` with its note what a new setting begins with. `audience` is whom it asks.
    """

    id: int | None = Field(default=None, primary_key=True)
    consultation_id: int = Field(foreign_key="consultation.id", index=True)
    instrument_id: int = Field(foreign_key="instrument.id")
    name: str
    design: Design = Field(sa_type=by_value(Design, 20))
    routes: list[str] = Field(default_factory=lambda: [*ConsentRoute], sa_type=Document)
    points: int = 5
    points_each: int = 10
    kind: Kind | None = Field(default=None, sa_type=by_value(Kind, 20))
    opens_on: dt.date | None = None
    closes_on: dt.date | None = None
    host: str | None = None
    borough: str | None = None
    permission: Permission | None = Field(default=None, sa_type=by_value(Permission, 40))
    permission_note: str | None = None
    audience: Audience = Field(default=Audience.YOUNG, sa_type=by_value(Audience, 20))

    consultation: Consultation = Relationship(back_populates="collections")
    instrument: Instrument = Relationship()
    settings: list["Setting"] = Relationship(back_populates="collection")
    recipe_in_use: Optional["RecipeInUse"] = Relationship(sa_relationship_kwargs={"uselist": False})

    @property
    def first_day(self) -> dt.date:
        """The first day on which it takes answers: never before the consultation opens."""
        return max(self.consultation.opens_on, self.opens_on or self.consultation.opens_on)

    @property
    def last_day(self) -> dt.date:
        """The last day on which it takes answers: never after the consultation closes."""
        return min(self.consultation.closes_on, self.closes_on or self.consultation.closes_on)


class Setting(SQLModel, table=True):
    """A school, club, stall or poster with its own code: the cluster of the design.

    `permission` is what allows people under 16 to take part here, None where nothing does; who of the staff recorded
    it, when, and what they wrote of it stands beside it. `expected` is how many young people are expected to answer
    here. `host_hash` is the hash of the secret in its host's link, which was made on `host_since`. `chance` is the
    probability with which it was drawn into a probability sample, over 0 and up to 1; None where it is not known.
    """

    id: int | None = Field(default=None, primary_key=True)
    collection_id: int = Field(foreign_key="collection.id", index=True)
    code: str = Field(unique=True)
    name: str
    borough: str | None = None
    retired_on: dt.date | None = None
    devices: Devices = Field(default=Devices.OWN, sa_type=by_value(Devices, 20))
    permission: Permission | None = Field(default=None, sa_type=by_value(Permission, 40))
    permission_note: str | None = None
    permission_by: str | None = None
    permission_on: dt.date | None = None
    expected: int | None = None
    host_hash: str | None = Field(default=None, max_length=64, unique=True)
    host_since: dt.date | None = None
    chance: float | None = None

    collection: Collection = Relationship(back_populates="settings")


class OldCode(SQLModel, table=True):
    """A code that a setting had before it was given another: it opens nothing, and is never used again."""

    __tablename__ = "old_code"

    code: str = Field(primary_key=True)
    setting_id: int = Field(foreign_key="setting.id", index=True)
    retired_on: dt.date


class DeletedResponse(SQLModel, table=True):
    """That a response was deleted, for two days: see `survey.answering.deleted`. Nothing of what was in it."""

    __tablename__ = "deleted_response"

    key_hash: str = Field(primary_key=True, max_length=64)
    deleted_on: dt.date = Field(index=True)


def new_response_key() -> str:
    """128 random bits as 22 characters that fit in a path."""
    return secrets.token_urlsafe(16)


class Response(SQLModel, table=True):
    """What one person gave: no name, no address, no device, no time finer than the day.

    `quarter` is the quarter of an hour of the last change, kept only while the response is open, so
    that one that was left stops showing its answers (`concealed` lists those); 0 means left by choice.
    `turns` says which of several writes of a page came last, by the phone's own count, until it is submitted.
    `language` is the one that the questions were read in; None for the set's own. `route` says who decided that this
    person takes part (see `ConsentRoute`); None for what came in as a file. `receipt_hash` is the hash of the code
    that lets its holder delete the response. `borough`, `age_band` and `gender` are copied from the answers when the
    response is submitted, and `quick` says whether it came faster than anybody can read (None: not known); how long it
    took is stored nowhere. `counted` says whether it is in the kept cubes: of those who sent, or,
    before that, of those who stopped.
    """

    __table_args__ = (
        Index("ix_response_counted", "collection_id", "counted", "submitted_on"),
        Index("ix_response_setting", "setting_id", "submitted_on"),
        Index("ix_response_receipt", "receipt_hash"),
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
    route: str | None = Field(default=None, max_length=20)
    receipt_hash: str | None = Field(default=None, max_length=64)
    started_on: dt.date
    submitted_on: dt.date | None = None
    borough: str | None = None
    age_band: str | None = None
    gender: str | None = None
    quick: bool | None = None
    counted: bool = False
