"""What was removed or kept, by which rule: the evidence that we do what we say."""

import datetime as dt

from sqlmodel import Field, SQLModel


class EvidenceEntry(SQLModel, table=True):
    """That a rule of keeping was followed on a day, and how many it took. The database refuses to change one.

    `rule` is a key of `survey.evidence.RULES`; `note` names a file, never what anybody gave. That a rule found
    nothing is noted once a day.
    """

    __tablename__ = "evidence"

    id: int | None = Field(default=None, primary_key=True)
    noted_on: dt.date = Field(index=True)
    rule: str = Field(max_length=40)
    what: str
    how_many: int
    note: str = ""
