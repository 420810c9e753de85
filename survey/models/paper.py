"""What comes from paper: forms that are printed with a number and typed in twice, and what was counted in a session."""

import datetime as dt
from typing import Any

from sqlmodel import Field, Relationship, SQLModel

from survey.models.asking import Collection, Instrument, Setting
from survey.models.kinds import ConsentRoute, Document, by_value
from survey.models.staff import Staff
from survey.models.telling import Meeting


class Batch(SQLModel, table=True):
    """Forms that were printed together, for one setting of a collection and in one language.

    `letters` and a form's place among them make its number. `filled_on` and `route` are what the facilitator wrote on
    the cover: the day, and who decided that people take part; None until staff wrote it down (`noted_by`).
    """

    __tablename__ = "paper_batch"

    id: int | None = Field(default=None, primary_key=True)
    collection_id: int = Field(foreign_key="collection.id", index=True)
    instrument_id: int = Field(foreign_key="instrument.id")
    setting_id: int = Field(foreign_key="setting.id")
    letters: str = Field(unique=True, max_length=4)
    language: str
    forms: int
    made_on: dt.date
    made_by: str
    filled_on: dt.date | None = None
    route: ConsentRoute | None = Field(default=None, sa_type=by_value(ConsentRoute, 20))
    noted_by: str | None = None

    collection: Collection = Relationship()
    instrument: Instrument = Relationship()
    setting: Setting = Relationship()


class PaperForm(SQLModel, table=True):
    """A form that somebody has typed in: `number` is its place in its batch.

    `typed` and `checked` are what the two people typed, by question, and are emptied when it is in (`entered_on`):
    nothing leads from a form to its response. `marks` counts what could not be taken: two ticks, unreadable. `nobody`:
    it came back, and nobody had filled it in. `alone`: one person did both, as the installation allows.
    """

    __tablename__ = "paper_form"

    batch_id: int = Field(foreign_key="paper_batch.id", primary_key=True)
    number: int = Field(primary_key=True)
    typed_by_id: int = Field(foreign_key="staff.id")
    typed_on: dt.date
    typed: dict[str, str] = Field(default_factory=dict, sa_type=Document)
    checked_by_id: int | None = Field(default=None, foreign_key="staff.id")
    checked: dict[str, str] = Field(default_factory=dict, sa_type=Document)
    entered_on: dt.date | None = None
    marks: dict[str, int] = Field(default_factory=dict, sa_type=Document)
    nobody: bool = False
    alone: bool = False

    batch: Batch = Relationship()
    typed_by: Staff = Relationship(sa_relationship_kwargs={"foreign_keys": "PaperForm.typed_by_id"})
    checked_by: Staff | None = Relationship(
        sa_relationship_kwargs={"foreign_keys": "PaperForm.checked_by_id"}
    )


class Tally(SQLModel, table=True):
    """What was counted of one question in a session: how many for each code."""

    meeting_id: int = Field(foreign_key="meeting.id", primary_key=True)
    collection_id: int = Field(foreign_key="collection.id", primary_key=True)
    question: str = Field(primary_key=True)
    counts: dict[str, int] = Field(default_factory=dict, sa_type=Document)
    kept_on: dt.date
    kept_by: str

    meeting: Meeting = Relationship()
    collection: Collection = Relationship()


class CountedWords(SQLModel, table=True):
    """What a collection that is counts and words said, as it was published once: only what everybody may read.

    `counted` has of each question its key, how many answered, what is shown by code, and what is not (see
    `survey.tallied`). After it no form comes in: the difference would tell of one person.
    """

    __tablename__ = "counted_words"

    collection_id: int = Field(foreign_key="collection.id", primary_key=True)
    responses: int
    counted: list[dict[str, Any]] = Field(default_factory=list, sa_type=Document)
    published_on: dt.date
    published_by: str
