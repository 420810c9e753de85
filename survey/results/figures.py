"""The figures of a consultation: estimates from its answers, each through the one door of disclosure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from analysis.disclosure import Protected, protect
from questions import Question, QuestionSet
from survey.models import Collection, Consultation
from survey.places import Place
from survey.results.answers import NOT_AN_OPINION, Columns, Measure, columns
from survey.results.weights import KINDS, Weighted, weigh

SPLITS = {"borough": "Borough", "age_band": "Age", "gender": "Gender"}
FIRST_OF_A_SCALE = 2


@dataclass(frozen=True, slots=True)
class Asked:
    """A collection and what is asked of its answers."""

    consultation: Consultation
    collection: Collection
    question_set: QuestionSet
    place: Place | None
    measure: Measure


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
    chosen = tuple(code for code in codes.split() if question.has(code) and code not in NOT_AN_OPINION)
    return Measure(question, chosen or _usual_codes(consultation, question))


def _usual_codes(consultation: Consultation, question: Question) -> tuple[str, ...]:
    if question.key == consultation.headline and consultation.headline_level:
        return tuple(consultation.headline_level)
    wanted = FIRST_OF_A_SCALE if question.kind == "scale" else 1
    return tuple(choice.code for choice in question.choices[:wanted])


def choices_of(question: Question) -> list[tuple[str, ...]]:
    """What may be measured of a question: the first two of a scale together, and each code alone."""
    codes = [choice.code for choice in question.choices]
    together = [tuple(codes[:FIRST_OF_A_SCALE])] if question.kind == "scale" else []
    return together + [(code,) for code in codes]


def figures(session: Session, asked: Asked, only: str | None = None) -> Figures:
    """The estimates of a measure for everybody and for each split (or `only` one of them)."""
    found = columns(session, asked.collection, asked.measure)
    weighted = weigh(asked.collection, found, asked.place)
    whole = protect(weighted.design.proportion("answer"))
    splits = [by for by in SPLITS if only in (None, by) and _splits(found, by)]
    return Figures(
        asked, weighted, whole, {by: protect(weighted.design.proportion("answer", by=[by])) for by in splits}
    )


def _splits(found: Columns, by: str) -> bool:
    return len({value for value in found[by] if value is not None}) > 1


def everything_said(session: Session, asked: Asked) -> list[dict[str, Any]]:
    """A row for each answer that the question offers: its share of those who gave an opinion."""
    question = asked.measure.question
    codes = [choice.code for choice in question.choices]
    found = columns(session, asked.collection, asked.measure)
    if question.kind != "many":
        design = weigh(asked.collection, found, asked.place, {"code": codes}).design
        return [row | {"code": row["level"]} for row in protect(design.proportion("code")).rows()]
    for code in codes:
        found[f"gave {code}"] = [(code in given) if given else None for given in found["given"]]
    design = weigh(asked.collection, found, asked.place).design
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


def sentences(table: Protected, labels: Sequence[str]) -> list[str]:
    """A table read out, one sentence a row."""
    return [f"{label}: {said(row)}" for label, row in zip(labels, table.rows(), strict=True)]


def said(row: dict[str, Any]) -> str:
    """A row in words: its share, its interval and its base; or why it is withheld."""
    if row["estimate"] is None:
        return f"not shown: {row['reason']}"
    low, high = row["ci_low"] * 100, row["ci_high"] * 100
    return f"{row['estimate'] * 100:.0f} in every 100 (between {low:.0f} and {high:.0f}), of {row['n']:,}"
