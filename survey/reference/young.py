"""What young people said, for the whole place and by borough, through the door of disclosure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from questions import Question, QuestionSet, Wording
from survey.instruments import parsed
from survey.measuring.answers import Measure, answered_versions
from survey.measuring.columns import columns
from survey.measuring.door import Door, rule_of
from survey.measuring.weights import Weighted
from survey.models import Collection
from survey.places import Place

ENGLISH = "en"
NOBODY = {"flag": "[c]", "reason": "nobody answered"}
HIDDEN = dict.fromkeys(("estimate", "ci_low", "ci_high", "n"))


@dataclass(frozen=True, slots=True)
class Young:
    """The figures of a collection. rows: one for each area, by its code, and for the whole place by its key."""

    collection: Collection
    measure: Measure
    weighted: Weighted
    rows: dict[str, dict[str, Any]]
    wordings: tuple[str, ...]
    answers: tuple[str, ...]
    interval_name: str
    footer: str

    def row(self, area: str) -> dict[str, Any]:
        """The row of an area, with a reason where it has no figure."""
        return self.rows.get(area) or {"area": area, **HIDDEN, **NOBODY}

    def days(self, today: dt.date) -> tuple[dt.date, dt.date]:
        """The first and the last day on which answers came in, as far as that is past."""
        return self.collection.first_day, min(self.collection.last_day, today)


def young(session: Session, collection: Collection, measure: Measure, place: Place) -> Young:
    """What a collection's young people said, weighted as its design allows."""
    found = columns(session, collection, measure)
    weighted = found.weighed(place)
    door = Door(weighted.design, measure, rule_of(collection.consultation))
    whole = door.table(())
    rows = {}
    if found.cube.axis("borough").observed():
        by_borough = door.table(("borough",)).rows()
        rows = {str(row["borough"]): row | {"area": str(row["borough"])} for row in by_borough}
    (everybody,) = whole.rows()
    rows[place.key] = everybody | {"area": place.key}
    if not weighted.weighted:
        rows[place.key] |= HIDDEN | {
            "flag": "[c]",
            "reason": f"not weighted to {place.title}, so no figure for it",
        }
    asked = [parsed(one) for one in answered_versions(session, collection)] or [parsed(collection.instrument)]
    then = [(one, question) for one in asked if (question := one.asked(measure.question.key))]
    return Young(
        collection,
        measure,
        weighted,
        rows,
        tuple(dict.fromkeys(wording_of(one, question) for one, question in then)),
        tuple(dict.fromkeys(_answer(one, question, measure) for one, question in then)),
        whole.interval_name,
        whole.footer,
    )


def wording_of(question_set: QuestionSet, question: Question) -> str:
    """A question as it was asked: its words, and the explanation that stands under them."""
    words = Wording(question_set, _language(question_set), {})
    return same_spaces(" ".join(words(text) for text in (question.prompt, question.hint) if text))


def _language(question_set: QuestionSet) -> str:
    return ENGLISH if ENGLISH in question_set.languages else question_set.language


def _answer(question_set: QuestionSet, question: Question, measure: Measure) -> str:
    """The answers that are counted, as this version says them."""
    codes = tuple(code for code in measure.codes if question.has(code))
    return same_spaces(Measure(question, codes).words(_language(question_set)))


def same_spaces(words: str) -> str:
    """Words one space apart: what two wordings are compared by, and nothing else."""
    return " ".join(words.split())
