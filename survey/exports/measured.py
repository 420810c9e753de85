"""The one place where files take what the results page measures with: its columns, its weights and its figures."""

from collections.abc import Hashable, Iterable

from sqlmodel import Session

from questions import QuestionSet
from survey.models import Collection
from survey.places import Place
from survey.results.answers import NOT_AN_OPINION, Columns, Measure, columns
from survey.results.figures import Asked, can_be_estimated, choices_of, figures, measure, measures
from survey.results.weights import CLAIMS_A_PLACE, Weighted, margins, weigh

__all__ = [
    "CLAIMS_A_PLACE",
    "NOT_AN_OPINION",
    "Asked",
    "Columns",
    "Measure",
    "Weighted",
    "can_be_estimated",
    "choices_of",
    "columns",
    "figures",
    "margins",
    "measure",
    "measures",
    "weigh",
    "weights",
]

Who = tuple[Hashable, Hashable, Hashable]  # borough, age band, gender: what a weight follows from


def weights(
    session: Session, collection: Collection, question_set: QuestionSet, place: Place | None
) -> tuple[dict[Who, float], tuple[str, ...]]:
    """What one response counts for, by who gave it, exactly as on the results page; and how it came about, in words.

    Somebody outside the population that was weighted to has no weight, and is absent.
    """
    question = next(iter(measures(question_set)), None)
    if question is None:
        return {}, ()
    found = columns(session, collection, Measure(question, (question.choices[0].code,)))
    weighted = weigh(collection, found, place)
    final: Iterable[float] = weighted.design.final_weights() if found["people"] else ()
    rows = zip(found["borough"], found["age_band"], found["gender"], found["people"], final, strict=True)
    each = {(borough, age, gender): float(w) / n for borough, age, gender, n, w in rows if w > 0}
    return each, weighted.notes
