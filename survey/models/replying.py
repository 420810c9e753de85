"""What was heard, what is said to it, and whether it was done: findings, replies, updates, verdicts of youth groups."""

import datetime as dt
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Relationship, SQLModel

from survey.models.asking import Consultation
from survey.models.kinds import Answer, Document, Evidence, by_value


class Finding(SQLModel, table=True):
    """One plain sentence of what a consultation heard, with what it rests on.

    `number` is its place in the consultation, and in its address. `evidence` points at what it rests on: of an
    estimate the publication and its row; of a code its counts; of a room or a meeting its number, and the words that
    stand for it; of a printed document its title, address and words (see `survey.heard.evidence`). `quotes` are at
    most three cleared ones. `written_by` is who changed it last. `published_on` is None while it is written; from
    then on it changes by a `Correction` only. `translations` has the sentence by language.
    """

    __table_args__ = (UniqueConstraint("consultation_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    consultation_id: int = Field(foreign_key="consultation.id")
    number: int
    sentence: str
    rests_on: Evidence = Field(sa_type=by_value(Evidence, 20))
    evidence: dict[str, Any] = Field(default_factory=dict, sa_type=Document)
    quotes: list[str] = Field(default_factory=list, sa_type=Document)
    topics: list[str] = Field(default_factory=list, sa_type=Document)
    borough: str | None = None
    written_by: str
    published_on: dt.date | None = None
    translations: dict[str, dict[str, str]] = Field(default_factory=dict, sa_type=Document)

    consultation: Consultation = Relationship()
    replies: list["Reply"] = Relationship(
        back_populates="finding", sa_relationship_kwargs={"order_by": "Reply.id"}
    )
    corrections: list["Correction"] = Relationship(
        back_populates="finding", sa_relationship_kwargs={"order_by": "Correction.id"}
    )


class Reply(SQLModel, table=True):
    """What somebody who decides says to a finding: an answer, because; where it is yes or partly, what will be done.

    It is a commitment if it has a `promise`; `owner` is a role or a body, never a person. `due` is the day by which it
    was promised, and lateness counts from it; `done_on` is when it was done. `source` says where it was printed first,
    if that was elsewhere. `written_by` is who changed it last. `published_on` is None while it is written; from then
    on its words change by a `Correction` only. `translations` has promise and because by language.
    """

    id: int | None = Field(default=None, primary_key=True)
    finding_id: int = Field(foreign_key="finding.id", index=True)
    answer: Answer = Field(sa_type=by_value(Answer, 10))
    because: str
    promise: str = ""
    owner: str
    due: dt.date | None = None
    borough: str | None = None
    source: str = ""
    written_by: str
    published_on: dt.date | None = None
    done_on: dt.date | None = None
    translations: dict[str, dict[str, str]] = Field(default_factory=dict, sa_type=Document)

    finding: Finding = Relationship(back_populates="replies")
    updates: list["Update"] = Relationship(
        back_populates="reply", sa_relationship_kwargs={"order_by": "Update.id"}
    )
    corrections: list["Correction"] = Relationship(
        back_populates="reply", sa_relationship_kwargs={"order_by": "Correction.id"}
    )
    verdicts: list["Verdict"] = Relationship(
        back_populates="reply", sa_relationship_kwargs={"order_by": "Verdict.id"}
    )


class Update(SQLModel, table=True):
    """How far a commitment is, on the day on which that was said.

    `done` says that with this it was kept, `reopened` that it was not after all. `expected_on` is the day by which it
    is expected now; the promised one stays.
    """

    id: int | None = Field(default=None, primary_key=True)
    reply_id: int = Field(foreign_key="reply.id", index=True)
    made_on: dt.date
    words: str
    done: bool = False
    reopened: bool = False
    expected_on: dt.date | None = None
    who: str

    reply: Reply = Relationship(back_populates="updates")


class Correction(SQLModel, table=True):
    """That words which everybody could read were changed: on which day, why, and what stood there `before`, by part."""

    id: int | None = Field(default=None, primary_key=True)
    finding_id: int | None = Field(default=None, foreign_key="finding.id", index=True)
    reply_id: int | None = Field(default=None, foreign_key="reply.id", index=True)
    made_on: dt.date
    why: str
    before: dict[str, str] = Field(default_factory=dict, sa_type=Document)
    who: str

    finding: Finding | None = Relationship(back_populates="corrections")
    reply: Reply | None = Relationship(back_populates="corrections")


class YouthGroup(SQLModel, table=True):
    """A group of young people that says whether replies answer what was asked. Only its link's hash is stored."""

    __tablename__ = "youth_group"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    borough: str | None = None
    link_hash: str | None = Field(default=None, max_length=64, unique=True)
    link_since: dt.date | None = None
    retired_on: dt.date | None = None


class Verdict(SQLModel, table=True):
    """A youth group's latest word on a reply: that it answers the finding, or that it does not, because.

    `hidden_on` is when staff took the because out, since it named somebody; its words are gone then.
    """

    __table_args__ = (UniqueConstraint("reply_id", "group_id"),)

    id: int | None = Field(default=None, primary_key=True)
    reply_id: int = Field(foreign_key="reply.id")
    group_id: int = Field(foreign_key="youth_group.id")
    answers_it: bool
    because: str = ""
    made_on: dt.date
    hidden_on: dt.date | None = None

    reply: Reply = Relationship(back_populates="verdicts")
    group: YouthGroup = Relationship()
