"""Who asked to be told by e-mail what changed. Nothing here is joined to anything else that anybody did."""

import datetime as dt

from sqlmodel import Field, Relationship, SQLModel

from survey.models.kinds import Document


class Subscriber(SQLModel, table=True):
    """An address to which we send what changed, on some topics or, where there are none, on all.

    `confirmed_on` is None until whoever reads the address has said yes; `asked_for_yes_on` is when we wrote to ask.
    `told_until` is the last day whose changes they were told, or will not be; `mailed_on` when we wrote last.
    """

    id: int | None = Field(default=None, primary_key=True)
    address: str = Field(index=True)
    topics: list[str] = Field(default_factory=list, sa_type=Document)
    language: str
    asked_on: dt.date = Field(index=True)
    asked_for_yes_on: dt.date | None = None
    confirmed_on: dt.date | None = None
    told_until: dt.date | None = None
    mailed_on: dt.date | None = None

    links: list["MailLink"] = Relationship(
        back_populates="subscriber", sa_relationship_kwargs={"cascade": "all, delete-orphan"}
    )


class MailLink(SQLModel, table=True):
    """The secret link in one mail, which says yes or leaves. Only its hash is stored; each works until they leave."""

    __tablename__ = "mail_link"

    hash: str = Field(primary_key=True, max_length=64)
    subscriber_id: int = Field(foreign_key="subscriber.id", index=True)
    made_on: dt.date

    subscriber: Subscriber = Relationship(back_populates="links")
