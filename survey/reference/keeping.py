"""A reference series is kept once it is approved: what it is about, its wordings, and its figures."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import delete, insert
from sqlmodel import Session, col, select

from survey import access
from survey.models import ReferenceFigure, ReferenceMeasure, ReferenceSeries
from survey.places import Place
from survey.reference.reading import Reading
from survey.web import Form, one
from survey.wording import key_of

MONTHS = (1, 3, 6, 12)
LONGEST = {"title": 120, "population": 200, "source": 400, "licence": 400, "url": 300, "bases": 300}
MAY_BE_EMPTY = ("url", "bases")
LONGEST_WORDING = 800
TOLD = {
    "title": "what the series is called",
    "population": "who was asked",
    "source": "where the figures are from",
    "licence": "under which licence they may be used",
    "url": "the address",
    "bases": "what is published of the bases",
}
AT_ONCE = 2000
LONGEST_FILE = 200


class Worded(NamedTuple):
    """A measure that is brought in: its exact wording, and which answer its figures count."""

    name: str
    wording: str
    answer: str


@dataclass(frozen=True, slots=True)
class About:
    """What somebody wrote of a series, with everything that is wrong with it."""

    told: dict[str, str]
    months: int
    measures: tuple[Worded, ...]
    faults: tuple[str, ...]

    @property
    def key(self) -> str:
        """The series' address, made of its title."""
        return key_of(self.told["title"])


def about(form: Form, measures: Sequence[str]) -> About:
    """What a form says of a series with these measures."""
    told = {name: one(form, name) for name in LONGEST}
    faults = list(_faults(told))
    months = one(form, "months")
    if months not in map(str, MONTHS):
        faults.append("Say how many months each figure covers, up to its date.")
    worded = [
        Worded(name, one(form, f"wording {at}"), one(form, f"answer {at}"))
        for at, name in enumerate(measures)
        if one(form, f"bring {at}")
    ]
    faults += _wrong_words(worded)
    return About(
        told, int(months) if months.isdecimal() and months.isascii() else 0, tuple(worded), tuple(faults)
    )


def _faults(told: dict[str, str]) -> Iterator[str]:
    for name, words in told.items():
        if not words and name not in MAY_BE_EMPTY:
            yield f"Write {TOLD[name]}."
        if len(words) > LONGEST[name]:
            yield f"There is room for {LONGEST[name]} characters to say {TOLD[name]}; there are {len(words)}."
    if told["url"] and not re.fullmatch(r"https?://[^\s\"<>]+", told["url"]):
        yield "The address begins with https:// or http://, or is left empty."
    if told["title"] and not key_of(told["title"]):
        yield "The title needs a letter or a number from a to z or 0 to 9: it becomes part of an address."


def _wrong_words(worded: Sequence[Worded]) -> Iterator[str]:
    if not worded:
        yield "Choose at least one measure to bring in."
    for measure in worded:
        if not measure.wording or not measure.answer:
            yield (
                f"Write the exact question of “{measure.name}” and the answer that is counted, or leave that measure "
                "out: without its words a figure cannot stand beside another."
            )
        if max(len(measure.wording), len(measure.answer)) > LONGEST_WORDING:
            yield f"There is room for {LONGEST_WORDING} characters in a wording; “{measure.name}” has more."


def taken(session: Session, key: str) -> ReferenceSeries | None:
    """The series that has a key."""
    return session.exec(select(ReferenceSeries).where(col(ReferenceSeries.key) == key)).first()


def keep(
    session: Session,
    now: dt.datetime,
    name: str,
    read: Reading,
    told: About,
    file: str,
    place: Place,
) -> ReferenceSeries:
    """Keep a series that somebody approved, and say so in the audit."""
    words = told.told
    series = ReferenceSeries(
        key=told.key,
        title=words["title"],
        place=place.key,
        population=words["population"],
        months=told.months,
        bases=words["bases"] or None,
        source=words["source"],
        licence=words["licence"],
        url=words["url"] or None,
        file=file[:LONGEST_FILE],
        assumed=read.sentences,
        imported_by=name,
        imported_at=now,
    )
    series.measures = [ReferenceMeasure(series_id=0, **one._asdict()) for one in told.measures]
    session.add(series)
    session.flush()
    count = _keep_figures(session, series, read)
    why = f"{count:,} figures from {series.file}, with {len(series.assumed)} assumptions approved"
    access.note(session, now, name, "brought in", f"reference series {series.title}", why)
    return series


def _keep_figures(session: Session, series: ReferenceSeries, read: Reading) -> int:
    """Store the figures of the measures that are brought in; how many there are."""
    numbers = {one.name: one.id for one in series.measures}
    rows = [
        {
            "measure_id": numbers[figure.measure],
            "area": figure.area,
            "ends_on": figure.ends_on,
            "proportion": figure.proportion,
            "people": figure.people,
        }
        for figure in read.figures
        if figure.measure in numbers
    ]
    for start in range(0, len(rows), AT_ONCE):
        session.execute(insert(ReferenceFigure), rows[start : start + AT_ONCE])
    return len(rows)


def take_out(session: Session, series: ReferenceSeries) -> None:
    """Delete a series with its measures and figures."""
    own = select(col(ReferenceMeasure.id)).where(col(ReferenceMeasure.series_id) == series.id)
    session.execute(delete(ReferenceFigure).where(col(ReferenceFigure.measure_id).in_(own)))
    session.execute(delete(ReferenceMeasure).where(col(ReferenceMeasure.series_id) == series.id))
    session.execute(delete(ReferenceSeries).where(col(ReferenceSeries.id) == series.id))
