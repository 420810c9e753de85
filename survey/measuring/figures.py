"""The figures of a consultation: estimates from its answers, each through the one door of disclosure."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from sqlmodel import Session

from analysis.disclosure import Protected, protect
from questions import QuestionSet
from survey.measuring.answers import Measure
from survey.measuring.asking import SPLITS, codes_of
from survey.measuring.columns import GAVE, Columns, columns
from survey.measuring.door import By, Door, rule_of
from survey.measuring.recipes import Weighting
from survey.measuring.weights import KINDS, Weighted
from survey.models import Collection, Consultation
from survey.places import Place

EACH_ALONE: tuple[By, ...] = tuple((name,) for name in SPLITS)
WAYS: tuple[By, ...] = (*EACH_ALONE, *combinations(SPLITS, 2))


@dataclass(frozen=True, slots=True)
class Asked:
    """A collection and what is asked of its answers; weighting: by which recipe, None for the one in use."""

    consultation: Consultation
    collection: Collection
    question_set: QuestionSet
    place: Place | None
    measure: Measure
    weighting: Weighting | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """What may be shown: the whole, and the splits that the answers allow, each by its columns with commas between."""

    asked: Asked
    weighted: Weighted
    door: Door
    whole: Protected
    splits: dict[str, Protected]


def way(wanted: str) -> By | None:
    """The columns that an address names, such as "borough,age_band"; None where it names none of the WAYS.

    >>> way("borough,age_band"), way("shoe_size")
    (('borough', 'age_band'), None)
    """
    return next((by for by in WAYS if ",".join(by) == wanted), None)


def columns_of(session: Session, asked: Asked) -> Columns:
    """The columns of what is asked."""
    return columns(session, asked.collection, asked.measure)


def figures(session: Session, asked: Asked, ways: Sequence[By] = EACH_ALONE) -> Figures:
    """The estimates of a measure for everybody and split in each of these ways, as far as the answers allow."""
    found = columns_of(session, asked)
    weighted = found.weighed(asked.place, asked.weighting)
    door = Door(weighted.design, asked.measure, rule_of(asked.consultation))
    tables = {",".join(by): door.table(by) for by in ways if set(by) <= set(found.splits)}
    splits = {
        key: table for key, table in tables.items() if table.rows()
    }  # of the place nobody may be in any
    return Figures(asked, weighted, door, door.table(()), splits)


def everything_said(found: Figures) -> list[dict[str, Any]]:
    """A row for each answer that the question offers: its share of those who gave an opinion."""
    question, design, rule = found.asked.measure.question, found.weighted.design, found.door.rule
    if question.kind != "many":
        return [row | {"code": row["level"]} for row in protect(design.proportion("code"), rule).rows()]
    return [
        row | {"code": code}
        for code in codes_of(question)
        for row in protect(design.proportion(GAVE.format(code)), rule).rows()
    ]


def can_be_estimated(collection: Collection) -> bool:
    """Whether a design allows a share with an interval at all; rooms and tallies are counts."""
    return collection.design in KINDS


def label_of(by: str, level: object, asked: Asked) -> str:
    """A level of a split in words."""
    if by == "borough" and asked.place is not None:
        return asked.place.name_of(str(level))
    question = next((q for q in asked.question_set.questions if q.key == by), None)
    if question is None or not question.has(str(level)):
        return str(level)
    return question.label(str(level)).into("en")
