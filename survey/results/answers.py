"""A collection's submitted answers to one question, as the columns that estimates are made from."""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from questions import DONT_KNOW, PREFER_NOT_TO_SAY, Question
from survey.models import Collection, Instrument, Response, Setting

Columns = dict[str, list[Any]]

NOT_AN_OPINION = (DONT_KNOW, PREFER_NOT_TO_SAY)
NAMES = ("stratum", "setting", "borough", "age_band", "gender", "given", "people")


@dataclass(frozen=True, slots=True)
class Measure:
    """What is measured: the share, of those who answered a question, who gave one of these codes."""

    question: Question
    codes: tuple[str, ...]

    def words(self, language: str | None) -> str:
        """The codes in words, as in "Very worried or Fairly worried"."""
        return " or ".join(self.question.label(code).into(language) for code in self.codes)


def columns(session: Session, collection: Collection, measure: Measure) -> Columns:
    """One row for each combination that occurs, with how many `people` it stands for.

    `answer` is True or False for the measure's codes, and `code` the code itself where only one can be
    given; both are None where there is nothing to count: skipped, not asked, "don't know" and "prefer
    not to say".
    """
    found = dict(zip(NAMES, _transposed(session, collection, measure.question.key), strict=True))
    given = [_codes(measure.question, text) for text in found.pop("given")]
    wanted = set(measure.codes)
    found["answer"] = [bool(wanted & set(codes)) if codes else None for codes in given]
    found["code"] = [codes[0] if len(codes) == 1 else None for codes in given]
    found["given"] = given
    return found


def _transposed(session: Session, collection: Collection, key: str) -> list[list[Any]]:
    """The grouped rows as one list for each of NAMES."""
    given = col(Response.answers)[key].as_string()
    placed = (Setting.borough, Response.setting_id, Response.borough, Response.age_band, Response.gender)
    cells = [col(column) for column in placed] + [given]
    rows = session.execute(
        select(*cells, func.count())
        .select_from(Response)
        .outerjoin(Setting, col(Setting.id) == col(Response.setting_id))
        .where(col(Response.collection_id) == collection.id, col(Response.submitted_on).is_not(None))
        .group_by(*cells)
    ).all()
    return [list(values) for values in zip(*rows, strict=True)] if rows else [[] for _ in NAMES]


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
