"""What is counted once and kept, so that no page counts it again."""

from sqlalchemy import Index
from sqlmodel import Field, SQLModel


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


class FlaggedResponse(SQLModel, table=True):
    """The soft flags of a submitted response that is in the kept cubes and has any: see `survey.measuring.soft_flags`.

    `flags` is their names, in order, with a plus between them.
    """

    __tablename__ = "flagged_response"

    key: str = Field(foreign_key="response.key", ondelete="CASCADE", primary_key=True, max_length=22)
    collection_id: int = Field(foreign_key="collection.id", index=True)
    flags: str
