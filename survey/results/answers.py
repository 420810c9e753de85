"""A collection's submitted answers to one question, as the columns that estimates are made from."""

import json
from collections import Counter
from collections.abc import Container, Mapping
from dataclasses import dataclass
from itertools import compress
from typing import Any

from sqlalchemy import Select, func, select
from sqlmodel import Session, col

from questions import DONT_KNOW, PREFER_NOT_TO_SAY, Question
from survey.models import Collection, Instrument, Response, Setting

Columns = dict[str, list[Any]]

NOT_AN_OPINION = (DONT_KNOW, PREFER_NOT_TO_SAY)
NAMES = ("stratum", "setting", "borough", "age_band", "gender", "given", "mark", "people")
UNMARKED = "unmarked"
AT_ONCE = 5000


@dataclass(frozen=True, slots=True)
class Measure:
    """What is measured: the share, of those who answered a question, who gave one of these codes."""

    question: Question
    codes: tuple[str, ...]

    def words(self, language: str | None) -> str:
        """The codes in words, as in "Very worried or Fairly worried"."""
        return " or ".join(self.question.label(code).into(language) for code in self.codes)


def columns(
    session: Session, collection: Collection, measure: Measure, marks: Mapping[str, str] | None = None
) -> Columns:
    """One row for each combination that occurs, with how many `people` it stands for.

    `answer` is True or False for the measure's codes, and `code` the code itself where only one can be
    given; both are None where there is nothing to count: skipped, not asked, "don't know" and "prefer
    not to say". marks: the `mark` of some responses, by their keys; that of the others is UNMARKED.
    """
    people = _counted(session, collection, measure.question.key, marks or {})
    found = dict(zip(NAMES, _transposed(people), strict=True))
    given = [_codes(measure.question, text) for text in found.pop("given")]
    wanted = set(measure.codes)
    found["answer"] = [bool(wanted & set(codes)) if codes else None for codes in given]
    found["code"] = [codes[0] if len(codes) == 1 else None for codes in given]
    found["given"] = given
    return found


def _counted(
    session: Session, collection: Collection, key: str, marks: Mapping[str, str]
) -> Counter[tuple[Any, ...]]:
    """How many people there are of each combination and mark."""
    cells = _cells(key)
    grouped = _submitted(collection, *cells, func.count()).group_by(*cells)
    people = Counter({(*cell, UNMARKED): count for *cell, count in session.execute(grouped)})
    keys = list(marks)
    for start in range(0, len(keys), AT_ONCE):
        some = col(Response.key).in_(keys[start : start + AT_ONCE])
        for *cell, response in session.execute(_submitted(collection, *cells, col(Response.key)).where(some)):
            people[*cell, UNMARKED] -= 1
            people[*cell, marks[response]] += 1
    return +people


def _cells(key: str) -> list[Any]:
    """What places a response, and what it gave to a question."""
    placed = (Setting.borough, Response.setting_id, Response.borough, Response.age_band, Response.gender)
    return [*map(col, placed), col(Response.answers)[key].as_string()]


def _submitted(collection: Collection, *wanted: Any) -> Select[Any]:
    """Columns of a collection's submitted responses, and of their settings."""
    return (
        select(*wanted)
        .select_from(Response)
        .outerjoin(Setting, col(Setting.id) == col(Response.setting_id))
        .where(col(Response.collection_id) == collection.id, col(Response.submitted_on).is_not(None))
    )


def _transposed(people: Mapping[tuple[Any, ...], int]) -> list[list[Any]]:
    """The combinations as one list for each of NAMES."""
    rows = [(*cell, count) for cell, count in people.items()]
    return [list(values) for values in zip(*rows, strict=True)] if rows else [[] for _ in NAMES]


def marked(found: Columns, kept: Container[str]) -> Columns:
    """The same columns, with the people of some marks only."""
    here = [mark in kept for mark in found["mark"]]
    return {name: list(compress(values, here)) for name, values in found.items()}


def answered_versions(session: Session, collection: Collection) -> list[Instrument]:
    """The versions that a collection's submitted responses were given to, oldest first."""
    asked = select(col(Response.instrument_id)).where(
        col(Response.collection_id) == collection.id, col(Response.submitted_on).is_not(None)
    )
    found = select(Instrument).where(col(Instrument.id).in_(asked.distinct()))
    return list(session.scalars(found.order_by(col(Instrument.version))).all())


def _codes(question: Question, text: str | None) -> list[str]:
    """The codes of an answer as the database gives it; none where there is nothing to count."""
    if text is None:
        return []
    codes = json.loads(text) if question.kind == "many" else [text]
    return [code for code in codes or [] if code not in NOT_AN_OPINION]
