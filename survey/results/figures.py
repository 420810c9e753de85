"""The figures of a consultation: estimates from its answers, each through the one door of disclosure."""

from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from analysis import Cube
from analysis.disclosure import Protected, protect
from questions import QuestionSet
from survey.measuring.answers import Measure, answers, gave
from survey.measuring.asking import SPLITS, choices_of, codes_of, measure, measures
from survey.measuring.door import gives_away, protected, rule_of
from survey.measuring.recipes import Weighting
from survey.measuring.weights import KINDS, Weighted, weigh
from survey.models import Collection, Consultation
from survey.places import Place

__all__ = [
    "SPLITS",
    "Asked",
    "Figures",
    "can_be_estimated",
    "choices_of",
    "codes_of",
    "everything_said",
    "figures",
    "gives_away",
    "label_of",
    "measure",
    "measures",
    "protected",
]


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
    """What may be shown: the whole, and the splits that the answers allow."""

    asked: Asked
    weighted: Weighted
    whole: Protected
    splits: dict[str, Protected]


def figures(session: Session, asked: Asked, only: str | None = None) -> Figures:
    """The estimates of a measure for everybody and for each split (or `only` one of them)."""
    found = answers(session, asked.collection, asked.measure)
    weighted = weigh(
        asked.collection, found, asked.place, {"code": codes_of(asked.measure.question)}, asked.weighting
    )
    rule = rule_of(asked.consultation)
    whole = protected(weighted.design, asked.measure, (), rule)
    splits = [by for by in SPLITS if only in (None, by) and _splits(found, by)]
    return Figures(
        asked, weighted, whole, {by: protected(weighted.design, asked.measure, (by,), rule) for by in splits}
    )


def _splits(found: Cube, by: str) -> bool:
    return len(found.axis(by).observed()) > 1


def everything_said(session: Session, asked: Asked) -> list[dict[str, Any]]:
    """A row for each answer that the question offers: its share of those who gave an opinion."""
    question = asked.measure.question
    codes = codes_of(question)
    found, rule = answers(session, asked.collection, asked.measure), rule_of(asked.consultation)
    if question.kind != "many":
        design = weigh(asked.collection, found, asked.place, {"code": codes}, asked.weighting).design
        return [row | {"code": row["level"]} for row in protect(design.proportion("code"), rule).rows()]
    for code in codes:
        found = gave(found, question, code)
    design = weigh(asked.collection, found, asked.place, weighting=asked.weighting).design
    return [
        row | {"code": code}
        for code in codes
        for row in protect(design.proportion(f"gave {code}"), rule).rows()
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
