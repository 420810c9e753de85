"""The tables: what is stored, and nothing that is not needed."""

import datetime as dt
import secrets
from enum import StrEnum
from typing import Any, Optional

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


class Kind(StrEnum):
    """By what way a collection gathers responses; which designs it may have is in `fieldwork.claims`."""

    SCHOOLS = "schools"
    YOUTH_SETTINGS = "youth settings"
    OPEN_LINK = "open link"
    PANEL = "panel"
    ROOM = "room"
    PAPER = "paper"
    TALLY = "tally"


class Devices(StrEnum):
    """Whose device people answer on: their own, one that a class shares, or a tablet that stands somewhere."""

    OWN = "own"
    SHARED = "shared"
    KIOSK = "kiosk"


class ConsentRoute(StrEnum):
    """Who decides that a person may take part: at 16 and over they themselves; under 16 a setting allows it first."""

    OWN = "own"
    SETTING = "setting"


class Permission(StrEnum):
    """What a setting's permission for people under 16 rests on."""

    PARENTS_AGREED = "parents agreed"
    PARENTS_COULD_OBJECT = "parents could object"
    SETTING_DECIDED = "setting decided"


def _by_value(names: type[StrEnum], length: int) -> Enum:
    """Names that a column holds as they are spelt."""
    return Enum(
        names, native_enum=False, length=length, values_callable=lambda every: [one.value for one in every]
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

    collections: list["Collection"] = Relationship(back_populates="consultation")
    series: Series | None = Relationship(back_populates="waves")


class Collection(SQLModel, table=True):
    """One way in which a consultation gathers responses. `routes` are the consent routes that are open in it.

    `points` is how wide the interval of a borough's headline figure may be to either side, in percentage points, and
    `points_each` that of an age band in a borough: the targets that its fieldwork is for.

    `kind` is None for one that came in as a file. `opens_on` and `closes_on` are its own days within those of the
    consultation, None for the same. `host` is who runs it, `borough` the one that its settings are in where nothing
    else is said, and `permission` with its note what a new setting begins with.
    """

    id: int | None = Field(default=None, primary_key=True)
    consultation_id: int = Field(foreign_key="consultation.id", index=True)
    instrument_id: int = Field(foreign_key="instrument.id")
    name: str
    design: Design = Field(sa_type=_by_value(Design, 20))
    routes: list[str] = Field(default_factory=lambda: [*ConsentRoute], sa_type=Document)
    points: int = 5
    points_each: int = 10
    kind: Kind | None = Field(default=None, sa_type=_by_value(Kind, 20))
    opens_on: dt.date | None = None
    closes_on: dt.date | None = None
    host: str | None = None
    borough: str | None = None
    permission: Permission | None = Field(default=None, sa_type=_by_value(Permission, 40))
    permission_note: str | None = None

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
    devices: Devices = Field(default=Devices.OWN, sa_type=_by_value(Devices, 20))
    permission: Permission | None = Field(default=None, sa_type=_by_value(Permission, 40))
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


class KeptCube(SQLModel, table=True):
    """A part of the cube of a question, or of everybody (""), in a collection; see `survey.measuring.kept`."""

    __tablename__ = "kept_cube"
    __table_args__ = (
        Index("ix_kept_cube", "collection_id", "question"),
        {"sqlite_autoincrement": True},  # the last number is part of a mark: it must never come again
    )

    id: int | None = Field(default=None, primary_key=True)
    collection_id: int = Field(foreign_key="collection.id")
    question: str
    cells: bytes


class PageTime(SQLModel, table=True):
    """How many people took about so long for a page, over all responses: see `survey.measuring.page_times`.

    It says nothing of any one of them: it has no response, and no day.
    """

    __tablename__ = "page_time"

    collection_id: int = Field(foreign_key="collection.id", primary_key=True)
    instrument_id: int = Field(foreign_key="instrument.id", primary_key=True)
    page: str = Field(primary_key=True)
    span: int = Field(primary_key=True)
    people: int


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


class Publication(SQLModel, table=True):
    """Results as they were published, frozen: see `survey.publications.making`. The database refuses to change one.

    `number` counts the publications of a consultation; a later one supersedes the earlier, and `correction` is what it
    corrects in it, if that is why it was made. `checksum` is of `content`.
    """

    __table_args__ = (UniqueConstraint("consultation_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    consultation_id: int = Field(foreign_key="consultation.id", index=True)
    number: int
    published_on: dt.date
    published_by: str
    correction: str | None = None
    content: dict[str, Any] = Field(sa_type=Document)
    checksum: str = Field(max_length=64)


class PublicationCounts(SQLModel, table=True):
    """What a publication counted, unrounded, which rows of it are shown, and of which collection it is.

    So the next one of that collection can be safe beside it (see `analysis.disclosure.Counted`). No page shows it.
    """

    __tablename__ = "publication_counts"

    publication_id: int = Field(foreign_key="publication.id", primary_key=True)
    collection_id: int = Field(foreign_key="collection.id", index=True)
    counted: list[dict[str, Any]] = Field(sa_type=Document)


class LookedAt(SQLModel, table=True):
    """What a collection's publication would be, as staff looked at it last: it takes long to make, and is what they
    publish. `mark` is of the responses that are in it (see `survey.measuring.kept.mark`), `why` and
    `counted` as in `survey.publications.making.Preview`.
    """

    __tablename__ = "looked_at"

    collection_id: int = Field(foreign_key="collection.id", primary_key=True)
    mark: str
    made_on: dt.date
    content: dict[str, Any] = Field(sa_type=Document)
    why: list[list[str]] = Field(sa_type=Document)
    checksum: str = Field(max_length=64)
    counted: list[dict[str, Any]] = Field(default_factory=list, sa_type=Document)


class FileRequest(SQLModel, table=True):
    """A file of rows that an analyst asks for, and what becomes of it.

    `steps` say how much of what may tell who somebody is the file gives; `blank_rest` whether responses that stand
    alone even so lose it. `found` is the report that was shown when it was asked for. `approved` and `sentence` are
    what the second person said, who is None until they did. While it is made, `progress` says how far it is and
    `worked_at` when that was written; `fault` is why it could not be. It can be fetched from `made_at` to
    `good_until`; `removed_at` says when its files were taken away.
    """

    __tablename__ = "file_request"

    id: int | None = Field(default=None, primary_key=True)
    collection_id: int = Field(foreign_key="collection.id", index=True)
    asked_by_id: int = Field(foreign_key="staff.id")
    asked_at: dt.datetime
    reason: str
    formats: list[str] = Field(default_factory=list, sa_type=Document)
    steps: dict[str, str] = Field(default_factory=dict, sa_type=Document)
    blank_rest: bool = False
    found: dict[str, Any] = Field(default_factory=dict, sa_type=Document)
    decided_by_id: int | None = Field(default=None, foreign_key="staff.id")
    decided_at: dt.datetime | None = None
    approved: bool | None = None
    sentence: str | None = None
    total: int = 0
    written: int = 0
    progress: dict[str, Any] = Field(default_factory=dict, sa_type=Document)
    worked_at: dt.datetime | None = None
    fault: str | None = None
    made_at: dt.datetime | None = None
    good_until: dt.datetime | None = None
    removed_at: dt.datetime | None = None

    collection: Collection = Relationship()
    asked_by: Staff = Relationship(sa_relationship_kwargs={"foreign_keys": "FileRequest.asked_by_id"})
    decided_by: Staff | None = Relationship(
        sa_relationship_kwargs={"foreign_keys": "FileRequest.decided_by_id"}
    )


class Recipe(SQLModel, table=True):
    """A numbered version of how a collection is weighted, as text. The database refuses to change one."""

    __table_args__ = (UniqueConstraint("collection_id", "name", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    collection_id: int = Field(foreign_key="collection.id", index=True)
    name: str
    version: int
    source: str
    made_by: str
    made_on: dt.date


class RecipeInUse(SQLModel, table=True):
    """Which recipe a collection is weighted by; without a row, or with None, the usual one."""

    __tablename__ = "recipe_in_use"

    collection_id: int = Field(foreign_key="collection.id", primary_key=True)
    recipe_id: int | None = Field(default=None, foreign_key="recipe.id")

    recipe: Recipe | None = Relationship()


class ReferenceSeries(SQLModel, table=True):
    """Published figures of another survey, to stand beside ours: who they are about, and where they are from.

    `population` is who was asked, in words; `months` how many months a figure covers, up to its date; `bases` what is
    published of how many were asked, where the values do not say. `assumed` is what was assumed in reading the file,
    in the sentences that somebody approved. `place` is the key of the place whose areas these are.
    """

    __tablename__ = "reference_series"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    title: str
    place: str
    population: str
    months: int
    bases: str | None = None
    source: str
    licence: str
    url: str | None = None
    file: str
    assumed: list[str] = Field(default_factory=list, sa_type=Document)
    imported_by: str
    imported_at: dt.datetime

    measures: list["ReferenceMeasure"] = Relationship(back_populates="series")


class ReferenceMeasure(SQLModel, table=True):
    """One question of a reference series: its exact wording, and which answer is counted."""

    __tablename__ = "reference_measure"
    __table_args__ = (UniqueConstraint("series_id", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    series_id: int = Field(foreign_key="reference_series.id", index=True)
    name: str
    wording: str
    answer: str

    series: ReferenceSeries = Relationship(back_populates="measures")


class ReferenceFigure(SQLModel, table=True):
    """A published share (0 to 1) of an area at the end of a period; `area` is a borough's code, or the place's key."""

    __tablename__ = "reference_figure"

    measure_id: int = Field(foreign_key="reference_measure.id", primary_key=True)
    area: str = Field(primary_key=True)
    ends_on: dt.date = Field(primary_key=True)
    proportion: float
    people: int | None = None
