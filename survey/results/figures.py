"""The figures of a consultation: estimates from its answers, each through the one door of disclosure."""

from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from analysis import Cube, SurveyDesign
from analysis.disclosure import Protected, protect
from questions import Question, QuestionSet
from survey.measuring.answers import Measure, answers, gave
from survey.measuring.recipes import Weighting
from survey.measuring.weights import KINDS, Weighted, weigh
from survey.models import Collection, Consultation
from survey.places import Place

SPLITS = {"borough": "Borough", "age_band": "Age", "gender": "Gender"}
FIRST_OF_A_SCALE = 2


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


def measures(question_set: QuestionSet) -> tuple[Question, ...]:
    """The questions that can be measured as a share: those with codes, but for what places a person."""
    return tuple(q for q in question_set.questions if q.choices and q.key not in SPLITS)


def measure(consultation: Consultation, question_set: QuestionSet, key: str = "", codes: str = "") -> Measure:
    """The measure that is asked for; where none is (or there is no such), the consultation's headline."""
    known = {question.key: question for question in measures(question_set)}
    question = known.get(key) or known.get(consultation.headline or "") or next(iter(known.values()))
    usual, chosen = _usual_codes(consultation, question), tuple(codes.split())
    return Measure(question, chosen if chosen in [usual, *choices_of(question)] else usual)


def _usual_codes(consultation: Consultation, question: Question) -> tuple[str, ...]:
    if question.key == consultation.headline and consultation.headline_level:
        return tuple(consultation.headline_level)
    wanted = FIRST_OF_A_SCALE if question.kind == "scale" else 1
    return tuple(choice.code for choice in question.choices[:wanted])


def choices_of(question: Question) -> list[tuple[str, ...]]:
    """What may be measured of a question: the first two of a scale together, and each code alone."""
    codes = codes_of(question)
    together = [tuple(codes[:FIRST_OF_A_SCALE])] if question.kind == "scale" else []
    return together + [(code,) for code in codes]


def figures(session: Session, asked: Asked, only: str | None = None) -> Figures:
    """The estimates of a measure for everybody and for each split (or `only` one of them)."""
    found = answers(session, asked.collection, asked.measure)
    weighted = weigh(
        asked.collection, found, asked.place, {"code": codes_of(asked.measure.question)}, asked.weighting
    )
    whole = protected(weighted.design, asked.measure, ())
    splits = [by for by in SPLITS if only in (None, by) and _splits(found, by)]
    return Figures(
        asked, weighted, whole, {by: protected(weighted.design, asked.measure, (by,)) for by in splits}
    )


def protected(design: SurveyDesign, measure: Measure, by: tuple[str, ...]) -> Protected:
    """The table of a measure, withholding whatever its other answers, each of which can be asked for, would give away.

    Of a question with one answer all codes are protected together. A code that is withheld for everybody is
    withheld in every group; codes taken together are shown only where they are all shown, or are all that is withheld.
    """
    table = protect(design.proportion("answer", by=by))
    if measure.question.kind == "many":
        return table
    for_everybody = {
        row["level"] for row in protect(design.proportion("code")).rows() if row["estimate"] is None
    }
    hidden: dict[tuple[object, ...], set[object]] = {}
    for row in protect(design.proportion("code", by=by)).rows():
        gone = row["estimate"] is None or row["level"] in for_everybody
        hidden.setdefault(tuple(row[name] for name in by), set()).update({row["level"]} if gone else ())
    return table.withhold(
        [gives_away(measure, hidden[tuple(row[name] for name in by)]) for row in table.rows()]
    )


def gives_away(measure: Measure, hidden: set[object]) -> bool:
    """Whether showing these codes together would give a withheld one away: of them, or of those that are left."""
    codes = set(measure.codes)
    return bool(hidden & codes) and (len(codes) == 1 or codes != hidden)


def codes_of(question: Question) -> list[str]:
    """The codes of a question's choices; "don't know" and "prefer not to say" are none."""
    return [choice.code for choice in question.choices]


def _splits(found: Cube, by: str) -> bool:
    return len(found.axis(by).observed()) > 1


def everything_said(session: Session, asked: Asked) -> list[dict[str, Any]]:
    """A row for each answer that the question offers: its share of those who gave an opinion."""
    question = asked.measure.question
    codes = codes_of(question)
    found = answers(session, asked.collection, asked.measure)
    if question.kind != "many":
        design = weigh(asked.collection, found, asked.place, {"code": codes}, asked.weighting).design
        return [row | {"code": row["level"]} for row in protect(design.proportion("code")).rows()]
    for code in codes:
        found = gave(found, question, code)
    design = weigh(asked.collection, found, asked.place, weighting=asked.weighting).design
    return [
        row | {"code": code} for code in codes for row in protect(design.proportion(f"gave {code}")).rows()
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
