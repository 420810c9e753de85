"""What one response puts into the kept cubes: who it is from, what was given, and which pages its person came by."""

import json
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from questions import DONT_KNOW, PREFER_NOT_TO_SAY, Answer, Question, QuestionSet, first_unmet, path

WHO = ("setting", "borough", "age_band", "gender")
AXES = (*WHO, "given")
EVERYBODY, DAYS, LANGUAGES = "", " days", " languages"  # in place of a question, whose key has no space
PAGES, STOPPED, VERSIONS = " pages", " stopped", " versions"
OTHER_AXES = {
    EVERYBODY: WHO,
    DAYS: ("setting", "day"),
    LANGUAGES: ("language",),
    VERSIONS: ("instrument", "quick"),
    PAGES: ("page", "question", "became"),
    STOPPED: ("page", "became"),
}
ANSWERED, SKIPPED = "answered", "skipped"
WENT_ON, STOPPED_THERE = "went on", "stopped there"
THE_END = "check-answers"  # in place of a page, whose key has no hyphen: all was answered, and nothing sent

Cell = tuple[Hashable, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A submitted response. who: a value for each of WHO. quick: see `survey.models.Response`."""

    instrument_id: int
    who: tuple[Any, ...]
    day: str
    language: str | None
    answers: Mapping[str, Answer]
    quick: bool | None = None

    def cells(self, question_set: QuestionSet) -> Iterator[tuple[str, Cell]]:
        """Its cell in each cube that it is in; in that of PAGES it has several."""
        yield EVERYBODY, self.who
        yield DAYS, (self.who[0], self.day)
        yield LANGUAGES, (self.language,)
        yield VERSIONS, (self.instrument_id, self.quick)
        for page in question_set.pages:
            met = [question for question in page.questions if question.key in self.answers]
            if met:
                yield PAGES, (page.key, None, None)
            for question in met:
                answer = self.answers[question.key]
                yield PAGES, (page.key, question.key, _became(question, answer))
                if question.choices and answer is not None:
                    yield question.key, (*self.who, given(answer))


def stopped_at(question_set: QuestionSet, answers: Mapping[str, Answer], seed: str) -> Iterator[Cell]:
    """The cells of a response that was not sent: each page that its person went on from, and the one they stopped at.

    They stopped at the first page of their path with a question that they never met, or at THE_END. seed: of the
    person, for the order of pages.
    """
    pages = path(question_set, answers, seed)
    last = first_unmet(pages, answers)
    for page in pages:
        if page is not last and any(question.key in answers for question in page.questions):
            yield page.key, WENT_ON
    yield last.key if last else THE_END, STOPPED_THERE


def given(answer: Any) -> str:
    """An answer as a level of a cube."""
    return json.dumps(answer) if isinstance(answer, list) else str(answer)


def _became(question: Question, answer: Answer) -> str:
    """What became of a question that somebody was shown."""
    if answer is None:
        return SKIPPED
    code = answer[0] if isinstance(answer, list) and len(answer) == 1 else answer
    return str(code) if code in (DONT_KNOW, PREFER_NOT_TO_SAY) and question.has(str(code)) else ANSWERED
