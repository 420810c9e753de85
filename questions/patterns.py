"""Patterns of a whole response that may mean that nobody read the questions: hints, never proof."""

from __future__ import annotations

import json
from collections import defaultdict

from questions.definition import SPECIAL, Answers, QuestionSet

LEAST_IN_A_LINE = 5
LEAST_ANSWERED = 10

Battery = tuple[str, ...]


def batteries(question_set: QuestionSet) -> tuple[Battery, ...]:
    """The keys of scale questions that share the same choices, where there are enough for a straight line."""
    alike: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for question in question_set.questions:
        if question.kind == "scale":
            alike[tuple(choice.code for choice in question.choices)].append(question.key)
    return tuple(tuple(keys) for keys in alike.values() if len(keys) >= LEAST_IN_A_LINE)


def straight_lined(found: tuple[Battery, ...], answers: Answers) -> bool:
    """Whether every answer to one of these batteries, and to five of its questions or more, is the same choice.

    Kim, Dykema, Stevenson, Black and Moberg (2019) call this simple nondifferentiation; Schonlau and Toepoel
    (2015) count a grid as straight-lined in the same way. "I don't know" is no choice of a scale: five of them are no
    line.
    """
    return any(_one_line([answers.get(key) for key in battery]) for battery in found)


def _one_line(given: list[object]) -> bool:
    answered = [answer for answer in given if answer is not None]
    return (
        len(answered) >= LEAST_IN_A_LINE and len(set(map(str, answered))) == 1 and answered[0] not in SPECIAL
    )


def document(answers: Answers) -> str | None:
    """All answers of a response in one form that can be compared; None where there are too few to tell people apart."""
    given = {key: answer for key, answer in answers.items() if answer is not None}
    return json.dumps(given, sort_keys=True) if len(given) >= LEAST_ANSWERED else None
