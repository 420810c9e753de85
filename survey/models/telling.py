"""What is told of a consultation beside what it asks: links, stages, meetings, and who wants it in another form."""

import datetime as dt

from sqlmodel import Field, SQLModel

from survey.models.kinds import Audience, by_value


class Link(SQLModel, table=True):
    """A document or a page elsewhere that belongs to a consultation, with what it says in plain words."""

    id: int | None = Field(default=None, primary_key=True)
    consultation_id: int = Field(foreign_key="consultation.id", index=True)
    title: str
    address: str
    summary: str
    added_on: dt.date


class Milestone(SQLModel, table=True):
    """A named stage of a consultation with days of its own, such as workshops; `until` is None for one day."""

    id: int | None = Field(default=None, primary_key=True)
    consultation_id: int = Field(foreign_key="consultation.id", index=True)
    title: str
    about: str
    on: dt.date
    until: dt.date | None = None


class Meeting(SQLModel, table=True):
    """A session where people are in one place: to come, or held, with how many came and what was noted.

    `people` is None until it was counted. `note` is what may be read by everybody of what was said there, without
    names; `kept_by` is who of the staff wrote it.
    """

    id: int | None = Field(default=None, primary_key=True)
    consultation_id: int = Field(foreign_key="consultation.id", index=True)
    title: str
    held_on: dt.date
    where: str
    about: str = ""
    host: str = ""
    audience: Audience = Field(default=Audience.YOUNG, sa_type=by_value(Audience, 20))
    people: int | None = None
    note: str = ""
    kept_by: str | None = None


class FormatRequest(SQLModel, table=True):
    """Somebody who wants a consultation in another form, and how to reach them until they have it.

    `contact` is emptied when it is done. It is not joined to any answer.
    """

    __tablename__ = "format_request"

    id: int | None = Field(default=None, primary_key=True)
    consultation_id: int = Field(foreign_key="consultation.id", index=True)
    wanted: str
    contact: str
    asked_on: dt.date
    done_on: dt.date | None = None
    done_by: str | None = None
