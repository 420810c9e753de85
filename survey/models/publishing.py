"""What leaves: publications, files of rows, and the recipes that weight what they say."""

import datetime as dt
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Relationship, SQLModel

from survey.models.asking import Collection
from survey.models.kinds import Document
from survey.models.staff import Staff


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
