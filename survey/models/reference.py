"""Published figures of adults, as they came from a file."""

import datetime as dt

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Relationship, SQLModel

from survey.models.kinds import Document


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
