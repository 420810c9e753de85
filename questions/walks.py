"""Random people walk through a set before real ones do: what share sees each question, and how long it takes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from random import Random
from statistics import quantiles
from time import sleep

from questions.audit import seconds
from questions.definition import SPECIAL, Answer, Question, QuestionSet
from questions.routing import compiled

SKIPS, DECLINES = 0.1, 0.05  # of those who may; as many say that they do not know


@dataclass(frozen=True, slots=True)
class Walks:
    """What so many random people met.

    seen: for each question the share of them that was asked it. minutes: a tenth of them took less than the first
    figure, half less than the second, a tenth more than the third. never: questions that none of them was asked.
    """

    people: int
    seen: dict[str, float]
    minutes: tuple[float, float, float]

    @property
    def never(self) -> tuple[str, ...]:
        return tuple(key for key, share in self.seen.items() if not share)


def walk(question_set: QuestionSet, people: int = 1000, seed: int = 1) -> Walks:
    """Walk so many random people through a set; the same ones each time for a seed.

    Each answers at random what they are asked, page by page, and leaves one answer in ten blank where that may be.

    >>> from questions import read
    >>> found = walk(read('''
    ... key = "a"
    ... title = "A"
    ... language = "en"
    ... [[page]]
    ... [[page.question]]
    ... key = "at_school"
    ... kind = "one"
    ... prompt = "Do you go to school?"
    ... required = true
    ... choices = [{code = "yes", label = "Yes"}, {code = "no", label = "No"}]
    ... [[page]]
    ... [[page.question]]
    ... key = "safe_school"
    ... kind = "text"
    ... prompt = "How safe is it there?"
    ... show_if = "${at_school} = 'yes'"
    ... '''))
    >>> found.seen["at_school"], 0.45 < found.seen["safe_school"] < 0.55, found.never
    (1.0, True, ())

    Raises:
        ValueError: fewer than two people.
    """
    if people < 2:
        raise ValueError("let two people walk, or more")
    lot = Random(seed)  # noqa: S311  nothing is kept secret by it
    seen: Counter[str] = Counter()
    lengths = []
    steps = _Steps(question_set)
    for _ in range(people):
        asked, took = steps.walk(lot)
        seen.update(asked)
        lengths.append(took / 60)
        sleep(
            0
        )  # whoever else waits in this process goes first, after each person and not after thousands of steps
    tenths = quantiles(lengths, n=10, method="inclusive")
    shares = {question.key: seen[question.key] / people for question in question_set.questions}
    return Walks(people, shares, (round(tenths[0], 2), round(tenths[4], 2), round(tenths[8], 2)))


class _Steps:
    """A set made ready to be walked by many: each page with its condition, and its questions with theirs."""

    def __init__(self, question_set: QuestionSet) -> None:
        self.pages = [
            (compiled(page.show_if), [(compiled(one.show_if), one, seconds(one)) for one in page.questions])
            for page in question_set.pages
        ]

    def walk(self, lot: Random) -> tuple[list[str], float]:
        """The keys of the questions that one person is asked, answering each page as it comes; and the seconds."""
        answers: dict[str, Answer] = {}
        took = 0.0
        for whole, questions in self.pages:
            if not whole(answers):
                continue
            asked = [(one, length) for own, one, length in questions if own(answers)]
            for question, length in asked:
                took += length
                answers[question.key] = random_answer(question, lot)
        return [*answers], took


def random_answer(question: Question, lot: Random) -> Answer:
    """An answer that a person could give, or None where it may be left blank."""
    if not question.required and lot.random() < SKIPS:
        return None
    for code in SPECIAL:
        if question.has(code) and lot.random() < DECLINES:
            return [code] if question.kind == "many" else code
    if question.kind == "text":
        return "words"
    if question.kind == "number":
        return _random_number(question, lot)
    codes = [choice.code for choice in question.choices]
    return _random_codes(question, codes, lot) if question.kind == "many" else lot.choice(codes)


def _random_number(question: Question, lot: Random) -> int | float:
    low = 0 if question.low is None else question.low
    high = low + 100 if question.high is None else question.high
    return round(lot.uniform(low, high), 1) if question.decimals else lot.randint(int(low), int(high))


def _random_codes(question: Question, codes: list[str], lot: Random) -> list[str]:
    """Some codes together, in their order; or one that stands alone."""
    alone = [code for code in codes if code in question.exclusive]
    if alone and lot.random() < len(alone) / len(codes):
        return [lot.choice(alone)]
    free = [code for code in codes if code not in question.exclusive and code not in SPECIAL]
    most = min(len(free), question.at_most or len(free))
    some = lot.sample(free, lot.randint(1, max(most, 1))) if free else alone[:1]
    return [code for code in codes if code in some]
