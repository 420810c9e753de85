"""A collection's submitted answers to one question, as the cube that estimates are made from."""

import json
from collections import Counter
from collections.abc import Collection as Some
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlmodel import Session, col

from analysis import Cube
from analysis.frame import MISSING, Column
from questions import DONT_KNOW, PREFER_NOT_TO_SAY, Question
from survey.measuring import documents, kept
from survey.models import Collection, Instrument, Setting

NOT_AN_OPINION = (DONT_KNOW, PREFER_NOT_TO_SAY)
UNMARKED = "unmarked"
NOWHERE = "no borough"  # the stratum of who came in by no setting, or by one that is in no borough


@dataclass(frozen=True, slots=True)
class Measure:
    """What is measured: the share, of those who answered a question, who gave one of these codes."""

    question: Question
    codes: tuple[str, ...]

    def words(self, language: str | None) -> str:
        """The codes in words, as in "Very worried or Fairly worried"."""
        return " or ".join(self.question.label(code).into(language) for code in self.codes)


def answers(
    session: Session, collection: Collection, measure: Measure, marks: Mapping[str, str] | None = None
) -> Cube:
    """Everybody who submitted, by stratum, setting, borough, age_band and gender, and by what they gave.

    `answer` is True or False for the measure's codes, and `code` the code itself where only one can be given; both are
    missing where there is nothing to count: skipped, not asked, "don't know" and "prefer not to say". marks: the `mark`
    of some responses, by their keys; that of the others is UNMARKED.
    """
    question, wanted = measure.question, set(measure.codes)

    def answer(given: Hashable) -> bool | None:
        codes = _codes(question, given)
        return bool(wanted & set(codes)) if codes else None

    def code(given: Hashable) -> str | None:
        codes = _codes(question, given)
        return codes[0] if len(codes) == 1 else None

    found = _marked(session, collection, question, kept.cube(session, collection, question), marks or {})
    placed = _stratified(session, collection, found)
    return placed.derive("answer", "given", answer).derive("code", "given", code)


def everybody(session: Session, collection: Collection) -> Cube:
    """Everybody who submitted, whatever they gave: by stratum, setting, borough, age_band and gender."""
    return _stratified(session, collection, kept.other(session, collection, documents.EVERYBODY))


def _stratified(session: Session, collection: Collection, found: Cube) -> Cube:
    """The cube with the borough of each setting as its stratum."""
    boroughs = _boroughs(session, collection)
    return found.derive("stratum", "setting", lambda setting: boroughs.get(setting) or NOWHERE)


def gave(found: Cube, question: Question, code: str, called: str = "") -> Cube:
    """The cube with an axis "gave <code>", or as it is called: whether that is among the codes given, missing where
    none is.
    """

    def among(given: Hashable) -> bool | None:
        codes = _codes(question, given)
        return code in codes if codes else None

    return found.derive(called or f"gave {code}", "given", among)


def _marked(
    session: Session, collection: Collection, question: Question, found: Cube, marks: Mapping[str, str]
) -> Cube:
    """The cube with a mark for each: those of some responses are moved from UNMARKED to their own."""
    unmarked = Column("mark", np.zeros(len(found), dtype=np.intp), (UNMARKED,))
    everybody = Cube((*found.axes, unmarked), found.n, found.w, found.w2)
    moved: Counter[tuple[Hashable, ...]] = Counter()
    for key, *cell in kept.each(session, collection, question, list(marks)):
        moved[*cell, UNMARKED] -= 1
        moved[*cell, marks[key]] += 1
    return kept.total([everybody, kept.cube_of(moved, (*documents.AXES, "mark"))])


def with_marks(found: Cube, keep: Some[str]) -> Cube:
    """The people of some marks only."""
    mark = found.axis("mark")
    wanted = [at for at, level in enumerate(mark.levels) if level in keep]
    return found.where(np.isin(mark.codes, wanted))


def _boroughs(session: Session, collection: Collection) -> dict[Any, str | None]:
    """The borough of each setting."""
    found = select(col(Setting.id), col(Setting.borough)).where(col(Setting.collection_id) == collection.id)
    return dict(session.execute(found).all())


def answered_versions(session: Session, collection: Collection) -> list[Instrument]:
    """The versions that a collection's submitted responses were given to, oldest first."""
    asked = kept.other(session, collection, documents.VERSIONS).axis("instrument")
    numbers = [asked.levels[at] for at in asked.observed()]
    found = select(Instrument).where(col(Instrument.id).in_(numbers))
    return list(session.scalars(found.order_by(col(Instrument.version))).all())


def timed(session: Session, collection: Collection) -> int:
    """Of how many submitted responses it is known whether they came very fast."""
    told = kept.other(session, collection, documents.VERSIONS)
    return round(float(told.n[told.axis("quick").codes != MISSING].sum()))


def _codes(question: Question, given: Hashable) -> list[str]:
    """The codes of a level of `given`; none where there is nothing to count."""
    if given is None:
        return []
    codes = json.loads(str(given)) if question.kind == "many" else [str(given)]
    return [code for code in codes or [] if code not in NOT_AN_OPINION]
