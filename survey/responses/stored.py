"""One response as it stands in the database, and what sending it in makes of it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from questions import Answer, QuestionSet, on_path, order
from survey import waiting

QUARTERS_UNTIL_LEFT = 2
PLACING = ("borough", "age_band", "gender")


@dataclass(frozen=True, slots=True)
class Stored:
    """A response as it stands in the database; see `survey.models.Response`."""

    key: str
    collection_id: int
    instrument_id: int
    setting_id: int | None
    started_on: dt.date
    answers: dict[str, Answer] = field(default_factory=dict)
    concealed: tuple[str, ...] = ()
    quarter: int | None = None
    language: str | None = None
    turns: dict[str, list[Any]] = field(default_factory=dict)
    route: str | None = None
    receipt_hash: str | None = None
    submitted_on: dt.date | None = None
    borough: str | None = None
    age_band: str | None = None
    gender: str | None = None
    quick: bool | None = None
    counted: bool = False

    @property
    def seed(self) -> str:
        """What chance orders pages and choices by."""
        return order.seed_of(self.key)

    @property
    def submitted(self) -> bool:
        """Whether it has been sent in."""
        return self.submitted_on is not None

    def left(self, now: int) -> bool:
        """Whether its person has gone: by choice, or for more than half an hour."""
        return self.quarter is None or now - self.quarter > QUARTERS_UNTIL_LEFT

    def shown(self, key: str) -> Answer:
        """An answer as its page may show it: nothing of what was given before it was left."""
        return None if key in self.concealed else self.answers.get(key)


def sent_in(
    response: Stored, question_set: QuestionSet, today: dt.date, *, receipt_hash: str | None = None
) -> tuple[Stored, dict[str, str]]:
    """A response that is sent in, and the words that go to be read: what is off its path goes, what places it
    becomes columns.
    """
    given = on_path(question_set, response.answers)
    answers, words = waiting.taken_out(given, waiting.texts_of(question_set))
    sent = replace(
        response,
        answers=answers,
        concealed=(),
        quarter=None,
        turns={},
        submitted_on=today,
        receipt_hash=receipt_hash,
        **{column: _code(answers.get(column)) for column in PLACING},  # type: ignore[arg-type]
    )
    return sent, words


def arrived(
    sent: Stored,
    question_set: QuestionSet,
    words: Mapping[str, str],
    hour: dt.datetime,
    tie: str | None = None,
) -> waiting.Arrived | None:
    """The words that came with a response that was sent in, as they go to be read; None where there are none.

    hour: in which they came. tie: what binds them to the code that lets the response be deleted.
    """
    if not words:
        return None
    language = sent.language or question_set.language
    return waiting.Arrived(sent.collection_id, words, language, hour, tie, sent.borough, sent.age_band)


def _code(answer: Answer) -> str | None:
    return answer if isinstance(answer, str) else None
